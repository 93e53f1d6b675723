//! Signing up, in and out: nobody learns whether an address is known, nobody plants a password, and a cookie opens what it should (rows A11 to A15).

use crate::{
    browser::{OTHER_PASSWORD, PASSWORD},
    place::{Place, everywhere},
};
use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const VIEWER: &str = "{ viewer { actor { kind } user { email emailVerified } account { companyName } } }";

#[tokio::test]
async fn a12_whoever_signs_up_follows_a_mailed_link_and_chooses_the_password_then() {
    for place in everywhere().await {
        let contact = place.person("Durand", "zoe@exemple.fr").await;
        assert_eq!(place.mails().await.len(), 1, "the account's own, to be verified");
        let browser = place.browser();
        let asked = json!({ "email": " Zoe@Exemple.fr ", "name": "Zoé", "password": "planted by somebody" });
        assert_eq!(browser.post("/auth/sign-up", asked).await.status, 202);
        assert_eq!(place.service.identity().attend().await.unwrap(), 1);
        let (link, template) = place.link_to("zoe@exemple.fr").await;
        assert_eq!(template, "sign_up");
        assert!(link.starts_with("https://sesame.exemple.fr/links/"), "{link}");

        // Until it is followed there is no login, and nothing to sign in with.
        assert_eq!(browser.sign_in("zoe@exemple.fr", "planted by somebody").await.status, 401);
        let weak = browser.post("/auth/verify", json!({ "link": link, "password": "zoezoezoezoe" })).await;
        assert_eq!(weak.status, 422);
        let error = &weak.json()["userErrors"][0];
        assert_eq!((error["code"].as_str(), &error["field"]), (Some("PASSWORD_TOO_EASY"), &json!(["password"])));

        let chosen = browser.post("/auth/verify", json!({ "link": link, "password": PASSWORD })).await;
        assert_eq!((chosen.status.as_u16(), chosen.json()), (200, json!({ "userErrors": [] })));
        place.settled().await;
        place.later(TimeDelta::minutes(1));
        let entered = browser.sign_in("ZOE@exemple.fr", PASSWORD).await;
        assert_eq!(entered.status, 200, "{}", entered.text);
        assert_eq!(entered.json()["accountId"], json!(place.account), "the only one they reach");
        let viewer = browser.ask(VIEWER, json!({})).await.json()["data"]["viewer"].clone();
        assert_eq!(viewer["user"], json!({ "email": "zoe@exemple.fr", "emailVerified": true }));
        assert_eq!(viewer["account"]["companyName"], "Éditions du Phare");
        let linked = place.data("query($id: ID!) { contact(id: $id) { userId } }", json!({ "id": contact })).await;
        assert!(linked["contact"]["userId"].is_string(), "the contact recorded with the address is theirs");

        // The link is spent: whoever has it now opens nothing, and is told what anybody is told.
        let again = browser.post("/auth/verify", json!({ "link": link, "password": OTHER_PASSWORD })).await;
        let unknown = browser.post("/auth/verify", json!({ "link": "x", "password": OTHER_PASSWORD })).await;
        assert_eq!((again.status, &again.text), (unknown.status, &unknown.text));
        assert_eq!(again.json()["userErrors"][0]["code"], "LINK_SPENT");
    }
}

