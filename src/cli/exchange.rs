//! `sesame import contacts`, `sesame import template`, `sesame export subscribers`, `sesame export person`.

use super::{Common, Failed, Output, account, open};
use clap::{Subcommand, ValueEnum};
use domain::{ContactId, values::ImportPolicy};
use serde_json::json;
use sesame::{
    app::{Caller, Door},
    exchange::{
        ExportOptions, Format, ImportOptions, ImportReport, PlanOptions, export_subscribers, import_contacts,
        plan_contacts,
    },
    files::template,
    i18n::lang::Lang,
    person::{Form, Person},
};
use std::{
    fs::File,
    io::{BufReader, Write},
    path::{Path, PathBuf},
};

/// Language of messages and files.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Language {
    /// Français.
    Fr,
    /// English.
    En,
}

/// What becomes of a file with rows that are refused.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Policy {
    /// One refused row, and nothing is done.
    RejectEverything,
    /// Refused rows are left out.
    RejectFailedRows,
    /// Refused values are left out, and their rows are taken.
    IgnoreFailed,
}

impl From<Policy> for ImportPolicy {
    fn from(policy: Policy) -> ImportPolicy {
        match policy {
            Policy::RejectEverything => ImportPolicy::RejectEverything,
            Policy::RejectFailedRows => ImportPolicy::RejectFailedRows,
            Policy::IgnoreFailed => ImportPolicy::IgnoreFailed,
        }
    }
}

impl From<Language> for Lang {
    fn from(language: Language) -> Lang {
        match language {
            Language::Fr => Lang::Fr,
            Language::En => Lang::En,
        }
    }
}

#[derive(Debug, Subcommand)]
pub enum Import {
    /// Import a client file (CSV; encoding and separator are recognised). Rows that cannot be taken go to FILE.errors.csv.
    Contacts {
        /// The file.
        #[arg(value_name = "FILE.csv")]
        file: PathBuf,
        /// The account.
        #[arg(long, value_name = "ID")]
        account: String,
        /// Only try: the same report, and nothing written.
        #[arg(long)]
        dry_run: bool,
        /// Only plan: every row is noted with what it would do, to be applied later (GraphQL: applyImport) exactly so.
        #[arg(long, conflicts_with = "dry_run")]
        plan: bool,
        /// What becomes of a plan with refused rows.
        #[arg(long, requires = "plan", default_value = "reject-failed-rows")]
        policy: Policy,
        /// What the contacts of a plan are labelled with.
        #[arg(long, requires = "plan", value_name = "WORD")]
        label: Option<String>,
        /// Language of messages.
        #[arg(long, default_value = "fr")]
        lang: Language,
    },
    /// Print a template for client files.
    Template {
        /// Its language.
        #[arg(long, default_value = "fr")]
        lang: Language,
    },
}

#[derive(Debug, Subcommand)]
pub enum Export {
    /// Export today's subscribers to an Excel workbook or a CSV file, by the ending of the name.
    Subscribers {
        /// The account.
        #[arg(long, value_name = "ID")]
        account: String,
        /// The file to write.
        #[arg(long, value_name = "F.xlsx|F.csv")]
        out: PathBuf,
        /// The form of a CSV file: fr is `;`, en is `,`.
        #[arg(long, default_value = "fr")]
        lang: Language,
    },
    /// Export everything that is kept about one person, for programs (.json) or to read (.html), by the ending of the name.
    Person {
        /// The contact.
        #[arg(long, value_name = "ID")]
        contact: String,
        /// The file to write: .json or .html.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Its language.
        #[arg(long, default_value = "fr")]
        lang: Language,
    },
}

impl Import {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        match self {
            Import::Template { lang } => Ok(std::io::stdout().write_all(&template(lang.into()))?),
            Import::Contacts { file, account, plan: true, policy, label, lang, .. } => {
                let import = ImportOptions { lang: lang.into(), ..ImportOptions::default() };
                let options = PlanOptions { policy: policy.into(), label, import };
                plan(common, output, &file, &account, options).await
            }
            Import::Contacts { file, account, dry_run, lang, .. } => {
                contacts(common, output, &file, &account, dry_run, lang.into()).await
            }
        }
    }
}

/// A client file on its way into an account.
struct Sending {
    service: sesame::service::Service,
    caller: Caller,
    file: BufReader<File>,
    bar: indicatif::ProgressBar,
}

