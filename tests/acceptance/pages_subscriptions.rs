//! Subscriptions as pages, and the three ways in which contacts come to one, as a browser without a script walks them (rows S1 to S13).

use crate::{
    browser::Browser,
    pages::{hidden, to},
    place::{Answer, Place, everywhere, text},
};
use serde_json::{Value, json};

/// What a hidden field of a page has, as it was before it was written into the page.
fn carried(page: &Answer, name: &str) -> String {
    hidden(page, name).replace("&#34;", "\"").replace("&#39;", "'").replace("&#60;", "<").replace("&#38;", "&")
}

/// Presses a button of a journey's page: its hidden fields go along.
async fn press(browser: &Browser<'_>, path: &str, page: &Answer, at: &str, act: &str, more: &[(&str, &str)]) -> Answer {
    let kept =
        ["_csrf", "key", "staged", "shown", "fixing", "productId", "productName", "type", "billing", "subscriptionId"];
    let here: Vec<(&str, String)> = kept
        .into_iter()
        .filter(|name| page.text.contains(&format!("type=\"hidden\" name=\"{name}\"")))
        .map(|name| (name, carried(page, name)))
        .collect();
    let mut fields: Vec<(&str, &str)> = here.iter().map(|(name, value)| (*name, value.as_str())).collect();
    fields.extend([("at", at), ("do", act)]);
    fields.extend(more);
    let answer = browser.form(path, &fields).await;
    assert!([200, 303, 422].contains(&answer.status.as_u16()), "{act}: {} {}", answer.status, answer.text);
    answer
}

impl Place {
    /// A subscription of a contact of its own: both ids.
    async fn subscribed(&self, product: &str, kind: &str) -> (String, String) {
        let holder = self.contact("Tenante", "Abonnement").await;
        let input = json!({ "contactId": holder, "productId": product, "type": kind, "billing": "RECURRING", "endsOn": "2026-12-31" });
        let done = self.done("startSubscription", input, "subscription { id }").await;
        (text(&done["subscription"]["id"]), holder)
    }

    /// Names of the contacts of a subscription, in their order.
    async fn attached(&self, subscription: &str) -> Vec<String> {
        let query = "query($id: ID!) { node(id: $id) { ... on Subscription { contacts(first: 100) { edges { node { displayName } } } } } }";
        let answer = self.data(query, json!({ "id": subscription })).await;
        let edges = answer["node"]["contacts"]["edges"].as_array().unwrap().clone();
        edges.iter().map(|edge| text(&edge["node"]["displayName"])).collect()
    }

    async fn known(&self, name: &str) -> bool {
        let query = "query($a: ID!, $s: String) { contacts(accountId: $a, filter: { search: $s }) { totalCount } }";
        self.data(query, json!({ "a": self.account, "s": name })).await["contacts"]["totalCount"] != json!(0)
    }
}

