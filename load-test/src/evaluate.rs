//! Verdicts held against labels.
//!
//! Every labelled event counts exactly once: by the decision of its first verdict ("at once") and by
//! that of its last revision ("in the end"). An event without a verdict, and a verdict on an event
//! without a label, are counted and make the evaluation fail: a figure over part of a log is no
//! figure. What no log can tell belongs into no total and is shown apart.

mod ablation;
mod curve;
mod floor;
mod json;
mod judged;
mod plot;
mod result;

use crate::labels::{self, Truth};
use crate::packed;
use crate::report::{TotalsOf, say};
use anyhow::{Context, bail};
use clap::Args;
use credsieve_models::Decision;
use credsieve_models::attempt::Outcome;
use judged::{EXAMPLES, Judged};
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};

pub use ablation::{Ablation, Without};
pub use curve::{Bin, Point, SHARES, Scores};
pub use floor::Floor;
pub use result::{
    ClassReport, Decisions, Evaluation, FirstCaught, HISTORIES, HistoryReport, Limit, Outcomes,
    Side, Spread, Target, Totals,
};

/// Hold verdicts against labels: how much of each attack was caught, and how many people were hit.
#[derive(Args, Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub struct EvaluateArgs {
    /// The labels: a CSV with the columns `event_id`, `attack` (0 or 1), `class`, and where known
    /// `outcome`, `time` (seconds since the first event), `username`, `undecidable` (0 or 1),
    /// `history` (how often the user had come in before).
    pub labels: PathBuf,
    /// The verdicts, one JSON object a line, as `credsieve replay` prints them; `-` for the standard input. All files may be
    /// packed with gzip or zstd.
    pub verdicts: PathBuf,
    /// Further labels and verdicts, in turn: the logs are put together, with the spread of the totals.
    #[arg(value_names = ["LABELS", "VERDICTS"])]
    pub more: Vec<PathBuf>,
    /// Leave out the events before this many seconds (the time in which a detector still learns).
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    pub from: f64,
    /// Say what each signal and each family of signals carries, by leaving out its weights.
    #[arg(long)]
    pub ablation: bool,
    /// One JSON object instead of tables.
    #[arg(long)]
    pub json: bool,
    /// The table of totals alone.
    #[arg(long, conflicts_with = "json")]
    pub totals: bool,
    /// The tables as Markdown.
    #[arg(long, conflicts_with = "json")]
    pub markdown: bool,
    /// Draw the curve of caught against people challenged, and the reliability of the scores.
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,
    /// Fail where a class is caught by more than a point less than this file says, or people are
    /// challenged more.
    #[arg(long, value_name = "FILE")]
    pub floor: Option<PathBuf>,
    /// Write what was found as such a file.
    #[arg(long, value_name = "FILE")]
    pub write_floor: Option<PathBuf>,
}

impl EvaluateArgs {
    /// The evaluation of one log.
    #[must_use]
    pub fn new(labels: PathBuf, verdicts: PathBuf) -> Self {
        Self {
            labels,
            verdicts,
            more: Vec::new(),
            from: 0.0,
            ablation: false,
            json: false,
            totals: false,
            markdown: false,
            plot: None,
            floor: None,
            write_floor: None,
        }
    }
}

/// `credsieve evaluate`: prints what was found on the standard output.
///
/// # Errors
/// When a file cannot be read or written, when labels and verdicts do not belong together, and when
/// something is below the floor.
pub fn run_evaluate(args: &EvaluateArgs) -> anyhow::Result<()> {
    if !args.more.len().is_multiple_of(2) {
        bail!("the last labels have no verdicts");
    }
    let first = [args.labels.clone(), args.verdicts.clone()];
    let mut found = Evaluation::default();
    for pair in std::iter::once(&first[..]).chain(args.more.chunks(2)) {
        found.merge(evaluate_files(&pair[0], &pair[1], args)?);
    }
    print_found(&found, args)?;
    if let Some(path) = &args.plot {
        write(path, &plot::svg(&found))?;
    }
    if let Some(path) = &args.write_floor {
        write(path, &Floor::of(&found).to_string())?;
    }
    if found.missing > 0 || found.unknown > 0 {
        bail!(
            "{} labelled events have no verdict, {} verdicts are on events without a label",
            found.missing,
            found.unknown
        );
    }
    if let Some(path) = &args.floor {
        let text = std::fs::read_to_string(path);
        let text = text.with_context(|| format!("cannot read {}", path.display()))?;
        Floor::parse(&text, &path.display().to_string())?.hold(&found)?;
    }
    Ok(())
}

