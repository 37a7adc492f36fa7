//! Units over time, officers in their posts, and who is given what.

use chrono::NaiveDate;
use motcua::dossier::{ActsFor, Assignment, Officer, Organisation, PROVINCES, Unit, choose, unit_counts};
use motcua::problem::Problems;
use motcua::procedure::{Catalogue, Duty, Tier};
use proptest::prelude::*;

const YEN_THANH: (&str, &str) =
    ("yen-thanh-2025.toml", include_str!("../core/data/units/yen-thanh-2025.toml"));

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn load(text: &str) -> Result<Organisation, Problems> {
    Organisation::load(Catalogue::embedded(), &[("o.toml", text)])
}

fn loaded(text: &str) -> Organisation {
    load(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// `id tier parent from to successor,successor`, `-` for what is left out.
fn units(lines: &[&str]) -> String {
    let mut text = String::new();
    for line in lines {
        let mut fields = line.split_whitespace();
        let mut next = || fields.next().filter(|field| *field != "-");
        let (id, tier) = (next().unwrap(), next().unwrap());
        text += &format!("[[unit]]\nid = {id:?}\nname_vi = {id:?}\ntier = {tier:?}\n");
        for (key, quote) in [("parent", "\""), ("from", ""), ("to", "")] {
            if let Some(value) = next() {
                text += &format!("{key} = {quote}{value}{quote}\n");
            }
        }
        if let Some(list) = next() {
            text += &format!("successors = {:?}\n", list.split(',').collect::<Vec<_>>());
        }
    }
    text
}

fn officer(id: &str, unit: &str, roles: &[&str]) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    format!("[[officer]]\nid = {id:?}\nunit = {unit:?}\nroles = [{}]\n", roles.join(", "))
}

fn ids<'a>(units: impl Iterator<Item = &'a Unit>) -> Vec<&'a str> {
    units.map(|unit| unit.id.as_str()).collect()
}

fn codes(problems: &Problems) -> Vec<&str> {
    problems.0.iter().map(|problem| problem.code).collect()
}

#[test]
fn sixty_three_provinces_became_thirty_four() {
    let country = Organisation::load(Catalogue::embedded(), &[PROVINCES]).unwrap();
    let count = |tier: Tier, on: NaiveDate| {
        let all = country.units();
        all.iter().filter(|unit| unit.tier == tier && unit.is_in_force(on)).count()
    };
    for row in unit_counts().iter().filter(|row| row.tier == Tier::Province) {
        for on in [row.from, row.to].into_iter().flatten() {
            assert_eq!(count(Tier::Province, on), row.count as usize, "{on}");
        }
    }
    let known: Vec<u32> = unit_counts().iter().map(|row| row.count).collect();
    assert_eq!(known, [63, 34, 696, 10_035, 3_321]);
    let (before, after) = (day("2025-06-30"), day("2025-07-01"));
    let became = |id: &str, on: NaiveDate| country.successor_on(id, on).map(|unit| unit.id.as_str());
    for (old, new) in [
        ("ha-giang", "tuyen-quang"),
        ("kien-giang", "an-giang"),
        ("an-giang-63", "an-giang"),
        ("ba-ria-vung-tau", "ho-chi-minh"),
        ("quang-nam", "da-nang"),
        ("nghe-an", "nghe-an"),
        ("thua-thien-hue", "hue"),
    ] {
        assert_eq!(became(old, after), Ok(new));
        assert!(country.same_over_time(old, new) && country.same_over_time(new, old), "{old}");
    }
    assert_eq!(became("ha-giang", before), Ok("ha-giang"));
    assert_eq!(became("an-giang", before).unwrap_err().code(), "organisation.not_yet");
    // Looking back, a report has one name for a province that was not put together, and none for one that was.
    assert_eq!(country.at_boundaries("hue", day("2024-06-01")).unwrap().id, "thua-thien-hue");
    let error = country.at_boundaries("an-giang", before).unwrap_err();
    assert_eq!(error.code(), "organisation.merged");
    assert!(error.to_string().contains("an-giang-63, kien-giang"), "{error}");
    assert!(error.vi().contains("01/07/2025"), "{}", error.vi());
    assert!(!country.same_over_time("ha-giang", "an-giang"));
    // The numbers are those of the list, each once, and the codes those that were read.
    let numbers: std::collections::BTreeSet<_> =
        country.units().iter().filter_map(|unit| unit.number.clone()).collect();
    assert_eq!(numbers.len(), 34);
    assert_eq!(country.unit("nghe-an").unwrap().code.as_deref(), Some("H41"));
    assert_eq!(country.units().iter().filter(|unit| unit.code.is_some()).count(), 4);
    assert!(country.units().iter().all(|unit| unit.source.is_some() && unit.verified == Some(false)));
}

