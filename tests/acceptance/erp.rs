//! An account and its ERP, asked through GraphQL: rows A1, A4 to A7, A14 and B10.

use crate::place::{Place, everywhere, refusal, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

const SYNCED: &str = "counts { records created updated unchanged gone returned held emailTaken refused } notFlagged
    refused { line code field message } erp { connected source }";

impl Place {
    pub async fn connect(&self, owned: Option<&[&str]>) {
        let input = json!({ "accountId": self.account, "source": "navision", "ownedFields": owned });
        self.done("connectErp", input, "erp { connected }").await;
    }

    /// What became of records.
    pub async fn sync(&self, records: Value) -> Value {
        self.sync_as(json!({ "accountId": self.account, "records": records })).await
    }

    pub async fn sync_all(&self, records: Value) -> Value {
        self.sync_as(json!({ "accountId": self.account, "mode": "FULL", "records": records })).await
    }

    pub async fn sync_as(&self, input: Value) -> Value {
        self.done("syncErpRecords", input, SYNCED).await
    }

    /// Everybody in the list, narrowed: names and e-mails.
    pub async fn names(&self, filter: Value) -> Vec<String> {
        let query = "query($a: ID!, $f: ContactFilter) { contacts(accountId: $a, filter: $f, first: 100) { totalCount edges { node { displayName } } } }";
        let found = self.data(query, json!({ "a": self.account, "f": filter })).await;
        let edges = found["contacts"]["edges"].as_array().unwrap().clone();
        assert_eq!(found["contacts"]["totalCount"], json!(edges.len()));
        edges.iter().map(|edge| text(&edge["node"]["displayName"])).collect()
    }

    async fn by_email(&self, email: &str) -> Value {
        let query = "query($a: ID!, $f: ContactFilter) { contacts(accountId: $a, filter: $f) { edges { node {
            id firstName lastName phone email externalId deletedAt address { text }
            erp { source externalId linkedSince goneSince ownedFields lastSeen } } } } }";
        let found = self.data(query, json!({ "a": self.account, "f": { "email": email } })).await;
        found["contacts"]["edges"][0]["node"].clone()
    }

    async fn drift(&self, kind: &str) -> Vec<Value> {
        let query = "query($a: ID!, $k: ErpDrift!) { erpDrift(accountId: $a, kind: $k) { totalCount edges { node {
            id kind since contact { id displayName } other { id } externalId email } } } }";
        let found = self.data(query, json!({ "a": self.account, "k": kind })).await["erpDrift"].clone();
        let nodes: Vec<Value> = found["edges"].as_array().unwrap().iter().map(|e| e["node"].clone()).collect();
        assert_eq!(found["totalCount"], json!(nodes.len()));
        nodes
    }

    async fn standing(&self) -> Value {
        let query = "query($a: ID!) { erp(accountId: $a) { connected source ownedFields connectedSince url everyMinutes lag nextRun running
            lastSync { id mode door startedAt endedAt notFlagged counts { records created unchanged gone } } lastSuccess { startedAt }
            counts { linked gone emailTaken unverifiedMatch tombstoned } error { code message } } }";
        self.data(query, json!({ "a": self.account })).await["erp"].clone()
    }
}

pub fn counts(payload: &Value, wanted: &[(&str, u64)]) {
    let counts = payload["counts"].as_object().unwrap();
    for (name, count) in counts {
        let expected = wanted.iter().find(|(w, _)| w == name).map_or(0, |(_, n)| *n);
        assert_eq!(count, &json!(expected), "{name} of {payload:#}");
    }
}

fn anne() -> Value {
    json!({ "externalId": "C-12", "firstName": "Anne", "lastName": "Dupont", "email": "Anne@exemple.fr",
        "address": { "line1": "1 rue A", "postalCode": "75007", "city": "Paris" } })
}

