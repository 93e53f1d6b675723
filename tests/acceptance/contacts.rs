//! The list of contacts: pages, order, filters, search (row K1).

use crate::place::{Place, codes, everywhere, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

const LIST: &str =
    "query($a: ID!, $f: ContactFilter, $o: ContactOrder, $first: Int, $after: String, $last: Int, $before: String) {
    contacts(accountId: $a, filter: $f, orderBy: $o, first: $first, after: $after, last: $last, before: $before) {
        totalCount totalCountIsCapped pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        edges { cursor node { id displayName } } } }";

async fn list(place: &Place, mut variables: Value) -> Value {
    variables["a"] = json!(place.account);
    place.data(LIST, variables).await["contacts"].clone()
}

fn names(page: &Value) -> Vec<String> {
    page["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["displayName"])).collect()
}

/// Every page of a list, put together.
async fn all(place: &Place, mut variables: Value) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let page = list(place, variables.clone()).await;
        found.extend(names(&page));
        if page["pageInfo"]["hasNextPage"] != true {
            return found;
        }
        variables["after"] = page["pageInfo"]["endCursor"].clone();
    }
}

#[tokio::test]
async fn k1_pages_are_stable_while_contacts_are_added() {
    for place in everywhere().await {
        for name in ["Émile Ôtard", "anne dupont", "Zoé Abadie", "Paul Dupont", "Œuvrard Lise"] {
            let (first, last) = name.split_once(' ').unwrap();
            place.contact(first, last).await;
            place.later(TimeDelta::seconds(1));
        }
        let by_name = ["Zoé Abadie", "anne dupont", "Paul Dupont", "Œuvrard Lise", "Émile Ôtard"];
        let page = list(&place, json!({ "first": 2 })).await;
        assert_eq!(names(&page), by_name[..2]);
        assert_eq!((&page["totalCount"], &page["totalCountIsCapped"]), (&json!(5), &json!(false)));
        assert_eq!(
            (&page["pageInfo"]["hasNextPage"], &page["pageInfo"]["hasPreviousPage"]),
            (&json!(true), &json!(false))
        );
        // Somebody is added before the page's end: nobody is seen twice and nobody is missed.
        place.contact("Aaron", "Aalto").await;
        let next = list(&place, json!({ "first": 10, "after": page["pageInfo"]["endCursor"] })).await;
        assert_eq!(names(&next), by_name[2..]);
        assert_eq!(
            (&next["pageInfo"]["hasNextPage"], &next["pageInfo"]["hasPreviousPage"]),
            (&json!(false), &json!(true))
        );
        let back = list(&place, json!({ "last": 2, "before": next["pageInfo"]["startCursor"] })).await;
        assert_eq!(names(&back), by_name[..2]);
        assert_eq!(
            (&back["pageInfo"]["hasNextPage"], &back["pageInfo"]["hasPreviousPage"]),
            (&json!(true), &json!(true))
        );
        let end = list(&place, json!({ "last": 1 })).await;
        assert_eq!(names(&end), by_name[4..]);
        let between = json!({ "first": 10, "after": page["edges"][0]["cursor"], "before": next["edges"][1]["cursor"] });
        assert_eq!(names(&list(&place, between).await), by_name[1..3]);
        let newest = json!({ "o": { "field": "CREATED_AT", "direction": "DESC" }, "first": 2 });
        assert_eq!(names(&list(&place, newest.clone()).await), ["Aaron Aalto", "Œuvrard Lise"]);
        assert_eq!(all(&place, newest).await.len(), 6);
        let downwards = json!({ "o": { "direction": "DESC" }, "first": 4 });
        assert_eq!(all(&place, downwards).await.last().unwrap(), "Aaron Aalto");
    }
}

#[tokio::test]
async fn k1_a_cursor_that_was_changed_or_is_another_list_s_is_refused() {
    for place in everywhere().await {
        for n in 0..3 {
            place.contact("A", &format!("Nom{n}")).await;
        }
        let cursor = text(&list(&place, json!({ "first": 1 })).await["pageInfo"]["endCursor"]);
        let mut changed = cursor.clone().into_bytes();
        changed[4] ^= 1;
        let other = place.another("Autre").await;
        for (place, variables) in [
            (&place, json!({ "after": String::from_utf8(changed).unwrap() })),
            (&place, json!({ "after": "garbage" })),
            (&place, json!({ "after": "" })),
            (&place, json!({ "after": cursor, "o": { "direction": "DESC" } })),
            (&place, json!({ "after": cursor, "f": { "kind": "GROUP" } })),
            (&other, json!({ "after": cursor })),
        ] {
            let mut variables = variables;
            variables["a"] = json!(place.account);
            assert_eq!(codes(&place.ask(LIST, variables.clone()).await), ["INVALID_CURSOR"], "{variables}");
        }
        let both = place.ask(LIST, json!({ "a": place.account, "first": 1, "last": 1 })).await;
        assert_eq!(codes(&both), ["GRAPHQL_VALIDATION_FAILED"]);
        for length in [0, -1, 101] {
            assert_eq!(
                codes(&place.ask(LIST, json!({ "a": place.account, "first": length })).await),
                ["QUERY_TOO_COMPLEX"]
            );
        }
    }
}

