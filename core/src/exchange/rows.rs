//! Which rows there are, and what stands in their columns.

use super::cells::{Cells, Fault, Written};
use super::csv::{Gathered, ImportError, gather};
use super::mapping::Mapping;
use crate::calendar::Calendar;
use crate::measure::{
    DocumentFact, MoneyKind, Pause, PaymentFact, Petition, ProcedureFact, RatingFact, StepFact,
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::io::Read;

/// A column that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its name in the first line, in any case and any order.
    pub name: &'static str,
    /// Whether the file must have it.
    pub required: bool,
    /// What stands in it.
    pub meaning: &'static str,
}

const fn must(name: &'static str, meaning: &'static str) -> Column {
    Column { name, required: true, meaning }
}

const fn may(name: &'static str, meaning: &'static str) -> Column {
    Column { name, required: false, meaning }
}

const DOSSIERS: &[Column] = &[
    must("dossier", "code of the dossier (mã hồ sơ), once in the file"),
    must("procedure", "code of the procedure (mã thủ tục), 1.001193"),
    must("unit", "the unit that settles it, in your own words"),
    must(
        "channel",
        "counter, online or post; also trực tiếp, trực tuyến, bưu chính, or 1, 2, 3 as on the portal",
    ),
    must("received", "when it was taken in complete"),
    may("finished", "when the office was done with it; empty while it is open"),
    may("due", "when it was due; computed from the procedure's limit if empty"),
    may("suspended_from", "when its clock was suspended; several times separated by semicolons"),
    may("suspended_to", "when its clock went on, for each of them; empty while it is suspended"),
    may("field", "field of administration (lĩnh vực); that of the catalogue's procedure if empty"),
    may("case", "the case that a special time limit names, in the catalogue's words"),
    may("digitised", "yes if its papers were digitised"),
    may("fee", "what was to be paid, in đồng, 15000 or 15.000; 0 if free"),
    may("paid_online", "yes if it was paid online"),
    may("electronic", "yes if its result is electronic"),
    may("rating", "the applicant's rating: 2, 1 or 0"),
    may("obligation", "yes if there was something to pay; as `fee` says if empty"),
    may("reused", "yes if a paper of it came out of a database"),
    may(
        "status",
        "where it stands, as `resolved`, `withdrawn`; resolved or in progress, by `finished`, if empty",
    ),
    may("supplements", "how often a supplement was asked for"),
];

const STEPS: &[Column] = &[
    must("dossier", "code of the dossier"),
    must("procedure", "code of its procedure"),
    must("unit", "the unit that had to act"),
    may("action", "the command that was waited for; `complete` if empty"),
    may("step", "the step"),
    may("role", "its role"),
    may("officer", "who had it"),
    must("began", "since when"),
    may("ended", "until when; empty while it waits"),
    may("due", "when it was due by the step's own limit"),
    may("done", "no if it went to another hand instead of being done; yes if empty"),
    may("suspended_from", "when the dossier's clock was suspended; several times separated by semicolons"),
    may("suspended_to", "when it went on, for each of them"),
];

const PAYMENTS: &[Column] = &[
    must("dossier", "code of the dossier"),
    must("procedure", "code of its procedure"),
    must("unit", "the unit that settled the dossier"),
    may("kind", "asked, paid, waived or refunded; paid if empty"),
    must("at", "when"),
    must("vnd", "the amount in đồng, 15000 or 15.000"),
    may("online", "yes if it was paid online"),
];

const RATINGS: &[Column] = &[
    must("dossier", "code of the dossier"),
    must("procedure", "code of its procedure"),
    must("unit", "the unit that settled the dossier"),
    must("at", "when"),
    must("score", "2, 1 or 0"),
];

const PETITIONS: &[Column] = &[
    must("petition", "its number"),
    must("unit", "the unit that has to answer"),
    may("dossier", "the dossier it is about"),
    may("class", "how it is classed, in the system's words"),
    must("received", "the day on which it came in"),
    may("forwarded", "the day on which the unit got it from another one"),
    may("answered", "the day on which it was answered"),
    may("refused", "the day on which the unit refused to deal with it"),
    may("dissatisfied", "yes if who sent it was not satisfied"),
    may("repeated", "yes if it repeats an earlier one"),
];

