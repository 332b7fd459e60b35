//! The fields of a record: JSON values taken as they come, then each checked by its rule.

use super::scan::usual;
use super::{
    Attempt, Credential, FailureReason, Kind, MAX_RECORD_BYTES, Mfa, Outcome, Reject, RejectKind,
};
use crate::names;
use crate::time::{EpochMs, MAX_EPOCH_MS, NOT_SECONDS, looks_like_seconds, parse_rfc3339};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// A JSON value as far as an attempt can use it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Value<'a> {
    #[default]
    Absent,
    Bool(bool),
    Integer(i64),
    Text(Cow<'a, str>),
    /// An array, an object, or a number that is no 64-bit integer.
    Other,
}

impl<'de> Deserialize<'de> for Value<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct AnyValue;
        impl<'de> Visitor<'de> for AnyValue {
            type Value = Value<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON value")
            }
            fn visit_unit<E>(self) -> Result<Value<'de>, E> {
                Ok(Value::Absent)
            }
            fn visit_bool<E>(self, v: bool) -> Result<Value<'de>, E> {
                Ok(Value::Bool(v))
            }
            fn visit_i64<E>(self, v: i64) -> Result<Value<'de>, E> {
                Ok(Value::Integer(v))
            }
            fn visit_u64<E>(self, v: u64) -> Result<Value<'de>, E> {
                Ok(i64::try_from(v).map_or(Value::Other, Value::Integer))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value<'de>, E> {
                Ok(Value::Other)
            }
            fn visit_borrowed_str<E>(self, v: &'de str) -> Result<Value<'de>, E> {
                Ok(Value::Text(Cow::Borrowed(v)))
            }
            fn visit_str<E>(self, v: &str) -> Result<Value<'de>, E> {
                Ok(Value::Text(Cow::Owned(v.to_owned())))
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(
                self,
                mut seq: A,
            ) -> Result<Value<'de>, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other)
            }
        }
        input.deserialize_any(AnyValue)
    }
}

impl Value<'_> {
    fn into_owned<'b>(self) -> Value<'b> {
        match self {
            Self::Absent => Value::Absent,
            Self::Bool(truth) => Value::Bool(truth),
            Self::Integer(number) => Value::Integer(number),
            Self::Text(text) => Value::Text(Cow::Owned(text.into_owned())),
            Self::Other => Value::Other,
        }
    }
}

/// Every field that an attempt knows, unchecked, and the first one that stood twice.
#[derive(Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(super) struct Fields<'a> {
    pub(super) event_id: Value<'a>,
    pub(super) time: Value<'a>,
    pub(super) outcome: Value<'a>,
    ip: Value<'a>,
    kind: Value<'a>,
    credential: Value<'a>,
    failure_reason: Value<'a>,
    username: Value<'a>,
    asn: Value<'a>,
    country: Value<'a>,
    device_id: Value<'a>,
    user_agent: Value<'a>,
    ja4: Value<'a>,
    password_fingerprint: Value<'a>,
    breached_password: Value<'a>,
    mfa: Value<'a>,
    tenant: Value<'a>,
    app: Value<'a>,
    endpoint: Value<'a>,
    session_id: Value<'a>,
    /// Some name in the record is no field.
    pub(super) has_unknown: bool,
    seen: u32,
    duplicate: Option<&'static str>,
}

