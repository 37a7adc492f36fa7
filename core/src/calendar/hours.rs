//! Office hours of one day.

/// Opening times in seconds since midnight, in order, without overlap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hours {
    spans: Vec<(u32, u32)>,
}

impl Hours {
    pub(super) const fn none() -> Self {
        Self { spans: Vec::new() }
    }

    /// `None` unless there is a span, each opens before it closes, and they follow one another.
    pub(super) fn new(spans: Vec<(u32, u32)>) -> Option<Self> {
        let ordered = spans.windows(2).all(|pair| matches!(pair, [(_, close), (open, _)] if close <= open));
        let proper = spans.iter().all(|(open, close)| open < close && *close <= 86_400);
        (!spans.is_empty() && ordered && proper).then_some(Self { spans })
    }

    pub(crate) fn total(&self) -> u32 {
        self.spans.iter().map(|(open, close)| close - open).sum()
    }

    pub(crate) fn opening(&self) -> u32 {
        self.spans.first().map_or(0, |span| span.0)
    }

    pub(crate) fn closing(&self) -> u32 {
        self.spans.last().map_or(0, |span| span.1)
    }

    /// Where the morning ends: the end of the first span, or, in a day without a break, the middle of the work.
    pub(crate) fn morning_end(&self) -> u32 {
        match self.spans.as_slice() {
            [only] => only.0 + (only.1 - only.0) / 2,
            _ => self.spans.first().map_or(0, |span| span.1),
        }
    }

    /// Working seconds before a time of day.
    pub(super) fn worked(&self, time: u32) -> u32 {
        self.spans.iter().map(|(open, close)| time.clamp(*open, *close) - open).sum()
    }

    /// The earliest time of day before which so many seconds are worked.
    pub(super) fn earliest(&self, mut worked: u32) -> u32 {
        for (open, close) in &self.spans {
            if worked <= close - open {
                return open + worked;
            }
            worked -= close - open;
        }
        self.closing()
    }

    /// The latest time of day before which so many seconds are worked.
    pub(super) fn latest(&self, mut worked: u32) -> u32 {
        for (open, close) in &self.spans {
            if worked < close - open {
                return open + worked;
            }
            worked -= close - open;
        }
        self.closing()
    }
}
