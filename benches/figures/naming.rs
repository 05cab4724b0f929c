//! Finding villages by misspelt names and by points among those of a nation, beside `pg_trgm`, SQLite's
//! FTS5 and PostGIS over the same rows and questions.

use std::fmt::Write;
use std::hint::black_box;

use anyhow::Result;
use rusqlite::Connection;
use sigap::locate::gazetteer::{Gazetteer, GazetteerBuilder};
use sigap::locate::gazetteer_entry::GazetteerEntry;
use sigap::locate::geocode::{Query, geocode};
use sigap::locate::jurisdiction_index::JurisdictionIndex;
use sigap::locate::regencies;
use sigap::model::jurisdiction::Area;
use sigap::model::place::LngLat;
use sigap::sim::nation;
use tokio_postgres::Client;

use crate::peers;
use crate::report::Table;
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
}

/// Measures all rows.
///
/// # Errors
/// A peer that answered before does not answer any more.
pub async fn measure(table: &mut Table) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(5);
    let villages = nation::villages(NAMES, regencies::all(), &mut rng);
    let questions: Vec<Question> = (0..QUESTIONS).map(|_| question(&villages[rng.usize(..NAMES)], &mut rng)).collect();
    names(table, &villages, &questions).await?;
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
    Question { text, desa: entry.name.clone(), kecamatan, regency }
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

async fn names(table: &mut Table, villages: &[GazetteerEntry], questions: &[Question]) -> Result<()> {
    let gazetteer = Gazetteer::new(villages.iter().cloned());
    let mut hits = 0;
    let mut times = each_call_us(questions.len(), |n| {
        let found = geocode(&Query { text: &questions[n].text, pin: None, near: None }, &gazetteer);
        hits += usize::from(found.candidates.first().is_some_and(|one| questions[n].right(&one.entry)));
    });
    times.sort_unstable_by(f64::total_cmp);
    let ours = (quantile(&times, 0.5) / 1000.0, share(hits, questions.len()));
    let name = format!("place search, {NAMES} names, misspelt, p50");
    let note = format!("goal ≤ 0.6 ms and p99 < 2 ms; first hit right {:.3}, goal ≥ 0.97", ours.1);
    for (peer, found) in [
        ("pg_trgm GiST <->", trgm(villages, questions, true).await?),
        ("pg_trgm GIN %", trgm(villages, questions, false).await?),
        ("SQLite FTS5 trigram", Some(fts5(villages, questions)?)),
    ] {
        let told = found.map_or_else(String::new, |(_, hit)| format!("; the peer's first hit right {hit:.3}"));
        table.less(&name, ours.0, "ms", (peer, found.map(|one| one.0)), &format!("{note}{told}"));
    }
    table.ours(
        &format!("place search, {NAMES} names, misspelt, p99"),
        quantile(&times, 0.99) / 1000.0,
        "ms",
        "goal < 2 ms",
    );
    table.ours(
        &format!("memory of {NAMES} names"),
        timer::real(gazetteer.memory()) / 1e6,
        "MB",
        "names, points, areas and indexes",
    );
    Ok(())
}

/// Median milliseconds and share of right first hits.
type Peer = Option<(f64, f64)>;

async fn trgm(villages: &[GazetteerEntry], questions: &[Question], gist: bool) -> Result<Peer> {
    let Some(client) = peers::postgres("sigap_bench_names").await else { return Ok(None) };
    client.batch_execute("CREATE EXTENSION pg_trgm; CREATE TABLE names (id int, text text)").await?;
    for (chunk, rows) in villages.chunks(10_000).enumerate() {
        let ids: Vec<i32> = (0..rows.len()).map(|n| i32::try_from(chunk * 10_000 + n)).collect::<Result<_, _>>()?;
        let texts: Vec<String> = rows.iter().map(row_text).collect();
        client.execute("INSERT INTO names SELECT * FROM unnest($1::int[], $2::text[])", &[&ids, &texts]).await?;
    }
    let (index, ask) = if gist {
        ("gist (text gist_trgm_ops(siglen=64))", "SELECT id FROM names ORDER BY text <-> $1 LIMIT 1")
    } else {
        ("gin (text gin_trgm_ops)", "SELECT id FROM names WHERE text % $1 ORDER BY text <-> $1 LIMIT 1")
    };
    client.batch_execute(&format!("CREATE INDEX ON names USING {index}; ANALYZE names")).await?;
    let ask = client.prepare(ask).await?;
    let (mut times, mut hits) = (Vec::new(), 0);
    let questions = &questions[..PEER_QUESTIONS];
    for question in questions {
        let start = timer::now();
        let row = client.query_opt(&ask, &[&question.text]).await?;
        times.push(timer::micros(start.elapsed()) / 1000.0);
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
    let name = format!("memory of {} names of a nation", gazetteer.len());
    table.ours(&name, timer::real(gazetteer.memory()) / 1e6, "MB", "goal ≤ 2,147 MB");
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
    client.batch_execute("CREATE EXTENSION IF NOT EXISTS postgis; CREATE TABLE areas (id int, shape geometry)").await?;
    fill(&client, areas).await?;
    client.batch_execute("CREATE INDEX ON areas USING gist (shape); ANALYZE areas").await?;
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

async fn fill(client: &Client, areas: &[Area]) -> Result<()> {
    for (chunk, rows) in areas.chunks(2_000).enumerate() {
        let ids: Vec<i32> = (0..rows.len()).map(|n| i32::try_from(chunk * 2_000 + n)).collect::<Result<_, _>>()?;
        let shapes: Vec<Vec<u8>> = rows.iter().map(well_known).collect();
        let insert = "INSERT INTO areas SELECT id, ST_GeomFromWKB(shape, 4326)
            FROM unnest($1::int[], $2::bytea[]) AS rows (id, shape)";
        client.execute(insert, &[&ids, &shapes]).await?;
    }
    Ok(())
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
