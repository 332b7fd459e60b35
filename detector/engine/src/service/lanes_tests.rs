use super::*;

/// Ten-minute periods in which `people` are trusted and so many strangers fail or come in.
fn periods(
    lanes: &mut Lanes,
    from_s: i64,
    count: i64,
    people: i64,
    failing: i64,
    lane: Lane,
) -> i64 {
    for period in 0..count {
        let start_s = from_s + period * PERIOD_S;
        for n in 0..people {
            lanes.count_trusted(start_s + n * PERIOD_S / people, ONE, false);
        }
        for n in 0..failing {
            let at_s = start_s + n * PERIOD_S / failing;
            lanes.count(at_s, lane, true, true, ONE);
        }
    }
    from_s + count * PERIOD_S
}

const LANE: Lane = Lane::LoginBadPassword;
const QUIET: i32 = -1_408;

/// Ten days of 200 people in ten minutes, of whom one in twenty fails somewhere new.
fn known() -> (Lanes, i64) {
    let mut lanes = Lanes::default();
    let end_s = periods(&mut lanes, 0, 288, 200, 10, LANE);
    (lanes, end_s)
}

#[test]
fn more_people_fail_more_and_are_no_attack() {
    let (mut lanes, from_s) = known();
    assert_eq!(lanes.facts(LANE, from_s, QUIET).excess, 0);
    let end_s = periods(&mut lanes, from_s, 6, 1_000, 50, LANE);
    assert_eq!(lanes.facts(LANE, end_s, QUIET).excess, 0);
}

#[test]
fn more_failures_than_the_people_explain_are_the_prior_of_an_attack() {
    let (mut lanes, from_s) = known();
    let end_s = periods(&mut lanes, from_s, 3, 200, 200, LANE);
    let facts = lanes.facts(LANE, end_s, QUIET);
    assert!(facts.strangers > 5 * facts.expected, "{facts:?}");
    // Nineteen in twenty are too many: e^3 of odds, held against the quiet prior.
    let odds = facts.excess + QUIET;
    assert!((2 * 256..4 * 256).contains(&odds), "{facts:?}");
    assert!(lanes.is_disturbed(LANE));
    assert!(
        !lanes.is_disturbed(Lane::LookupSuccess),
        "another lane is quiet"
    );
}

#[test]
fn an_attack_teaches_nothing_about_people_and_passes() {
    let (mut lanes, from_s) = known();
    let (mut quiet, _) = known();
    let attacked_s = periods(&mut lanes, from_s, 12, 200, 400, LANE);
    periods(&mut quiet, from_s, 12, 200, 10, LANE);
    let end_s = periods(&mut lanes, attacked_s, 12, 200, 10, LANE);
    periods(&mut quiet, attacked_s, 12, 200, 10, LANE);
    let (after, without) = (
        lanes.facts(LANE, end_s, QUIET),
        quiet.facts(LANE, end_s, QUIET),
    );
    assert!(
        after.expected.abs_diff(without.expected) <= 1,
        "{after:?} {without:?}"
    );
    assert_eq!(after.excess, 0);
}

#[test]
fn one_period_teaches_at_most_twice_what_was_expected_and_one_more() {
    let lane = Lane::LoginSuccess;
    let mut lanes = Lanes::default();
    let from_s = periods(&mut lanes, 0, 288, 200, 10, lane);
    let before = lanes.learned_rates(lane, from_s).0;
    let end_s = periods(&mut lanes, from_s, 1, 200, 5_000, lane);
    lanes.count_trusted(end_s, ONE, false);
    let after = lanes.learned_rates(lane, end_s).0;
    let per_1000 = |(over, under): (u64, u64)| over * 1_000 / under;
    assert!((45..=60).contains(&per_1000(before)), "{before:?}");
    assert!(
        per_1000(after) <= per_1000(before) + 3,
        "{before:?} {after:?}"
    );
}

#[test]
fn who_comes_again_counts_for_nothing() {
    let (mut lanes, from_s) = known();
    let before = lanes.facts(LANE, from_s, QUIET);
    for _ in 0..1_000 {
        lanes.count(from_s, LANE, true, false, ONE);
    }
    assert_eq!(lanes.facts(LANE, from_s, QUIET), before);
}

#[test]
fn nothing_but_trusted_successes_makes_a_service_known() {
    let mut lanes = Lanes::default();
    for n in 0..5_000 {
        lanes.count(n, LANE, true, true, ONE);
    }
    lanes.count_trusted(5_000, 2_000 * ONE, true);
    assert_eq!(lanes.learned(), 0, "nor those of strangers");
    lanes.count_trusted(5_000, 2_000 * ONE, false);
    assert_eq!(lanes.learned(), 128);
}

#[test]
fn successes_take_a_share_of_the_excess_of_failures() {
    let (mut lanes, from_s) = known();
    assert_eq!(lanes.facts(Lane::LoginSuccess, from_s, QUIET).excess, 0);
    let end_s = periods(&mut lanes, from_s, 3, 200, 2_000, LANE);
    let failures = lanes.facts(LANE, end_s, QUIET).excess;
    let successes = lanes.facts(Lane::LoginSuccess, end_s, QUIET).excess;
    assert!(
        0 < successes && successes < failures,
        "{successes} {failures}"
    );
}

