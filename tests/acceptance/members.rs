//! Members and guests: one login for many accounts, each with its own rights (rows O1 to O10, O13 to O15, S13, B13, U11, U12).

use crate::place::{Place, codes, everywhere, refusal, text};
use chrono::TimeDelta;
use serde_json::{Value, json};

const MEMBER: &str = "contact { id profile status permissions userId memberUntil }";

impl Place {
    /// A guest of the account who said yes; the contact.
    pub async fn guest(&self, email: &str, token: &str, permissions: Value) -> String {
        let invite = json!({ "accountId": self.account, "email": email, "permissions": permissions });
        let contact = text(&self.done("inviteGuest", invite, MEMBER).await["contact"]["id"]);
        self.done_as(token, "acceptInvitation", json!({ "contactId": contact }), MEMBER).await;
        contact
    }

    /// The contact that a user is in this account.
    pub async fn member(&self, token: &str) -> String {
        let list = self
            .data_as(token, "{ accessList(first: 100) { edges { node { accountId contactId } } } }", json!({}))
            .await;
        let edges = list["accessList"]["edges"].as_array().unwrap().clone();
        text(&edges.iter().find(|e| e["node"]["accountId"] == json!(self.account)).unwrap()["node"]["contactId"])
    }

    /// How the account's members stand: e-mail and status.
    pub async fn member_status(&self, contact: &str) -> String {
        let query = "query($id: ID!) { contact(id: $id) { status } }";
        text(&self.data(query, json!({ "id": contact })).await["contact"]["status"])
    }
}

#[tokio::test]
async fn o7_o10_an_invitation_is_answered_by_the_invited_user_alone() {
    for place in everywhere().await {
        let (zoe, token) = place.user("zoe@exemple.fr").await;
        let (_, stranger) = place.user("other@exemple.fr").await;
        let invite =
            json!({ "accountId": place.account, "email": " Zoe@exemple.fr ", "permissions": ["SUPPORT", "BILLING"] });
        let invited = place.done("inviteGuest", invite.clone(), MEMBER).await["contact"].clone();
        let contact = text(&invited["id"]);
        assert_eq!((&invited["profile"], &invited["status"]), (&json!("GUEST"), &json!("INVITED")));
        assert_eq!(invited["permissions"], json!(["BILLING", "SUPPORT"]));
        assert_eq!(place.refused("inviteGuest", invite.clone()).await, refusal("ALREADY_INVITED", ""));

        // Nothing of the account is open to either before.
        let account = "query($id: ID!) { account(id: $id) { companyName } }";
        for held in [&token, &stranger] {
            let asked = place.ask_as(held, account, json!({ "id": place.account })).await.json();
            assert_eq!(codes(&asked), ["NOT_FOUND"]);
        }
        let waiting = "{ invitations { contactId companyName permissions } }";
        let theirs = place.data_as(&token, waiting, json!({})).await["invitations"].clone();
        assert_eq!(theirs[0]["companyName"], "Éditions du Phare");
        assert_eq!(theirs[0]["contactId"], json!(contact));
        assert_eq!(place.data_as(&stranger, waiting, json!({})).await["invitations"], json!([]));

        // By the contact alone a stranger learns nothing; with the link of the mail, why it is not theirs.
        let by_id = json!({ "contactId": contact });
        assert_eq!(
            place.refused_as(&stranger, "acceptInvitation", by_id.clone()).await,
            refusal("NOT_FOUND", "contactId")
        );
        let id: domain::ContactId = contact.parse().unwrap();
        let states = place.service.app.reader().states(vec![id.0]).await.unwrap();
        let occasion = states[&id.0].state.contact().unwrap().membership.invitation.as_ref().unwrap().id;
        let link = place.service.vault().link(sesame::vault::link::Purpose::Invitation, id.0, occasion);
        let by_link = json!({ "link": link.reveal() });
        assert_eq!(
            place.refused_as(&stranger, "acceptInvitation", by_link.clone()).await,
            refusal("NOT_THE_INVITED_USER", "")
        );
        assert_eq!(place.member_status(&contact).await, "INVITED", "it stays");

        place.done_as(&token, "declineInvitation", by_link.clone(), "").await;
        assert_eq!(place.member_status(&contact).await, "DECLINED");
        assert_eq!(place.refused_as(&token, "acceptInvitation", by_id.clone()).await, refusal("NOT_ALLOWED_NOW", ""));

        // Invited again after the refusal: the first link is spent, the second one opens.
        place.later(TimeDelta::minutes(5));
        assert_eq!(place.done("inviteGuest", invite, MEMBER).await["contact"]["id"], json!(contact));
        assert_eq!(place.refused_as(&token, "acceptInvitation", by_link).await, refusal("INVITATION_EXPIRED", ""));
        let accepted = place.done_as(&token, "acceptInvitation", by_id, MEMBER).await["contact"].clone();
        assert_eq!((&accepted["status"], &accepted["userId"]), (&json!("ACTIVE"), &json!(zoe)));
        let name = place.data_as(&token, account, json!({ "id": place.account })).await;
        assert_eq!(name["account"]["companyName"], "Éditions du Phare");
    }
}

