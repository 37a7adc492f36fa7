//! Tables by any keys: that they merge, that their quantiles are as exact as is said, and that units are counted within the
//! boundaries of whatever day.

use chrono::{NaiveDate, TimeDelta};
use motcua::calendar::Calendar;
use motcua::dossier::{Organisation, PROVINCES, Status};
use motcua::measure::{
    Back, By, Calendars, Cohorts, Columns, Comparison, Fact, Judged, Measure, NO_DAY, Pause, Period, Plan,
    Ratio, Sketch, Span, StepFact, Table, Took, UNKNOWN,
};
use motcua::moment;
use motcua::procedure::{Catalogue, Channel, Tier};
use proptest::prelude::*;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn at(text: &str) -> chrono::NaiveDateTime {
    moment::parse(text).unwrap()
}

fn fact(unit: &str, received: &str, due: Option<&str>, finished: Option<&str>) -> Fact {
    Fact {
        dossier: "H41-1".into(),
        procedure: "1.004873".into(),
        field: "ho-tich".into(),
        unit: unit.into(),
        channel: Channel::Online,
        status: if finished.is_some() { Status::Resolved } else { Status::InProgress },
        received: Some(at(received)),
        due: due.map(at),
        finished: finished.map(at),
        supplements: None,
        digitised: None,
        obligation: None,
        paid_online: None,
        electronic: None,
        rating: None,
        reused: None,
        pauses: Vec::new(),
    }
}

fn counted(facts: &[Fact], by: &[By], organisation: &Organisation) -> Table {
    let year = Period::new(day("2025-01-01"), day("2025-12-31")).unwrap();
    let mut table = Table::new(year, by.to_vec()).unwrap();
    for fact in facts {
        table.add(fact, Calendar::vietnam(), organisation).unwrap();
    }
    table
}

#[test]
fn units_are_counted_within_the_boundaries_of_any_day() {
    let text = include_str!("../core/data/units/yen-thanh-2025.toml");
    let organisation =
        Organisation::load(Catalogue::embedded(), &[PROVINCES, ("yen-thanh-2025.toml", text)]).unwrap();
    let (before, after) = (day("2025-06-30"), day("2025-07-01"));
    let facts = [
        fact("bac-thanh", "2025-03-03 09:00", None, Some("2025-03-04 09:00")),
        fact("nam-thanh", "2025-05-05 09:00", None, None),
        fact("quan-thanh", "2025-08-04 09:00", None, None),
        fact("elsewhere", "2025-08-04 09:00", None, None),
    ];
    let received = |by: By| -> Vec<(String, u64)> {
        let table = counted(&facts, &[by], &organisation);
        table.rows().map(|(key, cell)| (key[0].to_string(), cell.tally.counts.received())).collect()
    };
    let rows =
        |rows: &[(&str, u64)]| rows.iter().map(|(unit, n)| ((*unit).to_owned(), *n)).collect::<Vec<_>>();
    assert_eq!(
        received(By::Unit),
        rows(&[("bac-thanh", 1), ("elsewhere", 1), ("nam-thanh", 1), ("quan-thanh", 1)])
    );
    // Four communes became one; what that did cannot be shared out among them.
    assert_eq!(received(By::UnitOn(after)), rows(&[(UNKNOWN, 1), ("quan-thanh", 3)]));
    assert_eq!(received(By::UnitOn(before)), rows(&[(UNKNOWN, 2), ("bac-thanh", 1), ("nam-thanh", 1)]));
    assert_eq!(received(By::UnitAbove(Tier::Province, after)), rows(&[(UNKNOWN, 1), ("nghe-an", 3)]));
    assert_eq!(received(By::UnitAbove(Tier::District, before)), rows(&[(UNKNOWN, 2), ("yen-thanh", 2)]));
    assert_eq!(received(By::Tier), rows(&[(UNKNOWN, 1), ("commune", 3)]));
}

