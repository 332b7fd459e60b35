//! Instants: milliseconds since 1970 inside, RFC 3339 in UTC with milliseconds outside.
//!
//! The one form that nearly every instant has, UTC with whole seconds or milliseconds, is read and
//! written here; every other goes to the library.

use crate::text::Short;
use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type EpochMs = i64;

/// The last instant accepted: the end of the year 9999, beyond which RFC 3339 has no form.
pub const MAX_EPOCH_MS: EpochMs = 253_402_300_799_999;

/// Integers below are no instants that anybody means: as milliseconds they end in March 1973, as seconds in
/// the year 5138. Taken for milliseconds, a whole log in seconds would be one afternoon of 1970. 0 stays, for
/// who has no clock.
const LIKE_SECONDS: i64 = 100_000_000_000;

/// What is said of an integer that [`looks_like_seconds`].
pub const NOT_SECONDS: &str = "integer milliseconds since 1970: this looks like seconds";

const DAY_MS: i64 = 86_400_000;

/// Whether an integer that should be milliseconds since 1970 looks like seconds.
#[must_use]
pub fn looks_like_seconds(number: i64) -> bool {
    (1..LIKE_SECONDS).contains(&number)
}

/// Parses RFC 3339 with an offset. `None` where it is not that, or outside 1970 to 9999.
#[must_use]
pub fn parse_rfc3339(text: &str) -> Option<EpochMs> {
    parse_usual(text.as_bytes()).or_else(|| {
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let ms = i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
        (0..=MAX_EPOCH_MS).contains(&ms).then_some(ms)
    })
}

/// Reads `2026-01-31T09:30:00Z`, with or without milliseconds.
fn parse_usual(text: &[u8]) -> Option<EpochMs> {
    let (second, fraction) = text.split_at_checked(19)?;
    let ms = match fraction {
        b"Z" => 0,
        [b'.', ms @ .., b'Z'] if ms.len() == 3 => number(ms)?,
        _ => return None,
    };
    let [b'-', b'-', b'T', b':', b':'] = [4, 7, 10, 13, 16].map(|at| second[at]) else {
        return None;
    };
    let year = number(&second[..4])?;
    let [month, day, hour, minute, second] =
        [5, 8, 11, 14, 17].map(|at| number(&second[at..at + 2]));
    let (month, day, hour, minute, second) = (month?, day?, hour?, minute?, second?);
    let real = year >= 1970
        && (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    let day_ms = ((hour * 60 + minute) * 60 + second) * 1_000 + ms;
    real.then(|| days_since_1970(year, month, day) * DAY_MS + day_ms)
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| {
        digit
            .is_ascii_digit()
            .then(|| number * 10 + i64::from(digit - b'0'))
    })
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days of 400 years, after which the calendar repeats itself.
const ERA_DAYS: i64 = 146_097;
/// Days from the 1st of March of the year 0 to 1970. Years that begin in March end with their leap
/// day.
const BEFORE_1970: i64 = 719_468;

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (year / 400, year % 400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - BEFORE_1970
}

/// Year, month and day of a day since 1970.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + BEFORE_1970;
    let (era, of_era) = (days / ERA_DAYS, days % ERA_DAYS);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year;
    if month < 10 {
        (year, month + 3, day)
    } else {
        (year + 1, month - 9, day)
    }
}

/// Writes an instant as `2026-01-31T09:30:00.250Z`. Instants outside 1970 to 9999 are clamped.
#[must_use]
pub fn to_rfc3339(ms: EpochMs) -> String {
    short(ms).as_str().to_owned()
}

/// The same on the stack.
pub(crate) fn short(ms: EpochMs) -> Short {
    let ms = ms.clamp(0, MAX_EPOCH_MS);
    let (year, month, day) = date(ms / DAY_MS);
    let of_day = ms % DAY_MS;
    // Each is a part of a date after 1970.
    let part = |number: i64| u32::try_from(number).unwrap_or(0);
    let mut text = Short::new();
    text.padded::<4>(part(year));
    for (mark, number) in [
        (b'-', month),
        (b'-', day),
        (b'T', of_day / 3_600_000),
        (b':', of_day / 60_000 % 60),
        (b':', of_day / 1_000 % 60),
    ] {
        text.ascii(mark);
        text.padded::<2>(part(number));
    }
    text.ascii(b'.');
    text.padded::<3>(part(of_day % 1_000));
    text.ascii(b'Z');
    text
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
        out.serialize_str(super::short(*ms).as_str())
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
    use ::time::macros::format_description;
    use proptest::prelude::*;

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
            "2026-02-29T00:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T10:60:00Z",
            "yesterday",
            "",
        ] {
            assert_eq!(parse_rfc3339(bad), None, "{bad}");
        }
    }

    fn by_the_library(text: &str) -> Option<EpochMs> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        let ms = i64::try_from(instant.unix_timestamp_nanos().div_euclid(1_000_000)).ok()?;
        (0..=MAX_EPOCH_MS).contains(&ms).then_some(ms)
    }

    proptest! {
        #[test]
        fn every_instant_is_written_as_the_library_writes_it_and_read_back(
            ms in 0..=MAX_EPOCH_MS,
        ) {
            let form = format_description!(
                "[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z"
            );
            let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000);
            let text = to_rfc3339(ms);
            prop_assert_eq!(&text, &date.unwrap().format(&form).unwrap());
            prop_assert_eq!(parse_rfc3339(&text), Some(ms));
        }

        #[test]
        fn whatever_looks_like_a_time_is_read_as_the_library_reads_it(
            year in 1_960u32..2_110,
            month in 0u32..14,
            day in 0u32..33,
            (hour, minute, second) in (0u32..26, 0u32..62, 0u32..62),
            rest in "(Z|z|[.][0-9]{1,4}Z|[+]01:00|)",
        ) {
            let text =
                format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{rest}");
            prop_assert_eq!(parse_rfc3339(&text), by_the_library(&text), "{}", text);
        }
    }
}
