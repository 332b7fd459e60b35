//! From a Kafka message to a durable verdict.
//!
//! The modules stand in the order in which data flows through them:
//!
//! | step | file |
//! |---|---|
//! | queues, start and end of every stage | [`pipeline`], [`stages`], [`config`] |
//! | a message is read; its offset is on the books | [`kafka::consumer`], [`kafka::assignment`], [`kafka::ledger`] |
//! | or an event comes over HTTP | [`ingest`], [`kafka_ingest`] (to the broker), [`pipeline_ingest`] (without one) |
//! | it travels in a batch, with whoever waits for it | [`batch`] |
//! | bytes become an attempt and a frame, or a dead letter | [`decode`], [`enrich`], [`kafka::dead_letters`] |
//! | the engine judges it, beside questions from `/v1/decide` | [`owner`], [`handle`] |
//! | what it said becomes verdicts, revisions, campaigns and alerts | [`findings`] |
//! | the verdict becomes durable; the offset may be committed | [`sink`], [`patience`], [`kafka::producer`] |
//! | others see it | [`live`], [`risk_feed`], [`risk`] and [`replica`] |
//! | the state outlives the process | [`snapshot`], [`restore`] |
//! | lists travel to every detector | [`lists_topic`], [`follower`] |
//! | an operator looks | [`readiness`], [`metrics`] |

pub mod pipeline;
mod stages;
pub mod config;
pub mod kafka;
pub mod ingest;
pub mod kafka_ingest;
pub mod pipeline_ingest;
pub mod batch;
pub mod decode;
pub mod enrich;
pub mod owner;
pub mod handle;
pub mod findings;
pub mod sink;
pub mod patience;
pub mod live;
pub mod risk_feed;
pub mod risk;
pub mod replica;
pub mod snapshot;
pub mod restore;
pub mod lists_topic;
pub mod follower;
pub mod readiness;
pub mod metrics;

pub use config::DetectorConfig;
pub use pipeline::{Detector, DetectorError, Running};

use credsieve_models::time::EpochMs;
use std::time::{SystemTime, UNIX_EPOCH};

/// The machine's clock. The engine never sees it; it bounds what producers claim and dates verdicts.
#[must_use]
pub fn now_ms() -> EpochMs {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
