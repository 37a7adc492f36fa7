//! Working days and working time.

use crate::error::{Error, Status};
use crate::guard::{give, input};
use crate::text::{Str, Text, json};
use crate::time::{Date, Moment};
use chrono::TimeDelta;
use motcua_core::calendar::Calendar;
use std::sync::Arc;

/// A calendar.
pub struct CalendarHandle {
    pub(crate) calendar: Arc<Calendar>,
}

/// Gives the calendar of Vietnam's public sector: 2013 to 2027 as announced, to 2100 projected by rule. Free it with
/// motcua_calendar_free.
///
/// # Safety
/// `calendar` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_vietnam(
    calendar: *mut *mut CalendarHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(calendar, "calendar", err, || {
            let handle = Box::new(CalendarHandle { calendar: Arc::clone(Calendar::vietnam()) });
            Ok(Box::into_raw(handle))
        })
    }
}

/// Frees a calendar.
///
/// # Safety
/// `calendar` is NULL or a calendar of this library that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_free(calendar: *mut CalendarHandle) {
    if !calendar.is_null() {
        // SAFETY: made by this library from a box, and not freed yet.
        drop(unsafe { Box::from_raw(calendar) });
    }
}

/// The n-th working day after a date, which itself is not counted; with a negative n before it, with 0 the date itself.
/// Worked Saturdays count.
///
/// # Safety
/// `calendar` is a calendar of this library; `result` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_add_working_days(
    calendar: *const CalendarHandle,
    date: Date,
    n: i32,
    result: *mut Date,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || {
            let calendar = input(calendar, "calendar")?;
            Ok(calendar.calendar.add_working_days(date.read()?, n)?.into())
        })
    }
}

/// The working days after `from` up to and including `to`; negative if `to` is earlier.
///
/// # Safety
/// As motcua_calendar_add_working_days.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_count_working_days(
    calendar: *const CalendarHandle,
    from: Date,
    to: Date,
    result: *mut i32,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || {
            let calendar = input(calendar, "calendar")?;
            Ok(calendar.calendar.count_working_days(from.read()?, to.read()?)?)
        })
    }
}

/// The moment after so many working minutes, which may be negative.
///
/// # Safety
/// As motcua_calendar_add_working_days.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_add_working_minutes(
    calendar: *const CalendarHandle,
    at: Moment,
    minutes: i64,
    result: *mut Moment,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || {
            let calendar = input(calendar, "calendar")?;
            let time = TimeDelta::try_minutes(minutes).unwrap_or(if minutes < 0 {
                TimeDelta::MIN
            } else {
                TimeDelta::MAX
            });
            Ok(calendar.calendar.add_working_time(at.read()?, time)?.into())
        })
    }
}

/// The working seconds from one moment to another; negative if `to` is earlier.
///
/// # Safety
/// As motcua_calendar_add_working_days.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_count_working_seconds(
    calendar: *const CalendarHandle,
    from: Moment,
    to: Moment,
    result: *mut i64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || {
            let calendar = input(calendar, "calendar")?;
            Ok(calendar.calendar.count_working_time(from.read()?, to.read()?)?.num_seconds())
        })
    }
}

/// What a day is, and why, as JSON: kind, names, source, known_since, projected.
///
/// # Safety
/// `calendar` is a calendar of this library; `day` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_day(
    calendar: *const CalendarHandle,
    date: Date,
    day: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(day, "day", err, || json(&input(calendar, "calendar")?.calendar.day(date.read()?)?)) }
}

/// The last day that rests on announcements. Results after it, in columns too, are projected: an announcement may still
/// change the days that they rest on.
///
/// # Safety
/// As motcua_calendar_day; `date` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_announced_to(
    calendar: *const CalendarHandle,
    date: *mut Date,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(date, "date", err, || Ok(input(calendar, "calendar")?.calendar.announced_to().into())) }
}

/// Whether the office is open at a moment.
///
/// # Safety
/// As motcua_calendar_day; `open` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_is_open(
    calendar: *const CalendarHandle,
    at: Moment,
    open: *mut bool,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe { give(open, "open", err, || Ok(input(calendar, "calendar")?.calendar.is_open(at.read()?)?)) }
}

fn boxed(calendar: Calendar) -> *mut CalendarHandle {
    Box::into_raw(Box::new(CalendarHandle { calendar: Arc::new(calendar) }))
}

/// The calendar as one could know it on a date: without the announcements and laws that came later. Free it with
/// motcua_calendar_free.
///
/// # Safety
/// As motcua_calendar_day; `known` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_as_known_on(
    calendar: *const CalendarHandle,
    date: Date,
    known: *mut *mut CalendarHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(known, "known", err, || {
            Ok(boxed(input(calendar, "calendar")?.calendar.as_known_on(date.read()?)))
        })
    }
}

/// The questions that the law leaves open, as JSON: pairs of a question and the answer that this calendar gives.
///
/// # Safety
/// As motcua_calendar_day; `questions` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_questions(
    calendar: *const CalendarHandle,
    questions: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(questions, "questions", err, || {
            json(&input(calendar, "calendar")?.calendar.questions().collect::<Vec<_>>())
        })
    }
}

/// The calendar with another answer to an open question. Free it with motcua_calendar_free.
///
/// # Safety
/// As motcua_calendar_day; the texts are as motcua_str says; `other` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_answering(
    calendar: *const CalendarHandle,
    question: Str,
    answer: Str,
    other: *mut *mut CalendarHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(other, "other", err, || {
            let (question, answer) = (question.read("question")?, answer.read("answer")?);
            Ok(boxed(input(calendar, "calendar")?.calendar.answering(question, answer)?))
        })
    }
}

/// The calendar of a unit: this one, with what the unit decides for itself, from TOML text whose format is explained in
/// core/data/calendar/units.md. `file` is its name in messages. Free it with motcua_calendar_free.
///
/// # Safety
/// As motcua_calendar_answering.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_for_unit(
    calendar: *const CalendarHandle,
    file: Str,
    text: Str,
    other: *mut *mut CalendarHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(other, "other", err, || {
            let (file, text) = (file.read("file")?, text.read("text")?);
            Ok(boxed(input(calendar, "calendar")?.calendar.for_unit(file, text)?))
        })
    }
}

/// The days on which two calendars differ, as JSON: a list of {"before": day, "after": day}.
///
/// # Safety
/// As motcua_calendar_day, for both calendars; `changes` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_calendar_changes(
    before: *const CalendarHandle,
    after: *const CalendarHandle,
    changes: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(changes, "changes", err, || {
            let (before, after) = (input(before, "before")?, input(after, "after")?);
            json(&before.calendar.changes(&after.calendar))
        })
    }
}
