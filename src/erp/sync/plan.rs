//! What records mean and what they ask for, by what is known before anything is written: most ask for nothing.

use super::{Sync, carry::is_old};
use crate::{
    app::{ErpSync, Failure},
    erp::store::{self, RecordRow},
};
use chrono::{DateTime, Utc};
use domain::{
    ContactId, Folded, Refusals,
    contact::{
        ContactState,
        erp::{Candidates, EmailStanding, Meant, Record, SyncErpRecord, meant},
    },
    values::{ErpDrift, ErpField},
};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// What became of one record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Created,
    Updated,
    Returned,
    Unchanged,
    Gone,
    Held,
}

/// A record, what it means, and what is to be done.
pub(super) struct Planned {
    pub line: u64,
    pub record: Record,
    /// What will be kept of it.
    pub row: RecordRow,
    /// How it disagreed before, and since when.
    pub known_drift: Option<(String, i64)>,
    pub drift: Option<ErpDrift>,
    pub step: Step,
    /// Why its e-mail is left out.
    pub withheld: Option<Refusals>,
}

#[expect(clippy::large_enum_variant, reason = "a step lives from its decision to its lot; a box each would cost more")]
pub(super) enum Step {
    /// Nothing, and what that counts as.
    Nothing(Kind),
    /// Somebody who knows better has to be asked again: what was read is old.
    Again,
    Refuse(Refusals),
    Do(Kind, ErpSync),
}

/// What was looked up for some records.
struct Found {
    holders: HashMap<[u8; 32], Uuid>,
    rows: HashMap<Vec<u8>, RecordRow>,
    states: HashMap<Uuid, Arc<Folded>>,
}

impl Found {
    fn contact(&self, key: Option<&[u8; 32]>) -> Option<(ContactId, &ContactState)> {
        let id = *self.holders.get(key?)?;
        Some((ContactId(id), self.states.get(&id)?.state.contact()?))
    }
}

