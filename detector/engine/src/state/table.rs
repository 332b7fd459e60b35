//! Tables: records of one dimension in sets of eight, fixed in size for ever.
//!
//! A record lives in the set that its hash picks. A full set gives up its least valuable record:
//! the one with the lowest worth, then the oldest. Nothing is ever resized, so the budget holds
//! whatever comes in.
//!
//! The keys of a set lie together in one cache line, before its records: whether a key is there is
//! known from that line, and only the record itself is fetched beside it.

use super::memory::{Mapped, prefetch};
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// Records of a set.
pub const WAYS: usize = 8;

/// What a table needs to know of its records.
pub trait Record: Copy + Zeroable {
    /// Bytes that a set of them is given of the budget.
    const SET_BYTES: usize = size_of::<Set<Self>>();
    /// Whether the slot is in use.
    fn is_live(&self) -> bool;
    /// What makes it worth keeping at `now_s`; the record with the lowest goes first. Worth that
    /// has passed must not count: else old attacks would fill the table for ever.
    fn worth(&self, now_s: u32) -> u32;
    /// When it was last touched, in seconds; between equals the oldest goes.
    fn last_seen_s(&self) -> u32;
}

/// Eight records with their keys. An empty slot has the key 0, and slots are filled from the first
/// on.
#[derive(Clone, Copy, Zeroable)]
#[repr(C, align(64))]
pub struct Set<R> {
    keys: [u64; WAYS],
    records: [R; WAYS],
}

impl<R: Record> Set<R> {
    #[inline]
    fn find(&self, key: u64) -> Option<usize> {
        let way = self.way(key);
        (way < WAYS && self.records[way].is_live()).then_some(way)
    }

    /// The first way with a key, or as many as there are ways. Without a branch: where it stands
    /// cannot be foreseen.
    #[inline]
    fn way(&self, key: u64) -> usize {
        let ways = self.keys.iter().enumerate();
        let equal = ways.fold(1 << WAYS, |equal: u32, (way, known)| {
            equal | (u32::from(*known == key) << way)
        });
        equal.trailing_zeros() as usize
    }

    /// The first empty slot.
    fn empty(&self) -> Option<usize> {
        (0..WAYS).find(|way| self.keys[*way] == 0 && !self.records[*way].is_live())
    }

    /// The least valuable record of a full set.
    fn least(&self, now_s: u32) -> usize {
        let value = |way: &usize| {
            let record = &self.records[*way];
            (record.worth(now_s), record.last_seen_s())
        };
        (0..WAYS).min_by_key(value).unwrap_or(0)
    }
}

/// A fixed, set-associative table.
pub struct Table<R> {
    sets: Mapped<Set<R>>,
    live: u64,
    evicted: u64,
}

impl<R: Record> Table<R> {
    /// A table of at most `bytes` (and at least one set).
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        Self {
            sets: Mapped::zeroed((bytes / R::SET_BYTES).max(1)),
            live: 0,
            evicted: 0,
        }
    }

    /// Asks for the keys of the set where a hash belongs, before they are needed.
    #[inline]
    pub fn prefetch_keys(&self, hash: u64) {
        prefetch(&self.sets[self.set_of(hash)].keys);
    }

    /// Asks for a record before it is needed. Its keys were asked for earlier.
    #[inline]
    pub fn prefetch_record(&self, hash: u64, key: u64) {
        let set = &self.sets[self.set_of(hash)];
        let way = set.way(key);
        if way < WAYS {
            prefetch(&set.records[way]);
        }
    }

    /// The record of `key`, whose hash is `hash`.
    #[must_use]
    pub fn get(&self, hash: u64, key: u64) -> Option<&R> {
        let set = &self.sets[self.set_of(hash)];
        set.find(key).map(|way| &set.records[way])
    }

    /// The record of `key` for writing, if there is one.
    pub fn get_mut(&mut self, hash: u64, key: u64) -> Option<&mut R> {
        let index = self.set_of(hash);
        let set = &mut self.sets[index];
        set.find(key).map(|way| &mut set.records[way])
    }

    /// The record of `key` for writing; where there is none, `fresh` takes an empty slot or that of
    /// the least valuable record of the set.
    pub fn get_or_insert(&mut self, hash: u64, key: u64, fresh: R) -> &mut R {
        let index = self.set_of(hash);
        let set = &mut self.sets[index];
        let way = set.find(key).unwrap_or_else(|| {
            let way = if let Some(empty) = set.empty() {
                self.live += 1;
                empty
            } else {
                self.evicted += 1;
                set.least(fresh.last_seen_s())
            };
            set.keys[way] = key;
            set.records[way] = fresh;
            way
        });
        &mut set.records[way]
    }

    /// Records in use.
    #[must_use]
    pub fn live(&self) -> u64 {
        self.live
    }

    /// Records given up so far.
    #[must_use]
    pub fn evicted(&self) -> u64 {
        self.evicted
    }

    /// The bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.sets.len() * size_of::<Set<R>>()
    }

    fn set_of(&self, hash: u64) -> usize {
        // The lower half: the upper one has picked the shard already.
        let set = ((hash & 0xffff_ffff) * self.sets.len() as u64) >> 32;
        usize::try_from(set).expect("smaller than the number of sets")
    }
}

