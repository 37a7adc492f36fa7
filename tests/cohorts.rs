//! Cohorts over flat columns: against counting row by row, in any order and in any parts.

use chrono::{Datelike, NaiveDate};
use motcua::calendar::Calendar;
use motcua::measure::{Cohort, Cohorts, Columns, MeasureError, NO_DAY, Plan, Ratio, Span};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A row as a person would write it.
#[derive(Debug, Clone, Copy)]
struct Row {
    group: u32,
    received: i32,
    due: Option<i32>,
    finished: Option<i32>,
    online: bool,
    digitised: u8,
    paid_online: u8,
    rating: i8,
}

#[derive(Default)]
struct Table {
    group: Vec<u32>,
    received: Vec<i32>,
    due: Vec<i32>,
    finished: Vec<i32>,
    online: Vec<u8>,
    digitised: Vec<u8>,
    paid_online: Vec<u8>,
    rating: Vec<i8>,
}

impl Table {
    fn of(rows: &[Row]) -> Self {
        let mut table = Self::default();
        for row in rows {
            table.group.push(row.group);
            table.received.push(row.received);
            table.due.push(row.due.unwrap_or(NO_DAY));
            table.finished.push(row.finished.unwrap_or(NO_DAY));
            table.online.push(row.online.into());
            table.digitised.push(row.digitised);
            table.paid_online.push(row.paid_online);
            table.rating.push(row.rating);
        }
        table
    }

    fn columns(&self) -> Columns<'_> {
        let Self { group, received, due, finished, online, digitised, paid_online, rating } = self;
        Columns { group, received, due, finished, online, digitised, paid_online, rating }
    }
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn number(text: &str) -> i32 {
    (day(text) - NaiveDate::default()).num_days() as i32
}

fn date(number: i32) -> NaiveDate {
    NaiveDate::default() + chrono::TimeDelta::days(number.into())
}

const GROUPS: u32 = 4;

fn plan(span: Span) -> Plan<'static> {
    let (first, last) = (day("2025-01-15"), day("2025-12-31"));
    Plan { groups: GROUPS, span, first, last, times: Some(Calendar::vietnam()) }
}

fn count(columns: &Columns<'_>, plan: &Plan<'_>, threads: usize) -> Result<Cohorts, MeasureError> {
    let mut cohorts = Cohorts::new(plan)?;
    cohorts.add(columns, threads)?;
    Ok(cohorts)
}

fn row() -> impl Strategy<Value = Row> {
    let days = number("2024-12-01")..number("2026-02-01");
    let due = prop::option::weighted(0.9, 0..60);
    let finished = prop::option::weighted(0.8, prop_oneof![9 => 0..40, 1 => 150..400]);
    (0..GROUPS, days, due, finished, any::<bool>(), 0..=2_u8, 0..=2_u8, -1..=6_i8).prop_map(
        |(group, received, due, finished, online, digitised, paid_online, rating)| {
            let (due, finished) = (due.map(|n| received + n), finished.map(|n| received + n));
            Row { group, received, due, finished, online, digitised, paid_online, rating }
        },
    )
}

