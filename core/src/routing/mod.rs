//! Steps and how they follow each other, compiled to bit masks.
//!
//! A [`Routing`] is a safe workflow net. Each step is a place that holds at most one token; a [`Marking`] is the
//! set of places that hold one, in one word. Completing a step with an outcome takes the step's token, takes the
//! tokens that the outcome cancels, and puts tokens on the outcome's targets:
//!
//! ```text
//! marking & take == take   →   marking & !take & !cancel | put
//! ```
//!
//! A choice is a step with several outcomes, a return is an outcome that leads back, a fork is an outcome with
//! several targets. The target `end` consumes the token, so a routing is finished when no token is left.
//!
//! **Joins.** A step that joins has, besides its own place, one place for each step it waits for. Once as many of
//! them as it needs hold a token, they are exchanged for the step's own, at once: a marking never shows a join half
//! done. A join that needs fewer than it waits for says what becomes of the [`Rest`]:
//!
//! - [`Rest::Cancel`]: the branches that are still on their way end. Taken away are the tokens of all steps that lie
//!   between the fork and the join: those that can be reached from the nearest step through which every way to the
//!   awaited steps leads, and from which the join can be reached, both without coming through that step or the join
//!   again; and what waits in joins among them. What a branch started aside, on a way that does not lead to the
//!   join, goes on.
//! - [`Rest::Finish`]: the branches go on, and what they bring is swallowed. A place of its own remembers that the
//!   join has fired until all have come; until then the routing has not ended and the join cannot fire again.
//!
//! **Cancelling.** An outcome that names steps in `cancel` takes away the token of each of them, what waits there to
//! be joined, and what the step has already brought to a join. Its own targets are put afterwards.
//!
//! [`Routing::compile`] refuses what could get stuck; see [`RoutingError`].

mod error;
mod explore;
mod layout;
mod link;
mod names;
mod net;
mod picture;
mod reduce;
mod region;
mod soundness;
mod svg;
mod translate;
mod verbs;

pub use error::{RoutingError, Trouble};
pub use picture::{Label, Picture, State};
pub use verbs::Siblings;

use names::Names;
use serde::Deserialize;

/// The name of the target that ends a branch.
pub const END: &str = "end";

/// Steps and joins share one word; a routing with more is refused.
pub const MAX_PLACES: usize = 128;

/// The outcomes of all steps together; a routing with more is refused.
pub const MAX_OUTCOMES: usize = 1024;

/// The outcomes of one step.
const MAX_OF_STEP: usize = 250;

/// So many ways between markings are looked at for the routings of one file; a usual one has a few dozen.
pub(crate) const ENOUGH: usize = 2 * explore::MAX_MOVES;

/// The tokens of a routing, one bit a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marking(u128);

impl Marking {
    /// Whether no token is left: the routing has ended.
    #[must_use]
    pub fn is_end(self) -> bool {
        self.0 == 0
    }

    /// The tokens as one word, to be kept.
    #[must_use]
    pub fn to_bits(self) -> u128 {
        self.0
    }

    /// The marking of a word that [`to_bits`](Self::to_bits) gave for the same routing. Of another word nothing is
    /// promised, until [`Routing::proves`] has looked at it.
    #[must_use]
    pub fn from_bits(bits: u128) -> Self {
        Self(bits)
    }
}

/// How one step goes on, as a definition says it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepFlow {
    /// Unique within the routing.
    pub id: String,
    /// What it can end with.
    pub outcomes: Vec<OutcomeFlow>,
    /// The steps that must have led here before this one starts; empty for a step that starts at once.
    pub join: Vec<String>,
    /// How many of `join` are enough; none for all of them.
    pub need: Option<usize>,
    /// What becomes of the others once enough have come.
    pub rest: Rest,
}

/// One outcome of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OutcomeFlow {
    /// Unique within the step.
    pub name: String,
    /// The targets: step ids or [`END`].
    pub next: Vec<String>,
    /// The steps whose tokens are taken away.
    pub cancel: Vec<String>,
}

