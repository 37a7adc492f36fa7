//! What the demonstration prints. Every figure is counted from the facts it is given.

use chrono::NaiveDateTime;
use motcua::calendar::Calendar;
use motcua::deadline::{Clock, Comparison, Timeliness};
use motcua::journal::Journal;
use motcua::measure::{Fact, Measure, Period, Ratio};
use motcua::procedure::Catalogue;
use motcua::{Engine, Report};
use std::error::Error;

fn share(ratio: Ratio) -> String {
    ratio.percent().map_or_else(|| "–".into(), |percent| format!("{percent:.1} %"))
}

/// The figures published for Yên Thành in 2023, beside those of the journal.
pub(crate) fn published(
    facts: &[Fact],
    period: &Period,
    catalogue: &Catalogue,
) -> Result<(), Box<dyn Error>> {
    let report = Report::of(facts, *period, catalogue)?;
    let counts = report.form06.total.counts;
    let ratio = |measure| report.ratios.get(&measure).copied().unwrap_or_default();
    let number = |count: usize| count.to_string();
    let received_of =
        |code: &str| facts.iter().filter(|fact| fact.procedure == code && fact.received.is_some()).count();
    let copies =
        facts.iter().filter(|fact| fact.procedure == "2.000815" && fact.electronic == Some(true)).count();
    println!("| Yên Thành 2023                        | published | this journal |");
    println!("|---------------------------------------|----------:|-------------:|");
    for (what, published, ours) in [
        ("received", "81,012", counts.received().to_string()),
        ("of them online", "76 %", share(ratio(Measure::Online))),
        ("settled", "80,348", counts.resolved().to_string()),
        ("of them early or on time", "98 %", share(ratio(Measure::OnTimeOfResolved))),
        ("electronic certified copies", "≈ 52,000", number(copies)),
        ("linked births and deaths", "> 2,700", number(received_of("2.000986") + received_of("1.007073"))),
        ("digitised", "66 %", share(ratio(Measure::Digitised))),
        ("paid online, of those with a fee", "35 %", share(ratio(Measure::PaidOnline))),
    ] {
        println!("| {what:<37} | {published:>9} | {ours:>12} |");
    }
    println!();
    Ok(())
}

/// Biểu 06 by field, the ratios and the scorecard.
pub(crate) fn report(facts: &[Fact], period: &Period, catalogue: &Catalogue) -> Result<(), Box<dyn Error>> {
    let report = Report::of(facts, *period, catalogue)?;
    println!(
        "Biểu 06/VPCP/KSTT, {} to {}, number of dossiers\n\n{}",
        period.first, period.last, report.form06
    );
    println!("{}", report.scorecard);
    Ok(())
}

/// The ten dossiers that are or were most overdue; gives their codes.
pub(crate) fn worst<J: Journal>(
    facts: &[Fact],
    period: &Period,
    engine: &Engine<J>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut late: Vec<(i32, &Fact, NaiveDateTime)> = Vec::new();
    for fact in facts {
        let end = period.last.and_hms_opt(23, 59, 59).unwrap_or_default();
        let (Some(due), at) = (fact.due, fact.finished.unwrap_or(end)) else { continue };
        if Timeliness::of(due, at, Comparison::ByDate) == Timeliness::Overdue {
            late.push((engine.calendar().count_working_days(due.date(), at.date())?, fact, due));
        }
    }
    late.sort_by_key(|(days, fact, _)| (-days, &fact.dossier));
    late.truncate(10);
    println!("The most overdue dossiers\n");
    println!("| working days late | dossier | unit | due | finished | procedure |");
    println!("|------------------:|---------|------|-----|----------|-----------|");
    for (days, fact, due) in &late {
        let unit = engine.organisation().unit(&fact.unit).map_or(fact.unit.as_str(), |unit| &unit.name_vi);
        let finished = fact.finished.map_or("open".into(), |at| at.date().to_string());
        let procedure = engine.catalogue().find(&fact.procedure, due.date());
        let name = procedure.map_or(fact.procedure.as_str(), |procedure| &procedure.name_en);
        println!("| {days} | {} | {unit} | {} | {finished} | {name} |", fact.dossier, due.date());
    }
    println!();
    Ok(late.into_iter().map(|(_, fact, _)| fact.dossier.clone()).collect())
}

/// Why one of the dossiers was due when it was: the first that a day off had to do with.
pub(crate) fn explain<J: Journal>(dossiers: &[String], engine: &Engine<J>) -> Result<(), Box<dyn Error>> {
    let mut explained = Vec::new();
    for dossier in dossiers {
        explained.extend(engine.explain_due(dossier)?.map(|explanation| (dossier, explanation)));
    }
    let best =
        explained.iter().find(|(_, explanation)| !explanation.skipped.is_empty()).or(explained.first());
    if let Some((dossier, explanation)) = best {
        println!("Why {dossier} was due when it was\n\n{explanation}");
    }
    Ok(())
}

/// Why the first dossier whose due date was computed is due when it is.
pub(crate) fn explain_first(
    facts: &[Fact],
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Result<(), Box<dyn Error>> {
    for fact in facts {
        let Some(received) = fact.received.filter(|_| fact.due.is_some()) else { continue };
        let (Some(procedure), Some(regime)) =
            (catalogue.find(&fact.procedure, received.date()), catalogue.regime(received.date()))
        else {
            continue;
        };
        let clock = Clock::new(procedure.limit_rule(fact.channel, None, regime), received);
        if clock.due(calendar)?.at() == fact.due {
            println!("Why {} was due when it was\n\n{}", fact.dossier, clock.explain(calendar)?);
            return Ok(());
        }
    }
    Ok(())
}
