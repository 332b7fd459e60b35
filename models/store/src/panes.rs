//! Panes: how many distinct users, addresses and devices an hour saw, in at most 4 KB each.
//!
//! HyperLogLog++ of precision 12: up to about a thousand values nearly exact, beyond that a
//! standard error of 1.6 % (1.04/√4096). Panes only grow: adding a value twice, or merging a pane
//! twice, changes nothing, so a redelivered batch may be added again.
//!
//! Values are hashed with a secret key that lives in the store, because an attacker who knows the
//! hash could choose addresses that count as one.

use crate::batch::clamp;
use crate::rows::corrupt;
use crate::{Context, DistinctBy, DistinctOf, Outcome, StoreError};
use ahash::AHashMap;
use credsieve_models::time::EpochMs;
use hyperloglogplus::{HyperLogLog, HyperLogLogPlus};
use serde::{Deserialize, Serialize};
use siphasher::sip::SipHasher13;
use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher};
use std::net::IpAddr;

/// An hour in milliseconds.
const HOUR_MS: i64 = 3_600_000;

const PRECISION: u8 = 12;

/// The first byte of a stored pane: the form of what follows.
const FORM: u8 = 1;

/// The hour in which an instant lies, within what databases can say.
pub(crate) fn hour_of(ms: EpochMs) -> EpochMs {
    clamp(ms).div_euclid(HOUR_MS) * HOUR_MS
}

/// Passes on values that are hashed already. Without state: a builder with a random state would
/// make panes of two processes unmergeable without anybody noticing.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
struct Hashed;

#[derive(Debug, Default)]
struct HashedValue(u64);

impl BuildHasher for Hashed {
    type Hasher = HashedValue;

    fn build_hasher(&self) -> HashedValue {
        HashedValue(0)
    }
}

impl Hasher for HashedValue {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only u64 values are added, which come through write_u64");
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// The secret key of the panes' hash.
#[derive(Clone, Copy)]
pub(crate) struct PaneHash([u8; 16]);

impl std::fmt::Debug for PaneHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PaneHash(secret)")
    }
}

impl PaneHash {
    /// A fresh key, for a store that has none yet.
    pub fn fresh_key() -> Result<[u8; 16], StoreError> {
        let mut key = [0; 16];
        getrandom::fill(&mut key).map_err(|e| {
            StoreError::Database(sqlx::Error::Io(std::io::Error::other(e.to_string())))
        })?;
        Ok(key)
    }

    /// The hash under the key that the store keeps.
    pub fn from_stored(key: &[u8]) -> Result<Self, StoreError> {
        let bad = |_| corrupt("pane key", &"expected 16 bytes");
        Ok(Self(key.try_into().map_err(bad)?))
    }

    fn of(&self, what: DistinctOf, value: &[u8]) -> u64 {
        let mut hasher = SipHasher13::new_with_key(&self.0);
        hasher.write_u8(what as u8);
        hasher.write(value);
        hasher.finish()
    }
}

/// The values of one pane.
pub(crate) struct Pane(HyperLogLogPlus<u64, Hashed>);

impl Pane {
    /// A pane without values.
    pub fn new() -> Self {
        Self(HyperLogLogPlus::new(PRECISION, Hashed).expect("12 is a precision from 4 to 18"))
    }

    /// Takes in every value of another pane.
    pub fn merge(&mut self, other: &Self) {
        self.0
            .merge(&other.0)
            .expect("every pane has the same precision");
    }

    /// The estimated number of distinct values.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an estimate is positive and far below 2^53"
    )]
    pub fn count(&mut self) -> u64 {
        self.0.count().round() as u64
    }

    /// The estimated number of distinct values over stored panes.
    pub fn union(stored: &[Vec<u8>]) -> Result<u64, StoreError> {
        let mut all = Self::new();
        for bytes in stored {
            all.merge(&Self::decode(bytes)?);
        }
        Ok(all.count())
    }

    /// The pane as bytes: the same values give the same bytes while there are few of them.
    pub fn encode(&mut self) -> Result<Vec<u8>, StoreError> {
        // Counting moves what was added last into the compact form.
        self.0.count();
        postcard::to_extend(&self.0, vec![FORM]).map_err(|e| corrupt("pane", &e))
    }

    /// The pane from its bytes; none at all is an empty one.
    pub fn decode(bytes: &[u8]) -> Result<Self, StoreError> {
        match bytes.split_first() {
            None => Ok(Self::new()),
            Some((&FORM, rest)) => postcard::from_bytes(rest)
                .map(Self)
                .map_err(|e| corrupt("pane", &e)),
            Some(_) => Err(corrupt(
                "pane",
                &"its form is unknown: a newer version wrote it",
            )),
        }
    }
}

/// Which pane: ordered as panes are locked, so that two writers never wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PaneKey {
    pub whose: String,
    pub what: &'static str,
    pub hour_ms: EpochMs,
}

impl DistinctOf {
    /// Its name in the store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Addresses => "addresses",
            Self::Devices => "devices",
        }
    }
}

impl DistinctBy {
    /// Its name in the store.
    pub(crate) fn stored(&self) -> String {
        match self {
            Self::Tenant(tenant) => format!("tenant:{tenant}"),
            Self::Asn(asn) => format!("asn:{asn}"),
        }
    }
}

/// Whose values, without a copy of the name.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Whose<'a> {
    Tenant(&'a str),
    Asn(u32),
}

