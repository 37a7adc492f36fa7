//! Returning and taking back: moves that no outcome of the definition names, so each is proved before it is made.

use super::{Join, Marking, Routing, RoutingError, Trouble, bits};

/// What becomes of the other running steps when one hands back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Siblings {
    /// They go on, and so does what waits to be joined.
    #[default]
    Keep,
    /// They end: `to` is all that runs then.
    Cancel,
}

impl Routing {
    /// Hands back from a running step to another, which runs in its stead. If the other lies on one of several branches
    /// that were joined on the way here, what the rest of them brought waits again at that join; not in a routing in which
    /// something cancels, where it is not known what was brought.
    ///
    /// # Errors
    /// `routing.unknown_step`, `routing.not_running`; `routing.return_unsound` if a step would run twice, or could
    /// come to do so, or if the end might not be reached any more.
    pub fn hand_back(
        &self,
        marking: Marking,
        from: &str,
        to: &str,
        siblings: Siblings,
    ) -> Result<Marking, RoutingError> {
        let source = self.running_index(marking, from)?;
        let target = self.known_index(to)?;
        self.handed_back(marking, source, target, siblings).map_err(|trouble| RoutingError::ReturnUnsound {
            from: from.into(),
            to: to.into(),
            trouble,
        })
    }

    /// The ids of the steps to which a running step can hand back now, in the order of the definition; the step
    /// itself is not among them.
    pub fn targets(&self, marking: Marking, from: &str, siblings: Siblings) -> impl Iterator<Item = &str> {
        let source = self.step_index(from).filter(|step| self.is_running_at(marking, *step));
        source.into_iter().flat_map(move |source| {
            let others = (0..self.steps.len()).filter(move |target| *target != source);
            let possible =
                others.filter(move |target| self.handed_back(marking, source, *target, siblings).is_ok());
            possible.filter_map(|target| self.step_id(target))
        })
    }

    fn handed_back(
        &self,
        marking: Marking,
        source: usize,
        target: usize,
        siblings: Siblings,
    ) -> Result<Marking, Trouble> {
        let Some(back) = self.hand_back_at(marking, source, target, siblings) else {
            let step = self.step_id(target).unwrap_or_default().into();
            return Err(Trouble::RunsTwice { step });
        };
        match self.proves(back).err().and_then(|errors| errors.into_iter().next()) {
            None => Ok(back),
            Some(RoutingError::Stuck { waiting, .. }) => Err(Trouble::Stuck { waiting }),
            Some(RoutingError::RunsTwice { step, .. }) => Err(Trouble::RunsTwice { step }),
            Some(RoutingError::NeverEnds { .. }) => Err(Trouble::NeverEnds),
            Some(_) => Err(Trouble::TooManyMarkings),
        }
    }

    /// Hands back without a proof, for who had it proved before; `None` if the other step runs already.
    pub(crate) fn hand_back_at(
        &self,
        marking: Marking,
        source: usize,
        target: usize,
        siblings: Siblings,
    ) -> Option<Marking> {
        let others = match siblings {
            Siblings::Keep => marking.0 & !(1 << source),
            Siblings::Cancel => 0,
        };
        let waiting = match siblings {
            Siblings::Keep => self.waiting(others, source, target),
            Siblings::Cancel => 0,
        };
        let running = others & self.step_places();
        (others >> target & 1 == 0).then_some(Marking(running | waiting | 1 << target))
    }

    /// What waits at the joins once a step hands back to another: without what that one brings anew, and with what the other
    /// branches of those joins brought that lie between the two.
    fn waiting(&self, others: u128, source: usize, target: usize) -> u128 {
        let waiting = others & !self.step_places();
        let cancels = self.outcomes.iter().any(|outcome| outcome.cancels != 0);
        if cancels || self.joins.iter().any(|join| !join.is_plain()) {
            return waiting;
        }
        let anew = self.reach(1 << target, 1 << source, None);
        // What still comes from tokens that run beside it, which alone can go through a join only if all is theirs.
        let beside = self.reach(others & self.step_places(), 1 << source, Some(others));
        let passed = |join: &&Join| (join.own | self.reach(join.own, 0, None)) >> source & 1 == 1;
        let joins = self.joins.iter().filter(|join| join.collect & anew != 0).filter(passed);
        let brought = joins.fold(0, |brought, join| brought | join.collect & !(anew | beside));
        let own = self.outcomes_of(target).iter().fold(0, |put, outcome| put | outcome.put);
        waiting & !own | brought
    }

