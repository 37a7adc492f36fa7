//! What somebody has to do by a time, what falls due next, and who is told.

mod common;

use common::{command, complete, play, receive};
use motcua::calendar::Calendar;
use motcua::dossier::{
    Action, Application, DatedDuty, Decision, DutyState, Event, Notice, Organisation, Paper, WakeupKind,
    Whose, duty_rules, escalations, wakeups,
};
use motcua::dossier::{Rules, duties};
use motcua::journal::{Journal, MemoryJournal, SqliteJournal, WorkFilter, WorkOrder};
use motcua::procedure::{Catalogue, Channel, Duty};
use motcua::{Engine, moment};
use proptest::prelude::*;
use std::sync::{Arc, LazyLock};

const UNITS: &str = r#"
[[unit]]
id = "nghe-an"
name_vi = "UBND tỉnh Nghệ An"
tier = "province"

[[unit]]
id = "hoa-thanh"
name_vi = "UBND xã Hoa Thành"
tier = "commune"
parent = "nghe-an"

[[unit]]
id = "van-thanh"
name_vi = "UBND xã Vân Thành"
tier = "commune"
parent = "nghe-an"

[[officer]]
id = "reception"
unit = "hoa-thanh"
roles = ["one_stop"]

[[officer]]
id = "justice"
unit = "hoa-thanh"
roles = ["judicial_officer", "licensing_office"]

[[officer]]
id = "chair"
unit = "hoa-thanh"
roles = ["commune_leader"]

[[officer]]
id = "neighbour"
unit = "van-thanh"
roles = ["judicial_officer"]

[[officer]]
id = "province"
unit = "nghe-an"
roles = ["justice_department", "one_stop"]

[[officer]]
id = "director"
unit = "nghe-an"
roles = ["justice_director"]

[[officer]]
id = "police"
unit = "hoa-thanh"
roles = ["police"]

[[officer]]
id = "insurance"
unit = "hoa-thanh"
roles = ["social_insurance"]
"#;

/// One that takes ten working days, and one that the province settles.
const PROCEDURES: &str = r#"
[[procedure]]
code = "thu/muoi-ngay"
name_vi = "Thủ tục mười ngày"
name_en = "Ten days"
field = "ho-tich"
tier = "commune"
in_force_from = 2013-01-01
jurisdiction = "toàn quốc"
agency = "UBND cấp xã"
source = "a test"
verified = false
not_in_source = ["fees", "legal_basis"]

[[procedure.time_limit]]
limit = "10 working_day"

[[procedure.component]]
id = "don"
name_vi = "Đơn"
original = 1
required = "conditional"
may_follow = true

[[procedure.step]]
id = "receive"
name_vi = "Tiếp nhận"
role = "one_stop"
kind = "receive"
limit = "1 working_day"
next = ["check"]

[[procedure.step]]
id = "check"
name_vi = "Thẩm định"
role = "judicial_officer"
kind = "process"
limit = "3 working_day"
outcomes = { complete = ["sign"], post = ["post"] }

[[procedure.step]]
id = "post"
name_vi = "Niêm yết"
role = "judicial_officer"
kind = "post"
after = "5 day"
then = "complete"
not_before = true
next = ["sign"]

[[procedure.step]]
id = "sign"
name_vi = "Ký"
role = "commune_leader"
kind = "sign"
limit = "1 working_day"
next = ["deliver"]

[[procedure.step]]
id = "deliver"
name_vi = "Trả kết quả"
role = "one_stop"
kind = "deliver"
next = ["end"]

[[procedure]]
code = "thu/cap-tinh"
name_vi = "Thủ tục liên thông"
name_en = "Another level"
field = "quoc-tich"
tier = "province"
in_force_from = 2013-01-01
jurisdiction = "toàn quốc"
agency = "Sở Tư pháp"
linked = true
source = "a test"
verified = false
not_in_source = ["components", "fees", "legal_basis"]

[[procedure.time_limit]]
limit = "10 working_day"

[[procedure.step]]
id = "receive"
name_vi = "Tiếp nhận"
role = "one_stop"
kind = "receive"
next = ["check"]

[[procedure.step]]
id = "check"
name_vi = "Thẩm định"
role = "justice_department"
kind = "process"
next = ["sign"]

[[procedure.step]]
id = "sign"
name_vi = "Ký"
role = "justice_director"
kind = "sign"
next = ["deliver"]

[[procedure.step]]
id = "deliver"
name_vi = "Trả kết quả"
role = "one_stop"
kind = "deliver"
next = ["end"]
"#;

static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Catalogue::embedded_and("test.toml", PROCEDURES).unwrap_or_else(|e| panic!("{e}")));
static ORGANISATION: LazyLock<Organisation> =
    LazyLock::new(|| Organisation::load(&CATALOGUE, &[("units.toml", UNITS)]).unwrap());

fn rules() -> Rules<'static> {
    Rules { catalogue: &CATALOGUE, calendar: Calendar::vietnam(), organisation: &ORGANISATION }
}

fn engine_over<J: Journal>(journal: J) -> Engine<J> {
    Engine::new(CATALOGUE.clone(), Calendar::vietnam().clone(), ORGANISATION.clone(), journal)
}

fn engine() -> Engine<MemoryJournal> {
    engine_over(MemoryJournal::new())
}

fn at(text: &str) -> chrono::NaiveDateTime {
    moment::parse(text).unwrap_or_else(|| panic!("{text}"))
}

fn supplement() -> Action {
    Action::RequestSupplement { reason: "thiếu giấy tờ".into() }
}

fn notify(notice: Notice) -> Action {
    Action::Notify { notice, text: None }
}

fn consult(unit: &str, due: Option<&str>) -> Action {
    let (step, units, question) = ("check".into(), vec![unit.into()], "Có hộ khẩu không?".into());
    Action::Consult { step, units, question, due: due.map(at) }
}

fn answer() -> Action {
    Action::Answer { step: "check".into(), opinion: "Có".into() }
}

fn refuse() -> Action {
    let (result, reason) = (Decision::Refused, Some("không đủ điều kiện".into()));
    Action::Resolve { result, electronic: false, reason, number: None }
}

fn reappoint(to: &str) -> Action {
    Action::Reappoint { to: at(to), reason: "nhiều hồ sơ".into() }
}

fn pay() -> Action {
    Action::Pay { vnd: 8000, online: true }
}

fn report_error() -> Action {
    Action::ReportError { what: "sai ngày sinh".into() }
}

fn correct() -> Action {
    Action::Correct { what: "đã sửa".into() }
}

type Step = (&'static str, &'static str, Action);

/// Ten working days, received and accepted on a day.
fn ten_days(channel: Channel, received: &'static str, accepted: &'static str) -> Vec<Step> {
    vec![
        ("applicant", received, receive("thu/muoi-ngay", channel)),
        ("reception", accepted, Action::accept(None)),
    ]
}

fn played(script: &[Step]) -> Vec<Event> {
    let mut engine = engine();
    play(&mut engine, "H41-1", script);
    engine.events("H41-1").unwrap()
}

fn one(script: &[Step], id: &str, now: &str) -> Vec<DatedDuty> {
    let all = duties(rules(), "H41-1", &played(script), at(now)).unwrap();
    all.into_iter().filter(|duty| duty.id == id).collect()
}