#[tokio::test]
async fn s10_a_contact_is_added_from_the_popup_by_two_submits_and_cancel_leaves_nothing() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let product = place.product("Yoga", &[]).await;
        let (s, _) = place.subscribed(&product, "Annuel").await;
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let page = format!("/a/{}/subscriptions/{s}", place.account);
        let path = format!("{page}/add");
        let shown = browser.get(&page).await;
        assert!(shown.text.contains("Add a contact") && shown.text.contains(&path), "{}", shown.text);

        // 1, 2: the initial list, those attached already marked; the address finds nobody.
        let list = browser.get(&path).await;
        assert!(list.text.contains("anne@exemple.fr") && list.text.contains("Attached already"), "{}", list.text);
        let ticked = format!("c.{anne}");
        let none = press(&browser, &path, &list, "pick", "search", &[("q", "neuf@exemple.fr"), (&ticked, "1")]).await;
        assert!(none.text.contains("No contact of this customer number matches"), "{}", none.text);
        assert!(none.text.contains("Dupont"), "who was ticked stays, whatever is searched: {}", none.text);
        // 3: once more, by the same address.
        let again = press(&browser, &path, &none, "pick", "new", &[("q", "neuf@exemple.fr")]).await;
        assert!(again.text.contains("No result for") && again.text.contains("Fill in all the fields"));
        assert!(again.text.contains("name=\"email\" type=\"email\" value=\"neuf@exemple.fr\""), "{}", again.text);
        // 4: what is missing is told by its field, and what was typed stays.
        let typed = [("q", "neuf@exemple.fr"), ("email", "neuf@exemple.fr"), ("phone", "06 01")];
        let nameless = press(&browser, &path, &again, "find", "stage", &typed).await;
        assert_eq!(nameless.status, 422);
        assert!(nameless.text.contains("id=\"lastName-error\"") && nameless.text.contains("value=\"06 01\""));
        let named = [&typed[..], &[("lastName", "Neuf")]].concat();
        let staged = press(&browser, &path, &nameless, "find", "stage", &named).await;
        // 5: it is at the bottom of the list.
        let (listed, new) =
            (staged.text.find("class=\"options\"").unwrap(), staged.text.find("neuf@exemple.fr").unwrap());
        assert!(listed < staged.text.rfind("class=\"staged\"").unwrap() && new > 0, "{}", staged.text);
        let confirm = press(&browser, &path, &staged, "pick", "submit", &[(&ticked, "1")]).await;
        assert!(confirm.text.contains("2 contacts will be attached. 1 is new."), "{}", confirm.text);
        assert!(confirm.text.contains(&format!("href=\"{page}\" data-close")), "Cancel is a link: {}", confirm.text);
        // Until then nobody was recorded, and nobody mailed.
        let mails = place.mails().await.len();
        assert!(!place.known("Neuf").await && place.attached(&s).await == ["Tenante Abonnement"]);
        // 6: all of it, once, however often it is pressed.
        for _ in 0..2 {
            let done = press(&browser, &path, &confirm, "confirm", "confirm", &[]).await;
            assert_eq!(to(&done), format!("{page}?told=contacts-submitted"), "{}", done.text);
        }
        assert_eq!(place.attached(&s).await.len(), 3);
        assert_eq!(place.mails().await.len(), mails + 1, "who is new is asked to verify their address");
        let shown = browser.get(&to(&press(&browser, &path, &confirm, "confirm", "confirm", &[]).await)).await;
        assert!(shown.text.contains("The contacts are added.") && shown.text.contains("Neuf"), "{}", shown.text);
    }
}

#[tokio::test]
async fn s6_the_wider_search_finds_who_is_of_the_account_and_chooses_them() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let product = place.product("Yoga", &[]).await;
        let (s, _) = place.subscribed(&product, "Annuel").await;
        place.person("Dupont", "anne@exemple.fr").await;
        let path = format!("/a/{}/subscriptions/{s}/add", place.account);
        let list = browser.get(&path).await;
        let found = press(&browser, &path, &list, "pick", "new", &[("q", "anne@exemple.fr")]).await;
        assert!(
            found.text.contains("value=\"take\"") && !found.text.contains("Fill in all the fields"),
            "{}",
            found.text
        );
        // Typed in all the same, the address is that contact's, and says so.
        let typed = [("lastName", "Autre"), ("email", "ANNE@exemple.fr")];
        let same = press(&browser, &path, &found, "find", "stage", &typed).await;
        assert!(same.text.contains("value=\"take\"") && same.text.contains("Dupont"), "{}", same.text);
        let taken = press(&browser, &path, &found, "find", "take", &[("q", "anne@exemple.fr")]).await;
        let confirm = press(&browser, &path, &taken, "pick", "submit", &[]).await;
        assert!(!confirm.text.contains("is new"), "{}", confirm.text);
        let nobody = press(&browser, &path, &list, "pick", "submit", &[]).await;
        assert_eq!(nobody.status, 422);
        assert!(nobody.text.contains("Choose or add one contact at least."), "{}", nobody.text);
    }
}

