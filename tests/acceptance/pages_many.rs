//! What is done with all that a list of contacts is narrowed to: one act in pieces, and the export (row K1).

use crate::{
    browser::Browser,
    pages::to,
    place::{Answer, Place, everywhere, text},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::sync::Mutex;

/// A form of the page at an address.
async fn send(browser: &Browser<'_>, path: &str, fields: &[(&str, &str)]) -> Answer {
    let csrf = browser.csrf().await;
    let fields: Vec<_> = [("_csrf", csrf.as_str())].into_iter().chain(fields.iter().copied()).collect();
    browser.form(path, &fields).await
}

impl Place {
    fn contacts(&self) -> String {
        format!("/a/{}/contacts", self.account)
    }

    /// Contacts called so; their ids.
    async fn many(&self, name: &str, many: usize) -> Vec<String> {
        let mut all = Vec::new();
        for n in 0..many {
            all.push(self.person(&format!("{name}{n:03}"), &format!("{name}{n}@exemple.fr")).await);
        }
        all
    }

    /// Looks at an act on all that match; where that is told.
    async fn looked_at(&self, browser: &Browser<'_>, act: &str, product: &str, back: &str) -> String {
        let fields = [("all", "1"), ("step", "review"), ("act", act), ("productId", product), ("back", back)];
        let answer = send(browser, &format!("{}/bulk", self.contacts()), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        to(&answer)
    }

    /// How many of all have this product in a mode.
    async fn in_mode(&self, product: &str, mode: &str) -> i64 {
        let query =
            "query($a: ID!, $f: ContactFilter) { contacts(accountId: $a, filter: $f, first: 1) { totalCount } }";
        let filter = json!({ "productId": product, "mode": mode });
        self.data(query, json!({ "a": self.account, "f": filter })).await["contacts"]["totalCount"].as_i64().unwrap()
    }

    async fn rows_of(&self, table: &str) -> i64 {
        let ask = projections::Ask::<(i64,)>::new(format!("SELECT COUNT(*) FROM {table}"), []);
        self.service.app.reader().db().fetch_optional(ask).await.unwrap().unwrap().0
    }
}

#[tokio::test]
async fn k1_an_act_on_all_that_match_is_counted_done_in_pieces_goes_on_on_another_node_and_is_taken_back() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let people = place.many("Personne", 205).await;
        let product = place.product("Yoga du matin", &[0]).await;
        place.grant(&people[0], &product).await;
        let list = browser.get(&format!("{}?q=personne", place.contacts())).await;
        assert!(list.text.contains("Select all 205 that match"), "{}", list.text);
        let form =
            send(&browser, &format!("{}/bulk", place.contacts()), &[("all", "1"), ("back", "?q=personne")]).await;
        assert!(form.text.contains("205 contacts match") && form.text.contains("name=\"all\""), "{}", form.text);
        let missing = [("all", "1"), ("step", "review"), ("back", "?q=personne")];
        assert_eq!(send(&browser, &format!("{}/bulk", place.contacts()), &missing).await.status, 422);

        let path = place.looked_at(&browser, "GRANT", &product, "?q=personne").await;
        let review = browser.get(&path).await;
        for text in ["Give access to Yoga du matin to 204 contacts?", "For 1 contact it is so already", "No e-mail"] {
            assert!(review.text.contains(text), "{text}: {}", review.text);
        }
        assert_eq!(place.in_mode(&product, "ACTIVATED").await, 1, "looking does nothing");
        // Looked at anew: the first is forgotten, and what was searched is kept nowhere.
        let path = {
            let again = place.looked_at(&browser, "GRANT", &product, "?q=personne").await;
            assert_eq!(browser.get(&path).await.status, 404);
            again
        };
        assert_eq!((place.rows_of("bulk_act").await, place.rows_of("bulk_row").await), (1, 204));
        let kept = projections::Ask::<(String,)>::new("SELECT back FROM bulk_act", []);
        assert_eq!(place.service.app.reader().db().fetch(kept).await.unwrap(), [(String::new(),)]);

        // A piece; then the process is another, and the list leads back.
        let begun = send(&browser, &path, &[("step", "do")]).await;
        assert_eq!(to(&begun), path, "{}", begun.text);
        let page = browser.get(&path).await;
        assert!(page.text.contains("200 of 204: under way.") && page.text.contains("<progress"), "{}", page.text);
        assert_eq!(place.in_mode(&product, "ACTIVATED").await, 201);
        let second = place.second().await;
        let there = Browser { place: &second, cookie: Mutex::new(Some(browser.secret())), peer: browser.peer };
        let list = there.get(&place.contacts()).await;
        assert!(list.text.contains("has not ended") && list.text.contains(&path), "{}", list.text);
        send(&there, &path, &[("step", "go")]).await;
        let report = there.get(&path).await;
        assert!(report.text.contains("204 accesses given.") && !report.text.contains("refused"), "{}", report.text);
        assert!(!there.get(&place.contacts()).await.text.contains("has not ended"));
        let before = second.service.app.reader().newest_position().await.unwrap();
        for step in ["go", "do", "nonsense"] {
            send(&there, &path, &[("step", step)]).await;
        }
        assert_eq!(second.service.app.reader().newest_position().await.unwrap(), before, "done is done");
        assert_eq!(second.in_mode(&product, "ACTIVATED").await, 205);

        // Taken back, but for what somebody changed since.
        let edit = json!({ "contactId": people[7], "productId": product, "mode": "SUSPENDED" });
        second.done("setAccessMode", edit, "").await;
        send(&there, &path, &[("step", "undo")]).await;
        assert!(there.get(&path).await.text.contains("200 of 204 taken back"));
        send(&there, &path, &[("step", "go")]).await;
        let report = there.get(&path).await;
        for text in ["203 were taken back.", "1 could not be.", "Personne007", &people[7]] {
            assert!(report.text.contains(text), "{text}: {}", report.text);
        }
        assert_eq!(second.in_mode(&product, "ACTIVATED").await, 1, "who had it before keeps it");
        assert_eq!(second.in_mode(&product, "SUSPENDED").await, 1, "and so does what was changed since");
    }
}

