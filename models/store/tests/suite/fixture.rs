//! Fresh stores, and outcomes to fill them with.

use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{
    Attack, Decision, Family, LogOdds, Measure, Mode, Reason, Score, SessionId, Verdict, VerdictId,
    Window,
};
use credsieve_store::{
    Act, ActKind, Context, Origin, Outcome, Page, PageRequest, PoolSettings, PostgresStore,
    SharedStore, SqliteStore, Store, StoredVerdict, VerdictFilter,
};
use credsieve_testkit::postgres::PostgresCluster;
use sqlx::{Connection, PgConnection, SqliteConnection};
use std::sync::Arc;
use tokio::sync::OnceCell;

/// Noon of Monday, 2026-01-05.
pub const NOON: EpochMs = 1_767_614_400_000;

pub struct Fixture {
    pub store: SharedStore,
    /// Where the database is: for tests that look behind the contract.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

pub async fn sqlite() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).await.unwrap();
    store.migrate().await.unwrap();
    let url = format!("sqlite:{}", path.display());
    // A fixed key for the panes: estimates are the same in every run.
    let sql = "INSERT INTO pane_key VALUES (1, x'000102030405060708090a0b0c0d0e0f')";
    execute(&url, sql).await;
    Fixture {
        store: Arc::new(store),
        url,
        _folder: Some(folder),
    }
}

pub async fn postgres() -> Fixture {
    let url = PostgresCluster::shared()
        .unwrap()
        .create_database()
        .unwrap();
    let store = PostgresStore::connect(&url, PoolSettings::default()).unwrap();
    store.migrate().await.unwrap();
    let sql = r"INSERT INTO pane_key VALUES (1, '\x000102030405060708090a0b0c0d0e0f')";
    execute(&url, sql).await;
    Fixture {
        store: Arc::new(store),
        url,
        _folder: None,
    }
}

/// A store of a user who is the detector and owns nothing; the URL is the owner's.
pub async fn postgres_of_the_detector() -> Fixture {
    // Roles are the cluster's, and all tests share it.
    static LET_IN: OnceCell<()> = OnceCell::const_new();
    let fixture = postgres().await;
    fixture.store.grant().await.unwrap();
    let let_in = async || {
        execute(&fixture.url, "ALTER ROLE credsieve_detector LOGIN").await;
    };
    LET_IN.get_or_init(let_in).await;
    let url = PostgresCluster::as_user(&fixture.url, "credsieve_detector");
    let store = PostgresStore::connect(&url, PoolSettings::default()).unwrap();
    store.prepare().await.unwrap();
    Fixture {
        store: Arc::new(store),
        ..fixture
    }
}

/// Runs a statement behind the store's back; answers the number in its first row, if any.
pub async fn execute(url: &str, sql: &'static str) -> Option<i64> {
    if url.starts_with("sqlite:") {
        let mut connection = SqliteConnection::connect(url).await.unwrap();
        let number = sqlx::query_scalar(sql)
            .fetch_optional(&mut connection)
            .await;
        connection.close().await.unwrap();
        number.unwrap()
    } else {
        let mut connection = PgConnection::connect(url).await.unwrap();
        let number = sqlx::query_scalar(sql)
            .fetch_optional(&mut connection)
            .await;
        connection.close().await.unwrap();
        number.unwrap()
    }
}

/// The outcome at an offset: a plain allow, a second after the one before.
pub fn allow(offset: i64) -> Outcome {
    let event_id = format!("e{offset}");
    let time_ms = NOON + offset * 1_000;
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
            decided_at_ms: time_ms + 3,
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
            username: Some(format!("user{offset}")),
            user_key: Some(offset.unsigned_abs()),
            ip: "203.0.113.9".parse().unwrap(),
            asn: Some(64_500),
            device_key: None,
        },
        was: None,
        keep_whole: false,
    }
}

/// The outcome at an offset: a block, with a reason and a session.
pub fn block(offset: i64) -> Outcome {
    let mut outcome = allow(offset);
    outcome.verdict.decision = Decision::Block;
    outcome.verdict.attack = Attack::CredentialStuffing;
    outcome.verdict.score = Score(9_701);
    outcome.verdict.session_id = Some(SessionId(7));
    outcome.verdict.expires_at_ms = Some(outcome.verdict.time_ms + 1);
    outcome.verdict.reasons = vec![Reason {
        measure: Measure::DistinctUsers,
        entity: "ip:203.0.113.9".parse().unwrap(),
        window: Window::Short,
        value: 41,
        error_permille: 10,
        limit: 15,
        family: Family::Breadth,
        weight: LogOdds(589),
    }];
    outcome
}

/// The same outcome at another time, with the id that goes with it.
pub fn at(mut outcome: Outcome, time_ms: EpochMs) -> Outcome {
    let verdict = &mut outcome.verdict;
    verdict.time_ms = time_ms;
    verdict.verdict_id = VerdictId::of(
        &verdict.tenant,
        &verdict.event_id,
        time_ms,
        verdict.revision,
    );
    outcome
}

/// What comes with a change whose act is not looked at.
pub fn act() -> Act {
    Act {
        at_ms: NOON,
        actor: "ann".into(),
        key_id: Some("aaaaaaaaaaaa".into()),
        act: ActKind::ListEntryCreated,
        subject: "list_entry:a".into(),
        old: None,
        new: None,
    }
}

pub fn first(limit: u32) -> PageRequest {
    PageRequest {
        limit,
        cursor: None,
    }
}

/// Every stored verdict, newest first.
pub async fn all_verdicts(store: &SharedStore) -> Vec<StoredVerdict> {
    let filter = VerdictFilter::default();
    let page: Page<_> = store.verdicts(&filter, &first(1_000)).await.unwrap();
    assert_eq!(page.next, None, "the test has more verdicts than a page");
    page.items
}

/// The plain allows counted over all time.
pub async fn allows(store: &SharedStore) -> i64 {
    let counts = store.allow_counts(0, i64::MAX, None).await.unwrap();
    counts.iter().map(|count| count.count).sum()
}
