//! Straight pieces of the streets and a packed R-tree over them: built once, read only, no pointers
//! (Kamel and Faloutsos, "On packing R-trees", 1993: sorted along a Hilbert curve, full nodes).

/// Pieces in a leaf, and children of a node.
const FAN: usize = 16;

/// Steps along each side of the Hilbert curve.
const STEPS: u32 = 1 << 16;

/// A straight piece of an edge, in metres on the graph's plane. Single precision is a centimetre at
/// 100 km from the plane's origin.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    pub(super) edge: u32,
    ends: [[f32; 2]; 2],
    /// Metres along the edge where it starts and ends.
    along: [f32; 2],
}

impl Segment {
    /// A piece of `edge` from `a` to `b`, `along` metres from its start.
    pub(super) fn new(edge: u32, a: [f64; 2], b: [f64; 2], along: [f64; 2]) -> Self {
        Self { edge, ends: [a.map(single), b.map(single)], along: along.map(single) }
    }

    /// Where it starts.
    pub(super) fn a(&self) -> [f64; 2] {
        self.ends[0].map(f64::from)
    }

    /// Where it ends.
    pub(super) fn b(&self) -> [f64; 2] {
        self.ends[1].map(f64::from)
    }

    /// Metres along the edge at a fraction of the piece.
    pub(super) fn along_m(&self, fraction: f64) -> f64 {
        let [from, to] = self.along.map(f64::from);
        from + (to - from) * fraction
    }

