//! Due dates for columns.
//!
//! Moments are seconds since 1970-01-01 00:00, Vietnam time; the smallest `i64` stands for none, in and out; what is due
//! after [`Calendar::announced_to`] is projected. See [`crate::calendar::column`].

use super::count::{Pause, count_checked};
use super::limit::Way;
use super::{DeadlineError, LimitRule, SuspensionPolicy};
use crate::calendar::column::{BadRows, Number, Rows, Values};
use crate::calendar::{Calendar, CalendarError, moment};

/// What a column of due dates is counted from.
#[derive(Debug, Clone, Copy)]
pub struct DueColumns<'a> {
    /// When each was received.
    pub received: &'a [i64],
    /// The rules that occur.
    pub rules: &'a [LimitRule],
    /// Which of the rules is each row's, from 0.
    pub which: Values<'a, u16>,
    /// One suspension for each row, from and to; none if `from` is missing, one that lasts if only `to` is. It does
    /// what the row's rule says, [`LimitRule::on_suspension`].
    pub suspended: Option<(&'a [i64], &'a [i64])>,
}

/// When each row is due: what [`super::Clock::due`] gives, for a column. A row without a reception, whose limit gives no
/// date, or whose suspension lasts, is left missing, and is not bad.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::calendar::column::{Rows, Values};
/// use motcua::deadline::column::{DueColumns, due};
/// use motcua::deadline::{LimitRule, TimeLimit};
/// let rules = [LimitRule::new(TimeLimit::parse("3 working_day").unwrap())];
/// // 1/6/2026 10:00, and nothing.
/// let received = [1_780_308_000, i64::MIN];
/// let columns = DueColumns { received: &received, rules: &rules, which: Values::All(0), suspended: None };
/// let mut out = [0; 2];
/// due(Calendar::vietnam(), &columns, Rows::default(), &mut out).unwrap();
/// assert_eq!(out, [1_780_592_400, i64::MIN], "4/6/2026 17:00");
/// ```
///
/// # Errors
/// The bad rows, with the code of the first; without rows `calendar.column_lengths`, `deadline.cut_off_effect`,
/// `deadline.direction`, `deadline.no_second_stage`.
pub fn due(
    calendar: &Calendar,
    columns: &DueColumns<'_>,
    rows: Rows,
    out: &mut [i64],
) -> Result<(), BadRows<DeadlineError>> {
    let &DueColumns { received, rules, which, suspended } = columns;
    let length = out.len();
    let fits = received.len() == length
        && which.fits(length)
        && suspended.is_none_or(|(from, to)| from.len() == length && to.len() == length);
    if !fits {
        let first = CalendarError::ColumnLengths { rows: length }.into();
        return Err(BadRows { rows: Vec::new(), first });
    }
    let prepare = |rule: &LimitRule| {
        rule.check()?;
        let mut second = *rule;
        if rule.on_suspension == SuspensionPolicy::SecondStage {
            second.limit = rule.second_stage.ok_or(DeadlineError::NoSecondStage)?;
        }
        let ways = (rule.limit.way(rule.day_parts), second.limit.way(second.day_parts));
        Ok(Prepared { rule: *rule, second, ways })
    };
    let rules: Result<Vec<Prepared>, DeadlineError> = rules.iter().map(prepare).collect();
    let rules = rules.map_err(|first| BadRows { rows: Vec::new(), first })?;
    let one = |row: usize| -> Result<Option<i64>, DeadlineError> {
        let received = received.get(row).copied().unwrap_or(i64::MISSING);
        let rule = which.get(row).and_then(|which| rules.get(usize::from(which)));
        let Some(rule) = rule else { return Err(DeadlineError::NoRule { row }) };
        if received == i64::MISSING {
            return Ok(None);
        }
        let suspension = suspended.and_then(|(from, to)| Some((*from.get(row)?, *to.get(row)?)));
        rule.due(received, suspension.filter(|(from, _)| *from != i64::MISSING), calendar)
    };
    let fast = |range: std::ops::Range<usize>, out: &mut [i64]| {
        let mut good = true;
        for (row, out) in range.zip(out) {
            match one(row) {
                Ok(found) => *out = found.unwrap_or(i64::MISSING),
                Err(_) => good = false,
            }
        }
        good
    };
    rows.fill(out, i64::MISSING, fast, one)
}

/// A rule with what of it is the same for all rows.
struct Prepared {
    rule: LimitRule,
    /// The rule after a suspension.
    second: LimitRule,
    ways: (Option<Way>, Option<Way>),
}

impl Prepared {
    #[inline]
    fn due(
        &self,
        received: i64,
        suspension: Option<(i64, i64)>,
        calendar: &Calendar,
    ) -> Result<Option<i64>, DeadlineError> {
        let policy = self.rule.on_suspension;
        let (mut start, mut rule, mut way, mut pause) = (received, &self.rule, self.ways.0, None);
        if let Some((from, to)) = suspension {
            if to != i64::MISSING && to < from {
                return Err(DeadlineError::Order { at: moment(to), last: moment(from) });
            }
            match policy {
                SuspensionPolicy::KeepRunning => {}
                _ if to == i64::MISSING => return Ok(None),
                SuspensionPolicy::Pause => pause = Some(Pause { from, to }),
                SuspensionPolicy::Restart => start = to.max(received),
                SuspensionPolicy::SecondStage => {
                    (start, rule, way) = (to.max(received), &self.second, self.ways.1);
                }
            }
        }
        let Some(way) = way else { return Ok(None) };
        let counted = count_checked(rule, way, start, pause.into_iter(), calendar);
        counted.map(|counted| Some(counted.due)).map_err(|beyond| calendar.error(beyond).into())
    }
}
