//! The names in a record that are no fields, for people who look why one seems to have no effect.

use super::MAX_RECORD_BYTES;
use super::fields::Fields;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// Names of unknown fields that are told of a record.
const MOST_UNKNOWN: usize = 8;
/// A longer name is nobody's slip.
const LONGEST_UNKNOWN: usize = 64;

/// The names in a record that are no fields of an attempt and are ignored, in their order, eight at most and none of
/// more than 64 bytes; empty where the record is no JSON object, or too long. For people who look why a field seems
/// to have no effect: not meant for every record of a stream.
#[must_use]
pub fn unknown_fields(record: &[u8]) -> Vec<String> {
    struct Names;
    impl<'de> Visitor<'de> for Names {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("one JSON object")
        }
        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut unknown = Vec::new();
            let mut fields = Fields::default();
            while let Some((name, IgnoredAny)) = map.next_entry::<String, _>()? {
                let told = unknown.len() < MOST_UNKNOWN && name.len() <= LONGEST_UNKNOWN;
                if told && fields.slot(&name).is_none() {
                    unknown.push(name);
                }
            }
            Ok(unknown)
        }
    }
    if record.len() > MAX_RECORD_BYTES {
        return Vec::new();
    }
    serde_json::Deserializer::from_slice(record)
        .deserialize_map(Names)
        .unwrap_or_default()
}
