//! Stored values, read back into the types of the contract: what both databases have in common.

use crate::cursor::Place;
use crate::{Scope, StoreError, StoredVerdict};
use credsieve_models::Verdict;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A stored value that cannot be read.
pub(crate) fn corrupt(what: &'static str, why: &dyn std::fmt::Display) -> StoreError {
    StoreError::Corrupt {
        what,
        why: why.to_string(),
    }
}

/// A value from its JSON.
pub(crate) fn from_json<T: DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| corrupt(what, &error))
}

/// A value as JSON.
pub(crate) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| corrupt(what, &error))
}

/// A verdict with its context, and its place in the listing.
pub(crate) fn stored_verdict(
    verdict: &str,
    username: Option<String>,
    ip: &str,
    asn: Option<i64>,
) -> Result<(Place, StoredVerdict), StoreError> {
    let verdict: Verdict = from_json("verdict", verdict)?;
    let place = Place {
        at: verdict.time_ms,
        id: verdict.verdict_id.0,
    };
    let stored = StoredVerdict {
        verdict,
        username,
        ip: ip.parse().map_err(|error| corrupt("address", &error))?,
        asn: asn
            .map(u32::try_from)
            .transpose()
            .map_err(|error| corrupt("ASN", &error))?,
    };
    Ok((place, stored))
}

/// The scopes of a key.
pub(crate) fn scopes_from_names<'a>(
    names: impl Iterator<Item = &'a str>,
) -> Result<Vec<Scope>, StoreError> {
    let scope = |name: &str| Scope::ALL.into_iter().find(|scope| scope.name() == name);
    names
        .map(|name| scope(name).ok_or_else(|| corrupt("scope", &name)))
        .collect()
}

/// The hash of a key's secret.
pub(crate) fn hash_from_stored(bytes: &[u8]) -> Result<[u8; 32], StoreError> {
    bytes
        .try_into()
        .map_err(|error| corrupt("hash of a key", &error))
}

/// Bytes as hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}
