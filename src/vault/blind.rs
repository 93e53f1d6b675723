//! Keyed hashes: finding a personal value again without keeping it (blind index), and recognising an input that was
//! sent before (fingerprint).
//!
//! Both are HMAC-SHA-256 under the index key, which is not the key that values are sealed with: whoever reads the
//! database alone can neither read an e-mail nor try guesses against its hash. A blind index still tells which rows hold
//! the same value, so it counts as personal data: its row goes when the person is erased, and it is never put in an event.
//!
//! Next: `master.rs` for where the index key comes from.

use super::length_prefixed;
use super::secret::Secret;
use aws_lc_rs::hmac;
use std::fmt;
use uuid::Uuid;

/// The key of blind indexes and fingerprints, ready for use.
pub struct IndexKey {
    hmac: hmac::Key,
}

impl IndexKey {
    pub(super) fn new(secret: &Secret) -> IndexKey {
        IndexKey { hmac: hmac::Key::new(hmac::HMAC_SHA256, secret.bytes()) }
    }

    pub(super) fn tag(&self, fields: &[&[u8]]) -> [u8; 32] {
        let mut tag = [0; 32];
        tag.copy_from_slice(hmac::sign(&self.hmac, &length_prefixed(fields)).as_ref());
        tag
    }
}

impl fmt::Debug for IndexKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndexKey(hidden)")
    }
}

/// The blind index of `value`: equal for equal values of one account and one domain (`email`, `external_id`, …), and
/// telling nothing across accounts or domains. Normalise the value first: what differs in case differs here.
pub fn blind_index(key: &IndexKey, domain: &str, account: Uuid, value: &str) -> [u8; 32] {
    key.tag(&[b"sesame.blind", domain.as_bytes(), account.as_bytes(), value.as_bytes()])
}

/// What an idempotency key remembers of its input: enough to see that another input came, nothing to read or to guess.
pub fn fingerprint(key: &IndexKey, bytes: &[u8]) -> [u8; 32] {
    key.tag(&[b"sesame.fingerprint", bytes])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn key() -> IndexKey {
        IndexKey::new(&Secret::random().unwrap())
    }

    #[test]
    fn the_tag_is_hmac_sha_256_over_length_prefixed_fields() {
        // Computed with Python's hmac module: key = 32 × 0x0b, message = 00000002 "ab" 00000001 "c".
        let mut secret = Secret::empty();
        secret.bytes_mut().fill(0x0b);
        let tag = IndexKey::new(&secret).tag(&[b"ab", b"c"]);
        let expected = "f97056f50a090182caa25290dbc2f987b849449c3d0d6d187d131a0e2ecf5086";
        assert_eq!(data_encoding::HEXLOWER.encode(&tag), expected);
    }

    #[test]
    fn a_blind_index_is_bound_to_key_domain_account_and_value() {
        let (one, other, account) = (key(), key(), Uuid::from_u128(1));
        let index = blind_index(&one, "email", account, "anne@exemple.fr");
        assert_eq!(index, blind_index(&one, "email", account, "anne@exemple.fr"));
        let different = [
            blind_index(&other, "email", account, "anne@exemple.fr"),
            blind_index(&one, "external_id", account, "anne@exemple.fr"),
            blind_index(&one, "email", Uuid::from_u128(2), "anne@exemple.fr"),
            blind_index(&one, "email", account, "anna@exemple.fr"),
            fingerprint(&one, b"anne@exemple.fr"),
        ];
        assert!(!different.contains(&index));
        assert_eq!(different.iter().collect::<HashSet<_>>().len(), different.len());
    }

    proptest! {
        #[test]
        fn different_inputs_have_different_fingerprints(a in any::<Vec<u8>>(), b in any::<Vec<u8>>()) {
            let key = key();
            prop_assert_eq!(fingerprint(&key, &a) == fingerprint(&key, &b), a == b);
        }
    }

    #[test]
    fn a_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", key()), "IndexKey(hidden)");
    }
}
