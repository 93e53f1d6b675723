//! The whole program: the command line with real files, the sample data, erasure down to the bytes, documents made from the code, what the security pages say.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod audit;
mod backup;
mod cli;
mod demo;
mod docs;
mod erasure;
mod keys;
mod kurrent;
mod privacy;
mod security;
mod supervisor;
mod supply;
mod users;
