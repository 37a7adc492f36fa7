//! The steps of a procedure: each by itself, and the routing they make.

use super::Checker;
use crate::deadline::SuspensionPolicy;
use crate::procedure::raw::RawStep;
use crate::procedure::{
    Component, Elapse, Named, ProcedureCase, ResultDocument, SIGNED, Step, StepKind, Tier, VoteRule,
};
use crate::routing::{END, OutcomeFlow, Rest, Routing, RoutingError, StepFlow};
use std::collections::HashSet;
use toml::Spanned;

/// The outcome of a step that says only what is next.
const COMPLETE: &str = "complete";

/// The outcomes of a step, an optional one's `skip` among them.
fn outcomes(step: &RawStep) -> Vec<OutcomeFlow> {
    let outcome = |name: &str, next: &[String], cancel: &[String]| OutcomeFlow {
        name: name.into(),
        next: next.to_vec(),
        cancel: cancel.to_vec(),
    };
    let mut outcomes: Vec<OutcomeFlow> = match &step.next {
        Some(next) if step.outcomes.is_empty() => vec![outcome(COMPLETE, next, &[])],
        _ => step.outcomes.iter().map(|(name, to)| outcome(name, &to.0.next, &to.0.cancel)).collect(),
    };
    if step.optional && !outcomes.iter().any(|outcome| outcome.name == Step::SKIP) {
        let done = SIGNED.iter().find_map(|done| outcomes.iter().find(|outcome| outcome.name == *done));
        if let Some(done) = done {
            outcomes.push(outcome(Step::SKIP, &done.next, &done.cancel));
        }
    }
    outcomes
}

