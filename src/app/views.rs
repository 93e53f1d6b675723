//! Views of a list that somebody keeps for themselves, in one account: a name, and how the list is narrowed, ordered and shown. No event, for nothing in the account
//! follows from them; they stand in a table of their own and go with the login. What was typed into a search is kept in none: it may be somebody's name, and would
//! outlive their erasure.

use super::{App, Failure};
use domain::{AccountId, Code, Refusal, UserId};
use projections::Ask;
use uuid::Uuid;

/// So many each person keeps in an account.
pub const VIEWS_MAX: usize = 20;
/// Longest name.
const NAME_MAX: usize = 60;

/// A view that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its id.
    pub id: Uuid,
    /// What its owner calls it.
    pub name: String,
    /// How the list is narrowed, ordered and shown, as its address has it: `?mode=SUSPENDED&sort=recent`.
    pub query: String,
}

/// Whose: nobody else sees or changes them.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    /// In which account.
    pub account: AccountId,
    /// Who.
    pub user: UserId,
}

fn named(name: &str) -> Result<String, Refusal> {
    domain::text::line("name", name, NAME_MAX)?.ok_or_else(|| Refusal::at(Code::Required, "name"))
}

impl App {
    /// Those of one person in one account, by name.
    pub async fn views(&self, whose: Whose) -> Result<Vec<View>, Failure> {
        let ask = Ask::<(Uuid, String, String)>::new(
            "SELECT id, name, query FROM saved_view WHERE user_id = $1 AND account = $2 ORDER BY name, id",
            [whose.user.0.into(), whose.account.0.into()],
        );
        let rows = self.reader().db().fetch(ask).await?;
        Ok(rows.into_iter().map(|(id, name, query)| View { id, name, query }).collect())
    }

    /// Those of one person in every account, or in one.
    pub async fn views_of(&self, user: UserId, account: Option<AccountId>) -> Result<Vec<(AccountId, View)>, Failure> {
        let ask = Ask::<(Uuid, Uuid, String, String)>::new(
            "SELECT account, id, name, query FROM saved_view WHERE user_id = $1 ORDER BY account, name, id",
            [user.0.into()],
        );
        let rows = self.reader().db().fetch(ask).await?;
        let rows = rows.into_iter().map(|(account, id, name, query)| (AccountId(account), View { id, name, query }));
        Ok(rows.filter(|(of, _)| account.is_none_or(|account| account == *of)).collect())
    }

    /// Keeps one. Under a name that there is already, it takes the other's place.
    ///
    /// # Errors
    /// Refused without a name, with one that is too long, and where there are [`VIEWS_MAX`].
    pub async fn keep_view(&self, whose: Whose, name: &str, query: &str) -> Result<Result<(), Refusal>, Failure> {
        let name = match named(name) {
            Ok(name) => name,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (id, now) = (self.clock().id(), self.clock().now().timestamp_micros());
        let write = Ask::new(
            "INSERT INTO saved_view (id, account, user_id, name, query, created_at)
             SELECT $1, $2, $3, $4, $5, $6 WHERE
               (SELECT COUNT(*) FROM saved_view WHERE user_id = $3 AND account = $2) < $7
               OR EXISTS (SELECT 1 FROM saved_view WHERE user_id = $3 AND account = $2 AND name = $4)
             ON CONFLICT (user_id, account, name) DO UPDATE SET query = excluded.query",
            [
                id.into(),
                whose.account.0.into(),
                whose.user.0.into(),
                name.into(),
                query.into(),
                now.into(),
                (VIEWS_MAX as i64).into(),
            ],
        );
        if self.reader().db().execute(write).await? == 0 {
            return Ok(Err(Refusal::at(Code::NotAllowedNow, "name")));
        }
        Ok(Ok(()))
    }

    /// Gives one another name; whether there is such a one, and no other is called so.
    ///
    /// # Errors
    /// Refused without a name, and with one that is too long.
    pub async fn rename_view(&self, whose: Whose, id: Uuid, name: &str) -> Result<Result<bool, Refusal>, Failure> {
        let name = match named(name) {
            Ok(name) => name,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let write = Ask::new(
            "UPDATE saved_view SET name = $4 WHERE id = $1 AND user_id = $2 AND account = $3 AND NOT EXISTS
               (SELECT 1 FROM saved_view o WHERE o.user_id = $2 AND o.account = $3 AND o.name = $4 AND o.id <> $1)",
            [id.into(), whose.user.0.into(), whose.account.0.into(), name.into()],
        );
        Ok(Ok(self.reader().db().execute(write).await? > 0))
    }

    /// Forgets one; whether there was such a one.
    pub async fn drop_view(&self, whose: Whose, id: Uuid) -> Result<bool, Failure> {
        let write = Ask::new(
            "DELETE FROM saved_view WHERE id = $1 AND user_id = $2 AND account = $3",
            [id.into(), whose.user.0.into(), whose.account.0.into()],
        );
        Ok(self.reader().db().execute(write).await? > 0)
    }
}
