//! What the tests against a real broker share.

use credsieve_testkit::kafka::KafkaBroker;
use rdkafka::ClientConfig;
use std::time::{Duration, Instant};

/// A client of the broker that the tests of one binary share.
pub fn client() -> ClientConfig {
    let mut client = ClientConfig::new();
    client.set("bootstrap.servers", KafkaBroker::shared().bootstrap());
    client
}

/// Waits until `condition` holds; a broker is another process.
#[allow(dead_code, reason = "not every binary that shares this waits")]
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !condition() {
        assert!(Instant::now() < deadline, "not within 30 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
