//! The units in which an attack's knobs state chances and spans of time.
//!
//! Held as integers, because floating point may round differently on another machine.

pub use crate::mix::units::Percent;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A span of time drawn between two, in microseconds; written `["10m", "3h"]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The shortest.
    pub low_us: u64,
    /// The longest.
    pub high_us: u64,
}

impl Span {
    /// No time at all.
    pub const NONE: Self = Self::seconds(0, 0);

    /// From `low` to `high` seconds.
    #[must_use]
    pub const fn seconds(low: u64, high: u64) -> Self {
        Self {
            low_us: low * 1_000_000,
            high_us: high * 1_000_000,
        }
    }

    /// From `low` to `high` minutes.
    #[must_use]
    pub const fn minutes(low: u64, high: u64) -> Self {
        Self::seconds(low * 60, high * 60)
    }

    /// The span that `bits` draw: the same bits, the same span.
    #[must_use]
    pub fn at(self, bits: u64) -> u64 {
        self.low_us + bits % (self.high_us - self.low_us + 1)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text =
            |us| humantime::format_duration(std::time::Duration::from_micros(us)).to_string();
        [text(self.low_us), text(self.high_us)].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let [low, high] = <[String; 2]>::deserialize(deserializer)?;
        let us = |text: &str| {
            let duration = humantime::parse_duration(text)
                .map_err(|error| D::Error::custom(format!("`{text}` is no time: {error}")))?;
            u64::try_from(duration.as_micros())
                .map_err(|_| D::Error::custom(format!("`{text}` is too long")))
        };
        let (low_us, high_us) = (us(&low)?, us(&high)?);
        if low_us > high_us {
            return Err(D::Error::custom(format!("`{low}` is longer than `{high}`")));
        }
        Ok(Self { low_us, high_us })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percent_and_a_span_are_written_as_they_are_read() {
        let chance: Percent = serde_json::from_str("0.25").unwrap();
        assert_eq!(chance.in_10_000(), 25);
        assert_eq!(serde_json::to_string(&chance).unwrap(), "0.25");
        let span: Span = serde_json::from_str(r#"["90s", "2h"]"#).unwrap();
        assert_eq!(span, Span::seconds(90, 7_200));
        assert_eq!(serde_json::to_string(&span).unwrap(), r#"["1m 30s","2h"]"#);
    }

    #[test]
    fn a_chance_above_one_and_a_span_that_ends_before_it_begins_are_refused() {
        assert!(serde_json::from_str::<Percent>("100.5").is_err());
        assert!(serde_json::from_str::<Percent>("-1").is_err());
        assert!(serde_json::from_str::<Span>(r#"["2h", "1h"]"#).is_err());
        assert!(serde_json::from_str::<Span>(r#"["soon", "1h"]"#).is_err());
    }
}
