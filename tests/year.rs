//! The year of a district that `make demo` plays, as the rows that figures are made of: what an export of them says, and what
//! other limits would have made of them.

#[path = "../core/examples/demo/arrivals.rs"]
mod arrivals;
#[path = "../core/examples/demo/district.rs"]
mod district;
#[path = "../core/examples/demo/play.rs"]
mod play;

use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::exchange::{Mapping, read_csv, write_csv};
use motcua::journal::MemoryJournal;
use motcua::measure::{
    Ageing, By, Cohorts, Fact, Forecast, Measure, MoneyKind, OwnedColumns, Period, Plan, Reform, Span,
    StepTimes, Table, Waiting,
};
use motcua::procedure::{Catalogue, Tier};
use std::collections::BTreeMap;

#[test]
fn the_rows_of_a_journal_and_what_is_made_of_them() {
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let organisation = district::organisation(catalogue).unwrap();
    let journal = MemoryJournal::new();
    let mut engine = Engine::new(catalogue.clone(), calendar.clone(), organisation.clone(), journal);
    play::year(&mut engine, |_, _, _| {}).unwrap();
    let year = Period::year(2023).unwrap();
    let facts = engine.facts(year.last()).unwrap();

    // An export of them, under the names of another system, is read back as they were.
    let taken_in: Vec<Fact> = facts.iter().filter(|fact| fact.received.is_some()).cloned().collect();
    let exported = write_csv(&facts).replacen("dossier,procedure,", "Mã hồ sơ,Mã TTHC,", 1);
    let exported = exported.replace(",online,", ",Trực tuyến toàn trình,");
    let mapping = r#"
        [[mapping]]
        rows = "dossiers"
        columns = { dossier = "mã hồ sơ", procedure = "MÃ TTHC" }
        values = { channel = { "trực tuyến toàn trình" = "online" } }
    "#;
    let mapping = Mapping::load("mapping.toml", mapping).unwrap();
    let import = read_csv(exported.as_bytes(), &mapping, catalogue, calendar).unwrap();
    assert_eq!(import.bad_rows, []);
    assert_eq!((import.facts.len(), import.unknown_columns.len()), (taken_in.len(), 0));
    for (read, written) in import.facts.iter().zip(&taken_in) {
        assert_eq!(read, written);
    }

    // So are the tables, whichever way they were counted and put together.
    let by = vec![
        By::UnitAbove(Tier::District, "2023-12-31".parse().unwrap()),
        By::Span(Span::Month),
        By::Channel,
    ];
    let table = |facts: &[Fact]| {
        let mut table = Table::new(year, by.clone()).unwrap();
        facts.iter().for_each(|fact| table.add(fact, calendar, &organisation).unwrap());
        table
    };
    let whole = table(&facts);
    let mut parts = Table::new(year, by.clone()).unwrap();
    for part in import.facts.chunks(7_919).rev() {
        parts.merge(&table(part)).unwrap();
    }
    assert_eq!(parts, whole);
    let online = whole.get(&["yen-thanh", "2023-06", "online"]).unwrap();
    assert!(
        online.tally.counts.received_online > 1_000
            && online.days.quantile(90.0) >= online.days.quantile(50.0)
    );
    for month in whole.period().spans(Span::Month) {
        // What is carried into a month is what the one before left open.
        let of = |day: chrono::NaiveDate| {
            let label = day.format("%Y-%m").to_string();
            let rows = whole.rows().filter(|(key, _)| key[1] == label);
            rows.fold([0, 0], |[carried, open], (_, cell)| {
                let counts = cell.tally.counts;
                [carried + counts.carried_over, open + counts.open()]
            })
        };
        if let Some(before) = month.first().pred_opt().filter(|before| *before >= year.first()) {
            assert_eq!(of(month.first())[0], of(before)[1], "{month:?}");
        }
    }

    // Columns of them are counted as rows are: received and settled in each month of reception.
    let columns = OwnedColumns::of(&facts, |fact| &fact.field);
    let (first, last) = (year.first(), year.last());
    let groups = u32::try_from(columns.groups().len()).unwrap();
    let mut cohorts =
        Cohorts::new(&Plan { groups, span: Span::Month, first, last, times: Some(calendar) }).unwrap();
    cohorts.add(&columns.columns(), 2).unwrap();
    let by_field = vec![By::Field, By::Span(Span::Month)];
    let mut table = Table::new(year, by_field).unwrap();
    facts.iter().for_each(|fact| table.add(fact, calendar, &organisation).unwrap());
    let mut all = 0;
    for (number, field) in (0..).zip(columns.groups()) {
        for month in year.spans(Span::Month) {
            let cohort = cohorts.get(number, month.first()).unwrap();
            let key = [field.as_str(), &month.first().format("%Y-%m").to_string()];
            let counts = table.get(&key).map(|cell| cell.tally.counts).unwrap_or_default();
            assert_eq!(cohort.received, counts.received_online + counts.received_other, "{key:?}");
            assert_eq!(cohort.online, counts.received_online);
            all += cohort.received;
        }
    }
    assert_eq!(all, taken_in.len() as u64);

    // Who had them: the times of the steps of a dossier that was never suspended lie within its own.
    let steps = engine.steps(year.last()).unwrap();
    let until = year.last().and_hms_opt(23, 59, 59).unwrap();
    let mut worked: BTreeMap<&str, u64> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.action == "complete" || step.action == "sign") {
        *worked.entry(&step.dossier).or_default() += step.took(until, calendar).unwrap().seconds;
    }
    let parallel = |fact: &&Fact| {
        catalogue
            .find(&fact.procedure, fact.received.unwrap().date())
            .is_some_and(|found| found.parts.is_empty())
    };
    let mut compared = 0;
    for fact in taken_in
        .iter()
        .filter(|fact| fact.procedure == "2.000815" && fact.finished.is_some())
        .filter(parallel)
    {
        let took = fact.took(until, calendar).unwrap().unwrap().seconds;
        assert!(worked[fact.dossier.as_str()] <= took, "{}", fact.dossier);
        compared += 1;
    }
    assert!(compared > 1_000);
    let times = StepTimes::of(&steps, &year, calendar).unwrap();
    let check =
        times.iter().find(|times| times.procedure == "2.000815" && times.step.as_deref() == Some("check"));
    assert!(check.unwrap().seconds.count() >= compared);

    // What is open: each dossier once in the bands, and each where it waits.
    let open = taken_in.iter().filter(|fact| fact.finished.is_none()).count() as u64;
    let ageing = Ageing::of(&facts, until, &[5, 10, 30, 60], calendar).unwrap();
    let banded: u64 = ageing.bands.iter().map(|band| band.in_time + band.overdue + band.without_due).sum();
    assert_eq!(banded, open);
    let waiting = Waiting::of(&steps, until, calendar).unwrap();
    let undone = waiting.iter().filter(|place| place.action != "accept" && place.action != "deliver");
    assert!(undone.map(|place| place.days.count()).sum::<u64>() >= open);

    // What falls overdue in the first week of the year after, at the pace of the last quarter: at least what is certain, at
    // most all that falls due.
    let quarter = Period::new("2023-10-01".parse().unwrap(), year.last()).unwrap();
    let forecast = Forecast::of(&facts, &quarter, 7, calendar).unwrap();
    let falls_due =
        |fact: &&Fact| fact.due.is_some_and(|due| due.date() > year.last() && due.date() <= forecast.last);
    let due = taken_in.iter().filter(|fact| fact.finished.is_none()).filter(falls_due).count();
    assert_eq!(forecast.risks.len(), due);
    assert!(forecast.expected() > 0.0 && forecast.expected() < due as f64, "{}", forecast.expected());

    // Payments and ratings add up to what the dossiers say.
    let payments = engine.payments(year.last()).unwrap();
    let online =
        payments.iter().filter(|payment| payment.kind == MoneyKind::Paid && payment.online == Some(true));
    let online: std::collections::BTreeSet<&str> = online.map(|payment| payment.dossier.as_str()).collect();
    assert_eq!(online.len(), facts.iter().filter(|fact| fact.paid_online == Some(true)).count());
    let ratings = engine.ratings(year.last()).unwrap();
    assert_eq!(ratings.len(), facts.iter().filter(|fact| fact.rating.is_some()).count());

    // Shorter limits, as Yên Thành has set them since for 152 of 292 procedures of the district and 69 of 100 of communes;
    // which ones was not published, so here it is every second of those that were played.
    let day = year.first();
    let shortened: Vec<&str> =
        arrivals::played().filter(|code| catalogue.find(code, day).is_some()).step_by(2).collect();
    let reform: String = shortened
        .iter()
        .map(|code| format!("[[change]]\nprocedure = {code:?}\nlimit = \"0.5 working_day\"\n"))
        .collect();
    let reform = Reform::load("reform.toml", &reform).unwrap();
    assert_eq!(reform.procedures(), shortened.len());
    let reformed = reform.replay(&facts, &steps, &year, catalogue, calendar).unwrap();
    let on_time = |tally: &motcua::measure::Tally| {
        let ratio = tally.ratio(Measure::OnTimeOfResolved).unwrap();
        (ratio.numerator, ratio.denominator)
    };
    let (before, after) = (on_time(&reformed.all.before), on_time(&reformed.all.after));
    assert!(after.0 < before.0 && after.1 == before.1, "{before:?} {after:?}");
    assert_eq!(reformed.unknown, Vec::<String>::new());
    // What changes nothing changes nothing.
    let mut same = String::new();
    for code in &shortened {
        same += &format!("[[change]]\nprocedure = {code:?}\nwithout = [\"there is no such step\"]\n");
    }
    let same = Reform::load("same.toml", &same).unwrap();
    let reformed = same.replay(&facts, &steps, &year, catalogue, calendar).unwrap();
    assert!(reformed.procedures.values().all(|both| both.before == both.after));
    // Without its steps a dossier would have been done at once.
    let without = "[[change]]\nprocedure = \"2.000815\"\nwithout = [\"check\", \"sign\", \"stamp\"]\n";
    let reformed = Reform::load("without.toml", without)
        .unwrap()
        .replay(&facts, &steps, &year, catalogue, calendar)
        .unwrap();
    let copies = &reformed.procedures["2.000815"];
    assert!(on_time(&copies.after).0 >= on_time(&copies.before).0);
}
