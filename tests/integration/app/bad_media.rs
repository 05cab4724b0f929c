//! Files made to hurt: bombs, broken boxes, names that are paths, nothing at all, two hundred at once.
//! Each is refused or kept as what it is, soon, and leaves nothing where it does not belong.

use std::io::Cursor;
use std::path::Path;
use std::time::Instant;

use image::GrayImage;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use serde_json::{Value, json};
use sigap::model::media::{MediaOrigin, MediaProblem, MediaState};
use sigap::runtime::media::{MediaError, NewMedia};
use sigap::sim::graph_media::Lies;
use sigap::store::media::Media;

use super::citizen::{Citizen, post};
use super::media::{photo, video};
use super::town::{Town, eventually};
use crate::store_contract::place::number;

/// Looking at one file may take this long. Seconds.
const SOON_S: f64 = 5.0;

/// CRC-32 as zip wants it (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (crc & 1).wrapping_neg()))
    })
}

/// A white picture of a hundred million pixels, some 100 kB.
fn white() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::NoFilter);
    GrayImage::new(10_000, 10_000).write_with_encoder(encoder).unwrap();
    bytes.into_inner()
}

/// A zip whose one file unpacks to a hundred megabytes: the pixels of that picture.
fn zip_bomb() -> Vec<u8> {
    let png = white();
    let (mut at, mut packed) = (8, Vec::new());
    while at + 8 <= png.len() {
        let len = u32::from_be_bytes(png[at..at + 4].try_into().unwrap()) as usize;
        if &png[at + 4..at + 8] == b"IDAT" {
            packed.extend_from_slice(&png[at + 8..at + 8 + len]);
        }
        at += 12 + len;
    }
    // Without the head and the check sum of zlib it is what zip holds.
    let packed = packed[2..packed.len() - 4].to_vec();
    let unpacked = 10_000_u32 * 10_001;
    let row = vec![0_u8; 10_001];
    let crc = crc32(&row.repeat(2));
    let name = b"laporan.txt";
    let sizes =
        [crc.to_le_bytes(), u32::try_from(packed.len()).unwrap().to_le_bytes(), unpacked.to_le_bytes()].concat();
    let names = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
    let local = [b"PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0".as_slice(), &sizes, &names, name].concat();
    let central = [b"PK\x01\x02\x14\0\x14\0\0\0\x08\0\0\0\0\0".as_slice(), &sizes, &names, &[0; 14], name].concat();
    let begins = u32::try_from(local.len() + packed.len()).unwrap().to_le_bytes();
    let end = [b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &(central.len() as u32).to_le_bytes(), &begins, &[0, 0]];
    [local, packed, central, end.concat()].concat()
}

