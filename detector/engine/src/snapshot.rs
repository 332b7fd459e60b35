//! The snapshot: the whole state as bytes, and back.
//!
//! Shards, facts and repeats, with the sequence number and the watermark: everything that the next
//! verdict depends on, but for lists and policy, which are facts of their own. The rim adds
//! checksum, offsets and the file.

use crate::engine::{Engine, seed_check};
use crate::entity::EntityShard;
use crate::service::{SavedService, Service};
use crate::source::SourceShard;
use crate::state::repeats::{RepeatIds, Repeats};
use crate::user::UserShard;
use credsieve_models::policy::State;
use credsieve_models::{HashSeed, Policy};
use serde::{Deserialize, Serialize};
use std::io::Write;
use std::sync::Arc;
use std::sync::mpsc::sync_channel;

/// Rises with every change of the layout, or of the hashes that say where in it something lies; another version starts empty.
pub const VERSION: u32 = 17;

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
        engine.adopt(&mut Saved(rest))?;
        engine.note_what_waits();
        Ok(engine)
    }

    /// Takes over what [`Self::snapshot`] wrote, shard by shard: what was read of one makes room for the next.
    fn adopt(&mut self, saved: &mut Saved<'_>) -> Result<(), RestoreError> {
        let counters: Counters = saved.next()?;
        saved.all(&mut self.repeats, Repeats::adopt)?;
        saved.all(&mut self.sources, SourceShard::adopt)?;
        saved.all(&mut self.entities, EntityShard::adopt)?;
        saved.all(&mut self.users, UserShard::adopt)?;
        fits(self.service.adopt(saved.next::<SavedService>()?))?;
        self.seq = counters.seq;
        self.watermark_ms = counters.watermark_ms;
        self.judged = counters.judged;
        self.repeated = counters.repeated;
        self.late = counters.late;
        Ok(())
    }
}

/// What is not read back yet: the fields of a [`Body`], one after the other.
struct Saved<'a>(&'a [u8]);

impl<'a> Saved<'a> {
    fn next<T: Deserialize<'a>>(&mut self) -> Result<T, postcard::Error> {
        let (next, rest) = postcard::take_from_bytes(self.0)?;
        self.0 = rest;
        Ok(next)
    }

    /// A list that has one part for each of `mine`. The next part is read while one is adopted: half of the time the
    /// system clears memory.
    fn all<M, S: Deserialize<'a> + Send>(
        &mut self,
        mine: &mut [M],
        adopt: impl Fn(&mut M, S) -> bool,
    ) -> Result<(), RestoreError> {
        let parts = self.next::<usize>()?;
        fits(parts == mine.len())?;
        std::thread::scope(|scope| {
            let (send, received) = sync_channel(1);
            // It ends early where nobody takes what it reads any more.
            scope.spawn(move || (0..parts).try_for_each(|_| send.send(self.next::<S>())));
            for mine in mine {
                let part = received
                    .recv()
                    .map_err(|_| RestoreError::Differs("size"))??;
                fits(adopt(mine, part))?;
            }
            Ok(())
        })
    }
}

fn fits(fits: bool) -> Result<(), RestoreError> {
    fits.then_some(()).ok_or(RestoreError::Differs("size"))
}
