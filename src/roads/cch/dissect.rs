//! The order of contraction: a map is cut where few streets cross, each half again, and what was cut
//! comes last. Inertial flow (Schild and Sommer, 2015): along four directions, the first and the last
//! quarter of the junctions are source and sink, and the least cut between them is taken.

use std::collections::VecDeque;

/// One junction in so many is source, and one in so many sink.
const SHARE: usize = 4;

/// A piece with at most this many junctions is not cut further.
const SMALL: usize = 4;

/// Directions along which a cut is tried.
const DIRECTIONS: [[f64; 2]; 4] = [[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [1.0, -1.0]];

/// The edges of a map in order of contraction: `points` are its junctions in metres, `edges` the pairs
/// of junctions they join. Edges cut first (the arteries between halves) come last.
#[must_use]
pub fn order_of_edges(points: &[[f64; 2]], edges: &[[u32; 2]]) -> Vec<u32> {
    let mut order = Vec::with_capacity(edges.len());
    let all_edges: Vec<u32> = (0..index(edges.len())).collect();
    let all_points: Vec<u32> = (0..index(points.len())).collect();
    let (mut side, mut local) = (vec![0_u8; points.len()], vec![0_u32; points.len()]);
    let mut stack = vec![Piece { nodes: all_points, edges: all_edges }];
    // Built from the last to the first: what is cut now comes after everything inside its halves.
    while let Some(piece) = stack.pop() {
        if piece.nodes.len() <= SMALL || piece.edges.len() <= SMALL {
            order.extend(piece.edges.iter().rev());
            continue;
        }
        cut(points, edges, &piece, (&mut side, &mut local));
        let mut halves = [Piece::default(), Piece::default()];
        for node in piece.nodes {
            halves[usize::from(side[node as usize])].nodes.push(node);
        }
        for edge in piece.edges {
            let [a, b] = edges[edge as usize].map(|node| side[node as usize]);
            if a == b {
                halves[usize::from(a)].edges.push(edge);
            } else {
                order.push(edge);
            }
        }
        stack.extend(halves);
    }
    order.reverse();
    order
}

#[derive(Debug, Default)]
struct Piece {
    nodes: Vec<u32>,
    edges: Vec<u32>,
}

/// Marks each junction of the piece with its side, 0 or 1, so that few edges join the two.
fn cut(points: &[[f64; 2]], edges: &[[u32; 2]], piece: &Piece, (side, local): (&mut [u8], &mut [u32])) {
    let flow = Flow::new(edges, piece, local);
    let mut best: Option<(f64, Vec<bool>)> = None;
    for direction in DIRECTIONS {
        let along = |node: u32| {
            let [x, y] = points[node as usize];
            x * direction[0] + y * direction[1]
        };
        let mut sorted: Vec<u32> = (0..index(piece.nodes.len())).collect();
        sorted.sort_by(|a, b| along(piece.nodes[*a as usize]).total_cmp(&along(piece.nodes[*b as usize])));
        let quarter = (sorted.len() / SHARE).max(1);
        let (reached, size) = flow.clone().least_cut(&sorted[..quarter], &sorted[sorted.len() - quarter..]);
        let inside = reached.iter().filter(|reached| **reached).count();
        let smaller = inside.min(reached.len() - inside).max(1);
        // Few edges for a fair split.
        #[expect(clippy::cast_precision_loss, reason = "counts of one city")]
        let badness = size as f64 / smaller as f64;
        if best.as_ref().is_none_or(|(least, _)| badness < *least) {
            best = Some((badness, reached));
        }
    }
    let reached = best.map(|(_, reached)| reached).unwrap_or_default();
    for (node, reached) in piece.nodes.iter().zip(reached) {
        side[*node as usize] = u8::from(reached);
    }
}

/// A network of pipes of width one, both ways, over the junctions of a piece (Dinic's method).
#[derive(Clone)]
struct Flow {
    first: Vec<u32>,
    /// Per half edge: where it leads, and which half edge leads back.
    to: Vec<u32>,
    back: Vec<u32>,
    free: Vec<u8>,
}

impl Flow {
    /// `local` has room for every junction; those of the piece are numbered in it.
    fn new(edges: &[[u32; 2]], piece: &Piece, local: &mut [u32]) -> Self {
        for (i, node) in piece.nodes.iter().enumerate() {
            local[*node as usize] = index(i);
        }
        let ends: Vec<[u32; 2]> = piece
            .edges
            .iter()
            .map(|edge| edges[*edge as usize].map(|node| local[node as usize]))
            .filter(|[a, b]| a != b)
            .collect();
        let mut first = vec![0_u32; piece.nodes.len() + 1];
        for node in ends.iter().flatten() {
            first[*node as usize + 1] += 1;
        }
        for i in 1..first.len() {
            first[i] += first[i - 1];
        }
        let mut fill = first.clone();
        let (mut to, mut back) = (vec![0; ends.len() * 2], vec![0; ends.len() * 2]);
        for [a, b] in ends {
            let (i, j) = (fill[a as usize], fill[b as usize]);
            fill[a as usize] += 1;
            fill[b as usize] += 1;
            (to[i as usize], back[i as usize]) = (b, j);
            (to[j as usize], back[j as usize]) = (a, i);
        }
        let free = vec![1; to.len()];
        Self { first, to, back, free }
    }

    /// The junctions on the source's side of a least cut, and its size.
    fn least_cut(mut self, sources: &[u32], sinks: &[u32]) -> (Vec<bool>, usize) {
        let count = self.first.len() - 1;
        let (mut is_sink, mut size) = (vec![false; count], 0);
        for sink in sinks {
            is_sink[*sink as usize] = true;
        }
        loop {
            let level = self.levels(sources);
            if !sinks.iter().any(|sink| level[*sink as usize] != u32::MAX) {
                return (level.into_iter().map(|level| level != u32::MAX).collect(), size);
            }
            let mut next = self.first[..count].to_vec();
            for source in sources {
                while self.push(*source, &level, &mut next, &is_sink) {
                    size += 1;
                }
            }
        }
    }

    fn levels(&self, sources: &[u32]) -> Vec<u32> {
        let mut level = vec![u32::MAX; self.first.len() - 1];
        let mut queue: VecDeque<u32> = sources.iter().copied().collect();
        for source in sources {
            level[*source as usize] = 0;
        }
        while let Some(node) = queue.pop_front() {
            for half in self.first[node as usize]..self.first[node as usize + 1] {
                let to = self.to[half as usize];
                if self.free[half as usize] > 0 && level[to as usize] == u32::MAX {
                    level[to as usize] = level[node as usize] + 1;
                    queue.push_back(to);
                }
            }
        }
        level
    }

    /// Sends one unit from `source` to a sink along rising levels; whether there was a way.
    fn push(&mut self, source: u32, level: &[u32], next: &mut [u32], is_sink: &[bool]) -> bool {
        let mut path: Vec<u32> = Vec::new();
        let mut at = source;
        while !is_sink[at as usize] {
            let end = self.first[at as usize + 1];
            let step = (next[at as usize]..end).find(|half| {
                let to = self.to[*half as usize] as usize;
                self.free[*half as usize] > 0 && level[to] == level[at as usize] + 1
            });
            if let Some(half) = step {
                next[at as usize] = half;
                path.push(half);
                at = self.to[half as usize];
            } else {
                next[at as usize] = end;
                let Some(half) = path.pop() else { return false };
                at = self.to[self.back[half as usize] as usize];
                next[at as usize] += 1;
            }
        }
        for half in path {
            self.free[half as usize] -= 1;
            self.free[self.back[half as usize] as usize] += 1;
        }
        true
    }
}

fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
