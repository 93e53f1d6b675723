//! `/links/<text>`: what a mailed link leads to. Looking changes nothing, however often and by whatever machine it is done: a page explains and holds one
//! form, and only what that form posts does something.
//!
//! A link that is not ours, was used, was replaced or is out of time shows the same page, whatever it once was. The link itself is in the address of the page
//! and goes no further: no referrer to any other site, no cache, nothing fetched.

use super::page::{field, field_as, form, hidden, paragraph, show, word};
use crate::{
    app::{Caller, Command, Failure, Invited, Members, NotDone, Subscriber},
    http::identity::{Fields, Not, signed, visitor},
    i18n::{
        lang::{Lang, lang},
        messages::message,
    },
    identity::{Choosing, Denied, Signed},
    service::Service,
    vault::link::{Link, Purpose},
};
use axum::{
    Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode},
    response::Response,
    routing::get,
};
use domain::{
    Code, ContactId,
    account::AccountState,
    contact::ContactState,
    values::{Email, MembershipStatus},
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
    lang: Lang,
    /// Whoever is signed in with this browser.
    signed: Option<Signed>,
}

async fn look(State(service): State<Arc<Service>>, Path(text): Path<String>, headers: HeaderMap) -> Response {
    let lang = lang(&headers);
    let page = async {
        let link = service.vault().read_link(&text).ok_or(Not::Denied(Denied::Spent))?;
        let signed = themselves(&service, &headers).await;
        Followed { service: &service, text: &text, link, lang, signed }.page().await
    };
    page.await.unwrap_or_else(|not: Not| refused(not, lang))
}