#[tokio::test]
async fn a1_records_of_the_erp_appear_by_themselves_and_again_change_nothing() {
    for place in everywhere().await {
        place.connect(None).await;
        let records = json!([anne(), { "externalId": "C-13", "companyName": "Phare SA" }]);
        let first = place.sync(records.clone()).await;
        counts(&first, &[("records", 2), ("created", 2)]);
        let anne_now = place.by_email("anne@exemple.fr").await;
        assert_eq!(anne_now["erp"]["source"], "navision");
        assert_eq!((&anne_now["erp"]["externalId"], &anne_now["externalId"]), (&json!("C-12"), &json!("C-12")));
        assert_eq!(anne_now["erp"]["ownedFields"].as_array().unwrap().len(), 7);
        assert_eq!(anne_now["address"]["text"], "1 rue A\n75007 Paris");

        place.later(TimeDelta::minutes(5));
        let again = place.sync(records).await;
        counts(&again, &[("records", 2), ("unchanged", 2)]);
        assert_eq!(again["position"], first["position"], "nothing was written");
        let seen = place.by_email("anne@exemple.fr").await["erp"]["lastSeen"].clone();
        assert_eq!(seen, "2026-03-31T10:05:00Z", "seen, though it did not change");

        let changed = place.sync(json!([{ "externalId": "C-12", "lastName": "Martin" }])).await;
        counts(&changed, &[("records", 1), ("updated", 1)]);
        assert_eq!(place.names(json!({})).await, ["Anne Martin", "Phare SA"]);
        // The trail says that the ERP did it.
        let trail =
            "query($a: ID!) { auditTrail(accountId: $a, first: 1) { edges { node { type origin sentence } } } }";
        let entry = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"][0]["node"].clone();
        assert_eq!((&entry["type"], &entry["origin"]), (&json!("contact.edited.v1"), &json!("ERP")));
    }
}

#[tokio::test]
async fn a1_each_wrong_record_is_named_and_stops_no_other() {
    for place in everywhere().await {
        let off = json!({ "accountId": place.account, "records": [anne()] });
        assert_eq!(place.refused("syncErpRecords", off).await, refusal("NOT_ALLOWED_NOW", "accountId"));
        place.connect(None).await;
        let records = json!([
            { "externalId": "1", "lastName": "Dupont", "email": "no address" },
            { "externalId": "2", "lastName": "Durand" },
            { "externalId": "3" },
            { "externalId": " ", "lastName": "x" },
        ]);
        let payload = place.sync(records).await;
        counts(&payload, &[("records", 4), ("created", 1), ("refused", 3)]);
        let told: Vec<_> = payload["refused"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r["line"].clone(), r["code"].clone(), r["field"].clone()))
            .collect();
        let expected =
            [(1, "EMAIL_INVALID", "email"), (3, "NAME_OR_COMPANY_REQUIRED", "lastName"), (4, "REQUIRED", "externalId")];
        assert_eq!(told.len(), 3, "{payload:#}");
        for expected in expected.map(|(line, code, field)| (json!(line), json!(code), json!(field))) {
            assert!(told.contains(&expected), "{expected:?} in {told:?}");
        }
        let many: Vec<Value> = (0..201).map(|n| json!({ "externalId": format!("{n}"), "lastName": "x" })).collect();
        let many = json!({ "accountId": place.account, "records": many });
        assert_eq!(place.refused("syncErpRecords", many).await, refusal("INVALID", "records"));
    }
}

#[tokio::test]
async fn a1_a_retry_with_its_key_gets_the_first_answer() {
    for place in everywhere().await {
        place.connect(None).await;
        let keyed = |records: Value| json!({ "accountId": place.account, "idempotencyKey": "k1", "records": records });
        let first = place.sync_as(keyed(json!([anne()]))).await;
        let again = place.sync_as(keyed(json!([anne()]))).await;
        assert_eq!(again["counts"], first["counts"]);
        let other = place.change("syncErpRecords", keyed(json!([])), "").await;
        assert_eq!(crate::place::refusals(&other), refusal("IDEMPOTENCY_MISMATCH", "idempotencyKey"));
    }
}

#[tokio::test]
async fn a1_what_is_older_than_what_was_taken_is_not_taken() {
    for place in everywhere().await {
        place.connect(None).await;
        let at = |name: &str, day: &str| json!([{ "externalId": "1", "lastName": name, "updatedAt": format!("2026-03-{day}T00:00:00Z") }]);
        place.sync(at("Durand", "10")).await;
        counts(&place.sync(at("Old", "09")).await, &[("records", 1), ("unchanged", 1)]);
        counts(&place.sync(at("New", "11")).await, &[("records", 1), ("updated", 1)]);
        assert_eq!(place.names(json!({})).await, ["New"]);
    }
}

