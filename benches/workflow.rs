//! Completing, saving and suspending the dossier of `consultation`.

use crate::consultation::{ORGANISATION, World, dossier, script, step, supplement};
use crate::{Line, Peers, cpu, median};
use chrono::NaiveDateTime;
use cpu_time::ThreadTime;
use motcua::calendar::Calendar;
use motcua::deadline::{Clock, LimitRule, SuspensionPolicy, TimeLimit};
use motcua::dossier::{Command, Dossier, Event, Organisation};
use motcua::journal::MemoryJournal;
use motcua::{Engine, moment};
use std::hint::black_box;
use std::sync::Arc;

const ROUNDS: usize = 20_000;
const COLD: usize = 1_000_000;

/// The dossier by hand: a bit for each running step, and a log of step, outcome and second.
#[derive(Clone, Default)]
struct ByHand {
    at: u16,
    log: Vec<(u8, u8, u32)>,
}

impl ByHand {
    fn begun() -> Self {
        Self { at: 1, log: Vec::new() }
    }

    fn complete(&mut self, step: u8, second: u32) {
        assert!(self.at >> step & 1 == 1);
        self.at = match step {
            0..=2 | 6..=7 => 1 << (step + 1),
            3 => 0b0_0011_0000,
            4 | 5 => {
                let left = self.at & !(1 << step);
                if left & 0b0_0011_0000 == 0 { 1 << 6 } else { left }
            }
            _ => 0,
        };
        self.log.push((step, 0, second));
    }

    fn save(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(2 + 6 * self.log.len());
        bytes.extend_from_slice(&self.at.to_le_bytes());
        for (step, outcome, second) in &self.log {
            bytes.extend_from_slice(&[*step, *outcome]);
            bytes.extend_from_slice(&second.to_le_bytes());
        }
        bytes
    }

    fn load(bytes: &[u8]) -> Self {
        let (at, log) = bytes.split_at(2);
        let entry = |e: &[u8]| (e[0], e[1], u32::from_le_bytes(e[2..].try_into().unwrap()));
        Self { at: u16::from_le_bytes(at.try_into().unwrap()), log: log.chunks_exact(6).map(entry).collect() }
    }
}

/// One pass over a million dossiers for each step, from one to another far away, so that none is in the cache when its
/// turn comes.
fn cold<D: Clone>(start: &D, mut complete: impl FnMut(&mut D, usize)) -> f64 {
    median((0..3).map(|_| {
        let mut dossiers = vec![start.clone(); COLD];
        let begun = ThreadTime::now();
        for step in 0..9 {
            // A prime that shares no factor with their number leads to each of them once.
            (0..COLD).for_each(|n| complete(&mut dossiers[n * 611_953 % COLD], step));
        }
        begun.elapsed().as_nanos() as f64 / (COLD * 9) as f64
    }))
}

struct Limits {
    complete: f64,
    cold: f64,
    save: f64,
    suspend: f64,
}

fn limits() -> Limits {
    let complete = cpu(ROUNDS * 9, || {
        for _ in 0..ROUNDS {
            let mut dossier = ByHand::begun();
            (0..9).for_each(|step| dossier.complete(black_box(step), 0));
            assert_eq!(black_box(dossier).at, 0);
        }
    });
    let cold = cold(&ByHand::begun(), |dossier, step| dossier.complete(step as u8, 0));
    let mut parked = ByHand::begun();
    (0..5).for_each(|step| parked.complete(step, 0));
    let save = cpu(ROUNDS, || {
        for _ in 0..ROUNDS {
            let bytes = black_box(&parked).save();
            black_box(ByHand::load(&bytes));
        }
    });
    let suspend = cpu(ROUNDS, || {
        for _ in 0..ROUNDS {
            let mut ledger: Vec<(u32, bool)> = Vec::new();
            ledger.extend(black_box([(1, true), (2, false)]));
            black_box(ledger);
        }
    });
    Limits { complete, cold, save, suspend }
}

fn engine(world: &World, script: &[Command]) -> f64 {
    cpu(2_000 * 9, || {
        let mut engine = Engine::new(
            Arc::clone(&world.catalogue),
            Arc::clone(Calendar::vietnam()),
            Organisation::load(&world.catalogue, &[("units.toml", ORGANISATION)]).unwrap(),
            MemoryJournal::new(),
        );
        for n in 0..2_000 {
            let code = format!("H41.17-260601-{n}");
            for command in script {
                let command = Command { dossier: code.as_str().into(), ..command.clone() };
                engine.handle(&command).unwrap();
            }
        }
    })
}

