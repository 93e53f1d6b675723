//! Passwords: which may be chosen, and their stored form.
//!
//! Stored is Argon2id (RFC 9106) as a PHC string, so that each hash says with which parameters it was made and is made again at the next sign-in when
//! these were raised. What was typed is brought to one spelling first (NFC) and never cut. A hash costs 19 MiB for some tens of milliseconds, so two are
//! worked out at a time, away from the threads that answer requests: more sign-ins wait instead of filling the memory.
//!
//! Knows nobody and keeps nothing. Next: `logins.rs`, where the hashes stand.

use super::secret::{NoRandomness, fill_random};
use argon2::{
    Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{self, PasswordHash, SaltString},
};
use std::{fmt, sync::Arc};
use tokio::sync::Semaphore;
use unicode_normalization::UnicodeNormalization;

/// Fewest characters.
pub const LEAST: usize = 12;
/// Most characters.
pub const MOST: usize = 128;
/// Kibibytes a hash takes up.
const MEMORY: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes worked out at a time.
const AT_A_TIME: usize = 2;
/// What is compared with where there is no hash to compare with, so that it takes as long. Nothing hashes to it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$c2VzYW1lLm5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Why a password cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weak {
    /// Fewer than [`LEAST`] characters.
    TooShort,
    /// More than [`MOST`] characters.
    TooLong,
    /// Too easily guessed: a common one, a pattern, or made of what is known of the person.
    Guessable,
}

/// A failure to hash.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// No random bytes for a salt.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// A stored hash cannot be read, or the parameters are refused.
    #[error("hashing a password: {0}")]
    Hash(password_hash::Error),
    /// The task that hashed was stopped.
    #[error("hashing a password was stopped")]
    Stopped,
}

impl From<password_hash::Error> for PasswordError {
    fn from(error: password_hash::Error) -> Self {
        PasswordError::Hash(error)
    }
}

/// What somebody typed, in one spelling. Does not show itself.
#[derive(Clone)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(hidden)")
    }
}

/// How a comparison came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is another one, or there is none.
    Wrong,
    /// It is the one.
    Right {
        /// Whether it is to be hashed again: by today's parameters.
        outdated: bool,
    },
}

impl Password {
    /// As typed.
    pub fn typed(text: &str) -> Password {
        Password(text.nfc().collect())
    }

    /// Whether it may be chosen by somebody of whom these words are known: their address, their name, their company.
    fn strength(&self, known: &[String]) -> Result<(), Weak> {
        let length = self.0.chars().count();
        if length < LEAST {
            return Err(Weak::TooShort);
        }
        if length > MOST {
            return Err(Weak::TooLong);
        }
        let mut words: Vec<&str> = vec!["sesame", "sésame"];
        words.extend(known.iter().flat_map(|known| known.split(|c: char| !c.is_alphanumeric())));
        words.extend(known.iter().map(String::as_str));
        words.retain(|word| word.chars().count() > 2);
        match zxcvbn::zxcvbn(&self.0, &words).score() {
            zxcvbn::Score::Three | zxcvbn::Score::Four => Ok(()),
            _ => Err(Weak::Guessable),
        }
    }

    fn hash(&self) -> Result<String, PasswordError> {
        let mut salt = [0; 16];
        fill_random(&mut salt)?;
        let salt = SaltString::encode_b64(&salt)?;
        Ok(engine()?.hash_password(self.0.as_bytes(), &salt)?.to_string())
    }

    fn verify(&self, stored: Option<&str>) -> Result<Verdict, PasswordError> {
        let parsed = PasswordHash::new(stored.unwrap_or(NOBODY))?;
        match engine()?.verify_password(self.0.as_bytes(), &parsed) {
            Ok(()) => Ok(Verdict::Right { outdated: outdated(&parsed)? }),
            Err(password_hash::Error::Password) => Ok(Verdict::Wrong),
            Err(error) => Err(error.into()),
        }
    }
}

fn engine() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY, PASSES, LANES, None).map_err(password_hash::Error::from)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn outdated(stored: &PasswordHash<'_>) -> Result<bool, PasswordError> {
    let params = Params::try_from(stored)?;
    let less = params.m_cost() < MEMORY || params.t_cost() < PASSES || params.p_cost() < LANES;
    Ok(less || stored.algorithm != Algorithm::Argon2id.ident())
}

