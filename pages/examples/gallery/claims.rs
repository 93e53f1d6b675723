//! Complaints: the list, one of them, a new one; and the tabs of a contact's sheet that show theirs.

use crate::{Book, Done};
use pages::{
    Cx, Notice, Place, Undo,
    claims::{Claim, Claims, Draft, List, New, One, Person, Purchases},
    parts::{Form, Wrong},
    sheet::Tab,
};
use serde_json::{Value, json};

fn row(n: usize, status: &str, issue: Option<&str>, text: &str) -> Value {
    json!({ "id": format!("r{n}"), "status": status, "issue": issue, "text": text, "openedAt": "2026-03-01T09:00:00Z", "changedAt": format!("2026-03-{:02}T09:00:00Z", 30 - n * 6),
        "contact": { "id": "c1", "displayName": "Léa Fontaine" }, "subscription": { "id": "s1", "type": "Annuel", "product": { "name": "La Revue du phare" } } })
}

fn rows() -> Vec<Value> {
    vec![
        row(
            0,
            "OPEN",
            Some("Numéro de mars"),
            "Le numéro de mars n’est pas arrivé. Mon voisin a reçu le sien il y a une semaine déjà, et le facteur dit ne rien savoir.",
        ),
        row(1, "ANSWERED", None, "La couverture était déchirée."),
        row(
            2,
            "CLOSED",
            Some("Numéro de décembre, hors-série consacré aux phares de Bretagne et de Normandie"),
            "Deux exemplaires reçus au lieu d’un.",
        ),
    ]
}

pub fn write(book: &Book) -> Done {
    let cx = || book.cx(Place::Claims);
    let info = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let edges: Vec<_> = rows().into_iter().map(|node| json!({ "node": node })).collect();
    let list: List = serde_json::from_value(
        json!({ "edges": edges, "pageInfo": info, "totalCount": 3, "totalCountIsCapped": false }),
    )?;
    book.write("claims", Claims { cx: cx(), status: String::new(), list })?;
    book.write("claims-first", Claims { cx: cx(), status: String::new(), list: List::default() })?;
    book.write("claims-none", Claims { cx: cx(), status: "CLOSED".into(), list: List::default() })?;

    let step = |status: &str, who: &str, at: &str, text: Option<&str>| json!({ "status": status, "at": at, "text": text, "actor": { "label": who } });
    let first = step(
        "OPEN",
        "Léa Fontaine",
        "2026-03-20T09:00:00Z",
        Some("Le numéro de mars n’est pas arrivé.\nMon voisin a reçu le sien."),
    );
    let second =
        step("ANSWERED", "Camille Roux", "2026-03-21T10:00:00Z", Some("Nous vous en envoyons un autre aujourd’hui."));
    let third = step("CLOSED", "Camille Roux", "2026-03-28T10:00:00Z", None);
    let claim = |status: &str, steps: Vec<Value>| -> Result<Claim, serde_json::Error> {
        serde_json::from_value(
            json!({ "id": "r1", "version": 7, "status": status, "issue": "Numéro de mars", "openedAt": "2026-03-20T09:00:00Z", "changedAt": "2026-03-20T09:00:00Z",
            "steps": steps, "contact": { "id": "c1", "displayName": "Léa Fontaine", "email": "lea@exemple.fr" }, "subscription": { "id": "s1", "type": "Annuel", "product": { "name": "La Revue du phare" } } }),
        )
    };
    let wrong = |field: &str| Wrong {
        code: "REQUIRED".into(),
        field: Some(vec![field.into()]),
        message: "Ce champ est obligatoire.".into(),
    };
    let empty = Form { wrong: vec![wrong("text")], ..Form::default() };
    book.write("claim", One { cx: cx(), it: claim("OPEN", vec![first.clone()])?, form: empty })?;
    let undo = Undo { action: "/".into(), fields: Vec::new() };
    let notice = Notice { good: true, text: cx().t("told-claim-closed").into(), undo: Some(undo) };
    let told = Cx { notice: Some(notice), ..cx() };
    book.write(
        "claim-closed",
        One { cx: told, it: claim("CLOSED", vec![first, second, third])?, form: Form::default() },
    )?;

    let product = json!({ "id": "p1", "name": "La Revue du phare" });
    let subscription = |id: &str, kind: &str, state: &str| json!({ "id": id, "type": kind, "billing": "RECURRING", "state": state, "startsOn": "2026-01-01", "endsOn": "2026-12-31", "product": product, "payment": { "state": "PAID" } });
    let person = |subscriptions: Value, claims: Vec<Value>| -> Result<Person, serde_json::Error> {
        serde_json::from_value(
            json!({ "id": "c1", "displayName": "Léa Fontaine", "kind": "PERSON", "profile": "CONTACT", "status": "ACTIVE", "email": "lea@atelier-fontaine.fr",
            "createdAt": "2025-11-02T09:00:00Z", "deletedAt": null, "erased": false, "subscriptions": subscriptions, "claims": claims }),
        )
    };
    let two = json!([subscription("s1", "Annuel", "RUNNING"), subscription("s2", "Découverte", "ENDED")]);
    let contact = person(two, rows())?;
    let at = || book.cx(Place::Contacts);
    book.write(
        "sheet-subscriptions",
        Purchases { cx: at(), contact: contact.clone(), tab: Tab::Subscriptions, as_of: None },
    )?;
    book.write("sheet-claims", Purchases { cx: at(), contact: contact.clone(), tab: Tab::Claims, as_of: None })?;
    book.write(
        "sheet-claims-none",
        Purchases { cx: at(), contact: person(json!([]), vec![])?, tab: Tab::Claims, as_of: None },
    )?;
    let draft: Draft = serde_json::from_value(json!({
        "issues": [{ "moduleId": "m3", "name": "Numéro de mars", "dueOn": "2026-03-15" }, { "moduleId": "m2", "name": "Numéro de février", "dueOn": "2026-02-15" }],
        "issue": { "moduleId": "m3", "name": "Numéro de mars", "dueOn": "2026-03-15" }, "address": { "text": "12 rue des Lilas\n75020 Paris" },
        "text": "Je n’ai pas reçu « Numéro de mars », attendu le 15 mars 2026." }))?;
    let form = Form::of([("subscriptionId", "s1".into()), ("moduleId", "m3".into()), ("text", draft.text.clone())]);
    book.write("claim-new", New { cx: at(), contact: contact.clone(), draft: Some(draft), form })?;
    book.write("claim-new-first", New { cx: at(), contact, draft: None, form: Form::default() })
}
