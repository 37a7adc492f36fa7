//! A process that tests start, watch and kill. It says after each command what was stored: dossier and version.
//!
//! - `writer PATH ROUND` writes dossier after dossier into the journal, until it is killed;
//! - `writer PATH ROUND ANSWERS` until so many commands were answered; then it closes the journal;
//! - `writer PATH ROUND ANSWERS SCRIPT` runs the script for a shell when the journal fails, and tries the same once more;
//! - `writer PATH read EVENTS` reads the journal again and again until it has so many events of the dossier `race`, and says
//!   how many it had each time;
//! - `writer PATH race EVENTS` asks for the next event of the dossier `race` until it has so many: others do the same.
//!
//! `PATH` may be a server, as `postgres://…`. `writer losing PATH …` does the same in the mode that may lose what it answered for when the power is cut.
//!
//! If the journal fails it says the code and the sentence on standard error; if it does not help itself, it ends with 1.

mod common;
#[path = "common/kept.rs"]
mod kept;

use common::{engine_over, race_on};
use kept::commands;
use motcua::EngineError;
use motcua::journal::{Journal, PostgresJournal, SqliteJournal};
use std::io::Write;
use std::process::{Command, ExitCode};

/// Tries once, and once more if there is a script to run in between.
fn tried<T>(
    script: Option<&str>,
    mut attempt: impl FnMut() -> Result<T, EngineError>,
) -> Result<T, ExitCode> {
    let failed = |error: EngineError| {
        eprintln!("{}: {error}", error.code());
        ExitCode::FAILURE
    };
    attempt().or_else(|error| {
        let code = failed(error);
        let script = script.ok_or(code)?;
        assert!(Command::new("sh").args(["-ec", script]).status().expect("a shell").success(), "{script}");
        attempt().map_err(failed)
    })
}

fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(code) => code,
    }
}

fn write() -> Result<(), ExitCode> {
    let mut arguments = std::env::args_os().skip(1).peekable();
    let is_losing = arguments.next_if(|word| word == "losing").is_some();
    let path = arguments.next().expect("a path");
    let mut words = arguments.map(|word| word.into_string().expect("a word"));
    let round = words.next().expect("a round");
    let answers = words.next().map_or(u64::MAX, |word| word.parse().expect("a number"));
    let script = words.next();
    let script = script.as_deref();
    match path.to_str().filter(|path| path.starts_with("postgres://")) {
        Some(server) => on(|| Ok(PostgresJournal::open(server, None)?), &round, answers, script),
        None if is_losing => {
            on(|| Ok(SqliteJournal::open_losing_on_power_cut(&path)?), &round, answers, script)
        }
        None => on(|| Ok(SqliteJournal::open(&path)?), &round, answers, script),
    }
}

fn on<J: Journal>(
    open: impl FnMut() -> Result<J, EngineError>,
    round: &str,
    answers: u64,
    script: Option<&str>,
) -> Result<(), ExitCode> {
    let mut engine = engine_over(tried(script, open)?);
    let mut out = std::io::stdout();
    let mut say = |code: &str, version: u64| {
        writeln!(out, "{code} {version}.").expect("somebody listens");
        out.flush().expect("somebody listens");
    };
    if round == "read" {
        let mut there = 0;
        while there < answers {
            there = tried(script, || read(engine.journal(), there))?;
            say("read", there);
        }
        return Ok(());
    }
    if round == "race" {
        let name = std::process::id().to_string();
        while let Some(asked) = race_on(&mut engine, &name, answers) {
            if let Ok(version) = asked {
                say("race", version);
            }
        }
        return Ok(());
    }
    for (_, command) in (0..answers).zip(commands(round)) {
        let answer = tried(script, || engine.handle(&command))?;
        say(&command.dossier, answer.version);
    }
    Ok(())
}

/// The number of events, if each is what was sealed, follows the one before, and none is gone that was there before.
fn read<J: Journal>(journal: &J, before: u64) -> Result<u64, EngineError> {
    let size = journal.verify(None)?.size;
    let events = journal.events("race")?;
    let there = events.len() as u64;
    assert!(before <= size && size <= there, "{before} events, then {size}, then {there}");
    assert!((1..).zip(&events).all(|(version, event)| event.version == version));
    Ok(there)
}
