//! What the law says of the clock when something happens on the way.

use super::{Change, Clock, DeadlineError, ExtensionKind, SuspensionPolicy, TimeLimit};
use crate::toml_file::{self, Date};
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};
use std::sync::LazyLock;

/// What an incident does to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Effect {
    /// A suspension; the limit counts again from zero afterwards.
    Restart,
    /// A suspension whose time does not count.
    Pause,
    /// The limit keeps running.
    KeepRunning,
    /// A suspension; another limit counts afterwards.
    SecondStage,
    /// The limit is longer by an amount that the law fixes or caps.
    Extend,
    /// The limit is longer by what is agreed in writing.
    Agree,
}

/// What an unanswered request for a supplement or a payment comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Lapse {
    /// The dossier is closed (dừng xử lý).
    #[default]
    Discontinue,
    /// The matter is refused, which is a result.
    Refuse,
}

impl Effect {
    fn policy(self) -> Option<SuspensionPolicy> {
        match self {
            Self::Restart => Some(SuspensionPolicy::Restart),
            Self::Pause => Some(SuspensionPolicy::Pause),
            Self::KeepRunning => Some(SuspensionPolicy::KeepRunning),
            Self::SecondStage => Some(SuspensionPolicy::SecondStage),
            Self::Extend | Self::Agree => None,
        }
    }
}

/// A rule of law on what happens to the clock: `core/data/deadline/incidents.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Incident {
    /// Stable id.
    pub id: String,
    /// What happens, in Vietnamese.
    pub text_vi: String,
    /// The same in English.
    pub text_en: String,
    /// What it does to the clock.
    pub effect: Effect,
    /// The fields for which it is; empty, with `procedures`, if for all.
    pub fields: Vec<String>,
    /// The codes of the procedures for which it is.
    pub procedures: Vec<String>,
    /// How long the other side has to answer, where the law says so.
    pub answer_within: Option<TimeLimit>,
    /// What comes after that time, where the law says so; else it is as the regime says for supplements.
    pub unanswered: Option<Lapse>,
    /// The most by which the limit may become longer.
    pub at_most: Option<TimeLimit>,
    /// The most that the limit may be with the extension.
    pub in_all: Option<TimeLimit>,
    /// First day in force; absent if it was not found.
    pub from: Option<NaiveDate>,
    /// Last day in force.
    pub to: Option<NaiveDate>,
    /// Ids of `core/data/law.toml`.
    pub rules: Vec<String>,
    /// The act and article.
    pub source: String,
    /// Whether the text was read and says so.
    pub verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIncident {
    id: String,
    text_vi: String,
    text_en: String,
    effect: Effect,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    procedures: Vec<String>,
    answer_within: Option<TimeLimit>,
    unanswered: Option<Lapse>,
    at_most: Option<TimeLimit>,
    in_all: Option<TimeLimit>,
    from: Option<Date>,
    to: Option<Date>,
    #[serde(default)]
    rules: Vec<String>,
    source: String,
    verified: bool,
}

impl Incident {
    /// All that the library knows.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Incident>> = LazyLock::new(|| {
            let text = include_str!("../../data/deadline/incidents.toml");
            let raw: Vec<RawIncident> = toml_file::part_of_library("incidents.toml", text, "incident");
            raw.into_iter().map(Incident::from).collect()
        });
        &ALL
    }

    /// The one of an id.
    ///
    /// ```
    /// use motcua::deadline::{Effect, Incident};
    /// let supplement = Incident::find("supplement-118-2025").unwrap();
    /// assert_eq!(supplement.effect, Effect::Restart);
    /// assert_eq!(supplement.answer_within.unwrap().to_string(), "15 day");
    /// ```
    ///
    /// # Errors
    /// `deadline.incident_unknown`
    pub fn find(id: &str) -> Result<&'static Self, DeadlineError> {
        let known = || Self::all().iter().map(|incident| incident.id.clone()).collect();
        let found = Self::all().iter().find(|incident| incident.id == id);
        found.ok_or_else(|| DeadlineError::IncidentUnknown { id: id.into(), known: known() })
    }

    /// What it does to a clock that it suspends.
    pub(crate) fn policy(&self) -> Option<SuspensionPolicy> {
        self.effect.policy()
    }

    /// The same, for a use of the rule at a moment.
    ///
    /// # Errors
    /// `deadline.incident_not_in_force`; `deadline.incident_effect` if it makes the limit longer instead.
    pub(crate) fn suspends(&self, at: NaiveDateTime) -> Result<SuspensionPolicy, DeadlineError> {
        self.check(at)?;
        self.policy().ok_or_else(|| self.other_effect())
    }

    /// How it makes a limit longer.
    pub(crate) fn extends(&self) -> Option<ExtensionKind> {
        match self.effect {
            Effect::Extend => Some(ExtensionKind::Fixed),
            Effect::Agree => Some(ExtensionKind::Agreed),
            _ => None,
        }
    }

    fn check(&self, at: NaiveDateTime) -> Result<(), DeadlineError> {
        let on = at.date();
        if self.from.is_some_and(|from| on < from) || self.to.is_some_and(|to| to < on) {
            return Err(DeadlineError::IncidentNotInForce { id: self.id.clone(), on });
        }
        Ok(())
    }

    fn other_effect(&self) -> DeadlineError {
        let does: &str = self.effect.into();
        DeadlineError::IncidentEffect { id: self.id.clone(), does: does.into() }
    }
}

