//! `sesame doctor`: what is wrong with this instance, and the remedy.

use super::{Common, Failed, Output, open};
use serde_json::json;
use sesame::{
    db::Db,
    erasure::{
        self,
        ledger::{self, LedgerError},
    },
    projector,
    service::{Service, StartError},
    vault::sign::PublicKey,
};
use std::path::Path;

struct Finding {
    what: &'static str,
    good: bool,
    found: String,
    remedy: &'static str,
}

pub async fn run(common: &Common, output: &Output) -> Result<(), Failed> {
    let config = open::config(common)?;
    let mut findings =
        vec![Finding { what: "settings", good: true, found: "read without a mistake".into(), remedy: "" }];
    examine(&config, output, &mut findings).await;
    let bad = findings.iter().filter(|f| !f.good).count();
    let mut text = String::new();
    for f in &findings {
        text.push_str(&format!("{} {:<12} {}\n", if f.good { "✓" } else { "✗" }, f.what, f.found));
        if !f.good {
            text.push_str(&format!("  {:<12} → {}\n", "", f.remedy));
        }
    }
    text.push_str(if bad == 0 { "\nAll is well." } else { "\nSomething needs attention." });
    let list: Vec<_> = findings
        .iter()
        .map(|f| json!({ "what": f.what, "good": f.good, "found": f.found, "remedy": f.remedy }))
        .collect();
    output.result(&text, &json!({ "good": bad == 0, "findings": list }));
    if bad == 0 { Ok(()) } else { Err(Failed::new(format!("{bad} finding(s)"))) }
}

async fn examine(config: &sesame::config::Config, output: &Output, findings: &mut Vec<Finding>) {
    if config.database_url.sqlite_file().is_some_and(|file| !file.exists()) {
        findings.push(Finding {
            what: "database",
            good: false,
            found: "the file is not there".into(),
            remedy: "open a first account: sesame account open --company NAME; or set DATABASE_URL",
        });
        return;
    }
    let db = match Db::open(&open::options(config, false)).await {
        Ok(db) => db,
        Err(e) => {
            let remedy = "check DATABASE_URL, and that the server runs and lets this user in";
            findings.push(Finding { what: "database", good: false, found: e.to_string(), remedy });
            return;
        }
    };
    let writable = match db.migrate().await {
        Ok(()) => db.check_writable().await,
        Err(e) => Err(e),
    };
    findings.push(match &writable {
        Ok(()) => Finding { what: "database", good: true, found: format!("{} answers and takes writes", db.engine_name()), remedy: "" },
        Err(e) => Finding {
            what: "database",
            good: false,
            found: e.to_string(),
            remedy: "free space on its disk, or give this user the right to write; a schema that is newer needs a newer sesame",
        },
    });
    if writable.is_err() {
        return;
    }
    let keys = match open::keys(config, output) {
        Ok(keys) => keys,
        Err(e) => {
            findings.push(Finding {
                what: "keys",
                good: false,
                found: e.to_string(),
                remedy: "put the key file back from its backup",
            });
            return;
        }
    };
    db.close().await;
    match open::start(config, false, keys, sesame::outbox::Outside::closed()).await {
        Ok(service) => {
            findings.push(Finding {
                what: "keys",
                good: true,
                found: "they are those of this database".into(),
                remedy: "",
            });
            read_models(&service, findings).await;
            deliveries(config, &service, findings).await;
            policies(&service, findings).await;
            checkpoints(config, output, findings);
            ledger_of(config, &service, output, findings).await;
            kept_for(config, &service, findings).await;
            backups(&service, findings).await;
            service.stop().await;
        }
        Err(StartError::Log(e)) => findings.push(Finding {
            what: "log",
            good: false,
            found: e.to_string(),
            remedy: "check SESAME_LOG_URL and SESAME_LOG_PREFIX, that the server runs and lets this user in, and that the database is the one beside this log",
        }),
        Err(e) => findings.push(Finding {
            what: "keys",
            good: false,
            found: e.to_string(),
            remedy: "use the keys that this database is written with; after the master key was replaced, that is the new one",
        }),
    }
}

/// Deliveries that wait longer than this need someone.
const OLD: i64 = 15 * 60;

