//! Routings drawn as SVG, Mermaid and DOT.

#[path = "common/flows.rs"]
mod flows;
#[path = "common/net.rs"]
mod net;

use flows::compile;
use motcua::routing::{Label, Routing, State};
use net::Maker;
use proptest::prelude::*;

#[test]
fn pictures_hold_any_text() {
    let routing = compile(
        "a ok:b+c+d no:end
         b ok:j back:a~c,d,j
         c ok:j
         d ok:j
         j ok:end again:a <b,c,d <need:2",
    );
    let labels: Vec<Label> = [
        ("Tiếp nhận & \"kiểm tra\" <hồ sơ>\ndòng hai", Some("đến 15:00; #1 `x`"), State::Done),
        ("\\N \\\" --> ]]] %% end", None, State::Late),
        ("\u{0}\u{8}\u{FFFE}]]>", Some(""), State::Running),
        ("", None, State::Idle),
    ]
    .map(|(text, note, state)| Label { text: text.into(), note: note.map(Into::into), state })
    .into();
    let svg = routing.svg(&labels);
    assert_eq!(svg, routing.svg(&labels));
    let document = roxmltree::Document::parse(&svg).unwrap();
    let texts: Vec<&str> = document
        .descendants()
        .filter(|node| node.has_tag_name("text"))
        .filter_map(|node| node.text())
        .collect();
    for told in ["Tiếp nhận & \"kiểm tra\" <hồ", "sơ>", "dòng hai", "]]>", "j", "2/3", "no", "again"]
    {
        assert!(texts.contains(&told), "{told}: {texts:?}");
    }
    let classes: Vec<&str> = document.descendants().filter_map(|node| node.attribute("class")).collect();
    assert_eq!(classes, ["done", "late", "running", "idle", "idle"]);
    let bars = document.descendants().filter(|node| node.attribute("height") == Some("6")).count();
    assert_eq!(bars, 2, "a fork and a join");
    let dashed = document.descendants().filter(|node| node.has_attribute("stroke-dasharray")).count();
    assert_eq!(dashed, 3, "what is cancelled");

    let mermaid = routing.mermaid(&labels);
    assert!(mermaid.starts_with("flowchart TD\n"));
    assert!(
        mermaid.contains("Tiếp nhận #38; #34;kiểm tra#34; #60;hồ sơ#62;<br/>dòng hai<br/><small>"),
        "{mermaid}"
    );
    for line in mermaid.lines() {
        assert_eq!(line.matches('"').count() % 2, 0, "{line}");
    }
    let dot = routing.dot(&labels);
    assert!(
        dot.contains(r#"label="Tiếp nhận &amp; \"kiểm tra\" <hồ sơ>\ndòng hai\nđến 15:00; #1 `x`""#),
        "{dot}"
    );
    assert!(dot.contains(r#"label="\\N \\\" --> ]]] %% end""#), "{dot}");
    assert!(dot.contains("label=\"2/3\""));
}

proptest! {
    #[test]
    fn every_routing_can_be_drawn(
        bytes in prop::collection::vec(any::<u8>(), 0..80), text in "\\PC{0,40}", note in prop::option::of(".{0,9}"),
    ) {
        let (flows, starts) = Maker::make(&bytes);
        let names: Vec<&str> = starts.iter().map(String::as_str).collect();
        if let Ok(routing) = Routing::compile(&flows, &names) {
            let labels = vec![Label { text, note, state: State::Late }; flows.len() / 2 + 1];
            let svg = routing.svg(&labels);
            let document = roxmltree::Document::parse(&svg);
            prop_assert!(document.is_ok(), "{:?} {svg}", document.err());
            let boxes = document.unwrap().descendants().filter(|node| node.has_attribute("class")).count();
            prop_assert_eq!(boxes, flows.len());
            prop_assert!(routing.mermaid(&labels).lines().all(|line| line.matches('"').count() % 2 == 0));
            prop_assert!(routing.dot(&labels).starts_with("digraph"));
        }
    }
}
