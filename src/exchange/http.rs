//! Import and export by HTTP: bodies are streamed in both directions, so a file of any size costs the same memory.
//!
//! `POST /import/contacts?account=ID&dryRun=&lang=` takes the file as the raw body; with `plan=true` it is only planned (`plan`, with `policy` and `label`); `GET /import/template.csv?lang=`;
//! `GET /export/subscribers.xlsx|.csv?account=ID&lang=`, `GET /export/contacts.xlsx|.csv` with what narrows the list as well. An account the caller does not reach is answered as one that does not exist.
//! `pipe` turns bodies into readers and writers. What is not served is told as everywhere behind this door ([`Problem`]).

mod pipe;
mod plan;

pub use plan::{planned, planned_anew};

use super::{
    Format, ImportError, ImportOptions, ImportReport, Stopped,
    export::{ExportOptions, export_contacts, export_subscribers, today},
    import_contacts,
};
use crate::{
    app::{About, Caller, Failure, Narrowed, Question},
    files::{FileError, Limits, ReadOptions, TextEncoding, template},
    http::{Asked, Authenticated, Problem, came_from::Whence},
    i18n::{lang::Lang, messages::message},
    service::Service,
};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, FromRef, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::{
    AccountId, Code, Refusal,
    values::{AccessMode, ContactKind, ExportedList, Profile},
};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;
use std::sync::Arc;

#[derive(Clone)]
struct Exchange {
    service: Arc<Service>,
    limits: Limits,
}

impl FromRef<Exchange> for Arc<Service> {
    fn from_ref(exchange: &Exchange) -> Arc<Service> {
        exchange.service.clone()
    }
}

/// The routes of import and export. `limits` is what an imported file may not exceed; a larger one is answered 413.
pub fn routes(service: Arc<Service>, limits: Limits) -> Router {
    Router::new()
        // The limit is kept while reading, by `files`, so that it counts bytes and answers in the caller's language.
        .route("/import/contacts", post(import).layer(DefaultBodyLimit::disable()))
        .route("/import/template.csv", get(empty_form))
        .route("/import/{import}/errors.csv", get(plan::errors_file))
        .route("/export/{file}", get(export))
        .with_state(Exchange { service, limits })
}

/// The names that an import's address has.
const IMPORT: &[&str] = &["account", "dryRun", "plan", "policy", "label"];

/// What cannot be meant together: a plan is a dry run itself, and only a plan has a policy and a label. Passing over it would do what was not asked.
fn beside_the_point(asked: &Asked, dry_run: bool, plans: bool) -> Option<Problem> {
    [
        ("dryRun", dry_run && plans, "false"),
        ("policy", !plans && asked.word("policy").is_some(), "plan=true"),
        ("label", !plans && asked.word("label").is_some(), "plan=true"),
    ]
    .into_iter()
    .find_map(|(name, wrong, expected)| wrong.then(|| asked.invalid(name, expected)))
}

/// The account, if the caller may ask this of it. Any other text is answered as an unknown account.
fn account_of(asked: &Asked, caller: &Caller, question: Question) -> Result<AccountId, Problem> {
    let account = asked.required("account")?.parse().ok();
    account
        .filter(|account| caller.may_ask(question, *account, About { own: false, subscriber: true }))
        .ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", asked.lang))
}

/// The answer to an import.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    #[serde(flatten)]
    report: &'a ImportReport,
    /// Rows that were not taken, as CSV to be corrected and imported again; null when all were.
    errors_file: Option<String>,
    /// Where in the log: what a question given this as `minPosition` answers has seen the import.
    position: String,
}

async fn import(
    State(exchange): State<Exchange>,
    Authenticated(caller): Authenticated,
    Query(words): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Response> {
    let meant = Asked::read(words, &headers, IMPORT).and_then(|asked| {
        let account = account_of(&asked, &caller, Question::Import)?;
        let (dry_run, plans) = (asked.yes("dryRun")?, asked.yes("plan")?);
        match beside_the_point(&asked, dry_run, plans) {
            Some(problem) => Err(problem),
            None => Ok((asked, account, dry_run, plans)),
        }
    });
    let (asked, account, dry_run, plans) = match meant {
        Ok(meant) => meant,
        Err(problem) => {
            pipe::discard(body, &headers).await;
            return Err(problem.into_response());
        }
    };
    let lang = asked.lang;
    if let Some(problem) = unfit(&headers, exchange.limits.bytes, lang) {
        pipe::discard(body, &headers).await;
        return Err(problem);
    }
    let reading = ReadOptions { encoding: charset(&headers), limits: exchange.limits };
    let options = ImportOptions { dry_run, account: Some(account), lang, reading, ..ImportOptions::default() };
    if plans {
        let options = plan::options(&asked, options).map_err(IntoResponse::into_response)?;
        return plan::plan(&exchange, &caller, &options, body).await;
    }
    let app = &exchange.service.app;
    let (file, sending) = pipe::reader(body);
    let imported = import_contacts(app, &caller, file, &options, || Ok(Vec::new()), |_| {}).await;
    // What is left of a body that is read no further is let go by, or its sender would never read the answer.
    let _ = sending.await;
    let imported = imported.map_err(|error| stopped(*error, lang))?;
    let answer = Answer {
        position: app.reader().token(imported.report.position).to_string(),
        // Text of ours, taken as it is: a file of refused rows alone is large enough once.
        errors_file: imported.errors.map(|bytes| String::from_utf8(bytes).unwrap_or_default()),
        report: &imported.report,
    };
    Ok(json(StatusCode::OK, &answer))
}

/// What can be told before the body is read: it is too big, or a form and not a file.
fn unfit(headers: &HeaderMap, limit: u64, lang: Lang) -> Option<Response> {
    let length = headers.get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > limit) {
        return Some(file_refused(&FileError::TooBig { limit }, lang, None));
    }
    let media =
        headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_ascii_lowercase();
    let form = media.starts_with("multipart/") || media.starts_with("application/json");
    form.then(|| refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, "NOT_CSV", &[], lang, None))
}

