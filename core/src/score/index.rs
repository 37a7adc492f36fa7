//! An index (bộ chỉ số) as its file says it.

use super::Points;
use super::file;
use crate::measure::{Judged, Measure};
use crate::problem::{Problems, part_of_library};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

/// What speaks for a rule of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// The wording of the act.
    Statute,
    /// A public page.
    Press,
    /// A technical description of unproven authorship.
    Description,
    /// Published figures come out the same.
    Reproduced,
    /// Somebody's software only.
    ThirdParty,
    /// From memory; nothing was found that says it.
    Recalled,
    /// A proposal of motcua's own, of no authority.
    Proposed,
}

impl Evidence {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Statute => "statute",
            Self::Press => "press",
            Self::Description => "description",
            Self::Reproduced => "reproduced",
            Self::ThirdParty => "third party",
            Self::Recalled => "from memory, not verified",
            Self::Proposed => "a proposal, of no authority",
        }
    }
}

/// How a figure becomes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// The maximum times the ratio.
    Linear,
    /// Full marks from the target on, in proportion below it.
    Capped,
    /// The points of the highest step that the ratio reaches; none below the last.
    Banded,
    /// The mean of the levels' points over all dossiers.
    Ordinal,
    /// The maximum times where the amount lies between the worst and the best of all units.
    MinMax,
    /// As somebody gives them, with evidence.
    Manual,
    /// Shown without points.
    Shown,
}

/// What a denominator of 0 means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnEmpty {
    /// No score; it adds nothing.
    Null,
    /// 0 points.
    Zero,
    /// Full marks.
    Full,
    /// Its maximum is shared in equal parts among the indicators of [`Indicator::share_with`].
    Share,
}

/// A step of a banded indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The percent from which on it holds, this number included.
    pub from: u32,
    /// Its points.
    pub points: Points,
}

/// A level of an ordinal indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// Its points.
    pub points: Points,
    /// When it holds.
    pub when: String,
}

/// Which amounts are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// High ones.
    Higher,
    /// Low ones.
    Lower,
}

/// One indicator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Its number in the act, `3.5b`.
    pub code: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// Most points it can give.
    pub max: u32,
    /// What motcua counts for it; absent if the journal does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<Measure>,
    /// Of what motcua counts the levels, of an ordinal one; absent if the journal does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub levels_of: Option<Judged>,
    /// What is counted, measured or judged.
    pub numerator: String,
    /// Of what; empty where nothing is counted.
    #[serde(default)]
    pub denominator: String,
    /// How it is scored.
    pub scoring: Scoring,
    /// Percent from which on a capped indicator gives full marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    /// Of a banded one, the highest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
    /// Of an ordinal one, the best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<Level>,
    /// Of a min–max one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub better: Option<Better>,
    /// The indicator by whose ratio the own one is multiplied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<String>,
    /// To how many decimals its points are rounded, half up.
    #[serde(default = "two")]
    pub decimals: u8,
    /// What a denominator of 0 means.
    pub on_empty: OnEmpty,
    /// Who shares its maximum then.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub share_with: Vec<String>,
    /// Whether `on_empty` is assumed: no published figure shows it.
    #[serde(default)]
    pub assumed: bool,
    /// Whether it gives full marks when nothing is known.
    #[serde(default)]
    pub unknown_is_full: bool,
    /// What speaks for all this.
    pub evidence: Vec<Evidence>,
    /// What a reader should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

const fn two() -> u8 {
    2
}

/// Some indicators together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Short id.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The sum of the maxima.
    pub max: u32,
    /// The indicators.
    #[serde(rename = "indicator")]
    pub indicators: Vec<Indicator>,
}

/// A class by total points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Vietnamese name.
    pub class: String,
    /// The points from which on it holds, this number included.
    pub min: Points,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
}

/// How many may have a class.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// The class that is limited.
    pub class: String,
    /// The class of which a share is taken.
    pub of: String,
    /// The share.
    pub percent: u32,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
}

/// A class that more have than may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Excess {
    /// The class.
    pub class: String,
    /// How many have it.
    pub found: u64,
    /// How many may.
    pub allowed: u64,
}

/// An index in one version and one reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Id.
    pub id: String,
    /// Whose reading this is, or of whom; `portal`, `document`, `unit`, `officer`. Empty where there is one only.
    pub profile: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// The act.
    pub act: String,
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force.
    pub to: Option<NaiveDate>,
    /// The sum of the groups.
    pub max: u32,
    /// Where it was read.
    pub sources: Vec<String>,
    /// Whether the act itself was read in full.
    pub verified: bool,
    /// Whether an indicator without a figure is left out of the total, and the class is given all the same.
    pub leaves_out_unknown: bool,
    /// What a reader should know.
    pub note: Option<String>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The classes, best first.
    pub bands: Vec<Band>,
    /// How many may have which class.
    pub quotas: Vec<Quota>,
}

