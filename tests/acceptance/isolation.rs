//! Two accounts: every string of one is marked, and no answer to the other has the mark (row U1).

use crate::place::{Place, everywhere, text};
use serde_json::{Value, json};

const MARK: &str = "ZKANARI";

/// Fills an account with things, every text of which has `mark` in it; the ids of what was made.
async fn fill(place: &Place, mark: &str) -> Vec<String> {
    let name = |what: &str| format!("{mark} {what}");
    let mail = json!({ "subject": name("objet"), "body": name("texte") });
    let product = json!({ "accountId": place.account, "name": name("produit"), "modules": [{ "name": name("module"), "opensAfterDays": 3 }], "orderEmail": mail });
    let p = text(&place.done("createProduct", product, "product { id }").await["product"]["id"]);
    let address = json!({ "line1": name("rue"), "line2": name("étage"), "postalCode": "75007", "city": name("ville") });
    let contact = json!({ "accountId": place.account, "firstName": name("prénom"), "lastName": name("nom"), "companyName": name("société"),
        "email": format!("{mark}@{mark}.fr"), "phone": name("tel"), "fax": name("fax"), "externalId": name("id"), "address": address });
    let c = text(&place.done("addContact", contact, "contact { id }").await["contact"]["id"]);
    let access = text(&place.grant(&c, &p).await["id"]);
    let start = json!({ "contactId": c, "productId": p, "type": name("type"), "billing": "RECURRING" });
    let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
    let pay = json!({ "subscriptionId": s, "state": "PAID", "occurredAt": "2026-03-01T00:00:00Z", "eventId": name("paiement") });
    place.done("recordPayment", pay, "").await;
    place.done("renameAccount", json!({ "accountId": place.account, "companyName": name("compte") }), "").await;
    vec![place.account.clone(), p, c, access, s]
}

