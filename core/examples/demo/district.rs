//! Who works in the district.

use motcua::dossier::Organisation;
use motcua::problem::Problems;
use motcua::procedure::{Catalogue, Tier};

/// What takes in and decides the district's own dossiers.
pub(crate) const SERVICE_CENTRE: &str = "yen-thanh-mot-cua";

/// The units are real, from `core/data/units`; the officers are made up: one or more for each role a unit needs.
pub(crate) fn organisation(catalogue: &Catalogue) -> Result<Organisation, Problems> {
    let units = ("yen-thanh-2023.toml", include_str!("../../data/units/yen-thanh-2023.toml"));
    let mut officers = String::new();
    let mut staff = |unit: &str, roles: &[&str], how_many: usize| {
        for n in 1..=how_many {
            let id = format!("{unit}/{}-{n}", roles.first().copied().unwrap_or_default());
            officers += &format!("[[officer]]\nid = {id:?}\nunit = {unit:?}\nroles = {roles:?}\n");
        }
    };
    for unit in communes(&Organisation::load(catalogue, &[units])?) {
        staff(&unit, &["one_stop"], 1);
        staff(&unit, &["judicial_officer"], 2);
        staff(&unit, &["commune_leader"], 2);
        staff(&unit, &["clerk"], 1);
        staff(&unit, &["commune_police"], 2);
    }
    staff(SERVICE_CENTRE, &["one_stop"], 4);
    for role in ["labour_division", "finance_division", "justice_division", "infrastructure_division"] {
        staff(SERVICE_CENTRE, &[role], 3);
    }
    for role in ["land_office", "land_office_branch", "environment_division", "urban_division"] {
        staff(SERVICE_CENTRE, &[role], 4);
    }
    staff(SERVICE_CENTRE, &["district_leader"], 3);
    staff(SERVICE_CENTRE, &["clerk"], 1);
    staff("yen-thanh", &["police"], 3);
    staff("yen-thanh", &["social_insurance"], 3);
    staff("nghe-an", &["military_command"], 1);
    Organisation::load(catalogue, &[units, ("officers", &officers)])
}

/// The ids of the communes.
pub(crate) fn communes(organisation: &Organisation) -> Vec<String> {
    let communes = organisation.units().into_iter().filter(|unit| unit.tier == Tier::Commune);
    communes.map(|unit| unit.id.clone()).collect()
}
