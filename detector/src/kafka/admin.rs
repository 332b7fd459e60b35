//! Admin: makes the topics, for `credsieve migrate`.
//!
//! A topic that exists is its operator's: it is left as it is. One setting matters so much that it
//! is mended: `logins` must stamp records when they are appended, since that stamp is the clock
//! that a record's time is held against, and a producer could set any other.

use super::config::Topics;
use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigResource, ConfigSource, NewTopic,
    ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use std::time::Duration;

const TIMESTAMP_TYPE: &str = "message.timestamp.type";
const ON_APPEND: &str = "LogAppendTime";
const WITHIN: Option<Duration> = Some(Duration::from_secs(30));

type Settings = &'static [(&'static str, &'static str)];

/// What the lists topic needs: the newest value of each key, for ever.
const COMPACTED: Settings = &[("cleanup.policy", "compact")];

/// What the risk topic needs. The newest value of each key; and nothing older than a week, because
/// a detector that ended wrote no tombstones for what it held. Small segments, so that a starting
/// API node reads little that is over.
const CACHE: Settings = &[
    ("cleanup.policy", "compact,delete"),
    ("retention.ms", "604800000"),
    ("segment.ms", "3600000"),
    ("min.cleanable.dirty.ratio", "0.1"),
];

/// What became of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ensured {
    /// It is new.
    Created,
    /// It was there and was left as it is.
    Existing,
    /// It was there, and from now on stamps records when they are appended.
    Restamped,
    /// It was there and takes its producers' times; changing that was refused, for this reason.
    /// Records are then judged by the smaller of their stamp and the detector's clock.
    NotRestamped(String),
}

impl std::fmt::Display for Ensured {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Created => f.write_str("created"),
            Self::Existing => f.write_str("was there, left as it is"),
            Self::Restamped => f.write_str("was there, stamps records on append from now on"),
            Self::NotRestamped(why) => {
                write!(
                    f,
                    "was there, keeps its producers' times (changing it failed: {why})"
                )
            }
        }
    }
}

/// The topics cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    /// The broker cannot be asked.
    #[error("kafka: {0}")]
    Client(#[from] KafkaError),
    /// The broker refused a topic.
    #[error("topic {topic}: {code}")]
    Topic {
        /// Its name.
        topic: String,
        /// Why.
        code: RDKafkaErrorCode,
    },
}

/// Makes the topics that are missing, each with `partitions` (the lists topic with one: it is
/// small, and its order is one) and `replication` copies.
///
/// # Errors
/// When the broker cannot be asked or refuses; topics before that one may have been made, and a
/// second call goes on.
pub async fn ensure_topics(
    client: &ClientConfig,
    topics: &Topics,
    partitions: i32,
    replication: i32,
) -> Result<Vec<(String, Ensured)>, AdminError> {
    let admin: AdminClient<DefaultClientContext> = client.create()?;
    let options = AdminOptions::new()
        .operation_timeout(WITHIN)
        .request_timeout(WITHIN);
    let wanted: [(&str, i32, Settings); 6] = [
        (&topics.logins, partitions, &[(TIMESTAMP_TYPE, ON_APPEND)]),
        (&topics.verdicts, partitions, &[]),
        (&topics.alerts, partitions, &[]),
        (&topics.dead_letters, partitions, &[]),
        (&topics.risk, partitions, CACHE),
        (&topics.lists, 1, COMPACTED),
    ];
    let mut ensured = Vec::with_capacity(wanted.len());
    for (name, partitions, configs) in wanted {
        let replication = TopicReplication::Fixed(replication);
        let topic = configs
            .iter()
            .fold(NewTopic::new(name, partitions, replication), |t, (k, v)| {
                t.set(k, v)
            });
        let results = admin.create_topics([&topic], &options).await?;
        let state = match results.into_iter().next() {
            Some(Ok(_)) | None => Ensured::Created,
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) if name == topics.logins => {
                stamp_on_append(&admin, name, &options).await?
            }
            Some(Err((_, RDKafkaErrorCode::TopicAlreadyExists))) => Ensured::Existing,
            Some(Err((topic, code))) => return Err(AdminError::Topic { topic, code }),
        };
        ensured.push((name.to_owned(), state));
    }
    Ok(ensured)
}

/// The client can only write a topic's settings as a whole (the incremental request is not in its
/// safe interface), so the topic's own settings are read and written back with the one changed.
async fn stamp_on_append(
    admin: &AdminClient<DefaultClientContext>,
    topic: &str,
    options: &AdminOptions,
) -> Result<Ensured, AdminError> {
    let specifier = ResourceSpecifier::Topic(topic);
    let described = admin.describe_configs([&specifier], options).await?;
    let refused = |code| AdminError::Topic {
        topic: topic.to_owned(),
        code,
    };
    let Some(resource) = described.into_iter().next() else {
        return Ok(Ensured::NotRestamped("its settings are not shown".into()));
    };
    let resource = resource.map_err(refused)?;
    match resource.get(TIMESTAMP_TYPE).map(|e| e.value.as_deref()) {
        Some(Some(ON_APPEND)) => return Ok(Ensured::Existing),
        Some(Some(_)) => {}
        // Writing settings back that were not read would reset them.
        _ => return Ok(Ensured::NotRestamped("its settings are not shown".into())),
    }
    let change = own_settings(&resource)
        .fold(AlterConfig::new(specifier), |change, (name, value)| {
            change.set(name, value)
        })
        .set(TIMESTAMP_TYPE, ON_APPEND);
    let altered = admin.alter_configs([&change], options).await?;
    Ok(match altered.into_iter().next() {
        Some(Err((_, code))) => Ensured::NotRestamped(code.to_string()),
        Some(Ok(_)) | None => Ensured::Restamped,
    })
}

fn own_settings(resource: &ConfigResource) -> impl Iterator<Item = (&str, &str)> {
    resource
        .entries
        .iter()
        .filter(|entry| entry.source == ConfigSource::DynamicTopic)
        .filter_map(|entry| Some((entry.name.as_str(), entry.value.as_deref()?)))
}
