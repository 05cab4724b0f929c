//! Photos and videos: who sees them, as what they are served, and what is thrown at the vault.

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sigap::model::id::{MediaId, ReportId};
use sigap::model::media::{MediaKind, MediaOrigin, MediaProblem};
use sigap::runtime::media::{Kept, MediaError, NewMedia};

use super::citizen::Citizen;
use super::city::TIMUR;
use super::town::Town;

/// A photo, with something hidden behind it.
pub fn photo(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| Rgb([(x % 251) as u8, (y % 241) as u8, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    bytes.extend_from_slice(b"<script>hidden</script>");
    bytes
}

/// A video of about `size` bytes that is whole by its boxes.
pub fn video(size: usize) -> Vec<u8> {
    let boxed = |kind: &[u8; 4], content: &[u8]| {
        [&u32::try_from(content.len() + 8).unwrap().to_be_bytes(), &kind[..], content].concat()
    };
    let frames: Vec<u8> = (0..size).map(|n| u8::try_from(n * 31 % 253).unwrap()).collect();
    [boxed(b"ftyp", b"isom\0\0\x02\0isommp41"), boxed(b"moov", &[0; 100]), boxed(b"mdat", &frames)].concat()
}

async fn report(town: &Town, at_timur: bool) -> ReportId {
    let budi = Citizen::new(town);
    budi.writes("jalan macet total").await;
    if at_timur {
        budi.pins(TIMUR).await;
    }
    town.settled().await;
    town.look("medan", |desk| desk.reports.values().map(|r| r.id).max()).await.unwrap()
}

async fn keep(town: &Town, report: Option<ReportId>, bytes: &[u8]) -> Result<Kept, MediaError> {
    let new = NewMedia { report, ..NewMedia::of("medan", MediaOrigin::Whatsapp) };
    town.app.media.keep(new, bytes).await
}

fn files(town: &Town) -> usize {
    let Ok(folders) = std::fs::read_dir(town.app.config.media_dir()) else { return 0 };
    folders.flatten().filter_map(|folder| std::fs::read_dir(folder.path()).ok()).map(Iterator::count).sum()
}

fn path(id: MediaId) -> String {
    format!("/v1/media/{id}")
}

async fn bytes(town: &Town, user: &str, path: &str, range: Option<&str>) -> (u16, reqwest::header::HeaderMap, Vec<u8>) {
    let request = town.as_user(user).request(reqwest::Method::GET, path);
    let request = range.into_iter().fold(request, |request, range| request.header("range", range));
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.headers().clone(), answer.bytes().await.unwrap().to_vec())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_is_shown_without_what_was_hidden_in_it_and_its_original_is_evidence() {
    let town = Town::new().await;
    let report = report(&town, true).await;
    let original = photo(2400, 1200);
    let kept = keep(&town, Some(report), &original).await.unwrap();
    assert_eq!((kept.kind, kept.mime.as_str()), (MediaKind::Picture, "image/jpeg"));
    assert_eq!((kept.width, kept.height, kept.size_bytes), (Some(1600), Some(800), original.len() as u64));
    assert_eq!(kept.sha256, <[u8; 32]>::from(Sha256::digest(&original)));
    assert_eq!(files(&town), 2);

    let (status, headers, shown) = bytes(&town, "operator", &path(kept.id), None).await;
    assert_eq!(status, 200);
    for (name, wanted) in [
        ("content-type", "image/jpeg"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("cache-control", "private, no-store"),
    ] {
        assert_eq!(headers[name], wanted);
    }
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("inline; filename="));
    assert!(shown.starts_with(b"\xff\xd8\xff") && !shown.windows(7).any(|bytes| bytes == b"<script"));

    let (_, headers, evidence) = bytes(&town, "operator", &format!("{}?original=true", path(kept.id)), None).await;
    assert_eq!(evidence, original);
    assert_eq!(headers["content-type"], "application/octet-stream");
    assert!(headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_video_can_be_watched_from_the_middle() {
    let town = Town::new().await;
    let report = report(&town, true).await;
    let video = video(300_000);
    let kept = keep(&town, Some(report), &video).await.unwrap();
    assert_eq!((kept.kind, kept.width), (MediaKind::Video, None));
    let (status, headers, all) = bytes(&town, "supervisor", &path(kept.id), None).await;
    assert_eq!((status, headers["content-type"].to_str().unwrap(), all == video), (200, "video/mp4", true));
    assert_eq!((&headers["accept-ranges"], headers.get("content-encoding")), (&"bytes".parse().unwrap(), None));
    for (range, from, to) in
        [("bytes=0-99", 0, 100), ("bytes=65530-131080", 65_530, 131_081), ("bytes=-10", video.len() - 10, video.len())]
    {
        let (status, headers, part) = bytes(&town, "supervisor", &path(kept.id), Some(range)).await;
        assert_eq!((status, part == video[from..to]), (206, true), "{range}");
        assert_eq!(headers["content-range"], format!("bytes {from}-{}/{}", to - 1, video.len()));
    }
    let (status, ..) = bytes(&town, "supervisor", &path(kept.id), Some("bytes=9999999-")).await;
    assert_eq!(status, 416);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_those_who_handle_the_report_see_its_photos() {
    let town = Town::new().await;
    let report = report(&town, true).await;
    let kept = keep(&town, Some(report), &photo(40, 30)).await.unwrap();
    let get = async |user: &str| town.as_user(user).request(reqwest::Method::GET, &path(kept.id)).send().await.unwrap();
    for (user, wanted) in [
        ("operator", 200),
        ("supervisor", 200),
        ("operator-timur", 200),
        ("operator-barat", 404),
        ("operator-belawan", 404),
        ("kapolres", 403),
        ("auditor", 403),
        ("admin", 403),
        ("t-1", 404),
    ] {
        assert_eq!(get(user).await.status().as_u16(), wanted, "{user}");
    }
    town.as_nobody().get(&path(kept.id)).await.problem(401, "unauthorized");
    // The crew that is sent there sees what waits for it, as long as it is sent.
    let operator = town.as_user("operator");
    let incident =
        operator.post(&format!("/v1/reports/{report}/incident"), &Value::Object(serde_json::Map::default())).await.ok();
    let offer = serde_json::json!({ "unit_id": town.units["T-1"], "override_reason": "terdekat menurut radio" });
    let incident = incident["id"].as_str().unwrap().to_owned();
    let assignment = operator.post(&format!("/v1/incidents/{incident}/assignments"), &offer).await.ok();
    assert_eq!((get("t-1").await.status().as_u16(), get("t-2").await.status().as_u16()), (200, 404));
    let release = format!("/v1/assignments/{}/release", assignment["id"].as_str().unwrap());
    operator.post(&release, &serde_json::json!({ "reason": "uji" })).await.ok();
    assert_eq!(get("t-1").await.status().as_u16(), 404);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_refused_leaves_nothing_behind() {
    let town = Town::new().await;
    let cases: [(&[u8], MediaProblem); 6] = [
        (b"", MediaProblem::Empty),
        (b"<html><script>alert(1)</script>", MediaProblem::Kind),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", MediaProblem::Kind),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", MediaProblem::Kind),
        (b"PK\x03\x04zip", MediaProblem::Kind),
        (b"\xff\xd8\xff\xe0 but no photo", MediaProblem::Broken),
    ];
    for (bytes, wanted) in cases {
        let refused = keep(&town, None, bytes).await;
        assert!(matches!(refused, Err(MediaError::Refused(why)) if why == wanted), "{refused:?}");
    }
    let cut = video(100_000);
    let refused = keep(&town, None, &cut[..50_000]).await;
    assert!(matches!(refused, Err(MediaError::Refused(MediaProblem::Broken))), "{refused:?}");
    assert_eq!(files(&town), 0);
    assert!(town.store().media_expired(town.now().plus_secs(999_999), 10).await.unwrap().is_empty());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_cannot_be_written_refuses_and_works_again_when_it_can() {
    let town = Town::new().await;
    let folder = town.app.config.media_dir();
    std::fs::write(&folder, b"a file where a folder should be").unwrap();
    let away = keep(&town, None, &photo(9, 9)).await;
    assert!(matches!(away, Err(MediaError::Disk(_))), "{away:?}");
    std::fs::remove_file(&folder).unwrap();
    assert!(keep(&town, None, &photo(9, 9)).await.is_ok());
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_belongs_to_nothing_is_removed_after_a_day_and_a_person_is_erased_whole() {
    let town = Town::new().await;
    let report = report(&town, true).await;
    let reporter = town.look("medan", move |desk| desk.reports[&report].reporter).await;
    let left = keep(&town, None, &photo(9, 9)).await.unwrap();
    let new =
        NewMedia { report: Some(report), reporter: Some(reporter), ..NewMedia::of("medan", MediaOrigin::Whatsapp) };
    let kept = town.app.media.keep(new, &video(1000)).await.unwrap();
    town.clock.advance(25 * 3600);
    assert_eq!(town.app.media.sweep().await.unwrap(), 1);
    assert_eq!((town.store().media(left.id).await.unwrap(), files(&town)), (None, 1));
    assert_eq!(town.app.media.erase_of(reporter).await.unwrap(), 1);
    assert_eq!(files(&town), 0);
    assert_eq!(bytes(&town, "operator", &path(kept.id), None).await.0, 404);
    town.finish().await;
}
