//! Time limits, the clock, and the explanation.

#[path = "common/time.rs"]
mod time;

use chrono::{NaiveDateTime, NaiveTime};
use motcua::calendar::Calendar;
use motcua::deadline::{
    Clock, Comparison, CutOff, CutOffEffect, Due, LimitRule, SuspensionPolicy, TimeLimit, Timeliness,
};
use time::{at, rule};

fn due(rule: LimitRule, start: &str) -> NaiveDateTime {
    Clock::new(rule, at(start)).due(Calendar::vietnam()).unwrap().at().unwrap()
}

fn cut_off(limit: &str, effect: CutOffEffect) -> LimitRule {
    let time = NaiveTime::from_hms_opt(15, 0, 0).unwrap();
    LimitRule { cut_off: Some(CutOff { time, effect }), ..rule(limit) }
}

#[test]
fn due_dates_of_real_cases() {
    for (limit, start, expected, why) in [
        (
            "3 working_day",
            "2026-06-01 10:00",
            "2026-06-04 17:00",
            "BLDS 147(2): the first day is not counted",
        ),
        (
            "20 day",
            "2026-04-10 10:00",
            "2026-05-04 17:00",
            "BLDS 148(5): 30/4 is off, and 1/5, and the weekend",
        ),
        ("1 month", "2027-01-31 09:00", "2027-03-01 17:00", "BLDS 148(3): 28/2/2027, a Sunday"),
        ("1 month", "2024-01-31 09:00", "2024-02-29 17:00", "BLDS 148(3): the leap day"),
        ("1 year", "2024-02-29 09:00", "2025-02-28 17:00", "BLDS 148(4)"),
        ("5 working_day", "2023-01-19 09:00", "2023-02-02 17:00", "Tết 2023 and its make-up days"),
        ("1 working_day", "2024-05-03 09:00", "2024-05-04 17:00", "a worked Saturday"),
        ("1 working_day", "2025-12-31 09:00", "2026-01-05 17:00", "2/1/2026, off at eight days' notice"),
        ("3 working_day", "2026-06-06 09:00", "2026-06-10 17:00", "received on a Saturday"),
        ("8 working_hour", "2026-06-05 16:00", "2026-06-08 16:00", "NĐ 118/2025 Đ17(2)(c)"),
        ("4 hour", "2026-06-05 14:00", "2026-06-05 18:00", "BLDS 147(1)"),
        ("24 hour", "2026-06-05 10:00", "2026-06-06 10:00", "hours run by the clock"),
        ("0.5 working_day", "2026-06-05 09:00", "2026-06-05 17:00", "morning, so by the afternoon"),
        ("0.5 working_day", "2026-06-05 14:00", "2026-06-08 11:30", "afternoon, so by the next morning"),
        ("3.5 working_day", "2026-06-01 09:00", "2026-06-04 17:00", "no half is lost"),
        ("3.5 working_day", "2026-06-01 14:00", "2026-06-05 11:30", "no half is lost"),
        ("1/3 working_day", "2026-06-01 07:00", "2026-06-01 09:40", "a third of eight hours"),
        ("0.5 day", "2026-06-01 08:00", "2026-06-01 17:00", "twelve hours on, the same day"),
        ("0.5 day", "2026-06-01 14:00", "2026-06-02 17:00", "twelve hours on, the next day"),
        ("0.5 day", "2026-06-05 14:00", "2026-06-08 17:00", "twelve hours on, a Saturday"),
        ("1.5 day", "2026-06-05 08:00", "2026-06-08 17:00", "BLDS 148(5) reaches parts of days"),
        ("0.1 day", "2026-06-05 18:00", "2026-06-08 17:00", "never before it was received"),
        ("same_day", "2026-06-05 10:00", "2026-06-05 17:00", "Luật Hộ tịch 5(3)"),
        ("same_day", "2026-06-06 10:00", "2026-06-08 17:00", "received on a Saturday"),
        ("same_day", "2026-06-05 18:00", "2026-06-08 17:00", "received after closing"),
    ] {
        assert_eq!(due(rule(limit), start), at(expected), "{limit} from {start}: {why}");
    }
}

