//! Explanations as text.

use super::{Due, ExplainedStep, Explanation};
use crate::moment::short;
use std::fmt;

struct Words {
    limit: &'static str,
    received: &'static str,
    due: &'static str,
    suspended: &'static str,
    not_stated: &'static str,
    unknown: &'static str,
    rules: &'static str,
    suspensions: &'static str,
    open: &'static str,
    skipped: &'static str,
    worked: &'static str,
    reappointed: &'static str,
    certainty: &'static str,
    verified: &'static str,
    not_verified: &'static str,
    known_on: &'static str,
    projected: &'static str,
    unverified: &'static str,
}

const EN: Words = Words {
    limit: "limit",
    received: "received",
    due: "due",
    suspended: "open while the clock is suspended",
    not_stated: "never; the procedure states no limit",
    unknown: "not known; the procedure's limit is not known",
    rules: "rules",
    suspensions: "suspensions",
    open: "not ended",
    skipped: "days skipped",
    worked: "weekly rest days that were worked",
    reappointed: "put off with an apology",
    certainty: "certainty",
    verified: "every rule and day it rests on was read in its source",
    not_verified: "some of what it rests on was not read in its source; it is marked",
    known_on: "by the calendar as it was known on",
    projected: "the due date lies beyond the announced calendar; an announcement may still move it",
    unverified: "unverified",
};

const VI: Words = Words {
    limit: "thời hạn",
    received: "tiếp nhận",
    due: "hẹn trả",
    suspended: "chưa xác định, đang tạm dừng",
    not_stated: "không có, thủ tục không quy định thời hạn",
    unknown: "chưa biết, chưa rõ thời hạn của thủ tục",
    rules: "quy tắc",
    suspensions: "tạm dừng",
    open: "chưa kết thúc",
    skipped: "ngày không tính",
    worked: "ngày nghỉ hằng tuần làm bù",
    reappointed: "xin lỗi và hẹn lại",
    certainty: "mức độ chắc chắn",
    verified: "mọi quy tắc và ngày làm căn cứ đều đã đọc ở nguồn",
    not_verified: "một số căn cứ chưa đọc ở nguồn; có đánh dấu",
    known_on: "theo lịch như đã biết ngày",
    projected: "ngày hẹn trả nằm ngoài lịch đã công bố; thông báo sau có thể làm thay đổi",
    unverified: "chưa kiểm chứng",
};

impl Explanation {
    /// The explanation in Vietnamese.
    #[must_use]
    pub fn vi(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = self.write(&mut text, &VI, true);
        text
    }

    fn write(&self, f: &mut impl fmt::Write, words: &Words, vi: bool) -> fmt::Result {
        let mark = |verified: bool| if verified { String::new() } else { format!(", {}", words.unverified) };
        let limit = if vi { self.limit.vi() } else { self.limit.en() };
        writeln!(f, "{}: {limit}", words.limit)?;
        writeln!(f, "{}: {}", words.received, short(self.received))?;
        match self.due {
            Due::At(due) | Due::Projected(due) => writeln!(f, "{}: {}", words.due, short(due))?,
            Due::Suspended => writeln!(f, "{}: {}", words.due, words.suspended)?,
            Due::NotStated => writeln!(f, "{}: {}", words.due, words.not_stated)?,
            Due::Unknown => writeln!(f, "{}: {}", words.due, words.unknown)?,
        }
        if !self.steps.is_empty() {
            writeln!(f, "{}:", words.rules)?;
        }
        for ExplainedStep { rule, gives } in &self.steps {
            let text = if vi { &rule.text_vi } else { &rule.text_en };
            let gives = gives.as_ref().map(|gives| format!(" → {gives}")).unwrap_or_default();
            writeln!(f, "  {text}{gives} [{}{}]", rule.source, mark(rule.verified))?;
        }
        if !self.suspensions.is_empty() {
            writeln!(f, "{}:", words.suspensions)?;
        }
        for suspension in &self.suspensions {
            let to = suspension.to.map_or(words.open.into(), short);
            writeln!(f, "  {} – {to}: {}", short(suspension.from), suspension.reason)?;
        }
        for (title, days) in [(words.skipped, &self.skipped), (words.worked, &self.worked)] {
            if !days.is_empty() {
                writeln!(f, "{title}:")?;
            }
            for day in days {
                let name = if vi { &day.name_vi } else { &day.name_en };
                writeln!(f, "  {} {name} [{}{}]", day.date, day.source, mark(day.verified))?;
            }
        }
        if let Some(reappointment) = &self.reappointment {
            let (at, to) = (short(reappointment.apologised), short(reappointment.to));
            writeln!(f, "{}: {at} → {to}: {}", words.reappointed, reappointment.reason)?;
        }
        if !self.steps.is_empty() {
            let certain = if self.verified { words.verified } else { words.not_verified };
            writeln!(f, "{}: {certain}", words.certainty)?;
        }
        if let Some(known_on) = self.known_on {
            writeln!(f, "{} {known_on}", words.known_on)?;
        }
        if self.projected {
            writeln!(f, "{}", words.projected)?;
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &EN, false)
    }
}
