//! What every request passes, whatever carries it: its document read once, guarded and priced; and, for what is no plain HTTP answer, how
//! results and errors are told.

use super::{
    RequestId,
    accept::Media,
    answer::Answerer,
    call::{self, Call},
    documents::{Documents, Reading},
    problem::Problem,
};
use crate::{
    graphql::guard::{Cost, Limits},
    i18n::lang::Lang,
};
use async_graphql::{Request, Response};
use serde_json::{Map, Value, json};

/// The limits, and the documents that were read.
pub struct Gate {
    pub(super) limits: Limits,
    documents: Documents,
}

impl Gate {
    /// A gate with these limits.
    #[must_use]
    pub fn new(limits: Limits) -> Gate {
        Gate { documents: Documents::new(limits.clone()), limits }
    }

    /// A request that async-graphql need not parse.
    pub(super) fn admit(&self, call: Call, live: bool) -> Result<(Request, Cost), Problem> {
        let reading = self.documents.read(&call.query);
        let document = match &*reading {
            Reading::Ready(document) => document,
            Reading::Refused(refusal) => return Err(Problem::TooComplex(*refusal)),
            Reading::Broken(syntax) => return Err(Problem::Syntax(syntax.clone())),
        };
        if live && !document.is_subscription(call.operation_name.as_deref()) {
            return Err(Problem::NotLive);
        }
        let cost = document
            .price(call.operation_name.as_deref(), &call.variables, &self.limits)
            .map_err(Problem::TooComplex)?;
        let mut request = Request::new(call.query).variables(call.variables).data(cost);
        request.operation_name = call.operation_name;
        request.extensions = call.extensions;
        request.set_parsed_query(document.parsed().clone());
        Ok((request, cost))
    }

    /// A subscription, from the JSON of a GraphQL request.
    ///
    /// # Errors
    /// The errors to tell, as GraphQL has them.
    pub fn subscription(&self, payload: Value, lang: Lang, id: &RequestId) -> Result<Request, Value> {
        let admitted = call::of(payload).and_then(|call| self.admit(call, true));
        admitted.map(|(request, _)| request).map_err(|problem| json!([answerer(lang, id).error_of(&problem)]))
    }
}

/// One result of a subscription as it is told.
pub enum Told {
    /// A result: `data`, and perhaps `errors`.
    Next(Value),
    /// There is, and will be, no result: the errors.
    Error(Value),
}

/// One result of a subscription, with nothing of the inside in it.
#[must_use]
pub fn told(response: Response, lang: Lang, id: &RequestId) -> Told {
    let (data, errors) = answerer(lang, id).result(response);
    match data {
        None => Told::Error(json!(errors)),
        Some(data) => {
            let mut result = Map::new();
            result.insert("data".into(), json!(data));
            if !errors.is_empty() {
                result.insert("errors".into(), json!(errors));
            }
            Told::Next(Value::Object(result))
        }
    }
}

fn answerer(lang: Lang, id: &RequestId) -> Answerer {
    Answerer { lang, media: Media::Json, id: id.clone() }
}
