//! The embedded files, served under names that change with their content, and the licences of what is not ours.

use axum::{
    Router,
    extract::Path,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};

/// A file inside the program.
#[derive(Clone, Copy, Debug)]
pub struct Asset {
    /// Its published name, such as `graphiql.min.js`.
    pub name: &'static str,
    /// The same with a hash of its content, under `/assets/`.
    pub hashed_name: &'static str,
    /// Its media type.
    pub mime: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
    /// The SPDX identifier of its own licence; what is bundled in it is in [`LICENCES`].
    pub licence: &'static str,
}

impl Asset {
    /// Where it is served.
    #[must_use]
    pub fn address(&self) -> String {
        format!("/assets/{}", self.hashed_name)
    }
}

include!(concat!(env!("OUT_DIR"), "/browser/assets.rs"));

/// `/assets/<hashed name>`, kept for ever by browsers since another content has another name, and `/licences`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(asset)).route("/licences", get(licences))
}

const NOSNIFF: (HeaderName, &str) = (header::X_CONTENT_TYPE_OPTIONS, "nosniff");

async fn asset(Path(name): Path<String>) -> Response {
    match ASSETS.iter().find(|asset| asset.hashed_name == name) {
        Some(asset) => (
            [
                (header::CONTENT_TYPE, asset.mime),
                (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
                (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
                NOSNIFF,
            ],
            asset.bytes,
        )
            .into_response(),
        None => (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store"), NOSNIFF]).into_response(),
    }
}

async fn licences() -> Response {
    let start = "Sésame embeds code for browsers from the packages below.\n\
                 Sésame utilise dans le navigateur du code des paquets ci-dessous.\n\n";
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache"), NOSNIFF];
    (headers, format!("{start}{LICENCES}")).into_response()
}
