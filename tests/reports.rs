//! What an office inspects and makes public, and who is ahead; as Markdown, HTML and CSV.

use motcua::calendar::Calendar;
use motcua::exchange::{Mapping, read_csv};
use motcua::measure::{Counts, Fact, Form06, Measure, Period, Ratio, Tally, tally_by};
use motcua::procedure::Catalogue;
use motcua::report::{FindingKind, Inspection, League, Publicity, ScoreLeague};
use motcua::score::{Index, Scorecard};
use std::collections::BTreeMap;

const ROWS: &str = "\
dossier,procedure,unit,channel,received,due,finished,supplements
1,1.004873,xã A,online,2026-06-01 09:00,2026-06-04 17:00,2026-06-04 18:00,0
2,1.004873,xã A,online,2026-06-01 09:00,2026-06-04 17:00,2026-06-09 09:00,2
3,1.004873,xã B,counter,2026-06-01 09:00,2026-06-04 17:00,,1
4,1.004873,xã B,counter,2026-06-01 09:00,2026-06-04 17:00,2026-07-02 09:00,3
5,9.999999,xã B,counter,2026-05-01 09:00,2026-05-04 17:00,2026-05-20 09:00,3
";

fn facts() -> Vec<Fact> {
    read_csv(ROWS.as_bytes(), &Mapping::default(), Catalogue::embedded(), Calendar::vietnam()).unwrap().facts
}

fn june() -> Period {
    Period::new("2026-06-01".parse().unwrap(), "2026-06-30".parse().unwrap()).unwrap()
}

#[test]
fn an_inspection_finds_what_is_late_and_what_was_asked_twice() {
    let inspection = Inspection::of(&facts(), june(), Calendar::vietnam()).unwrap();
    let found: Vec<_> = inspection
        .findings
        .iter()
        .map(|finding| (finding.kind, finding.dossier.as_str(), finding.late))
        .collect();
    assert_eq!(
        found,
        [
            (FindingKind::SettledLate, "2", 3),
            (FindingKind::AskedAgain, "2", 3),
            (FindingKind::Overdue, "3", 18),
            (FindingKind::Overdue, "4", 18),
            (FindingKind::AskedAgain, "4", 18),
        ]
    );
    assert_eq!(
        inspection.sheet().rows,
        [["xã A", "2", "2", "0", "0", "1", "1"], ["xã B", "2", "0", "2", "2", "0", "1"]]
    );
    assert_eq!(inspection.list().rows.len(), 5);
}

#[test]
fn the_list_that_is_made_public_names_dossiers_and_nobody() {
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let publicity = Publicity::of(&facts(), june(), catalogue, calendar).unwrap();
    let sheet = publicity.sheet();
    let cells: Vec<_> =
        sheet.rows.iter().map(|row| (row[1].as_str(), row[6].as_str(), row[7].as_str())).collect();
    assert_eq!(
        cells,
        [("3", "chưa giải quyết", "18"), ("4", "chưa giải quyết", "18"), ("2", "09/06/2026", "3")]
    );
    assert!(sheet.rows[0][2].contains("tình trạng hôn nhân"), "{}", sheet.rows[0][2]);
    assert!(sheet.title.contains("01/06/2026"));
}

#[test]
fn the_report_form_is_printed_in_each_format() {
    let facts = facts();
    let tallies = tally_by(&facts, &june(), |fact| fact.field.clone());
    let form = Form06::of(june(), tallies);
    let sheet = form.sheet();
    assert_eq!(sheet.head.len(), 13);
    let mut reader = csv::Reader::from_reader(sheet.csv().into_bytes().leak() as &[u8]);
    let read: Vec<Vec<String>> =
        reader.records().map(|record| record.unwrap().iter().map(String::from).collect()).collect();
    assert_eq!(read, sheet.rows);
    let html = scraper::Html::parse_fragment(&sheet.html());
    let select = |css: &str| html.select(&scraper::Selector::parse(css).unwrap()).count();
    assert_eq!((select("th[scope=col]"), select("tbody tr"), select("td.number")), (13, 2, 24));
    assert_eq!(form.to_string().lines().count(), 4);
}

#[test]
fn units_are_ranked_by_shares_that_are_compared_exactly_and_by_points() {
    let facts = facts();
    let units = tally_by(&facts, &june(), |fact| fact.unit.clone());
    let league = League::of(units.clone(), Measure::OnTimeOfDue);
    let places: Vec<_> =
        league.places.iter().map(|place| (place.rank, place.unit.as_str(), place.ratio)).collect();
    let ratio = |numerator, denominator| Ratio { numerator, denominator };
    assert_eq!(places, [(Some(1), "xã A", ratio(1, 2)), (Some(2), "xã B", ratio(0, 2))]);
    assert!(league.places[1].may_be_first, "of two dossiers each nothing can be said");
    let sheet = league.sheet();
    assert_eq!(sheet.rows[0][..5], ["1", "xã A", "1", "2", "50.00"]);
    assert!(sheet.notes[0].contains("settled early or on time"));

    // Who may be first does not hang on the names of those that share the rank.
    for names in [["a", "b", "c"], ["z", "b", "c"]] {
        let counts =
            |good, all| Counts { resolved_on_time: good, resolved_overdue: all - good, ..Counts::default() };
        let tally = |counts: Counts| {
            let mut tally = Tally::default();
            tally.counts = counts;
            tally
        };
        let tallies = [counts(9, 10), counts(900, 1_000), counts(800, 1_000)].map(tally);
        let league = League::of(names.map(String::from).into_iter().zip(tallies), Measure::OnTimeOfResolved);
        let mut first: Vec<_> =
            league.places.iter().map(|place| (place.unit.as_str(), place.may_be_first)).collect();
        first.sort_unstable();
        assert_eq!(first.iter().filter(|(_, may)| *may).count(), 2, "{first:?}");
    }

    let cards = units.into_iter().map(|(unit, tally)| {
        (unit, Scorecard::of(Index::qd_766(), &tally.ratios(), &BTreeMap::new()).unwrap())
    });
    let best = (
        String::from("xã C"),
        Scorecard::of(
            Index::qd_766(),
            &BTreeMap::from([(Measure::OnTimeOfHandled, ratio(1, 1))]),
            &BTreeMap::new(),
        )
        .unwrap(),
    );
    let same = (String::from("xã D"), best.1.clone());
    let league = ScoreLeague::of(cards.chain([same, best]));
    let ranks: Vec<_> = league.places.iter().map(|place| (place.rank, place.unit.as_str())).collect();
    assert_eq!(ranks.len(), 4);
    for pair in league.places.windows(2) {
        assert_eq!(pair[0].rank == pair[1].rank, pair[0].points == pair[1].points);
        assert!(pair[0].points >= pair[1].points);
    }
    assert_eq!(league.sheet().head.len(), 4 + Index::qd_766().groups.len());
    assert!(league.sheet().notes[0].contains("766"));
}
