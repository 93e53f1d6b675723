//! Questions over a stretch of time (rows B3, B2, S5, S6, S12, S13): who could open what on which day, what opens when, how much happened, and what stood
//! where then.

use crate::place::{Place, codes, everywhere, text};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const WHO: &str = "query($p: ID!, $on: Date, $at: DateTime, $closed: Boolean, $first: Int, $after: String) {
    whoCouldOpen(productId: $p, on: $on, at: $at, closed: $closed, first: $first, after: $after) {
        edges { node { contact { id displayName } open reason at decision { open trace { gate passed } } } }
        pageInfo { hasNextPage endCursor } totalCount totalCountIsCapped } }";

/// Names, and why, of those who could open a product on a day or at an instant.
async fn who(place: &Place, variables: Value) -> BTreeMap<String, String> {
    let nodes = place.data(WHO, variables).await["whoCouldOpen"]["edges"].as_array().unwrap().clone();
    nodes.iter().map(|edge| (text(&edge["node"]["contact"]["displayName"]), text(&edge["node"]["reason"]))).collect()
}

fn names(of: &BTreeMap<String, String>) -> Vec<&str> {
    of.keys().map(String::as_str).collect()
}

#[tokio::test]
async fn b3_who_could_open_a_product_on_a_day_is_read_from_the_log() {
    for place in everywhere().await {
        let p = place.product("Yoga", &[]).await;
        let day = |on: &str| json!({ "p": p, "on": on });
        // Anne has it for an hour of 31 March; Bob from then on; Claire from 10 April; David until his subscription ends.
        let (anne, bob, claire) =
            (place.contact("Anne", "A").await, place.contact("Bob", "B").await, place.contact("Claire", "C").await);
        let david = place.contact("David", "D").await;
        place.contact("Ève", "E").await;
        place.grant(&anne, &p).await;
        place.grant(&bob, &p).await;
        let opening = json!({ "fromDate": "2026-04-10" });
        place.done("grantAccess", json!({ "contactId": claire, "productId": p, "opening": opening }), "").await;
        let order = json!({ "contactId": david, "productId": p, "type": "Mois", "billing": "RECURRING", "startsOn": "2026-03-01", "endsOn": "2026-04-05" });
        place.done("startSubscription", order, "").await;
        place.later(TimeDelta::hours(1));
        place.done("removeAccess", json!({ "contactId": anne, "productId": p }), "").await;
        place.later(TimeDelta::days(1));
        // 1 April, 13:00 in Paris. Yesterday at noon and in the evening; on the day at any moment.
        let at = |at: &str| json!({ "p": p, "at": at });
        assert_eq!(names(&who(&place, day("2026-03-30")).await), Vec::<&str>::new());
        assert_eq!(names(&who(&place, day("2026-03-31")).await), ["Anne A", "Bob B", "David D"]);
        assert_eq!(names(&who(&place, at("2026-03-31T10:30:00Z")).await), ["Anne A", "Bob B", "David D"]);
        assert_eq!(names(&who(&place, at("2026-03-31T11:00:00Z")).await), ["Bob B", "David D"]);
        assert_eq!(names(&who(&place, at("2026-03-31T09:59:59Z")).await), Vec::<&str>::new());
        assert_eq!(names(&who(&place, json!({ "p": p })).await), ["Bob B", "David D"], "now");
        assert_eq!(names(&who(&place, day("2026-04-01")).await), ["Bob B", "David D"], "today");
        // What is to come, by the facts of today.
        assert_eq!(names(&who(&place, day("2026-04-05")).await), ["Bob B", "David D"]);
        assert_eq!(names(&who(&place, day("2026-04-06")).await), ["Bob B"]);
        assert_eq!(names(&who(&place, day("2026-04-10")).await), ["Bob B", "Claire C"]);
        // Why not, of those who ever had it.
        let closed = json!({ "p": p, "on": "2026-04-06", "closed": true });
        let reasons: Vec<(String, String)> = who(&place, closed).await.into_iter().collect();
        let reason = |name: &str, reason: &str| (name.to_owned(), reason.to_owned());
        assert_eq!(
            reasons,
            [
                reason("Anne A", "NOT_GRANTED"),
                reason("Bob B", "OPEN"),
                reason("Claire C", "NOT_YET_OPEN"),
                reason("David D", "NO_SUBSCRIPTION")
            ]
        );
        // Recorded late: what is known of yesterday does not change by what is recorded today.
        place.done("deleteContact", json!({ "contactId": bob, "confirm": true }), "").await;
        assert_eq!(names(&who(&place, day("2026-03-31")).await), ["Anne A", "Bob B", "David D"]);
        // An erased person: what was open to them then is told, and nothing of who they were.
        place.done("eraseContact", json!({ "contactId": anne, "confirm": true }), "").await;
        let then = who(&place, day("2026-03-31")).await;
        assert_eq!(then.len(), 3);
        assert!(!then.contains_key("Anne A") && then.keys().any(|name| name.starts_with("Contact ")), "{then:?}");
        // The days of the account begin at its own midnight; both at once is no question; another's product is unknown.
        let both = place.ask(WHO, json!({ "p": p, "on": "2026-03-31", "at": "2026-03-31T00:00:00Z" })).await;
        assert_eq!(codes(&both), ["GRAPHQL_VALIDATION_FAILED"]);
        let other = place.another("Autre maison").await;
        assert_eq!(codes(&other.ask(WHO, json!({ "p": p })).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn b3_the_answer_comes_in_pages_each_of_which_looks_at_a_bounded_number_of_contacts() {
    for place in everywhere().await {
        let p = place.product("Yoga", &[]).await;
        let mut expected = Vec::new();
        for n in 0..25 {
            let c = place.contact("N", &format!("{n:02}")).await;
            place.grant(&c, &p).await;
            if n % 3 == 0 {
                place.done("setAccessMode", json!({ "contactId": c, "productId": p, "mode": "SUSPENDED" }), "").await;
            } else {
                expected.push(c);
            }
        }
        let (mut found, mut after, mut pages) = (Vec::new(), Value::Null, 0);
        loop {
            let page = place.data(WHO, json!({ "p": p, "first": 5, "after": after })).await["whoCouldOpen"].clone();
            found.extend(page["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["contact"]["id"])));
            pages += 1;
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        found.sort();
        expected.sort();
        assert_eq!((&found, pages >= 4), (&expected, true));
        // A longer page asks no more statements than a short one.
        let statements = async |first: i64| {
            let mut least = u64::MAX;
            for _ in 0..5 {
                // Tasks of the service ask now and then, too.
                let before = place.service.db().statements();
                place.data(WHO, json!({ "p": p, "first": first })).await;
                least = least.min(place.service.db().statements() - before);
            }
            least
        };
        let (short, long) = (statements(1).await, statements(16).await);
        assert!(long <= short + 2 && long < 25, "{short} {long}");
        let other = place.product("Danse", &[]).await;
        let foreign = place.ask(WHO, json!({ "p": other, "after": after })).await;
        assert_eq!(codes(&foreign), ["INVALID_CURSOR"]);
    }
}

#[tokio::test]
async fn b2_the_calendar_says_what_opens_when() {
    for place in everywhere().await {
        let (anne, p) = (place.contact("Anne", "A").await, place.product("Yoga", &[0, 7, 400]).await);
        let q = place.product("Danse", &[]).await;
        place.grant(&anne, &p).await;
        place
            .done(
                "grantAccess",
                json!({ "contactId": anne, "productId": q, "opening": { "fromDate": "2026-04-03" } }),
                "",
            )
            .await;
        let query = "query($c: ID!, $from: Date!, $to: Date!, $first: Int, $after: String) {
            openingCalendar(contactId: $c, from: $from, to: $to, first: $first, after: $after) {
                edges { node { day at product { name } module { name opensAfterDays } } } pageInfo { hasNextPage endCursor } totalCount } }";
        let whole = place.data(query, json!({ "c": anne, "from": "2026-03-31", "to": "2027-03-31" })).await;
        let entries = whole["openingCalendar"]["edges"].as_array().unwrap();
        let entry = |edge: &Value| {
            let node = &edge["node"];
            (text(&node["day"]), text(&node["product"]["name"]), node["module"]["name"].as_str().map(str::to_owned))
        };
        let of = |day: &str, product: &str, module: Option<&str>| {
            (day.to_owned(), product.to_owned(), module.map(str::to_owned))
        };
        let mut found: Vec<_> = entries.iter().map(entry).collect();
        found[..2].sort();
        assert_eq!(
            found,
            [
                of("2026-03-31", "Yoga", None),
                of("2026-03-31", "Yoga", Some("Module 0")),
                of("2026-04-03", "Danse", None),
                of("2026-04-07", "Yoga", Some("Module 7")),
            ]
        );
        let first = place.data(query, json!({ "c": anne, "from": "2026-03-31", "to": "2027-03-31", "first": 3 })).await;
        let info = &first["openingCalendar"]["pageInfo"];
        assert_eq!((&info["hasNextPage"], &first["openingCalendar"]["totalCount"]), (&json!(true), &json!(4)));
        let rest = place
            .data(
                query,
                json!({ "c": anne, "from": "2026-03-31", "to": "2027-03-31", "first": 3, "after": info["endCursor"] }),
            )
            .await;
        assert_eq!(
            rest["openingCalendar"]["edges"].as_array().unwrap().iter().map(entry).collect::<Vec<_>>(),
            found[3..]
        );
        for (from, to) in [("2026-04-01", "2026-03-31"), ("2026-01-01", "2027-01-02")] {
            assert_eq!(codes(&place.ask(query, json!({ "c": anne, "from": from, "to": to })).await), ["DATE_INVALID"]);
        }
        // Who paid until the third day sees nothing of what would open on the seventh.
        let david = place.contact("David", "D").await;
        let order = json!({ "contactId": david, "productId": p, "type": "Mois", "billing": "RECURRING", "startsOn": "2026-03-31", "endsOn": "2026-04-03" });
        place.done("startSubscription", order, "").await;
        let of_david = place.data(query, json!({ "c": david, "from": "2026-03-31", "to": "2027-03-31" })).await;
        let days: Vec<_> =
            of_david["openingCalendar"]["edges"].as_array().unwrap().iter().map(entry).map(|e| e.0).collect();
        assert_eq!(days, ["2026-03-31", "2026-03-31"]);
        let other = place.another("Autre maison").await;
        assert_eq!(
            codes(&other.ask(query, json!({ "c": anne, "from": "2026-03-31", "to": "2026-04-01" })).await),
            ["NOT_FOUND"]
        );
    }
}

#[tokio::test]
async fn b2_what_opens_within_a_week_is_counted_over_the_whole_account() {
    for place in everywhere().await {
        let query = "query($a: ID!, $p: Position) { agenda(accountId: $a, minPosition: $p) {
            from to madeAt more openings { day contacts product { name } module { name opensAfterDays } } } }";
        let agenda =
            async |a: &str, p: Option<&Value>| place.data(query, json!({ "a": a, "p": p })).await["agenda"].clone();
        let empty = agenda(&place.account, None).await;
        assert_eq!((&empty["from"], &empty["to"]), (&json!("2026-03-31"), &json!("2026-04-06")));
        assert_eq!(empty["openings"], json!([]));

        // More people than are looked at together; a module that opens within the week, one on its last day, one after it.
        let p = place.product("Yoga", &[2, 6, 7]).await;
        let q = place.product("Danse", &[]).await;
        let mut last = Value::Null;
        for n in 0..12 {
            let contact = place.contact("Anne", &format!("A{n:02}")).await;
            place.grant(&contact, &p).await;
            let opening = json!({ "fromDate": "2026-04-03" });
            let danse = json!({ "contactId": contact, "productId": q, "opening": opening });
            if n < 3 {
                last = place.done("grantAccess", danse, "position").await["position"].clone();
            } else if n == 3 {
                // Suspended: nothing opens.
                let suspended =
                    json!({ "contactId": contact, "productId": q, "mode": "SUSPENDED", "opening": opening });
                last = place.done("grantAccess", suspended, "position").await["position"].clone();
            }
        }
        // Who paid until the third day sees nothing of what opens on the sixth.
        let david = place.contact("David", "D").await;
        let order = json!({ "contactId": david, "productId": p, "type": "Mois", "billing": "RECURRING", "startsOn": "2026-03-31", "endsOn": "2026-04-03" });
        place.done("startSubscription", order, "").await;
        let zoe = place.contact("Zoé", "Z").await;
        last = place.done("grantAccess", json!({ "contactId": zoe, "productId": p }), "position").await["position"]
            .clone()
            .as_str()
            .map_or(last, |p| json!(p));
        let found = agenda(&place.account, Some(&last)).await;
        let lines: Vec<_> = found["openings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| {
                let module = it["module"]["name"].as_str().map(str::to_owned);
                (text(&it["day"]), text(&it["product"]["name"]), module, it["contacts"].as_i64().unwrap())
            })
            .collect();
        let line = |day: &str, product: &str, module: Option<&str>, contacts: i64| {
            (day.to_owned(), product.to_owned(), module.map(str::to_owned), contacts)
        };
        assert_eq!(
            lines,
            [
                line("2026-03-31", "Yoga", None, 14),
                line("2026-04-02", "Yoga", Some("Module 2"), 14),
                line("2026-04-03", "Danse", None, 3),
                line("2026-04-06", "Yoga", Some("Module 6"), 13),
            ]
        );
        assert_eq!(found["more"], json!(false));

        // The next day's week is another one.
        place.later(TimeDelta::days(1));
        let next = agenda(&place.account, None).await;
        assert_eq!((&next["from"], &next["to"]), (&json!("2026-04-01"), &json!("2026-04-07")));
        let days: Vec<_> = next["openings"].as_array().unwrap().iter().map(|it| text(&it["day"])).collect();
        assert_eq!(days, ["2026-04-02", "2026-04-03", "2026-04-06", "2026-04-07"]);
        let other = place.another("Autre maison").await;
        assert_eq!(codes(&other.ask(query, json!({ "a": place.account })).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn activity_of_an_account_is_counted_by_day_and_kind() {
    for place in everywhere().await {
        let query = "query($a: ID!, $from: Date!, $to: Date!) { activity(accountId: $a, from: $from, to: $to) {
            complete countedFrom days { day total kinds { type count } } } }";
        let other = place.another("Autre maison").await;
        let (anne, p) = (place.contact("Anne", "A").await, place.product("Yoga", &[]).await);
        other.contact("Bob", "B").await;
        // 22:30 UTC on 31 March is 1 April in Paris.
        place.later(TimeDelta::minutes(12 * 60 + 30));
        place.grant(&anne, &p).await;
        place.done("editContact", json!({ "contactId": anne, "lastName": "B" }), "").await;
        place.done("editContact", json!({ "contactId": anne, "lastName": "C" }), "").await;
        let ask = |from: &str, to: &str| json!({ "a": place.account, "from": from, "to": to });
        let counted = place.data(query, ask("2026-03-01", "2026-12-31")).await["activity"].clone();
        let kind = |kind: &str, count: i64| json!({ "type": kind, "count": count });
        assert_eq!(
            counted,
            json!({ "complete": true, "countedFrom": null, "days": [
                { "day": "2026-03-31", "total": 3, "kinds": [kind("account.opened", 1), kind("contact.added", 1), kind("product.created", 1)] },
                { "day": "2026-04-01", "total": 3, "kinds": [kind("access.granted", 1), kind("contact.edited", 2)] } ] })
        );
        let one = place.data(query, ask("2026-04-01", "2026-04-01")).await["activity"]["days"].clone();
        assert_eq!(one.as_array().unwrap().len(), 1);
        assert_eq!(place.data(query, ask("2026-03-01", "2026-03-30")).await["activity"]["days"], json!([]));
        for (from, to) in [("2026-04-01", "2026-03-31"), ("2026-01-01", "2027-01-02")] {
            assert_eq!(codes(&place.ask(query, ask(from, to)).await), ["DATE_INVALID"]);
        }
        assert_eq!(codes(&other.ask(query, ask("2026-04-01", "2026-04-01")).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn s5_the_subscriptions_of_a_type_are_listed_with_their_contacts() {
    for place in everywhere().await {
        let (p, q) = (place.product("Yoga", &[]).await, place.product("Danse", &[]).await);
        let anne = place.contact("Anne", "A").await;
        let start = async |product: &str, kind: &str, from: &str, to: Option<&str>| {
            let input = json!({ "contactId": anne, "productId": product, "type": kind, "billing": "RECURRING", "startsOn": from, "endsOn": to });
            place.later(TimeDelta::seconds(1));
            text(&place.done("startSubscription", input, "subscription { id }").await["subscription"]["id"])
        };
        let running = start(&p, "Club", "2026-01-01", None).await;
        let ended = start(&p, "Club", "2025-01-01", Some("2026-03-30")).await;
        let later = start(&q, "Club", "2026-05-01", None).await;
        let paused = start(&q, "École", "2026-01-01", Some("2026-03-31")).await;
        place.done("pauseSubscription", json!({ "subscriptionId": paused }), "").await;
        let query = "query($a: ID!, $f: SubscriptionFilter, $first: Int, $after: String) {
            accountSubscriptions(accountId: $a, filter: $f, first: $first, after: $after) {
                totalCount edges { node { id state contacts { totalCount edges { node { id } } } } } pageInfo { hasNextPage endCursor } } }";
        let list = async |filter: Value| {
            let page =
                place.data(query, json!({ "a": place.account, "f": filter })).await["accountSubscriptions"].clone();
            let ids: Vec<String> =
                page["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["id"])).collect();
            assert_eq!(page["totalCount"], ids.len());
            ids
        };
        assert_eq!(list(json!(null)).await, [paused.clone(), later.clone(), ended.clone(), running.clone()]);
        assert_eq!(list(json!({ "type": "Club" })).await, [later.clone(), ended.clone(), running.clone()]);
        assert_eq!(list(json!({ "productId": q })).await, [paused.clone(), later.clone()]);
        assert_eq!(list(json!({ "type": "Club", "productId": q })).await, std::slice::from_ref(&later));
        for (state, expected) in [("RUNNING", &running), ("ENDED", &ended), ("SCHEDULED", &later), ("PAUSED", &paused)]
        {
            assert_eq!(list(json!({ "state": state })).await, std::slice::from_ref(expected), "{state}");
        }
        assert_eq!(
            list(json!({ "type": "club" })).await,
            Vec::<String>::new(),
            "a type is a word of the account's own"
        );
        // Contacts of one, in pages; and of then.
        let submit = json!({ "accountId": place.account, "subscriptionIds": [running],
            "contacts": (0..4).map(|n| json!({ "lastName": format!("N{n}") })).collect::<Vec<_>>() });
        place.later(TimeDelta::hours(1));
        let done = place.done("submitContacts", submit, "contacts { contact { id } }").await;
        let new: Vec<String> = (0..4).map(|n| text(&done["contacts"][n]["contact"]["id"])).collect();
        place.later(TimeDelta::hours(1));
        place.done("detachContact", json!({ "subscriptionId": running, "contactId": new[1] }), "").await;
        let contacts = "query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Subscription {
            contacts(first: $first, after: $after) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } } } }";
        let page = place.data(contacts, json!({ "id": running, "first": 2 })).await["node"]["contacts"].clone();
        assert_eq!((&page["totalCount"], &page["pageInfo"]["hasNextPage"]), (&json!(4), &json!(true)));
        let rest =
            place.data(contacts, json!({ "id": running, "first": 9, "after": page["pageInfo"]["endCursor"] })).await;
        let ids =
            |page: &Value| page["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["id"])).collect::<Vec<_>>();
        let all = [ids(&page), ids(&rest["node"]["contacts"])].concat();
        assert_eq!(all, [anne.clone(), new[0].clone(), new[2].clone(), new[3].clone()]);
        let then = "query($c: ID!, $at: DateTime!) { contact(id: $c, asOf: $at) { subscriptions { id contacts { edges { node { id } } } } } }";
        for (at, count) in [("2026-03-31T10:30:00Z", 1), ("2026-03-31T11:30:00Z", 5)] {
            let sheet = place.data(then, json!({ "c": anne, "at": at })).await["contact"]["subscriptions"].clone();
            let of = sheet.as_array().unwrap().iter().find(|s| s["id"] == running).unwrap();
            assert_eq!(ids(&of["contacts"]).len(), count, "{at}");
        }
    }
}

#[tokio::test]
async fn s6_the_wider_search_is_by_the_exact_address_and_says_no_more_than_it_must() {
    for place in everywhere().await {
        let anne = place.person("Dupont", "anne@exemple.fr").await;
        let query = "query($a: ID!, $e: String!) { searchContacts(accountId: $a, email: $e) {
            here { id lastName } elsewhere { displayName accountNumber companyName } } }";
        let found = place.data(query, json!({ "a": place.account, "e": " ANNE@Exemple.fr " })).await;
        assert_eq!(found["searchContacts"], json!({ "here": { "id": anne, "lastName": "Dupont" }, "elsewhere": [] }));
        // Part of an address, and an address of an account that the caller does not reach, lead nowhere.
        let other = place.another("Autre maison").await;
        for email in ["anne", "anne@", "anne@exemple", "bob@exemple.fr"] {
            let nothing = other.data(query, json!({ "a": other.account, "e": email })).await;
            assert_eq!(nothing["searchContacts"], json!({ "here": null, "elsewhere": [] }), "{email}");
        }
        let theirs = other.data(query, json!({ "a": other.account, "e": "anne@exemple.fr" })).await;
        assert_eq!(theirs["searchContacts"], json!({ "here": null, "elsewhere": [] }));
        assert_eq!(
            codes(&other.ask(query, json!({ "a": place.account, "e": "anne@exemple.fr" })).await),
            ["NOT_FOUND"]
        );
    }
}

#[tokio::test]
async fn s12_an_account_is_found_by_the_number_that_people_read_out() {
    for place in everywhere().await {
        let number =
            text(&place.data("{ viewer { account { number } } }", json!({})).await["viewer"]["account"]["number"]);
        let query = "query($n: String!) { accountByNumber(number: $n) { id companyName } }";
        let found = place.data(query, json!({ "n": format!(" {number} ") })).await;
        assert_eq!(found["accountByNumber"], json!({ "id": place.account, "companyName": "Éditions du Phare" }));
        let other = place.another("Autre maison").await;
        assert_eq!(codes(&other.ask(query, json!({ "n": number })).await), ["NOT_FOUND"], "as one that is unknown");
        assert_eq!(codes(&place.ask(query, json!({ "n": "000000000" })).await), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn s13_one_person_under_several_customer_numbers_is_one_contact_in_each() {
    for place in everywhere().await {
        let other = place.another("Autre maison").await;
        let staged = |account: &str| json!({ "accountId": account, "contacts": [{ "lastName": "Dupont", "email": "anne@exemple.fr" }] });
        let wanted = "contacts { created contact { id } }";
        let here = place.done("submitContacts", staged(&place.account), wanted).await;
        let there = other.done("submitContacts", staged(&other.account), wanted).await;
        assert_eq!((&here["contacts"][0]["created"], &there["contacts"][0]["created"]), (&json!(true), &json!(true)));
        assert_ne!(here["contacts"][0]["contact"]["id"], there["contacts"][0]["contact"]["id"]);
    }
}

#[tokio::test]
async fn k8_a_sheet_of_then_tells_what_had_happened_by_then() {
    for place in everywhere().await {
        let (anne, p) = (place.contact("Anne", "A").await, place.product("Yoga", &[]).await);
        place.later(TimeDelta::hours(1));
        place.grant(&anne, &p).await;
        let query = "query($c: ID!, $at: DateTime) { contact(id: $c, asOf: $at) { accesses { mode } auditTrail { totalCount edges { node { type } } } } }";
        let then = place.data(query, json!({ "c": anne, "at": "2026-03-31T10:00:00Z" })).await["contact"].clone();
        assert_eq!(then["accesses"], json!([]));
        assert_eq!(
            then["auditTrail"],
            json!({ "totalCount": 1, "edges": [{ "node": { "type": "contact.added.v1" } }] })
        );
        let now = place.data(query, json!({ "c": anne, "at": "2026-03-31T11:00:00Z" })).await["contact"].clone();
        assert_eq!(now["auditTrail"]["totalCount"], 2);
    }
}
