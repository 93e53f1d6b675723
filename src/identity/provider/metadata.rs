//! What a provider says of itself (OpenID Connect Discovery 1.0), and the keys that it signs with: asked for through [`crate::outbound`], checked, and remembered
//! for an hour. A provider that answers wrongly is not remembered.

use super::{ANSWER_MAX, CALL_TIME, ProviderDenied};
use crate::{
    identity::{Denied, Identity},
    outbound::{Call, Method, Url, checked_url},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::AccountId;
use jsonwebtoken::{Algorithm, jwk::Jwk};
use quick_cache::sync::Cache;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::sync::Arc;

/// Providers that are remembered.
const KEPT: usize = 1_000;
/// For how long.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// Keys are asked for again after this at the earliest.
const KEYS_AGAIN: TimeDelta = TimeDelta::seconds(10);
/// Most keys that are looked at.
const KEYS_MAX: usize = 50;

/// Providers, by what they call themselves.
pub struct Providers(Cache<String, Arc<Known>>);

impl Default for Providers {
    fn default() -> Self {
        Providers(Cache::new(KEPT))
    }
}

/// A provider as it was last asked.
#[derive(Debug, Clone)]
pub struct Known {
    pub metadata: Arc<Metadata>,
    pub keys: Vec<Jwk>,
    asked_at: DateTime<Utc>,
    keys_at: DateTime<Utc>,
}

/// What it says of itself, as far as we need it.
#[derive(Debug, Clone)]
pub struct Metadata {
    pub authorization_endpoint: Url,
    pub token_endpoint: Url,
    jwks_uri: Url,
    /// Those that both it and we sign with.
    pub algorithms: Vec<Algorithm>,
    /// Whether our secret goes in a header, and not in the form.
    pub secret_in_header: bool,
    /// Whether its answers say whose they are (RFC 9207).
    pub names_itself: bool,
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    #[serde(default)]
    id_token_signing_alg_values_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

impl Identity {
    /// What is known of a provider; asked now, where that is nothing or an hour old.
    pub(super) async fn known(&self, account: AccountId, issuer: &str) -> Result<Arc<Known>, Denied> {
        let now = self.now();
        let known = self.inner.providers.0.get(issuer);
        if let Some(known) = known.filter(|known| now - known.asked_at < FRESH) {
            return Ok(known);
        }
        let path = "/.well-known/openid-configuration";
        let document = self.fetch(account, &format!("{}{path}", issuer.trim_end_matches('/')), "discovery").await?;
        let metadata = self.metadata(issuer, document)?;
        let keys = self.keys(account, &metadata).await?;
        let known = Arc::new(Known { metadata: Arc::new(metadata), keys, asked_at: now, keys_at: now });
        self.inner.providers.0.insert(issuer.to_owned(), known.clone());
        Ok(known)
    }

    /// The same with its present keys; those there are, where it was asked a moment ago.
    pub(super) async fn known_anew(&self, account: AccountId, issuer: &str) -> Result<Arc<Known>, Denied> {
        let (known, now) = (self.known(account, issuer).await?, self.now());
        if now - known.keys_at < KEYS_AGAIN {
            return Ok(known);
        }
        let keys = self.keys(account, &known.metadata).await?;
        let known = Arc::new(Known { keys, keys_at: now, ..(*known).clone() });
        self.inner.providers.0.insert(issuer.to_owned(), known.clone());
        Ok(known)
    }

    fn metadata(&self, issuer: &str, document: Document) -> Result<Metadata, Denied> {
        if document.issuer != issuer {
            return Err(ProviderDenied::Unavailable("issuer").into());
        }
        let targets = self.inner.outside.outbound.targets();
        let url = |text: &str, what| {
            let url = checked_url(text, targets).ok().filter(|url| url.fragment().is_none());
            url.ok_or(Denied::from(ProviderDenied::Unavailable(what)))
        };
        let named = &document.id_token_signing_alg_values_supported;
        let ours = [("RS256", Algorithm::RS256), ("ES256", Algorithm::ES256), ("EdDSA", Algorithm::EdDSA)];
        // Which it has to have in any case (Discovery, 3).
        let signs = |name: &str| if named.is_empty() { name == "RS256" } else { named.iter().any(|n| n == name) };
        let algorithms: Vec<_> = ours.into_iter().filter(|(name, _)| signs(name)).map(|(_, alg)| alg).collect();
        if algorithms.is_empty() {
            return Err(ProviderDenied::Unavailable("id_token_signing_alg_values_supported").into());
        }
        let methods = document.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.as_ref().is_none_or(|all| all.iter().any(|m| m == method));
        Ok(Metadata {
            authorization_endpoint: url(&document.authorization_endpoint, "authorization_endpoint")?,
            token_endpoint: url(&document.token_endpoint, "token_endpoint")?,
            jwks_uri: url(&document.jwks_uri, "jwks_uri")?,
            algorithms,
            secret_in_header: takes("client_secret_basic") || !takes("client_secret_post"),
            names_itself: document.authorization_response_iss_parameter_supported,
        })
    }

    async fn keys(&self, account: AccountId, metadata: &Metadata) -> Result<Vec<Jwk>, Denied> {
        let Keys { keys } = self.fetch(account, metadata.jwks_uri.as_str(), "jwks_uri").await?;
        // Keys of kinds that we do not know stand beside those that we do.
        Ok(keys.into_iter().take(KEYS_MAX).filter_map(|key| serde_json::from_value(key).ok()).collect())
    }

    async fn fetch<T: DeserializeOwned>(&self, account: AccountId, url: &str, what: &'static str) -> Result<T, Denied> {
        let call = Call {
            method: Method::GET,
            url: url.to_owned(),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
            time: CALL_TIME,
            answer_max: Some(ANSWER_MAX),
        };
        let answer = self.inner.outside.outbound.call(call).await;
        let answer = answer.map_err(|error| self.unreachable(account, what, &error))?;
        // A redirect, too, is no answer.
        let told = (answer.status == 200).then(|| serde_json::from_slice(&answer.body).ok()).flatten();
        told.ok_or_else(|| {
            tracing::warn!(account = %account, what, status = answer.status, "an account's provider does not answer as it should");
            ProviderDenied::Unavailable(what).into()
        })
    }
}