fn print_found(found: &Evaluation, args: &EvaluateArgs) -> anyhow::Result<()> {
    say(&match (args.json, args.totals, args.markdown) {
        (true, ..) => serde_json::to_string_pretty(&json::of(found))? + "\n",
        (false, true, true) => format!("{:#}", TotalsOf(found)),
        (false, true, false) => TotalsOf(found).to_string(),
        (false, false, true) => format!("{found:#}"),
        (false, false, false) => found.to_string(),
    })?;
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn evaluate_files(
    labels: &Path,
    verdicts: &Path,
    args: &EvaluateArgs,
) -> anyhow::Result<Evaluation> {
    let truths = labels::read(packed::open(labels)?, &labels.display().to_string())?;
    for lack in lacks(&truths) {
        // Nobody may be listening: the table is what counts.
        let labels = labels.display();
        drop(writeln!(std::io::stderr(), "evaluate: {labels} has {lack}"));
    }
    let name = verdicts.display().to_string();
    let lines = if verdicts == Path::new("-") {
        packed::unpacked(BufReader::new(std::io::stdin()), &name)?
    } else {
        packed::open(verdicts)?
    };
    evaluate(truths, lines, &name, args.from, args.ablation)
}

/// What labels may have and these have not, and what cannot be told without it.
fn lacks(truths: &[Truth]) -> Vec<&'static str> {
    let mut lacks = Vec::new();
    if truths.is_empty() {
        return lacks;
    }
    let no_outcome = truths.iter().all(|truth| truth.outcome.is_none());
    if no_outcome {
        lacks.push("no `outcome`: which attacks let a thief in is not told");
    }
    if truths.iter().all(|truth| truth.seconds.is_none()) {
        lacks.push("no `time`: the order of the file is taken for the order of time, and nothing is told by seconds");
    }
    // The other two would tell how often a user had come in before.
    let no_history = truths
        .iter()
        .all(|truth| truth.history.is_none() && (no_outcome || truth.username.is_none()));
    if no_history {
        lacks.push(
            "no `history`, nor `username` and `outcome` to make it of: what is told by the length of a user's history says nothing",
        );
    }
    lacks
}

/// Holds verdict lines against labels; `name` is the verdicts' file, for messages.
///
/// # Errors
/// With the file and the line where something is no verdict; when an event has two labels; when
/// `from_seconds` is asked for and an event has no time.
pub fn evaluate(
    mut truths: Vec<Truth>,
    verdicts: impl BufRead,
    name: &str,
    from_seconds: f64,
    ablation: bool,
) -> anyhow::Result<Evaluation> {
    if from_seconds > 0.0
        && let Some(truth) = truths.iter().find(|truth| truth.seconds.is_none())
    {
        bail!(
            "--from needs times, and the label of `{}` has none",
            truth.event_id
        );
    }
    // In the order of time, which "first caught" needs; a log without times is in order already.
    truths.sort_by(|a, b| {
        let seconds = |truth: &Truth| truth.seconds.unwrap_or(0.0);
        seconds(a).total_cmp(&seconds(b))
    });
    derive_history(&mut truths);
    let mut found = Evaluation::default();
    let is_early = |truth: &Truth| truth.seconds.is_some_and(|seconds| seconds < from_seconds);
    let mut without = ablation.then(Ablation::default);
    let judged = judged::read(
        verdicts,
        name,
        &truths,
        &mut found,
        without.as_mut(),
        |truth| !is_early(truth) && !truth.undecidable,
    )?;
    found.ablation = without;
    count(&truths, &judged, is_early, &mut found);
    found.logs = vec![found.totals()];
    Ok(found)
}

