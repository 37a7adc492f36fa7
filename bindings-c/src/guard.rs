//! The one border that every call crosses.

use crate::error::{Error, Failure, Status};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

/// Runs a call: catches panics, hands the error out, gives the status.
///
/// # Safety
/// `err` is NULL or points to where a pointer can be written.
pub(crate) unsafe fn guard(err: *mut *mut Error, call: impl FnOnce() -> Result<(), Failure>) -> Status {
    let outcome =
        catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| Err(Failure::panic(&said(&*panic))));
    let (status, error) = match outcome {
        Ok(()) => (Status::MotcuaOk, None),
        Err(Failure { status, error }) => (status, Some(error)),
    };
    // SAFETY: NULL or writable, by the contract above.
    if let Some(err) = unsafe { err.as_mut() } {
        *err = error.map_or(ptr::null_mut(), |error| Box::into_raw(Box::new(error)));
    }
    status
}

pub(crate) fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

/// A reference to what an input pointer points to.
///
/// # Safety
/// `pointer` is NULL or valid for `'a`.
pub(crate) unsafe fn input<'a, T>(pointer: *const T, what: &'static str) -> Result<&'a T, Failure> {
    // SAFETY: NULL or valid, by the contract above.
    unsafe { pointer.as_ref() }.ok_or_else(|| Failure::argument(&format!("{what} is NULL")))
}

/// Runs a call that gives a value, and writes the value. A place that is NULL is refused before anything is done.
///
/// # Safety
/// `place` and `err` are each NULL or can be written.
pub(crate) unsafe fn give<T>(
    place: *mut T,
    what: &'static str,
    err: *mut *mut Error,
    call: impl FnOnce() -> Result<T, Failure>,
) -> Status {
    // SAFETY: `err` by the contract above.
    unsafe {
        guard(err, || {
            if place.is_null() {
                return Err(Failure::argument(&format!("{what} is NULL")));
            }
            let value = call()?;
            // SAFETY: not NULL, writable by the contract above.
            place.write(value);
            Ok(())
        })
    }
}

/// A slice of inputs.
///
/// # Safety
/// `pointer` points to `len` values valid for `'a`, or `len` is 0.
pub(crate) unsafe fn inputs<'a, T>(
    pointer: *const T,
    len: usize,
    what: &'static str,
) -> Result<&'a [T], Failure> {
    match (len, pointer.is_null()) {
        (0, _) => Ok(&[]),
        (_, true) => Err(Failure::argument(&format!("{what} is NULL but its length is {len}"))),
        // SAFETY: not null, and the caller vouches for the length.
        (_, false) => Ok(unsafe { std::slice::from_raw_parts(pointer, len) }),
    }
}

/// A slice of outputs.
///
/// # Safety
/// `pointer` points to `len` values that can be written for `'a` and that nothing else uses, or `len` is 0.
pub(crate) unsafe fn outputs<'a, T>(
    pointer: *mut T,
    len: usize,
    what: &'static str,
) -> Result<&'a mut [T], Failure> {
    match (len, pointer.is_null()) {
        (0, _) => Ok(&mut []),
        (_, true) => Err(Failure::argument(&format!("{what} is NULL but its length is {len}"))),
        // SAFETY: not null, and the caller vouches for the rest.
        (_, false) => Ok(unsafe { std::slice::from_raw_parts_mut(pointer, len) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status_and_an_error() {
        let mut error: *mut Error = ptr::null_mut();
        // SAFETY: the place of the error is a local.
        let status = unsafe { guard(&raw mut error, || panic!("a fault of number {}", 7)) };
        assert_eq!(status, Status::MotcuaPanic);
        assert!(!error.is_null());
        // SAFETY: made by `guard` just now.
        let message = unsafe { crate::error::motcua_error_message(error).read("message") };
        assert!(message.is_ok_and(|message| message.contains("a fault of number 7")));
        // SAFETY: not freed yet.
        unsafe { crate::error::motcua_error_free(error) };
        // SAFETY: NULL is allowed.
        assert_eq!(unsafe { guard(ptr::null_mut(), || panic!("again")) }, Status::MotcuaPanic);
    }
}
