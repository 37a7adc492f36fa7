//! The scenarios of `data/scenarios`, run through the public engine. The format is described in their README; it says
//! nothing of this library, so that another engine can run the same files.

#[path = "common/scenario.rs"]
mod scenario;

use chrono::NaiveDate;
use motcua::calendar::{Calendar, CalendarTexts};
use motcua::deadline::Due;
use motcua::dossier::{Dossier, Event, Organisation};
use motcua::journal::{MemoryJournal, WorkFilter};
use motcua::procedure::{Catalogue, Texts};
use motcua::{Answer, Engine, EngineError, moment};
use scenario::{Scenario, Then, When, files, read};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use toml::Table;

type Host = Engine<MemoryJournal>;

/// Of a procedure only what matters is written; this is the rest, as the README says it.
fn procedures(tables: &[Table]) -> String {
    let complete = |table: &Table| {
        let mut table = table.clone();
        let code = table.get("code").cloned().unwrap_or_else(|| "scenario/none".into());
        let missing: Vec<toml::Value> = ["components", "fees", "legal_basis"]
            .into_iter()
            .filter(|part| !(table.contains_key("component") && *part == "components"))
            .map(Into::into)
            .collect();
        let defaults: [(&str, toml::Value); 9] = [
            ("name_vi", code.clone()),
            ("name_en", code),
            ("field", "ho-tich".into()),
            ("tier", "commune".into()),
            ("jurisdiction", "toàn quốc".into()),
            ("agency", "UBND".into()),
            ("source", "tests/data/scenarios".into()),
            ("verified", false.into()),
            ("not_in_source", missing.into()),
        ];
        for (key, value) in defaults {
            table.entry(key).or_insert(value);
        }
        for (key, day) in [("in_force_from", Some("2016-01-01")), ("in_force_to", None)] {
            let day = table.get(key).map(ToString::to_string).or(day.map(str::to_owned));
            if let Some(day) = day {
                table.insert(key.into(), toml::Value::Datetime(day.parse().unwrap()));
            }
        }
        for step in table.get_mut("step").and_then(toml::Value::as_array_mut).into_iter().flatten() {
            let step = step.as_table_mut().unwrap();
            let id = step.get("id").cloned().unwrap();
            step.entry("name_vi").or_insert(id);
        }
        toml::Value::Table(table)
    };
    let all: Vec<toml::Value> = tables.iter().map(complete).collect();
    toml::to_string(&Table::from_iter([("procedure".to_owned(), all.into())])).unwrap()
}

/// A calendar that knows weekends, and of all feasts only the days that a scenario names.
fn bare_calendar(scenario: &Scenario) -> Calendar {
    let rules = r#"
        [[range]]
        first = 2016-01-01
        last = 2030-12-31
        [[week]]
        from = 2016-01-01
        rest = ["sat", "sun"]
        source = "scenarios"
        made_up_by = "scenarios"
        [[hours]]
        from = 2016-01-01
        open = ["07:00-11:30", "13:30-17:00"]
        source = "scenarios"
        [[source]]
        id = "scenarios"
        act = "tests/data/scenarios"
        known_since = 2015-12-31
        url = "https://example.org"
        verified = true
    "#;
    let mut days = String::from("date,kind,known_since,name_vi,name_en,source,note\n");
    let off = scenario.days_off.iter().map(|day| (day, "holiday"));
    let mut rows: Vec<_> = off.chain(scenario.days_worked.iter().map(|day| (day, "worked"))).collect();
    rows.sort();
    days.extend(rows.iter().map(|(day, kind)| format!("{day},{kind},2015-12-31,ngày,day,scenarios,\n")));
    let texts = CalendarTexts {
        rules: ("rules.toml", rules),
        days: ("days.csv", &days),
        lunar: CalendarTexts::embedded().lunar,
    };
    Calendar::load(&texts).unwrap_or_else(|problems| panic!("{}: {problems}", scenario.id))
}

