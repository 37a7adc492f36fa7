//! Routings: what is sound runs to its end, what is not is refused with a path to the trouble.

#[path = "common/flows.rs"]
mod flows;

use flows::{compile, flow, refused};
use motcua::routing::{OutcomeFlow, Routing, RoutingError, StepFlow};

#[test]
fn sequence_choice_and_return() {
    let routing = compile(
        "receive ok:check
         check ok:sign incomplete:receive
         sign ok:end return_to:check",
    );
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
    let routing = compile("a ok:b\n b ok:end");
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

#[test]
fn what_is_wrong_is_told_with_a_shortest_way_there() {
    for (what, definition, code, path) in [
        (
            "8 multi-merge",
            "f ok:a+b\n a ok:c\n b ok:c\n c ok:end",
            "routing.runs_twice",
            "f -ok-> a -ok-> b -ok->",
        ),
        ("42 thread split", "a ok:a+b\n b ok:end", "routing.runs_twice", "a -ok-> a -ok->"),
        (
            "a branch never starts",
            "f a:a b:b\n a ok:j\n b ok:j\n j ok:end <a,b",
            "routing.stuck",
            "f -a-> a -ok->",
        ),
        (
            "fewer come than are needed",
            "f ok:a+b+c\n a ok:j no:end\n b ok:j no:end\n c ok:j\n j ok:end <a,b,c <need:2",
            "routing.stuck",
            "f -ok-> a -no-> b -no-> c -ok->",
        ),
        (
            "the last never comes to be forgotten",
            "f ok:a+b\n a ok:j\n b ok:j no:end\n j ok:end <a,b <need:1 <finish",
            "routing.stuck",
            "f -ok-> b -no-> a -ok-> j -ok->",
        ),
        ("no way out", "a ok:b\n b ok:c\n c ok:b", "routing.never_ends", "the start"),
        ("no way out of a branch", "a ok:b+c\n b ok:end\n c ok:c", "routing.never_ends", "the start"),
        (
            "a loop over a fork that is not over",
            "f ok:a+b\n a ok:j\n b ok:j\n j more:f ok:end <a,b <need:1 <finish",
            "routing.runs_twice",
            "f -ok-> a -ok-> j -more-> f -ok->",
        ),
        (
            "a branch is cancelled only in part",
            "f ok:a+b\n a ok:j stop:end~b\n b ok:b2\n b2 ok:j\n j ok:end <a,b2",
            "routing.stuck",
            "f -ok-> b -ok-> b2 -ok-> a -stop->",
        ),
    ] {
        let errors = refused(definition);
        assert_eq!(errors.iter().map(RoutingError::code).collect::<Vec<_>>(), [code], "{what}: {errors:?}");
        let told = errors[0].to_string();
        // Of several shortest ways any will do.
        let found = told.split("after ").nth(1).unwrap_or_default();
        assert_eq!(found.matches("->").count(), path.matches("->").count(), "{what}: {told}");
        assert!(path != "the start" || told.contains(path), "{what}: {told}");
        assert!(!errors[0].vi().contains("the start"), "{}", errors[0].vi());
    }
}

#[test]
fn joins_cancels_and_starts_are_checked_by_name() {
    for (definition, starts, code) in [
        ("a ok:b\n b ok:end <a,a", vec![], "routing.join_twice"),
        ("a ok:b\n b ok:end <a <need:2", vec![], "routing.bad_need"),
        ("a ok:b\n b ok:end <a <need:0", vec![], "routing.bad_need"),
        ("a ok:b\n b ok:end <need:1", vec![], "routing.bad_need"),
        ("a ok:b~x\n b ok:end", vec![], "routing.unknown_cancel"),
        ("a ok:b ok:end\n b ok:end", vec![], "routing.duplicate_outcome"),
        ("a ok:end", vec!["x"], "routing.unknown_start"),
        ("a ok:end\n b ok:end", vec!["a"], "routing.unreachable_step"),
    ] {
        let errors = Routing::compile(&flow(definition), &starts).unwrap_err();
        assert_eq!(errors[0].code(), code, "{definition}: {errors:?}");
        assert!(errors[0].step().is_some());
        assert!(errors[0].to_string() != errors[0].vi());
    }
}

#[test]
fn cases_may_begin_elsewhere() {
    let flows = flow("a ok:b\n b ok:end\n c ok:b");
    let routing = Routing::compile(&flows, &["c", "a"]).unwrap();
    assert_eq!(routing.start(), routing.start_at("c").unwrap());
    assert_eq!(routing.running(routing.start_at("a").unwrap()).collect::<Vec<_>>(), ["a"]);
    assert_eq!((routing.start_at("b"), routing.start_at("x")), (None, None));
    // Each start is proved: here one of them is without the other branch.
    let errors =
        Routing::compile(&flow("f ok:a+b\n a ok:j\n b ok:j\n j ok:end <a,b"), &["f", "a"]).unwrap_err();
    assert_eq!(errors[0].code(), "routing.stuck");
}

#[test]
fn numbers_and_names_say_the_same() {
    let ids =
        ["a", "ab", "abc", "bac", "receive-online", "receive-counter", "end-of-all", "kiểm-tra", "kiểm-trả"];
    let mut flows: Vec<StepFlow> = Vec::new();
    for (i, id) in ids.iter().enumerate() {
        let next = vec![ids.get(i + 1).unwrap_or(&"end").to_string()];
        let outcomes = vec![OutcomeFlow { name: "ok".into(), next, cancel: vec![] }];
        flows.push(StepFlow { id: (*id).into(), outcomes, ..StepFlow::default() });
    }
    let routing = Routing::compile(&flows, &[]).unwrap();
    assert_eq!(routing.step_count(), ids.len());
    let mut at = routing.start();
    for (i, id) in ids.iter().enumerate() {
        assert_eq!((routing.step_index(id), routing.step_id(i)), (Some(i), Some(*id)));
        assert_eq!(routing.running_steps(at).collect::<Vec<_>>(), [i]);
        assert!(routing.is_running_at(at, i) && !routing.is_running_at(at, i + 1));
        assert_eq!((routing.outcome_index(i, "ok"), routing.outcome_index(i, "no")), (Some(0), None));
        assert_eq!(routing.fire_at(at, i + 1, 0), None);
        assert_eq!(routing.fire_at(at, i, 1), None);
        at = routing.fire_at(at, i, 0).unwrap();
    }
    assert!(at.is_end());
    for unknown in ["", "b", "abcd", "receive-onlinE", "x".repeat(300).as_str()] {
        assert_eq!(routing.step_index(unknown), None);
    }
    assert_eq!((routing.fire_at(at, 500, 0), routing.step_id(500)), (None, None));
    assert!(!routing.is_running_at(at, 500));
}

fn wide(count: usize, end: &str) -> Vec<StepFlow> {
    let ids: Vec<String> = (0..count).map(|i| format!("b{i}")).collect();
    let branches: String = ids.iter().map(|id| format!("{id} ok:j\n")).collect();
    flow(&format!("f ok:{}\n{branches}j ok:end <{} {end}", ids.join("+"), ids.join(",")))
}

#[test]
fn hostile_sizes_end_in_an_answer() {
    let code =
        |flows: &[StepFlow]| Routing::compile(flows, &[]).map_or_else(|errors| errors[0].code(), |_| "sound");
    for end in ["", "<need:1", "<need:1 <finish", "<need:30 <finish"] {
        assert_eq!((code(&wide(60, end)), code(&wide(64, end))), ("sound", "routing.too_large"), "{end}");
    }
    assert_eq!(code(&wide(17, "<need:9")), "sound");
    assert_eq!(code(&wide(60, "<need:30")), "routing.too_many_markings");
    let mut stopped = wide(60, "");
    let cancel = stopped.iter().map(|step| step.id.clone()).collect();
    stopped[7].outcomes.push(OutcomeFlow { name: "stop".into(), next: vec!["end".into()], cancel });
    assert_eq!(code(&stopped), "routing.too_many_markings");
    // One of sixty may drop out: found, though the whole cannot be visited.
    let mut starved = wide(60, "");
    starved[7].outcomes.push(OutcomeFlow { name: "drop".into(), next: vec!["end".into()], cancel: vec![] });
    assert_eq!(code(&starved), "routing.stuck");
    let mut twice = wide(60, "");
    twice[7].outcomes[0].next = vec!["j".into(), "b9".into()];
    assert_eq!(code(&twice), "routing.runs_twice");
    let chain: String = (0..10_000).map(|i| format!("s{i} ok:s{}\n", i + 1)).collect();
    assert_eq!(code(&flow(&chain)), "routing.too_large");
    let many: String = (0..1100).map(|i| format!(" o{i}:end")).collect();
    assert_eq!(code(&flow(&format!("a{many}"))), "routing.too_many_outcomes");
    // Forks in forks, as deep as there is room.
    let mut nested = String::new();
    for i in 0..24 {
        nested += &format!(
            "f{i} ok:f{}+a{i}\n a{i} ok:j{i} again:a{i}\n j{i} ok:{} <{},a{i}\n",
            i + 1,
            if i == 0 { "end".into() } else { format!("j{}", i - 1) },
            if i == 23 { "f24".into() } else { format!("j{}", i + 1) }
        );
    }
    assert_eq!(code(&flow(&format!("{nested}f24 ok:j23"))), "sound");
    // Each step leads to every other: many ways, few markings.
    let mesh: String = (0..30)
        .map(|i| format!("s{i} end:end{}\n", (0..30).map(|k| format!(" o{k}:s{k}")).collect::<String>()))
        .collect();
    assert_eq!(code(&flow(&mesh)), "sound");
}
