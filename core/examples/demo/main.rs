//! The main job: a year of one district, played on a journal in one SQLite file; or, with a path, the same report
//! of somebody's own export.
//!
//! ```text
//! cargo run --release -p motcua --features sqlite --example demo               # plays, leaves demo.sqlite
//! cargo run --release -p motcua --features sqlite --example demo -- mine.csv   # reads an export
//! cargo run --release -p motcua --features sqlite --example demo -- mine.csv mapping.toml   # with other names of columns
//! ```

mod arrivals;
mod district;
mod play;
mod print;

use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::dossier::Organisation;
use motcua::exchange::{Mapping, read_csv};
use motcua::journal::{MemoryJournal, SqliteJournal};
use motcua::measure::Period;
use motcua::procedure::Catalogue;
use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Instant;

const FILE: &str = "demo.sqlite";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let mut out = io::stdout().lock();
    let outcome = match (arguments.next(), arguments.next(), arguments.next()) {
        (None, ..) => play_a_year(&mut out),
        (Some(path), mapping, None) => read_export(&mut out, &path, mapping.as_deref()),
        (Some(_), _, Some(_)) => Err("give a CSV file and a mapping, a CSV file, or nothing".into()),
    };
    let is_cut_off = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever read along has seen enough.
        Err(error) if error.downcast_ref::<io::Error>().is_some_and(is_cut_off) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn play_a_year(out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    for file in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(format!("{file} of an earlier run cannot be replaced: {error}").into());
            }
            _ => {}
        }
    }
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let organisation = district::organisation(catalogue)?;
    let journal = SqliteJournal::open(FILE)?;
    let mut engine = Engine::new(catalogue.clone(), calendar.clone(), organisation.clone(), journal);
    let codes: BTreeSet<&String> = catalogue.iter().map(|procedure| &procedure.code).collect();
    let elsewhere = arrivals::played().filter(|code| code.contains('/')).count();
    writeln!(
        out,
        "Yên Thành district, Nghệ An, 2023, on {FILE}\n{} versions of {} procedures loaded, {} of them played; {elsewhere} of \
         these are processes that\nother districts published, since those of Yên Thành are not",
        catalogue.iter().count(),
        codes.len(),
        arrivals::played().count(),
    )?;
    let events = play::year(&mut engine, |month, received, settled| {
        eprintln!(
            "  2023-{month:02}: {received:>6} received, {settled:>6} settled   {:.1} s",
            begun.elapsed().as_secs_f64()
        );
    })?;
    writeln!(
        out,
        "{} events stored in {:.1} s\n",
        print::number(events as u64),
        begun.elapsed().as_secs_f64()
    )?;
    drop(engine);

    // From here on everything is read from the file.
    let begun = Instant::now();
    let engine = Engine::new(catalogue.clone(), calendar.clone(), organisation, SqliteJournal::open(FILE)?);
    let period = Period::new("2023-01-01".parse()?, "2023-12-31".parse()?)?;
    let facts = engine.facts(period.last())?;
    print::reported(out, &facts, &period, catalogue)?;
    print::report(out, &facts, &period, catalogue)?;
    print::times(out, &facts, &period, calendar)?;
    let worst = print::worst(out, &facts, &period, &engine)?;
    let explained = print::explain(out, &worst, &engine)?.unwrap_or_default();
    writeln!(out, "Read and counted in {:.1} s. The journal is yours:", begun.elapsed().as_secs_f64())?;
    writeln!(
        out,
        "  sqlite3 {FILE} \"select at, actor, command from history where dossier = '{explained}'\""
    )?;
    Ok(())
}

fn read_export(out: &mut impl Write, path: &str, mapping: Option<&str>) -> Result<(), Box<dyn Error>> {
    let unreadable = |path: &str, error: io::Error| {
        format!("{path} cannot be opened: {error} [file.unreadable]; check the path")
    };
    let file = std::fs::File::open(path).map_err(|error| unreadable(path, error))?;
    let mapping = match mapping {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
            Mapping::load(path, &text)?
        }
        None => Mapping::default(),
    };
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let import = read_csv(file, &mapping, catalogue, calendar)
        .map_err(|error| format!("{path}: {error} [{}]", error.code()))?;
    let (good, bad) = (import.facts.len(), import.bad_rows.len());
    let undated = import.facts.iter().filter(|fact| fact.due.is_none()).count();
    writeln!(
        out,
        "{path}: {} row(s), {good} taken in, {bad} not; {} due date(s) computed",
        good + bad,
        import.due_computed
    )?;
    if undated > 0 {
        writeln!(
            out,
            "  {undated} have no due date, since none is stated or known, or their clock is suspended; they count as on time"
        )?;
    }
    for column in &import.unknown_columns {
        writeln!(out, "  column `{column}` is not known and was not read")?;
    }
    for row in &import.bad_rows {
        writeln!(out, "  {path} {row}")?;
    }
    writeln!(out)?;
    let days =
        || import.facts.iter().flat_map(|fact| [fact.received, fact.finished]).flatten().map(|at| at.date());
    let (Some(first), Some(last)) = (days().min(), days().max()) else {
        return Err("there is nothing to report".into());
    };
    let period = Period::new(first, last)?;
    print::report(out, &import.facts, &period, catalogue)?;
    print::times(out, &import.facts, &period, calendar)?;
    let engine =
        Engine::new(catalogue.clone(), calendar.clone(), Organisation::default(), MemoryJournal::new());
    print::worst(out, &import.facts, &period, &engine)?;
    print::explain_first(out, &import.facts, catalogue, calendar)
}
