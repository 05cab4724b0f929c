//! Which junctions can be reached from each other: strongly connected components (Tarjan, without recursion).

/// The component of each junction, numbered from 0, given the junctions one can drive to from each.
pub(super) fn components(first: &[u32], to: &[u32]) -> Vec<u32> {
    const OPEN: u32 = u32::MAX;
    let count = first.len().saturating_sub(1);
    let mut component = vec![OPEN; count];
    let (mut number, mut low) = (vec![0_u32; count], vec![0_u32; count]);
    let (mut next_number, mut next_component) = (1, 0);
    let mut path: Vec<u32> = Vec::new();
    // A junction and the next of its streets to follow.
    let mut stack: Vec<(u32, u32)> = Vec::new();
    for start in 0..u32::try_from(count).unwrap_or(OPEN) {
        if number[start as usize] != 0 {
            continue;
        }
        stack.push((start, first[start as usize]));
        while let Some((node, at)) = stack.pop() {
            let n = node as usize;
            if number[n] == 0 {
                number[n] = next_number;
                low[n] = next_number;
                next_number += 1;
                path.push(node);
            }
            if at < first[n + 1] {
                stack.push((node, at + 1));
                let other = to[at as usize];
                if number[other as usize] == 0 {
                    stack.push((other, first[other as usize]));
                } else if component[other as usize] == OPEN {
                    low[n] = low[n].min(number[other as usize]);
                }
                continue;
            }
            if low[n] == number[n] {
                while let Some(member) = path.pop() {
                    component[member as usize] = next_component;
                    if member == node {
                        break;
                    }
                }
                next_component += 1;
            }
            if let Some((parent, _)) = stack.last() {
                let p = *parent as usize;
                low[p] = low[p].min(low[n]);
            }
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reachability by following every street from everywhere.
    fn reachable(count: usize, streets: &[(u32, u32)]) -> Vec<Vec<bool>> {
        let mut reach = vec![vec![false; count]; count];
        (0..count).for_each(|i| reach[i][i] = true);
        for _ in 0..count {
            for (a, b) in streets {
                for row in &mut reach {
                    row[*b as usize] |= row[*a as usize];
                }
            }
        }
        reach
    }

    #[test]
    fn two_junctions_share_a_component_when_each_reaches_the_other() {
        let mut rng = fastrand::Rng::with_seed(4);
        for _ in 0..300 {
            let count = rng.u32(1..12);
            let streets: Vec<(u32, u32)> = (0..rng.u32(0..20)).map(|_| (rng.u32(..count), rng.u32(..count))).collect();
            let mut first = vec![0_u32];
            let mut to = Vec::new();
            for node in 0..count {
                to.extend(streets.iter().filter(|(a, _)| *a == node).map(|(_, b)| *b));
                first.push(u32::try_from(to.len()).unwrap());
            }
            let found = components(&first, &to);
            let reach = reachable(count as usize, &streets);
            for a in 0..count as usize {
                for b in 0..count as usize {
                    assert_eq!(found[a] == found[b], reach[a][b] && reach[b][a], "{streets:?} {a} {b}");
                }
            }
        }
    }
}
