//! What holds for every dossier: the changes of its state, lists of commands, who is suggested, what a late
//! announcement moves, how it is drawn.

mod common;
#[path = "common/everybody.rs"]
mod everybody;
#[path = "common/watched.rs"]
mod watched;

use chrono::NaiveDate;
use common::{certified_copy, complete, play, receive};
use everybody::{APART, STEPS, contents, definition, doer, people, situations};
use motcua::calendar::Calendar;
use motcua::dossier::{
    Action, Assignment, Command, Decided, Dossier, LeadsTo, Organisation, Rules, authority, decide,
};
use motcua::journal::{MemoryJournal, WorkFilter};
use motcua::procedure::{Catalogue, Channel, Texts};
use motcua::routing::State;
use motcua::{Engine, moment};
use std::collections::BTreeSet;
use std::sync::Arc;
use strum::VariantNames;
use watched::Watched;

/// Every lawful change of the ten states: from, by which command, to. Nothing else changes a state.
const CHANGES: &[(&str, &[&str], &[&str])] = &[
    ("none", &["receive"], &["submitted"]),
    ("submitted", &["accept"], &["received"]),
    ("submitted", &["refuse"], &["not_received"]),
    ("submitted", &["request_supplement"], &["supplement_requested"]),
    ("submitted", &["request_payment"], &["payment_requested"]),
    ("submitted", &["withdraw"], &["withdrawn"]),
    ("received", &["complete", "sign", "elapse"], &["in_progress"]),
    ("received", &["request_supplement"], &["supplement_requested"]),
    ("received", &["request_payment"], &["payment_requested"]),
    ("received", &["withdraw"], &["withdrawn"]),
    ("received", &["discontinue"], &["discontinued"]),
    ("received", &["resolve"], &["resolved"]),
    ("in_progress", &["request_supplement"], &["supplement_requested"]),
    ("in_progress", &["request_payment"], &["payment_requested"]),
    ("in_progress", &["withdraw"], &["withdrawn"]),
    ("in_progress", &["discontinue"], &["discontinued"]),
    ("in_progress", &["resolve"], &["resolved"]),
    // Back to where it was asked.
    ("supplement_requested", &["supply"], &["submitted", "received", "in_progress"]),
    ("supplement_requested", &["refuse"], &["not_received"]),
    ("supplement_requested", &["withdraw"], &["withdrawn"]),
    ("supplement_requested", &["discontinue"], &["discontinued"]),
    // As the regime says.
    ("supplement_requested", &["lapse"], &["discontinued", "resolved"]),
    ("payment_requested", &["lapse"], &["discontinued", "resolved"]),
    ("payment_requested", &["pay", "cancel_payment", "waive"], &["submitted", "received", "in_progress"]),
    ("payment_requested", &["refuse"], &["not_received"]),
    ("payment_requested", &["withdraw"], &["withdrawn"]),
    ("payment_requested", &["discontinue"], &["discontinued"]),
    ("resolved", &["deliver"], &["delivered"]),
];

