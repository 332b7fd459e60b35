//! How many distinct keys came: a sketch of fixed size, exact while there are few.

use hyperloglogplus::{HyperLogLog, HyperLogLogPlus};
use serde::{Deserialize, Serialize};
use std::hash::{BuildHasher, Hasher};

/// 2^10 registers: exact for some hundreds, then within 3 %.
const PRECISION: u8 = 10;

/// What was counted is hashed already.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
struct Hashed;

impl BuildHasher for Hashed {
    type Hasher = Identity;
    fn build_hasher(&self) -> Identity {
        Identity(0)
    }
}

struct Identity(u64);

impl Hasher for Identity {
    fn finish(&self) -> u64 {
        // Addresses are no hashes: spread them.
        self.0
            .wrapping_mul(0x9e37_79b9_7f4a_7c15)
            .rotate_left(29)
            .wrapping_mul(0xd1b5_4a32_d192_ed03)
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// How many distinct keys there were, in a kilobyte however many.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Distinct(HyperLogLogPlus<u64, Hashed>);

impl Distinct {
    pub(super) fn new() -> Self {
        Self(HyperLogLogPlus::new(PRECISION, Hashed).expect("10 is a precision from 4 to 18"))
    }

    /// Counts a key; 0 is none.
    pub(super) fn insert(&mut self, key: u64) {
        if key != 0 {
            self.0.insert(&key);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count; `as` saturates"
    )]
    pub(super) fn count(&mut self) -> u32 {
        self.0.count().round() as u32
    }
}
