//! The catalogue: procedures in all their versions, with the vocabulary they use.

use super::load::{self, Version};
use super::regime::Regimes;
use super::role_names::{Named, RoleNames};
use super::{Procedure, Regime, Tier, Transition, texts};
use crate::problem::{Problem, Problems, part_of_library};
use crate::span::{Span, overlap};
use crate::toml_file::{self, Source};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock};

/// What a role does in a one-stop shop; who may give which command hangs on it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, strum::Display,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Duty {
    /// Receives and returns dossiers (Bộ phận một cửa).
    Reception,
    /// Examines and prepares.
    Handling,
    /// Assigns, decides and signs.
    Deciding,
    /// Numbers and stamps (văn thư).
    Clerk,
    /// An agency outside the line: tax, police, insurance.
    Outside,
    /// The applicant.
    Applicant,
    /// A machine.
    System,
}

impl Duty {
    /// The Vietnamese words.
    #[must_use]
    pub fn vi(self) -> &'static str {
        match self {
            Self::Reception => "tiếp nhận",
            Self::Handling => "thụ lý",
            Self::Deciding => "quyết định",
            Self::Clerk => "văn thư",
            Self::Outside => "cơ quan ngoài",
            Self::Applicant => "người nộp hồ sơ",
            Self::System => "hệ thống",
        }
    }
}

/// A role under which steps are done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Id used in definitions.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// What it does.
    pub duty: Duty,
    /// The tiers at which there is such a role; empty for all.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Other spellings in the sources.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A field of administration (lĩnh vực).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Id used in definitions.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
}

/// The words that procedures may use.
pub(super) struct Vocabulary {
    pub(super) fields: Vec<Field>,
    pub(super) roles: Vec<Role>,
    names: RoleNames,
    pub(super) regimes: Regimes,
}

impl Vocabulary {
    fn load(texts: &Texts<'_>, problems: &mut Vec<Problem>) -> Self {
        let (fields, roles, regimes) = (source(texts.fields), source(texts.roles), source(texts.regimes));
        let of_fields = entries(&fields, "field", problems);
        let of_fields = toml_file::decode_located(&fields, of_fields, problems);
        let of_fields = once(&fields, of_fields, |field: &Field| &field.id, problems);
        let of_roles = entries(&roles, "role", problems);
        let of_roles = toml_file::decode_located(&roles, of_roles, problems);
        let of_roles = once(&roles, of_roles, |role: &Role| &role.id, problems);
        let of_regimes = Regimes::load(&regimes, problems);
        let names = RoleNames::new(&of_roles);
        Self { fields: of_fields, roles: of_roles, names, regimes: of_regimes }
    }

    pub(super) fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }

    pub(super) fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.id == id)
    }

    /// The role that a name or an alias means.
    pub(super) fn role_named(&self, name: &str) -> Named<'_> {
        self.names.find(&self.roles, name)
    }

    pub(super) fn regime(&self, day: NaiveDate) -> Option<&Regime> {
        self.regimes.on(day)
    }
}

/// The texts a catalogue is made of; each pair is a name for messages, and the content.
#[derive(Debug, Clone, Default)]
pub struct Texts<'a> {
    /// `[[field]]` entries.
    pub fields: (&'a str, &'a str),
    /// `[[role]]` entries.
    pub roles: (&'a str, &'a str),
    /// `[[regime]]` entries.
    pub regimes: (&'a str, &'a str),
    /// Files of `[[procedure]]` entries.
    pub procedures: Vec<(&'a str, &'a str)>,
}

/// Procedures by code and day.
///
/// ```
/// use motcua::procedure::{Catalogue, Texts};
/// let catalogue = Catalogue::embedded();
/// let day = chrono::NaiveDate::from_ymd_opt(2026, 3, 2).unwrap();
/// let birth = catalogue.find("1.001193", day).unwrap();
/// assert_eq!(birth.name_en, "Birth registration");
///
/// // A file of one's own; every problem comes with its line.
/// let mut texts = Texts::embedded();
/// texts.procedures = vec![("mine.toml", "[[procedure]]\ncode = \"x\"\nbogus = 1\n")];
/// let problems = Catalogue::load(&texts).unwrap_err();
/// assert!(problems.0.iter().any(|p| p.line == 3 && p.message.contains("bogus")));
/// ```
pub struct Catalogue {
    vocabulary: Vocabulary,
    /// Versions of a code, oldest first.
    versions: BTreeMap<String, Vec<Arc<Procedure>>>,
}

