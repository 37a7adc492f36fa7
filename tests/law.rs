//! The law as data: regimes and duties, and how much of it is there.

use chrono::NaiveDate;
use motcua::deadline::{Incident, Lapse, SuspensionPolicy, TimeLimit};
use motcua::procedure::{
    ApplicantRight, Catalogue, Channel, ClockStart, Duty, Procedure, Regime, Silence, StepKind, Texts,
    Transition,
};
use std::collections::{BTreeMap, BTreeSet};
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
    assert_eq!((old.answer_within, old.apology_late, old.supplements_before), (None, false, Some(1)));
    assert_eq!(old.applicant_may(Channel::Online, ApplicantRight::Withdraw), None, "it is silent");
    let new = regime("2.002165", "2025-07-01");
    assert_eq!(new.answer_within.unwrap().to_string(), "15 day");
    assert_eq!(new.lapse, Lapse::Discontinue);
    assert_eq!(new.applicant_may(Channel::Online, ApplicantRight::Amend), Some(true));
    assert_eq!(new.applicant_may(Channel::Post, ApplicantRight::Amend), Some(false));
    assert_eq!(new.applicant_may(Channel::Post, ApplicantRight::Withdraw), Some(true));
    let amended = regime("2.002165", "2026-08-05");
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
    // NUM-13
    for procedure in catalogue.iter() {
        for code in procedure.results.iter().filter_map(|result| result.code.as_deref()) {
            let [kind, agency, number] = code.split('.').collect::<Vec<_>>()[..] else { panic!("{code}") };
            assert!(kind == "KQ" && agency.len() == 3 && number.len() == 6, "{code}");
        }
    }
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
        ("special = true\nfields = [\"ho-tich\"]", "procedure.regimes_overlap", "ho-tich-2014"),
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

fn file(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn entries(path: &str, key: &str) -> Vec<toml::Table> {
    let table: toml::Table = file(path).parse().unwrap_or_else(|error| panic!("{path}: {error}"));
    table[key].as_array().unwrap().iter().map(|entry| entry.as_table().unwrap().clone()).collect()
}

fn text<'a>(entry: &'a toml::Table, key: &str) -> Option<&'a str> {
    entry.get(key).map(|value| value.as_str().unwrap())
}

fn list<'a>(entry: &'a toml::Table, key: &str) -> Vec<&'a str> {
    let values = entry.get(key).map(|value| value.as_array().unwrap().as_slice()).unwrap_or_default();
    values.iter().map(|value| value.as_str().unwrap()).collect()
}

/// The ids of rules that a text names: capitals, a hyphen, two digits.
fn ids(text: &str) -> BTreeSet<&str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'));
    let is_id = |word: &&str| {
        word.split_once('-').is_some_and(|(topic, number)| {
            (2..=4).contains(&topic.len())
                && topic.bytes().all(|b| b.is_ascii_uppercase())
                && number.len() == 2
                && number.bytes().all(|b| b.is_ascii_digit())
        })
    };
    words.filter(is_id).collect()
}

/// The data that may name rules, but for `law.toml` itself.
fn data_files(folder: &str) -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            found.extend(data_files(&path));
        } else if path.ends_with(".toml") || path.ends_with(".md") {
            found.push(path);
        }
    }
    found.retain(|path| !path.ends_with("/law.toml"));
    found
}

#[test]
fn every_rule_is_in_the_data_or_says_why_not() {
    let law = entries("core/data/law.toml", "rule");
    assert_eq!(law.len(), 197);
    let verified = law.iter().filter(|rule| !rule.contains_key("verified")).count();
    assert_eq!(verified, 187);
    let texts: BTreeMap<String, String> =
        data_files("core/data").into_iter().map(|path| (path.clone(), file(&path))).collect();
    let mut known = BTreeSet::new();
    for rule in &law {
        let id = text(rule, "id").unwrap();
        assert!(known.insert(id), "{id} is there twice");
        assert_eq!(ids(id).len(), 1, "{id}");
        let keys = ["id", "topic", "act", "article", "from", "to", "verified", "in", "not_modelled"];
        for key in rule.keys() {
            assert!(keys.contains(&key.as_str()), "{id}: {key}");
        }
        assert!(
            ["topic", "act"].iter().all(|key| text(rule, key).is_some_and(|text| !text.is_empty())),
            "{id}"
        );
        assert!(rule.get("verified").is_none_or(|verified| verified.as_bool() == Some(false)), "{id}");
        let (places, reason) = (list(rule, "in"), text(rule, "not_modelled"));
        assert_eq!(places.is_empty(), reason.is_some_and(|reason| reason.len() > 5), "{id}");
        for place in places {
            let named = texts.get(place).unwrap_or_else(|| panic!("{id}: {place} is not there"));
            assert!(ids(named).contains(id), "{id} is not in {place}");
        }
    }
    for (path, content) in &texts {
        for id in ids(content) {
            let rule = law.iter().find(|rule| text(rule, "id") == Some(id));
            let rule = rule.unwrap_or_else(|| panic!("{path} names {id}, which is not in law.toml"));
            assert!(list(rule, "in").contains(&path.as_str()), "{path} names {id}; law.toml does not say so");
        }
    }
}

