//! The ids of verdicts, sessions, campaigns and alerts.

use crate::text::Short;
use crate::time::EpochMs;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// A 128-bit id written as 32 hexadecimal digits.
macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u128);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }
        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                let hex = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
                if !hex { return Err(BadId); }
                u128::from_str_radix(text, 16).map(Self).map_err(|_| BadId)
            }
        }
        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                let mut text = Short::new();
                text.hex(self.0.to_be_bytes());
                out.serialize_str(text.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<str>::deserialize(input)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

/// The text is no id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected 32 hexadecimal digits")]
pub struct BadId;

hex_id! {
    /// The id of a verdict: a function of tenant, event id, time and revision alone, so that every
    /// sink can drop a repeat.
    VerdictId
}

hex_id! {
    /// The id of a session: a function of its source and start.
    SessionId
}

hex_id! {
    /// The id of a campaign: the same from its opening to its end.
    CampaignId
}

hex_id! {
    /// The id of an alert: a function of what it is about, so that every sink can drop a repeat.
    AlertId
}

impl VerdictId {
    /// The id: the first 128 bits of SHA-256 over the parts, each with its length.
    #[must_use]
    pub fn of(tenant: &str, event_id: &str, time_ms: EpochMs, revision: u32) -> Self {
        let mut digest = Sha256::new();
        for part in [tenant.as_bytes(), event_id.as_bytes()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        digest.update(time_ms.to_be_bytes());
        digest.update(revision.to_be_bytes());
        Self(first_128_bits(digest))
    }
}

impl AlertId {
    /// The id: the first 128 bits of SHA-256 over the kind of alert and the id of what it is about.
    #[must_use]
    pub(crate) fn of(kind: &str, about: u128) -> Self {
        let mut digest = Sha256::new();
        digest.update(kind.as_bytes());
        digest.update(about.to_be_bytes());
        Self(first_128_bits(digest))
    }
}

fn first_128_bits(digest: Sha256) -> u128 {
    let bytes: [u8; 32] = digest.finalize().into();
    let mut first = [0u8; 16];
    first.copy_from_slice(&bytes[..16]);
    u128::from_be_bytes(first)
}
