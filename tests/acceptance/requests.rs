//! Verifications, requests for deletion, and what an act would do before it is done (rows S2 to S4, A14, A15, B11).

use crate::place::{Place, codes, everywhere, refusal, refusals, text};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use domain::ContactId;
use projections::Ask;
use serde_json::{Value, json};
use sesame::vault::link::Purpose;
use uuid::Uuid;

/// What is to be mailed by this template: the data of each, as stored.
pub async fn mails(place: &Place, template: &str) -> Vec<Value> {
    let ask =
        Ask::<(Vec<u8>,)>::new("SELECT data FROM outbox WHERE template = $1 ORDER BY position, id", [template.into()]);
    let rows = place.service.db().fetch(ask).await.unwrap();
    rows.into_iter().map(|(data,)| serde_json::from_slice(&data).unwrap()).collect()
}

pub fn uuid(contact: &str) -> Uuid {
    contact.parse::<ContactId>().unwrap().0
}

/// The link that the newest mail of this template carries.
async fn link(place: &Place, template: &str, purpose: Purpose) -> String {
    let mail = mails(place, template).await.pop().unwrap();
    let id = |name: &str| text(&mail[name]).parse::<Uuid>().unwrap();
    place.service.vault().link(purpose, id("contact"), id("occasion")).reveal().to_owned()
}

const STATUS: &str = "query($id: ID!) { contact(id: $id) { emailVerified emailVerification { status requestedAt linkExpiresAt againFrom verifiedAt } } }";

async fn status(place: &Place, contact: &str) -> Value {
    place.data(STATUS, json!({ "id": contact })).await["contact"].clone()
}

async fn trail(place: &Place, contact: &str) -> Vec<(String, String)> {
    let query = "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c }) { edges { node { sentence actor { kind } } } } }";
    let data = place.data(query, json!({ "a": place.account, "c": contact })).await;
    let entry = |e: &Value| (text(&e["node"]["sentence"]), text(&e["node"]["actor"]["kind"]));
    data["auditTrail"]["edges"].as_array().unwrap().iter().map(entry).collect()
}

#[tokio::test]
async fn s2_a_new_contact_verifies_its_email_by_the_mailed_link_once() {
    for place in everywhere().await {
        let c = place.person("Dupont", "anne@exemple.fr").await;
        let sheet = status(&place, &c).await;
        assert_eq!(
            (&sheet["emailVerified"], &sheet["emailVerification"]["status"]),
            (&json!(false), &json!("UNVERIFIED"))
        );
        assert_eq!(sheet["emailVerification"]["linkExpiresAt"], "2026-04-07T10:00:00Z");
        assert_eq!(mails(&place, "verify_email").await.len(), 1);
        let mailed = link(&place, "verify_email", Purpose::VerifyEmail).await;
        // Whoever has the mailbox posts it; they need not reach the account, and are not shown the contact then.
        let stranger = place.another("Ailleurs").await;
        let wrong = place.service.vault().link(Purpose::Portal, uuid(&c), Uuid::nil());
        for other in ["", "abc", wrong.reveal()] {
            assert_eq!(stranger.refused("verifyEmail", json!({ "link": other })).await, refusal("INVALID", "link"));
        }
        let verified = stranger.done("verifyEmail", json!({ "link": mailed }), "contact { id }").await;
        assert_eq!(verified["contact"], json!(null));
        let sheet = status(&place, &c).await;
        assert_eq!(
            (&sheet["emailVerified"], &sheet["emailVerification"]["status"]),
            (&json!(true), &json!("VERIFIED"))
        );
        assert_eq!(trail(&place, &c).await[0], ("E-mail address verified".to_owned(), "LINK".to_owned()));
        let again = place.change("verifyEmail", json!({ "link": mailed }), "").await;
        assert_eq!(refusals(&again), refusal("NOT_ALLOWED_NOW", "link"));
        assert!(text(&again["userErrors"][0]["message"]).contains("ask for a new one"), "{again}");
        place.done("requestVerification", json!({ "contactId": c }), "").await;
        assert_eq!(mails(&place, "verify_email").await.len(), 1, "verified already: nothing to mail");
    }
}

