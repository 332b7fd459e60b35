//! The fields of a record: each by its name, as it comes and at most once. What a value must be is for the rules.

use super::mend::{mended, readable};
use super::rules::{
    asn, boolean, country, derived_credential, ip, spelled_value, text, username, word,
};
use super::scan::usual;
use super::value::Value;
use super::{
    Attempt, Credential, FailureReason, Kind, MAX_RECORD_BYTES, Mfa, Outcome, Reject, RejectKind,
};
use crate::time::EpochMs;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use std::borrow::Cow;
use std::fmt;

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

fn not_json() -> Reject {
    Reject::new("", RejectKind::NotJson, "one JSON object")
}
