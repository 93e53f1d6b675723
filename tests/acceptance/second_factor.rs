//! A second factor: codes of an app that work once, recovery codes that work once, and what is open meanwhile: nothing (row A16).

use crate::{
    browser::{Browser, OTHER_PASSWORD, PASSWORD},
    place::{Place, everywhere, text},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::clock::Clock;
use totp_rs::TOTP;

/// The code that an app shows now.
pub fn code(place: &Place, uri: &str) -> String {
    TOTP::from_url(uri).unwrap().generate(place.clock.now().timestamp().unsigned_abs())
}

/// Switches it on; the app and the recovery codes.
pub async fn enrolled(place: &Place, browser: &Browser<'_>) -> (String, Vec<String>) {
    let offered = browser.post("/auth/totp", json!({ "password": PASSWORD })).await;
    assert_eq!(offered.status, 200, "{}", offered.text);
    let uri = text(&offered.json()["uri"]);
    let before = browser.secret();
    let confirmed = browser.post("/auth/totp/confirm", json!({ "code": code(place, &uri) })).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text);
    assert_ne!(browser.secret(), before, "another secret");
    let codes = confirmed.json()["recoveryCodes"].as_array().unwrap().iter().map(text).collect();
    (uri, codes)
}

#[tokio::test]
async fn a16_signing_in_asks_for_a_code_and_opens_nothing_before() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let elsewhere = place.signed_in("zoe@exemple.fr").await;
        let wrong = browser.post("/auth/totp", json!({ "password": OTHER_PASSWORD })).await.json();
        assert_eq!(wrong["userErrors"][0]["code"], "PASSWORD_WRONG");
        let (uri, codes) = enrolled(&place, &browser).await;
        assert_eq!(codes.len(), 10);
        assert_eq!(elsewhere.session().await, Value::Null, "other sessions end");
        assert_eq!(browser.session().await["totpEnabled"], true);
        let viewer = browser.ask("{ viewer { totpEnabled sessions { current agent } } }", json!({})).await.json();
        let expected = json!({ "totpEnabled": true, "sessions": [{ "current": true, "agent": "Test/1.0" }] });
        assert_eq!(viewer["data"]["viewer"], expected);

        place.later(TimeDelta::minutes(2));
        let second = place.browser();
        let asked = second.sign_in("zoe@exemple.fr", PASSWORD).await;
        assert_eq!((asked.status.as_u16(), asked.json()["secondFactor"].clone()), (200, json!("required")));
        let waiting = second.secret();
        assert_eq!(second.session().await, Value::Null);
        for path in ["/auth/accounts", "/auth/sessions"] {
            assert_eq!(second.get(path).await.status, 401, "{path}");
        }
        assert_eq!(second.ask("{ viewer { actor { kind } } }", json!({})).await.status, 401);
        assert_eq!(second.post("/auth/totp/disable", json!({ "password": PASSWORD })).await.status, 401);

        let wrong = second.post("/auth/second-factor", json!({ "code": "000000" })).await;
        assert_eq!(
            (wrong.status.as_u16(), wrong.json()["userErrors"][0]["code"].clone()),
            (401, json!("SIGN_IN_FAILED"))
        );
        let shown = code(&place, &uri);
        assert_eq!(second.post("/auth/second-factor", json!({ "code": shown })).await.status, 200);
        assert_ne!(second.secret(), waiting, "another secret");
        assert_ne!(second.session().await, Value::Null);

        // The same code again, by whoever looked over a shoulder.
        let third = place.browser();
        assert_eq!(third.sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);
        assert_eq!(third.post("/auth/second-factor", json!({ "code": shown })).await.status, 401);
        // Five minutes, and the password is asked for again.
        place.later(TimeDelta::minutes(6));
        let shown = code(&place, &uri);
        assert_eq!(third.post("/auth/second-factor", json!({ "code": shown })).await.status, 401);
    }
}

#[tokio::test]
async fn a16_a_recovery_code_opens_once_and_new_ones_replace_those_left() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let (uri, codes) = enrolled(&place, &browser).await;
        let enters = async |code: &str| {
            place.later(TimeDelta::minutes(2));
            let other = place.browser();
            assert_eq!(other.sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);
            other.post("/auth/second-factor", json!({ "code": code })).await.status.as_u16()
        };
        let typed = codes[0].to_uppercase().replace('-', " ");
        assert_eq!((enters(&typed).await, enters(&codes[0]).await), (200, 401));
        assert_eq!(browser.session().await["recoveryCodesLeft"], 9);
        place.later(TimeDelta::minutes(2));
        let made = json!({ "password": PASSWORD, "code": code(&place, &uri) });
        let made = browser.post("/auth/recovery-codes", made).await.json();
        let fresh: Vec<String> = made["recoveryCodes"].as_array().unwrap().iter().map(text).collect();
        assert_eq!((fresh.len(), enters(&codes[1]).await, enters(&fresh[0]).await), (10, 401, 200));
        // Nobody reads them in the database.
        let rows = projections::Ask::<(Vec<u8>,)>::new("SELECT hash FROM recovery_code", []);
        assert_eq!(place.service.db().fetch(rows).await.unwrap().len(), 9);

        place.later(TimeDelta::minutes(2));
        let without = browser.post("/auth/totp/disable", json!({ "password": PASSWORD, "code": "1" })).await.json();
        assert_eq!(without["userErrors"][0]["code"], "CODE_WRONG");
        let disable = json!({ "password": PASSWORD, "code": code(&place, &uri) });
        assert_eq!(browser.post("/auth/totp/disable", disable).await.status, 200);
        place.later(TimeDelta::minutes(2));
        let entered = place.browser().sign_in("zoe@exemple.fr", PASSWORD).await.json();
        assert_eq!(entered["secondFactor"], Value::Null);
        let types =
            projections::Ask::<(String,)>::new("SELECT type FROM event WHERE type LIKE 'user.%' ORDER BY position", []);
        let types: Vec<_> = place.service.db().fetch(types).await.unwrap().into_iter().map(|(name,)| name).collect();
        let expected = [
            "user.registered.v1",
            "user.email_verified.v1",
            "user.password_set.v1",
            "user.totp_enabled.v1",
            "user.recovery_codes_made.v1",
            "user.recovery_codes_made.v1",
            "user.totp_disabled.v1",
        ];
        assert_eq!(types, expected, "what happened is in the log, and no secret");
    }
}

#[tokio::test]
async fn a16_codes_are_tried_ten_times_and_then_once_a_minute() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        enrolled(&place, &browser).await;
        place.later(TimeDelta::minutes(20));
        let other = place.browser();
        other.sign_in("zoe@exemple.fr", PASSWORD).await;
        let mut statuses = Vec::new();
        for n in 0..11 {
            statuses
                .push(other.post("/auth/second-factor", json!({ "code": format!("00000{n}") })).await.status.as_u16());
        }
        assert_eq!((&statuses[..10], statuses[10]), (&[401; 10][..], 429));
    }
}
