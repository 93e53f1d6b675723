//! Questions about labels. The contacts of one are a filter of `contacts::list`.

use crate::sql::Ask;
use domain::AccountId;

/// The labels that the account's contacts have, in their order, after one of them, at most `limit`. One look into the index a label.
pub fn labels(account: AccountId, after: Option<&str>, limit: i64) -> Ask<(String,)> {
    Ask::new(
        "WITH RECURSIVE words (label, n) AS (
           SELECT (SELECT MIN(label) FROM labels_1 WHERE account = $1 AND label > $2), 1
           UNION ALL
           SELECT (SELECT MIN(l.label) FROM labels_1 l WHERE l.account = $1 AND l.label > words.label), words.n + 1
           FROM words WHERE words.label IS NOT NULL AND words.n < $3)
         SELECT label FROM words WHERE label IS NOT NULL ORDER BY label",
        [account.0.into(), after.unwrap_or_default().into(), limit.into()],
    )
}
