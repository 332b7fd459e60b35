//! The attempt: one login event in credsieve's native JSON, borrowed from the bytes it came in.
//!
//! Parsing never fails the stream. What is not an attempt becomes a [`Reject`] that names the field
//! and what was expected there, and never repeats the value: it may be a password typed into the
//! wrong box.

mod fields;
mod mend;
mod rules;
mod scan;
mod unknown;
mod value;

pub use unknown::unknown_fields;

use crate::time::EpochMs;
use fields::Fields;
use rules::{event_id, spelled_value, time};
use std::borrow::Cow;
use std::fmt;
use std::net::IpAddr;

/// The largest record that is read, in bytes; a larger one is a [`RejectKind::TooLarge`].
pub const MAX_RECORD_BYTES: usize = 64 * 1024;

/// How far a record's time may be ahead of its clock, in milliseconds.
pub const MAX_AHEAD_MS: i64 = 5 * 60 * 1000;

/// Declares an enum whose variants have a fixed spelling in JSON.
macro_rules! spelled {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The spelling in JSON, paths and metrics.
            #[must_use]
            pub fn name(self) -> &'static str { match self { $(Self::$variant => $text),+ } }
            /// The variant of that spelling.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> { match name { $($text => Some(Self::$variant),)+ _ => None } }
        }
    };
}
pub(crate) use spelled;

spelled! {
    /// How the attempt ended.
    Outcome {
        /// The caller got in (or the sign-up, reset … was accepted).
        Success = "success",
        /// The caller did not.
        Failure = "failure",
    }
}

spelled! {
    /// What was attempted.
    Kind {
        /// A login with a password or the like.
        Login = "login",
        /// A new account.
        Signup = "signup",
        /// A reset of a forgotten password.
        PasswordReset = "password_reset",
        /// A question whether an account exists.
        Lookup = "lookup",
        /// A second factor alone.
        Mfa = "mfa",
        /// A token presented instead of a password.
        Token = "token",
    }
}

spelled! {
    /// Was the password right? A right one stopped by MFA or policy is a thief's success half way.
    Credential {
        /// It was right.
        Valid = "valid",
        /// It was wrong.
        Invalid = "invalid",
        /// Nobody checked.
        Unknown = "unknown",
    }
}

spelled! {
    /// Why an attempt failed, where the producer says so.
    FailureReason {
        /// There is no such account.
        UnknownUser = "unknown_user",
        /// The password is wrong.
        BadPassword = "bad_password",
        /// The second factor is wrong.
        BadMfa = "bad_mfa",
        /// The account is locked.
        Locked = "locked",
        /// The password or account has expired.
        Expired = "expired",
        /// Anything else, an outage included.
        Other = "other",
    }
}

spelled! {
    /// What became of the second factor.
    Mfa {
        /// It was right.
        Passed = "passed",
        /// It was wrong.
        Failed = "failed",
        /// None was asked for.
        None = "none",
    }
}

/// One login event. Strings borrow from the record unless an escape or normalising made them anew.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt<'a> {
    /// The producer's unique id. Empty only in a question to `/v1/decide` that gave none.
    pub event_id: Cow<'a, str>,
    /// When it happened.
    pub time_ms: EpochMs,
    /// How it ended. `None` only in a question to `/v1/decide`.
    pub outcome: Option<Outcome>,
    /// Where it came from; IPv4-mapped IPv6 is IPv4 already.
    pub ip: IpAddr,
    /// What was attempted.
    pub kind: Kind,
    /// Whether the password was right, given or derived from outcome, reason and MFA.
    pub credential: Credential,
    /// Why it failed.
    pub failure_reason: Option<FailureReason>,
    /// The name, normalised by [`crate::names::normalise`]; `None` where absent or blank.
    pub username: Option<Cow<'a, str>>,
    /// Autonomous system number.
    pub asn: Option<u32>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: Option<[u8; 2]>,
    /// The producer's device token.
    pub device_id: Option<Cow<'a, str>>,
    /// The `User-Agent` header.
    pub user_agent: Option<Cow<'a, str>>,
    /// JA4 TLS fingerprint.
    pub ja4: Option<Cow<'a, str>>,
    /// Keyed digest of the tried password, made by the producer.
    pub password_fingerprint: Option<Cow<'a, str>>,
    /// The producer found the pair in a breach list.
    pub breached_password: bool,
    /// What became of the second factor.
    pub mfa: Option<Mfa>,
    /// The tenant; `default` where absent.
    pub tenant: Cow<'a, str>,
    /// The application.
    pub app: Option<Cow<'a, str>>,
    /// The endpoint.
    pub endpoint: Option<Cow<'a, str>>,
    /// The producer's session id, never copied into a verdict.
    pub session_id: Option<Cow<'a, str>>,
}

