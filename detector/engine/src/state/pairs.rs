//! Pair filters: was this pair (address and user, user and device …) seen in this window before?
//!
//! A blocked Bloom filter whose 64-byte lines each hold two panes of one window. A distinct count
//! is then a plain counter of first sights. A filter that is too full takes new pairs for old ones:
//! counts come out low, so it **fails open**; its fill is a metric, and who is beyond every limit
//! inserts no more pairs.

use super::memory::{Mapped, prefetch};
use serde::{Deserialize, Serialize};

const WORDS: usize = 8;
/// Bits of a pane in a line: seven words in two halves; the eighth word says which panes they are.
const PANE_BITS: u64 = 224;
/// Bits set for a pair: near the optimum for 12 bits a pair.
const PROBES: u32 = 4;

/// Whether a pair is seen for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSight {
    /// In the pane of its time.
    pub in_pane: bool,
    /// In that pane and the other one that the window holds.
    pub in_window: bool,
}

impl FirstSight {
    /// Not a first sight.
    pub const NO: Self = Self {
        in_pane: false,
        in_window: false,
    };
}

/// A first-seen filter over one window.
pub struct PairFilter {
    lines: Mapped<[u64; WORDS]>,
    bits_set: u64,
}

impl PairFilter {
    /// A filter of at most `bytes` (and at least one line).
    #[must_use]
    pub fn with_bytes(bytes: usize) -> Self {
        Self {
            lines: Mapped::zeroed((bytes / 64).max(1)),
            bits_set: 0,
        }
    }

    /// Asks for the line of a pair before it is needed.
    #[inline]
    pub fn prefetch(&self, pair: u64) {
        prefetch(&self.lines[self.line_of(pair)]);
    }

    /// Tells whether `pair` (a keyed hash) is new at `pane`, and remembers it.
    pub fn insert(&mut self, pair: u64, pane: i64) -> FirstSight {
        let index = self.line_of(pair);
        let line = &mut self.lines[index];
        let stands_at = header(line);
        let cleared = match pane - stands_at {
            // Older than both panes: nothing is remembered, and nothing counted.
            ..=-2 => return FirstSight::NO,
            -1 | 0 => 0,
            1 => clear(line, pane & 1),
            _ => clear_both(line),
        };
        if pane > stands_at {
            line[0] = pane.cast_unsigned();
        }
        let fresh = set(line, pair, pane & 1);
        let sight = FirstSight {
            in_pane: fresh > 0,
            in_window: fresh > 0 && !has(line, pair, (pane & 1) ^ 1),
        };
        self.bits_set = (self.bits_set + fresh).saturating_sub(cleared);
        sight
    }

    /// Whether `pair` was (probably) seen in the window that ends with `pane`.
    #[must_use]
    pub fn contains(&self, pair: u64, pane: i64) -> bool {
        let line = &self.lines[self.line_of(pair)];
        match pane - header(line) {
            ..=0 => has(line, pair, 0) || has(line, pair, 1),
            // The pane at `pane - 1` alone still belongs to the window.
            1 => has(line, pair, (pane & 1) ^ 1),
            _ => false,
        }
    }

    /// Whether `pair` was (probably) seen in `pane` itself: to insert it again would be no first sight.
    #[must_use]
    pub fn contains_in_pane(&self, pair: u64, pane: i64) -> bool {
        let line = &self.lines[self.line_of(pair)];
        matches!(pane - header(line), -1 | 0) && has(line, pair, pane & 1)
    }

    /// The share of bits that are set, in 1/1,000.
    #[must_use]
    pub fn fill_permille(&self) -> u32 {
        let bits = self.lines.len() as u64 * 2 * PANE_BITS;
        u32::try_from(self.bits_set * 1_000 / bits).unwrap_or(1_000)
    }

    /// The bytes it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.lines.len() * WORDS * 8
    }

    fn line_of(&self, pair: u64) -> usize {
        // The upper half of the hash picks the line, the lower half the bits.
        usize::try_from(((pair >> 32) * self.lines.len() as u64) >> 32)
            .expect("smaller than the number of lines")
    }
}

fn header(line: &[u64; WORDS]) -> i64 {
    line[0].cast_signed()
}

/// The bit positions of a pair in one half of a line.
fn probes(pair: u64, half: i64) -> impl Iterator<Item = u64> {
    (0..PROBES).map(move |n| {
        let byte = (pair >> (8 * n)) & 0xff;
        64 + half.cast_unsigned() * PANE_BITS + ((byte * PANE_BITS) >> 8)
    })
}

fn set(line: &mut [u64; WORDS], pair: u64, half: i64) -> u64 {
    let mut fresh = 0;
    for bit in probes(pair, half) {
        let (word, mask) = ((bit / 64) as usize, 1 << (bit % 64));
        fresh += u64::from(line[word] & mask == 0);
        line[word] |= mask;
    }
    fresh
}

