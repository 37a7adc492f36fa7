//! Office hours of one day.

/// Opening times in seconds since midnight, in order, without overlap; at most [`Hours::SPANS`] of them, of which files
/// may give all but one.
///
/// Unused spans are empty ones at the end of the day, so that every loop is of one length and without a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Hours {
    spans: [(u32, u32); Hours::SPANS],
    /// For each span, the seconds worked before it; for unused ones more than can be worked.
    before: [u32; Hours::SPANS],
    total: u32,
    /// Where the morning ends: the end of the first span, or, in a day without a break, the middle of the work. A closure
    /// does not move it.
    noon: u32,
}

const MIDNIGHT: u32 = 86_400;

impl Hours {
    pub(super) const SPANS: usize = 4;

    pub(super) const NONE: Self = Self {
        spans: [(MIDNIGHT, MIDNIGHT); Self::SPANS],
        before: [u32::MAX; Self::SPANS],
        total: 0,
        noon: 0,
    };

    /// `None` if there are too many spans, one closes before it opens, or they do not follow one another.
    pub(super) fn new(given: &[(u32, u32)]) -> Option<Self> {
        let ordered = given.windows(2).all(|pair| matches!(pair, [(_, close), (open, _)] if close <= open));
        let proper = given.iter().all(|(open, close)| open < close && *close <= MIDNIGHT);
        if given.len() > Self::SPANS || !ordered || !proper {
            return None;
        }
        let mut hours = Self::NONE;
        for (i, span) in given.iter().enumerate() {
            hours.spans[i] = *span;
            hours.before[i] = hours.total;
            hours.total += span.1 - span.0;
        }
        hours.noon = match given {
            [] => 0,
            [(open, close)] => open + (close - open) / 2,
            [(_, close), ..] => *close,
        };
        Some(hours)
    }

    /// What is left of the hours when the office is closed from one time of day to another.
    pub(super) fn without(&self, from: u32, to: u32) -> Self {
        let mut left = Vec::new();
        for (open, close) in self.spans() {
            left.extend((open < from.min(close)).then_some((open, from.min(close))));
            left.extend((to.max(open) < close).then_some((to.max(open), close)));
        }
        // Files give three spans at most, and a closure cuts one of them in two.
        let left = Self::new(&left).unwrap_or(Self::NONE);
        Self { noon: self.noon, ..left }
    }

    pub(super) fn spans(&self) -> impl Iterator<Item = (u32, u32)> {
        self.spans.into_iter().filter(|(open, close)| open < close)
    }

    pub(crate) fn total(&self) -> u32 {
        self.total
    }

    pub(crate) fn opening(&self) -> u32 {
        self.spans[0].0
    }

    pub(crate) fn closing(&self) -> u32 {
        self.spans().last().map_or(MIDNIGHT, |span| span.1)
    }

    pub(crate) fn morning_end(&self) -> u32 {
        self.noon
    }

    pub(super) fn is_open(&self, time: u32) -> bool {
        self.spans().any(|(open, close)| open <= time && time < close)
    }

    /// Working seconds before a time of day.
    pub(crate) fn worked(&self, time: u32) -> u32 {
        self.spans.iter().map(|(open, close)| time.clamp(*open, *close) - open).sum()
    }

    /// The earliest time of day before which so many seconds are worked; there have to be as many.
    pub(crate) fn earliest(&self, worked: u32) -> u32 {
        let breaks = (1..Self::SPANS).map(|i| {
            let pause = self.spans[i].0 - self.spans[i - 1].1;
            if worked > self.before[i] { pause } else { 0 }
        });
        self.opening() + worked + breaks.sum::<u32>()
    }

    /// The latest time of day before which so many seconds are worked; there have to be more.
    pub(crate) fn latest(&self, worked: u32) -> u32 {
        let breaks = (1..Self::SPANS).map(|i| {
            let pause = self.spans[i].0 - self.spans[i - 1].1;
            if worked >= self.before[i] { pause } else { 0 }
        });
        self.opening() + worked + breaks.sum::<u32>()
    }
}
