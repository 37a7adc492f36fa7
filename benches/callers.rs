//! What many callers wait for together: commands of threads that share an engine, beside each thread's own way.

use crate::dossiers::{commands, organisation};
use crate::server::Server;
use crate::{Line, Peers, median, target};
use motcua::calendar::Calendar;
use motcua::dossier::Command;
use motcua::journal::{Journal, PostgresJournal, SqliteJournal};
use motcua::procedure::Catalogue;
use motcua::{Engine, SharedEngine};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// So many commands in a round, by however many callers.
const COMMANDS: usize = 6_400;
const ROUNDS: usize = 5;

pub(crate) fn lines(_: &Peers) -> Vec<Line> {
    let folder = tempfile::tempdir_in(target()).unwrap();
    let file = folder.path().join("callers.sqlite");
    let on_file = |callers| shared(SqliteJournal::open(&file).unwrap(), callers);
    let alone = times(|| on_file(1));
    let server = Server::start();
    let open = || PostgresJournal::open(&server.url(), None).unwrap();
    let on_server = |callers| shared(open(), callers);
    let line = |case, ours, peer, peer_name: &str, limit, limit_name| Line {
        case,
        operation: "a command",
        clock: "wall",
        ours,
        peer: Some(peer),
        peer_name: peer_name.into(),
        limit,
        limit_name,
    };
    let mut lines = Vec::new();
    for (case, callers) in
        [("8 callers of an engine over a file", 8), ("32 callers of an engine over a file", 32)]
    {
        let ours = times(|| on_file(callers));
        lines.push(line(
            case,
            ours,
            alone,
            "one caller",
            alone / callers as f64,
            "one caller, by their number",
        ));
    }
    let alone = times(|| on_server(1));
    for (case, callers) in
        [("8 callers of an engine over a server", 8), ("32 callers of an engine over a server", 32)]
    {
        let ours = times(|| on_server(callers));
        let each = times(|| apart((0..callers).map(|_| open()).collect()));
        let name = format!("{callers} engines with a connection each");
        lines.push(line(case, ours, each, &name, alone / callers as f64, "one caller, by their number"));
    }
    lines
}

fn times(round: impl Fn() -> f64) -> f64 {
    median((0..=ROUNDS).map(|_| round()).skip(1))
}

fn engine<J: Journal>(journal: J) -> Engine<J> {
    let (catalogue, calendar) = (Arc::clone(Catalogue::embedded()), Arc::clone(Calendar::vietnam()));
    Engine::new(catalogue, calendar, organisation(), journal)
}

/// What each caller asks for: dossiers of its own, one after the other, which nobody had before.
fn lives(callers: usize) -> Vec<Vec<Command>> {
    static DOSSIERS: AtomicUsize = AtomicUsize::new(0);
    let dossier = |_| commands(&format!("H41-{}", DOSSIERS.fetch_add(1, Ordering::Relaxed)));
    (0..callers).map(|_| (0..COMMANDS / callers / 8).flat_map(dossier).collect()).collect()
}

fn shared<J: Journal + Send>(journal: J, callers: usize) -> f64 {
    let (shared, lives) = (SharedEngine::new(engine(journal)), lives(callers));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for life in &lives {
            let shared = &shared;
            scope
                .spawn(move || life.iter().for_each(|command| drop(shared.handle(command.clone()).unwrap())));
        }
    });
    begun.elapsed().as_nanos() as f64 / COMMANDS as f64
}

fn apart<J: Journal + Send>(journals: Vec<J>) -> f64 {
    let lives = lives(journals.len());
    let mut engines: Vec<Engine<J>> = journals.into_iter().map(engine).collect();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for (engine, life) in engines.iter_mut().zip(&lives) {
            scope.spawn(move || life.iter().for_each(|command| drop(engine.handle(command).unwrap())));
        }
    });
    begun.elapsed().as_nanos() as f64 / COMMANDS as f64
}
