//! `credsieve replay`: events in from a file, one verdict line a line out. No network, no database.
//! A revision is an extra line, before the verdict of the line whose watermark brought it about.
//!
//! The same engine as the detector's, driven by a file: what it prints is what the detector would
//! have said with the same policy, lists and seed.

mod lines;
mod summary;

use anyhow::{Context, Result};
use credsieve_engine::{Engine, Frame, Observed, Words};
use credsieve_models::lists::{ListEntry, Lists};
use credsieve_models::names::NameSet;
use credsieve_models::time::{EpochMs, parse_rfc3339};
use credsieve_models::verdict::Verdict;
use credsieve_models::{Attempt, HashSeed, KeyHasher, Policy, Reject};
use lines::{Batch, Lines};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use summary::Summary;

/// Options of `credsieve replay`.
#[derive(clap::Args, Debug)]
pub struct ReplayArgs {
    /// NDJSON events, plain, gzip or zstd; `-` is standard input.
    #[arg(default_value = "-")]
    file: PathBuf,
    /// The policy; the compiled-in defaults where absent.
    #[arg(long, env = "CREDSIEVE_POLICY")]
    policy: Option<PathBuf>,
    /// List entries, one JSON object a line, as in the topic `credsieve.lists`.
    #[arg(long)]
    lists: Option<PathBuf>,
    /// The records' clock, RFC 3339; the start of the replay where absent.
    #[arg(long)]
    clock: Option<String>,
    /// File with the deployment's hash seed, 32 hexadecimal digits; a documented constant where
    /// absent.
    #[arg(long, env = "CREDSIEVE_HASH_SEED_FILE")]
    hash_seed_file: Option<PathBuf>,
    /// Bad lines go here, one JSON object each; to standard error, without their content, where
    /// absent.
    #[arg(long)]
    dead_letters: Option<PathBuf>,
    /// No progress bar and no summary.
    #[arg(long, short)]
    quiet: bool,
}

/// Lines that are read, judged and written together.
const BATCH_LINES: usize = 512;

/// Runs the replay.
///
/// # Errors
/// When a file cannot be read or written, or policy, lists, clock or seed are not usable. Bad
/// lines are no error: they are counted and reported.
pub fn run(args: &ReplayArgs) -> Result<()> {
    let setup = Setup::load(args)?;
    let mut lines = Lines::open(&args.file, !args.quiet)?;
    let mut engine = Engine::new(Arc::clone(&setup.policy), setup.seed);
    engine.set_lists(Arc::new(setup.lists.clone()));
    let mut dead_letters = DeadLetters::open(args.dead_letters.as_deref())?;
    let mut summary = Summary::start();
    let mut out = BufWriter::with_capacity(1 << 20, io::stdout().lock());
    let mut batch = Batch::default();
    while lines.read(&mut batch, BATCH_LINES)? {
        match setup.judge(
            &batch,
            &mut engine,
            &mut dead_letters,
            &mut summary,
            &mut out,
        ) {
            // The reader of our output has had enough, as `head` does.
            Err(error) if is_broken_pipe(&error) => return Ok(()),
            done => done?,
        }
    }
    match out.flush() {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
        done => done.context("writing verdicts to standard output")?,
    }
    dead_letters.finish()?;
    lines.finish();
    if !args.quiet {
        summary.print(&engine.stats());
    }
    Ok(())
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

/// What the verdicts depend on beside the events.
struct Setup {
    policy: Arc<Policy>,
    policy_hash: Arc<str>,
    seed: HashSeed,
    hasher: KeyHasher,
    names: NameSet,
    lists: Lists,
    clock_ms: EpochMs,
}

impl Setup {
    fn load(args: &ReplayArgs) -> Result<Self> {
        let policy = Arc::new(crate::config::load_policy(args.policy.as_deref())?);
        let seed = match &args.hash_seed_file {
            Some(path) => crate::config::read_seed(path)?,
            None => HashSeed::REPLAY,
        };
        let hasher = KeyHasher::new(seed);
        let clock_ms = match &args.clock {
            Some(text) => parse_rfc3339(text)
                .with_context(|| format!("--clock {text}: expected RFC 3339 with offset"))?,
            None => crate::config::now_ms(),
        };
        Ok(Self {
            policy_hash: policy.hash(),
            names: crate::config::load_names(&policy, args.policy.as_deref(), &seed)?,
            lists: load_lists(args.lists.as_deref(), &hasher)?,
            policy,
            seed,
            hasher,
            clock_ms,
        })
    }

    /// One batch: parse each line, let the engine judge, write the verdicts in order.
    fn judge(
        &self,
        batch: &Batch,
        engine: &mut Engine,
        dead_letters: &mut DeadLetters,
        summary: &mut Summary,
        out: &mut impl Write,
    ) -> Result<()> {
        let mut attempts = Vec::with_capacity(BATCH_LINES);
        for (number, line) in batch.lines() {
            match Attempt::parse(line, self.clock_ms) {
                Ok(attempt) => attempts.push(attempt),
                Err(reject) => {
                    summary.rejected();
                    dead_letters.write(number, line, &reject)?;
                }
            }
        }
        let frames: Vec<Frame> = attempts
            .iter()
            .map(|attempt| Frame::new(attempt, self.clock_ms, &self.hasher, &self.names))
            .collect();
        let mut observed = Vec::with_capacity(frames.len());
        // A verdict line has no user name, so a revision needs none.
        let words = |n: usize| Words {
            tenant: attempts[n].tenant.as_ref().into(),
            event_id: attempts[n].event_id.as_ref().into(),
            username: None,
        };
        engine.observe_with_words(&frames, &words, &mut observed);
        let mut writer = Writer {
            setup: self,
            decided_at_ms: crate::config::now_ms(),
            summary,
            out,
        };
        writer.write(observed, attempts.iter().zip(&frames))
    }
}

/// Writes what the engine said, in its order.
struct Writer<'a, W> {
    setup: &'a Setup,
    decided_at_ms: EpochMs,
    summary: &'a mut Summary,
    out: &'a mut W,
}

