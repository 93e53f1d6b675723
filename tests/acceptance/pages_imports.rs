//! « Importer » as a browser without a script has it (rows A10 to A13, B5).

use crate::{
    browser::{Browser, PASSWORD},
    imports::until,
    pages::{hidden, to},
    place::{Answer, Place, everywhere},
};
use axum::http::Method;
use serde_json::json;

const FILE: &str = "ID;Nom;Prénom;Courriel;Téléphone;Chien\n\
                    AB-1;Dupont;Anne;anne@exemple.fr;01 40 20 30 40;Rex\n\
                    AB-2;Petit;Jean;jean@@exemple;;\n";

/// Sends a form with a file, as browsers do.
async fn upload(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        body.push_str(&format!("--XXX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"));
    }
    body.push_str("--XXX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"clients.csv\"\r\nContent-Type: text/csv\r\n\r\n");
    body.push_str(std::str::from_utf8(file).unwrap());
    body.push_str("\r\n--XXX--\r\n");
    browser.send(Method::POST, path, Some("multipart/form-data; boundary=XXX"), body).await
}

fn at(place: &Place) -> String {
    format!("/a/{}/imports", place.account)
}

#[tokio::test]
async fn a10_b5_a_file_is_looked_at_done_and_taken_back_step_by_step() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let page = browser.get(&at(&place)).await;
        assert!(page.text.contains("/import/template.csv?lang=en") && page.text.contains("No file was imported yet."));
        let csrf = hidden(&page, "_csrf");
        let fields = [("_csrf", csrf.as_str()), ("policy", "REJECT_FAILED_ROWS"), ("label", "Salon")];
        let sent = upload(&browser, &at(&place), &fields, FILE.as_bytes()).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        let told = to(&sent);
        assert!(told.contains("?told=import-planned&encoding=") && told.ends_with("&ignored=1"), "{told}");
        let import = told.split('?').next().unwrap().to_owned();
        let id = import.rsplit('/').next().unwrap().to_owned();

        // The dry run: cells with what they would hold, what is wrong under the value; nothing is there yet.
        let page = browser.get(&told).await;
        for part in [
            "Nothing is changed yet",
            "2 rows read",
            "1 column means nothing here",
            "Import 1 row",
            "Anne",
            "jean@@exemple",
            "is-refused",
            "cell-says",
            "Salon",
        ] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        let wrong = browser.get(&format!("{import}?outcome=REJECTED")).await;
        assert!(!wrong.text.contains("anne@exemple.fr") && wrong.text.contains("jean@@exemple"), "{}", wrong.text);
        assert!(wrong.text.contains("Show errors only"));
        assert_eq!(place.names(json!({ "search": "Dupont" })).await, Vec::<String>::new());
        let mend = browser.get(&format!("/import/{id}/errors.csv?lang=en")).await;
        assert!(mend.status == 200 && mend.text.contains("jean@@exemple"), "{}", mend.text);

        // Done; pressing twice does it once.
        let apply = [("_csrf", csrf.as_str()), ("version", &hidden(&page, "version"))];
        assert_eq!(browser.form(&format!("{import}/apply"), &apply).await.status, 303);
        browser.form(&format!("{import}/apply"), &apply).await;
        until(&place, &id, "APPLIED").await;
        let page = browser.get(&import).await;
        for part in ["Imported", "Undo this import", "can be undone until"] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert_eq!(place.names(json!({ "search": "Dupont" })).await, ["Anne Dupont"]);

        // The same file again is warned of; then it is dropped.
        let again = upload(&browser, &at(&place), &fields, FILE.as_bytes()).await;
        let second = to(&again).split('?').next().unwrap().to_owned();
        let page = browser.get(&second).await;
        assert!(
            page.text.contains("The same file was sent on") && page.text.contains("there is nothing to import"),
            "{}",
            page.text
        );
        let dropped = browser.form(&format!("{second}/cancel"), &[("_csrf", &csrf)]).await;
        assert_eq!(to(&dropped), format!("{second}?told=import-dropped"), "{}", dropped.text);

        // Taken back, after it was said what that comes to.
        let form = browser.get(&format!("{import}/undo")).await;
        assert!(form.text.contains("Contacts created that are removed: 1"), "{}", form.text);
        let fields = [("_csrf", csrf.as_str()), ("version", &hidden(&form, "version"))];
        assert_eq!(browser.form(&format!("{import}/undo"), &fields).await.status, 303);
        until(&place, &id, "UNDONE").await;
        assert_eq!(place.names(json!({ "search": "Dupont" })).await, Vec::<String>::new());
        let page = browser.get(&at(&place)).await;
        assert!(page.text.contains("Undone") && page.text.contains(&id), "{}", page.text);
    }
}

