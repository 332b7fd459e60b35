//! Listings that take too long.

use super::*;
use crate::campaigns::ALERT_TENANT;
use crate::sessions::condition_of_index;
use sqlx::{AssertSqlSafe, Row};

/// What reads acts from it reads for ever.
const ENDLESS: &str = "
    ALTER TABLE audit RENAME TO away;
    CREATE VIEW audit AS
        WITH RECURSIVE n (seq) AS (SELECT 1 UNION ALL SELECT seq + 1 FROM n)
        SELECT seq, 0 AS at, '' AS actor, NULL AS key_id, '' AS act, '' AS subject,
               NULL AS old_value, NULL AS new_value FROM n;";

async fn read(store: &SqliteStore) -> Result<Page<Act>, StoreError> {
    let page = PageRequest {
        limit: 1,
        cursor: None,
    };
    store.audit(&ActFilter::default(), &page).await
}

async fn with_endless_acts(mut store: SqliteStore) -> SqliteStore {
    store.migrate().await.unwrap();
    let endless = sqlx::raw_sql(ENDLESS).execute(&store.writer).await;
    endless.unwrap();
    store.read_within = Duration::from_millis(50);
    store
}

#[tokio::test]
async fn a_listing_that_takes_too_long_is_ended_as_a_transient_error() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).await;
    let store = with_endless_acts(store.unwrap()).await;
    let error = read(&store).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
}

#[tokio::test]
async fn the_limit_of_a_listing_ends_nothing_after_it_in_memory() {
    let store = with_endless_acts(SqliteStore::open_in_memory().await.unwrap()).await;
    read(&store).await.unwrap_err();
    let long = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000)
                SELECT count(*) FROM n";
    let counted: i64 = sqlx::query_scalar(long)
        .fetch_one(&store.writer)
        .await
        .unwrap();
    assert_eq!(counted, 100_000);
}

#[tokio::test]
async fn who_hangs_up_ends_the_listing_and_keys_are_read_all_the_while() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("store.db")).await;
    let mut store = with_endless_acts(store.unwrap()).await;
    store.read_within = Duration::from_hours(1);
    let store = Arc::new(store);
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..=READERS {
        let store = store.clone();
        asking.spawn(async move { read(&store).await });
    }
    // One has found no connection: the others have them all.
    asking.join_next().await.unwrap().unwrap().unwrap_err();
    assert_eq!(store.keys().await.unwrap(), []);
    store.ping().await.unwrap();
    asking.shutdown().await;
    let page = PageRequest {
        limit: 1,
        cursor: None,
    };
    let filter = VerdictFilter::default();
    assert!(
        store
            .verdicts(&filter, &page)
            .await
            .unwrap()
            .items
            .is_empty()
    );
}

/// How a statement would be run: its steps.
async fn plan(sql: &str) -> Vec<String> {
    let store = SqliteStore::open_in_memory().await.unwrap();
    store.migrate().await.unwrap();
    let steps = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")));
    let steps = steps.fetch_all(&store.readers).await.unwrap();
    steps.iter().map(|step| step.get("detail")).collect()
}

#[tokio::test]
async fn the_alerts_of_a_tenant_are_found_without_a_look_at_all_others() {
    let steps = plan(&format!(
        "SELECT seq, alert FROM alerts WHERE TRUE AND {ALERT_TENANT} = ?1
         AND seq < ?2 ORDER BY seq DESC LIMIT 100"
    ))
    .await;
    assert_eq!(steps.len(), 1, "no sorting: {steps:?}");
    assert!(
        steps[0].starts_with("SEARCH") && steps[0].contains("alerts_tenant"),
        "{steps:?}"
    );
}

#[tokio::test]
async fn large_sessions_are_found_without_a_look_at_all_small_ones() {
    for (min, index) in [
        (4, "sessions_last_at"),
        (5, "sessions_large"),
        (100, "sessions_large"),
    ] {
        let of_index = condition_of_index(min);
        let steps = plan(&format!(
            "SELECT session_id, tenant FROM sessions WHERE TRUE AND review IS NULL
             AND attempts >= ?1{of_index} ORDER BY last_at DESC, session_id DESC LIMIT 21"
        ))
        .await;
        assert_eq!(steps.len(), 1, "no sorting: {steps:?}");
        assert!(steps[0].ends_with(index), "{min}: {steps:?}");
    }
}
