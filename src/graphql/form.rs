//! What a form has to know of an input: labels, which fields are mandatory, how long they may be (rows U7, U8). One table; a test holds it against what the
//! rules refuse.

use crate::i18n::{
    labels::{choices, label},
    lang::Lang,
};
use async_graphql::{Enum, SimpleObject};
use domain::{
    address::{Address, postal_code_example},
    contact::claim::CLAIM_TEXT_MAX,
    text::{ADDRESS_LINE_MAX, EXTERNAL_ID_MAX, NAME_MAX, PHONE_MAX},
};

/// An input that people fill in.
#[derive(Enum, Debug, Copy, Clone, PartialEq, Eq)]
pub enum InputForm {
    /// `addContact`, and `editContact`.
    Contact,
    /// `setDeliveryAddress`.
    DeliveryAddress,
    /// `createProduct`.
    Product,
    /// `grantAccess`.
    Access,
    /// `startSubscription`.
    Subscription,
    /// `recordPayment`.
    Payment,
    /// `openAccount`.
    Account,
    /// `openClaim`.
    Claim,
    /// `requestDeletion`.
    DeletionRequest,
}

/// A field of a form.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct FormField {
    /// Its path in the input: `lastName`, `address.city`.
    path: String,
    /// Its name on screen.
    label: String,
    /// Whether it must be filled in: the red asterisk.
    required: bool,
    /// Of the fields that share a word here, at least one must be filled in.
    one_of: Option<&'static str>,
    /// Longest text, in characters.
    max_length: Option<i32>,
    /// What one looks like, where that depends on the country: a postal code.
    example: Option<&'static str>,
    /// What can be chosen; empty for what is typed.
    choices: Vec<FormChoice>,
}

/// Something that can be chosen.
#[derive(SimpleObject, Debug, Clone, PartialEq, Eq)]
pub struct FormChoice {
    /// The value that the input takes.
    value: &'static str,
    label: &'static str,
}

