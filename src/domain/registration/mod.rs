//! A sign-up in the app that matches no contact yet: it opens nothing until it is found to be someone's.
//!
//! `suggest.rs` says who it might be; a person confirms.

mod commands;
mod events;
mod state;
mod suggest;
#[cfg(test)]
mod tests;

pub use commands::{
    Again, ChangeRegistrationEmail, EraseRegistration, MatchRegistration, SignUp, SignUpRead, TurnAway,
    VerifyRegistrationEmail,
};
pub use events::*;
pub use state::RegistrationState;
pub use suggest::{Likeness, Resemblance, phone_key, probe, resemblance};
