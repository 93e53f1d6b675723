//! Mails: what each says, to whom, and how it goes.
//!
//! `templates` has the words in both languages, `render` makes a mail of a template and the states as they are now, or says why it is no longer
//! current; `message` makes the message of a mail, so that nothing in it can become a header; `smtp` sends it, `mailbox` captures it for the demo
//! and for tests. `letter` is what the instance itself writes to whoever asks for a login. A mailbox that the server says does not exist is noted on its contact, as if a person had seen the mail come back.

mod letter;
pub mod mailbox;
mod message;
mod render;
pub mod smtp;
mod templates;

pub use letter::{Letter, letter};
pub use message::{Mail, named, one_line};
pub(crate) use render::escaped;
pub use templates::TEMPLATES;

use super::{Again, Attempt, Outbox, store::Due};
use crate::app::{Caller, Command, Failure, NotDone, Request, Subscriber};
use domain::{AccountId, ContactId, Folded, StreamId};
use futures::future::BoxFuture;
use serde::Deserialize;
use std::sync::Arc;
use uuid::Uuid;

/// Why a mail was not handed over. Names no one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotSent {
    /// `SMTP 451`, `NO_CONNECTION`…
    pub reason: String,
    /// Whether another attempt may go better.
    pub hope: Hope,
}

/// Whether another attempt may go better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hope {
    /// It may: the server's matter.
    Later,
    /// It will not: the address cannot be mailed to, or is refused for a reason that is not told.
    Never,
    /// It will not, and the server says why: nobody has this mailbox.
    NoMailbox,
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
            return Ok(Attempt::Failed { reason: "UNREADABLE".into(), again: Again::Never });
        }
    };
    let facts = facts(outbox, row, &about).await?;
    let (reader, mail) = match render::render(&row.template, &about, &facts) {
        Ok(said) => (said.reader, said.mail(row, &facts)),
        Err(why) => return Ok(Attempt::Dropped(why)),
    };
    let Some(mailer) = &outbox.outside().mailer else {
        return Ok(Attempt::Failed { reason: "NO_MAIL_SERVER".into(), again: Again::Later });
    };
    let to = mail.to.clone();
    let NotSent { reason, hope } = match mailer.send(mail).await {
        Ok(()) => return Ok(Attempt::Sent),
        Err(not_sent) => not_sent,
    };
    if let (Hope::NoMailbox, Some(reader)) = (hope, reader) {
        record_bounce(outbox, AccountId(row.account), reader, to).await?;
    }
    Ok(Attempt::Failed { reason, again: if hope == Hope::Later { Again::Later } else { Again::Never } })
}

/// Records on its contact that nobody has this mailbox: once, however often it is tried; nothing where the contact has another address by now.
async fn record_bounce(outbox: &Outbox, account: AccountId, reader: ContactId, to: String) -> Result<(), Failure> {
    let request = Request::from(Command::Subscriber(Subscriber::RecordBounce(reader, to)));
    match outbox.app().execute(&Caller::policy(Some(account)), request).await {
        Err(NotDone::Failure(failure)) => Err(failure),
        // Refused: the contact was deleted meanwhile, and nobody is to be told.
        Ok(_) | Err(NotDone::Refused(_)) => Ok(()),
    }
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

/// The contact that is the account's owner.
async fn owner(outbox: &Outbox, account: AccountId) -> Result<Option<(ContactId, Arc<Folded>)>, Failure> {
    match outbox.app().reader().owner_of(account).await? {
        Some(owner) => Ok(Some((owner, outbox.app().state(owner.into()).await?))),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests;
