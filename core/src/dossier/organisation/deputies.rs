//! Who is away, and who acts for whom.

use super::{Officer, Organisation, Post};
use crate::span::holds;
use chrono::NaiveDate;
use serde::Serialize;

/// Days on which an officer is away and gets no new work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Absence {
    /// First day.
    pub from: NaiveDate,
    /// Last day; `None` if it is not known yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NaiveDate>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// One officer lets another act in their place for some days (ủy quyền).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delegation {
    /// Id of who is stood in for.
    pub officer: String,
    /// Id of who stands in.
    pub deputy: String,
    /// Ids of the roles; `None` for all that the officer has.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<String>>,
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether the deputy may let another act in turn; that one may not.
    pub may_pass_on: bool,
    #[serde(skip)]
    pub(super) officer_place: u32,
    #[serde(skip)]
    pub(super) deputy_place: u32,
}

impl Delegation {
    /// Whether it is in force on a day.
    #[must_use]
    pub fn is_in_force(&self, day: NaiveDate) -> bool {
        holds((Some(self.from), Some(self.to)), day)
    }

    /// Whether a role is among what is delegated.
    #[must_use]
    pub fn covers(&self, role: &str) -> bool {
        self.roles.as_ref().is_none_or(|roles| roles.iter().any(|known| known == role))
    }
}

/// A post that an officer may act in: one of their own, or of somebody they stand in for.
#[derive(Debug, Clone, Copy)]
pub struct ActsFor<'a> {
    /// The post.
    pub post: &'a Post,
    /// Who is stood in for, if it is not the officer's own post. Whoever may not do something because of what they did
    /// before may not have it done by a deputy either, so ask about both.
    pub on_behalf: Option<&'a Officer>,
    /// The delegation to the officer, and the one that was passed on to them.
    by: [Option<&'a Delegation>; 2],
}

impl<'a> ActsFor<'a> {
    /// Whether the officer has a role in this post, and it is delegated to them.
    #[must_use]
    pub fn has_role(&self, role: &str) -> bool {
        self.post.has_role(role) && self.delegations().all(|delegation| delegation.covers(role))
    }

    /// The roles that the officer has in this post.
    pub fn roles(&self) -> impl Iterator<Item = &'a str> {
        let by = *self;
        let delegated = move |role: &&str| by.delegations().all(|delegation| delegation.covers(role));
        self.post.roles.iter().map(String::as_str).filter(delegated)
    }

    /// Whether all the post's roles are the officer's.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.delegations().all(|delegation| delegation.roles.is_none())
    }

    /// The delegations it rests on, the officer's own first.
    pub fn delegations(&self) -> impl Iterator<Item = &'a Delegation> + use<'a> {
        self.by.into_iter().flatten()
    }
}

impl Organisation {
    /// The posts that an officer may act in on a day: their own, then those of whom they stand in for.
    ///
    /// A delegation is not passed on unless it says so, and then once.
    pub fn acts_for<'a>(
        &'a self,
        officer: &'a Officer,
        day: NaiveDate,
    ) -> impl Iterator<Item = ActsFor<'a>> + use<'a> {
        let own = officer.posts_on(day).map(|post| ActsFor { post, on_behalf: None, by: [None; 2] });
        let stood_in = self.to(officer, day).flat_map(move |to| {
            let first = self.giver(to);
            let passed_on = first.into_iter().flat_map(move |first| self.to(first, day)).filter(
                // What comes back to the officer is their own already.
                move |from: &&Delegation| from.may_pass_on && from.officer_place != to.deputy_place,
            );
            let of = move |on_behalf: Option<&'a Officer>, by: [Option<&'a Delegation>; 2]| {
                on_behalf
                    .into_iter()
                    .flat_map(move |officer| officer.posts_on(day))
                    .map(move |post| ActsFor { post, on_behalf, by })
            };
            of(first, [Some(to), None])
                .chain(passed_on.flat_map(move |from| of(self.giver(from), [Some(to), Some(from)])))
        });
        own.chain(stood_in)
    }

    /// The delegations to an officer that are in force.
    fn to<'a>(
        &'a self,
        officer: &'a Officer,
        day: NaiveDate,
    ) -> impl Iterator<Item = &'a Delegation> + use<'a> {
        self.in_force(&officer.stands_in, day)
    }

    fn in_force<'a>(
        &'a self,
        places: &'a [u32],
        day: NaiveDate,
    ) -> impl Iterator<Item = &'a Delegation> + use<'a> {
        let at = |place: &u32| self.delegations.get(*place as usize);
        places.iter().filter_map(at).filter(move |delegation| delegation.is_in_force(day))
    }

    fn giver(&self, delegation: &Delegation) -> Option<&Officer> {
        self.officers.get(delegation.officer_place as usize)
    }
}
