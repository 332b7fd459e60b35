//! PostgreSQL with a user for each part of the service, made as `docker-compose.yml` makes them: what each can do, and
//! what each is refused. That the detector can do all of its own, the rest of the suite shows (`detector::…`).

use crate::fixture::{NOON, act, allow, block, execute, first};
use credsieve_models::lists::ListEntry;
use credsieve_models::verdict::{CampaignId, SessionId};
use credsieve_store::{
    Act, ActFilter, AlertFilter, CampaignFilter, DistinctBy, DistinctOf, Granted, KeyRecord,
    PoolSettings, PostgresStore, Review, ReviewVerdict, Scope, Store, StoreError, VerdictFilter,
};
use credsieve_testkit::postgres::PostgresCluster;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::path::Path;

const WEEK_MS: i64 = 7 * 86_400_000;
const OWNER: &str = "credsieve_owner";
const DETECTOR: &str = "credsieve_detector";
const API: &str = "credsieve_api";
const KEYS: &str = "credsieve_keys";

const PASSWORDS: [(&str, &str); 4] = [
    ("CREDSIEVE_OWNER_PASSWORD", "geheim1"),
    ("CREDSIEVE_DETECTOR_PASSWORD", "geheim2"),
    ("CREDSIEVE_API_PASSWORD", "geheim3"),
    ("CREDSIEVE_KEYS_PASSWORD", "geheim4"),
];

/// A cluster of its own, since roles belong to all of it.
struct House {
    cluster: PostgresCluster,
    url: String,
}

impl House {
    /// With the users of the file that `docker-compose.yml` mounts, and nothing else yet.
    fn empty() -> Self {
        let cluster = PostgresCluster::start().unwrap();
        let url = cluster.create_database().unwrap();
        let house = Self { cluster, url };
        house.make_users().unwrap();
        house
    }

    fn make_users(&self) -> Result<(), String> {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/postgres/roles.sql");
        let made = self.cluster.psql(&self.url, &file, &PASSWORDS);
        made.map_err(|error| format!("{error:?}"))
    }

    /// With the schema, and some of everything in it.
    async fn furnished() -> Self {
        let house = Self::empty();
        let owner = house.store(OWNER);
        owner.migrate().await.unwrap();
        let granted = owner.grant().await.unwrap();
        assert_eq!(granted, Granted::To(vec![DETECTOR, API, KEYS]));
        let detector = house.store(DETECTOR);
        detector.prepare().await.unwrap();
        detector.write(&[allow(0), block(1)]).await.unwrap();
        house.store(KEYS).create_key(&key(), &act()).await.unwrap();
        house
    }

    fn store(&self, user: &str) -> PostgresStore {
        let url = PostgresCluster::as_user(&self.url, user);
        PostgresStore::connect(&url, PoolSettings::default()).unwrap()
    }

    async fn connect(&self, user: &str) -> PgConnection {
        let url = PostgresCluster::as_user(&self.url, user);
        PgConnection::connect(&url).await.unwrap()
    }

