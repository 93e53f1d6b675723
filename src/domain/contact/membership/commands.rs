//! What can be asked of a membership. That nobody gives a right they do not hold is looked at where the caller is known (`sesame::app`).

use super::{events::*, state::Membership};
use crate::{
    contact::{
        AddContact, Added, AddedPrivate, ContactEvent, ContactInput, ContactState, commands::still_there, verification,
    },
    event::Private,
    ids::{AccountId, UserId},
    refusal::{Check, Code, Refusal, Refusals},
    remedy::{DateFault, Remedy},
    values::{ContactKind, Email, MembershipStatus, Permission, Profile, check_date},
};
use chrono::{DateTime, Duration, NaiveDate, Utc};
use uuid::Uuid;

/// How long an invitation can be answered.
const ANSWERED_WITHIN_DAYS: i64 = 14;
/// How long after an invitation another one may be sent.
const COOLDOWN_SECONDS: i64 = 60;

type Decided = Result<Vec<ContactEvent>, Refusals>;

fn refuse(code: Code) -> Decided {
    Err(code.into())
}

fn not_now(remedy: Remedy) -> Decided {
    Err(Refusal::not_now(remedy).into())
}

/// What a member may do: each right once, in the order of the list.
fn ordered(permissions: &[Permission]) -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| permissions.contains(permission)).collect()
}

fn last_day(until: Option<NaiveDate>, today: NaiveDate) -> Result<Option<NaiveDate>, Refusal> {
    match until {
        Some(day) if day < today => Err(Refusal::date("until", DateFault::Past).with("min", today)),
        Some(day) => check_date("until", day).map(Some),
        None => Ok(None),
    }
}