#[tokio::test]
async fn s9_a_new_subscription_is_set_with_its_new_contacts_on_top() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let product = place.product("Yoga", &[]).await;
        place.person("Dupont", "anne@exemple.fr").await;
        let base = format!("/a/{}/subscriptions", place.account);
        let first = browser.get(&base).await;
        assert!(first.text.contains("No subscription yet") && first.text.contains("Set subscription"));
        let ways = browser.get(&format!("{base}/set")).await;
        let path = format!("{base}/set/new");
        assert!(ways.text.contains(&path) && ways.text.contains("By user"), "{}", ways.text);
        let terms = browser.get(&path).await;
        let missing = press(&browser, &path, &terms, "terms", "pick", &[]).await;
        assert_eq!(missing.status, 422);
        assert!(missing.text.contains("id=\"type-error\""), "{}", missing.text);
        let bought =
            [("productId", product.as_str()), ("type", "Club"), ("billing", "ONE_OFF"), ("endsOn", "2025-01-01")];
        let list = press(&browser, &path, &terms, "terms", "pick", &bought).await;
        assert!(list.text.contains("Add contacts") && list.text.contains("Yoga"), "{}", list.text);
        // S11: several in one draft, the popup's own list grows at its bottom.
        let mut find = press(&browser, &path, &list, "pick", "new", &[("endsOn", "2025-01-01")]).await;
        for (last, email) in [("Un", "un@exemple.fr"), ("Deux", "deux@exemple.fr")] {
            let more = [("lastName", last), ("email", email), ("endsOn", "2025-01-01")];
            find = press(&browser, &path, &find, "find", "stage", &more).await;
        }
        assert!(find.text.find(">Un<").unwrap() < find.text.find(">Deux<").unwrap(), "{}", find.text);
        let list = press(&browser, &path, &find, "find", "back", &[("endsOn", "2025-01-01")]).await;
        let (top, options) = (list.text.find(">Deux<").unwrap(), list.text.find("class=\"options\"").unwrap());
        assert!(top < options, "new ones are on top: {}", list.text);
        let confirm = press(&browser, &path, &list, "pick", "submit", &[("endsOn", "2025-01-01")]).await;
        // What is wrong leads back to where it was filled in, and nothing is recorded.
        let wrong = press(&browser, &path, &confirm, "confirm", "confirm", &[("endsOn", "2025-01-01")]).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"endsOn-error\"") && wrong.text.contains("value=\"Club\""), "{}", wrong.text);
        assert!(!place.known("Deux").await);
        let bought = [("productId", product.as_str()), ("type", "Club"), ("billing", "ONE_OFF"), ("endsOn", "")];
        let list = press(&browser, &path, &wrong, "terms", "pick", &bought).await;
        let confirm = press(&browser, &path, &list, "pick", "submit", &[]).await;
        let done = press(&browser, &path, &confirm, "confirm", "confirm", &[]).await;
        assert!(
            to(&done).starts_with(&format!("{base}/sub_")) && to(&done).ends_with("?told=subscription-started"),
            "{}",
            to(&done)
        );
        let shown = browser.get(&to(&done)).await;
        for word in ["The subscription is recorded.", "Club", "Un", "Deux", "Bought once"] {
            assert!(shown.text.contains(word), "{word}: {}", shown.text);
        }
    }
}

