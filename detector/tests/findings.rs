//! What the engine finds out later, on its way to topics and store, by a real broker. What is found
//! is made by hand here: how the engine finds it is its own affair.

mod support;

use credsieve_detector::batch::{Ack, Done};
use credsieve_detector::findings::Findings;
use credsieve_detector::kafka::producer::Producer;
use credsieve_detector::live::Live;
use credsieve_detector::metrics::Metrics;
use credsieve_detector::owner::Judged;
use credsieve_detector::risk_feed::Beside;
use credsieve_detector::sink::{KafkaOutput, Sink, SinkError};
use credsieve_models::alert::{Alert, News};
use credsieve_models::campaign::{Campaign, Phase};
use credsieve_models::verdict::{CampaignId, Mode};
use credsieve_models::{Attack, Decision, Score, Verdict, VerdictId};
use credsieve_store::{
    AlertFilter, Context, Origin, Outcome, SharedStore, SqliteStore, Store, StoreError,
};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use support::Stream;
use support::store::MemoryStore;
use support::until;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const NOON_MS: i64 = 1_767_614_400_000;

/// The success of a user, at first let pass and then, in its revision, a thief's.
fn success(number: i64, revision: u32) -> Outcome {
    let event_id = format!("e{number}");
    let is_thief = revision > 0;
    Outcome {
        origin: Origin {
            source: "logins".into(),
            partition: 0,
            offset: number,
            index: 0,
        },
        verdict: Verdict {
            verdict_id: VerdictId::of("default", &event_id, NOON_MS, revision),
            event_id,
            revision,
            time_ms: NOON_MS,
            decided_at_ms: NOON_MS,
            tenant: "default".into(),
            decision: if is_thief {
                Decision::Challenge
            } else {
                Decision::Allow
            },
            score: Score(9_900),
            attack: if is_thief {
                Attack::AccountTakeover
            } else {
                Attack::None
            },
            reasons: Vec::new(),
            session_id: None,
            campaign_id: is_thief.then_some(CampaignId(9)),
            expires_at_ms: None,
            policy: "sha256:00".into(),
            mode: Mode::Enforce,
        },
        context: Context {
            username: Some(format!("user{number}")),
            user_key: Some(number.unsigned_abs()),
            ip: [203, 0, 113, 9].into(),
            asn: None,
            device_key: None,
        },
        was: is_thief.then_some(Decision::Allow),
        keep_whole: is_thief,
    }
}

fn campaign(phase: Phase) -> Campaign {
    Campaign {
        id: CampaignId(9),
        tenant: None,
        phase,
        attack: Attack::CredentialStuffing,
        opened_at_ms: NOON_MS,
        last_at_ms: NOON_MS + 1,
        closed_at_ms: None,
        attempts: 400,
        addresses: 180,
        networks: 90,
        users: 390,
        tools: 2,
        passwords: 395,
        accounts: 1,
        members: Vec::new(),
    }
}

/// Two attempts let pass, the first of them found out with the second, and a campaign.
fn findings() -> Findings {
    let outcomes = vec![success(0, 0), success(0, 1), success(1, 0)];
    let campaigns = vec![campaign(Phase::Opened), campaign(Phase::Growing)];
    Findings {
        beside: outcomes.iter().map(|_| Beside::default()).collect(),
        alerts: vec![
            Alert::takeover(&outcomes[1].verdict, Some("user0")),
            Alert::campaign(campaigns[0].clone()),
        ],
        outcomes,
        campaigns,
        repeats: 0,
    }
}

/// A batch of the stream, and where its end is told.
fn judged(findings: Findings) -> (Judged, Receiver<Vec<Done>>) {
    let (completions, told) = sync_channel(1);
    let done = vec![Done {
        partition: 0,
        epoch: 1,
        offset: 1,
    }];
    let judged = Judged {
        findings,
        dead: Vec::new(),
        now_ms: NOON_MS,
        ack: Ack::Kafka { done, completions },
    };
    (judged, told)
}

/// A sink without the stages before it.
struct Sunk {
    input: mpsc::Sender<Judged>,
    live: Arc<Live>,
    metrics: Arc<Metrics>,
    task: tokio::task::JoinHandle<Result<(), SinkError>>,
}

