//! « Gérer les contacts » as pages: the list of members, inviting and recording them, what each may do.

use super::{Query, asked, given, one_of, paged, version};
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
use chrono::{DateTime, TimeDelta};
use domain::values::Profile;
use pages::{
    Cx, Notice, Place, Undo,
    members::{
        ADD, Add, Answer, Ask, Contact, DEACTIVATE, EXPIRY, INVITE, Invite, LEAVE, MEMBER, MEMBERS, Member,
        MemberAnswer, Members, Narrowed, Own, PERMISSIONS, REACTIVATE, RESEND, REVIEWS, REVOKE, RIGHTS, STATUSES,
        TRANSFER,
    },
    parts::{Form, Wrong},
};
use serde_json::{Value, json};

/// Rows of a page.
const PAGE: i64 = 50;
/// Who has not come for so long is looked at again.
const QUIET_DAYS: i64 = 90;
/// Whose last day is that near, too.
const ENDING_DAYS: i64 = 30;

/// Which member: the account and the contact.
type Which = Path<(String, String)>;

/// Their pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/a/{account}/members", get(list))
        .route("/a/{account}/members/invite", get(invite_form).post(invite))
        .route("/a/{account}/members/add", get(add_form).post(add))
        .route("/a/{account}/members/{contact}", get(member))
        .route("/a/{account}/members/{contact}/permissions", post(permissions))
        .route("/a/{account}/members/{contact}/until", post(until))
        .route("/a/{account}/members/{contact}/resend", post(resend))
        .route("/a/{account}/members/{contact}/deactivate", post(deactivate))
        .route("/a/{account}/members/{contact}/reactivate", post(reactivate))
        .route("/a/{account}/members/{contact}/revoke", get(revoke_form).post(revoke))
        .route("/a/{account}/members/{contact}/transfer", get(transfer_form).post(transfer))
        .route("/a/{account}/members/{contact}/leave", get(leave_form).post(leave))
}

fn narrowed(query: &Query) -> Narrowed {
    Narrowed {
        status: one_of(asked(query, "status"), &STATUSES),
        profile: one_of(asked(query, "profile"), &["CLIENT", "CONTACT", "GUEST"]),
        review: one_of(asked(query, "review"), &REVIEWS),
        view: one_of(asked(query, "view"), &["rights"]),
    }
}

fn variables(guest: &Guest, narrowed: &Narrowed, query: &Query) -> Value {
    let Cx { now, zone, .. } = guest.cx;
    let unused_since = match narrowed.review.as_str() {
        // Who never came did not come since the beginning of time either.
        "NEVER" => json!(DateTime::UNIX_EPOCH.to_rfc3339()),
        "QUIET" => json!((now - TimeDelta::days(QUIET_DAYS)).to_rfc3339()),
        _ => Value::Null,
    };
    let expiring_by = match narrowed.review.as_str() {
        "ENDING" => json!((now + TimeDelta::days(ENDING_DAYS)).with_timezone(&zone).date_naive()),
        _ => Value::Null,
    };
    let variables = json!({
        "account": guest.account.to_string(),
        "filter": {
            "status": given(&narrowed.status), "profile": given(&narrowed.profile),
            "unusedSince": unused_since, "expiringBy": expiring_by,
        },
    });
    paged(query, PAGE, variables)
}

