//! Who belongs to an account: its members and guests, the invitations that wait for a user, the accounts a user reaches, and what can be done to each.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, wants_total},
    contact::Contact,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::{Day, Instant, Position},
    snapshot::{Snapshot, wants_families},
    words::{MembershipStatus, Permission, Profile},
};
use crate::app::{Command, Invited, Members, NewGuest, NewMember, Question};
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use chrono::{DateTime, Utc};
use domain::{
    AccountId, ActorKind, ContactId, State, UserId, calendar,
    contact::ContactInput,
    text::fold,
    values::{self, Permission as Right},
};
use projections::memberships;

/// An account that a user reaches.
#[derive(SimpleObject)]
pub struct AccountAccess {
    account_id: ID,
    /// The customer number.
    number: String,
    company_name: String,
    /// The contact that the user is there.
    contact_id: ID,
    profile: Profile,
    permissions: Vec<Permission>,
    /// The login.
    user_id: ID,
    /// Since when it stands so.
    since: Instant,
    status: MembershipStatus,
    /// When they last came, to the hour; null: never.
    last_used: Option<Instant>,
}

/// An invitation that waits for the user's answer.
#[derive(SimpleObject)]
pub struct Invitation {
    /// What it is answered with.
    contact_id: ID,
    account_id: ID,
    /// The customer number.
    number: String,
    company_name: String,
    /// What a guest may do there.
    permissions: Vec<Permission>,
    sent_at: Instant,
    expires_at: Instant,
}

/// Someone who belongs to the account.
#[derive(SimpleObject)]
pub struct Member {
    contact: Contact,
    account_id: ID,
    /// When they last came, to the hour; null: never.
    last_used: Option<Instant>,
}

/// What a list of members is narrowed to: all of these together.
#[derive(InputObject, Default)]
pub struct MemberFilter {
    profile: Option<Profile>,
    /// As of now: an invitation that ran out, and a member whose last day is over, is `EXPIRED`.
    status: Option<MembershipStatus>,
    /// Who never came, or not since then.
    unused_since: Option<Instant>,
    /// Whose last day is this or an earlier one.
    expiring_by: Option<Day>,
}

fn rights(stored: &str) -> Vec<Permission> {
    stored.split(',').filter_map(Right::parse).map(Into::into).collect()
}

fn instant(micros: i64) -> Instant {
    Instant(DateTime::<Utc>::from_timestamp_micros(micros).unwrap_or_default())
}

/// Memberships.
#[derive(Default)]
pub struct MemberQuery;

