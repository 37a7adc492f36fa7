//! Roles by whatever name people write.

use super::Role;
use std::collections::BTreeMap;
use unicode_normalization::UnicodeNormalization;

/// What a name means.
pub(crate) enum Named<'a> {
    Role(&'a Role),
    /// Several roles go by it.
    Several(Vec<&'a str>),
    Unknown,
}

/// The places of roles by their names and aliases.
#[derive(Default)]
pub(super) struct RoleNames(BTreeMap<String, Vec<usize>>);

impl RoleNames {
    pub(super) fn new(roles: &[Role]) -> Self {
        let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (place, role) in roles.iter().enumerate() {
            for name in role.aliases.iter().chain([&role.id, &role.name_vi, &role.name_en]) {
                let known = by_name.entry(plain(name)).or_default();
                if !known.contains(&place) {
                    known.push(place);
                }
            }
        }
        Self(by_name)
    }

    /// The role of `roles` that is meant; an id means that role, whatever else goes by it.
    pub(super) fn find<'a>(&self, roles: &'a [Role], name: &str) -> Named<'a> {
        if let Some(role) = roles.iter().find(|role| role.id == name) {
            return Named::Role(role);
        }
        let places = self.0.get(&plain(name)).map(Vec::as_slice).unwrap_or_default();
        let found: Vec<&Role> = places.iter().filter_map(|place| roles.get(*place)).collect();
        match found.as_slice() {
            [] => Named::Unknown,
            [role] => Named::Role(role),
            several => Named::Several(several.iter().map(|role| role.id.as_str()).collect()),
        }
    }
}

/// In NFC and small letters, with single spaces.
fn plain(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
