//! Files in pieces: the tus protocol, what is refused, and a real client that breaks off and goes on.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use sigap::model::id::MediaId;
use sigap::model::media::MediaState;

use super::client::{Answer, Client};
use super::media::{photo, video};
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

on_both_stores! {
    an_upload_goes_on_after_a_restart_and_becomes_a_file,
}

const UPLOADS: &str = "/v1/uploads";
const PIECE: &str = "application/offset+octet-stream";

async fn begin(client: &Client, length: usize, headers: &[(&str, &str)]) -> Answer {
    let request = client.request(Method::POST, UPLOADS).header("tus-resumable", "1.0.0");
    let request = request.header("upload-length", length.to_string());
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    client.send(request).await
}

/// Begins an upload and gives its path.
async fn begun(client: &Client, length: usize) -> String {
    let answer = begin(client, length, &[]).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!((answer.header("tus-resumable"), answer.header("upload-offset")), ("1.0.0", "0"));
    assert!(answer.header("upload-expires").ends_with("GMT"));
    answer.header("location").to_owned()
}

async fn piece(client: &Client, path: &str, at: usize, bytes: &[u8], headers: &[(&str, &str)]) -> Answer {
    let request = client.request(Method::PATCH, path).header("tus-resumable", "1.0.0");
    let request = request.header("content-type", PIECE).header("upload-offset", at.to_string());
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    client.send(request.body(bytes.to_vec())).await
}

async fn stands_at(client: &Client, path: &str) -> Answer {
    client.send(client.request(Method::HEAD, path).header("tus-resumable", "1.0.0")).await
}

async fn original(client: &Client, id: &str) -> Vec<u8> {
    let request = client.request(Method::GET, &format!("/v1/media/{id}?original=true"));
    request.send().await.unwrap().bytes().await.unwrap().to_vec()
}

