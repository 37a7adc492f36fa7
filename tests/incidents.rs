//! What the law makes of a limit: incidents on the way, lapses, cut-offs, limits by case, and what no clock takes in.

#[path = "common/time.rs"]
mod time;

use chrono::TimeDelta;
use motcua::deadline::{
    Case, Cause, Change, Clock, CutOff, CutOffEffect, Direction, Due, Entry, ExtensionKind, Incident,
    LimitRule, LimitTable, SuspensionPolicy,
};
use time::{at, calendar, clock, clock_of, limit};

#[test]
fn an_unanswered_request_lapses() {
    let mut clock = clock("10 working_day", "2026-06-02 09:00");
    assert_eq!(clock.lapses(calendar()).unwrap(), None);
    let supplement = Incident::find("supplement-118-2025").unwrap();
    clock.suspend_for(at("2026-06-04 09:00"), supplement).unwrap();
    assert_eq!(clock.lapses(calendar()).unwrap(), Some(at("2026-06-19 23:59:59")));
    let mut answered = clock.clone();
    answered.resume(at("2026-06-12 09:00")).unwrap();
    assert_eq!(answered.lapses(calendar()).unwrap(), None);
    clock.stop(at("2026-06-20 08:00")).unwrap();
    assert_eq!(clock.lapses(calendar()).unwrap(), None, "it was closed");
    // A limit that ends on a day off lapses with the next working day.
    let mut clock = clock_of("10 working_day");
    let change = Change::Suspend {
        reason: "nộp phí".into(),
        policy: SuspensionPolicy::Pause,
        answer_within: Some(limit("3 day")),
    };
    clock.change(at("2026-06-03 09:00"), change).unwrap();
    assert_eq!(clock.lapses(calendar()).unwrap(), Some(at("2026-06-08 23:59:59")));
}

#[test]
fn every_incident_of_the_law_does_what_it_says() {
    assert!(Incident::all().len() >= 27);
    for incident in Incident::all() {
        assert!(!incident.source.is_empty() && !incident.text_vi.is_empty() && !incident.text_en.is_empty());
        let first = incident.from.unwrap_or_else(|| "2026-11-23".parse().unwrap());
        let on = first.and_hms_opt(9, 0, 0).unwrap();
        let rule = LimitRule {
            second_stage: Some(limit("18 working_day")),
            ..LimitRule::new(limit("1 working_day"))
        };
        let mut clock = Clock::new(rule, on);
        let suspends = clock.suspend_for(on, incident);
        let extends = clock.clone().extend_for(on, limit("2 working_day"), incident);
        let effect: &str = incident.effect.into();
        assert_eq!(suspends.is_err(), ["extend", "agree"].contains(&effect), "{}", incident.id);
        assert_eq!(extends.is_ok(), suspends.is_err(), "{}: {extends:?}", incident.id);
        if let Err(error) = suspends {
            assert_eq!(error.code(), "deadline.incident_effect");
        }
        let outside = [
            incident.from.map(|from| from - TimeDelta::days(1)),
            incident.to.map(|to| to + TimeDelta::days(1)),
        ];
        for outside in outside.into_iter().flatten().map(|day| day.and_hms_opt(9, 0, 0).unwrap()) {
            let refused = Clock::new(rule, outside).suspend_for(outside, incident).unwrap_err().code();
            assert_eq!(refused, "deadline.incident_not_in_force", "{}", incident.id);
        }
    }
    let unknown = Incident::find("nothing").unwrap_err();
    assert!(
        unknown.code() == "deadline.incident_unknown" && unknown.to_string().contains("supplement-118-2025")
    );
    let water = Incident::find("second-stage-water").unwrap();
    let mut clock = Clock::new(LimitRule::new(limit("45 working_day")), at("2026-08-03 09:00"));
    assert_eq!(
        clock.suspend_for(at("2026-08-10 09:00"), water).unwrap_err().code(),
        "deadline.no_second_stage"
    );
    let rule =
        LimitRule { second_stage: Some(limit("18 working_day")), ..LimitRule::new(limit("45 working_day")) };
    let mut clock = Clock::new(rule, at("2026-08-03 09:00"));
    clock.suspend_for(at("2026-08-10 09:00"), water).unwrap();
    clock.resume(at("2026-09-07 09:00")).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-10-01 17:00")));
    assert_eq!(clock.dues(calendar()).unwrap().last().unwrap().cause, Cause::SecondStage);
    // By law no more than five working days in all, whatever the day itself had.
    let marriage = Incident::find("verify-marriage").unwrap();
    let mut clock = clock_of("same_day");
    let too_long = clock.extend_for(at("2026-06-01 10:00"), limit("6 working_day"), marriage).unwrap_err();
    assert_eq!(too_long.code(), "deadline.extension_too_long");
    clock.extend_for(at("2026-06-01 10:00"), limit("5 working_day"), marriage).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-08 17:00")));
    let again = clock.extend_for(at("2026-06-02 10:00"), limit("1 working_day"), marriage).unwrap_err();
    assert_eq!(again.code(), "deadline.extension_too_long");
}