#[test]
fn the_coverage_of_the_law_is_told() {
    let mut topics: Vec<(String, [usize; 3])> = Vec::new();
    for rule in entries("core/data/law.toml", "rule") {
        let topic = text(&rule, "topic").unwrap();
        if topics.last().is_none_or(|(last, _)| last != topic)
            && !topics.iter().any(|(known, _)| known == topic)
        {
            topics.push((topic.to_owned(), [0; 3]));
        }
        let (_, counts) = topics.iter_mut().find(|(known, _)| known == topic).unwrap();
        let of_law = !text(&rule, "not_modelled").is_some_and(|reason| reason.starts_with("an observation"));
        let column = if rule.contains_key("in") { 0 } else { 1 + usize::from(!of_law) };
        counts[column] += 1;
    }
    println!("{:<16} in the data  not modelled  observation", "topic");
    for (topic, [modelled, not, observed]) in &topics {
        println!("{topic:<16} {modelled:>11}  {not:>12}  {observed:>11}");
    }
    let sum = |column: usize| topics.iter().map(|(_, counts)| counts[column]).sum::<usize>();
    println!("{:<16} {:>11}  {:>12}  {:>11}", "all", sum(0), sum(1), sum(2));
    for rule in entries("core/data/law.toml", "rule") {
        if let Some(reason) = text(&rule, "not_modelled") {
            println!("{}: {reason}", text(&rule, "id").unwrap());
        }
    }
    assert_eq!(sum(0) + sum(1) + sum(2), 197);
    assert!(sum(0) > 100, "{}", sum(0));
}

/// The actions, and what else begins or meets a duty.
const WORDS: &str = "receive accept refuse request_supplement supply hand_in amend claim release assign complete sign \
    return recall elapse consult unask answer request_payment pay cancel_payment waive refund suspend resume extend \
    reappoint withdraw discontinue lapse resolve resolve_part deliver notify report_error correct transfer link migrate \
    rate step leg due missed";
const NOTICES: [&str; 5] = ["alert", "early_return", "invitation", "late_consultation", "appointment"];

