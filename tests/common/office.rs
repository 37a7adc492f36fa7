//! The office of a commune, what its host knows of it, and dossiers of which slips are made.
#![allow(dead_code, reason = "each test file uses its own part")]

use crate::common::play;
use motcua::calendar::Calendar;
use motcua::dossier::slip::{Form, Particulars, Slip, SlipError};
use motcua::dossier::{Action, Application, Decision, Dossier, Event, Organisation, Rules};
use motcua::journal::MemoryJournal;
use motcua::procedure::{Catalogue, Channel};
use motcua::{Engine, moment};
use std::sync::{Arc, LazyLock};

/// A commune of 2026 under its province. `permits` and `fire` are asked or act beside it.
const ORGANISATION: &str = r#"
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
id = "fire"
name_vi = "Phòng Cảnh sát PCCC và CNCH"
tier = "province"
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
roles = ["commune_leader", "certifier", "licensing_head"]
[[officer]]
id = "fireman"
unit = "fire"
roles = ["consulted"]
"#;

/// A procedure whose papers have ids, and one of them may follow.
const PAPERS: &str = r#"
[[procedure]]
code = "test/papers"
name_vi = "Thủ tục có giấy tờ"
name_en = "A procedure with papers"
field = "ho-tich"
tier = "commune"
in_force_from = 2018-01-01
jurisdiction = "thử nghiệm"
agency = "UBND cấp xã"
results = [{ name_vi = "Kết quả" }]
legal_basis = ["không"]
source = "made up for a test"
verified = false
[[procedure.time_limit]]
limit = "3 working_day"
[[procedure.component]]
id = "form"
name_vi = "Tờ khai"
original = 1
required = "always"
[[procedure.component]]
id = "proof"
name_vi = "Giấy tờ chứng minh"
copy = 1
required = "always"
may_follow = true
[[procedure.component]]
id = "residence"
name_vi = "Thông tin cư trú"
original = 1
required = "replaced_by_data"
[[procedure.fee]]
text = "8.000 đồng"
vnd = 8000
[[procedure.step]]
id = "decide"
name_vi = "Xem xét, quyết định"
role = "commune_leader"
kind = "process"
limit = "1 working_day"
next = ["deliver"]
[[procedure.step]]
id = "deliver"
name_vi = "Trả kết quả"
role = "one_stop"
kind = "deliver"
next = ["end"]
"#;

pub static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Catalogue::embedded_and("papers.toml", PAPERS).unwrap());

static PEOPLE: LazyLock<Organisation> =
    LazyLock::new(|| Organisation::load(&CATALOGUE, &[("organisation.toml", ORGANISATION)]).unwrap());

pub fn rules() -> Rules<'static> {
    Rules { catalogue: &CATALOGUE, calendar: Calendar::vietnam(), organisation: &PEOPLE, office: None }
}

pub fn particulars() -> Particulars {
    serde_json::from_str(
        r#"{
        "submitter": {"name": "Nguyễn Văn An", "address": "Xóm 3, xã Hoa Thành, tỉnh Nghệ An", "phone": "0912 345 678",
                      "email": "an@example.vn", "id": "040090001234"},
        "sets": 1,
        "collect": "Tại Bộ phận Một cửa UBND xã Hoa Thành",
        "office": {"name": "Trung tâm Phục vụ hành chính công", "place": "Hoa Thành",
                   "contact": "Bà Trần Thị Bình, điện thoại 0238 123 456", "head": "Phạm Thị Dung"},
        "officers": {"reception": "Trần Thị Bình", "justice": "Lê Văn Cường", "chair": "Phạm Thị Dung",
                     "fireman": "Hồ Sỹ Giang"}}"#,
    )
    .unwrap()
}

pub type Script = Vec<(&'static str, &'static str, Action)>;

/// A dossier of which all this has happened, with its events.
pub fn lived(code: &str, script: &[(&str, &str, Action)]) -> (Dossier, Vec<Event>) {
    let catalogue = Arc::clone(&CATALOGUE);
    let people = Organisation::load(&catalogue, &[("organisation.toml", ORGANISATION)]).unwrap();
    let mut engine = Engine::new(catalogue, Calendar::vietnam().clone(), people, MemoryJournal::new());
    play(&mut engine, code, script);
    (engine.dossier(code).unwrap().unwrap(), engine.events(code).unwrap())
}

