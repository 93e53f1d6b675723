//! The contact sheet as pages, and the forms of its accesses.

use super::{Query, asked};
use crate::{
    http::{
        desk::Desk,
        identity::{Fields, Not},
    },
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, request::Parts},
    response::Response,
};
use chrono::{DateTime, Datelike, NaiveDateTime, TimeZone, Utc};
use pages::{
    Place,
    parts::Form,
    sheet::{
        Access, Answer, Contact, EDIT, Edit, GRANT, Grant, PRODUCTS, ProductsAnswer, REMOVE, Remove, SHEET, Sheet, Tab,
    },
};
use serde_json::{Map, Value, json};

/// Which sheet: its account and its contact.
type Which = Path<(String, String)>;

/// A sheet, of whoever may see it.
struct Opened {
    guest: Guest,
    contact: Contact,
}

impl Opened {
    async fn of(desk: &Desk, head: &Parts, which: &Which) -> Result<Opened, Response> {
        Opened::looked_at(guest(desk, head, &which.0.0, Place::Contacts).await?, &which.0.1, Value::Null, None).await
    }

    /// The sheet as of an instant, or now; its history from a cursor on.
    async fn looked_at(
        guest: Guest,
        contact: &str,
        after: Value,
        as_of: Option<DateTime<Utc>>,
    ) -> Result<Opened, Response> {
        let asked = json!({ "id": contact, "asOf": as_of.map(|at| at.to_rfc3339()), "after": after });
        let answer: Answer = guest.ask(SHEET, asked).await?;
        let contact = answer.contact.ok_or_else(|| show::nothing(guest.cx.lang))?;
        Ok(Opened { guest, contact })
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

    /// Shows a form: as a page, or, where htmx asks, as what goes into the dialog.
    fn form(&self, headers: &HeaderMap, form: &Form, whole: impl Template, dialog: askama::Result<String>) -> Response {
        let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let html = if show::is_part(headers) { dialog } else { whole.render() };
        show::page(status, self.guest.cx.lang, html)
    }
}

/// A day and a time as a form has them, in the account's zone; none beyond years of four digits, which no other door takes.
fn instant(text: &str, zone: chrono_tz::Tz) -> Option<DateTime<Utc>> {
    let there = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").ok()?;
    let at = zone.from_local_datetime(&there).earliest()?.with_timezone(&Utc);
    (0..=9999).contains(&at.year()).then_some(at)
}

async fn tab(desk: Desk, which: Which, query: Query, head: Parts, tab: Tab) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let as_of = instant(asked(&query, "at"), guest.cx.zone).filter(|at| *at < guest.cx.now);
        // What was to come then is told from then.
        guest.cx.now = as_of.unwrap_or(guest.cx.now);
        let after = Some(asked(&query, "after")).filter(|cursor| !cursor.is_empty()).map_or(Value::Null, |c| json!(c));
        let opened = Opened::looked_at(guest, &which.0.1, after, as_of).await?;
        let Opened { guest: Guest { mut cx, .. }, contact } = opened;
        cx.notice = show::notice(&cx, asked(&query, "told"));
        Ok(show::show(&cx.clone(), &Sheet { cx, contact, tab, as_of }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

pub async fn accesses(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Accesses).await
}

pub async fn overview(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Overview).await
}

pub async fn history(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::History).await
}

/// What a form of a sheet sent, with the sheet.
async fn sent(desk: &Desk, which: &Which, request: Request) -> Result<(Opened, Parts, Fields), Response> {
    let lang = show::language(request.headers());
    let read = Fields::read(request).await;
    let (head, fields) = read.map_err(|status| Not::Readable(status).answer(true, lang))?;
    let opened = Opened::of(desk, &head, which).await?;
    match opened.guest.is_own(&fields) {
        true => Ok((opened, head, fields)),
        false => Err(Not::OfThisSession.answer(true, lang)),
    }
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
    Ok(opened.form(headers, &form, page, dialog))
}

pub async fn grant_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
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

pub async fn grant(State(desk): State<Desk>, which: Which, request: Request) -> Response {
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

fn editing(opened: &Opened, headers: &HeaderMap, access: Access, form: Form) -> Response {
    let page = Edit { cx: opened.guest.cx.clone(), contact: opened.contact.clone(), access, form: form.clone() };
    let dialog = page.as_dialog().render();
    opened.form(headers, &form, page, dialog)
}

pub async fn edit_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let access = opened.access(asked(&query, "product")).ok_or_else(|| opened.none())?;
        let form = Edit::filled(&access);
        Ok(editing(&opened, &head.headers, access, form))
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

pub async fn edit(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let access = opened.access(fields.get("product")).ok_or_else(|| opened.none())?;
        let mut input = changes(&access, &fields);
        if !input.is_empty() {
            input.insert("contactId".into(), json!(opened.contact.id));
            input.insert("productId".into(), json!(access.product.id));
            input.insert("expectedVersion".into(), json!(fields.get("version").parse::<i64>().unwrap_or(-1)));
            let wrong = opened.guest.carry_out(EDIT, Value::Object(input)).await?;
            if !wrong.is_empty() {
                let names = ["mode", "opening", "by", "unit", "fromDate", "orderedOn", "version"];
                return Ok(editing(&opened, &head.headers, access, show::again(&fields, names, wrong)));
            }
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "edited"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn removing(opened: &Opened, headers: &HeaderMap, access: Access, form: Form) -> Response {
    let page = Remove { cx: opened.guest.cx.clone(), contact: opened.contact.clone(), access, form: form.clone() };
    let dialog = page.as_dialog().render();
    opened.form(headers, &form, page, dialog)
}

pub async fn remove_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let access = opened.access(asked(&query, "product")).ok_or_else(|| opened.none())?;
        Ok(removing(&opened, &head.headers, access, Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

pub async fn remove(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let access = opened.access(fields.get("product")).ok_or_else(|| opened.none())?;
        let version = fields.get("version").parse::<i64>().unwrap_or(-1);
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
