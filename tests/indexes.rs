//! The indexes of the library besides the portal's reading of QĐ 766, and the other scorings.

use motcua::measure::{Measure, Ratio};
use motcua::score::{Amount, Evidence, Figure, Index, Points, Scorecard, Scoring};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn index(id: &str, profile: &str, day: &str) -> &'static Index {
    Index::find(id, profile, day.parse().unwrap()).unwrap_or_else(|| panic!("{id} {profile} on {day}"))
}

fn counts(numerator: u64, denominator: u64) -> Figure {
    Ratio { numerator, denominator }.into()
}

fn fill<'i>(index: &'i Index, figures: &[(&str, Figure)]) -> Scorecard<'i> {
    let figures = figures.iter().map(|(code, figure)| ((*code).to_owned(), figure.clone())).collect();
    Scorecard::fill(index, &figures).unwrap()
}

fn points(card: &Scorecard<'_>, code: &str) -> Option<String> {
    let all = card.groups.iter().flat_map(|group| &group.indicators);
    let found = all.into_iter().find(|scored| scored.indicator.code == code).unwrap();
    found.points.map(|points| points.to_string())
}

#[test]
fn every_index_is_there_and_says_what_is_not_verified() {
    let all: Vec<_> =
        Index::library().iter().map(|index| (index.id.as_str(), index.profile.as_str())).collect();
    assert_eq!(
        all,
        [
            ("qd-766", "portal"),
            ("qd-766", "document"),
            ("nd-61-2018", "unit"),
            ("nd-61-2018", "officer"),
            ("nd-335-2025", ""),
            ("sipas", ""),
            ("dti-province-2022", ""),
            ("commune-digital", ""),
        ]
    );
    for index in Index::library() {
        assert!(!index.verified, "no act was read in full: {}", index.id);
        let text = Scorecard::fill(index, &BTreeMap::new()).unwrap().to_string();
        assert!(text.contains("not verified in full"), "{text}");
        for indicator in index.indicators() {
            assert!(!indicator.evidence.is_empty(), "{} {}", index.id, indicator.code);
        }
    }
    let sipas = index("sipas", "", "2026-01-01");
    let text = fill(sipas, &[("hai-long", counts(8_394, 10_000))]).to_string();
    assert!(text.contains("83.94") && text.contains("from memory, not verified"), "{text}");
    let proposed = |index: &&std::sync::Arc<Index>| {
        index.indicators().any(|indicator| indicator.evidence.contains(&Evidence::Proposed))
    };
    let proposed: Vec<_> = Index::library().iter().filter(proposed).map(|index| index.id.as_str()).collect();
    assert_eq!(proposed, ["commune-digital"]);
    // By the day.
    assert!(Index::find("nd-61-2018", "unit", "2025-07-01".parse().unwrap()).is_none());
    assert!(Index::find("nd-335-2025", "", "2025-12-31".parse().unwrap()).is_none());
    assert!(Index::find("qd-766", "", "2025-12-31".parse().unwrap()).is_none(), "its readings have names");
}

#[test]
fn the_readings_of_qd_766_differ_where_description_and_portal_do() {
    let (portal, document) =
        (index("qd-766", "portal", "2026-10-10"), index("qd-766", "document", "2026-10-10"));
    let both = |figures: &[(&str, Figure)], code: &str| {
        [portal, document].map(|index| points(&fill(index, figures), code).unwrap_or_default())
    };
    // Đồng Tháp: the portal gives 0.95 for 23.82 %.
    assert_eq!(both(&[("4.2", counts(2_382, 10_000))], "4.2"), ["0.95", "1.19"]);
    // The ratio of synchronisation multiplies that of online dossiers.
    let online = [("3.3", counts(300, 1_000)), ("1.4", counts(500, 1_000))];
    assert_eq!(both(&online, "3.3"), ["3.60", "1.80"]);
    assert_eq!(both(&online[..1], "3.3"), ["3.60", ""], "not known without what it is multiplied by");
    let huge = u64::MAX / 4;
    let online = [("3.3", counts(300, 1_000)), ("1.4", counts(huge / 2, huge))];
    assert_eq!(both(&online, "3.3"), ["3.60", "1.80"], "large counts do not overflow");
    // Without petitions: full marks, or the points go to the others.
    let none = [("5.2", counts(9, 10)), ("5.3", counts(0, 0)), ("5.4", counts(45, 100))];
    assert_eq!(both(&none, "5.3"), ["6.00", ""]);
    assert_eq!(both(&none, "5.2"), ["5.40", "8.10"]);
    assert_eq!(both(&none, "5.4"), ["3.00", "4.50"]);
    let card = fill(document, &none);
    let group = card.groups.iter().find(|group| group.id == "MDHL").unwrap();
    assert_eq!((group.scored_max, group.points.to_string().as_str()), (Points::whole(18), "12.60"));
    let some = [("5.2", counts(9, 10)), ("5.3", counts(1, 2)), ("5.4", counts(45, 100))];
    assert_eq!(both(&some, "5.2"), ["5.40", "5.40"]);
    // All else is alike.
    for (one, other) in portal.indicators().zip(document.indicators()) {
        let differs = ["3.3", "4.1", "4.2", "5.2", "5.3"].contains(&one.code.as_str());
        assert_eq!(one != other, differs, "{}", one.code);
    }
}

