//! Where a contact stands in an ERP.

use super::events::ErpEvent;
use crate::{
    account::AccountState,
    contact::ContactState,
    fold::Fact,
    values::{Email, ErpField},
};
use serde::{Deserialize, Serialize};

/// The record that a contact is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpLink {
    /// Which ERP.
    pub source: String,
    /// Which record; none once erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Since when.
    pub linked: Fact,
    /// Since when it is gone from the ERP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone: Option<Fact>,
    /// When it last came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Fact>,
    /// The ERP's e-mail that somebody decided not to take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused_email: Option<Email>,
}

/// A record of which somebody said that it is not this contact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeclinedMatch {
    /// Which ERP.
    pub source: String,
    /// Which record.
    pub external_id: String,
}

impl ErpLink {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(contact: &mut ContactState, event: &ErpEvent, fact: Fact) {
        match (event, &mut contact.erp) {
            (ErpEvent::Linked(e), link) => {
                let external_id = e.private.known().map(|p| p.external_id.clone());
                let source = e.source.clone();
                *link = Some(ErpLink {
                    source,
                    external_id,
                    linked: fact,
                    gone: None,
                    returned: None,
                    refused_email: None,
                });
            }
            (ErpEvent::Gone(_), Some(link)) => link.gone = Some(fact),
            (ErpEvent::Returned(_), Some(link)) => (link.gone, link.returned) = (None, Some(fact)),
            (ErpEvent::EmailKept(e), Some(link)) => {
                link.refused_email = e.private.known().and_then(|p| p.email.clone());
            }
            (ErpEvent::MatchDeclined(e), _) => {
                let external_id = e.private.known().map(|p| p.external_id.clone());
                contact
                    .declined_matches
                    .extend(external_id.map(|external_id| DeclinedMatch { source: e.source.clone(), external_id }));
            }
            (_, None) => {}
        }
    }

    /// What makes it that one record among those of all ERPs.
    pub fn key(&self) -> Option<String> {
        self.external_id.as_deref().map(|id| record_key(&self.source, id))
    }
}

/// What makes a record that one among those of all ERPs of an account: the name of the ERP and the record's id there. Personal: to be hashed.
pub fn record_key(source: &str, external_id: &str) -> String {
    // No name holds a control character.
    format!("{source}\u{0}{external_id}")
}

impl ContactState {
    /// Whether this contact is kept by the account's ERP: it is a record of the one that is connected now, and is still there.
    pub fn is_managed(&self, account: &AccountState) -> bool {
        let connected = account.erp().map(|erp| erp.source.as_str());
        self.erp.as_ref().is_some_and(|link| link.gone.is_none() && connected == Some(link.source.as_str()))
    }

    /// Whether a field of it is changed in the ERP only.
    pub fn is_owned_by_erp(&self, account: &AccountState, field: ErpField) -> bool {
        self.is_managed(account) && account.erp().is_some_and(|erp| erp.owned.contains(&field))
    }

    /// Whether it is this record.
    pub fn is_record(&self, source: &str, external_id: &str) -> bool {
        self.erp.as_ref().is_some_and(|link| link.source == source && link.external_id.as_deref() == Some(external_id))
    }

    /// Whether somebody said that it is not this record.
    pub fn is_not_record(&self, source: &str, external_id: &str) -> bool {
        self.declined_matches.iter().any(|declined| declined.source == source && declined.external_id == external_id)
    }
}
