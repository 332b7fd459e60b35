//! A sum that fades: what was added is worth half after a half-life. Lazily, in integers.

use crate::fixed::{DECAY_STEPS, faded};
use bytemuck::Zeroable;
use serde::{Deserialize, Serialize};

/// One, in the units of a fading sum.
pub const ONE: u64 = 1 << 16;

/// A sum with a half-life of `HALF_LIFE_S` seconds, in units of 2^-16. Time never runs backwards in
/// it: what comes late counts as now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Zeroable)]
pub struct Fading<const HALF_LIFE_S: i64> {
    sum: u64,
    step: u32,
}

impl<const HALF_LIFE_S: i64> Fading<HALF_LIFE_S> {
    fn step_of(at_s: i64) -> u32 {
        let step = at_s.max(0).saturating_mul(DECAY_STEPS) / HALF_LIFE_S;
        u32::try_from(step).unwrap_or(u32::MAX)
    }

    /// Adds to the sum.
    #[inline]
    pub fn add(&mut self, at_s: i64, amount: u64) {
        // It fades whether or not it is touched, and half of all that is counted is nothing.
        if amount == 0 {
            return;
        }
        let (left, step) = self.left(at_s);
        (self.sum, self.step) = (left.saturating_add(amount), step);
    }

    /// The sum at an instant.
    #[must_use]
    #[inline]
    pub fn read(&self, at_s: i64) -> u64 {
        if self.sum == 0 {
            return 0;
        }
        self.left(at_s).0
    }

    /// The sum at an instant, and its step.
    #[inline]
    fn left(&self, at_s: i64) -> (u64, u32) {
        let step = Self::step_of(at_s).max(self.step);
        (faded(self.sum, step - self.step), step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left after some seconds of `start`, of a sum that is touched each second and of one that is not.
    fn left_after<const HALF_LIFE_S: i64>(start: u64, seconds: i64) -> (u64, u64) {
        let mut sums = [Fading::<HALF_LIFE_S>::default(); 3];
        let [touched, touches, left] = &mut sums;
        touched.add(0, start);
        left.add(0, start);
        for at_s in 1..=seconds {
            touched.add(at_s, ONE);
            touches.add(at_s, ONE);
        }
        let [touched, touches, left] = sums.map(|sum| sum.read(seconds));
        (touched - touches, left)
    }

    #[test]
    fn a_sum_fades_whether_or_not_it_is_touched() {
        let (touched, left) = left_after::<600>(100 * ONE, 600);
        assert_eq!(left, 50 * ONE);
        assert!(left.abs_diff(touched) < 1_000, "{touched}");
    }

    #[test]
    fn a_long_half_life_fades_too_when_touched_often() {
        let (touched, left) = left_after::<86_400>(100 * ONE, 86_400);
        assert_eq!(left, 50 * ONE);
        assert!(left.abs_diff(touched) < 1_000, "{touched}");
    }

    #[test]
    fn what_comes_late_counts_as_now() {
        let mut sum = Fading::<600>::default();
        sum.add(600, ONE);
        sum.add(0, ONE);
        assert_eq!(sum.read(600), 2 * ONE);
        assert_eq!(sum.read(1_200), ONE);
    }
}
