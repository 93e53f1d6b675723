//! The contact sheet: a person or group recorded in one account, and everything it has.

use super::{
    access::Access,
    asker::Asker,
    audit::{self, AuditEntry},
    claim::Claim,
    connection::{Connection, Paging},
    deletion::DeletionRequest,
    delivery::{self, Delivery, DeliveryStatus},
    erp::ContactErp,
    mailbox::EmailVerification,
    portal::{PortalAccount, PortalLogin},
    registration::AppRegistration,
    scalars::{Day, Instant},
    snapshot::Snapshot,
    subscription::Subscription,
    words::{ClaimStatus, ContactKind, MembershipStatus, Permission, Profile},
};
use crate::app::Question;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{
    AccountId, ContactId, Folded, State,
    contact::{ContactState, DatedAddress, pseudonym},
};
use std::sync::Arc;

/// A person or group recorded in one account.
#[derive(Clone)]
pub struct Contact {
    id: ContactId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// A delivery address.
#[derive(SimpleObject)]
pub struct Address {
    /// Street and number.
    line1: Option<String>,
    /// Building, floor.
    line2: Option<String>,
    /// Place, post box.
    line3: Option<String>,
    postal_code: Option<String>,
    city: Option<String>,
    /// ISO 3166-1 alpha-2; null means France.
    country: Option<String>,
    /// The address as lines of text.
    text: String,
    /// The fields that delivery in its country still needs; empty when it is complete.
    missing: Vec<&'static str>,
}

impl From<&domain::address::Address> for Address {
    fn from(address: &domain::address::Address) -> Self {
        let (text, missing) = (address.render(), address.missing());
        let domain::address::Address { line1, line2, line3, postal_code, city, country } = address.clone();
        Address { line1, line2, line3, postal_code, city, country, text, missing }
    }
}

/// An address and the days on which deliveries go there.
#[derive(SimpleObject)]
pub struct DeliveryAddress {
    /// First day; null: always before.
    from: Option<Day>,
    /// Last day; null: for good.
    until: Option<Day>,
    address: Address,
}

impl From<&DatedAddress> for DeliveryAddress {
    fn from(dated: &DatedAddress) -> Self {
        DeliveryAddress {
            from: dated.from.map(Day),
            until: dated.until.and_then(|day| day.pred_opt()).map(Day),
            address: (&dated.address).into(),
        }
    }
}

impl Contact {
    /// The contact of this id, if it was read and the caller reaches it.
    pub fn found(snapshot: &Arc<Snapshot>, id: ContactId) -> Option<Contact> {
        let folded = snapshot.known(id.0).filter(|folded| folded.state.contact().is_some())?;
        Some(Contact { id, folded, snapshot: snapshot.clone() })
    }

    /// The moment that it is shown at.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    /// Whose it is.
    pub fn account(&self) -> Option<AccountId> {
        self.folded.state.account_id()
    }

    /// Whether the caller may ask this of it.
    pub(super) fn may_ask(&self, question: Question) -> bool {
        self.snapshot.may_ask_of(question, self.id.0, &self.folded.state)
    }

    fn state(&self) -> Result<&ContactState> {
        self.snapshot.state_of(&self.folded, State::contact)
    }
}

/// A person or group recorded in one account: the contact sheet.
#[Object]
impl Contact {
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number of its last change, for `expectedVersion`.
    async fn version(&self) -> u64 {
        self.folded.edition()
    }

    async fn kind(&self) -> Result<ContactKind> {
        Ok(self.state()?.kind.into())
    }

    /// How it came to the account.
    async fn profile(&self) -> Result<Profile> {
        Ok(self.state()?.membership.profile.into())
    }

    async fn status(&self) -> Result<MembershipStatus> {
        let state = self.state()?;
        let today = match state.membership.until {
            Some(_) => {
                let account = self.snapshot.account(state.account).await?;
                self.snapshot.today(self.snapshot.state_of(&account, State::account)?)
            }
            None => self.snapshot.now.date_naive(),
        };
        Ok(state.membership.status_on(self.snapshot.now, today).into())
    }

