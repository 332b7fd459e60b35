//! The routes, in the groups that share a scope, limits and a timeout.

pub(crate) mod alerts;
pub(crate) mod audit;
pub(crate) mod campaigns;
pub(crate) mod decide;
pub(crate) mod entities;
pub(crate) mod events;
pub(crate) mod health;
pub(crate) mod lists;
pub(crate) mod sessions;
pub(crate) mod stats;
pub(crate) mod verdicts;

use crate::extract::MaxBody;
use crate::openapi;
use crate::rim::{Budget, Gate, Room, gate, held, within};
use crate::state::ApiState;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{MethodRouter, delete, get, post, put};
use axum::{Extension, Router};
use credsieve_store::Scope;
use std::sync::Arc;

const MIB: usize = 1024 * 1024;
/// The largest body of events.
const MAX_EVENTS_BODY: usize = 8 * MIB;

/// A route as it is registered: method and path.
pub type Route = (&'static str, &'static str);

/// Routes of one scope, with the list of them.
struct ScopeRoutes {
    router: Router<ApiState>,
    routes: Vec<Route>,
}

impl ScopeRoutes {
    fn new() -> Self {
        Self {
            router: Router::new(),
            routes: Vec::new(),
        }
    }

    fn route(
        mut self,
        method: &'static str,
        path: &'static str,
        handler: MethodRouter<ApiState>,
    ) -> Self {
        self.router = self.router.route(path, handler);
        self.routes.push((method, path));
        self
    }
}

fn decide_routes() -> ScopeRoutes {
    ScopeRoutes::new()
        .route("post", "/v1/decide", post(decide::decide))
        .route("post", "/v1/decide/batch", post(decide::decide_batch))
}

fn ingest_routes() -> ScopeRoutes {
    ScopeRoutes::new().route("post", "/v1/events", post(events::events))
}

fn read_routes() -> ScopeRoutes {
    ScopeRoutes::new()
        .route("get", "/v1/verdicts", get(verdicts::verdicts))
        .route(
            "get",
            "/v1/entities/{dimension}/{key}",
            get(entities::entity),
        )
        .route("get", "/v1/sessions", get(sessions::sessions))
        .route("get", "/v1/sessions/{id}", get(sessions::session))
        .route("get", "/v1/alerts", get(alerts::alerts))
        .route("get", "/v1/campaigns", get(campaigns::campaigns))
        .route("get", "/v1/campaigns/{id}", get(campaigns::campaign))
        .route(
            "get",
            "/v1/campaigns/{id}/accounts",
            get(campaigns::accounts),
        )
        .route("get", "/v1/lists", get(lists::list))
        .route("get", "/v1/lists/{id}", get(lists::get))
        .route("get", "/v1/stats/distinct", get(stats::distinct))
        .route("get", "/v1/stats/allows", get(stats::allows))
        .route("get", "/metrics", get(health::metrics))
        .route("get", "/openapi.json", get(openapi::openapi_json))
}

fn admin_routes() -> ScopeRoutes {
    ScopeRoutes::new()
        .route("post", "/v1/sessions/{id}/review", post(sessions::review))
        .route("post", "/v1/lists", post(lists::create))
        .route("put", "/v1/lists/{id}", put(lists::update))
        .route("delete", "/v1/lists/{id}", delete(lists::delete))
}

fn audit_routes() -> ScopeRoutes {
    ScopeRoutes::new().route("get", "/v1/audit", get(audit::audit))
}

fn open_routes() -> ScopeRoutes {
    ScopeRoutes::new()
        .route("get", "/healthz", get(health::healthz))
        .route("get", "/readyz", get(health::readyz))
}

/// Every route of the API; those of the page are not among them.
#[must_use]
pub fn routes() -> Vec<Route> {
    [
        decide_routes(),
        ingest_routes(),
        read_routes(),
        admin_routes(),
        audit_routes(),
        open_routes(),
    ]
    .into_iter()
    .flat_map(|routes| routes.routes)
    .collect()
}

/// The API without its page.
pub(crate) fn router(state: &ApiState) -> Router<ApiState> {
    let settings = state.parts.settings;
    let decide = Room::new(&state.decides, settings.decide_timeout);
    let others = Room::new(&state.requests, settings.request_timeout);
    let writes = Room::new(&state.requests, settings.write_timeout);
    let guarded = |routes: ScopeRoutes, scope: Scope, room: &Room, max_body: usize| {
        let gate_state = Gate {
            state: state.clone(),
            scope,
        };
        // The layer that is added last meets the request first.
        routes
            .router
            .route_layer(DefaultBodyLimit::max(max_body))
            .route_layer(Extension(MaxBody(max_body)))
            .route_layer(from_fn_with_state(gate_state, gate))
            .route_layer(from_fn_with_state(room.clone(), within))
    };
    let budget = Budget {
        kib: Arc::clone(&state.bodies),
        most: MAX_EVENTS_BODY,
    };
    let mut ingest = ingest_routes();
    // Behind the key: nobody without one takes any of it.
    ingest.router = ingest.router.route_layer(from_fn_with_state(budget, held));
    Router::new()
        .merge(guarded(decide_routes(), Scope::Decide, &decide, MIB))
        .merge(guarded(ingest, Scope::Ingest, &writes, MAX_EVENTS_BODY))
        .merge(guarded(read_routes(), Scope::Read, &others, 0))
        .merge(guarded(admin_routes(), Scope::Admin, &writes, 64 * 1024))
        .merge(guarded(audit_routes(), Scope::Admin, &others, 0))
        // Health has no limits of its own, so that a full house still says that it lives.
        .merge(open_routes().router)
}
