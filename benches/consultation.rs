//! The dossier by which workflow engines are compared: received, then nine completed steps, two of them side by side.

use chrono::TimeDelta;
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Command, Decided, Dossier, Event, Organisation, Rules, decide};
use motcua::moment;
use motcua::procedure::{Catalogue, Channel};
use std::sync::Arc;

const PROCEDURE: &str = r#"
[[procedure]]
code = "bench/consultation"
name_vi = "Thủ tục có lấy ý kiến song song"
name_en = "A procedure with a parallel consultation"
field = "xay-dung"
tier = "commune"
in_force_from = 2025-07-01
jurisdiction = "-"
agency = "UBND xã"
source = "made for this measurement"
verified = false
not_in_source = ["components", "fees", "legal_basis"]
[[procedure.time_limit]]
limit = "8 working_day"
"#;

const STEPS: [(&str, &str, &str); 9] = [
    ("receive", "one_stop", "next = [\"check\"]"),
    ("check", "officer", "next = [\"assign\"]"),
    ("assign", "commune_leader", "next = [\"process\"]"),
    ("process", "officer", "next = [\"consult-a\", \"consult-b\"]"),
    ("consult-a", "commune_office", "next = [\"approve\"]"),
    ("consult-b", "commune_office", "next = [\"approve\"]"),
    ("approve", "commune_leader", "join = [\"consult-a\", \"consult-b\"]\nnext = [\"sign\"]"),
    ("sign", "commune_leader", "next = [\"return\"]"),
    ("return", "one_stop", "next = [\"end\"]"),
];

pub(crate) const ORGANISATION: &str = r#"
[[unit]]
id = "hoa-thanh"
name_vi = "UBND xã Hoa Thành"
tier = "commune"
[[officer]]
id = "reception"
unit = "hoa-thanh"
roles = ["one_stop"]
[[officer]]
id = "specialist"
unit = "hoa-thanh"
roles = ["officer", "commune_office"]
[[officer]]
id = "chair"
unit = "hoa-thanh"
roles = ["commune_leader"]
"#;

pub(crate) struct World {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) organisation: Organisation,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut text = PROCEDURE.to_owned();
        for (id, role, next) in STEPS {
            text += &format!(
                "[[procedure.step]]\nid = \"{id}\"\nname_vi = \"{id}\"\nrole = \"{role}\"\nkind = \"process\"\nlimit = \"1 working_day\"\n{next}\n"
            );
        }
        let catalogue = Catalogue::embedded_and("bench.toml", &text).unwrap();
        let organisation = Organisation::load(&catalogue, &[("units.toml", ORGANISATION)]).unwrap();
        Self { catalogue, organisation }
    }

    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules {
            catalogue: &self.catalogue,
            calendar: Calendar::vietnam(),
            organisation: &self.organisation,
            office: None,
        }
    }
}

/// The `n`th command of the dossier, ten minutes after the one before.
pub(crate) fn command(n: i64, actor: &str, action: Action) -> Command {
    Command {
        dossier: "H41.17-260601-0001".into(),
        actor: actor.into(),
        at: moment::parse("2026-06-01 08:00").unwrap() + TimeDelta::minutes(10 * n),
        key: format!("{n:04}").into(),
        expected_version: None,
        action,
    }
}

/// Reception, acceptance, nine completions.
pub(crate) fn script() -> Vec<Command> {
    let mut script = vec![
        command(0, "applicant", Action::receive("bench/consultation", "hoa-thanh", Channel::Online)),
        command(1, "reception", Action::accept(Some(true))),
    ];
    for (n, (id, role, _)) in (2..).zip(STEPS) {
        let actor = match role {
            "one_stop" => "reception",
            "commune_leader" => "chair",
            _ => "specialist",
        };
        script.push(command(n, actor, Action::complete(id, "complete")));
    }
    script
}

/// Asked for a supplement that comes two days later; as the `n`th command and the one after.
pub(crate) fn supplement(n: i64) -> [Command; 2] {
    let asked =
        command(n, "specialist", Action::RequestSupplement { reason: "thiếu bản vẽ hoàn công".into() });
    let mut came = command(n + 1, "applicant", Action::Supply { papers: Vec::new() });
    came.at += TimeDelta::days(2);
    [asked, came]
}

pub(crate) fn step(rules: Rules<'_>, dossier: &mut Dossier, command: &Command) -> Event {
    match decide(rules, Some(dossier), command).unwrap() {
        Decided::New(event) => {
            dossier.apply(rules.catalogue, &event).unwrap();
            event
        }
        Decided::Repeated { .. } => unreachable!(),
    }
}

/// The dossier that the first command begins and the others lead on.
pub(crate) fn dossier(rules: Rules<'_>, commands: &[Command]) -> Dossier {
    let Decided::New(event) = decide(rules, None, &commands[0]).unwrap() else { unreachable!() };
    let mut dossier = Dossier::begin(rules.catalogue, &commands[0].dossier, &event).unwrap();
    for command in &commands[1..] {
        step(rules, &mut dossier, command);
    }
    dossier
}
