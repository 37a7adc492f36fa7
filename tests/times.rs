//! How long dossiers stay open, against a published example; what is waited for, and what falls overdue next.

use motcua::calendar::Calendar;
use motcua::exchange::{Mapping, read_csv, read_rows};
use motcua::measure::{Exposure, Fact, Forecast, Period, Reform, StepFact, StepTimes, Survival, Waiting};
use motcua::moment;
use motcua::procedure::Catalogue;
use proptest::prelude::*;

fn facts(rows: &str) -> Vec<Fact> {
    let text = format!("dossier,procedure,unit,channel,received,due,finished\n{rows}");
    let import =
        read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), Calendar::vietnam()).unwrap();
    assert_eq!(import.bad_rows, []);
    import.facts
}

fn period(first: &str, last: &str) -> Period {
    Period::new(first.parse().unwrap(), last.parse().unwrap()).unwrap()
}

/// The weeks of remission of 21 patients under 6-mercaptopurine (Freireich and others, Blood 21, 1963), the example of most
/// textbooks; those that were still in remission are marked.
const REMISSION: [(u32, bool); 21] = [
    (6, true),
    (6, true),
    (6, true),
    (6, false),
    (7, true),
    (9, false),
    (10, true),
    (10, false),
    (11, false),
    (13, true),
    (16, true),
    (17, false),
    (19, false),
    (20, false),
    (22, true),
    (23, true),
    (25, false),
    (32, false),
    (32, false),
    (34, false),
    (35, false),
];

#[test]
fn the_estimate_is_that_of_the_textbooks() {
    let survival: Survival = REMISSION
        .iter()
        .map(|(left, settled)| Exposure { entered: None, left: *left, settled: *settled })
        .collect();
    for (after, open) in [
        (5, 1.0),
        (6, 0.8571),
        (7, 0.8067),
        (10, 0.7529),
        (13, 0.6902),
        (16, 0.6275),
        (22, 0.5378),
        (23, 0.4482),
        (35, 0.4482),
    ] {
        assert!(
            (survival.open_after(after) - open).abs() < 0.00005,
            "{after}: {}",
            survival.open_after(after)
        );
    }
    assert_eq!((survival.quantile(50.0), survival.quantile(60.0)), (Some(23), None));
    // With the standard error of 0.1346 that statistics packages print here, log minus log gives 0.188 to 0.680.
    let (low, high) = survival.interval(23).unwrap();
    assert!(
        low < 0.4482 && high > 0.4482 && (low - 0.188).abs() < 0.01 && (high - 0.680).abs() < 0.01,
        "{low} {high}"
    );
    assert_eq!(survival.interval(5), None);
    assert!((survival.still_open(7, 23) - 0.4482 / 0.8067).abs() < 0.0001);
}

#[test]
fn what_was_open_before_is_watched_from_its_age_on() {
    // The second was there ten working days when June began; what it would have done before, nobody saw.
    let facts = facts(
        "1,x,u,online,2023-06-01 09:00,2023-06-05,2023-06-06 09:00\n\
         2,x,u,online,2023-05-18 09:00,2023-06-05,2023-06-02 09:00\n\
         3,x,u,online,2023-06-01 09:00,2023-06-05,\n\
         4,x,u,online,2023-05-01 09:00,2023-05-05,2023-05-31 09:00\n",
    );
    let june = period("2023-06-01", "2023-06-30");
    let survival = Survival::of(&facts, &june, Calendar::vietnam()).unwrap();
    assert_eq!(survival.settled(), 2);
    // At an age of 3 days only the first and the third were watched; at 11 the second and the third.
    assert_eq!([2, 3, 10, 11].map(|days| survival.open_after(days)), [1.0, 0.5, 0.5, 0.25]);
}

