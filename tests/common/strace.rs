//! The writer under `strace`: what it asks the system for, and what it does if the system fails.
//!
//! Only its main thread is followed: that one alone touches the journal. If that changes, the recording no longer ends
//! in the files that are there, and `tests/power.rs` says so.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

/// All calls that change files; those that a test does not know it must refuse. A `?` is for what not every machine has.
const CALLS: &str = "openat,?open,?creat,pwrite64,pwritev,?pwritev2,write,writev,ftruncate,truncate,fallocate,fsync,\
                     fdatasync,?sync_file_range,?unlink,unlinkat,?rename,?renameat,renameat2,?link,linkat";

/// A call to the system that succeeded, or failed by injection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    /// The file or folder.
    pub place: String,
    /// What was written.
    pub data: Vec<u8>,
    /// Where it was written, or the new length.
    pub at: usize,
    /// Whether a file is made if there is none.
    pub makes: bool,
    /// Whether it was made to fail.
    pub injected: bool,
}

impl Call {
    /// The line that the writer said with it.
    pub fn said(&self) -> Option<&str> {
        let text = std::str::from_utf8(&self.data).ok()?;
        (self.name == "write").then(|| text.strip_suffix(".\n")).flatten()
    }
}

/// How a run of the writer ended.
#[derive(Debug)]
pub struct Run {
    /// What it said of each command, in order.
    pub answered: Vec<String>,
    /// The first line on standard error.
    pub error: String,
    /// Absent if it was killed.
    pub status: Option<i32>,
    pub calls: Vec<Call>,
}

impl Run {
    /// It may have ended with an error or been killed, and never in a panic.
    pub fn of(output: &Output, calls: Vec<Call>) -> Self {
        let (said, error) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr).into_owned());
        assert!(!error.contains("panicked"), "{error}");
        assert!(output.status.code().is_some() || output.status.signal() == Some(9), "{:?}", output.status);
        Self {
            answered: said.lines().filter_map(|line| line.strip_suffix('.')).map(String::from).collect(),
            error: error.lines().next().unwrap_or_default().into(),
            status: output.status.code(),
            calls,
        }
    }

    /// The code of the error that it ended with.
    pub fn code(&self) -> &str {
        self.error.split_once(": ").map_or("", |(code, _)| code)
    }
}

/// Runs the writer on a file until so many answers; `inject` are as for `strace -e inject=`.
pub fn writer(path: &Path, round: &str, answers: usize, inject: &[&str]) -> Run {
    writer_with(&[path.to_str().unwrap(), round, &answers.to_string()], inject)
}

/// The same with words of one's own for the writer.
pub fn writer_with(words: &[&str], inject: &[&str]) -> Run {
    let logs = tempfile::tempdir().unwrap();
    let log = logs.path().join("log");
    let mut command = Command::new("strace");
    command.args(["-y", "-xx", "-s", "10000000", "-o"]).arg(&log).arg("-e").arg(format!("trace={CALLS}"));
    for inject in inject {
        command.arg("-e").arg(format!("inject={inject}"));
    }
    command.arg(env!("CARGO_BIN_EXE_writer")).args(words);
    let output = command.output().expect("`strace` is installed: .ci/setup");
    let log = std::fs::read_to_string(&log).unwrap_or_else(|_| panic!("strace: {output:?}"));
    Run::of(&output, log.lines().filter_map(call).collect())
}

/// The bytes of `\x41\x42`.
fn bytes(text: &str) -> Vec<u8> {
    text.split("\\x").skip(1).map(|byte| u8::from_str_radix(byte, 16).expect(text)).collect()
}

/// Reads `name(first, second, …) = result`. Nothing for what did not happen, and for the end of the process.
fn call(line: &str) -> Option<Call> {
    let (name, rest) = line.split_once('(')?;
    let (arguments, result) = rest.rsplit_once(" = ")?;
    let injected = result.ends_with("(INJECTED)");
    if (result.starts_with('-') && !injected) || result.starts_with('?') {
        return None;
    }
    let arguments: Vec<&str> = arguments.trim_end().strip_suffix(')')?.split(", ").collect();
    let between =
        |text: &str, from, to| Some(bytes(text.split_once(from)?.1.rsplit_once(to).expect("it ends").0));
    // A path where one is said; else that of the number of the open file.
    let quoted = arguments.iter().find_map(|argument| between(argument, '"', '"'));
    let of_number = between(arguments[0], '<', '>');
    let is_by_number = of_number.is_some() && !arguments[0].starts_with("AT_FDCWD");
    let place = if is_by_number { of_number } else { quoted.clone() };
    let at =
        if name.starts_with("pwrite") || name == "ftruncate" { arguments.last()?.parse().ok() } else { None };
    let mut data = if name.contains("write") { quoted.unwrap_or_default() } else { Vec::new() };
    if name.contains("write") && !injected {
        data.truncate(result.parse().expect(line));
    }
    Some(Call {
        name: name.into(),
        place: String::from_utf8(place.unwrap_or_default()).unwrap(),
        data,
        at: at.unwrap_or_default(),
        makes: line.contains("O_CREAT"),
        injected,
    })
}