fn clock() -> f64 {
    let at = |text: &str| -> NaiveDateTime { moment::parse(text).unwrap() };
    let rule = LimitRule::new(TimeLimit::parse("15 working_day").unwrap());
    let clock = Clock::new(rule, at("2026-06-01 08:10"));
    let (from, to) = (at("2026-06-03 08:00"), at("2026-06-08 08:00"));
    cpu(ROUNDS, || {
        for _ in 0..ROUNDS {
            let mut clock = clock.clone();
            clock.suspend(from, "chờ bổ sung", SuspensionPolicy::Pause).unwrap();
            clock.resume(to).unwrap();
            black_box(clock);
        }
    })
}

pub(crate) fn lines(peers: &Peers) -> Vec<Line> {
    let world = World::new();
    let rules = world.rules();
    let script = script();
    let completions = &script[2..];
    let start = dossier(rules, &script[..2]);
    let steps = cpu(ROUNDS * 9, || {
        for _ in 0..ROUNDS {
            let mut dossier = start.clone();
            let mut log = Vec::with_capacity(9);
            for command in completions {
                log.push(step(rules, &mut dossier, command));
            }
            black_box((dossier, log));
        }
    });
    let durable = cpu(ROUNDS * 9, || {
        for _ in 0..ROUNDS {
            let mut dossier = start.clone();
            let (mut log, mut hash) = (Vec::with_capacity(1024), [0; 32]);
            for command in completions {
                let from = log.len();
                step(rules, &mut dossier, command).append_to(&mut log);
                hash = Event::hash(&log[from..], &hash);
            }
            black_box((dossier, log, hash));
        }
    });
    let cold_steps = cold(&start, |dossier, n| drop(black_box(step(rules, dossier, &completions[n]))));
    let parked = dossier(rules, &script[..7]);
    let saved = |parked: &Dossier| {
        cpu(ROUNDS, || {
            for _ in 0..ROUNDS {
                let bytes = black_box(parked).save().unwrap();
                black_box(Dossier::load(&world.catalogue, &parked.code, &bytes).unwrap());
            }
        })
    };
    let asked = supplement(7);
    let supplied = dossier(rules, &[&script[..7], &asked].concat());
    let supplements = cpu(ROUNDS, || {
        for _ in 0..ROUNDS {
            let mut dossier = parked.clone();
            for command in &asked {
                black_box(step(rules, &mut dossier, command));
            }
            black_box(dossier);
        }
    });
    let limits = limits();
    let line = |case, operation, ours, (peer, peer_name), limit, limit_name| Line {
        case,
        operation,
        clock: "cpu",
        ours,
        peer,
        peer_name,
        limit,
        limit_name,
    };
    let none = || (None, String::new());
    let (hand, by_hand) = (limits.complete, "match by hand and a log");
    let (complete, what) = ("complete a step", "decide, authorise, event, fold");
    let (save, bytes) = ("save and load a dossier", "its bytes by hand");
    vec![
        line(complete, what, steps, peers.get("xstate_step"), hand, by_hand),
        line(complete, what, steps, peers.get("spiff_step"), hand, by_hand),
        line("… of a million live dossiers in turn", what, cold_steps, none(), limits.cold, by_hand),
        line("… ready for a disk", "and bytes and SHA-256", durable, none(), hand, by_hand),
        line("… through Engine, in memory", "and work list", engine(&world, &script), none(), hand, by_hand),
        line(save, "a dossier", saved(&parked), peers.get("xstate_save"), limits.save, bytes),
        line(save, "a dossier", saved(&parked), peers.get("spiff_save"), limits.save, bytes),
        line("… that was suspended once", "a dossier", saved(&supplied), none(), limits.save, bytes),
        line("suspend and resume", "a clock", clock(), none(), limits.suspend, "two entries of a list"),
        line(
            "… as commands: a supplement",
            "decide, authorise, event, fold, twice",
            supplements,
            none(),
            limits.suspend,
            "two entries of a list",
        ),
    ]
}
