//! What reporters attach is fetched from the channel: two steps, only from known hosts, never more
//! than a file may have, and the desk hears of it.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use sigap::model::media::{MediaProblem, MediaState};
use sigap::sim::graph_media::Lies;
use sigap::store::media::Media;

use super::citizen::Citizen;
use super::media::{photo, video};
use super::on_both_stores;
use super::town::{Town, eventually};
use crate::store_contract::place::{Place, number};

on_both_stores! {
    a_photo_of_a_reporter_is_fetched_kept_and_shown,
}

const ATTEMPTS: &str = "SELECT attempts FROM media";

fn jpeg(bytes: Vec<u8>) -> Lies {
    Lies::Here("image/jpeg".to_owned(), bytes.into())
}

/// Somebody sends an attachment with this id at the channel.
async fn attaches(town: &Town, kind: &str, id: &str, more: Value) {
    let siti = Citizen::new(town);
    let mut content = json!({ "id": id, "mime_type": "image/jpeg" });
    content.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    siti.sends(kind, content).await;
    town.settled().await;
}

/// The one file of the town, once it stands as it is wanted.
async fn stands(town: &Town, wanted: MediaState) -> Media {
    let files = async || {
        let ids = town.store().read("SELECT id FROM media", vec![]).await.unwrap();
        let id = ids[0].parsed(0).unwrap();
        town.store().media(id).await.unwrap().unwrap()
    };
    eventually(&format!("the file is {wanted:?}"), async || files().await.state == wanted).await;
    files().await
}

