//! The statutory slips of a dossier: as values, as text, and as pages to print.
//!
//! A slip is made from the dossier and its events, as it stood at the event that the slip tells of. motcua keeps no
//! personal data but what the host wrote into `applicant`, so names and addresses come with each call
//! ([`Particulars`]). Which circular prescribes the form on that day, its number and title, and what is printed on it, is
//! data: `core/data/slips.toml`. The numbers and titles of the circulars were read; the layout of their annexes was not, so
//! the fields are those of templates that provinces use, and [`Slip::layout_verified`] is false.
//!
//! | form | made by | exists after |
//! |---|---|---|
//! | receipt and appointment | [`Receipt::of`] | `accept` |
//! | request for a supplement | [`SupplementRequest::of`] | `request_supplement` |
//! | refusal | [`Refusal::of`] | `refuse`, `resolve` or `resolve_part` with `refused` |
//! | apology | [`Apology::of`] | `reappoint` |
//! | notice of the stop | [`StopNotice::of`] | `withdraw`, `discontinue`, `lapse`; since 15/9/2025 |
//! | control slip | [`ControlSlip::of`] | `accept` |
//! | register | [`Register::of`] | `accept`, many dossiers |
//!
//! [`Slip::of`] makes any of the first six, ready to print.

mod control;
mod document;
mod error;
mod forms;
mod html;
mod letters;
mod matter;
mod particulars;
mod receipt;
mod register;
mod template;
mod text;

pub use control::{ControlRow, ControlSlip, Party};
pub use error::SlipError;
pub use forms::Prescribed;
pub use letters::{Apology, Refusal, RefusalOf, StopCause, StopNotice, SupplementRequest};
pub use matter::Matter;
pub use particulars::{Office, Particulars, Person};
pub use receipt::{Receipt, ReceivedPaper};
pub use register::{Register, RegisterEntry, RegisterRow, Volume};

use super::{Dossier, Event, Rules};
use chrono::NaiveDateTime;
use document::Document;
use forms::Layout;
use serde::{Deserialize, Serialize, Serializer};

/// The slips that there are.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Form {
    /// Giấy tiếp nhận hồ sơ và hẹn trả kết quả.
    Receipt,
    /// Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ.
    SupplementRequest,
    /// Phiếu từ chối tiếp nhận giải quyết hồ sơ.
    Refusal,
    /// Phiếu xin lỗi và hẹn lại ngày trả kết quả; văn bản xin lỗi và đề nghị gia hạn.
    Apology,
    /// Thông báo dừng giải quyết hồ sơ.
    StopNotice,
    /// Phiếu kiểm soát quá trình giải quyết hồ sơ.
    ControlSlip,
    /// Sổ theo dõi hồ sơ.
    Register,
}

/// How a slip is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, strum::EnumString, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    /// Plain text, eighty columns.
    Text,
    /// A page to print.
    Html,
    /// The values.
    Json,
}

/// What a slip says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "each is documented where it is")]
pub enum Values {
    Receipt(Box<Receipt>),
    SupplementRequest(Box<SupplementRequest>),
    Refusal(Box<Refusal>),
    Apology(Box<Apology>),
    StopNotice(Box<StopNotice>),
    ControlSlip(Box<ControlSlip>),
    Register(Box<Register>),
}

impl Values {
    fn form(&self) -> (Form, NaiveDateTime) {
        match self {
            Self::Receipt(slip) => (Form::Receipt, slip.matter.on),
            Self::SupplementRequest(slip) => (Form::SupplementRequest, slip.matter.on),
            Self::Refusal(slip) => (Form::Refusal, slip.matter.on),
            Self::Apology(slip) => (Form::Apology, slip.matter.on),
            Self::StopNotice(slip) => (Form::StopNotice, slip.matter.on),
            Self::ControlSlip(slip) => (Form::ControlSlip, slip.matter.on),
            Self::Register(slip) => (Form::Register, slip.on),
        }
    }
}

/// A slip, with the form that the law prescribed on its day.
#[derive(Clone)]
pub struct Slip {
    /// Which it is.
    pub form: Form,
    /// The circular's form.
    pub prescribed: &'static Prescribed,
    /// What it says.
    pub values: Values,
    layout: &'static Layout,
}

