//! When what was let in is scored again.

use super::tests::{House, at, from, spread};
use super::watch::{WATCHED_FROM, Watch, Watched};
use super::{Arrival, When};
use crate::judgement::Words;
use crate::signals::UserFacts;
use crate::source::SourceFacts;
use credsieve_models::attempt::{Kind, Outcome};
use credsieve_models::verdict::{Decision, Score};

pub(super) fn watched(n: i64, score: u16) -> Box<Watched> {
    Box::new(Watched {
        frame: from(1, 1, n.unsigned_abs()),
        user: UserFacts::unknown(),
        good_users: 0,
        in_session: crate::in_session::InSession::Untold,
        owners: (0, 0),
        words: Words::default(),
        session_start_s: 0,
        at_s: u32::try_from(1_000 + n).unwrap(),
        decision: Decision::Allow,
        score: Score(score),
    })
}

#[test]
fn a_watched_attempt_is_due_after_five_minutes_and_once_more_after_twenty() {
    let mut watch = Watch::default();
    watch.add(watched(0, 10), 8);
    watch.add(watched(5, 20), 8);
    assert!(watch.due(at(1_299)).is_empty());
    let mut due = watch.due(at(1_300));
    assert_eq!(due.len(), 1);
    let (first, last) = due.remove(0);
    assert!(!last && first.at_s == 1_000);
    watch.again(first, 8);
    assert_eq!(watch.due(at(2_199)).len(), 1, "the other one's first time");
    let due = watch.due(at(2_200));
    assert!(due.len() == 1 && due[0].1, "the last time");
    assert_eq!(watch.len(), 0);
}

#[test]
fn nothing_watched_waits_for_what_is_due_later() {
    let mut watch = Watch::default();
    // Taken up again in the order of their own times, of which the first one's was late.
    watch.again(watched(60, 10), 8);
    watch.again(watched(0, 10), 8);
    assert_eq!(watch.due(at(2_200)).len(), 1);
    assert_eq!(watch.due(at(2_260)).len(), 1);
}

#[test]
fn a_full_watch_drops_the_lowest_score_and_takes_no_lower_one() {
    let mut watch = Watch::default();
    for (n, score) in [50, 10, 30, 40].into_iter().enumerate() {
        watch.add(watched(i64::try_from(n).unwrap(), score), 4);
    }
    watch.add(watched(8, 5), 4);
    watch.add(watched(9, 35), 4);
    let scores: Vec<u16> = watch
        .due(at(9_000))
        .iter()
        .map(|(w, _)| w.score.0)
        .collect();
    assert_eq!(scores, [50, 30, 40, 35]);
    watch.add(watched(1, 1), 0);
    assert_eq!(watch.len(), 0, "there is no room at all");
}

#[test]
fn whether_a_full_watch_takes_one_more_does_not_depend_on_what_it_was_asked_before() {
    let mut watch = Watch::default();
    let mut chance = 1_u64;
    let mut taken = [0, 0];
    for n in 0..2_000_i64 {
        chance = spread(chance ^ n.unsigned_abs());
        let score = u16::try_from(chance >> 60).unwrap();
        let anew = postcard::to_allocvec(&watch).unwrap();
        let mut anew: Watch = postcard::from_bytes(&anew).unwrap();
        let takes = watch.takes(Score(score), 8);
        assert_eq!(takes, anew.takes(Score(score), 8), "try {n}, score {score}");
        taken[usize::from(takes)] += 1;
        if takes {
            watch.add(watched(40 * n, score), 8);
        }
        for (again, last) in watch.due(at(1_000 + 40 * n)) {
            if !last {
                watch.again(again, 8);
            }
        }
    }
    assert!(taken[0] > 500 && taken[1] > 100, "{taken:?}");
}

/// A stranger's success from where so many others were tried: its score, whether it is watched, and whether it would be
/// for the second time.
fn watched_from_where(tried: u32) -> (Score, bool, bool) {
    let mut house = House::new();
    let mut frame = from(2, 7, 9);
    (frame.kind, frame.user, frame.outcome) =
        (Kind::Login, Some(spread(9)), Some(Outcome::Success));
    let mut source = SourceFacts::default();
    (source.ip.short_users, source.ip.day_users) = (tried, tried);
    house.with(&frame, |shard, arrival, force| {
        let arrival = Arrival {
            source: &source,
            ..*arrival
        };
        let again = shard.judge_known(&arrival, force, UserFacts::unknown(), When::Again);
        assert_eq!(again.judgement.decision, Decision::Allow);
        let mut waiting = watched(0, 9_999);
        waiting.frame = frame;
        shard.score_again(waiting, false, &arrival, force);
        let waits = shard.watch.len() == 1;
        let (judgement, is_watched) = shard.observe(&arrival, force);
        assert_eq!(judgement.decision, Decision::Allow);
        (judgement.score, is_watched.is_some(), waits)
    })
}

#[test]
fn who_scores_little_is_not_watched_nor_for_a_second_time() {
    let (score, is_watched, waits) = watched_from_where(0);
    assert!(score < WATCHED_FROM, "{score:?}");
    assert!(!is_watched && !waits);
    let (score, is_watched, waits) = watched_from_where(12);
    assert!(score >= WATCHED_FROM, "{score:?}");
    assert!(is_watched && waits);
}
