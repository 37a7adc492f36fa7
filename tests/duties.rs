//! What somebody has to do by a time, from the reception of a dossier until it is settled.

mod common;
#[path = "common/duty_cases.rs"]
mod duty_cases;

use common::{command, complete, play, receive};
use duty_cases::{
    Case, Step, answer, at, check, consult, engine, four, granted, notify, one, pay, played, reappoint,
    refuse, rules, supplement, ten_days,
};
use motcua::calendar::Calendar;
use motcua::dossier::{
    Action, Application, DutyState, Notice, Paper, Rules, Whose, duties, duty_rules, escalations,
};
use motcua::procedure::Channel;

#[test]
fn the_reception_of_an_online_dossier() {
    let online = [("applicant", "2026-03-06 16:00", receive("thu/muoi-ngay", Channel::Online))];
    let alert = notify(Notice::Alert);
    let told = ("system", "2026-03-06 18:00", "2026-03-06 18:00:01", alert);
    check(&four("alert", &online, "2026-03-06 18:00", told, "2026-03-09 12:00"));
    // Friday at 16:00, and eight working hours: Monday at 16:00.
    let accept = ("reception", "2026-03-09 16:00", "2026-03-09 16:00:01", Action::accept(None));
    check(&four("answer", &online, "2026-03-09 16:00", accept, "2026-03-10 12:00"));
    let ask = ("reception", "2026-03-09 15:00", "2026-03-09 16:30", supplement());
    check(&four("answer", &online, "2026-03-09 16:00", ask, "2026-03-10 12:00"));
    // Who accepts was told, so the alert is met too; over a counter there is neither.
    let accepted = ten_days(Channel::Online, "2026-03-06 16:00", "2026-03-06 16:20");
    assert_eq!(one(&accepted, "alert", "2026-03-09 12:00")[0].met_at, Some(at("2026-03-06 16:20")));
    let counter = [("applicant", "2026-03-06 16:00", receive("thu/muoi-ngay", Channel::Counter))];
    assert!(duties(rules(), "H41-1", &played(&counter), at("2026-03-06 16:00")).unwrap().is_empty());
    // Whoever withdraws before the time is over leaves nothing to answer; afterwards it was missed.
    for (moment, state) in
        [("2026-03-06 17:00", DutyState::FellAway), ("2026-03-09 17:00", DutyState::Missed)]
    {
        let gone = [online.to_vec(), vec![("applicant", moment, Action::Withdraw { reason: None })]].concat();
        let [duty] = &one(&gone, "answer", "2026-04-01 12:00")[..] else { panic!() };
        assert_eq!((duty.state, duty.met_at), (state, None), "{moment}");
    }
}

#[test]
fn eight_working_hours_of_a_unit_with_other_hours() {
    // From 07:30 to 11:30 and from 13:30 to 17:00: Friday at 16:00 and eight hours are Monday at 16:30.
    let text = r#"
[[source]]
id = "gio"
act = "Quyết định của tỉnh"
known_since = 2020-01-01
url = "https://example.org"
verified = true

[[hours]]
from = 2020-01-01
open = ["07:30-11:30", "13:30-17:00"]
source = "gio"
"#;
    let calendar = Calendar::vietnam().for_unit("gio.toml", text).unwrap();
    let online = [("applicant", "2026-06-05 16:00", receive("thu/muoi-ngay", Channel::Online))];
    let events = played(&online);
    let of_unit = Rules { calendar: &calendar, ..rules() };
    let found = duties(of_unit, "H41-1", &events, at("2026-06-05 16:00")).unwrap();
    let answer = found.iter().find(|duty| duty.id == "answer").unwrap();
    assert_eq!(answer.due, Some(at("2026-06-08 16:30")));
}