#[test]
fn a_dossier_of_a_commune_goes_on_over_the_end_of_its_district() {
    let officers = [
        officer("old", "van-thanh", &["one_stop"]),
        officer("new", "yen-thanh-xa", &["one_stop"]),
        officer("district", "yen-thanh", &["one_stop"]),
        officer("other", "quan-thanh", &["one_stop"]),
    ]
    .concat();
    let all = Organisation::load(Catalogue::embedded(), &[PROVINCES, YEN_THANH, ("o", &officers)]).unwrap();
    let (before, after) = (day("2025-06-30"), day("2025-07-01"));
    assert_eq!(ids(all.line_on("van-thanh", before)), ["van-thanh", "yen-thanh", "nghe-an"]);
    assert_eq!(ids(all.line_on("van-thanh", after)), ["yen-thanh-xa", "nghe-an"]);
    assert!(all.is_above_on("yen-thanh", "van-thanh", before));
    assert!(!all.is_above_on("yen-thanh", "van-thanh", after));
    assert!(all.is_above_on("yen-thanh-xa", "van-thanh", after));
    assert_eq!(all.at_tier_on("van-thanh", Tier::District, after), None);
    assert_eq!(all.at_tier_on("van-thanh", Tier::Commune, after).unwrap().id, "yen-thanh-xa");
    let who = |on: NaiveDate| -> Vec<&str> {
        let candidates = all.candidates("van-thanh", "one_stop", Tier::Commune, on);
        candidates.iter().map(|officer| officer.id.as_str()).collect()
    };
    assert_eq!(who(before), ["old"]);
    assert_eq!(who(after), ["new"]);
    // The district has ended with nothing to follow it; the province is above it still, and may transfer.
    let error = all.successor_on("yen-thanh", after).unwrap_err();
    assert_eq!(error.code(), "organisation.ended");
    assert!(error.to_string().contains("transfer its running dossiers"), "{error}");
    assert_eq!(ids(all.line_on("yen-thanh", after)), ["nghe-an"]);
    assert_eq!(all.subtree("yen-thanh", before).count(), 33);
    assert_eq!(all.subtree("yen-thanh", after).count(), 0);
    assert_eq!(all.subtree("nghe-an", after).count(), 10);
    assert_eq!(all.unit_on("yen-thanh", after), None);
    assert_eq!(all.unit_on("van-tu", before), None);
}

#[test]
fn a_district_ends_with_its_tier_though_its_file_says_nothing() {
    let all = loaded(&units(&["p province", "d district p", "c commune d"]));
    assert_eq!(all.unit("d").unwrap().to, Some(day("2025-06-30")));
    // A commune that stayed as it was came under the province.
    assert_eq!(ids(all.line_on("c", day("2025-06-30"))), ["c", "d", "p"]);
    assert_eq!(ids(all.line_on("c", day("2025-07-01"))), ["c", "p"]);
    assert!(all.is_above("d", "c"), "without a day, dates do not matter");
    assert_eq!(all.at_tier("c", Tier::District).unwrap().id, "d");
}

