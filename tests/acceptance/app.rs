//! Registrations in the account's app: signing up, and being found (rows A2, A3, A8, A9, B9). `entering.rs` has what comes after.

use crate::place::{Place, everywhere, refusal, text};
use serde_json::{Value, json};

pub const WANTED: &str = "contact { id version registration { status devices { model lastSeen } } }
    registration { id state email emailVerified firstName lastName phone devices { model } contact { id } }";

impl Place {
    pub async fn sign_up(&self, email: &str, verified: bool, more: Value) -> Value {
        let mut input =
            json!({ "accountId": self.account, "email": email, "emailVerified": verified, "device": "Pixel 9" });
        for (name, value) in more.as_object().into_iter().flatten() {
            input[name] = value.clone();
        }
        self.done("registerInApp", input, WANTED).await
    }

    /// A sign-up that matches nobody yet; its id.
    pub async fn waiting(&self, email: &str, verified: bool) -> String {
        let answer = self.sign_up(email, verified, json!({})).await;
        assert_eq!(answer["registration"]["state"], "WAITING", "{answer:#}");
        assert_eq!(answer["contact"], Value::Null);
        text(&answer["registration"]["id"])
    }

    pub async fn status(&self, contact: &str) -> String {
        let query = "query($id: ID!) { contact(id: $id) { registration { status } } }";
        text(&self.data(query, json!({ "id": contact })).await["contact"]["registration"]["status"])
    }

    pub async fn listed(&self, state: &str) -> Vec<Value> {
        let query = "query($a: ID!, $s: RegistrationListState!) { registrations(accountId: $a, state: $s, first: 50) {
            totalCount edges { node { state since contact { id } registration { id email } } } } }";
        let list = self.data(query, json!({ "a": self.account, "s": state })).await["registrations"].clone();
        let edges = list["edges"].as_array().unwrap();
        assert_eq!(list["totalCount"], edges.len());
        edges.iter().map(|e| e["node"].clone()).collect()
    }

    pub async fn policy(&self, registration: &str) -> Value {
        let input = json!({ "accountId": self.account, "registrationPolicy": registration });
        self.done("setPolicies", input, "account { pendingRegistrations policies { registration } }").await
    }

    pub async fn trail_of(&self, contact: &str) -> Vec<String> {
        let query = "query($id: ID!) { contact(id: $id) { auditTrail(first: 50) { edges { node { type origin sentence changes { field before after } } } } } }";
        let trail = self.data(query, json!({ "id": contact })).await["contact"]["auditTrail"]["edges"].clone();
        trail.as_array().unwrap().iter().map(|e| text(&e["node"]["type"])).collect()
    }
}

#[tokio::test]
async fn a2_who_registered_and_matches_nobody_and_who_is_there_and_not_registered_are_both_listed() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let paul = place.person("Martin", "paul@exemple.fr").await;
        let answer = place.sign_up(" ANNE@Exemple.fr ", true, json!({ "firstName": "Anne" })).await;
        assert_eq!(answer["contact"]["id"], anne.as_str(), "matched by the e-mail in its normal form");
        assert_eq!(answer["contact"]["registration"]["status"], "REGISTERED");
        assert_eq!(answer["registration"], Value::Null);
        let waiting = place.waiting("nobody+app@exemple.fr", true).await;
        let unmatched = place.listed("WAITING").await;
        assert_eq!(unmatched.len(), 1);
        assert_eq!(unmatched[0]["registration"], json!({ "id": waiting, "email": "nobody+app@exemple.fr" }));
        assert_eq!(unmatched[0]["contact"], Value::Null);
        assert_eq!(place.listed("REGISTERED").await[0]["contact"]["id"], anne.as_str());
        let query = "query($a: ID!) { contacts(accountId: $a, filter: { registration: NOT_REGISTERED }) { edges { node { id } } } }";
        let there = place.data(query, json!({ "a": place.account })).await;
        assert_eq!(there["contacts"]["edges"], json!([{ "node": { "id": paul } }]));
        // Another account sees none of it, and signs its own people up with the same address.
        let other = place.another("Club voisin").await;
        assert!(other.listed("WAITING").await.is_empty());
        let theirs = other.waiting("anne@exemple.fr", true).await;
        let node = "query($id: ID!) { node(id: $id) { id } registration(id: $id) { id } }";
        assert_eq!(other.data(node, json!({ "id": theirs })).await["registration"]["id"], theirs.as_str());
        assert_eq!(place.ask(node, json!({ "id": theirs })).await["data"]["node"], Value::Null);
        assert_eq!(
            place.refused("linkRegistration", json!({ "registrationId": theirs, "contactId": paul })).await,
            refusal("NOT_FOUND", "registrationId")
        );
        let foreign = json!({ "accountId": other.account, "email": "x@exemple.fr", "device": "Pixel" });
        assert_eq!(place.refused("registerInApp", foreign).await, refusal("NOT_FOUND", "accountId"));
    }
}

