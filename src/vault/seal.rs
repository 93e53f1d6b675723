//! Sealing personal values: one AES-256-GCM ciphertext an event, under the key of the person it is about.
//!
//! Stored forms, both starting with a version byte:
//! - a sealed value: `1 ‖ nonce (12) ‖ ciphertext ‖ tag (16)`, 29 bytes longer than the clear text;
//! - a wrapped subject key: `1 ‖ master key's id (4) ‖ nonce (12) ‖ encrypted key (32) ‖ tag (16)`, 65 bytes.
//!
//! The nonce is random: a subject key seals far fewer than the 2³² values up to which that is safe (NIST SP 800-38D,
//! 8.3). The associated data name the place a ciphertext belongs to, so that one moved to another event, stream, account
//! or type does not open. Destroying the wrapped key (`store.rs`) makes every value it sealed unreadable for good.
//!
//! Knows no event and no JSON: bytes in, bytes out. Next: `master.rs` for the key that wraps.

use super::length_prefixed;
use super::master::MasterKey;
use super::secret::{NoRandomness, Secret, fill_random};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use std::fmt;
use uuid::Uuid;

const VERSION: u8 = 1;
const TAG_LEN: usize = 16;
const KEY_ID_LEN: usize = 4;

/// Why a value was not sealed or did not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Written by a newer Sésame.
    #[error("sealed form {found} is not known to this version: run the version that wrote it, or a newer one")]
    UnknownVersion {
        /// The version byte.
        found: u8,
    },
    /// Shorter than the shortest sealed form.
    #[error("the sealed bytes are cut off: restore them from a backup")]
    CutOff,
    /// The subject's key was wrapped by another master key.
    #[error("this subject key was wrapped by another master key: start with the MASTER_KEY that was in use then")]
    OtherMasterKey,
    /// The bytes were changed or moved, or the key is another subject's: the cipher cannot tell which.
    #[error(
        "the sealed bytes do not belong to this key and place: they were changed or moved, or the key is another one"
    )]
    NotAuthentic,
    /// More than the cipher takes at once (64 GiB).
    #[error("the value is too long to be sealed")]
    TooLong,
    /// No random bytes for a key or a nonce.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// One person's key: everything sealed with it becomes unreadable when it is destroyed.
pub struct SubjectKey {
    secret: Secret,
    cipher: LessSafeKey,
}

impl SubjectKey {
    /// A fresh random key.
    pub fn generate() -> Result<SubjectKey, SealError> {
        SubjectKey::new(Secret::random()?)
    }

    pub(super) fn new(secret: Secret) -> Result<SubjectKey, SealError> {
        let unbound = UnboundKey::new(&AES_256_GCM, secret.bytes()).map_err(|_| SealError::CutOff)?;
        Ok(SubjectKey { secret, cipher: LessSafeKey::new(unbound) })
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectKey(hidden)")
    }
}

/// The place a sealed value belongs to. Known before the event gets its position.
#[derive(Debug, Clone, Copy)]
pub struct SealContext<'a> {
    /// The account whose event it is.
    pub account: Uuid,
    /// The event's stream, such as `contact-<id>`.
    pub stream: &'a str,
    /// The event's id.
    pub event_id: Uuid,
    /// The event's type with its version, such as `contact.added.v1`.
    pub event_type: &'a str,
}

impl SealContext<'_> {
    fn associated_data(&self) -> Aad<Vec<u8>> {
        Aad::from(length_prefixed(&[
            b"sesame.event",
            &[VERSION],
            self.account.as_bytes(),
            self.stream.as_bytes(),
            self.event_id.as_bytes(),
            self.event_type.as_bytes(),
        ]))
    }
}

/// Seals `plaintext` for the place `context`. Twice the same value gives different bytes.
pub fn seal(key: &SubjectKey, context: &SealContext<'_>, plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    encrypt(&key.cipher, context.associated_data(), &[VERSION], plaintext)
}

/// Opens what [`seal`] made for the same place with the same key.
pub fn open(key: &SubjectKey, context: &SealContext<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let [version, rest @ ..] = sealed else { return Err(SealError::CutOff) };
    if *version != VERSION {
        return Err(SealError::UnknownVersion { found: *version });
    }
    decrypt(&key.cipher, context.associated_data(), rest)
}

