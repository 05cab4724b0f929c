//! Conversations as scripts: what a citizen writes, what officers do, and what the citizen reads.
//!
//! Each file of tests/fixtures/conversations is played on a town of its own with a turned clock; the
//! whole transcript is a snapshot, so a change of words or turns shows up in review.
//!
//! `warga: words` is a message. `[…]` is something else: `[+5m]` or `[+30s]` time passes, `[12.30]`
//! it is that time of day, `[pin barat]` a shared location, `[foto: caption]`, `[suara]`, `[panggilan]` a call over WhatsApp, `[stiker]`,
//! `[reaksi 👍]`, `[tombol sudah]` a pressed button, `[ubah: words]` the last message is edited,
//! `[tarik]` it is taken back, `[terlambat 3h: words]` held up on the way. `[petugas: words]` an operator takes the
//! report and writes, `[ambil]` takes it, `[kejadian]` makes an incident of it and offers it,
//! `[unit: en_route]` the crew steps, `[selesai: note]` it ends, `[antre 2]` others wait before, and
//! `[di jalan: kemacetan barat 12m]` something is on the road.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use sigap::model::clock::Timestamp;
use sigap::model::place::LngLat;
use sigap::model::report::{Report, ReportState};
use sigap::sim::graph_double::Sent;

use super::citizen::{Citizen, fresh_id, post};
use super::city::{BAHARI, BARAT, TIMUR};
use super::town::{Town, eventually};

/// A script under way.
struct Stage<'a> {
    town: &'a Town,
    warga: Citizen<'a>,
    /// Id of the last message.
    last: String,
    /// Messages to the citizen that are in the transcript.
    heard: usize,
    /// Messages that had left when the clock was turned last.
    settled: i64,
    transcript: String,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_script_goes_as_written() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/conversations");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 20, "{} scripts", files.len());
    // A few at a time: every town has its own database and threads.
    for few in files.chunks(6) {
        let played = futures_util::future::join_all(few.iter().map(|file| play(file))).await;
        for (file, transcript) in few.iter().zip(played) {
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            insta::with_settings!({ prepend_module_to_snapshot => false, snapshot_path => "../../fixtures/conversations_played", omit_expression => true }, {
                insta::assert_snapshot!(name, transcript);
            });
        }
    }
}

async fn play(file: &Path) -> String {
    let script = std::fs::read_to_string(file).unwrap();
    let town = Town::new().await;
    let warga = Citizen::new(&town);
    let mut stage = Stage { town: &town, warga, last: String::new(), heard: 0, settled: 0, transcript: String::new() };
    for line in script.lines() {
        stage.play(line.trim()).await;
    }
    stage.tell_the_end().await;
    let transcript = std::mem::take(&mut stage.transcript);
    town.finish().await;
    transcript
}

