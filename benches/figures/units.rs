//! Nearest units and moving units, beside PostGIS and Redis over the same points.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use sigap::dispatch::unit_index::{UnitIndex, Whereabouts};
use sigap::model::id::UnitId;
use sigap::model::place::LngLat;
use sigap::sim::city::MIDDLE;
use tokio_postgres::Client;

use crate::peers::{self, Recipe, Redis};
use crate::report::Table;
use crate::timer::{self, median, quantile};

const K: usize = 10;
const CITY: usize = 10_000;
const NATION: usize = 100_000;
const OFFICES: usize = 514;
const ROUNDS: usize = 5;
const DRIVE: usize = 30;
const QUESTIONS: usize = 2000;
const PEER_QUESTIONS: usize = 60;

struct Unit {
    id: UnitId,
    at: LngLat,
    available: bool,
    capable: bool,
    polres: usize,
}

/// Measures both rows.
///
/// # Errors
/// A peer that answered before does not answer any more.
pub async fn measure(table: &mut Table) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(7);
    let city = city(&mut rng);
    let nation = nation(&mut rng);
    let client = peers::postgres("sigap_bench_units").await;
    if let Some(client) = &client {
        client.batch_execute("CREATE EXTENSION IF NOT EXISTS postgis").await?;
        fill(client, "city", &city).await?;
        fill(client, "nation", &nation).await?;
    }
    let mut redis = Redis::connect();
    nearest(table, &city, &nation, client.as_ref(), redis.as_mut()).await?;
    moving(table, &city, client.as_ref(), redis.as_mut()).await
}

/// 10,000 units around one centre, 30 % of them available, 25 % capable, four Polres side by side.
/// Which units a question is about.
type Wanted<'a> = &'a dyn Fn(UnitId) -> bool;

fn city(rng: &mut fastrand::Rng) -> Vec<Unit> {
    (0..CITY)
        .map(|n| {
            let at = MIDDLE.offset_m(spread(rng, 6_000.0), spread(rng, 6_000.0));
            let polres = usize::from(at.lng > MIDDLE.lng) + 2 * usize::from(at.lat > MIDDLE.lat);
            unit(rng, n, at, polres)
        })
        .collect()
}

/// 100,000 units in 514 clusters of the nation, the sizes as 1, 1/2, 1/3 …
fn nation(rng: &mut fastrand::Rng) -> Vec<Unit> {
    let seats: Vec<LngLat> =
        (0..OFFICES).map(|_| LngLat::new(95.5 + rng.f64() * 45.0, -10.0 + rng.f64() * 15.0)).collect();
    let weights: f64 = (1..=OFFICES).map(|rank| 1.0 / timer::real(rank)).sum();
    let mut units = Vec::with_capacity(NATION);
    for (polres, seat) in seats.iter().enumerate() {
        let share = timer::real(NATION) / timer::real(polres + 1) / weights;
        while timer::real(units.len()) < timer::real(NATION) && rng.f64() > 1.0 / (share + 1.0) {
            let at = seat.offset_m(spread(rng, 8_000.0), spread(rng, 8_000.0));
            units.push(unit(rng, units.len(), at, polres));
        }
    }
    while units.len() < NATION {
        let polres = units[rng.usize(..units.len())].polres;
        let at = seats[polres].offset_m(spread(rng, 8_000.0), spread(rng, 8_000.0));
        units.push(unit(rng, units.len(), at, polres));
    }
    units
}

fn unit(rng: &mut fastrand::Rng, n: usize, at: LngLat, polres: usize) -> Unit {
    let id = UnitId(uuid::Uuid::from_u128(n as u128 | (u128::from(rng.u64(..)) << 64)));
    Unit { id, at, available: rng.f64() < 0.3, capable: rng.f64() < 0.25, polres }
}

/// Roughly a bell curve of this width, metres.
fn spread(rng: &mut fastrand::Rng, metres: f64) -> f64 {
    (rng.f64() + rng.f64() + rng.f64() - 1.5) * 2.0 * metres
}

fn index<'a>(units: impl Iterator<Item = &'a Unit>, around: LngLat) -> UnitIndex {
    let spots = units.filter(|unit| unit.available).map(|unit| (unit.id, Whereabouts { at: unit.at, fix_at: None }));
    UnitIndex::with(around, spots)
}