/// What becomes of the branches that a join no longer waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rest {
    /// They end: the tokens between the fork and the join are taken away.
    #[default]
    Cancel,
    /// They go on to the join, which swallows what they bring.
    Finish,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    name: String,
    /// What stays: all but the step's own token and what is cancelled.
    keep: u128,
    put: u128,
    /// Whether something is put where a join collects.
    settles: bool,
    /// Whether `end` is among its targets.
    ends: bool,
    /// The steps named in `cancel`, for pictures.
    cancels: u128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    id: String,
    /// Its outcomes in the list of all.
    first: usize,
    count: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Join {
    /// The place of the step.
    own: u128,
    /// The places in which it collects.
    collect: u128,
    /// How many of them are enough.
    need: u32,
    /// With `Rest::Finish`, the place that remembers that it has fired; else nothing.
    fired: u128,
    /// With `Rest::Cancel`, the places whose tokens it takes away; nothing if it waits for all.
    region: u128,
}

impl Join {
    /// Whether it is a plain join of all.
    fn is_plain(&self) -> bool {
        self.fired == 0 && self.need == self.collect.count_ones()
    }

    /// The marking after the join has done all it can; `clash` gets its place if its step runs already.
    #[inline]
    fn settle(&self, marking: u128, clash: &mut u128) -> u128 {
        let once = self.fire_once(marking, clash).unwrap_or(marking);
        // Only a join that remembers has a second thing to do: to forget.
        if self.fired == 0 { once } else { self.fire_once(once, clash).unwrap_or(once) }
    }

    /// The marking after the join has fired or, if it had, has forgotten so since all have come.
    #[inline]
    fn fire_once(&self, marking: u128, clash: &mut u128) -> Option<u128> {
        let arrived = marking & self.collect;
        if self.fired != 0 && marking & self.fired != 0 {
            return (arrived == self.collect).then_some(marking & !(self.collect | self.fired));
        }
        if arrived != self.collect && arrived.count_ones() < self.need {
            return None;
        }
        *clash |= marking & self.own;
        let gone = if self.fired == 0 { self.collect | self.region } else { 0 };
        Some(marking & !gone | self.own | self.fired)
    }
}

/// What a place stands for that is not a step's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Aside {
    /// The step from which a token arrives; none for the place that remembers that the join has fired.
    from: Option<usize>,
    /// The joining step.
    to: usize,
}

/// A routing that has been proved sound: from every marking that can occur the end can be reached, no step
/// ever runs twice at once, and every step can run.
///
/// ```
/// use motcua::routing::{OutcomeFlow, Routing, StepFlow};
/// let step = |id: &str, next: &[&str], join: &[&str]| StepFlow {
///     id: id.into(),
///     outcomes: vec![OutcomeFlow {
///         name: "complete".into(),
///         next: next.iter().map(|s| (*s).into()).collect(),
///         ..OutcomeFlow::default()
///     }],
///     join: join.iter().map(|s| (*s).into()).collect(),
///     ..StepFlow::default()
/// };
/// let routing = Routing::compile(
///     &[
///         step("receive", &["residence", "insurance"], &[]),
///         step("residence", &["deliver"], &[]),
///         step("insurance", &["deliver"], &[]),
///         step("deliver", &["end"], &["residence", "insurance"]),
///     ],
///     &[],
/// )
/// .unwrap();
/// let both = routing.fire(routing.start(), "receive", "complete").unwrap();
/// assert_eq!(routing.running(both).collect::<Vec<_>>(), ["residence", "insurance"]);
/// let one = routing.fire(both, "insurance", "complete").unwrap();
/// let joined = routing.fire(one, "residence", "complete").unwrap();
/// assert_eq!(routing.running(joined).collect::<Vec<_>>(), ["deliver"]);
/// assert!(routing.fire(joined, "deliver", "complete").unwrap().is_end());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Routing {
    names: Names,
    steps: Vec<Step>,
    outcomes: Vec<Outcome>,
    joins: Vec<Join>,
    /// The places after those of the steps.
    asides: Vec<Aside>,
    /// The steps in which it can start.
    starts: Vec<usize>,
    fingerprint: u64,
}

impl Routing {
    /// Compiles and proves a routing. `starts` names the steps in one of which a dossier begins; without any it is
    /// the first step.
    ///
    /// # Errors
    /// Every [`RoutingError`] found, at least one: names that lead nowhere, too many places, and, if the names
    /// are in order, a kind of unsoundness with a shortest path to it.
    pub fn compile(flows: &[StepFlow], starts: &[&str]) -> Result<Self, Vec<RoutingError>> {
        let mut left = ENOUGH;
        Self::compile_within(flows, starts, &mut left)
    }

