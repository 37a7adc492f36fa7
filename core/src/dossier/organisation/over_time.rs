//! Units over time: mergers, splits, and who lies above whom on a day.

use super::{Organisation, OrganisationError, Unit, UnitIndex};
use crate::procedure::Tier;
use chrono::NaiveDate;

/// A unit's line upwards, from one day to the next change.
#[derive(Debug, Clone, Copy)]
struct Stage {
    first: NaiveDate,
    begin: u32,
    end: u32,
    /// Whether the line begins with the unit, or with what it became; else only those above are there.
    is_one: bool,
}

/// The lines of all units on all days, flat: each unit has its stages, each stage its part of `line`.
#[derive(Debug, Clone, Default)]
pub(super) struct Lines {
    /// Of each unit, where its stages end; those of the unit before are in front of them.
    ends: Vec<u32>,
    /// Of each unit from the first day on.
    stages: Vec<Stage>,
    line: Vec<UnitIndex>,
    /// Of each unit, whether another one ever lies below it.
    has_below: Vec<bool>,
}

impl Lines {
    #[inline]
    fn on(&self, place: UnitIndex, day: NaiveDate) -> &[UnitIndex] {
        self.stage(place, day).map_or(&[], |stage| self.of(stage))
    }

    /// What a unit is on a day, if it is one unit.
    #[inline]
    fn one(&self, place: UnitIndex, day: NaiveDate) -> Option<UnitIndex> {
        let stage = self.stage(place, day).filter(|stage| stage.is_one)?;
        self.of(stage).first().copied()
    }

    #[inline]
    fn of(&self, stage: &Stage) -> &[UnitIndex] {
        self.line.get(stage.begin as usize..stage.end as usize).unwrap_or_default()
    }

    #[inline]
    fn stage(&self, place: UnitIndex, day: NaiveDate) -> Option<&Stage> {
        let begin = place.at().checked_sub(1).map_or(Some(&0), |before| self.ends.get(before))?;
        let end = self.ends.get(place.at())?;
        // Most questions are about today, that is about the last stage.
        self.stages.get(*begin as usize..*end as usize)?.iter().rev().find(|stage| stage.first <= day)
    }
}

/// Why a unit in force has no line.
pub(super) enum NoLine {
    /// A unit lies above itself.
    Circle,
    /// A unit above was split, so it is not said which of the parts is above now.
    Split(UnitIndex),
}

impl Organisation {
    /// A unit by its id, if it is in force on a day.
    #[must_use]
    pub fn unit_on(&self, id: &str, day: NaiveDate) -> Option<&Unit> {
        self.unit(id).filter(|unit| unit.is_in_force(day))
    }

    /// What has become of a unit on a day: the unit itself while it is in force, then whatever followed it, over any
    /// number of changes.
    ///
    /// # Errors
    /// If it is not known, not there yet, has ended with nothing to follow it, or was split, so that it is not one unit.
    pub fn successor_on(&self, id: &str, day: NaiveDate) -> Result<&Unit, OrganisationError> {
        let place = self.known(id)?;
        let unit = self.at(place);
        if let Some(from) = unit.from.filter(|from| day < *from) {
            return Err(OrganisationError::NotYet { unit: unit.id.clone(), from });
        }
        let to = unit.to.unwrap_or(day);
        match self.became(place, day).as_slice() {
            [one] => Ok(self.at(*one)),
            [] => Err(OrganisationError::Ended { unit: unit.id.clone(), to }),
            several => {
                Err(OrganisationError::Split { unit: unit.id.clone(), to, successors: self.ids(several) })
            }
        }
    }

    /// By whose name the boundaries of a day know a unit: the unit itself if it is in force then, else what has become of
    /// it, or what it came out of. A report groups by this what different times call differently.
    ///
    /// # Errors
    /// If the day does not know it as one unit: as [`Self::successor_on`], and if it was put together from several later
    /// on.
    pub fn at_boundaries(&self, id: &str, day: NaiveDate) -> Result<&Unit, OrganisationError> {
        let place = self.known(id)?;
        let unit = self.at(place);
        let Some(from) = unit.from.filter(|from| day < *from) else { return self.successor_on(id, day) };
        match self.reach(place, &self.predecessors, day).as_slice() {
            [one] => Ok(self.at(*one)),
            [] => Err(OrganisationError::NotYet { unit: unit.id.clone(), from }),
            several => Err(OrganisationError::Merged {
                unit: unit.id.clone(),
                from,
                predecessors: self.ids(several),
            }),
        }
    }

