//! The detector's configuration.

use crate::kafka::KafkaConfig;
use serde::Deserialize;
use std::path::PathBuf;

/// What a detector is told beside the policy.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DetectorConfig {
    /// Kafka; without it events come over HTTP alone and verdicts go to the store alone.
    pub kafka: Option<KafkaConfig>,
    /// Where the state is kept between two runs; without it every start begins with empty windows.
    pub state_file: Option<PathBuf>,
    /// The share of plain allows that are stored whole, from 0 (only counted) to 1 (all).
    pub keep_allows: Share,
    /// Database of autonomous systems (`.mmdb`).
    pub asn_database: Option<PathBuf>,
    /// Database of countries (`.mmdb`).
    pub country_database: Option<PathBuf>,
}

/// A share from 0 to 1, kept as a threshold of a uniform 64-bit number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(try_from = "f64")]
pub struct Share {
    threshold: u64,
    all: bool,
}

impl Share {
    /// Everything.
    pub const ALL: Self = Self {
        threshold: u64::MAX,
        all: true,
    };

    /// Whether a thing with this (uniform) id belongs to the share. The same id always does.
    #[must_use]
    pub fn takes(self, id: u128) -> bool {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the low half is as uniform"
        )]
        let id = id as u64;
        self.all || id < self.threshold
    }
}

/// The number is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a share from 0 to 1")]
pub struct BadShare;

impl TryFrom<f64> for Share {
    type Error = BadShare;

    fn try_from(share: f64) -> Result<Self, BadShare> {
        if !(0.0..=1.0).contains(&share) {
            return Err(BadShare);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "between 0 and 2^64; `as` saturates"
        )]
        let threshold = (share * u64::MAX as f64) as u64;
        Ok(Self {
            threshold,
            all: share >= 1.0,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_takes_none_all_or_about_its_part_and_always_the_same() {
        let share = |text: &str| serde_json::from_str::<Share>(text).unwrap();
        let taken = |share: Share| {
            (0..1_000u128)
                .filter(|n| share.takes(n.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
                .count()
        };
        assert_eq!(taken(share("0")), 0);
        assert_eq!(taken(Share::default()), 0);
        assert_eq!(taken(share("1.0")), 1_000);
        assert!((200..300).contains(&taken(share("0.25"))));
        assert!(serde_json::from_str::<Share>("1.5").is_err());
    }
}
