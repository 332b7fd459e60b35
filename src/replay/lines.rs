//! Lines of a file, plain or compressed, in batches. A line longer than a record may be is kept
//! just far enough to be refused, so that no file can eat the memory.

use anyhow::{Context, Result};
use credsieve_load_test::unpacked;
use credsieve_models::attempt::MAX_RECORD_BYTES;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, BufRead, BufReader, IsTerminal, Read};
use std::path::{Path, PathBuf};

/// What some editors write before the first line of UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// An open input.
pub struct Lines {
    path: PathBuf,
    input: Box<dyn BufRead + Send>,
    progress: ProgressBar,
    next_number: u64,
    /// A failure that came after lines which are still to be judged.
    failed: Option<anyhow::Error>,
}

/// Some lines with their numbers, from 1. Blank lines are skipped.
#[derive(Default)]
pub struct Batch {
    bytes: Vec<u8>,
    /// (line number, start in `bytes`); a line ends where the next begins.
    starts: Vec<(u64, usize)>,
}

impl Batch {
    /// The lines, without their line ends.
    pub fn lines(&self) -> impl Iterator<Item = (u64, &[u8])> {
        let ends = self.starts.iter().skip(1).map(|(_, start)| *start);
        let ends = ends.chain(std::iter::once(self.bytes.len()));
        self.starts
            .iter()
            .zip(ends)
            .map(|(&(number, start), end)| (number, &self.bytes[start..end]))
    }
}

impl Lines {
    /// Opens a file, or standard input for `-`. The format is told by the first bytes.
    pub fn open(path: &Path, show_progress: bool) -> Result<Self> {
        let (raw, len): (Box<dyn Read + Send>, Option<u64>) = if path == Path::new("-") {
            (Box::new(io::stdin()), None)
        } else {
            let file = File::open(path).with_context(|| format!("opening {}", path.display()))?;
            let len = file.metadata().ok().map(|m| m.len());
            (Box::new(file), len)
        };
        let progress = progress_bar(len, show_progress);
        let raw = BufReader::with_capacity(1 << 16, progress.wrap_read(raw));
        let input = unpacked(raw, &path.display().to_string())?;
        Ok(Self {
            path: path.to_owned(),
            input,
            progress,
            next_number: 1,
            failed: None,
        })
    }

    /// Reads up to `max` lines; false at the end. A failure is told after the whole lines before it.
    pub fn read(&mut self, batch: &mut Batch, max: usize) -> Result<bool> {
        batch.bytes.clear();
        batch.starts.clear();
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        while batch.starts.len() < max {
            let start = batch.bytes.len();
            let number = self.next_number;
            match self.read_line(&mut batch.bytes) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    batch.bytes.truncate(start);
                    let place = format!("reading {}, line {number}", self.path.display());
                    let error = anyhow::Error::new(error).context(place);
                    if batch.starts.is_empty() {
                        return Err(error);
                    }
                    self.failed = Some(error);
                    break;
                }
            }
            if number == 1 && batch.bytes.starts_with(BYTE_ORDER_MARK) {
                batch.bytes.drain(..BYTE_ORDER_MARK.len());
            }
            self.next_number += 1;
            let line = &batch.bytes[start..];
            if line.iter().all(u8::is_ascii_whitespace) {
                batch.bytes.truncate(start);
            } else {
                batch.starts.push((number, start));
            }
        }
        Ok(!batch.starts.is_empty())
    }

    /// Appends one line without its end; of an overlong line one byte more than allowed.
    fn read_line(&mut self, bytes: &mut Vec<u8>) -> io::Result<bool> {
        let start = bytes.len();
        let limit = MAX_RECORD_BYTES + 2;
        let mut bounded = (&mut self.input).take(limit as u64);
        let read = bounded.read_until(b'\n', bytes)?;
        if bytes[start..].ends_with(b"\n") {
            bytes.pop();
            if bytes[start..].ends_with(b"\r") {
                bytes.pop();
            }
        } else if read == limit {
            bytes.truncate(start + MAX_RECORD_BYTES + 1);
            self.input.skip_until(b'\n')?;
        }
        Ok(read > 0)
    }

    /// Ends the progress bar.
    pub fn finish(&self) {
        self.progress.finish_and_clear();
    }
}

/// What a first line that is no attempt looks like, and what to do.
pub fn looks_like(line: &[u8]) -> Option<&'static str> {
    match line.trim_ascii() {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            Some("it looks like UTF-16, and what is read is UTF-8")
        }
        [b'['] | [b'[', b'{', ..] => Some(
            "it looks like a JSON array, and what is read is one object a line: `jq -c '.[]'` makes such lines",
        ),
        b"{" => Some(
            "it looks like an object over several lines, and what is read is one a line: `jq -c .` makes such lines",
        ),
        [b'{', ..] => None,
        table if table.iter().any(|byte| b",;\t".contains(byte)) => Some(
            "it looks like a table, and what is read is one JSON object a line (docs/integration.md has the fields)",
        ),
        _ => None,
    }
}

