//! Procedures as typed tables, each part with its own problems; files are read side by side.

use super::catalogue::{Vocabulary, source};
use super::raw::{RawProcedure, RawTables};
use super::{Procedure, check, texts};
use crate::problem::Problem;
use crate::routing::{ENOUGH, MAX_PLACES};
use crate::span::Span;
use crate::toml_file::{Entry, Source, decode_all, decode_anyway, tables, take_array};
use std::sync::atomic::{AtomicUsize, Ordering};
use toml::Spanned;
use toml::de::DeValue;

/// What was read of a file.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) problems: Vec<Problem>,
    pub(super) versions: Vec<Version>,
}

/// A version of a procedure, faulty or not.
pub(super) struct Version {
    pub(super) at: usize,
    pub(super) code: String,
    pub(super) span: Option<Span>,
    /// The codes that its parts name.
    pub(super) parts: Vec<Spanned<String>>,
    /// `None` if it has a fault.
    pub(super) procedure: Option<Procedure>,
}

/// After so many problems of a file the rest is not read.
const MAX_PROBLEMS: usize = 500;

/// No file of procedures is longer, in bytes; a procedure has about two thousand.
const MAX_BYTES: usize = 4 << 20;

/// Fewer bytes than this are read sooner than a thread is started.
const WORTH_A_THREAD: usize = 1 << 16;

/// All files, in their order.
pub(super) fn files(files: &[(&str, &str)], vocabulary: &Vocabulary) -> Vec<Loaded> {
    let bytes: usize = files.iter().map(|(_, text)| text.len()).sum();
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let threads = cores.min(files.len()).min(bytes / WORTH_A_THREAD);
    let next = AtomicUsize::new(0);
    let read_some = || {
        let mut read = Vec::new();
        while let Some((i, file)) =
            Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|i| Some((i, files.get(i)?)))
        {
            read.push((i, one_file(*file, vocabulary)));
        }
        read
    };
    let mut read = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(read_some)).collect();
        let mut read = read_some();
        for helper in helpers {
            match helper.join() {
                Ok(more) => read.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        read
    });
    read.sort_unstable_by_key(|(i, _)| *i);
    read.into_iter().map(|(_, loaded)| loaded).collect()
}

fn one_file(file: (&str, &str), vocabulary: &Vocabulary) -> Loaded {
    let source = source(file);
    let Loaded { mut problems, mut versions } = Loaded::default();
    if source.text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, more than {MAX_BYTES}", source.text.len());
        problems.push(source.problem("file.too_large", 0, message, "split it into several files"));
        return Loaded { problems, versions };
    }
    let [entries] = tables(&source, ["procedure"], &mut problems);
    let mut left = ENOUGH;
    for entry in entries {
        let at = entry.span().start;
        if problems.len() >= MAX_PROBLEMS {
            let message = format!("the file has {MAX_PROBLEMS} problems; the rest was not read");
            problems.truncate(MAX_PROBLEMS);
            problems.push(source.problem("file.too_many_problems", at, message, "mend those first"));
            break;
        }
        if left == 0 {
            let message = "the routings so far took all that may be looked at in one file to prove them; the rest was \
                           not read";
            let help = "mend or simplify those with many parallel branches, or split the file";
            problems.push(source.problem("routing.too_much_to_prove", at, message.into(), help));
            break;
        }
        let Some(raw) = procedure(&source, entry, &mut problems) else { continue };
        let code = raw.procedure.code.get_ref().clone();
        versions.push(Version {
            at,
            span: check::in_force(&raw.procedure).filter(|_| !code.is_empty()),
            code,
            parts: raw.tables.parts.iter().filter_map(|part| part.procedure.clone()).collect(),
            procedure: check::procedure(&source, raw, vocabulary, &mut left, &mut problems),
        });
    }
    Loaded { problems, versions }
}

/// A procedure's tables with the place where it begins. What had the wrong form is reported, and stood in for.
pub(super) struct RawEntry {
    pub(super) at: usize,
    /// Whether nothing of it had the wrong form.
    pub(super) whole: bool,
    pub(super) procedure: RawProcedure,
    pub(super) tables: RawTables,
}

/// A procedure's tables from its entry; `None` if it has no table's form. Faults of form come as problems.
pub(super) fn procedure(
    source: &Source<'_>,
    mut entry: Entry<'_>,
    problems: &mut Vec<Problem>,
) -> Option<RawEntry> {
    let at = entry.span().start;
    if !texts::check(source, entry.get_ref(), entry.span(), problems) {
        return None;
    }
    let before = problems.len();
    let mut take = |key| match entry.get_mut() {
        DeValue::Table(table) => take_array(source, table, key, problems),
        _ => Vec::new(),
    };
    let [limits, components, fees, steps, cases, parts, accepted] =
        ["time_limit", "component", "fee", "step", "case", "part", "accepted"].map(&mut take);
    // Each place of a routing is a step's or a join's.
    if steps.len() > MAX_PLACES {
        let message = format!("the procedure has {} steps, more than {MAX_PLACES}", steps.len());
        problems.push(source.problem("procedure.too_large", at, message, "split the procedure"));
        return None;
    }
    let tables = RawTables {
        time_limits: decode_all(source, limits, problems),
        components: decode_all(source, components, problems),
        fees: decode_all(source, fees, problems),
        steps: steps.into_iter().filter_map(|step| decode_anyway(source, step, problems)).collect(),
        cases: decode_all(source, cases, problems),
        parts: decode_all(source, parts, problems),
        accepted: decode_all(source, accepted, problems),
    };
    let procedure: Option<RawProcedure> = decode_anyway(source, entry, problems);
    let whole = problems.len() == before;
    procedure.map(|procedure| RawEntry { at, whole, procedure, tables })
}
