//! Where something lies: the hash of two words that picks a slot, a line or a shard.
//!
//! An attempt asks for some fifty such places, one after the other on the way of what follows, so here the time of
//! a hash counts. XXH3 with a secret of the deployment's own: who does not know it cannot aim at a
//! place. It is no cipher: its values never leave the process but in a state file, and nothing that is shown is made of them.

use super::Domain;
use super::sip::Sip;
use xxhash_rust::xxh3::xxh3_64_with_secret;

/// Bytes of a secret of XXH3 at least.
const SECRET_BYTES: usize = 136;

/// The hash, with its secret.
#[derive(Clone, Copy)]
pub(super) struct PlaceHash([u8; SECRET_BYTES]);

impl PlaceHash {
    /// The hash with a secret that is made of the deployment's seed.
    pub(super) fn new(keyed: Sip) -> Self {
        let mut secret = [0; SECRET_BYTES];
        for (bytes, n) in secret.as_chunks_mut().0.iter_mut().zip(0..) {
            let mut word = keyed.begin(0); // No domain.
            word.word(n);
            *bytes = word.finish().to_le_bytes();
        }
        Self(secret)
    }

    /// The place of two words.
    #[inline]
    pub(super) fn of(&self, domain: Domain, a: u64, b: u64) -> u64 {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&a.to_le_bytes());
        bytes[8..].copy_from_slice(&(b ^ ((domain as u64) << 48)).to_le_bytes());
        xxh3_64_with_secret(&bytes, &self.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::key::{Domain, HashSeed, KeyHasher};

    #[test]
    fn places_differ_by_seed_domain_and_either_word_and_fill_all_of_a_table() {
        let [one, other] = [b"0123456789abcdef", b"1123456789abcdef"]
            .map(|seed| KeyHasher::new(HashSeed::from_bytes(*seed)));
        let place = one.hash_words(Domain::Slot, 1, 2);
        assert_eq!(place, one.hash_words(Domain::Slot, 1, 2));
        assert_ne!(place, other.hash_words(Domain::Slot, 1, 2));
        assert_ne!(place, one.hash_words(Domain::Pair, 1, 2));
        assert_ne!(place, one.hash_words(Domain::Slot, 2, 2));
        assert_ne!(place, one.hash_words(Domain::Slot, 1, 3));
        // Neighbouring addresses, by the upper bits (which pick a line) and the lower ones (which pick bits in it).
        for shift in [0, 24, 32, 56] {
            let mut held = [0_u32; 256];
            for address in 0..256 * 64_u64 {
                let place = one.hash_words(Domain::Slot, 0xff00_0000_cb00_7100 + address, 0);
                held[usize::try_from((place >> shift) & 0xff).unwrap()] += 1;
            }
            // 64 each; six times the root of 64 more or fewer.
            assert!(
                held.iter().all(|n| (16..=112).contains(n)),
                "by bits from {shift} on: {held:?}"
            );
        }
    }
}
