//! A sheet and an access that are changed by a page, by one person and by two at once (rows A9, A14, A15, K2, K10).

use crate::{
    browser::Browser,
    pages::{hidden, to},
    place::{Answer, everywhere},
};
use serde_json::json;
use std::collections::BTreeMap;

#[tokio::test]
async fn a9_a14_a15_a_client_is_added_changed_and_deleted_by_name_and_consequence() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contacts = format!("/a/{}/contacts", place.account);
        let form = browser.get(&format!("{contacts}/add")).await;
        let (csrf, key) = (hidden(&form, "_csrf"), hidden(&form, "key"));
        let add = async |last_name: &str, email: &str| {
            let fields = [
                ("_csrf", csrf.as_str()),
                ("key", &key),
                ("kind", "PERSON"),
                ("lastName", last_name),
                ("email", email),
            ];
            browser.form(&format!("{contacts}/add"), &fields).await
        };
        // What is wrong stands by its field, with what was typed.
        let wrong = add("Fontaine", "no address").await;
        assert_eq!(wrong.status, 422, "{}", wrong.text);
        assert!(
            wrong.text.contains("id=\"email-error\"") && wrong.text.contains("value=\"no address\""),
            "{}",
            wrong.text
        );
        assert_eq!(add("", "").await.status, 422, "nobody has no name");
        // Pressing twice adds once.
        let added = add("Fontaine", "lea@exemple.fr").await;
        let sheet = to(&added).replace("?told=added", "");
        assert_eq!((added.status.as_u16(), to(&add("Fontaine", "lea@exemple.fr").await)), (303, to(&added)));
        assert!(browser.get(&to(&added)).await.text.contains("The contact was added."));

        // What is changed stands; half an address does not.
        let form = browser.get(&format!("{sheet}/person")).await;
        let edit = async |form: &Answer, typed: &[(&str, &str)]| {
            send_edited(&browser, &format!("{sheet}/person"), form, typed).await
        };
        let half = edit(&form, &[("lastName", "Fontaine-Roux"), ("city", "Lyon")]).await;
        assert_eq!(half.status, 422, "half an address reaches nobody");
        for text in ["The delivery address is incomplete", "href=\"#address\"", "id=\"address\" open", "value=\"Lyon\""]
        {
            assert!(half.text.contains(text), "{text}: {}", half.text);
        }
        let done = edit(&half, &[("lastName", "Fontaine-Roux"), ("city", "")]).await;
        assert_eq!(to(&done), format!("{sheet}?told=changed"), "{}", done.text);
        assert!(browser.get(&format!("{sheet}/overview")).await.text.contains("Fontaine-Roux"));

        // Deleted, after it was said what that comes to; then it is not changed any more.
        let form = browser.get(&format!("{sheet}/delete")).await;
        assert!(form.text.contains("Delete Fontaine-Roux?"), "{}", form.text);
        let fields = [("_csrf", csrf.as_str()), ("version", &hidden(&form, "version"))];
        assert_eq!(to(&browser.form(&format!("{sheet}/delete"), &fields).await), format!("{contacts}?told=deleted"));
        assert!(!browser.get(&contacts).await.text.contains("Fontaine-Roux"));
        assert!(browser.get(&sheet).await.text.contains("no longer in the lists"));
        assert_eq!(browser.get(&format!("{sheet}/person")).await.status, 404);
    }
}

/// « Éditer » as a page gave it, sent with this typed over it.
async fn send_edited(browser: &Browser<'_>, path: &str, form: &Answer, typed: &[(&str, &str)]) -> Answer {
    let given = |name: &str| (name.to_owned(), hidden(form, name));
    let names = pages::person::FIELDS.iter().map(|(name, _)| *name).filter(|name| *name != "kind");
    let mut fields: BTreeMap<String, String> = names.map(|name| (name.to_owned(), field(form, name))).collect();
    fields.extend(pages::person::FIELDS.iter().map(|(name, _)| given(&pages::person::was(name))));
    fields.extend(["_csrf", "version"].map(given));
    fields.insert("kind".into(), "PERSON".into());
    fields.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.form(path, &fields).await
}

