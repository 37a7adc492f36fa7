//! Spans of days, of which either end may be open.

use chrono::NaiveDate;

/// First and last day.
pub(crate) type Span = (Option<NaiveDate>, Option<NaiveDate>);

/// Whether a day lies in it.
#[inline]
pub(crate) fn holds((from, to): Span, day: NaiveDate) -> bool {
    from.is_none_or(|first| first <= day) && to.is_none_or(|last| day <= last)
}

/// Whether two of them share a day.
pub(crate) fn overlap(a: Span, b: Span) -> bool {
    let begins_in_time =
        |one: Span, other: Span| one.0.zip(other.1).is_none_or(|(first, last)| first <= last);
    begins_in_time(a, b) && begins_in_time(b, a)
}
