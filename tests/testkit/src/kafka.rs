//! A real Kafka broker for tests: a JVM, the jars from Maven Central, one node (its own controller) in a
//! temporary folder on free ports. No container engine is needed.
//!
//! The broker ends with the test process, however that ends: it lives only as long as a pipe that
//! this process holds open, so not even `kill -9` leaves one behind.

use anyhow::{Context, Result, bail, ensure};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The version of the jars; part of the cache folder's name, so that a new one is fetched.
const VERSION: &str = "4.1.1";
const POM: &str = include_str!("../kafka/pom.xml");
/// Any id will do: a test cluster has one node and no past.
const CLUSTER_ID: &str = "MkU3OEVBNTcwNTJENDM2Qg";
/// A broker is ready in about 3 s on a quiet machine.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// Runs a command until it ends or standard input closes, whichever comes first; in the second case
/// (the test process is gone, perhaps killed) it removes the folder, which nobody else would.
const UNTIL_STDIN_CLOSES: &str = r#"
folder=$1; shift
exec 3<&0
"$@" </dev/null & broker=$!
( cat <&3 >/dev/null; kill -9 $broker ) & watch=$!
wait $broker
if [ $? -eq 137 ]; then rm -rf "$folder"; fi
kill $watch 2>/dev/null
"#;

/// A running broker. It stops when this is dropped or the process ends.
#[derive(Debug)]
pub struct KafkaBroker {
    child: Child,
    bootstrap: String,
    folder: TempDir,
}

impl KafkaBroker {
    /// Starts a broker and waits until it answers. The first call on a machine fetches the jars
    /// (about 54 MB).
    ///
    /// # Errors
    /// One line that says what is missing, or what the broker said.
    pub fn start() -> Result<Self> {
        let libs = libs()?;
        let folder = tempfile::Builder::new()
            .prefix("credsieve-kafka-")
            .tempdir()?;
        let [broker_port, controller_port] = free_ports()?;
        let properties = folder.path().join("server.properties");
        let text = server_properties(folder.path(), broker_port, controller_port);
        fs::write(&properties, text)?;

        let log = folder.path().join("format.log");
        let format = java(&libs)
            .args(["kafka.tools.StorageTool", "format", "-t", CLUSTER_ID, "-c"])
            .arg(&properties)
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .status()?;
        ensure!(
            format.success(),
            "kafka storage format failed: {}",
            fs::read_to_string(&log)?
        );

        let log = folder.path().join("broker.log");
        let mut server = java(&libs);
        server.arg("kafka.Kafka").arg(&properties);
        let child = Command::new("sh")
            .args(["-c", UNTIL_STDIN_CLOSES, "sh"])
            .arg(folder.path())
            .arg(server.get_program())
            .args(server.get_args())
            .stdin(Stdio::piped())
            .stdout(File::create(&log)?)
            .stderr(File::options().append(true).open(&log)?)
            .spawn()
            .context("sh cannot be run")?;
        let bootstrap = format!("127.0.0.1:{broker_port}");
        let mut broker = Self {
            child,
            bootstrap,
            folder,
        };
        broker.await_ready()?;
        Ok(broker)
    }

    /// The one broker of this test binary, started by the first caller.
    ///
    /// # Panics
    /// When it cannot be started: a test of a promise about Kafka must not pass without one.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<KafkaBroker> = OnceLock::new();
        SHARED.get_or_init(|| match Self::start() {
            Ok(broker) => broker,
            Err(error) => panic!("no Kafka broker for the tests: {error:#}"),
        })
    }

    /// Its address, for `bootstrap.servers`.
    #[must_use]
    pub fn bootstrap(&self) -> &str {
        &self.bootstrap
    }

    /// Makes a topic and waits until it is there.
    ///
    /// # Errors
    /// When the broker refuses, such as for a topic that exists.
    pub async fn create_topic(
        &self,
        name: &str,
        partitions: i32,
        configs: &[(&str, &str)],
    ) -> Result<()> {
        let admin: AdminClient<DefaultClientContext> = self.client().create()?;
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        for (key, value) in configs {
            topic = topic.set(key, value);
        }
        let options = AdminOptions::new().operation_timeout(Some(Duration::from_secs(30)));
        for result in admin.create_topics([&topic], &options).await? {
            result.map_err(|(topic, code)| anyhow::anyhow!("topic {topic}: {code}"))?;
        }
        Ok(())
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        // Level 0: refused connections while the broker comes up are no news.
        config
            .set("bootstrap.servers", &self.bootstrap)
            .set("log_level", "0");
        config
    }

    fn await_ready(&mut self) -> Result<()> {
        let deadline = Instant::now() + READY_WITHIN;
        let probe: BaseConsumer = self.client().create()?;
        loop {
            let answer = probe.fetch_metadata(None, Duration::from_millis(500));
            if answer.is_ok_and(|metadata| !metadata.brokers().is_empty()) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the kafka broker ended at once ({status}): {}", self.log());
            }
            if Instant::now() > deadline {
                bail!(
                    "the kafka broker does not answer after {READY_WITHIN:?}: {}",
                    self.log()
                );
            }
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("broker.log")).unwrap_or_default()
    }
}

