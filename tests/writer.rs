//! Writes dossier after dossier into a journal and says after each command what was stored, until it is killed.

mod common;

use common::{certified_copy, command, engine_over};
use motcua::journal::SqliteJournal;
use std::io::Write;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let path = arguments.next().expect("a path");
    let round = arguments.next().expect("a round").into_string().expect("a number");
    let mut engine = engine_over(SqliteJournal::open(path).expect("a journal"));
    let mut out = std::io::stdout();
    for dossier in 0.. {
        let code = format!("H41-{round}-{dossier}");
        for (actor, at, action) in certified_copy() {
            let answer = engine.handle(&command(&code, actor, at, action)).expect("it can be carried out");
            writeln!(out, "{code} {}.", answer.version).expect("somebody listens");
            out.flush().expect("somebody listens");
        }
    }
}
