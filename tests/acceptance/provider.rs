//! Signing in by an account's own provider (OpenID Connect): the journey, whom it opens the account to, and that it opens nothing else. `provider_attacks.rs` has
//! those who try.

use crate::{
    browser::PASSWORD,
    identity_provider::{Key, Provider, SECRET, Sent, why},
    place::{Place, codes, everywhere, refusal, text},
    second_factor::{code, enrolled},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use sesame::clock::Clock;

const SHOWN: &str = "account { signInProvider { issuer clientId domains firstSignIns asksSecondFactor on setAt } }";

/// Zoé is a contact, has a login, and the account has a provider; her contact.
pub async fn offered(place: &Place) -> (Provider, String) {
    let zoe = place.person("Durand", "zoe@exemple.fr").await;
    place.signed_up("zoe@exemple.fr").await;
    let provider = Provider::start(place).await;
    place.done("setSignInProvider", provider.terms(place), SHOWN).await;
    (provider, zoe)
}

async fn rows(place: &Place, table: &str) -> i64 {
    let ask = projections::Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), []);
    place.service.db().fetch_optional(ask).await.unwrap().unwrap().0
}

#[tokio::test]
async fn oidc_whoever_the_provider_names_comes_in_and_is_known_by_its_name_from_then_on() {
    for place in everywhere().await {
        let (provider, zoe) = offered(&place).await;
        for key in [Key::Rsa, Key::ec(), Key::ed()] {
            provider.tell(|plan| plan.key = key);
            place.later(TimeDelta::hours(2));
            provider.tell(|plan| plan.now = place.clock.now().timestamp());
            let sent = place.sent();
            let answer = sent.sign_in(&place, &provider).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.json(), json!({ "userErrors": [], "secondFactor": null, "accountId": place.account }));
            assert_eq!(*sent.bound.lock().unwrap(), None, "what it was bound by is taken back");
            let session = sent.browser.session().await;
            assert_eq!((&session["account"]["contactId"], &session["byProvider"]), (&json!(zoe), &json!(true)));
            assert_eq!(session["user"]["email"], "zoe@exemple.fr");
            let asked = sent.browser.ask("{ viewer { account { companyName } } }", json!({})).await.json();
            assert_eq!(asked["data"]["viewer"]["account"]["companyName"], "Éditions du Phare");
        }
        assert_eq!((rows(&place, "provider_start").await, rows(&place, "provider_link").await), (0, 1));
        // Its name is what counts from now on: also with another address of theirs, of a domain that it speaks for.
        provider.tell(|plan| plan.email = "zoe.durand@exemple.fr".into());
        assert_eq!(place.sent().sign_in(&place, &provider).await.status, 200);
        // By a form, to where it was to go.
        let sent = place.sent();
        let answer =
            sent.browser.form("/auth/oidc/start", &[("accountId", &place.account), ("next", "/contacts?x=1")]).await;
        assert_eq!(answer.status, 303);
        assert!(answer.headers["location"].to_str().unwrap().starts_with(&provider.url));
        // She sees in her sign-ins that it was the provider's word.
        let own = place.signed_in("zoe@exemple.fr").await;
        let past = own.get("/auth/sessions").await.json();
        let results: Vec<_> = past["signIns"].as_array().unwrap().iter().map(|s| text(&s["result"])).collect();
        assert_eq!(results, ["SIGNED_IN", "PROVIDER", "PROVIDER", "PROVIDER", "PROVIDER"]);
    }
}

