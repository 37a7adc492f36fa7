//! The ledger of a clock: what happens to it, every due date that held, and late corrections.

#[path = "common/time.rs"]
mod time;

use chrono::{NaiveDate, TimeDelta};
use motcua::deadline::{
    Cause, Change, Clock, Comparison, Direction, Due, Entry, ExtensionKind, LimitRule, Phase, Suspension,
    SuspensionPolicy, TimeLimit, Timeliness,
};
use proptest::prelude::*;
use time::{at, calendar, clock, clock_of, limit};

#[test]
fn every_due_date_that_held_is_kept_with_its_cause() {
    let mut clock = clock("10 working_day", "2026-06-01 09:00");
    clock.suspend(at("2026-06-03 09:00"), "chờ nộp phí", SuspensionPolicy::Pause).unwrap();
    clock.resume(at("2026-06-05 09:00")).unwrap();
    let by = limit("2 working_day");
    let extend = |kind| Change::Extend { by, kind, reason: "xác minh".into() };
    clock.change(at("2026-06-08 09:00"), extend(ExtensionKind::Fixed)).unwrap();
    clock.change(at("2026-06-09 09:00"), extend(ExtensionKind::Agreed)).unwrap();
    clock.suspend(at("2026-06-10 09:00"), "lấy ý kiến", SuspensionPolicy::KeepRunning).unwrap();
    clock.resume(at("2026-06-11 09:00")).unwrap();
    clock.suspend(at("2026-06-12 09:00"), "bổ sung", SuspensionPolicy::Restart).unwrap();
    clock.resume(at("2026-06-15 09:00")).unwrap();
    clock
        .reappoint(at("2026-06-22 09:00"), at("2026-07-10 17:00"), "chờ kết quả giám định", calendar())
        .unwrap();
    clock.stop(at("2026-07-09 15:00")).unwrap();
    let dues = clock.dues(calendar()).unwrap();
    let told: Vec<_> = dues.iter().map(|due| (due.cause, due.due.at().map(|at| at.date()))).collect();
    let day = |text: &str| Some(text.parse::<NaiveDate>().unwrap());
    assert_eq!(
        told,
        [
            (Cause::Initial, day("2026-06-15")),
            (Cause::Suspended, None),
            (Cause::Shifted, day("2026-06-17")),
            (Cause::Extended, day("2026-06-19")),
            (Cause::Agreed, day("2026-06-23")),
            (Cause::Suspended, None),
            (Cause::Restarted, day("2026-07-03")),
            (Cause::Rescheduled, day("2026-07-10")),
        ]
    );
    assert_eq!(dues.last().map(|due| due.due), Some(clock.due(calendar()).unwrap()));

    // How it stood at any moment, with what had happened by then.
    let status = |moment: &str| clock.status(at(moment), Comparison::ByDate, calendar()).unwrap();
    assert_eq!(status("2026-05-30 09:00").phase, Phase::NotStarted);
    let running = status("2026-06-02 09:00");
    assert_eq!((running.phase, running.working_days_left), (Phase::Running, Some(9)));
    assert_eq!(running.working_time_left(), Some(TimeDelta::hours(9 * 8 + 6)), "{running:?}");
    assert_eq!(
        (status("2026-06-04 09:00").phase, status("2026-06-04 09:00").due),
        (Phase::Suspended, Due::Suspended)
    );
    let stopped = status("2026-08-01 09:00");
    assert_eq!((stopped.phase, stopped.timeliness), (Phase::Stopped, Some(Timeliness::Early)));
    assert!(!stopped.projected);
    let json = serde_json::to_value(stopped).unwrap();
    assert_eq!((&json["phase"], &json["timeliness"]), (&"stopped".into(), &"early".into()));
}

#[test]
fn late_means_late_by_date_or_by_the_second() {
    let clock = clock("3 working_day", "2026-06-01 09:00");
    let left = |moment: &str, by| {
        let status = clock.status(at(moment), by, calendar()).unwrap();
        (status.timeliness.unwrap(), status.working_days_left.unwrap(), status.working_seconds_left.unwrap())
    };
    assert_eq!(left("2026-06-04 16:00", Comparison::ByInstant), (Timeliness::Early, 0, 3_600));
    assert_eq!(left("2026-06-04 18:00", Comparison::ByInstant), (Timeliness::Overdue, 0, 0));
    assert_eq!(left("2026-06-04 18:00", Comparison::ByDate), (Timeliness::OnTime, 0, 0));
    assert_eq!(left("2026-06-08 08:00", Comparison::ByDate), (Timeliness::Overdue, -2, -9 * 3_600));
}

