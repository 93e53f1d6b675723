//! Registrations in the account's app (rows A2, A3, A9, A16 to A19): which streams each rule needs, and how a sign-up and its contact find each other.
//!
//! They find each other in the append that brings the second of them, whichever that is. A sign-up looks for the contact that holds its e-mail; a
//! contact that takes an e-mail says in its append that it saw nobody wait under it, and is decided again, knowing who does, where that is not so
//! ([`link_found`]). So no order of two commands at once leaves both waiting.

use super::{
    super::{
        Done, Failure,
        draft::{Draft, EMAIL, Of, SIGN_UP, Stop, USER_EMAIL},
        policies::Effect,
    },
    as_expected, on_contact,
};
use domain::{
    AccountId, Category, Code, ContactId, Event, Refusal, RegistrationId, StreamId, UserId,
    account::LetPendingIn,
    contact::{
        ContactState,
        app::{Fit, InviteToApp, RecordDevice, RefuseRegistration, ValidateRegistration, fit},
        membership::LinkUser,
    },
    registration::{
        Again, ChangeRegistrationEmail, EraseRegistration, MatchRegistration, RegistrationEvent, RegistrationState,
        SignUp, SignUpRead, TurnAway, VerifyRegistrationEmail,
    },
    values::{Email, RegistrationPolicy, RegistrationStatus},
};
use projections::registrations;
use std::collections::HashMap;
use uuid::Uuid;

/// So many are let in by one append.
const PAGE: i64 = 50;

/// What can be asked of registrations in the app.
#[derive(Debug, Clone)]
pub enum AppCommand {
    /// Someone signed up: becomes the registration of the contact that has the verified e-mail, or waits for one.
    Register(AccountId, SignUp),
    /// The e-mail of one that waits was shown to be theirs.
    VerifyEmail(RegistrationId),
    /// One that waits has another e-mail.
    ChangeEmail(RegistrationId, ChangeRegistrationEmail),
    /// A person says whose it is.
    Link(RegistrationId, ContactId),
    /// One that waits is turned away.
    TurnAway(RegistrationId),
    /// A sign-up's personal values are erased.
    Erase(RegistrationId),
    /// The contact's registration is let in.
    Validate(ContactId),
    /// The contact's registration is turned away.
    Refuse(ContactId),
    /// The app runs on a device.
    RecordDevice(ContactId, RecordDevice),
    /// The contact is invited.
    Invite {
        /// Who.
        contact: ContactId,
        /// Whether it was invited before.
        again: bool,
    },
    /// Everybody who waits for validation is let in.
    ValidatePending(AccountId),
    /// Some of them are: what follows from [`AppCommand::ValidatePending`].
    ValidatePage {
        /// Whose.
        account: AccountId,
        /// Those who have waited less long than this one: since when, which contact.
        after: Option<(i64, Uuid)>,
    },
}

