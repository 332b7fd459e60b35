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
    pub fn add(&mut self, at_s: i64, amount: u64) {
        let step = Self::step_of(at_s).max(self.step);
        self.sum = faded(self.sum, i64::from(step - self.step)).saturating_add(amount);
        self.step = step;
    }

    /// Takes from the sum; never below nothing.
    pub fn take(&mut self, at_s: i64, amount: u64) {
        self.add(at_s, 0);
        self.sum = self.sum.saturating_sub(amount);
    }

    /// The sum at an instant.
    #[must_use]
    #[inline]
    pub fn read(&self, at_s: i64) -> u64 {
        if self.sum == 0 {
            return 0;
        }
        let step = Self::step_of(at_s).max(self.step);
        faded(self.sum, i64::from(step - self.step))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_fades_whether_or_not_it_is_touched() {
        let (mut touched, mut left) = (Fading::<600>::default(), Fading::<600>::default());
        touched.add(0, 100 * ONE);
        left.add(0, 100 * ONE);
        for at_s in 1..=600 {
            touched.add(at_s, 0);
        }
        assert_eq!(left.read(600), 50 * ONE);
        let read = touched.read(600);
        assert!((50 * ONE - 10_000..=50 * ONE).contains(&read), "{read}");
        assert_eq!(left.read(100), left.read(100));
    }

    #[test]
    fn a_long_half_life_fades_too_when_touched_often() {
        let mut sum = Fading::<86_400>::default();
        sum.add(0, ONE);
        for at_s in 0..86_400 {
            sum.add(at_s, 0);
        }
        assert!((ONE / 2 - 1_200..=ONE / 2 + 10).contains(&sum.read(86_400)));
    }
}
