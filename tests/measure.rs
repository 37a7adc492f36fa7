//! Counts of a period: the report form, its identities, and that tallies merge.

mod common;

use common::{certified_copy, command, engine, play, receive};
use motcua::dossier::{Action, Status};
use motcua::measure::{Counts, Fact, Form06, Measure, Period, Ratio, Tally, tally_by};
use motcua::moment;
use motcua::procedure::Channel;
use proptest::prelude::*;

fn period(first: &str, last: &str) -> Period {
    Period::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
}

fn fact(received: &str, due: Option<&str>, finished: Option<&str>) -> Fact {
    let at = |text: &str| moment::parse(text).unwrap();
    Fact {
        dossier: "H41-1".into(),
        procedure: "1.004873".into(),
        field: "ho-tich".into(),
        unit: "hoa-thanh".into(),
        channel: Channel::Online,
        status: if finished.is_some() { Status::Resolved } else { Status::InProgress },
        received: Some(at(received)),
        due: due.map(at),
        finished: finished.map(at),
        supplements: Some(0),
        digitised: Some(true),
        obligation: Some(false),
        paid_online: Some(false),
        electronic: finished.map(|_| true),
        rating: None,
        reused: None,
        pauses: Vec::new(),
    }
}

fn counted(facts: &[Fact]) -> Tally {
    let mut tally = Tally::default();
    let june = period("2023-06-01", "2023-06-30");
    for fact in facts {
        tally.add(fact, &june);
    }
    tally
}

#[test]
fn each_dossier_stands_in_one_column_of_each_side() {
    let due = Some("2023-06-15 17:00");
    for (received, due, finished, expected) in [
        (
            "2023-06-05 09:00",
            due,
            Some("2023-06-14 09:00"),
            Counts { received_online: 1, resolved_early: 1, ..Counts::default() },
        ),
        (
            "2023-06-05 09:00",
            due,
            Some("2023-06-15 18:00"),
            Counts { received_online: 1, resolved_on_time: 1, ..Counts::default() },
        ),
        (
            "2023-06-05 09:00",
            due,
            Some("2023-06-16 07:00"),
            Counts { received_online: 1, resolved_overdue: 1, ..Counts::default() },
        ),
        (
            "2023-06-05 09:00",
            None,
            Some("2023-06-16 07:00"),
            Counts { received_online: 1, resolved_on_time: 1, ..Counts::default() },
        ),
        (
            "2023-05-05 09:00",
            due,
            Some("2023-06-14 09:00"),
            Counts { carried_over: 1, resolved_early: 1, ..Counts::default() },
        ),
        ("2023-06-05 09:00", due, None, Counts { received_online: 1, open_overdue: 1, ..Counts::default() }),
        (
            "2023-06-05 09:00",
            Some("2023-06-30 17:00"),
            None,
            Counts { received_online: 1, open_in_time: 1, ..Counts::default() },
        ),
        ("2023-06-05 09:00", None, None, Counts { received_online: 1, open_in_time: 1, ..Counts::default() }),
        (
            "2023-06-05 09:00",
            due,
            Some("2023-07-01 09:00"),
            Counts { received_online: 1, open_overdue: 1, ..Counts::default() },
        ),
        ("2023-05-05 09:00", due, Some("2023-05-31 09:00"), Counts::default()),
        ("2023-07-01 09:00", due, None, Counts::default()),
    ] {
        assert_eq!(counted(&[fact(received, due, finished)]).counts, expected, "{received} {finished:?}");
    }
    let never_received = Fact { received: None, ..fact("2023-06-05 09:00", None, None) };
    assert_eq!(counted(&[never_received]), Tally::default());
}

