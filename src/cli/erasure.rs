//! `sesame erasure check`, `sesame erasure replay`.

use super::{Common, Failed, Output, account::refused, open};
use clap::Subcommand;
use domain::ContactId;
use serde_json::{Value, json};
use sesame::{
    config::Config,
    erasure::{
        ledger,
        needles::Needles,
        receipt::{self, Erased, Receipt, Verdict},
    },
    log::noted,
    service::Service,
};
use std::path::{Path, PathBuf};

/// Erasures listed at once.
const PAGE: i64 = 500;

#[derive(Debug, Subcommand)]
pub enum Erasure {
    /// Show the receipt of an erasure, and check that nothing is left, as far as it can be told by now.
    Check {
        /// The contact that was erased.
        #[arg(long, value_name = "ID", required_unless_present = "all")]
        contact: Option<String>,
        /// Everybody who was erased.
        #[arg(long, conflicts_with_all = ["contact", "needle"])]
        all: bool,
        /// Search every table and file for this text, too; may be given several times. It is written nowhere.
        #[arg(long, value_name = "TEXT")]
        needle: Vec<String>,
    },
    /// Erase again whoever the ledger knows as erased and a restored backup does not.
    Replay {
        /// The ledger; not given: SESAME_ERASURE_LEDGER_FILE.
        #[arg(long, value_name = "FILE")]
        ledger: Option<PathBuf>,
    },
}

impl Erasure {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        match self {
            Erasure::Check { contact: Some(contact), needle, .. } => {
                let (config, service) = open::service(common, output, false).await?;
                service.app.search_in(config.erp_folder.into_iter().collect());
                one(&service, output, &contact, &needle).await?;
                service.stop().await;
                Ok(())
            }
            Erasure::Check { .. } => {
                let (_, service) = open::service(common, output, false).await?;
                all(&service, output).await?;
                service.stop().await;
                Ok(())
            }
            Erasure::Replay { ledger } => replay(common, output, ledger).await,
        }
    }
}

/// A receipt with what was found now, and the signature of both.
fn shown(service: &Service, kept: Option<&Receipt>, now: &Receipt) -> Result<Value, Failed> {
    let mut value = json!({ "receipt": kept, "now": now });
    let signer = service.vault().signer();
    let signed = noted::signature(signer, &serde_json::to_string(&value)?);
    value["keyId"] = json!(signer.public().id().to_string());
    value["signature"] = json!(signed);
    Ok(value)
}

fn told(receipt: &Receipt) -> String {
    let mut text = match receipt.verdict {
        Verdict::Clean => format!(
            "nothing is left: {} values were searched for ({} of them are others' too and prove nothing)",
            receipt.values, receipt.shared
        ),
        Verdict::NoKeyNoRow => "no key and no row is left; their values were not searched for".to_owned(),
        Verdict::Found => "SOMETHING IS LEFT".to_owned(),
    };
    for place in receipt.places.iter().filter(|place| place.found > 0) {
        text.push_str(&format!("\n  {}: {}", place.place, place.found));
    }
    for out in &receipt.out_of_reach {
        text.push_str(&format!("\n  not looked at: {out}"));
    }
    text
}

async fn one(service: &Service, output: &Output, contact: &str, words: &[String]) -> Result<(), Failed> {
    let id: ContactId =
        contact.parse().map_err(|_| Failed::new(format!("`{contact}` is no contact id: it begins with con_")))?;
    let (app, db) = (&service.app, service.db());
    let erased = receipt::erased(db, id.0).await?;
    let erased = erased.ok_or_else(|| Failed::new(format!("{contact} was not erased in this database")))?;
    let kept = receipt::of(db, id.0).await?;
    let mut needles = Needles::default();
    words.iter().for_each(|word| needles.add(word));
    if !words.is_empty() && needles.is_empty() {
        return Err(Failed::new("texts to search for have five characters at least, numbers eight"));
    }
    let needles = Some(needles).filter(|needles| !needles.is_empty());
    let now = receipt::check(app, &erased, needles.as_ref(), app.search_folders()).await?;
    let mut text = match &kept {
        Some(kept) => format!("{id} was erased on {}; receipt of {}: {}", kept.erased_at, kept.checked_at, told(kept)),
        None => format!(
            "{id} is erased; there is no receipt yet: the running service writes it when it has cleaned the files"
        ),
    };
    text.push_str(&format!("\nNow: {}", told(&now)));
    output.result(&text, &shown(service, kept.as_ref(), &now)?);
    if now.verdict == Verdict::Found { Err(Failed::new("something is left of an erased person")) } else { Ok(()) }
}

