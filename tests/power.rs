//! What a power cut leaves of a journal.
//!
//! The writer runs under `strace`; all that it wrote, flushed, cut off, made and removed is played again, and the power
//! fails after every one of these calls. What was flushed is there then; of all other writes to a file any are there and
//! any are not, torn at sectors of 512 bytes, and so it is with files made and removed until their folder is flushed.
//! Each cut is tried with nothing more than was flushed, with all that was written, and with pseudo-random choices of it.
//!
//! Limits: a sector is old or new, never a mixture nor unreadable; what was flushed stays, and a disk that says so has
//! done it; a hole that was never written reads as zeros; a length counts as part of the writes that make it. The file
//! `-shm` is left out: nobody reads it after a start.
//!
//! `POWER=40 cargo test --release -p motcua-tests --test power` makes that many choices for each cut instead of two to twelve.

mod common;
#[path = "common/disk.rs"]
mod disk;
#[path = "common/kept.rs"]
mod kept;
#[path = "common/strace.rs"]
mod strace;

use disk::{Choice, Disk, Image};
use kept::{answers, commands, kept};
use motcua::dossier::Command;
use motcua::journal::{Journal as _, JournalError, SqliteJournal};
use std::collections::BTreeSet;
use std::ops::{ControlFlow, Range};
use std::path::Path;
use strace::{Call, writer, writer_with};

/// Writers on one file, one after the other.
#[derive(Default)]
struct Recording {
    /// The writer's mode.
    mode: &'static [&'static str],
    /// What was there before.
    before: Image,
    calls: Vec<Call>,
    /// What was stored, in order.
    sent: Vec<Command>,
}

impl Recording {
    /// One that stores so many commands. If it does not close the file, it dies when it would say that it stored the last.
    fn run(&mut self, path: &Path, round: &str, count: usize, closes: bool) {
        let kill = format!("write:signal=KILL:when={count}");
        let kill = [kill.as_str()];
        let until = count.to_string();
        let words = [self.mode, &[path.to_str().unwrap(), round, &until]].concat();
        let run = writer_with(&words, if closes { &[] } else { &kill });
        assert_eq!(run.status, closes.then_some(0), "{}", run.error);
        let sent: Vec<Command> = commands(round).take(count).collect();
        assert_eq!(run.answered, answers(&sent)[..count - usize::from(!closes)]);
        self.calls.extend(run.calls);
        self.sent.extend(sent);
    }
}

/// What was seen over all states.
#[derive(Debug, Default)]
struct Seen {
    cuts: usize,
    states: usize,
    /// The most commands that were there though nobody had been told.
    more: usize,
    /// States without something that had been answered for, and the most commands of one.
    losing: usize,
    lost: usize,
    /// States in which the file does not open or is not sound.
    broken: Vec<String>,
    /// States in which the file was not there, or had no event.
    fresh: usize,
}

/// Cuts the power after each call of a part of what was recorded.
fn cut_everywhere(path: &Path, recording: &Recording, part: Range<usize>, choices: u64) -> Seen {
    cut_at(path, recording, |place| part.contains(&place), choices)
}

fn cut_at(path: &Path, recording: &Recording, is_cut: impl Fn(usize) -> bool, choices: u64) -> Seen {
    let mut seen = Seen::default();
    let (cuts, states) = each_state(path, recording, is_cut, choices, |left, answered, when| {
        let there = match kept(left, &recording.sent, when) {
            Ok(there) => there,
            Err(error) => return seen.broken.push(format!("{when}: {error}")),
        };
        seen.fresh += usize::from(there == 0);
        seen.more = seen.more.max(there.saturating_sub(answered));
        seen.lost = seen.lost.max(answered.saturating_sub(there));
        seen.losing += usize::from(there < answered);
    });
    seen.broken.truncate(3);
    Seen { cuts, states, ..seen }
}

