//! Links that lead to a password: of a sign-up, of a reset, of a portal account. Whoever follows one has the mailbox; the password is chosen then and not
//! before, so that nobody plants one for somebody else.
//!
//! Each step can be repeated: who was interrupted follows the same link again and goes on. The last step, which keeps the hash, spends the link.

use super::{Denied, Identity, Visitor, actor, rates};
use crate::{
    app::{Caller, Command, Door, Failure, IdempotencyKey, Request, Users},
    vault::{
        knocks::{Knock, Knocked},
        link::{Link, Purpose},
        logins::NewPassword,
    },
};
use domain::{
    Actor, ActorKind, Code, ContactId, StreamId, UserId,
    contact::verification::LINK_OPENS_FOR,
    user::{ChangeSignIn, RegisterUser},
    values::Email,
};
use uuid::Uuid;

/// What choosing a password by a link does.
#[derive(Debug, Clone)]
pub enum Choosing {
    /// Opens a login.
    Login(Email),
    /// Replaces a password.
    Password(Email),
    /// Opens a login for a portal account.
    Portal(Email),
    /// There is a login with a password already: it is signed in with.
    SignIn(Email),
}

/// A link that still opens something.
enum Standing {
    SignUp(Knock, Email),
    Reset(Knock, UserId),
    Portal { link: Link, email: Email, user: Option<UserId> },
}

impl Identity {
    /// What a link leads to now. Looking changes nothing.
    pub async fn choosing(&self, text: &str) -> Result<Choosing, Denied> {
        Ok(match self.standing(text).await? {
            Standing::SignUp(_, email) => Choosing::Login(email),
            Standing::Reset(knock, _) => Choosing::Password(address(&knock)?),
            Standing::Portal { email, user, .. } => match self.has_password(user).await? {
                true => Choosing::SignIn(email),
                false => Choosing::Portal(email),
            },
        })
    }

    /// Chooses a password by a link: opens the login, if that is what it is for, and shows that the e-mail is theirs. What was signed in before is ended.
    pub async fn choose_password(&self, text: &str, password: &str, visitor: &Visitor) -> Result<UserId, Denied> {
        self.take(&rates::LINK, &visitor.limited_as).await?;
        match self.standing(text).await? {
            Standing::SignUp(knock, email) => {
                let known = vec![email.as_str().to_owned(), knock.who.name.clone().unwrap_or_default()];
                let hash = self.chosen(password, known).await?;
                let user = match knock.user {
                    Some(user) => user,
                    None => self.register(&email, knock.who.name.clone(), knock.id).await?,
                };
                self.vault().knock_of(knock.id, user).await?;
                self.verify(user).await?;
                self.keep(user, hash, Some(knock.id)).await?;
                self.vault().forget_knocks_from(email.as_str()).await?;
                Ok(user)
            }
            Standing::Reset(knock, user) => {
                let hash = self.chosen(password, self.known_of(user).await?).await?;
                self.keep(user, hash, Some(knock.id)).await?;
                Ok(user)
            }
            Standing::Portal { link, email, user } => {
                if self.has_password(user).await? {
                    return Err(Denied::Spent);
                }
                let hash = self.chosen(password, vec![email.as_str().to_owned()]).await?;
                let user = match user {
                    Some(user) => user,
                    None => self.register(&email, None, link.occasion).await?,
                };
                self.verify(user).await?;
                self.keep(user, hash, None).await?;
                Ok(user)
            }
        }
    }

    async fn standing(&self, text: &str) -> Result<Standing, Denied> {
        let link = self.vault().read_link(text).ok_or(Denied::Spent)?;
        match link.purpose {
            Purpose::SignUp => {
                let knock = self.knocked(&link, Knocked::SignUp).await?;
                let email = address(&knock)?;
                // Somebody has shown meanwhile that the address is theirs: it was by another link, or they were interrupted in this one.
                match self.app().reader().user_of(&email).await? {
                    Some(user) if knock.user != Some(user) => Err(Denied::Spent),
                    _ => Ok(Standing::SignUp(knock, email)),
                }
            }
            Purpose::Reset => {
                let knock = self.knocked(&link, Knocked::Reset).await?;
                let user = knock.user.ok_or(Denied::Spent)?;
                Ok(Standing::Reset(knock, user))
            }
            Purpose::Portal => self.portal(link).await,
            Purpose::Invitation | Purpose::VerifyEmail | Purpose::App => Err(Denied::Spent),
        }
    }

