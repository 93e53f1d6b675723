//! Asking again: what is sensitive takes that whoever is signed in showed who they are a short while ago.

use crate::{
    browser::{Browser, OTHER_PASSWORD, PASSWORD},
    place::{Place, codes, everywhere, text},
    provider::offered,
    second_factor::{code, enrolled},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::clock::Clock;

/// The account's owner, signed in; their contact.
async fn owner(place: &Place) -> (Browser<'_>, String) {
    place.signed_up("zoe@exemple.fr").await;
    let zoe = place.person("Durand", "zoe@exemple.fr").await;
    place.done("transferOwnership", json!({ "contactId": zoe }), "").await;
    (place.signed_in("zoe@exemple.fr").await, zoe)
}

async fn told(browser: &Browser<'_>, mutation: &str, input: &Value) -> Vec<(String, String)> {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query =
        format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}");
    let answer = browser.ask(&query, json!({ "input": input })).await.json();
    let errors = answer["data"][mutation]["userErrors"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    errors.iter().map(|error| (text(&error["code"]), text(&error["message"]))).collect()
}

const AGAIN: &str = "REAUTHENTICATION_REQUIRED";

#[tokio::test]
async fn a14_what_is_sensitive_asks_again_after_a_quarter_of_an_hour_and_tokens_are_not_asked() {
    for place in everywhere().await {
        let (browser, zoe) = owner(&place).await;
        let other = place.contact("Paul", "Martin").await;
        let acts = [
            ("eraseContact", json!({ "contactId": other, "confirm": true })),
            ("createToken", json!({ "role": "ACCOUNT", "accountId": place.account, "name": "caisse" })),
            ("transferOwnership", json!({ "contactId": zoe })),
            ("eraseUser", json!({ "userId": browser.session().await["user"]["id"] })),
            ("removeSignInProvider", json!({ "accountId": place.account })),
        ];
        let export = format!("/export/subscribers.csv?account={}", place.account);
        assert_eq!(browser.get(&export).await.status, 200, "just signed in");
        place.later(TimeDelta::minutes(15));
        for (mutation, input) in &acts {
            let errors = told(&browser, mutation, input).await;
            assert_eq!(errors.len(), 1, "{mutation}: {errors:?}");
            assert_eq!(errors[0].0, AGAIN, "{mutation}");
            assert!(errors[0].1.contains("Type your password again, or a code of your app"), "{}", errors[0].1);
        }
        let refused = browser.get(&export).await;
        assert_eq!((refused.status.as_u16(), codes(&refused.json())), (403, vec![AGAIN.to_owned()]));
        // What is not sensitive goes on, and so does looking at tokens; a program is not asked.
        let renamed = json!({ "accountId": place.account, "companyName": "Phare" });
        assert_eq!(told(&browser, "renameAccount", &renamed).await, []);
        let tokens =
            browser.ask("query($id: ID!) { tokens(accountId: $id) { name } }", json!({ "id": place.account })).await;
        assert_eq!(tokens.json()["data"]["tokens"].as_array().map(Vec::len), Some(1), "{}", tokens.text);
        place.done_as(&place.token, "createToken", acts[1].1.clone(), "token").await;
        // Whoever may not is told that, and not to try again.
        place.person("Martin", "anne@exemple.fr").await;
        place.signed_up("anne@exemple.fr").await;
        let member = place.signed_in("anne@exemple.fr").await;
        place.later(TimeDelta::minutes(15));
        assert_eq!(told(&member, "createToken", &acts[1].1).await[0].0, "FORBIDDEN");

        // Shown again: another secret, and it is done.
        let before = browser.secret();
        let wrong = browser.post("/auth/confirm", json!({ "password": OTHER_PASSWORD })).await;
        assert_eq!(wrong.json()["userErrors"][0]["code"], "PASSWORD_WRONG");
        assert_eq!(told(&browser, "createToken", &acts[1].1).await[0].0, AGAIN);
        assert_eq!(browser.post("/auth/confirm", json!({ "password": PASSWORD })).await.status, 200);
        assert_ne!(browser.secret(), before);
        assert_eq!(browser.session().await["confirmedUntil"], "2026-03-31T10:45:00Z");
        for (mutation, input) in &acts[..2] {
            assert_eq!(told(&browser, mutation, input).await, [], "{mutation}");
        }
        assert_eq!(browser.get(&export).await.status, 200);
    }
}

#[tokio::test]
async fn a14_a_code_of_the_app_shows_who_they_are_too_and_once() {
    for place in everywhere().await {
        let (browser, _) = owner(&place).await;
        let make = json!({ "role": "ACCOUNT", "accountId": place.account, "name": "caisse" });
        assert_eq!(
            browser.post("/auth/confirm", json!({ "code": "000000" })).await.json()["userErrors"][0]["code"],
            "NOT_ALLOWED_NOW",
            "there is no app"
        );
        let (uri, _) = enrolled(&place, &browser).await;
        place.later(TimeDelta::minutes(20));
        assert_eq!(told(&browser, "createToken", &make).await[0].0, AGAIN);
        let shown = code(&place, &uri);
        assert_eq!(browser.post("/auth/confirm", json!({ "code": shown })).await.status, 200);
        assert_eq!(told(&browser, "createToken", &make).await, []);
        place.later(TimeDelta::minutes(16));
        let again = browser.post("/auth/confirm", json!({ "code": shown })).await;
        assert_eq!(again.json()["userErrors"][0]["code"], "CODE_WRONG");
        assert_eq!(told(&browser, "createToken", &make).await[0].0, AGAIN);
    }
}

#[tokio::test]
async fn oidc_what_is_sensitive_asks_the_provider_to_ask_again() {
    for place in everywhere().await {
        let (provider, zoe) = offered(&place).await;
        place.done("transferOwnership", json!({ "contactId": zoe }), "").await;
        place.done("setSignInProvider", provider.terms(&place), "").await;
        let make = json!({ "role": "ACCOUNT", "accountId": place.account, "name": "caisse" });
        // It did not say when they showed it who they are: a browser that it knows is nobody's word.
        let sent = place.sent();
        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        let errors = told(&sent.browser, "createToken", &make).await;
        assert_eq!(errors[0].0, AGAIN);
        assert!(errors[0].1.contains("Sign in again by this account’s identity provider"), "{}", errors[0].1);
        let here = sent.browser.post("/auth/confirm", json!({ "password": PASSWORD })).await;
        assert_eq!(here.json()["userErrors"][0]["code"], AGAIN, "not with what is the person's own");

        let again = async |auth_time: Value| {
            provider.claims(json!({ "auth_time": auth_time }));
            let body = json!({ "accountId": place.account, "again": "true" });
            let answer = sent.browser.post("/auth/oidc/start", body).await;
            sent.keep(&answer);
            let location = text(&answer.json()["location"]);
            assert!(location.contains("prompt=login") && location.contains("max_age=0"), "{location}");
            sent.come_back(&provider.visit(&location).await).await
        };
        let now = place.clock.now().timestamp();
        assert_eq!(again(Value::Null).await.status, 422, "it has to say when");
        assert_eq!(again(json!(now - 3600)).await.status, 422, "and it has to be now");
        assert_eq!(again(json!(now)).await.status, 200);
        assert_eq!(told(&sent.browser, "createToken", &make).await, []);
        place.later(TimeDelta::minutes(15));
        assert_eq!(told(&sent.browser, "createToken", &make).await[0].0, AGAIN);
    }
}

#[tokio::test]
async fn a16_whoever_lost_app_and_codes_is_let_in_again_by_support_with_a_reason_and_told() {
    for place in everywhere().await {
        let zoe = place.person("Durand", "zoe@exemple.fr").await;
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let user = text(&browser.session().await["user"]["id"]);
        let staff = json!({ "role": "STAFF", "name": "support" });
        let staff = text(&place.done_as(&place.operator, "createToken", staff, "token").await["token"]);
        let reset = |reason: &str| json!({ "userId": user, "reason": reason });
        let refused = async |token: &str, input: Value| {
            let query = "mutation($input: ResetSecondFactorInput!) { resetSecondFactor(input: $input) { userErrors { code field message } } }";
            let answer = place.ask_as(token, query, json!({ "input": input })).await.json();
            crate::place::refusals(&answer["data"]["resetSecondFactor"])
        };
        let lost = "Phone and codes lost; known to us by video, with the owner";
        assert_eq!(refused(&staff, reset(lost)).await, crate::place::refusal("NOT_ALLOWED_NOW", ""), "there is no app");
        let (_, codes) = enrolled(&place, &browser).await;
        assert_eq!(refused(&staff, reset(" ")).await, crate::place::refusal("REQUIRED", "reason"));
        assert_eq!(refused(&place.token, reset(lost)).await[0].0, "FORBIDDEN", "no account's owner");
        assert_ne!(browser.session().await, Value::Null, "and nothing was done");

        place.later(TimeDelta::minutes(1));
        place.done_as(&staff, "resetSecondFactor", reset(lost), "user { id }").await;
        assert_eq!(browser.session().await, Value::Null, "signed out everywhere");
        for table in ["totp", "recovery_code", "session"] {
            let left = projections::Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), []);
            assert_eq!(place.service.db().fetch_optional(left).await.unwrap(), Some((0,)), "{table}");
        }
        assert_eq!(place.service.identity().attend().await.unwrap(), 1);
        let mail = place.mailbox.mails().pop().unwrap().mail;
        assert_eq!((mail.to.as_str(), mail.template.as_str()), ("zoe@exemple.fr", "second_factor_reset"));
        assert!(!mail.text.contains("/links/") && !mail.text.contains("video"), "{}", mail.text);
        // What she reads is not known: it is told in both languages.
        assert_eq!(mail.subject, "Votre code de connexion a été retiré / Your sign-in code was taken away");
        for said in ["Reliez de nouveau une application", "Set up an app again"] {
            assert!(mail.text.contains(said) && mail.html.contains(said), "{}", mail.html);
        }
        assert!(mail.html.contains("<html lang=\"fr\">") && mail.html.contains("<div lang=\"en\">"), "{}", mail.html);
        let left = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM knock", []);
        assert_eq!(place.service.db().fetch_optional(left).await.unwrap(), Some((0,)));
        // The password is enough now, and she reads why.
        let again = place.signed_in("zoe@exemple.fr").await;
        assert_eq!(again.session().await["totpEnabled"], false);
        let all = again.get(&format!("/contacts/{zoe}/personal-data.json?lang=en")).await.json();
        let told =
            all["trail"].as_array().unwrap().iter().find(|e| e["type"] == "user.second_factor_reset.v1").unwrap();
        assert_eq!(told["sentence"], format!("Code of an app taken away by support: {lost}"));
        assert_eq!(told["actor"], "STAFF");
        // Her own login is told to her, and to the account only what is of the account.
        let login = &all["login"];
        assert_eq!(login["sessions"].as_array().unwrap().len(), 1);
        let results: Vec<_> = login["signIns"].as_array().unwrap().iter().map(|s| text(&s["result"])).collect();
        assert_eq!(results, ["SIGNED_IN", "SIGNED_IN"]);
        assert_eq!(login["sessions"][0]["userAgent"], "Test/1.0");
        let to_the_account = place.send(
            axum::http::Request::get(format!("/contacts/{zoe}/personal-data.json"))
                .header("authorization", format!("Bearer {}", place.token))
                .body(axum::body::Body::empty())
                .unwrap(),
        );
        let to_the_account = to_the_account.await.json();
        assert_eq!(to_the_account["login"]["sessions"].as_array().unwrap().len(), 1, "here");
        assert_eq!(to_the_account["login"]["signIns"], Value::Null);
        assert!(!to_the_account.to_string().contains("second_factor_reset"));
        assert_eq!(codes.len(), 10);
    }
}

