//! From a GraphQL response to an HTTP answer that tells nothing of the inside.
//!
//! An error that carries a string `code` in its extensions is one of ours and passes, save `INTERNAL`. Of the others,
//! those that async-graphql makes about the caller's own document or values pass with a code; the rest are logged
//! and become `INTERNAL` with the request's id.

use std::collections::BTreeMap;

use async_graphql::{ErrorExtensionValues, Name, PathSegment, Pos, Response, ServerError, Value, indexmap::IndexMap};
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response as HttpResponse,
};
use serde::Serialize;

use super::{RequestId, accept::Media, problem::Problem};
use crate::graphql::guard::GuardRefusal;
use crate::i18n::{lang::Lang, typography::typeset};

/// The most errors of one answer.
const MOST_ERRORS: usize = 20;
/// The most characters of one message; a document's names come back in it.
const MOST_CHARACTERS: usize = 500;

/// How one request wants to be answered.
pub(super) struct Answerer {
    pub(super) lang: Lang,
    pub(super) media: Media,
    pub(super) id: RequestId,
}

/// The JSON of an answer. A request that was not executed has no `data`, which is not the same as `null`.
#[derive(Serialize)]
struct Json<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

impl Answerer {
    /// The answer to a request that was not executed.
    pub(super) fn problem(&self, problem: &Problem) -> HttpResponse {
        let error = self.error_of(problem);
        let mut status = problem.status();
        if self.media == Media::Json && matches!(problem, Problem::TooComplex(_) | Problem::Syntax(_)) {
            status = StatusCode::OK;
        }
        let mut answer = self.write(status, &Json { data: None, errors: &[error], extensions: &BTreeMap::new() });
        let headers = answer.headers_mut();
        match problem {
            Problem::Method => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            Problem::Spent(seconds) => {
                headers.insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
            }
            // The rest of the body is not read, so the connection cannot be used again.
            Problem::TooLarge(_) | Problem::TooSlow => {
                headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
            }
            _ => {}
        }
        answer
    }

    /// The error that tells of a problem.
    pub(super) fn error_of(&self, problem: &Problem) -> ServerError {
        let mut error = ServerError::new(problem.message(self.lang), None);
        set(&mut error, "code", problem.code().into());
        match problem {
            Problem::TooComplex(GuardRefusal { bound, limit, actual }) => {
                set(&mut error, "bound", bound.name().into());
                set(&mut error, "limit", (*limit).into());
                set(&mut error, "actual", (*actual).into());
            }
            Problem::Syntax(syntax) => {
                error.locations.extend(syntax.at.map(|(line, column)| Pos { line, column }));
            }
            _ => {}
        }
        error
    }

    /// One result of a subscription: its data, if it has any, and its errors, cleaned.
    pub(super) fn result(&self, response: Response) -> (Option<Value>, Vec<ServerError>) {
        let told = response.data != Value::Null || response.errors.is_empty();
        let executed = told || response.errors.iter().any(|error| !error.path.is_empty());
        let (data, errors, _) = self.cleaned(response.data, response.errors, executed);
        (told.then_some(data), errors)
    }

    fn cleaned(&self, mut data: Value, errors: Vec<ServerError>, executed: bool) -> (Value, Vec<ServerError>, usize) {
        for error in &errors {
            fill(&mut data, &error.path);
        }
        let omitted = errors.len().saturating_sub(MOST_ERRORS);
        let errors = errors.into_iter().take(MOST_ERRORS).map(|error| self.clean(error, executed)).collect();
        (data, errors, omitted)
    }

    /// The answer to a request that the executor answered.
    pub(super) fn response(&self, response: Response, cost: Value) -> HttpResponse {
        let Response { data, mut extensions, errors, http_headers, .. } = response;
        let executed = data != Value::Null || errors.is_empty() || errors.iter().any(|error| !error.path.is_empty());
        let (data, errors, omitted) = self.cleaned(data, errors, executed);
        extensions.insert("cost".into(), cost);
        if omitted > 0 {
            extensions.insert("omittedErrors".into(), omitted.into());
        }
        let status = match (self.media, executed) {
            (Media::Graphql, false) => errors.first().map_or(StatusCode::OK, status_of),
            _ => StatusCode::OK,
        };
        let data = executed.then_some(&data);
        let mut answer = self.write(status, &Json { data, errors: &errors, extensions: &extensions });
        append(answer.headers_mut(), http_headers);
        answer
    }

    fn clean(&self, mut error: ServerError, executed: bool) -> ServerError {
        // Lines count from 1: an error made without a document says 0.
        error.locations.retain(|at| at.line > 0);
        let code = match code_of(&error) {
            Some("INTERNAL") => None,
            Some(_) => Some(None),
            None if is_about_the_document(&error, executed) => Some(Some("GRAPHQL_VALIDATION_FAILED")),
            None => None,
        };
        match code {
            Some(added) => {
                if let Some(added) = added {
                    set(&mut error, "code", added.into());
                    error.message = in_language(error.message, self.lang);
                }
                if error.message.chars().nth(MOST_CHARACTERS).is_some() {
                    error.message = error.message.chars().take(MOST_CHARACTERS).chain(['…']).collect();
                }
                error
            }
            None => self.internal(error),
        }
    }

