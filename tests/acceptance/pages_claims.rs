//! Complaints as pages, as a browser without a script has them, and a contact's subscriptions and complaints on their sheet (rows U9, U10, B16).

use crate::{
    pages::{hidden, to},
    place::{Place, everywhere, text},
};
use serde_json::json;

impl Place {
    /// A contact with a subscription to a product that is delivered, whose first issue should have come; both ids.
    async fn reader_of(&self, last: &str) -> (String, String) {
        let address = json!({ "line1": "12 rue des Lilas", "postalCode": "75020", "city": "Paris" });
        let person = json!({ "accountId": self.account, "lastName": last, "address": address });
        let contact = text(&self.done("addContact", person, "contact { id }").await["contact"]["id"]);
        let product = json!({ "accountId": self.account, "name": "La Revue", "delivered": true,
            "modules": [{ "name": "Numéro 1", "opensAfterDays": 0 }, { "name": "Numéro 2", "opensAfterDays": 300 }] });
        let product = text(&self.done("createProduct", product, "product { id }").await["product"]["id"]);
        let bought = json!({ "contactId": contact, "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-01" });
        let subscription = self.done("startSubscription", bought, "subscription { id }").await;
        (contact, text(&subscription["subscription"]["id"]))
    }
}

#[tokio::test]
async fn b16_a_complaint_is_opened_on_the_sheet_filled_in_from_the_late_issue() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let (contact, subscription) = place.reader_of("Fontaine").await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let tabs = browser.get(&sheet).await;
        assert!(
            tabs.text.contains(&format!("{sheet}/subscriptions")) && tabs.text.contains(&format!("{sheet}/claims"))
        );
        let bought = browser.get(&format!("{sheet}/subscriptions")).await;
        for word in ["Annuel", "La Revue", "Running", "set/new?contact="] {
            assert!(bought.text.contains(word), "{word}: {}", bought.text);
        }
        let none = browser.get(&format!("{sheet}/claims")).await;
        assert!(none.text.contains("No complaint") && none.text.contains("Open a complaint"), "{}", none.text);
        // The only subscription is chosen by itself; the issue that is late, and where it was to go.
        let path = format!("{sheet}/claims/new");
        let form = browser.get(&path).await;
        for word in ["Numéro 1, due on 1 March 2026", "12 rue des Lilas", " checked"] {
            assert!(form.text.contains(word), "{word}: {}", form.text);
        }
        assert!(!form.text.contains("Numéro 2"), "not due yet: {}", form.text);
        let (csrf, key) = (hidden(&form, "_csrf"), hidden(&form, "key"));
        let post = async |act: &str, module: &str, text: &str| {
            let fields = [
                ("_csrf", csrf.as_str()),
                ("key", &key),
                ("do", act),
                ("subscriptionId", &subscription),
                ("moduleId", module),
                ("text", text),
            ];
            browser.form(&path, &fields).await
        };
        let empty = post("open", "", " ").await;
        assert_eq!(empty.status, 422);
        assert!(empty.text.contains("id=\"text-error\""), "{}", empty.text);
        let again = post("fill", "", "typed").await;
        assert!(again.status == 200 && !again.text.contains(">typed<"), "{}", again.text);
        let module =
            again.text.split("<option value=\"mod_").nth(1).map(|rest| rest.split('"').next().unwrap().to_owned());
        let module = format!("mod_{}", module.unwrap_or_else(|| panic!("{}", again.text)));
        let (one, two) =
            (post("open", &module, "Rien reçu.\r\nRien.").await, post("open", &module, "Rien reçu.\r\nRien.").await);
        assert_eq!((one.status.as_u16(), to(&one)), (303, to(&two)), "pressed twice it is opened once: {}", one.text);
        let claim = browser.get(&to(&one)).await;
        for word in ["The complaint is open.", "Numéro 1", "Rien reçu.", "Fontaine"] {
            assert!(claim.text.contains(word), "{word}: {}", claim.text);
        }
        assert!(browser.get(&format!("{sheet}/claims")).await.text.contains("Numéro 1"));
    }
}

