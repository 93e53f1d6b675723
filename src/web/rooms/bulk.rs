//! One act on several contacts: chosen on the list, looked at before it is done, and told contact by contact. Each is the command that the sheet of one would
//! send, with a key of its own, so that sending the form again does nothing twice; what was changed since it was looked at is refused by its version.

use super::{bulk_all, contacts, views};
use crate::{
    http::{desk::Desk, identity::Fields},
    i18n::messages::message,
    web::show::{self, Guest, guest},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::ContactId;
use futures::{StreamExt, TryStreamExt, stream};
use pages::{
    Place,
    bulk::{
        ACTS, Back, CONTACT, Choose, Contact, ContactAnswer, GONE, IDS, IdsAnswer, MODE, MOST, NO_ACT, NO_PRODUCT,
        NOT_GRANTED, Person, Refused, Report, Review, TooMany,
    },
    bulk_all::MOST as ALL_MOST,
    contacts::Narrowed,
    parts::Wrong,
    person::DELETE,
    products::{OneAnswer, PRODUCT},
    sheet::{GRANT, PRODUCTS, ProductsAnswer},
};
use serde_json::{Value, json};

/// So many contacts are read, or acted on, at the same time.
const TOGETHER: usize = 8;
/// Rows of one page of all that match.
const PAGE: usize = 100;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/contacts/bulk", get(back_to_list).post(bulk))
}

/// Who comes back to the address of a form begins at the list.
async fn back_to_list(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    match guest(&desk, &head, &account, Place::Contacts).await {
        Ok(guest) => Redirect::to(&guest.cx.at("contacts")).into_response(),
        Err(answer) => answer,
    }
}

/// The list that contacts were chosen on, as a form says it: what narrows ours, and nothing else.
fn back(guest: &Guest, fields: &Fields) -> (Back, Narrowed) {
    let narrowed = views::narrowed(guest, fields);
    (Back(narrowed.query("")), narrowed)
}

/// Who was chosen, each with what stands by it, in an order of their own.
fn picked(fields: &Fields) -> Vec<(ContactId, i64)> {
    let pick = |(id, value): (&str, &str)| Some((id.parse().ok()?, value.parse().ok()?));
    let mut picked: Vec<(ContactId, i64)> = fields.after("pick.").filter_map(pick).collect();
    picked.sort_unstable();
    picked.dedup_by_key(|(id, _)| *id);
    picked
}

