//! Windows: counts in two panes of event time, and a count that decays.
//!
//! A pane is `⌊time / length⌋`; it follows event time alone and is never turned early. Two panes
//! are kept, so a window covers from one to two lengths and errs high. Nothing is swept: a counter
//! is brought to its pane when it is touched.

use crate::fixed::{DECAY_STEPS, growth};
use crate::state::pairs::FirstSight;
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// Length of the short distinct window's panes.
pub const SHORT_PANE_MS: i64 = 15 * 60_000;
/// Length of the day's panes.
pub const DAY_PANE_MS: i64 = 24 * 3_600_000;
/// Length of the standing window's panes.
pub const MONTH_PANE_MS: i64 = 30 * DAY_PANE_MS;

/// How a time's pane lies to the pane that a record stands at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The same pane.
    Same,
    /// The next one: the current pane becomes the previous one.
    Next,
    /// So much later that nothing of the window is left.
    Beyond,
    /// The pane before: late, but still in the window.
    Previous,
    /// Older than the window.
    Older,
}

impl Turn {
    /// Compares two panes.
    #[must_use]
    pub fn between(stands_at: i64, pane: i64) -> Self {
        match pane - stands_at {
            0 => Self::Same,
            1 => Self::Next,
            -1 => Self::Previous,
            ..=-2 => Self::Older,
            _ => Self::Beyond,
        }
    }
}

/// A count of things in two panes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
pub struct Count {
    prev: u16,
    cur: u16,
}

impl Count {
    /// Brings the count to a later pane.
    pub fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Next => {
                *self = Self {
                    prev: self.cur,
                    cur: 0,
                }
            }
            Turn::Beyond => *self = Self::default(),
            Turn::Same | Turn::Previous | Turn::Older => {}
        }
    }

    /// Counts one, after turning.
    pub fn add(&mut self, turn: Turn) {
        match turn {
            Turn::Same | Turn::Next | Turn::Beyond => self.cur = self.cur.saturating_add(1),
            Turn::Previous => self.prev = self.prev.saturating_add(1),
            Turn::Older => {}
        }
    }

    /// The count over both panes, as of a pane that lies so to the record's.
    #[must_use]
    pub fn read(&self, turn: Turn) -> u32 {
        let mut copy = *self;
        copy.turn(turn);
        u32::from(copy.prev) + u32::from(copy.cur)
    }
}

/// A count of distinct things in two panes, fed with first sights.
///
/// Reads the union of both panes: what the previous one had, and what is new in the current one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
pub struct Distinct {
    prev: u16,
    cur: u16,
    new: u16,
}

impl Distinct {
    /// Brings the count to a later pane.
    pub fn turn(&mut self, turn: Turn) {
        match turn {
            Turn::Next => {
                *self = Self {
                    prev: self.cur,
                    cur: 0,
                    new: 0,
                }
            }
            Turn::Beyond => *self = Self::default(),
            Turn::Same | Turn::Previous | Turn::Older => {}
        }
    }

    /// Counts a sight, after turning.
    pub fn add(&mut self, turn: Turn, sight: FirstSight) {
        match turn {
            Turn::Same | Turn::Next | Turn::Beyond => {
                self.cur = self.cur.saturating_add(u16::from(sight.in_pane));
                self.new = self.new.saturating_add(u16::from(sight.in_window));
            }
            Turn::Previous => self.prev = self.prev.saturating_add(u16::from(sight.in_window)),
            Turn::Older => {}
        }
    }

    /// Takes a sight back that was counted at a pane that lies so to the record's.
    pub fn take_back(&mut self, turn: Turn, sight: FirstSight) {
        match turn {
            Turn::Same => {
                self.cur = self.cur.saturating_sub(u16::from(sight.in_pane));
                self.new = self.new.saturating_sub(u16::from(sight.in_window));
            }
            Turn::Previous => self.prev = self.prev.saturating_sub(u16::from(sight.in_window)),
            Turn::Next | Turn::Beyond | Turn::Older => {}
        }
    }

