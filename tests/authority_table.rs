//! Authorisation is one table: every command, in every state, by everybody who could give it, against an independent
//! reading of `core/data/authority.toml`.

#[path = "common/everybody.rs"]
mod everybody;

use everybody::{APART, STEPS, UNITS, Who, command, contents, definition, doer, people, situations};
use motcua::calendar::Calendar;
use motcua::dossier::{Action, Decided, Dossier, DossierError, Organisation, Rules, Status, decide};
use motcua::procedure::Catalogue;
use std::collections::{BTreeMap, BTreeSet};
use strum::VariantNames;
use toml::{Table, Value};

const NOW: &str = "2023-06-01 14:00";

/// A row as it is written.
struct Row {
    from: Vec<String>,
    duties: Vec<String>,
    unowned: Vec<String>,
    step_role: bool,
    any_unit: bool,
    or_role_of: Option<String>,
}

fn strings(row: &Table, key: &str) -> Vec<String> {
    let list = row.get(key).and_then(Value::as_array).into_iter().flatten();
    list.map(|value| value.as_str().unwrap().to_owned()).collect()
}

fn tables(text: &str, key: &str) -> Vec<Table> {
    let file: Table = text.parse().unwrap();
    file[key].as_array().unwrap().iter().map(|row| row.as_table().unwrap().clone()).collect()
}

fn rows() -> Vec<(String, Row)> {
    let is = |row: &Table, key: &str| row.get(key).and_then(Value::as_bool).unwrap_or_default();
    tables(include_str!("../core/data/authority.toml"), "authority")
        .iter()
        .map(|row| {
            let read = Row {
                from: strings(row, "from"),
                duties: strings(row, "duties"),
                unowned: strings(row, "unowned"),
                step_role: is(row, "step_role"),
                any_unit: is(row, "any_unit"),
                or_role_of: row.get("or_role_of").and_then(Value::as_str).map(str::to_owned),
            };
            (row["command"].as_str().unwrap().to_owned(), read)
        })
        .collect()
}

fn duties_of_roles() -> BTreeMap<String, String> {
    let text = |role: &Table, key: &str| role[key].as_str().unwrap().to_owned();
    let roles = tables(include_str!("../core/data/roles.toml"), "role");
    roles.iter().map(|role| (text(role, "id"), text(role, "duty"))).collect()
}

/// What should come of it: a code, or the posts in which it may be done, of which nobody's is one without a unit.
type Verdict = Result<Vec<(Option<String>, Option<String>)>, &'static str>;

const NOT_ALLOWED: &str = "dossier.not_allowed";
const OTHER_UNIT: &str = "dossier.other_unit";
const UNKNOWN_ACTOR: &str = "dossier.unknown_actor";

/// The comments at the head of `authority.toml`, in code.
struct Reader {
    duties: BTreeMap<String, String>,
}

