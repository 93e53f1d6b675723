//! The signature of a call: HMAC-SHA-256 over the time and the body, so that a receiver knows who sent it, that nothing was changed, and that it is
//! no old call sent again.
//!
//! `Sesame-Signature: t=1774951200,v1=<hex>`, where `v1` is the HMAC of `t`, a point, and the body as it came, under all of the secret's text.

use aws_lc_rs::hmac;
use data_encoding::HEXLOWER;

/// The header's name.
pub const HEADER: &str = "Sesame-Signature";

/// The header's value; `at` in seconds since 1970, UTC.
pub fn signature(secret: &str, at: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut context = hmac::Context::with_key(&key);
    context.update(format!("{at}.").as_bytes());
    context.update(body);
    format!("t={at},v1={}", HEXLOWER.encode(context.sign().as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_the_one_that_other_languages_compute() {
        // Python: hmac.new(b"whsec_test", b'1774951200.{"id":1}', "sha256").hexdigest()
        let expected = "t=1774951200,v1=81c6220ccde2a70515de65b1fbbf1475438fcbb1975c21a83539245aa4b10432";
        assert_eq!(signature("whsec_test", 1_774_951_200, br#"{"id":1}"#), expected);
        assert_ne!(signature("whsec_test", 1_774_951_201, br#"{"id":1}"#), expected);
        assert_ne!(signature("whsec_tesT", 1_774_951_200, br#"{"id":1}"#), expected);
        assert_ne!(signature("whsec_test", 1_774_951_200, br#"{"id":2}"#), expected);
    }
}