    /// The places that tokens on some steps can come to, without going on from `stop`. Through a join go those that come
    /// to it; or, with what waits already, only those that bring all that it lacks.
    fn reach(&self, from: u128, stop: u128, waits: Option<u128>) -> u128 {
        let (mut seen, mut open) = (from, from & !stop);
        while open != 0 {
            let step = open.trailing_zeros() as usize;
            open &= open - 1;
            let mut next = self.outcomes_of(step).iter().fold(0, |put, outcome| put | outcome.put);
            let there = seen | next;
            for join in &self.joins {
                let fires = match waits {
                    Some(waits) => join.collect & !(there | waits) == 0,
                    None => true,
                };
                if join.collect & next != 0 && fires {
                    next |= join.own;
                }
            }
            open |= next & self.step_places() & !(seen | stop);
            seen |= next;
        }
        seen
    }

    /// Takes back that a step was completed with an outcome, while everything it put still stands where it was put:
    /// its targets run and have not been completed, or wait to be joined. If a join has fired since and its step
    /// still runs, the join is undone, and what the other branches brought waits again. What a join swallowed (see
    /// [`Rest::Finish`](super::Rest::Finish)) comes out again.
    ///
    /// That the step was last completed with this outcome, the caller has to know: a marking does not tell.
    ///
    /// # Errors
    /// `routing.unknown_step`, `routing.unknown_outcome`; `routing.recall_too_late` if something has gone on;
    /// `routing.recall_cancelled` if tokens were taken away, by the outcome or by a join that it made fire.
    pub fn recall(&self, marking: Marking, step: &str, outcome: &str) -> Result<Marking, RoutingError> {
        let index = self.known_index(step)?;
        let number = self.outcome_index(index, outcome).ok_or_else(|| self.no_outcome(index, outcome))?;
        self.recall_at(marking, index, number)
    }

    /// The same by numbers.
    pub(crate) fn recall_at(
        &self,
        marking: Marking,
        index: usize,
        number: usize,
    ) -> Result<Marking, RoutingError> {
        let back = self.taken_back(marking, index, number)?;
        if self.proves(back).is_ok() { Ok(back) } else { Err(self.too_late(index, 1 << index)) }
    }

    /// The same without a proof, for who had it proved before.
    pub(crate) fn taken_back(
        &self,
        marking: Marking,
        index: usize,
        number: usize,
    ) -> Result<Marking, RoutingError> {
        let step = || self.step_id(index).unwrap_or_default().to_owned();
        let cancelled = || RoutingError::RecallCancelled { step: step() };
        let Some(outcome) = self.outcomes_of(index).get(number) else {
            return Err(self.no_outcome(index, &number.to_string()));
        };
        if outcome.cancels != 0 {
            return Err(cancelled());
        }
        let own: u128 = 1 << index;
        let targets = outcome.put & self.step_places();
        let mut back = marking.0 & !outcome.put;
        // What is not where it was put, by step.
        let mut moved = targets & !marking.0;
        for join in self.joins.iter().filter(|join| join.collect & outcome.put != 0) {
            let arrival = join.collect & outcome.put;
            let came = marking.0 & arrival != 0;
            let waits = marking.0 & join.collect != 0;
            let runs = marking.0 & join.own != 0;
            if join.fired == 0 {
                // It waits still, or it was exchanged for the step with all others.
                match (came, runs && !waits) {
                    (true, _) => {}
                    (false, true) if join.is_plain() => back = back & !join.own | join.collect & !arrival,
                    (false, true) => return Err(cancelled()),
                    (false, false) => moved |= join.own,
                }
            } else if !came && !waits {
                // All have come, and the last were swallowed; the join fired before.
                back |= join.fired | join.collect & !arrival;
            } else if !came {
                moved |= join.own;
            } else if marking.0 & join.fired != 0 && (back & join.collect).count_ones() < join.need {
                // Without this one it would not have fired.
                match runs {
                    true => back &= !(join.own | join.fired),
                    false => moved |= join.own,
                }
            }
        }
        // A step back to itself puts what it took.
        if back & own != 0 {
            moved |= own;
        }
        if moved == 0 { Ok(Marking(back | own)) } else { Err(self.too_late(index, moved)) }
    }

    fn too_late(&self, step: usize, moved: u128) -> RoutingError {
        let names: Vec<String> =
            bits(moved).filter_map(|step| Some(format!("`{}`", self.step_id(step)?))).collect();
        let step = self.step_id(step).unwrap_or_default().into();
        RoutingError::RecallTooLate { step, moved: names.join(", ") }
    }
}
