use super::tests::spread;
use super::wrongs::{Retries, WrongTry, Wrongs};

/// The n-th password of a user at a network, with its fingerprint.
fn password(n: u64) -> WrongTry {
    WrongTry {
        same: spread(9 + n),
        any: spread(1),
        anywhere: Some(spread(5_000 + n)),
        may_be_right: false,
    }
}

/// A wrong password of which nothing is known.
fn some() -> WrongTry {
    WrongTry {
        same: spread(2),
        anywhere: None,
        ..password(0)
    }
}

/// The n-th password of a user, which is right; a code was wrong.
fn prompt(n: u64) -> WrongTry {
    WrongTry {
        may_be_right: true,
        ..password(n)
    }
}

#[test]
fn what_comes_for_long_is_stale_until_it_is_forgotten() {
    let mut wrongs = Wrongs::with_bytes(1 << 12);
    for n in 0..9 {
        wrongs.count(&prompt(0), 1_000 + n * 300);
    }
    assert!(!wrongs.is_stale(&prompt(0), 1_000 + 2_699));
    assert!(wrongs.is_stale(&prompt(0), 1_000 + 2_700));
    assert!(!wrongs.is_stale(&prompt(1), 9_000), "another thing");
    assert!(
        !wrongs.is_stale(&prompt(0), 1_000 + 2_700 + 36 * 3_600),
        "after a long silence"
    );
}

#[test]
fn the_same_password_a_third_time_is_no_guess_and_a_prompt_is_none_ever() {
    let mut wrongs = Wrongs::with_bytes(1 << 12);
    for (n, known) in [false, false, true, true].into_iter().enumerate() {
        let now_s = 1_000 + u32::try_from(n).unwrap() * 5;
        assert_eq!(wrongs.is_stale(&password(0), now_s), known, "{n}");
        assert!(!wrongs.is_stale(&prompt(0), now_s));
        wrongs.count(&password(0), now_s);
    }
    for n in 1..5 {
        wrongs.count(&password(n), 1_030);
    }
    assert!(
        !wrongs.is_stale(&password(0), 1_035),
        "one of five passwords"
    );
}

#[test]
fn without_a_fingerprint_only_what_comes_seldom_is_the_same() {
    let (mut seldom, mut often) = (Wrongs::with_bytes(1 << 12), Wrongs::with_bytes(1 << 12));
    for n in 0..20 {
        seldom.count(&some(), 1_000 + n * 300);
    }
    for n in 0..300 {
        often.count(&some(), 1_000 + n * 20);
    }
    assert!(seldom.is_stale(&some(), 7_000));
    assert!(!often.is_stale(&some(), 7_000));
    for n in 0..300 {
        often.count(&password(0), 1_000 + n * 20);
    }
    assert!(often.is_stale(&password(0), 7_000));
}

#[test]
fn a_list_of_passwords_that_goes_round_is_no_old_password() {
    let (mut lists, mut old) = (Wrongs::with_bytes(1 << 14), Wrongs::with_bytes(1 << 12));
    for n in 0..600 {
        lists.count(&password(n % 100), 1_000 + u32::try_from(n).unwrap() * 30);
    }
    assert!((0..100).all(|n| !lists.is_stale(&password(n), 19_000)));
    assert_eq!(lists.passwords(&password(7), 19_000), 100);
    // Beside an old password somebody tries three others, again and again.
    for n in 0..60 {
        old.count(&password(0), 1_000 + n * 300);
        old.count(&password(u64::from(n % 3) + 1), 1_010 + n * 300);
    }
    assert!(old.is_stale(&password(0), 19_000));
    assert_eq!(old.passwords(&password(0), 19_000), 4);
}

/// The n-th password of a user, in the same program at another network.
fn moved(n: u64, network: u64) -> WrongTry {
    WrongTry {
        same: spread(100 * (network + 1) + n),
        any: spread(network + 3),
        ..password(n)
    }
}

