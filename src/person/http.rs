//! `GET /contacts/<id>/personal-data.json` and `.html`: everything that is kept about a contact, as a file. Streamed; what fails on the way cuts the
//! connection, so that nobody takes half for whole. A contact that the caller may not have this of is answered like one that is not there.

use super::{Form, Person, Stopped, page};
use crate::{
    app::Failure,
    http::{Authenticated, Problem, came_from::Whence},
    i18n::lang::{Lang, lang},
    service::Service,
};
use axum::{
    Router,
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::stream;
use serde::Deserialize;
use std::sync::Arc;
use tokio::sync::mpsc;

/// Both routes.
pub fn routes(service: Arc<Service>) -> Router {
    Router::new().route("/contacts/{contact}/{file}", get(personal_data)).with_state(service)
}

#[derive(Debug, Deserialize)]
struct Asked {
    lang: Option<String>,
}

async fn personal_data(
    State(service): State<Arc<Service>>,
    Authenticated(caller): Authenticated,
    Whence(came_from): Whence,
    Path((contact, file)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let lang = match asked.lang.as_deref() {
        Some("fr") => Lang::Fr,
        Some("en") => Lang::En,
        _ => lang(&headers),
    };
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", lang);
    let form = file.strip_prefix("personal-data.").and_then(Form::of_extension).ok_or_else(unknown)?;
    let id = contact.parse().map_err(|_| unknown())?;
    let app = service.app.clone();
    let from = Some((app.clock().id(), came_from));
    let person = Person::of(&app, &caller, id, form, lang, from).await.map_err(|stopped| match stopped {
        Stopped::Refused(_) => unknown(),
        Stopped::Failure(failure) => Problem::failure(&failure, lang),
    })?;
    let (to, mut pieces) = mpsc::channel::<Result<String, Failure>>(4);
    tokio::spawn(async move {
        if let Err(failure) = person.tell(form, &to).await {
            tracing::warn!(error = %failure, "an export of personal data was cut short");
            let _ = to.send(Err(failure)).await;
        }
    });
    // Until the first piece is there a failure can be told as one.
    let first = match pieces.recv().await {
        Some(Ok(first)) => first,
        Some(Err(failure)) => return Err(Problem::failure(&failure, lang)),
        None => return Err(Problem::failure(&Failure::Fault("personal data without a byte".into()), lang)),
    };
    let rest = stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) });
    let body = Body::from_stream(futures::StreamExt::chain(stream::once(async move { Ok(first) }), rest));
    let (media, name) = match form {
        Form::Json => ("application/json; charset=utf-8", "personal-data.json"),
        Form::Html => ("text/html; charset=utf-8", "personal-data.html"),
    };
    let headers = [
        (header::CONTENT_TYPE, media.to_owned()),
        (header::CONTENT_LANGUAGE, lang.tag().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CONTENT_SECURITY_POLICY, page::POLICY.to_owned()),
        (header::CACHE_CONTROL, "no-store".to_owned()),
        (header::VARY, "Accept-Language".to_owned()),
    ];
    Ok((headers, body).into_response())
}
