//! What is kept of a dossier, and how it goes on under another version of its procedure.

mod common;

use common::{certified_copy, command, complete, engine, play, receive, refused};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Command, Dossier, DossierError, Rules, decide};
use motcua::journal::MemoryJournal;
use motcua::procedure::{Catalogue, Channel, Texts};
use motcua::{Engine, moment};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Dossiers with as much in them as there is: tasks, consultations, a deputy's work, money, a ledger.
static DOSSIERS: LazyLock<Vec<Dossier>> = LazyLock::new(|| {
    let mut engine = engine();
    let mut all = Vec::new();
    let mut keep = |engine: &Engine<MemoryJournal>| all.push(engine.dossier("H41-1").unwrap().unwrap());
    for step in certified_copy() {
        play(&mut engine, "H41-1", &[step]);
        keep(&engine);
    }
    let mut engine = common::engine();
    let ask = Action::Consult {
        step: "check".into(),
        units: vec!["van-thanh".into()],
        question: "?".into(),
        due: moment::parse("2023-06-01 16:00"),
    };
    let script = [
        ("applicant", receive("2.000815", Channel::Online)),
        ("reception", Action::accept(Some(false))),
        ("justice", ask),
        ("chair", Action::Suspend { reason: "xác minh".into(), incident: None }),
        ("reception", Action::RequestSupplement { reason: "thiếu giấy tờ".into() }),
        ("reception", Action::supply()),
        ("applicant", Action::Pay { vnd: 15_000, online: true }),
        ("justice", Action::Claim { step: "check".into() }),
    ];
    for (n, (actor, action)) in script.into_iter().enumerate() {
        play(&mut engine, "H41-1", &[(actor, &format!("2023-06-01 08:{:02}", n + 10), action)]);
        keep(&engine);
    }
    all
});

fn load(catalogue: &Catalogue, bytes: &[u8]) -> Result<Dossier, DossierError> {
    Dossier::load(catalogue, "H41-1", bytes)
}

/// Everything that can be asked of a dossier; none of it may panic, whatever the bytes were that it came from.
fn ask_everything(dossier: &Dossier) {
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let organisation = common::organisation();
    let rules = Rules { catalogue, calendar, organisation: &organisation, office: None };
    let _ = (dossier.due(calendar), dossier.lapses(calendar), dossier.parts().count());
    let _ = dossier.labels(calendar, dossier.last());
    for step in &dossier.procedure.steps {
        let _ = (dossier.step_due(&step.id, calendar), dossier.elapses(&step.id, calendar));
        let _ = dossier.running_step(&step.id);
    }
    let _ = (serde_json::to_string(dossier), dossier.save(), format!("{dossier:?}"));
    let at = dossier.last() + chrono::TimeDelta::hours(1);
    let step = |step: &str| step.into();
    let reason = || String::from("lý do");
    let actions = [
        Action::accept(None),
        complete("check"),
        Action::sign("sign", true),
        Action::Return { step: step("sign"), to: step("check"), reason: reason() },
        Action::Recall { step: step("check"), reason: reason() },
        Action::Release { step: step("check") },
        Action::RequestSupplement { reason: reason() },
        Action::supply(),
        Action::Lapse {},
        Action::Pay { vnd: u64::MAX, online: true },
        Action::RequestPayment { vnd: u64::MAX, reason: reason(), incident: None },
        Action::Refund { vnd: 1, reason: reason() },
        Action::Suspend { reason: reason(), incident: None },
        Action::Resume {},
        Action::Withdraw { reason: None },
        Action::grant(true),
        Action::deliver(Channel::Online),
        Action::Answer { step: step("check"), opinion: reason() },
        Action::Rate { score: 1 },
    ];
    for action in actions {
        for actor in ["applicant", "reception", "both", "chair"] {
            let (dossier_code, key) = (dossier.code.clone(), "new".into());
            let action = action.clone();
            let sent = Command {
                dossier: dossier_code,
                actor: actor.into(),
                at,
                key,
                expected_version: None,
                action,
            };
            if let Ok(motcua::dossier::Decided::New(event)) = decide(rules, Some(dossier), &sent) {
                let mut next = dossier.clone();
                let _ = next.apply(catalogue, &event);
                let _ = (next.due(calendar), next.save());
            }
        }
    }
}

