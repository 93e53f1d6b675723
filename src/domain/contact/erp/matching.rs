//! Which contact a record means: the one that is linked to it, else the one with its id, else the one with its e-mail, verified. Names never
//! decide.

use super::record::Record;
use crate::{contact::ContactState, ids::ContactId};

/// A contact that was looked up.
type Known<'a> = Option<(ContactId, &'a ContactState)>;

/// What was looked up for a record.
#[derive(Debug, Clone, Copy, Default)]
pub struct Candidates<'a> {
    /// The person of this record was erased here.
    pub erased: bool,
    /// Who is linked to it.
    pub link: Known<'a>,
    /// Who has its id as external id.
    pub external_id: Known<'a>,
    /// Who has its e-mail.
    pub email: Known<'a>,
}

/// Whether a contact may have the record's e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EmailStanding {
    /// Nobody else has it, or the record says none.
    Free,
    /// Another contact has it.
    Taken(ContactId),
}

/// What a record means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// This contact.
    Contact(ContactId, EmailStanding),
    /// Nobody yet; the second says whether its id may be the new contact's external id.
    Nobody(EmailStanding, bool),
    /// Perhaps this contact, who never verified the e-mail: a person decides.
    Perhaps(ContactId),
    /// Someone whose data were erased.
    Erased,
}

/// Which contact a record of the ERP `source` means.
pub fn meant(record: &Record, source: &str, known: &Candidates<'_>) -> Meant {
    if known.erased {
        return Meant::Erased;
    }
    let standing = |own: Option<ContactId>| match known.email {
        Some((holder, _)) if own != Some(holder) => EmailStanding::Taken(holder),
        _ => EmailStanding::Free,
    };
    // A record of this ERP already is another one than this.
    let unlinked = |contact: &ContactState| contact.erp.as_ref().is_none_or(|link| link.source != source);
    let open = |known: Known<'_>| {
        known.filter(|(_, c)| unlinked(c) && !c.is_not_record(source, &record.external_id)).map(|(id, _)| id)
    };
    if let Some(id) = known.link.map(|(id, _)| id).or_else(|| open(known.external_id)) {
        return Meant::Contact(id, standing(Some(id)));
    }
    match (open(known.email), known.email) {
        (Some(id), Some((_, contact))) if contact.email_verified() => Meant::Contact(id, EmailStanding::Free),
        (Some(id), _) => Meant::Perhaps(id),
        (None, _) => Meant::Nobody(standing(None), known.external_id.is_none()),
    }
}
