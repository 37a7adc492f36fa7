//! The proof that a routing cannot get stuck: every marking that can occur is visited, in a smaller net if there is
//! one.

use super::error::{AT_ONCE, AT_START};
use super::explore::{Finding, explore};
use super::net::Net;
use super::reduce::reduce;
use super::{Marking, Routing, RoutingError, bits};

/// What is wrong with a routing from its starts; empty if it is sound.
pub(super) fn check(routing: &Routing) -> Vec<RoutingError> {
    let roots: Vec<u128> = routing.starts.iter().map(|step| 1 << step).collect();
    let (finding, net) = prove(routing, &roots);
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
    let (finding, net) = prove(routing, &[marking.0]);
    match finding {
        Finding::Sound { .. } => Vec::new(),
        other => vec![other.into_error(routing, &net, AT_ONCE)],
    }
}

/// What exploring finds, and the net whose moves the finding names.
fn prove(routing: &Routing, roots: &[u128]) -> (Finding, Net) {
    let whole = Net::of(routing);
    let mut small = whole.clone();
    reduce(&mut small, roots);
    let found = explore(&small, roots);
    if matches!(found, Finding::Sound { .. } | Finding::TooMany) {
        return (found, small);
    }
    // The way to the trouble is shortest in the whole net, if that can be explored.
    match explore(&whole, roots) {
        Finding::TooMany => (found, small),
        shortest => (shortest, whole),
    }
}

impl Finding {
    fn into_error(self, routing: &Routing, net: &Net, start: &str) -> RoutingError {
        let path = |moves: &[usize]| net.path(routing, moves).unwrap_or_else(|| start.into());
        match self {
            Self::Twice { moves, clash } => {
                let step = bits(clash).next().and_then(|place| routing.step_of_place(place));
                let step = step.and_then(|step| routing.step_id(step)).unwrap_or_default().into();
                RoutingError::RunsTwice { path: path(&moves), step }
            }
            Self::Stuck { moves, marking } => {
                let mut joins: Vec<String> = bits(marking)
                    .filter_map(|place| routing.step_id(routing.step_of_place(place)?))
                    .map(|id| format!("`{id}`"))
                    .collect();
                joins.dedup();
                RoutingError::Stuck { path: path(&moves), waiting: joins.join(", ") }
            }
            Self::NeverEnds { moves } => RoutingError::NeverEnds { path: path(&moves) },
            Self::Sound { .. } | Self::TooMany => RoutingError::TooManyMarkings {
                limit: super::explore::MAX_MARKINGS,
                moves: super::explore::MAX_MOVES,
            },
        }
    }
}
