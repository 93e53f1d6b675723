//! Mails: rows K6, U14, U15, S2, and what the issue promises of the outbox.

use crate::{
    place::{Place, everywhere, outside, refusal, text},
    smtp::Server,
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::{log::Channel, outbox::mail::smtp::Smtp, projector};
use std::{sync::Arc, time::Instant};

/// A product with an order e-mail, and a contact with an e-mail.
async fn shop(place: &Place, last: &str, email: &str) -> (String, String) {
    let mail = json!({ "subject": "{{product}} : bienvenue {{firstName}}", "body": "Bonjour {{firstName}} {{lastName}},\n\n{{product}} s'ouvre le {{opensOn}} :\n{{accessUrl}}\n\n{{account}}" });
    let input = json!({ "accountId": place.account, "name": "Yoga <doux>", "orderEmail": mail });
    let product = text(&place.done("createProduct", input, "product { id }").await["product"]["id"]);
    let input = json!({ "accountId": place.account, "firstName": "Anne", "lastName": last, "email": email });
    let contact = text(&place.done("addContact", input, "contact { id }").await["contact"]["id"]);
    (product, contact)
}

async fn grant_with_mail(place: &Place, contact: &str, product: &str) -> Value {
    let input = json!({ "contactId": contact, "productId": product, "sendOrderEmail": true });
    place.done("grantAccess", input, "access { id }").await
}

/// The account's deliveries of one mail, newest first.
pub async fn deliveries(place: &Place, template: &str) -> Vec<Value> {
    let query = "query($a: ID!) { deliveries(accountId: $a, first: 100) { totalCount edges { node {
        id channel template status reason attempts nextAttemptAt doneAt eventId contact { id } product { id } } } } }";
    let page = place.data(query, json!({ "a": place.account })).await["deliveries"].clone();
    let nodes = page["edges"].as_array().unwrap().iter().map(|edge| edge["node"].clone());
    nodes.filter(|node| node["template"] == template).collect()
}

fn status(deliveries: &[Value]) -> Vec<String> {
    deliveries.iter().map(|d| text(&d["status"])).collect()
}

