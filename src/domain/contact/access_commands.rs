//! Giving, changing and taking away access to a product (rows K4 to K20).

use super::{
    access_state::{Access, Grantor, Opening},
    commands::still_there,
    events::*,
    state::ContactState,
};
use crate::{
    account::AccountState,
    ids::ProductId,
    product::ProductState,
    refusal::{Check, Code, Refusal, Refusals},
    values::{AccessMode, Advance, PeriodUnit, check_date},
};
use chrono::NaiveDate;

/// An opening as chosen, before the account's time zone is frozen into it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpeningChoice {
    /// « À partir de la date de commande »
    FromOrderDate,
    /// « Accès complet »
    Full,
    /// « Avancer l'accès »: a number and a unit; its range is checked by the rule.
    Advanced {
        /// How many.
        by: i64,
        /// Of what.
        unit: PeriodUnit,
    },
    /// « À partir d'une date précise »
    FromDate(NaiveDate),
}

impl OpeningChoice {
    fn freeze(self, account: &AccountState) -> Result<Opening, Refusal> {
        Ok(match self {
            OpeningChoice::FromOrderDate => Opening::FromOrderDate,
            OpeningChoice::Full => Opening::Full,
            OpeningChoice::Advanced { by, unit } => Opening::Advanced(Advance::new(by, unit)?),
            OpeningChoice::FromDate(date) => {
                Opening::FromDate { date: check_date("date", date)?, zone: account.time_zone }
            }
        })
    }
}

fn under_opening(refusal: Refusal) -> Refusal {
    refusal.under("opening")
}

/// Gives a contact access to a product.
#[derive(Debug, Clone)]
pub struct GrantAccess {
    /// Which product.
    pub product: ProductId,
    /// Default `ACTIVATED`: a person who grants means it.
    pub mode: Option<AccessMode>,
    /// Default from the order date.
    pub opening: Option<OpeningChoice>,
    /// Default: the subscription's first day, else the grant.
    pub ordered_on: Option<NaiveDate>,
    /// Default no.
    pub send_order_email: bool,
}

impl GrantAccess {
    /// Grants it. `ALREADY_GRANTED` when the contact has it (the caller shows the access there is), `PRODUCT_ARCHIVED` when it left
    /// choice, `NOT_FOUND` when it is another account's.
    pub fn decide(
        self,
        contact: &ContactState,
        account: &AccountState,
        product: &ProductState,
    ) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        if product.account != contact.account {
            return Err(Refusal::at(Code::NotFound, "productId").into());
        }
        if contact.access(self.product).is_some() {
            return Err(Refusal::at(Code::AlreadyGranted, "productId").into());
        }
        let mut check = Check::default();
        if product.archived.is_some() {
            check.refuse(Refusal::at(Code::ProductArchived, "productId"));
        }
        let opening = match self.opening.unwrap_or(OpeningChoice::FromOrderDate).freeze(account) {
            Ok(opening) => opening,
            Err(refusal) => {
                check.refuse(under_opening(refusal));
                Opening::FromOrderDate
            }
        };
        if let Some(day) = self.ordered_on {
            check.take(check_date("orderedOn", day));
        }
        check.finish()?;
        Ok(vec![
            AccessGranted {
                product: self.product,
                mode: self.mode.unwrap_or(AccessMode::Activated),
                opening,
                ordered_on: self.ordered_on,
                by: Grantor::Manual,
                send_order_email: self.send_order_email,
            }
            .into(),
        ])
    }
}

/// The form's « Enregistrer »: mode, opening and order date in one append. Absent keeps.
#[derive(Debug, Clone)]
pub struct EditAccess {
    /// Which access.
    pub product: ProductId,
    /// The new mode.
    pub mode: Option<AccessMode>,
    /// The new opening.
    pub opening: Option<OpeningChoice>,
    /// The new order date; null: as subscriptions or the grant say.
    pub ordered_on: Change<NaiveDate>,
}

