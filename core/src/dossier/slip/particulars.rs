//! What the host knows and motcua keeps nowhere: persons, and how the office presents itself.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A person or an organisation, as the host knows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Person {
    /// Name; a slip cannot do without it.
    pub name: String,
    /// Address.
    pub address: Option<String>,
    /// Telephone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Personal number, passport, or number of the organisation.
    pub id: Option<String>,
}

/// How the office presents itself. What is absent is taken from the organisation, or left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Office {
    /// The one-stop shop by its own name.
    pub name: Option<String>,
    /// The agency that settles; the name of the dossier's unit if absent.
    pub agency: Option<String>,
    /// The agency above it; the name of the unit above if absent.
    pub above: Option<String>,
    /// The place before the date.
    pub place: Option<String>,
    /// Whom to turn to, in one line.
    pub contact: Option<String>,
    /// The name of the head, who signs what the agency writes.
    pub head: Option<String>,
}

/// What stands on a slip beside the dossier. It goes in and comes out with the slip, and is kept nowhere.
///
/// ```
/// use motcua::dossier::slip::Particulars;
/// let particulars: Particulars =
///     serde_json::from_str(r#"{"submitter": {"name": "Nguyễn Văn An", "phone": "0912345678"}}"#).unwrap();
/// assert_eq!(particulars.submitter.name, "Nguyễn Văn An");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Particulars {
    /// Who hands the dossier in.
    pub submitter: Person,
    /// Whose matter it is (chủ hồ sơ), if it is not the submitter's.
    pub owner: Option<Person>,
    /// What is applied for; the name of the procedure if absent.
    pub request: Option<String>,
    /// The number of the slip itself, as it is to stand there: `12/HDHS`.
    pub number: Option<String>,
    /// How many sets of papers came.
    pub sets: Option<u32>,
    /// What is to be paid and how; the published fee if absent.
    pub fee: Option<String>,
    /// Where and how the result is handed over.
    pub collect: Option<String>,
    /// Why a supplement is asked for, beside what is asked for.
    pub because: Option<String>,
    /// Who took the result, for the register.
    pub receiver: Option<String>,
    /// The office.
    pub office: Office,
    /// The names of officers, by their ids.
    pub officers: BTreeMap<String, String>,
}
