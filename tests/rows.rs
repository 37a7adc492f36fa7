//! Rows of steps, payments, ratings, petitions, documents and procedures: from a journal, and from columns that others have.

mod common;

use common::{certified_copy, engine, play};
use motcua::calendar::Calendar;
use motcua::dossier::Action;
use motcua::exchange::{Mapping, Rows, read_rows};
use motcua::measure::{
    DocumentFact, Measure, MoneyKind, PaymentFact, Period, Petition, ProcedureFact, RatingFact, Ratio,
    StepFact,
};
use motcua::moment;
use motcua::score::{Index, Scorecard};
use std::collections::BTreeMap;

fn no_mapping() -> Mapping {
    Mapping::default()
}

#[test]
fn who_had_a_dossier_and_how_long() {
    let mut engine = engine();
    play(&mut engine, "H41-1", &certified_copy());
    let ask = Action::RequestSupplement { reason: "thiếu bản chính".into() };
    let pay = Action::Pay { vnd: 4_000, online: true };
    let mut asked = certified_copy()[..2].to_vec();
    asked.extend([
        ("justice", "2023-06-01 08:30", Action::Claim { step: "check".into() }),
        ("applicant", "2023-06-01 08:40", pay),
        ("justice", "2023-06-01 09:00", ask),
        ("applicant", "2023-06-05 09:00", Action::supply()),
    ]);
    play(&mut engine, "H41-2", &asked);
    let last = "2023-06-05".parse().unwrap();
    let steps = engine.steps(last).unwrap();
    let told = |dossier: &str| -> Vec<String> {
        let rows = steps.iter().filter(|step| step.dossier == dossier);
        let clock = |at: chrono::NaiveDateTime| at.format("%d %H:%M").to_string();
        rows.map(|row| {
            let hand = row.officer.as_deref().unwrap_or("nobody");
            let step = row.step.as_deref().unwrap_or(&row.action);
            format!("{step} {hand} {} - {}", clock(row.began), row.ended.map(clock).unwrap_or_default())
        })
        .collect()
    };
    assert_eq!(
        told("H41-1"),
        [
            "accept nobody 01 08:00 - 01 08:10",
            "check nobody 01 08:10 - 01 09:00",
            "sign nobody 01 09:00 - 01 09:30",
            "stamp nobody 01 09:30 - 01 09:40",
            "resolve nobody 01 09:40 - 01 09:50",
            "deliver nobody 01 09:50 - 01 10:00",
        ]
    );
    assert_eq!(
        told("H41-2"),
        [
            "accept nobody 01 08:00 - 01 08:10",
            "check nobody 01 08:10 - 01 08:30",
            "check justice 01 08:30 - 01 09:00",
            "supply nobody 01 09:00 - 05 09:00",
            "check justice 05 09:00 - ",
        ]
    );
    let done = |dossier: &str| -> Vec<bool> {
        steps.iter().filter(|step| step.dossier == dossier).map(|step| step.done).collect()
    };
    assert_eq!(done("H41-1"), [true; 6]);
    // It was claimed, and then had to wait for the applicant.
    assert_eq!(done("H41-2"), [true, false, false, true, false]);
    assert!(steps.iter().all(|step| step.due.is_none()), "its steps have no limits of their own");
    let supply = steps.iter().find(|step| step.action == "supply").unwrap();
    assert_eq!(
        supply.took(supply.ended.unwrap(), Calendar::vietnam()).unwrap().seconds,
        0,
        "it was suspended"
    );
    assert!(engine.steps("2023-05-31".parse().unwrap()).unwrap().is_empty());

    let payments = engine.payments(last).unwrap();
    let paid: Vec<_> =
        payments.iter().map(|row| (row.dossier.as_str(), row.kind, row.vnd, row.online)).collect();
    assert_eq!(paid, [("H41-2", MoneyKind::Paid, 4_000, Some(true))]);
    let ratings = engine.ratings(last).unwrap();
    assert_eq!((ratings.len(), ratings[0].score, ratings[0].unit.as_str()), (1, 2, "hoa-thanh"));
    let facts = engine.facts(last).unwrap();
    assert_eq!(facts[1].pauses.len(), 1);
    assert_eq!(
        facts[1]
            .took(moment::parse("2023-06-05 10:00").unwrap(), Calendar::vietnam())
            .unwrap()
            .unwrap()
            .seconds,
        (50 + 60) * 60
    );
}