#[tokio::test]
async fn a4_the_account_sees_the_last_sync_and_how_far_behind_it_may_be() {
    for place in everywhere().await {
        let before = place.standing().await;
        assert_eq!(
            (&before["connected"], &before["source"], &before["lastSync"]),
            (&json!(false), &Value::Null, &Value::Null)
        );
        place.connect(None).await;
        place.sync(json!([anne()])).await;
        place.later(TimeDelta::seconds(90));
        let now = place.standing().await;
        assert_eq!((&now["connected"], &now["lag"], &now["error"]), (&json!(true), &json!(90), &Value::Null));
        let last = &now["lastSync"];
        assert_eq!((&last["mode"], &last["door"]), (&json!("INCREMENTAL"), &json!("API")));
        assert_eq!(last["counts"], json!({ "records": 1, "created": 1, "unchanged": 0, "gone": 0 }));
        assert_eq!(now["counts"]["linked"], 1);
        // What it did stands in the trail under its id.
        let trail = "query($a: ID!) { auditTrail(accountId: $a, first: 1) { edges { node { correlationId } } } }";
        let entry = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"][0]["node"].clone();
        assert_eq!(entry["correlationId"], last["id"]);
    }
}

#[tokio::test]
async fn a5_what_the_erp_owns_is_refused_here_field_by_field() {
    for place in everywhere().await {
        place.connect(Some(&["LAST_NAME", "EMAIL"])).await;
        place.sync(json!([anne()])).await;
        let id = text(&place.by_email("anne@exemple.fr").await["id"]);
        let edit =
            json!({ "contactId": id, "firstName": "Zoé", "lastName": "Martin", "email": "z@exemple.fr", "phone": "1" });
        let refused = place.refused("editContact", edit).await;
        assert_eq!(refused, [refusal("MANAGED_BY_ERP", "lastName"), refusal("MANAGED_BY_ERP", "email")].concat());
        place.done("editContact", json!({ "contactId": id, "firstName": "Zoé", "phone": "1" }), "contact { id }").await;
        assert_eq!(place.refused("deleteContact", json!({ "contactId": id })).await, refusal("MANAGED_BY_ERP", ""));
        // What is not its own stays as it is here.
        counts(&place.sync(json!([anne()])).await, &[("records", 1), ("unchanged", 1)]);

        let own = json!({ "accountId": place.account, "ownedFields": ["FIRST_NAME"] });
        let payload = place.done("setErpOwnership", own, "erp { ownedFields }").await;
        assert_eq!(payload["erp"]["ownedFields"], json!(["FIRST_NAME"]));
        counts(&place.sync(json!([anne()])).await, &[("records", 1), ("updated", 1)]);
        let now = place.by_email("anne@exemple.fr").await;
        assert_eq!((&now["firstName"], &now["erp"]["ownedFields"]), (&json!("Anne"), &json!(["FIRST_NAME"])));
    }
}

#[tokio::test]
async fn a14_a_client_of_the_erp_is_edited_where_each_field_belongs() {
    for place in everywhere().await {
        place.connect(Some(&["ADDRESS"])).await;
        place.sync(json!([anne()])).await;
        let id = text(&place.by_email("anne@exemple.fr").await["id"]);
        let brest = json!({ "line1": "2 rue B", "postalCode": "29200", "city": "Brest" });
        let moved = |until: Value| json!({ "contactId": id, "address": brest, "until": until });
        assert_eq!(place.refused("setDeliveryAddress", moved(Value::Null)).await, refusal("MANAGED_BY_ERP", "address"));
        place.done("setDeliveryAddress", moved(json!("2026-04-10")), "contact { id }").await;
        counts(&place.sync(json!([anne()])).await, &[("records", 1), ("unchanged", 1)]);
        assert_eq!(place.by_email("anne@exemple.fr").await["address"]["text"], "2 rue B\n29200 Brest", "for some days");
        let named =
            json!({ "contactId": id, "lastName": "Martin", "email": "anne.martin@exemple.fr", "externalId": "X" });
        assert_eq!(place.refused("editContact", named).await, refusal("MANAGED_BY_ERP", "externalId"));
        // A contact that the ERP does not know is edited and deleted here.
        let own = place.contact("Zoé", "Durand").await;
        place.done("editContact", json!({ "contactId": own, "lastName": "Petit" }), "contact { id }").await;
        place.done("deleteContact", json!({ "contactId": own, "confirm": true }), "contact { id }").await;
    }
}

