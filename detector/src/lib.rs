//! From a Kafka message to a durable verdict.
