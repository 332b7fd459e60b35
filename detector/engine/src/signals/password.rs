//! Password: what passwords and names are tried (D3 by fingerprint, D8, D12, breached pairs).

use super::excess::strongest;
use super::weigh::graded;
use super::{DISTINCT_ERROR_PERMILLE, Known};
use crate::card::Trait;
use crate::service::values::Field;
use credsieve_models::verdict::{Family, LogOdds, Measure, Reason, Window};
use credsieve_models::{Entity, Policy};

/// Who forgot a password tries some.
const FORGOTTEN: u32 = 5;

pub(super) fn reasons(known: &Known<'_>, out: &mut Vec<Reason>) {
    let (frame, policy) = (known.frame, known.policy);
    out.extend(shared_password(known));
    let Some(user) = frame.user else { return };
    let user = Entity::User(user);
    if known.stranger {
        let most = policy.signals.shared_password.weight.0;
        out.push(reason(
            Measure::Passwords,
            user,
            Window::Now,
            known.user.passwords,
            FORGOTTEN,
            graded(known.user.passwords, 100 * FORGOTTEN, 250, most),
        ));
    }
    let in_breach = u32::from(frame.breached_password);
    let weight = breached(known);
    if frame.breached_password || weight.0 < -LITTLE {
        out.push(reason(
            Measure::BreachedPassword,
            user,
            Window::Now,
            in_breach,
            1,
            weight,
        ));
    }
    if known.stranger {
        let looks = [(Field::MailDomain, user), (Field::NameForm, user)];
        let traits = [Trait::MailDomain, Trait::NameForm];
        out.extend(strongest(known, looks, Family::Password, &traits));
    }
    out.push(reason(
        Measure::TriedFrom,
        user,
        Window::Month,
        known.user.tried_from,
        1,
        known.weigh(&[Trait::TriedFrom]),
    ));
}

fn reason(
    measure: Measure,
    entity: Entity,
    window: Window,
    value: u32,
    limit: u32,
    weight: LogOdds,
) -> Reason {
    Reason {
        measure,
        entity,
        window,
        value,
        error_permille: DISTINCT_ERROR_PERMILLE,
        limit,
        family: Family::Password,
        weight,
    }
}

/// For how many others the same password is tried. A popular one is no surprise among people who belong here.
fn shared_password(known: &Known<'_>) -> Option<Reason> {
    let password = known.frame.password.filter(|_| known.stranger)?;
    let linked = &known.entity.password;
    let most = known.policy.signals.shared_password.weight.0.0;
    // Of another try it is said there what its password says.
    let traits: &[Trait] = if known.tries_again() {
        &[Trait::Password]
    } else {
        &[Trait::Password, Trait::Again]
    };
    Some(reason(
        Measure::DistinctUsers,
        Entity::Password(password),
        Window::Short,
        linked.users.saturating_sub(1),
        (20 + 5 * linked.owners) / 100,
        LogOdds(known.weigh(traits).0.min(most)),
    ))
}

/// What a pair in a breach list says where nothing is learned: three quarters of a nat, if the policy lets it.
#[must_use]
pub fn breached_unlearned(policy: &Policy) -> LogOdds {
    let most = policy.signals.breached_password.weight.0.0;
    LogOdds(most.min(LogOdds::NAT * 3 / 4))
}

/// A quarter of a nat is not worth a reason.
const LITTLE: i32 = LogOdds::NAT / 4;

/// What it says that a producer found name and password in a breach list, or looked and did not: by how much more of the
/// attack is in it than of people here, of whom a quarter may be. Little before that is seen.
fn breached(known: &Known<'_>) -> LogOdds {
    let most = known.policy.signals.breached_password.weight.0.0;
    let least = breached_unlearned(known.policy).0;
    let like_attack = known
        .likeness
        .of(Field::Breached)
        .filter(|_| known.stranger);
    match (known.frame.breached_password, like_attack) {
        (true, Some(like)) => LogOdds(like.clamp(least, most.max(least))),
        (true, None) => LogOdds(most),
        (false, Some(like)) => LogOdds(like.clamp((-LogOdds::NAT).max(-most), 0)),
        (false, None) => LogOdds(0),
    }
}
