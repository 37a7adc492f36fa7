//! The procedures that come with the library, and what a wrong file is told.

use chrono::NaiveDate;
use motcua::deadline::{CutOffEffect, SuspensionPolicy, TimeLimit};
use motcua::procedure::{AcceptedFinding, Catalogue, Channel, Elapse, Part, Procedure, Step, Texts, Tier};
use motcua::routing::Siblings;
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
        let steps_are_told = !procedure.not_in_source.contains(&Part::Steps);
        assert!(!procedure.time_limits.is_empty(), "{code}");
        assert!(procedure.steps.len() >= if steps_are_told { 2 } else { 1 }, "{code}");
        assert!(
            procedure
                .steps
                .iter()
                .all(|step| step.role.as_ref().is_none_or(|role| Catalogue::embedded().role(role).is_some())),
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
            let role = step.role.as_deref().unwrap_or_default();
            let of = |prefix: &str, tier| !role.starts_with(prefix) || step.tier == tier;
            let fits = of("commune_", Tier::Commune)
                && of("district_", Tier::District)
                && of("province_", Tier::Province);
            assert!(fits, "{}: {} of tier {:?} by {}", procedure.code, step.id, step.tier, role);
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
        ("Thủ tục mẫu", "Thủ\u{a0}tục mẫu", "procedure.invisible", line("name_vi =")),
        ("UBND cấp xã", "UBND cấp\u{200b} xã", "procedure.invisible", line("agency =")),
        ("approve = [", "dô\u{301}ng = [\"end\"], approve = [", "file.syntax", line("outcomes =")),
        ("approve = [", "\"dô\u{301}ng\" = [\"end\"], approve = [", "procedure.not_nfc", line("outcomes =")),
        (
            "verified = false",
            "verified = false\nnote = \"o\u{302}\"",
            "procedure.not_nfc",
            line("verified") + 1,
        ),
        ("role = \"commune_leader\"\n", "", "procedure.no_owner", line("id = \"sign\"")),
        (
            "role = \"commune_leader\"",
            "role = \"province_leader\"",
            "procedure.nobody",
            line("id = \"sign\""),
        ),
        ("role = \"commune_leader\"", "role = \"portal\"", "procedure.nobody", line("id = \"sign\"")),
        (
            "kind = \"check\"",
            "kind = \"check\"\nclock = \"second_stage\"",
            "procedure.second_stage",
            line("kind = \"check\"") + 1,
        ),
        ("kind = \"check\"", "kind = \"check\"\nclock = \"stop\"", "file.form", line("kind = \"check\"") + 1),
        (
            "kind = \"check\"",
            "kind = \"check\"\nafter = \"3 day\"\nthen = \"consent\"",
            "procedure.elapse",
            line("kind = \"check\"") + 2,
        ),
        (
            "kind = \"sign\"",
            "kind = \"sign\"\nafter = \"3 day\"",
            "procedure.elapse",
            line("kind = \"sign\"") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nnot_before = true",
            "procedure.elapse",
            line("id = \"check\""),
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nthen = \"complete\"",
            "procedure.elapse",
            line("id = \"check\""),
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nafter = \"unknown\"",
            "procedure.no_span",
            line("kind = \"check\"") + 1,
        ),
        (
            "verified = false",
            "verified = false\nanswer_within = \"not_stated\"",
            "procedure.no_span",
            line("verified") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nvote_at_least = \"1/2\"",
            "procedure.vote",
            line("id = \"check\""),
        ),
        (
            "kind = \"sign\"",
            "kind = \"sign\"\nvote_at_least = \"3/2\"",
            "procedure.vote",
            line("kind = \"sign\"") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\ndocuments = [\"map\"]",
            "procedure.unknown_document",
            line("kind = \"check\"") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\non_return = \"forget\"",
            "file.form",
            line("kind = \"check\"") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nneed = 1",
            "procedure.partial_join",
            line("kind = \"check\"") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nrest = \"finish\"",
            "procedure.partial_join",
            line("kind = \"check\"") + 1,
        ),
        (
            "next = [\"sign\"]",
            "outcomes = { ready = [\"sign\"] }\noptional = true",
            "procedure.optional",
            line("id = \"check\""),
        ),
        ("next = [\"sign\"]", "outcomes = { ready = 3 }", "file.form", line("next = ")),
        (
            "next = [\"sign\"]",
            "outcomes = { ready = { next = [\"sign\"], cancel = [\"stamp\"] } }",
            "routing.unknown_cancel",
            line("id = \"check\""),
        ),
        (
            "verified = false",
            "verified = false\nquestion_vi = \"Ai?\"",
            "procedure.question",
            line("verified") + 1,
        ),
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
fn what_could_not_be_read_is_not_missed() {
    let case = "[[procedure.case]]\nid = 7\nname_vi = \"Một\"\n[[procedure.case]]\nid = \"two\"\nname_vi = \"Hai\"\n\
                [[procedure.time_limit]]\nlimit = \"1 day\"\ncase = \"seven\"\n";
    let text = with(case).replace("kind = \"check\"", "kind = \"check\"\ndocuments = [\"map\"]")
        + "[[procedure.component]]\nid = \"map\"\n";
    let found: Vec<_> = problems_of(&text).into_iter().map(|(code, ..)| code).collect();
    assert!(!found.is_empty() && found.iter().all(|code| *code == "file.form"), "{found:?}");
}

#[test]
fn the_example_of_the_format_s_readme_loads() {
    let readme = include_str!("../core/data/procedures/README.md");
    let example = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(problems_of(example), []);
    // Every key of the format is in it, or told beside it.
    for key in "decision note on_supplement results linked join outcomes after_cut_off not_in_source question_vi \
        [[procedure.case]] start [[procedure.part]] optional [[procedure.accepted]] finding why answer_within \
        certified may_follow per from_quantity to_quantity max_vnd need rest cancel clock after then not_before \
        on_return vote_at_least documents"
        .split_whitespace()
    {
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

/// `GOOD` with lines of its own before the time limits.
fn with(head: &str) -> String {
    GOOD.replacen("[[procedure.time_limit]]", &format!("{head}\n[[procedure.time_limit]]"), 1)
}

fn load(text: &str) -> Arc<Procedure> {
    let mut texts = Texts::embedded();
    texts.procedures = vec![("mine.toml", text)];
    let catalogue = Catalogue::load(&texts).unwrap_or_else(|problems| panic!("{problems}"));
    catalogue.iter().next().unwrap().clone()
}

fn codes(text: &str) -> Vec<(&'static str, usize)> {
    problems_of(text).into_iter().map(|(code, line, _)| (code, line)).collect()
}

#[test]
fn every_key_of_a_step_is_carried() {
    let text = with("[[procedure.component]]\nid = \"map\"\nname_vi = \"Bản đồ\"\ncertified = 2\nmay_follow = true\nrequired = \"always\"")
        .replace("[\"components\", ", "[")
        .replace("verified = false", "verified = false\nanswer_within = \"15 day\"")
        .replace(
            "next = [\"sign\"]",
            "optional = true\non_return = \"cancel\"\nclock = \"pause\"\nafter = \"15 day\"\nthen = \"complete\"\n\
             not_before = true\ndocuments = [\"map\"]\nnext = [\"sign\"]",
        )
        .replace("kind = \"sign\"", "kind = \"meet\"\nvote_at_least = \"2/3\"");
    let procedure = load(&text);
    assert_eq!(procedure.answer_within, Some(TimeLimit::parse("15 day").unwrap()));
    let map = &procedure.components[0];
    assert_eq!((map.id.as_deref(), map.certified, map.may_follow), (Some("map"), 2, true));
    let check = procedure.step("check").unwrap();
    assert_eq!(check.role.as_deref(), Some("judicial_officer"));
    assert_eq!(check.clock, Some(SuspensionPolicy::Pause));
    let after = TimeLimit::parse("15 day").unwrap();
    assert_eq!(check.elapse, Some(Elapse { after, then: "complete".into(), not_before: true }));
    assert_eq!(check.on_return, Some(Siblings::Cancel));
    assert_eq!(check.documents, ["map"]);
    // An optional step can be left out, which leads where completing it would.
    let routing = &procedure.routing;
    assert!(check.optional && routing.outcomes("check").any(|outcome| outcome == Step::SKIP));
    let skipped = routing.fire(routing.start(), "check", Step::SKIP).unwrap();
    assert_eq!(routing.running(skipped).collect::<Vec<_>>(), ["sign"]);
    assert_eq!(procedure.step("sign").unwrap().vote_at_least, Some((2, 3)));
}

#[test]
fn a_case_chooses_its_limit_and_its_first_step() {
    let cases = "question_vi = \"Nộp ở đâu?\"\n[[procedure.case]]\nid = \"here\"\nname_vi = \"Tại đây\"\nstart = \"sign\"\n\
                 [[procedure.case]]\nid = \"there\"\nname_vi = \"Tại xã\"\n\
                 [[procedure.time_limit]]\nlimit = \"1 working_day\"\ncase = \"here\"\n";
    let procedure = load(&with(cases));
    assert_eq!(procedure.question_vi.as_deref(), Some("Nộp ở đâu?"));
    assert_eq!(procedure.case("here").unwrap().start.as_deref(), Some("sign"));
    assert_eq!(procedure.cases.len(), 2);
    let begun = procedure.routing.start_at("sign").unwrap();
    assert_eq!(procedure.routing.running(begun).collect::<Vec<_>>(), ["sign"]);
    assert_eq!(procedure.time_limit(Channel::Post, Some("here")).unwrap().limit.to_string(), "1 working_day");
    // Without declared cases the texts of the limits are the cases.
    let texts = load(&with("[[procedure.time_limit]]\nlimit = \"1 working_day\"\ncase = \"xã xa\"\n"));
    assert_eq!(texts.cases.iter().map(|case| case.id.as_str()).collect::<Vec<_>>(), ["xã xa"]);
    for (from, to, code) in [
        ("case = \"here\"", "case = \"nowhere\"", "procedure.unknown_case"),
        ("start = \"sign\"", "start = \"stamp\"", "procedure.unknown_step"),
        ("id = \"there\"", "id = \"here\"", "procedure.twice"),
        ("id = \"there\"", "id = \"Over there\"", "procedure.id_form"),
    ] {
        let text = with(&cases.replacen(from, to, 1));
        let line = text.lines().position(|line| line.contains(to)).unwrap() + 1;
        let line = if code == "procedure.twice" {
            text.lines().enumerate().filter(|(_, line)| line.contains(to)).nth(1).unwrap().0 + 1
        } else {
            line
        };
        assert!(codes(&text).contains(&(code, line)), "{code}:{line} in {:?}", codes(&text));
    }
}

#[test]
fn a_part_names_a_procedure_of_any_file() {
    let part = "[[procedure.part]]\nid = \"other\"\nname_vi = \"Phần khác\"\nprocedure = \"9.000002\"\noptional = true\n";
    let text = with(part);
    assert_eq!(codes(&text), [("procedure.unknown_procedure", 17)]);
    let other = GOOD.replace("9.000001", "9.000002");
    let mut texts = Texts::embedded();
    texts.procedures = vec![("mine.toml", &text), ("other.toml", &other)];
    let catalogue = Catalogue::load(&texts).unwrap();
    let part = &catalogue.versions("9.000001")[0].parts[0];
    assert_eq!(
        (part.id.as_str(), part.procedure.as_deref(), part.optional),
        ("other", Some("9.000002"), true)
    );
    let twice = "[[procedure.part]]\nid = \"a\"\nname_vi = \"Một\"\n".repeat(2);
    assert_eq!(codes(&with(&twice)).first().unwrap().0, "procedure.twice");
}

#[test]
fn steps_that_do_not_add_up_are_found_unless_accepted() {
    let limits = |check: &str, sign: &str| {
        GOOD.replace("kind = \"check\"", &format!("kind = \"check\"\nlimit = \"{check}\""))
            .replace("kind = \"sign\"", &format!("kind = \"sign\"\nlimit = \"{sign}\""))
    };
    let open =
        |check: &str| GOOD.replace("kind = \"check\"", &format!("kind = \"check\"\nlimit = \"{check}\""));
    for (text, figures) in [
        (limits("2 working_day", "1 working_day"), None),
        (limits("2.5 working_day", "4 working_hour"), None),
        (
            limits("2 working_day", "2 working_day"),
            Some("takes 4 working_day, the time limit is 3 working_day"),
        ),
        (
            limits("1 working_day", "0.5 working_day"),
            Some("takes 1.5 working_day, the time limit is 3 working_day"),
        ),
        // Where a step has no limit, the rest may be its.
        (open("1 working_day"), None),
        (open("3.5 working_day"), Some("takes 3.5 working_day")),
        // Days and working days: only what is too long by a week of five is told.
        (limits("2 day", "1 day"), None),
        (
            limits("3 day", "2 day"),
            Some("takes 3.57 working_day, the time limit is 3 working_day, a week taken"),
        ),
        (limits("1 month", "same_day"), Some("takes 21.43 working_day")),
        (limits("not_stated", "unknown"), None),
    ] {
        let found = problems_of(&text);
        match figures {
            None => assert_eq!(found, [], "{text}"),
            Some(figures) => {
                assert_eq!((found[0].0, found[0].1), ("procedure.sum", 1), "{found:?}");
                assert!(found[0].2.contains(figures), "{figures}: {}", found[0].2);
            }
        }
    }
    // Side by side the longest counts, what leads back does not, and a paused clock does not run.
    let parallel = GOOD
        .replace("next = [\"sign\"]", "limit = \"1 working_day\"\nnext = [\"a\", \"b\"]")
        .replace("kind = \"sign\"", "kind = \"sign\"\njoin = [\"a\", \"b\"]")
        + "[[procedure.step]]\nid = \"a\"\nname_vi = \"A\"\nrole = \"officer\"\nkind = \"process\"\nlimit = \"2 working_day\"\nnext = [\"sign\"]\n\
           [[procedure.step]]\nid = \"b\"\nname_vi = \"B\"\nrole = \"officer\"\nkind = \"wait\"\nlimit = \"2 working_day\"\nnext = [\"sign\"]\n";
    assert_eq!(problems_of(&parallel), []);
    let longer = parallel.replacen("limit = \"2 working_day\"\nnext", "limit = \"3 working_day\"\nnext", 1);
    assert!(problems_of(&longer)[0].2.contains("takes 4 working_day"));
    let paused = longer.replacen("kind = \"process\"", "kind = \"process\"\nclock = \"pause\"", 1);
    assert_eq!(problems_of(&paused), []);
    // Accepted with its source it is no problem; accepted without being there it is.
    let accepted =
        "[[procedure.accepted]]\nfinding = \"procedure.sum\"\nwhy = \"As published.\"\nsource = \"x\"\n";
    let wrong = limits("2 working_day", "2 working_day");
    let accept = |text: &str| {
        text.replacen("[[procedure.time_limit]]", &format!("{accepted}\n[[procedure.time_limit]]"), 1)
    };
    let procedure = load(&accept(&wrong));
    assert_eq!(procedure.accepted[0].finding, AcceptedFinding::CODES[0]);
    assert_eq!(codes(&accept(GOOD)), [("procedure.accepted_absent", 15)]);
    assert_eq!(
        codes(&with(&accepted.replace("procedure.sum", "procedure.code_form")))[0].0,
        "procedure.unknown_finding"
    );
}

#[test]
fn a_step_without_an_owner_is_accepted_by_its_name() {
    let nobody = GOOD.replace("role = \"judicial_officer\"\n", "");
    let accepted = |step: &str| {
        let entry = format!(
            "[[procedure.accepted]]\nfinding = \"procedure.no_owner\"\nstep = \"{step}\"\nwhy = \"y\"\nsource = \"x\"\n"
        );
        nobody.replacen("[[procedure.time_limit]]", &format!("{entry}\n[[procedure.time_limit]]"), 1)
    };
    assert_eq!(load(&accepted("check")).step("check").unwrap().role, None);
    let found: Vec<_> = codes(&accepted("sign")).into_iter().map(|(code, _)| code).collect();
    assert_eq!(found, ["procedure.accepted_absent", "procedure.no_owner"]);
    let found: Vec<_> = codes(&accepted("stamp")).into_iter().map(|(code, _)| code).collect();
    assert!(found.contains(&"procedure.unknown_step"), "{found:?}");
}

#[test]
fn fees_are_counted_by_channel_quantity_and_day() {
    let fees = |rows: &str| load(&with(rows).replace("\"fees\", ", ""));
    let copies = Catalogue::embedded().find("2.000815", day("2026-01-05")).unwrap();
    for (pages, vnd) in
        [(1, 2_000), (2, 4_000), (3, 5_000), (10, 12_000), (198, 200_000), (199, 200_000), (5_000, 200_000)]
    {
        let due = copies.fee(Channel::Counter, pages, day("2026-01-05"));
        assert_eq!(due.vnd, Some(vnd), "{pages} pages");
        assert_eq!(due.lines.iter().map(|line| line.vnd.unwrap()).sum::<u64>(), vnd);
        assert_eq!(due.lines.len(), if pages < 3 { 1 } else { 2 });
    }
    assert_eq!(copies.fee(Channel::Counter, 0, day("2026-01-05")).vnd, None, "nothing was counted");
    assert!(copies.fee(Channel::Counter, u32::MAX, day("2026-01-05")).vnd == Some(200_000));

    let row = |text: &str, keys: &str| format!("[[procedure.fee]]\ntext = \"{text}\"\n{keys}\n");
    let procedure = fees(
        &[
            row("online", "vnd = 10000\nchannel = \"online\""),
            row("else", "vnd = 20000"),
            row("until the end of 2025", "vnd = 115000\nper = \"thẻ\"\nto = 2025-12-31"),
            row("from 2026", "vnd = 230000\nper = \"thẻ\"\nfrom = 2026-01-01"),
        ]
        .concat(),
    );
    let sum = |channel, date| procedure.fee(channel, 1, day(date)).vnd;
    assert_eq!(sum(Channel::Online, "2025-12-31"), Some(125_000));
    assert_eq!(sum(Channel::Online, "2026-01-01"), Some(240_000));
    assert_eq!(sum(Channel::Counter, "2026-01-01"), Some(250_000));

    let brackets = fees(
        &[row("to 5", "vnd = 100\nto_quantity = 5"), row("from 6", "vnd = 70\nfrom_quantity = 6")].concat(),
    );
    let of = |quantity| brackets.fee(Channel::Post, quantity, day("2026-01-01")).vnd;
    assert_eq!((of(5), of(6), of(600)), (Some(100), Some(70), Some(70)));
    // Free is 0; not known is nothing, and makes the sum so.
    assert_eq!(fees(&row("Miễn phí", "vnd = 0")).fee(Channel::Post, 1, day("2026-01-01")).vnd, Some(0));
    let unknown = fees(&[row("a", "vnd = 5"), row("do HĐND quy định", "")].concat());
    let due = unknown.fee(Channel::Post, 1, day("2026-01-01"));
    assert_eq!((due.vnd, due.lines.len()), (None, 2));
    let online = fees(&row("online", "vnd = 5\nchannel = \"online\""));
    assert_eq!(online.fee(Channel::Post, 1, day("2026-01-01")).vnd, None);

    for keys in [
        "vnd = 1\nfrom_quantity = 3\nto_quantity = 2",
        "vnd = 1\nfrom = 2026-01-01\nto = 2025-01-01",
        "vnd = 1\nmax_vnd = 5",
        "per = \"trang\"\nmax_vnd = 5",
        "vnd = 1\nper = \"trang\"\n[[procedure.fee]]\ntext = \"b\"\nvnd = 2\nper = \"trang\"\nfrom_quantity = 3",
    ] {
        let text = with(&row("a", keys)).replace("\"fees\", ", "");
        assert_eq!(
            codes(&text).iter().map(|(code, _)| *code).collect::<Vec<_>>(),
            ["procedure.fee"],
            "{keys}"
        );
    }
}

#[test]
fn some_of_the_branches_are_enough_and_an_outcome_takes_others_away() {
    let step = |id: &str, more: &str| {
        format!(
            "[[procedure.step]]\nid = \"{id}\"\nname_vi = \"Bước\"\nrole = \"officer\"\nkind = \"process\"\n{more}\n"
        )
    };
    let body = |join: &str| {
        let begin = GOOD.split("[[procedure.step]]").next().unwrap();
        [
            begin.to_owned(),
            step("ask", "next = [\"a\", \"b\", \"c\"]"),
            step("a", "next = [\"sum-up\"]"),
            step("b", "outcomes = { complete = [\"sum-up\"], stop = { next = [\"end\"], cancel = [\"a\", \"c\", \"sum-up\"] } }"),
            step("c", "next = [\"sum-up\"]"),
            step("sum-up", &format!("join = [\"a\", \"b\", \"c\"]\n{join}\nnext = [\"end\"]")),
        ]
        .concat()
    };
    let procedure = load(&body("need = 2"));
    let routing = &procedure.routing;
    let asked = routing.fire(routing.start(), "ask", "complete").unwrap();
    let two = routing.fire(routing.fire(asked, "a", "complete").unwrap(), "c", "complete").unwrap();
    assert_eq!(routing.running(two).collect::<Vec<_>>(), ["sum-up"], "b is taken away");
    assert!(routing.fire(asked, "b", "stop").unwrap().is_end());
    let finish = load(
        &body("need = 2\nrest = \"finish\"")
            .replace(", stop = { next = [\"end\"], cancel = [\"a\", \"c\", \"sum-up\"] }", ""),
    );
    let routing = &finish.routing;
    let asked = routing.fire(routing.start(), "ask", "complete").unwrap();
    let two = routing.fire(routing.fire(asked, "a", "complete").unwrap(), "c", "complete").unwrap();
    assert_eq!(routing.running(two).collect::<Vec<_>>(), ["b", "sum-up"]);
    assert!(codes(&body("need = 4")).iter().any(|(code, _)| code.starts_with("routing.")));
}

#[test]
fn two_levels_hand_back_within_the_office() {
    // The head of the section hands back to the officer, the head of the department to the section or the officer.
    let step = |id: &str, role: &str, more: &str| {
        format!(
            "[[procedure.step]]\nid = \"{id}\"\nname_vi = \"Bước\"\nrole = \"{role}\"\nkind = \"check\"\n{more}\n"
        )
    };
    let text = [
        GOOD.split("[[procedure.step]]").next().unwrap().to_owned(),
        step("examine", "officer", "next = [\"section\"]"),
        step(
            "section",
            "agency_head",
            "outcomes = { complete = [\"department\"], return = [\"examine\"] }\non_return = \"keep\"",
        ),
        step(
            "department",
            "commune_leader",
            "outcomes = { complete = [\"end\"], return = [\"section\"], return-to-officer = [\"examine\"] }",
        ),
    ]
    .concat();
    let procedure = load(&text);
    assert_eq!(procedure.step("section").unwrap().on_return, Some(Siblings::Keep));
    let routing = &procedure.routing;
    let mut at = routing.start();
    for (step, outcome) in [
        ("examine", "complete"),
        ("section", "complete"),
        ("department", "return"),
        ("section", "return"),
        ("examine", "complete"),
        ("section", "complete"),
        ("department", "complete"),
    ] {
        at = routing.fire(at, step, outcome).unwrap();
    }
    assert!(at.is_end());
}

/// The codes of the published procedures that the catalogue was made from.
const PUBLISHED: &str = "1.001193 1.000656 1.000894 2.000806 1.004873 2.000815 2.000986 2.002039 1.001612 1.013225 \
    1.013978 1.012786 1.012805 1.004222 1.014061 3.000333 1.009645 1.010736 2.002165 1.001010 2.001046 1.010092 1.002338 \
    yen-bai/DT01 yen-bai/DT07 yen-bai/LD01 yen-bai/LD21 yen-bai/TC05 yen-bai/TC12 yen-bai/TN04 yen-bai/TN17 yen-bai/TP01 \
    yen-bai/TP06 yen-bai/LD05 quang-nam/dien-ban-208 quang-nam/dien-ban-67 quang-nam/nam-tra-my-72 B-BTP-052157-TT \
    quang-nam/dien-ban-402 quang-nam/dien-ban-382 quang-nam/dien-ban-172 quang-nam/nam-tra-my-209 \
    quang-nam/nam-tra-my-218 quang-nam/nam-tra-my-174 quang-nam/tam-ky-3 quang-nam/tam-ky-103 lam-dong/cai-chinh-ho-tich \
    tp-hcm/quan-4-2.000806 binh-phuoc/dong-xoai-chuyen-muc-dich binh-phuoc/giay-phep-xay-dung ha-noi/van-quan-hoa-giai \
    quang-nam/cam-kim-tham-van-dtm binh-dinh/karaoke-22335 dak-nong/dak-mil-karaoke binh-dinh/giao-khu-vuc-bien-34822 \
    tp-hcm/nha-be-mai-tang-phi thua-thien-hue/tho-cung-liet-si 3.000010 1.007073 vinh-phuc/chung-chi-hanh-nghe \
    ninh-binh/hoa-lu-thanh-lap-thcs lang-son/2.000286 long-an/dang-ky-ho-kinh-doanh-21918 lao-cai/dang-ky-dat-dai-35284 \
    thua-thien-hue/giao-dat-khong-dau-gia dien-bien/rang-dong-ung-pho-thien-tai";

#[test]
fn all_published_procedures_are_there() {
    let codes: BTreeSet<&str> = PUBLISHED.split_whitespace().collect();
    assert_eq!(codes.len(), 66);
    let missing: Vec<_> =
        codes.iter().filter(|code| Catalogue::embedded().versions(code).is_empty()).collect();
    assert!(missing.is_empty(), "{missing:?}");
    // What the source prints no steps of says so, and is not taken as verified.
    for procedure in all().into_iter().filter(|procedure| procedure.not_in_source.contains(&Part::Steps)) {
        assert!(!procedure.verified && procedure.note.is_some(), "{}", procedure.code);
    }
    for procedure in all() {
        for step in procedure.steps.iter().filter(|step| step.role.is_none()) {
            let told = procedure.accepted.iter().any(|accepted| accepted.step.as_ref() == Some(&step.id));
            assert!(told, "{}: {}", procedure.code, step.id);
        }
        assert!(
            procedure.accepted.iter().all(|accepted| accepted.source.contains(['.', '/'])),
            "{}",
            procedure.code
        );
    }
}

#[test]
fn the_patterns_of_the_published_procedures_are_data() {
    let find = |code: &str| Catalogue::embedded().versions(code).last().unwrap();
    // Silence is consent after twelve days, until 30/6/2026.
    let june = NaiveDate::from_ymd_opt(2026, 6, 1).unwrap();
    let permit = Catalogue::embedded().find("1.013225", june).unwrap();
    let consult = permit.step("consult").unwrap().elapse.as_ref().unwrap();
    assert_eq!(
        (consult.after.to_string().as_str(), consult.then.as_str(), consult.not_before),
        ("12 day", "consent", false)
    );
    // A posting cannot end before its time.
    let post = find("1.012786").step("post").unwrap().elapse.as_ref().unwrap();
    assert!(post.not_before && post.after.to_string() == "15 day");
    // Who does not give up the other nationality in time is refused; that time does not count.
    let renounce = find("2.002039").step("renounce").unwrap();
    assert_eq!(
        (renounce.clock, renounce.elapse.as_ref().unwrap().then.as_str()),
        (Some(SuspensionPolicy::Pause), "overdue")
    );
    // Silence beside the meeting: whichever is first takes the other away.
    let environment = &find("1.010736").routing;
    let running = environment.fire(environment.start(), "check", "complete").unwrap();
    let silent = environment.fire(running, "silence", "consent").unwrap();
    assert_eq!(environment.running(silent).collect::<Vec<_>>(), ["deliver"]);
    // The desk at which a dossier comes in decides where it begins.
    let land = find("lao-cai/dang-ky-dat-dai-35284");
    assert_eq!(land.case("nop-tai-huyen").unwrap().start.as_deref(), Some("receive"));
    assert_eq!(
        find("2.000986").parts.iter().map(|part| part.id.as_str()).collect::<Vec<_>>(),
        ["birth", "residence", "insurance", "identity-card"]
    );
    // The applicant waits for nobody but pays: the clock stands still.
    assert_eq!(find("yen-bai/TN04").step("receipt").unwrap().clock, Some(SuspensionPolicy::Pause));
}

#[test]
fn problems_are_json_too() {
    let mut texts = Texts::embedded();
    let text = GOOD.replace("ho-tich", "nowhere");
    texts.procedures = vec![("mine.toml", &text)];
    let problems = serde_json::to_value(Catalogue::load(&texts).unwrap_err()).unwrap();
    let [problem] = problems.as_array().unwrap().as_slice() else { panic!("{problems}") };
    assert_eq!(
        (&problem["code"], &problem["file"], &problem["line"]),
        (&"procedure.unknown_field".into(), &"mine.toml".into(), &5.into())
    );
    assert!(
        problem["message"].as_str().unwrap().contains("nowhere")
            && problem["help"].as_str().unwrap().contains("ho-tich")
    );
}

#[test]
fn what_is_too_much_is_told_and_not_tried() {
    let step = |i: usize, to: &str| {
        format!(
            "[[procedure.step]]\nid = \"s{i}\"\nname_vi = \"Bước\"\nrole = \"officer\"\nkind = \"process\"\nnext = [{to}]\n"
        )
    };
    let begin = GOOD.split("[[procedure.step]]").next().unwrap();
    let many: String = (0..10_000).map(|i| step(i, &format!("\"s{}\"", i + 1))).collect();
    let branches: Vec<String> = (1..=60).map(|i| format!("\"s{i}\"")).collect();
    let wide = step(0, &branches.join(", ")) + &(1..=60).map(|i| step(i, "\"end\"")).collect::<String>();
    let name = "ắ".repeat(1 << 20);
    let papers = "[[procedure.component]]\nname_vi = \"a\"\nrequired = \"always\"\n".repeat(2_000);
    let documents = format!("{begin}{}documents = [{}]\n", step(0, "\"end\""), "\"x\", ".repeat(100_000));
    for (what, text, code) in [
        ("10,000 steps", format!("{begin}{many}"), "procedure.too_large"),
        ("60 branches", format!("{begin}{wide}"), "routing.too_many_markings"),
        ("a long file", "# ".repeat((8 << 20) + 1), "file.too_large"),
        ("signs", "=".repeat(10 << 20), "file.too_large"),
        ("a long name", GOOD.replace("Thủ tục mẫu", &name), "procedure.text_too_long"),
        ("a long role", GOOD.replace("commune_leader", &name), "procedure.text_too_long"),
        ("deep lists", format!("a = {}", "[".repeat(100_000)), "file.syntax"),
        ("deep tables", "a = ".to_owned() + &"{a = ".repeat(100_000), "file.syntax"),
        ("deep names", format!("a{} = 1", ".a".repeat(4 << 20)), "file.too_deep"),
        ("deep headers", format!("[a{}]", ".a".repeat(4 << 20)), "file.too_deep"),
        (
            "hidden names",
            format!("x = {{y = \"\"\"q\"\"\"\", a{} = 1}}", ".a".repeat(4 << 20)),
            "file.too_deep",
        ),
        ("papers", with(&papers), "procedure.too_large"),
        ("documents", documents, "procedure.too_large"),
        ("many procedures", "[[procedure]]\n".repeat(100_000), "file.too_many_problems"),
        (
            "unknown keys",
            (0..5_000).fold(GOOD.to_owned(), |text, i| format!("{text}k{i} = 1\n")),
            "procedure.too_large",
        ),
    ] {
        let found = problems_of(&text);
        assert!(found.iter().any(|(c, ..)| *c == code), "{what}: {:?}", found.first());
        assert!(found.len() <= 501, "{what}: {}", found.len());
        assert!(found.iter().all(|(.., message)| message.len() < 2_100), "{what}");
    }
}

#[test]
fn many_procedures_come_from_many_files() {
    let one = |i: usize| GOOD.replace("9.000001", &format!("9.{i:06}"));
    let files: Vec<(String, String)> =
        (0..40).map(|f| (format!("{f}.toml"), (0..50).map(|i| one(f * 50 + i) + "\n").collect())).collect();
    let mut texts = Texts::embedded();
    texts.procedures = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(Catalogue::load(&texts).unwrap().iter().count(), 2_000);
    // Problems stay in the order of files and lines, whichever thread read them.
    let broken: Vec<(String, String)> = files
        .iter()
        .map(|(name, text)| (format!("{name:0>8}"), text.replace("ho-tich", "nowhere")))
        .collect();
    texts.procedures = broken.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let problems = Catalogue::load(&texts).unwrap_err().0;
    assert_eq!(problems.len(), 2_000);
    assert!(problems.is_sorted_by_key(|problem| (problem.file.clone(), problem.line)));
}
