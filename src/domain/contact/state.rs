//! What a contact's events add up to: the contact sheet.

use super::{
    access_state::{Access, Attachment, Grantor, Since},
    app::{self, AppInvitation, Registration},
    claim::Claim,
    deletion::DeletionRequest,
    erp::{DeclinedMatch, ErpLink},
    events::*,
    label::Label,
    membership::Membership,
    portal::PortalAccount,
    verification::Verification,
};
use crate::{
    address::Address,
    event::Private,
    fold::{Fact, last_change},
    ids::{AccountId, ClaimId, ProductId},
    values::{ContactKind, Email},
};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Who it is, as far as recorded. All absent once erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Company.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company_name: Option<String>,
    /// E-mail, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// Phone as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Fax as typed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<String>,
    /// Its id in another system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// An address and the days it is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedAddress {
    /// First day; none: always before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<NaiveDate>,
    /// First day after; none: for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// The address.
    pub address: Address,
}

/// A contact.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactState {
    /// Whose it is.
    pub account: AccountId,
    /// A person or a group.
    pub kind: ContactKind,
    /// How it belongs to the account.
    pub membership: Membership,
    /// Who it is.
    pub details: Details,
    /// Where the verification of its e-mail stands.
    #[serde(default)]
    pub verification: Verification,
    /// Delivery addresses in order of days, never overlapping.
    #[serde(default)]
    pub addresses: Vec<DatedAddress>,
    /// Accesses by product, removed ones too.
    #[serde(default)]
    pub accesses: BTreeMap<ProductId, Access>,
    /// Subscriptions that count or counted, oldest first.
    #[serde(default)]
    pub attachments: Vec<Attachment>,
    /// Its registration in the app; none: not registered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<Registration>,
    /// The newest invitation to the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub app_invitation: Option<AppInvitation>,
    /// Its login to the portal; none: « NON ».
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub portal: Option<PortalAccount>,
    /// Its complaints, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<Claim>,
    /// Its record in an ERP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erp: Option<ErpLink>,
    /// Records that have its e-mail and are somebody else's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub declined_matches: Vec<DeclinedMatch>,
    /// The newest request to delete it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deletion: Option<DeletionRequest>,
    /// What imports labelled it with, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// The version of its last change, where only what changes nothing was noted since ([`crate::Event::is_aside`]).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchanged_since: Option<u64>,
    /// When it was recorded.
    pub added: Fact,
    /// When it was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<Fact>,
    /// When its personal values were erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased: Option<Fact>,
}

/// What an erased person is called: the same at every date, and nothing of the person in it.
pub fn pseudonym(id: Uuid) -> String {
    let hex = id.simple().to_string();
    format!("Contact {}", hex[hex.len() - 8..].to_uppercase())
}

impl ContactState {
    /// The state after the first event; `None` when that is not an addition.
    pub fn first(event: &ContactEvent, fact: Fact) -> Option<ContactState> {
        let ContactEvent::Added(e) = event else { return None };
        let private = e.private.known().cloned().unwrap_or_default();
        Some(ContactState {
            account: e.account,
            kind: e.kind,
            membership: Membership::active(e.profile, fact),
            details: Details {
                first_name: private.first_name,
                last_name: private.last_name,
                company_name: private.company_name,
                email: private.email,
                phone: private.phone,
                fax: private.fax,
                external_id: private.external_id,
            },
            verification: Verification::default(),
            addresses: private
                .address
                .map(|address| DatedAddress { from: None, until: None, address })
                .into_iter()
                .collect(),
            accesses: BTreeMap::new(),
            attachments: Vec::new(),
            registration: None,
            app_invitation: None,
            portal: None,
            claims: Vec::new(),
            erp: None,
            declined_matches: Vec::new(),
            deletion: None,
            labels: Vec::new(),
            unchanged_since: None,
            added: fact,
            deleted: None,
            // Its first event can be read no more: it was erased, whatever the date one looks at.
            erased: matches!(e.private, Private::Erased).then_some(fact),
        })
    }

