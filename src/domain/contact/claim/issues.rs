//! Which issues of a product should have come by a day: what a complaint about a late one is filled in from (row B16).

use crate::{ids::ModuleId, product::ProductState, subscription::SubscriptionState};
use chrono::{Days, NaiveDate};

/// An issue that was to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueIssue {
    /// Which module of the product.
    pub module: ModuleId,
    /// Its name.
    pub name: String,
    /// The day it was due.
    pub due_on: NaiveDate,
}

/// The issues that a subscription should have brought up to and with `today`, oldest first: each is due its delay after the subscription's
/// first day, and counts where that day was bought.
pub fn due_issues(product: &ProductState, subscription: &SubscriptionState, today: NaiveDate) -> Vec<DueIssue> {
    let starts_on = subscription.starts_on();
    let bought = |day: NaiveDate| {
        subscription.periods.iter().any(|p| p.starts_on <= day && p.ends_on.is_none_or(|end| day <= end))
    };
    let mut due: Vec<DueIssue> = product
        .modules()
        .iter()
        .filter_map(|module| {
            let due_on = starts_on.checked_add_days(Days::new(module.opens_after_days.into()))?;
            (due_on <= today && bought(due_on)).then(|| DueIssue {
                module: module.id,
                name: module.name.clone(),
                due_on,
            })
        })
        .collect();
    due.sort_by_key(|issue| issue.due_on);
    due
}
