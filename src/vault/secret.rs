//! Thirty-two secret bytes that never show themselves, and the one call to the system's random generator.
//!
//! Knows nothing of what the bytes are for. Next: `master.rs` and `seal.rs`, which make ciphers of them.

use std::fmt;

/// The system could not give random bytes. Nothing was made; there is no weaker substitute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system's random generator gave no bytes: check that the process may call getrandom or open /dev/urandom")]
pub struct NoRandomness;

/// Fills `bytes` from the generator of AWS-LC, which the operating system seeds.
#[expect(clippy::disallowed_methods, reason = "the one place where keys, nonces and tokens get their random bytes")]
pub(super) fn fill_random(bytes: &mut [u8]) -> Result<(), NoRandomness> {
    aws_lc_rs::rand::fill(bytes).map_err(|_| NoRandomness)
}

/// Thirty-two secret bytes. `Debug` hides them and dropping overwrites them; a value that was moved may have left a copy
/// on the stack, so this narrows what a memory dump shows and promises no more.
pub struct Secret([u8; 32]);

impl Secret {
    /// Fresh random bytes.
    pub(super) fn random() -> Result<Secret, NoRandomness> {
        let mut secret = Secret([0; 32]);
        fill_random(&mut secret.0)?;
        Ok(secret)
    }

    /// The bytes, to make a cipher of or to write into a key file.
    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The bytes to fill in, for decoders.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8; 32] {
        &mut self.0
    }

    /// All zero, to be filled in.
    pub(super) fn empty() -> Secret {
        Secret([0; 32])
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.0.fill(0);
        // Keeps the compiler from dropping the write as one that nobody reads.
        std::hint::black_box(&self.0);
    }
}
