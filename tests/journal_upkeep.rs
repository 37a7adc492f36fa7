//! What is done with a journal file over the years: archives, copies, SQL.

mod common;

use common::{certified_copy, command, complete, engine_over, play};
use motcua::Engine;
use motcua::dossier::{Action, Dossier};
use motcua::journal::{Journal, SqliteJournal, WorkFilter};
use motcua::procedure::Catalogue;
use rusqlite::Connection;
use std::path::Path;

/// Two dossiers that are closed, one of them later, and one that is not; their events mixed.
fn fill(path: &Path) -> Engine<SqliteJournal> {
    let mut engine = engine_over(SqliteJournal::open(path).unwrap());
    let script = certified_copy();
    for step in &script {
        for code in ["H41-1", "H41-2"] {
            let (actor, at, action) = step.clone();
            // The second a year later.
            let at = if code == "H41-2" { at.replace("2023-06", "2024-06") } else { at.to_owned() };
            // Saturdays and Sundays are none of these days.
            let at = at.replace("2024-06-01", "2024-06-03");
            engine.handle(&command(code, actor, &at, action)).unwrap();
        }
    }
    play(&mut engine, "H41-3", &certified_copy()[..3]);
    engine
}

#[test]
fn a_closed_year_goes_to_an_archive_and_both_still_verify() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = fill(&folder.path().join("journal.sqlite"));
    let early = engine.journal().head().unwrap();
    let events = ["H41-1", "H41-2", "H41-3"].map(|code| engine.events(code).unwrap());
    let work = engine.work_list(&WorkFilter::default()).unwrap();
    let archive = folder.path().join("2023.sqlite");
    // Where there is a file already nothing is done.
    std::fs::write(&archive, "something else").unwrap();
    let first_of_2024 = "2024-01-01".parse().unwrap();
    assert_eq!(engine.archive(first_of_2024, &archive).unwrap_err().code(), "journal.foreign");
    assert_eq!(std::fs::read(&archive).unwrap(), b"something else");
    assert_eq!(engine.events("H41-1").unwrap(), events[0]);
    std::fs::remove_file(&archive).unwrap();

    assert_eq!(engine.archive(first_of_2024, &archive).unwrap(), 1);
    // Here it is known, and refused with the reason; the others are as they were.
    assert_eq!(engine.events("H41-1").unwrap_err().code(), "journal.archived");
    let more = command("H41-1", "chair", "2024-06-03 08:00", complete("check"));
    let error = engine.handle(&more).unwrap_err();
    assert_eq!(error.code(), "journal.archived");
    assert!(error.vi().contains("H41-1"));
    assert_eq!(
        (engine.events("H41-2").unwrap(), engine.events("H41-3").unwrap()),
        (events[1].clone(), events[2].clone())
    );
    assert_eq!(engine.work_list(&WorkFilter::default()).unwrap(), work);
    assert_eq!(engine.journal().check(Some(early)).unwrap(), early);
    // There it is read, and the others are not.
    let old = engine_over(SqliteJournal::open(&archive).unwrap());
    assert_eq!(old.events("H41-1").unwrap(), events[0]);
    assert_eq!(old.events("H41-2").unwrap_err().code(), "journal.archived");
    assert_eq!(old.journal().check(Some(early)).unwrap(), early);
    assert!(old.journal().head().unwrap().includes(
        old.journal().sealed_of("H41-1", 0).unwrap()[0].hash,
        1,
        &old.journal().prove_event(1).unwrap()
    ));

    // It goes on behind the places that are empty now, and the next year follows.
    play(&mut engine, "H41-4", &certified_copy()[..2]);
    let later = engine.journal().check(Some(early)).unwrap();
    assert_eq!(later.size, early.size + 2);
    let second = folder.path().join("2024.sqlite");
    assert_eq!(engine.archive("2025-01-01".parse().unwrap(), &second).unwrap(), 1);
    assert_eq!(engine.journal().check(Some(early)).unwrap(), later);
    let old = engine_over(SqliteJournal::open(&second).unwrap());
    assert_eq!(old.journal().check(Some(later)).unwrap(), later);
    assert_eq!(old.events("H41-2").unwrap(), events[1]);
    // Also when the last events of all are gone.
    drop(engine);
    let journal = SqliteJournal::open(folder.path().join("journal.sqlite")).unwrap();
    assert_eq!(journal.size().unwrap(), later.size);
    let mut engine = engine_over(journal);
    play(&mut engine, "H41-4", &[("justice", "2023-06-01 09:00", complete("check"))]);
    assert_eq!(engine.journal().check(Some(later)).unwrap().size, later.size + 1);
}

