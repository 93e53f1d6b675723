//! What can have happened to a membership. Nothing personal: the address that is invited is the contact's e-mail.

use crate::{
    contact::ContactEvent,
    event::{clear, events},
    ids::UserId,
    values::{Permission, Profile},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

events!(in ContactEvent:
    /// How a contact belongs to the account.
    MembershipEvent {
        /// A guest was invited, or invited again: links of earlier invitations open nothing any more.
        Invited(Invited) = "membership.invited.v1",
        /// The invited user said yes.
        Accepted(Accepted) = "membership.accepted.v1",
        /// The invited user said no.
        Declined(Declined) = "membership.declined.v1",
        /// The invitation was taken back.
        Revoked(Revoked) = "membership.revoked.v1",
        /// What the member may do, whole.
        PermissionsSet(PermissionsSet) = "membership.permissions_set.v1",
        /// Switched off by the account.
        Deactivated(Deactivated) = "membership.deactivated.v1",
        /// Switched on again.
        Reactivated(Reactivated) = "membership.reactivated.v1",
        /// It belongs in another way: ownership went from one member to another.
        ProfileSet(ProfileSet) = "membership.profile_set.v1",
        /// The last day of its membership, or none.
        ExpirySet(ExpirySet) = "membership.expiry_set.v1",
        /// A user with the contact's verified e-mail signs in as it.
        UserLinked(UserLinked) = "membership.user_linked.v1",
        /// The user who signed in as it has no login any more.
        UserUnlinked(UserUnlinked) = "membership.user_unlinked.v1",
        /// The guest left of their own will.
        Left(Left) = "membership.left.v1",
        /// The user who signs in as it is asked for no code any more: it was taken away for them.
        FactorReset(FactorReset) = "membership.second_factor_reset.v1",
    }
);

/// A guest was invited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Invited {
    /// This invitation: its link names it, and dies with it.
    pub invitation: Uuid,
    /// From then on the link opens nothing.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
}

/// The invited user said yes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// Who.
    pub user: UserId,
}

/// The invited user said no.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declined {
    /// Who.
    pub user: UserId,
}

/// The invitation was taken back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revoked {}

/// What the member may do, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PermissionsSet {
    /// In the order of the list of permissions, each once.
    pub permissions: Vec<Permission>,
}

/// Switched off by the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deactivated {}

/// Switched on again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reactivated {}

/// It belongs in another way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileSet {
    /// How.
    pub profile: Profile,
}

/// The last day of its membership.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExpirySet {
    /// Last day, in the account's time zone; absent: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
}

/// A user signs in as it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserLinked {
    /// Who.
    pub user: UserId,
}

/// The user who signed in as it has no login any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserUnlinked {}

/// The guest left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Left {}

/// The second factor of who signs in as it was taken away. Why is told to the person, and to nobody else.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FactorReset {}

clear!(
    Invited,
    Accepted,
    Declined,
    Revoked,
    PermissionsSet,
    Deactivated,
    Reactivated,
    ProfileSet,
    ExpirySet,
    UserLinked,
    UserUnlinked,
    Left,
    FactorReset
);
