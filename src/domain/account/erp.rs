//! The account's connection to an ERP: which one, which fields it owns, how often it is asked. Secrets of the connection stand in the vault's tables.

use super::{AccountEvent, AccountState};
use crate::{
    event::{clear, events},
    fold::Fact,
    refusal::{Check, Code, Refusal, Refusals},
    remedy::Remedy,
    text::required_line,
    values::ErpField,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Longest name of an ERP, in characters.
const SOURCE_MAX: usize = 60;
/// Longest time between two pulls, in minutes: a week.
const EVERY_MAX: i64 = 7 * 24 * 60;

events!(in AccountEvent:
    /// What happened between an account and its ERP.
    AccountErpEvent {
        /// An ERP keeps the account's contacts from now on, or on other terms.
        Connected(ErpConnected) = "account.erp_connected.v1",
        /// Other fields are the ERP's.
        OwnershipSet(ErpOwnershipSet) = "account.erp_ownership_set.v1",
        /// No ERP any more: everything is kept here.
        Disconnected(ErpDisconnected) = "account.erp_disconnected.v1",
    }
);

/// An ERP keeps the account's contacts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpConnected {
    /// The account's name for it; part of every link to a record.
    pub source: String,
    /// The fields that are changed there and not here.
    pub owned: BTreeSet<ErpField>,
    /// Minutes from one pull to the next; absent: records are only sent, never fetched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_minutes: Option<u32>,
}

/// Other fields are the ERP's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpOwnershipSet {
    /// All of them.
    pub owned: BTreeSet<ErpField>,
}

/// No ERP any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpDisconnected {}

clear!(ErpConnected, ErpOwnershipSet, ErpDisconnected);

/// An ERP that keeps, or kept, the account's contacts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpConnection {
    /// The account's name for it.
    pub source: String,
    /// The fields that are its own.
    pub owned: BTreeSet<ErpField>,
    /// Minutes between pulls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub every_minutes: Option<u32>,
    /// Since when.
    pub since: Fact,
    /// Since when no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Fact>,
}

impl ErpConnection {
    /// Takes one more event in.
    pub(super) fn apply(erp: &mut Option<ErpConnection>, event: &AccountErpEvent, fact: Fact) {
        match (event, erp) {
            (AccountErpEvent::Connected(e), erp) => {
                // Other terms of the same connection leave its beginning as it was.
                let since = erp.as_ref().filter(|old| old.ended.is_none()).map_or(fact, |old| old.since);
                *erp = Some(ErpConnection {
                    source: e.source.clone(),
                    owned: e.owned.clone(),
                    every_minutes: e.every_minutes,
                    since,
                    ended: None,
                });
            }
            (AccountErpEvent::OwnershipSet(e), Some(erp)) => erp.owned = e.owned.clone(),
            (AccountErpEvent::Disconnected(_), Some(erp)) => erp.ended = Some(fact),
            (_, None) => {}
        }
    }
}

/// Connects the account to an ERP, or changes the terms of the connection (rows A1, A7).
#[derive(Debug, Clone)]
pub struct ConnectErp {
    /// The account's name for it, 1..60 characters. A name it had before finds the records it had then.
    pub source: String,
    /// The fields that are its own; absent: as they were, and all of them at first.
    pub owned: Option<BTreeSet<ErpField>>,
    /// Minutes between pulls, 1..10080; absent: records are only sent.
    pub every_minutes: Option<i64>,
}

impl ConnectErp {
    /// Connects it; nothing when it is connected so already. `NOT_ALLOWED_NOW` while another one is.
    pub fn decide(self, account: &AccountState) -> Result<Vec<AccountEvent>, Refusals> {
        let mut check = Check::default();
        let source = check.take(required_line("source", &self.source, SOURCE_MAX));
        if let Some(minutes) = self.every_minutes
            && !(1..=EVERY_MAX).contains(&minutes)
        {
            check.refuse(Refusal::at(Code::Invalid, "everyMinutes").with("min", 1).with("max", EVERY_MAX));
        }
        check.finish()?;
        if account.erp().is_some_and(|erp| erp.source != source) {
            return Err(Refusal::not_now(Remedy::DisconnectErp).under("source").into());
        }
        let before = account.erp.as_ref().filter(|erp| erp.source == source);
        let owned = self
            .owned
            .or_else(|| before.map(|erp| erp.owned.clone()))
            .unwrap_or_else(|| ErpField::ALL.iter().copied().collect());
        let every_minutes = self.every_minutes.map(|minutes| minutes as u32);
        let event = ErpConnected { source, owned, every_minutes };
        let same = |erp: &ErpConnection| erp.owned == event.owned && erp.every_minutes == event.every_minutes;
        Ok(if account.erp().is_some_and(same) { vec![] } else { vec![event.into()] })
    }
}

/// Says which fields are the ERP's (rows A5, B10).
#[derive(Debug, Clone)]
pub struct SetErpOwnership {
    /// All of them.
    pub owned: BTreeSet<ErpField>,
}

impl SetErpOwnership {
    /// Says so; nothing when it is so already. `NOT_ALLOWED_NOW` while no ERP is connected.
    pub fn decide(self, account: &AccountState) -> Result<Vec<AccountEvent>, Refusals> {
        let erp = account.erp().ok_or_else(|| Refusal::not_now(Remedy::ConnectErp))?;
        let SetErpOwnership { owned } = self;
        Ok(if erp.owned == owned { vec![] } else { vec![ErpOwnershipSet { owned }.into()] })
    }
}

/// Ends the connection (row A7): every field is kept here again. What links contacts to their records stays, for the day it is connected again.
#[derive(Debug, Clone)]
pub struct DisconnectErp;

impl DisconnectErp {
    /// Ends it; nothing when there is none.
    pub fn decide(self, account: &AccountState) -> Result<Vec<AccountEvent>, Refusals> {
        Ok(if account.erp().is_some() { vec![ErpDisconnected {}.into()] } else { vec![] })
    }
}
