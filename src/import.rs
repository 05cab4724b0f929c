//! An office's own data: checked, reported, and taken over whole or not at all.

use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};

use crate::cli::say;
use crate::dispatch::command::{Command, NewUnit};
use crate::dispatch::decide::{Rules, decide};
use crate::dispatch::plan::Plans;
use crate::http::auth;
use crate::locate::boundaries::{BoundaryReport, read_boundaries_of};
use crate::locate::gazetteer::parse_csv;
use crate::locate::gazetteer_entry::GazetteerEntry;
use crate::locate::gazetteer_geojson::parse_geojson;
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::locate::regencies::{self, MOST_REGENCIES};
use crate::locate::street_groups::group_streets;
use crate::locate::units_csv::read_units;
use crate::model::category::CategorySet;
use crate::model::clock::{Clock, SystemClock, Timestamp};
use crate::model::entry::{Actor, Entry};
use crate::model::id::{Ids, UserId};
use crate::model::jurisdiction::{Area, Office, Polsek};
use crate::model::place::LngLat;
use crate::model::unit::UnitKind;
use crate::model::viewer::Role;
use crate::roads::travel_time::StraightLine;
use crate::runtime::desks::read_desk;
use crate::runtime::field::Field;
use crate::store::users::User;
use crate::store::{Statement, Store, journal, offices, projections, users};

/// Takes over areas, and the Polsek they name.
///
/// # Errors
/// The file is refused, or storage failed; the areas in use stay in use.
pub async fn boundaries(
    store: &Store,
    office: &str,
    geojson: &str,
    polsek_csv: Option<&str>,
    only: &[String],
) -> Result<()> {
    let (areas, report) = read_boundaries_of(geojson, polsek_csv, only)?;
    tell(&report);
    let known = store.offices().await?.into_iter().find(|known| known.code == office);
    let known = known.with_context(|| format!("no office {office:?}"))?;
    let count = areas.len();
    let version = store.areas_version(office).await? + 1;
    let job = area_rows(&known, areas, &report.polseks, version);
    store.write(job).await.context("recording the areas")?;
    say(&format!("{count} areas are in use as version {version}; a running server takes them at its next start"));
    Ok(())
}

/// The rows that replace the areas and Polsek of an office and move its seat into their middle.
#[must_use]
pub fn area_rows(office: &Office, mut areas: Vec<Area>, polseks: &[Polsek], version: i64) -> Vec<Statement> {
    for area in &mut areas {
        office.code.clone_into(&mut area.polres);
    }
    let own: Vec<Polsek> =
        polseks.iter().map(|polsek| Polsek { polres: office.code.clone(), ..polsek.clone() }).collect();
    let mut job = offices::replace_areas(&office.code, &areas, version);
    job.extend(offices::replace_polseks(&office.code, &own));
    let middle = |pick: fn(&LngLat) -> f64| {
        #[expect(clippy::cast_precision_loss, reason = "a few dozen Polsek")]
        let count = own.len().max(1) as f64;
        own.iter().map(|polsek| pick(&polsek.seat)).sum::<f64>() / count
    };
    let seat = LngLat::new(middle(|p| p.lng), middle(|p| p.lat));
    job.push(offices::upsert_office(&Office { seat, synthetic: false, ..office.clone() }));
    job
}

fn tell(report: &BoundaryReport) {
    say(&format!(
        "{} features, {} areas in {} kecamatan, {} vertices, {:.1} km²",
        report.features, report.areas, report.kecamatan, report.vertices, report.square_km
    ));
    say(&format!("closed {} open rings, split {} self-touching rings", report.closed_rings, report.split_rings));
    if !report.swapped.is_empty() {
        say(&format!("latitude stood before longitude and was exchanged in: {}", report.swapped.join(", ")));
    }
    say(&format!("{} overlaps, {} gaps", report.overlaps.len(), report.gaps.len()));
    for overlap in report.overlaps.iter().take(10) {
        say(&format!("  overlap: {overlap:?}"));
    }
    for gap in report.gaps.iter().take(10) {
        say(&format!("  gap: {gap:.0} m²"));
    }
    if !report.without_polsek.is_empty() {
        say(&format!("{} areas name no Polsek; their kecamatan stands in for it", report.without_polsek.len()));
    }
}

/// Registers units.
///
/// # Errors
/// The file is refused by line and column, a call sign is taken, or storage failed.
pub async fn units(store: &Store, office: &Office, csv: &str) -> Result<()> {
    let rows = read_units(csv)?;
    let mut new = Vec::with_capacity(rows.len());
    for row in rows {
        let kind = serde_json::from_value::<UnitKind>(row.kind.clone().into());
        new.push(NewUnit {
            kind: kind.with_context(|| format!("unit {}: kind {:?}", row.call_sign, row.kind))?,
            call_sign: row.call_sign,
            polsek: row.polsek,
            crew: row.crew,
            post: row.post,
        });
    }
    let count = new.len();
    record_offline(store, office, &Command::RegisterUnits(new)).await?;
    say(&format!("{count} units registered; they are off duty until their crews set a status"));
    Ok(())
}

