//! Keys: who may ask for what.
//!
//! A key is `csk_`, 12 characters by which its record is found, `_`, and a secret of 256 bits in
//! hexadecimal. Only SHA-256 of the secret is kept: a secret of full entropy needs no slow hash.
//! The invariant: a key is compared in constant time, also when nobody has its id.
//!
//! Each scope allows its own routes and no others: `decide` asks for decisions, `ingest` sends
//! events, `read` reads everything that is shown, `admin` reviews, changes lists and reads the trail of
//! what people did, and includes `read`, since nobody can change what they cannot see.

use crate::error::ApiError;
use axum::http::{HeaderMap, header};
use credsieve_models::time::EpochMs;
use credsieve_store::{Actor, KeyRecord, Scope, StoreError};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;
use subtle::ConstantTimeEq;
use tokio::time::Instant;

const PREFIX: &str = "csk_";
const ID_CHARS: usize = 12;
const SECRET_CHARS: usize = 64;

/// How long keys are used without asking the store again. A revoked key works for this long at
/// most while the store answers.
pub const KEYS_FRESH: Duration = Duration::from_secs(5);
/// How soon the store is asked again because of a key that nobody knows, or after it failed: a
/// flood of wrong keys costs it one question a second.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// How long a request waits for the store to name the keys.
const READ_WAIT: Duration = Duration::from_millis(500);
/// How long known keys are still taken while the store is away: decisions come from memory and
/// should not end with the database.
const KEYS_USABLE: Duration = Duration::from_mins(15);

/// Makes a key. The text is shown once and kept nowhere; the record goes to the store.
///
/// # Errors
/// When the operating system has no randomness.
pub fn generate_key(
    name: &str,
    scopes: &[Scope],
    now_ms: EpochMs,
) -> Result<(String, KeyRecord), getrandom::Error> {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut random = [0u8; ID_CHARS];
    getrandom::fill(&mut random)?;
    let key_id: String = random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    let secret = random_hex()?;
    let record = KeyRecord {
        key_id: key_id.clone(),
        secret_hash: Sha256::digest(secret.as_bytes()).into(),
        name: name.to_owned(),
        scopes: scopes.to_vec(),
        created_at_ms: now_ms,
        revoked_at_ms: None,
    };
    Ok((format!("{PREFIX}{key_id}_{secret}"), record))
}

/// 256 random bits as 64 hexadecimal digits.
pub(crate) fn random_hex() -> Result<String, getrandom::Error> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes)?;
    let mut text = String::with_capacity(SECRET_CHARS);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    Ok(text)
}

/// Who is asking.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The key's id.
    pub key_id: Arc<str>,
    /// What a person calls the key.
    pub name: Arc<str>,
}

impl Caller {
    /// The caller as the trail of acts names them.
    pub(crate) fn actor(&self) -> Actor {
        Actor {
            name: self.name.as_ref().to_owned(),
            key_id: Some(self.key_id.as_ref().to_owned()),
        }
    }
}

/// A key as it is looked up.
struct Known {
    caller: Caller,
    secret_hash: [u8; 32],
    scopes: Vec<Scope>,
}

impl Known {
    fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(&scope)
            || (scope == Scope::Read && self.scopes.contains(&Scope::Admin))
    }
}

/// All live keys at one instant.
struct Snapshot {
    keys: HashMap<String, Known>,
    read_at: Option<Instant>,
    asked_at: Option<Instant>,
    /// The last question that ended got no answer.
    failed: bool,
}

/// The store's answer to what keys there are.
pub(crate) type Reading = Pin<Box<dyn Future<Output = Result<Vec<KeyRecord>, StoreError>> + Send>>;

/// How the store is asked for every key.
pub(crate) type ReadKeys = Box<dyn Fn() -> Reading + Send + Sync>;

/// The keys in memory, as the store had them a few seconds ago.
pub(crate) struct Keyring {
    read_keys: ReadKeys,
    fresh: Duration,
    snapshot: RwLock<Snapshot>,
    /// One reading at a time; the others wait for it and use its result.
    reading: tokio::sync::Mutex<()>,
}

impl Keyring {
    pub(crate) fn new(read_keys: ReadKeys, fresh: Duration) -> Self {
        Self {
            read_keys,
            fresh,
            snapshot: RwLock::new(Snapshot {
                keys: HashMap::new(),
                read_at: None,
                asked_at: None,
                failed: false,
            }),
            reading: tokio::sync::Mutex::new(()),
        }
    }

    /// Who sent these headers, if the key that they hold may do `scope`.
    pub(crate) async fn caller(
        &self,
        headers: &HeaderMap,
        scope: Scope,
    ) -> Result<Caller, ApiError> {
        self.check(bearer(headers)?, scope).await
    }

