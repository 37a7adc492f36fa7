//! Reading somebody's export: every row is a fact or a bad row with its reason.

use motcua::calendar::Calendar;
use motcua::exchange::{Import, ImportError, Mapping, Rows, read_csv, write_csv};
use motcua::moment;
use motcua::procedure::{Catalogue, Channel};
use proptest::prelude::*;

fn read(text: &str) -> Result<Import, ImportError> {
    read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), Calendar::vietnam())
}

const HEAD: &str = "dossier,procedure,unit,channel,received,finished,due,rating";

#[test]
fn missing_due_dates_are_computed_and_given_ones_kept() {
    let import = read(&format!(
        "{HEAD}\nA,1.004873,Hoa Thành,online,2023-06-01 09:30,,,\nB,1.004873,Hoa Thành,trực tiếp,01/06/2023,,05/06/2023,2\n\
         C,9.999999,Hoa Thành,3,2023-06-01,2023-06-01,2023-06-09 11:00,\n"
    ))
    .unwrap();
    assert_eq!(import.bad_rows, []);
    assert_eq!(import.due_computed, 1);
    assert!(import.facts.iter().all(|fact| fact.supplements.is_none()), "an export does not tell");
    let due: Vec<_> = import.facts.iter().map(|fact| fact.due).collect();
    assert_eq!(due, ["2023-06-06 17:00", "2023-06-05", "2023-06-09 11:00"].map(moment::parse));
    let channels: Vec<_> = import.facts.iter().map(|fact| fact.channel).collect();
    assert_eq!(channels, [Channel::Online, Channel::Counter, Channel::Post]);
    assert_eq!(
        (import.facts[1].rating, import.facts[0].field.as_str(), import.facts[2].field.as_str()),
        (Some(2), "ho-tich", "?")
    );
}

#[test]
fn every_bad_row_is_told_with_its_line_and_reason() {
    let rows = [
        (",1.004873,u,online,2023-06-01,,,", "exchange.cell_missing"),
        ("a1,,u,online,2023-06-01,,,", "exchange.cell_missing"),
        ("a2,1.004873,u,fax,2023-06-01,,,", "exchange.channel"),
        ("a3,1.004873,u,online,June,,,", "exchange.moment"),
        ("a4,1.004873,u,online,2023-02-30,,,", "exchange.moment"),
        ("a5,1.004873,u,online,2011-06-01,,,", "calendar.date_out_of_range"),
        ("a6,1.004873,u,online,2023-06-02,2023-06-01,,", "exchange.finished_before_received"),
        ("a7,1.004873,u,online,2023-06-02 09:00,2023-06-02 08:00,,", "exchange.finished_before_received"),
        ("a8,1.004873,u,online,2023-06-02,,2023-06-01,", "exchange.due_before_received"),
        ("a9,9.999999,u,online,2023-06-02,,,", "exchange.no_due"),
        ("b1,1.004873,u,online,2023-06-02,,,7", "exchange.rating"),
        ("b2,1.004873,u,online,2023-06-02,,,good", "exchange.number"),
        ("b4,1.004873,u,online,03/04/23,,,", "exchange.moment"),
        ("b5,1.004873,u,online,2023-06-02 09:00:00,,2023-06-02 08:00:00,", "exchange.due_before_received"),
        ("b3,1.004873,u,online,2023-06-02", "exchange.cells"),
        ("good,1.004873,u,online,2023-06-02,2023-06-02,,", ""),
        ("good,1.004873,u,online,2023-06-02,,,", "exchange.dossier_twice"),
    ];
    let text: String = rows.iter().map(|(row, _)| format!("{row}\n")).collect();
    let import = read(&format!("{HEAD}\n{text}")).unwrap();
    assert_eq!(import.facts.len() + import.bad_rows.len(), rows.len());
    let found: Vec<_> = import.bad_rows.iter().map(|bad| (bad.line, bad.code)).collect();
    let expected: Vec<_> = (2..)
        .zip(rows)
        .filter(|(_, (_, code))| !code.is_empty())
        .map(|(line, (_, code))| (line, code))
        .collect();
    assert_eq!(found, expected);
    for bad in &import.bad_rows {
        assert!(!bad.message.is_empty() && !bad.help.is_empty(), "{bad}");
    }
}

