//! Asking support to delete a contact.

use crate::{Book, Done};
use pages::{
    Place,
    deletions::{Deletions, List, Request, RequestAnswer},
    parts::Form,
    support,
};
use serde_json::json;

/// The desk of support.
fn desk(book: &Book) -> Done {
    let cx = || pages::Cx { nav: None, person: None, ..book.cx(Place::Settings) };
    let info = json!({ "hasNextPage": true, "hasPreviousPage": false, "startCursor": "s", "endCursor": "e" });
    let row = |n: usize, name: &str, company: &str, reason: Option<&str>| {
        json!({ "node": { "contact": { "id": "c", "displayName": name, "email": "nom@exemple.fr" }, "account": { "number": format!("S-10{n}"), "companyName": company }, "status": "REQUESTED",
            "requestedAt": format!("2026-03-2{n}T08:00:00Z"), "requestedBy": { "label": "Camille Roux" }, "reason": reason } })
    };
    let list = serde_json::from_value(json!({ "edges": [
        row(1, "Léa Fontaine", "Atelier du Large", Some("Elle l’a demandé par lettre.")),
        row(8, "Jean-Baptiste de La Rochefoucauld-Montmorency", "La Lettre des vignerons indépendants de Bourgogne", None)], "pageInfo": info }))?;
    book.write("support", support::Requests { cx: cx(), list })?;
    book.write("support-none", support::Requests { cx: cx(), list: Default::default() })?;
    book.write("support-enter", support::Enter::refused(cx()))?;
    let answer: RequestAnswer = serde_json::from_value(json!({
        "contact": { "id": "c", "version": 3, "displayName": "Léa Fontaine", "email": "lea@exemple.fr", "deletedAt": null,
            "deletionRequest": { "status": "REQUESTED", "requestedAt": "2026-03-12T08:00:00Z", "requestedBy": { "label": "Camille Roux" }, "reason": "Elle l’a demandé par lettre.",
                "account": { "number": "S-101", "companyName": "Atelier du Large", "timeZone": "Europe/Paris" } } },
        "impact": { "sentence": "2 accès ouverts se ferment, 1 réclamation reste ouverte." } }))?;
    let Some((contact, asked)) = answer.contact.and_then(|c| Some((c.clone(), c.deletion_request?))) else {
        return Ok(());
    };
    book.write(
        "support-request",
        support::Decide { cx: cx(), contact, asked, impact: answer.impact, form: Form::default() },
    )
}

pub fn write(book: &Book) -> Done {
    desk(book)?;
    let cx = || book.cx(Place::Settings);
    let row = |n: usize, name: &str, reason: Option<&str>| {
        json!({ "node": { "contact": { "id": "c", "displayName": name, "email": "nom@exemple.fr" }, "status": "REQUESTED",
            "requestedAt": format!("2026-03-2{n}T08:00:00Z"), "requestedBy": { "label": "Camille Roux" }, "reason": reason } })
    };
    let info = json!({ "hasNextPage": false, "hasPreviousPage": false, "startCursor": null, "endCursor": null });
    let list: List = serde_json::from_value(json!({ "edges": [
        row(1, "Léa Fontaine", Some("Elle l’a demandé par lettre.")),
        row(8, "Jean-Baptiste de La Rochefoucauld-Montmorency", None)], "pageInfo": info }))?;
    let policy = || "SUPPORT_ONLY".to_owned();
    book.write("deletions", Deletions { cx: cx(), policy: policy(), list })?;
    book.write("deletions-first", Deletions { cx: cx(), policy: policy(), list: List::default() })?;
    let answer: RequestAnswer = serde_json::from_value(json!({
        "contact": { "id": "c", "version": 3, "displayName": "Léa Fontaine", "email": null, "deletedAt": null,
            "deletionRequest": { "status": "REJECTED", "requestedAt": "2026-01-12T08:00:00Z", "requestedBy": { "label": "Camille Roux" }, "rejection": "Un abonnement est en cours.", "decidedAt": "2026-01-13T08:00:00Z" } },
        "impact": { "sentence": "2 accès ouverts se ferment, 1 réclamation reste ouverte." } }))?;
    match answer.contact {
        Some(contact) => {
            book.write("deletion-ask", Request { cx: cx(), contact, impact: answer.impact, form: Form::default() })
        }
        None => Ok(()),
    }
}
