//! Registrations in the account's app: those of contacts, those that match nobody yet, and who these might be.

use super::{
    asker::Asker,
    connection::{COUNT_CAP, Connection, Found, Paging, Place, Slice, wants_total},
    contact::Contact,
    ids,
    scalars::{Instant, Position},
    snapshot::{Snapshot, wants_family},
    words::{RegistrationStatus, Resemblance},
};
use crate::app::{Question, seen::device_key};
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use domain::{
    AccountId, ContactId, Folded, RegistrationId, State,
    contact::ContactState,
    registration::{self as rules, RegistrationState},
};
use projections::registrations::{self, Probe, WAITING};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use uuid::Uuid;

/// So many contacts are looked at for each part of what a sign-up is looked for by, and so many are shown.
const LOOKED_AT: i64 = 50;
const SHOWN: usize = 5;

/// A sign-up in the account's app that matched no contact when it came.
#[derive(Clone)]
pub struct Registration {
    id: RegistrationId,
    folded: Arc<Folded>,
    snapshot: Arc<Snapshot>,
}

/// Where a sign-up stands.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum SignUpState {
    /// It waits for its contact.
    Waiting,
    /// It was found to be a contact's.
    Matched,
    /// It was turned away.
    TurnedAway,
    /// Another sign-up with its e-mail took its place.
    Replaced,
    /// Its personal values were erased.
    Erased,
}

/// Which registrations are listed.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum RegistrationListState {
    /// Signed up, and no contact is theirs yet.
    Waiting,
    /// A contact's, waiting for the account.
    PendingValidation,
    /// A contact's, let in.
    Registered,
    /// Turned away: a contact's, or a sign-up that matched none.
    Refused,
}

impl RegistrationListState {
    fn as_str(self) -> &'static str {
        match self {
            RegistrationListState::Waiting => WAITING,
            RegistrationListState::PendingValidation => RegistrationStatus::PendingValidation.as_str(),
            RegistrationListState::Registered => RegistrationStatus::Registered.as_str(),
            RegistrationListState::Refused => RegistrationStatus::Refused.as_str(),
        }
    }
}

/// A device that the app runs on.
#[derive(SimpleObject)]
pub struct Device {
    /// The model, as the app names it.
    model: String,
    /// When it was first seen.
    since: Instant,
    /// When it was last seen, to the minute; null of one that waits for its contact, and as of an instant in the past.
    last_seen: Option<Instant>,
}

/// A contact's registration in the app.
#[derive(SimpleObject)]
pub struct AppRegistration {
    status: RegistrationStatus,
    /// Since when; null where there is none.
    since: Option<Instant>,
    /// The devices it was seen on, oldest first.
    devices: Vec<Device>,
    /// When the contact was last invited to the app.
    invited_at: Option<Instant>,
    /// From then on that invitation opens nothing.
    invitation_expires_at: Option<Instant>,
}

impl AppRegistration {
    /// Where a contact stands in the app.
    pub async fn of(snapshot: &Snapshot, id: ContactId, contact: &ContactState) -> Result<AppRegistration> {
        let registration = contact.registration.as_ref();
        let mut devices = Vec::new();
        for (place, device) in registration.iter().flat_map(|r| r.devices.iter().enumerate()) {
            let last_seen = snapshot.device_seen(id, device_key(device, place)).await?;
            devices.push(Device {
                model: device.model.clone(),
                since: Instant(device.since.at),
                last_seen: last_seen.map(Instant),
            });
        }
        let invited = contact.app_invitation.as_ref();
        Ok(AppRegistration {
            status: registration.map(|r| r.status).into(),
            since: registration.map(|r| Instant(r.since.at)),
            devices,
            invited_at: invited.map(|i| Instant(i.sent.at)),
            invitation_expires_at: invited.map(|i| Instant(i.expires_at)),
        })
    }
}

