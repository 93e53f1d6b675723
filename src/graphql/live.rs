//! What happens, as it happens: GraphQL subscriptions. [`crate::http`] carries them over WebSocket and server-sent events.
//!
//! Each message names its place in the log; a caller that was cut off goes on with `since` from the last one it got, and misses nothing.

use super::{
    asker::Asker,
    contact::Contact,
    errors, ids,
    imports::ImportProgress,
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_family},
};
use crate::app::{Follower, Lost, Question, Told, imports};
use async_graphql::{Context, Error, ID, Object, Result, Subscription};
use domain::ContactId;
use futures::{Stream, StreamExt, stream};

/// The place after which a reconnecting client goes on, as its transport tells it (`Last-Event-ID`). It counts more than `since`, which such
/// a client sends again as it stood in the first request.
#[derive(Debug, Clone)]
pub struct LastSeen(pub String);

/// Something that happened to a contact.
pub struct ContactChange(Told);

/// Something that happened to a contact: one event of its trail.
#[Object]
impl ContactChange {
    /// Its place in the log: hand it on as `since` to go on after it.
    async fn position(&self, ctx: &Context<'_>) -> Result<Position> {
        Ok(Asker::of(ctx)?.app.reader().token(self.0.position).into())
    }

    /// When it was recorded.
    async fn at(&self) -> Instant {
        Instant(self.0.at)
    }

    /// Its kind and the version of its form: `access.granted.v1`.
    #[graphql(name = "type")]
    async fn kind(&self) -> &str {
        &self.0.type_name
    }

    /// The number of the change within the contact: the contact's `version` after it.
    async fn version(&self) -> u64 {
        self.0.version
    }

    async fn contact_id(&self) -> ID {
        ID(ContactId(self.0.stream.id).to_string())
    }

    /// The contact as it is now, this change included; perhaps later ones too.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<Contact>> {
        let (asker, id) = (Asker::of(ctx)?, self.0.stream.id);
        asker.app.reader().wait_until(self.0.position).await.map_err(|e| asker.failed(e))?;
        let families = wants_family(&ctx.look_ahead());
        let snapshot = Snapshot::now(asker).read(vec![id], families).await?;
        Ok(Contact::found(&snapshot, ContactId(id)))
    }
}

/// What happens, as it happens.
#[derive(Default)]
pub struct Live;

#[Subscription]
impl Live {
    /// How far an import is, whichever node does the work: at once, then as it goes on, a few times a second at most. Ends when it is through, stopped, or waits
    /// for someone to say so.
    async fn import_progress(
        &self,
        ctx: &Context<'_>,
        import_id: ID,
    ) -> Result<impl Stream<Item = Result<ImportProgress>> + use<>> {
        let asker = Asker::of(ctx)?.clone();
        let told = imports::progress(&asker.app, &asker.caller, ids::import(&import_id)).await;
        let told = told.map_err(|e| asker.failed(e))?.ok_or_else(|| asker.not_found())?;
        Ok(told.map(move |progress| match progress {
            Ok(progress) => Ok(ImportProgress::of(&progress, asker.now())),
            Err(failure) => Err(asker.failed(failure)),
        }))
    }

    /// What happens to the account's contacts, or to one of them: an event a message, in order, each once. `since`: what happened after that
    /// position comes first; without it only what happens from now on.
    async fn contact_changed(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        contact_id: Option<ID>,
        since: Option<Position>,
    ) -> Result<impl Stream<Item = Result<ContactChange>> + use<>> {
        let asker = Asker::of(ctx)?.clone();
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        let contact = contact_id.as_ref().map(ids::contact);
        if let Some(contact) = contact {
            let snapshot = Snapshot::now(&asker).read(vec![contact.0], false).await?;
            let here =
                snapshot.known(contact.0).is_some_and(|f| f.state.contact().is_some_and(|c| c.account == account));
            if !here {
                return Err(asker.not_found());
            }
        }
        let given = match ctx.data_opt::<LastSeen>() {
            Some(LastSeen(text)) => {
                Some(text.parse().map_err(|_| errors::invalid("LAST_EVENT_ID_INVALID", asker.lang))?)
            }
            None => since.and_then(|since| since.given()),
        };
        let since = given.map(|given| asker.app.reader().place(given)).transpose().map_err(|e| asker.failed(e))?;
        let follower = asker.app.follow(account, contact, since);
        Ok(stream::unfold(Some((follower, asker)), |following| async move {
            let (mut follower, asker): (Follower, Asker) = following?;
            match follower.next().await {
                Ok(told) => Some((Ok(ContactChange(told)), Some((follower, asker)))),
                Err(lost) => Some((Err(ended(lost, &asker)), None)),
            }
        }))
    }
}

fn ended(lost: Lost, asker: &Asker) -> Error {
    match lost {
        Lost::TooSlow => errors::top("TOO_SLOW", asker.lang),
        Lost::Stopping => errors::top("BUSY", asker.lang),
        Lost::Failure(failure) => asker.failed(failure),
    }
}
