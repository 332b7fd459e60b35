//! What comes again, and what a question about it is told.

use super::Retries;
use super::learn::retry_key;
use super::record::UserRecord;
use super::tests::{House, at, from, spread};
use crate::delta::Lesson;
use crate::fixed::probability;
use crate::frame::Frame;
use credsieve_models::attempt::{FailureReason, Kind, Outcome};
use credsieve_models::verdict::{Decision, LogOdds};
use credsieve_models::{HashSeed, KeyHasher};

#[test]
fn a_program_that_goes_on_with_a_name_is_known_in_its_autonomous_system_alone_and_in_a_question_too()
 {
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    let key = |change: fn(&mut Frame)| {
        let mut frame = from(1, 1, 1);
        frame.kind = Kind::Login;
        frame.outcome = Some(Outcome::Failure);
        frame.failure_reason = Some(FailureReason::BadPassword);
        frame.user = Some(spread(9));
        change(&mut frame);
        retry_key(&frame, &hasher)
    };
    let known = key(|_| ());
    assert!(known.is_some());
    let moved = key(|frame| {
        let there = from(1, 77, 1);
        (frame.address, frame.password, frame.tool) = (there.address, None, None);
        frame.failure_reason = Some(FailureReason::UnknownUser);
    });
    assert_eq!(moved, known);
    let question = key(|frame| (frame.outcome, frame.failure_reason) = (None, None));
    assert_eq!(question, known);
    for other in [
        key(|frame| frame.user = Some(spread(8))),
        key(|frame| frame.agent = Some(spread(7))),
        key(|frame| frame.asn = Some(999)),
    ] {
        assert!(other.is_some() && other != known);
    }
    for none in [
        key(|frame| frame.user = None),
        key(|frame| frame.agent = None),
        key(|frame| frame.asn = None),
        key(|frame| frame.kind = Kind::Lookup),
        key(|frame| (frame.outcome, frame.failure_reason) = (Some(Outcome::Success), None)),
        key(|frame| frame.failure_reason = Some(FailureReason::Other)),
        key(|frame| frame.failure_reason = Some(FailureReason::BadMfa)),
    ] {
        assert_eq!(none, None);
    }
}

/// What is taught about each of six failures of a program from one address after another, so many seconds apart.
fn taught_of_a_program(apart_s: i64, device: u64) -> Vec<Retries> {
    let mut house = House::new();
    let owner = from(1, 1, 1);
    let now = house.now;
    let record = UserRecord::fresh(now);
    let record = house
        .shard
        .users
        .get_or_insert(spread(9), spread(9), record);
    record.learn(
        &Frame {
            user: Some(spread(9)),
            ..owner
        },
        now,
    );
    let mut taught = Vec::new();
    for n in 0..6 {
        house.now = at(1_100_000 + apart_s * i64::from(n));
        let mut frame = from(2 + n, 1, device);
        (frame.password, frame.user) = (None, Some(spread(9)));
        frame.kind = Kind::Login;
        (frame.asn, frame.agent) = (Some(7), Some(spread(7)));
        let question = frame;
        frame.outcome = Some(Outcome::Failure);
        frame.failure_reason = Some(FailureReason::BadPassword);
        let of_question = house.with(&question, |shard, arrival, force| {
            let user = shard.judge(arrival, force, false).user;
            user.retries
        });
        house.with(&frame, |shard, arrival, force| {
            shard.observe(arrival, force);
        });
        for lesson in house.shard.lessons_in_force(i64::MAX) {
            if let Lesson::Seen(seen) = lesson {
                assert_eq!(seen.retries, of_question, "a question is told the same");
                taught.push(seen.retries);
            }
        }
    }
    taught
}

#[test]
fn how_a_strangers_program_goes_on_is_told_before_it_is_learned_and_of_a_question_alike() {
    use Retries::{Few, Kept};
    assert_eq!(
        taught_of_a_program(1_400, 2),
        [Few, Few, Kept, Kept, Kept, Kept]
    );
    assert_eq!(taught_of_a_program(60, 2), [Few; 6]);
    let own_device = taught_of_a_program(1_400, 1);
    assert_eq!(own_device, [Few; 6], "no stranger is remembered");
}

#[test]
fn what_a_question_about_a_strangers_login_would_have_come_to_is_what_is_answered() {
    let mut house = House::new();
    let mut login = from(1, 1, 1);
    (login.user, login.outcome, login.kind) =
        (Some(spread(9)), Some(Outcome::Success), Kind::Login);
    let mut asked = |frame: &Frame| {
        let answer = house.with(&frame.before_its_outcome(), |shard, arrival, force| {
            shard.peek(arrival, force).score
        });
        let question = house.with(frame, |shard, arrival, force| {
            let judged = shard.judge(arrival, force, false);
            shard.question_before(arrival, force, &judged)
        });
        (answer, question)
    };
    let (answer, question) = asked(&login);
    let question = question.unwrap();
    assert_eq!(probability(LogOdds(question.log_odds)), answer);
    login.kind = Kind::Lookup;
    assert_eq!(asked(&login).1, None);
}

