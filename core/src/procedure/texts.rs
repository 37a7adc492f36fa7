//! What a text may not contain, whichever key it stands under.

use crate::problem::Problem;
use crate::text::is_invisible;
use crate::toml_file::Source;
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;
use unicode_normalization::is_nfc;

/// No text is longer, in bytes. The longest name of the national database has some two thousand.
pub(super) const MAX_TEXT: usize = 20_000;

/// No list or table has more entries.
pub(super) const MAX_ENTRIES: usize = 1_000;

/// Reports each text of an entry, keys too, that is too long, not in NFC, or has characters nobody sees. Whether the
/// lists are short enough for the entry to be read on.
pub(super) fn check(
    source: &Source<'_>,
    value: &DeValue<'_>,
    span: Range<usize>,
    problems: &mut Vec<Problem>,
) -> bool {
    let entries = match value {
        DeValue::Array(array) => array.len(),
        DeValue::Table(table) => table.len(),
        _ => 0,
    };
    if entries > MAX_ENTRIES {
        let message = format!("there are {entries} entries in one list or table, more than {MAX_ENTRIES}");
        problems.push(source.problem("procedure.too_large", span.start, message, "split the procedure"));
        return false;
    }
    match value {
        DeValue::String(text) => {
            one(source, text, span.start, problems);
            true
        }
        DeValue::Array(array) => {
            let check = |item: &Spanned<DeValue<'_>>| check(source, item.get_ref(), item.span(), problems);
            array.iter().map(check).fold(true, |all, fits| all & fits)
        }
        DeValue::Table(table) => table.iter().fold(true, |all, (key, value)| {
            one(source, key.get_ref(), key.span().start, problems);
            all & check(source, value.get_ref(), value.span(), problems)
        }),
        _ => true,
    }
}

fn one(source: &Source<'_>, text: &str, at: usize, problems: &mut Vec<Problem>) {
    if text.len() > MAX_TEXT {
        let message = format!("the text has {} bytes, more than {MAX_TEXT}", text.len());
        problems.push(source.problem("procedure.text_too_long", at, message, "shorten it"));
        return;
    }
    if is_plain(text.as_bytes()) {
        return;
    }
    if !is_nfc(text) {
        let message = format!("`{text}` is not in Unicode form NFC");
        let help = "type it anew or convert the file to NFC";
        problems.push(source.problem("procedure.not_nfc", at, message, help));
    }
    if let Some(hidden) = text.chars().find(|c| is_hidden(*c)) {
        let message = format!("`{text}` has the character U+{:04X}, which nobody sees", u32::from(hidden));
        let help = "remove it, or write a plain space";
        problems.push(source.problem("procedure.invisible", at, message, help));
    }
}

/// Whether all is ASCII or from U+00C0 to U+02FF or U+1E00 to U+1EFF, where the Vietnamese letters are: none of these
/// characters is hidden or changed by NFC. So nearly all texts are read once, and bytewise.
fn is_plain(bytes: &[u8]) -> bool {
    let mut before = 0;
    bytes.iter().all(|byte| {
        let is_fine = match (before, byte) {
            (0xE1, third) => matches!(third, 0xB8..=0xBB),
            (_, 0x20..=0x7E | b'\n' | 0x80..=0xBF | 0xC3..=0xCB | 0xE1) => true,
            _ => false,
        };
        before = *byte;
        is_fine
    })
}

/// What cannot be seen, no-break spaces, and control characters.
fn is_hidden(c: char) -> bool {
    is_invisible(c)
        || matches!(c, '\u{a0}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}')
        || c.is_control() && c != '\n' && c != '\t'
}
