//! Chance, from a seed: the same seed gives the same bytes on every machine, for ever.
//!
//! Own code and not a crate, because a crate may change its stream between versions. Integers only,
//! because a libm may round differently. xoshiro256++, seeded by splitmix64.

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Rng([u64; 4]);

/// Quantiles of the exponential distribution of mean 1,000, in 32 equal steps; the tail is cut.
const EXPONENTIAL: [u64; 33] = [
    0, 32, 65, 98, 134, 170, 208, 247, 288, 330, 375, 421, 470, 521, 575, 633, 693, 758, 827, 901,
    981, 1068, 1163, 1269, 1386, 1520, 1674, 1856, 2079, 2367, 2773, 3466, 6000,
];

/// A number that depends on its three arguments alone: what a person, a device or a name *is*.
#[must_use]
pub fn hash(seed: u64, kind: u64, index: u64) -> u64 {
    let mut state = seed ^ kind.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let first = splitmix(&mut state) ^ index.wrapping_mul(0xd1b5_4a32_d192_ed03);
    state = first;
    splitmix(&mut state)
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Rng {
    /// The stream of that seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| splitmix(&mut state)))
    }

    /// The next 64 bits.
    #[expect(
        clippy::should_implement_trait,
        reason = "a stream of numbers that never ends needs no Option"
    )]
    pub fn next(&mut self) -> u64 {
        let [a, b, c, d] = self.0;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.0 = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A number below `limit`, which is at least 1.
    pub fn below(&mut self, limit: u64) -> u64 {
        let product = u128::from(self.next()) * u128::from(limit.max(1));
        (product >> 64) as u64
    }

    /// A 32-bit number below `limit`, which is at least 1.
    pub fn below_u32(&mut self, limit: u32) -> u32 {
        let product = (self.next() >> 32) * u64::from(limit.max(1));
        (product >> 32) as u32
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// True in `per_10_000` of 10,000 cases.
    pub fn chance(&mut self, per_10_000: u64) -> bool {
        self.below(10_000) < per_10_000
    }

    /// A waiting time of that mean, as between independent arrivals.
    pub fn gap(&mut self, mean: u64) -> u64 {
        let bits = self.next();
        let step = (bits >> 59) as usize;
        let (low, high) = (EXPONENTIAL[step], EXPONENTIAL[step + 1]);
        let thousandths = low + (((high - low) * (bits & 0xffff)) >> 16);
        mean.saturating_mul(thousandths) / 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_numbers_for_ever() {
        let mut rng = Rng::new(7);
        let first: Vec<u64> = (0..3).map(|_| rng.next()).collect();
        assert_eq!(
            first,
            [
                1_021_219_803_524_665_661,
                3_174_977_118_032_272_916,
                13_236_943_193_235_544_178
            ]
        );
        assert_eq!(hash(1, 2, 3), 8_197_395_640_405_432_806);
    }

    #[test]
    fn waiting_times_have_the_mean_asked_for() {
        let mut rng = Rng::new(1);
        let sum: u64 = (0..100_000).map(|_| rng.gap(1_000)).sum();
        assert!((97_000_000..104_000_000).contains(&sum), "{sum}");
    }
}
