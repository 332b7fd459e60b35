//! Records that are no attempts: each ends in the dead letters as it came, and spoils nothing.

use crate::deployment::Deployment;
use crate::events::generated;
use crate::topics;
use std::collections::BTreeMap;

const GOOD: usize = 8_000;
const BAD: usize = 1_000;

/// A bad record, or none at all, and what is wrong with it.
type Bad = (Option<Vec<u8>>, &'static str);

/// One of each way to be no attempt, with a number to tell them apart.
fn one_of_each(number: usize) -> Vec<Bad> {
    let with = |fields: &str| {
        format!(
            r#"{{"event_id":"bad-{number}","time":1740000000000,"outcome":"failure",{fields}}}"#
        )
    };
    let long = |bytes: usize| "x".repeat(bytes);
    let texts = [
        (format!(r#"{{"event_id":"bad-{number}","#), "not_json"),
        (
            format!("{} {number}", with(r#""ip":"192.0.2.1""#)),
            "not_json",
        ),
        (format!("\0\0{number}"), "not_json"),
        (String::new(), "not_json"),
        (format!("[{number}]"), "not_object"),
        (format!("{number}"), "not_object"),
        (format!("\"{number}\""), "not_object"),
        ("null".to_owned(), "not_object"),
        (
            with(&format!(r#""ip":"192.0.2.1","note":"{}""#, long(70_000))),
            "too_large",
        ),
        (
            with(r#""ip":"192.0.2.1""#).replace("bad-", &long(128)),
            "too_long",
        ),
        (
            with(r#""ip":"192.0.2.1""#).replace("bad-", r"a\u0000"),
            "nul_character",
        ),
        (with(r#""ip":"192.0.2.1","ip":"192.0.2.1""#), "duplicate"),
        (with(r#""ip":3221225985"#), "wrong_type"),
        (
            with(r#""ip":"192.0.2.1","asn":{"number":64500}"#),
            "wrong_type",
        ),
        (with(r#""ip":"192.0.2.256""#), "bad_value"),
        (with(r#""username":"alice""#), "missing"),
        (
            r#"{"time":1740000000000,"outcome":"failure","ip":"192.0.2.1"}"#.to_owned(),
            "missing",
        ),
        (
            format!(
                r#"{{"event_id":"bad-{number}","time":"2999-01-01T00:00:00Z","outcome":"failure","ip":"192.0.2.1"}}"#
            ),
            "too_far_ahead",
        ),
    ];
    let mut all: Vec<Bad> = texts
        .into_iter()
        .map(|(text, kind)| (Some(text.into_bytes()), kind))
        .collect();
    all.push((Some(b"{\"event_id\":\"\xff\xfe\"}".to_vec()), "not_utf8"));
    all.push((None, "not_json"));
    all
}

#[test]
fn a_thousand_bad_records_end_in_the_dead_letters_and_change_nothing_else() {
    let good = generated(GOOD, 1_740_000_000_000);
    let bad: Vec<Bad> = (0..).flat_map(one_of_each).take(BAD).collect();
    let deployment = Deployment::new("dead", 1);
    // A bad record before every eighth good one. The only partition: the place is the offset.
    let mut records: Vec<Option<&[u8]>> = Vec::new();
    let mut expected: BTreeMap<String, &Bad> = BTreeMap::new();
    for (some_good, bad) in good.chunks(GOOD / BAD).zip(&bad) {
        expected.insert(records.len().to_string(), bad);
        records.push(bad.0.as_deref());
        records.extend(some_good.iter().map(|event| Some(event.as_slice())));
    }
    assert_eq!((records.len(), expected.len()), (GOOD + BAD, BAD));
    topics::produce(&deployment.topic("logins"), 1, &records);

    let mut detector = deployment.start("detector");
    let http = deployment.http(&mut detector, "read");
    crate::process::until("all outcomes", || {
        http.metric("credsieve_outcomes_total") >= (GOOD + BAD) as u64
    });
    for (counter, count) in [
        ("credsieve_records_total", GOOD + BAD),
        ("credsieve_outcomes_total", GOOD + BAD),
        (r#"credsieve_outcomes_total{outcome="verdict"}"#, GOOD),
        (r#"credsieve_outcomes_total{outcome="dead_letter"}"#, BAD),
        ("credsieve_verdicts_total", GOOD),
        ("credsieve_dead_letters_total", BAD),
        (
            r#"credsieve_dead_letters_total{reason="too_large"}"#,
            BAD / 20,
        ),
    ] {
        assert_eq!(http.metric(counter), count as u64, "{counter}");
    }
    detector.stop("TERM");

    let letters = deployment.read("dead");
    assert_eq!(letters.len(), BAD);
    for letter in letters {
        let headers = &letter.headers;
        let (record, kind) = expected.remove(&headers["offset"]).expect("each once");
        assert_eq!(&letter.payload, record);
        assert_eq!(&headers["kind"], kind, "{headers:?}");
        assert_eq!(headers["topic"], deployment.topic("logins"));
        assert_eq!(headers["partition"], "0");
        assert!(headers["reason"].contains("expected"), "{headers:?}");
    }
    assert!(expected.is_empty());
    deployment.expect_what_replay_says(&good);
}
