//! Tokens of an account's programs: what each may (its scopes), until when, and that it was made and revoked. The token itself is in no event, and neither
//! is its hash: those must be deletable, and stand in the vault.

use super::AccountEvent;
use crate::{
    event::{Private, clear, events, sealed},
    refusal::{Code, Refusal, Refusals},
    values::{Permission, words},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Longest name of a token, in characters.
const NAME_MAX: usize = 200;

words!(
    /// What a program may.
    Scope {
        /// What the account's owner may.
        Owner = "OWNER",
        /// What `BILLING` allows.
        Billing = "BILLING",
        /// What `SUPPORT` allows.
        Support = "SUPPORT",
        /// What `DEPLOYMENT` allows.
        Deployment = "DEPLOYMENT",
        /// What `SYSTEM_CONFIGURATION` allows.
        SystemConfiguration = "SYSTEM_CONFIGURATION",
        /// What `SECURITY` allows.
        Security = "SECURITY",
        /// What `OTHER` allows.
        Other = "OTHER",
        /// Sending the records of the account's ERP, and nothing else.
        Erp = "ERP",
        /// Asking whether a contact may open a product, and nothing else.
        AccessCheck = "ACCESS_CHECK",
    }
);

impl Scope {
    /// The member's permission that allows the same; none for those that only programs have.
    pub fn permission(self) -> Option<Permission> {
        match self {
            Scope::Billing => Some(Permission::Billing),
            Scope::Support => Some(Permission::Support),
            Scope::Deployment => Some(Permission::Deployment),
            Scope::SystemConfiguration => Some(Permission::SystemConfiguration),
            Scope::Security => Some(Permission::Security),
            Scope::Other => Some(Permission::Other),
            Scope::Owner | Scope::Erp | Scope::AccessCheck => None,
        }
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Scopes(u16);

impl Scopes {
    /// What the account's owner may.
    pub const OWNER: Scopes = Scopes(1 << Scope::Owner as u16);

    /// Whether it holds this one.
    pub fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u16) != 0
    }

    /// Those it holds, in the order of their list.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }

    /// As it is stored: words and commas.
    pub fn stored(self) -> String {
        self.iter().map(Scope::as_str).collect::<Vec<_>>().join(",")
    }

    /// From its stored form. A word of a newer binary counts for nothing.
    pub fn of_stored(text: &str) -> Scopes {
        text.split(',').filter_map(Scope::parse).collect()
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<T: IntoIterator<Item = Scope>>(scopes: T) -> Scopes {
        Scopes(scopes.into_iter().fold(0, |set, scope| set | 1 << scope as u16))
    }
}

events!(in AccountEvent:
    /// Tokens of its programs.
    TokenEvent {
        /// A program may come in with a token.
        Made(TokenMade) = "account.token_made.v1",
        /// It may no more.
        Revoked(TokenRevoked) = "account.token_revoked.v1",
    }
);

/// A program may come in with a token.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenMade {
    /// The token's id: what events of what it does name as their actor.
    pub token: Uuid,
    /// What it may.
    pub scopes: Vec<Scope>,
    /// From when on it opens nothing; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// What it is for. People write names of people there.
    #[serde(skip)]
    pub private: Private<TokenName>,
}

/// What a token is for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenName {
    /// As written.
    pub name: String,
}

/// It may no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TokenRevoked {
    /// The token's id.
    pub token: Uuid,
}

sealed!(TokenMade);
clear!(TokenRevoked);

/// Makes a token for a program of the account.
#[derive(Debug, Clone)]
pub struct MakeToken {
    /// The id it will have.
    pub token: Uuid,
    /// What it is for.
    pub name: String,
    /// What it may; at least one.
    pub scopes: Scopes,
    /// From when on it opens nothing; none: never.
    pub expires_at: Option<DateTime<Utc>>,
    /// The present instant.
    pub at: DateTime<Utc>,
}

impl MakeToken {
    /// The name as it is kept.
    ///
    /// # Errors
    /// `INVALID` on `name`: empty, or longer than 200 characters.
    pub fn name(written: &str) -> Result<String, Refusal> {
        let name = written.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            return Err(Refusal::at(Code::Invalid, "name").with("max", NAME_MAX));
        }
        Ok(name.to_owned())
    }

    /// Makes it; every mistake is told at once.
    pub fn decide(self) -> Result<Vec<TokenEvent>, Refusals> {
        let mut refusals = Vec::new();
        let name = MakeToken::name(&self.name).map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
        if self.scopes == Scopes::default() {
            refusals.push(Refusal::at(Code::Required, "scopes"));
        }
        if self.expires_at.is_some_and(|end| end <= self.at) {
            refusals.push(Refusal::at(Code::DateInvalid, "expiresAt"));
        }
        if !refusals.is_empty() {
            return Err(Refusals(refusals));
        }
        Ok(vec![TokenEvent::Made(TokenMade {
            token: self.token,
            scopes: self.scopes.iter().collect(),
            expires_at: self.expires_at,
            private: Private::Known(TokenName { name }),
        })])
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    fn make(name: &str, scopes: &[Scope], expires_at: Option<&str>) -> Result<Vec<TokenEvent>, Vec<(Code, String)>> {
        let rule = MakeToken {
            token: Uuid::from_u128(7),
            name: name.to_owned(),
            scopes: scopes.iter().copied().collect(),
            expires_at: expires_at.map(|at| at.parse().unwrap()),
            at: "2026-03-31T10:00:00Z".parse().unwrap(),
        };
        rule.decide().map_err(|refused| refused.0.into_iter().map(|r| (r.code, r.field.join("."))).collect())
    }

    #[test]
    fn a_token_has_a_name_a_scope_and_an_end_that_is_to_come() {
        let made = make(" ERP ", &[Scope::Erp, Scope::Support], Some("2027-01-01T00:00:00Z")).unwrap();
        let [TokenEvent::Made(made)] = &made[..] else { panic!("{made:?}") };
        assert_eq!(made.scopes, [Scope::Support, Scope::Erp]);
        assert_eq!(made.private.known().map(|p| p.name.as_str()), Some("ERP"));
        let refused = make(" ", &[], Some("2026-03-31T10:00:00Z")).unwrap_err();
        let expected = [(Code::Invalid, "name"), (Code::Required, "scopes"), (Code::DateInvalid, "expiresAt")];
        assert_eq!(refused, expected.map(|(code, field)| (code, field.to_owned())));
        assert!(make(&"x".repeat(201), &[Scope::Owner], None).is_err());
    }

    #[test]
    fn scopes_are_read_back_and_unknown_words_open_nothing() {
        let all: Scopes = Scope::ALL.iter().copied().collect();
        assert_eq!(Scopes::of_stored(&all.stored()), all);
        assert_eq!(Scopes::of_stored("OWNERS,ERPX,"), Scopes::default());
        assert_eq!(Scopes::of_stored("ERP,NEWER"), Scopes::from_iter([Scope::Erp]));
        assert!(Scopes::OWNER.has(Scope::Owner) && !Scopes::OWNER.has(Scope::Billing));
    }
}
