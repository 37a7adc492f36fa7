//! Dossiers as columns.

use super::super::Fact;
use super::{Columns, NO_DAY, number};
use crate::procedure::Channel;
use std::collections::BTreeMap;

/// Columns of facts, with the groups that were found in them: so what a journal has is counted as columns of others are.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::exchange::{Mapping, read_csv};
/// use motcua::measure::{Cohorts, OwnedColumns, Plan, Span};
/// use motcua::procedure::Catalogue;
/// let text = "\
/// dossier,procedure,unit,channel,received,finished
/// 1,1.004873,xã Hoa Thành,online,2026-06-01 09:00,2026-06-03 09:00
/// 2,1.004873,xã Văn Thành,online,2026-06-02 09:00,
/// ";
/// let calendar = Calendar::vietnam();
/// let facts = read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), calendar).unwrap().facts;
/// let columns = OwnedColumns::of(&facts, |fact| &fact.unit);
/// let day = |text: &str| text.parse().unwrap();
/// let (first, last) = (day("2026-06-01"), day("2026-06-30"));
/// let groups = columns.groups().len() as u32;
/// let plan = Plan { groups, span: Span::Month, first, last, times: Some(calendar) };
/// let mut cohorts = Cohorts::new(&plan).unwrap();
/// cohorts.add(&columns.columns(), 1).unwrap();
/// assert_eq!(columns.groups(), ["xã Hoa Thành", "xã Văn Thành"]);
/// assert_eq!(cohorts.percentile(0, first, 50.0), Some(2.0));
/// assert_eq!(cohorts.get(1, first).unwrap().overdue, 1);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnedColumns {
    groups: Vec<String>,
    group: Vec<u32>,
    received: Vec<i32>,
    due: Vec<i32>,
    finished: Vec<i32>,
    online: Vec<u8>,
    digitised: Vec<u8>,
    paid_online: Vec<u8>,
    rating: Vec<i8>,
}

impl OwnedColumns {
    /// Of the dossiers that were taken in, in groups by a text of each, which are numbered in its order. Suspensions are not in
    /// columns: a handling time is all the time between its two days.
    #[must_use]
    pub fn of<'f>(facts: impl IntoIterator<Item = &'f Fact>, group: impl Fn(&'f Fact) -> &'f str) -> Self {
        let facts: Vec<&Fact> = facts.into_iter().filter(|fact| fact.received.is_some()).collect();
        let mut numbers: BTreeMap<&str, u32> = facts.iter().map(|fact| (group(fact), 0)).collect();
        numbers.values_mut().zip(0..).for_each(|(own, number)| *own = number);
        let mut columns =
            Self { groups: numbers.keys().map(|name| (*name).to_owned()).collect(), ..Self::default() };
        let flag = |flag: Option<bool>| flag.map_or(2, u8::from);
        for fact in facts {
            let day = |at: Option<chrono::NaiveDateTime>| at.map_or(NO_DAY, |at| number(at.date()));
            columns.group.push(numbers.get(group(fact)).copied().unwrap_or_default());
            columns.received.push(day(fact.received));
            columns.due.push(day(fact.due));
            columns.finished.push(day(fact.finished));
            columns.online.push(u8::from(fact.channel == Channel::Online));
            columns.digitised.push(flag(fact.digitised));
            columns.paid_online.push(flag(fact.paid_online.filter(|_| fact.obligation == Some(true))));
            columns.rating.push(fact.rating.and_then(|rating| i8::try_from(rating).ok()).unwrap_or(-1));
        }
        columns
    }

    /// The names of the groups, by their numbers.
    #[must_use]
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// To be counted.
    #[must_use]
    pub fn columns(&self) -> Columns<'_> {
        Columns {
            group: &self.group,
            received: &self.received,
            due: &self.due,
            finished: &self.finished,
            online: &self.online,
            digitised: &self.digitised,
            paid_online: &self.paid_online,
            rating: &self.rating,
        }
    }
}