impl Registration {
    /// The sign-up of this id, if it was read and the caller reaches it.
    pub fn found(snapshot: &Arc<Snapshot>, id: RegistrationId) -> Option<Registration> {
        let folded = snapshot.known(id.0).filter(|folded| folded.state.registration().is_some())?;
        Some(Registration { id, folded, snapshot: snapshot.clone() })
    }

    fn state(&self) -> Result<&RegistrationState> {
        self.snapshot.state_of(&self.folded, State::registration)
    }
}

/// A sign-up in the account's app that matched no contact when it came. It opens nothing until it is found to be a contact's.
#[Object]
impl Registration {
    pub async fn id(&self) -> ID {
        ID(self.id.to_string())
    }

    /// Number of its last change, for `expectedVersion`.
    async fn version(&self) -> u64 {
        self.folded.version
    }

    #[graphql(name = "state")]
    async fn standing(&self) -> Result<SignUpState> {
        let state = self.state()?;
        Ok(if state.erased.is_some() {
            SignUpState::Erased
        } else if state.matched.is_some() {
            SignUpState::Matched
        } else if state.replaced {
            SignUpState::Replaced
        } else if state.turned_away.is_some() {
            SignUpState::TurnedAway
        } else {
            SignUpState::Waiting
        })
    }

    async fn email(&self) -> Result<Option<&str>> {
        Ok(self.state()?.who.email.as_ref().map(|e| e.as_str()))
    }

    /// Whether the e-mail is known to be theirs: nothing is linked before it is.
    async fn email_verified(&self) -> Result<bool> {
        Ok(self.state()?.email_verified)
    }

    async fn first_name(&self) -> Result<Option<&str>> {
        Ok(self.state()?.who.first_name.as_deref())
    }

    async fn last_name(&self) -> Result<Option<&str>> {
        Ok(self.state()?.who.last_name.as_deref())
    }

    async fn phone(&self) -> Result<Option<&str>> {
        Ok(self.state()?.who.phone.as_deref())
    }

    /// The devices they signed up on, oldest first.
    async fn devices(&self) -> Result<Vec<Device>> {
        let device = |d: &domain::contact::app::Device| Device {
            model: d.model.clone(),
            since: Instant(d.since.at),
            last_seen: None,
        };
        Ok(self.state()?.devices.iter().map(device).collect())
    }

    /// When they signed up.
    async fn signed_up_at(&self) -> Result<Instant> {
        Ok(Instant(self.state()?.signed_up.at))
    }

    /// Whose it was found to be.
    async fn contact(&self) -> Result<Option<Contact>> {
        let Some((contact, _)) = self.state()?.matched else { return Ok(None) };
        self.snapshot.get(contact.0).await?;
        Ok(Contact::found(&self.snapshot, contact))
    }
}

/// A registration in a list: a contact's, or a sign-up that matches nobody.
#[derive(SimpleObject)]
pub struct RegistrationEntry {
    state: RegistrationListState,
    /// Since when it stands so.
    since: Instant,
    /// Whose it is; null of a sign-up that matches nobody.
    contact: Option<Contact>,
    /// The sign-up; null of a contact's registration.
    registration: Option<Registration>,
}

/// A contact that a sign-up might be. Only a suggestion: `linkRegistration` is a person's word.
#[derive(SimpleObject)]
pub struct RegistrationSuggestion {
    contact: Contact,
    /// How alike they are, up to 100.
    score: u32,
    /// In what, most telling first.
    reasons: Vec<Resemblance>,
}

/// A sign-up that matches nobody, beside the contacts it might be.
#[derive(SimpleObject)]
pub struct EmailMismatch {
    registration: Registration,
    /// Most alike first, at most five.
    suggestions: Vec<RegistrationSuggestion>,
}

/// What is asked about registrations.
#[derive(Default)]
pub struct RegistrationQuery;