/// Opens the file and the account it is for; `options` gets the operator's limits, which are those of the service or more.
async fn sending(
    common: &Common,
    output: &Output,
    path: &Path,
    account: &str,
    what: &'static str,
    options: &mut ImportOptions,
) -> Result<Sending, Failed> {
    let file = File::open(path).map_err(|e| Failed::new(format!("cannot read {}: {e}", path.display())))?;
    let size = file.metadata().map(|m| m.len()).unwrap_or(0);
    let (config, service) = open::service(common, output, false).await?;
    let account = account::known_account(&service.app, account).await?;
    options.reading.limits.rows = config.import_max_rows.max(options.reading.limits.rows);
    let caller = Caller::operator(Some(account)).through(Door::Import);
    Ok(Sending { service, caller, file: BufReader::new(file), bar: output.progress(what, Some(size)) })
}

async fn contacts(
    common: &Common,
    output: &Output,
    path: &Path,
    account: &str,
    dry_run: bool,
    lang: Lang,
) -> Result<(), Failed> {
    let mut options = ImportOptions { dry_run, lang, ..ImportOptions::default() };
    let Sending { service, caller, file, bar } = sending(common, output, path, account, "import", &mut options).await?;
    let errors_path = PathBuf::from(format!("{}.errors.csv", path.display()));
    let opened = errors_path.clone();
    let progress = |p: sesame::exchange::Progress<'_>| bar.set_position(p.bytes);
    let imported = import_contacts(&service.app, &caller, file, &options, move || File::create(opened), progress).await;
    bar.finish_and_clear();
    let imported = imported.map_err(|e| Failed::new(e.to_string()))?;
    let errors = imported.errors.map(|_| errors_path);
    output.result(
        &told(&imported.report, errors.as_deref(), lang, false),
        &counted(&imported.report, errors.as_deref())?,
    );
    service.stop().await;
    Ok(())
}

async fn plan(
    common: &Common,
    output: &Output,
    path: &Path,
    account: &str,
    mut options: PlanOptions,
) -> Result<(), Failed> {
    let sending = sending(common, output, path, account, "plan", &mut options.import).await?;
    let Sending { service, caller, file, bar } = sending;
    let planned = plan_contacts(&service.app, &caller, file, &options, |p| bar.set_position(p.bytes)).await;
    bar.finish_and_clear();
    let planned = planned.map_err(|e| Failed::new(e.to_string()))?;
    let mut value = counted(&planned.report, None)?;
    value["importId"] = json!(planned.import.to_string());
    value["mayBeApplied"] = json!(planned.may_be_applied);
    value["sameFileAs"] = json!(planned.same_file.iter().map(|(id, _)| id.to_string()).collect::<Vec<_>>());
    let lang = options.import.lang;
    let fr = lang == Lang::Fr;
    let counted = told(&planned.report, None, lang, true);
    let mut text = format!("{} {}. {counted}", if fr { "Préparé sous le nom" } else { "Planned as" }, planned.import);
    for (id, import) in &planned.same_file {
        let day = import.planned.at.date_naive();
        text.push_str(&match lang {
            Lang::Fr => format!("\nLe même fichier a été préparé le {day} sous le nom {id}."),
            Lang::En => format!("\nThe same file was planned on {day} as {id}."),
        });
    }
    if !planned.may_be_applied {
        text.push_str(match lang {
            Lang::Fr => "\nIl ne peut pas être appliqué : une ligne refusée refuse tout.",
            Lang::En => "\nIt cannot be applied: one refused row refuses everything.",
        });
    }
    output.result(&text, &value);
    service.stop().await;
    Ok(())
}

/// What became of a file, for people, in the language of its messages. `planned`: nothing is done yet.
fn told(report: &ImportReport, errors: Option<&Path>, lang: Lang, planned: bool) -> String {
    let c = &report.counts;
    let words = match (lang, report.dry_run || planned) {
        (Lang::Fr, true) => ["lignes", "à créer", "à modifier", "inchangées", "en double", "refusées", "vides"],
        (Lang::Fr, false) => ["lignes", "créées", "modifiées", "inchangées", "en double", "refusées", "vides"],
        (Lang::En, true) => ["rows", "to create", "to update", "unchanged", "duplicates", "rejected", "blank"],
        (Lang::En, false) => ["rows", "created", "updated", "unchanged", "duplicates", "rejected", "blank"],
    };
    let say = |fr: &'static str, en: &'static str| if lang == Lang::Fr { fr } else { en };
    let counts = [c.data_rows, c.created, c.updated, c.unchanged, c.duplicates, c.rejected, c.blank];
    let counted: Vec<String> = counts.iter().zip(words).map(|(count, word)| format!("{count} {word}")).collect();
    let (rows, rest) = counted.split_first().map_or(("", &[][..]), |(rows, rest)| (rows.as_str(), rest));
    let mut text = format!("{rows}{} {}", say(" :", ":"), rest.join(", "));
    if report.dry_run {
        text.insert_str(0, say("Essai, rien n’est écrit. ", "Dry run, nothing written. "));
    }
    let (column, row) = (say("colonne", "column"), say("ligne", "row"));
    for warning in &report.warnings {
        text.push_str(&format!(
            "\n  {column} {} ({}){} {}",
            warning.column,
            warning.title,
            say(" :", ":"),
            warning.message
        ));
    }
    for error in report.errors.iter().take(10) {
        text.push_str(&format!("\n  {row} {}{} {}", error.row, say(" :", ":"), error.message));
    }
    let more = (c.rejected + c.duplicates).saturating_sub(10);
    if more > 0 {
        text.push_str(&match lang {
            Lang::Fr => format!("\n  … et {more} autres"),
            Lang::En => format!("\n  … and {more} more"),
        });
    }
    if let Some(errors) = errors {
        let what = say(
            "Lignes à corriger et à importer à nouveau :",
            "Rows that were not taken, to correct and import again:",
        );
        text.push_str(&format!("\n{what} {}", errors.display()));
    }
    text
}