const QD_766: (&str, &str) = ("qd-766.toml", include_str!("../../data/indexes/qd-766.toml"));

/// The files of the library, by the name of each.
const FILES: [(&str, &str); 6] = [
    QD_766,
    ("nd-61-2018.toml", include_str!("../../data/indexes/nd-61-2018.toml")),
    ("nd-335-2025.toml", include_str!("../../data/indexes/nd-335-2025.toml")),
    ("sipas.toml", include_str!("../../data/indexes/sipas.toml")),
    ("dti-province-2022.toml", include_str!("../../data/indexes/dti-province-2022.toml")),
    ("commune-digital.toml", include_str!("../../data/indexes/commune-digital.toml")),
];

impl Index {
    /// Every index of the library, each in all its profiles.
    #[must_use]
    pub fn library() -> &'static [Arc<Self>] {
        static LIBRARY: LazyLock<Vec<Arc<Index>>> = LazyLock::new(|| {
            let all = FILES.iter().flat_map(|(name, text)| part_of_library(Index::load(name, text)));
            all.map(Arc::new).collect()
        });
        &LIBRARY
    }

    /// An index of the library in one of its profiles, as it is in force on a day.
    ///
    /// ```
    /// use motcua::score::Index;
    /// let day = |text: &str| text.parse().unwrap();
    /// let officer = Index::find("nd-61-2018", "officer", day("2024-05-01")).unwrap();
    /// assert_eq!(officer.max, 10);
    /// assert!(Index::find("nd-335-2025", "", day("2025-12-31")).is_none());
    /// ```
    #[must_use]
    pub fn find(id: &str, profile: &str, day: NaiveDate) -> Option<&'static Arc<Self>> {
        Self::library().iter().find(|index| {
            index.id == id
                && index.profile == profile
                && index.from <= day
                && index.to.is_none_or(|last| day <= last)
        })
    }

    /// The index of Quyết định 766/QĐ-TTg, as the national portal computes it.
    #[must_use]
    pub fn qd_766() -> &'static Arc<Self> {
        static PORTAL: LazyLock<Arc<Index>> = LazyLock::new(|| {
            let (portal, _) = part_of_library(file::load(QD_766.0, QD_766.1));
            Arc::new(portal)
        });
        &PORTAL
    }

    /// Reads the index of a text in all its profiles, the plain one first. The files of `core/data/indexes` show the format;
    /// the head of `qd-766.toml` explains it.
    ///
    /// # Errors
    /// All problems: `file.*` for form, `score.*` for sums that do not add up, missing targets, codes used twice,
    /// classes out of order.
    pub fn load(file: &str, text: &str) -> Result<Vec<Self>, Problems> {
        let (plain, others) = file::load(file, text)?;
        Ok(std::iter::once(plain).chain(others).collect())
    }

    /// All indicators, in the order of the groups.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.groups.iter().flat_map(|group| &group.indicators)
    }

    /// An indicator by its code.
    #[must_use]
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.indicators().find(|indicator| indicator.code == code)
    }

    /// The class of a total; `None` if the index has no classes.
    ///
    /// ```
    /// use motcua::score::{Index, Points};
    /// let nine_items = Index::find("nd-61-2018", "unit", "2024-05-01".parse().unwrap()).unwrap();
    /// assert_eq!(nine_items.class(Points::whole(15)), Some("xuất sắc"));
    /// assert_eq!(nine_items.class(Points::from_hundredths(1499)), Some("tốt"));
    /// ```
    #[must_use]
    pub fn class(&self, points: Points) -> Option<&str> {
        let reached = |band: &&Band| points >= band.min;
        self.bands.iter().find(reached).map(|band| band.class.as_str())
    }

    /// The classes that more have than may, of a number for each class.
    ///
    /// ```
    /// use motcua::score::Index;
    /// let rating = Index::find("nd-335-2025", "", "2026-05-01".parse().unwrap()).unwrap();
    /// let (best, good) = (&rating.bands[0].class, &rating.bands[1].class);
    /// let counts = [(best.clone(), 3), (good.clone(), 14)].into();
    /// let over = rating.over_quota(&counts);
    /// assert_eq!((over[0].found, over[0].allowed), (3, 2));
    /// ```
    #[must_use]
    pub fn over_quota(&self, counts: &BTreeMap<String, u64>) -> Vec<Excess> {
        let count = |class: &String| counts.get(class).copied().unwrap_or_default();
        let excess = |quota: &Quota| {
            let allowed = count(&quota.of).saturating_mul(quota.percent.into()) / 100;
            let found = count(&quota.class);
            (found > allowed).then(|| Excess { class: quota.class.clone(), found, allowed })
        };
        self.quotas.iter().filter_map(excess).collect()
    }
}
