//! Questions about who belongs where.

use crate::sql::{Arg, Ask};
use domain::{AccountId, UserId};
use uuid::Uuid;

/// An account that a user reaches.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
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
    Ask::new(placed(""), [user.0.into(), email.into()])
}

/// The first two of them: whether there is one and no other.
pub fn two_places(user: UserId, email: Option<&str>) -> Ask<PlaceRow> {
    Ask::new(format!("{} LIMIT 2", placed("")), [user.0.into(), email.into()])
}

/// The same, in one account.
pub fn place_in(user: UserId, email: Option<&str>, account: AccountId) -> Ask<PlaceRow> {
    Ask::new(placed("AND m.account = $3"), [user.0.into(), email.into(), account.0.into()])
}

fn placed(within: &str) -> String {
    let columns =
        "m.account AS account, m.contact AS contact, m.profile, m.permissions, m.portal, m.until_on, a.time_zone";
    let joined = "memberships_1 m JOIN member_accounts_1 a ON a.account = m.account";
    let lets_in = "m.status IN ('ACTIVE', 'PENDING')";
    format!(
        "SELECT {columns} FROM {joined} WHERE m.user_id = $1 {within} AND {lets_in}
         UNION ALL
         SELECT {columns} FROM {joined}
         WHERE m.email = $2 {within} AND m.user_id IS NULL AND m.profile <> 'GUEST' AND {lets_in}
         ORDER BY account, contact"
    )
}

/// An account in a user's list of accounts.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct AccessRow {
    /// The account.
    pub account: Uuid,
    /// The contact the user is there.
    pub contact: Uuid,
    /// The customer number.
    pub number: String,
    /// The company's name.
    pub company_name: String,
    /// The same, folded: what the list is ordered by.
    pub sort_key: String,
    /// How it belongs.
    pub profile: String,
    /// Parted by commas.
    pub permissions: String,
    /// Its status, whatever the time.
    pub status: String,
    /// Last day, in the account's time zone.
    pub until_on: Option<String>,
    /// The account's time zone.
    pub time_zone: String,
    /// Since when it stands so, in microseconds.
    pub since: i64,
    /// When the user last came, to the hour.
    pub seen: Option<i64>,
}

/// Letters that mean themselves in a pattern.
fn pattern(typed: &str) -> String {
    typed.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The accounts that a user reaches. `search`: folded words that the name holds, or the beginning of the number.
fn reached(user: UserId, email: Option<&str>, search: Option<&str>) -> (String, Vec<Arg>) {
    let columns = "m.account AS account, m.contact AS contact, a.number AS number, a.company_name AS company_name, a.sort_key AS sort_key,
        m.profile AS profile, m.permissions AS permissions, m.status AS status, m.until_on AS until_on, a.time_zone AS time_zone, m.since AS since";
    let joined = "memberships_1 m JOIN member_accounts_1 a ON a.account = m.account";
    let lets_in = "m.status IN ('ACTIVE', 'PENDING')";
    let mut args: Vec<Arg> = vec![user.0.into(), email.into()];
    let mut sql = format!(
        "(
            SELECT {columns} FROM {joined} WHERE m.user_id = $1 AND {lets_in}
            UNION ALL
            SELECT {columns} FROM {joined} WHERE m.email = $2 AND m.user_id IS NULL AND m.profile <> 'GUEST' AND {lets_in}
         ) x LEFT JOIN member_seen s ON s.contact = x.contact WHERE 1 = 1"
    );
    if let Some(typed) = search {
        args.push(format!("%{}%", pattern(typed)).into());
        args.push(format!("{}%", pattern(typed)).into());
        sql.push_str(" AND (x.sort_key LIKE $3 ESCAPE '\\' OR x.number LIKE $4 ESCAPE '\\')");
    }
    (sql, args)
}

/// How many accounts a user reaches, counted up to `cap`.
pub fn count_access_list(user: UserId, email: Option<&str>, search: Option<&str>, cap: i64) -> Ask<(i64,)> {
    let (reached, mut args) = reached(user, email, search);
    args.push(cap.into());
    Ask::new(format!("SELECT COUNT(*) FROM (SELECT x.contact FROM {reached} LIMIT ${}) counted", args.len()), args)
}

