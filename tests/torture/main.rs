//! What must hold when things go wrong: the process is killed ([`killed`]), also between an event and what follows from it ([`follows`]), readers run beside writers that stall and fail ([`readers`]), the
//! database goes away, is full, or does not answer a commit ([`outage`]).
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

#[path = "../support/databases.rs"]
mod databases;
#[path = "../support/rows.rs"]
mod rows;

mod cluster;
mod follows;
mod imports;
mod killed;
mod marks;
mod outage;
mod readers;
mod unanswered;