#[test]
fn who_reads_the_tables_with_sql_sees_what_the_journal_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut engine = fill(&path);
    let ask = Action::RequestSupplement { reason: "thiếu trang 2".into() };
    play(&mut engine, "H41-5", &certified_copy()[..2]);
    play(&mut engine, "H41-5", &[("justice", "2023-06-01 08:20", ask)]);
    let sql = Connection::open(&path).unwrap();
    let columns = "dossier, procedure, action, step, role, unit, assignee, since, due, step_due";
    let mut select =
        sql.prepare(&format!("SELECT {columns} FROM work ORDER BY due, dossier, step, action")).unwrap();
    let row = |row: &rusqlite::Row<'_>| (0..10).map(|i| row.get::<_, Option<String>>(i)).collect();
    let rows: Vec<Vec<Option<String>>> = select.query_map([], row).unwrap().map(Result::unwrap).collect();
    let text = |moment: Option<chrono::NaiveDateTime>| moment.map(motcua::moment::format);
    let items: Vec<Vec<Option<String>>> = engine
        .work_list(&WorkFilter::default())
        .unwrap()
        .into_iter()
        .map(|item| {
            let due = text(item.due).or_else(|| Some("never".into()));
            let (since, step_due) = (text(Some(item.since)), text(item.step_due));
            let (dossier, procedure) = (Some(item.dossier), Some(item.procedure));
            let (action, unit) = (Some(item.action), Some(item.unit));
            vec![dossier, procedure, action, item.step, item.role, unit, item.assignee, since, due, step_due]
        })
        .collect();
    assert_eq!(rows, items);
    assert!(rows.len() >= 2);
    let told: String = sql
        .query_row(
            "SELECT group_concat(actor || ' ' || at, '; ') FROM history WHERE dossier = 'H41-5'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(
        told,
        "applicant 2023-06-01T08:00:00+07:00; reception 2023-06-01T08:10:00+07:00; justice 2023-06-01T08:20:00+07:00"
    );
    // By the indexes: what is asked of a unit, of an officer, and what falls due, read no more than they find.
    for query in [
        "SELECT * FROM work WHERE unit = 'hoa-thanh' AND due < '2023-06-02'",
        "SELECT * FROM waiting WHERE assignee = 'justice' AND assignee <> '' AND due < '2023-06-02'",
        "SELECT code FROM dossiers WHERE next <= '2023-06-02' ORDER BY next, code",
        "SELECT * FROM dossiers WHERE code = 'H41-1'",
    ] {
        let mut plan = sql.prepare(&format!("EXPLAIN QUERY PLAN {query}")).unwrap();
        let plan: Vec<String> = plan.query_map([], |row| row.get(3)).unwrap().map(Result::unwrap).collect();
        let scans =
            plan.iter().filter(|line| line.starts_with("SCAN") && !line.contains("VIRTUAL TABLE")).count();
        assert_eq!(scans, 0, "{query}: {plan:?}");
    }
}

/// Without a unit too, and whatever is asked together, lists are those that a look at every item gives.
#[test]
fn every_filter_finds_what_it_should() {
    let folder = tempfile::tempdir().unwrap();
    let mut engine = fill(&folder.path().join("journal.sqlite"));
    let claim = Action::Assign { step: "check".into(), officer: "justice-2".into() };
    play(&mut engine, "H41-6", &certified_copy()[..2]);
    play(&mut engine, "H41-6", &[("justice", "2023-06-01 08:30", claim)]);
    play(&mut engine, "H41-7", &certified_copy()[..1]);
    let all = engine.work_list(&WorkFilter::default()).unwrap();
    let far = motcua::moment::parse("2024-01-01 08:00").unwrap();
    let mut found = 0;
    for unit in [None, Some("hoa-thanh"), Some("nowhere")] {
        for assignee in [None, Some("justice-2"), Some("nobody")] {
            for role in all.iter().map(|item| item.role.clone()).chain([None]) {
                for due in all.iter().filter_map(|item| item.due).chain([far]).map(Some).chain([None]) {
                    let filter = WorkFilter {
                        unit: unit.map(String::from),
                        assignee: assignee.map(String::from),
                        role: role.clone(),
                        due_before: due,
                        ..WorkFilter::default()
                    };
                    let is_wanted = |item: &&motcua::journal::WorkItem| {
                        unit.is_none_or(|unit| item.unit == unit)
                            && assignee.is_none_or(|wanted| item.assignee.as_deref() == Some(wanted))
                            && role.is_none_or_equal(&item.role)
                            && due.is_none_or(|due| item.due.is_some_and(|is| is < due))
                    };
                    let wanted: Vec<_> = all.iter().filter(is_wanted).cloned().collect();
                    assert_eq!(engine.work_list(&filter).unwrap(), wanted, "{filter:?}");
                    found += wanted.len();
                }
            }
        }
    }
    assert!(found > 20, "{found}");
}

/// What is absent does not narrow.
trait IsNoneOrEqual {
    fn is_none_or_equal(&self, other: &Self) -> bool;
}

impl IsNoneOrEqual for Option<String> {
    fn is_none_or_equal(&self, other: &Self) -> bool {
        self.is_none() || self == other
    }
}

#[test]
fn a_copy_that_was_restored_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let engine = fill(&folder.path().join("journal.sqlite"));
    let (copy, head) = (folder.path().join("copy.sqlite"), engine.journal().head().unwrap());
    engine.journal().backup(&copy).unwrap();
    drop(engine);
    // The machine is lost; the copy takes the file's place.
    let restored = folder.path().join("restored.sqlite");
    std::fs::copy(&copy, &restored).unwrap();
    let mut engine = engine_over(SqliteJournal::open(&restored).unwrap());
    assert_eq!(engine.journal().check(Some(head)).unwrap(), head);
    play(&mut engine, "H41-3", &certified_copy()[3..]);
    let events = engine.events("H41-3").unwrap();
    let dossier = Dossier::replay(Catalogue::embedded(), "H41-3", &events).unwrap().unwrap();
    assert!(dossier.status.is_ended());
    assert_eq!(engine.journal().check(Some(head)).unwrap().size, head.size + events.len() as u64 - 3);
}
