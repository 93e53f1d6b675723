//! Who imports: a member with the right, in their own name, and over nobody's head (rows B5, O8).

use crate::{
    imports::{apply, plan, post_as, rows, undo, until},
    place::{Place, codes, everywhere, refusal, text},
};
use axum::http::StatusCode;
use serde_json::{Value, json};

/// A guest of the account with these rights; a token.
async fn guest(place: &Place, email: &str, permissions: Value) -> String {
    let (_, token) = place.user(email).await;
    let invite = json!({ "accountId": place.account, "email": email, "permissions": permissions });
    let contact = text(&place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
    place.done_as(&token, "acceptInvitation", json!({ "contactId": contact }), "").await;
    token
}

/// Someone who holds a right and has not signed in yet: whoever has the e-mail is this member.
async fn keeper(place: &Place) -> String {
    let add = json!({ "accountId": place.account, "lastName": "Gardien", "email": "gardien@exemple.fr", "permissions": ["SECURITY"] });
    let id = text(&place.done("addMember", add, "contact { id }").await["contact"]["id"]);
    place.done("editContact", json!({ "contactId": id, "externalId": "G1" }), "").await;
    id
}

async fn email(place: &Place, contact: &str) -> Value {
    place.data("query($id: ID!) { contact(id: $id) { email } }", json!({ "id": contact })).await["contact"]["email"]
        .clone()
}

#[tokio::test]
async fn b5_a_member_imports_applies_and_takes_back_in_their_own_name() {
    for place in everywhere().await {
        let deploys = guest(&place, "zoe@exemple.fr", json!(["DEPLOYMENT"])).await;
        let answers = guest(&place, "paul@exemple.fr", json!(["SUPPORT"])).await;
        let csv = "ID;Nom\nC1;Un\nC2;Deux\n";
        assert_eq!(post_as(&place, &answers, csv, "").await.status, StatusCode::NOT_FOUND);
        let planned = post_as(&place, &deploys, csv, "&label=Salon").await;
        assert_eq!(planned.status, StatusCode::OK, "{}", planned.text);
        let id = text(&planned.json()["importId"]);
        let query = "query($id: ID!) { import(id: $id) { status plannedBy { kind } } }";
        let seen = place.data_as(&deploys, query, json!({ "id": id })).await["import"].clone();
        assert_eq!(seen, json!({ "status": "PLANNED", "plannedBy": { "kind": "USER" } }));
        assert_eq!(codes(&place.ask_as(&answers, query, json!({ "id": id })).await.json()), ["NOT_FOUND"]);
        for mutation in ["applyImport", "cancelImport", "undoImport"] {
            let refused = place.refused_as(&answers, mutation, json!({ "importId": id })).await;
            assert_eq!(refused, refusal("FORBIDDEN", ""), "{mutation}");
        }
        place.done_as(&deploys, "applyImport", json!({ "importId": id }), "").await;
        assert_eq!(until(&place, &id, "APPLIED").await["done"]["created"], 2);
        let trail = "query($a: ID!) { auditTrail(accountId: $a, filter: { origin: IMPORT }, first: 50) { edges { node { type actor { kind } } } } }";
        let trail = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let by =
            |kind: &str| trail.as_array().unwrap().iter().filter(|e| e["node"]["type"] == kind).collect::<Vec<_>>();
        assert!(by("contact.added.v1").len() == 2 && by("contact.labelled.v1").len() == 2, "{trail:#}");
        assert!(trail.as_array().unwrap().iter().all(|e| e["node"]["actor"]["kind"] == "USER"), "{trail:#}");
        place.done_as(&deploys, "undoImport", json!({ "importId": id }), "").await;
        assert_eq!(until(&place, &id, "UNDONE").await["undo"]["removed"], 2);
    }
}

#[tokio::test]
async fn o8_a_file_takes_over_nobody_s_rights() {
    for place in everywhere().await {
        let gardien = keeper(&place).await;
        let plain = place.person("Simple", "simple@exemple.fr").await;
        let deploys = guest(&place, "zoe@exemple.fr", json!(["DEPLOYMENT"])).await;
        let csv = "ID;Nom;E-mail;Téléphone\nG1;Gardien;zoe2@exemple.fr;01\n;Simple;simple@exemple.fr;02\n";
        // Planned by who may not: refused at once, and the other rows go.
        let planned = post_as(&place, &deploys, csv, "").await.json();
        assert_eq!((&planned["updated"], &planned["rejected"]), (&json!(1), &json!(1)), "{planned:#}");
        let error = &planned["errors"][0];
        assert_eq!((&error["code"], &error["column"]), (&json!("PERMISSION_NOT_HELD"), &json!("E-mail")));
        // What was only a wrong value is left out, where that was asked; the phone is no matter of rights.
        let lenient = post_as(&place, &deploys, csv, "&policy=IGNORE_FAILED").await.json();
        assert_eq!((&lenient["updated"], &lenient["leftOut"][0]["code"]), (&json!(2), &json!("PERMISSION_NOT_HELD")));
        // The same at once, and tried.
        for options in ["&dryRun=true", ""] {
            let answer = crate::imports::at_once_as(&place, &deploys, csv, options).await.json();
            assert_eq!((&answer["updated"], &answer["rejected"]), (&json!(1), &json!(1)), "{options}: {answer:#}");
        }
        // Planned by who may, applied by who may not: left out, and told.
        let id = text(&plan(&place, csv, "").await["importId"]);
        place.done_as(&deploys, "applyImport", json!({ "importId": id }), "").await;
        let applied = until(&place, &id, "APPLIED").await;
        assert_eq!((&applied["done"]["updated"], &applied["leftOut"]), (&json!(0), &json!(1)), "{applied:#}");
        assert_eq!(rows(&place, &id, Some("LEFT_OUT")).await[0]["errors"][0]["code"], "PERMISSION_NOT_HELD");
        assert_eq!(email(&place, &gardien).await, "gardien@exemple.fr");
        // Applied by who may, taken back by who may not: the e-mail stays.
        let id = text(&plan(&place, csv, "").await["importId"]);
        assert_eq!(apply(&place, &id).await["done"]["updated"], 1);
        assert_eq!(email(&place, &gardien).await, "zoe2@exemple.fr");
        place.done_as(&deploys, "undoImport", json!({ "importId": id }), "").await;
        until(&place, &id, "UNDONE").await;
        let kept = rows(&place, &id, Some("KEPT")).await;
        assert_eq!((&kept[0]["kept"]["code"], &kept[0]["kept"]["fields"]), (&json!("PARTLY"), &json!(["email"])));
        assert_eq!(email(&place, &gardien).await, "zoe2@exemple.fr");
        assert_eq!(email(&place, &plain).await, "simple@exemple.fr");
    }
}

#[tokio::test]
async fn o8_who_may_takes_everything_back() {
    for place in everywhere().await {
        let gardien = keeper(&place).await;
        let id = text(&plan(&place, "ID;E-mail\nG1;autre@exemple.fr\n", "").await["importId"]);
        apply(&place, &id).await;
        assert_eq!(email(&place, &gardien).await, "autre@exemple.fr");
        assert_eq!(undo(&place, &id).await["undo"]["restored"], 1);
        assert_eq!(email(&place, &gardien).await, "gardien@exemple.fr");
    }
}