#[tokio::test]
async fn a3_changing_the_email_on_either_side_links_at_once() {
    for place in everywhere().await {
        // On the account's side.
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let one = place.waiting("anne.d@exemple.fr", true).await;
        let edit = json!({ "contactId": anne, "email": "Anne.D@exemple.fr" });
        let edited = place.done("editContact", edit, "contact { registration { status devices { model } } }").await;
        let registered = json!({ "status": "REGISTERED", "devices": [{ "model": "Pixel 9" }] });
        assert_eq!(edited["contact"]["registration"], registered, "the same answer tells it");
        let query = "query($id: ID!) { registration(id: $id) { state contact { id } } }";
        let matched = place.data(query, json!({ "id": one })).await;
        assert_eq!(matched["registration"], json!({ "state": "MATCHED", "contact": { "id": anne } }));
        // On the app's side.
        let paul = place.person("Martin", "paul@exemple.fr").await;
        let two = place.waiting("pual@exemple.fr", true).await;
        let change = json!({ "registrationId": two, "email": "paul@exemple.fr", "emailVerified": true });
        let changed = place.done("changeRegistrationEmail", change, WANTED).await;
        assert_eq!((&changed["contact"]["id"], &changed["registration"]["state"]), (&json!(paul), &json!("MATCHED")));
        assert_eq!(place.status(&paul).await, "REGISTERED");
        assert_eq!(
            place.trail_of(&anne).await,
            [
                "app.registration_linked.v1",
                "email.verification_requested.v1",
                "contact.email_changed.v1",
                "email.verification_requested.v1",
                "contact.added.v1"
            ]
        );
        assert!(place.listed("WAITING").await.is_empty());
        assert_eq!(place.listed("REGISTERED").await.len(), 2);
    }
}

#[tokio::test]
async fn a3_nothing_links_to_an_email_that_was_not_verified() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let yoga = place.product("Yoga", &[]).await;
        place.grant(&anne, &yoga).await;
        // Somebody types Anne's address, and never shows it to be theirs.
        let stranger = place.waiting("anne@exemple.fr", false).await;
        assert_eq!(place.status(&anne).await, "NOT_REGISTERED");
        // Not by changing the contact's side, not by a person's hand.
        place.done("editContact", json!({ "contactId": anne, "email": "anne.d@exemple.fr" }), "").await;
        place.done("editContact", json!({ "contactId": anne, "email": "anne@exemple.fr" }), "").await;
        assert_eq!(place.status(&anne).await, "NOT_REGISTERED");
        let link = json!({ "registrationId": stranger, "contactId": anne });
        assert_eq!(place.refused("linkRegistration", link).await, refusal("EMAIL_NOT_VERIFIED", "registrationId"));
        // Now Anne signs up and shows it: she is let in, and the stranger's sign-up is nobody's.
        let answer = place.sign_up("anne@exemple.fr", true, json!({ "device": "iPhone" })).await;
        assert_eq!(answer["contact"]["id"], anne.as_str());
        assert_eq!(
            answer["contact"]["registration"]["devices"].as_array().unwrap().len(),
            1,
            "the stranger's device is not hers"
        );
        let query = "query($id: ID!) { registration(id: $id) { state contact { id } } }";
        let gone = place.data(query, json!({ "id": stranger })).await["registration"].clone();
        assert_eq!((&gone["state"], &gone["contact"]), (&json!("TURNED_AWAY"), &Value::Null));
        let verify = json!({ "registrationId": stranger });
        assert_eq!(
            place.refused("verifyRegistrationEmail", verify).await,
            refusal("NOT_ALLOWED_NOW", "registrationId")
        );
        // One that waits and then shows it is linked at once.
        let paul = place.person("Martin", "paul@exemple.fr").await;
        let his = place.waiting("paul@exemple.fr", false).await;
        let verified = place.done("verifyRegistrationEmail", json!({ "registrationId": his }), WANTED).await;
        assert_eq!(verified["contact"]["id"], paul.as_str());
        assert_eq!(verified["registration"]["emailVerified"], true);
    }
}