impl AppCommand {
    pub(super) fn name(&self) -> &'static str {
        use AppCommand::*;
        match self {
            Register(..) => "RegisterInApp",
            VerifyEmail(_) => "VerifyRegistrationEmail",
            ChangeEmail(..) => "ChangeRegistrationEmail",
            Link(..) => "LinkRegistration",
            TurnAway(_) => "TurnRegistrationAway",
            Erase(_) => "EraseRegistration",
            Validate(_) => "ValidateRegistration",
            Refuse(_) => "RefuseRegistration",
            RecordDevice(..) => "RecordDevice",
            Invite { again: false, .. } => "InviteToApp",
            Invite { again: true, .. } => "ResendAppInvitation",
            ValidatePending(_) => "ValidatePendingRegistrations",
            ValidatePage { .. } => "ValidatePageOfRegistrations",
        }
    }

    pub(in crate::app) fn account(&self) -> Option<AccountId> {
        use AppCommand::*;
        match self {
            Register(account, _) | ValidatePending(account) | ValidatePage { account, .. } => Some(*account),
            _ => None,
        }
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        use AppCommand::*;
        match self {
            // Sign-ups with one e-mail take turns, so that of many at once each finds the one before.
            Register(account, sign_up) => Email::parse(&sign_up.email)
                .map(|email| Uuid::new_v5(&account.0, email.as_str().as_bytes()))
                .map(|id| vec![StreamId { category: Category::Registration, id }])
                .unwrap_or_default(),
            ValidatePage { .. } => vec![],
            VerifyEmail(r) | ChangeEmail(r, _) | TurnAway(r) | Erase(r) => vec![(*r).into()],
            Link(r, c) => vec![(*r).into(), (*c).into()],
            Validate(c) | Refuse(c) | RecordDevice(c, _) | Invite { contact: c, .. } => vec![(*c).into()],
            ValidatePending(account) => vec![(*account).into()],
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        use AppCommand::*;
        let now = draft.meta.now;
        match self {
            Register(account, sign_up) => register(draft, account, sign_up).await,
            VerifyEmail(id) => on_waiting(draft, id, expected, |r| VerifyRegistrationEmail.decide(r)).await,
            ChangeEmail(id, rule) => on_waiting(draft, id, expected, |r| rule.decide(r)).await,
            Link(id, contact) => {
                let registration = draft.registration(id).await?;
                as_expected(registration.edition(), expected)?;
                let contact = draft.contact(contact).await?;
                link(draft, &registration, Vec::new(), &contact).await
            }
            TurnAway(id) => {
                let registration = draft.registration(id).await?;
                as_expected(registration.edition(), expected)?;
                let events = domain::registration::TurnAway::default().decide(registration.get()?)?;
                draft.write(&registration, id, events);
                Ok(())
            }
            Erase(id) => {
                let registration = draft.registration(id).await?;
                as_expected(registration.edition(), expected)?;
                erase(draft, &registration)
            }
            Validate(id) => on_contact(draft, id, expected, |c, _| ValidateRegistration.decide(c)).await,
            Refuse(id) => on_contact(draft, id, expected, |c, _| RefuseRegistration.decide(c)).await,
            RecordDevice(id, rule) => on_contact(draft, id, expected, |c, _| rule.decide(c)).await,
            Invite { contact, again } => {
                let link = draft.id();
                on_contact(draft, contact, expected, |c, _| InviteToApp { link, again, at: now }.decide(c)).await?;
                draft.todo("app_invitation", serde_json::json!({ "contact": contact.0, "occasion": link }));
                Ok(())
            }
            ValidatePending(id) => {
                let account = draft.account(id).await?;
                as_expected(account.edition(), expected)?;
                if pending(draft, id, None, 1).await?.is_empty() {
                    return Ok(());
                }
                draft.write(&account, id, LetPendingIn.decide());
                draft.follow(Effect::ValidatePending { account: id, after: None })
            }
            ValidatePage { account, after } => validate_page(draft, account, after).await,
        }
    }
}

/// Contacts whose registration waits for validation, the longest waiting first.
async fn pending(
    draft: &Draft<'_>,
    account: AccountId,
    after: Option<(i64, Uuid)>,
    limit: i64,
) -> Result<Vec<(i64, Uuid)>, Stop> {
    let ask = registrations::list(account, RegistrationStatus::PendingValidation.as_str(), after, false, limit);
    let rows = draft.db().fetch(ask).await.map_err(Failure::from)?;
    Ok(rows.into_iter().map(|row| (row.since, row.subject)).collect())
}

/// Lets some of those in who wait, and leaves the rest to the next page. Who was decided on meanwhile is passed over.
async fn validate_page(draft: &mut Draft<'_>, account: AccountId, mut after: Option<(i64, Uuid)>) -> Result<(), Stop> {
    // A list that is behind would pass over who waits in truth: then it is tried again later.
    draft.level(&registrations::READ_MODEL).await?;
    loop {
        let page = pending(draft, account, after, PAGE).await?;
        let more = page.len() as i64 == PAGE;
        after = page.last().copied().or(after);
        for (_, id) in page {
            let contact = draft.contact(ContactId(id)).await?;
            let waits = |c: &ContactState| {
                c.registration.as_ref().is_some_and(|r| r.status == RegistrationStatus::PendingValidation)
            };
            if waits(contact.get()?) {
                let events = ValidateRegistration.decide(contact.get()?).unwrap_or_default();
                draft.write(&contact, ContactId(id), events);
            }
        }
        if !more {
            return Ok(());
        }
        if !draft.is_empty() {
            return draft.follow(Effect::ValidatePending { account, after });
        }
    }
}

