//! What can be asked of imports; the work itself is `app::imports`.

use super::as_expected;
use crate::app::draft::{Draft, Of, Stop};
use domain::{
    AccountId, ImportId, Refusals, StreamId,
    import::{ApplyImport, CancelImport, ImportEvent, ImportState, PlanImport, UndoImport},
};

/// A command of an import.
#[derive(Debug, Clone)]
pub enum ImportCommand {
    /// Notes a plan whose rows stand ready under this id.
    Plan(ImportId, PlanImport),
    /// Starts doing it, or goes on.
    Apply(ImportId),
    /// Stops it, or drops its plan.
    Cancel(ImportId),
    /// Starts taking it back.
    Undo(ImportId),
}

impl ImportCommand {
    pub(super) fn name(&self) -> &'static str {
        match self {
            ImportCommand::Plan(..) => "PlanImport",
            ImportCommand::Apply(_) => "ApplyImport",
            ImportCommand::Cancel(_) => "CancelImport",
            ImportCommand::Undo(_) => "UndoImport",
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        if let ImportCommand::Plan(_, plan) = self { Some(plan.account) } else { None }
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        match self {
            ImportCommand::Plan(id, _)
            | ImportCommand::Apply(id)
            | ImportCommand::Cancel(id)
            | ImportCommand::Undo(id) => vec![(*id).into()],
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        let at = draft.meta.now;
        match self {
            ImportCommand::Plan(id, plan) => {
                draft.account(plan.account).await?;
                draft.create(id, plan.decide()?);
                draft.about_mut().import = Some(id);
                Ok(())
            }
            ImportCommand::Apply(id) => on_import(draft, id, expected, |i| ApplyImport { at }.decide(i)).await,
            ImportCommand::Cancel(id) => on_import(draft, id, expected, |i| CancelImport.decide(i)).await,
            ImportCommand::Undo(id) => on_import(draft, id, expected, |i| UndoImport { at }.decide(i)).await,
        }
    }
}

async fn on_import(
    draft: &mut Draft<'_>,
    id: ImportId,
    expected: Option<u64>,
    rule: impl FnOnce(&ImportState) -> Result<Vec<ImportEvent>, Refusals>,
) -> Result<(), Stop> {
    let import: Of<ImportState> = draft.import(id).await?;
    as_expected(import.edition(), expected)?;
    let events = rule(import.get()?)?;
    draft.write(&import, id, events);
    Ok(())
}