#[test]
fn an_old_password_that_moves_with_its_program_is_known_elsewhere() {
    let mut wrongs = Wrongs::with_bytes(1 << 14);
    for network in 0..6 {
        let now_s = 1_000 + u32::try_from(network).unwrap() * 600;
        wrongs.count(&moved(0, network), now_s);
    }
    assert_eq!(wrongs.elsewhere(&moved(0, 9), 1_000 + 2_699), 0, "too soon");
    assert_eq!(wrongs.elsewhere(&moved(0, 9), 1_000 + 3_000), 6);
    assert_eq!(
        wrongs.elsewhere(&moved(0, 5), 4_100),
        5,
        "what came from here does not count"
    );
    assert_eq!(wrongs.elsewhere(&moved(1, 9), 4_100), 0, "another password");
    assert_eq!(wrongs.elsewhere(&some(), 4_100), 0, "no fingerprint");
    let forgotten_s = 4_000 + 36 * 3_600;
    assert_eq!(wrongs.elsewhere(&moved(0, 9), forgotten_s), 0);
}

#[test]
fn a_new_password_now_and_then_adds_up_to_nothing() {
    let mut wrongs = Wrongs::with_bytes(1 << 14);
    for day in 0..30 {
        wrongs.count(&password(day), 1_000 + u32::try_from(day).unwrap() * 86_400);
    }
    assert_eq!(wrongs.passwords(&password(0), 1_000 + 29 * 86_400), 1);
    assert_eq!(wrongs.passwords(&some(), 1_000 + 29 * 86_400), 0);
}

#[test]
fn a_program_that_goes_on_with_a_name_is_told_by_how_long_and_how_seldom() {
    let after = |times: u32, apart_s: u32| {
        let mut wrongs = Wrongs::with_bytes(1 << 14);
        for n in 0..times {
            wrongs.go_on(spread(1), 1_000 + n * apart_s);
        }
        move |later_s| wrongs.retries(spread(1), 1_000 + times * apart_s + later_s)
    };
    assert_eq!(after(0, 0)(0), Retries::Few);
    assert_eq!(after(1, 86_400)(0), Retries::Few, "a second time");
    assert_eq!(after(2, 1_300)(0), Retries::Few, "43 minutes");
    assert_eq!(after(2, 1_400)(0), Retries::Kept, "47 minutes");
    assert_eq!(after(60, 60)(0), Retries::Few, "an hour of guessing");
    assert_eq!(after(6, 1_700)(0), Retries::Kept, "not three hours");
    assert_eq!(after(6, 1_800)(0), Retries::Long);
    assert_eq!(
        after(100, 200)(0),
        Retries::Kept,
        "five hours of guessing slowly"
    );
    assert_eq!(after(6, 1_800)(35 * 3_600), Retries::Long, "35 hours later");
    assert_eq!(after(6, 1_800)(36 * 3_600), Retries::Few, "forgotten");
    // A long pause is no leave for a burst.
    let mut wrongs = Wrongs::with_bytes(1 << 14);
    for now_s in [1_000, 100_000, 100_001] {
        wrongs.go_on(spread(1), now_s);
    }
    assert_eq!(wrongs.retries(spread(1), 100_050), Retries::Few);
    assert_eq!(wrongs.retries(spread(1), 100_101), Retries::Kept);
}

#[test]
fn what_may_be_right_waits_for_a_while_and_is_no_burst() {
    let question = |try_: WrongTry| WrongTry {
        may_be_right: true,
        ..try_
    };
    let mut wrongs = Wrongs::with_bytes(1 << 14);
    for now_s in [1_000, 1_010, 1_020] {
        wrongs.count(&password(0), now_s);
    }
    assert!(wrongs.is_stale(&password(0), 1_030), "a third time");
    assert!(
        !wrongs.is_stale(&question(password(0)), 1_030),
        "a question"
    );
    assert!(wrongs.is_stale(&question(password(0)), 1_000 + 2_700));
    // Without a fingerprint each may be another password.
    let mut wrongs = Wrongs::with_bytes(1 << 14);
    for now_s in [1_000, 10_000] {
        wrongs.count(&some(), now_s);
    }
    assert!(wrongs.is_stale(&some(), 10_001));
    assert!(!wrongs.is_stale(&question(some()), 10_050));
    assert!(wrongs.is_stale(&question(some()), 10_100));
}
