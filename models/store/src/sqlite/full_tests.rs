//! A disk without room: writes fail for a while, and go on when there is room again.

use super::*;
use crate::{Context, Origin, Outcome};
use credsieve_models::verdict::{Attack, Decision, Mode, Score, Verdict, VerdictId};

/// No page is given beyond those that are there. It holds for the one connection that writes.
const FULL: &str = "PRAGMA max_page_count = 1";

/// A plain allow of a new address: it brings one pane, and a statement of a single row needs no journal
/// of its own. Where there is no room for its row SQLite takes back all of the transaction.
fn allow(offset: i64) -> Outcome {
    let event_id = format!("e{offset}");
    let time_ms = 1_767_614_400_000 + offset * 3_600_000;
    Outcome {
        origin: Origin {
            source: "logins".into(),
            partition: 0,
            offset,
            index: 0,
        },
        verdict: Verdict {
            verdict_id: VerdictId::of("default", &event_id, time_ms, 0),
            event_id,
            revision: 0,
            time_ms,
            decided_at_ms: time_ms,
            tenant: "default".into(),
            decision: Decision::Allow,
            score: Score(12),
            attack: Attack::None,
            reasons: Vec::new(),
            session_id: None,
            campaign_id: None,
            expires_at_ms: None,
            policy: "sha256:00".into(),
            mode: Mode::Enforce,
        },
        context: Context {
            username: None,
            user_key: None,
            ip: "203.0.113.9".parse().unwrap(),
            asn: None,
            device_key: None,
        },
        was: None,
        keep_whole: false,
    }
}

async fn stored(store: &SqliteStore) -> i64 {
    let counts = store.allow_counts(0, EpochMs::MAX, None).await.unwrap();
    counts.iter().map(|count| count.count).sum()
}

#[tokio::test]
async fn a_full_disk_is_a_transient_error_and_writing_goes_on_when_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(path).await.unwrap();
    store.migrate().await.unwrap();
    let mut next = 0;
    for _ in 0..5 {
        sqlx::query(FULL).execute(&store.writer).await.unwrap();
        let error = loop {
            match store.write(&[allow(next)]).await {
                Ok(()) => next += 1,
                Err(error) => break error,
            }
        };
        assert!(error.is_transient(), "{error}");
        assert_eq!(stored(&store).await, next);
        sqlx::query("PRAGMA max_page_count = 100000")
            .execute(&store.writer)
            .await
            .unwrap();
        for _ in 0..20 {
            store.write(&[allow(next)]).await.unwrap();
            next += 1;
        }
        assert_eq!(stored(&store).await, next);
    }
}
