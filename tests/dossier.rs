//! The life of a dossier, through the engine.

mod common;

use common::{certified_copy, command, complete, engine, granted, play, receive, refused};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Decision, Dossier, Event, Status};
use motcua::journal::{MemoryJournal, WorkFilter};
use motcua::procedure::{Catalogue, Channel, Texts};
use motcua::{Engine, moment};
use std::sync::Arc;

#[test]
fn a_certified_copy_travels_from_submission_to_rating() {
    let mut engine = engine();
    let mut seen = Vec::new();
    for step in certified_copy() {
        seen.push(play(&mut engine, "H41-1", &[step]).status);
    }
    assert_eq!(
        seen,
        [
            Status::Submitted,
            Status::Received,
            Status::InProgress,
            Status::InProgress,
            Status::InProgress,
            Status::Resolved,
            Status::Delivered,
            Status::Delivered
        ]
    );
    let dossier = engine.dossier("H41-1").unwrap().unwrap();
    assert_eq!(dossier.version, 8);
    assert_eq!(dossier.rating, Some(2));
    assert_eq!(dossier.ended(), moment::parse("2023-06-01 09:50"));
    assert!(dossier.running().next().is_none() && dossier.digitised == Some(true) && dossier.electronic);
    let events = engine.events("H41-1").unwrap();
    let versions: Vec<u64> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(events.iter().all(|event| !event.actor.is_empty()
        && !event.key.is_empty()
        && Event::from_bytes(&event.to_bytes()).as_ref() == Some(event)));
    let replayed = Dossier::replay(Catalogue::embedded(), "H41-1", &events).unwrap();
    assert_eq!(replayed, Some(dossier));
}

#[test]
fn the_due_date_is_there_from_acceptance_on() {
    let mut engine = engine();
    let script = certified_copy();
    assert_eq!(play(&mut engine, "H41-1", &script[..1]).due, None);
    assert_eq!(play(&mut engine, "H41-1", &script[1..2]).due, moment::parse("2023-06-01 17:00"));
}

#[test]
fn a_supplement_stops_the_clock_and_starts_it_from_zero() {
    let mut engine = engine();
    let ask = Action::RequestSupplement { reason: "thiếu giấy chứng sinh".into() };
    let script = [
        ("applicant", "2026-03-02 08:00", receive("1.004873", Channel::Online)),
        ("reception", "2026-03-02 08:10", Action::accept(Some(false))),
        ("justice", "2026-03-03 09:00", ask.clone()),
    ];
    let before = play(&mut engine, "H41-1", &script[..2]).due;
    assert!(before.is_some());
    let asked = play(&mut engine, "H41-1", &script[2..]);
    assert_eq!((asked.status, asked.due), (Status::SupplementRequested, None));
    assert_eq!(engine.work_list(&WorkFilter::default()).unwrap()[0].action, "supply");
    let late = command("H41-1", "justice", "2026-03-04 09:00", complete("check"));
    assert_eq!(refused(&mut engine, &late), "dossier.wrong_state");
    let supplied = play(&mut engine, "H41-1", &[("applicant", "2026-03-09 08:00", Action::supply())]);
    assert_eq!(supplied.status, Status::Received);
    // Nghị định 118/2025, Điều 19(5): counted again from the full supplement.
    let mut fresh = common::engine();
    let again = play(
        &mut fresh,
        "H41-1",
        &[
            ("applicant", "2026-03-09 08:00", receive("1.004873", Channel::Online)),
            ("reception", "2026-03-09 08:00", Action::accept(Some(false))),
        ],
    );
    assert_eq!(supplied.due, again.due);
    assert_eq!(engine.dossier("H41-1").unwrap().unwrap().supplements, 1);
}