struct Case {
    id: &'static str,
    script: Vec<Step>,
    now: &'static str,
    state: DutyState,
    due: Option<&'static str>,
    met_at: Option<&'static str>,
}

fn check(cases: &[Case]) {
    for (number, case) in cases.iter().enumerate() {
        let found = one(&case.script, case.id, case.now);
        let [duty] = found.as_slice() else { panic!("case {number}, {}: {found:#?}", case.id) };
        let told = (duty.state, duty.due, duty.met_at);
        let due = case.due.map(at);
        assert_eq!(told, (case.state, due, case.met_at.map(at)), "case {number}, {}", case.id);
    }
}

/// A duty that is due, met in time, met late, and missed.
fn four(
    id: &'static str,
    script: &[Step],
    due: &'static str,
    met: (&'static str, &'static str, &'static str, Action),
    after: &'static str,
) -> Vec<Case> {
    let (actor, in_time, late, action) = met;
    let then = |moment| [script, &[(actor, moment, action.clone())]].concat();
    let last = script.last().unwrap().1;
    let due = Some(due);
    let case = |script, now, state, met_at| Case { id, script, now, state, due, met_at };
    vec![
        case(script.to_vec(), last, DutyState::Due, None),
        case(then(in_time), after, DutyState::Met, Some(in_time)),
        case(then(late), after, DutyState::Missed, Some(late)),
        case(script.to_vec(), after, DutyState::Missed, None),
    ]
}

#[test]
fn the_reception_of_an_online_dossier() {
    let online = [("applicant", "2026-03-06 16:00", receive("thu/muoi-ngay", Channel::Online))];
    let alert = notify(Notice::Alert);
    let told = ("system", "2026-03-06 18:00", "2026-03-06 18:00:01", alert);
    check(&four("alert", &online, "2026-03-06 18:00", told, "2026-03-09 12:00"));
    // Friday at 16:00, and eight working hours: Monday at 16:00.
    let accept = ("reception", "2026-03-09 16:00", "2026-03-09 16:00:01", Action::accept(None));
    check(&four("answer", &online, "2026-03-09 16:00", accept, "2026-03-10 12:00"));
    let ask = ("reception", "2026-03-09 15:00", "2026-03-09 16:30", supplement());
    check(&four("answer", &online, "2026-03-09 16:00", ask, "2026-03-10 12:00"));
    // Who accepts was told, so the alert is met too; over a counter there is neither.
    let accepted = ten_days(Channel::Online, "2026-03-06 16:00", "2026-03-06 16:20");
    assert_eq!(one(&accepted, "alert", "2026-03-09 12:00")[0].met_at, Some(at("2026-03-06 16:20")));
    let counter = [("applicant", "2026-03-06 16:00", receive("thu/muoi-ngay", Channel::Counter))];
    assert!(duties(rules(), "H41-1", &played(&counter), at("2026-03-06 16:00")).unwrap().is_empty());
    // Whoever withdraws before the time is over leaves nothing to answer; afterwards it was missed.
    for (moment, state) in
        [("2026-03-06 17:00", DutyState::FellAway), ("2026-03-09 17:00", DutyState::Missed)]
    {
        let gone = [online.to_vec(), vec![("applicant", moment, Action::Withdraw { reason: None })]].concat();
        let [duty] = &one(&gone, "answer", "2026-04-01 12:00")[..] else { panic!() };
        assert_eq!((duty.state, duty.met_at), (state, None), "{moment}");
    }
}

#[test]
fn eight_working_hours_of_a_unit_with_other_hours() {
    // From 07:30 to 11:30 and from 13:30 to 17:00: Friday at 16:00 and eight hours are Monday at 16:30.
    let text = r#"
[[source]]
id = "gio"
act = "Quyết định của tỉnh"
known_since = 2020-01-01
url = "https://example.org"
verified = true

[[hours]]
from = 2020-01-01
open = ["07:30-11:30", "13:30-17:00"]
source = "gio"
"#;
    let calendar = Calendar::vietnam().for_unit("gio.toml", text).unwrap();
    let online = [("applicant", "2026-06-05 16:00", receive("thu/muoi-ngay", Channel::Online))];
    let events = played(&online);
    let of_unit = Rules { calendar: &calendar, ..rules() };
    let found = duties(of_unit, "H41-1", &events, at("2026-06-05 16:00")).unwrap();
    let answer = found.iter().find(|duty| duty.id == "answer").unwrap();
    assert_eq!(answer.due, Some(at("2026-06-08 16:30")));
}

#[test]
fn papers_go_on_the_same_day_or_the_next_morning() {
    let claim = Action::Claim { step: "check".into() };
    let morning = ten_days(Channel::Counter, "2026-03-06 09:00", "2026-03-06 09:10");
    let taken = ("justice", "2026-03-06 17:30", "2026-03-09 08:00", claim.clone());
    check(&four("forward", &morning, "2026-03-06 17:00", taken, "2026-03-10 12:00"));
    // At 15:00 it is not after 15:00; a second later it is, and the first hour of Monday is meant.
    let on_time = ten_days(Channel::Counter, "2026-03-06 15:00", "2026-03-06 15:00");
    assert_eq!(one(&on_time, "forward", "2026-03-06 15:00")[0].due, Some(at("2026-03-06 17:00")));
    let evening = ten_days(Channel::Post, "2026-03-06 15:00", "2026-03-06 15:00:01");
    let taken = ("justice", "2026-03-09 08:00", "2026-03-09 08:00:01", claim);
    check(&four("forward", &evening, "2026-03-09 08:00", taken, "2026-03-10 12:00"));
    // What came as data goes on with the acceptance itself.
    let online = ten_days(Channel::Online, "2026-03-06 09:00", "2026-03-06 09:10");
    assert!(one(&online, "forward", "2026-03-06 09:10").is_empty());
    let paper = |from_data: bool| Paper {
        component: "don".into(),
        original: u16::from(!from_data),
        copy: 0,
        certified: 0,
        from_data,
        digitised: true,
        signed: false,
    };
    for from_data in [true, false] {
        let mut new = Application::new("thu/muoi-ngay", "hoa-thanh", Channel::Counter);
        new.papers = vec![paper(from_data)];
        let script = [
            ("applicant", "2026-03-06 09:00", Action::Receive(Box::new(new))),
            ("reception", "2026-03-06 09:10", Action::accept(None)),
        ];
        assert_eq!(one(&script, "forward", "2026-03-06 09:10").is_empty(), from_data);
    }
}

#[test]
fn papers_for_another_tier_have_a_working_day() {
    let to_province = |received_by: &'static str| {
        let new = Application::new("thu/cap-tinh", "nghe-an", Channel::Counter);
        vec![
            (received_by, "2026-03-05 16:00", Action::Receive(Box::new(new))),
            ("province", "2026-03-05 16:10", Action::accept(None)),
        ]
    };
    let taken = ("province", "2026-03-06 16:50", "2026-03-09 08:00", complete("check"));
    check(&four("forward-level", &to_province("reception"), "2026-03-06 17:00", taken, "2026-03-10 12:00"));
    assert!(one(&to_province("reception"), "forward", "2026-03-06 12:00").is_empty());
    assert!(one(&to_province("province"), "forward-level", "2026-03-06 12:00").is_empty());
    assert_eq!(one(&to_province("province"), "forward", "2026-03-06 12:00").len(), 1);
}