/// Works hashes out, [`AT_A_TIME`]. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
}

impl Default for Passwords {
    fn default() -> Self {
        Passwords { turns: Arc::new(Semaphore::new(AT_A_TIME)) }
    }
}

impl Passwords {
    /// The stored form of a password that may be chosen; else why it may not.
    pub async fn choose(&self, password: Password, known: Vec<String>) -> Result<Result<String, Weak>, PasswordError> {
        self.at_turn(move || match password.strength(&known) {
            Ok(()) => password.hash().map(Ok),
            Err(weak) => Ok(Err(weak)),
        })
        .await
    }

    /// Whether this is the password of a stored form; without one it is wrong, and takes as long.
    pub async fn verify(&self, password: Password, stored: Option<String>) -> Result<Verdict, PasswordError> {
        self.at_turn(move || password.verify(stored.as_deref())).await
    }

    /// The stored form by today's parameters, of a password that was right.
    pub async fn again(&self, password: Password) -> Result<String, PasswordError> {
        self.at_turn(move || password.hash()).await
    }

    async fn at_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| PasswordError::Stopped)?;
        let worked = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        worked.await.map_err(|_| PasswordError::Stopped)?
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const GOOD: &str = "Les pies du jardin boitent";

    #[test]
    fn a11_a_hash_says_how_it_was_made_and_no_two_are_the_same() {
        let (one, other) = (Password::typed(GOOD).hash().unwrap(), Password::typed(GOOD).hash().unwrap());
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert_eq!(Password::typed(GOOD).verify(Some(&one)).unwrap(), Verdict::Right { outdated: false });
        assert_eq!(Password::typed("Les pies du jardin boitenT").verify(Some(&one)).unwrap(), Verdict::Wrong);
        assert_eq!(Password::typed(GOOD).verify(None).unwrap(), Verdict::Wrong);
        assert!(!outdated(&PasswordHash::new(NOBODY).unwrap()).unwrap(), "what stands for nobody costs as much");
    }

    #[test]
    fn a11_a_hash_with_lower_parameters_is_right_and_outdated() {
        let params = Params::new(8_192, 1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let salt = SaltString::encode_b64(&[7; 16]).unwrap();
        let stored = weak.hash_password(GOOD.as_bytes(), &salt).unwrap().to_string();
        assert_eq!(Password::typed(GOOD).verify(Some(&stored)).unwrap(), Verdict::Right { outdated: true });
    }

    #[test]
    fn a11_nothing_is_cut_and_one_password_has_one_spelling() {
        let (composed, decomposed) = ("mot de passe très sûr", "mot de passe tre\u{300}s su\u{302}r");
        let stored = Password::typed(composed).hash().unwrap();
        assert_eq!(Password::typed(decomposed).verify(Some(&stored)).unwrap(), Verdict::Right { outdated: false });
        let long = format!("{}x", "tortue cuivre lampe ".repeat(6));
        let stored = Password::typed(&long).hash().unwrap();
        assert_eq!(Password::typed(&long[..long.len() - 1]).verify(Some(&stored)).unwrap(), Verdict::Wrong);
    }

    #[test]
    fn a11_short_long_and_guessable_ones_are_refused() {
        let known = ["zoe.durand@exemple.fr".to_owned(), "Éditions du Phare".to_owned()];
        let chosen = |text: &str| Password::typed(text).strength(&known);
        assert_eq!(chosen("kV7#qpL2!xz"), Err(Weak::TooShort));
        assert_eq!(chosen(&"kV7#qpL2!xz ".repeat(11)), Err(Weak::TooLong));
        for guessable in
            ["password1234", "azertyuiop12", "motdepasse12", "aaaaaaaaaaaa", "zoe.durand@exemple.fr", "durandsesame"]
        {
            assert_eq!(chosen(guessable), Err(Weak::Guessable), "{guessable}");
        }
        assert_eq!(chosen(GOOD), Ok(()));
        assert_eq!(format!("{:?}", Password::typed(GOOD)), "Password(hidden)");
    }
}
