//! Questions about imports.

use crate::sql::Ask;
use domain::AccountId;
use uuid::Uuid;

/// A page of the account's imports by when they were planned, as (when, id); `descending`: the newest first.
pub fn list(account: AccountId, beyond: Option<(i64, Uuid)>, descending: bool, limit: i64) -> Ask<(i64, Uuid)> {
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    match beyond {
        None => Ask::new(
            format!(
                "SELECT planned_at, id FROM imports_1 WHERE account = $1 ORDER BY planned_at {direction}, id {direction} LIMIT $2"
            ),
            [account.0.into(), limit.into()],
        ),
        Some((at, id)) => Ask::new(
            format!(
                "SELECT planned_at, id FROM imports_1 WHERE account = $1 AND (planned_at, id) {than} ($2, $3)
                 ORDER BY planned_at {direction}, id {direction} LIMIT $4"
            ),
            [account.0.into(), at.into(), id.into(), limit.into()],
        ),
    }
}

/// How many imports the account has, counted up to `cap`.
pub fn count(account: AccountId, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM imports_1 WHERE account = $1 LIMIT $2) counted",
        [account.0.into(), cap.into()],
    )
}

/// The account's imports of the very same file, the newest first, at most `limit`.
pub fn of_file(account: AccountId, file: &str, limit: i64) -> Ask<(Uuid,)> {
    Ask::new(
        "SELECT id FROM imports_1 WHERE account = $1 AND file = $2 ORDER BY planned_at DESC, id DESC LIMIT $3",
        [account.0.into(), file.into(), limit.into()],
    )
}

/// The imports of all accounts that are being applied or taken back.
pub fn at_work() -> Ask<(Uuid,)> {
    Ask::new("SELECT id FROM imports_1 WHERE status = 'APPLYING' OR status = 'UNDOING' ORDER BY id", [])
}
