//! The data of the page that tells who did what by hand.

use super::{as_json, words};
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Params, page};
use crate::state::ApiState;
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use credsieve_models::time::to_rfc3339;
use credsieve_store::{Act, ActFilter};
use serde::{Deserialize, Serialize};

/// Acts of a page.
const AT_ONCE: &str = "50";

/// Which acts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// A page of acts.
#[derive(Serialize)]
struct Acts {
    /// The name of the key of who looks.
    who: String,
    items: Vec<Row>,
    next: Option<String>,
}

/// One act.
#[derive(Serialize)]
struct Row {
    time: String,
    who: String,
    /// The public part of their key.
    key: Option<String>,
    what: &'static str,
    subject: String,
    /// The session that was reviewed.
    session: Option<String>,
    old: Option<String>,
    new: Option<String>,
}

/// A page of acts, the last act first. Only admins come here.
pub(super) async fn acts(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    Params(which): Params<Which>,
) -> Result<Response, ApiError> {
    let page = page(Some(AT_ONCE), which.cursor)?;
    let found = state
        .parts
        .store
        .audit(&ActFilter::default(), &page)
        .await?;
    as_json(&Acts {
        who: caller.name.as_ref().to_owned(),
        items: found.items.into_iter().map(Row::from).collect(),
        next: found.next,
    })
}

impl From<Act> for Row {
    fn from(act: Act) -> Self {
        Self {
            time: to_rfc3339(act.at_ms),
            who: act.actor,
            key: act.key_id,
            what: words::act(act.act),
            session: act.subject.strip_prefix("session:").map(str::to_owned),
            subject: act.subject,
            old: act.old,
            new: act.new,
        }
    }
}
