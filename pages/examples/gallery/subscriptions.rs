//! Subscriptions: the list, one of them, its forms.

use crate::{Book, Done};
use pages::{
    Cx, Notice, Place, Undo,
    parts::{Form, Wrong},
    subscriptions::{Act, ActForm, List, Narrowed, One, Products, Subscription, Subscriptions},
};
use serde_json::{Value, json};

fn row(n: usize, kind: &str, product: &str, state: &str, payment: Option<&str>) -> Value {
    let names = ["Léa Fontaine", "Émile Bérard"];
    let contacts: Vec<_> =
        names.iter().take(n % 3).map(|name| json!({ "node": { "id": "c", "displayName": name } })).collect();
    json!({ "node": { "id": format!("s{n}"), "type": kind, "billing": if n == 1 { "ONE_OFF" } else { "RECURRING" }, "state": state,
        "startsOn": "2026-01-01", "endsOn": if n == 0 { None } else { Some("2026-12-31") }, "product": { "id": "p1", "name": product },
        "payment": payment.map(|state| json!({ "state": state })),
        "contacts": { "edges": contacts, "totalCount": if n % 3 == 2 { 214 } else { n % 3 } } } })
}

pub fn one(state: &str, contacts: Value) -> Value {
    let count = contacts.as_array().map_or(0, Vec::len);
    json!({ "id": "s1", "version": 4, "type": "Annuel", "billing": "RECURRING", "state": state, "startsOn": "2025-01-01", "endsOn": "2026-12-31",
        "paused": state == "PAUSED", "cancelledAt": null, "startedAt": "2025-01-01T09:00:00Z",
        "product": { "id": "p1", "name": "La Revue du phare", "delivered": true },
        "periods": [{ "startsOn": "2025-01-01", "endsOn": "2025-12-31" }, { "startsOn": "2026-01-01", "endsOn": "2026-12-31" }],
        "payment": { "state": "PAST_DUE", "occurredAt": "2026-03-28T09:00:00Z", "recordedAt": "2026-03-28T09:00:00Z", "eventId": "pay_1" },
        "claims": [{ "id": "r1", "status": "OPEN" }],
        "contacts": { "edges": contacts, "pageInfo": { "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null },
            "totalCount": count, "totalCountIsCapped": false } })
}

pub fn attached() -> Value {
    json!([
        { "node": { "id": "c1", "displayName": "Léa Fontaine", "companyName": null, "email": "lea@atelier-fontaine.fr", "kind": "PERSON", "status": "ACTIVE" } },
        { "node": { "id": "c2", "displayName": "Jean-Baptiste de La Rochefoucauld-Montmorency", "companyName": "Bibliothèque municipale de Saint-Germain", "email": null, "kind": "PERSON", "status": "ACTIVE" } },
        { "node": { "id": "c3", "displayName": "Rédaction du Phare", "companyName": null, "email": "redaction@phare.fr", "kind": "GROUP", "status": "ACTIVE" } }])
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Subscriptions);
    let info = json!({ "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let rows = json!([
        row(0, "Annuel", "Yoga du matin", "RUNNING", Some("PAID")),
        row(1, "Découverte trois mois", "La Revue du phare", "SCHEDULED", None),
        row(
            2,
            "Établissement, licence pour tous les lecteurs d’une bibliothèque",
            "Photo de rue",
            "RUNNING",
            Some("PAST_DUE")
        ),
        row(3, "Annuel", "Yoga du matin", "PAUSED", Some("PAID")),
        row(4, "Mensuel", "Yoga du matin", "CANCELLED", Some("FAILED")),
        row(5, "Mensuel", "Reliure", "ENDED", None)
    ]);
    let list: List = serde_json::from_value(
        json!({ "edges": rows, "pageInfo": info, "totalCount": 1312, "totalCountIsCapped": false }),
    )?;
    let products: Products =
        serde_json::from_value(json!({ "edges": [{ "node": { "id": "p1", "name": "Yoga du matin" } }] }))?;
    let shown = |narrowed: Narrowed, list: List| Subscriptions { cx: cx(), narrowed, list, products: products.clone() };
    book.write("subscriptions", shown(Narrowed::default(), list))?;
    book.write("subscriptions-first", shown(Narrowed::default(), List::default()))?;
    let narrowed = Narrowed { kind: "Annuelle".into(), product: "p1".into(), state: "PAUSED".into() };
    book.write("subscriptions-none", shown(narrowed, List::default()))?;

    let it: Subscription = serde_json::from_value(one("RUNNING", attached()))?;
    book.write("subscription", One { cx: cx(), it: it.clone() })?;
    let undo = Undo { action: "/".into(), fields: vec![("version", "4".into())] };
    let notice = Notice { good: true, text: cx().t("told-subscription-paused").into(), undo: Some(undo) };
    let paused = Cx { notice: Some(notice), ..cx() };
    book.write("subscription-paused", One { cx: paused, it: serde_json::from_value(one("PAUSED", json!([])))? })?;
    let form = |act, form| ActForm { cx: cx(), it: it.clone(), act, form };
    let wrong = |code: &str, field: Option<&str>, message: &str| Wrong {
        code: code.into(),
        field: field.map(|field| vec![field.into()]),
        message: message.into(),
    };
    let stale = Form {
        wrong: vec![wrong("VERSION_CONFLICT", None, "Quelqu’un l’a modifié entre-temps.")],
        ..Form::of([("endsOn", "2027-12-31".into())])
    };
    book.write("renew", form(Act::Renew, stale))?;
    book.write("cancel-subscription", form(Act::Cancel, Form::default()))?;
    let late = Form {
        wrong: vec![wrong("DATE_INVALID", Some("occurredAt"), "Cette date est à venir.")],
        ..Form::of([("state", "PAST_DUE".into()), ("occurredAt", "2026-04-02T10:00".into())])
    };
    book.write("payment", form(Act::Payment, late))
}
