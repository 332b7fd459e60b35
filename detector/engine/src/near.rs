//! Names that are one slip of the finger away from another: somebody who belongs here mistyped it.
//!
//! Two names are near when they are the same but for one character left out, put in, changed or
//! swapped with its neighbour. Each name stands for itself and for all that is left of it when one
//! character goes; near names have at least one of these in common. Only the part before an `@` is
//! looked at, so a mistyped domain is near too.

use credsieve_models::HashSeed;
use serde::{Deserialize, Serialize};

/// The most variants of a name: slips beyond are not seen.
const MOST: usize = 20;
/// Shorter names are near to too many.
const SHORTEST: usize = 5;

/// The variants of a name, as keyed hashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NearNames {
    count: u8,
    hashes: [u32; MOST],
}

impl NearNames {
    /// The variants of a normalised name. The hash is keyed by the deployment's seed: nobody can aim
    /// at another's.
    #[must_use]
    pub fn of(name: &str, tenant: u64, seed: &HashSeed) -> Self {
        let local = name.split('@').next().unwrap_or_default().as_bytes();
        let mut near = Self::default();
        if local.len() < SHORTEST {
            return near;
        }
        let (first, second) = seed.halves();
        let key = (first ^ tenant) | 1;
        // Σ byte · key^place, and the same with every place one lower: a name without its n-th
        // character is the first sum up to n and the second one after n.
        let (mut power, mut lower_power) = (1u64, 0u64);
        let (mut sum, mut lower_sum) = (0u64, 0u64);
        let mut before = [(0u64, 0u64); MOST];
        for (at, byte) in local.iter().enumerate() {
            let value = u64::from(*byte) + 1;
            lower_sum = lower_sum.wrapping_add(value.wrapping_mul(lower_power));
            if at < MOST {
                before[at] = (sum, lower_sum);
            }
            sum = sum.wrapping_add(value.wrapping_mul(power));
            (lower_power, power) = (power, power.wrapping_mul(key));
        }
        near.push(mixed(sum ^ second, local.len()));
        for (sum_before, lower_until) in before.iter().take(local.len().min(MOST - 1)) {
            let rest = lower_sum.wrapping_sub(*lower_until);
            near.push(mixed(
                sum_before.wrapping_add(rest) ^ second,
                local.len() - 1,
            ));
        }
        near
    }

    fn push(&mut self, hash: u64) {
        let count = usize::from(self.count);
        if count < MOST {
            self.hashes[count] = (hash >> 32) as u32;
            self.count += 1;
        }
    }

    /// The variants, spread over 64 bits.
    pub fn keys(&self) -> impl Iterator<Item = u64> + '_ {
        self.hashes[..usize::from(self.count)].iter().map(|hash| {
            (u64::from(*hash) + 1)
                .wrapping_mul(0x9e37_79b9_7f4a_7c15)
                .rotate_left(17)
        })
    }
}

fn mixed(sum: u64, length: usize) -> u64 {
    let mut x = sum
        .wrapping_add(length as u64)
        .wrapping_mul(0xd1b5_4a32_d192_ed03);
    x ^= x >> 32;
    x.wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn near(a: &str, b: &str) -> bool {
        let keys =
            |name| -> HashSet<u64> { NearNames::of(name, 7, &HashSeed::REPLAY).keys().collect() };
        !keys(a).is_disjoint(&keys(b))
    }

    #[test]
    fn one_slip_is_near_wherever_it_happens() {
        for slip in [
            "magdalena.k",
            "agdalena.kl",
            "mgadalena.kl",
            "magdalenna.kl",
            "magdelena.kl",
            "magdalena.kll",
            "magdalena.kl@exmaple.com",
        ] {
            assert!(near("magdalena.kl@example.com", slip), "{slip}");
        }
    }

    #[test]
    fn two_slips_and_short_names_are_not() {
        for other in ["magdelenna.kl", "marlena.kl", "magdalena", "lk.aneladgam"] {
            assert!(!near("magdalena.kl", other), "{other}");
        }
        assert!(!near("anna", "ana"));
    }

    #[test]
    fn names_are_near_within_a_tenant_and_a_deployment_only() {
        let keys = |tenant, seed| -> HashSet<u64> {
            NearNames::of("magdalena.kl", tenant, seed).keys().collect()
        };
        let here = keys(7, &HashSeed::REPLAY);
        assert!(here.is_disjoint(&keys(8, &HashSeed::REPLAY)));
        assert!(here.is_disjoint(&keys(7, &HashSeed::from_bytes([9; 16]))));
    }

    #[test]
    fn a_name_of_any_length_has_a_bounded_number_of_variants() {
        for length in [5, 19, 20, 21, 320] {
            let near = NearNames::of(&"ab".repeat(length)[..length], 7, &HashSeed::REPLAY);
            assert!((2..=MOST).contains(&near.keys().count()), "{length}");
        }
        assert!(near(&"x".repeat(300), &"x".repeat(299)));
        let accented = NearNames::of("żółćżółć", 7, &HashSeed::REPLAY);
        assert!(
            accented.keys().count() > 1,
            "bytes, not letters, and never a panic"
        );
    }

    #[test]
    fn no_name_is_near_to_many_by_chance() {
        let names: Vec<HashSet<u64>> = (0..400)
            .map(|n: u64| {
                let name = format!("{:x}", mixed(mixed(n + 1, 3), 5));
                NearNames::of(&name, 7, &HashSeed::REPLAY).keys().collect()
            })
            .collect();
        let pairs = (0..400).flat_map(|a| (0..a).map(move |b| (a, b)));
        let near = pairs
            .filter(|(a, b)| !names[*a].is_disjoint(&names[*b]))
            .count();
        assert!(near == 0, "{near} of 79,800 pairs");
    }
}