#[tokio::test]
async fn a9_a_contact_that_is_added_with_the_email_of_one_who_waits_is_registered_at_once() {
    for place in everywhere().await {
        let one = place.waiting("anne@exemple.fr", true).await;
        let input = json!({ "accountId": place.account, "firstName": "Anne", "lastName": "Dupont", "email": "Anne@exemple.fr" });
        let added = place.done("addContact", input, "contact { id registration { status } }").await;
        assert_eq!(added["contact"]["registration"]["status"], "REGISTERED");
        let anne = text(&added["contact"]["id"]);
        assert_eq!(
            place.trail_of(&anne).await,
            ["app.registration_linked.v1", "email.verification_requested.v1", "contact.added.v1"]
        );
        // By a file too.
        place.waiting("zoe@exemple.fr", true).await;
        crate::http::import(&place, "Nom;E-mail\nÉté;zoe@exemple.fr\nPetit;paul@exemple.fr\n").await;
        let query =
            "query($a: ID!, $e: String) { contacts(accountId: $a, filter: { email: $e }) { edges { node { id } } } }";
        let found = place.data(query, json!({ "a": place.account, "e": "zoe@exemple.fr" })).await;
        let zoe = text(&found["contacts"]["edges"][0]["node"]["id"]);
        assert_eq!(place.status(&zoe).await, "REGISTERED");
        // And the other way round: added first, attached when they sign up.
        let answer = place.sign_up("paul@exemple.fr", true, json!({})).await;
        assert_eq!(answer["contact"]["registration"]["status"], "REGISTERED");
        assert!(place.listed("WAITING").await.is_empty());
        let node =
            place.data("query($id: ID!) { registration(id: $id) { contact { id } } }", json!({ "id": one })).await;
        assert_eq!(node["registration"]["contact"]["id"], anne.as_str());
        // A group mailbox is nobody who could be registered.
        let group =
            json!({ "accountId": place.account, "kind": "GROUP", "companyName": "Club", "email": "club@exemple.fr" });
        place.done("addContact", group, "").await;
        place.waiting("club@exemple.fr", true).await;
    }
}

#[tokio::test]
async fn a9_two_at_once_never_leave_both_waiting() {
    for place in everywhere().await {
        for n in 0..12 {
            let email = format!("someone{n}@exemple.fr");
            let add = json!({ "accountId": place.account, "lastName": format!("Dupont {n}"), "email": email });
            let (contact, sign_up) =
                futures::join!(place.done("addContact", add, "contact { id }"), place.sign_up(&email, true, json!({})));
            let id = text(&contact["contact"]["id"]);
            assert_eq!(place.status(&id).await, "REGISTERED", "{n}: {sign_up:#}");
        }
        assert!(place.listed("WAITING").await.is_empty());
    }
}

#[tokio::test]
async fn b9_mismatches_are_paired_scored_and_linked_by_a_person_only() {
    for place in everywhere().await {
        let add = |input: Value| {
            let mut input = input;
            input["accountId"] = json!(place.account);
            let place = &place;
            async move { text(&place.done("addContact", input, "contact { id }").await["contact"]["id"]) }
        };
        let zoe = add(json!({ "firstName": "Zoé", "lastName": "L'Été", "email": "zoe.lete@exemple.fr", "phone": "06 12 34 56 78" })).await;
        let namesake = add(json!({ "firstName": "Zoé", "lastName": "L'Été", "email": "z@exemple.fr" })).await;
        add(json!({ "firstName": "Marc", "lastName": "Autre", "email": "marc@exemple.fr" })).await;
        add(json!({ "kind": "GROUP", "companyName": "Zoé L'Été", "email": "zoe.lette@exemple.fr" })).await;
        for n in 0..30 {
            add(json!({ "firstName": "Zoé", "lastName": format!("Dupont{n}") })).await;
        }
        let who = json!({ "firstName": "ZOE", "lastName": "l'ete", "phone": "+33 6 12 34 56 78" });
        let one = text(&place.sign_up("zoe.lete@exempel.fr", true, who).await["registration"]["id"]);
        let nobody = place.waiting("tout.autre@ailleurs.example", true).await;
        let query = "query($r: ID!) { registrationSuggestions(registrationId: $r) { contact { id } score reasons } }";
        let suggestions = place.data(query, json!({ "r": one })).await["registrationSuggestions"].clone();
        let first =
            json!({ "contact": { "id": zoe }, "score": 100, "reasons": ["SAME_NAME", "SAME_PHONE", "NEAR_EMAIL"] });
        assert_eq!(suggestions[0], first);
        assert_eq!(suggestions[1], json!({ "contact": { "id": namesake }, "score": 50, "reasons": ["SAME_NAME"] }));
        assert_eq!(suggestions.as_array().unwrap().len(), 2, "{suggestions:#}");
        assert_eq!(place.data(query, json!({ "r": nobody })).await["registrationSuggestions"], json!([]));
        let pairs = "query($a: ID!, $n: Int, $after: String) { emailMismatches(accountId: $a, first: $n, after: $after) {
            totalCount pageInfo { hasNextPage endCursor } edges { node { registration { id email } suggestions { contact { id } score } } } } }";
        let found = place.data(pairs, json!({ "a": place.account })).await["emailMismatches"].clone();
        assert_eq!(found["edges"].as_array().unwrap().len(), 1);
        assert_eq!(found["edges"][0]["node"]["registration"]["id"], one.as_str());
        assert_eq!(found["edges"][0]["node"]["suggestions"][0]["contact"]["id"], zoe.as_str());
        // Paged one by one, the one that is like nobody is passed over and the page after it is reached.
        let page = place.data(pairs, json!({ "a": place.account, "n": 1 })).await["emailMismatches"].clone();
        assert_eq!(page["pageInfo"]["hasNextPage"], true);
        let after =
            place.data(pairs, json!({ "a": place.account, "n": 1, "after": page["pageInfo"]["endCursor"] })).await;
        assert_eq!(after["emailMismatches"]["edges"], json!([]));
        assert_eq!(place.status(&zoe).await, "NOT_REGISTERED", "nothing links by likeness");
        let linked = place.done("linkRegistration", json!({ "registrationId": one, "contactId": zoe }), WANTED).await;
        assert_eq!(linked["contact"]["registration"]["status"], "REGISTERED");
        assert_eq!(linked["registration"]["contact"]["id"], zoe.as_str());
        let left = place.data(pairs, json!({ "a": place.account })).await;
        assert_eq!(left["emailMismatches"]["edges"], json!([]));
    }
}

