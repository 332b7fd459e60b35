//! The words that credsieve's parts share.
//!
//! In the order in which data meets them: an [`attempt`] comes in as JSON and is either whole or a
//! typed [`Reject`]; its fields become entity [`key`]s and its [`lane`]; [`lists`] and the [`policy`] say what is
//! tolerated; a [`verdict`] goes out, a [`campaign`] gathers what belongs together, and an [`alert`]
//! wakes somebody. [`time`] holds the one format of instants, [`names`] the one
//! spelling of user names. No I/O happens here.

pub mod alert;
pub mod attempt;
pub mod campaign;
pub mod key;
pub mod lane;
pub mod lists;
pub mod names;
pub mod policy;
mod text;
pub mod time;
pub mod verdict;

pub use alert::Alert;
pub use attempt::{Attempt, Reject};
pub use campaign::Campaign;
pub use key::{Address, Dimension, Entity, HashSeed, KeyHasher, Prefix};
pub use lane::Lane;
pub use policy::Policy;
pub use verdict::{Attack, Decision, Family, LogOdds, Reason, Score, Verdict, VerdictId};