#[tokio::test]
async fn k1_each_filter_narrows_the_list() {
    for place in everywhere().await {
        let (anne, paul) = (place.person("Dupont", "anne@exemple.fr").await, place.contact("Paul", "Martin").await);
        let group = json!({ "accountId": place.account, "kind": "GROUP", "companyName": "Club d'Œuvres", "externalId": "C-77" });
        place.done("addContact", group, "").await;
        let p = place.product("Yoga", &[]).await;
        place.grant(&anne, &p).await;
        place.done("grantAccess", json!({ "contactId": paul, "productId": p, "mode": "SUSPENDED" }), "").await;
        for (filter, expected) in [
            (json!({ "kind": "GROUP" }), vec!["Club d'Œuvres"]),
            (json!({ "hasEmail": true }), vec!["Dupont"]),
            (json!({ "hasEmail": false, "kind": "PERSON" }), vec!["Paul Martin"]),
            (json!({ "email": " Anne@EXEMPLE.fr" }), vec!["Dupont"]),
            (json!({ "email": "nobody@exemple.fr" }), vec![]),
            (json!({ "email": "no address" }), vec![]),
            (json!({ "email": "anne@exemple.fr", "search": "mart" }), vec![]),
            (json!({ "email": "anne@exemple.fr", "search": "dup" }), vec!["Dupont"]),
            (json!({ "productId": p }), vec!["Dupont", "Paul Martin"]),
            (json!({ "productId": p, "mode": "SUSPENDED" }), vec!["Paul Martin"]),
            (json!({ "mode": "ACTIVATED" }), vec!["Dupont"]),
            (json!({ "productId": "prd_0" }), vec![]),
            (
                json!({ "profile": "CONTACT", "status": "ACTIVE", "registration": "NOT_REGISTERED" }),
                vec!["Club d'Œuvres", "Dupont", "Paul Martin"],
            ),
            (json!({ "profile": "GUEST" }), vec![]),
            (json!({ "status": "INACTIVE" }), vec![]),
            (json!({ "search": "oeuv" }), vec!["Club d'Œuvres"]),
            (json!({ "search": "CLUB œuv" }), vec!["Club d'Œuvres"]),
            (json!({ "search": "c-77" }), vec!["Club d'Œuvres"]),
            (json!({ "search": "anne@ex" }), vec!["Dupont"]),
            (json!({ "search": "paul dup" }), vec![]),
            (json!({ "search": "pa", "productId": p }), vec!["Paul Martin"]),
            (json!({ "search": "…" }), vec![]),
            (json!({ "search": " " }), vec!["Club d'Œuvres", "Dupont", "Paul Martin"]),
        ] {
            let page = list(&place, json!({ "f": filter })).await;
            assert_eq!(names(&page), expected, "{filter}");
            assert_eq!(page["totalCount"], expected.len(), "{filter}");
        }
    }
}

#[tokio::test]
async fn k1_a_search_that_finds_very_many_comes_page_by_page_and_misses_nobody() {
    for place in everywhere().await {
        // Added as a file is: more than are taken in at once.
        let mut file = String::from("Nom;Prénom;E-mail\n");
        for n in 0..1_300 {
            file.push_str(&format!("Martin{n};Marie;marie{n}@exemple.fr\n"));
        }
        crate::http::import(&place, &file).await;
        assert_eq!(list(&place, json!({ "first": 1 })).await["totalCount"], 1_300);
        let mut found = all(&place, json!({ "f": { "search": "mar" }, "first": 100 })).await;
        assert_eq!(found.len(), 1_300, "each once");
        found.sort();
        found.dedup();
        assert_eq!(found.len(), 1_300);
        let total = list(&place, json!({ "f": { "search": "mar" }, "first": 1 })).await;
        assert_eq!(total["totalCount"], 1_300);
        // Few enough are in the list's own order.
        let few =
            list(&place, json!({ "f": { "search": "martin12" }, "o": { "direction": "DESC" }, "first": 2 })).await;
        assert_eq!(names(&few), ["Marie Martin1299", "Marie Martin1298"]);
        assert_eq!(few["totalCount"], 111);
        let both = all(&place, json!({ "f": { "search": "martin1 marie", "hasEmail": true }, "first": 100 })).await;
        assert_eq!(both.len(), 411);
        let backwards = place.ask(LIST, json!({ "a": place.account, "f": { "search": "mar" }, "last": 5 })).await;
        assert_eq!(codes(&backwards), ["GRAPHQL_VALIDATION_FAILED"]);
    }
}

#[tokio::test]
async fn products_are_listed_by_name_and_searched() {
    for place in everywhere().await {
        for name in ["Yoga doux", "Été sportif", "Pilates"] {
            place.product(name, &[]).await;
        }
        let query = "query($a: ID!, $s: String, $x: Boolean) { products(accountId: $a, search: $s, archived: $x) { totalCount edges { node { id name archived } } } }";
        let named = |data: &Value| {
            data["products"]["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["name"])).collect::<Vec<_>>()
        };
        let found = place.data(query, json!({ "a": place.account })).await;
        assert_eq!(named(&found), ["Été sportif", "Pilates", "Yoga doux"]);
        let id = &found["products"]["edges"][1]["node"]["id"];
        place.done("archiveProduct", json!({ "productId": id }), "").await;
        assert_eq!(named(&place.data(query, json!({ "a": place.account, "x": true })).await), ["Pilates"]);
        assert_eq!(named(&place.data(query, json!({ "a": place.account, "x": false })).await).len(), 2);
        assert_eq!(named(&place.data(query, json!({ "a": place.account, "s": "ete" })).await), ["Été sportif"]);
        assert_eq!(named(&place.data(query, json!({ "a": place.account, "s": "?" })).await).len(), 0);
    }
}
