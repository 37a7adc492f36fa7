//! How long dossiers stay open.

use super::super::{Calendars, Fact, Period};
use crate::calendar::{Calendar, CalendarError};
use chrono::TimeDelta;
use std::collections::BTreeMap;

/// How long one dossier was watched, in working days of its age.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exposure {
    /// Its age when it was first watched; `None` if it was watched from the start. One that was settled before would not have
    /// been seen, so it says nothing of younger ages.
    pub entered: Option<u32>,
    /// Its age when it was settled, or last watched.
    pub left: u32,
    /// Whether it was settled then; else it is only known that it took longer.
    pub settled: bool,
}

/// What is known of one age.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    days: u32,
    /// What share of those open before it is open after it.
    kept: f64,
    /// What share is open after it, of all.
    open: f64,
    /// The sum of Greenwood's formula.
    variance: f64,
}

/// What share of dossiers is still open after so many working days, as Kaplan and Meier estimate it: dossiers that are still
/// open count for as long as they were seen, and not as if they were finished.
///
/// ```
/// use motcua::measure::{Exposure, Survival};
/// let settled = |left| Exposure { entered: None, left, settled: true };
/// let open = |left| Exposure { entered: None, left, settled: false };
/// let survival: Survival = [settled(1), open(2), settled(3), settled(5)].into_iter().collect();
/// assert_eq!([0, 1, 3, 5].map(|days| survival.open_after(days)), [1.0, 0.75, 0.375, 0.0]);
/// assert_eq!(survival.quantile(50.0), Some(3));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Survival {
    steps: Vec<Step>,
    settled: u64,
}

impl FromIterator<Exposure> for Survival {
    #[expect(clippy::cast_precision_loss, reason = "an estimate")]
    fn from_iter<I: IntoIterator<Item = Exposure>>(exposures: I) -> Self {
        // By age, those that come, those that go, and those of them that are settled. One that is watched from the start is
        // there before the first day.
        let mut changes: BTreeMap<i64, [u64; 3]> = BTreeMap::new();
        let mut at = |age: i64, which: usize| {
            if let Some(count) = changes.entry(age).or_default().get_mut(which) {
                *count += 1;
            }
        };
        for Exposure { entered, left, settled } in exposures {
            if entered.is_some_and(|entered| entered >= left) {
                continue;
            }
            at(entered.map_or(-1, i64::from), 0);
            at(left.into(), 1);
            if settled {
                at(left.into(), 2);
            }
        }
        let (mut watched, mut open, mut variance) = (0_u64, 1.0, 0.0);
        let mut survival = Self::default();
        for (age, [come, go, settled]) in changes {
            if let (Ok(days), true) = (u32::try_from(age), settled > 0 && watched > 0) {
                let (n, d) = (watched as f64, settled.min(watched) as f64);
                let kept = 1.0 - d / n;
                open *= kept;
                if n > d {
                    variance += d / (n * (n - d));
                }
                survival.steps.push(Step { days, kept, open, variance });
                survival.settled += settled;
            }
            watched = (watched + come).saturating_sub(go);
        }
        survival
    }
}

impl Survival {
    /// Of the dossiers as they were watched in a period: those received before it are watched from their age then on.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'f, 'c>(
        facts: impl IntoIterator<Item = &'f Fact>,
        period: &Period,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Self, CalendarError> {
        let calendars = calendars.into();
        let exposures = facts.into_iter().map(|fact| exposure(fact, period, calendars.of(&fact.unit)));
        exposures.filter_map(Result::transpose).collect()
    }

    /// How many it saw settled.
    #[must_use]
    pub fn settled(&self) -> u64 {
        self.settled
    }

    fn step(&self, days: u32) -> Option<&Step> {
        let after = self.steps.partition_point(|step| step.days <= days);
        self.steps.get(after.checked_sub(1)?)
    }

    /// What share is still open after so many working days, from 1 to 0. Beyond what was seen it stays as it was last. Where few
    /// were watched at a young age and all of them were settled it is 0 from there on, whatever older ones tell.
    #[must_use]
    pub fn open_after(&self, days: u32) -> f64 {
        self.step(days).map_or(1.0, |step| step.open)
    }

    /// Between which shares that lies in 95 of 100 cases (Greenwood's variance, on the scale of log minus log, so that it stays
    /// between 0 and 1). `None` where nothing or all is settled, of which no variance is known.
    #[must_use]
    pub fn interval(&self, days: u32) -> Option<(f64, f64)> {
        let Step { open, variance, .. } =
            *self.step(days).filter(|step| step.open > 0.0 && step.open < 1.0)?;
        let width = super::super::ratio::Z * variance.sqrt() / open.ln();
        let bound = |width: f64| open.powf(width.exp());
        Some((bound(width).min(bound(-width)), bound(width).max(bound(-width))))
    }

    /// After how many working days so many percent are settled; `None` if it was not seen.
    #[must_use]
    pub fn quantile(&self, percent: f64) -> Option<u32> {
        let open = 1.0 - percent.clamp(0.0, 100.0) / 100.0;
        // What was multiplied may be off by a last bit.
        self.steps.iter().find(|step| step.open <= open + 1e-12).map(|step| step.days)
    }

    /// What share of those still open at an age will be open after another one; 1 if it never saw one so old settled. What
    /// happened at younger ages does not matter to it.
    #[must_use]
    pub fn still_open(&self, at: u32, after: u32) -> f64 {
        let between = self.steps.iter().filter(|step| step.days > at && step.days <= after);
        between.map(|step| step.kept).product()
    }
}

fn exposure(fact: &Fact, period: &Period, calendar: &Calendar) -> Result<Option<Exposure>, CalendarError> {
    let (begin, end) = (period.begin(), period.end());
    let Some(received) = fact.received.filter(|received| *received <= end) else { return Ok(None) };
    if fact.finished.is_some_and(|finished| finished < begin) {
        return Ok(None);
    }
    let age = |at| Ok(fact.took(at, calendar)?.map(|took| took.days));
    let entered = if received < begin { age(begin - TimeDelta::seconds(1))? } else { None };
    let Some(left) = age(end)? else { return Ok(None) };
    Ok(Some(Exposure { entered, left, settled: fact.finished.is_some_and(|finished| finished <= end) }))
}
