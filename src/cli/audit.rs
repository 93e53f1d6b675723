//! `sesame audit verify`, `sesame audit key`, `sesame audit show`.

use super::{Common, Failed, Output, open};
use clap::Subcommand;
use domain::ContactId;
use serde_json::json;
use sesame::{
    clock::{Clock, SystemClock},
    db::Db,
    log::{
        checkpoint::{self, Checkpoints},
        verify,
    },
    vault::sign::PublicKey,
};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Check that no event was changed, removed, swapped or cut off.
    Verify(Verify),
    /// Print the public key that notes outside the database are checked with.
    Key,
    /// Show what happened to a contact, oldest first.
    Show {
        /// The contact.
        #[arg(long, value_name = "ID")]
        contact: String,
    },
}

#[derive(Debug, clap::Args)]
pub struct Verify {
    /// Compare with the checkpoints of this file; not given: those of SESAME_AUDIT_CHECKPOINT_FILE.
    #[arg(long, value_name = "FILE")]
    checkpoints: Option<PathBuf>,
    /// Trust only this key, as `sesame audit key` printed it, or a file that holds it; may be given several times. The instance's own keys are then
    /// not needed, and nothing is noted.
    #[arg(long, value_name = "KEY")]
    public_key: Vec<String>,
}

impl Audit {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        match self {
            Audit::Verify(asked) => asked.run(common, output).await,
            Audit::Key => key(common, output),
            Audit::Show { contact } => {
                let (_, service) = open::service(common, output, false).await?;
                show(&service, output, &contact).await?;
                service.stop().await;
                Ok(())
            }
        }
    }
}

fn key(common: &Common, output: &Output) -> Result<(), Failed> {
    let config = open::config(common)?;
    let given = config.audit_key.is_some() || config.master_key.is_some();
    if !given && !config.key_file().exists() {
        // One that was made for this alone would sign nothing.
        let file = config.key_file();
        return Err(Failed::new(format!(
            "there is no key yet: {} is made with the first account. Name this instance's database or key file, if it has one",
            file.display()
        )));
    }
    let public = open::keys(&config, output)?.signer().public();
    let text = format!("key id      {}\npublic key  {public}\n\n{}", public.id(), public.pem());
    let value = json!({ "keyId": public.id().to_string(), "publicKey": public.to_string(), "pem": public.pem() });
    output.result(text.trim_end(), &value);
    Ok(())
}

/// A key as it is given: itself, or a file with it.
fn given(text: &str) -> Result<PublicKey, Failed> {
    let parsed = text.parse::<PublicKey>();
    parsed.or_else(|refused| match std::fs::read_to_string(text) {
        Ok(file) => file.parse().map_err(|e| Failed::new(format!("{text}: {e}"))),
        Err(_) => Err(Failed::new(format!("{text}: {refused}"))),
    })
}

impl Verify {
    async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        if !self.public_key.is_empty() {
            let config = open::config(common)?;
            let trusted = self.public_key.iter().map(|key| given(key)).collect::<Result<Vec<_>, _>>()?;
            let db = Db::open(&open::options(&config, false)).await?;
            let checkpoints = self.checkpoints.or_else(|| config.audit_checkpoint_file.clone());
            let noted = checkpoints.map(|file| checkpoint::read(&file, &trusted)).transpose()?;
            let report = verified(&db, &noted.unwrap_or_default(), output).await;
            db.close().await;
            return report.map(|_| ());
        }
        let (config, service) = open::service(common, output, false).await?;
        let own = config.audit_checkpoint_file.as_deref();
        let file = self.checkpoints.as_deref().or(own);
        let trusted = open::trusted(&config, output)?;
        let noted = file.map(|file| checkpoint::read(file, &trusted)).transpose()?.unwrap_or_default();
        let report = verified(service.db(), &noted, output).await?;
        let log = service.app.log();
        if let Some(position) = log.first_difference().await? {
            let engine = log.promises().engine;
            return Err(Failed::new(format!("at position {position} the copy is not what the log in {engine} has")));
        }
        // What was found whole is noted, so that a later cut is seen; a copy stays as it is.
        if let (Some(own), Some(head)) = (own.filter(|own| file == Some(*own)), report.head) {
            let now = SystemClock.now().timestamp_micros();
            checkpoint::note(own, &head, service.vault().signer(), now)?;
        }
        service.stop().await;
        Ok(())
    }
}

/// Verifies the log and says what was found.
async fn verified(db: &Db, noted: &Checkpoints, output: &Output) -> Result<verify::Report, Failed> {
    let bar = output.progress("verifying", Some(0));
    let report = verify::verify(db, &noted.all, |at, of| {
        bar.set_length(of);
        bar.set_position(at);
    })
    .await?;
    bar.finish_and_clear();
    let damage: Vec<String> = report.damages.iter().map(ToString::to_string).collect();
    let last = noted.noted_at.and_then(chrono::DateTime::from_timestamp_micros);
    let text = if report.is_whole() {
        let of = last.map_or(String::new(), |at| format!(", the last of {}", at.format("%Y-%m-%d %H:%M:%S")));
        format!(
            "The log is whole: {} events, dense and chained; signed checkpoints compared: {}{of}.",
            report.events, report.checkpoints
        )
    } else {
        format!("The log is damaged in {} places:\n  {}", report.damage_count, damage.join("\n  "))
    };
    let keys: Vec<String> = noted.keys.iter().map(ToString::to_string).collect();
    let value = json!({
        "whole": report.is_whole(), "events": report.events, "checkpoints": report.checkpoints, "lastCheckpointAt": last, "keys": keys,
        "damage": damage,
    });
    output.result(&text, &value);
    if report.is_whole() { Ok(report) } else { Err(Failed::new("the log is damaged")) }
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