#[tokio::test]
async fn o4_inviting_an_address_without_a_user_is_not_refused_and_tells_nothing() {
    for place in everywhere().await {
        place.user("known@exemple.fr").await;
        let invite = |email| json!({ "accountId": place.account, "email": email, "permissions": ["OTHER"] });
        let wanted = "contact { profile status permissions userId }";
        let known = place.done("inviteGuest", invite("known@exemple.fr"), wanted).await["contact"].clone();
        let unknown = place.done("inviteGuest", invite("unknown@exemple.fr"), wanted).await["contact"].clone();
        assert_eq!(known, unknown);
        let (_, token) = place.user("unknown@exemple.fr").await;
        let waiting = place.data_as(&token, "{ invitations { accountId } }", json!({})).await["invitations"].clone();
        assert_eq!(waiting, json!([{ "accountId": place.account }]), "it waits for whoever opens that login");
    }
}

#[tokio::test]
async fn o8_a_right_taken_away_is_gone_at_once_and_nobody_gives_what_they_lack() {
    for place in everywhere().await {
        let (_, token) = place.user("zoe@exemple.fr").await;
        let contact = place.guest("zoe@exemple.fr", &token, json!(["SUPPORT", "SECURITY"])).await;
        let add = json!({ "accountId": place.account, "lastName": "Durand" });
        place.done_as(&token, "addContact", add.clone(), "contact { id }").await;
        let product = json!({ "accountId": place.account, "name": "Revue" });
        assert_eq!(place.refused_as(&token, "createProduct", product).await, refusal("FORBIDDEN", ""));

        let invite =
            |permissions| json!({ "accountId": place.account, "email": "max@exemple.fr", "permissions": permissions });
        let refused = place.refused_as(&token, "inviteGuest", invite(json!(["BILLING"]))).await;
        assert_eq!(refused, refusal("PERMISSION_NOT_HELD", "permissions"));
        let max = place.done_as(&token, "inviteGuest", invite(json!(["SUPPORT"])), "contact { id }").await;
        let raise = json!({ "contactId": max["contact"]["id"], "permissions": ["SUPPORT", "BILLING"] });
        let refused = place.refused_as(&token, "setPermissions", raise).await;
        assert_eq!(refused, refusal("PERMISSION_NOT_HELD", "permissions"));
        let own = json!({ "contactId": contact, "permissions": ["SUPPORT", "SECURITY", "BILLING"] });
        assert_eq!(
            place.refused_as(&token, "setPermissions", own).await,
            refusal("PERMISSION_NOT_HELD", "permissions")
        );

        place.done("setPermissions", json!({ "contactId": contact, "permissions": ["OTHER"] }), "").await;
        assert_eq!(place.refused_as(&token, "addContact", add).await, refusal("FORBIDDEN", ""));
        let list = "query($id: ID!) { contacts(accountId: $id) { totalCount } }";
        place.data_as(&token, list, json!({ "id": place.account })).await;
        place.done("deactivateMember", json!({ "contactId": contact }), "").await;
        let asked = place.ask_as(&token, list, json!({ "id": place.account })).await.json();
        assert_eq!(codes(&asked), ["NOT_FOUND"], "switched off: the account is not even there");
        place.done("reactivateMember", json!({ "contactId": contact }), "").await;
        place.data_as(&token, list, json!({ "id": place.account })).await;
    }
}