#[tokio::test]
async fn oidc_its_secret_is_nowhere_to_be_read_and_the_trail_tells_what_was_set() {
    for place in everywhere().await {
        let provider = Provider::start(&place).await;
        let set = place.done("setSignInProvider", provider.terms(&place), SHOWN).await;
        let expected = json!({
            "issuer": provider.url, "clientId": "sesame & co", "domains": ["exemple.fr"], "firstSignIns": true, "asksSecondFactor": false,
            "on": true, "setAt": "2026-03-31T10:00:00Z",
        });
        assert_eq!(set["account"]["signInProvider"], expected);
        let terms = provider.terms(&place);
        let with = |name: &str, value: Value| {
            let mut other = terms.clone();
            other[name] = value;
            other
        };
        assert_eq!(
            place.refused("setSignInProvider", with("domains", json!([]))).await,
            refusal("REQUIRED", "domains")
        );
        assert_eq!(
            place.refused("setSignInProvider", with("issuer", json!("ftp://x.example"))).await,
            refusal("INVALID", "issuer")
        );
        assert_eq!(
            place.refused("setSignInProvider", with("clientSecret", json!(""))).await,
            refusal("INVALID", "clientSecret")
        );
        let mut other = with("issuer", json!("https://other.example"));
        other["clientSecret"] = Value::Null;
        assert_eq!(place.refused("setSignInProvider", other).await, refusal("REQUIRED", "clientSecret"));
        place.done("setSignInProvider", with("on", json!(false)), "").await;

        let trail = "query($id: ID!) { auditTrail(accountId: $id, first: 5) { edges { node { type sentence changes { field before after } } } } }";
        let trail = place.data(trail, json!({ "id": place.account })).await["auditTrail"]["edges"].clone();
        let told = trail.as_array().unwrap().iter().find(|e| e["node"]["type"] == "account.provider_set.v1").unwrap();
        assert_eq!(
            told["node"]["sentence"],
            format!("Sign-in by the account’s identity provider set: {}", provider.url)
        );
        assert_eq!(told["node"]["changes"], json!([{ "field": "on", "before": "true", "after": "false" }]));
        let events = projections::Ask::<(Vec<u8>,)>::new("SELECT data FROM event", []);
        let events = place.service.db().fetch(events).await.unwrap();
        let secrets = projections::Ask::<(Vec<u8>,)>::new("SELECT sealed FROM provider_secret", []);
        let secrets = place.service.db().fetch(secrets).await.unwrap();
        assert_eq!(secrets.len(), 1);
        for (bytes,) in events.iter().chain(&secrets) {
            assert!(!String::from_utf8_lossy(bytes).contains("s3cret"));
        }
        place.done("removeSignInProvider", json!({ "accountId": place.account }), SHOWN).await;
        assert_eq!(rows(&place, "provider_secret").await, 0);
        assert_eq!(SECRET.len(), 23);
    }
}

#[tokio::test]
async fn oidc_it_gives_no_right_and_opens_no_login() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let denied = |answer: &crate::place::Answer| why(answer);
        let unknown = (403, "PROVIDER_UNKNOWN_PERSON".to_owned());
        // A contact without a login; a login without a place; nobody at all: one answer.
        place.person("Sans compte", "paul@exemple.fr").await;
        place.signed_up("sans.fiche@exemple.fr").await;
        let mut answers = Vec::new();
        for (n, email) in ["paul@exemple.fr", "sans.fiche@exemple.fr", "nobody@exemple.fr"].into_iter().enumerate() {
            provider.tell(|plan| (plan.sub, plan.email) = (format!("other-{n}"), email.to_owned()));
            let answer = place.sent().sign_in(&place, &provider).await;
            assert_eq!(denied(&answer), unknown, "{email}");
            answers.push(answer.text);
        }
        assert!(answers.iter().all(|text| *text == answers[0]), "{answers:?}");
        assert_eq!(rows(&place, "provider_link").await, 0, "and nobody is known by it");
        // One subject is one person, and one person one subject.
        provider.tell(|plan| (plan.sub, plan.email) = ("user-1".into(), "zoe@exemple.fr".into()));
        assert_eq!(place.sent().sign_in(&place, &provider).await.status, 200);
        provider.tell(|plan| plan.sub = "who has the address now".into());
        assert_eq!(denied(&place.sent().sign_in(&place, &provider).await), unknown);
        // Where first sign-ins are not let in, only those whom it has named come in.
        let mut terms = provider.terms(&place);
        terms["firstSignIns"] = json!(false);
        place.done("setSignInProvider", terms, "").await;
        place.person("Durand", "anne@exemple.fr").await;
        place.signed_up("anne@exemple.fr").await;
        provider.tell(|plan| (plan.sub, plan.email) = ("user-2".into(), "anne@exemple.fr".into()));
        assert_eq!(denied(&place.sent().sign_in(&place, &provider).await), unknown);
        provider.tell(|plan| (plan.sub, plan.email) = ("user-1".into(), "zoe@exemple.fr".into()));
        assert_eq!(place.sent().sign_in(&place, &provider).await.status, 200);
    }
}

