//! The calendar of a unit: that of the state, with what the unit decides for itself.

use super::day::DayKind;
use super::law::{Law, Special, View, rests};
use super::load::{HOURS_HELP, read_hours, read_time};
use super::{Hours, Source};
use crate::problem::{Problem, Problems};
use crate::toml_file::{self, Date};
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike, Weekday};
use serde::Deserialize;
use std::collections::BTreeMap;

const MIDNIGHT: u32 = 86_400;

/// When a rule of a unit holds.
#[derive(Debug)]
struct When {
    from: NaiveDate,
    to: Option<NaiveDate>,
    known_since: NaiveDate,
    /// From one day of the year to another, both included; over the turn of the year if the second is earlier.
    season: Option<((u32, u32), (u32, u32))>,
    weekdays: [bool; 7],
}

impl When {
    fn holds(&self, view: &View, date: NaiveDate) -> bool {
        let day = (date.month(), date.day());
        let in_season = self.season.is_none_or(|(first, last)| {
            if first <= last { first <= day && day <= last } else { first <= day || day <= last }
        });
        view.knows(self.known_since)
            && self.from <= date
            && self.to.is_none_or(|to| date <= to)
            && in_season
            && self.weekdays[date.weekday().num_days_from_monday() as usize]
    }
}

#[derive(Debug)]
struct Opening {
    when: When,
    hours: Hours,
    /// Whether it counts as a working day of a time limit.
    working_day: bool,
    source: usize,
}

#[derive(Debug)]
struct Closure {
    first: (NaiveDate, u32),
    last: (NaiveDate, u32),
    name_vi: String,
    name_en: String,
    source: usize,
    known_since: NaiveDate,
}

impl Closure {
    /// From when to when it holds on a day.
    fn on(&self, date: NaiveDate) -> Option<(u32, u32)> {
        let (first, last) = (self.first.0, self.last.0);
        let from = if date == first { self.first.1 } else { 0 };
        let to = if date == last { self.last.1 } else { MIDNIGHT };
        (first <= date && date <= last).then_some((from, to))
    }
}

/// What a unit decides for itself.
#[derive(Debug)]
pub(super) struct Unit {
    hours: Vec<(When, Hours)>,
    openings: Vec<Opening>,
    closures: Vec<Closure>,
    pub(super) sources: Vec<Source>,
}

impl Unit {
    /// Whether a day can be another than for everybody.
    pub(super) fn changes_days(&self) -> bool {
        !self.closures.is_empty() || self.openings.iter().any(|opening| opening.working_day)
    }

    /// Whether a working day can have other hours than for everybody.
    pub(super) fn changes_hours(&self) -> bool {
        !self.hours.is_empty()
    }

    /// Adds its own days to those of everybody.
    pub(super) fn change_days(&self, law: &Law, view: &View, specials: Vec<Special>) -> Vec<Special> {
        let mut days: BTreeMap<NaiveDate, Special> =
            specials.into_iter().map(|special| (special.date, special)).collect();
        if self.openings.iter().any(|opening| opening.working_day) {
            for date in law.first.iter_days().take_while(|date| *date <= law.last) {
                let opening = self.openings.iter().rev().find(|opening| opening.when.holds(view, date));
                let Some(opening) = opening.filter(|opening| opening.working_day) else { continue };
                if !rests(&law.weeks, date) || days.contains_key(&date) {
                    continue;
                }
                let special = Special {
                    date,
                    kind: DayKind::UnitOpen,
                    name_vi: "Làm việc theo lịch của đơn vị".into(),
                    name_en: "Open by the unit's own calendar".into(),
                    note: "".into(),
                    source: law.sources.len() + opening.source,
                    known_since: self.sources[opening.source].known_since,
                };
                days.insert(date, special);
            }
        }
        for closure in self.closures.iter().filter(|closure| view.knows(closure.known_since)) {
            let (first, last) = (closure.first.0.max(law.first), closure.last.0.min(law.last));
            for date in first.iter_days().take_while(|date| *date <= last) {
                let before = days.get(&date).map(|special| special.kind);
                let works = before.map_or(!rests(&law.weeks, date), DayKind::is_working);
                if !works {
                    continue;
                }
                let ordinary = before.unwrap_or(DayKind::Working);
                let closed = self.hours_on(law, view, date, ordinary).total() == 0;
                // A day that is shortened keeps the name it has.
                let named = |own: fn(&Special) -> &str, closure: &str| {
                    let own = days.get(&date).map(own).filter(|own| !own.is_empty() && !closed);
                    own.map_or_else(|| closure.into(), |own| format!("{own}; {closure}").into())
                };
                let special = Special {
                    date,
                    kind: if closed { DayKind::UnitClosed } else { ordinary },
                    name_vi: named(|day| &day.name_vi, &closure.name_vi),
                    name_en: named(|day| &day.name_en, &closure.name_en),
                    note: "".into(),
                    source: law.sources.len() + closure.source,
                    known_since: closure.known_since,
                };
                days.insert(date, special);
            }
        }
        days.into_values().collect()
    }

