//! The statutory slips: what they say, when there are none, and how they are printed.
//!
//! The printed forms are kept in `tests/data/slips`; `MOTCUA_REWRITE=1` writes them anew.

mod common;

use motcua::calendar::Calendar;
use motcua::deadline::{Lapse, Timeliness};
use motcua::dossier::slip::{
    ControlSlip, Form, Office, Particulars, Receipt, Register, Slip, SlipError, SupplementRequest, Values,
};
use motcua::dossier::{Action, Application, Decision, Dossier, Event, Organisation, Paper, Rules};
use motcua::journal::MemoryJournal;
use motcua::procedure::{Catalogue, Channel};
use motcua::{Engine, moment};
use proptest::prelude::*;
use scraper::{Html, Selector};
use std::collections::BTreeSet;
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

static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Catalogue::embedded_and("papers.toml", PAPERS).unwrap());
static PEOPLE: LazyLock<Organisation> =
    LazyLock::new(|| Organisation::load(&CATALOGUE, &[("organisation.toml", ORGANISATION)]).unwrap());

fn rules() -> Rules<'static> {
    Rules { catalogue: &CATALOGUE, calendar: Calendar::vietnam(), organisation: &PEOPLE }
}

fn particulars() -> Particulars {
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

type Script = Vec<(&'static str, &'static str, Action)>;

/// A dossier of which all this has happened, with its events.
fn lived(code: &str, script: &[(&str, &str, Action)]) -> (Dossier, Vec<Event>) {
    let catalogue = Arc::clone(&CATALOGUE);
    let people = Organisation::load(&catalogue, &[("organisation.toml", ORGANISATION)]).unwrap();
    let mut engine = Engine::new(catalogue, Calendar::vietnam().clone(), people, MemoryJournal::new());
    common::play(&mut engine, code, script);
    (engine.dossier(code).unwrap().unwrap(), engine.events(code).unwrap())
}

fn receive(procedure: &str, channel: Channel) -> Action {
    Action::receive(procedure, "hoa-thanh", channel)
}

fn certified_copy() -> Script {
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

fn birth() -> Script {
    vec![
        ("applicant", "2026-06-05 14:50", receive("1.001193", Channel::Online)),
        ("reception", "2026-06-05 15:10", Action::accept(Some(true))),
        ("reception", "2026-06-05 15:20", Action::complete("receive", "at_commune")),
        ("applicant", "2026-06-08 07:45", Action::Withdraw { reason: Some("Khai lại họ của con".into()) }),
    ]
}

const MISSING: &str =
    "Bản vẽ mặt đứng chính, tỷ lệ 1/50 - 1/200.\nGiấy chứng nhận quyền sử dụng đất của thửa 125.";

fn permit() -> Script {
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

fn slip(form: Form, code: &str, script: &[(&str, &str, Action)]) -> Result<Slip, SlipError> {
    slip_with(form, code, script, &particulars())
}

fn slip_with(
    form: Form,
    code: &str,
    script: &[(&str, &str, Action)],
    particulars: &Particulars,
) -> Result<Slip, SlipError> {
    let (dossier, events) = lived(code, script);
    Slip::of(form, &dossier, &events, rules(), particulars)
}

fn all() -> Vec<(&'static str, Slip)> {
    let refused: Script = vec![
        ("applicant", "2026-06-02 10:00", receive("1.001193", Channel::Online)),
        (
            "reception",
            "2026-06-02 11:00",
            Action::Refuse { reason: "Việc khai sinh thuộc UBND xã nơi cư trú của mẹ.".into() },
        ),
    ];
    let of = |form, code, script: &[_]| slip(form, code, script).unwrap();
    let lives = [
        ("H41.5-260601-0001", certified_copy()),
        ("H41.5-260605-0002", birth()),
        ("H41.5-260803-0001", permit()),
    ]
    .map(|(code, script)| lived(code, &script).0);
    let particulars = particulars();
    let entries: Vec<_> = lives.iter().rev().map(|dossier| (dossier, &particulars)).collect();
    let register = Register::of(&entries, 1, &particulars.office, rules()).unwrap();
    vec![
        ("copy-receipt", of(Form::Receipt, "H41.5-260601-0001", &certified_copy())),
        ("copy-control-slip", of(Form::ControlSlip, "H41.5-260601-0001", &certified_copy())),
        ("birth-receipt", of(Form::Receipt, "H41.5-260605-0002", &birth())),
        ("birth-stop-notice", of(Form::StopNotice, "H41.5-260605-0002", &birth())),
        ("birth-refusal", of(Form::Refusal, "H41.5-260602-0004", &refused)),
        ("permit-supplement-request", of(Form::SupplementRequest, "H41.5-260803-0001", &permit())),
        ("permit-apology", of(Form::Apology, "H41.5-260803-0001", &permit())),
        ("permit-control-slip", of(Form::ControlSlip, "H41.5-260803-0001", &permit())),
        ("register", Slip::new(Values::Register(Box::new(register))).unwrap()),
    ]
}

#[test]
fn printed_slips_are_those_kept() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/slips");
    let mut kept = BTreeSet::new();
    for (name, slip) in all() {
        for (ending, printed) in [("txt", slip.text()), ("html", slip.html())] {
            let file = format!("{name}.{ending}");
            let path = folder.join(&file);
            if std::env::var_os("MOTCUA_REWRITE").is_some() {
                std::fs::write(&path, &printed).unwrap();
            }
            let before = std::fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(printed, before, "{file}; MOTCUA_REWRITE=1 writes it anew");
            kept.insert(file);
        }
    }
    let there =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.collect::<BTreeSet<_>>(), kept, "no file is left over");
}

fn width(text: &str) -> usize {
    use unicode_normalization::char::is_combining_mark;
    text.chars().filter(|c| !is_combining_mark(*c)).count()
}

fn selected(page: &Html, what: &str) -> Vec<String> {
    let selector = Selector::parse(what).unwrap();
    page.select(&selector).map(|element| element.text().collect::<String>()).collect()
}

/// The names of the elements, in their order.
fn elements(page: &Html) -> Vec<String> {
    page.tree.values().filter_map(|node| node.as_element()).map(|element| element.name().to_owned()).collect()
}

#[test]
fn pages_are_complete_and_fetch_nothing() {
    for (name, slip) in all() {
        let html = slip.html();
        let page = Html::parse_document(&html);
        assert_eq!(page.errors, [] as [&str; 0], "{name}");
        assert_eq!(selected(&page, "title"), std::slice::from_ref(&slip.prescribed.title), "{name}");
        assert_eq!(selected(&page, "h1"), std::slice::from_ref(&slip.prescribed.title), "{name}");
        assert!(html.contains("<meta charset=\"utf-8\">") && html.contains("@page { size: A"), "{name}");
        for foreign in ["script", "link", "img", "a", "iframe", "form", "object"] {
            assert!(!elements(&page).contains(&foreign.to_owned()), "{name}: {foreign}");
        }
        assert!(!html.contains("url(") && !html.contains("http") && !html.contains("@import"), "{name}");
        let heads = selected(&page, "thead th").len();
        assert_eq!(selected(&page, "col").len(), heads, "{name}");
        assert_eq!(selected(&page, "tbody td").len(), heads * selected(&page, "tbody tr").len(), "{name}");
        for line in slip.text().lines() {
            assert!(width(line) <= 80 && line.trim_end() == line, "{name}: {line}");
        }
    }
}

#[test]
fn every_value_that_a_layout_names_exists() {
    let layouts: toml::Table = include_str!("../core/data/slips.toml").parse().unwrap();
    let slips = all();
    for layout in layouts["layout"].as_array().unwrap() {
        let form = layout["form"].as_str().unwrap();
        assert_eq!(layout["verified"].as_bool(), Some(false), "the annexes were not read");
        let of_form = slips.iter().find(|(_, slip)| slip.form.to_string() == form);
        let slip = serde_json::to_value(&of_form.unwrap_or_else(|| panic!("no slip of {form}")).1).unwrap();
        let named = |text: &str, values: &serde_json::Value| {
            for path in text.split('{').skip(1).map(|rest| rest.split(['}', '|', ':']).next().unwrap()) {
                let mut value = values;
                for key in path.split('.').filter(|_| path != "#") {
                    if !value.is_null() {
                        value = value.get(key).unwrap_or_else(|| panic!("{form}: {path}"));
                    }
                }
            }
        };
        let values = &slip["values"];
        named(layout["reference"].as_str().unwrap(), values);
        for block in layout["blocks"].as_array().unwrap() {
            let get = |key: &str| block.get(key).and_then(toml::Value::as_str);
            named(get("text").unwrap_or_default(), values);
            if let Some(when) = get("when") {
                named(&format!("{{{}}}", when.split('=').next().unwrap()), values);
            }
            if let Some(list) = get("list") {
                assert!(values[list].is_array(), "{form}: {list}");
            }
            if let Some(table) = get("table") {
                for column in block["columns"].as_array().unwrap() {
                    named(column["text"].as_str().unwrap(), &values[table][0]);
                }
            }
        }
        for signature in layout["signatures"].as_array().unwrap() {
            named(signature["name"].as_str().unwrap(), values);
        }
    }
}

#[test]
fn a_receipt_names_hour_and_day() {
    let text = slip(Form::Receipt, "H41-1", &certified_copy()).unwrap().text();
    for said in [
        "Mẫu số 01 (Thông tư 03/2025/TT-VPCP)",
        "09 giờ 30 phút, ngày 01 tháng 06 năm 2026",
        "17 giờ 00 phút, ngày 01 tháng 06 năm 2026",
        "15.000 đồng",
    ] {
        assert!(text.contains(said), "{said}");
    }
    // Taken in after 15:00: the next working day.
    let (dossier, events) = lived("H41-2", &birth());
    let receipt = Receipt::of(&dossier, &events, rules(), &particulars()).unwrap();
    assert_eq!(receipt.due, moment::parse("2026-06-08 17:00"));
    assert_eq!(receipt.components.len(), 1, "the papers that are always wanted: {:?}", receipt.components);
    assert_eq!(receipt.components[0].original, None, "nobody counted them");
}

#[test]
fn a_receipt_tells_of_its_day() {
    let (dossier, events) = lived("H41-3", &permit());
    let receipt = Receipt::of(&dossier, &events, rules(), &particulars()).unwrap();
    // 7 working days from 3/8/2026; neither the supplement nor the apology is known yet.
    assert_eq!(receipt.due, moment::parse("2026-08-12 17:00"));
    assert_eq!(receipt.limit.as_deref(), Some("7 ngày làm việc"));
}

#[test]
fn papers_that_are_recorded_stand_on_the_receipt() {
    let paper = |component: &str| Paper {
        component: component.into(),
        original: 0,
        copy: 0,
        certified: 0,
        from_data: false,
        digitised: false,
        signed: false,
    };
    let apply = Application {
        papers: vec![Paper { original: 1, ..paper("form") }, Paper { from_data: true, ..paper("residence") }],
        ..Application::new("test/papers", "hoa-thanh", Channel::Counter)
    };
    let accept = Action::Accept {
        digitised: None,
        to_follow: vec!["proof".into()],
        until: moment::parse("2026-06-10 17:00"),
    };
    let script = [
        ("reception", "2026-06-01 09:00", Action::Receive(Box::new(apply))),
        ("reception", "2026-06-01 09:10", accept),
    ];
    let (dossier, events) = lived("H41-4", &script);
    let receipt = Receipt::of(&dossier, &events, rules(), &particulars()).unwrap();
    let papers: Vec<_> =
        receipt.components.iter().map(|paper| (paper.name.as_str(), paper.original, paper.note)).collect();
    assert_eq!(
        papers,
        [
            ("Tờ khai", Some(1), None),
            ("Thông tin cư trú", Some(0), Some("from_data")),
            ("Giấy tờ chứng minh", None, Some("to_follow"))
        ]
    );
    assert_eq!(receipt.follow_by, moment::parse("2026-06-10 17:00"));
    let text = Slip::new(Values::Receipt(Box::new(receipt))).unwrap().text();
    assert!(text.contains("Nộp sau") && text.contains("8.000 đồng"), "{text}");
}

#[test]
fn a_supplement_request_lists_what_is_missing_and_until_when() {
    let (dossier, events) = lived("H41-5", &permit());
    let request = SupplementRequest::of(&dossier, &events, rules(), &particulars()).unwrap();
    assert_eq!(request.items, MISSING.lines().collect::<Vec<_>>());
    // NĐ 217/2026 Đ54: 2 working days; what comes in time starts the clock anew.
    assert_eq!(request.answer_by.map(|at| at.date().to_string()).as_deref(), Some("2026-08-07"));
    assert!(request.restarts && request.lapse == Some(Lapse::Refuse));

    // Before acceptance no clock runs, and the law sets no time.
    let before = [
        ("applicant", "2026-06-01 08:00", receive("1.001193", Channel::Online)),
        ("reception", "2026-06-01 09:00", Action::RequestSupplement { reason: "Giấy chứng sinh".into() }),
    ];
    let (dossier, events) = lived("H41-6", &before);
    let request = SupplementRequest::of(&dossier, &events, rules(), &particulars()).unwrap();
    assert_eq!((request.answer_by, request.lapse, request.restarts), (None, None, false));
}

#[test]
fn an_earlier_slip_is_made_from_the_dossier_as_it_stood() {
    let ask = |reason: &str| Action::RequestSupplement { reason: reason.into() };
    let script = [
        ("reception", "2026-06-01 08:00", receive("test/papers", Channel::Counter)),
        ("reception", "2026-06-01 08:10", Action::accept(None)),
        ("chair", "2026-06-01 10:00", ask("Tờ khai thiếu chữ ký")),
        ("applicant", "2026-06-02 08:00", Action::supply()),
        ("chair", "2026-06-02 10:00", ask("Bản sao mờ")),
    ];
    let (dossier, events) = lived("H41-7", &script);
    let items = |dossier: &Dossier, events: &[Event]| {
        SupplementRequest::of(dossier, events, rules(), &particulars()).unwrap().items
    };
    assert_eq!(items(&dossier, &events), ["Bản sao mờ"]);
    let then = Dossier::replay(&CATALOGUE, "H41-7", &events[..3]).unwrap().unwrap();
    assert_eq!(items(&then, &events[..3]), ["Tờ khai thiếu chữ ký"]);
}

#[test]
fn the_form_is_that_of_its_day() {
    let on = |day: &str| {
        let (a, b) = (format!("{day} 08:00"), format!("{day} 09:00"));
        let (a, b): (&'static str, &'static str) = (a.leak(), b.leak());
        let script = [
            ("reception", a, receive("test/papers", Channel::Counter)),
            ("reception", b, Action::accept(None)),
        ];
        let slip = slip(Form::ControlSlip, "H41-8", &script);
        slip.map(|slip| (slip.prescribed.number.clone(), slip.prescribed.act.clone()))
    };
    let form = |number: &str, act: &str| Ok((number.to_owned(), format!("Thông tư {act}/TT-VPCP")));
    assert_eq!(on("2019-01-07"), form("05", "01/2018"));
    assert_eq!(on("2025-09-12"), form("05", "01/2018"));
    assert_eq!(on("2025-09-15"), form("06", "03/2025"));
    assert_eq!(on("2018-12-28").unwrap_err().code(), "slip.no_form");
}

#[test]
fn the_control_slip_tells_who_kept_whose_time() {
    let (dossier, events) = lived("H41-9", &permit());
    let control = ControlSlip::of(&dossier, &events, rules(), &particulars()).unwrap();
    assert_eq!(control.cooperating, ["Phòng Cảnh sát PCCC và CNCH"]);
    assert_eq!(control.due, moment::parse("2026-08-27 16:00"));
    assert_eq!(control.result, Some(Timeliness::Early));
    let told: Vec<_> = (control.rows.iter())
        .map(|row| (row.work.as_str(), row.from.officer.as_deref().unwrap_or_default(), row.result))
        .collect();
    assert_eq!(
        told,
        [
            ("Tiếp nhận hồ sơ", "Nguyễn Văn An", None),
            ("Yêu cầu bổ sung hồ sơ", "Lê Văn Cường", None),
            ("Bổ sung hồ sơ", "Nguyễn Văn An", Some(Timeliness::OnTime)),
            // 5 working days, of which the wait for the supplement is none.
            ("Thẩm định hồ sơ, kiểm tra thực địa nếu cần thiết", "Lê Văn Cường", Some(Timeliness::OnTime)),
            ("Lấy ý kiến", "Hồ Sỹ Giang", None),
            ("Trả lời ý kiến", "Hồ Sỹ Giang", Some(Timeliness::OnTime)),
            (
                "Lấy ý kiến cơ quan liên quan; quá 02 ngày làm việc không có ý kiến thì được coi là đã đồng ý",
                "Hồ Sỹ Giang",
                None
            ),
            ("Cấp giấy phép", "Phạm Thị Dung", None),
            ("Trả kết quả trực tuyến hoặc qua bưu chính", "Trần Thị Bình", None),
        ]
    );
    assert_eq!(control.rows[8].from.role.as_deref(), Some("Bộ phận một cửa"));
    let first = &control.rows[0].to[0];
    assert_eq!(
        (first.role.as_deref(), first.officer.as_deref(), first.unit.as_deref()),
        (Some("Cơ quan cấp phép"), Some("Lê Văn Cường"), Some("UBND xã Hoa Thành"))
    );

    // A step of one working day that took two.
    let late = [
        ("reception", "2026-06-01 08:00", receive("test/papers", Channel::Counter)),
        ("reception", "2026-06-01 08:10", Action::accept(None)),
        ("chair", "2026-06-03 08:10", Action::complete("decide", "complete")),
    ];
    let (dossier, events) = lived("H41-10", &late);
    let control = ControlSlip::of(&dossier, &events, rules(), &particulars()).unwrap();
    let row = &control.rows[1];
    assert_eq!((row.since, row.due), (moment::parse("2026-06-01 08:10"), moment::parse("2026-06-02 17:00")));
    assert_eq!(row.result, Some(Timeliness::Overdue));
    assert_eq!(row.to[0].role.as_deref(), Some("Bộ phận một cửa"));
    // Whose name the host does not give is told by id.
    let nameless = Particulars { officers: Default::default(), ..particulars() };
    let control = ControlSlip::of(&dossier, &events, rules(), &nameless).unwrap();
    assert_eq!(control.rows[1].from.officer.as_deref(), Some("chair"));
}

#[test]
fn a_refusal_tells_what_was_refused() {
    let settle = Action::Resolve {
        result: Decision::Refused,
        electronic: false,
        reason: Some("Không đủ điều kiện".into()),
        number: None,
    };
    let script = [
        ("reception", "2026-06-01 08:00", receive("test/papers", Channel::Counter)),
        ("reception", "2026-06-01 08:10", Action::accept(None)),
        ("chair", "2026-06-02 08:10", settle),
    ];
    let settlement = slip(Form::Refusal, "H41-11", &script).unwrap();
    let value = serde_json::to_value(&settlement).unwrap();
    assert_eq!(value["values"]["of"], "settlement");
    assert_eq!(value["values"]["reasons"][0], "Không đủ điều kiện");
    assert_eq!(value["prescribed"]["number"], "03");
    assert_eq!(value["layout_verified"], false);
    assert!(settlement.text().contains("từ chối giải quyết hồ sơ này"), "{}", settlement.text());
}

#[test]
fn a_dossier_that_lapsed_is_closed_or_refused_as_the_law_has_it() {
    let flat = |slip: Slip| slip.text().split_whitespace().collect::<Vec<_>>().join(" ");
    let script: Script = vec![
        ("reception", "2026-06-01 08:00", receive("test/papers", Channel::Counter)),
        ("reception", "2026-06-01 08:10", Action::accept(None)),
        ("chair", "2026-06-01 14:00", Action::RequestSupplement { reason: "Tờ khai thiếu chữ ký".into() }),
        ("system", "2026-06-17 08:00", Action::Lapse {}),
    ];
    let text = flat(slip(Form::StopNotice, "H41-12", &script).unwrap());
    assert!(text.contains("Yêu cầu bổ sung 14 giờ 00 phút, ngày 01 tháng 06 năm 2026 không được"), "{text}");
    assert!(!text.contains("Lý do"), "{text}");
    refused(slip(Form::Refusal, "H41-12", &script), "slip.no_refusal");

    // NĐ 217/2026 Đ54: an unanswered notice is a refusal.
    let mut script: Script = permit().into_iter().take(3).collect();
    script.push(("system", "2026-08-10 08:00", Action::Lapse {}));
    let text = flat(slip(Form::Refusal, "H41-12", &script).unwrap());
    assert!(text.contains("từ chối giải quyết hồ sơ này"), "{text}");
    assert!(text.contains("Yêu cầu bổ sung 14 giờ 00 phút, ngày 05 tháng 08 năm 2026 không được"), "{text}");
    refused(slip(Form::StopNotice, "H41-12", &script), "slip.not_stopped");
}

#[test]
fn an_apology_says_whether_the_date_has_passed() {
    let apology = slip(Form::Apology, "H41-13", &permit()).unwrap();
    let value = serde_json::to_value(&apology).unwrap();
    // 7 working days, counted anew from the supplement of 7/8.
    assert_eq!(value["values"]["was_due"], "2026-08-18T17:00:00+07:00");
    assert_eq!(value["values"]["new_due"], "2026-08-27T16:00:00+07:00");
    assert_eq!(value["values"]["late"], false);
    assert!(apology.text().contains("Dự kiến"), "{}", apology.text());
}

#[test]
fn what_has_not_come_to_pass_has_no_slip() {
    let submitted = [("applicant", "2026-06-01 08:00", receive("test/papers", Channel::Online))];
    for (form, code) in [
        (Form::Receipt, "slip.not_accepted"),
        (Form::ControlSlip, "slip.not_accepted"),
        (Form::SupplementRequest, "slip.no_supplement"),
        (Form::Refusal, "slip.no_refusal"),
        (Form::Apology, "slip.no_reappointment"),
        (Form::StopNotice, "slip.not_stopped"),
        (Form::Register, "slip.many"),
    ] {
        refused(slip(form, "H41-14", &submitted), code);
    }
    // The notice is a form of 2025.
    let withdrawn = [
        ("applicant", "2025-08-01 08:00", receive("test/papers", Channel::Online)),
        ("applicant", "2025-08-01 09:00", Action::Withdraw { reason: None }),
    ];
    refused(slip(Form::StopNotice, "H41-15", &withdrawn), "slip.no_form");

    let nobody = Particulars::default();
    let unseen = Particulars {
        submitter: motcua::dossier::slip::Person { name: " \u{200b}\n".into(), ..Default::default() },
        ..Particulars::default()
    };
    for particulars in [nobody, unseen] {
        refused(slip_with(Form::Receipt, "H41-16", &certified_copy(), &particulars), "slip.nameless");
    }
    let (dossier, events) = lived("H41-17", &certified_copy());
    let some = &events[..3];
    for form in [Form::Receipt, Form::ControlSlip] {
        refused(Slip::of(form, &dossier, some, rules(), &particulars()), "slip.events");
    }
}

fn refused<T: std::fmt::Debug>(result: Result<T, SlipError>, code: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.code(), code);
    let (english, vietnamese) = (error.to_string(), error.vi());
    assert!(english.contains("; ") && vietnamese.contains("; "), "{english} / {vietnamese}");
}