#[test]
fn what_is_not_known_is_in_no_count() {
    let known = fact("2023-06-05 09:00", None, Some("2023-06-06 09:00"));
    let unknown =
        Fact { digitised: None, electronic: None, paid_online: None, obligation: None, ..known.clone() };
    let free = Fact { obligation: Some(false), ..known.clone() };
    let paid = Fact { obligation: Some(true), paid_online: Some(true), ..known.clone() };
    let late_and_unhappy = Fact { rating: Some(0), ..known };
    // Where no dossier tells, there is no figure; where there are no dossiers, or none that it concerns, it is 0 of 0.
    let measures = [Measure::PaidOnline, Measure::Digitised, Measure::ElectronicResult];
    for measure in measures {
        assert_eq!(counted(std::slice::from_ref(&unknown)).ratio(measure), None, "{measure:?}");
        assert_eq!(counted(&[]).ratio(measure), Some(Ratio::default()));
    }
    assert_eq!(counted(std::slice::from_ref(&free)).ratio(Measure::PaidOnline), Some(Ratio::default()));
    let tally = counted(&[unknown, free, paid, late_and_unhappy]);
    let ratio = |measure| {
        let Ratio { numerator, denominator } = tally.ratio(measure).unwrap();
        (numerator, denominator)
    };
    assert_eq!(ratio(Measure::Digitised), (3, 3));
    assert_eq!(ratio(Measure::PaidOnline), (1, 1));
    assert_eq!(ratio(Measure::ElectronicResult), (3, 3));
    assert_eq!(ratio(Measure::Online), (4, 4));
    assert_eq!(ratio(Measure::Satisfied), (3, 4));
    assert_eq!(Ratio::default().percent(), None);
}

#[test]
fn the_form_has_thirteen_columns_whose_sums_agree() {
    let due = Some("2023-06-15 17:00");
    let facts = [
        fact("2023-06-05 09:00", due, Some("2023-06-14 09:00")),
        fact("2023-05-05 09:00", due, Some("2023-06-16 09:00")),
        Fact { field: "dat-dai".into(), channel: Channel::Post, ..fact("2023-06-05 09:00", due, None) },
    ];
    let june = period("2023-06-01", "2023-06-30");
    let form = Form06::of(june, tally_by(&facts, &june, |fact| fact.field.clone()));
    let labels: Vec<_> = form.rows.iter().map(|row| row.label.as_str()).collect();
    assert_eq!(labels, ["dat-dai", "ho-tich"]);
    assert_eq!(form.total.columns(), [3, 1, 1, 1, 2, 1, 0, 1, 1, 0, 1]);
    let text = form.to_string();
    assert!(text.lines().all(|line| line.matches('|').count() == 14), "{text}");
    // The identities of a published figure: Kon Tum, first quarter of 2023.
    let kon_tum =
        Counts { received_online: 12_516, received_other: 38_613, carried_over: 4_910, ..Counts::default() };
    assert_eq!(kon_tum.received(), 56_039);
}

#[test]
fn the_journal_gives_the_report() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy());
    play(&mut engine, "H41-2", &certified_copy()[..2]);
    let submitted = command("H41-3", "applicant", "2023-06-01 09:00", receive("1.001193", Channel::Counter));
    engine.handle(&submitted).unwrap();
    let facts = engine.facts("2023-12-31".parse().unwrap()).unwrap();
    assert_eq!(facts.len(), 3);
    assert_eq!(
        (facts[0].status, facts[0].rating, facts[0].electronic),
        (Status::Delivered, Some(2), Some(true))
    );
    assert_eq!((facts[2].received, facts[2].due), (None, None));
    let report = engine.report(Period::year(2023).unwrap()).unwrap();
    assert_eq!(report.form06.total.columns(), [2, 2, 0, 0, 1, 0, 1, 0, 1, 0, 1]);
    assert_eq!(report.form06.rows[0].label, "Chứng thực");
    assert_eq!(report.ratios[&Measure::Online], Ratio { numerator: 2, denominator: 2 });
    assert_eq!(report.scorecard.class, None, "half of the index cannot be known from a journal");
    let withdrawn = [("applicant", "2023-06-02 09:00", Action::Withdraw { reason: None })];
    play(&mut engine, "H41-2", &withdrawn);
    let report = engine.report(Period::year(2023).unwrap()).unwrap();
    assert_eq!(report.form06.total.counts.resolved(), 2, "what was handed back is settled");
    assert_eq!(report.form06.total.counts.resolved_overdue, 1, "a day after a due date of the same day");
    let why = engine.explain_due("H41-1").unwrap().unwrap();
    assert_eq!(why.due.at(), moment::parse("2023-06-01 17:00"));
    assert_eq!(engine.explain_due("H41-3").unwrap(), None);
    assert_eq!(engine.explain_due("H41-9").unwrap(), None);
}