#[test]
fn a_result_is_put_off_once_and_a_day_before() {
    let mut clock = clock("5 working_day", "2026-06-03 09:00");
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-10 17:00")));
    let before = clock.clone();
    let mut reappoint = |moment: &str, to: &str| {
        clock.reappoint(at(moment), at(to), "chờ xác minh", calendar()).map_err(|error| error.code())
    };
    assert_eq!(reappoint("2026-06-10 08:00", "2026-06-15 17:00"), Err("deadline.apology_late"));
    assert_eq!(reappoint("2026-06-09 08:00", "2026-06-09 17:00"), Err("deadline.order"));
    assert_eq!(reappoint("2026-06-09 08:00", "2026-06-15 17:00"), Ok(()));
    assert_eq!(reappoint("2026-06-10 08:00", "2026-06-20 17:00"), Err("deadline.reappointed"));
    assert_eq!(clock.ledger().len(), before.ledger().len() + 1);
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-15 17:00")));
    let why = clock.explain(calendar()).unwrap();
    assert!(why.steps.iter().any(|step| step.rule.id == "reappoint_once"));
    assert!(why.vi().contains("xin lỗi và hẹn lại: 2026-06-09 08:00 → 2026-06-15 17:00"), "{}", why.vi());
    // A later pause moves the new date; a restart forgets it.
    let mut paused = clock.clone();
    paused.suspend(at("2026-06-11 09:00"), "phí", SuspensionPolicy::Pause).unwrap();
    paused.resume(at("2026-06-15 09:00")).unwrap();
    assert_eq!(paused.due(calendar()).unwrap(), Due::At(at("2026-06-17 17:00")));
    clock.suspend(at("2026-06-11 09:00"), "bổ sung", SuspensionPolicy::Restart).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::Suspended);
    clock.resume(at("2026-06-15 09:00")).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-22 17:00")));
    let nothing =
        clock_of("not_stated").reappoint(at("2026-06-02 09:00"), at("2026-06-09 09:00"), "", calendar());
    assert_eq!(nothing.unwrap_err().code(), "deadline.nothing_due");
}

#[test]
fn legs_have_limits_of_their_own_and_go_on_after_the_resolution() {
    let mut clock = clock("10 working_day", "2026-06-01 09:00");
    let start =
        |leg: &str, text: &str| Change::StartLeg { leg: leg.into(), rule: LimitRule::new(limit(text)) };
    clock.change(at("2026-06-01 10:00"), start("thẩm định", "4 working_day")).unwrap();
    assert_eq!(clock.leg_due("thẩm định", calendar()).unwrap(), Due::At(at("2026-06-05 17:00")));
    clock.suspend(at("2026-06-02 09:00"), "phí", SuspensionPolicy::Pause).unwrap();
    assert_eq!(clock.leg_due("thẩm định", calendar()).unwrap(), Due::Suspended);
    clock.resume(at("2026-06-04 09:00")).unwrap();
    assert_eq!(clock.leg_due("thẩm định", calendar()).unwrap(), Due::At(at("2026-06-09 17:00")));
    clock.change(at("2026-06-09 09:00"), Change::StopLeg { leg: "thẩm định".into() }).unwrap();
    clock.stop(at("2026-06-10 09:00")).unwrap();
    let due = clock.due(calendar()).unwrap();
    clock.change(at("2026-06-10 09:05"), start("trả kết quả", "1 working_day")).unwrap();
    assert_eq!(clock.leg_due("trả kết quả", calendar()).unwrap(), Due::At(at("2026-06-11 17:00")));
    clock.change(at("2026-06-20 09:00"), Change::StopLeg { leg: "trả kết quả".into() }).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), due, "delivery changes nothing of the result");
    let status = clock.status(at("2026-06-30 09:00"), Comparison::ByDate, calendar()).unwrap();
    assert_eq!(status.timeliness, Some(Timeliness::Early));
    for change in [start("trả kết quả", "1 day"), Change::StopLeg { leg: "thẩm định".into() }] {
        assert_eq!(clock.change(at("2026-07-01 09:00"), change).unwrap_err().code(), "deadline.leg");
    }
    let error = clock.leg_due("ký", calendar()).unwrap_err();
    assert!(error.code() == "deadline.leg" && error.to_string().contains("ký"), "{error}");
}

