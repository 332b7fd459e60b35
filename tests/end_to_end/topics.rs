//! Topics of the real broker: what a producer and a consumer of somebody else would do.

use crate::process::{DEADLINE, until};
use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers, Message as _};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use rdkafka::types::RDKafkaErrorCode;
use std::collections::BTreeMap;
use std::time::Duration;

/// A record that was read.
#[derive(Debug)]
pub struct Message {
    pub payload: Option<Vec<u8>>,
    pub headers: BTreeMap<String, String>,
}

fn client() -> ClientConfig {
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", KafkaBroker::shared().bootstrap())
        .set("group.id", "test-reader")
        .set("enable.auto.commit", "false");
    client
}

/// Produces records in turn to the partitions, in order, and waits until the broker has them.
/// `None` is a record without a payload.
pub fn produce(topic: &str, partitions: i32, records: &[Option<&[u8]>]) {
    let before = count(topic);
    let mut config = client();
    config
        .set("enable.idempotence", "true")
        .set("linger.ms", "5");
    let producer: BaseProducer = config.create().expect("a producer");
    for (record, partition) in records.iter().zip((0..partitions).cycle()) {
        let mut message: BaseRecord<'_, (), [u8]> = BaseRecord::to(topic).partition(partition);
        message.payload = *record;
        let mut refused = producer.send(message).err();
        until("room in the producer's queue", || {
            let Some((error, message)) = refused.take() else {
                return true;
            };
            let full = KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull);
            assert_eq!(error, full);
            producer.poll(Duration::from_millis(10));
            refused = producer.send(message).err();
            refused.is_none()
        });
    }
    producer.flush(DEADLINE).expect("the broker takes them");
    assert_eq!(count(topic), before + records.len());
}

/// How many records a topic has.
pub fn count(topic: &str) -> usize {
    let consumer: BaseConsumer = client().create().expect("a consumer");
    let ends = ends(&consumer, topic);
    let records: i64 = ends.values().sum();
    usize::try_from(records).expect("no negative offset")
}

/// How far a group's commits are behind the end of a topic of one partition.
pub fn lag(topic: &str, group: &str) -> i64 {
    let mut config = client();
    config.set("group.id", group);
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let mut list = TopicPartitionList::new();
    list.add_partition(topic, 0);
    let committed = consumer.committed_offsets(list, DEADLINE);
    let committed = committed.expect("the broker answers");
    let committed = match committed.elements()[0].offset() {
        Offset::Offset(offset) => offset,
        _ => 0,
    };
    ends(&consumer, topic)[&0] - committed
}

/// The end of each partition. Nothing in a test is old enough to be removed from the start.
fn ends(consumer: &BaseConsumer, topic: &str) -> BTreeMap<i32, i64> {
    let metadata = consumer.fetch_metadata(Some(topic), DEADLINE);
    let metadata = metadata.expect("the broker answers");
    metadata.topics()[0]
        .partitions()
        .iter()
        .map(|partition| {
            let (start, end) = consumer
                .fetch_watermarks(topic, partition.id(), DEADLINE)
                .expect("the broker answers");
            assert_eq!(start, 0);
            (partition.id(), end)
        })
        .collect()
}

/// Everything that a topic has, a partition in its order.
pub fn read(topic: &str) -> Vec<Message> {
    let consumer: BaseConsumer = client().create().expect("a consumer");
    let mut left = ends(&consumer, topic);
    left.retain(|_, end| *end > 0);
    let mut list = TopicPartitionList::new();
    for partition in left.keys() {
        list.add_partition_offset(topic, *partition, Offset::Beginning)
            .expect("a good offset");
    }
    consumer.assign(&list).expect("the partitions are there");
    let mut messages = Vec::new();
    until("the records of the topic", || {
        while !left.is_empty() {
            let Some(message) = consumer.poll(Duration::from_millis(100)) else {
                return false;
            };
            let message = message.expect("the broker answers");
            if left.get(&message.partition()) == Some(&(message.offset() + 1)) {
                left.remove(&message.partition());
            }
            messages.push(Message {
                payload: message.payload().map(<[u8]>::to_vec),
                headers: headers(&message),
            });
        }
        true
    });
    messages
}

fn headers(message: &impl rdkafka::Message) -> BTreeMap<String, String> {
    let headers = message.headers().into_iter().flat_map(Headers::iter);
    headers
        .map(|header| {
            let value = header.value.unwrap_or_default().to_vec();
            let value = String::from_utf8(value).expect("our headers are text");
            (header.key.to_owned(), value)
        })
        .collect()
}
