//! Client files in and subscribers out, through the real service, on every engine there is.

#![expect(clippy::unwrap_used, reason = "tests")]

mod clients;
mod exports;
mod http;
mod laws;
mod place;
mod plans;
mod rows;
