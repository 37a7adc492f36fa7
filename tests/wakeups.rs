//! What falls due next, of one dossier and of all, who is told, and in which order the work is listed.

mod common;
#[path = "common/duty_cases.rs"]
mod duty_cases;

use common::{complete, play, receive};
use duty_cases::{Step, at, consult, engine, engine_over, notify, played, rules, supplement, ten_days};
use motcua::dossier::{Action, Notice, Paper, WakeupKind, wakeups};
use motcua::journal::{Journal, MemoryJournal, SqliteJournal, WorkFilter, WorkOrder};
use motcua::procedure::{Channel, Duty};
use motcua::{Engine, moment};

fn falls_due(script: &[Step], until: &str) -> Vec<(String, WakeupKind, &'static str, String)> {
    let found = wakeups(rules(), "H41-1", &played(script), at(until)).unwrap();
    let step = |step: &Option<_>| step.as_ref().map(ToString::to_string).unwrap_or_default();
    let told = found.iter().map(|w| {
        (moment::format(w.at)[..19].replace('T', " "), w.what, w.id.unwrap_or_default(), step(&w.step))
    });
    told.collect()
}

fn told(
    at: &str,
    what: WakeupKind,
    id: &'static str,
    step: &str,
) -> (String, WakeupKind, &'static str, String) {
    (at.into(), what, id, step.into())
}

#[test]
fn what_falls_due_comes_in_order() {
    use WakeupKind::{Due, Duty, Reminder, StepDue};
    let script = ten_days(Channel::Counter, "2026-06-01 09:00", "2026-06-01 10:00");
    assert_eq!(
        falls_due(&script, "2026-06-17 00:00"),
        [
            told("2026-06-01 17:00:00", Duty, "forward", ""),
            told("2026-06-02 00:00:00", Reminder, "duty-missed", ""),
            told("2026-06-04 15:00:00", Reminder, "step-soon", "check"),
            told("2026-06-04 17:00:00", StepDue, "", "check"),
            told("2026-06-05 00:00:00", Reminder, "step-late", "check"),
            // The apology is due on 14/6, a Sunday; the last working day before the reminder is a Friday.
            told("2026-06-12 17:00:00", Reminder, "apology-soon", ""),
            told("2026-06-12 17:00:00", Reminder, "dossier-soon-deciding", ""),
            told("2026-06-14 17:00:00", Duty, "apology", ""),
            told("2026-06-14 17:00:00", Reminder, "dossier-soon", ""),
            told("2026-06-15 17:00:00", Due, "", ""),
            told("2026-06-16 00:00:00", Reminder, "dossier-late", ""),
            told("2026-06-16 00:00:00", Reminder, "dossier-late-reception", ""),
            told("2026-06-16 00:00:00", Reminder, "duty-missed", ""),
        ]
    );
}

#[test]
fn a_posting_ends_by_itself_and_a_supplement_lapses() {
    use WakeupKind::{Elapses, Lapses};
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let posted =
        [begun.clone(), vec![("justice", "2026-06-02 09:00", Action::complete("check", "post"))]].concat();
    let only = |script: &[Step], until: &str, what| {
        let mut found = falls_due(script, until);
        found.retain(|wakeup| wakeup.1 == what);
        found
    };
    // The fifth day is a Sunday, so Monday is meant, to its end.
    let ends = told("2026-06-09 00:00:00", Elapses, "", "post");
    assert_eq!(only(&posted, "2026-06-30 00:00", Elapses), std::slice::from_ref(&ends));
    assert!(only(&posted, "2026-06-08 23:59:59", Elapses).is_empty());
    // It waits, though something else has happened after it.
    let later =
        [posted.clone(), vec![("reception", "2026-06-10 09:00", notify(Notice::Appointment))]].concat();
    assert_eq!(only(&later, "2026-06-30 00:00", Elapses), [ends]);
    let elapse = Action::Elapse { step: "post".into() };
    let elapsed = [posted, vec![("system", "2026-06-09 00:00:00", elapse)]].concat();
    assert!(only(&elapsed, "2026-06-30 00:00", Elapses).is_empty());

    let asked = [begun, vec![("justice", "2026-06-04 09:00", supplement())]].concat();
    let lapses = told("2026-06-20 00:00:00", Lapses, "", "");
    assert_eq!(only(&asked, "2026-06-30 00:00", Lapses), [lapses]);
    let lapsed = [asked, vec![("system", "2026-06-20 00:00:00", Action::Lapse {})]].concat();
    assert!(falls_due(&lapsed, "2027-06-30 00:00").is_empty());
}

