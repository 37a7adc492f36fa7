//! Reads a calendar's files, gathering every problem with its place.

use super::day::Question;
use super::law::{Anchor, Holiday, InForce, Law, MadeUp, Special, View, Week, rests};
use super::{Calendar, DayKind, Hours, Source};
use crate::csv_file;
use crate::problem::{Problem, Problems};
use crate::toml_file::{self, Date};
use chrono::{Datelike, NaiveDate, NaiveTime, Timelike, Weekday};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

/// The texts a calendar is made of; each pair is a name for messages, and the content. The format stands at the
/// top of `core/data/calendar/vietnam.toml`.
#[derive(Debug, Clone, Copy)]
pub struct CalendarTexts<'a> {
    /// Sources, weeks, office hours and rules; TOML.
    pub rules: (&'a str, &'a str),
    /// The announced days; CSV.
    pub days: (&'a str, &'a str),
    /// The lunar days by year; CSV.
    pub lunar: (&'a str, &'a str),
}

impl CalendarTexts<'static> {
    /// The texts that come with the library.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            rules: ("vietnam.toml", include_str!("../../data/calendar/vietnam.toml")),
            days: ("vietnam-days.csv", include_str!("../../data/calendar/vietnam-days.csv")),
            lunar: ("lunar.csv", include_str!("../../data/calendar/lunar.csv")),
        }
    }
}

