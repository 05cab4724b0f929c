//! Areas grown around the seats of the kelurahan: a mosaic of small cells with one owner each.
//!
//! Neighbours share the very vertices of their border, so the areas cover the outline without
//! overlap or gap. The cells are squares with moved corners; borders are smoothed afterwards.

use std::collections::{HashMap, VecDeque};

use geo::{LineString, MultiPolygon, Polygon};

use super::noise::{hash01, smooth};
use crate::model::place::{LngLat, Plane};

/// Side of a cell, metres.
const CELL_M: f64 = 80.0;
/// How far a corner is moved from its lattice place, as a share of the side.
const JITTER: f64 = 0.25;
/// How far borders wander from the middle between two seats, metres.
const WANDER_M: f64 = 90.0;

/// Column and row of a cell or of a corner.
type At = (usize, usize);

/// The mosaic.
#[derive(Debug)]
pub struct Mosaic {
    seed: u64,
    plane: Plane,
    origin: [f64; 2],
    columns: usize,
    rows: usize,
    owner: Vec<Option<usize>>,
    seats: Vec<At>,
}

impl Mosaic {
    /// Grows one area around each seat inside the outline. A seat outside it widens the outline.
    #[must_use]
    pub fn grow(seed: u64, plane: Plane, outline: &[[f64; 2]], seats: &[LngLat]) -> Self {
        let outline: Vec<[f64; 2]> = outline.iter().map(|p| plane.to_xy(LngLat::new(p[0], p[1]))).collect();
        let seats_xy: Vec<[f64; 2]> = seats.iter().map(|s| plane.to_xy(*s)).collect();
        let all = || outline.iter().chain(&seats_xy);
        let low = [0, 1].map(|i| all().map(|p| p[i]).fold(f64::INFINITY, f64::min) - 3.0 * CELL_M);
        let high = [0, 1].map(|i| all().map(|p| p[i]).fold(f64::NEG_INFINITY, f64::max));
        let [columns, rows] = [0, 1].map(|i| whole((high[i] - low[i]) / CELL_M) + 4);
        let mut mosaic =
            Self { seed, plane, origin: low, columns, rows, owner: vec![None; columns * rows], seats: Vec::new() };
        mosaic.seats = seats_xy.iter().map(|s| mosaic.cell_at(*s)).collect();
        mosaic.claim(&outline, &seats_xy);
        for _ in 0..30 {
            mosaic.join();
            if !mosaic.part_corners() {
                break;
            }
        }
        mosaic
    }

    /// The area a place lies in, to the nearest cell; `None` outside the city.
    #[must_use]
    pub fn owner_at(&self, xy: [f64; 2]) -> Option<usize> {
        let inside = (0..2).all(|k| xy[k] >= self.origin[k]);
        let cell = self.cell_at(xy);
        if inside { self.get(cell) } else { None }
    }

    fn cell_at(&self, xy: [f64; 2]) -> At {
        let [i, j] = [0, 1].map(|k| whole((xy[k] - self.origin[k]) / CELL_M));
        (i.min(self.columns - 2), j.min(self.rows - 2))
    }

    fn middle(&self, (i, j): At) -> [f64; 2] {
        [self.origin[0] + (real(i) + 0.5) * CELL_M, self.origin[1] + (real(j) + 0.5) * CELL_M]
    }

    fn get(&self, (i, j): At) -> Option<usize> {
        self.owner[j * self.columns + i]
    }

    fn set(&mut self, (i, j): At, owner: Option<usize>) {
        self.owner[j * self.columns + i] = owner;
    }

    /// The cells beside one another, never those of the outermost frame.
    fn beside(&self, (i, j): At) -> impl Iterator<Item = At> + use<> {
        let (columns, rows) = (self.columns, self.rows);
        let all = [(i.wrapping_sub(1), j), (i + 1, j), (i, j.wrapping_sub(1)), (i, j + 1)];
        all.into_iter().filter(move |(i, j)| (1..columns - 1).contains(i) && (1..rows - 1).contains(j))
    }

