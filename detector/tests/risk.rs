//! From a verdict to an API node's decision: book, publisher, compacted topic, replica.

mod common;

use common::{client, until};
use credsieve_detector::follower::{FollowMetrics, Follower};
use credsieve_detector::readiness::Readiness;
use credsieve_detector::replica::Replica;
use credsieve_detector::risk::{Known, RiskBook, RiskChange, RiskMetrics, RiskPublisher};
use credsieve_models::verdict::{
    Attack, Decision, Family, LogOdds, Measure, Mode, Reason, Score, Verdict, VerdictId, Window,
};
use credsieve_models::{Address, Entity, HashSeed, KeyHasher};
use credsieve_store::{Context, Origin, Outcome};
use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const REMEMBER_MS: i64 = 3_600_000;
const COMPACTED: &[(&str, &str)] = &[("cleanup.policy", "compact,delete")];

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

fn ip(last: u8) -> IpAddr {
    [203, 0, 113, last].into()
}

fn entity(last: u8) -> Entity {
    Entity::Ip(Address::new(ip(last)).unwrap())
}

fn blocked(last: u8, time_ms: i64) -> Outcome {
    Outcome {
        origin: Origin {
            source: "logins".into(),
            partition: 0,
            offset: 0,
            index: 0,
        },
        verdict: Verdict {
            verdict_id: VerdictId(0),
            event_id: "e".into(),
            revision: 0,
            time_ms,
            decided_at_ms: time_ms,
            tenant: "default".into(),
            decision: Decision::Block,
            score: Score(9_900),
            attack: Attack::CredentialStuffing,
            reasons: vec![Reason {
                measure: Measure::DistinctUsers,
                entity: entity(last),
                window: Window::Short,
                value: 41,
                error_permille: 0,
                limit: 15,
                family: Family::Breadth,
                weight: LogOdds(5 * LogOdds::NAT),
            }],
            session_id: None,
            campaign_id: None,
            expires_at_ms: Some(time_ms + REMEMBER_MS),
            policy: "sha256:00".into(),
            mode: Mode::Enforce,
        },
        context: Context {
            username: None,
            user_key: None,
            ip: ip(last),
            asn: None,
            device_key: None,
        },
        was: None,
        keep_whole: false,
    }
}

fn changes_of(book: &mut RiskBook, last: u8) -> Vec<RiskChange> {
    let mut changes = Vec::new();
    let now_ms = now_ms();
    book.observe(
        &blocked(last, now_ms),
        Known::default(),
        now_ms,
        &mut changes,
    );
    changes
}

fn follow(
    client: &ClientConfig,
    topic: &str,
    readiness: &Arc<Readiness>,
    metrics: &FollowMetrics,
) -> (Replica, Follower) {
    let replica = Replica::new(KeyHasher::new(HashSeed::REPLAY));
    let follower = replica.follow(client, topic, Arc::clone(readiness), metrics.clone());
    (replica, follower.unwrap())
}

#[tokio::test]
async fn what_was_published_before_and_after_a_node_starts_is_known_there() {
    let topic = "risk.known";
    KafkaBroker::shared()
        .create_topic(topic, 3, COMPACTED)
        .await
        .unwrap();
    let metrics = RiskMetrics::default();
    let (publisher, task) = RiskPublisher::start(&client(), topic.into(), metrics.clone()).unwrap();
    let mut book = RiskBook::new(100, REMEMBER_MS);
    for last in 1..=20 {
        publisher.offer(changes_of(&mut book, last));
    }
    until("the broker has acknowledged", || {
        metrics.published.get() == 20
    })
    .await;

    let readiness = Arc::new(Readiness::default());
    let read = FollowMetrics::default();
    let (replica, follower) = follow(&client(), topic, &readiness, &read);
    until("the node is ready", || readiness.waiting().is_empty()).await;
    for last in 1..=20 {
        assert!(replica.entity(entity(last), now_ms()).is_some(), "{last}");
    }
    let over = now_ms() + REMEMBER_MS;
    assert!(replica.entity(entity(1), over).is_none(), "it has expired");

    publisher.offer(changes_of(&mut book, 21));
    publisher.offer(vec![RiskChange::Tombstone(entity(1))]);
    until("the node hears what changes", || {
        replica.entity(entity(21), now_ms()).is_some()
            && replica.entity(entity(1), now_ms()).is_none()
    })
    .await;
    assert_eq!((read.records.get(), read.bad.get()), (22, 0));

    drop(publisher);
    task.await.unwrap();
    follower.stop().await;
}

