//! What can be asked of a sign-up (rows A2, A3, A8, A9): it is found a contact's by its e-mail alone, and only once that is known to be theirs.

use super::{events::*, state::RegistrationState};
use crate::{
    contact::app::{DEVICES_MAX, Devices, LinkSignUp, device, same_user},
    event::Private,
    ids::{AccountId, ContactId, RegistrationId, UserId},
    refusal::{Check, Code, Refusal, Refusals},
    remedy::Remedy,
    text::{NAME_MAX, PHONE_MAX, line},
    values::Email,
};

/// A sign-up as an app sends it.
#[derive(Debug, Clone, Default)]
pub struct SignUp {
    /// E-mail.
    pub email: String,
    /// Whether the app saw that the e-mail is theirs.
    pub email_verified: bool,
    /// The device's model, up to 100 characters.
    pub device: String,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Phone.
    pub phone: Option<String>,
    /// Who it is, where they have a user.
    pub user: Option<UserId>,
}

/// A sign-up that is well formed.
#[derive(Debug, Clone)]
pub struct SignUpRead {
    /// Its e-mail.
    pub email: Email,
    /// Whether that is known to be theirs.
    pub email_verified: bool,
    /// On what.
    pub device: String,
    /// Who, where known.
    pub user: Option<UserId>,
    who: SignedUpWho,
}

impl SignUp {
    /// Reads it; every refused field is named at once.
    pub fn read(self) -> Result<SignUpRead, Refusals> {
        let mut check = Check::default();
        let mut optional = |field, text: Option<String>, max| text.and_then(|text| check.take(line(field, &text, max)));
        let first_name = optional("firstName", self.first_name, NAME_MAX);
        let last_name = optional("lastName", self.last_name, NAME_MAX);
        let phone = optional("phone", self.phone, PHONE_MAX);
        let device = check.take(device(&self.device));
        let email = check.take(email(&self.email).map(Some));
        check.finish()?;
        let email = email.ok_or_else(|| Refusal::at(Code::Required, "email"))?;
        let SignUp { email_verified, user, .. } = self;
        let who = SignedUpWho { email: Some(email.clone()), first_name, last_name, phone };
        Ok(SignUpRead { email, email_verified, device, user, who })
    }
}

fn email(text: &str) -> Result<Email, Refusal> {
    if text.trim().is_empty() {
        return Err(Refusal::at(Code::Required, "email"));
    }
    Email::parse(text)
}

/// What a sign-up is to one that waits with the same e-mail.
#[derive(Debug, Clone, PartialEq)]
pub enum Again {
    /// The same, seen again: these are its events, if anything is new.
    Same(Vec<RegistrationEvent>),
    /// Another's, and the one that waited has to give way: nobody had shown that the e-mail was theirs.
    Replaces,
}

impl SignUpRead {
    /// The first event of one that waits.
    pub fn wait(self, account: AccountId) -> Vec<RegistrationEvent> {
        let SignUpRead { email_verified, device, user, who, .. } = self;
        let private = SignedUpPrivate { who, device: Some(device) };
        vec![SignedUp { account, user, email_verified, private: Private::Known(private) }.into()]
    }

    /// How it makes a contact's registration.
    pub fn link(&self) -> LinkSignUp {
        LinkSignUp { registration: None, user: self.user, devices: vec![self.device.clone()] }
    }

    /// What it is to one that waits with its e-mail. Who has not shown that the e-mail is theirs gets nothing of who has: `EMAIL_NOT_VERIFIED`.
    pub fn again(&self, waiting: &RegistrationState) -> Result<Again, Refusals> {
        let same = same_user(waiting.user, self.user);
        match (waiting.email_verified, self.email_verified) {
            (true, false) if waiting.user.is_none() || waiting.user != self.user => {
                Err(Refusal::at(Code::EmailNotVerified, "email").into())
            }
            // Somebody signed up with an e-mail they never showed to be theirs, and here is who has it: unless it is known to be the same person,
            // nothing of that sign-up may become theirs.
            (false, true) if waiting.user.is_none() || waiting.user != self.user => Ok(Again::Replaces),
            (_, _) if !same => Ok(Again::Replaces),
            (verified, now_verified) => {
                let mut events = Vec::new();
                if !waiting.devices.iter().any(|d| d.model == self.device) && waiting.devices.len() < DEVICES_MAX {
                    let private = Private::Known(Devices { devices: vec![self.device.clone()] });
                    events.push(DeviceAdded { private }.into());
                }
                if now_verified && !verified {
                    events.push(SignUpEmailVerified { user: None }.into());
                }
                Ok(Again::Same(events))
            }
        }
    }
}

