//! `sesame token create`, `list`, `revoke`.

use super::{Common, Failed, Output, account, open};
use chrono::{DateTime, NaiveDate, Utc};
use clap::Subcommand;
use domain::{
    ActorKind,
    account::token::{Scope, Scopes},
};
use serde_json::{Value, json};
use sesame::app::{Caller, Grant, TokenAsked, TokenRow};
use uuid::Uuid;

#[derive(Debug, Subcommand)]
pub enum Token {
    /// Make a token: for an account's program, a user, support, or an operator, who opens accounts and logins. It is shown once.
    Create {
        /// The account whose program it is for.
        #[arg(long, value_name = "ID", required_unless_present_any = ["operator", "staff", "user"])]
        account: Option<String>,
        /// An operator's token.
        #[arg(long, conflicts_with = "account")]
        operator: bool,
        /// A token of support.
        #[arg(long, conflicts_with_all = ["account", "operator"])]
        staff: bool,
        /// The user whose token it is.
        #[arg(long, value_name = "ID", conflicts_with_all = ["account", "operator", "staff"])]
        user: Option<String>,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
        /// What a program may: OWNER (all that the owner may), BILLING, SUPPORT, DEPLOYMENT, SYSTEM_CONFIGURATION, SECURITY, OTHER, ERP (sending records of the
        /// ERP), ACCESS_CHECK (asking who may open what); several with commas.
        #[arg(long, value_name = "SCOPES", default_value = "OWNER", value_delimiter = ',', value_parser = scope)]
        scopes: Vec<Scope>,
        /// When it ends: a day (it ends as the day begins, UTC), or an instant such as 2027-01-01T00:00:00Z.
        #[arg(long, value_name = "WHEN", value_parser = instant)]
        expires: Option<DateTime<Utc>>,
    },
    /// List the tokens of an account's programs, or those above accounts: what they may, until when, when they were last used.
    List {
        /// The account.
        #[arg(long, value_name = "ID")]
        account: Option<String>,
    },
    /// End a token: within a second it opens nothing.
    Revoke {
        /// Its id, as `list` shows it.
        #[arg(value_name = "ID")]
        id: Uuid,
    },
}

fn scope(word: &str) -> Result<Scope, String> {
    let names = || Scope::ALL.iter().map(|scope| scope.as_str()).collect::<Vec<_>>().join(", ");
    Scope::parse(&word.trim().to_uppercase()).ok_or_else(|| format!("the scopes are {}", names()))
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    let day = text.parse::<NaiveDate>().ok().and_then(|day| day.and_hms_opt(0, 0, 0)).map(|start| start.and_utc());
    day.or_else(|| text.parse().ok())
        .ok_or_else(|| "write a day as 2027-01-01, or an instant as 2027-01-01T00:00:00Z".into())
}

impl Token {
    pub async fn run(self, common: &Common, output: &Output) -> Result<(), Failed> {
        let (_, service) = open::service(common, output, false).await?;
        let app = &service.app;
        match self {
            Token::Create { account, staff, user, name, scopes, expires, .. } => {
                let account = match account {
                    Some(text) => Some(account::known_account(app, &text).await?),
                    None => None,
                };
                let grant = match (account, user) {
                    (Some(account), _) => Grant::Program(account),
                    (None, Some(text)) => Grant::User(text.parse().map_err(|_| {
                        Failed::new(format!(
                            "`{text}` is no user id: it begins with usr_ and is answered by `registerUser`"
                        ))
                    })?),
                    (None, None) if staff => Grant::Staff,
                    (None, None) => Grant::Operator,
                };
                let asked = TokenAsked { grant, name, scopes: scopes.into_iter().collect(), expires_at: expires };
                let made = app.create_token(&Caller::operator(account), asked, None).await;
                let (id, token) = made.map_err(account::refused)?;
                output.result(
                    &format!("Token    {}   (shown once)\nId       {}", token.reveal(), id.simple()),
                    &json!({
                        "token": token.reveal(), "tokenId": id.simple().to_string(),
                        "accountId": account.map(|a| a.to_string()),
                    }),
                );
            }
            Token::List { account } => {
                let account = match account {
                    Some(text) => Some(account::known_account(app, &text).await?),
                    None => None,
                };
                let rows = app.tokens(&Caller::operator(account), account).await.map_err(account::refused)?;
                let lines: Vec<String> = rows.iter().map(line).collect();
                let none = if account.is_some() {
                    "This account has no token."
                } else {
                    "There is no token above accounts; `--account ID` lists those of an account."
                };
                let text = if lines.is_empty() { none.to_owned() } else { lines.join("\n") };
                output.result(&text, &json!({ "tokens": rows.iter().map(value).collect::<Vec<_>>() }));
            }
            Token::Revoke { id } => {
                let row = app.revoke_token(&Caller::operator(None), id).await.map_err(account::refused)?;
                output.result(&line(&row), &value(&row));
            }
        }
        service.stop().await;
        Ok(())
    }
}

fn shown(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(|| "-".to_owned(), |at| at.format("%Y-%m-%d %H:%M").to_string())
}

fn scopes(row: &TokenRow) -> Scopes {
    if row.kind == ActorKind::Token { row.scopes } else { Scopes::default() }
}

fn line(row: &TokenRow) -> String {
    let state = if row.revoked_at.is_some() { "  revoked" } else { "" };
    format!(
        "{}  {:8}  made {}  used {}  ends {}  {}  {}{state}",
        row.id.simple(),
        row.kind,
        shown(Some(row.created_at)),
        shown(row.last_used_at),
        shown(row.expires_at),
        scopes(row).stored(),
        row.name
    )
}

fn value(row: &TokenRow) -> Value {
    json!({
        "tokenId": row.id.simple().to_string(), "kind": row.kind.as_str(), "name": row.name,
        "scopes": scopes(row).iter().map(Scope::as_str).collect::<Vec<_>>(),
        "createdAt": row.created_at, "expiresAt": row.expires_at, "revokedAt": row.revoked_at, "lastUsedAt": row.last_used_at,
    })
}
