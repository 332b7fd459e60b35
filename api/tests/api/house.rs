//! A house for the API: a store in memory, an engine with an owner, a free port.

use async_trait::async_trait;
use credsieve_api::{
    ApiState, Decider, EngineLists, ListsSink, Parts, Settings, SinkError, generate_key, serve,
};
use credsieve_detector::handle::{Answers, Ask, Busy, EngineHandle};
use credsieve_detector::ingest::{Ingest, IngestError, Taken};
use credsieve_detector::live::Live;
use credsieve_detector::readiness::Readiness;
use credsieve_engine::{Engine, Frame};
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::names::NameSet;
use credsieve_models::time::EpochMs;
use credsieve_models::verdict::{CampaignId, Measure, Mode, SessionId, Window};
use credsieve_models::{
    Attack, Attempt, Decision, Family, HashSeed, KeyHasher, LogOdds, Policy, Reason, Score,
    Verdict, VerdictId,
};
use credsieve_store::{Act, Actor, Context, Origin, Outcome, Scope, SharedStore, StoredListEntry};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub const NOON: EpochMs = 1_767_268_800_000;

/// What a test may want otherwise.
pub struct Plan {
    pub policy: &'static str,
    pub settings: Settings,
    /// Events that the engine has seen.
    pub seen: Vec<String>,
    pub with_ingest: bool,
    pub with_live: bool,
    pub by: By,
}

/// Who decides.
#[derive(Clone, Copy, PartialEq)]
pub enum By {
    Engine,
    /// Nobody empties the engine's queue, which has one place.
    IdleEngine,
    Replica,
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            policy: "",
            settings: Settings {
                // Every request asks the store, so that tests need not wait for a key.
                keys_fresh: Duration::ZERO,
                ..Settings::default()
            },
            seen: Vec::new(),
            with_ingest: true,
            with_live: true,
            by: By::Engine,
        }
    }
}

pub struct House {
    pub url: String,
    pub client: reqwest::Client,
    pub store: SharedStore,
    pub state: ApiState,
    pub live: Arc<Live>,
    pub readiness: Arc<Readiness>,
    pub ingest: Arc<Intake>,
    pub lists: Arc<Breakable>,
    pub engine: EngineHandle,
    pub shutdown: CancellationToken,
    pub task: tokio::task::JoinHandle<std::io::Result<()>>,
    _queue: Option<mpsc::Receiver<Ask>>,
}

impl House {
    pub async fn open() -> Self {
        Self::of(Plan::default()).await
    }

    pub async fn of(plan: Plan) -> Self {
        let store = credsieve_store::open("sqlite::memory:").await.unwrap();
        store.migrate().await.unwrap();
        // A small state, which is quickly made.
        let policy = format!("{}\n[state]\nmemory_mib = 8\nrepeats = 1000", plan.policy);
        let policy = Arc::new(Policy::parse(&policy).unwrap());
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let names = Arc::new(NameSet::parse("", &HashSeed::REPLAY));
        let idle = plan.by == By::IdleEngine;
        let (engine, queue) = EngineHandle::new(if idle { 1 } else { 64 });
        let queue = if idle {
            Some(queue)
        } else {
            let owned = owner(&policy, hasher, &names, &plan.seen, queue);
            tokio::spawn(owned);
            None
        };
        let lists = Arc::new(Breakable {
            inner: EngineLists::new(Arc::clone(&store), engine.clone(), hasher),
            broken: AtomicBool::new(false),
        });
        let live = Arc::new(Live::default());
        let readiness = Arc::new(Readiness::default());
        let ingest = Arc::new(Intake::default());
        let decider = if plan.by == By::Replica {
            let (_, lists) = tokio::sync::watch::channel(Arc::default());
            let replica = credsieve_detector::replica::Replica::new(hasher);
            Decider::Replica { replica, lists }
        } else {
            Decider::Engine(engine.clone())
        };
        let state = ApiState::new(Parts {
            store: Arc::clone(&store),
            decider,
            ingest: plan
                .with_ingest
                .then(|| Arc::clone(&ingest) as Arc<dyn Ingest>),
            live: plan.with_live.then(|| Arc::clone(&live)),
            readiness: Arc::clone(&readiness),
            policy,
            hasher,
            enrich: Arc::default(),
            names,
            lists: Arc::clone(&lists) as Arc<dyn ListsSink>,
            registry: Arc::default(),
            settings: plan.settings,
        });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve(listener, state.clone(), shutdown.clone()));
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            url,
            client,
            store,
            state,
            live,
            readiness,
            ingest,
            lists,
            engine,
            shutdown,
            task,
            _queue: queue,
        }
    }

    /// A new key.
    pub async fn key(&self, scopes: &[Scope]) -> String {
        self.key_of("tester", scopes).await
    }

    /// A new key of that name.
    pub async fn key_of(&self, name: &str, scopes: &[Scope]) -> String {
        let (key, record) = generate_key(name, scopes, NOON).unwrap();
        let act = Act::key_created(&record, &Actor::command_line());
        self.store.create_key(&record, &act).await.unwrap();
        key
    }

    /// Revokes a key, as the command line does.
    pub async fn revoke(&self, key: &str) {
        let keys = self.store.keys().await.unwrap();
        let record = keys
            .iter()
            .find(|record| key[4..].starts_with(&record.key_id));
        let record = record.unwrap();
        let act = Act::key_revoked(record, &Actor::command_line(), NOON + 1);
        let revoked = self.store.revoke_key(&record.key_id, NOON + 1, &act);
        assert!(revoked.await.unwrap());
    }

    pub fn request(&self, method: Method, path: &str, key: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.url))
            .header(AUTHORIZATION, format!("Bearer {key}"))
    }

    pub async fn get(&self, path: &str, key: &str) -> Response {
        self.request(Method::GET, path, key).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, key: &str, body: impl Into<reqwest::Body>) -> Response {
        self.request(Method::POST, path, key)
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .send()
            .await
            .unwrap()
    }
}

