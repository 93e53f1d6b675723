//! E-mails that an ERP changes: verified anew, and never taken from an open login (rows A3, A14, U13).

use crate::{
    erp::counts,
    place::{Place, everywhere, refusal, text},
    requests::mails,
};
use serde_json::{Value, json};

fn anne(email: &str) -> Value {
    json!({ "externalId": "C-12", "firstName": "Anne", "lastName": "Dupont", "email": email })
}

async fn named(place: &Place, last: &str) -> Value {
    let query = "query($a: ID!, $s: String) { contacts(accountId: $a, filter: { search: $s }) { edges { node {
        id lastName email emailVerified registration { status } emailVerification { status } } } } }";
    let found = place.data(query, json!({ "a": place.account, "s": last })).await;
    found["contacts"]["edges"][0]["node"].clone()
}

/// The link of the newest verification mail.
async fn mailed_link(place: &Place) -> String {
    let mails = place.mails().await;
    let mail = &mails.iter().rfind(|c| c.mail.template == "verify_email").unwrap().mail;
    mail.text.split("/links/").nth(1).unwrap().lines().next().unwrap().to_owned()
}

#[tokio::test]
async fn a14_an_email_that_the_erp_changes_is_verified_anew_and_mails_nobody_by_itself() {
    for place in everywhere().await {
        place.connect(None).await;
        place.sync(json!([anne("anne@exemple.fr")])).await;
        let contact = named(&place, "Dupont").await["id"].clone();
        assert_eq!(mails(&place, "verify_email").await.len(), 0, "a sync mails nobody");
        place.done("requestVerification", json!({ "contactId": contact }), "").await;
        let verify = |link: String| json!({ "link": link });
        place.done("verifyEmail", verify(mailed_link(&place).await), "").await;
        assert_eq!(named(&place, "Dupont").await["emailVerified"], true);
        // The same one, written otherwise, stays verified.
        counts(&place.sync(json!([anne("ANNE@exemple.fr")])).await, &[("records", 1), ("unchanged", 1)]);

        place.waiting("anne@autre.fr", true).await;
        counts(&place.sync(json!([anne("anne@autre.fr")])).await, &[("records", 1), ("updated", 1)]);
        let now = named(&place, "Dupont").await;
        assert_eq!((&now["email"], &now["emailVerified"]), (&json!("anne@autre.fr"), &json!(false)));
        assert_eq!(now["emailVerification"]["status"], "UNVERIFIED");
        assert_eq!(now["registration"]["status"], "REGISTERED", "who signed up with it is linked at once");
        assert_eq!(mails(&place, "verify_email").await.len(), 1, "and no mail was asked for");

        // A link that was mailed to the address before opens nothing for this one.
        place.done("requestVerification", json!({ "contactId": contact }), "").await;
        let old = mailed_link(&place).await;
        place.sync(json!([anne("anne@encore.fr")])).await;
        assert_eq!(place.refused("verifyEmail", verify(old)).await, refusal("NOT_ALLOWED_NOW", "link"));
        place.done("requestVerification", json!({ "contactId": contact }), "").await;
        place.done("verifyEmail", verify(mailed_link(&place).await), "").await;
        assert_eq!(place.mailbox.mails().pop().unwrap().mail.to, "anne@encore.fr");
        assert_eq!(named(&place, "Dupont").await["emailVerified"], true);
    }
}

