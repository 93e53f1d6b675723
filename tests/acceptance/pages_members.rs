//! « Gérer les contacts » as a browser without a script has it: inviting, recording, the six permissions, the last day, ownership (rows O2 to O9, O13, O14, B13).

use crate::{
    browser::{Browser, PASSWORD},
    pages::{hidden, to},
    place::{Answer, Place, everywhere, text},
};
use chrono::TimeDelta;
use serde_json::json;

impl Place {
    /// Where the members are.
    fn members(&self) -> String {
        format!("/a/{}/members", self.account)
    }

    /// The contact of an address, as the members list it.
    async fn member_of(&self, email: &str) -> String {
        let query = "query($a: ID!) { members(accountId: $a, first: 50) { edges { node { contact { id email } } } } }";
        let list = self.data(query, json!({ "a": self.account })).await;
        let edges = list["members"]["edges"].as_array().unwrap().clone();
        let found = edges.iter().find(|edge| edge["node"]["contact"]["email"] == json!(email));
        text(&found.unwrap_or_else(|| panic!("no {email} in {edges:#?}"))["node"]["contact"]["id"])
    }
}

/// A form of a page, sent with what the page gave it and these.
async fn send(browser: &Browser<'_>, path: &str, page: &Answer, more: &[(&str, &str)]) -> Answer {
    let csrf = hidden(page, "_csrf");
    let mut fields = vec![("_csrf", csrf.as_str())];
    fields.extend(more);
    browser.form(path, &fields).await
}

#[tokio::test]
async fn o7_a_guest_is_invited_from_the_page_listed_sent_again_and_taken_back() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let list = browser.get(&place.members()).await;
        assert_eq!(list.status, 200, "{}", list.text);
        for column in ["Name", "Account type", "Account ID", "User ID", "Created", "Status"] {
            assert!(list.text.contains(&format!(">{column}</th>")), "{column}: {}", list.text);
        }
        assert!(list.text.contains("Invite a guest") && list.text.contains("Add a contact"), "{}", list.text);

        // What is wrong is told by its field, and what was typed and ticked is kept.
        let path = format!("{}/invite", place.members());
        let form = browser.get(&path).await;
        let key = hidden(&form, "key");
        let wrong = send(&browser, &path, &form, &[("key", &key), ("email", "compta"), ("BILLING", "1")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"email-error\"") && wrong.text.contains("value=\"compta\""), "{}", wrong.text);
        assert!(wrong.text.contains("name=\"BILLING\" value=\"1\" checked"), "{}", wrong.text);

        // Pressed twice, it is one invitation and one mail.
        let typed = [("key", key.as_str()), ("email", "compta@exemple.fr"), ("BILLING", "1"), ("until", "2026-12-31")];
        for _ in 0..2 {
            let sent = send(&browser, &path, &form, &typed).await;
            assert_eq!(
                (sent.status.as_u16(), to(&sent)),
                (303, format!("{}?told=member-invited", place.members())),
                "{}",
                sent.text
            );
        }
        let mails = place.mails().await;
        assert_eq!(mails.iter().filter(|mail| mail.mail.to == "compta@exemple.fr").count(), 1);
        let list = browser.get(&format!("{}?status=INVITED&told=member-invited", place.members())).await;
        assert!(list.text.contains("The invitation goes out by mail.") && list.text.contains("compta@exemple.fr"));
        assert!(!list.text.contains("Roux</a>"), "narrowed to who was invited: {}", list.text);

        let member = format!("{}/{}", place.members(), place.member_of("compta@exemple.fr").await);
        place.later(TimeDelta::minutes(2));
        let page = browser.get(&member).await;
        for told in
            ["Invited", "Guest", "Send the invitation again", "Take the invitation back", "value=\"2026-12-31\""]
        {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
        let version = hidden(&page, "version");
        let again = send(&browser, &format!("{member}/resend"), &page, &[("version", &version)]).await;
        assert_eq!(to(&again), format!("{member}?told=member-resent"), "{}", again.text);
        let page = browser.get(&member).await;
        let soon = [("version", hidden(&page, "version"))];
        let soon = send(&browser, &format!("{member}/resend"), &page, &[("version", &soon[0].1)]).await;
        assert_eq!(soon.status, 422, "not within a minute");
        assert!(soon.text.contains("is-bad"), "{}", soon.text);

        // Taken back after it was said what that comes to.
        let ask = browser.get(&format!("{member}/revoke")).await;
        assert!(ask.text.contains("Take back the invitation of compta@exemple.fr?"), "{}", ask.text);
        let version = hidden(&ask, "version");
        let gone = send(&browser, &format!("{member}/revoke"), &ask, &[("version", &version)]).await;
        assert_eq!(to(&gone), format!("{member}?told=member-revoked"));
        let page = browser.get(&member).await;
        assert!(page.text.contains("Revoked") && page.text.contains("Invite again"), "{}", page.text);
        assert!(page.text.contains("/members/invite?email=compta%40exemple.fr"), "{}", page.text);
    }
}

