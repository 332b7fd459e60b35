//! Kafka: everything that speaks to a broker, and the one piece that only counts ([`ledger`]).

pub mod admin;
pub mod assignment;
pub mod config;
pub mod consumer;
pub mod context;
pub mod dead_letters;
pub mod ledger;
pub mod producer;

pub use config::KafkaConfig;

use rdkafka::config::RDKafkaLogLevel;

/// librdkafka's own lines, at the levels of ours.
pub(crate) fn log(level: RDKafkaLogLevel, facility: &str, message: &str) {
    match level {
        RDKafkaLogLevel::Emerg
        | RDKafkaLogLevel::Alert
        | RDKafkaLogLevel::Critical
        | RDKafkaLogLevel::Error
        | RDKafkaLogLevel::Warning => tracing::warn!(facility, message, "librdkafka"),
        RDKafkaLogLevel::Notice | RDKafkaLogLevel::Info | RDKafkaLogLevel::Debug => {
            tracing::debug!(facility, message, "librdkafka");
        }
    }
}