#[tokio::test]
async fn s8_a_wrong_field_of_a_staged_contact_is_told_by_it_with_what_was_typed() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let delivered = json!({ "accountId": place.account, "name": "La Revue", "delivered": true });
        let product = text(&place.done("createProduct", delivered, "product { id }").await["product"]["id"]);
        let path = format!("/a/{}/subscriptions/set/new", place.account);
        let terms = browser.get(&path).await;
        let bought = [("productId", product.as_str()), ("type", "Revue"), ("billing", "RECURRING")];
        let list = press(&browser, &path, &terms, "terms", "pick", &bought).await;
        let find = press(&browser, &path, &list, "pick", "new", &[("q", "zoe@exemple.fr")]).await;
        assert!(find.text.contains("name=\"city\"") && find.text.contains("required"), "{}", find.text);
        // What the address lacks is told where it is typed, by each field; so is one that was only begun.
        let typed = [
            ("q", "zoe@exemple.fr"),
            ("lastName", "Zo&\"é"),
            ("email", "zoe@exemple.fr"),
            ("line1", "1 rue A"),
            ("postalCode", "75"),
        ];
        let wrong = press(&browser, &path, &find, "find", "stage", &typed).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("role=\"alert\"") && wrong.text.contains("value=\"1 rue A\""), "{}", wrong.text);
        for field in ["postalCode", "city"] {
            assert!(wrong.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", wrong.text);
        }
        assert!(!wrong.text.contains("id=\"line1-error\""), "{}", wrong.text);
        assert!(wrong.text.contains("Zo&#38;&#34;é"), "{}", wrong.text);
        let typed = [
            ("lastName", "Zoé"),
            ("email", "zoe@exemple.fr"),
            ("line1", "1 rue A"),
            ("postalCode", "75007"),
            ("city", "Paris"),
        ];
        let staged = press(&browser, &path, &wrong, "find", "stage", &typed).await;
        let list = press(&browser, &path, &staged, "find", "back", &[]).await;
        let confirm = press(&browser, &path, &list, "pick", "submit", &[]).await;
        // What only the rules know is told at the end, and corrected in its place.
        let again = press(&browser, &path, &confirm, "confirm", "fix.0", &[]).await;
        let long = "x".repeat(300);
        let typed = [&typed[1..], &[("lastName", "Zoé"), ("externalId", long.as_str())]].concat();
        let staged = press(&browser, &path, &again, "find", "stage", &typed).await;
        assert_eq!(staged.text.matches("class=\"staged\"").count(), 1, "it is corrected, not added: {}", staged.text);
        let list = press(&browser, &path, &staged, "find", "back", &[]).await;
        let confirm = press(&browser, &path, &list, "pick", "submit", &[]).await;
        let wrong = press(&browser, &path, &confirm, "confirm", "confirm", &[]).await;
        assert!(wrong.status == 422 && wrong.text.contains("id=\"externalId-error\""), "{}", wrong.text);
        let typed = [&typed[..typed.len() - 1], &[("externalId", "A-1")]].concat();
        let staged = press(&browser, &path, &wrong, "find", "stage", &typed).await;
        let list = press(&browser, &path, &staged, "find", "back", &[]).await;
        let confirm = press(&browser, &path, &list, "pick", "submit", &[]).await;
        assert_eq!(press(&browser, &path, &confirm, "confirm", "confirm", &[]).await.status, 303);
    }
}

