//! How the statutory slips are printed, as text and as pages, whatever stands in them.
//!
//! The printed forms are kept in `tests/data/slips`; `MOTCUA_REWRITE=1` writes them anew.

mod common;
#[path = "common/office.rs"]
mod office;

use motcua::dossier::Action;
use motcua::dossier::slip::{Form, Office, Particulars, Register, Slip, Values};
use motcua::procedure::Channel;
use office::{Script, birth, certified_copy, lived, particulars, permit, receive, rules, slip};
use proptest::prelude::*;
use scraper::{Html, Selector};
use std::collections::BTreeSet;

fn all() -> Vec<(&'static str, Slip)> {
    let refused: Script = vec![
        ("applicant", "2026-06-02 10:00", receive("1.001193", Channel::Online)),
        (
            "reception",
            "2026-06-02 11:00",
            Action::Refuse { reason: "Việc khai sinh thuộc UBND xã nơi cư trú của mẹ.".into() },
        ),
    ];
    let of = |form, code, script: &[_]| slip(form, code, script).unwrap();
    let lives = [
        ("H41.5-260601-0001", certified_copy()),
        ("H41.5-260605-0002", birth()),
        ("H41.5-260803-0001", permit()),
    ]
    .map(|(code, script)| lived(code, &script).0);
    let particulars = particulars();
    let entries: Vec<_> = lives.iter().rev().map(|dossier| (dossier, &particulars)).collect();
    let register = Register::of(&entries, 1, &particulars.office, rules()).unwrap();
    vec![
        ("copy-receipt", of(Form::Receipt, "H41.5-260601-0001", &certified_copy())),
        ("copy-control-slip", of(Form::ControlSlip, "H41.5-260601-0001", &certified_copy())),
        ("birth-receipt", of(Form::Receipt, "H41.5-260605-0002", &birth())),
        ("birth-stop-notice", of(Form::StopNotice, "H41.5-260605-0002", &birth())),
        ("birth-refusal", of(Form::Refusal, "H41.5-260602-0004", &refused)),
        ("permit-supplement-request", of(Form::SupplementRequest, "H41.5-260803-0001", &permit())),
        ("permit-apology", of(Form::Apology, "H41.5-260803-0001", &permit())),
        ("permit-control-slip", of(Form::ControlSlip, "H41.5-260803-0001", &permit())),
        ("register", Slip::new(Values::Register(Box::new(register))).unwrap()),
    ]
}

#[test]
fn printed_slips_are_those_kept() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/slips");
    let mut kept = BTreeSet::new();
    for (name, slip) in all() {
        for (ending, printed) in [("txt", slip.text()), ("html", slip.html())] {
            let file = format!("{name}.{ending}");
            let path = folder.join(&file);
            if std::env::var_os("MOTCUA_REWRITE").is_some() {
                std::fs::write(&path, &printed).unwrap();
            }
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(printed, before, "{file}; MOTCUA_REWRITE=1 writes it anew");
            kept.insert(file);
        }
    }
    let there =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.collect::<BTreeSet<_>>(), kept, "no file is left over");
}

fn width(text: &str) -> usize {
    use unicode_normalization::char::is_combining_mark;
    text.chars().filter(|c| !is_combining_mark(*c)).count()
}

fn selected(page: &Html, what: &str) -> Vec<String> {
    let selector = Selector::parse(what).unwrap();
    page.select(&selector).map(|element| element.text().collect::<String>()).collect()
}

/// The names of the elements, in their order.
fn elements(page: &Html) -> Vec<String> {
    page.tree.values().filter_map(|node| node.as_element()).map(|element| element.name().to_owned()).collect()
}

#[test]
fn pages_are_complete_and_fetch_nothing() {
    for (name, slip) in all() {
        let html = slip.html();
        let page = Html::parse_document(&html);
        assert_eq!(page.errors, [] as [&str; 0], "{name}");
        assert_eq!(selected(&page, "title"), std::slice::from_ref(&slip.prescribed.title), "{name}");
        assert_eq!(selected(&page, "h1"), std::slice::from_ref(&slip.prescribed.title), "{name}");
        assert!(html.contains("<meta charset=\"utf-8\">") && html.contains("@page { size: A"), "{name}");
        for foreign in ["script", "link", "img", "a", "iframe", "form", "object"] {
            assert!(!elements(&page).contains(&foreign.to_owned()), "{name}: {foreign}");
        }
        assert!(!html.contains("url(") && !html.contains("http") && !html.contains("@import"), "{name}");
        let heads = selected(&page, "thead th").len();
        assert_eq!(selected(&page, "col").len(), heads, "{name}");
        assert_eq!(selected(&page, "tbody td").len(), heads * selected(&page, "tbody tr").len(), "{name}");
        for line in slip.text().lines() {
            assert!(width(line) <= 80 && line.trim_end() == line, "{name}: {line}");
        }
    }
}

