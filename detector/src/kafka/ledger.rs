//! The ledger: which records of one partition are under way, and up to where everything is done.
//!
//! Pure: it knows no Kafka and no clock. One ledger lives as long as one assignment of a partition
//! (its *epoch*); it is made on assign and dropped on revoke, so that outcomes of an earlier
//! assignment can never move the offset of a later one.
//!
//! Invariant: [`Ledger::frontier`] never lies beyond a record whose outcome is not durable. Offsets
//! that the broker never delivers (compacted away, control records of a transaction) are no records
//! and hold nothing up.

use std::collections::VecDeque;

/// Offsets under way in one partition.
#[derive(Debug)]
pub struct Ledger {
    /// Delivered and not yet passed by the frontier, ascending: offset, done.
    open: VecDeque<(i64, bool)>,
    /// The next offset to read once all of `open` is done; `None` before the first record.
    next: Option<i64>,
}

/// The caller broke the protocol of the ledger: a fault of ours, never of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// A record came again or out of order within one assignment.
    #[error("offset {offset} was delivered, but the next can only be {next} or later")]
    OutOfOrder {
        /// The offset delivered.
        offset: i64,
        /// The least offset possible.
        next: i64,
    },
    /// An outcome for a record that was never delivered.
    #[error("offset {0} is done, but was never delivered")]
    Unknown(i64),
    /// A second outcome for a record.
    #[error("offset {0} is done twice")]
    Twice(i64),
}

impl Ledger {
    /// An empty ledger. `committed` is the group's committed offset, where there is one.
    #[must_use]
    pub fn new(committed: Option<i64>) -> Self {
        Self {
            open: VecDeque::new(),
            next: committed,
        }
    }

    /// A record is on its way.
    ///
    /// # Errors
    /// When records come out of order.
    pub fn deliver(&mut self, offset: i64) -> Result<(), LedgerError> {
        if let Some(next) = self.next
            && offset < next
        {
            return Err(LedgerError::OutOfOrder { offset, next });
        }
        self.open.push_back((offset, false));
        self.next = Some(offset + 1);
        Ok(())
    }

    /// The outcome of a record is durable. Any order will do.
    ///
    /// # Errors
    /// When the record was never delivered, or is done already.
    pub fn complete(&mut self, offset: i64) -> Result<(), LedgerError> {
        let passed = self.frontier().is_some_and(|frontier| offset < frontier);
        let Ok(index) = self.open.binary_search_by_key(&offset, |(open, _)| *open) else {
            return Err(if passed {
                LedgerError::Twice(offset)
            } else {
                LedgerError::Unknown(offset)
            });
        };
        if std::mem::replace(&mut self.open[index].1, true) {
            return Err(LedgerError::Twice(offset));
        }
        while self.open.front().is_some_and(|(_, done)| *done) {
            self.open.pop_front();
        }
        Ok(())
    }

    /// The next offset to read, such that every record before it is done: what may be committed.
    /// `None` where nothing was ever read or committed.
    #[must_use]
    pub fn frontier(&self) -> Option<i64> {
        self.open.front().map(|(offset, _)| *offset).or(self.next)
    }

    /// Whether nothing is under way.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.open.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_frontier_waits_for_the_earliest_record_under_way() {
        let mut ledger = Ledger::new(None);
        assert_eq!(ledger.frontier(), None);
        for offset in [10, 11, 12] {
            ledger.deliver(offset).unwrap();
        }
        ledger.complete(11).unwrap();
        ledger.complete(12).unwrap();
        assert_eq!(ledger.frontier(), Some(10));
        ledger.complete(10).unwrap();
        assert_eq!(ledger.frontier(), Some(13));
        assert!(ledger.is_settled());
    }

    #[test]
    fn offsets_that_the_broker_skips_hold_nothing_up() {
        let mut ledger = Ledger::new(Some(3));
        ledger.deliver(7).unwrap();
        assert_eq!(ledger.frontier(), Some(7));
        ledger.complete(7).unwrap();
        assert_eq!(ledger.frontier(), Some(8));
    }

    #[test]
    fn a_record_is_delivered_once_and_done_once() {
        let mut ledger = Ledger::new(Some(5));
        assert_eq!(
            ledger.deliver(4),
            Err(LedgerError::OutOfOrder { offset: 4, next: 5 })
        );
        ledger.deliver(5).unwrap();
        ledger.deliver(6).unwrap();
        assert_eq!(
            ledger.deliver(6),
            Err(LedgerError::OutOfOrder { offset: 6, next: 7 })
        );
        assert_eq!(ledger.complete(9), Err(LedgerError::Unknown(9)));
        ledger.complete(6).unwrap();
        assert_eq!(ledger.complete(6), Err(LedgerError::Twice(6)));
        ledger.complete(5).unwrap();
        assert_eq!(ledger.complete(5), Err(LedgerError::Twice(5)));
    }

    proptest! {
        /// Records with gaps, delivered and done in any interleaving.
        #[test]
        fn the_frontier_never_passes_an_open_record_and_reaches_the_end(
            gaps in prop::collection::vec(0i64..4, 1..60),
            choices in prop::collection::vec(any::<prop::sample::Index>(), 120),
        ) {
            let mut offset = 0;
            let offsets: Vec<i64> = gaps.iter().map(|gap| { offset += gap + 1; offset }).collect();
            let mut waiting: VecDeque<i64> = offsets.iter().copied().collect();
            let mut open: Vec<i64> = Vec::new();
            let mut ledger = Ledger::new(None);
            for choice in choices {
                // One step: the next record is delivered, or one of the open ones is done.
                let step = choice.index(open.len() + 1);
                if step == open.len() {
                    let Some(next) = waiting.pop_front() else { continue };
                    ledger.deliver(next).unwrap();
                    open.push(next);
                } else {
                    ledger.complete(open.swap_remove(step)).unwrap();
                }
                let frontier = ledger.frontier().unwrap();
                prop_assert!(open.iter().all(|open| frontier <= *open));
                prop_assert_eq!(ledger.is_settled(), open.is_empty());
            }
            for left in waiting {
                ledger.deliver(left).unwrap();
                open.push(left);
            }
            for left in open {
                ledger.complete(left).unwrap();
            }
            prop_assert_eq!(ledger.frontier(), offsets.last().map(|last| last + 1));
        }
    }
}
