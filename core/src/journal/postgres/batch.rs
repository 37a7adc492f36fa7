//! What a transaction stores: events, and what the dossiers are after them, by one statement for some hundred of each.

use super::link::{Link, Values, failed, unknown};
use super::{Home, Last, one, read, write::unwritten};
use crate::dossier::signature::Digest;
use crate::journal::{Append, JournalError, Sealed, stored};
use rustc_hash::FxHashMap;
use smol_str::SmolStr;
use xxhash_rust::xxh3::xxh3_64;

/// So many dossiers, and so many events, go to the server in one statement.
const AT_ONCE: usize = 500;

/// Begins a transaction in which each row is found by its index. The statements are planned once, maybe when the tables were
/// empty, and it seemed best to read all of them.
pub(super) const BEGIN: &str = "BEGIN; SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off";

/// Dossiers as they are, which nobody else writes to until the transaction ends. In one order everywhere, so that two
/// transactions do not wait for each other.
const LOCKED: &str = "SELECT d.code, d.unit, d.year, d.version, d.hash, d.keys, d.waiting
    FROM routes r JOIN dossiers d USING (unit, year, code) WHERE r.code = ANY ($1) ORDER BY d.code FOR UPDATE OF d";

/// Stores all it is given, and says of how many dossiers: of fewer, if another transaction began one of them meanwhile. Of
/// a dossier that is there what is null stays as it is.
const STORE: &str = "WITH a AS (SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::bigint[], $5::bigint[],
        $6::bytea[], $7::bytea[], $8::text[], $9::text[], $10::text[], $11::bytea[], $12::bigint[], $13::bigint[])
        AS a (unit, year, code, stored, version, hash, keys, work, next, waiting, state, state_version, state_sum)),
    route AS (INSERT INTO routes (code, unit, year)
        SELECT code, unit, year FROM a WHERE stored = 0 ON CONFLICT DO NOTHING RETURNING code),
    begun AS (INSERT INTO dossiers
            (unit, year, code, version, hash, keys, next, waiting, work, state, state_version, state_sum)
        SELECT unit, year, code, version, hash, keys, next, coalesce(waiting, ''), coalesce(work, '[]'),
            state, state_version, state_sum FROM a JOIN route USING (code) RETURNING code),
    gone_on AS (UPDATE dossiers d SET version = a.version, hash = a.hash, keys = d.keys || a.keys,
            work = coalesce(a.work, d.work), next = CASE WHEN a.work IS NULL THEN d.next ELSE a.next END,
            waiting = coalesce(a.waiting, d.waiting), state = coalesce(a.state, d.state),
            state_version = coalesce(a.state_version, d.state_version), state_sum = coalesce(a.state_sum, d.state_sum)
        FROM a WHERE d.unit = a.unit AND d.year = a.year AND d.code = a.code AND d.version = a.stored AND a.stored > 0
        RETURNING d.code),
    gone AS (DELETE FROM waiting w USING unnest($14::text[], $15::text[], $16::text[], $17::text[])
            AS g (unit, due, assignee, dossier)
        WHERE w.unit = g.unit AND w.due = g.due AND w.assignee = g.assignee AND w.dossier = g.dossier),
    come AS (INSERT INTO waiting (unit, due, assignee, dossier, home, year)
        SELECT * FROM unnest($18::text[], $19::text[], $20::text[], $21::text[], $22::text[], $23::integer[])),
    added AS (INSERT INTO events (unit, year, dossier, version, body, words, salt, texts, hash)
        SELECT * FROM unnest($24::text[], $25::integer[], $26::text[], $27::bigint[], $28::text[], $29::text[],
            $30::bytea[], $31::bytea[], $32::bytea[]))
    SELECT (SELECT count(*) FROM begun) + (SELECT count(*) FROM gone_on)";

/// A dossier as it is, and as it is to be.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) home: Home,
    /// Its version as it is; 0 if it is not there.
    pub(super) stored: u64,
    pub(super) version: u64,
    pub(super) hash: Option<Digest>,
    /// Eight bytes of the hash of each event's key.
    keys: Vec<[u8; 8]>,
    waited: String,
    open: Option<Open>,
    snapshot: Option<(u64, Vec<u8>)>,
}

/// What is open of it.
#[derive(Debug)]
struct Open {
    work: String,
    next: Option<String>,
    waits: String,
}

impl Draft {
    /// Of a dossier that is not there.
    pub(super) fn new(home: Home) -> Self {
        Self {
            home,
            stored: 0,
            version: 0,
            hash: None,
            keys: Vec::new(),
            waited: String::new(),
            open: None,
            snapshot: None,
        }
    }