async fn all(service: &Service, output: &Output) -> Result<(), Failed> {
    let (mut after, mut bad, mut list, mut text) = (0, 0, Vec::new(), String::new());
    loop {
        let page: Vec<Erased> = receipt::page(service.db(), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.position;
        for erased in &page {
            let kept = receipt::of(service.db(), erased.subject).await?;
            let now = receipt::check(&service.app, erased, None, &[]).await?;
            let left = now.verdict == Verdict::Found || kept.as_ref().is_some_and(|r| r.verdict == Verdict::Found);
            bad += usize::from(left);
            text.push_str(&format!(
                "{} {}: {}\n",
                if left { "✗" } else { "✓" },
                now.subject,
                told(kept.as_ref().unwrap_or(&now))
            ));
            list.push(shown(service, kept.as_ref(), &now)?);
        }
    }
    text.push_str(&format!("Erasures: {}; with something left: {bad}.", list.len()));
    output.result(&text, &json!({ "erasures": list, "left": bad }));
    if bad == 0 { Ok(()) } else { Err(Failed::new("something is left of erased people")) }
}

async fn replay(common: &Common, output: &Output, given: Option<PathBuf>) -> Result<(), Failed> {
    let (config, service) = open::service(common, output, false).await?;
    if let Some(file) = given.as_ref().filter(|file| !file.exists()) {
        return Err(Failed::new(format!("there is no ledger at {}", file.display())));
    }
    let file = given.or_else(|| config.erasure_ledger_file.clone());
    let file = file.ok_or_else(|| Failed::new("name the ledger: --ledger FILE, or SESAME_ERASURE_LEDGER_FILE"))?;
    let again = erased_again(&config, &service, output, Some(&file)).await?;
    let value =
        json!({ "inLedger": again.in_ledger, "erasedAgain": again.erased_again, "notedAnew": again.noted_anew });
    output.result(&again.to_string(), &value);
    service.stop().await;
    Ok(())
}

/// What the ledger of erasures did to a database, and the database to the ledger.
pub struct Again {
    /// Erased people whom the ledger knew.
    pub in_ledger: usize,
    /// Those of them whom the database still had.
    pub erased_again: u64,
    /// Whom the ledger had lost, and knows again.
    pub noted_anew: usize,
}

impl std::fmt::Display for Again {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Erased people in the ledger: {}; erased again now: {}", self.in_ledger, self.erased_again)?;
        match self.noted_anew {
            0 => f.write_str("."),
            anew => write!(f, "; missing in the ledger and noted anew: {anew}."),
        }
    }
}

/// Erases again whoever the ledger knows as erased and the database does not; and notes anew, in the instance's own ledger, whoever the database knows as erased and
/// that ledger has lost.
pub async fn erased_again(
    config: &Config,
    service: &Service,
    output: &Output,
    file: Option<&Path>,
) -> Result<Again, Failed> {
    let (db, trusted) = (service.db(), open::trusted(config, output)?);
    let entries = file.map(|file| ledger::read(file, &trusted)).transpose()?.unwrap_or_default();
    let mut erased_again = 0;
    for entry in &ledger::missing(db, &entries).await? {
        erased_again += u64::from(ledger::erase_again(&service.app, entry).await.map_err(refused)?);
    }
    let now = service.app.clock().now().timestamp_micros();
    // Also what an attempt before left behind.
    sesame::erasure::clean(db, now).await?;
    sesame::erasure::receipt::write_due(&service.app).await?;
    let mut noted_anew = 0;
    if let Some(own) = &config.erasure_ledger_file {
        let lost = ledger::lost(db, own, &trusted).await.map_err(Failed::new)?;
        noted_anew = lost.len();
        ledger::forget_noted(db, &lost).await?;
        ledger::note(db, own, service.vault().signer(), now).await.map_err(Failed::new)?;
    }
    Ok(Again { in_ledger: entries.len(), erased_again, noted_anew })
}
