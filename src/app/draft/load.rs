//! What a decision reads: streams, each once, and whether the caller may touch what they are of; holders of values.
//!
//! What is read here becomes a guard of the append (`append.rs`): whoever is decided on is as they were seen, or the command is decided again.

use super::{Draft, EMAIL, Of, Seen, Stop};
use crate::{
    app::{Failure, Place, permission::Who},
    log::Sight,
    vault::link::Link,
};
use domain::{
    AccountId, ActorKind, Category, Code, ContactId, Folded, ImportId, ProductId, Refusal, RegistrationId, State,
    StreamId, SubscriptionId, UserId,
    account::AccountState,
    calendar,
    contact::ContactState,
    import::ImportState,
    product::ProductState,
    registration::RegistrationState,
    remedy::Remedy,
    subscription::SubscriptionState,
    user::UserState,
    values::{Email, Permission},
};
use std::{collections::BTreeMap, sync::Arc};
use uuid::Uuid;

impl<'a> Draft<'a> {
    async fn load<S>(
        &mut self,
        stream: StreamId,
        field: &'static str,
        state: fn(&State) -> Option<&S>,
    ) -> Result<Of<S>, Stop> {
        let folded = self.read(stream).await?;
        let not_found = || Refusal::at(Code::NotFound, field);
        if state(&folded.state).is_none() {
            return Err(not_found().into());
        }
        let account = folded.state.account_id().ok_or_else(not_found)?;
        // A command is about one account: what is another's is not found, even by someone who reaches both.
        if self.about.account.is_some_and(|first| first != account) {
            return Err(not_found().into());
        }
        self.admit(account, stream, field).await?;
        self.about.account = Some(account);
        if self.caller.actor.kind == ActorKind::Staff {
            self.meta.on_behalf_of = Some(account.0);
        }
        Ok(Of { id: stream.id, folded, state })
    }

    /// A stream's fold; what is decided is decided on this version of it.
    pub(super) async fn read(&mut self, stream: StreamId) -> Result<Arc<Folded>, Failure> {
        if let Some(seen) = self.seen.iter().find(|s| s.stream == stream) {
            return Ok(seen.folded.clone());
        }
        let loaded = self.app.loader.load(stream, self.fresh).await?;
        self.seen.push(Seen { stream, folded: loaded.folded.clone(), remembered: loaded.remembered });
        Ok(loaded.folded)
    }

    /// Whether the caller may do this to something of an account. A user's rights are read from their contact's own stream, which the append then
    /// guards: whoever loses a right meanwhile is asked again, and refused.
    async fn admit(&mut self, account: AccountId, stream: StreamId, field: &'static str) -> Result<(), Stop> {
        if let Some(user) = self.caller.user()
            && self.place.as_ref().is_none_or(|place| place.account != account)
        {
            self.place = match self.caller.place(account).map(|place| place.contact) {
                None => None,
                Some(contact) => self.look_up(account, contact, user).await?,
            };
        }
        let any_user = self.who.contains(&Who::User) && self.caller.user().is_some();
        let reached = if self.caller.user().is_some() { self.place.is_some() } else { self.caller.reaches(account) };
        // Unknown and another account's answer the same.
        if !reached && !any_user {
            return Err(Refusal::at(Code::NotFound, field).into());
        }
        let place = self.place.as_ref();
        let own = stream.category != Category::Contact || place.is_some_and(|place| place.contact.0 == stream.id);
        Ok(self.caller.may_touch(self.who, place, own, field)?)
    }

    async fn look_up(&mut self, account: AccountId, contact: ContactId, user: UserId) -> Result<Option<Place>, Stop> {
        let person = self.read(contact.into()).await?;
        let Some(member) = person.state.contact() else { return Ok(None) };
        let login = self.read(user.into()).await?;
        let zone = match member.membership.until {
            Some(_) => self.read(account.into()).await?.state.account().map(|a| a.time_zone),
            None => None,
        };
        let (email, now) = (login.state.user().and_then(UserState::verified_email), self.meta.now);
        let today = || calendar::day(now, zone.unwrap_or(chrono_tz::Tz::UTC));
        Ok(Place::of(contact, member, user, email, today))
    }

    /// The user who asks; none: a program, or support.
    pub fn asking_user(&self) -> Option<UserId> {
        self.caller.user()
    }

    /// The user who asks; `FORBIDDEN` to a program.
    pub async fn caller_user(&mut self) -> Result<Of<UserState>, Stop> {
        let user = self.caller.user().ok_or_else(|| Refusal::new(Code::Forbidden).instead(Remedy::SignInAsThem))?;
        self.user(user).await
    }

    /// A user, whatever accounts they reach.
    pub async fn user(&mut self, id: UserId) -> Result<Of<UserState>, Stop> {
        let folded = self.read(id.into()).await?;
        if folded.state.user().is_none() {
            return Err(Refusal::at(Code::NotFound, "userId").into());
        }
        self.about.user = Some(id);
        Ok(Of { id: id.0, folded, state: State::user })
    }

    /// Whether the caller may change who is behind a member, or what they may.
    pub fn outranks(&self, contact: &ContactState) -> Result<(), Refusal> {
        self.caller.outranks(self.place.as_ref(), contact)
    }

