//! What a subscriber and an administrator see, and a complaint.

use crate::{Book, Done};
use pages::{
    Place,
    claims::Draft,
    parts::{Form, Wrong},
    portal::{Complain, Complaining, Held, Portal},
};
use serde_json::{Value, json};

fn held(role: &str, subscriptions: Value, claims: Value, subscribers: Value) -> Result<Held, serde_json::Error> {
    serde_json::from_value(
        json!({ "role": role, "companyName": "Éditions du Phare", "subscriptions": subscriptions, "claims": claims, "subscribers": subscribers,
        "contact": { "id": "s1", "displayName": "Anne Dupont", "email": "anne@exemple.fr", "address": { "text": "12 rue des Lilas\n75020 Paris", "missing": [] },
            "deliveryAddresses": [{ "from": "2026-07-01", "until": "2026-08-31", "address": { "text": "2 quai du Port\n29000 Quimper", "missing": [] } }] } }),
    )
}

pub fn write(book: &Book) -> Done {
    let sub = |id: &str, name: &str, state: &str, ends: Option<&str>| json!({ "id": id, "type": "Annuel", "state": state, "startsOn": "2025-09-01", "endsOn": ends, "product": { "name": name } });
    let subscriptions = json!([
        sub("a", "Le Phare, mensuel", "RUNNING", Some("2026-08-31")),
        sub("b", "Les Cahiers du littoral et des îles, édition augmentée", "PAUSED", None),
        sub("c", "Hors-séries", "ENDED", Some("2025-12-31"))
    ]);
    let claim = |id: &str, status: &str, steps: Value| json!({ "id": id, "version": 2, "status": status, "issue": "N° 214", "text": "Je n’ai pas reçu ce numéro, attendu le 1er mars.", "openedAt": "2026-03-20T15:00:00Z", "changedAt": "2026-03-29T15:00:00Z", "subscription": { "product": { "name": "Le Phare, mensuel" } }, "steps": steps });
    let first = json!({ "status": "OPEN", "at": "2026-03-20T15:00:00Z", "text": "Je n’ai pas reçu ce numéro." });
    let answered = json!([first, { "status": "ANSWERED", "at": "2026-03-29T15:00:00Z", "text": "Nous vous le renvoyons aujourd’hui : comptez trois jours." }]);
    let claims = json!([
        claim("r1", "ANSWERED", answered),
        claim("r2", "OPEN", json!([first])),
        claim("r3", "CLOSED", json!([first]))
    ]);
    let row = |n: usize, name: &str| json!({ "node": { "id": format!("s{n}"), "externalId": null, "displayName": name, "companyName": null, "email": null, "phone": null, "fax": null, "address": { "text": "4 place du Marché\n69003 Lyon", "missing": [] }, "portalAccount": "NONE" } });
    let all = json!({ "edges": [row(2, "Jean Petit"), row(3, "Zoé Ørsted")], "pageInfo": { "hasNextPage": true, "hasPreviousPage": false, "startCursor": null, "endCursor": "e" }, "totalCount": 8214, "totalCountIsCapped": false });
    let today = "2026-03-31".parse()?;
    let cx = || {
        let mut cx = book.cx(Place::Portal);
        if let Some(nav) = &mut cx.nav {
            nav.rooms = vec![Place::Portal];
            nav.acts = vec!["OpenClaim", "CloseClaim"];
        }
        cx
    };
    let of = |role: &str, subscribers: &Value| held(role, subscriptions.clone(), claims.clone(), subscribers.clone());
    book.write("portal", Portal { cx: cx(), held: of("SUBSCRIBER", &Value::Null)?, today })?;
    book.write("portal-administrator", Portal { cx: cx(), held: of("ADMINISTRATOR", &all)?, today })?;
    let none = held("SUBSCRIBER", json!([]), json!([]), Value::Null)?;
    book.write("portal-empty", Portal { cx: cx(), held: none, today })?;
    let issue = |n: i64| json!({ "moduleId": n.to_string(), "name": format!("N° {n}"), "dueOn": "2026-03-01" });
    let draft: Draft = serde_json::from_value(
        json!({ "issues": [issue(214), issue(213)], "issue": issue(214), "address": { "text": "12 rue des Lilas\n75020 Paris" }, "text": "" }),
    )?;
    let contact: Complaining = serde_json::from_value(
        json!({ "id": "s1", "displayName": "Anne Dupont", "subscriptions": [{ "id": "a", "product": { "name": "Le Phare, mensuel" } }] }),
    )?;
    let form = Form::of([
        ("subscriptionId", "a".into()),
        ("moduleId", "214".into()),
        ("text", "Je n’ai pas reçu « N° 214 » (« Le Phare, mensuel »), attendu le 1er mars 2026.".into()),
    ]);
    let page =
        |form: Form| Complain { cx: cx(), contact: contact.clone(), draft: draft.clone(), form, back: "portal".into() };
    book.write("complain", page(form))?;
    let wrong = vec![Wrong {
        code: "REQUIRED".into(),
        field: Some(vec!["text".into()]),
        message: "Dites ce qui ne va pas.".into(),
    }];
    book.write("complain-wrong", page(Form { wrong, ..Form::of([("subscriptionId", "a".into())]) }))
}
