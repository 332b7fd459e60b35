use super::*;
use crate::pattern::Pattern;
use crate::service::campaigns::Member;
use credsieve_models::verdict::Attack;

pub(crate) fn seen(lane: Lane, log_odds: i32) -> Seen {
    Seen {
        lane,
        pattern: Pattern::default(),
        hostile: probability(LogOdds(log_odds)).0,
        log_odds,
        stranger: true,
        first: true,
        near_name: None,
        signed_s: None,
        vindicates: false,
        wronged: None,
        trusted: 0,
        country: [0; 2],
        agent: 0,
        endpoint: 0,
        shape: crate::shape::Shape::default(),
        breached: None,
        may_show: true,
        says_other: None,
        flagged: false,
        member: Member {
            time_ms: 0,
            at_s: 0,
            attack: Attack::None,
            tenant: 0,
            address: 0,
            asn: 0,
            user: 0,
            device: 0,
            password: 0,
            tool: 0,
            fell: false,
        },
    }
}

const LANE: Lane = Lane::LoginBadPassword;
const NAT: i32 = LogOdds::NAT;
/// One in a thousand.
const BUDGET: u64 = 100;

fn count(limits: &mut Limits, from_s: i64, times: i64, seen: &Seen) -> i64 {
    for n in 0..times {
        limits.count(from_s + n, seen, BUDGET);
    }
    from_s + times
}

#[test]
fn with_few_people_near_the_limit_it_stays_as_low_as_a_challenge_is_worth() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 20_000, &seen(LANE, -8 * NAT));
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET);
    assert_eq!(limits.of(LANE), LogOdds(0));
    assert_eq!(
        limits.of(Lane::LoginSuccess),
        LogOdds(LOWEST),
        "a right password is worth a question earlier"
    );
}

#[test]
fn where_an_attack_looks_like_people_the_limit_rises_until_the_budget_holds() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 20_000, &seen(LANE, -8 * NAT));
    // A thousand at odds of e^0.6: a third of them are people, far more than a thousandth of all.
    let at_s = count(&mut limits, at_s, 1_000, &seen(LANE, 6 * NAT / 10));
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET);
    let limit = limits.of(LANE).0;
    assert!(limit > 6 * NAT / 10, "{limit}");
    assert!(limit <= LOWEST + 38 * STEP);
    assert_eq!(
        limits.of(Lane::LoginSuccess),
        LogOdds(LOWEST),
        "another limit"
    );
    // And falls again when it is over.
    let at_s = count(&mut limits, at_s + 8 * 86_400, 2_000, &seen(LANE, -8 * NAT));
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET);
    assert_eq!(limits.of(LANE), LogOdds(0));
}

#[test]
fn what_is_surely_an_attack_is_challenged_whatever_the_budget() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 50_000, &seen(LANE, 0));
    limits.count(at_s + 60, &seen(LANE, 0), 0);
    assert!(limits.of(LANE).0 <= 7 * NAT, "{:?}", limits.of(LANE));
}

/// The limit of a lane after so many flagged attempts with these log-odds, each followed by a success that shows a
/// person, or by one that shows nothing.
fn limit_after(lane: Lane, log_odds: i32, attempts: u32, wronged: bool) -> i32 {
    let mut limits = Limits::default();
    let mut at_s = count(&mut limits, 0, 30_000, &seen(LANE, -8 * NAT));
    let flagged = Seen {
        flagged: true,
        ..seen(lane, log_odds)
    };
    let success = Seen {
        wronged: wronged.then_some(lane),
        ..seen(Lane::LoginSuccess, -8 * NAT)
    };
    for _ in 0..attempts {
        at_s = count(&mut limits, at_s, 1, &flagged);
        at_s = count(&mut limits, at_s, 1, &success);
    }
    limits.count(at_s + 60, &success, BUDGET);
    limits.of(lane).0
}

#[test]
fn people_who_show_that_they_were_wronged_raise_it() {
    let [shown, silent] = [true, false].map(|wronged| limit_after(LANE, 3 * NAT, 200, wronged));
    assert!(shown > silent, "{shown} {silent}");
}

#[test]
fn successes_that_are_scored_again_may_take_more_and_nothing_else_may() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 40_000, &seen(LANE, -8 * NAT));
    let success = seen(Lane::LoginSuccess, -NAT / 2);
    let at_s = count(&mut limits, at_s, 20, &success);
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET);
    let (first, again) = (
        limits.of(Lane::LoginSuccess),
        limits.of_again(Lane::LoginSuccess),
    );
    assert!(again < first, "{again:?} {first:?}");
    for lane in [LANE, Lane::SignupSuccess, Lane::TokenSuccess] {
        assert_eq!(limits.of_again(lane), limits.of(lane));
    }
}

#[test]
fn a_look_up_that_shows_people_raises_its_limit_and_silence_never_lowers_it() {
    let odds = 13 * NAT / 2;
    let limit = |look_ups, wronged| limit_after(Lane::LookupFailure, odds, look_ups, wronged);
    // A hundred at odds of e^6.5 are less than one person by the score.
    assert_eq!(limit(100, false), 6 * NAT);
    assert!(limit(100, true) > odds, "{}", limit(100, true));
    // 3,000 are five: more than their part of 30,000 may be, whoever keeps silent.
    assert!(limit(3_000, false) > odds, "{}", limit(3_000, false));
}