async fn deliveries(config: &sesame::config::Config, service: &Service, findings: &mut Vec<Finding>) {
    let standing = match service.outbox().standing().await {
        Ok(standing) => standing,
        Err(e) => {
            findings.push(Finding {
                what: "deliveries",
                good: false,
                found: e.to_string(),
                remedy: "see the database",
            });
            return;
        }
    };
    let now = sesame::clock::Clock::now(&sesame::clock::SystemClock).timestamp_micros();
    let age = standing.oldest.map_or(0, |oldest| (now - oldest).max(0) / 1_000_000);
    let (queued, failed) = (standing.queued, standing.failed);
    let old = age > OLD;
    let oldest = if queued > 0 { format!(", the oldest for {} min", age / 60) } else { String::new() };
    let (mail, remedy) = match (&config.smtp_url, standing.mails) {
        (None, 0) => ("; no mail server is set", ""),
        (None, _) => ("; no mail server is set", "set SESAME_SMTP_URL and SESAME_MAIL_FROM"),
        (Some(_), _) => (
            "",
            "check that sesame serve runs and that the mail server and the webhooks answer; the `deliveries` of an account say why",
        ),
    };
    findings.push(Finding {
        what: "deliveries",
        good: !old,
        found: format!("{queued} wait{oldest}; {failed} given up{mail}"),
        remedy,
    });
}

async fn read_models(service: &Service, findings: &mut Vec<Finding>) {
    let head = match service.app.reader().head().await {
        Ok(head) => head,
        Err(e) => {
            findings.push(Finding { what: "log", good: false, found: e.to_string(), remedy: "see the database" });
            return;
        }
    };
    findings.push(Finding {
        what: "log",
        good: true,
        found: format!("{} events; {}", head.position, service.app.log().promises().words()),
        remedy: "sesame audit verify",
    });
    for s in projector::standing(service.db()).await.unwrap_or_default() {
        let level = s.position == Some(head.position) && s.stuck.is_none();
        let found = match (s.position, &s.stuck) {
            (_, Some(why)) => format!("{}: left behind: {why}", s.model.name),
            (None, _) => format!("{}: not built", s.model.name),
            (Some(at), _) if level => format!("{}: level at {at}", s.model.name),
            (Some(at), _) => format!("{}: {} events behind", s.model.name, head.position - at),
        };
        findings.push(Finding {
            what: "read model",
            good: level,
            found,
            remedy: "sesame rebuild, then look at the log of the service",
        });
    }
    if let Ok(pending) = erasure::pending(service.db()).await
        && pending > 0
    {
        findings.push(Finding {
            what: "erasures",
            good: true,
            found: format!("{pending} whose remains in the database files are cleaned by the running service"),
            remedy: "",
        });
    }
}

/// The service notes one every ten minutes; older than this, it does not.
const NOTED_WITHIN: i64 = 60 * 60;

fn checkpoints(config: &sesame::config::Config, output: &Output, findings: &mut Vec<Finding>) {
    let what = "checkpoints";
    let Some(file) = config.audit_checkpoint_file.as_deref() else {
        let found =
            "none are noted outside the database: set SESAME_AUDIT_CHECKPOINT_FILE to notice a log that was cut";
        return findings.push(Finding { what, good: true, found: found.into(), remedy: "" });
    };
    let read = open::trusted(config, output)
        .and_then(|trusted| sesame::log::checkpoint::read(file, &trusted).map_err(Failed::new));
    findings.push(match read {
        Err(e) => Finding {
            what,
            good: false,
            found: e.to_string(),
            remedy: "compare the file with its copy elsewhere: see docs/privacy.md",
        },
        Ok(noted) => {
            let now = sesame::clock::Clock::now(&sesame::clock::SystemClock).timestamp_micros();
            let age = noted.noted_at.map(|at| (now - at).max(0) / 1_000_000);
            let last = age.map_or(String::new(), |age| format!(", the last {} min ago", age / 60));
            Finding {
                what,
                good: age.is_none_or(|age| age < NOTED_WITHIN),
                found: format!("signed: {}{last}", noted.all.len()),
                remedy: "check that sesame serve runs with SESAME_AUDIT_CHECKPOINT_FILE, and may write it",
            }
        }
    });
}