    /// Whether two units are one and the same, or one is what the other as a whole became.
    #[must_use]
    pub fn same_over_time(&self, a: &str, b: &str) -> bool {
        let became = |earlier: &str, later: &str| {
            let from = self.unit(later).and_then(|unit| unit.from);
            from.and_then(|from| self.successor_on(earlier, from).ok()).is_some_and(|unit| unit.id == later)
        };
        self.unit(a).is_some() && (a == b || became(a, b) || became(b, a))
    }

    /// A unit and those above it on a day. For a unit that has ended, the line of what followed it; if that is several or
    /// nothing, of those that are above it all the same, and may transfer its dossiers. Empty before it began.
    pub fn line_on(&self, id: &str, day: NaiveDate) -> impl Iterator<Item = &Unit> {
        let line = self.unit_index(id).map_or(&[][..], |place| self.places_above(place, day));
        line.iter().map(|place| self.at(*place))
    }

    #[inline]
    pub(super) fn places_above(&self, place: UnitIndex, day: NaiveDate) -> &[UnitIndex] {
        self.lines.on(place, day)
    }

    /// Whether the first unit is the second, or what it has become, or lies above that, on a day.
    #[must_use]
    pub fn is_above_on(&self, upper: &str, lower: &str, day: NaiveDate) -> bool {
        match (self.unit_index(upper), self.unit_index(lower)) {
            (Some(upper), Some(lower)) => self.lies_above(upper, lower, day),
            _ => false,
        }
    }

    /// As [`Self::is_above_on`], by places.
    #[inline]
    #[must_use]
    pub fn lies_above(&self, upper: UnitIndex, lower: UnitIndex, day: NaiveDate) -> bool {
        self.places_above(lower, day).contains(&upper)
    }

    /// Whether two units lie in one line on a day: one is what the other is then, or lies above or below that.
    #[inline]
    #[must_use]
    pub fn in_line(&self, unit: UnitIndex, other: UnitIndex, day: NaiveDate) -> bool {
        self.lies_above(other, unit, day)
            || self.lines.one(unit, day).is_some_and(|unit| self.lies_above(unit, other, day))
    }

    /// Whether there may be units below what a unit is on a day.
    pub(super) fn has_below(&self, unit: UnitIndex, day: NaiveDate) -> bool {
        self.lines.one(unit, day).is_some_and(|unit| self.lines.has_below[unit.at()])
    }

    /// The unit of a tier in a unit's line upwards on a day.
    #[must_use]
    pub fn at_tier_on(&self, unit: &str, tier: Tier, day: NaiveDate) -> Option<&Unit> {
        self.line_on(unit, day).find(|unit| unit.tier == tier)
    }

    /// The units in force on a day that are a unit or lie below it, in the order of their ids.
    pub fn subtree(&self, id: &str, day: NaiveDate) -> impl Iterator<Item = &Unit> {
        let top = self.unit_index(id);
        self.places_on(day)
            .filter(move |place| top.is_some_and(|top| self.lies_above(top, *place, day)))
            .map(|place| self.at(place))
    }

    /// The units in force on a day.
    pub(super) fn places_on(&self, day: NaiveDate) -> impl Iterator<Item = UnitIndex> {
        let in_force = move |(_, unit): &(UnitIndex, &Unit)| unit.is_in_force(day);
        self.places().zip(&self.units).filter(in_force).map(|(place, _)| place)
    }

    pub(super) fn places(&self) -> impl Iterator<Item = UnitIndex> + use<> {
        (0..u32::try_from(self.units.len()).unwrap_or(u32::MAX)).map(UnitIndex)
    }

