//! Questions: states as they are now, from `stream_state`; as they were then, from the log; and waiting until a position is readable.

use super::{
    Failure, Place,
    draft::{EMAIL, ERP_LINK, EXTERNAL_ID},
};
use crate::{
    db::Db,
    log::{
        Activity, EventLog, Head, StoredEvent, TrailFilter, TrailSeek, codec,
        sql::{EventRow, READ_ALL, decode_row},
        trail_page,
    },
    projector::{self, Narrow, READ, fold_on},
    vault::store::Vault,
};
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, Category, ContactId, Event, Fact, Folded, StreamId, UserId, calendar,
    values::{Email, Permission, PortalRole, Profile},
};
use projections::{Arg, Ask, memberships, stream_state};
use std::{
    collections::{HashMap, HashSet},
    fmt,
    str::FromStr,
    sync::Arc,
    time::{Duration, Instant},
};
use uuid::Uuid;

/// How long a question waits for its position.
const WAIT: Duration = Duration::from_secs(2);

/// A place in one log, as callers carry it: opaque text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PositionToken {
    /// Which log.
    pub log_id: Uuid,
    /// Where.
    pub position: u64,
}

impl fmt::Display for PositionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = [0u8; 16];
        bytes[..8].copy_from_slice(&self.log_id.as_bytes()[..8]);
        bytes[8..].copy_from_slice(&self.position.to_be_bytes());
        f.write_str(&data_encoding::BASE64URL_NOPAD.encode(&bytes))
    }
}

/// Text that is no position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a position")]
pub struct NotAPosition;

/// A position as parsed: the first half of its log's id, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GivenPosition {
    log: [u8; 8],
    position: u64,
}

#[cfg(any(test, fuzzing))]
impl GivenPosition {
    /// Its text again; only the half of the log's id that it knows is filled in.
    pub(crate) fn again(self) -> PositionToken {
        let mut log = [0; 16];
        log[..8].copy_from_slice(&self.log);
        PositionToken { log_id: Uuid::from_bytes(log), position: self.position }
    }
}

impl FromStr for GivenPosition {
    type Err = NotAPosition;
    fn from_str(text: &str) -> Result<Self, NotAPosition> {
        let bytes: [u8; 16] = data_encoding::BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()
            .and_then(|b| b.try_into().ok())
            .ok_or(NotAPosition)?;
        let (mut log, mut position) = ([0; 8], [0; 8]);
        log.copy_from_slice(&bytes[..8]);
        position.copy_from_slice(&bytes[8..]);
        Ok(GivenPosition { log, position: u64::from_be_bytes(position) })
    }
}

/// Answers questions. Cheap to clone.
#[derive(Clone)]
pub struct Reader {
    db: Db,
    log: Arc<dyn EventLog>,
    vault: Vault,
}

impl Reader {
    pub(super) fn new(db: Db, log: Arc<dyn EventLog>, vault: Vault) -> Reader {
        Reader { db, log, vault }
    }

    /// The database, for the questions of read models.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The vault, for what stands sealed beside the log.
    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The head of the log now.
    pub async fn head(&self) -> Result<Head, Failure> {
        Ok(self.log.head().await?)
    }

    /// The newest position this process knows of.
    pub async fn newest_position(&self) -> Result<u64, Failure> {
        Ok(self.log.watch().borrow().position)
    }

    /// A position as callers carry it.
    pub fn token(&self, position: u64) -> PositionToken {
        PositionToken { log_id: self.log.watch().borrow().log_id, position }
    }

    /// The place in this log that a caller goes on from; `READ_MODEL_BEHIND` for one of another log, or that this process does not know of yet.
    pub fn place(&self, given: GivenPosition) -> Result<u64, Failure> {
        let head = *self.log.watch().borrow();
        let known = head.log_id.as_bytes()[..8] == given.log && given.position <= head.position;
        if known { Ok(given.position) } else { Err(Failure::ReadModelBehind(given.position)) }
    }

    /// Waits until every read model has reached a place in this log.
    pub async fn wait_until(&self, position: u64) -> Result<(), Failure> {
        let mut log = [0; 8];
        log.copy_from_slice(&self.log.watch().borrow().log_id.as_bytes()[..8]);
        self.wait_for(GivenPosition { log, position }).await
    }

