//! Saying of an import: do that, stop, take that back.

use super::{
    ids,
    imports::Import,
    mutate::{inputs, payloads, perform},
};
use crate::app::{Command, ImportCommand};
use async_graphql::{Context, ID, Object, Result};

inputs! {
    /// Starts an import: exactly what its plan says is done. One that was stopped goes on.
    change ApplyImportInput { import_id: ID }
    /// Stops an import after the rows under way; a plan that was not applied is dropped.
    change CancelImportInput { import_id: ID }
    /// Takes an import back, within a day of its end: new contacts are removed, changed fields get back what they held, unless someone changed them since.
    change UndoImportInput { import_id: ID }
}

payloads! {
    ApplyImportPayload { import: Import }
    CancelImportPayload { import: Import }
    UndoImportPayload { import: Import }
}

/// What is said of imports.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Starts an import; the work goes on in the background, `progress` says how far it is. A row whose contact was changed since the plan is left out.
    async fn apply_import(&self, ctx: &Context<'_>, input: ApplyImportInput) -> Result<ApplyImportPayload> {
        let (carried, id) = (input.carried(), ids::import(&input.import_id));
        perform(ctx, carried, Ok(Command::Imports(ImportCommand::Apply(id)))).await
    }

    /// Stops an import after the rows under way; a plan that was not applied is dropped.
    async fn cancel_import(&self, ctx: &Context<'_>, input: CancelImportInput) -> Result<CancelImportPayload> {
        let (carried, id) = (input.carried(), ids::import(&input.import_id));
        perform(ctx, carried, Ok(Command::Imports(ImportCommand::Cancel(id)))).await
    }

    /// Takes an import back, within a day of its end. What someone changed since is kept, and listed by `rows(outcome: KEPT)`.
    async fn undo_import(&self, ctx: &Context<'_>, input: UndoImportInput) -> Result<UndoImportPayload> {
        let (carried, id) = (input.carried(), ids::import(&input.import_id));
        perform(ctx, carried, Ok(Command::Imports(ImportCommand::Undo(id)))).await
    }
}
