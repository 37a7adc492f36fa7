//! The table of lunar days against the sky: the Vietnamese lunar calendar 1976–2100 from new moons and solar
//! terms. Chapters are those of Jean Meeus, Astronomical Algorithms, 2nd edition, 1998.

use chrono::NaiveDate;
use motcua::calendar::CalendarTexts;
use std::ops::RangeInclusive;

/// Where the calendar is kept, and how late its new moons and solar terms are taken to be: a test moves them
/// by more than the error of the series.
#[derive(Clone, Copy)]
struct Sky {
    zone_hours: f64,
    moon_late_minutes: f64,
    sun_late_minutes: f64,
}

const VIETNAM: Sky = Sky { zone_hours: 7.0, moon_late_minutes: 0.0, sun_late_minutes: 0.0 };

/// A lunar month; `moon` is the number of its new moon since January 2000.
struct Month {
    number: i32,
    leap: bool,
    moon: i32,
}

/// The lunar years of the table.
const YEARS: RangeInclusive<i32> = 1976..=2100;

/// Minutes in a day.
const MINUTES: f64 = 1440.0;

fn sin(degrees: f64) -> f64 {
    degrees.to_radians().sin()
}

fn polynomial(x: f64, coefficients: &[f64]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// The periodic terms of a new moon in days (ch. 49), with the multiples of the anomalies of Sun and Moon and
/// of the Moon's argument of latitude. A term in the first shrinks with the eccentricity of the Earth's
/// orbit.
#[rustfmt::skip]
const PERIODIC: [(f64, [i32; 3]); 24] = [
    (-0.40720, [0, 1, 0]), (0.17241, [1, 0, 0]), (0.01608, [0, 2, 0]), (0.01039, [0, 0, 2]),
    (0.00739, [-1, 1, 0]), (-0.00514, [1, 1, 0]), (0.00208, [2, 0, 0]), (-0.00111, [0, 1, -2]),
    (-0.00057, [0, 1, 2]), (0.00056, [1, 2, 0]), (-0.00042, [0, 3, 0]), (0.00042, [1, 0, 2]),
    (0.00038, [1, 0, -2]), (-0.00024, [-1, 2, 0]), (-0.00007, [2, 1, 0]), (0.00004, [0, 2, -2]),
    (0.00004, [3, 0, 0]), (0.00003, [1, 1, -2]), (0.00003, [0, 2, 2]), (-0.00003, [1, 1, 2]),
    (0.00003, [-1, 1, 2]), (-0.00002, [-1, 1, -2]), (-0.00002, [1, 3, 0]), (0.00002, [0, 4, 0]),
];

/// The planetary terms of all phases in days (ch. 49), with the argument at k = 0 and its motion in a month.
/// The part of the first argument in T², 0.009°, is left out: it would move no new moon by a second.
#[rustfmt::skip]
const PLANETARY: [(f64, f64, f64); 14] = [
    (0.000325, 299.77, 0.107408), (0.000165, 251.88, 0.016321), (0.000164, 251.83, 26.651886),
    (0.000126, 349.42, 36.412478), (0.000110, 84.66, 18.206239), (0.000062, 141.74, 53.303771),
    (0.000060, 207.14, 2.453732), (0.000056, 154.84, 7.306860), (0.000047, 34.52, 27.261239),
    (0.000042, 207.19, 0.121824), (0.000040, 291.34, 1.844379), (0.000037, 161.72, 24.198154),
    (0.000035, 239.56, 25.513099), (0.000023, 331.55, 3.592518),
];

/// The Julian Ephemeris Day of a new moon (ch. 49).
fn new_moon(moon: i32) -> f64 {
    let k = f64::from(moon);
    let t = k / 1236.85;
    let eccentricity = polynomial(t, &[1.0, -0.002516, -0.0000074]);
    let arguments = [
        2.5534 + 29.10535670 * k + polynomial(t, &[0.0, 0.0, -0.0000014, -0.00000011]),
        201.5643 + 385.81693528 * k + polynomial(t, &[0.0, 0.0, 0.0107582, 0.00001238, -0.000000058]),
        160.7108 + 390.67050284 * k + polynomial(t, &[0.0, 0.0, -0.0016118, -0.00000227, 0.000000011]),
    ];
    let node = 124.7746 - 1.56375588 * k + polynomial(t, &[0.0, 0.0, 0.0020672, 0.00000215]);
    let periodic = PERIODIC.iter().map(|(days, multiples)| {
        let angle: f64 = multiples.iter().zip(arguments).map(|(n, angle)| f64::from(*n) * angle).sum();
        days * eccentricity.powi(multiples[0].abs()) * sin(angle)
    });
    let planetary = PLANETARY.iter().map(|(days, start, motion)| days * sin(start + motion * k));
    2451550.09766 + 29.530588861 * k + polynomial(t, &[0.0, 0.0, 0.00015437, -0.000000150, 0.00000000073])
        - 0.00017 * sin(node)
        + periodic.chain(planetary).sum::<f64>()
}

/// The apparent longitude of the Sun in degrees (ch. 25, low accuracy).
fn sun(jde: f64) -> f64 {
    let t = (jde - 2451545.0) / 36525.0;
    let mean = polynomial(t, &[280.46646, 36000.76983, 0.0003032]);
    let anomaly = polynomial(t, &[357.52911, 35999.05029, -0.0001537]);
    let centre = polynomial(t, &[1.914602, -0.004817, -0.000014]) * sin(anomaly)
        + polynomial(t, &[0.019993, -0.000101]) * sin(2.0 * anomaly)
        + 0.000289 * sin(3.0 * anomaly);
    let aberration_and_nutation = -0.00569 - 0.00478 * sin(125.04 - 1934.136 * t);
    (mean + centre + aberration_and_nutation).rem_euclid(360.0)
}

/// What the clocks are behind the uniform time of the sky, in days: the polynomials of Espenak and Meeus
/// (Five Millennium Canon of Solar Eclipses, NASA, 2006), for 1961–2150.
fn delta_t(jde: f64) -> f64 {
    let year = 2000.0 + (jde - 2451544.5) / 365.25;
    let seconds = if year < 1986.0 {
        polynomial(year - 1975.0, &[45.45, 1.067, -1.0 / 260.0, -1.0 / 718.0])
    } else if year < 2005.0 {
        let terms = [63.86, 0.3345, -0.060374, 0.0017275, 0.000651814, 0.00002373599];
        polynomial(year - 2000.0, &terms)
    } else if year < 2050.0 {
        polynomial(year - 2000.0, &[62.92, 0.32217, 0.005589])
    } else {
        -20.0 + 32.0 * ((year - 1820.0) / 100.0).powi(2) - 0.5628 * (2150.0 - year)
    };
    seconds / 86400.0
}

impl Sky {
    /// The time by local clocks, as a Julian date, of an instant of the sky.
    fn clock(self, jde: f64) -> f64 {
        jde - delta_t(jde) + self.zone_hours / 24.0
    }

    fn moon_by_clock(self, moon: i32) -> f64 {
        self.clock(new_moon(moon) + self.moon_late_minutes / MINUTES)
    }

    /// The Julian day number, at noon, of the local day in which a new moon falls: the first of its month.
    fn first_day(self, moon: i32) -> f64 {
        (self.moon_by_clock(moon) + 0.5).floor()
    }

    /// The longitude of the Sun as the month of a new moon begins, at local midnight.
    fn sun_at_start(self, moon: i32) -> f64 {
        let midnight = self.first_day(moon) - 0.5 - self.zone_hours / 24.0;
        sun(midnight + delta_t(midnight) - self.sun_late_minutes / MINUTES)
    }

    /// The month with the December solstice, longitude 270°, is the eleventh.
    fn eleventh_month(self, year: i32) -> i32 {
        let january = (f64::from(year + 1 - 2000) * 12.3685).ceil() as i32;
        (0..3).map(|back| january - back).find(|moon| self.sun_at_start(*moon) < 270.0).unwrap()
    }

    /// A month has a principal term if the Sun passes a multiple of 30° in its days, be it one or two.
    fn principal_terms(self, moon: i32) -> i32 {
        let [start, end] = [moon, moon + 1].map(|moon| (self.sun_at_start(moon) / 30.0) as i32);
        (end - start).rem_euclid(12)
    }

    /// The eleventh month of the year before and those up to the next eleventh. The first without a principal
    /// term is leap if they are thirteen; among twelve it is not.
    fn months(self, year: i32) -> Vec<Month> {
        let (first, next) = (self.eleventh_month(year - 1), self.eleventh_month(year));
        let leap = (first..next).find(|moon| self.principal_terms(*moon) == 0).filter(|_| next - first == 13);
        let number = |moon| (10 + moon - first - i32::from(leap.is_some_and(|leap| leap <= moon))) % 12 + 1;
        (first..next).map(|moon| Month { number: number(moon), leap: leap == Some(moon), moon }).collect()
    }

    fn new_moon_of(self, year: i32, number: i32) -> i32 {
        let months = self.months(year);
        months.iter().find(|month| month.number == number && !month.leap).unwrap().moon
    }

    /// Tết, the first day of the first month, and Giỗ Tổ, the tenth of the third, which is not the leap one.
    fn feasts(self, year: i32) -> [NaiveDate; 2] {
        // Julian day 1721426 is 1 January of year 1, from which chrono counts.
        [(1, 0), (3, 9)].map(|(month, days)| {
            let day = self.first_day(self.new_moon_of(year, month)) as i32 + days;
            NaiveDate::from_num_days_from_ce_opt(day - 1721425).unwrap()
        })
    }

    /// The leap months of the lunar years of the table. After the eleventh or twelfth month a leap month
    /// belongs to the lunar year that is ending, so one more winter is asked.
    fn leap_months(self) -> Vec<(i32, i32)> {
        let of = |year| {
            let leap = self.months(year).into_iter().find(|month| month.leap)?;
            Some((if leap.number > 10 { year - 1 } else { year }, leap.number))
        };
        YEARS.chain([YEARS.end() + 1]).filter_map(of).filter(|(year, _)| YEARS.contains(year)).collect()
    }
}

fn table() -> Vec<(i32, [NaiveDate; 2])> {
    csv::Reader::from_reader(CalendarTexts::embedded().lunar.1.as_bytes())
        .records()
        .map(|row| row.unwrap())
        .map(|row| (row[0].parse().unwrap(), [1, 2].map(|column| row[column].parse().unwrap())))
        .collect()
}

#[test]
fn the_series_give_the_examples_of_the_book() {
    // Examples 49.a, the new moon of February 1977, and 25.a, the Sun on 13 October 1992 at 0h TD.
    assert!((new_moon(-283) - 2443192.65118).abs() < 0.00001);
    assert!((sun(2448908.5) - 199.90895).abs() < 0.00001);
}

#[test]
fn every_tet_and_gio_to_of_the_table_is_the_computed_one() {
    let table = table();
    assert!(table.iter().map(|(year, _)| *year).eq(YEARS));
    assert_eq!(table.len(), 125);
    for (year, feasts) in table {
        assert_eq!(feasts, VIETNAM.feasts(year), "{year}");
    }
}

/// A leap second month comes before Giỗ Tổ, a leap third one after it.
#[test]
fn gio_to_is_never_in_a_leap_third_month() {
    let leap = VIETNAM.leap_months();
    for (year, [tet, gio_to]) in table() {
        let month = if leap.contains(&(year, 2)) { 30 } else { 0 };
        assert!((67..=69).contains(&((gio_to - tet).num_days() - month)), "{year}");
    }
    assert_eq!(leap.iter().filter(|(_, month)| *month == 3).count(), 5);
}

/// The calendar of China follows the same rules on the meridian of UTC+8, so its tables are not ours.
#[test]
fn an_hour_further_east_moves_four_tets_and_seven_gio_tos() {
    let east = Sky { zone_hours: 8.0, ..VIETNAM };
    let moved = |feast: usize| -> Vec<(i32, i64)> {
        let days = |year: i32| (east.feasts(year)[feast] - VIETNAM.feasts(year)[feast]).num_days();
        YEARS.map(|year| (year, days(year))).filter(|(_, days)| *days != 0).collect()
    };
    assert_eq!(moved(0), [(1985, 30), (2007, 1), (2030, 1), (2053, 1)]);
    assert_eq!(moved(1), [2009, 2037, 2038, 2085, 2086, 2095, 2100].map(|year| (year, 1)));
    let only = |a: Sky, b: Sky| {
        let other = b.leap_months();
        a.leap_months().into_iter().filter(|leap| !other.contains(leap)).collect::<Vec<_>>()
    };
    assert_eq!(only(east, VIETNAM), [(1984, 10), (1987, 6)]);
    assert_eq!(only(VIETNAM, east), [(1985, 2), (1987, 7)]);
}

#[test]
fn the_leap_months_are_the_known_ones() {
    let known = "1976:8 1979:6 1982:4 1985:2 1987:7 1990:5 1993:3 1995:8 1998:5 2001:4 2004:2 2006:7 2009:5 \
        2012:4 2014:9 2017:6 2020:4 2023:2 2025:6 2028:5 2031:3 2033:11 2036:6 2039:5 2042:2 2044:7 2047:5 \
        2050:3 2052:8 2055:6 2058:4 2061:3 2063:7 2066:5 2069:4 2071:8 2074:6 2077:4 2080:3 2082:7 2085:5 \
        2088:4 2090:8 2093:6 2096:4 2099:2";
    let computed = VIETNAM.leap_months();
    let computed: Vec<String> = computed.iter().map(|(year, month)| format!("{year}:{month}")).collect();
    assert_eq!(computed.join(" "), known);
}

/// The trap of 2033. A month without a principal term stands among twelve and is no leap month (the eighth or
/// the ninth: the equinox is nine minutes before midnight, less than the series tell, and it does not
/// matter). Of the next thirteen two have none and two have two.
#[test]
fn of_the_three_months_without_a_term_around_2033_only_the_second_is_leap() {
    let terms = |year| -> Vec<(i32, i32, bool)> {
        let months = VIETNAM.months(year).into_iter();
        let months = months.map(|month| (month.number, VIETNAM.principal_terms(month.moon), month.leap));
        months.filter(|(_, terms, _)| *terms != 1).collect()
    };
    assert!(matches!(terms(2033)[..], [(8 | 9, 0, false)]));
    assert_eq!(terms(2034), [(11, 2, false), (11, 0, true), (12, 2, false), (1, 0, false)]);
}

/// Ch. 49 gives a new moon to half a minute; how far behind the clocks will be in 2086 is guessed to a minute
/// or two.
#[test]
fn the_closest_new_moon_is_seven_minutes_from_the_midnight_that_decides() {
    let minutes = |year, number| {
        let clock = VIETNAM.moon_by_clock(VIETNAM.new_moon_of(year, number)) + 0.5;
        (clock - clock.round()) * MINUTES
    };
    let mut margins: Vec<(f64, i32, i32)> =
        YEARS.flat_map(|year| [1, 3].map(|number| (minutes(year, number), year, number))).collect();
    margins.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    let [(first, 2086, 3), (second, 1976, 3), (third, 2062, 3), ..] = margins[..] else {
        panic!("{:?}", &margins[..3]);
    };
    // Before midnight in 2086, after it in 1976.
    assert!((-8.0..-7.0).contains(&first), "{first}");
    assert!((7.5..8.5).contains(&second), "{second}");
    assert!(third.abs() > 15.0, "{third}");
}

/// Ch. 25 gives the Sun to 0.01°, which it passes in a quarter of an hour.
#[test]
fn errors_larger_than_those_of_the_series_change_no_date_and_no_leap_month() {
    let leap_months = VIETNAM.leap_months();
    for moon_late_minutes in [-5.0, 5.0] {
        for sun_late_minutes in [-30.0, 30.0] {
            let sky = Sky { moon_late_minutes, sun_late_minutes, ..VIETNAM };
            assert_eq!(sky.leap_months(), leap_months);
            for (year, feasts) in table() {
                assert_eq!(sky.feasts(year), feasts, "{year}, {moon_late_minutes}, {sun_late_minutes}");
            }
        }
    }
}