#[tokio::test]
async fn o2_an_owner_may_everything_and_members_come_in_by_their_verified_email() {
    for place in everywhere().await {
        let open = json!({ "companyName": "Club", "ownerEmail": "anne@exemple.fr" });
        let opened = place.done_as(&place.operator, "openAccount", open, "account { id }").await;
        let account = text(&opened["account"]["id"]);
        let (_, anne) = place.user("anne@exemple.fr").await;
        let name = json!({ "accountId": account, "companyName": "Club d'Anne" });
        place.done_as(&anne, "renameAccount", name, "").await;

        let add = json!({ "accountId": account, "lastName": "Durand", "email": "paul@exemple.fr", "permissions": ["BILLING"] });
        let paul = place.done_as(&anne, "addMember", add.clone(), MEMBER).await["contact"].clone();
        assert_eq!((&paul["profile"], &paul["status"]), (&json!("CONTACT"), &json!("PENDING")));
        assert_eq!(place.refused_as(&anne, "addMember", add).await, refusal("ALREADY_MEMBER", "email"));
        let (user, token) = place.user("paul@exemple.fr").await;
        let status = "query($id: ID!) { contact(id: $id) { status userId } }";
        let seen = place.data_as(&token, status, json!({ "id": paul["id"] })).await["contact"].clone();
        assert_eq!(seen, json!({ "status": "ACTIVE", "userId": user }));

        // The owner stays until somebody else is.
        let members = "query($a: ID!, $f: MemberFilter) { members(accountId: $a, filter: $f) { edges { node { contact { id profile status } } } } }";
        let list = place.data_as(&anne, members, json!({ "a": account, "f": { "profile": "CLIENT" } })).await;
        let owner = list["members"]["edges"][0]["node"]["contact"].clone();
        for (mutation, input) in [
            ("deactivateMember", json!({ "contactId": owner["id"] })),
            ("deleteContact", json!({ "contactId": owner["id"] })),
            ("leaveAccount", json!({ "contactId": owner["id"] })),
            ("setMembershipExpiry", json!({ "contactId": owner["id"], "until": "2026-06-30" })),
        ] {
            assert_eq!(place.refused_as(&anne, mutation, input).await, refusal("LAST_OWNER", ""), "{mutation}");
        }
        let transfer = json!({ "contactId": paul["id"] });
        assert_eq!(place.refused_as(&token, "transferOwnership", transfer.clone()).await, refusal("FORBIDDEN", ""));
        place.done_as(&anne, "transferOwnership", transfer.clone(), "").await;
        assert_eq!(place.refused_as(&anne, "transferOwnership", transfer).await, refusal("FORBIDDEN", ""));
        let now = place.data_as(&token, members, json!({ "a": account })).await["members"]["edges"].clone();
        let profiles: Vec<_> =
            now.as_array().unwrap().iter().map(|e| e["node"]["contact"]["profile"].clone()).collect();
        assert_eq!(profiles.iter().filter(|p| **p == "CLIENT").count(), 1, "{now}");
    }
}

