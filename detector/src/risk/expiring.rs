//! Expiring: a bounded map by entity out of which the entry goes first that expires first.

use ahash::AHashMap;
use credsieve_models::Entity;
use credsieve_models::time::EpochMs;
use std::collections::BTreeSet;

/// The map. `order` holds the same entities as `entries`, by expiry.
#[derive(Debug)]
pub(crate) struct Expiring<V> {
    capacity: usize,
    entries: AHashMap<Entity, (EpochMs, V)>,
    order: BTreeSet<(EpochMs, Entity)>,
}

impl<V> Expiring<V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: AHashMap::new(),
            order: BTreeSet::new(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn get(&self, entity: Entity) -> Option<&V> {
        self.entries.get(&entity).map(|(_, value)| value)
    }

    /// Puts an entry in. Answers who had to leave: the one that expires first, which may be the new
    /// one itself.
    pub(crate) fn insert(
        &mut self,
        entity: Entity,
        expires_at_ms: EpochMs,
        value: V,
    ) -> Option<Entity> {
        if let Some((before, _)) = self.entries.insert(entity, (expires_at_ms, value)) {
            self.order.remove(&(before, entity));
        }
        self.order.insert((expires_at_ms, entity));
        if self.entries.len() <= self.capacity {
            return None;
        }
        let (_, evicted) = self.order.pop_first()?;
        self.entries.remove(&evicted);
        Some(evicted)
    }

    pub(crate) fn remove(&mut self, entity: Entity) {
        if let Some((expires_at_ms, _)) = self.entries.remove(&entity) {
            self.order.remove(&(expires_at_ms, entity));
        }
    }

    /// Takes one entry out that has expired at `now_ms`.
    pub(crate) fn pop_expired(&mut self, now_ms: EpochMs) -> Option<Entity> {
        let &(expires_at_ms, entity) = self.order.first()?;
        if expires_at_ms > now_ms {
            return None;
        }
        self.remove(entity);
        Some(entity)
    }
}
