//! Records made to be dear to read: whatever stands in a record, a byte of it costs at most three
//! times what one of an ordinary record costs, from bytes to frame.
//!
//! An ordinary record is read by a short path (`models/src/attempt/scan.rs`); what has escapes or
//! values in values goes to the JSON parser, whose way is up to two and a half times as dear.

use crate::count::{Case, Meter, count};
use crate::traffic::{House, Mix, record};
use credsieve_models::Attempt;
use credsieve_models::attempt::{MAX_RECORD_BYTES, RejectKind};
use std::hint::black_box;

/// How many times the cost of an ordinary byte one may have.
const MOST: u64 = 3;
/// The records' clock: later than all of them.
const CLOCK_MS: i64 = 2_000_000_000_000;
/// Bytes of a record that an attacker fills as he likes.
const FREE: usize = MAX_RECORD_BYTES - 500;

pub const CASES: &[Case] = &[Case {
    name: "records",
    run: |meter| {
        read(meter, &ordinary());
        for (_, record) in hostile() {
            read(meter, &[record]);
        }
    },
}];

fn ordinary() -> Vec<String> {
    (0..200).map(|n| record(Mix::Mixed, n, 1_000)).collect()
}

/// A part of a case: records are read and made frames, twice, the first time for the tables that
/// are made when they are first needed.
fn read(meter: &mut Meter, records: &[impl AsRef<[u8]>]) {
    let house = House::new(5);
    let read = || {
        for record in records {
            let attempt = Attempt::parse(record.as_ref(), CLOCK_MS);
            black_box(attempt.map(|attempt| house.frame(&attempt)).ok());
        }
    };
    read();
    meter.part(read);
}

/// A record with one field more.
fn with(field: &str, value: &str) -> String {
    format!(
        r#"{{"event_id":"e","time":1767571200000,"outcome":"failure","failure_reason":"bad_password","ip":"192.0.2.1","{field}":{value}}}"#
    )
}

fn agent(text: &str, times: usize) -> String {
    with("user_agent", &format!("\"{}\"", text.repeat(times)))
}

fn nested(depth: usize) -> String {
    format!("{}{}", "[".repeat(depth), "]".repeat(depth))
}

/// Records as large as one may be, full of what is dear.
fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let list = |item: &str| format!("[{}0]", format!("{item},").repeat(FREE / (item.len() + 1)));
    let texts = [
        ("a long agent", agent("x", FREE)),
        ("an agent of versions", agent("1a", FREE / 2)),
        ("escapes", agent("\\n", FREE / 2)),
        ("Unicode escapes", agent("\\u00e9", FREE / 6)),
        ("halves of pairs", agent("\\ud800", FREE / 6)),
        (
            "escapes and half a pair",
            agent("\\n", FREE / 2 - 3).replace("\\n\"", "\\ud800\""),
        ),
        (
            "a name of spaces",
            with("username", &format!("\"a{}\"", "\u{a0}".repeat(FREE / 2))),
        ),
        ("spaces", with("x", &format!("{}1", " ".repeat(FREE)))),
        ("lists, 100 deep", with("x", &list(&nested(100)))),
        ("lists without end", with("x", &nested(FREE / 2))),
        ("objects in objects", with("x", &list(r#"{"a":{"a":{}}}"#))),
        (
            "unknown fields",
            with("x", &format!("1{}", r#","x":1"#.repeat(FREE / 6))),
        ),
        ("fractions", with("x", &list("1e9"))),
    ];
    let mut records: Vec<_> = texts
        .into_iter()
        .map(|(name, text)| (name, text.into_bytes()))
        .collect();
    let mut no_text = agent("x", FREE).into_bytes();
    for byte in no_text.iter_mut().filter(|byte| **byte == b'x') {
        *byte = 0xff;
    }
    records.push(("bytes that are no text", no_text));
    records
}

#[test]
fn a_byte_costs_what_a_byte_costs_whatever_stands_in_a_record() {
    let costs = count(&CASES[0]);
    let Some(ordinary_cost) = costs[0].instructions else {
        return;
    };
    let ordinary_bytes: usize = ordinary().iter().map(String::len).sum();
    let hundred_bytes = |cost: u64, bytes: usize| 100 * cost / bytes as u64;
    let usual = hundred_bytes(ordinary_cost, ordinary_bytes);
    println!("an ordinary record: {usual} instructions for 100 bytes");
    for ((name, record), cost) in hostile().iter().zip(&costs[1..]) {
        assert!(
            record.len() <= MAX_RECORD_BYTES,
            "{name}: it is read at all"
        );
        let found = hundred_bytes(cost.instructions.unwrap_or(0), record.len());
        println!("{name}: {found} instructions for 100 bytes");
        assert!(
            found <= MOST * usual,
            "{name}: {found} instructions for 100 bytes, of an ordinary record {usual}"
        );
    }
}

#[test]
fn a_record_of_a_megabyte_is_refused_without_being_read() {
    let record = agent("\\n", 1 << 19);
    let mut refused = None;
    let allocated = allocation_counter::measure(|| {
        refused = Attempt::parse(record.as_bytes(), CLOCK_MS).err();
    });
    assert_eq!(
        refused.map(|reject| reject.kind),
        Some(RejectKind::TooLarge)
    );
    assert_eq!(allocated.count_total, 0);
}