#[tokio::test]
async fn s8_who_was_typed_in_before_the_product_was_known_is_asked_for_the_address_it_needs() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let delivered = json!({ "accountId": place.account, "name": "La Revue", "delivered": true });
        let product = text(&place.done("createProduct", delivered, "product { id }").await["product"]["id"]);
        let home = json!({ "accountId": place.account, "lastName": "Tenante",
            "address": { "line1": "1 rue A", "postalCode": "75007", "city": "Paris" } });
        let holder = text(&place.done("addContact", home, "contact { id }").await["contact"]["id"]);
        let start = json!({ "contactId": holder, "productId": product, "type": "Revue", "billing": "RECURRING" });
        let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
        let path = format!("/a/{}/subscriptions/set/user", place.account);
        let begin = browser.get(&path).await;
        let none = press(&browser, &path, &begin, "find", "find", &[("q", "neuf@exemple.fr")]).await;
        let typed = [("q", "neuf@exemple.fr"), ("lastName", "Neuf"), ("email", "neuf@exemple.fr")];
        let begun = [&typed[..], &[("city", "Lyon")]].concat();
        let half = press(&browser, &path, &none, "find", "stage", &begun).await;
        assert!(half.status == 422 && half.text.contains("id=\"line1-error\""), "half an address: {}", half.text);
        let staged = press(&browser, &path, &none, "find", "stage", &typed).await;
        assert_eq!(staged.status, 200, "none is needed as far as is known: {}", staged.text);
        let choose = press(&browser, &path, &staged, "find", "choose", &[]).await;
        let lacks = press(&browser, &path, &choose, "choose", "submit", &[("subscriptionId", &s)]).await;
        assert_eq!(lacks.status, 422);
        for field in ["line1", "postalCode", "city"] {
            assert!(lacks.text.contains(&format!("id=\"{field}-error\"")), "{field}: {}", lacks.text);
        }
        let whole = [&typed[..], &[("line1", "2 rue B"), ("postalCode", "69001"), ("city", "Lyon")]].concat();
        let staged = press(&browser, &path, &lacks, "find", "stage", &whole).await;
        assert_eq!(staged.text.matches("class=\"staged\"").count(), 1, "{}", staged.text);
        let choose = press(&browser, &path, &staged, "find", "choose", &[]).await;
        let confirm = press(&browser, &path, &choose, "choose", "submit", &[("subscriptionId", &s)]).await;
        let done = press(&browser, &path, &confirm, "confirm", "confirm", &[]).await;
        assert!(to(&done).ends_with("?told=contacts-submitted"), "{}", done.text);
        assert_eq!(place.attached(&s).await.len(), 2);
    }
}

#[tokio::test]
async fn s12_by_user_the_person_comes_first_then_the_customer_number_then_its_subscription() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let product = place.product("Yoga", &[]).await;
        let (s, _) = place.subscribed(&product, "Annuel").await;
        let path = format!("/a/{}/subscriptions/set/user", place.account);
        let begin = browser.get(&path).await;
        let none = press(&browser, &path, &begin, "find", "find", &[("q", "neuf@exemple.fr")]).await;
        assert!(none.text.contains("Fill in all the fields"), "{}", none.text);
        let typed = [("lastName", "Neuf"), ("email", "neuf@exemple.fr")];
        let staged = press(&browser, &path, &none, "find", "stage", &typed).await;
        assert!(staged.text.contains(">Neuf<") && staged.text.contains(">Next<"), "{}", staged.text);
        let choose = press(&browser, &path, &staged, "find", "choose", &[]).await;
        assert!(choose.text.contains("Customer number") && choose.text.contains("Annuel"), "{}", choose.text);
        let nothing = press(&browser, &path, &choose, "choose", "submit", &[]).await;
        assert_eq!(nothing.status, 422);
        let confirm = press(&browser, &path, &choose, "choose", "submit", &[("subscriptionId", &s)]).await;
        assert!(confirm.text.contains("1 contact will be attached. 1 is new."), "{}", confirm.text);
        assert!(!place.known("Neuf").await);
        let done = press(&browser, &path, &confirm, "confirm", "confirm", &[]).await;
        assert_eq!(to(&done), format!("/a/{}/subscriptions/{s}?told=contacts-submitted", place.account));
        assert_eq!(place.attached(&s).await, ["Tenante Abonnement", "Neuf"]);
    }
}