    /// Fails unless a user is refused each of these statements, for want of a right.
    async fn expect_refused(&self, user: &str, statements: &[&'static str]) {
        let mut connection = self.connect(user).await;
        for statement in statements {
            let code = code_of(&mut connection, statement).await;
            assert_eq!(code.as_deref(), Some("42501"), "{user}: {statement}");
        }
    }
}

/// The code of the error that a statement ends with.
async fn code_of(connection: &mut PgConnection, statement: &str) -> Option<String> {
    let done = sqlx::query(AssertSqlSafe(statement.to_owned()))
        .execute(connection)
        .await;
    match done {
        Ok(_) => None,
        Err(sqlx::Error::Database(error)) => error.code().map(|code| code.to_string()),
        Err(error) => panic!("{statement}: {error}"),
    }
}

fn key() -> KeyRecord {
    KeyRecord {
        key_id: "aaaaaaaaaaaa".into(),
        secret_hash: [7; 32],
        name: "auth".into(),
        scopes: vec![Scope::Decide],
        created_at_ms: NOON,
        revoked_at_ms: None,
    }
}

fn review() -> Review {
    Review {
        verdict: ReviewVerdict::Attack,
        note: "ticket".into(),
        author: "ann".into(),
        at_ms: NOON,
    }
}

/// Refused to everybody but the owner: changing what was judged or done, and the schema.
const NOBODYS: &[&str] = &[
    "UPDATE verdicts SET decision = 'allow'",
    "DELETE FROM verdicts",
    "DELETE FROM verdicts_default",
    "TRUNCATE verdicts",
    "SELECT * FROM verdicts_20260105",
    "UPDATE audit SET actor = 'nobody'",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "INSERT INTO audit (seq, at, actor, act, subject) OVERRIDING SYSTEM VALUE
     VALUES (1000, now(), 'a', 'a', 'a')",
    "UPDATE alerts SET kind = 'campaign'",
    "DELETE FROM alerts",
    "DELETE FROM campaigns",
    "DELETE FROM sessions",
    "UPDATE reviews SET version = 0",
    "DELETE FROM reviews",
    "DELETE FROM api_keys",
    "UPDATE api_keys SET scopes = '{admin}'",
    "DELETE FROM _sqlx_migrations",
    "CREATE TABLE mine (id bigint)",
    "CREATE TEMPORARY TABLE verdicts (id bigint)",
    "CREATE FUNCTION mine() RETURNS void LANGUAGE sql AS ''",
    "CREATE SCHEMA mine",
    "SELECT lo_create(0)",
    "CREATE INDEX mine ON verdicts (policy)",
    "ALTER TABLE verdicts ADD COLUMN mine bigint",
    "ALTER FUNCTION remove_old(text, timestamptz) RESET search_path",
    "DROP TABLE verdicts",
    "DROP TABLE verdicts_20260105",
    "CREATE ROLE mine",
];

#[tokio::test]
async fn nobody_but_the_owner_changes_what_was_judged_or_done_or_the_schema() {
    let house = House::furnished().await;
    for user in [DETECTOR, API, KEYS] {
        house.expect_refused(user, NOBODYS).await;
    }
}

#[tokio::test]
async fn each_user_is_refused_what_is_anothers() {
    let house = House::furnished().await;
    let streams = [
        "INSERT INTO verdicts SELECT * FROM verdicts",
        "INSERT INTO alerts (alert_id, time, kind, alert) VALUES (gen_random_uuid(), now(), 'a', '{}')",
        "INSERT INTO progress (source, partition) VALUES ('a', 1)",
        "UPDATE progress SET last_offset = 0",
        "UPDATE campaigns SET closed = TRUE",
        "UPDATE sessions SET attempts = 0",
        "UPDATE allow_counts SET count = 0",
        "UPDATE distinct_panes SET pane = ''",
        "SELECT key FROM pane_key",
        "SELECT make_verdicts_week('2026-03-02')",
        "SELECT drop_verdicts_week('2026-01-05')",
        "SELECT remove_old('sessions', 'epoch')",
    ];
    house.expect_refused(API, &streams).await;
    house.expect_refused(KEYS, &streams).await;
    let keys = [
        "INSERT INTO api_keys SELECT * FROM api_keys",
        "UPDATE api_keys SET revoked_at = NULL",
    ];
    house.expect_refused(API, &keys).await;
    house.expect_refused(DETECTOR, &keys).await;
    let https = [
        "SELECT * FROM verdicts",
        "SELECT * FROM audit",
        "UPDATE sessions SET version = 2",
        "INSERT INTO reviews VALUES (gen_random_uuid(), 1, '{}')",
        "INSERT INTO list_entries (id, entry) VALUES ('a', '{}')",
        "DELETE FROM list_entries",
    ];
    house.expect_refused(KEYS, &https).await;
}

#[tokio::test]
async fn the_user_of_api_nodes_reads_and_reviews_and_changes_lists() {
    let house = House::furnished().await;
    let api = house.store(API);
    api.check().await.unwrap();
    api.ping().await.unwrap();
    let page = first(10);
    let all = VerdictFilter::default();
    let verdicts = api.verdicts(&all, &page).await.unwrap();
    assert_eq!(verdicts.items.len(), 1);
    let allows = api.allow_counts(0, i64::MAX, None).await.unwrap();
    assert_eq!(allows.len(), 1);
    assert_eq!(api.keys().await.unwrap(), [key()]);
    let by = DistinctBy::Asn(64_500);
    let users = api.distinct(DistinctOf::Users, &by, 0, i64::MAX);
    assert_eq!(users.await.unwrap(), 2);
    let of = CampaignId(9);
    assert_eq!(api.campaign(of).await.unwrap(), None);
    api.accounts(of, &page).await.unwrap();
    api.campaigns(&CampaignFilter::default(), &page)
        .await
        .unwrap();
    api.alerts(&AlertFilter::default(), &page).await.unwrap();

    let reviewed = api.review(SessionId(7), 1, &review(), &act()).await;
    assert_eq!(reviewed.unwrap().version, 2);
    let mut entry: ListEntry = serde_json::from_str(
        r#"{"id":"a","action":"deny","dimension":"cidr","value":"203.0.113.0/24",
            "created_at":"2026-01-01T00:00:00Z","holds_from":"2026-01-01T00:00:00Z"}"#,
    )
    .unwrap();
    api.create_list_entry(&entry, &act()).await.unwrap();
    entry.endpoint = Some("admin".into());
    api.update_list_entry(&entry, 1, &act()).await.unwrap();
    assert_eq!(api.lists(&page).await.unwrap().items.len(), 1);
    api.delete_list_entry("a", 2, &act()).await.unwrap();
    api.tell(&act()).await.unwrap();
    let acts: Vec<Act> = api.audit(&ActFilter::default(), &page).await.unwrap().items;
    assert_eq!(acts.len(), 1 + 5);
}

