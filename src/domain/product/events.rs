//! What can have happened to a product. Nothing personal.

use crate::{
    event::{Module, Stored, events},
    ids::AccountId,
    values::DripClock,
};
use serde::{Deserialize, Serialize};

events!(
    /// On `product-<id>`.
    ProductEvent {
        /// The product exists.
        Created(Created) = "product.created.v1",
        /// It has another name.
        Renamed(Renamed) = "product.renamed.v1",
        /// Its modules and their delays, whole.
        ModulesSet(ModulesSet) = "product.modules_set.v1",
        /// Its order e-mail, or none.
        OrderEmailSet(OrderEmailSet) = "product.order_email_set.v1",
        /// No new grants.
        Archived(Archived) = "product.archived.v1",
        /// Grants again.
        Restored(Restored) = "product.restored.v1",
    }
);

/// The mail that may go out with a grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderEmail {
    /// One line; may hold variables.
    pub subject: String,
    /// Text; may hold variables.
    pub body: String,
}

/// The product exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Created {
    /// Whose it is.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Whether it is delivered to an address.
    pub delivered: bool,
    /// How delays are counted.
    pub drip_clock: DripClock,
    /// Its modules in order.
    pub modules: Vec<Module>,
    /// The mail that may go out with a grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_email: Option<OrderEmail>,
}

/// It has another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renamed {
    /// The new name.
    pub name: String,
}

/// Its modules and their delays, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModulesSet {
    /// In order.
    pub modules: Vec<Module>,
}

/// Its order e-mail, or none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderEmailSet {
    /// The new one; absent when it was taken away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_email: Option<OrderEmail>,
}

/// No new grants.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Archived {}

/// Grants again.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restored {}

impl Stored for Created {}
impl Stored for Renamed {}
impl Stored for ModulesSet {}
impl Stored for OrderEmailSet {}
impl Stored for Archived {}
impl Stored for Restored {}
