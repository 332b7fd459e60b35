//! Sessions and their reviews.

use crate::fixture::{NOON, act, at, block, first};
use credsieve_models::verdict::{Attack, Decision, SessionId};
use credsieve_store::{ChangeError, Outcome, Review, ReviewVerdict, SessionFilter, SharedStore};

pub fn review(author: &str) -> Review {
    Review {
        verdict: ReviewVerdict::Attack,
        note: format!("seen by {author}"),
        author: author.to_owned(),
        at_ms: NOON,
    }
}

fn in_session(offset: i64, session: u128) -> Outcome {
    let mut outcome = block(offset);
    outcome.verdict.session_id = Some(SessionId(session));
    outcome
}

/// The sessions of every page, in order; no page but the last has fewer than asked for.
async fn all_pages(store: &SharedStore, filter: SessionFilter, limit: u32) -> Vec<u128> {
    let mut ids = Vec::new();
    let mut page = first(limit);
    loop {
        let found = store.sessions(&filter, &page).await.unwrap();
        ids.extend(found.items.iter().map(|s| s.session_id.0));
        page.cursor = found.next;
        if page.cursor.is_none() {
            return ids;
        }
        assert_eq!(found.items.len(), usize::try_from(limit).unwrap());
    }
}

pub async fn a_session_sums_up_its_flagged_attempts(store: SharedStore) {
    let mut challenged = block(2);
    challenged.verdict.decision = Decision::Challenge;
    challenged.verdict.attack = Attack::PasswordSpray;
    let mut unnamed = block(3);
    unnamed.verdict.decision = Decision::Challenge;
    unnamed.verdict.attack = Attack::None;
    store.write(&[block(1)]).await.unwrap();
    store.write(&[block(1), challenged, unnamed]).await.unwrap();
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!(session.attempts, 3);
    assert_eq!(session.challenged, 2);
    assert_eq!(session.blocked, 1);
    assert_eq!(session.attack, Attack::PasswordSpray);
    assert_eq!(session.first_at_ms, NOON + 1_000);
    assert_eq!(session.last_at_ms, NOON + 3_000);
    assert_eq!(session.tenant, "default");
    assert_eq!(session.ip, block(1).context.ip);
    assert_eq!((session.version, session.review), (1, None));
}

pub async fn a_late_first_attempt_moves_the_start(store: SharedStore) {
    let mut late = block(1);
    late.verdict.tenant = "acme".into();
    late.verdict.attack = Attack::Bot;
    late.context.ip = "203.0.113.10".parse().unwrap();
    store.write(&[block(5)]).await.unwrap();
    store.write(&[late]).await.unwrap();
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!(session.first_at_ms, NOON + 1_000);
    assert_eq!(session.last_at_ms, NOON + 5_000);
    assert_eq!(session.tenant, "acme");
    assert_eq!(session.ip.to_string(), "203.0.113.10");
    assert_eq!(session.attack, Attack::CredentialStuffing);
}

pub async fn of_two_reviewers_at_once_one_wins_and_nothing_is_lost(store: SharedStore) {
    store.write(&[block(1)]).await.unwrap();
    let id = SessionId(7);
    let reviewer = |name: &'static str| {
        let store = store.clone();
        tokio::spawn(async move { store.review(id, 1, &review(name), &act()).await })
    };
    let (ann, bob) = tokio::join!(reviewer("ann"), reviewer("bob"));
    let (ann, bob) = (ann.unwrap(), bob.unwrap());
    let (winner, loser) = if ann.is_ok() { (ann, bob) } else { (bob, ann) };
    let winner = winner.unwrap();
    assert_eq!(winner.version, 2);
    assert!(
        matches!(loser, Err(ChangeError::Stale { current: 2 })),
        "{loser:?}"
    );
    // More attempts change neither the version nor the review.
    store.write(&[block(2)]).await.unwrap();
    let stored = store.session(id).await.unwrap().unwrap();
    assert_eq!((stored.version, &stored.review), (2, &winner.review));
    assert_eq!(stored.attempts, 2);

    let again = store.review(id, 2, &review("eve"), &act()).await.unwrap();
    assert_eq!((again.version, again.review), (3, Some(review("eve"))));
}

