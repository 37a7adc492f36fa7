//! Errors as C sees them.

use crate::text::Str;
use motcua_core::EngineError;
use motcua_core::calendar::CalendarError;
use motcua_core::deadline::DeadlineError;
use motcua_core::journal::JournalError;
use motcua_core::measure::MeasureError;
use motcua_core::problem::Problems;

/// What a call came to. The numbers never change; the code of the error says more.
#[repr(i32)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Done.
    MotcuaOk = 0,
    /// An argument is NULL, no UTF-8 or otherwise impossible.
    MotcuaArgument = 1,
    /// The library has a fault of its own; please report it.
    MotcuaPanic = 2,
    /// The handle is unusable after MOTCUA_PANIC.
    MotcuaPoisoned = 3,
    /// Another call on the handle is under way.
    MotcuaBusy = 4,
    /// A date or moment outside the calendar (calendar.*).
    MotcuaCalendar = 10,
    /// A time limit or a clock (deadline.*).
    MotcuaDeadline = 11,
    /// A definition file (file.*, procedure.*, organisation.*, routing.*); the message names every problem.
    MotcuaDefinition = 12,
    /// A command was refused, for whatever reason; nothing has changed.
    MotcuaRefused = 13,
    /// The journal (journal.*); nothing was stored.
    MotcuaJournal = 14,
    /// Something else.
    MotcuaOther = 99,
}

/// Why a call failed.
pub struct Error {
    code: String,
    message: String,
    message_vi: String,
}

/// A failure on its way to C.
pub(crate) struct Failure {
    pub(crate) status: Status,
    pub(crate) error: Error,
}

impl Failure {
    pub(crate) fn new(status: Status, code: &str, message: String, message_vi: String) -> Self {
        Self { status, error: Error { code: code.into(), message, message_vi } }
    }

    pub(crate) fn argument(message: &str) -> Self {
        let message_vi = format!("tham số không hợp lệ: {message}");
        Self::new(Status::MotcuaArgument, "c.argument", format!("{message}; correct the call"), message_vi)
    }

    /// Says of which rows of a column it is the failure.
    pub(crate) fn in_rows(&mut self, count: usize, first: usize) {
        let Error { message, message_vi, .. } = &mut self.error;
        *message =
            format!("{count} of the rows cannot be answered; the first of them is row {first}: {message}");
        *message_vi = format!("{count} dòng không có kết quả; dòng đầu tiên là dòng {first}: {message_vi}");
    }

    pub(crate) fn panic(message: &str) -> Self {
        let (english, vietnamese) =
            (format!("internal fault: {message}; please report it"), format!("lỗi nội bộ: {message}"));
        Self::new(Status::MotcuaPanic, "c.panic", english, vietnamese)
    }

    pub(crate) fn poisoned() -> Self {
        let message = "the handle is unusable after an internal fault; free it and open it again".into();
        let message_vi = "không dùng được nữa sau lỗi nội bộ; hãy đóng và mở lại".into();
        Self::new(Status::MotcuaPoisoned, "c.poisoned", message, message_vi)
    }

    pub(crate) fn busy() -> Self {
        let message = "another call on this handle is under way; wait for it, or open a second engine".into();
        let message_vi = "đang có lời gọi khác; hãy chờ hoặc mở engine thứ hai".into();
        Self::new(Status::MotcuaBusy, "c.busy", message, message_vi)
    }
}

impl From<CalendarError> for Failure {
    fn from(error: CalendarError) -> Self {
        Self::new(Status::MotcuaCalendar, error.code(), error.to_string(), error.vi())
    }
}

impl From<DeadlineError> for Failure {
    fn from(error: DeadlineError) -> Self {
        let of_calendar = matches!(error, DeadlineError::Calendar(_));
        let status = if of_calendar { Status::MotcuaCalendar } else { Status::MotcuaDeadline };
        Self::new(status, error.code(), error.to_string(), error.vi())
    }
}

impl From<MeasureError> for Failure {
    fn from(error: MeasureError) -> Self {
        let of_calendar = matches!(error, MeasureError::Calendar(_));
        let status = if of_calendar { Status::MotcuaCalendar } else { Status::MotcuaArgument };
        Self::new(status, error.code(), error.to_string(), error.vi())
    }
}

impl From<JournalError> for Failure {
    fn from(error: JournalError) -> Self {
        Self::new(Status::MotcuaJournal, error.code(), error.to_string(), error.vi())
    }
}

impl From<EngineError> for Failure {
    /// A command is refused for whatever room's reason; only the journal's own troubles are told apart.
    fn from(error: EngineError) -> Self {
        let of_journal = matches!(error, EngineError::Journal(_));
        let status = if of_journal { Status::MotcuaJournal } else { Status::MotcuaRefused };
        Self::new(status, error.code(), error.to_string(), error.vi())
    }
}

impl From<Problems> for Failure {
    fn from(problems: Problems) -> Self {
        let code = problems.0.first().map_or("file.form", |problem| problem.code);
        let message_vi = format!("{} lỗi trong tệp định nghĩa:\n{problems}", problems.0.len());
        Self::new(Status::MotcuaDefinition, code, problems.to_string(), message_vi)
    }
}

/// The stable code, such as `deadline.unit_unknown`. Lives as long as the error; empty for NULL.
///
/// # Safety
/// `error` is NULL or an error of this library that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_error_code(error: *const Error) -> Str {
    // SAFETY: NULL or valid, by the contract above.
    unsafe { error.as_ref() }.map_or(Str::EMPTY, |error| Str::of(&error.code))
}

/// What is wrong, where, and how to mend it, in English. Lives as long as the error; empty for NULL.
///
/// # Safety
/// As motcua_error_code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_error_message(error: *const Error) -> Str {
    // SAFETY: NULL or valid, by the contract above.
    unsafe { error.as_ref() }.map_or(Str::EMPTY, |error| Str::of(&error.message))
}

/// The same in Vietnamese.
///
/// # Safety
/// As motcua_error_code.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_error_message_vi(error: *const Error) -> Str {
    // SAFETY: NULL or valid, by the contract above.
    unsafe { error.as_ref() }.map_or(Str::EMPTY, |error| Str::of(&error.message_vi))
}

/// Frees an error.
///
/// # Safety
/// `error` is NULL or an error of this library that has not been freed.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_error_free(error: *mut Error) {
    if !error.is_null() {
        // SAFETY: made by `guard` from a box, and not freed yet.
        drop(unsafe { Box::from_raw(error) });
    }
}