/// The form in which a subject's key is stored: readable with the master key only, and for this subject only.
pub fn wrap(master: &MasterKey, subject: Uuid, key: &SubjectKey) -> Result<Vec<u8>, SealError> {
    let [a, b, c, d] = master.id;
    encrypt(&master.cipher, wrapping_data(subject), &[VERSION, a, b, c, d], key.secret.bytes())
}

/// The subject's key from its stored form.
pub fn unwrap_key(master: &MasterKey, subject: Uuid, wrapped: &[u8]) -> Result<SubjectKey, SealError> {
    let [version, rest @ ..] = wrapped else { return Err(SealError::CutOff) };
    if *version != VERSION {
        return Err(SealError::UnknownVersion { found: *version });
    }
    let (id, rest) = rest.split_at_checked(KEY_ID_LEN).ok_or(SealError::CutOff)?;
    if id != master.id {
        return Err(SealError::OtherMasterKey);
    }
    let mut opened = decrypt(&master.cipher, wrapping_data(subject), rest)?;
    let mut secret = Secret::empty();
    if opened.len() != secret.bytes().len() {
        return Err(SealError::CutOff);
    }
    secret.bytes_mut().copy_from_slice(&opened);
    opened.fill(0);
    std::hint::black_box(&opened);
    SubjectKey::new(secret)
}

fn wrapping_data(subject: Uuid) -> Aad<Vec<u8>> {
    Aad::from(length_prefixed(&[b"sesame.subject-key", &[VERSION], subject.as_bytes()]))
}

/// `head ‖ nonce ‖ ciphertext ‖ tag`, in one allocation.
fn encrypt(cipher: &LessSafeKey, aad: Aad<Vec<u8>>, head: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, SealError> {
    let mut nonce = [0; NONCE_LEN];
    fill_random(&mut nonce)?;
    let body = head.len() + NONCE_LEN;
    let mut sealed = Vec::with_capacity(body + plaintext.len() + TAG_LEN);
    sealed.extend_from_slice(head);
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plaintext);
    let (_, in_out) = sealed.split_at_mut(body);
    let tag = cipher
        .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), aad, in_out)
        .map_err(|_| SealError::TooLong)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

