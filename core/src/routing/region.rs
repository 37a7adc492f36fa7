//! What lies between a fork and the join of its branches.

use super::{bits, mask};

/// The steps between the nearest step through which every way to the awaited ones leads, and the join; neither of
/// the two is among them. `leads` holds for each step the steps that its outcomes lead to.
pub(super) fn between(leads: &[u128], starts: u128, join: usize, awaited: u128) -> u128 {
    let over = dominators(leads, starts);
    let common =
        bits(awaited).filter_map(|step| over.get(step)).fold(mask(leads.len()), |all, set| all & set);
    // The dominators of a step lie on one way, so the nearest has the most above it.
    let fork = bits(common).max_by_key(|step| over.get(*step).map_or(0, |set| set.count_ones()));
    let edge = 1 << join | fork.map_or(0, |fork| 1 << fork);
    let first = fork.map_or(starts, |fork| leads.get(fork).copied().unwrap_or_default());
    let mut below = first & !edge;
    let mut above = awaited & !edge;
    loop {
        let before = (below, above);
        for (step, to) in leads.iter().enumerate() {
            if below >> step & 1 == 1 {
                below |= to & !edge;
            }
            if to & above != 0 {
                above |= 1 << step & !edge;
            }
        }
        if (below, above) == before {
            return below & above;
        }
    }
}

/// For each step those through which every way from a start to it leads, itself among them.
fn dominators(leads: &[u128], starts: u128) -> Vec<u128> {
    let all = mask(leads.len());
    let mut over: Vec<u128> =
        (0..leads.len()).map(|step| if starts >> step & 1 == 1 { 1 << step } else { all }).collect();
    loop {
        let mut changed = false;
        for step in 0..leads.len() {
            let before = leads.iter().zip(&over).filter(|(to, _)| *to >> step & 1 == 1);
            let common = before.fold(all, |common, (_, set)| common & set) | 1 << step;
            if let Some(set) = over.get_mut(step).filter(|set| **set & common != **set) {
                *set &= common;
                changed = true;
            }
        }
        if !changed {
            return over;
        }
    }
}
