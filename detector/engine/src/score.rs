//! The score: weighted reasons -> capped log-odds by family -> probability -> decision.
//!
//! One pure function, [`decide`], used by the engine and by API nodes that only know the hostile
//! entities.

use crate::fixed::probability;
use credsieve_models::verdict::{Attack, Decision, Family, LogOdds, Measure, Reason, Score};
use credsieve_models::{Dimension, Policy};

/// Whether the attempt's device is one that its user is known by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Familiarity {
    /// It is: challenged at most, whatever happens elsewhere.
    Known,
    /// It is not, or the attempt has no device or user.
    Unfamiliar,
    /// Nobody here knows: challenged at most.
    Unknown,
}

/// Where little is known even odds are not enough to ask somebody: it takes these (73 %).
pub const SURER: LogOdds = LogOdds(LogOdds::NAT);

/// What the reasons come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decided {
    /// The log-odds of an attack.
    pub log_odds: LogOdds,
    /// What to do.
    pub decision: Decision,
    /// The probability of an attack.
    pub score: Score,
    /// The kind of attack.
    pub attack: Attack,
}

/// Decides from reasons. `shared_address`: many good users share the attempt's address.
///
/// What the operator decided by hand goes first: an allow list ends it, else the strictest of deny
/// list, fence and rate limit is the least that happens. Counted evidence alone challenges at most
/// where the device is familiar (or nobody knows), the address is shared, or a single family
/// speaks; it blocks when two families do, one of them about the attempt's own source.
#[must_use]
pub fn decide(
    policy: &Policy,
    reasons: &[Reason],
    familiarity: Familiarity,
    shared_address: bool,
) -> Decided {
    let least = policy.decision.challenge.0;
    decide_from(
        policy,
        reasons,
        familiarity,
        shared_address,
        LogOdds(0),
        least,
    )
}

/// The same, where attempts are challenged from `limit` on only, the budget of people who may be, and from the probability
/// `least` on.
#[must_use]
pub fn decide_from(
    policy: &Policy,
    reasons: &[Reason],
    familiarity: Familiarity,
    shared_address: bool,
    limit: LogOdds,
    least: Score,
) -> Decided {
    let log_odds = log_odds(policy, reasons, shared_address);
    let score = probability(log_odds);
    let explicit = explicit_decision(reasons, familiarity);
    let decision = match explicit {
        Some(Decision::Allow) => Decision::Allow,
        asked if log_odds < limit || score < least => asked.unwrap_or(Decision::Allow),
        asked => counted_decision(policy, reasons, score, familiarity, shared_address)
            .max(asked.unwrap_or(Decision::Allow)),
    };
    let attack = if decision == Decision::Allow {
        Attack::None
    } else {
        attack(reasons)
    };
    Decided {
        log_odds,
        decision,
        score,
        attack,
    }
}

/// The prior and what each family adds, none more than its cap.
#[must_use]
pub fn log_odds(policy: &Policy, reasons: &[Reason], shared_address: bool) -> LogOdds {
    let sums = by_family(reasons.iter());
    let families = Family::ALL.iter().zip(sums).map(|(family, sum)| {
        let cap = cap(policy, *family, shared_address);
        sum.clamp(-MOST.0, cap.0)
    });
    LogOdds(policy.decision.prior.0.0 + families.sum::<i32>())
}

/// What the reasons of each family come to, in the order of [`Family::ALL`].
fn by_family<'a>(reasons: impl Iterator<Item = &'a Reason>) -> [i32; Family::ALL.len()] {
    let mut sums = [0i32; Family::ALL.len()];
    for reason in reasons {
        let sum = &mut sums[reason.family as usize];
        *sum = sum.saturating_add(reason.weight.0);
    }
    sums
}

/// The most that any family can take away or, without a cap of its own, add.
const MOST: LogOdds = LogOdds(8 * LogOdds::NAT);

