//! Settings of an account and one's own login as a browser without a script has them (rows O13, B13, A14, A16, S4 and the account's own).

use crate::{
    browser::{Browser, OTHER_PASSWORD, PASSWORD},
    pages::{hidden, to},
    place::{Answer, Place, everywhere, text},
};
use chrono::TimeDelta;
use serde_json::json;

impl Place {
    fn settings(&self, page: &str) -> String {
        format!("/a/{}/settings{page}", self.account)
    }
}

/// A form of a page, sent with what the page gave it and these.
async fn send(browser: &Browser<'_>, path: &str, page: &Answer, more: &[(&str, &str)]) -> Answer {
    let csrf = hidden(page, "_csrf");
    let mut fields = vec![("_csrf", csrf.as_str())];
    fields.extend(more);
    browser.form(path, &fields).await
}

/// What is shown once on a page.
fn once(page: &Answer) -> String {
    let (_, rest) = page.text.split_once("<p class=\"once\"><code>").unwrap_or_else(|| panic!("{}", page.text));
    rest.split('<').next().unwrap().to_owned()
}

#[tokio::test]
async fn the_account_is_renamed_and_its_rules_set_and_who_saved_meanwhile_is_told_beside() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let page = browser.get(&place.settings("")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("value=\"Éditions du Phare\"") && page.text.contains("value=\"Europe/Paris\""));
        let version = hidden(&page, "version");
        let none = send(&browser, &place.settings("/name"), &page, &[("version", &version), ("companyName", "")]).await;
        assert_eq!(none.status, 422);
        assert!(none.text.contains("id=\"companyName-error\""), "{}", none.text);
        let named = [("version", version.as_str()), ("companyName", "Phare & fils")];
        let done = send(&browser, &place.settings("/name"), &page, &named).await;
        assert_eq!(to(&done), format!("{}?told=account-renamed", place.settings("")), "{}", done.text);

        // The rules were read before the name was saved: what was typed stays, and what stands is told.
        let rules = |version: String, grace: &'static str| {
            vec![
                ("version", version),
                ("timeZone", "Indian/Reunion".to_owned()),
                ("graceDays", grace.to_owned()),
                ("deletionPolicy", "SUPPORT_ONLY".to_owned()),
                ("registrationPolicy", "MANUAL".to_owned()),
            ]
        };
        let post = async |fields: Vec<(&str, String)>| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            send(&browser, &place.settings("/rules"), &page, &fields).await
        };
        let stale = post(rules(version, "9")).await;
        assert_eq!(stale.status, 422);
        for told in
            ["Somebody changed these settings meanwhile", "Time zone : Europe/Paris", "value=\"Indian/Reunion\""]
        {
            assert!(stale.text.contains(told), "{told}: {}", stale.text);
        }
        let version = stale.text.rsplit("name=\"version\" value=\"").next().unwrap().split('"').next().unwrap();
        let wrong = post(rules(version.to_owned(), "900")).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains("id=\"graceDays-error\"") && wrong.text.contains("value=\"900\""),
            "{}",
            wrong.text
        );
        let saved = post(rules(version.to_owned(), "9")).await;
        assert_eq!(to(&saved), format!("{}?told=policies-set", place.settings("")), "{}", saved.text);
        let query =
            "query($a: ID!) { account(id: $a) { companyName timeZone policies { graceDays deletion registration } } }";
        let account = place.data(query, json!({ "a": place.account })).await["account"].clone();
        assert_eq!(account["companyName"], "Phare & fils");
        assert_eq!(account["timeZone"], "Indian/Reunion");
        assert_eq!(
            account["policies"],
            json!({ "graceDays": 9, "deletion": "SUPPORT_ONLY", "registration": "MANUAL" })
        );
    }
}