#[test]
fn the_nine_items_are_means_to_one_decimal_and_fifteen_is_excellent() {
    let unit = index("nd-61-2018", "unit", "2024-05-01");
    let levels = |levels: [u64; 3]| Figure::Levels { levels: levels.into() };
    // 2 × 7 + 1 × 2 of 10 dossiers, and of three: 5 / 3.
    let card = fill(unit, &[("1", levels([7, 2, 1])), ("3", levels([2, 1, 0])), ("4", levels([0, 0, 0]))]);
    assert_eq!(points(&card, "1").as_deref(), Some("1.60"));
    assert_eq!(points(&card, "3").as_deref(), Some("1.70"));
    assert_eq!(points(&card, "4"), None, "no dossiers, no item");
    // What has too little to tell is left out, and there is a class all the same.
    assert_eq!((card.points.to_string().as_str(), card.class), ("3.30", Some("yếu")));
    for (hundredths, class) in [
        (1_800, "xuất sắc"),
        (1_500, "xuất sắc"),
        (1_490, "tốt"),
        (1_200, "tốt"),
        (1_190, "khá"),
        (900, "khá"),
        (890, "trung bình"),
        (600, "trung bình"),
        (590, "yếu"),
        (0, "yếu"),
    ] {
        assert_eq!(unit.class(Points::from_hundredths(hundredths)), Some(class), "{hundredths}");
    }
    let officer = index("nd-61-2018", "officer", "2024-05-01");
    let codes: Vec<_> = officer.indicators().map(|indicator| indicator.code.as_str()).collect();
    assert_eq!((officer.max, codes), (10, vec!["1", "2", "3", "4", "7"]));
    for (hundredths, class) in
        [(500, "100 %"), (490, "từ 70 % đến dưới 100 %"), (350, "từ 70 % đến dưới 100 %"), (340, "dưới 70 %")]
    {
        assert_eq!(officer.class(Points::from_hundredths(hundredths)), Some(class));
    }
}

