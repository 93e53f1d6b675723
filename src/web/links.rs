//! `/links/<text>`: what a mailed link leads to. Looking changes nothing, however often and by whatever machine it is done: a page explains and holds one
//! form, and only what that form posts does something.
//!
//! A link that is not ours, was used, was replaced or is out of time shows the same page, whatever it once was. The link itself is in the address of the page
//! and goes no further: no referrer to any other site, no cache, no script, no switch of the language that would carry it.

use super::{show, told};
use crate::{
    app::{Caller, Command, Failure, Invited, Members, NotDone, Subscriber},
    http::identity::{Fields, Not, signed, visitor},
    i18n::{lang::Lang, messages::message},
    identity::{Choosing, Denied, Signed},
    service::Service,
    vault::link::{Link, Purpose},
};
use askama::Template;
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use domain::{Code, ContactId, account::AccountState, contact::ContactState, values::MembershipStatus};
use pages::{
    Cx,
    links::{Answered, App, Invitation, Password, Reader, SignIn, Verify},
    parts::Form,
};
use std::sync::Arc;

/// `GET` and `POST /links/<text>`.
pub fn routes<S: Clone + Send + Sync + 'static>(service: Arc<Service>) -> Router<S> {
    Router::new().route("/links/{text}", get(look).post(follow)).with_state(service)
}

/// A link, and what stands behind it.
struct Followed<'a> {
    service: &'a Service,
    text: &'a str,
    link: Link,
    cx: Cx,
    /// Whoever is signed in with this browser.
    signed: Option<Signed>,
}

async fn look(State(service): State<Arc<Service>>, Path(text): Path<String>, headers: HeaderMap) -> Response {
    let lang = show::language(&headers);
    let page = async { Followed::of(&service, &text, &headers).await?.page().await };
    page.await.unwrap_or_else(|not: Not| refused(not, lang))
}

async fn follow(State(service): State<Arc<Service>>, Path(text): Path<String>, request: Request) -> Response {
    let lang = show::language(request.headers());
    let page = async {
        let (head, fields) = Fields::read(request).await.map_err(Not::Readable)?;
        let followed = Followed::of(&service, &text, &head.headers).await?;
        match followed.link.purpose {
            Purpose::SignUp | Purpose::Reset | Purpose::Portal => {
                let chosen = service.identity().choose_password(&text, fields.get("password"), &visitor(&head)).await;
                match chosen {
                    Ok(user) => {
                        let email = service.identity().email_of(user).await?.unwrap_or_default();
                        Ok(followed.show(&SignIn { cx: followed.cx.clone(), email, chosen: true }))
                    }
                    Err(refused @ Denied::Refused(_)) => followed.choosing(Some(refused)).await,
                    Err(denied) => Err(Not::Denied(denied)),
                }
            }
            Purpose::VerifyEmail => followed.verify().await,
            Purpose::Invitation => followed.answer(&fields).await,
            Purpose::App => followed.page().await,
        }
    };
    page.await.unwrap_or_else(|not: Not| refused(not, lang))
}

/// Whoever is signed in and said themselves who they are: what is a person's own is not answered by the word of an account's provider.
async fn themselves(service: &Service, headers: &HeaderMap) -> Option<Signed> {
    signed(service, headers).await.ok().filter(|signed| signed.themselves().is_ok())
}

/// Why nothing is done. What a link once was is not told.
fn refused(not: Not, lang: Lang) -> Response {
    match &not {
        Not::Denied(Denied::Spent) => told::spent(message("LINK_SPENT", lang, &[]), lang),
        _ => not.answer(true, lang),
    }
}

fn spent() -> Not {
    Not::Denied(Denied::Spent)
}