#[tokio::test]
async fn u12_nobody_takes_over_the_owner_by_editing_it() {
    for place in everywhere().await {
        let open = json!({ "companyName": "Club", "ownerEmail": "anne@exemple.fr" });
        let opened = place.done_as(&place.operator, "openAccount", open, "account { id }").await;
        let account = text(&opened["account"]["id"]);
        let (_, anne) = place.user("anne@exemple.fr").await;
        let (_, token) = place.user("max@exemple.fr").await;
        let all = json!(["BILLING", "SUPPORT", "DEPLOYMENT", "SYSTEM_CONFIGURATION", "SECURITY", "OTHER"]);
        let invite = json!({ "accountId": account, "email": "max@exemple.fr", "permissions": all });
        let max = place.done_as(&anne, "inviteGuest", invite, "contact { id }").await;
        place.done_as(&token, "acceptInvitation", json!({ "contactId": max["contact"]["id"] }), "").await;
        let members = "query($a: ID!) { members(accountId: $a, filter: { profile: CLIENT }) { edges { node { contact { id } } } } }";
        let owner = place.data_as(&token, members, json!({ "a": account })).await["members"]["edges"][0]["node"]["contact"]["id"].clone();
        let edited = json!({ "contactId": owner, "email": "max+owner@exemple.fr" });
        assert_eq!(place.refused_as(&token, "editContact", edited).await, refusal("PERMISSION_NOT_HELD", ""));
        // Nobody erases the owner while the account is theirs, not even they themselves.
        for by in [&token, &anne] {
            let erased = json!({ "contactId": owner, "confirm": true });
            assert_eq!(place.refused_as(by, "eraseContact", erased).await, refusal("LAST_OWNER", ""));
        }
        assert_eq!(
            place.refused_as(&token, "transferOwnership", json!({ "contactId": max["contact"]["id"] })).await,
            refusal("FORBIDDEN", "")
        );
    }
}