impl EditAccess {
    /// Changes what differs; nothing when all is so already.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        let access = granted(contact, self.product)?;
        let product = self.product;
        let mut check = Check::default();
        let mut events: Vec<ContactEvent> = Vec::new();
        if let Some(mode) = self.mode
            && mode != access.mode()
        {
            events.push(AccessModeSet { product, mode }.into());
        }
        match self.opening.map(|o| o.freeze(account)) {
            Some(Err(refusal)) => check.refuse(under_opening(refusal)),
            Some(Ok(opening)) if !same(&opening, access.opening()) => {
                events.push(AccessOpeningSet { product, opening }.into())
            }
            _ => {}
        }
        if let Some(ordered_on) = self.ordered_on {
            if let Some(day) = ordered_on {
                check.take(check_date("orderedOn", day));
            }
            if ordered_on != access.ordered_on {
                events.push(AccessOrderDateSet { product, ordered_on }.into());
            }
        }
        check.finish()?;
        Ok(events)
    }
}

/// Whether a person would call two openings the same: a date is, whatever zone it was frozen with.
fn same(a: &Opening, b: &Opening) -> bool {
    match (a, b) {
        (Opening::FromDate { date: a, .. }, Opening::FromDate { date: b, .. }) => a == b,
        (a, b) => a == b,
    }
}

/// « Droits d'accès »: automatic, activated or suspended.
#[derive(Debug, Clone)]
pub struct SetAccessMode {
    /// Which access.
    pub product: ProductId,
    /// The new mode.
    pub mode: AccessMode,
}

impl SetAccessMode {
    /// Sets it; nothing when it is so already. The opening stays as it was (row K12).
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        EditAccess { product: self.product, mode: Some(self.mode), opening: None, ordered_on: None }
            .decide(contact, account)
    }
}

/// « Accès au contenu numérique ».
#[derive(Debug, Clone)]
pub struct SetOpening {
    /// Which access.
    pub product: ProductId,
    /// The new opening.
    pub opening: OpeningChoice,
}

impl SetOpening {
    /// Sets it; nothing when it is so already.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        EditAccess { product: self.product, mode: None, opening: Some(self.opening), ordered_on: None }
            .decide(contact, account)
    }
}

/// « Avancer l'accès » by a number of days, months or years; replaces an advance there was (row K17).
#[derive(Debug, Clone)]
pub struct AdvanceAccess {
    /// Which access.
    pub product: ProductId,
    /// How many.
    pub by: i64,
    /// Of what.
    pub unit: PeriodUnit,
}

impl AdvanceAccess {
    /// Advances it; `ADVANCE_OUT_OF_RANGE` outside 1..3650 days, 1..120 months, 1..10 years.
    pub fn decide(self, contact: &ContactState, account: &AccountState) -> Result<Vec<ContactEvent>, Refusals> {
        // Named here and not under `opening`: the caller's input has the number at its top.
        Advance::new(self.by, self.unit)?;
        let opening = OpeningChoice::Advanced { by: self.by, unit: self.unit };
        SetOpening { product: self.product, opening }.decide(contact, account)
    }
}

/// The dustbin: takes the access away at once (row K20). It may be granted again; the history stays.
#[derive(Debug, Clone)]
pub struct RemoveAccess {
    /// Which access.
    pub product: ProductId,
}

impl RemoveAccess {
    /// Removes it; nothing when it was removed already, `NOT_GRANTED` when it never was there.
    pub fn decide(self, contact: &ContactState) -> Result<Vec<ContactEvent>, Refusals> {
        still_there(contact)?;
        match contact.accesses.get(&self.product) {
            None => Err(Refusal::at(Code::NotGranted, "productId").into()),
            Some(access) if access.removed.is_some() => Ok(vec![]),
            Some(_) => Ok(vec![AccessRemoved { product: self.product }.into()]),
        }
    }
}

fn granted(contact: &ContactState, product: ProductId) -> Result<&Access, Refusals> {
    still_there(contact)?;
    contact.access(product).ok_or_else(|| Refusal::at(Code::NotGranted, "productId").into())
}
