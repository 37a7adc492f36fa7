//! Clocks, limits that depend on the case, and what the law says of incidents.

use crate::calendar::CalendarHandle;
use crate::deadline::{CutOff, Due, written};
use crate::error::{Error, Failure, Status};
use crate::guard::{give, guard, input};
use crate::text::{Str, Text, json};
use crate::time::Moment;
use motcua_core::deadline::{
    Case, Change, Clock, Comparison, DayEnd as CoreEnd, DayParts as CoreParts, Direction as CoreDirection,
    Entry, Incident, LimitRule, LimitTable, Reading, TimeLimit,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// How a part of a working day is counted.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum DayParts {
    /// Halves by mornings and afternoons, other parts of eight hours.
    MotcuaHalfDays = 0,
    /// A part of the office time of each day.
    MotcuaOfficeMinutes = 1,
    /// A part of eight hours, whatever the day has.
    MotcuaEightHours = 2,
}

/// When a limit in days ends on its last day.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum DayEnd {
    /// When the office closes.
    MotcuaOfficeHours = 0,
    /// With the day, at its last second.
    MotcuaMidnight = 1,
}

/// Which way a limit is counted.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum Direction {
    /// From an event on.
    MotcuaAfter = 0,
    /// Back from an event to come.
    MotcuaBefore = 1,
}

/// A limit with what the law says about its counting. Zeros are what is ordinary, but for the limit.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Rule {
    /// The limit, such as `3 working_day`.
    pub limit: Str,
    /// The hour after which a reception counts differently, or NULL.
    pub cut_off: *const CutOff,
    /// A motcua_policy: what a suspension does in a column of due dates. A clock is told it with each suspension.
    pub on_suspension: i32,
    /// A motcua_day_parts.
    pub day_parts: i32,
    /// A motcua_day_end.
    pub day_end: i32,
    /// A motcua_direction.
    pub direction: i32,
    /// The limit that counts after a suspension of the policy MOTCUA_SECOND_STAGE; empty if there is none.
    pub second_stage: Str,
}

/// The clock of one limit, with its ledger. It is used by one thread at a time.
pub struct ClockHandle {
    clock: Clock,
}

/// The limits of a procedure, by case.
pub struct LimitTableHandle {
    table: LimitTable,
}

impl Rule {
    /// # Safety
    /// The texts and the cut-off are valid.
    pub(crate) unsafe fn read(&self) -> Result<LimitRule, Failure> {
        // SAFETY: by the contract above.
        let (limit, second, cut_off) = unsafe {
            (self.limit.read("limit")?, self.second_stage.read("second_stage")?, self.cut_off.as_ref())
        };
        let rule = LimitRule {
            cut_off: cut_off.map(CutOff::read).transpose()?,
            on_suspension: crate::deadline::policy(self.on_suspension)?,
            day_parts: match self.day_parts {
                p if p == DayParts::MotcuaHalfDays as i32 => CoreParts::HalfDays,
                p if p == DayParts::MotcuaOfficeMinutes as i32 => CoreParts::OfficeMinutes,
                p if p == DayParts::MotcuaEightHours as i32 => CoreParts::EightHours,
                other => return Err(Failure::argument(&format!("{other} is no motcua_day_parts"))),
            },
            day_end: match self.day_end {
                e if e == DayEnd::MotcuaOfficeHours as i32 => CoreEnd::OfficeHours,
                e if e == DayEnd::MotcuaMidnight as i32 => CoreEnd::Midnight,
                other => return Err(Failure::argument(&format!("{other} is no motcua_day_end"))),
            },
            direction: match self.direction {
                d if d == Direction::MotcuaAfter as i32 => CoreDirection::After,
                d if d == Direction::MotcuaBefore as i32 => CoreDirection::Before,
                other => return Err(Failure::argument(&format!("{other} is no motcua_direction"))),
            },
            second_stage: if second.is_empty() { None } else { Some(TimeLimit::parse(second)?) },
            ..LimitRule::new(TimeLimit::parse(limit)?)
        };
        rule.check()?;
        Ok(rule)
    }
}

fn read<T: DeserializeOwned>(text: &str, what: &str) -> Result<T, Failure> {
    serde_json::from_str(text).map_err(|error| Failure::argument(&format!("{what} cannot be read: {error}")))
}

fn boxed(clock: Clock) -> *mut ClockHandle {
    Box::into_raw(Box::new(ClockHandle { clock }))
}

/// Starts a clock. Free it with motcua_clock_free.
///
/// # Safety
/// `rule` is valid with its texts; `clock` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_new(
    rule: *const Rule,
    started: Moment,
    clock: *mut *mut ClockHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(clock, "clock", err, || Ok(boxed(Clock::new(input(rule, "rule")?.read()?, started.read()?))))
    }
}

