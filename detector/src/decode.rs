//! Decode: bytes become an attempt and its frame, or a reject. Runs on a thread of its own: it is
//! pure work, about half a microsecond a record.
//!
//! Nothing fails here. A record that is no attempt is a value like any other and ends as a dead
//! letter. Names become keyed hashes here, and pseudonyms where the policy asks for them, so that
//! no later stage sees what must not be kept.

use crate::batch::{Ack, Batch, Record};
use crate::enrich::Enrich;
use crate::ingest::Taken;
use crate::kafka::dead_letters::DeadLetter;
use crate::metrics::Metrics;
use credsieve_engine::Frame;
use credsieve_models::names::NameSet;
use credsieve_models::{Attempt, KeyHasher, Reject};
use credsieve_store::{Context, Origin};
use std::borrow::Cow;
use std::sync::Arc;
use tokio::sync::mpsc;

/// A decoded batch: frames for the engine, and beside each what a verdict and the store need.
pub struct Decoded {
    /// One frame an attempt.
    pub frames: Vec<Frame>,
    /// One an attempt, in the order of the frames.
    pub kept: Vec<Kept>,
    /// The records that are no attempt.
    pub dead: Vec<DeadLetter>,
    /// Who waits.
    pub ack: Ack,
}

/// What is kept of an attempt beside its frame.
pub struct Kept {
    /// Where it came from.
    pub origin: Origin,
    /// The words of a verdict: event id, tenant and time. Every other field is blank.
    pub words: Attempt<'static>,
    /// What the store may keep.
    pub context: Context,
}

