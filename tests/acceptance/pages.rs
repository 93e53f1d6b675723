//! The pages people work in, as a browser without a script has them: every form leads somewhere, and says what is wrong beside what was typed (rows K1 to K17); of changing a sheet, `pages_edited.rs` has the rest.

use crate::{
    browser::{Browser, PASSWORD},
    place::{Answer, Place, everywhere},
};
use axum::http::header;
use serde_json::json;

pub fn to(answer: &Answer) -> String {
    answer.headers.get(header::LOCATION).map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default()
}

/// The value of a hidden field of a page.
pub fn hidden(page: &Answer, name: &str) -> String {
    let begins = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.text.split_once(&begins).unwrap_or_else(|| panic!("no {name} in {}", page.text));
    rest.split('"').next().unwrap().to_owned()
}

impl Place {
    /// The owner of the account, signed in by the page for it.
    pub async fn owner(&self) -> Browser<'_> {
        self.signed_up("camille@exemple.fr").await;
        let member =
            json!({ "accountId": self.account, "lastName": "Roux", "email": "camille@exemple.fr", "permissions": [] });
        let contact = self.done("addMember", member, "contact { id }").await["contact"]["id"].clone();
        self.done("transferOwnership", json!({ "contactId": contact }), "").await;
        self.settled().await;
        let browser = self.browser();
        let entered = browser.form("/sign-in", &[("email", "camille@exemple.fr"), ("password", PASSWORD)]).await;
        assert_eq!(entered.status, 303, "{}", entered.text);
        assert_eq!(to(&entered), format!("/a/{}/home", self.account), "one account is chosen by itself");
        browser
    }

    /// A member of the account with these rights, signed in.
    pub async fn colleague(&self, email: &str, permissions: &[&str]) -> Browser<'_> {
        let member =
            json!({ "accountId": self.account, "lastName": "Membre", "email": email, "permissions": permissions });
        self.done("addMember", member, "").await;
        self.signed_up(email).await;
        self.signed_in(email).await
    }
}

#[tokio::test]
async fn k1_a_contact_is_found_given_an_access_edited_and_taken_it_back_without_a_script() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        place.product("Yoga du matin", &[0, 14, 28]).await;
        let list = browser.get(&format!("/a/{}/contacts?q=font", place.account)).await;
        assert_eq!(list.status, 200, "{}", list.text);
        assert!(list.text.contains("Fontaine") && !list.text.contains("Roux"), "{}", list.text);
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let page = browser.get(&sheet).await;
        assert!(page.text.contains("No access yet") && page.text.contains(&format!("{sheet}/grant")), "{}", page.text);

        // Given: nothing chosen is told beside the field; pressing twice gives once.
        let form = browser.get(&format!("{sheet}/grant")).await;
        let (csrf, key) = (hidden(&form, "_csrf"), hidden(&form, "key"));
        let nothing = browser.form(&format!("{sheet}/grant"), &[("_csrf", &csrf), ("key", &key)]).await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.text.contains("role=\"alert\""), "{}", nothing.text);
        let product = hidden(&form, "productId");
        let send = [("_csrf", csrf.as_str()), ("key", &key), ("productId", &product)];
        for _ in 0..2 {
            let given = browser.form(&format!("{sheet}/grant"), &send).await;
            assert_eq!((given.status.as_u16(), to(&given)), (303, format!("{sheet}?told=granted")), "{}", given.text);
        }
        let page = browser.get(&format!("{sheet}?told=granted")).await;
        for text in ["Access was given.", "Yoga du matin", "state-activated", "is-open", "Why?"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        assert_eq!(
            page.text.matches("class=\"is-passed\"").count() + page.text.matches("class=\"is-stopped\"").count(),
            5
        );

        // Changed: what is out of range is told by its field, with what was typed.
        let path = format!("{sheet}/edit?product={product}");
        let form = browser.get(&path).await;
        let version = hidden(&form, "version");
        let edit = |mode: &'static str, by: &'static str| {
            vec![
                ("_csrf", csrf.clone()),
                ("product", product.clone()),
                ("version", version.clone()),
                ("mode", mode.into()),
                ("opening", "ADVANCED".into()),
                ("by", by.into()),
                ("unit", "MONTHS".into()),
                ("orderedOn", String::new()),
            ]
        };
        let post = async |fields: Vec<(&str, String)>| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.form(&format!("{sheet}/edit"), &fields).await
        };
        let wrong = post(edit("AUTOMATIC", "999")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"by-error\"") && wrong.text.contains("value=\"999\""), "{}", wrong.text);
        let mut no_day = edit("AUTOMATIC", "2");
        no_day.retain(|(name, _)| *name != "opening");
        no_day.push(("opening", "FROM_DATE".into()));
        let no_day = post(no_day).await;
        assert_eq!(no_day.status, 422, "a date that was not chosen is told by its field");
        assert!(no_day.text.contains("id=\"fromDate-error\""), "{}", no_day.text);
        assert_eq!(post(edit("AUTOMATIC", "2")).await.status, 303);
        let stale = post(edit("SUSPENDED", "2")).await;
        assert_eq!(stale.status, 422, "somebody changed it meanwhile");
        let page = browser.get(&sheet).await;
        assert!(page.text.contains("state-automatic") && page.text.contains("(2 months)"), "{}", page.text);

        // Taken back, after it was said what that comes to.
        let form = browser.get(&format!("{sheet}/remove?product={product}")).await;
        assert!(form.text.contains("Fontaine") && form.text.contains("Yoga du matin"), "{}", form.text);
        let fields = [("_csrf", csrf.as_str()), ("product", &product), ("version", &hidden(&form, "version"))];
        assert_eq!(to(&browser.form(&format!("{sheet}/remove"), &fields).await), format!("{sheet}?told=removed"));
        let history = browser.get(&format!("{sheet}/history")).await;
        assert!(history.text.matches("class=\"act-says\"").count() >= 4, "{}", history.text);
    }
}