    /// Whose key this is, if it may do `scope`.
    pub(crate) async fn check(&self, key: &str, scope: Scope) -> Result<Caller, ApiError> {
        let (key_id, secret) = split(key).ok_or(ApiError::BadKey)?;
        if self.age_is_over(self.fresh) {
            self.refresh(self.fresh).await;
        }
        if !self.has(key_id) && self.age_is_over(ASK_AGAIN.min(self.fresh)) {
            self.refresh(ASK_AGAIN.min(self.fresh)).await;
        }
        if self.age_is_over(KEYS_USABLE) {
            return Err(ApiError::KeysUnknown);
        }
        let offered: [u8; 32] = Sha256::digest(secret.as_bytes()).into();
        let snapshot = self.read();
        let known = snapshot.keys.get(key_id);
        // An unknown id is compared too, with a hash that no secret has in practice.
        let kept = known.map_or([0u8; 32], |known| known.secret_hash);
        let equal = bool::from(offered.ct_eq(&kept));
        match known {
            Some(known) if equal && known.may(scope) => Ok(known.caller.clone()),
            Some(_) if equal => Err(ApiError::NoScope(scope)),
            _ => Err(ApiError::BadKey),
        }
    }

    /// Whose key of that id it is, if it is still good and may do `scope`. For who has shown the
    /// key before: its secret is not asked for again.
    pub(crate) async fn holder(&self, key_id: &str, scope: Scope) -> Result<Caller, ApiError> {
        if self.age_is_over(self.fresh) {
            self.refresh(self.fresh).await;
        }
        if self.age_is_over(KEYS_USABLE) {
            return Err(ApiError::KeysUnknown);
        }
        match self.read().keys.get(key_id) {
            Some(known) if known.may(scope) => Ok(known.caller.clone()),
            Some(_) => Err(ApiError::NoScope(scope)),
            None => Err(ApiError::BadKey),
        }
    }

    fn has(&self, key_id: &str) -> bool {
        self.read().keys.contains_key(key_id)
    }

    fn age_is_over(&self, limit: Duration) -> bool {
        self.read().read_at.is_none_or(|at| at.elapsed() >= limit)
    }

    /// Reads the keys again, unless that was done or tried just now. A failure keeps what is known.
    async fn refresh(&self, older_than: Duration) {
        // While the store is in trouble one request a second waits for it, not all that come
        // meanwhile: they would be told nothing new.
        let _reading = match self.reading.try_lock() {
            Ok(reading) => reading,
            Err(_) if self.read().failed && !self.age_is_over(KEYS_USABLE) => return,
            Err(_) => self.reading.lock().await,
        };
        let waits = |snapshot: &Snapshot| {
            let read = snapshot.read_at.is_some_and(|at| at.elapsed() < older_than);
            let failed = snapshot.asked_at > snapshot.read_at
                && snapshot
                    .asked_at
                    .is_some_and(|at| at.elapsed() < ASK_AGAIN.min(self.fresh));
            read || failed
        };
        if waits(&self.read()) {
            return;
        }
        let asked_at = Instant::now();
        // Noted first: when this request gives up while it waits, the next does not wait again.
        self.write().asked_at = Some(asked_at);
        // A plain read, no transaction: it may be given up.
        match tokio::time::timeout(READ_WAIT, (self.read_keys)()).await {
            Ok(Ok(records)) => {
                let mut snapshot = self.write();
                snapshot.keys = live(records);
                // The age counts from the question: what was revoked later may be missing in it.
                snapshot.read_at = Some(asked_at);
                snapshot.failed = false;
                return;
            }
            Ok(Err(error)) => tracing::warn!(%error, "keys cannot be read; those known are used"),
            Err(_) => tracing::warn!("keys are read too slowly; those known are used"),
        }
        self.write().failed = true;
    }

    fn read(&self) -> RwLockReadGuard<'_, Snapshot> {
        self.snapshot.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Snapshot> {
        self.snapshot
            .write()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn live(records: Vec<KeyRecord>) -> HashMap<String, Known> {
    records
        .into_iter()
        .filter(|record| record.revoked_at_ms.is_none())
        .map(|record| {
            let caller = Caller {
                key_id: record.key_id.as_str().into(),
                name: record.name.into(),
            };
            let known = Known {
                caller,
                secret_hash: record.secret_hash,
                scopes: record.scopes,
            };
            (record.key_id, known)
        })
        .collect()
}

/// The key in an `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let value = headers.get(header::AUTHORIZATION).ok_or(ApiError::NoKey)?;
    let text = value.to_str().map_err(|_| ApiError::BadKey)?;
    let (scheme, key) = text.split_once(' ').ok_or(ApiError::BadKey)?;
    if scheme.eq_ignore_ascii_case("bearer") {
        Ok(key.trim())
    } else {
        Err(ApiError::BadKey)
    }
}

/// The two parts of a key. Its form is no secret, so this needs no constant time.
fn split(key: &str) -> Option<(&str, &str)> {
    let rest = key.strip_prefix(PREFIX)?;
    let (key_id, secret) = (rest.get(..ID_CHARS)?, rest.get(ID_CHARS + 1..)?);
    let whole = rest.as_bytes()[ID_CHARS] == b'_' && secret.len() == SECRET_CHARS;
    whole.then_some((key_id, secret))
}

#[cfg(test)]
#[path = "auth_tests.rs"]
mod tests;