/// Whether a sign-up may be decided on: waiting, and not erased.
fn waits(registration: &RegistrationState) -> Result<(), Refusals> {
    if registration.is_waiting() {
        Ok(())
    } else {
        Err(Refusal::not_now(Remedy::RegistrationDecided).under("registrationId").into())
    }
}

/// Notes that the e-mail of a sign-up was shown to be theirs.
#[derive(Debug, Clone)]
pub struct VerifyRegistrationEmail;

impl VerifyRegistrationEmail {
    /// Notes it; nothing when it was.
    pub fn decide(self, registration: &RegistrationState) -> Result<Vec<RegistrationEvent>, Refusals> {
        waits(registration)?;
        Ok(if registration.email_verified { vec![] } else { vec![SignUpEmailVerified { user: None }.into()] })
    }
}

/// Gives a sign-up another e-mail (row A3: on the app's side).
#[derive(Debug, Clone)]
pub struct ChangeRegistrationEmail {
    /// The new one.
    pub email: String,
    /// Whether it was shown to be theirs.
    pub email_verified: bool,
}

impl ChangeRegistrationEmail {
    /// Changes it; nothing when it is so already.
    pub fn decide(self, registration: &RegistrationState) -> Result<Vec<RegistrationEvent>, Refusals> {
        waits(registration)?;
        let email = email(&self.email)?;
        if registration.who.email.as_ref() == Some(&email) {
            return match self.email_verified {
                true => VerifyRegistrationEmail.decide(registration),
                false => Ok(vec![]),
            };
        }
        let private = Private::Known(SignUpEmail { email });
        Ok(vec![SignUpEmailChanged { email_verified: self.email_verified, private }.into()])
    }
}

/// Makes a sign-up this contact's. Nothing is linked to an e-mail that was not verified, by nobody.
#[derive(Debug, Clone)]
pub struct MatchRegistration {
    /// The sign-up.
    pub registration: RegistrationId,
    /// Whose it is.
    pub contact: ContactId,
}

impl MatchRegistration {
    /// The sign-up's half, and what the contact's half is made of.
    pub fn decide(self, registration: &RegistrationState) -> Result<(Vec<RegistrationEvent>, LinkSignUp), Refusals> {
        waits(registration)?;
        if !registration.email_verified {
            return Err(Refusal::at(Code::EmailNotVerified, "registrationId").into());
        }
        let devices = registration.devices.iter().map(|d| d.model.clone()).collect();
        let link = LinkSignUp { registration: Some(self.registration), user: registration.user, devices };
        Ok((vec![Matched { contact: self.contact }.into()], link))
    }
}

/// Turns a sign-up away that waits for its contact.
#[derive(Debug, Clone, Default)]
pub struct TurnAway {
    /// The sign-up that takes its place.
    pub for_another: Option<RegistrationId>,
}

impl TurnAway {
    /// Turns it away; nothing when it was.
    pub fn decide(self, registration: &RegistrationState) -> Result<Vec<RegistrationEvent>, Refusals> {
        if registration.turned_away.is_some() && registration.erased.is_none() {
            return Ok(vec![]);
        }
        waits(registration)?;
        Ok(vec![TurnedAway { for_another: self.for_another }.into()])
    }
}

/// Makes a sign-up's personal values unreadable for ever. Always allowed; a contact's own go with the contact.
#[derive(Debug, Clone)]
pub struct EraseRegistration;

impl EraseRegistration {
    /// Erases it; nothing when it is erased. The key is destroyed by the caller, in the same append.
    pub fn decide(self, registration: &RegistrationState) -> Result<Vec<RegistrationEvent>, Refusals> {
        Ok(if registration.erased.is_some() { vec![] } else { vec![RegistrationErased {}.into()] })
    }
}