/// Reads a clock that motcua_clock_json wrote. Free it with motcua_clock_free.
///
/// # Safety
/// `text` is as motcua_str says; `clock` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_parse(
    text: Str,
    clock: *mut *mut ClockHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(clock, "clock", err, || Ok(boxed(read(text.read("text")?, "the clock")?))) }
}

/// Frees a clock.
///
/// # Safety
/// `clock` is NULL or a clock of this library that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_free(clock: *mut ClockHandle) {
    if !clock.is_null() {
        // SAFETY: made by this library from a box, and not freed yet.
        drop(unsafe { Box::from_raw(clock) });
    }
}

/// The clock with its whole ledger as JSON; motcua_clock_parse reads it.
///
/// # Safety
/// `clock` is a clock of this library; `text` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_json(
    clock: *const ClockHandle,
    text: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(text, "text", err, || json(&input(clock, "clock")?.clock)) }
}

/// Changes a clock by a call that may fail; on failure the clock stays as it was.
///
/// # Safety
/// `clock` is NULL or a clock of this library that nothing else uses now; `err` is NULL or can be written.
unsafe fn change(
    clock: *mut ClockHandle,
    err: *mut *mut Error,
    call: impl FnOnce(&mut Clock) -> Result<(), Failure>,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let handle = clock.as_mut().ok_or_else(|| Failure::argument("clock is NULL"))?;
            let mut changed = handle.clock.clone();
            call(&mut changed)?;
            handle.clock = changed;
            Ok(())
        })
    }
}

/// Writes down what happens to a clock, as JSON: {"suspend": {"reason": "…", "policy": "pause", "answer_within": "15 day"}},
/// {"resume": {"suspension": 0}}, {"extend": {"by": "5 working_day", "kind": "fixed", "reason": "…"}},
/// {"start_leg": {"leg": "…", "rule": {"limit": "3 working_day", "on_suspension": "pause"}}}, {"stop_leg": {"leg": "…"}},
/// "stop".
///
/// # Safety
/// `clock` is a clock of this library; `what` is as motcua_str says; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_change(
    clock: *mut ClockHandle,
    at: Moment,
    what: Str,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        change(clock, err, |clock| {
            let what: Change = read(what.read("what")?, "the change")?;
            Ok(clock.change(at.read()?, what)?)
        })
    }
}

/// Begins the suspension that the law has for an incident, or makes the limit longer `by` so much if that is what the law
/// has for it (`by` is empty otherwise). motcua_incidents lists them.
///
/// # Safety
/// As motcua_clock_change.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_incident(
    clock: *mut ClockHandle,
    at: Moment,
    incident: Str,
    by: Str,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        change(clock, err, |clock| {
            let incident = Incident::find(incident.read("incident")?)?;
            match by.read("by")? {
                "" => clock.suspend_for(at.read()?, incident)?,
                by => clock.extend_for(at.read()?, TimeLimit::parse(by)?, incident)?,
            }
            Ok(())
        })
    }
}

/// Puts the result off, with an apology, once, at least a day before it is due.
///
/// # Safety
/// As motcua_clock_change; `calendar` is a calendar of this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_reappoint(
    clock: *mut ClockHandle,
    at: Moment,
    to: Moment,
    reason: Str,
    calendar: *const CalendarHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        change(clock, err, |clock| {
            let calendar = input(calendar, "calendar")?;
            Ok(clock.reappoint(at.read()?, to.read()?, reason.read("reason")?, &calendar.calendar)?)
        })
    }
}

/// Writes down late what happened earlier, or annuls an entry ({"annul": {"entry": 0}}), and gives as JSON what that
/// changed: the due date before and after, and every due date that held, as told before and now.
///
/// # Safety
/// As motcua_clock_change; `calendar` is a calendar of this library; `correction` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_record(
    clock: *mut ClockHandle,
    at: Moment,
    recorded: Moment,
    what: Str,
    calendar: *const CalendarHandle,
    correction: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(correction, "correction", err, || {
            let handle = clock.as_mut().ok_or_else(|| Failure::argument("clock is NULL"))?;
            let calendar = input(calendar, "calendar")?;
            let change: Change = read(what.read("what")?, "the change")?;
            let entry = Entry { at: at.read()?, recorded: recorded.read()?, change };
            let mut changed = handle.clock.clone();
            let text = json(&changed.record(entry, &calendar.calendar)?)?;
            handle.clock = changed;
            Ok(text)
        })
    }
}

/// When the result is due, as the record stands.
///
/// # Safety
/// `clock` and `calendar` are of this library; `due` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_due(
    clock: *const ClockHandle,
    calendar: *const CalendarHandle,
    due: *mut Due,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(due, "due", err, || {
            let (clock, calendar) = (input(clock, "clock")?, input(calendar, "calendar")?);
            Ok(clock.clock.due(&calendar.calendar)?.into())
        })
    }
}