impl<'a> Followed<'a> {
    async fn of(service: &'a Service, text: &'a str, headers: &HeaderMap) -> Result<Followed<'a>, Not> {
        let link = service.vault().read_link(text).ok_or_else(spent)?;
        let (signed, mut cx) = (themselves(service, headers).await, told::quiet(show::language(headers)));
        cx.csrf = signed.as_ref().map(|signed| service.identity().form_token(signed)).unwrap_or_default();
        Ok(Followed { service, text, link, cx, signed })
    }

    fn path(&self) -> String {
        format!("/links/{}", self.text)
    }

    fn show(&self, page: &impl Template) -> Response {
        told::page(StatusCode::OK, &self.cx, page)
    }

    async fn page(&self) -> Result<Response, Not> {
        match self.link.purpose {
            Purpose::SignUp | Purpose::Reset | Purpose::Portal => self.choosing(None).await,
            Purpose::VerifyEmail => self.verifying().await,
            Purpose::Invitation => self.invitation().await,
            Purpose::App => self.app().await,
        }
    }

    /// The form for a password; with what is wrong with the one that was chosen.
    async fn choosing(&self, refused: Option<Denied>) -> Result<Response, Not> {
        let (email, purpose) = match self.service.identity().choosing(self.text).await? {
            Choosing::SignIn(email) => {
                return Ok(self.show(&SignIn { cx: self.cx.clone(), email: email.as_str().to_owned(), chosen: false }));
            }
            Choosing::Login(email) => (email, "LOGIN"),
            Choosing::Password(email) => (email, "PASSWORD"),
            Choosing::Portal(email) => (email, "PORTAL"),
        };
        let wrong = match refused {
            Some(refused) => show::wrongs(refused, self.cx.lang)?.0,
            None => Vec::new(),
        };
        let status = if wrong.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        let form = Form { wrong, ..Form::default() };
        let (cx, email) = (self.cx.clone(), email.as_str().to_owned());
        Ok(told::page(status, &self.cx, &Password { cx, email, purpose, action: self.path(), form }))
    }

    /// The contact and the account that a link is about, as the log has them.
    async fn about<T>(&self, tell: impl FnOnce(&ContactState, &AccountState) -> Option<T>) -> Result<T, Not> {
        let failed = |failure: Failure| Not::from(failure);
        let contact = self.service.app.state(ContactId(self.link.subject).into()).await.map_err(failed)?;
        let contact = contact.state.contact().filter(|c| c.deleted.is_none() && c.erased.is_none());
        let contact = contact.ok_or_else(spent)?;
        let account = self.service.app.state(contact.account.into()).await.map_err(failed)?;
        account.state.account().and_then(|account| tell(contact, account)).ok_or_else(spent)
    }

    async fn verifying(&self) -> Result<Response, Not> {
        let (now, occasion) = (self.service.app.clock().now(), self.link.occasion);
        let company = self
            .about(|contact, account| {
                let (link, _, until) = contact.verification.link.as_ref()?;
                (*link == occasion && now < *until).then(|| account.company_name.clone())
            })
            .await?;
        Ok(self.show(&Verify { cx: self.cx.clone(), company, action: Some(self.path()) }))
    }

    async fn verify(&self) -> Result<Response, Not> {
        let holder = self.service.app.link_holder(self.text, Purpose::VerifyEmail).await?;
        let (holder, link) = holder.ok_or_else(spent)?;
        let command = Command::Subscriber(Subscriber::VerifyEmail(ContactId(link.subject), link.occasion));
        self.carried_out(&holder, command).await?;
        Ok(self.show(&Verify { cx: self.cx.clone(), company: String::new(), action: None }))
    }

    /// What follows from a link that opens nothing any more is told like any other of them.
    async fn carried_out(&self, caller: &Caller, command: Command) -> Result<(), Not> {
        match self.service.app.execute(caller, command.into()).await {
            Ok(_) => Ok(()),
            Err(NotDone::Refused(refused)) => {
                let theirs = refused.refusals.0.iter().any(|r| r.code == Code::NotTheInvitedUser);
                if theirs { Err(Not::Denied(Denied::Refused(refused.refusals))) } else { Err(spent()) }
            }
            Err(NotDone::Failure(failure)) => Err(Not::from(failure)),
        }
    }

    /// The invitation as it stands, with the address it was mailed to and the account's id.
    async fn invited(&self) -> Result<(Invitation, Option<String>, String), Not> {
        let (now, occasion) = (self.service.app.clock().now(), self.link.occasion);
        self.about(|contact, account| {
            let invitation = contact.membership.invitation.as_ref().filter(|i| i.id == occasion)?;
            let open = contact.membership.status_at(now) == MembershipStatus::Invited && now < invitation.expires_at;
            let page = Invitation {
                cx: Cx { zone: account.time_zone, now, ..self.cx.clone() },
                company: account.company_name.clone(),
                number: account.number.clone(),
                rights: contact.membership.permissions.iter().map(|right| right.as_str().to_owned()).collect(),
                until: contact.membership.until,
                expires_at: invitation.expires_at,
                action: self.path(),
                reader: Reader::Nobody,
            };
            let email = contact.details.email.as_ref().map(|email| email.as_str().to_owned());
            open.then(|| (page, email, contact.account.to_string()))
        })
        .await
    }

    async fn invitation(&self) -> Result<Response, Not> {
        let (mut page, email, _) = self.invited().await?;
        if let Some(signed) = &self.signed {
            let own = self.service.identity().email_of(signed.user).await?;
            page.reader = match own {
                Some(own) if email.as_ref() == Some(&own) => Reader::Invited,
                own => Reader::Other(own.unwrap_or_default()),
            };
        }
        Ok(self.show(&page))
    }

    /// Says yes or no, as whoever is signed in: the rule tells whether they are the one who was invited.
    async fn answer(&self, fields: &Fields) -> Result<Response, Not> {
        let signed = self.signed.as_ref().ok_or(Not::SignedIn)?;
        if !self.service.identity().is_form_of(signed, fields.get("_csrf")) {
            return Err(Not::OfThisSession);
        }
        let (Invitation { company, .. }, _, account) = self.invited().await?;
        let by = Invited::Link(self.text.to_owned());
        let accepted = fields.get("answer") == "accept";
        let command = if accepted { Members::Accept(by) } else { Members::Decline(by) };
        self.carried_out(&signed.caller, Command::Members(command)).await?;
        Ok(self.show(&Answered { cx: self.cx.clone(), company, account, accepted }))
    }

    async fn app(&self) -> Result<Response, Not> {
        let (now, occasion) = (self.service.app.clock().now(), self.link.occasion);
        let company = self
            .about(|contact, account| {
                let invitation = contact.app_invitation.as_ref()?;
                let open = invitation.id == occasion && now < invitation.expires_at && contact.registration.is_none();
                open.then(|| account.company_name.clone())
            })
            .await?;
        Ok(self.show(&App { cx: self.cx.clone(), company }))
    }
}
