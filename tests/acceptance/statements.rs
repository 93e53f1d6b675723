//! How many statements a question takes: the same however much there is.

use crate::place::{Place, everywhere};
use serde_json::{Value, json};

/// The statements that one question takes, while nothing else is asked.
async fn statements(place: &Place, query: &str, variables: Value) -> u64 {
    // The service looks at its log by itself now and then; the least of several is the question's own.
    let mut least = u64::MAX;
    for _ in 0..7 {
        let before = place.service.db().statements();
        place.data(query, variables.clone()).await;
        least = least.min(place.service.db().statements() - before);
    }
    least
}

/// Whether two questions take the same, but for what the service asks by itself meanwhile: two statements every 150 ms, and a long page takes longer
/// than that where nothing is optimised. One statement a contact would be forty-eight more.
fn alike(short: u64, long: u64) -> bool {
    long <= short + 8
}

async fn fill(place: &Place, contacts: usize, products: &[String]) -> Vec<String> {
    let mut ids = Vec::new();
    for n in 0..contacts {
        let c = place.contact("Anne", &format!("Nom{}", ids.len() + n)).await;
        for p in products {
            place.grant(&c, p).await;
            let start = json!({ "contactId": c, "productId": p, "type": "Annuel", "billing": "RECURRING" });
            place.done("startSubscription", start, "").await;
        }
        ids.push(c);
    }
    ids
}

const CHILDREN: &str = "displayName address { city } subscriptions { type state product { name } }
    accesses { product { name } anchor { kind } accessibleSince opensAt decision { open trace { detail } modules { open } } then: decision(at: \"2026-03-31T09:00:00Z\") { open } }";

#[tokio::test]
async fn the_sheet_takes_two_statements_however_many_accesses_it_has() {
    for place in everywhere().await {
        let mut products = Vec::new();
        for n in 0..5 {
            products.push(place.product(&format!("P{n}"), &[0, 7]).await);
        }
        let one = fill(&place, 1, &products[..1]).await.remove(0);
        let five = fill(&place, 1, &products).await.remove(0);
        let sheet = "query($id: ID!) { contact(id: $id) { displayName address { city } subscriptions { type state product { name } }
            accesses { product { name } anchor { kind } accessibleSince opensAt decision { open trace { detail } modules { open } } } } }";
        assert_eq!(statements(&place, sheet, json!({ "id": one })).await, 2);
        assert_eq!(statements(&place, sheet, json!({ "id": five })).await, 2);
        assert_eq!(
            statements(&place, "query($id: ID!) { contact(id: $id) { lastName email } }", json!({ "id": five })).await,
            1
        );
    }
}

#[tokio::test]
async fn a_page_takes_as_many_statements_with_fifty_contacts_as_with_two() {
    for place in everywhere().await {
        let mut products = Vec::new();
        for n in 0..3 {
            products.push(place.product(&format!("P{n}"), &[0, 7]).await);
        }
        fill(&place, 50, &products).await;
        let list = format!(
            "query($a: ID!, $n: Int, $f: ContactFilter) {{ contacts(accountId: $a, first: $n, filter: $f) {{ totalCount edges {{ node {{ {CHILDREN} }} }} }} }}"
        );
        let page = |n: usize| json!({ "a": place.account, "n": n });
        let two = statements(&place, &list, page(2)).await;
        let fifty = statements(&place, &list, page(50)).await;
        // The list, its count, the contacts, what they name; and as of then: the same twice, with the keys of the people.
        assert!(two <= 8 && alike(two, fifty), "{two} {fifty}");
        let names =
            "query($a: ID!, $n: Int) { contacts(accountId: $a, first: $n) { edges { node { displayName email } } } }";
        assert!(alike(2, statements(&place, names, page(50)).await));
        assert_eq!(statements(&place, names, page(2)).await, 2);
        let found = |n: usize| json!({ "a": place.account, "n": n, "f": { "search": "anne nom" } });
        let (two, fifty) = (statements(&place, &list, found(2)).await, statements(&place, &list, found(50)).await);
        assert!(alike(two, fifty), "searched: {two} {fifty}");
        let trail = "query($a: ID!, $n: Int) { auditTrail(accountId: $a, first: $n) { edges { node { sentence changes { field } contact { displayName } product { name } } } } }";
        let (two, fifty) = (statements(&place, trail, page(2)).await, statements(&place, trail, page(50)).await);
        assert!(alike(two, fifty), "trail: {two} {fifty}");
    }
}
