//! In the account's app: invited to it, seen on devices, let in or turned away (rows A16 to A19). `app.rs` has how a sign-up finds its contact.

use crate::{
    app::WANTED,
    place::{everywhere, refusal, text},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn a16_inviting_again_makes_a_new_link_and_takes_its_time() {
    for place in everywhere().await {
        let (nobody, anne) = (place.contact("Sans", "Adresse").await, place.person("Dupont", "anne@exemple.fr").await);
        assert_eq!(
            place.refused("inviteToApp", json!({ "contactId": nobody })).await,
            refusal("EMAIL_REQUIRED", "contactId")
        );
        assert_eq!(
            place.refused("resendAppInvitation", json!({ "contactId": anne })).await,
            refusal("NOT_ALLOWED_NOW", "contactId")
        );
        let wanted = "contact { registration { status invitedAt invitationExpiresAt } }";
        let invited = place.done("inviteToApp", json!({ "contactId": anne }), wanted).await;
        let registration = &invited["contact"]["registration"];
        assert_eq!(registration["status"], "NOT_REGISTERED");
        assert_eq!(
            (&registration["invitedAt"], &registration["invitationExpiresAt"]),
            (&json!("2026-03-31T10:00:00Z"), &json!("2026-04-30T10:00:00Z"))
        );
        let mails = || async {
            let ask = projections::Ask::<(Vec<u8>,)>::new(
                "SELECT data FROM outbox WHERE template = 'app_invitation' ORDER BY created_at",
                [],
            );
            let rows = place.service.db().fetch(ask).await.unwrap();
            rows.into_iter()
                .map(|(data,)| serde_json::from_slice::<Value>(&data).unwrap()["occasion"].clone())
                .collect::<Vec<_>>()
        };
        let first = mails().await;
        assert_eq!(first.len(), 1);
        assert_eq!(
            place.refused("resendAppInvitation", json!({ "contactId": anne })).await,
            refusal("NOT_ALLOWED_NOW", "contactId")
        );
        place.later(TimeDelta::minutes(6));
        place.done("resendAppInvitation", json!({ "contactId": anne }), wanted).await;
        let both = mails().await;
        assert_eq!(both.len(), 2);
        assert_ne!(both[0], both[1], "the link is another, and the sheet knows only the newest");
        // Registered: there is nothing to invite to.
        place.sign_up("anne@exemple.fr", true, json!({})).await;
        place.later(TimeDelta::minutes(6));
        assert_eq!(
            place.refused("resendAppInvitation", json!({ "contactId": anne })).await,
            refusal("NOT_ALLOWED_NOW", "contactId")
        );
    }
}

#[tokio::test]
async fn a17_the_devices_of_a_registered_contact_are_shown_with_when_they_were_seen() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        assert_eq!(
            place.refused("recordDevice", json!({ "contactId": anne, "device": "Pixel 9" })).await,
            refusal("NOT_ALLOWED_NOW", "contactId")
        );
        place.sign_up("anne@exemple.fr", true, json!({})).await;
        place.later(TimeDelta::seconds(30));
        let wanted = "contact { version registration { devices { model since lastSeen } } }";
        let device = |model: &str| json!({ "contactId": anne, "device": model });
        let soon = place.done("recordDevice", device("Pixel 9"), wanted).await;
        let seen = |answer: &Value, n: usize| text(&answer["contact"]["registration"]["devices"][n]["lastSeen"]);
        assert_eq!(seen(&soon, 0), "2026-03-31T10:00:00Z", "not written again within the minute");
        place.later(TimeDelta::seconds(40));
        let later = place.done("recordDevice", device("Pixel 9"), wanted).await;
        assert_eq!(seen(&later, 0), "2026-03-31T10:01:10Z");
        assert_eq!(soon["contact"]["version"], later["contact"]["version"], "being seen is no event");
        let second = place.sign_up("anne@exemple.fr", true, json!({ "device": "iPad de Marie" })).await;
        let models: Vec<_> = second["contact"]["registration"]["devices"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| text(&d["model"]))
            .collect();
        assert_eq!(models, ["Pixel 9", "iPad de Marie"]);
        let query = "query($id: ID!, $at: DateTime) { contact(id: $id, asOf: $at) { registration { devices { model lastSeen } } } }";
        let past = place.data(query, json!({ "id": anne, "at": "2026-03-31T10:00:40Z" })).await;
        assert_eq!(past["contact"]["registration"]["devices"], json!([{ "model": "Pixel 9", "lastSeen": null }]));
        // Erased: no device is left, on the sheet, in the past, in the trail, or beside the log.
        place.done("eraseContact", json!({ "contactId": anne, "confirm": true }), "").await;
        for at in [json!(null), json!("2026-03-31T10:01:10Z")] {
            let sheet = place.data(query, json!({ "id": anne, "at": at })).await;
            assert_eq!(sheet["contact"]["registration"]["devices"], json!([]));
        }
        let left = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM device_seen", []);
        assert_eq!(place.service.db().fetch_optional(left).await.unwrap(), Some((0,)));
        let trail = "query($id: ID!) { contact(id: $id) { auditTrail { edges { node { sentence changes { field before after } } } } } }";
        let trail = place.data(trail, json!({ "id": anne })).await.to_string();
        assert!(!trail.contains("Pixel") && !trail.contains("iPad"), "{trail}");
    }
}

