//! What is kept about one person, as pages: handing it out, erasing it (rows P3, P4, B8).

use super::{Query, asked, version};
use crate::{
    http::desk::Desk,
    web::show::{self, Guest, guest},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, request::Parts},
    response::Response,
    routing::get,
};
use pages::{
    Place,
    parts::{Form, Wrong},
    person::{Answer, Contact, ImpactAnswer, PERSON},
    personal::{ERASE, Erase, IMPACT, Personal, RECEIPT, ReceiptAnswer},
};
use serde_json::json;

/// Which contact: its account and its id.
type Which = Path<(String, String)>;

/// Their pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/contacts/{contact}/personal", get(look))
        .route("/a/{account}/contacts/{contact}/erase", get(erase_form).post(erase))
}

/// The contact, for whoever may erase it: they may hand out what is kept about it, too.
async fn found(guest: &Guest, contact: &str) -> Result<Contact, Response> {
    if !guest.cx.may("EraseContact") {
        return Err(show::nothing(guest.cx.lang));
    }
    let answer: Answer = guest.ask(PERSON, json!({ "id": contact })).await?;
    answer.contact.ok_or_else(|| show::nothing(guest.cx.lang))
}

/// The contact, while there is something to erase.
async fn to_erase(guest: &Guest, contact: &str) -> Result<Contact, Response> {
    let contact = found(guest, contact).await?;
    if contact.erased { Err(show::nothing(guest.cx.lang)) } else { Ok(contact) }
}

async fn look(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let contact = found(&guest, &which.0.1).await?;
        let receipt = match contact.erased {
            true => guest.ask::<ReceiptAnswer>(RECEIPT, json!({ "id": contact.id })).await?.receipt,
            false => None,
        };
        // Where only support deletes, the way there leads on to asking for it.
        let cannot = match contact.erased {
            true => Vec::new(),
            false => guest.ask::<ImpactAnswer>(IMPACT, json!({ "contact": contact.id })).await?.impact.user_errors,
        };
        let cannot = cannot.into_iter().filter(|wrong| wrong.code != "DELETION_NEEDS_SUPPORT").collect();
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(show::show(&guest.cx.clone(), &Personal { cx: guest.cx, contact, receipt, cannot }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn erasing(
    guest: &Guest,
    headers: &HeaderMap,
    contact: Contact,
    wrong: Vec<Wrong>,
) -> Result<Response, Response> {
    let ImpactAnswer { impact } = guest.ask(IMPACT, json!({ "contact": contact.id })).await?;
    let page = Erase { cx: guest.cx.clone(), form: Form { wrong, ..Form::default() }, contact, impact };
    Ok(guest.form(headers, &page.form, &page, askama::Template::render(&page.as_dialog())))
}

async fn erase_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let contact = to_erase(&guest, &which.0.1).await?;
        guest.is_sure(&head.headers, &guest.cx.at(&format!("contacts/{}/erase", contact.id)))?;
        erasing(&guest, &head.headers, contact, Vec::new()).await
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn erase(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Contacts).await?;
        let contact = to_erase(&guest, &which.0.1).await?;
        guest.is_sure(&head.headers, &guest.cx.at(&format!("contacts/{}/erase", contact.id)))?;
        let input = json!({ "contactId": contact.id, "confirm": true, "expectedVersion": version(&fields) });
        let wrong = guest.carry_out(ERASE, input).await?;
        if !wrong.is_empty() {
            return erasing(&guest, &head.headers, contact, wrong).await;
        }
        Ok(guest.lead(&head.headers, &guest.cx.at(&format!("contacts/{}/personal", contact.id)), "erased"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