#[test]
fn the_states_change_as_the_table_says_and_in_no_other_way() {
    let own = definition();
    let mut texts = Texts::embedded();
    let refusing = texts.regimes.1.replace("id = \"nd-61-2018\"", "id = \"nd-61-2018\"\nlapse = \"refuse\"");
    texts.procedures.push(("test.toml", &own));
    let discontinuing = Arc::new(Catalogue::load(&texts).unwrap());
    texts.regimes = ("regimes.toml", &refusing);
    let refusing = Arc::new(Catalogue::load(&texts).unwrap());

    let commands = Action::VARIANTS.iter().copied().chain(APART);
    let (people, text) = people();
    let mut found = BTreeSet::new();
    let (mut tried, mut carried_out) = (0_usize, 0_usize);
    for catalogue in [&discontinuing, &refusing] {
        let organisation = Organisation::load(catalogue, &[("people.toml", &text)]).unwrap();
        let rules =
            Rules { catalogue, calendar: Calendar::vietnam(), organisation: &organisation, office: None };
        for (from, dossier) in situations(catalogue, &text) {
            for name in commands.clone() {
                let about_a_step = contents(name, "check", "").iter().any(|action| action.step().is_some());
                let steps = if about_a_step { STEPS } else { &STEPS[..1] };
                let actions = steps.iter().flat_map(|step| contents(name, step.0, doer(step.0)));
                for (action, who) in
                    actions.flat_map(|action| people.iter().map(move |who| (action.clone(), who)))
                {
                    tried += 1;
                    let name = action.name();
                    let sent = everybody::command("new", &who.id, "2023-06-01 14:00", action);
                    let Ok(Decided::New(event)) = decide(rules, dossier.as_ref(), &sent) else { continue };
                    carried_out += 1;
                    let after = match &dossier {
                        None => Dossier::begin(catalogue, everybody::CODE, &event).unwrap(),
                        Some(dossier) => {
                            let mut after = dossier.clone();
                            after.apply(catalogue, &event).unwrap();
                            after
                        }
                    };
                    let to = after.status.name();
                    if from != to {
                        found.insert((from, name, to));
                    }
                }
            }
        }
    }
    found.extend(lapsed_payments());
    println!("{} changes, of {tried} commands, {carried_out} of them carried out", found.len());
    assert_eq!(found, lawful());
}

/// The time to pay came in 2026, when there were no districts any more. A rule that does not say what comes after it leaves
/// that to the regime.
fn lapsed_payments() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    let flight = LONG.replace("field = \"ho-tich\"", "field = \"hang-khong\"");
    let catalogue = Catalogue::embedded_and("flight.toml", &flight).unwrap();
    ["payment-222-2026", "supplement-118-2025"].into_iter().map(move |incident| {
        let calendar = Calendar::vietnam().clone();
        let mut engine =
            Engine::new(catalogue.clone(), calendar, common::organisation(), MemoryJournal::new());
        let ask =
            Action::RequestPayment { vnd: 1_000, reason: "phí".into(), incident: Some(incident.into()) };
        let script = [
            ("applicant", "2026-08-10 08:00", receive("test/long", Channel::Online)),
            ("reception", "2026-08-10 08:10", Action::accept(None)),
            ("reception", "2026-08-10 08:20", ask),
        ];
        play(&mut engine, "A", &script);
        let before = engine.dossier("A").unwrap().unwrap().status;
        play(&mut engine, "A", &[("system", "2026-10-10 08:00", Action::Lapse {})]);
        (before.name(), "lapse", engine.dossier("A").unwrap().unwrap().status.name())
    })
}

