//! What somebody has to do by a time once there is a result or a payment.

mod common;
#[path = "common/duty_cases.rs"]
mod duty_cases;

use duty_cases::{Case, Step, at, check, correct, four, granted, notify, one, pay, report_error, ten_days};
use motcua::dossier::{Action, DutyState, Notice};
use motcua::procedure::Channel;

#[test]
fn an_early_result_is_announced_before_it_is_handed_over() {
    // Due on 15/6.
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let early = [begun.clone(), granted("2026-06-12 09:00")].concat();
    let deliver = ("reception", "2026-06-12 11:00", Action::deliver(Channel::Online));
    let notice = ("reception", "2026-06-12 10:00", notify(Notice::EarlyReturn));
    let case = |more: &[Step], state, met_at| {
        let script = [early.as_slice(), more].concat();
        Case { id: "early-return", script, now: "2026-07-01 12:00", state, due: None, met_at }
    };
    check(&[
        case(&[], DutyState::Due, None),
        case(&[notice.clone(), deliver.clone()], DutyState::Met, Some("2026-06-12 10:00")),
        case(&[deliver], DutyState::Missed, None),
    ]);
    let on_time = [begun, granted("2026-06-15 09:00")].concat();
    assert!(one(&on_time, "early-return", "2026-07-01 12:00").is_empty());
}

#[test]
fn an_error_of_the_agency_is_mended_in_three_working_days() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        granted("2026-06-12 09:00"),
        vec![("reception", "2026-06-12 10:00", notify(Notice::EarlyReturn))],
        vec![("reception", "2026-06-12 11:00", Action::deliver(Channel::Online))],
        vec![("applicant", "2026-06-18 09:00", report_error())],
    ]
    .concat();
    let mended = ("justice", "2026-06-23 17:00", "2026-06-24 08:00", correct());
    check(&four("correct", &script, "2026-06-23 17:00", mended, "2026-07-01 12:00"));
}

#[test]
fn the_post_invites_twice_two_working_days_apart() {
    let script = [
        ten_days(Channel::Post, "2026-06-01 09:00", "2026-06-01 10:00"),
        granted("2026-06-15 09:00"),
        vec![("system", "2026-06-17 09:00", notify(Notice::Invitation))],
    ]
    .concat();
    let second = ("system", "2026-06-19 18:00", "2026-06-22 09:00", notify(Notice::Invitation));
    check(&four("invite", &script, "2026-06-19 17:00", second, "2026-07-01 12:00"));
    // A day later is too soon to count, and being handed over is as good.
    let soon = [script.clone(), vec![("system", "2026-06-18 09:00", notify(Notice::Invitation))]].concat();
    assert_eq!(one(&soon, "invite", "2026-06-18 12:00")[0].state, DutyState::Due);
    let fetched = [script, vec![("reception", "2026-06-18 09:00", Action::deliver(Channel::Post))]].concat();
    assert_eq!(one(&fetched, "invite", "2026-07-01 12:00")[0].state, DutyState::Met);
}

#[test]
fn an_online_payment_is_passed_on_within_eight_working_hours() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        vec![("applicant", "2026-06-02 15:00", pay()), ("applicant", "2026-06-05 15:00", pay())],
    ]
    .concat();
    let found = one(&script, "remit", "2026-06-05 16:00");
    let told: Vec<_> = found.iter().map(|duty| (duty.state, duty.due)).collect();
    assert_eq!(
        told,
        [(DutyState::Untold, Some(at("2026-06-03 15:00"))), (DutyState::Due, Some(at("2026-06-08 15:00"))),]
    );
    // Whatever becomes of the dossier.
    let gone = [script, vec![("applicant", "2026-06-05 15:30", Action::Withdraw { reason: None })]].concat();
    assert_eq!(one(&gone, "remit", "2026-06-05 16:00")[1].state, DutyState::Due);
    assert_eq!(one(&gone, "remit", "2026-07-05 16:00")[1].state, DutyState::Untold);
}
