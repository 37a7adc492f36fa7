//! What is open: how old, and with whom.

use super::super::{Calendars, Fact, Period, Sketch, StepFact};
use crate::calendar::CalendarError;
use chrono::NaiveDateTime;
use serde::Serialize;
use std::collections::BTreeMap;

/// The open dossiers of an age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Band {
    /// From so many working days on.
    pub from: u32,
    /// Up to so many; the last band has no end.
    pub to: Option<u32>,
    /// Open and not overdue.
    pub in_time: u64,
    /// Open and overdue.
    pub overdue: u64,
    /// Open, while the clock is suspended, or without a known limit.
    pub without_due: u64,
}

/// How old the open dossiers are, in working days without suspensions.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::measure::Ageing;
/// let at = motcua::moment::parse("2026-06-30 17:00").unwrap();
/// let ageing = Ageing::of(&[], at, &[5, 10, 30], Calendar::vietnam()).unwrap();
/// let bounds: Vec<_> = ageing.bands.iter().map(|band| (band.from, band.to)).collect();
/// assert_eq!(bounds, [(0, Some(4)), (5, Some(9)), (10, Some(29)), (30, None)]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ageing {
    /// From the youngest on.
    pub bands: Vec<Band>,
}

impl Ageing {
    /// Of the dossiers that are open at a moment. Each bound is the first working day of another band; the order does not
    /// matter.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'f, 'c>(
        facts: impl IntoIterator<Item = &'f Fact>,
        at: NaiveDateTime,
        bounds: &[u32],
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Self, CalendarError> {
        let calendars = calendars.into();
        let mut begins: Vec<u32> = bounds.iter().copied().chain([0]).collect();
        begins.sort_unstable();
        begins.dedup();
        let ends = begins.iter().skip(1).map(|next| Some(next - 1)).chain([None]);
        let band = |(from, to): (&u32, Option<u32>)| Band { from: *from, to, ..Band::default() };
        let mut bands: Vec<Band> = begins.iter().zip(ends).map(band).collect();
        for fact in facts.into_iter().filter(|fact| fact.finished.is_none_or(|finished| finished > at)) {
            let Some(took) = fact.took(at, calendars.of(&fact.unit))? else { continue };
            let place = bands.partition_point(|band| band.from <= took.days).saturating_sub(1);
            let Some(band) = bands.get_mut(place) else { continue };
            match fact.due {
                None => band.without_due += 1,
                Some(due) if due.date() < at.date() => band.overdue += 1,
                Some(_) => band.in_time += 1,
            }
        }
        Ok(Self { bands })
    }
}

/// A place where dossiers wait.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// The unit that has to act.
    pub unit: String,
    /// Code of the procedure.
    pub procedure: String,
    /// What is waited for, as in [`StepFact::action`].
    pub action: String,
    /// The step.
    pub step: Option<String>,
    /// For how many working days each has waited there.
    pub days: Sketch,
    /// The one that waits longest.
    pub longest: String,
}

impl Waiting {
    /// Where dossiers wait at a moment: where they have waited longest, all together, comes first.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::exchange::{Mapping, read_rows};
    /// use motcua::measure::{StepFact, Waiting};
    /// let text = "\
    /// dossier,procedure,unit,step,began,ended
    /// 1,1.004873,xã Hoa Thành,sign,2026-06-01 09:00,
    /// 1,1.004873,xã Hoa Thành,check,2026-05-29 09:00,2026-06-01 09:00
    /// 2,1.004873,xã Hoa Thành,sign,2026-06-04 09:00,
    /// ";
    /// let steps: Vec<StepFact> = read_rows(text.as_bytes(), &Mapping::default()).unwrap().rows;
    /// let at = motcua::moment::parse("2026-06-05 09:00").unwrap();
    /// let waiting = Waiting::of(&steps, at, Calendar::vietnam()).unwrap();
    /// assert_eq!((waiting[0].days.count(), waiting[0].days.sum(), waiting[0].longest.as_str()), (2, 5, "1"));
    /// ```
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'s, 'c>(
        steps: impl IntoIterator<Item = &'s StepFact>,
        at: NaiveDateTime,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Vec<Self>, CalendarError> {
        let calendars = calendars.into();
        type Key<'s> = (&'s str, &'s str, &'s str, Option<&'s str>);
        let mut places: BTreeMap<Key<'s>, (Sketch, u32, &'s str)> = BTreeMap::new();
        let waits = |step: &&StepFact| step.began <= at && step.ended.is_none_or(|ended| ended > at);
        for step in steps.into_iter().filter(waits) {
            let days = step.took(at, calendars.of(&step.unit))?.days;
            let key =
                (step.unit.as_str(), step.procedure.as_str(), step.action.as_str(), step.step.as_deref());
            let (all, longest, dossier) =
                places.entry(key).or_insert((Sketch::default(), days, &step.dossier));
            if days > *longest {
                (*longest, *dossier) = (days, &step.dossier);
            }
            all.add(days.into());
        }
        let place =
            |((unit, procedure, action, step), (days, _, longest)): (Key<'s>, (Sketch, u32, &str))| Self {
                unit: unit.into(),
                procedure: procedure.into(),
                action: action.into(),
                step: step.map(String::from),
                days,
                longest: longest.into(),
            };
        let mut found: Vec<Self> = places.into_iter().map(place).collect();
        found.sort_by_key(|place| std::cmp::Reverse(place.days.sum()));
        Ok(found)
    }
}

/// How long a step took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepTimes {
    /// Code of the procedure.
    pub procedure: String,
    /// What was waited for, as in [`StepFact::action`].
    pub action: String,
    /// The step.
    pub step: Option<String>,
    /// In working days.
    pub days: Sketch,
    /// In seconds of office hours.
    pub seconds: Sketch,
}

impl StepTimes {
    /// Of all steps that ended in a period, without suspensions, by procedure, action and step. A step that went through
    /// several hands has a time for each.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn of<'s, 'c>(
        steps: impl IntoIterator<Item = &'s StepFact>,
        period: &Period,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Vec<Self>, CalendarError> {
        let calendars = calendars.into();
        let mut times: BTreeMap<(&str, &str, Option<&str>), (Sketch, Sketch)> = BTreeMap::new();
        for step in steps {
            let Some(ended) = step.ended.filter(|ended| period.holds(*ended)) else { continue };
            let took = step.took(ended, calendars.of(&step.unit))?;
            let key = (step.procedure.as_str(), step.action.as_str(), step.step.as_deref());
            let (days, seconds) = times.entry(key).or_default();
            days.add(took.days.into());
            seconds.add(took.seconds);
        }
        let times = times.into_iter().map(|((procedure, action, step), (days, seconds))| Self {
            procedure: procedure.into(),
            action: action.into(),
            step: step.map(String::from),
            days,
            seconds,
        });
        Ok(times.collect())
    }
}