async fn register(draft: &mut Draft<'_>, account_id: AccountId, sign_up: SignUp) -> Result<(), Stop> {
    draft.account(account_id).await?;
    let sign_up = sign_up.read()?;
    let waiting = draft.holder(SIGN_UP, account_id.0, sign_up.email.as_str()).await?;
    let waiting = match waiting {
        Some(id) => Some(draft.registration(RegistrationId(id)).await?),
        None => None,
    };
    if sign_up.email_verified
        && let Some(contact) = holder_of(draft, account_id, &sign_up.email).await?
    {
        let was = fit(contact.get()?, sign_up.user);
        if was == Fit::Known {
            draft.about_mut().registration = None;
            let device = sign_up.device;
            return on_contact(draft, ContactId(contact.id), None, |c, _| RecordDevice { device }.decide(c)).await;
        }
        if was == Fit::New {
            return register_contact(draft, &sign_up, waiting, &contact).await;
        }
    }
    draft.about_mut().contact = None;
    let Some(waiting) = waiting else {
        let id = RegistrationId(draft.id());
        draft.create(id, sign_up.wait(account_id));
        draft.about_mut().registration = Some(id);
        return Ok(());
    };
    match sign_up.again(waiting.get()?)? {
        Again::Same(events) => {
            draft.write(&waiting, RegistrationId(waiting.id), events);
            Ok(())
        }
        Again::Replaces => {
            let id = RegistrationId(draft.id());
            draft.write(
                &waiting,
                RegistrationId(waiting.id),
                TurnAway { for_another: Some(id) }.decide(waiting.get()?)?,
            );
            draft.create(id, sign_up.wait(account_id));
            draft.about_mut().registration = Some(id);
            Ok(())
        }
    }
}

/// A sign-up that is a contact's, and what becomes of one that waited with its e-mail: it was the same person's, or gives way.
async fn register_contact(
    draft: &mut Draft<'_>,
    sign_up: &SignUpRead,
    waiting: Option<Of<RegistrationState>>,
    contact: &Of<ContactState>,
) -> Result<(), Stop> {
    if let Some(waiting) = waiting {
        match sign_up.again(waiting.get()?)? {
            Again::Same(events) => return link(draft, &waiting, events, contact).await,
            Again::Replaces => {
                let events = TurnAway::default().decide(waiting.get()?)?;
                draft.write(&waiting, RegistrationId(waiting.id), events);
                draft.about_mut().registration = None;
            }
        }
    }
    let account = draft.account(contact.get()?.account).await?;
    let events = sign_up.link().decide(contact.get()?, account.get()?)?;
    draft.write(contact, ContactId(contact.id), events);
    Ok(())
}

/// The contact that holds an e-mail.
async fn holder_of(draft: &mut Draft<'_>, account: AccountId, email: &Email) -> Result<Option<Of<ContactState>>, Stop> {
    match draft.holder(EMAIL, account.0, email.as_str()).await? {
        Some(id) => Ok(Some(draft.contact(ContactId(id)).await?)),
        None => Ok(None),
    }
}

/// Changes one that waits, and links it where that made it somebody's (row A3).
async fn on_waiting(
    draft: &mut Draft<'_>,
    id: RegistrationId,
    expected: Option<u64>,
    rule: impl FnOnce(&RegistrationState) -> Result<Vec<RegistrationEvent>, domain::Refusals>,
) -> Result<(), Stop> {
    let registration = draft.registration(id).await?;
    as_expected(registration.edition(), expected)?;
    let events = rule(registration.get()?)?;
    if events.is_empty() {
        return Ok(());
    }
    let account = registration.get()?.account;
    let after = with(draft, registration.get()?, &events);
    if let Some(email) = after.who.email.as_ref().filter(|_| after.email_verified) {
        // Another that waits with this e-mail: one of them has shown that it is theirs.
        if let Some(other) = draft.holder(SIGN_UP, account.0, email.as_str()).await?.filter(|other| *other != id.0) {
            let other = draft.registration(RegistrationId(other)).await?;
            if other.get()?.email_verified {
                return Err(Refusal::at(Code::EmailTaken, "email").into());
            }
            let gives_way = TurnAway { for_another: Some(id) }.decide(other.get()?)?;
            draft.write(&other, RegistrationId(other.id), gives_way);
            draft.about_mut().registration = Some(id);
        }
        if let Some(contact) = holder_of(draft, account, email).await?
            && fit(contact.get()?, after.user) == Fit::New
        {
            return link(draft, &registration, events, &contact).await;
        }
        draft.about_mut().contact = None;
    } else if let Some(email) = &after.who.email
        && registration.get()?.who.email.as_ref() != Some(email)
        && draft.holder(SIGN_UP, account.0, email.as_str()).await?.is_some_and(|other| other != id.0)
    {
        return Err(Refusal::at(Code::EmailTaken, "email").into());
    }
    draft.write(&registration, id, events);
    Ok(())
}

