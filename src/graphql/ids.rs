//! Ids as callers carry them: opaque text. A text that is no id names nothing, and is answered like an id that is unknown.

use async_graphql::ID;
use domain::{AccountId, ClaimId, ContactId, ImportId, ModuleId, ProductId, RegistrationId, SubscriptionId, UserId};
use std::str::FromStr;
use uuid::Uuid;

macro_rules! read {
    ($($name:ident: $id:ident),*) => { $(
        /// The id of this text. Of a text that is none: the nil id, which no thing has.
        pub(super) fn $name(text: &ID) -> $id {
            text.parse().unwrap_or($id(Uuid::nil()))
        }
    )* };
}
read!(
    account: AccountId, contact: ContactId, product: ProductId, module: ModuleId, subscription: SubscriptionId,
    user: UserId, import: ImportId, registration: RegistrationId
);

/// An access's id: its contact's and its product's.
pub(super) fn of_access(contact: ContactId, product: ProductId) -> ID {
    ID(format!("axs_{}_{}", contact.0.simple(), product.0.simple()))
}

/// A complaint's id: its contact's and its own.
pub(super) fn of_claim(contact: ContactId, claim: ClaimId) -> ID {
    ID(format!("clm_{}_{}", contact.0.simple(), claim.0.simple()))
}

/// The complaint of this text. Of a text that is none: nil ids, which nothing has.
pub(super) fn claim(text: &ID) -> (ContactId, ClaimId) {
    match named(text) {
        Some(Named::Claim(contact, claim)) => (contact, claim),
        _ => (ContactId(Uuid::nil()), ClaimId(Uuid::nil())),
    }
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Account(AccountId),
    Contact(ContactId),
    Product(ProductId),
    Subscription(SubscriptionId),
    Import(ImportId),
    Registration(RegistrationId),
    Access(ContactId, ProductId),
    Claim(ContactId, ClaimId),
}

/// What a node's id names; none of a text that is no id.
pub(super) fn named(text: &ID) -> Option<Named> {
    fn of<T: FromStr>(text: &str) -> Option<T> {
        text.parse().ok()
    }
    let text = text.as_str();
    match text.split_once('_')?.0 {
        AccountId::PREFIX => of(text).map(Named::Account),
        ContactId::PREFIX => of(text).map(Named::Contact),
        ProductId::PREFIX => of(text).map(Named::Product),
        SubscriptionId::PREFIX => of(text).map(Named::Subscription),
        ImportId::PREFIX => of(text).map(Named::Import),
        RegistrationId::PREFIX => of(text).map(Named::Registration),
        "axs" => {
            let (contact, product) = text.strip_prefix("axs_")?.split_once('_')?;
            Some(Named::Access(of(&format!("con_{contact}"))?, of(&format!("prd_{product}"))?))
        }
        ClaimId::PREFIX => {
            let (contact, claim) = text.strip_prefix("clm_")?.split_once('_')?;
            Some(Named::Claim(of(&format!("con_{contact}"))?, of(&format!("clm_{claim}"))?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_names_one_thing_and_other_texts_name_nothing() {
        let (c, p) = (ContactId(Uuid::from_u128(7)), ProductId(Uuid::from_u128(9)));
        assert_eq!(named(&of_access(c, p)), Some(Named::Access(c, p)));
        assert_eq!(named(&ID(c.to_string())), Some(Named::Contact(c)));
        let claim = ClaimId(Uuid::from_u128(8));
        assert_eq!(named(&of_claim(c, claim)), Some(Named::Claim(c, claim)));
        assert_eq!(super::claim(&of_access(c, p)), (ContactId(Uuid::nil()), ClaimId(Uuid::nil())));
        for bad in
            ["", "clm_", "clm_1", "con_", "con_7", "axs_1_2", "axs_", "user_1", "con_0000000000000000000000000000000G"]
        {
            assert_eq!(named(&ID(bad.to_owned())), None, "{bad}");
        }
        assert_eq!(contact(&ID(p.to_string())), ContactId(Uuid::nil()));
    }
}