    /// Waits until every read model has reached a position; `READ_MODEL_BEHIND` after two seconds, or when the position is of another log.
    pub async fn wait_for(&self, given: GivenPosition) -> Result<(), Failure> {
        let behind = || Failure::ReadModelBehind(given.position);
        let log_id = self.log.watch().borrow().log_id;
        if log_id.as_bytes()[..8] != given.log {
            return Err(behind());
        }
        let until = Instant::now() + WAIT;
        loop {
            // Those of this binary: read models that only older or newer ones know say nothing of what is answered here.
            let standing = projector::standing(&self.db).await?;
            if standing.iter().all(|s| s.position.is_some_and(|p| p >= given.position)) {
                return Ok(());
            }
            if Instant::now() >= until {
                return Err(behind());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The states of these streams now; unknown ones are absent. One statement.
    pub async fn states(&self, streams: Vec<Uuid>) -> Result<HashMap<Uuid, Arc<Folded>>, Failure> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = self.db.fetch(stream_state::states(streams)).await?;
        rows.into_iter()
            .map(|r| Ok((r.stream, Arc::new(stream_state::decode(r.version, &r.state).map_err(Failure::json)?))))
            .collect()
    }

    /// Who holds these e-mails and external ids (see [`Reader::email_key`], [`Reader::external_id_key`]); what nobody holds is absent.
    /// One statement, and never behind: claims are part of the log.
    pub async fn holders(&self, keys: Vec<[u8; 32]>) -> Result<HashMap<[u8; 32], Uuid>, Failure> {
        Ok(if keys.is_empty() { HashMap::new() } else { self.log.holders(keys).await? })
    }

    /// The one place where a user is let in; none where there is none, or several.
    pub async fn only_place(&self, user: UserId, now: DateTime<Utc>) -> Result<Option<Place>, Failure> {
        let login = self.states(vec![user.0]).await?;
        let login = login.get(&user.0).and_then(|folded| folded.state.user()).filter(|login| login.erased.is_none());
        let Some(login) = login else { return Ok(None) };
        let email = login.verified_email().map(|email| email.as_str());
        let rows = self.db.fetch(memberships::two_places(user, email)).await?;
        let (found, mut places) = (rows.len(), rows.into_iter().filter_map(|row| place_of(row, now)));
        match (found, places.next(), places.next()) {
            (2, Some(_), Some(_)) => Ok(None),
            // One of the two is over: those behind them count.
            (2, ..) => {
                let all = self.places(user, now).await?.unwrap_or_default();
                Ok(<[Place; 1]>::try_from(all).ok().map(|[only]| only))
            }
            (_, only, _) => Ok(only),
        }
    }

    /// The accounts that a user reaches at an instant, and with what rights; none where there is no such user any more.
    pub async fn places(&self, user: UserId, now: DateTime<Utc>) -> Result<Option<Vec<Place>>, Failure> {
        let login = self.states(vec![user.0]).await?;
        let login = login.get(&user.0).and_then(|folded| folded.state.user()).filter(|login| login.erased.is_none());
        let Some(login) = login else { return Ok(None) };
        let email = login.verified_email().map(|email| email.as_str());
        let rows = self.db.fetch(memberships::places(user, email)).await?;
        Ok(Some(rows.into_iter().filter_map(|row| place_of(row, now)).collect()))
    }

    /// The place of a user in one account at an instant; none where they are not let in.
    pub async fn place_in(
        &self,
        user: UserId,
        account: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Option<Place>, Failure> {
        let login = self.states(vec![user.0]).await?;
        let Some(login) = login.get(&user.0).and_then(|folded| folded.state.user()) else { return Ok(None) };
        let email = login.verified_email().map(|email| email.as_str());
        let rows = self.db.fetch(memberships::place_in(user, email, account)).await?;
        Ok(rows.into_iter().find_map(|row| place_of(row, now)))
    }

    /// The user who has shown that an e-mail is theirs, from the claims themselves.
    pub async fn user_of(&self, email: &Email) -> Result<Option<UserId>, Failure> {
        let key = self.vault.claim_key(super::draft::USER_EMAIL, Uuid::nil(), email.as_str());
        Ok(self.log.holder(key).await?.map(UserId))
    }

    /// Under what an e-mail is held in an account.
    pub fn email_key(&self, account: AccountId, email: &Email) -> [u8; 32] {
        self.vault.claim_key(EMAIL, account.0, email.as_str())
    }

    /// Under what an id of another system is held in an account.
    pub fn external_id_key(&self, account: AccountId, id: &str) -> [u8; 32] {
        self.vault.claim_key(EXTERNAL_ID, account.0, id)
    }

    /// Under what a record of an ERP is held in an account (`record`: [`domain::contact::erp::record_key`]): by its contact; by the account itself
    /// once that was erased.
    pub fn erp_record_key(&self, account: AccountId, record: &str) -> [u8; 32] {
        self.vault.claim_key(ERP_LINK, account.0, record)
    }

    /// The states of these streams by what was recorded up to an instant.
    pub async fn states_as_of(
        &self,
        streams: Vec<Uuid>,
        at: DateTime<Utc>,
    ) -> Result<HashMap<Uuid, Arc<Folded>>, Failure> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        // Events and the key of each stream's subject with one statement, and of events only what a fold needs.
        let sql = READ.replace("e.position <= $1", "e.stream IN [$1] AND e.at <= $2");
        let rows: Vec<Narrow> =
            self.db.fetch(Ask::new(sql, [Arg::Uuids(streams), at.timestamp_micros().into()])).await?;
        let mut folds = HashMap::new();
        let last = fold_on(&self.vault, None, rows, |whole| {
            folds.insert(whole.stream.id, Arc::new(whole.folded));
        })?;
        folds.extend(last.map(|whole| (whole.stream.id, Arc::new(whole.folded))));
        Ok(folds)
    }

    /// Stored events as values; personal values of erased people come back as erased.
    pub async fn decode(&self, events: Vec<StoredEvent>) -> Result<Vec<(StoredEvent, Event)>, Failure> {
        let mut subjects: Vec<Uuid> = events.iter().filter(|e| e.sealed.is_some()).map(|e| e.stream.id).collect();
        subjects.sort_unstable();
        subjects.dedup();
        let keys = if subjects.is_empty() { HashMap::new() } else { self.vault.keys(subjects).await? };
        events
            .into_iter()
            .map(|stored| {
                let event = codec::decode(&stored, keys.get(&stored.stream.id).map(|k| &**k))?;
                Ok((stored, event))
            })
            .collect()
    }

    /// The events of a contact's stream, oldest first, at most `limit`.
    pub async fn history(&self, stream: StreamId, limit: usize) -> Result<Vec<(StoredEvent, Event)>, Failure> {
        debug_assert_eq!(stream.category, Category::Contact);
        self.decode(self.log.read_stream(stream, 0, limit).await?).await
    }

    /// What events changed: for each, its stream's fold before and after it. Their streams are read together, with one statement.
    pub async fn changes(&self, events: &[StoredEvent]) -> Result<HashMap<u64, (Folded, Folded)>, Failure> {
        let Some(last) = events.iter().map(|e| e.position).max() else { return Ok(HashMap::new()) };
        let wanted: HashSet<u64> = events.iter().map(|e| e.position).collect();
        let mut streams: Vec<Uuid> = events.iter().map(|e| e.stream.id).collect();
        streams.sort_unstable();
        streams.dedup();
        let sql = format!("{READ_ALL} WHERE stream IN [$1] AND position <= $2 ORDER BY stream, version");
        let rows: Vec<EventRow> = self.db.fetch(Ask::new(sql, [Arg::Uuids(streams), (last as i64).into()])).await?;
        let read = rows.into_iter().map(decode_row).collect::<Result<Vec<_>, _>>()?;
        let mut folds: HashMap<Uuid, Folded> = HashMap::new();
        let mut changes = HashMap::with_capacity(wanted.len());
        for (stored, event) in self.decode(read).await? {
            let before = folds.remove(&stored.stream.id).unwrap_or_default();
            let kept = wanted.contains(&stored.position).then(|| before.clone());
            let after =
                before.evolve(&event, stored.fact()).map_err(|e| Failure::Fault(format!("{}: {e}", stored.stream)))?;
            if let Some(before) = kept {
                changes.insert(stored.position, (before, after.clone()));
            }
            folds.insert(stored.stream.id, after);
        }
        Ok(changes)
    }

    /// The contact of an account that has an e-mail, from the claims themselves: true on every node, whatever the read models know.
    pub async fn email_holder(&self, account: AccountId, email: &Email) -> Result<Option<Uuid>, Failure> {
        let key = self.vault.claim_key(super::draft::EMAIL, account.0, email.as_str());
        Ok(self.log.holder(key).await?)
    }

    /// The contact that is an account's owner, from the claims themselves.
    pub async fn owner_of(&self, account: AccountId) -> Result<Option<ContactId>, Failure> {
        let key = self.vault.claim_key(super::draft::OWNER, account.0, super::draft::OWNER);
        Ok(self.log.holder(key).await?.map(ContactId))
    }

    /// The account of a customer number, from the claims themselves.
    pub async fn account_of(&self, number: &str) -> Result<Option<Uuid>, Failure> {
        let key = self.vault.claim_key(super::draft::ACCOUNT_NUMBER, Uuid::nil(), number);
        Ok(self.log.holder(key).await?)
    }

    /// The contacts that have an e-mail in these accounts, at most one in each, in the order of the accounts.
    pub async fn with_email(
        &self,
        accounts: &[AccountId],
        email: &Email,
    ) -> Result<Vec<(AccountId, ContactId)>, Failure> {
        let keys: Vec<[u8; 32]> = accounts.iter().map(|account| self.email_key(*account, email)).collect();
        let held = self.holders(keys.clone()).await?;
        let pairs = accounts.iter().zip(&keys);
        Ok(pairs.filter_map(|(account, key)| Some((*account, ContactId(*held.get(key)?)))).collect())
    }

    /// How much happened in an account on these days, which begin where `zone` says.
    pub async fn activity(
        &self,
        account: AccountId,
        zone: chrono_tz::Tz,
        days: (NaiveDate, NaiveDate),
    ) -> Result<Activity, Failure> {
        let head = self.head().await?.position;
        Ok(crate::log::activity(&self.db, account, zone, days, head).await?)
    }

    /// What was recorded in these streams up to an instant, each in its order.
    pub async fn stories(
        &self,
        streams: Vec<Uuid>,
        until: DateTime<Utc>,
    ) -> Result<HashMap<Uuid, Vec<(Fact, Event)>>, Failure> {
        if streams.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!("{READ_ALL} WHERE stream IN [$1] AND at <= $2 ORDER BY stream, version");
        let rows: Vec<EventRow> =
            self.db.fetch(Ask::new(sql, [Arg::Uuids(streams), until.timestamp_micros().into()])).await?;
        let events = rows.into_iter().map(decode_row).collect::<Result<Vec<_>, _>>()?;
        let mut stories: HashMap<Uuid, Vec<(Fact, Event)>> = HashMap::new();
        for (stored, event) in self.decode(events).await? {
            stories.entry(stored.stream.id).or_default().push((stored.fact(), event));
        }
        Ok(stories)
    }

    /// How many events of an account's audit trail a filter leaves among the newest `cap`, and whether there are older ones.
    pub async fn trail_count(
        &self,
        account: AccountId,
        filter: &TrailFilter,
        cap: u64,
    ) -> Result<(u64, bool), Failure> {
        let head = self.head().await?.position;
        Ok(crate::log::trail_count(&self.db, account, filter, cap, head).await?)
    }

    /// A page of an account's audit trail.
    pub async fn trail(
        &self,
        account: AccountId,
        filter: &TrailFilter,
        seek: TrailSeek,
    ) -> Result<crate::log::TrailPage, Failure> {
        let head = self.head().await?.position;
        Ok(trail_page(&self.db, account, filter, seek, head).await?)
    }
}

/// A place as its row has it; none once the membership's last day is over, or when a newer binary wrote what is not known here.
fn place_of(row: memberships::PlaceRow, now: DateTime<Utc>) -> Option<Place> {
    let zone = row.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC);
    let over = |last: &str| calendar::day(now, zone).to_string().as_str() > last;
    if row.until_on.as_deref().is_some_and(over) {
        return None;
    }
    Some(Place {
        account: AccountId(row.account),
        contact: ContactId(row.contact),
        profile: Profile::parse(&row.profile)?,
        permissions: row.permissions.split(',').filter_map(Permission::parse).collect(),
        portal: row.portal.as_deref().and_then(PortalRole::parse),
    })
}
