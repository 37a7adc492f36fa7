//! A Merkle tree over all events of a journal, as certificate logs have it (RFC 6962, 2.1): its head says in 32 bytes what
//! the journal holds, and short proofs show that an event is in it and that a later journal extends an earlier one.

use super::JournalError;
use crate::dossier::signature::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// What a journal holds, in short. Kept elsewhere (published, signed, printed) it shows whether a journal was cut off, or
/// written anew: its chains alone do not show that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Head {
    /// The number of events.
    pub size: u64,
    /// The root over the hashes of their seals, in the order in which they were stored.
    pub root: Digest,
}

/// From so many on two processors are used.
const MANY: usize = 1 << 16;

impl Head {
    /// The head over the hashes of events.
    ///
    /// ```
    /// use motcua::journal::Head;
    /// let nothing = Head::over(&[]);
    /// assert_eq!(nothing.size, 0);
    /// assert!(nothing.root.to_string().starts_with("e3b0c44298fc1c14"));
    /// ```
    #[must_use]
    pub fn over(hashes: &[Digest]) -> Self {
        let size = hashes.len() as u64;
        if hashes.len() < MANY {
            return Self { size, root: root(hashes) };
        }
        let (left, right) = hashes.split_at(half(hashes.len()));
        let (left, right) = std::thread::scope(|threads| {
            let left = threads.spawn(|| root(left));
            let right = root(right);
            // It only hashes, and cannot panic.
            (left.join().unwrap_or(right), right)
        });
        Self { size, root: node(left, right) }
    }

    /// This head over all hashes, if they begin with what a known one was over.
    ///
    /// # Errors
    /// `journal.head_differs`
    pub(super) fn since(self, known: Option<Self>, hashes: &[Digest]) -> Result<Self, JournalError> {
        let Some(known) = known else { return Ok(self) };
        let first = usize::try_from(known.size).ok().and_then(|size| hashes.get(..size));
        match first.map(Self::over) == Some(known) {
            true => Ok(self),
            false => Err(JournalError::HeadDiffers { known: known.size, size: self.size }),
        }
    }

    /// The proof, for [`Head::includes`], that the event of a place, from 1, is among those of these hashes.
    ///
    /// # Errors
    /// `journal.no_event` if there is none of this place.
    pub fn prove_event(hashes: &[Digest], place: u64) -> Result<Vec<Digest>, JournalError> {
        let none = || JournalError::NoEvent { place, size: hashes.len() as u64 };
        let at = place.checked_sub(1).and_then(|at| usize::try_from(at).ok()).filter(|at| *at < hashes.len());
        let mut at = at.ok_or_else(none)?;
        let (mut part, mut proof) = (hashes, Vec::new());
        while part.len() > 1 {
            let (left, right) = part.split_at(half(part.len()));
            match at < left.len() {
                true => {
                    proof.push(root(right));
                    part = left;
                }
                false => {
                    proof.push(root(left));
                    at -= left.len();
                    part = right;
                }
            }
        }
        proof.reverse();
        Ok(proof)
    }

    /// The proof, for [`Head::extends`], that these hashes begin with the first `size` of them.
    ///
    /// # Errors
    /// `journal.no_event` if there are fewer.
    pub fn prove_since(hashes: &[Digest], size: u64) -> Result<Vec<Digest>, JournalError> {
        let none = || JournalError::NoEvent { place: size, size: hashes.len() as u64 };
        let mut first = usize::try_from(size).ok().filter(|size| *size <= hashes.len()).ok_or_else(none)?;
        if first == 0 || first == hashes.len() {
            return Ok(Vec::new());
        }
        let (mut part, mut proof, mut whole) = (hashes, Vec::new(), true);
        while first < part.len() {
            let (left, right) = part.split_at(half(part.len()));
            if first <= left.len() {
                proof.push(root(right));
                part = left;
            } else {
                proof.push(root(left));
                (first, part, whole) = (first - left.len(), right, false);
            }
        }
        // What the earlier head was over from its beginning is its own root, which is known.
        if !whole {
            proof.push(root(part));
        }
        proof.reverse();
        Ok(proof)
    }

    /// Whether a proof shows that an event of a hash is the one of a place, from 1, among those of this head.
    #[must_use]
    pub fn includes(&self, hash: Digest, place: u64, proof: &[Digest]) -> bool {
        let Some(place) = place.checked_sub(1).filter(|place| *place < self.size) else { return false };
        let (mut at, mut last, mut found) = (place, self.size - 1, leaf(hash));
        for other in proof {
            if last == 0 {
                return false;
            }
            if at & 1 == 1 || at == last {
                found = node(*other, found);
                while at & 1 == 0 && at != 0 {
                    (at, last) = (at >> 1, last >> 1);
                }
            } else {
                found = node(found, *other);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        last == 0 && found == self.root
    }

    /// Whether a proof shows that what this head is over begins with all that an earlier one was over.
    #[must_use]
    pub fn extends(&self, earlier: &Self, proof: &[Digest]) -> bool {
        if earlier.size == 0 {
            return proof.is_empty();
        }
        if earlier.size >= self.size {
            return earlier == self && proof.is_empty();
        }
        let (mut at, mut last) = (earlier.size - 1, self.size - 1);
        while at & 1 == 1 {
            (at, last) = (at >> 1, last >> 1);
        }
        let mut rest = proof.iter();
        let first = if at == 0 { Some(earlier.root) } else { rest.next().copied() };
        let Some(first) = first else { return false };
        let (mut old, mut new) = (first, first);
        for other in rest {
            if last == 0 {
                return false;
            }
            if at & 1 == 1 || at == last {
                (old, new) = (node(*other, old), node(*other, new));
                while at & 1 == 0 && at != 0 {
                    (at, last) = (at >> 1, last >> 1);
                }
            } else {
                new = node(new, *other);
            }
            (at, last) = (at >> 1, last >> 1);
        }
        last == 0 && old == earlier.root && new == self.root
    }
}

/// So many events are a block, of which a store keeps the root.
pub(super) const BLOCK: usize = 1024;

impl Head {
    /// The head over whole blocks, of which the roots are known, and the hashes after them.
    pub(super) fn over_blocks(blocks: &[Digest], rest: &[Digest]) -> Self {
        let mut nodes = blocks.to_vec();
        if !rest.is_empty() || blocks.is_empty() {
            nodes.push(root(rest));
        }
        Self { size: (blocks.len() * BLOCK + rest.len()) as u64, root: over_nodes(&nodes) }
    }
}

/// The root over nodes of one height, of which only the last may be lower.
fn over_nodes(nodes: &[Digest]) -> Digest {
    match nodes {
        [] => Digest::of(&[]),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(half(many.len()));
            node(over_nodes(left), over_nodes(right))
        }
    }
}

pub(super) fn root(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => Digest::of(&[]),
        [one] => leaf(*one),
        many => {
            let (left, right) = many.split_at(half(many.len()));
            node(root(left), root(right))
        }
    }
}

/// The largest power of two below a length of at least two.
fn half(len: usize) -> usize {
    len.next_power_of_two() / 2
}

fn leaf(Digest(hash): Digest) -> Digest {
    Digest(Sha256::new().chain_update([0]).chain_update(hash).finalize().into())
}

fn node(Digest(left): Digest, Digest(right): Digest) -> Digest {
    Digest(Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into())
}