impl<W: Write> Writer<'_, W> {
    fn write<'b>(
        &mut self,
        observed: Vec<Observed>,
        mut attempts: impl Iterator<Item = (&'b Attempt<'b>, &'b Frame)>,
    ) -> Result<()> {
        let (policy, mode) = (&self.setup.policy_hash, self.setup.policy.mode.0);
        for said in observed {
            let verdict = match said {
                Observed::Judged(judgement) => {
                    let Some((attempt, frame)) = attempts.next() else {
                        continue; // The engine says one thing of each attempt.
                    };
                    self.summary.judged(frame.address, &judgement);
                    judgement.into_verdict(attempt, self.decided_at_ms, policy, mode)
                }
                Observed::Revised(revision) => {
                    self.summary.revised(&revision);
                    revision.into_verdict(self.decided_at_ms, policy, mode)
                }
                Observed::Campaign(campaign) => {
                    self.summary.campaign(&campaign);
                    continue;
                }
                Observed::Repeat => {
                    attempts.next();
                    continue; // The engine counts repeats.
                }
            };
            self.line(&verdict)?;
        }
        Ok(())
    }

    fn line(&mut self, verdict: &Verdict) -> Result<()> {
        serde_json::to_writer(&mut *self.out, verdict)
            .map_err(io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"))
            .context("writing verdicts to standard output")
    }
}

fn load_lists(path: Option<&Path>, hasher: &KeyHasher) -> Result<Lists> {
    let Some(path) = path else {
        return Ok(Lists::default());
    };
    let text =
        std::fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    let mut entries: Vec<ListEntry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let place = || format!("{}, line {}", path.display(), index + 1);
        let entry: ListEntry = serde_json::from_str(line).with_context(place)?;
        entry.check().with_context(place)?;
        entries.push(entry);
    }
    Ok(Lists::compile(&entries, hasher).0)
}

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
enum DeadLetters {
    /// A file, with their content.
    File(PathBuf, BufWriter<File>),
    /// Standard error, without their content, which may be anybody's password.
    Stderr,
}

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

impl DeadLetters {
    fn open(path: Option<&Path>) -> Result<Self> {
        let Some(path) = path else {
            return Ok(Self::Stderr);
        };
        let file = File::create(path).with_context(|| format!("creating {}", path.display()))?;
        Ok(Self::File(path.to_owned(), BufWriter::new(file)))
    }

    fn write(&mut self, line: u64, record: &[u8], reject: &Reject) -> Result<()> {
        match self {
            Self::Stderr => {
                // Nobody may be listening: the verdicts are what counts.
                drop(writeln!(io::stderr(), "line {line}: {reject}"));
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
                    .with_context(|| format!("writing {}", path.display()))
            }
        }
    }

    fn finish(self) -> Result<()> {
        match self {
            Self::Stderr => Ok(()),
            Self::File(path, mut file) => file
                .flush()
                .with_context(|| format!("writing {}", path.display())),
        }
    }
}
