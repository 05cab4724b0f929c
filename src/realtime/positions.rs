//! Positions on their way to the screens: one frame per map tile and tick, encoded once and shared.
//!
//! In: the units that moved. Out: binary and JSON fragments by tile. Lossy on purpose: a slow
//! client skips ticks.

use std::collections::HashMap;
use std::sync::OnceLock;

use bytes::{BufMut, Bytes, BytesMut};

use crate::model::clock::Timestamp;
use crate::model::id::UnitId;
use crate::model::place::LngLat;
use crate::model::unit::{Fix, LOST_AFTER_S, STALE_AFTER_S, UnitStatus};
use crate::realtime::message::UnitFix;

/// Zoom of the tiles positions are grouped by: about 2.4 km at the equator.
const TILE_ZOOM: u32 = 14;

/// A view wider than this many tiles gets every tile, so that a client cannot ask for the world one
/// tile at a time.
const MOST_TILES: i64 = 4096;

/// A tile of the web mercator grid at [`TILE_ZOOM`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tile {
    /// Column, from the west.
    pub x: i32,
    /// Row, from the north.
    pub y: i32,
}

impl Tile {
    /// The tile a point lies in.
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "within 2^14 by clamping")]
    pub fn of(at: LngLat) -> Self {
        let n = f64::from(1u32 << TILE_ZOOM);
        let lat = at.lat.clamp(-85.0, 85.0).to_radians();
        let x = (at.lng + 180.0) / 360.0 * n;
        let y = (1.0 - lat.tan().asinh() / std::f64::consts::PI) / 2.0 * n;
        Self { x: x.clamp(0.0, n - 1.0) as i32, y: y.clamp(0.0, n - 1.0) as i32 }
    }
}

/// The tiles a client looks at.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    min: Tile,
    max: Tile,
    everything: bool,
}

impl View {
    /// From `[west, south, east, north]`; none when the numbers are no box.
    #[must_use]
    pub fn from_bbox([west, south, east, north]: [f64; 4]) -> Option<Self> {
        let sane = [west, south, east, north].iter().all(|n| n.is_finite()) && west <= east && south <= north;
        if !sane {
            return None;
        }
        let min = Tile::of(LngLat::new(west, north));
        let max = Tile::of(LngLat::new(east, south));
        let count = i64::from(max.x - min.x + 1) * i64::from(max.y - min.y + 1);
        Some(Self { min, max, everything: count > MOST_TILES })
    }

    /// Whether the tile is looked at.
    #[must_use]
    pub fn shows(&self, tile: Tile) -> bool {
        self.everything || ((self.min.x..=self.max.x).contains(&tile.x) && (self.min.y..=self.max.y).contains(&tile.y))
    }
}

/// A unit that moved.
#[derive(Debug, Clone, PartialEq)]
pub struct Dot {
    /// Which unit.
    pub unit: UnitId,
    /// Its short number.
    pub no: u32,
    /// Its Polsek.
    pub polsek: Option<String>,
    /// What it is doing.
    pub status: UnitStatus,
    /// Panic.
    pub emergency: bool,
    /// Where it is.
    pub fix: Fix,
}

/// What moved in one tile during one tick.
#[derive(Debug)]
pub struct TileFrame {
    /// Binary frame, as documented in ARCHITECTURE.md.
    pub binary: Bytes,
    units: Vec<UnitFix>,
    json: OnceLock<Vec<u8>>,
}

impl TileFrame {
    /// JSON objects separated by commas; made when the first client wants them.
    #[must_use]
    pub fn json(&self) -> &[u8] {
        self.json.get_or_init(|| {
            let mut json = Vec::with_capacity(self.units.len() * 160);
            for (i, unit) in self.units.iter().enumerate() {
                if i > 0 {
                    json.push(b',');
                }
                // Writing to memory fails never.
                let _ = serde_json::to_writer(&mut json, unit);
            }
            json
        })
    }
}

/// One second of movement.
#[derive(Debug, Default)]
pub struct Tick {
    /// Counts ticks.
    pub no: u32,
    /// Server clock.
    pub at: Timestamp,
    /// Number of the last entry told before it.
    pub seq: u64,
    /// What moved, by tile.
    pub tiles: HashMap<Tile, TileFrame>,
    /// The same one by one, for viewers who may not see every unit.
    pub dots: Vec<Dot>,
}

impl Tick {
    /// Encodes what moved, once for all clients.
    #[must_use]
    pub fn encode(no: u32, at: Timestamp, seq: u64, dots: Vec<Dot>) -> Self {
        let mut by_tile: HashMap<Tile, Vec<&Dot>> = HashMap::new();
        for dot in &dots {
            by_tile.entry(Tile::of(dot.fix.point())).or_default().push(dot);
        }
        let tiles = by_tile.into_iter().map(|(tile, dots)| (tile, encode_tile(no, at, tile, &dots))).collect();
        Self { no, at, seq, tiles, dots }
    }

