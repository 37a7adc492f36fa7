//! Which circular prescribes which form, and what is printed on it: `core/data/slips.toml`.

use super::{Form, SlipError};
use crate::problem::{self, Problems};
use crate::span::holds;
use crate::toml_file::{self, Date, Source};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A form as a circular prescribes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Prescribed {
    /// Its number, `01`.
    pub number: String,
    /// Its title.
    pub title: String,
    /// The circular.
    pub act: String,
    /// First day in force.
    pub from: NaiveDate,
    /// Last day in force; `None` while it is open.
    pub to: Option<NaiveDate>,
    /// Ids of the rules of law behind it.
    pub rules: Vec<String>,
    /// Where it was read.
    pub source: String,
    /// Whether it was read that the circular has this form. The layout is another matter.
    pub verified: bool,
}

/// The paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum Page {
    A4,
    #[serde(rename = "A4 landscape")]
    A4Landscape,
    A5,
}

impl Page {
    /// As CSS has it.
    pub(super) fn css(self) -> &'static str {
        match self {
            Self::A4 => "A4",
            Self::A4Landscape => "A4 landscape",
            Self::A5 => "A5",
        }
    }

    /// By which the style knows it.
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::A4Landscape => "wide",
            Self::A5 => "a5",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAct {
    id: String,
    act: String,
    from: Date,
    to: Option<Date>,
    rules: Vec<String>,
    source: String,
    verified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawForm {
    act: String,
    form: Form,
    number: String,
    title: String,
}

/// What is printed on a form.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Layout {
    form: Form,
    pub(super) page: Page,
    /// Whether it has no day of its own: a book grows.
    #[serde(default)]
    pub(super) undated: bool,
    #[expect(dead_code, reason = "told to who reads the file")]
    source: String,
    pub(super) verified: bool,
    /// The line under the name of the agency: the number of the slip or of the dossier.
    pub(super) reference: String,
    pub(super) blocks: Vec<Block>,
    pub(super) signatures: Vec<Signature>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(super) enum Block {
    Field {
        label: String,
        text: String,
    },
    Text {
        text: String,
        when: Option<String>,
    },
    List {
        list: String,
    },
    Table {
        table: String,
        columns: Vec<Column>,
        #[serde(default)]
        stacked: bool,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) head: String,
    pub(super) text: String,
    /// Its share of the width.
    pub(super) width: u32,
    /// Whether it is set to the right.
    #[serde(default)]
    pub(super) right: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    pub(super) title: String,
    pub(super) note: String,
    pub(super) name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Word {
    id: String,
    vi: String,
}

struct Forms {
    prescribed: Vec<(Form, Prescribed)>,
    layouts: Vec<Layout>,
    words: BTreeMap<String, String>,
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let text = include_str!("../../../data/slips.toml");
    let source = Source { file: "slips.toml", text, format: "its own head" };
    let mut problems = Vec::new();
    let [acts, forms, layouts, words] =
        toml_file::tables(&source, ["act", "form", "layout", "word"], &mut problems);
    let acts: Vec<RawAct> = toml_file::decode_all(&source, acts, &mut problems);
    let forms: Vec<RawForm> = toml_file::decode_all(&source, forms, &mut problems);
    let layouts = toml_file::decode_all(&source, layouts, &mut problems);
    let words: Vec<Word> = toml_file::decode_all(&source, words, &mut problems);
    problem::part_of_library(if problems.is_empty() { Ok(()) } else { Err(Problems(problems)) });
    let prescribed = forms.into_iter().filter_map(|raw| {
        let act = acts.iter().find(|act| act.id == raw.act)?;
        let prescribed = Prescribed {
            number: raw.number,
            title: raw.title,
            act: act.act.clone(),
            from: act.from.0,
            to: act.to.map(|to| to.0),
            rules: act.rules.clone(),
            source: act.source.clone(),
            verified: act.verified,
        };
        Some((raw.form, prescribed))
    });
    Forms {
        prescribed: prescribed.collect(),
        layouts,
        words: words.into_iter().map(|word| (word.id, word.vi)).collect(),
    }
});

/// The form that holds on a day, with its layout.
pub(super) fn find(form: Form, day: NaiveDate) -> Result<(&'static Prescribed, &'static Layout), SlipError> {
    let prescribed = FORMS.prescribed.iter().find(|(of, p)| *of == form && holds((Some(p.from), p.to), day));
    let layout = FORMS.layouts.iter().find(|layout| layout.form == form);
    match (prescribed, layout) {
        (Some((_, prescribed)), Some(layout)) => Ok((prescribed, layout)),
        _ => Err(SlipError::NoForm { form, day }),
    }
}

/// A word of the file; the id itself if it has none.
pub(super) fn word(id: &str) -> &str {
    FORMS.words.get(id).map_or(id, String::as_str)
}
