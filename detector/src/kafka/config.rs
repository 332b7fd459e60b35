//! How to reach Kafka, and the settings of our clients with the reason for each.

use crate::config::Share;
use rdkafka::ClientConfig;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// How to reach Kafka and what the topics are called. The only field that must be given is
/// `bootstrap_servers`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaConfig {
    /// The first brokers to ask, as `host:port,host:port`.
    #[serde(rename = "bootstrap_servers")]
    pub bootstrap: String,
    /// The consumer group of the detectors.
    #[serde(rename = "group_id", default = "default_group")]
    pub group: String,
    /// The topics.
    #[serde(default)]
    pub topics: Topics,
    /// TLS; used where this section is given, even if it is empty (system certificates).
    #[serde(default)]
    pub tls: Option<Tls>,
    /// A user name and a password for the broker.
    #[serde(default)]
    pub sasl: Option<Sasl>,
    /// After how many milliseconds of silence a detector counts as gone.
    #[serde(default = "default_session_timeout_ms")]
    pub session_timeout_ms: u32,
    /// The share of plain allows that are published as verdicts, from 0 to 1. Whoever waits for a verdict on each
    /// attempt needs all.
    #[serde(default = "all")]
    pub publish_allows: Share,
    /// Any other setting of librdkafka, for every client. Not printed: it may hold a secret.
    #[serde(default)]
    pub properties: Properties,
}

/// The names of the topics.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Topics {
    /// Login events in.
    pub logins: String,
    /// Verdicts out, keyed by user.
    pub verdicts: String,
    /// Alerts out.
    pub alerts: String,
    /// Records that are no attempt, byte for byte.
    pub dead_letters: String,
    /// The entities now hostile, compacted.
    pub risk: String,
    /// List entries, compacted.
    pub lists: String,
}

impl Default for Topics {
    fn default() -> Self {
        Self {
            logins: "logins".into(),
            verdicts: "verdicts".into(),
            alerts: "credsieve.alerts".into(),
            dead_letters: "credsieve.dead-letters".into(),
            risk: "credsieve.risk".into(),
            lists: "credsieve.lists".into(),
        }
    }
}

/// TLS towards the broker.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Tls {
    /// Certificates of the authorities to trust, PEM; the system's where absent.
    pub ca_file: Option<PathBuf>,
    /// Our own certificate, PEM, where the broker asks for one.
    pub cert_file: Option<PathBuf>,
    /// Its key, PEM.
    pub key_file: Option<PathBuf>,
}

/// A user of the broker.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sasl {
    /// How the password is shown to the broker.
    pub mechanism: Mechanism,
    /// The user.
    pub username: String,
    /// The password. Better in a file.
    #[serde(default)]
    pub password: Option<String>,
    /// A file that holds the password; white space at its end is cut.
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

impl fmt::Debug for Sasl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sasl")
            .field("mechanism", &self.mechanism)
            .field("username", &self.username)
            .field("password", &self.password.as_ref().map(|_| "…"))
            .field("password_file", &self.password_file)
            .finish()
    }
}

/// The SASL mechanisms that librdkafka has built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Mechanism {
    /// The password itself; only sensible over TLS.
    #[serde(rename = "PLAIN")]
    Plain,
    /// A proof by SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// A proof by SHA-512.
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

impl Mechanism {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

/// Settings of librdkafka by name. Only the names are shown.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Properties(pub BTreeMap<String, String>);

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KafkaConfigError {
    /// No password, or two.
    #[error("kafka.sasl: give exactly one of `password` and `password_file`")]
    Password,
    /// The password's file cannot be read.
    #[error("kafka.sasl.password_file {path}: {source}")]
    PasswordFile {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A path that librdkafka cannot be told.
    #[error("kafka.tls: the path {0} is not UTF-8")]
    Path(PathBuf),
    /// A setting that the pipeline's promises stand on.
    #[error(
        "kafka.properties: `{0}` is not yours to set, the order of outputs and offsets depends on it"
    )]
    Reserved(String),
}

/// Settings that would break "offsets only behind durable output" or that have a field of their own.
const RESERVED: [&str; 9] = [
    "bootstrap.servers",
    "metadata.broker.list",
    "group.id",
    "enable.auto.commit",
    "enable.auto.offset.store",
    "enable.partition.eof",
    "enable.idempotence",
    "acks",
    "request.required.acks",
];

fn default_group() -> String {
    "credsieve".into()
}

fn default_session_timeout_ms() -> u32 {
    30_000
}

fn all() -> Share {
    Share::ALL
}

impl KafkaConfig {
    /// The configuration for brokers that need nothing but an address.
    #[must_use]
    pub fn new(bootstrap: impl Into<String>) -> Self {
        Self {
            bootstrap: bootstrap.into(),
            group: default_group(),
            topics: Topics::default(),
            tls: None,
            sasl: None,
            session_timeout_ms: default_session_timeout_ms(),
            publish_allows: all(),
            properties: Properties::default(),
        }
    }

    /// The settings that every client shares.
    ///
    /// # Errors
    /// Where the configuration cannot be used.
    pub fn client(&self) -> Result<ClientConfig, KafkaConfigError> {
        let mut client = ClientConfig::new();
        client.set("bootstrap.servers", &self.bootstrap);
        client.set("client.id", "credsieve");
        let protocol = match (&self.tls, &self.sasl) {
            (None, None) => "plaintext",
            (Some(_), None) => "ssl",
            (None, Some(_)) => "sasl_plaintext",
            (Some(_), Some(_)) => "sasl_ssl",
        };
        client.set("security.protocol", protocol);
        if let Some(tls) = &self.tls {
            let files = [
                ("ssl.ca.location", &tls.ca_file),
                ("ssl.certificate.location", &tls.cert_file),
                ("ssl.key.location", &tls.key_file),
            ];
            for (setting, file) in files {
                if let Some(file) = file {
                    client.set(setting, utf8(file)?);
                }
            }
        }
        if let Some(sasl) = &self.sasl {
            client.set("sasl.mechanism", sasl.mechanism.name());
            client.set("sasl.username", &sasl.username);
            client.set("sasl.password", sasl.secret()?);
        }
        for (setting, value) in &self.properties.0 {
            if RESERVED.contains(&setting.as_str()) {
                return Err(KafkaConfigError::Reserved(setting.clone()));
            }
            client.set(setting, value);
        }
        Ok(client)
    }

