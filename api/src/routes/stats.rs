//! `/v1/stats`: numbers over hours, merged on reading.

use crate::error::{ApiError, Problem};
use crate::extract::{Params, instant, one_of};
use crate::schema::AllowsSchema;
use crate::state::{ApiState, now_ms};
use axum::Json;
use axum::extract::State;
use credsieve_models::time::EpochMs;
use credsieve_store::{AllowCount, DistinctBy, DistinctOf, MOST_ALLOW_COUNTS};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DAY_MS: EpochMs = 24 * 60 * 60 * 1_000;

/// Distinct what, of whom, when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DistinctParams {
    /// `users`, `addresses` or `devices`.
    of: Option<String>,
    /// The tenant; `default` where neither tenant nor ASN is given.
    tenant: Option<String>,
    /// The ASN, over all tenants, instead of a tenant.
    asn: Option<String>,
    /// From this event time; a day before `to` where absent.
    from: Option<String>,
    /// To this event time; now where absent.
    to: Option<String>,
}

/// An estimate.
#[derive(Serialize, ToSchema)]
pub(crate) struct DistinctAnswer {
    /// About how many, over the hours that touch the range.
    distinct: u64,
}

/// When.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct RangeParams {
    /// From this event time; a day before `to` where absent.
    from: Option<String>,
    /// To this event time; now where absent.
    to: Option<String>,
    /// Of this tenant alone.
    tenant: Option<String>,
}

/// Counts, oldest first.
#[derive(Serialize)]
pub(crate) struct AllowsAnswer {
    items: Vec<AllowCount>,
}

/// About how many distinct users, addresses or devices.
#[utoipa::path(
    get, path = "/v1/stats/distinct", tag = "stats", security(("key" = ["read"])),
    params(DistinctParams),
    responses(
        (status = 200, description = "The estimate", body = DistinctAnswer),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn distinct(
    State(state): State<ApiState>,
    Params(params): Params<DistinctParams>,
) -> Result<Json<DistinctAnswer>, ApiError> {
    let kinds = "users, addresses or devices";
    let of = one_of(
        "of",
        params.of.as_deref().unwrap_or_default(),
        |name| match name {
            "users" => Some(DistinctOf::Users),
            "addresses" => Some(DistinctOf::Addresses),
            "devices" => Some(DistinctOf::Devices),
            _ => None,
        },
        kinds,
    )?;
    let by = match (params.asn, params.tenant) {
        (Some(_), Some(_)) => {
            return Err(ApiError::Field {
                field: "asn",
                expected: "either an ASN or a tenant",
            });
        }
        (Some(asn), None) => DistinctBy::Asn(asn.parse().map_err(|_| ApiError::Field {
            field: "asn",
            expected: "a number such as 64500",
        })?),
        (None, tenant) => DistinctBy::Tenant(tenant.unwrap_or_else(|| "default".to_owned())),
    };
    let (from, to) = range(params.from, params.to)?;
    let distinct = state.parts.store.distinct(of, &by, from, to).await?;
    Ok(Json(DistinctAnswer { distinct }))
}

/// Plain allows that were counted instead of kept, by hour and tenant.
///
/// At most 10,000 counts; a range that holds more is refused.
#[utoipa::path(
    get, path = "/v1/stats/allows", tag = "stats", security(("key" = ["read"])),
    params(RangeParams),
    responses(
        (status = 200, description = "The counts, oldest first", body = AllowsSchema),
        (status = "default", description = "A problem", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn allows(
    State(state): State<ApiState>,
    Params(params): Params<RangeParams>,
) -> Result<Json<AllowsAnswer>, ApiError> {
    let (from, to) = range(params.from, params.to)?;
    let (store, tenant) = (&state.parts.store, params.tenant.as_deref());
    let items = store.allow_counts(from, to, tenant).await?;
    Ok(Json(AllowsAnswer {
        items: whole(items)?,
    }))
}

/// The counts, where they are all: some of them would be taken for all.
fn whole(counts: Vec<AllowCount>) -> Result<Vec<AllowCount>, ApiError> {
    if counts.len() > MOST_ALLOW_COUNTS as usize {
        return Err(ApiError::Field {
            field: "from",
            expected: "a range that holds at most 10,000 counts; ask for fewer hours at once, or for one `tenant`",
        });
    }
    Ok(counts)
}

fn range(from: Option<String>, to: Option<String>) -> Result<(EpochMs, EpochMs), ApiError> {
    let to = match to {
        Some(text) => instant("to", &text)?,
        None => now_ms(),
    };
    let from = match from {
        Some(text) => instant("from", &text)?,
        None => to - DAY_MS,
    };
    // A year of hours of one tenant is what an answer may hold.
    if from > to || to - from > 366 * DAY_MS {
        return Err(ApiError::Field {
            field: "from",
            expected: "an instant at most 366 days before `to`",
        });
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_counts_than_are_told_at_once_are_refused_and_not_cut() {
        let count = |n: u32| AllowCount {
            hour_ms: 0,
            tenant: n.to_string(),
            count: 1,
        };
        let all = |counts: u32| whole((0..counts).map(count).collect());
        assert!(all(MOST_ALLOW_COUNTS).is_ok());
        assert!(all(MOST_ALLOW_COUNTS + 1).is_err());
    }
}