#[tokio::test]
async fn oidc_it_does_not_show_which_other_accounts_a_person_enters() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let other = place.another("Maison Secrète").await;
        other.person("Durand", "zoe@exemple.fr").await;
        let own = place.signed_in("zoe@exemple.fr").await;
        assert!(own.get("/accounts").await.text.contains("Maison Secrète"), "by her own password she sees both");
        let sent = place.sent();
        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        for path in ["/accounts", "/auth/accounts"] {
            let answer = sent.browser.get(path).await;
            assert_eq!(answer.status, 422, "{path}: refused");
            assert!(!answer.text.contains("Maison Secrète"), "{path}: {}", answer.text);
        }
    }
}

#[tokio::test]
async fn oidc_a_place_that_is_lost_and_terms_that_change_end_what_it_opened() {
    for place in everywhere().await {
        let (provider, zoe) = offered(&place).await;
        let sent = place.sent();
        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        let own = place.signed_in("zoe@exemple.fr").await;
        let mut terms = provider.terms(&place);
        terms["clientSecret"] = Value::Null;
        place.done("setSignInProvider", terms.clone(), "").await;
        assert_ne!(sent.browser.session().await, Value::Null, "the same terms are no change");
        // On its way while the terms change: it comes back in vain.
        let late = place.sent();
        let back = provider.visit(&late.begin(&place).await).await;
        terms["domains"] = json!(["exemple.fr", "phare.example"]);
        place.done("setSignInProvider", terms.clone(), "").await;
        assert_eq!(sent.browser.session().await, Value::Null);
        assert_eq!(why(&late.come_back(&back).await), (422, "SIGN_IN_EXPIRED".to_owned()));
        assert_ne!(own.session().await, Value::Null, "her own goes on");

        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        place.done("deleteContact", json!({ "contactId": zoe, "confirm": true }), "").await;
        assert_eq!(sent.browser.session().await, Value::Null);
        assert_eq!(why(&sent.sign_in(&place, &provider).await), (403, "PROVIDER_UNKNOWN_PERSON".to_owned()));

        terms["on"] = json!(false);
        place.done("setSignInProvider", terms, "").await;
        let mut answers = Vec::new();
        let nobodys = format!("acc_{}", "0".repeat(32));
        for account in [place.account.as_str(), nobodys.as_str(), "x"] {
            let answer = place.browser().post("/auth/oidc/start", json!({ "accountId": account })).await;
            assert_eq!(why(&answer), (422, "PROVIDER_NOT_OFFERED".to_owned()));
            answers.push(answer.text);
        }
        assert!(answers.iter().all(|text| *text == answers[0]), "an account without one is answered like none");
    }
}

#[tokio::test]
async fn oidc_a_code_of_ours_is_asked_for_where_the_account_wants_it() {
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let mut terms = provider.terms(&place);
        terms["asksSecondFactor"] = json!(true);
        place.done("setSignInProvider", terms, "").await;
        assert_eq!(why(&place.sent().sign_in(&place, &provider).await), (403, "SECOND_FACTOR_MISSING".to_owned()));
        let own = place.signed_in("zoe@exemple.fr").await;
        let (uri, _) = enrolled(&place, &own).await;
        place.later(TimeDelta::minutes(2));
        provider.tell(|plan| plan.now = place.clock.now().timestamp());
        let sent = place.sent();
        let asked = sent.sign_in(&place, &provider).await;
        assert_eq!((asked.status.as_u16(), asked.json()["secondFactor"].clone()), (200, json!("required")));
        assert_eq!(sent.browser.session().await, Value::Null);
        let entered = sent.browser.post("/auth/second-factor", json!({ "code": code(&place, &uri) })).await;
        assert_eq!(entered.json()["accountId"], json!(place.account), "{}", entered.text);
        let session = sent.browser.session().await;
        assert_eq!(session["byProvider"], true, "still by its word alone");
    }
}

