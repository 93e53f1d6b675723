//! Applying: the next rows of a plan are done as planned, or left out where that is not possible any more.

use super::{
    lot::{Doing, LOT, Piece, taken, until_in},
    rows::{Outcome, RowNote},
    work::Worked,
};
use crate::app::{App, Failure};
use domain::{
    Code, Folded, ImportId,
    account::AccountState,
    contact::{AddContact, ContactEvent, ContactState, EditContact, label::Labelled},
    import::{ImportDone, ImportState, NoteProgress},
};
use std::sync::Arc;

/// The code of a row whose contact is not as the plan saw it.
const CHANGED: &str = "CHANGED_SINCE_PLAN";

impl App {
    /// Does the next lot of an import that is being applied.
    pub(super) async fn apply_lot(
        &self,
        id: ImportId,
        version: u64,
        import: &ImportState,
    ) -> Result<Option<Worked>, Failure> {
        let labelled = import.label.is_some();
        let rows = self.inner.rows.to_apply(id, import.account, import.done.through, labelled, LOT).await?;
        let last = (rows.len() as i64) < LOT;
        let Some(started) = import.started else { return Ok(None) };
        let from = rows.first().map_or(u64::MAX, |note| note.row.number);
        let doing = self.doing(id, import.account, started.actor, &format!("apply {from}")).await?;
        let (doing, rows) = (&doing, &rows);
        until_in(|| async move {
            let (pieces, done, left_out) = self.decide_lot(doing, import, rows).await?;
            self.inner.rows.note_left_out(id, rows, &left_out).await?;
            let sent = self.send(doing, version, pieces, |now| NoteProgress { done, last }.decide(now)).await?;
            Ok((sent, last))
        })
        .await
    }

    async fn decide_lot(
        &self,
        doing: &Doing,
        import: &ImportState,
        rows: &[RowNote],
    ) -> Result<(Vec<Piece>, ImportDone, Vec<(u64, &'static str)>), Failure> {
        let there = rows.iter().filter(|note| note.row.outcome != Outcome::Created);
        let now = self.now_of(there.filter_map(|note| note.row.contact)).await?;
        let account = self.inner.loader.load(doing.account.into(), false).await?.folded;
        let missing = || Failure::Fault(format!("the account of import {} is not there", doing.import.0));
        let account = account.state.account().ok_or_else(missing)?;
        let mut decided = Vec::with_capacity(rows.len());
        for note in rows {
            let before = note.row.contact.and_then(|c| now.get(&c.0)).cloned().unwrap_or_default();
            decided.push((note, self.decide_row(doing, import, account, note, before)));
        }
        let pieces: Vec<&Piece> = decided.iter().filter_map(|(_, piece)| piece.as_ref().ok()).collect();
        let mut held = self.held_by(doing.account, &pieces).await?;
        let (mut lot, mut left_out, mut done) = (Vec::with_capacity(rows.len()), Vec::new(), ImportDone::default());
        for (note, piece) in decided {
            done.through = note.row.number;
            let piece = match piece {
                Err(code) => Err(code),
                Ok(piece) => match self.take(doing.account, &piece, &mut held)? {
                    Err(scopes) => Err(taken(&scopes)),
                    Ok(()) => Ok(piece),
                },
            };
            match piece {
                Err(code) => {
                    done.left_out += 1;
                    left_out.push((note.row.number, code));
                }
                Ok(piece) => {
                    match note.row.outcome {
                        Outcome::Created => done.counts.created += 1,
                        Outcome::Updated => done.counts.updated += 1,
                        _ => done.counts.unchanged += 1,
                    }
                    lot.push(piece);
                }
            }
        }
        Ok((lot, done, left_out))
    }

    /// The events of a row, or the code of why it is left out.
    fn decide_row(
        &self,
        doing: &Doing,
        import: &ImportState,
        account: &AccountState,
        note: &RowNote,
        before: Arc<Folded>,
    ) -> Result<Piece, &'static str> {
        let contact = note.row.contact.ok_or(CHANGED)?;
        let values = note.row.says.values.clone().unwrap_or_default();
        let refused = |refusals: domain::Refusals| refusals.0.first().map_or(CHANGED, |r| r.code.as_str());
        let mut events: Vec<ContactEvent> = match note.row.outcome {
            Outcome::Created => {
                let (kind, input) = values.into_new();
                AddContact { account: doing.account, kind, input }.decide().map_err(refused)?
            }
            Outcome::Updated | Outcome::Unchanged => {
                let there = still_there(&before)?;
                match note.row.outcome {
                    Outcome::Unchanged => Vec::new(),
                    _ if before.edition() > note.row.version => return Err(CHANGED),
                    _ => {
                        let rule = EditContact { patch: values.into_patch(), at: self.inner.clock.now() };
                        let events = rule.decide(there, account).map_err(refused)?;
                        doing.may(there, &events).map_err(|refusal| refusal.code.as_str())?;
                        events
                    }
                }
            }
            Outcome::Duplicate | Outcome::Rejected => return Err(CHANGED),
        };
        let has = before.state.contact().is_some_and(|c| c.labels.iter().any(|l| l.import == doing.import));
        if let Some(label) = import.label.as_ref().filter(|_| !has) {
            events.push(Labelled { import: doing.import, label: label.clone() }.into());
        }
        Ok(Piece { contact, before, events })
    }
}

fn still_there(folded: &Folded) -> Result<&ContactState, &'static str> {
    let contact = folded.state.contact().ok_or(CHANGED)?;
    if contact.erased.is_some() {
        return Err(Code::ContactErased.as_str());
    }
    if contact.deleted.is_some() {
        return Err(Code::ContactDeleted.as_str());
    }
    Ok(contact)
}
