//! The files of indexes: their form, their other readings, and whether they add up.

use super::index::{Better, Evidence, Level, OnEmpty, Quota, Scoring, Step};
use super::{Band, Group, Index, Indicator, Points};
use crate::problem::Problems;
use crate::toml_file::{Date, Source, decode_located, tables};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawIndex {
    id: String,
    #[serde(default)]
    profile: String,
    name_vi: String,
    name_en: String,
    act: String,
    from: Date,
    to: Option<Date>,
    max: u32,
    sources: Vec<String>,
    verified: bool,
    #[serde(default)]
    leaves_out_unknown: bool,
    note: Option<String>,
    group: Vec<Group>,
    #[serde(default)]
    band: Vec<Band>,
    #[serde(default)]
    quota: Vec<Quota>,
    /// Other readings of the same index.
    #[serde(default)]
    variant: Vec<RawVariant>,
}

/// What another reading says otherwise.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawVariant {
    profile: String,
    name_vi: Option<String>,
    name_en: Option<String>,
    note: Option<String>,
    max: Option<u32>,
    /// Indicators that it does not have.
    #[serde(default)]
    without: Vec<String>,
    band: Option<Vec<Band>>,
    #[serde(default)]
    change: Vec<RawChange>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawChange {
    code: String,
    numerator: Option<String>,
    denominator: Option<String>,
    /// With all that it needs; what the plain reading had is gone.
    scoring: Option<Scoring>,
    target: Option<u32>,
    #[serde(default)]
    steps: Vec<Step>,
    #[serde(default)]
    levels: Vec<Level>,
    better: Option<Better>,
    times: Option<String>,
    on_empty: Option<OnEmpty>,
    #[serde(default)]
    share_with: Vec<String>,
    assumed: Option<bool>,
    evidence: Vec<Evidence>,
    note: Option<String>,
}

impl RawChange {
    fn apply(self, indicator: &mut Indicator) {
        if let Some(numerator) = self.numerator {
            indicator.numerator = numerator;
        }
        if let Some(denominator) = self.denominator {
            indicator.denominator = denominator;
        }
        if let Some(scoring) = self.scoring {
            indicator.scoring = scoring;
            indicator.target = self.target;
            indicator.steps = self.steps;
            indicator.levels = self.levels;
            indicator.better = self.better;
        }
        indicator.times = self.times.or(indicator.times.take());
        if let Some(on_empty) = self.on_empty {
            indicator.on_empty = on_empty;
            indicator.share_with = self.share_with;
        }
        indicator.assumed = self.assumed.unwrap_or(indicator.assumed);
        indicator.evidence = self.evidence;
        indicator.note = self.note.or(indicator.note.take());
    }
}

/// The plain reading, and the others.
pub(super) fn load(file: &str, text: &str) -> Result<(Index, Vec<Index>), Problems> {
    let format = "core/data/indexes/qd-766.toml, which explains itself at its head";
    let source = Source { file, text, format };
    let mut problems = Vec::new();
    let [entries] = tables(&source, ["index"], &mut problems);
    let mut raw = decode_located::<RawIndex>(&source, entries, &mut problems);
    let mut found = None;
    if let Some((at, one)) = raw.pop() {
        let mut add =
            |code, message: String, help: &str| problems.push(source.problem(code, at, message, help));
        if !raw.is_empty() {
            add("score.several", "the file has more than one [[index]]".into(), "keep one in each file");
        }
        let (plain, others) = readings(one, &mut add);
        std::iter::once(&plain).chain(&others).for_each(|index| check(index, &mut add));
        found = Some((plain, others));
    } else if problems.is_empty() {
        let message = "the file has no [[index]]".to_owned();
        problems.push(source.problem("score.none", 0, message, "write one"));
    }
    found.filter(|_| problems.is_empty()).ok_or_else(|| Problems::sorted(problems))
}

type Add<'a> = dyn FnMut(&'static str, String, &str) + 'a;

fn readings(raw: RawIndex, add: &mut Add<'_>) -> (Index, Vec<Index>) {
    let plain = Index {
        id: raw.id,
        profile: raw.profile,
        name_vi: raw.name_vi,
        name_en: raw.name_en,
        act: raw.act,
        from: raw.from.0,
        to: raw.to.map(|to| to.0),
        max: raw.max,
        sources: raw.sources,
        verified: raw.verified,
        leaves_out_unknown: raw.leaves_out_unknown,
        note: raw.note,
        groups: raw.group,
        bands: raw.band,
        quotas: raw.quota,
    };
    let others = raw.variant.into_iter().map(|variant| other_reading(&plain, variant, add)).collect();
    (plain, others)
}

fn other_reading(plain: &Index, variant: RawVariant, add: &mut Add<'_>) -> Index {
    let mut index = plain.clone();
    index.profile = variant.profile;
    index.name_vi = variant.name_vi.unwrap_or(index.name_vi);
    index.name_en = variant.name_en.unwrap_or(index.name_en);
    index.note = variant.note.or(index.note);
    index.max = variant.max.unwrap_or(index.max);
    index.bands = variant.band.unwrap_or(index.bands);
    let mut unknown = |code: &str| {
        let message = format!("the reading `{}` names indicator `{code}`, which is not there", index.profile);
        add("score.unknown_code", message, "name an indicator of the groups");
    };
    for code in &variant.without {
        if index.indicator(code).is_none() {
            unknown(code);
        }
    }
    for group in &mut index.groups {
        group.indicators.retain(|indicator| !variant.without.contains(&indicator.code));
        group.max = group.indicators.iter().map(|indicator| indicator.max).sum();
    }
    index.groups.retain(|group| !group.indicators.is_empty());
    for change in variant.change {
        let mut all = index.groups.iter_mut().flat_map(|group| &mut group.indicators);
        match all.find(|indicator| indicator.code == change.code) {
            Some(indicator) => change.apply(indicator),
            None => unknown(&change.code),
        }
    }
    index
}

