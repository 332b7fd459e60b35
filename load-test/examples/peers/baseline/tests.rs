use super::*;

const LIMITS: Limits = Limits {
    users_10m: 15.0,
    users_1h: 30.0,
    sources_1h: Some(5.0),
};

/// Is the last of these failures flagged? Each is (minute, address, user).
fn last_flagged(limits: Limits, failures: impl IntoIterator<Item = (u32, u32, u32)>) -> bool {
    let mut baseline = Baseline::new(limits);
    let mut flagged = false;
    for (minute, ip, user) in failures {
        flagged = judge(&mut baseline, minute, ip, user, "failure");
    }
    flagged
}

fn judge(baseline: &mut Baseline, minute: u32, ip: u32, user: u32, outcome: &str) -> bool {
    // From a whole hour of 2023 on.
    let time = (472_222 * 60 + i64::from(minute)) * MINUTE_MS;
    let event = format!(
        r#"{{"event_id":"e","time":{time},"ip":"192.0.2.{ip}","username":"u{user}","outcome":"{outcome}"}}"#
    );
    baseline.flags(&Attempt::parse(event.as_bytes(), i64::MAX).unwrap())
}

#[test]
fn an_address_is_flagged_from_the_fifteenth_user_on_and_not_for_tries_on_one() {
    assert!(!last_flagged(LIMITS, (0..14).map(|user| (0, 1, user))));
    assert!(last_flagged(LIMITS, (0..15).map(|user| (0, 1, user))));
    assert!(!last_flagged(LIMITS, (0..100).map(|_| (0, 1, 7))));
}

#[test]
fn users_of_the_hop_before_count_and_those_of_older_hops_do_not() {
    let split = |later: u32| (0..15).map(move |user| (if user < 10 { 0 } else { later }, 1, user));
    assert!(last_flagged(LIMITS, split(9)));
    assert!(!last_flagged(LIMITS, split(10)));
}

#[test]
fn a_slow_address_is_flagged_by_the_hour() {
    assert!(last_flagged(LIMITS, (0..30).map(|user| (user, 1, user))));
    assert!(!last_flagged(
        LIMITS,
        (0..40).map(|user| (3 * user, 1, user))
    ));
}

#[test]
fn a_success_counts_nothing_and_is_flagged_at_an_address_that_is() {
    let mut baseline = Baseline::new(LIMITS);
    for user in 0..40 {
        assert!(!judge(&mut baseline, 0, 1, user, "success"));
    }
    for user in 0..15 {
        judge(&mut baseline, 0, 1, user, "failure");
    }
    assert!(judge(&mut baseline, 0, 1, 99, "success"));
    assert!(!judge(&mut baseline, 0, 2, 99, "success"));
}

#[test]
fn a_user_is_flagged_from_the_fifth_address_on_where_that_is_asked_for() {
    assert!(last_flagged(LIMITS, (0..5).map(|ip| (ip, ip, 1))));
    let without = Limits {
        sources_1h: None,
        ..LIMITS
    };
    assert!(!last_flagged(without, (0..5).map(|ip| (ip, ip, 1))));
}

#[test]
fn what_is_older_than_its_windows_is_forgotten() {
    let mut baseline = Baseline::new(LIMITS);
    for ip in 0..100 {
        judge(&mut baseline, 0, ip, ip, "failure");
    }
    judge(&mut baseline, 90, 1, 1, "failure");
    assert_eq!(
        baseline.users.each_ref().map(|users| users.entries.len()),
        [1, 1]
    );
    assert_eq!(baseline.sources.entries.len(), 1);
}