#[tokio::test]
async fn a16_the_accounts_in_which_they_may_do_something_read_that_it_was_taken_away_and_not_why() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let user = text(&browser.session().await["user"]["id"]);
        let token = json!({ "role": "USER", "userId": user, "name": "a test" });
        let token = text(&place.done_as(&place.operator, "createToken", token, "token").await["token"]);
        let member = place.guest("zoe@exemple.fr", &token, json!(["SUPPORT"])).await;
        let (reads, reader) = (place.another("Autre").await, place.another("Tierce").await);
        reads.guest("zoe@exemple.fr", &token, json!(["OTHER"])).await;
        reader.person("Durand", "zoe@exemple.fr").await;
        enrolled(&place, &browser).await;
        let version = async || {
            let query = "query($c: ID!) { contact(id: $c) { version } }";
            place.data(query, json!({ "c": member })).await["contact"]["version"].clone()
        };
        let open = version().await;
        let staff = place.staff().await;
        let reset = json!({ "userId": user, "reason": "Phone lost; seen by video" });
        place.done_as(&staff, "resetSecondFactor", reset, "user { id }").await;
        place.settled().await;
        for (account, times) in [(&place, 1), (&reads, 1), (&reader, 0)] {
            let told = crate::privacy::newest(account, 50).await;
            let told: Vec<_> = told.iter().filter(|e| e["type"] == "membership.second_factor_reset.v1").collect();
            assert_eq!(told.len(), times);
            for entry in told {
                assert_eq!((&entry["actor"]["kind"], &entry["reason"]), (&json!("SYSTEM"), &Value::Null));
                assert!(text(&entry["sentence"]).starts_with("App for codes taken away"), "{entry:#}");
                assert!(!entry.to_string().contains("video"));
            }
        }
        assert_eq!(version().await, open, "no form that is open conflicts with it");
    }
}
