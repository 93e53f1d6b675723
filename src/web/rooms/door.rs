//! Coming in: the pages of signing in and up, of a forgotten password, of the code of an app, and of choosing the account.

use super::{Query, asked};
use crate::{
    http::{
        auth,
        desk::Desk,
        identity::{Fields, Not, Said, is_ours, visitor},
    },
    identity::{Choice, Denied, Entry},
    web::show,
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{AccountId, Code, Refusal};
use pages::{
    door::{AskMail, Choose, Reached, SecondFactor, SignIn},
    parts::Form,
};
use serde_json::json;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/", get(home))
        .route("/sign-in", get(sign_in).post(come_in))
        .route("/second-factor", get(second_factor).post(code))
        .route("/sign-up", get(sign_up).post(ask_login))
        .route("/forgot", get(forgot).post(ask_password))
        .route("/accounts", get(accounts).post(choose))
        .route("/lang/{tag}", get(language))
}

/// To the account, or to signing in.
async fn home(State(desk): State<Desk>, head: Parts) -> Response {
    match show::entered(&desk, &head).await {
        Ok(signed) => Redirect::to(&in_account(signed.session.account())).into_response(),
        Err(_) => Redirect::to("/sign-in").into_response(),
    }
}

fn in_account(account: Option<AccountId>) -> String {
    account.map_or_else(|| "/accounts".to_owned(), |account| format!("/a/{account}/home"))
}

/// A path of ours, of those that a form carries.
fn next(query: &Query) -> String {
    Some(asked(query, "next")).filter(|path| is_ours(path)).unwrap_or_default().to_owned()
}

async fn sign_in(head: Parts, query: Query) -> Response {
    let cx = show::outside(&head);
    show::show(&cx.clone(), &SignIn { cx, form: Form::default(), next: next(&query) })
}

async fn second_factor(head: Parts, query: Query) -> Response {
    let cx = show::outside(&head);
    show::show(&cx.clone(), &SecondFactor { cx, form: Form::default(), next: next(&query) })
}

async fn sign_up(head: Parts) -> Response {
    let cx = show::outside(&head);
    show::show(&cx.clone(), &AskMail { cx, form: Form::default(), sign_up: true, sent: false })
}

async fn forgot(head: Parts) -> Response {
    let cx = show::outside(&head);
    show::show(&cx.clone(), &AskMail { cx, form: Form::default(), sign_up: false, sent: false })
}

