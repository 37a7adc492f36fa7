//! Who is given a piece of work.

use super::{ActsFor, Officer, Organisation, Unit};
use crate::procedure::{Duty, Tier};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// How an officer is chosen for a step.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Assignment {
    /// Somebody says who; nobody is chosen.
    ByHand,
    /// Each in turn, in the order of their ids.
    RoundRobin,
    /// Who has the least to do.
    LeastLoaded,
}

/// Chooses one of the candidates; of two that are equal, the one whose id comes first. `loads` tells how much an officer
/// has to do, `last` who was chosen last time, who need not be a candidate any more.
pub fn choose<'a>(
    policy: Assignment,
    candidates: &[&'a Officer],
    loads: &dyn Fn(&str) -> usize,
    last: Option<&str>,
) -> Option<&'a Officer> {
    let all = candidates.iter().copied();
    let first = all.clone().min_by(|a, b| a.id.cmp(&b.id));
    match policy {
        Assignment::ByHand => None,
        Assignment::RoundRobin => {
            let after = all.filter(|officer| last.is_some_and(|last| officer.id.as_str() > last));
            after.min_by(|a, b| a.id.cmp(&b.id)).or(first)
        }
        Assignment::LeastLoaded => {
            let loaded = all.map(|officer| (loads(&officer.id), officer));
            loaded.min_by(|(a, x), (b, y)| (a, &x.id).cmp(&(b, &y.id))).map(|(_, officer)| officer)
        }
    }
}

impl Organisation {
    /// The duty of a role that the catalogue knew when the organisation was loaded.
    #[must_use]
    pub fn duty(&self, role: &str) -> Option<Duty> {
        self.duties.get(role).copied()
    }

    /// Whether a post is one for a step of a role and a tier, in a dossier of a unit: in force, of the tier, in one line
    /// with what the unit has become on the day. An agency outside the line may be anywhere.
    #[must_use]
    pub fn suits(&self, acts: &ActsFor<'_>, unit: &str, role: &str, tier: Tier, day: NaiveDate) -> bool {
        if !acts.has_role(role) {
            return false;
        }
        let place = acts.post.unit_index();
        // Mostly it is the dossier's own unit, which is in force while the post is.
        let in_line = self.units.get(place.at()).is_some_and(|at| at.tier == tier)
            && (acts.post.unit == unit && acts.post.is_in_force(day)
                || self.unit_index(unit).is_some_and(|unit| self.in_line(unit, place, day)));
        // An agency in the line is in the same province.
        in_line || self.duty(role) == Some(Duty::Outside) && self.reaches(&acts.post.unit, unit, day)
    }

    /// Whether an agency outside the line works where a unit is: not if what it lies under is another province. One that
    /// lies under none works everywhere. A department is of the tier of its province; the province is the highest of them.
    #[must_use]
    pub fn reaches(&self, outside: &str, unit: &str, day: NaiveDate) -> bool {
        let province = |unit: &&Unit| unit.tier == Tier::Province;
        let its = self.line_on(outside, day).filter(|above| above.id != outside).filter(province).last();
        let other = self.line_on(unit, day).filter(province).last();
        its.zip(other).is_none_or(|(its, other)| its.id == other.id)
    }

    /// The officers to whom a step of a role and a tier may be given on a day, in a dossier of a unit: who is there and has
    /// the role in a unit of the tier above or below it, by their own post or as a deputy. In the order of their ids.
    #[must_use]
    pub fn candidates(&self, unit: &str, role: &str, tier: Tier, day: NaiveDate) -> Vec<&Officer> {
        let suits = |officer: &&Officer| {
            officer.is_present(day)
                && self.acts_for(officer, day).any(|acts| self.suits(&acts, unit, role, tier, day))
        };
        let Some(place) = self.unit_index(unit) else { return Vec::new() };
        if self.duty(role) == Some(Duty::Outside) || self.has_below(place, day) {
            return self.officers.iter().filter(suits).collect();
        }
        // Whoever is neither in a unit above nor a deputy cannot be one, and need not be asked.
        let staff = self.places_above(place, day).iter().flat_map(|above| &self.staff[above.at()]).copied();
        let deputies = self.delegations.iter().filter(|one| one.is_in_force(day));
        let mut asked: Vec<u32> = staff.chain(deputies.map(|one| one.deputy_place)).collect();
        asked.sort_unstable();
        asked.dedup();
        asked.into_iter().filter_map(|at| self.officers.get(at as usize)).filter(suits).collect()
    }
}
