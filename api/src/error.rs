//! Problems: everything that can go wrong in a request, as RFC 9457 problem details.
//!
//! One enum, so that a status, a type and a title are decided in one place. What the caller did
//! wrong is said in full; what went wrong here is logged once, and only its kind is told.

use axum::Json;
use axum::http::header::{HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use credsieve_detector::handle::Busy;
use credsieve_detector::ingest::IngestError;
use credsieve_models::Reject;
use credsieve_models::attempt::RejectKind;
use credsieve_store::{ChangeError, Scope, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

/// What every handler may answer instead of its answer.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// No key was given.
    #[error("no API key was given")]
    NoKey,
    /// The key is unknown, revoked or misspelled.
    #[error("the API key is not valid")]
    BadKey,
    /// The key is good, but not for this.
    #[error("the API key lacks a scope")]
    NoScope(Scope),
    /// A form came from another site.
    #[error("the form was posted from another site")]
    CrossSite,
    /// There is no such path.
    #[error("there is nothing at this path")]
    NoRoute,
    /// The path is there, but not for this method.
    #[error("this path does not know the method")]
    Method,
    /// The path names a thing that is not there.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// This role of the process does not have the part that would answer.
    #[error("this role has no {0}")]
    NotHere(&'static str),
    /// The body is larger than this route reads, which is at most so much.
    #[error("the body is too large")]
    TooLarge(String),
    /// The body's type is none that this route reads.
    #[error("unsupported content type")]
    MediaType(&'static str),
    /// The body did not arrive in time.
    #[error("the body did not arrive in time")]
    SlowBody,
    /// The request cannot be read at all.
    #[error("the request cannot be read")]
    Syntax(String),
    /// One field or parameter is not what was expected.
    #[error("a field is not what was expected")]
    Field {
        /// Its name.
        field: &'static str,
        /// What was expected.
        expected: &'static str,
    },
    /// The body is no attempt.
    #[error(transparent)]
    Reject(#[from] Reject),
    /// A change without the version that it is based on.
    #[error("the version is missing")]
    NoVersion,
    /// Somebody else changed it first.
    #[error("it was changed since")]
    Stale {
        /// The version that it has now.
        current: i64,
    },
    /// The engine cannot answer.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// Events cannot be taken.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// Too many requests are being answered.
    #[error("too many requests at once")]
    Overloaded,
    /// The answer took too long.
    #[error("the answer took too long")]
    TimedOut,
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
    /// Keys cannot be checked.
    #[error("keys cannot be checked")]
    KeysUnknown,
    /// A list entry is stored, but the detectors were not told.
    #[error("stored, not published: {source}")]
    NotPublished {
        /// The entry.
        id: String,
        /// Its version; none for a removed one.
        version: Option<i64>,
        /// Why.
        source: crate::lists_sink::SinkError,
    },
    /// A defect here.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::BadCursor => Self::Field {
                field: "cursor",
                expected: "the `next` of an earlier page of this listing",
            },
            other => Self::Store(other),
        }
    }
}

impl ApiError {
    /// What a conditional change of `what` answers when it fails.
    #[must_use]
    pub fn of_change(error: ChangeError, what: &'static str) -> Self {
        match error {
            ChangeError::NotFound => Self::NotFound(what),
            ChangeError::Stale { current } => Self::Stale { current },
            ChangeError::Store(error) => error.into(),
        }
    }
}

/// An RFC 9457 problem. Members that say nothing are left out.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Problem {
    /// What kind of problem it is; stable, for programs.
    #[serde(rename = "type")]
    #[schema(example = "urn:credsieve:problem:bad-field")]
    pub kind: String,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What is wrong in this case, and what to do.
    pub detail: String,
    /// The field or parameter that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// What was expected there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<&'static str>,
    /// Where the syntax broke: 1-based column in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<usize>,
    /// The version that the thing has now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i64>,
    /// The thing that is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:credsieve:problem:{kind}"),
            title,
            status: status.as_u16(),
            detail: detail.into(),
            ..Self::default()
        }
    }

    /// The status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<&ApiError> for Problem {
    fn from(error: &ApiError) -> Self {
        match error {
            ApiError::NoKey
            | ApiError::BadKey
            | ApiError::NoScope(_)
            | ApiError::CrossSite
            | ApiError::KeysUnknown => of_caller(error),
            ApiError::NoRoute
            | ApiError::Method
            | ApiError::NotFound(_)
            | ApiError::NotHere(_)
            | ApiError::TooLarge(_)
            | ApiError::MediaType(_)
            | ApiError::SlowBody
            | ApiError::Syntax(_)
            | ApiError::Field { .. }
            | ApiError::NoVersion
            | ApiError::Stale { .. } => of_request(error),
            ApiError::Reject(reject) => of_reject(reject),
            ApiError::Busy(_)
            | ApiError::Ingest(_)
            | ApiError::Overloaded
            | ApiError::TimedOut
            | ApiError::Store(_)
            | ApiError::NotPublished { .. }
            | ApiError::Internal(_) => of_service(error),
        }
    }
}

