//! From typed tables to procedures: names, limits, dates and routings are checked, all problems gathered.

mod findings;
mod parts;
mod steps;

use super::catalogue::Vocabulary;
use super::catalogue::national;
use super::load::RawEntry;
use super::raw::{RawProcedure, RawStep};
use super::{Part, Procedure, Step, Tier, TimeLimitRow};
use crate::deadline::{SuspensionPolicy, TimeLimit};
use crate::problem::{Problem, message_and_help};
use crate::span::Span;
use crate::toml_file::{STAND_IN, Source, day};
use chrono::NaiveDate;
use std::collections::HashSet;
use toml::Spanned;
use toml::value::Datetime;

/// The days of an entry, if they can be read.
pub(super) fn in_force(raw: &RawProcedure) -> Option<Span> {
    let read = |date: &Spanned<Datetime>| day(date.get_ref()).filter(|_| date.span().start != STAND_IN);
    let from = read(&raw.in_force_from)?;
    match &raw.in_force_to {
        None => Some((Some(from), None)),
        Some(last) => read(last).map(|last| (Some(from), Some(last))),
    }
}

struct Checker<'a> {
    source: &'a Source<'a>,
    vocabulary: &'a Vocabulary,
    problems: &'a mut Vec<Problem>,
    /// How many ways between markings may still be looked at in this file.
    left: &'a mut usize,
    /// Whether all of the entry could be read; else what is not there may only be unreadable.
    whole: bool,
}

/// The procedure of an entry, or `None` with its problems added.
pub(super) fn procedure(
    source: &Source<'_>,
    entry: RawEntry,
    vocabulary: &Vocabulary,
    left: &mut usize,
    problems: &mut Vec<Problem>,
) -> Option<Procedure> {
    let before = problems.len();
    let RawEntry { at, whole, procedure: raw, tables } = entry;
    let mut check = Checker { source, vocabulary, problems, left, whole };
    check.code(&raw.code);
    for text in [&raw.name_vi, &raw.name_en, &raw.jurisdiction, &raw.agency, &raw.source] {
        check.filled(text);
    }
    check.known(
        &raw.field,
        ("field", "procedure.unknown_field"),
        |id| vocabulary.field(id).is_some(),
        || vocabulary.fields.iter().map(|field| field.id.as_str()).collect(),
    );
    let in_force_from = check.date(&raw.in_force_from);
    let in_force_to = raw.in_force_to.as_ref().map(|last| (check.date(last), last.span().start));
    if let (Some(from), Some((Some(to), at))) = (in_force_from, in_force_to)
        && to < from
    {
        let message = format!("in_force_to {to} lies before in_force_from {from}");
        check.add("procedure.dates", at, message, "exchange or correct the two dates");
    }
    if let Some(from) = in_force_from {
        check.tier(&raw.tier, from);
        for tier in tables.steps.iter().filter_map(|step| step.tier.as_ref()) {
            check.tier(tier, from);
        }
    }
    // What could not be read is not missing.
    if tables.time_limits.is_empty() && whole {
        let help = "add [[procedure.time_limit]] with limit = \"not_stated\" or \"unknown\" if there is none";
        check.add("procedure.no_time_limit", at, "the procedure has no time limit".into(), help);
    }
    check.silence(
        at,
        &raw.not_in_source,
        &[
            (Part::Components, "component", tables.components.is_empty()),
            (Part::Fees, "fee", tables.fees.is_empty()),
            (Part::LegalBasis, "legal_basis", raw.legal_basis.is_empty()),
        ],
    );
    let answer_within = raw.answer_within.as_ref().and_then(|limit| check.span_of_time(limit));
    let cases = check.cases(&raw, tables.cases, &tables.time_limits, &tables.steps);
    let time_limits: Vec<TimeLimitRow> =
        tables.time_limits.into_iter().filter_map(|row| check.time_limit(row)).collect();
    check.every_channel(at, &time_limits);
    let second = raw.on_supplement == Some(SuspensionPolicy::SecondStage);
    if second && time_limits.iter().any(|row| row.second_stage.is_none()) {
        let message = "a supplement leads to a second stage, and a time limit names none".into();
        check.add(
            "procedure.second_stage",
            at,
            message,
            "add second_stage = \"18 working_day\" to each time limit",
        );
    }
    let components = check.components(tables.components, &cases);
    let fees = check.fees(tables.fees, &cases);
    let parts = check.parts(tables.parts);
    check.accepted(&tables.accepted, &tables.steps);
    let tier = *raw.tier.get_ref();
    check.documents(&tables.steps, &components, &raw.results);
    // A step that could not be read would draw false conclusions.
    let routing = if whole { check.routing(at, &tables.steps, &cases) } else { None };
    let steps: Vec<Step> = tables.steps.iter().map(|step| check.step(step, tier)).collect();
    if let Some(flows) = routing.as_ref().map(|(flows, _)| flows) {
        let places: Vec<usize> = tables.steps.iter().map(|step| step.id.span().start).collect();
        let found = findings::of(at, &places, flows, &steps, &cases, &time_limits, vocabulary);
        check.settle(found, &tables.accepted);
    }
    if problems.len() > before || !whole {
        return None;
    }
    let (code, field) = (raw.code.get_ref(), raw.field.get_ref());
    let may_be_stopped = vocabulary.regimes.may_stop(code, national(code), field);
    Some(Procedure {
        code: raw.code.into_inner(),
        name_vi: raw.name_vi.into_inner(),
        name_en: raw.name_en.into_inner(),
        field: raw.field.into_inner(),
        tier,
        in_force_from: in_force_from?,
        in_force_to: in_force_to.and_then(|(last, _)| last),
        jurisdiction: raw.jurisdiction.into_inner(),
        agency: raw.agency.into_inner(),
        linked: raw.linked,
        results: raw.results,
        legal_basis: raw.legal_basis,
        decision: raw.decision,
        source: raw.source.into_inner(),
        verified: raw.verified,
        not_in_source: raw.not_in_source.into_iter().map(Spanned::into_inner).collect(),
        note: raw.note,
        on_supplement: raw.on_supplement,
        answer_within,
        question_vi: raw.question_vi.map(Spanned::into_inner),
        cases,
        parts,
        accepted: tables.accepted.into_iter().map(Into::into).collect(),
        time_limits,
        components,
        fees,
        steps,
        routing: routing?.1,
        may_be_stopped,
    })
}

