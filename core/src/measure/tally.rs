//! Counts of a period.

use super::{Fact, Period, Ratio};
use crate::deadline::{Comparison, Timeliness};
use crate::dossier::Status;
use crate::procedure::{Catalogue, Channel};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::AddAssign;

/// What is counted of a unit's dossiers, petitions, documents and procedures, each with its own denominator. Rows of which a
/// figure is not known are in neither count.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::VariantArray,
)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Settled early or on time, or open and in time; of all that were to be settled in the period.
    OnTimeOfHandled,
    /// Settled early or on time; of all that were to be settled in the period.
    OnTimeOfReceived,
    /// Settled early or on time; of those settled in the period.
    OnTimeOfResolved,
    /// Settled early or on time; of those settled in the period, and those open and overdue at its end.
    OnTimeOfDue,
    /// Came in online; of those received in the period.
    Online,
    /// Came in online in the period; of all that were to be settled in it.
    OnlineOfAll,
    /// Papers digitised at reception; of those received in the period.
    Digitised,
    /// Paid online; of those received in the period that carry an obligation.
    PaidOnline,
    /// With an electronic result; of those with a result in the period.
    ElectronicResult,
    /// Papers digitised and an electronic result; of those with a result in the period.
    DigitisedWithResult,
    /// Neither late nor rated 0; of all that were to be settled in the period.
    Satisfied,
    /// With a paper that came out of a database; of those received in the period.
    Reused,
    /// Petitions answered or refused in time, or not yet due; of all that were to be answered in the period.
    PetitionsOnTime,
    /// Petitions neither late nor repeated nor with an answer that did not satisfy; of the same.
    PetitionsSatisfied,
    /// Documents that are electronic; of those sent in the period that are not secret.
    DocumentsElectronic,
    /// Documents signed digitally; of the same.
    DocumentsSigned,
    /// Procedures published so long before the act is in force as the rule wants; of those published in the period.
    PublishedOnTime,
    /// Procedures made public in time; of those published in the period.
    PublicOnTime,
    /// Procedures of which every part is public; of those of which that is known.
    PublicComplete,
    /// Procedures that are online in part or as a whole; of all.
    ProceduresOnline,
    /// Online services through which a dossier came in; of all online services.
    ServicesUsed,
    /// Procedures that can be paid online; of those with a fee.
    PayableOnline,
    /// Procedures that were paid online; of those with a fee.
    ProceduresPaidOnline,
}

impl Measure {
    /// All of them, in order.
    pub const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    /// Those of dossiers, in order.
    pub const OF_DOSSIERS: [Self; 12] = [
        Self::OnTimeOfHandled,
        Self::OnTimeOfReceived,
        Self::OnTimeOfResolved,
        Self::OnTimeOfDue,
        Self::Online,
        Self::OnlineOfAll,
        Self::Digitised,
        Self::PaidOnline,
        Self::ElectronicResult,
        Self::DigitisedWithResult,
        Self::Satisfied,
        Self::Reused,
    ];
}

/// So many measures, the first ones, are of the counts alone.
const OF_COUNTS: usize = 6;

/// The counts behind Biểu 06/VPCP/KSTT.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Received online in the period.
    pub received_online: u64,
    /// Received at the counter or by post in the period.
    pub received_other: u64,
    /// Received earlier and still open when the period began.
    pub carried_over: u64,
    /// Settled before the due date.
    pub resolved_early: u64,
    /// Settled on the due date, or without one.
    pub resolved_on_time: u64,
    /// Settled after the due date.
    pub resolved_overdue: u64,
    /// Open at the end of the period and not overdue; those that wait for a supplement are here.
    pub open_in_time: u64,
    /// Open at the end of the period and overdue.
    pub open_overdue: u64,
}

impl Counts {
    /// All that were to be settled.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.received_online + self.received_other + self.carried_over
    }

    /// All that were settled.
    #[must_use]
    pub fn resolved(&self) -> u64 {
        self.resolved_early + self.resolved_on_time + self.resolved_overdue
    }

    /// All that are still open.
    #[must_use]
    pub fn open(&self) -> u64 {
        self.open_in_time + self.open_overdue
    }

    /// The measures that are of these counts.
    fn ratio(&self, measure: Measure) -> Option<Ratio> {
        let in_time = self.resolved_early + self.resolved_on_time;
        let (numerator, denominator) = match measure {
            Measure::OnTimeOfHandled => (in_time + self.open_in_time, self.received()),
            Measure::OnTimeOfReceived => (in_time, self.received()),
            Measure::OnTimeOfResolved => (in_time, self.resolved()),
            Measure::OnTimeOfDue => (in_time, self.resolved() + self.open_overdue),
            Measure::Online => (self.received_online, self.received_online + self.received_other),
            Measure::OnlineOfAll => (self.received_online, self.received()),
            _ => return None,
        };
        Some(Ratio { numerator, denominator })
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.received_online += other.received_online;
        self.received_other += other.received_other;
        self.carried_over += other.carried_over;
        self.resolved_early += other.resolved_early;
        self.resolved_on_time += other.resolved_on_time;
        self.resolved_overdue += other.resolved_overdue;
        self.open_in_time += other.open_in_time;
        self.open_overdue += other.open_overdue;
    }
}

