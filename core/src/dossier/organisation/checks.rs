//! What must be true of units, each on its own and all together.

use super::load::Place;
use super::over_time::NoLine;
use super::{Organisation, Unit, UnitIndex};
use crate::problem::Problem;
use crate::procedure::{Catalogue, Regime, Tier};
use crate::span::overlap;
use chrono::NaiveDate;

/// Which tiers there were when.
pub(super) struct Tiers<'a>(Vec<&'a Regime>);

impl<'a> Tiers<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        let mut regimes: Vec<&Regime> = catalogue.regimes().collect();
        regimes.sort_by_key(|regime| regime.from);
        Self(regimes)
    }

    /// The regime by which there is no unit of a tier on some day of a span.
    fn without(&self, tier: Tier, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Option<&Regime> {
        let meets = |regime: &&&Regime| {
            to.is_none_or(|last| regime.from <= last)
                && from.is_none_or(|first| regime.to.is_none_or(|last| first <= last))
        };
        self.0.iter().filter(meets).find(|regime| !regime.tiers.contains(&tier)).copied()
    }

    /// The last day of a unit that is to end with its tier.
    pub(super) fn end(&self, tier: Tier, from: Option<NaiveDate>) -> Option<NaiveDate> {
        let last = self.without(tier, from, None)?.from.pred_opt();
        last.filter(|last| from.is_none_or(|from| from <= *last))
    }
}

