//! motcua is the engine behind Vietnam's one-stop shops for administrative procedures (*một cửa*), as a library.
//!
//! The rooms, each of which knows only those above it:
//!
//! | room | what it answers |
//! |---|---|
//! | [`calendar`] | which days and minutes are working time |
//! | [`deadline`] | when something is due, and why |
//! | [`routing`] | which steps follow which, and that no dossier can get stuck |
//! | [`procedure`] | what a procedure is: papers, fees, limits, steps; the catalogue |
//! | [`dossier`] | what may happen to a dossier, and who may do it: commands in, events out |
//! | [`journal`] | where events are kept |
//! | `sync` | what offices that work apart send each other (feature `sync`) |
//! | [`measure`] | what the events add up to: Biểu 06 and the counts behind every ratio |
//! | [`score`] | what the counts are worth: indexes and scorecards |
//! | [`report`] | what an office reports of a period, inspects and makes public |
//! | [`exchange`] | formats of others: dossiers from CSV |
//! | [`Engine`] | all of it together |
//!
//! The library reads no clock and, but for the SQLite journal, does no I/O: moments come in with commands, files as
//! texts. Law is data, under `core/data`; [`moment`] says how moments are written, [`problem`] what is told of a wrong file. Errors have
//! stable codes (`room.what`) and speak English and Vietnamese; the problems of files, English so far.
//!
//! A dossier, from the application to its report:
//!
//! ```
//! use motcua::calendar::Calendar;
//! use motcua::dossier::{Action, Command, Organisation, Status};
//! use motcua::journal::{MemoryJournal, WorkFilter};
//! use motcua::measure::Period;
//! use motcua::procedure::{Catalogue, Channel};
//! use motcua::{Engine, moment};
//!
//! let organisation = Organisation::load(Catalogue::embedded(), &[("organisation.toml", r#"
//! [[unit]]
//! id = "hoa-thanh"
//! name_vi = "UBND xã Hoa Thành"
//! tier = "commune"
//!
//! [[officer]]
//! id = "reception"
//! unit = "hoa-thanh"
//! roles = ["one_stop"]
//! "#)]).unwrap();
//! let mut engine = Engine::new(
//!     Catalogue::embedded().clone(),
//!     Calendar::vietnam().clone(),
//!     organisation,
//!     MemoryJournal::new(),
//! );
//! let mut send = |actor: &str, at: &str, action: Action| {
//!     let (dossier, key) = ("H41-1".into(), at.into());
//!     let at = moment::parse(at).unwrap();
//!     engine.handle(&Command { dossier, actor: actor.into(), at, key, expected_version: None, action })
//! };
//!
//! // Someone wants a copy certified (2.000815), online.
//! let receive = Action::receive("2.000815", "hoa-thanh", Channel::Online);
//! send("applicant", "2023-06-01 08:00", receive).unwrap();
//! let accepted = send("reception", "2023-06-01 08:10", Action::accept(Some(true))).unwrap();
//! assert_eq!(accepted.status, Status::Received);
//! assert_eq!(accepted.due, moment::parse("2023-06-01 17:00"));
//!
//! // The reception may not do the justice officer's work; the refusal says what it takes.
//! let check = Action::complete("check", "complete");
//! let refusal = send("reception", "2023-06-01 08:20", check).unwrap_err();
//! assert_eq!(refusal.code(), "dossier.not_allowed");
//!
//! // What is to be done next, and the report of the year.
//! let work = engine.work_list(&WorkFilter::default()).unwrap();
//! assert_eq!(work[0].role.as_deref(), Some("judicial_officer"));
//! let report = engine.report(Period::year(2023).unwrap()).unwrap();
//! assert_eq!(report.form06.total.counts.received_online, 1);
//! ```
#![forbid(unsafe_code)]

pub mod calendar;
mod csv_file;
pub mod deadline;
pub mod dossier;
mod engine;
pub mod exchange;
pub mod journal;
pub mod measure;
pub mod moment;
pub mod problem;
pub mod procedure;
pub mod report;
pub mod routing;
pub mod score;
mod span;
#[cfg(feature = "sync")]
pub mod sync;
mod text;
mod toml_file;
mod toml_shape;

pub use engine::{Answer, Engine, EngineError, SharedEngine};
/// The text in commands and events: short ones take no allocation.
pub use smol_str::SmolStr;

/// The examples of the README, run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