/// A page of an act once it shows this: the service goes on by itself.
async fn until(browser: &Browser<'_>, path: &str, shows: &str) -> Answer {
    for _ in 0..200 {
        let page = browser.get(path).await;
        if page.text.contains(shows) {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("never {shows}: {}", browser.get(path).await.text)
}

#[tokio::test]
async fn k1_an_act_whose_page_was_closed_is_gone_on_with_by_the_service_and_taken_back_likewise() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.many("Personne", 203).await;
        let product = place.product("Yoga du matin", &[0]).await;
        let path = place.looked_at(&browser, "GRANT", &product, "?q=personne").await;
        send(&browser, &path, &[("step", "do")]).await;
        // Its page has it to itself for a while.
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert!(browser.get(&path).await.text.contains("200 of 203: under way."));
        // Closed; another process is there too, and what is done is done once.
        let second = place.second().await;
        place.later(TimeDelta::seconds(21));
        let report = until(&browser, &path, "203 accesses given.").await;
        assert!(!report.text.contains("refused"), "{}", report.text);
        assert_eq!(second.in_mode(&product, "ACTIVATED").await, 203);

        send(&browser, &path, &[("step", "undo")]).await;
        // Whoever has it goes on with that, too.
        until(&browser, &path, "203 were taken back.").await;
        assert_eq!(place.in_mode(&product, "ACTIVATED").await, 0);
    }
}

