//! The rows of the outbox as SQL: whose turn it is, how an attempt ended, what an account is shown.
//!
//! A row is written with the event it follows from (`log::sql`), and only there: a replay or a rebuild writes none. Here it is leased to one worker at
//! a time. A lease moves `due_at` to when the attempt is given up for lost, so that a worker that dies loses nothing, and bears an id, so that a
//! worker that was given up no longer writes how it went.

use super::{Standing, Status};
use crate::{
    db::{Db, DbError},
    log::Channel,
};
use projections::{Arg, Ask};
use uuid::Uuid;

/// A row whose turn it is.
#[derive(Debug, Clone, projections::FromRow)]
pub struct Due {
    /// Its id: of the delivery.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The person or thing it concerns.
    pub subject: Option<Uuid>,
    /// The connection it goes to; none: a mail.
    pub target: Option<Uuid>,
    /// Which mail, or the kind of event.
    pub template: String,
    /// Ids, as JSON.
    pub data: Vec<u8>,
    /// The event it follows from.
    pub event_id: Uuid,
    /// That event's position.
    pub position: i64,
    /// Attempts so far, the one that begins now included.
    pub attempts: i64,
}

/// A row as its account is shown it.
#[derive(Debug, Clone, PartialEq, Eq, projections::FromRow)]
pub struct Row {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub account: Uuid,
    /// The person or thing it concerns.
    pub subject: Option<Uuid>,
    /// Which way it goes.
    pub channel: String,
    /// The connection it goes to.
    pub target: Option<Uuid>,
    /// Which mail, or the kind of event.
    pub template: String,
    /// Ids, as JSON.
    pub data: Vec<u8>,
    /// The event it follows from.
    pub event_id: Uuid,
    /// Microseconds since 1970, UTC.
    pub created_at: i64,
    /// When it is tried (again).
    pub due_at: i64,
    /// Attempts so far.
    pub attempts: i64,
    /// See [`Status`].
    pub state: String,
    /// Why the last attempt failed, or why nothing was sent.
    pub reason: Option<String>,
    /// When it was sent, acknowledged, given up or dropped.
    pub done_at: Option<i64>,
}

const DUE: &str = "SELECT id, account, subject, target, template, data, event_id, position, attempts FROM outbox";
const ROW: &str = "SELECT id, account, subject, channel, target, template, data, event_id, created_at, due_at, attempts, state, reason, done_at FROM outbox";

/// Rows whose turn it is: due, and nothing about the same subject still to be delivered before them to the same target. Those that came due together
/// in the order of the log, and those of one append in the order in which it asked for them, which their ids keep (`log::Todo`). Each with its target;
/// none of `closed`.
pub fn due(now: i64, channels: &[Channel], closed: Vec<Uuid>, limit: i64) -> Ask<(Uuid, Option<Uuid>)> {
    let channels: Vec<String> = channels.iter().map(|c| c.as_str().to_owned()).collect();
    Ask::new(
        "SELECT o.id, o.target FROM outbox o WHERE o.state = 'QUEUED' AND o.due_at <= $1 AND o.channel IN [$2]
         AND (o.target IS NULL OR NOT (o.target IN [$4]) AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.target = o.target AND e.subject = o.subject
              AND e.position < o.position AND e.state IN ('QUEUED', 'FAILED')))
         ORDER BY o.due_at, o.position, o.id LIMIT $3",
        [now.into(), Arg::Texts(channels), limit.into(), closed.into()],
    )
}

/// Those of these that nobody leased meanwhile, held until the transaction ends.
pub fn still_due(ids: Vec<Uuid>, now: i64) -> Ask<Due> {
    let sql =
        format!("{DUE} WHERE id IN [$1] AND state = 'QUEUED' AND due_at <= $2 ORDER BY id [FOR UPDATE SKIP LOCKED]");
    Ask::new(sql, [ids.into(), now.into()])
}

/// Leases these until then.
pub fn lease(ids: Vec<Uuid>, lease: Uuid, until: i64) -> Ask<()> {
    Ask::new(
        "UPDATE outbox SET lease = $2, due_at = $3, attempts = attempts + 1 WHERE id IN [$1]",
        [ids.into(), lease.into(), until.into()],
    )
}

/// How an attempt ended: the state from then on, when the next one is due, why it failed. Nothing, where the lease is another's by now.
pub fn ended(id: Uuid, lease: Uuid, status: Status, due_at: i64, reason: Option<String>, now: i64) -> Ask<()> {
    let done_at = (status != Status::Queued).then_some(now);
    Ask::new(
        "UPDATE outbox SET state = $3, due_at = $4, reason = $5, done_at = $6, lease = NULL WHERE id = $1 AND lease = $2",
        [id.into(), lease.into(), status.as_str().into(), due_at.into(), reason.into(), done_at.into()],
    )
}

/// One delivery.
pub fn one(id: Uuid) -> Ask<Row> {
    let sql = format!("{ROW} WHERE id = $1 AND channel <> 'POLICY'");
    Ask::new(sql, [id.into()])
}

