//! Who there is: units in their tree, and officers with their roles. The host supplies it as a value.

use crate::problem::{Problem, Problems};
use crate::procedure::Tier;
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
/// let organisation = Organisation::load(&[("units.toml", text)]).unwrap();
/// assert!(organisation.same_line("hoa-thanh", "yen-thanh"));
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
    /// All problems of all texts: form, ids used twice, parents and units that do not exist, circles.
    pub fn load(texts: &[(&str, &str)]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let mut organisation = Self::default();
        let mut places: Vec<(String, Source<'_>, usize)> = Vec::new();
        for &(file, text) in texts {
            let source = Source { file, text };
            let [units, officers] = tables(&source, ["unit", "officer"], &mut problems);
            for (at, unit) in decode_located::<Unit>(&source, units, &mut problems) {
                places.push((unit.id.clone(), source, at));
                if let Some(other) = organisation.units.insert(unit.id.clone(), unit) {
                    problems.push(twice(source, at, "unit", &other.id));
                }
            }
            for (at, officer) in decode_located::<Officer>(&source, officers, &mut problems) {
                places.push((format!("@{}", officer.id), source, at));
                if let Some(other) = organisation.officers.insert(officer.id.clone(), officer) {
                    problems.push(twice(source, at, "officer", &other.id));
                }
            }
        }
        for (id, source, at) in places {
            let (code, message) = match id.strip_prefix('@') {
                Some(officer) => match organisation.officers.get(officer) {
                    Some(Officer { unit, .. }) if !organisation.units.contains_key(unit) => (
                        "organisation.unknown_unit",
                        format!("officer `{officer}` is of unit `{unit}`, which is not there"),
                    ),
                    _ => continue,
                },
                None => match organisation.line(&id).last() {
                    Some(Unit { parent: Some(parent), .. }) if organisation.units.contains_key(parent) => {
                        ("organisation.circle", format!("unit `{id}` lies above itself"))
                    }
                    Some(Unit { id, parent: Some(parent), .. }) => (
                        "organisation.unknown_unit",
                        format!("unit `{id}` has the parent `{parent}`, which is not there"),
                    ),
                    _ => continue,
                },
            };
            problems.push(source.problem(code, at, message, "correct the id, or add the unit"));
        }
        if problems.is_empty() { Ok(organisation) } else { Err(Problems(problems)) }
    }

    /// Joins two organisations; an id that both have is taken from `other`.
    #[must_use]
    pub fn with(mut self, units: Vec<Unit>, officers: Vec<Officer>) -> Self {
        self.units.extend(units.into_iter().map(|unit| (unit.id.clone(), unit)));
        self.officers.extend(officers.into_iter().map(|officer| (officer.id.clone(), officer)));
        self
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

    /// Whether one of the two units is, or lies above, the other.
    #[must_use]
    pub fn same_line(&self, a: &str, b: &str) -> bool {
        self.line(a).any(|unit| unit.id == b) || self.line(b).any(|unit| unit.id == a)
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
