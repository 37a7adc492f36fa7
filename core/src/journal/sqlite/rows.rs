//! Rows of SQLite as dossiers and events.

use crate::dossier::signature::Digest;
use crate::journal::{JournalError, Sealed, Words, stored};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, Row, params};
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// What is derived from the events of a dossier, in one row. A checksum tells what was written from what a disk made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) id: i64,
    pub(super) code: SmolStr,
    pub(super) version: u64,
    /// The place of its last event.
    pub(super) last: u64,
    /// The hash of its last event.
    pub(super) hash: Digest,
    /// Four bytes of the hash of each event's key.
    pub(super) keys: Vec<u8>,
    pub(super) is_archived: bool,
    pub(super) next: Option<String>,
    /// Its rows in `waiting`, as text.
    pub(super) waiting: String,
    pub(super) work: String,
}

/// The columns of [`head`].
pub(super) const HEAD: &str = "id, code, version, last, hash, keys, archived, next, waiting, work, sum";

/// Those of [`sealed`]; the code is not among them.
pub(super) const EVENT: &str = "place, version, before, body, words, salt, texts, hash";

impl Head {
    pub(super) fn sum(&self) -> i64 {
        let mut bytes = Vec::with_capacity(64 + self.keys.len() + self.waiting.len() + self.work.len());
        for number in [self.version, self.last, u64::from(self.is_archived)] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        let next = self.next.as_deref().unwrap_or_default();
        for part in [self.code.as_bytes(), &self.hash.0, &self.keys, next.as_bytes(), self.waiting.as_bytes()]
        {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(self.work.as_bytes());
        xxh3_64(&bytes).cast_signed()
    }

    /// Whether it is what was written, by the checksum that was written with it.
    pub(super) fn is_sound(&self, sum: i64) -> Result<(), JournalError> {
        if self.sum() == sum {
            return Ok(());
        }
        let reason = "what was derived from it is not what was written".into();
        Err(JournalError::Damaged { dossier: self.code.to_string(), version: self.version, reason })
    }

    /// Its rows in `waiting`: unit, due date, officer.
    pub(super) fn waits(&self) -> impl Iterator<Item = [&str; 3]> {
        self.waiting.lines().map(stored::wait)
    }
}

/// Outer error: the store; inner one: what it holds was changed.
type Read<T> = rusqlite::Result<Result<T, JournalError>>;

pub(super) fn head(row: &Row<'_>) -> Read<Head> {
    let (head, sum) = head_and_sum(row)?;
    Ok(head.is_sound(sum).map(|()| head))
}

/// A row as it is, with its checksum.
pub(super) fn head_and_sum(row: &Row<'_>) -> rusqlite::Result<(Head, i64)> {
    let number = |column: usize| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.cast_unsigned());
    let head = Head {
        id: row.get(0)?,
        code: row.get_ref(1)?.as_str()?.into(),
        version: number(2)?,
        last: number(3)?,
        hash: Digest(row.get(4)?),
        keys: row.get(5)?,
        is_archived: row.get(6)?,
        next: row.get(7)?,
        waiting: row.get(8)?,
        work: row.get(9)?,
    };
    Ok((head, row.get(10)?))
}

/// The words of an event of the columns [`EVENT`].
pub(super) fn words(row: &Row<'_>, version: u64) -> Read<Option<Words>> {
    let ValueRef::Text(text) = row.get_ref(4)? else { return Ok(Ok(None)) };
    if let (Ok(texts), Some(salt)) = (serde_json::from_slice(text), row.get(5)?) {
        return Ok(Ok(Some(Words { salt, texts })));
    }
    let reason = format!("the words at place {} are no list, or have no salt", row.get::<_, i64>(0)?);
    Ok(Err(JournalError::Damaged { dossier: String::new(), version, reason }))
}

/// An event, and the place of the one before it in its dossier; its code is given.
pub(super) fn sealed(row: &Row<'_>, dossier: SmolStr) -> Read<(Sealed, u64)> {
    let version = row.get::<_, i64>(1)?.cast_unsigned();
    let words = match words(row, version)? {
        Ok(words) => words,
        Err(error) => return Ok(Err(error.of(&dossier))),
    };
    let before = row.get::<_, i64>(2)?.cast_unsigned();
    let sealed = Sealed {
        place: row.get::<_, i64>(0)?.cast_unsigned(),
        dossier,
        version,
        body: row.get(3)?,
        words,
        texts: row.get::<_, Option<[u8; 32]>>(6)?.map(Digest),
        hash: Digest(row.get(7)?),
    };
    Ok(Ok((sealed, before)))
}

/// What is derived from the events of a dossier; `None` for an unknown one.
pub(super) fn find(connection: &Connection, code: &str) -> Read<Option<Head>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {HEAD} FROM dossiers WHERE code = ?1"))?;
    let found = statement.query_row([code], head).optional()?.transpose();
    // An index that points to another row is as wrong as a row that was changed.
    Ok(found.and_then(|found| match found {
        Some(head) if head.code != code => Err(JournalError::Damaged {
            dossier: code.into(),
            version: head.version,
            reason: format!("dossier `{}` stands in its place", head.code),
        }),
        found => Ok(found),
    }))
}

pub(super) fn event_at(
    connection: &Connection,
    dossier: &SmolStr,
    place: u64,
) -> Read<Option<(Sealed, u64)>> {
    let mut statement = connection.prepare_cached(&format!("SELECT {EVENT} FROM events WHERE place = ?1"))?;
    let found = statement.query_row([place.cast_signed()], |row| sealed(row, dossier.clone()));
    Ok(found.optional()?.transpose())
}

pub(super) fn insert(
    connection: &Connection,
    dossier: i64,
    sealed: &Sealed,
    before: u64,
) -> rusqlite::Result<()> {
    let words = sealed.words.as_ref();
    let texts = words.map(|words| serde_json::to_string(&words.texts)).transpose().map_err(json)?;
    connection
        .prepare_cached("INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?
        .execute(params![
            sealed.place.cast_signed(),
            dossier,
            sealed.version.cast_signed(),
            before.cast_signed(),
            sealed.body,
            texts,
            words.map(|words| words.salt),
            sealed.texts.map(|texts| texts.0),
            sealed.hash.0,
        ])
        .map(drop)
}

/// What is stored is not what it should be.
pub(super) fn wrong(reason: String) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, reason.into())
}

pub(super) fn json(error: serde_json::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