#[test]
fn somebody_is_told_once_for_each_rung() {
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let reminders = |more: &[Step], until: &str| -> Vec<&'static str> {
        let found = falls_due(&[begun.as_slice(), more].concat(), until);
        found.iter().filter(|w| w.1 == WakeupKind::Reminder).map(|w| w.2).collect()
    };
    let reminder = |moment| ("system", moment, notify(Notice::Reminder));
    assert_eq!(reminders(&[], "2026-06-04 16:00"), ["step-soon"]);
    assert_eq!(reminders(&[reminder("2026-06-04 15:00")], "2026-06-04 16:00"), Vec::<&str>::new());
    assert_eq!(reminders(&[reminder("2026-06-04 15:00")], "2026-06-05 16:00"), ["step-late"]);
    // One that came before does not count, nor does another notice.
    assert_eq!(reminders(&[reminder("2026-06-04 14:59")], "2026-06-04 16:00"), ["step-soon"]);
    let other = ("system", "2026-06-04 15:30", notify(Notice::Appointment));
    assert_eq!(reminders(&[other], "2026-06-04 16:00"), ["step-soon"]);
    // Whom: the chair's office for what is late, in the unit that does the step.
    let script = [begun.as_slice(), &[reminder("2026-06-04 15:00")]].concat();
    let found = wakeups(rules(), "H41-1", &played(&script), at("2026-06-05 16:00")).unwrap();
    let late = found.iter().find(|wakeup| wakeup.id == Some("step-late")).unwrap();
    assert_eq!((late.to, late.unit.as_str()), (Some(Duty::Deciding), "hoa-thanh"));
    assert_eq!(late.text_vi, Some("Bước công việc đã quá hạn"));
    // A consulted unit is named.
    let asked = ("justice", "2026-06-02 09:00", consult("van-thanh", Some("2026-06-03 11:00")));
    let events = played(&[begun.as_slice(), &[asked]].concat());
    let found = wakeups(rules(), "H41-1", &events, at("2026-06-03 12:00")).unwrap();
    let told: Vec<_> = found.iter().map(|w| (w.what, w.id.unwrap_or(""), w.unit.as_str())).collect();
    assert_eq!(
        told,
        [
            (WakeupKind::ConsultationDue, "", "van-thanh"),
            (WakeupKind::Duty, "opinion", "van-thanh"),
            (WakeupKind::Reminder, "duty-missed", "van-thanh"),
            (WakeupKind::Reminder, "opinion-late", "van-thanh"),
        ]
    );
}

