//! From a step's name to its number without comparing all of them.

/// A small table of the numbers of names, by a hash of the name; the names themselves are kept by the routing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    slots: Vec<u8>,
    shift: u32,
}

const EMPTY: u8 = u8::MAX;

impl Names {
    /// A table for at most 128 names.
    pub(super) fn for_count(count: usize) -> Self {
        let size = (count * 4).next_power_of_two().max(2);
        Self { slots: vec![EMPTY; size], shift: u64::BITS - size.trailing_zeros() }
    }

    /// Adds a name; its number is below 128, so there is always room for another.
    pub(super) fn add(&mut self, name: &str, number: usize) {
        let wrap = self.slots.len() - 1;
        let mut at = self.slot(name);
        while self.slots.get(at).is_some_and(|slot| *slot != EMPTY) {
            at = (at + 1) & wrap;
        }
        if let (Some(slot), Ok(number)) = (self.slots.get_mut(at), u8::try_from(number)) {
            *slot = number;
        }
    }

    /// The numbers that may be the name's, few.
    #[inline]
    pub(super) fn candidates(&self, name: &str) -> impl Iterator<Item = usize> {
        let wrap = self.slots.len() - 1;
        let mut at = self.slot(name);
        std::iter::from_fn(move || {
            let number = *self.slots.get(at)?;
            at = (at + 1) & wrap;
            (number != EMPTY).then_some(usize::from(number))
        })
    }

    /// Length and both ends tell names apart well enough; reading them takes no loop.
    #[inline]
    fn slot(&self, name: &str) -> usize {
        let bytes = name.as_bytes();
        let (head, tail) = match (bytes.first_chunk(), bytes.last_chunk()) {
            (Some(head), Some(tail)) => (u64::from_le_bytes(*head), u64::from_le_bytes(*tail)),
            _ => match (bytes.first_chunk(), bytes.last_chunk()) {
                (Some(head), Some(tail)) => {
                    (u64::from(u32::from_le_bytes(*head)), u64::from(u32::from_le_bytes(*tail)))
                }
                _ => (bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)), 0),
            },
        };
        let mixed = (head ^ tail.rotate_left(29) ^ bytes.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        ((mixed ^ mixed >> 32).wrapping_mul(0xD6E8_FEB8_6659_FD93) >> self.shift) as usize
    }
}
