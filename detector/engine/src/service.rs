//! The Service room: what is about everybody, merged. One, not sharded.
//!
//! Today it keeps who failed from each ASN. What it knows of tick t is in force from t + D, for
//! every room; lists and the policy are facts of the same kind, in force from the moment that an
//! attempt's watermark reaches them.

use crate::delta::{Change, Link};
use crate::entity::{LinkFacts, Links, SavedLinks};
use crate::state::budget::Budget;
use credsieve_models::KeyHasher;
use credsieve_models::key::Domain;
use credsieve_models::lists::Lists;
use std::sync::Arc;

/// The room.
pub struct Service {
    hasher: KeyHasher,
    asns: Links,
    lists: Arc<Lists>,
}

/// The facts in force for one attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The attempt's ASN.
    pub asn: LinkFacts,
}

impl Service {
    /// The empty room.
    #[must_use]
    pub fn new(budget: &Budget, hasher: KeyHasher) -> Self {
        Self {
            hasher,
            asns: Links::with_bytes(budget.asns),
            lists: Arc::default(),
        }
    }

    /// Applies a late write.
    pub fn apply(&mut self, change: &Change) {
        if let Change::Failed {
            link: Link::Asn,
            key,
            pane,
            sight,
        } = *change
        {
            let slot = self.slot(key);
            self.asns.failed(slot, key, pane, sight);
        }
    }

    /// The facts in force for an attempt from `asn`.
    #[must_use]
    pub fn facts(&self, asn: Option<u32>, pane: i64) -> Facts {
        Facts {
            asn: asn.map_or_else(LinkFacts::default, |asn| {
                let key = u64::from(asn);
                self.asns.facts(self.slot(key), key, pane)
            }),
        }
    }

    /// The lists in force.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// Puts other lists in force.
    pub fn set_lists(&mut self, lists: Arc<Lists>) {
        self.lists = lists;
    }

    /// (bytes, live entities, evicted).
    #[must_use]
    pub fn usage(&self) -> (usize, u64, u64) {
        self.asns.usage()
    }

    pub(crate) fn saved(&self) -> &Links {
        &self.asns
    }

    pub(crate) fn adopt(&mut self, saved: SavedLinks) -> bool {
        self.asns.adopt(saved)
    }

    fn slot(&self, key: u64) -> u64 {
        self.hasher.hash_words(Domain::Slot, key, 1)
    }
}