#[test]
fn a_payment_pauses_the_clock_and_loses_nothing() {
    let mut engine = engine();
    let due = play(
        &mut engine,
        "H41-1",
        &[
            ("applicant", "2026-03-02 08:00", receive("1.004873", Channel::Online)),
            ("reception", "2026-03-02 08:10", Action::accept(Some(false))),
        ],
    )
    .due
    .unwrap();
    let asked = play(
        &mut engine,
        "H41-1",
        &[(
            "reception",
            "2026-03-02 09:00",
            Action::RequestPayment { vnd: 15_000, reason: "lệ phí".into(), incident: None },
        )],
    );
    assert_eq!((asked.status, asked.due), (Status::PaymentRequested, None));
    let paid = play(
        &mut engine,
        "H41-1",
        &[("applicant", "2026-03-04 09:00", Action::Pay { vnd: 15_000, online: true })],
    );
    assert_eq!(paid.status, Status::Received);
    let shift = Calendar::vietnam().count_working_days(due.date(), paid.due.unwrap().date()).unwrap();
    assert_eq!(shift, 2, "two working days of waiting, not a restart and not nothing");
    assert!(engine.dossier("H41-1").unwrap().unwrap().paid_online);
}

#[test]
fn what_a_payment_does_to_the_clock_is_data() {
    let texts = Texts::embedded();
    let regimes = texts.regimes.1.replace("on_payment = \"pause\"", "on_payment = \"keep_running\"");
    let texts = Texts { regimes: ("regimes.toml", &regimes), ..texts };
    let catalogue = Arc::new(Catalogue::load(&texts).unwrap());
    let mut engine =
        Engine::new(catalogue, Calendar::vietnam().clone(), common::organisation(), MemoryJournal::new());
    let ask = Action::RequestPayment { vnd: 15_000, reason: "lệ phí".into(), incident: None };
    let answers = [
        ("applicant", "2026-03-02 08:00", receive("1.004873", Channel::Online)),
        ("reception", "2026-03-02 08:10", Action::accept(Some(false))),
        ("reception", "2026-03-02 09:00", ask),
    ]
    .map(|step| play(&mut engine, "H41-1", &[step]));
    assert_eq!(answers[2].status, Status::PaymentRequested);
    assert!(answers[2].due.is_some());
    assert_eq!(answers[2].due, answers[1].due);
}

#[test]
fn four_ends_are_four_different_things() {
    let submitted = ("applicant", "2023-06-01 08:00", receive("2.000815", Channel::Counter));
    let accepted = ("reception", "2023-06-01 08:10", Action::accept(Some(false)));
    let ends = [
        (vec![], "reception", Action::Refuse { reason: "sai thẩm quyền".into() }, Status::NotReceived),
        (vec![accepted.clone()], "applicant", Action::Withdraw { reason: None }, Status::Withdrawn),
        (
            vec![accepted.clone()],
            "chair",
            Action::Discontinue { reason: "không bổ sung".into() },
            Status::Discontinued,
        ),
        (
            vec![accepted],
            "chair",
            Action::Resolve {
                result: Decision::Refused,
                electronic: false,
                reason: Some("bản chính giả".into()),
                number: None,
            },
            Status::Resolved,
        ),
    ];
    for (before, actor, action, status) in ends {
        let mut engine = engine();
        let mut script = vec![submitted.clone()];
        script.extend(before);
        script.push((actor, "2023-06-02 08:00", action));
        assert_eq!(play(&mut engine, "H41-1", &script).status, status);
        let late = command("H41-1", "justice", "2023-06-02 09:00", complete("check"));
        assert_eq!(refused(&mut engine, &late), "dossier.wrong_state");
    }
}

#[test]
fn a_step_waits_for_the_opinions_it_asked_for() {
    let mut engine = engine();
    let script = certified_copy();
    play(&mut engine, "H41-1", &script[..2]);
    let ask = |due: Option<&str>| Action::Consult {
        step: "check".into(),
        units: vec!["van-thanh".into()],
        question: "con dấu có thật không".into(),
        due: due.and_then(moment::parse),
    };
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:20", ask(Some("2023-06-02 17:00")))]);
    let early = command("H41-1", "justice", "2023-06-01 09:00", complete("check"));
    assert_eq!(refused(&mut engine, &early), "dossier.consultation_open");
    let opinion = Action::Answer { step: "check".into(), opinion: "thật".into() };
    let own = command("H41-1", "justice", "2023-06-01 09:00", opinion.clone());
    assert_eq!(refused(&mut engine, &own), "dossier.no_consultation");
    let mut late = engine;
    play(&mut late, "H41-1", &[("neighbour", "2023-06-01 10:00", opinion)]);
    play(&mut late, "H41-1", &[("justice", "2023-06-01 10:10", complete("check"))]);
    // Without an answer, after the moment set for it.
    let mut silent = common::engine();
    play(&mut silent, "H41-2", &script[..2]);
    play(&mut silent, "H41-2", &[("justice", "2023-06-01 08:20", ask(Some("2023-06-02 17:00")))]);
    play(&mut silent, "H41-2", &[("justice", "2023-06-02 17:01", complete("check"))]);
}