#[Object]
impl RegistrationQuery {
    /// The sign-up of this id.
    async fn registration(
        &self,
        ctx: &Context<'_>,
        id: ID,
        min_position: Option<Position>,
    ) -> Result<Option<Registration>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::registration(&id);
        let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
        Registration::found(&snapshot, id).map(Some).ok_or_else(|| asker.not_found())
    }

    /// The account's registrations that stand so, the longest first. `WAITING`: registered in the app and matching nobody; those in the account
    /// and not registered are `contacts(filter: {registration: NOT_REGISTERED})`.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn registrations(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        state: RegistrationListState,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<RegistrationEntry>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        let paging = Paging { first, after, last, before };
        let slice = paging.slice(asker, format!("registrations {account} {state:?}"))?;
        let found = page(asker, account, state.as_str(), &slice).await?;
        let total = match wants_total(ctx) {
            true => Some(count(asker, account, state.as_str()).await?.into()),
            false => None,
        };
        let families = wants_family(&ctx.look_ahead().field("edges").field("node").field("contact"));
        let ids = found.rows.iter().map(|(_, id)| *id).collect();
        let snapshot = Snapshot::now(asker).read(ids, families).await?;
        let entry = |(place, id): (Place, Uuid)| {
            let since = if let Place::Time(at, _) = place { instant(at)? } else { return None };
            let contact = Contact::found(&snapshot, ContactId(id));
            let registration = Registration::found(&snapshot, RegistrationId(id));
            Some((place, RegistrationEntry { state, since, contact, registration }))
        };
        let rows = found.rows.into_iter().filter_map(entry).collect();
        slice.page(asker, Found { rows, more: found.more, looked_to: None }, false, total)
    }

    /// The contacts that a sign-up might be, most alike first, at most five: by name, by phone, by an e-mail that differs by a slip of the hand.
    async fn registration_suggestions(
        &self,
        ctx: &Context<'_>,
        registration_id: ID,
        min_position: Option<Position>,
    ) -> Result<Vec<RegistrationSuggestion>> {
        let asker = Asker::of(ctx)?;
        asker.wait(min_position).await?;
        let id = ids::registration(&registration_id);
        let snapshot = Snapshot::now(asker).read(vec![id.0], false).await?;
        let registration = Registration::found(&snapshot, id).ok_or_else(|| asker.not_found())?;
        let account = registration.state()?.account;
        let families = wants_family(&ctx.look_ahead().field("contact"));
        Ok(suggestions(asker, account, vec![registration], families).await?.remove(0).suggestions)
    }

    /// Sign-ups that match nobody beside the contacts they might be: what to look at when somebody registered and sees nothing. A page may be short
    /// with more to come: sign-ups that are like nobody are passed over.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a Relay connection")]
    async fn email_mismatches(
        &self,
        ctx: &Context<'_>,
        account_id: ID,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
        min_position: Option<Position>,
    ) -> Result<Connection<EmailMismatch>> {
        let asker = Asker::of(ctx)?;
        let account = asker.account(ids::account(&account_id), Question::Contacts)?;
        asker.wait(min_position).await?;
        let paging = Paging { first, after, last, before };
        let slice = paging.slice(asker, format!("emailMismatches {account}"))?;
        let found = page(asker, account, WAITING, &slice).await?;
        let snapshot = Snapshot::now(asker).read(found.rows.iter().map(|(_, id)| *id).collect(), false).await?;
        let looked_to = found.rows.last().map(|(place, _)| place.clone()).filter(|_| found.more);
        let (mut places, mut waiting) = (Vec::new(), Vec::new());
        for (place, id) in found.rows {
            if let Some(registration) = Registration::found(&snapshot, RegistrationId(id)) {
                places.push(place);
                waiting.push(registration);
            }
        }
        let node = ctx.look_ahead().field("edges").field("node");
        let families = wants_family(&node.field("suggestions").field("contact"));
        let pairs = suggestions(asker, account, waiting, families).await?;
        let rows = places.into_iter().zip(pairs).filter(|(_, pair)| !pair.suggestions.is_empty()).collect();
        let total = match wants_total(ctx) {
            true => Some(count(asker, account, WAITING).await?.into()),
            false => None,
        };
        slice.page(asker, Found { rows, more: found.more, looked_to }, false, total)
    }
}

