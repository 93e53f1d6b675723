//! The door of signing in: `/auth/…`. JSON in and out, and forms of our own pages. `docs/signing-in.md` has it for callers.
//!
//! Thin: what is said becomes a call of [`crate::identity`], what comes of it an answer (`said`). Errors have the shape of GraphQL's `userErrors`. Sessions
//! are recognised by the cookie alone here, and a form that changes something for whoever is signed in carries what its session gives it (`_csrf`).

mod fields;
mod provider;
mod said;

use super::auth;
use crate::{
    i18n::lang::lang,
    identity::{Choice, Entry, Identity, Signed, Visitor},
    service::Service,
    vault::{sessions::Session, totp::RecoveryCode},
};
use axum::{
    Router,
    extract::{Query, Request, State},
    http::HeaderMap,
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, SecondsFormat};
use data_encoding::BASE64URL_NOPAD;
use domain::{AccountId, Code, ContactId, Refusal, UserId};
pub use fields::{Fields, Unreadable, is_ours, visitor};
pub use provider::with_browser;
pub use said::{Not, Said, Told, session_cookie};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// `/auth/…`.
pub fn routes<S: Clone + Send + Sync + 'static>(service: Arc<Service>) -> Router<S> {
    Router::new()
        .route("/auth/sign-up", post(sign_up))
        .route("/auth/verify", post(choose))
        .route("/auth/sign-in", post(sign_in))
        .route("/auth/second-factor", post(second_factor))
        .route("/auth/sign-out", post(sign_out))
        .route("/auth/confirm", post(show_again))
        .route("/auth/reset-request", post(reset_request))
        .route("/auth/reset", post(choose))
        .route("/auth/password", post(password))
        .route("/auth/totp", post(enrol))
        .route("/auth/totp/confirm", post(confirm))
        .route("/auth/totp/disable", post(disable))
        .route("/auth/recovery-codes", post(recovery_codes))
        .route("/auth/switch", post(switch))
        .route("/auth/session", get(session))
        .route("/auth/accounts", get(accounts))
        .route("/auth/sessions", get(sessions))
        .route("/auth/sessions/end", post(end_sessions))
        .route("/auth/oidc/start", post(provider::start))
        .route("/auth/oidc/callback/{account}", get(provider::callback))
        .with_state(service)
}

/// What was asked, by whom.
pub struct Asked {
    /// Where it is answered.
    pub identity: Identity,
    /// The service.
    pub service: Arc<Service>,
    /// What was said.
    pub fields: Fields,
    /// Who came.
    pub visitor: Visitor,
    headers: HeaderMap,
}

impl Asked {
    /// Whoever is signed in; of a form, only where it carries what the session gave it.
    async fn signed(&self) -> Result<Signed, Not> {
        let signed = signed(&self.service, &self.headers).await?;
        if self.fields.form && !self.identity.is_form_of(&signed, self.fields.get("_csrf")) {
            return Err(Not::OfThisSession);
        }
        Ok(signed)
    }
}

/// Whoever is signed in with these cookies.
pub async fn signed(service: &Service, headers: &HeaderMap) -> Result<Signed, Not> {
    let secret = auth::session(headers).ok_or(Not::SignedIn)?;
    service.identity().recognise(&secret, true).await?.ok_or(Not::SignedIn)
}

/// Reads what was said, does it, answers.
async fn serve(
    service: Arc<Service>,
    request: Request,
    act: impl AsyncFnOnce(&Asked) -> Result<Said, Not>,
) -> Response {
    let lang = lang(request.headers());
    let (head, fields) = match Fields::read(request).await {
        Ok(read) => read,
        Err(status) => return Not::Readable(status).answer(false, lang),
    };
    let (identity, visitor) = (service.identity().clone(), visitor(&head));
    let asked = Asked { identity, service, fields, visitor, headers: head.headers };
    match act(&asked).await {
        Ok(said) => said.answer(asked.fields.form, asked.fields.next(), lang),
        Err(not) => not.answer(asked.fields.form, lang),
    }
}

async fn sign_up(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        asked.identity.sign_up(asked.fields.get("email"), asked.fields.given("name"), &asked.visitor).await?;
        Ok(Said::accepted())
    })
    .await
}

async fn reset_request(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        asked.identity.ask_reset(asked.fields.get("email"), &asked.visitor).await?;
        Ok(Said::accepted())
    })
    .await
}

/// A password chosen by a mailed link, whatever the link is for.
async fn choose(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let (link, password) = (asked.fields.get("link"), asked.fields.get("password"));
        asked.identity.choose_password(link, password, &asked.visitor).await?;
        // Whoever was signed in with this browser may be somebody else.
        Ok(Said::done(json!({})).without())
    })
    .await
}

