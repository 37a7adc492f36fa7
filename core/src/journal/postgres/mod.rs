mod batch;
mod link;
mod one;
mod read;
mod schema;
mod write;

use super::{
    Append, Appended, Head, Intake, Journal, JournalError, Sealed, Visit, VisitSealed, WorkFilter, WorkItem,
    verified,
};
use crate::dossier::Event;
use crate::dossier::signature::Digest;
use crate::moment;
use chrono::NaiveDateTime;
use link::{Link, failed, is_cut, unknown};
use postgres::config::Host;
use postgres::{Client, Config, NoTls, Row};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use std::cell::RefCell;
use std::fmt;

/// A journal in a schema of a PostgreSQL database (15 or later), for many processes: each batch is one transaction, and only
/// who writes to the same dossier waits. What was answered for is on the server's disk, as far as the server was not told to
/// do without (`fsync = off`).
///
/// The table `events` is the truth; all else is derived from it. Places are given after the events are committed, by who
/// asks for them ([`size`](Journal::size), [`sealed`](Journal::sealed), [`hashes`](Journal::hashes), and so
/// [`verify`](Journal::verify)); that waits for the batches that are being stored, and new ones wait with it.
///
/// After an error of the connection the next call makes a new one. What was being stored is unknown then
/// (`journal.unknown`), and settled by its keys when it is sent again.
pub struct PostgresJournal {
    link: RefCell<Option<Link>>,
    /// For a new connection; absent if the caller made the one there is.
    config: Option<Config>,
    schema: String,
    /// Server and database, as errors name them.
    place: String,
    kept: RefCell<FxHashMap<SmolStr, Kept>>,
}

/// Where the rows of a dossier are: by the unit that received it, and the year.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Home {
    unit: SmolStr,
    year: i32,
}

/// What is remembered of a dossier.
#[derive(Debug)]
struct Kept {
    /// Once it is somewhere it stays there.
    home: Home,
    /// When it was last written; another process may have gone on.
    last: Option<Last>,
}

/// What was written of a dossier last.
#[derive(Debug)]
struct Last {
    /// Of its last event.
    hash: Digest,
    /// Where it waits.
    waits: String,
    /// Eight bytes of the hash of each event's key.
    keys: Vec<[u8; 8]>,
}

impl Last {
    /// What a row says of it in three columns, if there is anything.
    fn at(row: &Row, column: usize) -> Option<Self> {
        let hash = row.get::<_, Option<&[u8]>>(column)?.try_into().ok()?;
        let (waits, keys) = (row.get(column + 1), row.get::<_, Option<&[u8]>>(column + 2)?);
        Some(Self { hash: Digest(hash), waits, keys: keys.as_chunks().0.to_vec() })
    }
}

/// How many dossiers are remembered; beyond it all are forgotten and read again when needed.
const KEPT: usize = 100_000;

/// The schema of who names none.
const SCHEMA: &str = "motcua";

