//! A real telephone chain on loopback: sipp calls, Kamailio puts through and tells us, sipp answers.
//! Runs where Debian's kamailio and sip-tester are installed; says so where they are not.

use sigap::model::place::LngLat;
use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use crate::app::city::{BARAT, TIMUR};
use crate::app::town::{PATIENCE, Town, eventually};

/// Calls of one run.
const CALLS: usize = 20;

/// sipp ends by itself after this; everything is over long before.
const GIVES_UP_AFTER: &str = "60s";

/// A provisional answer that comes late, on a busy machine, ends no call.
const PATIENT: [&str; 2] = ["-default_behaviors", "all,-abortunexp"];

/// A program of the chain; ended by its own id when the test is over, however it is over.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        // Kamailio ends its children when it is asked to; a killed one would leave them behind.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        if asked.is_err() {
            let _ = self.0.kill();
        }
        let _ = self.0.wait();
    }
}

fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let known = std::env::split_paths(&folders).chain([PathBuf::from("/usr/sbin")]);
    known.map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn support(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/support/sip").join(file)
}

/// A port nobody has; the program takes it a moment later.
fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Whether somebody listens there, by the kernel's list: binding it to see would be in the program's way.
fn is_bound(port: u16) -> bool {
    let wanted = format!("0100007F:{port:04X}");
    std::fs::read_to_string("/proc/net/udp").unwrap().contains(&wanted)
}

/// The place of caller `n`: along a line through both Polsek.
fn place_of(n: usize) -> LngLat {
    #[expect(clippy::cast_precision_loss, reason = "twenty callers")]
    let along = n as f64 / CALLS as f64;
    LngLat::new(BARAT.lng + (TIMUR.lng - BARAT.lng) * along, BARAT.lat)
}

/// From claims another number than the network asserts.
fn callers() -> String {
    let row = |n| {
        let at = place_of(n);
        format!("0811999{n:05};+62812000{n:05};{:.6};{:.6};{}", at.lat, at.lng, 40 + n)
    };
    let rows: Vec<String> = std::iter::once("SEQUENTIAL".to_owned()).chain((0..CALLS).map(row)).collect();
    rows.join("\n") + "\n"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_calls_through_a_real_exchange_ring_are_answered_and_end_once_each_with_their_place() {
    let (Some(kamailio), Some(sipp)) = (program("kamailio"), program("sipp")) else {
        println!("no kamailio or no sipp here: the telephone chain was not tested (scripts/need.sh sip)");
        return;
    };
    let town = Town::new().await;
    let folder = tempfolder();
    std::fs::write(folder.join("callers.csv"), callers()).unwrap();
    let (exchange, desk, caller) = (free_port(), free_port(), free_port());
    let telephone = Command::new(&sipp)
        .args(["-sf", support("desk.xml").to_str().unwrap(), "-i", "127.0.0.1", "-p", &desk.to_string(), "-nostdin"])
        .args(PATIENT)
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _telephone = Program(telephone.unwrap());
    let log = std::fs::File::create(folder.join("kamailio.log")).unwrap();
    let running = Command::new(&kamailio)
        .args(["-DD", "-E", "-m", "64", "-M", "8", "-f", support("kamailio.cfg").to_str().unwrap()])
        .args(["-Y", folder.to_str().unwrap()])
        .env("SIGAP_LISTEN", format!("udp:127.0.0.1:{exchange}"))
        .env("SIGAP_DESK", format!("sip:127.0.0.1:{desk}"))
        .env("SIGAP_EVENTS_URL", format!("{}/v1/channels/call-110/events", town.base))
        .env("SIGAP_TOKEN", &town.tokens["sentral"])
        .env("SIGAP_LINE", "110-medan")
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(log)
        .spawn();
    let _exchange = Program(running.unwrap());
    eventually("the exchange listens", async || is_bound(exchange)).await;
    eventually("the telephone listens", async || is_bound(desk)).await;
    let mut calling = Command::new(&sipp);
    calling
        .arg(format!("127.0.0.1:{exchange}"))
        .args(["-sf", support("caller.xml").to_str().unwrap(), "-inf", "callers.csv", "-i", "127.0.0.1"])
        .args(["-p", &caller.to_string(), "-m", &CALLS.to_string(), "-r", "10", "-l", &CALLS.to_string(), "-nostdin"])
        .args(["-timeout", GIVES_UP_AFTER, "-trace_err", "-error_file", "errors.log"])
        .args(PATIENT)
        .current_dir(&folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let called = tokio::task::spawn_blocking(move || calling.status()).await.unwrap().unwrap();
    let said = std::fs::read_to_string(folder.join("kamailio.log")).unwrap();
    let errors = std::fs::read_to_string(folder.join("errors.log")).unwrap_or_default();
    assert!(called.success(), "sipp: {called}, {errors}; kamailio: {said}");
    assert!(!said.contains("did not take"), "{said}");

    let ended = async || town.look("medan", |desk| desk.calls.iter().filter(|c| !c.is_live()).count()).await == CALLS;
    eventually("every call has ended", ended).await;
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for entry in town.journal("medan").await {
        let kind: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
        *counts.entry(kind["kind"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for kind in ["call_rang", "call_answered", "call_ended"] {
        assert_eq!(counts[kind], CALLS, "{kind}: {counts:?}");
    }
    let calls = town.look("medan", |desk| desk.calls.iter().cloned().collect::<Vec<_>>()).await;
    for call in &calls {
        let phone = town.store().reporter(call.reporter).await.unwrap().unwrap().phone.unwrap();
        let n: usize = phone.strip_prefix("+62812000").unwrap().parse().unwrap();
        let place = call.place.as_ref().unwrap();
        assert!(place.point().distance_m(place_of(n)) < 1.0, "{phone}: {place:?}");
        #[expect(clippy::cast_precision_loss, reason = "twenty callers")]
        let radius_m = 40.0 + n as f64;
        assert!((place.radius_m - radius_m).abs() < 1e-6, "{phone}: {place:?}");
        let polsek = &call.jurisdiction.as_ref().unwrap().polsek;
        assert!(["barat", "timur"].contains(&polsek.as_str()), "{polsek}");
    }
    let people: std::collections::BTreeSet<_> = calls.iter().map(|call| call.reporter).collect();
    println!("{} calls of {} people, entries {counts:?}, within {PATIENCE:?}", calls.len(), people.len());
    assert_eq!(people.len(), CALLS);
    std::fs::remove_dir_all(&folder).unwrap();
    town.finish().await;
}

fn tempfolder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sigap-sip-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