#[test]
fn what_stays_open_is_carried_over_and_what_is_done_is_not() {
    let facts = [
        fact("u", "2025-02-10 09:00", Some("2025-02-20 17:00"), None),
        fact("u", "2025-02-10 09:00", Some("2025-02-20 17:00"), Some("2025-04-02 09:00")),
    ];
    let table =
        counted(&facts, &[By::Span(Span::Quarter), By::Field, By::Procedure], &Organisation::default());
    let counts = |quarter: &str| table.get(&[quarter, "ho-tich", "1.004873"]).map(|cell| cell.tally.counts);
    let first = counts("2025-Q1").unwrap();
    assert_eq!((first.received_online, first.open_overdue), (2, 2));
    let second = counts("2025-Q2").unwrap();
    assert_eq!((second.carried_over, second.resolved_overdue, second.open_overdue), (2, 1, 1));
    let third = counts("2025-Q3").unwrap();
    assert_eq!((third.carried_over, third.open_overdue), (1, 1));
    assert_eq!(table.get(&["2025-Q2", "ho-tich", "1.004873"]).unwrap().days.count(), 1);
    // By the month of one year, and the same one of the year before.
    for twice in [vec![By::Unit, By::Unit], vec![By::Span(Span::Month), By::Span(Span::Year)]] {
        let error = Table::new(table.period(), twice).unwrap_err();
        assert_eq!(error.code(), "measure.cut_twice");
        assert!(error.vi().len() > 20);
    }
    let mut other = Table::new(table.period(), vec![By::Unit]).unwrap();
    assert_eq!(other.merge(&table).unwrap_err().code(), "measure.tables_differ");
    assert_eq!(table.against_rest(Measure::Online, By::Unit).unwrap_err().code(), "measure.not_cut");
}

#[test]
fn time_is_that_of_the_office_without_what_it_waited_for() {
    let calendar = Calendar::vietnam();
    let pause = |from: &str, to: Option<&str>| Pause { from: at(from), to: to.map(at) };
    // 2/9/2025 was a holiday, and so was the day before it.
    for (from, to, pauses, days, hours) in [
        ("2025-08-28 08:00", "2025-09-03 10:00", vec![], 2, 18.0),
        ("2025-08-28 08:00", "2025-08-28 09:30", vec![], 0, 1.5),
        (
            "2025-06-02 09:00",
            "2025-06-06 09:00",
            vec![pause("2025-06-03 09:00", Some("2025-06-05 09:00"))],
            2,
            16.0,
        ),
        // Two that overlap count once, one that lasts counts to the end, and what lies outside does not count.
        (
            "2025-06-02 09:00",
            "2025-06-06 09:00",
            vec![
                pause("2025-06-03 09:00", Some("2025-06-05 09:00")),
                pause("2025-06-04 09:00", Some("2025-06-05 09:00")),
            ],
            2,
            16.0,
        ),
        ("2025-06-02 09:00", "2025-06-06 09:00", vec![pause("2025-06-04 09:00", None)], 2, 16.0),
        (
            "2025-06-02 09:00",
            "2025-06-06 09:00",
            vec![pause("2025-05-26 09:00", Some("2025-05-28 09:00"))],
            4,
            32.0,
        ),
    ] {
        let took = Took::between(at(from), at(to), &pauses, calendar).unwrap();
        assert_eq!((took.days, took.hours()), (days, hours), "{from} to {to}");
    }
    let suspended =
        Fact { pauses: vec![pause("2025-06-03 09:00", None)], ..fact("u", "2025-06-02 09:00", None, None) };
    assert_eq!(suspended.took(at("2025-07-02 09:00"), calendar).unwrap().unwrap().days, 1);
    assert_eq!(suspended.took(at("2025-06-01 09:00"), calendar).unwrap(), None, "not there yet");
}