#[test]
fn a_repeated_key_is_answered_again_and_a_reused_one_refused() {
    let mut engine = engine();
    let script = certified_copy();
    play(&mut engine, "H41-1", &script[..3]);
    let (actor, at, action) = script[1].clone();
    let again = engine.handle(&command("H41-1", actor, at, action.clone())).unwrap();
    assert_eq!((again.version, again.repeated), (2, true));
    assert_eq!(engine.events("H41-1").unwrap().len(), 3);
    let mut reused = command("H41-1", actor, at, Action::accept(Some(false)));
    assert_eq!(refused(&mut engine, &reused), "dossier.key_reused");
    reused.key = "new".into();
    reused.expected_version = Some(2);
    assert_eq!(refused(&mut engine, &reused), "dossier.version_conflict");
}

#[test]
fn a_list_of_commands_is_carried_out_whole_or_not_at_all() {
    let mut engine = engine();
    let mut list: Vec<_> =
        certified_copy().into_iter().map(|(actor, at, action)| command("H41-1", actor, at, action)).collect();
    let mut broken = list.clone();
    broken.push(command("H41-1", "reception", "2023-06-03 08:00", granted()));
    let error = engine.handle_all(&broken).unwrap_err();
    assert_eq!(error.code(), "dossier.wrong_state");
    assert!(error.to_string().contains("command 9 of the list"), "{error}");
    assert!(engine.events("H41-1").unwrap().is_empty());
    assert!(engine.dossier("H41-1").unwrap().is_none());
    assert_eq!(engine.handle_all(&list).unwrap().len(), 8);
    list.truncate(2);
    assert!(engine.handle_all(&list).unwrap().iter().all(|answer| answer.repeated));
}

#[test]
fn every_state_says_what_is_to_be_done_next() {
    let mut engine = engine();
    let mut next = Vec::new();
    for step in certified_copy() {
        play(&mut engine, "H41-1", &[step]);
        let work = engine
            .work_list(&WorkFilter { unit: Some("hoa-thanh".into()), ..WorkFilter::default() })
            .unwrap();
        next.push(work.into_iter().map(|item| (item.action, item.role)).collect::<Vec<_>>());
    }
    let one = |action: &str, role: Option<&str>| vec![(action.to_owned(), role.map(str::to_owned))];
    assert_eq!(
        next,
        [
            one("accept", None),
            one("complete", Some("judicial_officer")),
            one("sign", Some("commune_leader")),
            one("complete", Some("clerk")),
            one("resolve", None),
            one("deliver", Some("one_stop")),
            vec![],
            vec![]
        ]
    );
}

#[test]
fn the_version_of_a_procedure_is_pinned_when_the_dossier_comes_in() {
    let mut engine = engine();
    let old = play(
        &mut engine,
        "H41-1",
        &[
            ("applicant", "2025-06-30 08:00", receive("1.001193", Channel::Counter)),
            ("reception", "2025-07-01 08:00", Action::accept(Some(false))),
        ],
    );
    assert_eq!(old.status, Status::Received);
    let dossier = engine.dossier("H41-1").unwrap().unwrap();
    assert_eq!(dossier.procedure.in_force_to.map(|day| day.to_string()).as_deref(), Some("2025-06-30"));
}