#[test]
fn duties_are_well_formed() {
    let duties = entries("core/data/duties.toml", "duty");
    let named: BTreeSet<&str> = duties.iter().map(|duty| text(duty, "id").unwrap()).collect();
    assert_eq!(named.len(), duties.len(), "an id is there twice");
    let keys = [
        "id",
        "name_vi",
        "name_en",
        "whose",
        "from",
        "to",
        "fields",
        "procedures",
        "instead_of",
        "channels",
        "only",
        "starts_with",
        "limit",
        "limit_of",
        "before_action",
        "cut_off",
        "limit_after_cut_off",
        "met_by",
        "optional",
        "if_late",
        "unseen",
        "waits",
        "times",
        "apart",
        "on_missed",
        "rules",
        "source",
        "verified",
    ];
    let known_action = |word: &str, id: &str| {
        let (action, what) = word.split_once(':').map_or((word, None), |(action, what)| (action, Some(what)));
        assert!(WORDS.split_whitespace().any(|known| known == action), "{id}: {word}");
        match (action, what) {
            ("notify", what) => {
                assert!(what.is_some_and(|what| NOTICES.contains(&what)), "{id}: {word}")
            }
            ("missed", what) => assert!(what.is_some_and(|what| named.contains(what)), "{id}: {word}"),
            ("suspend", Some(incident)) => {
                Incident::find(incident).unwrap();
            }
            ("resolve" | "resolve_part", Some(result)) => assert!(["granted", "refused"].contains(&result)),
            ("complete", Some(kind)) => {
                toml::Value::from(kind)
                    .try_into::<StepKind>()
                    .unwrap_or_else(|error| panic!("{id}: {error}"));
            }
            ("pay", Some(how)) => assert_eq!(how, "online"),
            (_, what) => assert_eq!(what, None, "{id}: {word}"),
        }
    };
    for duty in &duties {
        let id = text(duty, "id").unwrap();
        for key in duty.keys() {
            assert!(keys.contains(&key.as_str()), "{id}: {key}");
        }
        for key in ["name_vi", "name_en", "source"] {
            assert!(text(duty, key).is_some_and(|text| !text.is_empty()), "{id}: {key}");
        }
        assert!(duty["verified"].as_bool().is_some() && duty["from"].as_datetime().is_some(), "{id}");
        let whose = text(duty, "whose").unwrap();
        let all = ["reception", "agency", "applicant", "consulted", "post", "system"];
        assert!(all.contains(&whose), "{id}: {whose}");
        let by = ["limit", "limit_of", "before_action"];
        assert_eq!(by.iter().filter(|key| duty.contains_key(**key)).count(), 1, "{id}: one way to say when");
        for key in ["limit", "limit_after_cut_off", "apart"] {
            if let Some(limit) = text(duty, key) {
                TimeLimit::parse(limit).unwrap_or_else(|error| panic!("{id}: {error}"));
            }
        }
        assert_eq!(duty.contains_key("cut_off"), duty.contains_key("limit_after_cut_off"), "{id}");
        assert_eq!(duty.contains_key("times"), duty.contains_key("apart"), "{id}");
        let of = ["processing_time", "answer_within", "consultation", "apology"];
        assert!(text(duty, "limit_of").is_none_or(|found| of.contains(&found)), "{id}");
        let only = ["accepted", "paper", "another_level", "linked", "early", "no_consent"];
        assert!(list(duty, "only").iter().all(|fact| only.contains(fact)), "{id}");
        assert!(list(duty, "instead_of").iter().all(|other| named.contains(other)), "{id}");
        assert!(list(duty, "channels").iter().all(|channel| ["counter", "online", "post"].contains(channel)));
        let fields = list(duty, "fields");
        assert!(fields.iter().all(|field| Catalogue::embedded().field(field).is_some()), "{id}");
        let met = list(duty, "met_by");
        assert_eq!(met.is_empty(), duty.contains_key("unseen"), "{id}: something has to meet it");
        let more = [text(duty, "before_action"), text(duty, "on_missed")];
        let starts = list(duty, "starts_with");
        assert!(!starts.is_empty(), "{id}");
        for word in starts.into_iter().chain(met).chain(more.into_iter().flatten()) {
            known_action(word, id);
        }
        assert!(!list(duty, "rules").is_empty(), "{id}");
    }

    let keys = ["id", "of", "duty", "before", "after", "to", "text_vi", "rules", "source", "verified"];
    let mut ids = BTreeSet::new();
    for row in entries("core/data/duties.toml", "escalation") {
        let id = text(&row, "id").unwrap().to_owned();
        assert!(row.keys().all(|key| keys.contains(&key.as_str())), "{id}");
        assert!(["dossier", "step", "duty"].contains(&text(&row, "of").unwrap()), "{id}");
        assert!(text(&row, "duty").is_none_or(|duty| named.contains(duty)), "{id}");
        assert!(!(row.contains_key("before") && row.contains_key("after")), "{id}");
        for limit in [text(&row, "before"), text(&row, "after")].into_iter().flatten() {
            TimeLimit::parse(limit).unwrap();
        }
        let to: toml::Value = text(&row, "to").unwrap().into();
        to.try_into::<Duty>().unwrap_or_else(|error| panic!("{id}: {error}"));
        assert!(text(&row, "text_vi").is_some() && row["verified"].as_bool().is_some(), "{id}");
        assert!(ids.insert(id));
    }
}

#[test]
fn a_dossier_handed_in_on_the_last_day_of_a_law_has_that_law_and_its_version() {
    let found = |code: &str, date: &str, case: Option<&str>| {
        let catalogue = Catalogue::embedded();
        let version = catalogue.find(code, day(date)).unwrap_or_else(|| panic!("{code} on {date}"));
        let rules = catalogue.regime_for(version, day(date)).unwrap();
        let row = version.time_limit(Channel::Online, case).unwrap();
        (rules.id.as_str(), row.limit.to_string(), row.cut_off.is_some())
    };
    let house = Some("nha-o-rieng-le");
    assert_eq!(found("1.013225", "2026-06-30", None), ("nd-175-2024", "20 day".into(), false));
    assert_eq!(found("1.013225", "2026-06-30", house), ("nd-175-2024", "15 day".into(), false));
    assert_eq!(found("1.013225", "2026-07-01", None), ("nd-217-2026", "10 working_day".into(), false));
    assert_eq!(found("1.013225", "2026-07-01", house), ("nd-217-2026", "7 working_day".into(), false));
    let verified = Some("xac-minh");
    assert_eq!(found("2.000986", "2024-06-30", None).1, "20 working_day");
    assert_eq!(found("2.000986", "2025-06-30", None), ("qd-296-2024", "3 working_day".into(), false));
    assert_eq!(found("2.000986", "2026-08-31", None), ("qd-296-2024", "3 working_day".into(), false));
    assert_eq!(found("2.000986", "2026-09-01", None), ("nd-63-2024-301", "3 working_day".into(), true));
    assert_eq!(found("2.000986", "2026-09-01", verified), ("nd-63-2024-301", "5 working_day".into(), true));
}
