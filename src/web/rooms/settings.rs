//! Settings of an account as pages: its name and rules, and the tokens of its programs.

use super::{Query, asked, version};
use crate::{
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use chrono::{Days, NaiveDate, NaiveTime, TimeZone, Utc};
use pages::{
    Notice, Place,
    parts::{Form, Wrong},
    settings::{
        Account, Answer, Ask, CREATE_TOKEN, NewToken, POLICIES, RENAME, REVOKE_TOKEN, SCOPES, SETTINGS, Settings,
        ShownOnce, TOKENS, Token, Tokens, TokensAnswer,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Their pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/settings", get(look))
        .route("/a/{account}/settings/name", post(rename))
        .route("/a/{account}/settings/rules", post(rules))
        .route("/a/{account}/settings/tokens", get(tokens))
        .route("/a/{account}/settings/tokens/new", get(new_token_form).post(new_token))
        .route("/a/{account}/settings/tokens/{token}/revoke", get(revoke_form).post(revoke))
}

/// The account, as whoever may change it sees it; else there is no such page.
pub(super) async fn opened(guest: &Guest, command: &str) -> Result<Account, Response> {
    if !guest.cx.may(command) {
        return Err(show::nothing(guest.cx.lang));
    }
    let answer: Answer = guest.ask(SETTINGS, json!({ "account": guest.account.to_string() })).await?;
    answer.account.ok_or_else(|| show::nothing(guest.cx.lang))
}

async fn look(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Settings).await?;
        if !guest.cx.may("SetPolicies") {
            // What they may set stands on another of these pages.
            return Ok(Redirect::to(&guest.cx.at("settings/deletions")).into_response());
        }
        let account = opened(&guest, "SetPolicies").await?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        let (name, rules) = (Settings::name_of(&account), Settings::rules_of(&account));
        Ok(show::show(&guest.cx.clone(), &Settings { cx: guest.cx, account, name, rules }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What was typed, to be saved over what stands now by whoever has seen both.
pub(super) fn over(mut form: Form, version: i64) -> Form {
    if pages::settings::conflicts(&form) {
        form.values.insert("version".to_owned(), version.to_string());
    }
    form
}

async fn rename(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (mut guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        let account = opened(&guest, "RenameAccount").await?;
        let input = json!({
            "accountId": account.id, "companyName": fields.get("companyName"), "expectedVersion": version(&fields),
        });
        let wrong = guest.carry_out(RENAME, input).await?;
        if !wrong.is_empty() {
            guest.cx.path = guest.cx.at("settings");
            let name = over(show::again(&fields, ["companyName", "version"], wrong), account.version);
            let rules = Settings::rules_of(&account);
            return Ok(show::show_again(&guest.cx.clone(), &Settings { cx: guest.cx, account, name, rules }));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("settings"), "account-renamed"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Days, where what was typed is a number of them; else what the rule says is out of range.
fn days(text: &str) -> Value {
    json!(text.trim().parse::<i32>().unwrap_or(-1))
}

async fn rules(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (mut guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        let account = opened(&guest, "SetPolicies").await?;
        let one_of = |name: &str, all: &[&str]| {
            all.iter().find(|choice| **choice == fields.get(name)).map_or(Value::Null, |choice| json!(choice))
        };
        let input = json!({
            "accountId": account.id, "timeZone": fields.get("timeZone").trim(), "graceDays": days(fields.get("graceDays")),
            "deletionPolicy": one_of("deletionPolicy", &["SELF", "ERP_ONLY", "SUPPORT_ONLY"]),
            "registrationPolicy": one_of("registrationPolicy", &["AUTOMATIC", "MANUAL"]),
            "expectedVersion": version(&fields),
        });
        let wrong = guest.carry_out(POLICIES, input).await?;
        if !wrong.is_empty() {
            guest.cx.path = guest.cx.at("settings");
            let names = ["timeZone", "graceDays", "deletionPolicy", "registrationPolicy", "version"];
            let rules = over(show::again(&fields, names, wrong), account.version);
            let name = Settings::name_of(&account);
            return Ok(show::show_again(&guest.cx.clone(), &Settings { cx: guest.cx, account, name, rules }));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("settings"), "policies-set"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What is told of a token that was made already.
const STANDS: &str = "token-stands";

async fn listed(guest: &Guest) -> Result<Vec<Token>, Response> {
    if !guest.cx.may("CreateToken") {
        return Err(show::nothing(guest.cx.lang));
    }
    let answer: TokensAnswer = guest.ask(TOKENS, json!({ "account": guest.account.to_string() })).await?;
    Ok(answer.tokens)
}

async fn tokens(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Settings).await?;
        let tokens = listed(&guest).await?;
        let told = asked(&query, "told");
        guest.cx.notice = show::notice(&guest.cx, told).map(|notice| Notice { good: told != STANDS, ..notice });
        Ok(show::show(&guest.cx.clone(), &Tokens { cx: guest.cx, tokens }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn making(guest: &Guest, headers: &HeaderMap, form: Form) -> Response {
    let page = NewToken { cx: guest.cx.clone(), form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

async fn new_token_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Settings).await?;
        listed(&guest).await?;
        // Asked before anything is typed, so that nothing typed is lost to it.
        guest.is_sure(&head.headers, &guest.cx.at("settings/tokens/new"))?;
        let form = Form::of([("key", desk.service.app.clock().id().to_string())]);
        Ok(making(&guest, &head.headers, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What is answered once, and never again.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Handed {
    #[serde(alias = "token")]
    signing_secret: Option<String>,
    user_errors: Vec<Wrong>,
}

/// Carries out what hands something out once: it, or what is wrong.
pub(super) async fn handed(
    guest: &Guest,
    document: &str,
    input: Value,
) -> Result<Result<String, Vec<Wrong>>, Response> {
    #[derive(Deserialize)]
    struct Payload {
        done: Handed,
    }
    let Handed { signing_secret, user_errors } = guest.ask::<Payload>(document, json!({ "input": input })).await?.done;
    Ok(if user_errors.is_empty() { Ok(signing_secret.unwrap_or_default()) } else { Err(user_errors) })
}

/// Shows what is handed out once.
pub(super) fn once(guest: &Guest, headers: &HeaderMap, what: &'static str, value: String, back: String) -> Response {
    let page = ShownOnce { cx: guest.cx.clone(), what, value, back };
    let dialog = page.as_dialog().render();
    guest.form(headers, &Form::default(), &page, dialog)
}

async fn new_token(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Settings).await?;
        listed(&guest).await?;
        let scopes: Vec<&str> = match fields.get("all") {
            "1" => vec!["OWNER"],
            _ => SCOPES.into_iter().filter(|scope| fields.get(scope) == "1").collect(),
        };
        // The last day is its end there: the first instant that it opens nothing is that of the day after.
        let end = fields.get("expiresAt").parse::<NaiveDate>().ok().and_then(|day| day.checked_add_days(Days::new(1)));
        let end = end.and_then(|day| guest.cx.zone.from_local_datetime(&day.and_time(NaiveTime::MIN)).earliest());
        let input = json!({
            "role": "ACCOUNT", "accountId": guest.account.to_string(), "name": fields.get("name"), "scopes": scopes,
            "expiresAt": end.map(|end| end.with_timezone(&Utc).to_rfc3339()), "idempotencyKey": fields.given("key"),
        });
        match handed(&guest, CREATE_TOKEN, input).await? {
            Ok(token) => Ok(once(&guest, &head.headers, "TOKEN", token, guest.cx.at("settings/tokens"))),
            // The same form sent twice: the token stands in the list, where it can be revoked.
            Err(wrong) if wrong.iter().any(|wrong| wrong.code == "NOT_ALLOWED_NOW") => {
                Ok(guest.lead(&head.headers, &guest.cx.at("settings/tokens"), STANDS))
            }
            Err(wrong) => {
                guest.is_sure(&head.headers, &guest.cx.at("settings/tokens/new"))?;
                let mut form = show::again(&fields, ["name", "all", "expiresAt", "key"], wrong);
                form.values.extend(scopes.into_iter().map(|scope| (scope.to_owned(), "1".to_owned())));
                Ok(making(&guest, &head.headers, form))
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A token of the account that still opens something.
async fn token(guest: &Guest, id: &str) -> Result<Token, Response> {
    let found = listed(guest).await?.into_iter().find(|token| token.id == id);
    found.ok_or_else(|| show::nothing(guest.cx.lang))
}

fn revoking(guest: &Guest, headers: &HeaderMap, token: Token, form: Form) -> Response {
    let action = guest.cx.at(&format!("settings/tokens/{}/revoke", token.id));
    let back = guest.cx.at("settings/tokens");
    let (name, id) = (token.name, token.id);
    let page = Ask { cx: guest.cx.clone(), what: "TOKEN", name, id, action, back, form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

async fn revoke_form(State(desk): State<Desk>, which: Path<(String, String)>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Settings).await?;
        let token = token(&guest, &which.0.1).await?;
        Ok(revoking(&guest, &head.headers, token, Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn revoke(State(desk): State<Desk>, which: Path<(String, String)>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Settings).await?;
        let token = token(&guest, &which.0.1).await?;
        let wrong = guest.carry_out(REVOKE_TOKEN, json!({ "tokenId": token.id })).await?;
        if !wrong.is_empty() {
            return Ok(revoking(&guest, &head.headers, token, show::again(&fields, [], wrong)));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("settings/tokens"), "token-revoked"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
