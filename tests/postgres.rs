//! The journal on a PostgreSQL server: many writers, what is changed behind its back, and what finds what.

#[path = "common/appends.rs"]
mod appends;
mod common;
#[path = "common/postgres.rs"]
mod server;
#[path = "common/stores.rs"]
mod stores;

use appends::{event, of, open};
use common::{certified_copy, engine_over, play};
use motcua::journal::{Append, Journal, JournalError, MemoryJournal, PostgresJournal, WorkFilter};
use motcua::moment;
use server::{Server, fresh_schema};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;
use stores::{fill, sealed};

#[test]
fn of_many_writers_one_is_first_and_none_is_lost() {
    const WRITERS: usize = 8;
    const DOSSIERS: usize = 5;
    const ACCEPTED: usize = 60;
    let (server, schema) = (Server::shared(), fresh_schema());
    let (conflicts, busy) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let accepted: Vec<Vec<(String, u64)>> = std::thread::scope(|scope| {
        let writer = |writer: usize| {
            let (server, schema, conflicts, busy) = (&server, &schema, &conflicts, &busy);
            scope.spawn(move || {
                // All of them open, and make the tables, at once.
                let mut journal = open(server, schema);
                let mut accepted = Vec::new();
                for n in 0.. {
                    if accepted.len() >= ACCEPTED {
                        break;
                    }
                    // Now one dossier, now two in changing order.
                    let mut batch = Vec::new();
                    for k in 0..1 + n % 2 {
                        let dossier = format!("D{}", (n * (writer + 1) + k * (writer + 2)) % DOSSIERS);
                        if batch.iter().all(|append: &Append| append.dossier != dossier) {
                            let version = journal.version(&dossier).unwrap() + 1;
                            batch.push(of(&dossier, event(version, &format!("{writer}/{n}/{k}"))));
                        }
                    }
                    match journal.append(&batch) {
                        Ok(done) => {
                            assert!(done.iter().all(|one| !one.repeated));
                            let names = batch.iter().map(|append| append.dossier.to_string());
                            accepted.extend(names.zip(done.iter().map(|one| one.version)));
                        }
                        Err(JournalError::Conflict { .. }) => _ = conflicts.fetch_add(1, Ordering::Relaxed),
                        Err(JournalError::Busy { .. }) => _ = busy.fetch_add(1, Ordering::Relaxed),
                        Err(error) => panic!("{error}"),
                    }
                }
                accepted
            })
        };
        let threads: Vec<_> = (0..WRITERS).map(writer).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let mut all: Vec<_> = accepted.into_iter().flatten().collect();
    all.sort();
    let mut journal = open(&server, &schema);
    let mut stored = Vec::new();
    for dossier in (0..DOSSIERS).map(|n| format!("D{n}")) {
        let events = journal.events(&dossier).unwrap();
        stored.extend((1..=events.len() as u64).map(|version| (dossier.clone(), version)));
    }
    assert_eq!(all, stored, "each version was given to one writer, and is there");
    assert_eq!(journal.verify(None).unwrap().size, all.len() as u64);
    // What is derived is what the last event of each dossier left.
    let before = journal.work(&WorkFilter::default()).unwrap();
    assert_eq!(before.len(), DOSSIERS);
    for dossier in (0..DOSSIERS).map(|n| format!("D{n}")) {
        let last = journal.events(&dossier).unwrap().pop().unwrap();
        journal.append(&[Append { events: Vec::new(), ..of(&dossier, last) }]).unwrap();
    }
    assert_eq!(journal.work(&WorkFilter::default()).unwrap(), before);
    let waiting: i64 =
        server.client().query_one(&format!("SELECT count(*) FROM {schema}.waiting"), &[]).unwrap().get(0);
    assert_eq!(waiting, DOSSIERS as i64);
    println!("{} events, {conflicts:?} conflicts, {busy:?} busy", all.len());
}

#[test]
fn a_follower_skips_nothing_when_writers_commit_out_of_order() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let mut journal = open(&server, &schema);
    journal.append(&[of("A", event(1, "a"))]).unwrap();
    journal.append(&[of("B", event(1, "b"))]).unwrap();
    // An event is numbered and not committed, a later one is.
    let mut slow = server.client();
    let insert = format!(
        "INSERT INTO {schema}.events (unit, year, dossier, version, id, body, hash)
         SELECT unit, year, dossier, 2, nextval('{schema}.event_ids'), body, hash FROM {schema}.events WHERE dossier = 'A'"
    );
    slow.batch_execute("BEGIN").unwrap();
    slow.batch_execute(&insert).unwrap();
    journal.append(&[of("B", event(2, "b2"))]).unwrap();
    let followed = std::thread::spawn({
        let (server, schema) = (Arc::clone(&server), schema.clone());
        move || {
            let mut seen = Vec::new();
            let follower = open(&server, &schema);
            follower
                .sealed(0, &mut |one| {
                    seen.push((one.place, one.dossier.to_string(), one.version));
                    ControlFlow::Continue(())
                })
                .unwrap();
            seen
        }
    });
    std::thread::sleep(Duration::from_millis(300));
    assert!(!followed.is_finished(), "it waits for the writer that may still store something before");
    slow.batch_execute("COMMIT").unwrap();
    let seen = followed.join().unwrap();
    let expected = [(1, "A", 1), (2, "B", 1), (3, "A", 2), (4, "B", 2)];
    assert_eq!(seen, expected.map(|(place, code, version)| (place, code.to_owned(), version)));

    // Under load: who reads while eight write sees every event once, in the order of its dossier, and no place changes.
    let (done, schema) = (AtomicBool::new(false), fresh_schema());
    drop(open(&server, &schema));
    let (mut seen, mut rounds) = (Vec::new(), 0);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8)
            .map(|writer| {
                let (server, schema) = (&server, &schema);
                scope.spawn(move || {
                    let mut journal = open(server, schema);
                    for version in 1..=60 {
                        journal
                            .append(&[of(&format!("W{writer}"), event(version, &version.to_string()))])
                            .unwrap();
                    }
                })
            })
            .collect();
        let done = &done;
        let watch = scope.spawn(move || {
            writers.into_iter().for_each(|writer| writer.join().unwrap());
            done.store(true, Ordering::SeqCst);
        });
        let follower = open(&server, &schema);
        loop {
            let last_round = done.load(Ordering::SeqCst);
            let after = seen.len() as u64;
            follower
                .sealed(after, &mut |one| {
                    seen.push((one.place, one.dossier.to_string(), one.version));
                    ControlFlow::Continue(())
                })
                .unwrap();
            rounds += 1;
            if last_round {
                break;
            }
        }
        watch.join().unwrap();
    });
    assert_eq!(seen.len(), 480);
    let mut versions: BTreeMap<&str, u64> = BTreeMap::new();
    for (at, (place, dossier, version)) in seen.iter().enumerate() {
        assert_eq!(*place, at as u64 + 1);
        let last = versions.entry(dossier).or_default();
        assert_eq!(*version, *last + 1, "{dossier}");
        *last = *version;
    }
    let again: Vec<_> = sealed(&open(&server, &schema))
        .into_iter()
        .map(|one| (one.place, one.dossier.to_string(), one.version))
        .collect();
    assert_eq!(again, seen);
    println!("{rounds} rounds of the follower");
}