#[test]
fn each_unit_has_its_own_hours() {
    let hours = r#"
        [[source]]
        id = "gio-mua-he"
        act = "Quyết định 1/QĐ-UBND"
        known_since = 2025-03-01
        url = "https://example.gov.vn/1"
        verified = false

        [[hours]]
        from = 2025-01-01
        open = ["07:00-11:00"]
        source = "gio-mua-he"
    "#;
    let half_days = Calendar::vietnam().for_unit("unit.toml", hours).unwrap();
    let units = HashMap::from([("a".to_owned(), Arc::new(half_days))]);
    let calendars = Calendars::new(Calendar::vietnam(), &units);
    let year = Period::new(day("2025-01-01"), day("2025-12-31")).unwrap();
    let mut table = Table::new(year, vec![By::Unit]).unwrap();
    for unit in ["a", "b"] {
        let fact = fact(unit, "2025-06-02 07:00", None, Some("2025-06-04 17:00"));
        table.add(&fact, calendars, &Organisation::default()).unwrap();
    }
    let seconds = |unit: &str| table.get(&[unit]).unwrap().seconds.sum();
    assert_eq!((seconds("a"), seconds("b")), (3 * 4 * 3_600, 3 * 8 * 3_600));
}

#[test]
fn steps_are_judged_by_their_own_limits() {
    let step = |due: Option<&str>, ended: Option<&str>| StepFact {
        dossier: "1".into(),
        procedure: "x".into(),
        unit: "u".into(),
        action: "complete".into(),
        step: Some("check".into()),
        role: None,
        officer: None,
        began: at("2025-06-02 09:00"),
        ended: ended.map(at),
        due: due.map(at),
        done: ended.is_some(),
        pauses: Vec::new(),
    };
    let due = Some("2025-06-04 17:00");
    let handed_on = StepFact { done: false, ..step(due, Some("2025-06-03 09:00")) };
    let steps = [
        handed_on,
        step(due, Some("2025-06-03 09:00")),
        step(due, Some("2025-06-04 18:00")),
        step(due, Some("2025-06-05 07:00")),
        step(due, Some("2025-07-05 07:00")),
        step(due, None),
        step(None, Some("2025-06-03 09:00")),
    ];
    let june = Period::new(day("2025-06-01"), day("2025-06-30")).unwrap();
    assert_eq!(Judged::levels(&[], &steps, &june), BTreeMap::from([(Judged::StepTime, vec![1, 1, 1])]));
}

#[test]
fn a_difference_is_shown_with_what_chance_explains() {
    // Newcombe 1998, Statistics in Medicine 17, table II (a), method 10: 56/70 and 48/80.
    let june = Period::new(day("2026-06-01"), day("2026-06-30")).unwrap();
    let ratio = |numerator, denominator| Ratio { numerator, denominator };
    let between = |from, to| Comparison::of(Measure::Online, (&june, from), (&june, to));
    let known = between(ratio(48, 80), ratio(56, 70));
    let (low, high) = known.interval().unwrap();
    assert!((low - 5.24).abs() < 0.01 && (high - 33.39).abs() < 0.01, "{low} {high}");
    assert_eq!(known.is_beyond_chance(), Some(true));
    assert_eq!(between(ratio(5, 10), ratio(6, 10)).is_beyond_chance(), Some(false));
    assert_eq!(between(ratio(0, 0), ratio(6, 10)).points(), None);
    // Across the end of the district a warning stands, within a year of one kind none.
    let years = [2024, 2025, 2026].map(|year| Period::year(year).unwrap());
    let breaks = |a: usize, b: usize| {
        Comparison::of(Measure::Online, (&years[a], ratio(1, 2)), (&years[b], ratio(1, 2))).breaks.len()
    };
    assert_eq!((breaks(0, 1), breaks(1, 2), breaks(0, 0), breaks(2, 2)), (1, 1, 0, 0));
}

