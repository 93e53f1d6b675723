//! Logins: until there are pages to sign in with, operators and support open them here.

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
    /// How they want to be called; null once erased.
    name: Option<String>,
    /// Whether its personal values were made unreadable, for ever.
    erased: bool,
    /// Whether the e-mail was shown to be theirs: only then does it link to contacts recorded with it.
    email_verified: bool,
    registered_at: Instant,
}

impl User {
    fn new(id: UserId, state: &UserState) -> User {
        User {
            id: ID(id.to_string()),
            email: state.email.as_ref().map(|email| email.as_str().to_owned()),
            name: state.name.clone(),
            erased: state.erased.is_some(),
            email_verified: state.verified_email().is_some(),
            registered_at: Instant(state.registered.at),
        }
    }

    /// The user of this id. Whoever asks was checked by what they asked.
    pub(super) async fn read(asker: &Asker, id: UserId) -> Result<Option<User>> {
        let read = asker.app.reader().states(vec![id.0]).await.map_err(|e| asker.failed(e))?;
        Ok(read.get(&id.0).and_then(|folded| folded.state.user()).map(|state| User::new(id, state)))
    }
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
    /// Makes a login's personal values unreadable for ever. A user asks it of their own; an operator's or support's token may ask it of any.
    change EraseUserInput {
        user_id: ID,
    }
}

payloads! {
    RegisterUserPayload { user: User }
    VerifyUserEmailPayload { user: User }
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

    /// Makes a login's personal values unreadable for ever, and frees its e-mail. What they were a guest of they leave; what accounts recorded about
    /// them stays with these: `eraseContact`.
    async fn erase_user(&self, ctx: &Context<'_>, input: EraseUserInput) -> Result<EraseUserPayload> {
        let carried = input.carried();
        perform(ctx, carried, Ok(Command::Users(Users::Erase(ids::user(&input.user_id))))).await
    }
}