impl Drop for KafkaBroker {
    fn drop(&mut self) {
        // Closing its standard input ends the broker; waiting keeps the folder until it is gone.
        drop(self.child.stdin.take());
        if let Err(error) = self.child.wait() {
            eprintln!("the kafka broker was not awaited: {error}");
        }
    }
}

fn java(libs: &Path) -> Command {
    let mut command = Command::new("java");
    // A small heap and the cheap collector: several brokers may share two cores.
    command.args([
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
    ]);
    command.arg(libs.join("*"));
    command
}

fn server_properties(folder: &Path, broker_port: u16, controller_port: u16) -> String {
    format!(
        "process.roles=broker,controller\n\
         node.id=1\n\
         controller.quorum.voters=1@127.0.0.1:{controller_port}\n\
         listeners=PLAINTEXT://127.0.0.1:{broker_port},CONTROLLER://127.0.0.1:{controller_port}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{broker_port}\n\
         controller.listener.names=CONTROLLER\n\
         log.dirs={logs}\n\
         auto.create.topics.enable=false\n\
         offsets.topic.num.partitions=1\n\
         offsets.topic.replication.factor=1\n\
         transaction.state.log.num.partitions=1\n\
         transaction.state.log.replication.factor=1\n\
         transaction.state.log.min.isr=1\n\
         group.initial.rebalance.delay.ms=0\n\
         group.min.session.timeout.ms=1000\n",
        logs = folder.join("data").display()
    )
}

/// Two ports that nobody listens on. They lie below the range from which systems take the ports of
/// outgoing connections, so that none is taken while the JVM starts; the start differs by process,
/// and a process never gives out the same port twice: two brokers may start at once.
fn free_ports() -> Result<[u16; 2]> {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = u16::try_from(std::process::id() % 1_000)? * 10;
    let mut found = std::iter::repeat_with(|| GIVEN.fetch_add(1, Ordering::Relaxed))
        .take(10_000)
        .map(|step| 20_000 + (first + step % 10_000) % 10_000)
        .filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok());
    match (found.next(), found.next()) {
        (Some(a), Some(b)) => Ok([a, b]),
        _ => bail!("no free port between 20000 and 30000"),
    }
}

/// The folder of the jars, fetched on the first call of a machine. A lock file lets parallel test
/// binaries fetch them once.
fn libs() -> Result<PathBuf> {
    require("java", "-version", "openjdk-17-jre-headless")?;
    let cache = cache_folder()?;
    let libs = cache.join(format!("kafka-{VERSION}"));
    let lock = File::create(cache.join("kafka.lock"))?;
    lock.lock()?;
    if libs.is_dir() {
        return Ok(libs);
    }
    require("mvn", "-v", "maven")?;
    let partial = tempfile::tempdir_in(&cache)?;
    let pom = partial.path().join("pom.xml");
    fs::write(&pom, POM)?;
    let jars = partial.path().join("jars");
    let output = Command::new("mvn")
        .args(["-q", "-B", "-f"])
        .arg(&pom)
        .arg("dependency:copy-dependencies")
        .arg(format!("-DoutputDirectory={}", jars.display()))
        .output()?;
    ensure!(
        output.status.success(),
        "maven could not fetch the kafka broker: {}",
        String::from_utf8_lossy(&output.stdout)
    );
    // The folder appears whole or not at all.
    fs::rename(&jars, &libs)?;
    Ok(libs)
}

fn cache_folder() -> Result<PathBuf> {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let folder = from("CREDSIEVE_TEST_CACHE")
        .or_else(|| from("XDG_CACHE_HOME").map(|cache| cache.join("credsieve")))
        .or_else(|| from("HOME").map(|home| home.join(".cache/credsieve")))
        .unwrap_or_else(|| std::env::temp_dir().join("credsieve-cache"));
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}

fn require(program: &str, probe: &str, package: &str) -> Result<()> {
    let found = Command::new(program)
        .arg(probe)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    ensure!(found, "`{program}` is missing: apt-get install {package}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_topic_that_was_made_is_there_and_a_second_one_of_its_name_is_refused() {
        let broker = KafkaBroker::shared();
        broker
            .create_topic("made", 3, &[("message.timestamp.type", "LogAppendTime")])
            .await
            .unwrap();
        let consumer: BaseConsumer = broker.client().create().unwrap();
        let metadata = consumer
            .fetch_metadata(Some("made"), Duration::from_secs(10))
            .unwrap();
        assert_eq!(metadata.topics()[0].partitions().len(), 3);
        assert!(broker.create_topic("made", 3, &[]).await.is_err());
    }
}