#[test]
fn months_are_compared_with_the_one_before_and_with_a_year_ago() {
    let mut facts = Vec::new();
    for (month, online, counter) in [("2024-03", 1, 3), ("2025-02", 2, 2), ("2025-03", 3, 1)] {
        for n in 0..online + counter {
            let channel = if n < online { Channel::Online } else { Channel::Counter };
            let received = format!("{month}-10 09:00");
            facts.push(Fact { channel, ..fact("a", &received, None, Some(&received)) });
        }
    }
    facts.push(fact("b", "2025-03-10 09:00", None, Some("2025-03-10 10:00")));
    let period = Period::new(day("2024-01-01"), day("2025-12-31")).unwrap();
    let mut table = Table::new(period, vec![By::Unit, By::Span(Span::Month)]).unwrap();
    facts.iter().for_each(|fact| table.add(fact, Calendar::vietnam(), &Organisation::default()).unwrap());
    let points = |back: Back| -> Vec<(String, f64)> {
        let changes = table.changes(Measure::Online, back);
        changes
            .iter()
            .map(|(key, change)| (format!("{} {}", key[0], key[1]), change.points().unwrap()))
            .collect()
    };
    assert_eq!(points(Back::One), [("a 2025-03".to_owned(), 25.0)]);
    assert_eq!(points(Back::Year), [("a 2025-03".to_owned(), 50.0)]);
    let rest = table.against_rest(Measure::Online, By::Unit).unwrap();
    let march = rest.iter().find(|(key, _)| key[0] == "a" && key[1] == "2025-03").unwrap();
    assert_eq!(march.1.from, Ratio { numerator: 1, denominator: 1 });
    assert_eq!(march.1.to, Ratio { numerator: 3, denominator: 4 });
}

#[test]
fn a_table_is_printed_with_its_definitions() {
    let facts = [fact("xã <b>", "2025-02-10 09:00", None, Some("2025-02-12 09:00"))];
    let table = counted(&facts, &[By::Unit, By::Channel], &Organisation::default());
    let sheet = table.sheet(&[Measure::OnTimeOfResolved, Measure::Digitised]);
    assert_eq!(
        sheet.rows,
        [["xã <b>", "online", "1", "1", "0", "1", "0", "0", "0", "2.00", "2.00", "2.00", "100.00", ""]]
    );
    assert!(sheet.html().contains("xã &lt;b&gt;") && !sheet.html().contains("<b>"));
    assert_eq!(sheet.csv().lines().count(), 2);
    let printed = sheet.to_string();
    assert!(
        printed.contains("dossiers settled early or on time in the period / dossiers settled in the period")
    );
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let minutes = 0i64..500_000;
    let pauses = prop::collection::vec((0i64..20_000, prop::option::of(0i64..20_000)), 0..3);
    (
        minutes,
        prop::option::of(0i64..60_000),
        prop::option::of(0i64..60_000),
        0usize..3,
        prop::option::of(0u8..3),
        pauses,
    )
        .prop_map(|(received, due, finished, unit, rating, pauses)| {
            let start = at("2024-12-01 00:00");
            let moment = |minutes: i64| start + TimeDelta::minutes(minutes);
            let pause = |(from, to): (i64, Option<i64>)| {
                let from = moment(received + from);
                Pause { from, to: to.map(|to| from + TimeDelta::minutes(to)) }
            };
            Fact {
                received: Some(moment(received)),
                due: due.map(|due| moment(received + due)),
                finished: finished.map(|finished| moment(received + finished)),
                rating,
                pauses: pauses.into_iter().map(pause).collect(),
                ..fact(["a", "b", "c"][unit], "2025-01-01", None, finished.map(|_| "2025-01-01"))
            }
        })
}