/// Whether the ledger outside knows of erasures that this database does not: a backup was restored.
async fn ledger_of(config: &sesame::config::Config, service: &Service, output: &Output, findings: &mut Vec<Finding>) {
    let what = "ledger";
    let Some(file) = config.erasure_ledger_file.as_deref() else {
        let found = "erasures are noted nowhere outside the database: set SESAME_ERASURE_LEDGER_FILE for the day a backup is restored";
        return findings.push(Finding { what, good: true, found: found.into(), remedy: "" });
    };
    let known = match open::trusted(config, output) {
        Ok(trusted) => held_against(service.db(), file, &trusted).await.map_err(Failed::new),
        Err(e) => Err(e),
    };
    findings.push(match known {
        Ok((known, 0, 0)) => {
            Finding { what, good: true, found: format!("erased people noted: {known}, all known here"), remedy: "" }
        }
        Ok((_, 0, lost)) => Finding {
            what,
            good: false,
            found: format!("erased people who were noted and are missing in it: {lost}; it was lost, or is not the newest copy"),
            remedy: "put its newest copy in its place, if there is one; then `sesame erasure replay`, which notes anew who is missing",
        },
        Ok((_, missing, _)) => Finding {
            what,
            good: false,
            found: format!(
                "people who were erased and whom this database still has: {missing}; it was restored from a backup"
            ),
            remedy: "sesame erasure replay",
        },
        Err(e) => Finding {
            what,
            good: false,
            found: e.to_string(),
            remedy: "compare the file with its copy elsewhere: see docs/privacy.md",
        },
    });
}

/// How many the ledger knows, how many of them the database still has, and how many the ledger has lost.
async fn held_against(db: &Db, file: &Path, trusted: &[PublicKey]) -> Result<(usize, usize, usize), LedgerError> {
    let entries = ledger::read(file, trusted)?;
    let missing = ledger::missing(db, &entries).await?.len();
    Ok((entries.len(), missing, ledger::lost(db, file, trusted).await?.len()))
}

/// How long what stands beside the log is kept, and whether it went.
async fn kept_for(config: &sesame::config::Config, service: &Service, findings: &mut Vec<Finding>) {
    let retention = sesame::retention::Retention::from(config);
    let now = service.app.clock().now();
    let (mut late, mut all) = (Vec::new(), Vec::new());
    for line in sesame::retention::LINES {
        all.push(format!("{} {} days", line.what, line.days(&retention)));
        match line.overdue(service.db(), &retention, now).await {
            Ok(0) => {}
            Ok(rows) => late.push(format!("{} ({rows} rows or more)", line.what)),
            Err(e) => late.push(format!("{}: {e}", line.what)),
        }
    }
    findings.push(Finding {
        what: "retention",
        good: late.is_empty(),
        found: if late.is_empty() { all.join(", ") } else { format!("kept too long: {}", late.join(", ")) },
        remedy: "check that sesame serve runs: it deletes what is due every hour",
    });
}

/// When the newest backup was made that was tried. That it is long ago is for the alert of whoever makes them by these commands.
async fn backups(service: &Service, findings: &mut Vec<Finding>) {
    let now = service.app.clock().now().timestamp_micros();
    let (good, found) = match sesame::backup::last(service.db()).await {
        Ok(Some(at)) => (true, format!("the newest that was tried is {} h old", (now - at).max(0) / 3_600_000_000)),
        Ok(None) => (true, "none was tried by `sesame restore --verify`: see docs/operations.md".to_owned()),
        Err(e) => (false, e.to_string()),
    };
    findings.push(Finding { what: "backup", good, found, remedy: "see the database" });
}

/// What follows from events and does not come about.
async fn policies(service: &Service, findings: &mut Vec<Finding>) {
    for row in sesame::app::policies::waiting(service.db()).await.unwrap_or_default() {
        let name = row.template.trim_start_matches("policy:").to_owned();
        findings.push(Finding {
            what: "policy",
            good: row.stuck == 0,
            found: format!(
                "{name}: {} wait, {} failed {} times or more",
                row.waiting,
                row.stuck,
                sesame::app::policies::STUCK_AFTER
            ),
            remedy: "look at the log of the service for why; it is tried again by itself",
        });
    }
}