/// The panes of a batch, grouped in memory first: one change a pane, however many values it gets.
pub(crate) fn of_batch(outcomes: &[Outcome], hash: &PaneHash) -> BTreeMap<PaneKey, Pane> {
    let mut panes: AHashMap<(Whose, DistinctOf, EpochMs), Pane> = AHashMap::new();
    for outcome in outcomes {
        let context = &outcome.context;
        let hour_ms = hour_of(outcome.verdict.time_ms);
        let tenant = Some(Whose::Tenant(&outcome.verdict.tenant));
        for (what, value) in values(context, hash).into_iter().flatten() {
            for whose in [tenant, context.asn.map(Whose::Asn)].into_iter().flatten() {
                let key = (whose, what, hour_ms);
                let pane = panes.entry(key).or_insert_with(Pane::new);
                pane.0.insert(&value);
            }
        }
    }
    let named = panes.into_iter().map(|((whose, what, hour_ms), pane)| {
        let whose = match whose {
            Whose::Tenant(name) => DistinctBy::Tenant(name.to_owned()).stored(),
            Whose::Asn(number) => DistinctBy::Asn(number).stored(),
        };
        let what = what.name();
        let key = PaneKey {
            whose,
            what,
            hour_ms,
        };
        (key, pane)
    });
    named.collect()
}

/// What an attempt shows of a user, an address and a device.
fn values(context: &Context, hash: &PaneHash) -> [Option<(DistinctOf, u64)>; 3] {
    let address = match context.ip.to_canonical() {
        IpAddr::V4(ip) => hash.of(DistinctOf::Addresses, &ip.octets()),
        IpAddr::V6(ip) => hash.of(DistinctOf::Addresses, &ip.octets()),
    };
    let keyed = |what, key: Option<u64>| key.map(|key| (what, hash.of(what, &key.to_be_bytes())));
    [
        Some((DistinctOf::Addresses, address)),
        keyed(DistinctOf::Users, context.user_key),
        keyed(DistinctOf::Devices, context.device_key),
    ]
}

/// A pane as it is stored: whose, what, hour and bytes.
pub(crate) type StoredPane = (String, String, EpochMs, Vec<u8>);

/// Merges these panes into what is stored of them; answers the panes that grew, with their new bytes, in the order of
/// their keys.
pub(crate) fn merged(
    panes: BTreeMap<PaneKey, Pane>,
    stored: &[StoredPane],
) -> Result<Vec<(PaneKey, Vec<u8>)>, StoreError> {
    let before: HashMap<_, _> = stored
        .iter()
        .map(|(whose, what, hour_ms, bytes)| ((whose.as_str(), what.as_str(), *hour_ms), bytes))
        .collect();
    let mut grown = Vec::new();
    for (key, mut pane) in panes {
        let before = before.get(&(key.whose.as_str(), key.what, key.hour_ms));
        if let Some(before) = before {
            // The few values of a batch into what may be thousands, never the other way round.
            let mut all = Pane::decode(before)?;
            all.merge(&pane);
            pane = all;
        }
        let bytes = pane.encode()?;
        if before.is_none_or(|before| **before != bytes) {
            grown.push((key, bytes));
        }
    }
    Ok(grown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pane(values: std::ops::Range<u64>) -> Pane {
        let hash = PaneHash(*b"a fixed test key");
        let mut pane = Pane::new();
        for value in values {
            pane.0
                .insert(&hash.of(DistinctOf::Users, &value.to_be_bytes()));
        }
        pane
    }

    #[test]
    fn the_estimate_stays_within_three_percent_from_one_to_a_million() {
        for count in [1, 10, 100, 1_000, 3_000, 10_000, 100_000, 1_000_000] {
            let estimate = pane(0..count).count();
            assert!(
                estimate.abs_diff(count) * 100 <= count * 3,
                "{count}: {estimate}"
            );
        }
    }

    #[test]
    fn a_merge_counts_what_is_in_both_once_in_every_mix_of_forms() {
        for (a, b, union) in [
            (0..800, 400..1_200, 1_200),
            (0..50, 0..9_000, 9_000),
            (0..9_000, 8_990..9_020, 9_020),
            (0..20_000, 10_000..30_000, 30_000),
        ] {
            let mut left = Pane::decode(&pane(a).encode().unwrap()).unwrap();
            let right = Pane::decode(&pane(b).encode().unwrap()).unwrap();
            left.merge(&right);
            left.merge(&right);
            let estimate = left.count();
            assert!(
                estimate.abs_diff(union) * 100 <= union * 3,
                "{union}: {estimate}"
            );
        }
    }

    #[test]
    fn a_pane_stays_below_five_kilobytes_and_the_same_values_give_the_same_bytes() {
        for count in [0, 1, 500, 100_000] {
            let mut filled = pane(0..count);
            let bytes = filled.encode().unwrap();
            assert!(bytes.len() < 5_000, "{count}: {}", bytes.len());
            let mut again = Pane::decode(&bytes).unwrap();
            again.merge(&filled);
            assert_eq!(again.encode().unwrap(), bytes, "{count}");
        }
    }

    #[test]
    fn bytes_of_an_unknown_form_are_refused() {
        assert!(Pane::decode(&[9, 1, 2]).is_err());
        assert!(Pane::decode(&[FORM, 1, 2]).is_err());
    }
}