#[test]
fn a_payment_is_awaited_to_the_last_dong() {
    let mut engine = engine();
    let pay = |vnd| Action::Pay { vnd, online: true };
    play(
        &mut engine,
        "H41-1",
        &[
            ("applicant", "2026-03-02 08:00", receive("1.004873", Channel::Online)),
            ("reception", "2026-03-02 08:10", Action::accept(Some(false))),
            (
                "reception",
                "2026-03-02 09:00",
                Action::RequestPayment { vnd: 15_000, reason: "lệ phí".into(), incident: None },
            ),
        ],
    );
    assert_eq!(
        play(&mut engine, "H41-1", &[("applicant", "2026-03-02 09:10", pay(1))]).status,
        Status::PaymentRequested
    );
    assert_eq!(
        play(&mut engine, "H41-1", &[("applicant", "2026-03-02 09:20", pay(14_999))]).status,
        Status::Received
    );
    let dossier = engine.dossier("H41-1").unwrap().unwrap();
    assert_eq!(
        (dossier.rest().asked_vnd, dossier.rest().owed_vnd, dossier.rest().paid_vnd),
        (15_000, 0, 15_000)
    );
}

#[test]
fn a_consultation_without_a_date_can_be_given_one() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy()[..2]);
    let ask = |due: Option<&str>| Action::Consult {
        step: "check".into(),
        units: vec!["van-thanh".into()],
        question: "con dấu có thật không".into(),
        due: due.and_then(moment::parse),
    };
    let past = command("H41-1", "justice", "2023-06-01 08:20", ask(Some("2020-06-01 08:00")));
    assert_eq!(refused(&mut engine, &past), "dossier.consultation_due");
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:20", ask(None))]);
    let work =
        engine.work_list(&WorkFilter { unit: Some("van-thanh".into()), ..WorkFilter::default() }).unwrap();
    assert_eq!(work.iter().map(|item| item.action.as_str()).collect::<Vec<_>>(), ["answer"]);
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:30", ask(Some("2023-06-01 10:00")))]);
    assert_eq!(engine.dossier("H41-1").unwrap().unwrap().rest().consultations.len(), 1);
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 10:01", complete("check"))]);
}

#[test]
fn moments_are_whole_seconds_of_known_years() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy()[..1]);
    let far = chrono::NaiveDate::from_ymd_opt(12_000, 1, 1).unwrap().and_hms_opt(8, 0, 0).unwrap();
    let mut sent = command("H41-1", "applicant", "2023-06-01 09:00", Action::Withdraw { reason: None });
    sent.at = far;
    assert_eq!(refused(&mut engine, &sent), "calendar.date_out_of_range");
    assert_eq!(moment::parse("+12000-01-01 08:00"), None);
    let mut accept = command("H41-1", "reception", "2023-06-01 15:00", Action::accept(Some(false)));
    accept.at += chrono::TimeDelta::milliseconds(400);
    assert_eq!(
        engine.handle(&accept).unwrap().due,
        moment::parse("2023-06-01 17:00"),
        "not after the cut-off"
    );
    assert_eq!(engine.events("H41-1").unwrap()[1].at, moment::parse("2023-06-01 15:00").unwrap());
    // A repetition that was stamped anew is the same command.
    accept.at += chrono::TimeDelta::minutes(5);
    assert!(engine.handle(&accept).unwrap().repeated);
}

#[test]
fn a_signature_is_kept_with_the_step_that_it_ends() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy()[..3]);
    let sign: Action = serde_json::from_str(
        r#"{"sign": {"step": "sign", "digital": true, "signature": {
            "content": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "container": "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
            "certificate": "baa5a0964d3320fbc0c6a922140453c8513ea24ab8fd0577034804a967248096",
            "signer": "CN=Trần Văn Chủ tịch", "issuer": "CN=CA công vụ", "serial": "01A2",
            "at": "2023-06-01T09:30:00+07:00"}}}"#,
    )
    .unwrap();
    play(&mut engine, "H41-1", &[("chair", "2023-06-01 09:30", sign.clone())]);
    let event = engine.events("H41-1").unwrap().pop().unwrap();
    assert_eq!(event.action, sign);
    assert_eq!(Event::from_bytes(&event.to_bytes()), Some(event));
}
