//! Questions about who belongs where.

use crate::sql::Ask;
use domain::UserId;
use uuid::Uuid;

/// An account that a user reaches.
#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub struct PlaceRow {
    /// The account.
    pub account: Uuid,
    /// The contact the user is there.
    pub contact: Uuid,
    /// How it belongs.
    pub profile: String,
    /// Parted by commas.
    pub permissions: String,
    /// The role of its portal account.
    pub portal: Option<String>,
    /// Last day, in the account's time zone.
    pub until_on: Option<String>,
    /// The account's time zone.
    pub time_zone: String,
}

/// Where a user is let in: as the contacts linked to them, and, with a verified e-mail, as those recorded with it that nobody is linked to. A guest is
/// let in only once linked.
pub fn places(user: UserId, email: Option<&str>) -> Ask<PlaceRow> {
    let columns =
        "m.account AS account, m.contact AS contact, m.profile, m.permissions, m.portal, m.until_on, a.time_zone";
    let lets_in = "m.status IN ('ACTIVE', 'PENDING')";
    Ask::new(
        format!(
            "SELECT {columns} FROM memberships_1 m JOIN member_accounts_1 a ON a.account = m.account WHERE m.user_id = $1 AND {lets_in}
             UNION ALL
             SELECT {columns} FROM memberships_1 m JOIN member_accounts_1 a ON a.account = m.account
             WHERE m.email = $2 AND m.user_id IS NULL AND m.profile <> 'GUEST' AND {lets_in}
             ORDER BY account, contact"
        ),
        [user.0.into(), email.into()],
    )
}
