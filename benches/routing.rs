//! Completing a step by its number, proving a routing, and loading a catalogue of the size of the national one.

use crate::{Line, Peers, cpu, cpu_of_all, wall};
use motcua::procedure::{Catalogue, Texts};
use motcua::routing::{OutcomeFlow, Routing, StepFlow};
use std::hint::black_box;

/// A procedure of twenty steps with choices, returns and three parallel branches: `id outcome:target+target <awaited`.
const TWENTY: &str = "receive complete:check
check complete:assign incomplete:receive
assign complete:appraise return:check
appraise complete:tax+police+field return:assign reject:refusal
tax complete:tax-answer
tax-answer complete:summary again:tax
police complete:police-answer
police-answer complete:summary silent:summary
field complete:minutes
minutes complete:summary again:field
summary complete:draft return:appraise <tax-answer,police-answer,minutes
draft complete:division
division approve:office return:draft
office complete:sign return:division
sign approve:stamp return:draft
refusal complete:sign-refusal
sign-refusal approve:stamp return:refusal
stamp complete:register+notify
register complete:end
notify complete:end";

/// One way through it, by id; each with its first outcome.
const WAY: [&str; 18] = [
    "receive",
    "check",
    "assign",
    "appraise",
    "tax",
    "police",
    "field",
    "tax-answer",
    "police-answer",
    "minutes",
    "summary",
    "draft",
    "division",
    "office",
    "sign",
    "stamp",
    "register",
    "notify",
];

fn read(text: &str) -> Vec<StepFlow> {
    let list = |text: &str| -> Vec<String> { text.split(['+', ',']).map(String::from).collect() };
    let step = |line: &str| {
        let mut words = line.split_whitespace();
        let mut step = StepFlow { id: words.next().unwrap().into(), ..StepFlow::default() };
        for word in words {
            if let Some(join) = word.strip_prefix('<') {
                step.join = list(join);
            } else {
                let (name, next) = word.split_once(':').unwrap();
                step.outcomes.push(OutcomeFlow { name: name.into(), next: list(next), cancel: Vec::new() });
            }
        }
        step
    };
    text.lines().map(step).collect()
}

fn parallel(count: usize) -> Vec<StepFlow> {
    let ids: Vec<String> = (0..count).map(|i| format!("branch-{i}")).collect();
    let branches: String = ids.iter().map(|id| format!("{id} complete:join\n")).collect();
    read(&format!("fork complete:{}\n{branches}join complete:end <{}", ids.join("+"), ids.join(",")))
}

/// How often the catalogue is repeated: some six thousand procedures.
const COPIES: usize = 76;

/// The catalogue's own files, each with all its procedures many times, under other codes.
fn national() -> Vec<(&'static str, String)> {
    let other = |code: &str, copy: usize| match (copy, code.len()) {
        (0, _) => code.to_owned(),
        (_, 8) if code.as_bytes()[1] == b'.' => format!("{code}.000.00.00.H{copy}"),
        _ => format!("{code}-{copy}"),
    };
    let line = |line: &str, copy: usize| {
        // The code of a procedure, and that by which a linked one names its parts.
        let key = ["code = \"", "procedure = \""].into_iter().find(|key| line.starts_with(key));
        let code = key.and_then(|key| Some((key, line[key.len()..].strip_suffix('"')?)));
        code.map_or_else(|| format!("{line}\n"), |(key, code)| format!("{key}{}\"\n", other(code, copy)))
    };
    let copies = |text: &str| -> String {
        (0..COPIES).flat_map(|copy| text.lines().map(move |text| line(text, copy))).collect()
    };
    Texts::embedded().procedures.into_iter().map(|(file, text)| (file, copies(text))).collect()
}

fn catalogue() -> Vec<Line> {
    let files = national();
    let procedures = files.iter().map(|(file, text)| (*file, text.as_str())).collect();
    let texts = Texts { procedures, ..Texts::embedded() };
    let load = || Catalogue::load(&texts).unwrap();
    let parse = || {
        let tables = files.iter().map(|(_, text)| text.parse::<toml::Table>().unwrap().len());
        tables.sum::<usize>()
    };
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    eprintln!("{} versions in {} files, {} MB", load().iter().count(), files.len(), bytes / 1_000_000);
    let line = |case, clock, ours, limit, limit_name| Line {
        case,
        operation: "6,000 procedures",
        clock,
        ours,
        peer: None,
        peer_name: String::new(),
        limit,
        limit_name,
    };
    let parsed = cpu_of_all(1, parse);
    vec![
        line("load and check procedures", "cpu", cpu_of_all(1, load), parsed, "parsing the TOML alone"),
        line(
            "… by the wall clock, all cores",
            "wall",
            wall(1, load),
            parsed,
            "parsing the TOML alone, one core",
        ),
    ]
}

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    let twenty = read(TWENTY);
    let routing = Routing::compile(&twenty, &[]).unwrap();
    let way = WAY.map(|id| routing.step_index(id).unwrap());
    let rounds = 20_000;
    let fire = cpu(rounds * way.len(), || {
        for _ in 0..rounds {
            let end = way
                .iter()
                .fold(routing.start(), |at, step| routing.fire_at(at, black_box(*step), 0).unwrap());
            assert!(end.is_end());
        }
    });
    let bare = cpu(rounds * way.len(), || {
        (0..rounds * way.len()).fold(1u128, |marking, i| {
            let take = black_box(1u128 << (i & 7));
            if marking & take == take { marking & !take | take.rotate_left(1) } else { black_box(marking) }
        })
    });
    let line = |case, operation, ours, limit, limit_name| Line {
        case,
        operation,
        clock: "cpu",
        ours,
        peer: None,
        peer_name: String::new(),
        limit,
        limit_name,
    };
    let mut lines = vec![line("complete a step by number", "a step", fire, bare, "masks in a loop")];
    for (case, flows) in [
        ("prove a routing of 20 steps", twenty),
        ("prove 17 parallel branches", parallel(17)),
        ("prove 60 parallel branches", parallel(60)),
    ] {
        let prove = |flows: &[StepFlow]| Routing::compile(flows, &[]).unwrap();
        let ours = cpu(100, || (0..100).for_each(|_| drop(black_box(prove(&flows)))));
        let copied = cpu(100, || (0..100).for_each(|_| drop(black_box(flows.clone()))));
        lines.push(line(case, "a routing", ours, copied, "copying its definition"));
    }
    lines.extend(catalogue());
    lines
}
