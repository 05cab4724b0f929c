//! `sigap import osm`, and the same from the administrator's screen: streets and names of an `OpenStreetMap`
//! extract, cut to the office's area, taken over whole or not at all.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use geo::MultiPolygon;
use indicatif::{ProgressBar, ProgressStyle};

use crate::app::ROADS;
use crate::cli::say;
use crate::locate::gazetteer_entry::{GazetteerEntry, PlaceKind};
use crate::locate::jurisdiction_index::JurisdictionIndex;
use crate::model::clock::{Clock, SystemClock, Timestamp};
use crate::model::jurisdiction::{Area, Office};
use crate::model::place::{INDONESIA, LngLat};
use crate::roads::graph::RoadGraph;
use crate::roads::osm::clip::Clip;
use crate::roads::osm::{Listed, OsmKind, OsmPlace, OsmReport, read};
use crate::store::{Statement, Store, offices};

/// What is to be imported, and how.
#[derive(Debug, Clone)]
pub struct OsmOptions {
    /// The extract: `.osm.pbf`, `.osm` or `.osm.gz`.
    pub file: PathBuf,
    /// How far beyond the areas streets are kept, metres: help drives in from there.
    pub margin_m: f64,
    /// Writes the names as a gazetteer CSV to this file too.
    pub gazetteer: Option<PathBuf>,
}

/// Takes over the streets and names of an extract.
///
/// The streets are cut to the areas of every office in this store (one network, so that help finds its way
/// across the border); names go to the office whose area they lie in, those of the margin to `office`.
///
/// # Errors
/// The file is refused, or storage failed; streets and names in use stay in use.
pub async fn osm(store: &Store, office: &Office, options: OsmOptions) -> Result<()> {
    let areas = store.areas(None).await.context("reading the areas")?;
    let clip = clip(&areas, options.margin_m);
    if clip.is_none() {
        say("no office has areas here yet: the whole file is taken (import boundaries first to cut it)");
    }
    let bar = bar(&options.file)?;
    let file = File::open(&options.file).with_context(|| format!("opening {}", options.file.display()))?;
    let reading = bar.clone();
    let import = tokio::task::spawn_blocking(move || {
        read_streets(reading.wrap_read(file), clip.as_ref(), || reading.set_message("menyusun jaringan"))
    });
    let streets = import
        .await?
        .with_context(|| format!("{}: refused, the streets in use stay in use", options.file.display()))?;
    bar.finish_and_clear();
    tell(&streets.report);
    let (named, outside) = streets.names(areas, &office.code);
    if outside > 0 {
        say(&format!("{outside} names lie outside Indonesia and were left aside"));
    }
    if let Some(file) = &options.gazetteer {
        let all: Vec<&GazetteerEntry> = named.values().flatten().collect();
        write_whole(file, &csv(&all))?;
        say(&format!("{} names written to {}", all.len(), file.display()));
    }
    let count: usize = named.values().map(Vec::len).sum();
    let bytes = streets.roads.len();
    let report = &streets.report;
    store
        .write(streets.rows(&named, SystemClock.now()))
        .await
        .context("recording the streets; those in use stay in use")?;
    say(&format!(
        "{} junctions and {} edges ({} kB) and {count} names are in use; a running server takes them at its next start",
        report.junctions,
        report.edges,
        bytes / 1024
    ));
    Ok(())
}

/// What is kept of a file: the areas of all offices, and a margin from which help drives in. None without areas.
#[must_use]
pub fn clip(areas: &[Area], margin_m: f64) -> Option<Clip> {
    let shapes: Vec<MultiPolygon<f64>> = areas.iter().map(|area| area.shape.clone()).collect();
    Clip::around(&shapes, margin_m)
}

/// The streets and names of an extract, checked and ready to be taken over.
#[derive(Debug)]
pub struct Streets {
    /// What was read, and what was left aside and why.
    pub report: OsmReport,
    roads: Vec<u8>,
    places: Vec<OsmPlace>,
}