fn with(draft: &Draft<'_>, registration: &RegistrationState, events: &[RegistrationEvent]) -> RegistrationState {
    let fact = domain::Fact { position: 0, version: 0, at: draft.meta.now, actor: draft.meta.actor };
    let mut after = registration.clone();
    events.iter().for_each(|event| after.apply(event, fact));
    after
}

/// Links one that waits to a contact, after what else happened to it.
async fn link(
    draft: &mut Draft<'_>,
    registration: &Of<RegistrationState>,
    mut events: Vec<RegistrationEvent>,
    contact: &Of<ContactState>,
) -> Result<(), Stop> {
    let (id, contact_id) = (RegistrationId(registration.id), ContactId(contact.id));
    let after = with(draft, registration.get()?, &events);
    let account = draft.account(contact.get()?.account).await?;
    let (matched, link) = MatchRegistration { registration: id, contact: contact_id }.decide(&after)?;
    let linked = link.decide(contact.get()?, account.get()?)?;
    events.extend(matched);
    draft.write(registration, id, events);
    draft.write(contact, contact_id, linked);
    Ok(())
}

/// Links what a contact's new e-mail was found to lead to: the sign-up that waited under it, and the user whose login it is. Whose e-mail was never
/// shown to be theirs goes on waiting.
pub(in crate::app) async fn link_found(
    draft: &mut Draft<'_>,
    overtaken: &HashMap<[u8; 32], Option<Uuid>>,
) -> Result<(), Stop> {
    if overtaken.values().all(Option::is_none) {
        return Ok(());
    }
    let about = draft.about();
    for (id, contact) in draft.contacts_after()? {
        let Some(email) = contact.details.email.clone() else { continue };
        if let Some(waiting) = draft.found(SIGN_UP, contact.account.0, email.as_str()) {
            link_waiting(draft, RegistrationId(waiting), id, &contact, &email).await?;
        }
        if let Some(user) = draft.found(USER_EMAIL, Uuid::nil(), email.as_str()) {
            let linked = LinkUser { user: UserId(user), email }.decide(&contact)?;
            draft.write_more(id, linked.into_iter().map(Event::from).collect());
        }
    }
    let (contact, warnings) = (about.contact, draft.about().warnings);
    *draft.about_mut() = Done { contact, warnings, ..about };
    Ok(())
}

async fn link_waiting(
    draft: &mut Draft<'_>,
    id: RegistrationId,
    contact_id: ContactId,
    contact: &ContactState,
    email: &Email,
) -> Result<(), Stop> {
    // A contact may have taken what a sign-up looked at, too: that one looks again by itself.
    let Ok(registration) = draft.registration(id).await else { return Ok(()) };
    let waiting = registration.get()?;
    let theirs = waiting.who.email.as_ref() == Some(email) && waiting.email_verified && waiting.matched.is_none();
    if !theirs || fit(contact, waiting.user) != Fit::New {
        return Ok(());
    }
    let account = draft.account(contact.account).await?;
    let (matched, link) = MatchRegistration { registration: id, contact: contact_id }.decide(waiting)?;
    let linked = link.decide(contact, account.get()?)?;
    draft.write_more(contact_id, linked.into_iter().map(Event::from).collect());
    draft.write(&registration, id, matched);
    Ok(())
}

fn erase(draft: &mut Draft<'_>, registration: &Of<RegistrationState>) -> Result<(), Stop> {
    let events = EraseRegistration.decide(registration.get()?)?;
    if !events.is_empty() {
        draft.erase(registration.id, registration.get()?.who.email.as_ref(), None);
    }
    draft.write(registration, RegistrationId(registration.id), events);
    Ok(())
}

/// The sign-up that a contact's registration came from goes with the contact: it holds the same person's values.
pub(super) async fn erase_sign_up(draft: &mut Draft<'_>, contact: &ContactState) -> Result<(), Stop> {
    let Some(id) = contact.registration.as_ref().and_then(|r| r.sign_up) else { return Ok(()) };
    let about = draft.about().registration;
    let registration = draft.registration(id).await?;
    draft.about_mut().registration = about;
    erase(draft, &registration)
}

/// Says how many go on waiting where the account lets everybody in from now on: they are let in only when somebody says so.
pub(super) async fn warn_of_pending(
    draft: &mut Draft<'_>,
    account: AccountId,
    before: RegistrationPolicy,
    after: Option<RegistrationPolicy>,
) -> Result<(), Stop> {
    if before == RegistrationPolicy::Manual
        && after == Some(RegistrationPolicy::Automatic)
        && !pending(draft, account, None, 1).await?.is_empty()
    {
        draft.warn(Code::RegistrationsPending);
    }
    Ok(())
}
