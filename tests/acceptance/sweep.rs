//! Every question and every mutation of the schema, with the id of another account's thing and with one that names nothing: both are answered alike
//! (row U1). What is asked is made from the schema itself: a field that comes to it is swept with the others, and an argument nobody knows here fails.

use crate::place::{Place, everywhere, text};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// In every text of the other account.
const MARK: &str = "ZKANARI";
/// What names nothing, in the form of whatever it stands for.
const NOTHING: &str = "0123456789abcdef0123456789abcdef";
/// Fields that name nothing of an account's: who asks, or what was mailed to them, is all there is to go by.
const NAMELESS: [&str; 6] = ["formFields", "invitations", "openAccount", "registerUser", "verifyEmail", "viewer"];
/// What is of no account, and may be said of a thing by whoever holds the account: the user behind a sign-up is the app's word.
const FREE: [&str; 1] = ["registerInApp.input.userId"];

/// One thing of each kind, by the kind.
type Things = BTreeMap<&'static str, String>;

/// What an argument names, by its own name; of `id` by the field it belongs to.
fn kind(field: &str, name: &str) -> Vec<&'static str> {
    match (name, field) {
        ("accountId", _) | ("id", "account") => vec!["account"],
        ("contactId", _) | ("id", "contact") => vec!["contact"],
        ("productId", _) | ("id", "product") => vec!["product"],
        ("subscriptionId" | "subscriptionIds", _) => vec!["subscription"],
        ("claimId", _) => vec!["claim"],
        ("registrationId", _) | ("id", "registration") => vec!["registration"],
        ("importId", _) | ("id", "import") => vec!["import"],
        ("moduleId", _) | ("id", "createProduct" | "setModules") => vec!["module"],
        ("userId" | "actorId", _) => vec!["user"],
        ("deliveryId", _) => vec!["delivery"],
        ("driftId", _) => vec!["drift"],
        ("webhookId", _) => vec!["webhook"],
        ("tokenId", _) => vec!["token"],
        ("number", _) => vec!["number"],
        ("id", "node") => {
            vec!["account", "contact", "product", "subscription", "claim", "registration", "import", "access"]
        }
        _ => panic!("{field}: what does `{name}` name? Say it here, and have `Things` hold one of each account"),
    }
}

/// A text of the same form that names nothing.
fn nothing(id: &str) -> String {
    let (head, tail) = id.split_at(id.find('_').map_or(0, |at| at + 1));
    let tail: Vec<&str> = tail.split('_').collect();
    let hex = |part: &&str| part.len() == 32 && part.chars().all(|c| c.is_ascii_hexdigit());
    if tail.iter().all(hex) {
        return format!("{head}{}", vec![NOTHING; tail.len()].join("_"));
    }
    // The customer number, and ids that are kept in another form.
    id.chars().map(|c| if c.is_ascii_digit() { '7' } else { c }).collect()
}