#[Object]
impl MemberQuery {
    /// The accounts that a user reaches, by company name; `search` looks in names and numbers. Without `userId` the user who asks, and empty for
    /// programs and in a session that an account's provider opened; support may name any user.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn access_list(
        &self,
        ctx: &Context<'_>,
        user_id: Option<ID>,
        search: Option<String>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<AccountAccess>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let typed = search.map(|text| fold(&text)).filter(|text| !text.is_empty());
        let user = match user_id.as_ref().map(ids::user) {
            None => asker.caller.themselves(),
            Some(named) if asker.caller.themselves() == Some(named) => Some(named),
            // The accounts that a user can enter, as support sees them (row O13).
            Some(named) if asker.caller.actor.kind == ActorKind::Staff => Some(named),
            Some(_) => return Err(asker.not_found()),
        };
        let slice = Paging { first, after, last, before }.slice(asker, format!("accessList {user:?} {typed:?}"))?;
        let Some(user) = user else {
            return slice.page(asker, Found::of(Vec::new(), slice.limit), false, Some(0.into()));
        };
        let email = verified_email(asker, user).await?;
        let beyond = match slice.beyond() {
            Some(Place::Name(key, id)) => Some((key.as_str(), *id)),
            _ => None,
        };
        let (email, typed) = (email.as_deref(), typed.as_deref());
        let ask = memberships::access_list(user, email, typed, beyond, slice.backward, slice.limit as i64 + 1);
        let rows = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
        let found =
            Found::of(rows.into_iter().map(|r| (Place::Name(r.sort_key.clone(), r.contact), r)).collect(), slice.limit);
        let access = |row: memberships::AccessRow| {
            let zone = row.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
            let today = calendar::day(asker.now(), zone).to_string();
            let over = row.until_on.as_deref().is_some_and(|last| last < today.as_str());
            let status = values::MembershipStatus::parse(&row.status).filter(|_| !over);
            Some(AccountAccess {
                account_id: ID(AccountId(row.account).to_string()),
                number: row.number,
                company_name: row.company_name,
                contact_id: ID(ContactId(row.contact).to_string()),
                profile: values::Profile::parse(&row.profile)?.into(),
                permissions: match values::Profile::parse(&row.profile)? {
                    values::Profile::Client => Right::ALL.iter().copied().map(Into::into).collect(),
                    _ => rights(&row.permissions),
                },
                user_id: ID(user.to_string()),
                since: instant(row.since),
                status: status.unwrap_or(values::MembershipStatus::Expired).into(),
                last_used: row.seen.map(instant),
            })
        };
        let rows = found.rows.into_iter().filter_map(|(place, row)| Some((place, access(row)?))).collect();
        let db = asker.app.reader().db();
        let total = match wants_total(ctx) {
            true => db.fetch_optional(memberships::count_access_list(user, email, typed, COUNT_CAP + 1)).await,
            false => Ok(None),
        };
        let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| n.into());
        slice.page(asker, Found { rows, more: found.more, looked_to: None }, false, total)
    }

    /// Invitations to the user who asks, from all accounts, the newest first. Empty for programs, and in a session that an account's provider opened.
    async fn invitations(&self, ctx: &Context<'_>, min_position: Option<Position>) -> Result<Vec<Invitation>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let Some(user) = asker.caller.themselves() else { return Ok(Vec::new()) };
        let Some(email) = verified_email(asker, user).await? else { return Ok(Vec::new()) };
        let ask = memberships::invitations(&email, asker.now().timestamp_micros());
        let rows = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
        let invitation = |row: memberships::InvitationRow| Invitation {
            contact_id: ID(ContactId(row.contact).to_string()),
            account_id: ID(AccountId(row.account).to_string()),
            number: row.number,
            company_name: row.company_name,
            permissions: rights(&row.permissions),
            sent_at: instant(row.since),
            expires_at: instant(row.invited_until),
        };
        Ok(rows.into_iter().map(invitation).collect())
    }

    /// Who belongs to the account, by name: its owner, members with rights, guests, and whoever signs in. The filter also makes the list to review: who
    /// never came, or not for long, and whose last day comes.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn members(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        filter: Option<MemberFilter>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<Member>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Members)?;
        asker.wait(min_position).await?;
        let MemberFilter { profile, status, unused_since, expiring_by } = filter.unwrap_or_default();
        let filter = memberships::Filter {
            profile: profile.map(|p| values::Profile::from(p).as_str()),
            status: status.map(|s| values::MembershipStatus::from(s).as_str()),
            unused_since: unused_since.map(|at| at.0.timestamp_micros()),
            expiring_by: expiring_by.map(|day| day.0.to_string()),
        };
        let slice = Paging { first, after, last, before }.slice(asker, format!("members {account} {filter:?}"))?;
        let here = Snapshot::now(asker).read(vec![account.0], false).await?;
        let today = here.today(here.state_of(&*here.account(account).await?, State::account)?).to_string();
        let beyond = match slice.beyond() {
            Some(Place::Name(key, id)) => Some((key.as_str(), *id)),
            _ => None,
        };
        let now = (here.now.timestamp_micros(), today.as_str());
        let ask = memberships::members(account, &filter, now, beyond, slice.backward, slice.limit as i64 + 1);
        let rows = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
        let found =
            Found::of(rows.into_iter().map(|r| (Place::Name(r.sort_key.clone(), r.contact), r)).collect(), slice.limit);
        let families = wants_families(ctx);
        let sheets = Snapshot::now(asker).read(found.rows.iter().map(|(_, r)| r.contact).collect(), families).await?;
        let member = |row: memberships::MemberRow| {
            let contact = Contact::found(&sheets, ContactId(row.contact))?;
            Some(Member { contact, account_id: ID(account.to_string()), last_used: row.seen.map(instant) })
        };
        let rows = found.rows.into_iter().filter_map(|(place, row)| Some((place, member(row)?))).collect();
        let db = asker.app.reader().db();
        let total = match wants_total(ctx) {
            true => db.fetch_optional(memberships::count_members(account, &filter, now, COUNT_CAP + 1)).await,
            false => Ok(None),
        };
        let total = total.map_err(|e| asker.failed(e))?.map(|(n,)| n.into());
        slice.page(asker, Found { rows, more: found.more, looked_to: None }, false, total)
    }
}

