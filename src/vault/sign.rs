//! Signing what is noted outside the database: Ed25519 (RFC 8032), so that whoever checks needs no secret.
//!
//! The signing key is derived from the master key, or from a key of its own where one is set (`SESAME_AUDIT_KEY`). A signature names its key by the
//! first eight bytes of SHA-256 of the public key, so that keys can be replaced: who checks is told every key that was ever used.
//!
//! Knows bytes and keys, not what is signed. Next: `log/noted.rs`, whose lines are signed with it.

use super::secret::Secret;
use aws_lc_rs::{
    digest::{SHA256, digest},
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use std::{fmt, str::FromStr};

/// What stands before the 32 bytes of a key in its usual form (RFC 8410, `SubjectPublicKeyInfo`).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// Tells which key signed: sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 8]);

/// A key that signatures are checked with. Read from base64 of its 32 bytes, or from PEM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

/// Signs. It shows nothing of its secret half.
pub struct Signer {
    pair: Ed25519KeyPair,
    public: PublicKey,
}

/// Bytes that make no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is no public key: it is 32 bytes in base64, or PEM, as `sesame audit key` prints them")]
pub struct NotAKey;

impl Signer {
    /// The signer that a secret makes; none where the library refuses it, which it does for no 32 bytes.
    pub(super) fn of(secret: &Secret) -> Option<Signer> {
        let pair = Ed25519KeyPair::from_seed_unchecked(secret.bytes()).ok()?;
        let public = PublicKey(pair.public_key().as_ref().try_into().ok()?);
        Some(Signer { pair, public })
    }

    /// What its signatures are checked with.
    pub fn public(&self) -> PublicKey {
        self.public
    }

    /// The signature of these bytes, in base64 without padding, safe in addresses.
    pub fn sign(&self, message: &[u8]) -> String {
        BASE64URL_NOPAD.encode(self.pair.sign(message).as_ref())
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({})", self.public.id())
    }
}

impl PublicKey {
    /// By what signatures name it.
    pub fn id(&self) -> KeyId {
        let hash = digest(&SHA256, &self.0);
        let mut id = [0; 8];
        id.copy_from_slice(&hash.as_ref()[..8]);
        KeyId(id)
    }

    /// Whether it signed these bytes so.
    pub fn signed(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = BASE64URL_NOPAD.decode(signature.as_bytes()) else { return false };
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, &signature).is_ok()
    }

    /// The form that other tools read (`openssl pkey -pubin`).
    pub fn pem(&self) -> String {
        let whole = [SPKI.as_slice(), &self.0].concat();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", BASE64.encode(&whole))
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64.encode(&self.0))
    }
}

impl FromStr for PublicKey {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        // What `sesame audit key` prints has words around the PEM.
        let inner = text.split_once("-----BEGIN PUBLIC KEY-----").map_or(text, |(_, after)| after);
        let inner = inner.split_once("-----END").map_or(inner, |(before, _)| before);
        let text: String = inner.lines().map(str::trim).collect();
        let bytes = BASE64.decode(text.as_bytes()).map_err(|_| NotAKey)?;
        let raw = bytes.strip_prefix(SPKI.as_slice()).unwrap_or(&bytes);
        raw.try_into().map(PublicKey).map_err(|_| NotAKey)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl FromStr for KeyId {
    type Err = NotAKey;
    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| NotAKey)?;
        bytes.try_into().map(KeyId).map_err(|_| NotAKey)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    fn signer(byte: u8) -> Signer {
        let mut secret = Secret::empty();
        secret.bytes_mut().fill(byte);
        Signer::of(&secret).unwrap()
    }

    #[test]
    fn a_signature_is_that_of_its_key_and_its_bytes_alone() {
        let (one, other) = (signer(1), signer(2));
        let signature = one.sign(b"said");
        assert!(one.public().signed(b"said", &signature));
        assert!(!one.public().signed(b"sai", &signature));
        assert!(!other.public().signed(b"said", &signature));
        assert!(!one.public().signed(b"said", &signature[1..]));
        assert_ne!(one.public().id(), other.public().id());
    }

    #[test]
    fn the_first_test_vector_of_the_rfc_is_ours_too() {
        // RFC 8032, 7.1, TEST 1: the empty message.
        let hex = |text: &str| data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap();
        let mut secret = Secret::empty();
        secret.bytes_mut().copy_from_slice(&hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
        let signer = Signer::of(&secret).unwrap();
        assert_eq!(signer.public().0.to_vec(), hex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"));
        let signature = concat!(
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155",
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        );
        assert_eq!(BASE64URL_NOPAD.decode(signer.sign(b"").as_bytes()).unwrap(), hex(signature));
    }

    #[test]
    fn a_public_key_is_read_from_each_form_it_is_shown_in() {
        let key = signer(3).public();
        assert_eq!(key.to_string().parse(), Ok(key));
        assert_eq!(key.pem().parse(), Ok(key));
        assert_eq!(key.id().to_string().parse(), Ok(key.id()));
        let printed = format!("key id      {}\npublic key  {key}\n\n{}", key.id(), key.pem());
        assert_eq!(printed.parse::<PublicKey>().unwrap(), key, "as `sesame audit key` prints it");
        for other in ["", "x", &key.to_string()[4..], "-----BEGIN PUBLIC KEY-----"] {
            assert_eq!(other.parse::<PublicKey>(), Err(NotAKey), "{other}");
        }
    }

    #[test]
    fn a_signer_does_not_show_its_secret() {
        assert_eq!(format!("{:?}", signer(4)), format!("Signer({})", signer(4).public().id()));
    }
}
