//! The log's tables as rows and questions.

use crate::log::{
    AppendRequest, Claim, Erasure, Head, Idempotency, IdempotentAnswer, LogFailure, NewKey, SessionsEnd, StoredEvent,
    StoredMeta, Todo, Whence,
};
use domain::{Actor, ActorKind, Category, Origin, StreamId};
use projections::{
    Arg, Ask, Row, Table, Type,
    table::{column, nullable},
};
use uuid::Uuid;

/// The table of events, in the order of its columns. Its indexes are in the migrations.
pub const EVENT: Table = Table {
    name: "event",
    columns: &[
        column("position", Type::Int),
        column("category", Type::Text),
        column("stream", Type::Uuid),
        column("version", Type::Int),
        column("event_id", Type::Uuid),
        column("type", Type::Text),
        nullable("account", Type::Uuid),
        nullable("about", Type::Uuid),
        column("actor_kind", Type::Text),
        column("actor", Type::Uuid),
        nullable("on_behalf_of", Type::Uuid),
        column("origin", Type::Text),
        column("command", Type::Uuid),
        column("correlation", Type::Uuid),
        nullable("causation", Type::Uuid),
        column("at", Type::Int),
        column("data", Type::Bytes),
        nullable("sealed", Type::Bytes),
        column("hash", Type::Bytes),
    ],
    key: 1,
    stream: "",
    indexes: &[],
};

pub(super) const UNIQUE_KEY: Table = Table {
    name: "unique_key",
    columns: &[
        column("key", Type::Bytes),
        column("scope", Type::Text),
        nullable("account", Type::Uuid),
        column("owner", Type::Uuid),
    ],
    key: 1,
    stream: "",
    indexes: &[],
};

pub(in crate::log) const VAULT_KEY: Table = Table {
    name: "vault_key",
    columns: &[column("subject", Type::Uuid), column("account", Type::Uuid), nullable("wrapped", Type::Bytes)],
    key: 1,
    stream: "",
    indexes: &[],
};

pub(super) const OUTBOX: Table = Table {
    name: "outbox",
    columns: &[
        column("id", Type::Uuid),
        column("account", Type::Uuid),
        nullable("subject", Type::Uuid),
        column("template", Type::Text),
        column("data", Type::Bytes),
        column("event_id", Type::Uuid),
        column("created_at", Type::Int),
        column("due_at", Type::Int),
        column("attempts", Type::Int),
        column("state", Type::Text),
        column("channel", Type::Text),
        nullable("target", Type::Uuid),
        column("position", Type::Int),
    ],
    key: 1,
    stream: "",
    indexes: &[],
};

pub(super) const IDEMPOTENCY: Table = Table {
    name: "idempotency",
    columns: &[
        column("account", Type::Uuid),
        column("key", Type::Bytes),
        column("fingerprint", Type::Bytes),
        column("result", Type::Bytes),
        column("position", Type::Int),
        column("at", Type::Int),
    ],
    key: 2,
    stream: "",
    indexes: &[],
};

pub(super) const WHENCE: Table = Table {
    name: "whence",
    columns: &[
        column("correlation", Type::Uuid),
        column("actor", Type::Uuid),
        column("at", Type::Int),
        column("sealed", Type::Bytes),
    ],
    key: 1,
    stream: "",
    indexes: &[],
};

/// All of an event's columns, in order.
pub const READ_ALL: &str = "SELECT position, category, stream, version, event_id, type, account, about, actor_kind, actor, on_behalf_of, origin, \
                            command, correlation, causation, at, data, sealed, hash FROM event";

/// An event's row.
#[derive(Debug, Clone, projections::FromRow)]
#[expect(missing_docs, reason = "the columns of the table, documented in StoredEvent")]
pub struct EventRow {
    pub position: i64,
    pub category: String,
    pub stream: Uuid,
    pub version: i64,
    pub event_id: Uuid,
    #[from_row(rename = "type")]
    pub type_name: String,
    pub account: Option<Uuid>,
    pub about: Option<Uuid>,
    pub actor_kind: String,
    pub actor: Uuid,
    pub on_behalf_of: Option<Uuid>,
    pub origin: String,
    pub command: Uuid,
    pub correlation: Uuid,
    pub causation: Option<Uuid>,
    pub at: i64,
    pub data: Vec<u8>,
    pub sealed: Option<Vec<u8>>,
    pub hash: Vec<u8>,
}

