//! Who looks at the pages: what their cookie allows, and what it takes to change something with it.
//!
//! The cookie allows what the key allows that it was given for, as long as that key is good. Who came by a
//! one-time link has no key: they look, and change nothing, since the trail of acts could not name them.
//! A change must come from a page of this service besides: a browser sends the cookie along whoever asks it to.

use super::tickets::Holder;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::state::ApiState;
use axum::extract::{Request, State};
use axum::http::HeaderMap;
use axum::http::header::{COOKIE, HOST, HeaderName, ORIGIN};
use axum::middleware::Next;
use axum::response::Response;
use credsieve_store::Scope;

pub(super) const COOKIE_NAME: &str = "credsieve_console";
/// Where a browser says from where a request was made. It does so over HTTPS and on its own machine.
const FETCH_SITE: &str = "sec-fetch-site";

/// Who may look.
pub(super) struct Looker {
    /// Whose key it is; nobody's for who came by a one-time link.
    pub(super) caller: Option<Caller>,
    /// May review, and read what others did.
    pub(super) is_admin: bool,
}

/// Who sent these headers, if they hold a live cookie.
pub(super) async fn look(state: &ApiState, headers: &HeaderMap) -> Option<Looker> {
    match state.cookies.look(ticket(headers)?)? {
        Holder::Operator => Some(Looker {
            caller: None,
            is_admin: false,
        }),
        Holder::Key(key_id) => Some(Looker {
            caller: Some(state.keyring.holder(&key_id, Scope::Read).await.ok()?),
            is_admin: state.keyring.holder(&key_id, Scope::Admin).await.is_ok(),
        }),
    }
}

/// The ticket in the cookie.
pub(super) fn ticket(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, ticket)| (name == COOKIE_NAME).then_some(ticket))
}

/// Lets in whose cookie was given for a key of the scope `admin`, and tells the handler who it is.
pub(super) async fn admins(
    State(state): State<ApiState>,
    mut request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let looker = look(&state, request.headers()).await;
    let looker = looker.ok_or(ApiError::NoKey)?;
    let caller = looker.caller.filter(|_| looker.is_admin);
    let caller = caller.ok_or(ApiError::NoScope(Scope::Admin))?;
    request.extensions_mut().insert(caller);
    Ok(next.run(request).await)
}

/// Lets in what a page of this service sent. The cookie stays home when another site asks (`SameSite=Strict`),
/// but not when another port or a neighbouring name does.
pub(super) async fn from_our_pages(request: Request, next: Next) -> Result<Response, ApiError> {
    if is_from_our_pages(request.headers()) {
        return Ok(next.run(request).await);
    }
    Err(ApiError::CrossSite)
}

fn is_from_our_pages(headers: &HeaderMap) -> bool {
    if headers.contains_key(FETCH_SITE) {
        return says(headers, &HeaderName::from_static(FETCH_SITE), "same-origin");
    }
    // Over plain HTTP from another machine a browser names the origin alone.
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    host.is_some_and(|host| {
        says(headers, &ORIGIN, &format!("http://{host}"))
            || says(headers, &ORIGIN, &format!("https://{host}"))
    })
}

/// Whether a header is there, once, and says so.
fn says(headers: &HeaderMap, name: &HeaderName, expected: &str) -> bool {
    let mut values = headers.get_all(name).iter();
    values.next().is_some_and(|value| value == expected) && values.next().is_none()
}
