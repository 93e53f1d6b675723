//! Files and the people in them: those who wait in the app (rows A3, A9), and those who are erased (row B8).

use crate::{
    imports::{apply, names, plan, rows, undo},
    place::{Place, codes, everywhere, text},
};
use serde_json::{Value, json};

/// A file of so many rows, of whom each has an e-mail.
fn file(rows: usize) -> String {
    let lines = (0..rows).map(|n| format!("K{n};Nom {n};k{n}@exemple.fr\n"));
    std::iter::once("ID;Nom;E-mail\n".to_owned()).chain(lines).collect()
}

/// How many contacts have a registration that stands so.
async fn registered(place: &Place) -> u64 {
    let query = "query($a: ID!) { registrations(accountId: $a, state: REGISTERED, first: 1) { totalCount } }";
    place.data(query, json!({ "a": place.account })).await["registrations"]["totalCount"].as_u64().unwrap()
}

async fn waiting(place: &Place) -> u64 {
    let query = "query($a: ID!) { registrations(accountId: $a, state: WAITING, first: 1) { totalCount } }";
    place.data(query, json!({ "a": place.account })).await["registrations"]["totalCount"].as_u64().unwrap()
}

#[tokio::test]
async fn a9_a_file_finds_those_who_wait_in_the_app() {
    for place in everywhere().await {
        // In two lots; one of them never showed that the address is theirs.
        for n in [1, 2, 499, 500, 700] {
            place.waiting(&format!("k{n}@exemple.fr"), true).await;
        }
        place.waiting("k3@exemple.fr", false).await;
        let there = place.person("Ancien", "ancien@exemple.fr").await;
        place.waiting("nouveau@exemple.fr", true).await;
        let csv = format!("{}{there};Ancien;nouveau@exemple.fr\n", file(800));
        let id = text(&plan(&place, &csv, "&label=Salon").await["importId"]);
        assert_eq!((registered(&place).await, waiting(&place).await), (0, 7));
        let applied = apply(&place, &id).await;
        let done = [&applied["done"]["created"], &applied["done"]["updated"], &applied["leftOut"]];
        assert_eq!(done, [&json!(800), &json!(1), &json!(0)]);
        assert_eq!((registered(&place).await, waiting(&place).await), (6, 1));
        assert_eq!(place.status(&there).await, "REGISTERED");
        // Whoever signed in the app has more than the import gave them: they stay, and are listed.
        let undone = undo(&place, &id).await["undo"].clone();
        assert_eq!((&undone["removed"], &undone["restored"], &undone["kept"]), (&json!(795), &json!(1), &json!(5)));
        let kept: Vec<Value> =
            rows(&place, &id, Some("KEPT")).await.iter().map(|r| r["kept"]["code"].clone()).collect();
        assert_eq!(kept, vec![json!("CHANGED_SINCE_IMPORT"); 5]);
        assert_eq!(registered(&place).await, 6);
    }
}

/// Whichever of the two comes first, and however they meet: nobody is left waiting beside their own contact.
#[tokio::test(flavor = "multi_thread")]
async fn a9_who_signs_up_while_a_file_is_applied_is_found_all_the_same() {
    for place in everywhere().await {
        let id = text(&plan(&place, &file(1_500), "").await["importId"]);
        place.done("applyImport", json!({ "importId": id }), "import { status }").await;
        let sign_ups = async {
            for n in (0..1_500).rev().step_by(25) {
                place.sign_up(&format!("k{n}@exemple.fr"), true, json!({})).await;
            }
        };
        let (applied, ()) = tokio::join!(apply(&place, &id), sign_ups);
        assert_eq!((&applied["done"]["created"], &applied["leftOut"]), (&json!(1_500), &json!(0)));
        assert_eq!((registered(&place).await, waiting(&place).await), (60, 0));
    }
}

#[tokio::test]
async fn b8_a_row_that_would_record_an_erased_person_anew_is_deleted_with_them() {
    for place in everywhere().await {
        // Planned before they are there by another door: the rows are about somebody new.
        let csv =
            "ID;Nom;E-mail\n;Durand;anne@exemple.fr\n;Durand;ANNE@exemple.fr\nC7;Petit;\n;Autre;autre@exemple.fr\n";
        let planned = plan(&place, csv, "").await;
        assert_eq!((&planned["created"], &planned["duplicates"]), (&json!(3), &json!(1)));
        let id = text(&planned["importId"]);
        let other = place.another("Autre maison").await;
        let theirs = text(&plan(&other, csv, "").await["importId"]);
        let anne = place.person("Durand", "anne@exemple.fr").await;
        let input = json!({ "accountId": place.account, "lastName": "Petit", "externalId": "C7" });
        let petit = text(&place.done("addContact", input, "contact { id }").await["contact"]["id"]);
        // One is deleted first, and gave everything free then.
        place.done("deleteContact", json!({ "contactId": petit, "confirm": true }), "").await;
        for contact in [&anne, &petit] {
            place.done("eraseContact", json!({ "contactId": contact, "confirm": true }), "").await;
        }
        let left: Vec<Value> = rows(&place, &id, None).await.iter().map(|r| r["row"].clone()).collect();
        assert_eq!(left, [json!(5)]);
        assert_eq!(rows(&other, &theirs, None).await.len(), 4, "another account's rows are its own");
        assert_eq!(apply(&place, &id).await["done"]["created"], 1);
        assert_eq!(names(&place, json!({})).await, ["Autre"]);
    }
}

#[tokio::test]
async fn b14_what_cannot_be_meant_is_told_in_the_caller_s_language() {
    for mut place in everywhere().await {
        let query = "query($a: ID!) { imports(accountId: $a, first: 1, last: 1) { totalCount } }";
        for (lang, said) in [("fr", "s’excluent"), ("en", "exclude each other")] {
            place.lang = lang;
            let answer = place.ask(query, json!({ "a": place.account })).await;
            assert_eq!(codes(&answer), ["GRAPHQL_VALIDATION_FAILED"]);
            assert!(text(&answer["errors"][0]["message"]).contains(said), "{answer:#}");
        }
    }
}
