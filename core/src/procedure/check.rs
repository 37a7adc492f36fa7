//! From typed tables to procedures: names, limits, dates and routings are checked, all problems gathered.

use super::catalogue::Vocabulary;
use super::load::RawEntry;
use super::raw::{RawProcedure, RawStep, RawTimeLimit};
use super::{Channel, Part, Procedure, SIGNED, Step, StepKind, Tier, TimeLimitRow};
use crate::deadline::{CutOff, CutOffEffect, LimitRule, SuspensionPolicy, TimeLimit};
use crate::problem::{Problem, message_and_help};
use crate::routing::{END, OutcomeFlow, Routing, RoutingError, StepFlow};
use crate::toml_file::{STAND_IN, Source, day};
use chrono::{NaiveDate, NaiveTime};
use toml::Spanned;
use toml::value::Datetime;
use unicode_normalization::is_nfc;

/// The days of an entry, if they can be read.
pub(super) fn in_force(raw: &RawProcedure) -> Option<(NaiveDate, Option<NaiveDate>)> {
    let read = |date: &Spanned<Datetime>| day(date.get_ref()).filter(|_| date.span().start != STAND_IN);
    let from = read(&raw.in_force_from)?;
    match &raw.in_force_to {
        None => Some((from, None)),
        Some(last) => read(last).map(|last| (from, Some(last))),
    }
}

struct Checker<'a> {
    source: &'a Source<'a>,
    vocabulary: &'a Vocabulary,
    problems: &'a mut Vec<Problem>,
}

