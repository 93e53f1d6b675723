//! Planning a file by HTTP, and the rows of a plan that were not taken, as a file.
//!
//! `POST /import/contacts?plan=true&policy=&label=` answers the import's id with its counts; what follows (rows, applying, undoing) goes through GraphQL.
//! `GET /import/{import}/errors.csv` gives the rows to be mended.

use super::{Exchange, attachment, json, not_allowed, pipe, stopped};
use crate::{
    app::{About, App, Caller, Question, imports::RowFilter},
    exchange::{
        Format, ImportError, ImportOptions, ImportReport, Mended, PlanOptions, PlannedFile, RowError, Stopped,
        mending::Mending, plan_contacts,
    },
    http::{Asked, Authenticated, Problem},
    i18n::{lang::Lang, messages::message},
};
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{ImportId, values::ImportPolicy};
use futures::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

/// The answer to a file that was planned.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    /// To be applied with.
    import_id: String,
    #[serde(flatten)]
    report: &'a ImportReport,
    /// Values that are left out, the first of them.
    left_out: &'a [RowError],
    policy: ImportPolicy,
    /// Whether applying is allowed: one refused row may refuse everything.
    may_be_applied: bool,
    /// What to know about the file as a whole.
    notices: Vec<Notice>,
    /// Where the rows that were not taken are, as CSV to be mended; null when all were.
    errors_file: Option<String>,
    /// Where in the log.
    position: String,
}

/// Something to know about a file.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    code: &'static str,
    message: String,
    /// The import it is about.
    import_id: String,
}

/// What a plan was asked to be; a word that is none is refused.
pub(super) fn options(asked: &Asked, import: ImportOptions) -> Result<PlanOptions, Problem> {
    let policy = match asked.word("policy") {
        None => Some(ImportPolicy::RejectFailedRows),
        Some(word) => ImportPolicy::parse(word),
    };
    let expected = || ImportPolicy::ALL.iter().map(|policy| policy.as_str()).collect::<Vec<_>>().join(", ");
    let policy = policy.ok_or_else(|| asked.invalid("policy", &expected()))?;
    Ok(PlanOptions { policy, label: asked.word("label").map(str::to_owned), import })
}

/// Plans the file in `body`, and lets go by what is left of it.
pub async fn planned(
    app: &App,
    caller: &Caller,
    options: &PlanOptions,
    body: Body,
) -> Result<PlannedFile, Box<ImportError>> {
    let (file, sending) = pipe::reader(body);
    let planned = plan_contacts(app, caller, file, options, |_| {}).await;
    let _ = sending.await;
    planned
}

/// Plans the file in `body`, and answers.
pub(super) async fn plan(
    exchange: &Exchange,
    caller: &Caller,
    options: &PlanOptions,
    body: Body,
) -> Result<Response, Response> {
    let (app, lang) = (&exchange.service.app, options.import.lang);
    let planned = planned(app, caller, options, body).await.map_err(|error| stopped(*error, lang))?;
    let answer = Answer {
        import_id: planned.import.to_string(),
        position: app.reader().token(planned.report.position).to_string(),
        errors_file: (planned.report.counts.rejected + planned.report.counts.duplicates > 0)
            .then(|| format!("/import/{}/errors.csv", planned.import)),
        policy: options.policy,
        may_be_applied: planned.may_be_applied,
        notices: notices(&planned, lang),
        left_out: &planned.left_out,
        report: &planned.report,
    };
    Ok(json(StatusCode::OK, &answer))
}

fn notices(planned: &PlannedFile, lang: Lang) -> Vec<Notice> {
    let same = planned.same_file.iter().map(|(id, import)| {
        let date = import.planned.at.date_naive().to_string();
        Notice {
            code: "FILE_IMPORTED_BEFORE",
            message: message("FILE_IMPORTED_BEFORE", lang, &[("date", date)]),
            import_id: id.to_string(),
        }
    });
    same.collect()
}

/// The rows of an import that are to be mended.
pub(super) async fn errors_file(
    State(exchange): State<Exchange>,
    Authenticated(caller): Authenticated,
    Path(id): Path<String>,
    Query(words): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Response> {
    let lang = Asked::read(words, &headers, &[]).map_err(IntoResponse::into_response)?.lang;
    let unknown = || not_allowed(&domain::Refusal::new(domain::Code::NotFound), lang).into_response();
    let failed = |failure: crate::app::Failure| Problem::failure(&failure, lang).into_response();
    let app = &exchange.service.app;
    let id: ImportId = id.parse().map_err(|_| unknown())?;
    let states = app.reader().states(vec![id.0]).await.map_err(failed)?;
    let import = states.get(&id.0).and_then(|folded| folded.state.import());
    let import = import
        .filter(|import| caller.may_ask(Question::Import, import.account, About::default()))
        .ok_or_else(unknown)?;
    let some = app.import_rows().count(id, RowFilter::ToMend, 1, import.done.through).await.map_err(failed)?;
    let begun = Mending::begin(app, id, import, lang).await;
    let mending = match begun.map_err(|error| super::not_exported(error, lang).into_response())? {
        Some(mending) if some > 0 => mending,
        // Nothing to be mended, or too late for it.
        _ => return Err(unknown()),
    };
    let body = body(mending);
    let name = match lang {
        Lang::Fr => "erreurs.csv",
        Lang::En => "errors.csv",
    };
    Ok((attachment(name, Format::Csv), body).into_response())
}

fn body(mending: Mending) -> Body {
    let pieces =
        stream::unfold(mending, |mut mending| async move { Some((mending.next().await.transpose()?, mending)) });
    Body::from_stream(
        pieces
            .filter(|piece| futures::future::ready(!matches!(piece, Ok(bytes) if bytes.is_empty())))
            .inspect_err(|error| tracing::warn!(error = %error, "a file of rows to be mended was cut short")),
    )
}

/// Plans an import's file anew with these cells in the place of its own, as it was planned before; none where its rows were purged, or it is no import of the
/// account that `reading` names.
pub async fn planned_anew(
    app: &App,
    caller: &Caller,
    id: ImportId,
    reading: ImportOptions,
    mended: Mended,
) -> Result<Option<PlannedFile>, Box<ImportError>> {
    let stopped = |problem: Stopped| Box::new(ImportError { problem, applied: ImportReport::default() });
    let states = app.reader().states(vec![id.0]).await.map_err(|failure| stopped(failure.into()))?;
    let import = states.get(&id.0).and_then(|folded| folded.state.import());
    let Some(import) = import.filter(|import| Some(import.account) == reading.account) else { return Ok(None) };
    let mending = Mending::mended(app, id, import, reading.lang, mended).await.map_err(stopped)?;
    let Some(mending) = mending else { return Ok(None) };
    let options = PlanOptions { policy: import.policy, label: import.label.clone(), import: reading };
    planned(app, caller, &options, body(mending)).await.map(Some)
}
