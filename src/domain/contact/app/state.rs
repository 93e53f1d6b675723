//! Where a contact stands in the app.

use super::events::{AppEvent, Devices};
use crate::{
    contact::ContactState,
    event::Private,
    fold::Fact,
    ids::{RegistrationId, UserId},
    values::RegistrationStatus,
};
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
    /// When it was let in, where it had waited for that or had been turned away; none: it never was in the way of anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub let_in: Option<Fact>,
    /// The sign-up it came from, where that had waited for its contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign_up: Option<RegistrationId>,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Its devices, oldest first; none once erased.
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

/// Devices of an event; none where they were erased.
pub(crate) fn devices(private: &Private<Devices>, fact: Fact) -> impl Iterator<Item = Device> {
    let models = private.known().map(|p| p.devices.clone()).unwrap_or_default();
    models.into_iter().map(move |model| Device { model, since: fact })
}

impl Registration {
    fn linked(before: Option<&Registration>, e: &super::events::RegistrationLinked, fact: Fact) -> Registration {
        let (status, let_in) = match (e.pending, before) {
            (true, _) => (RegistrationStatus::PendingValidation, None),
            (false, Some(before)) if before.status != RegistrationStatus::Registered => {
                (RegistrationStatus::Registered, Some(fact))
            }
            (false, before) => (RegistrationStatus::Registered, before.and_then(|b| b.let_in)),
        };
        let devices = devices(&e.private, fact).collect();
        Registration { status, since: fact, let_in, sign_up: e.registration, user: e.user, devices }
    }
}

/// Takes one more event in.
pub(in crate::contact) fn apply(contact: &mut ContactState, event: &AppEvent, fact: Fact) {
    match (event, &mut contact.registration) {
        (AppEvent::Invited(e), _) => {
            contact.app_invitation = Some(AppInvitation { id: e.link, sent: fact, expires_at: e.expires_at });
        }
        (AppEvent::Linked(e), registration) => {
            *registration = Some(Registration::linked(registration.as_ref(), e, fact));
        }
        (AppEvent::DeviceRecorded(e), Some(registration)) => registration.devices.extend(devices(&e.private, fact)),
        (AppEvent::Validated(_), Some(registration)) => {
            registration.status = RegistrationStatus::Registered;
            (registration.since, registration.let_in) = (fact, Some(fact));
        }
        (AppEvent::Refused(_), Some(registration)) => {
            registration.status = RegistrationStatus::Refused;
            (registration.since, registration.let_in) = (fact, None);
        }
        (_, None) => {}
    }
}