/// The e-mail that a user has shown to be theirs. `NOT_FOUND` where there is no such user.
async fn verified_email(asker: &Asker, user: UserId) -> Result<Option<String>> {
    let read = asker.app.reader().states(vec![user.0]).await.map_err(|e| asker.failed(e))?;
    let login = read.get(&user.0).and_then(|folded| folded.state.user()).ok_or_else(|| asker.not_found())?;
    Ok(login.verified_email().map(|email| email.as_str().to_owned()))
}

inputs! {
    /// Records a member by hand. They come in as soon as a user with the e-mail signs in; until then they are `PENDING`.
    new AddMemberInput {
        account_id: ID,
        first_name: Option<String>,
        last_name: Option<String>,
        company_name: Option<String>,
        email: String,
        phone: Option<String>,
        /// What they may do; nobody gives a right they do not hold.
        permissions: Vec<Permission>,
        /// Last day, in the account's time zone; absent: for good.
        until: Option<Day>,
    }
    /// Invites a user from elsewhere by e-mail. Whether the address has a user is neither asked nor told: the mail explains how to open a login.
    new InviteGuestInput {
        account_id: ID,
        email: String,
        /// What they may do; nobody gives a right they do not hold.
        permissions: Vec<Permission>,
        /// Last day of the membership, in the account's time zone; absent: for good.
        until: Option<Day>,
    }
    /// Sends an invitation again; earlier links open nothing any more.
    change ResendInvitationInput { contact_id: ID }
    /// Takes an invitation back.
    change RevokeInvitationInput { contact_id: ID }
    /// Says yes, by the contact of `invitations` or by the link of the mail.
    change AcceptInvitationInput {
        contact_id: Option<ID>,
        /// The link's text.
        link: Option<String>,
    }
    /// Says no, by the contact of `invitations` or by the link of the mail.
    change DeclineInvitationInput {
        contact_id: Option<ID>,
        /// The link's text.
        link: Option<String>,
    }
    /// Says what a member may do from now on, whole.
    change SetPermissionsInput {
        contact_id: ID,
        permissions: Vec<Permission>,
    }
    /// Switches a member off, at once.
    change DeactivateMemberInput { contact_id: ID }
    /// Switches a member on again.
    change ReactivateMemberInput { contact_id: ID }
    /// Sets the last day of a membership, or, absent, makes it one for good.
    change SetMembershipExpiryInput {
        contact_id: ID,
        /// Last day, in the account's time zone.
        until: Option<Day>,
    }
    /// Makes another member the owner. The owner until now stays, with every permission.
    change TransferOwnershipInput { contact_id: ID }
    /// A guest leaves the account.
    change LeaveAccountInput { contact_id: ID }
}

payloads! {
    AddMemberPayload { contact: Contact }
    InviteGuestPayload { contact: Contact }
    ResendInvitationPayload { contact: Contact }
    RevokeInvitationPayload { contact: Contact }
    AcceptInvitationPayload { contact: Contact }
    DeclineInvitationPayload { contact: Contact }
    SetPermissionsPayload { contact: Contact }
    DeactivateMemberPayload { contact: Contact }
    ReactivateMemberPayload { contact: Contact }
    SetMembershipExpiryPayload { contact: Contact }
    TransferOwnershipPayload { contact: Contact }
    LeaveAccountPayload { contact: Contact }
}

fn held(permissions: Vec<Permission>) -> Vec<Right> {
    permissions.into_iter().map(Into::into).collect()
}