#[tokio::test]
async fn b5_refused_rows_are_mended_where_they_are_seen_and_the_file_is_planned_anew() {
    const WRONG: &str = "ID;Nom;Courriel;Note\n\
                         AB-1;Dupont;anne@exemple.fr;\n\
                         AB-2;Petit;jean@@exemple;ami\n\
                         AB-3;;;\n";
    for place in everywhere().await {
        let browser = place.owner().await;
        let csrf = browser.csrf().await;
        // Somebody who is so already is labelled all the same.
        let there = json!({ "accountId": place.account, "lastName": "Dupont", "email": "anne@exemple.fr", "externalId": "AB-1" });
        place.done("addContact", there, "").await;
        // One refused row refuses everything: mended, the whole file can be taken.
        let fields = [("_csrf", csrf.as_str()), ("policy", "REJECT_EVERYTHING"), ("label", "Salon")];
        let first = to(&upload(&browser, &at(&place), &fields, WRONG.as_bytes()).await);
        let first = first.split('?').next().unwrap().to_owned();
        let mend = format!("{first}/mend");
        assert!(browser.get(&first).await.text.contains(&mend), "the way there");
        let page = browser.get(&mend).await;
        // What is wrong is a field, and the rest of the row its text.
        for part in ["name=\"cell.3.2\" type=\"text\" value=\"jean@@exemple\"", "name=\"cell.4.1\""] {
            assert!(page.text.contains(part), "{part}: {}", page.text);
        }
        assert!(!page.text.contains("name=\"cell.3.1\"") && !page.text.contains("cell.2."), "{}", page.text);
        let fields = [("_csrf", csrf.as_str()), ("cell.3.2", "jean@exemple.fr"), ("cell.2.1", "Intrus")];
        let partly = browser.form(&mend, &fields).await;
        assert!(to(&partly).ends_with("?told=import-mended-partly"), "{}", partly.text);
        let second = to(&partly).split('?').next().unwrap().to_owned();
        assert!(browser.get(&first).await.text.contains("Stopped"), "its place is taken");
        let page = browser.get(&format!("{second}/mend")).await;
        assert!(!page.text.contains("jean@") && page.text.contains("cell.4.1"), "{}", page.text);
        let fields = [("_csrf", csrf.as_str()), ("cell.4.1", "Morel")];
        let whole = browser.form(&format!("{second}/mend"), &fields).await;
        assert!(to(&whole).ends_with("?told=import-mended"), "{}", whole.text);
        let third = to(&whole).split('?').next().unwrap().to_owned();
        let page = browser.get(&third).await;
        assert!(page.text.contains("Salon") && page.text.contains("Import 2 rows"), "{}", page.text);
        assert_eq!(browser.get(&format!("{third}/mend")).await.status, 404, "nothing is left to mend");
        let apply = [("_csrf", csrf.as_str()), ("version", &hidden(&page, "version"))];
        assert_eq!(browser.form(&format!("{third}/apply"), &apply).await.status, 303);
        until(&place, third.rsplit('/').next().unwrap(), "APPLIED").await;
        for name in ["Dupont", "Petit", "Morel"] {
            assert_eq!(place.names(json!({ "search": name })).await, [name]);
        }
        assert_eq!(
            place.names(json!({ "search": "Intrus" })).await,
            Vec::<String>::new(),
            "rows that were taken stay as sent"
        );
        let bill = place.colleague("bill@exemple.fr", &["BILLING"]).await;
        assert_ne!(bill.get(&mend).await.status, 200);
    }
}

