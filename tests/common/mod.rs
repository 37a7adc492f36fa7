//! A small district with its officers, and commands on it.
#![allow(dead_code, reason = "each test file uses its own part")]

use motcua::calendar::Calendar;
use motcua::dossier::{Action, Command, Organisation};
use motcua::journal::{Journal, MemoryJournal};
use motcua::procedure::{Catalogue, Channel};
use motcua::{Answer, Engine, EngineError, moment};

pub const ORGANISATION: &str = include_str!("../data/organisation.toml");

pub fn organisation() -> Organisation {
    Organisation::load(Catalogue::embedded(), &[("organisation.toml", ORGANISATION)]).unwrap()
}

pub fn engine_over<J: Journal>(journal: J) -> Engine<J> {
    Engine::new(Catalogue::embedded().clone(), Calendar::vietnam().clone(), organisation(), journal)
}

pub fn engine() -> Engine<MemoryJournal> {
    engine_over(MemoryJournal::new())
}

/// A command with a key of its own: its dossier, moment and name.
pub fn command(dossier: &str, actor: &str, at: &str, action: Action) -> Command {
    Command {
        dossier: dossier.into(),
        actor: actor.into(),
        at: moment::parse(at).unwrap(),
        key: format!("{at}/{}/{}", action.name(), action.step().unwrap_or_default()).into(),
        expected_version: None,
        action,
    }
}

pub fn receive(procedure: &str, channel: Channel) -> Action {
    Action::receive(procedure, "hoa-thanh", channel)
}

pub fn complete(step: &str) -> Action {
    Action::complete(step, "complete")
}

pub fn sign() -> Action {
    Action::sign("sign", true)
}

pub fn granted() -> Action {
    Action::grant(true)
}

/// Sends `(actor, moment, action)` one after the other; all must be carried out.
pub fn play<J: Journal>(engine: &mut Engine<J>, dossier: &str, script: &[(&str, &str, Action)]) -> Answer {
    let mut last = None;
    for (actor, at, action) in script {
        let sent = command(dossier, actor, at, action.clone());
        let answer = engine.handle(&sent);
        last = Some(answer.unwrap_or_else(|error| panic!("{} at {at}: {error}", action.name())));
    }
    last.expect("a script has commands")
}

/// Sends one command that must be refused, and says with which code; the journal must not notice.
pub fn refused<J: Journal>(engine: &mut Engine<J>, sent: &Command) -> &'static str {
    let before = engine.events(&sent.dossier).unwrap();
    let error: EngineError = engine.handle(sent).expect_err("the command is refused");
    assert_eq!(engine.events(&sent.dossier).unwrap(), before, "a refusal changes nothing");
    let (english, vietnamese) = (error.to_string(), error.vi());
    assert!(english.len() > 20 && vietnamese.len() > 20, "{english} / {vietnamese}");
    error.code()
}

/// A copy to be certified in Hoa Thành in 2023: received, accepted, checked, signed, stamped.
pub fn certified_copy() -> Vec<(&'static str, &'static str, Action)> {
    vec![
        ("applicant", "2023-06-01 08:00", receive("2.000815", Channel::Online)),
        ("reception", "2023-06-01 08:10", Action::accept(Some(true))),
        ("justice", "2023-06-01 09:00", complete("check")),
        ("chair", "2023-06-01 09:30", sign()),
        ("justice", "2023-06-01 09:40", complete("stamp")),
        ("reception", "2023-06-01 09:50", granted()),
        ("reception", "2023-06-01 10:00", Action::deliver(Channel::Online)),
        ("applicant", "2023-06-01 20:00", Action::Rate { score: 2 }),
    ]
}

/// Asks once for the next event of the dossier `race`, as the version after the one that is there now; others may be
/// faster. Nothing if it has `events` events.
pub fn race_on<J: Journal>(
    engine: &mut Engine<J>,
    name: &str,
    events: u64,
) -> Option<Result<u64, EngineError>> {
    let version = engine.journal().version("race").unwrap();
    if version >= events {
        return None;
    }
    let step = "check".into();
    let (actor, action) = match version {
        0 => ("applicant", receive("2.000815", Channel::Online)),
        1 => ("reception", Action::accept(Some(true))),
        even if even % 2 == 0 => ("justice", Action::Claim { step }),
        _ => ("justice", Action::Release { step }),
    };
    let mut sent = command("race", actor, "2023-06-01 08:00", action);
    sent.key = format!("{name}/{version}").into();
    sent.expected_version = Some(version);
    Some(engine.handle(&sent).map(|answer| answer.version))
}
