//! `/mailbox`: in the demo, what would be mailed. `/mailbox.json`: the same for programs.
//!
//! Without a script; a mail is shown as its text, with its links. What concerns an erased person is forgotten before it is
//! shown. Mounted only where mails are captured, never where they are sent.

use super::{show, told};
use crate::{
    app::App,
    outbox::mail::mailbox::{Captured, Mailbox},
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing::get,
};
use pages::{
    Cx,
    links::{Mail, Mailbox as Page},
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

#[derive(Clone)]
struct Shown {
    app: App,
    mailbox: Mailbox,
}

/// Both routes.
pub fn routes<S: Clone + Send + Sync + 'static>(app: App, mailbox: Mailbox) -> Router<S> {
    Router::new().route("/mailbox", get(page)).route("/mailbox.json", get(list)).with_state(Shown { app, mailbox })
}

/// Newest first, without what concerned people who are erased by now.
async fn current(shown: &Shown) -> Result<Vec<Captured>, StatusCode> {
    let people: BTreeSet<_> = shown.mailbox.mails().iter().filter_map(|c| c.mail.subject_id).collect();
    let states = shown.app.reader().states(people.iter().copied().collect()).await.map_err(|failure| {
        tracing::error!(error = %failure, "the mailbox cannot be shown");
        StatusCode::SERVICE_UNAVAILABLE
    })?;
    for id in people {
        let erased = states.get(&id).and_then(|s| s.state.contact()).is_none_or(|contact| contact.erased.is_some());
        if erased {
            shown.mailbox.forget(id);
        }
    }
    let mut mails = shown.mailbox.mails();
    mails.reverse();
    Ok(mails)
}

async fn list(State(shown): State<Shown>) -> Result<Response, StatusCode> {
    let mails: Vec<Value> = current(&shown)
        .await?
        .into_iter()
        .map(|Captured { mail, message }| {
            json!({
                "id": mail.id.simple().to_string(), "template": mail.template, "at": mail.at, "lang": mail.lang,
                "from": mail.from, "fromName": mail.from_name, "to": mail.to, "toName": mail.to_name,
                "subject": mail.subject, "text": mail.text, "html": mail.html, "message": message,
            })
        })
        .collect();
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(json!({ "mails": mails }))).into_response())
}

async fn page(State(shown): State<Shown>, head: Parts) -> Result<Response, StatusCode> {
    let mails = current(&shown).await?.into_iter().map(|Captured { mail, .. }| Mail {
        lang: mail.lang.to_string(),
        subject: mail.subject,
        to: mail.to,
        template: mail.template,
        at: mail.at,
        text: mail.text,
    });
    let mails = mails.collect();
    let cx = Cx { path: "/mailbox".to_owned(), ..told::quiet(show::language(&head.headers)) };
    let mut answer = told::page(StatusCode::OK, &cx.clone(), &Page { cx, mails });
    // Nothing on it is posted, so that nobody need know where it stood.
    answer.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(answer)
}