/// The event of a row; a fault names the position.
pub fn decode_row(row: EventRow) -> Result<StoredEvent, LogFailure> {
    let fault = |what: &str| LogFailure::Fault(format!("the event at position {} has {what}", row.position));
    Ok(StoredEvent {
        position: u64::try_from(row.position).map_err(|_| fault("a negative position"))?,
        stream: StreamId {
            category: row.category.parse::<Category>().map_err(|_| fault("an unknown category"))?,
            id: row.stream,
        },
        version: u64::try_from(row.version).map_err(|_| fault("a negative version"))?,
        event_id: row.event_id,
        account: row.account,
        about: row.about,
        meta: StoredMeta {
            actor: Actor {
                kind: ActorKind::parse(&row.actor_kind).ok_or_else(|| fault("an unknown kind of actor"))?,
                id: row.actor,
            },
            on_behalf_of: row.on_behalf_of,
            origin: Origin::parse(&row.origin).ok_or_else(|| fault("an unknown origin"))?,
            command: row.command,
            correlation: row.correlation,
            causation: row.causation,
        },
        at: row.at,
        hash: row.hash.as_slice().try_into().map_err(|_| fault("a hash of another length"))?,
        type_name: row.type_name,
        data: row.data,
        sealed: row.sealed,
    })
}

/// The row of an event, in the order of [`EVENT`]'s columns.
pub fn encode_row(e: &StoredEvent) -> Row {
    vec![
        (e.position as i64).into(),
        e.stream.category.as_str().into(),
        e.stream.id.into(),
        (e.version as i64).into(),
        e.event_id.into(),
        e.type_name.as_str().into(),
        e.account.into(),
        e.about.into(),
        e.meta.actor.kind.as_str().into(),
        e.meta.actor.id.into(),
        e.meta.on_behalf_of.into(),
        e.meta.origin.as_str().into(),
        e.meta.command.into(),
        e.meta.correlation.into(),
        e.meta.causation.into(),
        e.at.into(),
        e.data.clone().into(),
        e.sealed.clone().into(),
        e.hash.to_vec().into(),
    ]
}

#[derive(Debug, projections::FromRow)]
pub(in crate::log) struct HeadRow {
    log_id: Uuid,
    position: i64,
    hash: Vec<u8>,
    at: i64,
}

impl TryFrom<HeadRow> for Head {
    type Error = LogFailure;
    fn try_from(row: HeadRow) -> Result<Head, LogFailure> {
        let hash = row
            .hash
            .as_slice()
            .try_into()
            .map_err(|_| LogFailure::Fault("the head's hash has another length".into()))?;
        Ok(Head { log_id: row.log_id, position: row.position.unsigned_abs(), hash, at: row.at })
    }
}

pub(in crate::log) fn head() -> Ask<HeadRow> {
    Ask::new("SELECT log_id, position, hash, at FROM log_head WHERE id = 1", [])
}

/// The engine that holds the log, where that is not this database.
pub(super) fn kept_elsewhere() -> Ask<(String,)> {
    Ask::new("SELECT engine FROM log_elsewhere WHERE id = 1", [])
}

/// Keys of subjects, as far as they were not destroyed.
pub(in crate::log) fn wrapped_keys(subjects: Vec<Uuid>) -> Ask<(Uuid, Vec<u8>)> {
    Ask::new(
        "SELECT subject, wrapped FROM vault_key WHERE subject IN [$1] AND wrapped IS NOT NULL",
        [Arg::Uuids(subjects)],
    )
}

pub(super) fn head_locked() -> Ask<HeadRow> {
    Ask::new("SELECT log_id, position, hash, at FROM log_head WHERE id = 1 [FOR UPDATE]", [])
}

pub(super) fn move_head(head: &Head) -> Ask<()> {
    Ask::new(
        "UPDATE log_head SET position = $1, hash = $2, at = $3 WHERE id = 1",
        [(head.position as i64).into(), head.hash.to_vec().into(), head.at.into()],
    )
}