fn has(line: &[u64; WORDS], pair: u64, half: i64) -> bool {
    probes(pair, half).all(|bit| line[(bit / 64) as usize] & (1 << (bit % 64)) != 0)
}

/// The word that both halves share, and the bits of it that belong to the first.
const SHARED: usize = 4;
const FIRST: u64 = 0xffff_ffff;

const _: () = assert!(64 + PANE_BITS == 64 * SHARED as u64 + 32);

/// Clears one half; answers how many bits were set.
fn clear(line: &mut [u64; WORDS], half: i64) -> u64 {
    let (words, shared) = if half == 0 {
        (1..SHARED, FIRST)
    } else {
        (SHARED + 1..WORDS, !FIRST)
    };
    let mut cleared = u64::from((line[SHARED] & shared).count_ones());
    line[SHARED] &= !shared;
    for word in &mut line[words] {
        cleared += u64::from(std::mem::take(word).count_ones());
    }
    cleared
}

/// Clears both halves; answers how many bits were set. Most often there were none.
fn clear_both(line: &mut [u64; WORDS]) -> u64 {
    if line[1..].iter().fold(0, |all, word| all | word) == 0 {
        return 0;
    }
    clear(line, 0) + clear(line, 1)
}

/// Only lines in use are written: a young filter is almost empty.
#[derive(Serialize, Deserialize)]
struct Sparse {
    len: usize,
    bits_set: u64,
    lines: Vec<(u32, [u64; WORDS])>,
}

impl Serialize for PairFilter {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let used = |&(_, line): &(usize, &[u64; WORDS])| *line != [0; WORDS];
        Sparse {
            len: self.lines.len(),
            bits_set: self.bits_set,
            lines: self
                .lines
                .iter()
                .enumerate()
                .filter(used)
                .filter_map(|(index, line)| Some((u32::try_from(index).ok()?, *line)))
                .collect(),
        }
        .serialize(out)
    }
}

impl PairFilter {
    /// Takes over a filter that was read back, if it has the size of this one.
    pub(crate) fn adopt(&mut self, read: SparseFilter) -> bool {
        let Sparse {
            len,
            bits_set,
            lines,
        } = read.0;
        if len != self.lines.len() || lines.iter().any(|(i, _)| *i as usize >= len) {
            return false;
        }
        for (index, line) in lines {
            self.lines[index as usize] = line;
        }
        self.bits_set = bits_set;
        true
    }
}

/// A filter as it is read back: no memory is taken on the word of a file.
#[derive(Deserialize)]
pub(crate) struct SparseFilter(Sparse);

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::key::Domain;
    use credsieve_models::{HashSeed, KeyHasher};
    use std::collections::HashSet;

    fn hash(a: u64, b: u64) -> u64 {
        KeyHasher::new(HashSeed::REPLAY).hash_words(Domain::Pair, a, b)
    }

    #[test]
    fn a_pair_is_new_once_a_pane_and_forgotten_after_two() {
        let mut filter = PairFilter::with_bytes(64);
        let pair = hash(1, 2);
        let both = FirstSight {
            in_pane: true,
            in_window: true,
        };
        assert_eq!(filter.insert(pair, 7), both);
        assert!(filter.contains_in_pane(pair, 7) && !filter.contains_in_pane(pair, 8));
        assert_eq!(filter.insert(pair, 7), FirstSight::NO);
        let next = filter.insert(pair, 8);
        assert_eq!((next.in_pane, next.in_window), (true, false));
        assert!(filter.contains(pair, 9));
        assert!(!filter.contains(pair, 10));
        assert_eq!(filter.insert(pair, 10), both);
    }

    #[test]
    fn a_late_pair_goes_to_the_previous_pane_and_an_older_one_nowhere() {
        let mut filter = PairFilter::with_bytes(64);
        filter.insert(hash(0, 0), 7);
        assert!(filter.insert(hash(1, 2), 6).in_window);
        assert_eq!(filter.insert(hash(1, 2), 6), FirstSight::NO);
        assert_eq!(filter.insert(hash(3, 4), 5), FirstSight::NO);
    }

    #[test]
    fn at_twelve_bits_a_pair_one_in_a_hundred_new_pairs_is_missed_at_most() {
        let pairs = 100_000u32;
        let mut filter = PairFilter::with_bytes(pairs as usize * 12 / 224 * 64);
        let mut exact = HashSet::new();
        let mut missed = 0;
        for n in 0..u64::from(pairs) {
            let sight = filter.insert(hash(n % 5_000, n), 3);
            missed += u32::from(exact.insert(n) && !sight.in_pane);
        }
        assert!(missed < 1_000, "{missed} of {pairs} first sights missed");
    }

    #[test]
    fn the_fill_counts_what_was_cleared() {
        let mut filter = PairFilter::with_bytes(64);
        filter.insert(hash(1, 2), 1);
        let after_one = filter.bits_set;
        filter.insert(hash(3, 4), 5);
        assert!(filter.bits_set <= after_one + 1, "{}", filter.bits_set);
    }
}