impl Slip {
    /// A slip of one dossier, as of its last event of that kind. For an earlier one give the dossier and its events as they
    /// stood then.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::dossier::slip::{Form, Particulars, Slip};
    /// use motcua::dossier::{Dossier, Event, Organisation, Rules};
    /// use motcua::procedure::Catalogue;
    /// let events: Vec<Event> = serde_json::from_str(r#"[
    ///   {"version": 1, "at": "2026-06-01T09:20:00+07:00", "actor": "applicant", "key": "a", "pinned": "2025-07-01",
    ///    "command": {"receive": {"procedure": "2.000815", "unit": "hoa-thanh", "channel": "counter"}}},
    ///   {"version": 2, "at": "2026-06-01T09:30:00+07:00", "actor": "reception", "key": "b",
    ///    "command": {"accept": {}}}]"#).unwrap();
    /// let (catalogue, organisation) = (Catalogue::embedded(), Organisation::default());
    /// let rules = Rules { catalogue, calendar: Calendar::vietnam(), organisation: &organisation, office: None };
    /// let dossier = Dossier::replay(catalogue, "H41-1", &events).unwrap().unwrap();
    /// let particulars: Particulars = serde_json::from_str(r#"{"submitter": {"name": "Nguyễn Văn An"}}"#).unwrap();
    ///
    /// let receipt = Slip::of(Form::Receipt, &dossier, &events, rules, &particulars).unwrap();
    /// assert_eq!(receipt.prescribed.act, "Thông tư 03/2025/TT-VPCP");
    /// assert!(receipt.text().contains("09 giờ 30 phút, ngày 01 tháng 06 năm 2026"));
    /// assert!(receipt.html().starts_with("<!DOCTYPE html>"));
    ///
    /// let apology = Slip::of(Form::Apology, &dossier, &events, rules, &particulars).unwrap_err();
    /// assert_eq!(apology.code(), "slip.no_reappointment");
    /// ```
    ///
    /// # Errors
    /// Those of the form's own `of`; `slip.no_form` if no circular prescribed it on that day, `slip.many` for a register.
    pub fn of(
        form: Form,
        dossier: &Dossier,
        events: &[Event],
        rules: Rules<'_>,
        particulars: &Particulars,
    ) -> Result<Self, SlipError> {
        let (d, e, r, p) = (dossier, events, rules, particulars);
        Self::new(match form {
            Form::Receipt => Values::Receipt(Box::new(Receipt::of(d, e, r, p)?)),
            Form::SupplementRequest => {
                Values::SupplementRequest(Box::new(SupplementRequest::of(d, e, r, p)?))
            }
            Form::Refusal => Values::Refusal(Box::new(Refusal::of(d, e, r, p)?)),
            Form::Apology => Values::Apology(Box::new(Apology::of(d, e, r, p)?)),
            Form::StopNotice => Values::StopNotice(Box::new(StopNotice::of(d, e, r, p)?)),
            Form::ControlSlip => Values::ControlSlip(Box::new(ControlSlip::of(d, e, r, p)?)),
            Form::Register => return Err(SlipError::Many),
        })
    }

    /// The slip that says this, in the form of its day.
    ///
    /// # Errors
    /// `slip.no_form`
    pub fn new(values: Values) -> Result<Self, SlipError> {
        let (form, on) = values.form();
        let (prescribed, layout) = forms::find(form, on.date())?;
        Ok(Self { form, prescribed, values, layout })
    }

    /// Whether the fields are known to be those of the circular's annex. They are not: it could not be read.
    #[must_use]
    pub fn layout_verified(&self) -> bool {
        self.layout.verified
    }

    /// The slip as it is printed, or as JSON.
    #[must_use]
    pub fn written(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Html => self.html(),
            // Plain structs always serialise.
            Format::Json => serde_json::to_string(self).unwrap_or_default(),
        }
    }

    /// The slip in plain text, eighty columns wide; a letter with its marks takes one.
    #[must_use]
    pub fn text(&self) -> String {
        text::render(&Document::of(self))
    }

    /// The slip as a complete page of HTML, of its paper's size. What the host gave is escaped; there is no script in it
    /// and nothing is fetched.
    #[must_use]
    pub fn html(&self) -> String {
        html::render(&Document::of(self))
    }
}

impl Serialize for Slip {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct View<'a> {
            form: Form,
            prescribed: &'a Prescribed,
            layout_verified: bool,
            values: &'a Values,
        }
        let (form, layout_verified) = (self.form, self.layout_verified());
        View { form, prescribed: self.prescribed, layout_verified, values: &self.values }
            .serialize(serializer)
    }
}

impl std::fmt::Debug for Slip {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slip").field("prescribed", &self.prescribed).field("values", &self.values).finish()
    }
}
