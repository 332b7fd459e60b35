//! Where the bad lines of a replay go.

use anyhow::{Context, Result};
use credsieve_models::Reject;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.extend(
            [byte >> 4, byte & 15].map(|n| char::from(b"0123456789abcdef"[usize::from(n)])),
        );
    }
    text
}

/// Where bad lines go.
pub enum DeadLetters {
    /// A file, with their content.
    File(PathBuf, BufWriter<File>),
    /// Standard error, without their content, which may be anybody's password, and how many there
    /// were.
    Stderr(u64),
}

/// Bad lines that are told one by one on standard error: whoever wants all names a file.
const TOLD: u64 = 20;

#[derive(serde::Serialize)]
struct DeadLetter<'a> {
    line: u64,
    kind: &'a str,
    field: &'a str,
    expected: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    record: Option<&'a str>,
    /// The bytes in hexadecimal, where they are no text.
    #[serde(skip_serializing_if = "Option::is_none")]
    record_hex: Option<String>,
}

/// A file for its owner alone: it holds whatever was in the lines.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

impl DeadLetters {
    /// A new file, or standard error.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Stderr(0));
        };
        let file = create(path)
            .with_context(|| format!("creating {} (named by --dead-letters)", path.display()))?;
        Ok(Self::File(path.to_owned(), BufWriter::new(file)))
    }

    /// Writes a bad line.
    pub fn write(&mut self, line: u64, record: &[u8], reject: &Reject) -> Result<()> {
        match self {
            Self::Stderr(told) => {
                *told += 1;
                if *told <= TOLD {
                    // Nobody may be listening: the verdicts are what counts.
                    drop(writeln!(io::stderr(), "line {line}: {reject}"));
                }
                Ok(())
            }
            Self::File(path, file) => {
                let text = std::str::from_utf8(record).ok();
                let letter = DeadLetter {
                    line,
                    kind: reject.kind.name(),
                    field: reject.field,
                    expected: reject.expected,
                    record: text,
                    record_hex: text.is_none().then(|| hex(record)),
                };
                serde_json::to_writer(&mut *file, &letter)
                    .map_err(io::Error::from)
                    .and_then(|()| file.write_all(b"\n"))
                    .with_context(|| {
                        format!("writing {} (named by --dead-letters)", path.display())
                    })
            }
        }
    }

    /// Ends the file.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Stderr(told) => {
                if told > TOLD {
                    let more = told - TOLD;
                    drop(writeln!(
                        io::stderr(),
                        "and {more} more; --dead-letters FILE keeps each with its reason"
                    ));
                }
                Ok(())
            }
            Self::File(path, mut file) => file
                .flush()
                .with_context(|| format!("writing {} (named by --dead-letters)", path.display())),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn nobody_but_its_owner_may_read_a_file_of_bad_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bad");
        DeadLetters::open(Some(&path)).unwrap().finish().unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
