//! The law as data: regimes.

use chrono::NaiveDate;
use motcua::deadline::SuspensionPolicy;
use motcua::procedure::{
    ApplicantRight, Catalogue, Channel, ClockStart, Lapse, Procedure, Regime, Silence, Texts, Transition,
};
use std::sync::Arc;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// The procedure as if it were in force, so that one can be asked about on any day.
fn procedure(code: &str) -> Arc<Procedure> {
    Catalogue::embedded().versions(code).last().unwrap_or_else(|| panic!("{code}")).clone()
}

fn regime(code: &str, date: &str) -> &'static Regime {
    Catalogue::embedded().regime_for(&procedure(code), day(date)).unwrap()
}

#[test]
fn the_decree_follows_the_day() {
    for (date, id) in [
        ("2018-06-20", "pre-2018-06-21"),
        ("2018-06-21", "nd-61-2018"),
        ("2025-06-30", "nd-61-2018"),
        ("2025-07-01", "nd-118-2025"),
        ("2025-12-30", "nd-118-2025"),
        ("2025-12-31", "nd-118-2025-367"),
        ("2026-08-04", "nd-118-2025-367"),
        ("2026-08-05", "nd-118-2025-309"),
        ("2040-01-01", "nd-118-2025-309"),
    ] {
        assert_eq!(Catalogue::embedded().regime(day(date)).unwrap().id, id, "{date}");
    }
    assert!(Catalogue::embedded().regime(day("2012-12-31")).is_none());
}

#[test]
fn what_a_decree_says_and_does_not_say() {
    // No special law for state compensation.
    let old = regime("2.002165", "2025-06-30");
    assert_eq!((old.answer_within, old.reschedules, old.supplements_before), (None, Some(1), Some(1)));
    assert_eq!(old.applicant_may(Channel::Online, ApplicantRight::Withdraw), None, "it is silent");
    let new = regime("2.002165", "2025-07-01");
    assert_eq!(new.answer_within.unwrap().to_string(), "15 day");
    assert_eq!(new.lapse, Lapse::Discontinue);
    assert_eq!(new.applicant_may(Channel::Online, ApplicantRight::Amend), Some(true));
    assert_eq!(new.applicant_may(Channel::Post, ApplicantRight::Amend), Some(false));
    assert_eq!(new.applicant_may(Channel::Post, ApplicantRight::Withdraw), Some(true));
    assert_eq!(new.clock_starts_elsewhere, ClockStart::Accepted);
    let amended = regime("2.002165", "2026-08-05");
    assert_eq!(amended.clock_starts_elsewhere, ClockStart::ReceivedByCompetentAgency);
    assert_eq!(amended.clock_starts, ClockStart::Accepted);
    assert!(!regime("2.002165", "2026-01-05").verified, "the amendment was not read");
}

#[test]
fn a_special_law_says_what_it_states_and_leaves_the_rest_to_the_decree() {
    // Building permits, before and after 1/7/2026.
    let before = regime("1.013225", "2026-06-30");
    assert_eq!((before.id.as_str(), before.general.as_deref()), ("nd-175-2024", Some("nd-118-2025-367")));
    assert_eq!(before.silence_of_consulted, Silence::Consent);
    assert_eq!(before.consulted_within.unwrap().to_string(), "12 day");
    assert_eq!(before.answer_within.unwrap().to_string(), "15 day", "as the decree");
    assert_eq!((before.supplements_after, before.transition), (Some(2), Transition::LawAtReception));
    let after = regime("1.013225", "2026-07-01");
    assert_eq!(after.id, "nd-217-2026");
    assert_eq!((after.lapse, after.supplements_after), (Lapse::Refuse, Some(1)));
    assert_eq!(after.answer_within.unwrap().to_string(), "2 working_day");
    assert_eq!(after.on_supplement, SuspensionPolicy::Restart, "as the decree");
    // The decree beneath changes under it.
    assert_eq!(regime("1.013225", "2026-08-05").general.as_deref(), Some("nd-118-2025-309"));

    // The birth bundle, before and after 1/9/2026; a law for a code goes before that for its field.
    assert_eq!(regime("2.000986", "2024-06-11").id, "ho-tich-2014");
    let before = regime("2.000986", "2026-08-31");
    assert_eq!((before.id.as_str(), before.on_supplement), ("qd-296-2024", SuspensionPolicy::Restart));
    let after = regime("2.000986", "2026-09-01");
    assert_eq!((after.id.as_str(), after.on_supplement), ("nd-63-2024-301", SuspensionPolicy::Pause));
    assert_eq!(after.answer_within.unwrap().to_string(), "7 working_day");
    assert_eq!(after.clock_starts, ClockStart::ReceivedByCompetentAgency);
    assert_eq!(after.clock_starts_elsewhere, ClockStart::ReceivedByCompetentAgency);
    assert_eq!(after.applicant_may(Channel::Online, ApplicantRight::Amend), Some(true), "as the decree");

    for (code, date, id) in [
        ("1.001193", "2015-12-31", "pre-2018-06-21"),
        ("1.001193", "2027-02-28", "ho-tich-2014"),
        ("1.001193", "2027-03-01", "ho-tich-2026"),
        ("2.000815", "2026-09-01", "nd-23-2015"),
        ("yen-bai/TN17", "2023-01-15", "nd-99-2022"),
        ("1.013978", "2026-09-01", "nd-118-2025-309"),
    ] {
        assert_eq!(regime(code, date).id, id, "{code} on {date}");
    }
}