    async fn knocked(&self, link: &Link, kind: Knocked) -> Result<Knock, Denied> {
        let knock = self.vault().standing_knock(link.occasion, kind, self.micros()).await?;
        knock.ok_or(Denied::Spent)
    }

    async fn portal(&self, link: Link) -> Result<Standing, Denied> {
        let stream = StreamId::from(ContactId(link.subject));
        let folded = self.app().state(stream).await?;
        let contact = folded.state.contact().filter(|c| c.deleted.is_none() && c.erased.is_none());
        let contact = contact.ok_or(Denied::Spent)?;
        let portal = contact.portal.as_ref().ok_or(Denied::Spent)?;
        let (occasion, until) = portal.link;
        if occasion != link.occasion || until <= self.now() {
            return Err(Denied::Spent);
        }
        let email = contact.details.email.clone().ok_or(Denied::Spent)?;
        // The mail went to the address of that moment: whoever has that one has nothing of another.
        let mailed = portal.opened.at.max(until - LINK_OPENS_FOR);
        let then = self.app().reader().states_as_of(vec![link.subject], mailed).await?;
        let then = then.get(&link.subject).and_then(|folded| folded.state.contact());
        if then.and_then(|contact| contact.details.email.as_ref()) != Some(&email) {
            return Err(Denied::Spent);
        }
        let user = self.app().reader().user_of(&email).await?;
        Ok(Standing::Portal { link, email, user })
    }

    async fn has_password(&self, user: Option<UserId>) -> Result<bool, Denied> {
        match user {
            Some(user) => Ok(self.vault().password(user.0).await?.is_some()),
            None => Ok(false),
        }
    }

    /// Opens a login: once for each occasion, however often it is tried.
    async fn register(&self, email: &Email, name: Option<String>, occasion: Uuid) -> Result<UserId, Denied> {
        let rule = RegisterUser { email: email.as_str().to_owned(), name };
        let key = IdempotencyKey { key: format!("sign-up {occasion}"), input: occasion.as_bytes().to_vec() };
        let request = Request { idempotency: Some(key), ..Request::from(Command::Users(Users::Register(rule))) };
        let done = self.app().execute(&by_link(), request).await?;
        done.user.ok_or_else(|| Denied::Failure(Failure::Fault("a login was opened and not named".into())))
    }

    /// Their e-mail is theirs: they followed the link that was mailed there. What is recorded with it is theirs from now on.
    async fn verify(&self, user: UserId) -> Result<(), Denied> {
        let verified = self.app().execute(&by_link(), Command::Users(Users::VerifyEmail(user)).into()).await;
        match verified.map_err(Denied::from) {
            Ok(_) => Ok(()),
            // Another login has shown it first.
            Err(Denied::Refused(refusals)) if refusals.0.iter().any(|r| r.code == Code::EmailTaken) => {
                Err(Denied::Spent)
            }
            Err(denied) => Err(denied),
        }
    }

    /// Keeps a password and ends every session there was.
    async fn keep(&self, user: UserId, hash: String, knock: Option<Uuid>) -> Result<(), Denied> {
        self.changed(user, ChangeSignIn::Password).await?;
        let new = NewPassword { user, hash, keep: None, knock };
        if self.vault().set_password(new, self.micros()).await? { Ok(()) } else { Err(Denied::Spent) }
    }

    /// Records that a user changed how they sign in.
    pub(super) async fn changed(&self, user: UserId, change: ChangeSignIn) -> Result<(), Denied> {
        let caller = Caller::of(actor(user), None, Door::Api);
        self.app().execute(&caller, Command::Users(Users::SignIn(user, change)).into()).await?;
        Ok(())
    }

    /// What is known of a user, that their password must not be made of.
    pub(super) async fn known_of(&self, user: UserId) -> Result<Vec<String>, Denied> {
        let folded = self.app().state(user.into()).await?;
        let state = folded.state.user();
        let email = state.and_then(|user| user.email.as_ref()).map(|email| email.as_str().to_owned());
        Ok(email.into_iter().chain(state.and_then(|user| user.name.clone())).collect())
    }
}

/// Who opens a login by a link: nobody who is known yet.
fn by_link() -> Caller {
    Caller::of(Actor { kind: ActorKind::System, id: Uuid::nil() }, None, Door::Api)
}

fn address(knock: &Knock) -> Result<Email, Denied> {
    Email::parse(&knock.who.email).map_err(|_| Denied::Failure(Failure::Fault("a kept address is none".into())))
}
