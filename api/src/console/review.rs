//! The review page's data: bursts of flagged attempts, with what was tried in them and what reviewers say, in words.
//!
//! A burst may have any number of attempts, and a page has several bursts: of each the latest attempts
//! are looked at, and where there are more the page says so; but accounts that fell are looked for
//! before those too.

use super::looker::{Looker, look};
use super::{as_json, percent, words};
use crate::error::ApiError;
use crate::extract::{InPath, Params, at_least, one_of, page};
use crate::routes::sessions::{MIN_ATTEMPTS, WHAT, session_id};
use crate::state::ApiState;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use credsieve_models::time::to_rfc3339;
use credsieve_models::{Attack, Decision, names};
use credsieve_store::{
    PageRequest, Review, Session, SessionFilter, StoreError, StoredVerdict, VerdictFilter,
};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Bursts of a page.
const AT_ONCE: &str = "20";
/// Verdicts that are looked at, of each.
const LOOKED_AT: u32 = 200;

/// Which bursts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// `true` for those that somebody reviewed; else those that wait.
    reviewed: Option<String>,
    /// Those of so many attempts or more.
    min_attempts: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of bursts.
#[derive(Serialize)]
struct Bursts {
    #[serde(flatten)]
    by: By,
    items: Vec<Burst>,
    next: Option<String>,
}

/// One burst.
#[derive(Serialize)]
struct One {
    #[serde(flatten)]
    by: By,
    burst: Burst,
}

/// Who looks.
#[derive(Serialize)]
struct By {
    /// The name of the key.
    who: Option<String>,
    may_review: bool,
}

impl By {
    fn new(looker: &Looker) -> Self {
        let caller = looker.caller.as_ref();
        Self {
            who: caller.map(|caller| caller.name.as_ref().to_owned()),
            may_review: looker.is_admin,
        }
    }
}

/// A session of the store, as a person reads it.
#[derive(Serialize)]
struct Burst {
    id: String,
    /// To give back with a review.
    version: i64,
    first: String,
    last: String,
    tenant: String,
    address: String,
    attack: &'static str,
    attempts: i64,
    challenged: i64,
    blocked: i64,
    tried: Option<Tried>,
    review: Option<Said>,
}

/// What was tried; nothing where the attempts are no longer stored.
#[derive(Serialize)]
struct Tried {
    network: Option<String>,
    /// There are more attempts than were looked at.
    more: bool,
    looked_at: u32,
    /// The highest score, and what led to it.
    score: String,
    reasons: Vec<String>,
    /// The names, the one tried last first.
    users: Vec<String>,
    /// Those into which somebody seems to have got.
    entered: Vec<String>,
}

/// What a reviewer said.
#[derive(Serialize)]
struct Said {
    verdict: &'static str,
    note: String,
    author: String,
    at: String,
}

impl From<Review> for Said {
    fn from(review: Review) -> Self {
        Self {
            verdict: words::review(review.verdict),
            note: review.note,
            author: review.author,
            at: to_rfc3339(review.at_ms),
        }
    }
}

/// A page of bursts, the one with the newest activity first: for the cookie.
pub(super) async fn sessions(
    State(state): State<ApiState>,
    headers: HeaderMap,
    Params(which): Params<Which>,
) -> Result<Response, ApiError> {
    let looker = look(&state, &headers).await.ok_or(ApiError::NoKey)?;
    let reviewed = which.reviewed.as_deref().unwrap_or("false");
    let from_name = |name: &str| name.parse::<bool>().ok();
    let min_attempts = which.min_attempts.map(|text| at_least(MIN_ATTEMPTS, &text));
    let filter = SessionFilter {
        reviewed: Some(one_of("reviewed", reviewed, from_name, "true or false")?),
        min_attempts: min_attempts.transpose()?,
        ..SessionFilter::default()
    };
    let page = page(Some(AT_ONCE), which.cursor)?;
    let found = state.parts.store.sessions(&filter, &page).await?;
    let mut items = Vec::with_capacity(found.items.len());
    for session in found.items {
        items.push(burst(&state, session).await?);
    }
    as_json(&Bursts {
        by: By::new(&looker),
        items,
        next: found.next,
    })
}

