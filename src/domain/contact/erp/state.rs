//! Where a contact stands in an ERP.

use super::events::ErpEvent;
use crate::fold::Fact;
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
}

impl ErpLink {
    /// Takes one more event in.
    pub(in crate::contact) fn apply(link: &mut Option<ErpLink>, event: &ErpEvent, fact: Fact) {
        match (event, link) {
            (ErpEvent::Linked(e), link) => {
                let external_id = e.private.known().map(|p| p.external_id.clone());
                *link = Some(ErpLink { source: e.source.clone(), external_id, linked: fact, gone: None });
            }
            (ErpEvent::Gone(_), Some(link)) => link.gone = Some(fact),
            (ErpEvent::Returned(_), Some(link)) => link.gone = None,
            (_, None) => {}
        }
    }
}