fn host(catalogue: &Arc<Catalogue>, calendar: &Arc<Calendar>, journal: MemoryJournal) -> Host {
    let organisation = Organisation::load(catalogue, &[("organisation.toml", &read("organisation.toml"))]);
    let organisation = organisation.unwrap_or_else(|problems| panic!("{problems}"));
    Engine::new(Arc::clone(catalogue), Arc::clone(calendar), organisation, journal)
}

/// What is seen of a dossier: its JSON.
fn seen(host: &Host, dossier: &str) -> Value {
    let dossier = host.dossier(dossier).unwrap_or_else(|error| panic!("{dossier}: {error}"));
    dossier.map_or(Value::Null, |dossier| serde_json::to_value(&dossier).unwrap())
}

/// A row as the JSON of its command.
fn command(number: usize, row: &When) -> String {
    let mut command = json!({
        "dossier": row.dossier, "actor": row.actor, "at": row.at, "command": row.command,
        "key": row.key.clone().unwrap_or_else(|| number.to_string()),
    });
    if let Some(version) = row.expected_version {
        command["expected_version"] = version.into();
    }
    command.to_string()
}

/// What came of a command: `ok`, `repeated` or the code of the refusal.
fn outcome(answer: Result<Answer, EngineError>) -> String {
    match answer {
        Ok(answer) if answer.repeated => "repeated".into(),
        Ok(_) => "ok".into(),
        Err(error) => error.code().into(),
    }
}

/// What stood in the journal, and what was seen of it, before a row was sent.
type Before = (Vec<Event>, Value);

fn before(host: &Host, row: &When) -> Before {
    (host.events(&row.dossier).unwrap(), seen(host, &row.dossier))
}

/// Sends a row and checks what came of it; whatever was not carried out must have changed nothing.
fn play(host: &mut Host, number: usize, row: &When) -> Vec<String> {
    let rows = if row.batch.is_empty() { std::slice::from_ref(row) } else { &row.batch };
    let befores: Vec<Before> = rows.iter().map(|row| before(host, row)).collect();
    let outcomes: Vec<String> = match (row.batch.is_empty(), row.dry_run) {
        (false, _) => {
            let commands = rows.iter().map(|row| serde_json::from_str(&command(number, row)).unwrap());
            host.handle_each(&commands.collect::<Vec<_>>()).unwrap().into_iter().map(outcome).collect()
        }
        (true, true) => vec![outcome(host.dry_run(&serde_json::from_str(&command(number, row)).unwrap()))],
        (true, false) => vec![outcome(host.handle_json(&command(number, row)))],
    };
    assert_eq!(outcomes.len(), rows.len(), "one result for each command");
    let mut wrong = Vec::new();
    for ((row, was), came) in rows.iter().zip(&befores).zip(&outcomes) {
        let wanted = match &row.refused {
            Some(code) => code.as_str(),
            None if row.repeated => "repeated",
            None => "ok",
        };
        if came != wanted {
            wrong.push(format!("step {number}: {came} instead of {wanted}"));
        }
        // Of a batch another row may have changed the same dossier.
        let mut others = rows.iter().zip(&outcomes).filter(|(other, _)| other.dossier == row.dossier);
        let may_change = others.any(|(other, came)| came == "ok" && !other.dry_run);
        if !may_change && before(host, row) != *was {
            wrong.push(format!("step {number}: {came}, and the dossier is not as before"));
        }
    }
    wrong
}

fn when(text: &str) -> chrono::NaiveDateTime {
    moment::parse(text).unwrap_or_else(|| panic!("`{text}` is no moment"))
}

/// A moment as the files write it; `like` says whether only its day is asked for.
fn written(at: chrono::NaiveDateTime, like: &str) -> String {
    let text = at.format("%Y-%m-%d %H:%M").to_string();
    if like.len() == 10 { text[..10].into() } else { text }
}

fn told(due: Due, like: &str) -> String {
    match due {
        Due::At(at) | Due::Projected(at) => written(at, like),
        Due::Suspended => "suspended".into(),
        Due::NotStated => "none".into(),
        Due::Unknown => "unknown".into(),
    }
}