    /// A contact of an account that the caller does not reach, for whom a link was made: whoever has it has the mailbox.
    pub async fn contact_of_link(&mut self, id: ContactId) -> Result<Of<ContactState>, Stop> {
        let folded = self.read(id.into()).await?;
        let account = folded.state.contact().map(|contact| contact.account);
        let account = account.ok_or_else(|| Refusal::at(Code::NotFound, "contactId"))?;
        self.about.account = Some(account);
        self.about.contact = Some(id);
        Ok(Of { id: id.0, folded, state: State::contact })
    }

    /// Whether the caller reaches an account.
    pub fn reaches(&self, account: AccountId) -> bool {
        self.caller.reaches(account)
    }

    /// Who was found to hold a value that an attempt before took to be free.
    pub fn found(&self, scope: &str, account: Uuid, value: &str) -> Option<Uuid> {
        self.overtaken.get(&self.app.vault.claim_key(scope, account, value)).copied().flatten()
    }

    /// The contacts that have an e-mail in these accounts, from the claims themselves.
    pub async fn with_email(&self, accounts: &[AccountId], email: &Email) -> Result<Vec<ContactId>, Failure> {
        let found = self.app.reader.with_email(accounts, email).await?;
        Ok(found.into_iter().map(|(_, contact)| contact).collect())
    }

    /// The owner of an account, by its claim.
    pub async fn owner_of(&self, account: AccountId) -> Result<Option<ContactId>, Failure> {
        self.app.reader.owner_of(account).await
    }

    /// What a link that was posted back names.
    pub fn link(&self, text: &str) -> Option<Link> {
        self.app.vault.read_link(text)
    }

    /// Whether the caller holds these rights in the account: nobody grants what they do not hold. Only after something of the account was loaded.
    pub fn holds(&self, permissions: &[Permission]) -> bool {
        permissions.iter().all(|permission| self.caller.holds(self.place.as_ref(), *permission))
    }

    pub async fn account(&mut self, id: AccountId) -> Result<Of<AccountState>, Stop> {
        self.load(id.into(), "accountId", State::account).await
    }

    pub async fn contact(&mut self, id: ContactId) -> Result<Of<ContactState>, Stop> {
        let contact = self.load(id.into(), "contactId", State::contact).await?;
        self.about.contact = Some(id);
        Ok(contact)
    }

    pub async fn product(&mut self, id: ProductId) -> Result<Of<ProductState>, Stop> {
        let product = self.load(id.into(), "productId", State::product).await?;
        self.about.product = Some(id);
        Ok(product)
    }

    pub async fn subscription(&mut self, id: SubscriptionId) -> Result<Of<SubscriptionState>, Stop> {
        let subscription = self.load(id.into(), "subscriptionId", State::subscription).await?;
        self.about.subscription = Some(id);
        Ok(subscription)
    }

    /// A sign-up in the app.
    pub async fn registration(&mut self, id: RegistrationId) -> Result<Of<RegistrationState>, Stop> {
        let registration = self.load(id.into(), "registrationId", State::registration).await?;
        self.about.registration = Some(id);
        Ok(registration)
    }

    /// An import.
    pub async fn import(&mut self, id: ImportId) -> Result<Of<ImportState>, Stop> {
        let import = self.load(id.into(), "importId", State::import).await?;
        self.about.import = Some(id);
        Ok(import)
    }

    /// Who has these e-mails in an account, from the claims themselves.
    pub async fn holders(&self, account: AccountId, emails: &[Email]) -> Result<BTreeMap<Email, ContactId>, Stop> {
        let keys = emails.iter().map(|email| self.app.vault.claim_key(EMAIL, account.0, email.as_str()));
        let keys: Vec<[u8; 32]> = keys.collect();
        let held = self.app.log.holders(keys.clone()).await.map_err(Failure::from)?;
        let holder = |(email, key): (&Email, &[u8; 32])| Some((email.clone(), ContactId(*held.get(key)?)));
        Ok(emails.iter().zip(&keys).filter_map(holder).collect())
    }

    /// Who holds a value now; that this is still so is checked when the draft is appended.
    pub async fn holder(&mut self, scope: &'static str, account: Uuid, value: &str) -> Result<Option<Uuid>, Stop> {
        let key = self.app.vault.claim_key(scope, account, value);
        let owner = self.app.log.holder(key).await.map_err(Failure::from)?;
        self.sights.push(Sight { key, owner });
        Ok(owner)
    }

    /// The read models, for what need not be more exact than they are.
    pub fn db(&self) -> &crate::db::Db {
        self.app.reader.db()
    }

    /// Fails unless a read model has everything that was appended by now.
    pub async fn level(&self, model: &projections::ReadModel) -> Result<(), Failure> {
        let head = self.app.log.head().await?.position;
        let standing = crate::projector::standing(self.app.reader.db()).await?;
        let level = standing.iter().any(|s| s.model.name == model.name && s.position.is_some_and(|p| p >= head));
        if level { Ok(()) } else { Err(Failure::ReadModelBehind(head)) }
    }

    /// Whether everything that came from memory is still so; where nothing did, it is.
    pub async fn confirm(&self) -> Result<bool, Failure> {
        let seen: Vec<_> = self.seen.iter().filter(|s| s.remembered).map(|s| (s.stream, s.folded.version)).collect();
        if seen.is_empty() { Ok(true) } else { self.app.loader.confirm(&seen).await }
    }
}
