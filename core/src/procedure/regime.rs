//! The law of a day: the decree on one-stop shops, and the special laws that depart from it.

use super::{Channel, Tier};
use crate::deadline::{Lapse, SuspensionPolicy, TimeLimit};
use crate::problem::Problem;
use crate::span::{Span, holds, overlap};
use crate::toml_file::{self, Date, Source};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What becomes of the dossiers that are still open when a regime ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// They are settled under the law under which they were handed in.
    #[default]
    LawAtReception,
    /// They are stopped and handed back, to be handed in anew (NĐ 217/2026 Đ76(5)).
    Stopped,
}

/// From when the time limit of a dossier counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockStart {
    /// From acceptance: complete and as required, as the receipt says.
    #[default]
    Accepted,
    /// From when the agency that settles it has received it: when the first step begins that is not of the reception,
    /// nor waits for the applicant or a machine.
    ReceivedByCompetentAgency,
}

/// What it means that a body that was asked for its opinion is silent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Nothing; the head of the one-stop shop is told (NĐ 118/2025 Đ19(4)).
    #[default]
    Escalate,
    /// That it agrees, where a special law says so.
    Consent,
}

/// What applicants may do with a dossier that is being settled, without anybody's leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ApplicantRight {
    /// Stop it.
    Withdraw,
    /// Change what it says.
    Amend,
}

/// The rules that hold for a dossier besides those of its procedure: of the decree on one-stop shops, or of a special law
/// for a field or for some procedures, which has the decree's rules where it states none of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Regime {
    /// Id, `nd-118-2025`.
    pub id: String,
    /// The act.
    pub act: String,
    /// First day on which it holds, together with the decree beneath it.
    pub from: NaiveDate,
    /// Last day; `None` while it is open.
    pub to: Option<NaiveDate>,
    /// For a special law: the id of the decree whose rules it has where it states none.
    pub general: Option<String>,
    /// The tiers of government there were.
    pub tiers: Vec<Tier>,
    /// What becomes of open dossiers when it ends.
    pub transition: Transition,
    /// From when the limit counts.
    pub clock_starts: ClockStart,
    /// What a supplement request after acceptance does to the clock.
    pub on_supplement: SuspensionPolicy,
    /// What a payment request after acceptance does to it.
    pub on_payment: SuspensionPolicy,
    /// How long the applicant has for a supplement; `None` if the law sets no time.
    pub answer_within: Option<TimeLimit>,
    /// What it comes to if that time is over.
    pub lapse: Lapse,
    /// How many times supplements may be asked for before acceptance; `None` if the law does not say.
    pub supplements_before: Option<u32>,
    /// How many times after acceptance.
    pub supplements_after: Option<u32>,
    /// Whether the apology with a new day may come once the result is late; else only a day before it is.
    pub apology_late: bool,
    /// What the applicant may do, by channel; empty if the law does not say.
    pub applicant_may: BTreeMap<Channel, Vec<ApplicantRight>>,
    /// How long a body has that is asked for its opinion; `None` if who asks sets it.
    pub consulted_within: Option<TimeLimit>,
    /// What its silence means.
    pub silence_of_consulted: Silence,
    /// Ids of `core/data/law.toml`.
    pub rules: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// Whether the text was read.
    pub verified: bool,
}

