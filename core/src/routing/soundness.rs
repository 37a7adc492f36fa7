//! The proof that a routing cannot get stuck: every marking that can occur is visited.

use super::{Routing, RoutingError};
use std::collections::HashMap;

/// Above this a routing is refused rather than half proved; 17 steps side by side stay below it.
const MAX_MARKINGS: usize = 1 << 18;

struct Visit {
    marking: u128,
    /// How it was first reached: the earlier visit, the step and the outcome.
    from: Option<(usize, usize, usize)>,
}

/// The kinds of unsoundness, each with its nearest witness; empty if the routing is sound.
pub(super) fn check(routing: &Routing) -> Vec<RoutingError> {
    let mut visits = vec![Visit { marking: 1, from: None }];
    let mut seen: HashMap<u128, usize> = HashMap::from([(1, 0)]);
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let mut doubled = None;
    let mut ran: u128 = 0;
    let mut next = 0;
    while let Some(&Visit { marking, .. }) = visits.get(next) {
        ran |= marking;
        for (s, step) in routing.steps.iter().enumerate().filter(|(s, _)| marking >> s & 1 == 1) {
            for (o, outcome) in step.outcomes.iter().enumerate() {
                let rest = marking & !(1 << s);
                let settled = routing.settle(rest | outcome.put);
                // A token put on a place that holds one, or a join that fires onto its running step.
                let clash = rest & outcome.put
                    | routing
                        .joins
                        .iter()
                        .filter(|join| (rest | outcome.put) & join.need == join.need)
                        .fold(0, |all, join| all | join.put & (rest | outcome.put));
                if clash != 0 {
                    doubled.get_or_insert((next, s, o, clash));
                    continue;
                }
                let known = visits.len();
                let index = *seen.entry(settled).or_insert(known);
                if index == known {
                    if known == MAX_MARKINGS {
                        return vec![RoutingError::TooManyMarkings { limit: MAX_MARKINGS }];
                    }
                    visits.push(Visit { marking: settled, from: Some((next, s, o)) });
                }
                edges.push((next, index));
            }
        }
        next += 1;
    }
    let mut errors = Vec::new();
    if let Some((visit, s, o, clash)) = doubled {
        let place = clash.trailing_zeros() as usize;
        let step = routing
            .steps
            .get(place)
            .map_or_else(|| joined_step(routing, clash).unwrap_or_default(), |step| step.id.clone());
        errors.push(RoutingError::RunsTwice { path: path(routing, &visits, visit, Some((s, o))), step });
    }
    let ends = can_end(&visits, &edges, seen.get(&0).copied());
    if let Some(lost) = ends.iter().position(|can| !can) {
        // With a clash some ways are cut off, so a missing end is only told when it is the first trouble.
        let mut goes_on = vec![false; visits.len()];
        for (from, _) in &edges {
            if let Some(flag) = goes_on.get_mut(*from) {
                *flag = true;
            }
        }
        let dead =
            (0..visits.len()).find(|v| ends.get(*v) == Some(&false) && goes_on.get(*v) == Some(&false));
        match dead {
            _ if doubled.is_some() => {}
            Some(dead) => errors.push(RoutingError::Stuck {
                path: path(routing, &visits, dead, None),
                waiting: waiting(routing, visits.get(dead).map_or(0, |v| v.marking)),
            }),
            None => errors.push(RoutingError::NeverEnds { path: path(routing, &visits, lost, None) }),
        }
    }
    for (s, step) in routing.steps.iter().enumerate() {
        if ran >> s & 1 == 0 && errors.is_empty() {
            errors.push(RoutingError::UnreachableStep { step: step.id.clone() });
        }
    }
    // Several unreachable steps are each worth a line: they stand in different places of the file.
    if matches!(errors.as_slice(), [RoutingError::UnreachableStep { .. }]) {
        errors = (routing.steps.iter().enumerate())
            .filter(|(s, _)| ran >> s & 1 == 0)
            .map(|(_, step)| RoutingError::UnreachableStep { step: step.id.clone() })
            .collect();
    }
    errors
}

/// For each visit, whether the empty marking can be reached from it.
fn can_end(visits: &[Visit], edges: &[(usize, usize)], end: Option<usize>) -> Vec<bool> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); visits.len()];
    for (from, to) in edges {
        if let Some(list) = before.get_mut(*to) {
            list.push(*from);
        }
    }
    let mut ends = vec![false; visits.len()];
    let mut open: Vec<usize> = end.into_iter().collect();
    while let Some(visit) = open.pop() {
        if let Some(flag @ false) = ends.get_mut(visit) {
            *flag = true;
            open.extend(before.get(visit).into_iter().flatten());
        }
    }
    ends
}

fn path(routing: &Routing, visits: &[Visit], last: usize, then: Option<(usize, usize)>) -> String {
    let mut fired: Vec<(usize, usize)> = then.into_iter().collect();
    let mut at = last;
    while let Some((earlier, s, o)) = visits.get(at).and_then(|visit| visit.from) {
        fired.push((s, o));
        at = earlier;
    }
    if fired.is_empty() {
        return "the start".into();
    }
    let names: Vec<String> = (fired.iter().rev())
        .filter_map(|(s, o)| {
            let step = routing.steps.get(*s)?;
            Some(format!("{} -{}->", step.id, step.outcomes.get(*o)?.name))
        })
        .collect();
    names.join(" ")
}

fn joined_step(routing: &Routing, place: u128) -> Option<String> {
    let join = routing.joins.iter().find(|join| join.need & place != 0)?;
    Some(routing.steps.get(join.put.trailing_zeros() as usize)?.id.clone())
}

fn waiting(routing: &Routing, marking: u128) -> String {
    let stuck: Vec<String> = (routing.joins.iter())
        .filter(|join| marking & join.need != 0)
        .filter_map(|join| routing.steps.get(join.put.trailing_zeros() as usize))
        .map(|step| format!("`{}` waits for a branch that never comes", step.id))
        .collect();
    stuck.join(", ")
}