#[test]
fn what_is_not_fit_goes_back_within_three_working_days() {
    // Accepted on Monday 1/6/2026 at 10:00; the last of three working days is Thursday 4/6.
    let script = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let case = |script: &[Step], now, state, met_at| {
        let due = Some("2026-06-04 17:00");
        Case { id: "return", script: script.to_vec(), now, state, due, met_at }
    };
    let asked = |moment| [script.clone(), vec![("justice", moment, supplement())]].concat();
    check(&[
        case(&script, "2026-06-04 23:00", DutyState::Due, None),
        // It need not be done.
        case(&script, "2026-06-05 00:00", DutyState::FellAway, None),
        // By law the day ends at midnight, though the office closes before.
        case(&asked("2026-06-04 20:00"), "2026-06-10 12:00", DutyState::Met, Some("2026-06-04 20:00")),
        case(&asked("2026-06-05 08:00"), "2026-06-10 12:00", DutyState::Missed, Some("2026-06-05 08:00")),
    ]);
    assert!(one(&script, "return", "2026-06-02 12:00")[0].optional);
}

#[test]
fn the_time_of_an_agency_waits_while_the_clock_is_suspended() {
    let script = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let ask = Action::RequestPayment { vnd: 8000, reason: "lệ phí".into(), incident: None };
    let waits = [script, vec![("reception", "2026-06-02 09:00", ask)]].concat();
    assert_eq!(one(&waits, "return", "2026-06-03 09:00")[0].due, None);
    let paid = [waits, vec![("applicant", "2026-06-08 09:00", pay())]].concat();
    // Three working days, and the four of the suspension (3, 4, 5, 8 June).
    assert_eq!(one(&paid, "return", "2026-06-08 09:00")[0].due, Some(at("2026-06-10 17:00")));
}

#[test]
fn the_applicant_has_fifteen_days_and_then_the_dossier_is_closed() {
    // The notice of 4/6/2026 lapses after 19/6/2026.
    let script = [
        ten_days(Channel::Online, "2026-06-03 09:00", "2026-06-03 10:00"),
        vec![("justice", "2026-06-04 09:00", supplement())],
    ]
    .concat();
    let supply = ("applicant", "2026-06-19 23:59:59", "2026-06-20 00:00", Action::supply());
    check(&four("supplement", &script, "2026-06-19 23:59:59", supply, "2026-07-01 12:00"));
    let found = one(&script, "supplement", "2026-06-10 12:00");
    assert_eq!((found[0].whose, found[0].on_missed), (Whose::Applicant, Some("lapse")));
    // Closed afterwards, it was missed for good.
    let closed = [script, vec![("system", "2026-06-20 00:00", Action::Lapse {})]].concat();
    let [duty] = &one(&closed, "supplement", "2026-07-01 12:00")[..] else { panic!() };
    assert_eq!((duty.state, duty.met_at), (DutyState::Missed, None));
    // NĐ 61/2018 set no time, so there is no such duty, nor before acceptance.
    let old = [
        ten_days(Channel::Online, "2023-06-05 09:00", "2023-06-05 10:00"),
        vec![("justice", "2023-06-06 09:00", supplement())],
    ]
    .concat();
    assert!(one(&old, "supplement", "2023-07-01 12:00").is_empty());
    let before = [
        ("applicant", "2026-06-03 09:00", receive("thu/muoi-ngay", Channel::Online)),
        ("reception", "2026-06-03 10:00", supplement()),
    ];
    assert!(one(&before, "supplement", "2026-07-01 12:00").is_empty());
}

#[test]
fn a_refusal_comes_within_the_processing_time() {
    let script = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let refused = |moment| [script.clone(), vec![("chair", moment, refuse())]].concat();
    let case = |script: Vec<Step>, state, met_at| {
        let (now, due) = ("2026-07-01 12:00", Some("2026-06-15 17:00"));
        Case { id: "refuse-in-time", script, now, state, due, met_at }
    };
    check(&[
        case(refused("2026-06-15 18:00"), DutyState::Met, Some("2026-06-15 18:00")),
        case(refused("2026-06-16 08:00"), DutyState::Missed, Some("2026-06-16 08:00")),
        case(script.clone(), DutyState::FellAway, None),
    ]);
}

#[test]
fn the_apology_comes_a_day_before_once() {
    // Due on 10/6/2026, so the apology by 9/6.
    let script = ten_days(Channel::Online, "2026-05-27 09:00", "2026-05-27 10:00");
    let due = Some("2026-06-09 17:00");
    let case = |script: &[Step], now, state, due, met_at| Case {
        id: "apology",
        script: script.to_vec(),
        now,
        state,
        due,
        met_at,
    };
    let then = |more: &[Step]| [script.as_slice(), more].concat();
    let apologised = then(&[("justice", "2026-06-09 22:00", reappoint("2026-06-24 17:00"))]);
    let done = |moment| then(&[("chair", moment, refuse())]);
    check(&[
        case(&script, "2026-06-09 12:00", DutyState::Due, due, None),
        // Who is done in time need not apologise, so it is missed with the due date only.
        case(&script, "2026-06-10 12:00", DutyState::Due, due, None),
        case(&script, "2026-06-11 00:00", DutyState::Missed, due, None),
        case(&done("2026-06-10 16:00"), "2026-07-01 12:00", DutyState::Met, due, Some("2026-06-10 16:00")),
        case(&done("2026-06-11 09:00"), "2026-07-01 12:00", DutyState::Missed, due, Some("2026-06-11 09:00")),
        case(&apologised, "2026-06-30 12:00", DutyState::Met, due, Some("2026-06-09 22:00")),
    ]);
    // The engine itself refuses one that comes too late, or a second one.
    for (actions, code) in [
        (vec![("2026-06-10 08:00", "2026-06-24 17:00")], "deadline.apology_late"),
        (
            vec![("2026-06-09 09:00", "2026-06-24 17:00"), ("2026-06-10 09:00", "2026-06-26 17:00")],
            "deadline.reappointed",
        ),
    ] {
        let mut engine = engine();
        play(&mut engine, "H41-1", &script);
        let (last, first) = actions.split_last().unwrap();
        for (moment, to) in first {
            engine.handle(&command("H41-1", "justice", moment, reappoint(to))).unwrap();
        }
        let sent = command("H41-1", "justice", last.0, reappoint(last.1));
        assert_eq!(common::refused(&mut engine, &sent), code);
    }
    // A supplement starts the time anew, and with it the duty, which is still one.
    let anew = then(&[
        ("justice", "2026-06-01 09:00", supplement()),
        ("applicant", "2026-06-03 09:00", Action::supply()),
    ]);
    check(&[case(&anew, "2026-06-03 12:00", DutyState::Due, Some("2026-06-16 17:00"), None)]);
    let waits = &anew[..3];
    check(&[case(waits, "2026-06-02 12:00", DutyState::Due, None, None)]);
    // What is due on the day itself leaves no day before.
    let same_day = [
        ("applicant", "2026-06-01 08:00", receive("2.000815", Channel::Counter)),
        ("reception", "2026-06-01 09:00", Action::accept(None)),
    ];
    check(&[
        case(&same_day, "2026-06-01 12:00", DutyState::Due, None, None),
        case(&same_day, "2026-06-02 00:00", DutyState::Missed, None, None),
    ]);
}