#[tokio::test]
async fn oidc_a_browser_is_led_on_or_shown_a_page_of_ours() {
    const HTML: &str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8";
    for place in everywhere().await {
        let (provider, _) = offered(&place).await;
        let begun = async |next: &str| {
            let sent = place.sent();
            let fields = [("accountId", place.account.as_str()), ("next", next)];
            let answer = sent.browser.form("/auth/oidc/start", &fields).await;
            assert_eq!(answer.status, 303);
            sent.keep(&answer);
            let back = provider.visit(answer.headers["location"].to_str().unwrap()).await;
            (sent, back)
        };
        for (next, leads) in [("/contacts?x=1", "/contacts?x=1"), ("https://evil.example/", "/auth/session")] {
            let (sent, back) = begun(next).await;
            let answer = sent.come_back_for(&back, HTML).await;
            assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (303, leads));
            assert_ne!(sent.browser.session().await, Value::Null);
            let again = sent.come_back_for(&back, HTML).await;
            assert_eq!(again.status, 422);
            assert!(again.text.contains("<!doctype html>") && again.text.contains("Begin it again."), "{}", again.text);
            assert!(!again.text.contains("state="), "nothing of what was brought is shown");
        }
        // A code is asked for on a page whose form leads on to the same place.
        let mut terms = provider.terms(&place);
        terms["asksSecondFactor"] = json!(true);
        place.done("setSignInProvider", terms, "").await;
        let own = place.signed_in("zoe@exemple.fr").await;
        let (uri, _) = enrolled(&place, &own).await;
        place.later(TimeDelta::minutes(2));
        provider.tell(|plan| plan.now = place.clock.now().timestamp());
        let (sent, back) = begun("/contacts").await;
        let led = sent.come_back_for(&back, HTML).await;
        assert_eq!(
            (led.status.as_u16(), led.headers["location"].to_str().unwrap()),
            (303, "/second-factor?next=/contacts")
        );
        let page = sent.browser.get("/second-factor?next=/contacts").await;
        for part in ["action=\"/second-factor\"", "name=\"code\"", "name=\"next\" value=\"/contacts\""] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let shown = code(&place, &uri);
        let led = sent.browser.form("/auth/second-factor", &[("code", &shown), ("next", "/contacts")]).await;
        assert_eq!((led.status.as_u16(), led.headers["location"].to_str().unwrap()), (303, "/contacts"));
        assert_eq!(sent.browser.session().await["byProvider"], true);
    }
}

#[tokio::test]
async fn oidc_a_former_owner_s_provider_opens_nothing_any_more() {
    for place in everywhere().await {
        let (provider, zoe) = offered(&place).await;
        let sent = place.sent();
        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        place.done("transferOwnership", json!({ "contactId": zoe }), "").await;
        assert_eq!(sent.browser.session().await, Value::Null, "not as the owner there is now");
        let begun = sent.browser.post("/auth/oidc/start", json!({ "accountId": place.account })).await;
        assert_eq!(why(&begun), (422, "PROVIDER_NOT_OFFERED".to_owned()));
        let query = "query($id: ID!) { account(id: $id) { signInProvider { issuer on } } }";
        let shown = place.data(query, json!({ "id": place.account })).await["account"]["signInProvider"].clone();
        assert_eq!(shown, json!({ "issuer": provider.url, "on": false }));
        // The owner of now takes it on, or does not.
        let mut terms = provider.terms(&place);
        terms["clientSecret"] = Value::Null;
        place.done("setSignInProvider", terms, "").await;
        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        assert_eq!(sent.browser.session().await["account"]["profile"], "CLIENT");
    }
}

