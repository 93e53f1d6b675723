//! The log's promises. Each is shown on SQLite, on PostgreSQL, and on a log outside either database: in memory, and in KurrentDB.

mod killed;
mod left_half_way;
mod promises;
mod reconnects;
mod restart;
mod same_answers;
pub mod subject;

/// Makes a test an engine of each promise.
macro_rules! on_every_log {
    ($($promise:ident),* $(,)?) => {
        mod memory { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Memory).await } )* }
        mod memory_postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::MemoryPostgres).await } )* }
        mod kurrent { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Kurrent).await } )* }
        mod kurrent_postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::KurrentPostgres).await } )* }
        mod sqlite { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Sqlite).await } )* }
        mod postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Postgres).await } )* }
    };
}
use on_every_log;
