//! The tables of a journal in PostgreSQL. ARCHITECTURE.md documents them for who reads them with SQL.

use super::link::{failed, quoted};
use crate::journal::JournalError;
use postgres::Client;

/// Written into the table `motcua`.
const FORMAT: i32 = 4;

/// From each format before to the one after it. Format 1 appended by functions of the server; the primary keys of format 2
/// began with what most rows have in common; format 3 had one more index.
const FORWARD: [&str; 3] = [
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
    "DROP INDEX waiting_due; UPDATE motcua SET format = 4",
];

const TABLES: &str = include_str!("tables.sql");
const GUARDS: &str = include_str!("guards.sql");
const FUNCTIONS: &str = include_str!("functions.sql");
const VIEWS: &str = include_str!("views.sql");
const PARTITIONS: &str = include_str!("partitions.sql");

/// Makes the schema and its tables if there are none, and brings them forward if they are of an earlier format: all of it or
/// nothing.
pub(super) fn prepare(client: &mut Client, place: &str, schema: &str) -> Result<(), JournalError> {
    if format(client, place, schema)? == Some(FORMAT) {
        return Ok(());
    }
    changed(client, place, |client| {
        let create = format!("CREATE SCHEMA IF NOT EXISTS {}", quoted(schema));
        let steps = match format(client, place, schema)? {
            None => vec![create.as_str(), TABLES, GUARDS, FUNCTIONS, VIEWS],
            Some(found) => {
                let done = usize::try_from(found).unwrap_or_default().saturating_sub(1);
                FORWARD.get(done..).unwrap_or_default().to_vec()
            }
        };
        steps.into_iter().try_for_each(|sql| client.batch_execute(sql).map_err(failed(place)))
    })
}

/// Changes the schema in one transaction, while no other process does.
fn changed(
    client: &mut Client,
    place: &str,
    change: impl FnOnce(&mut Client) -> Result<(), JournalError>,
) -> Result<(), JournalError> {
    let begin = "BEGIN; SELECT pg_advisory_xact_lock(hashtext('motcua'))";
    let changed = client.batch_execute(begin).map_err(failed(place)).and_then(|()| change(client));
    let end = if changed.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = client.batch_execute(end).map_err(failed(place));
    changed.and(ended)
}

/// The format of what is in the schema; `None` if nothing is.
fn format(client: &mut Client, place: &str, schema: &str) -> Result<Option<i32>, JournalError> {
    let failed = failed(place);
    let tables = "SELECT count(*), count(*) FILTER (WHERE relname = 'motcua') FROM pg_class
        WHERE relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = $1)";
    let row = client.query_one(tables, &[&schema]).map_err(&failed)?;
    match (row.get::<_, i64>(0), row.get::<_, i64>(1)) {
        (0, _) => return Ok(None),
        (_, 0) => return Err(JournalError::Foreign { place: place.to_owned() }),
        _ => {}
    }
    let place = place.to_owned();
    let found = client.query_opt("SELECT format FROM motcua", &[]);
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
    client: &mut Client,
    place: &str,
    year: i32,
    province: &str,
    units: &[&str],
) -> Result<(), JournalError> {
    let literal = |text: &&str| format!("'{}'", text.replace('\'', "''"));
    let units = units.iter().map(literal).collect::<Vec<_>>().join(", ");
    let of_year = format!("events_{year}");
    let of_province = quoted(&format!("events_{year}_{province}"));
    let other = format!("{of_year}_other");
    let add = format!(
        "CREATE TABLE IF NOT EXISTS {of_year} PARTITION OF events FOR VALUES IN ({year}) PARTITION BY LIST (unit);
         CREATE TABLE IF NOT EXISTS {other} PARTITION OF {of_year} DEFAULT;
         CREATE TABLE {of_province} PARTITION OF {of_year} FOR VALUES IN ({units})"
    );
    changed(client, place, |client| {
        let is_plain = "SELECT relkind = 'r' FROM pg_class WHERE oid = 'events'::regclass";
        let is_plain = client.query_one(is_plain, &[]).map_err(failed(place))?.get(0);
        // While this waits, whoever stores something waits behind it.
        let patience = "SET LOCAL lock_timeout = '10s'";
        let before: &[&str] = if is_plain { &[patience, PARTITIONS, GUARDS, VIEWS] } else { &[patience] };
        before
            .iter()
            .chain([&add.as_str()])
            .try_for_each(|sql| client.batch_execute(sql).map_err(failed(place)))
    })
}
