//! What probes and scrapers ask: whether the process lives, whether it should be sent requests, and its numbers.

use super::Draining;
use crate::{service::Service, telemetry::Metrics};
use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// How long the database may take to answer the probe.
const PROBE: Duration = Duration::from_secs(3);

/// What the probes look at.
#[derive(Clone)]
pub struct Probed {
    pub service: Arc<Service>,
    pub draining: Draining,
}

/// The process answers. Says nothing of the database: restarting us mends no database.
pub async fn alive() -> Response {
    Json(json!({ "status": "alive", "version": env!("CARGO_PKG_VERSION") })).into_response()
}

/// Whether requests should be sent here: the database takes writes, the read models are level, nothing is stopping. Names what is not so; the log has the
/// details.
pub async fn ready(State(probed): State<Probed>) -> Response {
    let not_ready = why_not(&probed).await;
    if not_ready.is_empty() {
        // What needs someone, but no other machine to answer requests.
        let notes = match tokio::time::timeout(PROBE, notes(&probed.service)).await {
            Ok(notes) if !notes.is_empty() => json!({ "status": "ready", "notes": notes }),
            _ => json!({ "status": "ready" }),
        };
        Json(notes).into_response()
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "status": "not ready", "notReady": not_ready }))).into_response()
    }
}

/// What is in the way of requests, by name; nothing: they may be sent.
async fn why_not(probed: &Probed) -> serde_json::Map<String, serde_json::Value> {
    let mut not_ready = serde_json::Map::new();
    if probed.draining.has_begun() {
        not_ready.insert("service".into(), "stopping".into());
    }
    let writable = tokio::time::timeout(PROBE, probed.service.db().check_writable()).await;
    match writable {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready: the database takes no writes");
            not_ready.insert("database".into(), "takes no writes".into());
        }
        Err(_) => {
            not_ready.insert("database".into(), "does not answer".into());
        }
    }
    // Without a database there is nothing to learn about read models.
    if !not_ready.contains_key("database") {
        match tokio::time::timeout(PROBE, probed.service.not_ready()).await {
            Ok(Ok(models)) => not_ready.extend(models.into_iter().map(|(name, why)| (name, why.into()))),
            Ok(Err(error)) => {
                tracing::warn!(%error, "not ready: the read models cannot be asked");
                not_ready.insert("readModels".into(), "cannot be asked".into());
            }
            Err(_) => {
                not_ready.insert("database".into(), "does not answer".into());
            }
        }
    }
    not_ready
}

/// What an operator should know of deliveries.
async fn notes(service: &Service) -> serde_json::Map<String, serde_json::Value> {
    let mut notes = serde_json::Map::new();
    let outside = service.outbox().outside();
    if let Ok(standing) = service.outbox().standing().await {
        if outside.mailer.is_none() && standing.mails > 0 {
            notes.insert("mail".into(), format!("no mail server is set: {} wait", standing.mails).into());
        }
        if standing.failed > 0 {
            notes.insert("deliveries".into(), format!("{} given up", standing.failed).into());
        }
    }
    notes
}

/// The numbers, in Prometheus's text form. Those of the node itself are looked at now.
pub async fn metrics(State(probed): State<Probed>) -> Response {
    match Metrics::start() {
        Ok(metrics) => {
            let not_ready = why_not(&probed).await;
            metrics::gauge!("sesame_ready").set(if not_ready.is_empty() { 1.0 } else { 0.0 });
            metrics::gauge!("sesame_log_position").set(probed.service.app.log().watch().borrow().position as f64);
            // A database that did not answer is not waited for again. Where no backup was tried there is no number: some make them by other programs.
            if !not_ready.contains_key("database")
                && let Ok(Ok(Some(at))) = tokio::time::timeout(PROBE, crate::backup::last(probed.service.db())).await
            {
                metrics::gauge!("sesame_backup_timestamp_seconds").set(at as f64 / 1e6);
            }
            for (pool, used, most) in probed.service.db().connections() {
                metrics::gauge!("sesame_db_connections_used", "pool" => pool).set(f64::from(used));
                metrics::gauge!("sesame_db_connections_max", "pool" => pool).set(f64::from(most));
            }
            ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.render()).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "metrics cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
