//! The second factor: codes of an authenticator app (RFC 6238: six digits, thirty seconds, SHA-1, as every app has them), and recovery codes for
//! whoever lost the app.
//!
//! A code is accepted one step early or late, and once: the step it was of is kept, and that one and those before it open nothing more. Recovery codes
//! are kept as hashes under the index key: with fifty random bits each they could be tried out against a plain hash.
//!
//! Knows nobody and keeps nothing. Next: `logins.rs`, where secrets and hashes stand.

use super::{
    blind::IndexKey,
    secret::{NoRandomness, fill_random},
};
use data_encoding::BASE32_NOPAD;
use std::fmt;
use totp_rs::{Algorithm, TOTP, TotpUrlError};
use uuid::Uuid;

/// Seconds a code is of.
const STEP: i64 = 30;
/// As whose codes an app lists them.
const ISSUER: &str = "Sesame";
/// Recovery codes of one user.
pub const RECOVERY_CODES: usize = 10;

/// The secret that an app and we share. Does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret([u8; 20]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(hidden)")
    }
}

impl TotpSecret {
    /// A new one.
    pub fn generate() -> Result<TotpSecret, NoRandomness> {
        let mut bytes = [0; 20];
        fill_random(&mut bytes)?;
        Ok(TotpSecret(bytes))
    }

    /// From its bytes; none of another length.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<TotpSecret> {
        bytes.try_into().ok().map(TotpSecret)
    }

    pub(super) fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// For typing it into an app.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// For an app that reads it from a picture or a link: `otpauth://totp/…`.
    pub fn uri(&self, address: &str) -> Result<String, TotpUrlError> {
        // The format parts issuer and address by a colon.
        Ok(self.codes(&address.replace(':', " "))?.get_url())
    }

    /// The step that a code is of, at an instant (seconds since 1970): this one, the one before or the next, but none up to `used`.
    pub fn step_of(&self, code: &str, now: i64, used: i64) -> Option<i64> {
        let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let codes = self.codes("").ok()?;
        let step = now.div_euclid(STEP);
        let is_of = |step: &i64| {
            let seconds = u64::try_from(*step * STEP).unwrap_or_default();
            let expected = codes.generate(seconds);
            aws_lc_rs::constant_time::verify_slices_are_equal(expected.as_bytes(), typed.as_bytes()).is_ok()
        };
        [step, step - 1, step + 1].into_iter().filter(|step| *step > used).find(is_of)
    }

    fn codes(&self, address: &str) -> Result<TOTP, TotpUrlError> {
        let (issuer, address) = (Some(ISSUER.to_owned()), address.to_owned());
        TOTP::new(Algorithm::SHA1, 6, 1, STEP.unsigned_abs(), self.0.to_vec(), issuer, address)
    }
}

/// A recovery code, `abcde-fghij`. Does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(hidden)")
    }
}

impl RecoveryCode {
    /// A new one.
    pub fn generate() -> Result<RecoveryCode, NoRandomness> {
        let mut bits = [0; 7];
        fill_random(&mut bits)?;
        let letters = BASE32_NOPAD.encode(&bits).to_lowercase();
        Ok(RecoveryCode(format!("{}-{}", &letters[..5], &letters[5..10])))
    }

    /// As somebody typed it: case, spaces and the hyphen are forgiven.
    pub fn typed(text: &str) -> RecoveryCode {
        let letters: String = text.chars().filter(|c| c.is_ascii_alphanumeric()).collect::<String>().to_lowercase();
        match letters.split_at_checked(5) {
            Some((left, right)) => RecoveryCode(format!("{left}-{right}")),
            None => RecoveryCode(letters),
        }
    }

    /// The code itself, told once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored and looked up.
    pub(super) fn hash(&self, user: Uuid, key: &IndexKey) -> [u8; 32] {
        key.tag(&[b"sesame.recovery", user.as_bytes(), self.0.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]
    use super::*;

    /// The secret of RFC 6238, appendix B.
    fn secret() -> TotpSecret {
        TotpSecret(*b"12345678901234567890")
    }

    #[test]
    fn a16_codes_are_those_of_rfc_6238() {
        for (now, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(secret().step_of(code, now, -1), Some(now / 30), "{now}");
        }
    }

    #[test]
    fn a16_a_code_is_good_one_step_early_or_late_and_once() {
        let now = 1_111_111_109;
        let code = secret().codes("").unwrap().generate(now as u64);
        let step = now / 30;
        for (at, good) in [(now - 60, false), (now - 30, true), (now, true), (now + 30, true), (now + 60, false)] {
            assert_eq!(secret().step_of(&code, at, -1).is_some(), good, "{at}");
        }
        assert_eq!(secret().step_of(&code, now, step), None, "used");
        assert_eq!(secret().step_of(&format!("{} {}", &code[..3], &code[3..]), now, step - 1), Some(step));
        for wrong in ["", "0", "000000", "1234567", "abcdef"] {
            assert_eq!(secret().step_of(wrong, now, -1), None, "{wrong:?}");
        }
    }

    #[test]
    fn a16_an_app_is_told_the_secret_and_a_log_is_not() {
        let uri = secret().uri("zoe@exemple.fr").unwrap();
        assert!(uri.starts_with("otpauth://totp/Sesame:zoe%40exemple.fr?"), "{uri}");
        assert!(uri.contains(&format!("secret={}", secret().base32())), "{uri}");
        assert_eq!(format!("{:?}", secret()), "TotpSecret(hidden)");
    }

    #[test]
    fn a16_a_recovery_code_is_recognised_however_it_is_typed() {
        let key = crate::vault::master::MasterKeys::from_text(
            &format!("{}00", "0f".repeat(31)),
            &format!("{}01", "0e".repeat(31)),
        );
        let index = key.unwrap().index;
        let code = RecoveryCode::generate().unwrap();
        assert_eq!(code.reveal().len(), 11);
        let hash = |code: &RecoveryCode, user| code.hash(Uuid::from_u128(user), &index);
        let typed = RecoveryCode::typed(&format!(" {} ", code.reveal().to_uppercase().replace('-', " ")));
        assert_eq!(hash(&typed, 1), hash(&code, 1));
        assert_ne!(hash(&code, 2), hash(&code, 1), "of another user");
        assert_ne!(RecoveryCode::generate().unwrap(), code);
        assert_eq!(format!("{code:?}"), "RecoveryCode(hidden)");
        let _ = RecoveryCode::typed("é");
    }
}