    /// The same of one routing of many: what its proof looks at is taken from what is left for all of them.
    pub(crate) fn compile_within(
        flows: &[StepFlow],
        starts: &[&str],
        left: &mut usize,
    ) -> Result<Self, Vec<RoutingError>> {
        let mut routing = link::link(flows, starts)?;
        let errors = soundness::check(&routing, left);
        if !errors.is_empty() {
            return Err(errors);
        }
        routing.fingerprint = routing.sum();
        Ok(routing)
    }

    fn sum(&self) -> u64 {
        let mut bytes = Vec::with_capacity(64 * self.outcomes.len());
        for step in &self.steps {
            bytes.extend_from_slice(step.id.as_bytes());
            bytes.push(step.count as u8);
        }
        for outcome in &self.outcomes {
            bytes.extend_from_slice(outcome.name.as_bytes());
            bytes.extend_from_slice(&outcome.keep.to_le_bytes());
            bytes.extend_from_slice(&outcome.put.to_le_bytes());
        }
        for join in &self.joins {
            let places = [join.own, join.collect, join.need.into(), join.fired, join.region];
            places.iter().for_each(|place| bytes.extend_from_slice(&place.to_le_bytes()));
        }
        for aside in &self.asides {
            bytes.extend_from_slice(&[aside.from.map_or(u8::MAX, |from| from as u8), aside.to as u8]);
        }
        xxhash_rust::xxh3::xxh3_64(&bytes)
    }

    /// The marking in which only the first of its starts runs.
    #[must_use]
    pub fn start(&self) -> Marking {
        Marking(self.starts.first().map_or(0, |step| 1 << step))
    }

    /// The marking in which only this step runs, if it is one of the starts.
    #[must_use]
    pub fn start_at(&self, step: &str) -> Option<Marking> {
        let step = self.step_index(step)?;
        self.starts.contains(&step).then(|| Marking(1 << step))
    }

    /// A number that tells this routing from others, whatever machine it is compiled on: of its names, masks and joins.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// The number of steps.
    #[must_use]
    pub fn step_count(&self) -> usize {
        self.steps.len()
    }

    /// The id of a step, counted from 0 in the order of the definition.
    #[must_use]
    pub fn step_id(&self, step: usize) -> Option<&str> {
        self.steps.get(step).map(|step| step.id.as_str())
    }

    /// The number of a step.
    #[must_use]
    #[inline]
    pub fn step_index(&self, step: &str) -> Option<usize> {
        self.names.candidates(step).find(|i| self.steps.get(*i).is_some_and(|s| s.id == step))
    }

    /// The number of an outcome within its step.
    #[must_use]
    #[inline]
    pub fn outcome_index(&self, step: usize, outcome: &str) -> Option<usize> {
        self.outcomes_of(step).iter().position(|candidate| candidate.name == outcome)
    }

    /// The numbers of the steps that run in a marking, in the order of the definition.
    pub fn running_steps(&self, marking: Marking) -> impl Iterator<Item = usize> + Clone + use<> {
        bits(marking.0 & self.step_places())
    }

    /// Whether a step runs in a marking.
    #[must_use]
    #[inline]
    pub fn is_running_at(&self, marking: Marking, step: usize) -> bool {
        step < self.steps.len() && marking.0 >> step & 1 == 1
    }

    /// Completes a running step with an outcome; none if the step is not running or has no such outcome.
    #[must_use]
    #[inline]
    pub fn fire_at(&self, marking: Marking, step: usize, outcome: usize) -> Option<Marking> {
        let found = self.steps.get(step)?;
        if marking.0 >> step & 1 == 0 || outcome >= found.count {
            return None;
        }
        let outcome = self.outcomes.get(found.first + outcome)?;
        let moved = marking.0 & outcome.keep | outcome.put;
        Some(Marking(if outcome.settles { self.settle(moved) } else { moved }))
    }