fn counted(report: &ImportReport, errors: Option<&Path>) -> Result<serde_json::Value, Failed> {
    let mut value = serde_json::to_value(report)?;
    value["errorsFile"] = json!(errors.map(|p| p.display().to_string()));
    Ok(value)
}

impl Export {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let (account, out, lang) = match self {
            Export::Subscribers { account, out, lang } => (account, out, lang),
            Export::Person { contact, out, lang } => return person(common, output, &contact, &out, lang.into()).await,
        };
        let format = out
            .extension()
            .and_then(|e| e.to_str())
            .and_then(Format::of_extension)
            .ok_or_else(|| Failed::new(format!("{}: the name must end in .xlsx or .csv", out.display())))?;
        let (_, service) = open::service(common, output, false).await?;
        let account = account::known_account(&service.app, &account).await?;
        // Written beside and renamed when whole: a file that is there is never half an export.
        let beside = PathBuf::from(format!("{}.part", out.display()));
        let file = File::create(&beside).map_err(|e| Failed::new(format!("cannot write {}: {e}", out.display())))?;
        let bar = output.progress("export", None);
        let caller = Caller::operator(Some(account));
        let done = export_subscribers(
            &service.app,
            &caller,
            &ExportOptions { account, format, lang: lang.into(), came_from: None },
            std::io::BufWriter::new(file),
            |n| bar.set_position(n),
        )
        .await;
        bar.finish_and_clear();
        let subscribers = match done {
            Ok(subscribers) => subscribers,
            Err(e) => {
                std::fs::remove_file(&beside)?;
                return Err(Failed::new(e));
            }
        };
        std::fs::rename(&beside, &out)?;
        output.result(
            &format!("{subscribers} subscribers written to {}", std::path::absolute(&out)?.display()),
            &json!({ "subscribers": subscribers, "file": out.display().to_string() }),
        );
        service.stop().await;
        Ok(())
    }
}

/// Everything that is kept about one person, into a file.
async fn person(common: &Common, output: &Output, contact: &str, out: &Path, lang: Lang) -> Result<(), Failed> {
    let ending = out.extension().and_then(|e| e.to_str()).and_then(Form::of_extension);
    let form = ending.ok_or_else(|| Failed::new(format!("{}: the name must end in .json or .html", out.display())))?;
    let id: ContactId =
        contact.parse().map_err(|_| Failed::new(format!("`{contact}` is no contact id: it begins with con_")))?;
    let (_, service) = open::service(common, output, false).await?;
    let states = service.app.reader().states(vec![id.0]).await?;
    let account = states.get(&id.0).and_then(|folded| folded.state.contact()).map(|contact| contact.account);
    let account = account.ok_or_else(|| Failed::new(format!("there is no contact {contact} in this database")))?;
    let caller = Caller::operator(Some(account));
    let person = Person::of(&service.app, &caller, id, form, lang, None).await?;
    let beside = PathBuf::from(format!("{}.part", out.display()));
    let mut file = File::create(&beside).map_err(|e| Failed::new(format!("cannot write {}: {e}", out.display())))?;
    let (to, mut pieces) = tokio::sync::mpsc::channel(4);
    let tell = async move { person.tell(form, &to).await };
    let write = async {
        while let Some(Ok(piece)) = pieces.recv().await {
            file.write_all(piece.as_bytes())?;
        }
        file.sync_all()
    };
    let (told, written) = futures::join!(tell, write);
    if told.is_err() || written.is_err() {
        std::fs::remove_file(&beside)?;
    }
    told?;
    written?;
    std::fs::rename(&beside, out)?;
    output.result(
        &format!("Everything that is kept about {id} is written to {}", std::path::absolute(out)?.display()),
        &json!({ "contactId": id.to_string(), "file": out.display().to_string() }),
    );
    service.stop().await;
    Ok(())
}
