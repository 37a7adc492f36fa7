//! The life of a dossier, through the engine.

mod common;

use common::{
    certified_copy, command, complete, engine, granted, organisation, play, receive, refused, sign,
};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Decision, Dossier, Organisation, Status, authority};
use motcua::journal::WorkFilter;
use motcua::moment;
use motcua::procedure::{Catalogue, Channel};

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
    assert_eq!(dossier.ended, moment::parse("2023-06-01 09:50"));
    assert!(dossier.tasks.is_empty() && dossier.digitised == Some(true) && dossier.electronic);
    let events = engine.events("H41-1").unwrap();
    let versions: Vec<u64> = events.iter().map(|event| event.version).collect();
    assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert!(
        events
            .iter()
            .all(|event| !event.actor.is_empty() && !event.key.is_empty() && event.digest.len() == 64)
    );
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
        ("reception", "2026-03-02 08:10", Action::Accept { digitised: Some(false) }),
        ("justice", "2026-03-03 09:00", ask.clone()),
    ];
    let before = play(&mut engine, "H41-1", &script[..2]).due;
    assert!(before.is_some());
    let asked = play(&mut engine, "H41-1", &script[2..]);
    assert_eq!((asked.status, asked.due), (Status::SupplementRequested, None));
    assert_eq!(engine.work_list(&WorkFilter::default()).unwrap()[0].action, "supply");
    let late = command("H41-1", "justice", "2026-03-04 09:00", complete("check"));
    assert_eq!(refused(&mut engine, &late), "dossier.wrong_state");
    let supplied = play(&mut engine, "H41-1", &[("applicant", "2026-03-09 08:00", Action::Supply {})]);
    assert_eq!(supplied.status, Status::Received);
    // Nghị định 118/2025, Điều 19(5): counted again from the full supplement.
    let mut fresh = common::engine();
    let again = play(
        &mut fresh,
        "H41-1",
        &[
            ("applicant", "2026-03-09 08:00", receive("1.004873", Channel::Online)),
            ("reception", "2026-03-09 08:00", Action::Accept { digitised: Some(false) }),
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
            ("reception", "2026-03-02 08:10", Action::Accept { digitised: Some(false) }),
        ],
    )
    .due
    .unwrap();
    let asked = play(
        &mut engine,
        "H41-1",
        &[("reception", "2026-03-02 09:00", Action::RequestPayment { vnd: 15_000, reason: "lệ phí".into() })],
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
fn four_ends_are_four_different_things() {
    let submitted = ("applicant", "2023-06-01 08:00", receive("2.000815", Channel::Counter));
    let accepted = ("reception", "2023-06-01 08:10", Action::Accept { digitised: Some(false) });
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
fn refusals_name_their_rule() {
    let script = certified_copy();
    let started = |n: usize| {
        let mut engine = engine();
        if n > 0 {
            play(&mut engine, "H41-1", &script[..n]);
        }
        engine
    };
    let at = "2023-06-01 14:00";
    let bad = |n: usize, actor: &str, at: &str, action: Action| {
        refused(&mut started(n), &command("H41-1", actor, at, action))
    };
    // Wrong state, wrong person, wrong step.
    assert_eq!(bad(1, "reception", at, granted()), "dossier.wrong_state");
    assert_eq!(bad(2, "chair", at, complete("check")), "dossier.not_allowed");
    assert_eq!(bad(2, "applicant", at, complete("check")), "dossier.not_allowed");
    assert_eq!(bad(2, "nobody", at, complete("check")), "dossier.unknown_actor");
    assert_eq!(bad(2, "neighbour", at, complete("check")), "dossier.other_unit");
    assert_eq!(bad(1, "neighbour", at, Action::Accept { digitised: Some(false) }), "dossier.other_unit");
    assert_eq!(bad(2, "chair", at, sign()), "routing.not_running");
    assert_eq!(bad(2, "justice", at, complete("bogus")), "routing.unknown_step");
    let lost = Action::Complete { step: "check".into(), outcome: "lost".into() };
    assert_eq!(bad(2, "justice", at, lost), "routing.unknown_outcome");
    assert_eq!(bad(3, "chair", at, complete("sign")), "routing.unknown_outcome");
    let approve = Action::Complete { step: "sign".into(), outcome: "approve".into() };
    assert_eq!(bad(3, "chair", at, approve), "dossier.signature_needed");
    let not_signed = Action::Sign { step: "check".into(), digital: true };
    assert_eq!(bad(2, "justice", at, not_signed), "dossier.not_a_signature");
    assert_eq!(bad(3, "reception", at, granted()), "dossier.steps_left");
    assert_eq!(bad(5, "reception", at, complete("deliver")), "dossier.use_deliver");
    // Wrong content.
    assert_eq!(bad(1, "reception", at, Action::Refuse { reason: " ".into() }), "dossier.empty_field");
    assert_eq!(bad(2, "applicant", at, Action::Pay { vnd: 0, online: true }), "dossier.empty_field");
    assert_eq!(bad(7, "applicant", at, Action::Rate { score: 5 }), "dossier.rating");
    let assign = Action::Assign { step: "check".into(), officer: "reception".into() };
    assert_eq!(bad(2, "justice", at, assign), "dossier.not_allowed");
    assert_eq!(bad(2, "applicant", at, receive("2.000815", Channel::Online)), "dossier.exists");
    assert_eq!(bad(3, "chair", "2023-06-01 08:59", sign()), "dossier.time_order");
    // Nothing to begin with.
    assert_eq!(bad(0, "reception", at, Action::Accept { digitised: Some(false) }), "dossier.unknown");
    assert_eq!(bad(0, "applicant", at, receive("9.999999", Channel::Online)), "dossier.unknown_procedure");
    assert_eq!(
        bad(0, "applicant", "2014-06-02 08:00", receive("2.000815", Channel::Online)),
        "dossier.not_in_force"
    );
    assert_eq!(
        bad(0, "applicant", at, receive("quang-nam/dien-ban-208", Channel::Online)),
        "dossier.wrong_tier"
    );
    assert_eq!(bad(8, "applicant", "2023-06-02 08:00", Action::Rate { score: 0 }), "dossier.rated");
    let elsewhere = Action::Receive {
        procedure: "2.000815".into(),
        unit: "atlantis".into(),
        channel: Channel::Online,
        case: None,
        applicant: None,
    };
    assert_eq!(bad(0, "applicant", at, elsewhere), "dossier.unknown_unit");
    let remote = Action::Receive {
        procedure: "2.000815".into(),
        unit: "hoa-thanh".into(),
        channel: Channel::Online,
        case: Some("vùng sâu".into()),
        applicant: None,
    };
    assert_eq!(bad(0, "applicant", at, remote), "dossier.unknown_case");
    let birth = receive("1.001193", Channel::Online);
    assert_eq!(bad(0, "applicant", "2150-01-04 08:00", birth), "calendar.date_out_of_range");
}

#[test]
fn assignment_and_signature_keep_duties_apart() {
    let mut engine = engine();
    let script = certified_copy();
    play(&mut engine, "H41-1", &script[..2]);
    let assign = Action::Assign { step: "check".into(), officer: "both".into() };
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:20", assign)]);
    let other = command("H41-1", "justice", "2023-06-01 08:30", complete("check"));
    assert_eq!(refused(&mut engine, &other), "dossier.assigned_to_other");
    play(&mut engine, "H41-1", &[("both", "2023-06-01 08:40", complete("check"))]);
    let own = command("H41-1", "both", "2023-06-01 08:50", sign());
    assert_eq!(refused(&mut engine, &own), "dossier.preparer_signs");
    let back = Action::Complete { step: "sign".into(), outcome: "return".into() };
    play(&mut engine, "H41-1", &[("chair", "2023-06-01 09:00", back)]);
    let work = engine.work_list(&WorkFilter::default()).unwrap();
    let open: Vec<_> = work.iter().map(|item| (item.step.as_deref(), item.assignee.as_deref())).collect();
    assert_eq!(open, [(Some("check"), None)], "a step that runs again is a new task");
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
    let mut reused = command("H41-1", actor, at, Action::Accept { digitised: Some(false) });
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
            ("reception", "2025-07-01 08:00", Action::Accept { digitised: Some(false) }),
        ],
    );
    assert_eq!(old.status, Status::Received);
    let dossier = engine.dossier("H41-1").unwrap().unwrap();
    assert_eq!(dossier.procedure.in_force_to.map(|day| day.to_string()).as_deref(), Some("2025-06-30"));
}

