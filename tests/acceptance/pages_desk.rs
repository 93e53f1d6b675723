//! What people do all day on the list of contacts and on a sheet: one act on several, every tab at the moment that is looked at (rows K1, K9, B2, A17, O8).

use crate::{
    browser::Browser,
    pages::{hidden, to},
    place::{Answer, Place, at, everywhere},
};
use axum::{
    body::Body,
    http::{Request, header},
};
use serde_json::json;
use sesame::http::Peer;

/// The names of the hidden fields that a page sends for each contact, with what stands in them.
fn picks(page: &Answer) -> Vec<(String, String)> {
    let fields = page.text.split("type=\"hidden\" name=\"pick.").skip(1);
    fields
        .map(|rest| {
            let (id, rest) = rest.split_once("\" value=\"").unwrap();
            (format!("pick.{id}"), rest.split('"').next().unwrap().to_owned())
        })
        .collect()
}

impl Place {
    fn list(&self) -> String {
        format!("/a/{}/contacts", self.account)
    }

    /// What a form of the bulk pages sends: these, and what was chosen.
    async fn bulk(&self, browser: &Browser<'_>, picked: &[(String, String)], more: &[(&str, &str)]) -> Answer {
        let csrf = browser.csrf().await;
        let mut fields = vec![("_csrf", csrf.as_str())];
        fields.extend(picked.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        fields.extend(more);
        browser.form(&format!("{}/bulk", self.list()), &fields).await
    }

    /// A page as somebody has it whose browser prefers French.
    async fn in_french(&self, browser: &Browser<'_>, path: &str) -> Answer {
        let request = Request::builder()
            .uri(path)
            .header(header::ACCEPT_LANGUAGE, "fr")
            .header(header::COOKIE, format!("__Host-sid={}", browser.secret()))
            .extension(Peer(browser.peer));
        self.send(request.body(Body::empty()).unwrap()).await
    }

    async fn people(&self, many: usize) -> Vec<String> {
        let mut all = Vec::new();
        for n in 0..many {
            all.push(self.person(&format!("Personne{n:03}"), &format!("p{n}@exemple.fr")).await);
        }
        all
    }
}

#[tokio::test]
async fn k1_an_access_is_given_to_several_after_it_was_counted_and_sending_the_form_again_gives_nothing_twice() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let people = place.people(4).await;
        let product = place.product("Yoga du matin", &[0, 14]).await;
        place.grant(&people[3], &product).await;
        let list = browser.get(&format!("{}?q=personne", place.list())).await;
        assert_eq!(list.text.matches("data-pick>").count(), 4, "{}", list.text);
        let whole = browser.get(&format!("{}?q=personne&pick=page", place.list())).await;
        assert_eq!(whole.text.matches("data-pick checked").count(), 4, "without a script by a link: {}", whole.text);

        let french = place.in_french(&browser, &format!("{}?q=personne", place.list())).await;
        assert!(french.text.contains("Agir sur les contacts choisis"), "{}", french.text);

        // Nobody chosen, nothing chosen: it is said what is missing, and nobody is forgotten.
        assert_eq!(place.bulk(&browser, &[], &[]).await.status, 422);
        let chosen: Vec<_> = people.iter().map(|id| (format!("pick.{id}"), "1".to_owned())).collect();
        let form = place.bulk(&browser, &chosen, &[("back", "?q=personne")]).await;
        assert_eq!((form.status.as_u16(), picks(&form).len()), (200, 4), "{}", form.text);
        assert!(form.text.contains("4 contacts chosen") && form.text.contains("Yoga du matin"), "{}", form.text);
        let missing = place.bulk(&browser, &picks(&form), &[("step", "review")]).await;
        assert_eq!((missing.status.as_u16(), picks(&missing).len()), (422, 4), "{}", missing.text);
        let which = [("step", "review"), ("act", "GRANT"), ("productId", product.as_str()), ("back", "?q=personne")];
        let review = place.bulk(&browser, &picks(&form), &which).await;
        assert_eq!(review.status, 200, "{}", review.text);
        for text in
            ["Give access to Yoga du matin to 3 contacts?", "For 1 contact it is so already", "No e-mail is sent."]
        {
            assert!(review.text.contains(text), "{text}: {}", review.text);
        }
        assert_eq!(picks(&review).len(), 3, "who has it already is left alone");
        let accesses = "query($id: ID!) { contact(id: $id) { accesses { id mode } } }";
        let none = place.data(accesses, json!({ "id": people[0] })).await;
        assert_eq!(none["contact"]["accesses"], json!([]), "looking does nothing");

