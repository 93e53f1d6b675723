//! What every engine promises, as one suite: the log ([`log`], over memory, KurrentDB, SQLite and PostgreSQL), the questions ([`questions`]), the read
//! models ([`read_models`]), what follows from events ([`policies`]), any commands against
//! a model ([`model`], [`belonging`]), the audit ([`audit`]) and the stored forms of events ([`corpus`]).
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/databases.rs"]
mod databases;
#[path = "../support/rows.rs"]
mod rows;

/// Makes a test of each function that takes an engine: on both databases, and over a log that is in neither.
macro_rules! on_both_engines {
    ($($name:ident),* $(,)?) => {
        mod memory { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(crate::databases::Engine::Memory).await } )* }
        mod sqlite { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(crate::databases::Engine::Sqlite).await } )* }
        mod postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $name() { super::$name(crate::databases::Engine::Postgres).await } )* }
    };
}

mod audit;
mod belonging;
mod corpus;
mod keys;
mod limits;
mod log;
mod model;
mod policies;
mod questions;
mod read_models;
mod story;
