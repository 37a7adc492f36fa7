//! Whose a dossier is, where several offices have journals of their own.

mod common;

use common::{certified_copy, command, complete, engine, engine_over, play, receive, refused};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Application, Dossier, Event};
use motcua::journal::{Journal, MemoryJournal, WorkFilter};
use motcua::procedure::{Catalogue, Channel};
use motcua::{Engine, moment};
use std::sync::Arc;

const CODE: &str = "H41-1";

fn office(name: &str) -> Engine<MemoryJournal> {
    engine().at_office(name)
}

fn entrust(office: &str) -> Action {
    Action::Entrust { office: office.into() }
}

/// The first three commands of a certified copy, in Hoa Thành.
fn begun() -> Engine<MemoryJournal> {
    let mut engine = office("hoa-thanh");
    play(&mut engine, CODE, &certified_copy()[..3]);
    engine
}

#[test]
fn a_dossier_is_of_the_office_that_began_it_until_it_is_entrusted() {
    let mut engine = begun();
    assert_eq!(engine.office(), Some("hoa-thanh"));
    let owner =
        |engine: &Engine<MemoryJournal>| engine.dossier(CODE).unwrap().unwrap().owner().map(str::to_owned);
    assert_eq!(owner(&engine).as_deref(), Some("hoa-thanh"));
    assert!(!engine.work_list(&WorkFilter::default()).unwrap().is_empty());
    assert!(engine.next_wakeup().unwrap().is_some());
    let before = engine.dossier(CODE).unwrap().unwrap();

    play(&mut engine, CODE, &[("reception", "2023-06-01 09:10", entrust("yen-thanh"))]);
    let after = engine.dossier(CODE).unwrap().unwrap();
    assert_eq!((after.owner(), after.status, &after.unit), (Some("yen-thanh"), before.status, &before.unit));
    assert!(engine.events(CODE).unwrap().iter().all(|event| event.office.as_deref() == Some("hoa-thanh")));

    // It is none of this office's work any more, and nothing of it falls due here.
    assert!(engine.work_list(&WorkFilter::default()).unwrap().is_empty());
    assert_eq!(engine.next_wakeup().unwrap(), None);
    assert_eq!(engine.reproject(moment::parse("2023-06-02 08:00").unwrap().date()).unwrap(), 0);

    let sign = command(CODE, "chair", "2023-06-01 09:30", common::sign());
    assert_eq!(refused(&mut engine, &sign), "dossier.owned_by_other");
    let error = engine.handle(&sign).unwrap_err();
    for text in [error.to_string(), error.vi()] {
        assert!([CODE, "yen-thanh", "hoa-thanh", "entrust"].iter().all(|part| text.contains(part)), "{text}");
    }
    assert_eq!(engine.dry_run(&sign).unwrap_err().code(), "dossier.owned_by_other");
    // Before all else, also what would be refused anyway; but what was done before is answered as ever.
    let unknown = command(CODE, "nobody", "1990-01-01 00:00", Action::Lapse {});
    assert_eq!(refused(&mut engine, &unknown), "dossier.owned_by_other");
    let again = engine.handle(&command(CODE, "justice", "2023-06-01 09:00", complete("check"))).unwrap();
    assert!(again.repeated && again.version == 3);

    // The other office goes on with it, and may give it back.
    let mut other = engine_over(engine.into_journal()).at_office("yen-thanh");
    assert_eq!(other.reproject(moment::parse("2023-06-01 10:00").unwrap().date()).unwrap(), 1);
    let script =
        [("chair", "2023-06-01 09:30", common::sign()), ("system", "2023-06-01 09:35", entrust("hoa-thanh"))];
    play(&mut other, CODE, &script);
    let offices: Vec<_> =
        other.events(CODE).unwrap().into_iter().map(|event| event.office.unwrap()).collect();
    assert_eq!(offices, ["hoa-thanh", "hoa-thanh", "hoa-thanh", "hoa-thanh", "yen-thanh", "yen-thanh"]);
    assert_eq!(owner(&other).as_deref(), Some("hoa-thanh"));
    let mut engine = engine_over(other.into_journal()).at_office("hoa-thanh");
    play(&mut engine, CODE, &certified_copy()[4..]);
}

#[test]
fn what_can_be_entrusted_and_to_whom() {
    let mut engine = begun();
    let mut code =
        |actor: &str, to: &str| refused(&mut engine, &command(CODE, actor, "2023-06-01 09:10", entrust(to)));
    assert_eq!(code("reception", ""), "dossier.empty_field");
    assert_eq!(code("reception", "hoa-thanh"), "dossier.same_office");
    assert_eq!(code("reception", "hoa-thnah"), "dossier.unknown_unit");
    assert_eq!(code("applicant", "yen-thanh"), "dossier.not_allowed");
    assert_eq!(code("neighbour", "yen-thanh"), "dossier.other_unit");
    let unknown = command("H41-9", "reception", "2023-06-01 09:10", entrust("yen-thanh"));
    assert_eq!(refused(&mut engine, &unknown), "dossier.unknown");

    let mut alone = common::engine();
    play(&mut alone, CODE, &certified_copy()[..3]);
    let sent = command(CODE, "reception", "2023-06-01 09:10", entrust("yen-thanh"));
    assert_eq!(refused(&mut alone, &sent), "dossier.no_office");
}