fn cap(policy: &Policy, family: Family, shared_address: bool) -> LogOdds {
    let caps = &policy.caps;
    match family {
        // An address that many people share has much traffic: that proves little.
        Family::Volume if shared_address => policy.standing.volume_cap.0.min(caps.volume.0),
        Family::Volume => caps.volume.0,
        Family::Breadth => caps.breadth.0,
        Family::Password => caps.password.0,
        Family::UnderFire => caps.under_fire.0,
        Family::Identity => caps.identity.0,
        // The prior of a lane is as sure as its numbers are.
        Family::Excess => LogOdds(2 * MOST.0),
        Family::Tool | Family::Timing | Family::List | Family::RateLimit => MOST,
    }
}

fn counted_decision(
    policy: &Policy,
    reasons: &[Reason],
    score: Score,
    familiarity: Familiarity,
    shared_address: bool,
) -> Decision {
    // To be a stranger speaks against nobody.
    let evidence = by_family(reasons.iter().filter(|r| r.measure != Measure::Stranger));
    let speaks = |family: Family| {
        let by_hand = matches!(family, Family::List | Family::RateLimit);
        let weight = evidence[family as usize];
        let weight = LogOdds(weight.min(cap(policy, family, shared_address).0));
        !by_hand && weight >= policy.decision.family_counts_from.0
    };
    let families = Family::ALL.iter().filter(|f| speaks(**f)).count();
    let about_own_source = reasons
        .iter()
        .any(|r| speaks(r.family) && r.weight.0 > 0 && is_own_source(r));
    let may_block = familiarity == Familiarity::Unfamiliar
        && !shared_address
        && families >= 2
        && about_own_source;
    if may_block && score >= policy.decision.block.0 {
        Decision::Block
    } else {
        Decision::Challenge
    }
}

/// Evidence about the attempt's own address, device or password, rather than about its
/// neighbourhood or about the user who is being attacked.
fn is_own_source(reason: &Reason) -> bool {
    matches!(
        reason.entity.dimension(),
        Dimension::Ip | Dimension::Device | Dimension::Password
    )
}

/// Whether the operator's rules ask for a block by themselves.
#[must_use]
pub fn is_blocked_by_hand(reasons: &[Reason], familiarity: Familiarity) -> bool {
    explicit_decision(reasons, familiarity) == Some(Decision::Block)
}

/// What the operator's rules ask for, the strictest of them; an allow list ends it.
fn explicit_decision(reasons: &[Reason], familiarity: Familiarity) -> Option<Decision> {
    let mut strictest = None;
    for reason in reasons {
        if !matches!(
            reason.measure,
            Measure::Listed | Measure::OutsideFence | Measure::OverLimit
        ) {
            continue;
        }
        let asked = match reason.value {
            0 => Decision::Allow,
            1 => Decision::Challenge,
            _ => Decision::Block,
        };
        if asked == Decision::Allow && reason.measure == Measure::Listed {
            return Some(Decision::Allow);
        }
        // Strangers can use up the limit of a user or of a shared address: that must not lock out
        // a user on a familiar device.
        let by_strangers =
            reason.measure == Measure::OverLimit && familiarity != Familiarity::Unfamiliar;
        let asked = if by_strangers {
            asked.min(Decision::Challenge)
        } else {
            asked
        };
        strictest = strictest.max(Some(asked));
    }
    strictest
}

/// The kind of attack that the most telling reason speaks of; of equals, the strongest.
fn attack(reasons: &[Reason]) -> Attack {
    let strongest = reasons
        .iter()
        .filter(|r| r.weight.0 >= LogOdds::NAT / 2)
        .max_by_key(|r| (kind(r).0, r.weight));
    strongest.map_or(Attack::Bot, |r| kind(r).1)
}

