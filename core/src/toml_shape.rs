//! What is too much of a TOML file, seen before it is parsed: a parser builds a table for each part of a dotted name, one
//! within the other, and an entry for each sign.

/// No file is longer, in bytes.
const MAX_BYTES: usize = 16 << 20;

/// No dotted name has more parts; the depth of brackets is bounded by the parser.
const MAX_PARTS: usize = 16;

/// No file has more signs and words. A procedure has about a thousand in two thousand bytes.
const MAX_TOKENS: usize = 8 << 20;

/// What begins a table or a list counts as so many, since the parser keeps one for it.
const TABLE: usize = 8;

/// Where the text is too much, as code, offset, message and remedy.
pub(crate) fn too_much(text: &str) -> Option<(&'static str, usize, String, &'static str)> {
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, more than {MAX_BYTES}", text.len());
        return Some(("file.too_large", 0, message, "split it into several files"));
    }
    let bytes = text.as_bytes();
    let (mut at, mut parts, mut tokens) = (0, 0, 0);
    while let Some(byte) = bytes.get(at) {
        let begin = at;
        match byte {
            b'"' | b'\'' => at = end_of_string(bytes, at, *byte),
            b'#' => at += end_of(bytes.get(at..).unwrap_or_default(), |byte| byte == b'\n'),
            _ if is_word(*byte) => at += end_of(bytes.get(at..).unwrap_or_default(), |byte| !is_word(byte)),
            _ => at += 1,
        }
        match byte {
            b' ' | b'\t' | b'#' => {}
            b'.' => (parts, tokens) = (parts + 1, tokens + TABLE),
            b'[' | b'{' => (parts, tokens) = (0, tokens + TABLE),
            b'"' | b'\'' => tokens += 1,
            _ if is_word(*byte) => tokens += 1,
            _ => (parts, tokens) = (0, tokens + 1),
        }
        if parts >= MAX_PARTS {
            let message = format!("the name has more than {MAX_PARTS} parts");
            return Some(("file.too_deep", begin, message, "write a plain name"));
        }
        if tokens > MAX_TOKENS {
            let message = format!("the file has more than {MAX_TOKENS} signs and words");
            return Some(("file.too_large", 0, message, "split it into several files"));
        }
    }
    None
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+' | b':' | 0x80..)
}

fn end_of(bytes: &[u8], ends: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| ends(*byte)).unwrap_or(bytes.len())
}

/// The offset behind a string that begins at an offset.
fn end_of_string(bytes: &[u8], begin: usize, quote: u8) -> usize {
    let is_long = bytes.get(begin..begin + 3) == Some(&[quote; 3]);
    let mut at = begin + if is_long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        if *byte == b'\\' && quote == b'"' && bytes.get(at + 1) != Some(&b'\n') {
            at += 2;
        } else if *byte == quote && !is_long {
            return at + 1;
        } else if *byte == quote && bytes.get(at..at + 3) == Some(&[quote; 3]) {
            // Two more may belong to the text.
            return at + 3 + bytes.iter().skip(at + 3).take(2).take_while(|byte| **byte == quote).count();
        } else if *byte == b'\n' && !is_long {
            return at;
        } else {
            at += 1;
        }
    }
    bytes.len()
}
