//! The secret of a session: 256 random bits that a browser sends back in a cookie. Stored is its SHA-256 hash: a slow hash would add nothing to that many
//! random bits, and is worked out at each request.
//!
//! Knows nobody. Next: `sessions.rs`, where sessions stand.

use super::{
    blind::IndexKey,
    secret::{NoRandomness, fill_random},
};
use aws_lc_rs::digest;
use data_encoding::BASE64URL_NOPAD;
use std::fmt;

/// What a session is recognised by. Does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionSecret(String);

/// What is kept of a session's secret.
pub type SessionHash = [u8; 32];

impl fmt::Debug for SessionSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionSecret(hidden)")
    }
}

impl SessionSecret {
    /// A new one.
    pub fn generate() -> Result<SessionSecret, NoRandomness> {
        let mut bits = [0; 32];
        fill_random(&mut bits)?;
        Ok(SessionSecret(BASE64URL_NOPAD.encode(&bits)))
    }

    /// As a cookie has it; none where it cannot be one of ours.
    pub fn parse(text: &str) -> Option<SessionSecret> {
        let bits = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        (bits.len() == 32).then(|| SessionSecret(text.to_owned()))
    }

    /// The text, for the cookie and for nothing else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored and looked up.
    pub fn hash(&self) -> SessionHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest::digest(&digest::SHA256, self.0.as_bytes()).as_ref());
        hash
    }
}

/// What a form of this session has to carry: nobody without the session can work it out, and it tells nothing of the secret.
pub(super) fn form_token(session: &SessionHash, key: &IndexKey) -> String {
    BASE64URL_NOPAD.encode(&key.tag(&[b"sesame.form", session]))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a14_a_secret_has_256_bits_and_is_recognised_by_its_hash_alone() {
        let secret = SessionSecret::generate().unwrap();
        assert_eq!(secret.reveal().len(), 43);
        assert_eq!(SessionSecret::parse(secret.reveal()).unwrap().hash(), secret.hash());
        assert_ne!(SessionSecret::generate().unwrap().hash(), secret.hash());
        assert_eq!(format!("{secret:?}"), "SessionSecret(hidden)");
        for none in ["", "x", "é", &secret.reveal()[1..], &format!("{}A", secret.reveal())] {
            assert_eq!(SessionSecret::parse(none), None, "{none:?}");
        }
    }
}
