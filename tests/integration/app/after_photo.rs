//! The after-photo: from the crew's camera to the reporter, past an operator's eyes, without what the
//! camera hid in it.

use reqwest::Method;
use serde_json::{Value, json};

use super::citizen::Citizen;
use super::city::BARAT;
use super::client::{Answer, Client};
use super::media::photo;
use super::on_both_stores;
use super::town::Town;
use crate::store_contract::place::Place;

/// Where the camera stood, as a camera writes it beside the picture.
const HIDDEN: &[u8] = b"GPSLatitude 3.5901 GPSLongitude 98.6350";

/// A photo with an EXIF segment, as a telephone makes it.
fn jpeg_with_exif() -> Vec<u8> {
    let plain = photo(1200, 900);
    let content = [b"Exif\0\0".as_slice(), HIDDEN].concat();
    let length = u16::try_from(content.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], &[0xff, 0xe1], &length, &content, &plain[2..]].concat()
}

fn holds(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}

on_both_stores! {
    a_photo_of_the_place_reaches_every_reporter_once_it_is_approved,
}

async fn send(client: &Client, incident: &str, key: &str, bytes: &[u8]) -> Answer {
    let path = format!("/v1/incidents/{incident}/photos?key={key}");
    let request = client.request(Method::POST, &path).header("content-type", "image/jpeg");
    client.send(request.body(bytes.to_vec())).await
}

async fn step(town: &Town, assignment: &str, name: &str) {
    town.clock.advance(7);
    let body = json!({ "step": name, "key": format!("k-{name}"), "at": town.now() });
    town.as_user("b-1").post(&format!("/v1/assignments/{assignment}/steps"), &body).await.ok();
}