async fn sign_in(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let before = auth::session(&asked.headers).map(|secret| secret.hash());
        let (email, password) = (asked.fields.get("email"), asked.fields.get("password"));
        match asked.identity.sign_in(email, password, before, &asked.visitor).await? {
            Entry::Entered(entered) => Ok(in_account(entered.account).with(entered.secret)),
            Entry::SecondFactor(secret) => Ok(Said::done(json!({ "secondFactor": "required" })).with(secret)),
        }
    })
    .await
}

async fn second_factor(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let waiting = auth::session(&asked.headers).ok_or(crate::identity::Denied::NotSignedIn)?.hash();
        let entered = asked.identity.second_factor(waiting, asked.fields.get("code"), &asked.visitor).await?;
        Ok(in_account(entered.account).with(entered.secret))
    })
    .await
}

fn in_account(account: Option<AccountId>) -> Said {
    Said::done(json!({ "secondFactor": null, "accountId": account.map(|account| account.to_string()) }))
}

async fn sign_out(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        if let Err(not @ Not::OfThisSession) = asked.signed().await {
            return Err(not);
        }
        // One that waits for its code, too.
        if let Some(secret) = auth::session(&asked.headers) {
            asked.identity.sign_out(&secret.hash()).await?;
        }
        Ok(Said::done(json!({})).without())
    })
    .await
}

/// Shows again who they are, for what is sensitive.
async fn show_again(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let (password, code) = (asked.fields.get("password"), asked.fields.get("code"));
        let secret = asked.identity.show_again(&signed, password, code).await?;
        Ok(Said::done(json!({})).with(secret))
    })
    .await
}

async fn password(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let (present, chosen) = (asked.fields.get("currentPassword"), asked.fields.get("password"));
        let secret = asked.identity.change_password(&signed, present, chosen).await?;
        Ok(Said::done(json!({})).with(secret))
    })
    .await
}

async fn enrol(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let enrolment = asked.identity.enrol(&signed, asked.fields.get("password")).await?;
        Ok(Said::done(json!({ "secret": enrolment.secret, "uri": enrolment.uri })))
    })
    .await
}

async fn confirm(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let (secret, codes) = asked.identity.confirm(&signed, asked.fields.get("code")).await?;
        Ok(Said::done(json!({ "recoveryCodes": texts(&codes) })).with(secret))
    })
    .await
}

async fn disable(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let (password, code) = (asked.fields.get("password"), asked.fields.get("code"));
        let secret = asked.identity.disable(&signed, password, code).await?;
        Ok(Said::done(json!({})).with(secret))
    })
    .await
}

async fn recovery_codes(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let (password, code) = (asked.fields.get("password"), asked.fields.get("code"));
        let (secret, codes) = asked.identity.make_recovery_codes(&signed, password, code).await?;
        Ok(Said::done(json!({ "recoveryCodes": texts(&codes) })).with(secret))
    })
    .await
}

fn texts(codes: &[RecoveryCode]) -> Vec<&str> {
    codes.iter().map(RecoveryCode::reveal).collect()
}

async fn switch(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        let unknown = || Refusal::at(Code::NotFound, "accountId");
        let account: AccountId = asked.fields.get("accountId").parse().map_err(|_| unknown())?;
        let secret = asked.identity.switch(&signed, account).await?;
        Ok(in_account(Some(account)).with(secret))
    })
    .await
}

async fn end_sessions(State(service): State<Arc<Service>>, request: Request) -> Response {
    serve(service, request, async |asked| {
        let signed = asked.signed().await?;
        if asked.fields.get("others") == "true" {
            let ended = asked.identity.end_others(&signed).await?;
            return Ok(Said::done(json!({ "ended": ended })));
        }
        let unknown = |_| Refusal::at(Code::NotFound, "sessionId");
        let session = Uuid::parse_str(asked.fields.get("sessionId")).map_err(unknown)?;
        asked.identity.end_one(&signed, session).await?;
        Ok(Said::done(json!({ "ended": 1 })))
    })
    .await
}

/// What is read by whoever is signed in.
async fn told(
    service: Arc<Service>,
    headers: HeaderMap,
    tell: impl AsyncFnOnce(&Service, &Signed) -> Result<Value, Not>,
) -> Response {
    let lang = lang(&headers);
    let told = async {
        let signed = signed(&service, &headers).await?;
        tell(&service, &signed).await
    };
    match told.await {
        Ok(body) => Said::done(body).answer(false, None, lang),
        Err(not) => not.answer(false, lang),
    }
}

