//! How often two values stand in one event: a triangle of counters, so its size is known before the
//! first event.

use super::counts::{Classes, Counts};
use super::values::{Values, is_circumstance};
use super::{Limits, Pass};
use std::collections::HashMap;

/// Counts of every pair of values.
pub(super) struct Pairs {
    values: usize,
    /// For people and each attack class.
    kinds: usize,
    counts: Vec<u32>,
}

impl Pairs {
    /// Counts the pairs of the common values. Of a value that is a leak alone the pairs say nothing
    /// new; how an attempt ended is no leak, but may be all attack.
    pub fn count(
        common: &[(String, Counts)],
        all: &Counts,
        limits: Limits,
        classes: &Classes,
        pass: Pass,
    ) -> anyhow::Result<Self> {
        let mut pairs = Self::new(common.len(), classes.len());
        let numbers: HashMap<&str, usize> = common
            .iter()
            .enumerate()
            .filter(|(_, (value, counts))| is_circumstance(value) || !counts.tells(all, limits))
            .map(|(number, (value, _))| (value.as_str(), number))
            .collect();
        let mut values = Values::default();
        let mut present: Vec<usize> = Vec::new();
        pass(&mut |told| {
            if told.undecidable {
                return Ok(());
            }
            let kind = match classes.find(&told) {
                None => 0,
                Some(class) => class + 1,
            };
            present.clear();
            let of = values.of(told.event)?;
            present.extend(of.iter().filter_map(|value| numbers.get(value.as_str())));
            present.sort_unstable();
            for (index, a) in present.iter().enumerate() {
                for b in &present[index + 1..] {
                    let place = pairs.place(*a, *b) + kind;
                    pairs.counts[place] = pairs.counts[place].saturating_add(1);
                }
            }
            Ok(())
        })?;
        Ok(pairs)
    }

    fn new(values: usize, classes: usize) -> Self {
        let kinds = classes + 1;
        Self {
            values,
            kinds,
            counts: vec![0; values * values.saturating_sub(1) / 2 * kinds],
        }
    }

    /// Where the counts of a pair begin, with `a` below `b`: row `a` has those with all after it.
    fn place(&self, a: usize, b: usize) -> usize {
        let before = a * (2 * self.values - a - 1) / 2;
        (before + b - a - 1) * self.kinds
    }

    /// Gives each pair that was seen, in order.
    pub fn each(&self, mut take: impl FnMut([usize; 2], &Counts)) {
        for a in 0..self.values {
            for b in a + 1..self.values {
                let place = self.place(a, b);
                let counts = &self.counts[place..place + self.kinds];
                let counts = Counts {
                    people: u64::from(counts[0]),
                    attacks: counts[1..].iter().copied().map(u64::from).collect(),
                };
                if counts.attacks() > 0 {
                    take([a, b], &counts);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_place_of_its_own() {
        for values in 0..9 {
            let pairs = Pairs::new(values, 2);
            let mut places: Vec<usize> = (0..values)
                .flat_map(|a| (a + 1..values).map(move |b| (a, b)))
                .map(|(a, b)| pairs.place(a, b))
                .collect();
            places.sort_unstable();
            let expected: Vec<usize> = (0..pairs.counts.len()).step_by(3).collect();
            assert_eq!(places, expected);
        }
    }
}
