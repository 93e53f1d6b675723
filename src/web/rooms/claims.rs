//! Complaints as pages: the account's, one of them and what is written next, a new one filled in from the issue that is late; and the tabs of a contact's sheet that
//! show their subscriptions and complaints.

use super::{Query, asked, given, one_of, paged, past, version};
use crate::{
    http::{desk::Desk, identity::Fields},
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, request::Parts},
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use pages::{
    Notice, Place, Undo,
    claims::{
        ANSWER, Answer, CLAIM, CLAIMS, CLOSE, Claim, Claims, DRAFT, Draft, DraftAnswer, New, OPEN, One, OneAnswer,
        PURCHASES, Person, Purchases, PurchasesAnswer, REOPEN, STATUSES, by_mistake,
    },
    parts::{Form, Wrong},
    sheet::Tab,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 50;

/// Which: its account and its id.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/claims", get(list))
        .route("/a/{account}/claims/{id}", get(one))
        .route("/a/{account}/claims/{id}/answer", post(answer))
        .route("/a/{account}/claims/{id}/close", post(close))
        .route("/a/{account}/claims/{id}/reopen", post(reopen))
        .route("/a/{account}/contacts/{contact}/subscriptions", get(subscriptions))
        .route("/a/{account}/contacts/{contact}/claims", get(claims))
        .route("/a/{account}/contacts/{contact}/claims/new", get(new_form).post(new))
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Claims).await?;
        let status = one_of(asked(&query, "status"), &STATUSES);
        let variables = paged(&query, PAGE, json!({ "account": account, "status": given(&status) }));
        let answer: Answer = guest.ask(CLAIMS, variables).await?;
        Ok(show::show(&guest.cx.clone(), &Claims { cx: guest.cx, status, list: answer.claims }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A complaint, of whoever may see it.
struct Opened {
    guest: Guest,
    it: Claim,
}

impl Opened {
    async fn of(guest: Guest, id: &str) -> Result<Opened, Response> {
        let answer: OneAnswer = guest.ask(CLAIM, json!({ "id": id })).await?;
        let it = answer.claim().ok_or_else(|| show::nothing(guest.cx.lang))?;
        Ok(Opened { guest, it })
    }

    fn path(&self, what: &str) -> String {
        let slash = if what.is_empty() { "" } else { "/" };
        self.guest.cx.at(&format!("claims/{}{slash}{what}", self.it.id))
    }

    /// How what was just done is taken back, where it still can be.
    fn undo(&self, told: &str) -> Option<Undo> {
        let version = ("version", self.it.version.to_string());
        let (may, back, fields) = match told {
            "claim-closed" if self.it.status == "CLOSED" => {
                ("ReopenClaim", "reopen", vec![version, ("text", by_mistake(&self.guest.cx))])
            }
            "claim-reopened" if self.it.status == "OPEN" => ("CloseClaim", "close", vec![version]),
            _ => return None,
        };
        self.guest.cx.may(may).then(|| Undo { action: self.path(back), fields })
    }
}

async fn one(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Claims).await?;
        let opened = Opened::of(guest, &which.0.1).await?;
        let told = asked(&query, "told");
        let mut cx = opened.guest.cx.clone();
        cx.notice = show::notice(&cx, told);
        if let Some(Notice { undo, .. }) = &mut cx.notice {
            *undo = opened.undo(told);
        }
        let form = Form::of([("key", desk.service.app.clock().id().to_string())]);
        Ok(show::show(&cx.clone(), &One { cx, it: opened.it, form }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Does what a form of a complaint asks for; its page says how it went, with what was typed.
async fn act(
    desk: Desk,
    which: Which,
    request: Request,
    document: &str,
    input: impl FnOnce(&Fields) -> Value,
    told: &str,
) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Claims).await?;
        let opened = Opened::of(guest, &which.0.1).await?;
        let mut asked = input(&fields);
        asked["claimId"] = json!(opened.it.id);
        asked["expectedVersion"] = json!(version(&fields));
        let wrong = opened.guest.carry_out(document, asked).await?;
        if wrong.is_empty() {
            return Ok(opened.guest.lead(&head.headers, &opened.path(""), told));
        }
        let mut cx = opened.guest.cx.clone();
        let mut form = show::again(&fields, ["text", "key"], wrong);
        if told == "claim-closed" {
            // It has no field: what is wrong is told at the top.
            let wrong = std::mem::take(&mut form.wrong).into_iter().next();
            cx.notice = wrong.map(|wrong| Notice { good: false, text: wrong.message, undo: None });
        }
        Ok(show::show_again(&cx.clone(), &One { cx, it: opened.it, form }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A browser's line ends are two characters; ours are one.
fn text(fields: &Fields) -> String {
    fields.get("text").replace("\r\n", "\n")
}

fn written(fields: &Fields) -> Value {
    json!({ "text": text(fields), "idempotencyKey": fields.given("key") })
}

async fn answer(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    act(desk, which, request, ANSWER, written, "claim-answered").await
}

async fn close(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    act(desk, which, request, CLOSE, |_| json!({}), "claim-closed").await
}

async fn reopen(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    act(desk, which, request, REOPEN, written, "claim-reopened").await
}

/// Whose sheet it is, of whoever may see it.
async fn person(guest: &Guest, contact: &str) -> Result<Person, Response> {
    person_then(guest, contact, None).await
}

/// The same as of an instant.
async fn person_then(guest: &Guest, contact: &str, as_of: Option<DateTime<Utc>>) -> Result<Person, Response> {
    let as_of = as_of.map(|at| at.to_rfc3339());
    let answer: PurchasesAnswer = guest.ask(PURCHASES, json!({ "id": contact, "asOf": as_of })).await?;
    answer.contact.ok_or_else(|| show::nothing(guest.cx.lang))
}

async fn tab(desk: Desk, which: Which, query: Query, head: Parts, tab: Tab) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        if !tab.is_shown(&guest.cx) {
            return Err(show::nothing(guest.cx.lang));
        }
        let as_of = past(&guest, &query);
        let contact = person_then(&guest, &which.0.1, as_of).await?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        guest.cx.now = as_of.unwrap_or(guest.cx.now);
        Ok(show::show(&guest.cx.clone(), &Purchases { cx: guest.cx, contact, tab, as_of }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn subscriptions(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Subscriptions).await
}

async fn claims(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    tab(desk, which, query, head, Tab::Claims).await
}

/// What a complaint on a subscription is filled in with; none where it is not known on which.
async fn draft(guest: &Guest, contact: &Person, subscription: &str, module: &str) -> Result<Option<Draft>, Response> {
    let theirs = contact.subscriptions.iter().flatten().any(|one| one.id == subscription);
    if !theirs {
        return Ok(None);
    }
    let variables = json!({ "contact": contact.id, "subscription": subscription, "module": given(module) });
    let answer: DraftAnswer = guest.ask(DRAFT, variables).await?;
    Ok(Some(answer.claim_draft))
}

fn opening(guest: &Guest, headers: &HeaderMap, contact: Person, draft: Option<Draft>, form: Form) -> Response {
    let page = New { cx: guest.cx.clone(), contact, draft, form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

/// Fills a form in for a subscription, and for an issue of it where one is named.
async fn filled(guest: &Guest, headers: &HeaderMap, contact: Person, mut form: Form) -> Result<Response, Response> {
    let draft = draft(guest, &contact, form.value("subscriptionId"), form.value("moduleId")).await?;
    if let Some(draft) = &draft {
        let issue = draft.issue.as_ref().map(|issue| issue.module_id.clone()).unwrap_or_default();
        form.values.insert("moduleId".to_owned(), issue);
        form.values.insert("text".to_owned(), draft.text.clone());
    }
    Ok(opening(guest, headers, contact, draft, form))
}

async fn new_form(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let contact = person(&guest, &which.0.1).await?;
        // The only one is chosen by itself.
        let only = match contact.subscriptions.as_deref() {
            Some([one]) => one.id.clone(),
            _ => asked(&query, "subscription").to_owned(),
        };
        let form = Form::of([("key", desk.service.app.clock().id().to_string()), ("subscriptionId", only)]);
        filled(&guest, &head.headers, contact, form).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn new(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    #[derive(Deserialize)]
    struct Payload {
        done: Done,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Done {
        claim: Option<Made>,
        user_errors: Vec<Wrong>,
    }
    #[derive(Deserialize)]
    struct Made {
        id: String,
    }
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Contacts).await?;
        let contact = person(&guest, &which.0.1).await?;
        let names = ["key", "subscriptionId", "moduleId", "text"];
        if fields.get("do") != "open" {
            return filled(&guest, &head.headers, contact, show::again(&fields, names, Vec::new())).await;
        }
        let input = json!({ "contactId": contact.id, "subscriptionId": fields.get("subscriptionId"),
            "moduleId": given(fields.get("moduleId")), "text": text(&fields), "idempotencyKey": fields.given("key") });
        let Payload { done } = guest.ask(OPEN, json!({ "input": input })).await?;
        let Some(made) = done.claim.filter(|_| done.user_errors.is_empty()) else {
            let form = show::again(&fields, names, done.user_errors);
            let draft = draft(&guest, &contact, form.value("subscriptionId"), form.value("moduleId")).await?;
            return Ok(opening(&guest, &head.headers, contact, draft, form));
        };
        // Who may open one for themselves only is led to where they see it.
        let to = match guest.cx.enters(Place::Claims) {
            true => guest.cx.at(&format!("claims/{}", made.id)),
            false => guest.cx.at(&format!("contacts/{}/claims", contact.id)),
        };
        Ok(guest.lead(&head.headers, &to, "claim-opened"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