fn check(index: &Index, add: &mut Add<'_>) {
    let total: u64 = index.groups.iter().map(|group| u64::from(group.max)).sum();
    if total != u64::from(index.max) {
        let message = format!("the groups add up to {total}, the index says {}", index.max);
        add("score.sum", message, "correct one of the maxima");
    }
    let mut codes: Vec<&str> = Vec::new();
    for group in &index.groups {
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
            check_scoring(indicator, add);
            check_links(index, indicator, add);
        }
    }
    check_classes(index, add);
}

/// Whether an indicator has what its scoring needs, and nothing else.
fn check_scoring(indicator: &Indicator, add: &mut Add<'_>) {
    let (code, max) = (&indicator.code, Points::whole(indicator.max));
    let mut wrong = |what: String, help: &str| {
        add("score.target", format!("indicator `{code}` is {:?} {what}", indicator.scoring), help);
    };
    let target = indicator.target.filter(|target| (1..=100).contains(target));
    if (indicator.scoring == Scoring::Capped) != target.is_some() {
        wrong(
            format!("with target {:?}", indicator.target),
            "a capped indicator has a target of 1 to 100 percent, no other has one",
        );
    }
    if (indicator.scoring == Scoring::Shown) != (indicator.max == 0) {
        wrong(
            format!("with a maximum of {}", indicator.max),
            "an indicator that is only shown has the maximum 0, no other has it",
        );
    }
    let falls = |steps: &[Step]| {
        let pairs = || steps.iter().zip(steps.iter().skip(1));
        pairs().all(|(above, below)| above.from > below.from && above.points > below.points)
    };
    let steps = &indicator.steps;
    let is_in_range = steps.first().is_none_or(|first| first.from <= 100 && first.points == max);
    if (indicator.scoring == Scoring::Banded) == steps.is_empty() || !falls(steps) || !is_in_range {
        wrong(
            format!("with {} steps", steps.len()),
            "a banded indicator has steps, no other has any: percent and points fall from step to step, and the first gives the maximum",
        );
    }
    let levels = &indicator.levels;
    let fall = levels.iter().zip(levels.iter().skip(1)).all(|(better, worse)| better.points > worse.points);
    let is_in_range = levels.first().is_none_or(|first| first.points == max);
    if (indicator.scoring == Scoring::Ordinal) == (levels.len() < 2) || !fall || !is_in_range {
        wrong(
            format!("with {} levels", levels.len()),
            "an ordinal indicator has two levels or more, no other has any: points fall from level to level, and the first gives the maximum",
        );
    }
    if (indicator.scoring == Scoring::MinMax) != indicator.better.is_some() {
        wrong(
            "without or with `better`".into(),
            "a min_max indicator says which amounts are better, no other does",
        );
    }
    if indicator.decimals > 2 {
        wrong(format!("with {} decimals", indicator.decimals), "points have two decimals at most");
    }
}

/// Whether the indicators that one names can be what it names them for.
fn check_links(index: &Index, indicator: &Indicator, add: &mut Add<'_>) {
    let code = &indicator.code;
    let is_ratio = |scoring| matches!(scoring, Scoring::Linear | Scoring::Capped);
    let other = |name: &String| index.indicator(name).filter(|other| other.code != *code);
    if let Some(times) = &indicator.times
        && !(is_ratio(indicator.scoring)
            && other(times).is_some_and(|other| is_ratio(other.scoring) && other.times.is_none()))
    {
        let message = format!("indicator `{code}` is multiplied by the ratio of `{times}`");
        add(
            "score.link",
            message,
            "multiply a linear or capped indicator by another that is one and is not multiplied",
        );
    }
    let shares = indicator.on_empty == OnEmpty::Share;
    let can_share = |name: &String| {
        other(name).is_some_and(|other| is_ratio(other.scoring) && other.on_empty != OnEmpty::Share)
    };
    if shares == indicator.share_with.is_empty() || !indicator.share_with.iter().all(can_share) {
        let message = format!("indicator `{code}` shares its maximum with {:?}", indicator.share_with);
        add(
            "score.link",
            message,
            "with on_empty = \"share\", and only then, name linear or capped indicators that do not share themselves",
        );
    }
}

fn check_classes(index: &Index, add: &mut Add<'_>) {
    let bands = &index.bands;
    let ordered = bands.iter().zip(bands.iter().skip(1)).all(|(better, worse)| better.min > worse.min);
    if !ordered || bands.last().is_some_and(|last| last.min != Points::default()) {
        add("score.bands", "the classes are out of order".into(), "put the best first; the last begins at 0");
    }
    let is_class = |name: &String| bands.iter().any(|band| band.class == *name);
    for quota in &index.quotas {
        if !is_class(&quota.class) || !is_class(&quota.of) || quota.percent > 100 {
            let message = format!("the quota of `{}` is {} % of `{}`", quota.class, quota.percent, quota.of);
            add("score.bands", message, "name two classes of the index and a share of up to 100 percent");
        }
    }
}