#[tokio::test]
async fn u10_a_complaint_is_answered_closed_and_opened_again_and_closing_is_taken_back() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let (contact, subscription) = place.reader_of("Fontaine").await;
        let base = format!("/a/{}/claims", place.account);
        assert!(browser.get(&base).await.text.contains("No complaint"));
        let input =
            json!({ "contactId": contact, "subscriptionId": subscription, "text": "Déchirée", "issue": "Hors-série" });
        let id = text(&place.done("openClaim", input, "claim { id }").await["claim"]["id"]);
        let list = browser.get(&format!("{base}?status=OPEN")).await;
        assert!(list.text.contains("1 complaint<") && list.text.contains("Hors-série"), "{}", list.text);
        assert!(browser.get(&format!("{base}?status=CLOSED")).await.text.contains("No complaint in this state"));

        let page = format!("{base}/{id}");
        let shown = browser.get(&page).await;
        let (csrf, seen) = (hidden(&shown, "_csrf"), hidden(&shown, "version"));
        let post = async |act: &str, version: &str, text: &str| {
            let fields = [("_csrf", csrf.as_str()), ("version", version), ("text", text)];
            browser.form(&format!("{page}/{act}"), &fields).await
        };
        let empty = post("answer", &seen, " ").await;
        assert!(empty.status == 422 && empty.text.contains("id=\"text-error\""), "{}", empty.text);
        assert_eq!(to(&post("answer", &seen, "En route").await), format!("{page}?told=claim-answered"));
        let stale = post("answer", &seen, "Une autre réponse").await;
        assert_eq!(stale.status, 422);
        assert!(stale.text.contains("Une autre réponse") && stale.text.contains("claim-answered"), "{}", stale.text);
        let now = hidden(&browser.get(&page).await, "version");
        let closed = post("close", &now, "").await;
        assert_eq!(to(&closed), format!("{page}?told=claim-closed"), "{}", closed.text);
        let told = browser.get(&to(&closed)).await;
        assert!(told.text.contains("Undo") && told.text.contains("Closed by mistake."), "{}", told.text);
        let back = post("reopen", &hidden(&told, "version"), "Closed by mistake.").await;
        assert_eq!(to(&back), format!("{page}?told=claim-reopened"), "{}", back.text);
        let told = browser.get(&to(&back)).await;
        assert!(told.text.contains("Undo") && told.text.contains(&format!("{page}/close")), "{}", told.text);
        assert_eq!(told.text.matches("class=\"thread-step").count(), 4, "{}", told.text);
    }
}

#[tokio::test]
async fn u10_complaints_of_another_account_are_like_unknown_ones_and_who_may_not_ask_sees_none() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let other = place.another("Autre maison").await;
        let (contact, subscription) = other.reader_of("Secret").await;
        let input = json!({ "contactId": contact, "subscriptionId": subscription, "text": "Secret" });
        let id = text(&other.done("openClaim", input, "claim { id }").await["claim"]["id"]);
        for path in [
            format!("claims/{id}"),
            format!("claims/{contact}"),
            format!("contacts/{contact}/claims"),
            format!("contacts/{contact}/subscriptions"),
            format!("contacts/{contact}/claims/new"),
        ] {
            let page = browser.get(&format!("/a/{}/{path}", place.account)).await;
            assert_eq!((page.status.as_u16(), page.text.contains("Secret")), (404, false), "{path}");
        }
        // Of those permissions none asks about complaints.
        place.signed_up("comptable@exemple.fr").await;
        let member = json!({ "accountId": place.account, "lastName": "Comptable", "email": "comptable@exemple.fr", "permissions": ["BILLING"] });
        place.done("addMember", member, "").await;
        place.settled().await;
        let (own, subscription) = place.reader_of("Fontaine").await;
        let input = json!({ "contactId": own, "subscriptionId": subscription, "text": "Déchirée" });
        let id = text(&place.done("openClaim", input, "claim { id }").await["claim"]["id"]);
        let reader = place.signed_in("comptable@exemple.fr").await;
        let sheet = format!("/a/{}/contacts/{own}", place.account);
        let bought = reader.get(&format!("{sheet}/subscriptions")).await;
        assert!(bought.status == 200 && !bought.text.contains(&format!("{sheet}/claims")), "{}", bought.text);
        for path in [format!("{sheet}/claims"), format!("/a/{}/claims/{id}", place.account)] {
            let page = reader.get(&path).await;
            assert!([403, 404].contains(&page.status.as_u16()), "{path}: {}", page.status);
            assert!(!page.text.contains("Déchirée"), "{path}");
        }
    }
}
