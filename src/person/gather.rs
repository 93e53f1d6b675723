//! What is kept about one contact, and where: the sheet, what stands beside it, and the trail. A table that gets to hold something of people is added here,
//! and to `erasure` (what goes with them).

use crate::{
    app::{App, Failure, StoredEvent, seen::device_key},
    graphql::audit_changes,
    i18n::{labels::choice, lang::Lang},
    outbox::store::{Filter, Seek, list},
};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    AccountId, ContactId, Event, Fact, Folded, ProductId, State, StreamId, UserId,
    contact::{ContactState, Opening, pseudonym},
};
use projections::Ask;
use serde_json::{Map, Value, json};
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;

/// Events read at once.
const PAGE: usize = 500;
/// Deliveries that are listed, newest first; their number is bounded by retention.
const DELIVERIES: i64 = 10_000;

/// Sign-ins that are told, the newest first; they are kept for a year.
const SIGN_INS: i64 = 10_000;

/// Who, and what is kept beside the trail.
pub(super) struct About {
    pub head: Map<String, Value>,
    /// Name and content, in the order in which people read them.
    pub sections: Vec<(&'static str, Value)>,
    pub account: AccountId,
    streams: Vec<StreamId>,
}

pub(super) fn instant(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

fn micros(at: i64) -> Value {
    DateTime::from_timestamp_micros(at).map_or(Value::Null, instant)
}

fn when(fact: &Fact) -> Value {
    instant(fact.at)
}

fn maybe(fact: Option<&Fact>) -> Value {
    fact.map_or(Value::Null, when)
}

/// Reads everything but the trail.
pub(super) async fn sections(
    app: &App,
    id: ContactId,
    account: AccountId,
    themselves: Option<UserId>,
    lang: Lang,
) -> Result<About, Failure> {
    let reader = app.reader();
    let folded = app.state(id.into()).await?;
    let gone = || Failure::Fault(format!("{id} is no contact"));
    let contact = folded.state.contact().ok_or_else(gone)?;
    let mut named: Vec<Uuid> = contact.accesses.keys().map(|product| product.0).collect();
    named.extend(contact.attachments.iter().map(|a| a.subscription.0));
    named.extend(contact.attachments.iter().map(|a| a.product.0));
    let sign_up = contact.registration.as_ref().and_then(|r| r.sign_up);
    named.extend(sign_up.map(|id| id.0));
    named.push(account.0);
    named.sort_unstable();
    named.dedup();
    let states = reader.states(named).await?;
    let product = |id: ProductId| {
        let state = states.get(&id.0).and_then(|folded| folded.state.product());
        state.map_or(Value::Null, |product| json!(product.name))
    };
    let company = states.get(&account.0).and_then(|folded| folded.state.account()).map(|a| a.company_name.clone());
    let mut head = Map::new();
    head.insert("contactId".into(), json!(id.to_string()));
    head.insert("displayName".into(), json!(contact.person_name().unwrap_or_else(|| pseudonym(id.0))));
    head.insert("accountId".into(), json!(account.to_string()));
    head.insert("companyName".into(), json!(company));
    head.insert("exportedAt".into(), instant(app.clock().now()));
    head.insert("lang".into(), json!(lang.tag()));

    let mut sections = vec![("sheet", sheet(contact))];
    sections.push(("addresses", addresses(contact)));
    let accesses = contact.accesses.iter().map(|(id, access)| {
        json!({
            "productId": id.to_string(), "product": product(*id), "mode": access.mode(), "opening": opening(access.opening()),
            "orderedOn": access.ordered_on, "origin": access.by, "grantedAt": when(&access.granted), "removedAt": maybe(access.removed.as_ref()),
        })
    });
    sections.push(("accesses", accesses.collect()));
    let bought = contact.attachments.iter().map(|a| {
        let state = states.get(&a.subscription.0).and_then(|folded| folded.state.subscription());
        json!({
            "subscriptionId": a.subscription.to_string(), "product": product(a.product), "attachedAt": when(&a.attached),
            "detachedAt": maybe(a.detached.as_ref()), "type": state.map(|s| &s.kind), "billing": state.map(|s| s.billing),
            "startsOn": state.map(|s| s.starts_on()), "endsOn": state.and_then(|s| s.ends_on()),
            "payments": state.map(|s| s.payments.iter().map(|p| json!({ "state": p.state, "occurredAt": instant(p.occurred_at) })).collect::<Vec<_>>()),
        })
    });
    sections.push(("subscriptions", bought.collect()));
    sections.push(("claims", claims(contact)));
    sections.push(("login", login(app, id, contact, themselves).await?));
    sections.push(("app", in_the_app(app, id, contact).await?));
    if let Some(registration) = sign_up.and_then(|id| states.get(&id.0)).and_then(|f| f.state.registration()) {
        let who = api_names(serde_json::to_value(&registration.who).map_err(Failure::json)?);
        let value = json!({ "id": sign_up.map(|id| id.to_string()), "signedUpAt": when(&registration.signed_up), "emailVerified": registration.email_verified, "said": who });
        sections.push(("signUp", value));
    }
    sections.push(("deletionRequest", contact.deletion.as_ref().map_or(Value::Null, |request| {
        json!({ "requestedAt": when(&request.requested), "status": request.status(), "reason": request.reason, "answer": request.rejection })
    })));
    sections.push(("erp", erp(app, account, id, contact).await?));
    sections.push(("deliveries", deliveries(app, account, id).await?));
    sections.push(("files", files(app, account, id).await?));
    let others = sign_up.map(StreamId::from).into_iter().chain(themselves.map(StreamId::from));
    let streams = [StreamId::from(id)].into_iter().chain(others).collect();
    Ok(About { head, sections, account, streams })
}

/// The fields of the sheet, by the API's names.
fn sheet(contact: &ContactState) -> Value {
    let mut fields = audit_changes::facts(&State::Contact(Box::new(contact.clone())));
    // Told in sections of their own, with all they have.
    for apart in ["address", "claims", "devices"] {
        fields.remove(apart);
    }
    let mut all = json!(fields);
    all["addedAt"] = when(&contact.added);
    all["deletedAt"] = maybe(contact.deleted.as_ref());
    all["erasedAt"] = maybe(contact.erased.as_ref());
    all
}

/// Fields by the API's names, where a stored shape has its own (`postal_code`).
fn api_names(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let name = |stored: String| {
        let mut parts = stored.split('_');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |name, part| {
            let (head, tail) = part.split_at(part.chars().next().map_or(0, char::len_utf8));
            name + &head.to_uppercase() + tail
        })
    };
    fields.into_iter().map(|(stored, value)| (name(stored), api_names(value))).collect()
}

fn addresses(contact: &ContactState) -> Value {
    let one = |dated: &domain::contact::DatedAddress| {
        let mut value = api_names(json!(dated.address));
        value["from"] = json!(dated.from);
        value["until"] = json!(dated.until.and_then(|day| day.pred_opt()));
        value
    };
    contact.addresses.iter().map(one).collect()
}

fn opening(opening: &Opening) -> Value {
    json!(match opening {
        Opening::FromOrderDate => "FROM_ORDER_DATE".to_owned(),
        Opening::Full => "FULL".to_owned(),
        Opening::Advanced(a) => format!("ADVANCED {} {}", a.by, a.unit),
        Opening::FromDate { date, zone } => format!("FROM_DATE {date} {zone}"),
    })
}

fn claims(contact: &ContactState) -> Value {
    let step = |step: &domain::contact::claim::ClaimStep| json!({ "status": step.status, "at": when(&step.fact), "text": step.text });
    let one = |claim: &domain::contact::claim::Claim| {
        json!({ "id": claim.id.to_string(), "subscriptionId": claim.subscription.to_string(), "issue": claim.issue, "status": claim.status,
            "steps": claim.steps.iter().map(step).collect::<Vec<_>>() })
    };
    contact.claims.iter().map(one).collect()
}

/// How they come in. A session or another way of signing in that gets a table of its own is told here. To the account: what there is of this account. To the
/// person: all of their login, which reaches other accounts too.
async fn login(app: &App, id: ContactId, contact: &ContactState, themselves: Option<UserId>) -> Result<Value, Failure> {
    let seen = Ask::<(i64,)>::new("SELECT at FROM member_seen WHERE contact = $1", [id.0.into()]);
    let seen = app.reader().db().fetch_optional(seen).await?;
    let membership = &contact.membership;
    let mut value = json!({
        "userId": membership.user.map(|user| user.to_string()), "invitedAt": maybe(membership.invitation.as_ref().map(|i| &i.sent)),
        "invitationExpiresAt": membership.invitation.as_ref().map(|i| instant(i.expires_at)), "lastSeenAt": seen.map(|(at,)| micros(at)),
        "portalOpenedAt": maybe(contact.portal.as_ref().map(|portal| &portal.opened)),
        "emailVerifiedAt": maybe(contact.verification.verified.as_ref()), "emailBouncedAt": maybe(contact.verification.bounced.as_ref()),
    });
    if let Some(user) = membership.user {
        let whences = app.reader().whences_of(user.0).await?;
        let one = |(at, from): (i64, crate::app::CameFrom)| json!({ "at": micros(at), "address": from.address, "userAgent": from.agent });
        value["cameFrom"] = whences.into_iter().map(one).collect();
    }
    let Some(user) = themselves.or(membership.user) else { return Ok(value) };
    let mut sessions = app.vault().sessions(user, app.clock().now().timestamp_micros()).await?;
    sessions.retain(|session| themselves.is_some() || session.account() == Some(contact.account));
    let session = |session: crate::vault::sessions::Session| {
        json!({
            "accountId": session.account().map(|account| account.to_string()), "createdAt": micros(session.created_at),
            "lastSeenAt": micros(session.seen_at), "expiresAt": micros(session.expires_at), "address": session.address,
            "userAgent": session.agent, "byProvider": session.is_by_provider(),
        })
    };
    value["sessions"] = sessions.into_iter().map(session).collect();
    if let Some(user) = themselves {
        let sign_in = |note: crate::vault::logins::SignIn| json!({ "at": micros(note.at), "result": note.result, "address": note.address, "userAgent": note.agent });
        value["signIns"] = app.vault().sign_ins(user, SIGN_INS).await?.into_iter().map(sign_in).collect();
    }
    let views = match themselves {
        Some(_) => app.views_of(user, None).await?,
        None => app.views_of(user, Some(contact.account)).await?,
    };
    let view = |(account, view): (AccountId, crate::app::View)| json!({ "accountId": account.to_string(), "name": view.name, "query": view.query });
    value["views"] = views.into_iter().map(view).collect();
    value["providers"] = json!(
        app.vault()
            .provider_links(user, themselves.is_none().then_some(contact.account))
            .await?
            .into_iter()
            .map(|(account, since)| json!({ "accountId": account.to_string(), "since": micros(since) }))
            .collect::<Vec<_>>()
    );
    Ok(value)
}

async fn in_the_app(app: &App, id: ContactId, contact: &ContactState) -> Result<Value, Failure> {
    let invited = contact.app_invitation.as_ref().map(|i| instant(i.sent.at));
    let Some(registration) = &contact.registration else {
        return Ok(invited.map_or(Value::Null, |at| json!({ "invitedAt": at })));
    };
    let seen = app.devices_seen(vec![id]).await?;
    let device = |(place, device): (usize, &domain::contact::app::Device)| {
        let last = seen.get(&(id, device_key(device, place))).copied();
        json!({ "model": device.model, "since": when(&device.since), "lastSeenAt": last.map(instant) })
    };
    Ok(json!({
        "invitedAt": invited, "status": registration.status, "since": when(&registration.since), "letInAt": maybe(registration.let_in.as_ref()),
        "devices": registration.devices.iter().enumerate().map(device).collect::<Vec<_>>(),
    }))
}

async fn erp(app: &App, account: AccountId, id: ContactId, contact: &ContactState) -> Result<Value, Failure> {
    let rows = Ask::<(String, i64, Option<i64>, Option<String>)>::new(
        "SELECT source, seen_at, updated_at, drift FROM erp_record WHERE contact = $1 AND account = $2 ORDER BY key",
        [id.0.into(), account.0.into()],
    );
    let record = |(source, seen, updated, drift): (String, i64, Option<i64>, Option<String>)| json!({ "source": source, "lastSeenAt": micros(seen), "updatedAt": updated.map(micros), "drift": drift });
    let records: Vec<Value> = app.reader().db().fetch(rows).await?.into_iter().map(record).collect();
    let link = contact.erp.as_ref();
    if link.is_none() && records.is_empty() {
        return Ok(Value::Null);
    }
    Ok(json!({
        "source": link.map(|link| &link.source), "externalId": link.and_then(|link| link.external_id.as_ref()),
        "linkedAt": maybe(link.map(|link| &link.linked)), "goneAt": maybe(link.and_then(|link| link.gone.as_ref())),
        "refusedEmail": link.and_then(|link| link.refused_email.as_ref()), "records": records,
    }))
}

async fn deliveries(app: &App, account: AccountId, id: ContactId) -> Result<Value, Failure> {
    let filter = Filter { subject: Some(id.0), ..Filter::default() };
    let seek = Seek { beyond: None, descending: true, limit: DELIVERIES };
    let rows = app.reader().db().fetch(list(account.0, &filter, &seek)).await?;
    let one = |row: crate::outbox::store::Row| json!({ "channel": row.channel, "template": row.template, "status": row.state, "createdAt": micros(row.created_at), "doneAt": row.done_at.map(micros) });
    Ok(rows.into_iter().map(one).collect())
}

async fn files(app: &App, account: AccountId, id: ContactId) -> Result<Value, Failure> {
    let rows = app.import_rows().about(id, account).await?;
    let mut all = Vec::with_capacity(rows.len());
    for (import, note) in rows {
        let says = serde_json::to_value(&note.row.says).map_err(Failure::json)?;
        all.push(json!({ "importId": import.to_string(), "row": note.row.number, "outcome": note.row.outcome.as_str(), "said": says }));
    }
    Ok(json!(all))
}

/// The beginning of the JSON: all but the events, which follow.
pub(super) fn begin(about: &About) -> Result<String, Failure> {
    let mut all = about.head.clone();
    all.extend(about.sections.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let mut text = serde_json::to_string(&all).map_err(Failure::json)?;
    text.pop();
    text.push_str(",\"trail\":[");
    Ok(text)
}

/// The events about them, oldest first, a page at a time.
pub(super) struct Trail<'a> {
    app: &'a App,
    lang: Lang,
    account: AccountId,
    streams: VecDeque<StreamId>,
    fold: Folded,
}

impl<'a> Trail<'a> {
    pub fn new(app: &'a App, about: &About, lang: Lang) -> Trail<'a> {
        let streams = about.streams.iter().copied().collect();
        Trail { app, lang, account: about.account, streams, fold: Folded::default() }
    }

    /// The next page; none after the last.
    pub async fn next(&mut self) -> Result<Option<Vec<Value>>, Failure> {
        loop {
            let Some(stream) = self.streams.front().copied() else { return Ok(None) };
            let stored = self.app.log().read_stream(stream, self.fold.version, PAGE).await?;
            if stored.is_empty() {
                self.streams.pop_front();
                self.fold = Folded::default();
                continue;
            }
            let decoded = self.app.reader().decode(stored).await?;
            let mut products: Vec<Uuid> = decoded.iter().filter_map(|(_, event)| event.about()).collect();
            products.sort_unstable();
            products.dedup();
            let names = self.app.reader().states(products).await?;
            let page = decoded.into_iter().map(|(stored, event)| self.entry(&stored, &event, &names));
            return page.collect::<Result<Vec<_>, _>>().map(Some);
        }
    }

    fn entry(
        &mut self,
        stored: &StoredEvent,
        event: &Event,
        names: &HashMap<Uuid, std::sync::Arc<Folded>>,
    ) -> Result<Value, Failure> {
        let before = std::mem::take(&mut self.fold);
        let after = before.clone().evolve(event, stored.fact());
        let after = after.map_err(|e| Failure::Fault(format!("{}: {e}", stored.stream)))?;
        let changes = audit_changes::between(event, &before, &after);
        let product = event.about().and_then(|id| names.get(&id)).and_then(|folded| folded.state.product());
        let sentence = audit_changes::sentence(event, product.map(|p| p.name.as_str()), &changes, self.lang);
        self.fold = after;
        let kind = stored.meta.actor.kind.as_str();
        let by = choice("ActorKind", kind, self.lang).unwrap_or(kind);
        Ok(json!({
            "at": instant(stored.fact().at), "type": stored.type_name, "sentence": sentence, "actor": kind, "actorLabel": by,
            "onBehalfOf": stored.meta.on_behalf_of.map(|_| self.account.to_string()), "origin": stored.meta.origin,
            "changes": changes.iter().map(|c| c.as_json()).collect::<Vec<_>>(),
        }))
    }
}
