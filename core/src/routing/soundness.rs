//! The proof that a routing cannot get stuck: every marking that can occur is visited, in a smaller net if there is
//! one.

use super::error::{AT_ONCE, AT_START};
use super::explore::{Finding, MAX_MARKINGS, MAX_MOVES, explore};
use super::net::Net;
use super::reduce::reduce;
use super::{Marking, Routing, RoutingError, bits};

/// What is wrong with a routing from its starts; empty if it is sound.
pub(super) fn check(routing: &Routing, left: &mut usize) -> Vec<RoutingError> {
    let roots: Vec<u128> = routing.starts.iter().map(|step| 1 << step).collect();
    let (finding, net) = prove(routing, &roots, left);
    match finding {
        Finding::Sound { ran } => (routing.steps.iter().enumerate())
            .filter(|(s, _)| ran >> s & 1 == 0)
            .map(|(_, step)| RoutingError::UnreachableStep { step: step.id.clone() })
            .collect(),
        other => vec![other.into_error(routing, &net, AT_START)],
    }
}

/// What is wrong from one marking on.
pub(super) fn check_from(routing: &Routing, marking: Marking) -> Vec<RoutingError> {
    let mut left = usize::MAX;
    let (finding, net) = prove(routing, &[marking.0], &mut left);
    match finding {
        Finding::Sound { .. } => Vec::new(),
        other => vec![other.into_error(routing, &net, AT_ONCE)],
    }
}

/// What exploring finds, and the net whose moves the finding names.
fn prove(routing: &Routing, roots: &[u128], left: &mut usize) -> (Finding, Net) {
    let whole = Net::of(routing);
    let mut small = whole.clone();
    reduce(&mut small, roots);
    let found = explore(&small, roots, left);
    if matches!(found, Finding::Sound { .. } | Finding::TooMany) {
        return (found, small);
    }
    // The way to the trouble is shortest in the whole net, if that can be explored.
    let shortest = explore(&whole, roots, left);
    match (&shortest, &found) {
        (Finding::TooMany, Finding::Twice { moves, .. }) => match twice(routing, &small, moves, roots) {
            Some(clash) => (Finding::Twice { moves: moves.clone(), clash }, small),
            None => (shortest, whole),
        },
        (Finding::TooMany, _) => (found, small),
        _ => (shortest, whole),
    }
}

/// The places that get a second token when what the moves fire is played; the smaller net allows more than that.
fn twice(routing: &Routing, net: &Net, moves: &[usize], roots: &[u128]) -> Option<u128> {
    let (fired, _) = net.fired(moves);
    roots.iter().find_map(|root| {
        let (mut marking, mut clash) = (*root, 0);
        for outcome in &fired {
            let (step, outcome) = (routing.step_of(*outcome)?, routing.outcomes.get(*outcome)?);
            if marking >> step & 1 == 0 {
                return None;
            }
            clash |= marking & outcome.keep & outcome.put;
            marking = marking & outcome.keep | outcome.put;
            marking = routing.joins.iter().fold(marking, |marking, join| join.settle(marking, &mut clash));
            if clash != 0 {
                return Some(clash);
            }
        }
        None
    })
}

/// Moves as words, `receive -complete-> check -approve->`.
fn path(routing: &Routing, net: &Net, moves: &[usize], start: &str) -> String {
    let (fired, all) = net.fired(moves);
    let mut words: Vec<String> = (fired.iter())
        .filter_map(|outcome| {
            let step = routing.step_id(routing.step_of(*outcome)?)?;
            Some(format!("{step} -{}->", routing.outcomes.get(*outcome)?.name))
        })
        .collect();
    if !all {
        words.push("…".into());
    }
    if words.is_empty() { start.into() } else { words.join(" ") }
}

impl Finding {
    fn into_error(self, routing: &Routing, net: &Net, start: &str) -> RoutingError {
        match self {
            Self::Twice { moves, clash } => {
                let step = bits(clash).next().and_then(|place| routing.step_of_place(place));
                let step = step.and_then(|step| routing.step_id(step)).unwrap_or_default().into();
                RoutingError::RunsTwice { path: path(routing, net, &moves, start), step }
            }
            Self::Stuck { moves, marking } => {
                let mut joins: Vec<String> = bits(marking)
                    .filter_map(|place| routing.step_id(routing.step_of_place(place)?))
                    .map(|id| format!("`{id}`"))
                    .collect();
                joins.dedup();
                RoutingError::Stuck { path: path(routing, net, &moves, start), waiting: joins.join(", ") }
            }
            Self::NeverEnds { moves } => RoutingError::NeverEnds { path: path(routing, net, &moves, start) },
            Self::Sound { .. } | Self::TooMany => {
                RoutingError::TooManyMarkings { limit: MAX_MARKINGS, moves: MAX_MOVES }
            }
        }
    }
}