#[tokio::test]
async fn o8_permissions_are_saved_by_version_and_what_somebody_changed_meanwhile_is_shown_beside() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let path = format!("{}/add", place.members());
        let form = browser.get(&path).await;
        let key = hidden(&form, "key");
        let nobody = send(&browser, &path, &form, &[("key", &key), ("lastName", "Verne")]).await;
        assert_eq!(nobody.status, 422);
        assert!(nobody.text.contains("id=\"email-error\"") && nobody.text.contains("value=\"Verne\""));
        let typed = [("key", key.as_str()), ("lastName", "Verne"), ("email", "paul@exemple.fr"), ("SUPPORT", "1")];
        let added = send(&browser, &path, &form, &typed).await;
        assert_eq!(to(&added), format!("{}?told=member-added", place.members()), "{}", added.text);

        let id = place.member_of("paul@exemple.fr").await;
        let member = format!("{}/{id}", place.members());
        let page = browser.get(&member).await;
        assert!(page.text.contains("Pending") && page.text.contains("name=\"SUPPORT\" value=\"1\" checked"));
        let version = hidden(&page, "version");
        let ticked = [("version", version.as_str()), ("SUPPORT", "1"), ("BILLING", "1")];
        let saved = send(&browser, &format!("{member}/permissions"), &page, &ticked).await;
        assert_eq!(to(&saved), format!("{member}?told=member-rights"), "{}", saved.text);

        // Somebody saved since: both are shown, and saving again is done knowingly.
        let stale = [("version", version.as_str()), ("OTHER", "1")];
        let told = send(&browser, &format!("{member}/permissions"), &page, &stale).await;
        assert_eq!(told.status, 422);
        for text in ["As it stands", "What you ticked", "name=\"OTHER\" value=\"1\" checked", "Keep what stands"] {
            assert!(told.text.contains(text), "{text}: {}", told.text);
        }
        let version = hidden(&told, "version");
        let over = [("version", version.as_str()), ("OTHER", "1")];
        let saved = send(&browser, &format!("{member}/permissions"), &told, &over).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let query = "query($id: ID!) { contact(id: $id) { permissions } }";
        assert_eq!(place.data(query, json!({ "id": id })).await["contact"]["permissions"], json!(["OTHER"]));
        let matrix = browser.get(&format!("{}?view=rights", place.members())).await;
        assert_eq!(matrix.text.matches("class=\"tick\"").count(), 7, "six of the owner's and one");

        // The last day: one that is over is told by its field.
        let page = browser.get(&member).await;
        let version = hidden(&page, "version");
        let past = [("version", version.as_str()), ("until", "2026-03-01")];
        let told = send(&browser, &format!("{member}/until"), &page, &past).await;
        assert_eq!(told.status, 422);
        assert!(
            told.text.contains("id=\"until-error\"") && told.text.contains("value=\"2026-03-01\""),
            "{}",
            told.text
        );
        let near = [("version", version.as_str()), ("until", "2026-04-15")];
        assert_eq!(send(&browser, &format!("{member}/until"), &page, &near).await.status, 303);
        for (review, there) in [("ENDING", true), ("NEVER", true), ("QUIET", true)] {
            let list = browser.get(&format!("{}?review={review}", place.members())).await;
            assert_eq!(list.text.contains("paul@exemple.fr"), there, "b13 {review}: {}", list.text);
        }
    }
}

#[tokio::test]
async fn o9_a_member_is_switched_off_and_on_by_one_press_and_the_press_is_taken_back() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.signed_up("zoe@exemple.fr").await;
        let input = json!({ "accountId": place.account, "lastName": "Zoé", "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        place.done("addMember", input, "").await;
        place.settled().await;
        let zoe = place.signed_in("zoe@exemple.fr").await;
        let id = place.member_of("zoe@exemple.fr").await;
        let member = format!("{}/{id}", place.members());
        let page = browser.get(&member).await;
        let off =
            send(&browser, &format!("{member}/deactivate"), &page, &[("version", &hidden(&page, "version"))]).await;
        assert_eq!(to(&off), format!("{member}?told=member-deactivated"), "{}", off.text);
        let page = browser.get(&to(&off)).await;
        assert!(page.text.contains(&format!("action=\"{member}/reactivate\"")), "{}", page.text);
        assert!(page.text.contains("Undo") && page.text.contains("Inactive"), "{}", page.text);
        assert_eq!(zoe.session().await, json!(null), "out at once");
        let version = hidden(&page, "version");
        let on = send(&browser, &format!("{member}/reactivate"), &page, &[("version", &version)]).await;
        assert_eq!(to(&on), format!("{member}?told=member-reactivated"));
        assert!(browser.get(&member).await.text.contains("status-active"));
    }
}

