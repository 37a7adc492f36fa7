//! The tables of a procedure beside its steps: limits, cases, parts, papers, fees.

use super::Checker;
use crate::deadline::{CutOff, CutOffEffect, LimitRule};
use crate::procedure::raw::{
    RawAccepted, RawCase, RawComponent, RawFee, RawPart, RawProcedure, RawStep, RawTimeLimit,
};
use crate::procedure::{AcceptedFinding, Channel, Component, Fee, PartOf, ProcedureCase, TimeLimitRow};
use chrono::NaiveTime;
use toml::Spanned;

impl Checker<'_> {
    pub(super) fn time_limit(&mut self, row: RawTimeLimit) -> Option<TimeLimitRow> {
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
        let case = case.map(Spanned::into_inner);
        let second_stage = second_stage.map_or(Some(None), |limit| limit.map(Some))?;
        Some(TimeLimitRow { limit: limit?, text, channel, case, cut_off, second_stage, source })
    }

    /// A dossier of any channel, of no special case, must find a row.
    pub(super) fn every_channel(&mut self, at: usize, rows: &[TimeLimitRow]) {
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
    /// The declared cases; without any, the texts of the time limits are the cases.
    pub(super) fn cases(
        &mut self,
        raw: &RawProcedure,
        declared: Vec<RawCase>,
        limits: &[RawTimeLimit],
        steps: &[RawStep],
    ) -> Vec<ProcedureCase> {
        if let (Some(question), true) = (&raw.question_vi, declared.is_empty()) {
            let message = "there is a question, and no case that it could choose".into();
            let help = "add [[procedure.case]] entries, or remove question_vi";
            self.add("procedure.question", question.span().start, message, help);
        }
        self.ids("case", declared.iter().map(|case| &case.id));
        let mut cases: Vec<ProcedureCase> = Vec::new();
        for case in declared {
            self.filled(&case.name_vi);
            if let Some(start) = &case.start {
                self.step_named(start, steps);
            }
            let start = case.start.map(Spanned::into_inner);
            cases.push(ProcedureCase { id: case.id.into_inner(), name_vi: case.name_vi.into_inner(), start });
        }
        let is_declared = !cases.is_empty();
        for named in limits.iter().filter_map(|row| row.case.as_ref()) {
            let is_known = cases.iter().any(|case| case.id == *named.get_ref());
            if is_declared && !is_known && self.whole {
                let message = format!("`{}` is no case of the procedure", named.get_ref());
                let known: Vec<&str> = cases.iter().map(|case| case.id.as_str()).collect();
                let help = format!("use one of {}, or add it under [[procedure.case]]", known.join(", "));
                self.add("procedure.unknown_case", named.span().start, message, &help);
            } else if !is_known && !is_declared {
                let name_vi = named.get_ref().clone();
                cases.push(ProcedureCase { id: name_vi.clone(), name_vi, start: None });
            }
        }
        cases
    }

    /// Whether the procedures that parts name are there is known once all files are loaded.
    pub(super) fn parts(&mut self, raw: Vec<RawPart>) -> Vec<PartOf> {
        self.ids("part", raw.iter().map(|part| &part.id));
        for part in &raw {
            self.filled(&part.name_vi);
        }
        let part = |raw: RawPart| PartOf {
            id: raw.id.into_inner(),
            name_vi: raw.name_vi.into_inner(),
            procedure: raw.procedure.map(Spanned::into_inner),
            optional: raw.optional,
        };
        raw.into_iter().map(part).collect()
    }

    pub(super) fn components(&mut self, raw: Vec<RawComponent>, cases: &[ProcedureCase]) -> Vec<Component> {
        self.ids("component", raw.iter().filter_map(|component| component.id.as_ref()));
        for component in &raw {
            self.filled(&component.name_vi);
            self.cases_known(&component.cases, cases);
        }
        raw.into_iter().map(Into::into).collect()
    }

    /// Papers and fees may be for some cases only.
    fn cases_known(&mut self, named: &[Spanned<String>], cases: &[ProcedureCase]) {
        if !self.whole {
            return;
        }
        for case in named {
            let what = ("case of the procedure", "procedure.unknown_case");
            let known = || cases.iter().map(|case| case.id.as_str());
            self.known(case, what, |id| known().any(|known| known == id), || known().collect());
        }
    }

    pub(super) fn fees(&mut self, raw: Vec<RawFee>, cases: &[ProcedureCase]) -> Vec<Fee> {
        for (n, fee) in raw.iter().enumerate() {
            let at = fee.text.span().start;
            self.filled(&fee.text);
            self.cases_known(&fee.cases, cases);
            if let Some(per) = &fee.per {
                self.filled(per);
            }
            let wrong = if fee.from_quantity.zip(fee.to_quantity).is_some_and(|(from, to)| to < from) {
                Some(("to_quantity is less than from_quantity", "exchange or correct the two"))
            } else if fee.from.as_ref().zip(fee.to.as_ref()).is_some_and(|(from, to)| to < from) {
                Some(("its last day lies before its first", "exchange or correct the two dates"))
            } else if fee.max_vnd.is_some() && (fee.per.is_none() || fee.vnd.is_none()) {
                Some(("max_vnd is there without an amount for each", "add `per` and `vnd`, or remove it"))
            } else if raw.iter().take(n).any(|other| counts_twice(other, fee)) {
                Some((
                    "an earlier row counts some of the same",
                    "give the rows from_quantity and to_quantity",
                ))
            } else {
                None
            };
            if let Some((what, help)) = wrong {
                self.add("procedure.fee", at, format!("the fee cannot be counted: {what}"), help);
            }
        }
        raw.into_iter().map(Into::into).collect()
    }

    pub(super) fn accepted(&mut self, raw: &[RawAccepted], steps: &[RawStep]) {
        for accepted in raw {
            self.filled(&accepted.why);
            self.filled(&accepted.source);
            let codes = AcceptedFinding::CODES;
            let what = ("finding that can be accepted", "procedure.unknown_finding");
            self.known(&accepted.finding, what, |code| codes.contains(&code), || codes.to_vec());
            if let Some(step) = &accepted.step {
                self.step_named(step, steps);
            }
        }
    }
}

/// Whether two rows count the same thing, of the same channel, on the same days.
fn counts_twice(a: &RawFee, b: &RawFee) -> bool {
    let per = |fee: &RawFee| fee.per.as_ref().map(|per| per.get_ref().clone());
    let meet = |from_a, to_a, from_b, to_b| from_b <= to_a && from_a <= to_b;
    let (of_a, of_b) = (a, b);
    let quantities = meet(
        of_a.from_quantity.unwrap_or(1),
        of_a.to_quantity.unwrap_or(u32::MAX),
        of_b.from_quantity.unwrap_or(1),
        of_b.to_quantity.unwrap_or(u32::MAX),
    );
    let days = b.from.is_none_or(|from| a.to.is_none_or(|to| from <= to))
        && a.from.is_none_or(|from| b.to.is_none_or(|to| from <= to));
    let cases = |fee: &RawFee| fee.cases.iter().map(|case| case.get_ref().clone()).collect::<Vec<_>>();
    let (cases_a, cases_b) = (cases(a), cases(b));
    let same_cases = cases_a.is_empty() && cases_b.is_empty() || cases_a.iter().any(|c| cases_b.contains(c));
    a.per.is_some() && per(a) == per(b) && a.channel == b.channel && same_cases && quantities && days
}
