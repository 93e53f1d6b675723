//! Logins, and where they are signed in. People open their own login (`/auth/sign-up`); operators and support open others here.

use super::{
    asker::Asker,
    ids,
    mutate::{inputs, payloads, perform},
    scalars::Instant,
};
use crate::app::{Command, Users};
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use domain::{UserId, user::RegisterUser, user::UserState};

/// A login: one person, one verified e-mail, any number of accounts.
#[derive(SimpleObject, Clone)]
pub struct User {
    id: ID,
    /// Normalised; null once erased.
    email: Option<String>,
    /// How they want to be called; null once erased, and in a session that an account's provider opened.
    name: Option<String>,
    /// Whether its personal values were made unreadable, for ever.
    erased: bool,
    /// Whether the e-mail was shown to be theirs: only then does it link to contacts recorded with it.
    email_verified: bool,
    registered_at: Instant,
}

impl User {
    fn new(id: UserId, state: &UserState, by_provider: bool) -> User {
        User {
            id: ID(id.to_string()),
            email: state.email.as_ref().map(|email| email.as_str().to_owned()),
            name: state.name.clone().filter(|_| !by_provider),
            erased: state.erased.is_some(),
            email_verified: state.verified_email().is_some(),
            registered_at: Instant(state.registered.at),
        }
    }

    /// The user of this id. Whoever asks was checked by what they asked.
    pub(super) async fn read(asker: &Asker, id: UserId) -> Result<Option<User>> {
        let read = asker.app.reader().states(vec![id.0]).await.map_err(|e| asker.failed(e))?;
        Ok(read
            .get(&id.0)
            .and_then(|folded| folded.state.user())
            .map(|state| User::new(id, state, asker.caller.is_by_provider())))
    }
}

/// A browser in which a user is signed in.
#[derive(SimpleObject, Clone)]
pub struct UserSession {
    id: ID,
    /// Whether it is the one that asks.
    current: bool,
    /// The account it works in; null: none chosen yet.
    account_id: Option<ID>,
    created_at: Instant,
    /// When it was last used, to the minute.
    seen_at: Instant,
    /// From then on it opens nothing, used or not.
    expires_at: Instant,
    /// The browser, as it names itself.
    agent: Option<String>,
    /// From which address it was opened.
    address: Option<String>,
}

impl UserSession {
    /// Those of a user.
    pub(super) async fn all(asker: &Asker, user: UserId) -> Result<Vec<UserSession>> {
        let now = asker.app.clock().now().timestamp_micros();
        let mut sessions = asker.app.vault().sessions(user, now).await.map_err(|e| asker.failed(e))?;
        // By the word of an account's provider one sees what concerns that session, and no other browser of the person.
        sessions.retain(|session| {
            !asker.caller.is_by_provider() || asker.caller.session.is_some_and(|s| s.id == session.id)
        });
        let instant = |micros| Instant(chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default());
        let told = |session: crate::vault::sessions::Session| UserSession {
            id: ID(session.id.to_string()),
            current: asker.caller.session.is_some_and(|s| s.id == session.id),
            account_id: session.account().map(|account| ID(account.to_string())),
            created_at: instant(session.created_at),
            seen_at: instant(session.seen_at),
            expires_at: instant(session.expires_at),
            agent: session.agent,
            address: session.address,
        };
        Ok(sessions.into_iter().map(told).collect())
    }
}

/// Whether signing in asks a user for a code of an app.
pub(super) async fn totp_enabled(asker: &Asker, user: UserId) -> Result<bool> {
    let app = asker.app.vault().app_of(user.0).await.map_err(|e| asker.failed(e))?;
    Ok(app.is_some_and(|app| app.confirmed))
}

inputs! {
    /// Opens a login. Only an operator's or support's token may.
    new RegisterUserInput {
        email: String,
        /// How they want to be called; up to 200 characters.
        name: Option<String>,
    }
    /// Records that a login's e-mail is its own. Only an operator's or support's token may.
    change VerifyUserEmailInput {
        user_id: ID,
    }
    /// Takes the app for codes and the recovery codes away from somebody who lost both. Only an operator's or support's token may.
    change ResetSecondFactorInput {
        user_id: ID,
        /// How it was made sure who they are; 1 to 1000 characters. It stands in the trail.
        reason: String,
    }
    /// Makes a login's personal values unreadable for ever. A user asks it of their own; an operator's or support's token may ask it of any.
    change EraseUserInput {
        user_id: ID,
    }
}

payloads! {
    RegisterUserPayload { user: User }
    VerifyUserEmailPayload { user: User }
    ResetSecondFactorPayload { user: User }
    EraseUserPayload { user: User }
}

/// Logins.
#[derive(Default)]
pub struct UserMutation;

#[Object]
impl UserMutation {
    /// Opens a login. Its e-mail is not its own before it is verified.
    async fn register_user(&self, ctx: &Context<'_>, input: RegisterUserInput) -> Result<RegisterUserPayload> {
        let carried = input.carried();
        let rule = RegisterUser { email: input.email, name: input.name };
        perform(ctx, carried, Ok(Command::Users(Users::Register(rule)))).await
    }

    /// Records that a login's e-mail is its own; `EMAIL_TAKEN` when another login's is the same.
    async fn verify_user_email(
        &self,
        ctx: &Context<'_>,
        input: VerifyUserEmailInput,
    ) -> Result<VerifyUserEmailPayload> {
        let carried = input.carried();
        perform(ctx, carried, Ok(Command::Users(Users::VerifyEmail(ids::user(&input.user_id))))).await
    }

    /// Takes the app for codes and the recovery codes away from somebody who lost both, ends all their sessions, and tells them by mail. `NOT_ALLOWED_NOW`
    /// where signing in asks them for no code.
    async fn reset_second_factor(
        &self,
        ctx: &Context<'_>,
        input: ResetSecondFactorInput,
    ) -> Result<ResetSecondFactorPayload> {
        let carried = input.carried();
        let command = Users::ResetFactor(ids::user(&input.user_id), input.reason);
        perform(ctx, carried, Ok(Command::Users(command))).await
    }

    /// Makes a login's personal values unreadable for ever, and frees its e-mail. What they were a guest of they leave; what accounts recorded about
    /// them stays with these: `eraseContact`.
    async fn erase_user(&self, ctx: &Context<'_>, input: EraseUserInput) -> Result<EraseUserPayload> {
        let carried = input.carried();
        perform(ctx, carried, Ok(Command::Users(Users::Erase(ids::user(&input.user_id))))).await
    }
}
