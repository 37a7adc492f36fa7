//! Cohorts: dossiers counted by group and span, a batch of columns after the other.

use crate::calendar::CalendarHandle;
use crate::error::{Error, Failure, Status};
use crate::guard::{give, guard, input, inputs};
use crate::time::Date;
use motcua_core::measure::{Cohort as CoreCohort, Cohorts, Columns, Plan, Span as CoreSpan};

/// Dossiers counted by a number and a span of reception.
pub struct CohortsHandle {
    cohorts: Cohorts,
}

/// By what spans of time.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum Span {
    /// Months.
    MotcuaMonth = 0,
    /// Quarters.
    MotcuaQuarter = 1,
    /// Years.
    MotcuaYear = 2,
}

/// Columns of dossiers, a value for each row. Days are counted from 1970-01-01; MOTCUA_NO_DATE stands for none.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CohortColumns {
    /// The number of the group, from 0: a unit, a field, a procedure, or whatever the caller numbers.
    pub group: *const u32,
    /// The day on which it was taken in; a row without one is left out.
    pub received: *const i32,
    /// The day on which it is due, if it has a limit.
    pub due: *const i32,
    /// The day on which the office was done with it, if it is not open.
    pub finished: *const i32,
    /// Whether it came in online: 0 no, 1 yes.
    pub online: *const u8,
    /// Whether its papers were digitised: 0 no, 1 yes, 2 not known.
    pub digitised: *const u8,
    /// Whether it was paid online: 0 no, 1 yes, 2 without an obligation, or not known.
    pub paid_online: *const u8,
    /// The applicant's rating, 0 to 6; -1 if there is none.
    pub rating: *const i8,
}

/// The counts of one group and span of reception.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Cohort {
    /// Taken in.
    pub received: u64,
    /// Settled, on whatever day.
    pub resolved: u64,
    /// Settled before the due day.
    pub early: u64,
    /// Settled on the due day, or without one.
    pub on_time: u64,
    /// Settled after the due day.
    pub late: u64,
    /// Open, and not overdue on the last day.
    pub open_in_time: u64,
    /// Open and overdue then.
    pub overdue: u64,
    /// Came in online.
    pub online: u64,
    /// Digitised.
    pub digitised: u64,
    /// Of how many it is known whether they are digitised.
    pub digitised_known: u64,
    /// Paid online.
    pub paid_online: u64,
    /// How many were to be paid.
    pub obliged: u64,
    /// Rated.
    pub rated: u64,
    /// The sum of the ratings.
    pub rating_sum: u64,
}

impl From<CoreCohort> for Cohort {
    fn from(cohort: CoreCohort) -> Self {
        let (rated, rating_sum) = cohort.ratings;
        Self {
            received: cohort.received,
            resolved: cohort.resolved,
            early: cohort.early,
            on_time: cohort.on_time,
            late: cohort.late,
            open_in_time: cohort.open_in_time,
            overdue: cohort.overdue,
            online: cohort.online,
            digitised: cohort.digitised.numerator,
            digitised_known: cohort.digitised.denominator,
            paid_online: cohort.paid_online.numerator,
            obliged: cohort.paid_online.denominator,
            rated,
            rating_sum,
        }
    }
}

/// Gives cohorts without a row: `groups` numbers from 0, by spans that are a motcua_span, of dossiers received from `first`
/// to `last`; rows received before or after are left out, and what is open is judged at the end of `last`. Handling times are
/// counted in the working days of `times`; with NULL none are. Each group and span takes 576 bytes, without times 64. Free them
/// with motcua_cohorts_free.
///
/// # Safety
/// `times` is NULL or a calendar of this library; `cohorts` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_new(
    groups: u32,
    span: i32,
    first: Date,
    last: Date,
    times: *const CalendarHandle,
    cohorts: *mut *mut CohortsHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(cohorts, "cohorts", err, || {
            let span = match span {
                s if s == Span::MotcuaMonth as i32 => CoreSpan::Month,
                s if s == Span::MotcuaQuarter as i32 => CoreSpan::Quarter,
                s if s == Span::MotcuaYear as i32 => CoreSpan::Year,
                other => return Err(Failure::argument(&format!("{other} is no motcua_span"))),
            };
            let times = times.as_ref().map(|calendar| &*calendar.calendar);
            let plan = Plan { groups, span, first: first.read()?, last: last.read()?, times };
            Ok(Box::into_raw(Box::new(CohortsHandle { cohorts: Cohorts::new(&plan)? })))
        })
    }
}

