//! Visits every marking of a net.

use super::bits;
use super::net::Net;

/// Above this a routing is refused rather than half proved.
pub(super) const MAX_MARKINGS: usize = 1 << 18;
/// So many ways between markings are looked at; seventeen branches that cannot be reduced have a million.
pub(super) const MAX_MOVES: usize = 1 << 22;

/// What was found; the moves lead to it from a root, on a shortest way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// The end can be reached from everywhere, and no place gets two tokens.
    Sound {
        /// The steps that run in some marking.
        ran: u128,
    },
    /// A place gets a second token.
    Twice {
        moves: Vec<usize>,
        /// The places that get it.
        clash: u128,
    },
    /// Nothing runs, and it is not the end.
    Stuck { moves: Vec<usize>, marking: u128 },
    /// Something always runs, and never ends.
    NeverEnds { moves: Vec<usize> },
    /// There is too much to visit.
    TooMany,
}

struct Visit {
    marking: u128,
    /// The earlier visit from which it was first reached, and the move.
    from: Option<(u32, u32)>,
}

struct Visits {
    all: Vec<Visit>,
    /// Numbers of visits by the hash of their marking; `u32::MAX` if there is none.
    slots: Vec<u32>,
}

impl Visits {
    /// The number of a marking, a new one if it was not seen.
    fn number(&mut self, marking: u128, from: Option<(u32, u32)>) -> u32 {
        if self.all.len() * 2 >= self.slots.len() {
            self.grow();
        }
        let mut at = slot(marking, self.slots.len());
        loop {
            match self.slots.get(at).and_then(|number| Some((number, self.all.get(*number as usize)?))) {
                Some((number, visit)) if visit.marking == marking => return *number,
                Some(_) => at = (at + 1) & (self.slots.len() - 1),
                None => break,
            }
        }
        let number = self.all.len() as u32;
        if let Some(slot) = self.slots.get_mut(at) {
            *slot = number;
        }
        self.all.push(Visit { marking, from });
        number
    }

    fn grow(&mut self) {
        let size = (self.slots.len() * 4).max(16);
        self.slots.clear();
        self.slots.resize(size, u32::MAX);
        for (number, visit) in self.all.iter().enumerate() {
            let mut at = slot(visit.marking, size);
            while self.slots.get(at).is_some_and(|taken| *taken != u32::MAX) {
                at = (at + 1) & (size - 1);
            }
            if let Some(slot) = self.slots.get_mut(at) {
                *slot = number as u32;
            }
        }
    }

    fn way(&self, last: usize) -> Vec<usize> {
        let mut way = Vec::new();
        let mut at = last;
        while let Some((earlier, taken)) = self.all.get(at).and_then(|visit| visit.from) {
            way.push(taken as usize);
            at = earlier as usize;
        }
        way.reverse();
        way
    }
}

