//! What falls due of a dossier, and when: one timer serves all of it.

use super::rule::{Escalation, Of, Rung, TABLE};
use super::time;
use super::watch::{About, Open, Watch, Watched};
use crate::dossier::state::Stamp;
use crate::dossier::{Dossier, DossierError, Event, Rules, Status, authority};
use crate::moment;
use crate::procedure::{Duty, Step};
use chrono::{NaiveDateTime, TimeDelta};
use serde::Serialize;
use smol_str::SmolStr;

/// What falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum WakeupKind {
    /// A step may end by itself: silence, the end of a posting, of a cooling-off period. Waits for `elapse`.
    Elapses,
    /// The supplement, or the payment, did not come in its time. Waits for `lapse`.
    Lapses,
    /// The dossier.
    Due,
    /// A step, by its own limit.
    StepDue,
    /// An opinion; after this the step may go on without it.
    ConsultationDue,
    /// Papers that were to follow a provisional acceptance.
    PapersDue,
    /// A duty of `duties.toml`, by its id.
    Duty,
    /// Somebody is to be told, by an escalation of `duties.toml`. Waits for `notify` with the notice `reminder`.
    Reminder,
}

/// Something that falls due of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wakeup {
    /// When.
    #[serde(with = "moment")]
    pub at: NaiveDateTime,
    /// Code of the dossier.
    pub dossier: SmolStr,
    /// What.
    pub what: WakeupKind,
    /// The id of the duty or of the escalation.
    pub id: Option<&'static str>,
    /// The step that it is about.
    pub step: Option<SmolStr>,
    /// The unit that has to act: the one that was asked, that does the step, or that has the dossier.
    pub unit: SmolStr,
    /// Whom to tell, by duty.
    pub to: Option<Duty>,
    /// What to tell, in Vietnamese.
    pub text_vi: Option<&'static str>,
}

/// One of them, before anything is written down: for the next moment alone nothing has to be.
#[derive(Clone, Copy)]
struct Found<'a> {
    at: NaiveDateTime,
    what: WakeupKind,
    id: Option<&'static str>,
    step: Option<&'a Step>,
    unit: Option<&'a str>,
    tells: Option<&'static Escalation>,
}

/// What falls due of a dossier up to a moment, earliest first: all that lies after its last event, and, whenever it was,
/// what still waits for a command: a step that can end by itself, what the applicant did not supply or
/// pay, somebody who was not told: until that command comes, or `notify` with the notice `reminder`. Any event takes the
/// others off the list. What falls due only because of what falls due before is there as well, so a later `until` never takes
/// anything away.
///
/// ```
/// use motcua::calendar::Calendar;
/// use motcua::dossier::{self, Action, Command, Decided, Organisation, Rules, WakeupKind};
/// use motcua::moment;
/// use motcua::procedure::{Catalogue, Channel};
/// let units = "[[unit]]\nid = \"hoa-thanh\"\nname_vi = \"UBND xã Hoa Thành\"\ntier = \"commune\"\n";
/// let organisation = Organisation::load(Catalogue::embedded(), &[("units.toml", units)]).unwrap();
/// let (catalogue, calendar) = (Catalogue::embedded(), Calendar::vietnam());
/// let rules = Rules { catalogue, calendar, organisation: &organisation, office: None };
/// let receive = Command {
///     dossier: "H41-1".into(),
///     actor: "applicant".into(),
///     at: moment::parse("2026-03-06 16:00").unwrap(),
///     key: "1".into(),
///     expected_version: None,
///     action: Action::receive("1.001193", "hoa-thanh", Channel::Online),
/// };
/// let Decided::New(event) = dossier::decide(rules, None, &receive).unwrap() else { panic!() };
/// let next = dossier::wakeups(rules, "H41-1", &[event], moment::parse("2026-03-06 18:00").unwrap()).unwrap();
/// assert_eq!((next[0].what, next[0].id), (WakeupKind::Duty, Some("alert")));
/// ```
///
/// # Errors
/// As [`duties`](super::duties).
pub fn wakeups(
    rules: Rules<'_>,
    code: &str,
    events: &[Event],
    until: NaiveDateTime,
) -> Result<Vec<Wakeup>, DossierError> {
    let watched = Watched::replay(rules, code, events)?;
    Ok(watched.map(|watched| watched.wakeups(rules, until)).unwrap_or_default())
}

