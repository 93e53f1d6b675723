//! What is kept about one person, as a browser without a script has it: handed out, erased, and the receipt (rows P3, P4, B8).

use crate::{
    pages::{hidden, to},
    place::everywhere,
};
use chrono::TimeDelta;
use serde_json::json;
use sesame::{
    clock::Clock,
    erasure::{self, receipt},
};

#[tokio::test]
async fn p3_p4_b8_a_person_s_data_are_handed_out_and_erased_from_the_sheet_and_the_receipt_is_shown() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let (personal, erase) = (format!("{sheet}/personal"), format!("{sheet}/erase"));
        assert!(browser.get(&sheet).await.text.contains(&personal), "the way there");

        // Handed out, to read and as a file.
        let page = browser.get(&personal).await;
        let readable = format!("/contacts/{contact}/personal-data.html?lang=en");
        assert!(page.text.contains(&readable) && page.text.contains("personal-data.json?lang=en"), "{}", page.text);
        let document = browser.get(&readable).await;
        assert!(document.status == 200 && document.text.contains("lea@exemple.fr"), "{}", document.text);
        assert!(browser.get(&sheet.replace(&contact, &format!("{contact}/history"))).await.text.contains("personal"));

        // Asked by name and consequence; whoever showed who they are too long ago is asked that first.
        let ask = browser.get(&erase).await;
        assert!(ask.text.contains("Erase Fontaine for ever?") && ask.text.contains("cannot be undone"), "{}", ask.text);
        place.clock.advance(TimeDelta::minutes(16));
        assert_eq!(to(&browser.get(&erase).await), format!("/confirm?next={erase}"));
        let browser = place.signed_in("camille@exemple.fr").await;
        let ask = browser.get(&erase).await;
        place.done("editContact", json!({ "contactId": contact, "firstName": "Léa" }), "").await;
        let (csrf, version) = (hidden(&ask, "_csrf"), hidden(&ask, "version"));
        let stale = browser.form(&erase, &[("_csrf", &csrf), ("version", &version)]).await;
        assert_eq!(stale.status, 422, "somebody changed it meanwhile: {}", stale.text);
        let version = hidden(&stale, "version");
        let erased = browser.form(&erase, &[("_csrf", &csrf), ("version", &version)]).await;
        assert_eq!(to(&erased), format!("{personal}?told=erased"), "{}", erased.text);

        // Until it was looked, that is said; then what was found.
        let page = browser.get(&personal).await;
        assert!(page.text.contains("still cleaning") && !page.text.contains("Fontaine"), "{}", page.text);
        erasure::clean(place.service.db(), place.clock.now().timestamp_micros()).await.unwrap();
        receipt::write_due(&place.service.app).await.unwrap();
        let page = browser.get(&personal).await;
        for part in ["Nothing is left.", "Values searched for", "table event", "the key"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert!(!page.text.contains("Fontaine") && !page.text.contains("Léa"), "{}", page.text);
        assert_eq!(browser.get(&erase).await.status, 404, "nobody is erased twice");
    }
}

#[tokio::test]
async fn k2_the_sheet_of_whoever_was_erased_says_when_and_offers_nothing_that_can_be_done_no_more() {
    for place in everywhere().await {
        place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        place.later(TimeDelta::hours(1));
        place.done("eraseContact", json!({ "contactId": contact, "confirm": true }), "").await;
        let browser = place.signed_in("camille@exemple.fr").await;
        let day = place.clock.now().format("%-d %B %Y").to_string();
        let shown = browser.get(&sheet).await;
        assert!(shown.text.contains("were erased for ever on") && shown.text.contains(&day), "{}", shown.text);
        let subscriber = format!("/a/{}/subscribers/{contact}", place.account);
        for path in ["", "/overview", "/subscriptions", "/claims", "/rights", "/app"] {
            let page = browser.get(&format!("{sheet}{path}")).await;
            assert_eq!(page.status, 200, "{path}");
            for act in ["/person\"", "/delete\"", "/grant\"", "/claims/new", "/set/new", "/members/con_"] {
                assert!(!page.text.contains(act), "{path} offers {act}: {}", page.text);
            }
        }
        let page = browser.get(&subscriber).await;
        assert!(
            !page.text.contains(&format!("{subscriber}/edit")) && !page.text.contains("/address\""),
            "{}",
            page.text
        );
        let query = "query($c: ID!, $at: DateTime) { contact(id: $c, asOf: $at) { erasedAt } }";
        let now = place.data(query, json!({ "c": contact })).await["contact"]["erasedAt"].clone();
        assert_eq!(now, json!(place.clock.now().format("%Y-%m-%dT%H:%M:%SZ").to_string()));
        let before = place.data(query, json!({ "c": contact, "at": "2026-03-31T10:05:00Z" })).await;
        assert_eq!(before["contact"], json!({ "erasedAt": null }));
    }
}

