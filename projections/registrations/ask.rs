//! Questions about registrations. Every one begins at an index; how many candidates a sign-up has is bounded whatever the account holds.

use crate::{
    search::upper_bound,
    sql::{Arg, Ask},
};
use domain::AccountId;
use uuid::Uuid;

/// A registration in a list: `subject` is the contact, or the sign-up that matches none.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct RegistrationRow {
    /// Whose it is, or which.
    pub subject: Uuid,
    /// Microseconds since 1970, UTC.
    pub since: i64,
}

/// A page of the account's registrations that stand so, by how long they have.
pub fn list(
    account: AccountId,
    state: &str,
    beyond: Option<(i64, Uuid)>,
    descending: bool,
    limit: i64,
) -> Ask<RegistrationRow> {
    let mut args: Vec<Arg> = vec![account.0.into(), state.into()];
    let (than, direction) = if descending { ("<", "DESC") } else { (">", "ASC") };
    let mut sql = String::from("SELECT subject, since FROM registrations_1 WHERE account = $1 AND state = $2");
    if let Some((since, subject)) = beyond {
        args.extend([since.into(), subject.into()]);
        sql.push_str(&format!(" AND (since, subject) {than} ($3, $4)"));
    }
    args.push(limit.into());
    sql.push_str(&format!(" ORDER BY since {direction}, subject {direction} LIMIT ${}", args.len()));
    Ask::new(sql, args)
}

/// How many of the account's registrations stand so, counted up to `cap`.
pub fn count(account: AccountId, state: &str, cap: i64) -> Ask<(i64,)> {
    Ask::new(
        "SELECT COUNT(*) FROM (SELECT 1 AS one FROM registrations_1 WHERE account = $1 AND state = $2 LIMIT $3) counted",
        [account.0.into(), state.into(), cap.into()],
    )
}

/// What a sign-up is looked for by: each part where it has one.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Probe {
    /// Two words that a contact must both have.
    pub words: Option<(String, String)>,
    /// The end of a phone number.
    pub phone: Option<String>,
    /// The beginning of a word.
    pub start: Option<String>,
}

/// A contact that may be what a probe looks for.
#[derive(Debug, Clone, PartialEq, crate::FromRow)]
pub struct Candidate {
    /// Which of the probes.
    pub probe: i64,
    /// The contact.
    pub contact: Uuid,
}

/// Words of one kind that are looked through, at most, for those who also have the other.
const LOOKED_THROUGH: usize = 2_000;

/// Contacts that may be what these probes look for, at most so many a part of a probe; one statement for all.
pub fn candidates(account: AccountId, probes: &[Probe], limit: i64) -> Ask<Candidate> {
    let mut args: Vec<Arg> = vec![account.0.into(), limit.into()];
    let mut parts = Vec::new();
    for (n, probe) in probes.iter().enumerate() {
        let mut arg = |value: String| {
            args.push(value.into());
            args.len()
        };
        // The number of the probe is typed, so that both engines answer it as one.
        let probe_is = format!("CAST({n} AS BIGINT) AS probe");
        if let Some((one, other)) = probe.words.clone() {
            let (one, other) = (arg(one), arg(other));
            parts.push(format!(
                "SELECT {probe_is}, a.contact FROM (SELECT contact FROM contact_words_1 WHERE account = $1 AND word = ${one} LIMIT {LOOKED_THROUGH}) a
                 JOIN contact_words_1 b ON b.account = $1 AND b.word = ${other} AND b.contact = a.contact LIMIT $2"
            ));
        }
        if let Some(phone) = probe.phone.clone() {
            let phone = arg(phone);
            parts.push(format!(
                "SELECT {probe_is}, contact FROM registration_phones_1 WHERE account = $1 AND phone = ${phone} ORDER BY contact LIMIT $2"
            ));
        }
        if let Some(start) = probe.start.clone() {
            let (from, to) = (arg(start.clone()), arg(upper_bound(&start)));
            parts.push(format!(
                "SELECT {probe_is}, contact FROM contact_words_1 WHERE account = $1 AND word >= ${from} AND word < ${to} ORDER BY word, contact LIMIT $2"
            ));
        }
    }
    if parts.is_empty() {
        parts.push("SELECT CAST(0 AS BIGINT) AS probe, subject AS contact FROM registrations_1 WHERE account = $1 AND 1 = 0 LIMIT $2".to_owned());
    }
    let parts: Vec<String> = parts.iter().map(|part| format!("SELECT probe, contact FROM ({part}) part")).collect();
    Ask::new(parts.join(" UNION "), args)
}
