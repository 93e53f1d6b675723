//! The one door for questions and commands from outside: GraphQL over HTTP.
//!
//! Thin: an input becomes a command or a question, an answer becomes a payload. Names neither the log nor a database.
//! Next: `endpoint` (HTTP), `guard` (how much a document may ask for).

pub mod endpoint;
pub mod guard;
