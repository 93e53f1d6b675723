//! What a login to the portal opens, asked with tokens of those who hold one (rows U10, U11, U12, U15), and what the sheet shows to whom.

use crate::{
    place::{Place, codes, everywhere, refusal, text},
    requests::{mails, uuid},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

/// Two subscribers of one subscription, each with a complaint, and a contact without an address; the subscription.
struct House {
    anne: String,
    zoe: String,
    elsewhere: String,
    product: String,
    subscription: String,
}

async fn house(place: &Place) -> House {
    let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
    let mut ids = Vec::new();
    for name in ["anne", "zoe"] {
        let add = json!({ "accountId": place.account, "lastName": name, "email": format!("{name}@exemple.fr"), "address": address });
        ids.push(text(&place.done("addContact", add, "contact { id }").await["contact"]["id"]));
    }
    let elsewhere = place.person("Sans adresse", "paul@exemple.fr").await;
    let product = place.product("Revue", &[0]).await;
    let start = json!({ "contactId": ids[0], "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-01" });
    let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
    place.done("attachContact", json!({ "subscriptionId": s, "contactId": ids[1] }), "").await;
    for (id, said) in ids.iter().zip(["Page 3 déchirée", "SECRET de Zoé"]) {
        place.done("openClaim", json!({ "contactId": id, "subscriptionId": s, "text": said }), "").await;
    }
    let zoe = ids.pop().unwrap();
    House { anne: ids.pop().unwrap(), zoe, elsewhere, product, subscription: s }
}

const SHEET: &str =
    "query($id: ID!) { contact(id: $id) { displayName email claims { text } subscriptions { id claims { text } } } }";

#[tokio::test]
async fn u11_a_subscriber_s_token_asks_about_its_own_sheet_and_nothing_else() {
    for place in everywhere().await {
        let House { anne, zoe, product, subscription, .. } = house(&place).await;
        place.done("openPortalAccount", json!({ "contactId": anne, "role": "SUBSCRIBER" }), "").await;
        let (_, token) = place.user("anne@exemple.fr").await;
        let own = place.data_as(&token, SHEET, json!({ "id": anne })).await["contact"].clone();
        assert_eq!(own["claims"], json!([{ "text": "Page 3 déchirée" }]));
        assert_eq!(
            own["subscriptions"],
            json!([{ "id": subscription, "claims": [{ "text": "Page 3 déchirée" }] }]),
            "another's on the same one is not told"
        );
        let a = place.account.as_str();
        for (query, id) in [
            (SHEET, zoe.as_str()),
            ("query($id: ID!) { contacts(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { subscribers(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { claims(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { accountSubscriptions(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { products(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { members(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { auditTrail(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { deliveries(accountId: $id) { totalCount } }", a),
            ("query($id: ID!) { portal(contactId: $id) { role } }", zoe.as_str()),
            ("query($id: ID!) { whoCouldOpen(productId: $id) { totalCount } }", product.as_str()),
        ] {
            let asked = place.ask_as(&token, query, json!({ "id": id })).await.json();
            assert_eq!(codes(&asked), ["NOT_FOUND"], "{query}");
        }
        let decision = "query($c: ID!, $p: ID!) { accessDecision(contactId: $c, productId: $p) { open } }";
        assert_eq!(
            place.data_as(&token, decision, json!({ "c": anne, "p": product })).await["accessDecision"]["open"],
            true
        );
        let other = place.ask_as(&token, decision, json!({ "c": zoe, "p": product })).await.json();
        assert_eq!(codes(&other), ["NOT_FOUND"]);
        // What may be done: complaining about one's own. What may not: anything to the account's records, one's own included.
        let complain = |c: &str| json!({ "contactId": c, "subscriptionId": subscription, "text": "Encore" });
        let opened = place.done_as(&token, "openClaim", complain(&anne), "claim { id }").await;
        assert_eq!(place.refused_as(&token, "openClaim", complain(&zoe)).await, refusal("NOT_FOUND", "contactId"));
        let answer = json!({ "claimId": opened["claim"]["id"], "text": "Voici" });
        assert_eq!(place.refused_as(&token, "answerClaim", answer).await, refusal("FORBIDDEN", ""));
        for (mutation, input) in [
            ("editContact", json!({ "contactId": anne, "phone": "1" })),
            ("grantAccess", json!({ "contactId": anne, "productId": product })),
            ("setPermissions", json!({ "contactId": anne, "permissions": ["SECURITY"] })),
            ("deleteContact", json!({ "contactId": anne, "confirm": true })),
            ("resendPortalLink", json!({ "contactId": anne })),
        ] {
            assert_eq!(place.refused_as(&token, mutation, input).await, refusal("FORBIDDEN", ""), "{mutation}");
        }
    }
}

#[tokio::test]
async fn u11_an_administrator_s_token_sees_the_subscribers_and_no_other_contact() {
    for place in everywhere().await {
        let House { anne, zoe, elsewhere, subscription, .. } = house(&place).await;
        place.done("openPortalAccount", json!({ "contactId": zoe, "role": "ADMINISTRATOR" }), "").await;
        let (_, token) = place.user("zoe@exemple.fr").await;
        let list = "query($a: ID!) { subscribers(accountId: $a) { totalCount edges { node { displayName } } } claims(accountId: $a) { totalCount edges { node { text } } } }";
        let seen = place.data_as(&token, list, json!({ "a": place.account })).await;
        let names = json!([{ "node": { "displayName": "anne" } }, { "node": { "displayName": "zoe" } }]);
        assert_eq!((&seen["subscribers"]["edges"], &seen["claims"]["totalCount"]), (&names, &json!(2)));
        assert_eq!(
            place.data_as(&token, SHEET, json!({ "id": anne })).await["contact"]["claims"],
            json!([{ "text": "Page 3 déchirée" }])
        );
        let hidden = place.ask_as(&token, SHEET, json!({ "id": elsewhere })).await.json();
        assert_eq!(codes(&hidden), ["NOT_FOUND"], "no subscriber");
        for query in ["contacts", "members", "auditTrail", "registrations(state: WAITING)"] {
            let (field, more) =
                query.split_once('(').map_or((query, ""), |(field, more)| (field, more.trim_end_matches(')')));
            let query = format!("query($id: ID!) {{ {field}(accountId: $id {more}) {{ totalCount }} }}");
            let asked = place.ask_as(&token, &query, json!({ "id": place.account })).await.json();
            assert_eq!(codes(&asked), ["NOT_FOUND"], "{query}");
        }
        // For a subscriber it complains, and gives nobody a login; what it may not, it may not for itself either.
        let complaint = json!({ "contactId": anne, "subscriptionId": subscription, "text": "Rien reçu" });
        place.done_as(&token, "openClaim", complaint, "").await;
        for (mutation, input) in [
            ("openPortalAccount", json!({ "contactId": anne, "role": "SUBSCRIBER" })),
            ("editContact", json!({ "contactId": anne, "phone": "1" })),
            ("addContact", json!({ "accountId": place.account, "lastName": "X" })),
        ] {
            assert_eq!(place.refused_as(&token, mutation, input).await, refusal("FORBIDDEN", ""), "{mutation}");
        }
    }
}

#[tokio::test]
async fn u10_who_may_not_ask_about_complaints_reads_none_on_the_sheet() {
    for place in everywhere().await {
        let House { anne, .. } = house(&place).await;
        for (n, (permission, sees)) in
            [("BILLING", false), ("SUPPORT", true), ("DEPLOYMENT", false)].into_iter().enumerate()
        {
            let email = format!("member{n}@exemple.fr");
            let add =
                json!({ "accountId": place.account, "lastName": "M", "email": email, "permissions": [permission] });
            place.done("addMember", add, "").await;
            let (_, token) = place.user(&email).await;
            // Without a right to subscriptions they are refused, and the rest of the sheet is told.
            let answer = place.ask_as(&token, SHEET, json!({ "id": anne })).await.json();
            let sheet = answer["data"]["contact"].clone();
            assert_eq!(answer.get("errors").is_some(), permission == "DEPLOYMENT", "{answer}");
            assert_eq!(sheet["displayName"], "anne", "the sheet itself is seen with {permission}");
            assert_eq!(sheet["claims"].as_array().unwrap().len(), usize::from(sees), "{permission}");
            assert!(sees || !sheet.to_string().contains("déchirée"), "{sheet}");
        }
    }
}

#[tokio::test]
async fn u15_the_link_of_a_login_is_sent_again_and_the_one_before_opens_nothing() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let it = json!({ "contactId": anne });
        let none = place.change("resendPortalLink", it.clone(), "").await;
        assert_eq!(crate::place::refusals(&none), refusal("NOT_ALLOWED_NOW", ""));
        assert!(text(&none["userErrors"][0]["message"]).contains("open one first"), "{none}");
        place.done("openPortalAccount", json!({ "contactId": anne, "role": "SUBSCRIBER" }), "").await;
        assert_eq!(place.refused("resendPortalLink", it.clone()).await, refusal("NOT_ALLOWED_NOW", ""), "not at once");
        // Its week is over, and it was never used.
        place.later(TimeDelta::days(8));
        let again =
            place.done("resendPortalLink", it.clone(), "contact { portalLogin { role openedAt linkExpiresAt } }").await;
        let login = json!({ "role": "SUBSCRIBER", "openedAt": "2026-03-31T10:00:00Z", "linkExpiresAt": "2026-04-15T10:00:00Z" });
        assert_eq!(again["contact"]["portalLogin"], login);
        let sent = mails(&place, "portal_subscriber").await;
        assert_eq!((sent.len(), mails(&place, "portal_owner").await.len()), (2, 1), "the owner was told once");
        let id = uuid(&anne);
        let states = place.service.app.reader().states(vec![id]).await.unwrap();
        let counts = states[&id].state.contact().unwrap().portal.as_ref().unwrap().link.0.to_string();
        assert_ne!(sent[0]["occasion"], json!(counts));
        assert_eq!(sent[1]["occasion"], json!(counts), "only the newest link counts");
        let other = place.another("Ailleurs").await;
        assert_eq!(other.refused("resendPortalLink", it).await, refusal("NOT_FOUND", "contactId"));
    }
}

#[tokio::test]
async fn u12_a_page_of_the_portal_shows_nobody_more_than_they_may_ask() {
    for place in everywhere().await {
        let House { zoe, .. } = house(&place).await;
        place.done("openPortalAccount", json!({ "contactId": zoe, "role": "ADMINISTRATOR" }), "").await;
        let page = "query($c: ID!) { portal(contactId: $c) { role subscribers { totalCount } } }";
        for (n, (permission, subscribers)) in
            [("SECURITY", Value::Null), ("BILLING", json!({ "totalCount": 2 }))].into_iter().enumerate()
        {
            let email = format!("membre{n}@exemple.fr");
            let add =
                json!({ "accountId": place.account, "lastName": "M", "email": email, "permissions": [permission] });
            place.done("addMember", add, "").await;
            let (_, token) = place.user(&email).await;
            let seen = place.data_as(&token, page, json!({ "c": zoe })).await["portal"].clone();
            assert_eq!((&seen["role"], &seen["subscribers"]), (&json!("ADMINISTRATOR"), &subscribers), "{permission}");
        }
    }
}
