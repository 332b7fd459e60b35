//! What the limits learn of those who ask for what needs no secret, look-ups and sign-ups; and of questions.

use super::tests::{BUDGET, LANE, NAT, count, seen};
use super::*;
use crate::delta::AskedScore;

/// Half a day and more in which of ten an hour who look names up so many log in from there.
fn with_look_ups(going_on: u64) -> (Limits, i64) {
    let mut limits = Limits::default();
    for hour in 0..20 {
        let at_s = hour * 3_600;
        count(&mut limits, at_s, 2_000, &seen(LANE, -8 * NAT));
        for n in 0..10 {
            let mut look_up = seen(Lane::LookupSuccess, -4 * NAT);
            look_up.member.user = u64::try_from(hour).unwrap() * 10 + n + 1;
            limits.count(at_s + 2_000, &look_up, BUDGET, &Shown::default());
            if n < going_on {
                limits.count(at_s + 2_060, &login_of(&look_up), BUDGET, &Shown::default());
            }
        }
    }
    (limits, 20 * 3_600)
}

/// The login that follows.
fn login_of(asked: &Seen) -> Seen {
    let mut login = Seen {
        lane: Lane::LoginSuccess,
        ..seen(Lane::LoginSuccess, -8 * NAT)
    };
    login.member = asked.member;
    login.member.fell = true;
    login
}

