//! What a provider says of a person, and whether it is proven: the signature (crate `jsonwebtoken`, on aws-lc-rs), then each claim (OpenID Connect Core 1.0,
//! 3.1.3.7). By our clock, not by the library's.

use super::SKEW;
use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, PublicKeyUse},
};
use serde::Deserialize;

/// Older answers are none to what was asked now.
const OLD: TimeDelta = TimeDelta::minutes(10);

/// What it has to say.
#[derive(Debug)]
pub struct Expected<'a> {
    pub issuer: &'a str,
    pub client_id: &'a str,
    pub nonce: &'a str,
    /// What it may sign with.
    pub algorithms: &'a [Algorithm],
    pub now: DateTime<Utc>,
}

/// Why it is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// Signed with a key that is not known, perhaps not yet.
    UnknownKey,
    /// This of it is not as it has to be.
    Untrue(&'static str),
}

/// What it says.
#[derive(Debug, Clone, Deserialize)]
pub struct Claims {
    iss: String,
    /// Whom it means, for ever.
    pub sub: String,
    aud: Audience,
    exp: f64,
    iat: f64,
    nonce: Option<String>,
    azp: Option<String>,
    /// When they showed it who they are, in seconds since 1970.
    pub auth_time: Option<f64>,
    pub email: Option<String>,
    pub email_verified: Option<bool>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn is(&self, client_id: &str, azp: Option<&str>) -> bool {
        let here = match self {
            Audience::One(one) => one == client_id,
            // Meant for others too: then it has to say that we were the one who asked.
            Audience::Many(all) => all.iter().any(|a| a == client_id) && (all.len() == 1 || azp.is_some()),
        };
        here && azp.is_none_or(|azp| azp == client_id)
    }
}

/// What a token says, where it is proven and for us.
pub fn check(token: &str, keys: &[Jwk], expected: &Expected<'_>) -> Result<Claims, Lie> {
    // One that says it is not signed is none that this reads.
    let header = decode_header(token).map_err(|_| Lie::Untrue("alg"))?;
    let algorithm = header.alg;
    if !expected.algorithms.contains(&algorithm) {
        return Err(Lie::Untrue("alg"));
    }
    if header.crit.is_some() {
        return Err(Lie::Untrue("crit"));
    }
    // Keys are the provider's own, never those that a token brings along.
    let mut fit = keys.iter().filter(|key| {
        let named = header.kid.as_ref().is_none_or(|kid| key.common.key_id.as_ref() == Some(kid));
        named && is_for(key, algorithm)
    });
    let key = match (fit.next(), fit.next()) {
        (None, _) => return Err(Lie::UnknownKey),
        (Some(_), Some(_)) => return Err(Lie::Untrue("kid")),
        (Some(key), None) => DecodingKey::from_jwk(key).map_err(|_| Lie::Untrue("jwks_uri"))?,
    };
    let mut validation = Validation::new(algorithm);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let claims = decode::<Claims>(token, &key, &validation).map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::Json(_) => Lie::Untrue("claims"),
        _ => Lie::Untrue("signature"),
    })?;
    let (claims, now) = (claims.claims, expected.now);
    let instant = |seconds: f64| DateTime::from_timestamp(seconds as i64, 0);
    let ends = instant(claims.exp).ok_or(Lie::Untrue("exp"))?;
    let made = instant(claims.iat).ok_or(Lie::Untrue("iat"))?;
    for (what, holds) in [
        ("iss", claims.iss == expected.issuer),
        ("aud", claims.aud.is(expected.client_id, claims.azp.as_deref())),
        ("nonce", claims.nonce.as_deref() == Some(expected.nonce)),
        ("exp", now < ends + SKEW),
        ("iat", made <= now + SKEW && now - made <= OLD + SKEW),
        ("sub", !claims.sub.is_empty() && claims.sub.len() <= 255),
    ] {
        if !holds {
            return Err(Lie::Untrue(what));
        }
    }
    Ok(claims)
}

/// Whether signatures of this kind are checked with this key.
fn is_for(key: &Jwk, algorithm: Algorithm) -> bool {
    let kind = match (&key.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), Algorithm::RS256) => true,
        (AlgorithmParameters::EllipticCurve(curve), Algorithm::ES256) => curve.curve == EllipticCurve::P256,
        (AlgorithmParameters::OctetKeyPair(curve), Algorithm::EdDSA) => curve.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    let signs = matches!(key.common.public_key_use, None | Some(PublicKeyUse::Signature));
    let alg = key.common.key_algorithm;
    kind && signs && alg.is_none_or(|alg| alg == algorithm.into())
}
