//! Undoing: new contacts are deleted, changed ones get back what they had, from the last row to the first, and nothing that someone changed since.

use super::{
    lot::{Doing, LOT, Piece, taken, until_in},
    rows::{Kept, Outcome, RowNote},
    work::Worked,
};
use crate::{
    app::{
        App, Failure,
        draft::{EMAIL, EXTERNAL_ID},
    },
    log::sql::{EventRow, READ_ALL, decode_row},
};
use domain::{
    Code, Folded, ImportId, State,
    account::AccountState,
    contact::{ContactState, DeleteContact, label::Unlabelled},
    import::{ImportState, ImportTakenBack, NoteUndo, RestoreContact},
};
use projections::{Arg, Ask};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

/// The code of a contact that someone changed since.
const CHANGED: &str = "CHANGED_SINCE_IMPORT";
/// The code of a contact that is as before, but for some fields.
const PARTLY: &str = "PARTLY";

/// A contact before and after the import.
struct Around {
    before: Folded,
    after: Folded,
}

/// What taking a row back comes to.
enum Back {
    /// The contact is removed, or as before, but for these fields.
    Piece(Piece, Vec<&'static str>),
    /// It stays.
    Kept(Kept),
}

fn kept(code: &str, fields: &[&str]) -> Kept {
    Kept { code: code.to_owned(), fields: fields.iter().map(|f| (*f).to_owned()).collect() }
}

impl App {
    /// Takes the next lot of an import back.
    pub(super) async fn undo_lot(
        &self,
        id: ImportId,
        version: u64,
        import: &ImportState,
    ) -> Result<Option<Worked>, Failure> {
        let before = import.undone.map_or(import.done.through.saturating_add(1), |undone| undone.through);
        let rows = self.inner.rows.to_undo(id, import.account, before, import.label.is_some(), LOT).await?;
        let last = (rows.len() as i64) < LOT;
        let Some(started) = import.undo_started else { return Ok(None) };
        let from = rows.first().map_or(0, |note| note.row.number);
        let doing = self.doing(id, import.account, started.actor, &format!("undo {from}")).await?;
        let (doing, rows) = (&doing, &rows);
        until_in(|| async move {
            let (pieces, undone, stay) = self.decide_undo(doing, import, rows).await?;
            self.inner.rows.note_kept(id, rows, &stay).await?;
            let sent = self.send(doing, version, pieces, |now| NoteUndo { undone, last }.decide(now)).await?;
            Ok((sent, last))
        })
        .await
    }

    async fn decide_undo(
        &self,
        doing: &Doing,
        import: &ImportState,
        rows: &[RowNote],
    ) -> Result<(Vec<Piece>, ImportTakenBack, Vec<(u64, Kept)>), Failure> {
        let now = self.now_of(rows.iter().filter_map(|note| note.row.contact)).await?;
        let updated = rows.iter().filter(|note| note.row.outcome == Outcome::Updated);
        let around = self
            .around(doing.import, updated.filter_map(|n| Some((n.row.contact?.0, n.row.version))).collect())
            .await?;
        let account = self.inner.loader.load(doing.account.into(), false).await?.folded;
        let missing = || Failure::Fault(format!("the account of import {} is not there", doing.import.0));
        let account = account.state.account().ok_or_else(missing)?;
        let decided: Vec<(&RowNote, Arc<Folded>, Back)> = rows
            .iter()
            .map(|note| {
                let present = note.row.contact.and_then(|c| now.get(&c.0)).cloned().unwrap_or_default();
                let back = self.decide_back(doing, import, account, note, &present, &around, &[]);
                (note, present, back)
            })
            .collect();
        let pieces: Vec<&Piece> = decided
            .iter()
            .filter_map(|(_, _, back)| if let Back::Piece(piece, _) = back { Some(piece) } else { None })
            .collect();
        let mut held = self.held_by(doing.account, &pieces).await?;
        let (mut lot, mut stay) = (Vec::with_capacity(rows.len()), Vec::new());
        let mut undone =
            ImportTakenBack { through: rows.last().map_or(0, |note| note.row.number), ..ImportTakenBack::default() };
        for (note, present, mut back) in decided {
            if let Back::Piece(piece, _) = &back
                && let Err(scopes) = self.take(doing.account, piece, &mut held)?
            {
                // What it held is someone else's now: the rest is given back.
                back = self.decide_back(doing, import, account, note, &present, &around, &scopes);
                if let Back::Piece(piece, _) = &back
                    && let Err(scopes) = self.take(doing.account, piece, &mut held)?
                {
                    back = Back::Kept(kept(taken(&scopes), &[]));
                }
            }
            match (back, note.row.outcome) {
                (Back::Kept(why), outcome) => {
                    undone.kept += u64::from(outcome != Outcome::Unchanged);
                    stay.push((note.row.number, why));
                }
                (Back::Piece(piece, fields), outcome) => {
                    match outcome {
                        Outcome::Created => undone.removed += 1,
                        Outcome::Updated => undone.restored += 1,
                        _ => {}
                    }
                    if !fields.is_empty() {
                        stay.push((note.row.number, kept(PARTLY, &fields)));
                    }
                    if !piece.events.is_empty() {
                        lot.push(piece);
                    }
                }
            }
        }
        Ok((lot, undone, stay))
    }