#[test]
fn what_cannot_be_counted_does_not_enter_a_clock() {
    let time = "15:00:00".parse().unwrap();
    let cut_off = Some(CutOff { time, effect: CutOffEffect::DueNextWorkingDay });
    let rule = LimitRule { cut_off, ..LimitRule::new(limit("3 working_day")) };
    let extend =
        |text: &str| Change::Extend { by: limit(text), kind: ExtensionKind::Agreed, reason: "x".into() };
    let now = at("2026-06-02 09:00");
    for (rule, change, code) in [
        (rule, extend("0.5 working_day"), "deadline.cut_off_effect"),
        (LimitRule::new(limit("3 day")), extend("not_stated"), "deadline.extension"),
        (
            LimitRule { direction: Direction::Before, ..LimitRule::new(limit("24 hour")) },
            extend("24 hour"),
            "deadline.extension",
        ),
        (
            LimitRule::new(limit("3 day")),
            Change::Reappoint { to: now, reason: "x".into() },
            "deadline.reappoint_apart",
        ),
    ] {
        let mut clock = Clock::new(rule, at("2026-06-01 09:00"));
        let before = clock.clone();
        assert_eq!(clock.change(now, change).unwrap_err().code(), code);
        assert_eq!(clock, before);
    }
    let second = LimitRule { second_stage: Some(limit("8 working_hour")), ..rule };
    assert_eq!(second.check().unwrap_err().code(), "deadline.cut_off_effect");
    // Nor does a late record that the law does not allow, or time that runs backwards.
    let mut clock = clock_of("3 working_day");
    let late = |moment: &str, change| Entry { at: at(moment), recorded: at("2026-06-20 09:00"), change };
    let reappoint = |to: &str| Change::Reappoint { to: at(to), reason: "x".into() };
    for (moment, change, code) in [
        ("2026-06-04 09:00", reappoint("2026-06-10 17:00"), "deadline.apology_late"),
        ("2026-06-03 09:00", reappoint("2026-06-04 09:00"), "deadline.order"),
        ("2026-05-31 09:00", Change::Stop, "deadline.order"),
    ] {
        assert_eq!(clock.record(late(moment, change), calendar()).unwrap_err().code(), code);
    }
    clock.record(late("2026-06-03 09:00", reappoint("2026-06-13 10:00")), calendar()).unwrap();
    assert_eq!(
        clock.due(calendar()).unwrap(),
        Due::At(at("2026-06-13 10:00")),
        "as the office said, though a Saturday"
    );
    assert_eq!(
        clock.stop(at("2026-06-19 09:00")).unwrap_err().code(),
        "deadline.order",
        "recorded before that"
    );
}

#[test]
fn the_third_effect_of_fifteen_hundred_is_on_the_papers_only() {
    let time = "15:00:00".parse().unwrap();
    let cut_off = Some(CutOff { time, effect: CutOffEffect::ForwardNextWorkingDay });
    for (start, due, forward) in [
        ("2026-06-05 15:00", "2026-06-08 17:00", "2026-06-05 17:00"),
        ("2026-06-05 15:01", "2026-06-08 17:00", "2026-06-08 07:00"),
        ("2026-06-06 10:00", "2026-06-08 17:00", "2026-06-08 07:00"),
        ("2026-06-05 18:00", "2026-06-08 17:00", "2026-06-08 07:00"),
    ] {
        let clock = Clock::new(LimitRule { cut_off, ..LimitRule::new(limit("1 working_day")) }, at(start));
        assert_eq!(clock.due(calendar()).unwrap(), Due::At(at(due)), "{start}");
        assert_eq!(clock.forward_by(calendar()).unwrap(), at(forward), "{start}");
    }
}