/// The same, row by row.
fn by_hand(rows: &[Row], plan: &Plan<'_>, group: u32, begin: NaiveDate) -> (Cohort, Vec<i32>) {
    let (mut cohort, mut took) = (Cohort::default(), Vec::new());
    let key = |day: NaiveDate| match plan.span {
        Span::Month => (day.year(), day.month()),
        Span::Quarter => (day.year(), (day.month() - 1) / 3),
        Span::Year => (day.year(), 0),
    };
    let is_here = |row: &&Row| {
        let received = date(row.received);
        row.group == group && plan.first <= received && received <= plan.last && key(received) == key(begin)
    };
    for row in rows.iter().filter(is_here) {
        cohort.received += 1;
        cohort.online += u64::from(row.online);
        for (flag, Ratio { numerator, denominator }) in
            [(row.digitised, &mut cohort.digitised), (row.paid_online, &mut cohort.paid_online)]
        {
            *denominator += u64::from(flag < 2);
            *numerator += u64::from(flag == 1);
        }
        if row.rating >= 0 {
            cohort.ratings.0 += 1;
            cohort.ratings.1 += row.rating as u64;
        }
        match (row.finished, row.due) {
            (Some(finished), due) => {
                cohort.resolved += 1;
                match due {
                    Some(due) if finished < due => cohort.early += 1,
                    Some(due) if finished > due => cohort.late += 1,
                    _ => cohort.on_time += 1,
                }
                let calendar = Calendar::vietnam();
                took.push(calendar.count_working_days(date(row.received), date(finished)).unwrap());
            }
            (None, Some(due)) if date(due) < plan.last => cohort.overdue += 1,
            (None, _) => cohort.open_in_time += 1,
        }
    }
    took.sort_unstable();
    (cohort, took)
}

