//! The log's promises. Each is shown on the log in memory, on SQLite and on PostgreSQL.

mod promises;
mod restart;
mod same_answers;
mod subject;

/// Makes a test an engine of each promise.
macro_rules! on_every_log {
    ($($promise:ident),* $(,)?) => {
        mod memory { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(&super::Subject::memory()).await } )* }
        mod sqlite { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(&super::Subject::sqlite().await).await } )* }
        mod postgres { $( #[tokio::test(flavor = "multi_thread")] async fn $promise() { super::$promise(&super::Subject::postgres().await).await } )* }
    };
}
use on_every_log;
