//! A slip as it is to be printed, whatever it is printed with.

use super::Slip;
use super::forms::{self, Page};
use super::template::{at, clean, day_vi, fill, holds};
use crate::moment;
use serde_json::Value;

pub(super) const STATE: &str = "Cộng hòa xã hội chủ nghĩa Việt Nam";
pub(super) const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";

/// What is printed, from above to below.
pub(super) struct Document {
    pub(super) page: Page,
    /// Which form of which circular it is.
    pub(super) form: String,
    pub(super) above: Option<String>,
    pub(super) agency: String,
    pub(super) reference: String,
    pub(super) date: String,
    pub(super) title: String,
    pub(super) blocks: Vec<Block>,
    pub(super) signatures: Vec<Signature>,
}

pub(super) enum Block {
    Field { label: &'static str, text: String },
    Text(String),
    List(Vec<String>),
    Table { columns: &'static [forms::Column], rows: Vec<Vec<String>>, stacked: bool },
}

pub(super) struct Signature {
    pub(super) title: &'static str,
    pub(super) note: &'static str,
    pub(super) name: String,
}

impl Document {
    pub(super) fn of(slip: &Slip) -> Self {
        // Plain structs always serialise.
        let values = serde_json::to_value(&slip.values).unwrap_or_default();
        let layout = slip.layout;
        let text = |path: &str| at(&values, path).and_then(Value::as_str).map(clean);
        let day = text("on").and_then(|on| moment::parse(&on)).map(day_vi).unwrap_or_default();
        let date = match text("place") {
            _ if layout.undated => String::new(),
            Some(place) if !place.is_empty() => format!("{place}, {day}"),
            _ => day,
        };
        let signature = |signature: &'static forms::Signature| Signature {
            title: &signature.title,
            note: &signature.note,
            name: fill(&signature.name, &values, 0).unwrap_or_default(),
        };
        let prescribed = slip.prescribed;
        Self {
            page: layout.page,
            form: format!("Mẫu số {} ({})", prescribed.number, prescribed.act),
            above: text("above").filter(|above| !above.is_empty()),
            agency: text("agency").unwrap_or_default(),
            reference: fill(&layout.reference, &values, 0).unwrap_or_default(),
            date,
            title: prescribed.title.clone(),
            blocks: layout.blocks.iter().filter_map(|block| Block::of(block, &values)).collect(),
            signatures: layout.signatures.iter().map(signature).collect(),
        }
    }
}

impl Block {
    fn of(block: &'static forms::Block, values: &Value) -> Option<Self> {
        let entries = |path: &str| at(values, path).and_then(Value::as_array).filter(|all| !all.is_empty());
        Some(match block {
            forms::Block::Field { label, text } => Self::Field { label, text: fill(text, values, 0)? },
            forms::Block::Text { when: Some(when), .. } if !holds(when, values) => return None,
            forms::Block::Text { text, .. } => Self::Text(fill(text, values, 0)?),
            forms::Block::List { list } => {
                let items = entries(list)?.iter().filter_map(Value::as_str).map(clean);
                Self::List(items.filter(|item| !item.is_empty()).collect())
            }
            forms::Block::Table { table, columns, stacked } => {
                let row = |(i, entry): (usize, &Value)| {
                    let cell = |column: &forms::Column| fill(&column.text, entry, i + 1).unwrap_or_default();
                    columns.iter().map(cell).collect()
                };
                let rows = entries(table)?.iter().enumerate().map(row).collect();
                Self::Table { columns, rows, stacked: *stacked }
            }
        })
    }
}