#[test]
fn each_command_has_its_row_of_authority() {
    let commands = [
        "receive",
        "accept",
        "refuse",
        "request_supplement",
        "supply",
        "assign",
        "complete",
        "consult",
        "answer",
        "request_payment",
        "pay",
        "sign",
        "withdraw",
        "discontinue",
        "resolve",
        "deliver",
        "rate",
    ];
    for command in commands {
        let row = authority(command).unwrap_or_else(|| panic!("{command} is not in authority.toml"));
        assert!(row.step_role || !row.duties.is_empty());
        assert_eq!(row.from.is_empty(), command == "receive");
        assert!(!row.source.is_empty());
    }
}

#[test]
fn an_organisation_tells_all_its_problems() {
    let text = "[[unit]]\nid = \"a\"\nname_vi = \"A\"\ntier = \"commune\"\nparent = \"b\"\n\n[[unit]]\nid = \"b\"\n\
                name_vi = \"B\"\ntier = \"district\"\nparent = \"a\"\n\n[[officer]]\nid = \"x\"\nunit = \"zzz\"\n\
                roles = [\"wizard\"]\n\n[[unit]]\nid = \"c\"\nname_vi = \"C\"\ntier = \"village\"\n\n\
                [[officer]]\nid = \"system\"\nunit = \"a\"\nroles = []\n";
    let load =
        |text: &str| Organisation::load(Catalogue::embedded(), &[("organisation.toml", text)]).unwrap_err();
    let problems = load(text);
    let places = |problems: &motcua::problem::Problems| -> Vec<(&str, usize)> {
        problems.0.iter().map(|problem| (problem.code, problem.line)).collect()
    };
    let found = places(&load(&text.replace("village", "commune")));
    assert!(found.contains(&("organisation.unknown_unit", 13)), "{found:?}");
    let found = places(&problems);
    // Of a unit that cannot be read it is not said that it is not there.
    assert!(!found.contains(&("organisation.unknown_unit", 13)), "{problems}");
    assert!(found.contains(&("file.form", 21)), "{problems}");
    assert!(found.contains(&("organisation.circle", 1)), "{problems}");
    assert!(found.contains(&("organisation.unknown_role", 13)), "{problems}");
    assert!(found.contains(&("organisation.reserved", 23)), "{problems}");
    assert!(
        organisation().is_above("yen-thanh", "hoa-thanh")
            && organisation().is_above("hoa-thanh", "hoa-thanh")
    );
    assert!(!organisation().is_above("hoa-thanh", "yen-thanh"));
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
            ("reception", "2026-03-02 08:10", Action::Accept { digitised: Some(false) }),
            (
                "reception",
                "2026-03-02 09:00",
                Action::RequestPayment { vnd: 15_000, reason: "lệ phí".into() },
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
    assert_eq!((dossier.asked_vnd, dossier.owed_vnd, dossier.paid_vnd), (15_000, 0, 15_000));
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
    assert_eq!(engine.dossier("H41-1").unwrap().unwrap().consultations.len(), 1);
    play(&mut engine, "H41-1", &[("justice", "2023-06-01 10:01", complete("check"))]);
}

#[test]
fn only_who_decides_may_refuse_to_settle() {
    let refuse =
        || Action::Resolve { result: Decision::Refused, electronic: false, reason: Some("sai".into()) };
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy()[..2]);
    for actor in ["reception", "justice"] {
        let sent = command("H41-1", actor, "2023-06-01 09:00", refuse());
        assert_eq!(refused(&mut engine, &sent), "dossier.not_allowed", "{actor}");
    }
    assert_eq!(
        play(&mut engine, "H41-1", &[("chair", "2023-06-01 09:00", refuse())]).status,
        Status::Resolved
    );
}

