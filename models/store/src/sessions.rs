//! Sessions and what reviewers say about them.

use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{Attack, SessionId};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What reviewers can say about a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewVerdict {
    /// It was an attack.
    Attack,
    /// It was honest traffic.
    Honest,
    /// It was a test.
    Test,
}

impl ReviewVerdict {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Attack => "attack",
            Self::Honest => "honest",
            Self::Test => "test",
        }
    }
}

/// A reviewer's word on a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// What it was.
    pub verdict: ReviewVerdict,
    /// In the reviewer's words.
    #[serde(default)]
    pub note: String,
    /// Who says so (the name of the key).
    pub author: String,
    /// When.
    #[serde(rename = "at", with = "credsieve_models::time::rfc3339")]
    pub at_ms: EpochMs,
}

/// A session: a burst of flagged attempts from one source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Session {
    /// Its id.
    pub session_id: SessionId,
    /// The tenant of its first attempt.
    pub tenant: String,
    /// The source address.
    pub ip: IpAddr,
    /// Event time of its first flagged attempt.
    #[serde(rename = "first_at", with = "credsieve_models::time::rfc3339")]
    pub first_at_ms: EpochMs,
    /// Event time of its last flagged attempt.
    #[serde(rename = "last_at", with = "credsieve_models::time::rfc3339")]
    pub last_at_ms: EpochMs,
    /// Flagged attempts.
    pub attempts: i64,
    /// Of these, challenged.
    pub challenged: i64,
    /// Of these, blocked.
    pub blocked: i64,
    /// The kind of attack named most recently.
    pub attack: Attack,
    /// Rises with every review; give it back to review.
    pub version: i64,
    /// The latest review.
    pub review: Option<Review>,
}

/// From so many attempts on there is an index of sessions.
const LARGE: i64 = 5;

/// What leads a database to the index where that many attempts or more are asked for. Word for word
/// the index's condition: that a number bound to a statement implies it, no database sees.
pub(crate) fn condition_of_index(min_attempts: i64) -> &'static str {
    if min_attempts >= LARGE {
        " AND attempts >= 5"
    } else {
        ""
    }
}

/// What to read of the sessions. Newest last activity first.
#[derive(Clone, Debug, Default)]
pub struct SessionFilter {
    /// The source address.
    pub ip: Option<IpAddr>,
    /// Reviewed (true) or not yet (false).
    pub reviewed: Option<bool>,
    /// At least so many flagged attempts.
    pub min_attempts: Option<i64>,
    /// Last activity from this instant, included.
    pub from_ms: Option<EpochMs>,
    /// Last activity to this instant, excluded.
    pub to_ms: Option<EpochMs>,
}