#[test]
fn an_opinion_is_due_when_who_asks_says_so() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        vec![("justice", "2026-06-02 09:00", consult("van-thanh", Some("2026-06-04 11:00")))],
    ]
    .concat();
    let told = ("neighbour", "2026-06-04 11:00", "2026-06-04 11:00:01", answer());
    check(&four("opinion", &script, "2026-06-04 11:00", told, "2026-06-08 12:00"));
    let [duty] = &one(&script, "opinion", "2026-06-03 12:00")[..] else { panic!() };
    assert_eq!((duty.step.as_deref(), duty.unit.as_deref()), (Some("check"), Some("van-thanh")));
    // One duty for each unit; asked anew, there is another time.
    let again = [
        script.clone(),
        vec![
            ("justice", "2026-06-03 09:00", consult("nghe-an", Some("2026-06-08 11:00"))),
            ("justice", "2026-06-03 10:00", consult("van-thanh", Some("2026-06-09 11:00"))),
        ],
    ]
    .concat();
    let found = one(&again, "opinion", "2026-06-05 12:00");
    let told: Vec<_> =
        found.iter().map(|duty| (duty.unit.as_deref().unwrap(), duty.state, duty.due)).collect();
    assert_eq!(
        told,
        [
            ("van-thanh", DutyState::FellAway, Some(at("2026-06-04 11:00"))),
            ("nghe-an", DutyState::Due, Some(at("2026-06-08 11:00"))),
            ("van-thanh", DutyState::Due, Some(at("2026-06-09 11:00"))),
        ]
    );
    // No time was set, and the law sets none: no duty. And the head of the one-stop shop is told of one that is late.
    let open = [&script[..2], &[("justice", "2026-06-02 09:00", consult("van-thanh", None))]].concat();
    assert!(one(&open, "opinion", "2026-06-30 12:00").is_empty());
    assert!(one(&script, "late-opinion", "2026-06-04 11:00").is_empty());
    let [late] = &one(&script, "late-opinion", "2026-06-04 11:00:01")[..] else { panic!() };
    assert_eq!((late.state, late.starts, late.due), (DutyState::Due, at("2026-06-04 11:00"), None));
    let notified = [script, vec![("justice", "2026-06-05 09:00", notify(Notice::LateConsultation))]].concat();
    let [told] = &one(&notified, "late-opinion", "2026-06-30 12:00")[..] else { panic!() };
    assert_eq!((told.state, told.met_at), (DutyState::Met, Some(at("2026-06-05 09:00"))));
}

#[test]
fn special_laws_stand_in_the_place_of_the_decree() {
    // NĐ 175/2024: seven working days to look at a building permit, and five more once a supplement has come.
    let mut new = Application::new("1.013225", "hoa-thanh", Channel::Online);
    new.case = Some("cap-iii-iv".into());
    let script = [
        ("applicant", "2026-06-01 08:00", Action::Receive(Box::new(new))),
        ("reception", "2026-06-01 09:00", Action::accept(None)),
        ("justice", "2026-06-05 09:00", supplement()),
        ("applicant", "2026-06-08 09:00", Action::supply()),
    ];
    assert!(one(&script, "return", "2026-06-08 12:00").is_empty());
    let [first] = &one(&script, "return-permit-175", "2026-06-08 12:00")[..] else { panic!() };
    assert_eq!((first.due, first.state), (Some(at("2026-06-10 17:00")), DutyState::Met));
    let [again] = &one(&script, "return-permit-175-again", "2026-06-08 12:00")[..] else { panic!() };
    assert_eq!((again.due, again.state), (Some(at("2026-06-15 17:00")), DutyState::Due));
    // NĐ 216/2026: an application for a criminal record is answered by the software.
    let record = Application::new("3.000333", "nghe-an", Channel::Online);
    let script = [("applicant", "2026-07-06 08:00", Action::Receive(Box::new(record)))];
    assert!(one(&script, "answer", "2026-07-06 08:00").is_empty());
    let [answer] = &one(&script, "answer-criminal-record", "2026-07-06 08:00")[..] else { panic!() };
    assert_eq!((answer.whose, answer.due), (Whose::System, Some(at("2026-07-07 08:00"))));
}

#[test]
fn silence_that_is_consent_is_reported_to_nobody() {
    // NĐ 217/2026 Đ54: two working days, and then it counts as consent.
    let mut new = Application::new("1.013225", "hoa-thanh", Channel::Online);
    new.case = Some("cap-iii-iv".into());
    let script = [
        ("applicant", "2026-07-06 08:00", Action::Receive(Box::new(new))),
        ("reception", "2026-07-06 09:00", Action::accept(None)),
        ("justice", "2026-07-06 10:00", {
            let (step, units, question) = ("examine".into(), vec!["van-thanh".into()], "Ý kiến?".into());
            Action::Consult { step, units, question, due: None }
        }),
    ];
    let [duty] = &one(&script, "opinion", "2026-07-07 08:00")[..] else { panic!() };
    assert_eq!(duty.due, Some(at("2026-07-08 17:00")));
    assert_eq!(one(&script, "opinion", "2026-07-09 00:00")[0].state, DutyState::Missed);
    assert!(one(&script, "late-opinion", "2026-07-20 08:00").is_empty());
    // The special law's five days stand in place of the decree's three.
    assert!(one(&script, "return", "2026-07-07 08:00").is_empty());
    assert_eq!(one(&script, "return-permit-217", "2026-07-07 08:00")[0].due, Some(at("2026-07-13 17:00")));
    // What does not come in its two days is refused within one, which the waiting does not hold up.
    let asked = [script.to_vec(), vec![("justice", "2026-07-07 10:00", supplement())]].concat();
    assert_eq!(one(&asked, "supplement", "2026-07-08 08:00")[0].due, Some(at("2026-07-09 23:59:59")));
    let [refusal] = &one(&asked, "refuse-permit-217", "2026-07-10 08:00")[..] else { panic!() };
    assert_eq!((refusal.starts, refusal.due), (at("2026-07-09 23:59:59"), Some(at("2026-07-10 17:00"))));
    let lapsed = [asked, vec![("system", "2026-07-10 08:00", Action::Lapse {})]].concat();
    let [refusal] = &one(&lapsed, "refuse-permit-217", "2026-08-01 08:00")[..] else { panic!() };
    assert_eq!((refusal.state, refusal.met_at), (DutyState::Met, Some(at("2026-07-10 08:00"))));
}

/// Checked, signed and granted.
fn granted(moment: &'static str) -> Vec<Step> {
    vec![
        ("justice", moment, complete("check")),
        ("chair", moment, Action::sign("sign", true)),
        ("reception", moment, Action::grant(true)),
    ]
}

