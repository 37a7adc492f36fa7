//! A procedure with a step for every kind of role and tier, everybody who could act on it, and dossiers of it in every
//! state.
#![allow(dead_code, reason = "each test file uses its own part")]

use motcua::calendar::Calendar;
use motcua::deadline::TimeLimit;
use motcua::dossier::{Action, Application, Command, Decision, Dossier, Notice, Organisation, Paper};
use motcua::journal::MemoryJournal;
use motcua::procedure::{Catalogue, Channel};
use motcua::{Engine, moment};
use std::collections::BTreeMap;
use std::sync::Arc;

pub const CODE: &str = "H41-1";

/// The dossier that settles the part `other` of those that are under way.
pub const LINKED: &str = "H41-3";

/// The rows of the table that are for commands only of a kind.
pub const APART: [&str; 6] = [
    "refuse_to_settle",
    "deliver_part",
    "suspend_without_rule",
    "extend_without_rule",
    "refuse_part",
    "take_part_result",
];

/// A procedure of a district, of which nearly each step runs from acceptance on, for every kind of role and tier.
pub const STEPS: &[(&str, &str, Option<&str>, &str)] = &[
    ("check", "check", Some("officer"), "district"),
    ("sign", "sign", Some("agency_head"), "district"),
    ("post", "post", Some("clerk"), "district"),
    ("down", "process", Some("officer"), "commune"),
    ("up", "process", Some("officer"), "province"),
    ("survey", "process", Some("surveyor"), "district"),
    ("own", "process", Some("applicant"), "district"),
    ("machine", "process", Some("portal"), "district"),
    ("unowned", "process", None, "district"),
    (AFTER, "process", Some("officer"), "district"),
];

/// The one that runs only after another, and can be handed back.
pub const AFTER: &str = "after";

pub fn definition() -> String {
    let step = |(id, kind, role, tier): &(&str, &str, Option<&str>, &str)| {
        let role = role.map(|role| format!("role = {role:?}\n")).unwrap_or_default();
        let elapse = if *kind == "post" { "after = \"2 day\"\nthen = \"complete\"\n" } else { "" };
        format!(
            "[[procedure.step]]\nid = {id:?}\nname_vi = {id:?}\n{role}kind = {kind:?}\ntier = {tier:?}\n{elapse}\
             next = [{:?}]\n",
            if *id == "unowned" { AFTER } else { "deliver" }
        )
    };
    let without = |left: &str| STEPS.iter().map(|s| s.0).filter(|id| *id != left).collect::<Vec<_>>();
    let (firsts, lasts) = (without(AFTER), without("unowned"));
    let steps: String = STEPS.iter().map(step).collect();
    let version = |days: &str| {
        format!(
            r#"
[[procedure]]
code = "test/authority"
name_vi = "Thủ tục thử"
name_en = "A procedure to try"
field = "ho-tich"
tier = "district"
{days}
jurisdiction = "-"
agency = "-"
source = "made for a test"
verified = false
not_in_source = ["fees", "legal_basis"]
answer_within = "15 day"
time_limit = [{{ limit = "60 working_day" }}]
component = [{{ id = "form", name_vi = "Tờ khai", original = 1, required = "always" }}]
part = [{{ id = "part", name_vi = "Phần" }}, {{ id = "other", name_vi = "Phần khác" }}]
accepted = [{{ finding = "procedure.no_owner", step = "unowned", why = "to try it", source = "-" }}]
[[procedure.step]]
id = "begin"
name_vi = "Tiếp nhận"
role = "land_office"
kind = "receive"
next = {firsts:?}
{steps}
[[procedure.step]]
id = "deliver"
name_vi = "Trả kết quả"
role = "clerk"
kind = "deliver"
join = {lasts:?}
next = ["end"]
"#
        )
    };
    version("in_force_from = 2020-01-01\nin_force_to = 2023-05-31") + &version("in_force_from = 2023-06-01")
}

/// Units with the unit above.
pub const UNITS: &[(&str, &str, Option<&str>)] = &[
    ("tinh", "province", None),
    ("huyen", "district", Some("tinh")),
    ("huyen-2", "district", Some("tinh")),
    ("xa", "commune", Some("huyen")),
];

/// An officer as the test sees them: units with the roles that they have there on the day, and whom they act for.
#[derive(Debug, Clone, Default)]
pub struct Who {
    pub id: String,
    pub posts: Vec<(String, Vec<String>, Option<String>)>,
}

