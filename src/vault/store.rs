//! Where keys and tokens stand, and the cache in front of them.
//!
//! A subject's key is made with the subject's first event and stored in the same append (`log::NewKey`); erasing destroys it there too.
//! This room reads, and keeps what it read for a short while.

use super::{
    aside::Aside,
    blind::{blind_index, fingerprint},
    link::{Link, LinkText, Purpose, SigningSecret},
    master::{KeyError, MasterKeys},
    seal::{SealContext, SealError, SubjectKey, open, seal, unwrap_key, wrap},
    secret::NoRandomness,
    sign::Signer,
};
use crate::{
    db::{Db, DbError},
    log::NewKey,
};
use projections::{Arg, Ask};
use quick_cache::sync::Cache;
use std::{collections::HashMap, sync::Arc, time::Instant};
use uuid::Uuid;

mod tokens;

pub use tokens::{Bearer, Grant, NewToken, TokenRow};

/// Subjects whose keys are kept ready.
const KEYS_KEPT: usize = 5_000;
/// Tokens whose owners are kept ready.
const TOKENS_KEPT: usize = 1_000;

/// A failure of the vault.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// A key cannot be unwrapped: another master key, or a damaged row.
    #[error("the key of subject {0}: {1}")]
    Key(Uuid, SealError),
    /// A key could not be made.
    #[error("making a key: {0}")]
    Seal(#[from] SealError),
    /// The configured keys are not those of this database.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// No random bytes.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The vault of one database.
#[derive(Debug, Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    db: Db,
    keys: MasterKeys,
    subjects: Cache<Uuid, Arc<SubjectKey>>,
    tokens: Cache<[u8; 32], (Instant, Bearer)>,
}

/// The row of `vault_check` that tells these keys from others.
pub(super) const CHECK: &str = "keys";

impl Vault {
    /// The database, for the other tables of the vault.
    pub(super) fn db(&self) -> &Db {
        &self.inner.db
    }

    /// The keys, for the other tables of the vault.
    pub(super) fn master_keys(&self) -> &MasterKeys {
        &self.inner.keys
    }

    /// Opens the vault; the database must be migrated. The first keys a database sees are its keys from then on.
    pub async fn open(db: Db, keys: MasterKeys) -> Result<Vault, VaultError> {
        if check_of(&db).await?.is_none() {
            db.execute(Ask::new(
                "INSERT INTO vault_check (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
                [CHECK.into(), keys.check_value().to_vec().into()],
            ))
            .await?;
        }
        let vault = Vault {
            inner: Arc::new(Inner { db, keys, subjects: Cache::new(KEYS_KEPT), tokens: Cache::new(TOKENS_KEPT) }),
        };
        vault.verify_keys().await?;
        Ok(vault)
    }

    /// Refuses keys that are not those of the database.
    pub async fn verify_keys(&self) -> Result<(), VaultError> {
        match check_of(&self.inner.db).await? {
            Some((value,)) => Ok(self.inner.keys.verify(&value)?),
            None => Ok(()),
        }
    }

    /// A key for a new subject, and its stored form for the append.
    pub fn new_key(&self, subject: Uuid, account: Uuid) -> Result<(Arc<SubjectKey>, NewKey), VaultError> {
        let key = SubjectKey::generate()?;
        let wrapped = wrap(&self.inner.keys.master, subject, &key)?;
        Ok((Arc::new(key), NewKey { subject, account, wrapped }))
    }

    /// The key of a subject; none when it was destroyed or never was.
    pub async fn key(&self, subject: Uuid) -> Result<Option<Arc<SubjectKey>>, VaultError> {
        if let Some(key) = self.inner.subjects.get(&subject) {
            return Ok(Some(key));
        }
        Ok(self.read_keys(vec![subject]).await?.remove(&subject))
    }

