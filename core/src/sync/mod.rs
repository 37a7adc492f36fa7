//! Journals of several offices that exchange what the others lack, over a line that is seldom there.
//!
//! Each office works on its own journal ([`Engine::at_office`](crate::Engine::at_office)), for days if need be. A dossier
//! has one owner at a time, whose journal alone carries it on, so that two journals never go on with it differently; it is
//! moved by `entrust`. When the line is back, or somebody carries a stick, each writes a *bundle* for the other
//! ([`Engine::bundle`](crate::Engine::bundle)), which takes it in
//! ([`Engine::take_in_bundle`](crate::Engine::take_in_bundle)): a file or a stream, in pieces that are compressed and signed.
//!
//! The offices stand around a centre, which has a copy of everything and passes on to each what concerns it: the dossiers
//! that the office began, or that were ever entrusted to it. An office sends the centre what it recorded itself.
//!
//! Nobody keeps a list of what was sent. Each bundle says up to which place its sender has taken in the receiver's
//! journal, and by what mark the sender knows that place; the next bundle of the receiver goes on from there. A journal that
//! was set up anew, or restored from an older copy, does not have that mark: then all is sent and asked for once more, and
//! what is there already is left alone.

mod bundle;
mod error;
mod head;
mod key;
mod whose;

pub(crate) use bundle::{Chunk, Header, Reader, Run, Said, Writer, unpack};
pub use error::SyncError;
pub use head::SignedHead;
pub use key::{Hex, NoKey, OfficeKey, Peer, PublicKey, Signature};
pub(crate) use whose::{Share, check};

use serde::Serialize;
use smol_str::SmolStr;

/// A bundle that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// The events in it.
    pub events: u64,
    /// Its length.
    pub bytes: u64,
    /// The place in the sender's journal after which it begins.
    pub after: u64,
    /// The place up to which it goes.
    pub up_to: u64,
}

/// What became of a bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TakenIn {
    /// The office that sent it.
    pub from: SmolStr,
    /// The events that were new here.
    pub events: u64,
    /// The place in the sender's journal up to which all is here now that is for this office.
    pub up_to: u64,
    /// Whether its end is missing. What was whole of it is taken in; the sender's next bundle goes on from there.
    pub is_cut: bool,
}
