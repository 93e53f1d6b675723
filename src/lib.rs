//! Sésame: contacts, and who may open what, explained from the log.
//!
//! Which door leads where:
//!
//! * [`graphql`], [`http`], [`web`]: what callers ask, command and follow live, and the pages (crate `pages`); `main.rs` and `cli/`: the command line.
//! * [`files`]: client files as bytes and rows; [`exchange`]: importing, planning and exporting them; [`erp`]: records of an ERP, sent, dropped or pulled.
//! * [`app`]: the only way to write. Authorise, load, decide (crate `domain`), append, answer; also what follows across streams (`app::policies`)
//!   and plans of files being applied or taken back (`app::imports`).
//! * [`log`]: what happened, in order, in the database or beside it (`log::beside`); [`vault`]: what must be deletable; [`projector`]: rows (crate `projections`) kept current.
//! * [`identity`]: who is asking: signing up and in, second factors, sessions, the account one works in.
//! * [`outbox`]: mails and signed calls that go out for what happened; [`outbound`]: calls to addresses that callers choose.
//! * [`person`]: everything that is kept about someone, handed out.
//! * [`service`]: all of it put together; [`demo`]: sample data; [`erasure`]: cleaning the engine's files after one, and the proof;
//!   [`retention`]: what is deleted in time.
//! * [`backup`]: a database put away and brought back.
//! * [`limits`]: how often something may be tried, on all nodes together.
//! * [`db`]: the two databases; [`clock`], [`config`], [`telemetry`], [`i18n`]: the small rooms.
//!
//! `docs/architecture.md` draws the way of a command and of a question.

pub mod app;
pub mod backup;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod erasure;
pub mod erp;
pub mod exchange;
pub mod files;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod graphql;
pub mod http;
pub mod i18n;
pub mod identity;
pub mod limits;
pub mod log;
pub mod outbound;
pub mod outbox;
pub mod person;
pub mod projector;
pub mod retention;
pub mod service;
pub mod telemetry;
pub mod vault;
pub mod web;
