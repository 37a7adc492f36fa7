//! Organisations written in a few words, and random histories of their units.
#![allow(dead_code, reason = "each test file uses its own part")]

use chrono::NaiveDate;
use motcua::dossier::{Organisation, Unit};
use motcua::problem::Problems;
use motcua::procedure::Catalogue;
use proptest::prelude::*;

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn load(text: &str) -> Result<Organisation, Problems> {
    Organisation::load(Catalogue::embedded(), &[("o.toml", text)])
}

pub fn loaded(text: &str) -> Organisation {
    load(text).unwrap_or_else(|problems| panic!("{problems}"))
}

/// `id tier parent from to successor,successor`, `-` for what is left out.
pub fn units(lines: &[&str]) -> String {
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

pub fn officer(id: &str, unit: &str, roles: &[&str]) -> String {
    let roles: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    format!("[[officer]]\nid = {id:?}\nunit = {unit:?}\nroles = [{}]\n", roles.join(", "))
}

pub fn ids<'a>(units: impl Iterator<Item = &'a Unit>) -> Vec<&'a str> {
    units.map(|unit| unit.id.as_str()).collect()
}

pub fn codes(problems: &Problems) -> Vec<&str> {
    problems.0.iter().map(|problem| problem.code).collect()
}

/// A history of communes: some number of rounds, in each of which units are put together, split or left alone.
pub fn histories() -> impl Strategy<Value = (String, Vec<NaiveDate>)> {
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
