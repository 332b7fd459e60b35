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

/// Lines of verdicts by their event; fails where one event has two.
pub fn by_event<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for line in lines {
        let verdict: Value = serde_json::from_slice(line).expect("a verdict is JSON");
        let event = verdict["event_id"]
            .as_str()
            .expect("a verdict names its event");
        let other = all.insert(event.to_owned(), timeless(line));
        assert_eq!(other, None, "two verdicts on {event}");
    }
    all
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
