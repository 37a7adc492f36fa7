//! The procedures that come with the library, and what a wrong file is told.

use chrono::NaiveDate;
use motcua::deadline::{CutOffEffect, SuspensionPolicy, TimeLimit};
use motcua::procedure::{Catalogue, Channel, Part, Procedure, Texts, Tier};
use std::collections::BTreeSet;
use std::sync::Arc;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn all() -> Vec<&'static Arc<Procedure>> {
    Catalogue::embedded().iter().collect()
}

#[test]
fn every_file_of_the_folder_is_in_the_catalogue() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../core/data/procedures");
    let on_disk: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    let embedded: BTreeSet<String> =
        Texts::embedded().procedures.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(on_disk, embedded);
}

#[test]
fn at_least_forty_procedures_each_with_all_its_parts() {
    let codes: BTreeSet<&str> = all().iter().map(|procedure| procedure.code.as_str()).collect();
    assert!(codes.len() >= 40, "{}", codes.len());
    for procedure in all() {
        let code = &procedure.code;
        assert!(procedure.name_vi.chars().count() > 5 && procedure.name_en.len() > 5, "{code}");
        assert!(Catalogue::embedded().field(&procedure.field).is_some(), "{code}");
        assert!(!procedure.agency.is_empty() && !procedure.jurisdiction.is_empty(), "{code}");
        assert!(procedure.source.contains('.'), "{code}: the address, or what is known of it");
        assert!(!procedure.time_limits.is_empty() && procedure.steps.len() >= 2, "{code}");
        assert!(
            procedure.steps.iter().all(|step| Catalogue::embedded().role(&step.role).is_some()),
            "{code}"
        );
        let silent = |part| procedure.not_in_source.contains(&part);
        assert_eq!(procedure.components.is_empty(), silent(Part::Components), "{code}");
        assert_eq!(procedure.fees.is_empty(), silent(Part::Fees), "{code}");
        assert_eq!(procedure.legal_basis.is_empty(), silent(Part::LegalBasis), "{code}");
        // A reader is told what is in doubt.
        assert!(procedure.verified || procedure.note.is_some(), "{code}");
    }
}

#[test]
fn both_regimes_are_there() {
    let in_force =
        |date: &str| all().into_iter().filter(move |p| p.is_in_force(day(date))).collect::<Vec<_>>();
    let (four, two) = (in_force("2015-06-01"), in_force("2026-09-01"));
    assert!(four.iter().any(|procedure| procedure.tier == Tier::District));
    assert!(two.len() >= 20 && two.iter().all(|procedure| procedure.tier != Tier::District));
    assert!(two.iter().all(|p| p.steps.iter().all(|step| step.tier != Tier::District)));
    for (date, act) in [
        ("2016-01-04", "Quyết định 93/2007/QĐ-TTg, Quyết định 09/2015/QĐ-TTg"),
        ("2018-06-21", "Nghị định 61/2018/NĐ-CP"),
        ("2025-06-30", "Nghị định 61/2018/NĐ-CP"),
        ("2025-07-01", "Nghị định 118/2025/NĐ-CP"),
    ] {
        assert_eq!(Catalogue::embedded().regime(day(date)).unwrap().act, act, "{date}");
    }
    // The same code, before and after.
    let birth = |date| Catalogue::embedded().find("1.001193", day(date)).unwrap();
    assert_ne!(birth("2025-06-30").in_force_from, birth("2025-07-01").in_force_from);
    assert!(Catalogue::embedded().find("1.001193", day("2013-01-01")).is_none());
}

#[test]
fn who_does_a_step_is_of_its_tier() {
    for procedure in all() {
        for step in &procedure.steps {
            let of = |prefix: &str, tier| !step.role.starts_with(prefix) || step.tier == tier;
            let fits = of("commune_", Tier::Commune)
                && of("district_", Tier::District)
                && of("province_", Tier::Province);
            assert!(fits, "{}: {} of tier {:?} by {}", procedure.code, step.id, step.tier, step.role);
        }
    }
}

#[test]
fn a_time_limit_depends_on_case_and_channel() {
    let days = |procedure: &Procedure, channel, case| match procedure.time_limit(channel, case).unwrap().limit
    {
        TimeLimit::Span { amount, .. } => amount.to_string(),
        other => other.to_string(),
    };
    let land = Catalogue::embedded().find("1.013978", day("2026-09-01")).unwrap();
    let by_channel =
        [Channel::Online, Channel::Post, Channel::Counter].map(|channel| days(land, channel, None));
    assert_eq!(by_channel, ["17", "20", "27"]);
    let linked = Catalogue::embedded().find("2.000986", day("2023-06-01")).unwrap();
    let remote = linked.time_limits[0].case.as_deref();
    assert!(remote.is_some());
    assert_eq!(days(linked, Channel::Online, remote), "25");
    assert_eq!(days(linked, Channel::Online, None), "20");
    let birth = Catalogue::embedded().find("1.001193", day("2023-06-01")).unwrap();
    let regime = Catalogue::embedded().regime(day("2023-06-01")).unwrap();
    let rule = birth.limit_rule(Channel::Counter, None, regime);
    assert_eq!(rule.limit, TimeLimit::SameDay);
    assert_eq!(rule.cut_off.unwrap().effect, CutOffEffect::DueNextWorkingDay);
    assert_eq!(rule.on_suspension, SuspensionPolicy::Restart, "Nghị định 61/2018 Điều 19(4)");
}

