//! Routings: what is sound runs to its end, what is not is refused with a path to the trouble.

use motcua::routing::{Routing, RoutingError, StepFlow};
use proptest::prelude::*;

/// `id outcome:target+target ... <join,join`
fn flow(text: &str) -> Vec<StepFlow> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split_whitespace();
            let id = words.next().unwrap().to_string();
            let mut step = StepFlow { id, outcomes: vec![], join: vec![] };
            for word in words {
                if let Some(join) = word.strip_prefix('<') {
                    step.join = join.split(',').map(String::from).collect();
                } else {
                    let (name, to) = word.split_once(':').unwrap();
                    step.outcomes.push((name.into(), to.split('+').map(String::from).collect()));
                }
            }
            step
        })
        .collect()
}

fn refused(text: &str) -> Vec<RoutingError> {
    Routing::compile(&flow(text)).unwrap_err()
}

#[test]
fn sequence_choice_and_return() {
    let routing = Routing::compile(&flow(
        "receive ok:check
         check ok:sign incomplete:receive
         sign ok:end return_to:check",
    ))
    .unwrap();
    let mut at = routing.start();
    for (step, outcome) in [
        ("receive", "ok"),
        ("check", "incomplete"),
        ("receive", "ok"),
        ("check", "ok"),
        ("sign", "return_to"),
        ("check", "ok"),
        ("sign", "ok"),
    ] {
        assert_eq!(routing.running(at).collect::<Vec<_>>(), [step]);
        at = routing.fire(at, step, outcome).unwrap();
    }
    assert!(at.is_end());
}

#[test]
fn a_step_that_does_not_run_cannot_be_completed() {
    let routing = Routing::compile(&flow("a ok:b\n b ok:end")).unwrap();
    let error = routing.fire(routing.start(), "b", "ok").unwrap_err();
    assert_eq!(error.code(), "routing.not_running");
    assert!(error.to_string().contains("what runs now first: a"), "{error}");
    assert_eq!(routing.fire(routing.start(), "x", "ok").unwrap_err().code(), "routing.unknown_step");
    assert_eq!(routing.fire(routing.start(), "a", "no").unwrap_err().code(), "routing.unknown_outcome");
}

#[test]
fn a_join_that_a_choice_can_starve_is_refused_with_the_path() {
    let errors = refused(
        "receive ok:left+right
         left ok:deliver
         right ok:deliver drop:end
         deliver ok:end <left,right",
    );
    let [RoutingError::Stuck { path, waiting }] = errors.as_slice() else { panic!("{errors:?}") };
    assert!(path.contains("right -drop->"), "{path}");
    assert!(waiting.contains("deliver"), "{waiting}");
}

#[test]
fn a_join_names_all_that_lead_to_it() {
    let errors = refused("a ok:b+c\n b ok:d\n c ok:d again:e\n e ok:d\n d ok:end <b,c");
    let [RoutingError::JoinLacks { step, from }] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!((step.as_str(), from.as_str()), ("d", "e"));
}

#[test]
fn a_fork_without_a_join_runs_a_step_twice() {
    let errors = refused("a ok:b+c\n b ok:d\n c ok:d\n d ok:end");
    let [RoutingError::RunsTwice { path, step }] = errors.as_slice() else { panic!("{errors:?}") };
    assert_eq!(step, "d");
    assert!(path.starts_with("a -ok->"), "{path}");
}

#[test]
fn a_loop_without_a_way_out_is_refused() {
    let errors = refused("a ok:b other:end\n b ok:c\n c ok:b");
    assert_eq!(errors[0].code(), "routing.never_ends");
    assert!(errors[0].to_string().contains("a -ok->"), "{}", errors[0]);
}

#[test]
fn names_are_checked_and_all_of_them_reported() {
    let codes: Vec<_> =
        refused("a ok:nowhere\n a ok:end\n b\n c ok:end <a").iter().map(|e| e.code()).collect();
    assert_eq!(
        codes,
        ["routing.duplicate_step", "routing.join_not_fed", "routing.unknown_target", "routing.no_outcome"]
    );
    assert_eq!(refused("").first().unwrap().code(), "routing.empty");
    let codes: Vec<_> = refused("a ok:end\n b ok:end\n c ok:b").iter().map(|e| e.code()).collect();
    assert_eq!(codes, ["routing.unreachable_step", "routing.unreachable_step"]);
    let many = (0..200).map(|i| format!("s{i} ok:s{}\n", i + 1)).collect::<String>() + "s200 ok:end";
    assert_eq!(refused(&many)[0].code(), "routing.too_large");
    let wide = (0..30).map(|i| format!("b{i}")).collect::<Vec<_>>();
    let mut text = format!("a ok:{}\n", wide.join("+"));
    for branch in &wide {
        text += &format!("{branch} ok:end\n");
    }
    assert_eq!(refused(&text)[0].code(), "routing.too_many_markings");
}

#[test]
fn every_error_speaks_vietnamese_too() {
    for error in refused("a ok:nowhere\n a ok:end\n b\n c ok:end <a") {
        assert!(!error.vi().is_empty() && error.vi() != error.to_string());
    }
}

proptest! {
    /// Whatever compiles runs to its end: a random walk that prefers the way out always finds it.
    #[test]
    fn what_compiles_never_gets_stuck(
        table in prop::collection::vec((prop::collection::vec(prop::collection::vec(0usize..7, 1..3), 1..3),
            prop::option::weighted(0.2, (0usize..6, 0usize..6))), 1..6),
        choices in prop::collection::vec(any::<u16>(), 400),
    ) {
        let n = table.len();
        let name = |i: usize| if i >= n { "end".to_string() } else { format!("s{i}") };
        let flows: Vec<StepFlow> = table.iter().enumerate().map(|(i, (outcomes, join))| StepFlow {
            id: name(i),
            outcomes: outcomes.iter().enumerate()
                .map(|(o, to)| (format!("o{o}"), to.iter().map(|t| name(*t)).collect())).collect(),
            join: join.iter().filter(|(a, b)| a != b && *a < n && *b < n)
                .flat_map(|(a, b)| [name(*a), name(*b)]).collect(),
        }).collect();
        if let Ok(routing) = Routing::compile(&flows) {
            let mut at = routing.start();
            for choice in choices {
                if at.is_end() { break; }
                let running: Vec<_> = routing.running(at).map(String::from).collect();
                prop_assert!(!running.is_empty(), "stuck in {at:?} of {flows:?}");
                let step = &running[choice as usize % running.len()];
                let outcomes: Vec<_> = routing.outcomes(step).map(String::from).collect();
                let next = routing.fire(at, step, &outcomes[(choice >> 8) as usize % outcomes.len()]).unwrap();
                at = next;
            }
        }
    }
}