impl Sync<'_> {
    async fn look_up(&self, records: &[(u64, Record)]) -> Result<Found, Failure> {
        let reader = self.app.reader();
        let mut keys = Vec::with_capacity(records.len() * 3);
        let mut links = Vec::with_capacity(records.len());
        for (_, record) in records {
            let link = self.key(&record.external_id);
            links.push(link.to_vec());
            keys.extend([link, reader.external_id_key(self.account, &record.external_id)]);
            keys.extend(self.email_key(record));
        }
        let holders = reader.holders(keys).await?;
        let rows = store::records(reader.db(), self.account.0, links).await?;
        let mut ids: Vec<Uuid> = holders.values().copied().filter(|id| *id != self.account.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let states = reader.states(ids).await?;
        Ok(Found { holders, rows, states })
    }

    pub(super) async fn plan(&mut self, records: Vec<(u64, Record)>) -> Result<Vec<Planned>, Failure> {
        let found = self.look_up(&records).await?;
        let now = self.app.clock().now();
        let mut planned = Vec::with_capacity(records.len());
        for (line, record) in records {
            let link = self.key(&record.external_id);
            let external_id = self.app.reader().external_id_key(self.account, &record.external_id);
            let candidates = Candidates {
                erased: found.holders.get(&link) == Some(&self.account.0),
                link: found.contact(Some(&link)),
                external_id: found.contact(Some(&external_id)),
                email: found.contact(self.email_key(&record).as_ref()),
            };
            let was = found.rows.get(link.as_slice());
            let stale = |at| was.and_then(|row| row.updated_at).is_some_and(|known| known > at);
            let stale = record.updated_at.is_some_and(|at| stale(at.timestamp_micros()));
            let mut row = RecordRow {
                key: link.to_vec(),
                contact: None,
                seen_at: now.timestamp_micros(),
                updated_at: record.updated_at.map(|at| at.timestamp_micros()).or(was.and_then(|row| row.updated_at)),
                ..RecordRow::default()
            };
            let known_drift = was.and_then(|row| Some((row.drift.clone()?, row.noted_at?)));
            let meant = meant(&record, &self.run.source, &candidates);
            if let (true, Some(was), Meant::Contact(..) | Meant::Perhaps(_)) = (stale, was, meant) {
                // It was seen; what it says is known better, where it disagrees too.
                let (row, kind) = match meant {
                    Meant::Contact(id, _) => (RecordRow { contact: Some(id.0), ..was.clone() }, Kind::Unchanged),
                    _ => (was.clone(), Kind::Held),
                };
                let row = RecordRow { seen_at: now.timestamp_micros(), ..row };
                planned.push(Planned {
                    line,
                    record,
                    row,
                    known_drift,
                    drift: None,
                    step: Step::Nothing(kind),
                    withheld: None,
                });
                continue;
            }
            let mut withheld = None;
            let (drift, step) = match meant {
                Meant::Erased => (Some(ErpDrift::Tombstoned), Step::Nothing(Kind::Held)),
                Meant::Perhaps(_) if record.deleted => (None, Step::Nothing(Kind::Unchanged)),
                Meant::Perhaps(id) => {
                    row.contact = Some(id.0);
                    (Some(ErpDrift::UnverifiedMatch), Step::Nothing(Kind::Held))
                }
                Meant::Nobody(..) if record.deleted => (None, Step::Nothing(Kind::Unchanged)),
                Meant::Nobody(email, with_id) => {
                    let drift = self.email_drift(&mut row, email, &record, None);
                    let sync = ErpSync { record: record.clone(), contact: None, email, with_id };
                    (drift, Step::Do(Kind::Created, sync))
                }
                Meant::Contact(id, email) => {
                    row.contact = Some(id.0);
                    let contact = found.states.get(&id.0).and_then(|folded| folded.state.contact());
                    // Who holds a key is there; its state was not read yet.
                    let Some(contact) = contact else { return Err(Failure::ReadModelBehind(self.read_from)) };
                    let drift = self.email_drift(&mut row, email, &record, Some(contact));
                    if !record.deleted {
                        withheld = (SyncErpRecord { record: &record, email, at: now }).withheld(contact, &self.terms);
                    }
                    (drift, self.meet(&record, id, contact, email, now))
                }
            };
            planned.push(Planned { line, record, row, known_drift, drift, step, withheld });
        }
        Ok(planned)
    }

    /// Whether the record's e-mail is another contact's, and nobody decided yet that it is to stay so.
    fn email_drift(
        &self,
        row: &mut RecordRow,
        email: EmailStanding,
        record: &Record,
        contact: Option<&ContactState>,
    ) -> Option<ErpDrift> {
        let EmailStanding::Taken(other) = email else { return None };
        let refused = contact.and_then(|c| c.erp.as_ref()).and_then(|link| link.refused_email.as_ref());
        let owned = self.terms.erp().is_some_and(|erp| erp.owned.contains(&ErpField::Email));
        if record.deleted || refused == record.email() || (contact.is_some() && !owned) {
            return None;
        }
        row.other = Some(other.0);
        Some(ErpDrift::EmailTaken)
    }

    /// What a record would do to its contact, by what is known here: most do nothing, and nothing is asked for then.
    fn meet(
        &self,
        record: &Record,
        id: ContactId,
        contact: &ContactState,
        email: EmailStanding,
        at: DateTime<Utc>,
    ) -> Step {
        match (SyncErpRecord { record, email, at }).meet(contact, &self.terms) {
            Ok(events) if events.is_empty() => Step::Nothing(Kind::Unchanged),
            Ok(_) => {
                let gone =
                    contact.erp.as_ref().is_some_and(|link| link.source == self.run.source && link.gone.is_some());
                let kind = match (record.deleted, gone) {
                    (true, _) => Kind::Gone,
                    (false, true) => Kind::Returned,
                    (false, false) => Kind::Updated,
                };
                let sync = ErpSync { record: record.clone(), contact: Some(id), email, with_id: false };
                Step::Do(kind, sync)
            }
            Err(refusals) if is_old(&refusals) => Step::Again,
            Err(refusals) => Step::Refuse(refusals),
        }
    }
}
