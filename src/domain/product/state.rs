//! What a product's events add up to.

use super::events::{OrderEmail, ProductEvent};
use crate::{
    event::Module,
    fold::Fact,
    ids::{AccountId, ModuleId},
    values::DripClock,
};
use serde::{Deserialize, Serialize};

/// The modules in force since a moment, until the next schedule replaced them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Schedule {
    /// Since when, and who set it.
    pub since: Fact,
    /// In order.
    pub modules: Vec<Module>,
}

/// A product.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProductState {
    /// Whose it is.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Whether it is delivered to an address.
    pub delivered: bool,
    /// How delays are counted.
    pub drip_clock: DripClock,
    /// Every schedule there ever was, oldest first; never empty. Past ones decide too: a change never locks again (row K21).
    pub schedules: Vec<Schedule>,
    /// The mail that may go out with a grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_email: Option<OrderEmail>,
    /// Since when no new grants.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub archived: Option<Fact>,
    /// When it was created.
    pub created: Fact,
}

impl ProductState {
    /// The state after the first event; `None` when that is not a creation.
    pub fn first(event: &ProductEvent, fact: Fact) -> Option<ProductState> {
        let ProductEvent::Created(e) = event else { return None };
        Some(ProductState {
            account: e.account,
            name: e.name.clone(),
            delivered: e.delivered,
            drip_clock: e.drip_clock,
            schedules: vec![Schedule { since: fact, modules: e.modules.clone() }],
            order_email: e.order_email.clone(),
            archived: None,
            created: fact,
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &ProductEvent, fact: Fact) {
        match event {
            ProductEvent::Created(_) => {}
            ProductEvent::Renamed(e) => self.name = e.name.clone(),
            ProductEvent::ModulesSet(e) => self.schedules.push(Schedule { since: fact, modules: e.modules.clone() }),
            ProductEvent::OrderEmailSet(e) => self.order_email = e.order_email.clone(),
            ProductEvent::Archived(_) => self.archived = Some(fact),
            ProductEvent::Restored(_) => self.archived = None,
        }
    }

    /// The modules in force, in order.
    pub fn modules(&self) -> &[Module] {
        self.schedules.last().map_or(&[], |s| &s.modules)
    }

    /// Whether a module of this id was ever part of it.
    pub fn has_had(&self, module: ModuleId) -> bool {
        self.schedules.iter().any(|s| s.modules.iter().any(|m| m.id == module))
    }
}
