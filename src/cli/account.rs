//! `sesame account open`, and what its neighbours need of accounts.

use super::{Common, Failed, Output, open};
use clap::Subcommand;
use domain::AccountId;
use serde_json::json;
use sesame::{
    app::{App, Caller, Command, NotDone, OpenAccount, Request},
    i18n::{lang::Lang, messages::message},
    vault::token::Token as Secret,
};

#[derive(Debug, Subcommand)]
pub enum Account {
    /// Open an account and make its first token.
    Open {
        /// Company name.
        #[arg(long, value_name = "NAME")]
        company: String,
        /// Language of its mails and files: fr or en.
        #[arg(long, default_value = "fr")]
        locale: String,
        /// Where its days begin (IANA name).
        #[arg(long, default_value = "Europe/Paris")]
        time_zone: String,
        /// E-mail of its owner; without one it is nobody's until ownership is given.
        #[arg(long, value_name = "EMAIL")]
        owner: Option<String>,
    },
}

/// What a refusal says to someone at the command line.
pub fn refused(not_done: NotDone) -> Failed {
    match not_done {
        NotDone::Failure(failure) => failure.into(),
        NotDone::Refused(refused) => {
            let say = |r: &domain::Refusal| {
                let mut params = r.params.clone();
                params.extend(option_of(&r.field).map(|option| ("parameter", option.to_owned())));
                message(r.code.as_str(), Lang::En, &params)
            };
            Failed::new(refused.refusals.0.iter().map(say).collect::<Vec<_>>().join(" "))
        }
    }
}

/// The option that a field of a command was given by.
fn option_of(field: &[std::borrow::Cow<'static, str>]) -> Option<&'static str> {
    Some(match field.last()?.as_ref() {
        "companyName" => "--company",
        "locale" => "--locale",
        "timeZone" => "--time-zone",
        "email" | "ownerEmail" => "--owner",
        "accountId" => "--account",
        "userId" => "--user",
        "name" => "--name",
        "reason" => "--reason",
        _ => return None,
    })
}

/// An account's id as typed.
pub fn account_id(text: &str) -> Result<AccountId, Failed> {
    text.parse().map_err(|_| {
        Failed::new(format!("`{text}` is no account id: it begins with acc_ and is printed by `sesame account open`"))
    })
}

/// An id as typed, of an account that exists.
pub async fn known_account(app: &App, text: &str) -> Result<AccountId, Failed> {
    let id = account_id(text)?;
    match app.reader().states(vec![id.0]).await?.get(&id.0) {
        Some(folded) if folded.state.account().is_some() => Ok(id),
        _ => Err(Failed::new(format!("there is no account {text} in this database"))),
    }
}

pub async fn new_token(app: &App, account: Option<AccountId>, name: &str) -> Result<Secret, Failed> {
    Ok(app.vault().create_token(app.clock().id(), account, name, app.clock().now()).await?)
}

impl Account {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let Account::Open { company, locale, time_zone, owner } = self;
        let (_, service) = open::service(common, output, true).await?;
        let app = &service.app;
        let command = Command::OpenAccount(OpenAccount {
            company_name: company,
            locale: Some(locale),
            time_zone: Some(time_zone),
            owner_email: owner,
        });
        let done = app.execute(&Caller::operator(None), Request::from(command)).await.map_err(refused)?;
        let account = done.account.ok_or_else(|| Failed::new("an account was opened without an id"))?;
        let states = app.reader().states(vec![account.0]).await?;
        let number =
            states.get(&account.0).and_then(|f| f.state.account()).map(|a| a.number.clone()).unwrap_or_default();
        let token = new_token(app, Some(account), "first").await?;
        output.result(
            &format!("Account  {account}\nNumber   {number}\nToken    {}   (shown once)", token.reveal()),
            &json!({ "accountId": account.to_string(), "number": number, "token": token.reveal() }),
        );
        service.stop().await;
        Ok(())
    }
}
