//! Records by HTTP: `POST /erp/records?account=ID&mode=incremental|full&force=&lang=`, one JSON object a line, at most 10,000 of them, taken in while
//! they arrive.
//!
//! The answer is lines of JSON too: one a refused record (`line`, `code`, `field`, `message`), and last the counts, with `position`. An
//! `Idempotency-Key` header makes a retry answer as the first time; without one a retry changes nothing either, it only counts otherwise.

use super::{
    line::read_line,
    sync::{Fingerprint, Mode, Options, RefusedRecord, Report, Sent, Stopped, Sync, SyncError, TOGETHER, Way, Why},
};
use crate::{
    app::{Caller, Failure},
    http::{Asked, Authenticated, Problem},
    i18n::{lang::Lang, messages::message},
    service::Service,
};
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use domain::{AccountId, Code, Refusal, Refusals};
use futures::StreamExt;
use serde::Serialize;
use std::sync::Arc;

/// Most records of one request.
pub const RECORDS_MAX: u64 = 10_000;
/// Most lines of one request, blank ones included.
const LINES_MAX: u64 = 4 * RECORDS_MAX;
/// Longest line, in bytes.
const LINE_MAX: usize = 64 * 1024;

/// The routes of ERPs.
pub fn routes(service: Arc<Service>) -> Router {
    Router::new()
        // What a request may hold is counted in lines and their lengths, while they are read.
        .route("/erp/records", post(records).layer(DefaultBodyLimit::disable()))
        .with_state(service)
}

/// The last line of an answer.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Told<'a> {
    #[serde(flatten)]
    counts: &'a super::sync::Counts,
    /// Contacts that were not among all records and were not flagged as gone all the same, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_flagged: Option<NotFlagged>,
    /// Why reading stopped before the end.
    #[serde(skip_serializing_if = "Option::is_none")]
    stopped: Option<StoppedBy>,
    position: String,
}

#[derive(Debug, Serialize)]
struct NotFlagged {
    contacts: u64,
    code: &'static str,
    message: String,
}

#[derive(Debug, Serialize)]
struct StoppedBy {
    code: &'static str,
    message: String,
}

async fn records(
    State(service): State<Arc<Service>>,
    Authenticated(caller): Authenticated,
    Query(words): Query<Vec<(String, String)>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let asked = Asked::read(words, &headers, &["account", "mode", "force"])?;
    let (lang, options) = (asked.lang, options(&asked, &headers)?);
    let account = asked.required("account")?.parse().ok();
    match take(&service, &caller, account, options, body, lang).await {
        Ok(response) => Ok(response),
        Err(SyncError::Failure(failure)) => Err(Problem::failure(&failure, lang)),
        Err(SyncError::Refused(refusals)) => Ok(refused(&refusals, lang)),
    }
}

/// What the address and the headers ask of a sync.
fn options(asked: &Asked, headers: &HeaderMap) -> Result<Options, Problem> {
    let mode = match asked.word("mode") {
        None | Some("incremental") => Mode::Incremental,
        Some("full") => Mode::Full,
        Some(_) => return Err(asked.invalid("mode", "incremental, full")),
    };
    let key = match headers.get("idempotency-key").map(|key| key.to_str()) {
        None => None,
        Some(Ok(key)) if (1..=200).contains(&key.len()) => Some(key.to_owned()),
        Some(_) => return Err(asked.invalid("Idempotency-Key", "1–200 ASCII")),
    };
    Ok(Options { mode, force: asked.yes("force")?, way: Way::Api, key, lang: Some(asked.lang) })
}