/// Records a member by hand (row O7): in force as soon as a user with the e-mail signs in; until then it waits (`PENDING`).
#[derive(Debug, Clone)]
pub struct AddMember {
    /// Where.
    pub account: AccountId,
    /// Who; the e-mail is needed.
    pub input: ContactInput,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Last day.
    pub until: Option<NaiveDate>,
    /// What the link of the verification mail will name (row S2).
    pub verification_link: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl AddMember {
    /// Records it, and asks to verify the e-mail as every form does that people fill in. That nobody else in the account has the e-mail is claimed
    /// in the same append.
    pub fn decide(self, today: NaiveDate) -> Decided {
        let has_email = self.input.email.as_deref().is_some_and(|email| !email.trim().is_empty());
        let mut check = Check::default();
        if !has_email {
            check.refuse(Refusal::at(Code::EmailRequired, "email"));
        }
        let until = check.take(last_day(self.until, today));
        let added = AddContact { account: self.account, kind: ContactKind::Person, input: self.input }.decide();
        let mut events = match added {
            Ok(events) => events,
            Err(Refusals(all)) => {
                all.into_iter().for_each(|refusal| check.refuse(refusal));
                Vec::new()
            }
        };
        check.finish()?;
        events.push(PermissionsSet { permissions: ordered(&self.permissions) }.into());
        events.extend(until.map(|day| ExpirySet { until: Some(day) }.into()));
        events.push(verification::requested(self.verification_link, self.at));
        Ok(events)
    }
}

/// Invites a user from elsewhere (rows O3, O4, O7). Whether the address has a user is neither asked nor told.
#[derive(Debug, Clone)]
pub struct InviteGuest {
    /// Where.
    pub account: AccountId,
    /// Whom.
    pub email: Email,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Last day of the membership.
    pub until: Option<NaiveDate>,
    /// The invitation's own id.
    pub invitation: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl InviteGuest {
    /// Invites: `contact` is the one of the account that has the address, if there is one.
    pub fn decide(self, contact: Option<&ContactState>, today: NaiveDate) -> Decided {
        let until = last_day(self.until, today)?;
        let mut events: Vec<ContactEvent> = Vec::new();
        let (mut held, mut ends) = (Vec::new(), None);
        match contact {
            None => {
                let private = AddedPrivate { email: Some(self.email), ..AddedPrivate::default() };
                let private = Private::Known(private);
                events.push(
                    Added { account: self.account, kind: ContactKind::Person, profile: Profile::Guest, private }.into(),
                );
            }
            Some(contact) => {
                still_there(contact)?;
                let membership = &contact.membership;
                let over = membership.until.is_some_and(|last| last < today);
                match (membership.profile, membership.status_at(self.at)) {
                    (Profile::Client | Profile::Contact, _) => return refuse(Code::AlreadyMember),
                    (Profile::Guest, MembershipStatus::Active) if over => {}
                    (Profile::Guest, MembershipStatus::Active | MembershipStatus::Inactive) => {
                        return refuse(Code::AlreadyMember);
                    }
                    (Profile::Guest, MembershipStatus::Invited) => return refuse(Code::AlreadyInvited),
                    (Profile::Guest, _) => {}
                }
                (held, ends) = (membership.permissions.clone(), membership.until);
            }
        }
        events.push(invited(self.invitation, self.at));
        let permissions = ordered(&self.permissions);
        if permissions != held {
            events.push(PermissionsSet { permissions }.into());
        }
        if until != ends {
            events.push(ExpirySet { until }.into());
        }
        Ok(events)
    }
}

fn invited(invitation: Uuid, at: DateTime<Utc>) -> ContactEvent {
    Invited { invitation, expires_at: at + Duration::days(ANSWERED_WITHIN_DAYS) }.into()
}

/// Sends an invitation again: earlier links open nothing any more.
#[derive(Debug, Clone)]
pub struct ResendInvitation {
    /// The new invitation's id.
    pub invitation: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl ResendInvitation {
    /// Sends it; not within a minute of the last one.
    pub fn decide(self, contact: &ContactState) -> Decided {
        still_there(contact)?;
        match (contact.membership.status, &contact.membership.invitation) {
            (MembershipStatus::Invited, Some(last)) => {
                let next = last.sent.at + Duration::seconds(COOLDOWN_SECONDS);
                if self.at < next {
                    let seconds = ((next - self.at).num_milliseconds() + 999) / 1000;
                    return Err(Refusal::new(Code::NotAllowedNow).with("seconds", seconds).into());
                }
                Ok(vec![invited(self.invitation, self.at)])
            }
            (MembershipStatus::Revoked, _) => refuse(Code::InvitationRevoked),
            (MembershipStatus::Active, _) => refuse(Code::AlreadyMember),
            _ => not_now(Remedy::InviteAgain),
        }
    }
}

/// Takes an invitation back.
#[derive(Debug, Clone)]
pub struct RevokeInvitation;

impl RevokeInvitation {
    /// Revokes it; nothing when it is revoked already.
    pub fn decide(self, contact: &ContactState) -> Decided {
        still_there(contact)?;
        match (contact.membership.status, &contact.membership.invitation) {
            (MembershipStatus::Invited, _) => Ok(vec![Revoked {}.into()]),
            (MembershipStatus::Revoked, Some(_)) => Ok(vec![]),
            _ => not_now(Remedy::DeactivateMember),
        }
    }
}

/// Someone who answers an invitation.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Who.
    pub user: UserId,
    /// The e-mail they have shown to be theirs.
    pub email: Option<Email>,
    /// The invitation their link names; none: they answer by the contact.
    pub invitation: Option<Uuid>,
    /// Now.
    pub at: DateTime<Utc>,
}

impl Answer {
    /// Whether it can be answered by them now; `done` where they have said yes already.
    fn check(&self, contact: &ContactState) -> Result<MembershipStatus, Refusals> {
        still_there(contact)?;
        let membership = &contact.membership;
        // Somebody else is signed in: it is explained, and the invitation stays.
        let Some(email) = &self.email else { return Err(Code::EmailNotVerified.into()) };
        if contact.details.email.as_ref() != Some(email) {
            return Err(Code::NotTheInvitedUser.into());
        }
        let Some(invitation) = &membership.invitation else {
            return Err(Refusal::not_now(Remedy::AskToBeInvited).into());
        };
        let status = membership.status_at(self.at);
        match status {
            MembershipStatus::Revoked => Err(Code::InvitationRevoked.into()),
            MembershipStatus::Expired => Err(Code::InvitationExpired.into()),
            // A newer one was sent: this link is spent.
            _ if self.invitation.is_some_and(|link| link != invitation.id) => Err(Code::InvitationExpired.into()),
            status => Ok(status),
        }
    }

    /// Says yes (row O10); nothing when they did already.
    pub fn accept(self, contact: &ContactState) -> Decided {
        match self.check(contact)? {
            MembershipStatus::Invited => Ok(vec![Accepted { user: self.user }.into()]),
            MembershipStatus::Active if contact.membership.user == Some(self.user) => Ok(vec![]),
            _ => not_now(Remedy::AskToBeInvited),
        }
    }