impl PostgresJournal {
    /// Opens the journal in a schema, `motcua` if none is named, and makes both if they are not there. `config` is a
    /// connection string, `postgres://user:password@host:5432/database` or `host=... user=...`, which can also say how long
    /// to wait for a server that does not answer (`connect_timeout`, `tcp_user_timeout`). The connection is not
    /// encrypted: over a network that others use, give one that is to [`PostgresJournal::over`]. A pooler between must give
    /// a connection for the whole session.
    ///
    /// # Errors
    /// `journal.storage` if the server does not let in, `journal.foreign` if something else is in the schema,
    /// `journal.format` if it is of a newer motcua. Such a schema is left as it is.
    pub fn open(config: &str, schema: Option<&str>) -> Result<Self, JournalError> {
        let unreadable = |error: postgres::Error| JournalError::Storage {
            // It may hold a password.
            place: "the connection string".into(),
            reason: error.to_string(),
        };
        let config: Config = config.parse().map_err(unreadable)?;
        let hosts: Vec<String> = config
            .get_hosts()
            .iter()
            .map(|host| match host {
                Host::Tcp(host) => host.clone(),
                #[cfg(unix)]
                Host::Unix(path) => path.display().to_string(),
            })
            .collect();
        let place = format!("{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default());
        let journal = Self {
            link: RefCell::new(None),
            config: Some(config),
            schema: schema.unwrap_or(SCHEMA).into(),
            place,
            kept: RefCell::default(),
        };
        journal.with(|_| Ok(()))?;
        Ok(journal)
    }

    /// The same over a connection that the caller made, such as one with TLS. After an error of the connection the journal
    /// stays unusable (`journal.storage`): make another.
    ///
    /// # Errors
    /// As [`PostgresJournal::open`].
    pub fn over(client: Client, schema: Option<&str>) -> Result<Self, JournalError> {
        let (schema, place) = (schema.unwrap_or(SCHEMA).to_owned(), "the given connection".to_owned());
        let link = RefCell::new(Some(Link::new(client, &place, &schema)?));
        Ok(Self { link, config: None, schema, place, kept: RefCell::default() })
    }

    /// Makes a partition of its own for the events of dossiers that some units, those of a province, receive in a year,
    /// before they do; events of all others lie in partitions for the rest. The first one waits until no event is being
    /// stored and makes an index anew; rights on `events`, and views and publications of others, stay with the partition for
    /// the rest and are to be made once more. Until then the table is not divided, since each event that is stored in a
    /// divided one takes longer.
    ///
    /// # Errors
    /// `journal.storage` if it is there already, if one of the units is in another one of that year, or has received a
    /// dossier in that year (before the first partition of a year: if any unit has); `journal.busy` if somebody stores, or
    /// reads, for ten seconds.
    pub fn add_partition(&mut self, year: i32, province: &str, units: &[&str]) -> Result<(), JournalError> {
        self.with(|link| schema::add_partition(&mut link.client, &link.place, year, province, units))
    }

    /// Does something over the connection, a new one if the one before broke. It is put back afterwards: after a panic
    /// nobody goes on in the middle of what was begun.
    fn with<T>(&self, work: impl FnOnce(&mut Link) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let mut link = match self.link.take().filter(|link| !link.client.is_closed()) {
            Some(link) => link,
            None => {
                let Some(config) = &self.config else {
                    let reason = "the connection that was given broke; make another journal".into();
                    return Err(JournalError::Storage { place: self.place.clone(), reason });
                };
                let client = config.connect(NoTls).map_err(failed(&self.place))?;
                Link::new(client, &self.place, &self.schema)?
            }
        };
        let outcome = work(&mut link);
        self.link.replace(Some(link));
        outcome
    }

    /// Reads something; once more over a new connection if the one there was had broken since.
    fn read<T>(&self, work: impl Fn(&mut Link) -> Result<T, postgres::Error>) -> Result<T, JournalError> {
        let attempt = || self.with(|link| Ok(work(link)));
        let first = attempt()?;
        let outcome = match first {
            Err(error) if is_cut(&error) && self.config.is_some() => {
                self.link.replace(None);
                attempt()?
            }
            outcome => outcome,
        };
        outcome.map_err(failed(&self.place))
    }

    /// Writes something in one transaction.
    fn write<T>(&self, work: impl FnOnce(&mut Link) -> Result<T, JournalError>) -> Result<T, JournalError> {
        let outcome = self.with(work);
        if matches!(outcome, Err(JournalError::Unknown { .. })) {
            // Whatever it is doing, nobody waits for it any more.
            self.link.replace(None);
        }
        outcome
    }

    /// Where a dossier is; `None` for an unknown one.
    fn home(&self, dossier: &str) -> Result<Option<Home>, JournalError> {
        let kept = self.kept.borrow().get(dossier).map(|kept| kept.home.clone());
        match kept {
            None => Ok(self.ask(dossier)?.map(|(home, _)| home)),
            home => Ok(home),
        }
    }

    /// Whether something is remembered of a dossier.
    fn is_known(&self, dossier: &str) -> bool {
        self.kept.borrow().contains_key(dossier)
    }

    /// Where a dossier is, and what was written of it last, which is forgotten until it is written again; `None` for an
    /// unknown one.
    fn take(&self, dossier: &str) -> Result<Option<(Home, Last)>, JournalError> {
        let take = |kept: &mut Kept| kept.last.take().map(|last| (kept.home.clone(), last));
        let kept = self.kept.borrow_mut().get_mut(dossier).and_then(take);
        match kept {
            None => Ok(self.ask(dossier)?.and_then(|(home, last)| last.map(|last| (home, last)))),
            kept => Ok(kept),
        }
    }

    fn ask(&self, dossier: &str) -> Result<Option<(Home, Option<Last>)>, JournalError> {
        let select = "SELECT r.unit, r.year, d.hash, d.waiting, d.keys FROM routes r
            LEFT JOIN dossiers d USING (unit, year, code) WHERE r.code = $1";
        let found = self.read(|link| link.query(select, &[&dossier]))?;
        let Some(row) = found.first() else { return Ok(None) };
        let home = Home { unit: row.get::<_, &str>(0).into(), year: row.get(1) };
        self.keep(dossier, home.clone(), None);
        Ok(Some((home, Last::at(row, 2))))
    }

    /// Remembers where a dossier is, and what was written of it.
    fn keep(&self, dossier: &str, home: Home, last: Option<Last>) {
        let mut all = self.kept.borrow_mut();
        if all.len() >= KEPT {
            all.clear();
        }
        match all.get_mut(dossier) {
            Some(kept) => *kept = Kept { home, last },
            None => drop(all.insert(dossier.into(), Kept { home, last })),
        }
    }
}

impl fmt::Debug for PostgresJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, schema, .. } = self;
        f.debug_struct("PostgresJournal")
            .field("place", place)
            .field("schema", schema)
            .finish_non_exhaustive()
    }
}