#[test]
fn points_of_the_other_scorings() {
    let commune = index("commune-digital", "", "2026-01-01");
    for (late, expected) in [
        (0, "15.00"),
        (20, "15.00"),
        (21, "10.00"),
        (50, "10.00"),
        (51, "5.00"),
        (100, "5.00"),
        (101, "0.00"),
    ] {
        let card = fill(commune, &[("1.5", counts(1_000 - late, 1_000))]);
        assert_eq!(points(&card, "1.5").as_deref(), Some(expected), "{late} of 1,000 late");
    }
    let amount = Amount::from_ten_thousandths;
    let among = |value, lowest, highest| {
        let figure = Figure::Among { value: amount(value), lowest: amount(lowest), highest: amount(highest) };
        points(&fill(commune, &[("2.3", figure)]), "2.3")
    };
    assert_eq!(among(20_000, 20_000, 80_000).as_deref(), Some("0.00"));
    assert_eq!(among(80_000, 20_000, 80_000).as_deref(), Some("15.00"));
    assert_eq!(among(40_000, 20_000, 80_000).as_deref(), Some("5.00"));
    assert_eq!(among(-10_000, -20_000, 10_000).as_deref(), Some("5.00"));
    assert_eq!(among(20_000, 20_000, 20_000), None, "all alike");
    let low_is_good =
        include_str!("../core/data/indexes/commune-digital.toml").replace("\"higher\"", "\"lower\"");
    let mine = Index::load("mine.toml", &low_is_good).unwrap().remove(0);
    let figure = Figure::Among { value: amount(40_000), lowest: amount(20_000), highest: amount(80_000) };
    assert_eq!(points(&fill(&mine, &[("2.3", figure)]), "2.3").as_deref(), Some("10.00"));
    let given = |points: u64, evidence: &str| {
        let points = Points::from_hundredths(points);
        Figure::Given { points, evidence: evidence.into() }
    };
    let card = fill(commune, &[("2.1", given(750, "QĐ 12/QĐ-UBND, báo cáo quý I"))]);
    assert_eq!(points(&card, "2.1").as_deref(), Some("7.50"));
    assert!(card.to_string().contains("báo cáo quý I"), "{card}");
    let code = |code: &str, figure: Figure| {
        let error = Scorecard::fill(commune, &[(code.to_owned(), figure)].into()).unwrap_err();
        assert!(error.to_string().contains(code) && error.vi().contains(code), "{error}");
        error.code()
    };
    assert_eq!(code("2.1", given(1_001, "QĐ 12")), "score.too_many_points");
    assert_eq!(code("2.1", given(500, " ")), "score.no_evidence");
    assert_eq!(code("2.1", counts(1, 2)), "score.wrong_figure");
    assert_eq!(code("1.5", given(500, "QĐ 12")), "score.wrong_figure");
    assert_eq!(code("1.5", counts(3, 2)), "score.numerator_exceeds");
    let beyond = Figure::Among { value: amount(9), lowest: amount(1), highest: amount(8) };
    assert_eq!(code("2.3", beyond), "score.out_of_range");
    let unit = index("nd-61-2018", "unit", "2024-05-01");
    let two = Figure::Levels { levels: vec![1, 2] };
    assert_eq!(
        Scorecard::fill(unit, &[("1".to_owned(), two)].into()).unwrap_err().code(),
        "score.wrong_figure"
    );
}

