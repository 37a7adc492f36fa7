//! The words of an event: what may be about a person, and can be taken out of a journal by law without touching the rest.

use super::{Action, Event};
use std::collections::VecDeque;

impl Action {
    /// Visits what people wrote and who applied, in an order that never changes.
    fn each_text(&mut self, visit: &mut dyn FnMut(&mut String)) {
        match self {
            Self::Receive(application) => {
                if let Some(applicant) = &mut application.applicant {
                    let mut text = applicant.to_string();
                    visit(&mut text);
                    *applicant = text.into();
                }
            }
            Self::Refuse { reason }
            | Self::RequestSupplement { reason }
            | Self::Return { reason, .. }
            | Self::Recall { reason, .. }
            | Self::RequestPayment { reason, .. }
            | Self::CancelPayment { reason }
            | Self::Waive { reason, .. }
            | Self::Refund { reason, .. }
            | Self::Suspend { reason, .. }
            | Self::Extend { reason, .. }
            | Self::Reappoint { reason, .. }
            | Self::Discontinue { reason }
            | Self::Transfer { reason, .. } => visit(reason),
            Self::Amend { what } | Self::ReportError { what } | Self::Correct { what } => visit(what),
            Self::Consult { question, .. } => visit(question),
            Self::Answer { opinion, .. } => visit(opinion),
            Self::Complete { note: text, .. }
            | Self::Withdraw { reason: text }
            | Self::Resolve { reason: text, .. }
            | Self::ResolvePart { reason: text, .. }
            | Self::Deliver { to: text, .. }
            | Self::Notify { text, .. } => text.iter_mut().for_each(visit),
            Self::Accept { .. }
            | Self::Supply { .. }
            | Self::HandIn { .. }
            | Self::Claim { .. }
            | Self::Release { .. }
            | Self::Assign { .. }
            | Self::Sign { .. }
            | Self::Elapse { .. }
            | Self::Unask { .. }
            | Self::Pay { .. }
            | Self::Resume {}
            | Self::Lapse {}
            | Self::Entrust { .. }
            | Self::Link { .. }
            | Self::Migrate { .. }
            | Self::Rate { .. } => {}
        }
    }
}

impl Action {
    /// Whether there are any words in it, be they empty.
    pub(crate) fn has_texts(&self) -> bool {
        match self {
            Self::Receive(application) => application.applicant.is_some(),
            Self::Complete { note: text, .. }
            | Self::Withdraw { reason: text }
            | Self::Resolve { reason: text, .. }
            | Self::ResolvePart { reason: text, .. }
            | Self::Deliver { to: text, .. }
            | Self::Notify { text, .. } => text.is_some(),
            // The rest always has some, or never: few do, and a copy costs little.
            _ => {
                let mut any = false;
                self.clone().each_text(&mut |_| any = true);
                any
            }
        }
    }
}

impl Event {
    /// Takes the words out of the event, in whose place empty ones stay.
    pub(crate) fn take_texts(&mut self) -> Vec<String> {
        let mut texts = Vec::new();
        self.action.each_text(&mut |text| texts.push(std::mem::take(text)));
        texts
    }

    /// Puts them back.
    pub(crate) fn put_texts(&mut self, texts: Vec<String>) {
        let mut texts = VecDeque::from(texts);
        self.action.each_text(&mut |text| *text = texts.pop_front().unwrap_or_default());
    }
}
