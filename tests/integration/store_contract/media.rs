//! Files: what is known of them in both stores, and their bytes, sealed in chunks.

use sigap::model::id::{MediaId, MessageId, ReportId, ReporterId};
use sigap::model::media::{MediaKind, MediaOrigin, MediaProblem, MediaState};
use sigap::store::media::{self, Looked, Media, Said};
use sigap::store::sealed_file::{self, CHUNK, SealedReader, SealedWriter};

use super::place::Place;
use super::samples::{at, ids};

fn new(secs: i64, state: MediaState) -> Media {
    let id = MediaId(ids().next(at(secs)));
    Media {
        owner: Some("unit:7".to_owned()),
        size_bytes: 3_000_000,
        expires_at: Some(at(secs + 100)),
        said: Said {
            filename: Some("../../etc/passwd\u{0}.jpg".to_owned()),
            mime: Some("image/jpeg".to_owned()),
            channel_id: Some("1003383421387256".to_owned()),
            ..Said::default()
        },
        ..Media::new(id, "medan", MediaOrigin::Unit, state, at(secs))
    }
}

pub async fn what_is_known_of_a_file_comes_back(place: &Place) {
    let store = place.open().await;
    let file = new(0, MediaState::Uploading);
    store.write(vec![media::insert(store.vault(), &file).unwrap()]).await.unwrap();
    assert_eq!(store.media(file.id).await.unwrap(), Some(file.clone()));
    assert_eq!(store.uploads_of("unit:7").await.unwrap(), 1);
    let looked = Looked {
        kind: MediaKind::Picture,
        mime: "image/png".to_owned(),
        size_bytes: 2_999_999,
        sha256: [7; 32],
        width: Some(1600),
        height: Some(900),
        shown_bytes: Some(120_000),
    };
    store.write(vec![media::keep(file.id, &looked)]).await.unwrap();
    let kept = store.media(file.id).await.unwrap().unwrap();
    assert_eq!((kept.state, kept.kind, kept.width), (MediaState::Kept, Some(MediaKind::Picture), Some(1600)));
    assert_eq!((kept.sha256, kept.size_bytes), (Some(vec![7; 32]), 2_999_999));
    assert_eq!(store.uploads_of("unit:7").await.unwrap(), 0);
    store.write(vec![media::let_go(file.id, MediaState::Refused, MediaProblem::Kind)]).await.unwrap();
    assert_eq!(store.media(file.id).await.unwrap().unwrap().why, Some(MediaProblem::Kind));
    store.write(vec![media::remove(file.id)]).await.unwrap();
    assert_eq!(store.media(file.id).await.unwrap(), None);
}

pub async fn a_file_that_belongs_to_a_report_does_not_expire(place: &Place) {
    let store = place.open().await;
    let mut ids = ids();
    let (left, attached) = (new(0, MediaState::Kept), new(1, MediaState::Kept));
    let job = [&left, &attached].map(|file| media::insert(store.vault(), file).unwrap());
    store.write(job.into()).await.unwrap();
    let [report, message, reporter] = [(); 3].map(|()| ids.next(at(2)));
    let (report, message, reporter) = (ReportId(report), MessageId(message), ReporterId(reporter));
    store.write(vec![media::attach(attached.id, report, Some(message), Some(reporter))]).await.unwrap();
    let expired = store.media_expired(at(9_999), 10).await.unwrap();
    assert_eq!(expired.iter().map(|file| file.id).collect::<Vec<_>>(), [left.id]);
    assert!(store.media_expired(at(99), 10).await.unwrap().is_empty());
    let of_message = store.media_of_messages(&[message]).await.unwrap();
    assert_eq!(of_message.iter().map(|file| file.id).collect::<Vec<_>>(), [attached.id]);
    assert_eq!(store.media_of_reporter(reporter).await.unwrap().len(), 1);
    store.write(vec![media::erase(store.vault(), attached.id).unwrap()]).await.unwrap();
    let erased = store.media(attached.id).await.unwrap().unwrap();
    assert_eq!((erased.state, erased.reporter), (MediaState::Gone, None));
    assert!(erased.said == Said::default(), "what was said of it is gone");
    assert_eq!((erased.state, erased.reporter), (MediaState::Gone, None));
}