    /// How far along the piece (0 to 1) the point nearest to `at` lies.
    pub(super) fn fraction(&self, at: [f64; 2]) -> f64 {
        let (a, b) = (self.a(), self.b());
        let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
        let square = dx * dx + dy * dy;
        if square == 0.0 {
            return 0.0;
        }
        (((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / square).clamp(0.0, 1.0)
    }

    /// The point at a fraction of the piece.
    pub(super) fn point(&self, fraction: f64) -> [f64; 2] {
        let (a, b) = (self.a(), self.b());
        [0, 1].map(|i| a[i] + (b[i] - a[i]) * fraction)
    }

    pub(super) fn distance_m(&self, at: [f64; 2]) -> f64 {
        self.square_m(at).sqrt()
    }

    /// The square of the distance, m².
    fn square_m(&self, at: [f64; 2]) -> f64 {
        let near = self.point(self.fraction(at));
        (near[0] - at[0]).powi(2) + (near[1] - at[1]).powi(2)
    }

    fn frame(&self) -> Frame {
        let [a, b] = self.ends;
        Frame { low: [0, 1].map(|i| a[i].min(b[i])), high: [0, 1].map(|i| a[i].max(b[i])) }
    }
}

/// A box around pieces.
#[derive(Debug, Clone, Copy)]
struct Frame {
    low: [f32; 2],
    high: [f32; 2],
}

impl Frame {
    const NOTHING: Self = Self { low: [f32::INFINITY; 2], high: [f32::NEG_INFINITY; 2] };

    fn with(self, other: Self) -> Self {
        Self {
            low: [0, 1].map(|i| self.low[i].min(other.low[i])),
            high: [0, 1].map(|i| self.high[i].max(other.high[i])),
        }
    }

    /// The square of the distance to its nearest point, m².
    fn square_m(&self, at: [f64; 2]) -> f64 {
        let outside = |i: usize| (f64::from(self.low[i]) - at[i]).max(at[i] - f64::from(self.high[i])).max(0.0);
        outside(0).powi(2) + outside(1).powi(2)
    }

    fn meets(&self, low: [f64; 2], high: [f64; 2]) -> bool {
        (0..2).all(|i| f64::from(self.low[i]) <= high[i] && f64::from(self.high[i]) >= low[i])
    }
}

/// All pieces of a graph.
#[derive(Debug, Clone, Default)]
pub(super) struct Segments {
    /// Along the curve: leaf `n` holds those from `n` × [`FAN`] on.
    pieces: Vec<Segment>,
    /// Boxes of the leaves, then of so many leaves each, and so on up to one node.
    levels: Vec<Vec<Frame>>,
}

impl Segments {
    /// Sorts pieces and packs them.
    pub(super) fn new(pieces: &[Segment]) -> Self {
        let all = pieces.iter().fold(Frame::NOTHING, |all, piece| all.with(piece.frame()));
        let mut order: Vec<(u32, u32)> =
            (0_u32..).zip(pieces).map(|(i, piece)| (on_curve(&all, piece.point(0.5)), i)).collect();
        order.sort_unstable();
        let pieces: Vec<Segment> = order.into_iter().map(|(_, i)| pieces[i as usize]).collect();
        let join = |frames: &[Frame]| frames.iter().fold(Frame::NOTHING, |all, frame| all.with(*frame));
        let leaf = |leaf: &[Segment]| leaf.iter().fold(Frame::NOTHING, |all, piece| all.with(piece.frame()));
        let mut levels: Vec<Vec<Frame>> = vec![pieces.chunks(FAN).map(leaf).collect()];
        while let Some(below) = levels.last().filter(|below| below.len() > 1) {
            levels.push(below.chunks(FAN).map(join).collect());
        }
        Self { pieces, levels }
    }

    /// All pieces.
    #[cfg(test)]
    pub(super) fn iter(&self) -> impl Iterator<Item = &Segment> {
        self.pieces.iter()
    }

    /// The piece nearest to a point.
    pub(super) fn nearest(&self, at: [f64; 2]) -> Option<&Segment> {
        let mut best = (f64::INFINITY, 0);
        self.look(self.levels.len() - 1, 0, at, &mut best);
        self.pieces.get(best.1)
    }

    /// Looks for something nearer than `best` (m², number) below one node, its nearest children first.
    fn look(&self, level: usize, node: usize, at: [f64; 2], best: &mut (f64, usize)) {
        let children = node * FAN..(node + 1) * FAN;
        let Some(below) = level.checked_sub(1).map(|level| &self.levels[level]) else {
            for (i, piece) in self.pieces.iter().enumerate().take(children.end).skip(children.start) {
                let square = piece.square_m(at);
                if square < best.0 {
                    *best = (square, i);
                }
            }
            return;
        };
        let mut near = [(f64::INFINITY, 0); FAN];
        let count = children.end.min(below.len()) - children.start;
        for (slot, i) in near.iter_mut().zip(children).take(count) {
            *slot = (below[i].square_m(at), i);
        }
        near[..count].sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        for (square, child) in &near[..count] {
            if *square >= best.0 {
                return;
            }
            self.look(level - 1, *child, at, best);
        }
    }

    /// Pieces whose box meets a box.
    pub(super) fn meeting(&self, low: [f64; 2], high: [f64; 2]) -> impl Iterator<Item = &Segment> {
        let mut open: Vec<(usize, usize)> = vec![(self.levels.len() - 1, 0)];
        let mut leaves = Vec::new();
        while let Some((level, node)) = open.pop() {
            if !self.levels[level].get(node).is_some_and(|frame| frame.meets(low, high)) {
                continue;
            }
            match level.checked_sub(1) {
                Some(below) => open.extend((node * FAN..(node + 1) * FAN).map(|child| (below, child))),
                None => leaves.push(node),
            }
        }
        let pieces = leaves.into_iter().flat_map(|leaf| self.pieces.iter().skip(leaf * FAN).take(FAN));
        pieces.filter(move |piece| piece.frame().meets(low, high))
    }
}

/// Where a point lies on the Hilbert curve through a box.
fn on_curve(all: &Frame, at: [f64; 2]) -> u32 {
    let [mut x, mut y] = [0, 1].map(|i| {
        let (low, wide) = (f64::from(all.low[i]), f64::from(all.high[i] - all.low[i]));
        let share = if wide > 0.0 { ((at[i] - low) / wide).clamp(0.0, 1.0) } else { 0.0 };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and STEPS - 1")]
        let step = (share * f64::from(STEPS - 1)) as u32;
        step
    });
    // Quarter by quarter, the square turned so that each quarter's end lies beside the next one's start.
    let (mut along, mut side) = (0, STEPS / 2);
    while side > 0 {
        let (right, up) = (u32::from(x & side > 0), u32::from(y & side > 0));
        along = along * 4 + ((3 * right) ^ up);
        if up == 0 {
            if right == 1 {
                (x, y) = (STEPS - 1 - x, STEPS - 1 - y);
            }
            std::mem::swap(&mut x, &mut y);
        }
        side /= 2;
    }
    along
}

#[expect(clippy::cast_possible_truncation, reason = "metres on a plane; see Segment")]
fn single(metres: f64) -> f32 {
    metres as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pieces of all lengths, some of none, some over the whole map.
    fn pieces(count: u32, rng: &mut fastrand::Rng) -> Vec<Segment> {
        let mut place = |reach: f64| [0, 1].map(|_| (rng.f64() - 0.5) * reach);
        (0..count)
            .map(|edge| {
                let (a, reach) = (place(20_000.0), [0.0, 30.0, 300.0, 20_000.0][edge as usize % 4]);
                let by = place(reach);
                Segment::new(edge, a, [a[0] + by[0], a[1] + by[1]], [0.0, 1.0])
            })
            .collect()
    }

    #[test]
    fn the_nearest_piece_and_those_in_a_box_are_what_a_plain_scan_finds() {
        let mut rng = fastrand::Rng::with_seed(11);
        for count in [1, 2, 15, 16, 17, 257, 3000] {
            let tree = Segments::new(&pieces(count, &mut rng));
            assert_eq!(tree.iter().count(), count as usize);
            for _ in 0..200 {
                let at = [0, 1].map(|_| (rng.f64() - 0.5) * 30_000.0);
                let least = tree.iter().map(|piece| piece.square_m(at)).fold(f64::INFINITY, f64::min);
                assert_eq!(tree.nearest(at).unwrap().square_m(at).to_bits(), least.to_bits());
                let high = at.map(|c| c + rng.f64() * 4000.0);
                let mut found: Vec<u32> = tree.meeting(at, high).map(|piece| piece.edge).collect();
                let scan = tree.iter().filter(|piece| piece.frame().meets(at, high));
                let mut expected: Vec<u32> = scan.map(|piece| piece.edge).collect();
                found.sort_unstable();
                expected.sort_unstable();
                assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn nothing_is_near_without_pieces_and_points_on_one_spot_are_found() {
        assert!(Segments::new(&[]).nearest([0.0, 0.0]).is_none());
        assert_eq!(Segments::new(&[]).meeting([-1.0, -1.0], [1.0, 1.0]).count(), 0);
        let same = vec![Segment::new(3, [5.0, 5.0], [5.0, 5.0], [0.0, 0.0]); 40];
        assert_eq!(Segments::new(&same).nearest([9.0, 5.0]).unwrap().edge, 3);
    }

    #[test]
    fn neighbours_on_the_curve_are_neighbours_on_the_map() {
        let all = Frame { low: [0.0, 0.0], high: [65_535.0, 65_535.0] };
        let mut cells: Vec<(u32, [f64; 2])> = (0..4096_u32)
            .map(|n| {
                let at = [f64::from(n % 64) * 1024.0, f64::from(n / 64) * 1024.0];
                (on_curve(&all, at), at)
            })
            .collect();
        cells.sort_by_key(|(along, _)| *along);
        for pair in cells.windows(2) {
            let steps = (pair[0].1[0] - pair[1].1[0]).abs() + (pair[0].1[1] - pair[1].1[1]).abs();
            assert!((steps - 1024.0).abs() < 1e-6, "{pair:?}");
        }
    }
}
