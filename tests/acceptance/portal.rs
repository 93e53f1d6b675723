//! The portal, its logins, complaints, and addresses for a time (rows U3, U7, U8, U10 to U15, B16).

use crate::{
    place::{Place, at, codes, everywhere, refusal, refusals, text},
    requests::{mails, uuid},
};
use axum::{body::Body, http::Request};
use serde_json::{Value, json};

fn address(city: &str) -> Value {
    json!({ "line1": "1 rue A", "postalCode": "75007", "city": city })
}

async fn subscriber(place: &Place, last: &str, email: Option<&str>) -> String {
    let input = json!({ "accountId": place.account, "lastName": last, "email": email, "address": address("Paris") });
    text(&place.done("addContact", input, "contact { id }").await["contact"]["id"])
}

async fn revue(place: &Place) -> String {
    let modules: Vec<_> =
        [0, 30, 60].iter().map(|d| json!({ "name": format!("N° {d}"), "opensAfterDays": d })).collect();
    let input = json!({ "accountId": place.account, "name": "Revue", "delivered": true, "modules": modules });
    text(&place.done("createProduct", input, "product { id }").await["product"]["id"])
}

async fn subscription(place: &Place, contact: &str, product: &str, starts: &str, ends: Option<&str>) -> String {
    let start = json!({ "contactId": contact, "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": starts, "endsOn": ends });
    text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"])
}

async fn claim(place: &Place, contact: &str, subscription: &str, said: &str) -> String {
    let input = json!({ "contactId": contact, "subscriptionId": subscription, "text": said });
    text(&place.done("openClaim", input, "claim { id }").await["claim"]["id"])
}

#[tokio::test]
async fn u13_a_login_is_opened_only_with_an_email_at_creation_or_later() {
    for place in everywhere().await {
        let wanted = "contact { id portalAccount portalLogin { role linkExpiresAt } }";
        let form = |email: Option<&str>, portal: &str| json!({ "accountId": place.account, "lastName": "Dupont", "email": email, "portalAccount": portal });
        assert_eq!(place.refused("addContact", form(None, "SUBSCRIBER")).await, refusal("EMAIL_REQUIRED", "email"));
        let none = place.done("addContact", form(None, "NONE"), wanted).await["contact"].clone();
        assert_eq!((&none["portalAccount"], &none["portalLogin"]), (&json!("NONE"), &json!(null)));
        let added =
            place.done("addContact", form(Some("anne@exemple.fr"), "SUBSCRIBER"), wanted).await["contact"].clone();
        assert_eq!(added["portalAccount"], "SUBSCRIBER");
        assert_eq!(added["portalLogin"], json!({ "role": "SUBSCRIBER", "linkExpiresAt": "2026-04-07T10:00:00Z" }));
        // The same e-mail is one subscriber's only, and the refused form left nothing behind.
        assert_eq!(
            place.refused("addContact", form(Some("ANNE@exemple.fr"), "ADMINISTRATOR")).await,
            refusal("EMAIL_TAKEN", "email")
        );
        assert_eq!(mails(&place, "portal_owner").await.len(), 1);
        // The login goes before its e-mail does.
        let id = text(&added["id"]);
        for email in [json!(null), json!("anne@autre.fr")] {
            let edit = place.change("editContact", json!({ "contactId": id, "email": email }), "").await;
            assert_eq!(refusals(&edit), refusal("NOT_ALLOWED_NOW", "email"));
            assert!(text(&edit["userErrors"][0]["message"]).contains("close that first"), "{edit}");
        }
        let both = json!({ "contactId": id, "email": null, "portalAccount": "NONE" });
        assert_eq!(place.done("editContact", both, wanted).await["contact"]["portalAccount"], "NONE");
        assert_eq!(
            place.refused("openPortalAccount", json!({ "contactId": id, "role": "SUBSCRIBER" })).await,
            refusal("EMAIL_REQUIRED", "email")
        );
        let both = json!({ "contactId": id, "email": "anne@autre.fr", "portalAccount": "ADMINISTRATOR" });
        assert_eq!(place.done("editContact", both, wanted).await["contact"]["portalAccount"], "ADMINISTRATOR");
        let group = json!({ "accountId": place.account, "kind": "GROUP", "lastName": "G", "email": "g@exemple.fr", "portalAccount": "SUBSCRIBER" });
        assert_eq!(place.refused("addContact", group).await, refusal("NOT_ALLOWED_NOW", "kind"));
    }
}

