//! Real parts for tests: a private `PostgreSQL` cluster, a Kafka broker and a browser.

pub mod browser;
pub mod kafka;
pub mod postgres;
pub mod tab;