#[tokio::test]
async fn o8_a_token_is_made_once_after_the_password_shown_once_and_revoked_after_a_question() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let path = place.settings("/tokens/new");
        place.later(TimeDelta::minutes(16));
        let late = browser.get(&path).await;
        assert_eq!(to(&late), format!("/confirm?next={path}"), "asked again before anything is typed");
        let confirm = browser.get(&to(&late)).await;
        assert_eq!(to(&send(&browser, "/confirm", &confirm, &[("next", &path), ("password", PASSWORD)]).await), path);
        let form = browser.get(&path).await;
        let nameless = send(&browser, &path, &form, &[("name", ""), ("BILLING", "1"), ("all", "")]).await;
        assert_eq!(nameless.status, 422);
        assert!(nameless.text.contains("id=\"name-error\""), "{}", nameless.text);
        assert!(nameless.text.contains("name=\"BILLING\" value=\"1\" checked"), "{}", nameless.text);
        let key = hidden(&form, "key");
        let typed = [("key", &*key), ("name", "Boutique"), ("all", ""), ("BILLING", "1"), ("expiresAt", "2026-12-31")];
        let made = send(&browser, &path, &form, &typed).await;
        assert_eq!(made.status, 200, "{}", made.text);
        let token = once(&made);
        let query = "{ viewer { actor { kind } account { companyName } } }";
        assert_eq!(place.ask_as(&token, query, json!({})).await.status, 200);
        // Pressed twice: there is one token, and its list says what to do where it was not written down.
        let again = send(&browser, &path, &form, &typed).await;
        assert_eq!(to(&again), format!("{}?told=token-stands", place.settings("/tokens")), "{}", again.text);
        let told = browser.get(&to(&again)).await;
        assert!(told.text.contains("revoke it and make another"), "{}", told.text);
        assert_eq!(told.text.matches("<td>Boutique").count().max(told.text.matches(">Boutique<").count()), 1);
        let list = browser.get(&place.settings("/tokens")).await;
        assert!(list.text.contains("Boutique") && list.text.contains("31 December 2026"), "{}", list.text);
        assert!(!list.text.contains(&token), "never again");

        let asked = list.text.split("href=\"").find(|rest| rest.contains("/revoke\"") && rest.starts_with("/a/"));
        let tokens =
            place.data("query($a: ID!) { tokens(accountId: $a) { id name } }", json!({ "a": place.account })).await;
        let id = tokens["tokens"].as_array().unwrap().iter().find(|it| it["name"] == "Boutique").unwrap()["id"].clone();
        let revoke = place.settings(&format!("/tokens/{}/revoke", text(&id)));
        assert!(asked.is_some() && list.text.contains(&revoke), "{}", list.text);
        let ask = browser.get(&revoke).await;
        assert!(ask.text.contains("Revoke this token?") && ask.text.contains("Boutique"), "{}", ask.text);
        let gone = send(&browser, &revoke, &ask, &[]).await;
        assert_eq!(to(&gone), format!("{}?told=token-revoked", place.settings("/tokens")), "{}", gone.text);
        tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
        assert_eq!(place.ask_as(&token, query, json!({})).await.status, 401);
        assert_eq!(browser.get(&revoke).await.status, 200, "asking again shows what it was, and does nothing");
    }
}

