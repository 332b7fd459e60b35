//! Ingest: events that come over HTTP instead of Kafka.

use async_trait::async_trait;
use credsieve_models::Reject;
use credsieve_models::time::EpochMs;

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is safe: the broker has acknowledged it, or its outcome is stored.
    Accepted,
    /// It is safe, but at least a quarter of an hour older than others before it: it was held against counts of another
    /// time, and counts for little. Only where it did not go through a broker.
    Late,
    /// It is no attempt.
    Rejected(Reject),
}

/// Records could not be taken; none of the call is known to be safe, all may be sent again.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The way in is full; try again later.
    #[error("the intake is full")]
    Full,
    /// The broker or store did not confirm in time.
    #[error("not confirmed: {0}")]
    Unconfirmed(String),
}

/// A way in. Two: to the broker where Kafka is configured, else straight into the pipeline.
#[async_trait]
pub trait Ingest: Send + Sync + 'static {
    /// Takes records; answers one [`Taken`] a record, in order, once they are safe.
    /// `arrival_ms` is the records' clock.
    async fn ingest(
        &self,
        records: Vec<Vec<u8>>,
        arrival_ms: EpochMs,
    ) -> Result<Vec<Taken>, IngestError>;
}