/// What an account's deliveries are narrowed to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filter {
    /// Where they stand.
    pub status: Option<Status>,
    /// The contact, or other thing, that they concern.
    pub subject: Option<Uuid>,
}

/// From where, in which direction, how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seek {
    /// Beyond this time and id; none: from the end one starts at.
    pub beyond: Option<(i64, Uuid)>,
    /// Newest first.
    pub descending: bool,
    /// At most so many rows.
    pub limit: i64,
}

fn narrowed(mut sql: String, account: Uuid, filter: &Filter) -> (String, Vec<Arg>) {
    let mut args: Vec<Arg> = vec![account.into()];
    sql.push_str(" WHERE account = $1 AND channel <> 'POLICY'");
    if let Some(status) = filter.status {
        args.push(status.as_str().into());
        sql.push_str(&format!(" AND state = ${}", args.len()));
    }
    if let Some(subject) = filter.subject {
        args.push(subject.into());
        sql.push_str(&format!(" AND subject = ${}", args.len()));
    }
    (sql, args)
}

/// A page of an account's deliveries, by time of writing; those of one append in the order in which it asked for them.
pub fn list(account: Uuid, filter: &Filter, seek: &Seek) -> Ask<Row> {
    let (mut sql, mut args) = narrowed(ROW.to_owned(), account, filter);
    let (sign, order) = if seek.descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some((at, id)) = seek.beyond {
        args.extend([at.into(), id.into()]);
        sql.push_str(&format!(" AND (created_at, id) {sign} (${}, ${})", args.len() - 1, args.len()));
    }
    args.push(seek.limit.into());
    sql.push_str(&format!(" ORDER BY created_at {order}, id {order} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// How many deliveries there are, counted up to `cap` and one.
pub fn count(account: Uuid, filter: &Filter, cap: i64) -> Ask<(i64,)> {
    let (sql, mut args) = narrowed("SELECT 1 AS one FROM outbox".to_owned(), account, filter);
    args.push((cap + 1).into());
    Ask::new(format!("SELECT COUNT(*) FROM ({sql} LIMIT ${}) AS counted", args.len()), args)
}

/// Tries again what was given up, or at once what waits for its next attempt. Not what is under way.
pub fn retry(account: Uuid, id: Uuid, now: i64) -> Ask<()> {
    Ask::new(
        "UPDATE outbox SET state = 'QUEUED', due_at = $3, attempts = 0, reason = NULL, done_at = NULL
         WHERE id = $2 AND account = $1 AND channel <> 'POLICY' AND (state = 'FAILED' OR (state = 'QUEUED' AND lease IS NULL))",
        [account.into(), id.into(), now.into()],
    )
}

/// The receiver has it, whatever became of our attempts: also while the one that reached it is still under way.
pub fn acknowledge(account: Uuid, id: Uuid, now: i64) -> Ask<()> {
    Ask::new(
        "UPDATE outbox SET state = 'ACKNOWLEDGED', done_at = $3, lease = NULL, reason = NULL
         WHERE id = $2 AND account = $1 AND channel IN ('CUSTOMER_SERVICE', 'WEBHOOK')
           AND (state IN ('SENT', 'FAILED') OR (state = 'QUEUED' AND attempts > 0))",
        [account.into(), id.into(), now.into()],
    )
}

/// What waits and what was given up: channel, state, how many, since when the oldest.
pub fn waiting() -> Ask<(String, String, i64, i64)> {
    Ask::new(
        "SELECT channel, state, COUNT(*), MIN(created_at) FROM outbox
         WHERE state IN ('QUEUED', 'FAILED') AND channel <> 'POLICY' GROUP BY channel, state",
        [],
    )
}

/// Leases these to this worker, as far as they are still due. They were searched for outside of this transaction, so that a writer never waits for it.
pub async fn claim(db: &Db, ids: Vec<Uuid>, id: Uuid, now: i64, until: i64) -> Result<Vec<Due>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = db.begin().await?;
    let mut rows = tx.fetch(still_due(ids, now)).await?;
    if rows.is_empty() {
        tx.rollback().await?;
        return Ok(rows);
    }
    tx.execute(lease(rows.iter().map(|r| r.id).collect(), id, until)).await?;
    tx.commit().await?;
    rows.iter_mut().for_each(|row| row.attempts += 1);
    Ok(rows)
}

/// How the outbox stands.
pub async fn stands(db: &Db) -> Result<Standing, DbError> {
    let mut standing = Standing::default();
    for (channel, state, count, oldest) in db.fetch(waiting()).await? {
        let count = count.unsigned_abs();
        if state == Status::Failed.as_str() {
            standing.failed += count;
            continue;
        }
        standing.queued += count;
        standing.oldest = Some(standing.oldest.map_or(oldest, |o| o.min(oldest)));
        if channel == Channel::Mail.as_str() {
            standing.mails += count;
        }
    }
    Ok(standing)
}
