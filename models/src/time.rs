//! Instants: milliseconds since 1970 inside, RFC 3339 in UTC with milliseconds outside.

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;
use ::time::macros::format_description;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type EpochMs = i64;

/// The last instant accepted: the end of the year 9999, beyond which RFC 3339 has no form.
pub const MAX_EPOCH_MS: EpochMs = 253_402_300_799_999;

/// Parses RFC 3339 with an offset. `None` where it is not that, or outside 1970 to 9999.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<EpochMs> {
    let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
    let ms = i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
    (0..=MAX_EPOCH_MS).contains(&ms).then_some(ms)
}

/// Writes an instant as `2026-01-31T09:30:00.250Z`. Instants outside 1970 to 9999 are clamped.
///
/// # Panics
/// Never: what is clamped is a date.
#[must_use]
pub fn to_rfc3339(ms: EpochMs) -> String {
    let ms = ms.clamp(0, MAX_EPOCH_MS);
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000)
        .expect("clamped to the years that a date can have")
        .format(&form)
        .expect("a date in range has every component of the form")
}

/// `serde(with = …)` for an instant as RFC 3339 text.
pub mod rfc3339 {
    use super::EpochMs;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};
    use std::borrow::Cow;

    /// Writes the instant as text.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(ms: &EpochMs, out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&super::to_rfc3339(*ms))
    }

    /// Reads the instant from text.
    ///
    /// # Errors
    /// When the text is no RFC 3339 time with an offset.
    pub fn deserialize<'de, D: Deserializer<'de>>(input: D) -> Result<EpochMs, D::Error> {
        let text = Cow::<str>::deserialize(input)?;
        super::parse_rfc3339(&text)
            .ok_or_else(|| D::Error::custom("expected a time as RFC 3339 with offset"))
    }

    /// The same for an instant that may be absent.
    pub mod option {
        use super::EpochMs;
        use serde::{Deserialize, Deserializer, Serializer, de::Error};
        use std::borrow::Cow;

        /// Writes the instant as text, or null.
        ///
        /// # Errors
        /// Those of the serializer.
        pub fn serialize<S: Serializer>(ms: &Option<EpochMs>, out: S) -> Result<S::Ok, S::Error> {
            match ms {
                Some(ms) => super::serialize(ms, out),
                None => out.serialize_none(),
            }
        }

        /// Reads the instant from text or null.
        ///
        /// # Errors
        /// When the text is no RFC 3339 time with an offset.
        pub fn deserialize<'de, D: Deserializer<'de>>(
            input: D,
        ) -> Result<Option<EpochMs>, D::Error> {
            let Some(text) = Option::<Cow<str>>::deserialize(input)? else {
                return Ok(None);
            };
            super::super::parse_rfc3339(&text)
                .map(Some)
                .ok_or_else(|| D::Error::custom("expected a time as RFC 3339 with offset"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_converted_to_utc_and_milliseconds_survive() {
        let ms = parse_rfc3339("2026-01-31T10:30:00.250+01:00").unwrap();
        assert_eq!(to_rfc3339(ms), "2026-01-31T09:30:00.250Z");
    }

    #[test]
    fn times_without_offset_or_before_1970_are_refused() {
        for bad in [
            "2026-01-31T10:30:00",
            "1969-12-31T23:59:59Z",
            "yesterday",
            "",
        ] {
            assert_eq!(parse_rfc3339(bad), None, "{bad}");
        }
    }
}
