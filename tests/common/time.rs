//! Moments, limits and clocks as short as a test wants them.
#![allow(dead_code, reason = "each test file uses its own part")]

use chrono::NaiveDateTime;
use motcua::calendar::Calendar;
use motcua::deadline::{Clock, LimitRule, TimeLimit};
use motcua::moment;

pub fn at(text: &str) -> NaiveDateTime {
    moment::parse(text).unwrap()
}

pub fn limit(text: &str) -> TimeLimit {
    TimeLimit::parse(text).unwrap()
}

pub fn rule(text: &str) -> LimitRule {
    LimitRule::new(limit(text))
}

pub fn clock(text: &str, start: &str) -> Clock {
    Clock::new(rule(text), at(start))
}

/// A clock of 1/6/2026, 9 o'clock.
pub fn clock_of(text: &str) -> Clock {
    clock(text, "2026-06-01 09:00")
}

pub fn calendar() -> &'static Calendar {
    Calendar::vietnam()
}