    /// The keys of these subjects, read with one question; destroyed ones are absent. Not kept: for reading much once.
    pub async fn keys(&self, subjects: Vec<Uuid>) -> Result<HashMap<Uuid, Arc<SubjectKey>>, VaultError> {
        self.read_keys(subjects).await
    }

    async fn read_keys(&self, subjects: Vec<Uuid>) -> Result<HashMap<Uuid, Arc<SubjectKey>>, VaultError> {
        let ask = Ask::<(Uuid, Vec<u8>)>::new(
            "SELECT subject, wrapped FROM vault_key WHERE subject IN [$1] AND wrapped IS NOT NULL",
            [Arg::Uuids(subjects)],
        );
        let mut keys = HashMap::new();
        for (subject, wrapped) in self.inner.db.fetch(ask).await? {
            keys.insert(subject, Arc::new(self.unwrap(subject, &wrapped)?));
        }
        Ok(keys)
    }

    /// A key from its stored form.
    pub fn unwrap(&self, subject: Uuid, wrapped: &[u8]) -> Result<SubjectKey, VaultError> {
        unwrap_key(&self.inner.keys.master, subject, wrapped).map_err(|e| VaultError::Key(subject, e))
    }

    /// Keeps a key ready that was just made and stored.
    pub fn keep(&self, subject: Uuid, key: Arc<SubjectKey>) {
        self.inner.subjects.insert(subject, key);
    }

    /// Forgets a key that was destroyed.
    pub fn forget(&self, subject: Uuid) {
        self.inner.subjects.remove(&subject);
    }

    /// Seals what stands beside the log, under a key that the master key makes: what is to go is deleted.
    pub fn seal_aside(&self, kind: Aside, row: Uuid, clear: &[u8]) -> Result<Vec<u8>, VaultError> {
        Ok(seal(&self.inner.keys.aside, &aside(kind, row), clear)?)
    }

    /// Opens that.
    pub fn open_aside(&self, kind: Aside, row: Uuid, sealed: &[u8]) -> Result<Vec<u8>, VaultError> {
        open(&self.inner.keys.aside, &aside(kind, row), sealed).map_err(|e| VaultError::Key(row, e))
    }

    /// Signs what is noted outside the database.
    pub fn signer(&self) -> &Signer {
        self.inner.keys.signer()
    }

    /// The keyed hash under which a value is claimed in an account.
    pub fn claim_key(&self, scope: &str, account: Uuid, value: &str) -> [u8; 32] {
        blind_index(&self.inner.keys.index, scope, account, value)
    }

    /// The keyed hash of a command's input.
    pub fn fingerprint(&self, input: &[u8]) -> [u8; 32] {
        fingerprint(&self.inner.keys.index, input)
    }

    /// The text of a one-time link, for the mail that carries it.
    pub fn link(&self, purpose: Purpose, subject: Uuid, occasion: Uuid) -> LinkText {
        Link { purpose, subject, occasion }.text(&self.inner.keys.index)
    }

    /// What a one-time link names; none when it is not of this instance. The subject's fold tells whether it still opens anything.
    pub fn read_link(&self, text: &str) -> Option<Link> {
        Link::read(text, &self.inner.keys.index)
    }

    /// The secret that calls to a connection are signed with. It is derived, never stored, and another for each connection.
    pub fn signing_secret(&self, connection: Uuid) -> SigningSecret {
        SigningSecret::of(connection, &self.inner.keys.index)
    }
}

async fn check_of(db: &Db) -> Result<Option<(Vec<u8>,)>, DbError> {
    db.fetch_optional(check_value()).await
}

/// Asks a database for what tells its keys from others ([`MasterKeys::verify`]).
pub fn check_value() -> Ask<(Vec<u8>,)> {
    Ask::new("SELECT value FROM vault_check WHERE name = $1", [CHECK.into()])
}

/// The place of what stands beside the log.
pub(super) fn aside(kind: Aside, row: Uuid) -> SealContext<'static> {
    SealContext { account: Uuid::nil(), stream: kind.name(), event_id: row, event_type: "aside" }
}