#[test]
fn what_is_recorded_late_recomputes_and_says_what_it_changed() {
    let mut clock = clock("5 working_day", "2026-06-01 09:00");
    clock.suspend(at("2026-06-03 09:00"), "bổ sung", SuspensionPolicy::Pause).unwrap();
    clock.resume(at("2026-06-08 09:00")).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-11 17:00")));
    let before = clock.clone();
    // A failure of the network on 1/6 and 2/6 had not been written down.
    let entry = |moment: &str, change| Entry { at: at(moment), recorded: at("2026-06-09 08:00"), change };
    let begin =
        Change::Suspend {
            reason: "sự cố mạng".into(), policy: SuspensionPolicy::Pause, answer_within: None
        };
    let open = clock.record(entry("2026-06-01 10:00", begin), calendar()).unwrap();
    assert_eq!(open.after, Due::Suspended);
    let correction =
        clock.record(entry("2026-06-02 16:00", Change::Resume { suspension: 1 }), calendar()).unwrap();
    assert_eq!(correction.after, Due::At(at("2026-06-12 17:00")));
    assert_eq!(correction.dues_after.len(), 5, "{:#?}", correction.dues_after);
    // In hindsight the clock was suspended on 2/6; at that time nobody knew.
    let then = at("2026-06-02 09:00");
    let phase = |clock: &Clock| clock.status(then, Comparison::ByDate, calendar()).unwrap().phase;
    assert_eq!(
        (phase(&clock), phase(&clock.as_known_at(at("2026-06-08 17:00")).unwrap())),
        (Phase::Suspended, Phase::Running)
    );
    assert_eq!(clock.as_known_at(at("2026-06-08 17:00")).unwrap(), before);

    // What does not fit is refused, and the clock stays as it was.
    let stays = clock.clone();
    for (moment, recorded, change, code) in [
        ("2026-06-02 09:00", "2026-06-01 09:00", Change::Stop, "deadline.recorded"),
        ("2026-06-02 09:00", "2026-06-08 09:00", Change::Stop, "deadline.recorded"),
        ("2026-06-02 09:00", "2026-06-10 09:00", Change::Stop, "deadline.stopped"),
        ("2026-06-02 09:00", "2026-06-10 09:00", Change::Resume { suspension: 9 }, "deadline.not_suspended"),
        ("2026-06-10 09:00", "2026-06-10 09:00", Change::Annul { entry: 0 }, "deadline.not_suspended"),
        ("2026-06-10 09:00", "2026-06-10 09:00", Change::Annul { entry: 99 }, "deadline.no_entry"),
    ] {
        let entry = Entry { at: at(moment), recorded: at(recorded), change };
        assert_eq!(clock.record(entry.clone(), calendar()).unwrap_err().code(), code, "{entry:?}");
        assert_eq!(clock, stays);
    }
    // An entry that was wrong is annulled, not erased.
    let annul = Entry {
        at: at("2026-06-10 09:00"),
        recorded: at("2026-06-10 09:00"),
        change: Change::Annul { entry: 3 },
    };
    assert_eq!(clock.record(annul, calendar()).unwrap().after, Due::Suspended);
    assert_eq!(clock.ledger().len(), 5);
}

#[test]
fn a_late_announcement_explains_why_two_answers_differ() {
    let clock = clock("3 working_day", "2025-12-30 09:00");
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let (before, after) =
        (calendar().as_known_on(day("2025-12-24")), calendar().as_known_on(day("2025-12-26")));
    let change = clock.compare(&before, &after).unwrap();
    assert_eq!(change.before, Due::At(at("2026-01-05 17:00")));
    assert_eq!(change.after, Due::At(at("2026-01-06 17:00")));
    assert_eq!(change.because.len(), 1);
    let because = change.because[0];
    assert_eq!((because.after.date, because.after.known_since), (day("2026-01-02"), day("2025-12-25")));
    assert!(because.after.source.act.contains("12729/VPCP-KGVX"));
    // As known then, all of 2026 but the exchange was announced, and 2027 was not.
    assert_eq!(before.announced_to(), day("2026-12-31"));
    assert!(before.day(day("2026-11-24")).unwrap().kind.is_working(), "the resolution came later");
    let why = clock.explain(&before).unwrap();
    assert!(why.to_string().contains("as it was known on 2025-12-24"), "{why}");
    assert!(calendar().as_known_on(day("2012-06-01")).is_projected(day("2013-01-02")));
}

