//! An explanation as a picture: the months from start to due, a square for each day.

use super::Explanation;
use crate::calendar::{Calendar, DayKind};
use crate::text::escaped;
use chrono::{Datelike, Months, NaiveDate};
use std::fmt::Write as _;

const CELL: u32 = 34;
const MONTH_WIDTH: u32 = 7 * CELL + 24;
const MONTH_HEIGHT: u32 = 8 * CELL + 20;
const ACROSS: u32 = 3;
const LEGEND_WIDTH: u32 = 256;
/// A picture of more months than these would be read by nobody.
const MOST_MONTHS: usize = 24;

/// The colours of a day, and what they mean in both languages.
const LEGEND: [(&str, &str, &str); 7] = [
    ("#1d4ed8", "tiếp nhận", "received"),
    ("#dbeafe", "ngày được tính", "counted"),
    ("#e5e7eb", "ngày nghỉ hằng tuần", "weekly rest"),
    ("#fecaca", "nghỉ lễ, bù, hoán đổi", "day off"),
    ("#bbf7d0", "làm bù", "worked Saturday"),
    ("#fde68a", "tạm dừng", "suspended"),
    ("#dc2626", "hẹn trả", "due"),
];

impl Explanation {
    /// The explanation as an SVG picture: a grid for each month, the start, the due date, days off with their names as
    /// tooltips, suspensions. The calendar has to be the one by which it was explained. Of a long time the first 24
    /// months are drawn.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::deadline::{Clock, LimitRule, TimeLimit};
    /// let start = motcua::moment::parse("2024-04-26 09:00").unwrap();
    /// let clock = Clock::new(LimitRule::new(TimeLimit::parse("3 working_day").unwrap()), start);
    /// let svg = clock.explain(Calendar::vietnam()).unwrap().svg(Calendar::vietnam());
    /// assert!(svg.starts_with("<svg") && svg.contains("<title>2024-04-29: Hoán đổi dịp 30/4"));
    /// ```
    #[must_use]
    pub fn svg(&self, calendar: &Calendar) -> String {
        let start = self.received.date();
        let end = self.due.at().map_or(start, |due| due.date());
        let first = start.min(end).with_day(1).unwrap_or(start);
        let last = start.max(end);
        let months: Vec<NaiveDate> = (0..)
            .map_while(|n| first.checked_add_months(Months::new(n)))
            .take_while(|month| *month <= last)
            .take(MOST_MONTHS)
            .collect();
        let count = u32::try_from(months.len()).unwrap_or(1);
        let rows = count.div_ceil(ACROSS);
        let width = ACROSS.min(count) * MONTH_WIDTH + 24;
        let width = width.max(2 * MONTH_WIDTH);
        let beside = (width - 24) / LEGEND_WIDTH;
        let legend = u32::try_from(LEGEND.len()).unwrap_or(1).div_ceil(beside) * 22;
        let height = 64 + rows * MONTH_HEIGHT + legend;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\n"
        );
        let due = self.due.at().map_or_else(|| "–".into(), crate::moment::short);
        let title = format!("{} · {} → {due}", self.limit.vi(), crate::moment::short(self.received));
        // Writing into a string does not fail.
        let _ = writeln!(svg, "<text x=\"24\" y=\"32\" font-size=\"16\">{}</text>", escaped(&title));
        for (i, month) in (0u32..).zip(&months) {
            let (x, y) = (24 + i % ACROSS * MONTH_WIDTH, 56 + i / ACROSS * MONTH_HEIGHT);
            self.month(&mut svg, calendar, *month, (x, y));
        }
        for (i, (colour, vi, en)) in (0u32..).zip(LEGEND) {
            let (x, y) = (24 + i % beside * LEGEND_WIDTH, height - legend + i / beside * 22);
            let _ = writeln!(
                svg,
                "<rect x=\"{x}\" y=\"{y}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>\
                 <text x=\"{}\" y=\"{}\" font-size=\"9\">{vi} / {en}</text>",
                x + 16,
                y + 10
            );
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn month(&self, svg: &mut String, calendar: &Calendar, month: NaiveDate, (left, top): (u32, u32)) {
        let _ = writeln!(svg, "<text x=\"{left}\" y=\"{}\">{}</text>", top + 14, month.format("%m/%Y"));
        for (i, name) in (0u32..).zip(["T2", "T3", "T4", "T5", "T6", "T7", "CN"]) {
            let (x, y) = (left + i * CELL + CELL / 2, top + CELL);
            let _ = writeln!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" fill=\"#6b7280\">{name}</text>"
            );
        }
        let before = month.weekday().num_days_from_monday();
        let days = month.iter_days().take_while(|day| day.month() == month.month());
        for (place, date) in (before..).zip(days) {
            let (x, y) = (left + place % 7 * CELL, top + CELL + 8 + place / 7 * CELL);
            let (colour, ink, told) = self.cell(calendar, date);
            let _ = writeln!(
                svg,
                "<g><title>{date}{told}</title>\
                 <rect x=\"{x}\" y=\"{y}\" width=\"{size}\" height=\"{size}\" rx=\"4\" fill=\"{colour}\" \
                 stroke=\"#d1d5db\"/><text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\">{}</text></g>",
                x + CELL / 2 - 1,
                y + CELL / 2 + 3,
                date.day(),
                size = CELL - 2,
            );
        }
    }

    /// The colour of a day, that of its number, and what is told of it.
    fn cell(&self, calendar: &Calendar, date: NaiveDate) -> (&'static str, &'static str, String) {
        let [received, counted, rest, off, worked, suspended, due] = LEGEND.map(|(colour, ..)| colour);
        let is_due = self.due.at().is_some_and(|due| due.date() == date);
        let day = calendar.day(date).ok();
        let name = day.map_or("", |day| day.name_vi);
        let told = if name.is_empty() { String::new() } else { format!(": {}", escaped(name)) };
        let end = self.due.at().map_or(NaiveDate::MAX, |due| due.date());
        let start = self.received.date();
        let inside = start.min(end) < date && date <= start.max(end);
        let held = |from: NaiveDate, to: Option<NaiveDate>| from < date && to.is_none_or(|to| date <= to);
        let waits = self.suspensions.iter().find(|s| held(s.from.date(), s.to.map(|to| to.date())));
        let kind = day.map_or(DayKind::Working, |day| day.kind);
        match kind {
            _ if is_due => (due, "#ffffff", told),
            _ if date == start => (received, "#ffffff", told),
            DayKind::WeeklyRest => (rest, "#6b7280", told),
            DayKind::Holiday | DayKind::Compensatory | DayKind::SwappedOff | DayKind::UnitClosed => {
                (off, "#111827", told)
            }
            _ if waits.is_some() => {
                (suspended, "#111827", format!(": {}", escaped(waits.map_or("", |s| &s.reason))))
            }
            DayKind::Worked | DayKind::UnitOpen => (worked, "#111827", told),
            DayKind::Working if inside => (counted, "#111827", told),
            DayKind::Working => ("#ffffff", "#9ca3af", told),
        }
    }
}