#[tokio::test]
async fn u14_u15_owner_and_subscriber_are_told_by_mail_and_no_password_is_in_either() {
    for place in everywhere().await {
        let c = subscriber(&place, "Dupont", Some("anne@exemple.fr")).await;
        place.done("openPortalAccount", json!({ "contactId": c, "role": "SUBSCRIBER" }), "").await;
        assert_eq!(mails(&place, "portal_owner").await, [json!({ "contact": uuid(&c) })]);
        let to_subscriber = mails(&place, "portal_subscriber").await;
        let fields: Vec<&str> = to_subscriber[0].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!((to_subscriber.len(), fields), (1, vec!["contact", "occasion"]), "ids, and no secret");
        // The same again and another role are no news; closed and opened again it is.
        place.done("openPortalAccount", json!({ "contactId": c, "role": "SUBSCRIBER" }), "").await;
        place.done("openPortalAccount", json!({ "contactId": c, "role": "ADMINISTRATOR" }), "").await;
        assert_eq!(mails(&place, "portal_subscriber").await.len(), 1);
        place.done("closePortalAccount", json!({ "contactId": c }), "contact { portalAccount }").await;
        place.done("openPortalAccount", json!({ "contactId": c, "role": "SUBSCRIBER" }), "").await;
        let twice = mails(&place, "portal_subscriber").await;
        assert!(twice.len() == 2 && twice.iter().any(|mail| mail["occasion"] != to_subscriber[0]["occasion"]));
        let query = "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c }, first: 3) { edges { node { sentence changes { field before after } } } } }";
        let trail = place.data(query, json!({ "a": place.account, "c": c })).await["auditTrail"]["edges"].clone();
        assert_eq!(trail[0]["node"]["sentence"], "Portal account opened as subscriber");
        assert_eq!(
            trail[1]["node"],
            json!({ "sentence": "Portal account closed", "changes": [{ "field": "portalAccount", "before": "ADMINISTRATOR", "after": null }] })
        );
    }
}

const PORTAL: &str = "query($c: ID!) { portal(contactId: $c) { role companyName contact { displayName address { city } }
    subscriptions { id product { name } claims { text contact { displayName } } } all: subscriptions(current: false) { id }
    claims { status text } closed: claims(status: CLOSED) { text }
    subscribers(first: 10) { totalCount edges { node { displayName } } } } }";

#[tokio::test]
async fn u10_a_subscriber_sees_their_own_and_u11_an_administrator_the_accounts_subscribers() {
    for place in everywhere().await {
        let (anne, zoe) = (
            subscriber(&place, "Anne", Some("anne@exemple.fr")).await,
            subscriber(&place, "Zoé", Some("zoe@exemple.fr")).await,
        );
        let p = revue(&place).await;
        let s = subscription(&place, &anne, &p, "2026-03-01", None).await;
        let past = subscription(&place, &anne, &p, "2025-01-01", Some("2025-12-31")).await;
        // One subscription, two readers.
        place.done("attachContact", json!({ "subscriptionId": s, "contactId": zoe }), "").await;
        claim(&place, &anne, &s, "Page 3 déchirée").await;
        let closed = claim(&place, &anne, &past, "Jamais reçu").await;
        claim(&place, &zoe, &s, "SECRET de Zoé").await;
        place.done("closeClaim", json!({ "claimId": closed }), "claim { status }").await;
        assert_eq!(codes(&place.ask(PORTAL, json!({ "c": anne })).await), ["NOT_FOUND"], "no login yet");
        place.done("openPortalAccount", json!({ "contactId": anne, "role": "SUBSCRIBER" }), "").await;
        let own = place.data(PORTAL, json!({ "c": anne })).await["portal"].clone();
        assert_eq!(
            own,
            json!({ "role": "SUBSCRIBER", "companyName": "Éditions du Phare", "contact": { "displayName": "Anne", "address": { "city": "Paris" } },
                "subscriptions": [{ "id": s, "product": { "name": "Revue" }, "claims": [{ "text": "Page 3 déchirée", "contact": { "displayName": "Anne" } }] }],
                "all": [{ "id": s }, { "id": past }],
                "claims": [{ "status": "CLOSED", "text": "Jamais reçu" }, { "status": "OPEN", "text": "Page 3 déchirée" }],
                "closed": [{ "text": "Jamais reçu" }], "subscribers": null })
        );
        assert!(
            !own.to_string().contains("SECRET") && !own.to_string().contains("Zoé"),
            "another's claim on the same subscription"
        );
        place.done("openPortalAccount", json!({ "contactId": anne, "role": "ADMINISTRATOR" }), "").await;
        let all = place.data(PORTAL, json!({ "c": anne })).await["portal"].clone();
        assert_eq!(
            all["subscribers"],
            json!({ "totalCount": 2, "edges": [{ "node": { "displayName": "Anne" } }, { "node": { "displayName": "Zoé" } }] })
        );
        place.done("closePortalAccount", json!({ "contactId": anne }), "").await;
        assert_eq!(codes(&place.ask(PORTAL, json!({ "c": anne })).await), ["NOT_FOUND"], "« NON » closes it at once");
        let other = place.another("Ailleurs").await;
        assert_eq!(codes(&other.ask(PORTAL, json!({ "c": zoe })).await), ["NOT_FOUND"]);
    }
}

