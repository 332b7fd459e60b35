//! `/v1/lists`: what an operator decided by hand.
//!
//! The store is written first and the detectors are told after. When they cannot be told, the
//! answer says so, and repeating the same PUT or DELETE tells them; it never makes a second change. What they
//! were told last is what the store has.

use crate::auth::{Caller, random_hex};
use crate::error::{ApiError, Problem};
use crate::extract::{InPath, Object, Params, if_match, one_of, page};
use crate::lists_sink::tell;
use crate::rim::write;
use crate::schema::{ListEntryRequestSchema, ListEntrySchema, ListPageSchema};
use crate::state::{ApiState, now_ms};
use axum::extract::State;
use axum::http::header::{ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::response::IntoResponse;
use axum::{Extension, Json};
use credsieve_models::lists::{ListAction, ListDimension, ListEntry};
use credsieve_store::{Act, ChangeError, Page, StoredListEntry};
use serde::Deserialize;
use utoipa::IntoParams;

const WHAT: &str = "list entry";
const FIELDS: &[&str] = &[
    "action",
    "dimension",
    "value",
    "endpoint",
    "tenant",
    "reason",
    "holds_from",
    "expires_at",
    "version",
];

/// Which part of the lists.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ListParams {
    /// How many, from 1 to 1,000; 100 where absent.
    limit: Option<String>,
    /// The `next` of the page before.
    cursor: Option<String>,
}

/// The version that is to be removed.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeleteParams {
    /// The entry's version, unless `If-Match` gives it.
    version: Option<String>,
}

/// An entry with its version as the `ETag`.
struct Tagged(StoredListEntry);

impl IntoResponse for Tagged {
    fn into_response(self) -> axum::response::Response {
        let tag = format!("\"{}\"", self.0.version);
        ([(ETAG, tag)], Json(self.0)).into_response()
    }
}