/// A page of the accounts that a user reaches, by company name. `beyond`: folded name and contact of the row before.
pub fn access_list(
    user: UserId,
    email: Option<&str>,
    search: Option<&str>,
    beyond: Option<(&str, Uuid)>,
    descending: bool,
    limit: i64,
) -> Ask<AccessRow> {
    let (reached, mut args) = reached(user, email, search);
    let mut sql = format!("SELECT x.*, s.at AS seen FROM {reached}");
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some((key, contact)) = beyond {
        args.extend([key.into(), contact.into()]);
        let n = args.len();
        sql.push_str(&format!(" AND (x.sort_key, x.contact) {than} (${}, ${n})", n - 1));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY x.sort_key {direction}, x.contact {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// An invitation that waits for an answer.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct InvitationRow {
    /// The account.
    pub account: Uuid,
    /// The contact made for the guest.
    pub contact: Uuid,
    /// The customer number.
    pub number: String,
    /// The company's name.
    pub company_name: String,
    /// Parted by commas.
    pub permissions: String,
    /// When it was sent, in microseconds.
    pub since: i64,
    /// When it runs out, in microseconds.
    pub invited_until: i64,
}

/// The invitations of an address that can still be answered at an instant, the newest first; a thousand at most.
pub fn invitations(email: &str, now: i64) -> Ask<InvitationRow> {
    Ask::new(
        "SELECT m.account, m.contact, a.number, a.company_name, m.permissions, m.since, m.invited_until
         FROM memberships_1 m JOIN member_accounts_1 a ON a.account = m.account
         WHERE m.email = $1 AND m.status = 'INVITED' AND m.invited_until > $2 ORDER BY m.since DESC, m.contact DESC LIMIT 1000",
        [email.into(), now.into()],
    )
}

/// Every account after one, in the order of their ids.
pub fn accounts(after: Option<AccountId>, limit: i64) -> Ask<(Uuid,)> {
    let after = after.map_or(Uuid::nil(), |account| account.0);
    Ask::new(
        "SELECT account FROM member_accounts_1 WHERE account > $1 ORDER BY account LIMIT $2",
        [after.into(), limit.into()],
    )
}

/// The contacts linked to a user in the accounts after one: account and contact.
pub fn linked(user: UserId, after: Option<AccountId>, limit: i64) -> Ask<(Uuid, Uuid)> {
    let after = after.map_or(Uuid::nil(), |account| account.0);
    Ask::new(
        "SELECT account, contact FROM memberships_1 WHERE user_id = $1 AND account > $2 ORDER BY account LIMIT $3",
        [user.0.into(), after.into(), limit.into()],
    )
}

/// What a list of members is narrowed to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// `CLIENT`, `CONTACT` or `GUEST`.
    pub profile: Option<&'static str>,
    /// As of now: `EXPIRED` too.
    pub status: Option<&'static str>,
    /// Who never came, or not since this instant, in microseconds.
    pub unused_since: Option<i64>,
    /// Whose last day is this or an earlier one, `YYYY-MM-DD`.
    pub expiring_by: Option<String>,
}

/// A member in the list.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct MemberRow {
    /// The contact.
    pub contact: Uuid,
    /// Folded name.
    pub sort_key: String,
    /// When they last came, to the hour.
    pub seen: Option<i64>,
}

/// An account's members, as they stand at an instant (microseconds) and on the account's day then: from where, and which.
fn narrowed(account: AccountId, filter: &Filter, (now, today): (i64, &str)) -> (String, Vec<Arg>) {
    let mut args: Vec<Arg> = vec![account.0.into()];
    let mut sql =
        String::from("FROM memberships_1 m LEFT JOIN member_seen s ON s.contact = m.contact WHERE m.account = $1");
    if let Some(profile) = filter.profile {
        args.push(profile.into());
        sql.push_str(&format!(" AND m.profile = ${}", args.len()));
    }
    // A status is one of a moment: an invitation runs out, and a last day passes, without anything being recorded.
    match filter.status {
        Some("EXPIRED") => {
            args.extend([now.into(), today.into()]);
            let n = args.len();
            sql.push_str(&format!(
                " AND ((m.status = 'INVITED' AND m.invited_until <= ${}) OR (m.status IN ('ACTIVE', 'PENDING') AND m.until_on < ${n}))",
                n - 1
            ));
        }
        Some("INVITED") => {
            args.push(now.into());
            sql.push_str(&format!(" AND m.status = 'INVITED' AND m.invited_until > ${}", args.len()));
        }
        Some(status @ ("ACTIVE" | "PENDING")) => {
            args.extend([status.into(), today.into()]);
            let n = args.len();
            sql.push_str(&format!(" AND m.status = ${} AND (m.until_on IS NULL OR m.until_on >= ${n})", n - 1));
        }
        Some(status) => {
            args.push(status.into());
            sql.push_str(&format!(" AND m.status = ${}", args.len()));
        }
        None => {}
    }
    if let Some(since) = filter.unused_since {
        args.push(since.into());
        sql.push_str(&format!(" AND (s.at IS NULL OR s.at < ${})", args.len()));
    }
    if let Some(day) = &filter.expiring_by {
        args.push(day.as_str().into());
        sql.push_str(&format!(" AND m.until_on <= ${}", args.len()));
    }
    (sql, args)
}

/// How many members there are, counted up to `cap`.
pub fn count_members(account: AccountId, filter: &Filter, moment: (i64, &str), cap: i64) -> Ask<(i64,)> {
    let (narrowed, mut args) = narrowed(account, filter, moment);
    args.push(cap.into());
    Ask::new(format!("SELECT COUNT(*) FROM (SELECT m.contact {narrowed} LIMIT ${}) counted", args.len()), args)
}

/// A page of an account's members by name.
pub fn members(
    account: AccountId,
    filter: &Filter,
    moment: (i64, &str),
    beyond: Option<(&str, Uuid)>,
    descending: bool,
    limit: i64,
) -> Ask<MemberRow> {
    let (narrowed, mut args) = narrowed(account, filter, moment);
    let mut sql = format!("SELECT m.contact, m.sort_key, s.at AS seen {narrowed}");
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    if let Some((key, contact)) = beyond {
        args.extend([key.into(), contact.into()]);
        let n = args.len();
        sql.push_str(&format!(" AND (m.sort_key, m.contact) {than} (${}, ${n})", n - 1));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY m.sort_key {direction}, m.contact {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// When these contacts last came, of those who ever did.
pub fn last_came(contacts: Vec<Uuid>) -> Ask<(Uuid, i64)> {
    Ask::new("SELECT contact, at FROM member_seen WHERE contact IN [$1]", [Arg::Uuids(contacts)])
}

/// Notes that a member came. An older note is replaced once an hour at most: the caller sees to it.
pub fn came(contact: Uuid, account: AccountId, at: i64) -> Ask<()> {
    Ask::new(
        "INSERT INTO member_seen (contact, account, at) VALUES ($1, $2, $3)
         ON CONFLICT (contact) DO UPDATE SET at = excluded.at WHERE member_seen.at < excluded.at",
        [contact.into(), account.0.into(), at.into()],
    )
}
