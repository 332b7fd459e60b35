//! The engine: attempts in, judgements out. Pure: no I/O, no clock, no lock, no randomness of its
//! own. Its only inputs are the sequence number, the stamped watermark, the attempt, the facts in
//! force, the policy and the seed; so the same log gives the same verdicts.
//!
//! The modules stand in the order in which an attempt meets them:
//!
//! 1. [`frame`]: the attempt as keys and flags, made once at intake, with the names that are
//!    [`near`] to its own, and the [`shape`] of it;
//! 2. [`shard`]: which part of the state it belongs to; [`now`]: its instant;
//! 3. [`source`]: the Source room: its address and networks, each a [`place`] in time →
//!    `SourceFacts`; [`rhythm`] is when names are tried there, [`rate`] are explicit limits, [`in_session`] is
//!    what came before in the producer's session, [`session`] says where a burst of flagged attempts stands;
//! 4. [`entity`]: the Entity room: its device, tool, password → `EntityFacts`;
//! 5. [`pattern`]: device, place, history and standing as one; [`service`]: the Service room: what
//!    people look like and what the attack looks like, two seconds late; lists;
//! 6. [`user`]: the User room: the user, and the verdict, from [`signals`] (facts → weighted
//!    reasons, by the [`card`]) and [`score`] (reasons → decision) → [`judgement`];
//! 7. [`delta`]: what earlier rooms learn from it, D ticks later, brought there by `late`; the `agenda`
//!    says in which shards something waits for its time; `again` scores what was let in once more.
//!
//! [`engine`] takes an attempt through them. [`state`] is what the rooms are made of, [`fixed`] the
//! integer tables, [`snapshot`] the state as bytes, [`view`] one entity for a person who looks.

pub mod frame;
pub mod near;
pub mod shape;
pub mod shard;
pub mod now;
pub mod source;
pub mod place;
pub mod rhythm;
pub mod rate;
pub mod in_session;
pub mod session;
pub mod entity;
pub mod pattern;
pub mod service;
pub mod user;
pub mod signals;
pub mod card;
pub mod score;
pub mod judgement;
pub mod delta;
mod agenda;
mod again;
mod late;
pub mod engine;
pub mod state;
pub mod fixed;
pub mod snapshot;
mod stats;
pub mod view;

pub use engine::Engine;
pub use frame::Frame;
pub use judgement::{Judgement, Observed, Revision, Words};
pub use snapshot::RestoreError;
pub use stats::EngineStats;
pub use user::device_tag;
pub use view::EntityView;
