//! The stream through a real broker: every record in ends in exactly one durable outcome.

mod support;

use credsieve_detector::DetectorError;
use credsieve_detector::config::Share;
use credsieve_detector::patience::GaveUp;
use credsieve_detector::sink::SinkError;
use credsieve_engine::Frame;
use credsieve_models::names::NameSet;
use credsieve_models::{Attempt, HashSeed, KeyHasher, Verdict};
use credsieve_store::{SharedStore, StoreError};
use credsieve_testkit::kafka::KafkaBroker;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::store::MemoryStore;
use support::{Read, Started, Stream, event, events, until};

const VERDICTS: &str = "credsieve_outcomes_total{outcome=\"verdict\"}";
const REPEATS: &str = "credsieve_outcomes_total{outcome=\"repeat\"}";

fn verdict_ids(read: &[Read]) -> BTreeSet<u128> {
    read.iter()
        .map(|message| {
            let payload = message.payload.as_deref().unwrap();
            serde_json::from_slice::<Verdict>(payload)
                .unwrap()
                .verdict_id
                .0
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_becomes_one_verdict_in_the_topic_and_in_the_store() {
    let stream = Stream::new("every", 1).await;
    let store = Arc::new(MemoryStore::open());
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..3_000)).await;
    let read = stream.read(&stream.kafka.topics.verdicts, 3_000).await;
    assert_eq!(read.len(), 3_000);
    assert_eq!(verdict_ids(&read).len(), 3_000);
    until("all rows", || store.len() == 3_000).await;
    assert_eq!(detector.metric(VERDICTS), 3_000);
    detector.stop().await;
    assert_eq!(stream.committed(1).await, [(0, 3_000)].into());
    assert_eq!(read[0].key.as_deref(), Some(b"user0".as_slice()));
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_allows_may_be_left_out_of_the_topic_and_nothing_else_is() {
    let mut stream = Stream::new("sampled", 1).await;
    stream.kafka.publish_allows = Share::try_from(0.25).unwrap();
    let store = Arc::new(MemoryStore::open());
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    // Behind people who come in, one address that tries ever other names.
    let guess = |n: usize| {
        let time = 1_700_000_003_000_usize + n * 100;
        format!(
            r#"{{"event_id":"guess{n}","time":{time},"outcome":"failure","failure_reason":"bad_password","ip":"198.51.100.9","username":"victim{n}"}}"#
        )
        .into_bytes()
    };
    let mut records = events(0..2_000);
    records.extend((0..1_000).map(guess));
    stream.produce(&records).await;
    until("all rows", || store.len() == 3_000).await;
    detector.stop().await;
    let (plain, telling): (Vec<_>, Vec<_>) = {
        let written = store.written.lock().unwrap();
        let ids = written.iter().map(|(id, o)| (*id, o.is_plain_allow()));
        ids.partition(|(_, is_plain)| *is_plain)
    };
    assert!(telling.len() > 500 && plain.len() > 1_500);
    let read = stream
        .read(&stream.kafka.topics.verdicts, telling.len())
        .await;
    let published = verdict_ids(&read);
    assert!(telling.iter().all(|(id, _)| published.contains(id)));
    let allows = published.len() - telling.len();
    assert!(
        (plain.len() / 8..plain.len() / 2).contains(&allows),
        "{allows}"
    );
    assert_eq!(stream.committed(1).await, [(0, 3_000)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_no_attempt_ends_in_the_dead_letters_byte_for_byte() {
    let stream = Stream::new("dead", 1).await;
    let store = Arc::new(MemoryStore::open());
    let bad: [(&[u8], &str); 4] = [
        (b"{not json", "not_json"),
        (b"\xff\xfe\x00", "not_utf8"),
        (b"[1,2]", "not_object"),
        (b"{\"event_id\":7}", "missing"),
    ];
    let mut records: Vec<Vec<u8>> = bad.iter().map(|(bytes, _)| bytes.to_vec()).collect();
    records.insert(2, event(1));
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&records).await;
    let dead = stream.read(&stream.kafka.topics.dead_letters, 4).await;
    assert_eq!(dead.len(), 4);
    for (letter, ((bytes, kind), offset)) in dead.iter().zip(bad.iter().zip([0, 1, 3, 4])) {
        assert_eq!(letter.payload.as_deref(), Some(*bytes));
        assert_eq!(letter.headers["kind"], *kind);
        assert_eq!(letter.headers["offset"], offset.to_string());
        assert_eq!(letter.headers["topic"], stream.kafka.topics.logins);
        assert!(!letter.headers["reason"].is_empty());
    }
    until("the good one", || store.len() == 1).await;
    detector.stop().await;
    assert_eq!(stream.committed(1).await, [(0, 5)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_bad_records_among_good_ones_change_nothing_else() {
    let stream = Stream::new("thousand", 1).await;
    let store = Arc::new(MemoryStore::open());
    let shapes: [fn(usize) -> Vec<u8>; 8] = [
        |n| format!("{{\"event_id\":\"cut{n}").into_bytes(),
        |n| format!("{{\"event_id\":{n},\"time\":1700000000001,\"outcome\":true}}").into_bytes(),
        |n| [event(n), vec![b' '; 70_000]].concat(),
        |n| {
            String::from_utf8(event(n))
                .unwrap()
                .replace("event_id\":\"", "event_id\":\"\\u0000")
                .into_bytes()
        },
        |n| [event(n), vec![0xC3, 0x28]].concat(),
        |n| {
            String::from_utf8(event(n))
                .unwrap()
                .replace(":17", ":99")
                .into_bytes()
        },
        |_| Vec::new(),
        |n| format!("{{\"time\":1700000000{n:03}}}").into_bytes(),
    ];
    let bad: Vec<Vec<u8>> = (0..1_000).map(|n| shapes[n % shapes.len()](n)).collect();
    let mixed: Vec<Vec<u8>> = events(0..1_000)
        .into_iter()
        .zip(bad.clone())
        .flat_map(|(good, bad)| [good, bad])
        .collect();
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&mixed).await;
    let dead = stream.read(&stream.kafka.topics.dead_letters, 1_000).await;
    let payloads: Vec<_> = dead
        .iter()
        .map(|letter| letter.payload.clone().unwrap_or_default())
        .collect();
    assert!(
        payloads == bad,
        "the dead letters are not the bad records in their order"
    );
    assert!(
        dead.iter()
            .all(|letter| !letter.headers["reason"].is_empty())
    );
    let kinds: BTreeSet<&str> = dead
        .iter()
        .map(|letter| letter.headers["kind"].as_str())
        .collect();
    let expected = [
        "missing",
        "not_json",
        "not_utf8",
        "nul_character",
        "too_far_ahead",
        "too_large",
        "wrong_type",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
    let verdicts = stream.read(&stream.kafka.topics.verdicts, 1_000).await;
    assert_eq!(verdict_ids(&verdicts).len(), 1_000);
    until("all rows", || store.len() == 1_000).await;
    // Every record in has ended in exactly one counted outcome.
    let records = detector.metric("credsieve_records_total{source=\"kafka\"}");
    let ended = |outcome| {
        detector.metric(&format!(
            "credsieve_outcomes_total{{outcome=\"{outcome}\"}}"
        ))
    };
    until("the count", || {
        ended("verdict") + ended("dead_letter") == records
    })
    .await;
    assert_eq!(
        (records, ended("verdict"), ended("repeat")),
        (2_000, 1_000, 0)
    );
    detector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_in_the_middle_and_a_new_start_leave_one_verdict_an_event() {
    let stream = Stream::new("restart", 4).await;
    let store = Arc::new(MemoryStore::open());
    stream.produce(&events(0..4_000)).await;
    let first = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("some rows", || store.len() > 0).await;
    first.stop().await;
    stream.produce(&events(4_000..6_000)).await;
    let second = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("all rows", || store.len() == 6_000).await;
    second.stop().await;
    let read = stream.read(&stream.kafka.topics.verdicts, 6_000).await;
    assert_eq!(verdict_ids(&read).len(), 6_000);
    // The first run drained and committed what it had taken: nothing was done twice.
    assert_eq!(read.len(), 6_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_too_large_for_its_topic_is_cut_and_says_so() {
    let stream = Stream::new("large", 1).await;
    let store = Arc::new(MemoryStore::open());
    // Noise, which no compression makes small again.
    let mut word = 1u64;
    let noise = std::iter::repeat_with(|| {
        word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (word >> 56) as u8
    });
    // Just below what the broker takes, alone in its request.
    let large: Vec<u8> = noise.take(1_048_588 - 120).collect();
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(std::slice::from_ref(&large)).await;
    stream.produce(&[event(1)]).await;
    let dead = stream.read(&stream.kafka.topics.dead_letters, 1).await;
    assert_eq!(dead[0].headers["kind"], "too_large");
    assert_eq!(dead[0].headers["cut_from_bytes"], large.len().to_string());
    assert!(large.starts_with(dead[0].payload.as_deref().unwrap()));
    until("the good one", || store.len() == 1).await;
    detector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn outputs_larger_together_than_their_topic_takes_go_one_by_one() {
    let mut stream = Stream::new("narrow", 1).await;
    stream.kafka.topics.dead_letters = "narrow-narrow-dead".into();
    let narrow = [("max.message.bytes", "4000")];
    KafkaBroker::shared()
        .create_topic("narrow-narrow-dead", 1, &narrow)
        .await
        .unwrap();
    let store = Arc::new(MemoryStore::open());
    let mut word = 1u64;
    let mut noise = |bytes: usize| -> Vec<u8> {
        let next = std::iter::repeat_with(|| {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (word >> 56) as u8
        });
        next.take(bytes).collect()
    };
    // Each of the small ones fits by itself; the large one fits only when it is cut.
    let mut records: Vec<Vec<u8>> = (0..20).map(|_| noise(1_000)).collect();
    records.insert(10, noise(300_000));
    records.push(event(1));
    stream.produce(&records).await;
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("the good one", || store.len() == 1).await;
    let dead = stream.read(&stream.kafka.topics.dead_letters, 21).await;
    assert_eq!(dead.len(), 21);
    for (letter, record) in dead.iter().zip(&records) {
        let payload = letter.payload.as_deref().unwrap();
        assert!(record.starts_with(payload));
        let cut = letter.headers.get("cut_from_bytes");
        assert_eq!(cut.is_some(), payload.len() < record.len());
        assert!(cut.is_none_or(|cut| *cut == record.len().to_string()));
    }
    detector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_detector_that_sees_a_part_of_the_stream_says_so() {
    let stream = Stream::new("parts", 4).await;
    let store = Arc::new(MemoryStore::open());
    let share = || Arc::clone(&store) as SharedStore;
    let note = |detector: &Started| {
        let notes = detector.running.readiness.notes();
        let found = notes.into_iter().find(|(part, _)| *part == "kafka");
        found.map(|(_, note)| note).unwrap_or_default()
    };
    let first = stream.detector(share()).await;
    until("all partitions", || {
        note(&first) == "partitions [0, 1, 2, 3]"
    })
    .await;
    let second = stream.detector(share()).await;
    for detector in [&first, &second] {
        until("the note", || note(detector).contains("of 4: ")).await;
    }
    first.stop().await;
    until("all partitions", || {
        note(&second) == "partitions [0, 1, 2, 3]"
    })
    .await;
    second.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backlog_is_worked_off_without_a_pause() {
    let stream = Stream::new("backlog", 2).await;
    stream.produce(&events(0..30_000)).await;
    let store = Arc::new(MemoryStore::open());
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("all rows", || store.len() == 30_000).await;
    assert_eq!(detector.metric("credsieve_kafka_pauses_total"), 0);
    detector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_output_stops_the_input_but_no_question() {
    let stream = Stream::new("full", 2).await;
    let store = Arc::new(MemoryStore::closed());
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..60_000)).await;
    until("the pause", || {
        detector.metric("credsieve_kafka_paused") == 1
    })
    .await;
    assert!(detector.metric("credsieve_kafka_pauses_total") >= 1);
    let taken = detector.metric("credsieve_records_total{source=\"kafka\"}");
    assert!(
        taken < 40_000,
        "{taken} records were taken without room for them"
    );

    let attempt = Attempt::parse_question(br#"{"ip":"203.0.113.9"}"#, 0)
        .unwrap()
        .attempt;
    let hasher = KeyHasher::new(HashSeed::REPLAY);
    let frame = Frame::new(&attempt, 0, &hasher, &NameSet::parse("", &HashSeed::REPLAY));
    let answers = detector.running.handle.decide(vec![frame]).await.unwrap();
    assert_eq!(answers.judgements.len(), 1);

    assert_eq!(store.len(), 0);
    assert!(stream.nothing_is_committed(2).await);
    store.open_gate();
    until("all rows", || store.len() == 60_000).await;
    assert_eq!(
        detector.metric("credsieve_rebalances_total{event=\"lost\"}"),
        0
    );
    detector.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_move_between_two_detectors_without_an_event_lost_or_stored_twice() {
    let stream = Stream::new("moving", 4).await;
    let store = Arc::new(MemoryStore::open());
    let share = || Arc::clone(&store) as SharedStore;
    let first = stream.detector(share()).await;
    stream.produce(&events(0..4_000)).await;
    until("some rows", || store.len() > 0).await;
    let second = stream.detector(share()).await;
    stream.produce(&events(4_000..8_000)).await;
    let mut next = 8_000;
    while second.metric(VERDICTS) == 0 {
        stream.produce(&events(next..next + 200)).await;
        next += 200;
    }
    first.stop().await;
    stream.produce(&events(next..next + 2_000)).await;
    next += 2_000;
    until("all rows", || store.len() == next).await;
    second.stop().await;
    let read = stream.read(&stream.kafka.topics.verdicts, next).await;
    assert_eq!(verdict_ids(&read).len(), next);
    // What was on its way when a partition moved may be done twice, with the same id: at least once.
    assert!(read.len() < next + next / 2, "{} of {next}", read.len());
    let committed: i64 = stream.committed(4).await.values().sum();
    assert_eq!(usize::try_from(committed).unwrap(), next);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_is_read_back_where_the_stream_goes_on_there_and_else_begins_empty() {
    let stream = Stream::new("state", 2).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state");
    let store = Arc::new(MemoryStore::open());
    let share = || Arc::clone(&store) as SharedStore;
    let keep = |config: &mut credsieve_detector::DetectorConfig| {
        config.state_file = Some(path.clone());
    };

    let first = stream.detector_with(share(), keep).await;
    stream.produce(&events(0..500)).await;
    until("all rows", || store.len() == 500).await;
    assert_eq!(first.metric("credsieve_state_restored"), 0);
    first.stop().await;

    // The engine of the second run knows what the first has seen.
    let second = stream.detector_with(share(), keep).await;
    stream.produce(&events(0..500)).await;
    until("all repeats", || second.metric(REPEATS) == 500).await;
    assert_eq!(second.metric("credsieve_state_restored"), 1);
    second.stop().await;

    // A run without the file moves the offsets on.
    let other = stream.detector(share()).await;
    stream.produce(&events(500..600)).await;
    until("the rows", || store.len() == 600).await;
    other.stop().await;

    let third = stream.detector_with(share(), keep).await;
    stream.produce(&events(0..10)).await;
    until("new verdicts", || third.metric(VERDICTS) == 10).await;
    assert_eq!(third.metric("credsieve_state_restored"), 0);
    let notes = third.running.readiness.notes();
    let (_, note) = notes.iter().find(|(part, _)| *part == "state").unwrap();
    assert!(note.contains("began with nothing remembered"), "{note}");
    third.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_made_anew_under_its_old_offsets_is_read_from_its_beginning() {
    let stream = Stream::new("anew", 1).await;
    let store = Arc::new(MemoryStore::open());
    stream.commit(0, 1_000_000).await;
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..100)).await;
    until("all rows", || store.len() == 100).await;
    detector.stop().await;
    assert_eq!(stream.committed(1).await, [(0, 100)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn trouble_of_the_store_is_waited_out_with_the_same_batch() {
    let stream = Stream::new("trouble", 1).await;
    let store = Arc::new(MemoryStore::open());
    store.fail(Some(|| StoreError::Database(sqlx::Error::PoolTimedOut)));
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..100)).await;
    let waits = || {
        detector
            .running
            .readiness
            .waiting()
            .iter()
            .any(|(part, _)| *part == "store output")
    };
    until("readiness to say so", waits).await;
    until("a second try", || store.calls() >= 2).await;
    assert!(stream.nothing_is_committed(1).await);
    store.fail(None);
    until("all rows", || store.len() == 100).await;
    until("readiness again", || !waits()).await;
    detector.stop().await;
    assert_eq!(stream.committed(1).await, [(0, 100)].into());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_store_never_takes_stops_the_process_and_commits_nothing() {
    let stream = Stream::new("never", 1).await;
    let store = Arc::new(MemoryStore::open());
    store.fail(Some(|| StoreError::BadCursor));
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..10)).await;
    let end = detector.running.join().await;
    assert!(
        matches!(end, Err(DetectorError::Sink(SinkError::Store(_)))),
        "{end:?}"
    );
    assert!(stream.nothing_is_committed(1).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_gone_does_not_keep_the_process() {
    let broker = KafkaBroker::start().unwrap();
    let stream = Stream::on(&broker, "gone", 1).await;
    let store = Arc::new(MemoryStore::closed());
    let detector = stream.detector(Arc::clone(&store) as SharedStore).await;
    stream.produce(&events(0..5_000)).await;
    until("the first write", || store.calls() > 0).await;
    drop(broker);
    // One batch gets through to the store; the verdicts of the next have nowhere to go.
    store.open_gate();
    until("some rows", || store.len() > 0).await;
    let asked = Instant::now();
    detector.shutdown.cancel();
    let end = detector.running.join().await;
    let took = asked.elapsed();
    assert!(
        matches!(
            end,
            Err(DetectorError::Sink(SinkError::GaveUp(GaveUp("kafka"))) | DetectorError::TooLate)
        ),
        "{end:?}"
    );
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_hangs_does_not_keep_the_process_and_loses_nothing() {
    let stream = Stream::new("hangs", 1).await;
    let hanging = Arc::new(MemoryStore::closed());
    let first = stream.detector(Arc::clone(&hanging) as SharedStore).await;
    stream.produce(&events(0..200)).await;
    until("the write", || hanging.calls() > 0).await;
    let asked = Instant::now();
    first.shutdown.cancel();
    let end = first.running.join().await;
    assert!(matches!(end, Err(DetectorError::TooLate)), "{end:?}");
    assert!(asked.elapsed() < Duration::from_secs(10));
    let store = Arc::new(MemoryStore::open());
    let second = stream.detector(Arc::clone(&store) as SharedStore).await;
    until("all rows", || store.len() == 200).await;
    second.stop().await;
}
