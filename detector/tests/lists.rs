//! List entries on their way from the API to every engine.

mod common;

use common::{client, until};
use credsieve_detector::follower::FollowMetrics;
use credsieve_detector::handle::{Ask, EngineHandle};
use credsieve_detector::lists_topic::{self, ListsFollower, ListsPublisher};
use credsieve_detector::readiness::Readiness;
use credsieve_models::lists::{ListAction, ListDimension, ListEntry, Subject};
use credsieve_models::{HashSeed, KeyHasher};
use credsieve_store::sqlite::SqliteStore;
use credsieve_store::{Act, Actor, Store};
use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::producer::{FutureProducer, FutureRecord};
use std::sync::Arc;
use std::time::Duration;

const COMPACTED: &[(&str, &str)] = &[("cleanup.policy", "compact")];

fn deny(id: &str, address: &str) -> ListEntry {
    ListEntry {
        id: id.into(),
        action: ListAction::Deny,
        dimension: ListDimension::Address,
        value: address.into(),
        endpoint: None,
        tenant: None,
        reason: "test".into(),
        author: "test".into(),
        created_at_ms: 0,
        changed_by: None,
        changed_at_ms: None,
        holds_from_ms: 0,
        expires_at_ms: None,
    }
}

fn subject(address: &str) -> Subject {
    Subject {
        ip: address.parse().unwrap(),
        asn: None,
        country: None,
        device: None,
        user: None,
        tool: None,
        endpoint: None,
        tenant: 0,
    }
}

async fn topic(name: &str) -> &str {
    let broker = KafkaBroker::shared();
    broker.create_topic(name, 1, COMPACTED).await.unwrap();
    name
}

fn follow(topic: &str, metrics: &FollowMetrics) -> (ListsFollower, Arc<Readiness>) {
    let readiness = Arc::new(Readiness::default());
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    let follower = ListsFollower::start(
        &client(),
        topic,
        hasher,
        Arc::clone(&readiness),
        metrics.clone(),
    );
    (follower.unwrap(), readiness)
}

#[tokio::test]
async fn entries_are_in_force_in_every_process_and_leave_when_deleted() {
    let topic = topic("lists.travel").await;
    let publisher = ListsPublisher::new(&client(), topic).unwrap();
    publisher.put(&deny("a", "203.0.113.1")).await.unwrap();
    publisher.put(&deny("b", "203.0.113.2")).await.unwrap();
    publisher.remove("a").await.unwrap();

    let (follower, readiness) = follow(topic, &FollowMetrics::default());
    until("the process is ready", || readiness.waiting().is_empty()).await;
    let lists = follower.lists();
    let says = |address: &str| lists.borrow().lookup(&subject(address), 1);
    assert_eq!(says("203.0.113.1"), None);
    let listed = says("203.0.113.2").map(|listed| listed.action);
    assert_eq!(listed, Some(ListAction::Deny));

    publisher.put(&deny("b", "203.0.113.3")).await.unwrap();
    until("the change is in force", || says("203.0.113.3").is_some()).await;
    assert_eq!(says("203.0.113.2"), None, "the entry has moved on");
    publisher.remove("b").await.unwrap();
    until("the deletion is in force", || lists.borrow().is_empty()).await;
    follower.stop().await;
}

