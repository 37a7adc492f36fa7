//! A writer that is killed at any moment loses nothing that it answered for.
//!
//! Thirty times each here, a file and a server; `KILLS=300 cargo test -p motcua-tests --test crash` does the long run.

mod common;
#[path = "common/postgres.rs"]
mod server;

use motcua::dossier::Dossier;
use motcua::journal::{Head, Journal, PostgresJournal, SqliteJournal};
use motcua::procedure::Catalogue;
use server::Server;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

#[test]
fn a_killed_writer_loses_nothing_it_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    loses_nothing(path.as_os_str(), |round| {
        path.exists()
            .then(|| SqliteJournal::open(&path).unwrap_or_else(|error| panic!("round {round}: {error}")))
    });
}

#[test]
fn a_killed_writer_on_a_server_loses_nothing_it_answered_for() {
    let server = Server::shared();
    loses_nothing(server.url().as_ref(), |round| {
        // The server may still be at what the writer sent last.
        let others =
            "SELECT FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        let mut client = server.client();
        while !client.query(others, &[]).unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(2));
        }
        let journal = PostgresJournal::open(&server.url(), None);
        Some(journal.unwrap_or_else(|error| panic!("round {round}: {error}")))
    });
}

/// `open` gives what is there after a writer was killed.
fn loses_nothing<J: Journal>(path: &OsStr, open: impl Fn(u64) -> Option<J>) {
    let kills: u64 = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(30);
    let (mut answered, mut head): (BTreeMap<String, u64>, Option<Head>) = (BTreeMap::new(), None);
    let mut more = 0;
    for round in 0..kills {
        let mut child = Command::new(env!("CARGO_BIN_EXE_writer"))
            .args([path, round.to_string().as_ref()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // By turns at any moment after its start, such as while the file is made, and after so many answers, in the
        // middle of what follows.
        let start = (round % 2 == 0).then(|| Duration::from_micros(round * 7_919 % 60_000));
        let (answers, after) = (round as usize % 40, Duration::from_micros(round * 613 % 3_000));
        let (enough, killed) = mpsc::channel::<()>();
        let killer = std::thread::spawn(move || {
            match start {
                Some(start) => std::thread::sleep(start),
                None => {
                    // Also when the writer has ended by itself, which it never should.
                    let _ = killed.recv();
                    std::thread::sleep(after);
                }
            }
            child.kill().unwrap();
            child.wait().unwrap();
        });
        for (n, line) in lines.map_while(Result::ok).enumerate() {
            if n == answers {
                let _ = enough.send(());
            }
            // A line that was cut off was not read by anybody.
            let Some((code, version)) =
                line.split_once(' ').and_then(|(c, v)| Some((c, v.strip_suffix('.')?)))
            else {
                continue;
            };
            answered.insert(code.into(), version.parse().unwrap());
        }
        drop(enough);
        killer.join().unwrap();
        let Some(journal) = open(round) else { continue };
        let now = journal.verify(head).unwrap_or_else(|error| panic!("round {round}: {error}"));
        let mut kept = 0;
        for (code, version) in &answered {
            let stored = journal.version(code).unwrap();
            assert!(stored >= *version, "round {round}: {code} is at {stored}, and {version} was answered");
            // The last command may be stored and not answered; a repetition is told by its key.
            assert!(stored <= version + 1, "round {round}: {code}");
            let dossier = Dossier::replay(Catalogue::embedded(), code, &journal.events(code).unwrap());
            assert_eq!(dossier.unwrap().map_or(0, |dossier| dossier.version), stored);
            kept += stored;
        }
        let unanswered = now.size - kept;
        assert!(
            unanswered <= round + 1,
            "round {round}: {unanswered} events of dossiers that nobody was told of"
        );
        more += u64::from(now.size > kept);
        head = Some(now);
    }
    let size = head.map_or(0, |head| head.size);
    println!(
        "{kills} kills, {size} events, {} dossiers, {more} rounds with a dossier not answered for",
        answered.len()
    );
    assert!(size > kills, "the writer wrote something");
}