#[test]
fn where_there_was_one_journal_the_first_office_that_goes_on_is_the_owner() {
    let mut alone = engine();
    play(&mut alone, CODE, &certified_copy()[..2]);
    assert_eq!(alone.dossier(CODE).unwrap().unwrap().owner(), None);
    let mut engine = alone.at_office("hoa-thanh");
    play(&mut engine, CODE, &certified_copy()[2..3]);
    assert_eq!(engine.dossier(CODE).unwrap().unwrap().owner(), Some("hoa-thanh"));

    // From then on an engine of no office would write events that nobody takes for the owner's.
    let mut alone = engine_over(engine.into_journal());
    let sign = command(CODE, "chair", "2023-06-01 09:30", common::sign());
    assert_eq!(refused(&mut alone, &sign), "dossier.owned_by_other");
    play(&mut alone.at_office("hoa-thanh"), CODE, &certified_copy()[3..]);
}

#[test]
fn the_owner_is_kept_in_every_form_of_a_dossier() {
    let mut engine = begun();
    play(&mut engine, CODE, &[("reception", "2023-06-01 09:10", entrust("yen-thanh"))]);
    let (dossier, events) = (engine.dossier(CODE).unwrap().unwrap(), engine.events(CODE).unwrap());
    let catalogue = Catalogue::embedded();
    assert_eq!(Dossier::replay(catalogue, CODE, &events).unwrap().as_ref(), Some(&dossier));
    assert_eq!(Dossier::load(catalogue, CODE, &dossier.save().unwrap()).unwrap(), dossier);
    assert_eq!(serde_json::to_value(&dossier).unwrap()["owner"], "yen-thanh");
    for event in events {
        assert_eq!(Event::from_bytes(&event.to_bytes()).as_ref(), Some(&event));
        let mut json = serde_json::to_value(&event).unwrap();
        assert_eq!(serde_json::from_value::<Event>(json.clone()).unwrap(), event);
        json.as_object_mut().unwrap().remove("office");
        assert_eq!(serde_json::from_value::<Event>(json).unwrap(), Event { office: None, ..event });
    }
}

/// A whole and the procedure that settles its second part.
fn linked() -> Arc<Catalogue> {
    let head = |code: &str| {
        format!(
            r#"
[[procedure]]
code = "{code}"
name_vi = "Thủ tục"
name_en = "A procedure"
field = "ho-tich"
tier = "commune"
in_force_from = 2018-01-01
jurisdiction = "thử nghiệm"
agency = "UBND cấp xã"
results = [{{ name_vi = "Kết quả" }}]
legal_basis = ["không"]
source = "made up for a test"
not_in_source = ["components", "fees"]
verified = false
time_limit = [{{ limit = "3 working_day" }}]
step = [
    {{ id = "decide", name_vi = "Quyết định", role = "commune_leader", kind = "process", next = ["deliver"] }},
    {{ id = "deliver", name_vi = "Trả kết quả", role = "one_stop", kind = "deliver", next = ["end"] }},
]
"#
        )
    };
    let parts = r#"linked = true
part = [
    { id = "birth", name_vi = "Khai sinh" },
    { id = "residence", name_vi = "Thường trú", procedure = "test/part" },
]
"#;
    let text = format!("{}{parts}{}", head("test/whole"), head("test/part"));
    Catalogue::embedded_and("linked.toml", &text).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_result_of_a_linked_dossier_stays_out_of_one_that_is_owned_elsewhere() {
    for elsewhere in [false, true] {
        let calendar = Calendar::vietnam().clone();
        let mut engine = Engine::new(linked(), calendar, common::organisation(), MemoryJournal::new())
            .at_office("hoa-thanh");
        let whole = [
            ("applicant", "2023-06-01 08:00", receive("test/whole", Channel::Online)),
            ("reception", "2023-06-01 08:10", Action::accept(None)),
        ];
        play(&mut engine, "H41-1", &whole);
        let part = Application {
            part_of: Some("H41-1".into()),
            ..Application::new("test/part", "hoa-thanh", Channel::Online)
        };
        play(&mut engine, "H41-2", &[("applicant", "2023-06-01 09:00", Action::Receive(Box::new(part)))]);
        if elsewhere {
            play(&mut engine, "H41-1", &[("reception", "2023-06-01 09:05", entrust("yen-thanh"))]);
        }
        let before = engine.journal().version("H41-1").unwrap();
        let rest = [
            ("reception", "2023-06-01 09:10", Action::accept(None)),
            ("chair", "2023-06-01 09:30", complete("decide")),
            ("reception", "2023-06-01 10:00", common::granted()),
        ];
        play(&mut engine, "H41-2", &rest);
        let taken_over = engine.journal().version("H41-1").unwrap() - before;
        assert_eq!(taken_over, if elsewhere { 0 } else { 2 }, "a link and a result");
    }
}
