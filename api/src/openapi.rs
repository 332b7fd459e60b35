//! `/openapi.json`: the routes, described beside their handlers and gathered here.

use crate::routes::{
    alerts, audit, campaigns, decide, entities, events, health, lists, sessions, stats, verdicts,
};
use crate::state::ApiState;
use axum::Json;
use axum::extract::State;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "credsieve",
        description = "Tells, login by login, a thief with stolen passwords from a person who mistyped one. Problems are RFC 9457 problem details; listings are read by cursors.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    paths(
        decide::decide,
        decide::decide_batch,
        events::events,
        verdicts::verdicts,
        entities::entity,
        sessions::sessions,
        sessions::session,
        sessions::review,
        alerts::alerts,
        campaigns::campaigns,
        campaigns::campaign,
        campaigns::accounts,
        lists::list,
        lists::create,
        lists::get,
        lists::update,
        lists::delete,
        audit::audit,
        stats::distinct,
        stats::allows,
        health::healthz,
        health::readyz,
        health::metrics,
        openapi_json,
    ),
    modifiers(&Keys),
)]
struct Api;

/// The way keys are sent.
struct Keys;

impl Modify for Keys {
    fn modify(&self, document: &mut Document) {
        let mut scheme = Http::new(HttpAuthScheme::Bearer);
        scheme.bearer_format = Some("csk_…".to_owned());
        scheme.description = Some(
            "An API key, made by `credsieve keys create`. The scopes are `decide`, `ingest`, `read` and `admin`, which includes `read`.".to_owned(),
        );
        document
            .components
            .get_or_insert_default()
            .add_security_scheme("key", SecurityScheme::Http(scheme));
    }
}

/// The document.
#[must_use]
pub fn document() -> Document {
    Api::openapi()
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "health", security(("key" = ["read"])),
    responses(
        (status = 200, description = "The description of this API", body = Object),
        (status = "default", description = "A problem", body = crate::error::Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn openapi_json(State(_): State<ApiState>) -> Json<Document> {
    Json(document())
}
