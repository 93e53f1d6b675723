//! The body: read as it streams, cut at its limit, dropped when it dawdles.

use std::time::Duration;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, header},
};
use futures::StreamExt;

use super::problem::Problem;

/// Reads at most `limit` bytes within `time`. A length announced above the limit is refused unread; one that is not
/// announced is refused as soon as the limit is passed.
pub(super) async fn read(headers: &HeaderMap, body: Body, limit: usize, time: Duration) -> Result<Bytes, Problem> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(Problem::TooLarge(limit));
    }
    tokio::time::timeout(time, collect(body, limit)).await.map_err(|_| Problem::TooSlow)?
}

async fn collect(body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut stream = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = stream.next().await {
        // The connection broke: nobody is left to read why.
        let chunk = chunk.map_err(|_| Problem::Json { at: None })?;
        if whole.len() + chunk.len() > limit {
            return Err(Problem::TooLarge(limit));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}