#[tokio::test]
async fn a6_gone_from_the_erp_is_flagged_and_never_deleted() {
    for place in everywhere().await {
        place.connect(None).await;
        let zoe = json!({ "externalId": "C-13", "lastName": "Zola", "email": "zoe@exemple.fr" });
        let max = json!({ "externalId": "C-14", "lastName": "Max" });
        place.sync(json!([anne(), zoe, max])).await;
        place.later(TimeDelta::days(1));
        let gone = place
            .sync(json!([{ "externalId": "C-12", "deleted": true }, { "externalId": "C-99", "deleted": true }]))
            .await;
        counts(&gone, &[("records", 2), ("gone", 1), ("unchanged", 1)]);
        let contact = place.by_email("anne@exemple.fr").await;
        assert_eq!(
            (&contact["erp"]["goneSince"], &contact["deletedAt"]),
            (&json!("2026-04-01T10:00:00Z"), &Value::Null)
        );
        assert_eq!(place.names(json!({ "erp": "GONE" })).await, ["Anne Dupont"]);
        assert_eq!(place.names(json!({ "erp": "LINKED" })).await, ["Max", "Zola"]);
        place.contact("Only", "Here").await;
        assert_eq!(place.names(json!({ "erp": "NONE" })).await, ["Only Here"]);
        assert_eq!(place.names(json!({ "erp": "GONE", "search": "dup" })).await, ["Anne Dupont"]);
        assert_eq!(place.names(json!({ "erp": "NONE", "search": "dup" })).await, [""; 0]);
        let drift = place.drift("GONE").await;
        assert_eq!(
            (drift.len(), &drift[0]["contact"]["displayName"], &drift[0]["externalId"]),
            (1, &json!("Anne Dupont"), &json!("C-12"))
        );

        // All records, without one more.
        let all = place.sync_all(json!([zoe])).await;
        counts(&all, &[("records", 1), ("unchanged", 1), ("gone", 1)]);
        assert_eq!(place.names(json!({ "erp": "LINKED" })).await, ["Zola"]);
        // To be won back, the record is there again.
        let back = place.sync(json!([anne()])).await;
        counts(&back, &[("records", 1), ("updated", 1), ("returned", 1)]);
        assert_eq!(place.by_email("anne@exemple.fr").await["erp"]["goneSince"], Value::Null);
    }
}

#[tokio::test]
async fn a7_disconnecting_opens_every_field_and_reconnecting_duplicates_nobody() {
    for place in everywhere().await {
        place.connect(None).await;
        let zoe = json!({ "externalId": "C-13", "lastName": "Zola" });
        place.sync(json!([anne(), zoe])).await;
        let off = place.done("disconnectErp", json!({ "accountId": place.account }), "erp { connected source }").await;
        assert_eq!(off["erp"], json!({ "connected": false, "source": "navision" }));
        let id = text(&place.by_email("anne@exemple.fr").await["id"]);
        let edit =
            json!({ "contactId": id, "lastName": "Martin", "email": "anne.martin@exemple.fr", "externalId": null });
        place.done("editContact", edit, "contact { id }").await;
        place.person("Recorded by hand", "hand@exemple.fr").await;

        place.connect(None).await;
        let again = place.sync(json!([anne(), zoe])).await;
        counts(&again, &[("records", 2), ("updated", 1), ("unchanged", 1)]);
        assert_eq!(place.names(json!({})).await, ["Anne Dupont", "Recorded by hand", "Zola"]);
        assert_eq!(text(&place.by_email("anne@exemple.fr").await["id"]), id);
        // The same ERP under another name: its records are found by their ids.
        place.done("disconnectErp", json!({ "accountId": place.account }), "erp { connected }").await;
        place.done("connectErp", json!({ "accountId": place.account, "source": "sap" }), "erp { source }").await;
        counts(&place.sync(json!([zoe])).await, &[("records", 1), ("updated", 1)]);
        assert_eq!(place.names(json!({})).await.len(), 3);
        let other = json!({ "accountId": place.account, "source": "third" });
        assert_eq!(place.refused("connectErp", other).await, refusal("NOT_ALLOWED_NOW", "source"));
    }
}

