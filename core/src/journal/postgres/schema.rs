//! The tables of a journal in PostgreSQL. ARCHITECTURE.md documents them for who reads them with SQL.

use super::link::{Link, failed, quoted};
use crate::journal::JournalError;

/// Written into the table `motcua`.
const FORMAT: i32 = 3;

/// From each format before to the one after it. Format 1 appended by functions of the server; the primary keys of format 2
/// began with what most rows have in common.
const FORWARD: [&str; 2] = [
    "DROP FUNCTION append; DROP FUNCTION wait_at; DROP FUNCTION sealed_part; DROP FUNCTION knows;
    UPDATE motcua SET format = 2",
    concat!(
        "DROP TRIGGER events_stay ON events; DROP TRIGGER events_are_kept ON events;",
        include_str!("guards.sql"),
        "ALTER TABLE dossiers DROP CONSTRAINT dossiers_pkey, ADD PRIMARY KEY (code, unit, year);
        ALTER TABLE events DROP CONSTRAINT events_pkey, ADD PRIMARY KEY (dossier, version, unit, year);
        ALTER TABLE placed DROP CONSTRAINT placed_unit_year_dossier_version_key, ADD UNIQUE (dossier, version, unit, year);
        ALTER TABLE waiting DROP CONSTRAINT waiting_pkey, ADD PRIMARY KEY (unit, due, dossier, assignee);
        UPDATE motcua SET format = 3"
    ),
];

const TABLES: &str = include_str!("tables.sql");
const GUARDS: &str = include_str!("guards.sql");
const FUNCTIONS: &str = include_str!("functions.sql");

/// Makes the schema and its tables if there are none, and brings them forward if they are of an earlier format: all of it or
/// nothing.
pub(super) fn prepare(link: &mut Link, schema: &str) -> Result<(), JournalError> {
    if format(link, schema)? == Some(FORMAT) {
        return Ok(());
    }
    let failed = failed(&link.place);
    link.client.batch_execute("BEGIN").map_err(&failed)?;
    let made = make(link, schema);
    let end = if made.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = link.client.batch_execute(end).map_err(&failed);
    made.and(ended)
}

fn make(link: &mut Link, schema: &str) -> Result<(), JournalError> {
    let failed = failed(&link.place);
    // Another process may be about the same, and faster.
    link.client.execute("SELECT pg_advisory_xact_lock(hashtext('motcua'))", &[]).map_err(&failed)?;
    let create = format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema));
    let steps = match format(link, schema)? {
        None => vec![create.as_str(), TABLES, GUARDS, FUNCTIONS],
        Some(found) => {
            let done = usize::try_from(found).unwrap_or_default().saturating_sub(1);
            FORWARD.get(done..).unwrap_or_default().to_vec()
        }
    };
    for sql in steps {
        link.client.batch_execute(sql).map_err(&failed)?;
    }
    Ok(())
}

/// The format of what is in the schema; `None` if nothing is.
fn format(link: &mut Link, schema: &str) -> Result<Option<i32>, JournalError> {
    let failed = failed(&link.place);
    let tables = "SELECT count(*), count(*) FILTER (WHERE relname = 'motcua') FROM pg_class
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)";
    let row = link.client.query_one(tables, &[&schema]).map_err(&failed)?;
    match (row.get::<_, i64>(0), row.get::<_, i64>(1)) {
        (0, _) => return Ok(None),
        (_, 0) => return Err(JournalError::Foreign { place: link.place.clone() }),
        _ => {}
    }
    let place = link.place.clone();
    let found = link.client.query_opt("SELECT format FROM motcua", &[]);
    match found.map(|row| row.and_then(|row| row.try_get::<_, i32>(0).ok())) {
        Ok(Some(found @ 1..=FORMAT)) => Ok(Some(found)),
        Ok(Some(found)) => Err(JournalError::Format { place, found: found.into(), known: FORMAT.into() }),
        // It is another program's table of that name.
        Ok(None) => Err(JournalError::Foreign { place }),
        Err(error) if error.as_db_error().is_some() => Err(JournalError::Foreign { place }),
        Err(error) => Err(failed(error)),
    }
}

/// Makes the partition for the events of dossiers that some units, those of a province, receive in a year.
pub(super) fn add_partition(
    link: &mut Link,
    year: i32,
    province: &str,
    units: &[&str],
) -> Result<(), JournalError> {
    let literal = |text: &&str| format!("'{}'", text.replace('\'', "''"));
    let units = units.iter().map(literal).collect::<Vec<_>>().join(", ");
    let of_year = format!("events_{year}");
    let of_province = quoted(&format!("events_{year}_{province}"));
    let other = format!("{of_year}_other");
    let sql = format!(
        "BEGIN;
         CREATE TABLE IF NOT EXISTS {of_year} PARTITION OF events FOR VALUES IN ({year}) PARTITION BY LIST (unit);
         CREATE TABLE IF NOT EXISTS {other} PARTITION OF {of_year} DEFAULT;
         CREATE TABLE {of_province} PARTITION OF {of_year} FOR VALUES IN ({units});
         COMMIT"
    );
    let made = link.client.batch_execute(&sql).map_err(failed(&link.place));
    if made.is_err() {
        // Where the connection is gone there is nothing to undo.
        let _ = link.client.batch_execute("ROLLBACK");
    }
    made
}
