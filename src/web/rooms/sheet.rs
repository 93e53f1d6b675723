//! The contact sheet as pages, and the forms of its accesses.

use super::{Query, again, asked, given, past, version};
use crate::{
    http::{desk::Desk, identity::Fields},
    i18n::{lang::Lang, messages::message},
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use pages::{
    Place,
    parts::{Form, Wrong},
    sheet::{
        Access, Answer, Contact, EDIT, Edit, GRANT, Grant, PREVIEW, PRODUCTS, Preview, PreviewAnswer, ProductsAnswer,
        REMOVE, Remove, SHEET, Sheet, Step, Tab,
    },
};
use serde_json::{Map, Value, json};

/// Which sheet: its account and its contact.
type Which = Path<(String, String)>;

/// What was done about somebody's place in the account, of the kinds of event.
const RIGHTS: &[&str] = &[
    "membership.invited",
    "membership.accepted",
    "membership.declined",
    "membership.revoked",
    "membership.permissions_set",
    "membership.profile_set",
    "membership.expiry_set",
    "membership.deactivated",
    "membership.reactivated",
    "membership.left",
    "membership.user_linked",
    "membership.user_unlinked",
];
/// And about their place in its app.
const APP: &[&str] = &[
    "app.invited",
    "app.registration_linked",
    "app.registration_validated",
    "app.registration_refused",
    "app.device_recorded",
    "email.verified",
    "email.bounced",
];

/// A sheet, of whoever may see it.
struct Opened {
    guest: Guest,
    contact: Contact,
}

impl Opened {
    async fn of(desk: &Desk, head: &Parts, which: &Which) -> Result<Opened, Response> {
        Opened::now(guest(desk, head, &which.0.0, Place::Contacts).await?, &which.0.1).await
    }

    /// The sheet now, its history from the newest on.
    async fn now(guest: Guest, contact: &str) -> Result<Opened, Response> {
        let (opened, _) = Opened::looked_at(guest, contact, Value::Null, None, Tab::Overview).await?;
        Ok(opened)
    }

    /// The sheet as of an instant, or now; its history from a cursor on; and what was done about what the tab shows.
    async fn looked_at(
        guest: Guest,
        contact: &str,
        after: Value,
        as_of: Option<DateTime<Utc>>,
        tab: Tab,
    ) -> Result<(Opened, Vec<Step>), Response> {
        let (trail, accesses) = (guest.cx.enters(Place::History), guest.cx.enters(Place::Products));
        let types = match tab {
            Tab::Rights => RIGHTS,
            Tab::App => APP,
            _ => &[],
        };
        // What happened since that instant is not told: the first one that counts no more.
        let to = as_of.map(|at| (at + TimeDelta::microseconds(1)).to_rfc3339());
        let asked = json!({
            "id": contact, "asOf": as_of.map(|at| at.to_rfc3339()), "after": after, "trail": trail, "accesses": accesses,
            "app": tab == Tab::App, "account": guest.account.to_string(), "types": types, "to": to,
            "acts": trail && !types.is_empty(), "members": tab == Tab::Rights && guest.cx.enters(Place::Members),
        });
        let Answer { contact, acts } = guest.ask(SHEET, asked).await?;
        let contact = contact.ok_or_else(|| show::nothing(guest.cx.lang))?;
        let acts = acts.unwrap_or_default().edges.into_iter().map(|edge| edge.node).collect();
        Ok((Opened { guest, contact }, acts))
    }

    fn access(&self, product: &str) -> Option<Access> {
        self.contact.accesses.iter().find(|access| access.product.id == product).cloned()
    }

    /// What is told where there is no such access.
    fn none(&self) -> Response {
        show::nothing(self.guest.cx.lang)
    }

    fn path(&self) -> String {
        self.guest.cx.at(&format!("contacts/{}", self.contact.id))
    }
}

async fn tab(desk: Desk, which: Which, query: Query, head: Parts, tab: Tab) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let as_of = past(&guest, &query);
        // What was to come then is told from then.
        guest.cx.now = as_of.unwrap_or(guest.cx.now);
        // Who may not ask what a tab shows sees the rest of the sheet.
        let tab = if tab.is_shown(&guest.cx) { tab } else { Tab::Overview };
        let (opened, acts) = Opened::looked_at(guest, &which.0.1, given(asked(&query, "after")), as_of, tab).await?;
        let Opened { guest: Guest { mut cx, .. }, contact } = opened;
        cx.notice = show::notice(&cx, asked(&query, "told"));
        Ok(show::show(&cx.clone(), &Sheet { cx, contact, tab, as_of, acts }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/contacts/{contact}", get(accesses))
        .route("/a/{account}/contacts/{contact}/overview", get(overview))
        .route("/a/{account}/contacts/{contact}/rights", get(rights))
        .route("/a/{account}/contacts/{contact}/app", get(app))
        .route("/a/{account}/contacts/{contact}/history", get(history))
        .route("/a/{account}/contacts/{contact}/grant", get(grant_form).post(grant))
        .route("/a/{account}/contacts/{contact}/edit", get(edit_form).post(edit))
        .route("/a/{account}/contacts/{contact}/preview", post(preview))
        .route("/a/{account}/contacts/{contact}/remove", get(remove_form).post(remove))
}

async fn accesses(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Accesses).await
}

async fn overview(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Overview).await
}