/// Every list entry, in the order of creation.
#[utoipa::path(
    get, path = "/v1/lists", tag = "lists", security(("key" = ["read"])),
    params(ListParams),
    responses(
        (status = 200, description = "A page of entries", body = ListPageSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn list(
    State(state): State<ApiState>,
    Params(params): Params<ListParams>,
) -> Result<Json<Page<StoredListEntry>>, ApiError> {
    let page = page(params.limit.as_deref(), params.cursor)?;
    Ok(Json(state.parts.store.lists(&page).await?))
}

/// One list entry.
#[utoipa::path(
    get, path = "/v1/lists/{id}", tag = "lists", security(("key" = ["read"])),
    params(("id" = String, Path, description = "The entry's id")),
    responses(
        (status = 200, description = "The entry", body = ListEntrySchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn get(
    State(state): State<ApiState>,
    InPath(id): InPath<String>,
) -> Result<impl IntoResponse, ApiError> {
    let found = state.parts.store.list_entry(&id).await?;
    found.map(Tagged).ok_or(ApiError::NotFound(WHAT))
}

/// Adds a list entry.
///
/// It holds from `holds_from` (now where absent) to `expires_at` (for ever where absent), in event
/// time.
#[utoipa::path(
    post, path = "/v1/lists", tag = "lists", security(("key" = ["admin"])),
    request_body = ListEntryRequestSchema,
    responses(
        (status = 201, description = "The entry; `Location` is its path, `ETag` its version", body = ListEntrySchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn create(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    body: Object,
) -> Result<impl IntoResponse, ApiError> {
    let now = now_ms();
    let mut entry = read_entry(&body)?.starting(now);
    if entry
        .expires_at_ms
        .is_some_and(|end| end <= entry.holds_from_ms)
    {
        return Err(ApiError::Field {
            field: "expires_at",
            expected: "an instant after holds_from, which is now where it is not given",
        });
    }
    let random = random_hex().map_err(|_| ApiError::Internal("no randomness"))?;
    random[..32].clone_into(&mut entry.id);
    caller.name.as_ref().clone_into(&mut entry.author);
    let parts = state.clone();
    let change = async move {
        let act = Act::list_entry_created(&entry, &caller.actor(), &parts.parts.hasher);
        let stored = parts.parts.store.create_list_entry(&entry, &act).await?;
        published(&parts, stored).await
    };
    let stored = write(&state, change).await?;
    let location: [(HeaderName, String); 1] =
        [(LOCATION, format!("/v1/lists/{}", stored.entry.id))];
    Ok((StatusCode::CREATED, location, Tagged(stored)))
}

/// Changes a list entry.
///
/// `version` (or `If-Match`) is the version that is changed; a stale one gets 409. Repeating a PUT
/// that was stored but not published (503) publishes it.
#[utoipa::path(
    put, path = "/v1/lists/{id}", tag = "lists", security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The entry's id")),
    request_body = ListEntryRequestSchema,
    responses(
        (status = 200, description = "The entry as it is now", body = ListEntrySchema),
        (status = 409, description = "Somebody else changed it first", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn update(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    headers: HeaderMap,
    body: Object,
) -> Result<impl IntoResponse, ApiError> {
    let wanted = read_entry(&body)?;
    let version = match body.integer("version", "the entry's version, a number")? {
        Some(version) => version,
        None => if_match(&headers)?.ok_or(ApiError::NoVersion)?,
    };
    let parts = state.clone();
    let change = async move {
        let stored = change_entry(&parts, &caller, &id, &wanted, version).await?;
        published(&parts, stored).await
    };
    write(&state, change).await.map(Tagged)
}

/// Removes a list entry.
///
/// `If-Match` or `version` is the version that is removed. Repeating a DELETE that was done but not
/// published (503) publishes it, and answers 404.
#[utoipa::path(
    delete, path = "/v1/lists/{id}", tag = "lists", security(("key" = ["admin"])),
    params(("id" = String, Path, description = "The entry's id"), DeleteParams),
    responses(
        (status = 204, description = "It is gone"),
        (status = 409, description = "Somebody else changed it first", body = Problem, content_type = "application/problem+json"),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    InPath(id): InPath<String>,
    headers: HeaderMap,
    Params(params): Params<DeleteParams>,
) -> Result<StatusCode, ApiError> {
    let version = match params.version {
        Some(text) => text.parse().map_err(|_| ApiError::Field {
            field: "version",
            expected: "the entry's version, a number",
        })?,
        None => if_match(&headers)?.ok_or(ApiError::NoVersion)?,
    };
    let parts = state.clone();
    let change = async move {
        match remove_entry(&parts, &caller, &id, version).await {
            Ok(()) => {}
            // Gone already, perhaps without the detectors having heard of it: tell them (again). They may
            // hold what the store never had, so that is an act too.
            Err(ChangeError::NotFound) if is_ours(&id) => {
                let act = Act::list_entry_forgotten(&id, &caller.actor(), now_ms());
                parts.parts.store.tell(&act).await?;
                told_removed(&parts, id).await?;
                return Err(ApiError::NotFound(WHAT));
            }
            Err(error) => return Err(ApiError::of_change(error, WHAT)),
        }
        told_removed(&parts, id).await
    };
    write(&state, change).await.map(|()| StatusCode::NO_CONTENT)
}

/// The content of an entry as a caller gives it.
struct Wanted {
    entry: ListEntry,
    holds_from_is_given: bool,
}

impl Wanted {
    /// The entry when it is new at `now`.
    fn starting(self, now: i64) -> ListEntry {
        let mut entry = self.entry;
        entry.created_at_ms = now;
        if !self.holds_from_is_given {
            entry.holds_from_ms = now;
        }
        entry
    }

    /// The entry in the place of `old`.
    fn replacing(&self, old: &ListEntry) -> ListEntry {
        let mut entry = self.entry.clone();
        entry.id.clone_from(&old.id);
        entry.author.clone_from(&old.author);
        entry.created_at_ms = old.created_at_ms;
        entry.changed_by.clone_from(&old.changed_by);
        entry.changed_at_ms = old.changed_at_ms;
        if !self.holds_from_is_given {
            entry.holds_from_ms = old.holds_from_ms;
        }
        entry
    }
}

fn read_entry(body: &Object) -> Result<Wanted, ApiError> {
    body.only(FIELDS)?;
    let required = |field, from_text: Option<String>, expected| {
        from_text.ok_or(ApiError::Field { field, expected })
    };
    let actions = "allow or deny";
    let action = required("action", body.text("action", 16, actions)?, actions)?;
    let dimensions = "address, cidr, asn, country, device, user or tool";
    let dimension = required(
        "dimension",
        body.text("dimension", 16, dimensions)?,
        dimensions,
    )?;
    let values = "1 to 1,024 bytes without NUL";
    let value = required("value", body.text("value", 1_024, values)?, values)?;
    // Each stands on a line where people read it.
    let plain = |field, max, expected| match body.text(field, max, expected)? {
        Some(text) if text.contains(char::is_control) => Err(ApiError::Field { field, expected }),
        text => Ok(text.filter(|text| !text.is_empty())),
    };
    let short = "a text of at most 256 bytes without control characters";
    let reasons = "a text of at most 1,024 bytes without control characters";
    let holds_from = body.instant("holds_from")?;
    let expires_at_ms = body.instant("expires_at")?;
    if expires_at_ms.is_some_and(|end| end <= holds_from.unwrap_or(i64::MIN)) {
        return Err(ApiError::Field {
            field: "expires_at",
            expected: "an instant after holds_from",
        });
    }
    let entry = ListEntry {
        id: String::new(),
        action: one_of("action", &action, ListAction::from_name, actions)?,
        dimension: one_of(
            "dimension",
            &dimension,
            ListDimension::from_name,
            dimensions,
        )?,
        value,
        endpoint: plain("endpoint", 256, short)?,
        tenant: plain("tenant", 256, short)?,
        reason: plain("reason", 1_024, reasons)?.unwrap_or_default(),
        author: String::new(),
        created_at_ms: 0,
        changed_by: None,
        changed_at_ms: None,
        holds_from_ms: holds_from.unwrap_or_default(),
        expires_at_ms,
    };
    entry.check().map_err(|bad| ApiError::Field {
        field: "value",
        expected: bad.expected,
    })?;
    Ok(Wanted {
        entry,
        holds_from_is_given: holds_from.is_some(),
    })
}

/// Writes the change. A stale version whose change stands there already is that change repeated.
async fn change_entry(
    state: &ApiState,
    caller: &Caller,
    id: &str,
    wanted: &Wanted,
    version: i64,
) -> Result<StoredListEntry, ApiError> {
    let store = &state.parts.store;
    let old = store
        .list_entry(id)
        .await?
        .ok_or(ApiError::NotFound(WHAT))?;
    let mut entry = wanted.replacing(&old.entry);
    if old.version == version + 1 && old.entry == entry {
        return Ok(old);
    }
    if old.version != version {
        let current = old.version;
        return Err(ApiError::Stale { current });
    }
    let now = now_ms();
    entry.changed_by = Some(caller.name.as_ref().to_owned());
    entry.changed_at_ms = Some(now);
    let (by, hasher) = (caller.actor(), &state.parts.hasher);
    let act = Act::list_entry_changed(&old.entry, &entry, &by, now, hasher);
    store
        .update_list_entry(&entry, version, &act)
        .await
        .map_err(|error| ApiError::of_change(error, WHAT))
}

async fn remove_entry(
    state: &ApiState,
    caller: &Caller,
    id: &str,
    version: i64,
) -> Result<(), ChangeError> {
    let store = &state.parts.store;
    let old = store.list_entry(id).await?.ok_or(ChangeError::NotFound)?;
    if old.version != version {
        let current = old.version;
        return Err(ChangeError::Stale { current });
    }
    let hasher = &state.parts.hasher;
    let act = Act::list_entry_removed(&old.entry, &caller.actor(), now_ms(), hasher);
    store.delete_list_entry(id, version, &act).await
}

async fn published(state: &ApiState, stored: StoredListEntry) -> Result<StoredListEntry, ApiError> {
    let (id, version) = (stored.entry.id.clone(), stored.version);
    told(state, id, Some(version), Some(stored.clone())).await?;
    Ok(stored)
}

async fn told_removed(state: &ApiState, id: String) -> Result<(), ApiError> {
    told(state, id, None, None).await
}

async fn told(
    state: &ApiState,
    id: String,
    version: Option<i64>,
    stored: Option<StoredListEntry>,
) -> Result<(), ApiError> {
    let (sink, store) = (state.parts.lists.as_ref(), state.parts.store.as_ref());
    let told = tell(sink, store, &id, stored).await;
    told.map_err(|source| ApiError::NotPublished {
        id,
        version,
        source,
    })
}

/// Whether an id has the form of those made here.
fn is_ours(id: &str) -> bool {
    id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}