#[test]
fn a_register_is_numbered_without_gaps() {
    let accepted = |code: &str, day: &str| {
        let (a, b) = (format!("{day} 08:00"), format!("{day} 09:00"));
        let script = [
            ("reception", a.as_str(), receive("test/papers", Channel::Counter)),
            ("reception", b.as_str(), Action::accept(None)),
        ];
        lived(code, &script).0
    };
    let (a, b, c) = (accepted("A", "2026-06-03"), accepted("B", "2026-06-01"), accepted("C", "2026-06-01"));
    let (p, office) = (particulars(), Office::default());
    let register = |dossiers: &[&Dossier], first| {
        let entries: Vec<_> = dossiers.iter().map(|dossier| (*dossier, &p)).collect();
        Register::of(&entries, first, &office, rules())
    };
    // A second volume goes on where the first ended.
    let book = register(&[&a, &c, &b], 41).unwrap();
    let rows: Vec<_> = book.rows.iter().map(|row| (row.number, row.dossier.as_str())).collect();
    assert_eq!(rows, [(41, "B"), (42, "C"), (43, "A")]);
    assert_eq!((book.year, book.first, book.last), (2026, 41, 43));
    assert_eq!(
        (book.agency.as_str(), book.above.as_deref()),
        ("UBND xã Hoa Thành", Some("UBND tỉnh Nghệ An"))
    );
    assert_eq!(book.rows[0].field, "Hộ tịch");

    refused(register(&[], 1), "slip.empty");
    refused(register(&[&a, &a], 1), "slip.twice");
    refused(register(&[&a, &b], u32::MAX), "slip.too_many");
    refused(register(&[&a, &accepted("D", "2027-01-04")], 1), "slip.other_year");
    let submitted =
        lived("E", &[("applicant", "2026-06-01 08:00", receive("test/papers", Channel::Online))]).0;
    refused(register(&[&submitted], 1), "slip.not_accepted");
    let nobody = Particulars::default();
    refused(Register::of(&[(&a, &nobody)], 1, &office, rules()), "slip.nameless");
}

