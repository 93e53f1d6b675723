//! One's own login as a page: where one may come in, how one signs in, where one is signed in. Whichever account one works in, and in none.
//!
//! How one signs in is changed by `identity`, at each step with the present password, as at its other door (`http::identity`).

use super::{Query, asked};
use crate::{
    http::{
        came_from::came_from,
        desk::{By, Desk},
        identity::{Fields, Not, Said, session_cookie},
    },
    identity::{Denied, Signed},
    vault::{session::SessionSecret, totp::RecoveryCode},
    web::show,
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::Response,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use domain::{Code, Refusal};
use pages::{
    Cx, Person,
    me::{ACCEPT, Answer, Codes, DECLINE, Leave, ME, Me, Reached, Recovery, Session, SignIn},
    members::LEAVE,
    parts::{Form, Wrong},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Accounts of a page.
const PAGE: i64 = 50;
/// The newest sign-ins that are shown.
const SIGN_INS: usize = 10;

/// Its pages.
pub fn routes() -> Router<Desk> {
    Router::new()
        .route("/me", get(look))
        .route("/me/password", post(password))
        .route("/me/codes", post(enrol))
        .route("/me/codes/confirm", post(confirm))
        .route("/me/codes/off", post(off))
        .route("/me/codes/recovery", post(recovery))
        .route("/me/sessions/end", post(end_sessions))
        .route("/me/invitations", post(answer))
        .route("/me/leave/{contact}", get(leave_form).post(leave))
}

/// Somebody, outside of accounts.
struct Myself {
    desk: Desk,
    by: By,
    signed: Signed,
    cx: Cx,
}

impl Myself {
    async fn of(desk: &Desk, head: &Parts) -> Result<Myself, Response> {
        let mut cx = show::outside(head);
        let signed = show::entered(desk, head).await?;
        let by =
            By { caller: signed.caller.clone(), lang: cx.lang, came_from: came_from(&head.extensions, &head.headers) };
        cx.now = desk.service.app.clock().now();
        cx.csrf = desk.service.identity().form_token(&signed);
        Ok(Myself { desk: desk.clone(), by, signed, cx })
    }

    /// What a form of theirs sent; refused where this session was not given it.
    async fn sent(desk: &Desk, request: Request) -> Result<(Myself, Parts, Fields), Response> {
        let lang = show::language(request.headers());
        let (head, fields) = Fields::read(request).await.map_err(|status| Not::Readable(status).answer(true, lang))?;
        let mut me = Myself::of(desk, &head).await?;
        me.cx.path = "/me".to_owned();
        match desk.service.identity().is_form_of(&me.signed, fields.get("_csrf")) {
            true => Ok((me, head, fields)),
            false => Err(Not::OfThisSession.answer(true, lang)),
        }
    }

    fn failed(&self, denied: Denied) -> Response {
        Not::Denied(denied).answer(true, self.cx.lang)
    }

    /// What is wrong, where it is the person's to mend; else what is told instead of a page.
    fn wrong(&self, denied: Denied) -> Result<(Vec<Wrong>, Option<u64>), Response> {
        show::wrongs(denied, self.cx.lang).map_err(|failure| show::failed(&failure, self.cx.lang))
    }

    async fn asked(&self, variables: Value) -> Result<Answer, Response> {
        let answer = self.desk.ask::<Answer>(&self.by, ME, variables).await;
        answer.map_err(|why| show::unanswered(&why, self.cx.lang))
    }

    /// The page as it stands.
    async fn page(self, query: Option<&Query>) -> Result<Me, Response> {
        let text = |name: &str| query.map(|query| asked(query, name)).filter(|text| !text.is_empty());
        let (after, before) = (text("after"), text("before"));
        let variables = match before {
            Some(before) => json!({ "last": PAGE, "before": before }),
            None => json!({ "first": PAGE, "after": after }),
        };
        let Answer { viewer, access_list, invitations } = self.asked(variables).await?;
        let (identity, by_provider) = (self.desk.service.identity(), self.signed.themselves().is_err());
        let (mut codes, mut recovery) = (false, 0);
        let (open, past) = match by_provider {
            true => (vec![self.signed.session.clone()], Vec::new()),
            false => {
                let standing = identity.standing_of(self.signed.user).await.map_err(|e| self.failed(e))?;
                (codes, recovery) = (standing.totp, standing.recovery_codes);
                let open = identity.sessions_of(self.signed.user).await.map_err(|e| self.failed(e))?;
                (open, identity.sign_ins_of(self.signed.user).await.map_err(|e| self.failed(e))?)
            }
        };
        let sessions = open.into_iter().map(|session| Session {
            id: session.id.to_string(),
            current: session.id == self.signed.session.id,
            agent: session.agent,
            address: session.address,
            created_at: instant(session.created_at),
            seen_at: instant(session.seen_at),
        });
        let sign_ins = past.into_iter().take(SIGN_INS).map(|note| SignIn {
            at: instant(note.at),
            result: note.result,
            agent: note.agent,
            address: note.address,
        });
        let mut cx = self.cx;
        let user = viewer.user;
        cx.person = user.as_ref().map(|user| {
            let email = user.email.clone().unwrap_or_default();
            Person { name: user.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| email.clone()), email }
        });
        cx.notice = text("told").and_then(|told| show::notice(&cx, told));
        Ok(Me {
            cx,
            user,
            by_provider,
            codes,
            recovery,
            accounts: access_list,
            invitations,
            sessions: sessions.collect(),
            sign_ins: sign_ins.collect(),
            password: Form::default(),
            wrong: None,
        })
    }

    /// The page with what is wrong with one of its forms.
    async fn again(self, denied: Denied, form: &'static str) -> Result<Response, Response> {
        let (wrong, seconds) = self.wrong(denied)?;
        let mut page = self.page(None).await?;
        let form_of = Form { wrong, ..Form::default() };
        match form {
            "password" => page.password = form_of,
            _ => page.wrong = Some((form, form_of)),
        }
        Ok(later(show::show_again(&page.cx, &page), seconds))
    }

    /// Back to the page, perhaps with another secret.
    fn done(&self, secret: Option<SessionSecret>, told: &str) -> Response {
        let said = Said::done(json!({}));
        let said = match secret {
            Some(secret) => said.with(secret),
            None => said,
        };
        said.answer(true, Some(&format!("/me?told={told}")), self.cx.lang)
    }

    /// Codes to keep, with another secret.
    fn keep(self, secret: &SessionSecret, codes: &[RecoveryCode]) -> Response {
        let codes = codes.iter().map(|code| code.reveal().to_owned()).collect();
        let mut answer = show::show(&self.cx.clone(), &Recovery { cx: self.cx, codes });
        if let Ok(mut value) = HeaderValue::from_str(&session_cookie(secret)) {
            value.set_sensitive(true);
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
        answer
    }
}

fn instant(micros: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(micros).unwrap_or_default()
}

fn later(mut answer: Response, seconds: Option<u64>) -> Response {
    if let Some(seconds) = seconds {
        answer.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    answer
}

async fn look(State(desk): State<Desk>, query: Query, head: Parts) -> Response {
    let page = async {
        let page = Myself::of(&desk, &head).await?.page(Some(&query)).await?;
        Ok(show::show(&page.cx, &page))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn password(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        let (present, chosen) = (fields.get("currentPassword"), fields.get("password"));
        match desk.service.identity().change_password(&me.signed, present, chosen).await {
            Ok(secret) => Ok(me.done(Some(secret), "me-password")),
            Err(denied) => me.again(denied, "password").await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn enrol(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        match desk.service.identity().enrol(&me.signed, fields.get("password")).await {
            Ok(offered) => {
                let (secret, uri) = (offered.secret, offered.uri);
                let page = Codes { cx: me.cx, secret, uri, form: Form::default() };
                Ok(show::show(&page.cx, &page))
            }
            Err(denied) => me.again(denied, "enrol").await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn confirm(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        match desk.service.identity().confirm(&me.signed, fields.get("code")).await {
            Ok((secret, codes)) => Ok(me.keep(&secret, &codes)),
            Err(denied) => {
                let (wrong, seconds) = me.wrong(denied)?;
                let form = Form { wrong, ..Form::default() };
                // What the page before showed is shown again; an address of an app is one, and no other.
                let uri = Some(fields.get("uri")).filter(|uri| uri.starts_with("otpauth://")).unwrap_or_default();
                let (secret, uri) = (fields.get("secret").to_owned(), uri.to_owned());
                let page = Codes { cx: me.cx, secret, uri, form };
                Ok(later(show::show_again(&page.cx, &page), seconds))
            }
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn off(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        match desk.service.identity().disable(&me.signed, fields.get("password"), fields.get("code")).await {
            Ok(secret) => Ok(me.done(Some(secret), "me-codes-off")),
            Err(denied) => me.again(denied, "off").await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn recovery(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        let (password, code) = (fields.get("password"), fields.get("code"));
        match desk.service.identity().make_recovery_codes(&me.signed, password, code).await {
            Ok((secret, codes)) => Ok(me.keep(&secret, &codes)),
            Err(denied) => me.again(denied, "recovery").await,
        }
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn end_sessions(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        let identity = desk.service.identity();
        if fields.get("others") == "true" {
            identity.end_others(&me.signed).await.map_err(|denied| me.failed(denied))?;
            return Ok(me.done(None, "me-others-ended"));
        }
        let ended = match Uuid::parse_str(fields.get("session")) {
            Ok(session) => identity.end_one(&me.signed, session).await,
            Err(_) => Err(Denied::from(Refusal::at(Code::NotFound, "session"))),
        };
        ended.map_err(|denied| me.failed(denied))?;
        Ok(me.done(None, "me-session-ended"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// Carries one of our mutations out, outside of accounts.
async fn carried_out(me: &Myself, document: &str, input: Value) -> Result<Vec<Wrong>, Response> {
    show::carry_out(&me.desk, &me.by, document, input).await.map_err(|why| show::unanswered(&why, me.cx.lang))
}

async fn answer(State(desk): State<Desk>, request: Request) -> Response {
    let page = async {
        let (me, _, fields) = Myself::sent(&desk, request).await?;
        let accepts = fields.get("answer") == "accept";
        let document = if accepts { ACCEPT } else { DECLINE };
        let wrong = carried_out(&me, document, json!({ "contactId": fields.get("contact") })).await?;
        if !wrong.is_empty() {
            let texts: Vec<_> = wrong.into_iter().map(|wrong| wrong.message).collect();
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(crate::web::told::not_done(status, &texts, me.cx.lang));
        }
        Ok(me.done(None, if accepts { "me-accepted" } else { "me-declined" }))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

/// The account where they are this contact.
async fn reached(me: &Myself, contact: &str) -> Result<Reached, Response> {
    let mut after = Value::Null;
    loop {
        let answer = me.asked(json!({ "first": 100, "after": after })).await?;
        let mut edges = answer.access_list.edges.into_iter().map(|edge| edge.node);
        if let Some(found) = edges.find(|it| it.contact_id == contact && it.can_be_left()) {
            return Ok(found);
        }
        match answer.access_list.page_info {
            info if info.has_next_page => after = json!(info.end_cursor),
            _ => return Err(show::nothing(me.cx.lang)),
        }
    }
}

fn leaving(me: &Myself, headers: &HeaderMap, account: Reached, form: Form) -> Response {
    let status = if form.wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Leave { cx: me.cx.clone(), account, form };
    let html = if show::is_part(headers) { page.as_dialog().render() } else { page.render() };
    show::page(status, me.cx.lang, html)
}

async fn leave_form(State(desk): State<Desk>, Path(contact): Path<String>, head: Parts) -> Response {
    let page = async {
        let me = Myself::of(&desk, &head).await?;
        let account = reached(&me, &contact).await?;
        Ok(leaving(&me, &head.headers, account, Form::default()))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}

async fn leave(State(desk): State<Desk>, Path(contact): Path<String>, request: Request) -> Response {
    let page = async {
        let (me, head, _) = Myself::sent(&desk, request).await?;
        let account = reached(&me, &contact).await?;
        let wrong = carried_out(&me, LEAVE, json!({ "contactId": contact })).await?;
        if !wrong.is_empty() {
            return Ok(leaving(&me, &head.headers, account, Form { wrong, ..Form::default() }));
        }
        // The session that worked there has ended with it; another one goes on.
        Ok(show::led(&head.headers, "/me?told=member-left"))
    };
    page.await.unwrap_or_else(|answer: Response| answer)
}
