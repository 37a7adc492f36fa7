//! From rows and rules to tables.

use super::hours::Hours;
use super::{Calendar, DayKind, Source};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeMap;

/// Weekly rest from a day on.
#[derive(Debug, Clone)]
pub(super) struct Week {
    pub(super) from: NaiveDate,
    /// By weekday, Monday first.
    pub(super) rest: [bool; 7],
    pub(super) source: usize,
    /// The source by which a holiday on a rest day is made up.
    pub(super) made_up_by: usize,
}

/// A day that differs from its week.
#[derive(Debug, Clone)]
pub(super) struct Special {
    pub(super) date: NaiveDate,
    pub(super) kind: DayKind,
    pub(super) name_vi: String,
    pub(super) name_en: String,
    pub(super) source: usize,
}

/// What a rule of holidays hangs on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Date { month: u32, day: u32 },
    Tet,
    GioTo,
}

/// A holiday by rule.
#[derive(Debug)]
pub(super) struct Rule {
    pub(super) name_vi: String,
    pub(super) name_en: String,
    pub(super) anchor: Anchor,
    /// The days off around the anchor, by its weekday, Monday first.
    pub(super) offsets: [Vec<i64>; 7],
    pub(super) from: NaiveDate,
    pub(super) to: Option<NaiveDate>,
    pub(super) made_up: bool,
    pub(super) source: usize,
}

/// Everything a calendar is compiled from, checked.
pub(super) struct Parts {
    pub(super) first: NaiveDate,
    pub(super) announced_to: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) weeks: Vec<Week>,
    pub(super) hours: Vec<(NaiveDate, Hours)>,
    pub(super) announced: Vec<Special>,
    pub(super) rules: Vec<Rule>,
    /// Tết and Giỗ Tổ by year.
    pub(super) lunar: BTreeMap<i32, (NaiveDate, NaiveDate)>,
    pub(super) sources: Vec<Source>,
}

pub(super) static NO_SOURCE: Source =
    Source { id: String::new(), act: String::new(), url: String::new(), verified: false, note: None };
pub(super) static NO_HOURS: Hours = Hours::none();

pub(super) fn week_on(weeks: &[Week], date: NaiveDate) -> (bool, usize) {
    let week = weeks.iter().rev().find(|week| week.from <= date);
    let weekday = date.weekday().num_days_from_monday() as usize;
    week.map_or((false, 0), |week| (week.rest.get(weekday) == Some(&true), week.source))
}

pub(super) fn rest_name(date: NaiveDate) -> (&'static str, &'static str) {
    match date.weekday() {
        Weekday::Mon => ("Thứ Hai", "Monday"),
        Weekday::Tue => ("Thứ Ba", "Tuesday"),
        Weekday::Wed => ("Thứ Tư", "Wednesday"),
        Weekday::Thu => ("Thứ Năm", "Thursday"),
        Weekday::Fri => ("Thứ Sáu", "Friday"),
        Weekday::Sat => ("Thứ Bảy", "Saturday"),
        Weekday::Sun => ("Chủ nhật", "Sunday"),
    }
}

impl Parts {
    pub(super) fn compile(self) -> Calendar {
        let mut specials: BTreeMap<NaiveDate, Special> =
            self.announced.iter().map(|special| (special.date, special.clone())).collect();
        for year in self.announced_to.year()..=self.last.year() {
            self.project(year, &mut specials);
        }
        let (mut before, mut nth) = (vec![0], Vec::new());
        let (mut seconds_before, mut seconds) = (vec![0], 0i64);
        let mut hours: Vec<(usize, Hours)> = Vec::new();
        for (i, date) in (0..).zip(self.first.iter_days().take_while(|date| *date <= self.last)) {
            let works = match specials.get(&date) {
                Some(special) => special.kind.is_working(),
                None => !week_on(&self.weeks, date).0,
            };
            if works {
                let in_force =
                    self.hours.iter().rev().find(|(from, _)| *from <= date).map(|(_, hours)| hours);
                if let Some(now) = in_force {
                    if hours.last().is_none_or(|(_, last)| last != now) {
                        hours.push((nth.len(), now.clone()));
                    }
                    seconds += i64::from(now.total());
                }
                nth.push(i);
                seconds_before.push(seconds);
            }
            before.push(u16::try_from(nth.len()).unwrap_or(u16::MAX));
        }
        Calendar {
            first: self.first,
            announced_to: self.announced_to,
            before,
            nth,
            seconds_before,
            hours,
            weeks: self.weeks,
            specials: specials.into_values().collect(),
            sources: self.sources,
        }
    }

    /// Adds the holidays of a year by rule, and the days by which those on weekly rest days are made up. Days that
    /// are announced stay as they are.
    fn project(&self, year: i32, specials: &mut BTreeMap<NaiveDate, Special>) {
        let mut owed: Vec<(NaiveDate, &Rule)> = Vec::new();
        let mut days: Vec<(NaiveDate, &Rule)> = self
            .rules
            .iter()
            .flat_map(|rule| self.days_of(rule, year).into_iter().map(move |date| (date, rule)))
            .filter(|(date, _)| self.announced_to < *date && *date <= self.last)
            .collect();
        days.sort_by_key(|(date, _)| *date);
        for (date, rule) in days {
            let (name_vi, name_en) = (rule.name_vi.clone(), rule.name_en.clone());
            let special = Special { date, kind: DayKind::Holiday, name_vi, name_en, source: rule.source };
            // Two holidays on one day are one day off.
            if specials.insert(date, special).is_none() && rule.made_up && week_on(&self.weeks, date).0 {
                owed.push((date, rule));
            }
        }
        for (on, rule) in owed {
            let free = |date: &NaiveDate| !week_on(&self.weeks, *date).0 && !specials.contains_key(date);
            let Some(date) = on.iter_days().skip(1).find(free) else { continue };
            let (vi, en) = (&rule.name_vi, &rule.name_en);
            let source =
                self.weeks.iter().rev().find(|week| week.from <= date).map_or(0, |week| week.made_up_by);
            let special = Special {
                date,
                kind: DayKind::Compensatory,
                name_vi: format!("Nghỉ bù {vi} (ngày {} trùng ngày nghỉ hằng tuần)", on.format("%d/%m/%Y")),
                name_en: format!("In lieu of {en} on {on} (weekly rest day)"),
                source,
            };
            specials.insert(date, special);
        }
    }

    fn days_of(&self, rule: &Rule, year: i32) -> Vec<NaiveDate> {
        let anchor = match rule.anchor {
            Anchor::Date { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Anchor::Tet => self.lunar.get(&year).map(|days| days.0),
            Anchor::GioTo => self.lunar.get(&year).map(|days| days.1),
        };
        let Some(anchor) = anchor else { return Vec::new() };
        let offsets = rule.offsets.get(anchor.weekday().num_days_from_monday() as usize);
        let shifted = |offset: &i64| match u64::try_from(*offset) {
            Ok(later) => anchor.checked_add_days(Days::new(later)),
            Err(_) => anchor.checked_sub_days(Days::new(offset.unsigned_abs())),
        };
        let in_force = |date: &NaiveDate| rule.from <= *date && rule.to.is_none_or(|to| *date <= to);
        offsets.into_iter().flatten().filter_map(shifted).filter(in_force).collect()
    }
}
