//! Time limits and due dates.

use crate::calendar::CalendarHandle;
use crate::error::{Error, Failure, Status};
use crate::guard::{give, input, inputs};
use crate::text::{Str, Text, json};
use crate::time::Moment;
use chrono::NaiveTime;
use motcua_core::calendar::Calendar;
use motcua_core::deadline::{
    Clock, CutOff as CoreCutOff, CutOffEffect as CoreEffect, Due as CoreDue, Explanation, LimitRule,
    Suspension as CoreSuspension, SuspensionPolicy, TimeLimit,
};

/// What a suspension does to the clock.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum Policy {
    /// The limit counts again from zero afterwards.
    MotcuaRestart = 0,
    /// The time of the suspension does not count.
    MotcuaPause = 1,
    /// The limit keeps running.
    MotcuaKeepRunning = 2,
    /// Another limit counts afterwards.
    MotcuaSecondStage = 3,
}

/// When a result is due.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum DueKind {
    /// At a moment.
    MotcuaDueAt = 0,
    /// Open, while the clock is suspended.
    MotcuaDueSuspended = 1,
    /// Never: no limit is stated.
    MotcuaDueNotStated = 2,
    /// Not known.
    MotcuaDueUnknown = 3,
}

/// How an explanation is written.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum Format {
    /// JSON.
    MotcuaJson = 0,
    /// English text.
    MotcuaEnglish = 1,
    /// Vietnamese text.
    MotcuaVietnamese = 2,
    /// A picture: SVG, a grid for each month.
    MotcuaSvg = 3,
}

/// A suspension of a clock.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Suspension {
    /// When it began.
    pub from: Moment,
    /// When it ended; not read if it has not.
    pub to: Moment,
    /// Whether it has ended.
    pub ended: bool,
    /// A motcua_policy.
    pub policy: i32,
    /// Why.
    pub reason: Str,
}

/// What a late reception changes.
#[repr(i32)]
#[derive(Clone, Copy)]
pub enum CutOffEffect {
    /// The result is due one working day later.
    MotcuaDueNextWorkingDay = 0,
    /// The limit counts from the next working day.
    MotcuaCountFromNextWorkingDay = 1,
    /// Only the papers go on later.
    MotcuaForwardNextWorkingDay = 2,
}

/// An hour after which a reception counts differently.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct CutOff {
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// A motcua_cut_off_effect.
    pub effect: i32,
}

/// A due date.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Due {
    /// A motcua_due_kind.
    pub kind: i32,
    /// The moment, if the kind is MOTCUA_DUE_AT; else zeros.
    pub at: Moment,
    /// Whether it rests on days after the last announced year, so that an announcement may still move it.
    pub projected: bool,
}

/// Reads a time limit, as files have it (`3 working_day`) or as documents write it (`03 ngày làm việc`), and gives it
/// as files have it.
///
/// # Safety
/// `text` is as motcua_str says; `canonical` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_time_limit_parse(
    text: Str,
    canonical: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(canonical, "canonical", err, || {
            let limit = TimeLimit::parse(text.read("text")?)?;
            Ok(Text::new(&limit.to_string()))
        })
    }
}

/// When something received at a moment is due, under a limit, with a cut-off hour or NULL, and with suspensions, which
/// may overlap.
///
/// # Safety
/// `calendar` is a calendar of this library; `limit` is as motcua_str says; `cut_off` is NULL or valid; `suspensions`
/// points to `suspension_count` of them or the count is 0; `due` can be written; `err` is NULL or can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_due_date(
    calendar: *const CalendarHandle,
    limit: Str,
    received: Moment,
    cut_off: *const CutOff,
    suspensions: *const Suspension,
    suspension_count: usize,
    due: *mut Due,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(due, "due", err, || {
            let calendar = input(calendar, "calendar")?;
            let suspensions = inputs(suspensions, suspension_count, "suspensions")?;
            let clock = clock(limit, received, cut_off.as_ref(), suspensions)?;
            Ok(clock.due(&calendar.calendar)?.into())
        })
    }
}