/// An engine over the two units and officers of one's own.
fn engine_with(officers: &str) -> motcua::Engine<motcua::journal::MemoryJournal> {
    let units = common::ORGANISATION.split("[[officer]]").next().unwrap();
    let organisation =
        Organisation::load(Catalogue::embedded(), &[("o", &format!("{units}{officers}"))]).unwrap();
    motcua::Engine::new(
        Catalogue::embedded().clone(),
        Calendar::vietnam().clone(),
        organisation,
        motcua::journal::MemoryJournal::new(),
    )
}

fn officer(id: &str, unit: &str, roles: &[&str]) -> String {
    format!("[[officer]]\nid = {id:?}\nunit = {unit:?}\nroles = {roles:?}\n")
}

#[test]
fn the_police_receive_and_hand_over_what_is_theirs() {
    let mut engine = engine_with(&officer("police", "hoa-thanh", &["commune_police"]));
    let pay = Action::Complete { step: "pay".into(), outcome: "complete".into() };
    let answer = play(
        &mut engine,
        "H41-1",
        &[
            ("applicant", "2023-06-01 08:00", receive("1.004222", Channel::Online)),
            ("police", "2023-06-01 08:10", Action::Accept { digitised: Some(true) }),
            ("applicant", "2023-06-01 08:20", pay),
            ("police", "2023-06-05 09:00", complete("register")),
            ("police", "2023-06-05 09:10", granted()),
        ],
    );
    assert_eq!(answer.status, Status::Resolved);
    let work = engine.work_list(&WorkFilter::default()).unwrap();
    assert_eq!((work[0].action.as_str(), work[0].role.as_deref()), ("deliver", Some("commune_police")));
    let deliver = Action::Deliver { channel: Channel::Counter };
    assert_eq!(
        play(&mut engine, "H41-1", &[("police", "2023-06-05 09:20", deliver)]).status,
        Status::Delivered
    );
}