fn files_under(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        if entry.path().is_dir() {
            found.extend(files_under(&entry.path()));
        } else {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

async fn all(town: &Town) -> Vec<Media> {
    let mut files = Vec::new();
    for row in town.store().read("SELECT id FROM media ORDER BY id", vec![]).await.unwrap() {
        files.push(town.store().media(row.parsed(0).unwrap()).await.unwrap().unwrap());
    }
    files
}

/// Somebody sends a file over WhatsApp under this name; what became of it.
async fn sends(town: &Town, kind: &str, id: &str, filename: &str, bytes: Vec<u8>) -> Media {
    town.double.media().put(id, Lies::Here("image/jpeg".to_owned(), bytes.into()));
    let mut content = json!({ "id": id, "mime_type": "image/jpeg" });
    if kind == "document" {
        content["filename"] = json!(filename);
    }
    let known = all(town).await.len();
    Citizen::new(town).sends(kind, content).await;
    town.settled().await;
    let over = async || {
        let files = all(town).await;
        files.len() > known && files.iter().all(|media| media.state != MediaState::Waiting)
    };
    eventually("the file was looked at", over).await;
    all(town).await.into_iter().find(|media| media.said.channel_id.as_deref() == Some(id)).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_zip_of_a_hundred_megabytes_is_never_unpacked_and_a_picture_of_as_many_pixels_neither() {
    let town = Town::new().await;
    let (zip, white) = (zip_bomb(), white());
    assert!(zip.len() < 120_000 && white.len() < 120_000, "{} and {} bytes", zip.len(), white.len());
    for (n, (kind, name, bytes, wanted)) in [
        ("document", "laporan.zip", &zip, MediaProblem::Kind),
        ("image", "", &zip, MediaProblem::Kind),
        ("image", "", &white, MediaProblem::TooManyPixels),
        ("document", "foto.png", &white, MediaProblem::TooManyPixels),
    ]
    .into_iter()
    .enumerate()
    {
        let began = Instant::now();
        let media = sends(&town, kind, &format!("bomb-{n}"), name, bytes.clone()).await;
        assert_eq!((media.state, media.why), (MediaState::Refused, Some(wanted)), "{kind} {name}");
        assert!(began.elapsed().as_secs_f64() < SOON_S, "{kind} {name} took {:?}", began.elapsed());
    }
    assert!(files_under(&town.app.config.media_dir()).is_empty());
    // Each message is there all the same, and says what became of its file.
    assert_eq!(town.look("medan", |desk| desk.reports.len()).await, 4);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_videos_and_nothing_at_all_are_refused_by_name() {
    let town = Town::new().await;
    let whole = video(20_000);
    let boxed = |size: u32, kind: &[u8; 4], content: &[u8]| [&size.to_be_bytes(), &kind[..], content].concat();
    let head = boxed(24, b"ftyp", b"isom\0\0\x02\0isommp41");
    let with = |rest: &[u8]| [&head[..], rest].concat();
    let cases: [(&str, Vec<u8>); 9] = [
        ("cut in the pictures", whole[..whole.len() - 1000].to_vec()),
        ("cut in the index", whole[..60].to_vec()),
        ("cut in a head", whole[..28].to_vec()),
        ("a box larger than the file", with(&boxed(0x7fff_ffff, b"mdat", &[0; 500]))),
        ("a box smaller than its head", with(&boxed(3, b"moov", &[0; 500]))),
        ("a large box that says it is small", with(&[boxed(1, b"mdat", &[0; 8]), vec![0; 500]].concat())),
        ("a large box beyond all numbers", with(&[boxed(1, b"mdat", &[0xff; 8]), vec![0; 500]].concat())),
        ("noise after the head", with(&(0..5000).map(|n: u32| (n * 31 % 251) as u8).collect::<Vec<_>>())),
        ("a head alone", head.clone()),
    ];
    for (name, bytes) in cases {
        let began = Instant::now();
        let refused = town.app.media.keep(NewMedia::of("medan", MediaOrigin::Whatsapp), &bytes).await;
        assert!(matches!(refused, Err(MediaError::Refused(MediaProblem::Broken))), "{name}: {refused:?}");
        assert!(began.elapsed().as_secs_f64() < SOON_S, "{name}");
    }
    let nothing = sends(&town, "video", "zero", "", Vec::new()).await;
    assert_eq!((nothing.state, nothing.why), (MediaState::Refused, Some(MediaProblem::Empty)));
    assert!(files_under(&town.app.config.media_dir()).is_empty());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_is_never_a_path_and_stays_as_it_was_written() {
    let town = Town::new().await;
    let outside = town.app.config.media_dir().parent().unwrap().to_owned();
    let before = std::fs::read_dir(&outside).unwrap().count();
    let names = [
        "../../x",
        "..\\..\\x.jpg",
        "/etc/passwd",
        "nama\u{0}.jpg",
        "a\r\nSet-Cookie: x=1.jpg",
        "\u{202e}gpj.exe",
        "CON",
        ".",
        &"x".repeat(5000),
    ];
    let operator = town.as_user("operator");
    for (n, name) in names.iter().enumerate() {
        let media = sends(&town, "document", &format!("name-{n}"), name, photo(60, 40)).await;
        assert_eq!(media.state, MediaState::Kept, "{name:?}: {:?}", media.why);
        assert_eq!(media.said.filename.as_deref(), Some(*name), "kept as it was written");
        let served = operator.request(reqwest::Method::GET, &format!("/v1/media/{}?original=true", media.id));
        let served = served.send().await.unwrap();
        assert_eq!(served.status().as_u16(), 200, "{name:?}");
        let header = served.headers()["content-disposition"].to_str().unwrap().to_owned();
        let said = header.split_once("filename=").unwrap().1;
        assert!(!said.contains(['/', '\\', '\r', '\n', '\0']) && !said.contains(".."), "{header}");
        assert!(served.headers().get("set-cookie").is_none());
    }
    let stored = files_under(&town.app.config.media_dir());
    assert_eq!(stored.len(), 2 * names.len());
    for file in stored {
        let (id, version) = file.split_once('.').unwrap();
        assert!(id.parse::<uuid::Uuid>().is_ok() && ["original", "shown"].contains(&version), "{file}");
    }
    assert!(!outside.join("x").exists() && !outside.join("../x").exists());
    let after = std::fs::read_dir(&outside).unwrap().count();
    assert!(after <= before + 1, "nothing was written beside the folder of files");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_files_of_one_sender_are_one_thread_each_is_settled_and_nobody_else_waits() {
    let town = Town::new().await;
    let (budi, siti) = (Citizen::new(&town), Citizen::new(&town));
    let (good, bad) = (photo(80, 60), b"<html><script>alert(1)</script>".to_vec());
    for n in 0..200 {
        let bytes = if n % 10 == 9 { bad.clone() } else { good.clone() };
        town.double.media().put(&format!("many-{n}"), Lies::Here("image/jpeg".to_owned(), bytes.into()));
    }
    for round in 0..20 {
        let image = |n: usize| {
            let content = json!({ "id": format!("many-{}", round * 10 + n), "mime_type": "image/jpeg" });
            budi.message("image", &content, town.now())
        };
        let messages: Vec<Value> = (0..10).map(image).collect();
        assert_eq!(post(&town, &budi.body(&messages)).await.status, 200);
        town.clock.advance(2);
    }
    // Somebody else is answered while they are fetched.
    siti.writes("jalan macet total di Jl. Melati Raya").await;
    town.settled().await;
    town.told(&siti.wa_id, 1).await;
    let count = async |state: &str| {
        let files = all(&town).await;
        files.iter().filter(|media| json!(media.state) == state).count()
    };
    eventually("each file is settled", async || count("kept").await + count("refused").await == 200).await;
    assert_eq!((count("kept").await, count("refused").await), (180, 20));
    let threads = town.look("medan", |desk| desk.reports.values().map(|r| r.messages.len()).collect::<Vec<_>>()).await;
    assert!(threads.contains(&200) && threads.len() == 2, "one thread, none lost: {threads:?}");
    assert_eq!(number(town.store(), "SELECT COUNT(*) FROM messages WHERE direction = 'in'").await, 201);
    assert_eq!(files_under(&town.app.config.media_dir()).len(), 2 * 180);
    town.finish().await;
}