impl From<RawIncident> for Incident {
    fn from(raw: RawIncident) -> Self {
        let RawIncident {
            id,
            text_vi,
            text_en,
            effect,
            fields,
            procedures,
            answer_within,
            unanswered,
            at_most,
            in_all,
            rules,
            source,
            verified,
            ..
        } = raw;
        let (from, to) = (raw.from.map(|from| from.0), raw.to.map(|to| to.0));
        Self {
            id,
            text_vi,
            text_en,
            effect,
            fields,
            procedures,
            answer_within,
            unanswered,
            at_most,
            in_all,
            from,
            to,
            rules,
            source,
            verified,
        }
    }
}

impl Clock {
    /// Begins the suspension that the law has for an incident, with the time that it gives to answer.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::deadline::{Clock, Incident, LimitRule, TimeLimit};
    /// let at = |text: &str| motcua::moment::parse(text).unwrap();
    /// let mut clock = Clock::new(LimitRule::new(TimeLimit::parse("10 working_day").unwrap()), at("2026-06-02 09:00"));
    /// clock.suspend_for(at("2026-06-04 10:00"), Incident::find("supplement-118-2025").unwrap()).unwrap();
    /// assert_eq!(clock.lapses(Calendar::vietnam()).unwrap(), Some(at("2026-06-19 23:59:59")));
    /// ```
    ///
    /// # Errors
    /// `deadline.incident_not_in_force`; `deadline.incident_effect` if it makes the limit longer instead; as
    /// [`Clock::change`].
    pub fn suspend_for(&mut self, at: NaiveDateTime, incident: &Incident) -> Result<(), DeadlineError> {
        let policy = incident.suspends(at)?;
        if policy == SuspensionPolicy::SecondStage && self.rule.second_stage.is_none() {
            return Err(DeadlineError::NoSecondStage);
        }
        let answer_within = incident.answer_within;
        self.change(at, Change::Suspend { reason: incident.text_vi.as_str().into(), policy, answer_within })
    }

    /// Makes the limit longer, as the law allows for an incident.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::deadline::{Clock, Incident, LimitRule, TimeLimit};
    /// let at = |text: &str| motcua::moment::parse(text).unwrap();
    /// let limit = |text: &str| TimeLimit::parse(text).unwrap();
    /// let mut clock = Clock::new(LimitRule::new(limit("3 working_day")), at("2026-06-01 09:00"));
    /// let verification = Incident::find("verify-civil-status-change").unwrap();
    /// let error = clock.extend_for(at("2026-06-02 09:00"), limit("5 working_day"), verification).unwrap_err();
    /// assert_eq!(error.code(), "deadline.extension_too_long");
    /// clock.extend_for(at("2026-06-02 09:00"), limit("3 working_day"), verification).unwrap();
    /// assert_eq!(clock.due(Calendar::vietnam()).unwrap().at(), Some(at("2026-06-09 17:00")));
    /// ```
    ///
    /// # Errors
    /// `deadline.extension_too_long`; `deadline.incident_not_in_force`; `deadline.incident_effect` if it suspends the
    /// clock instead; as [`Clock::change`].
    pub fn extend_for(
        &mut self,
        at: NaiveDateTime,
        by: TimeLimit,
        incident: &Incident,
    ) -> Result<(), DeadlineError> {
        incident.check(at)?;
        let kind = incident.extends().ok_or_else(|| incident.other_effect())?;
        let earlier =
            self.kept.state.extensions.iter().filter(|extension| extension.reason == incident.text_vi);
        let sum = |base: Option<TimeLimit>| {
            earlier.clone().map(|extension| extension.by).chain([by]).try_fold(base, |sum, by| match sum {
                None => Some(Some(by)),
                Some(sum) => sum.and(by).map(Some),
            })
        };
        let within = |sum: Option<Option<TimeLimit>>, most: Option<TimeLimit>| match (sum.flatten(), most) {
            (_, None) => Ok(()),
            (Some(sum), Some(most)) if sum.is_within(most) => Ok(()),
            (_, Some(most)) => Err(DeadlineError::ExtensionTooLong {
                incident: incident.id.clone(),
                by: by.to_string(),
                most: most.to_string(),
            }),
        };
        within(sum(None), incident.at_most)?;
        // Of a matter of the same day only the extension has a length.
        let base = Some(self.rule.limit).filter(|limit| *limit != TimeLimit::SameDay);
        within(sum(base), incident.in_all)?;
        self.change(at, Change::Extend { by, kind, reason: incident.text_vi.as_str().into() })
    }
}
