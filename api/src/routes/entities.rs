//! `GET /v1/entities/{dimension}/{key}`: what is known about an address, a user, a device … now.

use crate::error::{ApiError, Problem};
use crate::extract::{InPath, Params};
use crate::schema::EntitySchema;
use crate::state::{ApiState, Decider, now_ms};
use axum::Json;
use axum::extract::State;
use credsieve_engine::EntityView;
use credsieve_engine::score::{Familiarity, decide};
use credsieve_models::{Decision, Dimension, Entity, KeyHasher, Reason, Score, names};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

/// Whose user, device or password it is.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntityParams {
    /// The tenant; `default` where absent.
    tenant: Option<String>,
}

/// What is known.
#[derive(Serialize)]
pub(crate) struct EntityAnswer {
    entity: Entity,
    counters: Vec<CounterAnswer>,
    score: Score,
    decision: Decision,
    reasons: Vec<Reason>,
}

#[derive(Serialize)]
struct CounterAnswer {
    name: &'static str,
    window: &'static str,
    value: u64,
}

impl From<EntityView> for EntityAnswer {
    fn from(view: EntityView) -> Self {
        let counter = |(name, window, value)| CounterAnswer {
            name,
            window,
            value,
        };
        Self {
            entity: view.entity,
            counters: view.counters.into_iter().map(counter).collect(),
            score: view.score,
            decision: view.decision,
            reasons: view.reasons,
        }
    }
}

/// What is known about one entity now.
///
/// `score` and `decision` are those of an attempt about which nothing else is known. The key is an
/// address, a network, an ASN, or the raw name, device token or tool (which is hashed here and
/// nowhere kept), or the hashed form `~…` as it stands in reasons. Where no engine runs in this
/// process, hostile entities alone are known, and no counters.
#[utoipa::path(
    get, path = "/v1/entities/{dimension}/{key}", tag = "entities", security(("key" = ["read"])),
    params(
        ("dimension" = String, Path, description = "`ip`, `net`, `asn`, `device`, `user`, `tool` or `password`"),
        ("key" = String, Path, description = "The entity, percent-encoded"),
        EntityParams,
    ),
    responses(
        (status = 200, description = "What is known", body = EntitySchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn entity(
    State(state): State<ApiState>,
    InPath((dimension, key)): InPath<(String, String)>,
    Params(params): Params<EntityParams>,
) -> Result<Json<EntityAnswer>, ApiError> {
    let dimension = Dimension::from_name(&dimension).ok_or(ApiError::Field {
        field: "dimension",
        expected: "ip, net, asn, device, user, tool, password, lane or country",
    })?;
    let tenant = params.tenant.as_deref().unwrap_or("default");
    for entity in candidates(dimension, &key, tenant, &state.parts.hasher)? {
        if let Some(answer) = known(&state, entity).await? {
            return Ok(Json(answer));
        }
    }
    Err(ApiError::NotFound("entity, or nothing is known about it"))
}

/// What the engine, or the copy of what it found hostile, knows about an entity.
async fn known(state: &ApiState, entity: Entity) -> Result<Option<EntityAnswer>, ApiError> {
    match &state.parts.decider {
        Decider::Engine(engine) => Ok(engine.entity(entity).await?.map(EntityAnswer::from)),
        Decider::Replica { replica, .. } => Ok(replica.entity(entity, now_ms()).map(|risk| {
            let policy = &state.parts.policy;
            let shared = risk.shared_address;
            let decided = decide(policy, &risk.reasons, Familiarity::Unknown, shared);
            EntityAnswer {
                entity,
                counters: Vec::new(),
                score: decided.score,
                decision: decided.decision.min(risk.ceiling),
                reasons: risk.reasons.clone(),
            }
        })),
    }
}

/// The entities that a key in a path can mean. A tool may be either a JA4 fingerprint or a user
/// agent; everything else means one thing.
fn candidates(
    dimension: Dimension,
    key: &str,
    tenant: &str,
    hasher: &KeyHasher,
) -> Result<Vec<Entity>, ApiError> {
    let readable = format!("{}:{key}", dimension.name());
    let is_key = key.starts_with('~');
    let bad = |expected| ApiError::Field {
        field: "key",
        expected,
    };
    Ok(match dimension {
        Dimension::Ip => vec![readable.parse().map_err(|_| bad("an address"))?],
        Dimension::Net => {
            let counted = |net: &Entity| matches!(net, Entity::Net(prefix) if prefix.is_counted());
            let network = readable.parse().ok().filter(counted);
            vec![network.ok_or_else(|| bad("a network of /24, /20, /56 or /48"))?]
        }
        Dimension::Asn => {
            let digits = key.trim_start_matches(['A', 'S', 'a', 's']);
            let asn = digits.parse().map_err(|_| bad("a number such as 64500"))?;
            vec![Entity::Asn(asn)]
        }
        Dimension::Country => vec![
            readable
                .parse()
                .map_err(|_| bad("a country of two letters such as DE"))?,
        ],
        Dimension::Lane => vec![
            readable
                .parse()
                .map_err(|_| bad("a lane such as login_bad_password"))?,
        ],
        _ if is_key => vec![
            readable
                .parse()
                .map_err(|_| bad("~ and 16 hexadecimal digits"))?,
        ],
        Dimension::User => vec![Entity::User(hasher.user(tenant, &names::normalise(key)))],
        Dimension::Device => vec![Entity::Device(hasher.device(tenant, key))],
        Dimension::Password => vec![Entity::Password(hasher.password(tenant, key))],
        Dimension::Tool => [hasher.tool(Some(key), None), hasher.tool(None, Some(key))]
            .into_iter()
            .flatten()
            .map(Entity::Tool)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::HashSeed;

    #[test]
    fn a_raw_name_and_its_hashed_form_mean_the_same_user() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let raw = candidates(Dimension::User, " Bob", "default", &hasher).unwrap();
        let key = raw[0].to_string();
        let short = key.strip_prefix("user:").unwrap();
        let again = candidates(Dimension::User, short, "other", &hasher).unwrap();
        assert_eq!(raw, again);
        assert!(candidates(Dimension::User, "~12", "default", &hasher).is_err());
    }

    #[test]
    fn networks_and_numbers_are_read_as_people_write_them() {
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let asn = candidates(Dimension::Asn, "AS64500", "default", &hasher).unwrap();
        assert_eq!(asn, [Entity::Asn(64_500)]);
        let net = candidates(Dimension::Net, "203.0.113.0/24", "default", &hasher).unwrap();
        assert_eq!(net[0].to_string(), "net:203.0.113.0/24");
        assert!(candidates(Dimension::Net, "203.0.113.0/25", "default", &hasher).is_err());
    }
}
