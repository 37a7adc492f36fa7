//! Moments on the wire.
//!
//! Inside motcua every moment is a [`chrono::NaiveDateTime`] in **Vietnam time** (UTC+07:00, which has had no
//! daylight saving since 1975): the law counts days and office hours of that one zone. Written out, a moment
//! carries its offset (`2023-06-01T10:00:00+07:00`); read in, any offset is converted, and a text without an
//! offset is taken as Vietnam time. Moments are whole seconds: what is finer is cut off when it comes in. Binary forms
//! hold the seconds since 1970.

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, Timelike};
use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

const OFFSET_SECONDS: i32 = 7 * 3600;

/// Reads a moment: RFC 3339 with any offset, or without one (Vietnam time), or a bare date (its midnight). Years have
/// four digits, so that what is written can be read back.
///
/// ```
/// let a = motcua::moment::parse("2023-06-01T10:00:00+07:00").unwrap();
/// assert_eq!(motcua::moment::parse("2023-06-01T03:00:00Z").unwrap(), a);
/// assert_eq!(motcua::moment::parse("2023-06-01 10:00").unwrap(), a);
/// assert!(motcua::moment::parse("1/6/2023").is_none());
/// ```
#[must_use]
pub fn parse(text: &str) -> Option<NaiveDateTime> {
    read(text.trim()).filter(|moment| (1000..=9999).contains(&moment.year())).map(whole)
}

/// A moment without its fraction of a second.
pub(crate) fn whole(moment: NaiveDateTime) -> NaiveDateTime {
    moment.with_nanosecond(0).unwrap_or(moment)
}

/// The last second of its day.
pub(crate) fn end_of_day(moment: NaiveDateTime) -> NaiveDateTime {
    moment.date().and_hms_opt(23, 59, 59).unwrap_or(moment)
}

/// What [`format`] writes, which is read for every event of a journal.
fn written(text: &str) -> Option<NaiveDateTime> {
    let bytes: &[u8; 25] = text.as_bytes().try_into().ok()?;
    let [.., b'+', b'0', b'7', b':', b'0', b'0'] = bytes else { return None };
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to)?;
        let is_number = digits.iter().all(u8::is_ascii_digit);
        is_number.then(|| digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
    };
    let separators = [bytes[4], bytes[7], bytes[10], bytes[13], bytes[16]];
    let date = NaiveDate::from_ymd_opt(i32::try_from(number(0, 4)?).ok()?, number(5, 7)?, number(8, 10)?)?;
    let time = date.and_hms_opt(number(11, 13)?, number(14, 16)?, number(17, 19)?)?;
    (separators == *b"--T::").then_some(time)
}

fn read(text: &str) -> Option<NaiveDateTime> {
    if let Some(moment) = written(text) {
        return Some(moment);
    }
    if let Ok(instant) = DateTime::<FixedOffset>::parse_from_rfc3339(text) {
        return Some(instant.with_timezone(&FixedOffset::east_opt(OFFSET_SECONDS)?).naive_local());
    }
    for format in ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"] {
        if let Ok(moment) = NaiveDateTime::parse_from_str(text, format) {
            return Some(moment);
        }
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0)
}

/// Writes a moment with its offset: `2023-06-01T10:00:00+07:00`.
///
/// ```
/// let at = motcua::moment::parse("2023-06-01 10:00").unwrap();
/// assert_eq!(motcua::moment::format(at), "2023-06-01T10:00:00+07:00");
/// ```
#[must_use]
pub fn format(moment: NaiveDateTime) -> String {
    let (date, time) = (moment.date(), moment.time());
    let (month, day, hour) = (date.month(), date.day(), time.hour());
    let (minute, second) = (time.minute(), time.second());
    let Some(year) = u32::try_from(date.year()).ok().filter(|year| *year <= 9999) else {
        let year = date.year();
        return format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}+07:00");
    };
    // Digit by digit: each event of a journal has several moments.
    let mut text = String::with_capacity(25);
    let before = ["", "", "-", "-", "T", ":", ":"];
    for (before, number) in before.into_iter().zip([year / 100, year % 100, month, day, hour, minute, second])
    {
        text.push_str(before);
        for digit in [number / 10, number % 10] {
            text.push(char::from_digit(digit, 10).unwrap_or('0'));
        }
    }
    text.push_str("+07:00");
    text
}

/// A moment as people read it: `2023-06-01 10:00`.
pub(crate) fn short(moment: NaiveDateTime) -> String {
    let (date, time) = (moment.date(), moment.time());
    let (year, month, day) = (date.year(), date.month(), date.day());
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}", time.hour(), time.minute())
}

/// For `#[serde(with = "motcua::moment")]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(moment: &NaiveDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    // Binary forms hold the second.
    match serializer.is_human_readable() {
        true => serializer.serialize_str(&format(*moment)),
        false => serializer.serialize_i64(moment.and_utc().timestamp()),
    }
}

/// For `#[serde(with = "motcua::moment")]`.
///
/// # Errors
/// A text that is no moment.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NaiveDateTime, D::Error> {
    if !deserializer.is_human_readable() {
        let second = i64::deserialize(deserializer)?;
        let moment = DateTime::from_timestamp(second, 0).map(|at| at.naive_utc());
        return moment.ok_or_else(|| D::Error::custom(format!("{second} is the second of no moment")));
    }
    let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
    parse(&text)
        .ok_or_else(|| D::Error::custom(format!("`{text}` is no moment; write 2023-06-01T10:00:00+07:00")))
}

/// The same for `Option<NaiveDateTime>`: `#[serde(with = "motcua::moment::option")]`.
pub mod option {
    use super::{Deserialize, Deserializer, NaiveDateTime, Serializer};
    use serde::Serialize;

    #[derive(Serialize, Deserialize)]
    struct Wrapped(#[serde(with = "super")] NaiveDateTime);

    /// For serde.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(
        moment: &Option<NaiveDateTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match moment {
            Some(moment) => serializer.serialize_some(&Wrapped(*moment)),
            None => serializer.serialize_none(),
        }
    }

    /// For serde.
    ///
    /// # Errors
    /// A text that is no moment.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<NaiveDateTime>, D::Error> {
        Ok(Option::<Wrapped>::deserialize(deserializer)?.map(|Wrapped(moment)| moment))
    }
}