    /// The versions whose keys may be this one.
    pub(super) fn versions_of(&self, key: &str) -> impl Iterator<Item = u64> {
        let wanted = stored::key_hash(key);
        (1..).zip(&self.keys).filter(move |(_, key)| **key == wanted).map(|(version, _)| version)
    }

    /// Has what is open replaced, and the snapshot if there is one.
    pub(super) fn open(&mut self, append: &Append) -> Result<(), serde_json::Error> {
        self.open = Some(Open {
            work: stored::to_json(&append.work)?,
            next: stored::next(append.next),
            waits: stored::waiting(&append.work),
        });
        if let Some(state) = &append.snapshot {
            self.snapshot = Some((self.version, state.clone()));
        }
        Ok(())
    }

    fn is_changed(&self) -> bool {
        self.version > self.stored || (self.stored > 0 && self.open.is_some())
    }

    /// What is remembered of it once it is stored.
    fn last(self) -> Option<Last> {
        let waits = self.open.map_or(self.waited, |open| open.waits);
        self.hash.map(|hash| Last { hash, waits, keys: self.keys })
    }
}

/// What a transaction is about.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) drafts: FxHashMap<SmolStr, Draft>,
    events: Vec<(Home, Sealed)>,
}

impl Batch {
    /// With those of some dossiers that are there, locked.
    pub(super) fn of(link: &mut Link, codes: &[&str]) -> Result<Self, JournalError> {
        let failed = failed(&link.place);
        let mut drafts = FxHashMap::default();
        for row in link.query(LOCKED, &[&codes]).map_err(&failed)? {
            let home = Home { unit: row.get::<_, &str>(1).into(), year: row.get(2) };
            let version = row.get::<_, i64>(3).cast_unsigned();
            let hash = Some(read::digest(&row, 4).map_err(&failed)?);
            let (keys, waited) = (row.get::<_, &[u8]>(5).as_chunks().0.to_vec(), row.get(6));
            let draft = Draft { stored: version, version, hash, keys, waited, ..Draft::new(home) };
            drafts.insert(row.get::<_, &str>(0).into(), draft);
        }
        Ok(Self { drafts, events: Vec::new() })
    }

    /// Has an event of a dossier added that has a draft.
    pub(super) fn add(&mut self, sealed: Sealed, key: &str) {
        if let Some(draft) = self.drafts.get_mut(&sealed.dossier) {
            (draft.version, draft.hash) = (sealed.version, Some(sealed.hash));
            draft.keys.push(stored::key_hash(key));
            self.events.push((draft.home.clone(), sealed));
        }
    }

    /// An event of a dossier that is to be stored.
    pub(super) fn added(&self, dossier: &str, version: u64) -> Option<&Sealed> {
        let is_it = |sealed: &&Sealed| sealed.version == version && sealed.dossier == dossier;
        self.events.iter().map(|(_, sealed)| sealed).find(is_it)
    }

    /// Stores it all; false if another transaction began one of the dossiers meanwhile.
    pub(super) fn store(&self, link: &mut Link) -> Result<bool, JournalError> {
        let mut changed: Vec<_> = self.drafts.iter().filter(|(_, draft)| draft.is_changed()).collect();
        changed.sort_unstable_by_key(|(code, _)| *code);
        let (mut dossiers, mut events) = (changed.chunks(AT_ONCE), self.events.chunks(AT_ONCE));
        loop {
            let (some, more) = (dossiers.next().unwrap_or_default(), events.next().unwrap_or_default());
            if some.is_empty() && more.is_empty() {
                return Ok(true);
            }
            if store(link, some, more)? < some.len() {
                return Ok(false);
            }
        }
    }

    /// What is remembered of the dossiers once it is stored.
    pub(super) fn lasts(self) -> impl Iterator<Item = (SmolStr, Home, Option<Last>)> {
        self.drafts.into_iter().map(|(code, draft)| (code, draft.home.clone(), draft.last()))
    }
}

