//! « ERP » and « Inscriptions sur l'app » as a browser without a script has them (rows A1 to A7, A14 to A19, B9, B10).

use crate::{
    browser::PASSWORD,
    pages::{hidden, to},
    place::{Place, everywhere, text},
};
use serde_json::{Value, json};

fn at(place: &Place, path: &str) -> String {
    format!("/a/{}/{path}", place.account)
}

#[tokio::test]
async fn a4_a7_an_erp_is_connected_looked_at_and_disconnected_after_what_that_comes_to_was_told() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let erp = at(&place, "erp");
        let first = browser.get(&erp).await;
        assert!(first.text.contains("Not connected") && first.text.contains("No ERP is connected"), "{}", first.text);
        let form = browser.get(&format!("{erp}/connect")).await;
        let (csrf, version) = (hidden(&form, "_csrf"), hidden(&form, "version"));
        let connect = |source: &'static str, minutes: &'static str| {
            [
                ("_csrf", csrf.clone()),
                ("version", version.clone()),
                ("source", source.into()),
                ("url", String::new()),
                ("everyMinutes", minutes.into()),
            ]
        };
        let post = async |path: &str, fields: &[(&str, String)]| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.form(&format!("{erp}/{path}"), &fields).await
        };
        let wrong = post("connect", &connect("", "x")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("role=\"alert\"") && wrong.text.contains("-error\""), "{}", wrong.text);
        let done = post("connect", &connect("navision", "")).await;
        assert_eq!(to(&done), format!("{erp}?told=erp-connected"), "{}", done.text);
        place.sync(json!([{ "externalId": "C-1", "lastName": "Dupont", "email": "anne@exemple.fr" }])).await;
        let page = browser.get(&erp).await;
        for part in ["Connected to navision", "Clients of the ERP", "created 1", "Fields the ERP keeps"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        // Whose a field is (A14).
        let version = hidden(&page, "version");
        let fields = [("_csrf", csrf.clone()), ("version", version.clone()), ("EMAIL", "1".into())];
        assert_eq!(to(&post("ownership", &fields).await), format!("{erp}?told=erp-ownership-set"));
        let page = browser.get(&erp).await;
        assert_eq!(page.text.matches(" checked").count(), 1, "{}", page.text);
        let stale = post("ownership", &fields).await;
        assert!(stale.status == 422 && stale.text.contains("is-bad"), "somebody changed it meanwhile");
        // Nothing is pulled where nothing is to be pulled from.
        let none = post("sync", &[("_csrf", csrf.clone())]).await;
        assert!(none.status == 422 && none.text.contains("is-bad"), "{}", none.text);
        let form = browser.get(&format!("{erp}/disconnect")).await;
        assert!(form.text.contains("1 client is then changed and deleted here"), "{}", form.text);
        let fields = [("_csrf", csrf.clone()), ("version", hidden(&form, "version"))];
        assert_eq!(to(&post("disconnect", &fields).await), format!("{erp}?told=erp-disconnected"));
        assert!(browser.get(&erp).await.text.contains("Not connected"));
    }
}

