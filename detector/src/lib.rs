//! From a Kafka message to a durable verdict.
//!
//! The modules stand in the order in which data flows through them.

pub mod handle;
pub mod ingest;
pub mod live;
pub mod readiness;
