//! What can have happened to a portal account. No secret is ever in an event, nor in a mail: a link leads to where one is chosen.

use crate::{
    contact::ContactEvent,
    event::{clear, events},
    values::PortalRole,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

events!(in ContactEvent:
    /// The login to the portal.
    PortalEvent {
        /// It was opened, or has another role.
        Opened(PortalOpened) = "portal.opened.v1",
        /// Another link to it was sent: earlier ones open nothing any more.
        LinkSent(PortalLinkSent) = "portal.link_sent.v1",
        /// It was closed.
        Closed(PortalClosed) = "portal.closed.v1",
    }
);

/// It was opened, or has another role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalOpened {
    /// As what.
    pub role: PortalRole,
    /// What the mailed link names.
    pub link: Uuid,
    /// From then on the link opens nothing.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
}

/// Another link to it was sent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalLinkSent {
    /// What the link names.
    pub link: Uuid,
    /// From then on it opens nothing.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
}

/// It was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PortalClosed {}

clear!(PortalOpened, PortalLinkSent, PortalClosed);