/// Problems of who is asking.
fn of_caller(error: &ApiError) -> Problem {
    match error {
        ApiError::NoKey => Problem::new(
            StatusCode::UNAUTHORIZED,
            "no-key",
            "An API key is needed",
            "Send the key as `Authorization: Bearer csk_…`. A key is made by `credsieve keys create`.",
        ),
        ApiError::NoScope(scope) => Problem::new(
            StatusCode::FORBIDDEN,
            "wrong-scope",
            "The key may not do this",
            format!("This needs a key with the scope `{}`.", scope.name()),
        ),
        ApiError::CrossSite => Problem::new(
            StatusCode::FORBIDDEN,
            "cross-site",
            "The form came from another site",
            "Open the page of this service and use its own form.",
        ),
        ApiError::KeysUnknown => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "keys-unknown",
            "Keys cannot be checked now",
            "The store that holds the keys does not answer. Try again.",
        ),
        _ => Problem::new(
            StatusCode::UNAUTHORIZED,
            "bad-key",
            "The API key is not valid",
            "The key is unknown, revoked or not complete.",
        ),
    }
}

/// Problems of what is asked.
fn of_request(error: &ApiError) -> Problem {
    use StatusCode as S;
    match error {
        ApiError::NoRoute => Problem::new(
            S::NOT_FOUND,
            "no-route",
            "There is nothing here",
            "No route has this path. `/openapi.json` lists them.",
        ),
        ApiError::Method => Problem::new(
            S::METHOD_NOT_ALLOWED,
            "method",
            "Not with this method",
            "The path is known, the method is not. The `Allow` header lists those that are.",
        ),
        ApiError::NotFound(what) => Problem::new(
            S::NOT_FOUND,
            "not-found",
            "There is no such thing",
            format!("There is no such {what}."),
        ),
        ApiError::NotHere(what) => Problem::new(
            S::NOT_FOUND,
            "not-here",
            "Another role answers this",
            format!("This process has no {what}; ask the process that has."),
        ),
        ApiError::TooLarge(most) => Problem::new(
            S::PAYLOAD_TOO_LARGE,
            "too-large",
            "The request is too large",
            format!("Send less at once, at most {most}: a batch can be split."),
        ),
        ApiError::MediaType(expected) => Problem {
            expected: Some(*expected),
            ..Problem::new(
                S::UNSUPPORTED_MEDIA_TYPE,
                "media-type",
                "The content type is not read here",
                format!("Send `Content-Type: {expected}`."),
            )
        },
        ApiError::SlowBody => Problem::new(
            S::REQUEST_TIMEOUT,
            "slow-body",
            "The body did not arrive in time",
            "Send the whole body at once.",
        ),
        ApiError::Syntax(detail) => Problem::new(
            S::BAD_REQUEST,
            "syntax",
            "The request cannot be read",
            detail.clone(),
        ),
        ApiError::Field { field, expected } => Problem {
            field: Some(*field),
            expected: Some(*expected),
            ..Problem::new(
                S::UNPROCESSABLE_ENTITY,
                "bad-field",
                "A field is not what was expected",
                format!("field `{field}`: expected {expected}"),
            )
        },
        ApiError::NoVersion => Problem {
            field: Some("version"),
            ..Problem::new(
                S::PRECONDITION_REQUIRED,
                "no-version",
                "The version is missing",
                "Say which version you change, as `version` or in `If-Match`, so that nobody's change is lost.",
            )
        },
        ApiError::Stale { current } => Problem {
            current_version: Some(*current),
            ..Problem::new(
                S::CONFLICT,
                "stale-version",
                "It was changed since you read it",
                "Nothing was written. Read it again and decide anew.",
            )
        },
        _ => of_service(error),
    }
}