        let key = hidden(&review, "key");
        let send = [("step", "do"), ("act", "GRANT"), ("productId", &product), ("key", &key), ("back", "?q=personne")];
        let before = place.service.app.reader().newest_position().await.unwrap();
        let mut done = Vec::new();
        for _ in 0..2 {
            let report = place.bulk(&browser, &picks(&review), &send).await;
            assert!(report.text.contains("3 accesses given.") && !report.text.contains("refused"), "{}", report.text);
            assert!(report.text.contains("/contacts?q=personne\""), "it leads back to the list as it was");
            done.push(place.service.app.reader().newest_position().await.unwrap());
        }
        assert!(done[0] != before && done[0] == done[1], "the second time nothing is recorded");
        for id in &people[..3] {
            let given = place.data(accesses, json!({ "id": id })).await;
            assert_eq!(given["contact"]["accesses"][0]["mode"], "ACTIVATED");
        }
        assert!(place.mails().await.iter().all(|sent| sent.mail.template != "order_email"));
    }
}

#[tokio::test]
async fn k9_suspending_several_leaves_out_who_was_changed_since_and_says_whom_and_why() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let people = place.people(3).await;
        let product = place.product("Yoga du matin", &[0]).await;
        for id in &people[..2] {
            place.grant(id, &product).await;
        }
        let chosen: Vec<_> = people.iter().map(|id| (format!("pick.{id}"), "1".to_owned())).collect();
        let which = [("step", "review"), ("act", "SUSPEND"), ("productId", product.as_str())];
        let review = place.bulk(&browser, &chosen, &which).await;
        for text in
            ["of 2 contacts?", "open to 2 of them now", "For 1 contact it cannot be done", "does not have this access"]
        {
            assert!(review.text.contains(text), "{text}: {}", review.text);
        }
        // Somebody changes one of them in between.
        let edit = json!({ "contactId": people[0], "productId": product, "mode": "AUTOMATIC" });
        place.done("setAccessMode", edit, "").await;
        let key = hidden(&review, "key");
        let send = [("step", "do"), ("act", "SUSPEND"), ("productId", product.as_str()), ("key", &key)];
        let report = place.bulk(&browser, &picks(&review), &send).await;
        for text in ["1 access suspended. 1 refused.", "Personne000", &format!("{}/{}", place.list(), people[0])] {
            assert!(report.text.contains(text), "{text}: {}", report.text);
        }
        let sheet = browser.get(&format!("{}/{}", place.list(), people[1])).await;
        assert!(sheet.text.contains("state-suspended"), "{}", sheet.text);
        let sheet = browser.get(&format!("{}/{}", place.list(), people[0])).await;
        assert!(sheet.text.contains("state-automatic"), "what somebody else set stays: {}", sheet.text);
    }
}

#[tokio::test]
async fn a15_deleting_several_counts_what_closes_and_leaves_out_who_may_not_be_deleted() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let people = place.people(2).await;
        let product = place.product("Yoga du matin", &[0]).await;
        place.grant(&people[0], &product).await;
        // All that match, the owner of the account too.
        let form = place.bulk(&browser, &[], &[("all", "1")]).await;
        let all = picks(&form).len();
        assert!(form.status == 200 && all >= 3, "{}", form.text);
        let review = place.bulk(&browser, &picks(&form), &[("step", "review"), ("act", "DELETE")]).await;
        assert_eq!(picks(&review).len(), all - 1, "the owner stays: {}", review.text);
        for text in [
            "For 1 contact it cannot be done",
            "1 product that is open, or will be, closes.",
            "class=\"danger\"",
            "Roux",
        ] {
            assert!(review.text.contains(text), "{text}: {}", review.text);
        }
        let key = hidden(&review, "key");
        let report = place.bulk(&browser, &picks(&review), &[("step", "do"), ("act", "DELETE"), ("key", &key)]).await;
        assert!(report.text.contains(&format!("{} contacts deleted.", all - 1)), "{}", report.text);
        assert!(!browser.get(&place.list()).await.text.contains("Personne00"));
    }
}

