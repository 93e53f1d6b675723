//! The account's own provider of sign-ins (OpenID Connect): who it is, for which addresses it speaks, and how far it is believed. The secret that it knows us by
//! is in no event: it must be deletable, and stands in the vault.

use super::{AccountEvent, AccountState};
use crate::{
    event::{clear, events},
    fold::Fact,
    refusal::{Check, Code, Refusal, Refusals},
    text::required_line,
    values::Email,
};
use serde::{Deserialize, Serialize};

/// Longest id that a provider knows us by, in characters.
const CLIENT_ID_MAX: usize = 255;
/// Most domains that a provider speaks for.
const DOMAINS_MAX: usize = 20;

events!(in AccountEvent:
    /// Its provider of sign-ins.
    ProviderEvent {
        /// It says who people are, on these terms.
        Set(ProviderSet) = "account.provider_set.v1",
        /// It does so no more.
        Removed(ProviderRemoved) = "account.provider_removed.v1",
    }
);

/// It says who people are, on these terms.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderSet {
    /// Its address, as it names itself.
    pub issuer: String,
    /// What it knows us by.
    pub client_id: String,
    /// The domains of addresses that it speaks for.
    pub domains: Vec<String>,
    /// Whether whoever it has not named yet comes in by their verified address; otherwise only those it has.
    pub first_sign_ins: bool,
    /// Whether a code of an app is asked for besides.
    pub second_factor: bool,
    /// Whether people sign in with it.
    pub on: bool,
    /// Whether what it knows us by was renewed.
    #[serde(default)]
    pub renewed: bool,
}

/// It does so no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderRemoved {}

clear!(ProviderSet, ProviderRemoved);

/// The provider as it is set.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    /// The terms.
    pub terms: ProviderSet,
    /// Since when they are these, and by whom.
    pub set: Fact,
}

impl Provider {
    /// Takes one more event in.
    pub(super) fn apply(provider: &mut Option<Provider>, event: &ProviderEvent, fact: Fact) {
        *provider = match event {
            ProviderEvent::Set(terms) => Some(Provider { terms: terms.clone(), set: fact }),
            ProviderEvent::Removed(_) => None,
        };
    }

    /// Whether it speaks for an address.
    pub fn speaks_for(&self, email: &Email) -> bool {
        let domain = domain_of(email);
        self.terms.domains.iter().any(|spoken_for| spoken_for == domain)
    }
}

fn domain_of(email: &Email) -> &str {
    email.as_str().rsplit_once('@').map_or("", |(_, domain)| domain)
}

/// Sets the provider, or its terms.
#[derive(Debug, Clone)]
pub struct SetProvider {
    /// Its address: one that may be called, without a query.
    pub issuer: String,
    /// What it knows us by, 1..255 characters.
    pub client_id: String,
    /// The domains of addresses that it speaks for, 1..20.
    pub domains: Vec<String>,
    /// Whether whoever it has not named yet comes in by their verified address.
    pub first_sign_ins: bool,
    /// Whether a code of an app is asked for besides.
    pub second_factor: bool,
    /// Whether people sign in with it.
    pub on: bool,
    /// Whether another secret was given.
    pub new_secret: bool,
}

impl SetProvider {
    /// Sets it; nothing when it is so already. Another provider, or another id there, needs its secret with it.
    pub fn decide(self, account: &AccountState) -> Result<Vec<ProviderEvent>, Refusals> {
        let mut check = Check::default();
        let client_id = check.take(required_line("clientId", &self.client_id, CLIENT_ID_MAX));
        let mut domains = Vec::with_capacity(self.domains.len());
        for written in &self.domains {
            // What an address of it would have.
            let domain = Email::parse(&format!("x@{}", written.trim())).map(|email| domain_of(&email).to_owned());
            match domain {
                Ok(domain) => domains.push(domain),
                Err(_) => check.refuse(Refusal::at(Code::Invalid, "domains").with("value", written)),
            }
        }
        domains.sort();
        domains.dedup();
        if domains.is_empty() && check.is_clean() {
            check.refuse(Refusal::at(Code::Required, "domains"));
        }
        if domains.len() > DOMAINS_MAX {
            check.refuse(Refusal::at(Code::Invalid, "domains").with("max", DOMAINS_MAX));
        }
        let before = account.provider.as_ref().map(|provider| &provider.terms);
        let known = before.is_some_and(|terms| terms.issuer == self.issuer && terms.client_id == client_id);
        if !known && !self.new_secret {
            check.refuse(Refusal::at(Code::Required, "clientSecret"));
        }
        check.finish()?;
        let SetProvider { issuer, first_sign_ins, second_factor, on, new_secret: renewed, .. } = self;
        let terms = ProviderSet { issuer, client_id, domains, first_sign_ins, second_factor, on, renewed };
        let same = before.is_some_and(|before| ProviderSet { renewed: false, ..before.clone() } == terms);
        Ok(if same { vec![] } else { vec![ProviderEvent::Set(terms)] })
    }
}

/// Switches the provider off: whoever chose it is the account's owner no more, and may still run it.
#[derive(Debug, Clone)]
pub struct SwitchProviderOff;

