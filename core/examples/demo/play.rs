//! A year of dossiers. Who applies when, how long a task takes, who is absent, what is missing and what is paid are
//! drawn from a seeded generator; what comes of it is not.
//!
//! The mix of procedures and the shares of channels are set so that the year is of the size that was published for
//! Yên Thành in 2023. How long tasks take is made up. The processes of the district's own procedures in 2023 are not
//! published; those that other districts published stand in for them.

use crate::arrivals::{Application, Kind, applications, date};
use crate::district::{SERVICE_CENTRE, communes};
use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta};
use motcua::calendar::Calendar;
use motcua::deadline::{Amount, TimeLimit};
use motcua::dossier::{APPLICANT, Action, Command, Decision};
use motcua::journal::Journal;
use motcua::procedure::{Channel, Duty, Procedure, Step, StepKind, Tier};
use motcua::routing::Marking;
use motcua::{Engine, EngineError};
use rand::{RngExt, SeedableRng};
use rand_distr::{Distribution, Exp, LogNormal};
use rand_pcg::Pcg64;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::sync::Arc;

const SEED: u64 = 2023;
/// The day after the year.
const END: (i32, u32, u32) = (2024, 1, 1);

/// Work at somebody's desk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Work {
    Accept,
    Step(usize),
    AskForPayment(usize),
    Resolve,
    Deliver,
    Discontinue,
}

/// What happens next to a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Next {
    /// The applicant applies.
    Submit,
    /// Work comes to a desk.
    Desk(Work),
    /// An officer, by number, is done with it.
    Done(Work, usize),
    /// The applicant hands in what was asked for.
    Supply,
    /// The applicant takes the dossier back.
    Withdraw,
    /// The applicant pays what a step waits for.
    Pay(usize),
    /// The applicant rates the service.
    Rate,
}

struct Life {
    code: String,
    kind: &'static Kind,
    procedure: Arc<Procedure>,
    unit: String,
    channel: Channel,
    marking: Marking,
    last: NaiveDateTime,
    commands: usize,
    pays_online: bool,
    needs_supplement: bool,
    electronic: bool,
}

struct Officer {
    id: String,
    free: NaiveDateTime,
    absent: HashSet<NaiveDate>,
}

type Plan = BinaryHeap<Reverse<(NaiveDateTime, usize, Next)>>;

struct World<'e, J> {
    engine: &'e mut Engine<J>,
    random: Pcg64,
    officers: Vec<Officer>,
    /// Numbers of the officers, by unit and role.
    desks: HashMap<(String, String), Vec<usize>>,
    lives: Vec<Life>,
    plan: Plan,
    batch: Vec<Command>,
    events: usize,
    received: usize,
    settled: usize,
}

/// Plays 2023, a transaction for each day, and gives the number of events.
pub(crate) fn year<J: Journal>(
    engine: &mut Engine<J>,
    mut progress: impl FnMut(u32, usize, usize),
) -> Result<usize, EngineError> {
    let mut world = World {
        random: Pcg64::seed_from_u64(SEED),
        officers: Vec::new(),
        desks: HashMap::new(),
        lives: Vec::new(),
        plan: Plan::new(),
        batch: Vec::new(),
        events: 0,
        received: 0,
        settled: 0,
        engine,
    };
    world.staff();
    world.arrivals();
    let end = date(END.0, END.1, END.2);
    let mut today = date(2023, 1, 1);
    while let Some(Reverse((at, life, next))) = world.plan.pop() {
        if at.date() > today {
            world.flush()?;
            if at.date().month() != today.month() {
                progress(today.month(), world.received, world.settled);
            }
            today = at.date();
        }
        if today >= end {
            break;
        }
        world.happen(at, life, next);
    }
    Ok(world.events)
}

