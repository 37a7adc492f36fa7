//! The worked cases of `data/due-cases.tsv`, each with its legal source. C and Python run the same file.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use motcua::calendar::Calendar;
use motcua::deadline::{
    Change, Clock, CutOff, DayEnd, Direction, Due, ExtensionKind, LimitRule, Suspension, TimeLimit,
};
use motcua::moment;
use std::collections::BTreeMap;

fn at(text: &str) -> NaiveDateTime {
    moment::parse(text).unwrap()
}

struct Row<'a>(BTreeMap<&'a str, &'a str>);

impl Row<'_> {
    fn get(&self, column: &str) -> Option<&str> {
        self.0.get(column).copied().filter(|cell| *cell != "-")
    }

    fn rule(&self) -> LimitRule {
        let cut_off = self.get("cut_off").map(|cell| {
            let (time, effect) = cell.split_once(' ').unwrap();
            CutOff {
                time: NaiveTime::parse_from_str(time, "%H:%M").unwrap(),
                effect: effect.parse().unwrap(),
            }
        });
        LimitRule {
            cut_off,
            day_parts: self.get("day_parts").map(|cell| cell.parse().unwrap()).unwrap_or_default(),
            day_end: if self.get("end").is_some() { DayEnd::Midnight } else { DayEnd::OfficeHours },
            direction: self.get("direction").map(|cell| cell.parse().unwrap()).unwrap_or(Direction::After),
            second_stage: self.get("second_stage").map(|cell| TimeLimit::parse(cell).unwrap()),
            ..LimitRule::new(TimeLimit::parse(self.get("limit").unwrap()).unwrap())
        }
    }

    fn clock(&self) -> Clock {
        let suspension = |cell: &str| {
            let mut parts = cell.split('~');
            let (from, to, policy) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
            Suspension {
                from: at(from),
                to: moment::parse(to),
                reason: "chờ".into(),
                policy: policy.parse().unwrap(),
                answer_within: None,
            }
        };
        let list = |column| self.get(column).into_iter().flat_map(|cell| cell.split('|'));
        let clock = Clock::new(self.rule(), at(self.get("start").unwrap()));
        let mut clock = clock.with_suspensions(list("suspensions").map(suspension).collect()).unwrap();
        let last = clock.ledger().iter().map(|entry| entry.at).max().unwrap_or(clock.started());
        for by in list("extensions") {
            let by = TimeLimit::parse(by).unwrap();
            let change = Change::Extend { by, kind: ExtensionKind::Fixed, reason: "xác minh".into() };
            clock.change(last, change).unwrap();
        }
        clock
    }
}

#[test]
fn each_worked_case_comes_out_as_its_source_says() {
    let text = include_str!("data/due-cases.tsv");
    let mut lines = text.lines().map(|line| line.split('\t').collect::<Vec<_>>());
    let header = lines.next().unwrap();
    let known: Vec<(NaiveDate, Calendar)> = Vec::new();
    let mut known = known;
    let (mut count, mut wrong) = (0, Vec::new());
    for cells in lines {
        let row = Row(header.iter().copied().zip(cells).collect());
        let calendar = match row.get("known_on").map(|cell| cell.parse::<NaiveDate>().unwrap()) {
            None => Calendar::vietnam().as_ref().clone(),
            Some(on) => match known.iter().find(|(day, _)| *day == on) {
                Some((_, calendar)) => calendar.clone(),
                None => {
                    let calendar = Calendar::vietnam().as_known_on(on);
                    known.push((on, calendar.clone()));
                    calendar
                }
            },
        };
        let clock = row.clock();
        let due = clock.due(&calendar).unwrap();
        let expected = match row.get("expected").unwrap() {
            "suspended" => Due::Suspended,
            "not_stated" => Due::NotStated,
            "unknown" => Due::Unknown,
            moment => Due::At(at(moment)),
        };
        if due != expected {
            wrong.push(format!("{}: {due:?}, expected {expected:?} ({})", row.0["id"], row.0["why"]));
        }
        // A clock that is written and read is the same clock.
        let json = serde_json::to_string(&clock).unwrap();
        assert_eq!(serde_json::from_str::<Clock>(&json).unwrap(), clock, "{json}");
        // And each can be explained, in two languages, by rules that have a source.
        let why = clock.explain(&calendar).unwrap();
        assert!(why.due == due && why.vi().contains("thời hạn") && !why.svg(&calendar).is_empty());
        assert!(why.steps.iter().all(|step| !step.rule.source.is_empty()), "{}", row.0["id"]);
        assert!(row.0["source"].len() > 10);
        count += 1;
    }
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(count >= 120, "{count}");
}
