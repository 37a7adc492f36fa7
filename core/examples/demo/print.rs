//! What the demonstration tells. Every figure is counted from the facts it is given.

use chrono::NaiveDateTime;
use motcua::Engine;
use motcua::calendar::Calendar;
use motcua::deadline::{Clock, Comparison, Timeliness};
use motcua::dossier::Organisation;
use motcua::journal::Journal;
use motcua::measure::{Fact, Forecast, Measure, Period, Ratio, Table};
use motcua::procedure::Catalogue;
use motcua::report::Report;
use std::error::Error;
use std::io::Write;

type Told = Result<(), Box<dyn Error>>;

fn share(ratio: Ratio) -> String {
    ratio.percent().map_or_else(|| "–".into(), |percent| format!("{percent:.1} %"))
}

/// With a comma between thousands.
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let commas = |(i, digit): (usize, char)| {
        let comma = (i > 0 && (digits.len() - i).is_multiple_of(3)).then_some(',');
        comma.into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(commas).collect()
}

fn count<'f>(facts: impl Iterator<Item = &'f Fact>) -> u64 {
    facts.count() as u64
}

/// The figures reported for Yên Thành in 2023, beside those of the journal.
pub(crate) fn reported(out: &mut impl Write, facts: &[Fact], period: &Period, catalogue: &Catalogue) -> Told {
    let report = Report::of(facts, *period, catalogue)?;
    let counts = report.form06.total.counts;
    let ratio = |measure| report.ratios.get(&measure).copied().unwrap_or_default();
    let of =
        |codes: &'static [&str]| facts.iter().filter(move |fact| codes.contains(&fact.procedure.as_str()));
    let received = |codes| of(codes).filter(|fact| fact.received.is_some());
    let copies = of(&["2.000815"]).filter(|fact| fact.electronic == Some(true));
    writeln!(out, "| Yên Thành 2023                        | reported* | this journal |")?;
    writeln!(out, "|---------------------------------------|----------:|-------------:|")?;
    for (what, reported, ours) in [
        ("received", "81,012", number(counts.received())),
        ("of them online", "76 %", share(ratio(Measure::Online))),
        ("settled", "80,348", number(counts.resolved())),
        ("of them early or on time", "98 %", share(ratio(Measure::OnTimeOfResolved))),
        ("electronic certified copies", "≈ 52,000", number(count(copies))),
        ("linked births and deaths", "> 2,700", number(count(received(&["2.000986", "1.007073"])))),
        ("papers digitised at reception", "66 %", share(ratio(Measure::Digitised))),
        ("paid online, of those with a fee", "35 %", share(ratio(Measure::PaidOnline))),
    ] {
        writeln!(out, "| {what:<37} | {reported:>9} | {ours:>12} |")?;
    }
    let undated =
        facts.iter().filter(|fact| fact.finished.is_some() && fact.received.is_some() && fact.due.is_none());
    writeln!(
        out,
        "* not checked against a source. {} of the settled have no due date, since their procedure's limit is not known,\n  \
         and count as on time.\n",
        number(count(undated))
    )?;
    Ok(())
}

/// Biểu 06 by field, the ratios and the scorecard.
pub(crate) fn report(out: &mut impl Write, facts: &[Fact], period: &Period, catalogue: &Catalogue) -> Told {
    let report = Report::of(facts, *period, catalogue)?;
    let (first, last) = (period.first(), period.last());
    writeln!(out, "Biểu 06/VPCP/KSTT, {first} to {last}, number of dossiers\n\n{}", report.form06)?;
    writeln!(out, "{}", report.scorecard)?;
    Ok(())
}