#[tokio::test]
async fn connections_are_made_with_a_secret_shown_once_and_ended_after_a_question() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let path = place.settings("/connections");
        let page = browser.get(&path).await;
        assert!(page.text.contains("No webhook.") && page.text.contains("No customer service is connected."));
        let form = browser.get(&format!("{path}/webhook")).await;
        let key = hidden(&form, "key");
        let wrong = [("key", key.as_str()), ("url", "ftp://nowhere"), ("types", "access")];
        let wrong = send(&browser, &format!("{path}/webhook"), &form, &wrong).await;
        assert_eq!(wrong.status, 422);
        assert!(
            wrong.text.contains("id=\"url-error\"") && wrong.text.contains("value=\"ftp://nowhere\""),
            "{}",
            wrong.text
        );
        let typed = [
            ("key", key.as_str()),
            ("url", "https://boutique.exemple.fr/hooks?k=1"),
            ("types", "access, contact.edited"),
        ];
        let made = send(&browser, &format!("{path}/webhook"), &form, &typed).await;
        assert!(once(&made).starts_with("whsec_"), "{}", made.text);
        let again = send(&browser, &format!("{path}/webhook"), &form, &typed).await;
        assert_eq!(again.status, 200, "pressed twice");
        let page = browser.get(&path).await;
        assert_eq!(page.text.matches("https://boutique.exemple.fr/hooks").count(), 1, "and connected once");
        assert!(page.text.contains("access, contact.edited"), "{}", page.text);
        let query = "query($a: ID!) { account(id: $a) { webhooks { id } } }";
        let hook = text(&place.data(query, json!({ "a": place.account })).await["account"]["webhooks"][0]["id"]);
        let end = format!("{path}/webhook/{hook}/end");
        let ask = browser.get(&end).await;
        assert!(
            ask.text.contains("Disconnect this webhook?") && ask.text.contains("https://boutique.exemple.fr/hooks")
        );
        assert_eq!(to(&send(&browser, &end, &ask, &[]).await), format!("{path}?told=webhook-disconnected"));
        assert_eq!(browser.get(&end).await.status, 404);

        let form = browser.get(&format!("{path}/service")).await;
        let typed = [("key", hidden(&form, "key")), ("url", "https://clients.exemple.fr/".into())];
        let typed: Vec<_> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert!(once(&send(&browser, &format!("{path}/service"), &form, &typed).await).starts_with("whsec_"));
        let ask = browser.get(&format!("{path}/service/end")).await;
        assert_eq!(
            to(&send(&browser, &format!("{path}/service/end"), &ask, &[]).await),
            format!("{path}?told=service-disconnected")
        );

        // What waits is listed, narrowed, and tried at once when asked.
        place.person("Durand", "zoe@exemple.fr").await;
        let page = browser.get(&format!("{path}?status=QUEUED")).await;
        assert!(page.text.contains("verify_email") && page.text.contains("Durand"), "{}", page.text);
        let retried =
            send(&browser, &format!("{path}/retry"), &page, &[("delivery", &hidden(&page, "delivery"))]).await;
        assert_eq!(to(&retried), format!("{path}?told=delivery-retried"), "{}", retried.text);
        assert!(browser.get(&format!("{path}?status=FAILED")).await.text.contains("No delivery stands so"));
    }
}

#[tokio::test]
async fn the_provider_of_sign_ins_is_the_owner_s_to_set_and_its_secret_is_not_shown() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let path = place.settings("/sign-in");
        let form = browser.get(&path).await;
        let back = format!("https://sesame.exemple.fr/auth/oidc/callback/{}", place.account);
        assert!(form.text.contains(&back), "{}", form.text);
        let version = hidden(&form, "version");
        let typed = |issuer: &'static str, version: String| {
            [
                ("version", version),
                ("issuer", issuer.to_owned()),
                ("clientId", "sesame".to_owned()),
                ("clientSecret", "un-secret-bien-garde".to_owned()),
                ("domains", "exemple.fr, phare.example".to_owned()),
                ("firstSignIns", "1".to_owned()),
            ]
        };
        let post = async |fields: [(&str, String); 6]| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            send(&browser, &path, &form, &fields).await
        };
        let wrong = post(typed("id.exemple.fr", version.clone())).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"issuer-error\"") && !wrong.text.contains("un-secret"), "{}", wrong.text);
        let set = post(typed("https://id.exemple.fr", version)).await;
        assert_eq!(to(&set), format!("{path}?told=provider-set"), "{}", set.text);
        let page = browser.get(&path).await;
        assert!(page.text.contains("Switched off") && page.text.contains("exemple.fr, phare.example"), "{}", page.text);
        assert!(!page.text.contains("un-secret"), "{}", page.text);
        let ask = browser.get(&format!("{path}/end")).await;
        let ended = send(&browser, &format!("{path}/end"), &ask, &[]).await;
        assert_eq!(to(&ended), format!("{path}?told=provider-removed"), "{}", ended.text);
    }
}