#[tokio::test]
async fn a13_signing_up_and_asking_for_a_password_answer_the_same_for_known_and_unknown() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        place.later(TimeDelta::hours(2));
        let before = place.mails().await.len();
        let mut answers = Vec::new();
        for (path, address) in [
            ("/auth/sign-up", "zoe@exemple.fr"),
            ("/auth/sign-up", "nobody@exemple.fr"),
            ("/auth/reset-request", "zoe@exemple.fr"),
            ("/auth/reset-request", "stranger@exemple.fr"),
        ] {
            let answer = place.browser().post(path, json!({ "email": address })).await;
            let mut headers: Vec<_> =
                answer.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
            headers.retain(|(name, _)| name != "x-request-id");
            answers.push((answer.status, answer.text, headers));
        }
        assert_eq!(answers[0].0, 202);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        place.service.identity().attend().await.unwrap();
        let mails = place.mails().await;
        let sent: Vec<_> = mails[before..].iter().map(|c| (c.mail.to.as_str(), c.mail.template.as_str())).collect();
        let expected = [("zoe@exemple.fr", "has_login"), ("nobody@exemple.fr", "sign_up"), ("zoe@exemple.fr", "reset")];
        assert_eq!(sent, expected, "only the mailbox learns which it was");
        // A mail can be lost: two more are sent. What is asked beyond that is dropped, and answered the same.
        for attended in [1, 1, 0] {
            let again = place.browser().post("/auth/sign-up", json!({ "email": "zoe@exemple.fr" })).await;
            assert_eq!((again.status, again.text), (answers[0].0, answers[0].1.clone()));
            assert_eq!(place.service.identity().attend().await.unwrap(), attended);
        }
    }
}

#[tokio::test]
async fn a13_wrong_passwords_unknown_unverified_and_locked_out_are_one_answer() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let register = json!({ "email": "unverified@exemple.fr" });
        place.done_as(&place.operator, "registerUser", register, "").await;
        place.user("without@exemple.fr").await;
        let mut answers = Vec::new();
        let tries = [
            ("zoe@exemple.fr", "not the password"),
            ("nobody@exemple.fr", "not the password"),
            ("unverified@exemple.fr", "not the password"),
            ("without@exemple.fr", "not the password"),
            ("no address", "not the password"),
            ("", ""),
        ];
        for (address, password) in tries {
            let answer = place.browser().sign_in(address, password).await;
            answers.push((answer.status.as_u16(), answer.text));
        }
        assert_eq!(answers[0].0, 401);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:#?}");
        // Tried from everywhere at once: the right password is answered like a wrong one, as it would be for nobody.
        for _ in 0..62 {
            place.browser().sign_in("zoe@exemple.fr", "not the password").await;
        }
        let locked = place.browser().sign_in("zoe@exemple.fr", PASSWORD).await;
        assert_eq!((locked.status.as_u16(), locked.text), answers[0]);
        // And nobody locks somebody else out: two seconds later it opens again.
        place.later(TimeDelta::seconds(2));
        assert_eq!(place.browser().sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn a13_signing_in_takes_as_long_for_nobody_as_for_somebody() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let (mut known, mut unknown) = (Vec::new(), Vec::new());
        for n in 0..120 {
            place.later(TimeDelta::minutes(3));
            let (address, samples) =
                if n % 2 == 0 { ("zoe@exemple.fr", &mut known) } else { ("nobody@exemple.fr", &mut unknown) };
            let (browser, started) = (place.browser(), Instant::now());
            assert_eq!(browser.sign_in(address, "not the password").await.status, 401);
            samples.push(started.elapsed());
        }
        let median = |mut samples: Vec<Duration>| {
            samples.sort_unstable();
            samples[samples.len() / 2]
        };
        let (known, unknown) = (median(known), median(unknown));
        eprintln!("{:?}: known {known:?}, unknown {unknown:?}", place.engine);
        let (short, long) = (known.min(unknown), known.max(unknown));
        assert!(long < short.mul_f64(1.5), "known {known:?}, unknown {unknown:?}");
    }
}

