//! Ways become edges: cut at their junctions, turned the way they are driven, and only the largest part
//! of the map kept in which every junction reaches every other.

use std::collections::HashMap;

use super::collect::Collection;
use super::component::components;
use super::names;
use super::profile::{Drive, WayRound};
use super::restrictions::Cut;
use super::{Island, LONGEST_STEP_M, OsmError, OsmImport, OsmReport, WIDEST_M};
use crate::model::place::LngLat;
use crate::roads::graph::{DraftEdge, RoadDraft};

/// Islands the report names.
const MOST_ISLANDS: usize = 20;

/// A stretch of a way between two junctions, by positions of points.
struct Stretch {
    way: usize,
    points: Vec<u32>,
}

pub(super) fn build(mut collection: Collection<'_>) -> Result<OsmImport, OsmError> {
    collection.settle();
    let mut report = std::mem::take(&mut collection.report);
    let runs = runs(&collection, &mut report);
    let stretches = cut(&collection, runs);
    let mut streets = Streets::default();
    for stretch in &stretches {
        let way = &collection.roads[stretch.way];
        if let Some(drive) = way.drive {
            streets.add(&collection, stretch, drive, &mut report);
        }
    }
    report.roads = collection.roads.iter().filter(|way| way.drive.is_some()).count();
    if streets.edges.is_empty() {
        return Err(nothing(&report));
    }
    let (junctions, edges, ways) = streets.largest_part(&collection, &mut report);
    check_extent(&junctions)?;
    let mut at = vec![Vec::new(); junctions.len()];
    let mut of_way: HashMap<i64, Vec<u32>> = HashMap::new();
    for ((id, edge), way) in (0_u32..).zip(&edges).zip(&ways) {
        at[edge.from as usize].push(id);
        if edge.to != edge.from {
            at[edge.to as usize].push(id);
        }
        of_way.entry(*way).or_default().push(id);
    }
    let junction = junctions.iter().enumerate().map(|(i, (id, _))| (*id, index(i))).collect();
    let forbidden = Cut { edges: &edges, of_way, at, junction }.forbidden(&collection.restrictions, &mut report);
    let roads = RoadDraft { nodes: junctions.into_iter().map(|(_, at)| at).collect(), edges, forbidden };
    report.junctions = roads.nodes.len();
    report.edges = roads.edges.len();
    report.one_way = roads.edges.iter().filter(|edge| edge.one_way).count();
    report.km = roads.edges.iter().map(|edge| length_m(edge, &roads.nodes)).sum::<f64>() / 1000.0;
    let places = names::places(&collection, &roads);
    Ok(OsmImport { roads, places, report })
}

fn nothing(report: &OsmReport) -> OsmError {
    let extent = report.extent.map_or("no point at all".to_owned(), |[west, south, east, north]| {
        format!("the file reaches from {west:.4},{south:.4} to {east:.4},{north:.4}")
    });
    let what = format!(
        "{} of {} points lie outside it, {} ways are streets; {extent}",
        report.nodes_outside, report.nodes, report.roads
    );
    OsmError::Nothing { what }
}