impl Watched {
    /// [`wakeups`] of a dossier that is folded.
    pub(crate) fn wakeups(&self, rules: Rules<'_>, until: NaiveDateTime) -> Vec<Wakeup> {
        let dossier = &self.dossier;
        let mut later = self.watch.clone();
        later.advance(rules, dossier, until);
        let mut wakeups = Vec::new();
        later.each(rules, dossier, &mut |found| {
            if found.at <= until {
                wakeups.push(found.told(rules, dossier));
            }
        });
        sort(&mut wakeups);
        wakeups
    }

    /// The moment of the first of them.
    pub(crate) fn next(&self, rules: Rules<'_>) -> Option<NaiveDateTime> {
        let mut next: Option<NaiveDateTime> = None;
        self.watch.each(rules, &self.dossier, &mut |found| {
            next = Some(next.map_or(found.at, |next| next.min(found.at)));
        });
        next
    }
}

impl Watch {
    fn each(&self, rules: Rules<'_>, dossier: &Dossier, found: &mut dyn FnMut(Found<'_>)) {
        let status = dossier.status;
        // Where nothing can be recorded any more, nothing could take a wakeup off the list.
        if !may("notify", status) {
            return;
        }
        let (last, reminded) = (dossier.last(), self.reminded.map(Stamp::at));
        let mut finder = Finder { rules, last, reminded, found };
        let of = |what, at| Found { at, what, id: None, step: None, unit: None, tells: None };
        let open = !status.is_ended();
        if let Some(due) = time::dossier_due(dossier, rules).filter(|_| open) {
            let began = dossier.accepted().unwrap_or_else(|| dossier.submitted());
            finder.falls_due(of(WakeupKind::Due, due.0), due, time::end(due), began, None);
        }
        for running in dossier.running() {
            if let Some(due) = time::step_due(running.step, dossier, rules) {
                let one = Found { step: Some(running.step), ..of(WakeupKind::StepDue, due.0) };
                finder.falls_due(one, due, time::end(due), running.since, None);
            }
        }
        for duty in &self.open {
            let Some(due) = time::due(duty, dossier, rules) else { continue };
            let (id, step, unit) = (Some(duty.rule().id.as_str()), duty.step(dossier), duty.unit());
            let one = Found { id, step, unit, ..of(WakeupKind::Duty, due.0) };
            let late_after = if duty.rule().if_late { time::late_after(duty, dossier, rules) } else { None };
            let late_after = late_after.unwrap_or_else(|| time::end(due));
            finder.falls_due(one, due, late_after, duty.started.at(), Some(duty));
        }
        let rest = dossier.rest();
        for asked in &rest.consultations {
            let step = dossier.procedure.step(&asked.step);
            for (due, unit) in asked.due.iter().flat_map(|due| asked.units.iter().map(|unit| (*due, unit))) {
                finder.later(Found { step, unit: Some(unit), ..of(WakeupKind::ConsultationDue, due) });
            }
        }
        if let Some(until) = rest.until.filter(|_| open && !rest.to_follow.is_empty()) {
            finder.later(of(WakeupKind::PapersDue, until));
        }
        for running in dossier.running().filter(|running| running.step.elapse.is_some()) {
            let ends = dossier.elapses(&running.step.id, rules.calendar).ok().flatten();
            if let Some(ends) = ends.filter(|_| may("elapse", status)) {
                let step = Some(running.step);
                (finder.found)(Found { step, ..of(WakeupKind::Elapses, just_after(ends)) });
            }
        }
        let lapses = dossier.lapses(rules.calendar).ok().flatten();
        if let Some(until) = lapses.filter(|_| may("lapse", status)) {
            (finder.found)(of(WakeupKind::Lapses, just_after(until)));
        }
    }
}

/// Passes on what falls due later than the last event, and whom to tell of it.
struct Finder<'r, 'f> {
    rules: Rules<'r>,
    last: NaiveDateTime,
    reminded: Option<NaiveDateTime>,
    found: &'f mut dyn FnMut(Found<'_>),
}

impl Finder<'_, '_> {
    fn later(&mut self, one: Found<'_>) {
        if self.last < one.at {
            (self.found)(one);
        }
    }