/// Each role in each place, and what the file of the organisation says of it.
pub fn people() -> (Vec<Who>, String) {
    let roles = [
        "one_stop",
        "officer",
        "land_office",
        "agency_head",
        "licensing_head",
        "clerk",
        "surveyor",
        "tax_office",
    ];
    let mut text: String = UNITS
        .iter()
        .map(|(id, tier, parent)| {
            let parent = parent.map(|parent| format!("parent = {parent:?}\n")).unwrap_or_default();
            format!("[[unit]]\nid = {id:?}\nname_vi = {id:?}\ntier = {tier:?}\n{parent}")
        })
        .collect();
    let mut all = Vec::new();
    let mut officer = |id: &str, unit: &str, roles: &[&str], rest: &str| {
        text += &format!("[[officer]]\nid = {id:?}\nunit = {unit:?}\nroles = {roles:?}\n{rest}");
    };
    let mut who = |id: String, posts: &[(&str, &[&str], Option<&str>)]| {
        let post = |(unit, roles, on_behalf): &(&str, &[&str], Option<&str>)| {
            ((*unit).into(), roles.iter().map(|role| (*role).into()).collect(), on_behalf.map(Into::into))
        };
        all.push(Who { id, posts: posts.iter().map(post).collect() });
    };
    let stand_in = |of: &str, deputy: &str, rest: &str| {
        format!("[[delegation]]\nofficer = {of:?}\ndeputy = {deputy:?}\n{rest}\n")
    };
    const JUNE: &str = "from = 2023-06-01\nto = 2023-06-01";
    for role in roles {
        for (place, unit) in [("own", "huyen"), ("above", "tinh"), ("below", "xa"), ("other", "huyen-2")] {
            let id = format!("{role}-{place}");
            officer(&id, unit, &[role], "");
            who(id, &[(unit, &[role], None)]);
        }
        let (own, other) = (format!("{role}-own"), format!("{role}-other"));
        let id = |what: &str| format!("{role}-{what}");
        // Who is away may act, who is in no post any more, or not yet, may not.
        let away = format!("[[absence]]\nofficer = \"{role}-absent\"\nfrom = 2023-06-01\n");
        officer(&id("absent"), "huyen", &[role], &away);
        who(id("absent"), &[("huyen", &[role], None)]);
        officer(&id("left"), "huyen", &[role], "to = 2023-05-31\n");
        who(id("left"), &[]);
        officer(&id("coming"), "huyen", &[role], "from = 2023-06-02\n");
        who(id("coming"), &[]);
        // Deputies: of the right one, of one elsewhere, of a role, of another role, too late, and in turn.
        let mut deputy = |what: &str, unit: &str, of: &str, rest: &str| {
            let id = format!("{role}-{what}");
            officer(&id, unit, &[], &stand_in(of, &id, rest));
            id
        };
        let able = deputy("deputy", "huyen-2", &own, &format!("{JUNE}\nmay_pass_on = true"));
        who(able.clone(), &[("huyen", &[role], Some(&own))]);
        let passed = deputy("deputy-of-deputy", "huyen-2", &able, JUNE);
        who(passed.clone(), &[("huyen", &[role], Some(&own))]);
        let third = deputy("third", "huyen-2", &passed, JUNE);
        who(third, &[]);
        let elsewhere = deputy("deputy-elsewhere", "huyen", &other, JUNE);
        who(elsewhere, &[("huyen-2", &[role], Some(&other))]);
        let late = deputy("deputy-late", "huyen-2", &own, "from = 2023-05-01\nto = 2023-05-31");
        who(late, &[]);
        let one = deputy("deputy-of-role", "huyen-2", &own, &format!("{JUNE}\nroles = [{role:?}]"));
        who(one, &[("huyen", &[role], Some(&own))]);
        // Who has the role and another in turn lets a deputy have the other only.
        let (both, part) = (id("and-veterinary"), id("deputy-of-veterinary"));
        officer(&both, "huyen", &[role, "veterinary"], "");
        who(both.clone(), &[("huyen", &[role, "veterinary"], None)]);
        officer(&part, "huyen-2", &[], &stand_in(&both, &part, &format!("{JUNE}\nroles = [\"veterinary\"]")));
        who(part, &[("huyen", &["veterinary"], Some(&both))]);
        // Two posts: in another unit, and here.
        let two = id("two-posts");
        let rest = format!("[[officer.post]]\nunit = \"huyen\"\nroles = [{role:?}]\n");
        officer(&two, "huyen-2", &["one_stop"], &rest);
        who(two, &[("huyen-2", &["one_stop"], None), ("huyen", &[role], None)]);
    }
    for id in ["applicant", "system", "stranger"] {
        who(id.into(), &[]);
    }
    (all, text)
}

