//! « Mes abonnés » and « Mon espace » as a browser without a script has them (rows U1 to U15, B16).

use crate::{
    browser::{Browser, PASSWORD},
    pages::{hidden, to},
    place::{Place, everywhere, text},
};
use serde_json::json;

/// What a form of a subscriber sends, with some fields of it otherwise.
fn filled<'f>(csrf: &'f str, other: &[(&'static str, &'f str)]) -> Vec<(&'static str, &'f str)> {
    let mut fields = vec![
        ("_csrf", csrf),
        ("companyName", "Librairie Dupont"),
        ("lastName", "Dupont"),
        ("firstName", "Anne"),
        ("externalId", "AB-1"),
        ("email", ""),
        ("portalAccount", "NONE"),
        ("phone", "06 12 34 56 78"),
        ("fax", ""),
        ("country", "FR"),
        ("line1", "12 rue des Lilas"),
        ("line2", ""),
        ("line3", ""),
        ("postalCode", "75020"),
        ("city", "Paris"),
    ];
    for (name, value) in other {
        fields.retain(|(known, _)| known != name);
        fields.push((name, value));
    }
    fields
}

async fn subscriber(place: &Place, last: &str, email: Option<&str>) -> String {
    let address = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
    let input = json!({ "accountId": place.account, "lastName": last, "email": email, "address": address });
    text(&place.done("addContact", input, "contact { id }").await["contact"]["id"])
}

async fn subscribed(place: &Place, contact: &str, product: &str) -> String {
    let start = json!({ "contactId": contact, "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-01" });
    text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"])
}

#[tokio::test]
async fn u7_u8_a_subscriber_is_created_by_the_form_with_what_is_wrong_by_its_field() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let list = format!("/a/{}/subscribers", place.account);
        let first = browser.get(&list).await;
        assert!(first.text.contains("No subscribers yet") && first.text.contains("Create a subscriber"));
        let page = browser.get(&format!("{list}/add")).await;
        let (csrf, key) = (hidden(&page, "_csrf"), hidden(&page, "key"));
        assert!(page.text.matches("class=\"star\"").count() >= 5, "red asterisks: {}", page.text);
        // Another country has other mandatory fields, and what was typed stays.
        let ghana = filled(&csrf, &[("country", "GH"), ("look", "1"), ("key", &key)]);
        let page = browser.form(&format!("{list}/add"), &ghana).await;
        assert_eq!(page.status, 200);
        assert!(page.text.contains("value=\"GH\" selected") && page.text.contains("value=\"Librairie Dupont\""));
        assert!(!page.text.contains("Postal code, for example"), "{}", page.text);

        let nobody = filled(
            &csrf,
            &[
                ("lastName", ""),
                ("firstName", ""),
                ("companyName", ""),
                ("city", ""),
                ("email", "nobody"),
                ("key", &key),
            ],
        );
        let wrong = browser.form(&format!("{list}/add"), &nobody).await;
        assert_eq!(wrong.status, 422);
        for part in ["id=\"email-error\"", "value=\"nobody\"", "value=\"12 rue des Lilas\"", "role=\"alert\""] {
            assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
        }
        let alone = filled(&csrf, &[("line1", ""), ("postalCode", ""), ("city", ""), ("key", &key)]);
        let wrong = browser.form(&format!("{list}/add"), &alone).await;
        assert!(wrong.status == 422 && wrong.text.contains("id=\"address-error\""), "{}", wrong.text);

        let good = filled(&csrf, &[("key", &key)]);
        let added = browser.form(&format!("{list}/add"), &good).await;
        let again = browser.form(&format!("{list}/add"), &good).await;
        assert_eq!(added.status, 303, "{}", added.text);
        assert_eq!(to(&added), to(&again), "pressed twice, created once");
        assert!(to(&added).ends_with("?told=subscriber-added"));
        let sheet = browser.get(&to(&added)).await;
        for part in ["The subscriber is created.", "12 rue des Lilas\n75020 Paris", "06 12 34 56 78", "AB-1"] {
            assert!(sheet.text.contains(part), "{part}: {}", sheet.text);
        }
        let page = browser.get(&format!("{list}?q=dupont")).await;
        assert!(page.text.contains("1 subscriber<") && page.text.contains("AB-1"), "{}", page.text);
        assert!(browser.get(&format!("{list}?q=zz")).await.text.contains("No subscriber matches"));
    }
}