#[test]
fn what_rests_on_days_not_yet_announced_says_so() {
    let due = |limit: &str, start: &str| clock(limit, start).due(calendar()).unwrap();
    assert_eq!(due("1 working_day", "2027-12-30 09:00"), Due::At(at("2027-12-31 17:00")));
    assert_eq!(due("2 working_day", "2027-12-30 09:00"), Due::Projected(at("2028-01-04 17:00")));
    let back = LimitRule { direction: Direction::Before, ..LimitRule::new(limit("5 working_day")) };
    let back = Clock::new(back, at("2028-01-04 09:00")).due(calendar()).unwrap();
    assert!(back.is_projected() && back.at().unwrap() < at("2028-01-01 00:00"), "counted over days of 2028");
    let whole = Due::At(at("2026-06-01 17:00")).longest(Due::Projected(at("2026-05-01 17:00")));
    assert_eq!(whole, Due::Projected(at("2026-06-01 17:00")));
    let clock = clock("2 working_day", "2027-12-30 09:00");
    assert!(clock.status(at("2027-12-30 10:00"), Comparison::ByDate, calendar()).unwrap().projected);
    assert!(clock.explain(calendar()).unwrap().projected);
    assert_eq!(
        serde_json::to_value(clock.due(calendar()).unwrap()).unwrap()["projected"],
        "2028-01-04T17:00:00+07:00"
    );
}

/// A restart or a second stage that ended before the clock began has nothing to count anew.
#[test]
fn what_ended_before_the_start_changes_nothing() {
    for policy in [SuspensionPolicy::Restart, SuspensionPolicy::Pause, SuspensionPolicy::KeepRunning] {
        let early = Suspension {
            from: at("2026-05-20 09:00"),
            to: Some(at("2026-05-25 09:00")),
            reason: "trước".into(),
            policy,
            answer_within: None,
        };
        let clock = clock_of("3 working_day").with_suspensions(vec![early]).unwrap();
        assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-04 17:00")), "{policy:?}");
    }
}

#[test]
fn extensions_belong_to_what_they_were_given_for() {
    let extend =
        |text: &str| Change::Extend { by: limit(text), kind: ExtensionKind::Agreed, reason: "x".into() };
    // After an apology, from the moment that was named.
    let mut clock = clock_of("3 working_day");
    clock.reappoint(at("2026-06-03 09:00"), at("2026-06-10 17:00"), "x", calendar()).unwrap();
    clock.change(at("2026-06-09 09:00"), extend("2 working_day")).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-12 17:00")));
    assert_eq!(clock.dues(calendar()).unwrap().last().unwrap().cause, Cause::Agreed);
    // Of the first stage, not of the second; parts as well.
    let rule =
        LimitRule { second_stage: Some(limit("3 working_day")), ..LimitRule::new(limit("10 working_day")) };
    let mut clock = Clock::new(rule, at("2026-06-01 09:00")).with_parts(vec![limit("60 day")]);
    clock.change(at("2026-06-02 09:00"), extend("20 working_day")).unwrap();
    clock.suspend(at("2026-06-03 09:00"), "bổ sung", SuspensionPolicy::SecondStage).unwrap();
    clock.resume(at("2026-06-10 09:00")).unwrap();
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-15 17:00")));
    // A limit of none beside a part that has one.
    let clock = clock_of("not_stated").with_parts(vec![limit("5 working_day")]);
    assert_eq!(clock.due(calendar()).unwrap(), Due::At(at("2026-06-08 17:00")));
}

#[test]
fn a_leg_waits_for_every_suspension_and_no_longer_than_it_runs() {
    let start =
        |leg: &str| Change::StartLeg { leg: leg.into(), rule: LimitRule::new(limit("4 working_day")) };
    let mut clock = clock("10 working_day", "2026-06-01 09:00");
    clock.change(at("2026-06-01 09:00"), start("a")).unwrap();
    clock.suspend(at("2026-06-02 09:00"), "bổ sung", SuspensionPolicy::Restart).unwrap();
    clock.resume(at("2026-06-12 09:00")).unwrap();
    assert_eq!(clock.leg_due("a", calendar()).unwrap(), Due::At(at("2026-06-17 17:00")));
    clock.change(at("2026-06-16 09:00"), Change::StopLeg { leg: "a".into() }).unwrap();
    clock.suspend(at("2026-06-17 09:00"), "phí", SuspensionPolicy::Pause).unwrap();
    assert_eq!(
        clock.leg_due("a", calendar()).unwrap(),
        Due::At(at("2026-06-17 17:00")),
        "it was done before"
    );
    assert_eq!(clock.due(calendar()).unwrap(), Due::Suspended);
}

