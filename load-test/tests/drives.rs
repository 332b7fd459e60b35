//! The drives against a real HTTP server and a real Kafka broker.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use clap::Parser;
use credsieve_load_test::{Driven, LoadTestArgs, measure, run};
use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::Message;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

#[derive(Parser)]
struct Line {
    #[command(flatten)]
    args: LoadTestArgs,
}

fn load_test(line: &[&str]) -> anyhow::Result<()> {
    run(&Line::try_parse_from(std::iter::once(&"load-test").chain(line))?.args)
}

fn measured(line: &[&str]) -> Driven {
    let line = Line::try_parse_from(std::iter::once(&"load-test").chain(line)).unwrap();
    measure(&line.args).unwrap()
}

/// How long the first question of a test is kept waiting.
const STALL: Duration = Duration::from_millis(300);

/// What a service was asked.
#[derive(Default)]
struct Asked {
    events: AtomicU64,
    batches: AtomicU64,
    questions: AtomicU64,
    bodies: Mutex<Vec<String>>,
}

async fn events(
    State(asked): State<Arc<Asked>>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, &'static str) {
    if headers
        .get("authorization")
        .is_none_or(|key| key != "Bearer secret")
    {
        return (StatusCode::UNAUTHORIZED, "no such key");
    }
    let count = body.lines().count() as u64;
    asked.events.fetch_add(count, Ordering::Relaxed);
    asked.bodies.lock().unwrap().push(body);
    // Of a batch of seven, which only one test sends, one is refused.
    let rejected = if count == 7 {
        r#"{"rejected":1}"#
    } else {
        r#"{"rejected":0}"#
    };
    (StatusCode::OK, rejected)
}

async fn decide(State(asked): State<Arc<Asked>>) -> &'static str {
    asked.questions.fetch_add(1, Ordering::Relaxed);
    r#"{"decision":"challenge","score":0.6}"#
}

/// Refuses one question of each batch.
async fn decide_batch(State(asked): State<Arc<Asked>>, body: String) -> String {
    asked.batches.fetch_add(1, Ordering::Relaxed);
    let questions: Vec<serde_json::Value> = serde_json::from_str(&body).unwrap();
    let answers: Vec<&str> = (0..questions.len())
        .map(|n| match n {
            0 => r#"{"problem":{"status":422}}"#,
            _ => r#"{"decision":"block","score":1.0}"#,
        })
        .collect();
    format!(r#"{{"answers":[{}]}}"#, answers.join(","))
}

/// A service that stands still for a while at its first question and is quick ever after.
async fn decide_after_a_stall(State(asked): State<Arc<Asked>>) -> &'static str {
    if asked.questions.fetch_add(1, Ordering::Relaxed) == 0 {
        tokio::time::sleep(STALL).await;
    }
    r#"{"decision":"allow","score":0.0}"#
}

/// Serves on a free port for as long as the runtime lives.
fn serve(runtime: &tokio::runtime::Runtime) -> (String, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let router = Router::new()
        .route("/v1/events", post(events))
        .route("/v1/decide", post(decide))
        .route("/v1/decide/batch", post(decide_batch))
        .route("/stalls/v1/decide", post(decide_after_a_stall))
        .with_state(Arc::clone(&asked));
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
        .unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    runtime.spawn(async move { axum::serve(listener, router).await });
    (url, asked)
}

#[test]
fn every_event_reaches_the_http_interface_once_and_its_label_is_kept() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, asked) = serve(&runtime);
    let folder = tempfile::tempdir().unwrap();
    let labels = folder.path().join("labels.csv");
    let labels = labels.to_str().unwrap();
    let traffic = [
        "--events", "1003", "--labels", labels, "http", &url, "--key", "secret",
    ];
    load_test(&[&traffic[..], &["--rate", "0", "--batch", "50"]].concat()).unwrap();
    assert_eq!(asked.events.load(Ordering::Relaxed), 1_003);

    let labels = std::fs::File::open(labels).unwrap();
    let truths = credsieve_load_test::labels::read(labels, "labels.csv").unwrap();
    let bodies = asked.bodies.lock().unwrap().concat();
    assert_eq!(truths.len(), 1_003);
    for truth in truths {
        assert_eq!(bodies.matches(&truth.event_id).count(), 1);
    }
}

#[test]
fn questions_are_asked_one_by_one() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, asked) = serve(&runtime);
    load_test(&[
        "--events",
        "200",
        "http",
        &url,
        "--endpoint",
        "decide",
        "--rate",
        "0",
    ])
    .unwrap();
    assert_eq!(asked.questions.load(Ordering::Relaxed), 200);
}

#[test]
fn questions_are_asked_in_batches_where_that_is_said_and_each_answer_counts() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, asked) = serve(&runtime);
    let traffic = ["--events", "250", "http", &url, "--endpoint", "decide"];
    let driven = measured(&[&traffic[..], &["--rate", "0", "--batch", "100"]].concat());
    assert_eq!(asked.batches.load(Ordering::Relaxed), 3);
    assert_eq!((driven.sent, driven.lost), (250, 3));
    assert_eq!(driven.counts, [("decided block".to_owned(), 247)]);
}

#[test]
fn what_was_due_while_the_service_stood_still_counts_as_late() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, _) = serve(&runtime);
    let url = format!("{url}/stalls");
    let traffic = ["--events", "400", "http", &url, "--endpoint", "decide"];
    let rate = ["--rate", "1000", "--connections", "1"];
    let driven = measured(&[&traffic[..], &rate].concat());
    let (_, latency) = driven.latency.unwrap();
    assert_eq!(latency.len(), 400);
    // With one connection whatever is due within the stall waits for its end: 300 of 400, the last
    // of them hardly. A loop that waits for its answers would have timed one of them as slow.
    let half_of_the_stall = u64::try_from(STALL.as_micros()).unwrap() / 2;
    let slow = latency.len() - latency.count_between(0, half_of_the_stall);
    assert!(slow >= 140, "{slow} were slow");
    let asked_for = Duration::from_millis(399);
    assert!(driven.elapsed >= asked_for, "{:?}", driven.elapsed);
}

