//! `OpenStreetMap` in: bytes of an extract (`.osm.pbf`, `.osm`, `.osm.gz`); streets a patrol can drive and
//! names of places out, with a report of what was left aside and why.
//!
//! [`read`] tells the formats apart by their first bytes, [`collect`] keeps what lies in the office's area,
//! [`build`] cuts ways at their junctions and keeps the one part of the map from which everything can be
//! reached. The file may come from anywhere: sizes are held against limits before memory is taken.

mod build;
pub mod clip;
mod collect;
mod component;
mod element;
mod names;
mod pbf;
mod profile;
mod restrictions;
#[cfg(test)]
mod tests;
mod xml;

use std::io::{BufRead, BufReader, Read};

use self::clip::Clip;
use self::collect::Collection;
use super::graph::RoadDraft;
use crate::model::place::LngLat;

/// Kept junctions and shape points of one import: a province; a country needs an area to be cut to.
const MOST_NODES: usize = 12_000_000;

/// Streets reach at most this far from west to east or from south to north, metres: a large city with its
/// surroundings. More is a country where a city was expected.
const WIDEST_M: f64 = 400_000.0;

/// Two points of a way further apart than this are not one street, metres.
const LONGEST_STEP_M: f64 = 30_000.0;

/// Why a file is refused; the streets in use stay in use.
#[derive(Debug, thiserror::Error)]
pub enum OsmError {
    /// The bytes are no extract.
    #[error("not an OpenStreetMap extract: expected .osm.pbf, .osm or .osm.gz ({found})")]
    NotOsm {
        /// What they look like.
        found: String,
    },
    /// The file ends before it should.
    #[error("the file is cut short: {what}")]
    Truncated {
        /// Where it ends.
        what: String,
    },
    /// The file contradicts itself.
    #[error("the file is damaged: {what}")]
    Damaged {
        /// What does not hold.
        what: String,
    },
    /// The file needs something this program cannot do.
    #[error("the file needs {0:?}, which this program does not read")]
    Unsupported(String),
    /// It does not fit the limits.
    #[error(
        "{what}: a country where a city was expected? Import the office's areas first, or cut the file to the city"
    )]
    TooLarge {
        /// What is too large.
        what: String,
    },
    /// Nothing to drive on is left.
    #[error("no street lies within the area: {what}")]
    Nothing {
        /// What there was instead.
        what: String,
    },
    /// The file could not be read.
    #[error("reading the file")]
    Read(#[source] std::io::Error),
}

/// What an extract gives.
#[derive(Debug, Clone, PartialEq)]
pub struct OsmImport {
    /// The streets.
    pub roads: RoadDraft,
    /// Names of streets, places, crossings, kilometre stones.
    pub places: Vec<OsmPlace>,
    /// What was found, and what was left aside.
    pub report: OsmReport,
}

/// What a name names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OsmKind {
    /// A street.
    Street,
    /// A lane.
    Gang,
    /// A hamlet, a neighbourhood, an estate.
    Settlement,
    /// A building or spot people know.
    Landmark,
    /// Where streets meet.
    Intersection,
    /// A kilometre stone.
    Kilometre,
}

/// A named place of an extract.
#[derive(Debug, Clone, PartialEq)]
pub struct OsmPlace {
    /// Name as it stands in the file.
    pub name: String,
    /// What it names.
    pub kind: OsmKind,
    /// A point on it.
    pub at: LngLat,
    /// Metres from `at` within which all of it lies.
    pub radius_m: f64,
    /// Other names.
    pub aliases: Vec<String>,
}

/// A part of the map that cannot be left or cannot be entered.
#[derive(Debug, Clone, PartialEq)]
pub struct Island {
    /// Its junctions.
    pub junctions: usize,
    /// Its streets, kilometres.
    pub km: f64,
    /// Id of one of its ways.
    pub way: i64,
}

/// What was found in an extract, and what was left aside.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OsmReport {
    /// Points in the file.
    pub nodes: u64,
    /// Ways in the file.
    pub ways: u64,
    /// Relations in the file.
    pub relations: u64,
    /// Points outside the area.
    pub nodes_outside: u64,
    /// Points with coordinates that are none, the first few by id.
    pub bad_nodes: Listed<i64>,
    /// Points and ways that came twice, the first few by id.
    pub twice: Listed<i64>,
    /// Ways a patrol drives on.
    pub roads: usize,
    /// Ways it may not drive on.
    pub no_entry: usize,
    /// Ways that name points the file does not hold: way, the first such point.
    pub missing_nodes: Listed<(i64, i64)>,
    /// Ways that leap: way, the two points.
    pub leaps: Listed<(i64, [i64; 2])>,
    /// Bollards and other barriers that stop a car.
    pub barriers: usize,
    /// Junctions of the streets that are kept.
    pub junctions: usize,
    /// Edges that are kept.
    pub edges: usize,
    /// Kilometres that are kept.
    pub km: f64,
    /// Edges of one-way streets.
    pub one_way: usize,
    /// Edges whose speed was stated in the file.
    pub with_speed: usize,
    /// Parts of the map that are not kept: not to be reached or not to be left.
    pub islands: Vec<Island>,
    /// Turn restrictions that hold.
    pub restrictions: usize,
    /// Pairs of arcs they forbid.
    pub forbidden: usize,
    /// Turn restrictions over a way, not held, by relation id.
    pub via_way: Listed<i64>,
    /// Turn restrictions at some hours or for some vehicles only, not held.
    pub conditional: usize,
    /// Turn restrictions whose members are not there or not at one junction, by relation id.
    pub broken_restrictions: Listed<i64>,
    /// Turn restrictions outside the streets that are kept.
    pub restrictions_outside: usize,
    /// West, south, east, north of all points in the file, degrees.
    pub extent: Option<[f64; 4]>,
}

/// A count, and the first few of what was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub first: Vec<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { count: 0, first: Vec::new() }
    }
}

impl<T> Listed<T> {
    fn push(&mut self, item: T) {
        self.count += 1;
        if self.first.len() < 10 {
            self.first.push(item);
        }
    }
}

/// Reads an extract; `clip` is the office's area with a margin, without it the whole file is taken.
///
/// # Errors
/// [`OsmError`]: another sort of file, cut short, damaged, too large, or without a street.
pub fn read(input: impl Read, clip: Option<&Clip>) -> Result<OsmImport, OsmError> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut collection = Collection::new(clip);
    let head = input.fill_buf().map_err(OsmError::Read)?;
    match head {
        [] => return Err(OsmError::NotOsm { found: "the file is empty".to_owned() }),
        [0x1f, 0x8b, ..] => xml::read(BufReader::new(flate2::bufread::MultiGzDecoder::new(input)), &mut collection)?,
        head if looks_like_xml(head) => xml::read(input, &mut collection)?,
        head if pbf::looks_like_pbf(head) => pbf::read(input, &mut collection)?,
        head => {
            let shown = hex::encode(&head[..head.len().min(8)]);
            return Err(OsmError::NotOsm { found: format!("it begins with bytes {shown}") });
        }
    }
    build::build(collection)
}

fn looks_like_xml(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    head.trim_ascii_start().starts_with(b"<")
}