async fn follow(State(service): State<Arc<Service>>, Path(text): Path<String>, request: Request) -> Response {
    let lang = lang(request.headers());
    let page = async {
        let (head, fields) = Fields::read(request).await.map_err(Not::Readable)?;
        let link = service.vault().read_link(&text).ok_or(Not::Denied(Denied::Spent))?;
        let signed = themselves(&service, &head.headers).await;
        let followed = Followed { service: &service, text: &text, link, lang, signed };
        match link.purpose {
            Purpose::SignUp | Purpose::Reset | Purpose::Portal => {
                let visitor = visitor(&head);
                let user = service.identity().choose_password(&text, fields.get("password"), &visitor).await?;
                let email = service.identity().email_of(user).await?;
                Ok(sign_in_now(email.as_deref().unwrap_or_default(), lang))
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
    let code = match &not {
        Not::Denied(Denied::Spent) => "LINK_SPENT",
        _ => return not.answer(true, lang),
    };
    let title = word(lang, "Ce lien ne mène plus à rien", "This link leads nowhere any more");
    show(StatusCode::NOT_FOUND, lang, &title, &paragraph(&message(code, lang, &[])))
}

fn spent() -> Not {
    Not::Denied(Denied::Spent)
}

fn password_field(lang: Lang) -> String {
    let label = word(
        lang,
        "Mot de passe (12 caractères au moins, par exemple plusieurs mots)",
        "Password (at least 12 characters, several words for instance)",
    );
    field("password", "password", &label, "new-password")
}

fn sign_in_form(lang: Lang, next: &str) -> String {
    let inside = hidden("next", next)
        + &field("email", "email", &word(lang, "Adresse e-mail", "E-mail address"), "username")
        + &field("password", "password", &word(lang, "Mot de passe", "Password"), "current-password");
    form("/auth/sign-in", &inside, &word(lang, "Me connecter", "Sign in"))
}

fn sign_in_now(email: &str, lang: Lang) -> Response {
    let title = word(lang, "Votre mot de passe est choisi", "Your password is chosen");
    let text = word(
        lang,
        "Connectez-vous maintenant avec cette adresse et ce mot de passe.",
        "Now sign in with this address and this password.",
    );
    show(StatusCode::OK, lang, &title, &(paragraph(email) + &paragraph(&text) + &sign_in_form(lang, "/auth/session")))
}

impl Followed<'_> {
    fn path(&self) -> String {
        format!("/links/{}", self.text)
    }

    fn word(&self, fr: &str, en: &str) -> String {
        word(self.lang, fr, en)
    }

    fn show(&self, title: &str, body: &str) -> Response {
        show(StatusCode::OK, self.lang, title, body)
    }

    async fn page(&self) -> Result<Response, Not> {
        match self.link.purpose {
            Purpose::SignUp | Purpose::Reset | Purpose::Portal => self.choosing().await,
            Purpose::VerifyEmail => self.verifying().await,
            Purpose::Invitation => self.invitation().await,
            Purpose::App => self.app().await,
        }
    }

    async fn choosing(&self) -> Result<Response, Not> {
        let (email, title) = match self.service.identity().choosing(self.text).await? {
            Choosing::SignIn(email) => {
                let title = self.word("Connectez-vous au portail", "Sign in to the portal");
                return Ok(self.show(&title, &(paragraph(email.as_str()) + &sign_in_form(self.lang, "/auth/session"))));
            }
            Choosing::Login(email) => (email, self.word("Ouvrez votre compte d'utilisateur", "Open your user account")),
            Choosing::Password(email) => {
                (email, self.word("Choisissez un nouveau mot de passe", "Choose a new password"))
            }
            Choosing::Portal(email) => (email, self.word("Choisissez votre mot de passe", "Choose your password")),
        };
        let inside = self.username(&email) + &password_field(self.lang);
        let body = paragraph(email.as_str())
            + &form(&self.path(), &inside, &self.word("Choisir ce mot de passe", "Choose this password"));
        Ok(self.show(&title, &body))
    }

    /// Tells password managers whose password it is.
    fn username(&self, email: &Email) -> String {
        format!(
            "<input type=\"hidden\" autocomplete=\"username\" value=\"{}\">\n",
            crate::outbox::mail::escaped(email.as_str())
        )
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
        let title = self.word("Vérifiez votre adresse e-mail", "Verify your e-mail address");
        let body =
            paragraph(&company) + &form(&self.path(), "", &self.word("C'est bien mon adresse", "It is my address"));
        Ok(self.show(&title, &body))
    }

    async fn verify(&self) -> Result<Response, Not> {
        let holder = self.service.app.link_holder(self.text, Purpose::VerifyEmail).await?;
        let (holder, link) = holder.ok_or_else(spent)?;
        let command = Command::Subscriber(Subscriber::VerifyEmail(ContactId(link.subject), link.occasion));
        self.carried_out(&holder, command).await?;
        let title = self.word("Votre adresse est vérifiée", "Your address is verified");
        Ok(self.show(
            &title,
            &paragraph(&self.word("Merci. Vous pouvez fermer cette page.", "Thank you. You may close this page.")),
        ))
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

    async fn invitation(&self) -> Result<Response, Not> {
        let (now, occasion) = (self.service.app.clock().now(), self.link.occasion);
        let company = self
            .about(|contact, account| {
                let invitation = contact.membership.invitation.as_ref().filter(|i| i.id == occasion)?;
                let open =
                    contact.membership.status_at(now) == MembershipStatus::Invited && now < invitation.expires_at;
                open.then(|| account.company_name.clone())
            })
            .await?;
        let title = self.word("Invitation à rejoindre un compte", "Invitation to join an account");
        let mut body = paragraph(&company);
        match &self.signed {
            Some(signed) => {
                let token = hidden("_csrf", &self.service.identity().form_token(signed));
                let answer = |word: &str| token.clone() + &hidden("answer", word);
                body += &form(
                    &self.path(),
                    &answer("accept"),
                    &self.word("Accepter l'invitation", "Accept the invitation"),
                );
                body += &form(
                    &self.path(),
                    &answer("decline"),
                    &self.word("Refuser l'invitation", "Decline the invitation"),
                );
            }
            None => {
                body += &paragraph(&self.word(
                    "Pour répondre, connectez-vous avec l'adresse qui a reçu l'invitation.",
                    "To answer, sign in with the address that received the invitation.",
                ));
                body += &sign_in_form(self.lang, &self.path());
                body += &paragraph(&self.word(
                    "Si vous n'avez pas encore de compte d'utilisateur, ouvrez-en un avec cette même adresse, puis revenez à ce lien.",
                    "If you have no user account yet, open one with this same address, then come back to this link.",
                ));
                let label = self.word("Adresse e-mail", "E-mail address");
                let inside = field_as("new-email", "email", "email", &label, "email");
                body += &form(
                    "/auth/sign-up",
                    &inside,
                    &self.word("Ouvrir un compte d'utilisateur", "Open a user account"),
                );
            }
        }
        Ok(self.show(&title, &body))
    }

    /// Says yes or no, as whoever is signed in: the rule tells whether they are the one who was invited.
    async fn answer(&self, fields: &Fields) -> Result<Response, Not> {
        let signed = self.signed.as_ref().ok_or(Not::SignedIn)?;
        if !self.service.identity().is_form_of(signed, fields.get("_csrf")) {
            return Err(Not::OfThisSession);
        }
        let by = Invited::Link(self.text.to_owned());
        let accepts = fields.get("answer") == "accept";
        let command = if accepts { Members::Accept(by) } else { Members::Decline(by) };
        self.carried_out(&signed.caller, Command::Members(command)).await?;
        let title = match accepts {
            true => self.word("Vous avez accepté l'invitation", "You have accepted the invitation"),
            false => self.word("Vous avez refusé l'invitation", "You have declined the invitation"),
        };
        Ok(self.show(&title, ""))
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
        let title = self.word("Invitation dans une application", "Invitation to an app");
        let text = self.word(
            "Installez l'application, puis inscrivez-vous avec l'adresse e-mail qui a reçu ce message : vous y serez reconnu.",
            "Install the app, then sign up with the e-mail address that received this message: you will be recognised there.",
        );
        Ok(self.show(&title, &(paragraph(&company) + &paragraph(&text))))
    }
}