/// One thing of each kind, made in an account.
async fn things(place: &Place, mark: &str) -> Things {
    let name = |what: &str| format!("{mark} {what}");
    let email = |who: &str| format!("{}.{who}@exemple.fr", mark.to_lowercase());
    let product = json!({ "accountId": place.account, "name": name("produit"), "modules": [{ "name": name("module"), "opensAfterDays": 0 }] });
    let product = place.done("createProduct", product, "product { id modules { id } }").await["product"].clone();
    let p = text(&product["id"]);
    let add = json!({ "accountId": place.account, "firstName": name("prénom"), "lastName": name("nom"), "email": email("nom"), "phone": name("tel"),
        "address": { "line1": name("rue"), "postalCode": "75007", "city": name("ville") }, "portalAccount": "ADMINISTRATOR" });
    let c = text(&place.done("addContact", add, "contact { id }").await["contact"]["id"]);
    let access = text(&place.grant(&c, &p).await["id"]);
    let start = json!({ "contactId": c, "productId": p, "type": name("type"), "billing": "RECURRING", "startsOn": "2026-03-01" });
    let s = text(&place.done("startSubscription", start, "subscription { id }").await["subscription"]["id"]);
    let claim = json!({ "contactId": c, "subscriptionId": s, "text": name("réclamation") });
    let claim = text(&place.done("openClaim", claim, "claim { id }").await["claim"]["id"]);
    let sign_up = json!({ "accountId": place.account, "email": email("app"), "device": name("téléphone"), "lastName": name("nom") });
    let registration = place.done("registerInApp", sign_up, "registration { id }").await["registration"].clone();
    let (user, _) = place.user(&email("user")).await;
    let file = format!("Nom;E-mail\n{};{}\n", name("import"), email("import"));
    let import = crate::imports::plan(place, &file, "").await;
    let hook = json!({ "accountId": place.account, "url": "https://exemple.fr/ecoute", "types": ["contact.deleted"] });
    let webhook = place.done("connectWebhook", hook, "webhookId").await["webhookId"].clone();
    let sent = "query($a: ID!) { deliveries(accountId: $a, first: 1) { edges { node { id } } } }";
    let delivery =
        place.data(sent, json!({ "a": place.account })).await["deliveries"]["edges"][0]["node"]["id"].clone();
    // Its address is the first one's: support has to decide who is who.
    place.connect(None).await;
    place.sync(json!([{ "externalId": name("un"), "lastName": name("erp"), "email": email("nom") }, { "externalId": name("deux"), "lastName": name("erp"), "email": email("nom") }])).await;
    let asked = "query($a: ID!) { a: erpDrift(accountId: $a, kind: EMAIL_TAKEN) { edges { node { id } } } b: erpDrift(accountId: $a, kind: UNVERIFIED_MATCH) { edges { node { id } } } }";
    let drift = place.data(asked, json!({ "a": place.account })).await;
    let drift = [&drift["a"], &drift["b"]]
        .into_iter()
        .find_map(|list| list["edges"][0]["node"]["id"].as_str())
        .unwrap()
        .to_owned();
    place.done("renameAccount", json!({ "accountId": place.account, "companyName": name("compte") }), "").await;
    let token = json!({ "role": "ACCOUNT", "accountId": place.account, "name": name("jeton") });
    let token = place.done_as(&place.token, "createToken", token, "tokenId").await["tokenId"].clone();
    let number = "query($a: ID!) { account(id: $a) { number } }";
    let number = place.data(number, json!({ "a": place.account })).await["account"]["number"].clone();
    BTreeMap::from([
        ("account", place.account.clone()),
        ("contact", c),
        ("product", p),
        ("module", text(&product["modules"][0]["id"])),
        ("access", access),
        ("subscription", s),
        ("claim", claim),
        ("registration", text(&registration["id"])),
        ("user", user),
        ("import", text(&import["importId"])),
        ("webhook", text(&webhook)),
        ("delivery", text(&delivery)),
        ("token", text(&token)),
        ("drift", drift),
        ("number", text(&number)),
    ])
}

/// A type of the schema as it is used somewhere: its name, whether it has to be given, and whether it is a list.
fn used(of: &Value) -> (String, bool, bool) {
    let (required, of) = if of["kind"] == "NON_NULL" { (true, &of["ofType"]) } else { (false, of) };
    if of["kind"] == "LIST" {
        let (name, ..) = used(&of["ofType"]);
        return (name, required, true);
    }
    (text(&of["name"]), required, false)
}

struct Schema(BTreeMap<String, Value>);

impl Schema {
    async fn of(place: &Place) -> Schema {
        let query = include_str!("../fixtures/graphiql_introspection.graphql");
        let read = place.data(query, json!({})).await["__schema"]["types"].clone();
        Schema(read.as_array().unwrap().iter().map(|kind| (text(&kind["name"]), kind.clone())).collect())
    }

    fn list(&self, of: &str, what: &str) -> Vec<Value> {
        self.0[of][what].as_array().cloned().unwrap_or_default()
    }

    /// Where ids stand in what a field takes.
    fn names(&self, taken: &[Value], path: &[String], into: &mut Vec<Vec<String>>) {
        for one in taken {
            let (name, (of, ..)) = (text(&one["name"]), used(&one["type"]));
            let here: Vec<String> = path.iter().cloned().chain([name.clone()]).collect();
            if of == "ID" || name == "number" {
                into.push(here);
            } else if self.0[&of]["kind"] == "INPUT_OBJECT" && path.len() < 4 {
                self.names(&self.list(&of, "inputFields"), &here, into);
            }
        }
    }

    /// What a field takes: all that it must be given, and the one that is varied.
    fn given(&self, field: &str, taken: &[Value], ours: &Things, varied: &[String], id: &str) -> Map<String, Value> {
        let mut given = Map::new();
        for one in taken {
            let (name, (of, required, list)) = (text(&one["name"]), used(&one["type"]));
            let here = varied.first() == Some(&name);
            if !(required || here) {
                continue;
            }
            let rest = if here { &varied[1..] } else { &[] };
            let value = match self.0[&of]["kind"].as_str().unwrap() {
                _ if here && rest.is_empty() => json!(id),
                "INPUT_OBJECT" if of == "OpeningInput" => json!({ "full": true }),
                "INPUT_OBJECT" => Value::Object(self.given(field, &self.list(&of, "inputFields"), ours, rest, id)),
                "ENUM" => self.list(&of, "enumValues")[0]["name"].clone(),
                _ => match (of.as_str(), name.as_str()) {
                    ("ID", _) | (_, "number") => json!(ours[kind(field, &name)[0]]),
                    ("Boolean", _) => json!(false),
                    ("Int", _) => json!(1),
                    ("Date", _) => json!("2026-04-15"),
                    ("DateTime", _) => json!("2026-03-30T00:00:00Z"),
                    ("String", "email") => json!("libre@exemple.fr"),
                    ("String", "url") => json!("https://exemple.fr/"),
                    ("String", _) => json!("x"),
                    (other, _) => panic!("{field}: what is a {other}?"),
                },
            };
            given.insert(name, if list { json!([value]) } else { value });
        }
        given
    }