    /// Takes one more event in.
    pub fn apply(&mut self, event: &ContactEvent, fact: Fact) {
        self.unchanged_since = last_change(self.unchanged_since, event.is_aside(), fact);
        match event {
            ContactEvent::Added(_) | ContactEvent::ActedFor(_) | ContactEvent::DataExported(_) => {}
            ContactEvent::Edited(e) => {
                if let Some(p) = e.private.known() {
                    let d = &mut self.details;
                    set(&mut d.first_name, &p.first_name);
                    set(&mut d.last_name, &p.last_name);
                    set(&mut d.company_name, &p.company_name);
                    set(&mut d.phone, &p.phone);
                    set(&mut d.fax, &p.fax);
                    set(&mut d.external_id, &p.external_id);
                }
            }
            ContactEvent::EmailChanged(e) => {
                self.details.email = e.private.known().and_then(|p| p.email.clone());
                // Another address is another person's until its user shows up.
                self.membership.user = None;
                self.verification = Verification::default();
            }
            ContactEvent::KindConverted(e) => self.kind = e.kind,
            ContactEvent::DeliveryAddressSet(e) => {
                if let Some(p) = e.private.known() {
                    self.set_address(e.from, e.until, p.address.clone());
                }
            }
            ContactEvent::Deleted(_) => self.deleted = Some(fact),
            ContactEvent::Erased(_) => {
                self.erased = Some(fact);
                self.details = Details::default();
                self.verification = Verification::default();
                self.addresses.clear();
                self.claims.iter_mut().flat_map(|c| &mut c.steps).for_each(|step| step.text = None);
                if let Some(erp) = &mut self.erp {
                    (erp.external_id, erp.refused_email) = (None, None);
                }
                self.declined_matches.clear();
                if let Some(registration) = &mut self.registration {
                    registration.devices.clear();
                }
                if let Some(request) = &mut self.deletion {
                    (request.reason, request.rejection) = (None, None);
                }
            }
            ContactEvent::AccessGranted(e) => self.grant(e, fact),
            ContactEvent::AccessModeSet(e) => {
                self.change(e.product, fact, |a| a.modes.push(Since { since: fact, value: e.mode }))
            }
            ContactEvent::AccessOpeningSet(e) => {
                self.change(e.product, fact, |a| a.openings.push(Since { since: fact, value: e.opening.clone() }));
            }
            ContactEvent::AccessOrderDateSet(e) => self.change(e.product, fact, |a| {
                a.ordered_on = e.ordered_on;
                a.order_dates.push(Since { since: fact, value: e.ordered_on });
            }),
            ContactEvent::AccessRemoved(e) => self.change(e.product, fact, |a| a.removed = Some(fact)),
            ContactEvent::SubscriptionAttached(e) => self.attachments.push(Attachment {
                subscription: e.subscription,
                product: e.product,
                attached: fact,
                detached: None,
            }),
            ContactEvent::SubscriptionDetached(e) => {
                if let Some(a) = self.attachments.iter_mut().rev().find(|a| a.subscription == e.subscription) {
                    a.detached.get_or_insert(fact);
                }
            }
            ContactEvent::Membership(e) => self.membership.apply(e, fact),
            ContactEvent::Verification(e) => self.verification.apply(e, fact),
            ContactEvent::Deletion(e) => DeletionRequest::apply(&mut self.deletion, e, fact),
            ContactEvent::Portal(e) => PortalAccount::apply(&mut self.portal, e, fact),
            ContactEvent::Claim(e) => Claim::apply(&mut self.claims, e, fact),
            ContactEvent::App(e) => app::apply(self, e, fact),
            ContactEvent::Erp(e) => ErpLink::apply(self, e, fact),
            ContactEvent::Label(e) => Label::apply(&mut self.labels, e),
        }
    }

    fn grant(&mut self, e: &AccessGranted, fact: Fact) {
        let removed = self.accesses.get(&e.product).and_then(|a| a.removed.or(a.counts_from));
        let access = Access {
            granted: fact,
            by: e.by,
            modes: vec![Since { since: fact, value: e.mode }],
            openings: vec![Since { since: fact, value: e.opening.clone() }],
            ordered_on: e.ordered_on,
            order_dates: vec![Since { since: fact, value: e.ordered_on }],
            changed: fact,
            removed: None,
            counts_from: removed.filter(|_| e.by == Grantor::Subscription),
        };
        self.accesses.insert(e.product, access);
    }