const DOCUMENTS: &[Column] = &[
    must("document", "its number, or whatever names it"),
    must("unit", "the unit whose registry it is"),
    must("direction", "sent or received"),
    must("day", "the day"),
    may("electronic", "yes if it is electronic"),
    may("signed", "yes if it is signed digitally"),
    may("secret", "yes if it is secret"),
];

const PROCEDURES: &[Column] = &[
    must("procedure", "code of the procedure"),
    must("unit", "the unit under whose authority it is"),
    must("tier", "central, province, district or commune: who publishes it"),
    may("decided", "the day of the decision that published it"),
    may("in_force", "the day from which the act behind it is in force"),
    may("made_public", "the day on which it was made public"),
    may("complete", "yes if all its parts are public"),
    may("online", "none, partial or full"),
    may("online_dossiers", "how many dossiers came in online"),
    may("fee", "yes if it has a fee"),
    may("payable_online", "yes if it can be paid online"),
    may("online_payments", "how many payments were made online"),
];

/// The kinds of rows that files have. In all of them moments are Vietnam time, `2023-06-01 09:30`, `2023-06-01`,
/// `01/06/2023 09:30` or `01/06/2023`; yes and no are `1`/`0`, `yes`/`no`, `true`/`false`, `có`/`không`; an empty cell is not
/// known, which is neither no nor 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rows {
    /// A dossier each: [`Fact`](crate::measure::Fact).
    Dossiers,
    /// A time each in which one hand had a dossier: [`StepFact`].
    Steps,
    /// A payment each: [`PaymentFact`].
    Payments,
    /// A rating each: [`RatingFact`].
    Ratings,
    /// A petition each: [`Petition`].
    Petitions,
    /// An official document each: [`DocumentFact`].
    Documents,
    /// A procedure of a unit each: [`ProcedureFact`].
    Procedures,
}

impl Rows {
    /// Their columns.
    #[must_use]
    pub fn columns(self) -> &'static [Column] {
        match self {
            Self::Dossiers => DOSSIERS,
            Self::Steps => STEPS,
            Self::Payments => PAYMENTS,
            Self::Ratings => RATINGS,
            Self::Petitions => PETITIONS,
            Self::Documents => DOCUMENTS,
            Self::Procedures => PROCEDURES,
        }
    }
}

/// Rows of a file that stand for themselves: all but dossiers, whose due dates may have to be computed ([`read_csv`]).
///
/// [`read_csv`]: super::read_csv
pub trait ReadRow: Sized + private::Read {}

impl<T: private::Read> ReadRow for T {}

mod private {
    use super::{Cells, Fault, Rows};

    pub trait Read: Sized {
        const ROWS: Rows;
        #[expect(private_interfaces, reason = "nobody else can call it")]
        fn read(cells: &Cells<'_>) -> Result<Self, Fault>;
    }
}

/// Reads rows of one kind from CSV, with commas or semicolons.
///
/// ```
/// use motcua::exchange::{Mapping, read_rows};
/// use motcua::measure::Petition;
/// let text = "petition,unit,received,answered\nPA-1,xã Hoa Thành,2026-06-01,2026-06-10\nPA-2,xã Hoa Thành,soon,\n";
/// let read = read_rows::<Petition>(text.as_bytes(), &Mapping::default()).unwrap();
/// assert_eq!((read.rows.len(), read.rows[0].dissatisfied, read.bad_rows[0].code), (1, None, "exchange.moment"));
/// ```
///
/// # Errors
/// [`ImportError`] if the first line or the text itself cannot be used. Faults of single rows are in
/// [`Gathered::bad_rows`].
pub fn read_rows<T: ReadRow>(reader: impl Read, mapping: &Mapping) -> Result<Gathered<T>, ImportError> {
    gather(reader, T::ROWS, mapping, |cells, _| T::read(cells))
}

fn needed_day(cells: &Cells<'_>, column: &str) -> Result<NaiveDate, Fault> {
    Ok(cells.needed_moment(column)?.at.date())
}

/// A moment from which working time will be counted, so that the calendar has to have it.
fn counted(cells: &Cells<'_>, column: &str) -> Result<Option<Written>, Fault> {
    cells.moment(column)?.map(|written| written.within(Calendar::vietnam(), column)).transpose()
}

fn counted_day(cells: &Cells<'_>, column: &str) -> Result<Option<NaiveDate>, Fault> {
    Ok(counted(cells, column)?.map(|written| written.at.date()))
}

#[expect(private_interfaces, reason = "nobody else can call it")]
impl private::Read for StepFact {
    const ROWS: Rows = Rows::Steps;

    fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let (began, ended) = (counted(cells, "began")?, counted(cells, "ended")?);
        let began = cells.given("began", began)?;
        if ended.is_some_and(|ended| ended.is_before(began)) {
            let message = "`ended` lies before `began`".into();
            let help = "exchange or correct the two moments";
            return Err(Fault::new("exchange.finished_before_received", message, help));
        }
        let pause = |(from, to): (Written, Option<Written>)| Pause { from: from.at, to: to.map(|to| to.at) };
        Ok(Self {
            dossier: cells.needed_text("dossier")?,
            procedure: cells.needed_text("procedure")?,
            unit: cells.needed_text("unit")?,
            action: cells.text("action").unwrap_or_else(|| "complete".into()),
            step: cells.text("step"),
            role: cells.text("role"),
            officer: cells.text("officer"),
            began: began.at,
            ended: ended.map(|ended| ended.not_before(began.at)),
            due: cells.moment("due")?.map(|due| due.at),
            done: ended.is_some() && cells.flag("done")? != Some(false),
            pauses: cells.spans("suspended_from", "suspended_to")?.into_iter().map(pause).collect(),
        })
    }
}

#[expect(private_interfaces, reason = "nobody else can call it")]
impl private::Read for PaymentFact {
    const ROWS: Rows = Rows::Payments;

    fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let vnd = cells.number("vnd")?;
        Ok(Self {
            dossier: cells.needed_text("dossier")?,
            procedure: cells.needed_text("procedure")?,
            unit: cells.needed_text("unit")?,
            kind: cells.word("kind", "asked, paid, waived or refunded")?.unwrap_or(MoneyKind::Paid),
            at: cells.needed_moment("at")?.at,
            vnd: cells.given("vnd", vnd)?,
            online: cells.flag("online")?,
        })
    }
}

#[expect(private_interfaces, reason = "nobody else can call it")]
impl private::Read for RatingFact {
    const ROWS: Rows = Rows::Ratings;

    fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let score = cells.rating("score")?;
        Ok(Self {
            dossier: cells.needed_text("dossier")?,
            procedure: cells.needed_text("procedure")?,
            unit: cells.needed_text("unit")?,
            at: cells.needed_moment("at")?.at,
            score: cells.given("score", score)?,
        })
    }
}

#[expect(private_interfaces, reason = "nobody else can call it")]
impl private::Read for Petition {
    const ROWS: Rows = Rows::Petitions;

    fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        Ok(Self {
            petition: cells.needed_text("petition")?,
            unit: cells.needed_text("unit")?,
            dossier: cells.text("dossier"),
            class: cells.text("class"),
            received: cells.given("received", counted_day(cells, "received")?)?,
            forwarded: counted_day(cells, "forwarded")?,
            answered: counted_day(cells, "answered")?,
            refused: counted_day(cells, "refused")?,
            dissatisfied: cells.flag("dissatisfied")?,
            repeated: cells.flag("repeated")?,
        })
    }
}

#[expect(private_interfaces, reason = "nobody else can call it")]
impl private::Read for DocumentFact {
    const ROWS: Rows = Rows::Documents;

    fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let direction = cells.word("direction", "sent or received")?;
        Ok(Self {
            document: cells.needed_text("document")?,
            unit: cells.needed_text("unit")?,
            direction: cells.given("direction", direction)?,
            day: needed_day(cells, "day")?,
            electronic: cells.flag("electronic")?,
            signed: cells.flag("signed")?,
            secret: cells.flag("secret")?,
        })
    }
}

#[expect(private_interfaces, reason = "nobody else can call it")]
impl private::Read for ProcedureFact {
    const ROWS: Rows = Rows::Procedures;

    fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let tier = cells.word("tier", "central, province, district or commune")?;
        Ok(Self {
            procedure: cells.needed_text("procedure")?,
            unit: cells.needed_text("unit")?,
            tier: cells.given("tier", tier)?,
            decided: counted_day(cells, "decided")?,
            in_force: counted_day(cells, "in_force")?,
            made_public: counted_day(cells, "made_public")?,
            complete: cells.flag("complete")?,
            online: cells.word("online", "none, partial or full")?,
            online_dossiers: cells.number("online_dossiers")?,
            fee: cells.flag("fee")?,
            payable_online: cells.flag("payable_online")?,
            online_payments: cells.number("online_payments")?,
        })
    }
}
