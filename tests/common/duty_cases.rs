//! A commune and its province, a procedure of ten working days, and what is found of a duty in what happened.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::{complete, play, receive};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, DatedDuty, Decision, DutyState, Event, Notice, Organisation, Rules, duties};
use motcua::journal::{Journal, MemoryJournal};
use motcua::procedure::{Catalogue, Channel};
use motcua::{Engine, moment};
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

pub fn rules() -> Rules<'static> {
    Rules { catalogue: &CATALOGUE, calendar: Calendar::vietnam(), organisation: &ORGANISATION, office: None }
}

pub fn engine_over<J: Journal>(journal: J) -> Engine<J> {
    Engine::new(CATALOGUE.clone(), Calendar::vietnam().clone(), ORGANISATION.clone(), journal)
}

pub fn engine() -> Engine<MemoryJournal> {
    engine_over(MemoryJournal::new())
}

pub fn at(text: &str) -> chrono::NaiveDateTime {
    moment::parse(text).unwrap_or_else(|| panic!("{text}"))
}

pub fn supplement() -> Action {
    Action::RequestSupplement { reason: "thiếu giấy tờ".into() }
}

pub fn notify(notice: Notice) -> Action {
    Action::Notify { notice, text: None }
}

pub fn consult(unit: &str, due: Option<&str>) -> Action {
    let (step, units, question) = ("check".into(), vec![unit.into()], "Có hộ khẩu không?".into());
    Action::Consult { step, units, question, due: due.map(at) }
}

pub fn answer() -> Action {
    Action::Answer { step: "check".into(), opinion: "Có".into() }
}

pub fn refuse() -> Action {
    let (result, reason) = (Decision::Refused, Some("không đủ điều kiện".into()));
    Action::Resolve { result, electronic: false, reason, number: None }
}

pub fn reappoint(to: &str) -> Action {
    Action::Reappoint { to: at(to), reason: "nhiều hồ sơ".into() }
}

pub fn pay() -> Action {
    Action::Pay { vnd: 8000, online: true }
}

pub fn report_error() -> Action {
    Action::ReportError { what: "sai ngày sinh".into() }
}

pub fn correct() -> Action {
    Action::Correct { what: "đã sửa".into() }
}

pub type Step = (&'static str, &'static str, Action);

/// Ten working days, received and accepted on a day.
pub fn ten_days(channel: Channel, received: &'static str, accepted: &'static str) -> Vec<Step> {
    vec![
        ("applicant", received, receive("thu/muoi-ngay", channel)),
        ("reception", accepted, Action::accept(None)),
    ]
}

/// Checked, signed and granted.
pub fn granted(moment: &'static str) -> Vec<Step> {
    vec![
        ("justice", moment, complete("check")),
        ("chair", moment, Action::sign("sign", true)),
        ("reception", moment, Action::grant(true)),
    ]
}

pub fn played(script: &[Step]) -> Vec<Event> {
    let mut engine = engine();
    play(&mut engine, "H41-1", script);
    engine.events("H41-1").unwrap()
}

pub fn one(script: &[Step], id: &str, now: &str) -> Vec<DatedDuty> {
    let all = duties(rules(), "H41-1", &played(script), at(now)).unwrap();
    all.into_iter().filter(|duty| duty.id == id).collect()
}

pub struct Case {
    pub id: &'static str,
    pub script: Vec<Step>,
    pub now: &'static str,
    pub state: DutyState,
    pub due: Option<&'static str>,
    pub met_at: Option<&'static str>,
}

pub fn check(cases: &[Case]) {
    for (number, case) in cases.iter().enumerate() {
        let found = one(&case.script, case.id, case.now);
        let [duty] = found.as_slice() else { panic!("case {number}, {}: {found:#?}", case.id) };
        let told = (duty.state, duty.due, duty.met_at);
        let due = case.due.map(at);
        assert_eq!(told, (case.state, due, case.met_at.map(at)), "case {number}, {}", case.id);
    }
}

/// A duty that is due, met in time, met late, and missed.
pub fn four(
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
