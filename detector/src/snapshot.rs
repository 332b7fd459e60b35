//! The snapshot: the engine's state between two runs, with the place in the stream that it belongs
//! to.
//!
//! A state is read back only where the stream goes on exactly from that place, on every partition;
//! otherwise events would be missing from the windows or counted twice, and empty windows are the
//! honest choice. The file appears whole or not at all, and a damaged one is kept aside.
//!
//! Form: magic and version, SHA-256 of the rest, then zstd of a JSON head (one line) and the state.

use credsieve_engine::{Engine, RestoreError};
use credsieve_models::time::EpochMs;
use credsieve_models::{HashSeed, Policy};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The first bytes of a file; the last of them is the version.
const MAGIC: [u8; 8] = *b"csieve\0\x01";
const HEADER_BYTES: usize = MAGIC.len() + 32;
/// zstd's own default: 256 MiB of state take about a second.
const LEVEL: i32 = 3;

/// A state and its place in the stream.
#[derive(Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The place.
    pub place: Place,
    /// The engine's state.
    pub state: Vec<u8>,
}

/// A place in the stream.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The topic, or `http`.
    pub source: String,
    /// The next offset of each partition.
    pub next_offsets: BTreeMap<i32, i64>,
    /// The event time reached.
    pub watermark_ms: EpochMs,
}

/// A snapshot cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum SnapshotError {
    /// The file system says no.
    #[error("state file {}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The engine could not write its state.
    #[error("the state cannot be written: {0}")]
    Engine(String),
    /// The file is not what was written.
    #[error("the state file is damaged: {0}")]
    Damaged(&'static str),
    /// The file is of another version.
    #[error("the state file is of another version")]
    Version,
}

impl Snapshot {
    /// The state of an engine that has seen everything before `next_offsets`.
    ///
    /// # Errors
    /// When the engine cannot write its state.
    pub fn of(
        engine: &Engine,
        source: &str,
        next_offsets: BTreeMap<i32, i64>,
    ) -> Result<Self, SnapshotError> {
        let mut state = Vec::new();
        engine
            .snapshot(&mut state)
            .map_err(|error| SnapshotError::Engine(error.to_string()))?;
        let place = Place {
            source: source.to_owned(),
            next_offsets,
            watermark_ms: engine.watermark_ms(),
        };
        Ok(Self { place, state })
    }

    /// The engine of this state.
    ///
    /// # Errors
    /// When the state was made with another seed, size or version.
    pub fn restore(&self, policy: Arc<Policy>, seed: HashSeed) -> Result<Engine, RestoreError> {
        Engine::restore(policy, seed, &self.state)
    }

    /// Writes the file: beside its place first, then in one step into it.
    ///
    /// # Errors
    /// Those of the file system; the old file is whole then.
    pub fn write(&self, path: &Path) -> Result<(), SnapshotError> {
        let fail = |source| SnapshotError::Io {
            path: path.to_owned(),
            source,
        };
        let bytes = self.encode().map_err(fail)?;
        let partial = path.with_extension("partial");
        let mut file = private_file(&partial).map_err(fail)?;
        file.write_all(&bytes).map_err(fail)?;
        file.sync_all().map_err(fail)?;
        fs::rename(&partial, path).map_err(fail)?;
        // The rename itself is durable once the folder is.
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = File::open(folder.unwrap_or(Path::new("."))).map_err(fail)?;
        folder.sync_all().map_err(fail)
    }

    /// Reads the file; `None` where there is none.
    ///
    /// # Errors
    /// When it cannot be read or is damaged.
    pub fn read(path: &Path) -> Result<Option<Self>, SnapshotError> {
        match fs::read(path) {
            Ok(bytes) => Self::decode(&bytes).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(SnapshotError::Io {
                path: path.to_owned(),
                source,
            }),
        }
    }

    fn encode(&self) -> io::Result<Vec<u8>> {
        let mut head = serde_json::to_vec(&self.place)?;
        head.push(b'\n');
        let mut packed = zstd::Encoder::new(Vec::new(), LEVEL)?;
        packed.write_all(&head)?;
        packed.write_all(&self.state)?;
        let packed = packed.finish()?;
        let sum = Sha256::digest(&packed);
        Ok([&MAGIC[..], &sum[..], &packed[..]].concat())
    }

    fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let (header, packed) = bytes
            .split_at_checked(HEADER_BYTES)
            .ok_or(SnapshotError::Damaged("it is cut off"))?;
        let (magic, sum) = header.split_at(MAGIC.len());
        if magic != MAGIC {
            let ours = magic[..MAGIC.len() - 1] == MAGIC[..MAGIC.len() - 1];
            return Err(if ours {
                SnapshotError::Version
            } else {
                SnapshotError::Damaged("it is no state file")
            });
        }
        if Sha256::digest(packed)[..] != *sum {
            return Err(SnapshotError::Damaged("its checksum does not hold"));
        }
        let cannot = |_| SnapshotError::Damaged("it cannot be unpacked");
        let mut unpacked = BufReader::new(zstd::Decoder::with_buffer(packed).map_err(cannot)?);
        let mut head = Vec::new();
        unpacked.read_until(b'\n', &mut head).map_err(cannot)?;
        let place = serde_json::from_slice(&head)
            .map_err(|_| SnapshotError::Damaged("its head cannot be read"))?;
        let mut state = Vec::new();
        unpacked.read_to_end(&mut state).map_err(cannot)?;
        Ok(Self { place, state })
    }
}

/// Puts a file that cannot be used aside, for whoever wants to know why. Answers where it is.
///
/// # Errors
/// Those of the file system.
pub fn put_aside(path: &Path) -> io::Result<PathBuf> {
    let aside = path.with_extension(format!("damaged-{}", crate::now_ms()));
    fs::rename(path, &aside)?;
    Ok(aside)
}

/// A new file that only its owner may read: who failed and from where is nobody else's business.
fn private_file(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Snapshot {
        Snapshot {
            place: Place {
                source: "logins".into(),
                next_offsets: BTreeMap::from([(0, 17), (3, 4)]),
                watermark_ms: 99,
            },
            state: (0..5_000u32).flat_map(u32::to_le_bytes).collect(),
        }
    }

    #[test]
    fn a_snapshot_reads_back_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        assert!(Snapshot::read(&path).unwrap().is_none());
        sample().write(&path).unwrap();
        assert_eq!(Snapshot::read(&path).unwrap().unwrap(), sample());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
        }
    }

    #[test]
    fn a_file_cut_off_anywhere_is_damaged() {
        let bytes = sample().encode().unwrap();
        for length in (0..bytes.len()).step_by(7) {
            let cut = Snapshot::decode(&bytes[..length]);
            assert!(matches!(cut, Err(SnapshotError::Damaged(_))), "{length}");
        }
    }

    #[test]
    fn a_flipped_bit_anywhere_is_noticed() {
        let bytes = sample().encode().unwrap();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            assert!(
                Snapshot::decode(&flipped).is_err(),
                "bit {} of byte {at}",
                at % 8
            );
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let mut bytes = sample().encode().unwrap();
        bytes[MAGIC.len() - 1] += 1;
        assert!(matches!(
            Snapshot::decode(&bytes),
            Err(SnapshotError::Version)
        ));
    }

    #[test]
    fn a_damaged_file_is_kept_aside() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        fs::write(&path, b"not a state").unwrap();
        let aside = put_aside(&path).unwrap();
        assert!(!path.exists());
        assert_eq!(fs::read(aside).unwrap(), b"not a state");
    }
}