/// Moments are whole seconds, so that what is written can be read back; and a reason may hold what it likes.
#[test]
fn a_clock_is_written_and_read_whole() {
    let fine = |text: &str| at(text) + TimeDelta::nanoseconds(7);
    let mut clock = Clock::new(LimitRule::new(limit("3 working_day")), fine("2026-06-01 09:00"));
    clock.suspend(fine("2026-06-02 09:00"), "<a>\u{1}&\n", SuspensionPolicy::Pause).unwrap();
    let change = Change::Resume { suspension: 0 };
    let late = Entry { at: fine("2026-06-03 09:00"), recorded: fine("2026-06-04 09:00"), change };
    clock.record(late, calendar()).unwrap();
    let json = serde_json::to_string(&clock).unwrap();
    assert_eq!(serde_json::from_str::<Clock>(&json).unwrap(), clock);
    let svg = clock.explain(calendar()).unwrap().svg(calendar());
    assert!(svg.contains("&lt;a&gt;&amp;") && !svg.contains('\u{1}'));
    // What was tampered with is not read.
    let stopped_twice = json.replace("\"ledger\":[", "\"ledger\":[{\"at\":\"2026-06-01T10:00:00+07:00\",\"recorded\":\"2026-06-01T10:00:00+07:00\",\"change\":\"stop\"},");
    assert!(serde_json::from_str::<Clock>(&stopped_twice).is_err());
}

fn suspension() -> impl Strategy<Value = (i64, i64)> {
    (0i64..40_000, 0i64..20_000)
}

proptest! {
    /// Whatever the order in which they are given, and however they overlap, suspended time does not count once.
    #[test]
    fn suspensions_merge(
        limit in prop::sample::select(vec!["10 working_day", "0.5 working_day", "20 day", "30 working_hour", "100 hour", "2 month"]),
        mut spans in prop::collection::vec(suspension(), 1..6),
        start in 0i64..6_000_000,
    ) {
        let start = at("2013-01-02 00:00") + TimeDelta::minutes(start);
        let due = |spans: &[(i64, i64)]| {
            let suspensions = spans.iter().map(|(from, length)| Suspension {
                from: start + TimeDelta::minutes(*from),
                to: Some(start + TimeDelta::minutes(from + length)),
                reason: String::new().into(),
                policy: SuspensionPolicy::Pause,
                answer_within: None,
            });
            let clock = Clock::new(LimitRule::new(TimeLimit::parse(limit).unwrap()), start);
            clock.with_suspensions(suspensions.collect()).unwrap().due(calendar()).unwrap().at().unwrap()
        };
        let first = due(&spans);
        spans.reverse();
        prop_assert_eq!(due(&spans), first);
        // The union of all, written as spans that do not overlap.
        spans.sort_unstable();
        let mut union: Vec<(i64, i64)> = Vec::new();
        for (from, length) in &spans {
            match union.last_mut() {
                Some(last) if *from <= last.0 + last.1 => last.1 = last.1.max(from + length - last.0),
                _ => union.push((*from, *length)),
            }
        }
        prop_assert_eq!(due(&union), first);
        // One more inside another changes nothing; and no suspension makes anything due earlier.
        let (from, length) = spans[0];
        spans.push((from + length / 4, length / 2));
        prop_assert_eq!(due(&spans), first);
        prop_assert!(due(&[]) <= first);
    }

    /// A clock told live, and the same clock told late in any order, end alike.
    #[test]
    fn a_late_record_gives_what_a_timely_one_gives(
        spans in prop::collection::vec((0i64..5_000, 1i64..3_000), 1..5), policy in 0usize..3,
    ) {
        let policies = [SuspensionPolicy::Pause, SuspensionPolicy::Restart, SuspensionPolicy::KeepRunning];
        let (mut now, mut timely) = (at("2026-03-02 09:00"), clock("15 working_day", "2026-03-02 09:00"));
        let mut entries = Vec::new();
        for (n, (wait, length)) in spans.iter().enumerate() {
            let policy = policies[(policy + n) % 3];
            now += TimeDelta::minutes(*wait);
            timely.suspend(now, "chờ", policy).unwrap();
            entries.push((now, Change::Suspend { reason: "chờ".into(), policy, answer_within: None }));
            now += TimeDelta::minutes(*length);
            timely.resume(now).unwrap();
            entries.push((now, Change::Resume { suspension: n }));
        }
        let mut late = clock("15 working_day", "2026-03-02 09:00");
        for (at, change) in entries {
            late.record(Entry { at, recorded: now, change }, calendar()).unwrap();
        }
        prop_assert_eq!(late.due(calendar()).unwrap(), timely.due(calendar()).unwrap());
        prop_assert_eq!(late.suspensions(), timely.suspensions());
        // And a clock that is asked at each moment of its life was always the same clock.
        let known = late.as_of(now).unwrap();
        prop_assert_eq!(known.due(calendar()).unwrap(), timely.due(calendar()).unwrap());
    }
}
