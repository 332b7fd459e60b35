//! In and out: a one-time link or a key is exchanged for a cookie, and the cookie given back.

use super::looker::{COOKIE_NAME, ticket};
use super::tickets::Holder;
use super::{html, to};
use crate::error::ApiError;
use crate::extract::{Params, RawBody, media_type};
use crate::state::ApiState;
use axum::Form;
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::header::{HeaderValue, SET_COOKIE};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use credsieve_store::Scope;
use serde::Deserialize;

const FORM: &str = "application/x-www-form-urlencoded";

/// What a one-time link carries.
#[derive(Deserialize)]
pub(super) struct Link {
    token: Option<String>,
}

/// Exchanges a one-time link for a cookie.
pub(super) async fn open(
    State(state): State<ApiState>,
    method: Method,
    headers: HeaderMap,
    Params(link): Params<Link>,
) -> Result<Response, ApiError> {
    // Programs that look at links before a person does must not use them up.
    let looks_ahead = headers
        .get("sec-purpose")
        .is_some_and(|purpose| purpose.as_bytes().starts_with(b"prefetch"));
    if method != Method::GET || looks_ahead {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    match state.links.redeem(&link.token.unwrap_or_default()) {
        Some(holder) => let_in(&state, holder),
        None => Ok((
            StatusCode::UNAUTHORIZED,
            html(include_str!("link_used.html")),
        )
            .into_response()),
    }
}

/// What the form posts.
#[derive(Deserialize)]
struct LoginForm {
    key: String,
}

/// Exchanges a read key for a cookie.
pub(super) async fn login(
    State(state): State<ApiState>,
    request: Request,
) -> Result<Response, ApiError> {
    let headers = request.headers().clone();
    let before = ticket(&headers).map(str::to_owned);
    // A browser says where a form was posted from; another site must not log anybody in here.
    let from = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if from.is_some_and(|from| from != b"same-origin" && from != b"none") {
        return Err(ApiError::CrossSite);
    }
    if media_type(&headers) != FORM {
        return Err(ApiError::MediaType(FORM));
    }
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let RawBody(body) = RawBody::from_request(request, &state).await?;
    let mut arrived = Request::new(Body::from(body));
    (*arrived.method_mut(), *arrived.uri_mut()) = (method, uri);
    *arrived.headers_mut() = headers;
    let Form(form) = Form::<LoginForm>::from_request(arrived, &state)
        .await
        .map_err(|_| ApiError::Syntax("expected a form with a key".to_owned()))?;
    match state.keyring.check(form.key.trim(), Scope::Read).await {
        Ok(caller) => {
            // One browser has one cookie: that of before opens nothing any more.
            if let Some(before) = before {
                state.cookies.redeem(&before);
            }
            let_in(&state, Holder::Key(caller.key_id))
        }
        Err(error @ ApiError::KeysUnknown) => Err(error),
        Err(_) => Ok((
            StatusCode::UNAUTHORIZED,
            html(include_str!("login_failed.html")),
        )
            .into_response()),
    }
}

/// Gives a cookie and shows the page: the overview, where this process sees the stream.
fn let_in(state: &ApiState, holder: Holder) -> Result<Response, ApiError> {
    let ticket = state
        .cookies
        .issue(holder)
        .map_err(|_| ApiError::Internal("no randomness"))?;
    let secure = if state.parts.settings.secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let cookie =
        format!("{COOKIE_NAME}={ticket}; HttpOnly; SameSite=Strict; Path=/; Max-Age=43200{secure}");
    let home = if state.parts.live.is_some() {
        "/"
    } else {
        "/review"
    };
    let mut response = to(home);
    let cookie = HeaderValue::from_str(&cookie)
        .map_err(|_| ApiError::Internal("a cookie that is no header"))?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// Gives the cookie back: it opens nothing any more, wherever else it is.
pub(super) async fn logout(State(state): State<ApiState>, headers: HeaderMap) -> Response {
    if let Some(ticket) = ticket(&headers) {
        state.cookies.redeem(ticket);
    }
    let gone = format!("{COOKIE_NAME}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
    (StatusCode::NO_CONTENT, [(SET_COOKIE, gone)]).into_response()
}