impl Regime {
    /// Whether it holds on a day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        holds((Some(self.from), self.to), day)
    }

    /// Whether the applicant may do something; `None` if the law does not say.
    #[must_use]
    pub fn applicant_may(&self, channel: Channel, right: ApplicantRight) -> Option<bool> {
        let rights = || self.applicant_may.get(&channel).is_some_and(|rights| rights.contains(&right));
        (!self.applicant_may.is_empty()).then(rights)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRegime {
    id: String,
    act: String,
    from: Date,
    to: Option<Date>,
    #[serde(default)]
    special: bool,
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    procedures: Vec<String>,
    tiers: Option<Vec<Tier>>,
    transition: Option<Transition>,
    clock_starts: Option<ClockStart>,
    on_supplement: Option<SuspensionPolicy>,
    on_payment: Option<SuspensionPolicy>,
    answer_within: Option<TimeLimit>,
    lapse: Option<Lapse>,
    supplements_before: Option<u32>,
    supplements_after: Option<u32>,
    apology_late: Option<bool>,
    applicant_may: Option<BTreeMap<Channel, Vec<ApplicantRight>>>,
    consulted_within: Option<TimeLimit>,
    silence_of_consulted: Option<Silence>,
    #[serde(default)]
    rules: Vec<String>,
    source: String,
    verified: bool,
}

impl RawRegime {
    fn span(&self) -> Span {
        (Some(self.from.0), self.to.map(|to| to.0))
    }

    fn shares_scope(&self, other: &Self) -> bool {
        let shared = |a: &[String], b: &[String]| a.iter().any(|one| b.contains(one));
        shared(&self.fields, &other.fields) || shared(&self.procedures, &other.procedures)
    }

    /// The regime, with what it leaves out taken from the one beneath. `None` without what a decree has to say.
    fn resolved(&self, beneath: Option<&Regime>) -> Option<Regime> {
        let (from, (_, to)) = (self.from.0, self.span());
        let ends = |a: Option<NaiveDate>, b: Option<NaiveDate>| a.into_iter().chain(b).min();
        Some(Regime {
            id: self.id.clone(),
            act: self.act.clone(),
            from: beneath.map_or(from, |general| from.max(general.from)),
            to: beneath.map_or(to, |general| ends(to, general.to)),
            general: beneath.map(|general| general.id.clone()),
            tiers: self.tiers.clone().or_else(|| beneath.map(|general| general.tiers.clone()))?,
            // Not inherited: it is about the end of this very regime.
            transition: self.transition.unwrap_or_default(),
            clock_starts: own(self.clock_starts, beneath, |general| general.clock_starts),
            on_supplement: self.on_supplement.or(beneath.map(|general| general.on_supplement))?,
            on_payment: self.on_payment.or(beneath.map(|general| general.on_payment))?,
            answer_within: limit(self.answer_within, beneath.and_then(|general| general.answer_within)),
            lapse: own(self.lapse, beneath, |general| general.lapse),
            supplements_before: own(self.supplements_before.map(Some), beneath, |general| {
                general.supplements_before
            }),
            supplements_after: own(self.supplements_after.map(Some), beneath, |general| {
                general.supplements_after
            }),
            apology_late: own(self.apology_late, beneath, |general| general.apology_late),
            applicant_may: own(self.applicant_may.clone(), beneath, |general| general.applicant_may.clone()),
            consulted_within: limit(
                self.consulted_within,
                beneath.and_then(|general| general.consulted_within),
            ),
            silence_of_consulted: own(self.silence_of_consulted, beneath, |general| {
                general.silence_of_consulted
            }),
            rules: self.rules.clone(),
            source: self.source.clone(),
            verified: self.verified,
        })
    }
}

/// What a regime states, else what the one beneath it has, else the default.
fn own<T: Default>(stated: Option<T>, beneath: Option<&Regime>, of: impl Fn(&Regime) -> T) -> T {
    stated.or_else(|| beneath.map(of)).unwrap_or_default()
}

/// A limit; `not_stated` takes away that of the regime beneath.
fn limit(stated: Option<TimeLimit>, beneath: Option<TimeLimit>) -> Option<TimeLimit> {
    match stated {
        None => beneath,
        Some(TimeLimit::NotStated | TimeLimit::Unknown) => None,
        stated => stated,
    }
}

/// All regimes, the special ones joined with the decrees beneath them.
#[derive(Default)]
pub(super) struct Regimes {
    general: Vec<Regime>,
    special: Vec<Regime>,
    /// Places in `special`.
    of_field: BTreeMap<String, Vec<usize>>,
    of_procedure: BTreeMap<String, Vec<usize>>,
}

impl Regimes {
    pub(super) fn load(source: &Source<'_>, problems: &mut Vec<Problem>) -> Self {
        let [entries] = toml_file::tables(source, ["regime"], problems);
        let raw: Vec<(usize, RawRegime)> = toml_file::decode_located(source, entries, problems);
        for (i, (at, new)) in raw.iter().enumerate() {
            let mut add = |code, message, help: &str| problems.push(source.problem(code, *at, message, help));
            for (code, message, help) in faults(new) {
                add(code, message, help);
            }
            let earlier = raw.get(..i).unwrap_or_default();
            if earlier.iter().any(|(_, other)| other.id == new.id) {
                let message = format!("`{}` is there twice", new.id);
                add("procedure.twice", message, "remove or rename one of them");
            }
            let meets = |other: &RawRegime| {
                other.special == new.special
                    && (!new.special || other.shares_scope(new))
                    && overlap(other.span(), new.span())
            };
            if let Some((_, other)) = earlier.iter().find(|(_, other)| meets(other)) {
                let message = format!("the regimes `{}` and `{}` are in force at once", other.id, new.id);
                add("procedure.regimes_overlap", message, "end the earlier one with `to`");
            }
        }
        let mut all = Self::default();
        let general = raw.iter().filter(|(_, raw)| !raw.special);
        all.general.extend(general.filter_map(|(_, raw)| raw.resolved(None)));
        for (_, raw) in raw.iter().filter(|(_, raw)| raw.special) {
            for beneath in &all.general {
                if !overlap((Some(beneath.from), beneath.to), raw.span()) {
                    continue;
                }
                let Some(regime) = raw.resolved(Some(beneath)) else { continue };
                let place = all.special.len();
                for (keys, places) in
                    [(&raw.fields, &mut all.of_field), (&raw.procedures, &mut all.of_procedure)]
                {
                    for key in keys {
                        places.entry(key.clone()).or_default().push(place);
                    }
                }
                all.special.push(regime);
            }
        }
        all
    }

    /// The decree of a day.
    pub(super) fn on(&self, day: NaiveDate) -> Option<&Regime> {
        self.general.iter().find(|regime| regime.is_in_force(day))
    }

    /// The regime of a procedure on a day: the law for it, else for its field, else the decree. `national` is its code
    /// without the suffix of a province.
    pub(super) fn of(&self, code: &str, national: &str, field: &str, day: NaiveDate) -> Option<&Regime> {
        let among = |places: Option<&Vec<usize>>| {
            let regimes = places?.iter().filter_map(|place| self.special.get(*place));
            regimes.into_iter().find(|regime| regime.is_in_force(day))
        };
        among(self.of_procedure.get(code))
            .or_else(|| among(self.of_procedure.get(national)))
            .or_else(|| among(self.of_field.get(field)))
            .or_else(|| self.on(day))
    }

    /// Whether one that may hold for a procedure, on whichever day, stops what is open when it ends.
    pub(super) fn may_stop(&self, code: &str, national: &str, field: &str) -> bool {
        let places = [self.of_procedure.get(code), self.of_procedure.get(national), self.of_field.get(field)];
        let special = places.into_iter().flatten().flatten().filter_map(|place| self.special.get(*place));
        self.general.iter().chain(special).any(|regime| regime.transition == Transition::Stopped)
    }

    /// All of them, the decrees first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Regime> {
        self.general.iter().chain(&self.special)
    }
}