#[test]
fn what_is_saved_is_what_is_loaded_and_nothing_shorter_or_longer_is() {
    let catalogue = Catalogue::embedded();
    for dossier in DOSSIERS.iter() {
        let bytes = dossier.save().unwrap();
        assert_eq!(&load(catalogue, &bytes).unwrap(), dossier);
        ask_everything(dossier);
        for cut in 0..bytes.len() {
            assert_eq!(
                load(catalogue, &bytes[..cut]).unwrap_err().code(),
                "dossier.not_saved",
                "cut at {cut}"
            );
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(load(catalogue, &longer).unwrap_err().code(), "dossier.not_saved");
        let error = Dossier::load(catalogue, "H41-2", &bytes).unwrap_err();
        assert_eq!(error.code(), "dossier.not_saved", "of another dossier");
        assert!(error.vi().contains("H41-2"));
    }
}

#[test]
fn what_is_foreign_is_refused() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy()[..3]);
    let event = engine.events("H41-1").unwrap()[2].to_bytes();
    let json = serde_json::to_vec(&engine.dossier("H41-1").unwrap()).unwrap();
    let foreign: [&[u8]; 7] =
        [b"", b"SQLite format 3\0", &event, &json, &[1; 400], &[255; 400], &[1, 0, 0, 0, 0, 0, 0, 0]];
    for bytes in foreign {
        let code = load(Catalogue::embedded(), bytes).unwrap_err().code();
        assert!(["dossier.not_saved", "dossier.procedure_missing"].contains(&code), "{code}: {bytes:?}");
    }
    // The form of another time.
    let mut bytes = DOSSIERS[3].save().unwrap();
    bytes[0] += 1;
    assert_eq!(load(Catalogue::embedded(), &bytes).unwrap_err().code(), "dossier.not_saved");
}

proptest! {
    /// Whether they are found by the sum at the end, or come with the right one from somebody who means it.
    #[test]
    fn flipped_bytes_are_refused_and_forged_ones_harmless(
        which in any::<prop::sample::Index>(),
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let dossier = which.get(&DOSSIERS);
        let saved = dossier.save().unwrap();
        let mut bytes = saved.clone();
        for (place, by) in &flips {
            let place = place.index(bytes.len());
            bytes[place] ^= by;
        }
        if bytes != saved {
            let code = load(Catalogue::embedded(), &bytes).unwrap_err().code();
            prop_assert!(["dossier.not_saved", "dossier.procedure_missing"].contains(&code), "{}", code);
        }
        let body = bytes.len() - 4;
        let whose = xxh3_64_with_seed(dossier.code.as_bytes(), dossier.procedure.routing.fingerprint());
        let sum = xxh3_64_with_seed(&bytes[..body], whose) as u32;
        bytes[body..].copy_from_slice(&sum.to_le_bytes());
        if let Ok(dossier) = load(Catalogue::embedded(), &bytes) {
            ask_everything(&dossier);
        }
    }
}

fn versions(first: &str, second: &str) -> String {
    let version = |days: &str, steps: &str| {
        format!(
            r#"
[[procedure]]
code = "test/versions"
name_vi = "Thủ tục thử"
name_en = "A procedure to try"
field = "ho-tich"
tier = "commune"
{days}
jurisdiction = "-"
agency = "-"
source = "made for a test"
verified = false
not_in_source = ["components", "fees", "legal_basis"]
time_limit = [{{ limit = "20 working_day" }}]
step = [
    {{ id = "begin", name_vi = "Tiếp nhận", role = "one_stop", kind = "receive", next = ["fork"] }},
    {{ id = "fork", name_vi = "Chia", role = "judicial_officer", kind = "assign", next = ["a", "b"] }},
    {steps}
    {{ id = "deliver", name_vi = "Trả kết quả", role = "one_stop", kind = "deliver", next = ["end"] }},
]
"#
        )
    };
    version("in_force_from = 2025-07-01\nin_force_to = 2026-06-30", first)
        + &version("in_force_from = 2026-07-01", second)
}

