//! Who may do what, and what a refusal says.

mod common;

use common::{
    certified_copy, command, complete, engine, granted, organisation, play, receive, refused, sign,
};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Application, Decision, Organisation, Status};
use motcua::journal::WorkFilter;
use motcua::procedure::{Catalogue, Channel};

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
    assert_eq!(bad(1, "neighbour", at, Action::accept(Some(false))), "dossier.other_unit");
    assert_eq!(bad(2, "chair", at, sign()), "routing.not_running");
    assert_eq!(bad(2, "justice", at, complete("bogus")), "routing.unknown_step");
    let lost = Action::complete("check", "lost");
    assert_eq!(bad(2, "justice", at, lost), "routing.unknown_outcome");
    assert_eq!(bad(3, "chair", at, complete("sign")), "routing.unknown_outcome");
    let approve = Action::complete("sign", "approve");
    assert_eq!(bad(3, "chair", at, approve), "dossier.signature_needed");
    let not_signed = Action::sign("check", true);
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
    assert_eq!(bad(0, "reception", at, Action::accept(Some(false))), "dossier.unknown");
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
    let elsewhere = Action::receive("2.000815", "atlantis", Channel::Online);
    assert_eq!(bad(0, "applicant", at, elsewhere), "dossier.unknown_unit");
    let remote = Action::Receive(Box::new(Application {
        case: Some("vùng sâu".into()),
        ..Application::new("2.000815", "hoa-thanh", Channel::Online)
    }));
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
    let back = Action::complete("sign", "return");
    play(&mut engine, "H41-1", &[("chair", "2023-06-01 09:00", back)]);
    let work = engine.work_list(&WorkFilter::default()).unwrap();
    let open: Vec<_> = work.iter().map(|item| (item.step.as_deref(), item.assignee.as_deref())).collect();
    assert_eq!(open, [(Some("check"), None)], "a step that runs again is a new task");
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
fn only_who_decides_may_refuse_to_settle() {
    let refuse = || Action::Resolve {
        result: Decision::Refused,
        electronic: false,
        reason: Some("sai".into()),
        number: None,
    };
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

#[test]
fn the_police_receive_and_hand_over_what_is_theirs() {
    let mut engine = engine_with(&officer("police", "hoa-thanh", &["commune_police"]));
    let pay = Action::complete("pay", "complete");
    let answer = play(
        &mut engine,
        "H41-1",
        &[
            ("applicant", "2023-06-01 08:00", receive("1.004222", Channel::Online)),
            ("police", "2023-06-01 08:10", Action::accept(Some(true))),
            ("applicant", "2023-06-01 08:20", pay),
            ("police", "2023-06-05 09:00", complete("register")),
            ("police", "2023-06-05 09:10", granted()),
        ],
    );
    assert_eq!(answer.status, Status::Resolved);
    let work = engine.work_list(&WorkFilter::default()).unwrap();
    assert_eq!((work[0].action.as_str(), work[0].role.as_deref()), ("deliver", Some("commune_police")));
    let deliver = Action::deliver(Channel::Counter);
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
            ("certifier", "2025-09-03 08:10", Action::accept(Some(true))),
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
    let receive = |procedure: &str, unit: &str| Action::receive(procedure, unit, Channel::Counter);
    let accept = || Action::accept(Some(false));
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
    let process = || Action::complete("process", "complete");
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
fn no_officer_can_be_the_applicant_or_the_system() {
    let unit = "[[unit]]\nid = \"a\"\nname_vi = \"A\"\ntier = \"commune\"\n";
    for role in ["applicant", "portal", "Cổng DVC", "Người dân"] {
        let text = format!("{unit}[[officer]]\nid = \"x\"\nunit = \"a\"\nroles = [\"one_stop\", {role:?}]\n");
        let problems = Organisation::load(Catalogue::embedded(), &[("o.toml", &text)]).unwrap_err();
        let found: Vec<_> = problems.0.iter().map(|problem| (problem.code, problem.line)).collect();
        assert_eq!(found, [("organisation.reserved", 5)], "{role}");
    }
}

/// One who prepares and could sign, one who only prepares, the chair, and deputies of each.
fn engine_of_deputies() -> motcua::Engine<motcua::journal::MemoryJournal> {
    let stands_in = |of: &str, deputy: &str| {
        format!(
            "[[delegation]]\nofficer = {of:?}\ndeputy = {deputy:?}\nfrom = 2023-06-01\nto = 2023-06-30\n\
             may_pass_on = true\n"
        )
    };
    engine_with(
        &[
            officer("reception", "hoa-thanh", &["one_stop"]),
            officer("both", "hoa-thanh", &["judicial_officer", "commune_leader"]),
            officer("justice", "hoa-thanh", &["judicial_officer"]),
            officer("chair", "hoa-thanh", &["commune_leader"]),
            officer("for-both", "van-thanh", &[]),
            officer("for-deputy", "van-thanh", &[]),
            officer("justice-for-chair", "hoa-thanh", &["judicial_officer"]),
            officer("for-justice", "hoa-thanh", &["commune_leader"]),
            stands_in("both", "for-both"),
            stands_in("for-both", "for-deputy"),
            stands_in("chair", "justice-for-chair"),
            stands_in("justice", "for-justice"),
        ]
        .concat(),
    )
}

#[test]
fn who_prepared_does_not_sign_nor_a_deputy_for_them() {
    // Who prepared, who may not sign then, and who may.
    let everybody = ["both", "chair", "for-both", "for-deputy", "justice-for-chair", "for-justice"];
    let cases: [(&str, &[&str]); 5] = [
        ("both", &["both", "for-both", "for-deputy"]),
        // A deputy prepares for who is stood in for; both have done it.
        ("for-both", &["both", "for-both", "for-deputy"]),
        ("for-deputy", &["both", "for-both", "for-deputy"]),
        ("justice-for-chair", &["justice-for-chair"]),
        ("for-justice", &["for-justice"]),
    ];
    let back = |n: u8| match n {
        1 => Some(("chair", Action::complete("sign", "return"))),
        2 => {
            Some(("chair", Action::Return { step: "sign".into(), to: "check".into(), reason: "sai".into() }))
        }
        _ => None,
    };
    for (preparer, barred) in cases {
        // At once; after a return, by outcome or by command, or a recall, after which another prepares it anew.
        for way in 0..4 {
            let mut engine = engine_of_deputies();
            play(&mut engine, "H41-1", &certified_copy()[..2]);
            play(&mut engine, "H41-1", &[(preparer, "2023-06-01 08:20", complete("check"))]);
            if let Some((who, action)) = back(way) {
                play(&mut engine, "H41-1", &[(who, "2023-06-01 08:30", action)]);
            } else if way == 3 {
                let recall = Action::Recall { step: "check".into(), reason: "nhầm".into() };
                play(&mut engine, "H41-1", &[(preparer, "2023-06-01 08:30", recall)]);
                let release = Action::Release { step: "check".into() };
                play(&mut engine, "H41-1", &[(preparer, "2023-06-01 08:40", release)]);
            }
            if way > 0 {
                play(&mut engine, "H41-1", &[("justice", "2023-06-01 08:50", complete("check"))]);
            }
            for signer in everybody {
                let sent = command("H41-1", signer, "2023-06-01 09:00", sign());
                let found = engine.dry_run(&sent).map_err(|error| error.code());
                let may = !barred.contains(&signer);
                assert_eq!(found.is_ok(), may, "{preparer} prepared, {signer} signs, way {way}: {found:?}");
                assert!(may || found == Err("dossier.preparer_signs"), "{preparer} {signer}: {found:?}");
            }
        }
    }
}

#[test]
fn who_stands_in_for_several_signs_for_one_who_did_not_prepare() {
    for order in [["both", "chair"], ["chair", "both"]] {
        let stands_in = |of: &str| {
            format!("[[delegation]]\nofficer = {of:?}\ndeputy = \"d\"\nfrom = 2023-06-01\nto = 2023-06-30\n")
        };
        let officers = [
            officer("reception", "hoa-thanh", &["one_stop"]),
            officer("both", "hoa-thanh", &["judicial_officer", "commune_leader"]),
            officer("chair", "hoa-thanh", &["commune_leader"]),
            officer("d", "hoa-thanh", &[]),
        ];
        let mut engine = engine_with(&(officers.concat() + &order.map(stands_in).concat()));
        play(&mut engine, "H41-1", &certified_copy()[..2]);
        let script = [("both", "2023-06-01 08:20", complete("check")), ("d", "2023-06-01 09:00", sign())];
        play(&mut engine, "H41-1", &script);
        let events = engine.events("H41-1").unwrap();
        assert_eq!(events.last().unwrap().on_behalf.as_deref(), Some("chair"), "{order:?}");
    }
}
