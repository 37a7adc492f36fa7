//! Roles by whatever name people write.

use crate::procedure::{Catalogue, Role};
use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

/// What a name means.
pub(super) enum Named<'a> {
    Role(&'a Role),
    /// Several roles go by it.
    Several(Vec<&'a str>),
    Unknown,
}

/// The roles of a catalogue by their names and aliases.
pub(super) struct RoleNames<'a> {
    catalogue: &'a Catalogue,
    by_name: FxHashMap<String, Vec<&'a Role>>,
}

impl<'a> RoleNames<'a> {
    pub(super) fn new(catalogue: &'a Catalogue) -> Self {
        let mut by_name: FxHashMap<String, Vec<&Role>> = FxHashMap::default();
        for role in catalogue.roles() {
            for name in role.aliases.iter().chain([&role.id, &role.name_vi, &role.name_en]) {
                let known = by_name.entry(plain(name)).or_default();
                if !known.iter().any(|other| other.id == role.id) {
                    known.push(role);
                }
            }
        }
        Self { catalogue, by_name }
    }

    /// The role that is meant; an id means that role, whatever else goes by it.
    pub(super) fn find(&self, name: &str) -> Named<'a> {
        if let Some(role) = self.catalogue.role(name) {
            return Named::Role(role);
        }
        match self.by_name.get(&plain(name)).map(Vec::as_slice) {
            None | Some([]) => Named::Unknown,
            Some([role]) => Named::Role(role),
            Some(several) => Named::Several(several.iter().map(|role| role.id.as_str()).collect()),
        }
    }
}

/// In NFC and small letters, with single spaces.
fn plain(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}
