//! Dates and moments.

use crate::error::Failure;
use chrono::{Datelike, NaiveDate, NaiveDateTime, Timelike};

/// A date of the solar calendar.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Date {
    /// 2013 to 2100.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
}

/// A moment, Vietnam time.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Moment {
    /// 2013 to 2100.
    pub year: i32,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
}

impl Date {
    pub(crate) fn read(self) -> Result<NaiveDate, Failure> {
        let Self { year, month, day } = self;
        NaiveDate::from_ymd_opt(year, month, day)
            .ok_or_else(|| Failure::argument(&format!("{year}-{month:02}-{day:02} is no date")))
    }
}

impl From<NaiveDate> for Date {
    fn from(date: NaiveDate) -> Self {
        Self { year: date.year(), month: date.month(), day: date.day() }
    }
}

impl Moment {
    pub(crate) fn read(self) -> Result<NaiveDateTime, Failure> {
        let Self { year, month, day, hour, minute, second } = self;
        Date { year, month, day }
            .read()?
            .and_hms_opt(hour, minute, second)
            .ok_or_else(|| Failure::argument(&format!("{hour:02}:{minute:02}:{second:02} is no time of day")))
    }
}

impl From<NaiveDateTime> for Moment {
    fn from(at: NaiveDateTime) -> Self {
        let Date { year, month, day } = at.date().into();
        Self { year, month, day, hour: at.hour(), minute: at.minute(), second: at.second() }
    }
}
