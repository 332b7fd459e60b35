//! Log-odds and the score, both integers.

use serde::{Deserialize, Serialize};

/// Log-odds in 1/256 nat.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct LogOdds(pub i32);

impl LogOdds {
    /// One nat.
    pub const NAT: i32 = 256;

    /// The value in nats, for printing.
    #[must_use]
    pub fn nats(self) -> f64 {
        f64::from(self.0) / f64::from(Self::NAT)
    }
}

/// A probability in 1/10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Score(pub u16);

impl Serialize for Score {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(f64::from(self.0) / 10_000.0)
    }
}

impl<'de> Deserialize<'de> for Score {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let value = f64::deserialize(input)?;
        if !(0.0..=1.0).contains(&value) {
            return Err(serde::de::Error::custom("expected a score from 0 to 1"));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between 0 and 10,000"
        )]
        Ok(Self((value * 10_000.0).round() as u16))
    }
}