#[test]
fn an_early_result_is_announced_before_it_is_handed_over() {
    // Due on 15/6.
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let early = [begun.clone(), granted("2026-06-12 09:00")].concat();
    let deliver = ("reception", "2026-06-12 11:00", Action::deliver(Channel::Online));
    let notice = ("reception", "2026-06-12 10:00", notify(Notice::EarlyReturn));
    let case = |more: &[Step], state, met_at| {
        let script = [early.as_slice(), more].concat();
        Case { id: "early-return", script, now: "2026-07-01 12:00", state, due: None, met_at }
    };
    check(&[
        case(&[], DutyState::Due, None),
        case(&[notice.clone(), deliver.clone()], DutyState::Met, Some("2026-06-12 10:00")),
        case(&[deliver], DutyState::Missed, None),
    ]);
    let on_time = [begun, granted("2026-06-15 09:00")].concat();
    assert!(one(&on_time, "early-return", "2026-07-01 12:00").is_empty());
}

#[test]
fn an_error_of_the_agency_is_mended_in_three_working_days() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        granted("2026-06-12 09:00"),
        vec![("reception", "2026-06-12 10:00", notify(Notice::EarlyReturn))],
        vec![("reception", "2026-06-12 11:00", Action::deliver(Channel::Online))],
        vec![("applicant", "2026-06-18 09:00", report_error())],
    ]
    .concat();
    let mended = ("justice", "2026-06-23 17:00", "2026-06-24 08:00", correct());
    check(&four("correct", &script, "2026-06-23 17:00", mended, "2026-07-01 12:00"));
}

#[test]
fn the_post_invites_twice_two_working_days_apart() {
    let script = [
        ten_days(Channel::Post, "2026-06-01 09:00", "2026-06-01 10:00"),
        granted("2026-06-15 09:00"),
        vec![("system", "2026-06-17 09:00", notify(Notice::Invitation))],
    ]
    .concat();
    let second = ("system", "2026-06-19 18:00", "2026-06-22 09:00", notify(Notice::Invitation));
    check(&four("invite", &script, "2026-06-19 17:00", second, "2026-07-01 12:00"));
    // A day later is too soon to count, and being handed over is as good.
    let soon = [script.clone(), vec![("system", "2026-06-18 09:00", notify(Notice::Invitation))]].concat();
    assert_eq!(one(&soon, "invite", "2026-06-18 12:00")[0].state, DutyState::Due);
    let fetched = [script, vec![("reception", "2026-06-18 09:00", Action::deliver(Channel::Post))]].concat();
    assert_eq!(one(&fetched, "invite", "2026-07-01 12:00")[0].state, DutyState::Met);
}

#[test]
fn an_online_payment_is_passed_on_within_eight_working_hours() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        vec![("applicant", "2026-06-02 15:00", pay()), ("applicant", "2026-06-05 15:00", pay())],
    ]
    .concat();
    let found = one(&script, "remit", "2026-06-05 16:00");
    let told: Vec<_> = found.iter().map(|duty| (duty.state, duty.due)).collect();
    assert_eq!(
        told,
        [(DutyState::Untold, Some(at("2026-06-03 15:00"))), (DutyState::Due, Some(at("2026-06-08 15:00"))),]
    );
    // Whatever becomes of the dossier.
    let gone = [script, vec![("applicant", "2026-06-05 15:30", Action::Withdraw { reason: None })]].concat();
    assert_eq!(one(&gone, "remit", "2026-06-05 16:00")[1].state, DutyState::Due);
    assert_eq!(one(&gone, "remit", "2026-07-05 16:00")[1].state, DutyState::Untold);
}

/// The bundle of birth, residence and insurance of 2026, with the birth registered.
fn bundle() -> Vec<Step> {
    let mut new = Application::new("2.000986", "hoa-thanh", Channel::Online);
    new.case = Some("don-gian".into());
    vec![
        ("applicant", "2026-09-07 08:00", Action::Receive(Box::new(new))),
        ("reception", "2026-09-07 09:00", Action::accept(None)),
        ("justice", "2026-09-07 10:00", complete("birth")),
    ]
}

#[test]
fn a_bundle_is_answered_in_a_day_and_each_leg_acknowledges_in_two_hours() {
    let script = bundle();
    let [duty] = &one(&script[..1], "answer-bundle", "2026-09-07 08:00")[..] else { panic!() };
    assert_eq!(duty.due, Some(at("2026-09-08 08:00")));
    assert!(one(&script[..1], "answer", "2026-09-07 08:00").is_empty());
    let legs = |script: &[Step], id, now| -> Vec<_> {
        let found = one(script, id, now);
        found.iter().map(|duty| (duty.step.clone().unwrap().to_string(), duty.state, duty.due)).collect()
    };
    let due = Some(at("2026-09-07 14:00"));
    let leg = |step: &str, state| (step.to_owned(), state, due);
    assert_eq!(
        legs(&script, "acknowledge", "2026-09-07 11:00"),
        [leg("insurance", DutyState::Due), leg("residence", DutyState::Due)]
    );
    // The police take theirs up, by a command that names no step; the insurance does not.
    let ask = ("police", "2026-09-07 11:00", supplement());
    let taken = [script.clone(), vec![ask]].concat();
    assert_eq!(
        legs(&taken, "acknowledge", "2026-09-08 09:00"),
        [leg("insurance", DutyState::Missed), leg("residence", DutyState::Met)]
    );
    let notices = one(&taken, "answer-bundle-leg", "2026-09-07 11:00");
    let states: Vec<_> = notices.iter().map(|duty| (duty.step.as_deref().unwrap(), duty.state)).collect();
    assert_eq!(states, [("insurance", DutyState::Due), ("residence", DutyState::Met)]);
}

#[test]
fn the_parts_of_a_bundle_are_synchronised_and_handed_over() {
    let part = |part: &str| {
        let (part, result) = (part.into(), Decision::Granted);
        Action::ResolvePart { part, from: None, result, electronic: true, reason: None }
    };
    let script = [bundle(), vec![("reception", "2026-09-07 10:05", part("birth"))]].concat();
    let [duty] = &one(&script, "synchronise", "2026-09-07 10:06")[..] else { panic!() };
    assert_eq!((duty.part.as_deref(), duty.due), (Some("birth"), Some(at("2026-09-07 10:15"))));
    assert_eq!(one(&script, "synchronise", "2026-09-07 10:16")[0].state, DutyState::Untold);
    assert_eq!(one(&script, "deliver-leg", "2026-09-07 12:00")[0].state, DutyState::Due);
    let hand_over =
        |part: &str| Action::Deliver { channel: Channel::Online, part: Some(part.into()), to: None };
    let done = [script, vec![("reception", "2026-09-07 10:20", hand_over("birth"))]].concat();
    let [duty] = &one(&done, "deliver-leg", "2026-09-08 12:00")[..] else { panic!() };
    assert_eq!((duty.state, duty.met_at), (DutyState::Met, Some(at("2026-09-07 10:20"))));
}