fn due(host: &Host, code: &str, like: &str) -> String {
    let dossier = host.dossier(code).unwrap();
    match dossier.as_ref().and_then(|dossier| dossier.clock()) {
        None => "none".into(),
        Some(clock) => told(clock.due(host.calendar()).unwrap(), like),
    }
}

fn leg_due(host: &Host, code: &str, step: &str, like: &str) -> String {
    let dossier = host.dossier(code).unwrap();
    let due = dossier.and_then(|dossier| dossier.step_due(step, host.calendar()).unwrap());
    due.map_or("none".into(), |due| told(due, like))
}

/// The columns of a row that a scenario names; the others may be anything. An empty text stands for what is absent.
fn columns(row: &Value, wanted: Option<&BTreeMap<String, String>>) -> BTreeMap<String, String> {
    let column = |(key, like): (&String, &String)| {
        let text = match row.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => match moment::parse(text) {
                Some(at) => written(at, like),
                None => text.clone(),
            },
            Some(other) => other.to_string(),
        };
        (key.clone(), text)
    };
    wanted.into_iter().flatten().map(column).collect()
}

/// Whether a list has exactly the rows that are wanted, in their order.
fn compare_rows(what: &str, found: &[Value], wanted: &[BTreeMap<String, String>], wrong: &mut Vec<String>) {
    let told: Vec<_> = found.iter().zip(wanted).map(|(row, wanted)| columns(row, Some(wanted))).collect();
    if found.len() != wanted.len() || told != wanted {
        let found: Vec<String> = found.iter().map(Value::to_string).collect();
        wrong.push(format!("{what}: {found:#?} instead of {wanted:?}"));
    }
}

fn check(host: &Host, then: &Then) -> Vec<String> {
    let mut wrong = Vec::new();
    let dossier = seen(host, &then.dossier);
    let mut compare = |what: &str, found: Value, wanted: Option<Value>| {
        if let Some(wanted) = wanted.filter(|wanted| *wanted != found) {
            wrong.push(format!("{what}: {found} instead of {wanted}"));
        }
    };
    let or_none = |value: &Value| if value.is_null() { json!("none") } else { value.clone() };
    let of = |value: Option<&String>| value.map(|value| json!(value));
    let tasks: Vec<Value> = dossier["tasks"].as_array().cloned().unwrap_or_default();
    let running: BTreeSet<String> = tasks.iter().map(|task| task["step"].as_str().unwrap().into()).collect();
    let assigned = tasks.iter().filter(|task| !task["assignee"].is_null());
    let assigned: serde_json::Map<String, Value> =
        assigned.map(|task| (task["step"].as_str().unwrap().into(), task["assignee"].clone())).collect();
    compare("status", dossier["status"].clone(), of(then.status.as_ref()));
    compare("unit", dossier["unit"].clone(), of(then.unit.as_ref()));
    compare("result", or_none(&dossier["result"]), of(then.result.as_ref()));
    compare("running", json!(running), then.running.as_ref().map(|steps| json!(steps)));
    compare("assignee", assigned.into(), then.assignee.as_ref().map(|wanted| json!(wanted)));
    compare("supplements", dossier["supplements"].clone(), then.supplements.map(Value::from));
    compare("paid_vnd", dossier["paid_vnd"].clone(), then.paid_vnd.map(Value::from));
    compare("owed_vnd", dossier["owed_vnd"].clone(), then.owed_vnd.map(Value::from));
    compare("refunded_vnd", dossier["refunded_vnd"].clone(), then.refunded_vnd.map(Value::from));
    let events = host.events(&then.dossier).unwrap();
    compare("events", json!(events.len()), then.events.map(Value::from));
    let on_behalf = events.last().map(|event| serde_json::to_value(event).unwrap()["on_behalf"].clone());
    compare("on_behalf", or_none(&on_behalf.unwrap_or_default()), of(then.on_behalf.as_ref()));
    if let Some(like) = &then.due {
        compare("due", due(host, &then.dossier, like).into(), Some(json!(like)));
    }
    for (step, like) in then.leg_due.iter().flatten() {
        compare(
            &format!("leg_due of {step}"),
            leg_due(host, &then.dossier, step, like).into(),
            Some(json!(like)),
        );
    }
    if let Some(wanted) = &then.in_force_from {
        let found = host.dossier(&then.dossier).unwrap().map(|dossier| dossier.procedure.in_force_from);
        compare("in_force_from", found.map(|day| day.to_string()).into(), Some(json!(wanted)));
    }
    compare("parts", parts(&dossier), then.parts.as_ref().map(|wanted| json!(wanted)));
    compare("links", links(&dossier), then.links.as_ref().map(|wanted| json!(wanted)));
    if let Some(work) = &then.work {
        let (unit, role, assignee) = (work.unit.clone(), work.role.clone(), work.officer.clone());
        let found = host.work_list(&WorkFilter { unit, role, assignee, ..WorkFilter::default() }).unwrap();
        let found: Vec<Value> = found.iter().map(|item| serde_json::to_value(item).unwrap()).collect();
        compare_rows("work", &found, &work.rows, &mut wrong);
    }
    if let Some(wakeups) = &then.wakeups {
        let until = when(wakeups.until.as_deref().unwrap());
        let mut found = self::wakeups(host, until);
        let mut kinds = wakeups.what.clone();
        kinds.extend(wakeups.rows.iter().map(|row| row["what"].clone()));
        found.retain(|row| row["what"].as_str().is_some_and(|what| kinds.contains(what)));
        compare_rows("wakeups", &found, &wakeups.rows, &mut wrong);
    }
    for wanted in then.duties.iter().flatten() {
        let found = duties(host, &then.dossier, when(then.now.as_deref().unwrap()));
        let one: Vec<Value> =
            found.iter().filter(|duty| duty["id"] == wanted["id"].as_str()).cloned().collect();
        let rows = if wanted["state"] == "none" { &[][..] } else { std::slice::from_ref(wanted) };
        compare_rows(&format!("duty {}", wanted["id"]), &one, rows, &mut wrong);
    }
    wrong
}

