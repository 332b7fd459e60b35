//! `credsieve replay`: events in from a file, one verdict line a line out. No network, no database.
//! A revision is an extra line, before the verdict of the line whose watermark brought it about.
//!
//! The same engine as the detector's, driven by a file: what it prints is what the detector would
//! have said with the same policy, lists and seed.

mod dead_letters;
mod lines;
mod pipeline;
mod reader;
mod summary;
mod writer;

use anyhow::{Context, Result, bail};
use credsieve_engine::Engine;
use credsieve_models::lists::{ListEntry, Lists};
use credsieve_models::names::NameSet;
use credsieve_models::time::{EpochMs, parse_rfc3339};
use credsieve_models::{HashSeed, KeyHasher, Policy};
use dead_letters::DeadLetters;
use lines::Lines;
use reader::Reader;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use writer::Writer;

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
    /// Ask about each attempt before it is judged, as an auth service does, and write the answers of `POST /v1/decide` in place
    /// of the verdicts: what is known without outcome, reason and second factor. No revisions.
    #[arg(long)]
    questions: bool,
    /// 1 reads, judges and writes in turn; otherwise each has a thread of its own. The output is the
    /// same.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..))]
    threads: u8,
    /// No progress bar and no summary.
    #[arg(long, short)]
    quiet: bool,
}

/// Runs the replay.
///
/// # Errors
/// When a file cannot be read or written, or policy, lists, clock or seed are not usable. Bad
/// lines are no error: they are counted and reported; but a file of which they are the greater part is.
pub fn run(args: &ReplayArgs) -> Result<()> {
    let setup = Setup::load(args)?;
    let lines = Lines::open(&args.file, !args.quiet)?;
    let mut engine = Engine::new(Arc::clone(&setup.policy), setup.seed);
    engine.set_lists(Arc::new(setup.lists.clone()));
    let reader = Reader::new(
        &setup,
        lines,
        DeadLetters::open(args.dead_letters.as_deref())?,
    );
    let writer = Writer::new(&setup, io::stdout());
    let (read, written) = if args.threads == 1 {
        pipeline::in_turn(reader, &mut engine, writer)
    } else {
        pipeline::on_threads(reader, &mut engine, writer)
    };
    let mut summary = match written {
        // The reader of our output has had enough, as `head` does.
        Err(error) if is_broken_pipe(&error) => return Ok(()),
        written => written?,
    };
    let read = read?;
    let (attempts, rejected) = (read.attempts, read.rejected);
    let (first_reject, looks_like) = (read.first_reject.clone(), read.looks_like);
    summary.read(read);
    summary.warn_of_names();
    summary::warn_of_order(&engine.stats());
    if !args.quiet {
        summary.print(&engine.stats());
    }
    let file = args.file.display();
    match first_reject {
        Some((line, reject)) if attempts == 0 => {
            let hint = looks_like.map(|hint| format!("; {hint}"));
            let hint = hint.unwrap_or_default();
            bail!("no line of {file} is an attempt; line {line}: {reject}{hint}")
        }
        // The verdicts of the others are written, but whoever waits for all of them must hear that they are few.
        Some((line, reject)) if rejected > attempts => bail!(
            "only {attempts} of {} lines of {file} are attempts; line {line}: {reject}",
            attempts + rejected
        ),
        // An hour without logins has an empty file: nothing is wrong with it.
        None if attempts == 0 => summary::warn(&format!("{file} has no line that is not blank")),
        _ => {}
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
    /// Whether questions are asked.
    asks: bool,
}

impl Setup {
    fn load(args: &ReplayArgs) -> Result<Self> {
        let policy = Arc::new(crate::config::load_policy(
            args.policy.as_deref(),
            "--policy or CREDSIEVE_POLICY",
        )?);
        let seed = match &args.hash_seed_file {
            Some(path) => {
                crate::config::read_seed(path, "--hash-seed-file or CREDSIEVE_HASH_SEED_FILE")?
            }
            None => HashSeed::REPLAY,
        };
        let hasher = KeyHasher::new(seed);
        let clock_ms = match &args.clock {
            Some(text) => parse_rfc3339(text)
                .with_context(|| format!("--clock {text}: expected RFC 3339 with offset"))?,
            None => credsieve_detector::now_ms(),
        };
        Ok(Self {
            policy_hash: policy.hash(),
            names: crate::config::load_names(&policy, args.policy.as_deref(), &seed)?,
            lists: load_lists(args.lists.as_deref(), &hasher)?,
            policy,
            seed,
            hasher,
            clock_ms,
            asks: args.questions,
        })
    }
}

fn load_lists(path: Option<&Path>, hasher: &KeyHasher) -> Result<Lists> {
    let Some(path) = path else {
        return Ok(Lists::default());
    };
    let text = crate::config::read_named(path, "--lists")?;
    let mut entries: Vec<ListEntry> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let place = || format!("{}, line {}", path.display(), index + 1);
        let entry = ListEntry::by_hand(line).with_context(place)?;
        entry.check().with_context(place)?;
        entries.push(entry);
    }
    Ok(Lists::compile(&entries, hasher).0)
}
