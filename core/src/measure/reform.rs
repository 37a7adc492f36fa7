//! What other limits or steps would have made of the dossiers of a period.

use super::{Calendars, Fact, MeasureError, Pause, Period, StepFact, Tally, Took};
use crate::calendar::Calendar;
use crate::deadline::{Clock, LimitRule, TimeLimit};
use crate::problem::Problems;
use crate::procedure::Catalogue;
use crate::toml_file::{Source, decode_located, tables};
use chrono::{NaiveDateTime, TimeDelta};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};

/// What a reform changes of a procedure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    procedure: String,
    /// The limit that would hold.
    limit: Option<TimeLimit>,
    /// The steps that would not be there.
    #[serde(default)]
    without: Vec<String>,
}

/// A change of time limits or steps, as somebody proposes it, to be tried on what happened. It is a file:
///
/// ```toml
/// [[change]]
/// procedure = "1.004873"
/// limit = "2 working_day"       # in each case and by each way in
///
/// [[change]]
/// procedure = "2.000815"
/// without = ["sign"]            # steps, by their ids
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reform {
    changes: HashMap<String, Change>,
}

/// The dossiers of a procedure before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct BeforeAfter {
    /// As they were.
    pub before: Tally,
    /// As they would have been.
    pub after: Tally,
}

/// What a reform comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reformed {
    /// Over all procedures, those that the reform leaves alone among them.
    pub all: BeforeAfter,
    /// Of each procedure that it changes, if it had dossiers.
    pub procedures: BTreeMap<String, BeforeAfter>,
    /// Dossiers of which it cannot be said, since the catalogue did not have their procedure on that day; they are counted as
    /// they were.
    pub unknown: Vec<String>,
}

impl Reform {
    /// Reads a reform.
    ///
    /// # Errors
    /// All problems of the file: `file.*`; `measure.reform_twice` for a procedure that is there twice, and
    /// `measure.reform_empty` for one of which nothing is changed.
    pub fn load(file: &str, text: &str) -> Result<Self, Problems> {
        let source = Source { file, text, format: "the documentation of motcua::measure::Reform" };
        let mut problems = Vec::new();
        let [entries] = tables(&source, ["change"], &mut problems);
        let mut reform = Self::default();
        for (at, change) in decode_located::<Change>(&source, entries, &mut problems) {
            let procedure = change.procedure.clone();
            if change.limit.is_none() && change.without.is_empty() {
                let message = format!("nothing of `{procedure}` is changed");
                let help = "write `limit`, `without`, or both";
                problems.push(source.problem("measure.reform_empty", at, message, help));
            }
            if reform.changes.insert(procedure.clone(), change).is_some() {
                let message = format!("`{procedure}` is there twice");
                problems.push(source.problem("measure.reform_twice", at, message, "join the two"));
            }
        }
        if problems.is_empty() { Ok(reform) } else { Err(Problems::sorted(problems)) }
    }

    /// How many procedures it changes.
    #[must_use]
    pub fn procedures(&self) -> usize {
        self.changes.len()
    }

    /// Replays the dossiers that were received in a period: due by the limit that would have held, with the suspensions that
    /// there were; and done so much earlier as nothing else was to be done than the steps that would not have been there. That offices would have worked at
    /// another pace is not supposed. Dossiers received earlier are left out, since they are of the old rules.
    ///
    /// Who has no rows of steps gives none; then only limits are tried.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::exchange::{Mapping, read_csv};
    /// use motcua::measure::{Measure, Period, Reform};
    /// use motcua::procedure::Catalogue;
    /// let text = "\
    /// dossier,procedure,unit,channel,received,finished
    /// 1,1.004873,xã Hoa Thành,online,2023-06-01 09:00,2023-06-02 16:00
    /// 2,1.004873,xã Hoa Thành,online,2023-06-01 09:00,2023-06-06 16:00
    /// ";
    /// let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    /// let facts = read_csv(text.as_bytes(), &Mapping::default(), catalogue, calendar).unwrap().facts;
    /// let reform = Reform::load("reform.toml", "[[change]]\nprocedure = '1.004873'\nlimit = '2 working_day'").unwrap();
    /// let year = Period::year(2023).unwrap();
    /// let reformed = reform.replay(&facts, &[], &year, catalogue, calendar).unwrap();
    /// let on_time = |tally: motcua::measure::Tally| tally.ratio(Measure::OnTimeOfResolved).unwrap().percent();
    /// assert_eq!((on_time(reformed.all.before), on_time(reformed.all.after)), (Some(100.0), Some(50.0)));
    /// ```
    ///
    /// # Errors
    /// `calendar.*`, `deadline.*`
    pub fn replay<'c>(
        &self,
        facts: &[Fact],
        steps: &[StepFact],
        period: &Period,
        catalogue: &Catalogue,
        calendars: impl Into<Calendars<'c>>,
    ) -> Result<Reformed, MeasureError> {
        let calendars = calendars.into();
        let mut by_dossier: HashMap<&str, Vec<&StepFact>> = HashMap::new();
        for step in steps {
            by_dossier.entry(&step.dossier).or_default().push(step);
        }
        let mut reformed =
            Reformed { all: BeforeAfter::default(), procedures: BTreeMap::new(), unknown: Vec::new() };
        for fact in facts.iter().filter(|fact| fact.received.is_some_and(|received| period.holds(received))) {
            let change = self.changes.get(&fact.procedure);
            let after = match change {
                None => Some(fact.clone()),
                Some(change) => {
                    let steps = by_dossier.get(fact.dossier.as_str()).map_or(&[][..], Vec::as_slice);
                    change.applied(fact, steps, catalogue, calendars.of(&fact.unit))?
                }
            };
            let after = after.unwrap_or_else(|| {
                reformed.unknown.push(fact.dossier.clone());
                fact.clone()
            });
            reformed.all.before.add(fact, period);
            reformed.all.after.add(&after, period);
            if change.is_some() {
                let own = reformed.procedures.entry(fact.procedure.clone()).or_default();
                own.before.add(fact, period);
                own.after.add(&after, period);
            }
        }
        Ok(reformed)
    }
}