fn check_extent(junctions: &[(i64, LngLat)]) -> Result<(), OsmError> {
    let side = |pick: fn(&LngLat) -> f64| {
        let all = junctions.iter().map(|(_, at)| pick(at));
        (all.clone().fold(f64::INFINITY, f64::min), all.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((west, east), (south, north)) = (side(|at| at.lng), side(|at| at.lat));
    let wide =
        LngLat::new(west, f64::midpoint(south, north)).distance_m(LngLat::new(east, f64::midpoint(south, north)));
    let high = LngLat::new(west, south).distance_m(LngLat::new(west, north));
    if wide.max(high) > WIDEST_M {
        let what = format!("the streets reach over {:.0} km by {:.0} km", wide / 1000.0, high / 1000.0);
        return Err(OsmError::TooLarge { what });
    }
    Ok(())
}

/// The parts of each way whose points are all there.
fn runs(collection: &Collection<'_>, report: &mut OsmReport) -> Vec<Stretch> {
    let mut runs = Vec::new();
    for (way, road) in collection.roads.iter().enumerate() {
        let mut run: Vec<u32> = Vec::new();
        let mut whole = road.drive.is_some();
        let mut end = |run: &mut Vec<u32>| {
            let points = std::mem::take(run);
            if points.len() > 1 {
                runs.push(Stretch { way, points });
            }
        };
        for id in &road.nodes {
            let Some(point) = collection.find(*id) else {
                // Once per way, and a way that leaves the area is not broken.
                if whole && !collection.is_outside(*id) {
                    report.missing_nodes.push((road.id, *id));
                    whole = false;
                }
                end(&mut run);
                continue;
            };
            let here = collection.nodes[point as usize];
            if let Some(last) = run.last().map(|last| collection.nodes[*last as usize]) {
                if last.id == here.id {
                    continue;
                }
                if last.at().distance_m(here.at()) > LONGEST_STEP_M {
                    report.leaps.push((road.id, [last.id, here.id]));
                    end(&mut run);
                }
            }
            run.push(point);
        }
        end(&mut run);
    }
    runs
}

/// Runs cut where drivable ways meet, where they end, and at barriers.
fn cut(collection: &Collection<'_>, runs: Vec<Stretch>) -> Vec<Stretch> {
    let mut uses = vec![0_u8; collection.nodes.len()];
    for run in runs.iter().filter(|run| collection.roads[run.way].drive.is_some()) {
        let last = run.points.len() - 1;
        for (i, point) in run.points.iter().enumerate() {
            let ends = i == 0 || i == last || collection.barriers.contains(&collection.nodes[*point as usize].id);
            let uses = &mut uses[*point as usize];
            *uses = uses.saturating_add(if ends { 2 } else { 1 });
        }
    }
    let mut stretches = Vec::new();
    for run in runs {
        let mut from = 0;
        for i in 1..run.points.len() {
            if i + 1 == run.points.len() || uses[run.points[i] as usize] > 1 {
                stretches.push(Stretch { way: run.way, points: run.points[from..=i].to_vec() });
                from = i;
            }
        }
    }
    stretches
}

/// Junctions and edges before the islands are left aside.
#[derive(Default)]
struct Streets {
    junctions: Vec<u32>,
    number: HashMap<u32, u32>,
    edges: Vec<DraftEdge>,
    /// Index of the way of each edge.
    ways: Vec<usize>,
}

impl Streets {
    fn add(&mut self, collection: &Collection<'_>, stretch: &Stretch, drive: Drive, report: &mut OsmReport) {
        let mut points = stretch.points.clone();
        if drive.way_round == WayRound::Against {
            points.reverse();
        }
        let [Some(first), Some(last)] = [points.first(), points.last()].map(Option::<&u32>::copied) else { return };
        let from = self.junction(collection, first, report);
        let to = self.junction(collection, last, report);
        let shape = points[1..points.len() - 1].iter().map(|point| collection.nodes[*point as usize].at()).collect();
        report.with_speed += usize::from(drive.stated);
        self.edges.push(DraftEdge {
            from,
            to,
            class: drive.class,
            one_way: drive.way_round != WayRound::Both,
            roundabout: drive.roundabout,
            kmh: drive.kmh,
            name: collection.roads[stretch.way].name.clone(),
            shape,
        });
        self.ways.push(stretch.way);
    }

    /// The junction at a point; at a barrier each street has an end of its own.
    fn junction(&mut self, collection: &Collection<'_>, point: u32, report: &mut OsmReport) -> u32 {
        let next = index(self.junctions.len());
        if collection.barriers.contains(&collection.nodes[point as usize].id) {
            report.barriers += 1;
            self.junctions.push(point);
            return next;
        }
        let junctions = &mut self.junctions;
        *self.number.entry(point).or_insert_with(|| {
            junctions.push(point);
            next
        })
    }

    /// Junctions (id and place), edges and their ways of the largest part; the others go into the report.
    fn largest_part(
        self,
        collection: &Collection<'_>,
        report: &mut OsmReport,
    ) -> (Vec<(i64, LngLat)>, Vec<DraftEdge>, Vec<i64>) {
        let at: Vec<LngLat> = self.junctions.iter().map(|point| collection.nodes[*point as usize].at()).collect();
        let component = self.components();
        let count = component.iter().max().map_or(0, |last| *last as usize + 1);
        let mut parts = vec![Island { junctions: 0, km: 0.0, way: 0 }; count];
        component.iter().for_each(|part| parts[*part as usize].junctions += 1);
        for (edge, way) in self.edges.iter().zip(&self.ways) {
            let part = &mut parts[component[edge.from as usize] as usize];
            part.km += length_m(edge, &at) / 1000.0;
            part.way = collection.roads[*way].id;
        }
        // The most kilometres, not the most junctions: a car park has many corners.
        let largest = (0..count).max_by(|a, b| parts[*a].km.total_cmp(&parts[*b].km)).unwrap_or_default();
        let kept = |junction: u32| component[junction as usize] as usize == largest;
        let mut number = vec![u32::MAX; at.len()];
        let mut junctions = Vec::new();
        for (i, place) in at.iter().enumerate().filter(|(i, _)| kept(index(*i))) {
            number[i] = index(junctions.len());
            junctions.push((collection.nodes[self.junctions[i] as usize].id, *place));
        }
        let (mut edges, mut ways) = (Vec::new(), Vec::new());
        for (mut edge, way) in self.edges.into_iter().zip(self.ways) {
            if kept(edge.from) && kept(edge.to) {
                (edge.from, edge.to) = (number[edge.from as usize], number[edge.to as usize]);
                edges.push(edge);
                ways.push(collection.roads[way].id);
            }
        }
        parts.swap_remove(largest);
        parts.retain(|part| part.km > 0.0);
        parts.sort_by(|a, b| b.km.total_cmp(&a.km).then(a.way.cmp(&b.way)));
        let rest = parts.split_off(parts.len().min(MOST_ISLANDS));
        report.islands = parts;
        if !rest.is_empty() {
            let km = rest.iter().map(|part| part.km).sum();
            let junctions = rest.iter().map(|part| part.junctions).sum();
            report.islands.push(Island { junctions, km, way: 0 });
        }
        (junctions, edges, ways)
    }

    fn components(&self) -> Vec<u32> {
        let mut ends: Vec<(u32, u32)> = Vec::with_capacity(self.edges.len() * 2);
        for edge in &self.edges {
            ends.push((edge.from, edge.to));
            if !edge.one_way {
                ends.push((edge.to, edge.from));
            }
        }
        ends.sort_unstable();
        let mut first = vec![0_u32; self.junctions.len() + 1];
        ends.iter().for_each(|(from, _)| first[*from as usize + 1] += 1);
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        components(&first, &ends.iter().map(|(_, to)| *to).collect::<Vec<_>>())
    }
}

fn length_m(edge: &DraftEdge, at: &[LngLat]) -> f64 {
    let ends = [at[edge.from as usize], at[edge.to as usize]];
    let points: Vec<LngLat> = std::iter::once(ends[0]).chain(edge.shape.iter().copied()).chain([ends[1]]).collect();
    points.windows(2).map(|pair| pair[0].distance_m(pair[1])).sum()
}

fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
