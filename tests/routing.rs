//! Routings: what is sound runs to its end, what is not is refused with a path to the trouble.

#[path = "common/net.rs"]
mod net;

use motcua::routing::{OutcomeFlow, Rest, Routing, RoutingError, Siblings, StepFlow};
use net::{Maker, Naive, Places};
use proptest::prelude::*;

fn list(text: &str) -> Vec<String> {
    text.split(['+', ',']).map(String::from).collect()
}

/// `id outcome:target+target~cancelled+cancelled ... <join,join <need:2 <finish`
fn flow(text: &str) -> Vec<StepFlow> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| {
            let mut words = line.split_whitespace();
            let mut step = StepFlow { id: words.next().unwrap().into(), ..StepFlow::default() };
            for word in words {
                if let Some(need) = word.strip_prefix("<need:") {
                    step.need = Some(need.parse().unwrap());
                } else if word == "<finish" {
                    step.rest = Rest::Finish;
                } else if let Some(join) = word.strip_prefix('<') {
                    step.join = list(join);
                } else {
                    let (name, to) = word.split_once(':').unwrap();
                    let (next, cancel) =
                        to.split_once('~').map_or((to, Vec::new()), |(next, cancel)| (next, list(cancel)));
                    step.outcomes.push(OutcomeFlow { name: name.into(), next: list(next), cancel });
                }
            }
            step
        })
        .collect()
}