impl<'a> Fields<'a> {
    /// The field of that name with its number, so that a second one is noticed even after a null.
    /// By length first: a record has a dozen names, and comparing each with all would cost more than
    /// reading it.
    pub(super) fn slot(&mut self, name: &str) -> Option<(u32, &'static str, &mut Value<'a>)> {
        Some(match (name.len(), name) {
            (2, "ip") => (3, "ip", &mut self.ip),
            (3, "asn") => (8, "asn", &mut self.asn),
            (3, "ja4") => (12, "ja4", &mut self.ja4),
            (3, "mfa") => (15, "mfa", &mut self.mfa),
            (3, "app") => (17, "app", &mut self.app),
            (4, "time") => (1, "time", &mut self.time),
            (4, "kind") => (4, "kind", &mut self.kind),
            (6, "tenant") => (16, "tenant", &mut self.tenant),
            (7, "outcome") => (2, "outcome", &mut self.outcome),
            (7, "country") => (9, "country", &mut self.country),
            (8, "event_id") => (0, "event_id", &mut self.event_id),
            (8, "username") => (7, "username", &mut self.username),
            (8, "endpoint") => (18, "endpoint", &mut self.endpoint),
            (9, "device_id") => (10, "device_id", &mut self.device_id),
            (10, "credential") => (5, "credential", &mut self.credential),
            (10, "user_agent") => (11, "user_agent", &mut self.user_agent),
            (10, "session_id") => (19, "session_id", &mut self.session_id),
            (14, "failure_reason") => (6, "failure_reason", &mut self.failure_reason),
            (17, "breached_password") => (14, "breached_password", &mut self.breached_password),
            (20, "password_fingerprint") => {
                (13, "password_fingerprint", &mut self.password_fingerprint)
            }
            _ => return None,
        })
    }

    /// Notes that a field stands in the record; false where it stood there before.
    pub(super) fn sees(&mut self, number: u32) -> bool {
        let first = self.seen & (1 << number) == 0;
        self.seen |= 1 << number;
        first
    }

    pub(super) fn parse(record: &'a [u8]) -> Result<Self, Reject> {
        if record.len() > MAX_RECORD_BYTES {
            let expected = "at most 65,536 bytes";
            return Err(Reject::new("", RejectKind::TooLarge, expected));
        }
        let Ok(text) = std::str::from_utf8(record) else {
            let reject = Reject::new("", RejectKind::NotUtf8, "UTF-8 text");
            return Self::of_mended(&mended(&readable(record)), reject);
        };
        if let Some(fields) = usual(text) {
            return Ok(fields);
        }
        match mended(text) {
            Cow::Borrowed(text) => Self::of_json(text),
            Cow::Owned(mended) => Self::of_mended(&mended, not_json()),
        }
    }

    fn of_json(text: &'a str) -> Result<Self, Reject> {
        let fields: Self = serde_json::from_str(text).map_err(|error| {
            if error.is_data() {
                Reject::new("", RejectKind::NotObject, "one JSON object")
            } else {
                let mut reject = not_json();
                reject.column = Some(error.column());
                reject
            }
        })?;
        match fields.duplicate {
            Some(field) => Err(Reject::new(field, RejectKind::Duplicate, "the field once")),
            None => Ok(fields),
        }
    }

    /// The fields of a record whose strings held what is no text: bytes that some producers pass on as
    /// they came, and halves of surrogate pairs. Whoever logs in can write either, so each stands as
    /// U+FFFD. Where the rest is broken too, or the id of the event was, it is what `otherwise` says.
    fn of_mended(text: &str, otherwise: Reject) -> Result<Self, Reject> {
        let fields = match Fields::of_json(text) {
            Err(reject) if reject.kind == RejectKind::NotJson => return Err(otherwise),
            fields => fields?,
        };
        let id_is_whole = !matches!(&fields.event_id, Value::Text(id) if id.contains(char::REPLACEMENT_CHARACTER));
        if id_is_whole {
            Ok(fields.into_owned())
        } else {
            Err(otherwise)
        }
    }

    fn into_owned<'b>(self) -> Fields<'b> {
        Fields {
            event_id: self.event_id.into_owned(),
            time: self.time.into_owned(),
            outcome: self.outcome.into_owned(),
            ip: self.ip.into_owned(),
            kind: self.kind.into_owned(),
            credential: self.credential.into_owned(),
            failure_reason: self.failure_reason.into_owned(),
            username: self.username.into_owned(),
            asn: self.asn.into_owned(),
            country: self.country.into_owned(),
            device_id: self.device_id.into_owned(),
            user_agent: self.user_agent.into_owned(),
            ja4: self.ja4.into_owned(),
            password_fingerprint: self.password_fingerprint.into_owned(),
            breached_password: self.breached_password.into_owned(),
            mfa: self.mfa.into_owned(),
            tenant: self.tenant.into_owned(),
            app: self.app.into_owned(),
            endpoint: self.endpoint.into_owned(),
            session_id: self.session_id.into_owned(),
            has_unknown: self.has_unknown,
            seen: self.seen,
            duplicate: self.duplicate,
        }
    }