#[test]
fn a_split_unit_is_not_one_unit() {
    let all = loaded(&units(&[
        "p province",
        "a commune p - 2022-12-31 b,c",
        "b commune p 2023-01-01 2024-12-31 d",
        "c commune p 2023-01-01 2024-12-31 d",
        "d commune p 2025-01-01",
    ]));
    let error = all.successor_on("a", day("2023-06-01")).unwrap_err();
    assert_eq!(error.code(), "organisation.split");
    assert!(error.to_string().contains("b, c") && error.to_string().contains("by name"), "{error}");
    assert!(error.vi().contains("chia thành b, c"), "{}", error.vi());
    assert_eq!(ids(all.line_on("a", day("2023-06-01"))), ["p"]);
    assert!(!all.is_above_on("b", "a", day("2023-06-01")));
    // What was put together again is one.
    assert_eq!(all.successor_on("a", day("2025-01-01")).unwrap().id, "d");
    assert_eq!(all.at_boundaries("d", day("2022-12-31")).unwrap().id, "a");
    assert_eq!(all.at_boundaries("b", day("2022-01-01")).unwrap().id, "a");
    assert!(all.same_over_time("a", "d") && !all.same_over_time("a", "b"));
    assert_eq!(all.successor_on("x", day("2025-01-01")).unwrap_err().code(), "organisation.unknown_unit");
    assert!(!all.same_over_time("x", "x"));
    assert_eq!(all.line_on("d", day("2024-12-31")).count(), 0);
}

#[test]
fn what_does_not_fit_together_is_told() {
    let p = "p province";
    for (lines, code) in [
        (vec![p, "a commune p - 2024-12-31 x"], "organisation.unknown_unit"),
        (vec![p, "a commune p 2020-01-01 2019-12-31"], "organisation.dates"),
        (vec![p, "a commune p - - b", "b commune p 2025-01-01"], "organisation.not_ended"),
        (vec![p, "a commune p - 2024-12-31 b", "b commune p 2025-01-02"], "organisation.gap"),
        (vec![p, "a commune p - 2024-12-31 b", "b commune p 2024-12-31"], "organisation.successor_early"),
        (vec![p, "a commune p - 2024-12-31 b", "b commune p"], "organisation.successor_early"),
        (vec![p, "a commune p - 2024-12-31 b,b", "b commune p 2025-01-01"], "organisation.twice"),
        (vec![p, "a commune p - 2024-12-31 a"], "organisation.circle"),
        (vec!["a commune b", "b commune a"], "organisation.circle"),
        (vec!["q province - 2025-07-01", "a commune q"], "organisation.parent_not_in_force"),
        (vec!["q province - 2025-07-01", "a commune q 2025-06-30"], "organisation.parent_not_in_force"),
        (vec!["d district - - 2025-06-30", "a commune d 2025-07-01"], "organisation.parent_not_in_force"),
        (vec!["d district - - 2025-07-01"], "organisation.tier_not_in_force"),
        (vec!["d district - 2025-07-01"], "organisation.tier_not_in_force"),
        (
            vec![
                "q province - - 2024-12-31 r,s",
                "r province - 2025-01-01",
                "s province - 2025-01-01",
                "a commune q",
            ],
            "organisation.parent_split",
        ),
        // Under a unit whose successor came under it.
        (
            vec!["q province - - 2024-12-31 r", "r province a 2025-01-01", "a commune q"],
            "organisation.circle",
        ),
    ] {
        let problems = load(&units(&lines)).unwrap_err();
        assert!(codes(&problems).contains(&code), "{lines:?}: {problems}");
    }
    let one = |id: &str, more: &str| {
        format!("[[unit]]\nid = {id:?}\nname_vi = \"A\"\ntier = \"commune\"\n{more}\n")
    };
    for code in ["H41", "H41.17", "H41.1.QLDT", "A00", "Y99.9"] {
        assert!(load(&one("a", &format!("code = {code:?}"))).is_ok(), "{code}");
    }
    let long = "H41.".to_owned() + &"1".repeat(32);
    for code in ["Z41", "H4", "H411", "h41", "H41.", "H41..1", "H41.a", "000.00.17.H41", "", "H41-1", &long] {
        let problems = load(&one("a", &format!("code = {code:?}"))).unwrap_err();
        assert_eq!(codes(&problems), ["organisation.code"], "{code}");
    }
    let problems = load(&one("a", "code = \"000.00.17.H41\"")).unwrap_err();
    assert!(problems.0[0].help.contains("H41.14"), "{problems}");
    for (number, is_good) in [("17506", true), ("40", false), ("1750x", false)] {
        assert_eq!(load(&one("a", &format!("number = {number:?}"))).is_ok(), is_good, "{number}");
    }
    let both = [one("a", "code = \"H41.1\""), one("b", "code = \"H41.1\"")].concat();
    assert_eq!(codes(&load(&both).unwrap_err()), ["organisation.code_twice"]);
    let after = [
        one("a", "code = \"H41.1\"\nto = 2024-12-31\nsuccessors = [\"b\"]"),
        one("b", "code = \"H41.1\"\nfrom = 2025-01-01"),
    ];
    assert!(load(&after.concat()).is_ok(), "a successor may keep the code");
}

