//! From the law to tables.

use super::law::{Law, View, rests};
use super::tables::{DayTable, TimeTable};
use super::unit::{self, Unit};
use super::{Calendar, DayKind, EPOCH};
use crate::problem::Problems;
use chrono::Datelike;
use std::sync::Arc;

impl Calendar {
    pub(super) fn of_law(law: Arc<Law>, view: View) -> Self {
        Self::compile(law, view, None)
    }

    /// The calendar of a unit: this one, with what the unit decides for itself. The text is TOML; its format is
    /// explained in `core/data/calendar/units.md`. Where the unit has no days of its own, all calendars share the tables
    /// of days, and where it has no hours of its own either, all tables.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// let text = r#"
    /// [[source]]
    /// id = "gio-mua-he"
    /// act = "Quyết định 1/QĐ-UBND"
    /// known_since = 2026-03-01
    /// url = "https://example.gov.vn/1"
    /// verified = false
    ///
    /// [[hours]]
    /// from = 2026-01-01
    /// season = ["04-16", "10-15"]
    /// open = ["06:30-11:00", "13:00-16:30"]
    /// source = "gio-mua-he"
    /// "#;
    /// let unit = Calendar::vietnam().for_unit("unit.toml", text).unwrap();
    /// let (open, close) = unit.open_and_close("2026-06-08".parse().unwrap()).unwrap().unwrap();
    /// assert_eq!((open.to_string(), close.to_string()), ("2026-06-08 06:30:00".into(), "2026-06-08 16:30:00".into()));
    /// ```
    ///
    /// # Errors
    /// All problems of the text, each with its line: `file.*` for form, `calendar.*` for content.
    pub fn for_unit(&self, file: &str, text: &str) -> Result<Self, Problems> {
        let unit = unit::load(file, text)?;
        let (law, view) = (Arc::clone(&self.law), self.view.clone());
        // A unit's calendar made from another unit's has the decisions of its own only.
        let common_days = self.unit.is_none() && !unit.changes_days();
        let days = if common_days {
            Arc::clone(&self.days)
        } else {
            Arc::new(compile_days(&law, &view, Some(&unit)))
        };
        let time = if common_days && !unit.changes_hours() {
            Arc::clone(&self.time)
        } else {
            Arc::new(compile_time(&law, &view, Some(&unit), &days))
        };
        Ok(Self { law, view, unit: Some(Arc::new(unit)), days, time })
    }

    pub(super) fn compile(law: Arc<Law>, view: View, unit: Option<Arc<Unit>>) -> Self {
        let days = Arc::new(compile_days(&law, &view, unit.as_deref()));
        let time = Arc::new(compile_time(&law, &view, unit.as_deref(), &days));
        Self { law, view, unit, days, time }
    }

    /// The memory of its tables in bytes, without the texts of the law, which all calendars share.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let specials = self.days.specials.iter();
        let names =
            specials.map(|day| day.name_vi.len() + day.name_en.len() + day.note.len() + size_of_val(day));
        2 * size_of::<[u16; super::tables::SLOTS]>() + names.sum::<usize>() + self.time.bytes()
    }
}

fn compile_days(law: &Law, view: &View, unit: Option<&Unit>) -> DayTable {
    let mut specials = law.specials(view);
    if let Some(unit) = unit.filter(|unit| unit.changes_days()) {
        specials = unit.change_days(law, view, specials);
    }
    let mut next = specials.iter().peekable();
    let works = law.first.iter_days().take_while(|date| *date <= law.last).map(|date| {
        match next.next_if(|special| special.date == date) {
            Some(special) => special.kind.is_working(),
            None => !rests(&law.weeks, date),
        }
    });
    let works: Vec<bool> = works.collect();
    let first = law.first.num_days_from_ce() - EPOCH;
    DayTable::new(first, works.into_iter(), law.announced_to(view), specials)
}

fn compile_time(law: &Law, view: &View, unit: Option<&Unit>, days: &DayTable) -> TimeTable {
    let date = |i: u16| {
        let days = days.first + i32::from(i) + EPOCH;
        chrono::NaiveDate::from_num_days_from_ce_opt(days).unwrap_or(law.last)
    };
    let kind = |date| {
        let special = days.specials.binary_search_by_key(&date, |special| special.date);
        special.ok().map_or(DayKind::Working, |i| days.specials[i].kind)
    };
    TimeTable::new(days.working().map(|i| {
        let date = date(i);
        match unit {
            Some(unit) => unit.hours_on(law, view, date, kind(date)),
            None => law.hours_on(date),
        }
    }))
}