#[tokio::test]
async fn o2_ownership_is_given_after_the_password_was_given_again() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.signed_up("zoe@exemple.fr").await;
        let input = json!({ "accountId": place.account, "lastName": "Zoé", "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        place.done("addMember", input, "").await;
        place.settled().await;
        let member = format!("{}/{}", place.members(), place.member_of("zoe@exemple.fr").await);
        let ask = format!("{member}/transfer");
        let form = browser.get(&ask).await;
        assert!(form.text.contains("Make Zoé the owner of the account?"), "{}", form.text);

        // A quarter of an hour later it is asked again who is there, and leads back.
        place.later(TimeDelta::minutes(16));
        let late = send(&browser, &ask, &form, &[("version", &hidden(&form, "version"))]).await;
        assert_eq!(to(&late), format!("/confirm?next={ask}"), "{}", late.text);
        assert_eq!(to(&browser.get(&ask).await), format!("/confirm?next={ask}"));
        let confirm = browser.get(&to(&late)).await;
        assert_eq!(hidden(&confirm, "next"), ask);
        let next = [("next", ask.as_str()), ("password", "not the password")];
        let wrong = send(&browser, "/confirm", &confirm, &next).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"password-error\"") && !wrong.text.contains("not the password"));
        let forged = browser.form("/confirm", &[("_csrf", "guessed"), ("password", PASSWORD)]).await;
        assert_eq!(forged.status, 403);
        let shown = send(&browser, "/confirm", &confirm, &[("next", &ask), ("password", PASSWORD)]).await;
        assert_eq!((shown.status.as_u16(), to(&shown)), (303, ask.clone()), "{}", shown.text);
        let form = browser.get(&ask).await;
        let given = send(&browser, &ask, &form, &[("version", &hidden(&form, "version"))]).await;
        assert_eq!(to(&given), format!("{member}?told=member-transferred"), "{}", given.text);
        let page = browser.get(&member).await;
        assert!(page.text.contains("Client") && !page.text.contains("Transfer ownership"), "{}", page.text);
        let elsewhere = browser.get("/confirm?next=//evil.example").await;
        assert_eq!(hidden(&elsewhere, "next"), "/");
    }
}

#[tokio::test]
async fn o8_who_lacks_a_right_sees_no_way_to_give_it_and_nothing_of_other_accounts() {
    for place in everywhere().await {
        let owner = place.owner().await;
        place.signed_up("max@exemple.fr").await;
        place.signed_up("lia@exemple.fr").await;
        for (email, rights) in [("max@exemple.fr", json!(["SECURITY"])), ("lia@exemple.fr", json!(["BILLING"]))] {
            let input = json!({ "accountId": place.account, "lastName": email, "email": email, "permissions": rights });
            place.done("addMember", input, "").await;
        }
        place.settled().await;
        let max = place.signed_in("max@exemple.fr").await;
        let form = max.get(&format!("{}/invite", place.members())).await;
        assert!(form.text.contains("name=\"BILLING\" value=\"1\" disabled"), "{}", form.text);
        assert!(form.text.contains("name=\"SECURITY\" value=\"1\">"), "{}", form.text);
        assert_eq!(form.text.matches("You do not have this permission").count(), 5);
        let key = hidden(&form, "key");
        let forced = [("key", key.as_str()), ("email", "new@exemple.fr"), ("BILLING", "1")];
        let refused = send(&max, &format!("{}/invite", place.members()), &form, &forced).await;
        assert_eq!(refused.status, 422, "what is ticked all the same is refused");
        let lia = format!("{}/{}", place.members(), place.member_of("lia@exemple.fr").await);
        let above = max.get(&lia).await;
        assert!(above.text.contains("permissions that you do not have"), "{}", above.text);
        for act in ["/permissions", "/deactivate", "/transfer", "/until"] {
            assert!(!above.text.contains(&format!("{lia}{act}")), "{act}: {}", above.text);
        }

        // Who may not ask about members finds no such page, and no way to it.
        let plain = place.signed_in("lia@exemple.fr").await;
        assert!(!plain.get(&format!("/a/{}/contacts", place.account)).await.text.contains("/members"));
        assert!(matches!(plain.get(&place.members()).await.status.as_u16(), 403 | 404));
        let max_s = format!("{}/{}", place.members(), place.member_of("max@exemple.fr").await);
        assert_eq!(plain.get(&max_s).await.status, 404);

        let other = place.another("Autre maison").await;
        let theirs = other.person("Secret", "secret@exemple.fr").await;
        for path in ["", "/revoke", "/transfer", "/leave"] {
            let page = owner.get(&format!("{}/{theirs}{path}", place.members())).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(!page.text.contains("Secret"));
        }
    }
}