#[test]
fn what_falls_overdue_next_week_at_the_pace_of_the_last_weeks() {
    // Forty of a kind took 1 to 4 working days in equal shares; two are open since a day, due in one and in three.
    let mut rows = String::new();
    for n in 0..40 {
        let finished = ["2023-06-06", "2023-06-07", "2023-06-08", "2023-06-09"][n % 4];
        rows += &format!("{n},x,u,online,2023-06-05 09:00,2023-06-12,{finished} 15:00\n");
    }
    rows += "soon,x,u,online,2023-06-15 09:00,2023-06-19,\n";
    rows += "later,x,u,online,2023-06-15 09:00,2023-06-21,\n";
    rows += "overdue,x,u,online,2023-06-01 09:00,2023-06-05,\n";
    rows += "far,x,u,online,2023-06-15 09:00,2023-07-30,\n";
    let facts = facts(&rows);
    let pace = period("2023-06-05", "2023-06-16");
    let forecast = Forecast::of(&facts, &pace, 7, Calendar::vietnam()).unwrap();
    let risks: Vec<_> = forecast.risks.iter().map(|risk| (risk.dossier.as_str(), risk.own_pace)).collect();
    assert_eq!(risks, [("soon", true), ("later", true)]);
    // Of those open after a day, how many are after two more, and after four.
    let pace = Survival::of(&facts, &pace, Calendar::vietnam()).unwrap();
    let expected = [pace.open_after(2) / pace.open_after(1), pace.open_after(4) / pace.open_after(1)];
    for (risk, expected) in forecast.risks.iter().zip(expected) {
        assert!((risk.chance - expected).abs() < 1e-12, "{risk:?}");
    }
    assert!((forecast.expected() - expected.iter().sum::<f64>()).abs() < 1e-12 && forecast.spread() > 0.0);
}

#[test]
fn what_happened_to_young_ones_does_not_decide_on_old_ones() {
    let young = Exposure { entered: None, left: 0, settled: true };
    let old = (6..=20).map(|left| Exposure { entered: Some(5), left, settled: true });
    let survival: Survival = old.chain([young]).collect();
    assert_eq!(survival.open_after(10), 0.0);
    assert!((survival.still_open(5, 15) - 5.0 / 15.0).abs() < 1e-12, "ten of the fifteen");
    assert_eq!(survival.still_open(30, 40), 1.0);
}

#[test]
fn what_is_suspended_does_not_fall_overdue() {
    let text = "\
dossier,procedure,unit,channel,received,due,finished,suspended_from,suspended_to
waits,x,u,online,2023-06-01 09:00,2023-06-09,,2023-06-02,
runs,x,u,online,2023-06-01 09:00,2023-06-09,,2023-06-02 09:00,2023-06-05 09:00
suspended later,x,u,online,2023-06-01 09:00,2023-06-09,,2023-06-08 09:00,2023-06-12 09:00
";
    let facts = read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), Calendar::vietnam())
        .unwrap()
        .facts;
    let forecast = Forecast::of(&facts, &period("2023-06-01", "2023-06-06"), 7, Calendar::vietnam()).unwrap();
    let mut due: Vec<_> = forecast.risks.iter().map(|risk| risk.dossier.as_str()).collect();
    due.sort_unstable();
    assert_eq!(due, ["runs", "suspended later"]);
}

#[test]
fn a_reform_with_the_limits_there_are_changes_nothing_and_parallel_steps_save_once() {
    let text = "\
dossier,procedure,unit,channel,received,finished,suspended_from,suspended_to
given,1.004873,u,online,2023-06-01 09:00,2023-06-07,2023-06-05,2023-06-05
given up,1.004873,u,online,2023-06-01 09:00,2023-06-20,2023-06-12,2023-06-25
plain,1.004873,u,online,2023-06-01 09:00,2023-06-06 17:00,,
";
    let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
    let import = read_csv(text.as_bytes(), &Mapping::default(), catalogue, calendar).unwrap();
    // A suspension cannot outlast the dossier in an export; in a fact it can.
    assert_eq!(import.bad_rows.len(), 1);
    let year = period("2023-01-01", "2023-12-31");
    let same = Reform::load("r", "[[change]]\nprocedure = '1.004873'\nlimit = '3 working_day'\n").unwrap();
    let reformed = same.replay(&import.facts, &[], &year, catalogue, calendar).unwrap();
    assert_eq!(reformed.all.before, reformed.all.after);
    let steps = "\
dossier,procedure,unit,step,began,ended
plain,1.004873,u,a,2023-06-05 07:00,2023-06-06 17:00
plain,1.004873,u,b,2023-06-05 07:00,2023-06-06 17:00
";
    let steps = read_rows::<StepFact>(steps.as_bytes(), &Mapping::default()).unwrap().rows;
    let early = |without: &str| {
        let text = format!("[[change]]\nprocedure = '1.004873'\nwithout = {without}\n");
        let reform = Reform::load("r", &text).unwrap();
        let reformed = reform.replay(&import.facts, &steps, &year, catalogue, calendar).unwrap();
        reformed.all.after.counts.resolved_early - reformed.all.before.counts.resolved_early
    };
    // The one beside it still runs; without both it is done two days sooner.
    assert_eq!((early("['a']"), early("['a', 'b']")), (0, 1));
}