#[tokio::test]
async fn k6_the_order_email_is_the_product_s_own_in_the_contact_s_hands_once() {
    for place in everywhere().await {
        let (product, contact) = shop(&place, "O'Brien & fils", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        let waiting = deliveries(&place, "order_email").await;
        assert_eq!(status(&waiting), ["QUEUED"]);
        assert_eq!((&waiting[0]["contact"]["id"], &waiting[0]["product"]["id"]), (&json!(contact), &json!(product)));

        let mails = place.mails().await;
        let mail = &mails.iter().find(|c| c.mail.template == "order_email").unwrap().mail;
        assert_eq!((mail.to.as_str(), mail.subject.as_str()), ("anne@exemple.fr", "Yoga <doux> : bienvenue Anne"));
        let url = format!("https://sesame.exemple.fr/products/{product}");
        let said =
            format!("Bonjour Anne O'Brien & fils,\n\nYoga <doux> s'ouvre le 31/03/2026 :\n{url}\n\nÉditions du Phare");
        assert_eq!(mail.text, said);
        assert!(
            mail.html.contains("Anne O&#39;Brien &amp; fils") && mail.html.contains("Yoga &lt;doux&gt;"),
            "{}",
            mail.html
        );
        assert!(mail.html.contains(&format!("<a href=\"{url}\">{url}</a>")));

        let sent = deliveries(&place, "order_email").await;
        assert_eq!(
            (status(&sent), &sent[0]["attempts"], sent[0]["nextAttemptAt"].is_null()),
            (vec!["SENT".to_owned()], &json!(1), true)
        );
        place.later(TimeDelta::days(1));
        assert_eq!(place.mails().await.len(), mails.len(), "once");
    }
}

#[tokio::test]
async fn k6_an_access_that_is_gone_before_its_mail_mails_nothing() {
    for place in everywhere().await {
        let (product, contact) = shop(&place, "Martin", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        place.done("removeAccess", json!({ "contactId": contact, "productId": product }), "").await;
        assert!(!place.mails().await.iter().any(|c| c.mail.template == "order_email"));
        let dropped = deliveries(&place, "order_email").await;
        assert_eq!((status(&dropped), &dropped[0]["reason"]), (vec!["DROPPED".to_owned()], &json!("NOT_CURRENT")));
        let again = json!({ "deliveryId": dropped[0]["id"] });
        assert_eq!(place.refused("retryDelivery", again).await, refusal("NOT_ALLOWED_NOW", "deliveryId"));
    }
}

#[tokio::test]
async fn what_waits_for_someone_erased_is_never_sent() {
    for place in everywhere().await {
        let (product, contact) = shop(&place, "Martin", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        place.done("eraseContact", json!({ "contactId": contact, "confirm": true }), "").await;
        assert_eq!(place.mails().await.len(), 0);
        assert_eq!(deliveries(&place, "order_email").await, Vec::<Value>::new());
    }
}

#[tokio::test]
async fn replays_and_rebuilds_send_nothing() {
    for place in everywhere().await {
        let (product, contact) = shop(&place, "Martin", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        let before = place.mails().await.len();
        projector::rebuild(place.service.db(), place.service.vault(), projections::ALL, |_| {}).await.unwrap();
        place.later(TimeDelta::days(3));
        assert_eq!(place.mails().await.len(), before);
        assert_eq!(status(&deliveries(&place, "order_email").await), ["SENT"]);
    }
}

#[tokio::test]
async fn a_mail_server_that_is_dead_for_ten_minutes_changes_no_command_and_gets_each_mail_once() {
    for place in everywhere().await {
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await;
        let deliver = async || node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let (product, first) = shop(&place, "Un", "un@exemple.fr").await;
        deliver().await;
        server.die(true);
        let (mut slowest, mut granted) = (0, 0);
        for minute in 0..10 {
            let contact =
                if minute == 0 { first.clone() } else { place.person("X", &format!("c{minute}@exemple.fr")).await };
            let began = Instant::now();
            let payload = grant_with_mail(&place, &contact, &product).await;
            slowest = slowest.max(began.elapsed().as_millis());
            assert_eq!(payload["warnings"], json!([]), "no command hears of it");
            granted += 1;
            deliver().await;
            assert!(status(&deliveries(&place, "order_email").await).iter().all(|s| s == "QUEUED"));
            place.later(TimeDelta::minutes(1));
        }
        let waiting = deliveries(&place, "order_email").await;
        assert!(waiting.iter().all(|d| d["reason"] == "NO_CONNECTION"), "{waiting:#?}");
        assert!(waiting.last().unwrap()["attempts"].as_i64().unwrap() > 3, "tried again with pauses: {waiting:#?}");
        let mails = |of: &Server| of.received().into_iter().filter(|m| m.data.contains("Yoga")).count();
        assert_eq!(mails(&server), 0);
        server.die(false);
        for _ in 0..12 {
            place.later(TimeDelta::minutes(10));
            deliver().await;
        }
        assert!(status(&deliveries(&place, "order_email").await).iter().all(|s| s == "SENT"));
        assert_eq!(mails(&server), granted, "each once");
        // A command waits for a disk, never for a mail server, whose patience is twenty seconds.
        assert!(slowest < 5_000, "{slowest} ms");
        node.stop().await;
    }
}

#[tokio::test]
async fn a_mail_goes_by_smtp_with_its_headers_and_an_id_that_stays() {
    for place in everywhere().await {
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await;
        let (product, contact) = shop(&place, "Martin", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let sent = deliveries(&place, "order_email").await;
        let received = server.received().into_iter().find(|m| m.data.contains("Yoga")).unwrap();
        assert_eq!(
            (received.from.as_str(), received.to.as_slice()),
            ("ne-pas-repondre@sesame.exemple.fr", ["anne@exemple.fr".to_owned()].as_slice())
        );
        let id = text(&sent[0]["id"]);
        let hex = id.strip_prefix("dlv_").unwrap();
        for line in [
            &format!("Message-ID: <{hex}@sesame.exemple.fr>"),
            "Auto-Submitted: auto-generated",
            "Content-Language: fr",
            "Date: Tue, 31 Mar 2026 10:00:00 +0000",
            "MIME-Version: 1.0",
        ] {
            assert!(received.data.lines().any(|l| l == line), "{line}\n{}", received.data);
        }
        assert!(received.data.contains("multipart/alternative") && received.data.contains("text/html"));
        node.stop().await;
    }
}

#[tokio::test]
async fn s2_a_mailbox_that_nobody_has_is_known_of_its_contact_and_can_be_tried_again() {
    for place in everywhere().await {
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await;
        let deliver = async || node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let (product, contact) = shop(&place, "Martin", "inconnu@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        deliver().await;
        let failed = deliveries(&place, "order_email").await;
        // The server's words name the address; what is kept of them does not.
        assert_eq!((status(&failed), &failed[0]["reason"]), (vec!["FAILED".to_owned()], &json!("SMTP 550")));
        // Nobody has that mailbox: it is known of the contact, and was recorded once for all the mails to it.
        let sheet = "query($id: ID!, $a: ID!) { contact(id: $id) { emailVerification { status bouncedAt } }
            auditTrail(accountId: $a, first: 1) { edges { node { type origin } } } }";
        let sheet = place.data(sheet, json!({ "id": contact, "a": place.account })).await;
        assert_eq!(
            sheet["contact"]["emailVerification"],
            json!({ "status": "BOUNCED", "bouncedAt": "2026-03-31T10:00:00Z" })
        );
        let newest = &sheet["auditTrail"]["edges"][0]["node"];
        assert_eq!(newest, &json!({ "type": "email.bounced.v1", "origin": "POLICY" }));
        assert_eq!(bounces(&place).await, 1);
        place.done("retryDelivery", json!({ "deliveryId": failed[0]["id"] }), "").await;
        deliver().await;
        assert_eq!(bounces(&place).await, 1);
        let listed = "query($a: ID!, $c: ID!) { deliveries(accountId: $a, status: FAILED, contactId: $c) { edges { node { template } } }
                      contact(id: $c) { deliveries(status: FAILED) { edges { node { template } } } } }";
        let listed = place.data(listed, json!({ "a": place.account, "c": contact })).await;
        let names = |page: &Value| {
            page["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["template"])).collect::<Vec<_>>()
        };
        assert!(names(&listed["deliveries"]).contains(&"order_email".to_owned()));
        assert_eq!(names(&listed["deliveries"]), names(&listed["contact"]["deliveries"]));

        // It is for the account alone to try again.
        let again = json!({ "deliveryId": failed[0]["id"] });
        let other = place.another("Ailleurs").await;
        assert_eq!(other.refused("retryDelivery", again.clone()).await, refusal("NOT_FOUND", "deliveryId"));
        assert_eq!(
            other.refused("retryDelivery", json!({ "deliveryId": "x" })).await,
            refusal("NOT_FOUND", "deliveryId")
        );
        place.done("editContact", json!({ "contactId": contact, "email": "anne@exemple.fr" }), "").await;
        let retried = place.done("retryDelivery", again.clone(), "delivery { status attempts }").await;
        assert_eq!(retried["delivery"], json!({ "status": "QUEUED", "attempts": 0 }));
        assert_eq!(place.refused("acknowledgeDelivery", again).await, refusal("NOT_ALLOWED_NOW", "deliveryId"));
        deliver().await;
        assert_eq!(status(&deliveries(&place, "order_email").await), ["SENT"]);
        node.stop().await;
    }
}

/// How often it was recorded that a mail came back.
async fn bounces(place: &Place) -> i64 {
    let ask = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM event WHERE type = 'email.bounced.v1'", []);
    place.service.db().fetch_optional(ask).await.unwrap().unwrap().0
}

#[tokio::test]
async fn a_server_that_takes_none_of_our_mail_says_nothing_of_the_contact() {
    for place in everywhere().await {
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await;
        let (product, contact) = shop(&place, "Martin", "refuse@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        let waiting = deliveries(&place, "order_email").await;
        assert_eq!((status(&waiting), &waiting[0]["reason"]), (vec!["QUEUED".to_owned()], &json!("SMTP 550")));
        assert_eq!(bounces(&place).await, 0);
        node.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_says_nothing_holds_up_no_command() {
    for place in everywhere().await {
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await;
        let (product, first) = shop(&place, "Un", "un@exemple.fr").await;
        grant_with_mail(&place, &first, &product).await;
        server.fall_silent(true);
        let outbox = node.outbox().clone();
        let delivering = tokio::spawn(async move { outbox.deliver_due(&[Channel::Mail]).await });
        while server.met() == 0 {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        // An attempt is under way, and will be for twenty seconds.
        for n in 0..10 {
            let contact = place.person("X", &format!("c{n}@exemple.fr")).await;
            let payload = grant_with_mail(&place, &contact, &product).await;
            assert_eq!(payload["warnings"], json!([]));
        }
        assert!(!delivering.is_finished(), "commands waited for the mail server");
        server.fall_silent(false);
        delivering.await.unwrap().unwrap();
        place.later(TimeDelta::minutes(1));
        node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
        assert_eq!(status(&deliveries(&place, "order_email").await), ["SENT"; 11]);
        let orders = server.received().into_iter().filter(|m| m.data.contains("Yoga")).count();
        assert_eq!(orders, 11, "each once");
        node.stop().await;
    }
}

#[tokio::test]
async fn what_one_command_sends_is_listed_and_goes_in_the_order_it_was_asked_for() {
    for place in everywhere().await {
        for types in [json!(["contact"]), json!(["contact", "portal"]), json!(null)] {
            let url = format!("http://127.0.0.1:9/{types}");
            place.done("connectWebhook", json!({ "accountId": place.account, "url": url, "types": types }), "").await;
        }
        for n in 0..6 {
            place.later(TimeDelta::seconds(1));
            let input = json!({ "accountId": place.account, "lastName": "X", "email": format!("c{n}@exemple.fr"), "portalAccount": "SUBSCRIBER" });
            let contact = text(&place.done("addContact", input, "contact { id }").await["contact"]["id"]);
            let query =
                "query($c: ID!) { contact(id: $c) { deliveries(first: 100) { edges { node { channel template } } } } }";
            let data = place.data(query, json!({ "c": contact })).await;
            let edges = data["contact"]["deliveries"]["edges"].as_array().unwrap();
            let listed: Vec<String> = edges.iter().rev().map(|e| text(&e["node"]["template"])).collect();
            let expected = [
                "portal_owner",
                "portal_subscriber",
                "verify_email",
                "contact.added.v1",
                "contact.added.v1",
                "contact.added.v1",
                "portal.opened.v1",
                "portal.opened.v1",
                "email.verification_requested.v1",
            ];
            assert_eq!(listed, expected, "newest first is the other way round");
        }
    }
}

#[tokio::test]
async fn a_server_that_puts_off_is_asked_again_until_two_days_have_passed() {
    for place in everywhere().await {
        let server = Server::start().await;
        let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
        let node = place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await;
        let (product, contact) = shop(&place, "Martin", "plus-tard@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        let began = sesame::clock::Clock::now(&*place.clock);
        for _ in 0..40 {
            node.outbox().deliver_due(&[Channel::Mail]).await.unwrap();
            place.later(TimeDelta::hours(4));
        }
        let failed = deliveries(&place, "order_email").await;
        assert_eq!(
            (status(&failed), &failed[0]["attempts"], &failed[0]["reason"]),
            (vec!["FAILED".to_owned()], &json!(24), &json!("SMTP 451"))
        );
        let given_up: chrono::DateTime<chrono::Utc> = text(&failed[0]["doneAt"]).parse().unwrap();
        assert!(given_up - began > TimeDelta::days(1));
        assert_eq!(server.received().len(), 0);
        node.stop().await;
    }
}

#[tokio::test]
async fn two_nodes_never_send_the_same_mail() {
    for place in everywhere().await {
        let server = Server::start().await;
        let (product, first) = shop(&place, "Un", "un@exemple.fr").await;
        grant_with_mail(&place, &first, &product).await;
        for n in 0..30 {
            let contact = place.person("X", &format!("c{n}@exemple.fr")).await;
            grant_with_mail(&place, &contact, &product).await;
        }
        let mut nodes = Vec::new();
        for _ in 0..3 {
            let mailer = Arc::new(Smtp::new(&server.url()).unwrap());
            nodes.push(place.node(sesame::outbox::Outside { mailer: Some(mailer), ..outside() }).await);
        }
        let deliver = nodes.iter().map(|node| node.outbox().deliver_due(&[Channel::Mail]));
        for outcome in futures::future::join_all(deliver).await {
            outcome.unwrap();
        }
        let mut to: Vec<String> =
            server.received().into_iter().filter(|m| m.data.contains("Yoga")).flat_map(|m| m.to).collect();
        assert_eq!(to.len(), 31);
        to.sort();
        to.dedup();
        assert_eq!(to.len(), 31);
        for node in nodes {
            node.stop().await;
        }
    }
}

#[tokio::test]
async fn deliveries_are_paged_and_another_account_s_are_not_there() {
    for place in everywhere().await {
        let (product, first) = shop(&place, "Un", "un@exemple.fr").await;
        grant_with_mail(&place, &first, &product).await;
        for n in 0..4 {
            place.later(TimeDelta::seconds(n));
            let contact = place.person("X", &format!("c{n}@exemple.fr")).await;
            grant_with_mail(&place, &contact, &product).await;
        }
        let all: Vec<String> =
            deliveries(&place, "order_email").await.iter().map(|d| text(&d["contact"]["id"])).collect();
        let query = "query($a: ID!, $n: Int, $c: String) { deliveries(accountId: $a, first: $n, after: $c) {
            totalCount pageInfo { hasNextPage endCursor } edges { node { template contact { id } } } } }";
        let (mut cursor, mut seen) = (Value::Null, Vec::new());
        loop {
            let page =
                place.data(query, json!({ "a": place.account, "n": 2, "c": cursor })).await["deliveries"].clone();
            seen.extend(
                page["edges"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .filter(|e| e["node"]["template"] == "order_email")
                    .map(|e| text(&e["node"]["contact"]["id"])),
            );
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            cursor = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(seen, all);
        let other = place.another("Ailleurs").await;
        assert_eq!(deliveries(&other, "order_email").await, Vec::<Value>::new());
        let theirs = other.ask(query, json!({ "a": place.account })).await;
        assert_eq!(crate::place::codes(&theirs), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn the_demo_s_mailbox_shows_what_would_be_sent_as_text_and_forgets_who_is_erased() {
    for place in everywhere().await {
        let (product, contact) = shop(&place, "<script>alert(1)</script>", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        place.mails().await;
        let page = crate::http::get(&place, "/mailbox").await;
        assert_eq!(page.status, 200);
        assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none';"));
        assert!(page.lossy.contains("anne@exemple.fr") && page.lossy.contains("&#60;script&#62;"), "{}", page.lossy);
        assert!(!page.lossy.contains("<script"));
        let list = crate::http::get(&place, "/mailbox.json").await;
        let list: Value = serde_json::from_str(&list.lossy).unwrap();
        let mail = list["mails"].as_array().unwrap().iter().find(|m| m["template"] == "order_email").unwrap();
        assert_eq!(mail["to"], "anne@exemple.fr");

        place.done("eraseContact", json!({ "contactId": contact, "confirm": true }), "").await;
        for path in ["/mailbox", "/mailbox.json"] {
            let shown = crate::http::get(&place, path).await.lossy;
            assert!(!shown.contains("anne@exemple.fr"), "{shown}");
        }
        // Where mails are sent there is no such page.
        let sending = place.second().await;
        assert_eq!(crate::http::get(&sending, "/mailbox").await.status, 404);
    }
}

#[tokio::test]
async fn without_a_mail_server_mails_wait_and_the_service_is_ready_and_says_so() {
    for place in everywhere().await {
        let (product, contact) = shop(&place, "Martin", "anne@exemple.fr").await;
        grant_with_mail(&place, &contact, &product).await;
        let bare = place.second().await;
        assert_eq!(bare.service.outbox().deliver_due(&[Channel::Mail]).await.unwrap(), 0);
        let waiting = deliveries(&place, "order_email").await;
        assert_eq!(
            (status(&waiting), &waiting[0]["attempts"]),
            (vec!["QUEUED".to_owned()], &json!(0)),
            "no attempt is counted"
        );
        let ready = crate::http::get(&bare, "/readyz").await;
        assert_eq!(ready.status, 200);
        assert!(ready.lossy.contains("no mail server is set"), "{}", ready.lossy);
    }
}
