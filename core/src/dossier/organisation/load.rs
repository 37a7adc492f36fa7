//! From TOML to an organisation.

use super::checks::{self, Tiers};
use super::raw::{RawAbsence, RawDelegation, RawOfficer, RawPost, RawUnit};
use super::{Absence, Delegation, Officer, Organisation, Post, Unit, UnitIndex};
use crate::dossier::state::{APPLICANT, SYSTEM};
use crate::problem::{Problem, Problems};
use crate::procedure::{Catalogue, Duty, Named};
use crate::toml_file::{Date, Source, decode_located, tables};
use chrono::NaiveDate;

/// Where an entry stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    source: Source<'a>,
    at: usize,
}

impl Place<'_> {
    pub(super) fn problem(&self, code: &'static str, message: String, help: &str) -> Problem {
        self.source.problem(code, self.at, message, help)
    }
}

type Located<'a, T> = Vec<(Place<'a>, T)>;

impl Organisation {
    /// Reads `[[unit]]`, `[[officer]]`, `[[absence]]` and `[[delegation]]` tables from named texts.
    ///
    /// # Errors
    /// All problems of all texts: form, ids used twice or reserved, units, officers and roles that do not exist, circles,
    /// dates and successors that do not fit, tiers that were not there, codes of the wrong form.
    pub fn load(catalogue: &Catalogue, texts: &[(&str, &str)]) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let (mut units, mut officers) = (Vec::new(), Vec::new());
        let (mut absences, mut delegations) = (Vec::new(), Vec::new());
        // Of what could not be read it cannot be said that it is not there.
        let (mut all_units, mut all_officers) = (true, true);
        for &(file, text) in texts {
            let format = "the file of units and officers in ARCHITECTURE.md";
            let source = Source { file, text, format };
            let keys = ["unit", "officer", "absence", "delegation"];
            let [unit, officer, absence, delegation] = tables(&source, keys, &mut problems);
            let place = |at| Place { source, at };
            let count = (unit.len(), officer.len());
            let found = decode_located::<RawUnit>(&source, unit, &mut problems);
            all_units &= found.len() == count.0;
            units.extend(found.into_iter().map(|(at, unit)| (place(at), unit)));
            let found = decode_located::<RawOfficer>(&source, officer, &mut problems);
            all_officers &= found.len() == count.1;
            officers.extend(found.into_iter().map(|(at, officer)| (place(at), officer)));
            let found = decode_located::<RawAbsence>(&source, absence, &mut problems);
            absences.extend(found.into_iter().map(|(at, absence)| (place(at), absence)));
            let found = decode_located::<RawDelegation>(&source, delegation, &mut problems);
            delegations.extend(found.into_iter().map(|(at, delegation)| (place(at), delegation)));
        }
        let duties = catalogue.roles().iter().map(|role| (role.id.clone(), role.duty)).collect();
        let made = Self { duties, ..Self::default() };
        let mut loader = Loader { catalogue, all_units, all_officers, problems, made };
        loader.units(units, &Tiers::new(catalogue));
        loader.officers(officers);
        loader.absences(absences);
        loader.delegations(delegations);
        let Loader { problems, made, .. } = loader;
        if problems.is_empty() { Ok(made) } else { Err(Problems::sorted(problems)) }
    }
}

struct Loader<'a> {
    catalogue: &'a Catalogue,
    all_units: bool,
    all_officers: bool,
    problems: Vec<Problem>,
    made: Organisation,
}

