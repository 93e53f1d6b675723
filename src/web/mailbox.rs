//! `/mailbox`: in the demo, what would be mailed. `/mailbox.json`: the same for programs.
//!
//! Server-rendered and escaped, under a policy that allows nothing; a mail is shown as its text. What concerns an erased person is forgotten before it is
//! shown. Mounted only where mails are captured, never where they are sent.

use crate::{
    app::App,
    i18n::lang::{Lang, lang},
    outbox::mail::{
        escaped,
        mailbox::{Captured, Mailbox},
    },
};
use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
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

const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

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

async fn page(State(shown): State<Shown>, headers: HeaderMap) -> Result<Response, StatusCode> {
    let lang = lang(&headers);
    let (title, none, to) = match lang {
        Lang::Fr => ("E-mails qui seraient envoyés", "Aucun e-mail pour l’instant.", "À"),
        Lang::En => ("Mails that would be sent", "No mail yet.", "To"),
    };
    let mut body = String::new();
    for Captured { mail, .. } in current(&shown).await? {
        let at = mail.at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        body.push_str(&format!(
            "<article lang=\"{}\">\n<h2>{}</h2>\n<p>{to} <bdi>{}</bdi> · <time datetime=\"{at}\">{at}</time> · {}</p>\n<pre>{}</pre>\n</article>\n",
            mail.lang,
            escaped(&mail.subject),
            escaped(&mail.to),
            escaped(&mail.template),
            escaped(&mail.text),
        ));
    }
    if body.is_empty() {
        body = format!("<p>{none}</p>\n");
    }
    let html = format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>:root {{ color-scheme: light dark }} body {{ max-width: 48em; margin: 0 auto; padding: 1em; font: 16px/1.5 sans-serif }} \
         article {{ border-top: 1px solid }} pre {{ white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }}</style>\n</head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        lang.tag()
    );
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_LANGUAGE, lang.tag()),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::VARY, "Accept-Language"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    Ok((headers, html).into_response())
}
