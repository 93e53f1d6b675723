//! Contact → its list row and its search words.

use crate::{Rows, Source, search, sql::Arg};
use domain::{address::Address, contact::Details, text};

/// What lists are ordered by: last name, first name, company, folded; the company alone where there is no name.
pub fn sort_key(details: &Details) -> String {
    let parts = [&details.last_name, &details.first_name, &details.company_name];
    text::fold(&parts.into_iter().flatten().map(String::as_str).collect::<Vec<_>>().join(" "))
}

/// The words a contact is found by.
pub fn words_of(details: &Details) -> Vec<String> {
    let texts = [&details.first_name, &details.last_name, &details.company_name];
    let exact = [details.email.as_ref().map(|e| e.as_str()), details.external_id.as_deref()];
    search::words(texts.into_iter().flatten().map(String::as_str), exact.into_iter().flatten())
}

/// A 64-bit FNV-1a of folded names and address: what a file's row without id and e-mail is matched by. A match is compared in full before it counts.
pub fn identity(first: Option<&str>, last: Option<&str>, company: Option<&str>, address: Option<&Address>) -> i64 {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut eat = |text: &str| {
        for byte in text::fold(text).bytes().chain([0xFF]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    };
    eat(first.unwrap_or_default());
    eat(last.unwrap_or_default());
    eat(company.unwrap_or_default());
    eat(&address.map(Address::render).unwrap_or_default());
    hash as i64
}

pub(super) fn project(source: Source<'_>) -> Rows {
    let Some(contact) = source.folded.state.contact() else { return Rows::new() };
    if contact.deleted.is_some() || contact.erased.is_some() {
        return Rows::new();
    }
    let (id, account, d) = (source.stream.id, contact.account.0, &contact.details);
    let address = contact.addresses.last().map(|a| &a.address);
    let mut rows: Rows = vec![(
        0,
        vec![
            id.into(),
            account.into(),
            contact.kind.as_str().into(),
            contact.membership.profile.as_str().into(),
            contact.membership.standing().as_str().into(),
            Arg::Text(contact.registration.as_ref().map(|r| r.status.as_str().to_owned())),
            d.first_name.clone().into(),
            d.last_name.clone().into(),
            d.company_name.clone().into(),
            Arg::Text(d.email.as_ref().map(|e| e.as_str().to_owned())),
            d.external_id.clone().into(),
            sort_key(d).into(),
            identity(d.first_name.as_deref(), d.last_name.as_deref(), d.company_name.as_deref(), address).into(),
            contact.added.at.timestamp_micros().into(),
        ],
    )];
    rows.extend(words_of(d).into_iter().map(|word| (1, vec![account.into(), word.into(), id.into()])));
    rows
}
