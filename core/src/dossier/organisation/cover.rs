//! Whether there is somebody for everything.

use super::{Organisation, UnitIndex};
use crate::problem::Problem;
use crate::procedure::{Catalogue, Duty, Tier};
use chrono::NaiveDate;
use rustc_hash::FxHashMap;

impl Organisation {
    /// What nobody of this organisation can do on a day: each step of a procedure in force for whose role there is no
    /// officer in line with one of the units that do the procedure. Absences do not matter, nor do the steps of applicants
    /// and machines. A problem's file is the procedure's code.
    #[must_use]
    pub fn uncovered(&self, catalogue: &Catalogue, day: NaiveDate) -> Vec<Problem> {
        let mut found = Vec::new();
        // Of a role, the tier of its step and that of the procedure: the units without anybody.
        let mut known: FxHashMap<(&str, Tier, Tier), Vec<UnitIndex>> = FxHashMap::default();
        for procedure in catalogue.iter().filter(|procedure| procedure.is_in_force(day)) {
            for step in &procedure.steps {
                let role = step.role.as_deref().and_then(|role| catalogue.role(role));
                let Some(role) = role.filter(|role| !matches!(role.duty, Duty::Applicant | Duty::System))
                else {
                    continue;
                };
                let missing = known
                    .entry((&role.id, step.tier, procedure.tier))
                    .or_insert_with(|| self.without(&role.id, role.duty, step.tier, procedure.tier, day));
                if missing.is_empty() {
                    continue;
                }
                let named: Vec<&str> =
                    missing.iter().take(3).map(|unit| self.at(*unit).id.as_str()).collect();
                let more = match missing.len() - named.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                found.push(Problem {
                    code: "organisation.nobody",
                    file: procedure.code.clone(),
                    line: 0,
                    message: format!(
                        "nobody can do step `{}` ({}, role `{}`) for {}{more}",
                        step.id,
                        step.tier,
                        role.id,
                        named.join(", ")
                    ),
                    help: "give the role to an officer of a unit of that tier in line with them".into(),
                });
            }
        }
        found
    }

    /// The units of a tier in line with nobody who has a role in a unit of a step's tier.
    fn without(&self, role: &str, duty: Duty, step: Tier, tier: Tier, day: NaiveDate) -> Vec<UnitIndex> {
        let posts = self.officers.iter().flat_map(|officer| officer.posts_on(day));
        let holders = posts.filter(|post| post.has_role(role)).map(|post| post.unit_index());
        let mut units: Vec<UnitIndex> =
            self.places_on(day).filter(|unit| self.at(*unit).tier == tier).collect();
        if duty == Duty::Outside {
            let mut agencies: Vec<UnitIndex> = holders.collect();
            agencies.sort_unstable();
            agencies.dedup();
            let reaches = |agency: &UnitIndex, unit: UnitIndex| {
                self.reaches(&self.at(*agency).id, &self.at(unit).id, day)
            };
            units.retain(|unit| !agencies.iter().any(|agency| reaches(agency, *unit)));
            return units;
        }
        let mut served = vec![false; self.units.len()];
        let mut holds = served.clone();
        for unit in holders.filter(|unit| self.at(*unit).tier == step) {
            holds[unit.at()] = true;
            for above in self.places_above(unit, day) {
                served[above.at()] = true;
            }
        }
        units.retain(|unit| {
            !served[unit.at()] && !self.places_above(*unit, day).iter().any(|above| holds[above.at()])
        });
        units
    }
}
