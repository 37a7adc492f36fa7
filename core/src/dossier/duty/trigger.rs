//! What begins a duty, or meets it.

use crate::dossier::action::Kind;
use crate::dossier::{Action, Decision, Dossier, Event, Notice};
use crate::procedure::StepKind;
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;
use strum::VariantNames;

/// As written in the file: `receive`, `notify:alert`, `leg`, `missed:opinion`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum Trigger {
    Action {
        kind: Kind,
        what: What,
    },
    /// A step begins.
    Step,
    /// A step of an outside agency begins.
    Leg,
    /// The due date is over without a result.
    Due,
    /// Another duty was missed.
    Missed(String),
}

/// What an action has to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Any,
    Notice(Notice),
    Result(Decision),
    Online,
    Step(StepKind),
    Incident(String),
}

impl TryFrom<String> for Trigger {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (name, what) = match text.split_once(':') {
            Some((name, what)) => (name, Some(what)),
            None => (text.as_str(), None),
        };
        match (name, what) {
            ("step", None) => return Ok(Self::Step),
            ("leg", None) => return Ok(Self::Leg),
            ("due", None) => return Ok(Self::Due),
            ("missed", Some(duty)) => return Ok(Self::Missed(duty.to_owned())),
            _ => {}
        }
        let unknown = || format!("`{text}` names no action, or nothing that it can name");
        let kind: Kind = name.parse().map_err(|_| unknown())?;
        let what = match (kind, what) {
            (_, None) => Some(What::Any),
            (Kind::Notify, Some(notice)) => read(notice).map(What::Notice),
            (Kind::Resolve | Kind::ResolvePart, Some(result)) => read(result).map(What::Result),
            (Kind::Complete, Some(kind)) => read(kind).map(What::Step),
            (Kind::Pay, Some("online")) => Some(What::Online),
            (Kind::Suspend, Some(incident)) => Some(What::Incident(incident.to_owned())),
            _ => None,
        };
        Ok(Self::Action { kind, what: what.ok_or_else(unknown)? })
    }
}

fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Option<T> {
    let deserializer: StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    T::deserialize(deserializer).ok()
}

impl Trigger {
    /// How many actions there are.
    pub(super) const ACTIONS: usize = Action::VARIANTS.len();

    /// Whether an event is what it says.
    pub(super) fn is(&self, event: &Event, after: &Dossier) -> bool {
        let Self::Action { kind, what } = self else { return false };
        let action = &event.action;
        if Kind::from(action) != *kind {
            // A supplement that did not come can be a refusal by itself.
            let refuses = matches!(action, Action::Lapse {}) && after.result == Some(Decision::Refused);
            return refuses && *kind == Kind::Resolve && *what == What::Result(Decision::Refused);
        }
        match (what, action) {
            (What::Any, _) => true,
            (What::Notice(told), Action::Notify { notice, .. }) => told == notice,
            (What::Result(decided), Action::Resolve { result, .. } | Action::ResolvePart { result, .. }) => {
                decided == result
            }
            (What::Step(kind), Action::Complete { step, .. }) => {
                after.procedure.step(step).is_some_and(|step| step.kind == *kind)
            }
            (What::Online, Action::Pay { online, .. }) => *online,
            (What::Incident(id), Action::Suspend { incident, .. }) => incident.as_deref() == Some(id),
            _ => false,
        }
    }
}
