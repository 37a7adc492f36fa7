//! What a time limit says.

use super::rules::days_of_month;
use super::{DayParts, DeadlineError};
use crate::moment;
use chrono::NaiveDateTime;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;

/// The unit a limit is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TimeUnit {
    /// Hours of the clock (giờ).
    Hour,
    /// Hours of office time (giờ làm việc).
    WorkingHour,
    /// Calendar days (ngày).
    Day,
    /// Working days (ngày làm việc).
    WorkingDay,
    /// Weeks of seven days (tuần).
    Week,
    /// Months (tháng).
    Month,
    /// Years (năm).
    Year,
}

impl TimeUnit {
    const NAMES: [(Self, &'static str, &'static str); 7] = [
        (Self::Hour, "hour", "giờ"),
        (Self::WorkingHour, "working_hour", "giờ làm việc"),
        (Self::Day, "day", "ngày"),
        (Self::WorkingDay, "working_day", "ngày làm việc"),
        (Self::Week, "week", "tuần"),
        (Self::Month, "month", "tháng"),
        (Self::Year, "year", "năm"),
    ];

    /// The name in files, `working_day`.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(unit, ..)| *unit == self).map_or("", |(_, name, _)| name)
    }

    /// The Vietnamese word.
    #[must_use]
    pub fn vi(self) -> &'static str {
        Self::NAMES.iter().find(|(unit, ..)| *unit == self).map_or("", |(.., vi)| vi)
    }
}

/// How many units, exactly: counted in sixtieths, so that halves, thirds, quarters, fifths and minutes are whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u32);

impl Amount {
    /// The sixtieths of one unit.
    pub const PARTS: u32 = 60;
    /// No limit is longer than so many units.
    pub const MAX: u32 = 100_000;

    /// So many whole units.
    #[must_use]
    pub const fn whole(units: u32) -> Option<Self> {
        if units == 0 || units > Self::MAX { None } else { Some(Self(units * Self::PARTS)) }
    }

    /// Half a unit more.
    pub(super) const fn and_a_half(self) -> Self {
        Self(self.0 + Self::PARTS / 2)
    }

    /// The amount in sixtieths of a unit.
    #[must_use]
    pub const fn parts(self) -> u32 {
        self.0
    }

    /// The whole units in it, and the sixtieths that remain.
    #[must_use]
    pub const fn split(self) -> (u32, u32) {
        (self.0 / Self::PARTS, self.0 % Self::PARTS)
    }
}

impl fmt::Display for Amount {
    /// `3`, `0.5`, `1/3`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (units, parts) = self.split();
        match parts {
            0 => write!(f, "{units}"),
            _ if parts.is_multiple_of(6) => write!(f, "{units}.{}", parts / 6),
            _ if parts.is_multiple_of(3) => write!(f, "{units}.{:02}", parts * 5 / 3),
            _ => {
                let shared = (1..=Self::PARTS)
                    .rev()
                    .find(|d| self.0.is_multiple_of(*d) && Self::PARTS.is_multiple_of(*d));
                let shared = shared.unwrap_or(1);
                write!(f, "{}/{}", self.0 / shared, Self::PARTS / shared)
            }
        }
    }
}

/// A time limit (thời hạn giải quyết). That a source states none, and that it is not known, are two different values,
/// and neither is zero.
///
/// ```
/// use motcua::deadline::{TimeLimit, TimeUnit};
/// for text in ["0.5 working_day", "0,5 ngày làm việc", "1/2 ngày làm việc"] {
///     assert_eq!(TimeLimit::parse(text).unwrap().to_string(), "0.5 working_day");
/// }
/// assert_eq!(TimeLimit::parse("04 giờ").unwrap().to_string(), "4 hour");
/// assert_eq!(TimeLimit::parse("trong ngày").unwrap(), TimeLimit::SameDay);
/// assert_eq!(TimeLimit::parse("Không quy định").unwrap(), TimeLimit::NotStated);
/// assert_eq!(TimeLimit::parse("3 fortnights").unwrap_err().code(), "deadline.unit_unknown");
/// assert_eq!(TimeLimit::parse("3").unwrap_err().code(), "deadline.unit_missing");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeLimit {
    /// So much of a unit.
    Span {
        /// How much.
        amount: Amount,
        /// Of what.
        unit: TimeUnit,
    },
    /// On the day of receipt (trong ngày).
    SameDay,
    /// The source says that there is none (không quy định).
    NotStated,
    /// Not known.
    Unknown,
}

