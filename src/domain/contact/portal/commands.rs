//! Opening and closing the login to the portal, and sending its link again: « Créer un compte : OUI / NON » (rows U11 to U15).

use super::events::*;
use crate::{
    contact::{
        ContactEvent, ContactState,
        commands::still_there,
        verification::{COOLDOWN, LINK_OPENS_FOR, a_person_with_an_email},
    },
    refusal::{Code, Refusal, Refusals},
    remedy::Remedy,
    values::PortalRole,
};
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

/// Opens a login for a contact, or gives the open one another role. Who may is not told here: only the account's owner.
#[derive(Debug, Clone)]
pub struct OpenPortalAccount {
    /// As what.
    pub role: PortalRole,
    /// What the mailed link will name.
    pub link: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl OpenPortalAccount {
    /// Opens it; nothing when it is open as that already. `EMAIL_REQUIRED` without an e-mail, which is the identifier; a group cannot log in.
    /// Another role keeps the link there is: the person has a login, or a mail that leads to one.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        a_person_with_an_email(contact)?;
        let (link, expires_at) = match &contact.portal {
            Some(open) if open.role == self.role => return Ok(vec![]),
            Some(open) => open.link,
            None => (self.link, self.at + LINK_OPENS_FOR),
        };
        Ok(vec![PortalOpened { role: self.role, link, expires_at }.into()])
    }
}

/// Sends the link to an open login again (« renvoyer »): the one before was lost, or ran out. It opens nothing from then on.
#[derive(Debug, Clone)]
pub struct ResendPortalLink {
    /// What the new link will name.
    pub link: Uuid,
    /// Now.
    pub at: DateTime<Utc>,
}

impl ResendPortalLink {
    /// Sends it. `NOT_ALLOWED_NOW` without an open login, and within a minute of the last one; then `seconds` says how long to wait.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        let Some(open) = &contact.portal else {
            return Err(Refusal::not_now(Remedy::OpenPortalAccount).into());
        };
        let left = open.link.1 - LINK_OPENS_FOR + COOLDOWN - self.at;
        if left > TimeDelta::zero() {
            let seconds = (left.num_milliseconds() + 999) / 1000;
            return Err(Refusal::new(Code::NotAllowedNow).with("seconds", seconds).into());
        }
        Ok(vec![PortalLinkSent { link: self.link, expires_at: self.at + LINK_OPENS_FOR }.into()])
    }
}

/// Closes the login; what was open with it is closed at once.
#[derive(Debug, Clone)]
pub struct ClosePortalAccount;

impl ClosePortalAccount {
    /// Closes it; nothing when none is open.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        Ok(if contact.portal.is_some() { vec![PortalClosed {}.into()] } else { vec![] })
    }
}
