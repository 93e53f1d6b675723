//! The rules of Sésame: pure, in memory, without clock, randomness, or database.
//!
//! Each folder is one stream's room with the same names in it: `state.rs` (what the stream's events add up to),
//! `events.rs` (what can have happened), `commands.rs` (what can be asked, and when it is refused), `tests.rs`.
//! [`access`] decides who may open what, from those states and nothing else.
//!
//! Next door: the `projections` crate turns states into rows; `sesame::app` loads states, calls `decide`, appends.

pub mod access;
pub mod account;
pub mod acting;
pub mod address;
pub mod calendar;
pub mod contact;
pub mod event;
pub mod fold;
pub mod ids;
pub mod import;
pub mod product;
pub mod refusal;
pub mod registration;
pub mod remedy;
pub mod subscription;
pub mod text;
pub mod timeline;
pub mod user;
pub mod values;

// Always there: as a feature of tests, everything above would be built once for running and once more for testing.
pub mod testing;

pub use event::{Event, Private};
pub use fold::{Actor, ActorKind, Fact, Folded, Origin, State};
pub use ids::{
    AccountId, Category, ClaimId, ContactId, ImportId, ModuleId, ProductId, RegistrationId, StreamId, SubscriptionId,
    UserId,
};
pub use refusal::{Code, Refusal, Refusals};