/// The limit of look-ups after 500 suspected ones, of which one in so many is a person's.
fn limit_of_look_ups(limits: &mut Limits, at_s: i64, one_in: u64) -> LogOdds {
    for n in 0..500 {
        let mut look_up = seen(Lane::LookupFailure, NAT);
        look_up.member.user = 10_000 + n;
        limits.count(at_s, &look_up, BUDGET, &Shown::default());
        if n % one_in == 0 {
            limits.count(at_s + 60, &login_of(&look_up), BUDGET, &Shown::default());
        }
    }
    limits.count(at_s + 180, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
    limits.of(Lane::LookupFailure)
}

#[test]
fn where_people_who_look_names_up_log_in_the_limit_of_look_ups_falls_to_what_they_show() {
    let (mut limits, at_s) = with_look_ups(9);
    assert_eq!(limits.lowest_of_look_ups(NamesThere::Many, 1), ROW);
    assert_eq!(limits.lowest_of_look_ups(NamesThere::Several, 1), KNOWN);
    let machines = limit_of_look_ups(&mut limits.clone(), at_s, 500);
    assert!(machines.0 <= NAT, "{machines:?}");
    let people = limit_of_look_ups(&mut limits, at_s, 2);
    assert!(people.0 > NAT, "{people:?}");
}

#[test]
fn where_many_look_names_up_who_never_log_in_it_takes_400_to_one_in_rows_and_7_to_one_by_ones() {
    for (mut limits, at_s) in [(Limits::default(), 0), with_look_ups(4)] {
        for rows in [NamesThere::Several, NamesThere::Many] {
            assert_eq!(limits.lowest_of_look_ups(rows, 1), UNSHOWN);
        }
        assert!(limit_of_look_ups(&mut limits, at_s, 500) >= FEW);
    }
}

#[test]
fn a_sign_up_shows_that_the_look_up_before_was_a_persons() {
    let mut limits = Limits::default();
    let mut look_up = seen(Lane::LookupFailure, NAT);
    look_up.member.user = 1;
    limits.count(0, &look_up, BUDGET, &Shown::default());
    let sign_up = Seen {
        lane: Lane::SignupSuccess,
        ..look_up
    };
    let shown = |limits: &Limits| limits.wronged[LaneGroup::Lookup as usize].read(60);
    assert_eq!(shown(&limits), 0);
    limits.count(60, &sign_up, BUDGET, &Shown::default());
    assert!(shown(&limits) > 0);
    assert!(
        shown(&limits) < ONE / 2,
        "as far as it is a person's itself"
    );
}

#[test]
fn one_look_up_of_many_at_an_address_takes_no_room_from_the_others() {
    let (limits, at_s) = with_look_ups(9);
    let limit = |names_there: NamesThere| {
        let mut limits = limits.clone();
        for n in 0..500 {
            let mut look_up = Seen {
                names_there,
                may_show: names_there != NamesThere::Many,
                ..seen(Lane::LookupFailure, 2 * NAT)
            };
            look_up.member.user = 20_000 + n;
            limits.count(at_s, &look_up, BUDGET, &Shown::default());
            limits.count(at_s + 60, &login_of(&look_up), BUDGET, &Shown::default());
        }
        limits.count(at_s + 180, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
        limits.of(Lane::LookupFailure).0
    };
    assert_eq!(limit(NamesThere::Many), ALONE.0);
    assert!(limit(NamesThere::Few) > 2 * NAT);
}

#[test]
fn where_people_use_the_accounts_that_they_make_the_limit_of_sign_ups_falls_further() {
    let mut limits = Limits::default();
    for hour in 0..20 {
        let at_s = hour * 3_600;
        limits.count_plain(at_s, 20_000 * ONE, BUDGET, &Shown::default());
        for n in 0..10 {
            let mut sign_up = seen(Lane::SignupSuccess, -4 * NAT);
            sign_up.member.user = u64::try_from(hour).unwrap() * 10 + n + 1;
            limits.count(at_s + 2_000, &sign_up, BUDGET, &Shown::default());
            if n < 8 {
                limits.count(at_s + 2_060, &login_of(&sign_up), BUDGET, &Shown::default());
            }
        }
    }
    let at_s = 20 * 3_600;
    let after = |mut limits: Limits| {
        for n in 0..3_000 {
            let mut sign_up = seen(Lane::SignupSuccess, 2 * NAT);
            sign_up.member.user = 10_000 + n;
            limits.count(at_s, &sign_up, BUDGET, &Shown::default());
        }
        limits.count(at_s + 120, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
        limits.of(Lane::SignupSuccess).0
    };
    let mut unknown = limits.clone();
    unknown.shows = Shows::default();
    let (known, unknown) = (after(limits), after(unknown));
    assert!(known < 2 * NAT && unknown > 2 * NAT, "{known} {unknown}");
}

/// A look-up in a row from a place.
fn row(from: u64, user: u64, log_odds: i32) -> Seen {
    let mut look_up = Seen {
        names_there: NamesThere::Many,
        row_from: from,
        may_show: false,
        ..seen(Lane::LookupFailure, log_odds)
    };
    look_up.member.user = user;
    look_up
}

#[test]
fn a_first_row_of_look_ups_is_met_from_20_to_one_until_rows_are_usual() {
    let (partner, stranger) = (1 << 40, 2 << 40);
    let mut limits = Limits::default();
    limits.count(0, &row(partner, 1, -4 * NAT), BUDGET, &Shown::default());
    let mut lowest = Vec::new();
    for hour in 48..54 {
        for user in 0..100 {
            let look_up = row(partner, user, NAT);
            limits.count(hour * 3_600 + 1, &look_up, BUDGET, &Shown::default());
        }
        lowest.push(limits.lowest_of_look_ups(NamesThere::Many, partner));
    }
    assert_eq!(lowest, [ROW, ROW, ROW, ROW, ROW, UNSHOWN]);
    assert_eq!(limits.lowest_of_look_ups(NamesThere::Few, 0), FEW);
    assert_eq!(
        limits.lowest_of_look_ups(NamesThere::Many, stranger),
        ROW,
        "from somebody new"
    );
    for user in 0..100 {
        let look_up = row(partner, user, 4 * NAT);
        limits.count(54 * 3_600, &look_up, BUDGET, &Shown::default());
    }
    assert_eq!(
        limits.lowest_of_look_ups(NamesThere::Many, stranger),
        UNSHOWN,
        "where partners look like machines"
    );
}

#[test]
fn rows_hold_a_budget_of_their_own() {
    let (mut limits, at_s) = with_look_ups(9);
    let before = limits.of(Lane::LookupFailure);
    for user in 0..3_000 {
        let look_up = row(1 << 40, user, 4 * NAT);
        limits.count(at_s, &look_up, BUDGET, &Shown::default());
    }
    limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
    let lowest = |names| limits.lowest_of_look_ups(names, 1 << 40);
    assert!(lowest(NamesThere::Many).0 > 4 * NAT);
    assert_eq!(lowest(NamesThere::Few), ALONE);
    assert_eq!(limits.of(Lane::LookupFailure), before);
}

#[test]
fn while_an_attack_lasts_those_whom_nothing_speaks_against_say_what_people_do() {
    let mut limits = Limits::default();
    for hour in 0..40 {
        for n in 0..60 {
            let is_person = n < 10;
            let log_odds = if is_person { -3 * NAT } else { NAT };
            let mut look_up = seen(Lane::LookupSuccess, log_odds);
            look_up.member.user = hour * 100 + n + 1;
            let at_s = i64::try_from(hour).unwrap() * 3_600;
            limits.count(at_s, &look_up, BUDGET, &Shown::default());
            if is_person && n < 8 {
                limits.count(at_s + 60, &login_of(&look_up), BUDGET, &Shown::default());
            }
        }
    }
    let lowest = |names| limits.lowest_of_look_ups(names, 1 << 40);
    assert_eq!(limits.shows.usual(Asked::LookUp), None);
    assert_eq!(lowest(NamesThere::Few), ALONE);
    assert!(
        lowest(NamesThere::Several) >= ROW,
        "of these it says nothing"
    );
}

#[test]
fn logins_to_suspected_accounts_raise_the_limit_of_sign_ups_no_higher_than_the_score_does() {
    let limit = |used: bool| {
        let mut limits = Limits::default();
        let mut at_s = count(&mut limits, 0, 30_000, &seen(LANE, -8 * NAT));
        for n in 0..400 {
            let mut sign_up = seen(Lane::SignupSuccess, 2 * NAT);
            sign_up.member.user = 1 + n;
            sign_up.may_show = used;
            at_s = count(&mut limits, at_s, 1, &sign_up);
            at_s = count(&mut limits, at_s, 1, &login_of(&sign_up));
        }
        limits.count(at_s + 60, &seen(LANE, -8 * NAT), BUDGET, &Shown::default());
        limits.of(Lane::SignupSuccess)
    };
    assert_eq!(limit(true), limit(false));
}

#[test]
fn questions_hold_a_budget_of_their_own_by_how_the_logins_ended() {
    let login = |lane, log_odds, question: i32, times| Seen {
        question: Some(AskedScore {
            log_odds: question,
            times,
        }),
        ..seen(lane, log_odds)
    };
    // Of 100,000 people 300 come as strangers, of whom a question thinks what it thinks of the attack.
    let mut limits = Limits::default();
    let people = seen(Lane::LoginSuccess, -8 * NAT);
    let mut at_s = count(&mut limits, 0, 50_000, &people);
    for n in 0..8 {
        let stranger = login(Lane::LoginSuccess, -5 * NAT, n * NAT / 2, 1);
        at_s = count(&mut limits, at_s, 40, &stranger);
    }
    // Of 500 failures that each stand for eight, all but 27 are the attack's by their outcome: a question is surer of most.
    let attack = login(LANE, 5 * NAT, 6 * NAT, 8);
    at_s = count(&mut limits, at_s, 500, &attack);
    count(&mut limits, at_s + 60, 1, &people);
    // 51 people may be asked: these 27, but not the 40 from three and a half nats on as well.
    assert_eq!(limits.of_question(), LogOdds(15 * NAT / 4));
    let mut quiet = Limits::default();
    let at_s = count(&mut quiet, 0, 50_000, &people);
    count(&mut quiet, at_s + 60, 1, &people);
    assert_eq!(quiet.of_question(), LogOdds(0), "never below even odds");
}