impl Sunk {
    fn start(stream: Option<&Stream>, store: SharedStore) -> Self {
        let (input, judged) = mpsc::channel(4);
        let live = Arc::new(Live::default());
        let metrics = Arc::new(Metrics::default());
        let kafka = stream.map(|stream| {
            let producer = Producer::new(&stream.kafka).unwrap();
            let topics = stream.kafka.topics.clone();
            let allows = stream.kafka.publish_allows;
            KafkaOutput {
                producer,
                topics,
                allows,
            }
        });
        let sink = Sink {
            store,
            kafka,
            risk: None,
            live: Arc::clone(&live),
            metrics: Arc::clone(&metrics),
            readiness: Arc::default(),
            give_up: CancellationToken::new(),
        };
        let task = tokio::spawn(sink.run(judged));
        Self {
            input,
            live,
            metrics,
            task,
        }
    }

    fn metric(&self, line: &str) -> bool {
        self.metrics.encode().lines().any(|found| found == line)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn revisions_go_to_the_verdicts_and_thieves_and_campaigns_to_the_alerts() {
    let stream = Stream::new("revisions", 1).await;
    let store = Arc::new(MemoryStore::open());
    let sunk = Sunk::start(Some(&stream), Arc::clone(&store) as SharedStore);
    let (batch, told) = judged(findings());
    sunk.input.send(batch).await.ok().unwrap();
    until("the ack", || told.try_recv().is_ok()).await;

    let read = stream.read(&stream.kafka.topics.verdicts, 3).await;
    let said: Vec<(String, String, u32)> = read
        .iter()
        .map(|message| {
            let payload = message.payload.as_deref().unwrap();
            let verdict: Verdict = serde_json::from_slice(payload).unwrap();
            let key = String::from_utf8(message.key.clone().unwrap()).unwrap();
            (key, verdict.event_id, verdict.revision)
        })
        .collect();
    let text = |text: &str| text.to_owned();
    assert_eq!(
        said,
        [
            (text("user0"), text("e0"), 0),
            (text("user0"), text("e0"), 1),
            (text("user1"), text("e1"), 0),
        ]
    );

    let read = stream.read(&stream.kafka.topics.alerts, 2).await;
    let alerts: Vec<Alert> = read
        .iter()
        .map(|message| serde_json::from_slice(message.payload.as_deref().unwrap()).unwrap())
        .collect();
    assert_eq!(alerts, findings().alerts);
    assert_eq!(read[0].key.as_deref(), Some(b"user0".as_slice()));
    let News::AccountTakeover(takeover) = &alerts[0].news else {
        panic!("{alerts:?}");
    };
    assert_eq!(takeover.campaign_id, Some(CampaignId(9)));

    // A revision is no outcome of a record, and no further attempt.
    assert!(sunk.metric("credsieve_outcomes_total{outcome=\"verdict\"} 2"));
    let revised = "{decision=\"challenge\",attack=\"account_takeover\"} 1";
    assert!(sunk.metric(&format!("credsieve_revisions_total{revised}")));
    assert!(sunk.metric("credsieve_alerts_total{kind=\"account_takeover\"} 1"));
    assert!(sunk.metric("credsieve_alerts_total{kind=\"campaign\"} 1"));
    assert!(sunk.metric("credsieve_campaigns_total{phase=\"opened\"} 1"));
    assert!(sunk.metric("credsieve_campaigns_total{phase=\"closed\"} 0"));
    let view = sunk.live.view();
    assert_eq!((view.total.allow, view.total.challenge), (2, 0));
    assert_eq!(view.campaigns, [campaign(Phase::Growing)]);
    assert_eq!(view.takeovers.len(), 1);
    drop(sunk.input);
    sunk.task.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_confirmed_before_revisions_and_alerts_are_durable() {
    let stream = Stream::new("later", 1).await;
    let store = Arc::new(MemoryStore::closed());
    let sunk = Sunk::start(Some(&stream), Arc::clone(&store) as SharedStore);
    let (batch, told) = judged(findings());
    sunk.input.send(batch).await.ok().unwrap();
    until("the store is asked", || store.calls() == 1).await;
    assert_eq!(told.try_recv(), Err(TryRecvError::Empty));
    store.open_gate();
    until("the ack", || told.try_recv().is_ok()).await;
    assert_eq!(store.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_are_read_in_the_topic_while_the_store_still_writes_those_before() {
    let stream = Stream::new("ahead", 1).await;
    let store = Arc::new(MemoryStore::closed());
    let sunk = Sunk::start(Some(&stream), Arc::clone(&store) as SharedStore);
    let (first, told_first) = judged(findings());
    sunk.input.send(first).await.ok().unwrap();
    until("the store is asked", || store.calls() == 1).await;
    let (second, told_second) = judged(findings());
    sunk.input.send(second).await.ok().unwrap();
    let read = stream.read(&stream.kafka.topics.verdicts, 6).await;
    assert_eq!(read.len(), 6);
    for told in [&told_first, &told_second] {
        assert_eq!(told.try_recv(), Err(TryRecvError::Empty));
    }
    store.open_gate();
    for told in [told_first, told_second] {
        until("the ack", || told.try_recv().is_ok()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_while_the_store_writes_is_written_together() {
    const MORE: usize = 100;
    let store = Arc::new(MemoryStore::closed());
    let sunk = Sunk::start(None, Arc::clone(&store) as SharedStore);
    let mut all_told = Vec::new();
    for n in 0..=MORE {
        let (batch, told) = judged(findings());
        sunk.input.send(batch).await.ok().unwrap();
        all_told.push(told);
        if n == 0 {
            until("the store is asked", || store.calls() == 1).await;
        }
    }
    store.open_gate();
    for told in all_told {
        until("the ack", || told.try_recv().is_ok()).await;
    }
    // The last few may still have been on their way when the first transaction ended.
    assert!(store.calls() <= 3, "{}", store.calls());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_never_takes_an_output_ends_it_though_the_store_is_in_trouble_that_may_pass()
{
    let mut stream = Stream::new("for-good", 1).await;
    stream.kafka.topics.alerts = "no/topic".into();
    let store = Arc::new(MemoryStore::open());
    store.fail(Some(|| StoreError::Database(sqlx::Error::PoolTimedOut)));
    let sunk = Sunk::start(Some(&stream), Arc::clone(&store) as SharedStore);
    let verdicts_alone = Findings {
        alerts: Vec::new(),
        ..findings()
    };
    let (first, told_first) = judged(verdicts_alone);
    sunk.input.send(first).await.ok().unwrap();
    until("a second try", || store.calls() >= 2).await;
    let (second, told_second) = judged(findings());
    sunk.input.send(second).await.ok().unwrap();
    let end = sunk.task.await.unwrap();
    assert!(matches!(end, Err(SinkError::Kafka(_))), "{end:?}");
    for told in [told_first, told_second] {
        assert_eq!(told.try_recv(), Err(TryRecvError::Disconnected));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_broker_alerts_and_campaigns_are_in_the_store_once() {
    let store = Arc::new(SqliteStore::open_in_memory().await.unwrap());
    store.migrate().await.unwrap();
    let sunk = Sunk::start(None, Arc::clone(&store) as SharedStore);
    // The second time as after a death before the first ack: the same again.
    for _ in 0..2 {
        let (batch, told) = judged(findings());
        sunk.input.send(batch).await.ok().unwrap();
        until("the ack", || told.try_recv().is_ok()).await;
    }
    let page = credsieve_store::PageRequest {
        limit: 10,
        cursor: None,
    };
    let mut alerts = store
        .alerts(&AlertFilter::default(), &page)
        .await
        .unwrap()
        .items;
    alerts.sort_by_key(Alert::kind);
    assert_eq!(alerts, findings().alerts);
    let kept = store.campaign(CampaignId(9)).await.unwrap();
    assert_eq!(kept, Some(campaign(Phase::Growing)));
    let fallen = store.accounts(CampaignId(9), &page).await.unwrap().items;
    assert_eq!(fallen.len(), 1);
    assert_eq!(fallen[0].username, "user0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_among_repeats_alone_is_stored() {
    let store = Arc::new(SqliteStore::open_in_memory().await.unwrap());
    store.migrate().await.unwrap();
    let sunk = Sunk::start(None, Arc::clone(&store) as SharedStore);
    let (batch, told) = judged(Findings {
        campaigns: vec![campaign(Phase::Closed)],
        repeats: 2,
        ..Findings::default()
    });
    sunk.input.send(batch).await.ok().unwrap();
    until("the ack", || told.try_recv().is_ok()).await;
    assert!(store.campaign(CampaignId(9)).await.unwrap().is_some());
    assert!(sunk.metric("credsieve_outcomes_total{outcome=\"repeat\"} 2"));
}
