//! Events to judge: real logs where the machine has them, generated ones otherwise.

use credsieve_load_test::{Mix, Settings};
use std::io::Read;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

/// As many as the honeypot's log has.
pub const MANY: usize = 15_140;

/// A file of the folder with real logs that `CREDSIEVE_DATA` names. Where it is absent the test says
/// so and goes on without it.
pub fn real_log(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("CREDSIEVE_DATA").map(PathBuf::from);
    let file = folder.map(|folder| folder.join(name));
    if let Some(file) = file.filter(|file| file.is_file()) {
        return Some(file);
    }
    println!("skipped: no {name} (CREDSIEVE_DATA names no folder with it)");
    None
}

/// The honeypot's 15,140 events, or as many generated ones where its log is absent.
pub fn honeypot() -> Vec<Vec<u8>> {
    let Some(file) = real_log("ssh-honeypot/events.ndjson.gz") else {
        return generated(MANY, 1_740_000_000_000);
    };
    let file = std::fs::File::open(file).expect("it is there");
    let mut text = Vec::new();
    flate2::read::MultiGzDecoder::new(file)
        .read_to_end(&mut text)
        .expect("the log is gzip");
    let events = lines(&text);
    assert_eq!(events.len(), MANY);
    events
}

/// Generated events, a third of them attacks of every kind, from that instant on. The same call
/// gives the same events.
pub fn generated(count: usize, start_ms: i64) -> Vec<Vec<u8>> {
    let settings = Settings {
        seed: 273,
        start_ms,
        duration_ms: 0,
        people: 3_000,
        offices: 3,
        attack_percent: 33,
    };
    Mix::of_events(settings, count as u64)
        .take(count)
        .map(|event| event.event_json.into_bytes())
        .collect()
}

/// Failures from one address, each against another user, a moment ago.
pub fn attack_from(ip: &str, numbers: std::ops::Range<usize>) -> Vec<Vec<u8>> {
    let now = now_ms();
    numbers
        .map(|number| {
            format!(
                r#"{{"event_id":"{ip}-{number}","time":{now},"outcome":"failure","failure_reason":"unknown_user","ip":"{ip}","username":"victim{number}","user_agent":"python-requests/2.31","endpoint":"web"}}"#
            )
            .into_bytes()
        })
        .collect()
}

/// The machine's clock.
pub fn now_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("after 1970");
    i64::try_from(since.as_millis()).expect("before the year 292,278,994")
}

/// The lines of a text, without blank ones.
pub fn lines(text: &[u8]) -> Vec<Vec<u8>> {
    text.split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(<[u8]>::to_vec)
        .collect()
}

/// Events as a file of lines.
pub fn ndjson(events: &[Vec<u8>]) -> Vec<u8> {
    let mut text = events.join(&b'\n');
    text.push(b'\n');
    text
}