/// The decoder.
pub struct Decoder {
    /// Makes keys of names.
    pub hasher: KeyHasher,
    /// Names that attackers try first.
    pub names: Arc<NameSet>,
    /// Fills in ASN and country.
    pub enrich: Enrich,
    /// Whether names are replaced by pseudonyms.
    pub pseudonymise: bool,
    /// The next number of an attempt that came over HTTP.
    pub next_http: i64,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl Decoder {
    /// Works until nobody can send any more, or nobody listens.
    pub fn run(mut self, mut input: mpsc::Receiver<Batch>, output: &mpsc::Sender<Decoded>) {
        while let Some(batch) = input.blocking_recv() {
            if output.blocking_send(self.decode(batch)).is_err() {
                break;
            }
            self.metrics.queue("decoded", output);
        }
    }

    /// Decodes a batch. Every record ends up among the frames or among the dead letters.
    #[must_use]
    pub fn decode(&mut self, batch: Batch) -> Decoded {
        let mut decoded = Decoded {
            frames: Vec::with_capacity(batch.records.len()),
            kept: Vec::with_capacity(batch.records.len()),
            dead: Vec::new(),
            ack: batch.ack,
        };
        for mut record in batch.records {
            let over_http = matches!(decoded.ack, Ack::Http { .. });
            if over_http {
                record.origin.offset = self.next_http;
            }
            let result = self.attempt(&record);
            if let Ack::Http { taken, .. } = &mut decoded.ack {
                taken.push(match &result {
                    Ok(_) => Taken::Accepted,
                    Err(reject) => Taken::Rejected(reject.clone()),
                });
            }
            match result {
                Ok((frame, words, context)) => {
                    self.next_http += i64::from(over_http);
                    decoded.frames.push(frame);
                    decoded.kept.push(Kept {
                        origin: record.origin,
                        words,
                        context,
                    });
                }
                Err(reject) => decoded.dead.push(DeadLetter { record, reject }),
            }
        }
        decoded
    }

    fn attempt(&self, record: &Record) -> Result<(Frame, Attempt<'static>, Context), Reject> {
        // A message without payload is read as an empty one, which is no JSON.
        let payload = record.payload.as_deref().unwrap_or_default();
        let mut attempt = Attempt::parse(payload, record.clock_ms)?;
        self.enrich.apply(&mut attempt);
        let frame = Frame::new(&attempt, record.clock_ms, &self.hasher, &self.names);
        let context = Context {
            username: self.kept_name(&attempt, frame.user),
            user_key: frame.user,
            ip: frame.ip,
            asn: frame.asn,
            device_key: frame.device,
        };
        Ok((frame, words(attempt), context))
    }

    fn kept_name(&self, attempt: &Attempt<'_>, user: Option<u64>) -> Option<String> {
        if self.pseudonymise {
            user.map(|key| format!("~{key:016x}"))
        } else {
            attempt.username.as_deref().map(str::to_owned)
        }
    }
}

/// The attempt without anything that a verdict does not say.
fn words(attempt: Attempt<'_>) -> Attempt<'static> {
    let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    Attempt {
        event_id: owned(attempt.event_id),
        tenant: owned(attempt.tenant),
        time_ms: attempt.time_ms,
        outcome: attempt.outcome,
        ip: attempt.ip,
        kind: attempt.kind,
        credential: attempt.credential,
        failure_reason: attempt.failure_reason,
        username: None,
        asn: attempt.asn,
        country: attempt.country,
        device_id: None,
        user_agent: None,
        ja4: None,
        password_fingerprint: None,
        breached_password: attempt.breached_password,
        mfa: attempt.mfa,
        app: None,
        endpoint: None,
        session_id: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_models::HashSeed;
    use credsieve_models::attempt::RejectKind;
    use proptest::prelude::*;
    use tokio::sync::oneshot;

    impl Decoder {
        /// With the seed of replays, and nothing filled in.
        pub(crate) fn of_replay() -> Self {
            Self {
                hasher: KeyHasher::new(HashSeed::REPLAY),
                names: Arc::new(NameSet::parse("", &HashSeed::REPLAY)),
                enrich: Enrich::default(),
                pseudonymise: false,
                next_http: 0,
                metrics: Arc::default(),
            }
        }
    }

    fn decoded(pseudonymise: bool, payloads: &[Option<&str>]) -> Decoded {
        let bytes = |payload: Option<&str>| payload.map(|text| text.as_bytes().to_vec());
        decode(pseudonymise, payloads.iter().copied().map(bytes))
    }

    fn decode(pseudonymise: bool, payloads: impl IntoIterator<Item = Option<Vec<u8>>>) -> Decoded {
        let mut decoder = Decoder {
            pseudonymise,
            next_http: 40,
            ..Decoder::of_replay()
        };
        let records = payloads.into_iter().map(|payload| Record {
            origin: Origin {
                source: "http".into(),
                partition: 0,
                offset: 0,
                index: 0,
            },
            clock_ms: 1_800_000_000_000,
            key: None,
            payload,
        });
        let records = records.collect();
        let (reply, _) = oneshot::channel();
        let taken = Vec::new();
        let ack = Ack::Http { taken, reply };
        decoder.decode(Batch { records, ack })
    }

    const GOOD: &str = r#"{"event_id":"e","time":1700000000000,"outcome":"failure","ip":"203.0.113.9",
        "username":"Alice","password_fingerprint":"f00d"}"#;

    #[test]
    fn a_message_without_payload_is_a_dead_letter() {
        let decoded = decoded(false, &[None]);
        assert_eq!(decoded.dead[0].reject.kind, RejectKind::NotJson);
        assert!(decoded.frames.is_empty());
    }

    #[test]
    fn attempts_over_http_are_numbered_and_bad_records_take_no_number() {
        let decoded = decoded(false, &[Some(GOOD), Some("{"), Some(GOOD)]);
        let numbers: Vec<i64> = decoded.kept.iter().map(|kept| kept.origin.offset).collect();
        assert_eq!(numbers, [40, 41]);
        let Ack::Http { taken, .. } = decoded.ack else {
            panic!("the ack changed");
        };
        assert_eq!((&taken[0], &taken[2]), (&Taken::Accepted, &Taken::Accepted));
        assert!(matches!(taken[1], Taken::Rejected(_)));
    }

    #[test]
    fn a_name_leaves_as_its_pseudonym_where_the_policy_asks_for_one() {
        let name = |pseudonymise| {
            let decoded = decoded(pseudonymise, &[Some(GOOD)]);
            let kept = &decoded.kept[0];
            assert_eq!(kept.words.username, None);
            assert_eq!(kept.words.password_fingerprint, None);
            (
                kept.context.username.clone().unwrap(),
                decoded.frames[0].user.unwrap(),
            )
        };
        assert_eq!(name(false).0, "alice");
        let (pseudonym, key) = name(true);
        assert_eq!(pseudonym, format!("~{key:016x}"));
    }

    /// A record of any kind: an attempt, an attempt with one byte changed, or anything at all.
    fn any_record() -> impl Strategy<Value = Vec<u8>> {
        let changed = (any::<prop::sample::Index>(), any::<u8>()).prop_map(|(at, byte)| {
            let mut record = GOOD.as_bytes().to_vec();
            let at = at.index(record.len());
            record[at] = byte;
            record
        });
        prop_oneof![
            Just(GOOD.as_bytes().to_vec()),
            changed,
            prop::collection::vec(any::<u8>(), 0..80),
        ]
    }

    proptest! {
        #[test]
        fn invariant_1_every_record_is_one_attempt_or_one_dead_letter_and_keeps_its_bytes(
            records in prop::collection::vec(any_record(), 0..40),
        ) {
            let found = decode(false, records.iter().map(|bytes| Some(bytes.clone())));
            prop_assert_eq!(found.frames.len() + found.dead.len(), records.len());
            prop_assert_eq!(found.kept.len(), found.frames.len());
            let Ack::Http { taken, .. } = &found.ack else { panic!("the ack changed") };
            let refused = taken.iter().zip(&records)
                .filter(|(taken, _)| matches!(taken, Taken::Rejected(_)))
                .map(|(_, bytes)| bytes);
            let dead = found.dead.iter().filter_map(|letter| letter.record.payload.as_ref());
            prop_assert!(refused.eq(dead), "a dead letter is the record, byte for byte");
        }

        #[test]
        fn invariant_7_neither_fingerprint_nor_pseudonymised_name_leaves_the_decoder(
            name in "[a-z]{12,30}",
            fingerprint in "[g-z]{12,40}",
        ) {
            let record = GOOD.replace("Alice", &name).replace("f00d", &fingerprint);
            let found = decode(true, [Some(record.into_bytes())]);
            let kept = &found.kept[0];
            let left = format!(
                "{:?} {:?} {} {} {:?}",
                found.frames[0],
                kept.context.username,
                kept.words.event_id,
                kept.words.tenant,
                (&kept.words.username, &kept.words.device_id, &kept.words.password_fingerprint),
            );
            prop_assert!(!left.contains(&name) && !left.contains(&fingerprint), "{}", left);
        }
    }
}
