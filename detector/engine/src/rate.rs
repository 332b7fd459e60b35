//! Explicit rate limits: a generic cell rate in four bytes of a record.

use credsieve_models::policy::RateLimit;

/// A generic cell rate: each attempt uses up `per / attempts` of an allowance of `per`.
/// `used_ms` drains as time passes; an attempt over the limit uses nothing.
pub(crate) fn within_limit(used_ms: &mut u32, limit: &RateLimit) -> bool {
    let per = u64::try_from(limit.per.ms).unwrap_or(0);
    let cost = per / u64::from(limit.attempts.max(1));
    let used = u64::from(*used_ms) + cost;
    let within = used <= per;
    if within {
        *used_ms = u32::try_from(used).unwrap_or(u32::MAX);
    }
    within
}