/// Between two values in proportion, as spreadsheets do.
fn percentile(sorted: &[i32], percent: f64) -> Option<f64> {
    let at = sorted.len().checked_sub(1)? as f64 * percent / 100.0;
    let (low, high) = (sorted[at.floor() as usize], sorted[at.ceil() as usize]);
    Some(f64::from(low) + f64::from(high - low) * at.fract())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn cohorts_are_what_is_counted_by_hand(rows in prop::collection::vec(row(), 0..400)) {
        for span in [Span::Month, Span::Quarter, Span::Year] {
            let plan = plan(span);
            let table = Table::of(&rows);
            let cohorts = count(&table.columns(), &plan, 1).unwrap();
            let mut received = 0;
            for (group, begin) in (0..GROUPS).flat_map(|group| cohorts.spans().iter().map(move |begin| (group, *begin))) {
                let (expected, took) = by_hand(&rows, &plan, group, begin);
                prop_assert_eq!(cohorts.get(group, begin).unwrap(), expected);
                for percent in [0.0, 50.0, 90.0, 95.0, 100.0] {
                    let (found, expected) = (cohorts.percentile(group, begin, percent), percentile(&took, percent));
                    prop_assert!(
                        found.zip(expected).map_or(found == expected, |(a, b)| (a - b).abs() < 1e-9),
                        "{percent}: {found:?}, {expected:?}"
                    );
                }
                received += expected.received;
            }
            prop_assert_eq!(received + cohorts.outside(), rows.len() as u64);
        }
    }

    #[test]
    fn order_parts_and_threads_make_no_difference(
        rows in prop::collection::vec(row(), 0..300),
        cut in 0.0..1.0_f64,
        other_cut in 0.0..1.0_f64,
        shift in 0..300_usize,
    ) {
        let plan = plan(Span::Month);
        let count = |rows: &[Row], threads| count(&Table::of(rows).columns(), &plan, threads).unwrap();
        let whole = count(&rows, 1);
        for threads in [0, 2, 3, 7] {
            prop_assert_eq!(&count(&rows, threads), &whole);
        }
        let mut turned = rows.clone();
        turned.rotate_left(shift % rows.len().max(1));
        turned.reverse();
        prop_assert_eq!(&count(&turned, 2), &whole);
        let at = |cut: f64| (rows.len() as f64 * cut) as usize;
        let (low, high) = (at(cut.min(other_cut)), at(cut.max(other_cut)));
        let parts = [&rows[..low], &rows[low..high], &rows[high..]].map(|part| count(part, 1));
        let empty = count(&[], 1);
        let merged = |order: [usize; 3]| {
            let mut all = empty.clone();
            for place in order {
                all.merge(&parts[place]).unwrap();
            }
            all
        };
        // In any order.
        for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            prop_assert_eq!(&merged(order), &whole);
        }
        // In any grouping, and with the empty one as unit.
        let mut right = parts[1].clone();
        right.merge(&parts[2]).unwrap();
        let mut left = parts[0].clone();
        left.merge(&right).unwrap();
        left.merge(&empty).unwrap();
        prop_assert_eq!(&left, &whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn batches_in_any_order_come_to_what_all_rows_come_to(
        rows in prop::collection::vec(row(), 0..1_500),
        sizes in prop::collection::vec(0..400_usize, 1..12),
        shift in 0..20_usize,
        threads in 0..6_usize,
        is_timed in any::<bool>(),
    ) {
        // Few cells, so that the larger batches are worth several threads.
        let times = Some(&**Calendar::vietnam()).filter(|_| is_timed);
        let plan = Plan { times, ..plan(Span::Year) };
        let whole = count(&Table::of(&rows).columns(), &plan, 1).unwrap();
        prop_assert_eq!(&count(&Table::of(&rows).columns(), &plan, 6).unwrap(), &whole);
        let mut batches = Vec::new();
        let mut rest = &rows[..];
        for size in sizes.iter().cycle().map(|size| size + 1) {
            let (batch, after) = rest.split_at(size.min(rest.len()));
            batches.push(batch);
            rest = after;
            if rest.is_empty() {
                break;
            }
        }
        let turns = shift % batches.len();
        batches.rotate_left(turns);
        let mut streamed = Cohorts::new(&plan).unwrap();
        for batch in batches {
            streamed.add(&Table::of(batch).columns(), threads).unwrap();
        }
        prop_assert_eq!(&streamed, &whole);
        prop_assert_eq!(streamed.rows(), rows.len() as u64);
        let table: Vec<_> = streamed.table().collect();
        let cells = streamed.spans().iter().flat_map(|begin| (0..GROUPS).map(move |group| (*begin, group)));
        let expected: Vec<_> = cells
            .map(|(begin, group)| (begin, group, streamed.get(group, begin).unwrap()))
            .filter(|(.., cohort)| cohort.received > 0)
            .collect();
        prop_assert_eq!(table, expected);
    }

    #[test]
    fn bytes_give_the_same_again_and_nothing_else_is_read(
        rows in prop::collection::vec(row(), 0..300),
        span in prop_oneof![Just(Span::Month), Just(Span::Quarter), Just(Span::Year)],
        is_timed in any::<bool>(),
        cut in 0.0..1.0_f64,
        at in 0.0..1.0_f64,
        other in any::<u8>(),
    ) {
        let times = Some(&**Calendar::vietnam()).filter(|_| is_timed);
        let plan = Plan { times, ..plan(span) };
        let (before, after) = rows.split_at((rows.len() as f64 * cut) as usize);
        let mut bytes = count(&Table::of(before).columns(), &plan, 1).unwrap().to_bytes();
        let mut again = Cohorts::from_bytes(&bytes).unwrap();
        prop_assert_eq!(again.to_bytes(), bytes.clone());
        again.add(&Table::of(after).columns(), 1).unwrap();
        prop_assert_eq!(again, count(&Table::of(&rows).columns(), &plan, 1).unwrap());
        let place = |at: f64| (bytes.len() as f64 * at) as usize;
        prop_assert!(Cohorts::from_bytes(&bytes[..place(cut)]).is_err());
        // What was changed is refused, or is something that could have been counted.
        let place = place(at);
        bytes[place] = other;
        if let Ok(changed) = Cohorts::from_bytes(&bytes) {
            prop_assert_eq!(Cohorts::from_bytes(&changed.to_bytes()), Ok(changed));
        }
    }

    #[test]
    fn a_batch_with_a_bad_row_leaves_no_trace(
        rows in prop::collection::vec(row(), 1..1_500),
        cut in 0.0..1.0_f64,
        at in 0.0..1.0_f64,
        threads in 0..6_usize,
    ) {
        let plan = plan(Span::Year);
        let place = |cut: f64| (rows.len() as f64 * cut) as usize;
        let (mut before, mut batch) = (rows[..place(cut)].to_vec(), rows[place(cut)..].to_vec());
        // One row of the batch, inside the plan, is bad.
        let bad = (batch.len() as f64 * at) as usize;
        batch[bad] = Row { received: number("2025-01-15"), finished: None, group: GROUPS, ..batch[bad] };
        let mut cohorts = count(&Table::of(&before).columns(), &plan, 1).unwrap();
        let untouched = cohorts.clone();
        let error = cohorts.add(&Table::of(&batch).columns(), threads).unwrap_err();
        prop_assert!(matches!(error, MeasureError::Row { row, .. } if row == bad), "{error}");
        prop_assert_eq!(&cohorts, &untouched);
        // And it goes on as if nothing had been.
        batch.remove(bad);
        cohorts.add(&Table::of(&batch).columns(), threads).unwrap();
        before.extend(batch);
        prop_assert_eq!(cohorts, count(&Table::of(&before).columns(), &plan, 1).unwrap());
    }
}

#[test]
fn what_cannot_be_counted_is_named() {
    let good = Row {
        group: 1,
        received: number("2025-06-02"),
        due: Some(number("2025-06-09")),
        finished: Some(number("2025-06-05")),
        online: true,
        digitised: 1,
        paid_online: 0,
        rating: 2,
    };
    let month = plan(Span::Month);
    let error = |row: Row, threads| {
        let rows = [good, good, good, row, good];
        count(&Table::of(&rows).columns(), &month, threads).unwrap_err()
    };
    for bad in [
        Row { group: GROUPS, ..good },
        Row { digitised: 3, ..good },
        Row { paid_online: 255, ..good },
        Row { rating: 7, ..good },
        Row { rating: -2, ..good },
        Row { finished: Some(number("2025-06-01")), ..good },
        Row { finished: Some(number("2101-01-01")), ..good },
    ] {
        for threads in [1, 2, 5] {
            let error = error(bad, threads);
            assert_eq!(error.code(), "measure.row", "{bad:?}");
            assert!(error.to_string().contains("row 3 ") && error.vi().contains("dòng 3"), "{error}");
        }
    }
    // Rows before and after the plan are left out, whatever else they say.
    let outside = [
        Row { received: number("2025-01-14"), ..good },
        Row { received: i32::MIN, ..good },
        Row { received: i32::MAX, ..good },
    ];
    let cohorts = count(&Table::of(&outside).columns(), &month, 1).unwrap();
    assert_eq!((cohorts.outside(), cohorts.get(1, day("2025-01-31")).unwrap().received), (3, 0));
    assert_eq!(cohorts.get(GROUPS, day("2025-06-01")), None);
    assert_eq!(cohorts.get(0, day("2024-06-01")), None);

    let table = Table::of(&[good]);
    let short = Columns { rating: &[], ..table.columns() };
    let differ = count(&short, &month, 1).unwrap_err();
    assert_eq!(differ, MeasureError::ColumnsDiffer { column: "rating", length: 0, rows: 1 });
    let order = Plan { first: month.last, last: month.first, ..month };
    assert_eq!(count(&table.columns(), &order, 1).unwrap_err().code(), "measure.period_order");
    let far = Plan { last: day("2101-06-01"), first: day("2100-12-01"), ..month };
    assert_eq!(count(&table.columns(), &far, 1).unwrap_err().code(), "calendar.date_out_of_range");
    let many = Plan { groups: u32::MAX, times: None, ..month };
    assert_eq!(count(&Columns::default(), &many, 1).unwrap_err().code(), "measure.too_many");
    let vast = Plan { groups: u32::MAX, last: month.first, ..month };
    // Some systems lend more memory than they have.
    if let Err(error) = Cohorts::new(&vast) {
        assert_eq!(error.code(), "measure.no_room");
    }
    let mut one = count(&table.columns(), &month, 1).unwrap();
    let before = one.clone();
    for other in
        [Plan { groups: 5, ..month }, Plan { span: Span::Year, ..month }, Plan { times: None, ..month }]
    {
        let other = count(&table.columns(), &other, 1).unwrap();
        assert_eq!(one.merge(&other).unwrap_err().code(), "measure.plans_differ");
        assert_eq!(one, before, "nothing was added");
    }
}

/// Rows in any order are gathered before they are counted; it makes no difference.
#[test]
fn many_groups_in_any_order_are_what_they_are_in_the_order_of_time() {
    const MANY: u32 = 3_000;
    let plan = Plan { groups: MANY, ..plan(Span::Month) };
    // Every other row is of a few groups, of which more come than are gathered at a time.
    let number_of = |n: u32| if n.is_multiple_of(2) { n % 10 } else { n.wrapping_mul(2_654_435_761) % MANY };
    let mut rows: Vec<Row> = (0..200_000_u32)
        .map(|n| {
            let received = number("2025-01-15") + (n.wrapping_mul(40_503) % 351) as i32;
            Row {
                group: number_of(n),
                received,
                due: (n % 11 != 0).then_some(received + 9),
                finished: (n % 7 != 0).then_some(received + (n % 251) as i32),
                online: n % 3 == 0,
                digitised: (n % 3) as u8,
                paid_online: (n / 3 % 3) as u8,
                rating: (n % 8) as i8 - 1,
            }
        })
        .collect();
    let count = |rows: &[Row], threads| count(&Table::of(rows).columns(), &plan, threads).unwrap();
    let mixed = count(&rows, 1);
    assert_eq!(count(&rows, 2), mixed);
    let few: Vec<Row> = rows.iter().filter(|row| row.group < 3).copied().collect();
    for (group, begin) in (0..3).flat_map(|group| mixed.spans().iter().map(move |begin| (group, *begin))) {
        let (expected, took) = by_hand(&few, &plan, group, begin);
        assert_eq!(mixed.get(group, begin).unwrap(), expected);
        assert_eq!(mixed.percentile(group, begin, 50.0), percentile(&took, 50.0));
    }
    // Nor does a row that is bad, the last one of all: what was gathered is taken back too.
    let mut again = mixed.clone();
    rows.push(Row { digitised: 3, ..rows[0] });
    let error = again.add(&Table::of(&rows).columns(), 1).unwrap_err();
    assert!(matches!(error, MeasureError::Row { row: 200_000, .. }), "{error}");
    assert_eq!(again, mixed);
    rows.pop();
    rows.sort_by_key(|row| row.received);
    assert_eq!(count(&rows, 1), mixed);
}

/// Ratios of many months at once are those of each month alone.
#[test]
fn a_year_is_the_sum_of_its_months() {
    let rows: Vec<Row> = (0..5_000)
        .map(|n| Row {
            group: n % GROUPS,
            received: number("2025-01-15") + (n * 7 % 350) as i32,
            due: Some(number("2025-01-15") + (n * 7 % 350) as i32 + 10),
            finished: (n % 9 != 0).then(|| number("2025-01-15") + (n * 7 % 350) as i32 + (n % 17) as i32),
            online: n % 3 == 0,
            digitised: (n % 3) as u8,
            paid_online: (n % 2) as u8,
            rating: (n % 8) as i8 - 1,
        })
        .collect();
    let table = Table::of(&rows);
    let count = |span| count(&table.columns(), &plan(span), 2).unwrap();
    let (months, years) = (count(Span::Month), count(Span::Year));
    for group in 0..GROUPS {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        let mut add = |cohort: &Cohort, sign: i64| {
            for (name, count) in [
                ("received", cohort.received),
                ("late", cohort.late),
                ("overdue", cohort.overdue),
                ("digitised", cohort.digitised.numerator),
                ("of", cohort.digitised.denominator),
                ("ratings", cohort.ratings.1),
            ] {
                let sum = sums.entry(name).or_default();
                *sum = sum.wrapping_add_signed(count as i64 * sign);
            }
        };
        months.spans().iter().for_each(|begin| add(&months.get(group, *begin).unwrap(), 1));
        add(&years.get(group, day("2025-06-01")).unwrap(), -1);
        assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
    }
}
