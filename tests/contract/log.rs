//! The log's promises. Each is shown on SQLite, on PostgreSQL, and on a log in memory beside either.

mod left_half_way;
mod promises;
mod restart;
mod same_answers;
pub mod subject;

/// Makes a test an engine of each promise.
macro_rules! on_every_log {
    ($($promise:ident),* $(,)?) => {
        mod memory { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Memory).await } )* }
        mod memory_postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::MemoryPostgres).await } )* }
        mod sqlite { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Sqlite).await } )* }
        mod postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(crate::databases::Engine::Postgres).await } )* }
    };
}
use on_every_log;