/// Names by office.
pub type Named = BTreeMap<String, Vec<GazetteerEntry>>;

/// Reads an extract whole; `ordering` is called once its streets are put together to a network.
///
/// # Errors
/// The file is refused.
pub fn read_streets(input: impl Read, clip: Option<&Clip>, ordering: impl FnOnce()) -> Result<Streets> {
    let import = read(input, clip)?;
    ordering();
    let roads = RoadGraph::new(import.roads)?.encode();
    // What a server will read at its start is read once here, before it replaces anything.
    RoadGraph::decode(&roads)?;
    Ok(Streets { report: import.report, roads, places: import.places })
}

impl Streets {
    /// The names by the office whose area they lie in, those of the margin for `office`; and how many lie
    /// outside Indonesia.
    #[must_use]
    pub fn names(&self, areas: Vec<Area>, office: &str) -> (Named, usize) {
        entries(&self.places, &JurisdictionIndex::new(areas, Vec::new()), office)
    }

    /// The rows that replace streets and names in one job, with when that was.
    #[must_use]
    pub fn rows(&self, named: &Named, now: Timestamp) -> Vec<Statement> {
        let mut job = vec![offices::put_blob(ROADS, self.roads.clone()), offices::put_imported(ROADS, now)];
        job.extend(named.iter().map(|(polres, entries)| offices::put_osm_places(polres, entries)));
        job
    }
}

fn bar(file: &Path) -> Result<ProgressBar> {
    let length = std::fs::metadata(file).with_context(|| format!("opening {}", file.display()))?.len();
    let style = ProgressStyle::with_template("{msg} [{bar:40}] {bytes}/{total_bytes} {eta}");
    let bar = ProgressBar::new(length).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message("membaca peta");
    Ok(bar)
}

fn tell(report: &OsmReport) {
    say(&format!(
        "{} points ({} outside the area), {} ways, {} relations read",
        report.nodes, report.nodes_outside, report.ways, report.relations
    ));
    say(&format!(
        "{} ways are driven by the police profile, {} are closed to it; {:.0} km, {} one-way edges, {} with a stated speed",
        report.roads, report.no_entry, report.km, report.one_way, report.with_speed
    ));
    say(&format!(
        "turn restrictions: {} hold ({} pairs of turns), {} at some hours or for others, {} outside the streets",
        report.restrictions, report.forbidden, report.conditional, report.restrictions_outside
    ));
    list("turn restrictions over a way are not held yet: relation", &report.via_way);
    list("turn restrictions whose members do not meet: relation", &report.broken_restrictions);
    list("points without a place on earth: node", &report.bad_nodes);
    list("elements that came twice, the first was kept:", &report.twice);
    let missing = &report.missing_nodes;
    let first = missing.first.iter().map(|(way, node)| format!("way {way} (node {node})")).collect();
    list("ways cut where the file lacks a node:", &Listed { count: missing.count, first });
    let leap = |(way, [a, b]): &(i64, [i64; 2])| format!("way {way} from node {a} to {b}");
    let first = report.leaps.first.iter().map(leap).collect();
    list("ways cut where they leap more than 30 km:", &Listed { count: report.leaps.count, first });
    if !report.islands.is_empty() {
        let km: f64 = report.islands.iter().map(|island| island.km).sum();
        say(&format!("{} parts of the map are cut off from the rest and left out, {km:.1} km:", report.islands.len()));
        for island in report.islands.iter().take(5) {
            say(&format!("  {} junctions, {:.2} km, around way {}", island.junctions, island.km, island.way));
        }
    }
}

fn list<T: std::fmt::Display>(what: &str, listed: &Listed<T>) {
    if listed.count > 0 {
        let first: Vec<String> = listed.first.iter().map(ToString::to_string).collect();
        let more = if listed.count > first.len() { ", …" } else { "" };
        say(&format!("{} × {what} {}{more}", listed.count, first.join(", ")));
    }
}

