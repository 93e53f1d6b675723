//! One-time links: what a mail carries instead of a secret that would have to be stored.
//!
//! A link is the id of what it is about, the id of the one occasion it was made for, and a keyed hash of both under the index key. Nothing of it
//! is stored: whether it still opens anything is told by the fold of its subject (the occasion's id stands there until it is used, replaced or
//! out of time). So a mail that is sent twice carries the same link, and a database that is read by a stranger gives no link away.

use super::blind::IndexKey;
use data_encoding::BASE64URL_NOPAD;
use std::fmt;
use uuid::Uuid;

/// What a link is for. Each has a letter, which is part of what is signed: a link of one kind is none of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Accepting or declining an invitation to an account.
    Invitation,
    /// Verifying a contact's e-mail.
    VerifyEmail,
    /// Choosing a password for the portal.
    Portal,
    /// Joining the account's app.
    App,
    /// Opening a login: whoever follows it has the mailbox, and chooses the password.
    SignUp,
    /// Choosing a new password.
    Reset,
}

impl Purpose {
    const ALL: [Purpose; 6] =
        [Purpose::Invitation, Purpose::VerifyEmail, Purpose::Portal, Purpose::App, Purpose::SignUp, Purpose::Reset];

    fn letter(self) -> u8 {
        match self {
            Purpose::Invitation => b'i',
            Purpose::VerifyEmail => b'v',
            Purpose::Portal => b'p',
            Purpose::App => b'a',
            Purpose::SignUp => b's',
            Purpose::Reset => b'r',
        }
    }
}

/// A link that was read and is ours. Whether it still opens anything is not known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// What it is for.
    pub purpose: Purpose,
    /// The contact it was made for; of a login, the occasion again.
    pub subject: Uuid,
    /// The occasion: the invitation, the request for verification, or for a login.
    pub occasion: Uuid,
}

impl Link {
    fn bytes(&self) -> [u8; 33] {
        let mut bytes = [self.purpose.letter(); 33];
        bytes[1..17].copy_from_slice(self.subject.as_bytes());
        bytes[17..].copy_from_slice(self.occasion.as_bytes());
        bytes
    }

    fn tag(&self, key: &IndexKey) -> [u8; 32] {
        key.tag(&[b"sesame.link", &self.bytes()])
    }

    /// Its text, 87 characters of base64url: for the mail, and for nothing else.
    pub(super) fn text(&self, key: &IndexKey) -> LinkText {
        let mut bytes = self.bytes().to_vec();
        bytes.extend_from_slice(&self.tag(key));
        LinkText(BASE64URL_NOPAD.encode(&bytes))
    }

    /// The link of a text, alone or at the end of a whole address; none when it was not made with this key.
    pub(super) fn read(text: &str, key: &IndexKey) -> Option<Link> {
        let last = text.trim().rsplit('/').next().unwrap_or_default();
        let bytes = BASE64URL_NOPAD.decode(last.as_bytes()).ok()?;
        let (said, tag) = bytes.split_at_checked(33)?;
        let purpose = Purpose::ALL.into_iter().find(|p| p.letter() == said[0])?;
        let id = |bytes: &[u8]| Uuid::from_slice(bytes).ok();
        let link = Link { purpose, subject: id(&said[1..17])?, occasion: id(&said[17..])? };
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, &link.tag(key)).ok()?;
        Some(link)
    }
}

/// A link's text. Does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkText(String);

impl LinkText {
    /// The text itself, to be mailed.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for LinkText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LinkText(hidden)")
    }
}

/// The secret that calls to one connection are signed with: told to the account, which checks signatures with it. Does not show itself in logs.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret(String);

impl SigningSecret {
    pub(super) fn of(connection: Uuid, key: &IndexKey) -> SigningSecret {
        SigningSecret(format!("whsec_{}", BASE64URL_NOPAD.encode(&key.tag(&[b"sesame.hook", connection.as_bytes()]))))
    }

    /// The secret itself: all of this text, prefix included, is the key.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::vault::secret::Secret;

    fn link(purpose: Purpose) -> Link {
        Link { purpose, subject: Uuid::from_u128(7), occasion: Uuid::from_u128(9) }
    }

    #[test]
    fn a_link_is_read_back_and_every_changed_character_is_noticed() {
        let (key, other) = (IndexKey::new(&Secret::random().unwrap()), IndexKey::new(&Secret::random().unwrap()));
        for purpose in Purpose::ALL {
            let text = link(purpose).text(&key);
            assert_eq!(text.reveal().len(), 87);
            assert_eq!(Link::read(text.reveal(), &key), Some(link(purpose)));
            assert_eq!(Link::read(text.reveal(), &other), None, "of another instance");
            let address = format!(" https://sesame.exemple.fr/links/{}\n", text.reveal());
            assert_eq!(Link::read(&address, &key), Some(link(purpose)), "the whole address");
            for place in 0..87 {
                let mut typed = text.reveal().to_owned();
                let wrong = if typed.as_bytes()[place] == b'A' { "B" } else { "A" };
                typed.replace_range(place..=place, wrong);
                assert_eq!(Link::read(&typed, &key), None, "{place}");
            }
        }
        for none in ["", "x", "é", &"A".repeat(87)] {
            assert_eq!(Link::read(none, &key), None, "{none:?}");
        }
        assert_eq!(format!("{:?}", link(Purpose::App).text(&key)), "LinkText(hidden)");
        let secret = |id: u128, key| SigningSecret::of(Uuid::from_u128(id), key);
        assert!(secret(7, &key).reveal().starts_with("whsec_") && secret(7, &key) == secret(7, &key));
        assert!(secret(7, &key) != secret(8, &key) && secret(7, &key) != secret(7, &other));
        assert_eq!(format!("{:?}", secret(7, &key)), "SigningSecret(hidden)");
    }
}