#[tokio::test]
async fn u1_no_string_of_another_account_is_in_any_answer() {
    for place in everywhere().await {
        let other = place.another(&format!("{MARK} compte")).await;
        let theirs = fill(&other, MARK).await;
        let ours = fill(&place, "NOUS").await;
        let mut answers: Vec<String> = Vec::new();
        let mut asked = async |query: &str, variables: Value| {
            answers.push(place.ask_as(&place.token, query, variables).await.text);
        };
        let sheet = "id version displayName firstName lastName companyName email phone fax externalId address { text } deliveryAddresses { address { text } }
            accesses { id product { name modules { name } orderEmail { subject body } } decision { trace { detail } modules { module { name } } } }
            subscriptions { id type payment { eventId } product { name } }
            auditTrail { edges { node { sentence changes { field before after } contact { displayName } product { name } } } }";
        for id in theirs.iter().chain(&ours) {
            asked(&format!("query($id: ID!) {{ contact(id: $id) {{ {sheet} }} }}"), json!({ "id": id })).await;
            asked(
                &format!("query($id: ID!) {{ contact(id: $id, asOf: \"2026-03-31T10:00:00Z\") {{ {sheet} }} }}"),
                json!({ "id": id }),
            )
            .await;
            asked("query($id: ID!) { product(id: $id) { id name modules { name } schedules { modules { name } } orderEmail { subject body } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { account(id: $id) { companyName number } }", json!({ "id": id })).await;
            asked("query($id: ID!) { whoCouldOpen(productId: $id, closed: true) { edges { node { contact { displayName } decision { trace { detail } } } } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { openingCalendar(contactId: $id, from: \"2026-03-01\", to: \"2026-12-31\") { edges { node { product { name } module { name } } } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { accountSubscriptions(accountId: $id) { edges { node { type product { name } contacts { edges { node { displayName } } } } } } }", json!({ "id": id })).await;
            asked(&format!("query($id: ID!) {{ searchContacts(accountId: $id, email: \"{MARK}@{MARK}.fr\") {{ here {{ lastName }} elsewhere {{ displayName companyName }} }} }}"), json!({ "id": id })).await;
            asked("query($id: ID!) { node(id: $id) { ... on Subscription { contacts { edges { node { displayName } } } } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { activity(accountId: $id, from: \"2026-03-01\", to: \"2026-04-30\") { days { kinds { type } } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { node(id: $id) { id ... on Product { name } ... on Account { companyName } ... on Contact { lastName } ... on Subscription { type } ... on Access { product { name } } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { contacts(accountId: $id, first: 100) { totalCount edges { cursor node { displayName } } } }", json!({ "id": id })).await;
            asked("query($id: ID!) { products(accountId: $id) { edges { node { name } } } }", json!({ "id": id }))
                .await;
            asked(
                "query($id: ID!) { subscribers(accountId: $id) { edges { node { displayName } } } }",
                json!({ "id": id }),
            )
            .await;
            asked("query($id: ID!) { auditTrail(accountId: $id, first: 100) { edges { node { sentence type changes { before after } contact { lastName } product { name } } } } }", json!({ "id": id })).await;
            asked("query($a: ID!, $id: ID!) { auditTrail(accountId: $a, filter: { contactId: $id }) { edges { node { sentence } } } byProduct: auditTrail(accountId: $a, filter: { productId: $id }) { edges { node { sentence } } } }",
                json!({ "a": place.account, "id": id })).await;
            asked("query($a: ID!, $id: ID!) { contacts(accountId: $a, filter: { productId: $id }) { edges { node { displayName } } } }", json!({ "a": place.account, "id": id })).await;
            for other_id in theirs.iter().chain(&ours) {
                asked("query($c: ID!, $p: ID!) { accessDecision(contactId: $c, productId: $p) { reason trace { detail } modules { module { name } } } }", json!({ "c": id, "p": other_id })).await;
                asked("mutation($c: ID!, $p: ID!) { grantAccess(input: { contactId: $c, productId: $p }) { contact { lastName } access { product { name } } userErrors { message } } }", json!({ "c": id, "p": other_id })).await;
                asked("mutation($s: ID!, $c: ID!) { attachContact(input: { subscriptionId: $s, contactId: $c }) { contact { lastName } subscription { type product { name } } userErrors { message } } }", json!({ "s": id, "c": other_id })).await;
            }
            asked("mutation($id: ID!) { editContact(input: { contactId: $id, expectedVersion: 0, phone: \"1\" }) { contact { lastName email } userErrors { message } } }", json!({ "id": id })).await;
            asked("mutation($id: ID!) { renameProduct(input: { productId: $id, name: \"\" }) { product { name } userErrors { message } } }", json!({ "id": id })).await;
            asked("mutation($id: ID!) { pauseSubscription(input: { subscriptionId: $id }) { subscription { type } userErrors { message } } }", json!({ "id": id })).await;
        }
        for search in ["zkanari", "zkan", "NOUS"] {
            asked("query($a: ID!, $s: String) { contacts(accountId: $a, filter: { search: $s }) { totalCount edges { node { displayName } } } products(accountId: $a, search: $s) { edges { node { name } } }
                   subscribers(accountId: $a, search: $s) { edges { node { displayName } } } }", json!({ "a": place.account, "s": search })).await;
        }
        asked("query($a: ID!, $e: String) { contacts(accountId: $a, filter: { email: $e }) { totalCount edges { node { displayName } } } }", json!({ "a": place.account, "e": format!("{MARK}@{MARK}.fr") })).await;
        asked("mutation($a: ID!, $e: String) { addContact(input: { accountId: $a, lastName: \"X\", email: $e }) { contact { email } userErrors { message } } }", json!({ "a": place.account, "e": "libre@exemple.fr" })).await;
        for path in ["/export/subscribers.csv", "/export/subscribers.xlsx"] {
            for account in [&place.account, &other.account] {
                answers.push(crate::http::get(&place, &format!("{path}?account={account}")).await.lossy);
            }
        }
        assert!(answers.iter().any(|answer| answer.contains("NOUS nom")), "the question finds what is ours");
        for answer in &answers {
            let leaked = answer.to_uppercase().contains(MARK);
            // The one e-mail that was asked for by name is not echoed either.
            assert!(!leaked, "{answer}");
        }
    }
}
