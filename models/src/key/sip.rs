//! SipHash-1-3 with 128 bits, for what is hashed several times an attempt.
//!
//! The same function as the crate `siphasher` computes, bit for bit (a test holds it to that): keys
//! of words need no buffer, and whoever wants 64 bits does not pay for the other 64.

/// The state after the key went in.
#[derive(Clone, Copy)]
pub(super) struct Sip {
    v: [u64; 4],
    /// Bytes that do not fill a word yet, from the lowest up.
    tail: u64,
    /// Bytes that went in.
    length: u64,
}

impl Sip {
    /// The state for a key.
    pub(super) fn new(key: &[u8; 16]) -> Self {
        let word = |from: usize| u64::from_le_bytes(std::array::from_fn(|n| key[from + n]));
        let (first, second) = (word(0), word(8));
        Self {
            v: [
                first ^ 0x736f_6d65_7073_6575,
                second ^ 0x646f_7261_6e64_6f6d ^ 0xee,
                first ^ 0x6c79_6765_6e65_7261,
                second ^ 0x7465_6462_7974_6573,
            ],
            tail: 0,
            length: 0,
        }
    }

    /// Takes in one byte as the first.
    #[inline]
    pub(super) fn begin(mut self, byte: u8) -> Self {
        self.tail = u64::from(byte);
        self.length = 1;
        self
    }

    /// Takes in the eight bytes of a word, in little-endian order.
    #[inline]
    pub(super) fn word(&mut self, word: u64) {
        let held = 8 * (self.length & 7);
        self.compress(self.tail | (word << held));
        // With nothing held the whole word went in.
        self.tail = word.checked_shr(64 - u32_of(held)).unwrap_or(0);
        self.length += 8;
    }

    /// Takes in bytes.
    #[inline]
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.word(u64::from_le_bytes(*word));
        }
        if rest.is_empty() {
            return;
        }
        let mut last = [0; 8];
        last[..rest.len()].copy_from_slice(rest);
        let (last, held) = (u64::from_le_bytes(last), 8 * (self.length & 7));
        self.length += rest.len() as u64;
        self.tail |= last << held;
        let full = held + 8 * rest.len() as u64;
        if full >= 64 {
            self.compress(self.tail);
            self.tail = last.checked_shr(64 - u32_of(held)).unwrap_or(0);
        }
    }

    /// The lower half of the hash.
    #[inline]
    pub(super) fn finish(mut self) -> u64 {
        self.close()
    }

    /// The whole hash.
    #[inline]
    pub(super) fn finish128(mut self) -> u128 {
        let lower = self.close();
        self.v[1] ^= 0xdd;
        let upper = self.rounds_to_end();
        u128::from(lower) | (u128::from(upper) << 64)
    }

    #[inline]
    fn close(&mut self) -> u64 {
        self.compress(self.tail | (self.length << 56));
        self.v[2] ^= 0xee;
        self.rounds_to_end()
    }

    #[inline]
    fn rounds_to_end(&mut self) -> u64 {
        for _ in 0..3 {
            self.round();
        }
        self.v[0] ^ self.v[1] ^ self.v[2] ^ self.v[3]
    }

    #[inline]
    fn compress(&mut self, word: u64) {
        self.v[3] ^= word;
        self.round();
        self.v[0] ^= word;
    }

    #[inline]
    fn round(&mut self) {
        let [mut a, mut b, mut c, mut d] = self.v;
        a = a.wrapping_add(b);
        b = b.rotate_left(13) ^ a;
        a = a.rotate_left(32);
        c = c.wrapping_add(d);
        d = d.rotate_left(16) ^ c;
        a = a.wrapping_add(d);
        d = d.rotate_left(21) ^ a;
        c = c.wrapping_add(b);
        b = b.rotate_left(17) ^ c;
        c = c.rotate_left(32);
        self.v = [a, b, c, d];
    }
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "fewer than 64 bits are held"
)]
fn u32_of(held: u64) -> u32 {
    held as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use siphasher::sip128::{Hasher128, SipHasher13};
    use std::hash::Hasher;

    proptest! {
        #[test]
        fn it_is_the_function_of_the_crate_whatever_is_hashed_in_whatever_pieces(
            key in any::<[u8; 16]>(),
            first in any::<u8>(),
            pieces in prop::collection::vec(
                (any::<u64>(), prop::collection::vec(any::<u8>(), 0..40)),
                0..6,
            ),
        ) {
            let mut theirs = SipHasher13::new_with_key(&key);
            let mut ours = Sip::new(&key).begin(first);
            theirs.write(&[first]);
            for (word, bytes) in &pieces {
                theirs.write(&word.to_le_bytes());
                theirs.write(bytes);
                ours.word(*word);
                ours.bytes(bytes);
            }
            let whole = theirs.finish128().as_u128();
            prop_assert_eq!(ours.finish128(), whole);
            prop_assert_eq!(u128::from(ours.finish()), whole & u128::from(u64::MAX));
        }
    }
}
