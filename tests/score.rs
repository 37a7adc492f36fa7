//! The index of QĐ 766 as the portal reads it: what is empty, what is whole, and files that are wrong. Its published figures
//! are in `published`.

use motcua::measure::Ratio;
use motcua::score::{Figure, Index, Points, Scorecard};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[test]
fn what_is_empty_is_not_what_is_unknown() {
    let empty = Some(Ratio::default());
    let points = |code: &str, counts: Option<Ratio>| {
        let figure = counts.map(Figure::from);
        let points = Index::qd_766().indicator(code).unwrap().points(figure.as_ref()).unwrap();
        points.map(|points| points.to_string())
    };
    for (code, of_nothing) in
        [("1.1", None), ("3.6", Some("0.00")), ("5.2", Some("6.00")), ("5.4", Some("0.00")), ("2.2", None)]
    {
        assert_eq!(points(code, empty).as_deref(), of_nothing, "{code}");
        assert_eq!(points(code, None), None, "{code}");
    }
    assert_eq!(points("4.x", None).as_deref(), Some("2.00"), "as the portal shows it");
}

#[test]
fn a_scorecard_adds_up_and_gives_a_class_only_when_it_is_whole() {
    let index = Index::qd_766();
    let all = |numerator| {
        let indicators = index.groups.iter().flat_map(|group| &group.indicators);
        let full = Figure::from(Ratio { numerator, denominator: 100 });
        indicators.map(|indicator| (indicator.code.clone(), full.clone())).collect::<BTreeMap<_, _>>()
    };
    let card = Scorecard::fill(index, &all(100)).unwrap();
    assert_eq!(
        (card.points, card.scored_max, card.class),
        (Points::whole(100), Points::whole(100), Some("xuất sắc"))
    );
    for (percent, class) in [(100, "xuất sắc"), (80, "tốt"), (70, "khá"), (60, "trung bình"), (40, "yếu")]
    {
        let card = Scorecard::fill(index, &all(percent)).unwrap();
        let sum: u64 = card.groups.iter().map(|group| group.points.hundredths()).sum();
        assert_eq!(card.points.hundredths(), sum);
        assert_eq!(card.class, Some(class), "{percent} % gives {}", card.points);
    }
    let mut some = all(100);
    some.remove("5.2");
    let card = Scorecard::fill(index, &some).unwrap();
    assert_eq!((card.points, card.scored_max, card.class), (Points::whole(94), Points::whole(94), None));
    let text = card.to_string();
    assert!(text.contains("not known") && text.contains("100 / 100 = 100.00 %"), "{text}");
    let json = serde_json::to_value(&card).unwrap();
    assert_eq!(
        (&json["points"], &json["groups"][0]["indicators"][0]["figure"]["denominator"]),
        (&94.0.into(), &100.into())
    );
}

#[test]
fn wrong_counts_and_wrong_files_are_refused() {
    let index = Index::qd_766();
    let over = Figure::from(Ratio { numerator: 3, denominator: 2 });
    let error = Scorecard::fill(index, &[("2.1".to_owned(), over.clone())].into()).unwrap_err();
    assert_eq!(error.code(), "score.numerator_exceeds");
    let error = Scorecard::fill(index, &[("9.9".to_owned(), over)].into()).unwrap_err();
    assert_eq!(error.code(), "score.unknown_indicator");
    assert!(error.to_string().contains("3.5b") && !error.vi().is_empty());
    let text = include_str!("../core/data/indexes/qd-766.toml");
    for (from, to, code) in [
        ("max = 100", "max = 90", "score.sum"),
        ("times = \"1.4\"", "times = \"9\"", "score.link"),
        ("times = \"1.4\"", "times = \"3.3\"", "score.link"),
        ("share_with = [\"5.2\", \"5.4\"]", "share_with = []", "score.link"),
        ("code = \"4.2\"\nscoring", "code = \"4.7\"\nscoring", "score.unknown_code"),
        ("max = 4\nmeasure", "max = 4\ndecimals = 3\nmeasure", "score.target"),
        ("scoring = \"linear\"\non_empty", "scoring = \"banded\"\non_empty", "score.target"),
        ("scoring = \"linear\"\non_empty", "scoring = \"ordinal\"\non_empty", "score.target"),
        ("scoring = \"linear\"\non_empty", "scoring = \"min_max\"\non_empty", "score.target"),
        ("max = 20\nmeasure", "max = 19\nmeasure", "score.sum"),
        ("code = \"1.2\"", "code = \"1.1\"", "score.twice"),
        ("target = 80\n", "", "score.target"),
        ("target = 80\n", "target = 0\n", "score.target"),
        ("min = 90", "min = 70", "score.bands"),
        ("scoring = \"linear\"", "scoring = \"linar\"", "file.form"),
        ("measure = \"online\"", "measure = \"onlin\"", "file.form"),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text);
        let problems = Index::load("mine.toml", &broken).unwrap_err();
        assert!(problems.0.iter().any(|problem| problem.code == code), "{from}: {problems}");
    }
    let rating = include_str!("../core/data/indexes/nd-335-2025.toml");
    let broken = rating.replace("of = \"hoàn thành tốt nhiệm vụ\"", "of = \"hoàn thành tốt\"");
    assert_eq!(Index::load("mine.toml", &broken).unwrap_err().0[0].code, "score.bands");
    assert_eq!(Index::load("mine.toml", "").unwrap_err().0[0].code, "score.none");
    assert_eq!(Index::load("mine.toml", &text.repeat(2)).unwrap_err().0[0].code, "score.several");
}

proptest! {
    #[test]
    fn points_are_in_range_and_never_fall(denominator in 1u64..u64::MAX / 2, a in any::<u64>(), b in any::<u64>()) {
        for indicator in Index::qd_766().groups.iter().flat_map(|group| &group.indicators) {
            let points = |numerator: u64| {
                let counts = Ratio { numerator: numerator % (denominator + 1), denominator };
                indicator.points(Some(&counts.into())).unwrap()
            };
            let mut two = [(a % (denominator + 1), points(a)), (b % (denominator + 1), points(b))];
            two.sort();
            prop_assert!(two[0].1 <= two[1].1);
            prop_assert!(two[1].1.is_none_or(|points| points <= Points::whole(indicator.max)));
        }
    }
}