    /// What it may do for the account; an owner holds every right.
    async fn permissions(&self) -> Result<Vec<Permission>> {
        Ok(self.state()?.membership.rights().iter().map(|p| (*p).into()).collect())
    }

    /// The login that signs in as it; null while nobody does.
    async fn user_id(&self) -> Result<Option<ID>> {
        Ok(self.state()?.membership.user.map(|user| ID(user.to_string())))
    }

    /// When whoever signs in as it last came, to the hour; null: never, or as of a moment in the past. Null, and `NOT_FOUND`, for who may not ask about members.
    async fn last_used(&self, ctx: &Context<'_>) -> Result<Option<Instant>> {
        if !self.may_ask(Question::Members) {
            return Err(Asker::of(ctx)?.not_found());
        }
        Ok(self.snapshot.last_came(self.id).await?.map(Instant))
    }

    /// Last day of its membership, in the account's time zone; null: for good.
    async fn member_until(&self) -> Result<Option<Day>> {
        Ok(self.state()?.membership.until.map(Day))
    }

    /// What it is called: the person's name, else the company's; a pseudonym once erased.
    async fn display_name(&self) -> Result<String> {
        let state = self.state()?;
        // A guest is known by the address that was invited.
        let email = || state.details.email.as_ref().map(|email| email.as_str().to_owned());
        let name = state.person_name().or_else(|| state.details.company_name.clone()).or_else(email);
        Ok(name.unwrap_or_else(|| pseudonym(self.id.0)))
    }

    async fn first_name(&self) -> Result<Option<&str>> {
        Ok(self.state()?.details.first_name.as_deref())
    }

    /// Once erased: a pseudonym, the same at every date.
    async fn last_name(&self) -> Result<Option<String>> {
        let state = self.state()?;
        Ok(if state.erased.is_some() { Some(pseudonym(self.id.0)) } else { state.details.last_name.clone() })
    }

    async fn company_name(&self) -> Result<Option<&str>> {
        Ok(self.state()?.details.company_name.as_deref())
    }

    /// Normalised: lower case, its domain in ASCII.
    async fn email(&self) -> Result<Option<&str>> {
        Ok(self.state()?.details.email.as_ref().map(|email| email.as_str()))
    }

    async fn email_verified(&self) -> Result<bool> {
        Ok(self.state()?.email_verified())
    }

    /// Where the verification of its e-mail stands; null without an e-mail.
    async fn email_verification(&self) -> Result<Option<EmailVerification>> {
        Ok(EmailVerification::of(self.state()?))
    }

    /// As typed.
    async fn phone(&self) -> Result<Option<&str>> {
        Ok(self.state()?.details.phone.as_deref())
    }

    /// As typed.
    async fn fax(&self) -> Result<Option<&str>> {
        Ok(self.state()?.details.fax.as_deref())
    }

    /// Where deliveries go today, in the account's time zone.
    async fn address(&self) -> Result<Option<Address>> {
        let state = self.state()?;
        if state.addresses.is_empty() {
            return Ok(None);
        }
        let account = self.snapshot.account(state.account).await?;
        let today = self.snapshot.today(self.snapshot.state_of(&account, State::account)?);
        Ok(state.address_on(today).map(Address::from))
    }

    /// Every delivery address with its days, past and future ones too, in order.
    async fn delivery_addresses(&self) -> Result<Vec<DeliveryAddress>> {
        Ok(self.state()?.addresses.iter().map(Into::into).collect())
    }

    /// The labels that imports put on it.
    async fn labels(&self) -> Result<Vec<&str>> {
        let mut labels: Vec<&str> = self.state()?.labels.iter().map(|l| l.label.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        Ok(labels)
    }

    async fn created_at(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.added.at))
    }

    /// When it was taken out of the account's lists.
    async fn deleted_at(&self) -> Result<Option<Instant>> {
        Ok(self.state()?.deleted.map(|fact| Instant(fact.at)))
    }