/// Names by office as gazetteer entries, and how many lie outside Indonesia.
fn entries(
    places: &[OsmPlace],
    index: &JurisdictionIndex,
    office: &str,
) -> (BTreeMap<String, Vec<GazetteerEntry>>, usize) {
    let mut named: BTreeMap<String, Vec<GazetteerEntry>> = BTreeMap::from([(office.to_owned(), Vec::new())]);
    let mut outside = 0;
    for place in places {
        if !INDONESIA.contains(place.at) {
            outside += 1;
            continue;
        }
        let area = index.containing(place.at);
        let text = |part: fn(&crate::model::jurisdiction::Area) -> &str| area.map_or("", part).to_owned();
        let entry = GazetteerEntry {
            name: place.name.clone(),
            kind: kind(place.kind),
            at: LngLat::new(rounded(place.at.lng), rounded(place.at.lat)),
            radius_m: place.radius_m.ceil(),
            kelurahan: text(|area| &area.name),
            kecamatan: text(|area| &area.kecamatan),
            kecamatan_code: text(|area| &area.kecamatan_code),
            desa_code: text(|area| &area.code),
            aliases: place.aliases.clone(),
        };
        let polres = area.map_or(office, |area| &area.polres);
        named.entry(polres.to_owned()).or_default().push(entry);
    }
    (named, outside)
}

fn kind(kind: OsmKind) -> PlaceKind {
    match kind {
        OsmKind::Street => PlaceKind::Street,
        OsmKind::Gang => PlaceKind::Gang,
        OsmKind::Settlement | OsmKind::Landmark => PlaceKind::Landmark,
        OsmKind::Intersection => PlaceKind::Intersection,
        OsmKind::Kilometre => PlaceKind::Kilometre,
    }
}

fn rounded(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// The columns `sigap import gazetteer` reads.
fn csv(entries: &[&GazetteerEntry]) -> String {
    let mut out = String::from("name,kind,lng,lat,radius_m,kelurahan,kecamatan,kecamatan_code,desa_code,aliases\n");
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    for e in entries {
        let kind = serde_json::json!(e.kind);
        // Writing to a String cannot fail.
        let _ = writeln!(
            out,
            "{},{},{:.6},{:.6},{},{},{},{},{},{}",
            quoted(&e.name),
            kind.as_str().unwrap_or_default(),
            e.at.lng,
            e.at.lat,
            e.radius_m,
            quoted(&e.kelurahan),
            quoted(&e.kecamatan),
            e.kecamatan_code,
            e.desa_code,
            quoted(&e.aliases.join("|")),
        );
    }
    out
}

/// A file that is there whole or not at all.
fn write_whole(file: &Path, text: &str) -> Result<()> {
    let beside = file.with_extension("part");
    std::fs::write(&beside, text).with_context(|| format!("writing {}", beside.display()))?;
    std::fs::rename(&beside, file).with_context(|| format!("writing {}", file.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locate::gazetteer::parse_csv;

    #[test]
    fn the_names_written_are_the_names_the_gazetteer_reads() {
        let place = |name: &str, kind, lng| OsmPlace {
            name: name.to_owned(),
            kind,
            at: LngLat::new(lng, 3.58),
            radius_m: 120.4,
            aliases: vec!["Jl. \"Lama\", dulu".to_owned()],
        };
        let places = [
            place("Jalan Krakatau, Ujung", OsmKind::Street, 98.67),
            place("Simpang A–B", OsmKind::Intersection, 98.68),
            place("Rua 14 de Julho", OsmKind::Street, -54.6),
        ];
        let index = JurisdictionIndex::new(Vec::new(), Vec::new());
        let (named, outside) = entries(&places, &index, "medan");
        assert_eq!((named["medan"].len(), outside), (2, 1));
        let again = parse_csv(&csv(&named["medan"].iter().collect::<Vec<_>>())).unwrap();
        assert_eq!(again, named["medan"]);
    }
}