    /// What taking one row back does; `taken`: scopes of values that someone else holds now.
    #[expect(clippy::too_many_arguments, reason = "the facts of one decision")]
    fn decide_back(
        &self,
        doing: &Doing,
        import: &ImportState,
        account: &AccountState,
        note: &RowNote,
        present: &Arc<Folded>,
        around: &HashMap<Uuid, Around>,
        taken: &[&'static str],
    ) -> Back {
        let (Some(id), Some(now)) = (note.row.contact, present.state.contact()) else {
            return Back::Kept(kept(CHANGED, &[]));
        };
        if let Some(code) = gone(now) {
            return Back::Kept(kept(code.as_str(), &[]));
        }
        let piece = |events| Piece { contact: id, before: present.clone(), events };
        let first_code = |refusals: &domain::Refusals| refusals.0.first().map_or(CHANGED, |r| r.code.as_str());
        match note.row.outcome {
            Outcome::Created => {
                // Its addition, and its label: whatever came after was someone else's.
                let as_imported = 1 + u64::from(import.label.is_some());
                if present.edition() != as_imported {
                    return Back::Kept(kept(CHANGED, &[]));
                }
                match (DeleteContact { at: self.inner.clock.now(), confirmed: true }).decide(now, account, &[]) {
                    Ok(events) => Back::Piece(piece(events), Vec::new()),
                    Err(refusals) => Back::Kept(kept(first_code(&refusals), &[])),
                }
            }
            Outcome::Updated => {
                let states =
                    around.get(&id.0).and_then(|a| Some((a.before.state.contact()?, a.after.state.contact()?)));
                let Some((before, after)) = states else { return Back::Kept(kept(CHANGED, &[])) };
                let rule = RestoreContact {
                    import: doing.import,
                    before,
                    after,
                    email_taken: taken.contains(&EMAIL),
                    external_id_taken: taken.contains(&EXTERNAL_ID),
                    outranked: doing.by.outranks(doing.by.place(doing.account), now).is_ok(),
                    at: self.inner.clock.now(),
                };
                match rule.decide(now, account) {
                    Err(refusals) => Back::Kept(kept(first_code(&refusals), &[])),
                    Ok(restored) if !restored.any && !restored.kept.is_empty() => {
                        Back::Kept(kept(restored.why.map_or(CHANGED, Code::as_str), &restored.kept))
                    }
                    Ok(restored) => Back::Piece(piece(restored.events), restored.kept),
                }
            }
            Outcome::Unchanged => {
                let labelled = now.labels.iter().any(|l| l.import == doing.import);
                let off = labelled.then(|| Unlabelled { import: doing.import }.into());
                Back::Piece(piece(off.into_iter().collect()), Vec::new())
            }
            Outcome::Duplicate | Outcome::Rejected => Back::Kept(kept(CHANGED, &[])),
        }
    }

    /// These contacts as they were at a version, and after what the import did to them next: both from the log.
    async fn around(&self, import: ImportId, contacts: HashMap<Uuid, u64>) -> Result<HashMap<Uuid, Around>, Failure> {
        if contacts.is_empty() {
            return Ok(HashMap::new());
        }
        let sql = format!("{READ_ALL} WHERE stream IN [$1] ORDER BY stream, version");
        let rows: Vec<EventRow> =
            self.inner.reader.db().fetch(Ask::new(sql, [Arg::Uuids(contacts.keys().copied().collect())])).await?;
        let events = rows.into_iter().map(decode_row).collect::<Result<Vec<_>, _>>()?;
        let mut around: HashMap<Uuid, Around> = HashMap::new();
        for (stored, event) in self.inner.reader.decode(events).await? {
            let Some(planned) = contacts.get(&stored.stream.id) else { continue };
            let entry = around
                .entry(stored.stream.id)
                .or_insert_with(|| Around { before: Folded::default(), after: Folded::default() });
            // What changes nothing parts nothing: it may stand between the plan and what the import did.
            let goes_along = stored.meta.correlation == import.0 || event.is_aside();
            let ours = goes_along && entry.after.version + 1 == stored.version;
            if stored.version > *planned && !ours {
                continue;
            }
            let fold = |folded: &Folded| {
                folded
                    .clone()
                    .evolve(&event, stored.fact())
                    .map_err(|e| Failure::Fault(format!("{}: {e}", stored.stream)))
            };
            entry.after = fold(&entry.after)?;
            if stored.version <= *planned {
                entry.before = entry.after.clone();
            }
        }
        around.retain(|_, a| matches!(a.before.state, State::Contact(_)));
        Ok(around)
    }
}

fn gone(contact: &ContactState) -> Option<Code> {
    match (contact.erased, contact.deleted) {
        (Some(_), _) => Some(Code::ContactErased),
        (None, Some(_)) => Some(Code::ContactDeleted),
        (None, None) => None,
    }
}