/// Every order in which rows may arrive: those of one mark change places with each other.
fn orders(rows: &[When]) -> Vec<Vec<usize>> {
    let Some(from) = rows.iter().position(|row| row.together.is_some()) else {
        return vec![(0..rows.len()).collect()];
    };
    let to = rows.iter().rposition(|row| row.together.is_some()).unwrap() + 1;
    let mut middles: Vec<Vec<usize>> = vec![Vec::new()];
    for row in from..to {
        let insert = |middle: &Vec<usize>| {
            (0..=middle.len())
                .map(|place| {
                    let mut longer = middle.clone();
                    longer.insert(place, row);
                    longer
                })
                .collect::<Vec<_>>()
        };
        middles = middles.iter().flat_map(insert).collect();
    }
    let whole = |middle: Vec<usize>| (0..from).chain(middle).chain(to..rows.len()).collect();
    middles.into_iter().map(whole).collect()
}

/// Runs a scenario, and says all that is not as it should be.
fn run(scenario: &Scenario, shared: &[Table]) -> Vec<String> {
    let mut wrong = Vec::new();
    for (days, works) in [(&scenario.days_off, false), (&scenario.days_worked, true)] {
        for day in days {
            let date: NaiveDate = day.parse().unwrap();
            if Calendar::vietnam().is_working_day(date).unwrap() != works {
                wrong.push(format!("{day} is not {}", if works { "worked" } else { "off" }));
            }
        }
    }
    let mut texts = Texts::embedded();
    let own =
        if scenario.procedure.is_empty() { named(scenario, shared) } else { scenario.procedure.clone() };
    let own = procedures(&own);
    texts.procedures = vec![("scenario.toml", &own)];
    let catalogue = match (Catalogue::load(&texts), &scenario.rejected) {
        (Ok(catalogue), None) => Arc::new(catalogue),
        (Ok(_), Some(code)) => return vec![format!("loaded, instead of {code}")],
        (Err(problems), Some(code)) if problems.0.iter().any(|problem| problem.code == code) => return wrong,
        (Err(problems), _) => return vec![problems.to_string()],
    };
    // On the calendar of the state, and on one that knows only what the scenario says: it must say all that matters.
    let calendars = [Calendar::vietnam().clone(), Arc::new(bare_calendar(scenario))];
    for (calendar, order) in
        calendars.iter().flat_map(|c| orders(&scenario.when).into_iter().map(move |o| (c, o)))
    {
        let mut host = host(&catalogue, calendar, MemoryJournal::new());
        for (place, row) in order.iter().enumerate() {
            wrong.extend(play(&mut host, row + 1, &scenario.when[*row]));
            let now = scenario.then.iter().filter(|then| match then.after {
                Some(after) => after == place + 1,
                None => place + 1 == order.len(),
            });
            for then in now {
                let at = then.after.map_or("at the end".into(), |after| format!("after step {after}"));
                wrong.extend(
                    check(&host, then).into_iter().map(|wrong| format!("{at}, {}: {wrong}", then.dossier)),
                );
            }
        }
        // What is kept is what the journal holds, read again from its beginning.
        let again = self::host(&catalogue, calendar, host.journal().clone());
        for dossier in dossiers(scenario) {
            if seen(&again, &dossier) != seen(&host, &dossier) {
                wrong.push(format!("{dossier}: the journal replayed gives another dossier"));
            }
            let kept = host.dossier(&dossier).unwrap();
            let loaded =
                kept.as_ref().map(|kept| Dossier::load(&catalogue, &dossier, &kept.save().unwrap()).unwrap());
            if loaded != kept {
                wrong.push(format!("{dossier}: what is saved is not what is loaded"));
            }
        }
    }
    wrong
}