    pub(super) fn into_attempt(
        self,
        event_id: Cow<'a, str>,
        time_ms: EpochMs,
        outcome: Option<Outcome>,
    ) -> Result<Attempt<'a>, Reject> {
        let failure_reason = spelled_value(
            &self.failure_reason,
            "failure_reason",
            FailureReason::from_name,
            "unknown_user, bad_password, bad_mfa, locked, expired or other",
        )?;
        let mfa = spelled_value(&self.mfa, "mfa", Mfa::from_name, "passed, failed or none")?;
        let credential = spelled_value(
            &self.credential,
            "credential",
            Credential::from_name,
            "valid, invalid or unknown",
        )?
        .unwrap_or_else(|| derived_credential(outcome, failure_reason, mfa));
        let kind = spelled_value(
            &self.kind,
            "kind",
            Kind::from_name,
            "login, signup, password_reset, lookup, mfa or token",
        )?
        .unwrap_or(Kind::Login);
        Ok(Attempt {
            event_id,
            time_ms,
            outcome,
            ip: ip(&self.ip)?,
            kind,
            credential,
            failure_reason,
            username: username(&self.username)?,
            asn: asn(&self.asn)?,
            country: country(&self.country)?,
            device_id: text(&self.device_id, "device_id")?,
            user_agent: text(&self.user_agent, "user_agent")?,
            ja4: text(&self.ja4, "ja4")?,
            password_fingerprint: text(&self.password_fingerprint, "password_fingerprint")?,
            breached_password: boolean(&self.breached_password, "breached_password")?,
            mfa,
            tenant: word(&self.tenant, "tenant")?.unwrap_or(Cow::Borrowed("default")),
            app: word(&self.app, "app")?,
            endpoint: word(&self.endpoint, "endpoint")?,
            session_id: text(&self.session_id, "session_id")?,
        })
    }
}

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

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        struct Record;
        impl<'de> Visitor<'de> for Record {
            type Value = Fields<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Fields::default();
                while let Some(name) = map.next_key::<Value>()? {
                    let Value::Text(name) = name else { continue };
                    let Some((number, field, slot)) = fields.slot(&name) else {
                        fields.has_unknown = true;
                        map.next_value::<IgnoredAny>()?;
                        continue;
                    };
                    *slot = map.next_value()?;
                    if !fields.sees(number) {
                        fields.duplicate.get_or_insert(field);
                    }
                }
                Ok(fields)
            }
        }
        input.deserialize_map(Record)
    }
}

/// The contract's "from the above": what outcome, reason and MFA say about the password.
fn derived_credential(
    outcome: Option<Outcome>,
    reason: Option<FailureReason>,
    mfa: Option<Mfa>,
) -> Credential {
    match (outcome, reason, mfa) {
        // A second factor is asked for after a right password only.
        (Some(Outcome::Success), ..)
        | (Some(Outcome::Failure), Some(FailureReason::BadMfa), _)
        | (Some(Outcome::Failure), None, Some(Mfa::Failed)) => Credential::Valid,
        (None, ..)
        | (
            Some(Outcome::Failure),
            Some(FailureReason::Locked | FailureReason::Expired | FailureReason::Other),
            _,
        ) => Credential::Unknown,
        (Some(Outcome::Failure), ..) => Credential::Invalid,
    }
}

/// The most bytes of an event's id.
const LONGEST_ID: usize = 128;
/// The most bytes of a [`word`] that are kept.
const LONGEST_WORD: usize = 256;

/// A string as it stands, `None` where it is empty.
fn string<'v, 'a>(
    value: &'v Value<'a>,
    field: &'static str,
) -> Result<Option<&'v Cow<'a, str>>, Reject> {
    match value {
        Value::Absent => Ok(None),
        Value::Text(text) => Ok((!text.is_empty()).then_some(text)),
        _ => Err(Reject::new(field, RejectKind::WrongType, "a string")),
    }
}