impl TimeLimit {
    /// Reads a limit as files have it (`3 working_day`) or as documents write it (`03 ngày làm việc`).
    ///
    /// # Errors
    /// `deadline.number`, `deadline.unit_missing`, `deadline.unit_unknown`, `deadline.fraction`,
    /// `deadline.part_of_month`, `deadline.zero`, `deadline.too_long`.
    pub fn parse(text: &str) -> Result<Self, DeadlineError> {
        let folded: String = text.nfc().collect::<String>().to_lowercase();
        let folded = folded.split_whitespace().collect::<Vec<_>>().join(" ");
        match folded.as_str() {
            "same_day" | "trong ngày" | "ngay trong ngày" => return Ok(Self::SameDay),
            "not_stated" | "không quy định" => return Ok(Self::NotStated),
            "unknown" | "không có thông tin" => return Ok(Self::Unknown),
            _ => {}
        }
        let end = folded.find(|c: char| !(c.is_ascii_digit() || ".,/".contains(c))).unwrap_or(folded.len());
        let (number, unit) =
            (folded.get(..end).unwrap_or_default(), folded.get(end..).unwrap_or_default().trim());
        if number.is_empty() {
            return Err(DeadlineError::Number { text: text.into() });
        }
        if unit.is_empty() {
            return Err(DeadlineError::UnitMissing { text: text.into() });
        }
        let known = |(_, name, vi): &&(TimeUnit, &str, &str)| {
            unit == *vi || unit.strip_suffix('s').unwrap_or(unit).replace(' ', "_") == *name
        };
        let unit = TimeUnit::NAMES
            .iter()
            .find(known)
            .map(|(unit, ..)| *unit)
            .ok_or_else(|| DeadlineError::UnitUnknown { text: text.into(), unit: unit.into() })?;
        let amount = amount(number, text)?;
        let part = amount.split().1;
        let counted = match unit {
            TimeUnit::Week => part == 0,
            TimeUnit::Month | TimeUnit::Year => part == 0 || part == HALF,
            _ => true,
        };
        if !counted {
            return Err(DeadlineError::PartOfMonth { text: text.into() });
        }
        Ok(Self::Span { amount, unit })
    }

    /// The limit in English, `3 working days`.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Self::Span { amount, unit } => {
                let plural = if *amount == Amount(Amount::PARTS) { "" } else { "s" };
                format!("{amount} {}{plural}", unit.name().replace('_', " "))
            }
            other => other.to_string().replace('_', " "),
        }
    }

    /// The limit in Vietnamese, `0,5 ngày làm việc`.
    #[must_use]
    pub fn vi(&self) -> String {
        match self {
            Self::Span { amount, unit } => format!("{} {}", amount.to_string().replace('.', ","), unit.vi()),
            Self::SameDay => "trong ngày".into(),
            Self::NotStated => "không quy định".into(),
            Self::Unknown => "không có thông tin".into(),
        }
    }
}

/// How a limit is counted. The unit decides, and whether there is a part of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// So many seconds by the clock, to the moment.
    Elapsed(i64),
    /// So many seconds of office time.
    WorkingTime(i64),
    /// Months and days of the calendar; a year is twelve months, a week seven days.
    Calendar { months: u32, days: u32 },
    /// Calendar days and a part of one, in seconds.
    PartsOfDays(i64),
    /// Working days.
    WorkingDays(u32),
    /// So many working days and a half, by mornings and afternoons.
    HalfDays(u32),
    /// Sixtieths of a working day, each taken of the office time of its own day.
    OfficeTime(u32),
    /// Sixtieths of a working day of so many hours.
    AccountedDays(u32),
    /// On the day of receipt.
    SameDay,
}

impl TimeLimit {
    /// How it is counted; `None` for a limit that gives no date.
    #[inline]
    pub(super) fn way(self, parts: DayParts) -> Option<Way> {
        let (amount, unit) = match self {
            Self::Span { amount, unit } => (amount, unit),
            Self::SameDay => return Some(Way::SameDay),
            Self::NotStated | Self::Unknown => return None,
        };
        let minutes = i64::from(amount.parts());
        let (whole, part) = amount.split();
        Some(match unit {
            TimeUnit::Hour => Way::Elapsed(minutes * 60),
            TimeUnit::WorkingHour => Way::WorkingTime(minutes * 60),
            TimeUnit::Day if part == 0 => Way::Calendar { months: 0, days: whole },
            TimeUnit::Day => Way::PartsOfDays(minutes * 60 * 24),
            TimeUnit::WorkingDay if part == 0 => Way::WorkingDays(whole),
            TimeUnit::WorkingDay => match parts {
                DayParts::HalfDays if part == HALF => Way::HalfDays(whole),
                DayParts::OfficeMinutes => Way::OfficeTime(amount.parts()),
                DayParts::HalfDays | DayParts::EightHours => Way::AccountedDays(amount.parts()),
            },
            TimeUnit::Week if part == 0 => Way::Calendar { months: 0, days: whole * 7 },
            TimeUnit::Week => Way::PartsOfDays(minutes * 60 * 24 * 7),
            // No day is lost: a part of a month is taken of thirty days, and rounded up.
            TimeUnit::Month | TimeUnit::Year => {
                let parts = amount.parts() * if unit == TimeUnit::Year { MONTHS_OF_YEAR } else { 1 };
                let (months, part) = (parts / Amount::PARTS, parts % Amount::PARTS);
                let days = if part == 0 { 0 } else { (part * days_of_month()).div_ceil(Amount::PARTS) };
                Way::Calendar { months, days }
            }
        })
    }

