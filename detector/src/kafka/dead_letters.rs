//! Dead letters: records that are no attempt, byte for byte as they came, with the reason and the
//! place in headers.
//!
//! One exception: a record so large that its topic does not take it with headers besides is cut, and
//! a header says how long it was. The whole one stays where it came from; the stream goes on.

use super::producer::Message;
use crate::batch::Record;
use credsieve_models::Reject;
use rdkafka::message::{Header, Headers, OwnedHeaders};

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

/// What is left of a payload that is cut, at first: far below what any topic takes by default.
pub const CUT_PAYLOAD_BYTES: usize = 512 * 1024;
/// A payload is not cut below this: a topic that does not take even that takes nothing.
pub const LEAST_BYTES: usize = 512;
/// What is left of a key is so much smaller.
const KEY_SHARE: usize = 32;

/// Cuts a dead letter that its topic does not take whole to `limit` bytes. A shorter one stays as it
/// is, and so does what is no dead letter: a verdict cut off would be none.
pub fn cut(message: &mut Message, limit: usize) {
    let Some(mut headers) = message.headers.take() else {
        return;
    };
    for (name, part, limit) in [
        ("cut_from_bytes", &mut message.payload, limit),
        ("key_cut_from_bytes", &mut message.key, limit / KEY_SHARE),
    ] {
        let Some(bytes) = part.as_mut().filter(|bytes| bytes.len() > limit) else {
            continue;
        };
        let length = bytes.len().to_string();
        bytes.truncate(limit);
        // Cut once more, it still says how long it was at first.
        if headers.iter().all(|header| header.key != name) {
            headers = headers.insert(Header {
                key: name,
                value: Some(&length),
            });
        }
    }
    message.headers = Some(headers);
}
