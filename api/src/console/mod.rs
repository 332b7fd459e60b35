//! The console: one plain page that shows the stream.
//!
//! It is opened by a one-time link or a read key, either of which is exchanged for a cookie that
//! scripts cannot read and other sites cannot send. The cookie opens this page and its data and
//! nothing else. All text reaches the page as JSON and is set as text, never as markup.

pub(crate) mod tickets;
mod words;

use crate::error::ApiError;
use crate::extract::{MaxBody, Params, RawBody, media_type};
use crate::rim::{Room, within};
use crate::state::{ApiState, now_ms};
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue,
    LOCATION, REFERRER_POLICY, SET_COOKIE,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Form, Router};
use credsieve_detector::live::{LATEST, Second};
use credsieve_models::alert::Takeover;
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::time::to_rfc3339;
use credsieve_models::verdict::Score;
use credsieve_store::{Scope, StoredVerdict};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tickets::Holder;

const COOKIE_NAME: &str = "credsieve_console";
const FORM: &str = "application/x-www-form-urlencoded";
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The largest form that is read.
const MAX_FORM: usize = 4 * 1024;
/// How long a form may take to arrive.
const LOGIN_BODY: Duration = Duration::from_secs(1);

/// The routes of the page.
pub(crate) fn router(state: &ApiState) -> Router<ApiState> {
    let time = state.parts.settings.request_timeout;
    let room = Room::new(&state.requests, time);
    // Anybody may post here, and a body that does not come holds a place.
    let of_logins = Room {
        body: time.min(LOGIN_BODY),
        ..Room::new(&state.logins, time)
    };
    let logins = Router::new()
        .route("/login", post(login))
        .route_layer(DefaultBodyLimit::max(MAX_FORM))
        .route_layer(Extension(MaxBody(MAX_FORM)))
        .route_layer(from_fn(page_headers))
        .route_layer(from_fn_with_state(of_logins, within));
    Router::new()
        .route("/", get(page))
        .route("/overview.json", get(overview))
        .route("/open", get(open))
        .route("/login", get(login_page))
        .route("/console.css", get(style))
        .route("/console.js", get(script))
        .route_layer(DefaultBodyLimit::max(MAX_FORM))
        .route_layer(from_fn(page_headers))
        .route_layer(from_fn_with_state(room, within))
        .merge(logins)
}

/// What every answer here says to the browser.
async fn page_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (REFERRER_POLICY, "no-referrer"),
        (CACHE_CONTROL, "no-store"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

async fn style() -> impl IntoResponse {
    let kind = (CONTENT_TYPE, "text/css; charset=utf-8");
    ([kind], include_str!("console.css"))
}

async fn script() -> impl IntoResponse {
    let kind = (CONTENT_TYPE, "text/javascript; charset=utf-8");
    ([kind], include_str!("console.js"))
}

fn html(text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], text)
}

fn to(path: &'static str) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, path)]).into_response()
}

async fn page(State(state): State<ApiState>, headers: HeaderMap) -> Response {
    if may_look(&state, &headers).await {
        html(include_str!("overview.html")).into_response()
    } else {
        to("/login")
    }
}

async fn login_page() -> impl IntoResponse {
    html(include_str!("login.html"))
}

/// What a one-time link carries.
#[derive(Deserialize)]
struct Link {
    token: Option<String>,
}

/// Exchanges a one-time link for a cookie.
async fn open(
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
async fn login(State(state): State<ApiState>, request: Request) -> Result<Response, ApiError> {
    let headers = request.headers().clone();
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
        Ok(caller) => let_in(&state, Holder::Key(caller.key_id)),
        Err(error @ ApiError::KeysUnknown) => Err(error),
        Err(_) => Ok((
            StatusCode::UNAUTHORIZED,
            html(include_str!("login_failed.html")),
        )
            .into_response()),
    }
}

/// Gives a cookie and shows the page.
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
    let mut response = to("/");
    let cookie = HeaderValue::from_str(&cookie)
        .map_err(|_| ApiError::Internal("a cookie that is no header"))?;
    response.headers_mut().insert(SET_COOKIE, cookie);
    Ok(response)
}

/// Whether these headers hold a live cookie, given for a key that is still good.
async fn may_look(state: &ApiState, headers: &HeaderMap) -> bool {
    let ticket = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(name, ticket)| (name == COOKIE_NAME).then_some(ticket));
    match ticket.and_then(|ticket| state.cookies.look(ticket)) {
        None => false,
        Some(Holder::Operator) => true,
        Some(Holder::Key(key_id)) => state.keyring.still_good(&key_id).await,
    }
}