/// With how long to wait, where that is told.
fn wait(mut answer: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

/// What a form sent; else what is told of one that cannot be read.
async fn sent(request: Request) -> Result<(Parts, Fields), Response> {
    let lang = show::language(request.headers());
    Fields::read(request).await.map_err(|status| Not::Readable(status).answer(true, lang))
}

async fn come_in(State(desk): State<Desk>, request: Request) -> Response {
    let (head, fields) = match sent(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let cx = show::outside(&head);
    let before = auth::session(&head.headers).map(|secret| secret.hash());
    let identity = desk.service.identity();
    let entry = identity.sign_in(fields.get("email"), fields.get("password"), before, &visitor(&head)).await;
    let leads = fields.next().map(str::to_owned);
    match entry {
        Ok(Entry::Entered(entered)) => {
            let to = leads.unwrap_or_else(|| in_account(entered.account));
            Said::done(json!({})).with(entered.secret).answer(true, Some(&to), cx.lang)
        }
        Ok(Entry::SecondFactor(secret)) => {
            let to = leads.map_or_else(
                || "/second-factor".into(),
                |path| format!("/second-factor?next={}", pages::encoded(&path)),
            );
            Said::done(json!({})).with(secret).answer(true, Some(&to), cx.lang)
        }
        Err(denied) => match show::wrongs(denied, cx.lang) {
            Ok((wrong, seconds)) => {
                let form = show::again(&fields, ["email"], wrong);
                let page = SignIn { cx: cx.clone(), form, next: leads.unwrap_or_default() };
                wait(show::show_again(&cx, &page), seconds)
            }
            Err(failure) => show::failed(&failure, cx.lang),
        },
    }
}

async fn code(State(desk): State<Desk>, request: Request) -> Response {
    let (head, fields) = match sent(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let cx = show::outside(&head);
    let leads = fields.next().map(str::to_owned);
    let entered = match auth::session(&head.headers) {
        Some(waiting) => {
            desk.service.identity().second_factor(waiting.hash(), fields.get("code"), &visitor(&head)).await
        }
        None => Err(Denied::NotSignedIn),
    };
    match entered {
        Ok(entered) => {
            let to = leads.unwrap_or_else(|| in_account(entered.account));
            Said::done(json!({})).with(entered.secret).answer(true, Some(&to), cx.lang)
        }
        Err(denied) => match show::wrongs(denied, cx.lang) {
            Ok((wrong, seconds)) => {
                let form = show::again(&fields, [], wrong);
                let page = SecondFactor { cx: cx.clone(), form, next: leads.unwrap_or_default() };
                wait(show::show_again(&cx, &page), seconds)
            }
            Err(failure) => show::failed(&failure, cx.lang),
        },
    }
}

async fn ask_mail(desk: Desk, request: Request, sign_up: bool) -> Response {
    let (head, fields) = match sent(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let cx = show::outside(&head);
    let (identity, visitor) = (desk.service.identity(), visitor(&head));
    let asked = match sign_up {
        true => identity.sign_up(fields.get("email"), fields.given("name"), &visitor).await,
        false => identity.ask_reset(fields.get("email"), &visitor).await,
    };
    let Err(denied) = asked else {
        return show::show(&cx.clone(), &AskMail { cx, form: Form::default(), sign_up, sent: true });
    };
    match show::wrongs(denied, cx.lang) {
        Ok((wrong, seconds)) => {
            let form = show::again(&fields, ["email", "name"], wrong);
            wait(show::show_again(&cx.clone(), &AskMail { cx, form, sign_up, sent: false }), seconds)
        }
        Err(failure) => show::failed(&failure, cx.lang),
    }
}

async fn ask_login(State(desk): State<Desk>, request: Request) -> Response {
    ask_mail(desk, request, true).await
}

async fn ask_password(State(desk): State<Desk>, request: Request) -> Response {
    ask_mail(desk, request, false).await
}

async fn accounts(State(desk): State<Desk>, head: Parts, query: Query) -> Response {
    let mut cx = show::outside(&head);
    let signed = match show::entered(&desk, &head).await {
        Ok(signed) => signed,
        Err(answer) => return answer,
    };
    let identity = desk.service.identity();
    let search = asked(&query, "q").to_owned();
    let found = match identity.choices(&signed, Some(search.as_str()), None).await {
        Ok(found) => found,
        Err(denied) => return Not::Denied(denied).answer(true, cx.lang),
    };
    cx.csrf = identity.form_token(&signed);
    let reached = |Choice { row, .. }: Choice| Reached {
        account: AccountId(row.account).to_string(),
        number: row.number,
        company_name: row.company_name,
        profile: row.profile,
    };
    let more = found.after.is_some();
    let accounts = found.choices.into_iter().map(reached).collect();
    show::show(&cx.clone(), &Choose { cx, search, accounts, more })
}

async fn choose(State(desk): State<Desk>, request: Request) -> Response {
    let (head, fields) = match sent(request).await {
        Ok(sent) => sent,
        Err(answer) => return answer,
    };
    let lang = show::language(&head.headers);
    let signed = match show::entered(&desk, &head).await {
        Ok(signed) => signed,
        Err(answer) => return answer,
    };
    let identity = desk.service.identity();
    if !identity.is_form_of(&signed, fields.get("_csrf")) {
        return Not::OfThisSession.answer(true, lang);
    }
    let switched = match fields.get("account").parse::<AccountId>() {
        Ok(account) => identity.switch(&signed, account).await.map(|secret| (account, secret)),
        Err(_) => Err(Refusal::at(Code::NotFound, "account").into()),
    };
    match switched {
        Ok((account, secret)) => {
            Said::done(json!({})).with(secret).answer(true, Some(&in_account(Some(account))), lang)
        }
        Err(denied) => Not::Denied(denied).answer(true, lang),
    }
}

/// Keeps the language that somebody chose, and goes back.
async fn language(Path(tag): Path<String>, query: Query, headers: HeaderMap) -> Response {
    let to = Some(next(&query)).filter(|path| !path.is_empty()).unwrap_or_else(|| "/".to_owned());
    let tag = match tag.as_str() {
        "fr" | "en" => tag,
        _ => return show::nothing(show::language(&headers)),
    };
    let cookie = format!("{}={tag}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=31536000", show::LANGUAGE);
    ([(header::SET_COOKIE, cookie)], Redirect::to(&to)).into_response()
}
