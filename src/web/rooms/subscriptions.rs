//! The account's subscriptions as pages: the list, one of them with its contacts, and what is done to it. What can be taken back is done at once, and the page
//! that follows takes it back.
//!
//! Next: `journeys` (how contacts come to a subscription).

use super::{Query, again, asked, given, instant, one_of, paged, version};
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
    parts::Form,
    subscriptions::{
        ATTACH, Act, ActForm, Answer, CANCEL, DETACH, Narrowed, One, OneAnswer, PAUSE, RECORD_PAYMENT, RENEW, RESUME,
        STATES, SUBSCRIPTION, SUBSCRIPTIONS, Subscription, Subscriptions,
    },
};
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 50;

/// Which: its account and its id.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/subscriptions", get(list))
        .route("/a/{account}/subscriptions/{id}", get(one))
        .route("/a/{account}/subscriptions/{id}/renew", get(renew_form).post(renew))
        .route("/a/{account}/subscriptions/{id}/cancel", get(cancel_form).post(cancel))
        .route("/a/{account}/subscriptions/{id}/payment", get(payment_form).post(pay))
        .route("/a/{account}/subscriptions/{id}/pause", post(pause))
        .route("/a/{account}/subscriptions/{id}/resume", post(resume))
        .route("/a/{account}/subscriptions/{id}/attach", post(attach))
        .route("/a/{account}/subscriptions/{id}/detach", post(detach))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Subscriptions).await?;
        let narrowed = Narrowed {
            kind: asked(&query, "type").trim().chars().take(200).collect(),
            product: asked(&query, "product").to_owned(),
            state: one_of(asked(&query, "state"), &STATES),
        };
        let filter = json!({ "type": given(&narrowed.kind), "productId": given(&narrowed.product), "state": given(&narrowed.state) });
        let variables = paged(&query, PAGE, json!({ "account": account, "filter": filter }));
        let answer: Answer = guest.ask(SUBSCRIPTIONS, variables).await?;
        let page = Subscriptions {
            cx: guest.cx.clone(),
            narrowed,
            list: answer.account_subscriptions,
            products: answer.products,
        };
        Ok(match show::is_part(&head.headers) {
            true => show::page(StatusCode::OK, guest.cx.lang, Template::render(&page.as_rows())),
            false => show::show(&guest.cx, &page),
        })
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A subscription, of whoever may see it.
pub(super) struct Opened {
    pub(super) guest: Guest,
    pub(super) it: Subscription,
}

impl Opened {
    /// That of an id, with the first of its contacts.
    pub(super) async fn of(guest: Guest, id: &str) -> Result<Opened, Response> {
        Opened::asked(guest, json!({ "id": id, "first": PAGE })).await
    }

    async fn asked(guest: Guest, which: Value) -> Result<Opened, Response> {
        let answer: OneAnswer = guest.ask(SUBSCRIPTION, which).await?;
        let it = answer.subscription().ok_or_else(|| show::nothing(guest.cx.lang))?;
        Ok(Opened { guest, it })
    }

    pub(super) fn path(&self, what: &str) -> String {
        let slash = if what.is_empty() { "" } else { "/" };
        self.guest.cx.at(&format!("subscriptions/{}{slash}{what}", self.it.id))
    }

    /// How what was just done is taken back, where it still can be.
    fn undo(&self, told: &str, of: &str) -> Option<Undo> {
        let version = || vec![("version", self.it.version.to_string())];
        let (may, back, fields) = match told {
            "subscription-paused" if self.it.paused => ("ResumeSubscription", "resume", version()),
            "subscription-resumed" if !self.it.paused => ("PauseSubscription", "pause", version()),
            "contact-detached" if !of.is_empty() => ("AttachContact", "attach", vec![("contact", of.to_owned())]),
            _ => return None,
        };
        self.guest.cx.may(may).then(|| Undo { action: self.path(back), fields })
    }
}

