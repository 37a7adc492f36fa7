//! The units that come with the library, and how many of each tier there were.

use crate::procedure::Tier;
use crate::toml_file::{self, Date};
use chrono::NaiveDate;
use serde::Deserialize;
use std::sync::LazyLock;

/// The provinces before and after 1/7/2025, under a name and as a text for [`Organisation::load`], beside a file of one's
/// own that names them as parents. A province whose name was kept has its plain id now; as one of the 63 it ends in `-63`.
///
/// ```
/// use motcua::dossier::{Organisation, PROVINCES};
/// use motcua::procedure::Catalogue;
/// let mine = r#"
/// [[unit]]
/// id = "yen-thanh"
/// name_vi = "UBND xã Yên Thành"
/// tier = "commune"
/// parent = "nghe-an"
/// from = 2025-07-01
/// "#;
/// let organisation = Organisation::load(Catalogue::embedded(), &[PROVINCES, ("mine.toml", mine)]).unwrap();
/// assert!(organisation.is_above("nghe-an", "yen-thanh"));
/// ```
///
/// [`Organisation::load`]: super::Organisation::load
pub const PROVINCES: (&str, &str) =
    ("core/data/units/provinces.toml", include_str!("../../../data/units/provinces.toml"));

/// How many units of a tier there were in the country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitCount {
    /// The tier.
    pub tier: Tier,
    /// How many.
    pub count: u32,
    /// First day for which that is known.
    pub from: Option<NaiveDate>,
    /// Last day.
    pub to: Option<NaiveDate>,
    /// Where it was read.
    pub source: String,
    /// Whether that was the act, or a copy of its text.
    pub verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCount {
    tier: Tier,
    count: u32,
    from: Option<Date>,
    to: Option<Date>,
    source: String,
    verified: bool,
}

/// How many units of each tier there were when.
#[must_use]
pub fn unit_counts() -> &'static [UnitCount] {
    static COUNTS: LazyLock<Vec<UnitCount>> = LazyLock::new(|| {
        let text = include_str!("../../../data/units/counts.toml");
        let raw: Vec<RawCount> = toml_file::part_of_library("core/data/units/counts.toml", text, "count");
        let count = |raw: RawCount| UnitCount {
            tier: raw.tier,
            count: raw.count,
            from: raw.from.map(|date| date.0),
            to: raw.to.map(|date| date.0),
            source: raw.source,
            verified: raw.verified,
        };
        raw.into_iter().map(count).collect()
    });
    &COUNTS
}
