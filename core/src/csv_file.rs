//! Rows of CSV with the lines at which they begin.

use csv::{ReaderBuilder, StringRecord, Trim};
use unicode_normalization::UnicodeNormalization;

/// A row: its lines, and its cells in Unicode form NFC, or what is wrong with it.
pub(crate) struct Row {
    /// Line at which it begins, counted from 1.
    pub(crate) line: usize,
    /// Line at which it ends.
    pub(crate) last_line: usize,
    /// Whether one of its further lines looks like a row of its own, which an unclosed quote has swallowed.
    pub(crate) swallows: bool,
    pub(crate) cells: Result<StringRecord, String>,
}

/// The first line, and the rows after it. Blank lines are no rows; rows may differ in their number of cells.
///
/// The reader's own line numbers are one too small where lines end in CR LF, so lines are counted here.
pub(crate) fn read(text: &[u8], delimiter: u8) -> Result<(StringRecord, Vec<Row>), csv::Error> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(text);
    let header = nfc(reader.headers()?);
    let mut rows: Vec<Row> = Vec::new();
    let mut lines = Lines { text, counted: 0, line: 1 };
    let mut records = reader.into_records();
    while let Some(record) = records.next() {
        let place = match &record {
            Ok(record) => record.position().map(csv::Position::byte),
            Err(error) => error.position().map(csv::Position::byte),
        };
        let begin = place.and_then(|byte| usize::try_from(byte).ok()).unwrap_or(lines.counted);
        let line = lines.at_record(begin);
        let end = usize::try_from(records.reader().position().byte()).unwrap_or(text.len());
        let end = trimmed(text, end);
        let begin = lines.counted;
        let last_line = lines.at(end);
        let separators =
            |line: &[u8]| line.iter().filter(|byte| **byte == delimiter).count() + 1 >= header.len();
        let further = text.get(begin..end).unwrap_or_default().split(|byte| *byte == b'\n').skip(1);
        let swallows = header.len() > 1 && further.filter(|line| separators(line)).count() > 0;
        let cells = record.map(|record| nfc(&record)).map_err(|error| error.to_string());
        rows.push(Row { line, last_line, swallows, cells });
    }
    // An odd number of quotes, and a last row of several lines: a quote was opened and never closed.
    let quotes = text.iter().filter(|byte| **byte == b'"').count();
    if let Some(last) = rows.last_mut().filter(|last| quotes % 2 == 1 && last.last_line > last.line) {
        last.cells = Err(format!(
            "a quote is not closed, so the lines {} to {} are one row",
            last.line, last.last_line
        ));
    }
    Ok((header, rows))
}

fn nfc(record: &StringRecord) -> StringRecord {
    let mut normal: StringRecord = record.iter().map(|cell| cell.nfc().collect::<String>()).collect();
    normal.set_position(record.position().cloned());
    normal
}

/// The end of a text without the line ends there.
fn trimmed(text: &[u8], mut end: usize) -> usize {
    while end.checked_sub(1).and_then(|last| text.get(last)).is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
    {
        end -= 1;
    }
    end
}

/// Counts lines as an editor does: CR LF, LF and CR each end one.
struct Lines<'a> {
    text: &'a [u8],
    counted: usize,
    line: usize,
}

impl Lines<'_> {
    /// The line of the first byte of a record; the reader has it begin with the line ends before it.
    fn at_record(&mut self, mut begin: usize) -> usize {
        while self.text.get(begin).is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            begin += 1;
        }
        self.at(begin)
    }

    fn at(&mut self, byte: usize) -> usize {
        let ends = |i: &usize| match self.text.get(*i) {
            Some(b'\n') => true,
            Some(b'\r') => self.text.get(i + 1) != Some(&b'\n'),
            _ => false,
        };
        self.line += (self.counted..byte).filter(ends).count();
        self.counted = self.counted.max(byte);
        self.line
    }
}
