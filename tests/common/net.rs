//! Routings played by sets of names, as plainly as they are explained: what the fast ones are held against. And a
//! maker of definitions that are often sound.
#![allow(dead_code, reason = "each test file uses its own part")]

use motcua::routing::{END, OutcomeFlow, Rest, StepFlow};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub type Places = BTreeSet<String>;

/// The place of one step alone.
pub fn place(id: &str) -> Places {
    Places::from([id.to_string()])
}

pub struct Naive<'a> {
    pub steps: &'a [StepFlow],
    pub starts: Vec<String>,
}

/// What exploring everything finds; `None` if there is too much.
#[derive(Debug, Default)]
pub struct Verdict {
    /// How many completions lead to a step running twice, to nothing running, to no way to the end.
    pub twice: Option<usize>,
    pub stuck: Option<usize>,
    pub lost: Option<usize>,
    pub never_ran: Vec<String>,
}

impl Verdict {
    pub fn ends_well(&self) -> bool {
        self.twice.is_none() && self.stuck.is_none() && self.lost.is_none()
    }
}

fn arrival(from: &str, to: &str) -> String {
    format!("{from}>{to}")
}

fn fired(step: &str) -> String {
    format!("!{step}")
}

impl Naive<'_> {
    fn step(&self, id: &str) -> Option<&StepFlow> {
        self.steps.iter().find(|step| step.id == id)
    }

    fn successors(&self, id: &str) -> Vec<&str> {
        let outcomes = self.step(id).into_iter().flat_map(|step| &step.outcomes);
        outcomes.flat_map(|outcome| &outcome.next).map(String::as_str).filter(|to| *to != END).collect()
    }

    /// The steps reached from some without entering the barred ones.
    fn reach<'s>(&'s self, from: Vec<&'s str>, barred: &[&str]) -> BTreeSet<&'s str> {
        let mut open = from;
        let mut seen = BTreeSet::new();
        while let Some(step) = open.pop() {
            if !barred.contains(&step) && seen.insert(step) {
                open.extend(self.successors(step));
            }
        }
        seen
    }

    /// The places that a join takes away: for each candidate of a fork, those through which all ways lead are found
    /// by leaving them out.
    fn region(&self, join: &StepFlow) -> Places {
        let starts: Vec<&str> = self.starts.iter().map(String::as_str).collect();
        let over =
            |step: &str, other: &str| step == other || !self.reach(starts.clone(), &[step]).contains(other);
        let common: Vec<&str> = (self.steps.iter().map(|step| step.id.as_str()))
            .filter(|step| join.join.iter().all(|awaited| over(step, awaited)))
            .collect();
        let fork = common.iter().find(|step| common.iter().all(|other| over(other, step))).copied();
        let barred: Vec<&str> = fork.into_iter().chain([join.id.as_str()]).collect();
        let below = self.reach(fork.map_or(starts.clone(), |fork| self.successors(fork)), &barred);
        let region: BTreeSet<&str> = (below.iter().copied())
            .filter(|step| join.join.iter().any(|a| self.reach(vec![*step], &barred).contains(a.as_str())))
            .collect();
        let mut places: Places = region.iter().map(|step| (*step).to_string()).collect();
        for step in region.iter().filter_map(|step| self.step(step)) {
            places.extend(step.join.iter().map(|from| arrival(from, &step.id)));
            places.insert(fired(&step.id));
        }
        places
    }

    /// Completes a step; an error if a place would get a second token.
    pub fn fire(&self, marking: &Places, id: &str, outcome: &OutcomeFlow) -> Result<Places, ()> {
        let mut marking = marking.clone();
        assert!(marking.remove(id));
        for gone in &outcome.cancel {
            marking.remove(gone);
            marking.remove(&fired(gone));
            marking.retain(|place| place.split_once('>').is_none_or(|(from, to)| from != gone && to != gone));
        }
        for target in outcome.next.iter().filter(|to| *to != END).collect::<BTreeSet<_>>() {
            let joins = !self.step(target).unwrap().join.is_empty();
            let place = if joins { arrival(id, target) } else { target.clone() };
            if !marking.insert(place) {
                return Err(());
            }
        }
        for join in self.steps.iter().filter(|step| !step.join.is_empty()) {
            let all: Vec<String> = join.join.iter().map(|from| arrival(from, &join.id)).collect();
            let come = all.iter().filter(|place| marking.contains(*place)).count();
            let need = join.need.unwrap_or(all.len());
            let remembers = need < all.len() && join.rest == Rest::Finish;
            if come >= need && !marking.contains(&fired(&join.id)) {
                if !remembers {
                    marking.retain(|place| !all.contains(place));
                    if need < all.len() {
                        let region = self.region(join);
                        marking.retain(|place| !region.contains(place));
                    }
                } else {
                    marking.insert(fired(&join.id));
                }
                if !marking.insert(join.id.clone()) {
                    return Err(());
                }
            }
            if come == all.len() && marking.remove(&fired(&join.id)) {
                marking.retain(|place| !all.contains(place));
            }
        }
        Ok(marking)
    }

    pub fn running<'m>(&self, marking: &'m Places) -> Vec<&'m String> {
        marking.iter().filter(|place| self.step(place).is_some()).collect()
    }

    pub fn explore(&self, roots: &[Places], most: usize) -> Option<Verdict> {
        let mut depth: BTreeMap<Places, usize> = roots.iter().map(|root| (root.clone(), 0)).collect();
        let mut open: VecDeque<Places> = roots.iter().cloned().collect();
        let mut before: BTreeMap<Places, Vec<Places>> = BTreeMap::new();
        let mut ran = BTreeSet::new();
        let mut verdict = Verdict::default();
        while let Some(marking) = open.pop_front() {
            if depth.len() > most {
                return None;
            }
            for id in self.running(&marking) {
                ran.insert(id.clone());
                for outcome in &self.step(id).unwrap().outcomes {
                    let Ok(next) = self.fire(&marking, id, outcome) else {
                        verdict.twice = verdict.twice.or(Some(depth[&marking] + 1));
                        continue;
                    };
                    before.entry(next.clone()).or_default().push(marking.clone());
                    if !depth.contains_key(&next) {
                        depth.insert(next.clone(), depth[&marking] + 1);
                        open.push_back(next);
                    }
                }
            }
        }
        let mut ends = BTreeSet::from([Places::new()]);
        let mut back = vec![Places::new()];
        while let Some(marking) = back.pop() {
            for from in before.get(&marking).into_iter().flatten() {
                if ends.insert(from.clone()) {
                    back.push(from.clone());
                }
            }
        }
        for (marking, at) in &depth {
            let least = |so_far: Option<usize>| Some(so_far.map_or(*at, |least| least.min(*at)));
            if !ends.contains(marking) {
                verdict.lost = least(verdict.lost);
                if self.running(marking).is_empty() {
                    verdict.stuck = least(verdict.stuck);
                }
            }
        }
        verdict.never_ran =
            self.steps.iter().map(|step| step.id.clone()).filter(|id| !ran.contains(id)).collect();
        Some(verdict)
    }
}

