//! Signing in by an account's provider, by those who have no business to: each is told why, no session begins, nothing of it is kept.

use crate::{
    identity_provider::{Key, why},
    place::{everywhere, outside},
    provider::offered,
};
use axum::{
    body::Body,
    http::{Method, Request, header},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::{
    clock::Clock,
    outbound::{Outbound, Targets},
};

#[tokio::test]
async fn oidc_what_is_not_proven_or_not_for_us_is_not_believed() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let now = place.clock.now().timestamp();
        let tries: Vec<(&str, Value, &str)> = vec![
            ("another nonce", json!({ "nonce": "planted" }), "nonce"),
            ("no nonce", json!({ "nonce": null }), "nonce"),
            ("another issuer", json!({ "iss": "https://accounts.example" }), "iss"),
            ("another audience", json!({ "aud": "another program" }), "aud"),
            ("an audience of many, without saying who asked", json!({ "aud": ["sesame & co", "another"] }), "aud"),
            ("asked for by another", json!({ "azp": "another program" }), "aud"),
            ("expired", json!({ "exp": now - 61 }), "exp"),
            ("made long ago", json!({ "iat": now - 3600 }), "iat"),
            ("made tomorrow", json!({ "iat": now + 86_400 }), "iat"),
            ("no end", json!({ "exp": null }), "claims"),
            ("no subject", json!({ "sub": "" }), "sub"),
            ("an address nobody verified", json!({ "email_verified": false }), "email_verified"),
            ("an address of which it is not said", json!({ "email_verified": null }), "email_verified"),
            ("no address", json!({ "email": null }), "email_verified"),
            ("an address of another domain", json!({ "email": "zoe@evil.example" }), "email"),
            ("of a domain below", json!({ "email": "zoe@sub.exemple.fr" }), "email"),
        ];
        for (what, claims, detail) in tries {
            place.later(TimeDelta::seconds(20));
            provider.tell(|plan| plan.now = place.clock.now().timestamp());
            provider.claims(claims);
            let sent = place.sent();
            let answer = sent.sign_in(&place, &provider).await;
            assert_eq!(why(&answer), (422, "PROVIDER_NOT_BELIEVED".to_owned()), "{what}");
            let message = answer.json()["userErrors"][0]["message"].as_str().unwrap().to_owned();
            assert!(message.contains(&format!("({detail})")), "{what}: {message}");
            assert_eq!(sent.browser.session().await, Value::Null, "{what}");
        }
        provider.claims(json!({ "aud": ["sesame & co", "another"], "azp": "sesame & co" }));
        assert_eq!(place.sent().sign_in(&place, &provider).await.status, 200);
        for table in ["provider_start", "session"] {
            let left = projections::Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), []);
            let expected = i64::from(table == "session");
            assert_eq!(place.service.db().fetch_optional(left).await.unwrap(), Some((expected,)), "{table}");
        }
    }
}

#[tokio::test]
async fn oidc_a_token_counts_only_as_signed_by_a_key_of_the_provider() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let told = async |what: &str, detail: &str| {
            let answer = place.sent().sign_in(&place, &provider).await;
            assert_eq!(why(&answer), (422, "PROVIDER_NOT_BELIEVED".to_owned()), "{what}");
            assert!(answer.text.contains(&format!("({detail})")), "{what}: {}", answer.text);
        };
        provider.tell(|plan| plan.unsigned = true);
        told("no signature", "signature").await;
        provider.tell(|plan| plan.head = json!({ "alg": "none" }));
        told("that says so", "alg").await;
        provider.tell(|plan| (plan.unsigned, plan.head) = (false, json!({ "alg": "HS256" })));
        told("signed with what everybody can read", "alg").await;
        provider.tell(|plan| plan.head = json!({ "alg": "EdDSA" }));
        told("a key of another kind", "kid").await;
        provider.tell(|plan| plan.head = json!({ "crit": ["exp"] }));
        told("what has to be understood and is not", "crit").await;
        let planted = json!({ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" });
        provider.tell(|plan| {
            (plan.head, plan.kid) = (json!({ "jwk": planted, "jku": "https://evil.example/keys" }), "evil".into())
        });
        provider.tell(|plan| plan.shows_key = false);
        told("a key that the token brings along", "kid").await;
        // Its keys were asked for a moment ago: it is not asked at each try.
        let asked =
            |plan: &mut crate::identity_provider::Plan| plan.calls.iter().filter(|path| *path == "keys").count();
        assert_eq!(provider.tell(asked), 1);
        place.later(TimeDelta::seconds(11));
        provider.tell(|plan| plan.now += 11);
        told("not there when asked again either", "kid").await;
        assert_eq!(provider.tell(asked), 2);
        // A new key is found by asking again; one of the same name with other bytes is not believed.
        place.later(TimeDelta::seconds(11));
        provider.tell(|plan| {
            (plan.now, plan.head, plan.kid, plan.key, plan.shows_key) =
                (plan.now + 11, json!({}), "second".into(), Key::ed(), true);
        });
        assert_eq!(place.sent().sign_in(&place, &provider).await.status, 200);
        assert_eq!(provider.tell(asked), 3);
        provider.tell(|plan| plan.key = Key::ed());
        told("another key of the same name", "signature").await;
    }
}

