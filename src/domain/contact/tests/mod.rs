//! Rules of this room, row by row: `accesses.rs` (K4 to K20), `sheet.rs` (coordinates, deletion, erasure), `deliveries.rs` (subscribers and their
//! addresses, U2 to U9). Who may open what from there is decided, and tested, in `access`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod accesses;
mod deliveries;
mod journeys;
mod sheet;

use super::{AddContact, ContactEvent, ContactInput, ContactState};
use crate::{
    AccountId, Code, ProductId, Refusals, SubscriptionId,
    account::{AccountState, OpenAccount, SetPolicies},
    address::Address,
    product::{CreateProduct, ProductState},
    testing::{Given, given, id},
    values::{ContactKind, DripClock},
};

const ACCOUNT: AccountId = AccountId(id(1));
const PRODUCT: ProductId = ProductId(id(2));
const OTHER_PRODUCT: ProductId = ProductId(id(3));
const SUBSCRIPTION: SubscriptionId = SubscriptionId(id(4));
/// 2 March, noon in Paris.
const NOW: &str = "2026-03-02T11:00:00Z";

/// An account in Paris with some policies.
fn account_with(policies: SetPolicies) -> AccountState {
    let open = OpenAccount {
        account: ACCOUNT,
        number: "C-1".to_owned(),
        company_name: "Les Éditions".to_owned(),
        locale: None,
        time_zone: None,
    };
    let opened = given().decided(open.decide());
    let decision = policies.decide(opened.state().account().unwrap());
    opened.decided(decision).state().account().unwrap().clone()
}

fn account() -> AccountState {
    account_with(SetPolicies::default())
}

/// The product's history, of one account.
fn product_of(account: AccountId, delivered: bool) -> Given {
    let (name, drip_clock) = ("Revue".to_owned(), DripClock::CalendarDays);
    let create = CreateProduct { account, name, delivered, drip_clock, modules: vec![], order_email: None };
    given().decided(create.decide())
}

fn product() -> ProductState {
    product_of(ACCOUNT, false).state().product().unwrap().clone()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn anne() -> ContactInput {
    ContactInput { first_name: some("Anne"), last_name: some("Dupont"), ..ContactInput::default() }
}

fn address() -> Address {
    Address { line1: some("1 rue de la Paix"), postal_code: some("75002"), city: some("Paris"), ..Address::default() }
}

fn added(input: ContactInput) -> Given {
    let add = AddContact { account: ACCOUNT, kind: ContactKind::Person, input };
    given().at("2026-03-01T09:00:00Z").decided(add.decide()).at(NOW)
}

fn of(given: &Given) -> &ContactState {
    given.state().contact().unwrap()
}

/// What happens after a command was accepted.
#[track_caller]
fn then(given: Given, decide: impl FnOnce(&ContactState) -> Result<Vec<ContactEvent>, Refusals>) -> Given {
    let decision = decide(of(&given));
    given.decided(decision)
}

/// Each refusal's code and field.
#[track_caller]
fn told<T: std::fmt::Debug>(decision: Result<T, Refusals>) -> Vec<(Code, String)> {
    decision.unwrap_err().0.iter().map(|r| (r.code, r.field.join("."))).collect()
}