#[test]
fn a_report_of_the_past_stays_as_it_was() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy()[..2]);
    let june_first = period("2023-06-01", "2023-06-01");
    let june_second = period("2023-06-02", "2023-06-02");
    let reports =
        |engine: &motcua::Engine<_>| [june_first, june_second].map(|day| engine.report(day).unwrap());
    let before = reports(&engine);
    assert_eq!(before.each_ref().map(|report| report.form06.total.counts.open_overdue), [0, 1]);
    let ask = Action::RequestSupplement { reason: "thiếu".into() };
    play(&mut engine, "H41-1", &[("justice", "2023-06-05 08:30", ask)]);
    assert_eq!(reports(&engine), before);
}

#[test]
fn one_label_has_one_row() {
    let facts = [
        Fact { field: "Hộ tịch".into(), ..fact("2023-06-05 09:00", None, None) },
        fact("2023-06-05 09:00", None, None),
    ];
    let period = Period::year(2023).unwrap();
    let report =
        motcua::report::Report::of(&facts, period, motcua::procedure::Catalogue::embedded()).unwrap();
    let rows: Vec<_> =
        report.form06.rows.iter().map(|row| (row.label.as_str(), row.counts.received())).collect();
    assert_eq!(rows, [("Hộ tịch", 2)]);
}

fn any_fact() -> impl Strategy<Value = Fact> {
    let start = moment::parse("2023-04-15 00:00").unwrap();
    let moment = move |minutes: i64| start + chrono::TimeDelta::minutes(minutes);
    let yes_no = || prop::option::of(any::<bool>());
    (
        prop::option::of(0i64..150_000),
        prop::option::of(0i64..60_000),
        prop::option::of(0i64..60_000),
        (yes_no(), yes_no(), yes_no(), yes_no(), prop::option::of(0u8..3)),
        (0usize..3, 0usize..3),
    )
        .prop_map(move |(received, due, finished, flags, (channel, field))| Fact {
            dossier: String::new(),
            procedure: String::new(),
            field: ["ho-tich", "dat-dai", "chung-thuc"][field].into(),
            unit: "u".into(),
            channel: [Channel::Online, Channel::Counter, Channel::Post][channel],
            status: if finished.is_some() { Status::Resolved } else { Status::InProgress },
            received: received.map(moment),
            due: received.zip(due).map(|(received, due)| moment(received + due)),
            finished: received.zip(finished).map(|(received, finished)| moment(received + finished)),
            supplements: Some(0),
            digitised: flags.0,
            obligation: flags.1,
            paid_online: flags.2,
            electronic: flags.3,
            rating: flags.4,
            reused: None,
            pauses: Vec::new(),
        })
}

proptest! {
    #[test]
    fn identities_hold_and_tallies_merge(facts in prop::collection::vec(any_fact(), 0..60), cut in 0usize..60) {
        let whole = counted(&facts);
        let counts = whole.counts;
        prop_assert_eq!(counts.received(), counts.resolved() + counts.open());
        let (a, b) = facts.split_at(cut.min(facts.len()));
        let mut merged = counted(b);
        merged += counted(a);
        prop_assert_eq!(merged, whole);
        let mut with_nothing = whole;
        with_nothing += Tally::default();
        prop_assert_eq!(with_nothing, whole);
        let june = period("2023-06-01", "2023-06-30");
        let mut by_field = Tally::default();
        for tally in tally_by(&facts, &june, |fact| fact.field.as_str()).values() {
            by_field += *tally;
        }
        prop_assert_eq!(by_field, whole);
        for measure in Measure::OF_DOSSIERS {
            prop_assert!(whole.ratio(measure).is_none_or(|ratio| ratio.numerator <= ratio.denominator));
        }
    }
}