#[test]
fn papers_go_on_the_same_day_or_the_next_morning() {
    let claim = Action::Claim { step: "check".into() };
    let morning = ten_days(Channel::Counter, "2026-03-06 09:00", "2026-03-06 09:10");
    let taken = ("justice", "2026-03-06 17:30", "2026-03-09 08:00", claim.clone());
    check(&four("forward", &morning, "2026-03-06 17:00", taken, "2026-03-10 12:00"));
    // At 15:00 it is not after 15:00; a second later it is, and the first hour of Monday is meant.
    let on_time = ten_days(Channel::Counter, "2026-03-06 15:00", "2026-03-06 15:00");
    assert_eq!(one(&on_time, "forward", "2026-03-06 15:00")[0].due, Some(at("2026-03-06 17:00")));
    let evening = ten_days(Channel::Post, "2026-03-06 15:00", "2026-03-06 15:00:01");
    let taken = ("justice", "2026-03-09 08:00", "2026-03-09 08:00:01", claim);
    check(&four("forward", &evening, "2026-03-09 08:00", taken, "2026-03-10 12:00"));
    // What came as data goes on with the acceptance itself.
    let online = ten_days(Channel::Online, "2026-03-06 09:00", "2026-03-06 09:10");
    assert!(one(&online, "forward", "2026-03-06 09:10").is_empty());
    let paper = |from_data: bool| Paper {
        component: "don".into(),
        original: u16::from(!from_data),
        copy: 0,
        certified: 0,
        from_data,
        digitised: true,
        signed: false,
    };
    for from_data in [true, false] {
        let mut new = Application::new("thu/muoi-ngay", "hoa-thanh", Channel::Counter);
        new.papers = vec![paper(from_data)];
        let script = [
            ("applicant", "2026-03-06 09:00", Action::Receive(Box::new(new))),
            ("reception", "2026-03-06 09:10", Action::accept(None)),
        ];
        assert_eq!(one(&script, "forward", "2026-03-06 09:10").is_empty(), from_data);
    }
}

#[test]
fn papers_for_another_tier_have_a_working_day() {
    let to_province = |received_by: &'static str| {
        let new = Application::new("thu/cap-tinh", "nghe-an", Channel::Counter);
        vec![
            (received_by, "2026-03-05 16:00", Action::Receive(Box::new(new))),
            ("province", "2026-03-05 16:10", Action::accept(None)),
        ]
    };
    let taken = ("province", "2026-03-06 16:50", "2026-03-09 08:00", complete("check"));
    check(&four("forward-level", &to_province("reception"), "2026-03-06 17:00", taken, "2026-03-10 12:00"));
    assert!(one(&to_province("reception"), "forward", "2026-03-06 12:00").is_empty());
    assert!(one(&to_province("province"), "forward-level", "2026-03-06 12:00").is_empty());
    assert_eq!(one(&to_province("province"), "forward", "2026-03-06 12:00").len(), 1);
}

#[test]
fn what_is_not_fit_goes_back_within_three_working_days() {
    // Accepted on Monday 1/6/2026 at 10:00; the last of three working days is Thursday 4/6.
    let script = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let case = |script: &[Step], now, state, met_at| {
        let due = Some("2026-06-04 17:00");
        Case { id: "return", script: script.to_vec(), now, state, due, met_at }
    };
    let asked = |moment| [script.clone(), vec![("justice", moment, supplement())]].concat();
    check(&[
        case(&script, "2026-06-04 23:00", DutyState::Due, None),
        // It need not be done.
        case(&script, "2026-06-05 00:00", DutyState::FellAway, None),
        // By law the day ends at midnight, though the office closes before.
        case(&asked("2026-06-04 20:00"), "2026-06-10 12:00", DutyState::Met, Some("2026-06-04 20:00")),
        case(&asked("2026-06-05 08:00"), "2026-06-10 12:00", DutyState::Missed, Some("2026-06-05 08:00")),
    ]);
    assert!(one(&script, "return", "2026-06-02 12:00")[0].optional);
}

#[test]
fn the_time_of_an_agency_waits_while_the_clock_is_suspended() {
    let script = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let ask = Action::RequestPayment { vnd: 8000, reason: "lệ phí".into(), incident: None };
    let waits = [script, vec![("reception", "2026-06-02 09:00", ask)]].concat();
    assert_eq!(one(&waits, "return", "2026-06-03 09:00")[0].due, None);
    let paid = [waits, vec![("applicant", "2026-06-08 09:00", pay())]].concat();
    // Three working days, and the four of the suspension (3, 4, 5, 8 June).
    assert_eq!(one(&paid, "return", "2026-06-08 09:00")[0].due, Some(at("2026-06-10 17:00")));
}

