//! Restore: whether the state that was kept belongs to where the stream goes on.

use crate::kafka::consumer::StartAt;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::snapshot::{self, Snapshot, SnapshotError};
use credsieve_engine::{Engine, RestoreError};
use credsieve_models::time::{EpochMs, to_rfc3339};
use credsieve_models::{HashSeed, Policy};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PART: &str = "state";

/// Says that a start waits for its windows: called before the owner is told where to begin, so that
/// nobody is ready before it is known whether they were read back.
pub fn awaited(readiness: &Readiness) {
    readiness.wait(PART, "what the last run remembered");
}

/// What is needed to read a state back.
pub struct Restore {
    /// The file; without one every start is with empty windows.
    pub path: Option<PathBuf>,
    /// The topic, or `http`.
    pub source: String,
    /// The policy in force.
    pub policy: Arc<Policy>,
    /// The deployment's seed.
    pub seed: HashSeed,
    /// Where an operator reads how it went.
    pub readiness: Arc<Readiness>,
    /// Counters.
    pub metrics: Arc<Metrics>,
}

impl Restore {
    /// The state that was kept, where it belongs to this start; else `None`: windows begin empty,
    /// and log, metric and `/readyz` say why.
    #[must_use]
    pub fn at(self, start: &StartAt) -> Option<Engine> {
        let engine = match self.find(start) {
            Ok(engine) => {
                self.metrics.restored(true);
                let remembered = remembered(&engine, crate::now_ms());
                tracing::info!(remembered, "the state of the last run is read back");
                let note =
                    format!("this run began with what the last one remembered: {remembered}");
                self.readiness.note(PART, note);
                Some(engine)
            }
            Err(reason) => {
                self.metrics.restored(false);
                tracing::warn!(reason, "nothing is remembered, and detection begins gently");
                let note = format!(
                    "this run began with nothing remembered: {reason}. Detection is weaker and gentler until some \
                     thousand people have logged in"
                );
                self.readiness.note(PART, note);
                None
            }
        };
        // After the note, so that who is told that it is ready is told how.
        self.readiness.ready(PART);
        engine
    }

