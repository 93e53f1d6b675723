//! What can have happened to an account. Nothing personal but what support wrote: a company's name is no person's.

use super::connection::ConnectionEvent;
use super::erp::AccountErpEvent;
use super::provider::ProviderEvent;
use super::token::TokenEvent;
use crate::{
    acting::Why,
    event::{Private, Stored, events, sealed},
    ids::AccountId,
    values::{DeletionPolicy, ExportFormat, ExportedList, RegistrationPolicy},
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

events!(
    /// On `account-<id>`.
    AccountEvent {
        /// The account exists.
        Opened(Opened) = "account.opened.v1",
        /// It has another name.
        Renamed(Renamed) = "account.renamed.v1",
        /// Its policies, whole.
        PoliciesSet(PoliciesSet) = "account.policies_set.v1",
        /// Everybody who waits for validation in the app is let in; each is told on their own sheet.
        PendingLetIn(PendingLetIn) = "account.pending_let_in.v1",
        /// Support did for the account what stands beside this in the same command, and said why.
        ActedFor(AccountActedFor) = "account.acted_for.v1",
        /// A list was handed out as a whole.
        ListExported(ListExported) = "account.list_exported.v1",
        /// So much of a list was read page by page within a day that it is as good as taken away.
        ListRead(ListRead) = "account.list_read.v1",
    } with {
        /// Its connection to an ERP.
        Erp(AccountErpEvent),
        /// What it is connected to.
        Connection(ConnectionEvent),
        /// Tokens of its programs.
        Token(TokenEvent),
        /// Its provider of sign-ins.
        Provider(ProviderEvent),
    }
);

/// The account exists.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// Its id.
    pub account: AccountId,
    /// The customer number.
    pub number: String,
    /// Company name.
    pub company_name: String,
    /// `fr` or `en`.
    pub locale: String,
    /// IANA name.
    pub time_zone: Tz,
}

/// It has another name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Renamed {
    /// The new company name.
    pub company_name: String,
}

/// Its policies, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoliciesSet {
    /// IANA name.
    pub time_zone: Tz,
    /// Days for which a late payment still opens.
    pub grace_days: u32,
    /// Who may delete a contact.
    pub deletion: DeletionPolicy,
    /// Whether app registrations are let in at once.
    pub registration: RegistrationPolicy,
}

/// Everybody who waits for validation in the app is let in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PendingLetIn {}

/// Support acted for the account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountActedFor {
    /// Why.
    #[serde(skip)]
    pub private: Private<Why>,
}

/// A list was handed out as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListExported {
    /// Which.
    pub what: ExportedList,
    /// How many rows it had when it was asked for.
    pub rows: u64,
    /// In which form.
    pub format: ExportFormat,
}

/// A list was read page by page.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListRead {
    /// Which list.
    pub what: ExportedList,
    /// So many different people of it at least, within the day.
    pub rows: u64,
}

sealed!(AccountActedFor);
impl AccountEvent {
    /// Whether it changes nothing of the account: why support acted, what was read.
    pub fn is_aside(&self) -> bool {
        matches!(self, AccountEvent::ActedFor(_) | AccountEvent::ListExported(_) | AccountEvent::ListRead(_))
    }
}

impl Stored for ListExported {}
impl Stored for ListRead {}
impl Stored for PendingLetIn {}
impl Stored for Opened {}
impl Stored for Renamed {}
impl Stored for PoliciesSet {}
