//! A dossier as JSON.

use super::state::{Dossier, Rest};
use super::{Decision, Status};
use crate::deadline::Clock;
use crate::moment;
use crate::procedure::Channel;
use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;

#[derive(Serialize)]
struct View<'a> {
    code: &'a str,
    version: u64,
    status: Status,
    #[serde(with = "moment")]
    since: NaiveDateTime,
    procedure: &'a str,
    in_force_from: NaiveDate,
    unit: &'a str,
    owner: Option<&'a str>,
    channel: Channel,
    case: Option<&'a str>,
    applicant: Option<&'a str>,
    #[serde(with = "moment")]
    submitted: NaiveDateTime,
    #[serde(with = "moment::option")]
    accepted: Option<NaiveDateTime>,
    clock: Option<&'a Clock>,
    tasks: Vec<TaskView<'a>>,
    supplements: u8,
    digitised: Option<bool>,
    paid_online: bool,
    #[serde(with = "moment::option")]
    ended: Option<NaiveDateTime>,
    result: Option<Decision>,
    electronic: bool,
    #[serde(with = "moment::option")]
    delivered: Option<NaiveDateTime>,
    rating: Option<u8>,
    #[serde(with = "moment")]
    last: NaiveDateTime,
    #[serde(flatten)]
    rest: &'a Rest,
}

#[derive(Serialize)]
struct TaskView<'a> {
    step: &'a str,
    #[serde(with = "moment")]
    since: NaiveDateTime,
    assignee: Option<&'a str>,
}

impl Serialize for Dossier {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let view = View {
            code: &self.code,
            version: self.version,
            status: self.status,
            since: self.since(),
            procedure: &self.procedure.code,
            in_force_from: self.procedure.in_force_from,
            unit: &self.unit,
            owner: self.owner(),
            channel: self.channel,
            case: self.case(),
            applicant: self.applicant(),
            submitted: self.submitted(),
            accepted: self.accepted(),
            clock: self.clock(),
            tasks: (self.running())
                .map(|t| TaskView { step: &t.step.id, since: t.since, assignee: t.assignee })
                .collect(),
            supplements: self.supplements,
            digitised: self.digitised,
            paid_online: self.paid_online,
            ended: self.ended(),
            result: self.result,
            electronic: self.electronic,
            delivered: self.delivered(),
            rating: self.rating,
            last: self.last(),
            rest: self.rest(),
        };
        view.serialize(serializer)
    }
}
