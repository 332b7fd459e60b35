//! What the contract promises and only a look behind it, or a broken database, can show.

use crate::fixture::{self, Fixture, NOON, act, all_verdicts, allow, allows, at, block, execute};
use credsieve_models::verdict::SessionId;
use credsieve_store::{
    ChangeError, PoolSettings, PostgresStore, Review, ReviewVerdict, SharedStore, Store, StoreError,
};
use credsieve_testkit::postgres::PostgresCluster;
use sqlx::Connection;
use tokio::task::JoinSet;

const WEEK_MS: i64 = 7 * 86_400_000;

async fn every_review_is_kept_as_history(fixture: &Fixture) {
    let store = &fixture.store;
    store.write(&[block(1)]).await.unwrap();
    let review = Review {
        verdict: ReviewVerdict::Test,
        note: "ß".into(),
        author: "ann".into(),
        at_ms: NOON,
    };
    for version in [1, 2] {
        store
            .review(SessionId(7), version, &review, &act())
            .await
            .unwrap();
    }
    let stale = store.review(SessionId(7), 2, &review, &act()).await;
    assert!(matches!(stale, Err(ChangeError::Stale { current: 3 })));
    let kept = execute(
        &fixture.url,
        "SELECT sum(version) FROM (SELECT CAST(version AS INTEGER) AS version FROM reviews) r",
    )
    .await;
    assert_eq!(kept, Some(2 + 3));
}

#[tokio::test]
async fn every_review_is_kept_as_history_in_sqlite() {
    every_review_is_kept_as_history(&fixture::sqlite().await).await;
}

#[tokio::test]
async fn every_review_is_kept_as_history_in_postgres() {
    every_review_is_kept_as_history(&fixture::postgres().await).await;
}