type Row = (&'static str, &'static [&'static str], &'static [&'static str]);

/// The table, a change of one state by one command to one state each.
fn lawful() -> BTreeSet<(&'static str, &'static str, &'static str)> {
    let each = |(from, by, to): &Row| {
        let (from, to) = (*from, *to);
        by.iter().flat_map(move |by| to.iter().map(move |to| (from, *by, *to))).collect::<Vec<_>>()
    };
    CHANGES.iter().flat_map(each).collect()
}

/// What `authority.toml` says of the states, with what `back` and a lapse stand for, is that table.
#[test]
fn the_table_of_the_data_has_the_same_changes() {
    let names = Action::VARIANTS.iter().copied().chain(APART);
    let mut written = BTreeSet::new();
    for name in names {
        let row = authority(name).unwrap();
        let command = if name == "refuse_to_settle" { "resolve" } else { name };
        let mut to = match row.to {
            None => continue,
            Some(LeadsTo::State(state)) => vec![state.name()],
            Some(LeadsTo::Back) => vec!["submitted", "received", "in_progress"],
        };
        if name == "lapse" {
            let Some(LeadsTo::State(refused)) = authority("refuse_to_settle").unwrap().to else { panic!() };
            to.push(refused.name());
        }
        let from = row.from.iter().map(|state| state.name());
        for from in from.chain(row.from.is_empty().then_some("none")) {
            // A payment in another state pays nothing that was asked for; where one is already is no change, nor is what a
            // step comes to that ends by itself while the applicant is asked.
            let asked = ["supplement_requested", "payment_requested"].contains(&from);
            let leads = (row.to != Some(LeadsTo::Back) || asked) && (name != "elapse" || !asked);
            written.extend(to.iter().filter(|to| leads && from != **to).map(|to| (from, command, *to)));
        }
    }
    assert_eq!(written, lawful());
}

/// Two dossiers from reception to the signature in one list, with what is refused among it.
fn list() -> Vec<(Command, Result<u64, &'static str>)> {
    let script = certified_copy();
    let sent = |dossier: &str, n: usize| {
        let (actor, at, action) = &script[n];
        common::command(dossier, actor, at, action.clone())
    };
    let expecting = |version, mut command: Command| {
        command.expected_version = Some(version);
        command
    };
    let other = Command { actor: "chair".into(), ..sent("A", 2) };
    vec![
        (sent("A", 0), Ok(1)),
        (sent("B", 1), Err("dossier.unknown")),
        (sent("A", 1), Ok(2)),
        (sent("B", 0), Ok(1)),
        (other, Err("dossier.not_allowed")),
        (sent("A", 1), Ok(2)),
        (expecting(1, sent("A", 2)), Err("dossier.version_conflict")),
        (expecting(2, sent("A", 2)), Ok(3)),
        (sent("A", 2), Ok(3)),
        (sent("B", 3), Err("dossier.wrong_state")),
        (sent("A", 3), Ok(4)),
    ]
}

#[test]
fn each_command_of_a_list_is_answered_for_itself() {
    let mut engine = common::engine_over(Watched::default());
    let (commands, expected): (Vec<Command>, Vec<_>) = list().into_iter().unzip();
    let results = engine.handle_each(&commands).unwrap();
    assert_eq!(engine.journal().written, 1, "one transaction");
    let told: Vec<_> =
        results.iter().map(|result| result.as_ref().map(|a| a.version).map_err(|e| e.code())).collect();
    assert_eq!(told, expected);
    let repeated: Vec<bool> = results.iter().flatten().map(|answer| answer.repeated).collect();
    assert_eq!(repeated, [false, false, false, true, false, true, false]);

    // The same as one after the other.
    let mut single = common::engine();
    for (command, result) in commands.iter().zip(&results) {
        assert_eq!(&single.handle(command), result);
    }
    for code in ["A", "B"] {
        assert_eq!(engine.events(code).unwrap(), single.events(code).unwrap());
        assert_eq!(engine.dossier(code).unwrap(), single.dossier(code).unwrap());
    }
    assert_eq!(
        engine.work_list(&WorkFilter::default()).unwrap(),
        single.work_list(&WorkFilter::default()).unwrap()
    );
    // Nothing to store is nothing written.
    assert!(engine.handle_each(&commands[9..10]).unwrap()[0].is_err());
    assert_eq!(engine.handle_each(&[]).unwrap(), []);
    assert_eq!(engine.journal().written, 1);
}

#[test]
fn a_list_that_cannot_be_stored_has_not_happened() {
    let mut engine = common::engine_over(Watched { fails: true, ..Watched::default() });
    let commands: Vec<Command> = list().into_iter().map(|(command, _)| command).collect();
    let error = engine.handle_each(&commands).unwrap_err();
    assert_eq!(error.code(), "journal.storage");
    assert_eq!(engine.dossier("A").unwrap(), None);
    assert_eq!(engine.events("B").unwrap(), []);
    assert_eq!(engine.handle(&commands[2]).unwrap_err().code(), "dossier.unknown", "nothing is left over");
    assert_eq!(engine.dry_run(&commands[0]).unwrap().version, 1);
}

#[test]
fn a_dry_run_foretells_and_does_nothing() {
    let mut engine = common::engine_over(Watched::default());
    for (actor, at, action) in certified_copy() {
        let sent = common::command("A", actor, at, action);
        let before = (engine.dossier("A").unwrap(), engine.events("A").unwrap());
        let (first, second) = (engine.dry_run(&sent), engine.dry_run(&sent));
        assert_eq!(first, second);
        assert_eq!((engine.dossier("A").unwrap(), engine.events("A").unwrap()), before);
        assert_eq!(engine.handle(&sent), first);
    }
    assert_eq!(engine.journal().written, certified_copy().len());
}

#[test]
fn an_officer_is_suggested_in_turn_or_by_load_and_nobody_who_is_away() {
    let text = format!(
        "{}[[officer]]\nid = \"justice-3\"\nunit = \"hoa-thanh\"\nroles = [\"judicial_officer\"]\n\
         [[absence]]\nofficer = \"justice-2\"\nfrom = 2023-06-01\nto = 2023-06-02\n",
        common::ORGANISATION
    );
    let organisation = Organisation::load(Catalogue::embedded(), &[("o.toml", &text)]).unwrap();
    let (catalogue, calendar) = (Catalogue::embedded().clone(), Calendar::vietnam().clone());
    let mut engine = Engine::new(catalogue, calendar, organisation, MemoryJournal::new());
    for code in ["A", "B", "C"] {
        play(&mut engine, code, &certified_copy()[..2]);
    }
    let now = moment::parse("2023-06-01 08:30").unwrap();
    let who = |engine: &Engine<MemoryJournal>, policy, last| {
        engine.suggest("C", "check", policy, last, now).unwrap().map(|officer| officer.id.clone())
    };
    // Of both, justice and justice-3; justice-2 is away.
    let turn = |last| who(&engine, Assignment::RoundRobin, last);
    let turns: Vec<_> =
        [None, Some("both"), Some("justice"), Some("justice-2"), Some("justice-3"), Some("zz")]
            .map(|last| turn(last).unwrap())
            .into();
    assert_eq!(turns, ["both", "justice", "justice-3", "justice-3", "both", "both"]);
    assert_eq!(who(&engine, Assignment::ByHand, None), None);
    assert_eq!(who(&engine, Assignment::LeastLoaded, None).as_deref(), Some("both"));
    let assign = |officer: &str| Action::Assign { step: "check".into(), officer: officer.into() };
    play(&mut engine, "A", &[("chair", "2023-06-01 08:20", assign("both"))]);
    assert_eq!(who(&engine, Assignment::LeastLoaded, None).as_deref(), Some("justice"));
    play(&mut engine, "B", &[("chair", "2023-06-01 08:20", assign("justice"))]);
    assert_eq!(who(&engine, Assignment::LeastLoaded, None).as_deref(), Some("justice-3"));
    // A suggestion assigns nothing, and what is done weighs no more.
    assert!(engine.dossier("C").unwrap().unwrap().running().all(|task| task.assignee.is_none()));
    play(&mut engine, "A", &[("both", "2023-06-01 08:30", complete("check"))]);
    assert_eq!(who(&engine, Assignment::LeastLoaded, None).as_deref(), Some("both"));
    // Who prepared a dossier is not asked to sign it.
    play(&mut engine, "B", &[("justice", "2023-06-01 08:30", complete("check"))]);
    let sign = |code| {
        let found = engine.suggest(code, "sign", Assignment::RoundRobin, None, now).unwrap();
        found.map(|officer| officer.id.as_str())
    };
    assert_eq!((sign("A"), sign("B")), (Some("chair"), Some("both")));
    let code =
        |dossier, step| engine.suggest(dossier, step, Assignment::ByHand, None, now).unwrap_err().code();
    assert_eq!(code("Z", "check"), "dossier.unknown");
    assert_eq!(code("C", "sign"), "routing.not_running");
    assert_eq!(code("C", "dance"), "routing.unknown_step");
}

#[test]
fn a_step_without_a_role_is_suggested_to_whom_the_table_names() {
    let catalogue = Catalogue::embedded_and("test.toml", &definition()).unwrap();
    let (_, text) = people();
    let organisation = Organisation::load(&catalogue, &[("people.toml", &text)]).unwrap();
    let calendar = Calendar::vietnam().clone();
    let mut engine = Engine::new(catalogue, calendar, organisation, MemoryJournal::new());
    for (n, (actor, name)) in [("applicant", "receive"), ("one_stop-own", "accept")].into_iter().enumerate() {
        let action = contents(name, "", "").remove(0);
        engine.handle(&everybody::command(&n.to_string(), actor, "2023-05-04 09:00", action)).unwrap();
    }
    let now = moment::parse("2023-06-01 08:30").unwrap();
    let mut last = None;
    let mut found = Vec::new();
    while let Some(next) =
        engine.suggest(everybody::CODE, "unowned", Assignment::RoundRobin, last.as_deref(), now).unwrap()
    {
        if found.contains(&next.id) {
            break;
        }
        found.push(next.id.clone());
        last = Some(next.id.clone());
    }
    for id in ["agency_head-own", "officer-own", "officer-deputy"] {
        assert!(found.iter().any(|known| known == id), "{id}: {found:?}");
    }
    for id in
        ["officer-absent", "officer-left", "officer-above", "officer-other", "one_stop-own", "clerk-own"]
    {
        assert!(!found.iter().any(|known| known == id), "{id}: {found:?}");
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

const LONG: &str = r#"
[[procedure]]
code = "test/long"
name_vi = "Thủ tục thử"
name_en = "A procedure to try"
field = "ho-tich"
tier = "commune"
in_force_from = 2025-07-01
jurisdiction = "-"
agency = "-"
source = "made for a test"
verified = false
not_in_source = ["components", "fees", "legal_basis"]
time_limit = [{ limit = "8 working_day" }]
step = [
    { id = "check", name_vi = "Thẩm tra", role = "judicial_officer", kind = "check", next = ["deliver"] },
    { id = "deliver", name_vi = "Trả kết quả", role = "one_stop", kind = "deliver", next = ["end"] },
]
"#;

/// 2/1/2026 became a day off, and 10/1/2026 a working day, by an announcement of 25/12/2025.
#[test]
fn a_late_announcement_names_the_dossiers_it_moves_and_the_days() {
    let known = |on| Arc::new(Calendar::vietnam().as_known_on(day(on)));
    let (before, after) = (known("2025-12-24"), known("2025-12-25"));
    let catalogue = Catalogue::embedded_and("long.toml", LONG).unwrap();
    let mut engine = Engine::new(catalogue, before.clone(), common::organisation(), MemoryJournal::new());
    let codes = ["1.001193", "1.004873", "test/long"];
    let mut all = Vec::new();
    for n in 0..240_u32 {
        let code = format!("D{n:03}");
        let at =
            day("2025-11-17").and_hms_opt(8 + n % 9, 0, 0).unwrap() + chrono::TimeDelta::days((n / 4).into());
        let mut step = 0;
        let mut send = |engine: &mut Engine<MemoryJournal>, actor: &str, action: Action| {
            step += 1;
            let mut sent = common::command(&code, actor, "2025-01-02 08:00", action);
            sent.at = at + chrono::TimeDelta::minutes(step);
            engine.handle(&sent).unwrap_or_else(|error| panic!("{code}: {error}"));
        };
        let procedure = codes[n as usize % 3];
        send(&mut engine, "applicant", receive(procedure, Channel::Online));
        if n % 20 == 0 {
            continue;
        }
        send(&mut engine, "reception", Action::accept(None));
        match n % 20 {
            1 => send(&mut engine, "reception", Action::RequestSupplement { reason: "thiếu".into() }),
            2 => send(&mut engine, "applicant", Action::Withdraw { reason: None }),
            3 => {
                send(&mut engine, "reception", Action::RequestSupplement { reason: "thiếu".into() });
                send(&mut engine, "applicant", Action::supply());
            }
            _ => {}
        }
        all.push(code);
    }
    let moved = engine.moved(&after).unwrap();
    let mut by_hand = Vec::new();
    for code in &all {
        let dossier = engine.dossier(code).unwrap().unwrap();
        let clock = dossier.clock().unwrap();
        let (was, is) = (clock.due(&before).unwrap().at(), clock.due(&after).unwrap().at());
        if clock.stopped().is_none() && was != is {
            by_hand.push((code.clone(), was, is));
        }
    }
    let told: Vec<_> =
        moved.iter().map(|moved| (moved.dossier.to_string(), moved.before.at(), moved.after.at())).collect();
    assert_eq!(told, by_hand);
    assert!(moved.len() > 10 && moved.len() < 200, "{}", moved.len());
    for moved in &moved {
        let days: Vec<_> = moved.because.iter().map(|change| change.before.date).collect();
        assert!(!days.is_empty() && days.iter().all(|d| [day("2026-01-02"), day("2026-01-10")].contains(d)));
        assert!(moved.because.iter().all(|change| !change.after.source.act.is_empty()));
        assert!(moved.after.at().unwrap().date() >= day("2026-01-02"));
    }
    assert!(
        moved.iter().any(|moved| moved.because.len() == 2)
            && moved.iter().any(|moved| moved.because.len() == 1)
    );
    // By the calendar that it was counted with nothing moves.
    assert_eq!(engine.moved(&before).unwrap(), []);
}

#[test]
fn a_dossier_is_drawn_with_what_is_done_running_and_late() {
    let mut engine = common::engine();
    play(&mut engine, "A", &certified_copy()[..3]);
    let at = |text| moment::parse(text).unwrap();
    let states = |now| {
        let (_, labels) = engine.labels("A", at(now)).unwrap();
        labels.iter().map(|label| label.state).collect::<Vec<_>>()
    };
    use State::{Done, Idle, Late, Running};
    // Acceptance did the first step; the copy is due at 17:00.
    let before = states("2023-06-01 16:59");
    assert_eq!(before[1..], [Done, Running, Idle, Idle], "{before:?}");
    // Late is what is not done on its day, as everywhere.
    assert_eq!(states("2023-06-01 23:59")[2], Running);
    assert_eq!(states("2023-06-02 00:00")[2], Late);
    let (dossier, labels) = engine.labels("A", at("2023-06-02 08:00")).unwrap();
    let note = labels[2].note.as_deref().unwrap();
    assert!(note.contains("commune_leader") && note.contains("17:00"), "{note}");
    let routing = &dossier.procedure.routing;
    assert!(routing.mermaid(&labels).contains(":::late") && routing.mermaid(&labels).contains(":::done"));
    assert!(routing.dot(&labels).starts_with("digraph") && routing.dot(&labels).contains("#fee2e2"));
    let svg = routing.svg(&labels);
    roxmltree::Document::parse(&svg).unwrap();
    assert!(svg.contains("#fee2e2") && svg.contains("#dcfce7"), "late and done have their colours");
    assert_eq!(engine.labels("Z", at("2023-06-02 08:00")).unwrap_err().code(), "dossier.unknown");
    // At the end nothing runs.
    for step in &certified_copy()[3..] {
        play(&mut engine, "A", std::slice::from_ref(step));
    }
    let (_, labels) = engine.labels("A", at("2030-01-02 08:00")).unwrap();
    assert!(labels.iter().all(|label| ![Running, Late].contains(&label.state)), "{labels:?}");
}
