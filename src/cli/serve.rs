//! `sesame serve`, and the serving half of `sesame demo`.

use super::{Common, Failed, Output, open, supervisor};
use sesame::{
    clock::SystemClock,
    config::{Config, LogFormat},
    outbound::{Outbound, Targets},
    service::{SERVING, Service},
    telemetry,
};
use std::{io::IsTerminal, sync::Arc};
use tokio::net::TcpListener;

pub async fn run(common: &Common, output: &Output) -> Result<(), Failed> {
    let config = open::config(common)?;
    let format = config.log_format(std::io::stderr().is_terminal());
    telemetry::start_logs(format, &config.log_level, Arc::new(SystemClock))?;
    telemetry::Metrics::start()?;
    let ended = opened(config, output).await;
    match &ended {
        // Whoever reads the log as JSON finds there why it ended; it is not told a second time as text.
        Err(failed) if format == LogFormat::Json => {
            tracing::error!(error = %failed, "the service ended");
            Err(Failed::told())
        }
        _ => ended,
    }
}

/// Opens what the settings name, and serves it.
async fn opened(config: Config, output: &Output) -> Result<(), Failed> {
    let outside = open::outside(&config)?;
    if outside.mailer.is_none() {
        tracing::warn!("no mail server is set: mails wait in the outbox. Set SESAME_SMTP_URL and SESAME_MAIL_FROM");
    }
    let service = open::open_with(&config, output, true, outside).await?;
    let listener = listen(&config).await?;
    let url = format!("http://{}", listener.local_addr()?);
    output.result(&format!("Serving at {url}"), &serde_json::json!({ "url": url }));
    serve(service, config, listener).await
}

/// Listens at the configured address.
pub async fn listen(config: &Config) -> Result<TcpListener, Failed> {
    TcpListener::bind(config.listen).await.map_err(|e| {
        Failed::new(format!(
            "cannot listen at {}: {e}. Set SESAME_LISTEN to an address and port that are free",
            config.listen
        ))
    })
}

/// Serves until asked to stop; running requests are finished.
pub async fn serve(service: Service, config: Config, listener: TcpListener) -> Result<(), Failed> {
    // Nodes serve together; whoever replaces the master key does it while none does.
    let (name, number) = SERVING;
    let Some(serving) = service.db().shared(name, number).await? else {
        return Err(Failed::new("the master key of this database is being replaced: start again when that has ended"));
    };
    // It may have ended between the opening and now.
    service.vault().verify_keys().await?;
    let service = Arc::new(service);
    if let Some(file) = config.audit_checkpoint_file.clone() {
        tokio::spawn(note_checkpoints(service.clone(), file));
    }
    service.app.keep_for(sesame::retention::Retention::from(&config));
    service.app.search_in(config.erp_folder.iter().cloned().collect());
    if let Some(file) = config.erasure_ledger_file.clone() {
        tokio::spawn(note_erasures(service.clone(), file));
    }
    let targets = if config.allow_private_targets { Targets::Any } else { Targets::Public };
    tokio::spawn(sesame::erp::keep_syncing(service.app.clone(), Outbound::new(targets), config.erp_folder.clone()));
    supervisor::serving(&format!("http://{}", listener.local_addr()?));
    sesame::http::serve(service.clone(), config, listener).await?;
    serving.release().await;
    service.stop().await;
    Ok(())
}

/// Notes erasures outside the database as they happen: what a restored backup is measured against.
async fn note_erasures(service: Arc<Service>, file: std::path::PathBuf) {
    loop {
        let now = service.app.clock().now().timestamp_micros();
        if let Err(e) = sesame::erasure::ledger::note(service.db(), &file, service.vault().signer(), now).await {
            tracing::warn!(error = %e, "erasures could not be noted outside the database; trying again in a moment");
        }
        tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    }
}

/// Notes the head outside the database every ten minutes: what a cut log can be measured against.
async fn note_checkpoints(service: Arc<Service>, file: std::path::PathBuf) {
    loop {
        let now = service.app.clock().now().timestamp_micros();
        let noted = match service.app.reader().head().await {
            Ok(head) => {
                sesame::log::checkpoint::note(&file, &head, service.vault().signer(), now).map_err(|e| e.to_string())
            }
            Err(e) => Err(e.to_string()),
        };
        match noted {
            Ok(_) => metrics::gauge!("sesame_checkpoint_timestamp_seconds").set(now as f64 / 1e6),
            Err(e) => tracing::warn!(error = e, "the log's head could not be noted outside the database"),
        }
        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
    }
}
