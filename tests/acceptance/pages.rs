//! The pages people work in, as a browser without a script has them: every form leads somewhere, and says what is wrong beside what was typed (rows K1 to K17).

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
        assert_eq!(to(&entered), format!("/a/{}/contacts", self.account), "one account is chosen by itself");
        browser
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