#[tokio::test]
async fn b10_where_the_erp_disagrees_a_person_decides_on_the_page() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.connect(None).await;
        place.person("Petit", "jean@exemple.fr").await;
        let dupont = json!([{ "externalId": "C-1", "lastName": "Dupont", "email": "anne@exemple.fr" }]);
        place.sync(dupont).await;
        place.sync(json!([{ "externalId": "C-1", "lastName": "Dupont", "email": "jean@exemple.fr" }])).await;
        let page = browser.get(&at(&place, "erp")).await;
        for part in ["In the ERP: jean@exemple.fr", "This e-mail is Petit’s", "Record C-1", "Keep ours"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let fields = [
            ("_csrf", hidden(&page, "_csrf")),
            ("id", hidden(&page, "id")),
            ("drift", "EMAIL_TAKEN".into()),
            ("accept", "OURS".into()),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = browser.form(&at(&place, "erp/resolve"), &fields).await;
        assert_eq!(to(&done), at(&place, "erp?told=erp-resolved"), "{}", done.text);
        assert!(browser.get(&at(&place, "erp")).await.text.contains("Nothing to decide here."));
        // Another account's is unknown.
        let other = place.another("Autre").await;
        other.connect(None).await;
        other.person("Ailleurs", "z@exemple.fr").await;
        other.sync(json!([{ "externalId": "C-1", "lastName": "Loin", "email": "loin@exemple.fr" }])).await;
        other.sync(json!([{ "externalId": "C-1", "lastName": "Loin", "email": "z@exemple.fr" }])).await;
        let query = "query($a: ID!) { erpDrift(accountId: $a, kind: EMAIL_TAKEN) { edges { node { id } } } }";
        let id = text(&other.data(query, json!({ "a": other.account })).await["erpDrift"]["edges"][0]["node"]["id"]);
        let fields = [fields[0], ("id", id.as_str()), ("accept", "ERP")];
        let unknown = browser.form(&at(&place, "erp/resolve"), &fields).await;
        assert!(!unknown.status.is_redirection() && !unknown.text.contains("Ailleurs"), "{}", unknown.text);
    }
}

#[tokio::test]
async fn a16_a17_a18_who_waits_is_let_in_or_turned_away_and_who_did_not_register_is_invited_again() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.policy("MANUAL").await;
        for (last, email) in
            [("Dupont", "anne@exemple.fr"), ("Petit", "jean@exemple.fr"), ("Martin", "paul@exemple.fr")]
        {
            place.person(last, email).await;
            place.sign_up(email, true, Value::Null).await;
        }
        let late = place.person("Zola", "zola@exemple.fr").await;
        let app = at(&place, "erp/app");
        let page = browser.get(&app).await;
        for part in ["Dupont", "Pixel 9", "Validate the 3 requests", "3 people"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert!(!page.text.contains("Zola"));
        let csrf = hidden(&page, "_csrf");
        let first = hidden(&page, "contact");
        let act = async |act: &str, field: &str, id: &str| {
            let fields = [("_csrf", csrf.as_str()), (field, id), ("state", "PENDING_VALIDATION")];
            browser.form(&format!("{app}/{act}"), &fields).await
        };
        let back = |told: &str| format!("{app}?state=PENDING_VALIDATION&told={told}");
        assert_eq!(to(&act("refuse", "contact", &first).await), back("app-refused"));
        assert_eq!(place.status(&first).await, "REFUSED");
        let refused = browser.get(&format!("{app}?state=REFUSED")).await;
        assert!(refused.text.contains(&first) && refused.text.contains("Validate"), "{}", refused.text);
        assert_eq!(to(&act("validate", "contact", &first).await), back("app-validated"));
        assert_eq!(place.status(&first).await, "REGISTERED");
        // All at once, after how many was told.
        let form = browser.get(&format!("{app}/validate-all")).await;
        assert!(form.text.contains("Validate 2 requests?"), "{}", form.text);
        let done = browser.form(&format!("{app}/validate-all"), &[("_csrf", &csrf)]).await;
        assert_eq!(to(&done), back("app-all-validated"), "{}", done.text);
        place.settled().await;
        let page = browser.get(&format!("{app}?state=REGISTERED")).await;
        assert!(page.text.contains("3 people") && page.text.contains("Pixel 9"), "{}", page.text);
        // Who did not register: invited, then invited again, not twice within minutes.
        let page = browser.get(&format!("{app}?state=NOT_REGISTERED")).await;
        assert!(page.text.contains("Zola") && page.text.contains("Invite"), "{}", page.text);
        assert!(to(&act("invite", "contact", &late).await).ends_with("told=app-invited"));
        let page = browser.get(&format!("{app}?state=NOT_REGISTERED")).await;
        assert!(page.text.contains("Send the invitation again"), "{}", page.text);
        let soon = act("resend", "contact", &late).await;
        assert!(soon.status == 422 && soon.text.contains("is-bad"), "{}", soon.text);
        place.later(chrono::TimeDelta::minutes(6));
        assert!(to(&act("resend", "contact", &late).await).ends_with("told=app-invited-again"));
        // The same from the sheet, which says how it stands and leads back to itself.
        let overview = at(&place, &format!("contacts/{late}/overview"));
        let page = browser.get(&overview).await;
        assert!(page.text.contains("Send the invitation again"), "{}", page.text);
        place.later(chrono::TimeDelta::minutes(6));
        let fields = [("_csrf", csrf.as_str()), ("contact", &late), ("from", "sheet")];
        let again = browser.form(&format!("{app}/resend"), &fields).await;
        assert_eq!(to(&again), format!("{overview}?told=app-invited-again"), "{}", again.text);
        let page = browser.get(&at(&place, &format!("contacts/{first}/overview"))).await;
        assert!(page.text.contains("Registered in the app") && page.text.contains("Pixel 9"), "{}", page.text);
        assert_eq!(act("erase", "contact", &late).await.status, 404);
    }
}

