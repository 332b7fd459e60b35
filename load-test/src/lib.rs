//! Labelled traffic, and verdicts held against it.
//!
//! In the order in which data flows: [`people`] (whose [`calendar`] says when) and [`attacks`] plan
//! attempts with [`names`], [`networks`] and [`agents`] that they share; the [`mix`], which a file
//! describes, merges them in the order of time; one writer turns each [`plan`] into a line of native
//! JSON with its label; [`drive`] sends them to a file, to HTTP or to Kafka and measures; [`labels`]
//! keeps the truth; [`evaluate`] holds verdicts against it and [`report`] prints what came out.
//! [`leaks`] lists what gives an attack away. What is read may be [`packed`].
//!
//! Two invariants. The same seed gives the same bytes for ever ([`rng`]). And the traffic does not
//! give itself away: no single value of a field tells the attack from the people (tested).

pub mod agents;
pub mod attacks;
pub mod calendar;
mod digits;
pub mod drive;
pub mod evaluate;
pub mod labels;
pub mod leaks;
pub mod mix;
pub mod names;
pub mod networks;
pub mod packed;
pub mod people;
pub mod plan;
pub mod report;
pub mod rng;
mod writer;

pub use drive::measured::Driven;
pub use drive::{LoadTestArgs, measure, run};
pub use evaluate::{EvaluateArgs, run_evaluate};
pub use mix::{Mix, MixFile, Settings};
pub use packed::unpacked;
pub use plan::Labelled;
pub use report::say;