/// Makes a definition out of blocks, as bytes decide; at the end some of its arrows are bent.
pub struct Maker<'a> {
    bytes: std::slice::Iter<'a, u8>,
    pub steps: Vec<StepFlow>,
}

/// Where a block begins, and the outcomes that want a target.
type Block = (usize, Vec<(usize, usize)>);

impl<'a> Maker<'a> {
    pub fn make(bytes: &'a [u8]) -> (Vec<StepFlow>, Vec<String>) {
        let mut maker = Self { bytes: bytes.iter(), steps: Vec::new() };
        let (entry, exits) = maker.block(3);
        for (step, outcome) in exits {
            maker.steps[step].outcomes[outcome].next.push(END.into());
        }
        let mut starts = vec![maker.steps[entry].id.clone()];
        for _ in 0..maker.pick(4) {
            maker.bend();
        }
        if maker.pick(8) == 1 {
            let step = maker.any();
            starts.push(maker.steps[step].id.clone());
        }
        // Joins settle in the order of the steps.
        if maker.pick(2) == 1 {
            maker.steps.reverse();
        }
        (maker.steps, starts)
    }

    fn pick(&mut self, below: usize) -> usize {
        self.bytes.next().map_or(0, |byte| usize::from(*byte)) % below
    }

    fn any(&mut self) -> usize {
        let count = self.steps.len();
        self.pick(count)
    }

    fn step(&mut self, outcomes: usize) -> usize {
        let id = format!("s{}", self.steps.len());
        let outcomes =
            (0..outcomes).map(|o| OutcomeFlow { name: format!("o{o}"), ..OutcomeFlow::default() }).collect();
        self.steps.push(StepFlow { id, outcomes, ..StepFlow::default() });
        self.steps.len() - 1
    }

    fn lead(&mut self, exits: &[(usize, usize)], to: usize) {
        for (step, outcome) in exits {
            let id = self.steps[to].id.clone();
            self.steps[*step].outcomes[*outcome].next.push(id);
        }
    }