/// Frees cohorts.
///
/// # Safety
/// `cohorts` is NULL or cohorts of this library that have not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_free(cohorts: *mut CohortsHandle) {
    if !cohorts.is_null() {
        // SAFETY: made by this library from a box, and not freed yet.
        drop(unsafe { Box::from_raw(cohorts) });
    }
}

/// Counts a batch of rows, on at most so many threads; 0 and 1 both mean on the caller's, and so does a small batch. If a row
/// cannot be counted, the call fails, the message says which and why, and nothing of the batch is counted.
///
/// # Safety
/// `cohorts` are cohorts of this library that nothing else uses meanwhile; each column has `rows` values; `err` is NULL or can
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_add(
    cohorts: *mut CohortsHandle,
    columns: *const CohortColumns,
    rows: usize,
    threads: usize,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let handle = cohorts.as_mut().ok_or_else(|| Failure::argument("cohorts is NULL"))?;
            let given = input(columns, "columns")?;
            let columns = Columns {
                group: inputs(given.group, rows, "group")?,
                received: inputs(given.received, rows, "received")?,
                due: inputs(given.due, rows, "due")?,
                finished: inputs(given.finished, rows, "finished")?,
                online: inputs(given.online, rows, "online")?,
                digitised: inputs(given.digitised, rows, "digitised")?,
                paid_online: inputs(given.paid_online, rows, "paid_online")?,
                rating: inputs(given.rating, rows, "rating")?,
            };
            Ok(handle.cohorts.add(&columns, threads)?)
        })
    }
}

/// Adds what was counted of other rows by the same groups, spans, days and calendar.
///
/// # Safety
/// `cohorts` and `other` are two cohorts of this library, the first of which nothing else uses meanwhile; `err` is NULL or can
/// be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_merge(
    cohorts: *mut CohortsHandle,
    other: *const CohortsHandle,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above; the two are told apart before either is looked into.
    unsafe {
        guard(err, || {
            if cohorts.cast_const() == other && !other.is_null() {
                return Err(Failure::argument("other are the same cohorts"));
            }
            let handle = cohorts.as_mut().ok_or_else(|| Failure::argument("cohorts is NULL"))?;
            Ok(handle.cohorts.merge(&input(other, "other")?.cohorts)?)
        })
    }
}

/// What was counted of a group in the span that holds a day.
///
/// # Safety
/// `cohorts` are cohorts of this library; `result` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_get(
    cohorts: *const CohortsHandle,
    group: u32,
    day: Date,
    result: *mut Cohort,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || Ok(found(&input(cohorts, "cohorts")?.cohorts, group, day)?.into()))
    }
}

/// How many working days of those settled it took up to a percentile, 0 to 100, between two of them in proportion. NaN if none
/// was settled, or no times are counted.
///
/// # Safety
/// As motcua_cohorts_get.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_percentile(
    cohorts: *const CohortsHandle,
    group: u32,
    day: Date,
    percent: f64,
    result: *mut f64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(result, "result", err, || {
            let cohorts = &input(cohorts, "cohorts")?.cohorts;
            found(cohorts, group, day)?;
            if !(0.0..=100.0).contains(&percent) {
                return Err(Failure::argument(&format!("{percent} is no percentile")));
            }
            Ok(cohorts.percentile(group, day.read()?, percent).unwrap_or(f64::NAN))
        })
    }
}

/// How many rows came, and how many of them were left out since they were received before or after. Each place may be NULL.
///
/// # Safety
/// `cohorts` are cohorts of this library; `rows`, `outside` and `err` are each NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_cohorts_rows(
    cohorts: *const CohortsHandle,
    rows: *mut u64,
    outside: *mut u64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let cohorts = &input(cohorts, "cohorts")?.cohorts;
            for (place, count) in [(rows, cohorts.rows()), (outside, cohorts.outside())] {
                if let Some(place) = place.as_mut() {
                    *place = count;
                }
            }
            Ok(())
        })
    }
}

fn found(cohorts: &Cohorts, group: u32, day: Date) -> Result<CoreCohort, Failure> {
    let date = day.read()?;
    let none = || Failure::argument(&format!("there is no group {group}, or no span that holds {date}"));
    cohorts.get(group, date).ok_or_else(none)
}