#[tokio::test]
async fn k1_several_are_at_most_two_hundred_of_this_account_and_what_their_person_may() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let many: Vec<_> = (0..201)
            .map(|n| (format!("pick.{}", domain::ContactId(uuid::Uuid::from_u128(n + 1))), "1".to_owned()))
            .collect();
        let refused = place.bulk(&browser, &many, &[]).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("201 contacts are too many at once") && refused.text.contains("/imports"));

        // A contact of another account is answered like one that never was.
        let other = place.another("Autre maison").await;
        let theirs = other.person("Secret", "secret@exemple.fr").await;
        let product = place.product("Yoga du matin", &[0]).await;
        let one = vec![(format!("pick.{theirs}"), "1".to_owned())];
        let which = [("act", "GRANT"), ("productId", product.as_str()), ("key", "k")];
        let review = place.bulk(&browser, &one, &[&[("step", "review")], &which[..]].concat()).await;
        assert!(review.text.contains("not in the account any more") && !review.text.contains("Secret"));
        let report = place.bulk(&browser, &one, &[&[("step", "do")], &which[..]].concat()).await;
        assert!(report.text.contains("1 refused") && !report.text.contains("Secret"), "{}", report.text);
        let accesses =
            other.data("query($id: ID!) { contact(id: $id) { accesses { id } } }", json!({ "id": theirs })).await;
        assert_eq!(accesses["contact"]["accesses"], json!([]));

        // Who may do nothing of it is shown no boxes, and finds no page; who may some of it is offered that.
        let reader = place.colleague("lecture@exemple.fr", &["OTHER"]).await;
        let list = reader.get(&place.list()).await;
        assert!(list.status == 200 && !list.text.contains("data-pick") && !list.text.contains("id=\"bulk\""));
        assert_eq!(place.bulk(&reader, &one, &[]).await.status, 404);
        let support = place.colleague("assistance@exemple.fr", &["SUPPORT"]).await;
        let own = place.people(1).await;
        let own = vec![(format!("pick.{}", own[0]), "1".to_owned())];
        let form = place.bulk(&support, &own, &[]).await;
        assert!(form.text.contains("value=\"DELETE\"") && !form.text.contains("value=\"GRANT\""), "{}", form.text);
        let none = place.bulk(&support, &own, &[&[("step", "do")], &which[..]].concat()).await;
        assert!(none.status == 200 && none.text.contains("What is to be done?"), "an act that one may not is none");
    }
}

#[tokio::test]
async fn o8_a17_a_sheet_shows_what_its_person_may_and_where_they_stand_in_the_app() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let member = json!({ "accountId": place.account, "lastName": "Membre", "email": "m@exemple.fr", "permissions": ["SUPPORT"] });
        let member =
            place.done("addMember", member, "contact { id }").await["contact"]["id"].as_str().unwrap().to_owned();
        let page = browser.get(&format!("{}/{member}/rights", place.list())).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert_eq!((page.text.matches("is-held").count(), page.text.matches("is-not-held").count()), (1, 5));
        for text in ["aria-current=\"page\">Permissions", &format!("/members/{member}\""), "act-says"] {
            assert!(page.text.contains(text), "{text}: {}", page.text);
        }
        // Where the account validates each: the tab says so, and leads to where that is done.
        let policies = json!({ "accountId": place.account, "registrationPolicy": "MANUAL" });
        place.done("setPolicies", policies, "").await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        place.sign_up("lea@exemple.fr", true, json!({})).await;
        place.settled().await;
        let app = browser.get(&format!("{}/{contact}/app", place.list())).await;
        for text in ["Pixel 9", "Awaiting validation", "/erp/app?state=PENDING_VALIDATION", "Last seen"] {
            assert!(app.text.contains(text), "{text}: {}", app.text);
        }
        let french = place.in_french(&browser, &format!("{}/{contact}/app", place.list())).await;
        for text in ["En attente de validation", "Vu la dernière fois", ">Application<", ">Autorisations<"] {
            assert!(french.text.contains(text), "{text}: {}", french.text);
        }
        // Who may look at sheets and not at members reads, and is led nowhere they may not go.
        let reader = place.colleague("lecture@exemple.fr", &["OTHER"]).await;
        let page = reader.get(&format!("{}/{member}/rights", place.list())).await;
        assert!(page.status == 200 && !page.text.contains(&format!("/members/{member}")), "{}", page.text);
        assert!(!page.text.contains("act-says"), "the history is not theirs to read");
        let other = place.another("Autre maison").await;
        let theirs = other.person("Secret", "secret@exemple.fr").await;
        for tab in ["rights", "app"] {
            assert_eq!(browser.get(&format!("{}/{theirs}/{tab}", place.list())).await.status, 404);
        }
    }
}