/// What the page draws.
#[derive(Serialize)]
struct Overview {
    /// The service's clock, in seconds since 1970: the right end of the picture.
    now: i64,
    mode: &'static str,
    total: Second,
    seconds: Vec<Second>,
    campaigns: Vec<CampaignRow>,
    fallen: Vec<FallenRow>,
    blocked: Vec<BlockedRow>,
    waiting: Vec<String>,
}

/// One line of the table.
#[derive(Serialize)]
struct BlockedRow {
    id: String,
    time: String,
    user: Option<String>,
    address: String,
    network: Option<String>,
    attack: &'static str,
    score: String,
    reasons: Vec<String>,
}

/// One line of the table of campaigns.
#[derive(Serialize)]
struct CampaignRow {
    id: String,
    since: String,
    over: bool,
    attack: &'static str,
    attempts: u64,
    addresses: u32,
    users: u32,
    shared: Vec<String>,
    /// How many accounts fell.
    fell: u32,
    /// The names of these, as far as they are remembered.
    accounts: Vec<String>,
}

/// One line of the table of accounts that fell.
#[derive(Serialize)]
struct FallenRow {
    id: String,
    time: String,
    user: Option<String>,
    /// The success was let pass, and what it was became clear later.
    later: bool,
    campaign: bool,
    score: String,
    reasons: Vec<String>,
}

/// The page's data: for its cookie, or for a read key.
async fn overview(State(state): State<ApiState>, headers: HeaderMap) -> Result<Response, ApiError> {
    if !may_look(&state, &headers).await {
        state.keyring.caller(&headers, Scope::Read).await?;
    }
    let live = state
        .parts
        .live
        .as_ref()
        .ok_or(ApiError::NotHere("live view of the stream"))?;
    let view = live.view();
    let waiting = state.parts.readiness.waiting();
    let overview = Overview {
        now: now_ms().div_euclid(1_000),
        mode: state.parts.policy.mode.0.name(),
        total: view.total,
        seconds: view.seconds,
        campaigns: view
            .campaigns
            .iter()
            .map(|campaign| campaign_row(campaign, &view.takeovers))
            .collect(),
        fallen: view.takeovers.iter().take(LATEST).map(fallen_row).collect(),
        blocked: view.latest_blocked.iter().map(row).collect(),
        waiting: waiting.into_iter().map(|(_, what)| what).collect(),
    };
    let text = serde_json::to_string(&overview)
        .map_err(|_| ApiError::Internal("the overview cannot be written"))?;
    // Harmless as it is, since its type is JSON; but then no reader can take a name for a tag.
    let text = text.replace('<', "\\u003c");
    Ok(([(CONTENT_TYPE, "application/json")], text).into_response())
}

fn campaign_row(campaign: &Campaign, takeovers: &[Takeover]) -> CampaignRow {
    let mut accounts: Vec<String> = Vec::new();
    for takeover in takeovers {
        if takeover.campaign_id == Some(campaign.id)
            && let Some(name) = &takeover.username
            && !accounts.contains(name)
        {
            accounts.push(name.clone());
        }
    }
    let known = u32::try_from(accounts.len()).unwrap_or(u32::MAX);
    CampaignRow {
        id: campaign.id.to_string(),
        since: to_rfc3339(campaign.opened_at_ms),
        over: campaign.phase == Phase::Closed,
        attack: words::attack(campaign.attack),
        attempts: campaign.attempts,
        addresses: campaign.addresses,
        users: campaign.users,
        shared: words::members(&campaign.members),
        fell: campaign.accounts.max(known),
        accounts,
    }
}

fn fallen_row(takeover: &Takeover) -> FallenRow {
    FallenRow {
        id: takeover.verdict_id.to_string(),
        time: to_rfc3339(takeover.time_ms),
        user: takeover.username.clone(),
        later: takeover.revision > 0,
        campaign: takeover.campaign_id.is_some(),
        score: percent(takeover.score),
        reasons: takeover.reasons.iter().map(words::reason).collect(),
    }
}

fn percent(score: Score) -> String {
    format!("{:.1} %", f64::from(score.0) / 100.0)
}

fn row(stored: &StoredVerdict) -> BlockedRow {
    let verdict = &stored.verdict;
    BlockedRow {
        id: verdict.verdict_id.to_string(),
        time: to_rfc3339(verdict.time_ms),
        user: stored.username.clone(),
        address: stored.ip.to_string(),
        network: stored.asn.map(|asn| format!("AS{asn}")),
        attack: words::attack(verdict.attack),
        score: percent(verdict.score),
        reasons: verdict.reasons.iter().map(words::reason).collect(),
    }
}
