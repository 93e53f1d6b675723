//! One act on all that match, where they are too many for one form: counted and noted first, then done in pieces, each a form that is sent, and by itself where
//! there is a script. Each contact gets the command that its sheet would send, under a key of its own; so a piece that is sent again, a service that begins
//! anew and a browser that comes back do nothing twice, and go on where it was.
//!
//! Next: `alone` (those whose page was closed).

use super::{Query, asked, bulk, views};
use crate::{
    app::{Act, BULK_MOST, Became, Bulk, BulkRow, Failure, Narrowed as Those, Stage},
    http::{
        desk::{By, Desk},
        identity::Fields,
    },
    i18n::messages::message,
    web::show::{self, Guest, guest},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{StatusCode, request::Parts},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use domain::{
    ProductId,
    values::{AccessMode, ContactKind, Profile},
};
use futures::{StreamExt, TryStreamExt, stream};
use pages::{
    Place,
    bulk::{ACTS, Back, MODE, Refused, TooMany},
    bulk_all::{Answer, MOST, Many, Review, Standing, Waits},
    contacts::Narrowed,
    person::DELETE,
    sheet::{GRANT, REMOVE},
};
use serde_json::{Value, json};
use uuid::Uuid;

// What a page says of it and what is refused are one number.
const _: () = assert!(MOST as usize == BULK_MOST);
/// So many contacts one piece is about.
const PIECE: i64 = 200;
/// So many are worked on at the same time.
const TOGETHER: usize = 8;
/// So many of those that were refused stand on a page.
const TOLD: i64 = 50;

mod alone;
pub use alone::keep_on;

/// Which: its account and its id.
type Which = Path<(String, String)>;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new().route("/a/{account}/contacts/bulk/{bulk}", get(standing).post(further))
}

/// What the list is narrowed to, for whoever goes through all of it.
fn those(narrowed: &Narrowed) -> Those {
    let filter = projections::contacts::Filter {
        profile: Profile::parse(&narrowed.profile).map(Profile::as_str),
        kind: ContactKind::parse(&narrowed.kind).map(ContactKind::as_str),
        mode: AccessMode::parse(&narrowed.mode).map(AccessMode::as_str),
        has_email: match narrowed.email.as_str() {
            "YES" => Some(true),
            "NO" => Some(false),
            _ => None,
        },
        ..Default::default()
    };
    Those { filter, search: (!narrowed.q.is_empty()).then(|| narrowed.q.clone()) }
}

fn act_of(word: &str, product: &str) -> Option<Act> {
    let product = product.parse().ok().map(|id: ProductId| id);
    match (word, product) {
        ("DELETE", _) => Some(Act::Delete),
        ("GRANT", Some(product)) => Some(Act::Grant(product)),
        ("ACTIVATE", Some(product)) => Some(Act::Mode(product, AccessMode::Activated)),
        ("SUSPEND", Some(product)) => Some(Act::Mode(product, AccessMode::Suspended)),
        _ => None,
    }
}

fn word_of(act: Act) -> &'static str {
    match act {
        Act::Grant(_) => "GRANT",
        Act::Mode(_, AccessMode::Suspended) => "SUSPEND",
        Act::Mode(..) => "ACTIVATE",
        Act::Delete => "DELETE",
    }
}

/// Looks at all that match, for an act whose form is whole, and leads to what it comes to.
pub(super) async fn look_at(
    guest: &Guest,
    back: Back,
    narrowed: &Narrowed,
    fields: &Fields,
) -> Result<Response, Response> {
    let nothing = || show::nothing(guest.cx.lang);
    let whose = views::whose(guest).ok_or_else(nothing)?;
    let act = act_of(fields.get("act"), fields.get("productId")).ok_or_else(nothing)?;
    let mails = matches!(act, Act::Grant(_)) && fields.get("sendOrderEmail") == "1";
    // What was searched may be somebody's name, and is not kept.
    let kept = narrowed.query("q");
    let noted = guest.desk.service.app.look_at_bulk(whose, (act, mails, &kept), those(narrowed)).await;
    match noted.map_err(|e| show::failed(&e, guest.cx.lang))? {
        Some(id) => Ok(Redirect::to(&address(guest, id)).into_response()),
        None => Ok(show::show_again(
            &guest.cx.clone(),
            &TooMany { cx: guest.cx.clone(), back, many: Some(MOST + 1), most: MOST },
        )),
    }
}

/// Where one is.
pub(super) fn address(guest: &Guest, id: Uuid) -> String {
    format!("{}/{}", guest.cx.at("contacts/bulk"), id.simple())
}

