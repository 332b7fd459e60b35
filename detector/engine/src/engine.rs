//! The engine: the rooms in the order in which an attempt walks through them.

use crate::frame::Frame;
use crate::judgement::{Judgement, Observed};
use credsieve_models::lists::Lists;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, Decision, Reason, Score};
use credsieve_models::{Entity, HashSeed, Policy};
use std::sync::Arc;

/// What is known about an entity now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntityView {
    /// The entity.
    pub entity: Entity,
    /// Live counters: name, window, value.
    pub counters: Vec<(&'static str, &'static str, u64)>,
    /// The score of an attempt about which nothing else is known.
    pub score: Score,
    /// What such an attempt would get.
    pub decision: Decision,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// Counters of the engine, for metrics.
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
    /// Keyed deltas dropped beyond a shard's limit for a tick.
    pub deltas_dropped: u64,
    /// Bytes of state.
    pub state_bytes: u64,
    /// Live entities over all tables.
    pub live_entities: u64,
    /// Fill of the fullest pair filter, in 1/1,000.
    pub filter_fill_permille: u32,
}

/// The state cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// It was made with another seed, size or version.
    #[error("the state was made with another {0}")]
    Differs(&'static str),
    /// The bytes are not a state.
    #[error("the state cannot be read: {0}")]
    Unreadable(#[from] postcard::Error),
}

/// The engine.
pub struct Engine {
    policy: Arc<Policy>,
    watermark_ms: EpochMs,
    stats: EngineStats,
}

impl Engine {
    /// An engine with empty state. The policy fixes the size of the state.
    #[must_use]
    pub fn new(policy: Arc<Policy>, _seed: HashSeed) -> Self {
        Self {
            policy,
            watermark_ms: 0,
            stats: EngineStats::default(),
        }
    }

    /// The policy in force.
    #[must_use]
    pub fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// Puts other lists in force.
    pub fn set_lists(&mut self, _lists: Arc<Lists>) {}

    /// Judges attempts in their order; one outcome each is appended to `out`.
    pub fn observe(&mut self, frames: &[Frame], out: &mut Vec<Observed>) {
        for frame in frames {
            self.watermark_ms = self.watermark_ms.max(frame.time_ms.min(frame.clock_ms));
            self.stats.attempts += 1;
            out.push(Observed::Judged(self.peek(frame, self.watermark_ms)));
        }
    }

    /// What an attempt would get now, without changing anything. `now_ms` is the engine's time: the
    /// watermark plus the real time since it moved.
    #[must_use]
    pub fn peek(&self, _frame: &Frame, _now_ms: EpochMs) -> Judgement {
        Judgement {
            decision: Decision::Allow,
            score: Score(0),
            attack: Attack::None,
            reasons: Vec::new(),
            session_id: None,
            expires_at_ms: None,
            late: false,
        }
    }

    /// What is known about an entity; `None` where nothing is.
    #[must_use]
    pub fn entity(&self, _entity: Entity, _now_ms: EpochMs) -> Option<EntityView> {
        None
    }

    /// The event time reached.
    #[must_use]
    pub fn watermark_ms(&self) -> EpochMs {
        self.watermark_ms
    }

    /// Counters for metrics.
    #[must_use]
    pub fn stats(&self) -> EngineStats {
        self.stats
    }

    /// Writes the whole state.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn snapshot(&self, out: &mut dyn std::io::Write) -> Result<(), postcard::Error> {
        let _ = postcard::to_io(&self.watermark_ms, out)?;
        Ok(())
    }

    /// Reads a state back into an engine of the same policy sizes and seed.
    ///
    /// # Errors
    /// When the bytes are no state, or one of another seed, size or version.
    pub fn restore(
        policy: Arc<Policy>,
        seed: HashSeed,
        input: &[u8],
    ) -> Result<Self, RestoreError> {
        let mut engine = Self::new(policy, seed);
        engine.watermark_ms = postcard::from_bytes(input)?;
        Ok(engine)
    }
}