/// Only live records are written, with their places and keys.
#[derive(Serialize, Deserialize)]
pub(crate) struct SparseTable<R> {
    len: usize,
    evicted: u64,
    records: Vec<(u32, u64, R)>,
}

impl<R: Record + Serialize> Serialize for Table<R> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let slots = self
            .sets
            .iter()
            .flat_map(|set| set.keys.iter().zip(&set.records));
        let live = slots.enumerate().filter(|(_, (_, r))| r.is_live());
        SparseTable {
            len: self.sets.len() * WAYS,
            evicted: self.evicted,
            records: live
                .filter_map(|(index, (key, r))| Some((u32::try_from(index).ok()?, *key, *r)))
                .collect(),
        }
        .serialize(out)
    }
}

impl<R: Record> Table<R> {
    /// Takes over a table that was read back, if it has the size of this one.
    pub(crate) fn adopt(&mut self, read: SparseTable<R>) -> bool {
        let len = self.sets.len() * WAYS;
        if read.len != len || read.records.iter().any(|(i, ..)| *i as usize >= len) {
            return false;
        }
        self.live = read.records.len() as u64;
        self.evicted = read.evicted;
        for (index, key, record) in read.records {
            let set = &mut self.sets[index as usize / WAYS];
            set.keys[index as usize % WAYS] = key;
            set.records[index as usize % WAYS] = record;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Default, Debug, PartialEq, Zeroable)]
    struct Thing {
        worth: u32,
        seen: u32,
    }
    impl Record for Thing {
        fn is_live(&self) -> bool {
            self.seen != 0
        }
        fn worth(&self, _: u32) -> u32 {
            self.worth
        }
        fn last_seen_s(&self) -> u32 {
            self.seen
        }
    }

    fn insert(table: &mut Table<Thing>, key: u64, worth: u32, seen: u32) {
        table.get_or_insert(0, key, Thing { worth, seen });
    }

    #[test]
    fn a_full_set_gives_up_the_least_worth_then_the_oldest() {
        let mut table = Table::with_bytes(0);
        for key in 0..8 {
            insert(
                &mut table,
                key,
                if key == 3 || key == 5 { 1 } else { 2 },
                10 + u32::try_from(key).unwrap(),
            );
        }
        insert(&mut table, 100, 2, 50);
        assert!(
            table.get(0, 3).is_none(),
            "the older of the two least worth goes"
        );
        insert(&mut table, 101, 2, 51);
        assert!(table.get(0, 5).is_none());
        insert(&mut table, 102, 2, 52);
        assert!(table.get(0, 0).is_none(), "then the oldest");
        assert_eq!((table.live(), table.evicted()), (8, 3));
    }

    #[test]
    fn a_record_found_again_is_the_same_one() {
        let mut table = Table::with_bytes(0);
        insert(&mut table, 7, 1, 1);
        insert(&mut table, 7, 9, 9);
        assert_eq!(table.get(0, 7).map(|t| t.worth), Some(1));
    }
}
