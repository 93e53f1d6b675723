//! Commands of logins: opening one, recording that its e-mail is its own, how it signs in, erasing it; and what follows in every account. People open their own
//! (`identity`); operators and support may too.

use crate::app::{
    Failure,
    draft::{Draft, Stop, USER_EMAIL},
    policies::Effect,
};
use crate::vault::{
    change::VaultChange,
    knocks::{Knocked, Stranger},
};
use chrono::TimeDelta;
use domain::{
    AccountId, ActorKind, Code, ContactId, Refusal, Refusals, StreamId, UserId,
    contact::{
        ContactEvent, ContactState,
        membership::{LinkUser, NoteFactorReset, UnlinkUser},
    },
    user::{ChangeSignIn, EraseUser, RegisterUser, ResetSecondFactor, VerifyUserEmail},
};
use projections::memberships;
use uuid::Uuid;

/// So many accounts are asked together whether they have a contact with an e-mail.
const TOGETHER: i64 = 500;

/// A command of a login.
#[derive(Debug, Clone)]
pub enum Users {
    /// Opens one.
    Register(RegisterUser),
    /// Its e-mail is its own.
    VerifyEmail(UserId),
    /// How they sign in was changed, by themselves.
    SignIn(UserId, ChangeSignIn),
    /// Their app and its codes are taken away, for this reason.
    ResetFactor(UserId, String),
    /// Its personal values are erased.
    Erase(UserId),
    /// A contact recorded with its e-mail is linked to it: what follows from [`Users::VerifyEmail`].
    Link {
        /// Whose login.
        user: UserId,
        /// In the first account after this one that has such a contact.
        after: Option<AccountId>,
    },
    /// A contact linked to it is parted from it: what follows from [`Users::Erase`].
    Unlink {
        /// Whose login it was.
        user: UserId,
        /// In the first account after this one that has such a contact.
        after: Option<AccountId>,
    },
    /// An account in which a user may do something is told that their second factor was taken away: what follows from [`Users::ResetFactor`].
    TellReset {
        /// Whose.
        user: UserId,
        /// The first account after this one that is concerned.
        after: Option<AccountId>,
    },
}

impl Users {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Users::Register(_) => "RegisterUser",
            Users::VerifyEmail(_) => "VerifyUserEmail",
            Users::SignIn(..) => "ChangeSignIn",
            Users::ResetFactor(..) => "ResetSecondFactor",
            Users::Erase(_) => "EraseUser",
            Users::Link { .. } => "LinkUser",
            Users::Unlink { .. } => "UnlinkUser",
            Users::TellReset { .. } => "TellFactorReset",
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        None
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        match self {
            Users::Register(_) | Users::Link { .. } | Users::Unlink { .. } | Users::TellReset { .. } => vec![],
            Users::VerifyEmail(user) | Users::SignIn(user, _) | Users::ResetFactor(user, _) | Users::Erase(user) => {
                vec![(*user).into()]
            }
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        match self {
            Users::Register(rule) => {
                let id = UserId(draft.id());
                draft.create(id, rule.decide()?);
                draft.about_mut().user = Some(id);
                Ok(())
            }
            Users::VerifyEmail(id) => verify(draft, id, expected).await,
            Users::SignIn(id, change) => {
                themselves(draft, id)?;
                let user = draft.user(id).await?;
                super::as_expected(user.edition(), expected)?;
                let events = change.decide(user.get()?)?;
                draft.write(&user, id, events);
                Ok(())
            }
            Users::ResetFactor(id, reason) => reset_factor(draft, id, reason, expected).await,
            Users::Erase(id) => erase(draft, id, expected).await,
            Users::Link { user, after } => link(draft, user, after).await,
            Users::Unlink { user, after } => {
                let rule = |contact: &ContactState| UnlinkUser { user }.decide(contact);
                each_linked(draft, user, after, rule, |after| Effect::UnlinkUser { user, after }).await
            }
            Users::TellReset { user, after } => {
                let rule = |contact: &ContactState| NoteFactorReset { user }.decide(contact);
                each_linked(draft, user, after, rule, |after| Effect::TellFactorReset { user, after }).await
            }
        }
    }
}

async fn verify(draft: &mut Draft<'_>, id: UserId, expected: Option<u64>) -> Result<(), Stop> {
    let user = draft.user(id).await?;
    super::as_expected(user.edition(), expected)?;
    let events = VerifyUserEmail.decide(user.get()?)?;
    if events.is_empty() {
        return Ok(());
    }
    if let Some(email) = &user.get()?.email {
        draft.claim(USER_EMAIL, Uuid::nil(), email.as_str(), id.0);
    }
    draft.write(&user, id, events);
    draft.follow(Effect::LinkUser { user: id, after: None })
}