impl Catalogue {
    /// The catalogue that comes with the library: real procedures, each with its source.
    #[must_use]
    pub fn embedded() -> &'static Arc<Self> {
        static EMBEDDED: LazyLock<Arc<Catalogue>> =
            LazyLock::new(|| Arc::new(part_of_library(Catalogue::load(&Texts::embedded()))));
        &EMBEDDED
    }

    /// The catalogue that comes with the library, with a file of one's own besides. `file` is what problems call it.
    ///
    /// # Errors
    /// As [`Catalogue::load`].
    pub fn embedded_and(file: &str, procedures: &str) -> Result<Arc<Self>, Problems> {
        let mut texts = Texts::embedded();
        texts.procedures.push((file, procedures));
        Self::load(&texts).map(Arc::new)
    }

    /// Loads a catalogue from texts.
    ///
    /// # Errors
    /// All problems of all files: `file.*` for form, `procedure.*`, `deadline.*` and `routing.*` for content.
    pub fn load(texts: &Texts<'_>) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let vocabulary = Vocabulary::load(texts, &mut problems);
        let mut versions: BTreeMap<String, Vec<Arc<Procedure>>> = BTreeMap::new();
        let mut spans: HashMap<String, Vec<(Span, &str)>> = HashMap::new();
        let mut named = Vec::new();
        for (file, loaded) in texts.procedures.iter().zip(load::files(&texts.procedures, &vocabulary)) {
            let source = source(*file);
            problems.extend(loaded.problems);
            for Version { at, code, span, parts, procedure } in loaded.versions {
                named.extend(parts.into_iter().map(|part| (source, part)));
                let known = spans.entry(code.clone()).or_default();
                for (other, file) in
                    known.iter().filter(|(other, _)| span.is_some_and(|span| overlap(*other, span)))
                {
                    let message = format!(
                        "`{code}` has another version in force from {} in {file}, which overlaps",
                        other.0.unwrap_or_default()
                    );
                    let help =
                        "end the earlier version with in_force_to, or let the later one begin after it";
                    problems.push(source.problem("procedure.versions_overlap", at, message, help));
                }
                known.extend(span.map(|span| (span, file.0)));
                if let Some(new) = procedure {
                    versions.entry(code).or_default().push(Arc::new(new));
                }
            }
        }
        for (source, part) in named.iter().filter(|(_, part)| !spans.contains_key(part.get_ref())) {
            let message = format!("the part is the procedure `{}`, which is in no file", part.get_ref());
            let help = "correct the code, load its file too, or leave `procedure` out";
            problems.push(source.problem("procedure.unknown_procedure", part.span().start, message, help));
        }
        for known in versions.values_mut() {
            known.sort_by_key(|version| version.in_force_from);
        }
        if problems.is_empty() { Ok(Self { vocabulary, versions }) } else { Err(Problems::sorted(problems)) }
    }

    /// The version of a procedure that is in force on a day. A national code may have the suffix of a province,
    /// `1.001193.000.00.00.H41`, of which there need not be a version of its own.
    #[must_use]
    pub fn find(&self, code: &str, day: NaiveDate) -> Option<&Arc<Procedure>> {
        self.versions(code).iter().find(|version| version.is_in_force(day))
    }

    /// All versions of a procedure, oldest first; empty for an unknown code.
    #[must_use]
    pub fn versions(&self, code: &str) -> &[Arc<Procedure>] {
        let of_nation = || self.versions.get(national(code));
        self.versions.get(code).or_else(of_nation).map_or(&[], Vec::as_slice)
    }

    /// All versions of all procedures, by code, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Procedure>> {
        self.versions.values().flatten()
    }

    /// The decree on one-stop shops that is in force on a day. What holds for a dossier is [`Catalogue::regime_for`].
    #[must_use]
    pub fn regime(&self, day: NaiveDate) -> Option<&Regime> {
        self.vocabulary.regime(day)
    }

    /// The rules for a procedure: the special law for it, else the one for its field, else the decree. The day is that on
    /// which the dossier was handed in, by which its version is found too; so law and version fit each other, and a dossier
    /// keeps both until it is moved (`core/data/README.md`).
    ///
    /// ```
    /// use motcua::deadline::Lapse;
    /// use motcua::procedure::Catalogue;
    /// let catalogue = Catalogue::embedded();
    /// let day = chrono::NaiveDate::from_ymd_opt(2026, 9, 1).unwrap();
    /// let permit = catalogue.find("1.013225", day).unwrap();
    /// let rules = catalogue.regime_for(permit, day).unwrap();
    /// assert_eq!((rules.id.as_str(), rules.general.as_deref()), ("nd-217-2026", Some("nd-118-2025-309")));
    /// assert_eq!(rules.answer_within.unwrap().to_string(), "2 working_day");
    /// assert_eq!(rules.lapse, Lapse::Refuse);
    /// ```
    #[must_use]
    pub fn regime_for(&self, procedure: &Procedure, day: NaiveDate) -> Option<&Regime> {
        let code = procedure.code.as_str();
        self.vocabulary.regimes.of(code, national(code), &procedure.field, day)
    }

    /// Whether dossiers that are still open on a day are stopped and handed back: the law under which they came in has
    /// ended, and says so. Gives that law.
    ///
    /// ```
    /// use motcua::procedure::Catalogue;
    /// let catalogue = Catalogue::embedded();
    /// let day = |text: &str| text.parse().unwrap();
    /// let certify = catalogue.find("2.000815", day("2026-06-01")).unwrap();
    /// assert_eq!(catalogue.stops(certify, day("2026-06-01"), day("2026-09-01")), None);
    /// ```
    #[must_use]
    pub fn stops(&self, procedure: &Procedure, handed_in: NaiveDate, day: NaiveDate) -> Option<&Regime> {
        if !procedure.may_be_stopped {
            return None;
        }
        let under = self.regime_for(procedure, handed_in)?;
        let over = || self.regime_for(procedure, day).is_none_or(|now| now.id != under.id);
        (under.transition == Transition::Stopped && over()).then_some(under)
    }

    /// All regimes: the decrees, oldest first, then the special laws, each once for every decree under which it held.
    pub fn regimes(&self) -> impl Iterator<Item = &Regime> {
        self.vocabulary.regimes.iter()
    }

    /// A role by its id.
    #[must_use]
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.vocabulary.role(id)
    }

    /// The role that a name or an alias means.
    pub(crate) fn role_named(&self, name: &str) -> Named<'_> {
        self.vocabulary.role_named(name)
    }

    /// All roles, in the order of the file.
    #[must_use]
    pub fn roles(&self) -> &[Role] {
        &self.vocabulary.roles
    }

    /// A field by its id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.vocabulary.field(id)
    }
}