    /// The hours of a working day of that kind.
    pub(super) fn hours_on(&self, law: &Law, view: &View, date: NaiveDate, kind: DayKind) -> Hours {
        let opening = self.openings.iter().rev().find(|opening| opening.when.holds(view, date));
        let own = self.hours.iter().rev().find(|(when, _)| when.holds(view, date)).map(|(_, hours)| *hours);
        let hours = match opening {
            Some(opening) if kind == DayKind::UnitOpen => opening.hours,
            _ => own.unwrap_or_else(|| law.hours_on(date)),
        };
        let known = self.closures.iter().filter(|closure| view.knows(closure.known_since));
        let closed = known.filter_map(|closure| closure.on(date));
        closed.fold(hours, |hours, (from, to)| hours.without(from, to))
    }

    /// Whether the unit receives at a moment of a day on which it does not work: a Saturday morning's desk.
    pub(super) fn receives(&self, view: &View, at: NaiveDateTime) -> bool {
        let opening = self.openings.iter().rev().find(|opening| opening.when.holds(view, at.date()));
        let closed = |time: u32| {
            let known = self.closures.iter().filter(|closure| view.knows(closure.known_since));
            known.filter_map(|closure| closure.on(at.date())).any(|(from, to)| from <= time && time < to)
        };
        let time = at.num_seconds_from_midnight();
        opening.is_some_and(|opening| opening.hours.is_open(time)) && !closed(time)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    from: Date,
    to: Option<Date>,
    season: Option<[String; 2]>,
    weekdays: Option<Vec<Weekday>>,
    open: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawOpening {
    from: Date,
    to: Option<Date>,
    season: Option<[String; 2]>,
    weekdays: Vec<Weekday>,
    open: Vec<String>,
    working_day: bool,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawClosure {
    first: Date,
    last: Option<Date>,
    from: Option<String>,
    to: Option<String>,
    name_vi: String,
    name_en: String,
    known_since: Option<Date>,
    source: String,
}

/// Reads the file of a unit; `core/data/calendar/units.md` explains the format.
pub(super) fn load(file: &str, text: &str) -> Result<Unit, Problems> {
    let file = toml_file::Source { file, text, format: "core/data/calendar/units.md" };
    let mut problems = Vec::new();
    let keys = ["source", "hours", "open", "closed"];
    let [sources, hours, openings, closures] = toml_file::tables(&file, keys, &mut problems);
    let sources: Vec<Source> = toml_file::decode_all(&file, sources, &mut problems);
    let hours = toml_file::decode_located::<RawHours>(&file, hours, &mut problems);
    let openings = toml_file::decode_located::<RawOpening>(&file, openings, &mut problems);
    let closures = toml_file::decode_located::<RawClosure>(&file, closures, &mut problems);
    let mut loader = Loader { file, problems, sources };
    let hours = hours.into_iter().filter_map(|(at, raw)| loader.hours(at, raw)).collect();
    let openings = openings.into_iter().filter_map(|(at, raw)| loader.opening(at, raw)).collect();
    let closures = closures.into_iter().filter_map(|(at, raw)| Some((at, loader.closure(at, raw)?)));
    let closures = closures.collect();
    let closures = loader.apart(closures);
    let Loader { problems, sources, .. } = loader;
    if problems.is_empty() {
        Ok(Unit { hours, openings, closures, sources })
    } else {
        Err(Problems::sorted(problems))
    }
}

struct Loader<'a> {
    file: toml_file::Source<'a>,
    problems: Vec<Problem>,
    sources: Vec<Source>,
}

impl Loader<'_> {
    fn add<T>(&mut self, code: &'static str, at: usize, message: String, help: &str) -> Option<T> {
        self.problems.push(self.file.problem(code, at, message, help));
        None
    }

    fn source(&mut self, at: usize, id: &str) -> Option<usize> {
        let found = self.sources.iter().position(|source| source.id == id);
        let message = || format!("`{id}` is no [[source]]");
        found.or_else(|| self.add("calendar.unknown_source", at, message(), "add it, or correct the id"))
    }

    fn read_hours(&mut self, at: usize, open: &[String]) -> Option<Hours> {
        let message = || format!("{open:?} are no office hours");
        read_hours(open).or_else(|| self.add("calendar.hours", at, message(), HOURS_HELP))
    }

    fn when(
        &mut self,
        at: usize,
        (from, to): (Date, Option<Date>),
        source: usize,
        season: Option<[String; 2]>,
        weekdays: &[Weekday],
    ) -> Option<When> {
        let weekdays = [0, 1, 2, 3, 4, 5, 6]
            .map(|weekday| weekdays.iter().any(|day| day.num_days_from_monday() == weekday));
        let day = |text: &str| {
            let date = NaiveDate::parse_from_str(&format!("2000-{text}"), "%Y-%m-%d").ok()?;
            Some((date.month(), date.day()))
        };
        let season = match season {
            None => None,
            Some([first, last]) => match (day(&first), day(&last)) {
                (Some(first), Some(last)) => Some((first, last)),
                _ => {
                    let message = format!("`{first}` to `{last}` is no season");
                    return self.add("calendar.season", at, message, "write e.g. [\"04-16\", \"10-15\"]");
                }
            },
        };
        let known_since = self.sources.get(source).map_or(NaiveDate::MIN, |source| source.known_since);
        Some(When { from: from.0, to: to.map(|to| to.0), known_since, season, weekdays })
    }

    fn hours(&mut self, at: usize, raw: RawHours) -> Option<(When, Hours)> {
        use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
        let all = [Mon, Tue, Wed, Thu, Fri, Sat, Sun];
        let weekdays = raw.weekdays.as_deref().unwrap_or(&all);
        let source = self.source(at, &raw.source);
        let hours = self.read_hours(at, &raw.open);
        let when = self.when(at, (raw.from, raw.to), source.unwrap_or_default(), raw.season, weekdays);
        source?;
        Some((when?, hours?))
    }

    fn opening(&mut self, at: usize, raw: RawOpening) -> Option<Opening> {
        let source = self.source(at, &raw.source);
        let hours = self.read_hours(at, &raw.open);
        let when = self.when(at, (raw.from, raw.to), source.unwrap_or_default(), raw.season, &raw.weekdays);
        Some(Opening { when: when?, hours: hours?, working_day: raw.working_day, source: source? })
    }

    /// No day is closed by two closures: they would have to be one for a reader to see what is left open.
    fn apart(&mut self, closures: Vec<(usize, Closure)>) -> Vec<Closure> {
        let mut apart: Vec<Closure> = Vec::new();
        for (at, closure) in closures {
            let touches =
                |other: &&Closure| closure.first.0 <= other.last.0 && other.first.0 <= closure.last.0;
            if let Some(other) = apart.iter().find(touches) {
                let message = format!("`{}` and `{}` close the same day", closure.name_vi, other.name_vi);
                self.add::<()>("calendar.closed", at, message, "write one [[closed]] for both");
            }
            apart.push(closure);
        }
        apart
    }

    fn closure(&mut self, at: usize, raw: RawClosure) -> Option<Closure> {
        let source = self.source(at, &raw.source);
        let mut time = |text: Option<String>, default: u32| match text {
            None => Some(default),
            Some(text) => {
                let message = || format!("`{text}` is no time of day");
                read_time(&text)
                    .or_else(|| self.add("calendar.closed", at, message(), "write e.g. \"13:30\""))
            }
        };
        let (from, to) = (time(raw.from, 0)?, time(raw.to, MIDNIGHT)?);
        let (first, last) = ((raw.first.0, from), (raw.last.unwrap_or(raw.first).0, to));
        if first >= last {
            let message = format!("`{}` ends before it begins", raw.name_vi);
            return self.add("calendar.closed", at, message, "correct first, last, from and to");
        }
        let source = source?;
        let known_since = raw.known_since.map_or(self.sources[source].known_since, |since| since.0);
        Some(Closure { first, last, name_vi: raw.name_vi, name_en: raw.name_en, source, known_since })
    }
}
