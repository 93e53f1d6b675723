//! What is told when something is not done: refusals as data, everything else as top-level errors with a code.
//!
//! A refusal says its code, the path of the input field in the API's names, and a sentence in the caller's language. A failure's own text
//! goes to the operators' log; the caller is told its code.

use crate::{
    app::Failure,
    i18n::{lang::Lang, messages::message},
};
use async_graphql::{Error, ErrorExtensions, SimpleObject};
use domain::{Code, Refusal, Refusals};
use std::borrow::Cow;

/// Why something was not done, or, as a warning, what to know about what was done.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct UserError {
    /// A stable code for programs.
    code: String,
    /// Path of the input's field that it concerns; null when it concerns the whole.
    field: Option<Vec<String>>,
    /// A sentence for people, in the language of `Accept-Language` (French or English).
    message: String,
}

impl UserError {
    /// Something with a sentence of the catalogue.
    pub(super) fn told(code: &str, field: Option<&str>, lang: Lang, params: &[(&str, String)]) -> UserError {
        UserError {
            code: code.to_owned(),
            field: field.map(|field| vec![field.to_owned()]),
            message: message(code, lang, params),
        }
    }
}

/// One error a refusal.
pub(super) fn user_errors(refusals: Refusals, lang: Lang) -> Vec<UserError> {
    refusals.0.into_iter().map(|refusal| user_error(refusal, lang)).collect()
}

fn user_error(refusal: Refusal, lang: Lang) -> UserError {
    let code = refusal.code.as_str();
    let path = api_path(refusal.field);
    let mut params = refusal.params;
    if !path.is_empty() && !params.iter().any(|(name, _)| *name == "field") {
        params.push(("field", path.join(".")));
    }
    UserError {
        code: code.to_owned(),
        message: message(code, lang, &params),
        field: Some(path).filter(|p| !p.is_empty()),
    }
}

/// The rules know an opening's number and day; the API's input has them one level deeper.
fn api_path(field: Vec<Cow<'static, str>>) -> Vec<String> {
    let path: Vec<&str> = field.iter().map(Cow::as_ref).collect();
    let path: &[&str] = match path.as_slice() {
        ["opening", "by"] => &["opening", "advanced", "by"],
        ["opening", "date"] => &["opening", "fromDate"],
        other => other,
    };
    path.iter().map(|part| (*part).to_owned()).collect()
}

/// A warning of this code. Most concern the order e-mail.
pub(super) fn warning(code: &str, lang: Lang) -> UserError {
    let field = match code {
        _ if code == Code::RegistrationsPending.as_str() => Some("registrationPolicy"),
        _ if code == Code::OpeningReplaced.as_str() => None,
        _ => Some("sendOrderEmail"),
    };
    UserError::told(code, field, lang, &[])
}

/// A top-level error with a code of the catalogue.
pub(super) fn top(code: &'static str, lang: Lang) -> Error {
    told(code, message(code, lang, &[]))
}

fn told(code: &'static str, message: String) -> Error {
    Error::new(message).extend_with(|_, extensions| extensions.set("code", code))
}

/// A value of the document that no type refuses and that cannot be meant; `why` is a sentence of the catalogue.
pub(super) fn invalid(why: &'static str, lang: Lang) -> Error {
    told("GRAPHQL_VALIDATION_FAILED", message(why, lang, &[]))
}

/// A failure: its text to the log, its code to the caller. `INTERNAL` is logged and reworded by the endpoint, which knows the request's id.
pub(super) fn failed(failure: &Failure, lang: Lang) -> Error {
    match failure.code() {
        "INTERNAL" => told("INTERNAL", failure.to_string()),
        code => {
            tracing::warn!(code, error = %failure, "a question or command failed");
            top(code, lang)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Code;

    #[test]
    fn a_refusal_names_the_field_of_the_api_and_speaks_the_language() {
        let refusal = Refusal::at(Code::AdvanceOutOfRange, "by").with("min", 1).with("max", 120).under("opening");
        let error = user_error(refusal, Lang::Fr);
        assert_eq!(error.field.as_deref(), Some(&["opening".to_owned(), "advanced".to_owned(), "by".to_owned()][..]));
        assert!(error.message.contains("de 1 à 120"), "{}", error.message);
        let error = user_error(Refusal::at(Code::TooLong, "firstName").with("max", 200), Lang::En);
        assert_eq!(error.message, "First name: this is too long, at most 200. Shorten it.");
        assert_eq!(user_error(Refusal::new(Code::Forbidden), Lang::En).field, None);
    }
}
