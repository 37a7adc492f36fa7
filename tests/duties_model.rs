//! Random commands at random times: what has to hold of duties and of what falls due.

mod common;
#[path = "common/duty_cases.rs"]
mod duty_cases;

use common::{command, complete, play, receive};
use duty_cases::{
    answer, at, consult, correct, engine, notify, pay, refuse, report_error, rules, supplement,
};
use motcua::Engine;
use motcua::dossier::{Action, DatedDuty, DutyState, Notice, WakeupKind, duties, wakeups};
use motcua::journal::MemoryJournal;
use motcua::procedure::Channel;
use proptest::prelude::*;

/// What may happen to a dossier at some time; what is refused is left out.
fn actions() -> impl Strategy<Value = Vec<(u8, u32)>> {
    proptest::collection::vec((0u8..21, 0u32..200_000), 1..24)
}

fn action(number: u8) -> (&'static str, Action) {
    match number {
        0 => ("reception", Action::accept(None)),
        1 => ("justice", complete("check")),
        2 => ("justice", Action::complete("check", "post")),
        3 => ("chair", Action::sign("sign", true)),
        4 => ("reception", Action::grant(true)),
        5 => ("chair", refuse()),
        6 => ("justice", supplement()),
        7 => ("applicant", Action::supply()),
        8 => ("system", Action::Lapse {}),
        9 => ("system", Action::Elapse { step: "post".into() }),
        10 => ("justice", consult("van-thanh", Some("2026-06-10 11:00"))),
        11 => ("neighbour", answer()),
        12 => ("applicant", pay()),
        13 => ("reception", Action::deliver(Channel::Online)),
        14 => ("applicant", report_error()),
        15 => ("justice", correct()),
        16 => ("system", notify(Notice::Invitation)),
        17 => ("system", notify(Notice::Reminder)),
        20 => ("applicant", Action::Withdraw { reason: None }),
        18 => ("justice", Action::Suspend { reason: "bão".into(), incident: None }),
        _ => ("justice", Action::Resume {}),
    }
}

fn lived(actions: &[(u8, u32)]) -> Engine<MemoryJournal> {
    let mut engine = engine();
    let mut now = at("2026-06-01 09:00");
    play(
        &mut engine,
        "H41-1",
        &[("applicant", "2026-06-01 09:00", receive("thu/muoi-ngay", Channel::Online))],
    );
    if !actions.len().is_multiple_of(4) {
        play(&mut engine, "H41-1", &[("reception", "2026-06-01 09:00", Action::accept(None))]);
    }
    for (i, (number, seconds)) in actions.iter().enumerate() {
        now += chrono::TimeDelta::seconds((*seconds).into());
        let (actor, action) = action(*number);
        let mut sent = command("H41-1", actor, &now.to_string(), action);
        sent.key = i.to_string().into();
        let _ = engine.handle(&sent);
    }
    engine
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A later `until` never takes anything away; all is in order; and the journal knows the first.
    #[test]
    fn more_time_brings_more_wakeups(actions in actions(), days in (0i64..40, 0i64..40)) {
        let engine = lived(&actions);
        let events = engine.events("H41-1").unwrap();
        let last = events.last().unwrap().at;
        let (early, late) = (days.0.min(days.1), days.0.max(days.1));
        let until = |days| last + chrono::TimeDelta::days(days);
        let (few, many) = (engine.wakeups(until(early)).unwrap(), engine.wakeups(until(late)).unwrap());
        for wakeup in &few {
            prop_assert!(many.contains(wakeup), "{wakeup:?}");
        }
        prop_assert!(many.is_sorted_by_key(|wakeup| wakeup.at));
        prop_assert!(many.iter().filter(|wakeup| wakeup.at <= until(early)).count() == few.len());
        let first = engine.wakeups(at("2030-01-01")).unwrap().first().map(|wakeup| wakeup.at);
        prop_assert_eq!(engine.next_wakeup().unwrap(), first);
        // What is kept with the dossier is what its events say.
        prop_assert_eq!(many, wakeups(rules(), "H41-1", &events, until(late)).unwrap());
    }

    /// Who does what a wakeup waits for, or says that somebody was told, sees it no more.
    #[test]
    fn what_is_acted_upon_is_gone(actions in actions()) {
        let mut engine = lived(&actions);
        for round in 0..40 {
            let Some(now) = engine.next_wakeup().unwrap() else { break };
            let found = engine.wakeups(now).unwrap();
            prop_assert!(!found.is_empty());
            let wakeup = &found[0];
            let action = match wakeup.what {
                WakeupKind::Elapses => Action::Elapse { step: wakeup.step.clone().unwrap() },
                WakeupKind::Lapses => Action::Lapse {},
                _ => notify(Notice::Reminder),
            };
            // What still waits may be past, and nothing happens before the last event.
            let at = now.max(engine.dossier("H41-1").unwrap().unwrap().last());
            let mut sent = command("H41-1", "system", &at.to_string(), action);
            sent.key = format!("wakeup {round}").into();
            engine.handle(&sent).unwrap();
            prop_assert!(!engine.wakeups(at).unwrap().contains(wakeup), "{wakeup:?}");
        }
    }

    /// A duty that is over stays as it was, and each has a state that its moments allow.
    #[test]
    fn duties_agree_with_time(actions in actions(), days in 0i64..60) {
        let events = lived(&actions).events("H41-1").unwrap();
        let last = events.last().unwrap().at;
        let now = last + chrono::TimeDelta::days(days);
        let before = duties(rules(), "H41-1", &events, last).unwrap();
        let found = duties(rules(), "H41-1", &events, now).unwrap();
        let over = |duty: &&DatedDuty| duty.met_at.is_some() || duty.state == DutyState::FellAway;
        for duty in before.iter().filter(over) {
            prop_assert!(found.contains(duty), "{duty:?}");
        }
        for duty in &found {
            prop_assert!(duty.starts <= now);
            match duty.state {
                DutyState::Met => prop_assert!(duty.met_at.is_some_and(|met| duty.starts <= met)),
                DutyState::Due => prop_assert!(duty.met_at.is_none()),
                DutyState::Untold => prop_assert!(duty.due.is_some_and(|due| due < now)),
                DutyState::Missed | DutyState::FellAway => {}
            }
        }
    }
}
