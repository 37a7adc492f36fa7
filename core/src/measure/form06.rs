//! Biểu 06/VPCP/KSTT.

use super::{Counts, Head, Period, Sheet, Tally};
use serde::Serialize;
use std::fmt;

/// A row of the form; columns 3 to 13 are its counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form06Row {
    /// Column 2: the field of administration, or another grouping.
    pub label: String,
    /// The counts.
    #[serde(flatten)]
    pub counts: Counts,
}

impl Form06Row {
    /// Columns 3 to 13: received in all, online, counter or post, carried over; settled in all, early, on time,
    /// overdue; open in all, in time, overdue.
    #[must_use]
    pub fn columns(&self) -> [u64; 11] {
        let c = &self.counts;
        [
            c.received(),
            c.received_online,
            c.received_other,
            c.carried_over,
            c.resolved(),
            c.resolved_early,
            c.resolved_on_time,
            c.resolved_overdue,
            c.open(),
            c.open_in_time,
            c.open_overdue,
        ]
    }
}

/// *Tình hình, kết quả giải quyết TTHC tại cơ quan, đơn vị trực tiếp giải quyết* (TT 01/2020/TT-VPCP), number of
/// dossiers. Its identities hold by construction: 3 = 4 + 5 + 6, 7 = 8 + 9 + 10, 11 = 12 + 13, 3 = 7 + 11.
///
/// The layout was read in a provincial portal's implementation, not in the circular itself. As there, what was handed
/// back to the applicant counts as settled, and what waits for a supplement as open and in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form06 {
    /// The period.
    pub period: Period,
    /// One row for each label that has any dossiers, in the order of the labels.
    pub rows: Vec<Form06Row>,
    /// The last row.
    pub total: Form06Row,
}

impl Form06 {
    /// The form of a period's tallies, each under its label; see [`tally_by`](super::tally_by).
    pub fn of(period: Period, tallies: impl IntoIterator<Item = (impl Into<String>, Tally)>) -> Self {
        let mut total = Form06Row { label: "Tổng số".into(), counts: Counts::default() };
        let mut rows = Vec::new();
        for (label, Tally { counts, .. }) in tallies {
            if counts != Counts::default() {
                total.counts += counts;
                rows.push(Form06Row { label: label.into(), counts });
            }
        }
        Self { period, rows, total }
    }
}

const HEAD: [&str; 13] = [
    "STT",
    "Lĩnh vực",
    "Tiếp nhận",
    "Trực tuyến",
    "Trực tiếp, BCCI",
    "Kỳ trước",
    "Đã giải quyết",
    "Trước hạn",
    "Đúng hạn",
    "Quá hạn",
    "Đang giải quyết",
    "Trong hạn",
    "Quá hạn",
];

impl Form06 {
    /// The form, to be printed: as Markdown, HTML or CSV. Columns have their numbers in their names, since two have the same.
    #[must_use]
    pub fn sheet(&self) -> Sheet {
        let row = |number: String, row: &Form06Row| {
            let counts = row.columns().map(|count| count.to_string());
            [number, row.label.clone()].into_iter().chain(counts).collect::<Vec<_>>()
        };
        let head = |(number, name): (usize, &&str)| Head {
            name: format!("({number}) {name}"),
            is_number: number != 2,
        };
        let lines = self.rows.iter().zip(1..).map(|(line, number)| row(number.to_string(), line));
        Sheet {
            title: format!("Biểu số 06/VPCP/KSTT: tình hình, kết quả giải quyết TTHC {}", self.period.vi()),
            head: (1..).zip(&HEAD).map(head).collect(),
            rows: lines.chain([row(String::new(), &self.total)]).collect(),
            notes: Vec::new(),
        }
    }
}

impl fmt::Display for Form06 {
    /// As a Markdown table.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sheet().table())
    }
}
