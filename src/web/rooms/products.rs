//! The account's products as pages: the list, one of them, its modules and its order e-mail. The editor of modules works by buttons alone: each press is a form that
//! shows the next state, and nothing is stored before « Enregistrer ».

use super::{Query, again, asked, given, one_of, paged, version};
use crate::{
    http::{desk::Desk, identity::Fields},
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
use pages::{
    Notice, Place, Undo,
    parts::{Form, Wrong},
    products::{
        ARCHIVE, Answer, Archive, CREATE, Email, IMPACT, ImpactAnswer, Line, Modules, Name, Narrowed, One, OneAnswer,
        PRODUCT, PRODUCTS, Product, Products, RENAME, RESTORE, SET_MODULES, SET_ORDER_EMAIL, edited,
    },
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 50;
/// Lines that the editor of modules reads: one more than the rule lets through, so that the rule says so.
const LINES: usize = 251;

/// Which: its account and its id.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/products", get(list))
        .route("/a/{account}/products/new", get(new_form).post(new))
        .route("/a/{account}/products/{id}", get(one))
        .route("/a/{account}/products/{id}/rename", get(rename_form).post(rename))
        .route("/a/{account}/products/{id}/archive", get(archive_form).post(archive))
        .route("/a/{account}/products/{id}/restore", post(restore))
        .route("/a/{account}/products/{id}/modules", get(modules_form).post(modules))
        .route("/a/{account}/products/{id}/email", get(email_form).post(email))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Products).await?;
        let archived = one_of(asked(&query, "archived"), &["YES"]);
        let only = if archived.is_empty() { Value::Null } else { json!(true) };
        let narrowed = Narrowed { q: asked(&query, "q").trim().chars().take(200).collect(), archived };
        let variables =
            paged(&query, PAGE, json!({ "account": account, "search": given(&narrowed.q), "archived": only }));
        let answer: Answer = guest.ask(PRODUCTS, variables).await?;
        let page = Products { cx: guest.cx.clone(), narrowed, list: answer.products };
        Ok(match show::is_part(&head.headers) {
            true => show::page(StatusCode::OK, guest.cx.lang, Template::render(&page.as_rows())),
            false => show::show(&guest.cx, &page),
        })
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A product, of whoever may see it.
struct Opened {
    guest: Guest,
    it: Product,
}

impl Opened {
    async fn of(desk: &Desk, head: &Parts, which: &Which) -> Result<Opened, Response> {
        Opened::shown(guest(desk, head, &which.0.0, Place::Products).await?, &which.0.1).await
    }

    async fn shown(guest: Guest, id: &str) -> Result<Opened, Response> {
        let answer: OneAnswer = guest.ask(PRODUCT, json!({ "id": id })).await?;
        let it = answer.product.ok_or_else(|| show::nothing(guest.cx.lang))?;
        Ok(Opened { guest, it })
    }

    /// What a form of a product sent, with the product.
    async fn sent(desk: &Desk, which: &Which, request: Request) -> Result<(Opened, Parts, Fields), Response> {
        let (guest, head, fields) = show::sent(desk, request, &which.0.0, Place::Products).await?;
        Ok((Opened::shown(guest, &which.0.1).await?, head, fields))
    }

    fn path(&self) -> String {
        self.guest.cx.at(&format!("products/{}", self.it.id))
    }
}

async fn one(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let told = asked(&query, "told");
        let mut cx = opened.guest.cx.clone();
        cx.notice = show::notice(&cx, told);
        if let Some(Notice { undo, .. }) = &mut cx.notice
            && told == "product-archived"
            && opened.it.archived
            && opened.guest.cx.may("RestoreProduct")
        {
            let fields = vec![("version", opened.it.version.to_string())];
            *undo = Some(Undo { action: format!("{}/restore", opened.path()), fields });
        }
        Ok(show::show(&cx.clone(), &One { cx, it: opened.it }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn naming(guest: &Guest, headers: &HeaderMap, it: Option<Product>, form: Form) -> Response {
    let page = Name { cx: guest.cx.clone(), it, form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

async fn new_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Products).await?;
        let key = desk.service.app.clock().id().to_string();
        let form = Form::of([("key", key), ("dripClock", "CALENDAR_DAYS".to_owned())]);
        Ok(naming(&guest, &head.headers, None, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn new(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    #[derive(Deserialize)]
    struct Payload {
        done: Done,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Done {
        product: Option<Made>,
        user_errors: Vec<Wrong>,
    }
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Products).await?;
        let input = json!({ "accountId": account, "name": fields.get("name"), "delivered": fields.get("delivered") == "1",
            "dripClock": given(fields.get("dripClock")), "idempotencyKey": fields.given("key") });
        let Payload { done } = guest.ask(CREATE, json!({ "input": input })).await?;
        let Some(made) = done.product.filter(|_| done.user_errors.is_empty()) else {
            let form = show::again(&fields, ["name", "delivered", "dripClock", "key"], done.user_errors);
            return Ok(naming(&guest, &head.headers, None, form));
        };
        Ok(guest.lead(&head.headers, &guest.cx.at(&format!("products/{}", made.id)), "product-created"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn rename_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let Opened { guest, it } = Opened::of(&desk, &head, &which).await?;
        let form = Form::of([("name", it.name.clone()), ("version", it.version.to_string())]);
        Ok(naming(&guest, &head.headers, Some(it), form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn rename(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = Opened::sent(&desk, &which, request).await?;
        let input =
            json!({ "productId": opened.it.id, "name": fields.get("name"), "expectedVersion": version(&fields) });
        let wrong = opened.guest.carry_out(RENAME, input).await?;
        if !wrong.is_empty() {
            let form = again(&fields, ["name", "version"], wrong, opened.it.version);
            return Ok(naming(&opened.guest, &head.headers, Some(opened.it), form));
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "product-renamed"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn archiving(opened: Opened, headers: &HeaderMap, form: Form) -> Result<Response, Response> {
    let Opened { guest, it } = opened;
    let ImpactAnswer { impact } = guest.ask(IMPACT, json!({ "id": it.id })).await?;
    let page = Archive { cx: guest.cx.clone(), it, impact, form: form.clone() };
    let dialog = page.as_dialog().render();
    Ok(guest.form(headers, &form, &page, dialog))
}

async fn archive_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async { archiving(Opened::of(&desk, &head, &which).await?, &head.headers, Form::default()).await };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn archive(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = Opened::sent(&desk, &which, request).await?;
        let input = json!({ "productId": opened.it.id, "expectedVersion": version(&fields) });
        let wrong = opened.guest.carry_out(ARCHIVE, input).await?;
        if !wrong.is_empty() {
            return archiving(opened, &head.headers, show::again(&fields, [], wrong)).await;
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "product-archived"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn restore(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = Opened::sent(&desk, &which, request).await?;
        let input = json!({ "productId": opened.it.id, "expectedVersion": version(&fields) });
        let wrong = opened.guest.carry_out(RESTORE, input).await?;
        let Some(wrong) = wrong.into_iter().next() else {
            return Ok(opened.guest.lead(&head.headers, &opened.path(), "product-restored"));
        };
        let mut cx = opened.guest.cx.clone();
        cx.notice = Some(Notice { good: false, text: wrong.message, undo: None });
        Ok(show::show_again(&cx.clone(), &One { cx, it: opened.it }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// The editor, with what stands in it; 422 where something is wrong with it.
fn editing(opened: &Opened, lines: Vec<Line>, form: Form) -> Response {
    let is_wrong = !form.wrong.is_empty();
    let page = Modules { cx: opened.guest.cx.clone(), it: opened.it.clone(), lines, form };
    let show = if is_wrong { show::show_again } else { show::show };
    show(&opened.guest.cx, &page)
}

async fn modules_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let form = Form::of([("version", opened.it.version.to_string())]);
        Ok(editing(&opened, Line::of(&opened.it.modules), form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// The lines that a form of the editor sent.
fn lines(fields: &Fields) -> Vec<Line> {
    let rows = fields.get("rows").parse::<usize>().unwrap_or(0).min(LINES);
    let text = |n: usize, name: &str| fields.get(&format!("modules.{n}.{name}")).to_owned();
    (0..rows).map(|n| Line { id: text(n, "id"), name: text(n, "name"), days: text(n, "opensAfterDays") }).collect()
}

async fn modules(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = Opened::sent(&desk, &which, request).await?;
        let lines = lines(&fields);
        if fields.get("do") != "save" {
            let form = show::again(&fields, ["version"], Vec::new());
            return Ok(editing(&opened, edited(lines, fields.get("do")), form));
        }
        let module = |line: &Line| {
            // No number is none that the rule takes, and it says so by the field.
            let days = line.days.trim().parse::<i32>().unwrap_or(-1);
            json!({ "id": given(&line.id), "name": line.name, "opensAfterDays": days })
        };
        let modules: Vec<Value> = lines.iter().map(module).collect();
        let input = json!({ "productId": opened.it.id, "modules": modules, "expectedVersion": version(&fields) });
        let wrong = opened.guest.carry_out(SET_MODULES, input).await?;
        if !wrong.is_empty() {
            let form = again(&fields, ["version"], wrong, opened.it.version);
            return Ok(editing(&opened, lines, form));
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "modules-saved"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn writing(opened: &Opened, form: Form) -> Response {
    let is_wrong = !form.wrong.is_empty();
    let page = Email { cx: opened.guest.cx.clone(), it: opened.it.clone(), form };
    let show = if is_wrong { show::show_again } else { show::show };
    show(&opened.guest.cx, &page)
}

async fn email_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let opened = Opened::of(&desk, &head, &which).await?;
        let mail = opened.it.order_email.clone().unwrap_or_default();
        let form =
            Form::of([("subject", mail.subject), ("body", mail.body), ("version", opened.it.version.to_string())]);
        Ok(writing(&opened, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn email(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (opened, head, fields) = Opened::sent(&desk, &which, request).await?;
        let names = ["subject", "body", "version"];
        if fields.get("do") != "save" {
            return Ok(writing(&opened, show::again(&fields, names, Vec::new())));
        }
        // A browser's line ends are two characters; a mail's are one.
        let body = fields.get("body").replace("\r\n", "\n");
        let mail = match (fields.given("subject"), body.trim()) {
            (None, "") => Value::Null,
            _ => json!({ "subject": fields.get("subject"), "body": body }),
        };
        let input = json!({ "productId": opened.it.id, "orderEmail": mail, "expectedVersion": version(&fields) });
        let wrong = opened.guest.carry_out(SET_ORDER_EMAIL, input).await?;
        if !wrong.is_empty() {
            return Ok(writing(&opened, again(&fields, names, wrong, opened.it.version)));
        }
        Ok(opened.guest.lead(&head.headers, &opened.path(), "order-email-saved"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
