//! Tables: records of one dimension in sets of eight, fixed in size for ever.
//!
//! A record lives in the set that its hash picks. A full set gives up its least valuable record:
//! the one with the lowest worth, then the oldest. Nothing is ever resized, so the budget holds
//! whatever comes in.

use serde::{Deserialize, Serialize};

/// Records of a set.
pub const WAYS: usize = 8;

/// What a table needs to know of its records.
pub trait Record: Copy + Default {
    /// The key.
    fn key(&self) -> u64;
    /// Whether the slot is in use.
    fn is_live(&self) -> bool;
    /// What makes it worth keeping at `now_s`; the record with the lowest goes first. Worth that
    /// has passed must not count: else old attacks would fill the table for ever.
    fn worth(&self, now_s: u32) -> u32;
    /// When it was last touched, in seconds; between equals the oldest goes.
    fn last_seen_s(&self) -> u32;
}

/// A fixed, set-associative table.
#[derive(Clone)]
pub struct Table<R> {
    slots: Vec<R>,
    live: u64,
    evicted: u64,
}

impl<R: Record> Table<R> {
    /// A table of at most `bytes` (and at least one set).
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        let sets = (bytes / (WAYS * size_of::<R>())).max(1);
        Self {
            slots: vec![R::default(); sets * WAYS],
            live: 0,
            evicted: 0,
        }
    }

    /// The record of `key`, whose hash is `hash`.
    #[must_use]
    pub fn get(&self, hash: u64, key: u64) -> Option<&R> {
        let start = self.set_of(hash);
        self.slots[start..start + WAYS]
            .iter()
            .find(|r| r.is_live() && r.key() == key)
    }

    /// The record of `key` for writing, if there is one.
    pub fn get_mut(&mut self, hash: u64, key: u64) -> Option<&mut R> {
        let start = self.set_of(hash);
        self.slots[start..start + WAYS]
            .iter_mut()
            .find(|r| r.is_live() && r.key() == key)
    }

    /// The record of `key` for writing; where there is none, `fresh` takes an empty slot or that of
    /// the least valuable record of the set.
    ///
    /// # Panics
    /// Never: a set has ways.
    pub fn get_or_insert(&mut self, hash: u64, key: u64, fresh: R) -> &mut R {
        let (start, now_s) = (self.set_of(hash), fresh.last_seen_s());
        let set = &self.slots[start..start + WAYS];
        let found = set.iter().position(|r| r.is_live() && r.key() == key);
        let slot = start
            + found.unwrap_or_else(|| {
                let victim = (0..WAYS)
                    .min_by_key(|&way| {
                        let r = &set[way];
                        (r.is_live(), r.worth(now_s), r.last_seen_s())
                    })
                    .expect("a set has ways");
                if set[victim].is_live() {
                    self.evicted += 1;
                } else {
                    self.live += 1;
                }
                victim
            });
        if found.is_none() {
            self.slots[slot] = fresh;
        }
        &mut self.slots[slot]
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
        self.slots.len() * size_of::<R>()
    }

    fn set_of(&self, hash: u64) -> usize {
        let sets = (self.slots.len() / WAYS) as u64;
        // The lower half: the upper one has picked the shard already.
        let set = ((hash & 0xffff_ffff) * sets) >> 32;
        usize::try_from(set).expect("smaller than the number of sets") * WAYS
    }
}

/// Only live records are written, with their places.
#[derive(Serialize, Deserialize)]
pub(crate) struct SparseTable<R> {
    len: usize,
    evicted: u64,
    records: Vec<(u32, R)>,
}

impl<R: Record + Serialize> Serialize for Table<R> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let live = self.slots.iter().enumerate().filter(|(_, r)| r.is_live());
        SparseTable {
            len: self.slots.len(),
            evicted: self.evicted,
            records: live
                .filter_map(|(index, r)| Some((u32::try_from(index).ok()?, *r)))
                .collect(),
        }
        .serialize(out)
    }
}

impl<R: Record> Table<R> {
    /// Takes over a table that was read back, if it has the size of this one.
    pub(crate) fn adopt(&mut self, read: SparseTable<R>) -> bool {
        let len = self.slots.len();
        if read.len != len || read.records.iter().any(|(i, _)| *i as usize >= len) {
            return false;
        }
        self.live = read.records.len() as u64;
        self.evicted = read.evicted;
        for (index, record) in read.records {
            self.slots[index as usize] = record;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Default, Debug, PartialEq)]
    struct Thing {
        key: u64,
        worth: u32,
        seen: u32,
    }
    impl Record for Thing {
        fn key(&self) -> u64 {
            self.key
        }
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
        table.get_or_insert(0, key, Thing { key, worth, seen });
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