#[tokio::test]
async fn a18_where_the_account_validates_each_it_waits_and_is_let_in_or_turned_away() {
    for place in everywhere().await {
        place.policy("MANUAL").await;
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let yoga = place.product("Yoga", &[]).await;
        place.grant(&anne, &yoga).await;
        let answer = place.sign_up("anne@exemple.fr", true, json!({})).await;
        assert_eq!(answer["contact"]["registration"]["status"], "PENDING_VALIDATION");
        assert_eq!(place.listed("PENDING_VALIDATION").await[0]["contact"]["id"], anne.as_str());
        let wanted = "contact { id version registration { status } }";
        let version = answer["contact"]["version"].as_i64().unwrap();
        let old = json!({ "contactId": anne, "expectedVersion": version - 1 });
        assert_eq!(place.refused("validateRegistration", old).await, refusal("VERSION_CONFLICT", "expectedVersion"));
        let let_in =
            place.done("validateRegistration", json!({ "contactId": anne, "expectedVersion": version }), wanted).await;
        assert_eq!(let_in["contact"]["registration"]["status"], "REGISTERED");
        assert_eq!(place.decision(&anne, &yoga, None).await["reason"], "OPEN");
        place.later(TimeDelta::minutes(1));
        let away = place.done("refuseRegistration", json!({ "contactId": anne }), wanted).await;
        assert_eq!(away["contact"]["registration"]["status"], "REFUSED");
        assert_eq!(place.decision(&anne, &yoga, None).await["reason"], "REGISTRATION_REFUSED");
        // Signing up again asks nobody anew; the account may let her in after all.
        let again = place.sign_up("anne@exemple.fr", true, json!({ "device": "iPad" })).await;
        assert_eq!(again["contact"]["registration"]["status"], "REFUSED");
        place.done("validateRegistration", json!({ "contactId": anne }), "").await;
        assert_eq!(place.decision(&anne, &yoga, None).await["reason"], "OPEN");
        // A sign-up that waits for its contact is turned away by its own id.
        let stranger = place.waiting("spam@exemple.fr", true).await;
        place.done("refuseRegistration", json!({ "registrationId": stranger }), WANTED).await;
        assert_eq!(place.listed("REFUSED").await[0]["registration"]["id"], stranger.as_str());
        assert_eq!(place.refused("refuseRegistration", json!({})).await, refusal("REQUIRED", "contactId"));
        let both = json!({ "contactId": anne, "registrationId": stranger });
        assert_eq!(place.refused("refuseRegistration", both).await, refusal("INVALID", "registrationId"));
        let paul = place.contact("Paul", "Martin").await;
        assert_eq!(
            place.refused("validateRegistration", json!({ "contactId": paul })).await,
            refusal("NOT_ALLOWED_NOW", "contactId")
        );
        // Whoever was turned away may sign up anew.
        place.waiting("spam@exemple.fr", true).await;
    }
}