    fn block(&mut self, depth: usize) -> Block {
        let kind = if depth == 0 || self.steps.len() > 7 { 0 } else { self.pick(9) };
        match kind {
            0 => {
                let step = self.step(1);
                (step, vec![(step, 0)])
            }
            1 | 2 => {
                let (entry, exits) = self.block(depth - 1);
                let (second, ends) = self.block(depth - 1);
                self.lead(&exits, second);
                (entry, ends)
            }
            3 => {
                let choice = self.step(2);
                let mut exits = Vec::new();
                for outcome in 0..2 {
                    let (entry, ends) = self.block(depth - 1);
                    self.lead(&[(choice, outcome)], entry);
                    exits.extend(ends);
                }
                (choice, exits)
            }
            4 => {
                let (entry, exits) = self.block(depth - 1);
                let check = self.step(2);
                self.lead(&exits, check);
                self.lead(&[(check, 1)], entry);
                (entry, vec![(check, 0)])
            }
            kind => self.fork(depth, kind),
        }
    }

    fn fork(&mut self, depth: usize, kind: usize) -> Block {
        let fork = self.step(1);
        let mut lasts = Vec::new();
        for _ in 0..2 + self.pick(2) {
            let (entry, exits) = self.block(depth - 1);
            self.lead(&[(fork, 0)], entry);
            let single = exits.len() == 1 && self.steps[exits[0].0].outcomes.len() == 1;
            if single {
                lasts.push(exits[0].0);
            } else {
                let last = self.step(1);
                self.lead(&exits, last);
                lasts.push(last);
            }
        }
        let inside: Vec<String> = self.steps[fork + 1..].iter().map(|step| step.id.clone()).collect();
        // A branch aside, which nobody waits for.
        if kind == 8 && self.pick(2) == 1 {
            let aside = self.step(1);
            self.lead(&[(fork, 0)], aside);
            self.steps[aside].outcomes[0].next.push(END.into());
        }
        let join = self.step(1);
        self.steps[join].join = lasts.iter().map(|last| self.steps[*last].id.clone()).collect();
        for last in &lasts {
            self.lead(&[(*last, 0)], join);
        }
        let mut exits = vec![(join, 0)];
        match kind {
            6 | 7 => {
                self.steps[join].need = Some(1 + self.pick(lasts.len()));
                self.steps[join].rest = if kind == 6 { Rest::Cancel } else { Rest::Finish };
            }
            8 => {
                let last = lasts[self.pick(lasts.len())];
                let cancel = inside;
                self.steps[last].outcomes.push(OutcomeFlow { name: "stop".into(), next: vec![], cancel });
                let outcome = self.steps[last].outcomes.len() - 1;
                exits.push((last, outcome));
            }
            _ => {}
        }
        (fork, exits)
    }

    fn bend(&mut self) {
        let step = self.any();
        let to = self.any();
        let target = self.steps[to].id.clone();
        let outcome = self.pick(self.steps[step].outcomes.len());
        let kind = self.pick(7);
        let awaited = self.steps[step].id.clone();
        match kind {
            0 => self.steps[step].outcomes[outcome].next = vec![target.clone()],
            1 => self.steps[step].outcomes[outcome].next.push(target.clone()),
            2 => self.steps[step].outcomes[outcome].cancel.push(target.clone()),
            3 => self.steps[step].outcomes[outcome].next = vec![END.into()],
            4 => self.steps[step].outcomes.push(OutcomeFlow {
                name: "bent".into(),
                next: vec![target.clone()],
                cancel: vec![],
            }),
            5 => self.steps[to].rest = Rest::Finish,
            _ => {
                let most = self.steps[to].join.len();
                self.steps[to].need = if most == 0 { None } else { Some(1 + outcome % most) };
            }
        }
        let mut seen = BTreeSet::new();
        self.steps[step].outcomes.retain(|outcome| seen.insert(outcome.name.clone()));
        // Who leads to a join is waited for.
        if matches!(kind, 0 | 1 | 4)
            && !self.steps[to].join.is_empty()
            && !self.steps[to].join.contains(&awaited)
        {
            self.steps[to].join.push(awaited);
        }
        for at in 0..self.steps.len() {
            let id = self.steps[at].id.clone();
            let feeds = |from: &String, steps: &[StepFlow]| {
                let step = steps.iter().find(|step| step.id == *from).unwrap();
                step.outcomes.iter().any(|outcome| outcome.next.contains(&id))
            };
            let kept: Vec<String> =
                self.steps[at].join.iter().filter(|from| feeds(from, &self.steps)).cloned().collect();
            let need = self.steps[at].need.map(|need| need.min(kept.len())).filter(|need| *need > 0);
            self.steps[at].need = need;
            self.steps[at].join = kept;
        }
    }
}
