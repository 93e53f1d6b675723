//! Subscription → its row; contact → the subscriptions attached to it.

use crate::{Rows, Source, sql::Arg};
use domain::State;

pub(super) fn project(source: Source<'_>) -> Rows {
    let id = source.stream.id;
    match &source.folded.state {
        State::Subscription(s) => vec![(
            0,
            vec![
                id.into(),
                s.account.0.into(),
                s.product.0.into(),
                s.kind.as_str().into(),
                s.billing.as_str().into(),
                s.starts_on().to_string().into(),
                Arg::Text(s.ends_on().map(|d| d.to_string())),
                s.is_paused().into(),
                s.cancelled.is_some().into(),
                Arg::Text(s.payment().map(|p| p.state.as_str().to_owned())),
                s.started.at.timestamp_micros().into(),
            ],
        )],
        State::Contact(c) if c.deleted.is_none() && c.erased.is_none() => {
            c.attached().map(|a| (1, vec![a.subscription.0.into(), id.into(), c.account.0.into()])).collect()
        }
        _ => Rows::new(),
    }
}
