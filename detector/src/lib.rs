//! From a Kafka message to a durable verdict.
//!
//! The modules stand in the order in which data flows through them.

pub mod enrich;
pub mod follow;
pub mod handle;
pub mod ingest;
pub mod kafka_ingest;
pub mod lists_topic;
pub mod live;
pub mod readiness;
pub mod replica;
pub mod risk;