#[test]
fn fifteen_hundred_has_its_effects() {
    use CutOffEffect::{CountFromNextWorkingDay, DueNextWorkingDay};
    for (limit, effect, start, expected) in [
        ("same_day", DueNextWorkingDay, "2026-06-05 15:00", "2026-06-05 17:00"),
        ("same_day", DueNextWorkingDay, "2026-06-05 15:10", "2026-06-08 17:00"),
        ("same_day", DueNextWorkingDay, "2026-06-06 15:10", "2026-06-08 17:00"),
        ("3 working_day", CountFromNextWorkingDay, "2026-06-05 14:59", "2026-06-10 17:00"),
        ("3 working_day", CountFromNextWorkingDay, "2026-06-05 15:10", "2026-06-11 17:00"),
        ("3 working_day", CountFromNextWorkingDay, "2026-06-06 10:00", "2026-06-11 17:00"),
        ("3 working_day", DueNextWorkingDay, "2026-06-05 15:10", "2026-06-11 17:00"),
        ("3 working_day", DueNextWorkingDay, "2026-06-07 10:00", "2026-06-11 17:00"),
        ("8 working_hour", CountFromNextWorkingDay, "2026-06-05 15:10", "2026-06-08 17:00"),
    ] {
        assert_eq!(due(cut_off(limit, effect), start), at(expected), "{limit} from {start}");
    }
}

#[test]
fn only_working_days_can_be_put_off_to_the_next() {
    for (limit, fits) in [
        ("4 hour", false),
        ("8 working_hour", false),
        ("0.5 working_day", false),
        ("20 day", false),
        ("1 month", false),
        ("2 working_day", true),
    ] {
        let rule = cut_off(limit, CutOffEffect::DueNextWorkingDay);
        let due = Clock::new(rule, at("2026-06-05 15:10")).due(Calendar::vietnam());
        assert_eq!(
            due.map_err(|error| error.code()).err(),
            (!fits).then_some("deadline.cut_off_effect"),
            "{limit}"
        );
    }
}

#[test]
fn the_time_limits_of_documents_are_read() {
    for (text, expected) in [
        ("0,5 ngày làm việc", "0.5 working_day"),
        ("1/2 ngày", "0.5 day"),
        ("04 giờ", "4 hour"),
        ("3 NGÀY", "3 day"),
        ("  54,5   ngày làm việc ", "54.5 working_day"),
        ("2 working days", "2 working_day"),
        ("6 months", "6 month"),
        ("trong ngày", "same_day"),
        ("Không quy định", "not_stated"),
        ("Không có thông tin", "unknown"),
        // Decomposed, as many published texts are.
        ("3 nga\u{300}y la\u{300}m vie\u{323}\u{302}c", "3 working_day"),
        ("1/3 day", "1/3 day"),
        ("0.25 working_day", "0.25 working_day"),
    ] {
        let limit = TimeLimit::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(limit.to_string(), expected, "{text}");
        assert_eq!(TimeLimit::parse(&limit.to_string()).unwrap(), limit);
        assert_eq!(TimeLimit::parse(&limit.vi()).unwrap(), limit);
    }
    for (text, code) in [
        ("", "deadline.number"),
        ("vài ngày", "deadline.number"),
        ("-1", "deadline.number"),
        ("1.2.3 day", "deadline.number"),
        ("1/0 day", "deadline.number"),
        ("3", "deadline.unit_missing"),
        ("05 làm việc", "deadline.unit_unknown"),
        ("3 fortnights", "deadline.unit_unknown"),
        ("0 day", "deadline.zero"),
        ("0.01 day", "deadline.fraction"),
        ("1/7 day", "deadline.fraction"),
        ("1/3 month", "deadline.part_of_month"),
        ("0.5 week", "deadline.part_of_month"),
        ("99999999999999999999 day", "deadline.too_long"),
        ("18446744073709551615.9 day", "deadline.too_long"),
        ("200000 day", "deadline.too_long"),
    ] {
        let error = TimeLimit::parse(text).unwrap_err();
        assert_eq!(error.code(), code, "{text}: {error}");
        assert_ne!(error.to_string(), error.vi());
    }
}

