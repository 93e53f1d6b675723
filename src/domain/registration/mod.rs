//! A sign-up in the app that matches no contact yet: it opens nothing until it is found to be someone's.

mod events;
mod state;

pub use events::*;
pub use state::RegistrationState;
