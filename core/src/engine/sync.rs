//! What offices send each other, and what becomes of it.

use super::{Engine, EngineError, to_do};
use crate::dossier::signature::Digest;
use crate::dossier::{Event, Watched};
use crate::journal::{Append, Intake, Journal, JournalError, Sealed, genesis};
use crate::sync::{
    Chunk, Header, OfficeKey, Peer, Reader, Run, Said, Sent, Share, SyncError, TakenIn, Writer, check, unpack,
};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use std::io::{Read, Write};
use std::ops::ControlFlow;

/// So many events are looked at before a piece may end, and so many sent: what is lost when a line breaks is a piece.
const LOOKED_AT: usize = 1_000;
const SENT: usize = 500;
/// And about so many bytes, not packed.
const BYTES: usize = 4 << 20;

/// A place in a journal, and the first bytes of the hash of the event there. Of another journal they would be others.
type Mark = (u64, u64);

/// What is said of an office's journal that has been read from nowhere. It is no mark of any journal, since the
/// beginning is marked by 0.
const ALL: Mark = (0, 1);

/// What a journal knows of another office: up to where its journal is taken in here, and this one's there.
#[derive(Clone, Copy)]
enum Line {
    Read,
    Acknowledged,
}

impl<J: Journal> Engine<J> {
    /// Writes a bundle for another office: what it lacks, as far as it has said. To the centre that is what was recorded
    /// here; to an office, what concerns it and others recorded. With nothing new it is some 130 bytes, that say how far the other's
    /// journal is taken in here. Give it to [`Engine::take_in_bundle`] there; if it is lost, write another one.
    ///
    /// # Errors
    /// `sync.no_office`; `sync.io` if it cannot be written; `sync.too_large` if an event is longer than a piece may be;
    /// `journal.*`
    pub fn bundle(&self, to: &Peer, key: &OfficeKey, write: &mut dyn Write) -> Result<Sent, EngineError> {
        let from = self.office.as_deref().ok_or(SyncError::NoOffice)?;
        let size = self.journal.size()?;
        let reached = self.line(&to.office, Line::Acknowledged)?;
        let known = self.mark(reached.0)? == Some(reached.1);
        let after = if known { reached.0 } else { 0 };
        // It has read more of this journal than there is: this one was restored from an older copy, or is new.
        let lost = size == 0 || reached.0 > 0 && !known;
        let acknowledged = if lost { ALL } else { self.line(&to.office, Line::Read)? };
        let header = Header { from: from.into(), to: to.office.clone(), after, acknowledged };
        let mut writer = Writer::new(write, key, &header)?;
        let share = Share { from, to, gives_back: !known };
        let mut sent = Sent { events: 0, bytes: 0, after, up_to: after };
        let mut runs: Vec<Run> = Vec::new();
        loop {
            let (touched, up_to) = self.window(sent.up_to, size)?;
            for dossier in &touched {
                runs.extend(share.of(&self.journal.sealed_of(dossier, 0)?, sent.up_to, up_to)?);
            }
            sent.up_to = up_to;
            let is_last = up_to >= size;
            let ready = runs.iter().map(|run| run.events.len()).sum::<usize>();
            if is_last || ready >= SENT || runs.iter().map(Run::bytes).sum::<usize>() >= BYTES {
                let mark = self.mark(up_to)?.unwrap_or_default();
                writer.chunk(up_to, mark, is_last, &runs)?;
                sent.events += ready as u64;
                runs.clear();
            }
            if is_last {
                return Ok(Sent { bytes: writer.bytes, ..sent });
            }
        }
    }