#[test]
fn a_part_of_the_logins_stands_for_all() {
    let mut house = House::new();
    let mut login = from(1, 1, 1);
    (login.user, login.kind) = (Some(spread(9)), Kind::Login);
    let mut times = |outcome, reason| {
        (login.outcome, login.failure_reason) = (Some(outcome), reason);
        let looked_at = (0..64u128).filter_map(|event| {
            login.event = event;
            house.with(&login, |shard, arrival, force| {
                let judged = shard.judge(arrival, force, false);
                shard.question_before(arrival, force, &judged)
            })
        });
        looked_at
            .map(|question| u32::from(question.times))
            .collect::<Vec<_>>()
    };
    assert_eq!(times(Outcome::Success, None), [4; 16]);
    let wrong = Some(FailureReason::BadPassword);
    assert_eq!(times(Outcome::Failure, wrong), [8; 8]);
}

/// How many of an account's logins, one each so many seconds from ever other places, speak for strangers in a day.
fn spoken_in_a_day(every_s: i64, signs_up: bool) -> usize {
    let mut house = House::new();
    let mut own = from(1, 1, 1);
    (own.user, own.kind, own.outcome) = (Some(spread(9)), Kind::Login, Some(Outcome::Success));
    if signs_up {
        own.kind = Kind::Signup;
        house.now = at(1_100_000);
        house.with(&own, |shard, arrival, force| {
            shard.observe(arrival, force);
        });
        own.kind = Kind::Login;
    }
    let logins = (1..=24 * 3_600 / every_s).filter(|n| {
        house.now = at(1_100_000 + every_s * n);
        let network = u8::try_from(n % 200).unwrap() + 2;
        let login = Frame {
            user: own.user,
            kind: own.kind,
            outcome: own.outcome,
            ..from(network, 1, 1_000 + n.unsigned_abs())
        };
        let spoke = house.with(&login, |shard, arrival, force| {
            let judged = shard.judge(arrival, force, false);
            shard.question_before(arrival, force, &judged).is_some()
        });
        house.with(&login, |shard, arrival, force| {
            shard.observe(arrival, force);
        });
        spoke
    });
    logins.count()
}

#[test]
fn an_account_that_logs_in_from_everywhere_speaks_for_strangers_once_in_six_hours_of_rest() {
    assert_eq!(spoken_in_a_day(8 * 3_600, false), 3);
    assert_eq!(
        spoken_in_a_day(600, false),
        1,
        "who comes all day is never at rest"
    );
    assert_eq!(
        spoken_in_a_day(600, true),
        0,
        "and was not when the account was made"
    );
}

#[test]
fn a_success_that_is_not_allowed_does_not_speak_for_strangers() {
    let mut house = House::new();
    let mut login = from(1, 1, 1);
    (login.user, login.kind, login.outcome) =
        (Some(spread(9)), Kind::Login, Some(Outcome::Success));
    for (decision, speaks) in [(Decision::Allow, true), (Decision::Challenge, false)] {
        let question = house.with(&login, |shard, arrival, force| {
            let mut judged = shard.judge(arrival, force, false);
            judged.judgement.decision = decision;
            shard.question_before(arrival, force, &judged)
        });
        assert_eq!(question.is_some(), speaks, "{decision:?}");
    }
}

#[test]
fn a_question_about_the_same_wrong_thing_knows_that_it_was_wrong_for_a_while() {
    for kind in [Kind::Login, Kind::Token] {
        let mut house = House::new();
        let mut stale = from(1, 1, 1);
        (stale.user, stale.kind) = (Some(spread(9)), kind);
        stale.outcome = Some(Outcome::Failure);
        stale.failure_reason = Some(FailureReason::BadPassword);
        let mut same_again = Vec::new();
        for n in 0..4 {
            house.now = at(1_100_000 + 1_000 * n);
            let question = stale.before_its_outcome();
            let judged = house.with(&question, |shard, arrival, force| {
                shard.judge(arrival, force, false)
            });
            same_again.push(judged.user.same_again);
            house.with(&stale, |shard, arrival, force| {
                shard.observe(arrival, force);
            });
        }
        assert_eq!(same_again, [false, false, false, true], "{kind:?}");
        let mut another = stale.before_its_outcome();
        another.password = Some(spread(5));
        let judged = house.with(&another, |shard, arrival, force| {
            shard.judge(arrival, force, false)
        });
        assert!(!judged.user.same_again);
    }
}