#[tokio::test]
async fn b8_erasing_a_contact_erases_the_sign_up_it_came_from() {
    for place in everywhere().await {
        let one = text(
            &place.sign_up("anne@exemple.fr", true, json!({ "firstName": "Anne", "phone": "0612345678" })).await["registration"]
                ["id"],
        );
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        assert_eq!(place.status(&anne).await, "REGISTERED");
        place.done("eraseContact", json!({ "contactId": anne, "confirm": true }), "").await;
        let query = "query($id: ID!) { registration(id: $id) { state email firstName phone devices { model } } }";
        let erased = json!({ "state": "ERASED", "email": null, "firstName": null, "phone": null, "devices": [] });
        assert_eq!(place.data(query, json!({ "id": one })).await["registration"], erased);
        let keys = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM vault_key WHERE wrapped IS NULL", []);
        assert_eq!(place.service.db().fetch_optional(keys).await.unwrap(), Some((2,)));
        // One that is nobody's is erased by its own id; its address is free again.
        let two = place.waiting("zoe@exemple.fr", true).await;
        let gone =
            place.done("eraseRegistration", json!({ "registrationId": two }), "registration { state email }").await;
        assert_eq!((&gone["registration"]["state"], &gone["registration"]["email"]), (&json!("ERASED"), &Value::Null));
        assert!(place.listed("WAITING").await.is_empty());
        place.waiting("zoe@exemple.fr", true).await;
    }
}

#[tokio::test]
async fn a8_one_sign_up_waits_per_address_however_often_it_is_repeated() {
    for place in everywhere().await {
        let one = place.waiting("anne@exemple.fr", true).await;
        let again = place.sign_up("Anne@Exemple.fr", true, json!({ "device": "iPad" })).await;
        assert_eq!(again["registration"]["id"], one.as_str());
        assert_eq!(again["registration"]["devices"], json!([{ "model": "Pixel 9" }, { "model": "iPad" }]));
        // Whoever did not show the address to be theirs gets nothing of who did.
        let stranger = json!({ "accountId": place.account, "email": "anne@exemple.fr", "device": "x" });
        assert_eq!(place.refused("registerInApp", stranger).await, refusal("EMAIL_NOT_VERIFIED", "email"));
        let many: Vec<_> = futures::future::join_all((0..10).map(|n| {
            let device = json!({ "device": format!("Pixel {n}") });
            let place = &place;
            async move { place.sign_up("zoe@exemple.fr", true, device).await }
        }))
        .await;
        let ids: std::collections::BTreeSet<_> = many.iter().map(|a| text(&a["registration"]["id"])).collect();
        assert_eq!((ids.len(), place.listed("WAITING").await.len()), (1, 2));
        let bad = json!({ "accountId": place.account, "email": "no", "device": " ", "userId": "usr_1" });
        assert_eq!(place.refused("registerInApp", bad).await, refusal("NOT_FOUND", "userId"));
        let bad = json!({ "accountId": place.account, "email": "no", "device": " " });
        assert_eq!(
            place.refused("registerInApp", bad).await,
            [refusal("REQUIRED", "device"), refusal("EMAIL_INVALID", "email")].concat()
        );
    }
}