#[test]
fn columns_of_others_are_read_by_their_names() {
    let mapping = Mapping::load(
        "mapping.toml",
        r#"
        [[mapping]]
        rows = "petitions"
        columns = { petition = "Số PAKN", received = "Ngày nhận", unit = "Cơ quan" }

        [[mapping]]
        rows = "documents"
        columns = { document = "Số hiệu", direction = "Loại" }
        values = { direction = { "văn bản đi" = "sent", "VĂN BẢN ĐẾN" = "received" } }
        "#,
    )
    .unwrap();
    let petitions =
        "Cơ quan;số pakn;NGÀY NHẬN;answered;repeated\nXã A;PA-1;01/06/2026;10/06/2026;không\nXã A;PA-2;;;\n";
    let read = read_rows::<Petition>(petitions.as_bytes(), &mapping).unwrap();
    assert_eq!((read.rows.len(), read.rows[0].repeated, read.rows[0].dissatisfied), (1, Some(false), None));
    assert_eq!((read.bad_rows[0].line, read.bad_rows[0].code), (3, "exchange.cell_missing"));
    let documents =
        "số hiệu,loại,unit,day,signed\n1/UBND,Văn bản đi,xã A,2026-06-01,x\n2,công văn,xã A,2026-06-01,\n";
    let read = read_rows::<DocumentFact>(documents.as_bytes(), &mapping).unwrap();
    assert_eq!((read.rows[0].signed, read.bad_rows[0].code), (Some(true), "exchange.word"));
    assert!(read.bad_rows[0].help.contains("sent or received"));
    // However the file writes its accents.
    let decomposed =
        "[[mapping]]\nrows = \"petitions\"\ncolumns = { petition = \"Ma\u{303} so\u{302}\u{301}\" }\n";
    let mapping_in_parts = Mapping::load("mapping.toml", decomposed).unwrap();
    let named = "mã số,unit,received\nPA-1,xã A,2026-06-01\n";
    assert_eq!(read_rows::<Petition>(named.as_bytes(), &mapping_in_parts).unwrap().rows.len(), 1);
    // A word may say that something is not known; and no word two things.
    let unknown = "[[mapping]]\nrows = \"petitions\"\nvalues = { repeated = { \"không rõ\" = \"\" } }\n";
    let text = "petition,unit,received,repeated\nPA-1,xã A,2026-06-01,Không rõ\nPA-2,xã A,1026-06-01,\n";
    let read = read_rows::<Petition>(text.as_bytes(), &Mapping::load("m", unknown).unwrap()).unwrap();
    assert_eq!((read.rows[0].repeated, read.bad_rows[0].line), (None, 3));
    assert_eq!(read.bad_rows[0].code, "calendar.date_out_of_range");
    let two = unknown.replace(" } }", ", \"KHÔNG RÕ\" = \"1\" } }");
    let problems = Mapping::load("m", &two).unwrap_err();
    assert_eq!(problems.0[0].code, "exchange.mapping_twice", "{problems}");
    // A column that is said to be called otherwise is not the one of that name.
    let other = "petition,received,unit\nPA-1,2026-06-01,xã A\n";
    assert_eq!(read_rows::<Petition>(other.as_bytes(), &mapping).unwrap_err().code(), "exchange.columns");

    for (text, code) in [
        ("[[mapping]]\nrows = \"people\"", "file.form"),
        ("[[mapping]]\nrows = \"ratings\"\ncolumns = { stars = \"Sao\" }", "exchange.mapping_column"),
        ("[[mapping]]\nrows = \"ratings\"\nvalues = { stars = { a = \"b\" } }", "exchange.mapping_column"),
        ("[[mapping]]\nrows = \"ratings\"\ncolumns = { unit = \"A\", at = \"a\" }", "exchange.mapping_twice"),
        ("[[mapping]]\nrows = \"ratings\"\n[[mapping]]\nrows = \"ratings\"", "exchange.mapping_twice"),
    ] {
        let problems = Mapping::load("mapping.toml", text).unwrap_err();
        assert_eq!(problems.0[0].code, code, "{problems}");
        assert!(problems.0[0].help.len() > 5);
    }
}

