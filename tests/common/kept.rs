//! What is left in a journal of the commands that a writer sent.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::{certified_copy, command, engine_over};
use motcua::dossier::{Command, Dossier};
use motcua::journal::{Journal, JournalError, SqliteJournal};
use motcua::procedure::Catalogue;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::path::Path;

/// The commands of the writer in a round: dossier after dossier.
pub fn commands(round: &str) -> impl Iterator<Item = Command> {
    (0..).flat_map(move |dossier| {
        let code = format!("H41-{round}-{dossier}");
        certified_copy().into_iter().map(move |(actor, at, action)| command(&code, actor, at, action))
    })
}

/// What the writer says of each of these commands.
pub fn answers(sent: &[Command]) -> Vec<String> {
    let version = |n: usize| sent[..=n].iter().filter(|earlier| earlier.dossier == sent[n].dossier).count();
    (0..sent.len()).map(|n| format!("{} {}", sent[n].dossier, version(n))).collect()
}

/// How many of the commands are in a journal, or why it does not open or is not sound. They must be the first ones in
/// their order, each once and nothing else, and each dossier must follow from its events. Then the journal must go on with
/// the next one.
pub fn kept(path: &Path, sent: &[Command], when: &str) -> Result<usize, JournalError> {
    let journal = SqliteJournal::open(path)?;
    let head = journal.check(None)?;
    let mut stored = Vec::new();
    let each = &mut |sealed: motcua::journal::Sealed| {
        stored.push((sealed.dossier.to_string(), sealed.event().unwrap().key.to_string()));
        ControlFlow::Continue(())
    };
    journal.sealed(0, each).unwrap();
    let expected: Vec<_> =
        sent.iter().take(stored.len()).map(|one| (one.dossier.to_string(), one.key.to_string())).collect();
    assert_eq!(stored, expected, "{when}");
    assert_eq!(head.size, stored.len() as u64, "{when}");
    for code in stored.iter().map(|(code, _)| code).collect::<BTreeSet<_>>() {
        let count = stored.iter().filter(|(other, _)| other == code).count() as u64;
        assert_eq!(journal.version(code).unwrap(), count, "{when}");
        let dossier = Dossier::replay(Catalogue::embedded(), code, &journal.events(code).unwrap());
        assert_eq!(dossier.unwrap().unwrap().version, count, "{when}");
    }
    let mut engine = engine_over(journal);
    // What is there is known by its key; what is not comes in now.
    let around = stored.len().saturating_sub(1)..sent.len().min(stored.len() + 1);
    for (n, again) in around.clone().zip(&sent[around]) {
        let answer =
            engine.handle(again).unwrap_or_else(|error| panic!("{when}: it does not go on: {error}"));
        assert_eq!(answer.repeated, n < stored.len(), "{when}");
        let with_key =
            engine.events(&again.dossier).unwrap().iter().filter(|one| one.key == again.key).count();
        assert_eq!(with_key, 1, "{when}");
    }
    Ok(stored.len())
}

/// The files of a journal, byte for byte: all that is in its folder but `-shm`, which nobody reads after a start.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    let files = entries.map(|file| (file.file_name().into_string().unwrap(), file.path()));
    let files = files.filter(|(name, _)| !name.ends_with("-shm"));
    files.map(|(name, path)| (name, std::fs::read(path).unwrap())).collect()
}

/// SplitMix64: the same numbers every time.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) % end
    }
}
