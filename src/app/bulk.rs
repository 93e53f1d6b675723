//! One act on everybody whom a list is narrowed to: whom it is about, noted when it was looked at, and how far it is. What is done is each contact's own command,
//! sent by whoever goes on with it under a key of its own; here is only what is still to be done, what was, and what was not and why. So a stop in between, a
//! browser that is closed or a service that begins anew, costs nothing: what was done is done once, and the rest is gone on with by whoever takes it.
//!
//! Beside the log, for nothing is decided by it; rows go with their contact, with the login, and after thirty days.

use super::{App, Failure, Narrowed, Whose};
use crate::db::Load;
use chrono::TimeDelta;
use domain::{AccountId, ContactId, ProductId, UserId, contact::ContactState, values::AccessMode};
use projections::{
    Ask, Table, Type,
    table::{column, nullable},
};
use uuid::Uuid;

/// So many contacts one act is about at most; more of them are an import's.
pub const BULK_MOST: usize = 10_000;
/// How long whoever goes on with an act has it to themselves without a sign of life.
const HELD_FOR: TimeDelta = TimeDelta::seconds(20);
/// So many acts are gone on with in turn.
const IN_TURN: i64 = 20;
/// Rows written at once.
const WRITTEN: usize = 500;

const ROW: Table = Table {
    name: "bulk_row",
    columns: &[
        column("bulk", Type::Uuid),
        column("number", Type::Int),
        column("contact", Type::Uuid),
        column("version", Type::Int),
        nullable("was", Type::Text),
        column("state", Type::Text),
        column("at", Type::Int),
    ],
    key: 2,
    stream: "",
    indexes: &[],
};

/// What is done to each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// An access is given.
    Grant(ProductId),
    /// An access is put into a mode.
    Mode(ProductId, AccessMode),
    /// The contact is deleted.
    Delete,
}

impl Act {
    fn word(self) -> &'static str {
        match self {
            Act::Grant(_) => "GRANT",
            Act::Mode(_, mode) => mode.as_str(),
            Act::Delete => "DELETE",
        }
    }

    fn product(self) -> Option<Uuid> {
        match self {
            Act::Grant(product) | Act::Mode(product, _) => Some(product.0),
            Act::Delete => None,
        }
    }

    fn of(word: &str, product: Option<Uuid>) -> Option<Act> {
        match (word, product.map(ProductId)) {
            ("GRANT", Some(product)) => Some(Act::Grant(product)),
            ("DELETE", None) => Some(Act::Delete),
            (mode, Some(product)) => Some(Act::Mode(product, AccessMode::parse(mode)?)),
            _ => None,
        }
    }
}

/// How far an act on many is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It was counted, and nobody said yes.
    LookedAt,
    /// It is being done.
    Doing,
    /// It was done.
    Done,
    /// It is being taken back.
    Undoing,
    /// It was taken back.
    Undone,
}

impl Stage {
    fn word(self) -> &'static str {
        match self {
            Stage::LookedAt => "LOOKED_AT",
            Stage::Doing => "DOING",
            Stage::Done => "DONE",
            Stage::Undoing => "UNDOING",
            Stage::Undone => "UNDONE",
        }
    }

    fn of(word: &str) -> Option<Stage> {
        let all = [Stage::LookedAt, Stage::Doing, Stage::Done, Stage::Undoing, Stage::Undone];
        all.into_iter().find(|stage| stage.word() == word)
    }

    /// Whether there is more to do.
    pub fn goes_on(self) -> bool {
        matches!(self, Stage::Doing | Stage::Undoing)
    }

    /// The state of the rows that are still to be gone through.
    fn waiting(self) -> &'static str {
        if self == Stage::Undoing { "DONE" } else { "WAITING" }
    }
}