async fn fill(client: &Client, name: &str, units: &[Unit]) -> Result<()> {
    let create = format!(
        "CREATE TABLE {name} (id int PRIMARY KEY, geom geometry(Point, 4326), available bool, capable bool, polres int)
         WITH (fillfactor = 70)"
    );
    let insert = format!(
        "INSERT INTO {name} SELECT id, ST_SetSRID(ST_MakePoint(lng, lat), 4326), available, capable, polres
         FROM unnest($1::int[], $2::float8[], $3::float8[], $4::bool[], $5::bool[], $6::int[])
             AS rows (id, lng, lat, available, capable, polres)"
    );
    let ready =
        format!("CREATE INDEX ON {name} USING gist (geom); CREATE INDEX ON {name} (polres); VACUUM ANALYZE {name}");
    peers::fill(client, &Recipe { create: &create, insert: &insert, ready: &ready }, units, |units| {
        let polres = |unit: &Unit| i32::try_from(unit.polres).unwrap_or(i32::MAX);
        vec![
            Box::new(units.iter().map(|unit| unit.at.lng).collect::<Vec<f64>>()),
            Box::new(units.iter().map(|unit| unit.at.lat).collect::<Vec<f64>>()),
            Box::new(units.iter().map(|unit| unit.available).collect::<Vec<bool>>()),
            Box::new(units.iter().map(|unit| unit.capable).collect::<Vec<bool>>()),
            Box::new(units.iter().map(polres).collect::<Vec<i32>>()),
        ]
    })
    .await
}

/// Wall microseconds of one question, p50 and p99 of all rounds.
fn ask(index: &UnitIndex, at: &[LngLat], wanted: &dyn Fn(UnitId) -> bool) -> (f64, f64) {
    let mut found = 0;
    let times: Vec<Vec<f64>> = (0..ROUNDS)
        .map(|_| timer::each_call_us(QUESTIONS, |n| found += index.nearest(at[n % at.len()], K, wanted).len()))
        .collect();
    assert!(found > 0, "the index found nobody");
    let of = |share: f64| median(&times.iter().map(|round| quantile(round, share)).collect::<Vec<_>>());
    (of(0.5), of(0.99))
}

/// Executor milliseconds of PostGIS as microseconds, median over the places.
async fn ask_postgis(client: &Client, from: &str, filter: &str, at: &[(LngLat, usize)]) -> Result<f64> {
    let mut times = Vec::new();
    for (at, polres) in at.iter().take(PEER_QUESTIONS) {
        let filter = filter.replace("$polres", &polres.to_string());
        let sql = format!(
            "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT id FROM {from} WHERE {filter}
             ORDER BY geom <-> ST_SetSRID(ST_MakePoint({}, {}), 4326) LIMIT {K}",
            at.lng, at.lat
        );
        let row = client.query_one(sql.as_str(), &[]).await?;
        let plan: Json = row.try_get(0)?;
        times.push(plan.0[0]["Execution Time"].as_f64().context("no execution time")? * 1000.0);
    }
    Ok(median(&times))
}

/// A `json` column without the driver's feature for it.
struct Json(serde_json::Value);

impl<'a> tokio_postgres::types::FromSql<'a> for Json {
    fn from_sql(
        _: &tokio_postgres::types::Type,
        raw: &'a [u8],
    ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
        Ok(Self(serde_json::from_slice(raw)?))
    }

    fn accepts(ty: &tokio_postgres::types::Type) -> bool {
        *ty == tokio_postgres::types::Type::JSON
    }
}