/// Why it is due then: the rules used, each skipped day with its source, the suspensions. `format` is a
/// motcua_format.
///
/// # Safety
/// As motcua_due_date; `explanation` can be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn motcua_due_explain(
    calendar: *const CalendarHandle,
    limit: Str,
    received: Moment,
    cut_off: *const CutOff,
    suspensions: *const Suspension,
    suspension_count: usize,
    format: i32,
    explanation: *mut Text,
    err: *mut *mut Error,
) -> Status {
    // SAFETY: pointers by the contract above.
    unsafe {
        give(explanation, "explanation", err, || {
            let calendar = input(calendar, "calendar")?;
            let suspensions = inputs(suspensions, suspension_count, "suspensions")?;
            let clock = clock(limit, received, cut_off.as_ref(), suspensions)?;
            written(&clock.explain(&calendar.calendar)?, &calendar.calendar, format)
        })
    }
}

pub(crate) fn written(explanation: &Explanation, calendar: &Calendar, format: i32) -> Result<Text, Failure> {
    match format {
        f if f == Format::MotcuaJson as i32 => json(explanation),
        f if f == Format::MotcuaEnglish as i32 => Ok(Text::new(&explanation.to_string())),
        f if f == Format::MotcuaVietnamese as i32 => Ok(Text::new(&explanation.vi())),
        f if f == Format::MotcuaSvg as i32 => Ok(Text::new(&explanation.svg(calendar))),
        _ => Err(Failure::argument(&format!("{format} is no motcua_format"))),
    }
}

/// # Safety
/// `limit` and the reasons of the suspensions are as motcua_str says.
unsafe fn clock(
    limit: Str,
    received: Moment,
    cut_off: Option<&CutOff>,
    suspensions: &[Suspension],
) -> Result<Clock, Failure> {
    // SAFETY: by the contract above.
    let limit = TimeLimit::parse(unsafe { limit.read("limit") }?)?;
    let cut_off = cut_off.map(CutOff::read).transpose()?;
    let clock = Clock::new(LimitRule { cut_off, ..LimitRule::new(limit) }, received.read()?);
    let suspensions = suspensions.iter().map(|suspension| {
        Ok(CoreSuspension {
            from: suspension.from.read()?,
            to: if suspension.ended { Some(suspension.to.read()?) } else { None },
            // SAFETY: by the contract above.
            reason: unsafe { suspension.reason.read("reason") }?.into(),
            policy: policy(suspension.policy)?,
            answer_within: None,
        })
    });
    Ok(clock.with_suspensions(suspensions.collect::<Result<_, Failure>>()?)?)
}

pub(crate) fn policy(policy: i32) -> Result<SuspensionPolicy, Failure> {
    match policy {
        p if p == Policy::MotcuaRestart as i32 => Ok(SuspensionPolicy::Restart),
        p if p == Policy::MotcuaPause as i32 => Ok(SuspensionPolicy::Pause),
        p if p == Policy::MotcuaKeepRunning as i32 => Ok(SuspensionPolicy::KeepRunning),
        p if p == Policy::MotcuaSecondStage as i32 => Ok(SuspensionPolicy::SecondStage),
        other => Err(Failure::argument(&format!("{other} is no motcua_policy"))),
    }
}

impl CutOff {
    pub(crate) fn read(&self) -> Result<CoreCutOff, Failure> {
        let Self { hour, minute, effect } = *self;
        let time = NaiveTime::from_hms_opt(hour, minute, 0)
            .ok_or_else(|| Failure::argument(&format!("{hour:02}:{minute:02} is no time of day")))?;
        let effect = match effect {
            e if e == CutOffEffect::MotcuaDueNextWorkingDay as i32 => CoreEffect::DueNextWorkingDay,
            e if e == CutOffEffect::MotcuaCountFromNextWorkingDay as i32 => {
                CoreEffect::CountFromNextWorkingDay
            }
            e if e == CutOffEffect::MotcuaForwardNextWorkingDay as i32 => CoreEffect::ForwardNextWorkingDay,
            other => return Err(Failure::argument(&format!("{other} is no motcua_cut_off_effect"))),
        };
        Ok(CoreCutOff { time, effect })
    }
}

impl From<CoreDue> for Due {
    fn from(due: CoreDue) -> Self {
        let zero = Moment { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0 };
        let (kind, at) = match due {
            CoreDue::At(at) | CoreDue::Projected(at) => (DueKind::MotcuaDueAt, at.into()),
            CoreDue::Suspended => (DueKind::MotcuaDueSuspended, zero),
            CoreDue::NotStated => (DueKind::MotcuaDueNotStated, zero),
            CoreDue::Unknown => (DueKind::MotcuaDueUnknown, zero),
        };
        Self { kind: kind as i32, at, projected: due.is_projected() }
    }
}
