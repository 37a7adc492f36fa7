use super::took::{Pause, Took, pauses};
use crate::calendar::{Calendar, CalendarError};
use crate::dossier::{Dossier, DossierError, Status};
use crate::moment;
use crate::procedure::Channel;
use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

/// One dossier, as the figures see it. Moments are Vietnam time; what is not known is absent, not `false` and not 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// Code of the dossier.
    pub dossier: String,
    /// Code of its procedure.
    pub procedure: String,
    /// Id or name of the field of administration.
    pub field: String,
    /// The unit that settles it.
    pub unit: String,
    /// The way in.
    pub channel: Channel,
    /// Where it stands.
    pub status: Status,
    /// When it was taken in; absent if it never was.
    #[serde(with = "moment::option")]
    pub received: Option<NaiveDateTime>,
    /// When it is, or was, due; absent if no limit is stated or known, or while the clock is suspended.
    #[serde(with = "moment::option")]
    pub due: Option<NaiveDateTime>,
    /// When the office was done with it.
    #[serde(with = "moment::option")]
    pub finished: Option<NaiveDateTime>,
    /// How often a supplement was asked for.
    pub supplements: Option<u32>,
    /// Whether its papers were digitised (số hóa).
    pub digitised: Option<bool>,
    /// Whether it carried a financial obligation, a fee that is not zero.
    pub obligation: Option<bool>,
    /// Whether that was paid online.
    pub paid_online: Option<bool>,
    /// Whether its result is electronic; absent while there is none.
    pub electronic: Option<bool>,
    /// The applicant's rating, 2, 1 or 0.
    pub rating: Option<u8>,
    /// Whether some of its papers came out of a database instead of being handed in (khai thác, sử dụng lại).
    #[serde(default)]
    pub reused: Option<bool>,
    /// When the office had to wait for somebody else, so that its time did not count.
    #[serde(default)]
    pub pauses: Vec<Pause>,
}

impl Fact {
    /// The fact of a dossier as it stands.
    ///
    /// # Errors
    /// `calendar.*` if its due date lies outside the calendar.
    pub fn of(dossier: &Dossier, calendar: &Calendar) -> Result<Self, DossierError> {
        Ok(Self {
            dossier: dossier.code.to_string(),
            procedure: dossier.procedure.code.clone(),
            field: dossier.procedure.field.clone(),
            unit: dossier.unit.to_string(),
            channel: dossier.channel,
            status: dossier.status,
            received: dossier.accepted(),
            due: dossier.due(calendar)?,
            finished: dossier.ended(),
            supplements: Some(dossier.supplements.into()),
            digitised: dossier.digitised,
            obligation: Some(dossier.rest().asked_vnd > 0 || dossier.rest().paid_vnd > 0),
            paid_online: Some(dossier.paid_online),
            electronic: dossier.result.map(|_| dossier.electronic),
            rating: dossier.rating,
            reused: Some(&dossier.rest().papers)
                .filter(|papers| !papers.is_empty())
                .map(|papers| papers.iter().any(|paper| paper.from_data)),
            pauses: pauses(dossier.clock()),
        })
    }

    /// How long the office had it, in working time and without the time in which it had to wait: until it was done with it,
    /// or, as long as it is open, until a moment. `None` if it was not taken in by then. The calendar is that of the unit.
    ///
    /// # Errors
    /// `calendar.date_out_of_range`
    pub fn took(&self, until: NaiveDateTime, calendar: &Calendar) -> Result<Option<Took>, CalendarError> {
        let until = self.finished.map_or(until, |finished| finished.min(until));
        let Some(received) = self.received.filter(|received| *received <= until) else { return Ok(None) };
        Took::between(received, until, &self.pauses, calendar).map(Some)
    }
}
