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
    pub(super) joins: Vec<Join>,
    /// For each step the steps that can run whenever it does.
    pub(super) along: Vec<u128>,
    /// What is fired one after the other.
    pub(super) pairs: Vec<(usize, usize)>,
    /// The places of steps.
    pub(super) steps: u128,
    outcomes: usize,
}

/// A path is told in so many outcomes, and then broken off.
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

    /// Moves as words, `receive -complete-> check -approve->`; none if there are none.
    pub(super) fn path(&self, routing: &Routing, moves: &[usize]) -> Option<String> {
        let mut open: Vec<usize> =
            moves.iter().rev().filter_map(|at| Some(self.moves.get(*at)?.fired)).collect();
        let mut words: Vec<String> = Vec::new();
        while let Some(fired) = open.pop() {
            if let Some((one, other)) = fired.checked_sub(self.outcomes).and_then(|at| self.pairs.get(at)) {
                open.extend([*other, *one]);
            } else if words.len() == LONGEST {
                words.push("…".into());
                break;
            } else if let (Some(step), Some(outcome)) =
                (routing.steps.iter().rfind(|step| step.first <= fired), routing.outcomes.get(fired))
            {
                words.push(format!("{} -{}->", step.id, outcome.name));
            }
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}