/// Shows what is left after each cut, how many commands had been answered by then, and when that was. Gives the number of cuts
/// and that of states.
fn each_state(
    path: &Path,
    recording: &Recording,
    is_cut: impl Fn(usize) -> bool,
    choices: u64,
    mut look: impl FnMut(&Path, usize, &str),
) -> (usize, usize) {
    let answers = answers(&recording.sent);
    let (mut disk, mut answered, mut cuts, mut states) = (Disk::new(path, &recording.before), 0, 0, 0);
    // In memory if there is such a folder: nothing is tried there that needs a disk.
    let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    for (place, call) in recording.calls.iter().enumerate() {
        if let Some(said) = call.said() {
            answered = answered.max(answers.iter().position(|answer| answer == said).unwrap() + 1);
        } else if !disk.apply(call) {
            continue;
        }
        if !is_cut(place) {
            continue;
        }
        cuts += 1;
        let mut images = BTreeSet::new();
        for choice in 0..choices {
            let image = disk.after_cut(&mut Choice::new(place as u64, choice));
            if !images.insert(image.clone()) {
                continue;
            }
            let left = image.write(folder.path());
            let when = format!("cut {place} after {}, choice {choice}", call.name);
            states += 1;
            look(&left, answered, &when);
        }
    }
    // What was recorded is all that made the files.
    let all = disk.after_cut(&mut Choice::all());
    assert_eq!(all, Image::of(path), "the recording ends in what is there");
    (cuts, states)
}

fn choices(usual: u64) -> u64 {
    std::env::var("POWER").map_or(usual, |choices| choices.parse().expect("POWER is a number"))
}

/// One that makes the file and closes it, one that dies, and one that finds what that one left.
fn three_writers(path: &Path, mode: &'static [&'static str]) -> Recording {
    let mut recording = Recording { mode, ..Recording::default() };
    recording.run(path, "0", 3, true);
    recording.run(path, "1", 4, false);
    recording.run(path, "2", 3, true);
    recording
}

#[test]
fn a_power_cut_at_any_moment_loses_nothing_that_was_answered_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let recording = three_writers(&path, &[]);
    let seen = cut_everywhere(&path, &recording, 0..recording.calls.len(), choices(12));
    println!("{seen:?}");
    assert!(seen.losing == 0 && seen.broken.is_empty(), "{seen:?}");
    assert!(seen.cuts > 100 && seen.states > 500, "{seen:?}");
    // The one nobody was told of because the writer died, and the one that the next was about to store.
    assert!((1..=2).contains(&seen.more) && seen.fresh > 0, "{seen:?}");
}

/// Whoever opens the file of an older format brings it forward, and may die at that: it is then as it was or as it should
/// be.
#[test]
fn a_power_cut_while_a_file_is_brought_forward_loses_nothing() {
    for format in [2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let older = format!("{}/data/journals/format-{format}.sqlite", env!("CARGO_MANIFEST_DIR"));
        std::fs::copy(older, &path).unwrap();
        let mut recording = Recording { before: Image::of(&path), ..Recording::default() };
        recording.run(&path, "0", 0, true);
        let events = |path: &Path| {
            let journal = SqliteJournal::open(path)?;
            journal.check(None)?;
            let mut events = Vec::new();
            journal.scan(&mut |code, of_it| {
                events.push((code.to_owned(), of_it.to_vec()));
                ControlFlow::Continue(())
            })?;
            Ok::<_, JournalError>(events)
        };
        let all = events(&path).unwrap();
        assert!(!all.is_empty());
        // Opening it here brought it no further, and closed it as the writer had.
        let seen = each_state(
            &path,
            &recording,
            |_| true,
            choices(12),
            |left, _, when| {
                assert_eq!(events(left).unwrap_or_else(|error| panic!("{when}: {error}")), all, "{when}");
            },
        );
        println!("format {format}: (cuts, states) {seen:?}");
        assert!(seen.0 > 20 && seen.1 > 40, "{seen:?}");
    }
}

/// The log is written back while a writer goes on, and begins anew: its old content is under the new one.
#[test]
fn a_power_cut_while_the_log_is_written_back_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut recording = Recording::default();
    recording.run(&path, "0", 3_600, true);
    let says = |call: &Call| call.said().is_some();
    let calls = &recording.calls;
    let first = calls.iter().position(says).unwrap();
    let into_file = |call: &Call| call.name == "pwrite64" && Path::new(&call.place) == path;
    let back = first + calls[first..].iter().position(into_file).unwrap();
    // From the answer before it to the third one after it.
    let from = calls[..back].iter().rposition(says).unwrap();
    let to = (back..calls.len()).filter(|place| says(&calls[*place])).nth(2).expect("it goes on after that");
    // A fourth of the calls; all of them in the long run. The files are large.
    let every = if std::env::var("POWER").is_ok() { 1 } else { 4 };
    let is_cut = |place| (from..=to).contains(&place) && place % every == 0;
    let seen = cut_at(&path, &recording, is_cut, choices(3));
    println!("{seen:?}");
    assert!(seen.losing == 0 && seen.fresh == 0 && seen.broken.is_empty(), "{seen:?}");
    assert!(seen.states > 50, "{seen:?}");
}