/// The slip of a dossier whose reason, and everything that the host gives, is this.
fn hostile(text: &str) -> (Slip, Slip) {
    let reason = if text.trim().is_empty() { "x" } else { text };
    let person = motcua::dossier::slip::Person {
        name: format!("x{text}"),
        address: Some(text.into()),
        phone: Some(text.into()),
        email: Some(text.into()),
        id: Some(text.into()),
    };
    let office = Office {
        name: Some(text.into()),
        agency: Some(format!("x{text}")),
        above: Some(text.into()),
        place: Some(text.into()),
        contact: Some(text.into()),
        head: Some(text.into()),
    };
    let some = Some(text.to_owned());
    let particulars = Particulars {
        submitter: person.clone(),
        owner: Some(person),
        request: some.clone(),
        number: some.clone(),
        sets: Some(1),
        fee: some.clone(),
        collect: some.clone(),
        because: some.clone(),
        receiver: some,
        office,
        officers: [("reception".to_owned(), text.to_owned())].into(),
    };
    let script = [
        ("reception", "2026-06-01 08:00", receive("test/papers", Channel::Counter)),
        ("reception", "2026-06-01 08:10", Action::accept(None)),
        ("reception", "2026-06-01 09:00", Action::RequestSupplement { reason: reason.into() }),
    ];
    let (dossier, events) = lived(&format!("x{text}"), &script);
    let of = |form| Slip::of(form, &dossier, &events, rules(), &particulars).unwrap();
    (of(Form::SupplementRequest), of(Form::ControlSlip))
}