#[tokio::test]
async fn a_node_is_ready_only_when_its_topic_exists_and_is_read() {
    let topic = "risk.late";
    let readiness = Arc::new(Readiness::default());
    let (_, follower) = follow(&client(), topic, &readiness, &FollowMetrics::default());
    until("it says that the topic is missing", || {
        let waiting = readiness.waiting();
        matches!(&waiting[..], [("risk", what)] if what.ends_with("does not exist"))
    })
    .await;
    KafkaBroker::shared()
        .create_topic(topic, 2, COMPACTED)
        .await
        .unwrap();
    until("an empty topic is read", || readiness.waiting().is_empty()).await;
    follower.stop().await;
}

#[tokio::test]
async fn records_that_are_no_entries_are_counted_and_stop_nobody() {
    use rdkafka::producer::{FutureProducer, FutureRecord};
    let topic = "risk.rubbish";
    KafkaBroker::shared()
        .create_topic(topic, 1, COMPACTED)
        .await
        .unwrap();
    let producer: FutureProducer = client().create().unwrap();
    for (key, value) in [("asn:1", "{"), ("what", "{}"), ("asn:2", "\u{0}")] {
        let record = FutureRecord::to(topic).key(key).payload(value);
        producer
            .send(record, Duration::from_secs(10))
            .await
            .unwrap();
    }
    let readiness = Arc::new(Readiness::default());
    let read = FollowMetrics::default();
    let (replica, follower) = follow(&client(), topic, &readiness, &read);
    until("the node is ready", || readiness.waiting().is_empty()).await;
    assert_eq!((read.records.get(), read.bad.get()), (3, 3));
    assert!(replica.is_empty());
    follower.stop().await;
}

#[tokio::test]
async fn reading_goes_on_after_the_broker_was_away() {
    let topic = "risk";
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(topic, 1, 1).unwrap();
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", cluster.bootstrap_servers())
        .set("reconnect.backoff.max.ms", "100");
    let readiness = Arc::new(Readiness::default());
    let (replica, follower) = follow(&client, topic, &readiness, &FollowMetrics::default());
    until("the node is ready", || readiness.waiting().is_empty()).await;
    let metrics = RiskMetrics::default();
    let (publisher, _task) = RiskPublisher::start(&client, topic.into(), metrics.clone()).unwrap();
    let mut book = RiskBook::new(100, REMEMBER_MS);

    cluster.broker_down(1).unwrap();
    publisher.offer(changes_of(&mut book, 1));
    until("a change cannot be delivered", || metrics.failed.get() == 1).await;
    assert!(replica.is_empty());

    cluster.broker_up(1).unwrap();
    publisher.offer(changes_of(&mut book, 2));
    until("the node hears what changes", || {
        replica.entity(entity(2), now_ms()).is_some()
    })
    .await;
    follower.stop().await;
}

#[tokio::test]
async fn a_full_queue_drops_and_counts_instead_of_waiting() {
    let mut client = ClientConfig::new();
    // Nobody listens there, and the producer holds one record: the queue fills.
    client
        .set("bootstrap.servers", "127.0.0.1:1")
        .set("queue.buffering.max.messages", "1")
        .set("log_level", "0");
    let metrics = RiskMetrics::default();
    let (publisher, task) = RiskPublisher::start(&client, "risk".into(), metrics.clone()).unwrap();
    let batches = 2 * credsieve_detector::risk::QUEUE_DEPTH;
    for _ in 0..batches {
        publisher.offer(vec![RiskChange::Tombstone(entity(1))]);
    }
    assert!(metrics.dropped.get() >= (batches / 2 - 1) as u64);
    task.abort();
}