/// Where the labels do not say how often a user had come in before, counts it: honest successes
/// under the same name.
fn derive_history(truths: &mut [Truth]) {
    let mut successes: HashMap<String, u32> = HashMap::new();
    for truth in truths {
        let Some(username) = &truth.username else {
            continue;
        };
        if truth.history.is_none() {
            truth.history = Some(successes.get(username).copied().unwrap_or(0));
        }
        if !truth.attack && truth.outcome == Some(Outcome::Success) {
            if let Some(count) = successes.get_mut(username) {
                *count += 1;
            } else {
                successes.insert(username.clone(), 1);
            }
        }
    }
}

/// Which of [`HISTORIES`] that many successes are.
fn history_index(successes: u32) -> usize {
    match successes {
        0 => 0,
        1 => 1,
        2..4 => 2,
        4..10 => 3,
        _ => 4,
    }
}

/// The start of a class: that many attempts, or that many seconds.
const START_ATTEMPTS: u64 = 500;
const START_SECONDS: f64 = 600.0;

/// A class while its events are counted.
#[derive(Default)]
struct Counting {
    report: ClassReport,
    first: FirstCaught,
    first_seconds: Option<f64>,
}

impl Counting {
    fn count(&mut self, truth: &Truth, at_once: Decision, in_the_end: Decision) {
        let seconds = truth
            .seconds
            .zip(self.first_seconds)
            .map(|(now, first)| now - first);
        let number = self.report.all.at_once.total() + 1;
        self.report.all.count(at_once, in_the_end);
        if number > START_ATTEMPTS || seconds.is_some_and(|seconds| seconds >= START_SECONDS) {
            self.report.settled.count(at_once, in_the_end);
        }
        if at_once != Decision::Allow && self.first.attempt.is_none() {
            self.first = FirstCaught {
                attempt: Some(number),
                seconds,
            };
        }
        if is_thief(truth) {
            self.report.thieves.count(at_once, in_the_end);
        }
    }

    fn finish(mut self) -> ClassReport {
        let share = self.report.all.at_once.share_caught();
        self.report.range = (share, share);
        self.report.first_caught.push(self.first);
        self.report
    }
}

fn is_thief(truth: &Truth) -> bool {
    truth.attack && truth.outcome == Some(Outcome::Success)
}

fn side(truth: &Truth) -> Side {
    match (truth.undecidable, truth.attack) {
        (true, _) => Side::Undecidable,
        (false, true) => Side::Attack,
        (false, false) => Side::People,
    }
}

fn count(
    truths: &[Truth],
    judged: &[Option<Judged>],
    is_early: impl Fn(&Truth) -> bool,
    found: &mut Evaluation,
) {
    let mut classes: HashMap<(Side, &str), Counting> = HashMap::new();
    for (truth, judged) in truths.iter().zip(judged) {
        if is_early(truth) {
            found.left_out += 1;
            continue;
        }
        let Some(Judged { first, last }) = *judged else {
            found.missing += 1;
            if found.missing_ids.len() < EXAMPLES {
                found.missing_ids.push(truth.event_id.clone());
            }
            continue;
        };
        let side = side(truth);
        let class = classes.entry((side, &truth.class)).or_insert_with(|| {
            let report = ClassReport {
                class: truth.class.clone(),
                side,
                ..ClassReport::default()
            };
            Counting {
                report,
                first_seconds: truth.seconds,
                ..Counting::default()
            }
        });
        class.count(truth, first.decision, last.decision);
        if side == Side::Undecidable {
            continue;
        }
        found.scores.count(truth.attack, first.score);
        let Some(history) = truth.history else {
            continue;
        };
        let history = &mut found.histories[history_index(history)];
        if !truth.attack {
            history.people.count(first.decision, last.decision);
        } else if is_thief(truth) {
            history.thieves.count(first.decision, last.decision);
        }
    }
    found.classes = classes.into_values().map(Counting::finish).collect();
    found
        .classes
        .sort_by(|a, b| (a.side, &a.class).cmp(&(b.side, &b.class)));
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
