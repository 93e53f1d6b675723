//! Where a contact stands in the app.

use super::events::AppEvent;
use crate::{contact::ContactState, fold::Fact, ids::UserId, values::RegistrationStatus};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The contact's registration in the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    /// Where it stands.
    pub status: RegistrationStatus,
    /// Since when.
    pub since: Fact,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Its devices, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
}

/// A device that the app runs on. When it was last seen is not in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// The model, as the app names it.
    pub model: String,
    /// Since when.
    pub since: Fact,
}

/// An invitation to the app.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppInvitation {
    /// What the link names.
    pub id: Uuid,
    /// When it was sent.
    pub sent: Fact,
    /// From then on it opens nothing.
    pub expires_at: DateTime<Utc>,
}

/// Takes one more event in.
pub(in crate::contact) fn apply(contact: &mut ContactState, event: &AppEvent, fact: Fact) {
    match (event, &mut contact.registration) {
        (AppEvent::Invited(e), _) => {
            contact.app_invitation = Some(AppInvitation { id: e.link, sent: fact, expires_at: e.expires_at });
        }
        (AppEvent::Linked(e), registration) => {
            let status = if e.pending { RegistrationStatus::PendingValidation } else { RegistrationStatus::Registered };
            let devices = vec![Device { model: e.device.clone(), since: fact }];
            *registration = Some(Registration { status, since: fact, user: e.user, devices });
        }
        (AppEvent::DeviceRecorded(e), Some(registration)) => {
            registration.devices.push(Device { model: e.device.clone(), since: fact });
        }
        (AppEvent::Validated(_), Some(registration)) => {
            registration.status = RegistrationStatus::Registered;
            registration.since = fact;
        }
        (AppEvent::Refused(_), Some(registration)) => {
            registration.status = RegistrationStatus::Refused;
            registration.since = fact;
        }
        (_, None) => {}
    }
}