    fn change(&mut self, product: ProductId, fact: Fact, change: impl FnOnce(&mut Access)) {
        if let Some(access) = self.accesses.get_mut(&product) {
            change(access);
            access.changed = fact;
        }
    }

    /// Puts an address in force for some days; what was in force for other days stays.
    fn set_address(&mut self, from: Option<NaiveDate>, until: Option<NaiveDate>, address: Option<Address>) {
        let mut kept = Vec::with_capacity(self.addresses.len() + 2);
        for old in self.addresses.drain(..) {
            if let Some(from) = from
                && old.from.is_none_or(|day| day < from)
            {
                let end = Some(old.until.map_or(from, |day| day.min(from)));
                kept.push(DatedAddress { from: old.from, until: end, address: old.address.clone() });
            }
            if let Some(until) = until
                && old.until.is_none_or(|day| day > until)
            {
                let start = Some(old.from.map_or(until, |day| day.max(until)));
                kept.push(DatedAddress { from: start, until: old.until, address: old.address });
            }
        }
        kept.extend(address.map(|address| DatedAddress { from, until, address }));
        kept.sort_by_key(|a| a.from);
        // The same address before and after a day is one address: setting it again changes nothing.
        kept.dedup_by(|next, last| {
            let goes_on = last.until.is_some() && last.until == next.from && last.address == next.address;
            if goes_on {
                last.until = next.until;
            }
            goes_on
        });
        self.addresses = kept;
    }

    /// Whether the e-mail was verified.
    pub fn email_verified(&self) -> bool {
        self.details.email.is_some() && self.verification.verified.is_some()
    }

    /// Whether another state of this contact differs in nothing but accesses and subscriptions.
    pub fn same_but_for_accesses(&self, other: &ContactState) -> bool {
        // Named one by one: whoever adds a value is asked here where it belongs.
        let ContactState {
            account,
            kind,
            membership,
            details,
            verification,
            addresses,
            accesses: _,
            attachments: _,
            registration,
            app_invitation,
            portal,
            claims,
            erp,
            declined_matches,
            deletion,
            labels,
            unchanged_since: _,
            added,
            deleted,
            erased,
        } = self;
        *account == other.account
            && *kind == other.kind
            && *membership == other.membership
            && *details == other.details
            && *verification == other.verification
            && *addresses == other.addresses
            && *registration == other.registration
            && *app_invitation == other.app_invitation
            && *portal == other.portal
            && *claims == other.claims
            && *erp == other.erp
            && *declined_matches == other.declined_matches
            && *deletion == other.deletion
            && *labels == other.labels
            && *added == other.added
            && *deleted == other.deleted
            && *erased == other.erased
    }

    /// The delivery address in force on a day.
    pub fn address_on(&self, day: NaiveDate) -> Option<&Address> {
        self.addresses
            .iter()
            .find(|a| a.from.is_none_or(|from| from <= day) && a.until.is_none_or(|until| day < until))
            .map(|a| &a.address)
    }

    /// The delivery address without an end.
    pub fn address_for_good(&self) -> Option<&Address> {
        self.addresses.iter().find(|a| a.until.is_none()).map(|a| &a.address)
    }

    /// The access to a product, unless there is none or it was removed.
    pub fn access(&self, product: ProductId) -> Option<&Access> {
        self.accesses.get(&product).filter(|a| a.is_granted())
    }

    /// Whether deliveries go, went or will go to it, or a subscription counts or counted for it.
    pub fn is_subscriber(&self) -> bool {
        !self.addresses.is_empty() || !self.attachments.is_empty()
    }

    /// The complaint of this id.
    pub fn claim(&self, id: ClaimId) -> Option<&Claim> {
        self.claims.iter().find(|claim| claim.id == id)
    }

    /// Subscriptions that count now.
    pub fn attached(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments.iter().filter(|a| a.detached.is_none())
    }

    /// `First Last`, as far as there is a name.
    pub fn person_name(&self) -> Option<String> {
        match (&self.details.first_name, &self.details.last_name) {
            (Some(first), Some(last)) => Some(format!("{first} {last}")),
            (first, last) => first.clone().or_else(|| last.clone()),
        }
    }
}

fn set(value: &mut Option<String>, change: &Change<String>) {
    if let Some(new) = change {
        value.clone_from(new);
    }
}
