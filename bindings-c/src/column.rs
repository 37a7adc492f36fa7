//! Columns of dates, moments and due dates.

use crate::calendar::CalendarHandle;
use crate::clock::Rule;
use crate::error::{Error, Failure, Status};
use crate::guard::{guard, input, inputs, outputs};
use motcua_core::calendar::column::{BadRows, Ends, Roll as CoreRoll, Rows as CoreRows, Values};
use motcua_core::deadline::LimitRule;
use motcua_core::deadline::column::{DueColumns, due};

/// The value of a column that stands for no date.
pub const MOTCUA_NO_DATE: i32 = i32::MIN;
/// The value of a column that stands for no moment, and for no count.
pub const MOTCUA_NO_MOMENT: i64 = i64::MIN;

/// What happens to a start that is no working day.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum Roll {
    /// It is not counted, as by law no first day is.
    MotcuaNotCounted = 0,
    /// First it moves to the next working day.
    MotcuaForward = 1,
    /// First it moves to the last working day before.
    MotcuaBackward = 2,
    /// As MOTCUA_FORWARD, unless that is in another month; then as MOTCUA_BACKWARD.
    MotcuaModifiedFollowing = 3,
    /// As MOTCUA_BACKWARD, unless that is in another month; then as MOTCUA_FORWARD.
    MotcuaModifiedPreceding = 4,
    /// The row is bad.
    MotcuaRefuse = 5,
}

/// How the rows of a column are gone through, and which of them were bad. Zeros are good for most.
#[repr(C)]
pub struct Rows {
    /// On so many threads; 0 and 1 both mean on the caller's.
    pub threads: usize,
    /// Where the indexes of bad rows are written, or NULL.
    pub bad: *mut usize,
    /// How many of them fit there.
    pub bad_capacity: usize,
    /// Receives the number of bad rows, also of those that did not fit.
    pub bad_count: usize,
}

/// Does a column: hands out the bad rows, and fails if there are any.
///
/// # Safety
/// `rows` is NULL or valid.
unsafe fn fill<E>(
    rows: *mut Rows,
    call: impl FnOnce(CoreRows) -> Result<(), BadRows<E>>,
    told: impl FnOnce(E) -> Failure,
) -> Result<(), Failure> {
    // SAFETY: NULL or valid, by the contract above.
    let mut rows = unsafe { rows.as_mut() };
    let threads = rows.as_ref().map_or(1, |rows| rows.threads);
    let outcome = call(CoreRows { threads });
    let bad = outcome.as_ref().err().map_or(&[][..], |bad| &bad.rows);
    if let Some(rows) = &mut rows {
        rows.bad_count = bad.len();
        // SAFETY: room for that many, by the contract of `Rows`.
        let room =
            unsafe { outputs(rows.bad, if rows.bad.is_null() { 0 } else { rows.bad_capacity }, "bad") }?;
        room.iter_mut().zip(bad).for_each(|(room, bad)| *room = *bad);
    }
    outcome.map_err(|bad| {
        let BadRows { rows, first } = bad;
        let mut failure = told(first);
        if let Some(row) = rows.first() {
            failure.in_rows(rows.len(), *row);
        }
        failure
    })
}

/// One value for all rows, or one for each.
fn values<'a, T: Copy>(values: &'a [T], rows: usize, what: &str) -> Result<Values<'a, T>, Failure> {
    match values {
        [one] if rows != 1 => Ok(Values::All(*one)),
        each if each.len() == rows => Ok(Values::Each(each)),
        _ => Err(Failure::argument(&format!("{what} has {} values for {rows} rows", values.len()))),
    }
}

/// motcua_calendar_add_working_days for a column of dates, counted in days from 1970-01-01. `steps` has one number for
/// all rows or one for each. MOTCUA_NO_DATE gives itself. Bad rows become MOTCUA_NO_DATE and make the call fail; all others
/// have their answer nevertheless. `roll` is a motcua_roll; `options` may be NULL.
///
/// # Safety
/// `calendar` is a calendar of this library; `dates` and `result` have `rows` values and `steps` has `step_count`;
/// `options` is NULL or valid; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_column_add_working_days(
    calendar: *const CalendarHandle,
    dates: *const i32,
    rows: usize,
    steps: *const i32,
    step_count: usize,
    roll: i32,
    options: *mut Rows,
    result: *mut i32,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let calendar = input(calendar, "calendar")?;
            let (dates, steps) = (inputs(dates, rows, "dates")?, inputs(steps, step_count, "steps")?);
            let out = outputs(result, rows, "result")?;
            let steps = values(steps, rows, "steps")?;
            let roll = match roll {
                r if r == Roll::MotcuaNotCounted as i32 => CoreRoll::NotCounted,
                r if r == Roll::MotcuaForward as i32 => CoreRoll::Forward,
                r if r == Roll::MotcuaBackward as i32 => CoreRoll::Backward,
                r if r == Roll::MotcuaModifiedFollowing as i32 => CoreRoll::ModifiedFollowing,
                r if r == Roll::MotcuaModifiedPreceding as i32 => CoreRoll::ModifiedPreceding,
                r if r == Roll::MotcuaRefuse as i32 => CoreRoll::Refuse,
                other => return Err(Failure::argument(&format!("{other} is no motcua_roll"))),
            };
            let call =
                |rows: CoreRows| calendar.calendar.add_working_days_column(dates, steps, roll, rows, out);
            fill(options, call, Failure::from)
        })
    }
}

