//! The hierarchy: which shortcuts there are (once per map), and what they weigh (once per state of
//! the roads).

use super::NEVER;

/// A step from one arc to the next: `from` and `to` are arcs, `weight` milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// The arc that is left.
    pub from: u32,
    /// The arc that is entered.
    pub to: u32,
    /// From the start of the one to the start of the other, milliseconds; [`NEVER`] when closed.
    pub weight: u32,
}

/// The shape of a hierarchy: ranks, the elimination tree, and the shortcuts. Depends on the map alone.
#[derive(Debug, Clone)]
pub struct Hierarchy {
    /// Rank of each arc.
    pub(super) rank: Vec<u32>,
    /// Shortcuts of rank `r` upwards: `up[first[r]..first[r + 1]]`, ranks ascending; the first one is
    /// the parent of `r` in the elimination tree.
    pub(super) first: Vec<u32>,
    pub(super) up: Vec<u32>,
}

/// The weights of a hierarchy's shortcuts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metric {
    /// From the lower to the higher end of each shortcut, milliseconds.
    pub(super) rising: Vec<u32>,
    /// From the higher to the lower end.
    pub(super) falling: Vec<u32>,
}

impl Hierarchy {
    /// The shortcuts needed to contract arcs in `order` (first contracted first; each arc once).
    #[must_use]
    pub fn new(order: &[u32], links: &[Link]) -> Self {
        let mut rank = vec![0_u32; order.len()];
        for (position, arc) in order.iter().enumerate() {
            rank[*arc as usize] = index(position);
        }
        let mut above: Vec<Vec<u32>> = vec![Vec::new(); order.len()];
        for link in links {
            let [a, b] = [rank[link.from as usize], rank[link.to as usize]];
            if a != b {
                above[a.min(b) as usize].push(a.max(b));
            }
        }
        let (mut first, mut up) = (Vec::with_capacity(order.len() + 1), Vec::new());
        first.push(0);
        for low in 0..order.len() {
            let mut own = std::mem::take(&mut above[low]);
            own.sort_unstable();
            own.dedup();
            // What is above a rank is joined when it is contracted: all of it goes to its parent.
            if let Some((parent, rest)) = own.split_first() {
                above[*parent as usize].extend_from_slice(rest);
            }
            up.extend_from_slice(&own);
            first.push(index(up.len()));
        }
        up.shrink_to_fit();
        Self { rank, first, up }
    }

    /// How many shortcuts there are.
    #[must_use]
    pub fn shortcuts(&self) -> usize {
        self.up.len()
    }

    /// Bytes it takes in memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        4 * (self.rank.len() + self.first.len() + self.up.len())
    }

    pub(super) fn above(&self, rank: u32) -> std::ops::Range<usize> {
        self.first[rank as usize] as usize..self.first[rank as usize + 1] as usize
    }

    /// Weighs every shortcut for the links as they are now.
    #[must_use]
    pub fn customise(&self, links: &[Link]) -> Metric {
        let mut metric = Metric { rising: vec![NEVER; self.up.len()], falling: vec![NEVER; self.up.len()] };
        for link in links {
            let [a, b] = [self.rank[link.from as usize], self.rank[link.to as usize]];
            let own = self.above(a.min(b));
            let Ok(at) = self.up[own.clone()].binary_search(&a.max(b)) else { continue };
            let weights = if a < b { &mut metric.rising } else { &mut metric.falling };
            let weight = &mut weights[own.start + at];
            *weight = (*weight).min(link.weight);
        }
        for low in 0..index(self.rank.len()) {
            self.relax_triangles(low, &mut metric);
        }
        metric
    }

    /// Every way over `low` between two ranks above it may be the shorter one between them.
    fn relax_triangles(&self, low: u32, metric: &mut Metric) {
        let own = self.above(low);
        for i in own.clone() {
            let (to_i, from_i) = (metric.rising[i], metric.falling[i]);
            if to_i == NEVER && from_i == NEVER {
                continue;
            }
            // All ranks above `i` among ours are above `up[i]` too: two sorted lists, one pass.
            let mut at = self.above(self.up[i]).start;
            for j in i + 1..own.end {
                while self.up[at] != self.up[j] {
                    at += 1;
                }
                metric.rising[at] = metric.rising[at].min(from_i + metric.rising[j]);
                metric.falling[at] = metric.falling[at].min(metric.falling[j] + to_i);
            }
        }
    }
}

fn index(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