#[tokio::test]
async fn s4_whoever_owns_the_account_is_told_at_once_that_they_are_not_erased_and_what_to_do_first() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let query = "query($a: ID!) { members(accountId: $a, filter: { profile: CLIENT }) { edges { node { contact { id } } } } }";
        let owner = place.data(query, json!({ "a": place.account })).await["members"]["edges"][0]["node"].clone();
        let owner = owner["contact"]["id"].as_str().unwrap().to_owned();
        let sheet = format!("/a/{}/contacts/{owner}", place.account);
        let page = browser.get(&format!("{sheet}/personal")).await;
        assert!(page.text.contains("Transfer the ownership to somebody else first"), "{}", page.text);
        assert!(page.text.contains(&format!("/a/{}/members\"", place.account)), "where that is done: {}", page.text);
        assert!(!page.text.contains(&format!("{sheet}/erase")), "{}", page.text);
        let ask = browser.get(&format!("{sheet}/erase")).await;
        assert!(ask.text.contains("Transfer the ownership to somebody else first"), "{}", ask.text);
        assert!(!ask.text.contains("type=\"submit\" class=\"danger\"") && !ask.text.contains("class=\"danger\""));
    }
}

#[tokio::test]
async fn b13_the_sheet_says_when_whoever_signs_in_last_came() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let never = place.person("Fontaine", "lea@exemple.fr").await;
        browser.get(&format!("/a/{}/home", place.account)).await;
        let query = "query($a: ID!) { members(accountId: $a, filter: { profile: CLIENT }) { edges { node { lastUsed contact { id lastUsed } } } } }";
        let owner = place.data(query, json!({ "a": place.account })).await["members"]["edges"][0]["node"].clone();
        assert!(owner["lastUsed"].is_string() && owner["lastUsed"] == owner["contact"]["lastUsed"], "{owner:#}");
        let rights = |contact: &str| format!("/a/{}/contacts/{contact}/rights", place.account);
        let page = browser.get(&rights(owner["contact"]["id"].as_str().unwrap())).await;
        assert!(page.text.contains("Last came") && !page.text.contains("never came"), "{}", page.text);
        assert!(browser.get(&rights(&never)).await.text.contains("never came"));
        // Who may not ask about the members is not told when they come.
        let support = place.colleague("sam@exemple.fr", &["BILLING"]).await;
        let page = support.get(&rights(&never)).await;
        assert!(page.status == 200 && !page.text.contains("Last came"), "{}", page.text);
    }
}

#[tokio::test]
async fn p3_whoever_may_neither_hand_out_nor_erase_finds_no_such_page() {
    for place in everywhere().await {
        place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let support = place.colleague("sam@exemple.fr", &["SUPPORT"]).await;
        let seen = support.get(&sheet).await;
        assert!(seen.status == 200 && !seen.text.contains("/personal"), "{}", seen.text);
        for path in ["personal", "erase"] {
            assert_eq!(support.get(&format!("{sheet}/{path}")).await.status, 404);
        }
        let csrf = support.csrf().await;
        let forced = support.form(&format!("{sheet}/erase"), &[("_csrf", &csrf), ("version", "1")]).await;
        assert_eq!(forced.status, 404);
        let other = place.another("Autre maison").await;
        let theirs = other.person("Secret", "secret@exemple.fr").await;
        let keeper = place.colleague("ines@exemple.fr", &["SECURITY", "SUPPORT"]).await;
        assert_eq!(keeper.get(&format!("{sheet}/personal")).await.status, 200);
        let stranger = format!("/a/{}/contacts/{theirs}", place.account);
        for path in ["personal", "erase"] {
            assert_eq!(keeper.get(&format!("{stranger}/{path}")).await.status, 404, "another account's");
        }
    }
}
