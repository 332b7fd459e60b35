//! `credsieve standalone --demo`: generated traffic through the whole real path.
//!
//! The events go through librdkafka's in-process broker, so the demonstration runs the consumer
//! that a deployment runs. That broker silently drops what exceeds 5 MiB a partition: the producer
//! waits for the consumer.

use super::node::Node;
use crate::config::Config;
use anyhow::{Context, Result};
use credsieve_detector::kafka::KafkaConfig;
use credsieve_detector::live::{Live, LiveView};
use credsieve_detector::now_ms;
use credsieve_load_test::Mix;
use credsieve_models::HashSeed;
use credsieve_store::{Act, Actor, Scope};
use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseRecord, DefaultProducerContext, Producer, ThreadedProducer};
use std::io::{IsTerminal, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const PARTITIONS: i32 = 4;
/// Events that may be under way: about 0.5 MiB a partition, a tenth of what the broker holds.
const MOST_UNDER_WAY: u64 = 5_000;
const TURN: Duration = Duration::from_millis(20);

/// Runs the demonstration until the shutdown.
///
/// # Errors
/// Why it could not start, or what failed.
pub async fn run(
    mut config: Config,
    listen: Option<SocketAddr>,
    traffic_seed: u64,
    shutdown: CancellationToken,
) -> Result<()> {
    let broker = MockCluster::new(1).context("starting the in-process broker")?;
    let kafka = KafkaConfig::new(broker.bootstrap_servers());
    let topics = &kafka.topics;
    for (topic, partitions) in [
        (&topics.logins, PARTITIONS),
        (&topics.verdicts, PARTITIONS),
        (&topics.alerts, 1),
        (&topics.dead_letters, 1),
        (&topics.risk, 1),
        (&topics.lists, 1),
    ] {
        broker
            .create_topic(topic, partitions, 1)
            .with_context(|| format!("creating the topic {topic}"))?;
    }
    let folder = tempfile::tempdir().context("making a temporary folder")?;
    let logins = topics.logins.clone();
    config.kafka = Some(kafka);
    config.state_dir = None;
    // A port that somebody uses already must not stop a demonstration.
    config.http.listen = listen.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
    let url = format!("sqlite:{}", folder.path().join("demo.sqlite").display());
    let store = credsieve_store::open(&url)
        .await
        .context("opening the store")?;
    let mut seed = [0u8; 16];
    getrandom::fill(&mut seed).map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;

    let node = Node::start(
        &config,
        HashSeed::from_bytes(seed),
        Arc::clone(&store),
        shutdown.clone(),
    )
    .await?;
    let (key, record) = credsieve_api::generate_key(
        "demo",
        &[Scope::Decide, Scope::Ingest, Scope::Read, Scope::Admin],
        now_ms(),
    )
    .map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
    let act = Act::key_created(&record, &Actor::command_line());
    store.create_key(&record, &act).await?;
    say_where_to_look(&node, &key)?;

    let seen = Arc::clone(&node.detector.live);
    let traffic = tokio::spawn(produce(
        broker.bootstrap_servers(),
        logins,
        traffic_seed,
        Arc::clone(&seen),
        shutdown.clone(),
    ));
    let printer = tokio::spawn(print_live_line(seen, shutdown));
    let ended = node.join().await;
    printer.await?;
    traffic.await??;
    ended
}

fn say_where_to_look(node: &Node, key: &str) -> Result<()> {
    let link = node
        .api
        .one_time_link()
        .map_err(|e| anyhow::anyhow!("no randomness: {e}"))?;
    let address = node.address;
    println!();
    println!("  credsieve is watching generated logins: people, an office behind one address,");
    println!("  credential stuffing through thousands of addresses, a password spray, and more.");
    println!();
    println!("  Look:  http://{address}{link}");
    println!("         (the link works once, for ten minutes)");
    println!("  Review: sign in at http://{address}/login with the key of the next line");
    println!("  Ask:   curl -s http://{address}/v1/decide -H 'Authorization: Bearer {key}' \\");
    println!("              -H 'Content-Type: application/json' \\");
    println!("              -d '{{\"ip\":\"203.0.113.9\",\"username\":\"alice\"}}'");
    println!("  Stop:  Ctrl-C");
    println!();
    Ok(())
}

/// Plays the traffic at the pace of the clock, never far ahead of what is decided.
async fn produce(
    bootstrap: String,
    topic: String,
    seed: u64,
    seen: Arc<Live>,
    shutdown: CancellationToken,
) -> Result<()> {
    let producer: ThreadedProducer<DefaultProducerContext> = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("linger.ms", "5")
        .create()
        .context("making the producer")?;
    let mut mix = Mix::demo(seed, now_ms());
    let mut produced: u64 = 0;
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(TURN) => {}
        }
        while produced.saturating_sub(decided(&seen.view())) < MOST_UNDER_WAY {
            let Some(event) = mix.next_due(now_ms()) else {
                break;
            };
            let record = BaseRecord::to(&topic)
                .key(&event.username)
                .payload(&event.event_json);
            producer
                .send(record)
                .map_err(|(error, _)| error)
                .context("producing an event")?;
            produced += 1;
        }
    }
    // What is still queued is of no use to anybody.
    producer.purge(rdkafka::producer::PurgeConfig::default().queue().inflight());
    Ok(())
}

fn decided(view: &LiveView) -> u64 {
    let total = view.total;
    total.allow + total.challenge + total.block
}

/// One line a second: rewritten in place on a terminal, appended elsewhere.
async fn print_live_line(seen: Arc<Live>, shutdown: CancellationToken) {
    let terminal = std::io::stdout().is_terminal();
    loop {
        tokio::select! {
            biased;
            () = shutdown.cancelled() => break,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
        let line = live_line(&seen.view(), now_ms() / 1_000);
        let mut out = std::io::stdout().lock();
        let printed = if terminal {
            write!(out, "\r\x1b[2K  {line}")
        } else {
            writeln!(out, "  {line}")
        };
        if printed.and_then(|()| out.flush()).is_err() {
            return; // Nobody reads any more.
        }
    }
    println!();
}

/// What was decided: in the last whole second, in all, and the latest block.
fn live_line(view: &LiveView, now_s: i64) -> String {
    let second = view
        .seconds
        .iter()
        .rev()
        .find(|second| second.at < now_s)
        .copied()
        .unwrap_or_default();
    let total = view.total;
    let mut line = format!(
        "{:>4}/s   allowed {}   challenged {}   blocked {}",
        second.allow + second.challenge + second.block,
        total.allow,
        total.challenge,
        total.block,
    );
    if let Some(latest) = view.latest_blocked.first() {
        let attack = latest.verdict.attack.name().replace('_', " ");
        line = format!("{line}   latest: {attack} from {}", latest.ip);
    }
    line
}