/// An act on many, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// Its id.
    pub id: Uuid,
    /// What is done.
    pub act: Act,
    /// Whether the order e-mail goes with what is given.
    pub mails: bool,
    /// How the list was narrowed, as its address has it.
    pub back: String,
    /// How far it is.
    pub stage: Stage,
    /// With how many it was so already.
    pub same: i64,
    /// To how many it cannot be done.
    pub cannot: i64,
    /// How many accesses it closes.
    pub closes: i64,
    /// How many wait, are done, were refused, were taken back, and were not.
    pub tally: Tally,
}

/// How many of its contacts are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Nothing was done yet.
    pub waiting: i64,
    /// It was done.
    pub done: i64,
    /// It was refused.
    pub refused: i64,
    /// It was done and taken back.
    pub undone: i64,
    /// It was done, and cannot be taken back any more.
    pub kept: i64,
}

/// An act on many that nobody's page goes on with.
#[derive(Debug, Clone)]
pub struct Abandoned {
    /// Which.
    pub id: Uuid,
    /// Whose it is.
    pub whose: Whose,
    /// The language they read.
    pub lang: String,
}

/// A contact of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulkRow {
    /// Its place.
    pub number: i64,
    /// Whom.
    pub contact: ContactId,
    /// Version of what is to be changed.
    pub version: i64,
    /// The mode there was.
    pub before: Option<String>,
    /// What was told where it was not done.
    pub why: Option<String>,
}

/// What came of one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Became {
    /// It was done, or taken back; the version since.
    Done(i64),
    /// It was not, for this reason.
    Refused(String),
}

/// What an act comes to for one contact.
enum Comes {
    Do { version: u64, before: Option<&'static str>, closes: i64 },
    Same,
    Cannot,
}

fn comes_to(act: Act, contact: &ContactState, version: u64) -> Comes {
    let granted = |product| contact.access(product).filter(|access| access.is_granted());
    match act {
        Act::Delete => {
            let closes = contact.accesses.values().filter(|access| access.is_granted()).count() as i64;
            Comes::Do { version, before: None, closes }
        }
        Act::Grant(product) if granted(product).is_some() => Comes::Same,
        Act::Grant(_) => Comes::Do { version: 0, before: None, closes: 0 },
        Act::Mode(product, mode) => match granted(product) {
            None => Comes::Cannot,
            Some(access) if access.mode() == mode => Comes::Same,
            Some(access) => {
                let closes = i64::from(mode == AccessMode::Suspended);
                Comes::Do { version: access.changed.version, before: Some(access.mode().as_str()), closes }
            }
        },
    }
}

impl App {
    /// Looks at everybody whom a list is narrowed to, and notes to whom it would be done. What the same person looked at before and did not do is forgotten.
    /// None: they are more than [`BULK_MOST`].
    pub async fn look_at_bulk(
        &self,
        whose: Whose,
        (act, mails, back): (Act, bool, &str),
        narrowed: Narrowed,
    ) -> Result<Option<Uuid>, Failure> {
        let db = self.reader().db();
        let (id, at) = (self.clock().id(), self.clock().now().timestamp_micros());
        let (account, user) = (whose.account.0, whose.user.0);
        let forgotten =
            "SELECT id FROM bulk_act WHERE user_id = $1 AND account = $2 AND state IN ('NOTING', 'LOOKED_AT')";
        for sql in [
            format!("DELETE FROM bulk_row WHERE bulk IN ({forgotten})"),
            "DELETE FROM bulk_act WHERE user_id = $1 AND account = $2 AND state IN ('NOTING', 'LOOKED_AT')".to_owned(),
        ] {
            db.execute(Ask::new(sql, [user.into(), account.into()])).await?;
        }
        // First the act, so that rows of one whose looking ended halfway are found and forgotten.
        let begun = Ask::new(
            "INSERT INTO bulk_act (id, account, user_id, act, product, mails, back, state, same, cannot, closes, at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'NOTING', 0, 0, 0, $8)",
            [
                id.into(),
                account.into(),
                user.into(),
                act.word().into(),
                act.product().into(),
                mails.into(),
                back.into(),
                at.into(),
            ],
        );
        db.execute(begun).await?;
        let (mut same, mut cannot, mut closes, mut number) = (0, 0, 0, 0);
        let mut walk = self.reader().walk(whose.account, narrowed).await?;
        while let Some(met) = walk.next().await? {
            let mut rows = Vec::with_capacity(WRITTEN);
            for one in &met {
                let Some(contact) = one.state() else { continue };
                match comes_to(act, contact, one.version()) {
                    Comes::Same => same += 1,
                    Comes::Cannot => cannot += 1,
                    Comes::Do { version, before, closes: closed } => {
                        number += 1;
                        closes += closed;
                        rows.push(vec![
                            id.into(),
                            i64::from(number).into(),
                            one.id.into(),
                            (version as i64).into(),
                            before.into(),
                            "WAITING".into(),
                            at.into(),
                        ]);
                    }
                }
            }
            if number as usize > BULK_MOST {
                return Ok(None);
            }
            if !rows.is_empty() {
                let mut tx = db.begin().await?;
                tx.write_rows(&ROW, ROW.name, rows, Load::Insert).await?;
                tx.commit().await?;
            }
        }
        let noted = Ask::new(
            "UPDATE bulk_act SET state = 'LOOKED_AT', same = $2, cannot = $3, closes = $4 WHERE id = $1",
            [id.into(), same.into(), cannot.into(), closes.into()],
        );
        db.execute(noted).await?;
        Ok(Some(id))
    }