/// How long it took, and what is to be expected of what is open.
pub(crate) fn times(out: &mut impl Write, facts: &[Fact], period: &Period, calendar: &Calendar) -> Told {
    let mut table = Table::new(*period, Vec::new())?;
    for fact in facts {
        table.add(fact, calendar, &Organisation::default())?;
    }
    let days = table.total().days;
    let [half, most, nearly] = [50.0, 90.0, 95.0]
        .map(|percent| days.quantile(percent).map_or("–".into(), |days| format!("{days:.0}")));
    let quarter = period.last().checked_sub_days(chrono::Days::new(90)).unwrap_or(period.first());
    let pace = Period::new(quarter.max(period.first()), period.last())?;
    let forecast = Forecast::of(facts, &pace, 7, calendar)?;
    writeln!(
        out,
        "Working days without suspensions: half of the settled dossiers took up to {half}, 90 % up to {most}, 95 % up to {nearly}.\n\
         In the week after, {} open dossiers fall due; at the pace of the last quarter about {:.0} (± {:.0}) of them will be late.\n",
        forecast.risks.len(),
        forecast.expected(),
        2.0 * forecast.spread()
    )?;
    Ok(())
}

/// The ten dossiers that are or were most overdue; gives their codes.
pub(crate) fn worst<J: Journal>(
    out: &mut impl Write,
    facts: &[Fact],
    period: &Period,
    engine: &Engine<J>,
) -> Result<Vec<String>, Box<dyn Error>> {
    let mut late: Vec<(i32, &Fact, NaiveDateTime)> = Vec::new();
    for fact in facts {
        let end = period.last().and_hms_opt(23, 59, 59).unwrap_or_default();
        let (Some(due), at) = (fact.due, fact.finished.unwrap_or(end)) else { continue };
        if Timeliness::of(due, at, Comparison::ByDate) == Timeliness::Overdue {
            late.push((engine.calendar().count_working_days(due.date(), at.date())?, fact, due));
        }
    }
    late.sort_by_key(|(days, fact, _)| (-days, &fact.dossier));
    late.truncate(10);
    writeln!(out, "The most overdue dossiers\n")?;
    writeln!(out, "| working days late | dossier | unit | due | finished | procedure |")?;
    writeln!(out, "|------------------:|---------|------|-----|----------|-----------|")?;
    for (days, fact, due) in &late {
        let unit = engine.organisation().unit(&fact.unit).map_or(fact.unit.as_str(), |unit| &unit.name_vi);
        let finished = fact.finished.map_or("open".into(), |at| at.date().to_string());
        let procedure = engine.catalogue().find(&fact.procedure, due.date());
        let name = procedure.map_or(fact.procedure.as_str(), |procedure| &procedure.name_en);
        writeln!(out, "| {days} | {} | {unit} | {} | {finished} | {name} |", fact.dossier, due.date())?;
    }
    writeln!(out)?;
    Ok(late.into_iter().map(|(_, fact, _)| fact.dossier.clone()).collect())
}

/// Why one of the dossiers was due when it was: the first that a day off had to do with. Gives its code.
pub(crate) fn explain<J: Journal>(
    out: &mut impl Write,
    dossiers: &[String],
    engine: &Engine<J>,
) -> Result<Option<String>, Box<dyn Error>> {
    let mut explained = Vec::new();
    for dossier in dossiers {
        explained.extend(engine.explain_due(dossier)?.map(|explanation| (dossier, explanation)));
    }
    let best =
        explained.iter().find(|(_, explanation)| !explanation.skipped.is_empty()).or(explained.first());
    let Some((dossier, explanation)) = best else { return Ok(None) };
    writeln!(
        out,
        "Why {dossier}, the first of them that a day off had to do with, was due when it was\n\n{explanation}"
    )?;
    Ok(Some((*dossier).clone()))
}

/// Why the first dossier whose due date was computed is due when it is.
pub(crate) fn explain_first(
    out: &mut impl Write,
    facts: &[Fact],
    catalogue: &Catalogue,
    calendar: &Calendar,
) -> Told {
    for fact in facts {
        let Some(received) = fact.received.filter(|_| fact.due.is_some()) else { continue };
        let Some(procedure) = catalogue.find(&fact.procedure, received.date()) else { continue };
        let Some(regime) = catalogue.regime_for(procedure, received.date()) else { continue };
        let clock = Clock::new(procedure.limit_rule(fact.channel, None, regime), received);
        if clock.due(calendar)?.at() == fact.due {
            writeln!(out, "Why {} was due when it was\n\n{}", fact.dossier, clock.explain(calendar)?)?;
            return Ok(());
        }
    }
    Ok(())
}
