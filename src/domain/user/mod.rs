//! A login: one person, one verified e-mail, any number of accounts.

mod events;
mod state;

pub use events::*;
pub use state::UserState;
