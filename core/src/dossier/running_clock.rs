//! How events run, hold and end the clock of a dossier, and what is owed.

use super::state::{Dossier, Stamp};
use super::{Action, DossierError, Status};
use crate::deadline::{Change, Clock, ExtensionKind, Incident, Lapse, SuspensionPolicy, TimeLimit};
use crate::procedure::{Catalogue, ClockStart, Duty, Step};
use crate::routing::Marking;
use chrono::NaiveDateTime;

impl Dossier {
    pub(super) fn money_or_time(
        &mut self,
        catalogue: &Catalogue,
        action: &Action,
        at: NaiveDateTime,
    ) -> Result<(), DossierError> {
        match action {
            Action::RequestPayment { vnd, reason, incident } => {
                // Whether the rule could be used was asked when it was; here only what it does.
                let rule = incident.as_deref().map(Incident::find).transpose()?;
                let policy = rule.and_then(Incident::policy);
                let policy = policy.unwrap_or_else(|| self.payment_policy(catalogue));
                let rest = self.rest_mut();
                rest.asked_vnd = rest.asked_vnd.saturating_add(*vnd);
                rest.owed_vnd = rest.owed_vnd.saturating_add(*vnd);
                let unanswered = rule.and_then(|rule| rule.unanswered);
                if unanswered.is_some() {
                    self.apart_mut().unanswered = unanswered;
                }
                self.hold(at, reason, policy, rule.and_then(|rule| rule.answer_within))?;
            }
            Action::Pay { vnd, online } => {
                self.paid_online |= online;
                let rest = self.rest_mut();
                rest.paid_vnd = rest.paid_vnd.saturating_add(*vnd);
                self.owe_less(*vnd, at)?;
            }
            Action::CancelPayment { .. } => self.owe_less(u64::MAX, at)?,
            Action::Waive { vnd, .. } => {
                let rest = self.rest_mut();
                rest.waived_vnd = rest.waived_vnd.saturating_add(*vnd);
                self.owe_less(*vnd, at)?;
            }
            Action::Refund { vnd, .. } => {
                let rest = self.rest_mut();
                rest.refunded_vnd = rest.refunded_vnd.saturating_add(*vnd);
            }
            Action::Suspend { reason, incident } => {
                let Some(clock) = &mut self.clock else { return Ok(()) };
                let rule = incident.as_deref().map(Incident::find).transpose()?;
                let policy = rule.and_then(Incident::policy).unwrap_or(SuspensionPolicy::Pause);
                let reason = rule.map_or(reason.as_str(), |rule| rule.text_vi.as_str()).into();
                let answer_within = rule.and_then(|rule| rule.answer_within);
                clock.change(at, Change::Suspend { reason, policy, answer_within })?;
                let number = clock.last_suspension();
                let apart = self.apart_mut();
                (apart.paused, apart.rest.suspended) = (number, Some(at));
            }
            Action::Resume {} => {
                let apart = self.apart_mut();
                apart.rest.suspended = None;
                let number = apart.paused.take();
                self.resume(number, at)?;
            }
            Action::Extend { by, reason, incident } => {
                let Some(clock) = &mut self.clock else { return Ok(()) };
                let rule = incident.as_deref().map(Incident::find).transpose()?;
                let kind = rule.and_then(Incident::extends).unwrap_or(ExtensionKind::Agreed);
                let reason = rule.map_or(reason.as_str(), |rule| rule.text_vi.as_str()).into();
                clock.change(at, Change::Extend { by: *by, kind, reason })?;
            }
            Action::Reappoint { to, reason } => {
                if let Some(clock) = &mut self.clock {
                    clock.put_off(at, *to, reason.as_str())?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn answer_within(&self, catalogue: &Catalogue) -> Option<TimeLimit> {
        self.procedure.answer_within.or_else(|| self.regime(catalogue).ok()?.answer_within)
    }

    /// What comes if the applicant does not answer: as the rule says by which he was asked, else as the regime.
    pub(super) fn unanswered(&self, catalogue: &Catalogue) -> Result<Lapse, DossierError> {
        match self.apart.as_ref().and_then(|apart| apart.unanswered) {
            Some(unanswered) => Ok(unanswered),
            None => Ok(self.regime(catalogue)?.lapse),
        }
    }

    fn payment_policy(&self, catalogue: &Catalogue) -> SuspensionPolicy {
        self.regime(catalogue).map_or(SuspensionPolicy::Pause, |regime| regime.on_payment)
    }

    /// Starts the clock of a dossier that was taken in: at once, or, where the law has it so, when the agency that settles
    /// it has received it.
    pub(super) fn start_clock(
        &mut self,
        catalogue: &Catalogue,
        marking: Marking,
        at: NaiveDateTime,
    ) -> Result<(), DossierError> {
        let starts = match self.regime(catalogue)?.clock_starts {
            ClockStart::Accepted => true,
            ClockStart::ReceivedByCompetentAgency => self.is_with_agency(catalogue, marking),
        };
        if starts {
            self.clock = Some(self.new_clock(catalogue, at)?);
        }
        Ok(())
    }

    /// Whether a step runs that is neither the reception's, nor waits for the applicant or a machine.
    fn is_with_agency(&self, catalogue: &Catalogue, marking: Marking) -> bool {
        let duty = |step: &Step| Some(catalogue.role(step.role.as_deref()?)?.duty);
        let elsewhere = [Duty::Reception, Duty::Applicant, Duty::System].map(Some);
        let mut running = self.procedure.routing.running_steps(marking);
        running
            .any(|step| self.procedure.steps.get(step).is_some_and(|step| !elsewhere.contains(&duty(step))))
    }

    pub(super) fn new_clock(&self, catalogue: &Catalogue, at: NaiveDateTime) -> Result<Clock, DossierError> {
        let regime = self.regime(catalogue)?;
        Ok(Clock::new(self.procedure.limit_rule(self.channel, self.case.as_deref(), regime), at))
    }

    /// The applicant has to do something; the clock is suspended as the policy says.
    pub(super) fn hold(
        &mut self,
        at: NaiveDateTime,
        reason: &str,
        policy: SuspensionPolicy,
        answer_within: Option<TimeLimit>,
    ) -> Result<(), DossierError> {
        if let Some(clock) = &mut self.clock {
            clock.change(at, Change::Suspend { reason: reason.into(), policy, answer_within })?;
            let number = clock.last_suspension();
            self.apart_mut().held = number;
        }
        Ok(())
    }

    pub(super) fn go_on(&mut self, at: NaiveDateTime) -> Result<(), DossierError> {
        let number = self.apart.as_mut().and_then(|apart| {
            apart.unanswered = None;
            apart.held.take()
        });
        self.resume(number, at)
    }

    pub(super) fn owe_less(&mut self, vnd: u64, at: NaiveDateTime) -> Result<(), DossierError> {
        if self.status != Status::PaymentRequested {
            return Ok(());
        }
        let rest = self.rest_mut();
        rest.owed_vnd = rest.owed_vnd.saturating_sub(vnd);
        if rest.owed_vnd == 0 { self.go_on(at) } else { Ok(()) }
    }

    pub(super) fn owes(&self) -> bool {
        self.rest().owed_vnd > 0
    }

    pub(super) fn resume(&mut self, suspension: Option<u16>, at: NaiveDateTime) -> Result<(), DossierError> {
        if let (Some(number), Some(clock)) = (suspension, &mut self.clock)
            && clock.stopped().is_none()
        {
            clock.change(at, Change::Resume { suspension: number.into() })?;
        }
        Ok(())
    }

    pub(super) fn end(&mut self, at: NaiveDateTime) -> Result<(), DossierError> {
        if let Some(clock) = self.clock.as_mut().filter(|clock| clock.stopped().is_none()) {
            clock.stop(at)?;
        }
        self.marking = Marking::default();
        self.tasks.clear();
        if let Some(apart) = &mut self.apart {
            apart.rest.consultations.clear();
            (apart.held, apart.paused, apart.rest.suspended, apart.unanswered) = (None, None, None, None);
        }
        self.ended = Some(Stamp::of(at));
        Ok(())
    }
}
