//! Showing again who one is (†): by the password, by a code of the app, or, for whoever came in by their account's provider, by the provider.

use super::{Query, asked};
use crate::{
    http::{
        desk::Desk,
        identity::{Fields, Not, Said, is_ours, visitor, with_browser},
    },
    identity::{Denied, ProviderDenied, Sent, Signed},
    web::show,
};
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header, request::Parts},
    response::Response,
    routing::get,
};
use pages::{door::Confirm, parts::Form};
use serde_json::json;

/// Its page.
pub fn routes() -> Router<Desk> {
    Router::new().route("/confirm", get(ask).post(shown))
}

/// The page for somebody, leading to a path of ours.
async fn page(desk: &Desk, head: &Parts, signed: &Signed, next: &str, form: Form) -> Result<Confirm, Response> {
    let mut cx = show::outside(head);
    let identity = desk.service.identity();
    cx.csrf = identity.form_token(signed);
    let by_provider = signed.themselves().is_err();
    let by_code = match by_provider {
        true => false,
        false => identity.standing_of(signed.user).await.map_err(|d| Not::Denied(d).answer(true, cx.lang))?.totp,
    };
    let next = Some(next).filter(|next| is_ours(next)).unwrap_or("/").to_owned();
    Ok(Confirm { cx, form, next, by_code, by_provider, provider: None })
}

async fn ask(State(desk): State<Desk>, query: Query, head: Parts) -> Response {
    let answer = async {
        let signed = show::entered(&desk, &head).await?;
        let page = page(&desk, &head, &signed, asked(&query, "next"), Form::default()).await?;
        Ok(show::show(&page.cx, &page))
    };
    answer.await.unwrap_or_else(|answer: Response| answer)
}

async fn shown(State(desk): State<Desk>, request: Request) -> Response {
    let lang = show::language(request.headers());
    let answer = async {
        let read = Fields::read(request).await;
        let (head, fields) = read.map_err(|status| Not::Readable(status).answer(true, lang))?;
        let signed = show::entered(&desk, &head).await?;
        let identity = desk.service.identity();
        if !identity.is_form_of(&signed, fields.get("_csrf")) {
            return Err(Not::OfThisSession.answer(true, lang));
        }
        let next = fields.next().unwrap_or("/");
        if signed.themselves().is_err() {
            return by_provider(&desk, &head, &signed, next).await;
        }
        let denied = match identity.show_again(&signed, fields.get("password"), fields.get("code")).await {
            Ok(secret) => return Ok(Said::done(json!({})).with(secret).answer(true, Some(next), lang)),
            Err(denied) => denied,
        };
        let (wrong, seconds) = show::wrongs(denied, lang).map_err(|failure| show::failed(&failure, lang))?;
        let page = page(&desk, &head, &signed, next, Form { wrong, ..Form::default() }).await?;
        let mut answer = show::show_again(&page.cx, &page);
        if let Some(seconds) = seconds {
            answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        Ok(answer)
    };
    answer.await.unwrap_or_else(|answer: Response| answer)
}

/// Leads to the provider by a link, since a form of ours goes to ourselves and nowhere else.
async fn by_provider(desk: &Desk, head: &Parts, signed: &Signed, next: &str) -> Result<Response, Response> {
    let mut page = page(desk, head, signed, next, Form::default()).await?;
    let lang = page.cx.lang;
    let sent = match signed.session.account() {
        Some(account) => desk.service.identity().start_provider(account, true, Some(next), &visitor(head)).await,
        None => Err(Denied::from(ProviderDenied::NotOffered)),
    };
    match sent {
        Ok(Sent { location, browser }) => {
            page.provider = Some(location);
            Ok(with_browser(show::show(&page.cx, &page), &browser))
        }
        Err(denied) => {
            let (wrong, _) = show::wrongs(denied, lang).map_err(|failure| show::failed(&failure, lang))?;
            page.form.wrong = wrong;
            Ok(show::show_again(&page.cx, &page))
        }
    }
}
