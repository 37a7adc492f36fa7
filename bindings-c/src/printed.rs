//! What an engine prints and draws: slips and pictures.

use crate::engine::EngineHandle;
use crate::error::{Error, Failure, Status};
use crate::guard::{give, input};
use crate::text::{Str, Text};
use crate::time::{Date, Moment};
use motcua_core::dossier::slip::{self, Form, Particulars, Volume};
use motcua_core::routing::Picture;

/// How a slip is written.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum SlipFormat {
    /// Plain text, eighty columns.
    MotcuaSlipText = 0,
    /// A complete page of HTML, to print.
    MotcuaSlipHtml = 1,
    /// What it says, as JSON.
    MotcuaSlipJson = 2,
}

fn slip_format(format: i32) -> Result<slip::Format, Failure> {
    match format {
        f if f == SlipFormat::MotcuaSlipText as i32 => Ok(slip::Format::Text),
        f if f == SlipFormat::MotcuaSlipHtml as i32 => Ok(slip::Format::Html),
        f if f == SlipFormat::MotcuaSlipJson as i32 => Ok(slip::Format::Json),
        _ => Err(Failure::argument(&format!("{format} is no motcua_slip_format"))),
    }
}

/// A statutory slip of a dossier, of its last event of that kind. `form` is one of `receipt`, `supplement_request`,
/// `refusal`, `apology`, `stop_notice` and `control_slip`; `particulars` a JSON object with the persons and the office, as
/// motcua keeps no personal data; `format` a motcua_slip_format. A dossier that has not come to it has none.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_slip(
    engine: *const EngineHandle,
    dossier: Str,
    form: Str,
    particulars: Str,
    format: i32,
    slip: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(slip, "slip", err, || {
            let (code, form) = (dossier.read("dossier")?, form.read("form")?);
            let known: Form =
                form.parse().map_err(|_| Failure::argument(&format!("`{form}` is no form of a slip")))?;
            let particulars: Particulars = serde_json::from_str(particulars.read("particulars")?)
                .map_err(|error| Failure::argument(&format!("particulars cannot be read: {error}")))?;
            let format = slip_format(format)?;
            let slip =
                input(engine, "engine")?.with(|engine| Ok(engine.slip(code, known, &particulars)?))?;
            Ok(Text::new(&slip.written(format)))
        })
    }
}

/// The register of a year, or a volume of it. `volume` is a JSON object: `rows`, each with `dossier` and `particulars`;
/// `first`, the number of the first row, 1 if absent; `office`. `format` is a motcua_slip_format.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_register(
    engine: *const EngineHandle,
    volume: Str,
    format: i32,
    register: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(register, "register", err, || {
            let volume: Volume = serde_json::from_str(volume.read("volume")?)
                .map_err(|error| Failure::argument(&format!("volume cannot be read: {error}")))?;
            let format = slip_format(format)?;
            let register = input(engine, "engine")?.with(|engine| Ok(engine.register(&volume)?))?;
            Ok(Text::new(&register.written(format)))
        })
    }
}

/// How a routing is drawn.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum PictureFormat {
    /// A file of SVG.
    MotcuaPictureSvg = 0,
    /// The text of a Mermaid flowchart.
    MotcuaPictureMermaid = 1,
    /// The text of a Graphviz graph.
    MotcuaPictureDot = 2,
}

fn picture_format(format: i32) -> Result<Picture, Failure> {
    match format {
        f if f == PictureFormat::MotcuaPictureSvg as i32 => Ok(Picture::Svg),
        f if f == PictureFormat::MotcuaPictureMermaid as i32 => Ok(Picture::Mermaid),
        f if f == PictureFormat::MotcuaPictureDot as i32 => Ok(Picture::Dot),
        _ => Err(Failure::argument(&format!("{format} is no motcua_picture_format"))),
    }
}

/// The routing of a dossier as it stands at a moment: what is done, what runs and with whom, what is late. `format` is a
/// motcua_picture_format.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_picture(
    engine: *const EngineHandle,
    dossier: Str,
    now: Moment,
    format: i32,
    picture: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(picture, "picture", err, || {
            let (code, now, format) = (dossier.read("dossier")?, now.read()?, picture_format(format)?);
            let picture = input(engine, "engine")?.with(|engine| Ok(engine.picture(code, now, format)?))?;
            Ok(Text::new(&picture))
        })
    }
}

/// The routing of a procedure in its version of a day: who does what, in which time. `format` is a motcua_picture_format.
///
/// # Safety
/// As motcua_engine_command.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_engine_procedure_picture(
    engine: *const EngineHandle,
    procedure: Str,
    day: Date,
    format: i32,
    picture: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(picture, "picture", err, || {
            let (code, day, format) = (procedure.read("procedure")?, day.read()?, picture_format(format)?);
            let picture =
                input(engine, "engine")?.with(|engine| Ok(engine.procedure_picture(code, day, format)?))?;
            Ok(Text::new(&picture))
        })
    }
}
