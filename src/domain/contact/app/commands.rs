//! What can be asked of a contact's registration in the app (rows A16 to A19). How a sign-up finds its contact is in [`crate::registration`].

use super::{events::*, state::Registration};
use crate::{
    account::AccountState,
    contact::{ContactEvent, ContactState, commands::still_there},
    event::Private,
    ids::{RegistrationId, UserId},
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
    text::required_line,
    values::{ContactKind, RegistrationPolicy, RegistrationStatus},
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Longest name of a device's model, in characters.
pub const DEVICE_MAX: usize = 100;
/// Devices that are kept apart: an app that names each start differently does not grow the sheet for ever.
pub const DEVICES_MAX: usize = 20;
/// How long an invitation to the app opens something.
const INVITATION: TimeDelta = TimeDelta::days(30);
/// Between two invitations of the same contact.
const COOLDOWN: TimeDelta = TimeDelta::minutes(5);

/// A device's model as typed by an app.
pub(crate) fn device(model: &str) -> Result<String, Refusal> {
    required_line("device", model, DEVICE_MAX)
}

/// Whether two sign-ups may be one person's: the same user, or one of them not known.
pub(crate) fn same_user(a: Option<UserId>, b: Option<UserId>) -> bool {
    a.is_none() || b.is_none() || a == b
}

/// What a sign-up with a contact's e-mail, verified, is to the contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The contact has none yet: this is its registration.
    New,
    /// The registration it has, seen again.
    Known,
    /// Not its own: a group, or somebody else is registered as this contact.
    None,
}

/// What a sign-up by this user, with this contact's e-mail, is to it.
pub fn fit(contact: &ContactState, user: Option<UserId>) -> Fit {
    if contact.kind == ContactKind::Group || still_there(contact).is_err() {
        return Fit::None;
    }
    match &contact.registration {
        None => Fit::New,
        Some(registration) if same_user(registration.user, user) => Fit::Known,
        Some(_) => Fit::None,
    }
}

/// Makes a sign-up the contact's registration. That its e-mail was verified and is the contact's, or that a person said whose it is, was seen before.
#[derive(Debug, Clone)]
pub struct LinkSignUp {
    /// The sign-up, where it had waited.
    pub registration: Option<RegistrationId>,
    /// Who signed up, where known.
    pub user: Option<UserId>,
    /// On what.
    pub devices: Vec<String>,
}

impl LinkSignUp {
    /// Links it; it waits where the account validates each itself.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        if contact.kind == ContactKind::Group {
            return Err(Refusal::not_now(Remedy::ConvertToPerson).under("contactId").into());
        }
        Ok(vec![
            RegistrationLinked {
                registration: self.registration,
                user: self.user,
                pending: account.policies.registration == RegistrationPolicy::Manual,
                private: Private::Known(Devices { devices: self.devices }),
            }
            .into(),
        ])
    }
}

/// Notes that the app runs on a device. When it was last seen is kept apart, not in the log.
#[derive(Debug, Clone)]
pub struct RecordDevice {
    /// The model.
    pub device: String,
}

impl RecordDevice {
    /// Records it; nothing when it is known, or when so many are known that one more says nothing.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let device = device(&self.device)?;
        let registration = registered(contact)?;
        if registration.devices.iter().any(|d| d.model == device) || registration.devices.len() >= DEVICES_MAX {
            return Ok(vec![]);
        }
        Ok(vec![DeviceRecorded { private: Private::Known(Devices { devices: vec![device] }) }.into()])
    }
}

/// Lets a registration in: one that waits, or one that was turned away before (row A18).
#[derive(Debug, Clone)]
pub struct ValidateRegistration;

impl ValidateRegistration {
    /// Lets it in; nothing when it is in.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        Ok(match registered(contact)?.status {
            RegistrationStatus::Registered => vec![],
            RegistrationStatus::PendingValidation | RegistrationStatus::Refused => {
                vec![RegistrationValidated {}.into()]
            }
        })
    }
}

/// Turns a registration away: one that waits, or one that was let in before. From then on it opens nothing.
#[derive(Debug, Clone)]
pub struct RefuseRegistration;

impl RefuseRegistration {
    /// Turns it away; nothing when it was.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        Ok(match registered(contact)?.status {
            RegistrationStatus::Refused => vec![],
            RegistrationStatus::PendingValidation | RegistrationStatus::Registered => {
                vec![RegistrationRefused {}.into()]
            }
        })
    }
}

/// Invites a contact to the app, for the first time or again (row A16): each time the links before open nothing any more.
#[derive(Debug, Clone)]
pub struct InviteToApp {
    /// What the link will name.
    pub link: Uuid,
    /// Whether it must have been invited before.
    pub again: bool,
    /// Now.
    pub at: DateTime<Utc>,
}

impl InviteToApp {
    /// Invites it: `EMAIL_REQUIRED` without an address, `NOT_ALLOWED_NOW` when it is a group, is registered, or was invited minutes ago.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        if contact.kind == ContactKind::Group {
            return Err(Refusal::not_now(Remedy::ConvertToPerson).under("contactId").into());
        }
        if contact.registration.is_some() {
            return Err(Refusal::not_now(Remedy::IsRegistered).under("contactId").into());
        }
        if contact.details.email.is_none() {
            return Err(Refusal::at(Code::EmailRequired, "contactId").into());
        }
        match &contact.app_invitation {
            Some(last) if self.at < last.sent.at + COOLDOWN => {
                let seconds = ((last.sent.at + COOLDOWN - self.at).num_milliseconds() + 999) / 1000;
                return Err(Refusal::at(Code::NotAllowedNow, "contactId").with("seconds", seconds).into());
            }
            None if self.again => return Err(Refusal::not_now(Remedy::InviteToApp).under("contactId").into()),
            _ => {}
        }
        Ok(vec![AppInvited { link: self.link, expires_at: self.at + INVITATION }.into()])
    }
}

fn registered(contact: &ContactState) -> Result<&Registration, Refusal> {
    contact.registration.as_ref().ok_or_else(|| Refusal::not_now(Remedy::InviteToApp).under("contactId"))
}
