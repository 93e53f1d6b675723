//! Mails: what each says, to whom, and how it goes.
//!
//! `templates` has the words in both languages, `render` makes a mail of a template and the states as they are now, or says why it is no longer
//! current; `message` makes the message of a mail, so that nothing in it can become a header; `smtp` sends it, `mailbox` captures it for the demo
//! and for tests.

pub mod mailbox;
mod message;
mod render;
pub mod smtp;
mod templates;

pub use message::{Mail, one_line};
pub(crate) use render::escaped;
pub use templates::TEMPLATES;

use super::{Attempt, Outbox, store::Due};
use crate::app::Failure;
use domain::{AccountId, ContactId, StreamId};
use futures::future::BoxFuture;
use projections::contacts;
use serde::Deserialize;
use uuid::Uuid;

/// Why a mail was not handed over. Names no one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    /// `SMTP 451`, `NO_CONNECTION`…
    pub reason: String,
    /// The address is refused: trying again is of no use.
    pub for_good: bool,
}

/// Hands mails over.
pub trait Mailer: Send + Sync + 'static {
    /// Hands this one over. Bounded in time.
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), NotSent>>;
}

/// What a row of the outbox holds: ids only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct About {
    contact: Uuid,
    product: Option<Uuid>,
    occasion: Option<Uuid>,
    claim: Option<Uuid>,
    #[serde(default)]
    approved: bool,
}

/// Attends to a mail: reads what it is about, says it, hands it over.
pub(super) async fn attempt(outbox: &Outbox, row: &Due) -> Result<Attempt, Failure> {
    let about: About = match serde_json::from_slice(&row.data) {
        Ok(about) => about,
        Err(e) => {
            tracing::error!(delivery = %row.id, template = row.template, error = %e, "a mail's data cannot be read");
            return Ok(Attempt::Failed { reason: "UNREADABLE".into(), for_good: true });
        }
    };
    let facts = facts(outbox, row, &about).await?;
    let mail = match render::render(&row.template, &about, &facts) {
        Ok(said) => said.mail(row, &facts),
        Err(why) => return Ok(Attempt::Dropped(why)),
    };
    let Some(mailer) = &outbox.outside().mailer else {
        return Ok(Attempt::Failed { reason: "NO_MAIL_SERVER".into(), for_good: false });
    };
    Ok(match mailer.send(mail).await {
        Ok(()) => Attempt::Sent,
        Err(NotSent { reason, for_good }) => Attempt::Failed { reason, for_good },
    })
}

/// Reads what a mail may speak of, from the log itself: read models may be behind.
async fn facts(outbox: &Outbox, row: &Due, about: &About) -> Result<render::Facts, Failure> {
    let app = outbox.app();
    let contact = app.state(StreamId::from(ContactId(about.contact))).await?;
    let mut subscriptions = Vec::new();
    let mut product = None;
    if let Some(id) = about.product {
        product = Some(app.state(domain::ProductId(id).into()).await?);
        let attached = contact.state.contact().map(|c| c.attachments.clone()).unwrap_or_default();
        for attachment in attached.iter().filter(|a| a.product.0 == id) {
            subscriptions.push((attachment.subscription, app.state(attachment.subscription.into()).await?));
        }
    }
    let account = AccountId(row.account);
    Ok(render::Facts {
        account: app.state(account.into()).await?,
        owner: if render::is_for_owner(&row.template) { owner(outbox, account).await? } else { None },
        contact,
        product,
        subscriptions,
        now: app.clock().now(),
        public_url: outbox.outside().public_url.clone(),
        mail_from: outbox.outside().mail_from.clone(),
        support: outbox.outside().support.clone(),
        link: {
            let vault = app.vault().clone();
            Box::new(move |purpose, contact, occasion| vault.link(purpose, contact, occasion).reveal().to_owned())
        },
    })
}

/// The contact that is the account's owner, if it has an e-mail: of several, the first recorded.
async fn owner(outbox: &Outbox, account: AccountId) -> Result<Option<std::sync::Arc<domain::Folded>>, Failure> {
    let filter = contacts::Filter { profile: Some("CLIENT"), has_email: Some(true), ..contacts::Filter::default() };
    let seek = contacts::Seek { beyond: None, descending: false, limit: 1 };
    let found = contacts::list(account, &filter, contacts::Order::CreatedAt, &seek);
    match outbox.app().reader().db().fetch_optional(found).await? {
        Some(row) => Ok(Some(outbox.app().state(ContactId(row.id).into()).await?)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