#[tokio::test]
async fn s2_another_mail_may_be_asked_for_after_a_minute_and_makes_the_first_link_old() {
    for place in everywhere().await {
        let c = place.person("Dupont", "anne@exemple.fr").await;
        let first = link(&place, "verify_email", Purpose::VerifyEmail).await;
        let early = place.change("requestVerification", json!({ "contactId": c }), "").await;
        assert_eq!(refusals(&early), refusal("NOT_ALLOWED_NOW", ""));
        assert!(text(&early["userErrors"][0]["message"]).contains("Try again in 60 s"), "{early}");
        place.later(TimeDelta::seconds(60));
        place.done("requestVerification", json!({ "contactId": c }), "").await;
        let second = link(&place, "verify_email", Purpose::VerifyEmail).await;
        assert!(first != second);
        assert_eq!(place.refused("verifyEmail", json!({ "link": first })).await, refusal("NOT_ALLOWED_NOW", "link"));
        place.later(TimeDelta::days(7));
        assert_eq!(place.refused("verifyEmail", json!({ "link": second })).await, refusal("NOT_ALLOWED_NOW", "link"));
        place.done("requestVerification", json!({ "contactId": c }), "").await;
        let third = link(&place, "verify_email", Purpose::VerifyEmail).await;
        let bounce = json!({ "contactId": c, "email": "anne@exemple.fr" });
        let bounced = place.done("recordBounce", bounce, "contact { emailVerification { status } }").await;
        assert_eq!(bounced["contact"]["emailVerification"]["status"], "BOUNCED");
        place.done("verifyEmail", json!({ "link": third }), "").await;
        assert_eq!(status(&place, &c).await["emailVerified"], true);
    }
}

#[tokio::test]
async fn s3_a_group_gets_no_mail_until_it_is_a_person_and_neither_does_an_imported_contact() {
    for place in everywhere().await {
        let group = json!({ "accountId": place.account, "kind": "GROUP", "companyName": "Équipe", "email": "equipe@exemple.fr" });
        let g = text(&place.done("addContact", group, "contact { id }").await["contact"]["id"]);
        place.contact("Sans", "Adresse").await;
        let file = "Nom;E-mail\nMartin;martin@exemple.fr\n";
        let import = Request::post(format!("/import/contacts?account={}", place.account))
            .header("authorization", format!("Bearer {}", place.token))
            .header("content-type", "text/csv")
            .body(Body::from(file))
            .unwrap();
        let imported = place.send(import).await;
        assert_eq!(imported.json()["created"], 1, "{}", imported.text);
        assert_eq!(mails(&place, "verify_email").await, Vec::<Value>::new());
        assert_eq!(
            place.refused("requestVerification", json!({ "contactId": g })).await,
            refusal("NOT_ALLOWED_NOW", "kind")
        );
        place.done("editContact", json!({ "contactId": g, "kind": "PERSON" }), "").await;
        assert_eq!(mails(&place, "verify_email").await.len(), 1);
        assert_eq!(mails(&place, "verify_email").await[0]["contact"], json!(uuid(&g)));
    }
}

#[tokio::test]
async fn a14_another_email_is_verified_anew_and_the_same_one_is_not() {
    for place in everywhere().await {
        let c = place.person("Dupont", "anne@exemple.fr").await;
        let first = link(&place, "verify_email", Purpose::VerifyEmail).await;
        place.done("verifyEmail", json!({ "link": first }), "").await;
        let wanted = "contact { email emailVerified lastName }";
        let same = json!({ "contactId": c, "email": " ANNE@exemple.fr", "lastName": "Durand" });
        assert_eq!(place.done("editContact", same, wanted).await["contact"]["emailVerified"], true);
        assert_eq!(mails(&place, "verify_email").await.len(), 1);
        let other = json!({ "contactId": c, "email": "anne@autre.fr" });
        assert_eq!(place.done("editContact", other, wanted).await["contact"]["emailVerified"], false);
        assert_eq!(mails(&place, "verify_email").await.len(), 2);
        let second = link(&place, "verify_email", Purpose::VerifyEmail).await;
        place.done("verifyEmail", json!({ "link": second }), "").await;
        assert_eq!(status(&place, &c).await["emailVerified"], true);
    }
}