impl<J: Journal> World<'_, J> {
    /// Every officer, with days off besides the holidays.
    fn staff(&mut self) {
        let calendar = Arc::clone(Calendar::vietnam());
        let days: Vec<NaiveDate> = date(2023, 1, 1).iter_days().take(365).collect();
        let officers: Vec<_> = self.engine.organisation().officers().into_iter().cloned().collect();
        for officer in officers {
            for role in &officer.roles {
                let absent = days
                    .iter()
                    .filter(|day| calendar.is_working_day(**day) == Ok(true) && self.random.random_bool(0.02))
                    .copied()
                    .collect();
                let free = date(2023, 1, 1).and_hms_opt(7, 0, 0).unwrap_or_default();
                let desk = (officer.unit.clone(), role.clone());
                self.desks.entry(desk).or_default().push(self.officers.len());
                self.officers.push(Officer { id: officer.id.clone(), free, absent });
            }
        }
    }

    /// A life for each application.
    fn arrivals(&mut self) {
        let communes = communes(self.engine.organisation());
        let applications = applications(&mut self.random, self.engine.calendar());
        let (mut day, mut number) = (NaiveDate::MIN, 0);
        for Application { at, kind, channel } in applications {
            if at.date() != day {
                (day, number) = (at.date(), 0);
            }
            number += 1;
            let Some(procedure) = self.engine.catalogue().find(kind.code, at.date()).cloned() else {
                continue;
            };
            let unit = match procedure.tier {
                Tier::Commune => communes[self.random.random_range(0..communes.len())].clone(),
                _ => SERVICE_CENTRE.into(),
            };
            self.plan.push(Reverse((at, self.lives.len(), Next::Submit)));
            self.lives.push(Life {
                code: format!("H41.17-{}-{number:04}", at.format("%y%m%d")),
                kind,
                marking: procedure.routing.start(),
                procedure,
                unit,
                channel,
                last: at,
                commands: 0,
                pays_online: channel == Channel::Online && self.random.random_bool(0.445),
                needs_supplement: self.random.random_bool(0.03),
                electronic: true,
            });
        }
    }

    fn flush(&mut self) -> Result<(), EngineError> {
        self.events += self.engine.handle_all(&self.batch)?.len();
        self.batch.clear();
        Ok(())
    }

    fn command(&mut self, life: usize, actor: &str, at: NaiveDateTime, action: Action) {
        let life = &mut self.lives[life];
        life.commands += 1;
        life.last = at;
        let key = format!("{}/{}", life.code, life.commands);
        let dossier = life.code.clone();
        let (dossier, key) = (dossier.into(), key.into());
        self.batch.push(Command { dossier, actor: actor.into(), at, key, expected_version: None, action });
    }

    fn plan(&mut self, at: NaiveDateTime, life: usize, next: Next) {
        self.plan.push(Reverse((at, life, next)));
    }

    /// Gives work of so many minutes to the officer of a role who can begin first, and plans its end.
    fn work(&mut self, at: NaiveDateTime, life: usize, what: Work, unit: &str, role: &str, minutes: f64) {
        let calendar = self.engine.calendar();
        let done = |from: NaiveDateTime, seconds: f64| {
            calendar.add_working_time(from, TimeDelta::seconds(seconds as i64)).unwrap_or(from)
        };
        let begins = |officer: &Officer| {
            // The first working minute at or after both, on a day on which the officer is there.
            let mut from = done(at.max(officer.free), 60.0) - TimeDelta::seconds(60);
            while officer.absent.contains(&from.date()) {
                let tomorrow = calendar.add_working_days(from.date(), 1).unwrap_or(from.date());
                from = tomorrow.and_hms_opt(7, 0, 0).unwrap_or(from);
            }
            from
        };
        let Some(desk) = self.desks.get(&(unit.to_owned(), role.to_owned())) else { return };
        let first = desk.iter().map(|number| (begins(&self.officers[*number]), *number)).min();
        let Some((from, number)) = first else { return };
        let end = done(from, minutes.max(1.0) * 60.0);
        self.officers[number].free = end;
        self.plan(end, life, Next::Done(what, number));
    }

    fn happen(&mut self, at: NaiveDateTime, life: usize, next: Next) {
        match next {
            Next::Submit => self.submit(at, life),
            Next::Desk(work) => self.desk(at, life, work),
            Next::Done(work, officer) => {
                let officer = self.officers[officer].id.clone();
                self.done(at, life, work, &officer);
            }
            Next::Supply => {
                self.command(life, APPLICANT, at, Action::supply());
                self.lives[life].needs_supplement = false;
                self.begin_all(at, life);
            }
            Next::Withdraw => {
                self.command(life, APPLICANT, at, Action::Withdraw { reason: None });
                self.settled += 1;
            }
            Next::Pay(step) => {
                let (vnd, online) = (self.lives[life].kind.fee, self.lives[life].pays_online);
                let id = self.lives[life].procedure.steps[step].id.clone();
                self.command(life, APPLICANT, at, Action::Pay { vnd, online });
                self.complete(at, life, APPLICANT, &id, "complete");
            }
            Next::Rate => {
                let draw: f64 = self.random.random();
                let score = if draw < 0.85 { 2 } else { u8::from(draw < 0.985) };
                self.command(life, APPLICANT, at, Action::Rate { score });
            }
        }
    }

    fn submit(&mut self, at: NaiveDateTime, life: usize) {
        let Life { kind, unit, channel, .. } = &self.lives[life];
        let action = Action::receive(kind.code, unit, *channel);
        self.command(life, APPLICANT, at, action);
        self.plan(at, life, Next::Desk(Work::Accept));
    }

    /// Work comes to a desk: whose, and how many minutes it takes.
    fn desk(&mut self, at: NaiveDateTime, life: usize, work: Work) {
        let own = self.lives[life].unit.clone();
        let (unit, role, mean) = match work {
            Work::Accept => (own, self.desk_of(life, StepKind::Receive), 4.0),
            Work::Deliver => (own, self.desk_of(life, StepKind::Deliver), 2.0),
            Work::AskForPayment(_) => (own, "commune_police".to_owned(), 4.0),
            Work::Resolve | Work::Discontinue => (own, "one_stop".to_owned(), 2.0),
            Work::Step(step) => {
                let step = &self.lives[life].procedure.steps[step];
                let role = step.role.clone().unwrap_or_default();
                let outside =
                    self.engine.catalogue().role(&role).map(|role| role.duty) == Some(Duty::Outside);
                let unit = match self.engine.organisation().at_tier(&own, step.tier) {
                    _ if outside => "yen-thanh".to_owned(),
                    Some(unit) => unit.id.clone(),
                    None => own,
                };
                let mean = match step.kind {
                    StepKind::Sign => 3.0,
                    StepKind::Stamp => 1.5,
                    StepKind::Check => 9.0,
                    StepKind::Register => 12.0,
                    _ => 30.0,
                };
                (unit, role, mean)
            }
        };
        let minutes =
            LogNormal::new(f64::ln(mean), 0.6).map_or(mean, |minutes| minutes.sample(&mut self.random));
        self.work(at, life, work, &unit, &role, minutes);
    }

    /// The role that receives, or hands over.
    fn desk_of(&self, life: usize, kind: StepKind) -> String {
        let steps = &self.lives[life].procedure.steps;
        steps
            .iter()
            .find(|step| step.kind == kind)
            .and_then(|step| step.role.clone())
            .unwrap_or_else(|| "one_stop".into())
    }

    fn done(&mut self, at: NaiveDateTime, life: usize, work: Work, officer: &str) {
        match work {
            Work::Accept => self.accept(at, life, officer),
            Work::Step(step) => self.step_done(at, life, step, officer),
            Work::AskForPayment(step) => {
                let vnd = self.lives[life].kind.fee;
                self.command(
                    life,
                    officer,
                    at,
                    Action::RequestPayment { vnd, reason: "Lệ phí".into(), incident: None },
                );
                let hours = if self.lives[life].pays_online { 3.0 } else { 20.0 };
                let wait = self.exponential(hours * 60.0);
                self.plan(at + TimeDelta::minutes(wait as i64 + 5), life, Next::Pay(step));
            }
            Work::Resolve => {
                let copies = self.lives[life].kind.code == "2.000815";
                let electronic = self.random.random_bool(if copies { 0.985 } else { 0.5 });
                let resolve = Action::grant(electronic);
                self.command(life, officer, at, resolve);
                self.settled += 1;
                self.lives[life].electronic = electronic;
                let at_once = self.lives[life].channel == Channel::Online && electronic;
                let wait = if at_once { 0.0 } else { self.exponential(1.2 * 1440.0) };
                // Some results are never fetched.
                if self.random.random_bool(0.98) {
                    self.plan(at + TimeDelta::minutes(wait as i64 + 5), life, Next::Desk(Work::Deliver));
                }
            }
            Work::Deliver => {
                // A paper is handed over at the counter, whatever the way in was.
                let channel = match self.lives[life].channel {
                    Channel::Online if !self.lives[life].electronic => Channel::Counter,
                    channel => channel,
                };
                self.command(life, officer, at, Action::deliver(channel));
                if self.random.random_bool(0.25) {
                    let wait = self.exponential(600.0);
                    self.plan(at + TimeDelta::minutes(wait as i64 + 5), life, Next::Rate);
                }
            }
            Work::Discontinue => {
                self.command(life, officer, at, Action::Discontinue { reason: "Không bổ sung hồ sơ".into() });
                self.settled += 1;
            }
        }
    }

    fn accept(&mut self, at: NaiveDateTime, life: usize, officer: &str) {
        if self.random.random_bool(0.005) {
            return self.command(
                life,
                officer,
                at,
                Action::Refuse { reason: "Không thuộc thẩm quyền".into() },
            );
        }
        let is_online = self.lives[life].channel == Channel::Online;
        let digitised = self.random.random_bool(if is_online { 0.80 } else { 0.22 });
        self.command(life, officer, at, Action::accept(Some(digitised)));
        self.received += 1;
        let accepted = &mut self.lives[life];
        let Procedure { steps, routing, .. } = &*accepted.procedure;
        // The engine ends a first step of reception with the acceptance.
        if let Some(first) = steps.first().filter(|step| step.kind == StepKind::Receive) {
            let outcome = routing.outcomes(&first.id).next().unwrap_or_default();
            accepted.marking = routing.fire(accepted.marking, &first.id, outcome).unwrap_or(accepted.marking);
        }
        let pays_later = steps.iter().any(|step| step.kind == StepKind::Pay);
        let (fee, online) = (accepted.kind.fee, accepted.pays_online);
        if fee > 0 && !pays_later {
            let pages =
                if self.lives[life].kind.code == "2.000815" { self.random.random_range(1..6) } else { 1 };
            self.command(life, APPLICANT, at, Action::Pay { vnd: fee * pages, online });
        }
        self.begin_all(at, life);
    }

    fn begin_all(&mut self, at: NaiveDateTime, life: usize) {
        let Life { procedure, marking, .. } = &self.lives[life];
        let runs = |step: &Step| procedure.routing.is_running(*marking, &step.id);
        let running: Vec<usize> =
            (0..).zip(&procedure.steps).filter(|(_, step)| runs(step)).map(|(i, _)| i).collect();
        self.begin(at, life, &running);
    }

    /// Steps have come to run: they go to their desks, at once or after what they wait for. When only the hand-over
    /// is left, the result is there.
    fn begin(&mut self, at: NaiveDateTime, life: usize, running: &[usize]) {
        let procedure = Arc::clone(&self.lives[life].procedure);
        for number in running {
            let step = &procedure.steps[*number];
            match step.kind {
                StepKind::Deliver => self.plan(at, life, Next::Desk(Work::Resolve)),
                StepKind::Pay => self.plan(at, life, Next::Desk(Work::AskForPayment(*number))),
                _ => {
                    let wait = self.waiting(&procedure, step);
                    let calendar = self.engine.calendar();
                    let at = calendar.add_working_time(at, TimeDelta::minutes(wait as i64)).unwrap_or(at);
                    self.plan(at, life, Next::Desk(Work::Step(*number)));
                }
            }
        }
    }

    /// Working minutes that a step waits besides the officer's own work: for a visit, an answer, a meeting.
    fn waiting(&mut self, procedure: &Procedure, step: &Step) -> f64 {
        let days = |limit: TimeLimit| match limit {
            TimeLimit::Span { amount, .. } => f64::from(amount.parts()) / f64::from(Amount::PARTS),
            _ => 0.0,
        };
        let most = step.limit.map(days).filter(|days| *days > 0.0);
        let is_quick = procedure.time_limits.iter().all(|row| days(row.limit) <= 3.0);
        match most {
            Some(days) => {
                let part: f64 = LogNormal::new(-0.75, 0.35).map_or(0.4, |part| part.sample(&mut self.random));
                days * 480.0 * part
            }
            None if is_quick => self.exponential(6.0),
            None => self.exponential(60.0),
        }
    }

    fn step_done(&mut self, at: NaiveDateTime, life: usize, step: usize, officer: &str) {
        let procedure = Arc::clone(&self.lives[life].procedure);
        let Step { id, kind, role, .. } = &procedure.steps[step];
        let asks = matches!(kind, StepKind::Check | StepKind::Process | StepKind::Register)
            && role.as_deref().and_then(|role| self.engine.catalogue().role(role)).map(|role| role.duty)
                == Some(Duty::Handling)
            && procedure.routing.running(self.lives[life].marking).count() == 1;
        if self.lives[life].needs_supplement && asks {
            let reason = "Thiếu giấy tờ theo thành phần hồ sơ".into();
            self.command(life, officer, at, Action::RequestSupplement { reason });
            let wait = self.exponential(3.0 * 1440.0);
            let later = at + TimeDelta::minutes(wait as i64 + 60);
            return match self.random.random_range(0..100) {
                0..95 => self.plan(later, life, Next::Supply),
                95..97 => self.plan(later, life, Next::Withdraw),
                _ => self.plan(at + TimeDelta::days(30), life, Next::Desk(Work::Discontinue)),
            };
        }
        let back = procedure.routing.outcomes(id).find(|outcome| matches!(*outcome, "return" | "incomplete"));
        match back.filter(|_| self.random.random_bool(0.01)) {
            Some(back) => self.complete(at, life, officer, id, back),
            None if *kind == StepKind::Sign && self.random.random_bool(0.003) => {
                let reason = Some("Không đủ điều kiện".into());
                let refused =
                    Action::Resolve { result: Decision::Refused, electronic: true, reason, number: None };
                self.command(life, officer, at, refused);
                self.settled += 1;
                self.plan(at + TimeDelta::minutes(5), life, Next::Desk(Work::Deliver));
            }
            None if *kind == StepKind::Sign => {
                self.command(life, officer, at, Action::sign(id, true));
                let signed = procedure.routing.outcomes(id).find(|outcome| *outcome == "approve");
                self.go_on(at, life, id, signed.unwrap_or("complete"));
            }
            None => self.complete(at, life, officer, id, "complete"),
        }
    }

    fn complete(&mut self, at: NaiveDateTime, life: usize, actor: &str, step: &str, outcome: &str) {
        self.command(life, actor, at, Action::complete(step, outcome));
        self.go_on(at, life, step, outcome);
    }

    /// Moves the routing on, and begins what newly runs.
    fn go_on(&mut self, at: NaiveDateTime, life: usize, step: &str, outcome: &str) {
        let moved = &mut self.lives[life];
        let procedure = Arc::clone(&moved.procedure);
        let before = moved.marking;
        moved.marking = procedure.routing.fire(before, step, outcome).unwrap_or(before);
        let after = moved.marking;
        let runs = |marking, step: &Step| procedure.routing.is_running(marking, &step.id);
        let begun: Vec<usize> = (0..)
            .zip(&procedure.steps)
            .filter(|(_, next)| runs(after, next) && (!runs(before, next) || next.id == step))
            .map(|(i, _)| i)
            .collect();
        self.begin(at, life, &begun);
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        Exp::new(1.0 / mean).map_or(mean, |exp| exp.sample(&mut self.random))
    }
}