/// One burst, as it is now: for the cookie.
pub(super) async fn session(
    State(state): State<ApiState>,
    headers: HeaderMap,
    InPath(id): InPath<String>,
) -> Result<Response, ApiError> {
    let looker = look(&state, &headers).await.ok_or(ApiError::NoKey)?;
    let found = state.parts.store.session(session_id(&id)?).await?;
    let session = found.ok_or(ApiError::NotFound(WHAT))?;
    as_json(&One {
        by: By::new(&looker),
        burst: burst(&state, session).await?,
    })
}

async fn burst(state: &ApiState, session: Session) -> Result<Burst, StoreError> {
    let seen = Seen::read(state, &session).await?;
    Ok(Burst {
        id: session.session_id.to_string(),
        version: session.version,
        first: to_rfc3339(session.first_at_ms),
        last: to_rfc3339(session.last_at_ms),
        tenant: session.tenant,
        address: session.ip.to_string(),
        attack: words::attack(session.attack),
        attempts: session.attempts,
        challenged: session.challenged,
        blocked: session.blocked,
        tried: seen.tried(),
        review: session.review.map(Said::from),
    })
}

/// What is looked at of a burst, newest first.
struct Seen {
    latest: Vec<StoredVerdict>,
    more: bool,
    /// Takeovers before those.
    takeovers: Vec<StoredVerdict>,
}

impl Seen {
    async fn read(state: &ApiState, session: &Session) -> Result<Self, StoreError> {
        let store = &state.parts.store;
        let page = PageRequest {
            limit: LOOKED_AT,
            cursor: None,
        };
        // The parts of the store that hold other times are left alone.
        let of_its_time = VerdictFilter {
            from_ms: Some(session.first_at_ms),
            to_ms: Some(session.last_at_ms.saturating_add(1)),
            ..VerdictFilter::default()
        };
        let id = Some(session.session_id);
        let filter = VerdictFilter {
            session_id: id,
            ..of_its_time.clone()
        };
        let latest = store.verdicts(&filter, &page).await?;
        let more = latest.next.is_some();
        let mut takeovers = Vec::new();
        if more {
            // Not asked for by session: to find them in a large one takes seconds, and few fall.
            let filter = VerdictFilter {
                attack: Some(Attack::AccountTakeover),
                ..of_its_time
            };
            takeovers = store.verdicts(&filter, &page).await?.items;
            takeovers.retain(|one| one.verdict.session_id == id);
        }
        Ok(Self {
            latest: latest.items,
            more,
            takeovers,
        })
    }

    /// What was tried; nothing where no attempt is stored.
    fn tried(&self) -> Option<Tried> {
        let latest = latest_words(&self.latest);
        // Of equal ones the first, which is the newest.
        let worst = latest.iter().rev().max_by_key(|one| one.verdict.score)?;
        let earlier = latest_words(&self.takeovers);
        let entered = latest.iter().chain(&earlier).filter(|one| {
            let verdict = &one.verdict;
            verdict.attack == Attack::AccountTakeover && verdict.decision != Decision::Allow
        });
        Some(Tried {
            network: worst.asn.map(|asn| format!("AS{asn}")),
            more: self.more,
            looked_at: LOOKED_AT,
            score: percent(worst.verdict.score),
            reasons: worst.verdict.reasons.iter().map(words::reason).collect(),
            users: distinct(latest.iter().copied()),
            entered: distinct(entered.copied()),
        })
    }
}

/// The last word on each attempt, in the order of the attempts.
fn latest_words(stored: &[StoredVerdict]) -> Vec<&StoredVerdict> {
    let of = |one: &StoredVerdict| (one.verdict.tenant.clone(), one.verdict.event_id.clone());
    let mut last: HashMap<_, u32> = HashMap::new();
    for one in stored {
        let revision = last.entry(of(one)).or_default();
        *revision = (*revision).max(one.verdict.revision);
    }
    let is_last = |one: &&StoredVerdict| last.get(&of(one)) == Some(&one.verdict.revision);
    stored.iter().filter(is_last).collect()
}

/// The names, each once, however it is written.
fn distinct<'a>(stored: impl Iterator<Item = &'a StoredVerdict>) -> Vec<String> {
    let mut seen = HashSet::new();
    stored
        .filter_map(|one| one.username.as_deref())
        .filter(|name| seen.insert(names::normalise(name)))
        .map(str::to_owned)
        .collect()
}