/// Whatever is a person's own: none of it is opened by the word of a provider, which an account's owner may run himself.
#[tokio::test]
async fn oidc_an_owner_with_a_provider_of_his_own_becomes_nobody_elsewhere() {
    for place in everywhere().await {
        // Zoé works in another account; the owner of this one records her address, and runs a provider that says he is her.
        let there = place.another("Club voisin").await;
        let her_contact = there.person("Durand", "zoe@exemple.fr").await;
        place.signed_up("zoe@exemple.fr").await;
        let hers = place.signed_in("zoe@exemple.fr").await;
        place.person("Durand", "zoe@exemple.fr").await;
        let provider = Provider::start(&place).await;
        place.done("setSignInProvider", provider.terms(&place), "").await;
        let sent: Sent<'_> = place.sent();
        assert_eq!(sent.sign_in(&place, &provider).await.status, 200);
        let owner = &sent.browser;

        // Her login: nothing of it is shown or changed.
        let session = owner.session().await;
        assert_eq!(
            [&session["user"]["name"], &session["totpEnabled"], &session["recoveryCodesLeft"]],
            [&Value::Null; 3]
        );
        let refused = async |path: &str, body: Value| {
            let answer = owner.post(path, body).await;
            let error = answer.json()["userErrors"][0].clone();
            assert_eq!((answer.status.as_u16(), &error["code"]), (422, &json!("FORBIDDEN")), "{path} {}", answer.text);
            text(&error["message"])
        };
        let own = "An account’s identity provider opens that account alone: sign in with your password.";
        for (path, body) in [
            ("/auth/password", json!({ "currentPassword": PASSWORD, "password": "Un tracteur bleu sous la neige" })),
            ("/auth/totp", json!({ "password": PASSWORD })),
            ("/auth/totp/confirm", json!({ "code": "000000" })),
            ("/auth/totp/disable", json!({ "password": PASSWORD, "code": "000000" })),
            ("/auth/recovery-codes", json!({ "password": PASSWORD, "code": "000000" })),
            ("/auth/sessions/end", json!({ "others": true })),
            ("/auth/switch", json!({ "accountId": there.account })),
            ("/auth/switch", json!({ "accountId": format!("acc_{}", "0".repeat(32)) })),
        ] {
            assert!(refused(path, body).await.contains(own), "{path}");
        }
        assert_eq!(owner.get("/auth/accounts").await.status, 422);
        let seen = owner.get("/auth/sessions").await.json();
        assert_eq!((seen["sessions"].as_array().unwrap().len(), &seen["signIns"]), (1, &json!([])));
        let theirs = hers.get("/auth/sessions").await.json();
        let other = theirs["sessions"].as_array().unwrap().iter().find(|s| s["current"] == true).unwrap();
        refused("/auth/sessions/end", json!({ "sessionId": other["id"] })).await;
        assert_ne!(hers.session().await, Value::Null);

        // Her other accounts: they are not there.
        let viewer = owner.ask("{ viewer { user { name email } totpEnabled sessions { current } } accessList(first: 10) { totalCount edges { node { accountId } } } invitations { accountId } }", json!({})).await.json();
        let expected = json!({
            "viewer": { "user": { "name": null, "email": "zoe@exemple.fr" }, "totpEnabled": null, "sessions": [{ "current": true }] },
            "accessList": { "totalCount": 0, "edges": [] }, "invitations": [],
        });
        assert_eq!(viewer["data"], expected, "{viewer}");
        let there_is = owner
            .ask("query($id: ID!) { account(id: $id) { companyName } }", json!({ "id": there.account }))
            .await
            .json();
        assert_eq!(codes(&there_is), ["NOT_FOUND"]);
        let sheet = owner
            .ask("query($id: ID!) { contact(id: $id) { displayName } }", json!({ "id": her_contact }))
            .await
            .json();
        assert_eq!(codes(&sheet), ["NOT_FOUND"]);
        // And what is told of users in general.
        let user = text(&session["user"]["id"]);
        for (mutation, input) in [
            ("eraseUser", json!({ "userId": user })),
            ("leaveAccount", json!({ "contactId": session["account"]["contactId"] })),
            ("acceptInvitation", json!({ "contactId": her_contact })),
            ("declineInvitation", json!({ "contactId": her_contact })),
        ] {
            let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
            let query = format!(
                "mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code message }} }} }}"
            );
            let answer = owner.ask(&query, json!({ "input": input })).await.json();
            let error = &answer["data"][mutation]["userErrors"][0];
            assert_eq!(error["code"], "FORBIDDEN", "{mutation}: {answer}");
            assert!(text(&error["message"]).contains(own), "{mutation}");
        }
        let list = owner
            .ask("query($u: ID) { accessList(userId: $u, first: 10) { totalCount } }", json!({ "u": user }))
            .await
            .json();
        assert_eq!(codes(&list), ["NOT_FOUND"]);
        // The account that it is for goes on as before.
        assert_eq!(owner.post("/auth/switch", json!({ "accountId": place.account })).await.status, 200);
        assert_eq!(owner.session().await["byProvider"], true, "a turned session is still by its word");
        assert_ne!(hers.session().await, Value::Null);
    }
}