/// The encoding the sender names: `text/csv; charset=windows-1252`.
fn charset(headers: &HeaderMap) -> Option<TextEncoding> {
    let media = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (_, charset) = media
        .split(';')
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    TextEncoding::from_name(charset.trim().trim_matches('"'))
}

/// Why a file was not taken, for a page: what of the form it is about, and a sentence.
///
/// # Errors
/// The service failed.
pub fn said(error: ImportError, lang: Lang) -> Result<(String, String), Failure> {
    match error.problem {
        Stopped::File(error) if error.is_failure() => Err(Failure::Fault(format!("an imported file: {error}"))),
        Stopped::File(error) => Ok(("file".to_owned(), message(error.code(), lang, &error.parameters()))),
        Stopped::Refused(refusal) => {
            let field = refusal.field.last().map_or_else(|| "file".to_owned(), ToString::to_string);
            Ok((field, not_allowed(&refusal, lang).message))
        }
        Stopped::Failure(failure) => Err(failure),
    }
}

fn stopped(error: ImportError, lang: Lang) -> Response {
    let ImportError { problem, applied } = error;
    match problem {
        Stopped::File(error) => file_refused(&error, lang, Some(&applied)),
        Stopped::Refused(refusal) => not_allowed(&refusal, lang).into_response(),
        Stopped::Failure(failure) => {
            let problem = Problem::failure(&failure, lang);
            told(problem.status, problem.code, &problem.message, Some(&applied))
        }
    }
}

