//! A deployment: topics on the real broker, a database of a real PostgreSQL, and the processes of
//! the binary on them.

use crate::events::{lines, ndjson};
use crate::http::Http;
use crate::process::{Process, credsieve, run, until};
use crate::topics::{self, Message};
use crate::verdicts::{by_event, field, firsts, is_first, replay, timeless};
use credsieve_models::Alert;
use credsieve_store::{AlertFilter, PageRequest, SharedStore, StoredVerdict, VerdictFilter};
use credsieve_testkit::kafka::KafkaBroker;
use credsieve_testkit::postgres::PostgresCluster;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;

const SEED: &str = "00112233445566778899aabbccddeeff\n";

/// The roles that `credsieve migrate` makes, each a user here.
const LET_IN: &str = "ALTER ROLE credsieve_detector LOGIN; ALTER ROLE credsieve_api LOGIN;
                      ALTER ROLE credsieve_keys LOGIN;";

/// A deployment that a test made for itself.
pub struct Deployment {
    folder: TempDir,
    name: &'static str,
    partitions: i32,
    store_url: String,
    /// One user of the database does everything, as in small deployments; else each role has its own.
    is_of_one_user: bool,
}

impl Deployment {
    /// An empty database and topics of that name, made by `credsieve migrate`.
    pub fn new(name: &'static str, partitions: i32) -> Self {
        Self::made(name, partitions, false)
    }

    /// The same with one user of the database for everything.
    pub fn of_one_user(name: &'static str) -> Self {
        Self::made(name, 1, true)
    }

    fn made(name: &'static str, partitions: i32, is_of_one_user: bool) -> Self {
        let cluster = PostgresCluster::shared().expect("PostgreSQL is there");
        let deployment = Self {
            folder: tempfile::tempdir().expect("a folder for the test"),
            name,
            partitions,
            store_url: cluster.create_database().expect("a database"),
            is_of_one_user,
        };
        let config = format!(
            "[kafka]\nbootstrap_servers = \"overridden:1\"\nsession_timeout_ms = 6000\n[kafka.topics]\n\
             logins = \"{name}.logins\"\nverdicts = \"{name}.verdicts\"\nalerts = \"{name}.alerts\"\n\
             dead_letters = \"{name}.dead\"\nrisk = \"{name}.risk\"\nlists = \"{name}.lists\"\n"
        );
        std::fs::write(deployment.file("config.toml"), config).expect("the folder is ours");
        std::fs::write(deployment.seed_file(), SEED).expect("the folder is ours");
        let mut migrate = deployment.command(&["migrate"]);
        migrate.args(["--partitions", &partitions.to_string()]);
        let told = run(migrate, b"").with_code(0).text();
        assert!(told.contains("store: up to date"), "{told}");
        assert_eq!(told.matches(": created").count(), 6, "{told}");
        assert!(told.contains("rights: granted to credsieve_"), "{told}");
        deployment.let_in(cluster);
        deployment
    }

    /// Lets the roles log in; they are the cluster's, which all tests share.
    fn let_in(&self, cluster: &PostgresCluster) {
        static ALL_IN: OnceLock<()> = OnceLock::new();
        ALL_IN.get_or_init(|| self.psql(cluster, LET_IN));
    }

    /// Runs SQL behind the service's back, as whoever owns everything.
    fn psql(&self, cluster: &PostgresCluster, sql: &str) {
        let file = self.file("behind.sql");
        std::fs::write(&file, sql).expect("the folder is ours");
        let done = cluster.psql(&self.store_url, &file, &[]);
        done.expect("the statements are good");
    }

    /// Makes the store look as an older version left it.
    pub fn set_schema_back(&self) {
        let cluster = PostgresCluster::shared().expect("PostgreSQL is there");
        let last = "DELETE FROM _sqlx_migrations
                    WHERE version = (SELECT max(version) FROM _sqlx_migrations)";
        self.psql(cluster, last);
    }

    /// The store's address for a role of the binary: detector, API nodes and keys own nothing.
    fn store_url_of(&self, role: &str) -> String {
        let user = match role {
            "detector" => "credsieve_detector",
            "api" => "credsieve_api",
            "keys" => "credsieve_keys",
            _ => return self.store_url.clone(),
        };
        if self.is_of_one_user {
            return self.store_url.clone();
        }
        PostgresCluster::as_user(&self.store_url, user)
    }