#[tokio::test]
async fn o13_o15_a_user_finds_each_of_many_accounts_and_works_in_one_at_a_time() {
    for place in everywhere().await {
        let (user, token) = place.user("zoe@exemple.fr").await;
        let mut contacts = Vec::new();
        for n in 0..7 {
            let other = place.another(&format!("Société {n}")).await;
            contacts.push((other.guest("zoe@exemple.fr", &token, json!(["SUPPORT"])).await, other));
        }
        let query = "query($s: String, $after: String) { accessList(search: $s, first: 3, after: $after) { totalCount pageInfo { hasNextPage endCursor }
            edges { node { accountId companyName number userId contactId profile status permissions lastUsed } } } }";
        let (mut names, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = place.data_as(&token, query, json!({ "after": after })).await["accessList"].clone();
            assert_eq!(page["totalCount"], 7);
            names.extend(page["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["companyName"])));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(names, (0..7).map(|n| format!("Société {n}")).collect::<Vec<_>>());
        let found = place.data_as(&token, query, json!({ "s": "SOCIETE 3" })).await["accessList"]["edges"].clone();
        assert_eq!(found.as_array().unwrap().len(), 1);
        let (contact, third) = &contacts[3];
        assert_eq!(found[0]["node"]["accountId"], json!(third.account));
        assert_eq!((&found[0]["node"]["userId"], &found[0]["node"]["contactId"]), (&json!(user), &json!(contact)));

        // Two accounts that one user reaches stay apart, also within one command and one question.
        let theirs = contacts[1].1.contact("Anne", "Durand").await;
        let product = third.product("Revue", &[]).await;
        let (_, admin) = place.user("admin@exemple.fr").await;
        for (_, of) in [&contacts[1], &contacts[3]] {
            of.guest("admin@exemple.fr", &admin, json!(["DEPLOYMENT", "SUPPORT", "OTHER"])).await;
        }
        let grant = json!({ "contactId": theirs, "productId": product });
        assert_eq!(place.refused_as(&admin, "grantAccess", grant).await, refusal("NOT_FOUND", "productId"));
        let decision = "query($c: ID!, $p: ID!) { accessDecision(contactId: $c, productId: $p) { open } }";
        let asked = place.ask_as(&admin, decision, json!({ "c": theirs, "p": product })).await.json();
        assert_eq!(codes(&asked), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn b13_o14_a_guest_s_last_day_passes_by_itself_who_never_came_is_listed_and_a_guest_leaves() {
    for place in everywhere().await {
        let (_, token) = place.user("zoe@exemple.fr").await;
        let (_, other) = place.user("max@exemple.fr").await;
        let zoe = place.guest("zoe@exemple.fr", &token, json!(["OTHER"])).await;
        let max = place.guest("max@exemple.fr", &other, json!(["OTHER"])).await;
        let product = place.product("Revue", &[]).await;
        place.grant(&zoe, &product).await;
        let expiry = json!({ "contactId": zoe, "until": "2026-04-10" });
        place.done("setMembershipExpiry", expiry, "").await;
        assert_eq!(place.decision(&zoe, &product, Some("2026-04-10T21:59:59Z")).await["open"], true);
        let after = place.decision(&zoe, &product, Some("2026-04-10T22:00:00Z")).await;
        assert_eq!((&after["open"], &after["reason"]), (&json!(false), &json!("NOT_ACTIVE_MEMBER")));

        let review = "query($a: ID!, $f: MemberFilter) { members(accountId: $a, filter: $f) { edges { node { lastUsed contact { id status } } } } }";
        let listed = async |filter: Value| {
            let list = place.data(review, json!({ "a": place.account, "f": filter })).await["members"]["edges"].clone();
            list.as_array().unwrap().iter().map(|e| text(&e["node"]["contact"]["id"])).collect::<Vec<_>>()
        };
        place.later(TimeDelta::days(1));
        let came = "query($id: ID!) { account(id: $id) { id } }";
        place.data_as(&token, came, json!({ "id": place.account })).await;
        assert_eq!(listed(json!({ "unusedSince": "2026-04-01T00:00:00Z" })).await, std::slice::from_ref(&max));
        assert_eq!(listed(json!({ "expiringBy": "2026-04-30" })).await, std::slice::from_ref(&zoe));
        assert!(listed(json!({ "status": "EXPIRED" })).await.is_empty());

        place.later(TimeDelta::days(15));
        assert_eq!(listed(json!({ "status": "EXPIRED" })).await, std::slice::from_ref(&zoe));
        assert_eq!(place.member_status(&zoe).await, "EXPIRED");
        assert_eq!(codes(&place.ask_as(&token, came, json!({ "id": place.account })).await.json()), ["NOT_FOUND"]);

        place.done_as(&other, "leaveAccount", json!({ "contactId": max }), "").await;
        assert_eq!(place.member_status(&max).await, "REVOKED");
        assert_eq!(codes(&place.ask_as(&other, came, json!({ "id": place.account })).await.json()), ["NOT_FOUND"]);
        let again = json!({ "accountId": place.account, "email": "max@exemple.fr", "permissions": [] });
        assert_eq!(place.done("inviteGuest", again, MEMBER).await["contact"]["id"], json!(max), "asked back");
    }
}

#[tokio::test]
async fn o9_an_invitation_is_sent_again_taken_back_and_runs_out() {
    for place in everywhere().await {
        let (_, token) = place.user("zoe@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": [] });
        let contact = text(&place.done("inviteGuest", invite.clone(), MEMBER).await["contact"]["id"]);
        let it = json!({ "contactId": contact });
        assert_eq!(place.refused("resendInvitation", it.clone()).await, refusal("NOT_ALLOWED_NOW", ""), "not at once");
        place.later(TimeDelta::minutes(2));
        place.done("resendInvitation", it.clone(), "").await;
        place.later(TimeDelta::days(14));
        assert_eq!(place.member_status(&contact).await, "EXPIRED");
        assert_eq!(place.refused_as(&token, "acceptInvitation", it.clone()).await, refusal("INVITATION_EXPIRED", ""));
        place.done("inviteGuest", invite.clone(), "").await;
        place.done("revokeInvitation", it.clone(), "").await;
        assert_eq!(place.refused_as(&token, "acceptInvitation", it.clone()).await, refusal("INVITATION_REVOKED", ""));
        assert_eq!(place.refused("resendInvitation", it.clone()).await, refusal("INVITATION_REVOKED", ""));
        place.done("inviteGuest", invite.clone(), "").await;
        place.done_as(&token, "acceptInvitation", it, "").await;
        assert_eq!(place.refused("inviteGuest", invite).await, refusal("ALREADY_MEMBER", ""));
        let mails = "SELECT COUNT(*) FROM outbox WHERE template = 'invitation'";
        let sent = place.service.db().fetch(projections::Ask::<(i64,)>::new(mails, [])).await.unwrap();
        assert_eq!(sent[0].0, 4, "one mail an invitation, sent or waiting");
    }
}

#[tokio::test]
async fn o3_o5_s13_one_email_is_owner_here_contact_there_and_guest_elsewhere() {
    for place in everywhere().await {
        let open = json!({ "companyName": "A", "ownerEmail": "zoe@exemple.fr" });
        place.done_as(&place.operator, "openAccount", open, "").await;
        let there = place.another("B").await;
        let add = json!({ "accountId": there.account, "lastName": "Martin", "email": "zoe@exemple.fr", "permissions": ["OTHER"] });
        there.done("addMember", add, "").await;
        let (_, token) = place.user("zoe@exemple.fr").await;
        let elsewhere = place.another("C").await;
        elsewhere.guest("zoe@exemple.fr", &token, json!([])).await;
        let list = "{ accessList { edges { node { companyName profile } } } }";
        let edges = place.data_as(&token, list, json!({})).await["accessList"]["edges"].clone();
        let node = |name, profile| json!({ "node": { "companyName": name, "profile": profile } });
        assert_eq!(edges, json!([node("A", "CLIENT"), node("B", "CONTACT"), node("C", "GUEST")]));
    }
}

#[tokio::test]
async fn o6_support_adds_members_too_and_the_trail_says_on_whose_behalf() {
    for place in everywhere().await {
        let staff = json!({ "role": "STAFF", "name": "support" });
        let staff = text(&place.done_as(&place.operator, "createToken", staff, "token").await["token"]);
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": ["SUPPORT"] });
        place.done_as(&staff, "inviteGuest", invite, "").await;
        let trail = "query($a: ID!) { auditTrail(accountId: $a, first: 5) { edges { node { type onBehalfOf actor { kind } } } } }";
        let entries = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
        let invited = entries
            .as_array()
            .unwrap()
            .iter()
            .find(|e| e["node"]["type"].as_str().is_some_and(|t| t.contains("invited")));
        let node = &invited.unwrap()["node"];
        assert_eq!((&node["actor"]["kind"], &node["onBehalfOf"]), (&json!("STAFF"), &json!(place.account)));
    }
}

/// A mutation of support that says why.
async fn because(place: &Place, token: &str, mutation: &str, input: Value, reason: Value) -> Value {
    let kind = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
    let query = format!("mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code field }} }} }}");
    let body = json!({ "query": query, "variables": { "input": input }, "extensions": { "reason": reason } });
    let request = axum::http::Request::post("/graphql")
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {token}"))
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    place.send(request).await.json()["data"][mutation].clone()
}

#[tokio::test]
async fn o6_support_says_why_and_the_account_reads_it_in_its_trail() {
    for place in everywhere().await {
        let staff = place.staff().await;
        let c = place.person("Durand", "durand@exemple.fr").await;
        let trail = "query($a: ID!) { auditTrail(accountId: $a, first: 3) { edges { node { type sentence onBehalfOf commandId contact { id } } } } }";
        let newest = async || {
            let edges = place.data(trail, json!({ "a": place.account })).await["auditTrail"]["edges"].clone();
            edges.as_array().unwrap().iter().map(|e| e["node"].clone()).collect::<Vec<_>>()
        };
        let edit = |phone: &str| json!({ "contactId": c, "phone": phone });
        let done = because(&place, &staff, "editContact", edit("0102"), json!("Appel de Mme Durand, dossier 12")).await;
        assert_eq!(done["userErrors"], json!([]));
        let told = newest().await;
        assert_eq!((&told[0]["type"], &told[1]["type"]), (&json!("contact.edited.v1"), &json!("contact.acted_for.v1")));
        assert_eq!(told[1]["sentence"], "Done by support for the account: Appel de Mme Durand, dossier 12");
        assert_eq!((&told[1]["commandId"], &told[1]["onBehalfOf"]), (&told[0]["commandId"], &json!(place.account)));
        // Of something that is no sheet: beside it, with the account.
        let product = json!({ "accountId": place.account, "name": "Revue" });
        because(&place, &staff, "createProduct", product, json!("Demandé par téléphone")).await;
        let told = newest().await;
        assert!(
            told.iter().any(|e| e["type"] == "account.acted_for.v1"
                && e["sentence"] == "Done by support for the account: Demandé par téléphone"),
            "{told:#?}"
        );
        let number = json!({ "accountId": place.account, "companyName": "Autre nom" });
        because(&place, &staff, "renameAccount", number, json!("Erreur de saisie")).await;
        assert_eq!(newest().await[1]["type"], "account.acted_for.v1");
        // Too long is refused and changes nothing; nothing changed, nothing is said; others are not asked.
        let long = because(&place, &staff, "editContact", edit("0304"), json!("x".repeat(1001))).await;
        assert_eq!(long["userErrors"], json!([{ "code": "TOO_LONG", "field": ["reason"] }]));
        let before = newest().await;
        because(&place, &staff, "editContact", edit("0102"), json!("encore")).await;
        assert_eq!(newest().await, before);
        because(&place, &place.token, "editContact", edit("0506"), json!("du compte")).await;
        assert_eq!(newest().await[1]["commandId"], before[0]["commandId"], "one event, and no reason");
        // Erased with the person it speaks of.
        place.done("eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        let all = "query($a: ID!) { auditTrail(accountId: $a, first: 50) { edges { node { sentence } } } }";
        let all = place.data(all, json!({ "a": place.account })).await.to_string();
        assert!(!all.contains("Durand") && all.contains("Done by support for the account\""), "{all}");
    }
}

#[tokio::test]
async fn o14_members_are_counted_as_they_are_listed() {
    for place in everywhere().await {
        for n in 0..5 {
            let invite = json!({ "accountId": place.account, "email": format!("g{n}@exemple.fr"), "permissions": [] });
            place.done("inviteGuest", invite, "").await;
        }
        let add =
            json!({ "accountId": place.account, "lastName": "D", "email": "d@exemple.fr", "permissions": ["OTHER"] });
        place.done("addMember", add, "").await;
        let query = "query($a: ID!, $f: MemberFilter, $first: Int) { members(accountId: $a, filter: $f, first: $first) { totalCount edges { node { accountId contact { id } } } } }";
        let count = async |filter: Value| {
            let list =
                place.data(query, json!({ "a": place.account, "f": filter, "first": 2 })).await["members"].clone();
            (list["totalCount"].as_i64().unwrap(), list["edges"].as_array().unwrap().len())
        };
        assert_eq!(count(json!(null)).await, (6, 2));
        assert_eq!(count(json!({ "profile": "GUEST" })).await, (5, 2));
        assert_eq!(count(json!({ "status": "PENDING" })).await, (1, 1));
        assert_eq!(count(json!({ "status": "REVOKED" })).await, (0, 0));
        place.later(TimeDelta::days(20));
        assert_eq!(count(json!({ "status": "EXPIRED" })).await, (5, 2));
    }
}

#[tokio::test]
async fn o1_a_member_without_rights_sees_themselves_and_nobody_else() {
    for place in everywhere().await {
        let (_, token) = place.user("zoe@exemple.fr").await;
        let own = place.guest("zoe@exemple.fr", &token, json!([])).await;
        let other = place.person("Durand", "durand@exemple.fr").await;
        let product = place.product("Revue", &[]).await;
        let hidden = place.product("Autre", &[]).await;
        place.grant(&own, &product).await;
        let sheet = "query($id: ID!) { contact(id: $id) { email accesses { product { name } } } }";
        let seen = place.data_as(&token, sheet, json!({ "id": own })).await["contact"].clone();
        assert_eq!(seen, json!({ "email": "zoe@exemple.fr", "accesses": [{ "product": { "name": "Revue" } }] }));
        for (query, id) in [
            (sheet, &other),
            ("query($id: ID!) { product(id: $id) { name } }", &hidden),
            ("query($id: ID!) { contacts(accountId: $id) { totalCount } }", &place.account),
            ("query($id: ID!) { members(accountId: $id) { totalCount } }", &place.account),
            ("query($id: ID!) { auditTrail(accountId: $id) { totalCount } }", &place.account),
            ("query($id: ID!) { contact(id: $id) { auditTrail { totalCount } } }", &own),
        ] {
            let asked = place.ask_as(&token, query, json!({ "id": id })).await.json();
            assert_eq!(codes(&asked), ["NOT_FOUND"], "{query}");
        }
    }
}
