//! A journal that may not be written is refused with a clean error, and nothing of it or beside it changes.
//!
//! For root no permission holds, so if the tests run as root the writer runs as nobody.

mod common;
#[path = "common/kept.rs"]
mod kept;
#[path = "common/strace.rs"]
mod strace;

use kept::{answers, commands, files, kept};
use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use strace::Run;

const NOBODY: u32 = 65_534;

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn allow(path: &Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

/// A folder of nobody's with a journal in it, and a writer that nobody can run.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new() -> Self {
        let office = Self { folder: tempfile::tempdir().unwrap() };
        fs::copy(env!("CARGO_BIN_EXE_writer"), office.folder.path().join("writer")).unwrap();
        fs::create_dir(office.place()).unwrap();
        allow(office.folder.path(), 0o755);
        if is_root() {
            chown(office.place(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        office
    }

    fn place(&self) -> PathBuf {
        self.folder.path().join("place")
    }

    fn journal(&self) -> PathBuf {
        self.place().join("journal.sqlite")
    }

    fn run(&self, round: &str) -> Run {
        let mut writer = Command::new(self.folder.path().join("writer"));
        writer.arg(self.journal()).args([round, "3"]);
        if is_root() {
            writer.uid(NOBODY).gid(NOBODY);
        }
        Run::of(&writer.output().unwrap(), Vec::new())
    }

    /// Leaves a journal whose log was not written back: it holds three commands, of which the last was not said.
    fn die(&self) {
        let run = strace::writer(&self.journal(), "0", 3, &["write:signal=KILL:when=3"]);
        assert_eq!((run.status, run.answered.len()), (None, 2));
        for entry in fs::read_dir(self.place()).unwrap().filter(|_| is_root()) {
            chown(entry.unwrap().path(), Some(NOBODY), Some(NOBODY)).unwrap();
        }
        assert!(self.place().join("journal.sqlite-wal").exists());
    }
}

#[test]
fn what_may_not_be_written_is_refused_and_left_as_it_is() {
    let file: fn(&Office) -> PathBuf = Office::journal;
    let log: fn(&Office) -> PathBuf = |office| office.place().join("journal.sqlite-wal");
    let place: fn(&Office) -> PathBuf = Office::place;
    let mut wrong = Vec::new();
    for (name, is_there, dies, takes) in [
        ("a folder without a journal", false, false, vec![(place, 0o555)]),
        ("a file", true, false, vec![(file, 0o444)]),
        ("a folder with a journal", true, false, vec![(place, 0o555)]),
        ("both", true, false, vec![(file, 0o444), (place, 0o555)]),
        ("a file that cannot be read either", true, false, vec![(file, 0o000)]),
        ("a folder that cannot be entered", true, false, vec![(place, 0o000)]),
        ("a file beside its log", true, true, vec![(file, 0o444)]),
        ("a log", true, true, vec![(log, 0o444)]),
        ("a log that cannot be read either", true, true, vec![(log, 0o000)]),
        ("a file and its log", true, true, vec![(file, 0o444), (log, 0o444)]),
        ("a file, its log and the folder", true, true, vec![(file, 0o444), (log, 0o444), (place, 0o555)]),
    ] {
        let office = Office::new();
        match (is_there, dies) {
            (false, _) => {}
            (true, true) => office.die(),
            (true, false) => assert_eq!(office.run("0").answered.len(), 3, "{name}"),
        }
        let before = files(&office.place());
        for (which, mode) in &takes {
            allow(&which(&office), *mode);
        }
        let run = office.run("1");
        for (which, _) in takes.iter().rev() {
            let path = which(&office);
            allow(&path, if path.is_dir() { 0o755 } else { 0o644 });
        }
        let after = files(&office.place());
        if run.status != Some(1) || run.code() != "journal.storage" || !run.answered.is_empty() {
            wrong.push(format!("{name}: {:?} `{}`, {} answered", run.status, run.error, run.answered.len()));
        }
        if before != after {
            let sizes = |files: &std::collections::BTreeMap<String, Vec<u8>>| {
                files.iter().map(|(name, bytes)| format!("{name} {}", bytes.len())).collect::<Vec<_>>()
            };
            wrong.push(format!("{name}: {:?} became {:?}", sizes(&before), sizes(&after)));
        }
        // Given back, it goes on.
        let sent: Vec<_> =
            commands("0").take(if is_there { 3 } else { 0 }).chain(commands("2").take(3)).collect();
        let run = office.run("2");
        if run.answered == answers(&sent)[sent.len() - 3..] {
            assert_eq!(kept(&office.journal(), &sent, name).unwrap(), sent.len());
        } else {
            wrong.push(format!("{name}: given back, it does not go on: {}", run.error));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
