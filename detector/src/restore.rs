//! Restore: whether the state that was kept belongs to where the stream goes on.

use crate::kafka::consumer::StartAt;
use crate::metrics::Metrics;
use crate::readiness::Readiness;
use crate::snapshot::{self, Snapshot, SnapshotError};
use credsieve_engine::{Engine, RestoreError};
use credsieve_models::{HashSeed, Policy};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const PART: &str = "state";

/// Says that a start waits for its windows: called before the owner is told where to begin, so that
/// nobody is ready before it is known whether they were read back.
pub fn awaited(readiness: &Readiness) {
    readiness.wait(PART, "the windows of the last run");
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
                self.readiness.note(PART, "the windows were read back");
                tracing::info!(
                    watermark_ms = engine.watermark_ms(),
                    "the windows were read back"
                );
                Some(engine)
            }
            Err(reason) => {
                self.metrics.restored(false);
                self.readiness
                    .note(PART, format!("the windows began empty: {reason}"));
                tracing::warn!(reason, "the windows begin empty");
                None
            }
        };
        // After the note, so that who is told that it is ready is told how.
        self.readiness.ready(PART);
        engine
    }

    fn find(&self, start: &StartAt) -> Result<Engine, String> {
        let path = self.path.as_deref().ok_or("no state file is configured")?;
        let snapshot = match Snapshot::read(path) {
            Ok(Some(snapshot)) => snapshot,
            Ok(None) => return Err("there is no state file yet".into()),
            Err(error @ SnapshotError::Damaged(_)) => return Err(aside(path, &error)),
            Err(error) => return Err(error.to_string()),
        };
        let place = &snapshot.place;
        if place.source != self.source {
            return Err(format!(
                "the state is of {}, not of {}",
                place.source, self.source
            ));
        }
        let stands_at = start
            .as_ref()
            .map_err(|error| format!("the stream's offsets are not known: {error}"))?;
        if place.next_offsets != *stands_at {
            let kept = &place.next_offsets;
            return Err(format!(
                "the state is of {kept:?}, the stream goes on at {stands_at:?}"
            ));
        }
        match snapshot.restore(Arc::clone(&self.policy), self.seed) {
            Ok(engine) => Ok(engine),
            Err(error @ RestoreError::Unreadable(_)) => Err(aside(path, &error)),
            Err(error) => Err(error.to_string()),
        }
    }
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
    use std::collections::BTreeMap;

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
            assert!(kept.note().contains("empty"), "{}", kept.note());
        }
        assert!(!kept.restores_at("http", &offsets(&[(0, 7), (1, 9)])));
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
