//! A connection, and what its errors mean.

use super::{one, schema};
use crate::journal::JournalError;
use postgres::error::SqlState;
use postgres::types::ToSql;
use postgres::{Client, Row, Statement};
use rustc_hash::FxHashMap;

/// A connection with the statements it has prepared.
pub(super) struct Link {
    pub(super) client: Client,
    pub(super) place: String,
    /// What appends one event.
    pub(super) one: one::Statements,
    prepared: FxHashMap<String, Statement>,
}

pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// What a journal relies on, whatever the server's or the role's settings are: an answer means that the events are on the
/// disk, and a writer that is cut off does not hold up the others for long. Statements are planned once: planning anew what
/// stores a batch takes longer than storing it.
const SETTINGS: &str = "SET synchronous_commit = on; SET idle_in_transaction_session_timeout = '30s';
    SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = force_generic_plan; SET statement_timeout = 0; SET client_min_messages = warning";

impl Link {
    pub(super) fn new(mut client: Client, place: &str, name: &str) -> Result<Self, JournalError> {
        let settings = format!("{SETTINGS}; SET search_path = {}", quoted(name));
        client.batch_execute(&settings).map_err(failed(place))?;
        schema::prepare(&mut client, place, name)?;
        let one = one::Statements::prepared(&mut client).map_err(failed(place))?;
        Ok(Self { client, place: place.into(), one, prepared: FxHashMap::default() })
    }

    fn statement(&mut self, sql: &str) -> Result<Statement, postgres::Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql)?;
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(super) fn query(&mut self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, postgres::Error> {
        let statement = self.statement(sql)?;
        self.client.query(&statement, values)
    }

    /// Of a statement that always gives a row.
    pub(super) fn one(&mut self, sql: &str, values: Values<'_>) -> Result<Row, postgres::Error> {
        let statement = self.statement(sql)?;
        self.client.query_one(&statement, values)
    }
}

/// A name as SQL has it.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// What an error means where nothing was to be stored.
pub(super) fn failed(place: &str) -> impl Fn(postgres::Error) -> JournalError + use<> {
    let place = place.to_owned();
    move |error| {
        let place = place.clone();
        match error.code() {
            Some(
                &(SqlState::T_R_DEADLOCK_DETECTED
                | SqlState::T_R_SERIALIZATION_FAILURE
                | SqlState::LOCK_NOT_AVAILABLE
                | SqlState::QUERY_CANCELED
                | SqlState::UNIQUE_VIOLATION),
            ) => JournalError::Busy { place },
            _ => JournalError::Storage { place, reason: reason(&error) },
        }
    }
}

/// What an error means where something was: if the server did not refuse it, it may have stored it.
pub(super) fn unknown(place: &str) -> impl Fn(postgres::Error) -> JournalError + use<> {
    let place = place.to_owned();
    move |error| match is_cut(&error) {
        true => JournalError::Unknown { place: place.clone(), reason: reason(&error) },
        false => failed(&place)(error),
    }
}

/// Whether the connection broke, or the server is ending it.
pub(super) fn is_cut(error: &postgres::Error) -> bool {
    // Classes 08 and 57P: the connection; the server goes down.
    error.code().is_none_or(|state| state.code().starts_with("08") || state.code().starts_with("57P"))
}

/// The library's own sentence does not say what the server said.
fn reason(error: &postgres::Error) -> String {
    match (error.as_db_error(), std::error::Error::source(error)) {
        (Some(server), _) => server.message().to_owned(),
        (None, Some(source)) => format!("{error}: {source}"),
        (None, None) => error.to_string(),
    }
}