/// A string that whoever logs in may have written: it is taken whatever it holds. A NUL character,
/// which PostgreSQL cannot store, stands as U+FFFD.
fn text<'a>(value: &Value<'a>, field: &'static str) -> Result<Option<Cow<'a, str>>, Reject> {
    Ok(string(value, field)?.map(|text| without_nul(text.clone())))
}

/// A short [`text`]: what is over is cut at a whole character.
fn word<'a>(value: &Value<'a>, field: &'static str) -> Result<Option<Cow<'a, str>>, Reject> {
    let word = text(value, field)?.map(|text| match text {
        text if text.len() <= LONGEST_WORD => text,
        Cow::Borrowed(text) => Cow::Borrowed(&text[..text.floor_char_boundary(LONGEST_WORD)]),
        Cow::Owned(mut text) => {
            text.truncate(text.floor_char_boundary(LONGEST_WORD));
            Cow::Owned(text)
        }
    });
    Ok(word)
}

fn without_nul(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        // JSON cannot hold one unescaped, and what was escaped is owned.
        Cow::Owned(text) if text.contains('\0') => Cow::Owned(text.replace('\0', "\u{fffd}")),
        text => text,
    }
}

/// The id of an event, which the producer makes: one that is cut or changed would be another's.
pub(super) fn event_id<'a>(value: &Value<'a>) -> Result<Option<Cow<'a, str>>, Reject> {
    let Some(id) = string(value, "event_id")? else {
        return Ok(None);
    };
    if id.len() > LONGEST_ID {
        let expected = "at most 128 bytes";
        return Err(Reject::new("event_id", RejectKind::TooLong, expected));
    }
    if matches!(id, Cow::Owned(id) if id.contains('\0')) {
        let expected = "a string without NUL characters";
        return Err(Reject::new("event_id", RejectKind::NulCharacter, expected));
    }
    Ok(Some(id.clone()))
}

pub(super) fn spelled_value<T>(
    value: &Value<'_>,
    field: &'static str,
    from_name: impl Fn(&str) -> Option<T>,
    expected: &'static str,
) -> Result<Option<T>, Reject> {
    match value {
        Value::Absent => Ok(None),
        Value::Text(name) => from_name(name)
            .map(Some)
            .ok_or_else(|| Reject::new(field, RejectKind::BadValue, expected)),
        _ => Err(Reject::new(field, RejectKind::WrongType, expected)),
    }
}

pub(super) fn time(value: &Value<'_>) -> Result<EpochMs, Reject> {
    let expected = "RFC 3339 with offset, or integer milliseconds since 1970";
    let ms = match value {
        Value::Absent => return Err(Reject::new("time", RejectKind::Missing, expected)),
        Value::Integer(ms) if looks_like_seconds(*ms) => {
            return Err(Reject::new("time", RejectKind::BadValue, NOT_SECONDS));
        }
        Value::Integer(ms) => (0..=MAX_EPOCH_MS).contains(ms).then_some(*ms),
        Value::Text(text) => parse_rfc3339(text),
        _ => return Err(Reject::new("time", RejectKind::WrongType, expected)),
    };
    ms.ok_or_else(|| Reject::new("time", RejectKind::BadValue, expected))
}

fn ip(value: &Value<'_>) -> Result<IpAddr, Reject> {
    let expected =
        "an IPv4 or IPv6 address that can be a source: not 0.0.0.0, ::, multicast or broadcast";
    let text = match value {
        Value::Absent => return Err(Reject::new("ip", RejectKind::Missing, expected)),
        Value::Text(text) => text,
        _ => return Err(Reject::new("ip", RejectKind::WrongType, expected)),
    };
    text.parse::<IpAddr>()
        .ok()
        .map(|ip| ip.to_canonical())
        .filter(|ip| can_be_source(*ip))
        .ok_or_else(|| Reject::new("ip", RejectKind::BadValue, expected))
}

/// Whether a login can come from there. Loopback, private and documentation addresses can: people try things with them. The
/// others stand for a proxy that does not know; counted, everybody behind it would be one address.
fn can_be_source(ip: IpAddr) -> bool {
    let is_broadcast = ip == IpAddr::V4(Ipv4Addr::BROADCAST);
    !(ip.is_unspecified() || ip.is_multicast() || is_broadcast)
}