impl std::fmt::Debug for Catalogue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Catalogue").field("codes", &self.versions.len()).finish_non_exhaustive()
    }
}

pub(super) fn source<'a>((file, text): (&'a str, &'a str)) -> Source<'a> {
    Source { file, text, format: "core/data/procedures/README.md" }
}

/// The entries of a file, whose texts are checked.
fn entries<'a>(source: &Source<'a>, key: &str, problems: &mut Vec<Problem>) -> toml_file::Entries<'a> {
    let [entries] = toml_file::tables(source, [key], problems);
    for entry in &entries {
        texts::check(source, entry.get_ref(), entry.span(), problems);
    }
    entries
}

/// Entries whose ids stand there once; each repetition is a problem.
fn once<T>(
    source: &Source<'_>,
    found: Vec<(usize, T)>,
    id: impl Fn(&T) -> &String,
    problems: &mut Vec<Problem>,
) -> Vec<T> {
    let mut entries: Vec<T> = Vec::new();
    for (at, entry) in found {
        if entries.iter().any(|other| id(other) == id(&entry)) {
            let message = format!("`{}` is there twice", id(&entry));
            problems.push(source.problem("procedure.twice", at, message, "remove or rename one of them"));
        }
        entries.push(entry);
    }
    entries
}

/// A code without the suffix of a province.
pub(crate) fn national(code: &str) -> &str {
    code.split_once(".000.").map_or(code, |(national, _)| national)
}