/// What is said in a page, without what has no width and with single spaces.
fn said(page: &Html) -> String {
    let text: String = page.root_element().text().collect::<Vec<_>>().join(" ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn stays_text(text: &str) {
    let plain = hostile("an");
    let (request, control) = hostile(text);
    for (slip, plain) in [(request, plain.0), (control, plain.1)] {
        let page = Html::parse_document(&slip.html());
        assert_eq!(page.errors, [] as [&str; 0], "{text:?}");
        let no_breaks = |page: &Html| {
            let mut names: Vec<String> = elements(page);
            names.retain(|name| !["br", "p", "li", "div", "dt", "dd", "dl"].contains(&name.as_str()));
            names
        };
        assert_eq!(no_breaks(&page), no_breaks(&Html::parse_document(&plain.html())), "{text:?}");
        for line in slip.text().lines() {
            assert!(width(line) <= 80, "{line}");
        }
    }
}

#[test]
fn what_the_host_gives_stays_text() {
    let long = "Nguyễn".repeat(60);
    for text in [
        "<script>alert(1)</script>",
        "</style></title><img src=x onerror=alert(1)>",
        "\" onclick='x' <!-- --> ]]> &lt;b&gt; &amp;#60; {request} {dossier|x}",
        "một\r\nhai\n\n\nba\tbốn\u{0}\u{8}\u{1b}[2J",
        "Nguye\u{302}\u{303}n Va\u{306}n A\u{200b}n\u{202e}gnuhc\u{2066}\u{feff}",
        long.as_str(),
        "e\u{301}\u{302}\u{303}\u{304}\u{305}",
    ] {
        stays_text(text);
    }
    let (slip, _) = hostile("<b>Ngu\u{200b}ye\u{302}\u{303}n</b>\u{202e}");
    let page = said(&Html::parse_document(&slip.html()));
    assert!(
        page.contains("<b>Nguyễn</b>") && !page.contains('\u{202e}') && !page.contains('\u{200b}'),
        "{page}"
    );
    assert!(slip.text().contains("<b>Nguyễn</b>") && !slip.text().contains('\u{202e}'));
    // A template of the host's is no template.
    assert!(said(&Html::parse_document(&hostile("{dossier}").0.html())).contains("x{dossier}"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_ever_markup(text in "[<>&\"'/!\\-a-zA-Z{}|:= \\n\\PC]{0,60}") {
        stays_text(&text);
    }
}
