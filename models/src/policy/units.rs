//! The units of a policy: weights, probabilities, lengths of time. Written for people, kept as
//! integers.

use crate::verdict::{LogOdds, Score};
use serde::{Deserialize, Serialize};

/// A weight: written in nats, kept in 1/256 nat. From -32 to 32.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Nats(pub LogOdds);

impl Nats {
    /// From hundredths of a nat, rounded to the nearest 1/256.
    #[must_use]
    pub const fn from_hundredths(hundredths: i32) -> Self {
        let half = if hundredths < 0 { -50 } else { 50 };
        Self(LogOdds((hundredths * LogOdds::NAT + half) / 100))
    }
}

impl Serialize for Nats {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_f64(self.0.nats())
    }
}

impl<'de> Deserialize<'de> for Nats {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let nats = f64::deserialize(input)?;
        if !(-32.0..=32.0).contains(&nats) {
            return Err(serde::de::Error::custom(
                "expected a weight from -32 to 32 nats",
            ));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 32 × 256")]
        Ok(Self(LogOdds(
            (nats * f64::from(LogOdds::NAT)).round() as i32
        )))
    }
}

/// A probability strictly between 0 and 1, kept in 1/10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Probability(pub Score);

impl<'de> Deserialize<'de> for Probability {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        let score = Score::deserialize(input)?;
        if score.0 == 0 || score.0 >= 10_000 {
            return Err(serde::de::Error::custom(
                "expected a probability above 0 and below 1",
            ));
        }
        Ok(Self(score))
    }
}

/// A length of time: written `30m`, kept in milliseconds. From one second to 366 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Milliseconds.
    pub ms: i64,
}

impl Span {
    /// So many minutes.
    #[must_use]
    pub const fn minutes(minutes: i64) -> Self {
        Self {
            ms: minutes * 60_000,
        }
    }
}

impl Serialize for Span {
    fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        let span = std::time::Duration::from_millis(self.ms.unsigned_abs());
        out.collect_str(&humantime::format_duration(span))
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let text = String::deserialize(input)?;
        let span = humantime::parse_duration(&text).map_err(|_| {
            D::Error::custom("expected a length of time such as \"30m\" or \"12h\"")
        })?;
        let ms = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        if !(1_000..=366 * 86_400_000).contains(&ms) {
            return Err(D::Error::custom("expected from 1 second to 366 days"));
        }
        Ok(Self { ms })
    }
}
