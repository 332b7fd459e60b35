//! What a peer flagged, and verdict lines from it that `credsieve evaluate` reads.

use ahash::{AHashMap, AHashSet};
use anyhow::Context;
use credsieve_models::time::{EpochMs, parse_rfc3339};
use credsieve_models::{Attempt, Decision, Score};
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};
use std::net::IpAddr;

const HOUR_MS: EpochMs = 3_600_000;

/// Flagged events, and addresses that were banned for a time.
#[derive(Default)]
pub struct Flags {
    events: AHashSet<String>,
    bans: AHashMap<IpAddr, Vec<(EpochMs, EpochMs)>>,
}

#[derive(Deserialize)]
struct Line {
    event_id: Option<String>,
    ip: Option<IpAddr>,
    from: Option<String>,
    hours: Option<i64>,
}

impl Flags {
    pub fn read(lines: impl BufRead) -> anyhow::Result<Self> {
        let mut flags = Self::default();
        for (index, line) in lines.lines().enumerate() {
            let line = line?;
            if line.trim().is_empty() {
                continue;
            }
            let no_flag = || format!("line {}: neither an event nor a ban", index + 1);
            match serde_json::from_str(&line).with_context(no_flag)? {
                Line {
                    event_id: Some(id), ..
                } => {
                    flags.events.insert(id);
                }
                Line {
                    ip: Some(ip),
                    from: Some(from),
                    hours: Some(hours),
                    ..
                } => {
                    let from = parse_rfc3339(&from).with_context(no_flag)?;
                    let until = from.saturating_add(hours.saturating_mul(HOUR_MS));
                    flags.bans.entry(ip).or_default().push((from, until));
                }
                _ => anyhow::bail!(no_flag()),
            }
        }
        Ok(flags)
    }

    /// Was the event flagged, or its address banned before it came?
    pub fn hit(&self, attempt: &Attempt) -> bool {
        let banned = |spans: &Vec<(EpochMs, EpochMs)>| {
            spans
                .iter()
                .any(|(from, until)| (*from + 1..*until).contains(&attempt.time_ms))
        };
        self.events.contains(&*attempt.event_id) || self.bans.get(&attempt.ip).is_some_and(banned)
    }
}

/// As much of a verdict as an evaluation needs.
#[derive(Serialize)]
struct Verdict<'a> {
    event_id: &'a str,
    revision: u32,
    decision: Decision,
    score: Score,
}

/// One line. A peer that only flags has no scores: 1 or 0.
pub fn write_verdict(
    out: &mut impl Write,
    attempt: &Attempt,
    flagged: bool,
) -> std::io::Result<()> {
    let (decision, score) = if flagged {
        (Decision::Challenge, Score(10_000))
    } else {
        (Decision::Allow, Score(0))
    };
    let verdict = Verdict {
        event_id: &attempt.event_id,
        revision: 0,
        decision,
        score,
    };
    serde_json::to_writer(&mut *out, &verdict)?;
    out.write_all(b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ban_hits_what_comes_after_it_from_that_address_until_it_ends() {
        let flags = r#"{"ip":"192.0.2.1","from":"2026-01-05T10:00:00Z","hours":4}"#;
        let flags = Flags::read(flags.as_bytes()).unwrap();
        let hit = |ip: &str, time: &str| {
            let event = format!(
                r#"{{"event_id":"e","time":"2026-01-05T{time}Z","ip":"{ip}","outcome":"failure"}}"#
            );
            flags.hit(&Attempt::parse(event.as_bytes(), i64::MAX).unwrap())
        };
        assert!(hit("192.0.2.1", "10:00:00.001"));
        assert!(hit("192.0.2.1", "13:59:59"));
        assert!(
            !hit("192.0.2.1", "10:00:00"),
            "the attempt that brought the ban about"
        );
        assert!(!hit("192.0.2.1", "14:00:00"));
        assert!(!hit("192.0.2.2", "11:00:00"));
    }

    #[test]
    fn a_flagged_event_is_challenged_and_another_allowed() {
        let flags = Flags::read(&br#"{"event_id":"a","users":17}"#[..]).unwrap();
        let mut out = Vec::new();
        for id in ["a", "b"] {
            let event =
                format!(r#"{{"event_id":"{id}","time":0,"ip":"192.0.2.1","outcome":"failure"}}"#);
            let attempt = Attempt::parse(event.as_bytes(), i64::MAX).unwrap();
            write_verdict(&mut out, &attempt, flags.hit(&attempt)).unwrap();
        }
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "{\"event_id\":\"a\",\"revision\":0,\"decision\":\"challenge\",\"score\":1.0}\n\
             {\"event_id\":\"b\",\"revision\":0,\"decision\":\"allow\",\"score\":0.0}\n"
        );
    }
}