impl Stage<'_> {
    async fn play(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        self.write(line);
        if line.starts_with('#') {
            return;
        }
        if let Some(words) = line.strip_prefix("warga: ") {
            self.send("text", json!({ "body": words })).await;
        } else {
            let act = line.strip_prefix('[').and_then(|line| line.strip_suffix(']'));
            let act = act.unwrap_or_else(|| unreachable!("neither words nor an act: {line}"));
            let (act, rest) = act.split_once(": ").unwrap_or((act, ""));
            let (act, with) = act.split_once(' ').unwrap_or((act, ""));
            self.act(act, with, rest).await;
        }
        self.listen().await;
    }

    fn write(&mut self, line: &str) {
        self.transcript.push_str(line);
        self.transcript.push('\n');
    }

    async fn act(&mut self, act: &str, with: &str, rest: &str) {
        match act {
            "pin" => {
                let at = named(with);
                self.send("location", json!({ "longitude": at.lng, "latitude": at.lat })).await;
            }
            "foto" => {
                let mut image = json!({ "id": "900", "mime_type": "image/jpeg" });
                if !rest.is_empty() {
                    image["caption"] = json!(rest);
                }
                self.send("image", image).await;
            }
            "suara" => self.send("audio", json!({ "id": "901", "mime_type": "audio/ogg", "voice": true })).await,
            "panggilan" => self.call().await,
            "stiker" => self.send("sticker", json!({ "id": "902", "mime_type": "image/webp" })).await,
            "reaksi" => self.send("reaction", json!({ "message_id": self.last, "emoji": with })).await,
            "tombol" => {
                let reply = json!({ "type": "button_reply", "button_reply": { "id": with, "title": with } });
                self.send("interactive", reply).await;
            }
            "ubah" => self.edit(rest).await,
            "terlambat" => {
                let at = self.town.now().plus_secs(-seconds(with));
                self.send_at("text", json!({ "body": rest }), at).await;
            }
            "petugas" => {
                let report = self.claimed().await;
                self.operator(&format!("/v1/reports/{}/reply", report.id), json!({ "text": rest })).await;
            }
            "ambil" => drop(self.claimed().await),
            "kejadian" => self.escalate().await,
            "unit" => self.step(rest).await,
            "selesai" => self.end(rest).await,
            "antre" => self.others(with.parse().unwrap()).await,
            "di" => self.on_the_road(rest).await,
            _ if act.starts_with('+') => self.town.turn(seconds(act.trim_start_matches('+'))).await,
            _ => self.until(act).await,
        }
    }

    async fn send(&mut self, kind: &str, content: Value) {
        self.send_at(kind, content, self.town.now()).await;
    }

    async fn send_at(&mut self, kind: &str, content: Value, at: Timestamp) {
        let message = self.warga.message(kind, &content, at);
        self.last = message["id"].as_str().unwrap().to_owned();
        self.post(message).await;
    }

    async fn edit(&mut self, words: &str) {
        let mut message = self.warga.message("edit", &Value::Null, self.town.now());
        message["edit"] = json!({
            "original_message_id": self.last,
            "message": { "type": "text", "id": fresh_id(), "text": { "body": words } },
        });
        self.post(message).await;
    }

    async fn post(&self, message: Value) {
        let answer = post(self.town, &self.warga.body(&[message])).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        self.town.settled().await;
    }

    /// A call over WhatsApp: it rings, and ends half a minute later.
    async fn call(&self) {
        let id = fresh_id().replace("wamid", "wacid");
        for event in ["connect", "terminate"] {
            let call = json!({
                "id": id, "from": self.warga.wa_id, "to": "628110000110", "event": event,
                "direction": "USER_INITIATED", "timestamp": (self.town.now().micros() / 1_000_000).to_string(),
            });
            let mut body = self.warga.body(&[]);
            body["entry"][0]["changes"][0]["field"] = json!("calls");
            body["entry"][0]["changes"][0]["value"]["calls"] = json!([call]);
            assert_eq!(post(self.town, &body).await.status, 200);
            self.town.settled().await;
        }
    }

    /// Writes what the citizen has been sent since; the clock turns by Meta's pause between messages.
    async fn listen(&mut self) {
        let sent = |sent: &Sent| sent.to == self.warga.wa_id;
        loop {
            let (waiting, settled) = self.outbox().await;
            if waiting == 0 {
                self.settled = settled;
                break;
            }
            if settled > self.settled {
                // Meta takes one message in six seconds.
                self.settled = settled;
                self.town.turn(7).await;
                continue;
            }
            eventually("a message goes out", async || self.outbox().await.1 > settled).await;
        }
        let all: Vec<Sent> = self.town.double.sent().into_iter().filter(sent).collect();
        for sent in all.iter().skip(self.heard) {
            self.transcript.push_str(&shown(sent));
        }
        self.heard = all.len();
        // Somebody reads before he answers; an emergency's offer stays open meanwhile.
        self.town.turn(10).await;
    }

    /// Messages that wait, and those that do not any more.
    async fn outbox(&self) -> (i64, i64) {
        let sql = "SELECT COUNT(*), COUNT(CASE WHEN state = 'waiting' THEN 1 END) FROM outbox";
        let rows = self.town.store().read(sql, Vec::new()).await.unwrap();
        let (all, waiting) = (rows[0].int(0).unwrap(), rows[0].int(1).unwrap());
        (waiting, all - waiting)
    }

    async fn report(&self) -> Option<Report> {
        let wa_id = self.warga.wa_id.clone();
        let alias = self.town.store().vault().alias("wa_id", &wa_id);
        let reporter = self.town.store().reporter_by_aliases(&[alias]).await.unwrap()?;
        let mut found = Vec::new();
        for polres in ["medan", "belawan"] {
            let latest = self
                .town
                .look(polres, move |desk| desk.latest.get(&reporter).and_then(|id| desk.reports.get(id)).cloned())
                .await;
            found.extend(latest);
        }
        found.into_iter().max_by_key(|report| (report.is_open(), report.last_message_at))
    }

    async fn operator(&self, path: &str, body: Value) -> Value {
        self.town.as_user("operator").post(path, &body).await.ok()
    }

    async fn claimed(&self) -> Report {
        let report = self.report().await.unwrap();
        if report.is_queued() {
            self.operator(&format!("/v1/reports/{}/claim", report.id), json!({})).await;
        }
        report
    }

    async fn escalate(&self) {
        let report = self.claimed().await;
        let incident = self.operator(&format!("/v1/reports/{}/incident", report.id), json!({})).await;
        let incident = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
        let advice = self.town.as_user("operator").get(&format!("{incident}/recommendation")).await.ok();
        let unit = &advice["candidates"][0]["unit_id"];
        self.operator(&format!("{incident}/assignments"), json!({ "unit_id": unit })).await;
    }

    /// The primary unit takes a step.
    async fn step(&self, step: &str) {
        let ReportState::Attached { incident } = self.report().await.unwrap().state else {
            unreachable!("no incident to step for")
        };
        let assignment = self
            .town
            .look("medan", move |desk| {
                let live: Vec<_> = desk.live_assignments(&desk.incidents[&incident]).cloned().collect();
                live.into_iter().find(|a| a.primary).map(|a| a.id)
            })
            .await
            .unwrap();
        let body = json!({ "step": step, "key": step, "at": self.town.now() });
        self.operator(&format!("/v1/assignments/{assignment}/steps"), body).await;
    }

    async fn end(&self, note: &str) {
        let report = self.report().await.unwrap();
        if let ReportState::Attached { incident } = report.state {
            let body = json!({ "disposition": "resolved", "note": note });
            self.operator(&format!("/v1/incidents/{incident}/close"), body).await;
        } else {
            let body = json!({ "outcome": "resolved", "note": note });
            self.operator(&format!("/v1/reports/{}/resolve", report.id), body).await;
        }
    }

    /// Others whose reports came before, of the same lane.
    async fn others(&self, count: usize) {
        for _ in 0..count {
            let text = "motor saya dicuri tadi pagi di Jl. Melati Raya";
            self.operator("/v1/reports", json!({ "text": text, "lng": TIMUR.lng, "lat": TIMUR.lat })).await;
        }
    }

    /// `kemacetan barat 12m`: an incident of this category there, so long ago.
    async fn on_the_road(&self, words: &str) {
        let mut words = words.split(' ');
        let (category, place, ago) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap());
        let at = named(place);
        let entered = json!({ "text": "dilihat petugas patroli", "lng": at.lng, "lat": at.lat });
        let report = self.operator("/v1/reports", entered).await;
        let path = format!("/v1/reports/{}", report["id"].as_str().unwrap());
        let correction = json!({ "category": category, "priority": 3 });
        self.town.as_user("operator").patch(&path, &correction).await.ok();
        self.operator(&format!("{path}/incident"), json!({})).await;
        self.town.turn(seconds(ago)).await;
    }

    /// `12.30`, local time of this day or the next.
    async fn until(&self, clock: &str) {
        let (hour, minute) = clock.split_once('.').unwrap();
        let wanted = (hour.parse::<i64>().unwrap() * 60 + minute.parse::<i64>().unwrap()) * 60;
        let now = (self.town.now().micros() / 1_000_000 + 7 * 3600) % 86_400;
        self.town.turn((wanted - now).rem_euclid(86_400)).await;
    }

    /// Where the matter stands when the script is over.
    async fn tell_the_end(&mut self) {
        let Some(report) = self.report().await else { return };
        let reading = report.reading;
        let mut line = format!(
            "== {} {} P{}, {}, {} pesan",
            report.number,
            reading.category.code(),
            reading.priority.number(),
            report.state.code(),
            report.messages.len(),
        );
        if report.talk.person_asked_at.is_some() {
            line.push_str(", minta petugas");
        }
        if let Some(stars) = report.talk.stars {
            line.extend([", ", &stars.to_string(), " bintang"]);
        }
        self.write(&line);
    }
}