#[test]
fn a_file_without_end_is_refused_at_once() {
    let chain: Vec<String> = (0..5_000).map(|i| format!("u{i} commune u{}", i + 1)).collect();
    let lines: Vec<&str> = chain.iter().map(String::as_str).chain(["u5000 commune"]).collect();
    let problems = load(&units(&lines)).unwrap_err();
    assert!(codes(&problems).iter().all(|code| *code == "organisation.limit"), "{}", problems.0[0]);
}

#[test]
fn the_district_of_the_demonstration_has_its_communes() {
    let text = include_str!("../core/data/units/yen-thanh-2023.toml");
    let all = loaded(text);
    let communes = |all: &Organisation, on: &str| {
        all.units().iter().filter(|unit| unit.tier == Tier::Commune && unit.is_in_force(day(on))).count()
    };
    assert_eq!((communes(&all, "2023-06-01"), all.subtree("yen-thanh", day("2023-06-01")).count()), (39, 41));
    let all = Organisation::load(Catalogue::embedded(), &[PROVINCES, YEN_THANH]).unwrap();
    assert_eq!((communes(&all, "2025-06-30"), communes(&all, "2025-07-01")), (32, 9));
    assert_eq!(all.unit("yen-thanh-xa").unwrap().number.as_deref(), Some("17506"));
}

#[test]
fn officers_are_checked_too() {
    let units = units(&["a commune - 2020-01-01 2024-12-31 b", "b commune - 2025-01-01"]);
    for (text, code) in [
        ("[[officer]]\nid = \"x\"\n", "organisation.no_post"),
        ("[[officer]]\nid = \"x\"\nunit = \"a\"\n", "organisation.no_post"),
        (&*(officer("x", "a", &["one_stop"]) + "from = 2025-01-01\n"), "organisation.post_not_in_force"),
        (&*(officer("x", "a", &[]) + "from = 2024-01-02\nto = 2024-01-01\n"), "organisation.dates"),
        (&*officer("x", "a", &["wizard"]), "organisation.unknown_role"),
        (&*officer("x", "c", &[]), "organisation.unknown_unit"),
        (&*(officer("x", "a", &[]) + &officer("x", "b", &[])), "organisation.twice"),
        ("[[absence]]\nofficer = \"x\"\nfrom = 2024-01-01\n", "organisation.unknown_officer"),
        (
            "[[delegation]]\nofficer = \"x\"\ndeputy = \"y\"\nfrom = 2024-01-01\nto = 2024-01-02\n",
            "organisation.unknown_officer",
        ),
        (
            &*(officer("x", "a", &[])
                + "[[delegation]]\nofficer = \"x\"\ndeputy = \"x\"\nfrom = 2024-01-01\nto = 2024-01-02\n"),
            "organisation.delegation_to_self",
        ),
        (
            &*(officer("x", "a", &["clerk"])
                + &officer("y", "a", &[])
                + "[[delegation]]\nofficer = \"x\"\ndeputy = \"y\"\nroles = [\"one_stop\"]\nfrom = 2024-01-01\n\
                   to = 2024-01-02\n"),
            "organisation.not_theirs",
        ),
        ("[[delegation]]\nofficer = \"x\"\ndeputy = \"y\"\nfrom = 2024-01-01\n", "file.form"),
    ] {
        let problems = load(&(units.clone() + text)).unwrap_err();
        assert!(codes(&problems).contains(&code), "{text}: {problems}");
    }
}

