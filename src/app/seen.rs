//! When devices were last seen in the app. No event, and written at most once a minute: an app says so at every start.

use super::{App, AppCommand, Command, Done, Failure};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{ContactId, State, contact::app::DEVICE_MAX};
use projections::{Arg, Ask};
use std::collections::HashMap;
use uuid::Uuid;

/// Seen again within this is not written again.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(1);

impl App {
    /// Notes that a device was seen, where a command that was carried out says so. That it cannot be noted is nobody's trouble but the operator's.
    pub(super) async fn note_seen(&self, command: &Command, done: &Done) {
        let model = match command {
            Command::App(AppCommand::Register(_, sign_up)) => &sign_up.device,
            Command::App(AppCommand::RecordDevice(_, rule)) => &rule.device,
            _ => return,
        };
        let (Some(contact), Ok(Some(model))) = (done.contact, domain::text::line("device", model, DEVICE_MAX)) else {
            return;
        };
        if let Err(e) = self.saw(contact, &model).await {
            tracing::warn!(error = %e, "when a device was last seen could not be written");
        }
    }

    async fn saw(&self, contact: ContactId, model: &str) -> Result<(), Failure> {
        let states = self.reader().states(vec![contact.0]).await?;
        let registration =
            states.get(&contact.0).map(|f| &f.state).and_then(State::contact).and_then(|c| c.registration.as_ref());
        let Some(device) = registration.and_then(|r| r.devices.iter().enumerate().find(|(_, d)| d.model == model))
        else {
            return Ok(());
        };
        let (now, device) = (self.clock().now(), device_key(device.1, device.0));
        let known = self.devices_seen(vec![contact]).await?.get(&(contact, device)).copied();
        if known.is_some_and(|at| now < at + KEPT_FOR) {
            return Ok(());
        }
        // The later of two that write at once.
        let write = Ask::new(
            "INSERT INTO device_seen (contact, device, at) VALUES ($1, $2, $3)
             ON CONFLICT (contact, device) DO UPDATE SET at = excluded.at WHERE device_seen.at < excluded.at",
            [contact.0.into(), device.into(), now.timestamp_micros().into()],
        );
        self.reader().db().execute(write).await?;
        Ok(())
    }

    /// When devices of these contacts were last seen, by contact and [`device_key`].
    pub async fn devices_seen(
        &self,
        contacts: Vec<ContactId>,
    ) -> Result<HashMap<(ContactId, i64), DateTime<Utc>>, Failure> {
        let ask = Ask::<(Uuid, i64, i64)>::new(
            "SELECT contact, device, at FROM device_seen WHERE contact IN [$1]",
            [Arg::Uuids(contacts.into_iter().map(|c| c.0).collect())],
        );
        let rows = self.reader().db().fetch(ask).await?;
        let seen = |(contact, device, at)| Some(((ContactId(contact), device), DateTime::from_timestamp_micros(at)?));
        Ok(rows.into_iter().filter_map(seen).collect())
    }
}

/// What tells a device among a contact's: where its recording stands in the stream, and its place among those of the registration.
pub fn device_key(device: &domain::contact::app::Device, place: usize) -> i64 {
    ((device.since.version as i64) << 8) | place as i64
}