impl SwitchProviderOff {
    /// Switches it off; nothing where there is none, or it is off.
    pub fn decide(self, account: &AccountState) -> Vec<ProviderEvent> {
        let terms = account.provider.as_ref().map(|provider| &provider.terms).filter(|terms| terms.on);
        let off = |terms: &ProviderSet| ProviderSet { on: false, renewed: false, ..terms.clone() };
        terms.map(|terms| ProviderEvent::Set(off(terms))).into_iter().collect()
    }
}

/// Takes the provider away.
#[derive(Debug, Clone)]
pub struct RemoveProvider;

impl RemoveProvider {
    /// Takes it away; nothing when there is none.
    pub fn decide(self, account: &AccountState) -> Vec<ProviderEvent> {
        let removed = |_| ProviderEvent::Removed(ProviderRemoved {});
        account.provider.as_ref().map(removed).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;
    use crate::{
        ids::AccountId,
        testing::{Given, given, id},
    };

    fn opened() -> Given {
        given().event(super::super::Opened {
            account: AccountId(id(1)),
            number: "1".into(),
            company_name: "Phare".into(),
            locale: "fr".into(),
            time_zone: chrono_tz::Europe::Paris,
        })
    }

    fn rule() -> SetProvider {
        SetProvider {
            issuer: "https://id.exemple.fr/".into(),
            client_id: " sesame ".into(),
            domains: vec!["Exemple.FR".into(), "exemple.fr".into(), "phare.example".into()],
            first_sign_ins: true,
            second_factor: false,
            on: true,
            new_secret: true,
        }
    }

    fn account(given: &Given) -> &AccountState {
        given.state().account().unwrap()
    }

    fn set(given: Given, rule: SetProvider) -> (Given, ProviderSet) {
        let events = rule.decide(account(&given)).unwrap();
        let [ProviderEvent::Set(terms)] = &events[..] else { panic!("{events:?}") };
        (given.event(terms.clone()), terms.clone())
    }

    #[test]
    fn a_provider_speaks_for_the_domains_that_were_named_and_for_no_other() {
        let (given, terms) = set(opened(), rule());
        assert_eq!(terms.client_id, "sesame");
        assert_eq!(terms.domains, ["exemple.fr", "phare.example"]);
        let provider = account(&given).provider.as_ref().unwrap();
        let speaks = |address: &str| provider.speaks_for(&Email::parse(address).unwrap());
        assert!(speaks("Zoe@EXEMPLE.fr") && speaks("a@phare.example"));
        for other in ["a@sub.exemple.fr", "a@exemple.fr.evil.example", "a@notexemple.fr"] {
            assert!(!speaks(other), "{other}");
        }
    }

    #[test]
    fn the_same_terms_are_nothing_and_another_secret_is_told() {
        let (given, _) = set(opened(), rule());
        assert_eq!(SetProvider { new_secret: false, ..rule() }.decide(account(&given)).unwrap(), []);
        let (given, terms) = set(given, rule());
        assert!(terms.renewed);
        let (_, terms) = set(given, SetProvider { on: false, new_secret: false, ..rule() });
        assert!(!terms.on && !terms.renewed);
    }

    #[test]
    fn another_provider_or_id_needs_its_secret_and_what_is_wrong_is_told_by_field() {
        let told = |given: &Given, rule: SetProvider| {
            let refused = rule.decide(account(given)).unwrap_err().0;
            refused.into_iter().map(|r| (r.code, r.field.join("."))).collect::<Vec<_>>()
        };
        let required = vec![(Code::Required, "clientSecret".to_owned())];
        assert_eq!(told(&opened(), SetProvider { new_secret: false, ..rule() }), required);
        let (given, _) = set(opened(), rule());
        for other in [
            SetProvider { issuer: "https://other.example".into(), ..rule() },
            SetProvider { client_id: "other".into(), ..rule() },
        ] {
            assert_eq!(told(&given, SetProvider { new_secret: false, ..other }), required);
        }
        let wrong = SetProvider { client_id: " ".into(), domains: vec!["@".into()], ..rule() };
        let expected = [(Code::Required, "clientId".to_owned()), (Code::Invalid, "domains".to_owned())];
        assert_eq!(told(&given, wrong), expected);
        let none = SetProvider { domains: vec![], ..rule() };
        assert_eq!(told(&given, none), [(Code::Required, "domains".to_owned())]);
    }

    #[test]
    fn it_is_switched_off_once_and_its_terms_stay() {
        assert_eq!(SwitchProviderOff.decide(account(&opened())), []);
        let (given, terms) = set(opened(), rule());
        let off = SwitchProviderOff.decide(account(&given));
        assert_eq!(off, [ProviderEvent::Set(ProviderSet { on: false, renewed: false, ..terms })]);
        let given = given.event(off[0].clone());
        assert_eq!(SwitchProviderOff.decide(account(&given)), []);
    }

    #[test]
    fn it_is_taken_away_once() {
        assert_eq!(RemoveProvider.decide(account(&opened())), []);
        let (given, _) = set(opened(), rule());
        let removed = RemoveProvider.decide(account(&given)).remove(0);
        let given = given.event(removed);
        assert_eq!((&account(&given).provider, RemoveProvider.decide(account(&given))), (&None, vec![]));
    }
}