/// The counts of some dossiers in one period. Adding two tallies of one period, in any order, is the same as having
/// counted all their dossiers at once.
///
/// ```
/// use motcua::measure::{Counts, Tally};
/// let mut one = Tally::default();
/// one.counts = Counts { received_online: 3, open_in_time: 3, ..Counts::default() };
/// let mut both = one;
/// both += one;
/// assert_eq!((both.counts.received(), both.counts.resolved(), both.counts.open()), (6, 0, 6));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// The counts of the report form.
    pub counts: Counts,
    ratios: [Ratio; Measure::OF_DOSSIERS.len() - OF_COUNTS],
    /// Of which measures some dossier that they concern does not tell.
    silent: [bool; Measure::OF_DOSSIERS.len() - OF_COUNTS],
}

impl Tally {
    /// What was counted of a measure; `None` if there are dossiers that it concerns, and none of them tells.
    #[must_use]
    pub fn ratio(&self, measure: Measure) -> Option<Ratio> {
        if let Some(ratio) = self.counts.ratio(measure) {
            return Some(ratio);
        }
        let place = (measure as usize).checked_sub(OF_COUNTS)?;
        let ratio = self.ratios.get(place).copied()?;
        let is_silent = self.silent.get(place) == Some(&true);
        (ratio.denominator > 0 || !is_silent).then_some(ratio)
    }

    /// All that was counted; measures that the dossiers do not tell, or that are not of dossiers, are absent.
    #[must_use]
    pub fn ratios(&self) -> BTreeMap<Measure, Ratio> {
        let told = |measure| Some((measure, self.ratio(measure)?));
        Measure::OF_DOSSIERS.into_iter().filter_map(told).collect()
    }

    /// Counts a dossier, if the period has to do with it: received by its end, and not settled before it began.
    pub fn add(&mut self, fact: &Fact, period: &Period) {
        let Some(received) = fact.received.filter(|received| received.date() <= period.last()) else {
            return;
        };
        if fact.finished.is_some_and(|finished| finished.date() < period.first()) {
            return;
        }
        let is_new = period.holds(received);
        let counts = &mut self.counts;
        match (is_new, fact.channel) {
            (false, _) => counts.carried_over += 1,
            (true, Channel::Online) => counts.received_online += 1,
            (true, Channel::Counter | Channel::Post) => counts.received_other += 1,
        }
        let settled = fact.finished.filter(|finished| period.holds(*finished));
        // Without a due date nothing is late.
        let at = settled.unwrap_or(period.end());
        let timeliness =
            fact.due.map_or(Timeliness::OnTime, |due| Timeliness::of(due, at, Comparison::ByDate));
        let is_late = timeliness == Timeliness::Overdue;
        let count = match (settled.is_some(), timeliness) {
            (true, Timeliness::Early) => &mut counts.resolved_early,
            (true, Timeliness::OnTime) => &mut counts.resolved_on_time,
            (true, Timeliness::Overdue) => &mut counts.resolved_overdue,
            (false, Timeliness::Overdue) => &mut counts.open_overdue,
            (false, _) => &mut counts.open_in_time,
        };
        *count += 1;
        self.measure(Measure::Digitised, is_new, fact.digitised);
        self.measure(Measure::Reused, is_new, fact.reused);
        let paid = if fact.obligation.is_some() { fact.paid_online } else { None };
        self.measure(Measure::PaidOnline, is_new && fact.obligation != Some(false), paid);
        let has_result = settled.is_some() && matches!(fact.status, Status::Resolved | Status::Delivered);
        self.measure(Measure::ElectronicResult, has_result, fact.electronic);
        let both = fact.electronic.and_then(|electronic| Some(electronic && fact.digitised?));
        self.measure(Measure::DigitisedWithResult, has_result, both);
        self.measure(Measure::Satisfied, true, Some(!is_late && fact.rating != Some(0)));
    }

    fn measure(&mut self, measure: Measure, concerns: bool, hit: Option<bool>) {
        // Of those of the counts nothing is measured here, so that there is no place below the first.
        let place = (measure as usize).wrapping_sub(OF_COUNTS);
        match (concerns, hit, self.ratios.get_mut(place), self.silent.get_mut(place)) {
            (true, Some(hit), Some(ratio), _) => ratio.add(hit),
            (true, None, _, Some(silent)) => *silent = true,
            _ => {}
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.counts += other.counts;
        for (mine, theirs) in self.ratios.iter_mut().zip(other.ratios) {
            *mine += theirs;
        }
        for (mine, theirs) in self.silent.iter_mut().zip(other.silent) {
            *mine |= theirs;
        }
    }
}

/// Tallies of a period, one for each key that the facts have.
pub fn tally_by<'f, K: Ord>(
    facts: impl IntoIterator<Item = &'f Fact>,
    period: &Period,
    key: impl Fn(&'f Fact) -> K,
) -> BTreeMap<K, Tally> {
    let mut tallies: BTreeMap<K, Tally> = BTreeMap::new();
    for fact in facts {
        tallies.entry(key(fact)).or_default().add(fact, period);
    }
    tallies
}

/// Tallies of a period by field of administration, under the names that the catalogue has; a field that it does not have under
/// what the facts call it.
#[must_use]
pub fn tally_by_field<'f>(
    facts: impl IntoIterator<Item = &'f Fact>,
    period: &Period,
    catalogue: &'f Catalogue,
) -> BTreeMap<&'f str, Tally> {
    tally_by(facts, period, |fact| {
        catalogue.field(&fact.field).map_or(fact.field.as_str(), |field| &field.name_vi)
    })
}
