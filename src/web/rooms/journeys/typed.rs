//! What is wrong with who was typed in, told where it is typed: the rules say it again at the last step, of what only they can know.

use crate::i18n::{lang::Lang, messages::message};
use domain::{
    Code, Refusal,
    address::{Address, postal_code_example},
};
use pages::parts::Wrong;
use std::collections::BTreeMap;

/// What was typed, by field.
type Typed = BTreeMap<String, String>;

/// All that is wrong with them, by each field.
pub(super) fn wrong_with(typed: &Typed, delivered: bool, lang: Lang) -> Vec<Wrong> {
    let is_named = ["lastName", "firstName", "companyName"].iter().any(|name| typed.contains_key(*name));
    let nameless = (!is_named).then(|| Refusal::at(Code::NameOrCompanyRequired, "lastName"));
    nameless.into_iter().chain(lacks(typed, delivered)).map(|refusal| told(refusal, lang)).collect()
}

/// What their address lacks: it is whole, or none where nothing is delivered.
fn lacks(typed: &Typed, delivered: bool) -> Vec<Refusal> {
    let of = |name: &str| typed.get(name).cloned();
    let address = Address {
        line1: of("line1"),
        line2: of("line2"),
        line3: of("line3"),
        postal_code: of("postalCode"),
        city: of("city"),
        country: of("country"),
    };
    let address = match address.clean() {
        Ok(address) if address.is_empty() && !delivered => return Vec::new(),
        Ok(address) => address,
        Err(refusal) => return vec![refusal],
    };
    let refusal = |field| match postal_code_example(address.country_or_default()) {
        // One that was typed is of another form than the country's.
        Some(example) if field == "postalCode" && typed.contains_key(field) => {
            Refusal::at(Code::Invalid, field).with("expected", example)
        }
        _ => Refusal::at(Code::Required, field),
    };
    address.missing().into_iter().map(refusal).collect()
}

fn told(refusal: Refusal, lang: Lang) -> Wrong {
    let code = refusal.code.as_str();
    let path: Vec<String> = refusal.field.iter().map(ToString::to_string).collect();
    let mut params = refusal.params;
    params.push(("field", path.join(".")));
    Wrong { code: code.to_owned(), message: message(code, lang, &params), field: Some(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s8_an_address_that_is_needed_or_begun_says_what_it_lacks_by_each_field() {
        let wrong = |values: &[(&str, &str)], delivered| {
            let typed = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
            let all = wrong_with(&typed, delivered, Lang::En);
            all.into_iter().map(|wrong| (wrong.code, wrong.field.unwrap_or_default().join("."))).collect::<Vec<_>>()
        };
        let told = |all: &[(&str, &str)]| {
            all.iter().map(|(code, field)| ((*code).to_owned(), (*field).to_owned())).collect::<Vec<_>>()
        };
        let required = |field| ("REQUIRED", field);
        let name = ("lastName", "Durand");
        assert_eq!(wrong(&[name], false), []);
        assert_eq!(wrong(&[name], true), told(&[required("line1"), required("postalCode"), required("city")]));
        let begun = [name, ("line2", "Bât. A"), ("postalCode", "750")];
        assert_eq!(wrong(&begun, false), told(&[("INVALID", "postalCode"), required("city")]));
        assert_eq!(
            wrong(&[("country", "XX")], true),
            told(&[("NAME_OR_COMPANY_REQUIRED", "lastName"), ("INVALID", "country")])
        );
        let whole = [name, ("line1", "1 rue A"), ("postalCode", "75007"), ("city", "Paris")];
        assert_eq!(wrong(&whole, true), []);
    }
}