#[tokio::test]
async fn oidc_a_browser_comes_back_once_in_time_and_only_itself() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let lost = (422, "SIGN_IN_EXPIRED".to_owned());
        // Without what binds it: somebody was made to follow the end of another's sign-in.
        let sent = place.sent();
        let back = provider.visit(&sent.begin(&place).await).await;
        let victim = place.sent();
        assert_eq!(why(&victim.come_back(&back).await), lost);
        victim.begin(&place).await;
        assert_eq!(why(&victim.come_back(&back).await), lost, "nor with its own");
        assert_eq!(why(&sent.come_back(&back.replace("state=", "state=x")).await), lost, "another state");
        // Looking uses nothing up, and nobody else used it up.
        let begun = place.sent();
        let again = provider.visit(&begun.begin(&place).await).await;
        let path = again.strip_prefix("https://sesame.exemple.fr").unwrap();
        let cookie = format!("__Host-oidc={}", begun.bound.lock().unwrap().clone().unwrap());
        let head = Request::builder().method(Method::HEAD).uri(path).header(header::COOKIE, cookie);
        assert_eq!(place.send(head.body(Body::empty()).unwrap()).await.status, 405);
        let bound = begun.bound.lock().unwrap().clone();
        assert_eq!(begun.come_back(&again).await.status, 200);
        // A second time: what it was bound by is gone, and brought all the same it opens nothing.
        assert_eq!(why(&begun.come_back(&again).await), lost);
        *begun.bound.lock().unwrap() = bound;
        assert_eq!(why(&begun.come_back(&again).await), lost);
        // Late.
        let late = place.sent();
        let back = provider.visit(&late.begin(&place).await).await;
        place.later(TimeDelta::minutes(10));
        assert_eq!(why(&late.come_back(&back).await), lost);
        // A code that was used, with a sign-in of one's own: the provider knows, and so does the challenge.
        provider.tell(|plan| plan.now = place.clock.now().timestamp());
        let code = |back: &str| back.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        for used in [&again, &provider.visit(&place.sent().begin(&place).await).await] {
            let thief = place.sent();
            let back = provider.visit(&thief.begin(&place).await).await;
            let answer = thief.come_back(&back.replace(&code(&back), &code(used))).await;
            assert_eq!(why(&answer), (422, "PROVIDER_NOT_BELIEVED".to_owned()), "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn oidc_one_providers_answer_is_never_taken_for_anothers() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let there = place.another("Club voisin").await;
        there.person("Durand", "zoe@exemple.fr").await;
        place.settled().await;
        there.done("setSignInProvider", provider.terms(&there), "").await;
        let sent = place.sent();
        let back = provider.visit(&sent.begin(&place).await).await;
        let answer = sent.come_back(&back.replace(&place.account, &there.account)).await;
        assert_eq!(why(&answer).1, "PROVIDER_NOT_BELIEVED");
        assert_eq!(why(&sent.come_back(&back).await).1, "SIGN_IN_EXPIRED", "and it is used up");
        let sent = place.sent();
        let back = provider.visit(&sent.begin(&place).await).await;
        let answer = sent.come_back(&format!("{back}&iss=https%3A%2F%2Fevil.example")).await;
        assert_eq!(why(&answer).1, "PROVIDER_NOT_BELIEVED");
        // One that says who it is in its answers has to.
        place.later(TimeDelta::hours(2));
        provider.tell(|plan| {
            (plan.now, plan.metadata) =
                (plan.now + 7200, json!({ "authorization_response_iss_parameter_supported": true }));
        });
        assert_eq!(why(&place.sent().sign_in(&place, &provider).await).1, "PROVIDER_NOT_BELIEVED");
        let sent = place.sent();
        let back = provider.visit(&sent.begin(&place).await).await;
        let named = reqwest::Url::parse_with_params(&back, [("iss", &provider.url)]).unwrap();
        assert_eq!(sent.come_back(named.as_str()).await.status, 200);
        // That it says no is told, and ends it.
        let sent = place.sent();
        sent.begin(&place).await;
        let back = provider.visit(&sent.begin(&place).await).await;
        let no = back.replace("code=", "error=access_denied&x=");
        let no = reqwest::Url::parse_with_params(&no, [("iss", &provider.url)]).unwrap();
        assert_eq!(why(&sent.come_back(no.as_str()).await), (422, "PROVIDER_REFUSED".to_owned()));
    }
}

