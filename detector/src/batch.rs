//! What travels through the pipeline, and who waits for it to arrive.
//!
//! A batch keeps its [`Ack`] from the first queue to the last; it is used up exactly when every
//! outcome of the batch is durable.

use crate::ingest::Taken;
use credsieve_models::time::EpochMs;
use credsieve_store::Origin;
use std::sync::mpsc::SyncSender;
use tokio::sync::oneshot;

/// A record as it came in. Its bytes are not shown: they hold names, addresses and perhaps a
/// password typed into the wrong box.
pub struct Record {
    /// Where it came from.
    pub origin: Origin,
    /// Its clock, which bounds its time.
    pub clock_ms: EpochMs,
    /// The message's key.
    pub key: Option<Vec<u8>>,
    /// The message's payload; absent in a tombstone.
    pub payload: Option<Vec<u8>>,
}

impl Record {
    /// How much of memory it takes, roughly.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let size = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        size(&self.key) + size(&self.payload)
    }
}

/// Records that travel together.
pub struct Batch {
    /// The records, those of a partition in the order of their offsets.
    pub records: Vec<Record>,
    /// Who waits for their outcomes.
    pub ack: Ack,
}

/// Who waits for the outcomes of a batch.
pub enum Ack {
    /// The ledgers of the Kafka consumer.
    Kafka {
        /// The records, as the ledgers know them.
        done: Vec<Done>,
        /// The way to the poll thread. Its room exceeds the batches that can be under way.
        completions: SyncSender<Vec<Done>>,
    },
    /// A caller of the HTTP intake.
    Http {
        /// What becomes of each record; filled in by the decoder.
        taken: Vec<Taken>,
        /// The way to the caller.
        reply: oneshot::Sender<Vec<Taken>>,
    },
}

/// One record of one assignment whose outcome is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// The partition.
    pub partition: i32,
    /// The assignment in which it was read.
    pub epoch: u64,
    /// The offset.
    pub offset: i64,
}

impl Ack {
    /// Whether somebody waits for the answer.
    #[must_use]
    pub fn is_awaited(&self) -> bool {
        matches!(self, Self::Http { .. })
    }

    /// Every outcome of the batch is durable.
    pub fn confirm(self) {
        // A receiver that is gone no longer wants to know: the consumer has ended its drain, or the
        // caller has hung up. Both may send the records again; nothing is lost or doubled.
        match self {
            Self::Kafka { done, completions } => drop(completions.send(done)),
            Self::Http { taken, reply } => drop(reply.send(taken)),
        }
    }
}
