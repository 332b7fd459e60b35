//! Counters of the engine, for metrics.

use crate::engine::Engine;

/// What the engine has counted, and how full it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EngineStats {
    /// Attempts judged.
    pub attempts: u64,
    /// Attempts recognised as repeats.
    pub repeats: u64,
    /// Attempts older than the windows.
    pub late: u64,
    /// Entities evicted from full sets.
    pub evicted: u64,
    /// Late writes dropped beyond a shard's limit for a tick.
    pub deltas_dropped: u64,
    /// Bytes of state.
    pub state_bytes: u64,
    /// Live entities over all tables.
    pub live_entities: u64,
    /// Fill of the fullest pair filter, in 1/1,000.
    pub filter_fill_permille: u32,
}

impl EngineStats {
    /// What was counted after `before`; how full it is stays.
    #[must_use]
    pub fn since(self, before: &Self) -> Self {
        Self {
            attempts: self.attempts.saturating_sub(before.attempts),
            repeats: self.repeats.saturating_sub(before.repeats),
            late: self.late.saturating_sub(before.late),
            evicted: self.evicted.saturating_sub(before.evicted),
            deltas_dropped: self.deltas_dropped.saturating_sub(before.deltas_dropped),
            ..self
        }
    }
}

impl Engine {
    /// Counters for metrics.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        let mut stats = EngineStats {
            attempts: self.judged,
            repeats: self.repeated,
            late: self.late,
            ..EngineStats::default()
        };
        let mut add = |(bytes, live, evicted): (usize, u64, u64)| {
            stats.state_bytes += bytes as u64;
            stats.live_entities += live;
            stats.evicted += evicted;
        };
        let (mut fill, mut dropped) = (0, 0);
        for shard in &self.sources {
            let (bytes, live, evicted, shard_fill) = shard.usage();
            add((bytes, live, evicted));
            fill = fill.max(shard_fill);
        }
        for shard in &self.entities {
            add(shard.usage());
        }
        for shard in &self.users {
            let (bytes, live, evicted, shard_fill, shard_dropped) = shard.usage();
            add((bytes, live, evicted));
            fill = fill.max(shard_fill);
            dropped += shard_dropped;
        }
        add(self.service.usage());
        for shard in &self.repeats {
            add((shard.bytes(), 0, 0));
        }
        stats.filter_fill_permille = fill;
        stats.deltas_dropped = dropped;
        stats
    }
}
