//! The embedded files, served under names that change with their content, and the licences of what is not ours.

use axum::{
    Router,
    extract::Path,
    http::{HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use std::sync::LazyLock;

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

/// The letters of the pages: Inter, the Latin ones.
pub const FONT: &str = "inter-latin-wght-normal.woff2";

/// Where a file is served; empty where this program was built without it.
pub fn address(name: &str) -> &'static str {
    static ADDRESSES: LazyLock<Vec<(&str, String)>> =
        LazyLock::new(|| ASSETS.iter().map(|asset| (asset.name, asset.address())).collect());
    ADDRESSES.iter().find(|(known, _)| *known == name).map(|(_, address)| address.as_str()).unwrap_or_default()
}

/// `/assets/<hashed name>`, kept for ever by browsers since another content has another name, `/favicon.svg`, and `/licences`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/assets/{name}", get(asset))
        .route("/favicon.svg", get(favicon))
        .route("/licences", get(licences))
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

async fn favicon() -> Response {
    let headers = [(header::CONTENT_TYPE, "image/svg+xml"), (header::CACHE_CONTROL, "public, max-age=86400"), NOSNIFF];
    (headers, pages::FAVICON).into_response()
}

async fn licences() -> Response {
    let start = "Sésame embeds code for browsers from the packages below.\n\
                 Sésame utilise dans le navigateur du code des paquets ci-dessous.\n\n";
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-cache"), NOSNIFF];
    (headers, format!("{start}{LICENCES}")).into_response()
}