async fn bulk(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, _, fields) = show::sent(&desk, request, &account, Place::Contacts).await?;
        if !ACTS.iter().any(|(_, command)| guest.cx.may(command)) {
            return Err(show::nothing(guest.cx.lang));
        }
        let (back, narrowed) = back(&guest, &fields);
        let act = ACTS.into_iter().find(|(act, command)| *act == fields.get("act") && guest.cx.may(command));
        let (chosen, many) = match fields.given("all") {
            Some(_) => all_that_match(&guest, &narrowed).await?,
            None => {
                let picked = picked(&fields);
                let many = picked.len() as i64;
                (picked, many)
            }
        };
        if fields.given("all").is_some() && chosen.is_empty() && (1..=ALL_MOST).contains(&many) {
            let act = act.map(|(act, _)| act).filter(|_| fields.get("step") == "review");
            return all(&guest, back, &narrowed, (act, many), &fields).await;
        }
        if chosen.is_empty() || many > MOST as i64 {
            let most = if fields.given("all").is_some() { ALL_MOST } else { MOST as i64 };
            let many = (many > 0).then_some(many);
            return Ok(show::show_again(&guest.cx.clone(), &TooMany { cx: guest.cx, back, many, most }));
        }
        match (fields.get("step"), act) {
            ("do", Some((act, _))) => Ok(report(&guest, back, act, chosen, &fields).await),
            ("review", act) => review(&desk, &guest, back, act.map(|(act, _)| act), chosen, &fields).await,
            _ => choosing(&guest, back, (&chosen, None), &fields, Vec::new()).await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// All that match, where they are more than one form is about: which act is chosen first, then they are looked at.
async fn all(
    guest: &Guest,
    back: Back,
    narrowed: &Narrowed,
    (act, many): (Option<&'static str>, i64),
    fields: &Fields,
) -> Result<Response, Response> {
    let mut wrong = Vec::new();
    if fields.get("step") == "review" {
        let named = match fields.given("productId") {
            Some(id) => product(guest, id).await?,
            None => None,
        };
        wrong = missing(guest, act, named.as_deref());
        if wrong.is_empty() {
            return bulk_all::look_at(guest, back, narrowed, fields).await;
        }
    }
    choosing(guest, back, (&[], Some(many)), fields, wrong).await
}

/// Everybody whom the list is narrowed to, where one form is about them all; and how many they are: more than may be, where they were not counted.
async fn all_that_match(guest: &Guest, narrowed: &Narrowed) -> Result<(Vec<(ContactId, i64)>, i64), Response> {
    let (mut found, mut after) = (Vec::new(), Value::Null);
    loop {
        let asked = json!({
            "account": guest.account.to_string(), "filter": contacts::filter(narrowed), "first": PAGE, "after": after,
        });
        let IdsAnswer { contacts } = guest.ask(IDS, asked).await?;
        if contacts.total_count > MOST as i64 || contacts.total_count_is_capped {
            let beyond = i64::from(contacts.total_count_is_capped);
            return Ok((Vec::new(), contacts.total_count + beyond));
        }
        found.extend(contacts.edges.iter().filter_map(|edge| Some((edge.node.id.parse().ok()?, 1))));
        match contacts.page_info.end_cursor.filter(|_| contacts.page_info.has_next_page && found.len() <= MOST) {
            Some(cursor) => after = json!(cursor),
            None => break,
        }
    }
    let many = found.len() as i64;
    Ok((found, many))
}

async fn choosing(
    guest: &Guest,
    back: Back,
    (chosen, all): (&[(ContactId, i64)], Option<i64>),
    fields: &Fields,
    wrong: Vec<Wrong>,
) -> Result<Response, Response> {
    let form = show::again(fields, ["act", "search", "productId", "sendOrderEmail"], wrong);
    let mut products = Default::default();
    if guest.cx.may("GrantAccess") {
        let asked = json!({ "account": guest.account.to_string(), "search": super::given(form.value("search")) });
        let answer: ProductsAnswer = guest.ask(PRODUCTS, asked).await?;
        products = answer.products;
    }
    let chosen = chosen.iter().map(|(id, _)| id.to_string()).collect();
    let page = Choose { cx: guest.cx.clone(), back, chosen, all, products, form };
    Ok(match page.form.wrong.is_empty() {
        true => show::show(&guest.cx, &page),
        false => show::show_again(&guest.cx, &page),
    })
}

/// A contact as it is now, with what an act on it has to know; none where it is not reached any more.
pub(super) async fn read(guest: &Guest, id: ContactId, act: &str) -> Result<Option<ContactAnswer>, Response> {
    let asked =
        json!({ "id": id.to_string(), "accesses": act != "DELETE" && !act.is_empty(), "delete": act == "DELETE" });
    there(guest.ask(CONTACT, asked).await)
}

/// An answer, or none where there is no such thing. What failed otherwise says nothing about whether there is.
fn there<T>(answer: Result<T, Response>) -> Result<Option<T>, Response> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(answer) if answer.status() == StatusCode::NOT_FOUND => Ok(None),
        Err(answer) => Err(answer),
    }
}

/// What an act comes to for one contact.
enum Comes {
    Done { person: Person, closes: i64, claims: i64 },
    Same(Person),
    Cannot(Refused),
}

fn comes_to(guest: &Guest, id: ContactId, found: Option<ContactAnswer>, act: &str, product: &str) -> Comes {
    let cannot = |name: String, message: String| Comes::Cannot(Refused { id: id.to_string(), name, message });
    let Some(ContactAnswer { contact: Some(contact), impact }) = found else {
        return cannot(String::new(), guest.cx.t(GONE).into_owned());
    };
    let Contact { id, version, display_name: name, deleted_at, accesses } = contact;
    let cannot = |message: String| Comes::Cannot(Refused { id: id.clone(), name: name.clone(), message });
    if deleted_at.is_some() {
        return cannot(guest.cx.t(GONE).into_owned());
    }
    let person = |version| Person { id: id.clone(), name: name.clone(), version };
    let access = accesses.into_iter().find(|access| access.product.id == product);
    match (act, access, impact) {
        ("DELETE", _, Some(impact)) => match impact.user_errors.first() {
            Some(wrong) => cannot(wrong.message.clone()),
            None => {
                Comes::Done { person: person(version), closes: impact.products.count, claims: impact.open_claims.count }
            }
        },
        ("GRANT", Some(_), _) => Comes::Same(person(version)),
        ("GRANT", None, _) => Comes::Done { person: person(version), closes: 0, claims: 0 },
        (_, None, _) => cannot(guest.cx.t(NOT_GRANTED).into_owned()),
        (_, Some(access), _) if access.mode == mode_of(act) => Comes::Same(person(access.version)),
        (_, Some(access), _) => {
            Comes::Done { person: person(access.version), closes: i64::from(access.decision.open), claims: 0 }
        }
    }
}

fn mode_of(act: &str) -> &'static str {
    if act == "SUSPEND" { "SUSPENDED" } else { "ACTIVATED" }
}

