//! The assignment: the partitions that are ours now, each with its ledger, and the records that
//! were read but not yet handed on.
//!
//! Pure like the ledger. Each (re)assignment of a partition has an epoch of its own; outcomes that
//! carry an older one are counted and ignored, since another member may have read those records
//! since.

use super::ledger::{Ledger, LedgerError};
use crate::batch::{Done, Record};
use std::collections::{BTreeMap, VecDeque};

/// The most records that travel together: enough to share the cost of a write, few enough that a
/// question to the engine waits about a millisecond at most.
pub const BATCH_RECORDS: usize = 512;
/// The most payload bytes that travel together, one record aside.
pub const BATCH_BYTES: usize = 1024 * 1024;
/// Held records at which nothing more is read, and after a while the intake pauses. It resumes when none is left: a
/// pause throws away what librdkafka has read ahead, so it should be rare and worth it.
const FULL_RECORDS: usize = 4 * BATCH_RECORDS;
/// … or held bytes.
const FULL_BYTES: usize = 4 * BATCH_BYTES;

/// The partitions that are ours.
#[derive(Default)]
pub struct Assignment {
    epoch: u64,
    partitions: BTreeMap<i32, Partition>,
    held: VecDeque<Record>,
    held_bytes: usize,
}

struct Partition {
    epoch: u64,
    ledger: Ledger,
    /// What the group's committed offset was when last we knew.
    committed: Option<i64>,
}

impl Assignment {
    /// Partitions become ours, each with the group's committed offset.
    pub fn assign(&mut self, partitions: impl IntoIterator<Item = (i32, Option<i64>)>) {
        self.epoch += 1;
        for (partition, committed) in partitions {
            let slot = Partition {
                epoch: self.epoch,
                ledger: Ledger::new(committed),
                committed,
            };
            self.partitions.insert(partition, slot);
        }
    }

    /// Partitions are about to be taken away: what was not handed on is forgotten, its next reader
    /// reads it again.
    pub fn forget_held(&mut self, partitions: &[i32]) {
        self.held
            .retain(|record| !partitions.contains(&record.origin.partition));
        self.held_bytes = self.held.iter().map(Record::bytes).sum();
    }

    /// Partitions are no longer ours.
    pub fn revoke(&mut self, partitions: &[i32]) {
        self.forget_held(partitions);
        for partition in partitions {
            self.partitions.remove(partition);
        }
    }

    /// Takes a record that was read, unless its partition is not ours (any more).
    pub fn hold(&mut self, record: Record) {
        if self.partitions.contains_key(&record.origin.partition) {
            self.held_bytes += record.bytes();
            self.held.push_back(record);
        }
    }

    /// How many records wait to be handed on.
    pub fn held(&self) -> usize {
        self.held.len()
    }

    /// Whether nothing more should be read for now.
    pub fn is_full(&self) -> bool {
        self.held.len() >= FULL_RECORDS || self.held_bytes >= FULL_BYTES
    }

    /// The next records to hand on; from now on they are under way.
    ///
    /// # Errors
    /// When records came out of order.
    pub fn take_batch(&mut self) -> Result<(Vec<Record>, Vec<Done>), LedgerError> {
        let mut records = Vec::with_capacity(self.held.len().min(BATCH_RECORDS));
        let mut done = Vec::with_capacity(records.capacity());
        let mut bytes = 0;
        while records.len() < BATCH_RECORDS && bytes < BATCH_BYTES {
            let Some(record) = self.held.pop_front() else {
                break;
            };
            self.held_bytes -= record.bytes();
            let number = record.origin.partition;
            let Some(partition) = self.partitions.get_mut(&number) else {
                continue;
            };
            let offset = record.origin.offset;
            if partition.ledger.deliver(offset).is_err() {
                // The log itself goes back: the topic was made anew, or lost its end with a broker.
                // What follows are other records under old numbers, so the books begin again.
                tracing::warn!(
                    partition = number,
                    offset,
                    "the log goes back; following it"
                );
                self.epoch += 1;
                partition.epoch = self.epoch;
                partition.ledger = Ledger::new(None);
                partition.ledger.deliver(offset)?;
            }
            bytes += record.bytes();
            done.push(Done {
                partition: number,
                epoch: partition.epoch,
                offset,
            });
            records.push(record);
        }
        Ok((records, done))
    }

    /// Outcomes are durable. Answers how many belonged to an earlier assignment.
    ///
    /// # Errors
    /// When an outcome was never awaited, or came twice.
    pub fn complete(&mut self, done: &[Done]) -> Result<u64, LedgerError> {
        let mut stale = 0;
        for done in done {
            match self.partitions.get_mut(&done.partition) {
                Some(partition) if partition.epoch == done.epoch => {
                    partition.ledger.complete(done.offset)?;
                }
                _ => stale += 1,
            }
        }
        Ok(stale)
    }