/// A question to `/v1/decide`.
#[derive(Debug)]
pub struct Question<'a> {
    /// The attempt, before its outcome.
    pub attempt: Attempt<'a>,
    /// Names in the record that are no fields and were ignored, as [`unknown_fields`] tells them.
    pub unknown_fields: Vec<String>,
}

/// Shows what kind of attempt it is, and nothing about who made it.
impl fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("time_ms", &self.time_ms)
            .field("kind", &self.kind)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

spelled! {
    /// What is wrong with a record: a stable name for metrics.
    RejectKind {
        /// More bytes than [`MAX_RECORD_BYTES`].
        TooLarge = "too_large",
        /// Not UTF-8, outside of strings or in the id; what is in another string is replaced.
        NotUtf8 = "not_utf8",
        /// Not JSON.
        NotJson = "not_json",
        /// JSON, but no object.
        NotObject = "not_object",
        /// A field stands twice.
        Duplicate = "duplicate",
        /// A required field is absent or null.
        Missing = "missing",
        /// A field has another JSON type.
        WrongType = "wrong_type",
        /// The id is too long. Other strings are cut: whoever logs in can write them.
        TooLong = "too_long",
        /// A value is not one of those allowed.
        BadValue = "bad_value",
        /// The id holds a NUL character, which PostgreSQL cannot store.
        NulCharacter = "nul_character",
        /// The time is more than [`MAX_AHEAD_MS`] ahead of the record's clock.
        TooFarAhead = "too_far_ahead",
    }
}

/// Why a record is no attempt. Holds no value of the record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct Reject {
    /// The field, or empty where the record as a whole is meant.
    pub field: &'static str,
    /// What is wrong with it.
    pub kind: RejectKind,
    /// What was expected instead.
    pub expected: &'static str,
    /// Where in the record, 1-based column in bytes, where the syntax broke.
    pub column: Option<usize>,
}

impl Reject {
    fn new(field: &'static str, kind: RejectKind, expected: &'static str) -> Self {
        Self {
            field,
            kind,
            expected,
            column: None,
        }
    }

    fn describe(&self) -> String {
        let place = match (self.field, self.column) {
            ("", Some(column)) => format!("record, column {column}"),
            ("", None) => "record".to_owned(),
            (field, _) => format!("field `{field}`"),
        };
        let kind = self.kind.name().replace('_', " ");
        format!("{place}: {kind}; expected {}", self.expected)
    }
}

impl<'a> Attempt<'a> {
    /// Reads one event. `clock_ms` is the record's clock; see the contract of the attempt.
    ///
    /// # Errors
    /// A [`Reject`] that names the first field found wanting.
    pub fn parse(record: &'a [u8], clock_ms: EpochMs) -> Result<Self, Reject> {
        let fields = Fields::parse(record)?;
        let time_ms = time(&fields.time)?;
        if time_ms > clock_ms.saturating_add(MAX_AHEAD_MS) {
            return Err(Reject::new(
                "time",
                RejectKind::TooFarAhead,
                "a time at most 5 minutes ahead of the record's clock",
            ));
        }
        let event_id = event_id(&fields.event_id)?.ok_or_else(|| {
            Reject::new(
                "event_id",
                RejectKind::Missing,
                "a string that is not empty",
            )
        })?;
        let outcome = spelled_value(&fields.outcome, "outcome", Outcome::from_name, OUTCOMES)?
            .ok_or_else(|| Reject::new("outcome", RejectKind::Missing, OUTCOMES))?;
        fields.into_attempt(event_id, time_ms, Some(outcome))
    }

    /// Reads a question to `/v1/decide`: an attempt without its outcome. `event_id` may be absent;
    /// `time` and `outcome` are ignored, the time is `now_ms`.
    ///
    /// # Errors
    /// A [`Reject`] that names the first field found wanting.
    pub fn parse_question(record: &'a [u8], now_ms: EpochMs) -> Result<Question<'a>, Reject> {
        let fields = Fields::parse(record)?;
        let event_id = event_id(&fields.event_id)?.unwrap_or_default();
        // The record is read a second time only where there is something to tell.
        let unknown_fields = if fields.has_unknown {
            unknown_fields(record)
        } else {
            Vec::new()
        };
        let attempt = fields.into_attempt(event_id, now_ms, None)?;
        Ok(Question {
            attempt,
            unknown_fields,
        })
    }
}

const OUTCOMES: &str = "success or failure";

#[cfg(test)]
mod tests;
