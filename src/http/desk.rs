//! The desk of our own pages: they ask the schema that everybody asks, in this process, as whoever is signed in. So a page can show and do what its person may
//! ask and do through GraphQL, and nothing else (`docs/adr/0010-pages-ask-graphql.md`), and pays for it out of the same bucket.
//!
//! Knows no page. The documents are ours: they are priced, and not held to the limits of strangers' ones; the acceptance tests of pages ask each.

use crate::{
    app::{Caller, CameFrom},
    files::Limits,
    graphql::{
        self, Asker, Door,
        budget::{Budget, Purse},
        guard,
    },
    i18n::{lang::Lang, messages::message},
    service::Service,
};
use async_graphql::{Request, Variables};
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, Weak};

/// Where pages ask.
#[derive(Clone)]
pub struct Desk {
    /// The service.
    pub service: Arc<Service>,
    /// What a file that a page sends may not exceed.
    pub files: Limits,
    schema: Door,
    budget: Budget,
}

/// The same, of a service that may have ended.
#[derive(Clone)]
pub struct Afar {
    service: Weak<Service>,
    files: Limits,
    schema: Door,
    budget: Budget,
}

impl Afar {
    /// It, while the service is there.
    pub fn desk(&self) -> Option<Desk> {
        let Afar { service, files, schema, budget } = self.clone();
        Some(Desk { service: service.upgrade()?, files, schema, budget })
    }
}

/// Who asks, in which language, and from where.
#[derive(Debug, Clone)]
pub struct By {
    /// Who.
    pub caller: Caller,
    /// In which language they read.
    pub lang: Lang,
    /// From where.
    pub came_from: Option<Arc<CameFrom>>,
}

/// A question without an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Unanswered {
    /// A stable code.
    pub code: String,
    /// A sentence for people.
    pub message: String,
    /// After how many seconds it may be asked again, where it was asked too often.
    pub wait: Option<u64>,
}

/// What one of our documents costs with these variables; the most that one may, where it is beyond that.
fn price(document: &str, variables: &Variables) -> u64 {
    let limits = guard::Limits { connections: graphql::CONNECTIONS, ..guard::Limits::default() };
    let priced = guard::read(document, &limits).ok().and_then(|read| read.price(None, variables, &limits).ok());
    priced.map_or(limits.cost, |cost| cost.requested)
}

impl Desk {
    /// Of this service, asking this schema, with what callers may spend; `files` is what a file may not exceed.
    pub fn new(service: Arc<Service>, schema: Door, budget: Budget, files: Limits) -> Desk {
        Desk { service, files, schema, budget }
    }

    /// For what goes on in the background, and is not to keep the service from ending.
    pub fn afar(&self) -> Afar {
        let Desk { service, files, schema, budget } = self.clone();
        Afar { service: Arc::downgrade(&service), files, schema, budget }
    }

    /// Asks one of our documents, and reads the answer.
    ///
    /// # Errors
    /// The first error of the answer, with the code that GraphQL callers see. Refusals of a command are no errors: they are in its payload.
    pub async fn ask<T: DeserializeOwned>(&self, by: &By, document: &str, variables: Value) -> Result<T, Unanswered> {
        let clock = self.service.app.clock();
        let By { caller, lang, came_from } = by.clone();
        let variables = Variables::from_json(variables);
        if let Err(wait) = Purse::of(&self.budget, caller.spends_as(), clock).spend(price(document, &variables)) {
            let seconds = wait.as_secs() + 1;
            let message = message("RATE_LIMITED", lang, &[("seconds", seconds.to_string())]);
            return Err(Unanswered { code: "RATE_LIMITED".to_owned(), message, wait: Some(seconds) });
        }
        let correlation = clock.id();
        let asker = Asker { app: self.service.app.clone(), caller, lang, correlation, came_from };
        let request = Request::new(document).variables(variables).data(asker);
        let answer = self.schema.execute(request).await;
        if let Some(error) = answer.errors.first() {
            let code = error.extensions.as_ref().and_then(|more| more.get("code"));
            let code = match code {
                Some(async_graphql::Value::String(code)) => code.clone(),
                // Refused by the schema itself: a form sent what its field does not take.
                _ => {
                    tracing::debug!(error = %error.message, "a page asked for what the schema does not take");
                    let message = message("INVALID", lang, &[]);
                    return Err(Unanswered { code: "INVALID".to_owned(), message, wait: None });
                }
            };
            if code == "INTERNAL" {
                tracing::error!(error = %error.message, "a page could not be answered");
            }
            return Err(Unanswered { code, message: error.message.clone(), wait: None });
        }
        let read = answer.data.into_json().and_then(serde_json::from_value);
        read.map_err(|error| {
            // A test asks every document; only a schema changed under it comes here.
            tracing::error!(%error, "an answer is not what its page reads");
            Unanswered { code: "INTERNAL".to_owned(), message: error.to_string(), wait: None }
        })
    }
}
