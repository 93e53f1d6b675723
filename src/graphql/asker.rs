//! Who asks, in which language, and of which service: what every resolver finds in its context.

use super::{errors, scalars::Position};
use crate::{
    app::{About, App, Caller, CameFrom, Failure, Question},
    i18n::lang::Lang,
};
use async_graphql::{Context, Error, Result};
use chrono::{DateTime, Utc};
use domain::AccountId;
use std::sync::Arc;
use uuid::Uuid;

/// Who asks. Cheap to clone.
#[derive(Clone)]
pub struct Asker {
    /// The service.
    pub app: App,
    /// Who, within which account.
    pub caller: Caller,
    /// The language of answers.
    pub lang: Lang,
    /// What everything done by this request is part of.
    pub correlation: Uuid,
    /// From where it came, if that is known.
    pub came_from: Option<Arc<CameFrom>>,
}

impl Asker {
    /// The one of this request; [`crate::http`] puts it there.
    pub(super) fn of<'a>(ctx: &Context<'a>) -> Result<&'a Asker> {
        ctx.data::<Asker>()
    }

    /// The present instant. Never before the last event that this process knows of, so that no fact lies in the future of a decision.
    pub(super) fn now(&self) -> DateTime<Utc> {
        let recorded = DateTime::from_timestamp_micros(self.app.log().watch().borrow().at).unwrap_or_default();
        self.app.clock().now().max(recorded)
    }

    /// Waits until everything up to a position can be read.
    pub(super) async fn wait(&self, position: Option<Position>) -> Result<()> {
        match position.and_then(|position| position.given()) {
            Some(given) => self.app.reader().wait_for(given).await.map_err(|e| self.failed(e)),
            None => Ok(()),
        }
    }

    /// The account of that id, if the caller may ask this of it; what they may not is answered like what is unknown.
    pub(super) fn account(&self, id: AccountId, question: Question) -> Result<AccountId> {
        let whole = About { own: false, subscriber: true };
        if self.caller.may_ask(question, id, whole) { Ok(id) } else { Err(self.not_found()) }
    }

    /// The accounts whose contacts the caller may list.
    pub(super) fn accounts(&self) -> Vec<AccountId> {
        let reached = self.caller.account.into_iter().chain(self.caller.places.iter().map(|place| place.account));
        reached.filter(|account| self.account(*account, Question::Contacts).is_ok()).collect()
    }

    pub(super) fn not_found(&self) -> Error {
        errors::top("NOT_FOUND", self.lang)
    }

    pub(super) fn failed(&self, failure: impl Into<Failure>) -> Error {
        errors::failed(&failure.into(), self.lang)
    }
}