#[test]
fn a_schema_of_another_kind_is_refused() {
    let server = Server::shared();
    let mut client = server.client();
    let (foreign, newer) = (fresh_schema(), fresh_schema());
    client
        .batch_execute(&format!("CREATE SCHEMA {foreign}; CREATE TABLE {foreign}.notes (x integer)"))
        .unwrap();
    let refused = |schema: &str| PostgresJournal::open(&server.url(), Some(schema)).unwrap_err();
    assert_eq!(refused(&foreign).code(), "journal.foreign");
    client.batch_execute(&format!("CREATE TABLE {foreign}.motcua (name text)")).unwrap();
    assert_eq!(refused(&foreign).code(), "journal.foreign");
    drop(open(&server, &newer));
    client.batch_execute(&format!("UPDATE {newer}.motcua SET format = 99")).unwrap();
    assert_eq!(refused(&newer).code(), "journal.format");
    let nobody = PostgresJournal::open("postgres://motcua:secret@127.0.0.1:1/none", None).unwrap_err();
    assert_eq!(nobody.code(), "journal.storage");
    assert!(!nobody.to_string().contains("secret"), "{nobody}");
    let unreadable = PostgresJournal::open("postgres://motcua:secret@127.0.0.1:port/none", None).unwrap_err();
    assert!(!unreadable.to_string().contains("secret"), "{unreadable}");
}

