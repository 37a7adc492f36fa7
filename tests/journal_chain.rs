//! What is changed in a journal shows: chains, heads, proofs, erasure, and copies in other forms.

mod common;
#[path = "common/stores.rs"]
mod stores;

use common::{certified_copy, engine_over, play};
use motcua::dossier::signature::Digest;
use motcua::journal::{Head, Journal, JournalError, MemoryJournal, SqliteJournal, export, import};
use proptest::prelude::*;
use rusqlite::Connection;
use std::path::Path;
use stores::{fill, sealed};

fn file(folder: &Path) -> SqliteJournal {
    SqliteJournal::open(folder.join("journal.sqlite")).unwrap()
}

/// The triggers keep honest programs from it; who owns the file can drop them.
fn tampered(folder: &Path, sql: &str) -> Result<Head, JournalError> {
    let path = folder.join("tampered.sqlite");
    let _ = std::fs::remove_file(&path);
    SqliteJournal::open(folder.join("journal.sqlite")).unwrap().backup(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch("DROP TRIGGER events_stay; DROP TRIGGER events_are_kept").unwrap();
    connection.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    drop(connection);
    SqliteJournal::open(&path).unwrap().verify(None)
}

#[test]
fn every_change_in_a_file_is_found_and_the_event_named() {
    let folder = tempfile::tempdir().unwrap();
    let journal = fill(file(folder.path()));
    let head = journal.head().unwrap();
    let path = folder.path().join("journal.sqlite");
    let connection = Connection::open(&path).unwrap();
    for sql in [
        "DELETE FROM events WHERE place = 8",
        "UPDATE events SET body = '{}'",
        "UPDATE events SET words = '[\"x\"]'",
        "INSERT INTO archived VALUES (8, x'00'); DELETE FROM events WHERE place = 8",
    ] {
        let error = connection.execute_batch(sql).unwrap_err().to_string();
        assert!(error.contains("events"), "{sql}: {error}");
    }
    connection.execute_batch("DROP TRIGGER archived_stay; DELETE FROM archived").unwrap();
    let columns = [
        "version = 7",
        "before = 1",
        "body = replace(body, '08:20:00', '08:20:01')",
        "body = replace(body, 'justice', 'chair')",
        "body = replace(body, '\"key\":\"2023', '\"key\":\"2024')",
        "body = '{\"withdraw\":{}}'",
        "words = '[\"khác\"]'",
        "salt = zeroblob(16)",
        "texts = zeroblob(32)",
        "texts = NULL",
        "hash = zeroblob(32)",
        "dossier = 2",
    ];
    for set in columns {
        // The request for a supplement: the third event of H41-1.
        let sql = format!("UPDATE events SET {set} WHERE dossier = 1 AND version = 3");
        let error = tampered(folder.path(), &sql).unwrap_err();
        let named = ["version = 7", "dossier = 2"].contains(&set)
            || error.to_string().contains("event 3 of dossier `H41-1`");
        assert!(error.code() == "journal.tampered" && named, "{set}: {error}");
    }
    for (sql, code) in [
        ("DELETE FROM events WHERE place = 3", "journal.tampered"),
        ("DELETE FROM events WHERE place = 8", "journal.tampered"),
        ("UPDATE events SET place = 20 WHERE place = 3", "journal.tampered"),
        (
            "UPDATE events SET place = 20 WHERE place = 3; UPDATE events SET place = 3 WHERE place = 4; UPDATE events SET place = 4 WHERE place = 20",
            "journal.tampered",
        ),
        ("UPDATE events SET words = 'x' WHERE place = 5", "journal.damaged"),
        ("UPDATE dossiers SET version = 3 WHERE id = 2", "journal.damaged"),
        ("UPDATE dossiers SET work = '[]' WHERE id = 2", "journal.damaged"),
        ("UPDATE dossiers SET code = 'H41-3' WHERE id = 2", "journal.damaged"),
    ] {
        assert_eq!(tampered(folder.path(), sql).unwrap_err().code(), code, "{sql}");
    }
    // Who makes all of it anew, without the last event, has a sound journal; only a head that is kept elsewhere tells.
    let mut text = Vec::new();
    export(&journal, &mut text).unwrap();
    let text = String::from_utf8(text).unwrap();
    let mut cut = SqliteJournal::open(folder.path().join("cut.sqlite")).unwrap();
    let shorter: String = text.lines().take(7).map(|line| format!("{line}\n")).collect();
    assert_eq!(import(&mut cut, &mut shorter.as_bytes()).unwrap(), 7);
    assert_eq!(cut.check(None).unwrap().size, 7);
    assert_eq!(cut.verify(Some(head)).unwrap_err().code(), "journal.head_differs");
}

#[test]
fn erased_words_are_in_no_byte_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = fill(file(folder.path()));
    let holds = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        files.map(|file| std::fs::read(file.unwrap().path()).unwrap()).any(|bytes| {
            bytes.windows(9).any(|window| window == "ông An".as_bytes() || window == b"\xc3\xb4ng An \"")
                || String::from_utf8_lossy(&bytes).contains("giấy của ông An")
        })
    };
    assert!(holds());
    // While somebody reads, the log cannot be written back, and nobody is told that it was.
    let reader = Connection::open(folder.path().join("journal.sqlite")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    assert_eq!(journal.erase("H41-1").unwrap_err().code(), "journal.busy");
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(journal.erase("H41-1").unwrap(), 0, "they are gone, and now from the log too");
    assert!(!holds());
    assert!(journal.verify(None).is_ok());
}