#[test]
fn a_role_may_be_written_as_people_write_it() {
    let units = units(&["a commune"]);
    for name in
        ["one_stop", "Bộ phận TN&TKQ", "  bộ  PHẬN tn&tkq ", "Bo\u{302}\u{323} pha\u{302}\u{323}n TN&TKQ"]
    {
        let all = loaded(&(units.clone() + &officer("x", "a", &[name])));
        assert_eq!(all.officer("x").unwrap().roles, ["one_stop"], "{name}");
    }
    // Names that stand for one role are counted once.
    let all = loaded(&(units + &officer("x", "a", &["TTPVHCC", "one_stop", "Văn thư"])));
    let x = all.officer("x").unwrap();
    assert_eq!(x.roles, ["one_stop", "clerk"]);
    let duties: Vec<_> = x.posts[0].roles.iter().map(|role| all.duty(role)).collect();
    assert_eq!(duties, [Some(Duty::Reception), Some(Duty::Clerk)]);
}

#[test]
fn a_post_ends_with_its_dates_and_with_its_unit() {
    let text = units(&["a commune - - 2024-12-31 b", "b commune - 2025-01-01"])
        + "[[officer]]\nid = \"x\"\n[[officer.post]]\nunit = \"a\"\nroles = [\"one_stop\"]\n\
           [[officer.post]]\nunit = \"b\"\nroles = [\"clerk\"]\nto = 2025-03-31\n";
    let all = loaded(&text);
    let x = all.officer("x").unwrap();
    let on = |text: &str| -> Vec<&str> { x.posts_on(day(text)).map(|post| post.unit.as_str()).collect() };
    assert_eq!(on("2024-12-31"), ["a"]);
    assert_eq!(on("2025-01-01"), ["b"]);
    assert_eq!(on("2025-03-31"), ["b"]);
    assert!(on("2025-04-01").is_empty());
    assert_eq!((x.unit.as_str(), &x.roles[0][..]), ("a", "one_stop"), "the first post is the main one");
}

fn stands(all: &Organisation, who: &str, on: &str) -> Vec<String> {
    let show = |acts: ActsFor<'_>| {
        let roles: Vec<&str> = acts.roles().collect();
        format!(
            "{}:{}{}",
            acts.post.unit,
            roles.join("+"),
            acts.on_behalf.map_or(String::new(), |officer| format!(" for {}", officer.id))
        )
    };
    all.acts_for(all.officer(who).unwrap(), day(on)).map(show).collect()
}