#[tokio::test]
async fn o8_settings_are_shown_to_who_may_set_them_and_each_page_to_who_may_use_it() {
    for place in everywhere().await {
        place.owner().await;
        for (email, rights) in
            [("sys@exemple.fr", json!(["SYSTEM_CONFIGURATION"])), ("bill@exemple.fr", json!(["BILLING"]))]
        {
            place.signed_up(email).await;
            let input = json!({ "accountId": place.account, "lastName": email, "email": email, "permissions": rights });
            place.done("addMember", input, "").await;
        }
        place.settled().await;
        let sys = place.signed_in("sys@exemple.fr").await;
        let page = sys.get(&place.settings("")).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(!page.text.contains("/settings/tokens") && !page.text.contains("/settings/sign-in"), "{}", page.text);
        for owned in ["/tokens", "/tokens/new", "/sign-in", "/sign-in/end"] {
            assert_eq!(sys.get(&place.settings(owned)).await.status, 404, "{owned}");
        }
        let bill = place.signed_in("bill@exemple.fr").await;
        for any in ["/connections", "/connections/webhook", "/tokens", "/sign-in"] {
            assert_eq!(bill.get(&place.settings(any)).await.status, 404, "{any}");
        }
        assert!(!bill.get(&format!("/a/{}/contacts", place.account)).await.text.contains("/settings"));
        let forged = sys.form(&place.settings("/name"), &[("_csrf", "guessed"), ("companyName", "Autre")]).await;
        assert_eq!(forged.status, 403);
    }
}

#[tokio::test]
async fn s4_where_support_deletes_it_is_asked_from_the_contact_and_listed_until_it_is_decided() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let path = place.settings(&format!("/deletions/{contact}"));
        let ask = browser.get(&path).await;
        assert!(ask.text.contains("Ask for the deletion of Fontaine?"), "{}", ask.text);
        let fields =
            [("version", hidden(&ask, "version")), ("key", hidden(&ask, "key")), ("reason", "By letter".into())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let refused = send(&browser, &path, &ask, &fields).await;
        assert_eq!(refused.status, 422, "the account deletes itself");
        assert!(refused.text.contains("value=\"By letter\""), "{}", refused.text);
        let policy = json!({ "accountId": place.account, "deletionPolicy": "SUPPORT_ONLY" });
        place.done("setPolicies", policy, "").await;
        let delete = browser.get(&format!("/a/{}/contacts/{contact}/delete", place.account)).await;
        assert!(delete.text.contains(&path), "the way there: {}", delete.text);
        let ask = browser.get(&path).await;
        let fields =
            [("version", hidden(&ask, "version")), ("key", hidden(&ask, "key")), ("reason", "By letter".into())];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        for _ in 0..2 {
            let asked = send(&browser, &path, &ask, &fields).await;
            assert_eq!(to(&asked), format!("{}?told=deletion-asked", place.settings("/deletions")), "{}", asked.text);
        }
        let list = browser.get(&place.settings("/deletions")).await;
        assert_eq!(list.text.matches("Fontaine</a>").count(), 1, "{}", list.text);
        assert!(list.text.contains("By letter") && list.text.contains("Support has to decide"), "{}", list.text);
        let staff = place.staff().await;
        place.done_as(&staff, "rejectDeletion", json!({ "contactId": contact, "reason": "Paid until May" }), "").await;
        assert!(browser.get(&place.settings("/deletions")).await.text.contains("No request waits"));
        assert!(browser.get(&path).await.text.contains("Paid until May"));
        let other = place.another("Autre maison").await;
        let theirs = other.person("Secret", "secret@exemple.fr").await;
        assert_eq!(browser.get(&place.settings(&format!("/deletions/{theirs}"))).await.status, 404);
    }
}

#[tokio::test]
async fn a16_an_app_is_set_up_on_one_s_own_page_its_codes_kept_and_taken_off_again() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let page = browser.get("/me").await;
        assert_eq!(page.status, 200, "{}", page.text);
        for told in ["camille@exemple.fr", "Access list", "Éditions du Phare", "this session", "Signed in"] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
        let wrong = send(&browser, "/me/codes", &page, &[("password", OTHER_PASSWORD)]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"e-password-error\"") && !wrong.text.contains(OTHER_PASSWORD));
        let offered = send(&browser, "/me/codes", &page, &[("password", PASSWORD)]).await;
        assert_eq!(offered.status, 200, "{}", offered.text);
        let (secret, uri) = (hidden(&offered, "secret"), hidden(&offered, "uri").replace("&#38;", "&"));
        let kept = [("secret", secret.as_str()), ("uri", uri.as_str())];
        let bad = send(&browser, "/me/codes/confirm", &offered, &[kept[0], kept[1], ("code", "000000")]).await;
        assert_eq!(bad.status, 422);
        assert!(bad.text.contains("id=\"code-error\"") && hidden(&bad, "secret") == secret, "{}", bad.text);
        let code = crate::second_factor::code(&place, &uri);
        let before = browser.secret();
        let on = send(&browser, "/me/codes/confirm", &bad, &[kept[0], kept[1], ("code", &code)]).await;
        assert_eq!((on.status.as_u16(), on.text.matches("<li><code>").count()), (200, 10), "{}", on.text);
        assert_ne!(browser.secret(), before, "another secret for the session");
        let recovery = on.text.split("<li><code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
        let page = browser.get("/me").await;
        assert!(page.text.contains("A code is asked for") && page.text.contains("10 recovery codes"), "{}", page.text);
        let off = [("password", PASSWORD), ("code", recovery.as_str())];
        assert_eq!(to(&send(&browser, "/me/codes/off", &page, &off).await), "/me?told=me-codes-off");
        assert!(browser.get("/me?told=me-codes-off").await.text.contains("No code is asked for any more."));
    }
}