/// The inverse of [`encrypt`], without the head.
fn decrypt(cipher: &LessSafeKey, aad: Aad<Vec<u8>>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError::CutOff)?;
    let (ciphertext, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(SealError::CutOff)?;
    let mut plaintext = vec![0; ciphertext.len()];
    cipher
        .open_separate_gather(Nonce::assume_unique_for_key(*nonce), aad, ciphertext, tag, &mut plaintext)
        .map_err(|_| SealError::NotAuthentic)?;
    Ok(plaintext)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::vault::master::MasterKeys;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const HEX_A: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    const HEX_B: &str = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1eff";

    fn context() -> SealContext<'static> {
        let (account, event_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
        SealContext { account, stream: "contact-3", event_id, event_type: "contact.added.v1" }
    }

    fn flips(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> {
        (0..bytes.len() * 8).map(|bit| {
            let mut changed = bytes.to_vec();
            changed[bit / 8] ^= 1 << (bit % 8);
            changed
        })
    }

    #[test]
    fn a_value_opens_only_in_its_own_place() {
        let key = SubjectKey::generate().unwrap();
        let here = context();
        let sealed = seal(&key, &here, b"Anne").unwrap();
        assert_eq!(open(&key, &here, &sealed).unwrap(), b"Anne");
        for elsewhere in [
            SealContext { account: Uuid::from_u128(9), ..here },
            SealContext { stream: "contact-4", ..here },
            SealContext { event_id: Uuid::from_u128(9), ..here },
            SealContext { event_type: "contact.edited.v1", ..here },
            SealContext { event_type: "contact.added.v2", ..here },
        ] {
            assert_eq!(open(&key, &elsewhere, &sealed), Err(SealError::NotAuthentic));
        }
        let other = SubjectKey::generate().unwrap();
        assert_eq!(open(&other, &here, &sealed), Err(SealError::NotAuthentic));
    }

    #[test]
    fn every_flipped_bit_and_every_cut_is_noticed() {
        let key = SubjectKey::generate().unwrap();
        let sealed = seal(&key, &context(), b"Anne Dupont, 1 rue de la Paix").unwrap();
        for changed in flips(&sealed) {
            let error = open(&key, &context(), &changed).unwrap_err();
            let expected = if changed[0] == VERSION {
                SealError::NotAuthentic
            } else {
                SealError::UnknownVersion { found: changed[0] }
            };
            assert_eq!(error, expected);
        }
        for length in 0..sealed.len() {
            assert!(open(&key, &context(), &sealed[..length]).is_err());
        }
        let longer = [sealed.as_slice(), &[0]].concat();
        assert_eq!(open(&key, &context(), &longer), Err(SealError::NotAuthentic));
    }

    #[test]
    fn a_wrapped_key_opens_what_the_key_sealed() {
        let keys = MasterKeys::from_text(HEX_A, HEX_B).unwrap();
        let (subject, key) = (Uuid::from_u128(7), SubjectKey::generate().unwrap());
        let sealed = seal(&key, &context(), b"Anne").unwrap();
        let wrapped = wrap(&keys.master, subject, &key).unwrap();
        assert_eq!(wrapped.len(), 65);
        let again = unwrap_key(&keys.master, subject, &wrapped).unwrap();
        assert_eq!(open(&again, &context(), &sealed).unwrap(), b"Anne");
        assert!(!wrapped.windows(8).any(|part| key.secret.bytes().windows(8).any(|secret| secret == part)));
    }

    #[test]
    fn a_wrapped_key_is_bound_to_its_subject_and_master_key() {
        let keys = MasterKeys::from_text(HEX_A, HEX_B).unwrap();
        let (subject, key) = (Uuid::from_u128(7), SubjectKey::generate().unwrap());
        let wrapped = wrap(&keys.master, subject, &key).unwrap();
        let unwrap = |master, subject, bytes: &[u8]| unwrap_key(master, subject, bytes).map(|_| ()).unwrap_err();
        assert_eq!(unwrap(&keys.master, Uuid::from_u128(8), &wrapped), SealError::NotAuthentic);
        let other = MasterKeys::from_text(HEX_B, HEX_A).unwrap();
        assert_eq!(unwrap(&other.master, subject, &wrapped), SealError::OtherMasterKey);
        for changed in flips(&wrapped) {
            unwrap(&keys.master, subject, &changed);
        }
        for length in 0..wrapped.len() {
            unwrap(&keys.master, subject, &wrapped[..length]);
        }
    }

    #[test]
    fn the_first_stored_form_opens_for_ever() {
        // Made with Node's crypto from the description above, so neither form depends on this code alone. A change of
        // the stored form needs a new version byte and keeps this one readable.
        let wrapped = concat!(
            "01eb719730111111111111111111111111449a1a070af8ddaacbe0f0ae158b9536",
            "5ccd5b9114affd482291ef4f15d163463f13a89d47db9c0708b91a2aeb92b73f"
        );
        let sealed = concat!(
            "01222222222222222222222222b9f611e179319249e9292e23eebde5d0b8",
            "a8a2dafa1f0019a686eb81ac549f1fd28e99"
        );
        let keys = MasterKeys::from_text(HEX_A, HEX_B).unwrap();
        let decode = |hex: &str| data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap();
        let key = unwrap_key(&keys.master, Uuid::from_u128(7), &decode(wrapped)).unwrap();
        assert_eq!(open(&key, &context(), &decode(sealed)).unwrap(), "Zoé Müller-Œuvre".as_bytes());
    }

    #[test]
    fn the_same_value_is_sealed_differently_each_time() {
        let key = SubjectKey::generate().unwrap();
        let sealed: HashSet<_> = (0..1000).map(|_| seal(&key, &context(), b"Anne").unwrap()).collect();
        assert_eq!(sealed.len(), 1000);
    }

    #[test]
    fn a_key_does_not_show_itself() {
        assert_eq!(format!("{:?}", SubjectKey::generate().unwrap()), "SubjectKey(hidden)");
    }

    proptest! {
        #[test]
        fn opening_is_the_inverse_of_sealing(
            value in any::<Vec<u8>>(), account: u128, event: u128, stream in ".{0,40}", event_type in ".{0,20}",
        ) {
            let key = SubjectKey::generate().unwrap();
            let place = SealContext {
                account: Uuid::from_u128(account), stream: &stream, event_id: Uuid::from_u128(event), event_type: &event_type,
            };
            let sealed = seal(&key, &place, &value).unwrap();
            prop_assert_eq!(sealed.len(), value.len() + 29);
            prop_assert_eq!(open(&key, &place, &sealed).unwrap(), value);
        }

        #[test]
        fn arbitrary_bytes_never_open(bytes in any::<Vec<u8>>()) {
            prop_assert!(open(&SubjectKey::generate().unwrap(), &context(), &bytes).is_err());
        }
    }
}