#[test]
fn schemas_of_the_formats_before_are_taken_over() {
    let (server, fresh) = (Server::shared(), fresh_schema());
    open(&server, &fresh).add_partition(2023, "nghe-an", &["hoa-thanh"]).unwrap();
    let mut client = server.client();
    for (schema, fixture) in [
        ("format_1", include_str!("data/journals/postgres-1.sql")),
        ("format_2", include_str!("data/journals/postgres-2.sql")),
        ("format_3", include_str!("data/journals/postgres-3.sql")),
    ] {
        client.batch_execute(fixture).unwrap();
        client.batch_execute("RESET ALL").unwrap();
        // Two processes find it at once.
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| drop(open(&server, schema)));
            }
        });
        assert_eq!(shape(&mut client, schema), shape(&mut client, &fresh));
        let journal = open(&server, schema);
        assert_eq!(journal.verify(None).unwrap().size, 8);
        let filled = fill(MemoryJournal::new());
        for code in ["H41-1", "H41-2"] {
            assert_eq!(journal.events(code).unwrap(), filled.events(code).unwrap());
        }
        let all = WorkFilter::default();
        assert_eq!(journal.work(&all).unwrap(), filled.work(&all).unwrap());
        assert_eq!(journal.next_wakeup().unwrap(), filled.next_wakeup().unwrap());
        // It goes on as the other does.
        let (mut ours, mut theirs) = (engine_over(journal), engine_over(filled));
        play(&mut ours, "H41-2", &certified_copy()[4..]);
        play(&mut theirs, "H41-2", &certified_copy()[4..]);
        assert_eq!(ours.events("H41-2").unwrap(), theirs.events("H41-2").unwrap());
        assert_eq!(ours.journal().verify(None).unwrap().size, 12);
    }
}

#[test]
fn a_journal_in_use_is_divided_into_partitions() {
    let (server, schema, before) = (Server::shared(), fresh_schema(), fresh_schema());
    open(&server, &before).add_partition(2024, "nghe-an", &["hoa-thanh"]).unwrap();
    let mut first = fill(open(&server, &schema));
    let mut second = open(&server, &schema);
    let head = first.verify(None).unwrap();
    // Of 2023 there is something.
    let refused = second.add_partition(2023, "nghe-an", &["hoa-thanh"]).unwrap_err();
    assert_eq!(refused.code(), "journal.storage");
    let mut client = server.client();
    let mut kind = || -> String {
        let kind = format!("SELECT relkind::text FROM pg_class WHERE oid = '{schema}.events'::regclass");
        client.query_one(&kind, &[]).unwrap().get(0)
    };
    assert_eq!(kind(), "r", "what is refused changes nothing");
    second.add_partition(2024, "nghe-an", &["hoa-thanh"]).unwrap();
    assert_eq!(kind(), "p");
    assert_eq!(shape(&mut client, &schema), shape(&mut client, &before));
    // Who had it open goes on, and what came before is where it was.
    for (journal, code) in [(&mut first, "N-1"), (&mut second, "N-2")] {
        journal.append(&[of(code, event(1, "1"))]).unwrap();
        let version = journal.version("H41-1").unwrap() + 1;
        journal.append(&[of("H41-1", event(version, code))]).unwrap();
    }
    assert_eq!(first.verify(Some(head)).unwrap().size, 8 + 4);
    let rows = format!("SELECT count(*) FROM {schema}.history WHERE dossier = 'H41-1'");
    let rows: i64 = client.query_one(&rows, &[]).unwrap().get(0);
    assert_eq!(rows.cast_unsigned(), second.version("H41-1").unwrap());
}

