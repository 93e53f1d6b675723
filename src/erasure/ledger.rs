//! The ledger of erasures, outside the database: a backup that is restored knows nothing of who was erased since it was made, and would bring them back.
//!
//! One signed line each (`log/noted.rs`): `erasure`, the log's id, what kind of stream, its id, the account, position, and when in microseconds since 1970.
//! Ids only. An erasure is noted at least once: the database remembers which it noted, and a repetition changes nothing.

use super::receipt::{Erased, READ};
use crate::{
    app::{App, AppCommand, Caller, Command, Failure, NotDone, Request, Users},
    db::Db,
    log::noted::{self, NotedError},
    vault::sign::{PublicKey, Signer},
};
use domain::{AccountId, Category, ContactId, RegistrationId, UserId};
use projections::{Arg, Ask};
use std::{
    collections::{BTreeMap, HashSet},
    path::Path,
};
use uuid::Uuid;

const KIND: &str = "erasure";
/// Noted, and looked up, together.
const TOGETHER: usize = 500;

/// The ledger cannot be used, or the database.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The file.
    #[error(transparent)]
    Noted(#[from] NotedError),
    /// The service.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// Someone who was erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// In which log.
    pub log_id: Uuid,
    /// What kind of stream it is.
    pub category: Category,
    /// Its id.
    pub subject: Uuid,
    /// In which account.
    pub account: Uuid,
}

fn said(log_id: Uuid, category: Category, e: &Erased) -> String {
    format!("{KIND} {log_id} {} {} {} {} {}", category.as_str(), e.subject, e.account, e.position, e.at)
}

fn heard(text: &str) -> Option<Entry> {
    let [kind, log_id, category, subject, account, _, _] = text.split(' ').collect::<Vec<_>>().try_into().ok()?;
    let entry = Entry {
        log_id: log_id.parse().ok()?,
        category: category.parse().ok()?,
        subject: subject.parse().ok()?,
        account: account.parse().ok()?,
    };
    (kind == KIND).then_some(entry)
}

async fn log_id(db: &Db) -> Result<Uuid, Failure> {
    let row = db.fetch_optional(Ask::<(Uuid,)>::new("SELECT log_id FROM log_head WHERE id = 1", [])).await?;
    row.map(|(id,)| id).ok_or_else(|| Failure::Fault("the head row of the log is missing".into()))
}

/// Notes the erasures that were not noted yet; how many.
pub async fn note(db: &Db, path: &Path, signer: &Signer, now_micros: i64) -> Result<u64, LedgerError> {
    let log_id = log_id(db).await?;
    let mut all = 0;
    loop {
        let sql = format!("{READ} WHERE e.noted_at IS NULL ORDER BY e.position, e.subject LIMIT $1");
        let due: Vec<Erased> = db.fetch(Ask::new(sql, [(TOGETHER as i64).into()])).await.map_err(Failure::from)?;
        if due.is_empty() {
            // Nobody was erased yet: the file is there all the same, so that one that is missing was lost.
            noted::begin(path)?;
            return Ok(all);
        }
        let lines: Vec<String> = due.iter().filter_map(|e| Some(said(log_id, e.stream()?.category, e))).collect();
        let same = |last: &str| heard(last).is_none_or(|entry| entry.log_id == log_id);
        noted::add_all(path, &lines, signer, same)?;
        let subjects = due.iter().map(|e| e.subject).collect();
        let update = "UPDATE erasure SET noted_at = $1 WHERE subject IN [$2]";
        db.execute(Ask::new(update, [now_micros.into(), Arg::Uuids(subjects)])).await.map_err(Failure::from)?;
        all += due.len() as u64;
    }
}

/// Whom the ledger knows as erased, each once (whoever was erased again is noted again), each line signed by a trusted key; nobody when the file is not there.
pub fn read(path: &Path, trusted: &[PublicKey]) -> Result<Vec<Entry>, NotedError> {
    let entry = |note: noted::Note| {
        let entry = heard(&note.said).ok_or_else(|| NotedError::Line { line: note.line, path: path.to_owned() })?;
        Ok(((entry.log_id, entry.subject), entry))
    };
    let each: BTreeMap<_, Entry> = noted::read(path, trusted)?.into_iter().map(entry).collect::<Result<_, _>>()?;
    Ok(each.into_values().collect())
}