    /// Gives each cell inside the outline to the nearest seat, with some disorder.
    fn claim(&mut self, outline: &[[f64; 2]], seats: &[[f64; 2]]) {
        for j in 1..self.rows - 1 {
            for i in 1..self.columns - 1 {
                let at = self.middle((i, j));
                if !inside(outline, at) {
                    continue;
                }
                let warped = [0_u64, 1].map(|k| {
                    let axis = usize::from(k == 1);
                    at[axis] + WANDER_M * smooth(self.seed.wrapping_add(k), at, 450.0)
                });
                let distance = |s: &[f64; 2]| (s[0] - warped[0]).powi(2) + (s[1] - warped[1]).powi(2);
                let nearest = seats.iter().enumerate().min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)));
                self.set((i, j), nearest.map(|(k, _)| k));
            }
        }
        for (k, seat) in self.seats.clone().into_iter().enumerate() {
            self.set(seat, Some(k));
        }
    }

    /// Leaves each area in one piece around its seat; loose cells go to a neighbour.
    fn join(&mut self) {
        let mut joined = vec![None; self.owner.len()];
        let place = |(i, j): At| j * self.columns + i;
        let mut queue: VecDeque<At> = self.seats.iter().copied().collect();
        for (k, seat) in self.seats.iter().enumerate() {
            joined[place(*seat)] = Some(k);
        }
        while let Some(cell) = queue.pop_front() {
            for next in self.beside(cell) {
                if joined[place(next)].is_none() && self.get(next) == joined[place(cell)] {
                    joined[place(next)] = joined[place(cell)];
                    queue.push_back(next);
                }
            }
        }
        let all = (0..self.rows).flat_map(|j| (0..self.columns).map(move |i| (i, j)));
        let mut queue: VecDeque<At> = all.filter(|c| joined[place(*c)].is_some()).collect();
        while let Some(cell) = queue.pop_front() {
            for next in self.beside(cell) {
                if joined[place(next)].is_none() && self.get(next).is_some() {
                    joined[place(next)] = joined[place(cell)];
                    queue.push_back(next);
                }
            }
        }
        self.owner = joined;
    }

    /// Where two cells of one owner touch only at a corner, a third one joins them.
    /// Whether anything changed.
    fn part_corners(&mut self) -> bool {
        let mut changed = false;
        for j in 1..self.rows - 1 {
            for i in 1..self.columns - 1 {
                let cells = [(i - 1, j - 1), (i, j - 1), (i - 1, j), (i, j)];
                let owner = cells.map(|cell| self.get(cell));
                let (kept, others) = if owner[0] == owner[3] && !owner[1..3].contains(&owner[0]) {
                    (owner[0], [cells[1], cells[2]])
                } else if owner[1] == owner[2] && ![owner[0], owner[3]].contains(&owner[1]) {
                    (owner[1], [cells[0], cells[3]])
                } else {
                    continue;
                };
                changed = true;
                // An empty pair is filled from the side instead; a seat never changes hands.
                let (cells, owner) = match kept {
                    Some(k) => (others, Some(k)),
                    None if owner[0].is_none() => ([cells[0], cells[3]], owner[1]),
                    None => ([cells[1], cells[2]], owner[0]),
                };
                let free = cells.into_iter().find(|cell| !self.seats.contains(cell));
                if let Some(cell) = free {
                    self.set(cell, owner);
                }
            }
        }
        changed
    }

    /// The areas in the order of their seats, each one polygon, six decimals.
    #[must_use]
    pub fn shapes(&self) -> Vec<MultiPolygon<f64>> {
        let corners = self.corners();
        let mut edges: Vec<HashMap<At, At>> = vec![HashMap::new(); self.seats.len()];
        for j in 1..self.rows - 1 {
            for i in 1..self.columns - 1 {
                let Some(k) = self.get((i, j)) else { continue };
                let around = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)];
                let sides = [(i, j - 1), (i + 1, j), (i, j + 1), (i - 1, j)];
                for (n, side) in sides.into_iter().enumerate() {
                    if self.get(side) != Some(k) {
                        edges[k].insert(around[n], around[(n + 1) % 4]);
                    }
                }
            }
        }
        edges.into_iter().map(|edges| polygon(edges, &corners)).collect()
    }

    /// Where each corner lies after jitter and smoothing.
    fn corners(&self) -> HashMap<At, [f64; 2]> {
        let mut joins: HashMap<At, Vec<At>> = HashMap::new();
        for j in 1..self.rows {
            for i in 1..self.columns {
                if self.get((i, j)) != self.get((i, j - 1)) {
                    joins.entry((i, j)).or_default().push((i + 1, j));
                    joins.entry((i + 1, j)).or_default().push((i, j));
                }
                if self.get((i, j)) != self.get((i - 1, j)) {
                    joins.entry((i, j)).or_default().push((i, j + 1));
                    joins.entry((i, j + 1)).or_default().push((i, j));
                }
            }
        }
        let mut corners: HashMap<At, [f64; 2]> = joins.keys().map(|at| (*at, self.corner(*at))).collect();
        for _ in 0..2 {
            let smoothed = joins.iter().map(|(at, next)| {
                let here = corners[at];
                // Where three areas meet the corner stays.
                let [a, b] = next[..] else { return (*at, here) };
                let mix = |k: usize| 0.5 * here[k] + 0.25 * (corners[&a][k] + corners[&b][k]);
                (*at, [mix(0), mix(1)])
            });
            corners = smoothed.collect();
        }
        let degrees = corners.into_iter().map(|(at, xy)| {
            let p = self.plane.to_lnglat(xy);
            (at, [p.lng, p.lat].map(|v| (v * 1e6).round() / 1e6))
        });
        degrees.collect()
    }

    fn corner(&self, (i, j): At) -> [f64; 2] {
        let (a, b) = (i64::try_from(i).unwrap_or(0), i64::try_from(j).unwrap_or(0));
        let moved = |salt: u64| (hash01(self.seed ^ salt, a, b) * 2.0 - 1.0) * JITTER;
        [self.origin[0] + (real(i) + moved(0x51)) * CELL_M, self.origin[1] + (real(j) + moved(0x52)) * CELL_M]
    }
}

