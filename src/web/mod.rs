//! Pages that the service serves from its own program.
//!
//! Pages that mailed links lead to, and the GraphQL console and what it needs. The third-party code of the console is fetched by `build.rs` under the feature
//! `browser` and served with its licences; without the feature there are no such routes. Knows HTTP and languages, and
//! of GraphQL only the address of its endpoint.
//!
//! Next: `links` (what mails lead to), `page` (a small page), `assets` (embedded files), `graphiql` (the console), `mailbox` (what the demo would mail).

#[cfg(feature = "browser")]
pub mod assets;
#[cfg(feature = "browser")]
pub mod graphiql;

pub mod links;
pub mod mailbox;
pub mod page;

use axum::Router;

/// Every route of this module: `/graphiql`, `/assets/…` and `/licences`; none without the feature `browser`. To serve the
/// files without the console mount [`assets::routes`] alone.
#[cfg(feature = "browser")]
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    assets::routes().merge(graphiql::routes("/graphql"))
}

/// No route: the service was built without the feature `browser`.
#[cfg(not(feature = "browser"))]
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
}
