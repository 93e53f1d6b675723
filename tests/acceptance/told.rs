//! Whoever cannot go on is told why and what to do next, in their language (rows U7, O10, A15, K17).

use crate::place::{Place, everywhere, refusal, refusals, text};
use axum::{
    body::Body,
    http::{Method, Request},
};
use chrono::TimeDelta;
use serde_json::{Value, json};

impl Place {
    /// The sentences of a mutation that is refused, in French, with the spaces of a keyboard.
    async fn told(&mut self, token: &str, mutation: &str, input: Value) -> Vec<String> {
        self.lang = "fr";
        let said = self.change_as(token, mutation, input, "").await;
        self.lang = "en";
        said["userErrors"].as_array().unwrap().iter().map(|e| typed(&text(&e["message"]))).collect()
    }
}

/// A sentence as it would be typed.
fn typed(sentence: &str) -> String {
    sentence.replace(['\u{202f}', '\u{a0}'], " ").replace('’', "'")
}

#[tokio::test]
async fn k17_an_advance_says_a_day_once_and_warns_of_the_opening_it_replaces() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        for (ordered, day, warned) in [
            ("2026-03-01", "The access is advanced by 1 month; the day stays the same, 1 March 2026.", false),
            ("2026-06-01", "The access is advanced by 1 month: 1 May 2026 instead of 1 June 2026.", true),
        ] {
            let p = place.product(ordered, &[]).await;
            let opening = if warned { json!({ "fromDate": "2026-09-01" }) } else { json!({ "fromOrderDate": true }) };
            let grant = json!({ "contactId": c, "productId": p, "orderedOn": ordered, "opening": opening });
            place.done("grantAccess", grant, "").await;
            let advance = json!({ "contactId": c, "productId": p, "by": 1, "unit": "MONTHS" });
            let done = place.done("advanceAccess", advance.clone(), "warnings { code field }").await;
            let codes: Vec<_> = done["warnings"].as_array().unwrap().iter().map(|w| text(&w["code"])).collect();
            assert_eq!(codes, if warned { vec!["OPENING_REPLACED"] } else { vec![] });
            assert!(!warned || done["warnings"][0]["field"].is_null());
            let again = place.done("advanceAccess", advance, "warnings { code }").await;
            assert_eq!(again["warnings"], json!([]), "nothing was replaced this time");
            let trace = place.decision(&c, &p, None).await["trace"].clone();
            assert_eq!(trace[3]["detail"], day, "{trace:#}");
        }
    }
}

#[tokio::test]
async fn a15_erasing_asks_for_confirmation_and_is_left_to_support_where_deleting_is() {
    for place in everywhere().await {
        let c = place.contact("Anne", "Dupont").await;
        let (bare, yes) = (json!({ "contactId": c }), json!({ "contactId": c, "confirm": true }));
        assert_eq!(place.refused("eraseContact", bare.clone()).await, refusal("REQUIRED", "confirm"));
        let policy = json!({ "accountId": place.account, "deletionPolicy": "SUPPORT_ONLY" });
        place.done("setPolicies", policy, "").await;
        for mutation in ["deleteContact", "eraseContact"] {
            assert_eq!(place.refused(mutation, yes.clone()).await, refusal("DELETION_NEEDS_SUPPORT", ""), "{mutation}");
        }
        let staff = place.staff().await;
        assert_eq!(place.refused_as(&staff, "eraseContact", bare).await, refusal("REQUIRED", "confirm"));
        let erased = place.done_as(&staff, "eraseContact", yes, "contact { erased }").await;
        assert_eq!(erased["contact"]["erased"], true);
    }
}