#[test]
fn what_a_suspension_does_is_a_policy() {
    let calendar = Calendar::vietnam();
    for (policy, expected) in [
        (SuspensionPolicy::Pause, "2026-06-11 17:00"),
        (SuspensionPolicy::Restart, "2026-06-12 17:00"),
        (SuspensionPolicy::KeepRunning, "2026-06-04 17:00"),
    ] {
        let mut clock = Clock::new(rule("3 working_day"), at("2026-06-01 09:00"));
        clock.suspend(at("2026-06-02 10:00"), "bổ sung hồ sơ", policy).unwrap();
        let while_it_lasts = clock.due(calendar).unwrap();
        assert_eq!(while_it_lasts == Due::Suspended, policy != SuspensionPolicy::KeepRunning);
        clock.resume(at("2026-06-09 15:00")).unwrap();
        assert_eq!(clock.due(calendar).unwrap(), Due::At(at(expected)), "{policy:?}");
        clock.stop(at("2026-06-10 08:00")).unwrap();
        assert_eq!(clock.due(calendar).unwrap(), Due::At(at(expected)), "stopping moves nothing");
    }
}

#[test]
fn each_unit_pauses_in_its_own_time() {
    let calendar = Calendar::vietnam();
    for (limit, expected) in [
        ("8 working_hour", "2026-06-09 09:00"),
        ("48 hour", "2026-06-10 09:00"),
        ("10 day", "2026-06-18 17:00"),
        ("1 month", "2026-07-08 17:00"),
        ("2 working_day", "2026-06-10 17:00"),
        ("2.5 working_day", "2026-06-10 17:00"),
        ("same_day", "2026-06-08 17:00"),
    ] {
        let mut clock = Clock::new(rule(limit), at("2026-06-01 09:00"));
        clock.suspend(at("2026-06-01 10:00"), "chờ nộp phí", SuspensionPolicy::Pause).unwrap();
        clock.resume(at("2026-06-08 10:00")).unwrap();
        assert_eq!(clock.due(calendar).unwrap(), Due::At(at(expected)), "{limit}");
    }
}

#[test]
fn a_second_pause_does_not_forget_the_first() {
    let mut clock = Clock::new(rule("5 working_day"), at("2026-06-01 09:00"));
    for (from, to) in [("2026-06-02 10:00", "2026-06-04 10:00"), ("2026-06-05 10:00", "2026-06-08 10:00")] {
        clock.suspend(at(from), "chờ", SuspensionPolicy::Pause).unwrap();
        clock.resume(at(to)).unwrap();
    }
    assert_eq!(clock.due(Calendar::vietnam()).unwrap(), Due::At(at("2026-06-11 17:00")));
}

#[test]
fn a_clock_refuses_what_does_not_fit_and_stays_as_it_was() {
    let mut clock = Clock::new(rule("3 working_day"), at("2026-06-01 09:00"));
    let pause = SuspensionPolicy::Pause;
    let code = |result: Result<(), motcua::deadline::DeadlineError>| result.unwrap_err().code();
    assert_eq!(code(clock.resume(at("2026-06-01 10:00"))), "deadline.not_suspended");
    assert_eq!(code(clock.suspend(at("2026-06-01 08:00"), "", pause)), "deadline.order");
    clock.suspend(at("2026-06-02 09:00"), "", pause).unwrap();
    let before = clock.clone();
    assert_eq!(code(clock.suspend(at("2026-06-01 10:00"), "", pause)), "deadline.order");
    assert_eq!(code(clock.resume(at("2026-06-01 09:00"))), "deadline.order");
    assert_eq!(code(clock.stop(at("2026-06-01 09:00"))), "deadline.order");
    assert_eq!(clock, before);
    clock.stop(at("2026-06-03 09:00")).unwrap();
    assert_eq!(code(clock.stop(at("2026-06-04 09:00"))), "deadline.stopped");
}

