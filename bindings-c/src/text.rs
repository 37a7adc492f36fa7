//! Texts that cross the border.

use crate::error::Failure;
use serde::Serialize;
use std::ffi::{CStr, c_char};
use std::{ptr, slice};

/// A text lent for one call: UTF-8, `len` bytes. `data` may be NULL if `len` is 0.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    /// First byte.
    pub data: *const c_char,
    /// Number of bytes.
    pub len: usize,
}

/// A text of the caller's own: UTF-8, `len` bytes and a NUL byte after them. Free it with motcua_text_free.
#[repr(C)]
pub struct Text {
    /// First byte; NULL after motcua_text_free.
    pub data: *mut c_char,
    /// Number of bytes, without the NUL.
    pub len: usize,
}

impl Str {
    /// # Safety
    /// `data` must point to `len` bytes that live as long as the result is used, or `len` be 0.
    pub(crate) unsafe fn read<'a>(self, what: &'static str) -> Result<&'a str, Failure> {
        if self.len == 0 {
            return Ok("");
        }
        if self.data.is_null() {
            return Err(Failure::argument(&format!("{what} is NULL but its length is {}", self.len)));
        }
        // SAFETY: not null, and the caller vouches for the length.
        let bytes = unsafe { slice::from_raw_parts(self.data.cast::<u8>(), self.len) };
        std::str::from_utf8(bytes)
            .map_err(|error| Failure::argument(&format!("{what} is not UTF-8: {error}")))
    }

    /// A view of a text that outlives it.
    pub(crate) fn of(text: &str) -> Self {
        Self { data: text.as_ptr().cast(), len: text.len() }
    }

    pub(crate) const EMPTY: Self = Self { data: ptr::null(), len: 0 };
}

impl Text {
    pub(crate) fn new(text: &str) -> Self {
        let mut bytes = Vec::with_capacity(text.len() + 1);
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(0);
        let data = Box::into_raw(bytes.into_boxed_slice()).cast::<c_char>();
        Self { data, len: text.len() }
    }
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<Text, Failure> {
    let text = serde_json::to_string(value).map_err(|error| Failure::panic(&error.to_string()))?;
    Ok(Text::new(&text))
}

/// A view of a C string, without its NUL byte; empty for NULL.
///
/// # Safety
/// `text` is NULL or points to bytes that end with a NUL byte.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_str_of(text: *const c_char) -> Str {
    if text.is_null() {
        return Str::EMPTY;
    }
    // SAFETY: not NULL, and it ends, by the contract above.
    let len = unsafe { CStr::from_ptr(text) }.count_bytes();
    Str { data: text, len }
}

/// Frees a text that this library gave, and empties it; an empty one is left alone.
///
/// # Safety
/// `text` is NULL, or points to a motcua_text that is empty or was written by this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_text_free(text: *mut Text) {
    // SAFETY: NULL or valid, by the contract above.
    let Some(text) = (unsafe { text.as_mut() }) else { return };
    if text.data.is_null() {
        return;
    }
    let bytes = ptr::slice_from_raw_parts_mut(text.data.cast::<u8>(), text.len + 1);
    // SAFETY: made by `Text::new` as a boxed slice of len + 1 bytes, and not freed yet, or `data` would be NULL.
    drop(unsafe { Box::from_raw(bytes) });
    text.data = ptr::null_mut();
    text.len = 0;
}