fn invited(contact: Option<ID>, link: Option<String>) -> Invited {
    match link {
        Some(link) => Invited::Link(link),
        None => Invited::Contact(ids::contact(&contact.unwrap_or_default())),
    }
}

/// Memberships.
#[derive(Default)]
pub struct MemberMutation;

#[Object]
impl MemberMutation {
    /// Records a member by hand.
    async fn add_member(&self, ctx: &Context<'_>, input: AddMemberInput) -> Result<AddMemberPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let new = NewMember {
            input: ContactInput {
                first_name: input.first_name,
                last_name: input.last_name,
                company_name: input.company_name,
                email: Some(input.email),
                phone: input.phone,
                ..ContactInput::default()
            },
            permissions: held(input.permissions),
            until: input.until.map(|day| day.0),
        };
        perform(ctx, carried, Ok(Command::Members(Members::Add(account, Box::new(new))))).await
    }

    /// Invites a guest.
    async fn invite_guest(&self, ctx: &Context<'_>, input: InviteGuestInput) -> Result<InviteGuestPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let until = input.until.map(|day| day.0);
        let new = NewGuest { email: input.email, permissions: held(input.permissions), until };
        perform(ctx, carried, Ok(Command::Members(Members::Invite(account, new)))).await
    }

    /// Sends an invitation again.
    async fn resend_invitation(
        &self,
        ctx: &Context<'_>,
        input: ResendInvitationInput,
    ) -> Result<ResendInvitationPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::Resend(id)))).await
    }

    /// Takes an invitation back.
    async fn revoke_invitation(
        &self,
        ctx: &Context<'_>,
        input: RevokeInvitationInput,
    ) -> Result<RevokeInvitationPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::Revoke(id)))).await
    }

    /// Says yes to an invitation. `NOT_THE_INVITED_USER` when it was made for another address than the user's, `EMAIL_NOT_VERIFIED`
    /// while theirs is not verified; it stays.
    async fn accept_invitation(
        &self,
        ctx: &Context<'_>,
        input: AcceptInvitationInput,
    ) -> Result<AcceptInvitationPayload> {
        let carried = input.carried();
        let by = invited(input.contact_id, input.link);
        perform(ctx, carried, Ok(Command::Members(Members::Accept(by)))).await
    }

    /// Says no to an invitation.
    async fn decline_invitation(
        &self,
        ctx: &Context<'_>,
        input: DeclineInvitationInput,
    ) -> Result<DeclineInvitationPayload> {
        let carried = input.carried();
        let by = invited(input.contact_id, input.link);
        perform(ctx, carried, Ok(Command::Members(Members::Decline(by)))).await
    }

    /// Says what a member may do.
    async fn set_permissions(&self, ctx: &Context<'_>, input: SetPermissionsInput) -> Result<SetPermissionsPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::SetPermissions(id, held(input.permissions))))).await
    }

    /// Switches a member off. The owner cannot be: `LAST_OWNER`.
    async fn deactivate_member(
        &self,
        ctx: &Context<'_>,
        input: DeactivateMemberInput,
    ) -> Result<DeactivateMemberPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::Deactivate(id)))).await
    }

    /// Switches a member on again.
    async fn reactivate_member(
        &self,
        ctx: &Context<'_>,
        input: ReactivateMemberInput,
    ) -> Result<ReactivateMemberPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::Reactivate(id)))).await
    }

    /// Sets the last day of a membership.
    async fn set_membership_expiry(
        &self,
        ctx: &Context<'_>,
        input: SetMembershipExpiryInput,
    ) -> Result<SetMembershipExpiryPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::SetExpiry(id, input.until.map(|day| day.0))))).await
    }

    /// Makes another member the owner.
    async fn transfer_ownership(
        &self,
        ctx: &Context<'_>,
        input: TransferOwnershipInput,
    ) -> Result<TransferOwnershipPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::Transfer(id)))).await
    }

    /// A guest leaves the account.
    async fn leave_account(&self, ctx: &Context<'_>, input: LeaveAccountInput) -> Result<LeaveAccountPayload> {
        let (carried, id) = (input.carried(), ids::contact(&input.contact_id));
        perform(ctx, carried, Ok(Command::Members(Members::Leave(id)))).await
    }
}
