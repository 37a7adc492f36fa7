//! What somebody has to do by a time in a bundle of procedures: each leg, and all of them together.

mod common;
#[path = "common/duty_cases.rs"]
mod duty_cases;

use common::complete;
use duty_cases::{Step, at, check, four, one, supplement};
use motcua::dossier::{Action, Application, Decision, DutyState};
use motcua::procedure::Channel;

/// The bundle of birth, residence and insurance of 2026, with the birth registered.
fn bundle() -> Vec<Step> {
    let mut new = Application::new("2.000986", "hoa-thanh", Channel::Online);
    new.case = Some("don-gian".into());
    vec![
        ("applicant", "2026-09-07 08:00", Action::Receive(Box::new(new))),
        ("reception", "2026-09-07 09:00", Action::accept(None)),
        ("justice", "2026-09-07 10:00", complete("birth")),
    ]
}

#[test]
fn a_bundle_is_answered_in_a_day_and_each_leg_acknowledges_in_two_hours() {
    let script = bundle();
    let [duty] = &one(&script[..1], "answer-bundle", "2026-09-07 08:00")[..] else { panic!() };
    assert_eq!(duty.due, Some(at("2026-09-08 08:00")));
    assert!(one(&script[..1], "answer", "2026-09-07 08:00").is_empty());
    let legs = |script: &[Step], id, now| -> Vec<_> {
        let found = one(script, id, now);
        found.iter().map(|duty| (duty.step.clone().unwrap().to_string(), duty.state, duty.due)).collect()
    };
    let due = Some(at("2026-09-07 14:00"));
    let leg = |step: &str, state| (step.to_owned(), state, due);
    assert_eq!(
        legs(&script, "acknowledge", "2026-09-07 11:00"),
        [leg("insurance", DutyState::Due), leg("residence", DutyState::Due)]
    );
    // The police take theirs up, by a command that names no step; the insurance does not.
    let ask = ("police", "2026-09-07 11:00", supplement());
    let taken = [script.clone(), vec![ask]].concat();
    assert_eq!(
        legs(&taken, "acknowledge", "2026-09-08 09:00"),
        [leg("insurance", DutyState::Missed), leg("residence", DutyState::Met)]
    );
    let notices = one(&taken, "answer-bundle-leg", "2026-09-07 11:00");
    let states: Vec<_> = notices.iter().map(|duty| (duty.step.as_deref().unwrap(), duty.state)).collect();
    assert_eq!(states, [("insurance", DutyState::Due), ("residence", DutyState::Met)]);
}

#[test]
fn the_parts_of_a_bundle_are_synchronised_and_handed_over() {
    let part = |part: &str| {
        let (part, result) = (part.into(), Decision::Granted);
        Action::ResolvePart { part, from: None, result, electronic: true, reason: None }
    };
    let script = [bundle(), vec![("reception", "2026-09-07 10:05", part("birth"))]].concat();
    let [duty] = &one(&script, "synchronise", "2026-09-07 10:06")[..] else { panic!() };
    assert_eq!((duty.part.as_deref(), duty.due), (Some("birth"), Some(at("2026-09-07 10:15"))));
    assert_eq!(one(&script, "synchronise", "2026-09-07 10:16")[0].state, DutyState::Untold);
    assert_eq!(one(&script, "deliver-leg", "2026-09-07 12:00")[0].state, DutyState::Due);
    let hand_over =
        |part: &str| Action::Deliver { channel: Channel::Online, part: Some(part.into()), to: None };
    let done = [script, vec![("reception", "2026-09-07 10:20", hand_over("birth"))]].concat();
    let [duty] = &one(&done, "deliver-leg", "2026-09-08 12:00")[..] else { panic!() };
    assert_eq!((duty.state, duty.met_at), (DutyState::Met, Some(at("2026-09-07 10:20"))));
}

#[test]
fn in_a_bundle_the_apology_follows_the_delay_and_an_outage_is_mended_in_a_day() {
    let script = bundle();
    assert!(one(&script, "apology", "2026-09-20 08:00").is_empty());
    // Due on 10/9, three working days.
    assert!(one(&script, "apology-bundle", "2026-09-10 23:00").is_empty());
    let [duty] = &one(&script, "apology-bundle", "2026-09-11 08:00")[..] else { panic!() };
    assert_eq!((duty.state, duty.starts, duty.due), (DutyState::Due, at("2026-09-10 23:59:59"), None));
    let outage =
        Action::Suspend { reason: "mất kết nối".into(), incident: Some("outage-301-2026".into()) };
    let down = [script, vec![("justice", "2026-09-08 09:00", outage)]].concat();
    let up = ("system", "2026-09-09 09:00", "2026-09-09 09:00:01", Action::Resume {});
    check(&four("mend-outage", &down, "2026-09-09 09:00", up, "2026-09-10 12:00"));
}