    /// A command of the binary, configured by a file and the environment.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = credsieve(args);
        command
            .env("CREDSIEVE_CONFIG", self.file("config.toml"))
            .env(
                "CREDSIEVE_KAFKA_BOOTSTRAP_SERVERS",
                KafkaBroker::shared().bootstrap(),
            )
            .env("CREDSIEVE_KAFKA_GROUP_ID", self.name)
            .env("CREDSIEVE_STORE_URL", self.store_url_of(args[0]))
            .env("CREDSIEVE_HASH_SEED_FILE", self.seed_file())
            .env("CREDSIEVE_STATE_DIR", self.file("state"))
            .env("CREDSIEVE_HTTP_LISTEN", "127.0.0.1:0");
        command
    }

    /// Starts a serving role.
    pub fn start(&self, role: &str) -> Process {
        Process::start(self.command(&[role]))
    }

    /// A client of a process, with a new key of these scopes.
    pub fn http(&self, process: &mut Process, scopes: &str) -> Http {
        let create = self.command(&["keys", "create", "--name", "test", "--scopes", scopes]);
        let key = run(create, b"").with_code(0).text();
        Http::to(&process.address()).with_key(key.trim())
    }

    pub fn seed_file(&self) -> PathBuf {
        self.file("seed")
    }

    /// Where the detector keeps its state.
    pub fn state_file(&self) -> PathBuf {
        self.file("state").join("state")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Produces events to `logins`, in turn to its partitions.
    pub fn produce(&self, events: &[Vec<u8>]) {
        let records: Vec<_> = events.iter().map(|event| Some(event.as_slice())).collect();
        topics::produce(&self.topic("logins"), self.partitions, &records);
    }

    pub fn topic(&self, topic: &str) -> String {
        format!("{}.{topic}", self.name)
    }

    /// How many records a topic has.
    pub fn count(&self, topic: &str) -> usize {
        topics::count(&self.topic(topic))
    }

    /// Everything that a topic has.
    pub fn read(&self, topic: &str) -> Vec<Message> {
        topics::read(&self.topic(topic))
    }

    /// Waits until that many events have their verdict in the topic.
    pub fn await_verdicts(&self, count: usize) {
        until("the verdicts", || {
            self.count("verdicts") >= count && self.first_verdicts() >= count
        });
    }

    /// How many events have their verdict in the topic: revisions do not count.
    pub fn first_verdicts(&self) -> usize {
        let messages = self.read("verdicts");
        let payloads = messages.iter().filter_map(|m| m.payload.as_deref());
        payloads.filter(|line| is_first(line)).count()
    }

    /// The verdicts in the topic by their event, revisions apart; fails where one is there twice.
    pub fn verdicts(&self) -> BTreeMap<String, String> {
        let messages = self.read("verdicts");
        let payloads = messages.iter().filter_map(|m| m.payload.as_deref());
        let verdicts = by_event(payloads);
        assert_eq!(verdicts.len(), messages.len());
        let ids: BTreeSet<String> = verdicts.values().map(|v| field(v, "verdict_id")).collect();
        assert_eq!(ids.len(), verdicts.len(), "verdict ids are distinct");
        verdicts
    }

    /// What `credsieve replay` says about these events with the same seed and policy.
    pub fn replay(&self, events: &[Vec<u8>]) -> BTreeMap<String, String> {
        let ended = replay(&ndjson(events), Some(&self.seed_file()));
        by_event(lines(&ended.stdout).iter().map(Vec::as_slice))
    }

    /// Fails unless topic and database hold exactly what `credsieve replay` says.
    pub fn expect_what_replay_says(&self, events: &[Vec<u8>]) {
        let replayed = self.replay(events);
        assert_eq!(firsts(&replayed), events.len());
        let verdicts = self.verdicts();
        assert_eq!(verdicts.len(), replayed.len());
        for (event, verdict) in &replayed {
            assert_eq!(verdicts.get(event), Some(verdict), "{event}");
        }
        self.expect_rows_of(&verdicts);
    }

    /// Fails unless the database holds these verdicts: whole, or counted where they are plain
    /// allows.
    pub fn expect_rows_of(&self, verdicts: &BTreeMap<String, String>) {
        let is_whole = |v: &String| {
            field(v, "decision") != "allow" || field(v, "attack") != "none" || !is_first(v)
        };
        let whole: BTreeSet<&String> = verdicts.values().filter(|v| is_whole(v)).collect();
        assert!(!whole.is_empty(), "nothing was flagged");
        let (rows, plain_allows) = self.stored();
        assert_eq!(rows.len(), whole.len());
        for row in rows {
            let line = serde_json::to_vec(&row.verdict).expect("a verdict is JSON");
            assert!(whole.contains(&timeless(&line)), "{}", row.verdict.event_id);
        }
        assert_eq!(plain_allows, verdicts.len() - whole.len());
    }

    /// The alerts that are stored.
    pub fn stored_alerts(&self) -> Vec<Alert> {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let store = credsieve_store::open(&self.store_url)
                .await
                .expect("it is there");
            let mut alerts = Vec::new();
            let mut page = PageRequest {
                limit: 1_000,
                cursor: None,
            };
            loop {
                let read = store.alerts(&AlertFilter::default(), &page).await;
                let read = read.expect("it answers");
                alerts.extend(read.items);
                page.cursor = read.next;
                if page.cursor.is_none() {
                    return alerts;
                }
            }
        })
    }

    /// The verdicts that are stored whole, and how many plain allows are counted.
    pub fn stored(&self) -> (Vec<StoredVerdict>, usize) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let store = credsieve_store::open(&self.store_url)
                .await
                .expect("it is there");
            let allows = store
                .allow_counts(0, i64::from(u32::MAX) * 1_000, None)
                .await;
            let allows = allows.expect("it answers");
            let allows = allows.iter().map(|hour| hour.count).sum::<i64>();
            (
                all_rows(&store).await,
                usize::try_from(allows).expect("no negative count"),
            )
        })
    }
}

async fn all_rows(store: &SharedStore) -> Vec<StoredVerdict> {
    let mut rows = Vec::new();
    let mut page = PageRequest {
        limit: 1_000,
        cursor: None,
    };
    loop {
        let read = store.verdicts(&VerdictFilter::default(), &page).await;
        let read = read.expect("it answers");
        rows.extend(read.items);
        page.cursor = read.next;
        if page.cursor.is_none() {
            return rows;
        }
    }
}
