//! Appends dossier after dossier to a journal and says so, until it is killed. Repeats what is there already.

mod common;

use common::{certified_copy, engine_over, play};
use motcua::journal::SqliteJournal;

fn main() {
    let path = std::env::args_os().nth(1).expect("a path");
    let mut engine = engine_over(SqliteJournal::open(path).expect("a journal"));
    for i in 0.. {
        play(&mut engine, &format!("H41-{i:06}"), &certified_copy());
        eprintln!("answered {i}");
    }
}
