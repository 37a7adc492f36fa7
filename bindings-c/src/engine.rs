//! The workflow engine.

use crate::calendar::CalendarHandle;
use crate::deadline::written;
use crate::error::{Error, Failure, Status};
use crate::guard::{give, input, said};
use crate::text::{Str, Text, json};
use crate::time::{Date, Moment};
use motcua_core::calendar::Calendar;
use motcua_core::dossier::{Assignment, Organisation};
use motcua_core::journal::{SqliteJournal, WorkFilter};
use motcua_core::measure::Period;
use motcua_core::moment;
use motcua_core::procedure::Catalogue;
use motcua_core::{Answer, Engine, EngineError};
use serde::Serialize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, TryLockError};

/// An engine on one journal file.
pub struct EngineHandle {
    engine: Mutex<Engine<SqliteJournal>>,
    poisoned: AtomicBool,
}

impl EngineHandle {
    /// Runs a call on the engine: one at a time, and none after a panic, which may have left it half changed.
    pub(crate) fn with<T>(
        &self,
        call: impl FnOnce(&mut Engine<SqliteJournal>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        if self.poisoned.load(Ordering::Acquire) {
            return Err(Failure::poisoned());
        }
        let mut engine = match self.engine.try_lock() {
            Ok(engine) => engine,
            Err(TryLockError::WouldBlock) => return Err(Failure::busy()),
            Err(TryLockError::Poisoned(_)) => return Err(Failure::poisoned()),
        };
        catch_unwind(AssertUnwindSafe(|| call(&mut engine))).unwrap_or_else(|panic| {
            self.poisoned.store(true, Ordering::Release);
            Err(Failure::panic(&said(&*panic)))
        })
    }
}

/// Opens an engine on a journal file, which is made if there is none, with the procedures and the calendar of the
/// library. `organisation` is TOML with the units and officers ([[unit]], [[officer]]); `procedures` is TOML with
/// procedures of one's own ([[procedure]]), or empty. Free it with motcua_engine_free.
///
/// # Safety
/// The texts are as motcua_str says; `engine` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_open(
    path: Str,
    organisation: Str,
    procedures: Str,
    engine: *mut *mut EngineHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(engine, "engine", err, || {
            let path = path.read("path")?;
            if path.is_empty() {
                return Err(Failure::argument("path is empty"));
            }
            let procedures = procedures.read("procedures")?;
            let catalogue = match procedures {
                "" => Arc::clone(Catalogue::embedded()),
                own => Catalogue::embedded_and("procedures", own)?,
            };
            let organisation = organisation.read("organisation")?;
            let organisation = Organisation::load(&catalogue, &[("organisation", organisation)])?;
            let journal = SqliteJournal::open(path)?;
            let engine = Engine::new(catalogue, Arc::clone(Calendar::vietnam()), organisation, journal);
            let handle = EngineHandle { engine: Mutex::new(engine), poisoned: AtomicBool::new(false) };
            Ok(Box::into_raw(Box::new(handle)))
        })
    }
}

/// Closes an engine. What it has answered for is stored.
///
/// # Safety
/// `engine` is NULL or an engine of this library that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_free(engine: *mut EngineHandle) {
    if !engine.is_null() {
        // SAFETY: made by this library from a box, and not freed yet.
        drop(unsafe { Box::from_raw(engine) });
    }
}

/// Carries out one command in JSON and stores its event; `answer` is JSON. If the call fails, nothing has changed.
///
/// # Safety
/// `engine` is an engine of this library; `command` is as motcua_str says; `answer` can be written; `err` is NULL or
/// can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_command(
    engine: *mut EngineHandle,
    command: Str,
    answer: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(answer, "answer", err, || {
            let command = command.read("command")?;
            let answer = input(engine, "engine")?.with(|engine| Ok(engine.handle_json(command)?))?;
            json(&answer)
        })
    }
}

/// Carries out commands in their order, each for itself, and stores the events of those that are not refused in one
/// transaction. `commands` is a JSON array; `results` is one of as many, in its order: `{"answer": …}` as of
/// motcua_engine_command, or `{"error": {"code": …, "message": …, "vi": …}}` of a command that is refused or cannot be
/// read. If the call itself fails, nothing has changed.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_handle_each(
    engine: *mut EngineHandle,
    commands: Str,
    results: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(results, "results", err, || {
            let commands = commands.read("commands")?;
            let results = input(engine, "engine")?.with(|engine| Ok(engine.handle_each_json(commands)?))?;
            json(&results.iter().map(Told::from).collect::<Vec<_>>())
        })
    }
}