pub async fn files_at_the_channel_are_asked_for_when_they_are_due(place: &Place) {
    let store = place.open().await;
    let files = [new(3, MediaState::Waiting), new(1, MediaState::Waiting), new(2, MediaState::Kept)];
    store.write(files.iter().map(|file| media::insert(store.vault(), file).unwrap()).collect()).await.unwrap();
    let due = async |secs| store.media_due(at(secs), 9).await.unwrap().iter().map(|file| file.id).collect::<Vec<_>>();
    assert!(due(0).await.is_empty());
    assert_eq!(due(5).await, [files[1].id, files[0].id]);
    store.write(vec![media::ask_again(files[1].id, at(60))]).await.unwrap();
    assert_eq!(due(5).await, [files[0].id]);
    assert_eq!(store.media(files[1].id).await.unwrap().unwrap().attempts, 1);
}

pub async fn sealed_files_are_read_from_anywhere_and_only_under_their_own_name(place: &Place) {
    let store = place.open().await;
    let folder = tempdir();
    let path = folder.0.join("a/b");
    let plain: Vec<u8> = (0..3 * CHUNK + 1234).map(|n| u8::try_from(n * 7 % 251).unwrap()).collect();
    let mut writer = SealedWriter::create(&store, &path, "media/1").await.unwrap();
    for piece in plain.chunks(10_007) {
        writer.write(piece).await.unwrap();
    }
    writer.sync().await.unwrap();
    assert!(SealedWriter::create(&store, &path, "media/1").await.is_err(), "nothing is overwritten");
    let sealed = std::fs::read(&path).unwrap();
    assert!(!sealed.windows(64).any(|bytes| bytes == &plain[..64]), "nothing can be read past the seal");
    let mut reader = SealedReader::open(&store, &path, "media/1").await.unwrap();
    assert_eq!(reader.len(), plain.len() as u64);
    for from in [0, 1, CHUNK - 1, CHUNK, 2 * CHUNK + 77, 3 * CHUNK, plain.len() - 1] {
        let piece = reader.piece(from as u64, 5000).await.unwrap();
        assert!(!piece.is_empty() && piece == plain[from..from + piece.len()], "{from}");
    }
    assert!(reader.piece(plain.len() as u64, 10).await.unwrap().is_empty());
    let mut other = SealedReader::open(&store, &path, "media/2").await.unwrap();
    assert!(other.piece(0, 10).await.is_err());
    let mut swapped = sealed.clone();
    let chunk = CHUNK + 41;
    swapped[..chunk].copy_from_slice(&sealed[chunk..2 * chunk]);
    std::fs::write(&path, swapped).unwrap();
    let mut reader = SealedReader::open(&store, &path, "media/1").await.unwrap();
    assert!(reader.piece(0, 10).await.is_err(), "a chunk in another place does not open");
}

pub async fn a_sealed_file_goes_on_where_it_stopped(place: &Place) {
    let store = place.open().await;
    let folder = tempdir();
    let path = folder.0.join("x");
    let plain: Vec<u8> = (0..2 * CHUNK + 500).map(|n| u8::try_from(n % 256).unwrap()).collect();
    let mut writer = SealedWriter::create(&store, &path, "media/x").await.unwrap();
    writer.sync().await.unwrap();
    let mut at = 0;
    for stop in [10, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, plain.len()] {
        let mut writer = SealedWriter::resume(&store, &path, "media/x").await.unwrap();
        assert_eq!(writer.len(), at as u64);
        writer.write(&plain[at..stop]).await.unwrap();
        writer.sync().await.unwrap();
        assert_eq!(sealed_file::len(&path).await.unwrap(), stop as u64);
        at = stop;
    }
    // A piece that is taken back leaves what was there before it.
    let mut writer = SealedWriter::resume(&store, &path, "media/x").await.unwrap();
    let mark = writer.mark();
    writer.write(&plain).await.unwrap();
    writer.back_to(mark).await.unwrap();
    assert_eq!(sealed_file::len(&path).await.unwrap(), plain.len() as u64);
    let mut reader = SealedReader::open(&store, &path, "media/x").await.unwrap();
    let mut back = Vec::new();
    while back.len() < plain.len() {
        back.extend(reader.piece(back.len() as u64, u64::MAX).await.unwrap());
    }
    assert!(back == plain);
    // Torn by a power cut: what is left of the last chunk does not open and is forgotten.
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 3]).unwrap();
    assert_eq!(SealedWriter::resume(&store, &path, "media/x").await.unwrap().len(), 2 * CHUNK as u64);
}

/// A folder that is removed again.
struct Folder(std::path::PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn tempdir() -> Folder {
    let folder = std::env::temp_dir().join(format!("sigap-files-{}-{:x}", std::process::id(), fastrand::u64(..)));
    std::fs::create_dir_all(&folder).unwrap();
    Folder(folder)
}
