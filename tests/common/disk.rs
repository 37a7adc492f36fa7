//! A disk on which writes wait until they are flushed, and what a power cut leaves on it.

use crate::kept::{Chance, files};
use crate::strace::Call;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const SECTOR: usize = 512;

/// What is not flushed yet.
enum Change {
    Write(usize, Vec<u8>),
    Length(usize),
}

#[derive(Default)]
struct File {
    flushed: Vec<u8>,
    waiting: Vec<Change>,
}

/// The files of one journal. A file that was made anew under a name is another file.
pub struct Disk {
    journal: PathBuf,
    files: Vec<File>,
    /// The names as programs see them.
    names: BTreeMap<String, usize>,
    flushed: BTreeMap<String, usize>,
    /// Names given and taken since the folder was flushed.
    waiting: Vec<(String, Option<usize>)>,
}

/// The files that are left, by their names.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Image(BTreeMap<String, Vec<u8>>);

impl Disk {
    /// With what was there before, all of it flushed.
    pub fn new(journal: &Path, before: &Image) -> Self {
        let journal = journal.canonicalize().unwrap();
        let name = |short: &String| journal.with_file_name(short).to_str().unwrap().to_owned();
        let names: BTreeMap<String, usize> = before.0.keys().map(name).zip(0..).collect();
        let file = |bytes: &Vec<u8>| File { flushed: bytes.clone(), waiting: Vec::new() };
        let files = before.0.values().map(file).collect();
        Self { journal, files, flushed: names.clone(), names, waiting: Vec::new() }
    }

    /// Does what a call did. False if that is nothing on this disk.
    pub fn apply(&mut self, call: &Call) -> bool {
        if call.injected {
            return false;
        }
        if Path::new(&call.place) == self.journal.parent().unwrap() {
            if call.name == "fsync" {
                self.flushed = self.names.clone();
                self.waiting.clear();
            }
            return call.name == "fsync";
        }
        if !call.place.starts_with(self.journal.to_str().unwrap()) || call.place.ends_with("-shm") {
            return false;
        }
        if call.name == "openat" {
            let is_new = call.makes && !self.names.contains_key(&call.place);
            if is_new {
                self.names.insert(call.place.clone(), self.files.len());
                self.waiting.push((call.place.clone(), Some(self.files.len())));
                self.files.push(File::default());
            }
            return is_new;
        }
        let file = &mut self.files[self.names[&call.place]];
        match call.name.as_str() {
            "pwrite64" => file.waiting.push(Change::Write(call.at, call.data.clone())),
            "ftruncate" => file.waiting.push(Change::Length(call.at)),
            "fsync" | "fdatasync" => file.flushed = file.after_cut(&mut Choice::all()),
            "unlink" | "unlinkat" => {
                self.names.remove(&call.place);
                self.waiting.push((call.place.clone(), None));
            }
            other => panic!("`{other}` on {} is not known here", call.place),
        }
        if call.name.ends_with("sync") {
            file.waiting.clear();
        }
        true
    }

    /// What is there after the power was cut.
    pub fn after_cut(&self, choice: &mut Choice) -> Image {
        let mut names = self.flushed.clone();
        for (name, file) in &self.waiting {
            match file {
                _ if !choice.keeps() => None,
                Some(file) => names.insert(name.clone(), *file),
                None => names.remove(name),
            };
        }
        let short = |name: &str| Path::new(name).file_name().unwrap().to_str().unwrap().to_owned();
        Image(names.iter().map(|(name, file)| (short(name), self.files[*file].after_cut(choice))).collect())
    }
}

impl File {
    fn after_cut(&self, choice: &mut Choice) -> Vec<u8> {
        let mut left = self.flushed.clone();
        for change in &self.waiting {
            match change {
                Change::Length(length) if choice.keeps() => left.resize(*length, 0),
                Change::Length(_) => {}
                Change::Write(at, bytes) if choice.tears => {
                    let (mut at, mut bytes) = (*at, &bytes[..]);
                    while !bytes.is_empty() {
                        let (sector, rest) = bytes.split_at(bytes.len().min(SECTOR - at % SECTOR));
                        if choice.keeps() {
                            put(&mut left, at, sector);
                        }
                        (at, bytes) = (at + sector.len(), rest);
                    }
                }
                Change::Write(at, bytes) => {
                    if choice.keeps() {
                        put(&mut left, *at, bytes);
                    }
                }
            }
        }
        left
    }
}

fn put(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    file.resize(file.len().max(end), 0);
    file[at..end].copy_from_slice(bytes);
}

impl Image {
    /// What is there now.
    pub fn of(journal: &Path) -> Self {
        Self(files(journal.parent().unwrap()))
    }

    /// Writes them into a folder, where nothing else stays, and says where the journal is.
    pub fn write(&self, folder: &Path) -> PathBuf {
        for entry in std::fs::read_dir(folder).unwrap() {
            std::fs::remove_file(entry.unwrap().path()).unwrap();
        }
        for (name, bytes) in &self.0 {
            std::fs::write(folder.join(name), bytes).unwrap();
        }
        folder.join("journal.sqlite")
    }
}

/// Which of the waiting changes are kept: always the same for the same numbers.
pub struct Choice {
    chance: Chance,
    of_eight: u64,
    tears: bool,
}

impl Choice {
    /// The first keeps nothing, the second everything; the others by chance, every second one torn.
    pub fn new(place: u64, choice: u64) -> Self {
        let mut chance = Chance(place << 20 | choice);
        let of_eight = match choice {
            0 => 0,
            1 => 8,
            _ => 1 + chance.below(7),
        };
        Self { chance, of_eight, tears: choice.is_multiple_of(2) }
    }

    pub fn all() -> Self {
        Self::new(0, 1)
    }

    fn keeps(&mut self) -> bool {
        self.chance.below(8) < self.of_eight
    }
}