/// A row of the table.
struct Row {
    form: InputForm,
    path: &'static str,
    need: Need,
    max: usize,
    /// The kind of choice, as labels know it.
    of: &'static str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Optional,
    Required,
    /// At least one of those with this word.
    OneOf(&'static str),
    /// What the country's deliveries need.
    ByCountry,
}

const fn text(form: InputForm, path: &'static str, need: Need, max: usize) -> Row {
    Row { form, path, need, max, of: "" }
}

const fn choice(form: InputForm, path: &'static str, need: Need, of: &'static str) -> Row {
    Row { form, path, need, max: 0, of }
}

use InputForm as F;
use Need::{ByCountry, OneOf, Optional, Required};

/// Form, path, need, longest text or kind of choice.
#[rustfmt::skip] // A row a field.
const ROWS: &[Row] = &[
    choice(F::Contact, "kind", Optional, "ContactKind"),
    text(F::Contact, "companyName", OneOf("name"), NAME_MAX),
    text(F::Contact, "lastName", OneOf("name"), NAME_MAX),
    text(F::Contact, "firstName", OneOf("name"), NAME_MAX),
    text(F::Contact, "email", Optional, 254),
    text(F::Contact, "phone", Optional, PHONE_MAX),
    text(F::Contact, "fax", Optional, PHONE_MAX),
    text(F::Contact, "address.line1", Optional, ADDRESS_LINE_MAX),
    text(F::Contact, "address.line2", Optional, ADDRESS_LINE_MAX),
    text(F::Contact, "address.line3", Optional, ADDRESS_LINE_MAX),
    text(F::Contact, "address.postalCode", Optional, 20),
    text(F::Contact, "address.city", Optional, ADDRESS_LINE_MAX),
    text(F::Contact, "address.country", Optional, 2),
    text(F::Contact, "externalId", Optional, EXTERNAL_ID_MAX),
    choice(F::Contact, "portalAccount", Optional, "PortalAccount"),

    text(F::DeliveryAddress, "address.line1", ByCountry, ADDRESS_LINE_MAX),
    text(F::DeliveryAddress, "address.line2", Optional, ADDRESS_LINE_MAX),
    text(F::DeliveryAddress, "address.line3", Optional, ADDRESS_LINE_MAX),
    text(F::DeliveryAddress, "address.postalCode", ByCountry, 20),
    text(F::DeliveryAddress, "address.city", ByCountry, ADDRESS_LINE_MAX),
    text(F::DeliveryAddress, "address.country", Optional, 2),
    text(F::DeliveryAddress, "from", Optional, 0),
    text(F::DeliveryAddress, "until", Optional, 0),

    text(F::Product, "name", Required, NAME_MAX),
    text(F::Product, "delivered", Optional, 0),
    choice(F::Product, "dripClock", Optional, "DripClock"),
    text(F::Product, "orderEmail.subject", Optional, NAME_MAX),
    text(F::Product, "orderEmail.body", Optional, 20_000),

    text(F::Access, "productId", Required, 0),
    choice(F::Access, "mode", Optional, "AccessMode"),
    choice(F::Access, "opening", Optional, "OpeningKind"),
    text(F::Access, "orderedOn", Optional, 0),
    text(F::Access, "sendOrderEmail", Optional, 0),

    text(F::Subscription, "contactId", Required, 0),
    text(F::Subscription, "productId", Required, 0),
    text(F::Subscription, "type", Required, NAME_MAX),
    choice(F::Subscription, "billing", Required, "Billing"),
    text(F::Subscription, "startsOn", Optional, 0),
    text(F::Subscription, "endsOn", Optional, 0),

    choice(F::Payment, "state", Required, "PaymentState"),
    text(F::Payment, "occurredAt", Required, 0),
    text(F::Payment, "eventId", Required, 200),

    text(F::Account, "companyName", Required, NAME_MAX),
    text(F::Account, "locale", Optional, 0),
    text(F::Account, "timeZone", Optional, 0),

    text(F::Claim, "subscriptionId", Required, 0),
    text(F::Claim, "moduleId", Optional, 0),
    text(F::Claim, "issue", Optional, NAME_MAX),
    text(F::Claim, "text", Required, CLAIM_TEXT_MAX),

    text(F::DeletionRequest, "contactId", Required, 0),
    text(F::DeletionRequest, "reason", Optional, 1000),
];

/// The fields of a form, in the order of the screen.
pub fn fields(form: InputForm, country: Option<&str>, lang: Lang) -> Vec<FormField> {
    let empty = Address { country: country.map(str::to_uppercase), ..Address::default() };
    let needed = empty.missing();
    let needs = |path: &str| needed.iter().any(|field| path.strip_prefix("address.") == Some(field));
    let field = |row: &Row| FormField {
        path: row.path.to_owned(),
        label: label(row.path, lang).to_owned(),
        required: row.need == Required || (row.need == ByCountry && needs(row.path)),
        one_of: if let OneOf(word) = row.need { Some(word) } else { None },
        max_length: (row.max > 0).then_some(row.max as i32),
        example: if row.path == "address.postalCode" { postal_code_example(empty.country_or_default()) } else { None },
        choices: choices(row.of, lang).map(|(value, label)| FormChoice { value, label }).collect(),
    };
    ROWS.iter().filter(|row| row.form == form).map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn required(form: InputForm, country: Option<&str>) -> Vec<String> {
        fields(form, country, Lang::Fr).into_iter().filter(|f| f.required).map(|f| f.path).collect()
    }

    #[test]
    fn u8_what_an_address_needs_depends_on_its_country() {
        assert_eq!(required(F::DeliveryAddress, None), ["address.line1", "address.postalCode", "address.city"]);
        assert_eq!(required(F::DeliveryAddress, Some("gh")), ["address.line1", "address.city"]);
        let postal_code = |country| fields(F::DeliveryAddress, Some(country), Lang::En)[3].example;
        assert_eq!((postal_code("be"), postal_code("GH")), (Some("1000"), None));
        assert_eq!(required(F::DeliveryAddress, Some("MC")), ["address.line1", "address.postalCode"]);
    }

    #[test]
    fn u7_every_field_has_a_label_and_every_choice_a_value() {
        for row in ROWS {
            for lang in [Lang::Fr, Lang::En] {
                let last = row.path.rsplit('.').next().unwrap_or_default();
                let label = label(row.path, lang);
                assert!(label != last && !label.is_empty(), "{} has no label", row.path);
                assert!(row.of.is_empty() || choices(row.of, lang).count() > 1, "{} has no choice", row.path);
            }
        }
    }
}