/// A message as a telephone shows it.
fn shown(sent: &Sent) -> String {
    let text = if let Some(text) = &sent.text {
        text.clone()
    } else {
        let template = &sent.payload["template"];
        let params = template["components"][0]["parameters"].as_array();
        let params: Vec<&str> = params.into_iter().flatten().filter_map(|it| it["text"].as_str()).collect();
        format!("<templat {}: {}>", template["name"].as_str().unwrap_or_default(), params.join(" | "))
    };
    let mut out = String::new();
    for (n, line) in text.lines().enumerate() {
        let who = if n == 0 { "sigap: " } else { "       " };
        out.push_str(format!("{who}{line}").trim_end());
        out.push('\n');
    }
    let action = &sent.payload["interactive"]["action"];
    let mut buttons: Vec<&str> =
        action["buttons"].as_array().into_iter().flatten().filter_map(|b| b["reply"]["title"].as_str()).collect();
    let rows = action["sections"][0]["rows"].as_array();
    buttons.extend(rows.into_iter().flatten().filter_map(|row| row["title"].as_str()));
    if action["name"] == "send_location" {
        buttons.push("Kirim lokasi");
    }
    if !buttons.is_empty() {
        out.extend(["       [", &buttons.join("] ["), "]\n"]);
    }
    out
}

fn named(place: &str) -> LngLat {
    match place {
        "barat" => BARAT,
        "timur" => TIMUR,
        "bahari" => BAHARI,
        _ => unreachable!("no such place: {place}"),
    }
}

/// `30s`, `5m`, `2h`.
fn seconds(span: &str) -> i64 {
    let (number, unit) = span.split_at(span.len() - 1);
    let number: i64 = number.parse().unwrap();
    match unit {
        "s" => number,
        "m" => number * 60,
        "h" => number * 3600,
        _ => unreachable!("no such unit: {span}"),
    }
}