#[test]
fn what_was_never_completed_makes_nothing_count_anew() {
    let calendar = Calendar::vietnam();
    for policy in [SuspensionPolicy::Restart, SuspensionPolicy::Pause] {
        // Due on 4/6, asked for more on 10/6, given up on 10/7: late before it was suspended, late at its end.
        let mut clock = Clock::new(rule("3 working_day"), at("2026-06-01 09:00"));
        clock.suspend(at("2026-06-10 09:00"), "bổ sung", policy).unwrap();
        let meanwhile = clock.explain(calendar).unwrap();
        assert_eq!(meanwhile.steps[0].rule.id == "restart", policy == SuspensionPolicy::Restart);
        clock.stop(at("2026-07-10 09:00")).unwrap();
        assert_eq!(clock.suspensions()[0].to, None);
        let due = clock.due(calendar).unwrap().at().unwrap();
        assert_eq!(due, at("2026-07-06 17:00"));
        assert_eq!(Timeliness::of(due, at("2026-07-10 09:00"), Comparison::ByDate), Timeliness::Overdue);
        let why = clock.explain(calendar).unwrap();
        assert_eq!(why.steps[0].rule.id, "pause");
        // The days of the suspension do not count anyway, so only those before it are skipped.
        let skipped: Vec<String> = why.skipped.iter().map(|day| day.date.to_string()).collect();
        assert_eq!(skipped, ["2026-06-06", "2026-06-07"]);
    }
}

#[test]
fn none_stated_and_unknown_are_not_zero() {
    let calendar = Calendar::vietnam();
    for (limit, expected) in [("not_stated", Due::NotStated), ("unknown", Due::Unknown)] {
        let clock = Clock::new(rule(limit), at("2026-06-01 09:00"));
        assert_eq!(clock.due(calendar).unwrap(), expected);
        assert_eq!(expected.at(), None);
        let why = clock.explain(calendar).unwrap();
        assert!(why.steps.is_empty() && why.to_string().contains("due: n"), "{why}");
    }
}

#[test]
fn outside_the_calendar_there_is_no_due_date() {
    let code = |limit, start| Clock::new(rule(limit), at(start)).due(Calendar::vietnam()).unwrap_err().code();
    assert_eq!(code("3 working_day", "2012-06-01 09:00"), "calendar.date_out_of_range");
    assert_eq!(code("100 year", "2026-06-01 09:00"), "calendar.result_out_of_range");
    assert_eq!(code("100000 year", "2026-06-01 09:00"), "calendar.result_out_of_range");
    assert_eq!(code("99999 day", "2026-06-01 09:00"), "calendar.result_out_of_range");
    assert_eq!(code("100000 working_day", "2026-06-01 09:00"), "calendar.result_out_of_range");
    assert_eq!(code("100000 hour", "2099-06-01 09:00"), "calendar.result_out_of_range");
    assert_eq!(code("100000 working_hour", "2099-06-01 09:00"), "calendar.result_out_of_range");
}

#[test]
fn early_on_time_and_overdue() {
    use Comparison::{ByDate, ByInstant};
    let due = at("2026-06-04 17:00");
    for (finished, by_date, by_instant) in [
        ("2026-06-03 23:00", Timeliness::Early, Timeliness::Early),
        ("2026-06-04 16:59", Timeliness::OnTime, Timeliness::Early),
        ("2026-06-04 17:00", Timeliness::OnTime, Timeliness::OnTime),
        ("2026-06-04 17:01", Timeliness::OnTime, Timeliness::Overdue),
        ("2026-06-05 00:00", Timeliness::Overdue, Timeliness::Overdue),
    ] {
        assert_eq!(Timeliness::of(due, at(finished), ByDate), by_date, "{finished}");
        assert_eq!(Timeliness::of(due, at(finished), ByInstant), by_instant, "{finished}");
    }
}

