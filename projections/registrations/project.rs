//! Contact → its registration, or the phone it is recognised by while it has none. Sign-up → its row while it is nobody's.

use super::WAITING;
use crate::{Row, Rows, Source};
use domain::{
    AccountId, Fact, State,
    registration::phone_key,
    values::{ContactKind, RegistrationStatus},
};
use uuid::Uuid;

fn row(subject: Uuid, account: AccountId, state: &str, since: Fact) -> (usize, Row) {
    (0, vec![subject.into(), account.0.into(), state.into(), since.at.timestamp_micros().into()])
}

pub(super) fn project(source: Source<'_>) -> Rows {
    let subject = source.stream.id;
    match &source.folded.state {
        State::Contact(c) if c.deleted.is_none() && c.erased.is_none() => match &c.registration {
            Some(r) => vec![row(subject, c.account, r.status.as_str(), r.since)],
            None if c.kind == ContactKind::Person => {
                let phone = c.details.phone.as_deref().and_then(phone_key);
                phone.map(|phone| (1, vec![c.account.0.into(), phone.into(), subject.into()])).into_iter().collect()
            }
            None => Rows::new(),
        },
        State::Registration(r) if r.is_waiting() => vec![row(subject, r.account, WAITING, r.signed_up)],
        State::Registration(r) if r.erased.is_none() && !r.replaced => {
            let refused = RegistrationStatus::Refused.as_str();
            r.turned_away.map(|fact| row(subject, r.account, refused, fact)).into_iter().collect()
        }
        _ => Rows::new(),
    }
}
