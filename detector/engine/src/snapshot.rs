//! The snapshot: the whole state as bytes, and back.
//!
//! Shards, facts and repeats, with the sequence number and the watermark: everything that the next
//! verdict depends on, but for lists and policy, which are facts of their own. The rim adds
//! checksum, offsets and the file.

use crate::engine::{Engine, seed_check};
use crate::entity::{EntityShard, SavedEntity};
use crate::service::{SavedService, Service};
use crate::source::{SavedSource, SourceShard};
use crate::state::repeats::{RepeatIds, Repeats};
use crate::user::{SavedUser, UserShard};
use credsieve_models::policy::State;
use credsieve_models::{HashSeed, Policy};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::sync::Arc;

/// Rises with every change of the layout; another version starts empty.
pub const VERSION: u32 = 9;

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

/// What a snapshot begins with. The layout of this struct never changes.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Header {
    version: u32,
    seed_check: u64,
    memory_mib: u32,
    shards: u32,
    repeats: u32,
}

#[derive(Serialize, Deserialize)]
struct Counters {
    seq: u64,
    watermark_ms: i64,
    judged: u64,
    repeated: u64,
    late: u64,
}

#[derive(Serialize)]
struct Body<'a> {
    counters: Counters,
    repeats: Vec<RepeatIds>,
    sources: &'a [SourceShard],
    entities: &'a [EntityShard],
    users: &'a [UserShard],
    service: &'a Service,
}

#[derive(Deserialize)]
struct SavedBody {
    counters: Counters,
    repeats: Vec<RepeatIds>,
    sources: Vec<SavedSource>,
    entities: Vec<SavedEntity>,
    users: Vec<SavedUser>,
    service: SavedService,
}

impl Header {
    fn of(engine: &Engine) -> Self {
        let State {
            memory_mib,
            shards,
            repeats,
        } = engine.policy.state;
        Self {
            version: VERSION,
            seed_check: seed_check(&engine.hasher),
            memory_mib,
            shards,
            repeats,
        }
    }

    fn difference(&self, other: &Self) -> Option<&'static str> {
        if self.version != other.version {
            Some("version")
        } else if self.seed_check != other.seed_check {
            Some("hash seed")
        } else if self != other {
            Some("size")
        } else {
            None
        }
    }
}

impl Engine {
    /// Writes the whole state.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn snapshot(&self, out: &mut dyn Write) -> Result<(), postcard::Error> {
        let body = Body {
            counters: Counters {
                seq: self.seq,
                watermark_ms: self.watermark_ms,
                judged: self.judged,
                repeated: self.repeated,
                late: self.late,
            },
            repeats: self.repeats.iter().map(Repeats::ids).collect(),
            sources: &self.sources,
            entities: &self.entities,
            users: &self.users,
            service: &self.service,
        };
        postcard::to_io(&Header::of(self), &mut *out)?;
        postcard::to_io(&body, out)?;
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
        let (header, rest): (Header, &[u8]) = postcard::take_from_bytes(input)?;
        if let Some(what) = header.difference(&Header::of(&engine)) {
            return Err(RestoreError::Differs(what));
        }
        let body: SavedBody = postcard::from_bytes(rest)?;
        engine.adopt(body).ok_or(RestoreError::Differs("size"))?;
        engine.note_what_waits();
        Ok(engine)
    }

    fn adopt(&mut self, body: SavedBody) -> Option<()> {
        let fits = body.repeats.len() == self.repeats.len()
            && body.sources.len() == self.sources.len()
            && body.entities.len() == self.entities.len()
            && body.users.len() == self.users.len();
        let fits =
            fits && all(&mut self.repeats, body.repeats, |mine, saved| {
                mine.adopt(saved)
            }) && all(&mut self.sources, body.sources, |mine, saved| {
                mine.adopt(saved)
            }) && all(&mut self.entities, body.entities, |mine, saved| {
                mine.adopt(saved)
            }) && all(&mut self.users, body.users, UserShard::adopt)
                && self.service.adopt(body.service);
        self.seq = body.counters.seq;
        self.watermark_ms = body.counters.watermark_ms;
        self.judged = body.counters.judged;
        self.repeated = body.counters.repeated;
        self.late = body.counters.late;
        fits.then_some(())
    }
}

fn all<M, S>(mine: &mut [M], saved: Vec<S>, adopt: impl Fn(&mut M, S) -> bool) -> bool {
    mine.iter_mut()
        .zip(saved)
        .all(|(mine, saved)| adopt(mine, saved))
}