#[tokio::test]
async fn oidc_a_provider_that_is_down_or_lies_of_itself_is_told_in_both_languages_and_leaves_nothing() {
    for mut place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let begin = async |place: &crate::place::Place, detail: &str| {
            let answer = place.browser().post("/auth/oidc/start", json!({ "accountId": place.account })).await;
            assert_eq!(why(&answer), (502, "PROVIDER_UNAVAILABLE".to_owned()), "{detail}");
            assert!(answer.text.contains(&format!("({detail})")), "{detail}: {}", answer.text);
        };
        for status in [302, 500, 404] {
            provider.tell(|plan| plan.answers.insert("discovery", status));
            begin(&place, "discovery").await;
        }
        assert!(provider.tell(|plan| plan.calls.iter().all(|path| path == "discovery")), "a redirect is not followed");
        provider.tell(|plan| plan.answers.clear());
        for (metadata, detail) in [
            (json!({ "issuer": "https://accounts.example" }), "issuer"),
            (json!({ "token_endpoint": "file:///etc/passwd" }), "token_endpoint"),
            (json!({ "authorization_endpoint": "javascript:alert(1)" }), "authorization_endpoint"),
            (json!({ "jwks_uri": null }), "discovery"),
            (
                json!({ "id_token_signing_alg_values_supported": ["HS256", "none"] }),
                "id_token_signing_alg_values_supported",
            ),
        ] {
            provider.tell(|plan| plan.metadata = metadata);
            begin(&place, detail).await;
        }
        provider.tell(|plan| plan.metadata = json!({}));
        provider.tell(|plan| plan.answers.insert("keys", 302));
        begin(&place, "jwks_uri").await;
        provider.tell(|plan| plan.answers.clear());
        // On the way back.
        for status in [302, 500] {
            let sent = place.sent();
            let back = provider.visit(&sent.begin(&place).await).await;
            provider.tell(|plan| plan.answers.insert("token", status));
            assert_eq!(why(&sent.come_back(&back).await), (502, "PROVIDER_UNAVAILABLE".to_owned()));
            provider.tell(|plan| plan.answers.clear());
        }
        let left = || projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM provider_start", []);
        assert_eq!(place.service.db().fetch_optional(left()).await.unwrap(), Some((0,)));
        place.lang = "fr";
        let request = Request::post("/auth/oidc/start")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT_LANGUAGE, "fr");
        let body = Body::from(json!({ "accountId": "x" }).to_string());
        let told = place.send(request.body(body).unwrap()).await;
        assert!(told.text.contains("Connectez-vous avec votre mot de passe"), "{}", told.text);
        // A private address is not called, whatever an owner sets, where that is not allowed.
        let node = place.node(sesame::outbox::Outside { outbound: Outbound::new(Targets::Public), ..outside() }).await;
        let visitor = sesame::identity::Visitor::default();
        let account = place.account.parse().unwrap();
        let calls = provider.tell(|plan| plan.calls.len());
        let denied = node.identity().start_provider(account, false, None, &visitor).await.unwrap_err();
        assert!(denied.to_string().contains("does not answer"), "{denied}");
        assert_eq!(provider.tell(|plan| plan.calls.len()), calls, "nothing was called");
    }
}