/// A row of [`locked`]: the head (`log_id` is there), a stream with its version, or a read model with its position.
#[derive(Debug, projections::FromRow)]
pub(super) struct LockedRow {
    pub log_id: Option<Uuid>,
    pub position: Option<i64>,
    pub hash: Option<Vec<u8>>,
    pub at: Option<i64>,
    pub stream: Option<Uuid>,
    pub model: Option<String>,
    /// Beside the head: its position as the rest of the answer saw it.
    pub seen: Option<i64>,
}

impl LockedRow {
    pub fn head(&self) -> Option<Result<Head, LogFailure>> {
        let (log_id, position, at) = (self.log_id?, self.position?, self.at?);
        Some(HeadRow { log_id, position, hash: self.hash.clone().unwrap_or_default(), at }.try_into())
    }
}

/// Locks the head; with it the versions of these streams and the positions of read models (`name@version`), in one statement. Where the lock had
/// to be waited for, the rest may be of before: then `seen` is not the head's position, and asking again, with the lock, answers what is so.
pub(super) fn locked(streams: Vec<Uuid>) -> Ask<LockedRow> {
    Ask::new(
        "WITH head AS (SELECT log_id, position, hash, at FROM log_head WHERE id = 1 [FOR UPDATE])
         SELECT log_id, position, hash, at, CAST(NULL AS UUID) AS stream, CAST(NULL AS TEXT) AS model,
                (SELECT h.position FROM log_head h WHERE h.id = 1) AS seen FROM head
         UNION ALL SELECT NULL, (SELECT e.version FROM event e WHERE e.stream = list.s ORDER BY e.version DESC LIMIT 1), NULL, NULL, list.s, NULL, NULL
         FROM [$1 AS s]
         UNION ALL SELECT NULL, position, NULL, NULL, NULL, name || '@' || version, NULL FROM checkpoint",
        [Arg::Uuids(streams)],
    )
}

pub(super) fn stream(stream: Uuid, after: u64, limit: usize) -> Ask<EventRow> {
    let sql = format!("{READ_ALL} WHERE stream = $1 AND version > $2 ORDER BY version LIMIT $3");
    Ask::new(sql, [stream.into(), (after as i64).into(), (limit as i64).into()])
}

pub(super) fn all(after: u64, limit: usize) -> Ask<EventRow> {
    let sql = format!("{READ_ALL} WHERE position > $1 ORDER BY position LIMIT $2");
    Ask::new(sql, [(after as i64).into(), (limit as i64).into()])
}

pub(super) fn event_at(stream: Uuid, version: u64) -> Ask<(Uuid,)> {
    Ask::new("SELECT event_id FROM event WHERE stream = $1 AND version = $2", [stream.into(), (version as i64).into()])
}

/// Keys and who holds them. A look at the index for each key: asked as a list, a plan that was made while the table was small goes through all of it.
pub(super) fn held(keys: Vec<Vec<u8>>) -> Ask<(Vec<u8>, Option<Uuid>)> {
    Ask::new(
        "SELECT list.k, (SELECT u.owner FROM unique_key u WHERE u.key = list.k) AS owner FROM [$1 AS k]",
        [Arg::Bytess(keys)],
    )
}

/// Those of these to-dos that are still there.
pub(super) fn todos_there(ids: Vec<Uuid>) -> Ask<(Uuid,)> {
    Ask::new("SELECT id FROM outbox WHERE id IN [$1]", [ids.into()])
}

#[derive(Debug, projections::FromRow)]
pub(super) struct AnswerRow {
    pub account: Uuid,
    key: Vec<u8>,
    fingerprint: Vec<u8>,
    result: Vec<u8>,
    position: i64,
}

/// The answers remembered under these keys of these accounts.
pub(super) fn remembered(accounts: Vec<Uuid>, keys: Vec<Vec<u8>>) -> Ask<AnswerRow> {
    Ask::new(
        "SELECT account, key, fingerprint, result, position FROM idempotency WHERE account IN [$1] AND key IN [$2]",
        [Arg::Uuids(accounts), Arg::Bytess(keys)],
    )
}

pub(super) fn answer(row: AnswerRow) -> Option<((Uuid, [u8; 32]), IdempotentAnswer)> {
    let key = row.key.try_into().ok()?;
    let fingerprint = row.fingerprint.try_into().ok()?;
    Some((
        (row.account, key),
        IdempotentAnswer { fingerprint, result: row.result, position: row.position.unsigned_abs() },
    ))
}