fn username<'a>(value: &Value<'a>) -> Result<Option<Cow<'a, str>>, Reject> {
    // Trimmed before a NUL is replaced: there are services that trim those too.
    let normalised = match string(value, "username")? {
        None => return Ok(None),
        Some(Cow::Borrowed(name)) => names::normalise(name),
        Some(Cow::Owned(name)) => {
            let name = without_nul(Cow::Owned(names::trim(name).to_owned()));
            Cow::Owned(names::normalise(&name).into_owned())
        }
    };
    Ok((!normalised.is_empty()).then_some(normalised))
}

fn asn(value: &Value<'_>) -> Result<Option<u32>, Reject> {
    let expected = "an integer from 0 to 4294967295";
    match value {
        Value::Absent => Ok(None),
        Value::Integer(n) => u32::try_from(*n)
            .map(|n| (n != 0).then_some(n))
            .map_err(|_| Reject::new("asn", RejectKind::BadValue, expected)),
        _ => Err(Reject::new("asn", RejectKind::WrongType, expected)),
    }
}

fn country(value: &Value<'_>) -> Result<Option<[u8; 2]>, Reject> {
    let expected = "two letters, ISO 3166-1 alpha-2";
    match value {
        Value::Absent => Ok(None),
        Value::Text(text) => match text.as_bytes() {
            [] => Ok(None),
            [a, b] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic() => {
                Ok(Some([a.to_ascii_uppercase(), b.to_ascii_uppercase()]))
            }
            // Such as Cloudflare's `T1` of Tor: no country, and whoever logs in chooses it.
            [a, b] if a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric() => Ok(None),
            _ => Err(Reject::new("country", RejectKind::BadValue, expected)),
        },
        _ => Err(Reject::new("country", RejectKind::WrongType, expected)),
    }
}

fn not_json() -> Reject {
    Reject::new("", RejectKind::NotJson, "one JSON object")
}

/// The text of bytes, with U+FFFD for each run of those that are none.
fn readable(record: &[u8]) -> String {
    let mut text = String::with_capacity(record.len());
    let mut is_in_run = false;
    for chunk in record.utf8_chunks() {
        text.push_str(chunk.valid());
        is_in_run &= chunk.valid().is_empty();
        if !chunk.invalid().is_empty() && !is_in_run {
            text.push(char::REPLACEMENT_CHARACTER);
            is_in_run = true;
        }
    }
    text
}

/// The text with U+FFFD for each escaped half of a surrogate pair that is without its other half.
fn mended(text: &str) -> Cow<'_, str> {
    let bytes = text.as_bytes();
    let mut mended = String::new();
    // As far as it is mended, and as far as it is looked through.
    let (mut done, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        if *byte != b'\\' {
            at += 1;
            continue;
        }
        at += match escaped_unit(&bytes[at..]) {
            Some(0xd800..=0xdbff)
                if matches!(escaped_unit(&bytes[at + 6..]), Some(0xdc00..=0xdfff)) =>
            {
                12
            }
            Some(0xd800..=0xdfff) => {
                mended.push_str(&text[done..at]);
                mended.push(char::REPLACEMENT_CHARACTER);
                done = at + 6;
                6
            }
            // The backslash and what it escapes, which may be another.
            _ => 2,
        };
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    mended.push_str(&text[done..]);
    Cow::Owned(mended)
}

/// The UTF-16 unit of the escape (`\u` and four digits) that a text begins with.
fn escaped_unit(text: &[u8]) -> Option<u16> {
    let [b'\\', b'u', digits @ ..] = text else {
        return None;
    };
    let digits = digits.first_chunk::<4>()?;
    let digit = |unit: u16, digit: &u8| {
        let value = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | u16::try_from(value).ok()?)
    };
    digits.iter().try_fold(0, digit)
}

fn boolean(value: &Value<'_>, field: &'static str) -> Result<bool, Reject> {
    match value {
        Value::Absent => Ok(false),
        Value::Bool(b) => Ok(*b),
        _ => Err(Reject::new(field, RejectKind::WrongType, "true or false")),
    }
}