#[tokio::test]
async fn b10_a_full_sync_that_would_flag_most_flags_nobody_unless_forced() {
    for place in everywhere().await {
        place.connect(None).await;
        let of = |n: u32| json!({ "externalId": format!("{n}"), "lastName": format!("L{n}") });
        place.sync(json!([of(1), of(2), of(3), of(4), of(5)])).await;
        let input = |force: bool| json!({ "accountId": place.account, "mode": "FULL", "force": force, "records": [of(1), of(2)] });
        let payload = place.change("syncErpRecords", input(false), SYNCED).await;
        counts(&payload, &[("records", 2), ("unchanged", 2)]);
        assert_eq!((&payload["notFlagged"], &payload["warnings"][0]["code"]), (&json!(3), &json!("TOO_MANY_GONE")));
        assert_eq!(place.standing().await["lastSync"]["notFlagged"], 3);
        // A record that cannot be taken is not gone.
        let spared = json!([of(1), of(2), of(3), { "externalId": "4", "email": "x" }]);
        counts(&place.sync_all(spared).await, &[("records", 4), ("unchanged", 3), ("refused", 1), ("gone", 1)]);
        assert_eq!(place.names(json!({ "erp": "GONE" })).await, ["L5"]);
        counts(&place.sync_as(input(true)).await, &[("records", 2), ("unchanged", 2), ("gone", 2)]);
    }
}

#[tokio::test]
async fn b10_an_email_that_is_another_s_is_listed_and_a_person_decides() {
    for place in everywhere().await {
        place.connect(None).await;
        let other = place.person("Autre", "anne@exemple.fr").await;
        let with = |id: &str| json!({ "externalId": id, "lastName": format!("R{id}"), "email": "anne@exemple.fr" });
        // Its holder never verified it: nobody knows whether it is the same person.
        let held = place.sync(json!([with("1")])).await;
        counts(&held, &[("records", 1), ("held", 1)]);
        let drift = place.drift("UNVERIFIED_MATCH").await;
        assert_eq!((&drift[0]["contact"]["id"], &drift[0]["externalId"]), (&json!(other), &json!("1")));
        let resolve = |id: &Value, accept: &str| json!({ "driftId": id, "accept": accept });
        place.done("resolveEmailMismatch", resolve(&drift[0]["id"], "OURS"), "contact { id }").await;
        assert!(place.drift("UNVERIFIED_MATCH").await.is_empty());
        // Somebody else, then: recorded without the e-mail.
        counts(&place.sync(json!([with("1")])).await, &[("records", 1), ("created", 1), ("emailTaken", 1)]);
        let drift = place.drift("EMAIL_TAKEN").await;
        assert_eq!((&drift[0]["email"], &drift[0]["other"]["id"]), (&json!("anne@exemple.fr"), &json!(other)));
        assert_eq!(drift[0]["contact"]["displayName"], "R1");
        assert_eq!(place.standing().await["counts"]["emailTaken"], 1);

        place.done("resolveEmailMismatch", resolve(&drift[0]["id"], "OURS"), "contact { email }").await;
        counts(&place.sync(json!([with("1")])).await, &[("records", 1), ("unchanged", 1)]);
        assert!(place.drift("EMAIL_TAKEN").await.is_empty(), "decided, it is not listed again");

        // The ERP is right: the e-mail goes from the one to the other.
        let moved = json!({ "externalId": "2", "lastName": "R2", "email": "deux@exemple.fr" });
        place.sync(json!([moved])).await;
        place.sync(json!([{ "externalId": "2", "email": "anne@exemple.fr" }])).await;
        let drift = place.drift("EMAIL_TAKEN").await;
        let done =
            place.done("resolveEmailMismatch", resolve(&drift[0]["id"], "ERP"), "contact { lastName email }").await;
        assert_eq!(done["contact"], json!({ "lastName": "R2", "email": "anne@exemple.fr" }));
        counts(
            &place.sync(json!([{ "externalId": "2", "email": "anne@exemple.fr" }])).await,
            &[("records", 1), ("unchanged", 1)],
        );
        let gone = resolve(&drift[0]["id"], "ERP");
        assert_eq!(place.refused("resolveEmailMismatch", gone).await, refusal("NOT_FOUND", "driftId"));
    }
}