async fn nearest(
    table: &mut Table,
    city: &[Unit],
    nation: &[Unit],
    client: Option<&Client>,
    mut redis: Option<&mut Redis>,
) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(8);
    let places: Vec<(LngLat, usize)> = (0..500)
        .map(|_| {
            let unit = &city[rng.usize(..city.len())];
            (unit.at.offset_m(spread(&mut rng, 300.0), spread(&mut rng, 300.0)), unit.polres)
        })
        .collect();
    let at: Vec<LngLat> = places.iter().map(|(at, _)| *at).collect();
    let capable: BTreeMap<UnitId, bool> = city.iter().map(|unit| (unit.id, unit.capable)).collect();
    let all = index(city.iter(), MIDDLE);
    let goal = "goal p50 ≤ 15 µs, p99 ≤ 100 µs, ≥ 20× PostGIS";
    let filters: [(&str, &str, Wanted<'_>); 2] = [
        ("available", "available", &|_| true),
        ("available and capable", "available AND capable", &|id| capable.get(&id).is_some_and(|it| *it)),
    ];
    for (name, sql, wanted) in filters {
        let (p50, p99) = ask(&all, &at, wanted);
        let theirs = match client {
            Some(client) => Some(ask_postgis(client, "city", sql, &places).await?),
            None => None,
        };
        let name = format!("nearest 10 of 10,000 units, {name}");
        table.less(&format!("{name}, p50"), p50, "µs", ("PostGIS executor", theirs), goal);
        table.ours(&format!("{name}, p99"), p99, "µs", goal);
    }
    let search = |at: LngLat| {
        words(&[
            "GEOSEARCH",
            "city",
            "FROMLONLAT",
            &at.lng.to_string(),
            &at.lat.to_string(),
            "BYRADIUS",
            "10",
            "km",
            "ASC",
            "COUNT",
            "10",
        ])
    };
    if let Some(redis) = redis.as_deref_mut() {
        redis.pipeline(&[words(&["DEL", "city"])])?;
        redis.pipeline(&geoadd("city", city.iter().filter(|u| u.available).enumerate().map(|(n, u)| (n, u.at))))?;
    }
    let theirs = match redis {
        Some(redis) => Some(redis_cpu_us(redis, &at.iter().map(|at| search(*at)).collect::<Vec<_>>())?),
        None => None,
    };
    let (p50, _) = ask(&all, &at, &|_| true);
    table.less(
        "nearest 10 of the available units, p50",
        p50,
        "µs",
        ("Redis GEOSEARCH 10 km, server CPU", theirs),
        "Redis holds only the available ones too",
    );
    own_polres(table, city, "city", MIDDLE, &places, client, "10,000 units, 4 Polres side by side").await?;
    // An office at random, then a place in it: small offices are asked as often as large ones.
    let mut by_office: BTreeMap<usize, Vec<&Unit>> = BTreeMap::new();
    nation.iter().for_each(|unit| by_office.entry(unit.polres).or_default().push(unit));
    let places: Vec<(LngLat, usize)> = (0..500)
        .filter_map(|_| {
            let units = by_office.get(&rng.usize(..OFFICES))?;
            let unit = units.get(rng.usize(..units.len()))?;
            Some((unit.at, unit.polres))
        })
        .collect();
    own_polres(table, nation, "nation", MIDDLE, &places, client, "100,000 units, 514 Polres").await?;
    if let Some(client) = client {
        client.batch_execute("DROP INDEX nation_polres_idx").await?;
        own_polres(table, nation, "nation", MIDDLE, &places, Some(client), "100,000 units, PostGIS with its GiST only")
            .await?;
    }
    Ok(())
}

/// The index is one per Polres: the question goes to the one it belongs to.
async fn own_polres(
    table: &mut Table,
    units: &[Unit],
    from: &str,
    middle: LngLat,
    places: &[(LngLat, usize)],
    client: Option<&Client>,
    what: &str,
) -> Result<()> {
    let mut by_office: BTreeMap<usize, Vec<&Unit>> = BTreeMap::new();
    units.iter().for_each(|unit| by_office.entry(unit.polres).or_default().push(unit));
    let around = |units: &[&Unit]| if from == "city" { middle } else { units[0].at };
    let indexes: BTreeMap<usize, UnitIndex> =
        by_office.iter().map(|(polres, units)| (*polres, index(units.iter().copied(), around(units)))).collect();
    let mut found = 0;
    let times: Vec<f64> = timer::each_call_us(QUESTIONS * ROUNDS, |n| {
        let (at, polres) = places[n % places.len()];
        found += indexes[&polres].nearest(at, K, &|_| true).len();
    });
    assert!(found > 0, "no Polres found anybody");
    let theirs = match client {
        Some(client) => Some(ask_postgis(client, from, "available AND polres = $polres", places).await?),
        None => None,
    };
    let note = "goal p50 ≤ 15 µs, p99 ≤ 100 µs, ≥ 500× PostGIS by its GiST; it also has a btree on polres unless said";
    table.less(
        &format!("nearest 10 of own Polres, {what}, p50"),
        quantile(&times, 0.5),
        "µs",
        ("PostGIS executor", theirs),
        note,
    );
    table.ours(&format!("nearest 10 of own Polres, {what}, p99"), quantile(&times, 0.99), "µs", note);
    Ok(())
}

