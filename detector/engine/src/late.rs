//! Late writes: what attempts taught two ticks ago, brought to the rooms that it is for.

use crate::delta::{Change, Lesson, Link};
use crate::engine::TOGETHER;
use crate::entity::EntityShard;
use crate::service::Service;
use crate::shard::{Route, of_hash, of_name};
use crate::source::{LateSpots, SourceShard};
use credsieve_models::KeyHasher;

/// The rooms that are written late.
pub(crate) struct Rooms<'a> {
    pub(crate) sources: &'a mut [SourceShard],
    pub(crate) entities: &'a mut [EntityShard],
    pub(crate) service: &'a mut Service,
    pub(crate) hasher: &'a KeyHasher,
    pub(crate) shards: u32,
}

impl Rooms<'_> {
    /// Applies late writes in their order, and takes them: first asks for the keys of the places where
    /// they go, then for the records.
    pub(crate) fn apply(&mut self, changes: &mut Vec<Change>) {
        let mut spots = [LateSpots::default(); TOGETHER];
        for (change, spots) in changes.iter().zip(&mut spots) {
            *spots = LateSpots::of(change, self.hasher);
            self.prefetch_keys(change, spots);
        }
        for (change, spots) in changes.iter().zip(&spots) {
            self.prefetch_records(change, spots);
        }
        for (change, spots) in changes.drain(..).zip(&spots) {
            self.write(&change, spots);
        }
    }

    /// Teaches a room what is about many.
    pub(crate) fn teach(&mut self, lesson: &Lesson) {
        match lesson {
            Lesson::Seen(seen) => self.service.learn(seen),
            Lesson::SeenAgain {
                lane,
                log_odds,
                at_s,
            } => self.service.learn_again(i64::from(*at_s), *lane, *log_odds),
            Lesson::Named { near, pane } => {
                for variant in near.keys() {
                    self.entities[of_name(variant, self.shards)].prefetch_name(variant);
                }
                for variant in near.keys() {
                    self.entities[of_name(variant, self.shards)].learn_name(variant, *pane);
                }
            }
        }
    }

    fn prefetch_keys(&self, change: &Change, spots: &LateSpots) {
        match change {
            Change::Failed { link, key, .. } | Change::Owned { link, key, .. } => {
                self.entities[of_hash(*key, self.shards)].prefetch_keys(*link, *key);
            }
            _ => {
                if let Some(shard) = self.source_of(change) {
                    self.sources[shard].prefetch_late_keys(change, spots);
                }
            }
        }
    }

    fn prefetch_records(&self, change: &Change, spots: &LateSpots) {
        if let Change::Failed { link, key, .. } | Change::Owned { link, key, .. } = change {
            self.entities[of_hash(*key, self.shards)].prefetch_record(*link, *key);
        } else if let Some(shard) = self.source_of(change) {
            self.sources[shard].prefetch_late_records(spots);
        }
    }

    /// The Source shard that a late write is for.
    fn source_of(&self, change: &Change) -> Option<usize> {
        match change {
            Change::Flagged { address, .. }
            | Change::Good { address, .. }
            | Change::Excused { address, .. }
            | Change::Stranger { address, .. } => {
                Some(Route::source_of(*address, self.hasher, self.shards))
            }
            _ => None,
        }
    }

    /// Applies a late write in the room and the shard that it is for.
    fn write(&mut self, change: &Change, spots: &LateSpots) {
        match change {
            Change::Failed {
                link: Link::Asn, ..
            } => self.service.apply(change),
            Change::Failed { key, .. } | Change::Owned { key, .. } => {
                self.entities[of_hash(*key, self.shards)].apply(change);
            }
            Change::Flagged { .. }
            | Change::Good { .. }
            | Change::Excused { .. }
            | Change::Stranger { .. } => {
                if let Some(shard) = self.source_of(change) {
                    self.sources[shard].apply(change, spots);
                }
            }
        }
    }
}