    /// An act on many of somebody's own, as it stands.
    pub async fn bulk(&self, whose: Whose, id: Uuid) -> Result<Option<Bulk>, Failure> {
        type Stored = (String, Option<Uuid>, bool, String, String, i64, i64, i64);
        let db = self.reader().db();
        let ask = Ask::<Stored>::new(
            "SELECT act, product, mails, back, state, same, cannot, closes FROM bulk_act WHERE id = $1 AND account = $2 AND user_id = $3",
            [id.into(), whose.account.0.into(), whose.user.0.into()],
        );
        let Some((act, product, mails, back, state, same, cannot, closes)) = db.fetch_optional(ask).await? else {
            return Ok(None);
        };
        let (Some(act), Some(stage)) = (Act::of(&act, product), Stage::of(&state)) else { return Ok(None) };
        let ask = Ask::<(String, i64)>::new(
            "SELECT state, COUNT(*) FROM bulk_row WHERE bulk = $1 GROUP BY state",
            [id.into()],
        );
        let mut tally = Tally::default();
        for (state, n) in db.fetch(ask).await? {
            match state.as_str() {
                "WAITING" => tally.waiting = n,
                "DONE" => tally.done = n,
                "REFUSED" => tally.refused = n,
                "UNDONE" => tally.undone = n,
                _ => tally.kept = n,
            }
        }
        Ok(Some(Bulk { id, act, mails, back, stage, same, cannot, closes, tally }))
    }

    /// The newest of somebody's acts on many that was begun and has not ended.
    pub async fn bulk_under_way(&self, whose: Whose) -> Result<Option<Uuid>, Failure> {
        let ask = Ask::<(Uuid,)>::new(
            "SELECT id FROM bulk_act WHERE user_id = $1 AND account = $2 AND state IN ('DOING', 'UNDOING') ORDER BY at DESC, id DESC LIMIT 1",
            [whose.user.0.into(), whose.account.0.into()],
        );
        Ok(self.reader().db().fetch_optional(ask).await?.map(|(id,)| id))
    }

    /// Brings one from a stage to another; what is at another stage stays there.
    pub async fn bulk_becomes(&self, id: Uuid, from: Stage, to: Stage) -> Result<(), Failure> {
        let write = Ask::new(
            "UPDATE bulk_act SET state = $3 WHERE id = $1 AND state = $2",
            [id.into(), from.word().into(), to.word().into()],
        );
        self.reader().db().execute(write).await?;
        Ok(())
    }

