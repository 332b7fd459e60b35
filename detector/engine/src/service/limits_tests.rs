use super::*;
use crate::card::CardGroup;
use crate::pattern::Pattern;
use crate::service::campaigns::Member;
use credsieve_models::verdict::Attack;

pub(crate) fn seen(lane: Lane, log_odds: i32) -> Seen {
    Seen {
        lane,
        pattern: Pattern::default(),
        hostile: probability(LogOdds(log_odds)).0,
        hostile_but_for_retries: probability(LogOdds(log_odds)).0,
        log_odds,
        shifted: 0,
        marks: None,
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
        names_there: NamesThere::Few,
        in_session: crate::in_session::InSession::Untold,
        retries: crate::user::Retries::Untold,
        row_from: 0,
        says_other: None,
        question: None,
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

pub(super) const LANE: Lane = Lane::LoginBadPassword;
pub(super) const NAT: i32 = LogOdds::NAT;
/// One in a thousand.
pub(super) const BUDGET: u64 = 100;

pub(super) fn count(limits: &mut Limits, from_s: i64, times: i64, seen: &Seen) -> i64 {
    for n in 0..times {
        limits.count(from_s + n, seen, BUDGET, &Shown::default());
    }
    from_s + times
}

/// Somebody who failed and was challenged.
pub(crate) fn flagged(log_odds: i32) -> Seen {
    Seen {
        flagged: true,
        ..seen(LANE, log_odds)
    }
}

/// Somebody who succeeds where a person had been challenged.
fn success_of_the_wronged() -> Seen {
    Seen {
        wronged: Some(LANE),
        ..seen(Lane::LoginSuccess, -8 * NAT)
    }
}

#[test]
fn with_few_people_near_the_limit_it_stays_as_low_as_a_challenge_is_worth() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 20_000, &seen(LANE, -8 * NAT));
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
    assert_eq!(limits.of(LANE), LogOdds(-NAT));
    assert_eq!(limits.of(Lane::SignupSuccess), LogOdds(NAT));
    for lane in [Lane::LoginSuccess, Lane::TokenSuccess] {
        assert_eq!(limits.of(lane), LogOdds(NAT / 2));
        let again = limits.of_again(lane);
        assert_eq!(again, LogOdds(LOWEST), "its owner may be asked earlier");
    }
}

#[test]
fn where_an_attack_looks_like_people_the_limit_rises_until_the_budget_holds() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 20_000, &seen(LANE, -8 * NAT));
    // A thousand at odds of e^0.6: a third of them are people, far more than a thousandth of all.
    let at_s = count(&mut limits, at_s, 1_000, &seen(LANE, 6 * NAT / 10));
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
    let limit = limits.of(LANE).0;
    assert!(limit > 6 * NAT / 10, "{limit}");
    assert!(limit <= LOWEST + 38 * STEP);
    assert_eq!(limits.of(Lane::LoginSuccess).0, NAT / 2, "another limit");
    // And falls again when it is over.
    let at_s = count(&mut limits, at_s + 8 * 86_400, 2_000, &seen(LANE, -8 * NAT));
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
    assert_eq!(limits.of(LANE), LogOdds(-NAT));
}

#[test]
fn what_is_surely_an_attack_is_challenged_whatever_the_budget() {
    let mut limits = Limits::default();
    let at_s = count(&mut limits, 0, 50_000, &seen(LANE, 0));
    limits.count(at_s + 60, &seen(LANE, 0), 0, &shown(700, 0));
    assert!(limits.of(LANE).0 > 0, "{:?}", limits.of(LANE));
    // Of names that nobody has more is asked, and yet no more than that.
    limits.from = [HIGHEST; GROUPS];
    assert_eq!(limits.of(Lane::LoginUnknownUser), LogOdds(7 * NAT));
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
    limits.count(at_s + 60, &success, BUDGET, &Shown::default());
    limits.of(lane).0
}

#[test]
fn people_who_show_that_they_were_wronged_raise_it() {
    let [shown, silent] = [true, false].map(|wronged| limit_after(LANE, 3 * NAT, 200, wronged));
    assert!(shown > silent, "{shown} {silent}");
}

