use super::*;
use crate::service::limits::tests::seen;

/// A user at an address who looks the own name up, or does something else.
fn by(user: u64, address: u64) -> Seen {
    let mut seen = seen(Lane::LookupSuccess, 0);
    (seen.member.user, seen.member.address) = (user, address);
    seen
}

/// Hours in each of which so many look names up and so many of them go on.
fn hours(shows: &mut Shows, from_h: i64, hours: i64, asking: u64, going_on: u64) {
    for hour in from_h..from_h + hours {
        for n in 0..asking {
            let user = by(u64::try_from(hour).unwrap() * 1_000 + n + 1, 7);
            let at_s = hour * HOUR_S;
            if shows.ask(at_s, Asked::LookUp, &user, false) && n < going_on {
                let shown = shows.go_on(at_s + 60, Asked::LookUp, &user);
                assert_eq!(shown, Some(false));
            }
        }
    }
}

#[test]
fn who_goes_on_from_the_same_address_is_known_once_and_not_for_ever() {
    let mut shows = Shows::default();
    assert!(shows.ask(0, Asked::LookUp, &by(1, 7), true));
    assert_eq!(shows.go_on(60, Asked::LookUp, &by(1, 8)), None, "elsewhere");
    assert_eq!(shows.go_on(60, Asked::LookUp, &by(2, 7)), None, "another");
    assert_eq!(shows.go_on(60, Asked::LookUp, &by(1, 7)), Some(true));
    assert_eq!(shows.go_on(61, Asked::LookUp, &by(1, 7)), None, "once");
    assert!(shows.ask(100, Asked::LookUp, &by(1, 7), false));
    assert_eq!(shows.go_on(1_300, Asked::LookUp, &by(1, 7)), Some(false));
    assert!(shows.ask(2_000, Asked::LookUp, &by(1, 7), false));
    assert_eq!(shows.go_on(3_201, Asked::LookUp, &by(1, 7)), None, "late");
}

#[test]
fn who_signed_up_may_log_in_from_anywhere_within_a_day() {
    let mut shows = Shows::default();
    assert!(shows.ask(0, Asked::SignUp, &by(1, 7), true));
    assert_eq!(shows.go_on(60, Asked::LookUp, &by(1, 7)), None);
    let shown = shows.go_on(86_400, Asked::SignUp, &by(1, 8));
    assert_eq!(shown, Some(true));
}

#[test]
fn an_attempt_without_a_user_is_not_waited_for() {
    let mut shows = Shows::default();
    assert!(!shows.ask(0, Asked::LookUp, &by(0, 7), true));
    assert_eq!(shows.go_on(1, Asked::LookUp, &by(0, 7)), None);
}

#[test]
fn a_flood_pushes_nobody_out_and_leaves_a_sample() {
    let mut shows = Shows::default();
    assert!(shows.ask(0, Asked::LookUp, &by(1, 7), true));
    let flood = 2..10 * PLACES as u64;
    let counted = flood
        .filter(|n| shows.ask(1, Asked::LookUp, &by(*n, 9), true))
        .count();
    assert!(
        (PLACES / 2..PLACES).contains(&counted),
        "{counted} of {PLACES}"
    );
    assert_eq!(shows.go_on(2, Asked::LookUp, &by(1, 7)), Some(true));
}

#[test]
fn who_signed_up_keeps_the_place_for_an_hour_and_after_it_until_another_comes() {
    let mut shows = Shows::default();
    let flood = |shows: &mut Shows, at_s: i64| {
        let others = 2..10 * PLACES as u64;
        others
            .filter(|n| shows.ask(at_s, Asked::SignUp, &by(*n, 9), true))
            .count()
    };
    assert!(shows.ask(0, Asked::SignUp, &by(1, 7), true));
    assert!(flood(&mut shows, HOUR_S) > 0);
    assert_eq!(
        shows.clone().go_on(HOUR_S, Asked::SignUp, &by(1, 7)),
        Some(true)
    );
    assert!(flood(&mut shows, 2 * HOUR_S + 1) > PLACES / 2);
    assert_eq!(shows.go_on(3 * HOUR_S, Asked::SignUp, &by(1, 7)), None);
}