#[test]
fn a_deputy_acts_over_a_weekend() {
    let text = units(&["a commune"])
        + &officer("chair", "a", &["commune_leader", "one_stop"])
        + &officer("vice", "a", &["clerk"])
        + &officer("third", "a", &["one_stop"])
        + "[[absence]]\nofficer = \"chair\"\nfrom = 2025-09-06\nto = 2025-09-07\nreason = \"đi công tác\"\n\
           [[delegation]]\nofficer = \"chair\"\ndeputy = \"vice\"\nroles = [\"Chủ tịch UBND xã\"]\n\
           from = 2025-09-06\nto = 2025-09-07\nsource = \"QĐ 12/QĐ-UBND\"\n\
           [[delegation]]\nofficer = \"vice\"\ndeputy = \"third\"\nfrom = 2025-09-07\nto = 2025-09-07\n";
    let all = loaded(&text);
    assert_eq!(stands(&all, "vice", "2025-09-05"), ["a:clerk"]);
    assert_eq!(stands(&all, "vice", "2025-09-06"), ["a:clerk", "a:commune_leader for chair"]);
    assert_eq!(stands(&all, "vice", "2025-09-08"), ["a:clerk"]);
    // What the vice was given is not passed on, what is theirs is.
    assert_eq!(stands(&all, "third", "2025-09-07"), ["a:one_stop", "a:clerk for vice"]);
    let who = |role: &str, on: &str| -> Vec<&str> {
        let candidates = all.candidates("a", role, Tier::Commune, day(on));
        candidates.iter().map(|officer| officer.id.as_str()).collect()
    };
    assert_eq!(who("commune_leader", "2025-09-05"), ["chair"]);
    assert_eq!(who("commune_leader", "2025-09-06"), ["vice"], "who is away gets no new work");
    assert_eq!(who("one_stop", "2025-09-06"), ["third"], "the delegation names one role only");
    assert!(!all.officer("chair").unwrap().is_present(day("2025-09-07")));
    // With leave to pass it on, it goes one hand further and no more.
    let more = "[[delegation]]\nofficer = \"third\"\ndeputy = \"chair\"\nfrom = 2025-09-07\nto = 2025-09-07\n\
                may_pass_on = true\n";
    let all = loaded(&(text.replace("source =", "may_pass_on = true\nsource =") + more));
    let found = stands(&all, "third", "2025-09-07");
    assert_eq!(found, ["a:one_stop", "a:clerk for vice", "a:commune_leader for chair"]);
    // Round in a circle, nobody stands in for themselves.
    let found = stands(&all, "chair", "2025-09-07");
    assert_eq!(found, ["a:commune_leader+one_stop", "a:one_stop for third"]);
    let third = all.officer("third").unwrap();
    let acts = all.acts_for(third, day("2025-09-07")).last().unwrap();
    assert_eq!(acts.delegations().map(|one| one.deputy.as_str()).collect::<Vec<_>>(), ["third", "vice"]);
    assert!(acts.has_role("commune_leader") && !acts.has_role("one_stop") && !acts.is_whole());
}

#[test]
fn an_agency_outside_the_line_is_found_anywhere() {
    let text = units(&["p province", "a commune p", "b commune p", "q province"])
        + &officer("tax", "q", &["tax_office"])
        + &officer("up", "p", &["clerk"])
        + &officer("side", "b", &["clerk"])
        + &officer("away", "q", &["officer"])
        + "[[delegation]]\nofficer = \"side\"\ndeputy = \"away\"\nfrom = 2026-01-01\nto = 2026-01-31\n";
    let all = loaded(&text);
    let who = |unit: &str, role: &str, tier: Tier| -> Vec<&str> {
        let candidates = all.candidates(unit, role, tier, day("2026-01-05"));
        candidates.iter().map(|officer| officer.id.as_str()).collect()
    };
    assert_eq!(all.duty("tax_office"), Some(Duty::Outside));
    assert_eq!(who("a", "tax_office", Tier::Commune), ["tax"]);
    assert_eq!(who("a", "clerk", Tier::Province), ["up"]);
    assert!(who("a", "clerk", Tier::Commune).is_empty());
    assert_eq!(who("p", "clerk", Tier::Commune), ["away", "side"], "a province's step that a commune does");
    assert_eq!(who("b", "clerk", Tier::Commune), ["away", "side"], "a deputy may come from elsewhere");
    assert!(who("atlantis", "clerk", Tier::Commune).is_empty());
}

#[test]
fn what_nobody_can_do_is_listed() {
    let on = day("2026-03-02");
    let base = units(&["p province", "a commune p", "b commune p"]);
    let all = loaded(&base);
    let of = |all: &Organisation, code: &str| -> Vec<String> {
        let found = all.uncovered(Catalogue::embedded(), on).into_iter();
        found.filter(|problem| problem.file == code).map(|problem| problem.message).collect()
    };
    let none = of(&all, "2.000815");
    assert!(!none.is_empty() && none.iter().all(|message| message.contains("for a, b")), "{none:?}");
    let roles: Vec<&str> = {
        let procedure = Catalogue::embedded().find("2.000815", on).unwrap();
        procedure.steps.iter().filter_map(|step| step.role.as_deref()).collect()
    };
    let half = of(&loaded(&(base.clone() + &officer("x", "a", &roles))), "2.000815");
    assert!(half.iter().all(|message| message.ends_with("for b")), "{half:?}");
    let both = base + &officer("x", "a", &roles) + &officer("y", "b", &roles);
    assert!(of(&loaded(&both), "2.000815").is_empty());
}