#[tokio::test]
async fn s12_by_user_whoever_is_at_home_in_another_account_chooses_among_the_subscriptions_of_this_one() {
    for place in everywhere().await {
        place.owner().await;
        let product = place.product("Yoga", &[]).await;
        let (s, _) = place.subscribed(&product, "Annuel").await;
        let browser = place.colleague("sam@exemple.fr", &["SUPPORT", "BILLING", "DEPLOYMENT"]).await;
        let home = place.another("Autre maison").await;
        home.subscribed(&home.product("Vélo", &[]).await, "Ailleurs").await;
        let them =
            json!({ "accountId": home.account, "lastName": "Sam", "email": "sam@exemple.fr", "permissions": [] });
        let them = home.done("addMember", them, "contact { id }").await["contact"]["id"].clone();
        home.done("transferOwnership", json!({ "contactId": them }), "").await;
        place.settled().await;

        let path = format!("/a/{}/subscriptions/set/user", place.account);
        let begin = browser.get(&path).await;
        let none = press(&browser, &path, &begin, "find", "find", &[("q", "neuf@exemple.fr")]).await;
        let typed = [("q", "neuf@exemple.fr"), ("lastName", "Neuf"), ("email", "neuf@exemple.fr")];
        let staged = press(&browser, &path, &none, "find", "stage", &typed).await;
        let choose = press(&browser, &path, &staged, "find", "choose", &[]).await;
        // Their other number is told and not offered, and nothing of that account is shown.
        assert!(choose.text.contains("Autre maison") && choose.text.contains("disabled"), "{}", choose.text);
        assert!(choose.text.contains("Annuel") && !choose.text.contains("Ailleurs"), "{}", choose.text);
        let confirm = press(&browser, &path, &choose, "choose", "submit", &[("subscriptionId", &s)]).await;
        let done = press(&browser, &path, &confirm, "confirm", "confirm", &[]).await;
        assert!(to(&done).ends_with("?told=contacts-submitted"), "{}", done.text);
        assert_eq!(place.attached(&s).await, ["Tenante Abonnement", "Neuf"]);
    }
}

#[tokio::test]
async fn s5_subscriptions_are_listed_narrowed_and_dealt_with_and_what_can_be_taken_back_is() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let product = place.product("Yoga", &[]).await;
        let (s, holder) = place.subscribed(&product, "Annuel").await;
        place.subscribed(&product, "Découverte").await;
        let base = format!("/a/{}/subscriptions", place.account);
        let all = browser.get(&base).await;
        assert!(all.text.contains("2 subscriptions") && all.text.contains("Tenante Abonnement"), "{}", all.text);
        let one = browser.get(&format!("{base}?type=D%C3%A9couverte&state=RUNNING")).await;
        assert!(one.text.contains("Découverte</a>") && !one.text.contains("Annuel</a>"), "{}", one.text);
        let none = browser.get(&format!("{base}?type=Rien")).await;
        assert!(none.text.contains("No subscription matches"), "{}", none.text);

        let page = format!("{base}/{s}");
        let shown = browser.get(&page).await;
        let (csrf, version) = (hidden(&shown, "_csrf"), hidden(&shown, "version"));
        // Paused, and taken back by the notice's own form.
        let paused = browser.form(&format!("{page}/pause"), &[("_csrf", &csrf), ("version", &version)]).await;
        assert_eq!(to(&paused), format!("{page}?told=subscription-paused"), "{}", paused.text);
        let told = browser.get(&to(&paused)).await;
        assert!(told.text.contains("Undo") && told.text.contains(&format!("{page}/resume")), "{}", told.text);
        let back =
            browser.form(&format!("{page}/resume"), &[("_csrf", &csrf), ("version", &hidden(&told, "version"))]).await;
        assert_eq!(back.status, 303, "{}", back.text);
        // Somebody else was first: what was typed stays, beside what stands now; the next press is about that.
        let stale = [("_csrf", csrf.as_str()), ("version", &version), ("endsOn", "2027-12-31")];
        let refused = browser.form(&format!("{page}/renew"), &stale).await;
        assert_eq!(refused.status, 422);
        assert!(refused.text.contains("value=\"2027-12-31\"") && refused.text.contains("Recorded meanwhile"));
        let now = hidden(&refused, "version");
        let renewed = [("_csrf", csrf.as_str()), ("version", &now), ("endsOn", "2027-12-31")];
        assert_eq!(
            to(&browser.form(&format!("{page}/renew"), &renewed).await),
            format!("{page}?told=subscription-renewed")
        );
        // A payment: a day that is none is told by its field; without a reference the form's own makes pressing twice once.
        let pay = |at: &'static str| {
            [
                ("_csrf", csrf.clone()),
                ("key", "k1".to_owned()),
                ("state", "PAST_DUE".to_owned()),
                ("occurredAt", at.to_owned()),
            ]
        };
        let post = async |fields: [(&str, String); 4]| {
            let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            browser.form(&format!("{page}/payment"), &fields).await
        };
        let wrong = post(pay("")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text.contains("id=\"occurredAt-error\""), "{}", wrong.text);
        for _ in 0..2 {
            assert_eq!(post(pay("2026-03-30T09:00")).await.status, 303);
        }
        assert!(browser.get(&page).await.text.contains("paid-past_due"));
        // Detached, and attached again.
        let detached = browser.form(&format!("{page}/detach"), &[("_csrf", &csrf), ("contact", &holder)]).await;
        assert_eq!(to(&detached), format!("{page}?told=contact-detached&of={holder}"));
        let told = browser.get(&to(&detached)).await;
        assert!(told.text.contains("No contact") && told.text.contains(&format!("{page}/attach")), "{}", told.text);
        let again = browser.form(&format!("{page}/attach"), &[("_csrf", &csrf), ("contact", &holder)]).await;
        assert_eq!(to(&again), format!("{page}?told=contact-attached&of={holder}"));
        // Cancelled, after it was said for how many.
        let form = browser.get(&format!("{page}/cancel")).await;
        assert!(form.text.contains("It counts for 1 contact.") && form.text.contains("Keep the subscription"));
        let fields = [("_csrf", csrf.as_str()), ("version", &hidden(&form, "version"))];
        assert_eq!(browser.form(&format!("{page}/cancel"), &fields).await.status, 303);
        let shown = browser.get(&page).await;
        assert!(shown.text.contains("standing-cancelled") && !shown.text.contains(&format!("{page}/cancel")));
    }
}