async fn moving(table: &mut Table, city: &[Unit], client: Option<&Client>, redis: Option<&mut Redis>) -> Result<()> {
    let mut rng = fastrand::Rng::with_seed(9);
    let everyone = city.iter().map(|unit| (unit.id, Whereabouts { at: unit.at, fix_at: None }));
    let mut index = UnitIndex::with(MIDDLE, everyone);
    let headings: Vec<f64> = city.iter().map(|_| rng.f64() * std::f64::consts::TAU).collect();
    // Everyone drives 10 m a step, straight on and back again: made beforehand, only the index is timed.
    let step = |n: usize| {
        let (slot, round) = (n % CITY, n / CITY);
        let metres = 10.0 * timer::real(if round < DRIVE { round } else { 2 * DRIVE - round });
        (slot, city[slot].at.offset_m(headings[slot].sin() * metres, headings[slot].cos() * metres))
    };
    let steps: Vec<(usize, LngLat)> = (0..CITY * 2 * DRIVE).map(step).collect();
    // The scheduler counts CPU in grains of some milliseconds: a round is long.
    let ours = timer::cpu_us_per_call(ROUNDS, steps.len(), |n| {
        let (slot, at) = steps[n % steps.len()];
        index.set(city[slot].id, Whereabouts { at, fix_at: None });
    });
    let theirs = match redis {
        Some(redis) => {
            redis.pipeline(&[words(&["DEL", "moving"])])?;
            let rounds: Result<Vec<f64>> = steps
                .chunks(CITY)
                .take(6)
                .map(|chunk| redis_cpu_us(redis, &geoadd("moving", chunk.iter().copied())))
                .collect();
            // The first round makes the members, the others move them.
            Some(median(&rounds?[1..]))
        }
        None => None,
    };
    let note = "CPU; 10,000 units, all available, steps of 10 m; goal ≤ 2 µs";
    table.less(
        "moving a unit in the index",
        median(&ours),
        "µs",
        ("Redis GEOADD, server CPU", theirs),
        &format!("{note}, ≥ 2× Redis"),
    );
    let theirs = match client {
        Some(client) => Some(postgis_moves(client, &steps[..CITY * 3]).await?),
        None => None,
    };
    table.less(
        "moving a unit in the index",
        median(&ours),
        "µs",
        ("PostGIS batches of 1,000, CPU", theirs),
        &format!("{note}, ≥ 5× PostGIS"),
    );
    Ok(())
}

async fn postgis_moves(client: &Client, steps: &[(usize, LngLat)]) -> Result<f64> {
    let pid = peers::backend_pid(client).await?;
    client.batch_execute("SET synchronous_commit = off").await?;
    let sql = client
        .prepare(
            "UPDATE city SET geom = ST_SetSRID(ST_MakePoint(m.lng, m.lat), 4326)
             FROM unnest($1::int[], $2::float8[], $3::float8[]) AS m(id, lng, lat) WHERE city.id = m.id",
        )
        .await?;
    let mut rounds = Vec::new();
    for chunk in steps.chunks(1000) {
        let ids: Vec<i32> = chunk.iter().map(|(slot, _)| i32::try_from(*slot)).collect::<Result<_, _>>()?;
        let lng: Vec<f64> = chunk.iter().map(|(_, at)| at.lng).collect();
        let lat: Vec<f64> = chunk.iter().map(|(_, at)| at.lat).collect();
        let before = timer::process_cpu_ns(&pid);
        client.execute(&sql, &[&ids, &lng, &lat]).await?;
        rounds.push(timer::ns_to_us(timer::process_cpu_ns(&pid) - before) / timer::real(chunk.len()));
    }
    Ok(median(&rounds))
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn geoadd(set: &str, moves: impl Iterator<Item = (usize, LngLat)>) -> Vec<Vec<String>> {
    let key = |n: usize| format!("unit:{n}");
    moves.map(|(n, at)| words(&["GEOADD", set, &at.lng.to_string(), &at.lat.to_string(), &key(n)])).collect()
}

/// Server CPU of one command, in flights of 500.
fn redis_cpu_us(redis: &mut Redis, commands: &[Vec<String>]) -> Result<f64> {
    let pid = redis.pid.clone();
    let before = timer::process_cpu_ns(&pid);
    commands.chunks(500).try_for_each(|flight| redis.pipeline(flight))?;
    Ok(timer::ns_to_us(timer::process_cpu_ns(&pid) - before) / timer::real(commands.len()))
}
