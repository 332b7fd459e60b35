//! What handlers take from a request, with problems instead of the framework's own refusals.

use crate::error::ApiError;
use crate::rim::BodyDeadline;
use crate::state::ApiState;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use credsieve_models::time::{
    EpochMs, MAX_EPOCH_MS, NOT_SECONDS, looks_like_seconds, parse_rfc3339,
};
use credsieve_store::PageRequest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// The most bytes that a route reads, beside the framework's limit, which nobody can ask for its number.
#[derive(Clone, Copy)]
pub(crate) struct MaxBody(pub(crate) usize);

impl MaxBody {
    fn said(self) -> String {
        match self.0 / 1024 {
            kib if kib >= 1024 => format!("{} MiB", kib / 1024),
            kib => format!("{kib} KiB"),
        }
    }
}

/// The whole body, no larger than the route's limit, arrived in time.
pub(crate) struct RawBody(pub(crate) Bytes);

impl FromRequest<ApiState> for RawBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        let deadline = request.extensions().get::<BodyDeadline>().copied();
        let most = request.extensions().get::<MaxBody>().copied();
        let body = Bytes::from_request(request, state);
        let body = match deadline {
            Some(BodyDeadline(at)) => tokio::time::timeout_at(at, body)
                .await
                .map_err(|_| ApiError::SlowBody)?,
            None => body.await,
        };
        body.map(Self).map_err(|refusal| {
            if refusal.status() == StatusCode::PAYLOAD_TOO_LARGE {
                let unsaid = || "what this route reads".to_owned();
                ApiError::TooLarge(most.map_or_else(unsaid, MaxBody::said))
            } else {
                ApiError::Syntax("the body broke off".to_owned())
            }
        })
    }
}

/// A body that is one JSON object, with a check for each field.
pub(crate) struct Object(Map<String, Value>);

impl FromRequest<ApiState> for Object {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, ApiError> {
        expect_json(request.headers())?;
        let RawBody(body) = RawBody::from_request(request, state).await?;
        match serde_json::from_slice(&body) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(_) => Err(ApiError::Syntax("expected one JSON object".to_owned())),
            // The error says where, never what.
            Err(error) => Err(ApiError::Syntax(format!(
                "not JSON: line {}, column {}",
                error.line(),
                error.column()
            ))),
        }
    }
}

impl Object {
    /// Refuses fields that nobody knows: a misspelled one would be ignored in silence.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        if self.0.keys().all(|name| known.contains(&name.as_str())) {
            return Ok(());
        }
        Err(ApiError::Syntax(format!(
            "a field is not known here; known are {}",
            known.join(", ")
        )))
    }

    /// A text of at most `max` bytes; `None` where absent or null.
    pub(crate) fn text(
        &self,
        field: &'static str,
        max: usize,
        expected: &'static str,
    ) -> Result<Option<String>, ApiError> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) if text.len() <= max && !text.contains('\0') => {
                Ok(Some(text.clone()))
            }
            Some(_) => Err(ApiError::Field { field, expected }),
        }
    }

    /// A number; `None` where absent or null.
    pub(crate) fn integer(
        &self,
        field: &'static str,
        expected: &'static str,
    ) -> Result<Option<i64>, ApiError> {
        match self.0.get(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_i64()
                .map(Some)
                .ok_or(ApiError::Field { field, expected }),
        }
    }

    /// An instant; `None` where absent or null.
    pub(crate) fn instant(&self, field: &'static str) -> Result<Option<EpochMs>, ApiError> {
        let text = match self.0.get(field) {
            None | Some(Value::Null) => return Ok(None),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        instant(field, &text).map(Some)
    }
}

/// The query, none of whose parameters is unknown.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<ApiState> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        without_nul(parts.uri.query().unwrap_or_default())?;
        Query::<T>::from_request_parts(parts, state)
            .await
            .map(|Query(params)| Self(params))
            .map_err(|refusal| ApiError::Syntax(refusal.body_text()))
    }
}