/// The functions, columns, constraints, indexes and triggers of a schema.
fn shape(client: &mut postgres::Client, schema: &str) -> Vec<String> {
    let select = "SELECT replace(said, $1, '') FROM (
            SELECT pg_get_functiondef(oid) AS said FROM pg_proc WHERE pronamespace = $1::text::regnamespace
            UNION ALL SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default, collation_name)
            FROM information_schema.columns WHERE table_schema = $1
            UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid))
            FROM pg_constraint WHERE connamespace = $1::text::regnamespace
            UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = $1
            UNION ALL SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid
            WHERE relnamespace = $1::text::regnamespace) AS all_of_it ORDER BY 1";
    client.query(select, &[&schema]).unwrap().iter().map(|row| row.get(0)).collect()
}

#[test]
fn what_is_changed_on_the_server_shows() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let journal = fill(open(&server, &schema));
    let head = journal.verify(None).unwrap();
    let mut client = server.client();
    client.batch_execute(&format!("SET search_path = {schema}")).unwrap();
    for sql in [
        "DELETE FROM events WHERE version = 4",
        "UPDATE events SET body = '{}'",
        "UPDATE events SET words = '[\"x\"]'",
        "UPDATE events SET hash = '\\x00'",
        "TRUNCATE events",
        "UPDATE placed SET place = place + 10",
        "DELETE FROM placed",
    ] {
        let error = client.batch_execute(sql).unwrap_err();
        let message = error.as_db_error().unwrap().message();
        assert!(message.contains("events never change"), "{sql}: {message}");
    }
    // Who owns the server can take the guards away.
    for (sql, named) in [
        ("UPDATE events SET body = replace(body, '08:20:00', '08:20:01')", "event 3 of dossier `H41-1`"),
        (
            "UPDATE events SET words = '[\"khác\"]' WHERE words IS NOT NULL AND dossier = 'H41-1' AND version = 3",
            "event 3 of dossier `H41-1`",
        ),
        (
            "UPDATE events SET hash = sha256('x') WHERE version = 2 AND dossier = 'H41-2'",
            "event 2 of dossier `H41-2`",
        ),
        ("DELETE FROM events WHERE version = 4 AND dossier = 'H41-2'", "event 4 of dossier `H41-2`"),
        ("UPDATE dossiers SET hash = sha256('x') WHERE code = 'H41-2'", "event 4 of dossier `H41-2`"),
        ("UPDATE dossiers SET version = 5 WHERE code = 'H41-2'", "event 5 of dossier `H41-2`"),
        ("DELETE FROM placed WHERE place = 8", "places were given"),
        ("DELETE FROM dossiers WHERE code = 'H41-2'", "by their rows"),
        ("UPDATE placed SET place = place + 100", "place"),
    ] {
        client.batch_execute("SET session_replication_role = replica; CREATE TABLE kept AS SELECT * FROM events; CREATE TABLE kept_placed AS SELECT * FROM placed; CREATE TABLE kept_dossiers AS SELECT * FROM dossiers").unwrap();
        client.batch_execute(sql).unwrap();
        let error = journal.verify(None).unwrap_err();
        assert!(error.code() == "journal.tampered" && error.to_string().contains(named), "{sql}: {error}");
        client.batch_execute("DELETE FROM events; INSERT INTO events SELECT * FROM kept; DELETE FROM placed; INSERT INTO placed SELECT * FROM kept_placed; DELETE FROM dossiers; INSERT INTO dossiers SELECT * FROM kept_dossiers; DROP TABLE kept, kept_placed, kept_dossiers; SET session_replication_role = origin").unwrap();
        assert_eq!(journal.verify(None).unwrap(), head);
    }
}

/// A command that is given again must not be stored twice because somebody changed the key it was stored under.
#[test]
fn a_key_that_was_changed_on_the_server_is_not_believed() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let mut journal = open(&server, &schema);
    let appends: Vec<Append> =
        (1..4).map(|version| of("A", event(version, &format!("key-{version}")))).collect();
    journal.append(&appends).unwrap();
    server
        .client()
        .batch_execute(&format!(
            "SET session_replication_role = replica;
             UPDATE {schema}.events SET body = replace(body, 'key-2', 'key-9') WHERE version = 2"
        ))
        .unwrap();
    let again = of("A", event(4, "key-2"));
    for batch in [vec![again.clone()], vec![of("B", event(1, "1")), again]] {
        assert_eq!(journal.append(&batch).unwrap_err().code(), "journal.tampered");
    }
    assert_eq!((journal.version("A").unwrap(), journal.version("B").unwrap()), (3, 0));
}

