//! A slip in plain text, for a screen, a message, a dot matrix printer: eighty columns.

use super::document::{Block, Document, MOTTO, STATE, Signature};
use super::forms::Column;
use unicode_normalization::char::is_combining_mark;

const WIDTH: usize = 80;
/// The columns of the agency, at the top left.
const LEFT: usize = 38;
/// The lines left for a signature.
const SIGNED: usize = 3;

/// The columns that a text takes. It is in NFC, so a letter with its marks is one.
fn width(text: &str) -> usize {
    text.chars().filter(|c| !is_combining_mark(*c)).count()
}

/// The lines of a text, broken between words, and within a word only if it is longer than a line.
fn wrap(text: &str, most: usize) -> Vec<String> {
    let most = most.max(1);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let mut current = String::new();
        for word in line.split(' ') {
            if !current.is_empty() && width(&current) + 1 + width(word) <= most {
                current.push(' ');
                current.push_str(word);
                continue;
            }
            if !current.is_empty() {
                lines.push(std::mem::take(&mut current));
            }
            for c in word.chars() {
                if width(&current) == most && !is_combining_mark(c) {
                    lines.push(std::mem::take(&mut current));
                }
                current.push(c);
            }
        }
        lines.push(current);
    }
    lines
}

fn pad(text: &str, to: usize, right: bool) -> String {
    let spaces = " ".repeat(to.saturating_sub(width(text)));
    if right { format!("{spaces}{text}") } else { format!("{text}{spaces}") }
}

fn centred(text: &str, within: usize) -> String {
    let before = within.saturating_sub(width(text)) / 2;
    pad(&format!("{}{text}", " ".repeat(before)), within, false)
}

/// Lines set beside each other, each column of its own width, and centred in it.
fn side_by_side(columns: &[(usize, Vec<String>)]) -> Vec<String> {
    let height = columns.iter().map(|(_, lines)| lines.len()).max().unwrap_or_default();
    let cell = |(within, lines): &(usize, Vec<String>), i: usize| {
        centred(lines.get(i).map_or("", String::as_str), *within)
    };
    (0..height).map(|i| columns.iter().map(|column| cell(column, i)).collect()).collect()
}

pub(super) fn render(document: &Document) -> String {
    let mut lines = vec![pad(&document.form, WIDTH, true), String::new()];
    lines.extend(head(document));
    lines.push(String::new());
    lines.extend(wrap(&document.title.to_uppercase(), WIDTH - 10).iter().map(|line| centred(line, WIDTH)));
    lines.push(String::new());
    let labels = document.blocks.iter().filter_map(|block| match block {
        Block::Field { label, .. } => Some(width(label)),
        _ => None,
    });
    let labels = labels.max().unwrap_or_default();
    for block in &document.blocks {
        lines.extend(match block {
            Block::Field { label, text } => field(label, text, labels),
            Block::Text(text) => wrap(text, WIDTH),
            Block::List(items) => list(items),
            Block::Table { columns, rows, stacked: true } => stack(columns, rows),
            Block::Table { columns, rows, stacked: false } => table(columns, rows),
        });
    }
    lines.extend(signatures(&document.signatures));
    let mut text = lines.iter().map(|line| line.trim_end()).collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn head(document: &Document) -> Vec<String> {
    let right = WIDTH - LEFT;
    let mut agency = Vec::new();
    for name in document.above.iter().chain([&document.agency]) {
        agency.extend(wrap(&name.to_uppercase(), LEFT - 2));
    }
    agency.push("-".repeat(12));
    agency.extend(wrap(&document.reference, LEFT - 2));
    let state = vec![STATE.to_uppercase(), MOTTO.into(), "-".repeat(width(MOTTO)), String::new()];
    let state = state.into_iter().chain(wrap(&document.date, right)).collect();
    side_by_side(&[(LEFT, agency), (right, state)])
}

fn field(label: &str, text: &str, labels: usize) -> Vec<String> {
    let lines = wrap(text, WIDTH.saturating_sub(labels + 2));
    let before = |i: usize| if i == 0 { pad(label, labels, false) + ": " } else { " ".repeat(labels + 2) };
    lines.iter().enumerate().map(|(i, line)| before(i) + line).collect()
}

fn list(items: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let number = format!("{:>4}. ", i + 1);
        for (j, line) in wrap(item, WIDTH - number.len()).iter().enumerate() {
            let before = if j == 0 { number.clone() } else { " ".repeat(number.len()) };
            lines.push(before + line);
        }
    }
    lines
}

/// Columns of the wanted shares that fill the line, bars and spaces included.
fn widths(columns: &[Column]) -> Vec<usize> {
    let inner = WIDTH.saturating_sub(3 * columns.len() + 1);
    let all: usize = columns.iter().map(|column| column.width as usize).sum();
    let mut widths: Vec<usize> =
        columns.iter().map(|column| (column.width as usize * inner / all.max(1)).max(3)).collect();
    let rest = inner.saturating_sub(widths.iter().sum());
    if let Some(widest) = widths.iter_mut().max() {
        *widest += rest;
    }
    widths
}

fn table(columns: &[Column], rows: &[Vec<String>]) -> Vec<String> {
    let widths = widths(columns);
    let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let rule = format!("+{}+", dashes.join("+"));
    let heads: Vec<String> = columns.iter().map(|column| column.head.clone()).collect();
    let mut lines = vec![rule.clone()];
    for cells in [&heads].into_iter().chain(rows) {
        let cells: Vec<Vec<String>> =
            cells.iter().zip(&widths).map(|(cell, width)| wrap(cell, *width)).collect();
        for i in 0..cells.iter().map(Vec::len).max().unwrap_or_default() {
            let part = |((cell, width), column): ((&Vec<String>, &usize), &Column)| {
                pad(cell.get(i).map_or("", String::as_str), *width, column.right)
            };
            let parts: Vec<String> = cells.iter().zip(&widths).zip(columns).map(part).collect();
            lines.push(format!("| {} |", parts.join(" | ")));
        }
        lines.push(rule.clone());
    }
    lines
}

/// A table that is too wide for the line: each row as a block of fields.
fn stack(columns: &[Column], rows: &[Vec<String>]) -> Vec<String> {
    let labels = columns.iter().map(|column| width(&column.head)).max().unwrap_or_default();
    let mut lines = Vec::new();
    for row in rows {
        lines.push("-".repeat(WIDTH));
        for (column, cell) in columns.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
            lines.extend(field(&column.head, cell, labels));
        }
    }
    lines.push("-".repeat(WIDTH));
    lines
}

fn signatures(signatures: &[Signature]) -> Vec<String> {
    if signatures.is_empty() {
        return Vec::new();
    }
    let within = WIDTH / signatures.len();
    let column = |signature: &Signature| {
        let mut lines = vec![signature.title.to_uppercase(), signature.note.into()];
        lines.extend(std::iter::repeat_n(String::new(), SIGNED));
        lines.extend(wrap(&signature.name, within - 2));
        (within, lines)
    };
    let columns: Vec<_> = signatures.iter().map(column).collect();
    [String::new()].into_iter().chain(side_by_side(&columns)).collect()
}
