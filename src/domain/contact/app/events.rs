//! What can have happened between a contact and the app.

use crate::{
    contact::ContactEvent,
    event::{Private, clear, events, sealed},
    ids::{RegistrationId, UserId},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

events!(in ContactEvent:
    /// What happened between a contact and the app.
    AppEvent {
        /// It was invited, or invited again: earlier links open nothing any more.
        Invited(AppInvited) = "app.invited.v1",
        /// A sign-up was found to be this contact's.
        Linked(RegistrationLinked) = "app.registration_linked.v1",
        /// It uses the app on one more device.
        DeviceRecorded(DeviceRecorded) = "app.device_recorded.v1",
        /// The account let it in.
        Validated(RegistrationValidated) = "app.registration_validated.v1",
        /// The account turned it away.
        Refused(RegistrationRefused) = "app.registration_refused.v1",
    }
);

/// It was invited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AppInvited {
    /// What the link names.
    pub link: Uuid,
    /// From then on it opens nothing.
    #[serde(with = "chrono::serde::ts_microseconds")]
    pub expires_at: DateTime<Utc>,
}

/// A sign-up was found to be this contact's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationLinked {
    /// The sign-up, where it had waited for its contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<RegistrationId>,
    /// The user who signed up, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<UserId>,
    /// Whether it waits for the account's validation.
    pub pending: bool,
    /// On what.
    #[serde(skip)]
    pub private: Private<Devices>,
}

/// On what: people name their phones after themselves.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Devices {
    /// The models, as the app names them, oldest first.
    pub devices: Vec<String>,
}

/// It uses the app on one more device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeviceRecorded {
    /// Which.
    #[serde(skip)]
    pub private: Private<Devices>,
}

/// The account let it in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationValidated {}

/// The account turned it away.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegistrationRefused {}

clear!(AppInvited, RegistrationValidated, RegistrationRefused);
sealed!(RegistrationLinked, DeviceRecorded);