#[test]
fn every_kind_has_its_columns_and_what_is_empty_is_not_known() {
    fn first<T: motcua::exchange::ReadRow>(rows: Rows, cells: &[(&str, &str)]) -> T {
        let needed = rows.columns().iter().filter(|column| column.required).map(|column| column.name);
        let given: Vec<&str> = cells.iter().map(|(name, _)| *name).collect();
        assert_eq!(needed.collect::<Vec<_>>(), given, "{rows:?}");
        let values: Vec<&str> = cells.iter().map(|(_, value)| *value).collect();
        let text = format!("{}\n{}\n", given.join(","), values.join(","));
        let mut read = motcua::exchange::read_rows::<T>(text.as_bytes(), &no_mapping()).unwrap();
        assert!(read.bad_rows.is_empty() && read.unknown_columns.is_empty());
        read.rows.remove(0)
    }
    let step: StepFact =
        first(Rows::Steps, &[("dossier", "1"), ("procedure", "x"), ("unit", "u"), ("began", "2026-06-01")]);
    assert_eq!((step.action.as_str(), step.step, step.officer, step.ended), ("complete", None, None, None));
    let paid: PaymentFact = first(
        Rows::Payments,
        &[("dossier", "1"), ("procedure", "x"), ("unit", "u"), ("at", "2026-06-01"), ("vnd", "15.000")],
    );
    assert_eq!((paid.kind, paid.vnd, paid.online), (MoneyKind::Paid, 15_000, None));
    let rated: RatingFact = first(
        Rows::Ratings,
        &[("dossier", "1"), ("procedure", "x"), ("unit", "u"), ("at", "2026-06-01"), ("score", "2")],
    );
    assert_eq!(rated.score, 2);
    let petition: Petition =
        first(Rows::Petitions, &[("petition", "1"), ("unit", "u"), ("received", "2026-06-01")]);
    assert_eq!((petition.dissatisfied, petition.answered), (None, None));
    let document: DocumentFact = first(
        Rows::Documents,
        &[("document", "1"), ("unit", "u"), ("direction", "received"), ("day", "2026-06-01")],
    );
    assert_eq!((document.signed, document.secret), (None, None));
    let procedure: ProcedureFact =
        first(Rows::Procedures, &[("procedure", "1"), ("unit", "u"), ("tier", "province")]);
    assert_eq!((procedure.online, procedure.fee), (None, None));
}

fn june() -> Period {
    Period::new("2026-06-01".parse().unwrap(), "2026-06-30".parse().unwrap()).unwrap()
}

fn ratio(numerator: u64, denominator: u64) -> Ratio {
    Ratio { numerator, denominator }
}

#[test]
fn petitions_are_in_time_by_working_days_from_when_the_unit_had_them() {
    let text = "\
petition,unit,received,forwarded,answered,refused,dissatisfied,repeated
in time,u,2026-06-01,,2026-06-22,,0,0
a day late,u,2026-06-01,,2026-06-23,,0,0
forwarded,u,2026-05-01,2026-06-01,2026-06-22,,1,0
refused in time,u,2026-06-01,,,2026-06-03,,
refused late,u,2026-06-01,,,2026-06-04,,
open and not due,u,2026-06-15,,,,,1
open and late,u,2026-06-01,,,,,
before,u,2026-05-01,,2026-05-20,,,
after,u,2026-07-01,,,,,
refused late and answered since,u,2026-06-15,,2026-07-06,2026-06-22,,
";
    let petitions = read_rows::<Petition>(text.as_bytes(), &no_mapping()).unwrap().rows;
    let ratios = Petition::ratios(&petitions, &june(), Calendar::vietnam()).unwrap();
    assert_eq!(ratios[&Measure::PetitionsOnTime], ratio(4, 8));
    assert_eq!(ratios[&Measure::PetitionsSatisfied], ratio(2, 8));
    let none = Petition::ratios(&[], &june(), Calendar::vietnam()).unwrap();
    assert_eq!(none[&Measure::PetitionsOnTime], ratio(0, 0));
}

