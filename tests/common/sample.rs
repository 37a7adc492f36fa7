//! A short procedure, and what the catalogue makes of a changed one.
#![allow(dead_code, reason = "each test file uses its own part")]

use chrono::NaiveDate;
use motcua::procedure::{Catalogue, Procedure, Texts};
use std::sync::Arc;

pub const GOOD: &str = r#"[[procedure]]
code = "9.000001"
name_vi = "Thủ tục mẫu"
name_en = "Sample"
field = "ho-tich"
tier = "commune"
in_force_from = 2025-07-01
jurisdiction = "toàn quốc"
agency = "UBND cấp xã"
source = "https://example.org"
verified = false
not_in_source = ["components", "fees", "legal_basis"]

[[procedure.time_limit]]
limit = "3 working_day"

[[procedure.step]]
id = "check"
name_vi = "Thẩm định"
role = "judicial_officer"
kind = "check"
next = ["sign"]

[[procedure.step]]
id = "sign"
name_vi = "Ký"
role = "commune_leader"
kind = "sign"
outcomes = { approve = ["end"], return = ["check"] }
"#;

pub fn problems_of(text: &str) -> Vec<(&'static str, usize, String)> {
    let mut texts = Texts::embedded();
    texts.procedures = vec![("mine.toml", text)];
    match Catalogue::load(&texts) {
        Ok(_) => Vec::new(),
        Err(problems) => problems
            .0
            .into_iter()
            .map(|problem| {
                assert_eq!(problem.file, "mine.toml");
                assert!(!problem.message.is_empty() && !problem.help.is_empty(), "{problem}");
                (problem.code, problem.line, problem.message)
            })
            .collect(),
    }
}

/// `GOOD` with lines of its own before the time limits.
pub fn with(head: &str) -> String {
    GOOD.replacen("[[procedure.time_limit]]", &format!("{head}\n[[procedure.time_limit]]"), 1)
}

pub fn load(text: &str) -> Arc<Procedure> {
    let mut texts = Texts::embedded();
    texts.procedures = vec![("mine.toml", text)];
    let catalogue = Catalogue::load(&texts).unwrap_or_else(|problems| panic!("{problems}"));
    catalogue.iter().next().unwrap().clone()
}

pub fn codes(text: &str) -> Vec<(&'static str, usize)> {
    problems_of(text).into_iter().map(|(code, line, _)| (code, line)).collect()
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}