pub fn receive(procedure: &str, channel: Channel) -> Action {
    Action::receive(procedure, "hoa-thanh", channel)
}

pub fn certified_copy() -> Script {
    vec![
        ("reception", "2026-06-01 09:20", receive("2.000815", Channel::Counter)),
        ("reception", "2026-06-01 09:25", Action::Pay { vnd: 15_000, online: false }),
        ("reception", "2026-06-01 09:30", Action::accept(Some(true))),
        ("chair", "2026-06-01 10:00", Action::complete("check", "complete")),
        ("chair", "2026-06-01 10:10", Action::complete("certify", "complete")),
        ("chair", "2026-06-01 10:20", Action::sign("sign", true)),
        ("reception", "2026-06-01 10:30", Action::grant(true)),
        ("reception", "2026-06-01 10:40", Action::deliver(Channel::Counter)),
    ]
}

pub fn birth() -> Script {
    vec![
        ("applicant", "2026-06-05 14:50", receive("1.001193", Channel::Online)),
        ("reception", "2026-06-05 15:10", Action::accept(Some(true))),
        ("reception", "2026-06-05 15:20", Action::complete("receive", "at_commune")),
        ("applicant", "2026-06-08 07:45", Action::Withdraw { reason: Some("Khai lại họ của con".into()) }),
    ]
}

pub const MISSING: &str =
    "Bản vẽ mặt đứng chính, tỷ lệ 1/50 - 1/200.\nGiấy chứng nhận quyền sử dụng đất của thửa 125.";

pub fn permit() -> Script {
    let apply = Application {
        case: Some("nha-o-rieng-le".into()),
        ..Application::new("1.013225", "hoa-thanh", Channel::Counter)
    };
    let consult = Action::Consult {
        step: "consult".into(),
        units: vec!["fire".into()],
        question: "Khoảng cách an toàn phòng cháy đến nhà bên cạnh".into(),
        due: moment::parse("2026-08-14 17:00"),
    };
    let answer = Action::Answer { step: "consult".into(), opinion: "Bảo đảm".into() };
    let reappoint = Action::Reappoint {
        to: moment::parse("2026-08-27 16:00").unwrap(),
        reason: "Hiện trạng phải kiểm tra lại do mưa lũ".into(),
    };
    let granted = Action::Resolve {
        result: Decision::Granted,
        electronic: true,
        reason: None,
        number: Some("15/GPXD".into()),
    };
    vec![
        ("reception", "2026-08-03 08:00", Action::Receive(Box::new(apply))),
        ("reception", "2026-08-03 08:15", Action::accept(Some(true))),
        ("justice", "2026-08-05 14:00", Action::RequestSupplement { reason: MISSING.into() }),
        ("applicant", "2026-08-07 09:00", Action::supply()),
        ("justice", "2026-08-12 16:00", Action::complete("examine", "consult")),
        ("fireman", "2026-08-13 08:00", consult),
        ("fireman", "2026-08-14 15:00", answer),
        ("fireman", "2026-08-14 16:00", Action::complete("consult", "answered")),
        ("justice", "2026-08-17 08:30", reappoint),
        ("chair", "2026-08-26 10:00", Action::sign("sign", true)),
        ("reception", "2026-08-26 14:00", granted),
        ("reception", "2026-08-27 08:00", Action::deliver(Channel::Counter)),
    ]
}

pub fn slip(form: Form, code: &str, script: &[(&str, &str, Action)]) -> Result<Slip, SlipError> {
    slip_with(form, code, script, &particulars())
}

pub fn slip_with(
    form: Form,
    code: &str,
    script: &[(&str, &str, Action)],
    particulars: &Particulars,
) -> Result<Slip, SlipError> {
    let (dossier, events) = lived(code, script);
    Slip::of(form, &dossier, &events, rules(), particulars)
}