#[tokio::test]
async fn a18_letting_everybody_in_is_said_aloud_counted_and_done_in_pages() {
    for place in everywhere().await {
        place.policy("MANUAL").await;
        let mut file = String::from("Nom;E-mail\n");
        (0..130).for_each(|n| file.push_str(&format!("Dupont {n};someone{n}@exemple.fr\n")));
        crate::http::import(&place, &file).await;
        for n in 0..130 {
            place.sign_up(&format!("someone{n}@exemple.fr"), true, json!({})).await;
        }
        // Switching validation off leaves those who wait waiting, and says so.
        let switched = place.policy("AUTOMATIC").await;
        assert_eq!(switched["account"]["pendingRegistrations"], 130);
        let warning = &switched["warnings"][0];
        assert_eq!(
            (&warning["code"], &warning["field"]),
            (&json!("REGISTRATIONS_PENDING"), &json!(["registrationPolicy"]))
        );
        assert!(text(&warning["message"]).contains("await"), "{warning}");
        assert!(place.policy("AUTOMATIC").await["warnings"].as_array().unwrap().is_empty());
        let account = json!({ "accountId": place.account });
        place.done("validatePendingRegistrations", account.clone(), "account { id }").await;
        let began = Instant::now();
        let count = "query($a: ID!) { account(id: $a) { pendingRegistrations } }";
        while place.data(count, json!({ "a": place.account })).await["account"]["pendingRegistrations"] != 0 {
            assert!(began.elapsed() < Duration::from_secs(30), "they are not let in");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let query = "query($a: ID!) { registrations(accountId: $a, state: REGISTERED) { totalCount } }";
        assert_eq!(place.data(query, json!({ "a": place.account })).await["registrations"]["totalCount"], 130);
        // Each is told on their own sheet, as what followed from the order.
        let trail = "query($a: ID!) { auditTrail(accountId: $a, filter: { types: [\"app.registration_validated\", \"account.pending_let_in\"] }, first: 100) {
            edges { node { type origin sentence actor { kind } correlationId } } } }";
        let trail = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let trail = trail.as_array().unwrap();
        assert!(trail.iter().all(|e| e["node"]["correlationId"] == trail[0]["node"]["correlationId"]));
        assert_eq!(trail[0]["node"]["origin"], "POLICY");
        assert_eq!(trail[0]["node"]["actor"]["kind"], "SYSTEM");
        // Nobody waits: nothing is done, and nothing is left to do.
        place.done("validatePendingRegistrations", account, "").await;
    }
}

#[tokio::test]
async fn a19_a_registration_that_waits_opens_nothing_whatever_the_mode() {
    for place in everywhere().await {
        place.policy("MANUAL").await;
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let yoga = place.product("Yoga", &[0]).await;
        place.grant(&anne, &yoga).await;
        assert_eq!(place.decision(&anne, &yoga, None).await["open"], true, "who never signed up is not held up");
        place.later(TimeDelta::minutes(1));
        place.sign_up("anne@exemple.fr", true, json!({})).await;
        for mode in ["ACTIVATED", "AUTOMATIC", "SUSPENDED"] {
            let edit = json!({ "contactId": anne, "productId": yoga, "mode": mode, "opening": { "full": true } });
            place.done("editAccess", edit, "").await;
            let decision = place.decision(&anne, &yoga, None).await;
            assert_eq!(
                (&decision["open"], &decision["reason"]),
                (&json!(false), &json!("AWAITING_VALIDATION")),
                "{mode}"
            );
            assert!(decision["modules"].as_array().unwrap().iter().all(|m| m["open"] == false));
        }
        place.done("setAccessMode", json!({ "contactId": anne, "productId": yoga, "mode": "ACTIVATED" }), "").await;
        // Also when validation is switched off: only letting her in opens.
        place.policy("AUTOMATIC").await;
        assert_eq!(place.decision(&anne, &yoga, None).await["open"], false);
        place.done("validateRegistration", json!({ "contactId": anne }), "").await;
        assert_eq!(place.decision(&anne, &yoga, None).await["open"], true);
    }
}
