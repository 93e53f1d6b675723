//! The rows of an import: what each says and would change, what is wrong with it, what became of it.

use super::{
    asker::Asker,
    audit_changes::FieldChange,
    connection::Place,
    contact::Contact,
    imports::Import,
    snapshot::{Snapshot, wants_families},
};
use crate::{
    app::imports::{FileHead, Outcome, RowChange, RowFilter, RowNote},
    exchange::{RowError, faults_of, worded},
    i18n::messages::message,
};
use async_graphql::{Context, Enum, Result, SimpleObject};
use domain::import::ImportState;
use std::sync::Arc;

/// What a row comes to.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum ImportOutcome {
    /// A new contact.
    Created,
    /// Its contact changes.
    Updated,
    /// Its contact is so already.
    Unchanged,
    /// A row above means the same contact.
    Duplicate,
    /// It cannot be taken.
    Rejected,
    /// It was planned, and could not be done any more.
    LeftOut,
    /// It was done, and could not be taken back, or not in all.
    Kept,
}

impl From<ImportOutcome> for RowFilter {
    fn from(outcome: ImportOutcome) -> Self {
        match outcome {
            ImportOutcome::Created => RowFilter::Of(Outcome::Created),
            ImportOutcome::Updated => RowFilter::Of(Outcome::Updated),
            ImportOutcome::Unchanged => RowFilter::Of(Outcome::Unchanged),
            ImportOutcome::Duplicate => RowFilter::Of(Outcome::Duplicate),
            ImportOutcome::Rejected => RowFilter::Of(Outcome::Rejected),
            ImportOutcome::LeftOut => RowFilter::LeftOut,
            ImportOutcome::Kept => RowFilter::Kept,
        }
    }
}

/// What is wrong with a row, or with one value of it.
#[derive(SimpleObject)]
pub struct ImportRowError {
    /// A stable code for programs.
    code: String,
    /// A sentence for people, in the language of `Accept-Language`.
    message: String,
    /// The title of the column, where it is about one.
    column: Option<String>,
    /// The value as sent.
    value: Option<String>,
}

impl From<RowError> for ImportRowError {
    fn from(error: RowError) -> Self {
        ImportRowError { code: error.code.to_owned(), message: error.message, column: error.column, value: error.value }
    }
}

/// Why a contact was not taken back, or not in all.
#[derive(SimpleObject)]
pub struct ImportKept {
    /// A stable code; `PARTLY`: all but these fields is as before.
    code: String,
    /// A sentence for people.
    message: String,
    /// The fields that stayed as they are.
    fields: Vec<String>,
}

/// A row of the file.
#[derive(SimpleObject)]
pub struct ImportRow {
    /// As a spreadsheet counts: the header is 1.
    row: u64,
    /// The physical line, as a text editor counts.
    line: u64,
    /// What it comes to: by the plan, or `LEFT_OUT` where that could not be done.
    outcome: ImportOutcome,
    /// Whether it was done.
    done: bool,
    /// Whom it is about; null of a row that cannot be taken, and of a new contact before it is there.
    contact: Option<Contact>,
    /// The row above that means the same contact.
    same_as: Option<u64>,
    /// As sent, cell by cell in the order of the import's `columns`; empty of a row that asks for nothing.
    cells: Vec<String>,
    /// What it would change, or changed.
    differences: Vec<FieldChange>,
    /// Why it is not taken.
    errors: Vec<ImportRowError>,
    /// Values that were left out, and why.
    warnings: Vec<ImportRowError>,
    /// Why it was not taken back, or not in all.
    kept: Option<ImportKept>,
}

impl Import {
    /// Rows as callers see them, with their contacts, read together.
    pub(super) async fn told(
        &self,
        ctx: &Context<'_>,
        asker: &Asker,
        notes: Vec<RowNote>,
    ) -> Result<Vec<(Place, ImportRow)>> {
        let state = self.state()?;
        let head = asker.app.import_rows().head(self.id, state.account).await.map_err(|e| asker.failed(e))?;
        let ids = notes.iter().filter_map(|note| note.row.contact).map(|contact| contact.0).collect();
        let contacts = Snapshot::now(asker).read(ids, wants_families(ctx)).await?;
        Ok(notes
            .into_iter()
            .map(|note| {
                let place = Place::Position(note.row.number);
                (place, self.row(asker, state, head.as_ref(), &contacts, note))
            })
            .collect())
    }

    fn row(
        &self,
        asker: &Asker,
        state: &ImportState,
        head: Option<&FileHead>,
        contacts: &Arc<Snapshot>,
        note: RowNote,
    ) -> ImportRow {
        let lang = asker.lang;
        let told = |faults: &[crate::app::imports::RowFault]| {
            let told = head.map(|head| worded(head, &note, faults, lang)).unwrap_or_default();
            told.into_iter().map(ImportRowError::from).collect()
        };
        let (errors, warnings) = (told(&faults_of(&note)), told(&note.row.says.warnings));
        let planned = match note.row.outcome {
            Outcome::Created => ImportOutcome::Created,
            Outcome::Updated => ImportOutcome::Updated,
            Outcome::Unchanged => ImportOutcome::Unchanged,
            Outcome::Duplicate => ImportOutcome::Duplicate,
            Outcome::Rejected => ImportOutcome::Rejected,
        };
        let does = matches!(planned, ImportOutcome::Created | ImportOutcome::Updated);
        ImportRow {
            row: note.row.number,
            line: note.row.says.line,
            outcome: if note.left_out.is_some() { ImportOutcome::LeftOut } else { planned },
            done: does && note.left_out.is_none() && note.row.number <= state.done.through,
            contact: note.row.contact.and_then(|id| Contact::found(contacts, id)),
            same_as: note.row.same_as,
            differences: note.row.says.changes.iter().map(difference).collect(),
            cells: note.row.says.cells,
            errors,
            warnings,
            kept: note.kept.map(|kept| ImportKept {
                message: message(&kept.code, lang, &[("missing", kept.fields.join(","))]),
                code: kept.code,
                fields: kept.fields,
            }),
        }
    }
}

fn difference(change: &RowChange) -> FieldChange {
    const FIELDS: [&str; 9] =
        ["kind", "firstName", "lastName", "companyName", "email", "phone", "fax", "address", "externalId"];
    let field = FIELDS.into_iter().find(|field| *field == change.field).unwrap_or_default();
    FieldChange::planned(field, change.before.clone(), change.after.clone())
}
