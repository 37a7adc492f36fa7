//! Steps that are handed back, and completions that are taken back.

#[path = "common/flows.rs"]
mod flows;
#[path = "common/net.rs"]
mod net;

use flows::compile;
use motcua::routing::{Rest, Routing, Siblings};
use net::{Maker, Naive, Places, place};
use proptest::prelude::*;

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
        "`survey` cannot hand back to `receive` now, for `tax` would run twice at once; let the other running steps \
         end first, or cancel them with the return"
    );
    assert!(error.vi().contains("`tax` sẽ chạy hai lần"), "{}", error.vi());
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
    // From the join back into one branch, with what the other brought; or before the fork, and all anew.
    let targets = routing.targets(joined, "decide", Siblings::Keep).collect::<Vec<_>>();
    assert_eq!(targets, ["receive", "land", "survey", "tax"]);
    assert_eq!(routing.hand_back(joined, "decide", "survey", Siblings::Keep).unwrap(), waits);
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

#[test]
fn from_behind_a_join_one_branch_is_redone_and_the_others_are_not() {
    let routing =
        compile("fork ok:a+b+c\na ok:a2\na2 ok:go\nb ok:go\nc ok:go\ngo ok:sign <a2,b,c\nsign ok:end");
    let fire = |at, step| routing.fire(at, step, "ok").unwrap();
    let all = fire(routing.start(), "fork");
    let arrived = fire(fire(fire(fire(all, "c"), "a"), "a2"), "b");
    let running = |at| routing.running(at).collect::<Vec<_>>();
    for (source, at) in [("go", arrived), ("sign", fire(arrived, "go"))] {
        assert_eq!(running(at), [source]);
        for (to, then) in [("a", vec!["a", "a2"]), ("a2", vec!["a2"]), ("b", vec!["b"]), ("c", vec!["c"])] {
            let back = routing.hand_back(at, source, to, Siblings::Keep).unwrap();
            assert_eq!(running(back), [to]);
            // Once it is done again the join fires.
            assert_eq!(running(then.into_iter().fold(back, fire)), ["go"], "{source} to {to}");
        }
        // Before the fork all is done again; and who cancels the branches keeps nothing of them.
        let again = routing.hand_back(at, source, "fork", Siblings::Keep).unwrap();
        assert_eq!(running(fire(again, "fork")), ["a", "b", "c"]);
        let cancelled = routing.hand_back(at, source, "a", Siblings::Cancel).unwrap_err();
        assert_eq!(cancelled.code(), "routing.return_unsound");
        assert_eq!(
            routing
                .targets(at, source, Siblings::Keep)
                .filter(|to| *to != "sign" && *to != "go")
                .collect::<Vec<_>>(),
            ["fork", "a", "a2", "b", "c"]
        );
    }
    // Beside a branch that still runs nothing is brought in its stead.
    let two = fire(fire(all, "a"), "c");
    let back = routing.hand_back(two, "a2", "a", Siblings::Keep).unwrap();
    assert_eq!(running(back), ["a", "b"]);
    assert_eq!(running(fire(fire(back, "a"), "a2")), ["b"]);
}

proptest! {
    /// From a step that has just begun by a join back to the branch that came last is what taking that back gives.
    #[test]
    fn back_to_the_last_branch_is_as_if_it_had_not_been_done(
        bytes in prop::collection::vec(any::<u8>(), 0..60), choices in prop::collection::vec(any::<u16>(), 20),
    ) {
        let (flows, starts) = Maker::make(&bytes);
        let names: Vec<&str> = starts.iter().map(String::as_str).collect();
        let Ok(routing) = Routing::compile(&flows, &names) else { return Ok(()) };
        // Where something cancels, it is not known what was brought.
        let cancels = flows.iter().any(|flow| flow.need.is_some() || flow.outcomes.iter().any(|o| !o.cancel.is_empty()));
        if cancels { return Ok(()) }
        let mut at = routing.start();
        for choice in choices {
            let running: Vec<String> = routing.running(at).map(String::from).collect();
            let Some(step) = running.get(choice as usize % running.len().max(1)) else { break };
            let outcomes = &flows.iter().find(|flow| flow.id == *step).unwrap().outcomes;
            let outcome = &outcomes[(choice >> 8) as usize % outcomes.len()].name;
            let next = routing.fire(at, step, outcome).unwrap();
            let begun: Vec<&str> = routing.running(next).filter(|id| !running.iter().any(|r| r == id)).collect();
            let joined = begun.iter().find(|id| flows.iter().any(|flow| flow.id == **id && !flow.join.is_empty()));
            if let (Some(join), [_], Ok(before)) = (joined, &begun[..], routing.recall(next, step, outcome)) {
                let back = routing.hand_back(next, join, step, Siblings::Keep);
                prop_assert_eq!(back, Ok(before), "{} {} {:?}", join, step, flows);
            }
            at = next;
        }
    }

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
                let sound = fits && verdict.ends_well();
                // Back to one of several branches, with what the others brought.
                let brought = back.as_ref().ok().filter(|_| !sound && fits && siblings == Siblings::Keep);
                match brought {
                    Some(back) => prop_assert!(routing.proves(*back).is_ok() && routing.is_running(*back, to)),
                    None => prop_assert_eq!(back.is_ok(), sound, "{} {} {:?}", from, to, flows),
                }
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
