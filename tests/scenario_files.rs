//! The files of `data/scenarios`: their form, the names of the scenarios, and which workflow patterns they prove.

#[path = "common/scenario.rs"]
mod scenario;

use scenario::{files, folder, read};
use std::collections::{BTreeMap, BTreeSet};

#[test]
fn every_scenario_has_a_name_of_its_own_and_says_what_it_proves() {
    let mut ids = BTreeSet::new();
    for (name, file) in files() {
        for scenario in file.scenario {
            assert!(!scenario.title.is_empty() && !scenario.proves.is_empty(), "{name}: {}", scenario.id);
            assert!(scenario.rejected.is_some() || !scenario.then.is_empty(), "{name}: {}", scenario.id);
            assert!(ids.insert(scenario.id.clone()), "{name}: {} is there twice", scenario.id);
        }
    }
    assert!(ids.len() >= 150, "{} scenarios", ids.len());
}

#[test]
fn the_files_are_in_nfc_and_end_with_a_line() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let text = read(&name);
        assert!(
            unicode_normalization::is_nfc(&text) && text.ends_with('\n') && !text.contains('\r'),
            "{name}"
        );
    }
}

/// The README's table says of each of the 43 patterns which file proves it, or why it does not apply.
#[test]
fn every_workflow_pattern_that_applies_is_proved() {
    let proved: BTreeMap<String, BTreeSet<String>> = files()
        .into_iter()
        .map(|(name, file)| (name, file.scenario.into_iter().flat_map(|scenario| scenario.proves).collect()))
        .collect();
    let readme = read("README.md");
    let rows = readme.lines().filter_map(|line| line.strip_prefix("| WCP-")?.strip_suffix(" |"));
    let mut numbers = BTreeSet::new();
    for row in rows {
        let cells: Vec<&str> = row.split(" | ").collect();
        let [number, pattern, file, why] = cells[..] else { panic!("{row}") };
        numbers.insert(number.parse::<u8>().unwrap());
        if file == "-" {
            assert!(why.len() > 20, "say why WCP-{number} does not apply");
            continue;
        }
        let proofs = proved.get(file.trim_matches('`')).unwrap_or_else(|| panic!("there is no {file}"));
        let wanted = format!("WCP-{number} {pattern}");
        assert!(proofs.iter().any(|proof| proof.starts_with(&wanted)), "{file} does not prove {wanted}");
    }
    assert_eq!(numbers, (1..=43).collect(), "each pattern has a row");
}
