//! Filters and pages.

use crate::fixture::{NOON, all_verdicts, allow, at, block, first};
use credsieve_models::verdict::{Attack, CampaignId, Decision, SessionId};
use credsieve_store::{Outcome, PageRequest, SharedStore, StoreError, VerdictFilter};
use std::collections::BTreeSet;

/// Two verdicts that differ in everything a filter can ask for.
fn pair() -> [Outcome; 2] {
    let mut other = block(2);
    other.verdict.tenant = "acme".into();
    other.verdict.decision = Decision::Challenge;
    other.verdict.attack = Attack::PasswordSpray;
    other.verdict.session_id = None;
    other.verdict.campaign_id = None;
    other.context.ip = "2001:db8::1".parse().unwrap();
    let mut one = block(1);
    one.verdict.campaign_id = Some(CampaignId(9));
    [one, at(other, NOON + 60_000)]
}

fn filters() -> Vec<VerdictFilter> {
    let none = VerdictFilter::default;
    vec![
        VerdictFilter {
            tenant: Some("default".into()),
            ..none()
        },
        VerdictFilter {
            username: Some("user1".into()),
            ..none()
        },
        VerdictFilter {
            ip: Some("203.0.113.9".parse().unwrap()),
            ..none()
        },
        VerdictFilter {
            ip: Some("::ffff:203.0.113.9".parse().unwrap()),
            ..none()
        },
        VerdictFilter {
            decision: Some(Decision::Block),
            ..none()
        },
        VerdictFilter {
            attack: Some(Attack::CredentialStuffing),
            ..none()
        },
        VerdictFilter {
            session_id: Some(SessionId(7)),
            ..none()
        },
        VerdictFilter {
            campaign_id: Some(CampaignId(9)),
            ..none()
        },
        VerdictFilter {
            from_ms: Some(NOON + 1_000),
            to_ms: Some(NOON + 1_001),
            ..none()
        },
        VerdictFilter {
            to_ms: Some(NOON + 60_000),
            ..none()
        },
    ]
}

pub async fn every_filter_narrows_the_verdicts(store: SharedStore) {
    let [wanted, other] = pair();
    store.write(&[wanted.clone(), other.clone()]).await.unwrap();
    for filter in filters() {
        let page = store.verdicts(&filter, &first(10)).await.unwrap();
        let found: Vec<_> = page.items.into_iter().map(|v| v.verdict).collect();
        assert_eq!(found, std::slice::from_ref(&wanted.verdict), "{filter:?}");
    }
    let from = VerdictFilter {
        from_ms: Some(NOON + 60_000),
        ..VerdictFilter::default()
    };
    let page = store.verdicts(&from, &first(10)).await.unwrap();
    assert_eq!(page.items.len(), 1);
    assert_eq!(page.items[0].verdict, other.verdict);
}

pub async fn every_filter_may_be_given_at_once(store: SharedStore) {
    let [wanted, other] = pair();
    store.write(&[wanted, other]).await.unwrap();
    let mut filter = VerdictFilter {
        tenant: Some("default".into()),
        username: Some("user1".into()),
        ip: Some("203.0.113.9".parse().unwrap()),
        decision: Some(Decision::Block),
        attack: Some(Attack::CredentialStuffing),
        session_id: Some(SessionId(7)),
        campaign_id: Some(CampaignId(9)),
        from_ms: Some(NOON),
        to_ms: Some(NOON + 2_000),
    };
    assert_eq!(
        store
            .verdicts(&filter, &first(1))
            .await
            .unwrap()
            .items
            .len(),
        1
    );
    filter.tenant = Some("acme".into());
    assert_eq!(
        store
            .verdicts(&filter, &first(1))
            .await
            .unwrap()
            .items
            .len(),
        0
    );
}

pub async fn pages_show_everything_once_while_verdicts_come_in(store: SharedStore) {
    // Three verdicts share each instant, so that pages end between equals.
    let verdict = |n: i64| at(block(n), NOON + n / 3 * 1_000);
    let batch: Vec<_> = (0..100).map(verdict).collect();
    store.write(&batch).await.unwrap();
    let expected: Vec<_> = all_verdicts(&store)
        .await
        .into_iter()
        .map(|v| v.verdict.event_id)
        .collect();
    assert_eq!(expected.len(), 100);

    let mut seen = Vec::new();
    let mut page = first(7);
    for round in 0.. {
        let found = store
            .verdicts(&VerdictFilter::default(), &page)
            .await
            .unwrap();
        assert!(found.items.len() <= 7);
        seen.extend(found.items.into_iter().map(|v| v.verdict.event_id));
        // Newer ones, which must not push anything onto the next page.
        let newer: Vec<_> = (0..5).map(|n| block(1_000 + round * 5 + n)).collect();
        store.write(&newer).await.unwrap();
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, expected);
    let distinct: BTreeSet<_> = seen.iter().collect();
    assert_eq!(distinct.len(), 100);
}

pub async fn a_foreign_or_broken_cursor_is_refused(store: SharedStore) {
    store.write(&[block(1), block(2)]).await.unwrap();
    let page = store
        .verdicts(&VerdictFilter::default(), &first(1))
        .await
        .unwrap();
    let cursor = page.next.unwrap();
    let ask = |cursor: &str| PageRequest {
        limit: 1,
        cursor: Some(cursor.to_owned()),
    };
    for bad in [
        "",
        "nonsense",
        &cursor[..cursor.len() - 2],
        &format!("00{}", &cursor[2..]),
    ] {
        let answer = store.verdicts(&VerdictFilter::default(), &ask(bad)).await;
        assert!(matches!(answer, Err(StoreError::BadCursor)), "{bad}");
    }
    let sessions = store
        .sessions(&credsieve_store::SessionFilter::default(), &ask(&cursor))
        .await;
    assert!(matches!(sessions, Err(StoreError::BadCursor)));
    assert!(matches!(
        store.lists(&ask(&cursor)).await,
        Err(StoreError::BadCursor)
    ));
    assert!(
        store
            .verdicts(&VerdictFilter::default(), &ask(&cursor))
            .await
            .is_ok()
    );
}

pub async fn an_end_beyond_all_times_is_no_end(store: SharedStore) {
    store.write(&[block(1), allow(2)]).await.unwrap();
    let filter = |from_ms, to_ms| VerdictFilter {
        from_ms: Some(from_ms),
        to_ms: Some(to_ms),
        ..VerdictFilter::default()
    };
    let all = store
        .verdicts(&filter(i64::MIN, i64::MAX), &first(9))
        .await
        .unwrap();
    assert_eq!(all.items.len(), 1);
    let none = store
        .verdicts(&filter(i64::MIN, i64::MIN), &first(9))
        .await
        .unwrap();
    assert_eq!(none.items.len(), 0);
}