#[test]
fn papers_that_are_to_follow_fall_due() {
    let accept = Action::Accept {
        digitised: None,
        to_follow: vec!["don".into()],
        until: Some(at("2026-06-03 17:00")),
    };
    let script = [
        ("applicant", "2026-06-01 09:00", receive("thu/muoi-ngay", Channel::Online)),
        ("reception", "2026-06-01 10:00", accept),
    ];
    let due = told("2026-06-03 17:00:00", WakeupKind::PapersDue, "", "");
    assert_eq!(falls_due(&script, "2026-06-03 17:00"), [due]);
    let paper: Paper = serde_json::from_str(r#"{"component": "don", "original": 1}"#).unwrap();
    let hand_in = Action::HandIn { papers: vec![paper] };
    let there = [script.to_vec(), vec![("applicant", "2026-06-02 09:00", hand_in)]].concat();
    assert!(falls_due(&there, "2026-06-03 17:00").is_empty());
}

#[test]
fn one_timer_serves_all_dossiers_of_either_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut memory = engine();
    let mut file = engine_over(SqliteJournal::open(&path).unwrap());
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let later = ten_days(Channel::Online, "2026-06-02 09:00", "2026-06-02 10:00");
    for (dossier, script) in [("H41-2", &later), ("H41-1", &begun), ("H41-3", &later)] {
        play(&mut memory, dossier, script);
        play(&mut file, dossier, script);
    }
    assert_eq!(memory.next_wakeup().unwrap(), Some(at("2026-06-04 15:00")));
    let codes = |engine: &Engine<MemoryJournal>, until: &str| -> Vec<(String, String)> {
        let next = engine.journal().next_wakeups(at(until)).unwrap();
        next.iter().map(|(code, at)| (code.to_string(), at.to_string())).collect()
    };
    let first = ("H41-1".to_owned(), "2026-06-04 15:00:00".to_owned());
    assert_eq!(codes(&memory, "2026-06-04 15:00"), std::slice::from_ref(&first));
    assert_eq!(
        codes(&memory, "2026-06-05 15:00")[..2],
        [first, ("H41-2".into(), "2026-06-05 15:00:00".into())]
    );
    drop(file);
    let mut file = engine_over(SqliteJournal::open(&path).unwrap());
    for until in ["2026-06-04 14:59", "2026-06-05 00:00", "2026-07-01 00:00"] {
        let until = at(until);
        assert_eq!(memory.wakeups(until).unwrap(), file.wakeups(until).unwrap());
        assert_eq!(
            memory.journal().next_wakeups(until).unwrap(),
            file.journal().next_wakeups(until).unwrap()
        );
    }
    let found = memory.wakeups(at("2026-06-05 15:00")).unwrap();
    assert!(found.is_sorted_by_key(|wakeup| wakeup.at), "{found:#?}");
    // Whatever is done with it, what is over has no timer.
    for dossier in ["H41-1", "H41-2", "H41-3"] {
        let gone = Action::Withdraw { reason: None };
        play(&mut memory, dossier, &[("applicant", "2026-06-03 09:00", gone.clone())]);
        play(&mut file, dossier, &[("applicant", "2026-06-03 09:00", gone)]);
    }
    assert_eq!((memory.next_wakeup().unwrap(), file.next_wakeup().unwrap()), (None, None));
    assert!(memory.wakeups(at("2030-01-01")).unwrap().is_empty());
}

#[test]
fn work_is_in_the_order_in_which_it_falls_due() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = engine_over(SqliteJournal::open(folder.path().join("journal.sqlite")).unwrap());
    let mut memory = engine();
    let mut both = |dossier: &str, script: &[Step]| {
        play(&mut memory, dossier, script);
        play(&mut file, dossier, script);
    };
    // Due on 15/6, its step on 4/6; due on 16/6, but its step (signing) on 4/6 too, and later on 3/6; not accepted yet.
    both("H41-1", &ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"));
    let signed = |moment| ("justice", moment, complete("check"));
    let later = ten_days(Channel::Online, "2026-06-02 09:00", "2026-06-02 10:00");
    both("H41-2", &[later.clone(), vec![signed("2026-06-02 11:00")]].concat());
    both("H41-3", &later);
    both("H41-4", &[("applicant", "2026-06-01 07:00", receive("thu/muoi-ngay", Channel::Online))]);
    let list = |filter: &WorkFilter| -> Vec<String> {
        let found = memory.work_list(filter).unwrap();
        assert_eq!(found, file.work_list(filter).unwrap());
        found.into_iter().map(|item| item.dossier).collect()
    };
    let all = WorkFilter::default();
    assert_eq!(list(&all), ["H41-1", "H41-2", "H41-3", "H41-4"]);
    let by_step = WorkFilter { order: WorkOrder::StepDue, ..WorkFilter::default() };
    assert_eq!(list(&by_step), ["H41-2", "H41-1", "H41-3", "H41-4"]);
    // What is overdue at a moment: the step of H41-2 first, then those of the others, then the dossiers themselves.
    let steps = |moment: &str| WorkFilter { step_due_before: Some(at(moment)), ..by_step.clone() };
    assert_eq!(list(&steps("2026-06-03 17:00")), Vec::<String>::new());
    assert_eq!(list(&steps("2026-06-03 17:00:01")), ["H41-2"]);
    assert_eq!(list(&steps("2026-06-05 08:00")), ["H41-2", "H41-1"]);
    let overdue = |moment: &str| WorkFilter { due_before: Some(at(moment)), ..WorkFilter::default() };
    assert_eq!(list(&overdue("2026-06-15 17:00")), Vec::<String>::new());
    assert_eq!(list(&overdue("2026-06-16 08:00")), ["H41-1"]);
    assert_eq!(list(&overdue("2026-06-17 08:00")), ["H41-1", "H41-2", "H41-3"]);
    let narrow = WorkFilter { role: Some("commune_leader".into()), ..overdue("2026-06-17 08:00") };
    assert_eq!(list(&narrow), ["H41-2"]);
}