#[tokio::test]
async fn a14_sessions_are_listed_and_ended_and_a_new_password_ends_the_others() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let (first, second) =
            (place.signed_in("camille@exemple.fr").await, place.signed_in("camille@exemple.fr").await);
        let page = browser.get("/me").await;
        assert_eq!(page.text.matches("name=\"session\"").count(), 2, "{}", page.text);
        let ended = send(&browser, "/me/sessions/end", &page, &[("session", &hidden(&page, "session"))]).await;
        assert_eq!(to(&ended), "/me?told=me-session-ended");
        let left = [first.session().await, second.session().await].into_iter().filter(|it| !it.is_null()).count();
        assert_eq!(left, 1);
        assert_eq!(
            to(&send(&browser, "/me/sessions/end", &page, &[("others", "true")]).await),
            "/me?told=me-others-ended"
        );
        assert!(first.session().await.is_null() && second.session().await.is_null());

        let third = place.signed_in("camille@exemple.fr").await;
        let weak = [("currentPassword", PASSWORD), ("password", "azertyuiop12")];
        let told = send(&browser, "/me/password", &page, &weak).await;
        assert_eq!(told.status, 422);
        assert!(told.text.contains("id=\"password-error\"") && !told.text.contains("azertyuiop12"), "{}", told.text);
        let good = [("currentPassword", PASSWORD), ("password", OTHER_PASSWORD)];
        assert_eq!(to(&send(&browser, "/me/password", &page, &good).await), "/me?told=me-password");
        assert!(third.session().await.is_null());
        assert!(browser.get("/me?told=me-password").await.text.contains("Your password was changed."));
        assert_eq!(to(&place.browser().get("/me").await), "/sign-in?next=/me");
    }
}

#[tokio::test]
async fn o13_b13_invitations_are_answered_and_accounts_left_from_the_access_list() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let other = place.another("Club voisin").await;
        for there in [&place, &other] {
            let invite = json!({ "accountId": there.account, "email": "zoe@exemple.fr", "permissions": ["BILLING"] });
            there.done("inviteGuest", invite, "").await;
        }
        let zoe = place.signed_in("zoe@exemple.fr").await;
        let page = zoe.get("/me").await;
        assert!(page.text.contains("Club voisin") && page.text.contains("Éditions du Phare"), "{}", page.text);
        for (answer, told) in [("accept", "accepted"), ("decline", "declined")] {
            let page = zoe.get("/me").await;
            let said =
                send(&zoe, "/me/invitations", &page, &[("contact", &hidden(&page, "contact")), ("answer", answer)])
                    .await;
            assert_eq!(to(&said), format!("/me?told=me-{told}"), "{}", said.text);
        }
        let page = zoe.get("/me").await;
        let leave = page
            .text
            .split("href=\"")
            .map(|rest| rest.split('"').next().unwrap())
            .find(|to| to.starts_with("/me/leave/"));
        let leave = leave.unwrap_or_else(|| panic!("{}", page.text)).to_owned();
        let ask = zoe.get(&leave).await;
        assert!(ask.text.contains("You lose access to this account"), "{}", ask.text);
        let left = send(&zoe, &leave, &ask, &[]).await;
        assert_eq!(to(&left), "/me?told=member-left", "{}", left.text);
        assert!(zoe.get("/me").await.text.contains("opens no account yet"));
        assert_eq!(zoe.get(&leave).await.status, 404);
    }
}