/// The answer's JSON, if it has this status.
pub async fn json(response: Response, status: StatusCode) -> Value {
    let found = response.status();
    let text = response.text().await.unwrap();
    assert_eq!(found, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// The answer's problem, if it is one of this status and type.
pub async fn problem(response: Response, status: u16, kind: &str) -> Value {
    assert_eq!(
        response.headers()[CONTENT_TYPE],
        "application/problem+json",
        "{response:?}"
    );
    let problem = json(response, StatusCode::from_u16(status).unwrap()).await;
    assert_eq!(problem["status"], status, "{problem}");
    assert_eq!(
        problem["type"],
        format!("urn:credsieve:problem:{kind}"),
        "{problem}"
    );
    assert!(problem["title"].is_string() && problem["detail"].is_string());
    problem
}

/// An engine that has seen `seen` and answers until the handle is gone.
fn owner(
    policy: &Arc<Policy>,
    hasher: KeyHasher,
    names: &NameSet,
    seen: &[String],
    mut queue: mpsc::Receiver<Ask>,
) -> impl Future<Output = ()> + use<> {
    let mut engine = Engine::new(Arc::clone(policy), HashSeed::REPLAY);
    let frames: Vec<Frame> = seen
        .iter()
        .map(|text| {
            let attempt = Attempt::parse(text.as_bytes(), i64::MAX / 2).unwrap();
            Frame::new(&attempt, attempt.time_ms, &hasher, names)
        })
        .collect();
    engine.observe(&frames, &mut Vec::new());
    async move {
        while let Some(ask) = queue.recv().await {
            let now = engine.watermark_ms();
            match ask {
                Ask::Decide { frames, reply, .. } => {
                    let judge = |frame| engine.peek(frame, now);
                    let answers = Answers {
                        judgements: frames.iter().map(judge).collect(),
                        as_of_ms: now,
                    };
                    drop(reply.send(answers));
                }
                Ask::Entity { entity, reply } => drop(reply.send(engine.entity(entity, now))),
                Ask::SetLists(lists) => engine.set_lists(lists),
                Ask::Stats { reply } => drop(reply.send(engine.stats())),
            }
        }
    }
}

/// A way in that remembers, and is full on demand.
#[derive(Default)]
pub struct Intake {
    pub records: Mutex<Vec<Vec<u8>>>,
    pub full: AtomicBool,
}

#[async_trait]
impl Ingest for Intake {
    async fn ingest(
        &self,
        records: Vec<Vec<u8>>,
        arrival_ms: EpochMs,
    ) -> Result<Vec<Taken>, IngestError> {
        if self.full.load(Ordering::Relaxed) {
            return Err(IngestError::Full);
        }
        let taken = records
            .iter()
            .map(|record| match Attempt::parse(record, arrival_ms) {
                Ok(_) => Taken::Accepted,
                Err(reject) => Taken::Rejected(reject),
            })
            .collect();
        self.records.lock().unwrap().extend(records);
        Ok(taken)
    }
}

/// The engine's sink of lists, which can be cut off.
pub struct Breakable {
    inner: EngineLists,
    pub broken: AtomicBool,
}

impl Breakable {
    fn pass(&self) -> Result<(), SinkError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(SinkError::Engine(Busy::Stopped));
        }
        Ok(())
    }
}