const CLAIM: &str =
    "claim { id version status issue text steps { status text actor { kind } } subscription { id } contact { id } }";

#[tokio::test]
async fn u10_a_claim_is_answered_closed_and_opened_again_and_keeps_its_history() {
    for place in everywhere().await {
        let (c, p) = (subscriber(&place, "Dupont", Some("a@exemple.fr")).await, revue(&place).await);
        let s = subscription(&place, &c, &p, "2026-03-01", None).await;
        let open = json!({ "contactId": c, "subscriptionId": s, "issue": "N° 12", "text": "Pas reçu" });
        let opened = place.done("openClaim", open, CLAIM).await["claim"].clone();
        assert_eq!(
            (&opened["status"], &opened["issue"], &opened["text"]),
            (&json!("OPEN"), &json!("N° 12"), &json!("Pas reçu"))
        );
        assert_eq!((&opened["subscription"]["id"], &opened["contact"]["id"]), (&json!(s), &json!(c)));
        let id = text(&opened["id"]);
        let words = json!({ "claimId": id, "text": "Renvoyé" });
        assert_eq!(
            place.refused("reopenClaim", words.clone()).await,
            refusal("NOT_ALLOWED_NOW", "claimId"),
            "it is open"
        );
        let mut versioned = words.clone();
        versioned["expectedVersion"] = json!(1);
        assert_eq!(
            place.refused("answerClaim", versioned.clone()).await,
            refusal("VERSION_CONFLICT", "expectedVersion")
        );
        versioned["expectedVersion"] = opened["version"].clone();
        let answered = place.done("answerClaim", versioned, CLAIM).await["claim"].clone();
        assert_eq!(answered["status"], "ANSWERED");
        assert_eq!(mails(&place, "claim_answered").await.len(), 1);
        assert_eq!(place.refused("answerClaim", words.clone()).await, refusal("NOT_ALLOWED_NOW", "claimId"));
        assert_eq!(place.done("closeClaim", json!({ "claimId": id }), CLAIM).await["claim"]["status"], "CLOSED");
        assert_eq!(place.refused("answerClaim", words).await, refusal("NOT_ALLOWED_NOW", "claimId"));
        place.done("closeClaim", json!({ "claimId": id }), "").await;
        assert_eq!(
            place.refused("reopenClaim", json!({ "claimId": id, "text": " " })).await,
            refusal("REQUIRED", "text")
        );
        let again =
            place.done("reopenClaim", json!({ "claimId": id, "text": "Toujours rien" }), CLAIM).await["claim"].clone();
        let step =
            |status: &str, text: Option<&str>| json!({ "status": status, "text": text, "actor": { "kind": "TOKEN" } });
        assert_eq!(
            again["steps"],
            json!([
                step("OPEN", Some("Pas reçu")),
                step("ANSWERED", Some("Renvoyé")),
                step("CLOSED", None),
                step("OPEN", Some("Toujours rien"))
            ])
        );
        let node = "query($id: ID!) { node(id: $id) { id ... on Claim { status issue } } }";
        assert_eq!(place.data(node, json!({ "id": id })).await["node"]["status"], "OPEN");
        // What cannot be meant, and what is another's.
        let open = |changes: Value| {
            let mut input = json!({ "contactId": c, "subscriptionId": s, "text": "x" });
            input.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            input
        };
        assert_eq!(place.refused("openClaim", open(json!({ "text": "" }))).await, refusal("REQUIRED", "text"));
        assert_eq!(
            place.refused("openClaim", open(json!({ "text": "é".repeat(5001) }))).await,
            refusal("TOO_LONG", "text")
        );
        let zoe = place.contact("Zoé", "Petit").await;
        assert_eq!(
            place.refused("openClaim", open(json!({ "contactId": zoe }))).await,
            refusal("NOT_FOUND", "subscriptionId")
        );
        let other = place.another("Ailleurs").await;
        assert_eq!(other.refused("closeClaim", json!({ "claimId": id })).await, refusal("NOT_FOUND", "claimId"));
        assert_eq!(codes(&other.ask(node, json!({ "id": id })).await), ["NOT_FOUND"]);
        assert_eq!(place.refused("closeClaim", json!({ "claimId": "clm_1" })).await, refusal("NOT_FOUND", "claimId"));
        // Erased, its words are gone and its history stays.
        place.done("cancelSubscription", json!({ "subscriptionId": s, "endsOn": "2026-03-31" }), "").await;
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let query = "query($c: ID!) { contact(id: $c) { claims { status text steps { text } } } }";
        let erased = place.data(query, json!({ "c": c })).await["contact"]["claims"][0].clone();
        assert_eq!(
            (&erased["status"], &erased["text"], &erased["steps"][3]["text"]),
            (&json!("OPEN"), &json!(null), &json!(null))
        );
    }
}

