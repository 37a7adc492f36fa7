//! What a calendar is made of, and the days that follow from it.

use super::day::Question;
use super::{DayKind, Hours, Source};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeMap;

/// Weekly rest from a day on.
#[derive(Debug)]
pub(super) struct Week {
    pub(super) from: NaiveDate,
    /// By weekday, Monday first.
    pub(super) rest: [bool; 7],
    pub(super) source: usize,
    /// The source by which a holiday on a rest day is made up.
    pub(super) made_up_by: usize,
}

/// A day that differs from its week.
#[derive(Debug, Clone, Hash)]
pub(super) struct Special {
    pub(super) date: NaiveDate,
    pub(super) kind: DayKind,
    pub(super) name_vi: Box<str>,
    pub(super) name_en: Box<str>,
    pub(super) note: Box<str>,
    /// Of the law's sources, or of the unit's, which follow them.
    pub(super) source: usize,
    pub(super) known_since: NaiveDate,
}

/// What a rule of holidays hangs on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Date { month: u32, day: u32 },
    Tet,
    GioTo,
}

/// Whether a day off on a weekly rest day is made up.
#[derive(Debug, Clone, Copy)]
pub(super) enum MadeUp {
    By(bool),
    /// As the question is answered.
    Asked(usize),
}

/// Since when a holiday is one, by which source.
#[derive(Debug)]
pub(super) struct InForce {
    pub(super) from: NaiveDate,
    /// Until when, and by which source, before which nobody could know it.
    pub(super) to: Option<(NaiveDate, usize)>,
    pub(super) source: usize,
}

/// A holiday by law.
#[derive(Debug)]
pub(super) struct Holiday {
    pub(super) name_vi: String,
    pub(super) name_en: String,
    pub(super) anchor: Anchor,
    /// The days off around the anchor, by its weekday, Monday first.
    pub(super) offsets: [Vec<i64>; 7],
    pub(super) made_up: MadeUp,
    /// By `from`.
    pub(super) law: Vec<InForce>,
}

/// Everything a calendar is compiled from, checked.
#[derive(Debug)]
pub(super) struct Law {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// The announced years, in order, each with the day since which it is known.
    pub(super) announced: Vec<(i32, NaiveDate)>,
    pub(super) weeks: Vec<Week>,
    pub(super) hours: Vec<(NaiveDate, Hours)>,
    pub(super) rows: Vec<Special>,
    pub(super) holidays: Vec<Holiday>,
    pub(super) questions: Vec<Question>,
    /// Tết and Giỗ Tổ by year.
    pub(super) lunar: BTreeMap<i32, (NaiveDate, NaiveDate)>,
    pub(super) sources: Vec<Source>,
}

/// From where the law is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct View {
    /// Only what was known on this day.
    pub(super) known_on: Option<NaiveDate>,
    /// Answers that differ from the default, by question.
    pub(super) answers: BTreeMap<usize, String>,
}

impl View {
    pub(super) fn knows(&self, since: NaiveDate) -> bool {
        self.known_on.is_none_or(|on| since <= on)
    }
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

pub(super) fn week_on(weeks: &[Week], date: NaiveDate) -> Option<&Week> {
    weeks.iter().rev().find(|week| week.from <= date)
}

pub(super) fn rests(weeks: &[Week], date: NaiveDate) -> bool {
    let weekday = date.weekday().num_days_from_monday() as usize;
    week_on(weeks, date).is_some_and(|week| week.rest[weekday])
}

impl Law {
    /// The last day that rests on announcements.
    pub(super) fn announced_to(&self, view: &View) -> NaiveDate {
        let last = self.announced.iter().rfind(|(_, since)| view.knows(*since));
        let last = last.and_then(|(year, _)| NaiveDate::from_ymd_opt(*year, 12, 31));
        last.unwrap_or(self.first.pred_opt().unwrap_or(self.first))
    }

    pub(super) fn answer<'a>(&'a self, view: &'a View, question: usize) -> &'a str {
        let default = self.questions.get(question).map_or("", |question| &question.default);
        view.answers.get(&question).map_or(default, String::as_str)
    }

