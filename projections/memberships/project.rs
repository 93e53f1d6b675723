//! Contact → its row as a member; account → what a list of accounts shows of it.

use crate::{Rows, Source, contacts::sort_key, sql::Arg};
use domain::{
    State,
    account::AccountState,
    contact::ContactState,
    text,
    values::{ContactKind, MembershipStatus, Profile},
};
use uuid::Uuid;

pub(super) fn project(source: Source<'_>) -> Rows {
    match &source.folded.state {
        State::Contact(contact) => member(source.stream.id, contact),
        State::Account(account) => tenant(account),
        _ => Rows::new(),
    }
}

/// Whether a contact is more than an address in the account's lists.
fn belongs(contact: &ContactState) -> bool {
    let m = &contact.membership;
    m.profile != Profile::Contact
        || m.status != MembershipStatus::Active
        || m.user.is_some()
        || !m.permissions.is_empty()
        || contact.portal.is_some()
}

fn member(id: Uuid, contact: &ContactState) -> Rows {
    let gone = contact.deleted.is_some() || contact.erased.is_some();
    if gone || contact.kind == ContactKind::Group || !belongs(contact) {
        return Rows::new();
    }
    let m = &contact.membership;
    let permissions: Vec<&str> = m.permissions.iter().map(|p| p.as_str()).collect();
    let invited_until = match (m.status, &m.invitation) {
        (MembershipStatus::Invited, Some(invitation)) => Some(invitation.expires_at.timestamp_micros()),
        _ => None,
    };
    let row = vec![
        id.into(),
        contact.account.0.into(),
        Arg::Uuid(m.user.map(|user| user.0)),
        Arg::Text(contact.details.email.as_ref().map(|e| e.as_str().to_owned())),
        m.profile.as_str().into(),
        m.standing().as_str().into(),
        permissions.join(",").into(),
        Arg::Text(contact.portal.as_ref().map(|portal| portal.role.as_str().to_owned())),
        Arg::Text(m.until.map(|day| day.to_string())),
        invited_until.into(),
        m.since.at.timestamp_micros().into(),
        contact.added.at.timestamp_micros().into(),
        sort_key(&contact.details).into(),
    ];
    vec![(0, row)]
}

fn tenant(account: &AccountState) -> Rows {
    let row = vec![
        account.id.0.into(),
        account.number.as_str().into(),
        account.company_name.as_str().into(),
        text::fold(&account.company_name).into(),
        account.time_zone.name().into(),
    ];
    vec![(1, row)]
}