/// motcua_calendar_count_working_days for a column: the working days after `from` up to and including `to`, or, with
/// `last_excluded`, from `from` on up to `to`, which is not counted.
///
/// # Safety
/// As motcua_column_add_working_days; `from` and `to` have `rows` values.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_column_count_working_days(
    calendar: *const CalendarHandle,
    from: *const i32,
    to: *const i32,
    rows: usize,
    last_excluded: bool,
    options: *mut Rows,
    result: *mut i64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let calendar = input(calendar, "calendar")?;
            let from = Values::Each(inputs(from, rows, "from")?);
            let to = Values::Each(inputs(to, rows, "to")?);
            let out = outputs(result, rows, "result")?;
            let ends = if last_excluded { Ends::LastExcluded } else { Ends::FirstExcluded };
            let call =
                |rows: CoreRows| calendar.calendar.count_working_days_column(from, to, ends, rows, out);
            fill(options, call, Failure::from)
        })
    }
}

/// The moments after so many working seconds, which may be negative, for a column of moments, counted in seconds from
/// 1970-01-01 00:00, Vietnam time. `seconds` has one number for all rows or one for each.
///
/// # Safety
/// As motcua_column_add_working_days.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_column_add_working_seconds(
    calendar: *const CalendarHandle,
    at: *const i64,
    rows: usize,
    seconds: *const i64,
    second_count: usize,
    options: *mut Rows,
    result: *mut i64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let calendar = input(calendar, "calendar")?;
            let at = inputs(at, rows, "at")?;
            let seconds = values(inputs(seconds, second_count, "seconds")?, rows, "seconds")?;
            let out = outputs(result, rows, "result")?;
            let call = |rows: CoreRows| calendar.calendar.add_working_seconds_column(at, seconds, rows, out);
            fill(options, call, Failure::from)
        })
    }
}

/// The working seconds from one moment to another, for a column of moments.
///
/// # Safety
/// As motcua_column_add_working_days.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_column_count_working_seconds(
    calendar: *const CalendarHandle,
    from: *const i64,
    to: *const i64,
    rows: usize,
    options: *mut Rows,
    result: *mut i64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let calendar = input(calendar, "calendar")?;
            let from = Values::Each(inputs(from, rows, "from")?);
            let to = Values::Each(inputs(to, rows, "to")?);
            let out = outputs(result, rows, "result")?;
            let call = |rows: CoreRows| calendar.calendar.count_working_seconds_column(from, to, rows, out);
            fill(options, call, Failure::from)
        })
    }
}

/// Due dates for a column: received at `received`, under the rule whose number stands in `which` (one for all rows or one
/// for each), with one suspension from `suspended_from` to `suspended_to`, which does what the rule's on_suspension says.
/// Both may be NULL. A row without a reception, whose limit gives no date, or whose suspension lasts (`suspended_to` is
/// MOTCUA_NO_MOMENT) gives MOTCUA_NO_MOMENT and is not bad.
///
/// # Safety
/// As motcua_column_add_working_days; `rules` has `rule_count` rules, all valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_column_due(
    calendar: *const CalendarHandle,
    received: *const i64,
    rows: usize,
    rules: *const Rule,
    rule_count: usize,
    which: *const u16,
    which_count: usize,
    suspended_from: *const i64,
    suspended_to: *const i64,
    options: *mut Rows,
    result: *mut i64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let calendar = input(calendar, "calendar")?;
            let rules = inputs(rules, rule_count, "rules")?.iter().map(|rule| rule.read());
            let rules: Vec<LimitRule> = rules.collect::<Result<_, _>>()?;
            let suspended = match (suspended_from.is_null(), suspended_to.is_null()) {
                (true, true) => None,
                _ => Some((
                    inputs(suspended_from, rows, "suspended_from")?,
                    inputs(suspended_to, rows, "suspended_to")?,
                )),
            };
            let columns = DueColumns {
                received: inputs(received, rows, "received")?,
                rules: &rules,
                which: values(inputs(which, which_count, "which")?, rows, "which")?,
                suspended,
            };
            let out = outputs(result, rows, "result")?;
            let call = |rows: CoreRows| due(&calendar.calendar, &columns, rows, out);
            fill(options, call, Failure::from)
        })
    }
}
