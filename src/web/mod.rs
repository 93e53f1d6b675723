//! Pages that the service serves from its own program.
//!
//! The pages people work in, pages that mailed links lead to, and the GraphQL console. Third-party code for browsers is fetched by `build.rs` under the feature
//! `browser` and served with its licences; without the feature the pages work without a script, and there is no console. Knows HTTP and languages, and
//! of GraphQL only the desk that asks it (`http::desk`) and the address of its endpoint.
//!
//! Next: `rooms` (the pages), `show` (how one is shown), `links` (what mails lead to), `told` (what is told where there is no page), `assets` (embedded files), `graphiql` (the
//! console), `mailbox` (what the demo would mail).

pub mod assets;
#[cfg(feature = "browser")]
pub mod graphiql;

pub mod links;
pub mod mailbox;
pub mod rooms;
pub mod show;
pub mod told;

use axum::Router;

/// The GraphQL console, `/graphiql`; none without the feature `browser`.
#[cfg(feature = "browser")]
pub fn console<S: Clone + Send + Sync + 'static>() -> Router<S> {
    graphiql::routes("/graphql")
}

/// No route: the service was built without the feature `browser`.
#[cfg(not(feature = "browser"))]
pub fn console<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
}
