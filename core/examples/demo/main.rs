//! The main job: a year of one district, played on a journal in one SQLite file; or, with a path, the same report
//! of somebody's own export.
//!
//! ```text
//! cargo run --release -p motcua --features sqlite --example demo               # plays, leaves demo.sqlite
//! cargo run --release -p motcua --features sqlite --example demo -- mine.csv   # reads an export
//! ```
#![allow(clippy::print_stdout, reason = "it is a program")]

mod district;
mod play;
mod print;

use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::exchange::read_csv;
use motcua::journal::SqliteJournal;
use motcua::measure::Period;
use motcua::procedure::Catalogue;
use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

const FILE: &str = "demo.sqlite";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let outcome = match (arguments.next(), arguments.next()) {
        (None, _) => play_a_year(),
        (Some(path), None) => read_export(&path),
        (Some(_), Some(_)) => Err("give one CSV file, or nothing".into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn play_a_year() -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    for file in [FILE.to_owned(), format!("{FILE}-wal"), format!("{FILE}-shm")] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{file} of an earlier run cannot be replaced: {error}").into());
            }
            _ => {}
        }
    }
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let organisation = district::organisation(catalogue)?;
    let journal = SqliteJournal::open(FILE)?;
    let mut engine = Engine::new(catalogue.clone(), calendar.clone(), organisation.clone(), journal);
    println!("Yên Thành district, Nghệ An, 2023: {} procedures, {FILE}", catalogue.iter().count());
    let events = play::year(&mut engine, |month, received, settled| {
        eprintln!(
            "  2023-{month:02}: {received:>6} came in, {settled:>6} settled   {:.1} s",
            begun.elapsed().as_secs_f64()
        );
    })?;
    println!("{events} events stored in {:.1} s\n", begun.elapsed().as_secs_f64());
    drop(engine);

    // From here on everything is read from the file.
    let begun = Instant::now();
    let engine = Engine::new(catalogue.clone(), calendar.clone(), organisation, SqliteJournal::open(FILE)?);
    let period = Period { first: "2023-01-01".parse()?, last: "2023-12-31".parse()? };
    let facts = engine.facts(period.last)?;
    print::published(&facts, &period, catalogue)?;
    print::report(&facts, &period, catalogue)?;
    let worst = print::worst(&facts, &period, &engine)?;
    print::explain(&worst, &engine)?;
    println!("Read and counted in {:.1} s. The journal is yours:", begun.elapsed().as_secs_f64());
    println!(
        "  sqlite3 {FILE} \"select at, actor, change from events where dossier = '{}'\"",
        worst.first().map_or("", String::as_str)
    );
    Ok(())
}

fn read_export(path: &str) -> Result<(), Box<dyn Error>> {
    let file = std::fs::File::open(path).map_err(|error| format!("{path} cannot be opened: {error}"))?;
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let import =
        read_csv(file, catalogue, calendar).map_err(|error| format!("{path}: {error} [{}]", error.code()))?;
    let (good, bad) = (import.facts.len(), import.bad_rows.len());
    println!(
        "{path}: {} rows, {good} taken in, {bad} not; {} due dates computed",
        good + bad,
        import.due_computed
    );
    for column in &import.unknown_columns {
        println!("  column `{column}` is not known and was not read");
    }
    for row in &import.bad_rows {
        println!("  {path} {row}");
    }
    println!();
    let days =
        || import.facts.iter().flat_map(|fact| [fact.received, fact.finished]).flatten().map(|at| at.date());
    let (Some(first), Some(last)) = (days().min(), days().max()) else { return Ok(()) };
    let period = Period { first, last };
    print::report(&import.facts, &period, catalogue)?;
    let organisation = motcua::dossier::Organisation::default();
    let engine =
        Engine::new(catalogue.clone(), calendar.clone(), organisation, motcua::journal::MemoryJournal::new());
    print::worst(&import.facts, &period, &engine)?;
    print::explain_first(&import.facts, catalogue, calendar)
}
