//! From names to masks: what a definition says is checked and numbered.

use super::{
    Aside, END, Join, MAX_OF_STEP, MAX_OUTCOMES, MAX_PLACES, Names, Outcome, Rest, Routing, RoutingError,
    Step, StepFlow, bits, region,
};

/// The routing of a definition whose names are in order; it is not proved yet.
pub(super) fn link(flows: &[StepFlow], starts: &[&str]) -> Result<Routing, Vec<RoutingError>> {
    if flows.is_empty() {
        return Err(vec![RoutingError::Empty]);
    }
    let places =
        flows.len() + flows.iter().map(|flow| flow.join.len() + usize::from(remembers(flow))).sum::<usize>();
    if places > MAX_PLACES {
        return Err(vec![RoutingError::TooLarge { places, limit: MAX_PLACES }]);
    }
    let outcomes = flows.iter().map(|flow| flow.outcomes.len()).sum();
    if outcomes > MAX_OUTCOMES {
        return Err(vec![RoutingError::TooManyOutcomes { outcomes, limit: MAX_OUTCOMES }]);
    }
    // A dossier keeps the number of an outcome in a byte.
    if let Some(outcomes) = flows.iter().map(|flow| flow.outcomes.len()).find(|count| *count > MAX_OF_STEP) {
        return Err(vec![RoutingError::TooManyOutcomes { outcomes, limit: MAX_OF_STEP }]);
    }
    let mut linker = Linker { flows, names: Names::for_count(flows.len()), errors: Vec::new() };
    for (i, flow) in flows.iter().enumerate() {
        if flow.id == END || linker.index(&flow.id).is_some() {
            linker.errors.push(RoutingError::DuplicateStep { step: flow.id.clone() });
        } else {
            linker.names.add(&flow.id, i);
        }
    }
    let leads: Vec<u128> = flows.iter().map(|flow| linker.leads(flow)).collect();
    let starts = linker.starts(starts);
    let (joins, asides) = linker.joins(&leads, &starts);
    let (steps, outcomes) = linker.outcomes(&asides);
    let Linker { names, errors, .. } = linker;
    if errors.is_empty() {
        Ok(Routing { names, steps, outcomes, joins, asides, starts, fingerprint: 0 })
    } else {
        Err(errors)
    }
}

/// Whether a join keeps a place for having fired.
fn remembers(flow: &StepFlow) -> bool {
    flow.rest == Rest::Finish && flow.need.is_some_and(|need| need < flow.join.len())
}

struct Linker<'a> {
    flows: &'a [StepFlow],
    names: Names,
    errors: Vec<RoutingError>,
}