async fn take(
    service: &Service,
    caller: &Caller,
    account: Option<AccountId>,
    options: Options,
    body: Body,
    lang: Lang,
) -> Result<Response, SyncError> {
    let account =
        account.filter(|account| caller.reaches(*account)).ok_or_else(|| Refusal::at(Code::NotFound, "accountId"))?;
    let app = &service.app;
    if let Some(earlier) = Sync::earlier(app, caller, account, &options).await? {
        let mut sent = Fingerprint::of(app, &options);
        let mut lines = Lines::of(body);
        for _ in 0..LINES_MAX {
            let Some(Ok(line)) = lines.next().await else { break };
            sent.add(app, &line);
        }
        return Ok(told(service, &earlier.answer(sent)?, StatusCode::OK, None, lang));
    }
    let mut sync = Sync::begin(app, caller, account, options).await?;
    let mut lines = Lines::of(body);
    let (mut number, mut some, mut stopped) = (0u64, Vec::with_capacity(TOGETHER), None);
    while let Some(line) = lines.next().await {
        let line = match line {
            Ok(line) => line,
            Err(code) => {
                stopped = Some((StatusCode::BAD_REQUEST, code));
                break;
            }
        };
        number += 1;
        sync.note_bytes(&line);
        let blank = line.trim_ascii().is_empty();
        // Blank lines are passed over, and yet they do not go on for ever.
        if blank && number < LINES_MAX {
            continue;
        }
        if blank || sync.records() + some.len() as u64 >= RECORDS_MAX {
            stopped = Some((StatusCode::PAYLOAD_TOO_LARGE, "TOO_MANY_RECORDS"));
            break;
        }
        some.push(Sent { line: number, record: read_line(&line) });
        if some.len() == TOGETHER {
            sync.take(std::mem::take(&mut some)).await?;
        }
    }
    sync.take(some).await?;
    let (report, status) = match stopped {
        // Not all records came: nobody may be taken for gone.
        Some((status, code)) => (sync.stop(stopped_by(code)).await?, status),
        None => (sync.finish().await?, StatusCode::OK),
    };
    Ok(told(service, &report, status, stopped.map(|(_, code)| code), lang))
}

/// The lines of a body, without their ends, while it arrives.
struct Lines {
    body: axum::body::BodyDataStream,
    gathered: Vec<u8>,
    ended: bool,
}

impl Lines {
    fn of(body: Body) -> Lines {
        Lines { body: body.into_data_stream(), gathered: Vec::new(), ended: false }
    }

    /// The next line; a code when the body breaks off or a line is too long.
    async fn next(&mut self) -> Option<Result<Vec<u8>, &'static str>> {
        loop {
            if let Some(end) = self.gathered.iter().position(|byte| *byte == b'\n') {
                let mut line: Vec<u8> = self.gathered.drain(..=end).collect();
                line.pop();
                return Some(Ok(line));
            }
            if self.ended {
                return (!self.gathered.is_empty()).then(|| Ok(std::mem::take(&mut self.gathered)));
            }
            if self.gathered.len() > LINE_MAX {
                self.ended = true;
                self.gathered.clear();
                return Some(Err("LINE_TOO_LONG"));
            }
            match self.body.next().await {
                Some(Ok(piece)) => self.gathered.extend_from_slice(&piece),
                None => self.ended = true,
                Some(Err(_)) => {
                    self.ended = true;
                    self.gathered.clear();
                    return Some(Err("BODY_CUT_SHORT"));
                }
            }
        }
    }
}

fn told(service: &Service, report: &Report, status: StatusCode, stopped: Option<&'static str>, lang: Lang) -> Response {
    let last = Told {
        counts: &report.counts,
        not_flagged: report.not_flagged.map(|(contacts, why)| not_flagged(contacts, why, lang)),
        stopped: stopped.map(|code| StoppedBy { code, message: stopped_by(code).message(lang) }),
        position: service.app.reader().token(report.position).to_string(),
    };
    let lines = report.refused_records.iter().map(|refused: &RefusedRecord| serde_json::to_string(refused));
    let lines: Result<Vec<String>, _> = lines.chain(std::iter::once(serde_json::to_string(&last))).collect();
    match lines {
        Ok(lines) => {
            let headers = [(header::CONTENT_TYPE, "application/x-ndjson"), (header::CACHE_CONTROL, "no-store")];
            (status, headers, lines.join("\n") + "\n").into_response()
        }
        Err(e) => Problem::failure(&Failure::Fault(format!("an answer as JSON: {e}")), lang).into_response(),
    }
}

fn stopped_by(code: &str) -> Stopped {
    Stopped { code: code.to_owned(), params: vec![("max".to_owned(), RECORDS_MAX.to_string())] }
}

fn not_flagged(contacts: u64, why: Why, lang: Lang) -> NotFlagged {
    let code = why.as_str();
    NotFlagged { contacts, code, message: message(code, lang, &[("value", contacts.to_string())]) }
}

fn refused(refusals: &Refusals, lang: Lang) -> Response {
    let Some(refusal) = refusals.0.first() else {
        return Problem::failure(&Failure::Fault("refused without a reason".into()), lang).into_response();
    };
    let status = match refusal.code {
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotAllowedNow | Code::IdempotencyMismatch => StatusCode::CONFLICT,
        _ => StatusCode::BAD_REQUEST,
    };
    let mut params = refusal.params.clone();
    params.push(("field", refusal.field.join(".")));
    let code = refusal.code.as_str();
    Problem { status, code, message: message(code, lang, &params) }.into_response()
}