impl Change {
    /// The dossier as it would have been; `None` if the catalogue does not know its procedure.
    fn applied(
        &self,
        fact: &Fact,
        steps: &[&StepFact],
        catalogue: &Catalogue,
        calendar: &Calendar,
    ) -> Result<Option<Fact>, MeasureError> {
        let mut after = fact.clone();
        let Some(received) = fact.received else { return Ok(Some(after)) };
        if let Some(finished) = fact.finished {
            let saved = TimeDelta::seconds(self.saved(finished, steps, calendar)?);
            if saved > TimeDelta::zero() {
                let earlier = calendar.add_working_time(finished, -saved);
                after.finished = Some(earlier.map_or(received, |earlier| earlier.max(received)));
            }
        }
        let Some(limit) = self.limit else { return Ok(Some(after)) };
        let day = received.date();
        let procedure = catalogue.find(&fact.procedure, day);
        let regime = procedure.and_then(|procedure| catalogue.regime_for(procedure, day));
        let (Some(procedure), Some(regime)) = (procedure, regime) else { return Ok(None) };
        let rule = LimitRule { limit, ..procedure.limit_rule(fact.channel, None, regime) };
        // A cut-off of whole days says nothing of a limit in hours.
        let rule =
            if rule.check().is_ok() { rule } else { LimitRule { cut_off: None, second_stage: None, ..rule } };
        after.due = due(rule, received, &after, calendar)?;
        Ok(Some(after))
    }
}

impl Change {
    /// In how many seconds of working time nothing else was to be done than the steps that would not be there.
    fn saved(
        &self,
        finished: NaiveDateTime,
        steps: &[&StepFact],
        calendar: &Calendar,
    ) -> Result<i64, MeasureError> {
        let is_removed = |step: &&&StepFact| step.step.as_ref().is_some_and(|id| self.without.contains(id));
        let end = |step: &StepFact| step.ended.map_or(finished, |ended| ended.min(finished));
        let mut removed: Vec<_> =
            steps.iter().filter(is_removed).map(|step| (step.began, end(step))).collect();
        removed.sort_unstable();
        let kept = steps.iter().filter(|step| !is_removed(step));
        let mut others: Vec<Pause> =
            kept.map(|step| Pause { from: step.began, to: Some(end(step)) }).collect();
        others.extend(steps.iter().flat_map(|step| &step.pauses));
        let (mut saved, mut counted) = (0, NaiveDateTime::MIN);
        for (began, ended) in removed {
            // What two of them ran side by side counts once.
            let began = began.max(counted);
            if began < ended {
                saved += Took::between(began, ended, &others, calendar)?.seconds;
                counted = ended;
            }
        }
        Ok(i64::try_from(saved).unwrap_or_default())
    }
}

/// When it would have been due. Suspensions that overlap count for what they hold together.
fn due(
    rule: LimitRule,
    received: NaiveDateTime,
    fact: &Fact,
    calendar: &Calendar,
) -> Result<Option<NaiveDateTime>, MeasureError> {
    let mut clock = Clock::new(rule, received);
    let mut last = received;
    let mut pauses: Vec<&Pause> = fact.pauses.iter().collect();
    pauses.sort_unstable_by_key(|pause| pause.from);
    for pause in pauses {
        let from = pause.from.max(last);
        if fact.finished.is_some_and(|finished| finished < from) {
            break;
        }
        // What did not end before the dossier did was given up, and makes nothing count anew.
        let Some(to) = pause.to.filter(|to| fact.finished.is_none_or(|finished| *to <= finished)) else {
            clock.suspend(from, "", rule.on_suspension)?;
            last = from;
            break;
        };
        if from <= to {
            clock.suspend(from, "", rule.on_suspension)?;
            clock.resume(to)?;
            last = to;
        }
    }
    if let Some(finished) = fact.finished {
        clock.stop(finished.max(last))?;
    }
    Ok(clock.due(calendar)?.at())
}