    /// Takes in a bundle that another office wrote for this one, piece by piece, each in one transaction: its events, what
    /// is to be done of their dossiers, and how far the other's journal is read. A bundle that is cut is taken in up to its last
    /// whole piece, and the next one goes on from there; one that comes twice changes nothing.
    ///
    /// # Errors
    /// `sync.stranger`, `sync.other_office`, `sync.signature`, `sync.unreadable`, `sync.too_large`, `sync.gap`;
    /// `sync.not_owner`, `sync.not_its_own` for an event of who may not have recorded it; `journal.forked` if two
    /// offices went on with one dossier; `journal.conflict` if one lacks what came before; `dossier.*` if it
    /// cannot be folded here, as when its procedure is not in the catalogue. Nothing of the piece at fault is taken in; the
    /// pieces before it are.
    pub fn take_in_bundle(&mut self, peers: &[Peer], read: &mut dyn Read) -> Result<TakenIn, EngineError> {
        let office = self.office.clone().ok_or(SyncError::NoOffice)?;
        let cut = || SyncError::Unreadable { reason: "it is cut off in its first bytes".into() };
        let (mut reader, header) = Reader::new(read)?.ok_or_else(cut)?;
        let peer = peers.iter().find(|peer| peer.office == header.from);
        let peer = peer.ok_or_else(|| SyncError::Stranger { office: header.from.to_string() })?;
        if header.to != office {
            let (to, office) = (header.to.to_string(), office.to_string());
            return Err(SyncError::OtherOffice { to, office }.into());
        }
        let mut taken = TakenIn { from: header.from.clone(), events: 0, up_to: 0, is_cut: true };
        while let Some((chunk, packed)) = reader.next(&peer.office, &peer.key)? {
            // Also if its events cannot be taken in: it says whether this journal is what the other has read.
            self.acknowledge(&header)?;
            let (at, _) = self.line(&peer.office, Line::Read)?;
            if chunk.after > at {
                let gap = SyncError::Gap { from: peer.office.to_string(), after: chunk.after, taken: at };
                return Err(gap.into());
            }
            taken.events += self.take_in_chunk(peer, chunk, &packed)?;
        }
        (taken.up_to, taken.is_cut) = (self.line(&peer.office, Line::Read)?.0, !reader.is_over());
        Ok(taken)
    }

    fn take_in_chunk(&mut self, peer: &Peer, chunk: Chunk, packed: &[u8]) -> Result<u64, EngineError> {
        let runs = unpack(packed)?;
        // What is checked is what it is stored behind.
        self.journal.begin()?;
        let outcome = self.take_in_runs(peer, chunk, runs);
        if outcome.is_err() {
            self.journal.abandon();
        }
        outcome
    }

    fn take_in_runs(&mut self, peer: &Peer, chunk: Chunk, runs: Vec<Run>) -> Result<u64, EngineError> {
        let mut intake = Intake::default();
        let mut chains: FxHashMap<SmolStr, Chain> = FxHashMap::default();
        for run in runs {
            if !chains.contains_key(&run.dossier) {
                let stored = match self.journal.sealed_of(&run.dossier, 0) {
                    // What comes again of a dossier in an archive is there.
                    Err(JournalError::Archived { .. })
                        if run.last() <= self.journal.version(&run.dossier)? =>
                    {
                        continue;
                    }
                    stored => stored?,
                };
                chains.insert(run.dossier.clone(), Chain::over(&stored)?);
            }
            let Some(chain) = chains.get_mut(&run.dossier) else { continue };
            chain.go_on(run, peer, &mut intake.events)?;
        }
        let mut changed: Vec<(SmolStr, Chain)> =
            chains.into_iter().filter(|(_, chain)| chain.is_new).collect();
        changed.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        for (dossier, chain) in &changed {
            intake.open.push(self.projected(dossier, chain, peer)?);
        }
        let at = self.line(&peer.office, Line::Read)?;
        if chunk.up_to > at.0 {
            intake.positions = positions(&peer.office, Line::Read, (chunk.up_to, chunk.mark));
        }
        let taken = self.journal.take_in(&intake)?;
        for (dossier, _) in &changed {
            self.kept.remove(dossier);
        }
        Ok(taken)
    }

    /// What is to be done of a dossier after what came in.
    fn projected(&self, dossier: &SmolStr, chain: &Chain, peer: &Peer) -> Result<Append, EngineError> {
        if chain.owner.is_none() {
            let (version, none) = (chain.events.len() as u64, || "none".to_owned());
            let (dossier, from) = (dossier.to_string(), peer.office.to_string());
            return Err(SyncError::NotOwner { dossier, version, by: none(), owner: none(), from }.into());
        }
        let mut open = Append { dossier: dossier.clone(), ..Append::default() };
        if let Some(watched) = Watched::replay(self.rules(), dossier, &chain.events)? {
            (open.work, open.next) = to_do(self.rules(), &watched, watched.dossier.last().date())?;
        }
        Ok(open)
    }

    fn acknowledge(&mut self, header: &Header) -> Result<(), EngineError> {
        if self.line(&header.from, Line::Acknowledged)? != header.acknowledged {
            let positions = positions(&header.from, Line::Acknowledged, header.acknowledged);
            self.journal.take_in(&Intake { positions, ..Intake::default() })?;
        }
        Ok(())
    }

