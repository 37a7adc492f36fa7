//! The statutory slips: what they say, and when there are none.

mod common;
#[path = "common/office.rs"]
mod office;

use motcua::deadline::{Lapse, Timeliness};
use motcua::dossier::slip::{
    ControlSlip, Form, Office, Particulars, Receipt, Register, Slip, SlipError, SupplementRequest, Values,
};
use motcua::dossier::{Action, Application, Decision, Dossier, Event, Paper};
use motcua::moment;
use motcua::procedure::Channel;
use office::{
    CATALOGUE, MISSING, Script, birth, certified_copy, lived, particulars, permit, receive, rules, slip,
    slip_with,
};

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