#[test]
fn the_applicant_has_fifteen_days_and_then_the_dossier_is_closed() {
    // The notice of 4/6/2026 lapses after 19/6/2026.
    let script = [
        ten_days(Channel::Online, "2026-06-03 09:00", "2026-06-03 10:00"),
        vec![("justice", "2026-06-04 09:00", supplement())],
    ]
    .concat();
    let supply = ("applicant", "2026-06-19 23:59:59", "2026-06-20 00:00", Action::supply());
    check(&four("supplement", &script, "2026-06-19 23:59:59", supply, "2026-07-01 12:00"));
    let found = one(&script, "supplement", "2026-06-10 12:00");
    assert_eq!((found[0].whose, found[0].on_missed), (Whose::Applicant, Some("lapse")));
    // Closed afterwards, it was missed for good.
    let closed = [script, vec![("system", "2026-06-20 00:00", Action::Lapse {})]].concat();
    let [duty] = &one(&closed, "supplement", "2026-07-01 12:00")[..] else { panic!() };
    assert_eq!((duty.state, duty.met_at), (DutyState::Missed, None));
    // NĐ 61/2018 set no time, so there is no such duty, nor before acceptance.
    let old = [
        ten_days(Channel::Online, "2023-06-05 09:00", "2023-06-05 10:00"),
        vec![("justice", "2023-06-06 09:00", supplement())],
    ]
    .concat();
    assert!(one(&old, "supplement", "2023-07-01 12:00").is_empty());
    let before = [
        ("applicant", "2026-06-03 09:00", receive("thu/muoi-ngay", Channel::Online)),
        ("reception", "2026-06-03 10:00", supplement()),
    ];
    assert!(one(&before, "supplement", "2026-07-01 12:00").is_empty());
}

#[test]
fn a_refusal_comes_within_the_processing_time() {
    let script = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let refused = |moment| [script.clone(), vec![("chair", moment, refuse())]].concat();
    let case = |script: Vec<Step>, state, met_at| {
        let (now, due) = ("2026-07-01 12:00", Some("2026-06-15 17:00"));
        Case { id: "refuse-in-time", script, now, state, due, met_at }
    };
    check(&[
        case(refused("2026-06-15 18:00"), DutyState::Met, Some("2026-06-15 18:00")),
        case(refused("2026-06-16 08:00"), DutyState::Missed, Some("2026-06-16 08:00")),
        case(script.clone(), DutyState::FellAway, None),
    ]);
}

#[test]
fn the_apology_comes_a_day_before_once() {
    // Due on 10/6/2026, so the apology by 9/6.
    let script = ten_days(Channel::Online, "2026-05-27 09:00", "2026-05-27 10:00");
    let due = Some("2026-06-09 17:00");
    let case = |script: &[Step], now, state, due, met_at| Case {
        id: "apology",
        script: script.to_vec(),
        now,
        state,
        due,
        met_at,
    };
    let then = |more: &[Step]| [script.as_slice(), more].concat();
    let apologised = then(&[("justice", "2026-06-09 22:00", reappoint("2026-06-24 17:00"))]);
    let done = |moment| then(&[("chair", moment, refuse())]);
    check(&[
        case(&script, "2026-06-09 12:00", DutyState::Due, due, None),
        // Who is done in time need not apologise, so it is missed with the due date only.
        case(&script, "2026-06-10 12:00", DutyState::Due, due, None),
        case(&script, "2026-06-11 00:00", DutyState::Missed, due, None),
        case(&done("2026-06-10 16:00"), "2026-07-01 12:00", DutyState::Met, due, Some("2026-06-10 16:00")),
        case(&done("2026-06-11 09:00"), "2026-07-01 12:00", DutyState::Missed, due, Some("2026-06-11 09:00")),
        case(&apologised, "2026-06-30 12:00", DutyState::Met, due, Some("2026-06-09 22:00")),
    ]);
    // The engine itself refuses one that comes too late, or a second one.
    for (actions, code) in [
        (vec![("2026-06-10 08:00", "2026-06-24 17:00")], "deadline.apology_late"),
        (
            vec![("2026-06-09 09:00", "2026-06-24 17:00"), ("2026-06-10 09:00", "2026-06-26 17:00")],
            "deadline.reappointed",
        ),
    ] {
        let mut engine = engine();
        play(&mut engine, "H41-1", &script);
        let (last, first) = actions.split_last().unwrap();
        for (moment, to) in first {
            engine.handle(&command("H41-1", "justice", moment, reappoint(to))).unwrap();
        }
        let sent = command("H41-1", "justice", last.0, reappoint(last.1));
        assert_eq!(common::refused(&mut engine, &sent), code);
    }
    // A supplement starts the time anew, and with it the duty, which is still one.
    let anew = then(&[
        ("justice", "2026-06-01 09:00", supplement()),
        ("applicant", "2026-06-03 09:00", Action::supply()),
    ]);
    check(&[case(&anew, "2026-06-03 12:00", DutyState::Due, Some("2026-06-16 17:00"), None)]);
    let waits = &anew[..3];
    check(&[case(waits, "2026-06-02 12:00", DutyState::Due, None, None)]);
    // What is due on the day itself leaves no day before.
    let same_day = [
        ("applicant", "2026-06-01 08:00", receive("2.000815", Channel::Counter)),
        ("reception", "2026-06-01 09:00", Action::accept(None)),
    ];
    check(&[
        case(&same_day, "2026-06-01 12:00", DutyState::Due, None, None),
        case(&same_day, "2026-06-02 00:00", DutyState::Missed, None, None),
    ]);
}