#[test]
fn one_suspension_counts_for_the_due_date() {
    let head = "dossier,procedure,unit,channel,received,suspended_from,suspended_to";
    let case =
        read("dossier,procedure,unit,channel,received,case\nA,2.000986,u,online,2023-06-01,vùng sâu\n")
            .unwrap();
    assert_eq!(case.bad_rows[0].code, "exchange.case_unknown");
    assert!(case.bad_rows[0].help.contains("50 km"), "{}", case.bad_rows[0]);
    let import = read(&format!(
        "{head}\nA,1.004873,u,online,2023-06-01 09:00,2023-06-02 09:00,2023-06-07 09:00\n\
         B,1.004873,u,online,2023-06-01 09:00,2023-06-02 09:00,\nC,1.004873,u,online,2023-06-01 09:00,,2023-06-02\n\
         D,1.004873,u,online,2023-06-01 09:00,2023-06-05 09:00,2023-06-02 09:00\n"
    ))
    .unwrap();
    // Nghị định 61/2018 Điều 19(4): counted again from zero.
    assert_eq!(import.facts[0].due, moment::parse("2023-06-12 17:00"));
    assert_eq!(import.facts[1].due, None, "still suspended");
    let codes: Vec<_> = import.bad_rows.iter().map(|bad| bad.code).collect();
    assert_eq!(codes, ["exchange.suspension", "exchange.suspension"]);
}

#[test]
fn what_was_never_supplied_does_not_hide_that_it_was_late() {
    let head = "dossier,procedure,unit,channel,received,finished,suspended_from,suspended_to";
    let import = read(&format!(
        "{head}\nA,1.004873,u,online,2023-06-01 09:00,2023-09-01,2023-06-20,\n\
         B,1.004873,u,online,2023-06-01 09:30,2023-06-01,2023-06-01,2023-06-01\n\
         C,1.004873,u,online,2023-06-01 09:30,2023-06-05,2023-06-07,\n"
    ))
    .unwrap();
    assert_eq!(
        import.facts[0].due,
        moment::parse("2023-08-17 17:00"),
        "due on 6/6, eleven days before it was suspended"
    );
    assert!(import.facts[1].due.is_some(), "whole days have no hour that could be out of order");
    assert_eq!(import.bad_rows[0].code, "deadline.order", "given up before it was suspended");
}

#[test]
fn whole_days_have_no_hour_that_is_out_of_order() {
    let import =
        read(&format!("{HEAD}\nA,1.004873,u,online,2023-06-01 09:30,2023-06-01,2023-06-01,2\n")).unwrap();
    let fact = &import.facts[0];
    assert_eq!(fact.finished, fact.received, "it cannot have been done before it came in");
    let took = fact.took(fact.finished.unwrap(), Calendar::vietnam()).unwrap().unwrap();
    assert_eq!((took.days, took.seconds), (0, 0));
    assert_eq!(read(&write_csv(&import.facts)).unwrap().facts, import.facts);
}

#[test]
fn lines_are_counted_as_an_editor_counts_them() {
    let rows = [
        "\"a\nb\",1.004873,u,fax,2023-06-01,,,",
        "",
        "c,1.004873,u,fax,2023-06-01,,,",
        "d,1.004873,u,fax,2023-06-01,,,",
    ];
    for end in ["\n", "\r\n", "\r"] {
        for last in ["", end] {
            let text = format!("{HEAD}{end}{}{last}", rows.join(end));
            let bad_rows = read(&text).unwrap().bad_rows;
            let lines: Vec<_> = bad_rows.iter().map(|bad| bad.line).collect();
            assert_eq!(lines, [2, 5, 6], "{text:?}");
            assert_eq!(bad_rows[0].code, "exchange.line_break");
        }
    }
}