/// Decides and records a command while no server runs on this store.
///
/// # Errors
/// The desk refuses, or a running server took the number in the journal.
async fn record_offline(store: &Store, office: &Office, command: &Command) -> Result<()> {
    let mut desk = read_desk(store, office).await?;
    let areas = Arc::new(JurisdictionIndex::new(Vec::new(), Vec::new()));
    let field = Field::new(office.seat, Arc::new(StraightLine), areas);
    let rules = Rules {
        plans: Plans::builtin()?,
        categories: CategorySet::builtin(),
        shield: crate::dispatch::shield::ShieldRules::default(),
    };
    let now = SystemClock.now().max(desk.last_at);
    let events = decide(&desk, &field, &rules, command, now, &mut Ids::random())?;
    let mut entries = Vec::new();
    let mut job = Vec::new();
    for event in events {
        let entry = Entry::seal(&office.code, desk.seq + 1, now, Actor::System, event, desk.head);
        let touched = desk.apply(&entry);
        let changed = touched.units.iter().filter_map(|id| desk.units.get(id));
        job.extend(changed.map(|unit| projections::upsert_unit(&office.code, unit)));
        entries.push(entry);
    }
    let mut all = journal::append(&entries);
    all.extend(job);
    store.write(all).await.context("recording (is a server running on this store? stop it first)")
}

/// Takes over names of places from CSV or GeoJSON; `only` chooses regions by their codes.
///
/// # Errors
/// The file is refused, or storage failed; the names in use stay in use.
pub async fn gazetteer(store: &Store, office: &str, text: &str, only: &[String]) -> Result<()> {
    let (places, pieces) = read_gazetteer(text, only)?;
    store.write(place_rows(office, &places, SystemClock.now())).await.context("recording the places")?;
    if places.len() < pieces {
        say(&format!("{} pieces of streets were put together", pieces - places.len()));
    }
    say(&format!("{} places are in use; a running server takes them at its next start", places.len()));
    Ok(())
}

/// The rows that replace the names of an office, with when that was.
#[must_use]
pub fn place_rows(office: &str, places: &[GazetteerEntry], now: Timestamp) -> Vec<Statement> {
    let mut job = offices::replace_places(office, places);
    job.push(offices::put_imported(&offices::places_of(office), now));
    job
}

/// Names of places from CSV or GeoJSON, pieces of one street put together, and how many lines there were; `only`
/// chooses regions by their codes.
///
/// # Errors
/// The file is refused, by line where the line is known ([`GazetteerError`]).
pub fn read_gazetteer(text: &str, only: &[String]) -> Result<(Vec<GazetteerEntry>, usize)> {
    let geojson = text.trim_start_matches('\u{feff}').trim_start().starts_with('{');
    let mut places = if geojson { parse_geojson(text)? } else { parse_csv(text)? };
    let read = places.len();
    places.retain(|place| {
        let code = if place.desa_code.is_empty() { &place.kecamatan_code } else { &place.desa_code };
        regencies::within(code, only)
    });
    ensure!(!places.is_empty(), "no place is left of {read}: nothing was taken over");
    let count = regencies::count(places.iter().map(|place| place.kecamatan_code.as_str()));
    ensure!(
        !only.is_empty() || count <= MOST_REGENCIES,
        "the places lie in {count} kabupaten and kota: this is no file of one office; choose with --only, for example --only {}",
        places[0].kecamatan_code.chars().take(5).collect::<String>()
    );
    let pieces = places.len();
    Ok((group_streets(places), pieces))
}

/// Somebody who is to get a login.
#[derive(Debug, Clone)]
pub struct NewUser {
    /// Login name.
    pub username: String,
    /// Role, by its code.
    pub role: String,
    /// Name for people.
    pub name: String,
    /// The office.
    pub polres: String,
    /// The Polsek he is confined to.
    pub polsek: Option<String>,
    /// Call sign of his unit.
    pub unit: Option<String>,
}

/// Adds a user.
///
/// # Errors
/// The role or unit is none, the name is taken, the password is too short.
pub async fn add_user(store: &Store, new: &NewUser, password: &str) -> Result<()> {
    let Some(role) = Role::from_code(&new.role) else {
        bail!("role must be operator, supervisor, patrol, commander, admin or auditor, not {:?}", new.role);
    };
    if password.chars().count() < 12 {
        bail!("a password has at least 12 characters");
    }
    let unit = match &new.unit {
        Some(call_sign) => {
            let units = store.units(Some(&new.polres)).await?;
            let found = units.into_iter().find(|unit| unit.item.call_sign == *call_sign);
            Some(found.with_context(|| format!("no unit {call_sign:?} in {}", new.polres))?.item.id)
        }
        None if role == Role::Patrol => bail!("a patrol user needs --unit CALL_SIGN"),
        None => None,
    };
    let now = SystemClock.now();
    let password_hash =
        auth::hash_password(password).map_err(|error| anyhow::anyhow!("hashing the password: {error}"))?;
    let user = User {
        id: UserId(Ids::random().next(now)),
        username: new.username.clone(),
        name: new.name.clone(),
        role: role.code().to_owned(),
        polres: Some(new.polres.clone()),
        polsek: new.polsek.clone(),
        unit,
        password_hash,
        disabled: false,
        created_at: now,
        must_change: false,
    };
    store.write(vec![users::insert_user(&user)]).await.with_context(|| format!("adding user {:?}", new.username))?;
    say(&format!("user {} may log in as {}", new.username, new.role));
    Ok(())
}
