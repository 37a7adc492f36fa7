//! The house rules that a compiler does not check.

use motcua::exchange::Rows;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !["target", ".git", "node_modules"].contains(&name.as_str()) {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_test_file_runs() {
    let manifest = read("tests/Cargo.toml");
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".rs") {
            assert!(manifest.contains(&format!("path = \"{name}\"")), "{name} is not in tests/Cargo.toml");
        }
    }
}

#[test]
fn rooms_use_only_those_above_them() {
    let rooms = [
        "calendar",
        "deadline",
        "routing",
        "procedure",
        "dossier",
        "journal",
        "sync",
        "measure",
        "score",
        "exchange",
        "report",
        "engine",
    ];
    for (i, room) in rooms.iter().enumerate() {
        let base = root().join("core/src");
        let folder = base.join(room);
        let sources =
            if folder.is_dir() { files(&folder, ".rs") } else { vec![base.join(format!("{room}.rs"))] };
        for path in sources {
            let text = fs::read_to_string(&path).unwrap();
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
            for below in &rooms[i + 1..] {
                assert!(
                    !code.contains(&format!("crate::{below}")),
                    "{} uses {below}, which is below it",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn files_stay_short() {
    for path in ["core/src", "core/examples", "bindings-c/src", "bindings-python/src", "tests", "benches"]
        .iter()
        .flat_map(|f| files(&root().join(f), ".rs"))
    {
        let lines = fs::read_to_string(&path).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines; is it one thing?", path.display());
    }
}

#[test]
fn the_readme_says_what_is_true() {
    let readme = read("README.md");
    assert!(
        readme.contains(&read("bindings-c/examples/due.c")),
        "the C example of the README is examples/due.c"
    );
    let listed: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, _)| name)
        .collect();
    let columns: Vec<&str> = Rows::Dossiers.columns().iter().map(|column| column.name).collect();
    assert_eq!(listed, columns, "the columns of an export");
    for column in Rows::Dossiers.columns() {
        let plain = readme.replace('`', "");
        assert!(plain.contains(&column.meaning.replace('`', "")), "{}: {}", column.name, column.meaning);
    }
    let procedures: Vec<_> = motcua::procedure::Catalogue::embedded().iter().collect();
    let codes: std::collections::BTreeSet<_> = procedures.iter().map(|procedure| &procedure.code).collect();
    let verified = procedures.iter().filter(|procedure| procedure.verified).count();
    let sentence = format!(
        "{} versions of {} procedures are in the catalogue, {verified} of them verified",
        procedures.len(),
        codes.len()
    );
    let flat = readme.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(&sentence), "{sentence}");
    let silent = procedures.iter().filter(|procedure| !procedure.not_in_source.is_empty()).count();
    let sentence = format!("{silent} of them lack a list of papers, fees or the legal basis");
    assert!(flat.contains(&sentence), "{sentence}");
}

#[test]
fn data_is_in_nfc_and_ends_with_a_line() {
    use unicode_normalization::is_nfc;
    for ending in [".toml", ".csv", ".md"] {
        for path in files(&root().join("core/data"), ending) {
            let text = fs::read_to_string(&path).unwrap();
            assert!(is_nfc(&text), "{} is not in NFC", path.display());
            assert!(text.ends_with('\n') && !text.contains('\r'), "{}", path.display());
        }
    }
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    for document in
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "bindings-python/README.md", "benches/README.md"]
    {
        let text = read(document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link) {
            if !link.starts_with("http") && !link.starts_with('#') {
                let target = root().join(document).parent().unwrap().join(link);
                assert!(target.exists(), "{document} links to {link}");
            }
        }
    }
}

#[test]
fn the_commands_of_the_documents_are_those_there_are() {
    use motcua::dossier::{Action, Command, Organisation, authority};
    let text = read("ARCHITECTURE.md");
    let block = |language: &str| {
        text.split(&format!("```{language}\n")).nth(1).and_then(|rest| rest.split("```").next()).unwrap()
    };
    let whole: Command = serde_json::from_str(block("json")).unwrap();
    assert_eq!(whole.action.name(), "complete");
    Organisation::load(motcua::procedure::Catalogue::embedded(), &[("units.toml", block("toml"))]).unwrap();
    let rows =
        text.lines().filter_map(|line| line.strip_prefix("| `{")?.split_once("}`")).map(|(json, _)| json);
    let mut named: Vec<&str> = rows
        .map(|json| {
            let action: Action = serde_json::from_str(&format!("{{{json}}}"))
                .unwrap_or_else(|error| panic!("{json}: {error}"));
            assert!(authority(action.authority()).is_some());
            action.authority()
        })
        .collect();
    named.push("release");
    let table = read("core/data/authority.toml");
    let known: Vec<&str> =
        table.lines().filter_map(|line| line.strip_prefix("command = \"")?.strip_suffix('"')).collect();
    let missing: Vec<_> =
        known.iter().filter(|name| !named.contains(name) && **name != "refuse_to_settle").collect();
    assert!(missing.is_empty() && named.len() == 46, "{missing:?}, {}", named.len());
}