#[tokio::test]
async fn k1_an_act_goes_on_with_what_its_person_still_may_and_is_not_begun_by_itself() {
    for place in everywhere().await {
        place.owner().await;
        place.many("Personne", 203).await;
        let product = place.product("Yoga du matin", &[0]).await;
        let browser = place.colleague("acces@exemple.fr", &["DEPLOYMENT", "SUPPORT"]).await;
        let path = place.looked_at(&browser, "GRANT", &product, "?q=personne").await;
        place.later(TimeDelta::seconds(21));
        tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
        assert_eq!(place.in_mode(&product, "ACTIVATED").await, 0, "nobody said yes");
        send(&browser, &path, &[("step", "do")]).await;
        let query = "query($a: ID!) { contacts(accountId: $a, filter: { search: \"acces@exemple.fr\" }) { edges { node { id } } } }";
        let them = place.data(query, json!({ "a": place.account })).await["contacts"]["edges"][0]["node"]["id"].clone();
        place.done("setPermissions", json!({ "contactId": them, "permissions": ["SUPPORT"] }), "").await;
        place.later(TimeDelta::seconds(21));
        let kept = projections::Ask::<(String,)>::new("SELECT state FROM bulk_act", []);
        for _ in 0..100 {
            if place.service.app.reader().db().fetch(kept.clone()).await.unwrap() == [("DONE".to_owned(),)] {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        assert_eq!(place.in_mode(&product, "ACTIVATED").await, 200, "what is taken away is gone at once");
        let not = projections::Ask::<(String,)>::new("SELECT why FROM bulk_row WHERE state = 'REFUSED'", []);
        let not = place.service.app.reader().db().fetch(not).await.unwrap();
        assert!(not.len() == 3 && not.iter().all(|(why,)| why.contains("not allowed")), "{not:?}");
    }
}

#[tokio::test]
async fn k1_an_act_on_all_that_match_is_its_person_s_alone_stops_where_told_and_goes_with_who_is_erased() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let people = place.many("Personne", 203).await;
        let product = place.product("Yoga du matin", &[0]).await;
        for id in &people[..202] {
            place.grant(id, &product).await;
        }
        let path = place.looked_at(&browser, "SUSPEND", &product, "?kind=PERSON&next=//evil.example").await;
        let review = browser.get(&path).await;
        for text in ["of 202 contacts?", "202 accesses no longer open", "2 contacts do not have this access"] {
            assert!(review.text.contains(text), "{text}: {}", review.text);
        }
        assert!(!review.text.contains("evil"), "{}", review.text);

        // Nobody else sees it, or goes on with it; nor its own person without the right to.
        let other = place.colleague("acces@exemple.fr", &["DEPLOYMENT"]).await;
        for step in [None, Some("do"), Some("undo")] {
            let answer = match step {
                None => other.get(&path).await,
                Some(step) => send(&other, &path, &[("step", step)]).await,
            };
            assert_eq!(answer.status, 404);
        }
        assert_eq!(browser.form(&path, &[("_csrf", "guessed"), ("step", "do")]).await.status, 403);
        assert_eq!(place.in_mode(&product, "SUSPENDED").await, 0);
        let support = place.colleague("assistance@exemple.fr", &["SUPPORT"]).await;
        let fields = [("all", "1"), ("step", "review"), ("act", "SUSPEND"), ("productId", product.as_str())];
        let none = send(&support, &format!("{}/bulk", place.contacts()), &fields).await;
        assert!(
            none.status == 422 && none.text.contains("Choose what is to be done"),
            "an act that one may not is none"
        );

        // One is changed in between, one erased: the first is told with why, and the other is nowhere any more.
        let edit = json!({ "contactId": people[0], "productId": product, "mode": "AUTOMATIC" });
        place.done("setAccessMode", edit, "").await;
        place.done("eraseContact", json!({ "contactId": people[1], "confirm": true }), "").await;
        assert_eq!(place.rows_of("bulk_row").await, 201);
        send(&browser, &path, &[("step", "do")]).await;
        assert!(browser.get(&path).await.text.contains("200 of 201: under way."));
        send(&browser, &path, &[("step", "stop")]).await;
        let report = browser.get(&path).await;
        for text in ["199 accesses suspended.", "1 refused.", "1 was not dealt with.", "Personne000", "Go on"] {
            assert!(report.text.contains(text), "{text}: {}", report.text);
        }
        send(&browser, &path, &[("step", "again")]).await;
        assert!(browser.get(&path).await.text.contains("200 accesses suspended."));

        send(&browser, &path, &[("step", "undo")]).await;
        assert_eq!(place.in_mode(&product, "SUSPENDED").await, 0, "each is as it was");

        // What is deleted is not taken back; with the login goes what it noted, and after a month all of it.
        let path = place.looked_at(&other, "SUSPEND", &product, "?kind=PERSON").await;
        assert_eq!(other.get(&path).await.status, 200);
        let user = text(&other.session().await["user"]["id"]);
        let (acts, rows) = (place.rows_of("bulk_act").await, place.rows_of("bulk_row").await);
        place.done_as(&place.operator, "eraseUser", json!({ "userId": user }), "").await;
        assert_eq!((place.rows_of("bulk_act").await, place.rows_of("bulk_row").await), (acts - 1, rows - 201));
        let db = place.service.app.reader().db();
        let later = place.service.app.clock().now() + chrono::TimeDelta::days(31);
        sesame::retention::purge(db, &sesame::retention::Retention::default(), later).await.unwrap();
        assert_eq!((place.rows_of("bulk_act").await, place.rows_of("bulk_row").await), (0, 0));
    }
}

#[tokio::test]
async fn k1_deleting_all_that_match_is_never_taken_back_and_leaves_the_owner() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.many("Personne", 201).await;
        let path = place.looked_at(&browser, "DELETE", "", "").await;
        let review = browser.get(&path).await;
        for text in ["contacts?", "cannot be taken back", "class=\"danger\""] {
            assert!(review.text.contains(text), "{text}: {}", review.text);
        }
        for step in ["do", "go", "undo", "undo"] {
            send(&browser, &path, &[("step", step)]).await;
        }
        let report = browser.get(&path).await;
        for text in ["contacts deleted.", "1 refused.", "Roux"] {
            assert!(report.text.contains(text), "{text}: {}", report.text);
        }
        assert!(!report.text.contains("value=\"undo\"") && !report.text.contains("taken back"), "{}", report.text);
        assert!(!browser.get(&place.contacts()).await.text.contains("Personne"));
    }
}

