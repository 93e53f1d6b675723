//! What an account's events add up to.

use super::{
    connection::{Connection, ConnectionKind},
    erp::ErpConnection,
    events::AccountEvent,
    provider::Provider,
};
use crate::{
    fold::{Fact, last_change},
    ids::AccountId,
    values::{DeletionPolicy, RegistrationPolicy},
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// What the account decides for its contacts. A state holds those of its moment, and no former ones: as of an earlier instant the log is folded up to
/// then, so that what was so then is answered by the policies of then; an answer for now looks back with those of now, so that a longer grace closes a gap
/// that there was (`accessibleSince`, the anchor), and a shorter one opens one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policies {
    /// Days for which a late payment still opens.
    pub grace_days: u32,
    /// Who may delete a contact.
    pub deletion: DeletionPolicy,
    /// Whether app registrations are let in at once.
    pub registration: RegistrationPolicy,
}

impl Default for Policies {
    fn default() -> Self {
        Policies { grace_days: 0, deletion: DeletionPolicy::SelfService, registration: RegistrationPolicy::Automatic }
    }
}

/// An account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountState {
    /// Its id.
    pub id: AccountId,
    /// The customer number people read out.
    pub number: String,
    /// Company name.
    pub company_name: String,
    /// `fr` or `en`: the language of its mails and files.
    pub locale: String,
    /// Where its days begin.
    pub time_zone: Tz,
    /// Its policies.
    pub policies: Policies,
    /// What it is connected to, in the order in which it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub connections: Vec<Connection>,
    /// The version of its last change, where only what changes nothing was noted since ([`crate::Event::is_aside`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchanged_since: Option<u64>,
    /// When it was opened.
    pub opened: Fact,
    /// The ERP that keeps its contacts, or kept them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erp: Option<ErpConnection>,
    /// Its provider of sign-ins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
}

impl AccountState {
    /// The state after the first event; `None` when that is not an opening.
    pub fn first(event: &AccountEvent, fact: Fact) -> Option<AccountState> {
        let AccountEvent::Opened(e) = event else { return None };
        Some(AccountState {
            id: e.account,
            number: e.number.clone(),
            company_name: e.company_name.clone(),
            locale: e.locale.clone(),
            time_zone: e.time_zone,
            policies: Policies::default(),
            connections: Vec::new(),
            unchanged_since: None,
            opened: fact,
            erp: None,
            provider: None,
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &AccountEvent, fact: Fact) {
        self.unchanged_since = last_change(self.unchanged_since, event.is_aside(), fact);
        match event {
            AccountEvent::Connection(e) => Connection::apply(&mut self.connections, e, fact),
            AccountEvent::Opened(_)
            | AccountEvent::PendingLetIn(_)
            | AccountEvent::ActedFor(_)
            | AccountEvent::Token(_)
            | AccountEvent::ListExported(_)
            | AccountEvent::ListRead(_) => {}
            AccountEvent::Renamed(e) => self.company_name = e.company_name.clone(),
            AccountEvent::PoliciesSet(e) => {
                self.time_zone = e.time_zone;
                self.policies =
                    Policies { grace_days: e.grace_days, deletion: e.deletion, registration: e.registration };
            }
            AccountEvent::Erp(e) => ErpConnection::apply(&mut self.erp, e, fact),
            AccountEvent::Provider(e) => Provider::apply(&mut self.provider, e, fact),
        }
    }

    /// The ERP that keeps its contacts now.
    pub fn erp(&self) -> Option<&ErpConnection> {
        self.erp.as_ref().filter(|erp| erp.ended.is_none())
    }

    /// The connection to its customer service.
    pub fn customer_service(&self) -> Option<&Connection> {
        self.connections.iter().find(|c| c.kind == ConnectionKind::CustomerService)
    }
}
