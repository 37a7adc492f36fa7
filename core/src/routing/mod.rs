//! Steps and how they follow each other, compiled to bit masks.
//!
//! A [`Routing`] is a safe workflow net. Each step is a place that holds at most one token; a [`Marking`] is the
//! set of places that hold one, in one word. Completing a step with an outcome takes the step's token and puts
//! tokens on the outcome's targets:
//!
//! ```text
//! marking & take == take   →   marking & !take | put
//! ```
//!
//! A choice is a step with several outcomes, a return is an outcome that leads back, a fork is an outcome with
//! several targets. A step that *joins* has, besides its own place, one place for each step it waits for; once
//! all of them hold a token, they are exchanged for the step's own. The target `end` consumes the token, so a
//! routing is finished when no token is left.
//!
//! [`Routing::compile`] refuses what could get stuck; see [`RoutingError`].

mod error;
mod soundness;

pub use error::RoutingError;

/// The name of the target that ends a branch.
pub const END: &str = "end";

/// Steps and joins share one word; a routing with more is refused.
pub const MAX_PLACES: usize = 128;

/// The tokens of a routing, one bit a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Marking(u128);

impl Marking {
    /// Whether no token is left: the routing has ended.
    #[must_use]
    pub fn is_end(self) -> bool {
        self.0 == 0
    }
}

/// How one step goes on, as a definition says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepFlow {
    /// Unique within the routing.
    pub id: String,
    /// Named outcomes with their targets: step ids or [`END`].
    pub outcomes: Vec<(String, Vec<String>)>,
    /// The steps that must all have led here before this one starts; empty for a step that starts at once.
    pub join: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    name: String,
    put: u128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    id: String,
    outcomes: Vec<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Join {
    need: u128,
    put: u128,
}

/// A routing that has been proved sound: from every marking that can occur the end can be reached, no step
/// ever runs twice at once, and every step can run.
///
/// ```
/// use motcua::routing::{Routing, StepFlow};
/// let step = |id: &str, outcomes: &[(&str, &[&str])], join: &[&str]| StepFlow {
///     id: id.into(),
///     outcomes: outcomes
///         .iter()
///         .map(|(name, to)| ((*name).into(), to.iter().map(|t| (*t).into()).collect()))
///         .collect(),
///     join: join.iter().map(|s| (*s).into()).collect(),
/// };
/// let routing = Routing::compile(&[
///     step("receive", &[("complete", &["residence", "insurance"])], &[]),
///     step("residence", &[("complete", &["deliver"])], &[]),
///     step("insurance", &[("complete", &["deliver"])], &[]),
///     step("deliver", &[("complete", &["end"])], &["residence", "insurance"]),
/// ])
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
    steps: Vec<Step>,
    joins: Vec<Join>,
}

impl Routing {
    /// Compiles and proves a routing; its first step is where it starts.
    ///
    /// # Errors
    /// Every [`RoutingError`] found, at least one: names that lead nowhere, too many places, and, if the names
    /// are in order, each kind of unsoundness with a shortest path to it.
    pub fn compile(flows: &[StepFlow]) -> Result<Self, Vec<RoutingError>> {
        let routing = Self::link(flows)?;
        let errors = soundness::check(&routing);
        if errors.is_empty() { Ok(routing) } else { Err(errors) }
    }