    /// The distinct things in the window, as of a pane that lies so to the record's.
    #[must_use]
    pub fn read(&self, turn: Turn) -> u32 {
        let mut copy = *self;
        copy.turn(turn);
        u32::from(copy.prev) + u32::from(copy.new)
    }

    /// The distinct things of the current pane.
    #[must_use]
    pub fn current(&self) -> u32 {
        u32::from(self.cur)
    }
}

/// A count that halves each half-life, in 1/1,024.
///
/// The value is relative to the start of its half-life (its epoch): an event adds more the later
/// in the epoch it comes, and the sum is halved when the epoch ends. The epoch is kept by the
/// record, since counters of one record share it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
pub struct Decayed(u32);

const ONE: u64 = 1 << 10;

impl Decayed {
    /// Brings the value forward by so many half-lives.
    pub fn age(&mut self, epochs: i64) {
        let shift = u32::try_from(epochs.max(0)).unwrap_or(u32::MAX);
        self.0 = self.0.checked_shr(shift).unwrap_or(0);
    }

    /// Counts one at a step that lies `epochs_ago` epochs before the record's.
    pub fn add(&mut self, step: i64, epochs_ago: i64) {
        let weight = (ONE * growth(step)) >> 15;
        let shift = u32::try_from(epochs_ago.max(0)).unwrap_or(u32::MAX);
        let weight = weight.checked_shr(shift).unwrap_or(0);
        self.0 = self
            .0
            .saturating_add(u32::try_from(weight).unwrap_or(u32::MAX));
    }

    /// The count as of a step that lies `epochs_later` epochs after the record's, rounded.
    #[must_use]
    pub fn read(&self, step: i64, epochs_later: i64) -> u32 {
        let mut copy = *self;
        copy.age(epochs_later);
        // Of most places nothing is left, and to divide takes long.
        if copy.0 == 0 {
            return 0;
        }
        let denominator = ONE * growth(step);
        let value = ((u64::from(copy.0) << 15) + denominator / 2) / denominator;
        u32::try_from(value).unwrap_or(u32::MAX)
    }

    /// The epoch of a step.
    #[must_use]
    pub fn epoch(step: i64) -> i64 {
        step.div_euclid(DECAY_STEPS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: FirstSight = FirstSight {
        in_pane: true,
        in_window: true,
    };
    const AGAIN_IN_NEXT_PANE: FirstSight = FirstSight {
        in_pane: true,
        in_window: false,
    };

    #[test]
    fn the_union_counts_a_partner_of_both_panes_once() {
        let mut users = Distinct::default();
        users.add(Turn::Same, NEW);
        users.add(Turn::Same, NEW);
        users.turn(Turn::Next);
        users.add(Turn::Next, AGAIN_IN_NEXT_PANE);
        users.add(Turn::Same, NEW);
        assert_eq!(users.read(Turn::Same), 3);
        assert_eq!(users.read(Turn::Next), 2);
        assert_eq!(users.read(Turn::Beyond), 0);
    }

    #[test]
    fn late_things_count_in_the_previous_pane_and_older_ones_nowhere() {
        let mut count = Count::default();
        count.add(Turn::Same);
        count.add(Turn::Previous);
        count.add(Turn::Older);
        assert_eq!(count.read(Turn::Same), 2);
        count.turn(Turn::Next);
        assert_eq!(count.read(Turn::Same), 1);
    }

    #[test]
    fn a_burst_reads_as_it_was_and_halves_each_half_life() {
        for start in [0, 1, 299, 599] {
            let mut count = Decayed::default();
            for _ in 0..40 {
                count.add(start, 0);
            }
            assert_eq!(count.read(start, 0), 40, "at {start}");
            assert_eq!(count.read(start, 1), 20, "one half-life after {start}");
            assert_eq!(count.read(start, 40), 0);
        }
    }

    #[test]
    fn a_late_event_weighs_what_is_left_of_it() {
        let mut count = Decayed::default();
        for _ in 0..10 {
            count.add(0, 1);
        }
        assert_eq!(count.read(0, 0), 5);
    }
}
