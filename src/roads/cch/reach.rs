//! The time from the nearest of several places to the start of every arc: one pass up the ranks, one pass
//! down (PHAST, Delling et al. 2011, over a customizable hierarchy).

use super::NEVER;
use super::hierarchy::{Hierarchy, Metric};

/// Milliseconds to the start of each arc; `seeds` are arcs with the milliseconds to their start.
#[must_use]
pub fn reach(hierarchy: &Hierarchy, metric: &Metric, seeds: &[(u32, u32)]) -> Vec<u32> {
    let count = hierarchy.rank.len();
    let mut ms = vec![NEVER; count];
    for (arc, weight) in seeds {
        let rank = hierarchy.rank[*arc as usize] as usize;
        ms[rank] = ms[rank].min(*weight);
    }
    for low in 0..count {
        if ms[low] == NEVER {
            continue;
        }
        for i in hierarchy.first[low] as usize..hierarchy.first[low + 1] as usize {
            let up = hierarchy.up[i] as usize;
            ms[up] = ms[up].min(ms[low].saturating_add(metric.rising[i]));
        }
    }
    for low in (0..count).rev() {
        for i in hierarchy.first[low] as usize..hierarchy.first[low + 1] as usize {
            ms[low] = ms[low].min(ms[hierarchy.up[i] as usize].saturating_add(metric.falling[i]));
        }
    }
    hierarchy.rank.iter().map(|rank| ms[*rank as usize].min(NEVER)).collect()
}