fn compile(text: &str) -> Routing {
    Routing::compile(&flow(text), &[]).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn refused(text: &str) -> Vec<RoutingError> {
    Routing::compile(&flow(text), &[]).unwrap_err()
}

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

/// How many completions a path tells.
fn told(path: &str) -> usize {
    path.matches("->").count()
}

fn place(id: &str) -> Places {
    Places::from([id.to_string()])
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

#[test]
fn a_return_out_of_a_branch_says_what_becomes_of_the_others() {
    let routing = compile(
        "receive ok:land+tax
         land ok:survey
         survey ok:decide
         tax ok:decide
         decide ok:end <survey,tax",
    );
    let both = routing.fire(routing.start(), "receive", "ok").unwrap();
    let at = routing.fire(both, "land", "ok").unwrap();
    // Within the branch the other one goes on.
    assert_eq!(routing.hand_back(at, "survey", "land", Siblings::Keep).unwrap(), both);
    // Before the fork it would run again beside itself.
    let error = routing.hand_back(at, "survey", "receive", Siblings::Keep).unwrap_err();
    assert_eq!((error.code(), error.step()), ("routing.return_unsound", Some("survey")));
    assert_eq!(
        error.to_string(),
        "`survey` cannot hand back to `receive` now, for tax would run twice at once; let the other running steps \
         end first, or cancel them with the return"
    );
    assert!(error.vi().contains("tax sẽ chạy hai lần"), "{}", error.vi());
    assert_eq!(routing.hand_back(at, "survey", "receive", Siblings::Cancel).unwrap(), routing.start());
    // Alone in its branch it would wait for ever.
    let error = routing.hand_back(at, "survey", "land", Siblings::Cancel).unwrap_err();
    assert!(error.to_string().contains("`decide` would wait for a branch that never comes"), "{error}");
    // The join's step itself: what the other branch brings then comes too late.
    assert!(routing.hand_back(at, "survey", "decide", Siblings::Keep).is_err());
    assert_eq!(routing.targets(at, "survey", Siblings::Keep).collect::<Vec<_>>(), ["land"]);
    assert_eq!(routing.targets(at, "survey", Siblings::Cancel).collect::<Vec<_>>(), ["receive", "decide"]);
    assert_eq!(routing.targets(at, "decide", Siblings::Cancel).count(), 0);
    // With what waits in the join the fork cannot be run again, without it it can.
    let waits = routing.fire(at, "tax", "ok").unwrap();
    assert!(routing.hand_back(waits, "survey", "receive", Siblings::Keep).is_err());
    assert!(routing.hand_back(waits, "survey", "receive", Siblings::Cancel).is_ok());
    let joined = routing.fire(waits, "survey", "ok").unwrap();
    assert_eq!(routing.targets(joined, "decide", Siblings::Keep).collect::<Vec<_>>(), ["receive"]);
    for (from, to, code) in [
        ("x", "land", "routing.unknown_step"),
        ("survey", "x", "routing.unknown_step"),
        ("land", "receive", "routing.not_running"),
    ] {
        assert_eq!(routing.hand_back(at, from, to, Siblings::Keep).unwrap_err().code(), code);
    }
}

#[test]
fn a_completion_is_taken_back_while_it_stands_where_it_led() {
    let routing = compile(
        "receive ok:land+tax
         land ok:decide
         tax ok:decide
         decide ok:sign <land,tax
         sign ok:end back:sign stop:end~land",
    );
    let fire = |at, step, outcome| routing.fire(at, step, outcome).unwrap();
    let both = fire(routing.start(), "receive", "ok");
    assert_eq!(routing.recall(both, "receive", "ok").unwrap(), routing.start());
    let land = fire(both, "land", "ok");
    assert_eq!(routing.recall(land, "land", "ok").unwrap(), both);
    let error = routing.recall(land, "receive", "ok").unwrap_err();
    assert_eq!(error.code(), "routing.recall_too_late");
    assert!(error.to_string().contains("since `land` has gone on already"), "{error}");
    // The join has fired; what the other branch brought waits again.
    let joined = fire(land, "tax", "ok");
    assert_eq!(routing.recall(joined, "land", "ok").unwrap(), fire(both, "tax", "ok"));
    assert_eq!(routing.recall(joined, "tax", "ok").unwrap(), land);
    let sign = fire(joined, "decide", "ok");
    let error = routing.recall(sign, "tax", "ok").unwrap_err();
    assert!(error.to_string().contains("`decide` has gone on"), "{error}");
    assert_eq!(routing.recall(sign, "decide", "ok").unwrap(), joined);
    assert_eq!(routing.recall(sign, "sign", "back").unwrap(), sign);
    assert_eq!(routing.recall(fire(sign, "sign", "ok"), "sign", "ok").unwrap(), sign);
    let error = routing.recall(fire(sign, "sign", "stop"), "sign", "stop").unwrap_err();
    assert_eq!((error.code(), error.step()), ("routing.recall_cancelled", Some("sign")));
    assert_eq!(routing.recall(sign, "x", "ok").unwrap_err().code(), "routing.unknown_step");
    assert_eq!(routing.recall(sign, "sign", "x").unwrap_err().code(), "routing.unknown_outcome");
    // It runs again already.
    assert_eq!(routing.recall(both, "land", "ok").unwrap_err().code(), "routing.recall_too_late");
}

#[test]
fn a_completion_is_taken_back_out_of_a_join_that_needs_a_part() {
    let text = "fork ok:a+b+c\n a ok:go\n b ok:go\n c ok:go\n go ok:end <a,b,c <need:2";
    let routing = compile(text);
    let fire = |at, step| routing.fire(at, step, "ok").unwrap();
    let all = fire(routing.start(), "fork");
    let a = fire(all, "a");
    assert_eq!(routing.recall(a, "a", "ok").unwrap(), all);
    // With it a branch ended.
    assert_eq!(routing.recall(fire(a, "b"), "b", "ok").unwrap_err().code(), "routing.recall_cancelled");

    let routing = compile(&format!("{text} <finish"));
    let fire = |at, step| routing.fire(at, step, "ok").unwrap();
    let all = fire(routing.start(), "fork");
    let two = fire(fire(all, "a"), "b");
    assert_eq!(routing.running(two).collect::<Vec<_>>(), ["c", "go"]);
    assert_eq!(routing.recall(two, "a", "ok").unwrap(), fire(all, "b"));
    let three = fire(two, "c");
    assert_eq!(routing.running(three).collect::<Vec<_>>(), ["go"]);
    assert_eq!(routing.recall(three, "c", "ok").unwrap(), two);
    assert_eq!(routing.recall(fire(three, "go"), "c", "ok").unwrap(), fire(two, "go"));
    // Those that made it fire cannot be taken back once it has gone on.
    assert_eq!(routing.recall(fire(two, "go"), "a", "ok").unwrap_err().code(), "routing.recall_too_late");
}

proptest! {
    /// A return is possible if and only if visiting everything from there says so.
    #[test]
    fn returns_are_proved(
        bytes in prop::collection::vec(any::<u8>(), 0..60), choices in prop::collection::vec(any::<u16>(), 12),
    ) {
        let (flows, starts) = Maker::make(&bytes);
        let names: Vec<&str> = starts.iter().map(String::as_str).collect();
        let Ok(routing) = Routing::compile(&flows, &names) else { return Ok(()) };
        let naive = Naive { steps: &flows, starts: starts.clone() };
        let (mut at, mut plain) = (routing.start(), place(&starts[0]));
        for choice in choices {
            let running: Vec<String> = naive.running(&plain).into_iter().cloned().collect();
            if running.is_empty() { break }
            let from = &running[choice as usize % running.len()];
            let to = &flows[(choice >> 4) as usize % flows.len()].id;
            for siblings in [Siblings::Keep, Siblings::Cancel] {
                let mut back = if siblings == Siblings::Keep { plain.clone() } else { Places::new() };
                back.remove(from);
                let fits = back.insert(to.clone());
                let Some(verdict) = naive.explore(&[back], 2000) else { continue };
                let back = routing.hand_back(at, from, to, siblings);
                prop_assert_eq!(back.is_ok(), fits && verdict.ends_well(), "{} {} {:?}", from, to, flows);
                let listed = routing.targets(at, from, siblings).any(|id| id == to);
                prop_assert_eq!(listed, back.is_ok() && from != to);
            }
            let outcomes = &flows.iter().find(|flow| flow.id == *from).unwrap().outcomes;
            let outcome = &outcomes[(choice >> 8) as usize % outcomes.len()];
            at = routing.fire(at, from, &outcome.name).unwrap();
            plain = naive.fire(&plain, from, outcome).map_err(|()| TestCaseError::fail("runs twice"))?;
        }
    }

    /// Taking back gives what would be there had the step not been completed.
    #[test]
    fn taking_back_undoes_one_completion(
        bytes in prop::collection::vec(any::<u8>(), 0..60), choices in prop::collection::vec(any::<u16>(), 12),
    ) {
        let (flows, starts) = Maker::make(&bytes);
        let names: Vec<&str> = starts.iter().map(String::as_str).collect();
        let Ok(routing) = Routing::compile(&flows, &names) else { return Ok(()) };
        let cancels = flows.iter().any(|flow| flow.outcomes.iter().any(|outcome| !outcome.cancel.is_empty()))
            || flows.iter().any(|flow| flow.need.is_some() && flow.rest == Rest::Cancel);
        let mut at = routing.start();
        for choice in choices {
            let running: Vec<usize> = routing.running_steps(at).collect();
            if running.is_empty() { break }
            let step = running[choice as usize % running.len()];
            let outcomes = &flows[step].outcomes;
            let number = (choice >> 8) as usize % outcomes.len();
            let next = routing.fire_at(at, step, number).unwrap();
            let id = routing.step_id(step).unwrap();
            match routing.recall(next, id, &outcomes[number].name) {
                Ok(back) => prop_assert_eq!(back, at),
                Err(error) => prop_assert!(cancels, "{error} {flows:?}"),
            }
            // Others may have been completed since.
            for other in running.iter().filter(|other| **other != step && !cancels) {
                let without = routing.fire_at(at, *other, 0).unwrap();
                let after = routing.fire_at(next, *other, 0).unwrap();
                if let Ok(back) = routing.recall(after, id, &outcomes[number].name) {
                    prop_assert_eq!(back, without, "{} {:?}", id, flows);
                }
            }
            at = next;
        }
    }
}