    /// What is asked of an answer: everything that takes nothing, so far down.
    fn wanted(&self, of: &str, depth: usize) -> String {
        let mut wanted = String::from(" __typename");
        for field in self.list(of, "fields") {
            let (name, (of, ..)) = (text(&field["name"]), used(&field["type"]));
            let asks = self.0[&of]["fields"].is_array();
            let takes = field["args"].as_array().unwrap().iter().any(|arg| used(&arg["type"]).1);
            // Where it was decided moves with whatever else is done.
            if takes || name == "position" || (asks && depth == 0 && !["edges", "node"].contains(&name.as_str())) {
                continue;
            }
            let below =
                if of.ends_with("Connection") || of.ends_with("Edge") { depth } else { depth.saturating_sub(1) };
            wanted.push_str(&if asks {
                format!(" {name} {{{} }}", self.wanted(&of, below))
            } else {
                format!(" {name}")
            });
        }
        wanted
    }
}

#[tokio::test]
async fn u1_every_question_and_mutation_answers_another_account_s_ids_like_unknown_ones() {
    for place in everywhere().await {
        let schema = Schema::of(&place).await;
        let other = place.another("Autre").await;
        let (theirs, ours) = (things(&other, MARK).await, things(&place, "NOUS").await);
        place.settled().await;
        let mut nameless = BTreeSet::new();
        let mut swept = 0;
        for (door, operation) in [("Query", "query"), ("Mutation", "mutation")] {
            for field in schema.list(door, "fields") {
                let (name, taken) = (text(&field["name"]), field["args"].as_array().unwrap().clone());
                let answers = used(&field["type"]).0;
                let wanted = if schema.0[&answers]["fields"].is_array() {
                    format!("{{{} }}", schema.wanted(&answers, 1))
                } else {
                    String::new()
                };
                let declared: Vec<String> = taken
                    .iter()
                    .map(|arg| format!("${}: {}", arg["name"].as_str().unwrap(), written(&arg["type"])))
                    .collect();
                let passed: Vec<String> =
                    taken.iter().map(|arg| format!("{0}: ${0}", arg["name"].as_str().unwrap())).collect();
                let mut paths = Vec::new();
                schema.names(&taken, &[], &mut paths);
                if paths.is_empty() {
                    nameless.insert(name.clone());
                    continue;
                }
                let query =
                    format!("{operation}({}) {{ {name}({}) {wanted} }}", declared.join(", "), passed.join(", "));
                for path in paths {
                    let whole = format!("{name}.{}", path.join("."));
                    if FREE.contains(&whole.as_str()) {
                        continue;
                    }
                    for kind in kind(&name, path.last().unwrap()) {
                        let ask = async |id: &str| {
                            let variables = schema.given(&name, &taken, &ours, &path, id);
                            let answer = place.ask_as(&place.token, &query, Value::Object(variables)).await;
                            // As values: the order of fields in an answer says nothing.
                            serde_json::from_str::<Value>(&answer.text.replace(id, "THIS")).unwrap().to_string()
                        };
                        let (foreign, unknown) = (ask(&theirs[kind]).await, ask(&nothing(&theirs[kind])).await);
                        assert!(
                            !unknown.contains("GRAPHQL_") && !unknown.contains("QUERY_TOO_COMPLEX"),
                            "{whole}: {unknown}"
                        );
                        assert!(!foreign.contains(MARK), "{whole} of a {kind}: {foreign}");
                        assert_eq!(foreign, unknown, "{whole} of a {kind}");
                        if operation == "mutation" {
                            assert!(
                                unknown.contains("\"code\":"),
                                "{whole} was done with an id that names nothing: {unknown}"
                            );
                        }
                        swept += 1;
                    }
                }
            }
        }
        assert_eq!(
            nameless.iter().map(String::as_str).collect::<Vec<_>>(),
            NAMELESS,
            "a field without an id: what may it tell?"
        );
        assert!(swept > 120, "{swept}");
    }
}

/// A type as a document writes it.
fn written(of: &Value) -> String {
    match of["kind"].as_str().unwrap() {
        "NON_NULL" => format!("{}!", written(&of["ofType"])),
        "LIST" => format!("[{}]", written(&of["ofType"])),
        _ => text(&of["name"]),
    }
}