impl Loader<'_> {
    fn units(&mut self, mut found: Located<'_, RawUnit>, tiers: &Tiers) {
        found.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
        found.dedup_by(|(place, again), (_, first)| {
            let is_same = again.id == first.id;
            if is_same {
                self.problems.push(twice(*place, "unit", &again.id));
            }
            is_same
        });
        let mut places = Vec::new();
        for (place, raw) in found {
            let mut unit = Unit {
                id: raw.id,
                name_vi: raw.name_vi,
                tier: raw.tier,
                parent: raw.parent,
                from: day(raw.from),
                to: day(raw.to),
                successors: raw.successors,
                code: raw.code,
                number: raw.number,
                source: raw.source,
                verified: raw.verified,
            };
            checks::own(place, &unit, tiers, &mut self.problems);
            if unit.to.is_none() {
                unit.to = tiers.end(unit.tier, unit.from);
            }
            let index = UnitIndex(u32::try_from(places.len()).unwrap_or(u32::MAX));
            self.made.unit_places.insert(unit.id.clone(), index);
            self.made.units.push(unit);
            places.push(place);
        }
        let made = &mut self.made;
        let count = made.units.len();
        made.staff = vec![Vec::new(); count];
        made.successors = vec![Vec::new(); count];
        made.predecessors = vec![Vec::new(); count];
        for (i, unit) in made.units.iter().enumerate() {
            let parent = unit.parent.as_ref().and_then(|id| made.unit_places.get(id));
            made.parents.push(parent.copied());
            for successor in unit.successors.iter().filter_map(|id| made.unit_places.get(id)) {
                made.successors[i].push(*successor);
                made.predecessors[successor.at()].push(UnitIndex(i as u32));
            }
        }
        checks::together(&places, made, self.all_units, &mut self.problems);
    }

    fn officers(&mut self, mut found: Located<'_, RawOfficer>) {
        found.sort_by(|(_, a), (_, b)| a.id.cmp(&b.id));
        found.dedup_by(|(place, again), (_, first)| {
            let is_same = again.id == first.id;
            if is_same {
                self.problems.push(twice(*place, "officer", &again.id));
            }
            is_same
        });
        for (place, raw) in found {
            let id = raw.id;
            if id.trim().is_empty() || id == APPLICANT || id == SYSTEM {
                let message =
                    format!("`{id}` is no id for an officer, since commands mean somebody else by it");
                self.problems.push(place.problem("organisation.reserved", message, "choose another id"));
            }
            let mut raws = raw.post;
            match (raw.unit, raw.roles) {
                (Some(unit), Some(roles)) => {
                    raws.insert(0, RawPost { unit, roles, from: raw.from, to: raw.to });
                }
                (None, None) if !raws.is_empty() && raw.from.is_none() && raw.to.is_none() => {}
                _ => {
                    let message = format!("officer `{id}` has no post, or half of one");
                    let help = "give `unit` and `roles`, or [[officer.post]] tables with both";
                    self.problems.push(place.problem("organisation.no_post", message, help));
                }
            }
            let who = format!("officer `{id}`");
            let posts: Vec<Post> = raws.into_iter().filter_map(|raw| self.post(place, &who, raw)).collect();
            let Some(first) = posts.first() else { continue };
            let (unit, roles) = (first.unit.clone(), first.roles.clone());
            let at = u32::try_from(self.made.officers.len()).unwrap_or(u32::MAX);
            self.made.officer_places.insert(id.clone(), at);
            for post in &posts {
                self.made.staff[post.index.at()].push(at);
            }
            self.made.officers.push(Officer {
                id,
                unit: unit.to_string(),
                roles,
                posts,
                absences: Vec::new(),
                stands_in: Vec::new(),
            });
        }
    }

    fn post(&mut self, place: Place<'_>, who: &str, raw: RawPost) -> Option<Post> {
        let (from, to) = (day(raw.from), day(raw.to));
        self.order(place, who, from, to);
        let roles = self.roles(place, who, raw.roles);
        let Some(index) = self.made.unit_index(&raw.unit) else {
            if self.all_units {
                let message = format!("{who} is of unit `{}`, which is not there", raw.unit);
                let help = "correct the id, or add the unit";
                self.problems.push(place.problem("organisation.unknown_unit", message, help));
            }
            return None;
        };
        let unit = self.made.at(index);
        // A post ends with its unit.
        let last = [to, unit.to].into_iter().flatten().min();
        let first = [from, unit.from].into_iter().flatten().max();
        if to.is_none_or(|to| from.is_none_or(|from| from <= to))
            && first.is_some_and(|first| last.is_some_and(|last| last < first))
        {
            let message =
                format!("{who} has a post in unit `{}` on days on which it is not in force", unit.id);
            let help = "correct the dates, or name the unit of that time";
            self.problems.push(place.problem("organisation.post_not_in_force", message, help));
        }
        Some(Post { unit: raw.unit.into(), roles, from: first, to: last, index })
    }

    /// Roles by their ids. What is not known stays out and is told.
    fn roles(&mut self, place: Place<'_>, who: &str, names: Vec<String>) -> Vec<String> {
        let mut ids: Vec<String> = Vec::new();
        for name in names {
            match self.catalogue.role_named(&name) {
                Named::Role(role) if ids.contains(&role.id) => {}
                Named::Role(role) if matches!(role.duty, Duty::Applicant | Duty::System) => {
                    // Who had it could withdraw or rate for the applicant, or close for the system.
                    let message = format!("{who} has the role `{name}`, which no officer can have");
                    let help = "leave it out; `applicant` and `system` are actors of commands by themselves";
                    self.problems.push(place.problem("organisation.reserved", message, help));
                }
                Named::Role(role) => ids.push(role.id.clone()),
                Named::Several(several) => {
                    let message = format!("{who} has the role `{name}`, by which several roles go");
                    let help = format!("write which is meant: {}", several.join(", "));
                    self.problems.push(place.problem("organisation.ambiguous_role", message, &help));
                }
                Named::Unknown => {
                    let message = format!("{who} has the role `{name}`, which roles.toml does not know");
                    let help = "correct the id, or add the role";
                    self.problems.push(place.problem("organisation.unknown_role", message, help));
                }
            }
        }
        ids
    }

    fn absences(&mut self, found: Located<'_, RawAbsence>) {
        for (place, raw) in found {
            let (from, to) = (raw.from.0, day(raw.to));
            self.order(place, &format!("the absence of `{}`", raw.officer), Some(from), to);
            let Some(at) = self.officer(place, "an absence", &raw.officer) else { continue };
            self.made.officers[at as usize].absences.push(Absence { from, to, reason: raw.reason });
        }
    }

    fn delegations(&mut self, found: Located<'_, RawDelegation>) {
        for (place, raw) in found {
            let (from, to) = (raw.from.0, raw.to.0);
            let who = format!("the delegation by `{}`", raw.officer);
            self.order(place, &who, Some(from), Some(to));
            let roles = raw.roles.map(|roles| self.roles(place, &who, roles));
            if raw.officer == raw.deputy {
                let message = format!("officer `{}` delegates to themselves", raw.officer);
                let help = "name another officer as `deputy`";
                self.problems.push(place.problem("organisation.delegation_to_self", message, help));
                continue;
            }
            let places =
                [&raw.officer, &raw.deputy].map(|officer| self.officer(place, "a delegation", officer));
            let [Some(officer_place), Some(deputy_place)] = places else { continue };
            let made = &mut self.made;
            let has = |role: &String| {
                // What was delegated to the officer may be passed on; whether it may is asked on the day.
                let officer = &made.officers[officer_place as usize];
                officer.posts.iter().any(|post| post.has_role(role)) || !officer.stands_in.is_empty()
            };
            for role in roles.iter().flatten().filter(|role| !has(role)) {
                let message = format!("{who} names the role `{role}`, which that officer does not have");
                let help = "leave the role out, or give it to the officer";
                self.problems.push(place.problem("organisation.not_theirs", message, help));
            }
            let at = u32::try_from(made.delegations.len()).unwrap_or(u32::MAX);
            made.officers[deputy_place as usize].stands_in.push(at);
            made.delegations.push(Delegation {
                officer: raw.officer,
                deputy: raw.deputy,
                roles,
                from,
                to,
                reason: raw.reason,
                source: raw.source,
                may_pass_on: raw.may_pass_on,
                officer_place,
                deputy_place,
            });
        }
    }

    fn officer(&mut self, place: Place<'_>, what: &str, id: &str) -> Option<u32> {
        let at = self.made.officer_places.get(id).copied();
        if at.is_none() && self.all_officers && self.all_units {
            let message = format!("{what} names the officer `{id}`, who is not there");
            let help = "correct the id, or add the officer";
            self.problems.push(place.problem("organisation.unknown_officer", message, help));
        }
        at
    }

    fn order(&mut self, place: Place<'_>, what: &str, from: Option<NaiveDate>, to: Option<NaiveDate>) {
        self.problems.extend(checks::order(place, what, from, to));
    }
}

fn day(date: Option<Date>) -> Option<NaiveDate> {
    date.map(|date| date.0)
}

fn twice(place: Place<'_>, what: &str, id: &str) -> Problem {
    let message = format!("the {what} `{id}` is there twice");
    place.problem("organisation.twice", message, "remove or rename one of them")
}