const REQUESTS: &str = "query($a: ID, $n: Int, $after: String) { deletionRequests(accountId: $a, first: $n, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { status reason requestedAt contact { id lastName } } } } }";

#[tokio::test]
async fn s4_support_decides_about_deletions_and_the_account_only_asks() {
    for place in everywhere().await {
        let other = place.another("Ailleurs").await;
        let (c, d) = (place.person("Dupont", "anne@exemple.fr").await, place.contact("Zoé", "Petit").await);
        let ask = |c: &str| json!({ "contactId": c, "reason": "partie à la retraite" });
        let refused = place.change("requestDeletion", ask(&c), "").await;
        assert_eq!(refusals(&refused), refusal("NOT_ALLOWED_NOW", ""));
        assert!(text(&refused["userErrors"][0]["message"]).contains("deletes its contacts itself"), "{refused}");
        for of in [&place, &other] {
            let policy = json!({ "accountId": of.account, "deletionPolicy": "SUPPORT_ONLY" });
            of.done("setPolicies", policy, "").await;
        }
        assert_eq!(
            place.refused("deleteContact", json!({ "contactId": c, "confirm": true })).await,
            refusal("DELETION_NEEDS_SUPPORT", "")
        );
        let asked =
            place.done("requestDeletion", ask(&c), "contact { deletionRequest { status reason } deletedAt }").await;
        assert_eq!(
            asked["contact"]["deletionRequest"],
            json!({ "status": "REQUESTED", "reason": "partie à la retraite" })
        );
        place.later(TimeDelta::hours(1));
        place.done("requestDeletion", ask(&c), "").await;
        place.done("requestDeletion", json!({ "contactId": d }), "").await;
        let foreign = other.contact("Loin", "Loin").await;
        place.later(TimeDelta::hours(1));
        other.done("requestDeletion", json!({ "contactId": foreign }), "").await;
        assert_eq!(mails(&place, "deletion_requested").await.len(), 3, "asking again is no news");
        let support = json!({ "role": "STAFF", "name": "support" });
        let support = text(&place.done_as(&place.operator, "createToken", support, "token").await["token"]);
        // The account sees its own; support sees all, oldest first, page by page.
        let names = |data: &Value| {
            let edges = data["deletionRequests"]["edges"].as_array().unwrap();
            edges.iter().map(|e| text(&e["node"]["contact"]["lastName"])).collect::<Vec<_>>()
        };
        assert_eq!(names(&place.data(REQUESTS, json!({ "a": place.account })).await), ["Dupont", "Petit"]);
        assert_eq!(names(&other.data(REQUESTS, json!({})).await), ["Loin"]);
        assert_eq!(codes(&other.ask(REQUESTS, json!({ "a": place.account })).await), ["NOT_FOUND"]);
        let staff = async |variables: Value| place.ask_as(&support, REQUESTS, variables).await.json()["data"].clone();
        let page = staff(json!({ "n": 2 })).await;
        assert_eq!(
            (names(&page), &page["deletionRequests"]["totalCount"]),
            (vec!["Dupont".into(), "Petit".into()], &json!(3))
        );
        let after = page["deletionRequests"]["pageInfo"]["endCursor"].clone();
        assert_eq!(names(&staff(json!({ "after": after })).await), ["Loin"]);
        // Only support decides.
        let decide = async |token: &str, mutation: &str, contact: &str| {
            let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
            let query = format!(
                "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ contact {{ lastName deletedAt }} userErrors {{ code field }} }} }}"
            );
            place.ask_as(token, &query, json!({ "input": { "contactId": contact } })).await.json()["data"][mutation]
                .clone()
        };
        for mutation in ["approveDeletion", "rejectDeletion"] {
            for token in [&place.token, &other.token] {
                assert_eq!(refusals(&decide(token, mutation, &c).await), refusal("FORBIDDEN", ""));
            }
        }
        let rejected = decide(&support, "rejectDeletion", &d).await;
        assert_eq!(
            (&rejected["contact"]["lastName"], &rejected["contact"]["deletedAt"]),
            (&json!("Petit"), &json!(null))
        );
        assert_eq!(refusals(&decide(&support, "approveDeletion", &d).await), refusal("NOT_ALLOWED_NOW", ""));
        assert_eq!(
            refusals(&decide(&support, "approveDeletion", &place.account).await),
            refusal("NOT_FOUND", "contactId")
        );
        // A subscription that runs holds it back.
        let p = place.product("Revue", &[]).await;
        let start = json!({ "contactId": c, "productId": p, "type": "Annuel", "billing": "RECURRING" });
        let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
        assert_eq!(refusals(&decide(&support, "approveDeletion", &c).await), refusal("HAS_LIVE_SUBSCRIPTION", ""));
        place.done("detachContact", json!({ "subscriptionId": s, "contactId": c }), "").await;
        let approved = decide(&support, "approveDeletion", &c).await;
        assert!(approved["contact"]["deletedAt"].is_string(), "{approved}");
        assert_eq!(
            trail(&place, &c).await[..2].iter().map(|(said, _)| said.as_str()).collect::<Vec<_>>(),
            ["Contact deleted", "Deletion approved by support"]
        );
        let query = "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c }, first: 1) { edges { node { onBehalfOf } } } }";
        let entry = place.data(query, json!({ "a": place.account, "c": c })).await;
        assert_eq!(entry["auditTrail"]["edges"][0]["node"]["onBehalfOf"], place.account.as_str());
        let decided = mails(&place, "deletion_decided").await;
        let of =
            |contact: &str| decided.iter().find(|m| m["contact"] == json!(uuid(contact))).unwrap()["approved"].clone();
        assert_eq!((decided.len(), of(&d), of(&c)), (2, json!(false), json!(true)));
        assert_eq!(names(&place.data(REQUESTS, json!({})).await), Vec::<String>::new());
        // Deleted, its e-mail is free.
        place.person("Nouveau", "anne@exemple.fr").await;
    }
}