fn step(id: &str, next: &str, rest: &str) -> String {
    format!(
        "{{ id = {id:?}, name_vi = {id:?}, role = \"judicial_officer\", kind = \"process\", next = [{next:?}]{rest} }},\n"
    )
}

/// A fork into `a` and `b`, which meet in `both`.
fn meeting() -> String {
    step("a", "both", "") + &step("b", "both", "") + &step("both", "deliver", ", join = [\"a\", \"b\"]")
}

fn engine_of(second: &str, done: &[&str]) -> Engine<MemoryJournal> {
    let text = versions(&meeting(), second);
    let catalogue = Catalogue::embedded_and("v.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    let calendar = Calendar::vietnam().clone();
    let mut engine = Engine::new(catalogue, calendar, common::organisation(), MemoryJournal::new());
    play(&mut engine, "A", &[("applicant", "2026-06-01 08:00", receive("test/versions", Channel::Online))]);
    play(&mut engine, "A", &[("reception", "2026-06-01 08:10", Action::accept(None))]);
    for step in done {
        play(&mut engine, "A", &[("justice", "2026-06-01 09:00", complete(step))]);
    }
    engine
}

fn migrate(steps: &[(&str, &str)]) -> Command {
    let steps: BTreeMap<_, _> = steps.iter().map(|(old, new)| ((*old).into(), (*new).into())).collect();
    let in_force_from = "2026-07-01".parse().unwrap();
    command("A", "system", "2026-07-01 08:00", Action::Migrate { in_force_from, steps })
}

fn running(engine: &Engine<MemoryJournal>) -> Vec<String> {
    let dossier = engine.dossier("A").unwrap().unwrap();
    let running = dossier.running().map(|task| task.step.id.clone()).collect();
    // What was saved goes on the same way.
    let bytes = dossier.save().unwrap();
    assert_eq!(Dossier::load(engine.catalogue(), "A", &bytes).unwrap(), dossier);
    let events = engine.events("A").unwrap();
    assert_eq!(Dossier::replay(engine.catalogue(), "A", &events).unwrap().unwrap(), dossier);
    running
}

fn go(engine: &mut Engine<MemoryJournal>, steps: &[&str]) {
    for (n, step) in steps.iter().enumerate() {
        play(engine, "A", &[("justice", &format!("2026-07-01 09:{n:02}"), complete(step))]);
    }
}

#[test]
fn a_half_full_join_moves_with_its_arrivals() {
    // The same join under other names: `a` has arrived, `b` runs.
    let renamed = step("a", "first", "")
        + &step("first", "met", "")
        + &step("b", "met", "")
        + &step("met", "deliver", ", join = [\"first\", \"b\"]");
    let mut engine = engine_of(&renamed, &["fork", "a"]);
    let before = engine.dossier("A").unwrap();
    let due = before.as_ref().unwrap().due(engine.calendar()).unwrap();
    let sent = migrate(&[("a", "first"), ("both", "met")]);
    // On trial first: the same answer, and nothing has changed.
    let foretold = engine.dry_run(&sent).unwrap();
    assert_eq!(engine.dossier("A").unwrap(), before);
    assert_eq!(engine.events("A").unwrap().len(), 4);
    let answer = engine.handle(&sent).unwrap();
    assert_eq!(answer, foretold);
    assert_eq!(answer.due, due, "due by the law under which it came in");
    assert_eq!(running(&engine), ["b"]);
    go(&mut engine, &["b"]);
    assert_eq!(running(&engine), ["met"]);
    go(&mut engine, &["met"]);
    assert_eq!(running(&engine), ["deliver"]);
}

#[test]
fn a_join_that_waits_for_one_more_or_one_less_is_settled() {
    // The new version waits for three, of which two are known.
    let three = step("a", "both", "")
        + &step("b", "c", "")
        + &step("c", "both", "")
        + &step("both", "deliver", ", join = [\"a\", \"c\"]");
    let mut engine = engine_of(&three, &["fork", "a"]);
    engine.handle(&migrate(&[])).unwrap();
    assert_eq!(running(&engine), ["b"]);
    go(&mut engine, &["b"]);
    assert_eq!(running(&engine), ["c"]);
    go(&mut engine, &["c", "both"]);
    assert_eq!(running(&engine), ["deliver"]);
    // One of two is enough now, and has arrived; the other branch is let go.
    let one = step("a", "both", "")
        + &step("b", "both", "")
        + &step("both", "deliver", ", join = [\"a\", \"b\"], need = 1");
    let mut engine = engine_of(&one, &["fork", "a"]);
    engine.handle(&migrate(&[])).unwrap();
    assert_eq!(running(&engine), ["both"]);
    go(&mut engine, &["both"]);
    assert_eq!(running(&engine), ["deliver"]);
}

#[test]
fn where_the_other_version_cannot_go_on_it_is_not_moved() {
    // One after the other: `a` and `b` run at once, so that `b` would run twice.
    let chain = step("a", "b", "") + &step("b", "both", "") + &step("both", "deliver", "");
    let chain_only = versions(&meeting(), &chain);
    let (first, second) = chain_only.split_at(chain_only.rfind("[[procedure]]").unwrap());
    let text = first.to_owned() + &second.replace("next = [\"a\", \"b\"]", "next = [\"a\"]");
    let catalogue = Catalogue::embedded_and("v.toml", &text).unwrap_or_else(|e| panic!("{e}"));
    let calendar = Calendar::vietnam().clone();
    let mut engine = Engine::new(catalogue, calendar, common::organisation(), MemoryJournal::new());
    play(&mut engine, "A", &[("applicant", "2026-06-01 08:00", receive("test/versions", Channel::Online))]);
    play(&mut engine, "A", &[("reception", "2026-06-01 08:10", Action::accept(None))]);
    play(&mut engine, "A", &[("justice", "2026-06-01 09:00", complete("fork"))]);
    let before = engine.dossier("A").unwrap();
    let code = refused(&mut engine, &migrate(&[]));
    assert!(code.starts_with("routing."), "{code}");
    assert_eq!(engine.dry_run(&migrate(&[])).unwrap_err().code(), code);
    assert_eq!(engine.dossier("A").unwrap(), before);
    assert_eq!(running(&engine), ["a", "b"], "it goes on as before");
    // With `b` done it can: what has arrived where nobody waits is forgotten.
    play(&mut engine, "A", &[("justice", "2026-06-01 10:00", complete("b"))]);
    let answer = engine.handle(&migrate(&[]));
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(running(&engine), ["a"]);
}

#[test]
fn another_definition_is_refused_and_so_is_one_that_is_gone() {
    let text = versions(&meeting(), &meeting());
    let engine = engine_of(&meeting(), &["fork", "a"]);
    let bytes = engine.dossier("A").unwrap().unwrap().save().unwrap();
    let load = |text: &str| {
        let catalogue = Catalogue::embedded_and("v.toml", text).unwrap_or_else(|e| panic!("{e}"));
        Dossier::load(&catalogue, "A", &bytes).map(|_| ()).map_err(|error| error.code())
    };
    assert_eq!(load(&text), Ok(()));
    // Names, limits and roles may be corrected; steps and ways may not.
    assert_eq!(load(&text.replace("Trả kết quả", "Trả")), Ok(()));
    for (from, to) in [
        ("\"fork\"", "\"split\""),
        ("join = [\"a\", \"b\"]", "join = [\"a\", \"b\"], need = 1"),
        ("join = [\"a\", \"b\"]", "join = [\"a\", \"b\"], rest = \"finish\", need = 1"),
        ("join = [\"a\", \"b\"]", "join = [\"b\", \"a\"]"),
        ("id = \"both\", ", "optional = true, id = \"both\", "),
    ] {
        assert_eq!(load(&text.replace(from, to)), Err("dossier.not_saved"), "{from} → {to}");
    }
    let mut texts = Texts::embedded();
    assert_eq!(
        Dossier::load(&Arc::new(Catalogue::load(&texts).unwrap()), "A", &bytes).unwrap_err().code(),
        "dossier.procedure_missing"
    );
    let later = text.replace("in_force_from = 2025-07-01", "in_force_from = 2025-07-02");
    texts.procedures.push(("v.toml", &later));
    let catalogue = Catalogue::load(&texts).unwrap();
    assert_eq!(Dossier::load(&catalogue, "A", &bytes).unwrap_err().code(), "dossier.procedure_missing");
}
