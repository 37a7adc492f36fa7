//! The duties that the law gives somebody a time for, besides settling the dossier, and what falls due next.
//!
//! A duty is derived from what has happened, never stored: [`duties`] folds the events of a dossier and says what was
//! begun, by whom and by when it has to be done, and whether it was. [`wakeups`] says what falls due next, so that a host
//! needs one timer. The rules are rows of `core/data/duties.toml`; those of the day of handing in hold, as for the regime.

mod rule;
mod snapshot;
mod time;
mod trigger;
mod wakeup;
mod watch;

pub use rule::{DutyRule, Escalation, Whose, duty_rules, escalations};
pub(crate) use wakeup::sort;
pub use wakeup::{Wakeup, WakeupKind, wakeups};
pub(crate) use watch::Watched;

use super::{Dossier, DossierError, Event, Rules};
use crate::moment;
use chrono::NaiveDateTime;
use serde::Serialize;
use smol_str::SmolStr;
use watch::{About, Open};

/// What has become of a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DutyState {
    /// It is still to be done, and there is time.
    Due,
    /// It was done in time.
    Met,
    /// It was not done in time; `met_at` if it was done later.
    Missed,
    /// Nothing has to be done any more: the dossier, the step or the question came to its end before, or it was one that
    /// need not be done.
    FellAway,
    /// Its time is over, and no event tells whether it was done.
    Untold,
}

/// A duty that somebody has, or had, in one dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DatedDuty {
    /// Id of the row of `duties.toml`.
    pub id: &'static str,
    /// In Vietnamese.
    pub name_vi: &'static str,
    /// In English.
    pub name_en: &'static str,
    /// Whose it is.
    pub whose: Whose,
    /// What has become of it.
    pub state: DutyState,
    /// When it began.
    #[serde(with = "moment")]
    pub starts: NaiveDateTime,
    /// By when it has to be done. Where the limit is in days the whole of the day counts, though the office closes before.
    /// Absent if the law sets no time or leaves none, while the clock is suspended, and outside the calendar.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// When it was done, in time or not.
    #[serde(with = "moment::option")]
    pub met_at: Option<NaiveDateTime>,
    /// Whether it need not be done; but if it is, then in time.
    pub optional: bool,
    /// The command that becomes possible once it is missed.
    pub on_missed: Option<&'static str>,
    /// The step that it is about.
    pub step: Option<SmolStr>,
    /// The unit that was asked.
    pub unit: Option<SmolStr>,
    /// The part that it is about.
    pub part: Option<SmolStr>,
    /// Ids of `core/data/law.toml`.
    pub rules: &'static [String],
    /// The act and article.
    pub source: &'static str,
    /// Whether the text was read and says so.
    pub verified: bool,
}

impl DatedDuty {
    fn of(
        open: &Open,
        rules: Rules<'_>,
        dossier: &Dossier,
        state: DutyState,
        met_at: Option<NaiveDateTime>,
    ) -> Self {
        let rule = open.rule();
        let (unit, part) = match &open.about {
            About::Whole => (None, None),
            About::Unit(unit) => (Some(unit.clone()), None),
            About::Part(part) => (None, Some(part.clone())),
        };
        Self {
            id: &rule.id,
            name_vi: &rule.name_vi,
            name_en: &rule.name_en,
            whose: rule.whose,
            state,
            starts: open.started.at(),
            due: time::due(open, dossier, rules).map(|(due, _)| due),
            met_at,
            optional: rule.optional,
            on_missed: rule.on_missed.as_deref(),
            step: open.step.clone(),
            unit,
            part,
            rules: &rule.rules,
            source: &rule.source,
            verified: rule.verified,
        }
    }
}

/// The duties in a dossier as they stand at a moment, in the order in which they began; events after it do not count.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::dossier::{self, Action, Command, Decided, Organisation, Rules};
/// use motcua::moment;
/// use motcua::procedure::{Catalogue, Channel};
/// let units = "[[unit]]\nid = \"hoa-thanh\"\nname_vi = \"UBND xã Hoa Thành\"\ntier = \"commune\"\n";
/// let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", units)]).unwrap();
/// let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
/// let rules = Rules { catalogue, calendar, organisation: &organisation, office: None };
///
/// // A birth is registered online, on Friday at 16:00.
/// let receive = Command {
///     dossier: "H41-1".into(),
///     actor: "applicant".into(),
///     at: moment::parse("2026-03-06 16:00").unwrap(),
///     key: "1".into(),
///     expected_version: None,
///     action: Action::receive("1.001193", "hoa-thanh", Channel::Online),
/// };
/// let Decided::New(event) = dossier::decide(rules, None, &receive).unwrap() else { panic!() };
/// let duties = dossier::duties(rules, "H41-1", &[event], receive.at).unwrap();
/// let told: Vec<_> = duties.iter().map(|duty| (duty.id, duty.due.map(moment::format).unwrap())).collect();
/// assert_eq!(told[0], ("alert", "2026-03-06T18:00:00+07:00".into()));
/// assert_eq!(told[1].0, "answer");
/// ```
///
/// # Errors
/// As [`Dossier::replay`].
pub fn duties(
    rules: Rules<'_>,
    code: &str,
    events: &[Event],
    now: NaiveDateTime,
) -> Result<Vec<DatedDuty>, DossierError> {
    // A dossier's events are in the order of their moments.
    let known = events.get(..events.partition_point(|event| event.at <= now)).unwrap_or_default();
    let Some((first, later)) = known.split_first() else { return Ok(Vec::new()) };
    let mut watched = Watched::begin(rules, code, first)?;
    let mut found = Vec::new();
    for event in later {
        watched.apply_and_tell(rules, event, &mut found)?;
    }
    let Watched { dossier, mut watch } = watched;
    watch.advance(rules, &dossier, now);
    for open in &watch.open {
        let late = time::late_after(open, &dossier, rules).is_some_and(|late| late < now);
        let state = match open.rule() {
            _ if !late => DutyState::Due,
            rule if rule.unseen => DutyState::Untold,
            rule if rule.optional => DutyState::FellAway,
            _ => DutyState::Missed,
        };
        found.push(DatedDuty::of(open, rules, &dossier, state, None));
    }
    let row = |duty: &DatedDuty| duty_rules().iter().position(|rule| rule.id == duty.id);
    found.sort_by(|a, b| {
        let about = |duty: &DatedDuty| (duty.step.clone(), duty.unit.clone(), duty.part.clone(), duty.met_at);
        (a.starts, row(a)).cmp(&(b.starts, row(b))).then_with(|| about(a).cmp(&about(b)))
    });
    Ok(found)
}