#[test]
fn in_a_bundle_the_apology_follows_the_delay_and_an_outage_is_mended_in_a_day() {
    let script = bundle();
    assert!(one(&script, "apology", "2026-09-20 08:00").is_empty());
    // Due on 10/9, three working days.
    assert!(one(&script, "apology-bundle", "2026-09-10 23:00").is_empty());
    let [duty] = &one(&script, "apology-bundle", "2026-09-11 08:00")[..] else { panic!() };
    assert_eq!((duty.state, duty.starts, duty.due), (DutyState::Due, at("2026-09-10 23:59:59"), None));
    let outage =
        Action::Suspend { reason: "mất kết nối".into(), incident: Some("outage-301-2026".into()) };
    let down = [script, vec![("justice", "2026-09-08 09:00", outage)]].concat();
    let up = ("system", "2026-09-09 09:00", "2026-09-09 09:00:01", Action::Resume {});
    check(&four("mend-outage", &down, "2026-09-09 09:00", up, "2026-09-10 12:00"));
}

#[test]
fn the_day_of_handing_in_decides_which_duties_there_are() {
    let ids = |received, accepted| {
        let events = played(&ten_days(Channel::Online, received, accepted));
        let found = duties(rules(), "H41-1", &events, at("2030-01-01")).unwrap();
        found.iter().map(|duty| duty.id).collect::<Vec<_>>()
    };
    // NĐ 61/2018 knows neither the two nor the eight hours, and a dossier keeps its law.
    assert_eq!(ids("2025-06-30 16:00", "2025-07-01 08:00"), ["return", "refuse-in-time", "apology"]);
    assert_eq!(
        ids("2025-07-01 08:00", "2025-07-01 09:00"),
        ["alert", "answer", "return", "refuse-in-time", "apology"]
    );
    assert_eq!(ids("2015-06-01 08:00", "2015-06-01 09:00"), Vec::<&str>::new());
}

#[test]
fn what_comes_later_does_not_change_what_was() {
    let script = [
        ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"),
        vec![("justice", "2026-06-02 09:00", consult("van-thanh", Some("2026-06-04 11:00")))],
        vec![("neighbour", "2026-06-05 09:00", answer())],
        granted("2026-06-12 09:00"),
    ]
    .concat();
    let all = played(&script);
    for (i, event) in all.iter().enumerate() {
        let then = duties(rules(), "H41-1", &all[..=i], event.at).unwrap();
        let now = duties(rules(), "H41-1", &all, event.at).unwrap();
        // Several events may have the same moment, and all of them count then.
        if all.get(i + 1).is_none_or(|next| next.at > event.at) {
            assert_eq!(then, now);
        }
    }
    assert!(duties(rules(), "H41-1", &all, at("2026-05-01")).unwrap().is_empty());
    let engine = {
        let mut engine = engine();
        play(&mut engine, "H41-1", &script);
        engine
    };
    let now = at("2026-06-20");
    assert_eq!(engine.duties("H41-1", now).unwrap(), duties(rules(), "H41-1", &all, now).unwrap());
    assert!(engine.duties("unknown", now).unwrap().is_empty());
}

#[test]
fn every_row_is_asked_for_by_a_test() {
    let text = include_str!("duties.rs");
    for rule in
        duty_rules().iter().filter(|rule| !rule.id.contains("175") && rule.id != "answer-criminal-record")
    {
        assert!(text.contains(&format!("\"{}\"", rule.id)), "{}", rule.id);
    }
    for row in escalations() {
        assert!(!row.text_vi.is_empty() && !row.source.is_empty(), "{}", row.id);
    }
}

fn falls_due(script: &[Step], until: &str) -> Vec<(String, WakeupKind, &'static str, String)> {
    let found = wakeups(rules(), "H41-1", &played(script), at(until)).unwrap();
    let step = |step: &Option<_>| step.as_ref().map(ToString::to_string).unwrap_or_default();
    let told = found.iter().map(|w| {
        (moment::format(w.at)[..19].replace('T', " "), w.what, w.id.unwrap_or_default(), step(&w.step))
    });
    told.collect()
}

fn told(
    at: &str,
    what: WakeupKind,
    id: &'static str,
    step: &str,
) -> (String, WakeupKind, &'static str, String) {
    (at.into(), what, id, step.into())
}

#[test]
fn what_falls_due_comes_in_order() {
    use WakeupKind::{Due, Duty, Reminder, StepDue};
    let script = ten_days(Channel::Counter, "2026-06-01 09:00", "2026-06-01 10:00");
    assert_eq!(
        falls_due(&script, "2026-06-17 00:00"),
        [
            told("2026-06-01 17:00:00", Duty, "forward", ""),
            told("2026-06-02 00:00:00", Reminder, "duty-missed", ""),
            told("2026-06-04 15:00:00", Reminder, "step-soon", "check"),
            told("2026-06-04 17:00:00", StepDue, "", "check"),
            told("2026-06-05 00:00:00", Reminder, "step-late", "check"),
            // The apology is due on 14/6, a Sunday; the last working day before the reminder is a Friday.
            told("2026-06-12 17:00:00", Reminder, "apology-soon", ""),
            told("2026-06-12 17:00:00", Reminder, "dossier-soon-deciding", ""),
            told("2026-06-14 17:00:00", Duty, "apology", ""),
            told("2026-06-14 17:00:00", Reminder, "dossier-soon", ""),
            told("2026-06-15 17:00:00", Due, "", ""),
            told("2026-06-16 00:00:00", Reminder, "dossier-late", ""),
            told("2026-06-16 00:00:00", Reminder, "dossier-late-reception", ""),
            told("2026-06-16 00:00:00", Reminder, "duty-missed", ""),
        ]
    );
}

#[test]
fn a_posting_ends_by_itself_and_a_supplement_lapses() {
    use WakeupKind::{Elapses, Lapses};
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let posted =
        [begun.clone(), vec![("justice", "2026-06-02 09:00", Action::complete("check", "post"))]].concat();
    let only = |script: &[Step], until: &str, what| {
        let mut found = falls_due(script, until);
        found.retain(|wakeup| wakeup.1 == what);
        found
    };
    // The fifth day is a Sunday, so Monday is meant, to its end.
    let ends = told("2026-06-09 00:00:00", Elapses, "", "post");
    assert_eq!(only(&posted, "2026-06-30 00:00", Elapses), std::slice::from_ref(&ends));
    assert!(only(&posted, "2026-06-08 23:59:59", Elapses).is_empty());
    // It waits, though something else has happened after it.
    let later =
        [posted.clone(), vec![("reception", "2026-06-10 09:00", notify(Notice::Appointment))]].concat();
    assert_eq!(only(&later, "2026-06-30 00:00", Elapses), [ends]);
    let elapse = Action::Elapse { step: "post".into() };
    let elapsed = [posted, vec![("system", "2026-06-09 00:00:00", elapse)]].concat();
    assert!(only(&elapsed, "2026-06-30 00:00", Elapses).is_empty());

    let asked = [begun, vec![("justice", "2026-06-04 09:00", supplement())]].concat();
    let lapses = told("2026-06-20 00:00:00", Lapses, "", "");
    assert_eq!(only(&asked, "2026-06-30 00:00", Lapses), [lapses]);
    let lapsed = [asked, vec![("system", "2026-06-20 00:00:00", Action::Lapse {})]].concat();
    assert!(falls_due(&lapsed, "2027-06-30 00:00").is_empty());
}

