//! The verdict on a routing is that of visiting every state of it.

#[path = "common/net.rs"]
mod net;

use motcua::routing::{OutcomeFlow, Rest, Routing, RoutingError, StepFlow};
use net::{Maker, Naive, Places, place};
use proptest::prelude::*;

/// How many completions a path tells.
fn told(path: &str) -> usize {
    path.matches("->").count()
}

fn says_the_same(flows: &[StepFlow], starts: &[String]) -> Result<bool, TestCaseError> {
    let naive = Naive { steps: flows, starts: starts.to_vec() };
    let roots: Vec<Places> = starts.iter().map(|start| place(start)).collect();
    let Some(verdict) = naive.explore(&roots, 3000) else { return Ok(false) };
    let names: Vec<&str> = starts.iter().map(String::as_str).collect();
    match Routing::compile(flows, &names) {
        Ok(_) => {
            prop_assert!(verdict.ends_well() && verdict.never_ran.is_empty(), "{verdict:?} {flows:?}");
        }
        Err(errors) => match &errors[0] {
            RoutingError::RunsTwice { path, .. } => {
                prop_assert_eq!(Some(told(path)), verdict.twice, "{} {:?}", path, flows)
            }
            RoutingError::Stuck { path, .. } => {
                prop_assert_eq!(
                    (None, Some(told(path))),
                    (verdict.twice, verdict.stuck),
                    "{} {:?}",
                    path,
                    flows
                );
            }
            RoutingError::NeverEnds { path } => {
                let found = (verdict.twice, verdict.stuck, verdict.lost);
                prop_assert_eq!((None, None, Some(told(path))), found, "{} {:?}", path, flows);
            }
            RoutingError::UnreachableStep { .. } => {
                let told: Vec<_> = errors.iter().map(|error| error.step().unwrap()).collect();
                prop_assert!(verdict.ends_well(), "{verdict:?} {flows:?}");
                prop_assert_eq!(told, verdict.never_ran);
            }
            other => prop_assert!(false, "{other:?} {flows:?}"),
        },
    }
    Ok(true)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(
        std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(2000)
    ))]

    /// Reduced or not, the verdict is that of visiting everything, with a way as short.
    #[test]
    fn the_proof_is_that_of_visiting_everything(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let (flows, starts) = Maker::make(&bytes);
        says_the_same(&flows, &starts)?;
    }

    /// The same for steps and arrows drawn without a plan.
    #[test]
    fn the_proof_is_right_about_chaos_too(
        table in prop::collection::vec((prop::collection::vec((prop::collection::vec(0usize..7, 1..3),
            prop::collection::vec(0usize..6, 0..2)), 1..3), any::<(bool, usize, bool)>()), 1..6),
    ) {
        let n = table.len();
        let name = |i: usize| if i >= n { "end".to_string() } else { format!("s{i}") };
        let mut flows: Vec<StepFlow> = table.iter().enumerate().map(|(i, (outcomes, _))| StepFlow {
            id: name(i),
            outcomes: outcomes.iter().enumerate().map(|(o, (to, cancel))| OutcomeFlow {
                name: format!("o{o}"),
                next: to.iter().map(|t| name(*t)).collect(),
                cancel: if i % 2 == 0 { vec![] } else {
                    cancel.iter().filter(|c| **c < n).map(|c| name(*c)).collect()
                },
            }).collect(),
            ..StepFlow::default()
        }).collect();
        for (to, (_, (joins, need, finish))) in table.iter().enumerate().filter(|(_, (_, (joins, ..)))| *joins) {
            let leads = |flow: &&StepFlow| flow.outcomes.iter().any(|o| o.next.contains(&name(to)));
            let join: Vec<String> = flows.iter().filter(leads).map(|flow| flow.id.clone()).collect();
            if *joins && !join.is_empty() {
                flows[to].need = Some(1 + need % join.len());
                flows[to].rest = if *finish { Rest::Finish } else { Rest::Cancel };
                flows[to].join = join;
            }
        }
        says_the_same(&flows, &[name(0)])?;
    }

    /// What compiles plays as the plain one does, and from wherever it stands the end is found.
    #[test]
    fn what_compiles_plays_to_its_end(
        bytes in prop::collection::vec(any::<u8>(), 0..80),
        choices in prop::collection::vec(any::<u16>(), 60),
    ) {
        let (flows, starts) = Maker::make(&bytes);
        let names: Vec<&str> = starts.iter().map(String::as_str).collect();
        if let Ok(routing) = Routing::compile(&flows, &names) {
            let naive = Naive { steps: &flows, starts: starts.clone() };
            let (mut at, mut plain) = (routing.start(), place(&starts[0]));
            for choice in choices {
                let mut running: Vec<_> = routing.running(at).map(String::from).collect();
                running.sort();
                prop_assert_eq!(running.iter().collect::<Vec<_>>(), naive.running(&plain));
                prop_assert_eq!(at.is_end(), plain.is_empty());
                if at.is_end() { break }
                let step = &running[choice as usize % running.len()];
                let outcomes = &flows.iter().find(|flow| flow.id == *step).unwrap().outcomes;
                let outcome = &outcomes[(choice >> 8) as usize % outcomes.len()];
                let index = routing.step_index(step).unwrap();
                let number = routing.outcome_index(index, &outcome.name).unwrap();
                let next = routing.fire(at, step, &outcome.name).unwrap();
                prop_assert_eq!(routing.fire_at(at, index, number), Some(next));
                at = next;
                plain = naive.fire(&plain, step, outcome).map_err(|()| TestCaseError::fail("runs twice"))?;
            }
            prop_assert!(routing.proves(at).is_ok());
        }
    }
}

#[test]
fn made_definitions_are_of_every_kind() {
    use proptest::strategy::{Strategy, ValueTree};
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut count = std::collections::BTreeMap::new();
    for _ in 0..1000 {
        let bytes = prop::collection::vec(any::<u8>(), 0..80).new_tree(&mut runner).unwrap().current();
        let (flows, starts) = Maker::make(&bytes);
        let names: Vec<&str> = starts.iter().map(String::as_str).collect();
        let code = Routing::compile(&flows, &names).map_or_else(|errors| errors[0].code(), |_| "sound");
        let partial = flows.iter().any(|flow| flow.need.is_some());
        let cancel = flows.iter().flat_map(|flow| &flow.outcomes).any(|outcome| !outcome.cancel.is_empty());
        *count.entry((code, partial, cancel)).or_insert(0) += 1;
    }
    for code in ["sound", "routing.stuck", "routing.runs_twice"] {
        for partial in [false, true] {
            for cancel in [false, true] {
                assert!(
                    count.get(&(code, partial, cancel)) > Some(&3),
                    "{code} {partial} {cancel}: {count:?}"
                );
            }
        }
    }
}
