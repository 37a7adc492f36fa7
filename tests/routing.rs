//! Routings: what is sound runs to its end, what is not is refused with a path to the trouble.

use motcua::routing::{OutcomeFlow, Rest, Routing, RoutingError, StepFlow};

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