impl Checker<'_> {
    fn add(&mut self, code: &'static str, at: usize, message: String, help: &str) {
        if at == STAND_IN {
            return;
        }
        self.problems.push(self.source.problem(code, at, message, help));
    }

    /// An error of another room.
    fn add_sentence(&mut self, code: &'static str, at: usize, sentence: &str) {
        let (message, help) = message_and_help(sentence);
        self.add(code, at, message.into(), help);
    }

    /// National `1.001193`, with a provincial suffix or not; else `place/code` or an older `B-BTP-052157-TT`.
    fn code(&mut self, code: &Spanned<String>) {
        let text = code.get_ref().as_str();
        let bytes = text.as_bytes();
        let is_national = text.len() >= 8
            && bytes
                .iter()
                .take(8)
                .enumerate()
                .all(|(i, b)| if i == 1 { *b == b'.' } else { b.is_ascii_digit() })
            && (text.len() == 8 || text.get(8..).is_some_and(|suffix| suffix.starts_with(".000.")));
        let is_local =
            text.split_once('/').is_some_and(|(place, rest)| !place.is_empty() && !rest.is_empty())
                || text.matches('-').count() >= 3;
        if (!is_national && !is_local) || !text.is_ascii() || text.contains(' ') {
            let message = format!("`{text}` is no procedure code");
            let help = "write the national `1.001193`, or `place/code` for one that only an office published";
            self.add("procedure.code_form", code.span().start, message, help);
        }
    }

    fn filled(&mut self, text: &Spanned<String>) {
        if text.get_ref().trim().is_empty() {
            self.add("procedure.empty_text", text.span().start, "the text is empty".into(), "fill it in");
        }
    }

    /// Ids are plain, and stand there once.
    fn ids<'k>(&mut self, what: &str, ids: impl Iterator<Item = &'k Spanned<String>>) {
        let mut seen = HashSet::new();
        for id in ids {
            let (text, at) = (id.get_ref().as_str(), id.span().start);
            if text.is_empty()
                || !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            {
                let code = if what == "step" { "procedure.step_id" } else { "procedure.id_form" };
                let message = format!("`{text}` is no id of a {what}");
                self.add(code, at, message, "use small letters, digits and hyphens");
            }
            if !seen.insert(text) && what != "step" {
                let message = format!("the {what} `{text}` is there twice");
                self.add("procedure.twice", at, message, "remove or rename one of them");
            }
        }
    }

    fn step_named(&mut self, name: &Spanned<String>, steps: &[RawStep]) {
        if !self.whole {
            return;
        }
        let ids = || steps.iter().map(|step| step.id.get_ref().as_str());
        self.known(
            name,
            ("step", "procedure.unknown_step"),
            |id| ids().any(|known| known == id),
            || ids().collect(),
        );
    }

    /// What is empty must be said to be missing in the source, and nothing else.
    fn silence(&mut self, at: usize, silent: &[Spanned<Part>], parts: &[(Part, &str, bool)]) {
        for (part, key, empty) in parts {
            let said = silent.iter().find(|said| said.get_ref() == part);
            match (said, empty) {
                (None, true) => {
                    let message =
                        format!("the procedure gives no {}, and does not say why", key.replace('_', " "));
                    let help = format!("add them, or write not_in_source = [\"{key}\"]: unknown is not none");
                    self.add("procedure.silent_gap", at, message, &help);
                }
                (Some(said), false) => {
                    let message = format!("not_in_source names `{key}`, which is there");
                    self.add("procedure.silent_gap", said.span().start, message, "remove one of the two");
                }
                _ => {}
            }
        }
    }

    fn known<'k>(
        &mut self,
        name: &Spanned<String>,
        (what, code): (&str, &'static str),
        is_known: impl Fn(&str) -> bool,
        all: impl Fn() -> Vec<&'k str>,
    ) {
        if !is_known(name.get_ref()) {
            let message = format!("`{}` is no {what}", name.get_ref());
            let add_it = match what {
                "field" | "role" => format!("; or add it to {what}s.toml"),
                _ => String::new(),
            };
            let help = format!("use one of: {}{add_it}", all().join(", "));
            self.add(code, name.span().start, message, &help);
        }
    }

    fn date(&mut self, date: &Spanned<Datetime>) -> Option<NaiveDate> {
        let found = day(date.get_ref()).filter(|_| date.span().start != STAND_IN);
        if found.is_none() {
            let message = format!("`{}` is no date", date.get_ref());
            self.add("procedure.dates", date.span().start, message, "write a bare date, 2025-07-01");
        }
        found
    }

    fn tier(&mut self, tier: &Spanned<Tier>, day: NaiveDate) {
        match self.vocabulary.regime(day) {
            Some(regime) if !regime.tiers.contains(tier.get_ref()) => {
                let message = format!("there is no {} tier under {} ({day})", tier.get_ref(), regime.act);
                let tiers: Vec<String> = regime.tiers.iter().map(Tier::to_string).collect();
                let help = format!("use one of {}, or correct in_force_from", tiers.join(", "));
                self.add("procedure.tier_not_in_regime", tier.span().start, message, &help);
            }
            Some(_) => {}
            None => {
                let message = format!("no regime is in force on {day}");
                self.add("procedure.no_regime", tier.span().start, message, "add one to regimes.toml");
            }
        }
    }

    fn limit(&mut self, limit: &Spanned<String>) -> Option<TimeLimit> {
        match TimeLimit::parse(limit.get_ref()) {
            Ok(limit) => Some(limit),
            Err(error) => {
                self.add_sentence(error.code(), limit.span().start, &error.to_string());
                None
            }
        }
    }

    /// A limit that something can be counted by.
    fn span_of_time(&mut self, limit: &Spanned<String>) -> Option<TimeLimit> {
        let found = self.limit(limit)?;
        if matches!(found, TimeLimit::NotStated | TimeLimit::Unknown) {
            let message = format!("`{}` is no time that could be over", limit.get_ref());
            self.add(
                "procedure.no_span",
                limit.span().start,
                message,
                "write a number and its unit, or remove it",
            );
        }
        Some(found)
    }
}