    /// The office hours that hold on a day, if it is worked.
    pub(super) fn hours_on(&self, date: NaiveDate) -> Hours {
        let in_force = self.hours.iter().rev().find(|(from, _)| *from <= date);
        in_force.map_or(Hours::NONE, |(_, hours)| *hours)
    }

    pub(super) fn source(&self, i: usize) -> Option<&Source> {
        self.sources.get(i)
    }

    fn known_since(&self, source: usize) -> NaiveDate {
        self.source(source).map_or(NaiveDate::MIN, |source| source.known_since)
    }

    /// The days that differ from their week, by date: what the rules give, overridden by what was announced.
    pub(super) fn specials(&self, view: &View) -> Vec<Special> {
        let mut specials = BTreeMap::new();
        for year in self.first.year()..=self.last.year() {
            self.derive(year, view, &mut specials);
        }
        for row in self.rows.iter().filter(|row| view.knows(row.known_since)) {
            specials.insert(row.date, row.clone());
        }
        specials.into_values().collect()
    }

    /// Adds the holidays of a year by rule, and the days by which those on weekly rest days are made up.
    fn derive(&self, year: i32, view: &View, specials: &mut BTreeMap<NaiveDate, Special>) {
        let mut days: Vec<(NaiveDate, &Holiday, &InForce)> = Vec::new();
        for holiday in &self.holidays {
            for date in self.days_of(holiday, year) {
                let mut known = holiday.law.iter().filter(|law| view.knows(self.known_since(law.source)));
                let in_force = known.rfind(|law| law.from <= date);
                let ended = |(to, by): (NaiveDate, usize)| to < date && view.knows(self.known_since(by));
                let in_force = in_force.filter(|law| !law.to.is_some_and(ended));
                let inside = self.first <= date && date <= self.last;
                days.extend(in_force.filter(|_| inside).map(|law| (date, holiday, law)));
            }
        }
        days.sort_by_key(|(date, ..)| *date);
        let mut owed = Vec::new();
        for (date, holiday, law) in days {
            let special = Special {
                date,
                kind: DayKind::Holiday,
                name_vi: holiday.name_vi.as_str().into(),
                name_en: holiday.name_en.as_str().into(),
                note: "".into(),
                source: law.source,
                known_since: self.known_since(law.source),
            };
            let made_up = match holiday.made_up {
                MadeUp::By(made_up) => made_up,
                MadeUp::Asked(question) => self.answer(view, question) == "yes",
            };
            // Two holidays on one day are one day off.
            if specials.insert(date, special).is_none() && made_up && rests(&self.weeks, date) {
                owed.push((date, holiday, law));
            }
        }
        for (on, holiday, law) in owed {
            let free = |date: &NaiveDate| !rests(&self.weeks, *date) && !specials.contains_key(date);
            let Some(date) = on.iter_days().skip(1).find(free) else { continue };
            let (vi, en) = (&holiday.name_vi, &holiday.name_en);
            let source = week_on(&self.weeks, date).map_or(0, |week| week.made_up_by);
            let special = Special {
                date,
                kind: DayKind::Compensatory,
                name_vi: format!("Nghỉ bù {vi} (ngày {} trùng ngày nghỉ hằng tuần)", on.format("%d/%m/%Y"))
                    .into(),
                name_en: format!("In lieu of {en} on {on} (weekly rest day)").into(),
                note: "".into(),
                source,
                known_since: self.known_since(source).max(self.known_since(law.source)),
            };
            specials.insert(date, special);
        }
    }

    fn days_of(&self, holiday: &Holiday, year: i32) -> impl Iterator<Item = NaiveDate> {
        let anchor = match holiday.anchor {
            Anchor::Date { month, day } => NaiveDate::from_ymd_opt(year, month, day),
            Anchor::Tet => self.lunar.get(&year).map(|days| days.0),
            Anchor::GioTo => self.lunar.get(&year).map(|days| days.1),
        };
        anchor.into_iter().flat_map(|anchor| {
            let offsets = &holiday.offsets[anchor.weekday().num_days_from_monday() as usize];
            offsets.iter().filter_map(move |offset| match u64::try_from(*offset) {
                Ok(later) => anchor.checked_add_days(Days::new(later)),
                Err(_) => anchor.checked_sub_days(Days::new(offset.unsigned_abs())),
            })
        })
    }
}
