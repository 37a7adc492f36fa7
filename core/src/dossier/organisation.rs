//! Who there is: units in their tree, and officers with their roles. The host supplies it as a value.

use super::state::{APPLICANT, SYSTEM};
use crate::problem::{Problem, Problems};
use crate::procedure::{Catalogue, Tier};
use crate::toml_file::{Source, decode_located, tables};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// An agency or office (cơ quan, đơn vị).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Id.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// Its tier.
    pub tier: Tier,
    /// Id of the unit above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
}

/// A person, or a machine, that acts for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Officer {
    /// Id, as commands name the actor.
    pub id: String,
    /// Id of the unit.
    pub unit: String,
    /// Ids of the roles the officer may act in.
    pub roles: Vec<String>,
}

/// Units and officers.
///
/// ```
/// use motcua::dossier::Organisation;
/// use motcua::procedure::Catalogue;
/// let text = r#"
/// [[unit]]
/// id = "yen-thanh"
/// name_vi = "UBND huyện Yên Thành"
/// tier = "district"
/// [[unit]]
/// id = "hoa-thanh"
/// name_vi = "UBND xã Hoa Thành"
/// tier = "commune"
/// parent = "yen-thanh"
/// [[officer]]
/// id = "cb-01"
/// unit = "hoa-thanh"
/// roles = ["one_stop"]
/// "#;
/// let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", text)]).unwrap();
/// assert!(organisation.is_above("yen-thanh", "hoa-thanh"));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    units: HashMap<String, Unit>,
    officers: HashMap<String, Officer>,
}

impl Organisation {
    /// Reads `[[unit]]` and `[[officer]]` tables from named texts.
    ///
    /// # Errors
    /// All problems of all texts: form, ids used twice or reserved, units and parents that do not exist, circles, roles
    /// that the catalogue does not know.
    pub fn load(catalogue: &Catalogue, texts: &[(&str, &str)]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut organisation = Self::default();
        let (mut units, mut officers) = (Vec::new(), Vec::new());
        // Of units that could not be read it cannot be said that they are not there.
        let mut all_read = true;
        for &(file, text) in texts {
            let format = "the file of units and officers in ARCHITECTURE.md";
            let source = Source { file, text, format };
            let [unit_tables, officer_tables] = tables(&source, ["unit", "officer"], &mut problems);
            let count = unit_tables.len();
            let read = decode_located::<Unit>(&source, unit_tables, &mut problems);
            all_read &= read.len() == count;
            for (at, unit) in read {
                units.push((source, at, unit.id.clone()));
                if let Some(other) = organisation.units.insert(unit.id.clone(), unit) {
                    problems.push(twice(source, at, "unit", &other.id));
                }
            }
            for (at, officer) in decode_located::<Officer>(&source, officer_tables, &mut problems) {
                officers.push((source, at, officer.clone()));
                if let Some(other) = organisation.officers.insert(officer.id.clone(), officer) {
                    problems.push(twice(source, at, "officer", &other.id));
                }
            }
        }
        for (source, at, id) in units {
            let (code, message) = match organisation.line(&id).last() {
                Some(Unit { parent: Some(parent), .. }) if organisation.units.contains_key(parent) => {
                    ("organisation.circle", format!("unit `{id}` lies above itself"))
                }
                Some(Unit { id, parent: Some(parent), .. }) if all_read => (
                    "organisation.unknown_unit",
                    format!("unit `{id}` has the parent `{parent}`, which is not there"),
                ),
                _ => continue,
            };
            problems.push(source.problem(code, at, message, "correct the id, or add the unit"));
        }
        for (source, at, Officer { id, unit, roles }) in officers {
            let mut add = |code, message, help: &str| problems.push(source.problem(code, at, message, help));
            if all_read && !organisation.units.contains_key(&unit) {
                let message = format!("officer `{id}` is of unit `{unit}`, which is not there");
                add("organisation.unknown_unit", message, "correct the id, or add the unit");
            }
            if id.trim().is_empty() || id == APPLICANT || id == SYSTEM {
                let message =
                    format!("`{id}` is no id for an officer, since commands mean somebody else by it");
                add("organisation.reserved", message, "choose another id");
            }
            for role in roles.iter().filter(|role| catalogue.role(role).is_none()) {
                let message = format!("officer `{id}` has the role `{role}`, which roles.toml does not know");
                add("organisation.unknown_role", message, "correct the id, or add the role");
            }
        }
        if problems.is_empty() { Ok(organisation) } else { Err(Problems::sorted(problems)) }
    }

    /// A unit by its id.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.units.get(id)
    }

    /// An officer by id.
    #[must_use]
    pub fn officer(&self, id: &str) -> Option<&Officer> {
        self.officers.get(id)
    }

    /// All units, in the order of their ids.
    #[must_use]
    pub fn units(&self) -> Vec<&Unit> {
        let mut units: Vec<&Unit> = self.units.values().collect();
        units.sort_by(|a, b| a.id.cmp(&b.id));
        units
    }

    /// All officers, in the order of their ids.
    #[must_use]
    pub fn officers(&self) -> Vec<&Officer> {
        let mut officers: Vec<&Officer> = self.officers.values().collect();
        officers.sort_by(|a, b| a.id.cmp(&b.id));
        officers
    }

    /// Whether the first unit is the second, or lies above it.
    #[must_use]
    pub fn is_above(&self, upper: &str, lower: &str) -> bool {
        self.line(lower).any(|unit| unit.id == upper)
    }

    /// The unit of a tier in a unit's own line upwards: where a step of that tier is done. `None` if there is none.
    #[must_use]
    pub fn at_tier(&self, unit: &str, tier: Tier) -> Option<&Unit> {
        self.line(unit).find(|unit| unit.tier == tier)
    }

    /// A unit and those above it. Ends after as many steps as there are units, so a circle cannot hold it.
    fn line(&self, id: &str) -> impl Iterator<Item = &Unit> {
        let parent = |unit: &&Unit| unit.parent.as_ref().and_then(|parent| self.units.get(parent));
        std::iter::successors(self.units.get(id), parent).take(self.units.len())
    }
}

fn twice(source: Source<'_>, at: usize, what: &str, id: &str) -> Problem {
    let message = format!("the {what} `{id}` is there twice");
    source.problem("organisation.twice", at, message, "remove or rename one of them")
}