/// A span that ends before it begins.
pub(super) fn order(
    place: Place<'_>,
    what: &str,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Option<Problem> {
    let (from, to) = (from?, to?);
    let message = format!("{what} ends on {to}, before it begins on {from}");
    (to < from).then(|| place.problem("organisation.dates", message, "correct `from` or `to`"))
}

/// What is wrong with a unit by itself.
pub(super) fn own(place: Place<'_>, unit: &Unit, tiers: &Tiers<'_>, problems: &mut Vec<Problem>) {
    let Unit { id, tier, from, to, .. } = unit;
    problems.extend(order(place, &format!("unit `{id}`"), *from, *to));
    if id.trim().is_empty() {
        let message = "a unit has an empty id".to_owned();
        problems.push(place.problem("organisation.reserved", message, "choose another id"));
    }
    // A unit without a last day ends with its tier, if there is a day before that.
    let last = to.or_else(|| tiers.end(*tier, *from));
    if let Some(regime) = tiers.without(*tier, *from, last) {
        let message =
            format!("unit `{id}` is a {tier}, and there is none under {} ({})", regime.id, regime.act);
        let help = match regime.from.pred_opt() {
            Some(day) if from.is_none_or(|from| from <= day) => format!("let it end by {day}"),
            _ => "correct its tier or dates".to_owned(),
        };
        problems.push(place.problem("organisation.tier_not_in_force", message, &help));
    }
    if let Some(code) = unit.code.as_ref().filter(|code| !is_agency_code(code)) {
        let message =
            format!("unit `{id}` has the code `{code}`, which has not the form of QĐ 20/2020/QĐ-TTg Điều 4");
        let level_1 = code.rsplit('.').next().unwrap_or_default();
        let help = if is_agency_code(level_1) && code.len() > level_1.len() {
            format!("put the code of level 1 first, as in {level_1}.14; TT 10/2016/TT-BTTTT had it last")
        } else {
            "write a letter A-Y and two digits, then groups of A-Z and 0-9 after dots, at most 35 signs"
                .to_owned()
        };
        problems.push(place.problem("organisation.code", message, &help));
    }
    let digits = match tier {
        Tier::Central => None,
        Tier::Province => Some(2),
        Tier::District => Some(3),
        Tier::Commune => Some(5),
    };
    let is_number =
        |number: &&String| digits == Some(number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = unit.number.as_ref().filter(|number| !is_number(number)) {
        let message = format!("unit `{id}` has the number `{number}`, which is not one of a {tier}");
        let help =
            "write 2 digits for a province, 3 for a district, 5 for a commune; leave it out for others";
        problems.push(place.problem("organisation.number", message, help));
    }
}

/// Whether a text has the form of an agency's identifier: level 1 is a letter A-Y and two digits.
fn is_agency_code(code: &str) -> bool {
    let mut groups = code.split('.');
    let is_first = |group: &str| matches!(group.as_bytes(), [b'A'..=b'Y', tens, ones] if tens.is_ascii_digit() && ones.is_ascii_digit());
    let is_further = |group: &str| {
        !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    code.len() <= 35 && groups.next().is_some_and(is_first) && groups.all(is_further)
}

/// What is wrong between units; if nothing is, their lines are laid.
pub(super) fn together(
    places: &[Place<'_>],
    made: &mut Organisation,
    all_read: bool,
    problems: &mut Vec<Problem>,
) {
    let before = problems.len();
    let parents = |unit: UnitIndex| made.parents[unit.at()].into_iter();
    let successors = |unit: UnitIndex| made.successors[unit.at()].iter().copied();
    for (unit, place) in made.places().zip(places) {
        let id = &made.at(unit).id;
        if reached(unit, |unit| parents(unit).chain(successors(unit))).len() > MOST {
            let message = format!("unit `{id}` leads to more than {MOST} others, by parents and successors");
            let help = "name as parent the unit right above, and as successors what followed at once";
            problems.push(place.problem("organisation.limit", message, help));
            continue;
        }
        if returns(unit, parents) {
            let message = format!("unit `{id}` lies above itself");
            problems.push(place.problem("organisation.circle", message, "correct the id, or add the unit"));
        } else if all_read {
            parent(*place, made, unit, problems);
        }
        if returns(unit, successors) {
            let message = format!("unit `{id}` comes after itself");
            let help = "name as successors only units that began later";
            problems.push(place.problem("organisation.circle", message, help));
        } else if all_read {
            succession(*place, made, made.at(unit), problems);
        }
    }
    codes(places, made, problems);
    if problems.len() > before || !all_read {
        return;
    }
    for (unit, day, fault) in made.lay_lines().err().unwrap_or_default() {
        let id = &made.at(unit).id;
        problems.push(match fault {
            NoLine::Circle => places[unit.at()].problem(
                "organisation.circle",
                format!("unit `{id}` lies above itself from {day}"),
                "correct the parents of the units that followed others",
            ),
            NoLine::Split(above) => places[unit.at()].problem(
                "organisation.parent_split",
                format!("unit `{id}` lies under `{}`, which was split by {day}", made.at(above).id),
                "end the unit, and let a successor under one of the parts follow it",
            ),
        });
    }
}

/// To how many units one may lead: far more than there are tiers and changes, and few enough to look at them all.
const MOST: usize = 256;

/// The units to which one leads, up to one more than there may be.
fn reached<I: Iterator<Item = UnitIndex>>(unit: UnitIndex, next: impl Fn(UnitIndex) -> I) -> Vec<UnitIndex> {
    let mut reached: Vec<UnitIndex> = Vec::new();
    let mut last = Some(unit);
    let mut i = 0;
    while let Some(place) = last {
        for further in next(place) {
            if reached.len() <= MOST && !reached.contains(&further) {
                reached.push(further);
            }
        }
        last = reached.get(i).copied();
        i += 1;
    }
    reached
}

/// Whether one comes back to a unit.
fn returns<I: Iterator<Item = UnitIndex>>(unit: UnitIndex, next: impl Fn(UnitIndex) -> I) -> bool {
    reached(unit, next).contains(&unit)
}

fn parent(place: Place<'_>, made: &Organisation, unit: UnitIndex, problems: &mut Vec<Problem>) {
    let Unit { id, from, parent: Some(parent), .. } = made.at(unit) else { return };
    let Some(above) = made.unit(parent) else {
        let message = format!("unit `{id}` has the parent `{parent}`, which is not there");
        problems.push(place.problem("organisation.unknown_unit", message, "correct the id, or add the unit"));
        return;
    };
    let is_there = match from {
        Some(from) => above.is_in_force(*from),
        None => above.from.is_none(),
    };
    if !is_there {
        let first = from.map_or("always".to_owned(), |from| format!("from {from}"));
        let message = format!("unit `{id}` is there {first}, and its parent `{parent}` is not then");
        let help = "correct the dates, or name the parent of its first day; what follows the parent is found";
        problems.push(place.problem("organisation.parent_not_in_force", message, help));
    }
}

fn succession(place: Place<'_>, made: &Organisation, unit: &Unit, problems: &mut Vec<Problem>) {
    let Unit { id, to, successors, .. } = unit;
    if successors.is_empty() {
        return;
    }
    let Some(to) = to else {
        let message = format!("unit `{id}` has successors but no last day");
        problems.push(place.problem("organisation.not_ended", message, "add `to`, or remove `successors`"));
        return;
    };
    let Some(next) = to.succ_opt() else { return };
    for (i, successor) in successors.iter().enumerate() {
        let (code, message, help) = match made.unit(successor) {
            _ if successors[..i].contains(successor) => (
                "organisation.twice",
                format!("unit `{id}` names the successor `{successor}` twice"),
                "name it once".to_owned(),
            ),
            None => (
                "organisation.unknown_unit",
                format!("unit `{id}` has the successor `{successor}`, which is not there"),
                "correct the id, or add the unit".to_owned(),
            ),
            Some(Unit { from, .. }) if from.is_none_or(|from| from < next) => (
                "organisation.successor_early",
                format!("unit `{id}` ends on {to}, and its successor `{successor}` is there already"),
                format!(
                    "let `{successor}` begin on {next}; if it took `{id}` in, end it as well and let one with the new \
                     boundaries follow both"
                ),
            ),
            Some(Unit { from: Some(from), .. }) if *from > next => (
                "organisation.gap",
                format!("unit `{id}` ends on {to}, and its successor `{successor}` begins on {from} only"),
                "let the one begin on the day after the other has ended".to_owned(),
            ),
            Some(_) => continue,
        };
        problems.push(place.problem(code, message, &help));
    }
}

/// No code may mean two units on one day.
fn codes(places: &[Place<'_>], made: &Organisation, problems: &mut Vec<Problem>) {
    let mut coded: Vec<(&String, &Unit, &Place<'_>)> = (made.units.iter().zip(places))
        .filter_map(|(unit, place)| Some((unit.code.as_ref()?, unit, place)))
        .collect();
    coded.sort_by_key(|(code, unit, _)| (*code, unit.from));
    for pair in coded.windows(2) {
        let [(code, unit, _), (again, other, place)] = pair else { continue };
        if code == again && overlap((unit.from, unit.to), (other.from, other.to)) {
            let message =
                format!("units `{}` and `{}` have the code `{code}` on the same day", unit.id, other.id);
            problems.push(place.problem("organisation.code_twice", message, "correct one of the codes"));
        }
    }
}