#[tokio::test]
async fn u12_u13_u14_the_help_page_s_steps_open_a_login_and_both_are_told_by_mail() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let anne = subscriber(&place, "Dupont", None).await;
        let list = browser.get(&format!("/a/{}/subscribers", place.account)).await;
        let sheet = format!("/a/{}/subscribers/{anne}", place.account);
        assert!(list.text.contains(&sheet) && browser.get(&sheet).await.text.contains("Change details"));
        let page = browser.get(&format!("{sheet}/edit")).await;
        let (csrf, version) = (hidden(&page, "_csrf"), hidden(&page, "version"));
        assert!(page.text.contains("Create an administrator (subscriber) account"), "{}", page.text);
        let of = |email: &'static str, login: &'static str| {
            vec![
                ("email", email),
                ("portalAccount", login),
                ("companyName", ""),
                ("firstName", ""),
                ("externalId", ""),
                ("phone", ""),
            ]
        };
        let address = [("line1", "1 rue A"), ("postalCode", "75007"), ("version", version.as_str())];
        // Without an e-mail there is no login, and it is said where.
        let fields = [of("", "SUBSCRIBER"), address.to_vec()].concat();
        let wrong = browser.form(&format!("{sheet}/edit"), &filled(&csrf, &fields)).await;
        assert!(wrong.status == 422 && wrong.text.contains("id=\"email-error\""), "{}", wrong.text);
        let fields = [of("anne@exemple.fr", "SUBSCRIBER"), address.to_vec()].concat();
        let done = browser.form(&format!("{sheet}/edit"), &filled(&csrf, &fields)).await;
        assert_eq!(to(&done), format!("{sheet}?told=subscriber-login-opened"), "{}", done.text);
        let mails = place.mails().await;
        for (who, template) in [("camille@exemple.fr", "portal_owner"), ("anne@exemple.fr", "portal_subscriber")] {
            assert!(mails.iter().any(|c| c.mail.to == who && c.mail.template == template), "{who}: {mails:#?}");
        }
        let page = browser.get(&sheet).await;
        assert!(page.text.contains("Subscriber account") && page.text.contains("Send the link again"));
        // Somebody else's change is shown beside one's own.
        place.done("editContact", json!({ "contactId": anne, "phone": "01 00 00 00 00" }), "").await;
        let fields =
            [of("anne@exemple.fr", "SUBSCRIBER"), vec![("phone", "02 00 00 00 00")], address.to_vec()].concat();
        let stale = browser.form(&format!("{sheet}/edit"), &filled(&csrf, &fields)).await;
        assert_eq!(stale.status, 422);
        assert!(
            stale.text.contains("value=\"02 00 00 00 00\"") && stale.text.contains("saved: 01 00 00 00 00"),
            "{}",
            stale.text
        );
        let version = hidden(&stale, "version");
        let fields = [fields, vec![("version", version.as_str())]].concat();
        assert_eq!(browser.form(&format!("{sheet}/edit"), &filled(&csrf, &fields)).await.status, 303);
        // The link again: not more than once in a minute.
        place.later(chrono::TimeDelta::minutes(2));
        let sent = browser.form(&format!("{sheet}/link"), &[("_csrf", &csrf)]).await;
        assert_eq!(to(&sent), format!("{sheet}?told=subscriber-link-sent"), "{}", sent.text);
        let soon = browser.form(&format!("{sheet}/link"), &[("_csrf", &csrf)]).await;
        assert!(soon.status == 422 && soon.text.contains("is-bad"), "{}", soon.text);
    }
}