const CLAIMS: &str = "query($a: ID!, $s: ClaimStatus, $c: ID, $n: Int, $after: String, $last: Int) {
    claims(accountId: $a, status: $s, contactId: $c, first: $n, after: $after, last: $last) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { text contact { displayName } subscription { product { name } } } } } }";

#[tokio::test]
async fn u10_claims_are_listed_newest_first_by_status_and_by_contact() {
    for place in everywhere().await {
        let p = revue(&place).await;
        let mut contacts = Vec::new();
        let mut claims = Vec::new();
        for n in 0..3 {
            let c = subscriber(&place, &format!("Nom{n}"), None).await;
            let s = subscription(&place, &c, &p, "2026-03-01", None).await;
            for m in 0..2 {
                claims.push(claim(&place, &c, &s, &format!("{n}.{m}")).await);
                place.later(chrono::TimeDelta::minutes(1));
            }
            contacts.push((c, s));
        }
        place.done("closeClaim", json!({ "claimId": claims[2] }), "").await;
        let page = async |mut variables: Value| {
            variables["a"] = json!(place.account);
            place.data(CLAIMS, variables).await["claims"].clone()
        };
        let texts = |page: &Value| {
            page["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["text"])).collect::<Vec<_>>()
        };
        let all = page(json!({})).await;
        assert_eq!(texts(&all), ["2.1", "2.0", "1.1", "1.0", "0.1", "0.0"]);
        assert_eq!(all["edges"][0]["node"]["subscription"]["product"]["name"], "Revue");
        let first = page(json!({ "n": 4 })).await;
        assert_eq!((&first["totalCount"], &first["pageInfo"]["hasNextPage"]), (&json!(6), &json!(true)));
        assert_eq!(texts(&page(json!({ "n": 4, "after": first["pageInfo"]["endCursor"] })).await), ["0.1", "0.0"]);
        assert_eq!(texts(&page(json!({ "last": 2 })).await), ["0.1", "0.0"]);
        assert_eq!(texts(&page(json!({ "s": "CLOSED" })).await), ["1.0"]);
        let of_one = page(json!({ "s": "OPEN", "c": contacts[1].0 })).await;
        assert_eq!((texts(&of_one), &of_one["totalCount"]), (vec!["1.1".to_owned()], &json!(1)));
        // On the sheet, and on the subscription.
        let query = "query($c: ID!) { contact(id: $c) { claims { text } open: claims(status: OPEN) { text } subscriptions { claims { text status } } } }";
        let sheet = place.data(query, json!({ "c": contacts[1].0 })).await["contact"].clone();
        assert_eq!(
            sheet,
            json!({ "claims": [{ "text": "1.1" }, { "text": "1.0" }], "open": [{ "text": "1.1" }],
                "subscriptions": [{ "claims": [{ "text": "1.1", "status": "OPEN" }, { "text": "1.0", "status": "CLOSED" }] }] })
        );
        let other = place.another("Ailleurs").await;
        assert_eq!(codes(&other.ask(CLAIMS, json!({ "a": place.account })).await), ["NOT_FOUND"]);
        assert_eq!(
            other.data(CLAIMS, json!({ "a": other.account, "c": contacts[0].0 })).await["claims"]["totalCount"],
            0
        );
        // A deleted contact's are in no list any more.
        let (c, s) = &contacts[2];
        place.done("detachContact", json!({ "subscriptionId": s, "contactId": c }), "").await;
        place.done("deleteContact", json!({ "contactId": c, "confirm": true }), "").await;
        assert_eq!(page(json!({})).await["totalCount"], 4);
    }
}

const DRAFT: &str = "query($c: ID!, $s: ID!, $m: ID) { claimDraft(contactId: $c, subscriptionId: $s, moduleId: $m) {
    issues { moduleId name dueOn } issue { name } address { city } text } }";

