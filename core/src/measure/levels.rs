//! How many stand at each level of what is judged dossier by dossier.

use super::{Fact, Period, StepFact};
use crate::deadline::{Comparison, Timeliness};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is judged, in three levels each, the best first (Thông tư 01/2018/TT-VPCP Điều 13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Judged {
    /// Dossiers settled in the period: before the due day, on it, after it. Those without a due date are left out.
    HandlingTime,
    /// The same of their steps with a limit of their own that were done in the period.
    StepTime,
    /// Dossiers settled in the period: for which a supplement was asked for never, once, more often.
    Contacts,
    /// Dossiers settled in the period: rated 2, 1, 0.
    Rating,
}

impl Judged {
    /// What dossiers and steps of a period tell of each; what they do not tell is absent.
    ///
    /// ```
    /// use motcua::calendar::Calendar;
    /// use motcua::exchange::{Mapping, read_csv};
    /// use motcua::measure::{Judged, Period};
    /// use motcua::procedure::Catalogue;
    /// use motcua::score::{Index, Scorecard};
    /// use std::collections::BTreeMap;
    /// let text = "\
    /// dossier,procedure,unit,channel,received,due,finished,supplements
    /// 1,1.004873,xã Hoa Thành,online,2023-06-01 09:00,2023-06-06,2023-06-02,0
    /// 2,1.004873,xã Hoa Thành,online,2023-06-01 09:00,2023-06-06,2023-06-06,1
    /// ";
    /// let facts = read_csv(text.as_bytes(), &Mapping::default(), Catalogue::embedded(), Calendar::vietnam()).unwrap().facts;
    /// let levels = Judged::levels(&facts, &[], &Period::year(2023).unwrap());
    /// assert_eq!(levels[&Judged::HandlingTime], [1, 1, 0]);
    /// let index = Index::find("nd-61-2018", "unit", "2023-12-31".parse().unwrap()).unwrap();
    /// let card = Scorecard::of(index, &BTreeMap::new(), &levels).unwrap();
    /// // Items 1 and 3 are known, 1.5 points each.
    /// assert_eq!(card.points.to_string(), "3.00");
    /// ```
    #[must_use]
    pub fn levels(facts: &[Fact], steps: &[StepFact], period: &Period) -> BTreeMap<Self, Vec<u64>> {
        let mut levels: BTreeMap<Self, Vec<u64>> = BTreeMap::new();
        let mut count = |judged: Self, level: usize| {
            if let Some(count) = levels.entry(judged).or_insert_with(|| vec![0; 3]).get_mut(level) {
                *count += 1;
            }
        };
        let by_day = |due, at| match Timeliness::of(due, at, Comparison::ByDate) {
            Timeliness::Early => 0,
            Timeliness::OnTime => 1,
            Timeliness::Overdue => 2,
        };
        for fact in facts {
            let Some(finished) = fact.finished.filter(|at| period.holds(*at)) else { continue };
            if let Some(due) = fact.due {
                count(Self::HandlingTime, by_day(due, finished));
            }
            if let Some(supplements) = fact.supplements {
                count(Self::Contacts, supplements.min(2) as usize);
            }
            if let Some(rating) = fact.rating {
                count(Self::Rating, usize::from(2_u8.saturating_sub(rating)));
            }
        }
        for step in steps {
            if let (Some(due), Some(ended)) =
                (step.due, step.ended.filter(|at| step.done && period.holds(*at)))
            {
                count(Self::StepTime, by_day(due, ended));
            }
        }
        levels
    }
}
