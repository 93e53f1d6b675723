//! The dashboard, the history, and who could open what.

use crate::{Book, Done};
use chrono::{NaiveDate, TimeDelta};
use pages::{Place, history, home};
use serde_json::json;

pub fn write(book: &Book) -> Done {
    let count = |n: i64| json!({ "totalCount": n, "totalCountIsCapped": n >= 10_000 });
    let named = |name: &str| json!({ "id": "c1", "displayName": name });
    let today: NaiveDate = "2026-03-31".parse()?;
    let days: Vec<_> = (0..28)
        .filter(|n| n % 7 != 3)
        .map(|n| json!({ "day": today - TimeDelta::days(n), "total": (n * 37 + 11) % 90 + 1 }))
        .collect();
    let acts: Vec<_> = [
        ("Camille Roux a suspendu l’accès à Photo de rue", "Léa Fontaine", "2026-03-31T10:02:00Z"),
        ("Accès à Yoga du matin donné", "Émile Bérard", "2026-03-31T08:40:00Z"),
        ("Le contact a été ajouté par un fichier", "Jean-Baptiste de La Rochefoucauld-Montmorency", "2026-03-30T16:10:00Z"),
    ]
    .iter()
    .enumerate()
    .map(|(n, (sentence, contact, at))| json!({ "node": { "position": format!("p{n}"), "at": at, "sentence": sentence, "type": "access.mode_set.v1", "origin": "UI",
        "reason": if n == 1 { Some("demande au téléphone") } else { None }, "address": "192.0.2.7", "userAgent": "Firefox", "commandId": "0190", "correlationId": "0191", "version": 4,
        "actor": { "kind": "USER", "label": "Camille Roux" }, "onBehalfOf": null, "contact": named(contact), "product": { "id": "p", "name": "Photo de rue" },
        "changes": [{ "field": "mode", "before": "Activé", "after": "Suspendu" }] } }))
    .collect();
    let answer: home::Answer = serde_json::from_value(json!({
        "all": count(10_000), "automatic": count(812), "activated": count(4031), "suspended": count(27),
        "account": { "pendingRegistrations": 3 },
        "claims": { "totalCount": 2, "totalCountIsCapped": false, "edges": [
            { "node": { "id": "k", "text": "Le numéro 412 n’est pas arrivé, et le 411 était trempé par la pluie.", "openedAt": "2026-03-29T08:00:00Z", "contact": named("Léa Fontaine") } },
            { "node": { "id": "l", "text": null, "openedAt": "2026-03-28T08:00:00Z", "contact": named("Émile Bérard") } }] },
        "deliveries": { "totalCount": 1, "totalCountIsCapped": false, "edges": [{ "node": { "id": "d", "template": "order_email", "channel": "EMAIL", "reason": "SMTP 550", "createdAt": "2026-03-31T07:00:00Z", "contact": named("Ana Pérez") } }] },
        "agenda": { "madeAt": "2026-03-31T11:58:00Z", "more": false, "openings": [
            { "day": "2026-03-31", "contacts": 41, "product": { "id": "p", "name": "Photo de rue" }, "module": { "name": "La lumière du soir" } },
            { "day": "2026-03-31", "contacts": 1, "product": { "id": "y", "name": "Yoga du matin" }, "module": null },
            { "day": "2026-04-03", "contacts": 1204, "product": { "id": "m", "name": "La Lettre des vignerons indépendants de Bourgogne" }, "module": { "name": "Numéro 413" } },
            { "day": "2026-04-06", "contacts": 7, "product": { "id": "p", "name": "Photo de rue" }, "module": { "name": "Le cadre" } }] },
        "erp": { "connected": true, "source": "Dolibarr", "running": false, "lag": 240, "nextRun": "2026-03-31T12:10:00Z", "lastSuccess": { "startedAt": "2026-03-31T11:55:00Z" }, "error": null },
        "activity": { "days": days, "complete": true },
        "auditTrail": { "edges": acts.clone() },
    }))?;
    let cx = || book.cx(Place::Home);
    book.write("home", home::Home { cx: cx(), found: answer, today })?;
    let new = home::Answer { all: Some(serde_json::from_value(count(0))?), ..Default::default() };
    book.write("home-first", home::Home { cx: cx(), found: new, today })?;

    let info = json!({ "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let trail: history::Trail = serde_json::from_value(json!({ "edges": acts, "pageInfo": info }))?;
    let cx = || book.cx(Place::History);
    book.write("account-history", history::History { cx: cx(), narrowed: Default::default(), trail })?;
    let narrowed = history::Narrowed { about: "CLAIMS".into(), ..Default::default() };
    book.write("account-history-none", history::History { cx: cx(), narrowed, trail: Default::default() })?;
    let products = serde_json::from_value(
        json!({ "products": { "edges": [{ "node": { "id": "p", "name": "Photo de rue", "modules": [], "orderEmail": null } }], "pageInfo": info } }),
    )?;
    let could = |name: &str, open: bool| {
        json!({ "node": { "open": open, "reason": if open { "OPEN" } else { "SUSPENDED" }, "at": "2026-03-03T13:05:00Z", "contact": { "id": "c", "displayName": name, "email": "nom@exemple.fr" },
        "decision": { "trace": [{ "gate": "MODE", "passed": open, "code": "X", "detail": "L’accès est activé.", "event": null }] } } })
    };
    let found = serde_json::from_value(
        json!({ "product": { "id": "p", "name": "Photo de rue" }, "whoCouldOpen": { "edges": [could("Léa Fontaine", true), could("Émile Bérard", false)], "pageInfo": info } }),
    )?;
    book.write(
        "who-could",
        history::WhoCould {
            cx: cx(),
            products,
            search: String::new(),
            on: "2026-03-03".into(),
            closed: true,
            found: Some(found),
        },
    )
}
