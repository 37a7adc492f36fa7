//! Rows of CSV with the lines at which they begin.

use csv::{Error, ReaderBuilder, StringRecord, Trim};

/// A row, or what is wrong with it, and its line, counted from 1.
pub(crate) type Row = (usize, Result<StringRecord, Error>);

/// The first line, and the rows after it. Blank lines are no rows; rows may differ in their number of cells.
///
/// The reader's own line numbers are one too small where lines end in CR LF, so lines are counted here.
pub(crate) fn read(text: &[u8], delimiter: u8) -> Result<(StringRecord, Vec<Row>), Error> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(Trim::All).from_reader(text);
    let header = reader.headers()?.clone();
    let mut rows = Vec::new();
    let (mut counted, mut line) = (0, 1);
    for row in reader.records() {
        let place = match &row {
            Ok(row) => row.position().map(csv::Position::byte),
            Err(error) => error.position().map(csv::Position::byte),
        };
        let mut begin = place.and_then(|byte| usize::try_from(byte).ok()).unwrap_or(counted);
        // A record is said to begin with the line ends before it.
        while text.get(begin).is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            begin += 1;
        }
        line += text.get(counted..begin).unwrap_or_default().iter().filter(|byte| **byte == b'\n').count();
        counted = counted.max(begin);
        rows.push((line, row));
    }
    Ok((header, rows))
}