#[tokio::test]
async fn b2_a_sheet_looked_at_as_it_was_stays_so_from_tab_to_tab() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let contact = place.person("Fontaine", "lea@exemple.fr").await;
        place.clock.set(at("2026-03-31T10:20:00Z"));
        let product = place.product("Yoga du matin", &[0]).await;
        place.grant(&contact, &product).await;
        let bought = json!({ "contactId": contact, "productId": product, "type": "Annuel", "billing": "RECURRING", "startsOn": "2026-03-01" });
        place.done("startSubscription", bought, "").await;
        place.settled().await;
        let sheet = format!("{}/{contact}", place.list());
        // Ten minutes before the access and the subscription.
        let then = "?at=2026-03-31T12%3A10";
        let page = browser.get(&format!("{sheet}{then}")).await;
        assert!(page.text.contains("No access yet"), "{}", page.text);
        for tab in ["overview", "subscriptions", "claims", "rights", "app", "history"] {
            let link = format!("href=\"{sheet}/{tab}{then}\"");
            assert!(page.text.contains(&link), "{tab}: {}", page.text);
            let shown = browser.get(&format!("{sheet}/{tab}{then}")).await;
            assert_eq!(shown.status, 200, "{tab}: {}", shown.text);
            assert!(shown.text.contains("The sheet as it was on"), "{tab}: {}", shown.text);
            assert!(shown.text.contains(&format!("href=\"{sheet}{then}\"")), "{tab} leads on: {}", shown.text);
            assert!(shown.text.contains(&format!("<a href=\"{sheet}/{tab}\">")), "and back to today: {}", shown.text);
            assert!(!shown.text.contains("Annuel"), "{tab}");
        }
        let now = browser.get(&format!("{sheet}/subscriptions")).await;
        assert!(now.text.contains("Annuel") && !now.text.contains("as it was on"), "{}", now.text);
    }
}