/// Of the file's procedures those that a scenario names, so that it does not fail for another one's sake.
fn named(scenario: &Scenario, shared: &[Table]) -> Vec<Table> {
    let mut text: String = scenario.when.iter().map(|row| row.command.to_string()).collect();
    let rows = scenario.when.iter().flat_map(|row| &row.batch);
    text.extend(rows.map(|row| row.command.to_string()));
    let is_named = |text: &str, table: &Table| text.contains(&table["code"].to_string());
    // Parts name procedures too.
    let parts: String = shared.iter().filter(|table| is_named(&text, table)).map(Table::to_string).collect();
    text.push_str(&parts);
    shared.iter().filter(|table| is_named(&text, table)).cloned().collect()
}

fn dossiers(scenario: &Scenario) -> BTreeSet<String> {
    let rows = scenario.when.iter().flat_map(|row| std::iter::once(row).chain(&row.batch));
    rows.map(|row| row.dossier.clone()).collect()
}

#[test]
fn every_scenario_goes_as_it_says() {
    let only = std::env::var("SCENARIO").ok();
    let mut failed = Vec::new();
    let mut count = 0;
    for (name, file) in files() {
        for scenario in &file.scenario {
            if only.as_ref().is_some_and(|only| !scenario.id.contains(only.as_str())) {
                continue;
            }
            count += 1;
            let wrong = run(scenario, &file.procedure);
            if !wrong.is_empty() {
                failed.push(format!(
                    "{name}: {} ({})\n    {}",
                    scenario.id,
                    scenario.title,
                    wrong.join("\n    ")
                ));
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} scenarios fail\n{}", failed.len(), failed.join("\n"));
}

// What the engine says besides its dossiers.

fn parts(dossier: &Value) -> Value {
    let results = dossier["part_results"].as_array().into_iter().flatten();
    let results = results.map(|part| (part["part"].as_str().unwrap().to_owned(), part["result"].clone()));
    results.collect::<serde_json::Map<_, _>>().into()
}

fn links(dossier: &Value) -> Value {
    dossier["linked"].as_array().into_iter().flatten().map(|link| link[0].clone()).collect()
}

fn wakeups(host: &Host, until: chrono::NaiveDateTime) -> Vec<Value> {
    host.wakeups(until).unwrap().iter().map(|wakeup| serde_json::to_value(wakeup).unwrap()).collect()
}

fn duties(host: &Host, dossier: &str, now: chrono::NaiveDateTime) -> Vec<Value> {
    host.duties(dossier, now).unwrap().iter().map(|duty| serde_json::to_value(duty).unwrap()).collect()
}