/// The mode is what its name says, and no worse: what is left is whole and has no gap.
#[test]
fn the_mode_that_loses_on_a_power_cut_loses_the_last_answers_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let recording = three_writers(&path, &["losing"]);
    let seen = cut_everywhere(&path, &recording, 0..recording.calls.len(), choices(8));
    println!("{seen:?}");
    assert!(seen.broken.is_empty(), "{seen:?}");
    assert!(seen.losing > 0 && seen.lost > 0, "it flushes as the other does: {seen:?}");
    assert!(seen.cuts > 100 && seen.states > 400, "{seen:?}");
    // What was closed is flushed.
    assert!(seen.lost <= 7, "{seen:?}");
}

/// Of the writers that follow.
const ANSWERS: usize = 2;

/// A writer dies in the flush of a command, and whoever sent that sends it again to the next writer. If it is told that
/// the command is there, then it is there for good.
#[test]
fn a_power_cut_after_a_restart_loses_nothing_that_was_answered_again() {
    let (mut restarts, mut again, mut losing) = (0, 0, Vec::new());
    for n in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let kill = format!("fsync,fdatasync:signal=KILL:when={n}");
        let first = writer(&path, "0", ANSWERS, &[&kill]);
        if first.answered.len() == ANSWERS {
            break;
        }
        let second = writer(&path, "0", ANSWERS, &[]);
        let sent: Vec<Command> = commands("0").take(ANSWERS).collect();
        assert_eq!(second.answered, answers(&sent), "{kill}: {}", second.error);
        restarts += 1;
        let from = first.calls.len();
        let says = |call: &Call| call.said().is_some();
        let writes = |call: &Call| call.name == "pwrite64" && !call.place.ends_with("-shm");
        // It is answered before anything is written.
        again += usize::from(second.calls.iter().position(says) < second.calls.iter().position(writes));
        let calls = [first.calls, second.calls].concat();
        let recording = Recording { sent, calls, ..Recording::default() };
        let seen = cut_everywhere(&path, &recording, from..recording.calls.len(), choices(2));
        if seen.losing > 0 || !seen.broken.is_empty() {
            losing.push(format!("{kill}: {seen:?}"));
        }
    }
    println!(
        "{restarts} restarts, {again} with a command that was there, {} of them with a loss",
        losing.len()
    );
    assert!(restarts > 8 && again >= ANSWERS && losing.is_empty(), "{losing:#?}");
}

/// A flush fails, the writer is told, sends the same once more, and gets its answer: that one must hold too. What could
/// not be flushed is still waiting, and goes with the next flush that succeeds.
fn cut_after_failed_flushes(is_held_open: bool) {
    let (mut flushes, mut losing) = (0, Vec::new());
    for n in 1.. {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let other = is_held_open.then(|| SqliteJournal::open(&path).unwrap());
        let before = Image::of(&path);
        let inject = format!("fsync,fdatasync:error=EIO:when={n}");
        let run = writer_with(&[path.to_str().unwrap(), "0", &ANSWERS.to_string(), "true"], &[&inject]);
        let Some(failed) = run.calls.iter().find(|call| call.injected) else { break };
        flushes += 1;
        let file = Path::new(&failed.place).file_name().unwrap().to_owned();
        let sent: Vec<Command> = commands("0").take(ANSWERS).collect();
        assert_eq!((run.status, run.answered), (Some(0), answers(&sent)), "{inject}: {}", run.error);
        let recording = Recording { before, sent, calls: run.calls, ..Recording::default() };
        let first = recording.calls.iter().position(|call| call.said().is_some()).unwrap();
        let seen = cut_everywhere(&path, &recording, first..recording.calls.len(), choices(2));
        if seen.losing > 0 || !seen.broken.is_empty() {
            losing.push(format!("{inject} on {file:?}: told `{}`, then {seen:?}", run.error));
        }
        drop(other);
    }
    println!("{flushes} flushes failed, {} of them with a loss or a broken file after a cut", losing.len());
    assert!(flushes > ANSWERS && losing.is_empty(), "{losing:#?}");
}

#[test]
fn a_power_cut_after_a_failed_flush_loses_nothing_that_was_answered_for() {
    cut_after_failed_flushes(false);
}

/// Then nobody writes the log back when the writer begins anew.
#[test]
fn nor_if_others_have_the_file_open() {
    cut_after_failed_flushes(true);
}