/// A command as the table knows it, with content for one step, or for none.
pub fn contents(command: &str, step: &str, doer: &str) -> Vec<Action> {
    let reason = || "lý do".to_owned();
    let at = |text: &str| moment::parse(text).unwrap();
    let paper = || vec![serde_json::from_str::<Paper>(r#"{"component": "form", "original": 1}"#).unwrap()];
    let resolve = |result, reason| Action::Resolve { result, electronic: false, reason, number: None };
    let resolve_part = |from, result, reason| Action::ResolvePart {
        part: "other".into(),
        from,
        result,
        electronic: false,
        reason,
    };
    let take_parts = || {
        let from = || Some(LINKED.into());
        vec![
            resolve_part(from(), Decision::Granted, None),
            resolve_part(from(), Decision::Refused, Some(reason())),
        ]
    };
    let deliver = |part: Option<&str>| Action::Deliver {
        channel: Channel::Counter,
        part: part.map(Into::into),
        to: None,
    };
    let step = || step.into();
    vec![match command {
        "receive" => Action::Receive(Box::new(Application::new("test/authority", "huyen", Channel::Online))),
        "accept" => Action::accept(Some(true)),
        "refuse" => Action::Refuse { reason: reason() },
        "request_supplement" => Action::RequestSupplement { reason: reason() },
        "supply" => Action::Supply { papers: paper() },
        "hand_in" => Action::HandIn { papers: paper() },
        "amend" => Action::Amend { what: reason() },
        "claim" => Action::Claim { step: step() },
        "release" => Action::Release { step: step() },
        "assign" => Action::Assign { step: step(), officer: doer.into() },
        "complete" => Action::complete(&step(), "complete"),
        "sign" => Action::sign(&step(), true),
        "return" => Action::Return { step: step(), to: "unowned".into(), reason: reason() },
        "recall" => Action::Recall { step: step(), reason: reason() },
        "elapse" => Action::Elapse { step: step() },
        "consult" => {
            Action::Consult { step: step(), units: vec!["xa".into()], question: reason(), due: None }
        }
        "unask" => Action::Unask { step: step(), units: vec!["huyen-2".into()] },
        "answer" => Action::Answer { step: step(), opinion: reason() },
        "request_payment" => Action::RequestPayment { vnd: 1_000, reason: reason(), incident: None },
        "pay" => return [1_000, 1].map(|vnd| Action::Pay { vnd, online: true }).to_vec(),
        "cancel_payment" => Action::CancelPayment { reason: reason() },
        "waive" => return [1_000, 1].map(|vnd| Action::Waive { vnd, reason: reason() }).to_vec(),
        "refund" => Action::Refund { vnd: 500, reason: reason() },
        "suspend" => Action::Suspend { reason: reason(), incident: Some("supplement-61-2018".into()) },
        "suspend_without_rule" => Action::Suspend { reason: reason(), incident: None },
        "resume" => Action::Resume {},
        "extend" | "extend_without_rule" => {
            let by = TimeLimit::parse("3 working_day").unwrap();
            let incident = (command == "extend").then(|| "verify-civil-status-change".into());
            Action::Extend { by, reason: reason(), incident }
        }
        "reappoint" => Action::Reappoint { to: at("2023-09-15 17:00"), reason: reason() },
        "withdraw" => Action::Withdraw { reason: None },
        "discontinue" => Action::Discontinue { reason: reason() },
        "lapse" => Action::Lapse {},
        "resolve" => resolve(Decision::Granted, None),
        "resolve_part" => resolve_part(None, Decision::Granted, None),
        "take_part_result" => return take_parts(),
        "refuse_part" => resolve_part(None, Decision::Refused, Some(reason())),
        "refuse_to_settle" => resolve(Decision::Refused, Some(reason())),
        "deliver" => deliver(None),
        "deliver_part" => deliver(Some("part")),
        "notify" => Action::Notify { notice: Notice::Reminder, text: None },
        "report_error" => Action::ReportError { what: reason() },
        "correct" => Action::Correct { what: reason() },
        "transfer" => Action::Transfer { unit: "huyen-2".into(), reason: reason() },
        "entrust" => Action::Entrust { office: "huyen-2".into() },
        "link" => Action::Link { dossier: "H41-2".into(), part: None },
        "migrate" => Action::Migrate { in_force_from: at("2023-06-01 00:00").date(), steps: BTreeMap::new() },
        "rate" => Action::Rate { score: 1 },
        other => panic!("`{other}` is a new command: give it content here"),
    }]
}

/// A dossier in each of the ten states, and in some of them in several ways; first none at all.
pub fn situations(catalogue: &Arc<Catalogue>, organisation: &str) -> Vec<(&'static str, Option<Dossier>)> {
    let receive = ("applicant", "receive", "");
    let pay = ("applicant", "pay", "");
    let accepted = [receive, pay, ("one_stop-own", "accept", "")];
    // Asked: another district; under way: its answer, the first part, a suspension.
    let under_way = [
        ("officer-own", "complete", "unowned"),
        ("officer-own", "ask", "check"),
        ("one_stop-own", "resolve_first_part", ""),
        ("one_stop-own", "link_part", ""),
        ("one_stop-own", "suspend", ""),
        ("officer-above", "claim", "up"),
    ];
    let rest = [
        ("officer-own", "complete", "unowned"),
        ("officer-own", "complete", "check"),
        ("agency_head-own", "sign", "sign"),
        ("clerk-own", "complete", "post"),
        ("officer-below", "complete", "down"),
        ("officer-above", "complete", "up"),
        ("surveyor-other", "complete", "survey"),
        ("applicant", "complete", "own"),
        ("system", "complete", "machine"),
        ("officer-own", "complete", AFTER),
    ];
    let supplement = ("one_stop-own", "request_supplement", "");
    let payment = ("one_stop-own", "request_payment", "");
    let resolve = ("one_stop-own", "resolve", "");
    let ways: Vec<(&'static str, Vec<Given>)> = vec![
        ("submitted", vec![receive, pay]),
        ("received", accepted.to_vec()),
        ("not_received", vec![receive, ("one_stop-own", "refuse", "")]),
        ("in_progress", [&accepted[..], &under_way].concat()),
        ("in_progress", [&accepted[..], &rest].concat()),
        ("supplement_requested", vec![receive, supplement]),
        ("supplement_requested", [&accepted[..], &[supplement]].concat()),
        ("supplement_requested", [&accepted[..], &under_way, &[supplement]].concat()),
        ("payment_requested", vec![receive, payment]),
        ("payment_requested", [&accepted[..], &[payment]].concat()),
        ("payment_requested", [&accepted[..], &under_way, &[payment]].concat()),
        ("withdrawn", [&accepted[..], &[("applicant", "withdraw", "")]].concat()),
        ("discontinued", [&accepted[..], &[("officer-own", "discontinue", "")]].concat()),
        ("resolved", [&accepted[..], &rest, &[resolve]].concat()),
        ("resolved", [&accepted[..], &[("agency_head-own", "refuse_to_settle", "")]].concat()),
        (
            "delivered",
            [
                &accepted[..],
                &rest,
                &[resolve, ("one_stop-own", "deliver", ""), ("applicant", "report_error", "")],
            ]
            .concat(),
        ),
    ];
    let mut found = vec![("none", None)];
    for (state, script) in ways {
        let organisation = Organisation::load(catalogue, &[("people.toml", organisation)]).unwrap();
        let calendar = Calendar::vietnam().clone();
        let mut engine = Engine::new(catalogue.clone(), calendar, organisation, MemoryJournal::new());
        for (n, (actor, what, step)) in script.iter().enumerate() {
            let action = match *what {
                "ask" => Action::Consult {
                    step: (*step).into(),
                    units: vec!["huyen-2".into()],
                    question: "?".into(),
                    due: None,
                },
                "resolve_first_part" => Action::ResolvePart {
                    part: "part".into(),
                    from: None,
                    result: Decision::Granted,
                    electronic: false,
                    reason: None,
                },
                "link_part" => Action::Link { dossier: LINKED.into(), part: Some("other".into()) },
                what => contents(what, step, "").remove(0),
            };
            let sent = command(&format!("k{n}"), actor, "2023-05-04 09:00", action);
            engine.handle(&sent).unwrap_or_else(|error| panic!("{state}, {what} {step}: {error}"));
        }
        let dossier = engine.dossier(CODE).unwrap().unwrap();
        assert_eq!(dossier.status.name(), state);
        found.push((state, Some(dossier)));
    }
    found
}

/// Actor, command, step.
type Given = (&'static str, &'static str, &'static str);

pub fn command(key: &str, actor: &str, at: &str, action: Action) -> Command {
    Command {
        dossier: CODE.into(),
        actor: actor.into(),
        at: moment::parse(at).unwrap(),
        key: key.into(),
        expected_version: None,
        action,
    }
}

/// Who could be given a step.
pub fn doer(step: &str) -> &'static str {
    match step {
        "sign" => "agency_head-own",
        "post" => "clerk-own",
        "down" => "officer-below",
        "up" => "officer-above",
        "survey" => "surveyor-other",
        "own" => "applicant",
        "machine" => "system",
        _ => "officer-own",
    }
}