#[test]
fn the_explanation_names_each_skipped_day_and_its_source() {
    let calendar = Calendar::vietnam();
    let clock = Clock::new(rule("3 working_day"), at("2024-04-26 09:00"));
    let why = clock.explain(calendar).unwrap();
    assert_eq!(why.due, Due::At(at("2024-05-04 17:00")));
    let skipped: Vec<String> = why.skipped.iter().map(|day| day.date.format("%d/%m").to_string()).collect();
    assert_eq!(skipped, ["27/04", "28/04", "29/04", "30/04", "01/05"]);
    assert_eq!(why.worked.len(), 1);
    assert!(why.skipped.iter().all(|day| !day.source.is_empty() && day.url.starts_with("http")));
    assert!(!why.projected);
    let (english, vietnamese) = (why.to_string(), why.vi());
    for expected in [
        "2024-04-30 Victory (Reunification) Day [Bộ luật Lao động 2019 (45/2019/QH14) Điều 112]",
        "2024-04-29 Swapped off; worked on 2024-05-04 [Công văn 2450/VPCP-KGVX",
        "Bộ luật Dân sự 2015 Điều 147 khoản 2",
        "due: 2024-05-04 17:00",
    ] {
        assert!(english.contains(expected), "{expected} in\n{english}");
    }
    assert!(
        vietnamese.contains("hẹn trả: 2024-05-04 17:00") && vietnamese.contains("Thứ Bảy"),
        "{vietnamese}"
    );
    let json = serde_json::to_value(&why).unwrap();
    assert_eq!(json["due"]["at"], "2024-05-04T17:00:00+07:00");
    assert_eq!(json["skipped"][0]["kind"], "weekly_rest");
}

#[test]
fn each_path_of_the_count_is_explained() {
    use CutOffEffect::{CountFromNextWorkingDay, DueNextWorkingDay};
    let rules = |rule: LimitRule, start: &str| -> Vec<String> {
        let why = Clock::new(rule, at(start)).explain(Calendar::vietnam()).unwrap();
        why.steps
            .iter()
            .map(|step| {
                assert!(!step.rule.text_vi.is_empty() && !step.rule.source.is_empty());
                step.rule.id.clone()
            })
            .collect()
    };
    assert_eq!(
        rules(rule("20 day"), "2026-04-10 10:00"),
        ["first_day_excluded", "end_of_last_day", "roll_over"]
    );
    assert_eq!(
        rules(rule("1 month"), "2024-01-31 09:00"),
        ["first_day_excluded", "same_day_of_month", "end_of_last_day"]
    );
    assert_eq!(rules(rule("4 hour"), "2026-06-05 14:00"), ["from_moment", "to_the_moment"]);
    assert_eq!(rules(rule("8 working_hour"), "2026-06-05 14:00"), ["working_time"]);
    assert_eq!(rules(rule("0.5 working_day"), "2026-06-05 14:00"), ["working_days", "half_day"]);
    assert_eq!(rules(rule("1/3 working_day"), "2026-06-05 14:00"), ["day_of_8_hours"]);
    assert_eq!(rules(rule("0.5 day"), "2026-06-05 08:00"), ["day_of_24_hours", "end_of_last_day"]);
    assert_eq!(rules(rule("same_day"), "2026-06-06 08:00"), ["within_the_day", "outside_hours"]);
    assert_eq!(
        rules(cut_off("same_day", DueNextWorkingDay), "2026-06-05 15:10"),
        ["within_the_day", "cut_off_due"]
    );
    assert_eq!(
        rules(cut_off("3 working_day", CountFromNextWorkingDay), "2026-06-05 15:10"),
        ["cut_off_start", "first_day_excluded", "working_days", "end_of_last_day"]
    );
    let rolled = Clock::new(rule("20 day"), at("2026-04-10 10:00")).explain(Calendar::vietnam()).unwrap();
    let skipped: Vec<String> =
        rolled.skipped.iter().map(|day| day.date.format("%d/%m").to_string()).collect();
    assert_eq!(skipped, ["30/04", "01/05", "02/05", "03/05"], "only those at the end; the others count");
}

#[test]
fn beyond_the_announced_years_the_explanation_says_so() {
    let why = Clock::new(rule("5 working_day"), at("2027-12-29 09:00")).explain(Calendar::vietnam()).unwrap();
    assert!(why.projected && why.to_string().contains("an announcement may still move it"));
}
