//! Where a portal account stands.

use super::events::PortalEvent;
use crate::{fold::Fact, values::PortalRole};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An open portal account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalAccount {
    /// As what it was opened.
    pub role: PortalRole,
    /// Since when.
    pub opened: Fact,
    /// What the mailed link names, and until when it opens.
    pub link: (Uuid, DateTime<Utc>),
}

impl PortalAccount {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(account: &mut Option<PortalAccount>, event: &PortalEvent, fact: Fact) {
        match event {
            PortalEvent::Opened(e) => {
                *account = Some(PortalAccount { role: e.role, opened: fact, link: (e.link, e.expires_at) });
            }
            PortalEvent::LinkSent(e) => {
                if let Some(open) = account {
                    open.link = (e.link, e.expires_at);
                }
            }
            PortalEvent::Closed(_) => *account = None,
        }
    }
}
