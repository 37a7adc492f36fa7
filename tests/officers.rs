//! Officers in their posts, their deputies, and who is given what.

#[path = "common/organisations.rs"]
mod organisations;

use motcua::dossier::{ActsFor, Assignment, Officer, Organisation, choose};
use motcua::procedure::{Catalogue, Duty, Tier};
use organisations::{codes, day, histories, load, loaded, officer, units};
use proptest::prelude::*;

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

/// An agency outside the line works in its own province; one that lies under none works everywhere.
#[test]
fn an_agency_of_another_province_covers_nothing_here() {
    let on = day("2026-03-02");
    let lacks = |agency: &str| -> Vec<String> {
        let text = units(&["p province", "q province", "a commune p", "b commune q", agency]);
        let all = loaded(&(text + &officer("x", "o", &["police"])));
        let found = all.uncovered(Catalogue::embedded(), on).into_iter();
        let mine =
            found.filter(|problem| problem.file == "2.000986" && problem.message.contains("role `police`"));
        mine.map(|problem| problem.message.split(" for ").last().unwrap().to_owned()).collect()
    };
    assert_eq!(lacks("o commune p"), ["b"]);
    assert_eq!(lacks("o commune q"), ["a"]);
    assert!(lacks("o province").is_empty());
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

proptest! {
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