    /// The ids of the steps that run in a marking, in the order of the definition.
    pub fn running(&self, marking: Marking) -> impl Iterator<Item = &str> {
        self.running_steps(marking).filter_map(|step| self.step_id(step))
    }

    /// Whether a step runs in a marking.
    #[must_use]
    pub fn is_running(&self, marking: Marking, step: &str) -> bool {
        self.step_index(step).is_some_and(|step| self.is_running_at(marking, step))
    }

    /// The names of a step's outcomes; empty for an unknown step.
    pub fn outcomes(&self, step: &str) -> impl Iterator<Item = &str> {
        let outcomes = self.step_index(step).map(|step| self.outcomes_of(step)).unwrap_or_default();
        outcomes.iter().map(|outcome| outcome.name.as_str())
    }

    /// Whether all is well from a marking on, wherever it comes from: the end can always be reached, and no step runs
    /// twice at once.
    ///
    /// # Errors
    /// What is wrong, with a shortest path to it.
    pub fn proves(&self, marking: Marking) -> Result<(), Vec<RoutingError>> {
        let errors = soundness::check_from(self, marking);
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Completes a running step with an outcome.
    ///
    /// # Errors
    /// `routing.unknown_step`, `routing.not_running`, `routing.unknown_outcome`.
    pub fn fire(&self, marking: Marking, step: &str, outcome: &str) -> Result<Marking, RoutingError> {
        let index = self.running_index(marking, step)?;
        self.outcome_index(index, outcome)
            .and_then(|outcome| self.fire_at(marking, index, outcome))
            .ok_or_else(|| self.no_outcome(index, outcome))
    }

    /// The number of a step that must be running.
    fn running_index(&self, marking: Marking, step: &str) -> Result<usize, RoutingError> {
        let index = self.known_index(step)?;
        if self.is_running_at(marking, index) {
            return Ok(index);
        }
        let running = self.running(marking).collect::<Vec<_>>().join(", ");
        Err(RoutingError::NotRunning { step: step.into(), running })
    }

    fn known_index(&self, step: &str) -> Result<usize, RoutingError> {
        self.step_index(step).ok_or_else(|| RoutingError::UnknownStep {
            step: step.into(),
            known: self.steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", "),
        })
    }

    #[cold]
    /// Whether a step has an outcome of a number.
    pub(crate) fn has_outcome(&self, step: usize, number: usize) -> bool {
        number < self.outcomes_of(step).len()
    }

    fn no_outcome(&self, step: usize, outcome: &str) -> RoutingError {
        RoutingError::UnknownOutcome {
            step: self.step_id(step).unwrap_or_default().into(),
            outcome: outcome.into(),
            known: self.outcomes_of(step).iter().map(|o| o.name.as_str()).collect::<Vec<_>>().join(", "),
        }
    }

    #[inline]
    fn outcomes_of(&self, step: usize) -> &[Outcome] {
        let found = self.steps.get(step).and_then(|s| self.outcomes.get(s.first..s.first + s.count));
        found.unwrap_or_default()
    }

    /// The places of the steps themselves.
    fn step_places(&self) -> u128 {
        mask(self.steps.len())
    }

    /// The step of an outcome in the list of all.
    fn step_of(&self, outcome: usize) -> Option<usize> {
        self.steps.iter().rposition(|step| step.first <= outcome)
    }

    /// The step to which a place belongs.
    fn step_of_place(&self, place: usize) -> Option<usize> {
        match place.checked_sub(self.steps.len()) {
            None => Some(place),
            Some(aside) => self.asides.get(aside).map(|aside| aside.to),
        }
    }

    fn settle(&self, marking: u128) -> u128 {
        // A join feeds only its own step, never another join, so one pass settles all.
        self.joins.iter().fold(marking, |marking, join| join.settle(marking, &mut 0))
    }
}

/// The lowest `count` places.
fn mask(count: usize) -> u128 {
    if count >= MAX_PLACES { u128::MAX } else { (1 << count) - 1 }
}

/// The numbers of the places in a set, ascending.
fn bits(mut set: u128) -> impl Iterator<Item = usize> + Clone {
    std::iter::from_fn(move || {
        let place = set.trailing_zeros() as usize;
        set &= set.wrapping_sub(1);
        (place < MAX_PLACES).then_some(place)
    })
}
