//! What can have happened between a contact and its record in an ERP. What the record says of the person is an edit like any other.

use crate::{
    contact::ContactEvent,
    event::{Private, clear, events, sealed},
    values::Email,
};
use serde::{Deserialize, Serialize};

events!(in ContactEvent:
    /// What happened between a contact and its record.
    ErpEvent {
        /// A record was found to be this contact's.
        Linked(ErpLinked) = "erp.linked.v1",
        /// The record is gone from the ERP; the contact stays.
        Gone(ErpGone) = "erp.gone.v1",
        /// The record is back.
        Returned(ErpReturned) = "erp.returned.v1",
        /// The record's e-mail is not to be taken.
        EmailKept(ErpEmailKept) = "erp.email_kept.v1",
        /// A record with this contact's e-mail is somebody else's.
        MatchDeclined(ErpMatchDeclined) = "erp.match_declined.v1",
    }
);

/// A record was found to be this contact's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpLinked {
    /// Which ERP, by the account's name for it.
    pub source: String,
    /// Which record.
    #[serde(skip)]
    pub private: Private<ErpRecord>,
}

/// Which record.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ErpRecord {
    /// Its id there.
    pub external_id: String,
}

/// The record is gone from the ERP.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpGone {}

/// The record is back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpReturned {}

/// The record's e-mail is not to be taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpEmailKept {
    /// Which.
    #[serde(skip)]
    pub private: Private<ErpEmail>,
}

/// An e-mail as an ERP has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErpEmail {
    /// Normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
}

/// A record with this contact's e-mail is somebody else's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErpMatchDeclined {
    /// Which ERP.
    pub source: String,
    /// Which record.
    #[serde(skip)]
    pub private: Private<ErpRecord>,
}

clear!(ErpGone, ErpReturned);
sealed!(ErpLinked, ErpEmailKept, ErpMatchDeclined);