/// What came of one command of a list.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Told<'a> {
    Answer(&'a Answer),
    Error { code: &'static str, message: String, vi: String },
}

impl<'a> From<&'a Result<Answer, EngineError>> for Told<'a> {
    fn from(result: &'a Result<Answer, EngineError>) -> Self {
        match result {
            Ok(answer) => Self::Answer(answer),
            Err(error) => Self::Error { code: error.code(), message: error.to_string(), vi: error.vi() },
        }
    }
}

/// What would come of a command, without doing it: the answer that motcua_engine_command would give now, or its failure.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_dry_run(
    engine: *mut EngineHandle,
    command: Str,
    answer: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(answer, "answer", err, || {
            let command = command.read("command")?;
            let answer = input(engine, "engine")?.with(|engine| Ok(engine.dry_run_json(command)?))?;
            json(&answer)
        })
    }
}

/// Whom to give a running step: the id of an officer who is there at `now` and may do it; empty if there is none. `policy`
/// is
/// `round_robin`, the next in turn after `last`, who was chosen last time, empty for nobody; `least_loaded`, who has the
/// least to do; or `by_hand`, which suggests nobody. Nothing is assigned; send `assign` to do that.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_suggest(
    engine: *const EngineHandle,
    dossier: Str,
    step: Str,
    policy: Str,
    last: Str,
    now: Moment,
    officer: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(officer, "officer", err, || {
            let (code, step, policy) = (dossier.read("dossier")?, step.read("step")?, policy.read("policy")?);
            let known: Assignment = policy
                .parse()
                .map_err(|_| Failure::argument(&format!("`{policy}` is no policy of assignment")))?;
            let now = now.read()?;
            let last = Some(last.read("last")?).filter(|last| !last.is_empty());
            let officer = input(engine, "engine")?.with(|engine| {
                Ok(engine.suggest(code, step, known, last, now)?.map(|officer| officer.id.clone()))
            })?;
            Ok(Text::new(officer.as_deref().unwrap_or_default()))
        })
    }
}

/// The open dossiers whose due date is another by another calendar, such as one with a day off that was announced late, a
/// JSON array in the order of their codes: `dossier`, `before`, `after`, and `because`, the days that make the difference.
///
/// # Safety
/// As motcua_engine_command; `after` is a calendar of this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_moved(
    engine: *const EngineHandle,
    after: *const CalendarHandle,
    moved: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(moved, "moved", err, || {
            let after = &input(after, "after")?.calendar;
            input(engine, "engine")?.with(|engine| json(&engine.moved(after)?))
        })
    }
}

/// Counts by another calendar from now on, and projects anew what is to be done of each open dossier, and by which unit, as
/// units are on the day `today`; `open` is the number of these dossiers. Ask motcua_engine_moved before, to tell those
/// concerned. An engine begins with the calendar of the library each time it is opened. The same calendar will do after an
/// organisation changed.
///
/// # Safety
/// As motcua_engine_command; `calendar` is a calendar of this library, `open` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_announce(
    engine: *mut EngineHandle,
    calendar: *const CalendarHandle,
    today: Date,
    open: *mut usize,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(open, "open", err, || {
            let calendar = Arc::clone(&input(calendar, "calendar")?.calendar);
            let today = today.read()?;
            input(engine, "engine")?.with(|engine| Ok(engine.announce(calendar, today)?))
        })
    }
}

/// The events of a dossier, a JSON array, empty for an unknown one.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_events(
    engine: *const EngineHandle,
    dossier: Str,
    events: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(events, "events", err, || {
            let dossier = dossier.read("dossier")?;
            let events = input(engine, "engine")?.with(|engine| Ok(engine.events(dossier)?))?;
            json(&events)
        })
    }
}

/// A dossier as it stands, a JSON object, or `null` for an unknown one.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_dossier(
    engine: *const EngineHandle,
    dossier: Str,
    result: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || {
            let code = dossier.read("dossier")?;
            let dossier = input(engine, "engine")?.with(|engine| Ok(engine.dossier(code)?))?;
            json(&dossier)
        })
    }
}