const TABLE: &str = r#"
[[limit]]
limit = "24 hour"
anchor = "arrival"
direction = "before"
when = { matter = "notice" }
source = "…"
verified = false

[[limit]]
limit = "12 working_day"
anchor = "complete_dossier"
when = { intake = "province" }
to = 2026-06-30
parts = ["3 day", "20 day"]
source = "…"
verified = false

[[limit]]
limit = "8 working_day"
anchor = "payment"
at_least = 11
source = "…"
verified = false

[[limit]]
limit = "17 working_day"
anchor = "complete_dossier"
cut_off = "15:00"
after_cut_off = "count_from_next_working_day"
milestone = [{ name = "thẩm tra", limit = "14 working_day" }]
alternative = [
    { when = { remote = "yes" }, add = "10 working_day", in_all = "25 working_day" },
    { when = { verify = "yes" }, add = "5 day" },
    { when = { simple = "yes" }, becomes = "4 working_day" },
]
source = "…"
verified = false
"#;

#[test]
fn limits_depend_on_the_case() {
    let table = LimitTable::load("limits.toml", TABLE).unwrap();
    let case = |facts: &[(&str, &str)], quantity, event: &str| Case {
        on: "2026-06-01".parse().unwrap(),
        facts: facts.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect(),
        quantity,
        events: [(event.into(), at("2026-06-01 09:00"))].into(),
    };
    let due = |case: &Case| table.clock(case).unwrap().due(calendar()).unwrap().at().unwrap();
    for (facts, quantity, event, expected) in [
        (&[("matter", "notice")][..], None, "arrival", "2026-05-31 09:00"),
        (&[], Some(3), "complete_dossier", "2026-06-24 17:00"),
        (&[("remote", "yes")], Some(3), "complete_dossier", "2026-07-06 17:00"),
        (&[("simple", "yes")], Some(3), "complete_dossier", "2026-06-05 17:00"),
        (&[("simple", "yes"), ("remote", "yes")], Some(3), "complete_dossier", "2026-06-19 17:00"),
        (&[("verify", "yes")], None, "complete_dossier", "2026-06-29 17:00"),
        (&[], Some(11), "payment", "2026-06-11 17:00"),
        // Parts side by side: the longest.
        (&[("intake", "province")], None, "complete_dossier", "2026-06-22 17:00"),
    ] {
        assert_eq!(due(&case(facts, quantity, event)), at(expected), "{facts:?} {quantity:?}");
    }
    let mut later = case(&[("intake", "province")], None, "complete_dossier");
    later.on = "2026-07-01".parse().unwrap();
    let clock = table.clock(&later).unwrap();
    assert_eq!(clock.rule().limit, limit("17 working_day"), "the row was in force until 30/6");
    assert_eq!(clock.milestones(calendar()).unwrap(), [("thẩm tra", Due::At(at("2026-06-19 17:00")))]);
    let error = table.clock(&case(&[], Some(11), "receipt")).unwrap_err();
    assert!(error.code() == "deadline.anchor_missing" && error.to_string().contains("payment"), "{error}");
    let notices = LimitTable::load("limits.toml", TABLE.split("\n\n").next().unwrap()).unwrap();
    let error = notices.row(&case(&[("matter", "permit")], None, "arrival")).unwrap_err();
    assert!(error.code() == "deadline.no_row" && error.to_string().contains("matter = permit"), "{error}");
    for (from, to, code) in [
        ("in_all = \"25 working_day\"", "in_all = \"25 day\"", "deadline.ceiling"),
        ("cut_off = \"15:00\"\n", "", "deadline.cut_off_time"),
        ("\"24 hour\"", "\"0.5 working_day\"", "deadline.direction"),
        ("\"15:00\"", "\"25:00\"", "deadline.cut_off_time"),
        ("limit = \"17 working_day\"", "limit = \"17 fortnights\"", "file.form"),
        ("at_least", "atleast", "file.form"),
    ] {
        let problems = LimitTable::load("limits.toml", &TABLE.replace(from, to)).unwrap_err();
        assert_eq!(problems.0[0].code, code, "{problems}");
        assert!(problems.0[0].line > 1);
    }
}