#[tokio::test]
async fn b5_of_a_file_that_was_imported_only_what_was_not_taken_is_planned_anew() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let csrf = browser.csrf().await;
        let fields = [("_csrf", csrf.as_str()), ("policy", "REJECT_FAILED_ROWS")];
        let first = to(&upload(&browser, &at(&place), &fields, FILE.as_bytes()).await);
        let first = first.split('?').next().unwrap().to_owned();
        let page = browser.get(&first).await;
        let apply = [("_csrf", csrf.as_str()), ("version", &hidden(&page, "version"))];
        browser.form(&format!("{first}/apply"), &apply).await;
        until(&place, first.rsplit('/').next().unwrap(), "APPLIED").await;
        let fields = [("_csrf", csrf.as_str()), ("cell.3.3", "jean@exemple.fr")];
        let sent = browser.form(&format!("{first}/mend"), &fields).await;
        let page = browser.get(&to(&sent)).await;
        assert!(page.text.contains("1 row read") && page.text.contains("Import 1 row"), "{}", page.text);
        assert!(browser.get(&first).await.text.contains("Undo this import"), "what was done stays");
    }
}

#[tokio::test]
async fn a12_what_is_no_csv_is_said_by_the_file_with_the_choices_kept_and_nothing_is_taken() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let csrf = browser.csrf().await;
        let fields = [("_csrf", csrf.as_str()), ("policy", "REJECT_EVERYTHING"), ("label", "Salon")];
        for none in ["PK\u{3}\u{4} a workbook", "", "Couleur;Taille\nbleu;3\n"] {
            let wrong = upload(&browser, &at(&place), &fields, none.as_bytes()).await;
            assert_eq!(wrong.status, 422, "{none:?}: {}", wrong.text);
            for part in ["role=\"alert\"", "href=\"#file\"", "value=\"Salon\"", "value=\"REJECT_EVERYTHING\" checked"] {
                assert!(wrong.text.contains(part), "{part}: {}", wrong.text);
            }
        }
        // A label that cannot be is said by its field.
        let long = "x".repeat(500);
        let fields = [("_csrf", csrf.as_str()), ("label", long.as_str())];
        let wrong = upload(&browser, &at(&place), &fields, FILE.as_bytes()).await;
        assert!(wrong.status == 422 && wrong.text.contains("id=\"label-error\""), "{}", wrong.text);
        // One refused row and everything is refused: then nothing is offered.
        let fields = [("_csrf", csrf.as_str()), ("policy", "REJECT_EVERYTHING")];
        let sent = upload(&browser, &at(&place), &fields, FILE.as_bytes()).await;
        let page = browser.get(&to(&sent)).await;
        assert!(
            page.text.contains("Mend them and send the file again") && !page.text.contains("/apply\""),
            "{}",
            page.text
        );
        let list = browser.get(&at(&place)).await;
        assert_eq!(list.text.matches("Dry run ready").count(), 1, "{}", list.text);
    }
}

#[tokio::test]
async fn a_file_is_taken_from_a_form_of_this_session_only_and_shown_in_its_account_only() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let csrf = browser.csrf().await;
        for forged in [vec![("_csrf", "guessed")], Vec::new()] {
            let refused = upload(&browser, &at(&place), &forged, FILE.as_bytes()).await;
            assert_eq!(refused.status, 403, "{}", refused.text);
        }
        let plain = browser.send(Method::POST, &at(&place), Some("text/csv"), FILE.to_owned()).await;
        assert_eq!(plain.status, 415, "{}", plain.text);
        let other = place.another("Autre").await;
        let planned = crate::imports::plan(&other, FILE, "").await;
        let id = planned["importId"].as_str().unwrap();
        for what in ["", "/undo"] {
            let page = browser.get(&format!("{}/{id}{what}", at(&place))).await;
            assert!(page.status == 404 && !page.text.contains("Dupont"), "{what}: {}", page.text);
        }
        let apply = browser.form(&format!("{}/{id}/apply", at(&place)), &[("_csrf", &csrf), ("version", "1")]).await;
        assert_eq!(apply.status, 404);
        // Whoever may not import finds nothing here.
        let input = json!({ "accountId": place.account, "lastName": "Lecteur", "email": "lit@exemple.fr", "permissions": ["OTHER"] });
        place.done("addMember", input, "").await;
        place.signed_up("lit@exemple.fr").await;
        let reader = place.browser();
        reader.form("/sign-in", &[("email", "lit@exemple.fr"), ("password", PASSWORD)]).await;
        assert_eq!(reader.get(&at(&place)).await.status, 404);
        let refused = upload(&reader, &at(&place), &[("_csrf", &reader.csrf().await)], FILE.as_bytes()).await;
        assert_eq!(refused.status, 404, "{}", refused.text);
        assert!(!reader.get(&format!("/a/{}/contacts", place.account)).await.text.contains("/imports\""));
    }
}
