//! What access is given to: its modules and their drip schedule, and the order e-mail.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{
    ArchiveProduct, CreateProduct, ModuleDraft, RenameProduct, RestoreProduct, SetModules, SetOrderEmail,
    TEMPLATE_VARIABLES,
};
pub use events::{Archived, Created, ModulesSet, OrderEmail, OrderEmailSet, ProductEvent, Renamed, Restored};
pub use state::{ProductState, Schedule};
