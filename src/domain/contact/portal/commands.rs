//! Opening and closing the login to the portal: « Créer un compte : OUI / NON » (rows U11 to U15).

use super::events::*;
use crate::{
    contact::{ContactEvent, ContactState, commands::still_there, verification::LINK_OPENS_FOR},
    refusal::{Code, Refusal, Refusals},
    values::{ContactKind, PortalRole},
};
use chrono::{DateTime, Utc};
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
        if contact.details.email.is_none() {
            return Err(Refusal::at(Code::EmailRequired, "email").into());
        }
        if contact.kind == ContactKind::Group {
            return Err(Refusal::at(Code::NotAllowedNow, "kind").with("remedy", "CONVERT_TO_PERSON").into());
        }
        let (link, expires_at) = match &contact.portal {
            Some(open) if open.role == self.role => return Ok(vec![]),
            Some(open) => open.link,
            None => (self.link, self.at + LINK_OPENS_FOR),
        };
        Ok(vec![PortalOpened { role: self.role, link, expires_at }.into()])
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