#[tokio::test]
async fn a_burst_of_changes_reaches_the_engine_as_few_sets_and_the_last_one_counts() {
    let topic = topic("lists.burst").await;
    let publisher = ListsPublisher::new(&client(), topic).unwrap();
    let (follower, readiness) = follow(topic, &FollowMetrics::default());
    until("the process is ready", || readiness.waiting().is_empty()).await;
    let (engine, mut owner) = EngineHandle::new(1);
    let forwarding = tokio::spawn(lists_topic::forward(follower.lists(), engine));

    let entries: Vec<ListEntry> = (0..200)
        .map(|n| deny(&n.to_string(), &format!("203.0.113.{n}")))
        .collect();
    let puts: Vec<_> = entries
        .into_iter()
        .map(|entry| {
            let publisher = publisher.clone();
            tokio::spawn(async move { publisher.put(&entry).await })
        })
        .collect();
    for put in puts {
        put.await.unwrap().unwrap();
    }
    let mut sets = 0;
    loop {
        let ask = tokio::time::timeout(Duration::from_secs(30), owner.recv()).await;
        let Some(Ask::SetLists(lists)) = ask.expect("the last entry arrives") else {
            panic!("not a set of lists")
        };
        sets += 1;
        let has = |n: u8| lists.lookup(&subject(&format!("203.0.113.{n}")), 1);
        if (0..200).all(|n| has(n).is_some()) {
            break;
        }
    }
    assert!(sets < 100, "{sets} sets for 200 changes");
    drop(owner);
    follower.stop().await;
    forwarding.await.unwrap();
}

#[tokio::test]
async fn what_is_no_entry_is_counted_and_the_rest_holds() {
    let topic = topic("lists.rubbish").await;
    let producer: FutureProducer = client().create().unwrap();
    let good = serde_json::to_string(&deny("good", "203.0.113.1")).unwrap();
    let unfit = serde_json::to_string(&deny("unfit", "nowhere")).unwrap();
    for (key, value) in [
        ("broken", "{"),
        ("good", &good),
        ("other", &good),
        ("unfit", &unfit),
    ] {
        let record = FutureRecord::to(topic).key(key).payload(value);
        producer
            .send(record, Duration::from_secs(10))
            .await
            .unwrap();
    }
    let metrics = FollowMetrics::default();
    let (follower, readiness) = follow(topic, &metrics);
    until("the process is ready", || readiness.waiting().is_empty()).await;
    assert_eq!((metrics.records.get(), metrics.bad.get()), (4, 3));
    let lists = follower.lists();
    assert!(lists.borrow().lookup(&subject("203.0.113.1"), 1).is_some());
    follower.stop().await;
}

#[tokio::test]
async fn a_change_that_no_broker_takes_is_an_error() {
    let mut nowhere = rdkafka::ClientConfig::new();
    nowhere
        .set("bootstrap.servers", "127.0.0.1:1")
        .set("log_level", "0")
        .set("delivery.timeout.ms", "500");
    let publisher = ListsPublisher::new(&nowhere, "lists").unwrap();
    assert!(publisher.put(&deny("a", "203.0.113.1")).await.is_err());
    assert!(publisher.remove("a").await.is_err());
}

#[tokio::test]
async fn stopping_does_not_wait_for_a_broker_that_is_away() {
    let mut nowhere = rdkafka::ClientConfig::new();
    nowhere
        .set("bootstrap.servers", "127.0.0.1:1")
        .set("log_level", "0");
    let readiness = Arc::new(Readiness::default());
    let follower = ListsFollower::start(
        &nowhere,
        "lists",
        KeyHasher::new(HashSeed::REPLAY),
        Arc::clone(&readiness),
        FollowMetrics::default(),
    )
    .unwrap();
    assert_eq!(readiness.waiting().len(), 1);
    tokio::time::timeout(Duration::from_secs(10), follower.stop())
        .await
        .expect("it stops");
}

#[tokio::test]
async fn a_process_without_kafka_reads_every_page_of_the_store() {
    let store = SqliteStore::open_in_memory().await.unwrap();
    store.migrate().await.unwrap();
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    let none = lists_topic::load(&store, &hasher).await.unwrap();
    assert!(none.is_empty());
    for n in 0..1_050 {
        let address = format!("203.0.{}.{}", n / 256, n % 256);
        let entry = deny(&format!("id{n}"), &address);
        let by = Actor::command_line();
        let act = Act::list_entry_created(&entry, &by, &hasher);
        store.create_list_entry(&entry, &act).await.unwrap();
    }
    let lists = lists_topic::load(&store, &hasher).await.unwrap();
    for address in ["203.0.0.0", "203.0.4.25"] {
        assert!(lists.lookup(&subject(address), 1).is_some(), "{address}");
    }
}
