//! The engine: attempts in, judgements out. Pure: no I/O, no clock, no lock, no randomness of its
//! own. Time is the attempts' own, stamped into a watermark.

pub mod engine;
pub mod frame;
pub mod judgement;
pub mod score;

pub use engine::{Engine, EngineStats, EntityView, RestoreError};
pub use frame::Frame;
pub use judgement::{Judgement, Observed};