/// Follows the edges around; the ring that runs counter-clockwise is the outer one.
fn polygon(mut edges: HashMap<At, At>, corners: &HashMap<At, [f64; 2]>) -> MultiPolygon<f64> {
    let (mut outer, mut holes) = (LineString::new(Vec::new()), Vec::new());
    while let Some(start) = edges.keys().min().copied() {
        let mut ring = vec![corners[&start]];
        let mut at = start;
        while let Some(next) = edges.remove(&at) {
            ring.push(corners[&next]);
            at = next;
        }
        let twice: f64 = ring.windows(2).map(|w| w[0][0] * w[1][1] - w[1][0] * w[0][1]).sum();
        let line = LineString::from(ring);
        if twice > 0.0 { outer = line } else { holes.push(line) }
    }
    MultiPolygon::from(Polygon::new(outer, holes))
}

/// Even-odd rule on a ring that need not be closed.
pub(super) fn inside(ring: &[[f64; 2]], [x, y]: [f64; 2]) -> bool {
    let mut inside = false;
    let mut last = ring.len().wrapping_sub(1);
    for (i, b) in ring.iter().enumerate() {
        let a = ring[last];
        last = i;
        if (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0] {
            inside = !inside;
        }
    }
    inside
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "cells of a city")]
pub(super) fn whole(value: f64) -> usize {
    value.max(0.0) as usize
}

#[expect(clippy::cast_precision_loss, reason = "cells of a city")]
pub(super) fn real(value: usize) -> f64 {
    value as f64
}

#[cfg(test)]
mod tests {
    use geo::{Area as _, Contains};

    use super::*;

    fn square() -> (Plane, Vec<[f64; 2]>) {
        let plane = Plane::around(LngLat::new(98.67, 3.58));
        let corners = [[0.0, 0.0], [3000.0, 0.0], [3000.0, 3000.0], [0.0, 3000.0]];
        let ring = corners.map(|xy| plane.to_lnglat(xy)).map(|p| [p.lng, p.lat]);
        (plane, ring.to_vec())
    }

    #[test]
    fn each_point_of_the_outline_lies_in_one_area_and_each_seat_in_its_own() {
        let (plane, outline) = square();
        for seed in 0..20 {
            let mut rng = fastrand::Rng::with_seed(seed);
            let mut anywhere = || plane.to_lnglat([100.0 + rng.f64() * 2800.0, 100.0 + rng.f64() * 2800.0]);
            let seats: Vec<LngLat> = (0..9).map(|_| anywhere()).collect();
            let points: Vec<LngLat> = (0..200).map(|_| anywhere()).collect();
            let grown = Mosaic::grow(seed, plane, &outline, &seats);
            let cells: std::collections::HashSet<At> = grown.seats.iter().copied().collect();
            if cells.len() < seats.len() {
                continue; // two seats in one cell: no city has that
            }
            let shapes = grown.shapes();
            let total: f64 = shapes.iter().map(MultiPolygon::unsigned_area).sum();
            let expected = (outline[1][0] - outline[0][0]) * (outline[2][1] - outline[1][1]);
            assert!((total / expected - 1.0).abs() < 0.06, "seed {seed}: {total} {expected}");
            for p in points {
                let point = geo::Point::new(p.lng, p.lat);
                let holding = shapes.iter().filter(|s| s.contains(&point)).count();
                assert_eq!(holding, 1, "seed {seed}: {p:?}");
            }
        }
    }
}