const IMPACT: &str = "query($act: ImpactAct!, $c: ID, $p: ID) { impact(act: $act, contactId: $c, productId: $p) {
    contacts { count capped } products { count } openClaims { count } liveSubscriptions { count } portalAccount userErrors { code } sentence } }";

async fn impact(place: &Place, act: &str, contact: Option<&str>, product: Option<&str>) -> Value {
    place.data(IMPACT, json!({ "act": act, "c": contact, "p": product })).await["impact"].clone()
}

#[tokio::test]
async fn a15_a_deletion_is_confirmed_after_what_will_be_lost_was_told() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        for name in ["Yoga", "Chant"] {
            let p = place.product(name, &[]).await;
            place.grant(&c, &p).await;
        }
        let told = impact(&place, "DELETE_CONTACT", Some(&c), None).await;
        assert_eq!(told["sentence"], "Closes 2 products for 1 contact.");
        assert_eq!(told["userErrors"], json!([]));
        let unconfirmed =
            place.change("deleteContact", json!({ "contactId": c }), "contact { version deletedAt }").await;
        assert_eq!(refusals(&unconfirmed), refusal("REQUIRED", "confirm"));
        assert_eq!(unconfirmed["contact"]["deletedAt"], json!(null));
        assert_eq!(
            place.refused("deleteContact", json!({ "contactId": c, "confirm": false })).await,
            refusal("REQUIRED", "confirm")
        );
        assert_eq!(
            place.refused("deleteContact", json!({ "contactId": c, "expectedVersion": 99 })).await,
            refusal("VERSION_CONFLICT", "expectedVersion")
        );
        let version = unconfirmed["contact"]["version"].clone();
        let seen = json!({ "contactId": c, "expectedVersion": version });
        assert!(place.done("deleteContact", seen, "contact { deletedAt }").await["contact"]["deletedAt"].is_string());
        place.done("deleteContact", json!({ "contactId": c }), "").await;
    }
}