async fn a_photo_of_a_reporter_is_fetched_kept_and_shown(place: Place) {
    let town = Town::on(place).await;
    let photo = photo(2000, 1000);
    let hash = STANDARD.encode(Sha256::digest(&photo));
    town.double.media().put("1003", jpeg(photo.clone()));
    let mut screen = town.as_user("operator").screen().await;
    attaches(&town, "image", "1003", json!({ "caption": "kecelakaan di tol", "sha256": hash })).await;
    let kept = screen.entry("media_kept").await;
    let report = kept["data"]["report"].as_str().unwrap().to_owned();
    assert_eq!(kept["data"]["media_kind"], "picture");
    assert_eq!(kept["changed"]["reports"][0]["id"].as_str(), Some(&*report), "the screens are told");

    let detail = town.as_user("operator").get(&format!("/v1/reports/{report}")).await.ok();
    let said = &detail["messages"][0];
    assert_eq!((&said["text"], &said["kind"]), (&json!("kecelakaan di tol"), &json!("image")));
    let media = &said["media"];
    assert_eq!((&media["state"], &media["kind"], &media["width"]), (&json!("kept"), &json!("picture"), &json!(1600)));
    assert_eq!(media["id"], kept["data"]["media"]);
    let path = format!("/v1/media/{}", media["id"].as_str().unwrap());
    let shown = town.as_user("operator").request(reqwest::Method::GET, &path).send().await.unwrap();
    assert_eq!((shown.status().as_u16(), &shown.headers()["content-type"]), (200, &"image/jpeg".parse().unwrap()));
    assert_eq!(town.double.media().asked(), 2, "one address, one file");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_not_fetched_before_a_stop_is_fetched_after_it() {
    let town = Town::new().await;
    town.double.media().put("7", Lies::Refused(StatusCode::SERVICE_UNAVAILABLE));
    attaches(&town, "video", "7", json!({})).await;
    eventually("it was asked for", async || town.double.media().asked() > 0).await;
    let town = town.restart().await;
    town.double.media().put("7", Lies::Here("video/mp4".to_owned(), video(50_000).into()));
    town.clock.advance(3600);
    assert_eq!(stands(&town, MediaState::Kept).await.mime.as_deref(), Some("video/mp4"));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn addresses_that_lead_elsewhere_are_never_asked() {
    // A stranger's server: nothing may arrive there.
    let stranger = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = stranger.local_addr().unwrap().port();
    let visits = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = visits.clone();
    tokio::spawn(async move {
        while stranger.accept().await.is_ok() {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        }
    });
    let addresses = [
        format!("http://127.0.0.1:{port}/x"),
        format!("http://2130706433:{port}/x"),
        format!("http://localhost:{port}/x"),
        format!("http://0x7f000001:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://lookaside.fbsbx.com@127.0.0.1:{port}/x"),
        "file:///etc/passwd".to_owned(),
        "not an address".to_owned(),
    ];
    for address in addresses.iter().map(|url| Lies::At(url.clone())).chain([Lies::Moved(addresses[0].clone())]) {
        let town = Town::new().await;
        town.double.media().put("9", address.clone());
        attaches(&town, "image", "9", json!({})).await;
        let file = stands(&town, MediaState::Refused).await;
        assert_eq!(file.why, Some(MediaProblem::ForeignAddress), "{address:?}");
        town.finish().await;
    }
    assert_eq!(visits.load(std::sync::atomic::Ordering::SeqCst), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_are_paths_and_files_the_channel_forgot_are_gone() {
    for id in ["../v25.0/1001", "1/../../etc", "no-such-file"] {
        let town = Town::new().await;
        attaches(&town, "image", id, json!({})).await;
        assert_eq!(stands(&town, MediaState::Gone).await.why, Some(MediaProblem::Gone));
        town.finish().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_calls_itself_a_photo_is_refused_and_the_operator_reads_why() {
    let town = Town::new().await;
    town.double.media().put("66", jpeg(b"<html><script>alert(1)</script></html>".to_vec()));
    attaches(&town, "image", "66", json!({ "caption": "lihat ini" })).await;
    assert_eq!(stands(&town, MediaState::Refused).await.why, Some(MediaProblem::Kind));
    let queue = town.as_user("operator").get("/v1/queue").await.ok();
    let report = queue["items"][0]["report"]["id"].as_str().unwrap().to_owned();
    let detail = town.as_user("operator").get(&format!("/v1/reports/{report}")).await.ok();
    let media = &detail["messages"][0]["media"];
    assert_eq!((&media["state"], &media["why"]), (&json!("refused"), &json!("kind")));
    assert!(town.journal("medan").await.iter().all(|entry| !entry.body.contains("media_kept")));
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_the_announced_one_is_tried_three_times_and_refused() {
    let town = Town::new().await;
    town.double.media().put("5", jpeg(photo(30, 20)));
    attaches(&town, "image", "5", json!({ "sha256": STANDARD.encode([0; 32]) })).await;
    for tries in 1..=2 {
        eventually("it is to be fetched again", async || number(town.store(), ATTEMPTS).await == tries).await;
        town.clock.advance(3600);
    }
    assert_eq!(stands(&town, MediaState::Refused).await.why, Some(MediaProblem::Changed));
    assert_eq!(town.double.media().asked(), 6);
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_beyond_the_limit_is_refused_before_or_while_it_comes() {
    let town = Town::new().await;
    let huge = Bytes::from(vec![0_u8; usize::try_from(town.app.media.max_bytes()).unwrap() + 1]);
    town.double.media().put("8", Lies::Here("video/mp4".to_owned(), huge));
    attaches(&town, "video", "8", json!({})).await;
    assert_eq!(stands(&town, MediaState::Refused).await.why, Some(MediaProblem::TooLarge));
    assert_eq!(town.double.media().asked(), 1, "its address was enough");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_fifteen_errors_within_an_hour_the_channel_is_left_in_peace() {
    let town = Town::new().await;
    for id in 0..20 {
        town.double.media().put(&id.to_string(), Lies::Refused(StatusCode::INTERNAL_SERVER_ERROR));
        attaches(&town, "image", &id.to_string(), json!({})).await;
    }
    eventually("fifteen errors", async || town.double.media().asked() >= 15).await;
    town.clock.advance(1200);
    // A round under way may still ask for as many as are fetched at once.
    let mark = "nothing more is asked while a healthy file waits";
    town.double.media().put("good", jpeg(photo(30, 20)));
    attaches(&town, "image", "good", json!({})).await;
    assert!(town.double.media().asked() <= 18, "{mark}: {}", town.double.media().asked());
    town.clock.advance(3700);
    eventually("asked again when the hour is over", async || town.double.media().asked() >= 20).await;
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sticker_is_not_fetched() {
    let town = Town::new().await;
    attaches(&town, "sticker", "3", json!({})).await;
    assert!(town.store().read("SELECT id FROM media", vec![]).await.unwrap().is_empty());
    town.finish().await;
}