#[tokio::test]
async fn a14_a_cookie_from_before_never_survives_signing_in_and_out_ends_it() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.browser();
        let planted = "A".repeat(43);
        *browser.cookie.lock().unwrap() = Some(planted.clone());
        assert_eq!(browser.sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);
        let first = browser.secret();
        assert_ne!(first, planted, "another secret than the one that was brought");
        assert_eq!(first.len(), 43);

        // Signing in again ends the session that this browser had.
        place.later(TimeDelta::minutes(1));
        assert_eq!(browser.sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);
        let second = browser.secret();
        let with = async |secret: &str| {
            let other = place.browser();
            *other.cookie.lock().unwrap() = Some(secret.to_owned());
            other.ask(VIEWER, json!({})).await.status.as_u16()
        };
        assert_eq!([with(&planted).await, with(&first).await, with(&second).await], [401, 401, 200]);

        assert_eq!(browser.post("/auth/sign-out", json!({})).await.status, 200);
        assert_eq!(*browser.cookie.lock().unwrap(), None, "the browser is told to drop it");
        assert_eq!(with(&second).await, 401);
        let kept = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM session", []);
        assert_eq!(place.service.db().fetch_optional(kept).await.unwrap(), Some((0,)));
    }
}

#[tokio::test]
async fn a14_a_session_ends_unused_after_half_an_hour_and_used_after_twelve() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let idle = place.signed_in("zoe@exemple.fr").await;
        place.later(TimeDelta::minutes(29));
        assert_ne!(idle.session().await, Value::Null);
        place.later(TimeDelta::minutes(29));
        assert_ne!(idle.session().await, Value::Null, "it was used in between");
        place.later(TimeDelta::minutes(31));
        assert_eq!(idle.session().await, Value::Null);

        let used = place.signed_in("zoe@exemple.fr").await;
        for _ in 0..35 {
            place.later(TimeDelta::minutes(20));
            assert_ne!(used.session().await, Value::Null);
        }
        place.later(TimeDelta::minutes(20));
        assert_eq!(used.session().await, Value::Null, "twelve hours, used or not");
        place.service.identity().forget().await.unwrap();
        let kept = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM session", []);
        assert_eq!(place.service.db().fetch_optional(kept).await.unwrap(), Some((0,)));
    }
}

#[tokio::test]
async fn a14_a_bearer_goes_before_the_cookie_and_a_bad_one_is_nobody() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let ask = async |bearer: Option<&str>| {
            let mut request = axum::http::Request::post("/graphql").header("content-type", "application/json");
            request = request.header("sec-fetch-site", "same-origin");
            request = request.header("cookie", format!("__Host-sid={}", browser.secret()));
            if let Some(bearer) = bearer {
                request = request.header("authorization", bearer);
            }
            let body = json!({ "query": "{ viewer { actor { kind } } }" }).to_string();
            let answer = place.send(request.body(body.into()).unwrap()).await;
            (answer.status.as_u16(), answer.json()["data"]["viewer"]["actor"]["kind"].clone())
        };
        assert_eq!(ask(None).await, (200, json!("USER")));
        assert_eq!(ask(Some(&format!("Bearer {}", place.token))).await, (200, json!("TOKEN")));
        for bad in ["Bearer ses_x", "Basic eDp5", "Bearer"] {
            assert_eq!(ask(Some(bad)).await.0, 401, "{bad}");
        }
    }
}

#[tokio::test]
async fn a15_three_tries_at_once_then_one_in_twenty_seconds_and_it_says_when() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.browser();
        for address in ["zoe@exemple.fr", "nobody@exemple.fr"] {
            let mut statuses = Vec::new();
            for _ in 0..4 {
                statuses.push(browser.sign_in(address, "not the password").await.status.as_u16());
            }
            assert_eq!(statuses, [401, 401, 401, 429], "{address}");
            let refused = browser.sign_in(address, PASSWORD).await;
            assert_eq!(refused.headers["retry-after"], "20");
            assert_eq!(refused.json()["userErrors"][0]["code"], "RATE_LIMITED");
        }
        place.later(TimeDelta::seconds(21));
        assert_eq!(browser.sign_in("zoe@exemple.fr", PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn a12_no_mail_and_no_row_holds_a_password_or_a_secret_in_clear() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        for captured in place.mails().await {
            assert!(!captured.message.contains(PASSWORD) && !captured.message.contains(&browser.secret()));
        }
        let hashes = projections::Ask::<(String,)>::new("SELECT password FROM credential", []);
        let (hash,) = place.service.db().fetch_optional(hashes).await.unwrap().unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let asked = place.browser().post("/auth/sign-up", json!({ "email": "stranger@exemple.fr" })).await;
        assert_eq!(asked.status, 202);
        let rows = projections::Ask::<(Vec<u8>,)>::new("SELECT sealed FROM knock", []);
        for (sealed,) in place.service.db().fetch(rows).await.unwrap() {
            assert!(!String::from_utf8_lossy(&sealed).contains("stranger"));
        }
    }
}

