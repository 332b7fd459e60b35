//! The drives against a real HTTP server and a real Kafka broker.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use clap::Parser;
use credsieve_load_test::{LoadTestArgs, run};
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

/// What a service was asked.
#[derive(Default)]
struct Asked {
    events: AtomicU64,
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

/// Serves on a free port for as long as the runtime lives.
fn serve(runtime: &tokio::runtime::Runtime) -> (String, Arc<Asked>) {
    let asked = Arc::new(Asked::default());
    let router = Router::new()
        .route("/v1/events", post(events))
        .route("/v1/decide", post(decide))
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

fn through_kafka(name: &str, skip_one_in: u64, wait: &str) -> anyhow::Result<()> {
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
        ];
        let outcome = load_test(&[&target[..], &topics[..]].concat());
        end.store(true, Ordering::Release);
        outcome
    })
}

#[test]
fn every_event_is_timed_until_its_verdict_stands_in_the_topic() {
    through_kafka("all", 0, "60s").unwrap();
}

#[test]
fn events_without_a_verdict_make_the_run_fail_after_a_bounded_wait() {
    let error = through_kafka("some", 100, "3s").unwrap_err();
    assert_eq!(
        error.to_string(),
        "20 of 2000 events failed or were never answered"
    );
}

#[test]
fn a_topic_that_does_not_exist_is_named() {
    let bootstrap = KafkaBroker::shared().bootstrap();
    let error = load_test(&["kafka", bootstrap, "--verdicts", "no-such-topic"]).unwrap_err();
    assert!(format!("{error:#}").contains("no-such-topic"), "{error:#}");
}