    /// Takes one that is under way, for a process of the service, or, where it is nil, for the pages of its person, who read `lang`: nobody else goes on with it
    /// for a while. Not where somebody else has it.
    pub async fn bulk_hold(&self, id: Uuid, holder: Uuid, lang: Option<&str>) -> Result<bool, Failure> {
        let now = self.clock().now();
        let write = Ask::new(
            "UPDATE bulk_act SET holder = $2, held_until = $3, lang = COALESCE($4, lang)
             WHERE id = $1 AND state IN ('DOING', 'UNDOING') AND (held_until <= $5 OR holder = $2)",
            [
                id.into(),
                holder.into(),
                (now + HELD_FOR).timestamp_micros().into(),
                lang.into(),
                now.timestamp_micros().into(),
            ],
        );
        Ok(self.reader().db().execute(write).await? > 0)
    }

    /// Acts that are under way and that nobody goes on with, and those that this process does, the oldest first.
    pub async fn bulk_abandoned(&self, holder: Uuid) -> Result<Vec<Abandoned>, Failure> {
        let ask = Ask::<(Uuid, Uuid, Uuid, String)>::new(
            "SELECT id, account, user_id, lang FROM bulk_act
             WHERE state IN ('DOING', 'UNDOING') AND lang IS NOT NULL AND (held_until <= $1 OR holder = $2) ORDER BY at, id LIMIT $3",
            [self.clock().now().timestamp_micros().into(), holder.into(), IN_TURN.into()],
        );
        let one = |(id, account, user, lang)| Abandoned {
            id,
            whose: Whose { account: AccountId(account), user: UserId(user) },
            lang,
        };
        Ok(self.reader().db().fetch(ask).await?.into_iter().map(one).collect())
    }

    /// The next contacts that it is to be done to, or taken back from.
    pub async fn bulk_next(&self, id: Uuid, stage: Stage, limit: i64) -> Result<Vec<BulkRow>, Failure> {
        self.bulk_rows(id, stage.waiting(), 0, limit).await
    }

    /// Those that it was not done to, after a place; or that were not taken back.
    pub async fn bulk_not(&self, id: Uuid, stage: Stage, after: i64, limit: i64) -> Result<Vec<BulkRow>, Failure> {
        let state = if matches!(stage, Stage::Undoing | Stage::Undone) { "KEPT" } else { "REFUSED" };
        self.bulk_rows(id, state, after, limit).await
    }

    async fn bulk_rows(&self, id: Uuid, state: &str, after: i64, limit: i64) -> Result<Vec<BulkRow>, Failure> {
        type Stored = (i64, Uuid, i64, Option<String>, Option<String>);
        let ask = Ask::<Stored>::new(
            "SELECT number, contact, version, was, why FROM bulk_row WHERE bulk = $1 AND state = $2 AND number > $3 ORDER BY number LIMIT $4",
            [id.into(), state.into(), after.into(), limit.into()],
        );
        let row = |(number, contact, version, before, why)| BulkRow {
            number,
            contact: ContactId(contact),
            version,
            before,
            why,
        };
        Ok(self.reader().db().fetch(ask).await?.into_iter().map(row).collect())
    }

    /// Notes what came of one of them.
    pub async fn bulk_became(&self, id: Uuid, stage: Stage, number: i64, became: &Became) -> Result<(), Failure> {
        let (state, version, why) = match (became, stage) {
            (Became::Done(version), Stage::Undoing) => ("UNDONE", Some(*version), None),
            (Became::Done(version), _) => ("DONE", Some(*version), None),
            (Became::Refused(why), Stage::Undoing) => ("KEPT", None, Some(why.as_str())),
            (Became::Refused(why), _) => ("REFUSED", None, Some(why.as_str())),
        };
        let write = Ask::new(
            "UPDATE bulk_row SET state = $4, version = COALESCE($5, version), why = $6 WHERE bulk = $1 AND number = $2 AND state = $3",
            [id.into(), number.into(), stage.waiting().into(), state.into(), version.into(), why.into()],
        );
        self.reader().db().execute(write).await?;
        Ok(())
    }
}