/// The views that ARCHITECTURE.md documents.
#[test]
fn a_vendor_reads_work_and_history_with_sql() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let journal = fill(open(&server, &schema));
    journal.size().unwrap();
    let mut client = server.client();
    let work = client
        .query(&format!("SELECT dossier, action, step, unit, assignee, since, due, role FROM {schema}.work ORDER BY dossier"), &[])
        .unwrap();
    let all = journal.work(&WorkFilter::default()).unwrap();
    assert_eq!(work.len(), all.len());
    for item in &all {
        let row = work.iter().find(|row| row.get::<_, &str>("dossier") == item.dossier).unwrap();
        assert_eq!(row.get::<_, &str>("unit"), item.unit);
        assert_eq!(row.get::<_, Option<&str>>("step"), item.step.as_deref());
        assert_eq!(moment::parse(row.get("due")), item.due);
        assert_eq!(moment::parse(row.get("since")), Some(item.since));
    }
    let history = client
        .query(&format!("SELECT place, dossier, version, at, actor, unit, key, command::text, words FROM {schema}.history ORDER BY place"), &[])
        .unwrap();
    let sealed = sealed(&journal);
    assert_eq!(history.len(), sealed.len());
    for (row, one) in history.iter().zip(&sealed) {
        let event = one.event().unwrap();
        assert_eq!((row.get::<_, i64>(0), row.get::<_, &str>(1)), (one.place as i64, one.dossier.as_str()));
        assert_eq!((row.get::<_, &str>("actor"), row.get::<_, &str>("key")), (&*event.actor, &*event.key));
        assert_eq!(row.get::<_, Option<&str>>("unit"), event.unit.as_deref());
        assert!(row.get::<_, &str>(7).contains(event.action.name()));
    }
}

/// How the units are found where something waits.
const UNITS: &str = "WITH RECURSIVE u AS ((SELECT unit FROM waiting ORDER BY unit LIMIT 1) UNION ALL
    SELECT (SELECT w.unit FROM waiting w WHERE w.unit > u.unit ORDER BY w.unit LIMIT 1) FROM u WHERE u.unit IS NOT NULL)
    SELECT unit FROM u WHERE unit IS NOT NULL";