#[test]
fn one_certifier_may_do_what_the_law_gives_to_one_person() {
    let roles = ["one_stop", "certifier"];
    let mut engine = engine_with(&officer("certifier", "hoa-thanh", &roles));
    let answer = play(
        &mut engine,
        "H41-1",
        &[
            ("applicant", "2025-09-03 08:00", receive("2.000815", Channel::Counter)),
            ("certifier", "2025-09-03 08:10", Action::Accept { digitised: Some(true) }),
            ("certifier", "2025-09-03 08:20", complete("check")),
            ("certifier", "2025-09-03 08:30", complete("certify")),
            ("certifier", "2025-09-03 08:40", sign()),
            ("certifier", "2025-09-03 08:50", granted()),
        ],
    );
    assert_eq!(answer.status, Status::Resolved);
}

#[test]
fn who_is_outside_the_line_or_below_it_has_no_say() {
    let officers = [
        officer("commune", "hoa-thanh", &["one_stop"]),
        officer("district", "yen-thanh", &["one_stop", "justice_division"]),
        officer("head", "yen-thanh", &["district_leader"]),
        officer("surveyor", "van-thanh", &["surveyor"]),
        officer("police", "van-thanh", &["police", "social_insurance"]),
    ]
    .concat();
    let mut engine = engine_with(&officers);
    let receive = |procedure: &str, unit: &str| Action::Receive {
        procedure: procedure.into(),
        unit: unit.into(),
        channel: Channel::Counter,
        case: None,
        applicant: None,
    };
    let accept = || Action::Accept { digitised: Some(false) };
    let ask = || Action::RequestSupplement { reason: "thiếu".into() };
    // A dossier of the district, handed in at a commune.
    play(
        &mut engine,
        "D",
        &[("commune", "2023-06-01 08:00", receive("lam-dong/cai-chinh-ho-tich", "yen-thanh"))],
    );
    let below = command("D", "commune", "2023-06-01 08:10", accept());
    assert_eq!(refused(&mut engine, &below), "dossier.other_unit");
    play(&mut engine, "D", &[("district", "2023-06-01 08:10", accept())]);
    let stop = Action::Discontinue { reason: "không".into() };
    assert_eq!(
        refused(&mut engine, &command("D", "commune", "2023-06-01 09:00", stop)),
        "dossier.other_unit"
    );
    assert_eq!(
        refused(&mut engine, &command("D", "surveyor", "2023-06-01 09:00", ask())),
        "dossier.not_allowed"
    );
    let process = || Action::Complete { step: "process".into(), outcome: "complete".into() };
    play(&mut engine, "D", &[("district", "2023-06-01 09:00", process())]);
    // One of a commune: its district may act on it, and the police once their step runs, with whatever other roles.
    play(&mut engine, "C", &[("applicant", "2023-06-01 08:00", receive("2.000986", "hoa-thanh"))]);
    assert_eq!(
        refused(&mut engine, &command("C", "police", "2023-06-01 08:05", ask())),
        "dossier.not_allowed"
    );
    play(&mut engine, "C", &[("district", "2023-06-01 08:10", accept())]);
    let sent = command("C", "district", "2023-06-01 09:00", complete("birth"));
    assert_eq!(refused(&mut engine, &sent), "dossier.not_allowed", "the role is another");
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
    let mut accept =
        command("H41-1", "reception", "2023-06-01 15:00", Action::Accept { digitised: Some(false) });
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