#[test]
fn an_outage_and_a_wave_of_resets_are_no_attack() {
    for lane in [Lane::LoginOther, Lane::ResetSuccess, Lane::ResetFailure] {
        let (mut lanes, from_s) = known();
        let end_s = periods(&mut lanes, from_s, 3, 20, 900, lane);
        assert_eq!(lanes.facts(lane, end_s, QUIET).excess, 0, "{lane:?}");
    }
}

/// For an hour, so many people at home log in each minute and so many of them cannot.
fn hour_at_home(lanes: &mut Lanes, from_s: i64, people: i64, failing: i64) -> i64 {
    for minute in 0..60 {
        for _ in 0..people {
            lanes.count_trusted(from_s + minute * 60, ONE, false);
        }
        for _ in 0..failing {
            lanes.count(from_s + minute * 60, Lane::LoginOther, false, true, ONE);
        }
    }
    from_s + 3_600
}

#[test]
fn it_is_an_outage_when_people_at_home_fail_as_well() {
    let (mut lanes, from_s) = known();
    let strangers_s = periods(&mut lanes, from_s, 6, 200, 900, Lane::LoginOther);
    assert!(
        !lanes.is_outage(strangers_s),
        "an attack comes from elsewhere"
    );
    let few_s = hour_at_home(&mut lanes, strangers_s, 80, 2);
    assert!(!lanes.is_outage(few_s), "one in forty");
    let outage_s = hour_at_home(&mut lanes, few_s, 20, 20);
    assert!(lanes.is_outage(outage_s));
    let end_s = hour_at_home(&mut lanes, outage_s, 80, 0);
    assert!(!lanes.is_outage(end_s), "it passes");
}

#[test]
fn where_people_at_home_always_fail_so_it_is_no_outage() {
    let (mut lanes, mut at_s) = known();
    assert!(!lanes.is_outage(at_s));
    for _ in 0..7 * 24 {
        at_s = hour_at_home(&mut lanes, at_s, 20, 2);
    }
    assert!(!lanes.is_outage(at_s), "one in ten, for a week");
}

#[test]
fn an_unknown_name_near_to_somebodys_acquits_until_the_attack_uses_such_names() {
    let mut lanes = Lanes::default();
    assert!(lanes.near_names_are_people(0));
    for _ in 0..500 {
        lanes.count_unknown(0, true, ONE);
    }
    assert!(!lanes.near_names_are_people(0), "a list of near misses");
    assert!(
        lanes.near_names_are_people(86_400),
        "and again when it is over"
    );
}

#[test]
fn a_small_service_tells_people_by_who_succeeds_after_a_failure() {
    let day_s = 86_400;
    let fail = |lanes: &mut Lanes, vindicated: bool| {
        for n in 0..40 {
            lanes.count(n * 1_800, LANE, true, true, ONE);
            if vindicated && n % 10 < 7 {
                lanes.count_vindicated(n * 1_800 + 60);
            }
        }
    };
    let (mut people, mut noise) = (Lanes::default(), Lanes::default());
    fail(&mut people, true);
    fail(&mut noise, false);
    assert!(people.is_small(day_s));
    let [people, noise_now, noise_later] =
        [(&people, day_s), (&noise, day_s), (&noise, 30 * day_s)]
            .map(|(l, s)| l.facts(LANE, s, QUIET));
    assert_eq!(people.excess, 0);
    assert!(
        noise_now.excess > 4 * 256 && noise_now.by_days,
        "{noise_now:?}"
    );
    assert!(
        noise_now.strangers > 20,
        "the reason says what it goes by: {noise_now:?}"
    );
    assert_eq!(noise_later.excess, 0, "it passes");
}

/// Says `other` or a reason, once a minute for so many hours from one on.
fn said(lanes: &mut Lanes, from_hour: i64, hours: i64, says_other: bool) {
    for minute in from_hour * 60..(from_hour + hours) * 60 {
        lanes.count_reason(minute * 60, says_other);
    }
}

#[test]
fn a_service_that_says_other_whatever_happens_tells_no_reasons() {
    let mut lanes = Lanes::default();
    said(&mut lanes, 1, 5, true);
    assert!(!lanes.tells_no_reasons(6 * 3_600), "it may be an outage");
    said(&mut lanes, 6, 3, true);
    assert!(lanes.tells_no_reasons(9 * 3_600));
}

#[test]
fn neither_an_outage_nor_one_client_makes_other_a_habit() {
    let mut lanes = Lanes::default();
    said(&mut lanes, 1, 24, false);
    said(&mut lanes, 25, 12, true);
    assert!(!lanes.tells_no_reasons(37 * 3_600), "half a day of outage");
    // A client fails ten times a second while others say why once an hour.
    let mut lanes = Lanes::default();
    for tenth in 0..48 * 3_600 * 10 {
        lanes.count_reason(tenth / 10, true);
        if tenth % 36_000 == 0 {
            lanes.count_reason(tenth / 10, false);
        }
    }
    assert!(!lanes.tells_no_reasons(48 * 3_600));
}
