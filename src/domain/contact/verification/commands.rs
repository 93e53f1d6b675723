//! Asking for a verification, carrying it out, and what is learnt when a mail comes back (rows S2, S3, A14).

use super::events::*;
use crate::{
    contact::{ContactEvent, ContactState, commands::still_there},
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
    values::{ContactKind, Email},
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// How long a mailed link opens something.
pub const LINK_OPENS_FOR: TimeDelta = TimeDelta::days(7);
/// How long after one mail the next may be asked for: nobody's mailbox is flooded from here.
pub const COOLDOWN: TimeDelta = TimeDelta::seconds(60);

/// A link is to be mailed, or mailed again (« renvoyer »). Earlier links open nothing from then on.
#[derive(Debug, Clone)]
pub struct RequestVerification {
    /// What the link will name.
    pub link: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl RequestVerification {
    /// Asks for it; nothing when the e-mail is verified and no mail came back since. `NOT_ALLOWED_NOW` for a group, and within a minute of the
    /// last one; then `seconds` says how long to wait.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        a_person_with_an_email(contact)?;
        if contact.email_verified() && contact.verification.bounced.is_none() {
            return Ok(vec![]);
        }
        if let Some(wait) = contact.verification.wait(self.at) {
            return Err(Refusal::new(Code::NotAllowedNow).with("seconds", wait).into());
        }
        Ok(vec![requested(self.link, self.at)])
    }
}

/// Links are mailed to people only: a group has nobody who could sign in, and without an e-mail there is nowhere to mail to.
pub(in crate::contact) fn a_person_with_an_email(contact: &ContactState) -> Result<(), Refusal> {
    if contact.details.email.is_none() {
        return Err(Refusal::at(Code::EmailRequired, "email"));
    }
    if contact.kind == ContactKind::Group {
        return Err(Refusal::not_now(Remedy::ConvertToPerson).under("kind"));
    }
    Ok(())
}

/// The request itself, which no cooldown holds back: the address is another one.
pub(in crate::contact) fn requested(link: Uuid, at: DateTime<Utc>) -> ContactEvent {
    Requested { link, expires_at: at + LINK_OPENS_FOR }.into()
}

/// What a form that was submitted by hand asks for: a person whose e-mail is new, or who was a group until then, is to verify it.
pub fn asked_by_form(
    before: Option<&ContactState>,
    after: &ContactState,
    link: Uuid,
    at: DateTime<Utc>,
) -> Option<ContactEvent> {
    due(before, after).then(|| requested(link, at))
}

fn due(before: Option<&ContactState>, after: &ContactState) -> bool {
    let mailable = after.details.email.is_some() && after.kind == ContactKind::Person && !after.email_verified();
    let same = before.is_some_and(|b| b.details.email == after.details.email && b.kind == after.kind);
    mailable && !same
}

/// The mailed link was followed: whoever did has the mailbox.
#[derive(Debug, Clone)]
pub struct VerifyEmail {
    /// What the link names.
    pub link: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl VerifyEmail {
    /// Verifies the e-mail. `NOT_ALLOWED_NOW` for a link that was used, replaced by a newer one, made for another address, or is too old.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        let opens =
            contact.verification.link.as_ref().is_some_and(|(link, _, until)| *link == self.link && self.at < *until);
        if !opens || still_there(contact).is_err() {
            return Err(Refusal::not_now(Remedy::AskForANewLink).under("link").into());
        }
        Ok(vec![Verified {}.into()])
    }
}

/// A mail came back.
#[derive(Debug, Clone)]
pub struct RecordBounce {
    /// The address it was sent to, as the mail system names it.
    pub email: String,
}

impl RecordBounce {
    /// Records it; nothing when the contact has another address by now, or when it is known since the last mail.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let bounced = Email::parse(&self.email)?;
        let state = &contact.verification;
        let mailed = state.link.as_ref().map(|(_, asked, _)| asked.version);
        let known = state.bounced.is_some_and(|fact| mailed.is_none_or(|mailed| mailed < fact.version));
        if contact.details.email.as_ref() != Some(&bounced) || known {
            return Ok(vec![]);
        }
        Ok(vec![Bounced {}.into()])
    }
}