    /// Lays down the lines of all units on all days.
    ///
    /// # Errors
    /// The units in force on some day without a line, each once, with the day. The circles of parents and of successors
    /// must have been found before.
    pub(super) fn lay_lines(&mut self) -> Result<(), Vec<(UnitIndex, NaiveDate, NoLine)>> {
        let mut lines = Lines { has_below: vec![false; self.units.len()], ..Lines::default() };
        let mut faults: Vec<(UnitIndex, NaiveDate, NoLine)> = Vec::new();
        for place in self.places() {
            for first in self.changes(place) {
                let (is_one, line) = self.find_line(place, first).unwrap_or_else(|fault| {
                    if faults.last().is_none_or(|(last, ..)| *last != place) {
                        faults.push((place, first, fault));
                    }
                    (false, Vec::new())
                });
                for above in line.iter().skip(usize::from(is_one)) {
                    lines.has_below[above.at()] = true;
                }
                let begin = lines.line.len() as u32;
                lines.line.extend(line);
                lines.stages.push(Stage { first, begin, end: lines.line.len() as u32, is_one });
            }
            lines.ends.push(lines.stages.len() as u32);
        }
        self.lines = lines;
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// The days on which a unit's line may change, in order: those on which any unit that it may lead to begins or has
    /// ended.
    fn changes(&self, place: UnitIndex) -> Vec<NaiveDate> {
        let mut reached = vec![place];
        let mut next = 0;
        while let Some(place) = reached.get(next).copied() {
            next += 1;
            for further in self.successors[place.at()].iter().chain(&self.parents[place.at()]) {
                if !reached.contains(further) {
                    reached.push(*further);
                }
            }
        }
        let mut days = vec![NaiveDate::MIN];
        for unit in reached.iter().map(|place| self.at(*place)) {
            days.extend(unit.from);
            days.extend(unit.to.and_then(|to| to.succ_opt()));
        }
        days.sort_unstable();
        days.dedup();
        days
    }

    /// A unit's line on a day, and whether it begins with the unit or with what that became.
    fn find_line(&self, place: UnitIndex, day: NaiveDate) -> Result<(bool, Vec<UnitIndex>), NoLine> {
        if self.at(place).from.is_some_and(|from| day < from) {
            return Ok((false, Vec::new()));
        }
        let parts = match self.became(place, day).as_slice() {
            [one] => return Ok((true, self.upwards_on(*one, day)?)),
            [] => match self.parent_on(place, day) {
                Ok(None) => Vec::new(),
                Ok(Some(parent)) => vec![parent],
                Err(split) => self.became(split, day),
            },
            several => several.to_vec(),
        };
        // Of a part that has no line it is told when that part is looked at.
        let mut lines = parts.iter().map(|part| self.upwards_on(*part, day).unwrap_or_default());
        let mut common = lines.next().unwrap_or_default();
        for line in lines {
            common.retain(|place| line.contains(place));
        }
        Ok((false, common))
    }

    /// A unit in force and those above it on a day.
    fn upwards_on(&self, place: UnitIndex, day: NaiveDate) -> Result<Vec<UnitIndex>, NoLine> {
        let mut line = vec![place];
        let mut last = place;
        while let Some(parent) = self.parent_on(last, day).map_err(NoLine::Split)? {
            if line.contains(&parent) {
                return Err(NoLine::Circle);
            }
            line.push(parent);
            last = parent;
        }
        Ok(line)
    }

    /// What is above a unit on a day: its parent, or what became of it; if that ended with nothing to follow it, what is
    /// above that. So the communes came under their provinces when the districts ended.
    ///
    /// # Errors
    /// The unit above that was split.
    fn parent_on(&self, place: UnitIndex, day: NaiveDate) -> Result<Option<UnitIndex>, UnitIndex> {
        let mut above = self.parents[place.at()];
        while let Some(parent) = above {
            match self.became(parent, day).as_slice() {
                [] => above = self.parents[parent.at()],
                [one] => return Ok(Some(*one)),
                _ => return Err(parent),
            }
        }
        Ok(None)
    }

    fn became(&self, place: UnitIndex, day: NaiveDate) -> Vec<UnitIndex> {
        self.reach(place, &self.successors, day)
    }

    /// The units in force on a day to which one leads, each once.
    fn reach(&self, place: UnitIndex, by: &[Vec<UnitIndex>], day: NaiveDate) -> Vec<UnitIndex> {
        let mut seen = vec![place];
        let mut next = 0;
        while let Some(place) = seen.get(next).copied() {
            next += 1;
            if !self.at(place).is_in_force(day) {
                for further in &by[place.at()] {
                    if !seen.contains(further) {
                        seen.push(*further);
                    }
                }
            }
        }
        seen.retain(|place| self.at(*place).is_in_force(day));
        seen
    }

    fn known(&self, id: &str) -> Result<UnitIndex, OrganisationError> {
        self.unit_index(id).ok_or_else(|| OrganisationError::UnknownUnit { unit: id.into() })
    }

    fn ids(&self, places: &[UnitIndex]) -> Vec<String> {
        let mut ids: Vec<String> = places.iter().map(|place| self.at(*place).id.clone()).collect();
        ids.sort();
        ids
    }
}