impl Checker<'_> {
    pub(super) fn step(&mut self, raw: &RawStep, tier: Tier) -> Step {
        self.filled(&raw.name_vi);
        let role = raw.role.as_ref().map(|role| self.role(role));
        let limit = raw.limit.as_ref().and_then(|limit| self.limit(limit));
        let outcomes = outcomes(raw);
        let has = |wanted: &str| outcomes.iter().any(|outcome| outcome.name == wanted);
        let (id, at) = (raw.id.get_ref(), raw.id.span().start);
        if let Some(clock) = &raw.clock
            && *clock.get_ref() == SuspensionPolicy::SecondStage
        {
            let message = format!("step `{id}` cannot lead to a second stage of the clock");
            let help = "use pause, restart or keep_running";
            self.add("procedure.second_stage", clock.span().start, message, help);
        }
        if raw.optional && !has(Step::SKIP) {
            let message = format!("step `{id}` may be left out, but it is not clear what follows then");
            let help = "name an outcome `skip`, or one `complete`, whose way is then taken";
            self.add("procedure.optional", at, message, help);
        }
        let vote = self.vote(raw);
        if vote.is_some() && !has("approve") {
            let message = format!("step `{id}` votes, and has no outcome `approve`");
            self.add("procedure.vote", at, message, "call the outcome that needs the votes `approve`");
        }
        if raw.in_person && raw.kind != StepKind::Deliver {
            let message = format!("step `{id}` is `in_person`, and hands no result over");
            self.add("procedure.in_person", at, message, "remove it, or correct `kind`");
        }
        if raw.numbered && matches!(raw.kind, StepKind::Sign | StepKind::Deliver) {
            let message = format!("step `{id}` is `numbered`, and is not ended by `complete`");
            let help = "give the number in a step of its own, of kind stamp or register";
            self.add("procedure.numbered", at, message, help);
        }
        Step {
            id: id.clone(),
            name_vi: raw.name_vi.get_ref().clone(),
            role,
            kind: raw.kind,
            tier: raw.tier.as_ref().map_or(tier, |tier| *tier.get_ref()),
            limit,
            text: raw.text.clone(),
            clock: raw.clock.as_ref().map(|clock| *clock.get_ref()),
            elapse: self.elapse(raw, &outcomes),
            on_return: raw.on_return,
            vote,
            numbered: raw.numbered,
            in_person: raw.in_person,
            documents: raw.documents.iter().map(|document| document.get_ref().clone()).collect(),
            optional: raw.optional,
        }
    }

    /// The id of a role, by any of its names.
    fn role(&mut self, role: &Spanned<String>) -> String {
        let vocabulary = self.vocabulary;
        match vocabulary.role_named(role.get_ref()) {
            Named::Role(found) => return found.id.clone(),
            Named::Several(several) => {
                let message = format!("several roles go by `{}`", role.get_ref());
                let help = format!("write which is meant: {}", several.join(", "));
                self.add("procedure.ambiguous_role", role.span().start, message, &help);
            }
            Named::Unknown => self.known(
                role,
                ("role", "procedure.unknown_role"),
                |_| false,
                || vocabulary.roles.iter().map(|role| role.id.as_str()).collect(),
            ),
        }
        role.get_ref().clone()
    }

    /// What a vote needs, if the step votes.
    fn vote(&mut self, raw: &RawStep) -> Option<VoteRule> {
        let (least, more) = (raw.vote_at_least.as_ref(), raw.vote_more_than.as_ref());
        let quorum = raw.quorum.as_ref().map(|quorum| self.share(quorum));
        let Some(share) = least.or(more) else {
            let alone = [raw.vote_of.as_ref().map(Spanned::span), raw.quorum.as_ref().map(Spanned::span)];
            if let Some(at) = alone.into_iter().flatten().next() {
                let message =
                    format!("step `{}` says how votes are counted, and needs none", raw.id.get_ref());
                self.add("procedure.vote", at.start, message, "add vote_at_least or vote_more_than");
            }
            return None;
        };
        if least.is_some() && more.is_some() {
            let message =
                format!("step `{}` has both `vote_at_least` and `vote_more_than`", raw.id.get_ref());
            self.add("procedure.vote", share.span().start, message, "keep one of them");
        }
        let (share, of) = (self.share(share)?, raw.vote_of.as_ref().map(|of| *of.get_ref()));
        if more.is_some() && share.0 == share.1 {
            let message = format!("in step `{}` nothing is more than all votes", raw.id.get_ref());
            self.add("procedure.vote", raw.id.span().start, message, "use vote_at_least = \"1/1\"");
        }
        Some(VoteRule { share, more: more.is_some(), of: of.unwrap_or_default(), quorum: quorum.flatten() })
    }

    /// A share of votes, `1/2`.
    fn share(&mut self, share: &Spanned<String>) -> Option<(u32, u32)> {
        let parts = share.get_ref().split_once('/');
        let numbers = parts.and_then(|(a, b)| Some((a.trim().parse().ok()?, b.trim().parse().ok()?)));
        let found = numbers.filter(|(part, whole): &(u32, u32)| *part > 0 && part <= whole);
        if found.is_none() {
            let message = format!("`{}` is no share of votes", share.get_ref());
            self.add("procedure.vote", share.span().start, message, "write \"1/2\" or \"2/3\"");
        }
        found
    }

    /// When a step may end by itself: after a time that can be over, with an outcome it has.
    fn elapse(&mut self, raw: &RawStep, outcomes: &[OutcomeFlow]) -> Option<Elapse> {
        let id = raw.id.get_ref();
        let Some(after) = &raw.after else {
            if raw.not_before || raw.then.is_some() {
                let message = format!("step `{id}` has `not_before` or `then`, and no time to wait for");
                self.add("procedure.elapse", raw.id.span().start, message, "add after = \"15 day\"");
            }
            return None;
        };
        let names: Vec<&str> = outcomes.iter().map(|outcome| outcome.name.as_str()).collect();
        let then = match (&raw.then, names.as_slice()) {
            (Some(then), known) => {
                let what = ("outcome of the step", "procedure.elapse");
                self.known(then, what, |name| known.contains(&name), || known.to_vec());
                then.get_ref().clone()
            }
            (None, [only]) => (*only).to_owned(),
            (None, _) => {
                let message =
                    format!("step `{id}` ends after a time, but it is not clear with which outcome");
                let help = format!("add then = \"…\", one of: {}", names.join(", "));
                self.add("procedure.elapse", after.span().start, message, &help);
                String::new()
            }
        };
        if raw.kind == StepKind::Deliver {
            let message = format!("step `{id}` hands the result over, which does not happen by itself");
            self.add("procedure.elapse", after.span().start, message, "remove `after`");
        }
        if raw.kind == StepKind::Sign && SIGNED.contains(&then.as_str()) {
            let message = format!("step `{id}` is signed, and nobody signs by letting time pass");
            self.add(
                "procedure.elapse",
                after.span().start,
                message,
                "let `then` hand it back, or remove `after`",
            );
        }
        let after = self.span_of_time(after)?;
        Some(Elapse { after, then, not_before: raw.not_before })
    }

    /// Steps work on papers that are handed in, and on results.
    pub(super) fn documents(
        &mut self,
        steps: &[RawStep],
        components: &[Component],
        results: &[ResultDocument],
    ) {
        if !self.whole {
            return;
        }
        for document in steps.iter().flat_map(|step| &step.documents) {
            let ids = || {
                let components = components.iter().filter_map(|component| component.id.as_deref());
                components.chain(results.iter().filter_map(|result| result.code.as_deref()))
            };
            let what = ("document of the procedure", "procedure.unknown_document");
            self.known(document, what, |id| ids().any(|known| known == id), || ids().collect());
        }
    }

    /// The routing, with the flows it was compiled from.
    pub(super) fn routing(
        &mut self,
        at: usize,
        steps: &[RawStep],
        cases: &[ProcedureCase],
    ) -> Option<(Vec<StepFlow>, Routing)> {
        self.ids("step", steps.iter().map(|step| &step.id));
        let mut flows = Vec::new();
        for step in steps {
            if step.next.is_some() && !step.outcomes.is_empty() {
                let message = format!("step `{}` has both `next` and `outcomes`", step.id.get_ref());
                let at = step.id.span().start;
                self.add("procedure.next_and_outcomes", at, message, "keep one of them");
            }
            self.partial_join(step);
            flows.push(StepFlow {
                id: step.id.get_ref().clone(),
                outcomes: outcomes(step),
                join: step.join.clone(),
                need: step.need.as_ref().map(|need| *need.get_ref()),
                rest: step.rest.as_ref().map_or(Rest::default(), |rest| *rest.get_ref()),
            });
        }
        for (step, flow) in steps.iter().zip(&flows) {
            self.outcomes_fit(step, flow, steps);
        }
        // A case may begin elsewhere than at the first step; where it names no step is told already.
        let begins: Vec<&str> = cases.iter().filter_map(|case| case.start.as_deref()).collect();
        let first = flows.first().map(|flow| flow.id.as_str());
        let is_step = |start: &&str| flows.iter().any(|flow| flow.id == *start);
        let mut starts: Vec<&str> = first.into_iter().chain(begins).filter(is_step).collect();
        let mut seen = HashSet::new();
        starts.retain(|start| seen.insert(*start));
        match Routing::compile_within(&flows, &starts, self.left) {
            Ok(routing) => Some((flows, routing)),
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

    /// What a join needs less than all of is said of a join.
    fn partial_join(&mut self, step: &RawStep) {
        let at = match (&step.need, &step.rest) {
            (Some(need), _) if step.join.is_empty() => need.span().start,
            (None, Some(rest)) => rest.span().start,
            _ => return,
        };
        let message = format!("step `{}` has `need` or `rest` without what it is about", step.id.get_ref());
        let help = "write join = [...] and need = n, or remove it";
        self.add("procedure.partial_join", at, message, help);
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