pub async fn a_review_of_nothing_is_not_found(store: SharedStore) {
    let answer = store.review(SessionId(1), 1, &review("ann"), &act()).await;
    assert!(matches!(answer, Err(ChangeError::NotFound)));
    assert_eq!(store.session(SessionId(1)).await.unwrap(), None);
}

pub async fn sessions_are_paged_and_filtered(store: SharedStore) {
    let batch: Vec<_> = (0..10)
        .map(|n| at(in_session(n, n.unsigned_abs().into()), NOON + n / 2 * 1_000))
        .collect();
    store.write(&batch).await.unwrap();
    let mut other = in_session(11, 11);
    other.context.ip = "2001:db8::7".parse().unwrap();
    store.write(&[at(other, NOON - 1)]).await.unwrap();
    store
        .review(SessionId(3), 1, &review("ann"), &act())
        .await
        .unwrap();

    let ids = all_pages(&store, SessionFilter::default(), 3).await;
    assert_eq!(ids, [9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 11]);

    let find = async |filter: SessionFilter| -> Vec<u128> {
        let found = store.sessions(&filter, &first(100)).await.unwrap();
        found.items.iter().map(|s| s.session_id.0).collect()
    };
    let none = SessionFilter::default;
    let ip = Some("2001:db8::7".parse().unwrap());
    assert_eq!(find(SessionFilter { ip, ..none() }).await, [11]);
    assert_eq!(
        find(SessionFilter {
            reviewed: Some(true),
            ..none()
        })
        .await,
        [3]
    );
    assert_eq!(
        find(SessionFilter {
            reviewed: Some(false),
            ..none()
        })
        .await
        .len(),
        10
    );
    let (from_ms, to_ms) = (Some(NOON + 1_000), Some(NOON + 2_000));
    assert_eq!(
        find(SessionFilter {
            from_ms,
            to_ms,
            ..none()
        })
        .await,
        [3, 2]
    );
}

pub async fn sessions_of_fewer_attempts_are_left_out_on_every_page(store: SharedStore) {
    // Each has as many attempts as its id says; the smaller, the newer.
    let attempts =
        |id: i64| (0..id).map(move |n| in_session(1_000 - 100 * id + n, id.unsigned_abs().into()));
    let batch: Vec<_> = (1..=9).flat_map(attempts).collect();
    store.write(&batch).await.unwrap();
    let at_least = |min| SessionFilter {
        min_attempts: Some(min),
        ..SessionFilter::default()
    };
    for min in [1, 2, 4, 5, 6, 9, 10] {
        let larger: Vec<u128> = (1..=9).filter(|id| *id >= min).collect();
        let min = i64::try_from(min).unwrap();
        for limit in [1, 2, 100] {
            let found = all_pages(&store, at_least(min), limit).await;
            assert_eq!(found, larger, "{min} or more, {limit} on a page");
        }
    }
    assert!(all_pages(&store, at_least(i64::MAX), 2).await.is_empty());

    // A session that grows comes in, and one that was reviewed leaves those that wait.
    store.write(&[in_session(990, 4)]).await.unwrap();
    store
        .review(SessionId(7), 1, &review("ann"), &act())
        .await
        .unwrap();
    let waiting = SessionFilter {
        reviewed: Some(false),
        ..at_least(5)
    };
    assert_eq!(all_pages(&store, waiting, 2).await, [4, 5, 6, 8, 9]);
    let reviewed = SessionFilter {
        reviewed: Some(true),
        ..at_least(5)
    };
    assert_eq!(all_pages(&store, reviewed, 2).await, [7]);
    let elsewhere = SessionFilter {
        ip: Some("2001:db8::7".parse().unwrap()),
        ..at_least(5)
    };
    assert!(all_pages(&store, elsewhere, 2).await.is_empty());
}
