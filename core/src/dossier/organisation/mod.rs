//! Who there is: units in their tree and over time, officers with their posts, who is away and who stands in for whom.
//! The host supplies it as a value.

mod assignment;
mod checks;
mod cover;
mod deputies;
mod embedded;
mod error;
mod load;
mod over_time;
mod raw;

pub use assignment::{Assignment, choose};
pub use deputies::{Absence, ActsFor, Delegation};
pub use embedded::{PROVINCES, UnitCount, unit_counts};
pub use error::OrganisationError;

use crate::procedure::{Duty, Tier};
use crate::span::holds;
use chrono::NaiveDate;
use over_time::Lines;
use rustc_hash::FxHashMap;
use serde::Serialize;
use smol_str::SmolStr;

/// An agency or office (cơ quan, đơn vị).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub struct Unit {
    /// Id.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// Its tier.
    pub tier: Tier,
    /// Id of the unit above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// First day in force; `None` if it was always there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day in force. A unit of a tier that ended (the district) ends with it, whether its file says so or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Ids of the units that it became: one after a merger or a change of name, several after a split.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub successors: Vec<String>,
    /// Identifier of the agency after QĐ 20/2020/QĐ-TTg, `H41.17`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Number of the statistical list: 2 digits for a province, 3 for a district, 5 for a commune.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Where it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether it was read in the act itself or a copy of its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verified: Option<bool>,
}

impl Unit {
    /// Whether the unit is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        holds((self.from, self.to), day)
    }
}

/// A unit's place in the organisation that gave it, and in no other: what to compare instead of ids where many commands
/// are asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct UnitIndex(pub(super) u32);

impl UnitIndex {
    pub(super) fn at(self) -> usize {
        self.0 as usize
    }
}

/// What an officer does in one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Post {
    /// Id of the unit.
    pub unit: SmolStr,
    /// Ids of the roles.
    pub roles: Vec<String>,
    /// First day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// Last day; at the latest the unit's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    #[serde(skip)]
    index: UnitIndex,
}

impl Post {
    /// Whether the post, and its unit, are in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        holds((self.from, self.to), day)
    }

    /// The unit's place in the organisation.
    #[must_use]
    pub fn unit_index(&self) -> UnitIndex {
        self.index
    }

    /// Whether the post has a role.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|known| known == role)
    }
}

/// A person, or a machine, that acts for a unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Officer {
    /// Id, as commands name the actor.
    pub id: String,
    /// Id of the unit of the first post.
    pub unit: String,
    /// Ids of the roles of the first post.
    pub roles: Vec<String>,
    /// All posts, of which the first is the main one.
    pub posts: Vec<Post>,
    /// When the officer is away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub absences: Vec<Absence>,
    /// Places of the delegations to the officer.
    #[serde(skip)]
    stands_in: Vec<u32>,
}

impl Officer {
    /// The posts in force on a day.
    pub fn posts_on(&self, day: NaiveDate) -> impl Iterator<Item = &Post> {
        self.posts.iter().filter(move |post| post.is_in_force(day))
    }

    /// Whether the officer is there on a day, and can be given work.
    #[must_use]
    pub fn is_present(&self, day: NaiveDate) -> bool {
        !self.absences.iter().any(|absence| holds((Some(absence.from), absence.to), day))
    }
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
/// // The district ended on 30/6/2025.
/// let day = chrono::NaiveDate::from_ymd_opt(2025, 7, 1).unwrap();
/// assert!(!organisation.is_above_on("yen-thanh", "hoa-thanh", day));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// In the order of their ids.
    units: Vec<Unit>,
    unit_places: FxHashMap<String, UnitIndex>,
    /// Of each unit, the one that its file names as the one above it.
    parents: Vec<Option<UnitIndex>>,
    successors: Vec<Vec<UnitIndex>>,
    predecessors: Vec<Vec<UnitIndex>>,
    lines: Lines,
    /// In the order of their ids.
    officers: Vec<Officer>,
    officer_places: FxHashMap<String, u32>,
    /// Of each unit, the places of the officers with a post in it.
    staff: Vec<Vec<u32>>,
    delegations: Vec<Delegation>,
    /// What each role of the catalogue does.
    duties: FxHashMap<String, Duty>,
}

impl Organisation {
    /// A unit by its id, in force or not.
    #[must_use]
    pub fn unit(&self, id: &str) -> Option<&Unit> {
        self.unit_index(id).map(|place| self.at(place))
    }

    /// A unit's place.
    #[must_use]
    pub fn unit_index(&self, id: &str) -> Option<UnitIndex> {
        self.unit_places.get(id).copied()
    }

    /// An officer by id.
    #[must_use]
    pub fn officer(&self, id: &str) -> Option<&Officer> {
        self.officer_places.get(id).and_then(|place| self.officers.get(*place as usize))
    }

    /// All units, in the order of their ids.
    #[must_use]
    pub fn units(&self) -> Vec<&Unit> {
        self.units.iter().collect()
    }

    /// All officers, in the order of their ids.
    #[must_use]
    pub fn officers(&self) -> Vec<&Officer> {
        self.officers.iter().collect()
    }

    /// All delegations, in the order in which they were read.
    #[must_use]
    pub fn delegations(&self) -> &[Delegation] {
        &self.delegations
    }

    /// Whether the first unit is the second, or lies above it, whenever either was in force.
    #[must_use]
    pub fn is_above(&self, upper: &str, lower: &str) -> bool {
        self.unit_index(lower).is_some_and(|lower| self.upwards(lower).any(|unit| unit.id == upper))
    }

    /// The unit of a tier in a unit's own line upwards, whenever they were in force. `None` if there is none.
    #[must_use]
    pub fn at_tier(&self, unit: &str, tier: Tier) -> Option<&Unit> {
        self.upwards(self.unit_index(unit)?).find(|unit| unit.tier == tier)
    }

    fn at(&self, place: UnitIndex) -> &Unit {
        &self.units[place.at()]
    }

    /// A unit and those above it, as files say. Ends after as many steps as there are units, so a circle cannot hold it.
    fn upwards(&self, place: UnitIndex) -> impl Iterator<Item = &Unit> {
        let parent = |place: &UnitIndex| self.parents.get(place.at()).copied().flatten();
        std::iter::successors(Some(place), parent).take(self.units.len()).map(|place| self.at(place))
    }
}