    fn internal(&self, error: ServerError) -> ServerError {
        let RequestId(id) = &self.id;
        tracing::error!(request_id = %id, path = ?error.path, message = %error.message, "a GraphQL field failed");
        let message = match self.lang {
            Lang::Fr => format!("Erreur interne. Indiquez ce numéro à l’assistance\u{202f}: {id}"),
            Lang::En => format!("Internal error. Give this number to the support: {id}"),
        };
        let mut told = ServerError { message, source: None, extensions: None, ..error };
        set(&mut told, "code", "INTERNAL".into());
        set(&mut told, "requestId", id.to_string().into());
        told
    }

    fn write(&self, status: StatusCode, json: &Json<'_>) -> HttpResponse {
        let (status, bytes) = match serde_json::to_vec(json) {
            Ok(bytes) => (status, bytes),
            Err(error) => {
                let RequestId(id) = &self.id;
                tracing::error!(request_id = %id, %error, "a GraphQL answer could not be written as JSON");
                let told = format!(r#"{{"errors":[{{"message":"{id}","extensions":{{"code":"INTERNAL"}}}}]}}"#);
                (StatusCode::INTERNAL_SERVER_ERROR, told.into_bytes())
            }
        };
        let mut answer = HttpResponse::new(Body::from(bytes));
        *answer.status_mut() = status;
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, self.media.content_type());
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(self.lang.tag()));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        answer
    }
}

fn set(error: &mut ServerError, name: &str, value: Value) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
}

fn code_of(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        Value::Enum(code) => Some(code),
        _ => None,
    }
}

/// Puts the `null` where a field failed: async-graphql leaves the field out, and the specification wants it there.
fn fill(data: &mut Value, path: &[PathSegment]) {
    let Some((PathSegment::Field(field), parents)) = path.split_last() else {
        return;
    };
    let mut parent = data;
    for segment in parents {
        let child = match (segment, parent) {
            (PathSegment::Field(name), Value::Object(fields)) => fields.get_mut(name.as_str()),
            (PathSegment::Index(index), Value::List(items)) => items.get_mut(*index),
            _ => None,
        };
        match child {
            Some(child) => parent = child,
            None => return,
        }
    }
    if *parent == Value::Null {
        *parent = Value::Object(IndexMap::new());
    }
    if let Value::Object(fields) = parent {
        fields.entry(Name::new(field)).or_insert(Value::Null);
    }
}

/// Whether async-graphql made the error about what the caller wrote. Before execution: its rules give a place in the
/// document, and a few checks have a known sentence. During execution: a variable that is missing or a value that its
/// type refused, in sentences that it always begins alike, and without a source, unlike an error that a resolver passed on.
fn is_about_the_document(error: &ServerError, executed: bool) -> bool {
    const SENTENCES: [&str; 7] = [
        "Unknown operation named ",
        "Operation name required in request.",
        "Subscriptions are not supported on this transport.",
        "The recursion depth of the query cannot be greater than ",
        "The number of directives on the field ",
        "Query is too complex.",
        "Query is nested too deep.",
    ];
    let starts = |sentence: &&str| error.message.starts_with(*sentence);
    if error.source.is_some() {
        false
    } else if executed {
        let missing = error.message.starts_with("Variable ") && error.message.ends_with(" is not defined.");
        missing || ["Failed to parse \"", "Expected input type \""].iter().any(starts)
    } else {
        error.path.is_empty() && (!error.locations.is_empty() || SENTENCES.iter().any(starts))
    }
}

/// What async-graphql says of a document, which it says in English, to who reads French: a wrong word for a choice as a sentence, all else after one that
/// says what to do.
fn in_language(message: String, lang: Lang) -> String {
    if lang == Lang::En {
        return message;
    }
    if let Some((_, said)) = message.split_once("enumeration type \"")
        && let Some((kind, said)) = said.split_once("\" does not contain the value \"")
    {
        let value = said.split('"').next().unwrap_or_default();
        return typeset(&format!("« {value} » n'est pas un choix de {kind}. Prenez l'un de ceux du schéma."), lang);
    }
    let before = typeset("Cette requête ne suit pas le schéma. Corrigez-la : ", lang);
    format!("{before}{message}")
}

/// The status of a request that was not executed, for those who asked for the media type that tells it.
fn status_of(error: &ServerError) -> StatusCode {
    match code_of(error) {
        Some("UNAUTHENTICATED") => StatusCode::UNAUTHORIZED,
        Some("FORBIDDEN") => StatusCode::FORBIDDEN,
        Some("RATE_LIMITED") => StatusCode::TOO_MANY_REQUESTS,
        Some("BUSY" | "STORAGE_FULL" | "READ_MODEL_BEHIND") => StatusCode::SERVICE_UNAVAILABLE,
        Some("INTERNAL") => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// The headers that resolvers set, such as `Retry-After`, besides ours; they cannot change what an answer is.
fn append(headers: &mut HeaderMap, more: HeaderMap) {
    let mut last = None;
    for (name, value) in more {
        last = name.or(last);
        if let Some(name) = &last
            && !matches!(*name, header::CONTENT_TYPE | header::CONTENT_LENGTH | header::CACHE_CONTROL)
        {
            headers.append(name, value);
        }
    }
}