#[test]
fn steps_wait_where_they_are_and_not_while_the_clock_is_suspended() {
    let text = "\
dossier,procedure,unit,action,step,officer,began,ended,suspended_from,suspended_to
1,x,hoa-thanh,complete,check,justice,2023-06-01 09:00,2023-06-02 09:00,,
1,x,hoa-thanh,sign,sign,,2023-06-02 09:00,,,
2,x,hoa-thanh,complete,check,justice,2023-06-01 09:00,,2023-06-02 09:00;2023-06-07 09:00,2023-06-06 09:00;
3,x,hoa-thanh,complete,check,justice,2023-06-05 09:00,2023-06-09 10:00,2023-06-06 09:00,2023-06-08 09:00
4,x,hoa-thanh,complete,check,justice,2023-06-12 09:00,2023-06-11 10:00,,
";
    let read = read_rows::<StepFact>(text.as_bytes(), &Mapping::default()).unwrap();
    assert_eq!((read.rows.len(), read.bad_rows[0].line), (4, 6));
    let calendar = Calendar::vietnam();
    let now = moment::parse("2023-06-09 17:00").unwrap();
    let waiting = Waiting::of(&read.rows, now, calendar).unwrap();
    let places: Vec<_> = waiting
        .iter()
        .map(|place| (place.step.as_deref().unwrap(), place.days.count(), place.days.sum()))
        .collect();
    assert_eq!(places, [("sign", 1, 5), ("check", 1, 2)]);
    let times = StepTimes::of(&read.rows, &period("2023-06-01", "2023-06-30"), calendar).unwrap();
    assert_eq!((times.len(), times[0].step.as_deref()), (1, Some("check")));
    let check = &times[0];
    assert_eq!((check.days.count(), check.days.sum(), check.seconds.sum()), (2, 1 + 2, (8 + 17) * 3_600));
}

proptest! {
    #[test]
    fn it_falls_from_one_and_never_rises(exposures in prop::collection::vec((prop::option::of(0u32..30), 0u32..60, any::<bool>()), 0..50)) {
        let survival: Survival = exposures
            .into_iter()
            .map(|(entered, left, settled)| Exposure { entered, left, settled })
            .collect();
        let shares: Vec<f64> = (0..80).map(|days| survival.open_after(days)).collect();
        prop_assert!(shares.windows(2).all(|pair| pair[1] <= pair[0]) && shares.iter().all(|share| (0.0..=1.0).contains(share)));
        for days in 0..80 {
            if let Some((low, high)) = survival.interval(days) {
                prop_assert!(low <= shares[days as usize] + 1e-9 && shares[days as usize] <= high + 1e-9);
            }
        }
    }

    #[test]
    fn without_open_ones_it_is_the_share_that_took_longer(took in prop::collection::vec(0u32..20, 1..60)) {
        let survival: Survival =
            took.iter().map(|left| Exposure { entered: None, left: *left, settled: true }).collect();
        for days in 0..20 {
            let longer = took.iter().filter(|took| **took > days).count() as f64 / took.len() as f64;
            prop_assert!((survival.open_after(days) - longer).abs() < 1e-9);
        }
    }
}