impl Journal for PostgresJournal {
    fn append(&mut self, batch: &[Append]) -> Result<Vec<Appended>, JournalError> {
        write::append(self, batch)
    }

    fn size(&self) -> Result<u64, JournalError> {
        read::give_places(self)
    }

    fn version(&self, dossier: &str) -> Result<u64, JournalError> {
        Ok(read::versions(self, &[dossier])?.first().copied().unwrap_or_default())
    }

    fn versions(&self, dossiers: &[&str]) -> Result<Vec<u64>, JournalError> {
        read::versions(self, dossiers)
    }

    fn events(&self, dossier: &str) -> Result<Vec<Event>, JournalError> {
        read::chain(self, dossier, 0)?.iter().map(Sealed::event).collect()
    }

    fn sealed_of(&self, dossier: &str, after: u64) -> Result<Vec<Sealed>, JournalError> {
        read::give_places(self)?;
        read::chain(self, dossier, after)
    }

    fn snapshot(&self, dossier: &str) -> Result<Option<(u64, Vec<u8>)>, JournalError> {
        read::snapshot(self, dossier)
    }

    fn scan(&self, visit: &mut Visit<'_>) -> Result<(), JournalError> {
        read::scan(self, visit)
    }

    fn work(&self, filter: &WorkFilter) -> Result<Vec<WorkItem>, JournalError> {
        read::work(self, filter)
    }

    fn next_wakeups(&self, until: NaiveDateTime) -> Result<Vec<(SmolStr, NaiveDateTime)>, JournalError> {
        read::wakeups(self, Some(moment::format(until)))
    }

    fn next_wakeup(&self) -> Result<Option<NaiveDateTime>, JournalError> {
        Ok(read::wakeups(self, None)?.first().map(|(_, next)| *next))
    }

    fn sealed(&self, after: u64, visit: &mut VisitSealed<'_>) -> Result<(), JournalError> {
        read::sealed(self, after, visit)
    }

    fn hashes(&self) -> Result<Vec<Digest>, JournalError> {
        read::hashes(self)
    }

    fn take_in(&mut self, intake: &Intake) -> Result<u64, JournalError> {
        write::take_in(self, intake)
    }

    fn position(&self, name: &str) -> Result<u64, JournalError> {
        let rows = self.read(|link| link.query("SELECT place FROM positions WHERE name = $1", &[&name]))?;
        Ok(rows.first().map_or(0, |row| row.get::<_, i64>(0).cast_unsigned()))
    }

    fn erase(&mut self, dossier: &str) -> Result<u64, JournalError> {
        let Some(home) = self.home(dossier)? else { return Ok(0) };
        let values: link::Values<'_> = &[&home.unit.as_str(), &home.year, &dossier];
        self.write(|link| link.one("SELECT erase($1, $2, $3)", values).map_err(unknown(&self.place)))
            .map(|row| row.get::<_, i64>(0).cast_unsigned())
    }

    fn verify(&self, known: Option<Head>) -> Result<Head, JournalError> {
        let head = verified(self, known)?;
        read::ends(self)?;
        Ok(head)
    }
}
