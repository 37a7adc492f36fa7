use crate::measure::Measure;
use crate::problem::{Problems, part_of_library};
use crate::toml_file::{Date, Source, decode_located, tables};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, LazyLock};

/// What speaks for a rule of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A public page.
    Press,
    /// A technical description of unproven authorship.
    Description,
    /// Published figures come out the same.
    Reproduced,
    /// Somebody's software only.
    ThirdParty,
}

/// How a ratio becomes points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// The maximum times the ratio.
    Linear,
    /// Full marks from the target on, in proportion below it.
    Capped,
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
    /// What is counted.
    pub numerator: String,
    /// Of what.
    pub denominator: String,
    /// How it is scored.
    pub scoring: Scoring,
    /// Percent from which on a capped indicator gives full marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<u32>,
    /// What a denominator of 0 means.
    pub on_empty: OnEmpty,
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
    pub min: u32,
    /// What speaks for it.
    pub evidence: Vec<Evidence>,
}

/// An index in one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Index {
    /// Id.
    pub id: String,
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
    /// What a reader should know.
    pub note: Option<String>,
    /// The groups.
    pub groups: Vec<Group>,
    /// The classes, best first.
    pub bands: Vec<Band>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIndex {
    id: String,
    name_vi: String,
    name_en: String,
    act: String,
    from: Date,
    to: Option<Date>,
    max: u32,
    sources: Vec<String>,
    verified: bool,
    note: Option<String>,
    group: Vec<Group>,
    #[serde(default)]
    band: Vec<Band>,
}

impl Index {
    /// The index of Quyết định 766/QĐ-TTg, as the national portal computes it.
    #[must_use]
    pub fn qd_766() -> &'static Arc<Self> {
        static QD_766: LazyLock<Arc<Index>> = LazyLock::new(|| {
            let text = include_str!("../../data/indexes/qd-766.toml");
            Arc::new(part_of_library(Index::load("qd-766.toml", text)))
        });
        &QD_766
    }

    /// Reads the one index of a text.
    ///
    /// # Errors
    /// All problems: `file.*` for form, `score.*` for sums that do not add up, missing targets, codes used twice,
    /// classes out of order.
    pub fn load(file: &str, text: &str) -> Result<Self, Problems> {
        let format = "core/data/indexes/qd-766.toml, which explains itself at its head";
        let source = Source { file, text, format };
        let mut problems = Vec::new();
        let [entries] = tables(&source, ["index"], &mut problems);
        let mut indexes = decode_located::<RawIndex>(&source, entries, &mut problems);
        let found = indexes.pop();
        if let Some((at, raw)) = &found {
            let mut add =
                |code, message: String, help: &str| problems.push(source.problem(code, *at, message, help));
            check(raw, &mut add);
            if !indexes.is_empty() {
                add("score.several", "the file has more than one [[index]]".into(), "keep one in each file");
            }
        } else if problems.is_empty() {
            let message = "the file has no [[index]]".to_owned();
            problems.push(source.problem("score.none", 0, message, "write one"));
        }
        match found {
            Some((_, raw)) if problems.is_empty() => Ok(Self {
                id: raw.id,
                name_vi: raw.name_vi,
                name_en: raw.name_en,
                act: raw.act,
                from: raw.from.0,
                to: raw.to.map(|to| to.0),
                max: raw.max,
                sources: raw.sources,
                verified: raw.verified,
                note: raw.note,
                groups: raw.group,
                bands: raw.band,
            }),
            _ => Err(Problems::sorted(problems)),
        }
    }

    /// An indicator by its code.
    #[must_use]
    pub fn indicator(&self, code: &str) -> Option<&Indicator> {
        self.groups.iter().flat_map(|group| &group.indicators).find(|indicator| indicator.code == code)
    }
}

fn check(raw: &RawIndex, add: &mut impl FnMut(&'static str, String, &str)) {
    let total: u64 = raw.group.iter().map(|group| u64::from(group.max)).sum();
    if total != u64::from(raw.max) {
        let message = format!("the groups add up to {total}, the index says {}", raw.max);
        add("score.sum", message, "correct one of the maxima");
    }
    let mut codes: Vec<&str> = Vec::new();
    for group in &raw.group {
        let sum: u64 = group.indicators.iter().map(|indicator| u64::from(indicator.max)).sum();
        if sum != u64::from(group.max) {
            let message =
                format!("the indicators of `{}` add up to {sum}, the group says {}", group.id, group.max);
            add("score.sum", message, "correct one of the maxima");
        }
        for indicator in &group.indicators {
            let code = indicator.code.as_str();
            if codes.contains(&code) {
                add("score.twice", format!("indicator `{code}` is there twice"), "rename one of them");
            }
            codes.push(code);
            let target = indicator.target.filter(|target| (1..=100).contains(target));
            if (indicator.scoring == Scoring::Capped) != target.is_some() {
                let message = format!(
                    "indicator `{code}` is {:?} with target {:?}",
                    indicator.scoring, indicator.target
                );
                add(
                    "score.target",
                    message,
                    "a capped indicator has a target of 1 to 100 percent, no other has one",
                );
            }
            if (indicator.scoring == Scoring::Shown) != (indicator.max == 0) {
                let message = format!(
                    "indicator `{code}` is {:?} with a maximum of {}",
                    indicator.scoring, indicator.max
                );
                add(
                    "score.target",
                    message,
                    "an indicator that is only shown has the maximum 0, no other has it",
                );
            }
        }
    }
    if !raw.band.is_empty() {
        let ordered =
            raw.band.windows(2).all(|pair| matches!(pair, [better, worse] if better.min > worse.min));
        if !ordered || raw.band.last().is_none_or(|last| last.min != 0) {
            add(
                "score.bands",
                "the classes are out of order".into(),
                "put the best first; the last begins at 0",
            );
        }
    }
}
