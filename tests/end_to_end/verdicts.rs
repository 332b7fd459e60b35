//! Verdicts as they are compared: byte for byte, but for the instant of the decision.

use crate::process::{Ended, credsieve, run};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// A verdict's line without `decided_at`.
pub fn timeless(line: &[u8]) -> String {
    let line = std::str::from_utf8(line).expect("our own output is UTF-8");
    let (before, rest) = line.split_once(r#""decided_at":""#).expect("a verdict");
    let (_, after) = rest.split_once(r#"","#).expect("a verdict");
    format!("{before}{after}")
}

/// Lines of verdicts by their event, and a revision by its number too; fails where two are of one
/// revision.
pub fn by_event<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for line in lines {
        let verdict: Value = serde_json::from_slice(line).expect("a verdict is JSON");
        let event = verdict["event_id"]
            .as_str()
            .expect("a verdict names its event");
        let name = match verdict["revision"].as_u64() {
            Some(0) => event.to_owned(),
            revision => format!("{event} revision {revision:?}"),
        };
        let other = all.insert(name, timeless(line));
        assert_eq!(other, None, "two verdicts on {event}");
    }
    all
}

/// Whether a line is a first verdict, and no revision of one.
pub fn is_first(line: impl AsRef<[u8]>) -> bool {
    let verdict: Value = serde_json::from_slice(line.as_ref()).expect("a verdict is JSON");
    verdict["revision"] == 0
}

/// How many of these are first verdicts: one for each event.
pub fn firsts(verdicts: &BTreeMap<String, String>) -> usize {
    verdicts.values().filter(|line| is_first(line)).count()
}

/// The field of a verdict's line.
pub fn field(line: &str, name: &str) -> String {
    let verdict: Value = serde_json::from_str(line).expect("a verdict is JSON");
    verdict[name].as_str().expect("a text").to_owned()
}

/// `credsieve replay` over these events, with the seed of a deployment where one is given.
pub fn replay(events: &[u8], seed_file: Option<&Path>) -> Ended {
    let mut command = credsieve(&["replay", "-"]);
    if let Some(file) = seed_file {
        command.arg("--hash-seed-file").arg(file);
    }
    run(command, events).with_code(0)
}