#[async_trait]
impl ListsSink for Breakable {
    async fn publish(&self, stored: &StoredListEntry) -> Result<(), SinkError> {
        self.pass()?;
        self.inner.publish(stored).await
    }

    async fn remove(&self, id: &str) -> Result<(), SinkError> {
        self.pass()?;
        self.inner.remove(id).await
    }
}

/// Four hundred users who fail from one address within seven minutes.
pub fn attack(ip: &str) -> Vec<String> {
    (0..400)
        .map(|i| {
            let time = NOON + i * 1_000;
            format!(
                r#"{{"event_id":"a{i}","time":{time},"outcome":"failure","failure_reason":"bad_password","ip":"{ip}","username":"user{i}"}}"#
            )
        })
        .collect()
}

/// Two hundred people, Bob among them, who log in at home and on their own devices, each twelve
/// times in the day before noon.
pub fn at_home() -> Vec<String> {
    let mut events = Vec::new();
    for hour in 0..12 {
        for n in 0..200_i64 {
            let time = NOON - (12 - hour) * 3_600_000 + n * 17_000;
            let user = if n == 7 {
                "bob".to_owned()
            } else {
                format!("person{n}")
            };
            events.push(format!(
                r#"{{"event_id":"{n}-{hour}","time":{time},"outcome":"success","ip":"198.51.100.{n}","username":"{user}","device_id":"d{n}"}}"#
            ));
        }
    }
    events
}

/// A login a minute after noon, and nothing else.
pub fn quiet() -> Vec<String> {
    let time = NOON + 59_000;
    vec![format!(
        r#"{{"event_id":"q","time":{time},"outcome":"success","ip":"203.0.113.9","username":"carol"}}"#
    )]
}

/// A durable outcome: the `n`th blocked attempt of a session.
pub fn blocked(n: i64, session: u128, username: &str) -> Outcome {
    let time_ms = NOON + n * 1_000;
    let event_id = format!("{session}-{n}");
    Outcome {
        origin: Origin {
            source: "http".into(),
            partition: 0,
            offset: n,
            index: 0,
        },
        verdict: Verdict {
            verdict_id: VerdictId::of("default", &event_id, time_ms, 0),
            event_id,
            revision: 0,
            time_ms,
            decided_at_ms: time_ms + 5,
            tenant: "default".to_owned(),
            decision: Decision::Block,
            score: Score(9_900),
            attack: Attack::CredentialStuffing,
            reasons: vec![Reason {
                measure: Measure::DistinctUsers,
                entity: "ip:203.0.113.9".parse().unwrap(),
                window: Window::Short,
                value: 41,
                error_permille: 10,
                limit: 15,
                family: Family::Breadth,
                weight: LogOdds(1_408),
            }],
            session_id: Some(SessionId(session)),
            campaign_id: None,
            expires_at_ms: Some(time_ms + 60_000),
            policy: "sha256:00".into(),
            mode: Mode::Enforce,
        },
        context: Context {
            username: Some(username.to_owned()),
            user_key: Some(u64::try_from(n).unwrap()),
            ip: "203.0.113.9".parse().unwrap(),
            asn: Some(64_500),
            device_key: None,
        },
        was: None,
        keep_whole: false,
    }
}

/// A campaign that has the first verdict of a session, a thief's.
pub fn campaign(id: u128, phase: Phase) -> Campaign {
    Campaign {
        id: CampaignId(id),
        tenant: Some("default".to_owned()),
        phase,
        attack: Attack::CredentialStuffing,
        opened_at_ms: NOON,
        last_at_ms: NOON + i64::try_from(id).unwrap() * 1_000,
        closed_at_ms: None,
        attempts: 400,
        addresses: 180,
        networks: 90,
        users: 390,
        tools: 2,
        passwords: 395,
        accounts: 1,
        members: vec!["asn:64500".parse().unwrap()],
    }
}

/// The `n`th thief of a campaign: a success that was let pass first, and then flagged.
pub fn thief(n: i64, id: u128, username: &str) -> Outcome {
    let mut outcome = blocked(n, id, username);
    let verdict = &mut outcome.verdict;
    verdict.decision = Decision::Challenge;
    verdict.attack = Attack::AccountTakeover;
    verdict.campaign_id = Some(CampaignId(id));
    verdict.revision = 1;
    verdict.verdict_id = VerdictId::of("default", &verdict.event_id, verdict.time_ms, 1);
    outcome.was = Some(Decision::Allow);
    outcome
}

pub fn now_ms() -> EpochMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    EpochMs::try_from(since.as_millis()).unwrap()
}
