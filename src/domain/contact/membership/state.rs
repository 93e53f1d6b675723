//! Where a membership stands.

use super::events::MembershipEvent;
use crate::{
    fold::Fact,
    ids::UserId,
    values::{MembershipStatus, Permission, Profile},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How the contact belongs to the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// How it came.
    pub profile: Profile,
    /// Where it stands, by what was recorded: an invitation that ran out is still `INVITED` here (see [`Membership::status_at`]).
    pub status: MembershipStatus,
    /// Since when.
    pub since: Fact,
    /// What it may do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions: Vec<Permission>,
    /// The newest invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<Invitation>,
    /// The user who signs in as it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Last day of the membership, in the account's time zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// An invitation as sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invitation {
    /// What its link names.
    pub id: Uuid,
    /// When it was sent.
    pub sent: Fact,
    /// From then on its link opens nothing.
    pub expires_at: DateTime<Utc>,
}

impl Membership {
    /// What they may do: an owner holds every right, whatever was written down.
    pub fn rights(&self) -> &[Permission] {
        if self.profile == Profile::Client { Permission::ALL } else { &self.permissions }
    }

    /// A membership in force.
    pub fn active(profile: Profile, since: Fact) -> Membership {
        Membership {
            profile,
            status: MembershipStatus::Active,
            since,
            permissions: Vec::new(),
            invitation: None,
            user: None,
            until: None,
        }
    }

    /// Where it stands, whatever the time: an owner, and whoever was given rights, is waited for until they sign in.
    pub fn standing(&self) -> MembershipStatus {
        let expected = self.profile == Profile::Client || !self.permissions.is_empty();
        match self.status {
            MembershipStatus::Active if expected && self.user.is_none() && self.profile != Profile::Guest => {
                MembershipStatus::Pending
            }
            status => status,
        }
    }

    /// Where it stands on a day of the account: one with a last day is over after it.
    pub fn status_on(&self, at: DateTime<Utc>, today: NaiveDate) -> MembershipStatus {
        match self.status_at(at) {
            MembershipStatus::Active | MembershipStatus::Pending if self.until.is_some_and(|last| last < today) => {
                MembershipStatus::Expired
            }
            status => status,
        }
    }

    /// Where it stands at an instant: an invitation runs out by itself.
    pub fn status_at(&self, at: DateTime<Utc>) -> MembershipStatus {
        match (self.standing(), &self.invitation) {
            (MembershipStatus::Invited, Some(invitation)) if invitation.expires_at <= at => MembershipStatus::Expired,
            (status, _) => status,
        }
    }

    /// Takes one more event in.
    pub(in crate::contact) fn apply(&mut self, event: &MembershipEvent, fact: Fact) {
        let mut stands = |status| {
            self.status = status;
            self.since = fact;
        };
        match event {
            MembershipEvent::Invited(e) => {
                stands(MembershipStatus::Invited);
                self.invitation = Some(Invitation { id: e.invitation, sent: fact, expires_at: e.expires_at });
            }
            MembershipEvent::Accepted(e) => {
                stands(MembershipStatus::Active);
                self.user = Some(e.user);
            }
            MembershipEvent::Declined(_) => stands(MembershipStatus::Declined),
            MembershipEvent::Revoked(_) | MembershipEvent::Left(_) => {
                stands(MembershipStatus::Revoked);
                self.user = None;
            }
            MembershipEvent::Deactivated(_) => stands(MembershipStatus::Inactive),
            MembershipEvent::Reactivated(_) => stands(MembershipStatus::Active),
            MembershipEvent::PermissionsSet(e) => self.permissions.clone_from(&e.permissions),
            MembershipEvent::ProfileSet(e) => self.profile = e.profile,
            MembershipEvent::ExpirySet(e) => self.until = e.until,
            MembershipEvent::UserLinked(e) => self.user = Some(e.user),
            MembershipEvent::UserUnlinked(_) => self.user = None,
            MembershipEvent::FactorReset(_) => {}
        }
    }
}