/// The procedure of an entry, or `None` with its problems added.
pub(super) fn procedure(
    source: &Source<'_>,
    entry: RawEntry,
    vocabulary: &Vocabulary,
    problems: &mut Vec<Problem>,
) -> Option<Procedure> {
    let before = problems.len();
    let RawEntry { at, whole, procedure: raw, tables } = entry;
    let mut check = Checker { source, vocabulary, problems };
    check.code(&raw.code);
    check.text(&raw.name_vi);
    check.text(&raw.name_en);
    for text in [&raw.jurisdiction, &raw.agency, &raw.source] {
        check.text(text);
    }
    check.known(
        &raw.field,
        ("field", "procedure.unknown_field"),
        vocabulary.fields.iter().map(|field| field.id.as_str()),
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
    for component in &tables.components {
        check.text(&component.name_vi);
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
    let tier = *raw.tier.get_ref();
    // A step that could not be read would draw false conclusions.
    let routing = if whole { check.routing(at, &tables.steps) } else { None };
    let steps = tables.steps.into_iter().map(|step| check.step(step, tier)).collect();
    if problems.len() > before || !whole {
        return None;
    }
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
        time_limits,
        components: tables.components.into_iter().map(Into::into).collect(),
        fees: tables.fees,
        steps,
        routing: routing?,
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

    fn text(&mut self, text: &Spanned<String>) {
        if text.get_ref().trim().is_empty() {
            self.add("procedure.empty_text", text.span().start, "the text is empty".into(), "fill it in");
        } else if !is_nfc(text.get_ref()) {
            let message = format!("`{}` is not in Unicode form NFC", text.get_ref());
            self.add(
                "procedure.not_nfc",
                text.span().start,
                message,
                "type it anew or convert the file to NFC",
            );
        }
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
        known: impl Iterator<Item = &'k str>,
    ) {
        let all: Vec<&str> = known.collect();
        if !all.contains(&name.get_ref().as_str()) {
            let message = format!("`{}` is no {what}", name.get_ref());
            let help = format!("use one of: {}; or add it to {what}s.toml", all.join(", "));
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

    fn time_limit(&mut self, row: RawTimeLimit) -> Option<TimeLimitRow> {
        let limit = self.limit(&row.limit);
        let cut_off = row.cut_off.as_ref().and_then(|text| {
            let time = NaiveTime::parse_from_str(text.get_ref(), "%H:%M").ok();
            if time.is_none() {
                let message = format!("`{}` is no hour", text.get_ref());
                self.add("procedure.cut_off", text.span().start, message, "write \"15:00\"");
            }
            let effect = row
                .after_cut_off
                .as_ref()
                .map_or(CutOffEffect::DueNextWorkingDay, |effect| *effect.get_ref());
            Some(CutOff { time: time?, effect })
        });
        if let (Some(effect), None) = (&row.after_cut_off, &row.cut_off) {
            let message = "after_cut_off is there without cut_off".to_owned();
            self.add(
                "procedure.cut_off",
                effect.span().start,
                message,
                "add cut_off = \"15:00\", or remove it",
            );
        }
        if let Some(limit) = limit
            && let Err(error) = (LimitRule { cut_off, ..LimitRule::new(limit) }).check()
        {
            self.add_sentence(error.code(), row.limit.span().start, &error.to_string());
        }
        let second_stage = row.second_stage.as_ref().map(|limit| self.limit(limit));
        let RawTimeLimit { text, channel, case, source, .. } = row;
        let second_stage = second_stage.map_or(Some(None), |limit| limit.map(Some))?;
        Some(TimeLimitRow { limit: limit?, text, channel, case, cut_off, second_stage, source })
    }

    /// A dossier of any channel, of no special case, must find a row.
    fn every_channel(&mut self, at: usize, rows: &[TimeLimitRow]) {
        let general = || rows.iter().filter(|row| row.case.is_none());
        let lacks = |channel: &Channel| !general().any(|row| row.channel.is_none_or(|only| only == *channel));
        let lacking: Vec<String> =
            Channel::ALL.iter().filter(|channel| lacks(channel)).map(Channel::to_string).collect();
        for (n, row) in rows.iter().enumerate() {
            let covers = |other: &TimeLimitRow| {
                (other.channel.is_none() || other.channel == row.channel)
                    && (other.case.is_none() || other.case == row.case)
            };
            if rows.iter().take(n).any(covers) {
                let message =
                    format!("time limit {} is never used, since an earlier one fits whenever it does", n + 1);
                self.add("procedure.limit_dead", at, message, "put special rows first, the general one last");
            }
        }
        // A row that is wrong itself is told already.
        if !rows.is_empty() && !lacking.is_empty() {
            let message = format!("there is no general time limit for {}", lacking.join(", "));
            let help =
                "add a last row without `case` and `channel`; limit = \"unknown\" if the source gives none";
            self.add("procedure.limit_gap", at, message, help);
        }
    }

    fn step(&mut self, raw: RawStep, tier: Tier) -> Step {
        self.text(&raw.name_vi);
        let id = raw.id.get_ref();
        if !id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') || id.is_empty() {
            let message = format!("`{id}` is no id of a step");
            self.add(
                "procedure.step_id",
                raw.id.span().start,
                message,
                "use small letters, digits and hyphens",
            );
        }
        let vocabulary = self.vocabulary;
        self.known(
            &raw.role,
            ("role", "procedure.unknown_role"),
            vocabulary.roles.iter().map(|role| role.id.as_str()),
        );
        let limit = raw.limit.as_ref().and_then(|limit| self.limit(limit));
        Step {
            id: raw.id.into_inner(),
            name_vi: raw.name_vi.into_inner(),
            role: raw.role.into_inner(),
            kind: raw.kind,
            tier: raw.tier.map_or(tier, Spanned::into_inner),
            limit,
            text: raw.text,
        }
    }

    fn routing(&mut self, at: usize, steps: &[RawStep]) -> Option<Routing> {
        let mut flows = Vec::new();
        for step in steps {
            let outcome = |name: &str, next: &[String]| OutcomeFlow {
                name: name.into(),
                next: next.to_vec(),
                ..OutcomeFlow::default()
            };
            if step.next.is_some() && !step.outcomes.is_empty() {
                let message = format!("step `{}` has both `next` and `outcomes`", step.id.get_ref());
                let at = step.id.span().start;
                self.add("procedure.next_and_outcomes", at, message, "keep one of them");
            }
            let outcomes = match &step.next {
                Some(next) if step.outcomes.is_empty() => vec![outcome("complete", next)],
                _ => step.outcomes.iter().map(|(name, next)| outcome(name, next)).collect(),
            };
            flows.push(StepFlow {
                id: step.id.get_ref().clone(),
                outcomes,
                join: step.join.clone(),
                ..StepFlow::default()
            });
        }
        for (step, flow) in steps.iter().zip(&flows) {
            self.outcomes_fit(step, flow, steps);
        }
        match Routing::compile(&flows, &[]) {
            Ok(routing) => Some(routing),
            Err(errors) => {
                for error in errors {
                    let named = |step: &&RawStep| error.step() == Some(step.id.get_ref().as_str());
                    let is_twice = matches!(error, RoutingError::DuplicateStep { .. });
                    // Of two steps of one id the second is one too many; all else is said of the first.
                    let step = if is_twice { steps.iter().rfind(named) } else { steps.iter().find(named) };
                    let at = step.map_or(at, |step| step.id.span().start);
                    self.add_sentence(error.code(), at, &error.to_string());
                }
                None
            }
        }
    }

    /// `sign` and `deliver` name no outcome, so it must be clear which one they mean.
    fn outcomes_fit(&mut self, step: &RawStep, flow: &StepFlow, steps: &[RawStep]) {
        let at = step.id.span().start;
        let has = |wanted: &&str| flow.outcomes.iter().any(|outcome| outcome.name == *wanted);
        if step.kind == StepKind::Sign && SIGNED.iter().filter(|name| has(name)).count() != 1 {
            let message = format!("step `{}` is signed, but it is not clear which outcome says so", flow.id);
            self.add(
                "procedure.sign_outcome",
                at,
                message,
                "name one outcome `approve`, and none `complete`",
            );
        }
        let is_delivery =
            |id: &String| steps.iter().any(|s| s.id.get_ref() == id && s.kind == StepKind::Deliver);
        let leads_on = |outcome: &OutcomeFlow| outcome.next.iter().any(|to| to != END && !is_delivery(to));
        if step.kind == StepKind::Deliver && (flow.outcomes.len() > 1 || flow.outcomes.iter().any(leads_on)) {
            let message = format!("step `{}` hands the result over, but does not end there", flow.id);
            let help = "give it next = [\"end\"]; what comes after the result belongs before it, or nowhere";
            self.add("procedure.deliver_outcome", at, message, help);
        }
    }
}