/// What is missing of what was to be chosen.
fn missing(guest: &Guest, act: Option<&str>, product: Option<&str>) -> Vec<Wrong> {
    let wrong = |field: &str, key: &str| {
        let message = guest.cx.t(key).into_owned();
        vec![Wrong { code: "REQUIRED".to_owned(), field: Some(vec![field.to_owned()]), message }]
    };
    match (act, product) {
        (None, _) => wrong("act", NO_ACT),
        (Some("DELETE"), _) | (Some(_), Some(_)) => Vec::new(),
        (Some(_), None) => wrong("productId", NO_PRODUCT),
    }
}

async fn review(
    desk: &Desk,
    guest: &Guest,
    back: Back,
    act: Option<&'static str>,
    chosen: Vec<(ContactId, i64)>,
    fields: &Fields,
) -> Result<Response, Response> {
    let named = match fields.given("productId") {
        Some(id) => product(guest, id).await?,
        None => None,
    };
    let wrong = missing(guest, act, named.as_deref());
    let Some(act) = act.filter(|_| wrong.is_empty()) else {
        return choosing(guest, back, (&chosen, None), fields, wrong).await;
    };
    let product = fields.get("productId");
    let all: Vec<Comes> = stream::iter(chosen)
        .map(|(id, _)| async move { Ok(comes_to(guest, id, read(guest, id, act).await?, act, product)) })
        .buffered(TOGETHER)
        .try_collect()
        .await?;
    let mut form = show::again(fields, ["act", "productId", "sendOrderEmail"], Vec::new());
    // The same for every try of what was looked at, so that pressing twice does it once.
    form.values.insert("key".to_owned(), desk.service.app.clock().id().to_string());
    let product = named.filter(|_| act != "DELETE");
    let (cx, empty) = (guest.cx.clone(), Vec::new);
    let mut page =
        Review { cx, back, form, product, does: empty(), same: Vec::new(), cannot: Vec::new(), closes: 0, claims: 0 };
    for one in all {
        match one {
            Comes::Done { person, closes, claims } => {
                page.does.push(person);
                page.closes += closes;
                page.claims += claims;
            }
            Comes::Same(person) => page.same.push(person),
            Comes::Cannot(refused) => page.cannot.push(refused),
        }
    }
    page.does.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(show::show(&guest.cx, &page))
}

/// What a product is called.
pub(super) async fn product(guest: &Guest, id: &str) -> Result<Option<String>, Response> {
    let asked = guest.ask::<OneAnswer>(PRODUCT, json!({ "id": id })).await;
    Ok(there(asked)?.and_then(|answer| answer.product).map(|product| product.name))
}

/// The command for one of them: its mutation, and its input.
fn command(act: &str, id: ContactId, version: i64, fields: &Fields) -> (&'static str, Value) {
    // What one form does to one contact has one key: sent again, it gets the answer of the first time.
    let key: String = fields.get("key").chars().take(64).collect();
    let mut input = json!({ "contactId": id.to_string(), "idempotencyKey": format!("{key}.{id}") });
    let (document, more) = match act {
        "GRANT" => (
            GRANT,
            json!({ "productId": fields.get("productId"), "sendOrderEmail": fields.get("sendOrderEmail") == "1" }),
        ),
        "DELETE" => (DELETE, json!({ "confirm": true, "expectedVersion": version })),
        _ => {
            let product = fields.get("productId");
            (MODE, json!({ "productId": product, "mode": mode_of(act), "expectedVersion": version }))
        }
    };
    if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
        input.extend(more);
    }
    (document, input)
}

async fn report(
    guest: &Guest,
    back: Back,
    act: &'static str,
    chosen: Vec<(ContactId, i64)>,
    fields: &Fields,
) -> Response {
    let one = |(id, version): (ContactId, i64)| async move {
        let (document, input) = command(act, id, version, fields);
        let wrong = match show::carry_out(&guest.desk, &guest.by, document, input).await {
            Ok(wrong) => wrong.into_iter().next().map(|wrong| wrong.message),
            Err(why) if why.code == "NOT_FOUND" => Some(message("NOT_FOUND", guest.cx.lang, &[])),
            Err(why) => Some(why.message),
        }?;
        // Only for its name: what was refused is told all the same.
        let named = read(guest, id, "").await.ok().flatten().and_then(|answer| answer.contact);
        let name = named.map(|contact| contact.display_name).unwrap_or_default();
        Some(Refused { id: id.to_string(), name, message: wrong })
    };
    let many = chosen.len() as i64;
    let refused: Vec<Refused> =
        stream::iter(chosen).map(one).buffered(TOGETHER).filter_map(async |refused| refused).collect().await;
    let done = many - refused.len() as i64;
    let page = Report { cx: guest.cx.clone(), back, act: act.to_owned(), done, refused };
    show::show(&guest.cx, &page)
}