#[tokio::test]
async fn b11_an_impact_is_counted_before_the_act_and_is_what_the_act_then_does() {
    for mut place in everywhere().await {
        let (yoga, chant) = (place.product("Yoga", &[]).await, place.product("Chant", &[]).await);
        let mut contacts = Vec::new();
        for n in 0..4 {
            let c = place.contact("Anne", &format!("Nom{n}")).await;
            place.grant(&c, &yoga).await;
            contacts.push(c);
        }
        place
            .done("setAccessMode", json!({ "contactId": contacts[3], "productId": yoga, "mode": "SUSPENDED" }), "")
            .await;
        let c = contacts[0].clone();
        let start = json!({ "contactId": c, "productId": chant, "type": "Annuel", "billing": "RECURRING" });
        let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
        let claim = json!({ "contactId": c, "subscriptionId": s, "text": "Rien reçu" });
        place.done("openClaim", claim, "").await;
        place.lang = "fr";
        let of_yoga = impact(&place, "SUSPEND", None, Some(&yoga)).await;
        assert_eq!(of_yoga["sentence"], "Ferme 1 produit pour 3 contacts.");
        assert_eq!(of_yoga["contacts"], json!({ "count": 3, "capped": false }));
        assert_eq!(impact(&place, "REMOVE_ACCESS", None, Some(&yoga)).await["contacts"]["count"], 4);
        let archived = impact(&place, "ARCHIVE_PRODUCT", None, Some(&chant)).await;
        assert_eq!(
            archived["sentence"],
            "Plus de nouvel accès\u{202f}; gardé par 1 contact, 1 réclamation ouverte, 1 abonnement en cours."
        );
        let deleted = impact(&place, "DELETE_CONTACT", Some(&c), None).await;
        assert_eq!(
            deleted["sentence"],
            "Ferme 2 produits pour 1 contact, 1 réclamation ouverte, 1 abonnement en cours."
        );
        assert_eq!(deleted["userErrors"], json!([{ "code": "HAS_LIVE_SUBSCRIPTION" }]));
        for act in ["ERASE", "DEACTIVATE"] {
            assert_eq!(impact(&place, act, Some(&c), None).await["products"]["count"], 2, "{act}");
        }
        // Of one access; and then the act does just that.
        let one = impact(&place, "SUSPEND", Some(&c), Some(&yoga)).await;
        assert_eq!((&one["products"]["count"], &one["openClaims"]["count"]), (&json!(1), &json!(0)));
        place.done("setAccessMode", json!({ "contactId": c, "productId": yoga, "mode": "SUSPENDED" }), "").await;
        assert_eq!(place.decision(&c, &yoga, None).await["open"], false);
        assert_eq!(impact(&place, "SUSPEND", Some(&c), Some(&yoga)).await["products"]["count"], 0);
        assert_eq!(impact(&place, "SUSPEND", None, Some(&yoga)).await["contacts"]["count"], 2);
        assert_eq!(
            impact(&place, "REMOVE_ACCESS", Some(&contacts[1]), Some(&chant)).await["userErrors"],
            json!([{ "code": "NOT_GRANTED" }])
        );
        // Another account's are unknown, and an act without its thing is no question.
        let other = place.another("Ailleurs").await;
        for variables in [json!({ "act": "ERASE", "c": c }), json!({ "act": "SUSPEND", "p": yoga })] {
            assert_eq!(codes(&other.ask(IMPACT, variables).await), ["NOT_FOUND"]);
        }
        for variables in [
            json!({ "act": "ERASE" }),
            json!({ "act": "ERASE", "p": yoga }),
            json!({ "act": "ARCHIVE_PRODUCT", "c": c }),
        ] {
            assert_eq!(codes(&place.ask(IMPACT, variables).await), ["GRAPHQL_VALIDATION_FAILED"]);
        }
    }
}