async fn list(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let mut guest = guest(&desk, &head, &account, Place::Members).await?;
        let narrowed = narrowed(&query);
        let answer: Answer = guest.ask(MEMBERS, variables(&guest, &narrowed, &query)).await?;
        guest.cx.notice = show::notice(&guest.cx, asked(&query, "told"));
        Ok(show::show(&guest.cx.clone(), &Members { cx: guest.cx, narrowed, list: answer.members }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Whoever looks, as their place here has it.
fn own(guest: &Guest) -> Own {
    let place = guest.by.caller.places.iter().find(|place| place.account == guest.account);
    place.map_or_else(Own::default, |place| Own {
        contact: place.contact.to_string(),
        rights: match place.profile {
            Profile::Client => RIGHTS.map(str::to_owned).to_vec(),
            _ => place.permissions.iter().map(|right| right.as_str().to_owned()).collect(),
        },
    })
}

/// What was ticked, of the rights there are.
fn ticked(fields: &Fields) -> Vec<&'static str> {
    RIGHTS.into_iter().filter(|right| fields.get(right) == "1").collect()
}

fn inviting(guest: &Guest, headers: &HeaderMap, form: Form) -> Response {
    let page = Invite { cx: guest.cx.clone(), own: own(guest), form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

async fn invite_form(State(desk): State<Desk>, Path(account): Path<String>, query: Query, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Members).await?;
        let key = desk.service.app.clock().id().to_string();
        let form = Form::of([("email", asked(&query, "email").to_owned()), ("key", key)]);
        Ok(inviting(&guest, &head.headers, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn invite(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Members).await?;
        let input = json!({
            "accountId": guest.account.to_string(), "email": fields.get("email"), "permissions": ticked(&fields),
            "until": given(fields.get("until")), "idempotencyKey": fields.given("key"),
        });
        let wrong = guest.carry_out(INVITE, input).await?;
        if !wrong.is_empty() {
            return Ok(inviting(&guest, &head.headers, typed(&fields, wrong)));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("members"), "member-invited"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A form of a new member as it was sent.
fn typed(fields: &Fields, wrong: Vec<Wrong>) -> Form {
    let mut form = show::again(
        fields,
        ["firstName", "lastName", "companyName", "email", "phone", "until", "key", "version"],
        wrong,
    );
    form.values.extend(ticked(fields).into_iter().map(|right| (right.to_owned(), "1".to_owned())));
    form
}

fn adding(guest: &Guest, headers: &HeaderMap, form: Form) -> Response {
    let page = Add { cx: guest.cx.clone(), own: own(guest), form: form.clone() };
    let dialog = page.as_dialog().render();
    guest.form(headers, &form, &page, dialog)
}

async fn add_form(State(desk): State<Desk>, Path(account): Path<String>, head: Parts) -> Response {
    let page = async {
        let guest = guest(&desk, &head, &account, Place::Members).await?;
        let form = Form::of([("key", desk.service.app.clock().id().to_string())]);
        Ok(adding(&guest, &head.headers, form))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn add(State(desk): State<Desk>, Path(account): Path<String>, request: Request) -> Response {
    let page = async {
        let (guest, head, fields) = show::sent(&desk, request, &account, Place::Members).await?;
        let input = json!({
            "accountId": guest.account.to_string(), "firstName": given(fields.get("firstName")),
            "lastName": given(fields.get("lastName")), "companyName": given(fields.get("companyName")),
            "email": fields.get("email"), "phone": given(fields.get("phone")), "permissions": ticked(&fields),
            "until": given(fields.get("until")), "idempotencyKey": fields.given("key"),
        });
        let wrong = guest.carry_out(ADD, input).await?;
        if !wrong.is_empty() {
            return Ok(adding(&guest, &head.headers, typed(&fields, wrong)));
        }
        Ok(guest.lead(&head.headers, &guest.cx.at("members"), "member-added"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// A member, looked at by somebody.
struct Met {
    guest: Guest,
    contact: Contact,
}

impl Met {
    async fn of(guest: Guest, contact: &str) -> Result<Met, Response> {
        let answer: MemberAnswer = guest.ask(MEMBER, json!({ "id": contact })).await?;
        let contact = answer.contact.filter(|contact| contact.deleted_at.is_none());
        let contact = contact.ok_or_else(|| show::nothing(guest.cx.lang))?;
        // Who may see a sheet and not the members finds no page here.
        if !guest.cx.enters(Place::Members) && contact.id != own(&guest).contact {
            return Err(show::nothing(guest.cx.lang));
        }
        Ok(Met { guest, contact })
    }

    async fn asked(desk: &Desk, head: &Parts, which: &Which) -> Result<Met, Response> {
        Met::of(guest(desk, head, &which.0.0, Place::Members).await?, &which.0.1).await
    }

    async fn sent(desk: &Desk, which: &Which, request: Request) -> Result<(Met, Parts, Fields), Response> {
        let (guest, head, fields) = show::sent(desk, request, &which.0.0, Place::Members).await?;
        Ok((Met::of(guest, &which.0.1).await?, head, fields))
    }

    fn path(&self) -> String {
        self.guest.cx.at(&format!("members/{}", self.contact.id))
    }

    /// Carries one of the acts out that name the member and nothing else.
    async fn act(&self, document: &str, fields: &Fields, more: Value) -> Result<Vec<Wrong>, Response> {
        let mut input = json!({ "contactId": self.contact.id, "expectedVersion": version(fields) });
        if let (Some(input), Value::Object(more)) = (input.as_object_mut(), more) {
            input.extend(more);
        }
        self.guest.carry_out(document, input).await
    }

    fn page(self, rights: Form, until: Form) -> Response {
        let (own, mut guest) = (own(&self.guest), self.guest);
        let again = [&rights, &until].into_iter().any(|form| !form.wrong.is_empty());
        guest.cx.path = guest.cx.at(&format!("members/{}", self.contact.id));
        let page = Member { cx: guest.cx.clone(), own, contact: self.contact, rights, until };
        if again { show::show_again(&guest.cx, &page) } else { show::show(&guest.cx, &page) }
    }

    /// The page with what was refused of an act that has no form of its own.
    fn refused(mut self, wrong: Vec<Wrong>) -> Response {
        let text = wrong.into_iter().map(|wrong| wrong.message).collect::<Vec<_>>().join(" ");
        self.guest.cx.notice = Some(Notice { good: false, text, undo: None });
        let (rights, until) = (Member::rights_of(&self.contact), Member::until_of(&self.contact));
        let (own, cx) = (own(&self.guest), self.guest.cx);
        show::show_again(&cx.clone(), &Member { cx, own, contact: self.contact, rights, until })
    }
}

async fn member(State(desk): State<Desk>, which: Which, query: Query, head: Parts) -> Response {
    let page = async {
        let mut met = Met::asked(&desk, &head, &which).await?;
        let told = asked(&query, "told");
        met.guest.cx.notice = show::notice(&met.guest.cx, told);
        // Switching off and on takes one press, and one more to take it back.
        let back = match told {
            "member-deactivated" if met.contact.is("INACTIVE") => Some("reactivate"),
            "member-reactivated" if met.contact.is("ACTIVE") => Some("deactivate"),
            _ => None,
        };
        if let (Some(notice), Some(back)) = (&mut met.guest.cx.notice, back) {
            let action =
                met.guest.cx.nav.as_ref().map(|nav| format!("/a/{}/members/{}/{back}", nav.account, which.0.1));
            let fields = vec![("version", met.contact.version.to_string())];
            notice.undo = action.map(|action| Undo { action, fields });
        }
        let (rights, until) = (Member::rights_of(&met.contact), Member::until_of(&met.contact));
        Ok(met.page(rights, until))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// What was typed, to be saved over what stands now by whoever has seen both.
fn over(mut form: Form, contact: &Contact) -> Form {
    if form.wrong.iter().any(|wrong| wrong.code == "VERSION_CONFLICT") {
        form.values.insert("version".to_owned(), contact.version.to_string());
    }
    form
}

async fn permissions(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (met, head, fields) = Met::sent(&desk, &which, request).await?;
        let wrong = met.act(PERMISSIONS, &fields, json!({ "permissions": ticked(&fields) })).await?;
        if !wrong.is_empty() {
            let (rights, until) = (over(typed(&fields, wrong), &met.contact), Member::until_of(&met.contact));
            return Ok(met.page(rights, until));
        }
        Ok(met.guest.lead(&head.headers, &met.path(), "member-rights"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn until(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (met, head, fields) = Met::sent(&desk, &which, request).await?;
        let wrong = met.act(EXPIRY, &fields, json!({ "until": given(fields.get("until")) })).await?;
        if !wrong.is_empty() {
            let (rights, until) = (Member::rights_of(&met.contact), over(typed(&fields, wrong), &met.contact));
            return Ok(met.page(rights, until));
        }
        Ok(met.guest.lead(&head.headers, &met.path(), "member-until"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// An act of one press.
async fn at_once(desk: Desk, which: Which, request: Request, document: &str, told: &str) -> Response {
    let page = async {
        let (met, head, fields) = Met::sent(&desk, &which, request).await?;
        let wrong = met.act(document, &fields, Value::Null).await?;
        Ok(match wrong.is_empty() {
            true => met.guest.lead(&head.headers, &met.path(), told),
            false => met.refused(wrong),
        })
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn resend(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, RESEND, "member-resent").await
}

async fn deactivate(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, DEACTIVATE, "member-deactivated").await
}

async fn reactivate(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    at_once(desk, which, request, REACTIVATE, "member-reactivated").await
}

fn asking(met: &Met, headers: &HeaderMap, what: &'static str, form: Form) -> Response {
    let page = Ask { cx: met.guest.cx.clone(), contact: met.contact.clone(), what, form: form.clone() };
    let dialog = page.as_dialog().render();
    met.guest.form(headers, &form, &page, dialog)
}

async fn revoke_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let met = Met::asked(&desk, &head, &which).await?;
        Ok(asking(&met, &head.headers, "revoke", Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn revoke(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (met, head, fields) = Met::sent(&desk, &which, request).await?;
        let wrong = met.act(REVOKE, &fields, Value::Null).await?;
        if !wrong.is_empty() {
            return Ok(asking(&met, &head.headers, "revoke", show::again(&fields, [], wrong)));
        }
        Ok(met.guest.lead(&head.headers, &met.path(), "member-revoked"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn transfer_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let met = Met::asked(&desk, &head, &which).await?;
        met.guest.is_sure(&head.headers, &format!("{}/transfer", met.path()))?;
        Ok(asking(&met, &head.headers, "transfer", Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn transfer(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (met, head, fields) = Met::sent(&desk, &which, request).await?;
        let wrong = met.act(TRANSFER, &fields, Value::Null).await?;
        if !wrong.is_empty() {
            met.guest.is_sure(&head.headers, &format!("{}/transfer", met.path()))?;
            return Ok(asking(&met, &head.headers, "transfer", show::again(&fields, [], wrong)));
        }
        Ok(met.guest.lead(&head.headers, &met.path(), "member-transferred"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn leave_form(State(desk): State<Desk>, which: Which, head: Parts) -> Response {
    let page = async {
        let met = Met::asked(&desk, &head, &which).await?;
        Ok(asking(&met, &head.headers, "leave", Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn leave(State(desk): State<Desk>, which: Which, request: Request) -> Response {
    let page = async {
        let (met, head, fields) = Met::sent(&desk, &which, request).await?;
        let wrong = met.act(LEAVE, &fields, Value::Null).await?;
        if !wrong.is_empty() {
            return Ok(asking(&met, &head.headers, "leave", show::again(&fields, [], wrong)));
        }
        // Nothing of the account is theirs any more: neither a page of it, nor the session in it.
        Ok(met.guest.lead(&head.headers, "/accounts", "member-left"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
