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