const GOOD: &str = r#"[[procedure]]
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

fn problems_of(text: &str) -> Vec<(&'static str, usize, String)> {
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

#[test]
fn each_fault_of_a_file_is_told_with_its_line() {
    assert_eq!(problems_of(GOOD), []);
    let line = |text: &str| GOOD.lines().position(|line| line.contains(text)).unwrap() + 1;
    for (from, to, code, at) in [
        ("code = \"9.000001\"", "code = \"9,000001\"", "procedure.code_form", line("code =")),
        ("name_vi = \"Thủ tục mẫu\"", "name_vi = \" \"", "procedure.empty_text", line("name_vi =")),
        ("Thủ tục mẫu", "Thu\u{309} tu\u{323}c mẫu", "procedure.not_nfc", line("name_vi =")),
        ("field = \"ho-tich\"", "field = \"ho-tichh\"", "procedure.unknown_field", line("field =")),
        ("tier = \"commune\"", "tier = \"district\"", "procedure.tier_not_in_regime", line("tier =")),
        ("tier = \"commune\"", "tier = \"village\"", "file.form", line("tier =")),
        ("in_force_from = 2025-07-01", "in_force_from = 1990-07-01", "procedure.no_regime", line("tier =")),
        ("in_force_from = 2025-07-01", "in_force_from = \"soon\"", "file.form", line("in_force_from")),
        ("agency =", "agencyy =", "file.form", line("agency =")),
        (
            "verified = false",
            "verified = false\non_supplement = \"second_stage\"",
            "procedure.second_stage",
            1,
        ),
        ("verified = false", "", "file.form", 1),
        ("[\"components\", \"fees\", ", "[\"fees\", ", "procedure.silent_gap", 1),
        ("3 working_day", "3 fortnights", "deadline.unit_unknown", line("3 working_day")),
        (
            "role = \"judicial_officer\"",
            "role = \"judge\"",
            "procedure.unknown_role",
            line("judicial_officer"),
        ),
        ("next = [\"sign\"]", "next = [\"stamp\"]", "routing.unknown_target", line("id = \"check\"")),
        ("next = [\"sign\"]", "next = [\"check\"]", "routing.never_ends", 1),
        ("approve = [\"end\"]", "agree = [\"end\"]", "procedure.sign_outcome", line("id = \"sign\"")),
        ("kind = \"sign\"", "kind = \"sing\"", "file.form", line("kind = \"sign\"")),
        ("return = [\"check\"]", "complete = [\"check\"]", "procedure.sign_outcome", line("id = \"sign\"")),
        ("kind = \"check\"", "kind = \"deliver\"", "procedure.deliver_outcome", line("id = \"check\"")),
        (
            "3 working_day\"",
            "4 hour\"\ncut_off = \"15:00\"",
            "deadline.cut_off_effect",
            line("3 working_day"),
        ),
        ("3 working_day\"", "3 working_day\"\nchannel = \"online\"", "procedure.limit_gap", 1),
        ("3 working_day\"", "3 working_day\"\ncase = \"x\"", "procedure.limit_gap", 1),
        (
            "3 working_day\"",
            "3 working_day\"\nafter_cut_off = \"due_next_working_day\"",
            "procedure.cut_off",
            line("3 working_day") + 1,
        ),
        ("[[procedure.time_limit]]\nlimit = \"3 working_day\"", "", "procedure.no_time_limit", 1),
    ] {
        let broken = GOOD.replacen(from, to, 1);
        assert_ne!(broken, GOOD, "{from}");
        let found = problems_of(&broken);
        assert!(
            found.iter().any(|(c, l, _)| (*c, *l) == (code, at)),
            "{from} → {to}: {code}:{at} in {found:?}"
        );
    }
}

#[test]
fn a_second_stage_has_a_limit_of_its_own() {
    let second = GOOD
        .replace("verified = false", "verified = false\non_supplement = \"second_stage\"")
        .replace("[[procedure.time_limit]]", "[[procedure.time_limit]]\nsecond_stage = \"18 working_day\"");
    let mut texts = Texts::embedded();
    texts.procedures = vec![("mine.toml", &second)];
    let catalogue = Catalogue::load(&texts).unwrap();
    let (procedure, day) = (catalogue.iter().next().unwrap(), day("2026-06-01"));
    let rule = procedure.limit_rule(Channel::Online, None, catalogue.regime(day).unwrap());
    assert_eq!(rule.on_suspension, SuspensionPolicy::SecondStage);
    assert_eq!(rule.second_stage, Some(TimeLimit::parse("18 working_day").unwrap()));
}

#[test]
fn all_faults_of_all_files_come_at_once() {
    let broken =
        GOOD.replace("ho-tich", "nowhere").replace("3 working_day", "x").replace("judicial_officer", "judge");
    let mut texts = Texts::embedded();
    let count = texts.procedures.len();
    let other = GOOD.replace("9.000001", "9.000002");
    texts.procedures.extend([
        ("one.toml", broken.as_str()),
        ("two.toml", "[[procedure]]\ncode = \n"),
        ("3.toml", other.as_str()),
    ]);
    assert_eq!(texts.procedures.len(), count + 3);
    let problems = Catalogue::load(&texts).unwrap_err();
    let of = |file: &str| problems.0.iter().filter(|problem| problem.file == file).count();
    assert_eq!((of("one.toml"), of("3.toml")), (3, 0), "{problems}");
    assert!(of("two.toml") >= 1);
    assert!(problems.to_string().contains("two.toml:2: the file is not valid TOML"), "{problems}");
}

#[test]
fn faults_of_form_hide_no_faults_of_content() {
    let broken = GOOD
        .replace("name_en = \"Sample\"\n", "")
        .replace("agency = \"UBND cấp xã\"\n", "")
        .replace("in_force_from = 2025-07-01", "in_force_from = 7")
        .replace("ho-tich", "nowhere")
        .replace("3 working_day", "3 fortnights")
        .replace("judicial_officer", "judge")
        .replace("kind = \"sign\"", "kind = \"sing\"")
        + "bogus = 1\n";
    let mut codes: Vec<_> = problems_of(&broken).into_iter().map(|(code, ..)| code).collect();
    codes.sort_unstable();
    let form = ["file.form"; 5];
    let content = ["deadline.unit_unknown", "procedure.unknown_field", "procedure.unknown_role"];
    assert_eq!(codes, [&content[..1], &form[..], &content[1..]].concat());
}

#[test]
fn the_example_of_the_format_s_readme_loads() {
    let readme = include_str!("../core/data/procedures/README.md");
    let example = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(problems_of(example), []);
    // Every key of the format is in it, or told beside it.
    for key in [
        "decision",
        "note",
        "on_supplement",
        "results",
        "linked",
        "join",
        "outcomes",
        "after_cut_off",
        "not_in_source",
    ] {
        assert!(readme.contains(key), "{key}");
    }
}

#[test]
fn an_unsound_routing_is_refused_with_the_path_to_the_trouble() {
    let broken = GOOD.replace("next = [\"sign\"]", "next = [\"sign\", \"stamp\"]")
        + "\n[[procedure.step]]\nid = \"stamp\"\nname_vi = \"Đóng dấu\"\nrole = \"clerk\"\nkind = \"stamp\"\nnext = [\"end\"]\n";
    let found = problems_of(&broken);
    let (code, _, message) = &found[0];
    assert_eq!(*code, "routing.runs_twice");
    assert!(message.contains("check -complete-> sign -return->"), "{message}");
}

#[test]
fn versions_of_a_code_may_not_overlap() {
    let twice = format!("{GOOD}\n{}", GOOD.replace("2025-07-01", "2026-01-01"));
    let found = problems_of(&twice);
    assert_eq!(found.iter().map(|(code, ..)| *code).collect::<Vec<_>>(), ["procedure.versions_overlap"]);
    let ended = twice.replacen(
        "in_force_from = 2025-07-01",
        "in_force_from = 2025-07-01\nin_force_to = 2025-12-31",
        1,
    );
    assert_eq!(problems_of(&ended), []);
}

#[test]
fn the_vocabulary_is_checked_too() {
    let field = "[[field]]\nid = \"ho-tich\"\nname_vi = \"Hộ tịch\"\nname_en = \"Civil status\"\n";
    let twice = field.repeat(2);
    let embedded = Texts::embedded();
    let regimes = embedded.regimes.1.replacen("to = 2026-08-04\n", "", 1);
    let texts = Texts {
        fields: ("fields.toml", &twice),
        regimes: ("regimes.toml", &regimes),
        procedures: vec![("mine.toml", GOOD)],
        ..embedded
    };
    let problems = Catalogue::load(&texts).unwrap_err();
    let found: Vec<_> = problems.0.iter().map(|problem| (problem.code, problem.file.as_str())).collect();
    assert_eq!(found, [("procedure.twice", "fields.toml"), ("procedure.regimes_overlap", "regimes.toml")]);
}