#[tokio::test]
async fn b16_u3_an_address_for_some_days_is_scheduled_by_the_form_and_stands_in_the_history() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let anne = subscriber(&place, "Dupont", None).await;
        let sheet = format!("/a/{}/subscribers/{anne}", place.account);
        let page = browser.get(&format!("{sheet}/address")).await;
        let (csrf, key) = (hidden(&page, "_csrf"), hidden(&page, "key"));
        let days = |from: &'static str, until: &'static str| {
            [
                ("_csrf", csrf.as_str()),
                ("key", key.as_str()),
                ("from", from),
                ("until", until),
                ("country", "FR"),
                ("line1", "2 quai du Port"),
                ("postalCode", "29000"),
                ("city", "Quimper"),
            ]
        };
        let wrong = browser.form(&format!("{sheet}/address"), &days("2026-08-31", "2026-07-01")).await;
        assert!(wrong.status == 422 && wrong.text.contains("value=\"2 quai du Port\""), "{}", wrong.text);
        let done = browser.form(&format!("{sheet}/address"), &days("2026-07-01", "2026-08-31")).await;
        assert_eq!(to(&done), format!("{sheet}?told=subscriber-address-set"), "{}", done.text);
        let page = browser.get(&sheet).await;
        for part in ["In force", "To come", "2 quai du Port\n29000 Quimper", "from 1 July 2026 to 31 August 2026"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
    }
}

#[tokio::test]
async fn u4_what_an_export_hands_out_is_told_before_it_and_asks_again_who_is_there() {
    for place in everywhere().await {
        let browser = place.owner().await;
        subscriber(&place, "Dupont", None).await;
        let path = format!("/a/{}/subscribers/export", place.account);
        let page = browser.get(&path).await;
        let file = format!("/export/subscribers.xlsx?account={}&lang=en", place.account);
        assert!(page.text.contains(&file) && page.text.contains("1 subscriber, in eight columns"), "{}", page.text);
        assert_eq!(
            browser.get(&format!("/export/subscribers.csv?account={}&lang=en", place.account)).await.status,
            200
        );
        place.later(chrono::TimeDelta::minutes(16));
        let page = browser.get(&path).await;
        assert!(
            !page.text.contains("/export/subscribers.xlsx") && page.text.contains("/confirm?next="),
            "{}",
            page.text
        );
    }
}

/// Whoever holds a login to the portal, signed in by the page.
async fn holder<'p>(place: &'p Place, contact: &str, role: &str, email: &str) -> (Browser<'p>, String) {
    place.done("openPortalAccount", json!({ "contactId": contact, "role": role }), "").await;
    place.signed_up(email).await;
    let browser = place.browser();
    let entered = browser.form("/sign-in", &[("email", email), ("password", PASSWORD)]).await;
    (browser, to(&entered))
}