#[test]
fn one_is_chosen_in_turn_or_by_load() {
    let text = units(&["a commune"]) + &["c", "a", "b"].map(|id| officer(id, "a", &["one_stop"])).concat();
    let all = loaded(&text);
    let some = all.candidates("a", "one_stop", Tier::Commune, day("2026-01-05"));
    let none = |_: &str| 0;
    let id = |officer: Option<&Officer>| officer.map(|officer| officer.id.clone());
    let turn = |last| id(choose(Assignment::RoundRobin, &some, &none, last)).unwrap();
    assert_eq!([None, Some("a"), Some("aa"), Some("c"), Some("z")].map(turn), ["a", "b", "b", "a", "a"]);
    let loads = |id: &str| if id == "a" { 3 } else { 1 };
    assert_eq!(id(choose(Assignment::LeastLoaded, &some, &loads, None)).unwrap(), "b");
    assert_eq!(id(choose(Assignment::ByHand, &some, &none, None)), None);
    assert_eq!(id(choose(Assignment::RoundRobin, &[], &none, Some("a"))), None);
}

/// A history of communes: some number of rounds, in each of which units are put together, split or left alone.
fn histories() -> impl Strategy<Value = (String, Vec<NaiveDate>)> {
    (2usize..8, prop::collection::vec(prop::collection::vec((0u8..4, any::<u8>()), 8), 1..5)).prop_map(
        |(count, rounds)| {
            let mut made = 0;
            let mut fresh = move || {
                made += 1;
                format!("u{made}")
            };
            let tops = ["p province".to_owned(), "q province".to_owned()];
            let parent = |i: usize| if i.is_multiple_of(2) { "p" } else { "q" };
            // Id, parent, first day.
            let mut live: Vec<(String, &str, String)> =
                (0..count).map(|i| (fresh(), parent(i), "-".to_owned())).collect();
            let mut lines: Vec<String> = tops.to_vec();
            let mut days = vec![day("2019-06-01")];
            for (year, round) in rounds.iter().enumerate() {
                let (end, begin) = (format!("{}-12-31", 2020 + year), format!("{}-01-01", 2021 + year));
                days.extend([day(&end), day(&begin)]);
                let mut next: Vec<(String, &str, String)> = Vec::new();
                for (i, (id, parent, from)) in live.into_iter().enumerate() {
                    let (what, pick) = round[i % round.len()];
                    match what {
                        0 => next.push((id, parent, from)),
                        // Into one of those that begin with this round, under the same parent.
                        1 if next.iter().any(|(_, other, first)| *other == parent && *first == begin) => {
                            let new: Vec<&String> = next
                                .iter()
                                .filter(|(_, other, first)| *other == parent && *first == begin)
                                .map(|(id, ..)| id)
                                .collect();
                            let into = new[usize::from(pick) % new.len()];
                            lines.push(format!("{id} commune {parent} {from} {end} {into}"));
                        }
                        2 => {
                            let (a, b) = (fresh(), fresh());
                            lines.push(format!("{id} commune {parent} {from} {end} {a},{b}"));
                            next.extend([(a, parent, begin.clone()), (b, parent, begin.clone())]);
                        }
                        _ => {
                            let new = fresh();
                            lines.push(format!("{id} commune {parent} {from} {end} {new}"));
                            next.push((new, parent, begin.clone()));
                        }
                    }
                }
                live = next;
            }
            lines.extend(live.into_iter().map(|(id, parent, from)| format!("{id} commune {parent} {from}")));
            (units(&lines.iter().map(String::as_str).collect::<Vec<_>>()), days)
        },
    )
}

