//! `sesame audit verify`, `sesame audit show`.

use super::{Common, Failed, Output, open};
use clap::Subcommand;
use domain::ContactId;
use serde_json::json;
use sesame::log::{checkpoint, verify};

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no event was changed, removed, swapped or cut off.
    Verify,
    /// Show what happened to a contact, oldest first.
    Show {
        /// The contact.
        #[arg(long, value_name = "ID")]
        contact: String,
    },
}

impl Audit {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let (config, service) = open::service(common, output, false).await?;
        match self {
            Audit::Verify => verify(&config, &service, output).await?,
            Audit::Show { contact } => show(&service, output, &contact).await?,
        }
        service.stop().await;
        Ok(())
    }
}

async fn verify(
    config: &sesame::config::Config,
    service: &sesame::service::Service,
    output: &Output,
) -> Result<(), Failed> {
    let file = config.audit_checkpoint_file.as_deref();
    let checkpoints = file.map(checkpoint::read).transpose().map_err(Failed::new)?.unwrap_or_default();
    let bar = output.progress("verifying", Some(0));
    let report = verify::verify(service.db(), &checkpoints, |at, of| {
        bar.set_length(of);
        bar.set_position(at);
    })
    .await?;
    bar.finish_and_clear();
    let damage: Vec<String> = report.damages.iter().map(ToString::to_string).collect();
    let text = if report.is_whole() {
        format!(
            "The log is whole: {} events, dense and chained; {} checkpoints compared.",
            report.events, report.checkpoints
        )
    } else {
        format!("The log is damaged in {} places:\n  {}", report.damage_count, damage.join("\n  "))
    };
    let value = json!({ "whole": report.is_whole(), "events": report.events, "checkpoints": report.checkpoints, "damage": damage });
    output.result(&text, &value);
    if !report.is_whole() {
        return Err(Failed::new("the log is damaged"));
    }
    // What was found whole is noted, so that a later cut is seen.
    if let (Some(file), Some(head)) = (file, report.head) {
        checkpoint::note(file, &head).map_err(Failed::new)?;
    }
    Ok(())
}

async fn show(service: &sesame::service::Service, output: &Output, contact: &str) -> Result<(), Failed> {
    let id: ContactId =
        contact.parse().map_err(|_| Failed::new(format!("`{contact}` is no contact id: it begins with con_")))?;
    let mut text = String::new();
    let mut entries = Vec::new();
    for (stored, event) in service.app.reader().history(id.into(), 10_000).await? {
        let at = stored.fact().at;
        let actor = stored.meta.actor;
        text.push_str(&format!(
            "{:>8}  {}  {:<36} {} via {}\n",
            stored.position,
            at.format("%Y-%m-%d %H:%M:%S"),
            stored.type_name,
            actor.kind,
            stored.meta.origin
        ));
        let clear: serde_json::Value = serde_json::from_slice(&stored.data)?;
        entries.push(json!({
            "position": stored.position, "version": stored.version, "at": at, "type": stored.type_name, "actor": actor.id, "actorKind": actor.kind,
            "origin": stored.meta.origin, "commandId": stored.meta.command, "correlationId": stored.meta.correlation, "data": clear,
            "personalValues": event.private().transpose()?,
        }));
    }
    if entries.is_empty() {
        return Err(Failed::new(format!("there is no contact {contact} in this database")));
    }
    output.result(text.trim_end(), &json!(entries));
    Ok(())
}
