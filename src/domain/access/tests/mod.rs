//! Rules of this room, row by row: `courses.rs` (K), `beyond.rs` (B, and who it is), `could.rs` (B3), `order_date.rs` (what delays count from), `table.rs` (every
//! combination against `model.rs`, which is the same rule told hour by hour), `laws.rs` (what holds for any history). `story.rs` tells them.
#![expect(clippy::unwrap_used, reason = "tests")]

mod beyond;
mod could;
mod courses;
mod laws;
mod model;
mod order_date;
mod story;
mod table;