#[tokio::test]
async fn the_user_for_keys_makes_lists_and_revokes_them() {
    let house = House::furnished().await;
    let keys = house.store(KEYS);
    keys.prepare().await.unwrap();
    assert_eq!(keys.keys().await.unwrap(), [key()]);
    assert!(keys.revoke_key(&key().key_id, NOON, &act()).await.unwrap());
}

#[tokio::test]
async fn partitions_that_the_detector_has_made_are_the_owners() {
    let house = House::furnished().await;
    let others = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = 'public' AND relowner <> 'credsieve_owner'::regrole";
    assert_eq!(execute(&house.url, others).await, Some(0));
    let rows = "SELECT count(*) FROM verdicts_20260105";
    assert_eq!(execute(&house.url, rows).await, Some(1));
}

#[tokio::test]
async fn the_owners_functions_check_what_they_are_asked() {
    let house = House::furnished().await;
    let mut detector = house.connect(DETECTOR).await;
    for statement in [
        "SELECT make_verdicts_week(NULL)",
        "SELECT make_verdicts_week('2026-03-03')",
        "SELECT make_verdicts_week('0001-01-01')",
        "SELECT make_verdicts_week('10000-01-03')",
        "SELECT make_verdicts_week('infinity')",
        "SELECT drop_verdicts_week(NULL)",
        "SELECT drop_verdicts_week('-infinity')",
        "SELECT drop_verdicts_week(current_date - 6)",
        "SELECT drop_verdicts_week('9999-12-20')",
        "SELECT remove_old('audit', 'epoch')",
        "SELECT remove_old(NULL, 'epoch')",
        "SELECT remove_old('sessions', NULL)",
        "SELECT remove_old('sessions', now())",
        "SELECT remove_old('alerts', 'infinity')",
    ] {
        let code = code_of(&mut detector, statement).await;
        assert_eq!(code.as_deref(), Some("22023"), "{statement}");
    }
    // What is not there is no error: retention of two processes may meet.
    let none = code_of(&mut detector, "SELECT drop_verdicts_week('2025-12-29')").await;
    assert_eq!(none, None);
    let store = house.store(DETECTOR);
    assert_eq!(store.retain_from(NOON + WEEK_MS).await.unwrap(), 1);
    assert!(store.retain_from(i64::MAX).await.is_err());
}