fn instant(micros: i64) -> Option<Instant> {
    chrono::DateTime::from_timestamp_micros(micros).map(Instant)
}

async fn page(asker: &Asker, account: AccountId, state: &str, slice: &Slice) -> Result<Found<Uuid>> {
    let beyond = match slice.beyond() {
        Some(Place::Time(at, id)) => Some((*at, *id)),
        _ => None,
    };
    let ask = registrations::list(account, state, beyond, slice.backward, slice.limit as i64 + 1);
    let rows = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
    let rows = rows.into_iter().map(|row| (Place::Time(row.since, row.subject), row.subject)).collect();
    Ok(Found::of(rows, slice.limit))
}

/// How many of the account's registrations stand so, counted up to one more than the cap.
pub(super) async fn count(asker: &Asker, account: AccountId, state: &str) -> Result<i64> {
    let ask = registrations::count(account, state, COUNT_CAP + 1);
    let counted = asker.app.reader().db().fetch_optional(ask).await.map_err(|e| asker.failed(e))?;
    Ok(counted.map_or(0, |(n,)| n))
}

/// The contacts that these sign-ups might be: two statements, however many they are.
async fn suggestions(
    asker: &Asker,
    account: AccountId,
    waiting: Vec<Registration>,
    families: bool,
) -> Result<Vec<EmailMismatch>> {
    let mut probes = Vec::with_capacity(waiting.len());
    for registration in &waiting {
        let (words, phone, start) = rules::probe(&registration.state()?.who);
        probes.push(Probe { words, phone, start });
    }
    let ask = registrations::candidates(account, &probes, LOOKED_AT);
    let rows = asker.app.reader().db().fetch(ask).await.map_err(|e| asker.failed(e))?;
    let mut candidates: BTreeMap<usize, BTreeSet<Uuid>> = BTreeMap::new();
    for row in rows {
        candidates.entry(usize::try_from(row.probe).unwrap_or_default()).or_default().insert(row.contact);
    }
    // An e-mail that is the very same is looked up by who holds it: a sign-up that never showed it to be theirs.
    let mut keys = Vec::new();
    for (n, registration) in waiting.iter().enumerate() {
        let email = registration.state()?.who.email.as_ref();
        keys.extend(email.map(|email| (n, asker.app.reader().email_key(account, email))));
    }
    let holders = asker.app.reader().holders(keys.iter().map(|(_, key)| *key).collect()).await;
    let holders = holders.map_err(|e| asker.failed(e))?;
    for (n, key) in keys {
        candidates.entry(n).or_default().extend(holders.get(&key));
    }
    let all: BTreeSet<Uuid> = candidates.values().flatten().copied().collect();
    let snapshot = Snapshot::now(asker).read(all.into_iter().collect(), families).await?;
    let mut pairs = Vec::with_capacity(waiting.len());
    for (n, registration) in waiting.into_iter().enumerate() {
        let who = registration.state()?.who.clone();
        let mut suggestions: Vec<RegistrationSuggestion> = candidates
            .remove(&n)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|id| {
                let folded = snapshot.known(id)?;
                let contact = folded.state.contact().filter(|c| {
                    c.deleted.is_none()
                        && c.erased.is_none()
                        && c.registration.is_none()
                        && c.kind == domain::values::ContactKind::Person
                })?;
                let likeness = rules::resemblance(&who, &contact.details)?;
                let reasons = likeness.reasons.into_iter().map(Into::into).collect();
                let contact = Contact::found(&snapshot, ContactId(id))?;
                Some(RegistrationSuggestion { contact, score: likeness.score, reasons })
            })
            .collect();
        suggestions.sort_by_key(|s| std::cmp::Reverse(s.score));
        suggestions.truncate(SHOWN);
        pairs.push(EmailMismatch { registration, suggestions });
    }
    Ok(pairs)
}
