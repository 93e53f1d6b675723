//! The account one works in: chosen after signing in, switched without signing in again; and in a session nothing of any other account exists (rows
//! O11, O12).

use crate::{
    browser::PASSWORD,
    place::{Answer, codes, everywhere, refusals, text},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::{Duration, Instant};

const NAME: &str = "query($id: ID!) { account(id: $id) { companyName } }";
const LIST: &str = "{ accessList(first: 10) { edges { node { accountId companyName } } } }";

/// What was answered, whatever is left of what the caller may ask for.
fn told(answer: &Answer) -> Value {
    let mut told = answer.json();
    told.as_object_mut().unwrap().remove("extensions");
    told
}

#[tokio::test]
async fn o11_after_signing_in_one_account_is_chosen_and_of_several_the_user_chooses() {
    for place in everywhere().await {
        place.person("Durand", "zoe@exemple.fr").await;
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let session = browser.session().await;
        assert_eq!(session["account"]["companyName"], "Éditions du Phare");
        assert_eq!(session["account"]["profile"], "CONTACT");

        let there = place.another("Club voisin").await;
        there.person("Durand", "zoe@exemple.fr").await;
        place.settled().await;
        place.later(TimeDelta::minutes(1));
        let entered = browser.sign_in("zoe@exemple.fr", PASSWORD).await.json();
        assert_eq!((&entered["accountId"], &browser.session().await["account"]), (&Value::Null, &Value::Null));
        let accounts = browser.get("/auth/accounts").await.json();
        let told: Vec<_> = accounts["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|a| (text(&a["companyName"]), a["last"] == true, a["current"] == true))
            .collect();
        let expected = [("Club voisin".to_owned(), false, false), ("Éditions du Phare".to_owned(), true, false)];
        assert_eq!((told.as_slice(), &accounts["after"]), (&expected[..], &Value::Null), "the last one is marked");
        let found = browser.get("/auth/accounts?search=CLUB").await.json();
        assert_eq!(found["accounts"].as_array().unwrap().len(), 1);
        assert_eq!(browser.get("/auth/accounts?after=%C3%A9").await.status, 422);
        assert_eq!(place.browser().get("/auth/accounts").await.status, 401);
    }
}

#[tokio::test]
async fn o12_a_session_works_in_one_account_and_switches_without_signing_in_again() {
    for place in everywhere().await {
        let here = place.person("Durand", "zoe@exemple.fr").await;
        let there = place.another("Club voisin").await;
        let elsewhere = there.person("Durand", "zoe@exemple.fr").await;
        let stranger = place.another("Ailleurs").await;
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        let seen = async |id: &str| told(&browser.ask(NAME, json!({ "id": id })).await);
        let unknown = seen("acc_00000000000000000000000000000001").await;
        assert_eq!(codes(&unknown), ["NOT_FOUND"]);
        // None chosen yet: no account is there, and the list to choose from is.
        assert_eq!((seen(&place.account).await, seen(&there.account).await), (unknown.clone(), unknown.clone()));
        let list = browser.ask(LIST, json!({})).await.json()["data"]["accessList"]["edges"].clone();
        assert_eq!(list.as_array().unwrap().len(), 2);

        let before = browser.secret();
        let switched = browser.post("/auth/switch", json!({ "accountId": place.account })).await;
        assert_eq!((switched.status.as_u16(), &switched.json()["accountId"]), (200, &json!(place.account)));
        assert_ne!(browser.secret(), before);
        let old = place.browser();
        *old.cookie.lock().unwrap() = Some(before);
        assert_eq!(old.session().await, Value::Null, "the secret of before opens nothing");
        assert_eq!(seen(&place.account).await["data"]["account"]["companyName"], "Éditions du Phare");
        assert_eq!(seen(&there.account).await, unknown, "what they reach elsewhere is not there in this session");
        let contact = "query($id: ID!) { contact(id: $id) { lastName } }";
        let asked = async |id: &str| told(&browser.ask(contact, json!({ "id": id })).await);
        assert_eq!(asked(&here).await["data"]["contact"]["lastName"], "Durand");
        let nobody = asked("con_00000000000000000000000000000001").await;
        assert_eq!((asked(&elsewhere).await, codes(&nobody)), (nobody, vec!["NOT_FOUND".to_owned()]));

        browser.post("/auth/switch", json!({ "accountId": there.account })).await;
        assert_eq!(seen(&there.account).await["data"]["account"]["companyName"], "Club voisin");
        assert_eq!(seen(&place.account).await, unknown);
        // An account that is not theirs is answered like one that is not there.
        let mut refused = Vec::new();
        for id in [stranger.account.as_str(), "acc_00000000000000000000000000000001", "x"] {
            let answer = browser.post("/auth/switch", json!({ "accountId": id })).await;
            refused.push((answer.status.as_u16(), answer.text));
        }
        assert!(refused.iter().all(|answer| *answer == refused[0]), "{refused:?}");
        assert_eq!(refused[0].0, 422);
        assert_eq!(seen(&there.account).await["data"]["account"]["companyName"], "Club voisin", "and nothing changed");
    }
}

#[tokio::test]
async fn o11_five_hundred_accounts_are_paged_and_searched_quickly() {
    const ACCOUNTS: usize = 500;
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        for n in 0..ACCOUNTS {
            let open = json!({ "companyName": format!("Société {n:03}"), "ownerEmail": "zoe@exemple.fr" });
            place.done_as(&place.operator, "openAccount", open, "").await;
        }
        let browser = place.signed_in("zoe@exemple.fr").await;
        let (mut names, mut path, mut slowest) = (Vec::new(), "/auth/accounts".to_owned(), Duration::ZERO);
        loop {
            let started = Instant::now();
            let page = browser.get(&path).await.json();
            slowest = slowest.max(started.elapsed());
            names.extend(page["accounts"].as_array().unwrap().iter().map(|a| text(&a["companyName"])));
            match page["after"].as_str() {
                Some(after) => path = format!("/auth/accounts?after={after}"),
                None => break,
            }
        }
        assert_eq!(names, (0..ACCOUNTS).map(|n| format!("Société {n:03}")).collect::<Vec<_>>());
        let found = browser.get("/auth/accounts?search=societe%2037").await.json();
        assert_eq!(found["accounts"].as_array().unwrap().len(), 10);
        eprintln!("{:?}: the slowest page of {ACCOUNTS} accounts took {slowest:?}", place.engine);
        assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    }
}

#[tokio::test]
async fn o12_invitations_are_answered_and_accounts_left_whichever_is_chosen() {
    for place in everywhere().await {
        place.signed_up("zoe@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        let guest = text(&place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
        let there = place.another("Club voisin").await;
        there.person("Durand", "zoe@exemple.fr").await;
        place.settled().await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        assert_eq!(browser.session().await["account"]["companyName"], "Club voisin");
        let list = browser.ask("{ invitations { contactId companyName } }", json!({})).await.json();
        assert_eq!(list["data"]["invitations"][0]["contactId"], json!(guest));
        let change = async |mutation: &str, contact: &str| {
            let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
            let query = format!("mutation($i: {kind}!) {{ {mutation}(input: $i) {{ userErrors {{ code field }} }} }}");
            browser.ask(&query, json!({ "i": { "contactId": contact } })).await.json()["data"][mutation].clone()
        };
        assert_eq!(refusals(&change("acceptInvitation", &guest).await), []);
        let switched = browser.post("/auth/switch", json!({ "accountId": place.account })).await;
        assert_eq!(switched.status, 200);
        browser.post("/auth/switch", json!({ "accountId": there.account })).await;
        // From another account; somebody else's contact is not there at all.
        let other = place.person("Martin", "martin@exemple.fr").await;
        let unknown = change("leaveAccount", "con_00000000000000000000000000000001").await;
        assert_eq!(change("leaveAccount", &other).await, unknown);
        assert_eq!(refusals(&unknown), [("NOT_FOUND".to_owned(), "contactId".to_owned())]);
        assert_eq!(refusals(&change("leaveAccount", &guest).await), []);
        let back = browser.post("/auth/switch", json!({ "accountId": place.account })).await;
        assert_eq!(back.status, 422);
    }
}

#[tokio::test]
async fn a7_one_s_accounts_are_looked_through_as_fast_as_one_types_and_no_faster() {
    for place in everywhere().await {
        place.person("Durand", "zoe@exemple.fr").await;
        place.signed_up("zoe@exemple.fr").await;
        let browser = place.signed_in("zoe@exemple.fr").await;
        for path in ["/accounts?q=ph", "/auth/accounts?search=ph"].into_iter().cycle().take(60) {
            assert_eq!(browser.get(path).await.status, 200, "{path}");
        }
        for path in ["/accounts", "/auth/accounts"] {
            let refused = browser.get(path).await;
            assert_eq!(
                (refused.status.as_u16(), refused.headers["retry-after"].to_str().ok()),
                (429, Some("1")),
                "{path}"
            );
        }
        place.later(TimeDelta::seconds(1));
        assert_eq!(browser.get("/accounts").await.status, 200);
    }
}
