//! Views of the list of contacts that somebody keeps for themselves: kept under a name, renamed, dropped. What a view is made of is what the list's own address says.

use super::{Query, contacts};
use crate::{
    app::Whose,
    http::{desk::Desk, identity::Fields},
    i18n::messages::message,
    web::show::{self, Guest},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, Uri},
    response::Response,
    routing::post,
};
use domain::{ActorKind, Refusal, UserId};
use pages::{
    Place,
    contacts::{Narrowed, TAKEN, TOO_MANY, View},
};
use uuid::Uuid;

/// Where forms about them go.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/contacts/views", post(keep))
        .route("/a/{account}/contacts/views/{view}", post(change))
}

/// Whose views they are; none of whoever is no user.
pub(super) fn whose(guest: &Guest) -> Option<Whose> {
    let actor = &guest.by.caller.actor;
    (actor.kind == ActorKind::User).then_some(Whose { account: guest.account, user: UserId(actor.id) })
}

/// Those that whoever looks at the list keeps in this account.
pub(super) async fn of(guest: &Guest) -> Result<Vec<View>, Response> {
    let Some(whose) = whose(guest) else { return Ok(Vec::new()) };
    let views = guest.desk.service.app.views(whose).await.map_err(|e| show::failed(&e, guest.cx.lang))?;
    let view = |view: crate::app::View| View { id: view.id.simple().to_string(), name: view.name, query: view.query };
    Ok(views.into_iter().map(view).collect())
}

/// How a list is narrowed, ordered and shown, as a form has it from its address: ours, and nothing else.
pub(super) fn narrowed(guest: &Guest, fields: &Fields) -> Narrowed {
    let address = format!("{}{}", guest.cx.at("contacts"), fields.get("back"));
    let query = address.parse::<Uri>().ok().and_then(|uri| Query::try_from_uri(&uri).ok());
    query.map(|query| contacts::narrowed(&query)).unwrap_or_default()
}

fn lead(guest: &Guest, headers: &HeaderMap, narrowed: &Narrowed, told: &str) -> Response {
    let query = narrowed.query("");
    let joint = if query.is_empty() { '?' } else { '&' };
    show::led(headers, &format!("{}{query}{joint}told={told}", guest.cx.at("contacts")))
}

async fn refused(guest: &Guest, narrowed: Narrowed, refusal: &Refusal) -> Result<Response, Response> {
    let text = match refusal.code {
        domain::Code::NotAllowedNow => guest.cx.tn(TOO_MANY, crate::app::VIEWS_MAX as i64).into_owned(),
        code => message(code.as_str(), guest.cx.lang, &refusal.params),
    };
    contacts::shown_again(guest, narrowed, text).await
}

async fn keep(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Contacts).await?;
        let whose = whose(&guest).ok_or_else(|| show::nothing(guest.cx.lang))?;
        let narrowed = narrowed(&guest, &fields);
        let query = narrowed.query("q");
        let kept = desk.service.app.keep_view(whose, fields.get("name"), &query).await;
        match kept.map_err(|e| show::failed(&e, guest.cx.lang))? {
            Ok(()) => Ok(lead(&guest, &head.headers, &narrowed, "view-kept")),
            Err(refusal) => refused(&guest, narrowed, &refusal).await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn change(State(desk): State<Desk>, Path((account, view)): Path<(String, String)>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Contacts).await?;
        let lang = guest.cx.lang;
        let nothing = || show::nothing(lang);
        let whose = whose(&guest).ok_or_else(nothing)?;
        let view = Uuid::parse_str(&view).map_err(|_| nothing())?;
        let narrowed = narrowed(&guest, &fields);
        let app = &desk.service.app;
        if fields.given("drop").is_some() {
            let gone = app.drop_view(whose, view).await.map_err(|e| show::failed(&e, lang))?;
            return if gone { Ok(lead(&guest, &head.headers, &narrowed, "view-dropped")) } else { Err(nothing()) };
        }
        match app.rename_view(whose, view, fields.get("name")).await.map_err(|e| show::failed(&e, lang))? {
            Ok(true) => Ok(lead(&guest, &head.headers, &narrowed, "view-renamed")),
            Ok(false) => {
                let taken = guest.cx.t(TAKEN).into_owned();
                let known = app.views(whose).await.map_err(|e| show::failed(&e, lang))?;
                if known.iter().all(|known| known.id != view) {
                    return Err(nothing());
                }
                contacts::shown_again(&guest, narrowed, taken).await
            }
            Err(refusal) => refused(&guest, narrowed, &refusal).await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