#[test]
fn a_process_that_is_named_is_measured_beside_the_service() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, _) = serve(&runtime);
    let own = std::process::id().to_string();
    let traffic = ["--events", "200", "http", &url, "--endpoint", "decide"];
    let usage = measured(&[&traffic[..], &["--rate", "0", "--pid", &own]].concat()).usage;
    let usage = usage.unwrap();
    assert!(usage.rss_bytes > 1 << 20, "{usage:?}");
}

#[test]
fn refused_events_make_the_run_fail() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, _) = serve(&runtime);
    let error = load_test(&[
        "--events", "60", "http", &url, "--key", "wrong", "--rate", "0",
    ]);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .starts_with("60 of 60 events failed")
    );
}

#[test]
fn a_service_that_answers_nothing_ends_a_long_run_early() {
    let nobody = ["http", "http://127.0.0.1:1", "--batch", "1", "--rate", "0"];
    let error = load_test(&[&["--events", "50000"], &nobody[..]].concat()).unwrap_err();
    let error = format!("{error:#}");
    assert!(error.starts_with("no request was answered"), "{error}");
}

#[test]
fn single_events_that_are_refused_make_the_run_fail_too() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let (url, _) = serve(&runtime);
    let traffic = [
        "--events", "21", "http", &url, "--key", "secret", "--rate", "0",
    ];
    let error = load_test(&[&traffic[..], &["--batch", "7"]].concat()).unwrap_err();
    assert!(
        error.to_string().starts_with("3 of 21 events failed"),
        "{error}"
    );
}

/// Answers each event of `logins` with a verdict, except one in `skip_one_in` (0: none).
fn answer(bootstrap: &str, [logins, verdicts]: [&str; 2], skip_one_in: u64, end: &AtomicBool) {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    let producer: BaseProducer = config.clone().set("linger.ms", "0").create().unwrap();
    let consumer: BaseConsumer = config
        .set("group.id", format!("answers-{logins}"))
        .set("auto.offset.reset", "earliest")
        .set("auto.commit.interval.ms", "500")
        .create()
        .unwrap();
    consumer.subscribe(&[logins]).unwrap();
    let mut number = 0;
    while !end.load(Ordering::Acquire) {
        producer.poll(Duration::ZERO);
        let Some(message) = consumer.poll(Duration::from_millis(20)) else {
            continue;
        };
        let message = message.unwrap();
        number += 1;
        if skip_one_in > 0 && number % skip_one_in == 0 {
            continue;
        }
        let event: serde_json::Value = serde_json::from_slice(message.payload().unwrap()).unwrap();
        let verdict = format!(
            r#"{{"event_id":{},"revision":0,"decision":"allow","score":0.1}}"#,
            event["event_id"]
        );
        producer
            .send(BaseRecord::<str, str>::to(verdicts).payload(&verdict))
            .unwrap();
    }
    producer.flush(Duration::from_secs(10)).unwrap();
}

fn through_kafka(name: &str, skip_one_in: u64, wait: &str, group: &str) -> anyhow::Result<Driven> {
    let broker = KafkaBroker::shared();
    let (logins, verdicts) = (format!("{name}-logins"), format!("{name}-verdicts"));
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(broker.create_topic(&logins, 2, &[]))?;
    runtime.block_on(broker.create_topic(&verdicts, 2, &[]))?;
    let end = AtomicBool::new(false);
    let topics = [logins.as_str(), verdicts.as_str()];
    std::thread::scope(|scope| {
        scope.spawn(|| answer(broker.bootstrap(), topics, skip_one_in, &end));
        let target = [
            "--events",
            "2000",
            "kafka",
            broker.bootstrap(),
            "--rate",
            "0",
        ];
        let topics = [
            "--topic",
            topics[0],
            "--verdicts",
            topics[1],
            "--wait",
            wait,
            "--group",
            group,
        ];
        let line = ["load-test"].iter().chain(&target).chain(&topics);
        let outcome = measure(&Line::try_parse_from(line)?.args);
        end.store(true, Ordering::Release);
        outcome
    })
}

#[test]
fn every_event_is_timed_until_its_verdict_stands_in_the_topic() {
    let driven = through_kafka("all", 0, "60s", "").unwrap();
    assert_eq!((driven.sent, driven.lost), (2_000, 0));
    let (_, latency) = driven.latency.unwrap();
    assert_eq!(latency.len(), 2_000);
    assert!(driven.lag.is_none());
}

#[test]
fn the_lag_of_the_services_group_ends_when_it_has_committed_what_was_sent() {
    let lag = through_kafka("lag", 0, "60s", "answers-lag-logins")
        .unwrap()
        .lag
        .unwrap();
    assert_eq!((lag.judged, lag.at_end), (2_000, 0));
    assert!(lag.most > 0, "{lag:?}");
}

#[test]
fn events_without_a_verdict_are_told_after_a_bounded_wait() {
    let driven = through_kafka("some", 100, "3s", "").unwrap();
    assert_eq!((driven.sent, driven.lost), (2_000, 20));
}

#[test]
fn a_topic_that_does_not_exist_is_named() {
    let bootstrap = KafkaBroker::shared().bootstrap();
    let error = load_test(&["kafka", bootstrap, "--verdicts", "no-such-topic"]).unwrap_err();
    assert!(format!("{error:#}").contains("no-such-topic"), "{error:#}");
}