#[tokio::test]
async fn b10_a_record_that_a_person_says_is_a_contact_is_linked_to_it() {
    for place in everywhere().await {
        place.connect(None).await;
        let known = place.person("Dupont", "anne@exemple.fr").await;
        place.sync(json!([anne()])).await;
        let id = place.drift("UNVERIFIED_MATCH").await[0]["id"].clone();
        place.done("resolveEmailMismatch", json!({ "driftId": id, "accept": "ERP" }), "contact { id }").await;
        counts(&place.sync(json!([anne()])).await, &[("records", 1), ("updated", 1)]);
        let now = place.by_email("anne@exemple.fr").await;
        assert_eq!((text(&now["id"]), &now["firstName"]), (known, &json!("Anne")));
        assert_eq!(place.names(json!({})).await.len(), 1);
    }
}

#[tokio::test]
async fn b10_emails_that_change_hands_among_records_settle_in_one_sync() {
    for place in everywhere().await {
        place.connect(None).await;
        let with = |id: &str, email: &str| json!({ "externalId": id, "lastName": format!("R{id}"), "email": email });
        place.sync(json!([with("1", "a@exemple.fr"), with("2", "b@exemple.fr")])).await;
        // The first takes what the second gives free.
        let moved = place.sync(json!([with("1", "b@exemple.fr"), with("2", "c@exemple.fr")])).await;
        counts(&moved, &[("records", 2), ("updated", 2)]);
        assert_eq!(place.by_email("b@exemple.fr").await["lastName"], "R1");
        assert!(place.drift("EMAIL_TAKEN").await.is_empty());
    }
}

#[tokio::test]
async fn b10_an_erased_person_is_not_recorded_again() {
    for place in everywhere().await {
        place.connect(None).await;
        place.sync(json!([anne()])).await;
        let id = text(&place.by_email("anne@exemple.fr").await["id"]);
        place.done("eraseContact", json!({ "contactId": id, "confirm": true }), "contact { erased }").await;
        let held = place.sync(json!([anne()])).await;
        counts(&held, &[("records", 1), ("held", 1)]);
        assert_eq!(place.names(json!({})).await, [""; 0]);
        let drift = place.drift("TOMBSTONED").await;
        assert_eq!((drift.len(), &drift[0]["contact"], &drift[0]["externalId"]), (1, &Value::Null, &Value::Null));
        let contact = "query($id: ID!) { contact(id: $id) { erp { source externalId } } }";
        let sheet = place.data(contact, json!({ "id": id })).await;
        assert_eq!(sheet["contact"]["erp"], json!({ "source": "navision", "externalId": null }));
        // Nothing of the person is kept beside the events.
        let ask = "SELECT COUNT(*) FROM erp_record WHERE note IS NOT NULL";
        let noted = place.service.db().fetch(projections::Ask::<(i64,)>::new(ask, [])).await.unwrap();
        assert_eq!(noted[0].0, 0);
    }
}

#[tokio::test]
async fn another_account_sees_nothing_of_an_erp() {
    for place in everywhere().await {
        place.connect(None).await;
        place.sync(json!([anne()])).await;
        let other = place.another("Ailleurs").await;
        let foreign = |records: Value| json!({ "accountId": place.account, "records": records });
        assert_eq!(other.refused("syncErpRecords", foreign(json!([anne()]))).await, refusal("NOT_FOUND", "accountId"));
        let answer =
            other.ask("query($a: ID!) { erp(accountId: $a) { connected } }", json!({ "a": place.account })).await;
        assert_eq!(crate::place::codes(&answer), ["NOT_FOUND"]);
        let off = json!({ "accountId": place.account });
        assert_eq!(other.refused("disconnectErp", off).await, refusal("NOT_FOUND", "accountId"));
        // The same record is another one there.
        other.connect(None).await;
        counts(&other.sync(json!([anne()])).await, &[("records", 1), ("created", 1)]);
    }
}