#[tokio::test]
async fn s13_subscriptions_of_another_account_are_like_unknown_ones_and_who_may_not_sees_no_act() {
    for place in everywhere().await {
        let browser = place.owner().await;
        let other = place.another("Autre maison").await;
        let theirs = other.product("Secret", &[]).await;
        let (s, holder) = other.subscribed(&theirs, "Secret").await;
        let base = format!("/a/{}/subscriptions", place.account);
        for path in ["", "/add", "/renew", "/cancel", "/payment"] {
            let page = browser.get(&format!("{base}/{s}{path}")).await;
            assert_eq!((page.status.as_u16(), page.text.contains("Secret")), (404, false), "{path}");
        }
        assert_eq!(browser.get(&format!("{base}/{holder}")).await.status, 404, "nor is a contact one");
        let csrf = browser.csrf().await;
        assert_eq!(browser.form(&format!("{base}/{s}/pause"), &[("_csrf", &csrf), ("version", "1")]).await.status, 404);

        // Who only reads lists sees no act, and none is carried out.
        place.signed_up("lecteur@exemple.fr").await;
        let member = json!({ "accountId": place.account, "lastName": "Lecteur", "email": "lecteur@exemple.fr", "permissions": ["OTHER"] });
        place.done("addMember", member, "").await;
        place.settled().await;
        let product = place.product("Yoga", &[]).await;
        let (s, _) = place.subscribed(&product, "Annuel").await;
        let reader = place.signed_in("lecteur@exemple.fr").await;
        let page = reader.get(&format!("{base}/{s}")).await;
        assert!(page.status == 200 && page.text.contains("Annuel"), "{} {}", page.status, page.text);
        for act in ["/add", "/pause", "/renew", "/cancel", "/payment", "/detach"] {
            assert!(!page.text.contains(&format!("{s}{act}")), "{act}");
        }
        let csrf = reader.csrf().await;
        let refused = reader.form(&format!("{base}/{s}/pause"), &[("_csrf", &csrf), ("version", "1")]).await;
        assert_eq!(refused.status, 422, "{}", refused.text);
        let state: Value = place
            .data("query($id: ID!) { node(id: $id) { ... on Subscription { paused } } }", json!({ "id": s }))
            .await;
        assert_eq!(state["node"]["paused"], json!(false));
    }
}
