//! The units of a mix file: shares in percent and spans of time, kept as integers because floating
//! point may round differently on another machine.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A share, written in percent: `0.5` is one in 200. Exact to a hundredth of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Percent(u64);

impl Percent {
    /// Of 10,000.
    #[must_use]
    pub const fn of_10_000(part: u64) -> Self {
        Self(part)
    }

    /// Of 100.
    #[must_use]
    pub const fn new(percent: u64) -> Self {
        Self(percent * 100)
    }

    /// How many of 10,000.
    #[must_use]
    pub const fn in_10_000(self) -> u64 {
        self.0
    }

    /// That share of a number.
    #[must_use]
    pub const fn part_of(self, number: u64) -> u64 {
        let (whole, rest) = (number / 10_000, number % 10_000);
        whole
            .saturating_mul(self.0)
            .saturating_add(rest * self.0 / 10_000)
    }
}

impl Serialize for Percent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let of_10_000 = u32::try_from(self.0).expect("at most 10,000");
        serializer.serialize_f64(f64::from(of_10_000) / 100.0)
    }
}

impl<'de> Deserialize<'de> for Percent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let percent = f64::deserialize(deserializer)?;
        if !(0.0..=100.0).contains(&percent) {
            return Err(D::Error::custom(format!("{percent} is not from 0 to 100")));
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "from 0 to 10,000, as was just seen"
        )]
        Ok(Self((percent * 100.0).round() as u64))
    }
}

/// A span of time, written `1h 30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(u64);

impl Span {
    /// That many minutes.
    #[must_use]
    pub const fn minutes(minutes: u64) -> Self {
        Self(minutes * 60_000_000)
    }

    /// That many microseconds.
    #[must_use]
    pub const fn us(us: u64) -> Self {
        Self(us)
    }

    /// How many microseconds.
    #[must_use]
    pub const fn in_us(self) -> u64 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let span = humantime::parse_duration(&text)
            .map_err(|error| D::Error::custom(format!("`{text}` is no span of time: {error}")))?;
        let us = u64::try_from(span.as_micros())
            .ok()
            .filter(|us| *us < 1 << 56)
            .ok_or_else(|| D::Error::custom(format!("`{text}` is too long")))?;
        Ok(Self(us))
    }
}