    /// Says no; nothing when they did already.
    pub fn decline(self, contact: &ContactState) -> Decided {
        match self.check(contact)? {
            MembershipStatus::Invited => Ok(vec![Declined { user: self.user }.into()]),
            MembershipStatus::Declined => Ok(vec![]),
            MembershipStatus::Active => not_now(Remedy::LeaveAccount),
            _ => not_now(Remedy::AskToBeInvited),
        }
    }
}

/// Says what a member may do, whole (row O8).
#[derive(Debug, Clone)]
pub struct SetPermissions {
    /// Every right they have from now on.
    pub permissions: Vec<Permission>,
}

impl SetPermissions {
    /// Sets them; nothing when they are so already. An owner holds every right.
    pub fn decide(self, contact: &ContactState) -> Decided {
        still_there(contact)?;
        let (membership, permissions) = (&contact.membership, ordered(&self.permissions));
        let gone = matches!(membership.status, MembershipStatus::Declined | MembershipStatus::Revoked);
        if membership.profile == Profile::Client {
            return not_now(Remedy::TransferOwnership);
        }
        if contact.kind == ContactKind::Group {
            return not_now(Remedy::ConvertToPerson);
        }
        if gone {
            return not_now(Remedy::InviteAgain);
        }
        if permissions == membership.permissions {
            return Ok(vec![]);
        }
        if contact.details.email.is_none() && !permissions.is_empty() {
            return Err(Refusal::at(Code::EmailRequired, "email").into());
        }
        Ok(vec![PermissionsSet { permissions }.into()])
    }
}

/// Switches a member off.
#[derive(Debug, Clone)]
pub struct DeactivateMember;

impl DeactivateMember {
    /// Switches it off; nothing when it is off already. Never the owner.
    pub fn decide(self, contact: &ContactState) -> Decided {
        still_there(contact)?;
        not_the_owner(&contact.membership)?;
        match contact.membership.status {
            MembershipStatus::Active => Ok(vec![Deactivated {}.into()]),
            MembershipStatus::Inactive => Ok(vec![]),
            MembershipStatus::Invited => not_now(Remedy::RevokeInvitation),
            _ => not_now(Remedy::InviteAgain),
        }
    }
}

/// Switches a member on again.
#[derive(Debug, Clone)]
pub struct ReactivateMember;

impl ReactivateMember {
    /// Switches it on; nothing when it is on.
    pub fn decide(self, contact: &ContactState) -> Decided {
        still_there(contact)?;
        match contact.membership.status {
            MembershipStatus::Inactive => Ok(vec![Reactivated {}.into()]),
            MembershipStatus::Active => Ok(vec![]),
            _ => not_now(Remedy::InviteAgain),
        }
    }
}

/// Sets or clears the last day of a membership (row B13).
#[derive(Debug, Clone)]
pub struct SetMembershipExpiry {
    /// Last day, in the account's time zone; none: for good.
    pub until: Option<NaiveDate>,
    /// The user who asks; none: a program, or support.
    pub by: Option<UserId>,
}

impl SetMembershipExpiry {
    /// Sets it; nothing when it is so already. An owner's has none, and nobody puts off their own: `FORBIDDEN`.
    pub fn decide(self, contact: &ContactState, today: NaiveDate) -> Decided {
        still_there(contact)?;
        let membership = &contact.membership;
        if self.until == membership.until {
            return Ok(vec![]);
        }
        if self.until.is_some() {
            not_the_owner(membership)?;
        }
        let later = match (membership.until, self.until) {
            (None, _) => false,
            (Some(_), None) => true,
            (Some(before), Some(after)) => after > before,
        };
        if later && self.by.is_some() && self.by == membership.user {
            return Err(Refusal::new(Code::Forbidden).instead(Remedy::AskTheOwner).into());
        }
        if matches!(membership.status, MembershipStatus::Declined | MembershipStatus::Revoked) {
            return not_now(Remedy::InviteAgain);
        }
        Ok(vec![ExpirySet { until: last_day(self.until, today)? }.into()])
    }
}

/// A guest leaves of their own will (row B13).
#[derive(Debug, Clone)]
pub struct LeaveAccount {
    /// Who.
    pub user: UserId,
}

impl LeaveAccount {
    /// Leaves. Whoever the account recorded itself cannot: the account deletes them.
    pub fn decide(self, contact: &ContactState) -> Decided {
        still_there(contact)?;
        let membership = &contact.membership;
        not_the_owner(membership)?;
        match (membership.profile, membership.status) {
            (Profile::Guest, MembershipStatus::Active) if membership.user == Some(self.user) => {
                Ok(vec![Left {}.into()])
            }
            _ => not_now(Remedy::AskToBeRemoved),
        }
    }
}

/// Makes another member the owner. Both contacts change in one append; an account has one owner at most, claimed like an e-mail.
#[derive(Debug, Clone)]
pub struct TransferOwnership {
    /// The account's day: whose last day is over belongs no more.
    pub today: NaiveDate,
}

impl TransferOwnership {
    /// What becomes of the owner until now, who keeps every right, and of the one from now on.
    pub fn decide(
        self,
        from: Option<&ContactState>,
        to: &ContactState,
    ) -> Result<(Vec<ContactEvent>, Vec<ContactEvent>), Refusals> {
        still_there(to)?;
        if to.membership.profile == Profile::Client {
            return Ok((vec![], vec![]));
        }
        if to.details.email.is_none() {
            return Err(Refusal::at(Code::EmailRequired, "email").into());
        }
        let over = to.membership.until.is_some_and(|last| last < self.today);
        let active = to.membership.status == MembershipStatus::Active && !over && to.kind == ContactKind::Person;
        // From someone who can sign in, only to someone who can too.
        if !active || (from.is_some() && to.membership.user.is_none()) {
            return Err(Refusal::not_now(Remedy::ChooseWhoSignsIn).into());
        }
        let mut becomes: Vec<ContactEvent> = vec![ProfileSet { profile: Profile::Client }.into()];
        becomes.extend(to.membership.until.map(|_| ExpirySet { until: None }.into()));
        let mut was: Vec<ContactEvent> = Vec::new();
        if let Some(from) = from {
            was.push(ProfileSet { profile: Profile::Contact }.into());
            if from.membership.permissions != Permission::ALL {
                was.push(PermissionsSet { permissions: Permission::ALL.to_vec() }.into());
            }
        }
        Ok((was, becomes))
    }
}

/// Links a contact to the user who has shown that its e-mail is theirs (rows A9, O1). A guest says yes instead.
#[derive(Debug, Clone)]
pub struct LinkUser {
    /// Who.
    pub user: UserId,
    /// Their verified e-mail.
    pub email: Email,
}

impl LinkUser {
    /// Links it; nothing when it is linked, or is not theirs to be linked to any more.
    pub fn decide(self, contact: &ContactState) -> Decided {
        let membership = &contact.membership;
        let theirs = contact.details.email.as_ref() == Some(&self.email) && membership.profile != Profile::Guest;
        let there = contact.deleted.is_none() && contact.erased.is_none() && contact.kind == ContactKind::Person;
        Ok(if theirs && there && membership.user.is_none() {
            vec![UserLinked { user: self.user }.into()]
        } else {
            vec![]
        })
    }
}

/// Parts a contact from a user who had their login erased: a guest has left; whoever the account recorded waits for another login.
#[derive(Debug, Clone)]
pub struct UnlinkUser {
    /// Who.
    pub user: UserId,
}

impl UnlinkUser {
    /// Parts them; nothing when it is not theirs any more.
    pub fn decide(self, contact: &ContactState) -> Decided {
        let membership = &contact.membership;
        if membership.user != Some(self.user) || contact.erased.is_some() {
            return Ok(vec![]);
        }
        Ok(vec![if membership.profile == Profile::Guest { Left {}.into() } else { UserUnlinked {}.into() }])
    }
}

/// Tells an account that whoever signs in there as a contact lost their second factor, and that it was taken away: their password is enough until they set
/// one up again. Only where they may do something: of anybody else it is no matter of the account's.
#[derive(Debug, Clone)]
pub struct NoteFactorReset {
    /// Whose.
    pub user: UserId,
}

impl NoteFactorReset {
    /// Notes it; nothing where they hold no right.
    pub fn decide(self, contact: &ContactState) -> Decided {
        let membership = &contact.membership;
        let holds = membership.profile == Profile::Client || !membership.permissions.is_empty();
        let gone = contact.erased.is_some() || contact.deleted.is_some();
        let there = membership.user == Some(self.user) && membership.status == MembershipStatus::Active;
        Ok(if there && holds && !gone { vec![FactorReset {}.into()] } else { vec![] })
    }
}

/// An account without its owner is nobody's: whatever would leave it so is refused.
pub(in crate::contact) fn not_the_owner(membership: &Membership) -> Result<(), Refusals> {
    if membership.profile == Profile::Client { Err(Code::LastOwner.into()) } else { Ok(()) }
}
