//! One login and the contacts that are its own: linked in every account, before and after, and parted when it is erased (rows O1, O13, O15, A9, B8).

use crate::{
    place::{Place, codes, everywhere, refusal, text},
    requests::mails,
};
use serde_json::{Value, json};

const LIST: &str = "query($u: ID, $s: String, $first: Int, $after: String) { accessList(userId: $u, search: $s, first: $first, after: $after) {
    totalCount pageInfo { hasNextPage endCursor } edges { node { companyName profile number status userId } } } }";

impl Place {
    /// Who signs in as a contact.
    async fn user_of(&self, contact: &str) -> Value {
        let query = "query($id: ID!) { contact(id: $id) { userId } }";
        self.data(query, json!({ "id": contact })).await["contact"]["userId"].clone()
    }

    /// A token of support.
    pub async fn staff(&self) -> String {
        let staff = json!({ "role": "STAFF", "name": "support" });
        text(&self.done_as(&self.operator, "createToken", staff, "token").await["token"])
    }
}

#[tokio::test]
async fn o1_a_verified_email_leads_to_whoever_is_recorded_with_it_before_and_after() {
    for place in everywhere().await {
        // Recorded before: as an address in the list and nothing more, here and under another customer number.
        let here = place.person("Martin", "zoe@exemple.fr").await;
        let there = place.another("Club voisin").await;
        let other = there.person("Martin", "Zoe@exemple.fr").await;
        let bystander = place.person("Durand", "durand@exemple.fr").await;
        let invited = place.another("Ailleurs").await;
        let invite = json!({ "accountId": invited.account, "email": "zoe@exemple.fr", "permissions": [] });
        let guest = text(&invited.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
        let group =
            json!({ "accountId": place.account, "kind": "GROUP", "companyName": "Club", "email": "club@exemple.fr" });
        let group = text(&place.done("addContact", group, "contact { id }").await["contact"]["id"]);
        let (user, token) = place.user("zoe@exemple.fr").await;
        assert_eq!((place.user_of(&here).await, there.user_of(&other).await), (json!(user), json!(user)));
        assert_eq!(
            (place.user_of(&bystander).await, invited.user_of(&guest).await),
            (Value::Null, Value::Null),
            "a guest says yes first"
        );
        let list = place.data_as(&token, LIST, json!({})).await["accessList"].clone();
        let node = |n: usize, name: &str| {
            (list["edges"][n]["node"]["companyName"].clone(), list["edges"][n]["node"]["profile"].clone())
                == (json!(name), json!("CONTACT"))
        };
        assert!(list["totalCount"] == 2 && node(0, "Club voisin") && node(1, "Éditions du Phare"), "{list:#}");
        // Recorded after: in the same append, whatever the door.
        let third = place.another("Troisième").await;
        let added = json!({ "accountId": third.account, "lastName": "Martin", "email": "zoe@exemple.fr" });
        assert_eq!(third.done("addContact", added, "contact { userId }").await["contact"]["userId"], json!(user));
        let fourth = place.another("Quatrième").await;
        let edited = fourth.person("Martin", "avant@exemple.fr").await;
        let edit = json!({ "contactId": edited, "email": "zoe@exemple.fr" });
        assert_eq!(fourth.done("editContact", edit, "contact { userId }").await["contact"]["userId"], json!(user));
        let back = json!({ "contactId": edited, "email": "avant@exemple.fr" });
        assert_eq!(fourth.done("editContact", back, "contact { userId }").await["contact"]["userId"], Value::Null);
        let fifth = place.another("Cinquième").await;
        crate::http::import(&fifth, "Nom;E-mail\nÉté;zoe@exemple.fr\nPetit;paul@exemple.fr\n").await;
        let names = place.data_as(&token, LIST, json!({})).await["accessList"].clone();
        assert_eq!(names["totalCount"], 4, "{names:#}");
        // A group mailbox signs in nowhere, whoever has it.
        place.user("club@exemple.fr").await;
        assert_eq!(place.user_of(&group).await, Value::Null);
    }
}

#[tokio::test]
async fn o13_o15_a_user_of_five_hundred_accounts_pages_and_searches_them() {
    const ACCOUNTS: usize = 500;
    for place in everywhere().await {
        let (user, token) = place.user("zoe@exemple.fr").await;
        for n in 0..ACCOUNTS {
            let open = json!({ "companyName": format!("Société {n:03}"), "ownerEmail": "zoe@exemple.fr" });
            place.done_as(&place.operator, "openAccount", open, "").await;
        }
        let (mut names, mut after) = (Vec::new(), Value::Null);
        loop {
            let page = place.data_as(&token, LIST, json!({ "first": 100, "after": after })).await["accessList"].clone();
            assert_eq!(page["totalCount"], ACCOUNTS);
            names.extend(page["edges"].as_array().unwrap().iter().map(|e| text(&e["node"]["companyName"])));
            if page["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(names, (0..ACCOUNTS).map(|n| format!("Société {n:03}")).collect::<Vec<_>>());
        let found = place.data_as(&token, LIST, json!({ "s": "societe 37", "first": 4 })).await["accessList"].clone();
        assert_eq!((&found["totalCount"], found["edges"].as_array().unwrap().len()), (&json!(10), 4));
        assert_eq!(found["edges"][0]["node"]["companyName"], "Société 370");
        let number = found["edges"][0]["node"]["number"].clone();
        let found = place.data_as(&token, LIST, json!({ "s": number })).await["accessList"].clone();
        assert_eq!((&found["totalCount"], &found["edges"][0]["node"]["number"]), (&json!(1), &number));
        assert_eq!(place.data_as(&token, LIST, json!({ "s": "introuvable" })).await["accessList"]["totalCount"], 0);
        // The same list as support sees it (« liste d'accès »), and nobody else does.
        let staff = place.staff().await;
        let seen = place.data_as(&staff, LIST, json!({ "u": user, "s": "371" })).await["accessList"].clone();
        assert_eq!(seen["edges"][0]["node"]["userId"], json!(user));
        let (_, stranger) = place.user("other@exemple.fr").await;
        for held in [&stranger, &place.token, &place.operator] {
            assert_eq!(codes(&place.ask_as(held, LIST, json!({ "u": user })).await.json()), ["NOT_FOUND"]);
        }
        assert_eq!(codes(&place.ask_as(&staff, LIST, json!({ "u": "usr_1" })).await.json()), ["NOT_FOUND"]);
    }
}

#[tokio::test]
async fn b8_a_user_erases_their_login_and_its_email_is_free_again() {
    for place in everywhere().await {
        let (user, token) = place.user("zoe@exemple.fr").await;
        let (_, other) = place.user("max@exemple.fr").await;
        let recorded = place.person("Martin", "zoe@exemple.fr").await;
        let there = place.another("Club voisin").await;
        let invite = json!({ "accountId": there.account, "email": "zoe@exemple.fr", "permissions": ["OTHER"] });
        let guest = text(&there.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
        there.done_as(&token, "acceptInvitation", json!({ "contactId": guest }), "").await;
        let it = json!({ "userId": user });
        assert_eq!(place.refused_as(&other, "eraseUser", it.clone()).await, refusal("NOT_FOUND", "userId"));
        assert_eq!(
            place.refused("eraseUser", it.clone()).await,
            refusal("FORBIDDEN", ""),
            "an account erases no login"
        );
        let wanted = "user { email name erased emailVerified }";
        let erased = place.done_as(&token, "eraseUser", it.clone(), wanted).await["user"].clone();
        assert_eq!(erased, json!({ "email": null, "name": null, "erased": true, "emailVerified": false }));
        place.settled().await;
        // The guest has left; whoever the account recorded stays its contact, and waits for another login.
        let sheet = "query($id: ID!) { contact(id: $id) { status userId email } }";
        let left = there.data(sheet, json!({ "id": guest })).await["contact"].clone();
        assert_eq!((&left["status"], &left["userId"]), (&json!("REVOKED"), &json!(null)));
        let stays = place.data(sheet, json!({ "id": recorded })).await["contact"].clone();
        assert_eq!(
            (&stays["status"], &stays["userId"], &stays["email"]),
            (&json!("ACTIVE"), &json!(null), &json!("zoe@exemple.fr"))
        );
        let viewer = place.ask_as(&token, "{ viewer { user { email } } }", json!({})).await;
        assert_eq!(viewer.status.as_u16(), 401, "a token of nobody opens nothing");
        place.done_as(&place.operator, "eraseUser", it, "").await;
        // Its key is gone, and its e-mail is whose it is shown to be next.
        let id: domain::UserId = user.parse().unwrap();
        assert!(place.service.vault().keys(vec![id.0]).await.unwrap().is_empty());
        let (next, _) = place.user("zoe@exemple.fr").await;
        assert_eq!(place.user_of(&recorded).await, json!(next));
        assert_eq!(there.user_of(&guest).await, Value::Null);
    }
}

#[tokio::test]
async fn s2_a_member_by_hand_and_whoever_is_new_in_a_journey_are_mailed_to_verify_and_groups_are_not() {
    for place in everywhere().await {
        let add =
            json!({ "accountId": place.account, "lastName": "Durand", "email": "paul@exemple.fr", "permissions": [] });
        place.done("addMember", add, "").await;
        assert_eq!(mails(&place, "verify_email").await.len(), 1);
        let known = place.person("Ancienne", "anne@exemple.fr").await;
        assert_eq!(mails(&place, "verify_email").await.len(), 2);
        let staged = json!([
            { "contactId": known },
            { "lastName": "Retrouvé", "email": "Paul@exemple.fr" },
            { "lastName": "Neuve", "email": "zoe@exemple.fr" },
            { "kind": "GROUP", "companyName": "Club", "email": "club@exemple.fr" },
            { "lastName": "Sans adresse" }
        ]);
        let product = place.product("Yoga", &[]).await;
        let start = json!({ "productId": product, "type": "Club", "billing": "ONE_OFF" });
        let journey = json!({ "accountId": place.account, "contacts": staged, "startSubscription": start });
        let done = place.done("submitContacts", journey, "contacts { created contact { id } }").await;
        let sent = mails(&place, "verify_email").await;
        assert_eq!(sent.len(), 3, "the one that is new and a person, and nobody else");
        let zoe = text(&done["contacts"][2]["contact"]["id"]);
        assert!(sent.iter().any(|mail| mail["contact"] == json!(crate::requests::uuid(&zoe))));
        let arrived = place.mails().await;
        assert!(arrived.iter().any(|mail| mail.mail.to == "zoe@exemple.fr"), "it is a mail that goes out");
    }
}