#[tokio::test]
async fn b8_erasing_a_login_ends_its_sessions_and_leaves_nothing_to_sign_in_with() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let user = browser.session().await["user"]["id"].clone();
        place.done_as(&place.operator, "eraseUser", json!({ "userId": user }), "").await;
        assert_eq!(browser.session().await, Value::Null);
        for table in ["session", "credential", "totp", "recovery_code", "knock", "sign_in", "chosen_account"] {
            let count = projections::Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), []);
            assert_eq!(place.service.db().fetch_optional(count).await.unwrap(), Some((0,)), "{table}");
        }
        place.later(TimeDelta::minutes(1));
        assert_eq!(browser.sign_in("zoe@exemple.fr", PASSWORD).await.status, 401);
    }
}

#[tokio::test]
async fn a14_forms_lead_on_and_those_of_whoever_is_signed_in_carry_a_token() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.browser();
        let wrong = browser.form("/auth/sign-in", &[("email", "zoe@exemple.fr"), ("password", "<b>wrong")]).await;
        assert_eq!((wrong.status.as_u16(), wrong.text.contains("do not go together")), (401, true));
        let fields = [("email", "zoe@exemple.fr"), ("password", PASSWORD), ("next", "/links/x?y=1")];
        let led = browser.form("/auth/sign-in", &fields).await;
        assert_eq!((led.status.as_u16(), led.headers["location"].to_str().unwrap()), (303, "/links/x?y=1"));
        let out = browser.form("/auth/sign-out", &[("_csrf", "guessed")]).await;
        assert_eq!(out.status, 403);
        assert_ne!(browser.session().await, Value::Null);
        let csrf = browser.csrf().await;
        assert_eq!(browser.form("/auth/sign-out", &[("_csrf", &csrf)]).await.status, 303);
        assert_eq!(browser.session().await, Value::Null);
        let strange = browser.send(Method::POST, "/auth/sign-in", Some("text/plain"), "{}".into()).await;
        assert_eq!(strange.status, 415);
    }
}

#[tokio::test]
async fn a14_sign_ins_are_kept_to_be_looked_at() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        assert_eq!(place.browser().sign_in("zoe@exemple.fr", "not the password").await.status, 401);
        let browser = place.signed_in("zoe@exemple.fr").await;
        let results = async || {
            let told = browser.get("/auth/sessions").await.json();
            let mut results: Vec<_> =
                told["signIns"].as_array().unwrap().iter().map(|s| s["result"].as_str().unwrap().to_owned()).collect();
            results.sort();
            (results, told)
        };
        // A failed one is noted after its answer.
        let told = noted(&place, results, 2).await;
        assert_eq!(told.0, ["SIGNED_IN", "WRONG_PASSWORD"]);
        assert_eq!(told.1["sessions"].as_array().unwrap().len(), 1);
        let session = &told.1["sessions"][0];
        assert_eq!((&session["current"], &session["agent"]), (&json!(true), &json!("Test/1.0")));
        assert_eq!(session["address"], json!(browser.peer.to_string()));
    }
}

async fn noted<T>(_: &Place, look: impl AsyncFn() -> (Vec<String>, T), count: usize) -> (Vec<String>, T) {
    for _ in 0..100 {
        let seen = look().await;
        if seen.0.len() == count {
            return seen;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    look().await
}