#[tokio::test]
async fn k1_the_list_is_exported_as_it_is_narrowed_told_before_noted_and_without_formulas() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let add = json!({ "accountId": place.account, "lastName": "=HYPERLINK(\"x\")", "firstName": "@Léa", "phone": "+33612" });
        place.done("addContact", add, "").await;
        let group =
            json!({ "accountId": place.account, "kind": "GROUP", "companyName": "Rédaction", "email": "r@exemple.fr" });
        place.done("addContact", group, "").await;
        let file = |more: &str| format!("/export/contacts.csv?account={}&lang=en{more}", place.account);
        let all = browser.get(&file("")).await;
        assert_eq!(all.status, 200, "{}", all.text);
        let head =
            "\u{FEFF}ID,Company,Last name,First name,E-mail,Phone,Fax,Address,Type,Profile,Status,Recorded on\r\n";
        assert!(all.text.starts_with(head), "{}", all.text);
        assert_eq!(all.headers["content-disposition"], "attachment; filename=\"contacts-2026-03-31.csv\"");
        for text in ["\"'=HYPERLINK(\"\"x\"\")\",'@Léa,,'+33612", "Rédaction", ",Group,", "Roux", ",2026-03-31\r\n"] {
            assert!(all.text.contains(text), "{text}: {}", all.text);
        }
        // Each filter of the page, and the search, alone and together.
        for (more, holds, not) in [
            ("&kind=GROUP", "Rédaction", "Roux"),
            ("&hasEmail=false", "HYPERLINK", "Roux"),
            ("&search=leh", "", "HYPERLINK"),
            ("&search=l%C3%A9a", "HYPERLINK", "Roux"),
            ("&search=redac&kind=GROUP", "Rédaction", "HYPERLINK"),
            ("&search=%21", "", "Roux"),
            ("&mode=SUSPENDED", "", "Roux"),
            ("&profile=GUEST", "", "Roux"),
        ] {
            let some = browser.get(&file(more)).await;
            assert!(some.status == 200 && some.text.starts_with(head), "{more}: {}", some.text);
            assert!(some.text.contains(holds) && !some.text.contains(not), "{more}: {}", some.text);
        }
        for more in ["&kind=PERSONNE", "&hasEmail=maybe", "&q=roux"] {
            let wrong = browser.get(&file(more)).await;
            assert!(wrong.status == 400 && wrong.text.contains("INVALID"), "{more}: {}", wrong.text);
        }
        let subscribers = format!("/export/subscribers.csv?account={}&kind=GROUP", place.account);
        assert_eq!(
            browser.get(&subscribers).await.status,
            400,
            "what narrows no list of subscribers is not passed over"
        );

        // It is in the trail, with how many; another account's is unknown.
        let trail = "query($a: ID!) { auditTrail(accountId: $a, first: 30) { edges { node { type sentence changes { field after } } } } }";
        let trail = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let noted: Vec<&Value> =
            trail.as_array().unwrap().iter().filter(|e| e["node"]["type"] == "account.list_exported.v1").collect();
        assert_eq!(noted.len(), 9, "{trail:#}");
        assert!(noted[8]["node"].to_string().contains("Contacts"), "{:#}", noted[8]);
        let other = place.another("Autre maison").await;
        let theirs = format!("/export/contacts.csv?account={}", other.account);
        assert_eq!(browser.get(&theirs).await.status, 404);
        // Who may see a list but hand nothing out is refused, and offered nothing.
        let security = place.colleague("surete@exemple.fr", &["SECURITY"]).await;
        assert_eq!(security.get(&file("")).await.status, 403);
        assert_eq!(security.get(&format!("{}/export", place.contacts())).await.status, 404);
        assert!(!security.get(&place.contacts()).await.text.contains("/contacts/export"));

        // The page tells it before, as the list is narrowed; later it asks again who is there.
        let path = format!("{}/export?kind=GROUP&email=YES&q=red", place.contacts());
        let list = browser.get(&format!("{}?kind=GROUP", place.contacts())).await;
        assert!(list.text.contains("/contacts/export?kind=GROUP"), "{}", list.text);
        let page = browser.get(&path).await;
        for text in ["The file holds 1 contact.", "/export/contacts.xlsx?account=", "search=red", "hasEmail=true"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        place.later(chrono::TimeDelta::minutes(16));
        let page = browser.get(&path).await;
        assert!(page.text.contains("/confirm?next=") && !page.text.contains("/export/contacts."), "{}", page.text);
        assert_eq!(browser.get(&file("")).await.status, 403);
    }
}