impl Linker<'_> {
    fn index(&self, name: &str) -> Option<usize> {
        let mut candidates = self.names.candidates(name);
        candidates.find(|i| self.flows.get(*i).is_some_and(|flow| flow.id == name))
    }

    /// The steps that the outcomes of one lead to.
    fn leads(&self, flow: &StepFlow) -> u128 {
        let targets = flow.outcomes.iter().flat_map(|outcome| &outcome.next);
        targets.filter_map(|target| self.index(target)).fold(0, |all, step| all | 1 << step)
    }

    fn starts(&mut self, names: &[&str]) -> Vec<usize> {
        let mut starts = Vec::new();
        for name in names {
            match self.index(name) {
                Some(step) if !starts.contains(&step) => starts.push(step),
                Some(_) => {}
                None => self.errors.push(RoutingError::UnknownStart { step: (*name).into() }),
            }
        }
        if starts.is_empty() {
            starts.push(0);
        }
        starts
    }

    /// The joins and, after the steps' own places, those in which they collect their tokens.
    fn joins(&mut self, leads: &[u128], starts: &[usize]) -> (Vec<Join>, Vec<Aside>) {
        let flows = self.flows;
        let starts = starts.iter().fold(0, |all, step| all | 1u128 << step);
        let mut joins = Vec::new();
        let mut asides: Vec<Aside> = Vec::new();
        for (to, flow) in flows.iter().enumerate() {
            if flow.join.is_empty() {
                if flow.need.is_some() {
                    self.errors.push(RoutingError::BadNeed { step: flow.id.clone(), of: 0 });
                }
                continue;
            }
            let mut collect = 0;
            let mut awaited: u128 = 0;
            for source in &flow.join {
                let from = self.index(source);
                let feeds = |from: usize| leads.get(from).is_some_and(|lead| lead >> to & 1 == 1);
                if from.is_none_or(|from| !feeds(from)) {
                    let awaited = source.clone();
                    self.errors.push(RoutingError::JoinNotFed { step: flow.id.clone(), awaited });
                }
                if from.is_some_and(|from| awaited >> from & 1 == 1) {
                    let awaited = source.clone();
                    self.errors.push(RoutingError::JoinTwice { step: flow.id.clone(), awaited });
                }
                awaited |= from.map_or(0, |from| 1 << from);
                collect |= 1u128 << (flows.len() + asides.len());
                asides.push(Aside { from, to });
            }
            for (other, lead) in flows
                .iter()
                .zip(leads)
                .enumerate()
                .filter_map(|(i, (other, lead))| (awaited >> i & 1 == 0).then_some((other, lead)))
            {
                if lead >> to & 1 == 1 {
                    self.errors
                        .push(RoutingError::JoinLacks { step: flow.id.clone(), from: other.id.clone() });
                }
            }
            let of = flow.join.len();
            let need = flow.need.unwrap_or(of);
            if need == 0 || need > of {
                self.errors.push(RoutingError::BadNeed { step: flow.id.clone(), of });
            }
            let mut join = Join { own: 1 << to, collect, need: need as u32, fired: 0, region: 0 };
            if remembers(flow) {
                join.fired = 1 << (flows.len() + asides.len());
                asides.push(Aside { from: None, to });
            } else if need < of {
                join.region = region::between(leads, starts, to, awaited);
            }
            joins.push(join);
        }
        // So far the region names steps; what waits in them to be joined goes with them.
        for join in &mut joins {
            join.region |= asides_where(flows.len(), &asides, |aside| join.region >> aside.to & 1 == 1);
        }
        (joins, asides)
    }

    fn outcomes(&mut self, asides: &[Aside]) -> (Vec<Step>, Vec<Outcome>) {
        let flows = self.flows;
        let mut steps = Vec::new();
        let mut outcomes: Vec<Outcome> = Vec::new();
        for (i, flow) in flows.iter().enumerate() {
            let first = outcomes.len();
            if flow.outcomes.is_empty() {
                self.errors.push(RoutingError::NoOutcome { step: flow.id.clone() });
            }
            for outcome in &flow.outcomes {
                if outcome.next.is_empty() {
                    self.errors.push(RoutingError::NoOutcome { step: flow.id.clone() });
                }
                if outcomes.iter().skip(first).any(|other| other.name == outcome.name) {
                    let (step, outcome) = (flow.id.clone(), outcome.name.clone());
                    self.errors.push(RoutingError::DuplicateOutcome { step, outcome });
                }
                let mut put = 0;
                for target in outcome.next.iter().filter(|target| *target != END) {
                    let Some(to) = self.index(target) else {
                        self.errors.push(RoutingError::UnknownTarget {
                            step: flow.id.clone(),
                            outcome: outcome.name.clone(),
                            target: target.clone(),
                        });
                        continue;
                    };
                    let arrival = asides.iter().position(|aside| aside.from == Some(i) && aside.to == to);
                    put |= 1 << arrival.map_or(to, |aside| flows.len() + aside);
                }
                let mut cancels: u128 = 0;
                for target in &outcome.cancel {
                    match self.index(target) {
                        Some(step) => cancels |= 1 << step,
                        None => self.errors.push(RoutingError::UnknownCancel {
                            step: flow.id.clone(),
                            outcome: outcome.name.clone(),
                            target: target.clone(),
                        }),
                    }
                }
                let named = |aside: &Aside| {
                    cancels >> aside.to & 1 == 1 || aside.from.is_some_and(|from| cancels >> from & 1 == 1)
                };
                let taken = 1 << i | cancels | asides_where(flows.len(), asides, named);
                outcomes.push(Outcome {
                    name: outcome.name.clone(),
                    keep: !taken,
                    put,
                    settles: bits(put).any(|place| place >= flows.len()),
                    ends: outcome.next.iter().any(|target| target == END),
                    cancels,
                });
            }
            steps.push(Step { id: flow.id.clone(), first, count: outcomes.len() - first });
        }
        (steps, outcomes)
    }
}

fn asides_where(steps: usize, asides: &[Aside], chosen: impl Fn(&Aside) -> bool) -> u128 {
    let places = asides.iter().enumerate().filter(|(_, aside)| chosen(aside));
    places.fold(0, |all, (i, _)| all | 1 << (steps + i))
}
