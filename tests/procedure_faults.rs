//! What a wrong file of procedures is told.

#[path = "common/sample.rs"]
mod sample;

use motcua::procedure::{AcceptedFinding, Catalogue, Texts};
use sample::{GOOD, codes, load, problems_of, with};

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
            "kind = \"sign\"",
            "kind = \"meet\"\nvote_at_least = \"1/2\"\nvote_more_than = \"1/2\"",
            "procedure.vote",
            line("kind = \"sign\"") + 1,
        ),
        (
            "kind = \"sign\"",
            "kind = \"meet\"\nvote_more_than = \"1/1\"",
            "procedure.vote",
            line("id = \"sign\""),
        ),
        (
            "kind = \"sign\"",
            "kind = \"meet\"\nquorum = \"1/2\"",
            "procedure.vote",
            line("kind = \"sign\"") + 1,
        ),
        (
            "kind = \"check\"",
            "kind = \"check\"\nin_person = true",
            "procedure.in_person",
            line("id = \"check\""),
        ),
        ("kind = \"sign\"", "kind = \"sign\"\nnumbered = true", "procedure.numbered", line("id = \"sign\"")),
        (
            "[[procedure.step]]\nid = \"check\"",
            "[[procedure.fee]]\ntext = \"x\"\ncases = [\"renew\"]\n[[procedure.step]]\nid = \"check\"",
            "procedure.unknown_case",
            line("id = \"check\"") + 1,
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
    // Sixty branches of which thirty are enough, five hundred times: each is refused for itself.
    let last = format!("{}join = [{}]\nneed = 30\n", step(61, "\"end\""), branches.join(", "));
    let half =
        step(0, &branches.join(", ")) + &(1..=60).map(|i| step(i, "\"s61\"")).collect::<String>() + &last;
    let halves: String =
        (0..500).map(|n| format!("{begin}{half}").replace("9.000001", &format!("9.{n:06}"))).collect();
    for (what, text, code) in [
        ("many routings", halves, "routing.too_much_to_prove"),
        ("10,000 steps", format!("{begin}{many}"), "procedure.too_large"),
        ("60 branches", format!("{begin}{wide}"), "routing.too_many_markings"),
        ("a long file", "# ".repeat((8 << 20) + 1), "file.too_large"),
        ("signs", "=".repeat(10 << 20), "file.too_large"),
        ("a long name", GOOD.replace("Thủ tục mẫu", &name), "procedure.text_too_long"),
        ("a long role", GOOD.replace("commune_leader", &name), "procedure.text_too_long"),
        ("deep lists", format!("a = {}", "[".repeat(100_000)), "file.syntax"),
        ("deep tables", "a = ".to_owned() + &"{a = ".repeat(100_000), "file.syntax"),
        ("deep names", format!("a{} = 1", ".a".repeat(1 << 20)), "file.too_deep"),
        ("deep headers", format!("[a{}]", ".a".repeat(1 << 20)), "file.too_deep"),
        (
            "hidden names",
            format!("x = {{y = \"\"\"q\"\"\"\", a{} = 1}}", ".a".repeat(1 << 20)),
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