#[tokio::test]
async fn o10_a_user_whose_address_is_not_verified_is_told_so_and_learns_of_no_invitation() {
    for mut place in everywhere().await {
        let invite = json!({ "accountId": place.account, "email": "zoe@exemple.fr", "permissions": [] });
        let invited = text(&place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"]);
        let unknown = "ctt_00000000000000000000000000000001";
        let mut answers = Vec::new();
        for email in ["zoe@exemple.fr", "other@exemple.fr"] {
            let user = json!({ "email": email });
            let user = place.done_as(&place.operator, "registerUser", user, "user { id }").await["user"]["id"].clone();
            let token = json!({ "role": "USER", "userId": user, "name": "a test" });
            let token = text(&place.done_as(&place.operator, "createToken", token, "token").await["token"]);
            for contact in [invited.as_str(), unknown] {
                for mutation in ["acceptInvitation", "declineInvitation"] {
                    answers.push(place.told(&token, mutation, json!({ "contactId": contact })).await);
                }
            }
        }
        answers.dedup();
        let remedy = "Cette adresse e-mail n'est pas vérifiée. Faites d'abord vérifier l'adresse e-mail de votre compte utilisateur, auprès du support.";
        assert_eq!(answers, [[remedy]], "the same, whoever they are and whatever there is");
        assert_eq!(place.member_status(&invited).await, "INVITED");
    }
}

#[tokio::test]
async fn u8_what_people_type_in_is_whole_and_in_a_country_that_there_is() {
    for place in everywhere().await {
        let half = json!({ "city": "Paris" });
        let nowhere = json!({ "line1": "1", "postalCode": "1", "city": "X", "country": "ZZ" });
        let whole = json!({ "line1": "1 rue A", "postalCode": "75007", "city": "Paris" });
        let c = place.contact("Anne", "Dupont").await;
        for (address, code, field) in
            [(&half, "ADDRESS_INCOMPLETE", "address"), (&nowhere, "INVALID", "address.country")]
        {
            let expected = refusal(code, field);
            let add = json!({ "accountId": place.account, "lastName": "Durand", "address": address });
            assert_eq!(place.refused("addContact", add).await, expected);
            let edit = json!({ "contactId": c, "phone": "0102", "address": address });
            assert_eq!(place.refused("editContact", edit).await, expected);
            let set = json!({ "contactId": c, "address": address });
            assert_eq!(place.refused("setDeliveryAddress", set).await, expected);
            let staged =
                json!({ "accountId": place.account, "contacts": [{ "lastName": "Durand", "address": address }] });
            assert_eq!(place.refused("submitContacts", staged).await, refusal(code, &format!("contacts.0.{field}")));
        }
        // Every wrong field at once, the address among them.
        let worse = json!({ "accountId": place.account, "email": "nobody", "lastName": "Durand", "address": half });
        let mut all = place.refused("addContact", worse).await;
        all.sort();
        assert_eq!(all, [refusal("ADDRESS_INCOMPLETE", "address"), refusal("EMAIL_INVALID", "email")].concat());
        place
            .done("addContact", json!({ "accountId": place.account, "lastName": "Durand", "address": whole }), "")
            .await;
        // An empty one is none, and one that came incomplete from elsewhere does not hold up other changes.
        place.done("editContact", json!({ "contactId": c, "address": {} }), "").await;
        let erp = json!({ "accountId": place.account, "source": "sage", "ownedFields": [] });
        place.done("connectErp", erp, "").await;
        let record = json!({ "accountId": place.account, "records": [{ "externalId": "C-1", "lastName": "Martin", "address": half }] });
        place.done("syncErpRecords", record, "").await;
        let list = "query($a: ID!) { contacts(accountId: $a, filter: { search: \"Martin\" }) { edges { node { id address { city missing } } } } }";
        let found = place.data(list, json!({ "a": place.account })).await["contacts"]["edges"][0]["node"].clone();
        assert_eq!(found["address"], json!({ "city": "Paris", "missing": ["line1", "postalCode"] }));
        place.done("editContact", json!({ "contactId": found["id"], "phone": "0102", "address": half }), "").await;
    }
}

#[tokio::test]
async fn u7_whoever_cannot_do_it_now_is_told_one_thing_to_do_instead() {
    for mut place in everywhere().await {
        let token = place.token.clone();
        let now = "Cette action n'est pas possible dans l'état actuel.";
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let start = json!({ "contactId": c, "productId": p, "type": "Papier", "billing": "ONE_OFF", "startsOn": "2026-01-01", "endsOn": "2026-12-31" });
        let started =
            place.done_as(&token, "startSubscription", start, "subscription { id }").await["subscription"]["id"]
                .clone();
        let open = json!({ "contactId": c, "subscriptionId": started, "text": "Rien reçu" });
        let claim = place.done_as(&token, "openClaim", open, "claim { id }").await["claim"]["id"].clone();
        let answer = json!({ "claimId": claim, "text": "Renvoyé" });
        place.done_as(&token, "answerClaim", answer.clone(), "").await;
        let staff = place.staff().await;
        for (who, mutation, input, remedy) in [
            (&token, "answerClaim", answer, "Cette réclamation a déjà sa réponse ou est close : rouvrez-la d'abord."),
            (
                &token,
                "syncErpRecords",
                json!({ "accountId": place.account, "records": [] }),
                "Aucun ERP n'est connecté à ce compte : connectez-le d'abord.",
            ),
            (
                &token,
                "requestDeletion",
                json!({ "contactId": c }),
                "Ce compte supprime ses contacts lui-même : supprimez-le.",
            ),
            (
                &staff,
                "rejectDeletion",
                json!({ "contactId": c }),
                "Aucune demande de suppression n'attend de décision : il faut d'abord une nouvelle demande.",
            ),
        ] {
            assert_eq!(place.told(who, mutation, input).await, [format!("{now} {remedy}")], "{mutation}");
        }

        // Whom to ask: whoever may.
        let (_, max) = place.user("max@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "max@exemple.fr", "permissions": ["BILLING"] });
        let contact = place.done_as(&token, "inviteGuest", invite, "contact { id }").await["contact"]["id"].clone();
        place.done_as(&max, "acceptInvitation", json!({ "contactId": contact }), "").await;
        let no = "Vous n'avez pas l'autorisation de faire cela.";
        for (who, mutation, input, whom) in [
            (&max, "archiveProduct", json!({ "productId": p }), "Demandez-la au titulaire du compte."),
            (
                &token,
                "approveDeletion",
                json!({ "contactId": c }),
                "Seul le support peut le faire : adressez-vous à lui.",
            ),
            (
                &token,
                "openAccount",
                json!({ "companyName": "Club" }),
                "Seul l'exploitant du service peut le faire : adressez-vous à lui.",
            ),
            (
                &token,
                "leaveAccount",
                json!({ "contactId": contact }),
                "Seule la personne concernée peut le faire : connectez-vous sous son nom.",
            ),
        ] {
            assert_eq!(place.told(who, mutation, input).await, [format!("{no} {whom}")], "{mutation}");
        }

        // Why a day is not taken.
        let day = |field: &str, why: &str| format!("« {field} » : cette date ne peut pas être retenue, {why}");
        let late =
            json!({ "accountId": place.account, "email": "eva@exemple.fr", "permissions": [], "until": "2026-01-01" });
        let renew = json!({ "subscriptionId": started, "endsOn": "2025-01-01" });
        let paid = json!({ "subscriptionId": started, "state": "PAID", "occurredAt": "2026-06-01T00:00:00Z", "eventId": "e1" });
        let far = json!({ "contactId": c, "productId": p, "orderedOn": "1800-01-01" });
        for (mutation, input, start) in [
            ("inviteGuest", late, day("Jusqu'au", "car elle est passée.")),
            ("renewSubscription", renew, day("Fin", "car elle vient avant le premier jour.")),
            ("recordPayment", paid, day("Date de l'opération", "car elle est encore à venir.")),
            ("editAccess", far, day("Date de commande", "car elle est trop loin pour être voulue.")),
        ] {
            let told = place.told(&token, mutation, input).await;
            assert!(told.len() == 1 && told[0].starts_with(&start), "{mutation}: {told:?}");
        }
        place.later(TimeDelta::hours(1));
        let said = place.change_as(&token, "closeClaim", json!({ "claimId": claim }), "").await;
        assert!(refusals(&said).is_empty());
    }
}

#[tokio::test]
async fn a12_b10_whatever_an_address_asks_wrongly_is_named_with_what_it_takes() {
    for place in everywhere().await {
        place.done("connectErp", json!({ "accountId": place.account, "source": "sage" }), "").await;
        let said = async |method: Method, path: &str, body: &'static str| {
            let request =
                Request::builder().method(method).uri(path).header("authorization", format!("Bearer {}", place.token));
            let request = request.header("accept-language", "fr").body(Body::from(body)).unwrap();
            let answer = place.send(request).await;
            let first: Value = serde_json::from_str(answer.text.lines().next().unwrap_or_default()).unwrap();
            let message = first["errors"][0]["message"].as_str().or(first["message"].as_str()).unwrap_or_default();
            (answer.status.as_u16(), typed(message))
        };
        let (erp, import) =
            (format!("/erp/records?account={}", place.account), format!("/import/contacts?account={}", place.account));
        let no = |name: &str, value: &str, expected: &str| {
            let value = if value.is_empty() { String::new() } else { format!(" (« {value} »)") };
            (
                400,
                format!(
                    "Paramètre « {name} » : cette valeur{value} n'est pas acceptée. Corrigez-la ; attendu : {expected}."
                ),
            )
        };
        let none =
            |name: &str| (400, format!("Paramètre « {name} » : cette information est obligatoire. Renseignez-la."));
        for (path, expected) in [
            (format!("{erp}&mode=bogus"), no("mode", "bogus", "incremental, full")),
            (format!("{erp}&force=maybe"), no("force", "maybe", "true, false")),
            (format!("{erp}&modus=full"), no("modus", "", "account, mode, force, lang")),
            ("/erp/records?mode=full".to_owned(), none("account")),
            (format!("{import}&plan=maybe"), no("plan", "maybe", "true, false")),
            (format!("{import}&policy=REJECT_FAILED_ROWS"), no("policy", "REJECT_FAILED_ROWS", "plan=true")),
            (format!("{import}&dryrun=true"), no("dryrun", "", "account, dryRun, plan, policy, label, lang")),
            ("/import/contacts".to_owned(), none("account")),
        ] {
            assert_eq!(said(Method::POST, &path, "").await, expected, "{path}");
        }
        assert_eq!(said(Method::GET, "/import/template.csv?lang=de", "").await, no("lang", "de", "fr, en"));
        assert_eq!(said(Method::GET, "/export/subscribers.csv", "").await, none("account"));
        for (line, expected) in [
            ("nonsense", "Cet enregistrement n'est pas un objet JSON. Envoyez-en un par ligne, entre accolades."),
            (
                "{\"externalId\":\"1\",\"updatedAt\":\"hier\"}",
                "« Modifié le » : cette valeur n'est pas acceptée. Corrigez-la ; attendu : 2026-03-31T10:00:00Z.",
            ),
        ] {
            assert_eq!(said(Method::POST, &erp, line).await, (200, expected.to_owned()), "{line}");
        }
        let hook = json!({ "accountId": place.account, "url": "https://exemple.fr", "types": ["contacts"] });
        let told = place.change("connectWebhook", hook, "").await["userErrors"][0].clone();
        assert!(text(&told["message"]).contains("expected: access, account, "), "{told}");
    }
}

#[tokio::test]
async fn b11_an_impact_is_told_to_who_may_do_it_and_counts_what_is_still_to_open() {
    for mut place in everywhere().await {
        let (c, p) = (place.contact("Anne", "Dupont").await, place.product("Yoga", &[]).await);
        let grant = json!({ "contactId": c, "productId": p, "opening": { "fromDate": "2026-09-01" } });
        place.done("grantAccess", grant, "").await;
        let query = "query($act: ImpactAct!, $c: ID, $p: ID) { impact(act: $act, contactId: $c, productId: $p) { contacts { count } products { count } userErrors { code } sentence } }";
        let (_, max) = place.user("max@exemple.fr").await;
        let invite = json!({ "accountId": place.account, "email": "max@exemple.fr", "permissions": ["SUPPORT"] });
        let guest = place.done("inviteGuest", invite, "contact { id }").await["contact"]["id"].clone();
        place.done_as(&max, "acceptInvitation", json!({ "contactId": guest }), "").await;
        let token = place.token.clone();
        let of = async |place: &Place, who: &str, act: &str, contact: Option<&str>, product: Option<&str>| {
            place.data_as(who, query, json!({ "act": act, "c": contact, "p": product })).await["impact"].clone()
        };
        for act in ["SUSPEND", "REMOVE_ACCESS"] {
            for (contact, product) in [(Some(&*c), None), (Some(&*c), Some(&*p)), (None, Some(&*p))] {
                let told = of(&place, &token, act, contact, product).await;
                assert_eq!(
                    (&told["contacts"]["count"], &told["products"]["count"]),
                    (&json!(1), &json!(1)),
                    "{act}: {told}"
                );
            }
        }
        place.lang = "fr";
        // Who may not erase learns nothing of what it would do, and whom to ask.
        let told = of(&place, &max, "ERASE", Some(&c), None).await;
        assert_eq!((&told["products"]["count"], &told["userErrors"][0]["code"]), (&json!(0), &json!("FORBIDDEN")));
        assert!(typed(&text(&told["sentence"])).ends_with("Demandez-la au titulaire du compte."), "{told}");
        let told = of(&place, &max, "DELETE_CONTACT", Some(&c), None).await;
        assert_eq!(told["userErrors"], json!([]), "deleting is within SUPPORT");
        place.done_as(&token, "removeAccess", json!({ "contactId": c, "productId": p }), "").await;
        let told = of(&place, &token, "DELETE_CONTACT", Some(&c), None).await;
        assert_eq!(told["sentence"], "Ne ferme aucun produit pour 1 contact.");
        assert_eq!(of(&place, &token, "ERASE", Some(&c), None).await["sentence"], "Efface les données pour toujours.");
        // Somebody who was erased has nothing left to ask support for.
        let policy = json!({ "accountId": place.account, "deletionPolicy": "SUPPORT_ONLY" });
        place.done_as(&token, "setPolicies", policy, "").await;
        let told = of(&place, &token, "ERASE", Some(&c), None).await;
        assert_eq!(told["userErrors"], json!([{ "code": "DELETION_NEEDS_SUPPORT" }]));
        let staff = place.staff().await;
        place.done_as(&staff, "eraseContact", json!({ "contactId": c, "confirm": true }), "").await;
        for (act, code) in
            [("DELETE_CONTACT", "CONTACT_ERASED"), ("SUSPEND", "CONTACT_ERASED"), ("DEACTIVATE", "CONTACT_ERASED")]
        {
            let told = of(&place, &token, act, Some(&c), None).await;
            assert_eq!(told["userErrors"], json!([{ "code": code }]), "{act}");
        }
    }
}

#[tokio::test]
async fn o8_an_owner_has_every_right_and_what_one_may_not_see_is_refused_and_not_empty() {
    for mut place in everywhere().await {
        let open = json!({ "companyName": "Club", "ownerEmail": "anne@exemple.fr" });
        let account =
            text(&place.done_as(&place.operator, "openAccount", open, "account { id }").await["account"]["id"]);
        let (_, anne) = place.user("anne@exemple.fr").await;
        let all = json!(["BILLING", "SUPPORT", "DEPLOYMENT", "SYSTEM_CONFIGURATION", "SECURITY", "OTHER"]);
        let list = "{ accessList { edges { node { contactId permissions } } } }";
        let owner = place.data_as(&anne, list, json!({})).await["accessList"]["edges"][0]["node"].clone();
        assert_eq!(owner["permissions"], all);
        let sheet = "query($id: ID!) { contact(id: $id) { permissions subscriptions { id } } }";
        let seen = place.data_as(&anne, sheet, json!({ "id": owner["contactId"] })).await["contact"].clone();
        assert_eq!(seen, json!({ "permissions": all, "subscriptions": [] }));

        let (_, max) = place.user("max@exemple.fr").await;
        let invite = json!({ "accountId": account, "email": "max@exemple.fr", "permissions": ["SECURITY"] });
        let guest = place.done_as(&anne, "inviteGuest", invite, "contact { id }").await["contact"]["id"].clone();
        place.done_as(&max, "acceptInvitation", json!({ "contactId": guest }), "").await;
        let answer = place.ask_as(&max, sheet, json!({ "id": owner["contactId"] })).await.json();
        assert_eq!(answer["errors"][0]["extensions"]["code"], "NOT_FOUND");
        assert_eq!(answer["errors"][0]["path"], json!(["contact", "subscriptions"]));
        assert_eq!(answer["data"]["contact"], json!({ "permissions": all, "subscriptions": null }), "the rest is told");

        // Every wrong field of a member at once, and the id that was wrong by its own name.
        let nobody = json!({ "accountId": account, "email": "x", "permissions": [], "until": "2026-01-01" });
        let mut told = place.refused_as(&anne, "addMember", nobody).await;
        told.sort();
        assert_eq!(told, [refusal("DATE_INVALID", "until"), refusal("EMAIL_INVALID", "email")].concat());
        let nameless =
            json!({ "accountId": account, "email": "eva@exemple.fr", "permissions": [], "until": "2026-01-01" });
        let mut told = place.refused_as(&anne, "addMember", nameless).await;
        told.sort();
        assert_eq!(told, [refusal("DATE_INVALID", "until"), refusal("NAME_OR_COMPANY_REQUIRED", "lastName")].concat());
        let close = json!({ "claimId": "clm_1" });
        assert_eq!(place.refused_as(&anne, "closeClaim", close).await, refusal("NOT_FOUND", "claimId"));

        // What the schema refuses is told in the reader's language too, and a number as it was sent.
        place.lang = "fr";
        let wrong = place
            .ask_as(&anne, "query($a: ImpactAct!) { impact(act: $a) { sentence } }", json!({ "a": "BOGUS" }))
            .await;
        let told = typed(&text(&wrong.json()["errors"][0]["message"]));
        assert_eq!(told, "« BOGUS » n'est pas un choix de ImpactAct. Prenez l'un de ceux du schéma.");
        let wrong = place.ask_as(&anne, "{ impact(act: BOGUS) { sentence } }", json!({})).await;
        let told = typed(&text(&wrong.json()["errors"][0]["message"]));
        assert_eq!(told, "« BOGUS » n'est pas un choix de ImpactAct. Prenez l'un de ceux du schéma.");
        let wrong = place.ask_as(&anne, "{ nothing }", json!({})).await;
        let told = typed(&text(&wrong.json()["errors"][0]["message"]));
        assert!(told.starts_with("Cette requête ne suit pas le schéma. Corrigez-la : "), "{told}");
        let wrong = place.ask_as(&anne, "{ accessList(first: -1) { totalCount } }", json!({})).await;
        assert_eq!(wrong.json()["errors"][0]["extensions"]["actual"], json!(-1));
    }
}

#[tokio::test]
async fn o1_the_tokens_of_an_erased_user_open_nothing() {
    for place in everywhere().await {
        let (user, token) = place.user("zoe@exemple.fr").await;
        place.done_as(&token, "eraseUser", json!({ "userId": user }), "").await;
        for (held, status) in [(&token, 401), (&place.operator, 200)] {
            let answer = place.ask_as(held, "{ viewer { user { id } } }", json!({})).await;
            assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        }
    }
}

#[tokio::test]
async fn o1_a_group_that_becomes_a_person_is_who_has_shown_its_address_to_be_theirs() {
    for place in everywhere().await {
        let (user, token) = place.user("accueil@exemple.fr").await;
        let add = json!({ "accountId": place.account, "kind": "GROUP", "companyName": "Accueil", "email": "accueil@exemple.fr" });
        let group = place.done("addContact", add, "contact { id userId }").await["contact"].clone();
        assert_eq!(group["userId"], json!(null), "nobody signs in as a group");
        let person = json!({ "contactId": group["id"], "kind": "PERSON" });
        let person = place.done("editContact", person, "contact { userId }").await["contact"].clone();
        assert_eq!(person["userId"], json!(user));
        let list = "{ accessList { edges { node { contactId } } } }";
        let reached =
            place.data_as(&token, list, json!({})).await["accessList"]["edges"][0]["node"]["contactId"].clone();
        assert_eq!(reached, group["id"]);
    }
}
