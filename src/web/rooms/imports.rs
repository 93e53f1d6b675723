//! « Importer »: a file is sent, looked at as a plan, done, and taken back. The file goes the way of the door for files (`exchange::http`), as a field of a form.

use super::{Query, asked, page_of};
use crate::{
    app::{About, Question},
    exchange::{ImportOptions, PlanOptions, http as files_door},
    files::{ReadOptions, TextEncoding, meant_by},
    http::{
        desk::Desk,
        identity::{Not, Unreadable},
    },
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Path, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use domain::values::ImportPolicy;
use multer::{Constraints, Multipart, SizeLimit};
use pages::{
    Cx, Notice, Place,
    imports::{
        APPLY, Answer, CANCEL, IMPORT, IMPORTS, Import, ImportAnswer, ImportPage, Imports, OUTCOMES, POLICIES, Seen,
        UNDO, UndoForm,
    },
    parts::{Form, Wrong},
};
use serde_json::{Value, json};

/// Imports of a page, and rows of one.
const PAGE: i64 = 20;
const ROWS: i64 = 50;
/// Longest text beside the file.
const TEXT: u64 = 4096;

/// Which import: its account and itself.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        // How large a file may be is for the reader of files to say, in the sender's language.
        .route("/a/{account}/imports", get(list).post(send).layer(DefaultBodyLimit::disable()))
        .route("/a/{account}/imports/{import}", get(look))
        .route("/a/{account}/imports/{import}/apply", post(apply))
        .route("/a/{account}/imports/{import}/cancel", post(cancel))
        .route("/a/{account}/imports/{import}/undo", get(undo_form).post(undo))
}

async fn listed(guest: Guest, query: Option<&Query>, form: Form, notice: Option<Notice>) -> Result<Response, Response> {
    let mut variables = query.map(|query| page_of(query, PAGE)).unwrap_or_default();
    variables.insert("account".into(), json!(guest.account.to_string()));
    let answer: Answer = guest.ask(IMPORTS, Value::Object(variables)).await?;
    let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let cx = Cx { notice, ..guest.cx };
    Ok(show::page(status, cx.lang, Imports { cx, list: answer.imports, form }.render()))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Imports).await?;
        let notice = show::notice(&guest.cx, asked(&query, "told"));
        listed(guest, Some(&query), Form::of([("policy", POLICIES[0].into())]), notice).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What a form with a file says before the file.
#[derive(Default)]
struct Said {
    csrf: String,
    policy: String,
    label: String,
}