#[tokio::test]
async fn u13_the_erp_changes_no_email_of_an_open_login_and_what_else_it_says_is_taken() {
    for place in everywhere().await {
        place.connect(None).await;
        place.sync(json!([anne("anne@exemple.fr")])).await;
        let contact = named(&place, "Dupont").await["id"].clone();
        place.done("openPortalAccount", json!({ "contactId": contact, "role": "SUBSCRIBER" }), "").await;
        let moved = json!({ "externalId": "C-12", "lastName": "Martin", "email": "anne@autre.fr" });
        for (wanted, email) in [("updated", json!("anne@autre.fr")), ("unchanged", json!(null))] {
            let mut record = moved.clone();
            record["email"] = email;
            let payload = place.sync_all(json!([record])).await;
            counts(&payload, &[("records", 1), (wanted, 1)]);
            let told = &payload["refused"][0];
            assert_eq!((&told["code"], &told["field"]), (&json!("NOT_ALLOWED_NOW"), &json!("email")));
            assert!(text(&told["message"]).contains("close that first"), "{told}");
        }
        assert_eq!(named(&place, "Martin").await["email"], "anne@exemple.fr");
        place.done("closePortalAccount", json!({ "contactId": contact }), "").await;
        let payload = place.sync(json!([moved])).await;
        assert_eq!(payload["refused"], json!([]));
        assert_eq!(named(&place, "Martin").await["email"], "anne@autre.fr");
    }
}

#[tokio::test]
async fn u13_a_decision_for_the_erp_takes_no_email_from_an_open_login() {
    for place in everywhere().await {
        place.connect(None).await;
        let holder = place.person("Autre", "anne@exemple.fr").await;
        let drift = async |kind: &str| {
            let query = "query($a: ID!, $k: ErpDrift!) { erpDrift(accountId: $a, kind: $k) { edges { node { id } } } }";
            let found = place.data(query, json!({ "a": place.account, "k": kind })).await;
            found["erpDrift"]["edges"][0]["node"]["id"].clone()
        };
        place.sync(json!([anne("anne@exemple.fr")])).await;
        let ours = json!({ "driftId": drift("UNVERIFIED_MATCH").await, "accept": "OURS" });
        place.done("resolveEmailMismatch", ours, "").await;
        place.sync(json!([anne("anne@exemple.fr")])).await;
        let theirs = json!({ "driftId": drift("EMAIL_TAKEN").await, "accept": "ERP" });
        place.done("openPortalAccount", json!({ "contactId": holder, "role": "SUBSCRIBER" }), "").await;
        assert_eq!(
            place.refused("resolveEmailMismatch", theirs.clone()).await,
            refusal("NOT_ALLOWED_NOW", "email"),
            "its holder signs in with it"
        );
        assert_eq!(named(&place, "Autre").await["email"], "anne@exemple.fr");
        place.done("closePortalAccount", json!({ "contactId": holder }), "").await;
        place.done("resolveEmailMismatch", theirs, "").await;
        assert_eq!(named(&place, "Dupont").await["email"], "anne@exemple.fr");
    }
}

#[tokio::test]
async fn b10_an_older_record_changes_nothing_of_what_disagrees() {
    for place in everywhere().await {
        place.connect(None).await;
        let of = |id: &str, email: &str, day: u32| json!({ "externalId": id, "lastName": format!("R{id}"), "email": email, "updatedAt": format!("2026-03-{day:02}T00:00:00Z") });
        place.sync(json!([of("1", "un@exemple.fr", 1), of("2", "deux@exemple.fr", 1)])).await;
        let taken = place.sync(json!([of("2", "un@exemple.fr", 10)])).await;
        counts(&taken, &[("records", 1), ("unchanged", 1), ("emailTaken", 1)]);
        let drift = async || {
            let query =
                "query($a: ID!) { erpDrift(accountId: $a, kind: EMAIL_TAKEN) { edges { node { id since email } } } }";
            place.data(query, json!({ "a": place.account })).await["erpDrift"]["edges"].clone()
        };
        let before = drift().await;
        assert_eq!(before[0]["node"]["email"], "un@exemple.fr");
        place.later(chrono::TimeDelta::hours(1));
        counts(&place.sync(json!([of("2", "trois@exemple.fr", 9)])).await, &[("records", 1), ("unchanged", 1)]);
        assert_eq!(drift().await, before, "what is old settles nothing");
        counts(&place.sync(json!([of("2", "trois@exemple.fr", 11)])).await, &[("records", 1), ("updated", 1)]);
        assert_eq!(drift().await, json!([]));
    }
}
