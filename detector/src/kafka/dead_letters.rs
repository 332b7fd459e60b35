//! Dead letters: records that are no attempt, byte for byte as they came, with the reason and the
//! place in headers.

use super::producer::Message;
use crate::batch::Record;
use credsieve_models::Reject;
use rdkafka::message::{Header, OwnedHeaders};

/// A record that is no attempt, and why.
pub struct DeadLetter {
    /// The record.
    pub record: Record,
    /// What is wrong with it.
    pub reject: Reject,
}

impl DeadLetter {
    /// The message for the topic of dead letters. Key and payload are those that came in.
    #[must_use]
    pub fn message(&self) -> Message {
        let origin = &self.record.origin;
        let partition = origin.partition.to_string();
        let offset = origin.offset.to_string();
        let reason = self.reject.to_string();
        let mut headers = OwnedHeaders::new();
        for (key, value) in [
            ("reason", reason.as_str()),
            ("kind", self.reject.kind.name()),
            ("field", self.reject.field),
            ("topic", &origin.source),
            ("partition", &partition),
            ("offset", &offset),
        ] {
            headers = headers.insert(Header {
                key,
                value: Some(value),
            });
        }
        Message {
            key: self.record.key.clone(),
            payload: self.record.payload.clone(),
            headers: Some(headers),
        }
    }
}