/// How long somebody may be told in vain that their second factor was taken away.
const TELL_FOR: TimeDelta = TimeDelta::days(2);

/// The app, its codes and every session go with the event, and so does what tells the person by mail. The accounts they work in are told afterwards, that it
/// was done and not why: what support heard of a person is that person's.
async fn reset_factor(draft: &mut Draft<'_>, id: UserId, reason: String, expected: Option<u64>) -> Result<(), Stop> {
    let user = draft.user(id).await?;
    super::as_expected(user.edition(), expected)?;
    let events = ResetSecondFactor { reason }.decide(user.get()?)?;
    draft.beside.push(VaultChange::WithoutFactor(id));
    if let Some(email) = user.get()?.verified_email() {
        let who = Stranger { email: email.as_str().to_owned(), name: None };
        let times = (draft.meta.now.timestamp_micros(), (draft.meta.now + TELL_FOR).timestamp_micros());
        // Nothing is known of the language they read: the mail is in both of ours.
        let tell = draft.vault().knocking(draft.id(), Knocked::Factor, &who, "fr", times);
        draft.beside.push(VaultChange::Knock(tell.map_err(Failure::from)?));
    }
    draft.write(&user, id, events);
    draft.follow(Effect::TellFactorReset { user: id, after: None })
}

/// A user changes and erases their own login; that others exist is not told.
fn themselves(draft: &Draft<'_>, id: UserId) -> Result<(), Stop> {
    if draft.meta.actor.kind == ActorKind::User && draft.meta.actor.id != id.0 {
        return Err(Refusal::at(Code::NotFound, "userId").into());
    }
    Ok(())
}

async fn erase(draft: &mut Draft<'_>, id: UserId, expected: Option<u64>) -> Result<(), Stop> {
    themselves(draft, id)?;
    let user = draft.user(id).await?;
    super::as_expected(user.edition(), expected)?;
    let events = EraseUser.decide(user.get()?)?;
    if events.is_empty() {
        return Ok(());
    }
    if let Some(email) = user.get()?.verified_email() {
        draft.release(USER_EMAIL, email.as_str(), id.0);
    }
    draft.erase(id.0, None, None);
    draft.write(&user, id, events);
    draft.follow(Effect::UnlinkUser { user: id, after: None })
}

/// Links the contact of the next account that has one, and leaves the accounts after it to the next effect: an append is of one account.
///
/// Who has the e-mail is read from the claims, which are never behind; and whoever takes it from now on sees that it is this user's.
async fn link(draft: &mut Draft<'_>, id: UserId, mut after: Option<AccountId>) -> Result<(), Stop> {
    let login = draft.user(id).await?;
    // Erased meanwhile, or so soon that nothing was linked yet.
    let Some(email) = login.get()?.verified_email().cloned() else { return Ok(()) };
    // A list of accounts that is behind would pass over one: then it is tried again later.
    draft.level(&memberships::READ_MODEL).await?;
    loop {
        let accounts = draft.db().fetch(memberships::accounts(after, TOGETHER)).await.map_err(Failure::from)?;
        let accounts: Vec<AccountId> = accounts.into_iter().map(|(account,)| AccountId(account)).collect();
        for contact in draft.with_email(&accounts, &email).await? {
            let person = draft.contact_of_link(contact).await?;
            let events = LinkUser { user: id, email: email.clone() }.decide(person.get()?)?;
            if !events.is_empty() {
                let account = person.get()?.account;
                draft.write(&person, contact, events);
                return draft.follow(Effect::LinkUser { user: id, after: Some(account) });
            }
        }
        after = accounts.last().copied();
        if (accounts.len() as i64) < TOGETHER {
            return Ok(());
        }
    }
}

/// Does something to the contact of the next account in which it changes something, and leaves the accounts after it to the next effect, likewise.
async fn each_linked(
    draft: &mut Draft<'_>,
    user: UserId,
    mut after: Option<AccountId>,
    rule: impl Fn(&ContactState) -> Result<Vec<ContactEvent>, Refusals>,
    then: impl Fn(Option<AccountId>) -> Effect,
) -> Result<(), Stop> {
    draft.level(&memberships::READ_MODEL).await?;
    loop {
        let rows = draft.db().fetch(memberships::linked(user, after, TOGETHER)).await.map_err(Failure::from)?;
        for (account, contact) in &rows {
            let contact = ContactId(*contact);
            let person = draft.contact_of_link(contact).await?;
            let events = rule(person.get()?)?;
            if !events.is_empty() {
                draft.write(&person, contact, events);
                return draft.follow(then(Some(AccountId(*account))));
            }
        }
        after = rows.last().map(|(account, _)| AccountId(*account));
        if (rows.len() as i64) < TOGETHER {
            return Ok(());
        }
    }
}