#[test]
fn scores_are_borne_out_by_those_who_do_not_turn_out_to_be_people() {
    let after = |people: i64| {
        let mut limits = Limits::default();
        let flagged = flagged(2 * NAT);
        let success = success_of_the_wronged();
        let at_s = count(&mut limits, 0, 200, &flagged);
        let at_s = count(&mut limits, at_s, people, &success);
        [LANE, Lane::SignupSuccess, Lane::LoginSuccess].map(|lane| limits.borne_out_by(lane, at_s))
    };
    // 24 people are to be expected, and 17 of these show it.
    let [silent, one, all] = [0, 1, 17].map(after);
    assert!(silent[0] > 5 * NAT / 2, "{silent:?}");
    assert!(one[0] < silent[0] && all[0] == 0, "{one:?} {all:?}");
    assert_eq!(silent[1..], [0, 0], "others show it late, or never");
    assert_eq!(Limits::default().borne_out_by(LANE, 0), 0);
}

#[test]
fn what_is_scored_again_has_a_budget_and_a_limit_of_its_own() {
    for lane in [Lane::LoginSuccess, Lane::TokenSuccess, Lane::SignupSuccess] {
        let mut limits = Limits::default();
        let at_s = count(&mut limits, 0, 40_000, &seen(LANE, -8 * NAT));
        let mut at_once = limits.clone();
        count(&mut at_once, at_s, 400, &seen(lane, 5 * NAT / 4));
        for n in 0..400 {
            limits.count_again(at_s + n, lane, 5 * NAT / 4);
        }
        for limits in [&mut limits, &mut at_once] {
            limits.count(at_s + 500, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
        }
        assert!(limits.of_again(lane).0 > 5 * NAT / 4);
        assert!(limits.of(lane).0 <= NAT, "at once none of them was met");
        assert!(at_once.of(lane).0 > 5 * NAT / 4);
        assert!(at_once.of_again(lane).0 <= 0, "they were not scored again");
    }
}

#[test]
fn a_limit_below_even_odds_is_reached_once_people_are_known() {
    let gentle = 5 * NAT;
    assert_eq!(gently(LOWEST, gentle, 0), gentle);
    assert_eq!(gently(LOWEST, gentle, 256), LOWEST);
    assert_eq!(gently(3 * NAT, gentle, 256), 3 * NAT);
    for learned in 1..=256 {
        for limit in [LOWEST, 0, 3 * NAT, 7 * NAT] {
            let now = gently(limit, gentle, learned);
            assert!(now <= gently(limit, gentle, learned - 1) && now >= limit);
        }
    }
}

#[test]
fn the_silence_of_a_few_who_could_show_that_they_are_people_lowers_the_limit() {
    let limit = |flagged: i64| {
        let mut limits = Limits::default();
        let at_s = count(&mut limits, 0, 30_000, &seen(LANE, -8 * NAT));
        // Far more than the budget holds, were as many of them people as the score says.
        let at_s = count(&mut limits, at_s, 1_000, &seen(LANE, 2 * NAT));
        let silent = Seen {
            flagged: true,
            ..seen(LANE, 2 * NAT)
        };
        let at_s = count(&mut limits, at_s, flagged, &silent);
        limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
        limits.of(LANE).0
    };
    assert!(limit(0) > 2 * NAT);
    assert_eq!(limit(20), -NAT, "of whom two or three were to be people");
}

/// What is known of who goes on where of a thousand people who failed, and tried a name that nobody has, so many did.
fn shown(failures: u64, names: u64) -> Shown {
    let mut shown = Shown::default();
    for n in 0..1_000 {
        shown.count(0, CardGroup::WrongPassword, ONE, n < failures);
        shown.count(0, CardGroup::UnknownUser, ONE, n < names);
    }
    shown
}

#[test]
fn where_people_hardly_ever_go_on_those_who_do_stand_for_more() {
    let limit = |failures: u64| {
        let mut limits = Limits::default();
        let mut at_s = count(&mut limits, 0, 30_000, &seen(LANE, -8 * NAT));
        let flagged = flagged(3 * NAT);
        let success = success_of_the_wronged();
        for n in 0..800 {
            at_s = count(&mut limits, at_s, 1, &flagged);
            if n % 80 == 0 {
                at_s = count(&mut limits, at_s, 1, &success);
            }
        }
        limits.count(at_s + 60, &success, BUDGET, &shown(failures, 900));
        limits.of(LANE).0
    };
    let [few, most] = [200, 900].map(limit);
    assert!(few > most, "{few} {most}");
}

#[test]
fn where_people_who_try_an_unknown_name_do_not_go_on_more_is_asked_of_the_score() {
    let limits = |names: u64| {
        let mut limits = Limits::default();
        let at_s = count(&mut limits, 0, 20_000, &seen(LANE, -8 * NAT));
        let plain = seen(LANE, -8 * NAT);
        limits.count(at_s + 60, &plain, BUDGET, &shown(700, names));
        [LANE, Lane::LoginUnknownUser].map(|lane| limits.of(lane).0)
    };
    assert_eq!(limits(850), [-NAT, -NAT], "most do");
    let some = limits(400);
    assert_eq!(some[0], -NAT, "of others nothing else is asked");
    assert!((NAT / 2..NAT).contains(&(some[1] - some[0])), "{some:?}");
    let [_, none] = limits(0);
    assert!(
        (0..=NAT / 2).contains(&none),
        "1.5 nats more at most: {none}"
    );
}

#[test]
fn people_who_try_unknown_names_and_do_not_go_on_count_for_more_of_them() {
    let people = |names: u64| {
        let mut limits = Limits::default();
        limits.count(60, &seen(LANE, -8 * NAT), BUDGET, &shown(700, names));
        let tried = seen(Lane::LoginUnknownUser, 2 * NAT);
        count(&mut limits, 61, 100, &tried);
        limits.people.read(161)
    };
    assert!(people(200) > people(850) * 2);
}

#[test]
fn resets_and_the_services_own_trouble_are_asked_from_even_odds_and_fill_no_budget_below() {
    let mut limits = Limits::default();
    let plain = seen(LANE, -8 * NAT);
    let mut at_s = count(&mut limits, 0, 20_000, &plain);
    for lane in [Lane::LoginOther, Lane::ResetSuccess, Lane::ResetFailure] {
        at_s = count(&mut limits, at_s, 1_000, &seen(lane, -NAT / 2));
        limits.count(at_s + 60, &plain, BUDGET, &Shown::default());
        assert_eq!(limits.of(lane), LogOdds(0));
        assert_eq!(limits.of(LANE), LogOdds(-NAT), "of others nothing is taken");
    }
    count(&mut limits, at_s, 1_000, &seen(LANE, -NAT / 2));
    limits.count(at_s + 2_000, &plain, BUDGET, &Shown::default());
    assert!(limits.of(LANE).0 > -NAT / 2);
}

#[test]
fn where_people_hardly_ever_go_on_fewer_bear_a_score_out() {
    let borne = |failures: u64| {
        let mut limits = Limits::default();
        let flagged = flagged(2 * NAT);
        let success = success_of_the_wronged();
        let at_s = count(&mut limits, 0, 200, &flagged);
        let at_s = count(&mut limits, at_s, 3, &success);
        limits.count(at_s + 60, &success, BUDGET, &shown(failures, 850));
        limits.borne_out_by(LANE, at_s + 60)
    };
    assert!(borne(900) > borne(250) + NAT / 4);
}

#[test]
fn it_is_read_back_as_it_was_and_what_does_not_fit_is_refused() {
    let mut limits = Limits::default();
    limits.count(60, &seen(LANE, 0), BUDGET, &shown(300, 300));
    let bytes = postcard::to_allocvec(&limits).unwrap();
    let back: Limits = postcard::from_bytes(&bytes).unwrap();
    assert!(back.is_sound());
    assert_eq!(back, limits);
    let spoil: [fn(&mut Limits); 6] = [
        |limits| limits.go_on = 0,
        |limits| limits.names_by = i32::MAX,
        |limits| limits.people_at[0].0.truncate(1),
        |limits| limits.people_again_at[0].0.truncate(1),
        |limits| limits.shows.spoil(),
        |limits| limits.bulk.spoil(),
    ];
    for spoil in spoil {
        let mut wrong = limits.clone();
        spoil(&mut wrong);
        assert!(!wrong.is_sound());
    }
}