#[test]
fn an_hour_begins_with_the_first_who_asks() {
    let mut shows = Shows::default();
    let day_s = 20_000 * 86_400;
    hours(&mut shows, day_s / HOUR_S, 12, 10, 8);
    assert_eq!(shows.usual(Asked::LookUp), None, "eleven are over");
}

#[test]
fn what_is_usual_takes_half_a_day_to_know() {
    let mut shows = Shows::default();
    hours(&mut shows, 0, 12, 10, 8);
    assert_eq!(shows.usual(Asked::LookUp), None);
    hours(&mut shows, 12, 1, 10, 8);
    assert_eq!(shows.usual(Asked::LookUp), Some(256 * 8 / 10));
    assert_eq!(shows.usual(Asked::SignUp), None);
}

#[test]
fn the_hours_of_an_attack_do_not_change_what_is_usual() {
    let mut shows = Shows::default();
    hours(&mut shows, 0, 20, 10, 8);
    hours(&mut shows, 20, 10, 200, 8);
    hours(&mut shows, 30, 1, 10, 8);
    assert_eq!(shows.usual(Asked::LookUp), Some(256 * 8 / 10));
}

#[test]
fn a_server_that_looks_names_up_all_day_does() {
    let mut shows = Shows::default();
    hours(&mut shows, 0, 40, 50, 8);
    assert_eq!(shows.usual(Asked::LookUp), None);
}

#[test]
fn an_hour_in_which_few_ask_goes_on() {
    let mut shows = Shows::default();
    hours(&mut shows, 0, 47, 2, 2);
    assert_eq!(shows.usual(Asked::LookUp), None, "twelve would be over");
    hours(&mut shows, 47, 1, 2, 2);
    assert_eq!(shows.usual(Asked::LookUp), Some(256));
}

#[test]
fn a_habit_is_given_up_later_than_it_is_believed() {
    let mut shows = Shows::default();
    hours(&mut shows, 0, 60, 10, 6);
    assert_eq!(shows.usual(Asked::LookUp), None, "six of ten make none");
    hours(&mut shows, 60, 60, 10, 8);
    assert!(shows.usual(Asked::LookUp).is_some());
    hours(&mut shows, 120, 60, 10, 6);
    assert_eq!(shows.usual(Asked::LookUp), Some(256 * 6 / 10));
    hours(&mut shows, 180, 60, 10, 5);
    assert_eq!(shows.usual(Asked::LookUp), None);
}

#[test]
fn of_names_looked_up_by_themselves_those_who_are_not_suspected_tell() {
    let mut shows = Shows::default();
    for hour in 0..20 {
        for n in 0..100 {
            let mut user = by(hour * 1_000 + n + 1, 7);
            let is_person = n < 10;
            user.log_odds = if is_person { UNSUSPECTED - 1 } else { 0 };
            let at_s = i64::try_from(hour).unwrap() * HOUR_S;
            if shows.ask(at_s, Asked::LookUp, &user, !is_person) && n < 7 {
                shows.go_on(at_s + 60, Asked::LookUp, &user);
            }
        }
    }
    assert_eq!(shows.usual(Asked::LookUp), None);
    assert_eq!(shows.usual_alone(), Some(256 * 7 / 10));
}

#[test]
fn one_name_of_several_at_an_address_is_none_by_itself() {
    let mut shows = Shows::default();
    for hour in 0..20 {
        for n in 0..10 {
            let mut user = by(hour * 1_000 + n + 1, 7);
            (user.log_odds, user.names_there) = (UNSUSPECTED - 1, NamesThere::Several);
            let at_s = i64::try_from(hour).unwrap() * HOUR_S;
            shows.ask(at_s, Asked::LookUp, &user, false);
            shows.go_on(at_s + 60, Asked::LookUp, &user);
        }
    }
    assert_eq!(shows.usual(Asked::LookUp), Some(256));
    assert_eq!(shows.usual_alone(), None);
}
