//! What is wrong with a file: every problem found, each with its place and its remedy.

use serde::Serialize;
use std::fmt;

/// One problem of a definition file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Stable code, `room.what`; the contract that programs may rely on.
    pub code: &'static str,
    /// The file as its loader was told to call it.
    pub file: String,
    /// Line, counted from 1; 0 if the problem has no single place.
    pub line: usize,
    /// What is wrong, in one English sentence.
    pub message: String,
    /// How to mend it.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {} [{}]; {}", self.file, self.line, self.message, self.code, self.help)
    }
}

/// All problems of the files that were read; never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// By file and line.
    pub(crate) fn sorted(mut problems: Vec<Problem>) -> Self {
        problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
        Self(problems)
    }
}

/// An error's sentence, which ends with its remedy, as message and help.
pub(crate) fn message_and_help(sentence: &str) -> (&str, &str) {
    sentence.rsplit_once("; ").unwrap_or((sentence, ""))
}

/// What was loaded of a file that is part of the library.
///
/// # Panics
/// If the file is faulty. Each is loaded by a test, so this is seen by who edits it and by nobody else.
#[expect(
    clippy::panic,
    reason = "a file that is compiled in can be faulty only while the library is being built"
)]
pub(crate) fn part_of_library<T>(loaded: Result<T, Problems>) -> T {
    match loaded {
        Ok(value) => value,
        Err(problems) => panic!("a file of the library itself is faulty:\n{problems}"),
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, problem) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(f)?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}
