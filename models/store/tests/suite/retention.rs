//! What is removed once it is old.

use crate::fixture::{NOON, act, all_verdicts, allow, allows, at, block};
use credsieve_models::verdict::SessionId;
use credsieve_store::{DistinctBy, DistinctOf, Outcome, Review, ReviewVerdict, SharedStore};

const WEEK_MS: i64 = 7 * 86_400_000;
/// The end of the week of NOON.
const SUNDAY_MS: i64 = NOON - NOON.rem_euclid(86_400_000) + WEEK_MS;

fn in_session(offset: i64, session: u128, time_ms: i64) -> Outcome {
    let mut outcome = at(block(offset), time_ms);
    outcome.verdict.session_id = Some(SessionId(session));
    outcome
}

pub async fn what_is_old_goes_and_reviewed_sessions_stay(store: SharedStore) {
    let new_ms = SUNDAY_MS + 1;
    let batch = [
        in_session(1, 1, NOON),
        in_session(2, 2, NOON + 1),
        in_session(3, 3, new_ms),
        at(allow(4), NOON),
        at(allow(5), new_ms),
    ];
    store.write(&batch).await.unwrap();
    let review = Review {
        verdict: ReviewVerdict::Honest,
        note: String::new(),
        author: "ann".into(),
        at_ms: NOON,
    };
    store
        .review(SessionId(2), 1, &review, &act())
        .await
        .unwrap();

    assert_eq!(store.retain_from(SUNDAY_MS).await.unwrap(), 2);
    let left: Vec<_> = all_verdicts(&store)
        .await
        .into_iter()
        .map(|v| v.verdict.time_ms)
        .collect();
    assert_eq!(left, [new_ms]);
    assert_eq!(store.session(SessionId(1)).await.unwrap(), None);
    let reviewed = store.session(SessionId(2)).await.unwrap().unwrap();
    assert_eq!(reviewed.review, Some(review));
    assert!(store.session(SessionId(3)).await.unwrap().is_some());
    assert_eq!(allows(&store).await, 1);
    let of = DistinctOf::Users;
    let by = DistinctBy::Tenant("default".into());
    assert_eq!(store.distinct(of, &by, 0, SUNDAY_MS).await.unwrap(), 0);
    assert_eq!(store.distinct(of, &by, 0, i64::MAX).await.unwrap(), 2);
    assert_eq!(store.reached("logins").await.unwrap(), [(0, 6)]);
    assert_eq!(store.retain_from(SUNDAY_MS).await.unwrap(), 0);
}

pub async fn verdicts_can_be_written_again_after_their_partition_went(store: SharedStore) {
    store.write(&[block(1)]).await.unwrap();
    assert_eq!(store.retain_from(SUNDAY_MS).await.unwrap(), 1);
    assert_eq!(all_verdicts(&store).await.len(), 0);
    store.write(&[block(2)]).await.unwrap();
    assert_eq!(all_verdicts(&store).await.len(), 1);
}