proptest! {
    #[test]
    fn boundaries_of_a_day_know_each_unit_once((text, days) in histories()) {
        let all = loaded(&text);
        for on in days {
            let in_force: Vec<&Unit> = all.units().into_iter().filter(|unit| unit.is_in_force(on)).collect();
            for unit in all.units() {
                match all.at_boundaries(&unit.id, on) {
                    Ok(known) => {
                        prop_assert!(known.is_in_force(on));
                        prop_assert_eq!(&all.at_boundaries(&known.id, on).unwrap().id, &known.id);
                        // Whoever is above it then is above the unit as well.
                        if unit.from.is_none_or(|from| from <= on) {
                            prop_assert!(all.is_above_on(&known.id, &unit.id, on));
                            prop_assert_eq!(ids(all.line_on(&unit.id, on)), ids(all.line_on(&known.id, on)));
                        }
                    }
                    Err(error) => {
                        prop_assert!(!unit.is_in_force(on));
                        prop_assert!(["organisation.split", "organisation.merged"].contains(&error.code()));
                    }
                }
            }
            // The trees below the tops hold each unit in force once.
            let mut below: Vec<&str> =
                ["p", "q"].into_iter().flat_map(|top| all.subtree(top, on)).map(|unit| unit.id.as_str()).collect();
            below.sort_unstable();
            prop_assert_eq!(below, ids(in_force.into_iter()));
        }
    }

    #[test]
    fn candidates_are_all_whose_post_suits((text, days) in histories()) {
        let names: Vec<String> = loaded(&text).units().iter().map(|unit| unit.id.clone()).collect();
        let staff: String = names.iter().map(|id| officer(&format!("o-{id}"), id, &["clerk"])).collect();
        let all = loaded(&(text + &staff));
        for on in days {
            for unit in &names {
                let found = all.candidates(unit, "clerk", Tier::Commune, on);
                let line = |officer: &&&Officer| {
                    let place = all.unit_index(&officer.unit).unwrap();
                    all.unit(&officer.unit).unwrap().tier == Tier::Commune
                        && officer.posts_on(on).next().is_some()
                        && all.in_line(all.unit_index(unit).unwrap(), place, on)
                };
                let officers = all.officers();
                let slow: Vec<&str> = officers.iter().filter(line).map(|officer| officer.id.as_str()).collect();
                let found: Vec<&str> = found.iter().map(|officer| officer.id.as_str()).collect();
                prop_assert_eq!(found, slow, "{} on {}", unit, on);
            }
        }
    }

    #[test]
    fn what_follows_follows_in_steps((text, days) in histories()) {
        let all = loaded(&text);
        for unit in all.units() {
            for pair in days.windows(2) {
                // Through a day between, one comes to the same unit.
                if let Ok(first) = all.successor_on(&unit.id, pair[0]) {
                    let (direct, by_way) =
                        (all.successor_on(&unit.id, pair[1]), all.successor_on(&first.id, pair[1]));
                    prop_assert_eq!(direct.ok(), by_way.ok());
                }
            }
        }
    }

    #[test]
    fn turns_are_fair_and_loads_decide(count in 1usize..9, rounds in 1usize..5, order in any::<u64>()) {
        let text = units(&["a commune"])
            + &(0..count).map(|i| officer(&format!("o{i}"), "a", &["one_stop"])).collect::<String>();
        let all = loaded(&text);
        let mut some = all.candidates("a", "one_stop", Tier::Commune, day("2026-01-05"));
        prop_assert_eq!(some.len(), count);
        // The order of the candidates does not matter.
        let shift = usize::try_from(order % 8).unwrap() % count;
        some.rotate_left(shift);
        let mut given = vec![0usize; count];
        let place = |id: &str| id[1..].parse::<usize>().unwrap();
        let mut last: Option<String> = None;
        for _ in 0..count * rounds {
            let next = choose(Assignment::RoundRobin, &some, &|_| 0, last.as_deref()).unwrap();
            given[place(&next.id)] += 1;
            last = Some(next.id.clone());
        }
        prop_assert!(given.iter().all(|times| *times == rounds), "{:?}", given);
        let mut loads = vec![0usize; count];
        for _ in 0..count * rounds {
            let next = choose(Assignment::LeastLoaded, &some, &|id| loads[place(id)], None).unwrap();
            let at = place(&next.id);
            loads[at] += 1;
            prop_assert!(loads.iter().max().unwrap() - loads.iter().min().unwrap() <= 1);
        }
    }
}