/// Those whom the ledger knows as erased and this database does not, though its log has them: it is older than their erasure.
pub async fn missing(db: &Db, entries: &[Entry]) -> Result<Vec<Entry>, Failure> {
    let log_id = log_id(db).await?;
    let own: Vec<Entry> = entries.iter().filter(|entry| entry.log_id == log_id).copied().collect();
    let mut missing = Vec::new();
    for page in own.chunks(TOGETHER) {
        let subjects = || [Arg::Uuids(page.iter().map(|entry| entry.subject).collect())];
        let there = Ask::<(Uuid,)>::new("SELECT DISTINCT stream FROM event WHERE stream IN [$1]", subjects());
        let there: HashSet<Uuid> = db.fetch(there).await?.into_iter().map(|(id,)| id).collect();
        let known = Ask::<(Uuid,)>::new("SELECT subject FROM erasure WHERE subject IN [$1]", subjects());
        let known: HashSet<Uuid> = db.fetch(known).await?.into_iter().map(|(id,)| id).collect();
        missing.extend(page.iter().filter(|e| there.contains(&e.subject) && !known.contains(&e.subject)));
    }
    Ok(missing)
}

/// Those whose erasure was noted once and who are missing in the ledger: it was lost, or is not the newest copy.
pub async fn lost(db: &Db, path: &Path, trusted: &[PublicKey]) -> Result<Vec<Uuid>, LedgerError> {
    let log_id = log_id(db).await?;
    let (mut after, mut noted) = (Uuid::nil(), Vec::new());
    loop {
        let sql = format!("{READ} WHERE e.noted_at IS NOT NULL AND e.subject > $1 ORDER BY e.subject LIMIT $2");
        let ask = Ask::new(sql, [after.into(), (TOGETHER as i64).into()]);
        let page: Vec<Erased> = db.fetch(ask).await.map_err(Failure::from)?;
        let Some(last) = page.last() else { break };
        after = last.subject;
        noted.extend(page.iter().filter(|e| e.stream().is_some()).map(|e| e.subject));
    }
    // The file is read last, for it is written first: what is noted meanwhile is no loss.
    let entries = read(path, trusted)?;
    let known: HashSet<Uuid> = entries.iter().filter(|e| e.log_id == log_id).map(|e| e.subject).collect();
    noted.retain(|subject| !known.contains(subject));
    Ok(noted)
}

/// Forgets that these were noted, so that [`note`] notes them anew.
pub async fn forget_noted(db: &Db, subjects: &[Uuid]) -> Result<(), Failure> {
    for page in subjects.chunks(TOGETHER) {
        let update = "UPDATE erasure SET noted_at = NULL WHERE subject IN [$1]";
        db.execute(Ask::new(update, [Arg::Uuids(page.to_vec())])).await?;
    }
    Ok(())
}

/// Erases someone again, by the command that erased them; false where there was nothing to do.
pub async fn erase_again(app: &App, entry: &Entry) -> Result<bool, NotDone> {
    let command = match entry.category {
        Category::Contact => Command::EraseContact(ContactId(entry.subject), true),
        Category::User => Command::Users(Users::Erase(UserId(entry.subject))),
        Category::Registration => Command::App(AppCommand::Erase(RegistrationId(entry.subject))),
        // Nothing else is ever erased.
        _ => return Ok(false),
    };
    let account = Some(AccountId(entry.account)).filter(|account| !account.0.is_nil());
    let done = app.execute(&Caller::operator(account), Request::from(command)).await?;
    Ok(done.changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p5_a_line_of_the_ledger_reads_back() {
        let (log_id, subject, account) = (Uuid::from_u128(1), Uuid::from_u128(2), Uuid::from_u128(3));
        let erased = Erased { subject, account, position: 4, at: 5, category: Some("contact".into()) };
        let line = said(log_id, Category::Contact, &erased);
        assert_eq!(heard(&line), Some(Entry { log_id, category: Category::Contact, subject, account }));
        assert_eq!(heard(&line.replace(KIND, "checkpoint")), None);
        assert_eq!(heard("erasure"), None);
    }
}
