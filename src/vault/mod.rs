//! What must be deletable, and what must stay secret: the keys that personal values are sealed with, blind indexes,
//! and API tokens.
//!
//! Events hold personal values only as ciphertext made here ([`seal`]); a subject's key lives outside the log, wrapped
//! by the master key ([`master`]), and erasing a person is destroying that one key. A value that must be found again
//! without being readable (an e-mail) is kept as a keyed hash ([`blind`]). Callers' tokens are stored as hashes only
//! ([`token`]). What a mail carries is a one-time link ([`link`]). What people sign in with is here too: passwords ([`password`]), second factors
//! ([`totp`]), sessions ([`session`]). What is noted outside the
//! database is signed ([`sign`]).
//!
//! These files know bytes and nothing else: no SQL, no events, no clock; the tables stand in `store`, `logins`, `sessions`, `knocks` and `providers`,
//! and `replace` goes through all of them when the master key is replaced. They are the only
//! place that asks the operating system for random bytes ([`secret`]). Log lines never carry a key, a token or a personal value: every type
//! here that holds one prints itself without it.
//!
//! Next: `master.rs` for where the keys come from, `seal.rs` for what happens to an event's personal values.

pub mod aside;
pub mod blind;
pub mod change;
pub mod knocks;
pub mod link;
pub mod logins;
pub mod master;
pub mod password;
pub mod providers;
pub mod replace;
pub mod seal;
pub mod secret;
pub mod session;
pub mod sessions;
pub mod sign;
pub mod store;
pub mod token;
pub mod totp;

/// Joins fields so that no two lists of fields give the same bytes: each is preceded by its length (32 bits, big-endian).
/// Without it `("ab", "c")` and `("a", "bc")` would be bound to one another.
fn length_prefixed(fields: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(fields.iter().map(|field| field.len() + 4).sum());
    for field in fields {
        // No field here comes near 4 GiB; a longer one would be refused by the cipher anyway.
        joined.extend_from_slice(&u32::try_from(field.len()).unwrap_or(u32::MAX).to_be_bytes());
        joined.extend_from_slice(field);
    }
    joined
}

/// Whether a text opens as a link of an instance that never made one: for the fuzzers.
#[cfg(any(test, fuzzing))]
pub(crate) fn opens_as_link(text: &str) -> bool {
    use std::sync::OnceLock;
    static KEY: OnceLock<Option<blind::IndexKey>> = OnceLock::new();
    let key = KEY.get_or_init(|| secret::Secret::random().ok().map(|secret| blind::IndexKey::new(&secret)));
    key.as_ref().is_some_and(|key| link::Link::read(text, key).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_same_bytes_split_elsewhere_are_joined_differently(bytes in any::<Vec<u8>>(), one: usize, other: usize) {
            let split = |at: usize| {
                let (left, right) = bytes.split_at(at % (bytes.len() + 1));
                (left.len(), length_prefixed(&[left, right]))
            };
            let ((one, one_joined), (other, other_joined)) = (split(one), split(other));
            prop_assert_eq!(one_joined == other_joined, one == other);
            prop_assert_ne!(length_prefixed(&[&bytes]), length_prefixed(&[&bytes, b""]));
        }
    }
}