    /// Whether nothing of these partitions is under way.
    pub fn is_settled(&self, partitions: &[i32]) -> bool {
        partitions
            .iter()
            .filter_map(|partition| self.partitions.get(partition))
            .all(|partition| partition.ledger.is_settled())
    }

    /// The partitions that are ours.
    pub fn partitions(&self) -> Vec<i32> {
        self.partitions.keys().copied().collect()
    }

    /// The offsets to commit: frontiers that the group does not know yet.
    pub fn uncommitted(&self) -> Vec<(i32, i64)> {
        self.partitions
            .iter()
            .filter(|(_, partition)| partition.ledger.frontier() != partition.committed)
            .filter_map(|(number, partition)| Some((*number, partition.ledger.frontier()?)))
            .collect()
    }

    /// The group knows these offsets now (or, with `None`, it is unsure).
    pub fn committed(&mut self, number: i32, offset: Option<i64>) {
        if let Some(partition) = self.partitions.get_mut(&number) {
            partition.committed = offset;
        }
    }

    /// The frontier of every partition that has one.
    pub fn frontiers(&self) -> BTreeMap<i32, i64> {
        self.partitions
            .iter()
            .filter_map(|(number, partition)| Some((*number, partition.ledger.frontier()?)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_store::Origin;

    fn record(partition: i32, offset: i64) -> Record {
        let origin = Origin {
            source: "logins".into(),
            partition,
            offset,
            index: 0,
        };
        Record {
            origin,
            clock_ms: 0,
            key: None,
            payload: Some(vec![b'x'; 10]),
        }
    }

    #[test]
    fn outcomes_of_an_earlier_assignment_move_no_offset_of_a_later_one() {
        let mut assignment = Assignment::default();
        assignment.assign([(0, Some(5))]);
        assignment.hold(record(0, 5));
        let (_, early) = assignment.take_batch().unwrap();
        assignment.revoke(&[0]);
        assignment.assign([(0, Some(5))]);
        assignment.hold(record(0, 5));
        let (_, late) = assignment.take_batch().unwrap();
        assert_eq!(assignment.complete(&early), Ok(1));
        assert_eq!(assignment.uncommitted(), []);
        assert_eq!(assignment.complete(&late), Ok(0));
        assert_eq!(assignment.uncommitted(), [(0, 6)]);
    }

    #[test]
    fn records_that_were_not_handed_on_leave_with_their_partition() {
        let mut assignment = Assignment::default();
        assignment.assign([(0, None), (1, None)]);
        assignment.hold(record(0, 1));
        assignment.hold(record(1, 1));
        assignment.revoke(&[0]);
        assignment.hold(record(0, 2));
        let (records, _) = assignment.take_batch().unwrap();
        assert_eq!(
            records
                .iter()
                .map(|r| r.origin.partition)
                .collect::<Vec<_>>(),
            [1]
        );
    }

    #[test]
    fn a_batch_is_limited_in_records_and_in_bytes() {
        let mut assignment = Assignment::default();
        assignment.assign([(0, None)]);
        for offset in (0..512).chain(513..600) {
            assignment.hold(record(0, offset));
        }
        assert_eq!(assignment.take_batch().unwrap().0.len(), BATCH_RECORDS);
        let mut large = record(0, 512);
        large.payload = Some(vec![b'x'; BATCH_BYTES]);
        assignment.held_bytes += large.bytes();
        assignment.held.push_front(large);
        assert_eq!(assignment.take_batch().unwrap().0.len(), 1);
    }

    #[test]
    fn a_log_that_goes_back_is_followed_and_old_outcomes_move_nothing() {
        let mut assignment = Assignment::default();
        assignment.assign([(0, Some(1_000))]);
        assignment.hold(record(0, 1_000));
        let (_, before) = assignment.take_batch().unwrap();
        assignment.hold(record(0, 0));
        assignment.hold(record(0, 1));
        let (records, after) = assignment.take_batch().unwrap();
        assert_eq!(records.len(), 2);
        assert_eq!(assignment.complete(&before), Ok(1));
        assert_eq!(assignment.uncommitted(), [(0, 0)]);
        assert_eq!(assignment.complete(&after), Ok(0));
        assert_eq!(assignment.uncommitted(), [(0, 2)]);
    }

    #[test]
    fn what_is_under_way_is_neither_settled_nor_committed() {
        let mut assignment = Assignment::default();
        assignment.assign([(3, Some(0))]);
        assignment.hold(record(3, 0));
        assert!(assignment.is_settled(&[3]));
        let (_, done) = assignment.take_batch().unwrap();
        assert!(!assignment.is_settled(&[3]));
        assignment.complete(&done).unwrap();
        assert_eq!(assignment.uncommitted(), [(3, 1)]);
        assignment.committed(3, Some(1));
        assert_eq!(assignment.uncommitted(), []);
        assert_eq!(assignment.frontiers(), BTreeMap::from([(3, 1)]));
    }
}