    fn link(flows: &[StepFlow]) -> Result<Self, Vec<RoutingError>> {
        if flows.is_empty() {
            return Err(vec![RoutingError::Empty]);
        }
        let places = flows.len() + flows.iter().map(|flow| flow.join.len()).sum::<usize>();
        if places > MAX_PLACES {
            return Err(vec![RoutingError::TooLarge { places, limit: MAX_PLACES }]);
        }
        let mut errors = Vec::new();
        for (i, flow) in flows.iter().enumerate() {
            if flow.id == END || flows.iter().take(i).any(|other| other.id == flow.id) {
                errors.push(RoutingError::DuplicateStep { step: flow.id.clone() });
            }
        }
        // After the steps' own places come the places in which a join collects its tokens.
        let mut joins = Vec::new();
        let mut arrivals: Vec<(&str, &str, u128)> = Vec::new();
        for (i, flow) in flows.iter().enumerate().filter(|(_, flow)| !flow.join.is_empty()) {
            let mut need = 0;
            for source in &flow.join {
                let place = 1u128 << (flows.len() + arrivals.len());
                need |= place;
                arrivals.push((source, &flow.id, place));
                let feeds = flows.iter().any(|other| {
                    other.id == *source && other.outcomes.iter().any(|(_, to)| to.contains(&flow.id))
                });
                if !feeds {
                    errors.push(RoutingError::JoinNotFed { step: flow.id.clone(), awaited: source.clone() });
                }
            }
            for other in flows.iter().filter(|other| !flow.join.contains(&other.id)) {
                if other.outcomes.iter().any(|(_, to)| to.contains(&flow.id)) {
                    errors.push(RoutingError::JoinLacks { step: flow.id.clone(), from: other.id.clone() });
                }
            }
            joins.push(Join { need, put: 1 << i });
        }
        let mut steps = Vec::new();
        for flow in flows {
            let mut outcomes: Vec<Outcome> = Vec::new();
            if flow.outcomes.is_empty() {
                errors.push(RoutingError::NoOutcome { step: flow.id.clone() });
            }
            for (name, targets) in &flow.outcomes {
                if targets.is_empty() {
                    errors.push(RoutingError::NoOutcome { step: flow.id.clone() });
                }
                let mut put = 0;
                for target in targets.iter().filter(|target| *target != END) {
                    let arrival = arrivals.iter().find(|(from, to, _)| *from == flow.id && to == target);
                    let own = flows.iter().position(|other| other.id == *target).map(|i| 1u128 << i);
                    match arrival.map(|(_, _, place)| *place).or(own) {
                        Some(place) => put |= place,
                        None => errors.push(RoutingError::UnknownTarget {
                            step: flow.id.clone(),
                            outcome: name.clone(),
                            target: target.clone(),
                        }),
                    }
                }
                outcomes.push(Outcome { name: name.clone(), put });
            }
            steps.push(Step { id: flow.id.clone(), outcomes });
        }
        if errors.is_empty() { Ok(Self { steps, joins }) } else { Err(errors) }
    }

    /// The marking in which only the first step runs.
    #[must_use]
    pub fn start(&self) -> Marking {
        Marking(1)
    }

    /// The ids of the steps that run in a marking, in the order of the definition.
    pub fn running(&self, marking: Marking) -> impl Iterator<Item = &str> {
        self.steps
            .iter()
            .enumerate()
            .filter(move |(i, _)| marking.0 >> i & 1 == 1)
            .map(|(_, s)| s.id.as_str())
    }

    /// Whether a step runs in a marking.
    #[must_use]
    pub fn is_running(&self, marking: Marking, step: &str) -> bool {
        self.index(step).is_some_and(|i| marking.0 >> i & 1 == 1)
    }

    /// The names of a step's outcomes; empty for an unknown step.
    pub fn outcomes(&self, step: &str) -> impl Iterator<Item = &str> {
        self.index(step)
            .and_then(|i| self.steps.get(i))
            .into_iter()
            .flat_map(|step| step.outcomes.iter().map(|outcome| outcome.name.as_str()))
    }

    /// Completes a running step with an outcome.
    ///
    /// # Errors
    /// `routing.unknown_step`, `routing.not_running`, `routing.unknown_outcome`.
    pub fn fire(&self, marking: Marking, step: &str, outcome: &str) -> Result<Marking, RoutingError> {
        let index = self.index(step).ok_or_else(|| RoutingError::UnknownStep {
            step: step.into(),
            known: self.steps.iter().map(|s| s.id.as_str()).collect::<Vec<_>>().join(", "),
        })?;
        if marking.0 >> index & 1 == 0 {
            let running = self.running(marking).collect::<Vec<_>>().join(", ");
            return Err(RoutingError::NotRunning { step: step.into(), running });
        }
        let known = self.steps.get(index).map(|s| s.outcomes.as_slice()).unwrap_or_default();
        match known.iter().find(|candidate| candidate.name == outcome) {
            Some(found) => Ok(Marking(self.settle(marking.0 & !(1 << index) | found.put))),
            None => Err(RoutingError::UnknownOutcome {
                step: step.into(),
                outcome: outcome.into(),
                known: known.iter().map(|o| o.name.as_str()).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    fn settle(&self, mut marking: u128) -> u128 {
        // A join feeds only its own step, never another join, so one pass settles all.
        for join in &self.joins {
            if marking & join.need == join.need {
                marking = marking & !join.need | join.put;
            }
        }
        marking
    }

    fn index(&self, step: &str) -> Option<usize> {
        self.steps.iter().position(|candidate| candidate.id == step)
    }
}