    /// Whether it is no longer than another of its unit.
    pub(super) fn is_within(self, most: Self) -> bool {
        match (self, most) {
            (Self::Span { amount: a, unit }, Self::Span { amount: b, unit: other }) => {
                unit == other && a <= b
            }
            (a, b) => a == b,
        }
    }

    /// The sum of two limits of one unit; `None` if they are of different units, or too long together.
    pub(super) fn and(self, more: Self) -> Option<Self> {
        match (self, more) {
            (Self::Span { amount: a, unit }, Self::Span { amount: b, unit: other }) if unit == other => {
                let parts = a.parts() + b.parts();
                (parts <= Amount::MAX * Amount::PARTS).then_some(Self::Span { amount: Amount(parts), unit })
            }
            _ => None,
        }
    }
}

const MONTHS_OF_YEAR: u32 = 12;

/// The sixtieths in a half.
const HALF: u32 = Amount::PARTS / 2;

/// `3`, `03`, `0.5`, `0,5`, `1/2`.
pub(super) fn amount(number: &str, text: &str) -> Result<Amount, DeadlineError> {
    let no_number = || DeadlineError::Number { text: text.into() };
    let whole = |digits: &str| {
        let proper = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if proper { digits.parse::<u64>().map_err(|_| too_long(text)) } else { Err(no_number()) }
    };
    let (over, under) = if let Some((over, under)) = number.split_once('/') {
        (whole(over)?, whole(under)?)
    } else if let Some((units, decimals)) = number.split_once(['.', ',']) {
        // In Vietnam 1.000 is a thousand, in a program one.
        let three = decimals.len() == 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
        if three && !units.trim_start_matches('0').is_empty() && number.contains('.') {
            let choices = vec![whole(units)?.to_string(), format!("{units}{decimals}")];
            return Err(DeadlineError::Unclear { text: text.into(), part: number.into(), choices });
        }
        let under = 10u64.checked_pow(u32::try_from(decimals.len()).unwrap_or(u32::MAX));
        let under = under
            .filter(|_| decimals.len() <= 9)
            .ok_or_else(|| DeadlineError::Fraction { text: text.into() })?;
        let units = whole(units)?.checked_mul(under).ok_or_else(|| too_long(text))?;
        (units.saturating_add(whole(decimals)?), under)
    } else {
        (whole(number)?, 1)
    };
    let parts = over.checked_mul(u64::from(Amount::PARTS)).ok_or_else(|| too_long(text))?;
    if under == 0 {
        return Err(no_number());
    }
    if over == 0 {
        return Err(DeadlineError::Zero { text: text.into() });
    }
    if !parts.is_multiple_of(under) {
        return Err(DeadlineError::Fraction { text: text.into() });
    }
    match u32::try_from(parts / under) {
        Ok(parts) if parts <= Amount::MAX * Amount::PARTS => Ok(Amount(parts)),
        _ => Err(too_long(text)),
    }
}

fn too_long(text: &str) -> DeadlineError {
    DeadlineError::TooLong { text: text.into(), max: Amount::MAX }
}

impl TimeLimit {
    /// Whether it ends with a day, not with an hour of it: what is due by it is late when the day is over.
    pub(crate) fn ends_with_day(self) -> bool {
        match self {
            Self::Span { unit: TimeUnit::Hour | TimeUnit::WorkingHour, .. } => false,
            Self::Span { amount, .. } => amount.split().1 == 0,
            Self::SameDay => true,
            Self::NotStated | Self::Unknown => false,
        }
    }

    /// The last moment at which what is due by it at a moment is not late.
    pub(crate) fn not_late_until(self, due: NaiveDateTime) -> NaiveDateTime {
        if self.ends_with_day() { moment::end_of_day(due) } else { due }
    }
}

impl fmt::Display for TimeLimit {
    /// As files have it; [`TimeLimit::parse`] reads it back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Span { amount, unit } => write!(f, "{amount} {}", unit.name()),
            Self::SameDay => f.write_str("same_day"),
            Self::NotStated => f.write_str("not_stated"),
            Self::Unknown => f.write_str("unknown"),
        }
    }
}

impl FromStr for TimeLimit {
    type Err = DeadlineError;

    fn from_str(text: &str) -> Result<Self, DeadlineError> {
        Self::parse(text)
    }
}

impl Serialize for TimeLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}
