//! What can be asked of the journal itself.

use crate::engine::EngineHandle;
use crate::error::{Error, Failure, Status};
use crate::guard::{give, guard, input};
use crate::text::{Str, Text, json};
use motcua_core::EngineError;
use motcua_core::journal::{Head, Journal};

/// Whether every event of the journal is what was stored, and follows the one before it, and whether the journal still
/// begins with what it was at an earlier head: `known`, as an earlier call gave it, or empty. Gives the head of today as JSON,
/// `{"size": 8, "root": "…"}`; keep it elsewhere, since a journal that is cut off or written anew shows by that alone. Fails
/// with `journal.tampered`, which names the event, or `journal.head_differs`.
///
/// # Safety
/// As motcua_engine_command; `head` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_verify(
    engine: *const EngineHandle,
    known: Str,
    head: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(head, "head", err, || {
            let known = match known.read("known")? {
                "" => None,
                known => Some(serde_json::from_str::<Head>(known).map_err(|error| {
                    Failure::argument(&format!("known is no head as this call gives it: {error}"))
                })?),
            };
            let head = input(engine, "engine")?
                .with(|engine| Ok(engine.journal().verify(known).map_err(EngineError::from)?))?;
            json(&head)
        })
    }
}

/// Erases for ever the words in the events of a dossier, where the law wants it: who applied, reasons, opinions, notes. What
/// happened, when and by whom stays, and so does what motcua_engine_verify looks at. `events` is the number of those that
/// had words.
///
/// # Safety
/// As motcua_engine_command; `events` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_erase(
    engine: *mut EngineHandle,
    dossier: Str,
    events: *mut u64,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(events, "events", err, || {
            let code = dossier.read("dossier")?;
            input(engine, "engine")?.with(|engine| Ok(engine.erase(code)?))
        })
    }
}

/// Writes a copy of the journal to another file, which must not be there, while others read and write. It is a journal like
/// this one.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_backup(
    engine: *const EngineHandle,
    path: Str,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        guard(err, || {
            let path = path.read("path")?;
            if path.is_empty() {
                return Err(Failure::argument("path is empty"));
            }
            input(engine, "engine")?
                .with(|engine| Ok(engine.journal().backup(path).map_err(EngineError::from)?))
        })
    }
}