/// The tables count days in sixteen bits, and the seconds of all of them in thirty-two.
const MOST_DAYS: i64 = 49_700;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRange {
    first: Date,
    last: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWeek {
    from: Date,
    rest: Vec<Weekday>,
    source: String,
    made_up_by: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHours {
    from: Date,
    open: Vec<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHoliday {
    name_vi: String,
    name_en: String,
    on: String,
    offsets: Option<Vec<i64>>,
    #[serde(default)]
    by_weekday: HashMap<Weekday, Vec<i64>>,
    made_up: RawMadeUp,
    law: Vec<RawInForce>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum RawMadeUp {
    By(bool),
    Asked(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawInForce {
    from: Date,
    to: Option<Date>,
    ended_by: Option<String>,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnnounced {
    year: i32,
    source: String,
}

#[derive(Deserialize)]
struct RawDay {
    date: NaiveDate,
    kind: DayKind,
    known_since: NaiveDate,
    name_vi: String,
    name_en: String,
    source: String,
    note: String,
}

#[derive(Deserialize)]
struct RawLunar {
    year: i32,
    tet: NaiveDate,
    gio_to: NaiveDate,
}

impl Calendar {
    /// Compiles a calendar from texts, one's own or [`CalendarTexts::embedded`] with one of them replaced.
    ///
    /// ```
    /// use motcua::calendar::{Calendar, CalendarTexts};
    /// let mut texts = CalendarTexts::embedded();
    /// let summer = texts.rules.1.replace("07:00-11:30", "07:30-11:30");
    /// texts.rules = ("mine.toml", &summer);
    /// let calendar = Calendar::load(&texts).unwrap();
    /// let monday = "2026-06-08".parse().unwrap();
    /// let (open, _) = calendar.open_and_close(monday).unwrap().unwrap();
    /// assert_eq!(open.to_string(), "2026-06-08 07:30:00");
    /// ```
    ///
    /// # Errors
    /// All problems of all texts, each with file and line: `file.*` for form, `calendar.*` for content.
    pub fn load(texts: &CalendarTexts<'_>) -> Result<Self, Problems> {
        let mut loader = Loader { problems: Vec::new(), sources: Vec::new() };
        let law = loader.law(texts);
        match law {
            Some(law) if loader.problems.is_empty() => Ok(Self::of_law(Arc::new(law), View::default())),
            _ => Err(Problems::sorted(loader.problems)),
        }
    }
}

struct Loader {
    problems: Vec<Problem>,
    sources: Vec<Source>,
}

type Located<T> = Vec<(usize, T)>;

impl Loader {
    fn law(&mut self, texts: &CalendarTexts<'_>) -> Option<Law> {
        let rules = toml_file::Source {
            file: texts.rules.0,
            text: texts.rules.1,
            format: "core/data/calendar/vietnam.toml, which explains itself",
        };
        let keys = ["source", "range", "week", "hours", "question", "holiday", "announced"];
        let [sources, ranges, weeks, hours, questions, holidays, years] =
            toml_file::tables(&rules, keys, &mut self.problems);
        self.sources = toml_file::decode_all(&rules, sources, &mut self.problems);
        let mut ranges = toml_file::decode_located::<RawRange>(&rules, ranges, &mut self.problems);
        let range = ranges.pop();
        for (at, _) in ranges {
            self.add(&rules, "calendar.range", at, "there is more than one [[range]]".into(), "keep one");
        }
        let weeks: Located<RawWeek> = toml_file::decode_located(&rules, weeks, &mut self.problems);
        let hours: Located<RawHours> = toml_file::decode_located(&rules, hours, &mut self.problems);
        let questions: Located<Question> = toml_file::decode_located(&rules, questions, &mut self.problems);
        let holidays: Located<RawHoliday> = toml_file::decode_located(&rules, holidays, &mut self.problems);
        let years: Located<RawAnnounced> = toml_file::decode_located(&rules, years, &mut self.problems);
        let questions = questions.into_iter().map(|(at, question)| self.question(&rules, at, question));
        let questions: Vec<Question> = questions.collect();
        let holidays = holidays.into_iter().filter_map(|(at, raw)| self.holiday(&rules, at, raw, &questions));
        let holidays = holidays.collect();
        let announced = self.announced(&rules, years);
        let range = range.and_then(|(at, range)| self.range(&rules, at, &range));
        let covers =
            |from: Option<Date>| range.is_none_or(|range| from.is_some_and(|from| from.0 <= range.0));
        let starts = [
            ("week", weeks.iter().map(|(_, week)| week.from).min()),
            ("hours", hours.iter().map(|(_, hours)| hours.from).min()),
        ];
        for (what, from) in starts {
            if !covers(from) {
                let message = format!("no [[{what}]] holds on the first day of the calendar");
                self.add(&rules, "calendar.gap", 0, message, "add one whose `from` is not later");
            }
        }
        let mut weeks: Vec<Week> = weeks.into_iter().map(|(at, week)| self.week(&rules, at, &week)).collect();
        weeks.sort_by_key(|week| week.from);
        let mut hours: Vec<(NaiveDate, Hours)> =
            hours.into_iter().filter_map(|(at, raw)| self.hours(&rules, at, &raw)).collect();
        hours.sort_by_key(|(from, _)| *from);
        let rows = self.announced_days(texts.days, range, &weeks);
        let lunar = self.lunar(texts.lunar);
        let (first, last) = match range {
            Some(range) => range,
            None => {
                let help = "write it once, with first and last";
                self.add(&rules, "calendar.range", 0, "there is no valid [[range]]".into(), help);
                return None;
            }
        };
        let missing = (first.year()..=last.year()).filter(|year| !lunar.contains_key(year));
        let missing: Vec<String> = missing.map(|year| year.to_string()).collect();
        if !missing.is_empty() {
            let file = texts.lunar.0.to_owned();
            let message = format!("the lunar days of {} are missing", missing.join(", "));
            let help = "add the years, or shorten the range".into();
            self.problems.push(Problem { code: "calendar.lunar_years", file, line: 0, message, help });
        }
        let sources = std::mem::take(&mut self.sources);
        Some(Law { first, last, announced, weeks, hours, rows, holidays, questions, lunar, sources })
    }

    fn add(
        &mut self,
        file: &toml_file::Source<'_>,
        code: &'static str,
        at: usize,
        message: String,
        help: &str,
    ) {
        self.problems.push(file.problem(code, at, message, help));
    }

    fn source_index(&self, id: &str) -> Result<usize, String> {
        let index = self.sources.iter().position(|source| source.id == id);
        index.ok_or_else(|| format!("`{id}` is no [[source]]"))
    }

    fn source(&mut self, file: &toml_file::Source<'_>, at: usize, id: &str) -> Option<usize> {
        match self.source_index(id) {
            Ok(index) => Some(index),
            Err(message) => {
                self.add(file, "calendar.unknown_source", at, message, "add it, or correct the id");
                None
            }
        }
    }

    fn range(
        &mut self,
        file: &toml_file::Source<'_>,
        at: usize,
        range: &RawRange,
    ) -> Option<(NaiveDate, NaiveDate)> {
        let (first, last) = (range.first.0, range.last.0);
        let days = last.signed_duration_since(first).num_days();
        if first <= last && days < MOST_DAYS {
            return Some((first, last));
        }
        let message = format!("{first} to {last} is no range of a calendar");
        self.add(
            file,
            "calendar.range",
            at,
            message,
            "write first and last in order, at most 136 years apart",
        );
        None
    }

    fn announced(
        &mut self,
        file: &toml_file::Source<'_>,
        years: Located<RawAnnounced>,
    ) -> Vec<(i32, NaiveDate)> {
        let mut announced = Vec::new();
        for (at, RawAnnounced { year, source }) in years {
            if announced.last().is_some_and(|(last, _)| year != last + 1) {
                let message = format!("{year} does not follow the year announced before it");
                self.add(file, "calendar.announced", at, message, "list the years in order, none left out");
            }
            if let Some(source) = self.source(file, at, &source) {
                announced.push((year, self.sources[source].known_since));
            }
        }
        announced
    }

    fn question(&mut self, file: &toml_file::Source<'_>, at: usize, question: Question) -> Question {
        if !question.answers.contains(&question.default) {
            let message = format!("`{}` is none of the answers of `{}`", question.default, question.id);
            self.add(file, "calendar.question", at, message, "make the default one of the answers");
        }
        question
    }

    /// With a problem it gives a week nevertheless, so that the days can be checked against it.
    fn week(&mut self, file: &toml_file::Source<'_>, at: usize, raw: &RawWeek) -> Week {
        let (source, made_up_by) =
            (self.source(file, at, &raw.source), self.source(file, at, &raw.made_up_by));
        let mut rest = [false; 7];
        for (weekday, rests) in (0..).zip(&mut rest) {
            *rests = raw.rest.iter().any(|day| day.num_days_from_monday() == weekday);
        }
        if rest == [true; 7] {
            self.add(file, "calendar.no_work", at, "every day is a rest day".into(), "leave one out");
        }
        let (source, made_up_by) = (source.unwrap_or_default(), made_up_by.unwrap_or_default());
        Week { from: raw.from.0, rest, source, made_up_by }
    }

    fn hours(
        &mut self,
        file: &toml_file::Source<'_>,
        at: usize,
        raw: &RawHours,
    ) -> Option<(NaiveDate, Hours)> {
        let source = self.source(file, at, &raw.source);
        let hours = read_hours(&raw.open);
        if hours.is_none() {
            let message = format!("{:?} are no office hours", raw.open);
            self.add(file, "calendar.hours", at, message, HOURS_HELP);
        }
        source?;
        Some((raw.from.0, hours?))
    }

    fn holiday(
        &mut self,
        file: &toml_file::Source<'_>,
        at: usize,
        raw: RawHoliday,
        questions: &[Question],
    ) -> Option<Holiday> {
        let law = raw.law.iter().map(|law| {
            let source = self.source(file, at, &law.source)?;
            let ended_by = law.ended_by.as_deref().map_or(Some(source), |id| self.source(file, at, id))?;
            Some(InForce { from: law.from.0, to: law.to.map(|to| (to.0, ended_by)), source })
        });
        let mut law = law.collect::<Option<Vec<_>>>()?;
        law.sort_by_key(|law| law.from);
        let made_up = match &raw.made_up {
            RawMadeUp::By(made_up) => Some(MadeUp::By(*made_up)),
            RawMadeUp::Asked(id) => {
                let question = questions.iter().position(|question| question.id == *id);
                if question.is_none() {
                    let message = format!("`{id}` is no [[question]]");
                    self.add(file, "calendar.question", at, message, "add it, or write true or false");
                }
                question.map(MadeUp::Asked)
            }
        };
        let anchor = match raw.on.as_str() {
            "tet" => Some(Anchor::Tet),
            "gio-to" => Some(Anchor::GioTo),
            // A leap year, so that 29 February is a date.
            date => NaiveDate::parse_from_str(&format!("2000-{date}"), "%Y-%m-%d")
                .ok()
                .map(|date| Anchor::Date { month: date.month(), day: date.day() }),
        };
        if anchor.is_none() {
            let message = format!("`{}` is no day of the year", raw.on);
            self.add(file, "calendar.holiday", at, message, "write \"09-02\", \"tet\" or \"gio-to\"");
        }
        let weekdays = [0u8, 1, 2, 3, 4, 5, 6].map(|day| Weekday::try_from(day).unwrap_or(Weekday::Mon));
        let offsets = match raw.offsets {
            Some(offsets) if raw.by_weekday.is_empty() => Some(weekdays.map(|_| offsets.clone())),
            None if raw.by_weekday.len() == 7 => {
                Some(weekdays.map(|day| raw.by_weekday.get(&day).cloned().unwrap_or_default()))
            }
            _ => None,
        };
        if offsets.is_none() {
            let message = format!("`{}` does not say which days are off", raw.name_vi);
            let help = "write either `offsets`, or `by_weekday` for all seven weekdays";
            self.add(file, "calendar.holiday", at, message, help);
        }
        let (name_vi, name_en) = (raw.name_vi, raw.name_en);
        Some(Holiday { name_vi, name_en, anchor: anchor?, offsets: offsets?, made_up: made_up?, law })
    }

    fn announced_days(
        &mut self,
        (file, text): (&str, &str),
        range: Option<(NaiveDate, NaiveDate)>,
        weeks: &[Week],
    ) -> Vec<Special> {
        let mut days: BTreeMap<NaiveDate, Special> = BTreeMap::new();
        for (line, raw) in self.rows::<RawDay>(file, text) {
            let resting = rests(weeks, raw.date);
            let trouble = if range.is_some_and(|range| raw.date < range.0 || range.1 < raw.date) {
                Some(format!("{} lies outside the calendar", raw.date))
            } else if days.contains_key(&raw.date) {
                Some(format!("{} is there twice", raw.date))
            } else if !matches!(raw.kind, DayKind::Worked | DayKind::WeeklyRest) && resting {
                Some(format!("{} is a weekly rest day anyway", raw.date))
            } else if raw.kind == DayKind::Worked && !resting {
                Some(format!("{} is a working day anyway", raw.date))
            } else {
                None
            };
            match (trouble, self.source_index(&raw.source)) {
                (None, Ok(source)) => {
                    let RawDay { date, kind, known_since, name_vi, name_en, note, .. } = raw;
                    let (name_vi, name_en, note) = (name_vi.into(), name_en.into(), note.into());
                    days.insert(date, Special { date, kind, name_vi, name_en, note, source, known_since });
                }
                (Some(message), _) => {
                    let help = "correct or remove the row, or the range".into();
                    self.problems.push(Problem {
                        code: "calendar.day",
                        file: file.into(),
                        line,
                        message,
                        help,
                    });
                }
                (None, Err(message)) => {
                    let help = "add it to the rules, or correct the id".into();
                    let code = "calendar.unknown_source";
                    self.problems.push(Problem { code, file: file.into(), line, message, help });
                }
            }
        }
        days.into_values().collect()
    }

    fn lunar(&mut self, (file, text): (&str, &str)) -> BTreeMap<i32, (NaiveDate, NaiveDate)> {
        let rows = self.rows::<RawLunar>(file, text);
        rows.into_iter().map(|(_, raw)| (raw.year, (raw.tet, raw.gio_to))).collect()
    }

    fn rows<T: DeserializeOwned>(&mut self, file: &str, text: &str) -> Vec<(usize, T)> {
        let (header, rows) = match csv_file::read(text.as_bytes(), b',') {
            Ok(read) => read,
            Err(error) => {
                let (message, help) = (error.to_string(), "write the columns into the first line".into());
                self.problems.push(Problem { code: "file.row", file: file.into(), line: 1, message, help });
                return Vec::new();
            }
        };
        let mut found = Vec::new();
        for csv_file::Row { line, cells, .. } in rows {
            match cells.and_then(|row| row.deserialize(Some(&header)).map_err(|error| error.to_string())) {
                Ok(row) => found.push((line, row)),
                Err(error) => {
                    let message = format!("the row cannot be read: {error}");
                    let help = "compare it with the first line, which names the columns".into();
                    self.problems.push(Problem { code: "file.row", file: file.into(), line, message, help });
                }
            }
        }
        found
    }
}

/// What to write where office hours are wrong.
pub(super) const HOURS_HELP: &str = "write up to three, e.g. [\"07:00-11:30\", \"13:30-17:00\"], in order";

/// A time of day, `07:30`, in seconds.
pub(super) fn read_time(text: &str) -> Option<u32> {
    Some(NaiveTime::parse_from_str(text, "%H:%M").ok()?.num_seconds_from_midnight())
}

/// Up to three times of opening, `07:00-11:30`.
pub(super) fn read_hours(spans: &[String]) -> Option<Hours> {
    let span = |text: &String| {
        let (open, close) = text.split_once('-')?;
        Some((read_time(open)?, read_time(close)?))
    };
    let spans = spans.iter().map(span).collect::<Option<Vec<_>>>()?;
    Hours::new(&spans).filter(|_| !spans.is_empty() && spans.len() < Hours::SPANS)
}