    /// The JSON message of some fragments: `{"type":"positions",…}`.
    #[must_use]
    pub fn json_message<'a>(&self, fragments: impl Iterator<Item = &'a [u8]>) -> Option<Bytes> {
        let mut out = BytesMut::from(
            format!("{{\"type\":\"positions\",\"at\":\"{}\",\"seq\":{},\"items\":[", self.at, self.seq).as_bytes(),
        );
        let mut first = true;
        for fragment in fragments {
            if !std::mem::take(&mut first) {
                out.put_u8(b',');
            }
            out.extend_from_slice(fragment);
        }
        out.extend_from_slice(b"]}");
        (!first).then(|| out.freeze())
    }
}

fn encode_tile(no: u32, at: Timestamp, tile: Tile, dots: &[&Dot]) -> TileFrame {
    let mut binary = BytesMut::with_capacity(16 + dots.len() * 16);
    binary.put_u8(1);
    binary.put_u8(1);
    binary.put_u16_le(u16::try_from(dots.len()).unwrap_or(u16::MAX));
    binary.put_u32_le(no);
    binary.put_i32_le(tile.x);
    binary.put_i32_le(tile.y);
    let counted = &dots[..dots.len().min(usize::from(u16::MAX))];
    counted.iter().for_each(|dot| put_dot(&mut binary, dot, at));
    let units = counted.iter().map(|dot| unit_fix(dot)).collect();
    TileFrame { binary: binary.freeze(), units, json: OnceLock::new() }
}

const fn unit_fix(dot: &Dot) -> UnitFix {
    UnitFix { unit_id: dot.unit, no: dot.no, fix: dot.fix }
}

/// JSON object of one dot.
#[must_use]
pub fn json_dot(dot: &Dot) -> Vec<u8> {
    serde_json::to_vec(&unit_fix(dot)).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked points in degrees, clamped bytes")]
fn put_dot(out: &mut BytesMut, dot: &Dot, now: Timestamp) {
    out.put_u32_le(dot.no);
    out.put_i32_le((dot.fix.lng * 1e6).round() as i32);
    out.put_i32_le((dot.fix.lat * 1e6).round() as i32);
    out.put_u8(dot.status as u8);
    let heading = dot.fix.heading_deg.map_or(0.0, |deg| (deg.rem_euclid(360.0) * 256.0 / 360.0).floor());
    out.put_u8(heading.min(255.0) as u8);
    out.put_u8(dot.fix.speed_mps.unwrap_or(0.0).clamp(0.0, 255.0) as u8);
    let age = now.secs_since(dot.fix.at);
    let flags = u8::from(age > STALE_AFTER_S)
        | u8::from(age > LOST_AFTER_S) << 1
        | u8::from(dot.emergency) << 2
        | u8::from(dot.fix.heading_deg.is_some()) << 3;
    out.put_u8(flags);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dot(no: u32, lng: f64, lat: f64) -> Dot {
        let fix = Fix {
            lng,
            lat,
            at: Timestamp::from_secs(100),
            accuracy_m: None,
            speed_mps: Some(9.6),
            heading_deg: Some(270.0),
        };
        Dot {
            unit: UnitId(uuid::Uuid::from_u128(u128::from(no))),
            no,
            polsek: None,
            status: UnitStatus::EnRoute,
            emergency: true,
            fix,
        }
    }

    #[test]
    fn a_frame_holds_sixteen_bytes_a_unit() {
        let tick = Tick::encode(7, Timestamp::from_secs(101), 42, vec![dot(3, 98.67, 3.59), dot(4, 98.6701, 3.5901)]);
        let (tile, frame) = tick.tiles.iter().next().unwrap();
        assert_eq!((tick.tiles.len(), frame.binary.len()), (1, 16 + 32));
        assert_eq!(&frame.binary[..8], [1, 1, 2, 0, 7, 0, 0, 0]);
        assert_eq!(i32::from_le_bytes(frame.binary[8..12].try_into().unwrap()), tile.x);
        assert_eq!(u32::from_le_bytes(frame.binary[16..20].try_into().unwrap()), 3);
        assert_eq!(i32::from_le_bytes(frame.binary[20..24].try_into().unwrap()), 98_670_000);
        assert_eq!(frame.binary[28..32], [4, 192, 9, 4 | 8]);
    }

    #[test]
    fn a_view_shows_only_its_own_tiles() {
        let view = View::from_bbox([98.66, 3.58, 98.68, 3.60]).unwrap();
        assert!(view.shows(Tile::of(LngLat::new(98.67, 3.59))));
        assert!(!view.shows(Tile::of(LngLat::new(98.80, 3.59))));
        assert!(View::from_bbox([-180.0, -90.0, 180.0, 90.0]).unwrap().shows(Tile::of(LngLat::new(140.0, -5.0))));
        assert_eq!(View::from_bbox([f64::NAN, 0.0, 1.0, 1.0]), None);
        assert_eq!(View::from_bbox([2.0, 0.0, 1.0, 1.0]), None);
    }

    #[test]
    fn json_positions_are_one_valid_message() {
        let tick = Tick::encode(1, Timestamp::from_secs(101), 42, vec![dot(3, 98.67, 3.59), dot(9, 98.90, 3.59)]);
        let bytes = tick.json_message(tick.tiles.values().map(TileFrame::json)).unwrap();
        let value: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(value["items"].as_array().unwrap().len(), 2);
        assert_eq!(tick.json_message(std::iter::empty()), None);
    }
}
