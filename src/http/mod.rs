//! The HTTP door: routes, who calls, and what every answer carries.
//!
//! Next: `auth` (bearer tokens), `problem` (what is not served).

pub mod auth;
pub mod problem;

pub use auth::Authenticated;
pub use problem::Problem;