#[tokio::test]
async fn k1_a_view_is_kept_under_a_name_for_one_person_in_one_account_and_goes_with_the_login() {
    for place in everywhere().await {
        let browser = place.owner().await;
        place.person("Fontaine", "lea@exemple.fr").await;
        let csrf = browser.csrf().await;
        let post = async |who: &Browser<'_>, csrf: &str, path: &str, fields: &[(&str, &str)]| {
            let fields: Vec<_> = [("_csrf", csrf)].into_iter().chain(fields.iter().copied()).collect();
            who.form(&format!("{}/views{path}", place.list()), &fields).await
        };
        // What was searched is kept in no view, and what is no filter of ours is none.
        let back = "?q=fontaine&kind=PERSON&sort=oldest&cols=EMAIL,ID&next=//evil.example";
        let kept = post(&browser, &csrf, "", &[("name", "Personnes"), ("back", back)]).await;
        assert_eq!(kept.status, 303, "{}", kept.text);
        assert!(to(&kept).ends_with("&told=view-kept") && to(&kept).contains("q=fontaine"), "{}", to(&kept));
        let list = browser.get(&place.list()).await;
        let view = "/contacts?kind=PERSON&amp;sort=oldest&amp;cols=EMAIL%2CID";
        let view = if list.text.contains(view) { view.to_owned() } else { view.replace("&amp;", "&#38;") };
        assert!(list.text.contains(&view) && list.text.contains(">Personnes</a>"), "{}", list.text);
        let shown = browser.get(&format!("{}?kind=PERSON&sort=oldest&cols=EMAIL%2CID", place.list())).await;
        for text in ["aria-current=\"page\">Personnes", "lea@exemple.fr</td>", "This view"] {
            assert!(shown.text.contains(text), "{text}: {}", shown.text);
        }
        assert!(!shown.text.contains(">Profile</th>"), "only the columns of the view: {}", shown.text);

        // No name, one too long, one that is taken: said, and nothing is changed.
        for name in ["", "   ", &"x".repeat(61)] {
            assert_eq!(post(&browser, &csrf, "", &[("name", name), ("back", "?kind=GROUP")]).await.status, 422);
        }
        assert_eq!(post(&browser, &csrf, "", &[("name", "Groupes"), ("back", "?kind=GROUP")]).await.status, 303);
        let page = browser.get(&format!("{}?kind=GROUP", place.list())).await;
        let (_, rest) = page.text.split_once("/contacts/views/").unwrap();
        let path = format!("/{}", rest.split('"').next().unwrap());
        let taken = post(&browser, &csrf, &path, &[("name", "Personnes"), ("back", "?kind=GROUP")]).await;
        assert!(taken.status == 422 && taken.text.contains("Another of your views has this name."), "{}", taken.text);
        assert_eq!(post(&browser, &csrf, &path, &[("name", "Sociétés"), ("back", "?kind=GROUP")]).await.status, 303);
        assert!(browser.get(&place.list()).await.text.contains(">Sociétés</a>"));

        // They are their owner's alone.
        let other = place.colleague("assistance@exemple.fr", &["SUPPORT"]).await;
        assert!(!other.get(&place.list()).await.text.contains("Sociétés"));
        let theirs = other.csrf().await;
        for fields in [&[("drop", "1")][..], &[("name", "À moi")]] {
            assert_eq!(post(&other, &theirs, &path, fields).await.status, 404);
        }
        assert_eq!(post(&other, "guessed", "", &[("name", "x"), ("back", "?kind=GROUP")]).await.status, 403);
        assert!(browser.get(&place.list()).await.text.contains(">Sociétés</a>"));
        assert_eq!(post(&browser, &csrf, &path, &[("drop", "1")]).await.status, 303);
        assert!(!browser.get(&place.list()).await.text.contains("Sociétés"));

        // What is kept about them names the view; with the login it goes.
        let own = post(&other, &theirs, "", &[("name", "Invités"), ("back", "?profile=GUEST")]).await;
        assert_eq!(own.status, 303);
        let session = other.session().await;
        let user = session["user"]["id"].as_str().unwrap_or_default().to_owned();
        let rows = async || {
            let ask = projections::Ask::<(i64,)>::new("SELECT COUNT(*) FROM saved_view", []);
            place.service.app.reader().db().fetch_optional(ask).await.unwrap().unwrap().0
        };
        assert_eq!(rows().await, 2);
        place.done_as(&place.operator, "eraseUser", json!({ "userId": user }), "").await;
        assert_eq!(rows().await, 1, "the other's stays");
    }
}

#[tokio::test]
async fn k1_at_most_twenty_views_are_kept_and_each_order_of_the_list_goes_on_from_page_to_page() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let csrf = browser.csrf().await;
        let path = format!("{}/views", place.list());
        for n in 0..21 {
            let fields = [("_csrf", csrf.as_str()), ("name", &format!("Vue {n}")), ("back", "?kind=GROUP")];
            let answer = browser.form(&path, &fields).await;
            assert_eq!(answer.status, if n < 20 { 303 } else { 422 }, "{n}");
        }
        place.people(55).await;
        for (sort, first, last) in [
            ("", "Personne000", "Personne054"),
            ("name-desc", "Roux", "Personne000"),
            ("oldest", "Roux", "Personne054"),
            ("recent", "Personne054", "Roux"),
        ] {
            let here = format!("{}?sort={sort}", place.list());
            let page = browser.get(&here).await;
            assert_eq!(page.status, 200, "{}", page.text);
            let (before, rest) = page.text.split_once("rel=\"next\" href=\"").unwrap();
            assert!(before.contains(first) && !before.contains(last), "{sort}: {before}");
            let next = rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
            let page = browser.get(&next).await;
            assert!(page.text.contains(last), "{sort} {next}: {}", page.text);
        }
        let sorted = browser.get(&format!("{}?sort=name-desc", place.list())).await;
        assert!(sorted.text.contains("aria-sort=\"descending\""), "{}", sorted.text);
    }
}