    /// Something that falls due, and the escalations of it.
    fn falls_due(
        &mut self,
        one: Found<'_>,
        due: time::Moment,
        late_after: NaiveDateTime,
        began: NaiveDateTime,
        duty: Option<&Open>,
    ) {
        if duty.is_none_or(|duty| !duty.rule().optional) {
            self.later(one);
        }
        let of = match one.what {
            WakeupKind::Due => Of::Dossier,
            WakeupKind::StepDue => Of::Step,
            _ => Of::Duty,
        };
        let rows =
            TABLE.escalations.iter().filter(|row| row.of == of && duty.is_none_or(|duty| row.is_of(duty)));
        for row in rows {
            let at = row.at(due, late_after, began, self.rules);
            if let Some(at) = at.filter(|at| self.reminded.is_none_or(|reminded| reminded < *at)) {
                let (what, id) = (WakeupKind::Reminder, Some(row.id.as_str()));
                (self.found)(Found { at, what, id, tells: Some(row), ..one });
            }
        }
    }
}

impl Escalation {
    /// When it tells of something that began, falls due, and is not late until then; `None` if the warning would come
    /// before the beginning.
    fn at(
        &self,
        due: time::Moment,
        late_after: NaiveDateTime,
        began: NaiveDateTime,
        rules: Rules<'_>,
    ) -> Option<NaiveDateTime> {
        match self.rung {
            Rung::Before(limit) => time::before(due.0, limit, rules.calendar).filter(|at| began < *at),
            Rung::Late => Some(just_after(late_after)),
            Rung::After(limit) => time::after(due.0, limit, rules.calendar),
        }
    }

    /// Whether it is about a duty. One that need not be done, or of which nobody hears, it has to name.
    fn is_of(&self, open: &Open) -> bool {
        match self.duty {
            Some(row) => row == open.row,
            None => !open.rule().optional && !open.rule().unseen,
        }
    }
}

impl Open {
    fn step<'d>(&self, dossier: &'d Dossier) -> Option<&'d Step> {
        dossier.procedure.step(self.step.as_deref()?)
    }

    fn unit(&self) -> Option<&str> {
        match &self.about {
            About::Unit(unit) => Some(unit),
            About::Whole | About::Part(_) => None,
        }
    }
}

impl Found<'_> {
    fn told(&self, rules: Rules<'_>, dossier: &Dossier) -> Wakeup {
        let of_step = || self.step.map(|step| dossier.unit_of(step, rules));
        Wakeup {
            at: self.at,
            dossier: dossier.code.clone(),
            what: self.what,
            id: self.id,
            step: self.step.map(|step| SmolStr::new(&step.id)),
            unit: self.unit.or_else(of_step).unwrap_or(&dossier.unit).into(),
            to: self.tells.map(|row| row.to),
            text_vi: self.tells.map(|row| row.text_vi.as_str()),
        }
    }
}

impl Dossier {
    /// The unit that does a step: the one of its tier in the dossier's line, as of the last event; for the step of an
    /// outside agency, the dossier's own.
    pub(crate) fn unit_of<'r>(&'r self, step: &Step, rules: Rules<'r>) -> &'r str {
        let organisation = rules.organisation;
        let duty = step.role.as_deref().and_then(|role| organisation.duty(role));
        let at_tier = organisation.at_tier_on(&self.unit, step.tier, self.last().date());
        at_tier.filter(|_| duty != Some(Duty::Outside)).map_or(&self.unit, |unit| &unit.id)
    }
}

/// Wakeups of several dossiers in one order: by moment, dossier, and what it is.
pub(crate) fn sort(wakeups: &mut [Wakeup]) {
    wakeups.sort_by(|a, b| {
        let key = |wakeup: &Wakeup| (wakeup.at, wakeup.what, wakeup.id);
        let first = a.at.cmp(&b.at).then_with(|| a.dossier.cmp(&b.dossier)).then_with(|| key(a).cmp(&key(b)));
        first.then_with(|| (&a.step, &a.unit).cmp(&(&b.step, &b.unit)))
    });
}

/// Whether a state allows a command.
fn may(command: &str, status: Status) -> bool {
    authority(command).is_some_and(|row| row.allows(status))
}

/// The first moment that is later.
fn just_after(at: NaiveDateTime) -> NaiveDateTime {
    at.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(at)
}