#[test]
fn lists_and_dossiers_are_found_by_indexes_in_one_partition() {
    let (server, schema) = (Server::shared(), fresh_schema());
    let mut journal = open(&server, &schema);
    for year in [2023, 2024, 2025] {
        journal.add_partition(year, "tay-ninh", &["hoa-thanh", "trang-bang"]).unwrap();
        journal.add_partition(year, "can-tho", &["ninh-kieu"]).unwrap();
    }
    assert_eq!(journal.add_partition(2023, "tay-ninh", &["x"]).unwrap_err().code(), "journal.storage");
    assert_eq!(journal.add_partition(2023, "other", &["ninh-kieu"]).unwrap_err().code(), "journal.storage");
    let mut batch = Vec::new();
    for n in 0..4_000_u32 {
        let mut first = event(1, "1");
        let days = i64::from(n % 1_000);
        first.at += chrono::TimeDelta::days(days);
        let mut append = of(&format!("H{n}"), first);
        append.next = append.work[0].due;
        append.work[0].unit = format!("unit-{}", n % 100);
        append.work[0].assignee = (n % 3 == 0).then(|| format!("officer-{}", n % 30));
        batch.push(append);
    }
    journal.append(&batch).unwrap();
    let mut engine = engine_over(journal);
    play(&mut engine, "H41-1", &certified_copy()[..3]);
    let journal = engine.into_journal();
    assert_eq!(journal.verify(None).unwrap().size, 4_003);
    let mut client = server.client();
    client.batch_execute(&format!("SET search_path = {schema}; ANALYZE")).unwrap();
    let counts = client
        .query("SELECT tableoid::regclass::text, count(*) FROM events GROUP BY 1 ORDER BY 1", &[])
        .unwrap();
    let lies: Vec<String> = counts.iter().map(|row| row.get(0)).collect();
    assert_eq!(
        lies,
        ["\"events_2023_tay-ninh\"", "\"events_2024_tay-ninh\"", "\"events_2025_tay-ninh\"", "events_other"]
    );
    let mut plan = |sql: &str| -> String {
        let rows = client
            .query(&format!("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) {sql}"), &[])
            .unwrap();
        rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect()
    };
    let list = |condition: &str| {
        format!(
            "SELECT d.code, d.version, d.work FROM (SELECT DISTINCT home, year, dossier FROM waiting WHERE {condition}) w
             JOIN dossiers d ON (d.unit, d.year, d.code) = (w.home, w.year, w.dossier)"
        )
    };
    for (sql, indexes) in [
        (list("unit = 'unit-7'"), vec!["waiting_pkey", "dossiers_pkey"]),
        (list("unit = 'unit-7' AND due < '2023-07'"), vec!["waiting_pkey", "dossiers_pkey"]),
        (
            list(&format!("due < '2023-06-10' AND unit = ANY (ARRAY ({UNITS}))")),
            vec!["waiting_pkey", "dossiers_pkey"],
        ),
        (list("assignee = 'officer-6' AND assignee <> ''"), vec!["waiting_assignee", "dossiers_pkey"]),
        (
            "SELECT code, next FROM dossiers WHERE next <= '2023-06-10' ORDER BY next, code".into(),
            vec!["dossiers_next"],
        ),
        (
            "SELECT code, next FROM dossiers WHERE next IS NOT NULL ORDER BY next, code LIMIT 1".into(),
            vec!["dossiers_next"],
        ),
        ("SELECT unit, year FROM routes WHERE code = 'H7'".into(), vec!["routes_pkey"]),
        (
            "SELECT * FROM placed WHERE place > 3000 AND place <= 3100 ORDER BY place".into(),
            vec!["placed_pkey"],
        ),
    ] {
        let plan = plan(&sql);
        assert!(!plan.contains("Seq Scan"), "{sql}:\n{plan}");
        assert!(indexes.iter().all(|index| plan.contains(index)), "{sql}:\n{plan}");
    }
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let source = flat(include_str!("../core/src/journal/postgres/read.rs"));
    assert!(source.contains(&flat(UNITS)), "it is what the journal asks");
    let chain = "SELECT e.version, e.body, p.place, d.version FROM dossiers d
        LEFT JOIN events e ON e.unit = $1 AND e.year = $2 AND e.dossier = $3 AND e.version >= $4
        LEFT JOIN placed p ON p.unit = $1 AND p.year = $2 AND p.dossier = $3 AND p.version = e.version
        WHERE d.unit = $1 AND d.year = $2 AND d.code = $3 ORDER BY e.version";
    let begin = chain.split_once(" FROM").map_or("", |(_, rest)| rest);
    assert!(source.contains(&flat(begin)), "it is what the journal asks");
    // Planned for these values, and once for all.
    for mode in ["force_custom_plan", "force_generic_plan"] {
        let mut client = server.client();
        client
            .batch_execute(&format!(
                "SET search_path = {schema}; SET plan_cache_mode = {mode}; PREPARE chain (text, integer, text, bigint) AS {chain}"
            ))
            .unwrap();
        let rows = client
            .query("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE chain ('hoa-thanh', 2023, 'H41-1', 0)", &[])
            .unwrap();
        let plan: String = rows.iter().map(|row| row.get::<_, String>(0) + "\n").collect();
        assert!(
            plan.contains("events_2023_tay-ninh_pkey") || plan.contains("events_2023_tay-ninh"),
            "{plan}"
        );
        assert!(
            !plan.contains("events_2024")
                && !plan.contains("can-tho")
                && !plan.contains("Seq Scan on \"events"),
            "{plan}"
        );
    }
}