#[test]
fn an_opinion_is_due_when_who_asks_says_so() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        vec![("justice", "2026-06-02 09:00", consult("van-thanh", Some("2026-06-04 11:00")))],
    ]
    .concat();
    let told = ("neighbour", "2026-06-04 11:00", "2026-06-04 11:00:01", answer());
    check(&four("opinion", &script, "2026-06-04 11:00", told, "2026-06-08 12:00"));
    let [duty] = &one(&script, "opinion", "2026-06-03 12:00")[..] else { panic!() };
    assert_eq!((duty.step.as_deref(), duty.unit.as_deref()), (Some("check"), Some("van-thanh")));
    // One duty for each unit; asked anew, there is another time.
    let again = [
        script.clone(),
        vec![
            ("justice", "2026-06-03 09:00", consult("nghe-an", Some("2026-06-08 11:00"))),
            ("justice", "2026-06-03 10:00", consult("van-thanh", Some("2026-06-09 11:00"))),
        ],
    ]
    .concat();
    let found = one(&again, "opinion", "2026-06-05 12:00");
    let told: Vec<_> =
        found.iter().map(|duty| (duty.unit.as_deref().unwrap(), duty.state, duty.due)).collect();
    assert_eq!(
        told,
        [
            ("van-thanh", DutyState::FellAway, Some(at("2026-06-04 11:00"))),
            ("nghe-an", DutyState::Due, Some(at("2026-06-08 11:00"))),
            ("van-thanh", DutyState::Due, Some(at("2026-06-09 11:00"))),
        ]
    );
    // No time was set, and the law sets none: no duty. And the head of the one-stop shop is told of one that is late.
    let open = [&script[..2], &[("justice", "2026-06-02 09:00", consult("van-thanh", None))]].concat();
    assert!(one(&open, "opinion", "2026-06-30 12:00").is_empty());
    assert!(one(&script, "late-opinion", "2026-06-04 11:00").is_empty());
    let [late] = &one(&script, "late-opinion", "2026-06-04 11:00:01")[..] else { panic!() };
    assert_eq!((late.state, late.starts, late.due), (DutyState::Due, at("2026-06-04 11:00"), None));
    let notified = [script, vec![("justice", "2026-06-05 09:00", notify(Notice::LateConsultation))]].concat();
    let [told] = &one(&notified, "late-opinion", "2026-06-30 12:00")[..] else { panic!() };
    assert_eq!((told.state, told.met_at), (DutyState::Met, Some(at("2026-06-05 09:00"))));
}

#[test]
fn special_laws_stand_in_the_place_of_the_decree() {
    // NĐ 175/2024: seven working days to look at a building permit, and five more once a supplement has come.
    let mut new = Application::new("1.013225", "hoa-thanh", Channel::Online);
    new.case = Some("cap-iii-iv".into());
    let script = [
        ("applicant", "2026-06-01 08:00", Action::Receive(Box::new(new))),
        ("reception", "2026-06-01 09:00", Action::accept(None)),
        ("justice", "2026-06-05 09:00", supplement()),
        ("applicant", "2026-06-08 09:00", Action::supply()),
    ];
    assert!(one(&script, "return", "2026-06-08 12:00").is_empty());
    let [first] = &one(&script, "return-permit-175", "2026-06-08 12:00")[..] else { panic!() };
    assert_eq!((first.due, first.state), (Some(at("2026-06-10 17:00")), DutyState::Met));
    let [again] = &one(&script, "return-permit-175-again", "2026-06-08 12:00")[..] else { panic!() };
    assert_eq!((again.due, again.state), (Some(at("2026-06-15 17:00")), DutyState::Due));
    // NĐ 216/2026: an application for a criminal record is answered by the software.
    let record = Application::new("3.000333", "nghe-an", Channel::Online);
    let script = [("applicant", "2026-07-06 08:00", Action::Receive(Box::new(record)))];
    assert!(one(&script, "answer", "2026-07-06 08:00").is_empty());
    let [answer] = &one(&script, "answer-criminal-record", "2026-07-06 08:00")[..] else { panic!() };
    assert_eq!((answer.whose, answer.due), (Whose::System, Some(at("2026-07-07 08:00"))));
}

