//! A routing as bare masks, as it is explored.

use super::{Join, Routing, mask};

/// One way to change a marking: an outcome, or several one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Move {
    /// The step that is completed.
    pub(super) from: usize,
    pub(super) keep: u128,
    pub(super) put: u128,
    /// The steps that run in between.
    pub(super) ran: u128,
    /// What is fired: below the number of outcomes one of them, above it a pair.
    pub(super) fired: usize,
}

impl Move {
    pub(super) fn take(&self) -> u128 {
        1 << self.from
    }

    pub(super) fn cancels(&self) -> bool {
        self.keep != !self.take()
    }
}

#[derive(Debug, Clone)]
pub(super) struct Net {
    /// Sorted by `from`.
    pub(super) moves: Vec<Move>,
    /// The joins that fire as soon as they can.
    pub(super) joins: Vec<Join>,
    /// Those that may fire later.
    pub(super) loose: Vec<Join>,
    /// For each step the steps that can run whenever it does.
    pub(super) along: Vec<u128>,
    /// What is fired one after the other.
    pub(super) pairs: Vec<(usize, usize)>,
    /// The places of steps.
    pub(super) steps: u128,
    outcomes: usize,
}

/// No path is longer; shortest ones are far shorter.
const LONGEST: usize = 1000;

impl Net {
    pub(super) fn of(routing: &Routing) -> Self {
        let moves = routing.steps.iter().enumerate().flat_map(|(from, step)| {
            let outcomes = routing.outcomes.iter().enumerate().skip(step.first).take(step.count);
            outcomes.map(move |(fired, o)| Move { from, keep: o.keep, put: o.put, ran: 0, fired })
        });
        Self {
            moves: moves.collect(),
            joins: routing.joins.clone(),
            loose: Vec::new(),
            along: (0..routing.steps.len()).map(|step| 1 << step).collect(),
            pairs: Vec::new(),
            steps: mask(routing.steps.len()),
            outcomes: routing.outcomes.len(),
        }
    }

    /// What is fired by one and then by the other.
    pub(super) fn pair(&mut self, one: usize, other: usize) -> usize {
        self.pairs.push((one, other));
        self.outcomes + self.pairs.len() - 1
    }

    /// The outcomes that moves fire, one after the other, and whether these are all; a number that is no move fires
    /// none.
    pub(super) fn fired(&self, moves: &[usize]) -> (Vec<usize>, bool) {
        let mut open: Vec<usize> =
            moves.iter().rev().filter_map(|at| Some(self.moves.get(*at)?.fired)).collect();
        let mut outcomes = Vec::new();
        while let Some(fired) = open.pop() {
            if let Some((one, other)) = fired.checked_sub(self.outcomes).and_then(|at| self.pairs.get(at)) {
                open.extend([*other, *one]);
            } else if outcomes.len() == LONGEST {
                return (outcomes, false);
            } else {
                outcomes.push(fired);
            }
        }
        (outcomes, true)
    }
}