/// Why it is due then. `format` is a motcua_format.
///
/// # Safety
/// As motcua_clock_due; `explanation` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_explain(
    clock: *const ClockHandle,
    calendar: *const CalendarHandle,
    format: i32,
    explanation: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(explanation, "explanation", err, || {
            let (clock, calendar) = (input(clock, "clock")?, input(calendar, "calendar")?);
            written(&clock.clock.explain(&calendar.calendar)?, &calendar.calendar, format)
        })
    }
}

#[derive(Serialize)]
struct Report<'a> {
    status: motcua_core::deadline::Status,
    dues: Vec<motcua_core::deadline::DueRecord>,
    milestones: Vec<(&'a str, motcua_core::deadline::Due)>,
    legs: Vec<(&'a str, motcua_core::deadline::Due)>,
    lapses: Option<String>,
    forward_by: String,
}

/// How a clock stands at a moment, as JSON: `status` (phase, due, timeliness, what is left), `dues` (every due date that
/// held, with its cause), `milestones` and `legs` with their due dates, `lapses` (when an unanswered request does),
/// `forward_by` (when the papers go on). Early and late are told apart by the instant if `by_instant`, else by the date.
///
/// # Safety
/// As motcua_clock_due; `report` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_report(
    clock: *const ClockHandle,
    calendar: *const CalendarHandle,
    at: Moment,
    by_instant: bool,
    report: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(report, "report", err, || {
            let (clock, calendar) = (&input(clock, "clock")?.clock, &*input(calendar, "calendar")?.calendar);
            let by = if by_instant { Comparison::ByInstant } else { Comparison::ByDate };
            let leg = |leg: &'_ motcua_core::deadline::Leg| clock.leg_due(&leg.name, calendar);
            let legs = clock.legs().iter().map(|l| Ok((&*l.name, leg(l)?)));
            json(&Report {
                status: clock.status(at.read()?, by, calendar)?,
                dues: clock.dues(calendar)?,
                milestones: clock.milestones(calendar)?,
                legs: legs.collect::<Result<_, Failure>>()?,
                lapses: clock.lapses(calendar)?.map(motcua_core::moment::format),
                forward_by: motcua_core::moment::format(clock.forward_by(calendar)?),
            })
        })
    }
}

/// The due date of a clock by two calendars, such as one as known on an earlier day, and the days that make the difference,
/// as JSON.
///
/// # Safety
/// As motcua_clock_due, for both calendars; `change` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_clock_compare(
    clock: *const ClockHandle,
    before: *const CalendarHandle,
    after: *const CalendarHandle,
    change: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(change, "change", err, || {
            let (before, after) = (input(before, "before")?, input(after, "after")?);
            json(&input(clock, "clock")?.clock.compare(&before.calendar, &after.calendar)?)
        })
    }
}

/// What the law says of the clock when something happens on the way, as JSON: a list of rules with ids, dates in force and
/// sources.
///
/// # Safety
/// `incidents` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_incidents(incidents: *mut Text, err: *mut *mut Error) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(incidents, "incidents", err, || json(&Incident::all())) }
}

/// Reads a time limit as a document writes it, and gives as JSON the limit and what stands beside it: exclusions,
/// extensions, other cases. What can be read in several ways is an error that names them.
///
/// # Safety
/// `text` is as motcua_str says; `reading` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_time_limit_read(
    text: Str,
    reading: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(reading, "reading", err, || json(&Reading::of(text.read("text")?)?)) }
}

/// Reads the limits of a procedure from TOML text. `file` is its name in messages. Free it with motcua_limit_table_free.
///
/// # Safety
/// The texts are as motcua_str says; `table` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_limit_table_load(
    file: Str,
    text: Str,
    table: *mut *mut LimitTableHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(table, "table", err, || {
            let table = LimitTable::load(file.read("file")?, text.read("text")?)?;
            Ok(Box::into_raw(Box::new(LimitTableHandle { table })))
        })
    }
}

/// Frees a table of limits.
///
/// # Safety
/// `table` is NULL or a table of this library that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_limit_table_free(table: *mut LimitTableHandle) {
    if !table.is_null() {
        // SAFETY: made by this library from a box, and not freed yet.
        drop(unsafe { Box::from_raw(table) });
    }
}

/// The clock of a case, by the row of the table that fits it. The case is JSON: {"on": "2026-06-05", "facts": {"remote":
/// "yes"}, "quantity": 2, "events": {"complete_dossier": "2026-06-05T15:10:00+07:00"}}.
///
/// # Safety
/// `table` is a table of this library; `case` is as motcua_str says; `clock` can be written; `err` is NULL or can be
/// written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_limit_table_clock(
    table: *const LimitTableHandle,
    case: Str,
    clock: *mut *mut ClockHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(clock, "clock", err, || {
            let case: Case = read(case.read("case")?, "the case")?;
            Ok(boxed(input(table, "table")?.table.clock(&case)?))
        })
    }
}
