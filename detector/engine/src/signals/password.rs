//! Password: what passwords and names are tried (D3 by fingerprint, D8, D12, breached pairs).

use super::weigh::graded;
use super::{DISTINCT_ERROR_PERMILLE, Known};
use credsieve_models::Entity;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let (frame, policy) = (known.frame, known.policy);
    let reason = |measure, entity, window, value, limit, weight| Reason {
        measure,
        entity,
        window,
        value,
        error_permille: DISTINCT_ERROR_PERMILLE,
        limit,
        family: Family::Password,
        weight,
    };
    // A popular password is no surprise among people who belong here.
    if let Some(password) = frame.password
        && known.stranger
    {
        let others = known.entity.password.users.saturating_sub(1);
        let usual = 20 + 5 * known.entity.password.owners;
        out.push(reason(
            Measure::DistinctUsers,
            Entity::Password(password),
            Window::Short,
            others,
            usual / 100,
            graded(others, usual, 150, policy.signals.shared_password.weight.0),
        ));
    }
    let Some(user) = frame.user else { return };
    let user = Entity::User(user);
    if frame.breached_password {
        let weight = policy.signals.breached_password.weight.0;
        out.push(reason(
            Measure::BreachedPassword,
            user,
            Window::Now,
            1,
            1,
            weight,
        ));
    }
    if known.user.logins == 0 && known.user.tried_from >= 2 && !frame.succeeded() {
        let weight = graded(known.user.tried_from, 100, 150, LogOdds(2 * LogOdds::NAT));
        out.push(reason(
            Measure::TriedFrom,
            user,
            Window::Month,
            known.user.tried_from,
            1,
            weight,
        ));
    }
}
