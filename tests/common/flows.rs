//! Routings written in a few words.
#![allow(dead_code, reason = "each test file uses its own part")]

use motcua::routing::{OutcomeFlow, Rest, Routing, RoutingError, StepFlow};

fn list(text: &str) -> Vec<String> {
    text.split(['+', ',']).map(String::from).collect()
}

/// `id outcome:target+target~cancelled+cancelled ... <join,join <need:2 <finish`
pub fn flow(text: &str) -> Vec<StepFlow> {
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

pub fn compile(text: &str) -> Routing {
    Routing::compile(&flow(text), &[]).unwrap_or_else(|errors| panic!("{errors:?}"))
}

pub fn refused(text: &str) -> Vec<RoutingError> {
    Routing::compile(&flow(text), &[]).unwrap_err()
}