fn of_reject(reject: &Reject) -> Problem {
    let (status, kind, title) = match reject.kind {
        RejectKind::TooLarge => (
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The request is too large",
        ),
        RejectKind::NotUtf8 | RejectKind::NotJson | RejectKind::NotObject => (
            StatusCode::BAD_REQUEST,
            "syntax",
            "The request cannot be read",
        ),
        _ => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-field",
            "A field is not what was expected",
        ),
    };
    Problem {
        field: (!reject.field.is_empty()).then_some(reject.field),
        expected: Some(reject.expected),
        column: reject.column,
        ..Problem::new(status, kind, title, reject.to_string())
    }
}

/// Problems of this service. Nothing of the inside is told.
fn of_service(error: &ApiError) -> Problem {
    use StatusCode as S;
    match error {
        ApiError::Busy(_) => Problem::new(
            S::SERVICE_UNAVAILABLE,
            "busy",
            "No decision in time",
            "The engine is busy. Let the login pass (fail open): the attempt is still judged from the stream.",
        ),
        ApiError::Ingest(IngestError::Full) => Problem::new(
            S::SERVICE_UNAVAILABLE,
            "intake-full",
            "The intake is full",
            "Nothing of this call is lost if you send all of it again: repeats are recognised.",
        ),
        ApiError::Ingest(IngestError::Unconfirmed(_)) => Problem::new(
            S::SERVICE_UNAVAILABLE,
            "unconfirmed",
            "The events are not confirmed",
            "Send all of them again: repeats are recognised.",
        ),
        ApiError::Overloaded => Problem::new(
            S::SERVICE_UNAVAILABLE,
            "overloaded",
            "Too many requests at once",
            "Try again in a moment.",
        ),
        ApiError::TimedOut => Problem::new(
            S::SERVICE_UNAVAILABLE,
            "timed-out",
            "The answer took too long",
            "Try again. A change may have been made all the same: read before you repeat it.",
        ),
        ApiError::Store(error) if error.is_transient() => Problem::new(
            S::SERVICE_UNAVAILABLE,
            "store",
            "The store does not answer",
            "Try again in a moment.",
        ),
        ApiError::NotPublished { id, version, .. } => Problem {
            id: Some(id.clone()),
            current_version: *version,
            ..Problem::new(
                S::SERVICE_UNAVAILABLE,
                "not-published",
                "Stored, but the detectors were not told",
                match version {
                    Some(_) => {
                        "The entry is stored. Repeat the change as a PUT of the same content to publish it."
                    }
                    None => "The entry is removed from the store. Repeat the DELETE to publish it.",
                },
            )
        },
        _ => Problem::new(
            S::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong here",
            "The cause is in the service's log.",
        ),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        self.log();
        let problem = Problem::from(&self);
        let status = problem.status();
        let mut response = (status, Json(problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        if status == StatusCode::UNAUTHORIZED {
            let challenge = HeaderValue::from_static("Bearer realm=\"credsieve\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            // A full queue is empty again within microseconds; anything else takes longer.
            let seconds = if matches!(self, Self::Busy(Busy::Full)) {
                "0"
            } else {
                "1"
            };
            headers.insert(RETRY_AFTER, HeaderValue::from_static(seconds));
        }
        response
    }
}

impl ApiError {
    /// Logs what happened here, and nothing that callers can cause at will.
    fn log(&self) {
        match self {
            Self::Store(error) => tracing::error!(%error, "the store failed a request"),
            Self::NotPublished { id, source, .. } => {
                tracing::error!(error = %source, %id, "a list entry was not published");
            }
            Self::Ingest(IngestError::Unconfirmed(error)) => {
                tracing::warn!(%error, "events were not confirmed");
            }
            Self::Internal(what) => tracing::error!(%what, "a request met a defect"),
            Self::Busy(Busy::Stopped) => tracing::warn!("the engine has stopped"),
            _ => {}
        }
    }
}