#[test]
fn somebody_is_told_once_for_each_rung() {
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let reminders = |more: &[Step], until: &str| -> Vec<&'static str> {
        let found = falls_due(&[begun.as_slice(), more].concat(), until);
        found.iter().filter(|w| w.1 == WakeupKind::Reminder).map(|w| w.2).collect()
    };
    let reminder = |moment| ("system", moment, notify(Notice::Reminder));
    assert_eq!(reminders(&[], "2026-06-04 16:00"), ["step-soon"]);
    assert_eq!(reminders(&[reminder("2026-06-04 15:00")], "2026-06-04 16:00"), Vec::<&str>::new());
    assert_eq!(reminders(&[reminder("2026-06-04 15:00")], "2026-06-05 16:00"), ["step-late"]);
    // One that came before does not count, nor does another notice.
    assert_eq!(reminders(&[reminder("2026-06-04 14:59")], "2026-06-04 16:00"), ["step-soon"]);
    let other = ("system", "2026-06-04 15:30", notify(Notice::Appointment));
    assert_eq!(reminders(&[other], "2026-06-04 16:00"), ["step-soon"]);
    // Whom: the chair's office for what is late, in the unit that does the step.
    let script = [begun.as_slice(), &[reminder("2026-06-04 15:00")]].concat();
    let found = wakeups(rules(), "H41-1", &played(&script), at("2026-06-05 16:00")).unwrap();
    let late = found.iter().find(|wakeup| wakeup.id == Some("step-late")).unwrap();
    assert_eq!((late.to, late.unit.as_str()), (Some(Duty::Deciding), "hoa-thanh"));
    assert_eq!(late.text_vi, Some("Bước công việc đã quá hạn"));
    // A consulted unit is named.
    let asked = ("justice", "2026-06-02 09:00", consult("van-thanh", Some("2026-06-03 11:00")));
    let events = played(&[begun.as_slice(), &[asked]].concat());
    let found = wakeups(rules(), "H41-1", &events, at("2026-06-03 12:00")).unwrap();
    let told: Vec<_> = found.iter().map(|w| (w.what, w.id.unwrap_or(""), w.unit.as_str())).collect();
    assert_eq!(
        told,
        [
            (WakeupKind::ConsultationDue, "", "van-thanh"),
            (WakeupKind::Duty, "opinion", "van-thanh"),
            (WakeupKind::Reminder, "duty-missed", "van-thanh"),
            (WakeupKind::Reminder, "opinion-late", "van-thanh"),
        ]
    );
}

#[test]
fn papers_that_are_to_follow_fall_due() {
    let accept = Action::Accept {
        digitised: None,
        to_follow: vec!["don".into()],
        until: Some(at("2026-06-03 17:00")),
    };
    let script = [
        ("applicant", "2026-06-01 09:00", receive("thu/muoi-ngay", Channel::Online)),
        ("reception", "2026-06-01 10:00", accept),
    ];
    let due = told("2026-06-03 17:00:00", WakeupKind::PapersDue, "", "");
    assert_eq!(falls_due(&script, "2026-06-03 17:00"), [due]);
    let paper: Paper = serde_json::from_str(r#"{"component": "don", "original": 1}"#).unwrap();
    let hand_in = Action::HandIn { papers: vec![paper] };
    let there = [script.to_vec(), vec![("applicant", "2026-06-02 09:00", hand_in)]].concat();
    assert!(falls_due(&there, "2026-06-03 17:00").is_empty());
}

#[test]
fn one_timer_serves_all_dossiers_of_either_journal() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut memory = engine();
    let mut file = engine_over(SqliteJournal::open(&path).unwrap());
    let begun = ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00");
    let later = ten_days(Channel::Online, "2026-06-02 09:00", "2026-06-02 10:00");
    for (dossier, script) in [("H41-2", &later), ("H41-1", &begun), ("H41-3", &later)] {
        play(&mut memory, dossier, script);
        play(&mut file, dossier, script);
    }
    assert_eq!(memory.next_wakeup().unwrap(), Some(at("2026-06-04 15:00")));
    let codes = |engine: &Engine<MemoryJournal>, until: &str| -> Vec<(String, String)> {
        let next = engine.journal().next_wakeups(at(until)).unwrap();
        next.iter().map(|(code, at)| (code.to_string(), at.to_string())).collect()
    };
    let first = ("H41-1".to_owned(), "2026-06-04 15:00:00".to_owned());
    assert_eq!(codes(&memory, "2026-06-04 15:00"), std::slice::from_ref(&first));
    assert_eq!(
        codes(&memory, "2026-06-05 15:00")[..2],
        [first, ("H41-2".into(), "2026-06-05 15:00:00".into())]
    );
    drop(file);
    let mut file = engine_over(SqliteJournal::open(&path).unwrap());
    for until in ["2026-06-04 14:59", "2026-06-05 00:00", "2026-07-01 00:00"] {
        let until = at(until);
        assert_eq!(memory.wakeups(until).unwrap(), file.wakeups(until).unwrap());
        assert_eq!(
            memory.journal().next_wakeups(until).unwrap(),
            file.journal().next_wakeups(until).unwrap()
        );
    }
    let found = memory.wakeups(at("2026-06-05 15:00")).unwrap();
    assert!(found.is_sorted_by_key(|wakeup| wakeup.at), "{found:#?}");
    // Whatever is done with it, what is over has no timer.
    for dossier in ["H41-1", "H41-2", "H41-3"] {
        let gone = Action::Withdraw { reason: None };
        play(&mut memory, dossier, &[("applicant", "2026-06-03 09:00", gone.clone())]);
        play(&mut file, dossier, &[("applicant", "2026-06-03 09:00", gone)]);
    }
    assert_eq!((memory.next_wakeup().unwrap(), file.next_wakeup().unwrap()), (None, None));
    assert!(memory.wakeups(at("2030-01-01")).unwrap().is_empty());
}