fn slot(marking: u128, size: usize) -> usize {
    let mixed =
        (marking as u64 ^ ((marking >> 64) as u64).rotate_left(31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((mixed ^ mixed >> 29).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20) as usize & (size - 1)
}

/// Visits all markings that can be reached from the roots, the nearest first. The ways that were looked at are taken from
/// what is left.
pub(super) fn explore(net: &Net, roots: &[u128], left: &mut usize) -> Finding {
    let most = MAX_MOVES.min(*left);
    let mut edges: Vec<(u32, u32)> = Vec::new();
    let found = visit(net, roots, most, &mut edges);
    *left -= edges.len();
    found
}

fn visit(net: &Net, roots: &[u128], most: usize, edges: &mut Vec<(u32, u32)>) -> Finding {
    let mut visits = Visits { all: Vec::new(), slots: Vec::new() };
    for root in roots {
        visits.number(*root, None);
    }
    // The moves of step `s` are `first[s]..first[s + 1]`.
    let mut first = vec![0; net.along.len() + 1];
    for (at, step) in net.moves.iter().enumerate() {
        if let Some(end) = first.get_mut(step.from + 1) {
            *end = at + 1;
        }
    }
    for step in 1..first.len() {
        let before = first.get(step - 1).copied().unwrap_or_default();
        if let Some(end) = first.get_mut(step).filter(|end| **end < before) {
            *end = before;
        }
    }
    let mut ran: u128 = 0;
    let mut next = 0;
    while let Some(marking) = visits.all.get(next).map(|visit| visit.marking) {
        for step in bits(marking & net.steps) {
            ran |= net.along.get(step).copied().unwrap_or_default();
            let range = first.get(step).zip(first.get(step + 1)).map_or(0..0, |(from, to)| *from..*to);
            for (at, taken) in net.moves.iter().enumerate().take(range.end).skip(range.start) {
                let rest = marking & taken.keep;
                // A token put on a place that holds one, or a join that fires onto its running step.
                let mut clash = rest & taken.put;
                let mut moved = rest | taken.put;
                if taken.put & !net.steps != 0 {
                    moved = net.joins.iter().fold(moved, |marking, join| join.settle(marking, &mut clash));
                }
                if clash != 0 {
                    let mut moves = visits.way(next);
                    moves.push(at);
                    return Finding::Twice { moves, clash };
                }
                ran |= taken.ran;
                let number = visits.number(moved, Some((next as u32, at as u32)));
                if visits.all.len() > MAX_MARKINGS || edges.len() >= most {
                    return Finding::TooMany;
                }
                edges.push((next as u32, number));
            }
        }
        for join in &net.loose {
            let mut clash = 0;
            let Some(moved) = join.fire_once(marking, &mut clash) else { continue };
            if clash != 0 {
                return Finding::Twice { moves: visits.way(next), clash };
            }
            let number = visits.number(moved, Some((next as u32, u32::MAX)));
            if edges.len() >= most {
                return Finding::TooMany;
            }
            edges.push((next as u32, number));
        }
        next += 1;
    }
    let ends = can_end(&visits, edges);
    let lost = |visit: &usize| ends.get(*visit) == Some(&false);
    let Some(first_lost) = (0..visits.all.len()).find(lost) else {
        return Finding::Sound { ran };
    };
    let is_dead = |visit: &usize| visits.all.get(*visit).is_some_and(|visit| visit.marking & net.steps == 0);
    match (first_lost..visits.all.len()).filter(lost).find(is_dead) {
        Some(dead) => Finding::Stuck {
            moves: visits.way(dead),
            marking: visits.all.get(dead).map_or(0, |visit| visit.marking),
        },
        None => Finding::NeverEnds { moves: visits.way(first_lost) },
    }
}

/// For each visit, whether the empty marking can be reached from it.
fn can_end(visits: &Visits, edges: &[(u32, u32)]) -> Vec<bool> {
    let mut ends: Vec<bool> = visits.all.iter().map(|visit| visit.marking == 0).collect();
    let flag = |ends: &[bool], visit: u32| ends.get(visit as usize).copied().unwrap_or_default();
    // Visited late is near the end, so few passes from the back settle nearly all.
    for _ in 0..4 {
        let mut changed = false;
        for (from, to) in edges.iter().rev() {
            if flag(&ends, *to) && !flag(&ends, *from) {
                if let Some(end) = ends.get_mut(*from as usize) {
                    *end = true;
                }
                changed = true;
            }
        }
        if !changed {
            return ends;
        }
    }
    let mut before: Vec<Vec<u32>> = vec![Vec::new(); visits.all.len()];
    for (from, to) in edges {
        if let Some(list) = before.get_mut(*to as usize).filter(|_| !flag(&ends, *from)) {
            list.push(*from);
        }
    }
    let mut open: Vec<u32> = (0..visits.all.len() as u32).filter(|visit| flag(&ends, *visit)).collect();
    while let Some(visit) = open.pop() {
        for from in before.get(visit as usize).into_iter().flatten() {
            if let Some(end @ false) = ends.get_mut(*from as usize) {
                *end = true;
                open.push(*from);
            }
        }
    }
    ends
}