pub(super) fn answer_row(i: &Idempotency, position: u64, at: i64) -> Row {
    vec![
        i.account.into(),
        i.key.to_vec().into(),
        i.fingerprint.to_vec().into(),
        i.result.clone().into(),
        (position as i64).into(),
        at.into(),
    ]
}

pub(super) fn claim_row(c: &Claim) -> Row {
    vec![c.key.to_vec().into(), c.scope.as_ref().into(), c.account.into(), c.owner.into()]
}

pub(in crate::log) fn key_row(k: &NewKey) -> Row {
    vec![k.subject.into(), k.account.into(), k.wrapped.clone().into()]
}

pub(super) fn whence_row(w: &Whence, at: i64) -> Row {
    vec![w.correlation.into(), w.actor.into(), at.into(), w.sealed.clone().into()]
}

/// `position`: of the event that it follows from.
pub(super) fn todo_row(t: &Todo, request: &AppendRequest, position: u64) -> Row {
    let now = request.meta.now.timestamp_micros();
    vec![
        t.id.into(),
        t.account.into(),
        t.subject.into(),
        t.template.as_ref().into(),
        t.data.clone().into(),
        t.event_id.into(),
        now.into(),
        now.into(),
        0i64.into(),
        "QUEUED".into(),
        t.channel().as_str().into(),
        t.target.map(|(_, id)| id).into(),
        (position as i64).into(),
    ]
}

/// Ends sessions of a user in an account.
pub(super) fn end_sessions(ended: &SessionsEnd) -> Ask<()> {
    let args = [ended.user.into(), ended.account.into()];
    Ask::new("DELETE FROM session WHERE user_id = $1 AND account = $2", args)
}

/// What erasing a subject does beside its event: the key is destroyed, what it holds is given free, what waits for it is dropped,
/// and the erasure is noted for the cleaning of the engine's files and for restored backups.
pub(super) fn erase(erasure: &Erasure, account: Uuid, position: u64, at: i64) -> Vec<Ask<()>> {
    let subject = erasure.subject;
    let mut statements = vec![
        Ask::new(
            "UPDATE vault_key SET wrapped = NULL, destroyed_at = $2 WHERE subject = $1",
            [subject.into(), at.into()],
        ),
        Ask::new("DELETE FROM unique_key WHERE owner = $1", [subject.into()]),
        Ask::new("DELETE FROM outbox WHERE subject = $1", [subject.into()]),
        // Nobody can tell whom a refused row of a file is about: those of the account go too.
        Ask::new(
            "DELETE FROM import_row WHERE contact = $1 OR (contact IS NULL AND account = $2)",
            [subject.into(), account.into()],
        ),
        Ask::new("DELETE FROM device_seen WHERE contact = $1", [subject.into()]),
        Ask::new(
            "DELETE FROM bulk_row WHERE contact = $1 OR bulk IN (SELECT id FROM bulk_act WHERE user_id = $1)",
            [subject.into()],
        ),
        // What a user signs in with; a contact has none of it.
        Ask::new("DELETE FROM session WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM credential WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM totp WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM recovery_code WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM knock WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM sign_in WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM chosen_account WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM provider_link WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM saved_view WHERE user_id = $1", [subject.into()]),
        Ask::new("DELETE FROM bulk_act WHERE user_id = $1", [subject.into()]),
        // Of a login: from where they came.
        Ask::new("DELETE FROM whence WHERE actor = $1", [subject.into()]),
        Ask::new(
            "INSERT INTO erasure (subject, account, position, at) VALUES ($1, $2, $3, $4) ON CONFLICT (subject) DO NOTHING",
            [subject.into(), account.into(), (position as i64).into(), at.into()],
        ),
    ];
    // A file may be about to record the same person anew, and name them again further down.
    statements.extend((!erasure.tells.is_empty()).then(|| {
        let tells: Vec<Vec<u8>> = erasure.tells.iter().map(|key| key.to_vec()).collect();
        Ask::new(
            "DELETE FROM import_row WHERE contact IN (
               SELECT contact FROM import_row WHERE email IN [$1] UNION SELECT contact FROM import_row WHERE external_id IN [$1])",
            [Arg::Bytess(tells)],
        )
    }));
    statements
}
