//! The body of a call: what happened, and the values as they are now.

use crate::{
    app::{PositionToken, StoredEvent},
    outbox::store::Due,
};
use chrono::{DateTime, SecondsFormat, Utc};
use domain::{
    ContactId, Folded, ProductId, State, SubscriptionId,
    account::AccountState,
    address::Address,
    calendar,
    contact::{ContactState, pseudonym},
    subscription::SubscriptionState,
};
use serde_json::{Value, json};
use uuid::Uuid;

/// What happened and, of a contact, a subscription or a product, its values as they are now.
pub(super) fn body(
    row: &Due,
    event: &StoredEvent,
    account: &AccountState,
    subject: &Folded,
    position: PositionToken,
    now: DateTime<Utc>,
) -> Value {
    let mut body = json!({
        "eventId": row.event_id.simple().to_string(),
        "deliveryId": format!("dlv_{}", row.id.simple()),
        "type": event.type_name,
        "position": position.to_string(),
        // In the log's order: of two calls about one thing the larger is the newer.
        "sequence": event.position,
        "at": event.fact().at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
        "accountId": account.id.to_string(),
        "actor": event.meta.actor.kind.as_str(),
    });
    let id = event.stream.id;
    let (kind, values) = match &subject.state {
        State::Contact(contact) => ("contact", of_contact(id, contact, account, now)),
        State::Subscription(subscription) => ("subscription", of_subscription(id, subscription)),
        State::Product(product) => {
            let archived = product.archived.is_some();
            ("product", json!({ "id": ProductId(id).to_string(), "name": product.name, "archived": archived }))
        }
        _ => return body,
    };
    body[kind] = values;
    body
}

fn of_contact(id: Uuid, contact: &ContactState, account: &AccountState, now: DateTime<Utc>) -> Value {
    let erased = contact.erased.is_some();
    let d = &contact.details;
    let today = calendar::day(now, account.time_zone);
    let subscriptions: Vec<Value> = contact
        .attached()
        .map(|a| {
            json!({ "subscriptionId": SubscriptionId(a.subscription.0).to_string(), "productId": a.product.to_string() })
        })
        .collect();
    let claims: Vec<Value> = contact
        .claims
        .iter()
        .map(|claim| {
            let text = claim.steps.last().and_then(|step| step.text.clone());
            json!({
                "claimId": claim.id.to_string(), "subscriptionId": claim.subscription.to_string(), "issue": claim.issue,
                "status": claim.status.as_str(), "text": text,
            })
        })
        .collect();
    json!({
        "id": ContactId(id).to_string(),
        "externalId": d.external_id,
        "kind": contact.kind.as_str(),
        "firstName": d.first_name,
        "lastName": if erased { Some(pseudonym(id)) } else { d.last_name.clone() },
        "companyName": d.company_name,
        "email": d.email.as_ref().map(|e| e.as_str()),
        "phone": d.phone,
        "fax": d.fax,
        "address": contact.address_on(today).map(of_address),
        "addresses": contact.addresses.iter().map(|dated| json!({
            "from": dated.from,
            "until": dated.until.and_then(|day| day.pred_opt()),
            "address": of_address(&dated.address),
        })).collect::<Vec<_>>(),
        "subscriptions": subscriptions,
        "claims": claims,
        "deleted": contact.deleted.is_some(),
        "erased": erased,
    })
}

fn of_address(address: &Address) -> Value {
    json!({
        "line1": address.line1, "line2": address.line2, "line3": address.line3, "postalCode": address.postal_code,
        "city": address.city, "country": address.country, "text": address.render(),
    })
}

fn of_subscription(id: Uuid, subscription: &SubscriptionState) -> Value {
    json!({
        "id": SubscriptionId(id).to_string(),
        "productId": subscription.product.to_string(),
        "type": subscription.kind,
        "billing": subscription.billing.as_str(),
        "startsOn": subscription.starts_on(),
        "endsOn": subscription.ends_on(),
        "paused": subscription.is_paused(),
        "cancelled": subscription.cancelled.is_some(),
        "payment": subscription.payment().map(|p| p.state.as_str()),
    })
}