#[test]
fn every_value_that_a_layout_names_exists() {
    let layouts: toml::Table = include_str!("../core/data/slips.toml").parse().unwrap();
    let slips = all();
    for layout in layouts["layout"].as_array().unwrap() {
        let form = layout["form"].as_str().unwrap();
        assert_eq!(layout["verified"].as_bool(), Some(false), "the annexes were not read");
        let of_form = slips.iter().find(|(_, slip)| slip.form.to_string() == form);
        let slip = serde_json::to_value(&of_form.unwrap_or_else(|| panic!("no slip of {form}")).1).unwrap();
        let named = |text: &str, values: &serde_json::Value| {
            for path in text.split('{').skip(1).map(|rest| rest.split(['}', '|', ':']).next().unwrap()) {
                let mut value = values;
                for key in path.split('.').filter(|_| path != "#") {
                    if !value.is_null() {
                        value = value.get(key).unwrap_or_else(|| panic!("{form}: {path}"));
                    }
                }
            }
        };
        let values = &slip["values"];
        named(layout["reference"].as_str().unwrap(), values);
        for block in layout["blocks"].as_array().unwrap() {
            let get = |key: &str| block.get(key).and_then(toml::Value::as_str);
            named(get("text").unwrap_or_default(), values);
            if let Some(when) = get("when") {
                named(&format!("{{{}}}", when.split('=').next().unwrap()), values);
            }
            if let Some(list) = get("list") {
                assert!(values[list].is_array(), "{form}: {list}");
            }
            if let Some(table) = get("table") {
                for column in block["columns"].as_array().unwrap() {
                    named(column["text"].as_str().unwrap(), &values[table][0]);
                }
            }
        }
        for signature in layout["signatures"].as_array().unwrap() {
            named(signature["name"].as_str().unwrap(), values);
        }
    }
}

/// The slip of a dossier whose reason, and everything that the host gives, is this.
fn hostile(text: &str) -> (Slip, Slip) {
    let reason = if text.trim().is_empty() { "x" } else { text };
    let person = motcua::dossier::slip::Person {
        name: format!("x{text}"),
        address: Some(text.into()),
        phone: Some(text.into()),
        email: Some(text.into()),
        id: Some(text.into()),
    };
    let office = Office {
        name: Some(text.into()),
        agency: Some(format!("x{text}")),
        above: Some(text.into()),
        place: Some(text.into()),
        contact: Some(text.into()),
        head: Some(text.into()),
    };
    let some = Some(text.to_owned());
    let particulars = Particulars {
        submitter: person.clone(),
        owner: Some(person),
        request: some.clone(),
        number: some.clone(),
        sets: Some(1),
        fee: some.clone(),
        collect: some.clone(),
        because: some.clone(),
        receiver: some,
        office,
        officers: [("reception".to_owned(), text.to_owned())].into(),
    };
    let script = [
        ("reception", "2026-06-01 08:00", receive("test/papers", Channel::Counter)),
        ("reception", "2026-06-01 08:10", Action::accept(None)),
        ("reception", "2026-06-01 09:00", Action::RequestSupplement { reason: reason.into() }),
    ];
    let (dossier, events) = lived(&format!("x{text}"), &script);
    let of = |form| Slip::of(form, &dossier, &events, rules(), &particulars).unwrap();
    (of(Form::SupplementRequest), of(Form::ControlSlip))
}

/// What is said in a page, without what has no width and with single spaces.
fn said(page: &Html) -> String {
    let text: String = page.root_element().text().collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stays_text(text: &str) {
    let plain = hostile("an");
    let (request, control) = hostile(text);
    for (slip, plain) in [(request, plain.0), (control, plain.1)] {
        let page = Html::parse_document(&slip.html());
        assert_eq!(page.errors, [] as [&str; 0], "{text:?}");
        let no_breaks = |page: &Html| {
            let mut names: Vec<String> = elements(page);
            names.retain(|name| !["br", "p", "li", "div", "dt", "dd", "dl"].contains(&name.as_str()));
            names
        };
        assert_eq!(no_breaks(&page), no_breaks(&Html::parse_document(&plain.html())), "{text:?}");
        for line in slip.text().lines() {
            assert!(width(line) <= 80, "{line}");
        }
    }
}

#[test]
fn what_the_host_gives_stays_text() {
    let long = "Nguyễn".repeat(60);
    for text in [
        "<script>alert(1)</script>",
        "</style></title><img src=x onerror=alert(1)>",
        "\" onclick='x' <!-- --> ]]> &lt;b&gt; &amp;#60; {request} {dossier|x}",
        "một\r\nhai\n\n\nba\tbốn\u{0}\u{8}\u{1b}[2J",
        "Nguye\u{302}\u{303}n Va\u{306}n A\u{200b}n\u{202e}gnuhc\u{2066}\u{feff}",
        long.as_str(),
        "e\u{301}\u{302}\u{303}\u{304}\u{305}",
    ] {
        stays_text(text);
    }
    let (slip, _) = hostile("<b>Ngu\u{200b}ye\u{302}\u{303}n</b>\u{202e}");
    let page = said(&Html::parse_document(&slip.html()));
    assert!(
        page.contains("<b>Nguyễn</b>") && !page.contains('\u{202e}') && !page.contains('\u{200b}'),
        "{page}"
    );
    assert!(slip.text().contains("<b>Nguyễn</b>") && !slip.text().contains('\u{202e}'));
    // A template of the host's is no template.
    assert!(said(&Html::parse_document(&hostile("{dossier}").0.html())).contains("x{dossier}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_ever_markup(text in "[<>&\"'/!\\-a-zA-Z{}|:= \\n\\PC]{0,60}") {
        stays_text(&text);
    }
}