/// One of their own, whose act they may still carry out.
async fn found(guest: &Guest, id: &str) -> Result<Bulk, Response> {
    let nothing = || show::nothing(guest.cx.lang);
    let whose = views::whose(guest).ok_or_else(nothing)?;
    let id = Uuid::parse_str(id).map_err(|_| nothing())?;
    let bulk = guest.desk.service.app.bulk(whose, id).await.map_err(|e| show::failed(&e, guest.cx.lang))?;
    let may = |bulk: &Bulk| ACTS.iter().any(|(act, command)| *act == word_of(bulk.act) && guest.cx.may(command));
    bulk.filter(may).ok_or_else(nothing)
}

async fn many(guest: &Guest, bulk: &Bulk) -> Result<Many, Response> {
    let product = match bulk.act {
        Act::Grant(product) | Act::Mode(product, _) => bulk::product(guest, &product.to_string()).await?,
        Act::Delete => None,
    };
    let tally = bulk.tally;
    Ok(Many {
        id: bulk.id.simple().to_string(),
        act: word_of(bulk.act),
        product,
        mails: bulk.mails,
        same: bulk.same,
        cannot: bulk.cannot,
        closes: bulk.closes,
        waiting: tally.waiting,
        done: tally.done,
        refused: tally.refused,
        undone: tally.undone,
        kept: tally.kept,
    })
}

async fn page(guest: &Guest, bulk: &Bulk, waits: Waits, after: i64) -> Result<Standing, Response> {
    let failed = |e: Failure| show::failed(&e, guest.cx.lang);
    let (mut not, mut more) = (Vec::new(), None);
    if !bulk.stage.goes_on() {
        let rows = guest.desk.service.app.bulk_not(bulk.id, bulk.stage, after, TOLD + 1).await.map_err(failed)?;
        let shown = rows.iter().take(TOLD as usize);
        more = shown.clone().next_back().filter(|_| rows.len() as i64 > TOLD).map(|last| last.number);
        let told = |row: &BulkRow| {
            let (id, message) = (row.contact, row.why.clone().unwrap_or_default());
            async move {
                // Only for its name: what was refused is told all the same.
                let named = bulk::read(guest, id, "").await.ok().flatten().and_then(|answer| answer.contact);
                let name = named.map(|contact| contact.display_name).unwrap_or_default();
                Refused { id: id.to_string(), name, message }
            }
        };
        not = stream::iter(shown.map(told).collect::<Vec<_>>()).buffered(TOGETHER).collect().await;
    }
    Ok(Standing {
        cx: guest.cx.clone(),
        back: Back(bulk.back.clone()),
        many: many(guest, bulk).await?,
        goes_on: bulk.stage.goes_on(),
        undoing: matches!(bulk.stage, Stage::Undoing | Stage::Undone),
        waits,
        not,
        more,
    })
}

async fn standing(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &which.0.0, Place::Contacts).await?;
        let bulk = found(&guest, &which.0.1).await?;
        if bulk.stage == Stage::LookedAt {
            let back = Back(bulk.back.clone());
            let review = Review { cx: guest.cx.clone(), back, many: many(&guest, &bulk).await? };
            return Ok(show::show(&guest.cx, &review));
        }
        let after = asked(&query, "after").parse().unwrap_or(0);
        Ok(show::show(&guest.cx, &page(&guest, &bulk, Waits::Not, after).await?))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn further(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &which.0.0, Place::Contacts).await?;
        let before = found(&guest, &which.0.1).await?;
        let app = &desk.service.app;
        let steps: &[(Stage, Stage)] = match fields.get("step") {
            "do" => &[(Stage::LookedAt, Stage::Doing)],
            "again" => &[(Stage::Done, Stage::Doing)],
            "stop" => &[(Stage::Doing, Stage::Done), (Stage::Undoing, Stage::Undone)],
            // Nothing takes back what was deleted.
            "undo" if before.act != Act::Delete => &[(Stage::Doing, Stage::Undoing), (Stage::Done, Stage::Undoing)],
            _ => &[],
        };
        for (from, to) in steps {
            app.bulk_becomes(before.id, *from, *to).await.map_err(|e| show::failed(&e, guest.cx.lang))?;
        }
        let bulk = found(&guest, &which.0.1).await?;
        let waits = if bulk.stage.goes_on() { further_here(&guest, &bulk).await? } else { Waits::Not };
        if show::is_part(&head.headers) {
            let bulk = found(&guest, &which.0.1).await?;
            let page = page(&guest, &bulk, waits, 0).await?;
            return Ok(show::page(StatusCode::OK, guest.cx.lang, page.as_part().render()));
        }
        Ok(Redirect::to(&address(&guest, bulk.id)).into_response())
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Goes on with a piece of it, unless the service does already.
async fn further_here(guest: &Guest, bulk: &Bulk) -> Result<Waits, Response> {
    let failed = |e: Failure| show::failed(&e, guest.cx.lang);
    let app = &guest.desk.service.app;
    if !app.bulk_hold(bulk.id, Uuid::nil(), Some(guest.cx.lang.tag())).await.map_err(failed)? {
        return Ok(Waits::Alone);
    }
    let held = piece(&guest.desk, &guest.by, bulk).await.map_err(failed)?;
    Ok(if held { Waits::Held } else { Waits::Not })
}

