//! The rules of the fields: what each takes, what it makes of it, and what it expects instead.

use super::value::Value;
use super::{Credential, FailureReason, Mfa, Outcome, Reject, RejectKind};
use crate::names;
use crate::time::{EpochMs, MAX_EPOCH_MS, NOT_SECONDS, looks_like_seconds, parse_rfc3339};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr};

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
pub(super) fn text<'a>(
    value: &Value<'a>,
    field: &'static str,
) -> Result<Option<Cow<'a, str>>, Reject> {
    Ok(string(value, field)?.map(|text| without_nul(text.clone())))
}

/// A short [`text`]: what is over is cut at a whole character.
pub(super) fn word<'a>(
    value: &Value<'a>,
    field: &'static str,
) -> Result<Option<Cow<'a, str>>, Reject> {
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

pub(super) fn ip(value: &Value<'_>) -> Result<IpAddr, Reject> {
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

pub(super) fn username<'a>(value: &Value<'a>) -> Result<Option<Cow<'a, str>>, Reject> {
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

pub(super) fn asn(value: &Value<'_>) -> Result<Option<u32>, Reject> {
    let expected = "an integer from 0 to 4294967295";
    match value {
        Value::Absent => Ok(None),
        Value::Integer(n) => u32::try_from(*n)
            .map(|n| (n != 0).then_some(n))
            .map_err(|_| Reject::new("asn", RejectKind::BadValue, expected)),
        _ => Err(Reject::new("asn", RejectKind::WrongType, expected)),
    }
}

pub(super) fn country(value: &Value<'_>) -> Result<Option<[u8; 2]>, Reject> {
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

pub(super) fn boolean(value: &Value<'_>, field: &'static str) -> Result<bool, Reject> {
    match value {
        Value::Absent => Ok(false),
        Value::Bool(b) => Ok(*b),
        _ => Err(Reject::new(field, RejectKind::WrongType, "true or false")),
    }
}

/// The contract's "from the above": what outcome, reason and MFA say about the password.
pub(super) fn derived_credential(
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