#[test]
fn a_journal_as_text_is_the_same_journal() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = fill(file(folder.path()));
    journal.erase("H41-1").unwrap();
    let mut text = Vec::new();
    assert_eq!(export(&journal, &mut text).unwrap(), 8);
    assert_eq!(text.iter().filter(|byte| **byte == b'\n').count(), 8);
    let mut memory = MemoryJournal::new();
    assert_eq!(import(&mut memory, &mut &text[..]).unwrap(), 8);
    let again = folder.path().join("again.sqlite");
    let mut other = SqliteJournal::open(&again).unwrap();
    assert_eq!(import(&mut other, &mut &text[..]).unwrap(), 8);
    assert_eq!((sealed(&memory), sealed(&other)), (sealed(&journal), sealed(&journal)));
    assert_eq!(other.verify(Some(journal.head().unwrap())).unwrap(), journal.head().unwrap());
    let mut once_more = Vec::new();
    export(&other, &mut once_more).unwrap();
    assert_eq!(once_more, text);
    // What is to be done is projected from it.
    let mut engine = engine_over(other);
    assert!(engine.work_list(&Default::default()).unwrap().is_empty());
    assert_eq!(engine.reproject("2023-06-02".parse().unwrap()).unwrap(), 2);
    assert!(!engine.work_list(&Default::default()).unwrap().is_empty());
    // A second time it does not follow, and nothing that was changed is taken in.
    let mut other = engine.into_journal();
    assert_eq!(import(&mut other, &mut &text[..]).unwrap_err().code(), "journal.tampered");
    let lines = String::from_utf8(text).unwrap();
    for (from, to, code) in [
        ("\"chair\"", "\"clerk\"", "journal.tampered"),
        ("\"place\":2", "\"place\":3", "journal.tampered"),
        ("\"actor\"", "\"acter\"", "journal.damaged"),
        ("{\"place\":4", "{\"place\":", "journal.line"),
    ] {
        assert!(lines.contains(from), "{from}");
        let mut fresh = MemoryJournal::new();
        let error = import(&mut fresh, &mut lines.replacen(from, to, 1).as_bytes()).unwrap_err();
        assert_eq!(error.code(), code, "{from}: {error}");
        assert_eq!(fresh.head().unwrap().size, 0, "nothing is half taken in");
    }
}