/// The panes are written last: without their table everything before is done and taken back.
async fn a_write_that_fails_leaves_nothing(fixture: &Fixture) {
    let store = &fixture.store;
    let batch = [allow(0), block(1)];
    execute(&fixture.url, "ALTER TABLE distinct_panes RENAME TO away").await;
    let error = store.write(&batch).await.unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert_eq!(all_verdicts(store).await.len(), 0);
    assert_eq!(allows(store).await, 0);
    assert_eq!(store.session(SessionId(7)).await.unwrap(), None);
    assert_eq!(store.reached("logins").await.unwrap(), []);

    execute(&fixture.url, "ALTER TABLE away RENAME TO distinct_panes").await;
    store.write(&batch).await.unwrap();
    assert_eq!(all_verdicts(store).await.len(), 1);
    assert_eq!(allows(store).await, 1);
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_in_sqlite() {
    a_write_that_fails_leaves_nothing(&fixture::sqlite().await).await;
}

#[tokio::test]
async fn a_write_that_fails_leaves_nothing_in_postgres() {
    a_write_that_fails_leaves_nothing(&fixture::postgres().await).await;
}

const PARTITIONS: &str = "SELECT count(*) FROM pg_inherits WHERE inhparent = 'verdicts'::regclass";

#[tokio::test]
async fn a_week_has_a_partition_until_it_is_too_old() {
    let Fixture { store, url, .. } = fixture::postgres().await;
    let batch: Vec<_> = (0..6)
        .map(|n| at(block(n), NOON + n / 2 * WEEK_MS))
        .collect();
    store.write(&batch).await.unwrap();
    assert_eq!(execute(&url, PARTITIONS).await, Some(3 + 1));
    let stray = execute(&url, "SELECT count(*) FROM verdicts_default").await;
    assert_eq!(stray, Some(0));
    assert_eq!(store.retain_from(NOON + WEEK_MS).await.unwrap(), 2);
    assert_eq!(execute(&url, PARTITIONS).await, Some(2 + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_and_make_partitions_at_once_do_not_disturb_each_other() {
    let url = PostgresCluster::shared()
        .unwrap()
        .create_database()
        .unwrap();
    let mut processes = JoinSet::new();
    for process in 0..4_i32 {
        let store = PostgresStore::connect(&url, PoolSettings::default()).unwrap();
        processes.spawn(async move {
            store.migrate().await.unwrap();
            for round in 0..6 {
                let offsets = round * 10..round * 10 + 10;
                let spread = |n| {
                    let mut outcome = at(block(n), NOON + n % 20 * WEEK_MS);
                    outcome.origin.partition = process;
                    outcome
                };
                let batch: Vec<_> = offsets.map(spread).collect();
                store.write(&batch).await.unwrap();
                store.retain_from(NOON - WEEK_MS).await.unwrap();
            }
        });
    }
    while let Some(done) = processes.join_next().await {
        done.unwrap();
    }
    let store: SharedStore = credsieve_store::open(&url).await.unwrap();
    assert_eq!(all_verdicts(&store).await.len(), 60);
    assert_eq!(execute(&url, PARTITIONS).await, Some(20 + 1));
    let session = store.session(SessionId(7)).await.unwrap().unwrap();
    assert_eq!(session.attempts, 60);
}

#[tokio::test]
async fn a_server_that_is_away_is_a_transient_error_and_a_refusal_is_not() {
    let cluster = PostgresCluster::start().unwrap();
    let url = cluster.create_database().unwrap();
    let store: SharedStore = credsieve_store::open(&url).await.unwrap();
    // No table is there yet: the same call will never succeed.
    let refused = store.write(&[block(1)]).await.unwrap_err();
    assert!(!refused.is_transient(), "{refused}");
    store.migrate().await.unwrap();
    store.write(&[block(1)]).await.unwrap();
    cluster.stop().unwrap();
    for failed in [
        store.write(&[block(2)]).await,
        store.ping().await,
        store.migrate().await,
    ] {
        let error = failed.unwrap_err();
        assert!(error.is_transient(), "{error}");
    }
}

#[tokio::test]
async fn a_locked_sqlite_file_is_a_transient_error() {
    let fixture = fixture::sqlite().await;
    let store = &fixture.store;
    let path = fixture.url.strip_prefix("sqlite:").unwrap();
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path);
    let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
    let other = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = store.write(&[block(1)]).await.unwrap_err();
    assert!(error.is_transient(), "{error}");
    other.rollback().await.unwrap();
    store.write(&[block(1)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_can_write_one_sqlite_file() {
    let fixture = fixture::sqlite().await;
    let mut processes = JoinSet::new();
    for process in 0..2_i64 {
        let store = credsieve_store::open(&fixture.url).await.unwrap();
        processes.spawn(async move {
            for n in 0..20 {
                store.write(&[block(n * 2 + process)]).await.unwrap();
            }
        });
    }
    while let Some(done) = processes.join_next().await {
        done.unwrap();
    }
    assert_eq!(all_verdicts(&fixture.store).await.len(), 40);
}

#[tokio::test]
async fn a_sqlite_store_is_there_again_after_a_restart_and_a_memory_store_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("store.db").display());
    for time in 0..2 {
        let store = credsieve_store::open(&url).await.unwrap();
        store.migrate().await.unwrap();
        store.write(&[block(time)]).await.unwrap();
        let stored = usize::try_from(time).unwrap() + 1;
        assert_eq!(all_verdicts(&store).await.len(), stored);
    }
    for _ in 0..2 {
        let store: SharedStore = credsieve_store::open("sqlite::memory:").await.unwrap();
        store.migrate().await.unwrap();
        store.write(&[block(1)]).await.unwrap();
        assert_eq!(all_verdicts(&store).await.len(), 1);
    }
}

#[tokio::test]
async fn a_closed_sqlite_store_has_everything_in_its_one_file() {
    let fixture = fixture::sqlite().await;
    fixture.store.write(&[block(1)]).await.unwrap();
    fixture.store.close().await;
    let copy = tempfile::NamedTempFile::new().unwrap();
    let path = fixture.url.strip_prefix("sqlite:").unwrap();
    std::fs::copy(path, copy.path()).unwrap();
    let copied = format!("sqlite:{}", copy.path().display());
    let copied = credsieve_store::open(&copied).await.unwrap();
    assert_eq!(all_verdicts(&copied).await.len(), 1);
}

#[tokio::test]
async fn a_url_that_names_no_store_is_refused_without_repeating_it() {
    for url in ["mysql://me:secret@host/db", "", "sqlite:", "sqlite://"] {
        let Err(error) = credsieve_store::open(url).await else {
            panic!("{url} was opened");
        };
        assert!(matches!(error, StoreError::BadUrl));
        assert!(!error.to_string().contains("secret"));
    }
}

#[tokio::test]
async fn a_url_of_postgres_that_cannot_be_read_is_told_from_no_url_without_repeating_it() {
    for url in [
        "postgres://me:sec#ret@host/db",
        "postgres://me:secret@host:port/db",
        "postgresql://me:sec%ret@host/db?sslmode=maybe",
    ] {
        let Err(error) = credsieve_store::open(url).await else {
            panic!("{url} was opened");
        };
        let text = error.to_string();
        assert!(text.contains("percent-encoded"), "{text}");
        assert!(!text.contains("sec") && !text.contains("host"), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_wait_keep_no_writer_waiting_in_postgres() {
    let fixture = fixture::postgres().await;
    let mut locker = sqlx::PgConnection::connect(&fixture.url).await.unwrap();
    // Counts of allows, which a batch of blocks does not touch.
    sqlx::query("BEGIN").execute(&mut locker).await.unwrap();
    let lock = "LOCK TABLE allow_counts IN ACCESS EXCLUSIVE MODE";
    sqlx::query(lock).execute(&mut locker).await.unwrap();
    let mut readers = JoinSet::new();
    for _ in 0..50 {
        let store = fixture.store.clone();
        readers.spawn(async move { store.allow_counts(0, NOON, None).await });
    }
    // Where readers have every connection, this waits for one in vain and is an error.
    while execute(
        &fixture.url,
        "SELECT 1::int8 FROM pg_locks WHERE NOT granted AND relation = 'allow_counts'::regclass
         HAVING count(*) >= 4",
    )
    .await
    .is_none()
    {
        tokio::task::yield_now().await;
    }
    fixture.store.write(&[block(1)]).await.unwrap();
    fixture.store.keys().await.unwrap();
    locker.close().await.unwrap();
    readers.abort_all();
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_but_its_owner_may_read_a_new_sqlite_file() {
    use std::os::unix::fs::PermissionsExt;
    let fixture = fixture::sqlite().await;
    fixture.store.write(&[block(1)]).await.unwrap();
    let path = fixture.url.strip_prefix("sqlite:").unwrap();
    for end in ["", "-wal"] {
        let file = std::fs::metadata(format!("{path}{end}")).unwrap();
        assert_eq!(file.permissions().mode() & 0o777, 0o600, "{end}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_on_a_new_sqlite_file_all_migrate_it() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let mut starting = JoinSet::new();
        for _ in 0..4 {
            let path = path.clone();
            starting.spawn(async move {
                let store = credsieve_store::SqliteStore::open(path).await?;
                store.migrate().await
            });
        }
        while let Some(started) = starting.join_next().await {
            started.unwrap().unwrap();
        }
    }
}