#[test]
fn an_unclosed_quote_swallows_nothing_silently() {
    let good = |n: usize| format!("d{n},1.004873,u,online,2023-06-01,,,\n");
    let rows = |broken: &str| format!("{HEAD}\n{}{broken}\n{}{}", good(1), good(2), good(3));
    for (broken, code) in [
        ("x,1.004873,u,online,2023-06-01,,,\"2", "exchange.row_unreadable"),
        ("x,1.004873,\"u,online,2023-06-01,,,", "exchange.row_unreadable"),
    ] {
        let import = read(&rows(broken)).unwrap();
        assert_eq!(import.facts.len(), 1);
        assert_eq!((import.bad_rows[0].line, import.bad_rows[0].code), (3, code));
        assert!(
            import.bad_rows[0].message.contains("the lines 3 to 5 are one row"),
            "{}",
            import.bad_rows[0]
        );
    }
    // A second quote ends the cell again, lines later.
    let text = format!(
        "{HEAD}\n{}x,1.004873,\"u,online,2023-06-01,,,\n{}y,1.004873,u\",online,2023-06-01,,,\n",
        good(1),
        good(2)
    );
    let import = read(&text).unwrap();
    assert_eq!(
        (import.facts.len(), import.bad_rows[0].line, import.bad_rows[0].code),
        (1, 3, "exchange.line_break")
    );
    assert!(import.bad_rows[0].message.contains("the lines 3 to 5 are one row"), "{}", import.bad_rows[0]);
    // Also in a column that is not read; but a note may have lines of its own.
    let head = "dossier,procedure,unit,channel,received,note";
    let row = |n: usize, note: &str| format!("d{n},1.004873,u,online,2023-06-01,{note}\n");
    let swallowing = [row(1, "\"oops"), row(2, ""), row(3, "y\""), row(4, "")].concat();
    let import = read(&format!("{head}\n{swallowing}")).unwrap();
    assert_eq!(
        (import.facts.len(), import.bad_rows[0].line, import.bad_rows[0].code),
        (1, 2, "exchange.line_break")
    );
    let import = read(&format!("{head}\n{}{}", row(1, "\"two\nlines\""), row(2, ""))).unwrap();
    assert_eq!((import.facts.len(), import.bad_rows.len()), (2, 0));
    // A mere inch sign is no quote.
    let import = read(&format!("{HEAD}\nx,1.004873,ống 5\" 7,online,2023-06-01,,,\n{}", good(2))).unwrap();
    assert_eq!((import.facts.len(), import.bad_rows.len()), (2, 0));
}

#[test]
fn exports_as_they_are() {
    let decomposed =
        "tru\u{31b}\u{323}c tuye\u{302}\u{301}n".replace("tru\u{31b}\u{323}c", "tr\u{1b0}\u{323}c");
    let import = read(&format!(
        "dossier,procedure,unit,channel,received,fee,\nA,1.004873.000.00.00.H41,u,{decomposed},2023-06-01,15.000,x\n\
         B,1.004873,u,bưu chính công ích,2023-06-01,1.5,\n"
    ))
    .unwrap();
    assert_eq!(import.unknown_columns, ["number 7"]);
    assert_eq!((import.facts[0].channel, import.facts[0].obligation), (Channel::Online, Some(true)));
    assert!(import.facts[0].due.is_some(), "the suffix of a province");
    assert_eq!(import.bad_rows[0].code, "exchange.number");
}

#[test]
fn separators_marks_and_unknown_columns() {
    let import =
        read("\u{feff}DOSSIER;procedure;unit;channel;received;note\nA;1.004873;u;online;2023-06-01;hello\n")
            .unwrap();
    assert_eq!((import.facts.len(), import.unknown_columns), (1, vec!["note".to_owned()]));
    for (text, code) in [
        ("", "exchange.columns"),
        ("dossier,unit\n", "exchange.columns"),
        ("dossier,dossier\n", "exchange.column_twice"),
    ] {
        let error = read(text).unwrap_err();
        assert_eq!(error.code(), code);
        assert!(!error.vi().is_empty());
    }
    let latin = [HEAD.as_bytes(), b"\nA,1.004873,Ho\xe0 Th\xe0nh,online,2023-06-01,,,\n"].concat();
    let import =
        read_csv(&latin[..], &Mapping::default(), Catalogue::embedded(), Calendar::vietnam()).unwrap();
    assert_eq!(import.bad_rows[0].code, "exchange.row_unreadable");
}

#[test]
fn the_sample_of_the_repository_shows_every_column() {
    let text = include_str!("../core/examples/demo/sample.csv");
    let names: Vec<&str> = Rows::Dossiers.columns().iter().map(|column| column.name).collect();
    assert_eq!(text.lines().next().unwrap(), names.join(","));
    let import = read(text).unwrap();
    assert!(import.facts.len() >= 10 && !import.bad_rows.is_empty() && import.due_computed > 0);
}

proptest! {
    #[test]
    fn no_row_is_lost_whatever_it_holds(cells in prop::collection::vec(prop::collection::vec("[a-z0-9:/ .-]{0,12}", 8), 0..20)) {
        let body: String = cells.iter().map(|row| row.join(",") + "\n").collect();
        let blank = cells.iter().filter(|row| row.join(",").is_empty()).count();
        let import = read(&format!("{HEAD}\n{body}")).unwrap();
        prop_assert_eq!(import.facts.len() + import.bad_rows.len(), cells.len() - blank);
    }
}
