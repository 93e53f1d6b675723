//! The customer-service feed (row U6) and webhooks.

use crate::{
    place::{Place, everywhere, refusal, text},
    receiver::Receiver,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::log::Channel;

async fn deliver(place: &Place) -> usize {
    place.service.outbox().deliver_due(&[Channel::CustomerService, Channel::Webhook]).await.unwrap()
}

async fn connect(place: &Place, receiver: &Receiver) -> String {
    let input = json!({ "accountId": place.account, "url": receiver.url });
    let wanted = "signingSecret account { customerService { id address } }";
    text(&place.done("connectCustomerService", input, wanted).await["signingSecret"])
}

fn address(city: &str) -> Value {
    json!({ "line1": "1 rue du Port", "postalCode": "29200", "city": city })
}

async fn subscriber(place: &Place, last: &str) -> String {
    let input = json!({ "accountId": place.account, "lastName": last, "address": address("Brest") });
    text(&place.done("addContact", input, "contact { id }").await["contact"]["id"])
}

/// One second after what was done before, so that lists are in its order.
async fn edit(place: &Place, contact: &str, phone: &str) {
    place.later(TimeDelta::seconds(1));
    place.done("editContact", json!({ "contactId": contact, "phone": phone }), "").await;
}

/// The deliveries about a contact, oldest first: kind, status, reason.
async fn about(place: &Place, contact: &str) -> Vec<Value> {
    let query = "query($c: ID!) { contact(id: $c) { deliveries(last: 100) { edges { node { id channel template status reason attempts connectionId } } } } }";
    let data = place.data(query, json!({ "c": contact })).await;
    let edges = data["contact"]["deliveries"]["edges"].as_array().unwrap().clone();
    edges.into_iter().map(|e| e["node"].clone()).filter(|n| n["channel"] != "MAIL").rev().collect()
}

async fn statuses(place: &Place, contact: &str) -> Vec<String> {
    about(place, contact).await.iter().map(|d| text(&d["status"])).collect()
}

#[tokio::test]
async fn u6_every_change_of_a_subscriber_s_sheet_reaches_the_customer_service_signed_and_in_order() {
    for place in everywhere().await {
        let receiver = Receiver::start().await;
        let secret = connect(&place, &receiver).await;
        let product = place.product("Le Phare", &[]).await;
        let contact = subscriber(&place, "Martin").await;
        edit(&place, &contact, "+33 1").await;
        place.done("editContact", json!({ "contactId": contact, "email": "anne@exemple.fr" }), "").await;
        place.done("setDeliveryAddress", json!({ "contactId": contact, "address": address("Nantes") }), "").await;
        let start = json!({ "contactId": contact, "productId": product, "type": "Annuel", "billing": "ONE_OFF", "endsOn": "2026-03-31" });
        let started = place.done("startSubscription", start, "subscription { id }").await;
        let subscription = text(&started["subscription"]["id"]);
        place.done("detachContact", json!({ "subscriptionId": subscription, "contactId": contact }), "").await;
        // Nobody's address, nobody's subscription: no business of the customer service.
        place.contact("Sans", "Adresse").await;
        // Of an access it hears nothing.
        assert_eq!(statuses(&place, &contact).await.iter().filter(|s| *s != "QUEUED").count(), 0);

        deliver(&place).await;
        let calls = receiver.take();
        let kinds: Vec<String> = calls.iter().map(|call| call.kind()).collect();
        let expected = [
            "contact.added.v1",
            "contact.edited.v1",
            "contact.email_changed.v1",
            "contact.delivery_address_set.v1",
            "contact.subscription_attached.v1",
            "contact.subscription_detached.v1",
        ];
        assert_eq!(kinds, expected);
        let sequence: Vec<i64> = calls.iter().map(|call| call.json()["sequence"].as_i64().unwrap()).collect();
        assert!(sequence.is_sorted_by(|a, b| a < b), "{sequence:?}");
        for call in &calls {
            assert!(call.is_signed_with(&secret) && !call.is_signed_with("whsec_other"));
            assert_eq!(call.path, "/entree?cle=abc");
            let body = call.json();
            assert_eq!(call.header("sesame-event"), text(&body["eventId"]), "the key by which a repetition is known");
            assert_eq!(call.header("sesame-delivery"), text(&body["deliveryId"]));
            // The values are those of now, also for what happened first.
            let values = &body["contact"];
            assert_eq!(
                (&values["id"], &values["lastName"], &values["phone"], &values["email"], &values["address"]["city"]),
                (&json!(contact), &json!("Martin"), &json!("+33 1"), &json!("anne@exemple.fr"), &json!("Nantes"))
            );
        }
        assert_eq!(statuses(&place, &contact).await, ["SENT"; 6]);
        place.later(TimeDelta::days(1));
        assert_eq!((deliver(&place).await, receiver.take().len()), (0, 0), "once");

        place.done("deleteContact", json!({ "contactId": contact, "confirm": true }), "").await;
        deliver(&place).await;
        let calls = receiver.take();
        assert_eq!(
            (calls.len(), calls[0].kind().as_str(), &calls[0].json()["contact"]["deleted"]),
            (1, "contact.deleted.v1", &json!(true))
        );
    }
}

#[tokio::test]
async fn u6_what_is_not_taken_is_told_again_and_what_follows_about_the_same_subscriber_waits() {
    for place in everywhere().await {
        let receiver = Receiver::start().await;
        connect(&place, &receiver).await;
        let (first, other) = (subscriber(&place, "Un").await, subscriber(&place, "Deux").await);
        deliver(&place).await;
        receiver.take();
        receiver.answer(503);
        edit(&place, &first, "1").await;
        edit(&place, &first, "2").await;
        edit(&place, &other, "3").await;
        deliver(&place).await;
        assert_eq!(receiver.take().len(), 2, "the first of each subscriber");
        let waiting = about(&place, &first).await;
        assert_eq!(
            (&waiting[1]["reason"], &waiting[1]["attempts"], &waiting[2]["attempts"]),
            (&json!("HTTP 503"), &json!(1), &json!(0))
        );
        receiver.answer(200);
        assert_eq!(deliver(&place).await, 0, "not before its time");
        place.later(TimeDelta::seconds(6));
        deliver(&place).await;
        let again = receiver.take();
        assert_eq!(again.len(), 3);
        let of_first: Vec<Value> =
            again.iter().map(|c| c.json()).filter(|b| b["contact"]["id"] == json!(first)).collect();
        assert!(of_first[0]["sequence"].as_i64() < of_first[1]["sequence"].as_i64());
        assert_eq!(statuses(&place, &first).await, ["SENT"; 3]);
    }
}

#[tokio::test]
async fn u6_a_receiver_says_when_it_wants_to_be_called_again() {
    for place in everywhere().await {
        let receiver = Receiver::start().await;
        connect(&place, &receiver).await;
        let contact = subscriber(&place, "Un").await;
        for (status, asked) in [(429, "600"), (503, "Tue, 31 Mar 2026 10:20:00 GMT")] {
            receiver.answer(status);
            receiver.asks_for(Some(asked));
            deliver(&place).await;
            assert_eq!(receiver.take().len(), 1, "{status}");
            place.later(TimeDelta::seconds(599));
            assert_eq!((deliver(&place).await, receiver.take().len()), (0, 0), "not before it said: {status}");
            place.later(TimeDelta::seconds(1));
        }
        // It takes the call, whatever else it has to say.
        receiver.answer(200);
        receiver.says(&"merci ".repeat(100_000));
        deliver(&place).await;
        assert_eq!((receiver.take().len(), statuses(&place, &contact).await), (1, vec!["SENT".to_owned()]));
    }
}

#[tokio::test]
async fn u6_the_receiver_acknowledges_and_what_was_given_up_lets_the_rest_go_on_once_it_is_dealt_with() {
    for place in everywhere().await {
        let receiver = Receiver::start().await;
        connect(&place, &receiver).await;
        let contact = subscriber(&place, "Un").await;
        deliver(&place).await;
        let added = text(&about(&place, &contact).await[0]["id"]);
        let done = place.done("acknowledgeDelivery", json!({ "deliveryId": added }), "delivery { status }").await;
        assert_eq!(done["delivery"]["status"], "ACKNOWLEDGED");
        place.done("acknowledgeDelivery", json!({ "deliveryId": added }), "").await;
        assert_eq!(
            place.refused("retryDelivery", json!({ "deliveryId": added })).await,
            refusal("NOT_ALLOWED_NOW", "deliveryId")
        );
        assert_eq!(
            place.another("Ailleurs").await.refused("acknowledgeDelivery", json!({ "deliveryId": added })).await,
            refusal("NOT_FOUND", "deliveryId")
        );

        receiver.answer(410);
        edit(&place, &contact, "1").await;
        edit(&place, &contact, "2").await;
        deliver(&place).await;
        receiver.answer(200);
        place.later(TimeDelta::days(1));
        deliver(&place).await;
        assert_eq!(statuses(&place, &contact).await, ["ACKNOWLEDGED", "FAILED", "QUEUED"]);
        let waiting = about(&place, &contact).await;
        assert_eq!(waiting[1]["reason"], "HTTP 410");
        assert_eq!(
            place.refused("acknowledgeDelivery", json!({ "deliveryId": waiting[2]["id"] })).await,
            refusal("NOT_ALLOWED_NOW", "deliveryId")
        );
        receiver.take();
        place.done("acknowledgeDelivery", json!({ "deliveryId": waiting[1]["id"] }), "").await;
        deliver(&place).await;
        assert_eq!(receiver.take().len(), 1);
        assert_eq!(statuses(&place, &contact).await, ["ACKNOWLEDGED", "ACKNOWLEDGED", "SENT"]);
    }
}

#[tokio::test]
async fn u6_an_erasure_is_told_and_nothing_personal_with_it() {
    for place in everywhere().await {
        let receiver = Receiver::start().await;
        connect(&place, &receiver).await;
        let contact = subscriber(&place, "ZKANARI").await;
        place.done("eraseContact", json!({ "contactId": contact, "confirm": true }), "").await;
        deliver(&place).await;
        let calls = receiver.take();
        let kinds: Vec<String> = calls.iter().map(|c| c.kind()).collect();
        assert_eq!(kinds, ["contact.erased.v1"], "what waited was dropped with the person");
        let body = String::from_utf8(calls[0].body.clone()).unwrap();
        assert!(!body.contains("ZKANARI") && !body.contains("Brest"), "{body}");
        assert_eq!(
            (&calls[0].json()["contact"]["id"], &calls[0].json()["contact"]["erased"]),
            (&json!(contact), &json!(true))
        );
    }
}

#[tokio::test]
async fn a_connection_that_ended_gets_nothing_more_and_another_has_another_secret() {
    for place in everywhere().await {
        let (old, new) = (Receiver::start().await, Receiver::start().await);
        let first = connect(&place, &old).await;
        assert_eq!(connect(&place, &old).await, first, "already so");
        let contact = subscriber(&place, "Un").await;
        let second = connect(&place, &new).await;
        assert_ne!(first, second);
        edit(&place, &contact, "1").await;
        deliver(&place).await;
        assert_eq!(
            (old.take().len(), new.take().len()),
            (0, 1),
            "the old one hears no more, the new one of what comes after it"
        );
        assert_eq!(statuses(&place, &contact).await, ["DROPPED", "SENT"]);
        edit(&place, &contact, "2").await;
        let account = json!({ "accountId": place.account });
        let done = place.done("disconnectCustomerService", account.clone(), "account { customerService { id } }").await;
        assert!(done["account"]["customerService"].is_null());
        edit(&place, &contact, "3").await;
        deliver(&place).await;
        assert_eq!(new.take().len(), 0);
        assert_eq!(statuses(&place, &contact).await, ["DROPPED", "SENT", "DROPPED"]);
        place.done("disconnectCustomerService", account, "").await;
    }
}

#[tokio::test]
async fn a_webhook_hears_of_the_kinds_of_event_that_it_names() {
    for place in everywhere().await {
        let receiver = Receiver::start().await;
        let input = json!({ "accountId": place.account, "url": receiver.url, "types": ["access", "product.renamed"] });
        let wanted = "webhookId signingSecret account { webhooks { id address types } }";
        let connected = place.done("connectWebhook", input, wanted).await;
        let secret = text(&connected["signingSecret"]);
        // Its address is shown without what may be a secret.
        let shown = &connected["account"]["webhooks"][0];
        assert_eq!(shown["id"], connected["webhookId"]);
        assert!(receiver.url.starts_with(&text(&shown["address"])) && !text(&shown["address"]).contains("cle"));

        let product = place.product("Cours", &[]).await;
        let contact = subscriber(&place, "Un").await;
        place.grant(&contact, &product).await;
        place.done("renameProduct", json!({ "productId": product, "name": "Cours du soir" }), "").await;
        deliver(&place).await;
        let calls = receiver.take();
        let mut kinds: Vec<String> = calls.iter().map(|c| c.kind()).collect();
        kinds.sort();
        assert_eq!(kinds, ["access.granted.v1", "product.renamed.v1"]);
        assert!(calls.iter().all(|c| c.is_signed_with(&secret)));
        let renamed = calls.iter().find(|c| c.kind() == "product.renamed.v1").unwrap().json();
        assert_eq!(renamed["product"]["name"], "Cours du soir");

        receiver.answer(307);
        place.done("renameProduct", json!({ "productId": product, "name": "Cours" }), "").await;
        deliver(&place).await;
        assert_eq!(
            receiver.take().iter().map(|c| c.path.clone()).collect::<Vec<_>>(),
            ["/entree?cle=abc"],
            "redirects are not followed"
        );

        let gone = json!({ "accountId": place.account, "webhookId": connected["webhookId"] });
        let done = place.done("disconnectWebhook", gone.clone(), "account { webhooks { id } }").await;
        assert_eq!(done["account"]["webhooks"], json!([]));
        assert_eq!(place.refused("disconnectWebhook", gone).await, refusal("NOT_FOUND", "webhookId"));
        let unknown = json!({ "accountId": place.account, "url": receiver.url, "types": ["nothing"] });
        assert_eq!(place.refused("connectWebhook", unknown).await, refusal("INVALID", "types"));
        let theirs = json!({ "accountId": place.another("Ailleurs").await.account, "url": receiver.url });
        assert_eq!(place.refused("connectWebhook", theirs).await, refusal("NOT_FOUND", "accountId"));
    }
}

#[tokio::test]
async fn an_address_inside_is_refused_and_never_in_the_trail() {
    for place in everywhere().await {
        // A process with the settings of a service on the internet.
        let strict = place.second().await;
        for url in [
            "http://service.exemple.fr/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://[::ffff:10.0.0.1]/",
            "https://a:b@exemple.fr/",
            "x",
        ] {
            let input = json!({ "accountId": place.account, "url": url });
            assert_eq!(
                strict.refused("connectCustomerService", input.clone()).await,
                refusal("INVALID", "url"),
                "{url}"
            );
            assert_eq!(strict.refused("connectWebhook", input).await, refusal("INVALID", "url"), "{url}");
        }
        let input = json!({ "accountId": place.account, "url": "https://service.exemple.fr/ZKANARI?cle=ZKANARI" });
        strict.done("connectCustomerService", input, "").await;
        let trail = "query($a: ID!) { auditTrail(accountId: $a) { edges { node { sentence changes { field before after } } } } }";
        let trail = strict.data(trail, json!({ "a": place.account })).await.to_string();
        assert!(trail.contains("service.exemple.fr") && !trail.contains("ZKANARI"), "{trail}");
    }
}