    /// The dossiers of the next events after a place, in the order in which they come, and the place of the last.
    fn window(&self, after: u64, size: u64) -> Result<(Vec<SmolStr>, u64), EngineError> {
        let (mut touched, mut seen) = (Vec::new(), FxHashSet::default());
        let (mut up_to, mut events, mut bytes) = (after, 0, 0);
        // Behind the last one there may be places whose events are in an archive.
        let mut is_full = false;
        self.journal.sealed(after, &mut |sealed| {
            if sealed.place > size {
                return ControlFlow::Break(());
            }
            up_to = sealed.place;
            events += 1;
            bytes += length(&sealed);
            if seen.insert(sealed.dossier.clone()) {
                touched.push(sealed.dossier);
            }
            is_full = events >= LOOKED_AT || bytes >= BYTES;
            if is_full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        Ok((touched, if is_full { up_to } else { size }))
    }

    /// The mark of a place; `None` if the journal does not reach so far.
    fn mark(&self, place: u64) -> Result<Option<u64>, EngineError> {
        let Some(before) = place.checked_sub(1) else { return Ok(Some(0)) };
        let mut found = None;
        self.journal.sealed(before, &mut |sealed| {
            found = (sealed.place == place).then_some(sealed.hash);
            ControlFlow::Break(())
        })?;
        if found.is_none() && place <= self.journal.size()? {
            // In an archive.
            let before = usize::try_from(before).unwrap_or(usize::MAX);
            found = self.journal.hashes()?.get(before).copied();
        }
        let mark =
            |Digest([a, b, c, d, e, f, g, h, ..]): Digest| u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        Ok(found.map(mark))
    }

    fn line(&self, office: &str, line: Line) -> Result<Mark, EngineError> {
        let [place, mark] = names(office, line);
        Ok((self.journal.position(&place)?, self.journal.position(&mark)?))
    }
}

fn names(office: &str, line: Line) -> [SmolStr; 2] {
    let line = match line {
        Line::Read => "read",
        Line::Acknowledged => "acknowledged",
    };
    ["place", "mark"].map(|what| format!("sync/{line}/{what}/{office}").into())
}

fn positions(office: &str, line: Line, (place, mark): Mark) -> Vec<(SmolStr, u64)> {
    names(office, line).into_iter().zip([place, mark]).collect()
}

fn length(sealed: &Sealed) -> usize {
    let words = sealed.words.as_ref().map_or(0, |words| words.texts.iter().map(String::len).sum());
    sealed.body.len() + words
}

/// The events of a dossier, those that are here and those that come.
struct Chain {
    events: Vec<Event>,
    hashes: Vec<Digest>,
    owner: Option<SmolStr>,
    is_new: bool,
}

impl Chain {
    fn over(stored: &[Sealed]) -> Result<Self, JournalError> {
        let mut chain = Self { events: Vec::new(), hashes: Vec::new(), owner: None, is_new: false };
        for sealed in stored {
            chain.push(sealed.event()?, sealed.hash);
        }
        Ok(chain)
    }

    fn push(&mut self, event: Event, hash: Digest) {
        self.owner = event.owner_after(self.owner.as_ref()).cloned();
        self.events.push(event);
        self.hashes.push(hash);
    }

    /// Follows what comes; what is not here yet goes among the events to be taken in.
    fn go_on(&mut self, run: Run, peer: &Peer, new: &mut Vec<Sealed>) -> Result<(), EngineError> {
        let Run { dossier, first, before, events } = run;
        let (code, actual) = (dossier.to_string(), self.hashes.len() as u64);
        let expected = first.saturating_sub(1);
        if expected > actual {
            return Err(JournalError::Conflict { dossier: code, expected, actual }.into());
        }
        let here = usize::try_from(expected).ok().and_then(|at| self.hashes.get(at.checked_sub(1)?)).copied();
        if first == 0 || before != here {
            return Err(JournalError::Forked { dossier: code, version: expected }.into());
        }
        let mut before = before.unwrap_or_else(|| genesis(&dossier));
        for (version, item) in (first..).zip(events) {
            let (words, texts) = match item.said {
                Said::Nothing => (None, None),
                Said::Words(words) => (Some(words), None),
                Said::Erased(texts) => (None, Some(texts)),
            };
            let sealed = Sealed::behind(before, &dossier, version, item.body, words, texts);
            before = sealed.hash;
            let stored = usize::try_from(version - 1).ok().and_then(|at| self.hashes.get(at));
            match stored {
                Some(stored) if *stored == sealed.hash => {}
                Some(_) => return Err(JournalError::Forked { dossier: code, version }.into()),
                None => {
                    let event = sealed.event()?;
                    check(&dossier, &event, self.owner.as_ref(), peer)?;
                    self.push(event, sealed.hash);
                    self.is_new = true;
                    new.push(sealed);
                }
            }
        }
        Ok(())
    }
}