async fn one(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Subscriptions).await?;
        let opened = Opened::asked(guest, paged(&query, PAGE, json!({ "id": which.0.1 }))).await?;
        let told = asked(&query, "told");
        let mut cx = opened.guest.cx.clone();
        cx.notice = show::notice(&cx, told);
        if let Some(Notice { undo, .. }) = &mut cx.notice {
            *undo = opened.undo(told, asked(&query, "of"));
        }
        Ok(show::show(&cx.clone(), &One { cx, it: opened.it }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn shown(opened: &Opened, headers: &HeaderMap, act: Act, form: Form) -> Response {
    let page = ActForm { cx: opened.guest.cx.clone(), it: opened.it.clone(), act, form: form.clone() };
    let dialog = page.as_dialog().render();
    opened.guest.form(headers, &form, &page, dialog)
}

async fn form(desk: Desk, which: Which, head: Parts, act: Act) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Subscriptions).await?;
        let opened = Opened::of(guest, &which.0.1).await?;
        let now = opened.guest.cx.now.with_timezone(&opened.guest.cx.zone);
        let form = Form::of([
            ("version", opened.it.version.to_string()),
            ("key", desk.service.app.clock().id().to_string()),
            ("state", "PAID".to_owned()),
            ("occurredAt", now.format("%Y-%m-%dT%H:%M").to_string()),
        ]);
        Ok(shown(&opened, &head.headers, act, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn renew_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    form(desk, which, head, Act::Renew).await
}

async fn cancel_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    form(desk, which, head, Act::Cancel).await
}

async fn payment_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    form(desk, which, head, Act::Payment).await
}

/// What a form of a subscription sent, with the subscription.
async fn sent(desk: &Desk, which: &Which, request: Request) -> Result<(Opened, Parts, Fields), Response> {
    let (guest, head, fields) = show::sent(desk, request, &which.0.0, Place::Subscriptions).await?;
    Ok((Opened::of(guest, &which.0.1).await?, head, fields))
}

/// Carries out what a form of a subscription asks for; shows it again, or leads back.
async fn act(
    desk: Desk,
    which: Which,
    request: Request,
    act: Act,
    document: &str,
    input: impl FnOnce(&Opened, &Fields) -> Value,
    told: &str,
) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let wrong = opened.guest.carry_out(document, input(&opened, &fields)).await?;
        if wrong.is_empty() {
            return Ok(opened.guest.lead(&head.headers, &opened.path(""), told));
        }
        let names = ["version", "key", "startsOn", "endsOn", "state", "occurredAt", "eventId"];
        let form = again(&fields, names, wrong, opened.it.version);
        Ok(shown(&opened, &head.headers, act, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn renew(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let input = |opened: &Opened, fields: &Fields| {
        json!({ "subscriptionId": opened.it.id, "startsOn": given(fields.get("startsOn")), "endsOn": given(fields.get("endsOn")),
            "expectedVersion": version(fields) })
    };
    act(desk, which, request, Act::Renew, RENEW, input, "subscription-renewed").await
}

async fn cancel(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let input = |opened: &Opened, fields: &Fields| json!({ "subscriptionId": opened.it.id, "endsOn": given(fields.get("endsOn")), "expectedVersion": version(fields) });
    act(desk, which, request, Act::Cancel, CANCEL, input, "subscription-cancelled").await
}

async fn pay(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let input = |opened: &Opened, fields: &Fields| {
        let at = instant(fields.get("occurredAt"), opened.guest.cx.zone);
        // The form's own key: the same fact, however often it is sent.
        let id = fields.given("eventId").or(fields.given("key")).unwrap_or_default();
        // No day is none that the rule takes, and it says so by the field.
        let at = at.map_or_else(|| "1800-01-01T00:00:00Z".to_owned(), |at| at.to_rfc3339());
        json!({ "subscriptionId": opened.it.id, "state": fields.get("state"), "occurredAt": at, "eventId": id })
    };
    act(desk, which, request, Act::Payment, RECORD_PAYMENT, input, "payment-recorded").await
}

/// Does something at once, and says on the page that follows how it went.
async fn at_once(
    desk: Desk,
    which: Which,
    request: Request,
    document: &str,
    input: impl FnOnce(&Opened, &Fields) -> Value,
    told: &str,
) -> Response {
    let page = async {
        let (opened, head, fields) = sent(&desk, &which, request).await?;
        let wrong = opened.guest.carry_out(document, input(&opened, &fields)).await?;
        let Some(wrong) = wrong.into_iter().next() else {
            return Ok(opened.guest.lead_with(&head.headers, &opened.path(""), told, fields.get("contact")));
        };
        let mut cx = opened.guest.cx.clone();
        cx.notice = Some(Notice { good: false, text: wrong.message, undo: None });
        Ok(show::show_again(&cx.clone(), &One { cx, it: opened.it }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

fn as_seen(opened: &Opened, fields: &Fields) -> Value {
    json!({ "subscriptionId": opened.it.id, "expectedVersion": version(fields) })
}

fn of_contact(opened: &Opened, fields: &Fields) -> Value {
    json!({ "subscriptionId": opened.it.id, "contactId": fields.get("contact") })
}

async fn pause(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, PAUSE, as_seen, "subscription-paused").await
}

async fn resume(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, RESUME, as_seen, "subscription-resumed").await
}

async fn attach(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, ATTACH, of_contact, "contact-attached").await
}

async fn detach(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, DETACH, of_contact, "contact-detached").await
}
