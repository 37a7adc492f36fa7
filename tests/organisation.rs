//! Units over time: what is put together, split or ended, and what of it does not fit.

#[path = "common/organisations.rs"]
mod organisations;

use chrono::NaiveDate;
use motcua::dossier::{Organisation, PROVINCES, Unit, unit_counts};
use motcua::procedure::{Catalogue, Tier};
use organisations::{codes, day, histories, ids, load, loaded, officer, units};
use proptest::prelude::*;

const YEN_THANH: (&str, &str) =
    ("yen-thanh-2025.toml", include_str!("../core/data/units/yen-thanh-2025.toml"));

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
}