fn file_refused(error: &FileError, lang: Lang, applied: Option<&ImportReport>) -> Response {
    let status = match error {
        FileError::TooBig { .. } | FileError::TooManyRows { .. } => StatusCode::PAYLOAD_TOO_LARGE,
        FileError::NotCsv { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        FileError::Read(_) => StatusCode::BAD_REQUEST,
        error if error.is_failure() => {
            tracing::error!(code = error.code(), error = %error, "an imported file cannot be answered");
            StatusCode::INTERNAL_SERVER_ERROR
        }
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    refused(status, error.code(), &error.parameters(), lang, applied)
}

fn not_allowed(refusal: &Refusal, lang: Lang) -> Problem {
    let status = match refusal.code {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Forbidden | Code::ReauthenticationRequired => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    };
    let (code, mut params) = (refusal.code.as_str(), refusal.params.clone());
    params.push(("field", refusal.field.join(".")));
    Problem { status, code, message: message(code, lang, &params) }
}

fn refused(
    status: StatusCode,
    code: &str,
    params: &[(&str, String)],
    lang: Lang,
    applied: Option<&ImportReport>,
) -> Response {
    told(status, code, &message(code, lang, params), applied)
}

/// A [`Problem`], with what had been applied before it.
fn told(status: StatusCode, code: &str, message: &str, applied: Option<&ImportReport>) -> Response {
    let mut extensions = serde_json::json!({ "code": code });
    if let Some(applied) = applied {
        extensions["applied"] = serde_json::json!(applied.counts);
    }
    json(status, &serde_json::json!({ "errors": [{ "message": message, "extensions": extensions }] }))
}

fn json(status: StatusCode, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(text) => {
            let headers =
                [(header::CONTENT_TYPE, "application/json; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
            (status, headers, text).into_response()
        }
        Err(e) => Problem::failure(&Failure::Fault(format!("an answer as JSON: {e}")), Lang::En).into_response(),
    }
}

async fn empty_form(Query(words): Query<Vec<(String, String)>>, headers: HeaderMap) -> Result<Response, Problem> {
    let lang = Asked::read(words, &headers, &[])?.lang;
    let name = match lang {
        Lang::Fr => "modele.csv",
        Lang::En => "template.csv",
    };
    Ok((attachment(name, Format::Csv), template(lang)).into_response())
}

fn attachment(name: &str, format: Format) -> [(header::HeaderName, String); 3] {
    [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ]
}

/// The names that the address of an export has: its account, and of contacts what narrows their list.
const NARROWED: &[&str] = &["account", "search", "profile", "kind", "mode", "hasEmail"];

/// What the list of contacts is narrowed to, in the words of the API.
fn narrowed(asked: &Asked) -> Result<Narrowed, Problem> {
    fn word<T: Copy>(
        asked: &Asked,
        name: &str,
        all: &[T],
        text: fn(T) -> &'static str,
    ) -> Result<Option<&'static str>, Problem> {
        let Some(given) = asked.word(name) else { return Ok(None) };
        let words = all.iter().map(|value| text(*value));
        let expected = || asked.invalid(name, &all.iter().map(|value| text(*value)).collect::<Vec<_>>().join(", "));
        words.clone().find(|word| *word == given).map(Some).ok_or_else(expected)
    }
    let filter = projections::contacts::Filter {
        profile: word(asked, "profile", Profile::ALL, Profile::as_str)?,
        kind: word(asked, "kind", ContactKind::ALL, ContactKind::as_str)?,
        mode: word(asked, "mode", AccessMode::ALL, AccessMode::as_str)?,
        has_email: asked.word("hasEmail").map(|_| asked.yes("hasEmail")).transpose()?,
        ..Default::default()
    };
    Ok(Narrowed { filter, search: asked.word("search").map(str::to_owned) })
}

async fn export(
    State(exchange): State<Exchange>,
    Authenticated(caller): Authenticated,
    Whence(came_from): Whence,
    Path(file): Path<String>,
    Query(words): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (list, extension) = file.split_once('.').unwrap_or_default();
    let asked = Asked::read(words, &headers, if list == "contacts" { NARROWED } else { &NARROWED[..1] })?;
    let lang = asked.lang;
    let unknown = || Problem::new(StatusCode::NOT_FOUND, "NOT_FOUND", lang);
    let format = Format::of_extension(extension).ok_or_else(unknown)?;
    let (what, question) = match list {
        "subscribers" => (ExportedList::Subscribers, Question::Subscribers),
        "contacts" => (ExportedList::Contacts, Question::Contacts),
        _ => return Err(unknown()),
    };
    let account = account_of(&asked, &caller, question)?;
    let narrowed = narrowed(&asked)?;
    let app = exchange.service.app.clone();
    let day = today(&app, &caller, account, question).await.map_err(|error| not_exported(error, lang))?;
    let name = match (what, lang) {
        (ExportedList::Contacts, _) => format!("contacts-{day}.{}", format.extension()),
        (ExportedList::Subscribers, Lang::Fr) => format!("abonnes-{day}.{}", format.extension()),
        (ExportedList::Subscribers, Lang::En) => format!("subscribers-{day}.{}", format.extension()),
    };
    let (out, mut pieces) = pipe::writer::<Stopped>();
    let gone_wrong = out.teller();
    tokio::spawn(async move {
        let options = ExportOptions { account, format, lang, came_from };
        let done = match what {
            ExportedList::Subscribers => export_subscribers(&app, &caller, &options, out, |_| {}).await,
            ExportedList::Contacts => export_contacts(&app, &caller, &options, narrowed, out, |_| {}).await,
        };
        if let Err(error) = done {
            // Who asked may have gone: then there is nobody to tell.
            let _ = gone_wrong.send(Err(error)).await;
        }
    });
    // Until the first piece is there a failure can be told as one; later the connection is cut, so that nobody takes half for whole.
    let first = match pieces.recv().await {
        Some(Ok(first)) => first,
        Some(Err(error)) => return Err(not_exported(error, lang)),
        None => return Err(Problem::failure(&Failure::Fault("an export without a byte".into()), lang)),
    };
    let rest = stream::unfold(pieces, |mut pieces| async move { pieces.recv().await.map(|piece| (piece, pieces)) });
    let body = stream::once(async move { Ok(first) })
        .chain(rest)
        .inspect_err(|error| tracing::warn!(error = %error, "an export was cut short"));
    Ok((attachment(&name, format), Body::from_stream(body)).into_response())
}

fn not_exported(error: Stopped, lang: Lang) -> Problem {
    match error {
        Stopped::Refused(refusal) => not_allowed(&refusal, lang),
        Stopped::Failure(failure) => Problem::failure(&failure, lang),
        Stopped::File(error) => {
            tracing::error!(code = error.code(), error = %error, "an export failed");
            let message = message(error.code(), lang, &error.parameters());
            let status =
                if error.is_failure() { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::UNPROCESSABLE_ENTITY };
            Problem { status, code: error.code(), message }
        }
    }
}