/// How telling a reason is about the kind, and the kind. What only says that an attempt is like the
/// attack, or unlike its user, tells least: then it is what most attacks are.
fn kind(reason: &Reason) -> (u8, Attack) {
    match (reason.family, reason.measure) {
        (Family::Breadth, Measure::DistinctUsers | Measure::DailyUsers) => {
            (4, Attack::CredentialStuffing)
        }
        (Family::Breadth, Measure::SprayedUsers) | (Family::Password, Measure::DistinctUsers) => {
            (4, Attack::PasswordSpray)
        }
        (Family::Breadth, Measure::UnknownUserShare) => (3, Attack::Enumeration),
        (Family::UnderFire, _) => (3, Attack::BruteForce),
        (Family::Volume, Measure::Failures | Measure::DailyFailures) => (2, Attack::BruteForce),
        (Family::Excess | Family::Identity | Family::Tool | Family::Password, _) => {
            (1, Attack::CredentialStuffing)
        }
        _ => (0, Attack::Bot),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::policy::Nats;
    use credsieve_models::verdict::Window;

    fn reason(measure: Measure, entity: &str, family: Family, nats: i32) -> Reason {
        Reason {
            measure,
            entity: entity.parse().unwrap(),
            window: Window::Short,
            value: 2,
            error_permille: 0,
            limit: 1,
            family,
            weight: Nats::from_hundredths(nats * 100).0,
        }
    }

    fn breadth() -> Reason {
        reason(Measure::DistinctUsers, "ip:203.0.113.9", Family::Breadth, 6)
    }
    fn volume() -> Reason {
        reason(Measure::Failures, "ip:203.0.113.9", Family::Volume, 7)
    }

    fn decide_on(reasons: &[Reason], familiarity: Familiarity, shared: bool) -> Decision {
        decide(&Policy::default(), reasons, familiarity, shared).decision
    }

    #[test]
    fn two_families_block_and_one_challenges_however_heavy() {
        let unfamiliar = Familiarity::Unfamiliar;
        assert_eq!(
            decide_on(&[breadth(), volume()], unfamiliar, false),
            Decision::Block
        );
        let heavy = vec![breadth(); 20];
        assert_eq!(decide_on(&heavy, unfamiliar, false), Decision::Challenge);
        assert_eq!(decide_on(&[], unfamiliar, false), Decision::Allow);
    }

    #[test]
    fn a_familiar_or_unknown_device_and_a_shared_address_are_challenged_at_most() {
        let both = [breadth(), volume()];
        for (familiarity, shared) in [
            (Familiarity::Known, false),
            (Familiarity::Unknown, false),
            (Familiarity::Unfamiliar, true),
        ] {
            assert_eq!(decide_on(&both, familiarity, shared), Decision::Challenge);
        }
    }

    #[test]
    fn neighbours_alone_never_block() {
        let net = reason(
            Measure::DistinctUsers,
            "net:203.0.113.0/24",
            Family::Breadth,
            6,
        );
        let fire = reason(
            Measure::FailingAddresses,
            "user:~0000000000000001",
            Family::UnderFire,
            3,
        );
        assert_eq!(
            decide_on(&[net, fire], Familiarity::Unfamiliar, false),
            Decision::Challenge
        );
    }

    #[test]
    fn lists_decide_by_themselves_and_an_allow_list_ends_it() {
        let deny = reason(Measure::Listed, "ip:203.0.113.9", Family::List, 8);
        let known = Familiarity::Known;
        assert_eq!(decide_on(&[deny], known, true), Decision::Block);
        let allow = Reason {
            value: 0,
            ..reason(Measure::Listed, "ip:203.0.113.9", Family::List, -8)
        };
        assert_eq!(
            decide_on(&[breadth(), volume(), allow], known, false),
            Decision::Allow
        );
    }

    #[test]
    fn a_limit_used_up_by_strangers_does_not_lock_out_a_known_device() {
        let over = reason(
            Measure::OverLimit,
            "user:~0000000000000001",
            Family::RateLimit,
            8,
        );
        assert_eq!(
            decide_on(&[over], Familiarity::Known, false),
            Decision::Challenge
        );
        assert_eq!(
            decide_on(&[over], Familiarity::Unfamiliar, false),
            Decision::Block
        );
    }

    #[test]
    fn the_most_telling_reason_names_the_attack() {
        let decided = decide(
            &Policy::default(),
            &[volume(), breadth()],
            Familiarity::Known,
            false,
        );
        assert_eq!(decided.attack, Attack::CredentialStuffing);
    }
}
