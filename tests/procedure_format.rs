//! What can be written in a file of procedures, and what it means.

#[path = "common/sample.rs"]
mod sample;

use motcua::deadline::{SuspensionPolicy, TimeLimit};
use motcua::procedure::{Catalogue, Channel, Elapse, Step, Texts, VoteRule, VotesOf};
use motcua::routing::Siblings;
use sample::{GOOD, codes, day, load, problems_of, with};

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
fn the_example_of_the_format_s_readme_loads() {
    let readme = include_str!("../core/data/procedures/README.md");
    let example = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    assert_eq!(problems_of(example), []);
    // Every key of the format is in it, or told beside it.
    for key in "decision note on_supplement results linked join outcomes after_cut_off not_in_source question_vi \
        [[procedure.case]] start [[procedure.part]] optional [[procedure.accepted]] finding why answer_within \
        certified may_follow per from_quantity to_quantity max_vnd need rest cancel clock after then not_before \
        on_return vote_at_least vote_more_than vote_of quorum numbered in_person cases documents"
        .split_whitespace()
    {
        assert!(readme.contains(key), "{key}");
    }
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
        .replace("kind = \"sign\"", "kind = \"meet\"\nvote_at_least = \"2/3\"\nnumbered = true");
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
    let meet = procedure.step("sign").unwrap();
    let rule = VoteRule { share: (2, 3), more: false, of: VotesOf::Cast, quorum: None };
    assert_eq!((meet.vote, meet.numbered, meet.in_person), (Some(rule), true, false));
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
fn fees_are_counted_by_channel_quantity_and_day() {
    let fees = |rows: &str| load(&with(rows).replace("\"fees\", ", ""));
    let copies = Catalogue::embedded().find("2.000815", day("2026-01-05")).unwrap();
    for (pages, vnd) in
        [(1, 2_000), (2, 4_000), (3, 5_000), (10, 12_000), (198, 200_000), (199, 200_000), (5_000, 200_000)]
    {
        let due = copies.fee(Channel::Counter, None, pages, day("2026-01-05"));
        assert_eq!(due.vnd, Some(vnd), "{pages} pages");
        assert_eq!(due.lines.iter().map(|line| line.vnd.unwrap()).sum::<u64>(), vnd);
        assert_eq!(due.lines.len(), if pages < 3 { 1 } else { 2 });
    }
    assert_eq!(copies.fee(Channel::Counter, None, 0, day("2026-01-05")).vnd, None, "nothing was counted");
    assert!(copies.fee(Channel::Counter, None, u32::MAX, day("2026-01-05")).vnd == Some(200_000));

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
    let sum = |channel, date| procedure.fee(channel, None, 1, day(date)).vnd;
    assert_eq!(sum(Channel::Online, "2025-12-31"), Some(125_000));
    assert_eq!(sum(Channel::Online, "2026-01-01"), Some(240_000));
    assert_eq!(sum(Channel::Counter, "2026-01-01"), Some(250_000));

    // A fee for a case takes the place of the one for all.
    let cases = "question_vi = \"?\"\n[[procedure.case]]\nid = \"new\"\nname_vi = \"m\"\n\
                 [[procedure.case]]\nid = \"again\"\nname_vi = \"l\"\n";
    let rows = [row("for all", "vnd = 50000"), row("again", "vnd = 20000\ncases = [\"again\"]")].concat();
    let text = with(&format!("{cases}{rows}")).replace("\"fees\", ", "");
    let procedure = load(&text);
    let sum = |case| procedure.fee(Channel::Post, Some(case), 1, day("2026-01-01")).vnd;
    assert_eq!((sum("new"), sum("again")), (Some(50_000), Some(20_000)));

    let brackets = fees(
        &[row("to 5", "vnd = 100\nto_quantity = 5"), row("from 6", "vnd = 70\nfrom_quantity = 6")].concat(),
    );
    let of = |quantity| brackets.fee(Channel::Post, None, quantity, day("2026-01-01")).vnd;
    assert_eq!((of(5), of(6), of(600)), (Some(100), Some(70), Some(70)));
    // Free is 0; not known is nothing, and makes the sum so.
    assert_eq!(fees(&row("Miễn phí", "vnd = 0")).fee(Channel::Post, None, 1, day("2026-01-01")).vnd, Some(0));
    let unknown = fees(&[row("a", "vnd = 5"), row("do HĐND quy định", "")].concat());
    let due = unknown.fee(Channel::Post, None, 1, day("2026-01-01"));
    assert_eq!((due.vnd, due.lines.len()), (None, 2));
    let online = fees(&row("online", "vnd = 5\nchannel = \"online\""));
    assert_eq!(online.fee(Channel::Post, None, 1, day("2026-01-01")).vnd, None);

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