#[tokio::test]
async fn b16_a_claim_is_filled_in_from_the_late_issue_and_where_it_was_to_go() {
    for place in everywhere().await {
        let (c, p) = (subscriber(&place, "Dupont", None).await, revue(&place).await);
        let s = subscription(&place, &c, &p, "2026-02-20", None).await;
        let summer =
            json!({ "contactId": c, "address": address("Quimper"), "from": "2026-03-20", "until": "2026-03-25" });
        place.clock.set(at("2026-03-31T11:00:00Z"));
        place.done("setDeliveryAddress", summer, "").await;
        let draft = place.data(DRAFT, json!({ "c": c, "s": s })).await["claimDraft"].clone();
        let names: Vec<_> =
            draft["issues"].as_array().unwrap().iter().map(|i| (text(&i["name"]), text(&i["dueOn"]))).collect();
        let due = |name: &str, day: &str| (name.to_owned(), day.to_owned());
        assert_eq!(names, [due("N° 30", "2026-03-22"), due("N° 0", "2026-02-20")], "the third is still to come");
        assert_eq!(draft["text"], "I did not receive “N° 30” (“Revue”), due on 22 March 2026.");
        assert_eq!((&draft["issue"]["name"], &draft["address"]["city"]), (&json!("N° 30"), &json!("Quimper")));
        let first = draft["issues"][1]["moduleId"].clone();
        let of_first = place.data(DRAFT, json!({ "c": c, "s": s, "m": first })).await["claimDraft"].clone();
        assert_eq!((&of_first["issue"]["name"], &of_first["address"]["city"]), (&json!("N° 0"), &json!("Paris")));
        let open = json!({ "contactId": c, "subscriptionId": s, "moduleId": first, "text": of_first["text"] });
        let opened = place.done("openClaim", open, "claim { issue text }").await["claim"].clone();
        assert_eq!(opened["issue"], "N° 0");
        // The issue to come, one that is none, and another's subscription.
        let modules = place.data("query($p: ID!) { product(id: $p) { modules { id } } }", json!({ "p": p })).await;
        for module in [modules["product"]["modules"][2]["id"].clone(), json!("mod_1")] {
            let early = json!({ "contactId": c, "subscriptionId": s, "moduleId": module, "text": "x" });
            assert_eq!(place.refused("openClaim", early).await, refusal("NOT_ALLOWED_NOW", "moduleId"));
        }
        let zoe = place.contact("Zoé", "Petit").await;
        assert_eq!(codes(&place.ask(DRAFT, json!({ "c": zoe, "s": s })).await), ["NOT_FOUND"]);
        let other = place.another("Ailleurs").await;
        assert_eq!(codes(&other.ask(DRAFT, json!({ "c": c, "s": s })).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn b16_a_temporary_address_counts_on_its_days_and_the_former_one_comes_back() {
    for place in everywhere().await {
        let c = subscriber(&place, "Dupont", None).await;
        let summer =
            json!({ "contactId": c, "address": address("Quimper"), "from": "2026-07-01", "until": "2026-08-31" });
        place.done("setDeliveryAddress", summer, "").await;
        let sheet =
            "query($c: ID!) { contact(id: $c) { address { city } deliveryAddresses { from until address { city } } } }";
        let listed = "query($a: ID!) { subscribers(accountId: $a) { edges { node { address { city } } } } }";
        for (now, city) in [
            ("2026-06-30T21:59:59Z", "Paris"),
            ("2026-06-30T22:00:00Z", "Quimper"),
            ("2026-08-31T21:59:59Z", "Quimper"),
            ("2026-08-31T22:00:00Z", "Paris"),
        ] {
            place.clock.set(at(now));
            assert_eq!(place.data(sheet, json!({ "c": c })).await["contact"]["address"]["city"], city, "{now}");
            let list = place.data(listed, json!({ "a": place.account })).await;
            assert_eq!(list["subscribers"]["edges"][0]["node"]["address"]["city"], city, "{now}");
            let export = Request::get(format!("/export/subscribers.csv?account={}", place.account))
                .header("authorization", format!("Bearer {}", place.token))
                .body(Body::empty())
                .unwrap();
            let file = place.send(export).await.text;
            assert!(file.contains(city), "{now}: {file}");
            assert_eq!(file.contains("Quimper"), city == "Quimper", "{now}: the address of the day and no other");
        }
        // A hole in its time, and the trail of what was set.
        let hole = json!({ "contactId": c, "address": null, "from": "2026-12-01", "until": "2026-12-31" });
        place.done("setDeliveryAddress", hole, "").await;
        let days = place.data(sheet, json!({ "c": c })).await["contact"]["deliveryAddresses"].clone();
        let of = |from: Option<&str>, until: Option<&str>, city: &str| json!({ "from": from, "until": until, "address": { "city": city } });
        assert_eq!(
            days,
            json!([
                of(None, Some("2026-06-30"), "Paris"),
                of(Some("2026-07-01"), Some("2026-08-31"), "Quimper"),
                of(Some("2026-09-01"), Some("2026-11-30"), "Paris"),
                of(Some("2027-01-01"), None, "Paris")
            ])
        );
        assert_eq!(
            place
                .refused(
                    "setDeliveryAddress",
                    json!({ "contactId": c, "address": address("X"), "from": "2026-10-02", "until": "2026-10-01" })
                )
                .await,
            refusal("DATE_INVALID", "until")
        );
        let query = "query($a: ID!, $c: ID!) { auditTrail(accountId: $a, filter: { contactId: $c, types: [\"contact.delivery_address_set\"] }) { edges { node { sentence changes { field } } } } }";
        let trail = place.data(query, json!({ "a": place.account, "c": c })).await["auditTrail"]["edges"].clone();
        assert_eq!(trail[1]["node"]["sentence"], "Delivery address changed, from 1 July 2026, until 31 August 2026");
        assert_eq!(trail[1]["node"]["changes"], json!([{ "field": "address" }]));
    }
}

#[tokio::test]
async fn u7_u8_each_countrys_form_and_rules_say_the_same() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let query = "query($c: String, $f: InputForm!) { formFields(form: $f, country: $c) { path required example maxLength } }";
        for (country, wrong) in [
            ("FR", "7500"),
            ("BE", "10000"),
            ("CH", "12"),
            ("LU", "123"),
            ("DE", "1011"),
            ("ES", "2800A"),
            ("IT", "118"),
            ("GB", "12345"),
            ("US", "1000"),
            ("CA", "12345"),
        ] {
            let fields =
                place.data(query, json!({ "c": country, "f": "DELIVERY_ADDRESS" })).await["formFields"].clone();
            let field = |path: &str| fields.as_array().unwrap().iter().find(|f| f["path"] == path).unwrap().clone();
            for path in ["address.line1", "address.postalCode", "address.city"] {
                assert_eq!(field(path)["required"], true, "{country} {path}");
            }
            let mut address = json!({ "line1": "1", "city": "X", "country": country, "postalCode": wrong });
            let set = place.change("setDeliveryAddress", json!({ "contactId": c, "address": address }), "").await;
            assert_eq!(refusals(&set), refusal("ADDRESS_INCOMPLETE", "address"), "{country} {wrong}");
            assert!(text(&set["userErrors"][0]["message"]).contains("Postal code"), "{set}");
            address["postalCode"] = field("address.postalCode")["example"].clone();
            place.done("setDeliveryAddress", json!({ "contactId": c, "address": address }), "").await;
        }
        // Where nothing is known of the codes, a street and a town will do.
        let abroad = json!({ "contactId": c, "address": { "line1": "1", "city": "Accra", "country": "GH" } });
        place.done("setDeliveryAddress", abroad, "").await;
        for (form, path, required, max) in [
            ("CLAIM", "text", true, json!(5000)),
            ("CLAIM", "issue", false, json!(200)),
            ("DELETION_REQUEST", "reason", false, json!(1000)),
            ("CONTACT", "portalAccount", false, json!(null)),
        ] {
            let fields = place.data(query, json!({ "f": form })).await["formFields"].clone();
            let field = fields.as_array().unwrap().iter().find(|f| f["path"] == path).unwrap().clone();
            assert_eq!((&field["required"], &field["maxLength"]), (&json!(required), &max), "{form} {path}");
        }
    }
}

#[tokio::test]
async fn u12_only_the_accounts_owner_gives_logins_and_each_login_sees_its_own_scope() {
    for place in everywhere().await {
        let (anne, zoe) = (
            subscriber(&place, "Anne", Some("anne@exemple.fr")).await,
            subscriber(&place, "Zoé", Some("zoe@exemple.fr")).await,
        );
        let p = revue(&place).await;
        let s = subscription(&place, &anne, &p, "2026-03-01", None).await;
        for (contact, role) in [(&anne, "SUBSCRIBER"), (&zoe, "ADMINISTRATOR")] {
            place.done("openPortalAccount", json!({ "contactId": contact, "role": role }), "").await;
        }
        let (_, of_anne) = place.user("anne@exemple.fr").await;
        let (_, of_zoe) = place.user("zoe@exemple.fr").await;
        // Neither a subscriber nor an administrator gives a login, in whatever form.
        for token in [&of_anne, &of_zoe] {
            let open = json!({ "contactId": anne, "role": "ADMINISTRATOR" });
            assert_eq!(place.refused_as(token, "openPortalAccount", open).await, refusal("FORBIDDEN", ""));
            assert_eq!(
                place.refused_as(token, "closePortalAccount", json!({ "contactId": anne })).await,
                refusal("FORBIDDEN", "")
            );
            let edit = json!({ "contactId": anne, "portalAccount": "ADMINISTRATOR" });
            assert_eq!(place.refused_as(token, "editContact", edit).await, refusal("FORBIDDEN", ""));
            let add = json!({ "accountId": place.account, "lastName": "X", "email": "x@exemple.fr", "portalAccount": "SUBSCRIBER" });
            assert_eq!(place.refused_as(token, "addContact", add).await, refusal("FORBIDDEN", ""));
            assert_eq!(
                place.refused_as(token, "verifyEmail", json!({ "link": "abc" })).await,
                refusal("INVALID", "link")
            );
        }
        // A subscriber complains about their own and sees nobody else's page; an administrator sees the subscribers.
        let complaint = json!({ "contactId": anne, "subscriptionId": s, "text": "Rien reçu" });
        place.done_as(&of_anne, "openClaim", complaint.clone(), "claim { id }").await;
        let own = place.data_as(&of_anne, PORTAL, json!({ "c": anne })).await["portal"].clone();
        assert_eq!((&own["claims"][0]["text"], &own["subscribers"]), (&json!("Rien reçu"), &json!(null)));
        let others = place.ask_as(&of_anne, PORTAL, json!({ "c": zoe })).await.json();
        assert_eq!(codes(&others), ["NOT_FOUND"]);
        let listed = place.ask_as(&of_anne, CLAIMS, json!({ "a": place.account })).await.json();
        assert_eq!(codes(&listed), ["NOT_FOUND"]);
        let all = place.data_as(&of_zoe, PORTAL, json!({ "c": zoe })).await["portal"].clone();
        assert_eq!(all["subscribers"]["totalCount"], 2);
        assert_eq!(place.data_as(&of_zoe, CLAIMS, json!({ "a": place.account })).await["claims"]["totalCount"], 1);
        // « NON » takes it all away at once.
        place.done("closePortalAccount", json!({ "contactId": zoe }), "").await;
        let listed = place.ask_as(&of_zoe, CLAIMS, json!({ "a": place.account })).await.json();
        assert_eq!(codes(&listed), ["NOT_FOUND"]);
    }
}