/// Goes on with a piece of it; whether the service had too much to do for the whole of it.
async fn piece(desk: &Desk, by: &By, bulk: &Bulk) -> Result<bool, Failure> {
    let app = &desk.service.app;
    let rows = app.bulk_next(bulk.id, bulk.stage, PIECE).await?;
    // Each notes what came of it itself: whoever waits for the others holds up none that has a connection.
    let one = |row: BulkRow| async move {
        match carried_out(desk, by, bulk, &row).await {
            None => Ok(true),
            Some(became) => app.bulk_became(bulk.id, bulk.stage, row.number, &became).await.map(|()| false),
        }
    };
    let held: Vec<bool> = stream::iter(rows).map(one).buffered(TOGETHER).try_collect().await?;
    let held = held.contains(&true);
    if app.bulk_next(bulk.id, bulk.stage, 1).await?.is_empty() {
        let ended = if bulk.stage == Stage::Undoing { Stage::Undone } else { Stage::Done };
        app.bulk_becomes(bulk.id, bulk.stage, ended).await?;
    }
    Ok(held)
}

/// The command for one of them, or what takes it back: its mutation, and its input.
fn command(bulk: &Bulk, row: &BulkRow) -> (&'static str, Value) {
    let undoing = bulk.stage == Stage::Undoing;
    // What one act does to one contact has one key: sent again, it gets the answer of the first time.
    let key = format!("{}.{}{}", bulk.id.simple(), row.contact, if undoing { ".undo" } else { "" });
    let contact = row.contact.to_string();
    let seen = row.version;
    match bulk.act {
        Act::Delete => {
            (DELETE, json!({ "contactId": contact, "idempotencyKey": key, "confirm": true, "expectedVersion": seen }))
        }
        Act::Grant(product) if undoing => (
            REMOVE,
            json!({ "contactId": contact, "productId": product.to_string(), "idempotencyKey": key, "expectedVersion": seen }),
        ),
        Act::Grant(product) => (
            GRANT,
            json!({
                "contactId": contact, "productId": product.to_string(), "idempotencyKey": key,
                "sendOrderEmail": bulk.mails,
            }),
        ),
        Act::Mode(product, mode) => {
            let mode = row.before.as_deref().filter(|_| undoing).unwrap_or(mode.as_str());
            (
                MODE,
                json!({
                    "contactId": contact, "productId": product.to_string(), "idempotencyKey": key, "mode": mode,
                    "expectedVersion": seen,
                }),
            )
        }
    }
}

/// What came of it for one of them. None: not now, for the service has too much to do.
async fn carried_out(desk: &Desk, by: &By, bulk: &Bulk, row: &BulkRow) -> Option<Became> {
    let (document, input) = command(bulk, row);
    match desk.ask::<Answer>(by, document, json!({ "input": input })).await {
        Ok(Answer { done }) => Some(match done.user_errors.into_iter().next() {
            Some(wrong) => Became::Refused(wrong.message),
            None => Became::Done(done.access.map_or(row.version, |access| access.version)),
        }),
        Err(why) => match why.code.as_str() {
            "RATE_LIMITED" | "BUSY" | "STORAGE_FULL" | "READ_MODEL_BEHIND" => None,
            "NOT_FOUND" => Some(Became::Refused(message("NOT_FOUND", by.lang, &[]))),
            _ => Some(Became::Refused(why.message)),
        },
    }
}

/// Where one is that was begun and has not ended, for the list to say so.
pub(super) async fn under_way(guest: &Guest) -> Result<Option<String>, Response> {
    let Some(whose) = views::whose(guest) else { return Ok(None) };
    let id = guest.desk.service.app.bulk_under_way(whose).await.map_err(|e| show::failed(&e, guest.cx.lang))?;
    Ok(id.map(|id| address(guest, id)))
}