    fn find(&self, start: &StartAt) -> Result<Engine, String> {
        let path = self
            .path
            .as_deref()
            .ok_or("no folder is configured in which state is kept between two runs (state_dir)")?;
        let snapshot = match Snapshot::read(path) {
            Ok(Some(snapshot)) => snapshot,
            Ok(None) => {
                return Err(
                    "there is no state of an earlier run, as at the very first start".into(),
                );
            }
            Err(error @ SnapshotError::Damaged(_)) => return Err(aside(path, &error)),
            Err(error) => return Err(error.to_string()),
        };
        let place = &snapshot.place;
        if place.source != self.source {
            return Err(format!(
                "the state that was kept is of {}, and events come from {} now",
                source_name(&place.source),
                source_name(&self.source)
            ));
        }
        let stands_at = start
            .as_ref()
            .map_err(|error| format!("the broker did not say where the stream goes on: {error}"))?;
        if place.next_offsets != *stands_at {
            let differs = differs(&place.next_offsets, stands_at);
            return Err(format!(
                "the state that was kept is not from where the stream goes on, as after a process that was killed or offsets \
                 that were moved ({differs})"
            ));
        }
        match snapshot.restore(Arc::clone(&self.policy), self.seed) {
            Ok(engine) => Ok(engine),
            Err(error @ RestoreError::Unreadable(_)) => Err(aside(path, &error)),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// How much is remembered, until when, and what that means at `now_ms`.
fn remembered(engine: &Engine, now_ms: EpochMs) -> String {
    let (until_ms, attempts) = (engine.watermark_ms(), engine.stats().attempts);
    if until_ms == 0 {
        return "no attempt, since none came".to_owned();
    }
    let (ago_ms, until) = (now_ms - until_ms, to_rfc3339(until_ms));
    let over = if ago_ms < HOUR_MS {
        ""
    } else if ago_ms < 24 * HOUR_MS {
        "; counts of minutes are over by now, those of the day, and who belongs where, are not"
    } else {
        "; counts of minutes and of the day are over by now, who belongs where is not"
    };
    let (ago, plural) = (length(ago_ms), if attempts == 1 { "" } else { "s" });
    format!("{attempts} attempt{plural}, the last of {until}, {ago} before this start{over}")
}

const HOUR_MS: i64 = 3_600_000;

/// A length of time as a person says it.
fn length(ms: i64) -> String {
    let minutes = ms / 60_000;
    match minutes {
        ..1 => "less than a minute".to_owned(),
        1 => "a minute".to_owned(),
        2..120 => format!("{minutes} minutes"),
        120..2_880 => format!("{} hours", minutes / 60),
        _ => format!("{} days", minutes / 1_440),
    }
}

fn source_name(source: &str) -> String {
    match source {
        "http" => "HTTP".to_owned(),
        topic => format!("the topic {topic}"),
    }
}

/// The first partition on which two places in a stream differ, and on how many others they do.
fn differs(kept: &BTreeMap<i32, i64>, stands_at: &BTreeMap<i32, i64>) -> String {
    let partitions: BTreeSet<_> = kept.keys().chain(stands_at.keys()).collect();
    let mut differing = partitions
        .into_iter()
        .filter(|partition| kept.get(partition) != stands_at.get(partition));
    let Some(partition) = differing.next() else {
        return "nowhere".to_owned();
    };
    let offset = |place: &BTreeMap<i32, i64>| {
        let offset = place.get(partition);
        offset.map_or_else(|| "not at all".to_owned(), |offset| format!("at {offset}"))
    };
    let others = match differing.count() {
        0 => String::new(),
        count => format!(", and {count} more"),
    };
    let (kept, goes_on) = (offset(kept), offset(stands_at));
    format!("partition {partition}: kept {kept}, goes on {goes_on}{others}")
}

fn aside(path: &Path, error: &dyn std::fmt::Display) -> String {
    let kept = match snapshot::put_aside(path) {
        Ok(aside) => format!("kept as {}", aside.display()),
        Err(failure) => format!("and could not be put aside: {failure}"),
    };
    tracing::error!(%error, kept, "the state file cannot be used");
    format!("{error}, {kept}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use credsieve_engine::Frame;
    use credsieve_models::names::NameSet;
    use credsieve_models::time::parse_rfc3339;
    use credsieve_models::{Attempt, KeyHasher};

    struct Kept {
        folder: tempfile::TempDir,
        readiness: Arc<Readiness>,
    }

    impl Kept {
        fn at(next_offsets: &[(i32, i64)]) -> Self {
            let kept = Self {
                folder: tempfile::tempdir().unwrap(),
                readiness: Arc::default(),
            };
            let engine = Engine::new(Arc::default(), HashSeed::REPLAY);
            let offsets = next_offsets.iter().copied().collect();
            Snapshot::of(&engine, "logins", offsets)
                .unwrap()
                .write(&kept.path())
                .unwrap();
            kept
        }

        fn path(&self) -> PathBuf {
            self.folder.path().join("state")
        }

        fn restores_at(&self, source: &str, start: &StartAt) -> bool {
            let restore = Restore {
                path: Some(self.path()),
                source: source.into(),
                policy: Arc::default(),
                seed: HashSeed::REPLAY,
                readiness: Arc::clone(&self.readiness),
                metrics: Arc::default(),
            };
            awaited(&self.readiness);
            assert!(!self.readiness.waiting().is_empty());
            let restored = restore.at(start).is_some();
            assert_eq!(self.readiness.waiting(), []);
            restored
        }

        fn note(&self) -> String {
            self.readiness.notes()[0].1.clone()
        }
    }

    #[expect(
        clippy::unnecessary_wraps,
        reason = "it makes what the broker would say"
    )]
    fn offsets(offsets: &[(i32, i64)]) -> StartAt {
        Ok(offsets.iter().copied().collect::<BTreeMap<_, _>>())
    }

    #[test]
    fn a_state_is_read_back_only_where_the_stream_goes_on_exactly_there() {
        let kept = Kept::at(&[(0, 7), (1, 9)]);
        assert!(kept.restores_at("logins", &offsets(&[(0, 7), (1, 9)])));
        for elsewhere in [
            offsets(&[(0, 7), (1, 8)]),
            offsets(&[(0, 7)]),
            offsets(&[(0, 7), (1, 9), (2, 1)]),
            Err("the broker did not say".into()),
        ] {
            assert!(!kept.restores_at("logins", &elsewhere), "{elsewhere:?}");
            assert!(
                kept.note().contains("nothing remembered"),
                "{}",
                kept.note()
            );
        }
        assert!(!kept.restores_at("http", &offsets(&[(0, 7), (1, 9)])));
    }

    #[test]
    fn an_operator_reads_where_state_and_stream_part_and_not_how_it_is_kept() {
        let kept = Kept::at(&[(0, 7), (1, 9)]);
        kept.restores_at("logins", &offsets(&[(0, 7), (1, 12), (2, 1)]));
        let note = kept.note();
        let told = "(partition 1: kept at 9, goes on at 12, and 1 more)";
        assert!(note.contains(told) && !note.contains('{'), "{note}");
        kept.restores_at("http", &offsets(&[]));
        let told = "is of the topic logins, and events come from HTTP now";
        assert!(kept.note().contains(told), "{}", kept.note());
    }

    #[test]
    fn what_was_read_back_is_told_with_its_age_and_what_that_means() {
        let mut engine = Engine::new(Arc::default(), HashSeed::REPLAY);
        assert_eq!(remembered(&engine, 5), "no attempt, since none came");
        let record = br#"{"event_id":"e","time":"2026-01-31T09:30:00Z","outcome":"success","ip":"203.0.113.9"}"#;
        let at = parse_rfc3339("2026-01-31T09:30:00Z").unwrap();
        let attempt = Attempt::parse(record, at).unwrap();
        let hasher = KeyHasher::new(HashSeed::REPLAY);
        let names = NameSet::parse("", &HashSeed::REPLAY);
        let frame = Frame::new(&attempt, at, &hasher, &names);
        engine.observe(&[frame], &mut Vec::new());
        for (ago_ms, told) in [
            (-1_000, "less than a minute before this start"),
            (45 * 60_000, "45 minutes before this start"),
            (
                5 * HOUR_MS,
                "5 hours before this start; counts of minutes are over",
            ),
            (
                72 * HOUR_MS,
                "3 days before this start; counts of minutes and of the day are over",
            ),
        ] {
            let said = remembered(&engine, at + ago_ms);
            let what = "1 attempt, the last of 2026-01-31T09:30:00.000Z, ";
            assert!(said.starts_with(&format!("{what}{told}")), "{said}");
        }
    }

    #[test]
    fn a_damaged_state_is_kept_aside_and_the_windows_begin_empty() {
        let kept = Kept::at(&[(0, 7)]);
        std::fs::write(kept.path(), b"csieve, but not really").unwrap();
        assert!(!kept.restores_at("logins", &offsets(&[(0, 7)])));
        assert!(kept.note().contains("kept as"), "{}", kept.note());
        let names: Vec<_> = std::fs::read_dir(kept.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert_eq!(names.len(), 1);
        assert!(names[0].starts_with("state.damaged-"), "{names:?}");
    }
}
