//! Verdicts held against labels.
//!
//! Every labelled event counts exactly once: by the decision of its first verdict ("at once") and by
//! that of its last revision ("in the end"). An event without a verdict, and a verdict on an event
//! without a label, are counted and make the evaluation fail: a figure over part of a log is no figure.

use crate::labels::{self, Truth};
use anyhow::{Context, bail};
use clap::Args;
use credsieve_models::Decision;
use credsieve_models::attempt::Outcome;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Hold verdicts against labels: how much of an attack was caught, and how many people were hit.
#[derive(Args, Clone, Debug)]
pub struct EvaluateArgs {
    /// The labels: a CSV with the columns `event_id`, `attack` (0 or 1), `class`, and where known
    /// `outcome`, `time` (seconds since the first event), `username`.
    pub labels: PathBuf,
    /// The verdicts, one JSON object a line, as `credsieve replay` prints them; `-` for the standard input.
    pub verdicts: PathBuf,
    /// Leave out the events before this many seconds (the time in which a detector still learns).
    #[arg(long, value_name = "SECONDS", default_value_t = 0.0)]
    pub from: f64,
}

/// `credsieve evaluate`: prints the report on the standard output.
///
/// # Errors
/// When a file cannot be read, or when labels and verdicts do not belong together.
pub fn run_evaluate(args: &EvaluateArgs) -> anyhow::Result<()> {
    let labels = open(&args.labels)?;
    let truths = labels::read(labels, &args.labels.display().to_string())?;
    let verdicts: Box<dyn BufRead> = if args.verdicts == Path::new("-") {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(BufReader::with_capacity(1 << 18, open(&args.verdicts)?))
    };
    let report = evaluate(
        truths,
        verdicts,
        &args.verdicts.display().to_string(),
        args.from,
    )?;
    print!("{report}");
    if report.missing > 0 || report.unknown > 0 {
        bail!(
            "{} labelled events have no verdict, {} verdicts are on events without a label",
            report.missing,
            report.unknown
        );
    }
    Ok(())
}

fn open(path: &Path) -> anyhow::Result<File> {
    File::open(path).with_context(|| format!("cannot open {}", path.display()))
}

/// How often each decision was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Allowed.
    pub allowed: u64,
    /// Challenged.
    pub challenged: u64,
    /// Blocked.
    pub blocked: u64,
}

impl Decisions {
    fn count(&mut self, decision: Decision) {
        *match decision {
            Decision::Allow => &mut self.allowed,
            Decision::Challenge => &mut self.challenged,
            Decision::Block => &mut self.blocked,
        } += 1;
    }

    fn add(&mut self, other: Self) {
        self.allowed += other.allowed;
        self.challenged += other.challenged;
        self.blocked += other.blocked;
    }

    /// All of them.
    #[must_use]
    pub fn total(self) -> u64 {
        self.allowed + self.challenged + self.blocked
    }

    /// Those that were not allowed.
    #[must_use]
    pub fn caught(self) -> u64 {
        self.challenged + self.blocked
    }
}

/// What became of one class.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClassReport {
    /// Its name.
    pub class: String,
    /// Is it an attack?
    pub attack: bool,
    /// By the first verdict of each event.
    pub at_once: Decisions,
    /// By the last.
    pub in_the_end: Decisions,
    /// The number, from 1, of the first event that was not allowed at once.
    pub first_caught: Option<u64>,
    /// Seconds from the first event of the class to that one.
    pub first_caught_seconds: Option<f64>,
    first_seconds: Option<f64>,
}

/// What an evaluation found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// By class: the honest first, then the attacks, each by name.
    pub classes: Vec<ClassReport>,
    /// Successes of thieves, by the first verdict.
    pub thieves_at_once: Decisions,
    /// Successes of thieves, by the last verdict.
    pub thieves_in_the_end: Decisions,
    /// Labelled events without a verdict.
    pub missing: u64,
    /// Some of their ids.
    pub missing_ids: Vec<String>,
    /// Verdicts on events without a label.
    pub unknown: u64,
    /// Some of their ids.
    pub unknown_ids: Vec<String>,
    /// Verdicts that were there already: the same event and revision.
    pub repeated: u64,
    /// Events left out by `--from`.
    pub left_out: u64,
}

impl Report {
    /// The sum over the attack classes or over the honest ones: at once, and in the end.
    #[must_use]
    pub fn total(&self, attack: bool) -> (Decisions, Decisions) {
        let mut totals = (Decisions::default(), Decisions::default());
        for class in self.classes.iter().filter(|class| class.attack == attack) {
            totals.0.add(class.at_once);
            totals.1.add(class.in_the_end);
        }
        totals
    }
}