#[test]
fn a_copy_is_made_while_others_write() {
    let folder = tempfile::tempdir().unwrap();
    let journal = fill(file(folder.path()));
    let copy = folder.path().join("copy.sqlite");
    journal.backup(&copy).unwrap();
    assert_eq!(journal.backup(&copy).unwrap_err().code(), "journal.storage", "nothing is written over");
    let mut engine = engine_over(journal);
    play(&mut engine, "H41-2", &certified_copy()[4..]);
    let mut copied = engine_over(SqliteJournal::open(&copy).unwrap());
    assert_eq!(copied.journal().verify(None).unwrap().size, 8);
    assert_eq!(copied.work_list(&Default::default()).unwrap().len(), 2);
    play(&mut copied, "H41-2", &certified_copy()[4..]);
    assert_eq!(copied.events("H41-2").unwrap(), engine.events("H41-2").unwrap());
}

#[test]
fn a_file_of_the_format_before_is_taken_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.sqlite");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/data/journals/format-2.sqlite"), &path).unwrap();
    let journal = SqliteJournal::open(&path).unwrap();
    let head = journal.verify(None).unwrap();
    assert_eq!(head.size, 7);
    let order: Vec<_> =
        sealed(&journal).into_iter().map(|one| (one.dossier.to_string(), one.version)).collect();
    let expected = [("A", 1), ("B", 1), ("A", 2), ("A", 3), ("A", 4), ("A", 5), ("A", 6)];
    assert_eq!(order, expected.map(|(code, version)| (code.to_owned(), version)));
    let engine = engine_over(journal);
    let dossier = engine.dossier("A").unwrap().unwrap();
    assert_eq!((dossier.applicant(), dossier.status.name()), (Some("Nguyễn Văn An"), "in_progress"));
    assert_eq!(engine.work_list(&Default::default()).unwrap().len(), 2, "what was derived stays");
    drop(engine);
    // Once.
    assert_eq!(SqliteJournal::open(&path).unwrap().check(Some(head)).unwrap(), head);

    // Format 3 had an order among all events, and words apart, some of them erased.
    let path = folder.path().join("older.sqlite");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/data/journals/format-3.sqlite"), &path).unwrap();
    let journal = SqliteJournal::open(&path).unwrap();
    assert_eq!(journal.check(None).unwrap().size, 15);
    let filled = fill(MemoryJournal::new());
    for code in ["H41-1", "H41-2"] {
        assert_eq!(journal.events(code).unwrap(), filled.events(code).unwrap());
    }
    let all = journal.work(&Default::default()).unwrap();
    let ours: Vec<_> = all.into_iter().filter(|item| item.dossier.starts_with("H41")).collect();
    assert_eq!(ours, filled.work(&Default::default()).unwrap());
    assert_eq!(journal.next_wakeup().unwrap(), filled.next_wakeup().unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Proofs of any place in a tree of any size hold, and no other.
    #[test]
    fn proofs_hold_for_what_they_prove_only(size in 1_usize..70, place in 0_usize..70, earlier in 0_usize..70, flip in any::<u8>()) {
        let hashes: Vec<Digest> = (0..size).map(|n| Digest::of(&n.to_le_bytes())).collect();
        let head = Head::over(&hashes);
        let (place, earlier) = (place % size, earlier % (size + 1));
        let proof = Head::prove_event(&hashes, place as u64 + 1).unwrap();
        prop_assert!(head.includes(hashes[place], place as u64 + 1, &proof));
        prop_assert!(!head.includes(Digest::of(b"other"), place as u64 + 1, &proof));
        let first = Head::over(&hashes[..earlier]);
        let since = Head::prove_since(&hashes, earlier as u64).unwrap();
        prop_assert!(head.extends(&first, &since));
        let wrong = |proof: &[Digest]| {
            let mut wrong = proof.to_vec();
            let at = flip as usize % proof.len().max(1);
            wrong.get_mut(at).map(|digest| digest.0[flip as usize % 32] ^= 1).map(|()| wrong)
        };
        if let Some(wrong) = wrong(&proof) {
            prop_assert!(!head.includes(hashes[place], place as u64 + 1, &wrong));
        }
        if let Some(wrong) = wrong(&since) {
            prop_assert!(!head.extends(&first, &wrong));
        }
        // Another beginning is not extended.
        if earlier > 0 && earlier < size {
            let mut others = hashes;
            others[0] = Digest::of(b"other");
            let proof = Head::prove_since(&others, earlier as u64).unwrap();
            prop_assert!(!Head::over(&others).extends(&first, &proof));
        }
    }
}