#[tokio::test]
async fn b9_who_registered_with_another_email_stands_beside_whom_they_might_be_and_is_linked() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let input = json!({ "accountId": place.account, "firstName": "Anne", "lastName": "Dupont", "email": "anne@exemple.fr", "phone": "06 12 34 56 78" });
        let anne = text(&place.done("addContact", input, "contact { id }").await["contact"]["id"]);
        let more = json!({ "firstName": "Anne", "lastName": "Dupont", "phone": "06 12 34 56 78" });
        place.sign_up("a.dupont@autre.fr", true, more).await;
        place.waiting("nobody@autre.fr", true).await;
        let app = at(&place, "erp/app");
        let page = browser.get(&format!("{app}?state=WAITING")).await;
        for part in ["Could this be one of your clients?", "same phone", "% alike", "nobody@autre.fr", "This is them"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let fields = [
            ("_csrf", hidden(&page, "_csrf")),
            ("registration", hidden(&page, "registration")),
            ("contact", anne.clone()),
        ];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let done = browser.form(&format!("{app}/link"), &fields).await;
        assert_eq!(to(&done), format!("{app}?state=WAITING&told=app-linked"), "{}", done.text);
        assert_eq!(place.status(&anne).await, "REGISTERED");
        let again = browser.form(&format!("{app}/link"), &fields).await;
        assert!(again.status == 422 || again.status == 303, "{}", again.text);
    }
}

#[tokio::test]
async fn whoever_may_only_read_lists_is_offered_no_act_of_the_erp_or_the_app() {
    for place in everywhere().await {
        place.connect(None).await;
        place.policy("MANUAL").await;
        place.person("Dupont", "anne@exemple.fr").await;
        place.sign_up("anne@exemple.fr", true, Value::Null).await;
        let input = json!({ "accountId": place.account, "lastName": "Lecteur", "email": "lit@exemple.fr", "permissions": ["OTHER"] });
        place.done("addMember", input, "").await;
        place.signed_up("lit@exemple.fr").await;
        let browser = place.browser();
        browser.form("/sign-in", &[("email", "lit@exemple.fr"), ("password", PASSWORD)]).await;
        let page = browser.get(&at(&place, "erp/app")).await;
        assert!(page.text.contains("Dupont"), "{}", page.text);
        for offered in ["/validate", "/refuse", "Validate the"] {
            assert!(!page.text.contains(offered), "{offered}: {}", page.text);
        }
        let page = browser.get(&at(&place, "erp")).await;
        for offered in ["erp/connect", "erp/disconnect", ">Save<", "erp/sync"] {
            assert!(!page.text.contains(offered), "{offered}: {}", page.text);
        }
        for form in ["erp/connect", "erp/disconnect", "erp/app/validate-all", "subscribers/add"] {
            assert_eq!(browser.get(&at(&place, form)).await.status, 404, "{form}");
        }
    }
}