#[tokio::test]
async fn a_schema_that_is_behind_is_told_with_what_to_do_and_left_as_it_is() {
    let house = House::furnished().await;
    let mut owner = house.connect(OWNER).await;
    let undo = "DELETE FROM _sqlx_migrations WHERE version > 5";
    assert_eq!(code_of(&mut owner, undo).await, None);
    for user in [DETECTOR, API, KEYS] {
        let store = house.store(user);
        for found in [store.prepare().await, store.check().await] {
            let error = found.unwrap_err();
            assert!(
                matches!(error, StoreError::Behind { found: 5, .. }),
                "{error}"
            );
            assert!(error.to_string().contains("credsieve migrate"), "{error}");
        }
        let refused = store.migrate().await.unwrap_err();
        assert!(matches!(refused, StoreError::NotOwner(_)), "{refused}");
        assert!(refused.to_string().contains("owner"), "{refused}");
    }
    let ahead = "INSERT INTO _sqlx_migrations
                 SELECT 9000, description, installed_on, success, checksum, execution_time
                 FROM _sqlx_migrations WHERE version = 5";
    let house = House::furnished().await;
    let mut owner = house.connect(OWNER).await;
    assert_eq!(code_of(&mut owner, ahead).await, None);
    let of_owner = house.store(OWNER).migrate().await.unwrap_err().to_string();
    let of_detector = house.store(DETECTOR).prepare().await.unwrap_err();
    assert_eq!(of_detector.to_string(), of_owner);
}

#[tokio::test]
async fn a_user_without_rights_or_without_a_schema_is_told_what_to_do() {
    let house = House::empty();
    let nothing = house.store(DETECTOR).prepare().await.unwrap_err();
    assert!(matches!(nothing, StoreError::NotOwner(_)), "{nothing}");
    let nothing = house.store(API).check().await.unwrap_err();
    assert!(
        matches!(nothing, StoreError::Behind { found: 0, .. }),
        "{nothing}"
    );
    // The schema alone: nobody has granted anything.
    house.store(OWNER).migrate().await.unwrap();
    execute(
        &house.url,
        "GRANT USAGE ON SCHEMA public TO credsieve_detector",
    )
    .await;
    let denied = house.store(DETECTOR).prepare().await.unwrap_err();
    assert!(matches!(denied, StoreError::NotGranted), "{denied}");
    assert!(denied.to_string().contains("member"), "{denied}");
}

#[tokio::test]
async fn an_owner_who_may_not_make_roles_migrates_and_is_told_which_are_missing() {
    let bare = PostgresCluster::start().unwrap();
    let url = bare.create_database().unwrap();
    execute(&url, "CREATE ROLE small LOGIN").await;
    execute(&url, "GRANT CREATE ON SCHEMA public TO small").await;
    let small = PostgresCluster::as_user(&url, "small");
    let small = PostgresStore::connect(&small, PoolSettings::default()).unwrap();
    small.prepare().await.unwrap();
    let missing = Granted::Missing(vec![DETECTOR, API, KEYS]);
    assert_eq!(small.grant().await.unwrap(), missing);
    small.write(&[allow(0), block(1)]).await.unwrap();
    small.create_key(&key(), &act()).await.unwrap();
    assert_eq!(small.retain_from(NOON + WEEK_MS).await.unwrap(), 1);
}

#[tokio::test]
async fn granting_again_takes_back_what_is_too_much() {
    let house = House::furnished().await;
    let mut owner = house.connect(OWNER).await;
    for statement in [
        "GRANT ALL ON audit, verdicts TO credsieve_api",
        "GRANT UPDATE (scopes) ON api_keys TO credsieve_detector",
    ] {
        assert_eq!(code_of(&mut owner, statement).await, None);
    }
    let store = house.store(OWNER);
    store.grant().await.unwrap();
    house.expect_refused(API, NOBODYS).await;
    house.expect_refused(DETECTOR, NOBODYS).await;
}

#[tokio::test]
async fn passwords_stand_hashed_in_the_database_and_nowhere_else() {
    let house = House::furnished().await;
    let hashed = "SELECT count(*) FROM pg_authid
                  WHERE rolname LIKE 'credsieve\\_%' AND rolpassword LIKE 'SCRAM-SHA-256$%'";
    assert_eq!(execute(&house.url, hashed).await, Some(4));
    // Made a second time: the statement fails, and its text is no part of the server's log.
    let again = house.make_users().unwrap_err();
    assert!(again.contains("already exists"), "{again}");
    assert!(!again.contains("geheim"), "{again}");
    let log = house.cluster.log().unwrap();
    assert!(log.contains("already exists"), "{log}");
    assert!(!log.contains("geheim"), "{log}");
    let url = "postgres://credsieve_api:geheim@127.0.0.1:1/credsieve";
    let store = PostgresStore::connect(url, PoolSettings::default()).unwrap();
    let error = store.prepare().await.unwrap_err();
    let told = format!("{store:?} {error:?} {error}");
    assert!(!told.contains("geheim"), "{told}");
}