async fn send(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let lang = show::language(request.headers());
        let (head, body) = request.into_parts();
        let guest = guest(&desk, &head, &account, Place::Imports).await?;
        let unreadable = |status| Not::Readable(status).answer(true, lang);
        let kind = head.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let boundary =
            multer::parse_boundary(kind).map_err(|_| unreadable(Unreadable::Media("multipart/form-data")))?;
        let texts = ["_csrf", "policy", "label"];
        let limits = texts.into_iter().fold(SizeLimit::new(), |limits, name| limits.for_field(name, TEXT));
        let constraints = Constraints::new().size_limit(limits);
        let mut parts = Multipart::with_constraints(body.into_data_stream(), boundary, constraints);
        let mut said = Said::default();
        loop {
            let part = parts.next_field().await.map_err(|_| unreadable(Unreadable::Malformed))?;
            let Some(part) = part else { return Err(unreadable(Unreadable::Malformed)) };
            match part.name() {
                Some("file") => {
                    if !desk.service.identity().is_form_of(&guest.signed, &said.csrf) {
                        return Err(Not::OfThisSession.answer(true, lang));
                    }
                    return planned(&desk, guest, said, Body::from_stream(part)).await;
                }
                name => {
                    let name = name.unwrap_or_default().to_owned();
                    let text = part.text().await.map_err(|_| unreadable(Unreadable::Malformed))?;
                    match name.as_str() {
                        "_csrf" => said.csrf = text,
                        "policy" => said.policy = text,
                        "label" => said.label = text,
                        _ => {}
                    }
                }
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// How a file of a page is read.
pub fn reading(desk: &Desk, guest: &Guest) -> ImportOptions {
    let reading = ReadOptions { encoding: None, limits: desk.files };
    ImportOptions { account: Some(guest.account), lang: guest.cx.lang, reading, ..ImportOptions::default() }
}

/// The file as a plan: by the same code, under the same limits as behind the door for files.
async fn planned(desk: &Desk, guest: Guest, said: Said, file: Body) -> Result<Response, Response> {
    let lang = guest.cx.lang;
    if !guest.by.caller.may_ask(Question::Import, guest.account, About::ANY) {
        return Err(show::nothing(lang));
    }
    let policy = ImportPolicy::parse(&said.policy).unwrap_or(ImportPolicy::RejectFailedRows);
    let label = Some(said.label.trim().to_owned()).filter(|label| !label.is_empty());
    let options = PlanOptions { policy, label, import: reading(desk, &guest) };
    match files_door::planned(&desk.service.app, &guest.by.caller, &options, file).await {
        Ok(planned) => {
            let encoding = planned.report.encoding.unwrap_or_default();
            let ignored = planned.report.warnings.len().to_string();
            let said = [("told", "import-planned"), ("encoding", encoding), ("ignored", ignored.as_str())];
            let path = guest.cx.at(&format!("imports/{}", planned.import));
            Ok(Redirect::to(&format!("{path}{}", pages::query(&said))).into_response())
        }
        Err(error) => {
            let (field, message) = files_door::said(*error, lang).map_err(|failure| show::failed(&failure, lang))?;
            let wrong = vec![Wrong { code: String::new(), field: Some(vec![field]), message }];
            let form = Form { wrong, ..Form::of([("policy", policy.as_str().to_owned()), ("label", said.label)]) };
            listed(guest, None, form, None).await
        }
    }
}

/// An import of the account, with a page of its rows.
async fn opened(guest: &Guest, import: &str, outcome: &str, query: Option<&Query>) -> Result<Import, Response> {
    let mut variables = query.map(|query| page_of(query, ROWS)).unwrap_or_default();
    variables.insert("id".into(), json!(import));
    variables.insert("outcome".into(), if outcome.is_empty() { Value::Null } else { json!(outcome) });
    let answer: ImportAnswer = guest.ask(IMPORT, Value::Object(variables)).await?;
    let mut import = answer.import.ok_or_else(|| show::nothing(guest.cx.lang))?;
    for edge in &mut import.rows.edges {
        for wrong in edge.node.errors.iter_mut().chain(&mut edge.node.warnings) {
            // As the cells of a row are named: an address has one.
            wrong.field = wrong.column.as_deref().and_then(meant_by).map(|field| match field.code() {
                "id" => "externalId".to_owned(),
                "postalCode" | "city" | "country" => "address".to_owned(),
                code => code.to_owned(),
            });
        }
    }
    Ok(import)
}

/// What was seen of the file, as the address tells it: words of ours, and nothing that somebody else could write there.
fn seen(query: &Query) -> Seen {
    let encoding = TextEncoding::from_name(asked(query, "encoding")).map(|_| asked(query, "encoding").to_owned());
    Seen {
        encoding: encoding.unwrap_or_default(),
        ignored: asked(query, "ignored").parse::<u16>().map(i64::from).unwrap_or_default(),
    }
}

fn shown(guest: Guest, import: Import, outcome: &str, seen: Seen, notice: Option<Notice>) -> Response {
    let done = notice.as_ref().is_none_or(|notice| notice.good);
    let status = if done { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = ImportPage { cx: Cx { notice, ..guest.cx }, import, outcome: outcome.to_owned(), seen };
    show::page(status, page.cx.lang, page.render())
}

async fn look(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Imports).await?;
        let outcome = OUTCOMES.into_iter().find(|outcome| *outcome == asked(&query, "outcome")).unwrap_or_default();
        let import = opened(&guest, &which.0.1, outcome, Some(&query)).await?;
        let notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(shown(guest, import, outcome, seen(&query), notice))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Leads on after an act; or shows the import with what was refused.
fn ended(guest: Guest, headers: &HeaderMap, import: Import, wrong: Vec<Wrong>, told: &str) -> Response {
    let path = guest.cx.at(&format!("imports/{}", import.id));
    match wrong.into_iter().next() {
        None => guest.lead(headers, &path, told),
        Some(first) => {
            let notice = Notice { good: false, text: first.message, undo: None };
            shown(guest, import, "", Seen::default(), Some(notice))
        }
    }
}

async fn apply(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Imports).await?;
        let import = opened(&guest, &which.0.1, "", None).await?;
        let version = super::version(&fields);
        let wrong = guest.carry_out(APPLY, json!({ "importId": import.id, "expectedVersion": version })).await?;
        Ok(ended(guest, &head.headers, import, wrong, ""))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn cancel(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, _) = show::sent(&desk, request, &which.0.0, Place::Imports).await?;
        let import = opened(&guest, &which.0.1, "", None).await?;
        let wrong = guest.carry_out(CANCEL, json!({ "importId": import.id })).await?;
        let told = if import.status == "PLANNED" { "import-dropped" } else { "import-stopped" };
        Ok(ended(guest, &head.headers, import, wrong, told))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn undoing(guest: &Guest, headers: &HeaderMap, import: Import, form: Form) -> Response {
    let page = UndoForm { cx: guest.cx.clone(), import, form: form.clone() };
    guest.form(headers, &form, &page, page.as_dialog().render())
}

async fn undo_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Imports).await?;
        let import = opened(&guest, &which.0.1, "", None).await?;
        Ok(undoing(&guest, &head.headers, import, Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn undo(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Imports).await?;
        let import = opened(&guest, &which.0.1, "", None).await?;
        let version = super::version(&fields);
        let wrong = guest.carry_out(UNDO, json!({ "importId": import.id, "expectedVersion": version })).await?;
        if !wrong.is_empty() {
            return Ok(undoing(&guest, &head.headers, import, Form { wrong, ..Form::default() }));
        }
        Ok(ended(guest, &head.headers, import, Vec::new(), ""))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