impl Reader {
    fn tier(unit: &str) -> &'static str {
        UNITS.iter().find(|known| known.0 == unit).unwrap().1
    }

    /// Whether a unit is another one, or above it.
    fn above(upper: &str, lower: &str) -> bool {
        upper == lower
            || UNITS.iter().find(|known| known.0 == lower).unwrap().2.is_some_and(|p| Self::above(upper, p))
    }

    /// No officer: the duty is the actor itself.
    fn not_an_officer(who: &Who, has: &[String]) -> Option<Verdict> {
        match who.id.as_str() {
            "stranger" => Some(Err(UNKNOWN_ACTOR)),
            id @ ("applicant" | "system") => {
                let is = has.iter().any(|duty| duty == id);
                Some(if is { Ok(vec![(None, None)]) } else { Err(NOT_ALLOWED) })
            }
            _ => None,
        }
    }

    fn by_duty(&self, who: &Who, row: &Row, running: &[&str]) -> Verdict {
        if let Some(verdict) = Self::not_an_officer(who, &row.duties) {
            return verdict;
        }
        let (mut may, mut elsewhere) = (Vec::new(), false);
        for (unit, roles, on_behalf) in &who.posts {
            let is = |role: &&String| row.duties.contains(&self.duties[*role]);
            let has = roles.iter().filter(is).filter(|role| {
                self.duties[*role] != "outside" || row.any_unit || running.contains(&role.as_str())
            });
            for role in has {
                let outside = self.duties[role] == "outside";
                if outside || row.any_unit || Self::above(unit, "huyen") {
                    may.push((Some(unit.clone()), on_behalf.clone()));
                } else {
                    elsewhere = true;
                }
            }
        }
        if may.is_empty() { Err(if elsewhere { OTHER_UNIT } else { NOT_ALLOWED }) } else { Ok(may) }
    }

    fn by_step(&self, who: &Who, row: &Row, role: Option<&str>, tier: &str) -> Verdict {
        let duty: Vec<String> = role.map(|role| self.duties[role].clone()).into_iter().collect();
        if let Some(verdict) = Self::not_an_officer(who, &duty) {
            return verdict;
        }
        let has = |post: &&(String, Vec<String>, Option<String>)| match role {
            Some(role) => post.1.iter().any(|known| known == role),
            None => post.1.iter().any(|known| row.unowned.contains(&self.duties[known])),
        };
        let in_place = |post: &&(String, Vec<String>, Option<String>)| {
            duty == ["outside"]
                || Self::tier(&post.0) == tier
                    && (Self::above(&post.0, "huyen") || Self::above("huyen", &post.0))
        };
        let posts: Vec<_> = who.posts.iter().filter(has).collect();
        let may: Vec<_> = posts.iter().copied().filter(in_place).collect();
        match (may.is_empty(), posts.is_empty() || role.is_none()) {
            (false, _) => Ok(may.iter().map(|post| (Some(post.0.clone()), post.2.clone())).collect()),
            (true, true) => Err(NOT_ALLOWED),
            (true, false) => Err(OTHER_UNIT),
        }
    }

    fn verdict(&self, row: &Row, name: &str, dossier: Option<&Dossier>, who: &Who, step: &str) -> Verdict {
        let Some(dossier) = dossier else {
            return if name == "receive" { self.by_duty(who, row, &[]) } else { Err("dossier.unknown") };
        };
        if name == "receive" {
            return Err("dossier.exists");
        }
        if !row.from.iter().any(|state| state == dossier.status.name()) {
            return Err("dossier.wrong_state");
        }
        let running: Vec<&str> = dossier.running().map(|task| task.step.id.as_str()).collect();
        if !step.is_empty() && name != "recall" && !running.contains(&step) {
            return Err("routing.not_running");
        }
        if row.step_role {
            let (_, _, role, tier) = STEPS.iter().find(|known| known.0 == step).unwrap();
            return self.by_step(who, row, *role, tier);
        }
        let roles: Vec<&str> = dossier.running().filter_map(|task| task.step.role.as_deref()).collect();
        let refusal = match self.by_duty(who, row, &roles) {
            Ok(may) => return Ok(may),
            Err(refusal) => refusal,
        };
        let instead = match row.or_role_of.as_deref() {
            Some("receive") => self.by_step(who, row, Some("land_office"), "district"),
            Some("deliver") if running.contains(&"deliver") => {
                self.by_step(who, row, Some("clerk"), "district")
            }
            _ => Err(refusal),
        };
        instead.map_err(|_| refusal)
    }
}

#[test]
fn the_table_has_a_row_for_each_command_and_knows_what_it_names() {
    let rows = rows();
    let named: Vec<&str> = rows.iter().map(|(command, _)| command.as_str()).collect();
    let commands: BTreeSet<&str> = Action::VARIANTS.iter().copied().chain(APART).collect();
    assert_eq!(named.iter().copied().collect::<BTreeSet<_>>(), commands);
    assert_eq!(named.len(), commands.len(), "a command has two rows");
    let states: BTreeSet<&str> = STATES.iter().map(|state| state.name()).collect();
    let duties: BTreeSet<String> = duties_of_roles().into_values().collect();
    assert_eq!((states.len(), duties.len()), (10, 7), "{duties:?}");
    for (command, row) in &rows {
        assert!(row.from.iter().all(|state| states.contains(state.as_str())), "{command}");
        assert!(row.duties.iter().all(|duty| duties.contains(duty)), "{command}");
        let once = |list: &[String]| list.iter().collect::<BTreeSet<_>>().len() == list.len();
        assert!(once(&row.from) && once(&row.duties), "{command}");
        assert!(row.step_role == row.duties.is_empty(), "{command}: either the step's role or a duty");
        assert!(row.unowned.iter().all(|duty| duties.contains(duty)), "{command}");
        assert_eq!(row.unowned.is_empty(), !row.step_role && command != "assign", "{command}");
        assert_eq!(row.from.is_empty(), command == "receive", "{command}");
    }
}