#[test]
fn figures_are_read_from_json() {
    for (json, figure) in [
        (r#"{"numerator":7,"denominator":9}"#, counts(7, 9)),
        (r#"{"levels":[7,2,1]}"#, Figure::Levels { levels: vec![7, 2, 1] }),
        (
            r#"{"value":1.5,"lowest":-0.25,"highest":2.0}"#,
            Figure::Among {
                value: Amount::from_ten_thousandths(15_000),
                lowest: Amount::from_ten_thousandths(-2_500),
                highest: Amount::from_ten_thousandths(20_000),
            },
        ),
        (
            r#"{"points":7.35,"evidence":"QĐ 12"}"#,
            Figure::Given { points: Points::from_hundredths(735), evidence: "QĐ 12".into() },
        ),
    ] {
        assert_eq!(serde_json::from_str::<Figure>(json).unwrap(), figure);
        assert_eq!(serde_json::to_string(&figure).unwrap(), json);
    }
    for json in [
        r#"{"points":7.355,"evidence":"QĐ 12"}"#,
        r#"{"points":-1,"evidence":"QĐ 12"}"#,
        r#"{"numerator":1}"#,
    ] {
        assert!(serde_json::from_str::<Figure>(json).is_err(), "{json}");
    }
}

#[test]
fn who_is_rated_best_is_limited() {
    let rating = index("nd-335-2025", "", "2026-05-01");
    let figures = [
        ("chung", Figure::Given { points: Points::whole(28), evidence: "phiếu đánh giá tháng 5".into() }),
        ("nhiem-vu", counts(31, 35)),
    ];
    let card = fill(rating, &figures);
    assert_eq!((card.points, card.class), (Points::whole(90), Some("hoàn thành xuất sắc nhiệm vụ")));
    let over = |best: u64, good: u64| {
        let classes = [("hoàn thành xuất sắc nhiệm vụ", best), ("hoàn thành tốt nhiệm vụ", good)];
        let counts = classes.map(|(class, count)| (class.to_owned(), count)).into();
        rating.over_quota(&counts).first().map(|excess| (excess.found, excess.allowed))
    };
    assert_eq!([over(2, 10), over(3, 10), over(2, 9), over(0, 0)], [None, Some((3, 2)), Some((2, 1)), None]);
}

#[test]
fn what_one_more_point_costs() {
    let portal = Index::qd_766();
    let card =
        fill(portal, &[("3.6", counts(588, 1_000)), ("2.1", counts(990, 1_000)), ("5.4", counts(95, 100))]);
    let gains: Vec<_> = card
        .groups
        .iter()
        .flat_map(|group| &group.indicators)
        .filter_map(|scored| Some((scored.indicator.code.as_str(), scored.gain?)))
        .map(|(code, gain)| (code, gain.more, gain.points.to_string()))
        .collect();
    // 6 × 588 / 1,000 = 3.53; 754 give 4.52, which is not enough. Of 2.1 only 0.2 are missing; of 5.4 nothing is.
    assert_eq!(gains, [("2.1", 10, "0.20".to_owned()), ("3.6", 167, "1.00".to_owned())]);
    assert!(card.to_string().contains("1.00 more with 167 more: dossiers paid online"), "{card}");
    let commune = index("commune-digital", "", "2026-01-01");
    let card = fill(commune, &[("1.5", counts(931, 1_000))]);
    assert!(card.to_string().contains("5.00 more with 19 more"), "{card}");
}

proptest! {
    #[test]
    fn a_gain_is_the_least_that_gives_it(denominator in 1_u64..100_000, part in 0.0..1.0_f64) {
        for index in [Index::qd_766(), index("qd-766", "document", "2026-01-01"), index("commune-digital", "", "2026-01-01")] {
            for indicator in index.indicators() {
                if !matches!(indicator.scoring, Scoring::Linear | Scoring::Capped | Scoring::Banded) {
                    continue;
                }
                let numerator = (denominator as f64 * part) as u64;
                let code = indicator.code.as_str();
                let of = |numerator| {
                    let sync = ("1.4", counts(7, 9));
                    let own = (code, counts(numerator, denominator));
                    let figures = if indicator.times.is_some() { vec![sync, own] } else { vec![own] };
                    let card = fill(index, &figures);
                    let all = card.groups.iter().flat_map(|group| &group.indicators);
                    let scored = all.into_iter().find(|scored| scored.indicator.code == code).unwrap();
                    (scored.points.unwrap().hundredths(), scored.gain)
                };
                let (now, gain) = of(numerator);
                let goal = (now + 100).min(Points::whole(indicator.max).hundredths());
                match gain {
                    Some(gain) => {
                        let (then, _) = of(numerator + gain.more);
                        prop_assert_eq!(then, now + gain.points.hundredths());
                        prop_assert!(then >= goal);
                        prop_assert!(of(numerator + gain.more - 1).0 < goal);
                    }
                    None => prop_assert!(now == goal || of(denominator).0 < goal, "{} {}", code, now),
                }
            }
        }
    }

    #[test]
    fn an_interval_holds_the_share(denominator in 1_u64..1_000_000, part in 0.0..=1.0_f64) {
        let numerator = ((denominator as f64 * part) as u64).min(denominator);
        let ratio = Ratio { numerator, denominator };
        let (low, high) = ratio.interval().unwrap();
        let share = ratio.percent().unwrap();
        prop_assert!(0.0 <= low && low <= share + 1e-9 && share <= high + 1e-9 && high <= 100.0);
        let ten = Ratio { numerator: numerator * 10, denominator: denominator * 10 }.interval().unwrap();
        prop_assert!(ten.1 - ten.0 <= high - low + 1e-9, "more dossiers, less chance");
    }
}

#[test]
fn printed_shares_are_read_as_they_are_written() {
    let printed = |numerator, denominator, text: &str| Ratio { numerator, denominator }.is_printed_as(text);
    // Vĩnh Phúc, of those due.
    assert_eq!(printed(14_064, 14_101, "99,74 %"), Some(true));
    assert_eq!(printed(37, 14_101, "0,26%"), Some(true));
    assert_eq!([printed(1, 0, "50"), printed(1, 2, "half"), printed(1, 2, "")], [None; 3]);
}

#[test]
fn every_measure_has_its_definition() {
    for measure in Measure::ALL.iter().copied() {
        let definition = measure.definition();
        assert_eq!(definition.id, measure);
        let texts = [
            &definition.name_vi,
            &definition.numerator,
            &definition.denominator,
            &definition.empty,
            &definition.source,
        ];
        assert!(texts.iter().all(|text| text.len() > 5), "{measure:?}");
    }
    let pairs: Vec<_> = Measure::ALL
        .iter()
        .map(|measure| {
            let definition = measure.definition();
            (definition.numerator.as_str(), definition.denominator.as_str())
        })
        .collect();
    for (place, pair) in pairs.iter().enumerate() {
        assert!(!pairs[..place].contains(pair), "{pair:?}");
    }
}
