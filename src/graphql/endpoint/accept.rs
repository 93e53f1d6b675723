//! `Accept`: which of the two JSON media types of GraphQL over HTTP to answer in.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::i18n::lang::{Preference, preferences};

/// A media type of answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: the older one; the answer to any well-formed request has status 200.
    #[default]
    Json,
    /// `application/graphql-response+json`: the status tells whether the document was run.
    Graphql,
}

impl Media {
    pub(super) const fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Graphql => "application/graphql-response+json; charset=utf-8",
        })
    }
}

/// The media type that the caller prefers; none when it accepts neither. Without `Accept`, and for ranges such as `*/*`
/// that name neither, `application/json`.
pub(super) fn negotiate(headers: &HeaderMap) -> Option<Media> {
    if !headers.contains_key(header::ACCEPT) {
        return Some(Media::Json);
    }
    // The most specific range that covers a type decides its quality (RFC 9110 section 12.5.1).
    let mut json = (0, 0);
    let mut graphql = (0, 0);
    for Preference { value, quality } in preferences(headers, &header::ACCEPT) {
        let (specific, covers_json, covers_graphql) = match value.to_ascii_lowercase().as_str() {
            "application/json" => (3, true, false),
            "application/graphql-response+json" => (3, false, true),
            "application/*" => (2, true, true),
            "*/*" => (1, true, true),
            _ => continue,
        };
        for (best, covered) in [(&mut json, covers_json), (&mut graphql, covers_graphql)] {
            if covered {
                *best = (*best).max((specific, quality));
            }
        }
    }
    let named = |(specific, quality): (u8, u16)| (quality, specific);
    if json.1 == 0 && graphql.1 == 0 {
        None
    } else if named(graphql) > named(json) || (graphql == json && graphql.0 == 3) {
        Some(Media::Graphql)
    } else {
        Some(Media::Json)
    }
}