const STATES: [Status; 10] = [
    Status::Submitted,
    Status::Received,
    Status::NotReceived,
    Status::InProgress,
    Status::SupplementRequested,
    Status::PaymentRequested,
    Status::Withdrawn,
    Status::Discontinued,
    Status::Resolved,
    Status::Delivered,
];

#[test]
fn every_command_in_every_state_by_everybody_is_as_the_table_says() {
    let catalogue = Catalogue::embedded_and("test.toml", &definition()).unwrap_or_else(|e| panic!("{e}"));
    let (people, text) = people();
    let organisation =
        Organisation::load(&catalogue, &[("people.toml", &text)]).unwrap_or_else(|e| panic!("{e}"));
    let rules = Rules {
        catalogue: &catalogue,
        calendar: Calendar::vietnam(),
        organisation: &organisation,
        office: Some("huyen"),
    };
    let reader = Reader { duties: duties_of_roles() };
    let situations = situations(&catalogue, &text);
    let reached: BTreeSet<&str> = situations.iter().map(|(state, _)| *state).collect();
    assert!(STATES.iter().all(|state| reached.contains(state.name())) && reached.len() == 11);

    let mut cells = 0_usize;
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut never: BTreeSet<String> = BTreeSet::new();
    for (name, row) in rows() {
        let about_a_step = contents(&name, "check", "").iter().any(|action| action.step().is_some());
        let steps: Vec<&str> = if about_a_step { STEPS.iter().map(|s| s.0).collect() } else { vec![""] };
        never.insert(name.clone());
        for (state, dossier) in &situations {
            for step in &steps {
                for action in contents(&name, step, doer(step)) {
                    assert_eq!(action.authority(), name);
                    for who in &people {
                        let sent = command("new", &who.id, NOW, action.clone());
                        let expected = reader.verdict(&row, &name, dossier.as_ref(), who, step);
                        let found = decide(rules, dossier.as_ref(), &sent);
                        let place = || format!("{name} {step} by {} when {state}: {found:?}", who.id);
                        let code = found.as_ref().err().map_or("", DossierError::code);
                        cells += 1;
                        match expected {
                            Err(expected) => {
                                assert_eq!(code, expected, "{}", place());
                                *outcomes.entry(expected).or_default() += 1;
                            }
                            Ok(posts) => {
                                let barred = ["dossier.wrong_state", NOT_ALLOWED, OTHER_UNIT, UNKNOWN_ACTOR];
                                assert!(!barred.contains(&code), "{}", place());
                                assert!(
                                    !["dossier.unknown", "dossier.exists"].contains(&code),
                                    "{}",
                                    place()
                                );
                                let past =
                                    if found.is_ok() { "carried out" } else { "refused for what it asks" };
                                *outcomes.entry(past).or_default() += 1;
                                if let Ok(Decided::New(event)) = &found {
                                    never.remove(&name);
                                    let unit = event.unit.as_deref().map(str::to_owned);
                                    let on_behalf = event.on_behalf.as_deref().map(str::to_owned);
                                    assert!(posts.contains(&(unit, on_behalf)), "{}", place());
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    println!(
        "{cells} cells: {} rows, {} situations, {} people\n{outcomes:#?}",
        rows().len(),
        situations.len(),
        people.len()
    );
    assert!(never.is_empty(), "never carried out: {never:?}");
    assert_eq!(outcomes.values().sum::<usize>(), cells);
}
