//! A life of several offices, from a seed.

use chrono::{NaiveDateTime, TimeDelta};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Command, Notice, Organisation, SYSTEM, Status};
use motcua::journal::{Journal, MemoryJournal};
use motcua::procedure::{Catalogue, Channel};
use motcua::sync::{OfficeKey, Peer};
use motcua::{Engine, moment};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

/// The centre first.
const OFFICES: [&str; 5] = ["tinh", "xa-1", "xa-2", "xa-3", "xa-4"];
const STEPS: usize = 120;
const DOSSIERS: usize = 8;

static PEOPLE: LazyLock<Organisation> = LazyLock::new(|| {
    let mut text = "[[unit]]\nid = \"tinh\"\nname_vi = \"Tỉnh\"\ntier = \"province\"\n".to_owned();
    for unit in &OFFICES[1..] {
        text +=
            &format!("[[unit]]\nid = \"{unit}\"\nname_vi = \"Xã\"\ntier = \"commune\"\nparent = \"tinh\"\n");
        for (id, roles) in [
            ("desk", r#""one_stop""#),
            ("justice", r#""judicial_officer""#),
            ("chair", r#""commune_leader", "certifier""#),
        ] {
            text += &format!("[[officer]]\nid = \"{unit}-{id}\"\nunit = \"{unit}\"\nroles = [{roles}]\n");
        }
    }
    Organisation::load(Catalogue::embedded(), &[("people.toml", &text)]).unwrap_or_else(|e| panic!("{e}"))
});

/// How often things happened.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    pub commands: usize,
    pub refused_as_not_owned: usize,
    pub entrusted: usize,
    pub answers_lost: usize,
    pub bundles: usize,
    pub delivered: usize,
    pub out_of_order: usize,
    pub lost: usize,
    pub repeated: usize,
    pub cut: usize,
    pub changed: usize,
    pub stops: usize,
    pub taken_in: usize,
}

impl Counts {
    pub fn all(self) -> [(&'static str, usize); 13] {
        [
            ("commands", self.commands),
            ("refused_as_not_owned", self.refused_as_not_owned),
            ("entrusted", self.entrusted),
            ("answers_lost", self.answers_lost),
            ("bundles", self.bundles),
            ("delivered", self.delivered),
            ("out_of_order", self.out_of_order),
            ("lost", self.lost),
            ("repeated", self.repeated),
            ("cut", self.cut),
            ("changed", self.changed),
            ("stops", self.stops),
            ("taken_in", self.taken_in),
        ]
    }

    pub fn add(&mut self, other: Self) {
        let Self {
            commands,
            refused_as_not_owned,
            entrusted,
            answers_lost,
            bundles,
            delivered,
            out_of_order,
            ..
        } = other;
        self.commands += commands;
        self.refused_as_not_owned += refused_as_not_owned;
        self.entrusted += entrusted;
        self.answers_lost += answers_lost;
        self.bundles += bundles;
        self.delivered += delivered;
        self.out_of_order += out_of_order;
        self.lost += other.lost;
        self.repeated += other.repeated;
        self.cut += other.cut;
        self.changed += other.changed;
        self.stops += other.stops;
        self.taken_in += other.taken_in;
    }
}

struct Bundle {
    number: usize,
    from: usize,
    to: usize,
    bytes: Vec<u8>,
}

pub struct Life {
    random: Pcg64,
    is_told: bool,
    at: NaiveDateTime,
    keys: Vec<OfficeKey>,
    peers: Vec<Peer>,
    offices: Vec<Option<Engine<MemoryJournal>>>,
    /// What is on the line, in the order in which it was sent.
    line: Vec<Bundle>,
    /// The number of the last bundle that came, by sender and receiver.
    came: HashMap<(usize, usize), usize>,
    /// What was answered for: office, dossier, version, key.
    answered: Vec<(usize, String, u64, String)>,
    /// Each dossier at each version, as whoever folded it first has it.
    states: HashMap<(String, u64), Vec<u8>>,
    /// How many dossiers were begun.
    begun: usize,
    pub counts: Counts,
}

impl Life {
    pub fn new(seed: u64, is_told: bool) -> Self {
        let keys: Vec<OfficeKey> =
            (1..=OFFICES.len() as u8).map(|n| OfficeKey::from_bytes(&[n; 32])).collect();
        let peers = OFFICES.iter().zip(&keys).enumerate();
        let peers = peers.map(|(i, (office, key))| Peer {
            office: (*office).into(),
            key: key.public(),
            passes_on: i == 0,
        });
        Self {
            random: Pcg64::seed_from_u64(seed),
            is_told,
            at: moment::parse("2026-03-02 08:00").unwrap(),
            peers: peers.collect(),
            keys,
            offices: (0..OFFICES.len()).map(|office| Some(open(office, MemoryJournal::new()))).collect(),
            line: Vec::new(),
            came: HashMap::new(),
            answered: Vec::new(),
            states: HashMap::new(),
            begun: 0,
            counts: Counts::default(),
        }
    }

    fn tell(&self, what: impl FnOnce() -> String) {
        if self.is_told {
            println!("{} {}", self.at, what());
        }
    }

    fn engine(&self, office: usize) -> &Engine<MemoryJournal> {
        self.offices[office].as_ref().unwrap()
    }

    fn engine_mut(&mut self, office: usize) -> &mut Engine<MemoryJournal> {
        self.offices[office].as_mut().unwrap()
    }

    pub fn live(&mut self) {
        for _ in 0..STEPS {
            self.at += TimeDelta::minutes(self.random.random_range(0..90));
            let changed = match self.random.random_range(0..100) {
                0..45 => self.work(),
                45..66 => self.send(),
                66..94 => self.deliver(),
                _ => self.stop(),
            };
            if let Some(office) = changed {
                self.check(office);
            }
        }
        self.settle();
    }

    /// Somebody does something at an office.
    fn work(&mut self) -> Option<usize> {
        let office = self.random.random_range(0..OFFICES.len());
        let code = self.chosen(office)?;
        let (actor, action) = match self.engine(office).dossier(&code).unwrap() {
            None => ("applicant".to_owned(), Action::receive("2.000815", OFFICES[office], Channel::Online)),
            Some(dossier) => {
                let by = |who: &str| format!("{}-{who}", dossier.unit);
                let running = dossier.running().next().map(|task| task.step.id.to_string());
                match self.random.random_range(0..10) {
                    0 => (
                        SYSTEM.to_owned(),
                        Action::Entrust {
                            office: OFFICES[self.random.random_range(0..OFFICES.len())].into(),
                        },
                    ),
                    1 => {
                        let text = Some(format!("Đã báo {}", self.random.random_range(0..1000)));
                        (by("desk"), Action::Notify { notice: Notice::Reminder, text })
                    }
                    _ => match (dossier.status, running.as_deref()) {
                        (Status::Submitted, _) => (by("desk"), Action::accept(Some(true))),
                        (Status::Resolved, _) => (by("desk"), Action::deliver(Channel::Online)),
                        (Status::Delivered, _) => ("applicant".to_owned(), Action::Rate { score: 2 }),
                        (_, Some("sign")) => (by("chair"), Action::sign("sign", true)),
                        (_, Some("deliver") | None) => (by("desk"), Action::grant(true)),
                        (_, Some(step)) => {
                            let role = dossier.procedure.step(step).and_then(|step| step.role.clone());
                            let who =
                                if role.as_deref() == Some("judicial_officer") { "justice" } else { "chair" };
                            (by(who), Action::complete(step, "complete"))
                        }
                    },
                }
            }
        };
        let key = format!("{office}/{}", self.answered.len() + self.counts.refused_as_not_owned);
        let command = Command {
            dossier: code.as_str().into(),
            actor: actor.as_str().into(),
            at: self.at,
            key: key.as_str().into(),
            expected_version: None,
            action,
        };
        let owner = self
            .engine(office)
            .dossier(&code)
            .unwrap()
            .and_then(|dossier| dossier.owner().map(str::to_owned));
        let outcome = self.engine_mut(office).handle(&command);
        self.tell(|| format!("{}: {code} {} -> {outcome:?}", OFFICES[office], command.action.name()));
        match outcome {
            Ok(answer) => {
                assert!(
                    owner.is_none() || owner.as_deref() == Some(OFFICES[office]),
                    "only the owner goes on"
                );
                self.counts.commands += 1;
                self.counts.entrusted += usize::from(matches!(command.action, Action::Entrust { .. }));
                self.answered.push((office, code, answer.version, key));
                if self.random.random_bool(0.05) {
                    // The answer is lost, and who waits for it asks again, perhaps after the machine was started anew.
                    self.counts.answers_lost += 1;
                    if self.random.random_bool(0.5) {
                        self.restart(office);
                    }
                    let again = self.engine_mut(office).handle(&command).unwrap();
                    assert!(again.repeated && again.version == answer.version);
                }
            }
            Err(error) if error.code() == "dossier.owned_by_other" => {
                assert_ne!(owner.as_deref(), Some(OFFICES[office]));
                self.counts.refused_as_not_owned += 1;
            }
            // What the state of the dossier does not allow is another test's.
            Err(error) => assert_eq!(owner.as_deref(), Some(OFFICES[office]), "{error}"),
        }
        Some(office)
    }

    /// A dossier that an office has, mostly one of its own, or the code of a new one. The centre begins none.
    fn chosen(&mut self, office: usize) -> Option<String> {
        if office > 0 && self.begun < DOSSIERS && self.random.random_bool(0.3) {
            self.begun += 1;
            return Some(format!("H-{}", self.begun));
        }
        let is_own = self.random.random_bool(0.8);
        let engine = self.engine(office);
        let mut codes = codes(engine);
        if is_own {
            codes.retain(|code| engine.dossier(code).unwrap().unwrap().owner() == engine.office());
        }
        if codes.is_empty() {
            return None;
        }
        Some(codes.swap_remove(self.random.random_range(0..codes.len())))
    }

    /// An office writes a bundle for the centre, or the centre for an office.
    fn send(&mut self) -> Option<usize> {
        let commune = self.random.random_range(1..OFFICES.len());
        let (from, to) = if self.random.random_bool(0.5) { (commune, 0) } else { (0, commune) };
        let bytes = self.written(from, to);
        self.counts.bundles += 1;
        let number = self.counts.bundles;
        self.tell(|| {
            format!("{} sends {} bundle {number}, {} bytes", OFFICES[from], OFFICES[to], bytes.len())
        });
        self.line.push(Bundle { number, from, to, bytes });
        None
    }

    fn written(&self, from: usize, to: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.engine(from).bundle(&self.peers[to], &self.keys[from], &mut bytes).unwrap();
        bytes
    }

    /// Something comes out of the line, or does not.
    fn deliver(&mut self) -> Option<usize> {
        if self.line.is_empty() {
            return None;
        }
        let place = self.random.random_range(0..self.line.len());
        let Bundle { number, from, to, mut bytes } = self.line.remove(place);
        match self.random.random_range(0..20) {
            0 | 1 => {
                self.counts.lost += 1;
                self.tell(|| format!("bundle {number} is lost"));
                return None;
            }
            2..5 => {
                self.counts.repeated += 1;
                self.line.push(Bundle { number, from, to, bytes: bytes.clone() });
            }
            5 | 6 => {
                bytes.truncate(self.random.random_range(0..bytes.len()));
                self.counts.cut += 1;
            }
            7 => {
                let place = self.random.random_range(0..bytes.len());
                bytes[place] ^= 1 << self.random.random_range(0..8);
                self.counts.changed += 1;
                let outcome = self.take_in(to, &bytes);
                assert!(outcome.is_none_or(|events| events == 0), "what was changed is not taken in");
                return Some(to);
            }
            _ => {}
        }
        let before = self.came.insert((from, to), number).unwrap_or_default();
        self.counts.out_of_order += usize::from(before > number);
        self.counts.delivered += 1;
        self.tell(|| format!("bundle {number} comes to {}", OFFICES[to]));
        if let Some(events) = self.take_in(to, &bytes) {
            self.counts.taken_in += events;
        }
        Some(to)
    }

    /// The number of new events; none if it is refused.
    fn take_in(&mut self, to: usize, bytes: &[u8]) -> Option<usize> {
        let peers = self.peers.clone();
        let outcome = self.engine_mut(to).take_in_bundle(&peers, &mut &*bytes);
        self.tell(|| format!("  {outcome:?}"));
        match outcome {
            Ok(taken) => Some(taken.events as usize),
            Err(error) => {
                let known = [
                    "sync.signature",
                    "sync.stranger",
                    "sync.other_office",
                    "sync.unreadable",
                    "sync.too_large",
                ];
                // Nobody lost a journal, so there is no gap, nothing forked, and nothing lacks what came before.
                assert!(known.contains(&error.code()), "{}: {error}", error.code());
                None
            }
        }
    }

    fn stop(&mut self) -> Option<usize> {
        let office = self.random.random_range(0..OFFICES.len());
        self.counts.stops += 1;
        self.tell(|| format!("{} is started anew", OFFICES[office]));
        self.restart(office);
        Some(office)
    }

    /// All that is not in the journal is gone.
    fn restart(&mut self, office: usize) {
        let journal = self.offices[office].take().unwrap().into_journal();
        self.offices[office] = Some(open(office, journal));
    }

    /// What has to hold after each step, of what an office has.
    fn check(&mut self, office: usize) {
        let engine = self.offices[office].as_ref().unwrap();
        engine.journal().verify(None).unwrap();
        for code in codes(engine) {
            let chain: Vec<_> = hashes(engine, &code);
            let mut owners = 0;
            let mut longest = 0;
            for other in self.offices.iter().flatten() {
                let theirs = hashes(other, &code);
                let both = chain.len().min(theirs.len());
                assert_eq!(chain[..both], theirs[..both], "{code} has one history");
                longest = longest.max(theirs.len());
            }
            for other in self.offices.iter().flatten() {
                let Some(dossier) = other.dossier(&code).unwrap() else { continue };
                if dossier.owner() == other.office() {
                    owners += 1;
                    assert_eq!(dossier.version as usize, longest, "{code}: its owner has all of it");
                }
            }
            assert!(owners <= 1, "{code} has {owners} owners");
            let live = engine.dossier(&code).unwrap().unwrap();
            let replayed =
                motcua::dossier::Dossier::replay(engine.catalogue(), &code, &engine.events(&code).unwrap());
            assert_eq!(replayed.unwrap().as_ref(), Some(&live), "what is read again is what is there");
            let saved = live.save().unwrap();
            let known = self.states.entry((code.clone(), live.version)).or_insert_with(|| saved.clone());
            assert_eq!(*known, saved, "{code} is the same everywhere at version {}", live.version);
        }
        for (of, code, version, key) in self.answered.iter().filter(|answered| answered.0 == office) {
            let events = engine.events(code).unwrap();
            let event = usize::try_from(*version).ok().and_then(|version| events.get(version - 1));
            assert_eq!(event.map(|event| event.key.as_str()), Some(key.as_str()), "{of} answered for it");
        }
    }

    /// In the end the line is good, and everybody has what concerns them.
    fn settle(&mut self) {
        let line: Vec<Bundle> = self.line.drain(..).collect();
        for bundle in line {
            let _ = self.take_in(bundle.to, &bundle.bytes);
        }
        for round in 0.. {
            let mut events = 0;
            for commune in 1..OFFICES.len() {
                for (from, to) in [(commune, 0), (0, commune)] {
                    let bytes = self.written(from, to);
                    events += self.take_in(to, &bytes).unwrap_or(1);
                }
            }
            if events == 0 {
                break;
            }
            assert!(round < 6, "it does not end");
        }
        (0..OFFICES.len()).for_each(|office| self.check(office));
        let centre = self.engine(0);
        let mut all: BTreeMap<String, usize> = BTreeMap::new();
        for engine in self.offices.iter().flatten() {
            engine
                .journal()
                .scan(&mut |code, events| {
                    let most = all.entry(code.to_owned()).or_default();
                    *most = events.len().max(*most);
                    std::ops::ControlFlow::Continue(())
                })
                .unwrap();
        }
        for (code, most) in all {
            let events = centre.events(&code).unwrap();
            assert_eq!(events.len(), most, "the centre has all of {code}");
            let mut owners = Vec::new();
            for (office, engine) in self.offices.iter().flatten().enumerate() {
                let name = OFFICES[office];
                let concerns = events.iter().any(|event| {
                    event.office.as_deref() == Some(name)
                        || matches!(&event.action, Action::Entrust { office } if office == name)
                });
                let version = engine.journal().version(&code).unwrap() as usize;
                assert_eq!(
                    version,
                    if concerns || office == 0 { most } else { 0 },
                    "{name} has of {code} what concerns it"
                );
                owners.extend(
                    engine
                        .dossier(&code)
                        .unwrap()
                        .filter(|dossier| dossier.owner() == Some(name))
                        .map(|_| name),
                );
            }
            assert_eq!(owners.len(), 1, "{code} has one owner: {owners:?}");
        }
    }

    /// What came of it, in short.
    pub fn digest(&self) -> Vec<u64> {
        self.offices.iter().flatten().map(|engine| engine.journal().size().unwrap()).collect()
    }
}

fn codes(engine: &Engine<MemoryJournal>) -> Vec<String> {
    let mut codes = Vec::new();
    let scanned = engine.journal().scan(&mut |code, _| {
        codes.push(code.to_owned());
        std::ops::ControlFlow::Continue(())
    });
    scanned.unwrap();
    codes
}

fn hashes(engine: &Engine<MemoryJournal>, code: &str) -> Vec<motcua::dossier::signature::Digest> {
    engine.journal().sealed_of(code, 0).unwrap().iter().map(|sealed| sealed.hash).collect()
}

fn open(office: usize, journal: MemoryJournal) -> Engine<MemoryJournal> {
    let (catalogue, calendar) = (Catalogue::embedded().clone(), Calendar::vietnam().clone());
    Engine::new(catalogue, calendar, PEOPLE.clone(), journal).at_office(OFFICES[office])
}