/// Stores some dossiers and some events; gives the number of dossiers.
fn store<'d>(
    link: &mut Link,
    dossiers: &[(&SmolStr, &'d Draft)],
    events: &[(Home, Sealed)],
) -> Result<usize, JournalError> {
    let unwritten = unwritten(&link.place);
    let of =
        |column: fn(&Draft) -> i64| -> Vec<i64> { dossiers.iter().map(|(_, draft)| column(draft)).collect() };
    let text = |column: fn(&Open) -> Option<&str>| -> Vec<Option<&str>> {
        dossiers.iter().map(|(_, draft)| draft.open.as_ref().and_then(column)).collect()
    };
    let codes: Vec<&str> = dossiers.iter().map(|(code, _)| code.as_str()).collect();
    let units: Vec<&str> = dossiers.iter().map(|(_, draft)| draft.home.unit.as_str()).collect();
    let years: Vec<i32> = dossiers.iter().map(|(_, draft)| draft.home.year).collect();
    let stored = of(|draft| draft.stored.cast_signed());
    let versions = of(|draft| draft.version.cast_signed());
    let hashes: Vec<Option<&[u8]>> =
        dossiers.iter().map(|(_, draft)| draft.hash.as_ref().map(|Digest(hash)| &hash[..])).collect();
    let new_keys = |(_, draft): &(&SmolStr, &'d Draft)| {
        let known = usize::try_from(draft.stored).unwrap_or(usize::MAX);
        draft.keys.get(known..).unwrap_or_default().as_flattened()
    };
    let keys: Vec<&[u8]> = dossiers.iter().map(new_keys).collect();
    let works = text(|open| Some(&open.work));
    let nexts = text(|open| open.next.as_deref());
    let waits = text(|open| Some(&open.waits));
    let snapshots = || dossiers.iter().map(|(_, draft)| draft.snapshot.as_ref());
    let states: Vec<Option<&[u8]>> =
        snapshots().map(|snapshot| snapshot.map(|(_, state)| state.as_slice())).collect();
    let state_versions: Vec<Option<i64>> =
        snapshots().map(|snapshot| snapshot.map(|(version, _)| version.cast_signed())).collect();
    let state_sums: Vec<Option<i64>> =
        snapshots().map(|snapshot| snapshot.map(|(_, state)| xxh3_64(state).cast_signed())).collect();

    let (mut gone, mut come) = (Moved::default(), Moved::default());
    for (code, draft) in dossiers {
        if let Some(open) = &draft.open {
            gone.add(code, &draft.home, &draft.waited, &open.waits);
            come.add(code, &draft.home, &open.waits, &draft.waited);
        }
    }

    let sealed = || events.iter().map(|(_, sealed)| sealed);
    let event_units: Vec<&str> = events.iter().map(|(home, _)| home.unit.as_str()).collect();
    let event_years: Vec<i32> = events.iter().map(|(home, _)| home.year).collect();
    let event_dossiers: Vec<&str> = sealed().map(|sealed| sealed.dossier.as_str()).collect();
    let event_versions: Vec<i64> = sealed().map(|sealed| sealed.version.cast_signed()).collect();
    let bodies: Vec<&str> = sealed().map(|sealed| sealed.body.as_str()).collect();
    let words: Vec<Option<String>> = sealed()
        .map(|sealed| sealed.words.as_ref().map(|words| serde_json::to_string(&words.texts)).transpose())
        .collect::<Result<_, _>>()
        .map_err(unwritten)?;
    let salts: Vec<Option<&[u8]>> =
        sealed().map(|sealed| sealed.words.as_ref().map(|words| &words.salt[..])).collect();
    let texts: Vec<Option<&[u8]>> =
        sealed().map(|sealed| sealed.texts.as_ref().map(|Digest(texts)| &texts[..])).collect();
    let event_hashes: Vec<&[u8]> = sealed().map(|sealed| &sealed.hash.0[..]).collect();

    let values: Values<'_> = &[
        &units,
        &years,
        &codes,
        &stored,
        &versions,
        &hashes,
        &keys,
        &works,
        &nexts,
        &waits,
        &states,
        &state_versions,
        &state_sums,
        &gone.units,
        &gone.dues,
        &gone.assignees,
        &gone.dossiers,
        &come.units,
        &come.dues,
        &come.assignees,
        &come.dossiers,
        &come.homes,
        &come.years,
        &event_units,
        &event_years,
        &event_dossiers,
        &event_versions,
        &bodies,
        &words,
        &salts,
        &texts,
        &event_hashes,
    ];
    let row = link.one(STORE, values).map_err(unknown(&link.place))?;
    Ok(usize::try_from(row.get::<_, i64>(0)).unwrap_or_default())
}

/// Rows of the table `waiting` that go, or that come.
#[derive(Default)]
struct Moved<'a> {
    units: Vec<&'a str>,
    dues: Vec<&'a str>,
    assignees: Vec<&'a str>,
    dossiers: Vec<&'a str>,
    homes: Vec<&'a str>,
    years: Vec<i32>,
}

impl<'a> Moved<'a> {
    /// The rows of a dossier that are not among others.
    fn add(&mut self, code: &'a str, home: &'a Home, lines: &'a str, others: &str) {
        for [unit, due, assignee] in one::without(lines, others) {
            self.units.push(unit);
            self.dues.push(due);
            self.assignees.push(assignee);
            self.dossiers.push(code);
            self.homes.push(&home.unit);
            self.years.push(home.year);
        }
    }
}