#[test]
fn documents_that_are_sent_and_not_secret_are_counted() {
    let text = "\
document,unit,direction,day,electronic,signed,secret
1,u,sent,2026-06-01,1,1,
2,u,sent,2026-06-30,1,0,0
3,u,sent,2026-06-01,0,,
4,u,sent,2026-06-01,0,0,1
5,u,received,2026-06-01,0,0,
6,u,sent,2026-07-01,1,1,
";
    let documents = read_rows::<DocumentFact>(text.as_bytes(), &no_mapping()).unwrap().rows;
    let ratios = DocumentFact::ratios(&documents, &june());
    assert_eq!(
        ratios,
        BTreeMap::from([
            (Measure::DocumentsElectronic, ratio(2, 3)),
            (Measure::DocumentsSigned, ratio(1, 2)),
        ])
    );
}

#[test]
fn procedures_fill_the_groups_of_the_index_that_dossiers_cannot() {
    let text = "\
procedure,unit,tier,decided,in_force,made_public,complete,online,online_dossiers,fee,payable_online,online_payments
1,u,province,2026-06-15,2026-06-22,2026-06-22,1,full,12,1,1,3
2,u,province,2026-06-16,2026-06-22,2026-06-24,1,partial,0,1,0,0
3,u,central,2026-06-01,2026-06-29,2026-06-15,0,none,,0,,
4,u,central,2026-06-02,2026-06-29,,,none,,,,
5,u,province,2026-05-15,2026-06-22,2026-05-22,1,,,,,
";
    let procedures = read_rows::<ProcedureFact>(text.as_bytes(), &no_mapping()).unwrap().rows;
    let ratios = ProcedureFact::ratios(&procedures, &june(), Calendar::vietnam()).unwrap();
    // Five working days before 22/6 is 15/6; twenty before 29/6 is 1/6.
    assert_eq!(ratios[&Measure::PublishedOnTime], ratio(2, 4));
    // The fourth is not public ten working days after 2/6.
    assert_eq!(ratios[&Measure::PublicOnTime], ratio(2, 4));
    assert_eq!(ratios[&Measure::PublicComplete], ratio(3, 4));
    assert_eq!(ratios[&Measure::ProceduresOnline], ratio(2, 4));
    assert_eq!(ratios[&Measure::ServicesUsed], ratio(1, 2));
    assert_eq!(ratios[&Measure::PayableOnline], ratio(1, 2));
    assert_eq!(ratios[&Measure::ProceduresPaidOnline], ratio(1, 2));
    // What no row tells has no figure, and is not 0 of 0.
    let silent = "procedure,unit,tier,fee\n1,u,province,1\n";
    let silent = read_rows::<ProcedureFact>(silent.as_bytes(), &no_mapping()).unwrap().rows;
    assert!(ProcedureFact::ratios(&silent, &june(), Calendar::vietnam()).unwrap().is_empty());
    let none = ProcedureFact::ratios(&[], &june(), Calendar::vietnam()).unwrap();
    assert_eq!(none[&Measure::PayableOnline], ratio(0, 0));
    let card = Scorecard::of(Index::qd_766(), &ratios, &BTreeMap::new()).unwrap();
    let points = |code: &str| {
        let indicators = card.groups.iter().flat_map(|group| &group.indicators);
        indicators.filter(|scored| scored.indicator.code == code).find_map(|scored| scored.points).unwrap()
    };
    // 3.1: half of what is to reach 80 %, of 2 points; 3.2: half of 4.
    assert_eq!(
        (points("1.1").to_string(), points("3.1").to_string(), points("3.2").to_string()),
        ("3.00".into(), "1.25".into(), "2.00".into())
    );
}