async fn a_photo_of_the_place_reaches_every_reporter_once_it_is_approved(place: Place) {
    let town = Town::on(place).await;
    let (siti, budi, operator) = (Citizen::new(&town), Citizen::new(&town), town.as_user("operator"));
    siti.sees_a_fire(BARAT).await;
    budi.sees_a_fire(BARAT).await;
    town.settled().await;
    let (incident, assignment) = town
        .look("medan", |desk| {
            let assignment = desk.assignments.values().next().unwrap();
            (assignment.incident.to_string(), assignment.id.to_string())
        })
        .await;
    let waiting = town.look("medan", |desk| desk.queue.first().unwrap().2.to_string()).await;
    operator.post(&format!("/v1/reports/{waiting}/join"), &json!({ "incident_id": incident })).await.ok();
    let (crew, photo) = (town.as_user("b-1"), jpeg_with_exif());

    // Not there yet, not this crew's, no crew at all, no photo.
    send(&crew, &incident, "satu", &photo).await.problem(409, "wrong_state");
    for name in ["accept", "en_route", "on_scene"] {
        step(&town, &assignment, name).await;
    }
    send(&town.as_user("t-1"), &incident, "satu", &photo).await.problem(403, "forbidden");
    send(&town.as_user("l-1"), &incident, "satu", &photo).await.problem(404, "not_found");
    send(&operator, &incident, "satu", &photo).await.problem(403, "forbidden");
    assert!((400..500).contains(&send(&crew, &incident, "dua", b"<script>alert(1)</script>").await.status));
    assert!((400..500).contains(&send(&crew, &incident, "dua", &vec![0xff; 11 * 1024 * 1024]).await.status));
    send(&crew, &incident, "", &photo).await.problem(422, "invalid");
    assert!(town.look("medan", |desk| desk.incidents.values().all(|it| it.photos.is_empty())).await);

    step(&town, &assignment, "clear").await;
    let first = send(&crew, &incident, "satu", &photo).await.ok();
    let again = send(&crew, &incident, "satu", &photo).await.ok();
    assert_eq!(first, again, "the same photo sent twice is one");
    assert_eq!(first["photo"]["state"], "waiting");
    let id = first["photo"]["id"].as_str().unwrap();
    let seen = operator.request(Method::GET, &format!("/v1/media/{id}")).send().await.unwrap();
    assert_eq!(seen.status(), 200);
    let seen = seen.bytes().await.unwrap();
    assert!(seen.starts_with(b"\xff\xd8\xff") && !holds(&seen, HIDDEN), "what the camera hid is gone");
    assert!(holds(&photo, HIDDEN), "it was there");

    // The end is told first; the photo follows when an operator has looked at it.
    operator.post(&format!("/v1/incidents/{incident}/close"), &json!({ "disposition": "resolved" })).await.ok();
    for user in ["b-1", "kapolres", "auditor", "admin"] {
        town.as_user(user).post(&format!("/v1/photos/{id}/approve"), &json!({})).await.problem(403, "forbidden");
    }
    town.as_user("operator-belawan")
        .post(&format!("/v1/photos/{id}/approve"), &json!({}))
        .await
        .problem(404, "not_found");
    let approved = operator.post(&format!("/v1/photos/{id}/approve"), &json!({})).await.ok();
    assert_eq!(approved["photos"][0]["state"], "approved");
    operator.post(&format!("/v1/photos/{id}/approve"), &json!({})).await.problem(409, "wrong_state");
    operator.post(&format!("/v1/photos/{id}/decline"), &json!({})).await.problem(409, "wrong_state");
    for person in [&siti, &budi] {
        let pictures = || {
            let sent = town.double.sent().into_iter();
            sent.filter(|sent| sent.to == person.wa_id && sent.kind == "image").collect::<Vec<_>>()
        };
        super::town::eventually("the reporter has the photo", async || {
            town.turn(7).await;
            !pictures().is_empty()
        })
        .await;
        let pictures = pictures();
        assert_eq!(pictures.len(), 1, "once");
        assert!(pictures[0].payload["image"]["caption"].as_str().unwrap().contains("setelah ditangani"));
        let (_, bytes) = town.double.media().file(pictures[0].payload["image"]["id"].as_str().unwrap()).unwrap();
        assert!(!holds(&bytes, HIDDEN), "nor does it go out");
    }
    let timeline = operator.get(&format!("/v1/incidents/{incident}/timeline")).await.ok();
    let kinds: Vec<&Value> = timeline["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert!(kinds.contains(&&json!("photo_taken")) && kinds.contains(&&json!("photo_approved")), "{kinds:?}");
    town.finish().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_photo_reaches_nobody_and_the_crew_may_take_another() {
    let town = Town::new().await;
    let (siti, operator) = (Citizen::new(&town), town.as_user("operator"));
    siti.sees_a_fire(BARAT).await;
    town.settled().await;
    let (incident, assignment) = town
        .look("medan", |desk| {
            let assignment = desk.assignments.values().next().unwrap();
            (assignment.incident.to_string(), assignment.id.to_string())
        })
        .await;
    for name in ["accept", "en_route", "on_scene"] {
        step(&town, &assignment, name).await;
    }
    let (crew, photo) = (town.as_user("b-1"), jpeg_with_exif());
    let first = send(&crew, &incident, "satu", &photo).await.ok();
    let path = format!("/v1/photos/{}/decline", first["photo"]["id"].as_str().unwrap());
    operator.post(&path, &json!({ "note": "x".repeat(10_000) })).await.problem(422, "invalid");
    let declined = operator.post(&path, &json!({ "note": "wajah orang terlihat" })).await.ok();
    assert_eq!(declined["photos"][0]["state"], "declined");
    let second = send(&crew, &incident, "dua", &photo).await.ok();
    assert_ne!(first["photo"]["id"], second["photo"]["id"]);
    let told = town.journal("medan").await.iter().filter(|entry| entry.body.contains("after_photo")).count();
    assert_eq!(told, 0, "nobody is promised a photo that was declined");
    town.finish().await;
}