/// What stands in a field of a form.
fn field(form: &Answer, name: &str) -> String {
    let (_, rest) = form.text.split_once(&format!("<input id=\"{name}\"")).unwrap_or_else(|| panic!("no {name}"));
    let (_, value) = rest.split_once("value=\"").unwrap();
    value.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn k2_whoever_saves_a_sheet_second_sees_both_versions_field_by_field_and_keeps_or_takes_each() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        let path = format!("/a/{}/contacts/{contact}/person", place.account);
        let form = browser.get(&path).await;
        let save = async |form: &Answer, typed: &[(&str, &str)]| send_edited(&browser, &path, form, typed).await;
        let theirs = json!({ "contactId": contact, "lastName": "Petit", "phone": "01 01", "fax": "01 02", "companyName": "Phare" });
        place.done("editContact", theirs, "").await;
        let mine = [("firstName", "Zoé"), ("lastName", "Grand"), ("phone", "02 02"), ("fax", "01 02")];
        let both = save(&form, &mine).await;
        assert_eq!(both.status, 422);
        let told = |text: &str| assert!(both.text.contains(text), "{text}: {}", both.text);
        told("Changed by somebody else meanwhile");
        for (name, theirs, yours) in [("lastName", "Petit", "Grand"), ("phone", "01 01", "02 02")] {
            told(&format!("name=\"take-{name}\" value=\"THEIRS\""));
            told(&format!("name=\"take-{name}\" value=\"YOURS\" checked"));
            told(&format!("<span>{theirs}</span>"));
            told(&format!("<span>{yours}</span>"));
            assert_eq!(field(&both, name), yours, "what was typed is kept");
        }
        // What only one of them changed, or both alike, is no choice.
        for name in ["firstName", "fax", "companyName"] {
            assert!(!both.text.contains(&format!("take-{name}")), "{name}: {}", both.text);
        }
        told("not touched: the new value is taken");
        assert_eq!((field(&both, "companyName"), field(&both, "firstName")), ("Phare".into(), "Zoé".into()));

        // Somebody is faster once more, elsewhere on the sheet: what was chosen holds.
        place.done("editContact", json!({ "contactId": contact, "externalId": "CL-9" }), "").await;
        let again = save(&both, &[("take-lastName", "YOURS"), ("take-phone", "THEIRS")]).await;
        assert_eq!((again.status.as_u16(), field(&again, "phone")), (422, "01 01".into()), "{}", again.text);
        let saved = save(&again, &[]).await;
        assert_eq!(saved.status, 303, "{}", saved.text);
        let query = "query($c: ID!) { contact(id: $c) { firstName lastName phone fax companyName externalId email } }";
        let expected = json!({ "firstName": "Zoé", "lastName": "Grand", "phone": "01 01", "fax": "01 02",
            "companyName": "Phare", "externalId": "CL-9", "email": "lea@exemple.fr" });
        assert_eq!(place.data(query, json!({ "c": contact })).await["contact"], expected);
    }
}

#[tokio::test]
async fn k10_whoever_is_second_sees_both_versions_of_an_access_and_saving_again_is_knowing() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "aude@exemple.fr").await;
        let product = place.product("Yoga du matin", &[0, 14]).await;
        place.grant(&contact, &product).await;
        let sheet = format!("/a/{}/contacts/{contact}", place.account);
        let form = browser.get(&format!("{sheet}/edit?product={product}")).await;
        let csrf = hidden(&form, "_csrf");
        let save = async |version: &str, mode: &str, opening: &str| {
            let fields = [
                ("_csrf", csrf.as_str()),
                ("product", &product),
                ("version", version),
                ("mode", mode),
                ("opening", opening),
                ("by", "2"),
                ("unit", "MONTHS"),
                ("orderedOn", ""),
            ];
            browser.form(&format!("{sheet}/edit"), &fields).await
        };
        let first = hidden(&form, "version");
        assert_eq!(save(&first, "SUSPENDED", "FROM_ORDER_DATE").await.status, 303);
        let second = save(&first, "AUTOMATIC", "ADVANCED").await;
        assert_eq!(second.status, 422);
        for row in [
            "Access</th><td>Suspended</td><td>Automatic</td>",
            "<td>From the order date</td><td>Advance the access (2 months)</td>",
            "name=\"mode\" value=\"AUTOMATIC\" checked",
        ] {
            assert!(second.text.contains(row), "{row}: {}", second.text);
        }
        // It was seen: the next press is about what stands now.
        let again = save(&hidden(&second, "version"), "AUTOMATIC", "ADVANCED").await;
        assert_eq!(again.status, 303, "{}", again.text);
        assert!(browser.get(&sheet).await.text.contains("state-automatic"));
    }
}