/// What is to be done, earliest due first, a JSON array. `filter` is empty, or a JSON object with any of `unit`,
/// `role`, `assignee`, `due_before`, `step_due_before` and `order`, which is `due` or `step_due`.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_work_list(
    engine: *const EngineHandle,
    filter: Str,
    work: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(work, "work", err, || {
            let filter: WorkFilter = match filter.read("filter")? {
                "" => WorkFilter::default(),
                text => serde_json::from_str(text)
                    .map_err(|error| Failure::argument(&format!("filter cannot be read: {error}")))?,
            };
            let work = input(engine, "engine")?.with(|engine| Ok(engine.work_list(&filter)?))?;
            json(&work)
        })
    }
}

/// The duties in a dossier as they stand at a moment, a JSON array, empty for an unknown one: what the law wants done by a
/// time, by whom, and whether it was. `state` is `due`, `met`, `missed`, `fell_away` or `untold`.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_duties(
    engine: *const EngineHandle,
    dossier: Str,
    now: Moment,
    duties: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(duties, "duties", err, || {
            let (code, now) = (dossier.read("dossier")?, now.read()?);
            let duties = input(engine, "engine")?.with(|engine| Ok(engine.duties(code, now)?))?;
            json(&duties)
        })
    }
}

/// What falls due up to a moment, over all dossiers, earliest first, a JSON array. The command that one waits for, or
/// `notify` with the notice `reminder`, takes it off the list.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_wakeups(
    engine: *const EngineHandle,
    until: Moment,
    wakeups: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(wakeups, "wakeups", err, || {
            let until = until.read()?;
            let wakeups = input(engine, "engine")?.with(|engine| Ok(engine.wakeups(until)?))?;
            json(&wakeups)
        })
    }
}

/// When something falls due next, over all dossiers: what to set a timer to. A text like `2023-06-01T17:00:00+07:00`, which
/// may be past; empty if nothing ever does.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_next_wakeup(
    engine: *const EngineHandle,
    at: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(at, "at", err, || {
            let next = input(engine, "engine")?.with(|engine| Ok(engine.next_wakeup()?))?;
            Ok(Text::new(&next.map(moment::format).unwrap_or_default()))
        })
    }
}

/// The report of the days from `first` to `last`, a JSON object: Biểu 06/VPCP/KSTT by field, the ratios with their
/// numerators and denominators, and the scorecard of QĐ 766.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_report(
    engine: *const EngineHandle,
    first: Date,
    last: Date,
    report: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(report, "report", err, || {
            let period = Period::new(first.read()?, last.read()?)?;
            let report = input(engine, "engine")?.with(|engine| Ok(engine.report(period)?))?;
            json(&report)
        })
    }
}

/// Why a dossier is due when it is; empty if there is no such dossier, or its clock has not started. `format` is a
/// motcua_format.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_explain_due(
    engine: *const EngineHandle,
    dossier: Str,
    format: i32,
    explanation: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(explanation, "explanation", err, || {
            let code = dossier.read("dossier")?;
            input(engine, "engine")?.with(|engine| match engine.explain_due(code)? {
                Some(explanation) => written(&explanation, engine.calendar(), format),
                None => Ok(Text::new("")),
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn handle(folder: &std::path::Path) -> EngineHandle {
        let journal = SqliteJournal::open(folder.join("journal.sqlite")).unwrap();
        let catalogue = Arc::clone(Catalogue::embedded());
        let engine =
            Engine::new(catalogue, Arc::clone(Calendar::vietnam()), Organisation::default(), journal);
        EngineHandle { engine: Mutex::new(engine), poisoned: AtomicBool::new(false) }
    }

    #[test]
    fn after_a_panic_this_handle_is_unusable_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let (broken, whole) = (handle(folder.path()), handle(folder.path()));
        let status = |outcome: Result<(), Failure>| {
            outcome.map_or_else(|failure| failure.status, |()| Status::MotcuaOk)
        };
        assert_eq!(status(broken.with(|_| panic!("a fault"))), Status::MotcuaPanic);
        assert_eq!(status(broken.with(|_| Ok(()))), Status::MotcuaPoisoned);
        assert_eq!(status(whole.with(|_| Ok(()))), Status::MotcuaOk);
    }

    #[test]
    fn a_second_call_at_once_is_told_that_the_engine_is_busy() {
        let folder = tempfile::tempdir().unwrap();
        let handle = handle(folder.path());
        let inner = handle.with(|_| Ok(handle.with(|_| Ok(())).err().map(|failure| failure.status)));
        assert_eq!(inner.ok().flatten(), Some(Status::MotcuaBusy));
    }
}