/// The variable parts of the path, percent-decoded.
pub(crate) struct InPath<T>(pub(crate) T);

impl<T: DeserializeOwned + Send> FromRequestParts<ApiState> for InPath<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, ApiError> {
        without_nul(parts.uri.path())?;
        Path::<T>::from_request_parts(parts, state)
            .await
            .map(|Path(path)| Self(path))
            .map_err(|refusal| {
                if refusal.into_response().status().is_server_error() {
                    ApiError::Internal("a route whose path does not fit its handler")
                } else {
                    ApiError::Syntax("the path cannot be read".to_owned())
                }
            })
    }
}

/// Refuses NUL, which no stored text holds and which PostgreSQL answers with an error. In a URI it
/// can only stand encoded.
fn without_nul(encoded: &str) -> Result<(), ApiError> {
    if encoded.contains("%00") {
        return Err(ApiError::Syntax(
            "the address holds a NUL character".to_owned(),
        ));
    }
    Ok(())
}

/// The media type of the body, without parameters, in lower case.
pub(crate) fn media_type(headers: &HeaderMap) -> String {
    let value = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Refuses a body that does not say that it is JSON.
pub(crate) fn expect_json(headers: &HeaderMap) -> Result<(), ApiError> {
    let given = media_type(headers);
    if given == "application/json" || given.ends_with("+json") {
        Ok(())
    } else {
        Err(ApiError::MediaType("application/json"))
    }
}

/// A page request from its two parameters.
pub(crate) fn page(limit: Option<&str>, cursor: Option<String>) -> Result<PageRequest, ApiError> {
    let limit = match limit {
        None => 100,
        Some(text) => text
            .parse()
            .ok()
            .filter(|limit| (1..=1_000).contains(limit))
            .ok_or(ApiError::Field {
                field: "limit",
                expected: "a number from 1 to 1,000",
            })?,
    };
    Ok(PageRequest { limit, cursor })
}

/// An instant in a parameter or field.
pub(crate) fn instant(field: &'static str, text: &str) -> Result<EpochMs, ApiError> {
    let number: Option<EpochMs> = text.parse().ok();
    if number.is_some_and(looks_like_seconds) {
        let expected = NOT_SECONDS;
        return Err(ApiError::Field { field, expected });
    }
    number
        .filter(|ms| (0..=MAX_EPOCH_MS).contains(ms))
        .or_else(|| parse_rfc3339(text))
        .ok_or(ApiError::Field {
            field,
            expected: "RFC 3339 with offset, or integer milliseconds since 1970",
        })
}

/// An address in a parameter.
pub(crate) fn address(field: &'static str, text: &str) -> Result<IpAddr, ApiError> {
    let expected = "an IPv4 or IPv6 address";
    text.parse::<IpAddr>()
        .map(|ip| ip.to_canonical())
        .map_err(|_| ApiError::Field { field, expected })
}

/// One of a few spellings in a parameter.
pub(crate) fn one_of<T>(
    field: &'static str,
    text: &str,
    from_name: impl Fn(&str) -> Option<T>,
    expected: &'static str,
) -> Result<T, ApiError> {
    from_name(text).ok_or(ApiError::Field { field, expected })
}

/// A count in a parameter, which is no filter below one.
pub(crate) fn at_least(field: &'static str, text: &str) -> Result<i64, ApiError> {
    let expected = "a whole number, 1 or more";
    text.parse()
        .ok()
        .filter(|count| *count >= 1)
        .ok_or(ApiError::Field { field, expected })
}

/// The version in `If-Match: "7"`, if there is one.
pub(crate) fn if_match(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else {
        return Ok(None);
    };
    value
        .to_str()
        .ok()
        .and_then(|text| text.trim().trim_matches('"').parse().ok())
        .map(Some)
        .ok_or(ApiError::Field {
            field: "If-Match",
            expected: "the ETag of the entry, such as \"7\"",
        })
}