fn progress_bar(len: Option<u64>, show: bool) -> ProgressBar {
    if !show || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match len {
        Some(len) => (
            ProgressBar::new(len),
            "{bar:40} {bytes} of {total_bytes}, {eta} left",
        ),
        None => (
            ProgressBar::new_spinner(),
            "{spinner} {bytes} read, {elapsed}",
        ),
    };
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(5));
    bar.with_style(ProgressStyle::with_template(template).expect("a constant template"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(content: &[u8]) -> Vec<(u64, Vec<u8>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let mut lines = Lines::open(file.path(), false).unwrap();
        let (mut batch, mut all) = (Batch::default(), Vec::new());
        while lines.read(&mut batch, 2).unwrap() {
            all.extend(batch.lines().map(|(n, line)| (n, line.to_vec())));
        }
        all
    }

    #[test]
    fn lines_keep_their_numbers_over_blank_ones_and_need_no_last_line_end() {
        let all = read_all(b"a\n\n  \nb\r\nc");
        assert_eq!(
            all,
            [(1, b"a".to_vec()), (4, b"b".to_vec()), (5, b"c".to_vec())]
        );
    }

    #[test]
    fn gzip_and_zstd_are_told_by_their_first_bytes() {
        let plain = b"one\ntwo\n";
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::Write::write_all(&mut gz, plain).unwrap();
        for packed in [
            gz.finish().unwrap(),
            zstd::encode_all(&plain[..], 1).unwrap(),
        ] {
            assert_eq!(read_all(&packed).len(), 2);
        }
    }

    #[test]
    fn a_file_that_is_packed_otherwise_is_told_by_its_first_bytes_with_a_command() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), b"\xfd7zXZ\0and more").unwrap();
        let error = Lines::open(file.path(), false).err().unwrap().to_string();
        assert!(error.contains("is packed with xz"), "{error}");
        assert!(error.contains("`xz -dc`"), "{error}");
        assert_eq!(read_all(b"BZ is no name of a format").len(), 1);
    }

    #[test]
    fn what_a_line_of_another_format_looks_like_is_told() {
        let told = |line: &[u8]| looks_like(line).unwrap_or_default();
        assert!(told(b"[{\"event_id\":\"1\"},").contains("array"));
        assert!(told(b"[").contains("array"));
        assert_eq!(told(b"[Sun Nov 29] failed login"), "");
        assert!(told(b"\xff\xfe{\0").contains("UTF-16"));
        assert!(told(b" { ").contains("several lines"));
        assert!(told(b"event_id,time,ip").contains("table"));
        assert!(told(b"event_id\ttime\tip").contains("table"));
        assert_eq!(told(b"{\"ip\":\"192.0.2.1\",\"x\":1}"), "");
        assert_eq!(told(b"root"), "");
    }

    #[test]
    fn an_overlong_line_is_cut_where_it_can_be_refused_and_the_next_one_is_whole() {
        let mut content = vec![b'x'; 10 * MAX_RECORD_BYTES];
        content.extend_from_slice(b"\nnext\n");
        let all = read_all(&content);
        assert_eq!(all[0].1.len(), MAX_RECORD_BYTES + 1);
        assert_eq!(all[1], (2, b"next".to_vec()));
    }

    #[test]
    fn a_byte_order_mark_before_the_first_line_is_no_part_of_it() {
        assert_eq!(
            read_all("\u{feff}a\n\u{feff}b\n".as_bytes()),
            [(1, b"a".to_vec()), (2, "\u{feff}b".as_bytes().to_vec())]
        );
    }

    #[test]
    fn the_whole_lines_before_a_failure_are_read_and_then_it_is_told() {
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        io::Write::write_all(&mut gz, b"one\ntwo\nthree\nfour\n").unwrap();
        let whole = gz.finish().unwrap();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), &whole[..whole.len() - 11]).unwrap();
        let mut lines = Lines::open(file.path(), false).unwrap();
        let mut batch = Batch::default();
        assert!(lines.read(&mut batch, 10).unwrap());
        let read: Vec<_> = batch.lines().map(|(_, line)| line.to_vec()).collect();
        assert_eq!(read, [&b"one"[..], b"two", b"three"]);
        let error = lines.read(&mut batch, 10).unwrap_err();
        assert!(error.to_string().ends_with("line 4"), "{error}");
    }

    #[test]
    fn an_overlong_line_cut_at_a_carriage_return_is_still_overlong() {
        let mut content = vec![b'x'; MAX_RECORD_BYTES];
        content.extend_from_slice(b"\rand more\n");
        assert_eq!(read_all(&content)[0].1.len(), MAX_RECORD_BYTES + 1);
    }
}