/// How many ids a report gives as examples.
const EXAMPLES: usize = 5;

/// The first and the last verdict on an event.
#[derive(Clone, Copy)]
struct Judged {
    first: (u32, Decision),
    last: (u32, Decision),
}

/// A verdict as far as it is needed here.
#[derive(Deserialize)]
struct VerdictLine<'a> {
    #[serde(borrow)]
    event_id: Cow<'a, str>,
    revision: u32,
    decision: Decision,
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
) -> anyhow::Result<Report> {
    // In the order of time, which "first caught" needs; a log without times is in order already.
    truths.sort_by(|a, b| {
        let seconds = |truth: &Truth| truth.seconds.unwrap_or(0.0);
        seconds(a).total_cmp(&seconds(b))
    });
    let mut place = HashMap::with_capacity(truths.len());
    for (index, truth) in truths.iter().enumerate() {
        if place.insert(truth.event_id.as_str(), index).is_some() {
            bail!("the event `{}` has two labels", truth.event_id);
        }
    }
    let mut report = Report::default();
    let judged = read_verdicts(verdicts, name, &place, truths.len(), &mut report)?;
    count(&truths, &judged, from_seconds, &mut report)?;
    Ok(report)
}

fn read_verdicts(
    mut verdicts: impl BufRead,
    name: &str,
    place: &HashMap<&str, usize>,
    events: usize,
    report: &mut Report,
) -> anyhow::Result<Vec<Option<Judged>>> {
    let mut judged: Vec<Option<Judged>> = vec![None; events];
    let mut bytes = Vec::new();
    let mut number = 0;
    loop {
        bytes.clear();
        number += 1;
        let read = verdicts.read_until(b'\n', &mut bytes);
        if read.with_context(|| format!("cannot read {name}"))? == 0 {
            return Ok(judged);
        }
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        let line: VerdictLine = serde_json::from_slice(&bytes)
            .with_context(|| format!("{name}, line {number}: no verdict"))?;
        let Some(index) = place.get(&*line.event_id) else {
            report.unknown += 1;
            if report.unknown_ids.len() < EXAMPLES {
                report.unknown_ids.push(line.event_id.into_owned());
            }
            continue;
        };
        let made = (line.revision, line.decision);
        match &mut judged[*index] {
            none @ None => {
                *none = Some(Judged {
                    first: made,
                    last: made,
                });
            }
            Some(seen) if made.0 == seen.first.0 || made.0 == seen.last.0 => report.repeated += 1,
            Some(seen) if made.0 > seen.last.0 => seen.last = made,
            Some(seen) if made.0 < seen.first.0 => seen.first = made,
            Some(_) => {}
        }
    }
}

fn count(
    truths: &[Truth],
    judged: &[Option<Judged>],
    from_seconds: f64,
    report: &mut Report,
) -> anyhow::Result<()> {
    let mut classes: HashMap<(bool, &str), ClassReport> = HashMap::new();
    for (truth, judged) in truths.iter().zip(judged) {
        if from_seconds > 0.0 {
            let seconds = truth.seconds.with_context(|| {
                format!(
                    "--from needs times, and the label of `{}` has none",
                    truth.event_id
                )
            })?;
            if seconds < from_seconds {
                report.left_out += 1;
                continue;
            }
        }
        let Some(Judged {
            first: (_, at_once),
            last: (_, in_the_end),
        }) = *judged
        else {
            report.missing += 1;
            if report.missing_ids.len() < EXAMPLES {
                report.missing_ids.push(truth.event_id.clone());
            }
            continue;
        };
        let class = classes
            .entry((truth.attack, &truth.class))
            .or_insert_with(|| ClassReport {
                class: truth.class.clone(),
                attack: truth.attack,
                first_seconds: truth.seconds,
                ..ClassReport::default()
            });
        class.at_once.count(at_once);
        class.in_the_end.count(in_the_end);
        if at_once != Decision::Allow && class.first_caught.is_none() {
            class.first_caught = Some(class.at_once.total());
            class.first_caught_seconds = truth
                .seconds
                .zip(class.first_seconds)
                .map(|(now, first)| now - first);
        }
        if truth.attack && truth.outcome == Some(Outcome::Success) {
            report.thieves_at_once.count(at_once);
            report.thieves_in_the_end.count(in_the_end);
        }
    }
    report.classes = classes.into_values().collect();
    report
        .classes
        .sort_by(|a, b| (a.attack, &a.class).cmp(&(b.attack, &b.class)));
    Ok(())
}

#[cfg(test)]
#[path = "evaluate_tests.rs"]
mod tests;