proptest! {
    #[test]
    fn tables_merge_in_any_order_and_grouping(
        facts in prop::collection::vec(any_fact(), 0..40),
        cuts in (0usize..40, 0usize..40),
        by in prop::sample::subsequence(vec![By::Unit, By::Field, By::Channel, By::Span(Span::Month), By::Tier], 0..=5),
    ) {
        let organisation = Organisation::default();
        let whole = counted(&facts, &by, &organisation);
        let (low, high) = (cuts.0.min(cuts.1).min(facts.len()), cuts.0.max(cuts.1).min(facts.len()));
        let [a, b, c] = [&facts[..low], &facts[low..high], &facts[high..]].map(|part| counted(part, &by, &organisation));
        let merged = |parts: [&Table; 3]| {
            let mut all = Table::new(whole.period(), by.clone()).unwrap();
            parts.iter().for_each(|part| all.merge(part).unwrap());
            all
        };
        prop_assert_eq!(&merged([&a, &b, &c]), &whole);
        prop_assert_eq!(&merged([&c, &a, &b]), &whole);
        let mut bc = b.clone();
        bc.merge(&c).unwrap();
        let mut grouped = a.clone();
        grouped.merge(&bc).unwrap();
        prop_assert_eq!(&grouped, &whole);
        let text = serde_json::to_string(&whole).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Table>(&text).unwrap(), &whole);
        for (_, cell) in whole.rows() {
            let counts = cell.tally.counts;
            prop_assert_eq!(counts.received(), counts.resolved() + counts.open());
            prop_assert_eq!(cell.days.count(), counts.resolved());
        }
    }

    #[test]
    fn a_quantile_is_within_one_part_in_256(values in prop::collection::vec(0u64..10_000_000, 1..200), percent in 0f64..=100.0) {
        let sketch: Sketch = values.iter().copied().collect();
        let mut sorted = values.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() - 1) as f64 * percent / 100.0;
        let (low, high) = (sorted[rank.floor() as usize] as f64, sorted[rank.ceil() as usize] as f64);
        let exact = low + (high - low) * rank.fract();
        let found = sketch.quantile(percent).unwrap();
        // Between two values both may be off, each by its own part.
        prop_assert!((found - exact).abs() <= high / 256.0 + 1e-9, "{} instead of {}", found, exact);
        prop_assert_eq!(sketch.quantile(0.0).unwrap(), sorted[0] as f64);
        prop_assert_eq!(sketch.quantile(100.0).unwrap(), sorted[sorted.len() - 1] as f64);
        prop_assert_eq!((sketch.sum(), sketch.count()), (values.iter().sum(), values.len() as u64));
        if sorted[sorted.len() - 1] < 256 {
            prop_assert_eq!(found, exact);
        }
    }

    #[test]
    fn days_are_those_that_cohorts_count(took in prop::collection::vec(0i32..300, 1..60), percent in 0f64..=100.0) {
        let first = day("2023-06-01");
        let number = (first - NaiveDate::default()).num_days() as i32;
        let finished: Vec<i32> = took.iter().map(|days| number + days).collect();
        let rows = took.len();
        let columns = Columns {
            group: &vec![0; rows],
            received: &vec![number; rows],
            due: &vec![NO_DAY; rows],
            finished: &finished,
            online: &vec![0; rows],
            digitised: &vec![2; rows],
            paid_online: &vec![2; rows],
            rating: &vec![-1; rows],
        };
        let calendar = Calendar::vietnam();
        let plan = Plan { groups: 1, span: Span::Month, first, last: first, times: Some(calendar) };
        let mut cohorts = Cohorts::new(&plan).unwrap();
        cohorts.add(&columns, 1).unwrap();
        let noon = first.and_hms_opt(12, 0, 0).unwrap();
        let days = took.iter().map(|days| {
            let finished = noon + TimeDelta::days((*days).into());
            Took::between(noon, finished, &[], calendar).unwrap().days.into()
        });
        let sketch: Sketch = days.collect();
        prop_assert_eq!(sketch.quantile(percent), cohorts.percentile(0, first, percent));
    }
}
