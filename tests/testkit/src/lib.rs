//! Real parts for tests: a private `PostgreSQL` cluster and a Kafka broker.

pub mod kafka;
pub mod postgres;