#[test]
fn the_embedded_regimes_name_what_there_is() {
    let catalogue = Catalogue::embedded();
    let mut special = 0;
    for regime in catalogue.regimes() {
        special += usize::from(regime.general.is_some());
        assert!(regime.to.is_none_or(|to| regime.from <= to), "{}", regime.id);
        assert!(!regime.verified || regime.general.is_some() || !regime.rules.is_empty(), "{}", regime.id);
    }
    assert!(special > 10);
    let fields: toml::Table = Texts::embedded().regimes.1.parse().unwrap();
    for entry in fields["regime"].as_array().unwrap() {
        for field in entry.get("fields").and_then(|fields| fields.as_array()).into_iter().flatten() {
            assert!(catalogue.field(field.as_str().unwrap()).is_some(), "{field}");
        }
    }
}

#[test]
fn a_file_of_one_s_own_is_checked() {
    let problems = |extra: &str| {
        let embedded = Texts::embedded();
        let regimes = format!("{}\n{extra}", embedded.regimes.1);
        let texts = Texts { regimes: ("mine.toml", &regimes), ..embedded };
        let problems = Catalogue::load(&texts).err().map(|problems| problems.0).unwrap_or_default();
        problems.into_iter().map(|problem| (problem.code, problem.message)).collect::<Vec<_>>()
    };
    let entry = |rest: &str| {
        format!(
            "[[regime]]\nid = \"mine\"\nact = \"x\"\nfrom = 2026-01-01\nsource = \"x\"\nverified = false\n{rest}"
        )
    };
    for (rest, code, word) in [
        ("special = true", "procedure.regime_scope", "no field and no procedure"),
        ("special = true\nfields = [\"xay-dung\"]", "procedure.regimes_overlap", "nd-175-2024"),
        ("special = true\nprocedures = [\"1.1\"]\nto = 2025-01-01", "procedure.dates", "before it begins"),
        (
            "special = true\nprocedures = [\"1.1\"]\non_payment = \"second_stage\"",
            "procedure.second_stage",
            "mine",
        ),
        ("special = true\nprocedures = [\"1.1\"]\nbogus = 1", "file.form", "bogus"),
        ("special = true\nprocedures = [\"1.1\"]\nanswer_within = \"3\"", "file.form", "3"),
    ] {
        let found = problems(&entry(rest));
        let told = found.iter().any(|(found, message)| *found == code && message.contains(word));
        assert!(told, "{rest}: {found:?}");
    }
    let general = problems(&entry("fields = [\"y-te\"]"));
    let codes: Vec<_> = general.iter().map(|(code, _)| *code).collect();
    assert!(codes.contains(&"procedure.regime_scope") && codes.contains(&"file.form"), "{general:?}");
    assert_eq!(
        problems(&entry("special = true\nprocedures = [\"1.1\"]\nanswer_within = \"not_stated\"")),
        []
    );
}
