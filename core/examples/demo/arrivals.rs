//! Who applies when.

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, Weekday};
use motcua::calendar::Calendar;
use motcua::procedure::Channel;
use rand::RngExt;
use rand_pcg::Pcg64;

/// Applications of the year; one in two hundred is not taken in, so that about 81,012 are received.
const APPLICATIONS: usize = 81_500;
/// A procedure of the mix: code, its part in ten thousand, the part that comes in online, the fee in đồng.
pub(crate) struct Kind {
    pub(crate) code: &'static str,
    weight: u32,
    online: f64,
    pub(crate) fee: u64,
}

const fn kind(code: &'static str, weight: u32, online: f64, fee: u64) -> Kind {
    Kind { code, weight, online, fee }
}

const MIX: &[Kind] = &[
    kind("2.000815", 6_540, 0.84, 2_000),
    kind("2.000986", 242, 0.80, 0),
    kind("1.007073", 104, 0.80, 0),
    kind("1.001193", 170, 0.75, 0),
    kind("1.000656", 110, 0.70, 0),
    kind("1.000894", 280, 0.50, 0),
    kind("1.004873", 760, 0.65, 15_000),
    kind("1.004222", 1_030, 0.70, 20_000),
    kind("3.000010", 11, 0.30, 0),
    kind("quang-nam/dien-ban-402", 110, 0.50, 0),
    kind("quang-nam/dien-ban-208", 280, 0.50, 0),
    kind("quang-nam/nam-tra-my-218", 180, 0.50, 0),
    kind("quang-nam/tam-ky-3", 85, 0.70, 100_000),
    kind("lam-dong/cai-chinh-ho-tich", 50, 0.50, 25_000),
    kind("quang-nam/dien-ban-382", 75, 0.40, 0),
    kind("quang-nam/nam-tra-my-174", 38, 0.40, 0),
    kind("quang-nam/nam-tra-my-209", 60, 0.50, 75_000),
    kind("quang-nam/tam-ky-103", 25, 0.50, 75_000),
];

/// Somebody applies.
pub(crate) struct Application {
    pub(crate) at: NaiveDateTime,
    pub(crate) kind: &'static Kind,
    pub(crate) channel: Channel,
}

/// The codes of the procedures that are played.
pub(crate) fn played() -> impl Iterator<Item = &'static str> {
    MIX.iter().map(|kind| kind.code)
}

pub(crate) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// Draws the applications of the year: on working days at the counter, at any hour online, more on Mondays.
pub(crate) fn applications(random: &mut Pcg64, calendar: &Calendar) -> Vec<Application> {
    let working: Vec<NaiveDate> = date(2023, 1, 1)
        .iter_days()
        .take(365)
        .filter(|day| calendar.is_working_day(*day) == Ok(true))
        .flat_map(|day| std::iter::repeat_n(day, if day.weekday() == Weekday::Mon { 6 } else { 5 }))
        .collect();
    let total: u32 = MIX.iter().map(|kind| kind.weight).sum();
    let mut applications: Vec<Application> = (0..APPLICATIONS)
        .map(|_| {
            let mut draw = random.random_range(0..total);
            let kind = MIX
                .iter()
                .find(|kind| match draw.checked_sub(kind.weight) {
                    Some(rest) => {
                        draw = rest;
                        false
                    }
                    None => true,
                })
                .unwrap_or(&MIX[0]);
            let online = random.random_bool(kind.online);
            let channel = match online {
                true => Channel::Online,
                false if random.random_bool(0.03) => Channel::Post,
                false => Channel::Counter,
            };
            // A third of the online applications come at any hour of any day, the others in office hours.
            let at_home = online && random.random_bool(0.33);
            let day = match at_home {
                true => date(2023, 1, 1) + TimeDelta::days(random.random_range(0..365)),
                false => working[random.random_range(0..working.len())],
            };
            let minute = if at_home {
                random.random_range(5 * 60..24 * 60)
            } else if random.random_bool(0.6) {
                random.random_range(7 * 60 + 5..11 * 60 + 20)
            } else {
                random.random_range(13 * 60 + 30..16 * 60 + 50)
            };
            let at = day.and_hms_opt(0, 0, 0).unwrap_or_default() + TimeDelta::minutes(minute);
            Application { at, kind, channel }
        })
        .collect();
    applications.sort_by_key(|application| application.at);
    applications
}