#[tokio::test]
async fn pages_are_shown_to_who_is_signed_in_and_in_their_account_only() {
    for place in everywhere().await {
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let path = format!("/a/{}/contacts/{contact}", place.account);
        let nobody = place.browser().get(&path).await;
        assert_eq!((nobody.status.as_u16(), to(&nobody)), (303, format!("/sign-in?next={path}")));
        let browser = place.owner().await;
        let other = place.another("Autre maison").await;
        let theirs = other.person("Secret", "secret@exemple.fr").await;
        assert_eq!(to(&browser.get(&format!("/a/{}/contacts", other.account)).await), "/accounts", "chosen first");
        for path in ["", "/overview", "/history", "/grant"] {
            let page = browser.get(&format!("/a/{}/contacts/{theirs}{path}", place.account)).await;
            assert_eq!(page.status, 404, "{path}");
            assert!(!page.text.contains("Secret"));
        }
        // A form without what the session gave it does nothing.
        let forged = browser.form(&format!("{path}/grant"), &[("_csrf", "guessed"), ("productId", "x")]).await;
        assert_eq!(forged.status, 403);
        // Nobody else's words stand in a notice, and no script in a search.
        let page = browser.get(&format!("{path}?told=%3Cscript%3Ealert(1)%3C/script%3E")).await;
        assert!(!page.text.contains("alert(1)"));
        let page =
            browser.get(&format!("/a/{}/contacts?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E", place.account)).await;
        assert!(!page.text.contains("<script>alert(1)"), "{}", page.text);
        let policy = page.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_on_the_page_with_the_address_kept_and_leads_nowhere_else() {
    for place in everywhere().await {
        place.signed_up("camille@exemple.fr").await;
        let browser = place.browser();
        let page = browser.get("/sign-in?next=https://evil.example").await;
        assert_eq!(hidden(&page, "next"), "", "a path of ours, or none");
        let wrong =
            browser.form("/sign-in", &[("email", "camille@exemple.fr"), ("password", "not the password")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("value=\"camille@exemple.fr\"") && !wrong.text.contains("not the password"));
        let none = browser
            .form("/sign-in", &[("email", "camille@exemple.fr"), ("password", PASSWORD), ("next", "//evil.example")])
            .await;
        assert_eq!(to(&none), "/accounts", "no account yet: the chooser says so");
        let page = browser.get("/accounts").await;
        assert!(page.text.contains("opens no account yet"), "{}", page.text);
        let asked = place.browser().form("/forgot", &[("email", "camille@exemple.fr")]).await;
        assert_eq!(asked.status, 200);
        assert!(asked.text.contains("Look at your mailbox"), "{}", asked.text);
        let french = place.browser();
        let chosen = french.get("/lang/fr?next=/sign-in").await;
        assert_eq!(to(&chosen), "/sign-in");
        assert!(chosen.headers["set-cookie"].to_str().unwrap().starts_with("__Host-lang=fr;"));
    }
}

#[tokio::test]
async fn an_address_to_go_on_to_is_a_path_of_ours_whatever_a_browser_makes_of_it() {
    for place in everywhere().await {
        let browser = place.browser();
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/%5Cevil.example",
            "/%09/evil.example",
            "/%0A/evil.example",
            "evil",
        ] {
            let page = browser.get(&format!("/sign-in?next={elsewhere}")).await;
            assert_eq!(hidden(&page, "next"), "", "{elsewhere}");
            let chosen = browser.get(&format!("/lang/fr?next={elsewhere}")).await;
            assert_eq!(to(&chosen), "/", "{elsewhere}");
        }
        assert_eq!(to(&browser.get("/lang/fr?next=/sign-in?next=/a%26b").await), "/sign-in?next=/a&b");
    }
}

#[tokio::test]
async fn o8_what_a_page_offers_is_what_its_person_may() {
    for place in everywhere().await {
        place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        place.grant(&contact, &place.product("Yoga du matin", &[0]).await).await;
        let (list, sheet) =
            (format!("/a/{}/contacts", place.account), format!("/a/{}/contacts/{contact}", place.account));
        // What each right opens and offers: the list, adding, giving access, the history.
        let rights = [
            ("BILLING", true, false, false, false),
            ("SUPPORT", true, true, false, false),
            ("DEPLOYMENT", true, false, true, false),
            ("SECURITY", true, false, false, true),
            ("OTHER", true, false, false, false),
        ];
        for (right, opens, adds, grants, reads) in rights {
            let browser = place.colleague(&format!("{}@exemple.fr", right.to_lowercase()), &[right]).await;
            let (contacts, page) = (browser.get(&list).await, browser.get(&sheet).await);
            assert_eq!((contacts.status == 200, page.status == 200), (opens, opens), "{right}: {}", page.text);
            assert_eq!(contacts.text.contains("/contacts/add"), adds, "{right}");
            assert_eq!(page.text.contains(&format!("{sheet}/person\"")), adds, "{right}");
            assert_eq!(page.text.contains(&format!("{sheet}/grant")), grants, "{right}");
            assert_eq!(page.text.contains(&format!("{sheet}/history")), reads, "{right}");
            assert_eq!(page.text.contains("Yoga du matin"), right != "SECURITY", "{right}: what there is to open");
            let (home, history) = (format!("/a/{}/home", place.account), format!("/a/{}/history", place.account));
            assert_eq!(browser.get(&home).await.status, 200, "{right}: the dashboard has what they may see");
            let offered = contacts.text.contains(&format!("href=\"{history}\""));
            assert_eq!((browser.get(&history).await.status == 200, offered), (reads, reads), "{right}");
        }
    }
}

#[tokio::test]
async fn b2_b3_the_history_tells_who_did_what_and_who_could_open_what_on_a_day() {
    for place in everywhere().await {
        place.owner().await;
        let lea = place.person("Fontaine", "lea@exemple.fr").await;
        let product = place.product("Yoga du matin", &[0]).await;
        place.grant(&lea, &product).await;
        let sheet = format!("/a/{}/contacts/{lea}", place.account);
        place.later(chrono::TimeDelta::days(2));
        let browser = place.signed_in("camille@exemple.fr").await;
        let form = browser.get(&format!("{sheet}/remove?product={product}")).await;
        let fields =
            [("_csrf", hidden(&form, "_csrf")), ("product", product.clone()), ("version", hidden(&form, "version"))];
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        assert_eq!(browser.form(&format!("{sheet}/remove"), &fields).await.status, 303);

        // By day, from which door, narrowed by both.
        let history = format!("/a/{}/history", place.account);
        let all = browser.get(&history).await;
        assert_eq!(all.status, 200, "{}", all.text);
        for text in ["2 April 2026", "31 March 2026", "On the pages", "Fontaine", "access.removed.v1"] {
            assert!(all.text.contains(text), "{text}: {}", all.text);
        }
        let pages = browser.get(&format!("{history}?origin=UI&about=ACCESSES&from=2026-04-02&to=2026-04-02")).await;
        assert!(
            pages.text.contains("access.removed.v1") && !pages.text.contains("access.granted.v1"),
            "{}",
            pages.text
        );
        let none = browser.get(&format!("{history}?about=CLAIMS")).await;
        assert!(none.text.contains("Nothing matches"), "{}", none.text);

        // On that day Léa could, and nobody can today.
        let who = format!("{history}/who?product={product}");
        let then = browser.get(&format!("{who}&on=2026-03-31")).await;
        assert!(then.text.contains("Fontaine") && then.text.contains("Could open"), "{}", then.text);
        let now = browser.get(&who).await;
        assert!(now.text.contains("Nobody") && !now.text.contains("Fontaine"), "{}", now.text);
        // The sheet as it was then, and a change shown before it is saved.
        let past = browser.get(&format!("{sheet}?at=2026-03-31T23:00")).await;
        assert!(past.text.contains("Yoga du matin") && past.text.contains("31 March 2026"), "{}", past.text);
    }
}

#[tokio::test]
async fn b2_what_a_change_would_open_is_shown_before_it_is_saved_and_nothing_is_written() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let product = place.product("Yoga du matin", &[0, 14, 28]).await;
        place.grant(&contact, &product).await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let form = browser.get(&format!("{sheet}/edit?product={product}")).await;
        let fields = |mode: &str, by: &str| {
            [
                ("_csrf", hidden(&form, "_csrf")),
                ("product", product.clone()),
                ("version", hidden(&form, "version")),
                ("mode", mode.to_owned()),
                ("opening", "ADVANCED".to_owned()),
                ("by", by.to_owned()),
                ("unit", "DAYS".to_owned()),
            ]
        };
        let shown = async |mode: &str, by: &str| {
            let fields = fields(mode, by);
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.form(&format!("{sheet}/preview"), &fields).await
        };
        let advanced = shown("ACTIVATED", "20").await;
        assert_eq!(advanced.status, 200, "{}", advanced.text);
        // Of three modules today one is open; twenty days earlier, two.
        for text in ["After saving", "1 of 3 modules open", "2 of 3 modules open"] {
            assert!(advanced.text.contains(text), "{text}: {}", advanced.text);
        }
        assert!(shown("SUSPENDED", "20").await.text.contains("Closed"));
        assert!(shown("ACTIVATED", "99999").await.text.contains("class=\"error\""), "refused as saving would be");
        // Without a script a button shows the same on the page, with what was chosen.
        let fields = fields("ACTIVATED", "20");
        let mut fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        fields.push(("look", "1"));
        let page = browser.form(&format!("{sheet}/edit"), &fields).await;
        assert!(page.text.contains("2 of 3 modules open") && page.text.contains("value=\"20\""), "{}", page.text);
        // Nothing of it was written.
        let asked = json!({ "id": contact });
        let trail = place
            .data("query($id: ID!) { contact(id: $id) { auditTrail(first: 50) { edges { node { type } } } } }", asked)
            .await;
        let acts = trail["contact"]["auditTrail"]["edges"].as_array().unwrap().clone();
        assert!(
            acts.iter().all(|act| !act["node"]["type"].as_str().unwrap().starts_with("access.opening")),
            "{acts:?}"
        );
    }
}

#[tokio::test]
async fn without_a_script_what_the_palette_finds_is_a_page() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.person("Fontaine", "aude@exemple.fr").await;
        let find = format!("/a/{}/find", place.account);
        assert!(browser.get(&format!("/a/{}/home", place.account)).await.text.contains(&format!("href=\"{find}\"")));
        let page = browser.get(&format!("{find}?q=font")).await;
        for part in ["<!doctype html>", "value=\"font\"", "Fontaine", "aude@exemple.fr"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
    }
}
