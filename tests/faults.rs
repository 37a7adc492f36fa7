//! What a journal is after its writer was killed in a call to the system, or the system failed it: a flush, a write, a
//! full disk. The writer runs under `strace`, which makes the n-th call of a kind fail.

mod common;
#[path = "common/kept.rs"]
mod kept;
#[path = "common/strace.rs"]
mod strace;

use kept::{answers, commands, kept};
use motcua::dossier::Command as Sent;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;
use strace::{Run, writer};

const ANSWERS: usize = 3;

/// What it asks for, and the command after it.
fn sent(count: usize) -> Vec<Sent> {
    commands("0").take(count + 1).collect()
}

/// Runs the writer on a new file and looks at what it leaves: how many commands.
fn run_and_look(inject: &[&str]) -> (Run, usize) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let run = writer(&path, "0", ANSWERS, inject);
    let sent = sent(ANSWERS);
    assert_eq!(run.answered, answers(&sent)[..run.answered.len()], "{inject:?}");
    let there = kept(&path, &sent, &format!("{inject:?}")).unwrap();
    let answered = run.answered.len();
    assert!(
        (answered..=answered + 1).contains(&there),
        "{inject:?}: {there} are there, {answered} were answered"
    );
    (run, there)
}

#[test]
fn a_writer_killed_in_any_call_loses_nothing_it_answered_for() {
    let (mut kills, mut more) = (0, 0);
    for calls in ["pwrite64", "fsync,fdatasync", "ftruncate", "?unlink,unlinkat", "write"] {
        for n in 1.. {
            let (run, there) = run_and_look(&[&format!("{calls}:signal=KILL:when={n}")]);
            if run.status == Some(0) {
                assert!(n > 1, "`{calls}` is never called");
                break;
            }
            kills += 1;
            more += usize::from(there > run.answered.len());
        }
    }
    println!("{kills} kills, {more} with a command that was stored and not answered");
    assert!(kills > 60 && more >= ANSWERS, "{kills}, {more}");
}

fn says_what_failed(run: &Run) -> bool {
    run.status == Some(1) && ["journal.storage", "journal.unknown"].contains(&run.code())
}

/// Whether a call fails before the writer had said everything, and is one on a file that must not fail unnoticed.
fn matters(run: &Run) -> bool {
    let failed = run.calls.iter().position(|call| call.injected).expect("a call failed");
    let last = run.calls.iter().rposition(|call| call.said().is_some()).unwrap_or(run.calls.len());
    // SQLite does not look whether a folder was flushed.
    failed < last && run.calls[failed].place.contains("journal.sqlite")
}

#[test]
fn a_flush_or_write_that_fails_is_told_and_loses_nothing() {
    let (mut failures, mut told, mut stored) = (0, 0, 0);
    let (mut silent, mut wrongly) = (Vec::new(), Vec::new());
    for (calls, error) in [("fsync,fdatasync", "EIO"), ("pwrite64", "EIO"), ("pwrite64", "ENOSPC")] {
        // Once, and from then on.
        for (n, on) in (1..).flat_map(|n| [(n, ""), (n, "+")]) {
            if calls == "pwrite64" && n % 3 != u32::from(on.is_empty()) {
                continue;
            }
            let inject = format!("{calls}:error={error}:when={n}{on}");
            let (run, there) = run_and_look(&[&inject]);
            if !run.calls.iter().any(|call| call.injected) {
                break;
            }
            failures += 1;
            let answered = run.answered.len();
            if says_what_failed(&run) {
                told += 1;
                stored += usize::from(there > answered);
                // This one says that nothing was stored.
                if run.code() == "journal.storage" && there > answered {
                    wrongly.push(inject);
                }
            } else {
                assert_eq!((run.status, answered, run.error.as_str()), (Some(0), ANSWERS, ""), "{inject}");
                if matters(&run) {
                    silent.push(inject);
                }
            }
        }
    }
    println!(
        "{failures} failures, {told} told, {stored} of them stored all the same, {} silent",
        silent.len()
    );
    assert!(
        silent.is_empty() && wrongly.is_empty(),
        "nobody was told of a file that could not be written: {silent:#?}; `journal.storage` was said, and the command is \
         there: {wrongly:#?}"
    );
    assert!(failures > 40 && told > 30);
}

