//! The tenant: its name and number, its time zone, and the policies that its contacts' rules read.

mod commands;
pub mod connection;
pub mod erp;
mod events;
pub mod provider;
mod state;
#[cfg(test)]
mod tests;
pub mod token;

pub use commands::{LetPendingIn, OpenAccount, RecordExport, RecordListRead, RenameAccount, SetPolicies};
pub use erp::{ConnectErp, DisconnectErp, ErpConnection, SetErpOwnership};
pub use events::{AccountActedFor, AccountEvent, ListExported, ListRead, Opened, PendingLetIn, PoliciesSet, Renamed};
pub use provider::{Provider, RemoveProvider, SetProvider, SwitchProviderOff};
pub use state::{AccountState, Policies};
