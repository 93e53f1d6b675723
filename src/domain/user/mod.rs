//! A login: one person, one verified e-mail, any number of accounts.

mod commands;
mod events;
mod state;
#[cfg(test)]
mod tests;

pub use commands::{ChangeSignIn, EraseUser, RegisterUser, ResetSecondFactor, VerifyUserEmail};
pub use events::*;
pub use state::UserState;
