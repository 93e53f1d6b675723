//! `sesame demo`: a database with sample data, served.

use super::{Common, Failed, Output, account, open, serve};
use clap::Args;
use domain::{AccountId, Category, UserId};
use serde_json::json;
use sesame::{
    app::{Caller, Grant, TokenAsked},
    clock::SystemClock,
    config::DatabaseUrl,
    demo,
    outbox::mail::mailbox::Mailbox,
    service::Service,
    telemetry,
};
use std::{io::IsTerminal, path::PathBuf, sync::Arc};

#[derive(Debug, Args)]
pub struct Demo {
    /// How many contacts; 200 where nothing is said.
    #[arg(long, value_name = "N")]
    contacts: Option<u64>,
    /// The same seed makes the same data; 1 where nothing is said.
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// The port on 127.0.0.1; 0 for any that is free.
    #[arg(long, default_value_t = 8080, value_name = "P")]
    port: u16,
    /// Where the database is kept, and served again from the next time; a new temporary folder where absent.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only write the data.
    #[arg(long)]
    no_serve: bool,
}

impl Demo {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let mut config = open::config(common)?;
        let level = if config.log_level == "info" { "warn" } else { &config.log_level };
        telemetry::start_logs(config.log_format(std::io::stderr().is_terminal()), level, Arc::new(SystemClock))?;
        telemetry::Metrics::start()?;
        // PostgreSQL where it is set; otherwise a file of the demo's own, never the one a service uses.
        if config.database_url.is_sqlite() {
            let folder = match &self.data {
                Some(folder) => folder.clone(),
                None => std::env::temp_dir().join(format!("sesame-demo-{}", std::process::id())),
            };
            std::fs::create_dir_all(&folder)?;
            config.database_url = DatabaseUrl::sqlite(&folder.join("sesame.db"));
            config.key_file = Some(folder.join("sesame.key"));
            config.log_url = None;
        }
        config.graphiql = true;
        config.listen.set_port(self.port);
        config.listen.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        // The port is taken first: filling a database that then cannot be served would be a wait for nothing.
        let listener = if self.no_serve { None } else { Some(serve::listen(&config).await?) };
        let mailbox = Mailbox::default();
        let mut outside = open::outside(&config)?.captured(mailbox.clone());
        outside.public_url = match &listener {
            Some(listener) => format!("http://{}", listener.local_addr()?),
            None => config.public_url(),
        };
        outside.mail_from = "demo@sesame.example".to_owned();
        outside.support = Some("support@sesame.example".to_owned());
        let service = open::open_with(&config, output, true, outside).await?;
        let (account, owner) = match filled_before(&service).await? {
            Some(before) => {
                if self.contacts.is_some() || self.seed.is_some() {
                    output.note(
                        "The sample data are there already and are served as they are: --contacts and --seed change nothing. \
                         Give another folder to --data for other data.",
                    );
                }
                before
            }
            None => {
                let (contacts, seed) = (self.contacts.unwrap_or(200), self.seed.unwrap_or(1));
                let bar = output.progress("sample data", Some(contacts));
                let sample = demo::fill(&service, contacts, seed, |done| bar.set_position(done)).await?;
                demo::happen_now(&service, &sample, seed).await?;
                bar.finish_and_clear();
                (sample.account, sample.owner)
            }
        };
        let token = account::new_token(&service.app, Some(account), "demo").await?;
        let operator = account::new_token(&service.app, None, "demo operator").await?;
        let login = demo::login::login(&service, owner, &mailbox).await;
        let login = login.map_err(|denied| Failed::new(format!("the owner's password: {denied}")))?;
        let owner = service
            .app
            .create_token(&Caller::operator(None), TokenAsked::whole(Grant::User(owner), "demo owner"), None)
            .await;
        let (_, owner) = owner.map_err(account::refused)?;
        let url = match &listener {
            Some(listener) => format!("http://{}", listener.local_addr()?),
            None => String::new(),
        };
        let login = login.unwrap_or_default();
        let text = format!(
            "Sésame, with sample data\n\n  Address    {url}\n  Sign in    {login}\n  Password   {}\n\n  GraphiQL   {url}/graphiql\n  Mailbox    {url}/mailbox\n  \
             Account    {account}\n  Token      {}\n  Owner      {}\n  Operator   {}\n\nThe owner is a person with a login, who is also a guest of a second \
             account. Stop with Ctrl-C.",
            demo::login::PASSWORD,
            token.reveal(),
            owner.reveal(),
            operator.reveal()
        );
        let value = json!({ "url": url, "accountId": account.to_string(), "token": token.reveal(), "ownerToken": owner.reveal(), "operatorToken": operator.reveal(),
            "email": login, "password": demo::login::PASSWORD });
        let Some(listener) = listener else {
            output.result(&text, &value);
            service.stop().await;
            return Ok(());
        };
        let serving = serve::serve(service, config, listener);
        // Printed once it answers: the listener queues connections from here on.
        output.result(&text, &value);
        serving.await
    }
}

/// The account, and its owner's login, of a database that was filled before: both begin at the beginning of its log.
async fn filled_before(service: &Service) -> Result<Option<(AccountId, UserId)>, Failed> {
    let events = service.app.log().read_all(0, 100).await?;
    let first = |category| events.iter().find(|e| e.stream.category == category).map(|e| e.stream.id);
    match (first(Category::Account), first(Category::User)) {
        (Some(account), Some(owner)) => Ok(Some((AccountId(account), UserId(owner)))),
        (None, _) => Ok(None),
        (Some(_), None) => {
            Err(Failed::new("this database was not made by `sesame demo`: give another folder to --data"))
        }
    }
}