/// A flush fails, the writer says so, and dies before it can tidy up: the command may be in the log, and then comes back.
/// Who was told that nothing was stored was told wrongly.
#[test]
fn what_was_called_not_stored_does_not_come_back_after_a_crash() {
    let (mut crashes, mut back) = (0, Vec::new());
    for n in 1.. {
        let failure = format!("fsync,fdatasync:error=EIO:when={n}");
        let (run, _) = run_and_look(&[&failure]);
        let Some(failed) = run.calls.iter().position(|call| call.injected) else { break };
        if run.status == Some(0) {
            continue;
        }
        // The next time it writes to a file, it dies.
        let writes = run.calls[..failed].iter().filter(|call| call.name == "pwrite64").count();
        let kill = format!("pwrite64:signal=KILL:when={}", writes + 1);
        let (run, there) = run_and_look(&[&failure, &kill]);
        if run.status.is_none() && !run.error.is_empty() {
            crashes += 1;
            if run.code() == "journal.storage" && there > run.answered.len() {
                back.push(failure);
            }
        }
    }
    println!(
        "{crashes} crashes after a failed flush, {} with a command that was called not stored",
        back.len()
    );
    assert!(crashes >= ANSWERS);
    assert!(back.is_empty(), "`journal.storage` was said, and the command is there: {back:?}");
}

/// Runs a script with a small disk of its own, that nobody else sees and that goes with it.
fn with_small_disk(script: &str, arguments: &[&Path]) {
    let is_root = std::fs::metadata("/proc/self").unwrap().uid() == 0;
    let mut command = Command::new("unshare");
    command.args(if is_root { &["--mount"][..] } else { &["--user", "--map-root-user", "--mount"] });
    let output =
        command.args(["sh", "-ec", script, "sh"]).args(arguments).output().expect("`unshare` is there");
    assert!(output.status.success(), "a small disk can be mounted: {output:?}");
}

#[test]
fn a_full_disk_is_told_and_the_writing_goes_on_when_there_is_room() {
    const MANY: usize = 800;
    // Too small for the tables, for the log, and for the log when it is written back into the file.
    for room in [48, 1_024, 1_500, 4_100] {
        let folder = tempfile::tempdir().unwrap();
        let ballast = 16 * 1_024 - room;
        let script = format!(
            "mkdir \"$2/disk\" \"$2/full\" \"$2/after\"
             mount -t tmpfs -o size=16m none \"$2/disk\"
             head -c {ballast}k /dev/zero > \"$2/disk/ballast\"
             cd \"$2\"
             \"$1\" disk/journal.sqlite 0 {MANY} 'cp disk/journal* full; cp said said-then; rm disk/ballast' > said 2> error
             cp disk/journal* after"
        );
        let size = format!("{room} KiB");
        let size = size.as_str();
        with_small_disk(&script, &[Path::new(env!("CARGO_BIN_EXE_writer")), folder.path()]);
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        let error = read("error");
        assert_eq!(error.lines().count(), 1, "{size}: it fails once: {error}");
        let code = error.split(": ").next().unwrap();
        assert!(["journal.storage", "journal.unknown"].contains(&code), "{size}: {error}");
        let (answered, sent) = (read("said-then").lines().count(), sent(MANY));
        let there = kept(&folder.path().join("full/journal.sqlite"), &sent, size).unwrap();
        println!("{size}: full after {answered} answers, {there} are there; {error}");
        assert!(there == answered || (code == "journal.unknown" && there == answered + 1), "{size}");
        assert!((room == 48) == (answered == 0), "{size}");
        // It was the same process that went on, with the command that failed.
        assert_eq!(read("said").lines().count(), MANY, "{size}");
        assert_eq!(kept(&folder.path().join("after/journal.sqlite"), &sent, size).unwrap(), MANY, "{size}");
    }
}