#[tokio::test]
async fn o10_an_invitation_says_who_invites_to_what_and_leads_into_the_account() {
    for place in everywhere().await {
        for email in ["lou@exemple.fr", "max@exemple.fr"] {
            place.signed_up(email).await;
        }
        let invite = json!({ "accountId": place.account, "email": "lou@exemple.fr", "permissions": ["BILLING"], "until": "2026-12-31" });
        place.done("inviteGuest", invite, "").await;
        let link = place.link_to("lou@exemple.fr").await.0.replace("https://sesame.exemple.fr", "");
        let page = place.browser().get(&link).await;
        for told in ["Éditions du Phare invites you", "Billing", "31 December 2026", "14 April 2026"] {
            assert!(page.text.contains(told), "{told}: {}", page.text);
        }
        assert!(!page.text.contains("<script") && !page.text.contains("/lang/"), "the link goes nowhere else");
        // Somebody else is told why it is not theirs, and how to come in as who was invited.
        let max = place.signed_in("max@exemple.fr").await;
        let page = max.get(&link).await;
        assert!(page.text.contains("You are signed in as max@exemple.fr"), "{}", page.text);
        assert!(!page.text.contains("Accept the invitation"));
        let out = send(&max, "/auth/sign-out", &page, &[("next", &link)]).await;
        assert_eq!(to(&out), link);

        let lou = place.browser();
        let typed = [("email", "lou@exemple.fr"), ("password", PASSWORD), ("next", link.as_str())];
        assert_eq!(to(&lou.form("/sign-in", &typed).await), link, "signed in, and back");
        let page = lou.get(&link).await;
        let accepted = send(&lou, &link, &page, &[("answer", "accept")]).await;
        assert_eq!(accepted.status, 200, "{}", accepted.text);
        assert!(accepted.text.contains("You have accepted the invitation"), "{}", accepted.text);
        let opened = send(&lou, "/accounts", &accepted, &[("account", &hidden(&accepted, "account"))]).await;
        assert_eq!(to(&opened), format!("/a/{}/home", place.account));
    }
}

#[tokio::test]
async fn what_is_not_there_is_told_to_browsers_by_a_page_and_to_programs_as_before() {
    for place in everywhere().await {
        let ask = async |accept: &str, path: &str| {
            let request = axum::http::Request::get(path).header("accept", accept).header("accept-language", "en");
            place.send(request.body(axum::body::Body::empty()).unwrap()).await
        };
        let page = ask("text/html,*/*;q=0.8", "/nowhere").await;
        assert_eq!(page.status, 404);
        assert!(
            page.text.contains("There is nothing here") && page.text.contains("Back to the start"),
            "{}",
            page.text
        );
        assert!(page.headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'; style-src"));
        let json = ask("*/*", "/nowhere").await.json();
        assert_eq!(json["errors"][0]["extensions"]["code"], "NOT_FOUND");
    }
}

#[tokio::test]
async fn b13_a_guest_leaves_by_themselves() {
    for place in everywhere().await {
        place.owner().await;
        let (_, token) = place.user("zoe@exemple.fr").await;
        let id = place.guest("zoe@exemple.fr", &token, json!(["SECURITY"])).await;
        place.signed_up("lou@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "lou@exemple.fr", "permissions": ["SECURITY"] });
        place.done("inviteGuest", invite, "").await;
        let (link, _) = place.link_to("lou@exemple.fr").await;
        let lou = place.signed_in("lou@exemple.fr").await;
        let accept = json!({ "input": { "link": link } });
        let query =
            "mutation($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { userErrors { code } } }";
        lou.ask(query, accept).await;
        place.later(TimeDelta::minutes(1));
        let lou = place.signed_in("lou@exemple.fr").await;
        let own = format!("{}/{}", place.members(), place.member_of("lou@exemple.fr").await);
        let page = lou.get(&own).await;
        assert!(page.text.contains("Leave this account") && page.text.contains("this is you"), "{}", page.text);
        // Somebody else's place is nobody's to leave.
        let others = format!("{}/{id}", place.members());
        assert!(!lou.get(&others).await.text.contains(&format!("{others}/leave")));
        let ask = lou.get(&format!("{own}/leave")).await;
        assert!(ask.text.contains("Leave Éditions du Phare?"), "{}", ask.text);
        let left = send(&lou, &format!("{own}/leave"), &ask, &[("version", &hidden(&ask, "version"))]).await;
        assert_eq!((left.status.as_u16(), to(&left)), (303, "/accounts?told=member-left".into()), "{}", left.text);
        assert!(matches!(to(&lou.get(&own).await).split('?').next().unwrap(), "/sign-in" | "/accounts"));
    }
}