async fn rights(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Rights).await
}

async fn app(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::App).await
}

async fn history(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::History).await
}

/// What a form of a sheet sent, with the sheet.
async fn sent(desk: &Desk, which: &Which, request: Request) -> Result<(Opened, Parts, Fields), Response> {
    let (guest, head, fields) = show::sent(desk, request, &which.0.0, Place::Contacts).await?;
    Ok((Opened::now(guest, &which.0.1).await?, head, fields))
}

async fn granting(opened: &Opened, headers: &HeaderMap, form: Form) -> Result<Response, Response> {
    let search = form.value("search").trim();
    let asked = json!({ "account": opened.guest.account.to_string(), "search": if search.is_empty() { Value::Null } else { json!(search) } });
    let answer: ProductsAnswer = opened.guest.ask(PRODUCTS, asked).await?;
    let page = Grant {
        cx: opened.guest.cx.clone(),
        contact: opened.contact.clone(),
        form: form.clone(),
        products: answer.products,
    };
    let dialog = page.as_dialog().render();
    Ok(opened.guest.form(headers, &form, &page, dialog))
}

async fn grant_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let kept = |name: &str, otherwise: String| {
            Some(asked(&query, name).to_owned()).filter(|text| !text.is_empty()).unwrap_or(otherwise)
        };
        let form = Form::of([
            ("search", kept("search", String::new())),
            ("productId", kept("productId", String::new())),
            ("sendOrderEmail", kept("sendOrderEmail", String::new())),
            // The same for every try of this form, so that pressing twice gives once.
            ("key", kept("key", desk.service.app.clock().id().to_string())),
        ]);
        granting(&opened, &head.headers, form).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn grant(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let names = ["search", "productId", "sendOrderEmail", "key"];
        if fields.given("look").is_some() {
            return granting(&opened, &head.headers, show::again(&fields, names, Vec::new())).await;
        }
        let input = json!({
            "contactId": opened.contact.id, "productId": fields.get("productId"),
            "sendOrderEmail": fields.get("sendOrderEmail") == "1", "idempotencyKey": fields.given("key"),
        });
        let wrong = opened.guest.carry_out(GRANT, input).await?;
        if !wrong.is_empty() {
            return granting(&opened, &head.headers, show::again(&fields, names, wrong)).await;
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "granted"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn editing(opened: &Opened, headers: &HeaderMap, access: Access, form: Form, preview: Option<Preview>) -> Response {
    let (cx, contact) = (opened.guest.cx.clone(), opened.contact.clone());
    let page = Edit { cx, contact, access, form: form.clone(), preview };
    let dialog = page.as_dialog().render();
    opened.guest.form(headers, &form, &page, dialog)
}

async fn edit_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let access = opened.access(asked(&query, "product")).ok_or_else(|| opened.none())?;
        let form = Edit::filled(&access);
        Ok(editing(&opened, &head.headers, access, form, None))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What the form asks for, of what is not so already.
fn changes(access: &Access, fields: &Fields) -> Map<String, Value> {
    let mut input = Map::new();
    let before = Edit::filled(access);
    if !before.is("mode", fields.get("mode")) {
        input.insert("mode".into(), json!(fields.get("mode")));
    }
    let of_kind: &[&str] = match fields.get("opening") {
        "ADVANCED" => &["opening", "by", "unit"],
        "FROM_DATE" => &["opening", "fromDate"],
        _ => &["opening"],
    };
    if of_kind.iter().any(|name| !before.is(name, fields.get(name))) {
        let opening = match fields.get("opening") {
            "FULL" => json!({ "full": true }),
            // No number is none that the rule takes, and it says so by the field.
            "ADVANCED" => {
                json!({ "advanced": { "by": fields.get("by").trim().parse::<i32>().unwrap_or(0), "unit": fields.get("unit") } })
            }
            "FROM_DATE" => json!({ "fromDate": fields.get("fromDate") }),
            _ => json!({ "fromOrderDate": true }),
        };
        input.insert("opening".into(), opening);
    }
    if !before.is("orderedOn", fields.get("orderedOn")) {
        let day = fields.given("orderedOn").map_or(Value::Null, |day| json!(day));
        input.insert("orderedOn".into(), day);
    }
    input
}

/// What was typed, over what stands now.
fn typed(fields: &Fields, wrong: Vec<Wrong>, now: &Access) -> Form {
    again(fields, ["mode", "opening", "by", "unit", "fromDate", "orderedOn", "version"], wrong, now.version)
}

/// The input that the form comes to; none where it changes nothing.
fn edited(opened: &Opened, access: &Access, fields: &Fields) -> Option<Map<String, Value>> {
    let mut input = Some(changes(access, fields)).filter(|input| !input.is_empty())?;
    input.insert("contactId".into(), json!(opened.contact.id));
    input.insert("productId".into(), json!(access.product.id));
    Some(input)
}

/// What is no day, of what has to be one: the schema would refuse the whole of it, by no field.
fn no_days(fields: &Fields, lang: Lang) -> Vec<Wrong> {
    let wanted =
        [("fromDate", fields.get("opening") == "FROM_DATE"), ("orderedOn", fields.given("orderedOn").is_some())];
    let wrong = wanted.into_iter().filter(|(name, wanted)| *wanted && fields.get(name).parse::<NaiveDate>().is_err());
    wrong
        .map(|(name, _)| Wrong {
            code: "DATE_INVALID".to_owned(),
            field: Some(vec![name.to_owned()]),
            message: match fields.given(name) {
                Some(text) => message("DATE_INVALID", lang, &[("date", text.to_owned())]),
                None => message("DATE_INVALID", lang, &[]),
            },
        })
        .collect()
}

/// What saving the form would come to.
async fn previewed(opened: &Opened, access: &Access, fields: &Fields) -> Result<Option<Preview>, Response> {
    // A day that is not chosen yet is nothing to show, and nothing wrong yet.
    if !no_days(fields, opened.guest.cx.lang).is_empty() {
        return Ok(None);
    }
    let Some(input) = edited(opened, access, fields) else { return Ok(None) };
    let answer: PreviewAnswer = opened.guest.ask(PREVIEW, json!({ "input": input })).await?;
    Ok(Some(answer.done))
}

/// The part of the form that shows it, while it is being filled in.
async fn preview(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, _, fields) = sent(&desk, &which, request).await?;
        let access = opened.access(fields.get("product")).ok_or_else(|| opened.none())?;
        let preview = previewed(&opened, &access, &fields).await?;
        let (cx, contact, form) = (opened.guest.cx.clone(), opened.contact.clone(), Form::default());
        let page = Edit { cx, contact, access, form, preview };
        Ok(show::page(StatusCode::OK, opened.guest.cx.lang, page.as_preview().render()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn edit(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let access = opened.access(fields.get("product")).ok_or_else(|| opened.none())?;
        let wrong = no_days(&fields, opened.guest.cx.lang);
        if !wrong.is_empty() {
            let form = typed(&fields, wrong, &access);
            return Ok(editing(&opened, &head.headers, access, form, None));
        }
        if fields.given("look").is_some() {
            let preview = previewed(&opened, &access, &fields).await?;
            let form = typed(&fields, Vec::new(), &access);
            return Ok(editing(&opened, &head.headers, access, form, preview));
        }
        if let Some(mut input) = edited(&opened, &access, &fields) {
            input.insert("expectedVersion".into(), json!(version(&fields)));
            let wrong = opened.guest.carry_out(EDIT, Value::Object(input)).await?;
            if !wrong.is_empty() {
                let form = typed(&fields, wrong, &access);
                return Ok(editing(&opened, &head.headers, access, form, None));
            }
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "edited"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn removing(opened: &Opened, headers: &HeaderMap, access: Access, form: Form) -> Response {
    let page = Remove { cx: opened.guest.cx.clone(), contact: opened.contact.clone(), access, form: form.clone() };
    let dialog = page.as_dialog().render();
    opened.guest.form(headers, &form, &page, dialog)
}

async fn remove_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let access = opened.access(asked(&query, "product")).ok_or_else(|| opened.none())?;
        Ok(removing(&opened, &head.headers, access, Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn remove(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let access = opened.access(fields.get("product")).ok_or_else(|| opened.none())?;
        let version = super::version(&fields);
        let input =
            json!({ "contactId": opened.contact.id, "productId": access.product.id, "expectedVersion": version });
        let wrong = opened.guest.carry_out(REMOVE, input).await?;
        if !wrong.is_empty() {
            return Ok(removing(&opened, &head.headers, access, show::again(&fields, [], wrong)));
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "removed"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