async fn an_upload_goes_on_after_a_restart_and_becomes_a_file(place: Place) {
    let town = Town::on(place).await;
    let photo = photo(900, 700);
    let crew = town.as_user("b-1");
    let metadata = format!("filename {},is_night", STANDARD.encode("kebakaran ruko.jpg"));
    let answer = begin(&crew, photo.len(), &[("upload-metadata", &metadata)]).await;
    let path = answer.header("location").to_owned();
    let (first, second) = photo.split_at(photo.len() / 3);
    let answer = piece(&crew, &path, 0, first, &[]).await;
    assert_eq!((answer.status, answer.header("upload-offset")), (204, &*first.len().to_string()));

    let town = town.restart().await;
    let crew = town.as_user("b-1");
    let head = stands_at(&crew, &path).await;
    assert_eq!((head.status, head.header("upload-offset")), (200, &*first.len().to_string()));
    assert_eq!(head.header("upload-length"), photo.len().to_string());
    assert_eq!((head.header("upload-metadata"), head.header("cache-control")), (&*metadata, "no-store"));
    assert_eq!(crew.get(&path).await.ok()["state"], "uploading");
    let last = piece(&crew, &path, first.len(), second, &[]).await;
    assert_eq!(last.status, 204, "{}", last.text);
    let id = last.header("upload-media-id").to_owned();
    assert!(path.ends_with(&id) && !id.is_empty());
    let view = crew.get(&path).await.ok();
    assert_eq!((&view["state"], view["media_id"].as_str()), (&Value::from("kept"), Some(&*id)));
    assert!(original(&crew, &id).await == photo, "the bytes are those that were sent");
    // Asked again, it is still whole.
    assert_eq!(stands_at(&crew, &path).await.header("upload-media-id"), id);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_protocol_forbids_is_refused_by_its_own_numbers() {
    let town = Town::new().await;
    let crew = town.as_user("b-1");
    let options = crew.send(crew.request(Method::OPTIONS, UPLOADS)).await;
    assert_eq!((options.status, options.header("tus-version")), (204, "1.0.0"));
    assert_eq!(options.header("tus-extension"), "creation,creation-with-upload,expiration,checksum,termination");
    assert_eq!(options.header("tus-max-size"), (100 * 1024 * 1024).to_string());
    assert_eq!(options.header("tus-checksum-algorithm"), "sha1,sha256");

    let other = crew.request(Method::POST, UPLOADS).header("tus-resumable", "0.2.2").header("upload-length", "5");
    let other = crew.send(other).await;
    other.problem(412, "tus_version");
    assert_eq!(other.header("tus-version"), "1.0.0");
    let without = crew.send(crew.request(Method::POST, UPLOADS).header("tus-resumable", "1.0.0")).await;
    assert_eq!(without.problem(400, "malformed")["field"], "upload-length");
    let deferred = begin(&crew, 5, &[("upload-defer-length", "1")]).await;
    assert_eq!(deferred.problem(400, "malformed")["field"], "upload-defer-length");
    begin(&crew, 100 * 1024 * 1024 + 1, &[]).await.problem(413, "too_large");
    assert_eq!(begin(&crew, 0, &[]).await.problem(422, "invalid")["field"], "upload-length");
    for broken in ["filename ???", "filename /w==", " ,"] {
        let answer = begin(&crew, 5, &[("upload-metadata", broken)]).await;
        assert_eq!(answer.problem(400, "malformed")["field"], "upload-metadata", "{broken}");
    }

    let path = begun(&crew, 100).await;
    piece(&crew, &path, 7, b"x", &[]).await.problem(409, "wrong_offset");
    piece(&crew, &path, 0, &[7; 101], &[]).await.problem(413, "too_large");
    let typed = crew.request(Method::PATCH, &path).header("tus-resumable", "1.0.0").header("upload-offset", "0");
    crew.send(typed.header("content-type", "image/jpeg").body("x")).await.problem(415, "unsupported_media_type");
    let nowhere = crew.request(Method::PATCH, &path).header("tus-resumable", "1.0.0").header("content-type", PIECE);
    assert_eq!(crew.send(nowhere.body("x")).await.problem(400, "malformed")["field"], "upload-offset");
    let old = crew.request(Method::PATCH, &path).header("content-type", PIECE).header("upload-offset", "0");
    crew.send(old.body("x")).await.problem(412, "tus_version");
    for path in [format!("{UPLOADS}/{}", uuid::Uuid::nil()), format!("{UPLOADS}/../../etc/passwd")] {
        assert_eq!(stands_at(&crew, &path).await.status, 404, "{path}");
    }
    assert_eq!(stands_at(&crew, &path).await.header("upload-offset"), "0", "nothing of it stayed");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_piece_whose_checksum_does_not_fit_leaves_nothing() {
    let town = Town::new().await;
    let crew = town.as_user("b-1");
    let video = video(200_000);
    let path = begun(&crew, video.len()).await;
    let (first, second) = video.split_at(70_000);
    let sha1 = |bytes: &[u8]| format!("sha1 {}", STANDARD.encode(Sha1::digest(bytes)));
    let sha256 = |bytes: &[u8]| format!("sha256 {}", STANDARD.encode(Sha256::digest(bytes)));
    let wrong = piece(&crew, &path, 0, first, &[("upload-checksum", &sha1(second))]).await;
    assert_eq!(wrong.status, 460, "{}", wrong.text);
    assert_eq!(stands_at(&crew, &path).await.header("upload-offset"), "0");
    for unknown in ["md5 xxxx", "sha1", "sha1 ???"] {
        let answer = piece(&crew, &path, 0, first, &[("upload-checksum", unknown)]).await;
        assert_eq!(answer.problem(400, "malformed")["field"], "upload-checksum");
    }
    assert_eq!(piece(&crew, &path, 0, first, &[("upload-checksum", &sha1(first))]).await.status, 204);
    assert_eq!(piece(&crew, &path, 70_000, second, &[("upload-checksum", &sha256(first))]).await.status, 460);
    assert_eq!(stands_at(&crew, &path).await.header("upload-offset"), "70000");
    let last = piece(&crew, &path, 70_000, second, &[("upload-checksum", &sha256(second))]).await;
    assert_eq!(last.status, 204);
    assert!(original(&crew, last.header("upload-media-id")).await == video);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_belongs_to_who_began_it_and_to_an_officer() {
    let town = Town::new().await;
    let path = begun(&town.as_user("b-1"), 9).await;
    for user in ["b-2", "operator", "t-1"] {
        assert_eq!(stands_at(&town.as_user(user), &path).await.status, 404, "{user}");
        piece(&town.as_user(user), &path, 0, b"x", &[]).await.problem(404, "not_found");
        let delete = town.as_user(user).request(Method::DELETE, &path).header("tus-resumable", "1.0.0");
        town.as_user(user).send(delete).await.problem(404, "not_found");
    }
    for user in ["kapolres", "auditor", "admin"] {
        begin(&town.as_user(user), 9, &[]).await.problem(403, "forbidden");
    }
    begin(&town.as_nobody(), 9, &[]).await.problem(401, "unauthorized");
    assert_eq!(stands_at(&town.as_user("b-1"), &path).await.status, 200);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_uploads_may_be_under_way_and_given_up_ones_make_room() {
    let town = Town::new().await;
    let crew = town.as_user("b-1");
    let mut paths = Vec::new();
    for _ in 0..10 {
        paths.push(begun(&crew, 9).await);
    }
    begin(&crew, 9, &[]).await.problem(429, "too_many_uploads");
    begun(&town.as_user("b-2"), 9).await;
    let delete = crew.request(Method::DELETE, &paths[0]).header("tus-resumable", "1.0.0");
    assert_eq!(crew.send(delete).await.status, 204);
    assert_eq!(stands_at(&crew, &paths[0]).await.status, 404);
    begun(&crew, 9).await;
    // A day later they are gone, and their place is free.
    town.clock.advance(24 * 3600 + 1);
    assert_eq!(stands_at(&crew, &paths[1]).await.status, 410);
    piece(&crew, &paths[1], 0, b"x", &[]).await.problem(410, "expired");
    assert_eq!(town.app.media.sweep().await.unwrap(), 11);
    assert_eq!(stands_at(&crew, &paths[1]).await.status, 404);
    begun(&crew, 9).await;
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_kept_is_said_so_with_its_last_piece() {
    let town = Town::new().await;
    let operator = town.as_user("operator");
    let html = b"<!doctype html><script>alert(1)</script>";
    let metadata =
        format!("filename {},filetype {}", STANDARD.encode("../../x\u{0}.jpg"), STANDARD.encode("image/jpeg"));
    // The first piece comes with the creation; it is the whole file.
    let request = operator.request(Method::POST, UPLOADS).header("tus-resumable", "1.0.0");
    let request = request.header("upload-length", html.len().to_string()).header("upload-metadata", &metadata);
    let answer = operator.send(request.header("content-type", PIECE).body(html.to_vec())).await;
    answer.problem(415, "kind");
    let photo = photo(60, 40);
    let request = operator.request(Method::POST, UPLOADS).header("tus-resumable", "1.0.0");
    let request = request.header("upload-length", photo.len().to_string()).header("upload-metadata", &metadata);
    let answer = operator.send(request.header("content-type", PIECE).body(photo.clone())).await;
    assert_eq!((answer.status, answer.header("upload-offset")), (201, &*photo.len().to_string()));
    let id: MediaId = answer.header("upload-media-id").parse().unwrap();
    let row = town.store().media(id).await.unwrap().unwrap();
    assert_eq!(row.said.filename.as_deref(), Some("../../x\u{0}.jpg"), "a name is a word, never a path");
    assert_eq!(row.state, MediaState::Kept);

    let path = begun(&operator, html.len()).await;
    piece(&operator, &path, 0, html, &[]).await.problem(415, "kind");
    let view = operator.get(&path).await.ok();
    assert_eq!((&view["state"], &view["why"]), (&Value::from("refused"), &Value::from("kind")));
    assert_eq!(stands_at(&operator, &path).await.header("upload-media-id"), "");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_a_503_and_the_upload_goes_on_when_there_is_room() {
    let town = Town::new().await;
    let crew = town.as_user("b-1");
    let video = video(200_000);
    let path = begun(&crew, video.len()).await;
    let (first, second) = video.split_at(100_000);
    assert_eq!(piece(&crew, &path, 0, first, &[]).await.status, 204);
    let id = path.rsplit('/').next().unwrap();
    let folder = town.app.config.media_dir().join(id.split_at(34).1);
    let (file, aside) = (folder.join(format!("{id}.original")), folder.join("aside"));
    // The system's own full disk: it opens, and takes nothing.
    std::fs::rename(&file, &aside).unwrap();
    std::os::unix::fs::symlink("/dev/full", &file).unwrap();
    let full = piece(&crew, &path, 0, &video, &[]).await;
    full.problem(503, "storage_away");
    assert!(!full.header("retry-after").is_empty());
    std::fs::remove_file(&file).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    let last = piece(&crew, &path, first.len(), second, &[]).await;
    assert_eq!(last.status, 204);
    assert!(original(&crew, last.header("upload-media-id")).await == video);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_tus_client_breaks_off_and_goes_on() {
    let web = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("web");
    if !web.join("node_modules/tus-js-client").exists() {
        println!("tus-js-client was not tested: run npm ci in web/");
        return;
    }
    let town = Town::new().await;
    let video = video(3_000_000);
    let file = std::env::temp_dir().join(format!("sigap-tus-{}", std::process::id()));
    std::fs::write(&file, &video).unwrap();
    let mut node = std::process::Command::new("node");
    node.current_dir(&web).args(["e2e/tus.mjs", &town.base, &town.tokens["b-1"]]).arg(&file).arg("900000");
    let output = tokio::task::spawn_blocking(move || node.output()).await.unwrap().unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let (broke_off, resumed) = (said["broke_off_at"].as_u64().unwrap(), said["resumed_at"].as_u64().unwrap());
    assert!((900_000..3_000_000).contains(&broke_off), "{said}");
    assert!((800_000..3_000_000).contains(&resumed), "what was acknowledged is not sent again: {said}");
    let sent = original(&town.as_user("b-1"), said["media_id"].as_str().unwrap()).await;
    assert_eq!(Sha256::digest(&sent), Sha256::digest(&video), "{said}");
    println!("tus-js-client broke off at {broke_off}, went on at {resumed}: {}", said["requests"]);
    town.finish().await;
}
