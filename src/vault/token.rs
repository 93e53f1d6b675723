//! API tokens: `ses_`, 43 characters of base64url (256 random bits) and a 6-character checksum, 53 in all.
//!
//! The prefix and the checksum let a secret scanner recognise a leaked token without asking us, and let us tell a
//! mistyped token from an unknown one without a look into the database. The text is shown once, when it is made; stored
//! is its SHA-256 hash (a slow hash would add nothing to 256 random bits). Neither form ever goes to a log.
//!
//! Knows no account and no scope: those stand beside the hash. Next: `store.rs`.

use super::secret::{NoRandomness, fill_random};
use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use std::fmt;

const PREFIX: &str = "ses_";
const BODY_LEN: usize = 43;
const CHECKSUM_LEN: usize = 6;
const LEN: usize = PREFIX.len() + BODY_LEN + CHECKSUM_LEN;

/// Why a text is no token. Says nothing of the text itself, which may be a password pasted into the wrong place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// It does not start like a token.
    #[error("not a Sésame token: one starts with `ses_`")]
    NotAToken,
    /// It starts like a token, but characters are missing, too many, or not possible.
    #[error("the token is incomplete: it has 53 characters; copy it again, whole")]
    Incomplete,
    /// It looks like a token and has a typing mistake.
    #[error("the token was mistyped: its last six characters do not fit the others; copy it again")]
    Mistyped,
}

/// An API token. Printing it shows no character of its secret; [`Token::reveal`] does, for the one time it is told.
#[derive(Clone, PartialEq, Eq)]
pub struct Token {
    text: String,
}

impl Token {
    /// A new random token.
    pub fn generate() -> Result<Token, NoRandomness> {
        let mut bits = [0; 32];
        fill_random(&mut bits)?;
        let mut text = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bits));
        text.push_str(&checksum(&text));
        Ok(Token { text })
    }

    /// The token that a caller sent. Surrounding white space is forgiven; anything else has to be exact.
    pub fn parse(text: &str) -> Result<Token, TokenError> {
        let text = text.trim();
        if !text.starts_with(PREFIX) {
            return Err(TokenError::NotAToken);
        }
        if text.len() != LEN || !text.is_ascii() {
            return Err(TokenError::Incomplete);
        }
        let (signed, found) = text.split_at(LEN - CHECKSUM_LEN);
        if checksum(signed) != found {
            return Err(TokenError::Mistyped);
        }
        // One spelling for one token: the last character's unused bits have to be zero.
        BASE64URL_NOPAD.decode(&signed.as_bytes()[PREFIX.len()..]).map_err(|_| TokenError::Mistyped)?;
        Ok(Token { text: text.to_owned() })
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> [u8; 32] {
        sha256(&[self.text.as_bytes()])
    }

    /// The token itself, to be told once to the person or program that will use it.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(ses_…)")
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ses_…")
    }
}

/// 36 bits over prefix and body: a random mistake passes once in 69 thousand million.
fn checksum(signed: &str) -> String {
    let mut text = BASE64URL_NOPAD.encode(&sha256(&[b"sesame.token-checksum", signed.as_bytes()]));
    text.truncate(CHECKSUM_LEN);
    text
}

fn sha256(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    parts.iter().for_each(|part| context.update(part));
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    #[test]
    fn a_token_is_recognised_again_and_only_by_its_hash() {
        let token = Token::generate().unwrap();
        assert_eq!(token.reveal().len(), 53);
        let again = Token::parse(&format!(" {}\n", token.reveal())).unwrap();
        assert_eq!(again.hash(), token.hash());
        assert_ne!(Token::generate().unwrap().hash(), token.hash());
        assert_eq!(token.hash().as_slice(), digest::digest(&digest::SHA256, token.reveal().as_bytes()).as_ref());
    }

    #[test]
    fn tokens_do_not_repeat() {
        let tokens: HashSet<_> = (0..1000).map(|_| Token::generate().unwrap().hash()).collect();
        assert_eq!(tokens.len(), 1000);
    }

    #[test]
    fn the_checksum_does_not_change_between_releases() {
        let text = "ses_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA7xvSZn";
        assert_eq!(Token::parse(text).map(|token| token.hash().len()), Ok(32));
    }

    #[test]
    fn a_token_does_not_show_itself() {
        let token = Token::generate().unwrap();
        assert_eq!(format!("{token} {token:?}"), "ses_… Token(ses_…)");
    }

    #[test]
    fn what_is_no_token_is_told_from_a_mistyped_one() {
        let good = Token::generate().unwrap();
        let good = good.reveal();
        for other in ["", "hunter2", "Bearer ses_x", &good[4..], "SES_", "sess"] {
            assert_eq!(Token::parse(other), Err(TokenError::NotAToken), "{other:?}");
        }
        for cut in ["ses_", &good[..52], &format!("{good}A"), &format!("ses_{}", "é".repeat(25))] {
            assert_eq!(Token::parse(cut), Err(TokenError::Incomplete), "{cut:?}");
        }
    }

    #[test]
    fn every_single_wrong_character_is_noticed() {
        let good = Token::generate().unwrap();
        let good = good.reveal();
        for place in PREFIX.len()..LEN {
            for wrong in "AZaz09-_. +/=".chars().filter(|wrong| good.as_bytes()[place] != *wrong as u8) {
                let mut typed = good.to_owned();
                typed.replace_range(place..=place, &wrong.to_string());
                assert!(Token::parse(&typed).is_err(), "{place} {wrong:?}");
            }
        }
    }

    #[test]
    fn two_swapped_characters_are_noticed() {
        let good = Token::generate().unwrap();
        let good = good.reveal().as_bytes();
        for place in PREFIX.len()..LEN - 1 {
            let mut typed = good.to_vec();
            typed.swap(place, place + 1);
            let same = typed == good;
            assert_eq!(Token::parse(std::str::from_utf8(&typed).unwrap()).is_ok(), same);
        }
    }

    #[test]
    fn one_token_has_one_spelling() {
        // The 43rd character carries four bits and two zeros; the same 256 bits with other spare bits are refused.
        let signed = format!("ses_{}B", "A".repeat(42));
        let text = format!("{signed}{}", checksum(&signed));
        assert_eq!(Token::parse(&text), Err(TokenError::Mistyped));
    }

    proptest! {
        #[test]
        fn no_text_panics_the_parser(text in ".{0,80}") {
            let _ = Token::parse(&text);
            let _ = Token::parse(&format!("ses_{text}"));
        }
    }
}
