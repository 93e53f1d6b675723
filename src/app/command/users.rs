//! Commands of logins: opening one, and recording that its e-mail is its own. Until there are pages to sign in with, operators and support do both.

use crate::app::draft::{Draft, Stop, USER_EMAIL};
use domain::{
    AccountId, StreamId, UserId,
    user::{RegisterUser, VerifyUserEmail},
};
use uuid::Uuid;

/// A command of a login.
#[derive(Debug, Clone)]
pub enum Users {
    /// Opens one.
    Register(RegisterUser),
    /// Its e-mail is its own.
    VerifyEmail(UserId),
}

impl Users {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Users::Register(_) => "RegisterUser",
            Users::VerifyEmail(_) => "VerifyUserEmail",
        }
    }

    pub(super) fn account(&self) -> Option<AccountId> {
        None
    }

    pub(super) fn streams(&self) -> Vec<StreamId> {
        match self {
            Users::Register(_) => vec![],
            Users::VerifyEmail(user) => vec![(*user).into()],
        }
    }

    pub(super) async fn plan(self, draft: &mut Draft<'_>, expected: Option<u64>) -> Result<(), Stop> {
        match self {
            Users::Register(rule) => {
                let id = UserId(draft.id());
                draft.create(id, rule.decide()?);
                draft.about_mut().user = Some(id);
            }
            Users::VerifyEmail(id) => {
                let user = draft.user(id).await?;
                super::as_expected(user.version(), expected)?;
                let events = VerifyUserEmail.decide(user.get()?)?;
                if !events.is_empty()
                    && let Some(email) = &user.get()?.email
                {
                    draft.claim(USER_EMAIL, Uuid::nil(), email.as_str(), id.0);
                }
                draft.write(&user, id, events);
            }
        }
        Ok(())
    }
}
