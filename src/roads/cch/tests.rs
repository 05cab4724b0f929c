//! Judged by Dijkstra over the links, on random maps and after random closures.

#![expect(clippy::cast_possible_truncation, reason = "maps of a few hundred arcs")]

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::NEVER;
use super::dissect::order_of_edges;
use super::hierarchy::{Hierarchy, Link};
use super::query::Sweep;

/// Points, edges, arcs (`[from, to]` junctions) and links of a random map.
struct Map {
    points: Vec<[f64; 2]>,
    edges: Vec<[u32; 2]>,
    links: Vec<Link>,
}

/// A random map with arcs `2 e` and `2 e + 1` for the two directions of edge `e`, a turn between each
/// two that meet; some turns forbidden.
fn map(seed: u64, nodes: u32, edges: u32) -> Map {
    let mut rng = fastrand::Rng::with_seed(seed);
    let points: Vec<[f64; 2]> = (0..nodes).map(|_| [rng.f64() * 1000.0, rng.f64() * 1000.0]).collect();
    let edges: Vec<[u32; 2]> = (0..edges).map(|_| [rng.u32(..nodes), rng.u32(..nodes)]).collect();
    let arc = |a: u32| {
        let [from, to] = edges[a as usize / 2];
        if a.is_multiple_of(2) { [from, to] } else { [to, from] }
    };
    let mut links = Vec::new();
    for from in 0..edges.len() as u32 * 2 {
        for to in 0..edges.len() as u32 * 2 {
            if arc(from)[1] == arc(to)[0] && rng.u32(..10) > 0 {
                links.push(Link { from, to, weight: rng.u32(1..1000) });
            }
        }
    }
    Map { points, edges, links }
}

/// Milliseconds from every arc to the target, by Dijkstra backwards.
fn dijkstra(arcs: usize, links: &[Link], ends: &[(u32, u32)]) -> Vec<u32> {
    let mut into: Vec<Vec<(u32, u32)>> = vec![Vec::new(); arcs];
    for link in links {
        into[link.to as usize].push((link.from, link.weight));
    }
    let mut best = vec![NEVER; arcs];
    let mut heap: BinaryHeap<Reverse<(u32, u32)>> = ends.iter().map(|(arc, weight)| Reverse((*weight, *arc))).collect();
    while let Some(Reverse((weight, arc))) = heap.pop() {
        if weight >= best[arc as usize] {
            continue;
        }
        best[arc as usize] = weight;
        heap.extend(into[arc as usize].iter().map(|(from, more)| Reverse((weight + more, *from))));
    }
    best
}

fn arcs_in_order(map: &Map) -> Vec<u32> {
    order_of_edges(&map.points, &map.edges).into_iter().flat_map(|edge| [2 * edge, 2 * edge + 1]).collect()
}

#[test]
fn the_order_names_every_edge_once() {
    for seed in 0..60 {
        let map = map(seed, 1 + (seed as u32 * 7) % 90, (seed as u32 * 13) % 140);
        let mut order = order_of_edges(&map.points, &map.edges);
        order.sort_unstable();
        assert_eq!(order, (0..map.edges.len() as u32).collect::<Vec<_>>());
    }
}

#[test]
fn every_time_is_dijkstras_before_and_after_closures() {
    let (mut asked, mut unreachable) = (0, 0);
    for seed in 0..120 {
        let mut map = map(seed, 2 + (seed as u32 * 5) % 60, 1 + (seed as u32 * 11) % 110);
        let hierarchy = Hierarchy::new(&arcs_in_order(&map), &map.links);
        let mut sweep = Sweep::default();
        let mut rng = fastrand::Rng::with_seed(seed + 500);
        let arcs = map.edges.len() * 2;
        for _ in 0..3 {
            let metric = hierarchy.customise(&map.links);
            for _ in 0..3 {
                let ends: Vec<(u32, u32)> =
                    (0..rng.usize(1..3)).map(|_| (rng.u32(..arcs as u32), rng.u32(..500))).collect();
                let right = dijkstra(arcs, &map.links, &ends);
                sweep.aim(&hierarchy, &metric, &ends);
                for arc in 0..arcs as u32 {
                    assert_eq!(sweep.from(&hierarchy, &metric, arc), right[arc as usize], "seed {seed}, arc {arc}");
                    asked += 1;
                    unreachable += usize::from(right[arc as usize] == NEVER);
                }
            }
            for _ in 0..map.links.len() / 5 {
                let link = rng.usize(..map.links.len());
                map.links[link].weight = if rng.bool() { NEVER } else { rng.u32(1..3000) };
            }
            map.links.iter_mut().for_each(|link| link.weight = link.weight.min(NEVER));
        }
    }
    assert!(asked > 50_000 && unreachable > 100 && unreachable < asked / 2, "{asked} {unreachable}");
}

#[test]
fn a_grid_is_cut_in_its_middle() {
    let side = 16_u32;
    let points: Vec<[f64; 2]> = (0..side * side).map(|i| [f64::from(i % side), f64::from(i / side)]).collect();
    let mut edges = Vec::new();
    for i in 0..side * side {
        if i % side + 1 < side {
            edges.push([i, i + 1]);
        }
        if i / side + 1 < side {
            edges.push([i, i + side]);
        }
    }
    let order = order_of_edges(&points, &edges);
    // The last edges are the first cut: without them the grid falls apart fairly.
    let largest_without = |last: usize| {
        let mut group: Vec<usize> = (0..points.len()).collect();
        for edge in &order[..order.len() - last] {
            let [a, b] = edges[*edge as usize].map(|node| group[node as usize]);
            group.iter_mut().filter(|of| **of == a).for_each(|of| *of = b);
        }
        (0..points.len()).map(|name| group.iter().filter(|of| **of == name).count()).max()
    };
    let needed = (0..40).find(|last| largest_without(*last) <= Some(192));
    assert!(needed.is_some_and(|needed| needed <= 24), "{needed:?} streets are cut to halve a grid of 16 by 16");
    let hierarchy = Hierarchy::new(&order.iter().flat_map(|e| [2 * e, 2 * e + 1]).collect::<Vec<_>>(), &[]);
    assert_eq!(hierarchy.shortcuts(), 0, "without links there is nothing to shorten");
}