async fn session(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    told(service, headers, async |service, signed| {
        let identity = service.identity();
        let own = signed.themselves().is_ok();
        let standing = match own {
            true => Some(identity.standing_of(signed.user).await?),
            false => None,
        };
        let mut ids = vec![signed.user.0];
        ids.extend(signed.session.account);
        let states = service.app.reader().states(ids).await?;
        let user = states.get(&signed.user.0).and_then(|folded| folded.state.user());
        let account = signed.caller.places.first().and_then(|place| {
            let state = states.get(&place.account.0)?.state.account()?;
            Some(json!({
                "id": place.account.to_string(), "number": state.number, "companyName": state.company_name,
                "contactId": place.contact.to_string(), "profile": place.profile.as_str(),
                "permissions": place.permissions.iter().map(|p| p.as_str()).collect::<Vec<_>>(),
            }))
        });
        Ok(json!({
            "user": {
                "id": UserId(signed.user.0).to_string(),
                "email": user.and_then(|user| user.email.as_ref()).map(|email| email.as_str()),
                "name": user.filter(|_| own).and_then(|user| user.name.as_deref()),
            },
            "account": account,
            "sessionId": signed.session.id.to_string(),
            "expiresAt": signed.expires_at().to_rfc3339_opts(SecondsFormat::Secs, true),
            "byProvider": !own,
            "confirmedUntil": identity.confirmed_until(&signed.session).to_rfc3339_opts(SecondsFormat::Secs, true),
            "totpEnabled": standing.map(|standing| standing.totp),
            "recoveryCodesLeft": standing.map(|standing| standing.recovery_codes),
            "csrf": identity.form_token(signed),
        }))
    })
    .await
}

#[derive(Debug, Deserialize)]
struct Finding {
    search: Option<String>,
    after: Option<String>,
}

async fn accounts(State(service): State<Arc<Service>>, headers: HeaderMap, Query(finding): Query<Finding>) -> Response {
    told(service, headers, async |service, signed| {
        let after = match &finding.after {
            None => None,
            Some(text) => Some(place(text).ok_or_else(|| Refusal::at(Code::Invalid, "after"))?),
        };
        let after = after.as_ref().map(|(key, contact)| (key.as_str(), *contact));
        let found = service.identity().choices(signed, finding.search.as_deref(), after).await?;
        let choice = |Choice { row, last }: &Choice| {
            json!({
                "id": AccountId(row.account).to_string(), "number": row.number, "companyName": row.company_name,
                "contactId": ContactId(row.contact).to_string(), "profile": row.profile, "last": last,
                "current": signed.session.account == Some(row.account),
            })
        };
        let after = found.after.map(|(key, contact)| cursor(&key, contact));
        Ok(json!({ "accounts": found.choices.iter().map(choice).collect::<Vec<_>>(), "after": after }))
    })
    .await
}

/// Where a page begins, as callers carry it.
fn cursor(key: &str, contact: Uuid) -> String {
    let mut bytes = contact.as_bytes().to_vec();
    bytes.extend_from_slice(key.as_bytes());
    BASE64URL_NOPAD.encode(&bytes)
}

fn place(text: &str) -> Option<(String, Uuid)> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    let (contact, key) = bytes.split_at_checked(16)?;
    Some((String::from_utf8(key.to_vec()).ok()?, Uuid::from_slice(contact).ok()?))
}

async fn sessions(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    told(service, headers, async |service, signed| {
        let identity = service.identity();
        let (open, past) = match signed.themselves() {
            Ok(()) => (identity.sessions_of(signed.user).await?, identity.sign_ins_of(signed.user).await?),
            Err(_) => (vec![signed.session.clone()], Vec::new()),
        };
        let session = |session: &Session| {
            json!({
                "id": session.id.to_string(), "current": session.id == signed.session.id,
                "accountId": session.account().map(|account| account.to_string()),
                "createdAt": instant(session.created_at), "seenAt": instant(session.seen_at),
                "expiresAt": instant(session.expires_at), "agent": session.agent, "address": session.address,
                "byProvider": session.is_by_provider(),
            })
        };
        let sign_in = |note: &crate::vault::logins::SignIn| {
            json!({ "at": instant(note.at), "result": note.result, "agent": note.agent, "address": note.address })
        };
        Ok(json!({
            "sessions": open.iter().map(session).collect::<Vec<_>>(),
            "signIns": past.iter().map(sign_in).collect::<Vec<_>>(),
        }))
    })
    .await
}

fn instant(micros: i64) -> String {
    DateTime::from_timestamp_micros(micros).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Secs, true)
}