    /// Whether its personal values were made unreadable, for ever and at every date.
    async fn erased(&self) -> Result<bool> {
        Ok(self.state()?.erased.is_some())
    }

    /// When they were; null while they are not, and as of a moment before it.
    async fn erased_at(&self) -> Result<Option<Instant>> {
        let state = self.state()?;
        // As of a moment before it, all that is known is that the first event can be read no more.
        let known = state.erased.filter(|fact| fact.version > state.added.version);
        Ok(known.map(|fact| Instant(fact.at)))
    }

    /// Its id in another system.
    async fn external_id(&self) -> Result<Option<&str>> {
        Ok(self.state()?.details.external_id.as_deref())
    }

    /// Its record in an ERP; null when it has none.
    async fn erp(&self) -> Result<Option<ContactErp>> {
        Ok(self.state()?.erp.as_ref().map(|_| ContactErp::new(self.id, &self.folded, &self.snapshot)))
    }

    /// Every product it has access to, suspended and not yet open ones too, in the order they were granted.
    async fn accesses(&self) -> Result<Vec<Access>> {
        Ok(Access::all(&self.snapshot, self.id, &self.folded))
    }

    /// The subscriptions that count for it, oldest first. Null, and `NOT_FOUND`, for who may not ask about subscriptions.
    async fn subscriptions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Subscription>>> {
        if !self.may_ask(Question::Subscriptions) {
            return Err(Asker::of(ctx)?.not_found());
        }
        let ids: Vec<_> = self.state()?.attached().map(|a| a.subscription).collect();
        self.snapshot.get_all(&ids.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
        Ok(Some(ids.into_iter().filter_map(|id| Subscription::found(&self.snapshot, id)).collect()))
    }

    /// Where it stands in the account's app, and on which devices.
    async fn registration(&self) -> Result<AppRegistration> {
        AppRegistration::of(&self.snapshot, self.id, self.state()?).await
    }

    /// What left about it or is about to, newest first: mails, webhook calls, the customer-service feed.
    async fn deliveries(
        &self,
        ctx: &Context<'_>,
        status: Option<DeliveryStatus>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Delivery>> {
        let filter = crate::outbox::store::Filter { status: status.map(Into::into), subject: Some(self.id.0) };
        let account = self.state()?.account;
        delivery::page(ctx, Asker::of(ctx)?, account, filter, Paging { first, after, last, before }).await
    }

    /// Its complaints, newest first; none for who may not ask about complaints.
    async fn claims(&self, status: Option<ClaimStatus>) -> Vec<Claim> {
        Claim::all(&self.snapshot, self.id, &self.folded, status)
    }

    /// Its login to the portal: « OUI / NON ».
    async fn portal_account(&self) -> Result<PortalAccount> {
        Ok(PortalAccount::of(self.state()?.portal.as_ref().map(|open| open.role)))
    }

    /// More about that login; null where none is open.
    async fn portal_login(&self) -> Result<Option<PortalLogin>> {
        Ok(self.state()?.portal.as_ref().map(Into::into))
    }

    /// The newest request to delete it; null where there was none.
    async fn deletion_request(&self, ctx: &Context<'_>) -> Result<Option<DeletionRequest>> {
        Ok(DeletionRequest::of(self.clone(), self.state()?, Asker::of(ctx)?))
    }

    /// What happened to it, newest first: grants, changes and removals of accesses too.
    async fn audit_trail(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<AuditEntry>> {
        // As of then, what happened since is not told: `to` is the first instant that counts no more.
        let to = self.snapshot.moment().map(|at| at + chrono::TimeDelta::microseconds(1));
        let filter = crate::app::TrailFilter { contact: Some(self.id), to, ..Default::default() };
        let asker = Asker::of(ctx)?;
        let account = asker.account(self.state()?.account, Question::AuditTrail)?;
        audit::trail(ctx, asker, account, filter, Paging { first, after, last, before }).await
    }
}