#[test]
fn silence_that_is_consent_is_reported_to_nobody() {
    // NĐ 217/2026 Đ54: two working days, and then it counts as consent.
    let mut new = Application::new("1.013225", "hoa-thanh", Channel::Online);
    new.case = Some("cap-iii-iv".into());
    let script = [
        ("applicant", "2026-07-06 08:00", Action::Receive(Box::new(new))),
        ("reception", "2026-07-06 09:00", Action::accept(None)),
        ("justice", "2026-07-06 10:00", {
            let (step, units, question) = ("examine".into(), vec!["van-thanh".into()], "Ý kiến?".into());
            Action::Consult { step, units, question, due: None }
        }),
    ];
    let [duty] = &one(&script, "opinion", "2026-07-07 08:00")[..] else { panic!() };
    assert_eq!(duty.due, Some(at("2026-07-08 17:00")));
    assert_eq!(one(&script, "opinion", "2026-07-09 00:00")[0].state, DutyState::Missed);
    assert!(one(&script, "late-opinion", "2026-07-20 08:00").is_empty());
    // The special law's five days stand in place of the decree's three.
    assert!(one(&script, "return", "2026-07-07 08:00").is_empty());
    assert_eq!(one(&script, "return-permit-217", "2026-07-07 08:00")[0].due, Some(at("2026-07-13 17:00")));
    // What does not come in its two days is refused within one, which the waiting does not hold up.
    let asked = [script.to_vec(), vec![("justice", "2026-07-07 10:00", supplement())]].concat();
    assert_eq!(one(&asked, "supplement", "2026-07-08 08:00")[0].due, Some(at("2026-07-09 23:59:59")));
    let [refusal] = &one(&asked, "refuse-permit-217", "2026-07-10 08:00")[..] else { panic!() };
    assert_eq!((refusal.starts, refusal.due), (at("2026-07-09 23:59:59"), Some(at("2026-07-10 17:00"))));
    let lapsed = [asked, vec![("system", "2026-07-10 08:00", Action::Lapse {})]].concat();
    let [refusal] = &one(&lapsed, "refuse-permit-217", "2026-08-01 08:00")[..] else { panic!() };
    assert_eq!((refusal.state, refusal.met_at), (DutyState::Met, Some(at("2026-07-10 08:00"))));
}

#[test]
fn the_day_of_handing_in_decides_which_duties_there_are() {
    let ids = |received, accepted| {
        let events = played(&ten_days(Channel::Online, received, accepted));
        let found = duties(rules(), "H41-1", &events, at("2030-01-01")).unwrap();
        found.iter().map(|duty| duty.id).collect::<Vec<_>>()
    };
    // NĐ 61/2018 knows neither the two nor the eight hours, and a dossier keeps its law.
    assert_eq!(ids("2025-06-30 16:00", "2025-07-01 08:00"), ["return", "refuse-in-time", "apology"]);
    assert_eq!(
        ids("2025-07-01 08:00", "2025-07-01 09:00"),
        ["alert", "answer", "return", "refuse-in-time", "apology"]
    );
    assert_eq!(ids("2015-06-01 08:00", "2015-06-01 09:00"), Vec::<&str>::new());
}

#[test]
fn what_comes_later_does_not_change_what_was() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        vec![("justice", "2026-06-02 09:00", consult("van-thanh", Some("2026-06-04 11:00")))],
        vec![("neighbour", "2026-06-05 09:00", answer())],
        granted("2026-06-12 09:00"),
    ]
    .concat();
    let all = played(&script);
    for (i, event) in all.iter().enumerate() {
        let then = duties(rules(), "H41-1", &all[..=i], event.at).unwrap();
        let now = duties(rules(), "H41-1", &all, event.at).unwrap();
        // Several events may have the same moment, and all of them count then.
        if all.get(i + 1).is_none_or(|next| next.at > event.at) {
            assert_eq!(then, now);
        }
    }
    assert!(duties(rules(), "H41-1", &all, at("2026-05-01")).unwrap().is_empty());
    let engine = {
        let mut engine = engine();
        play(&mut engine, "H41-1", &script);
        engine
    };
    let now = at("2026-06-20");
    assert_eq!(engine.duties("H41-1", now).unwrap(), duties(rules(), "H41-1", &all, now).unwrap());
    assert!(engine.duties("unknown", now).unwrap().is_empty());
}

#[test]
fn every_row_is_asked_for_by_a_test() {
    let text = concat!(
        include_str!("duties.rs"),
        include_str!("duties_results.rs"),
        include_str!("duties_bundles.rs"),
    );
    for rule in
        duty_rules().iter().filter(|rule| !rule.id.contains("175") && rule.id != "answer-criminal-record")
    {
        assert!(text.contains(&format!("\"{}\"", rule.id)), "{}", rule.id);
    }
    for row in escalations() {
        assert!(!row.text_vi.is_empty() && !row.source.is_empty(), "{}", row.id);
    }
}
