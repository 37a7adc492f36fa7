//! Official documents.

use super::super::ratio::Told;
use super::super::{Measure, Period, Ratio};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Which way a document went.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::EnumString,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Direction {
    /// Văn bản đi.
    Sent,
    /// Văn bản đến.
    Received,
}

/// An official document (văn bản đi, văn bản đến), as a registry has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DocumentFact {
    /// Its number, or whatever names it.
    pub document: String,
    /// The unit whose registry it is.
    pub unit: String,
    /// Which way it went.
    pub direction: Direction,
    /// The day.
    pub day: NaiveDate,
    /// Whether it is electronic; absent if not known.
    pub electronic: Option<bool>,
    /// Whether it is signed digitally (ký số); absent if not known.
    pub signed: Option<bool>,
    /// Whether it is secret (văn bản mật), which keeps it out of the systems that others count.
    pub secret: Option<bool>,
}

impl DocumentFact {
    /// [`Measure::DocumentsElectronic`] and [`Measure::DocumentsSigned`] of those sent in a period; what none of them tells is
    /// absent.
    ///
    /// ```
    /// use motcua::measure::{Direction, DocumentFact, Measure, Period};
    /// let sent = DocumentFact {
    ///     document: "12/UBND".into(),
    ///     unit: "xã Hoa Thành".into(),
    ///     direction: Direction::Sent,
    ///     day: "2026-06-01".parse().unwrap(),
    ///     electronic: Some(true),
    ///     signed: Some(true),
    ///     secret: None,
    /// };
    /// let ratios = DocumentFact::ratios(&[sent], &Period::year(2026).unwrap());
    /// assert_eq!(ratios[&Measure::DocumentsSigned].numerator, 1);
    /// ```
    pub fn ratios<'d>(
        documents: impl IntoIterator<Item = &'d Self>,
        period: &Period,
    ) -> BTreeMap<Measure, Ratio> {
        let (mut electronic, mut signed) = (Told::default(), Told::default());
        for document in documents {
            let counts = document.direction == Direction::Sent && document.secret != Some(true);
            if counts && (period.first()..=period.last()).contains(&document.day) {
                electronic.add(Some(true), document.electronic);
                signed.add(Some(true), document.signed);
            }
        }
        let all = [(Measure::DocumentsElectronic, electronic), (Measure::DocumentsSigned, signed)];
        all.into_iter().filter_map(|(measure, told)| Some((measure, told.ratio()?))).collect()
    }
}
