//! Commands of memberships: who belongs to an account, and with which rights. Whoever gives or takes a right must hold it; that is looked at here,
//! because only here the caller's own place is known. The rest is `domain::contact::membership`.

use super::{
    super::draft::{Draft, Of, Stop},
    as_expected,
    subscriber::{mails, send, write},
};
use crate::{
    app::Place,
    vault::{change::VaultChange, link::Purpose, providers::ProviderChange},
};
use chrono::NaiveDate;
use domain::{
    AccountId, Code, ContactId, Refusal, StreamId, UserId,
    account::{AccountState, SwitchProviderOff},
    calendar,
    contact::{
        ContactEvent, ContactInput, ContactState,
        membership::{
            AddMember, Answer, DeactivateMember, InviteGuest, LeaveAccount, ReactivateMember, ResendInvitation,
            RevokeInvitation, SetMembershipExpiry, SetPermissions, TransferOwnership,
        },
    },
    remedy::Remedy,
    values::{Email, Permission},
};
use uuid::Uuid;

/// A member as asked for.
#[derive(Debug, Clone)]
pub struct NewMember {
    /// Who.
    pub input: ContactInput,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// A guest as asked for.
#[derive(Debug, Clone)]
pub struct NewGuest {
    /// Whom.
    pub email: String,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Last day.
    pub until: Option<NaiveDate>,
}

/// The invitation that is answered.
#[derive(Debug, Clone)]
pub enum Invited {
    /// By the contact that was made for the guest.
    Contact(ContactId),
    /// By the link of the mail.
    Link(String),
}

/// A command of a membership.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "each is named after its rule in the domain crate, where it is documented")]
pub enum Members {
    Add(AccountId, Box<NewMember>),
    Invite(AccountId, NewGuest),
    Resend(ContactId),
    Revoke(ContactId),
    Accept(Invited),
    Decline(Invited),
    SetPermissions(ContactId, Vec<Permission>),
    Deactivate(ContactId),
    Reactivate(ContactId),
    SetExpiry(ContactId, Option<NaiveDate>),
    Transfer(ContactId),
    Leave(ContactId),
}

impl Members {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Members::Add(..) => "AddMember",
            Members::Invite(..) => "InviteGuest",
            Members::Resend(_) => "ResendInvitation",
            Members::Revoke(_) => "RevokeInvitation",
            Members::Accept(_) => "AcceptInvitation",
            Members::Decline(_) => "DeclineInvitation",
            Members::SetPermissions(..) => "SetPermissions",
            Members::Deactivate(_) => "DeactivateMember",
            Members::Reactivate(_) => "ReactivateMember",
            Members::SetExpiry(..) => "SetMembershipExpiry",
            Members::Transfer(_) => "TransferOwnership",
            Members::Leave(_) => "LeaveAccount",
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        match self {
            Members::Add(account, _) | Members::Invite(account, _) => Some(*account),
            _ => None,
        }
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        match self {
            Members::Add(..) | Members::Invite(..) => vec![],
            Members::Accept(Invited::Link(_)) | Members::Decline(Invited::Link(_)) => vec![],
            Members::Accept(Invited::Contact(id))
            | Members::Decline(Invited::Contact(id))
            | Members::Resend(id)
            | Members::Revoke(id)
            | Members::SetPermissions(id, _)
            | Members::Deactivate(id)
            | Members::Reactivate(id)
            | Members::SetExpiry(id, _)
            | Members::Transfer(id)
            | Members::Leave(id) => vec![(*id).into()],
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        let now = draft.meta.now;
        match self {
            Members::Add(account, new) => add(draft, account, *new).await,
            Members::Invite(account, new) => invite(draft, account, new).await,
            Members::Resend(id) => {
                let contact = member(draft, id, expected).await?;
                let events = ResendInvitation { invitation: draft.id(), at: now }.decide(contact.get()?)?;
                write(draft, &contact, events)
            }
            Members::Revoke(id) => {
                let contact = member(draft, id, expected).await?;
                let events = RevokeInvitation.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Members::Accept(by) => answer(draft, by, expected, Answer::accept).await,
            Members::Decline(by) => answer(draft, by, expected, Answer::decline).await,
            Members::SetPermissions(id, permissions) => {
                let contact = member(draft, id, expected).await?;
                if !draft.holds(&permissions) {
                    return Err(Refusal::at(Code::PermissionNotHeld, "permissions").into());
                }
                let events = SetPermissions { permissions }.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Members::Deactivate(id) => {
                let contact = member(draft, id, expected).await?;
                let events = DeactivateMember.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Members::Reactivate(id) => {
                let contact = member(draft, id, expected).await?;
                let events = ReactivateMember.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Members::SetExpiry(id, until) => {
                let contact = member(draft, id, expected).await?;
                let account = draft.account(contact.get()?.account).await?;
                let today = calendar::day(now, account.get()?.time_zone);
                let events = SetMembershipExpiry { until, by: draft.asking_user() }.decide(contact.get()?, today)?;
                draft.write(&contact, id, events);
                Ok(())
            }
            Members::Transfer(id) => transfer(draft, id, expected).await,
            Members::Leave(id) => {
                let login = draft.caller_user().await?;
                let (user, email) = (UserId(login.id), login.get()?.verified_email().cloned());
                // Whoever works in one account leaves another too, so that it is the contact that is theirs, and not where they are.
                let contact = draft.contact_of_link(id).await?;
                // One whose last day is over may still leave.
                let place = Place::of(id, contact.get()?, user, email.as_ref(), || NaiveDate::MIN);
                if place.is_none() {
                    *draft.about_mut() = Default::default();
                    return Err(Refusal::at(Code::NotFound, "contactId").into());
                }
                as_expected(contact.edition(), expected)?;
                let events = LeaveAccount { user }.decide(contact.get()?)?;
                draft.write(&contact, id, events);
                Ok(())
            }
        }
    }
}

/// A member whose rights the caller may change.
async fn member(draft: &mut Draft<'_>, id: ContactId, expected: Option<u64>) -> Result<Of<ContactState>, Stop> {
    let contact = draft.contact(id).await?;
    as_expected(contact.edition(), expected)?;
    draft.outranks(contact.get()?)?;
    Ok(contact)
}

async fn place(draft: &mut Draft<'_>, id: AccountId, permissions: &[Permission]) -> Result<Of<AccountState>, Stop> {
    let account = draft.account(id).await?;
    if !draft.holds(permissions) {
        return Err(Refusal::at(Code::PermissionNotHeld, "permissions").into());
    }
    Ok(account)
}

async fn add(draft: &mut Draft<'_>, id: AccountId, new: NewMember) -> Result<(), Stop> {
    let account = place(draft, id, &new.permissions).await?;
    let today = calendar::day(draft.meta.now, account.get()?.time_zone);
    let email = new.input.email.as_deref().and_then(|typed| Email::parse(typed).ok());
    let NewMember { input, permissions, until } = new;
    let (verification_link, at) = (draft.id(), draft.meta.now);
    let events = AddMember { account: id, input, permissions, until, verification_link, at }.decide(today)?;
    if let Some(email) = email {
        // Who belongs to the account already is shown instead.
        draft.find_again();
        if let Some(there) = draft.holders(id, std::slice::from_ref(&email)).await?.remove(&email) {
            draft.about_mut().contact = Some(there);
            return Err(Refusal::at(Code::AlreadyMember, "email").into());
        }
    }
    let contact = ContactId(draft.id());
    let mails = mails(contact, None, &events);
    draft.create(contact, events);
    send(draft, mails);
    draft.about_mut().contact = Some(contact);
    Ok(())
}

async fn invite(draft: &mut Draft<'_>, id: AccountId, new: NewGuest) -> Result<(), Stop> {
    let account = place(draft, id, &new.permissions).await?;
    let email = match new.email.trim() {
        "" => return Err(Refusal::at(Code::EmailRequired, "email").into()),
        typed => Email::parse(typed)?,
    };
    let now = draft.meta.now;
    let today = calendar::day(now, account.get()?.time_zone);
    // Whoever invites the same address meanwhile is found when this is decided again.
    draft.find_again();
    let holder = draft.holders(id, std::slice::from_ref(&email)).await?.remove(&email);
    let (permissions, until) = (new.permissions, new.until);
    let rule = InviteGuest { account: id, email, permissions, until, invitation: draft.id(), at: now };
    let contact = match holder {
        Some(contact) => {
            let known = draft.contact(contact).await?;
            let events = rule.decide(Some(known.get()?), today)?;
            draft.outranks(known.get()?)?;
            write(draft, &known, events)?;
            contact
        }
        None => {
            let contact = ContactId(draft.id());
            let events = rule.decide(None, today)?;
            let mails = mails(contact, None, &events);
            draft.create(contact, events);
            send(draft, mails);
            contact
        }
    };
    draft.about_mut().contact = Some(contact);
    Ok(())
}

async fn answer(
    draft: &mut Draft<'_>,
    by: Invited,
    expected: Option<u64>,
    say: fn(Answer, &ContactState) -> Result<Vec<ContactEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let login = draft.caller_user().await?;
    let email = login.get()?.verified_email().cloned();
    // Before anything is looked up, and so the same for every invitation: who has not shown an address to be theirs learns of none.
    if email.is_none() {
        return Err(Refusal::new(Code::EmailNotVerified).instead(Remedy::VerifyYourLogin).into());
    }
    let unknown = |field| Stop::from(Refusal::at(Code::NotFound, field));
    let (id, invitation): (ContactId, Option<Uuid>) = match by {
        Invited::Contact(id) => (id, None),
        Invited::Link(text) => match draft.link(&text).filter(|link| link.purpose == Purpose::Invitation) {
            Some(link) => (ContactId(link.subject), Some(link.occasion)),
            None => return Err(unknown("link")),
        },
    };
    let contact = draft.contact_of_link(id).await?;
    // Without the link of the mail, what belongs to others is not even there.
    let theirs = email.is_some() && contact.get()?.details.email == email;
    if invitation.is_none() && !theirs && !draft.reaches(contact.get()?.account) {
        *draft.about_mut() = Default::default();
        return Err(unknown("contactId"));
    }
    as_expected(contact.edition(), expected)?;
    let answer = Answer { user: UserId(login.id), email, invitation, at: draft.meta.now };
    let decided = say(answer, contact.get()?);
    if decided.is_err() && !theirs {
        // It is explained, and nothing of the account is shown.
        *draft.about_mut() = Default::default();
    }
    draft.write(&contact, id, decided?);
    Ok(())
}

async fn transfer(draft: &mut Draft<'_>, id: ContactId, expected: Option<u64>) -> Result<(), Stop> {
    let to = draft.contact(id).await?;
    as_expected(to.edition(), expected)?;
    let owner = draft.owner_of(to.get()?.account).await?.filter(|owner| *owner != id);
    let from = match owner {
        Some(owner) => Some((owner, draft.contact(owner).await?)),
        None => None,
    };
    let account = draft.account(to.get()?.account).await?;
    let rule = TransferOwnership { today: calendar::day(draft.meta.now, account.get()?.time_zone) };
    let (was, becomes) = rule.decide(from.as_ref().map(|(_, of)| of.get()).transpose()?, to.get()?)?;
    if let Some((owner, of)) = &from {
        draft.write(of, *owner, was);
    }
    let transferred = !becomes.is_empty();
    draft.write(&to, id, becomes);
    draft.about_mut().contact = Some(id);
    // Who was the owner may still run the provider they chose, and would come in by it as whoever is the owner now.
    let off = SwitchProviderOff.decide(account.get()?);
    if transferred && !off.is_empty() {
        let change = ProviderChange { account: to.get()?.account, secret: None, ends: true, forgets: false };
        draft.beside.push(VaultChange::Provider(change));
        draft.write(&account, to.get()?.account, off);
    }
    Ok(())
}