    /// The settings of the consumer of `logins`.
    ///
    /// # Errors
    /// Where the configuration cannot be used.
    pub fn consumer(&self) -> Result<ClientConfig, KafkaConfigError> {
        let mut client = self.client()?;
        let mut default = |setting: &str, value: &str| {
            if !self.properties.0.contains_key(setting) {
                client.set(setting, value);
            }
        };
        default("group.id", &self.group);
        default("session.timeout.ms", &self.session_timeout_ms.to_string());
        // Offsets move through the ledger and nowhere else.
        default("enable.auto.commit", "false");
        default("enable.auto.offset.store", "false");
        default("enable.partition.eof", "false");
        // A group without a past begins with everything that is there.
        default("auto.offset.reset", "earliest");
        // Partitions that stay where they are go on being read during a rebalance; an eager
        // assignor would drain and stop all of them each time somebody comes or goes.
        default("partition.assignment.strategy", "cooperative-sticky");
        // The default of 1,000 ms starves a busy consumer whose local queue was full for a moment.
        default("fetch.queue.backoff.ms", "5");
        // What librdkafka reads ahead, over all partitions. The default of 64 MiB is lost and read
        // again at each pause.
        default("queued.max.messages.kbytes", "16384");
        Ok(client)
    }

    /// The settings of the producers.
    ///
    /// # Errors
    /// Where the configuration cannot be used.
    pub fn producer(&self) -> Result<ClientConfig, KafkaConfigError> {
        let mut client = self.client()?;
        let mut default = |setting: &str, value: &str| {
            if !self.properties.0.contains_key(setting) {
                client.set(setting, value);
            }
        };
        // Durable means: every in-sync replica has it, once and in order.
        default("enable.idempotence", "true");
        default("acks", "all");
        // Half again as many bytes as zstd for a fifth of its time; the broker and every reader unpack it too.
        default("compression.type", "lz4");
        // Latency counts: the sink sends what there is at once and waits for it, and knows itself when more is to
        // be waited for.
        default("linger.ms", "0");
        // The sink sends one batch at a time and waits, so this is never reached; it is a fence.
        default("queue.buffering.max.messages", "100000");
        default("queue.buffering.max.kbytes", "65536");
        // After this a delivery counts as failed and the sink, which retries for ever, says so.
        default("delivery.timeout.ms", "10000");
        // A dead letter may be as large as what the broker took, and has headers besides.
        default("message.max.bytes", "2000000");
        Ok(client)
    }
}

impl Sasl {
    fn secret(&self) -> Result<String, KafkaConfigError> {
        match (&self.password, &self.password_file) {
            (Some(password), None) => Ok(password.clone()),
            (None, Some(path)) => std::fs::read_to_string(path)
                .map(|text| text.trim_end().to_owned())
                .map_err(|source| KafkaConfigError::PasswordFile {
                    path: path.clone(),
                    source,
                }),
            _ => Err(KafkaConfigError::Password),
        }
    }
}

fn utf8(path: &Path) -> Result<&str, KafkaConfigError> {
    path.to_str()
        .ok_or_else(|| KafkaConfigError::Path(path.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_password() -> KafkaConfig {
        let json = r#"{"bootstrap_servers": "broker:9093", "tls": {}, "properties": {"ssl.key.password": "hush"},
            "sasl": {"mechanism": "SCRAM-SHA-512", "username": "u", "password": "geheim"}}"#;
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_password_reaches_the_client_and_no_debug_output() {
        let config = with_password();
        let client = config.consumer().unwrap();
        assert_eq!(client.get("sasl.password"), Some("geheim"));
        assert_eq!(client.get("security.protocol"), Some("sasl_ssl"));
        let shown = format!("{config:?}");
        assert!(
            !shown.contains("geheim") && !shown.contains("hush"),
            "{shown}"
        );
    }

    #[test]
    fn settings_that_the_promises_stand_on_cannot_be_changed_and_others_can() {
        let mut config = KafkaConfig::new("b:1");
        assert_eq!(config.producer().unwrap().get("linger.ms"), Some("0"));
        config.properties.0.insert("linger.ms".into(), "50".into());
        assert_eq!(config.producer().unwrap().get("linger.ms"), Some("50"));
        config.properties.0.insert("acks".into(), "0".into());
        let refused = config.producer().unwrap_err().to_string();
        assert!(refused.contains("`acks`"), "{refused}");
    }

    #[test]
    fn a_password_is_given_once_in_one_of_two_ways() {
        let mut config = with_password();
        config.sasl.as_mut().unwrap().password = None;
        assert!(matches!(config.client(), Err(KafkaConfigError::Password)));
        config.sasl.as_mut().unwrap().password_file = Some("/does/not/exist".into());
        assert!(matches!(
            config.client(),
            Err(KafkaConfigError::PasswordFile { .. })
        ));
    }

    #[test]
    fn an_unknown_field_is_refused() {
        let json = r#"{"bootstrap_servers": "b:1", "topics": {"login": "x"}}"#;
        assert!(serde_json::from_str::<KafkaConfig>(json).is_err());
    }
}
