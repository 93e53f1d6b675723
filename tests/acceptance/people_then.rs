//! People as they stood at an instant of the past (row B2, for O8, O9, U10, U13, A18), and a contact found beyond this customer number (row S6).

use crate::place::{everywhere, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

const THEN: &str = "query($id: ID!, $at: DateTime) { contact(id: $id, asOf: $at) {
    profile status permissions userId memberUntil portalAccount portalLogin { role } claims { status text steps { status } }
    registration { status devices { model } } emailVerification { status } deletionRequest { status } } }";

#[tokio::test]
async fn b2_rights_logins_complaints_and_registrations_are_told_as_they_were() {
    for place in everywhere().await {
        let manual =
            json!({ "accountId": place.account, "registrationPolicy": "MANUAL", "deletionPolicy": "SUPPORT_ONLY" });
        place.done("setPolicies", manual, "").await;
        let add = json!({ "accountId": place.account, "lastName": "Durand", "email": "paul@exemple.fr", "permissions": ["BILLING"] });
        let c = text(&place.done("addMember", add, "contact { id }").await["contact"]["id"]);
        let product = place.product("Revue", &[]).await;
        let start = json!({ "contactId": c, "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-01" });
        let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
        let at = |hours: i64| json!({ "id": c, "at": (crate::place::at("2026-03-31T10:30:00Z") + TimeDelta::hours(hours)).to_rfc3339() });
        place.later(TimeDelta::hours(1));
        // 11:00: a login, a complaint, a sign-up that waits.
        let (user, _) = place.user("paul@exemple.fr").await;
        place.done("openPortalAccount", json!({ "contactId": c, "role": "SUBSCRIBER" }), "").await;
        let claim = json!({ "contactId": c, "subscriptionId": s, "text": "Rien reçu" });
        let claim = place.done("openClaim", claim, "claim { id }").await["claim"]["id"].clone();
        place.sign_up("paul@exemple.fr", true, json!({})).await;
        place.later(TimeDelta::hours(1));
        // Noon: other rights, let in, answered; the login is closed.
        place.done("setPermissions", json!({ "contactId": c, "permissions": ["SUPPORT", "SECURITY"] }), "").await;
        place.done("setMembershipExpiry", json!({ "contactId": c, "until": "2026-06-30" }), "").await;
        place.done("answerClaim", json!({ "claimId": claim, "text": "Renvoyé" }), "").await;
        place.done("validateRegistration", json!({ "contactId": c }), "").await;
        place.done("closePortalAccount", json!({ "contactId": c }), "").await;
        place.later(TimeDelta::hours(1));
        // One in the afternoon: switched off, closed, asked to be deleted.
        place.done("deactivateMember", json!({ "contactId": c }), "").await;
        place.done("closeClaim", json!({ "claimId": claim }), "").await;
        place.done("requestDeletion", json!({ "contactId": c }), "").await;
        place.later(TimeDelta::hours(1));

        let sheet = async |variables: Value| place.data(THEN, variables).await["contact"].clone();
        let seen = |sheet: &Value| {
            json!([
                sheet["status"],
                sheet["permissions"],
                sheet["userId"],
                sheet["portalAccount"],
                sheet["claims"][0]["status"],
                sheet["registration"]["status"]
            ])
        };
        let first = sheet(at(0)).await;
        assert_eq!(seen(&first), json!(["PENDING", ["BILLING"], null, "NONE", null, "NOT_REGISTERED"]));
        assert_eq!((&first["claims"], &first["emailVerification"]["status"]), (&json!([]), &json!("UNVERIFIED")));
        let second = sheet(at(1)).await;
        assert_eq!(seen(&second), json!(["ACTIVE", ["BILLING"], user, "SUBSCRIBER", "OPEN", "PENDING_VALIDATION"]));
        assert_eq!((&second["portalLogin"]["role"], &second["memberUntil"]), (&json!("SUBSCRIBER"), &json!(null)));
        let third = sheet(at(2)).await;
        assert_eq!(seen(&third), json!(["ACTIVE", ["SUPPORT", "SECURITY"], user, "NONE", "ANSWERED", "REGISTERED"]));
        assert_eq!(
            (&third["memberUntil"], &third["claims"][0]["steps"]),
            (&json!("2026-06-30"), &json!([{ "status": "OPEN" }, { "status": "ANSWERED" }]))
        );
        let now = sheet(json!({ "id": c })).await;
        assert_eq!(seen(&now), json!(["INACTIVE", ["SUPPORT", "SECURITY"], user, "NONE", "CLOSED", "REGISTERED"]));
        assert_eq!(now, sheet(at(3)).await, "the last instant of the past is the present");
        assert_eq!((&third["deletionRequest"], &now["deletionRequest"]["status"]), (&json!(null), &json!("REQUESTED")));
        // Erased since: where it stood is told, and no word of what was written.
        place.done("cancelSubscription", json!({ "subscriptionId": s, "endsOn": "2026-03-31" }), "").await;
        let staff = place.staff().await;
        place.done_as(&staff, "eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let then = sheet(at(1)).await;
        assert_eq!(seen(&then), seen(&second));
        assert_eq!((&then["claims"][0]["text"], &then["registration"]["devices"]), (&json!(null), &json!([])));
    }
}

#[tokio::test]
async fn s6_beyond_this_customer_number_a_name_and_a_number_are_told_to_who_reaches_both() {
    for place in everywhere().await {
        let there = place.another("Club voisin").await;
        let hidden = place.another("Inconnue").await;
        let anne = there.person("Dupont", "anne@exemple.fr").await;
        hidden.person("Dupont", "anne@exemple.fr").await;
        let (_, token) = place.user("agent@exemple.fr").await;
        for (of, permissions) in [(&place, ["SUPPORT"]), (&there, ["SUPPORT"])] {
            of.guest("agent@exemple.fr", &token, json!(permissions)).await;
        }
        let query = "query($a: ID!, $e: String!) { searchContacts(accountId: $a, email: $e) { here { id } elsewhere { displayName accountNumber companyName } } }";
        let ask = async |account: &str, email: &str| {
            place.data_as(&token, query, json!({ "a": account, "e": email })).await["searchContacts"].clone()
        };
        let number = "query($a: ID!) { account(id: $a) { number } }";
        let number = there.data(number, json!({ "a": there.account })).await["account"]["number"].clone();
        let beyond = json!([{ "displayName": "Dupont", "accountNumber": number, "companyName": "Club voisin" }]);
        assert_eq!(ask(&place.account, " Anne@exemple.fr ").await, json!({ "here": null, "elsewhere": beyond }));
        assert_eq!(ask(&there.account, "anne@exemple.fr").await, json!({ "here": { "id": anne }, "elsewhere": [] }));
        for near in ["anne", "anne@", "ann@exemple.fr", "anne@exemple"] {
            assert_eq!(
                ask(&place.account, near).await,
                json!({ "here": null, "elsewhere": [] }),
                "{near}: the exact address only"
            );
        }
        // Whoever may not list the other account's contacts is told of none there.
        there.done("setPermissions", json!({ "contactId": there.member(&token).await, "permissions": [] }), "").await;
        assert_eq!(ask(&place.account, "anne@exemple.fr").await, json!({ "here": null, "elsewhere": [] }));
    }
}