#[tokio::test]
async fn u10_a_subscriber_lands_on_their_own_page_and_sees_nothing_of_anybody_else() {
    for place in everywhere().await {
        let anne = subscriber(&place, "Anne", Some("anne@exemple.fr")).await;
        let zoe = subscriber(&place, "Yvonne", Some("yvonne@exemple.fr")).await;
        let product = place.product("Le Phare", &[0, 30]).await;
        let subscription = subscribed(&place, &anne, &product).await;
        let theirs = subscribed(&place, &zoe, &product).await;
        let claim = json!({ "contactId": zoe, "subscriptionId": theirs, "text": "SECRET de Yvonne" });
        place.done("openClaim", claim, "").await;
        let (browser, landed) = holder(&place, &anne, "SUBSCRIBER", "anne@exemple.fr").await;
        let own = format!("/a/{}/portal", place.account);
        assert_eq!(landed, own);
        let page = browser.get(&own).await;
        assert!(page.text.contains("Le Phare") && page.text.contains("Current subscriptions"), "{}", page.text);
        assert!(!page.text.contains("Yvonne") && !page.text.contains("SECRET") && !page.text.contains("/contacts\""));
        // Complaining: filled in from the issue that should have come, and refused without a word.
        let path = format!("/a/{}/subscribers/{anne}/complain", place.account);
        let form = browser.get(&format!("{path}?subscription={subscription}")).await;
        let (csrf, key) = (hidden(&form, "_csrf"), hidden(&form, "key"));
        assert!(form.text.contains("1 rue A\n75007 Paris"), "where it was to go: {}", form.text);
        let send = |text: &'static str| {
            [
                ("_csrf", csrf.clone()),
                ("key", key.clone()),
                ("subscriptionId", subscription.clone()),
                ("moduleId", String::new()),
                ("text", text.to_owned()),
            ]
        };
        let post = async |path: &str, fields: &[(&str, String)]| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.form(path, &fields).await
        };
        let wrong = post(&path, &send("")).await;
        assert!(wrong.status == 422 && wrong.text.contains("id=\"text-error\""), "{}", wrong.text);
        for _ in 0..2 {
            assert_eq!(to(&post(&path, &send("Page 3 déchirée")).await), format!("{own}?told=complained"));
        }
        let page = browser.get(&own).await;
        assert_eq!(page.text.matches("Page 3 déchirée").count(), 1, "{}", page.text);
        // Settled.
        let fields =
            [("_csrf", csrf.clone()), ("claim", hidden(&page, "claim")), ("version", hidden(&page, "version"))];
        assert_eq!(to(&post(&format!("{own}/settle"), &fields).await), format!("{own}?told=complaint-settled"));
        assert!(browser.get(&own).await.text.contains("1 closed complaint"));
        // What is somebody else's, or the account's, is not there.
        for path in [
            format!("subscribers/{zoe}"),
            format!("subscribers/{zoe}/complain?subscription={theirs}"),
            "contacts".into(),
            "subscribers".into(),
            "subscribers/add".into(),
        ] {
            let page = browser.get(&format!("/a/{}/{path}", place.account)).await;
            assert_eq!(page.status, 404, "{path}: {}", page.text);
            assert!(!page.text.contains("Yvonne"));
        }
        let sheet = browser.get(&format!("/a/{}/subscribers/{anne}", place.account)).await;
        assert!(!sheet.text.contains("Change details"), "{}", sheet.text);
    }
}

#[tokio::test]
async fn u11_an_administrator_sees_the_account_s_subscribers_and_changes_none_of_them() {
    for place in everywhere().await {
        let anne = subscriber(&place, "Anne", Some("anne@exemple.fr")).await;
        let zoe = subscriber(&place, "Zoé", None).await;
        let (browser, landed) = holder(&place, &anne, "ADMINISTRATOR", "anne@exemple.fr").await;
        assert_eq!(landed, format!("/a/{}/portal", place.account));
        assert!(browser.get(&landed).await.text.contains("Zoé"));
        let list = browser.get(&format!("/a/{}/subscribers", place.account)).await;
        assert!(list.text.contains("2 subscribers") && !list.text.contains("subscribers/add"), "{}", list.text);
        let sheet = browser.get(&format!("/a/{}/subscribers/{zoe}", place.account)).await;
        assert!(sheet.text.contains("Zoé") && !sheet.text.contains("/edit"), "{}", sheet.text);
        assert_eq!(browser.get(&format!("/a/{}/subscribers/{zoe}/edit", place.account)).await.status, 404);
        // Of another account nothing, by whatever page.
        let other = place.another("Autre").await;
        let theirs = subscriber(&other, "Ailleurs", None).await;
        for what in ["", "/edit", "/address", "/complain?subscription=x"] {
            let page = browser.get(&format!("/a/{}/subscribers/{theirs}{what}", place.account)).await;
            assert!(page.status == 404 && !page.text.contains("Ailleurs"), "{what}");
        }
    }
}
