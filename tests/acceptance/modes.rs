//! The two axes of an access, and what the sheet shows of them (rows K9 and K14); who a subscriber is (row U2).

use crate::place::{everywhere, text};
use serde_json::json;

#[tokio::test]
async fn k9_the_sheet_shows_the_mode_and_beside_it_whether_it_opens() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        for (name, mode) in [("Automatique", "AUTOMATIC"), ("Activé", "ACTIVATED"), ("Suspendu", "SUSPENDED")] {
            let p = place.product(name, &[]).await;
            place.done("grantAccess", json!({ "contactId": c, "productId": p, "mode": mode }), "").await;
        }
        let query =
            "query($c: ID!) { contact(id: $c) { accesses { product { name } mode decision { open reason } } } }";
        let sheet = place.data(query, json!({ "c": c })).await;
        let shown: Vec<_> = sheet["contact"]["accesses"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| (text(&a["mode"]), a["decision"]["open"].as_bool().unwrap(), text(&a["decision"]["reason"])))
            .collect();
        let expected =
            [("AUTOMATIC", false, "NO_SUBSCRIPTION"), ("ACTIVATED", true, "OPEN"), ("SUSPENDED", false, "SUSPENDED")];
        assert_eq!(shown, expected.map(|(mode, open, reason)| (mode.to_owned(), open, reason.to_owned())));
    }
}

#[tokio::test]
async fn k14_every_mode_goes_with_every_opening() {
    for place in everywhere().await {
        let openings = [
            (json!({ "fromOrderDate": true }), "2026-03-31T10:00:00Z"),
            (json!({ "full": true }), "2026-03-31T10:00:00Z"),
            (json!({ "advanced": { "by": 10, "unit": "DAYS" } }), "2026-03-31T10:00:00Z"),
            (json!({ "fromDate": "2026-05-01" }), "2026-04-30T22:00:00Z"),
        ];
        for (opening, opens) in &openings {
            let c = place.contact("Anne", "Dupont").await;
            let p = place.product("Yoga", &[30]).await;
            // Paid by a subscription that began today, so that only mode and opening speak.
            let input = json!({ "contactId": c, "productId": p, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-31" });
            place.done("startSubscription", input, "").await;
            for mode in ["AUTOMATIC", "ACTIVATED", "SUSPENDED"] {
                let edit = json!({ "contactId": c, "productId": p, "mode": mode, "opening": opening });
                let access =
                    place.done("editAccess", edit, "access { mode opening { kind } opensAt }").await["access"].clone();
                assert_eq!(access["mode"], mode);
                let later = place.decision(&c, &p, Some("2026-05-02T00:00:00Z")).await;
                assert_eq!(later["open"], mode != "SUSPENDED", "{mode} {opening}: {later:#}");
                let now = place.decision(&c, &p, None).await;
                let by_now = !opening["fromDate"].is_string();
                assert_eq!(now["open"], mode != "SUSPENDED" && by_now, "{mode} {opening}: {now:#}");
                if mode == "ACTIVATED" && !by_now {
                    assert_eq!(text(&now["opensAt"]).get(..16), opens.get(..16), "{opening}");
                }
                // The module opens with everything, 10 days early, or 30 days after what it counts from.
                let module = now["modules"][0]["opensAt"].as_str().unwrap_or_default().get(..10).map(str::to_owned);
                let expected = match () {
                    () if mode == "SUSPENDED" => continue,
                    () if opening["full"] == true => continue,
                    () if opening["advanced"].is_object() => "2026-04-19",
                    () if opening["fromDate"].is_string() => "2026-05-30",
                    () => "2026-04-29",
                };
                assert_eq!(module.as_deref(), Some(expected), "{mode} {opening}: {now:#}");
            }
        }
    }
}

#[tokio::test]
async fn u2_a_subscriber_is_where_deliveries_go_not_who_signs_in() {
    for place in everywhere().await {
        let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
        // No e-mail, no login: an address is enough.
        let input = json!({ "accountId": place.account, "companyName": "Bibliothèque", "address": address });
        place.done("addContact", input, "contact { id }").await;
        place.person("Dupont", "anne@exemple.fr").await;
        let query = "query($a: ID!) { subscribers(accountId: $a, first: 10) { edges { node { displayName email } } } }";
        let listed = place.data(query, json!({ "a": place.account })).await;
        assert_eq!(
            listed["subscribers"]["edges"],
            json!([{ "node": { "displayName": "Bibliothèque", "email": null } }])
        );
    }
}