#[test]
fn work_is_in_the_order_in_which_it_falls_due() {
    let folder = tempfile::tempdir().unwrap();
    let mut file = engine_over(SqliteJournal::open(folder.path().join("journal.sqlite")).unwrap());
    let mut memory = engine();
    let mut both = |dossier: &str, script: &[Step]| {
        play(&mut memory, dossier, script);
        play(&mut file, dossier, script);
    };
    // Due on 15/6, its step on 4/6; due on 16/6, but its step (signing) on 4/6 too, and later on 3/6; not accepted yet.
    both("H41-1", &ten_days(Channel::Online, "2026-06-01 09:00", "2026-06-01 10:00"));
    let signed = |moment| ("justice", moment, complete("check"));
    let later = ten_days(Channel::Online, "2026-06-02 09:00", "2026-06-02 10:00");
    both("H41-2", &[later.clone(), vec![signed("2026-06-02 11:00")]].concat());
    both("H41-3", &later);
    both("H41-4", &[("applicant", "2026-06-01 07:00", receive("thu/muoi-ngay", Channel::Online))]);
    let list = |filter: &WorkFilter| -> Vec<String> {
        let found = memory.work_list(filter).unwrap();
        assert_eq!(found, file.work_list(filter).unwrap());
        found.into_iter().map(|item| item.dossier).collect()
    };
    let all = WorkFilter::default();
    assert_eq!(list(&all), ["H41-1", "H41-2", "H41-3", "H41-4"]);
    let by_step = WorkFilter { order: WorkOrder::StepDue, ..WorkFilter::default() };
    assert_eq!(list(&by_step), ["H41-2", "H41-1", "H41-3", "H41-4"]);
    // What is overdue at a moment: the step of H41-2 first, then those of the others, then the dossiers themselves.
    let steps = |moment: &str| WorkFilter { step_due_before: Some(at(moment)), ..by_step.clone() };
    assert_eq!(list(&steps("2026-06-03 17:00")), Vec::<String>::new());
    assert_eq!(list(&steps("2026-06-03 17:00:01")), ["H41-2"]);
    assert_eq!(list(&steps("2026-06-05 08:00")), ["H41-2", "H41-1"]);
    let overdue = |moment: &str| WorkFilter { due_before: Some(at(moment)), ..WorkFilter::default() };
    assert_eq!(list(&overdue("2026-06-15 17:00")), Vec::<String>::new());
    assert_eq!(list(&overdue("2026-06-16 08:00")), ["H41-1"]);
    assert_eq!(list(&overdue("2026-06-17 08:00")), ["H41-1", "H41-2", "H41-3"]);
    let narrow = WorkFilter { role: Some("commune_leader".into()), ..overdue("2026-06-17 08:00") };
    assert_eq!(list(&narrow), ["H41-2"]);
}

/// What may happen to a dossier at some time; what is refused is left out.
fn actions() -> impl Strategy<Value = Vec<(u8, u32)>> {
    proptest::collection::vec((0u8..21, 0u32..200_000), 1..24)
}

fn action(number: u8) -> (&'static str, Action) {
    match number {
        0 => ("reception", Action::accept(None)),
        1 => ("justice", complete("check")),
        2 => ("justice", Action::complete("check", "post")),
        3 => ("chair", Action::sign("sign", true)),
        4 => ("reception", Action::grant(true)),
        5 => ("chair", refuse()),
        6 => ("justice", supplement()),
        7 => ("applicant", Action::supply()),
        8 => ("system", Action::Lapse {}),
        9 => ("system", Action::Elapse { step: "post".into() }),
        10 => ("justice", consult("van-thanh", Some("2026-06-10 11:00"))),
        11 => ("neighbour", answer()),
        12 => ("applicant", pay()),
        13 => ("reception", Action::deliver(Channel::Online)),
        14 => ("applicant", report_error()),
        15 => ("justice", correct()),
        16 => ("system", notify(Notice::Invitation)),
        17 => ("system", notify(Notice::Reminder)),
        20 => ("applicant", Action::Withdraw { reason: None }),
        18 => ("justice", Action::Suspend { reason: "bão".into(), incident: None }),
        _ => ("justice", Action::Resume {}),
    }
}

fn lived(actions: &[(u8, u32)]) -> Engine<MemoryJournal> {
    let mut engine = engine();
    let mut now = at("2026-06-01 09:00");
    play(
        &mut engine,
        "H41-1",
        &[("applicant", "2026-06-01 09:00", receive("thu/muoi-ngay", Channel::Online))],
    );
    if !actions.len().is_multiple_of(4) {
        play(&mut engine, "H41-1", &[("reception", "2026-06-01 09:00", Action::accept(None))]);
    }
    for (i, (number, seconds)) in actions.iter().enumerate() {
        now += chrono::TimeDelta::seconds((*seconds).into());
        let (actor, action) = action(*number);
        let mut sent = command("H41-1", actor, &now.to_string(), action);
        sent.key = i.to_string().into();
        let _ = engine.handle(&sent);
    }
    engine
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// A later `until` never takes anything away; all is in order; and the journal knows the first.
    #[test]
    fn more_time_brings_more_wakeups(actions in actions(), days in (0i64..40, 0i64..40)) {
        let engine = lived(&actions);
        let events = engine.events("H41-1").unwrap();
        let last = events.last().unwrap().at;
        let (early, late) = (days.0.min(days.1), days.0.max(days.1));
        let until = |days| last + chrono::TimeDelta::days(days);
        let (few, many) = (engine.wakeups(until(early)).unwrap(), engine.wakeups(until(late)).unwrap());
        for wakeup in &few {
            prop_assert!(many.contains(wakeup), "{wakeup:?}");
        }
        prop_assert!(many.is_sorted_by_key(|wakeup| wakeup.at));
        prop_assert!(many.iter().filter(|wakeup| wakeup.at <= until(early)).count() == few.len());
        let first = engine.wakeups(at("2030-01-01")).unwrap().first().map(|wakeup| wakeup.at);
        prop_assert_eq!(engine.next_wakeup().unwrap(), first);
        // What is kept with the dossier is what its events say.
        prop_assert_eq!(many, wakeups(rules(), "H41-1", &events, until(late)).unwrap());
    }

    /// Who does what a wakeup waits for, or says that somebody was told, sees it no more.
    #[test]
    fn what_is_acted_upon_is_gone(actions in actions()) {
        let mut engine = lived(&actions);
        for round in 0..40 {
            let Some(now) = engine.next_wakeup().unwrap() else { break };
            let found = engine.wakeups(now).unwrap();
            prop_assert!(!found.is_empty());
            let wakeup = &found[0];
            let action = match wakeup.what {
                WakeupKind::Elapses => Action::Elapse { step: wakeup.step.clone().unwrap() },
                WakeupKind::Lapses => Action::Lapse {},
                _ => notify(Notice::Reminder),
            };
            // What still waits may be past, and nothing happens before the last event.
            let at = now.max(engine.dossier("H41-1").unwrap().unwrap().last());
            let mut sent = command("H41-1", "system", &at.to_string(), action);
            sent.key = format!("wakeup {round}").into();
            engine.handle(&sent).unwrap();
            prop_assert!(!engine.wakeups(at).unwrap().contains(wakeup), "{wakeup:?}");
        }
    }

    /// A duty that is over stays as it was, and each has a state that its moments allow.
    #[test]
    fn duties_agree_with_time(actions in actions(), days in 0i64..60) {
        let events = lived(&actions).events("H41-1").unwrap();
        let last = events.last().unwrap().at;
        let now = last + chrono::TimeDelta::days(days);
        let before = duties(rules(), "H41-1", &events, last).unwrap();
        let found = duties(rules(), "H41-1", &events, now).unwrap();
        let over = |duty: &&DatedDuty| duty.met_at.is_some() || duty.state == DutyState::FellAway;
        for duty in before.iter().filter(over) {
            prop_assert!(found.contains(duty), "{duty:?}");
        }
        for duty in &found {
            prop_assert!(duty.starts <= now);
            match duty.state {
                DutyState::Met => prop_assert!(duty.met_at.is_some_and(|met| duty.starts <= met)),
                DutyState::Due => prop_assert!(duty.met_at.is_none()),
                DutyState::Untold => prop_assert!(duty.due.is_some_and(|due| due < now)),
                DutyState::Missed | DutyState::FellAway => {}
            }
        }
    }
}
