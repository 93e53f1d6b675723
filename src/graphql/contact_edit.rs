//! Recording, changing, deleting and erasing contacts.

use super::{
    contact::Contact,
    ids,
    mutate::{change, inputs, payloads, perform},
    portal::PortalAccount,
    scalars::Day,
    words::ContactKind,
};
use crate::app::{Command, DeliveryAddress, Subscriber};
use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, Result};
use domain::{address::Address, contact as rules};

/// An address, whole: what is absent in it is empty.
#[derive(InputObject)]
pub struct AddressInput {
    /// Street and number; each line up to 200 characters.
    line1: Option<String>,
    /// Building, floor.
    line2: Option<String>,
    /// Place, post box.
    line3: Option<String>,
    /// Up to 20 characters.
    postal_code: Option<String>,
    /// Up to 200 characters.
    city: Option<String>,
    /// ISO 3166-1 alpha-2; absent means France.
    country: Option<String>,
}

impl From<AddressInput> for Address {
    fn from(AddressInput { line1, line2, line3, postal_code, city, country }: AddressInput) -> Self {
        Address { line1, line2, line3, postal_code, city, country }
    }
}

inputs! {
    /// Records a contact. A name or a company is needed; `formFields` says which field needs what.
    new AddContactInput {
        account_id: ID,
        /// Default `PERSON`.
        kind: Option<ContactKind>,
        /// Up to 200 characters.
        first_name: Option<String>,
        /// Up to 200 characters.
        last_name: Option<String>,
        /// Up to 200 characters.
        company_name: Option<String>,
        /// Unique within the account; normalised.
        email: Option<String>,
        /// Up to 50 characters, kept as typed.
        phone: Option<String>,
        /// Up to 50 characters, kept as typed.
        fax: Option<String>,
        /// Complete for its country, or absent.
        address: Option<AddressInput>,
        /// Its id in another system, unique within the account; up to 100 characters.
        external_id: Option<String>,
        /// Opens a login to the portal with it; only the account's owner may, and only with an e-mail.
        portal_account: Option<PortalAccount>,
    }
    /// Changes a contact's sheet: an absent field stays, null clears it.
    change EditContactInput {
        contact_id: ID,
        /// Null or absent stays.
        kind: Option<ContactKind>,
        first_name: MaybeUndefined<String>,
        last_name: MaybeUndefined<String>,
        company_name: MaybeUndefined<String>,
        /// Another e-mail is not verified yet.
        email: MaybeUndefined<String>,
        phone: MaybeUndefined<String>,
        fax: MaybeUndefined<String>,
        /// Replaces the address as a whole, from today on and for good; complete for its country.
        address: MaybeUndefined<AddressInput>,
        external_id: MaybeUndefined<String>,
        /// Opens, changes or (`NONE`) closes the login to the portal; null or absent stays. Only the account's owner may. While one is open the e-mail
        /// stays as it is.
        portal_account: Option<PortalAccount>,
    }
    /// Puts a delivery address in force from a day on.
    change SetDeliveryAddressInput {
        contact_id: ID,
        /// Complete for its country; null: no deliveries on those days.
        address: Option<AddressInput>,
        /// First day; default today.
        from: Option<Day>,
        /// Last day; default for good. What was in force for the days after counts again.
        until: Option<Day>,
    }
    /// Takes a contact out of the account's lists. `REQUIRED` without a confirmation: `impact` says what will be lost.
    change DeleteContactInput {
        contact_id: ID,
        /// Say `true`; the version that was seen is as good.
        confirm: Option<bool>,
    }
    /// Makes a person's values unreadable for ever. `REQUIRED` without a confirmation: `impact` says what will be lost.
    change EraseContactInput {
        contact_id: ID,
        /// Say `true`; the version that was seen is as good.
        confirm: Option<bool>,
    }
}

payloads! {
    AddContactPayload { contact: Contact }
    EditContactPayload { contact: Contact }
    SetDeliveryAddressPayload { contact: Contact }
    DeleteContactPayload { contact: Contact }
    EraseContactPayload { contact: Contact }
}

/// Contacts.
#[derive(Default)]
pub struct ContactMutation;

#[Object]
impl ContactMutation {
    /// Records a contact. A person with an e-mail is sent a mail to verify it.
    async fn add_contact(&self, ctx: &Context<'_>, input: AddContactInput) -> Result<AddContactPayload> {
        let (carried, account) = (input.carried(), ids::account(&input.account_id));
        let kind = input.kind.unwrap_or(ContactKind::Person).into();
        let new = rules::ContactInput {
            first_name: input.first_name,
            last_name: input.last_name,
            company_name: input.company_name,
            email: input.email,
            phone: input.phone,
            fax: input.fax,
            address: input.address.map(Into::into),
            external_id: input.external_id,
        };
        // « NON » asks for nothing here.
        let portal = PortalAccount::change(input.portal_account).filter(Option::is_some);
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::Add(account, kind, new, portal)))).await
    }

    /// Changes a contact's sheet. Another e-mail is verified anew.
    async fn edit_contact(&self, ctx: &Context<'_>, input: EditContactInput) -> Result<EditContactPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let as_typed = |text: MaybeUndefined<String>| change(text, |text| text);
        let patch = rules::ContactPatch {
            first_name: as_typed(input.first_name),
            last_name: as_typed(input.last_name),
            company_name: as_typed(input.company_name),
            email: as_typed(input.email),
            phone: as_typed(input.phone),
            fax: as_typed(input.fax),
            address: change(input.address, Into::into),
            external_id: as_typed(input.external_id),
            kind: input.kind.map(Into::into),
        };
        let portal = PortalAccount::change(input.portal_account);
        perform(ctx, carried, Ok(Command::Subscriber(Subscriber::Edit(contact, patch, portal)))).await
    }

    /// Puts a delivery address in force from a day on, for good or until a day. `ADDRESS_INCOMPLETE` when delivery could not find it.
    async fn set_delivery_address(
        &self,
        ctx: &Context<'_>,
        input: SetDeliveryAddressInput,
    ) -> Result<SetDeliveryAddressPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let set = DeliveryAddress {
            address: input.address.map(Into::into),
            from: input.from.map(|day| day.0),
            until: input.until.map(|day| day.0),
        };
        perform(ctx, carried, Ok(Command::SetDeliveryAddress(contact, set))).await
    }

    /// Takes a contact out of the account's lists; the account's policy may refuse. Its e-mail is free again.
    async fn delete_contact(&self, ctx: &Context<'_>, input: DeleteContactInput) -> Result<DeleteContactPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let confirmed = input.confirm.unwrap_or_default();
        perform(ctx, carried, Ok(Command::DeleteContact(contact, confirmed))).await
    }

    /// Makes a person's values unreadable for ever, at every date (GDPR, article 17). Cannot be undone. Where only support deletes
    /// (`DELETION_NEEDS_SUPPORT`), support erases.
    async fn erase_contact(&self, ctx: &Context<'_>, input: EraseContactInput) -> Result<EraseContactPayload> {
        let (carried, contact) = (input.carried(), ids::contact(&input.contact_id));
        let confirmed = input.confirm.unwrap_or_default();
        perform(ctx, carried, Ok(Command::EraseContact(contact, confirmed))).await
    }
}