type Fault = (&'static str, String, &'static str);

/// What is wrong with one of them by itself. Its fields and codes may be unknown: a catalogue need not have them all.
fn faults(new: &RawRegime) -> Vec<Fault> {
    let mut faults: Vec<Fault> = Vec::new();
    if new.to.is_some_and(|to| to < new.from) {
        let message = format!("the regime `{}` ends before it begins", new.id);
        faults.push(("procedure.dates", message, "correct `from` or `to`"));
    }
    // A second stage has a limit of its own, which a regime for many procedures does not know.
    if [new.on_supplement, new.on_payment].contains(&Some(SuspensionPolicy::SecondStage)) {
        let message = format!("the regime `{}` cannot lead to a second stage", new.id);
        let help = "use restart, pause or keep_running; a procedure may have on_supplement of its own";
        faults.push(("procedure.second_stage", message, help));
    }
    if new.special == (new.fields.is_empty() && new.procedures.is_empty()) {
        let (message, help) = if new.special {
            (
                "is special, and names no field and no procedure",
                "say for what it holds: `fields`, `procedures`",
            )
        } else {
            ("names fields or procedures, and is not special", "add special = true, or take them out")
        };
        faults.push(("procedure.regime_scope", format!("the regime `{}` {message}", new.id), help));
    }
    let left_out = |there: bool, key| (!there && !new.special).then_some(key);
    for key in [
        left_out(new.tiers.is_some(), "tiers"),
        left_out(new.on_supplement.is_some(), "on_supplement"),
        left_out(new.on_payment.is_some(), "on_payment"),
    ] {
        let missing = key.map(|key| format!("missing field `{key}`"));
        faults.extend(missing.map(|message| ("file.form", message, "compare with core/data/README.md")));
    }
    faults
}
